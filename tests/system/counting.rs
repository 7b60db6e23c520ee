//! Statistics without persons: declared, counted once, never below the threshold.

pub mod attack;
mod racing;

use fairdraw::activity::{self, ActivityId};
use fairdraw::entry::submit::{self, Filled, Taking};
use fairdraw::identity::national_id;
use fairdraw::journal;
use fairdraw::platform::clock::{DAY, HOUR, MINUTE};
use fairdraw::platform::ids;
use fairdraw::platform::text::Language;
use fairdraw::policy;
use fairdraw::stats::About;
use fairdraw::stats::rule::{self, Exact, Limits, Part};
use fairdraw::survey::answer::Answer;
use fairdraw::survey::question::QuestionKind;
use fairdraw::survey::{self, Answers, wire as survey_wire};
use fairdraw::vault::{Contact, County, Name, PostalCode};
use lucky_draw::encode::sha256;
use lucky_draw::ticket::Secret;
use rocket::http::Status;
use serde_json::Value;

use crate::support::Engine;
use crate::support::app::{Answer as Page, Person, TestApp};
use crate::support::life::{self, ROUND_TIME};
use racing::{
    corrections_and_withdrawals_at_once_leave_everybody_in_one_line_or_none,
    no_counter_falls_below_nothing, what_was_worked_out_from_an_older_copy_is_not_stored,
};

on_both! {
    t27_answers_leave_only_as_counts,
    t31_nobody_reads_a_number_before_everybody_does,
    t35_open_data_is_what_the_page_shows,
    looking_twice_tells_nothing_new,
    a_district_below_ten_is_not_shown,
    a_person_is_counted_once_and_a_withdrawn_one_not_at_all,
    tables_are_declared_before_publishing_and_never_after,
    what_was_worked_out_from_an_older_copy_is_not_stored,
    no_counter_falls_below_nothing,
    corrections_and_withdrawals_at_once_leave_everybody_in_one_line_or_none,
}

/// A draw whose statistics were declared on the staff pages.
struct Counted {
    app: TestApp,
    id: ActivityId,
}

const BRANCHES: [&str; 3] = ["總館", "東區分館", "西區分館"];

fn staff(app: &TestApp) -> Person<'_> {
    let staff = app.visitor();
    let page = staff.get("/staff/sign-in");
    let typed = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    let done = staff.send(&page, "/staff/sign-in", &typed);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    staff
}

impl Counted {
    /// A draft with a question, an address and these tables.
    fn drafted(engine: Engine, tables: &[(&str, &str)]) -> Counted {
        let app = TestApp::with(engine, "2024-07-20T09:00:00+08:00", |_| {});
        let id = {
            let admin = app.first_admin();
            let id = life::create(&admin);
            let base = format!("/staff/activities/{id}");
            life::ask_fields(&admin, &base);
            let path = format!("{base}/questions/new");
            let page = admin.get(&format!("{path}?kind=single_choice"));
            let typed = [
                ("label_zh", "您最常去的分館"),
                ("label_en", "The branch you visit most"),
                ("required", "yes"),
                ("options_zh", &BRANCHES.join("\n")),
                ("options_en", "Main\nEast\nWest"),
            ];
            let done = admin.send(&page, &path, &typed);
            assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
            let done = life::send_plan(&admin, &base, &[]);
            assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
            ActivityId(id)
        };
        let counted = Counted { app, id };
        for (rows, columns) in tables {
            let done = counted.declare(rows, columns);
            assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        }
        counted
    }

    fn base(&self) -> String {
        format!("/staff/activities/{}", self.id)
    }

    fn declare(&self, rows: &str, columns: &str) -> Page {
        let path = format!("{}/statistics", self.base());
        let staff = staff(&self.app);
        let page = staff.get(&path);
        assert_eq!(page.status, Status::Ok);
        staff.send(&page, &path, &[("rows", rows), ("columns", columns)])
    }

    fn publish(&self) {
        let staff = staff(&self.app);
        let path = format!("{}/publish", self.base());
        let page = staff.get(&path);
        let done = staff.send(&page, &path, &[("sure", "yes")]);
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        self.app.go_to(ROUND_TIME.plus(-9 * DAY));
    }

    fn published(engine: Engine, tables: &[(&str, &str)]) -> Counted {
        let counted = Counted::drafted(engine, tables);
        counted.publish();
        counted
    }

    /// Somebody enters, as the pages do it; answers with the receipt secret.
    fn enter(&self, person: u64, county: &str, area: &str, branch: usize) -> Secret {
        let (db, vault) = (&self.app.app.db, &self.app.app.vault);
        let terms = db.read_now("terms", |tx| {
            let facts = activity::by_id(tx, &self.id)?;
            submit::terms(tx, facts)
        });
        let terms = terms.expect("it takes entries");
        let questions = db.read_now("questions", |tx| survey::questionnaire(tx, &self.id));
        let questions = questions.expect("they are read");
        let question = &questions.questions()[0];
        let QuestionKind::SingleChoice { options } = &question.kind else {
            panic!("a choice");
        };
        let chosen = Answer::Choice(options[branch].id.clone());
        let answers: Answers = [(question.id.clone(), chosen)].into_iter().collect();
        let filled = Filled {
            contact: Some(Contact {
                name: Some(Name::new(format!("王小{person}"))),
                county: Some(County::new(county)),
                postal_code: Some(PostalCode::new(format!("{area}001"))),
                ..Contact::default()
            }),
            subject: Some(national_id::synthetic_citizen(person).subject()),
            pool: None,
            session: None,
            answers: Some(survey_wire::answers_to_json(&answers)),
            shares: Vec::new(),
            about: About {
                county: Some(county.to_owned()),
                area: Some(area.to_owned()),
                pool: None,
            },
            language: Language::ZhTw,
        };
        let tag = submit::tag(vault, &terms, &filled).expect("the vault answers");
        let notice = policy::notice_hash(&terms.facts.notice);
        let secret = Secret::from_entropy(ids::random());
        let new = submit::prepare(vault, &terms, &secret, notice, tag, filled).expect("sealed");
        let taking = Taking::new(vault.clone());
        db.write_now("take entry", |tx| taking.take_every(tx, &[&new]))
            .expect("the entry is taken");
        secret
    }

    /// 30 of Taipei, 16 of New Taipei, 6 of Kinmen; mostly of the main branch.
    fn filled_up(&self) {
        for person in 0..52 {
            let (county, area) = match person {
                0..30 => ("臺北市", if person < 24 { "106" } else { "110" }),
                30..46 => ("新北市", "220"),
                _ => ("金門縣", "890"),
            };
            let branch = if person % 13 == 0 {
                2
            } else {
                usize::from(person % 3 == 0)
            };
            self.enter(person, county, area, branch);
        }
    }

    fn freeze(&self) {
        self.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
        self.app.go_to(ROUND_TIME.plus(-HOUR + 1_000));
    }

    fn count(&self) {
        self.freeze();
        self.app.go_to(ROUND_TIME.plus(-HOUR + 3 * MINUTE));
    }

    fn page(&self) -> Page {
        self.app.visitor().get("/a/summer-2024/answers")
    }

    fn open_data(&self) -> (Vec<u8>, Value) {
        let file = self.app.visitor().get("/a/summer-2024/statistics.json");
        assert_eq!(file.status, Status::Ok);
        let json = serde_json::from_slice(&file.bytes).expect("JSON");
        (file.bytes, json)
    }
}

/// The counts of a table of one dimension, by key.
fn counts(json: &Value, dimension: &str) -> Vec<(String, Option<u64>)> {
    let tables = json["tables"].as_array().expect("tables");
    let table = tables
        .iter()
        .find(|table| table["dimensions"] == serde_json::json!([dimension]))
        .expect("it was declared");
    let rows = table["rows"].as_array().expect("rows");
    rows.iter()
        .enumerate()
        .map(|(at, row)| {
            let key = row["key"].as_str().expect("a key").to_owned();
            (key, table["counts"][at][0].as_u64())
        })
        .collect()
}

fn t27_answers_leave_only_as_counts(engine: Engine) {
    let counted = Counted::published(engine, &[]);
    counted.filled_up();
    counted.count();
    let (bytes, json) = counted.open_data();
    let text = String::from_utf8(bytes).expect("text");
    assert!(text.contains("總館") && !text.contains("王小"));
    for table in json["tables"].as_array().expect("tables") {
        for count in table["counts"]
            .as_array()
            .expect("rows")
            .iter()
            .flat_map(|row| row.as_array())
            .flatten()
        {
            let count = count.as_u64().expect("no number is withheld here");
            assert!(count >= 10 && count % 5 == 0, "{count}");
        }
    }
    // No page of staff shows one answer, or who gave it.
    let staff = staff(&counted.app);
    let page = staff.get(&format!("{}/answers", counted.base()));
    assert_eq!(page.status, Status::Ok);
    assert!(!page.html.contains("王小") && page.html.contains("總館"));
}

fn t31_nobody_reads_a_number_before_everybody_does(engine: Engine) {
    let counted = Counted::published(engine, &[("county", "")]);
    counted.filled_up();
    let looks = |counted: &Counted| {
        let staff = staff(&counted.app);
        let own = staff.get(&format!("{}/answers", counted.base()));
        (own, counted.page())
    };
    for _ in 0..2 {
        let (own, public) = looks(&counted);
        for page in [&own, &public] {
            assert_eq!(page.status, Status::Ok);
            assert!(
                page.html.contains("在那之前沒有人看得到數字"),
                "{}",
                page.html
            );
            assert!(page.html.contains("縣市") && !page.html.contains("class=\"number\""));
        }
        let file = counted.app.visitor().get("/a/summer-2024/statistics.json");
        assert_eq!(file.status, Status::Conflict);
        counted.freeze();
    }
    counted.count();
    let (own, public) = looks(&counted);
    assert_eq!(own.texts("table"), public.texts("table"));
    assert!(public.html.contains("臺北市"));
    assert!(public.html.contains("role=\"img\"") && public.html.contains("<rect"));
}

fn t35_open_data_is_what_the_page_shows(engine: Engine) {
    let counted = Counted::published(engine, &[("county", "")]);
    counted.filled_up();
    counted.count();
    let (bytes, json) = counted.open_data();
    let page = counted.page();
    for table in json["tables"].as_array().expect("tables") {
        let title = table["title"]["zh"].as_str().expect("a title");
        assert!(page.texts("h2").iter().any(|heading| heading == title));
        for row in table["rows"].as_array().expect("rows") {
            let words = row["words"]["zh"].as_str().expect("words");
            assert!(page.html.contains(words), "{words}");
        }
    }
    // The hash is on the page and signed in the journal; the source and the terms are named.
    let hash = sha256(&bytes).to_string();
    let words = page.html.replace("<wbr>", "").replace(' ', "");
    assert!(words.contains(&hash) && words.contains("CC-BY-4.0"));
    assert_eq!(json["source"]["zh"], "示範圖書館");
    let notes = counted.app.app.db.read_now("journal", |tx| {
        let size = journal::size(tx)?;
        journal::leaves(tx, 0, size)
    });
    let signed =
        format!("lucky-draw/v1 site\nof statistics\nactivity summer-2024\nsha256 {hash}\n");
    let notes = notes.expect("it is read");
    assert_eq!(notes.iter().filter(|leaf| leaf.text == signed).count(), 1);
    // The CSV has the same numbers and names the same file.
    let csv = counted.app.visitor().get("/a/summer-2024/statistics.csv");
    assert_eq!(csv.status, Status::Ok);
    let text = String::from_utf8(csv.bytes).expect("text");
    for (key, count) in counts(&json, "county") {
        let count = count.map_or(String::new(), |count| count.to_string());
        let found = text
            .lines()
            .any(|line| line.contains(&key) && line.contains(&format!(",{count},")));
        assert!(found, "{key} {count}\n{text}");
    }
    assert!(text.lines().skip(1).all(|line| line.ends_with(&hash)));
    // It stays when everything about people is gone.
    let again = counted.open_data().0;
    assert_eq!(again, bytes);
}

fn looking_twice_tells_nothing_new(engine: Engine) {
    let counted = Counted::published(engine, &[("county", "")]);
    counted.filled_up();
    let gone = counted.enter(70, "臺北市", "106", 0);
    counted.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    let before = counted.page().html;
    // Somebody withdraws while objections are possible.
    counted.withdraw(&gone);
    assert_eq!(counted.page().html, before);
    counted.count();
    let (bytes, _) = counted.open_data();
    // Nothing that happens later makes them anew.
    counted.app.go_to(ROUND_TIME.plus(DAY));
    counted.app.go_to(ROUND_TIME.plus(20 * DAY));
    assert_eq!(counted.open_data().0, bytes);
}

fn a_district_below_ten_is_not_shown(engine: Engine) {
    let counted = Counted::published(engine, &[("area", ""), ("county", "day")]);
    counted.filled_up();
    counted.count();
    let (bytes, json) = counted.open_data();
    let text = String::from_utf8(bytes).expect("text");
    // Six live in Kinmen, and six in one part of Taipei.
    assert!(
        !text.contains("金門") && !text.contains("臺北市 110"),
        "{text}"
    );
    let areas = counts(&json, "area");
    assert!(
        areas.iter().any(|(key, _)| key == "臺北市 106"),
        "{areas:?}"
    );
    let other = areas.iter().find(|(key, _)| key == "other");
    assert!(other.is_some_and(|(_, count)| count.is_none_or(|count| count >= 10)));
    let page = counted.page();
    assert!(!page.html.contains("金門") && page.html.contains("其他"));
}

fn a_person_is_counted_once_and_a_withdrawn_one_not_at_all(engine: Engine) {
    let counted = Counted::published(engine, &[("county", "")]);
    let mut secrets = Vec::new();
    for person in 0..34 {
        let county = if person < 17 {
            "臺北市"
        } else {
            "新北市"
        };
        secrets.push(counted.enter(person, county, "106", 0));
    }
    // One person forty times more; it looks the same from outside and counts nothing.
    for _ in 0..40 {
        counted.enter(1, "臺北市", "106", 0);
    }
    // Six of those in the second county change their minds.
    for secret in &secrets[28..] {
        counted.withdraw(secret);
    }
    counted.count();
    let (_, json) = counted.open_data();
    let counties = counts(&json, "county");
    let of = |name: &str| {
        let found = counties.iter().find(|(key, _)| key == name);
        found.and_then(|(_, count)| *count)
    };
    let table = &json["tables"][0];
    // 17 and 11 are left, and all 20 other counties are empty, which only the total may tell.
    assert_eq!(table["people"], 30, "{table:#}");
    assert!(of("臺北市").is_none_or(|count| count == 15), "{counties:?}");
    assert!(of("新北市").is_none_or(|count| count == 10), "{counties:?}");
}

fn tables_are_declared_before_publishing_and_never_after(engine: Engine) {
    let counted = Counted::drafted(engine, &[("county", ""), ("county", "day")]);
    for (rows, columns, words) in [
        ("county", "", "已經有這張表"),
        ("day", "county", "已經有這張表"),
        ("county", "county", "兩個項目相同"),
        ("area", "day", "會透露三個項目的組合"),
        ("name", "", "請選一個這個活動有問的項目"),
        ("pool", "", "請選一個這個活動有問的項目"),
        (&counted.question(), "county", "答案不連到個人"),
    ] {
        let refused = counted.declare(rows, columns);
        assert_eq!(
            refused.status,
            Status::UnprocessableEntity,
            "{rows} {columns}"
        );
        assert!(refused.html.contains(words), "{rows} {columns}");
    }
    counted.publish();
    let staff = staff(&counted.app);
    let page = staff.get(&format!("{}/statistics", counted.base()));
    assert!(page.html.contains("統計表不能再改") && page.html.contains("縣市 × 報名日期"));
    assert!(!page.html.contains("<select"));
    let path = format!("{}/statistics", counted.base());
    let typed = [("rows".to_owned(), "day".to_owned())];
    assert_eq!(staff.post(&path, &typed).status, Status::Conflict);
    // People are told before they are asked.
    let form = counted.app.visitor().get("/a/summer-2024/enter");
    assert!(form.html.contains("公布的統計") && form.html.contains("縣市 × 報名日期"));
}

impl Counted {
    fn question(&self) -> String {
        let db = &self.app.app.db;
        let questions = db.read_now("questions", |tx| survey::questionnaire(tx, &self.id));
        format!("q_{}", questions.expect("they are read").questions()[0].id)
    }

    /// The holder of a receipt code takes the entry back on the page.
    fn withdraw(&self, secret: &Secret) {
        let person = self.app.visitor();
        let page = person.get("/entry");
        let own = person.send(&page, "/entry", &[("code", secret.as_str())]);
        assert_eq!(own.status, Status::Ok, "{}", own.mistakes());
        let sure = person.send(&own, "/entry/withdraw", &[]);
        let done = person.send(&sure, "/entry/withdraw", &[("sure", "yes")]);
        assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    }
}

/// Every row of the database as text, which only PostgreSQL gives.
#[test]
fn t30_no_statistic_joins_two_sources_on_a_person() {
    let counted = Counted::published(Engine::Postgresql, &[("county", "")]);
    counted.filled_up();
    let rows = counted.app.database.rows();
    let is_counter = |line: &&str| {
        let fields: Vec<&str> = line.split(',').collect();
        fields.len() == 5
            && line.contains(counted.id.as_str())
            && matches!(fields[1], "people" | "county")
    };
    let counters: Vec<&str> = rows.lines().filter(is_counter).collect();
    assert!(counters.len() >= 4, "there are counters: {counters:?}");
    let is_row = |line: &&str| !line.starts_with("(public,") && !is_counter(line);
    let rest: Vec<&str> = rows.lines().filter(is_row).collect();
    for counter in &counters {
        let fields: Vec<&str> = counter.trim_matches(['(', ')']).split(',').collect();
        // The activity, which stands with everybody, the dimension, and a word of a closed list.
        assert_eq!(fields[0], counted.id.as_str());
        let word = fields[2].trim_matches('"');
        let elsewhere = rest
            .iter()
            .filter(|line| !word.is_empty() && line.contains(word));
        assert_eq!(elsewhere.count(), 0, "{word} stands beside a person");
    }
}

#[test]
fn an_attacker_with_everything_published_finds_no_small_cell() {
    let mut sum = attack::Found::default();
    let mut narrowest = u64::MAX;
    for number in 0..200 {
        let activity = attack::Activity::random(number);
        let found = attack::attack(&activity, number, 3);
        sum.small_counts += found.small_counts;
        sum.attacked += found.attacked;
        sum.published_tables += found.published_tables;
        sum.withheld_tables += found.withheld_tables;
        narrowest = narrowest.min(found.narrowest);
    }
    println!("200 activities: {sum:?}, narrowest {narrowest}");
    assert!(sum.attacked > 300, "there was something to attack: {sum:?}");
    assert!(
        sum.published_tables > 150,
        "something is published: {sum:?}"
    );
}

/// Every table of three lines and up to 45 people, published and attacked by counting all tables
/// that the program would publish in the same way. This attacker has more than everything that was
/// published: the program itself and the exact number of people. No small count is told to him, and
/// none is one of two.
#[test]
fn whoever_tries_every_table_that_looks_the_same_finds_no_small_count() {
    let limits = Limits {
        threshold: 10,
        base: 5,
    };
    for people in [20, 33, 45, 70_u64] {
        let mut alike: Vec<(rule::Shown, Vec<[u64; 3]>)> = Vec::new();
        for a in 0..=people {
            for b in 0..=people - a {
                let counts = [a, b, people - a - b];
                let exact = Exact {
                    people,
                    parts: vec![Part {
                        counts: counts.to_vec(),
                        is_wanted: true,
                        is_public: false,
                    }],
                    ..Exact::default()
                };
                let shown = rule::publish(&exact, limits);
                match alike.iter_mut().find(|(known, _)| *known == shown) {
                    Some((_, tables)) => tables.push(counts),
                    None => alike.push((shown, vec![counts])),
                }
            }
        }
        let mut fewest = usize::MAX;
        for (_, tables) in &alike {
            for line in 0..3 {
                let mut possible: Vec<u64> = tables.iter().map(|counts| counts[line]).collect();
                possible.sort_unstable();
                possible.dedup();
                if possible.iter().any(|count| *count < limits.threshold) {
                    fewest = fewest.min(possible.len());
                }
            }
        }
        assert!(fewest >= 3, "{people} people: one of {fewest} counts");
        println!(
            "{people} people: {} publications, at least {fewest} counts each",
            alike.len()
        );
    }
}

#[test]
fn a_count_that_everybody_shares_is_not_told() {
    let limits = Limits {
        threshold: 10,
        base: 5,
    };
    let shown = |counts: &[u64]| {
        let exact = Exact {
            people: counts.iter().sum(),
            parts: vec![Part {
                counts: counts.to_vec(),
                is_wanted: true,
                is_public: false,
            }],
            ..Exact::default()
        };
        rule::publish(&exact, limits).parts.remove(0)
    };
    assert_eq!(shown(&[40, 0]), None, "all said the same");
    assert_eq!(shown(&[40, 3]), None, "all but three");
    assert!(shown(&[40, 30]).is_some());
    let many = shown(&[100, 50, 30, 4, 3, 2, 1]).expect("large enough");
    assert!(many.single.iter().all(|(_, count)| *count >= 10));
}
