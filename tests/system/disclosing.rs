//! What leaves the library by law or by an exception of its policy: on the word of two, within the
//! operator's number, on record.

use fairdraw::account::Role;
use fairdraw::audit::{self, Filter, Record};
use fairdraw::platform::clock::{DAY, HOUR};
use lucky_draw::record::{Close, VoidCode};
use rocket::http::Status;

use crate::holding::{held, rehouse_and_purge, ticket};
use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::staff::{PASSPHRASE, colleague, sign_in};

on_both! {
    t38_the_court_gets_the_named_fields_after_two_have_signed,
    t40_is_refused_until_the_operator_allows_it,
    t39_an_entry_is_disqualified_by_a_listed_rule_and_the_record_says_which,
    t41_somebody_elses_id_is_looked_into_on_record,
    t32_the_public_sees_how_many_disclosures_there_were,
    t29_research_gets_tables_and_leaves_a_record,
}

/// Fills in the form of a disclosure; the answer is the way to its page, or the form again.
fn propose(officer: &Person<'_>, life: &Life, values: &[(&str, &str)]) -> Answer {
    let page = officer.get("/admin/disclosures/new");
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let usual = [
        ("ground", "judicial"),
        ("draw", life.draw.as_str()),
        ("document", "北院字第 1130009 號"),
        ("agency", "臺灣臺北地方法院"),
        ("basis", "刑事訴訟法第 229 條"),
        ("reason", "法院調取"),
        ("passphrase", PASSPHRASE),
    ];
    let mut all = usual.to_vec();
    all.retain(|(name, _)| !values.iter().any(|(own, _)| own == name));
    officer.send(&page, "/admin/disclosures/new", &[&all, values].concat())
}

/// The digits of a file: telephone numbers are written with signs between.
pub fn digits(file: &str) -> String {
    file.chars().filter(char::is_ascii_digit).collect()
}

fn approve(officer: &Person<'_>, at: &str) -> Answer {
    let page = officer.get(at);
    officer.send(&page, at, &[("do", "approve"), ("passphrase", PASSPHRASE)])
}

/// The record of the activity, the newest first.
fn record(life: &Life) -> Vec<Record> {
    let filter = Filter {
        activity: life.activity.clone(),
        ..Filter::default()
    };
    let db = &life.app.app.db;
    let first = db.read_now("record", |tx| audit::list(tx, &filter, 1));
    let pages = first.expect("the record can be read").pages;
    let mut records = Vec::new();
    for page in 1..=pages {
        let listing = db.read_now("record", |tx| audit::list(tx, &filter, page));
        records.extend(listing.expect("the record can be read").records);
    }
    records
}

fn count(life: &Life, act: &str) -> usize {
    let records = record(life);
    records.iter().filter(|record| record.act == act).count()
}

fn t38_the_court_gets_the_named_fields_after_two_have_signed(engine: Engine) {
    let life = Life::published(engine, |config| config.named_openings_per_year = 1);
    let patrons: Vec<Patron> = (0..3).map(Patron::number).collect();
    for patron in &patrons {
        life.enter(patron);
    }
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let fields = [("fields", "name"), ("fields", "phone")];

    // Without the passphrase nothing is proposed, and what was typed stays.
    let (second, third) = (ticket(1), ticket(2));
    let asked = [&[("tickets", second.as_str())], &fields[..]].concat();
    let forgot = propose(&admin, &life, &[&asked[..], &[("passphrase", "")]].concat());
    assert_eq!(forgot.status, Status::UnprocessableEntity);
    assert!(forgot.html.contains("北院字第 1130009 號"));

    let asked = propose(&admin, &life, &asked);
    assert_eq!(asked.status, Status::SeeOther, "{}", asked.mistakes());
    let own = admin.post(
        &asked.location,
        &[
            ("do".to_owned(), "approve".to_owned()),
            ("passphrase".to_owned(), PASSPHRASE.to_owned()),
        ],
    );
    assert!(
        own.mistakes().contains("不能自己核可"),
        "{}",
        own.mistakes()
    );
    assert_eq!(count(&life, "vault.disclosed"), 0);

    let file = approve(&officer, &asked.location);
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    assert!(file.header("Content-Type").starts_with("text/csv"));
    assert_eq!(file.header("Cache-Control"), "no-store");
    assert!(file.html.contains(&patrons[1].name), "{}", file.html);
    assert!(
        digits(&file.html).contains(&patrons[1].phone[1..]),
        "{}",
        file.html
    );
    assert!(
        !file.html.contains(&patrons[1].email),
        "only what was asked for"
    );
    for other in [&patrons[0], &patrons[2]] {
        assert!(!file.html.contains(&other.name), "only who was named");
    }
    assert!(file.html.contains("北院字第 1130009 號") && file.html.contains("個資保護林"));
    let opened: Vec<Record> = record(&life)
        .into_iter()
        .filter(|line| line.act == "vault.disclosed")
        .collect();
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0].purpose, "disclosure");
    assert!(opened[0].object.ends_with(" judicial"));

    // It is given once, and the operator's number of the year is used up.
    let again = approve_again(&officer, &asked.location);
    assert_eq!(again.status, Status::UnprocessableEntity);
    let second = propose(
        &admin,
        &life,
        &[&[("tickets", third.as_str())], &fields[..]].concat(),
    );
    let refused = approve(&officer, &second.location);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        refused.mistakes().contains("什麼也沒有開封"),
        "{}",
        refused.mistakes()
    );
    let page = officer.get(&second.location);
    assert!(page.text("main").contains("待第二人決定"), "it waits on");
}

fn approve_again(officer: &Person<'_>, at: &str) -> Answer {
    let fields = [
        ("do".to_owned(), "approve".to_owned()),
        ("passphrase".to_owned(), PASSPHRASE.to_owned()),
    ];
    officer.post(at, &fields)
}

fn t40_is_refused_until_the_operator_allows_it(engine: Engine) {
    let life = Life::published(engine, |_| {});
    life.enter(&Patron::number(0));
    life.enter(&Patron::number(1));
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let benefit = [
        ("ground", "government_benefit"),
        ("tickets", &ticket(0)),
        ("fields", "name"),
    ];
    let shut = propose(&admin, &life, &benefit);
    assert_eq!(shut.status, Status::UnprocessableEntity);
    assert!(
        shut.mistakes().contains("沒有開放這個事由"),
        "{}",
        shut.mistakes()
    );
    // A court too gets nothing before the operator's file says so, whatever two people click.
    let court = propose(
        &admin,
        &life,
        &[("tickets", &ticket(0)), ("fields", "name")],
    );
    let page = officer.get(&court.location);
    assert!(page.text("main").contains("named_openings_per_year"));
    let refused = approve(&officer, &court.location);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(count(&life, "custody.disclosure_refused"), 1);

    let open = Life::published(engine, |config| {
        config.benefit_disclosures = true;
        config.named_openings_per_year = 3;
    });
    open.enter(&Patron::number(0));
    let admin = open.draw();
    let officer = colleague(&open.app, "個資保護林", &[Role::PrivacyOfficer]);
    let silent = propose(&admin, &open, &[&benefit[..], &[("reason", "")]].concat());
    assert!(
        silent.mistakes().contains("請輸入理由"),
        "{}",
        silent.mistakes()
    );
    let asked = propose(&admin, &open, &benefit);
    let file = approve(&officer, &asked.location);
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    assert!(file.html.contains(&Patron::number(0).name));
}

fn t39_an_entry_is_disqualified_by_a_listed_rule_and_the_record_says_which(engine: Engine) {
    let life = Life::published(engine, |config| config.named_openings_per_year = 5);
    for number in 0..3 {
        life.enter(&Patron::number(number));
    }
    let rule = "用程式大量報名";
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    let admin = sign_in(&life.app, "陳館員");
    let roles = [Role::Librarian, Role::DrawOfficer];
    let librarian = colleague(&life.app, "館員張", &roles);
    let closes = format!("/staff/draws/{}/closes", life.draw);
    let page = admin.get(&closes);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let proposal = [
        ("do", "propose"),
        ("ticket", &ticket(2)),
        ("code", "I"),
        ("reason", rule),
    ];
    let done = admin.send(&page, &closes, &proposal);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let page = librarian.get(&closes);
    let seen = page.html.split("name=\"seen\" value=\"").nth(1);
    let seen = seen.and_then(|rest| rest.split('"').next());
    let confirm = [
        ("do".to_owned(), "confirm".to_owned()),
        (
            "seen".to_owned(),
            seen.expect("the page says what was seen").to_owned(),
        ),
    ];
    let done = librarian.post(&closes, &confirm);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let said = record(&life);
    let mut said = said.iter();
    let said = said.find(|line| line.act == "draw.correction_proposed");
    assert!(said.is_some_and(|line| line.reason.ends_with(rule)));
    let note = life
        .app
        .visitor()
        .get(&format!("/d/{}/notes/close-1.note", life.draw));
    let text = note.html.split("\n\n").next().unwrap_or_default();
    let close = Close::parse(&format!("{text}\n")).expect("the close note");
    assert_eq!(close.void(2), Some(VoidCode::I));

    // The evidence outlives the purge by a hold that names the rule.
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let broken = [
        ("tickets", ticket(2)),
        ("basis", "site_rules".to_owned()),
        ("rule", "machine".to_owned()),
        ("document", String::new()),
    ];
    let broken: Vec<(&str, &str)> = broken
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let proposed = crate::holding::propose(&admin, &life, &broken);
    let page = officer.get(&proposed.location);
    assert!(page.text("main").contains(rule));
    officer.send(&page, &proposed.location, &[("do", "approve")]);
    rehouse_and_purge(&life);
    let page = sign_in(&life.app, "個資保護林").get(&proposed.location);
    assert!(page.text("main").contains("1 筆"), "{}", page.text("main"));
}

fn t41_somebody_elses_id_is_looked_into_on_record(engine: Engine) {
    let life = Life::published(engine, |_| {});
    let victim = Patron::number(7);
    life.enter(&Patron::number(0));
    life.enter(&victim);
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let complaint = [
        ("ground", "rights_of_others"),
        ("agency", "當事人本人"),
        ("document", "櫃臺申訴 1130805-1"),
        ("basis", "個資法第 16 條但書第 4 款"),
        ("reason", "有人用別人的證號報名"),
    ];
    let asked = propose(&admin, &life, &complaint);
    assert_eq!(asked.status, Status::SeeOther, "{}", asked.mistakes());
    let early = officer.post(
        &asked.location,
        &[
            ("do".to_owned(), "look_up".to_owned()),
            ("national_id".to_owned(), victim.national_id.clone()),
        ],
    );
    assert_eq!(
        early.status,
        Status::UnprocessableEntity,
        "two have to agree"
    );
    let approved = approve(&officer, &asked.location);
    assert_eq!(approved.status, Status::SeeOther, "{}", approved.mistakes());
    let page = officer.get(&asked.location);
    let wrong = officer.send(
        &page,
        &asked.location,
        &[("do", "look_up"), ("national_id", "A123456788")],
    );
    assert_eq!(
        wrong.status,
        Status::UnprocessableEntity,
        "a slip costs nothing"
    );
    let found = officer.send(
        &page,
        &asked.location,
        &[("do", "look_up"), ("national_id", &victim.national_id)],
    );
    assert_eq!(found.status, Status::Ok, "{}", found.mistakes());
    let words = found.text("main");
    assert!(
        words.contains(&ticket(1)) && !words.contains(&victim.name),
        "{words}"
    );
    assert!(
        !found.html.contains(&victim.national_id),
        "the number is not shown again"
    );
    let said = record(&life);
    let said = said.iter().find(|line| line.act == "custody.id_looked_up");
    assert_eq!(said.map(|line| line.reason.as_str()), Some("1"));
    assert!(
        !record(&life)
            .iter()
            .any(|line| line.reason.contains(&victim.national_id))
    );
    // One look only.
    let again = officer.post(
        &asked.location,
        &[
            ("do".to_owned(), "look_up".to_owned()),
            ("national_id".to_owned(), victim.national_id.clone()),
        ],
    );
    assert_eq!(again.status, Status::UnprocessableEntity);
}

fn t32_the_public_sees_how_many_disclosures_there_were(engine: Engine) {
    let life = Life::published(engine, |config| config.named_openings_per_year = 5);
    for number in 0..3 {
        life.enter(&Patron::number(number));
    }
    let visitor = life.app.visitor();
    let before = visitor.get("/privacy/disclosures");
    assert!(
        before.text("main").contains("一次也沒有"),
        "{}",
        before.text("main")
    );
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let two = format!("{} {}", ticket(0), ticket(2));
    let asked = propose(&admin, &life, &[("tickets", &two), ("fields", "name")]);
    assert_eq!(approve(&officer, &asked.location).status, Status::Ok);
    let dropped = propose(
        &admin,
        &life,
        &[("tickets", &ticket(1)), ("fields", "name")],
    );
    let page = officer.get(&dropped.location);
    officer.send(&page, &dropped.location, &[("do", "drop")]);

    let public = visitor.get("/privacy/disclosures");
    let cells = public.texts("tbody td");
    assert_eq!(cells, ["113", "司法機關依法調取", "1", "2"]);
    assert!(
        !public.html.contains("臺灣臺北地方法院"),
        "counts and grounds only"
    );
    // The register stays after the purge, and names nobody.
    held(&life, &admin, &officer, 1);
    rehouse_and_purge(&life);
    let public = visitor.get("/en/privacy/disclosures");
    assert_eq!(public.texts("tbody td")[2..], ["1", "2"]);
    let page = sign_in(&life.app, "陳館員").get(&asked.location);
    assert_eq!(page.status, Status::Ok);
    assert!(
        !page.text("main").contains(&ticket(2)),
        "the tickets went with the activity"
    );
}

fn t29_research_gets_tables_and_leaves_a_record(engine: Engine) {
    let count_by_day = |_: &TestApp, admin: &Person<'_>, activity: &str| {
        let path = format!("/staff/activities/{activity}/statistics");
        let page = admin.get(&path);
        let declared = admin.send(&page, &path, &[("rows", "day"), ("columns", "")]);
        assert_eq!(declared.status, Status::SeeOther, "{}", declared.mistakes());
    };
    let life = Life::published_after(engine, &Life::clock(), |_| {}, &[], count_by_day);
    let patrons: Vec<Patron> = (0..3).map(Patron::number).collect();
    for patron in &patrons {
        life.enter(patron);
    }
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let research = [
        ("ground", "research"),
        ("agency", "某大學圖書資訊學研究所"),
        ("document", "研究契約 113-08"),
        ("basis", "個資法第 16 條但書第 5 款"),
        ("reason", "閱讀推廣研究"),
    ];
    let open_ended = propose(&admin, &life, &research);
    assert!(
        open_ended.mistakes().contains("保存期限"),
        "{}",
        open_ended.mistakes()
    );
    let until = ("expires", "116 年 12 月 31 日");
    let ticket = ticket(0);
    let with_rows = [
        &research[..],
        &[until, ("tickets", &ticket), ("fields", "name")],
    ]
    .concat();
    let with_rows = propose(&admin, &life, &with_rows);
    assert!(
        with_rows.mistakes().contains("只提供統計表"),
        "{}",
        with_rows.mistakes()
    );
    let asked = propose(&admin, &life, &[&research[..], &[until]].concat());
    assert_eq!(asked.status, Status::SeeOther, "{}", asked.mistakes());
    let file = approve(&officer, &asked.location);
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    assert!(file.header("Content-Type").starts_with("text/csv"));
    // What everybody may have, and nothing of anybody: three people are below the threshold.
    for patron in &patrons {
        for canary in patron.canaries() {
            assert!(!file.html.contains(&canary), "{canary}");
        }
    }
    let public = life.app.visitor().get("/a/summer-2024/statistics.csv");
    assert_eq!(public.bytes, file.bytes);
    let page = officer.get(&asked.location);
    assert!(page.text("main").contains("研究契約 113-08"));
    assert!(page.text("main").contains("116 年 12 月 31 日"));
    assert_eq!(count(&life, "vault.disclosed"), 0, "no box was opened");
    assert_eq!(count(&life, "custody.disclosure_approved"), 1);
}
