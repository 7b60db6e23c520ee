//! The clauses of the two policies: two of the policy itself, and that none is without what keeps it
//! and a test that shows it (`docs/promises.md`).

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use fairdraw::account::who_may;
use fairdraw::activity::Kind;
use fairdraw::platform::clock::HOUR;
use fairdraw::platform::db::{self, Db};
use fairdraw::platform::text::Language;
use fairdraw::policy::uses;
use fairdraw::vault;
use rocket::http::Status;
use scraper::{Html, Selector};

use crate::support::Engine;
use crate::support::app::Person;
use crate::support::life::{Life, Patron, ROUND_TIME};

on_both! {
    t24_name_and_id_are_used_for_the_draw_alone,
    t26_no_purpose_is_added_without_a_new_notice,
}

/// Purposes that may read a name or an ID number, and why: the draw's own, the person's own, and
/// those that the clauses T33, T38 to T41 and the tax law name.
const MAY_READ_NAMES: [&str; 8] = [
    "winner-notice",
    "winner-call",
    "winner-export",
    "prize-handover",
    "live-reveal",
    "own-copy",
    "provider-share",
    "disclosure",
];
const MAY_READ_NUMBERS: [&str; 1] = ["tax-filing"];

/// The lines of the inventory's first table: code of the field, code of the purpose. A test of the
/// vault holds the page to the code.
fn inventory() -> Vec<(String, String)> {
    let page = include_str!("../../docs/data-inventory.md");
    let code = |cell: &str| cell.split('`').nth(1).map(str::to_owned);
    page.lines()
        .skip_while(|line| !line.starts_with("## Fields and purposes"))
        .take_while(|line| !line.starts_with("## Purposes"))
        .filter_map(|line| {
            let mut cells = line.split('|').skip(1);
            Some((code(cells.next()?)?, code(cells.next()?)?))
        })
        .collect()
}

/// Every page of staff that links lead to, from where the person stands.
fn staff_pages(staff: &Person<'_>) -> Vec<(String, String)> {
    let links = Selector::parse("a[href]").expect("well formed");
    let mut waiting = VecDeque::from(["/staff".to_owned(), "/admin".to_owned()]);
    let mut seen = BTreeSet::new();
    let mut pages = Vec::new();
    while let Some(address) = waiting.pop_front() {
        if !seen.insert(address.clone()) {
            continue;
        }
        let answer = staff.get(&address);
        assert_eq!(
            answer.status,
            Status::Ok,
            "{address}: {}",
            answer.mistakes()
        );
        for link in Html::parse_document(&answer.html).select(&links) {
            let to = link.value().attr("href").unwrap_or_default();
            let to = to.split('#').next().unwrap_or_default();
            if to.starts_with("/staff") || to.starts_with("/admin") {
                waiting.push_back(to.to_owned());
            }
        }
        pages.push((address, answer.html));
    }
    pages
}

fn t24_name_and_id_are_used_for_the_draw_alone(engine: Engine) {
    let lines = inventory();
    assert!(lines.iter().any(|(field, _)| field == "name"));
    for (field, purpose) in &lines {
        let allowed = match field.as_str() {
            "name" => [&MAY_READ_NAMES[..], &MAY_READ_NUMBERS].concat(),
            "national_id" => MAY_READ_NUMBERS.to_vec(),
            _ => continue,
        };
        assert!(
            allowed.contains(&purpose.as_str()),
            "{purpose} reads {field}"
        );
    }

    // No page of staff has them: no list, no search, no statistics, before the draw and after it.
    let life = Life::published(engine, |_| ());
    let patrons: Vec<Patron> = (0..12).map(Patron::number).collect();
    for patron in &patrons {
        life.enter(patron);
    }
    let staff = life.draw();
    let search = format!("{}/entries?q={}", life.base(), patrons[3].national_id);
    let mut pages = staff_pages(&staff);
    pages.push((search.clone(), staff.get(&search).html));
    assert!(pages.len() > 20, "the staff area was walked");
    for (address, html) in &pages {
        for patron in &patrons {
            // The address that was typed may stand on its own page.
            let typed = address.contains(&patron.national_id);
            let number = html.contains(&patron.national_id) && !typed;
            assert!(!number, "{address} shows an ID number");
            assert!(!html.contains(&patron.name), "{address} shows a name");
        }
    }
}

fn execute(db: &Db, statement: &str) {
    db.write_now("tamper", |tx| {
        Ok::<_, db::Error>(tx.conn().batch_execute(statement)?)
    })
    .expect("executed");
}

fn t26_no_purpose_is_added_without_a_new_notice(engine: Engine) {
    // What stands on consent is what notices tell, in both languages.
    let kinds = Kind::ALL.into_iter();
    let told: BTreeSet<&str> = kinds.flat_map(uses::told).map(|each| each.code).collect();
    let needed: BTreeSet<&str> = vault::on_consent().collect();
    assert_eq!(
        told, needed,
        "a purpose of the vault that no notice tells, or the reverse"
    );
    for each in Kind::ALL.into_iter().flat_map(uses::told) {
        for language in Language::ALL {
            assert!(each.words(language).chars().count() > 4);
        }
    }

    let life = Life::published(engine, |_| ());
    for n in 0..6 {
        life.enter(&Patron::number(n));
    }
    let notice = life.app.visitor().get("/a/summer-2024/privacy");
    for each in uses::told(Kind::Draw) {
        let words = each.words(Language::ZhTw);
        assert!(notice.html.contains(&words), "{words} is not in the notice");
    }

    // As if calling winners had come into the program after this notice was shown.
    let db = &life.app.app.db;
    execute(
        db,
        "DELETE FROM told_purposes WHERE purpose = 'winner-call'",
    );
    let staff = life.draw();
    let notify = format!("{}/notify", life.draw_base());
    let told = staff.send(&staff.get(&notify), &notify, &[]);
    assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
    let places = format!("{}/winners/", life.draw_base());
    let place = staff
        .get(&format!("{}/winners", life.base()))
        .html
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|link| link.starts_with(&places))
        .expect("a winner has a page")
        .to_owned();
    let call = format!("{place}/call");
    let page = staff.get(&place);
    let before = records(db);
    let refused = staff.send(&page, &call, &[("reason", "no-answer")]);
    assert_eq!(refused.status, Status::Forbidden, "{}", refused.mistakes());
    assert!(refused.html.contains("告知沒有寫到這個用途"));
    for n in 0..6 {
        assert!(!refused.html.contains(&Patron::number(n).phone));
    }
    assert_eq!(
        records(db),
        before,
        "nothing is recorded that did not happen"
    );

    // A notice that tells it opens the telephone again; what was shown before stays closed.
    execute(
        db,
        "INSERT INTO told_purposes (activity_id, notice, purpose) \
         SELECT activity_id, notice, 'winner-call' FROM told_purposes WHERE purpose = 'winner-notice'",
    );
    let page = staff.get(&place);
    let called = staff.send(&page, &call, &[("reason", "no-answer")]);
    assert_eq!(called.status, Status::Ok, "{}", called.mistakes());
    life.app.go_to(ROUND_TIME.plus(2 * HOUR));
}

fn records(db: &Db) -> i64 {
    let filter = fairdraw::audit::Filter::default();
    db.read_now("count records", |tx| fairdraw::audit::list(tx, &filter, 1))
        .expect("readable")
        .total
}

/// Every Rust file below a folder of the repository.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("the file is UTF-8");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
        &mut found,
    );
    found
}

/// Who may ask whether an ID number is that of a ticket: somebody in front of a person who shows
/// the card. Lists of others are compared in `src/matching`, under an agreement on record, and never by ID
/// numbers.
const MAY_COMPARE: [&str; 5] = [
    "src/notify/",
    "src/seats/",
    "src/inspection/",
    "src/custody/",
    "src/vault/",
];

#[test]
fn t34_nothing_is_matched_with_others_but_under_an_agreement() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut compared = 0;
    for (path, text) in sources("src") {
        let path = path.strip_prefix(root).expect("below the root");
        let path = path.to_string_lossy();
        for line in text.lines().map(str::trim) {
            if line.contains(".match_id(") {
                compared += 1;
                let allowed = MAY_COMPARE.iter().any(|folder| path.starts_with(folder));
                assert!(allowed, "{path} compares ID numbers: {line}");
            }
            let is_route = ["#[get(", "#[post("]
                .iter()
                .any(|start| line.starts_with(start));
            // Two versions of the library's own policy, in which nobody is.
            let of_policy = line.contains("/privacy/compare?");
            let may_match = of_policy || path.starts_with("src/matching/");
            let matches = ["match", "compar", "partner", "crosscheck"];
            let named = matches
                .iter()
                .any(|word| line.contains(&format!("/{word}")));
            assert!(
                !(is_route && named && !may_match),
                "{path} has a page that matches: {line}"
            );
        }
    }
    assert!(compared >= 2, "the desk and the auditor compare one card");
}

/// One clause of `docs/promises.md`.
struct Clause {
    name: String,
    keepers: Vec<String>,
    tests: Vec<String>,
}

fn promises() -> Vec<Clause> {
    let page = include_str!("../../docs/promises.md");
    let quoted = |cell: &str| -> Vec<String> {
        let parts = cell.split('`').skip(1).step_by(2);
        parts.map(str::to_owned).collect()
    };
    page.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, name, promise, keepers, tests, _] = cells[..] else {
                return None;
            };
            let is_clause = name.starts_with(['T', 'N']) && name[1..].parse::<u32>().is_ok();
            is_clause.then(|| {
                assert!(!promise.is_empty(), "{name} promises nothing");
                Clause {
                    name: name.to_owned(),
                    keepers: quoted(keepers),
                    tests: quoted(tests),
                }
            })
        })
        .collect()
}

/// The names of all tests that run: those under `#[test]`, and those in a list for both databases.
fn living_tests() -> BTreeSet<String> {
    let mut living = BTreeSet::new();
    for (_, text) in sources("tests").into_iter().chain(sources("src")) {
        let (mut is_test, mut in_list) = (false, false);
        for line in text.lines().map(str::trim) {
            if line == "on_both! {" {
                in_list = true;
            } else if in_list && line == "}" {
                in_list = false;
            } else if in_list {
                living.insert(line.trim_end_matches(',').to_owned());
            } else if line == "#[test]" {
                is_test = true;
            } else if let Some(name) = line.strip_prefix("fn ")
                && let Some((name, _)) = name.split_once('(')
            {
                if is_test {
                    living.insert(name.to_owned());
                }
                is_test = false;
            }
        }
    }
    living
}

#[test]
fn every_promise_names_what_keeps_it_and_a_living_test() {
    let clauses = promises();
    let written: Vec<&str> = clauses.iter().map(|clause| clause.name.as_str()).collect();
    let all = (1..=47).map(|n| format!("T{n}"));
    let all: Vec<String> = all.chain((1..=14).map(|n| format!("N{n}"))).collect();
    assert_eq!(written, all, "each clause stands once, in its order");

    let (tests, pages) = (living_tests(), who_may::declared());
    let pages: BTreeSet<&str> = pages
        .filter_map(|each| each.route.split_once(' '))
        .map(|(_, path)| path)
        .collect();
    let help = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .arg("--help")
        .output()
        .expect("the program starts");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let commands: BTreeSet<&str> = help
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for clause in &clauses {
        let name = &clause.name;
        assert!(!clause.keepers.is_empty(), "nothing keeps {name}");
        for keeper in &clause.keepers {
            let is_there = match keeper.strip_prefix("fairdraw ") {
                Some(command) => commands.contains(command),
                None => pages.contains(keeper.as_str()),
            };
            assert!(is_there, "{name} is kept by {keeper}, which is not there");
        }
        assert!(!clause.tests.is_empty(), "nothing shows {name}");
        for test in &clause.tests {
            assert!(
                tests.contains(test),
                "{name} is shown by {test}, which is not there"
            );
        }
    }
}
