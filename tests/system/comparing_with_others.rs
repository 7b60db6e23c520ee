//! Members are compared with the list of somebody else: under an agreement of two people, as a number.

use fairdraw::account::Role;
use fairdraw::platform::clock::{DAY, HOUR};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::canary::Scan;
use crate::support::member::Site;
use crate::support::places;
use crate::support::staff::{colleague, sign_in};

on_both! {
    a_list_is_compared_under_an_agreement_and_a_number_comes_out,
    nobody_approves_the_own_agreement_and_without_approval_nothing_is_compared,
    an_agreement_is_used_once_a_day_twelve_times_and_not_after_its_end,
    a_list_with_mistakes_is_told_by_its_lines_and_is_no_use,
    the_list_of_the_other_side_is_kept_nowhere,
}

const HERE: &str = "/admin/agreements";
const PAPER: [(&str, &str); 7] = [
    ("counterparty_zh", "北投書店"),
    ("counterparty_en", "Beitou bookshop"),
    ("aim_zh", "了解書店會員有多少人也是本館會員"),
    ("aim_en", "How many customers are also members"),
    ("document", "北市圖字第1150001234號"),
    ("signed_on", "2026-11-20"),
    ("until", "2027-11-19"),
];

/// A library with two people who answer for personal data.
fn officers(site: &Site) -> [Person<'_>; 2] {
    ["陳專員", "李專員"].map(|name| colleague(&site.app, name, &[Role::PrivacyOfficer]))
}

/// The address of an agreement that one officer wrote down.
fn proposed(officer: &Person<'_>) -> String {
    let sent = officer.send(&officer.get(HERE), HERE, &PAPER);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    sent.location
}

/// The address of an agreement in force.
fn agreed([first, second]: &[Person<'_>; 2]) -> String {
    let own = proposed(first);
    let approved = second.send(&second.get(&own), &own, &[("do", "approve")]);
    assert_eq!(
        approved.location,
        format!("{own}?done"),
        "{}",
        approved.mistakes()
    );
    own
}

/// A list of customers, `members` of whom have an account here.
fn list(members: usize, others: usize) -> String {
    let own = (0..members).map(|each| format!("member{each}@example.org\n"));
    let others = (0..others).map(|each| format!("stranger{each}@example.org\n"));
    own.chain(others).collect()
}

fn compare(officer: &Person<'_>, own: &str, list: &str) -> Answer {
    officer.upload(
        &format!("{own}/compare"),
        "list",
        "customers.csv",
        list.as_bytes(),
    )
}

fn a_list_is_compared_under_an_agreement_and_a_number_comes_out(engine: Engine) {
    let site = Site::open(engine);
    for each in 0..3 {
        site.member(&format!("member{each}@example.org"));
        site.later(HOUR);
    }
    let officers = officers(&site);
    let none = site.app.visitor().get("/privacy/comparisons").text("main");
    assert!(none.contains("從來沒有"), "{none}");
    let own = agreed(&officers);
    let sent = compare(&officers[0], &own, &list(3, 200));
    assert_eq!(sent.location, format!("{own}?done"), "{}", sent.mistakes());
    // Three of two hundred, moved by chance.
    let told = site.count("SELECT told AS n FROM comparisons");
    assert!(told % 10 == 0 && told < 1_000, "{told}");
    assert_eq!(site.count("SELECT sent AS n FROM comparisons"), 203);
    let page = officers[1].get(&own).text("main");
    assert!(page.contains("203") && page.contains("陳專員"), "{page}");
    let words = match told {
        0 => "很少，或沒有".to_owned(),
        told => format!("約 {told} 人"),
    };
    assert!(page.contains(&words), "{words}: {page}");
    // Everybody reads with whom, what for and how often; and nobody the number.
    for (address, words) in [
        ("/privacy/comparisons", ["北投書店", "了解書店會員", "有效"]),
        (
            "/en/privacy/comparisons",
            ["Beitou bookshop", "How many customers", "in force"],
        ),
    ] {
        let page = site.app.visitor().get(address).text("main");
        for word in words {
            assert!(page.contains(word), "{word}: {page}");
        }
        assert!(!page.contains("陳專員"), "no name of staff: {page}");
    }
    let record =
        site.count("SELECT COUNT(*) AS n FROM audit_records WHERE act = 'matching.compared'");
    assert_eq!(record, 1);
}

fn nobody_approves_the_own_agreement_and_without_approval_nothing_is_compared(engine: Engine) {
    let site = Site::open(engine);
    let officers = officers(&site);
    let own = proposed(&officers[0]);
    let page = officers[0].get(&own).text("main");
    assert!(
        page.contains("由另一位") && !page.contains("核准這份協議"),
        "{page}"
    );
    let alone = officers[0].send(&officers[0].get(&own), &own, &[("do", "approve")]);
    assert_eq!(alone.status, Status::Forbidden);
    let refused = compare(&officers[0], &own, &list(0, 100));
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        refused.text("main").contains("這份協議目前無效"),
        "{}",
        refused.text("main")
    );
    assert_eq!(site.rows("comparisons"), 0);
    let public = site.app.visitor().get("/privacy/comparisons").text("main");
    assert!(!public.contains("北投書店"), "{public}");
    // What is missing is asked for, with what was typed.
    let mut paper = PAPER.to_vec();
    paper[4].1 = "";
    paper[5].1 = "2026-12-01";
    let again = officers[0].send(&officers[0].get(HERE), HERE, &paper);
    assert_eq!(again.status, Status::UnprocessableEntity);
    let text = again.text("main");
    for words in ["請輸入協議的文號", "不能晚於今天"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let typed = again.form(HERE);
    assert!(typed.contains(&("counterparty_en".to_owned(), "Beitou bookshop".to_owned())));
    // Librarians have nothing to do with it.
    let librarian = colleague(&site.app, "林館員", &[Role::Librarian]);
    assert_eq!(librarian.get(HERE).status, Status::Forbidden);
}

fn an_agreement_is_used_once_a_day_twelve_times_and_not_after_its_end(engine: Engine) {
    let site = Site::open(engine);
    let officers = officers(&site);
    let own = agreed(&officers);
    for day in 0..12 {
        // Sessions end after a night.
        let officer = sign_in(&site.app, "陳專員");
        let sent = compare(&officer, &own, &list(0, 100));
        assert_eq!(
            sent.location,
            format!("{own}?done"),
            "day {day}: {}",
            sent.mistakes()
        );
        let again = compare(&officer, &own, &list(0, 100));
        assert_eq!(again.status, Status::UnprocessableEntity);
        let words = if day < 11 {
            "24 小時"
        } else {
            "已經用完"
        };
        assert!(again.text("main").contains(words), "{}", again.text("main"));
        site.later(DAY);
    }
    assert_eq!(site.rows("comparisons"), 12);

    let officers = ["陳專員", "李專員"].map(|name| sign_in(&site.app, name));
    let other = agreed(&officers);
    let ended = officers[0].send(&officers[0].get(&other), &other, &[("do", "end")]);
    assert_eq!(
        ended.location,
        format!("{other}?done"),
        "{}",
        ended.mistakes()
    );
    let after = compare(&officers[0], &other, &list(0, 100));
    assert!(
        after.text("main").contains("這份協議目前無效"),
        "{}",
        after.text("main")
    );
    let third = agreed(&officers);
    site.later(365 * DAY);
    let officer = sign_in(&site.app, "陳專員");
    let late = compare(&officer, &third, &list(0, 100));
    assert!(
        late.text("main").contains("這份協議目前無效"),
        "{}",
        late.text("main")
    );
}

fn a_list_with_mistakes_is_told_by_its_lines_and_is_no_use(engine: Engine) {
    let site = Site::open(engine);
    let officers = officers(&site);
    let own = agreed(&officers);
    let mut bad = list(0, 150);
    bad.push_str("王小明 0912345678\n");
    for (list, words) in [
        (bad, "第 151 行"),
        (list(0, 99), "99 個不同的地址"),
        ("one@example.org\n".repeat(200), "1 個不同的地址"),
        (list(0, 5_001), "5,001 個不同的地址"),
    ] {
        let refused = compare(&officers[0], &own, &list);
        assert_eq!(refused.status, Status::UnprocessableEntity);
        let text = refused.text("main");
        assert!(text.contains(words), "{words}: {text}");
        assert!(!text.contains("王小明"), "{text}");
    }
    assert_eq!(site.rows("comparisons"), 0);
    // What was pasted is read the same way.
    let pasted = list(0, 120);
    let path = format!("{own}/compare");
    let sent = officers[0].send(&officers[0].get(&own), &path, &[("list", &pasted)]);
    assert_eq!(sent.location, format!("{own}?done"), "{}", sent.mistakes());
}

fn the_list_of_the_other_side_is_kept_nowhere(engine: Engine) {
    let site = Site::open(engine);
    let officers = officers(&site);
    let own = agreed(&officers);
    let canaries = [
        "canary.4711@mailbox-of-a-stranger.example",
        "canary.4712@mailbox-of-another.example",
    ];
    let list = format!("{}{}\n", list(0, 100), canaries.join("\n"));
    let sent = compare(&officers[0], &own, &list);
    assert_eq!(sent.location, format!("{own}?done"), "{}", sent.mistakes());
    let scan = Scan::of(&canaries);
    let control = Scan::of(&["Beitou bookshop"]);
    let (mut finds, mut seen) = (Vec::new(), 0);
    for (table, rows) in places::tables(&site.app.app.db) {
        finds.extend(scan.bytes(&table, rows.as_bytes()));
        seen += control.bytes(&table, rows.as_bytes()).len();
    }
    assert!(seen > 0, "the agreement is found, so the rows were read");
    let config = &site.app.app.config;
    for folder in [config.data().to_owned(), site.app.database.keys()] {
        if folder.exists() {
            finds.extend(scan.path(&folder));
        }
    }
    assert_eq!(finds, []);
}
