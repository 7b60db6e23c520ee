//! The architecture, held by tests: who may import whom, and what may be named where.
//!
//! The table below is the architecture. Changing it is a visible difference in one place, reviewed
//! with an ADR in `docs/decisions/`. Every rule says where it is broken and what to do; every rule
//! is shown below to be able to fail.

#[path = "architecture/arrows.rs"]
mod arrows;
#[path = "architecture/places.rs"]
mod places;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/words.rs"]
mod words;

use std::path::Path;
use std::process::Command;

use source::{Finding, Source, files};

/// Stands for every domain.
const ANY: &[&str] = &["*"];

/// Domain, and the domains whose `mod.rs` it may use. `platform` and `lucky_draw` are open to all.
const ARROWS: &[(&str, &[&str])] = &[
    ("portal", ANY),
    ("desk", ANY),
    ("cli", ANY),
    (
        "purge",
        &[
            "activity",
            "survey",
            "entry",
            "log",
            "journal",
            "draw",
            "notify",
            "stats",
            "account",
            "policy",
            "vault",
            "audit",
            "rights",
            "custody",
            "inspection",
            "seats",
            "feedback",
            "discussion",
        ],
    ),
    ("discussion", &["activity", "audit", "identity"]),
    ("external", &["activity", "audit", "identity"]),
    (
        "feedback",
        &[
            "notify", "rights", "policy", "account", "vault", "audit", "identity",
        ],
    ),
    ("backup", &["purge", "journal", "log", "activity", "vault"]),
    (
        "rights",
        &[
            "entry", "activity", "draw", "policy", "survey", "account", "vault", "audit",
            "identity",
        ],
    ),
    (
        "custody",
        &[
            "notify", "draw", "entry", "activity", "journal", "policy", "stats", "account",
            "vault", "audit", "identity",
        ],
    ),
    (
        "response",
        &[
            "custody", "activity", "account", "vault", "audit", "identity",
        ],
    ),
    ("seats", &["activity", "vault", "audit"]),
    // Never `entry`: contacts are for winners.
    (
        "matching",
        &[
            "member", "activity", "account", "vault", "audit", "identity",
        ],
    ),
    // Never `entry`, whose pages ask it: an entry names no member, nor a member an entry.
    (
        "member",
        &[
            "activity", "account", "policy", "vault", "audit", "identity",
        ],
    ),
    // Never `entry`: nobody is subscribed by taking part in something.
    (
        "newsletter",
        &["activity", "policy", "vault", "audit", "identity"],
    ),
    (
        "stats",
        &["survey", "activity", "policy", "vault", "audit", "identity"],
    ),
    (
        "inspection",
        &[
            "notify", "draw", "entry", "activity", "journal", "vault", "audit", "identity",
        ],
    ),
    (
        "live",
        &["draw", "entry", "activity", "vault", "audit", "identity"],
    ),
    (
        "notify",
        &[
            "draw", "entry", "seats", "activity", "vault", "audit", "account", "identity",
        ],
    ),
    (
        "draw",
        &[
            "entry", "activity", "log", "journal", "audit", "vault", "account", "policy", "survey",
            "identity", "stats", "seats",
        ],
    ),
    (
        "entry",
        &[
            "survey", "activity", "account", "policy", "vault", "audit", "log", "identity",
            "stats", "seats",
        ],
    ),
    ("journal", &["log", "vault", "witness", "audit"]),
    ("witness", &[]),
    ("log", &[]),
    ("survey", &["activity", "account", "audit", "identity"]),
    ("activity", &["audit", "account", "branch", "identity"]),
    ("policy", &["activity", "audit", "identity"]),
    ("vault", &["audit", "identity"]),
    ("account", &["vault", "branch", "audit"]),
    ("branch", &["audit", "identity"]),
    ("audit", &[]),
    ("identity", &[]),
];

/// What the pages and views of a domain (`*`: of every domain) may use besides. Nothing imports
/// pages, so this makes no circle.
const EDGE_ARROWS: &[(&str, &[&str])] = &[
    // A member's own page shows what the receipts lead to, and the subscription of the address.
    ("member", &["entry", "newsletter"]),
    // Admins look after branches.
    ("branch", &["account"]),
    // The form of a post is sealed for as long as it lies open.
    ("discussion", &["vault"]),
    // Every page may ask who is there and what that person may do.
    ("*", &["account"]),
    // A note of the journal leads to the draw and the activity that it is about.
    ("journal", &["draw", "activity"]),
    // The form of an activity shows the notice that its settings make; its address is no other's.
    ("activity", &["policy", "external"]),
    // The desk asks for the field that told people apart, in the words of the notice; a handover
    // that is taken back takes the payee's row with it.
    ("notify", &["policy", "custody"]),
    // So does an auditor.
    ("inspection", &["policy"]),
    // The check of the record compares it with the heads that the journal holds; its list says which
    // activity an id is of.
    ("audit", &["journal", "vault", "activity"]),
    // At the door the receipt code finds the place, and what tells people apart is read as at the
    // desk where prizes are claimed.
    ("seats", &["entry", "notify", "identity"]),
    // A person's own page tells of an incident that concerns the entry, and, before the data of a
    // winner is erased, that a prize is given up; an activity may be for members, and a member may
    // keep the receipt.
    ("entry", &["custody", "notify", "member"]),
];

/// Domains that are nothing but pages over the others; every file of theirs is an edge.
const EDGE_DOMAINS: &[&str] = &["portal", "desk"];

/// Fails with every finding on a line of its own.
fn hold(findings: Vec<Finding>) {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

/// Runs a rule on every Rust file below the folders.
fn on_rust(folders: &[&str], rule: fn(&Source) -> Vec<Finding>) -> Vec<Finding> {
    files(folders, &[".rs"]).iter().flat_map(rule).collect()
}

#[test]
fn domains_import_along_the_arrows_and_downward() {
    hold(on_rust(&["src"], arrows::check));
}

#[test]
fn the_arrows_have_no_circle() {
    let mut left: Vec<_> = ARROWS.iter().filter(|(_, to)| *to != ANY).collect();
    while !left.is_empty() {
        let names: Vec<&str> = left.iter().map(|(name, _)| *name).collect();
        let before = left.len();
        left.retain(|(_, targets)| targets.iter().any(|target| names.contains(target)));
        assert!(left.len() < before, "these import each other: {names:?}");
    }
}

#[test]
fn frameworks_clock_and_randomness_stay_in_their_places() {
    hold(on_rust(&["src"], places::check));
}

#[test]
fn personal_data_has_one_home() {
    hold(on_rust(&["src"], places::vault));
}

#[test]
fn only_the_person_replaces_what_the_person_wrote() {
    hold(on_rust(&["src"], places::corrections));
}

#[test]
fn the_protocol_computes_and_does_nothing_else() {
    hold(on_rust(&["protocol/src"], places::protocol));
}

#[test]
fn the_verifier_needs_no_web_framework_and_no_database() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "lucky-draw", "--edges", "normal"])
        .args(["--prefix", "none", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, because it runs this test");
    let tree = String::from_utf8_lossy(&tree.stdout).into_owned();
    assert!(tree.starts_with("lucky-draw "), "cargo tree said: {tree}");
    let heavy = [
        "rocket",
        "diesel",
        "tokio",
        "hyper",
        "libsqlite3-sys",
        "pq-sys",
        "ureq",
    ];
    let found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| heavy.contains(name))
        .collect();
    assert!(found.is_empty(), "the verifier would build {found:?}");
}

#[test]
fn files_are_named_after_what_they_hold() {
    hold(on_rust(&["src", "protocol", "tests"], words::file_name));
}

#[test]
fn nothing_is_left_for_later_without_an_issue() {
    let folders = [
        "src",
        "protocol",
        "tests",
        "templates",
        "static",
        "locales",
        "migrations",
        "docs",
    ];
    let endings = [
        ".rs", ".j2", ".css", ".js", ".mjs", ".ftl", ".sql", ".sh", ".md", ".py",
    ];
    hold(
        files(&folders, &endings)
            .iter()
            .flat_map(words::left_overs)
            .collect(),
    );
}

#[test]
fn every_message_exists_in_both_languages() {
    let locales = files(&["locales"], &[".ftl"]);
    let templates = files(&["templates"], &[".j2"]);
    hold(words::messages(&locales, &templates));
}

#[test]
fn no_message_is_shown_with_a_hole() {
    let locales = files(&["locales"], &[".ftl"]);
    let code = files(&["src"], &[".rs"]);
    hold(words::holes(&locales, &code));
}

#[test]
fn links_in_documents_lead_somewhere() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let exists = |path: &Path| top.join(path).exists();
    let documents = files(&["."], &[".md"]);
    hold(
        documents
            .iter()
            .flat_map(|document| words::links(document, &exists))
            .collect(),
    );
}

#[test]
fn the_map_names_every_folder() {
    let map = files(&["docs/architecture.md"], &[".md"]);
    let [map] = map.as_slice() else {
        panic!("docs/architecture.md is missing");
    };
    let missing: Vec<String> = files(&["src"], &[".rs"])
        .iter()
        .filter_map(|source| Some(arrows::standing(source)?.0))
        .filter(|domain| !map.text.contains(&format!("{domain}/")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/architecture.md does not name {missing:?}"
    );
}

/// Every rule, on a small text that breaks it and on a small text that does not.
mod the_rules_can_fail {
    use super::*;

    fn count(rule: fn(&Source) -> Vec<Finding>, path: &str, text: &str) -> usize {
        rule(&Source::new(path, text)).len()
    }

    #[test]
    fn an_arrow_that_does_not_exist() {
        let one = |path, text| count(arrows::check, path, text);
        assert_eq!(one("src/entry/mod.rs", "use crate::vault;"), 0);
        assert_eq!(one("src/entry/mod.rs", "use crate::draw;"), 1);
        assert_eq!(
            one(
                "src/vault/mod.rs",
                "use crate::{audit, draw::{self, Seed}};"
            ),
            2
        );
        assert_eq!(
            one("src/log/mod.rs", "fn f() { crate::journal::append() }"),
            1
        );
        assert_eq!(
            one(
                "src/log/mod.rs",
                "// crate::journal\nconst T: &str = \"crate::draw\";"
            ),
            0
        );
        assert_eq!(one("src/portal/home.rs", "use crate::{draw, entry};"), 0);
        assert_eq!(one("src/newcomer/mod.rs", ""), 1);
        assert_eq!(one("src/audit/mod.rs", "use super::draw;"), 1);
        assert_eq!(one("src/audit/mod.rs", "mod tests { use super::*; }"), 0);
        assert_eq!(
            one("src/audit/mod.rs", "mod tests { use super::super::draw; }"),
            1
        );
        assert_eq!(one("src/platform/ids.rs", "use crate::entry::EntryId;"), 1);
        assert_eq!(one("src/entry/mod.rs", "use crate::app;"), 1);
        assert_eq!(one("src/entry/tests/flow.rs", "use crate::app;"), 0);
    }

    #[test]
    fn a_room_of_another_domain() {
        let one = |path, text| count(arrows::check, path, text);
        assert_eq!(one("src/entry/mod.rs", "use crate::vault::store;"), 1);
        assert_eq!(one("src/entry/pages.rs", "use crate::activity::pages;"), 1);
        assert_eq!(
            one(
                "src/entry/pages.rs",
                "use crate::account::guard::Librarian;"
            ),
            0
        );
        assert_eq!(
            one("src/entry/mod.rs", "use crate::account::guard::Librarian;"),
            1
        );
        assert_eq!(
            one(
                "src/desk/winners.rs",
                "use crate::notify::wire::WinnerView;"
            ),
            0
        );
        assert_eq!(
            one("src/notify/wire.rs", "use crate::draw::wire::DrawView;"),
            0
        );
        assert_eq!(
            one("src/notify/mod.rs", "use crate::draw::wire::DrawView;"),
            1
        );
        assert_eq!(
            one("src/audit/pages.rs", "use crate::account::guard::Admin;"),
            0
        );
    }

    #[test]
    fn a_step_upward_inside_a_domain() {
        let one = |path, text| count(arrows::check, path, text);
        assert_eq!(one("src/entry/store.rs", "use super::{Entry, EntryId};"), 0);
        assert_eq!(one("src/entry/store.rs", "use super::wire::EntryForm;"), 1);
        assert_eq!(
            one(
                "src/entry/mod.rs",
                "pub mod pages; use self::wire::EntryForm;"
            ),
            1
        );
        assert_eq!(one("src/entry/pages.rs", "use super::store;"), 1);
        assert_eq!(one("src/entry/receipt.rs", "use super::store;"), 0);
        assert_eq!(
            one("src/entry/mod.rs", "use crate::platform::web::Page;"),
            1
        );
        assert_eq!(
            one("src/entry/wire.rs", "use crate::platform::web::Form;"),
            0
        );
        assert_eq!(
            one(
                "src/entry/mod.rs",
                "use crate::platform::{clock, db::{self, Tx}};"
            ),
            0
        );
    }

    #[test]
    fn a_word_in_the_wrong_place() {
        let one = |path, text| count(places::check, path, text);
        assert_eq!(one("src/entry/mod.rs", "use diesel::prelude::*;"), 1);
        assert_eq!(one("src/entry/store.rs", "use diesel::prelude::*;"), 0);
        assert_eq!(
            one("src/entry/mod.rs", "#[rocket::get(\"/\")] fn f() {}"),
            1
        );
        assert_eq!(one("src/entry/pages.rs", "use rocket::get;"), 0);
        assert_eq!(
            one("src/entry/mod.rs", "#[derive(Debug, Serialize)] struct S;"),
            1
        );
        assert_eq!(
            one("src/entry/wire.rs", "#[derive(Serialize)] struct S;"),
            0
        );
        assert_eq!(one("src/notify/jobs.rs", "use lettre::Message;"), 1);
        assert_eq!(one("src/platform/mail/mod.rs", "use lettre::Message;"), 0);
        assert_eq!(
            one("src/draw/mod.rs", "let t = std::time::Instant::now();"),
            1
        );
        assert_eq!(one("src/platform/clock.rs", "SystemTime::now()"), 0);
        assert_eq!(one("src/draw/mod.rs", "getrandom::fill(&mut b)"), 1);
        assert_eq!(one("src/vault/crypt.rs", "getrandom::fill(&mut b)"), 0);
        assert_eq!(
            one(
                "src/draw/mod.rs",
                "/* diesel */ let c = '\"'; // rocket \" diesel"
            ),
            0
        );
        assert_eq!(
            one(
                "src/draw/mod.rs",
                "let s = r#\"rocket \" diesel\"#; let x: &'a str;"
            ),
            0
        );
    }

    #[test]
    fn personal_data_outside_its_home() {
        let one = |path, text| count(places::vault, path, text);
        assert_eq!(one("src/purge/store.rs", "\"DELETE FROM vault_items\""), 1);
        assert_eq!(one("src/vault/store.rs", "vault_items::table"), 0);
        assert_eq!(
            one("src/notify/wire.rs", "use crate::vault::field::Email;"),
            1
        );
        assert_eq!(
            one("src/notify/pages.rs", "use crate::vault::field::Email;"),
            1
        );
        assert_eq!(
            one("src/notify/mod.rs", "use crate::vault::field::Email;"),
            0
        );
    }

    #[test]
    fn somebody_else_who_replaces_what_a_person_wrote() {
        let one = |path, text| count(places::corrections, path, text);
        let call = "fn f(tx: &mut Tx) { vault::replace(tx, a, b, c, None) }";
        assert_eq!(one("src/desk/pages.rs", call), 1);
        assert_eq!(one("src/entry/own.rs", call), 1);
        assert_eq!(one("src/entry/correction.rs", call), 0);
        let imported = "use crate::vault::{self, replace};";
        assert_eq!(one("src/custody/mod.rs", imported), 1);
        assert_eq!(one("src/custody/mod.rs", "use crate::vault::discard;"), 0);
        assert_eq!(one("src/custody/mod.rs", "// vault::replace(tx)"), 0);
    }

    #[test]
    fn a_protocol_that_looks_around() {
        let one = |path, text| count(places::protocol, path, text);
        assert_eq!(one("protocol/src/seed.rs", "use std::{fmt, fs::File};"), 1);
        assert_eq!(
            one("protocol/src/seed.rs", "std::time::SystemTime::UNIX_EPOCH"),
            1
        );
        assert_eq!(one("protocol/src/seed.rs", "use std::fmt;"), 0);
        assert_eq!(
            one("protocol/src/bin/lucky-draw-verify/main.rs", "use std::fs;"),
            0
        );
    }

    #[test]
    fn words_that_say_nothing_and_work_left_lying_about() {
        assert_eq!(count(words::file_name, "src/entry/utils.rs", ""), 1);
        assert_eq!(count(words::file_name, "src/entry/receipt.rs", ""), 0);
        let later = concat!("// TO", "DO later");
        let numbered = concat!("// TO", "DO(#12) later");
        assert_eq!(count(words::left_overs, "src/a.rs", later), 1);
        assert_eq!(count(words::left_overs, "src/a.rs", numbered), 0);
        assert_eq!(
            count(
                words::left_overs,
                "src/a.rs",
                "#[test]\n#[ignore]\nfn t() {}"
            ),
            1
        );
    }

    #[test]
    fn a_message_without_its_variables() {
        let zh = Source::new(
            "locales/zh-TW/site.ftl",
            "site-name = 名\nsite-hour = { $n } 時\n    .hint = x\nsite-hint = 他\n    .why = { $n }",
        );
        let asked = "message(lang, \"site-name\", &[]); message(lang, \"site-hour\", &[n]);\n\
             message(\n lang,\n \"site-hour\",\n &[],\n); message(lang, \"site-hint\", &[])";
        let code = Source::new("src/site.rs", asked);
        let found: Vec<String> = words::holes(&[zh], &[code])
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(found, ["site-hour is asked for without its variables"]);
    }

    #[test]
    fn a_message_in_one_language_only() {
        let zh = Source::new(
            "locales/zh-TW/site.ftl",
            "site-name = 名\nsite-other = 他\n    .hint = x",
        );
        let en = Source::new("locales/en/site.ftl", "site-name = Name\n");
        let page = Source::new(
            "templates/a.html.j2",
            "{{ t(\"site-name\") }} {{ t(\"site-none\", n=1) }} {{ format(\"no-message\") }}",
        );
        let found: Vec<String> = words::messages(&[zh, en], &[page])
            .into_iter()
            .map(|finding| finding.what)
            .collect();
        assert_eq!(
            found,
            [
                "site-other has no message in en",
                "there is no message site-none"
            ]
        );
    }

    #[test]
    fn a_link_to_nowhere() {
        let text =
            "[a](b.md) [c](../README.md#top) [d](https://example.org)\n```\n[e](f.md)\n```\n";
        let document = Source::new("docs/a.md", text);
        let exists = |path: &Path| path == Path::new("README.md");
        let found = words::links(&document, &exists);
        assert_eq!(found.len(), 1);
        assert_eq!(
            found.first().map(Finding::to_string).as_deref(),
            Some(
                "docs/a.md:1: the link leads to b.md, which does not exist. Correct the link, or write the document that it promises"
            )
        );
    }
}
