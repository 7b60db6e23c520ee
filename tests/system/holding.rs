//! Named rows are held beyond the purge, by two, for a time.

use fairdraw::account::Role;
use fairdraw::activity::ActivityId;
use fairdraw::audit::{self, Filter};
use fairdraw::custody::{self, Error, hold};
use fairdraw::journal;
use fairdraw::platform::clock::{DAY, HOUR, Timestamp};
use lucky_draw::ticket::TicketNumber;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::life::{Life, Patron};
use crate::support::staff::{PASSPHRASE, colleague, sign_in};

on_both! {
    a_hold_keeps_the_named_rows_and_nothing_else,
    a_hold_needs_another_hand_and_ends_by_itself,
    a_hold_is_not_shortened_by_renewing_it_and_ends_at_once_by_two,
    whoever_is_held_sees_it_before_the_purge_and_after_it,
    more_rows_than_the_operator_allows_are_not_held,
    a_hold_that_is_filled_in_badly_keeps_what_was_typed,
    every_page_of_custody_shows_in_both_languages,
}

/// The ticket of the patron who entered as number `index`.
pub fn ticket(index: u64) -> String {
    TicketNumber(index).to_string()
}

/// Fills in the form of a hold; the answer is the way to its page, or the form again.
pub fn propose(officer: &Person<'_>, life: &Life, values: &[(&str, &str)]) -> Answer {
    let page = officer.get("/admin/holds");
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let usual = [
        ("draw", life.draw.as_str()),
        ("basis", "investigation"),
        ("rule", ""),
        ("document", "北檢字第 1130001 號"),
        ("reason", "檢察官來文調查"),
        ("days", "90"),
    ];
    let mut all = usual.to_vec();
    all.retain(|(name, _)| !values.iter().any(|(own, _)| own == name));
    officer.send(&page, "/admin/holds", &[&all, values].concat())
}

fn purge_of(life: &Life) -> Timestamp {
    let id = ActivityId::from(life.activity.as_str());
    let facts = life
        .app
        .app
        .db
        .read_now("facts", |tx| fairdraw::activity::by_id(tx, &id));
    facts.expect("the activity is there").purges_at
}

/// A hold on one ticket that two people agreed to; answers with its address.
pub fn held(life: &Life, one: &Person<'_>, other: &Person<'_>, index: u64) -> String {
    let proposed = propose(one, life, &[("tickets", &ticket(index))]);
    assert_eq!(proposed.status, Status::SeeOther, "{}", proposed.mistakes());
    let page = other.get(&proposed.location);
    let approved = other.send(&page, &proposed.location, &[("do", "approve")]);
    assert_eq!(approved.status, Status::SeeOther, "{}", approved.mistakes());
    proposed.location
}

/// Seals the held rows apart, and lets the day of the purge come.
pub fn rehouse_and_purge(life: &Life) {
    let id = ActivityId::from(life.activity.as_str());
    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    custody::rehouse(db, vault, &id).expect("the named rows are sealed apart");
    let purge = purge_of(life);
    life.app.go_to(purge.plus(HOUR));
    life.app.go_to(purge.plus(2 * HOUR));
    assert!(!vault.holds_key(&life.activity).expect("the vault answers"));
}

fn a_hold_keeps_the_named_rows_and_nothing_else(engine: Engine) {
    let life = Life::published(engine, |config| config.named_openings_per_year = 5);
    let patrons: Vec<Patron> = (0..3).map(Patron::number).collect();
    for patron in &patrons {
        life.enter(patron);
    }
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    held(&life, &admin, &officer, 1);
    let id = ActivityId::from(life.activity.as_str());
    rehouse_and_purge(&life);

    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    let kept = db
        .read_now("moved", |tx| custody::moved(tx, &id))
        .expect("what is kept is known");
    assert_eq!(kept.held.len(), 1);
    assert_eq!(
        (kept.held[0].rows, kept.held[0].basis),
        (1, "investigation")
    );
    let left = db.read_now("left", |tx| custody::left(tx, &id));
    assert_eq!(left.expect("what is left is known"), 0);

    // The named row can still be handed to who asks for it, and no other row can.
    let (admin, officer) = (
        sign_in(&life.app, "陳館員"),
        sign_in(&life.app, "個資保護林"),
    );
    let extract = |index: u64| {
        let form = admin.get("/admin/disclosures/new");
        let values = [
            ("ground", "judicial"),
            ("draw", life.draw.as_str()),
            ("tickets", &ticket(index)),
            ("fields", "name"),
            ("document", "北院字第 1130009 號"),
            ("agency", "臺灣臺北地方法院"),
            ("basis", "刑事訴訟法第 229 條"),
            ("reason", "法院調取"),
            ("passphrase", PASSPHRASE),
        ];
        let asked = admin.send(&form, "/admin/disclosures/new", &values);
        if asked.status != Status::SeeOther {
            return asked;
        }
        let page = officer.get(&asked.location);
        let approve = [("do", "approve"), ("passphrase", PASSPHRASE)];
        officer.send(&page, &asked.location, &approve)
    };
    let file = extract(1);
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    assert!(file.html.contains(&patrons[1].name), "{}", file.html);
    assert!(!file.html.contains(&patrons[1].phone));
    let refused = extract(0);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        refused.mistakes().contains("已經刪除"),
        "{}",
        refused.mistakes()
    );

    // On its last day it is gone too.
    let holds = db.read_now("holds", hold::list).expect("holds");
    let scope = holds[0].scope();
    assert!(vault.holds_key(&scope).expect("the vault answers"));
    life.app.go_to(holds[0].until.plus(2 * HOUR));
    assert!(!vault.holds_key(&scope).expect("the vault answers"));
    let kept = db.read_now("moved", |tx| custody::moved(tx, &id));
    assert_eq!(kept.expect("what is kept").held.len(), 0);
}

fn a_hold_needs_another_hand_and_ends_by_itself(engine: Engine) {
    let life = Life::published(engine, |_| {});
    life.enter(&Patron::number(0));
    life.enter(&Patron::number(1));
    let admin = life.draw();
    let alone = admin.get("/admin/holds");
    assert!(alone.text("main").contains("還需要另一位同仁"));
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);

    let proposed = propose(&admin, &life, &[("tickets", &ticket(0)), ("days", "30")]);
    let at = proposed.location.clone();
    let page = admin.get(&at);
    assert!(!page.html.contains("value=\"approve\""), "{}", page.html);
    let own = admin.post(&at, &[("do".to_owned(), "approve".to_owned())]);
    assert_eq!(own.status, Status::UnprocessableEntity);
    assert!(
        own.mistakes().contains("不能自己核可"),
        "{}",
        own.mistakes()
    );

    // An accountant and a librarian have nothing to do with it.
    let clerk = colleague(&life.app, "主計王", &[Role::Accountant]);
    assert_eq!(clerk.get("/admin/holds").status, Status::Forbidden);

    let page = officer.get(&at);
    let approved = officer.send(&page, &at, &[("do", "approve")]);
    assert_eq!(approved.status, Status::SeeOther, "{}", approved.mistakes());
    let read = || {
        let holds = life.app.app.db.read_now("holds", hold::list);
        holds.expect("holds").remove(0)
    };
    let until = read().until;
    assert_eq!(until, life.app.app.db.clock().now().plus(30 * DAY));

    // Renewed once, by two.
    let renew = |days: &str| {
        let page = officer.get(&at);
        officer.send(&page, &at, &[("do", "renew"), ("days", days)])
    };
    assert_eq!(renew("181").status, Status::UnprocessableEntity);
    assert_eq!(renew("60").status, Status::SeeOther);
    let seen = [
        ("do".to_owned(), "approve_change".to_owned()),
        ("seen".to_owned(), "60".to_owned()),
    ];
    let own = officer.post(&at, &seen);
    assert!(
        own.mistakes().contains("不能自己核可"),
        "{}",
        own.mistakes()
    );
    assert_eq!(admin.post(&at, &seen).status, Status::SeeOther);
    let again = officer.post(
        &at,
        &[
            ("do".to_owned(), "renew".to_owned()),
            ("days".to_owned(), "10".to_owned()),
        ],
    );
    assert!(
        again.mistakes().contains("已經延過一次"),
        "{}",
        again.mistakes()
    );

    rehouse_and_purge(&life);
    let last = read().until;
    life.app.go_to(last.plus(-HOUR));
    assert_eq!(read().state, hold::State::Active);
    life.app.go_to(last.plus(2 * HOUR));
    assert_eq!(read().state, hold::State::Ended);

    // The journal says so for everybody, and the record says who did what.
    let size = life
        .app
        .app
        .db
        .read_now("size", journal::size)
        .expect("the journal has a size");
    let notes = life
        .app
        .app
        .db
        .read_now("notes", |tx| journal::leaves(tx, 0, size))
        .expect("the journal can be read");
    let told = notes.iter().any(|leaf| leaf.text.contains("of hold-end\n"));
    assert!(told, "the end of the hold is in the journal");
    let filter = Filter {
        activity: life.activity.clone(),
        ..Filter::default()
    };
    let mut acts = Vec::new();
    for page in 1..=3 {
        let record = life
            .app
            .app
            .db
            .read_now("record", |tx| audit::list(tx, &filter, page));
        acts.extend(record.expect("the record").records);
    }
    for act in [
        "custody.hold_proposed",
        "custody.hold_approved",
        "custody.hold_changed",
        "custody.rows_held",
        "custody.hold_ended",
    ] {
        assert!(acts.iter().any(|record| record.act == act), "{act}");
    }
}

fn a_hold_is_not_shortened_by_renewing_it_and_ends_at_once_by_two(engine: Engine) {
    let life = Life::published(engine, |_| {});
    life.enter(&Patron::number(0));
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let purge = purge_of(&life);
    let form = admin.get("/admin/holds").text("main");
    assert!(
        form.contains("活動資料"),
        "the form says when data goes: {form}"
    );
    let proposed = propose(&admin, &life, &[("tickets", &ticket(0)), ("days", "1")]);
    let short = officer.get(&proposed.location).text("main");
    assert!(short.contains("不會多保留任何資料"), "{short}");
    let at = held(&life, &admin, &officer, 0);
    let page = officer.get(&at);
    let enough = life.app.app.db.clock().now().plus(90 * DAY) > purge;
    assert_eq!(!page.text("main").contains("不會多保留任何資料"), enough);
    let shorter = officer.send(&page, &at, &[("do", "renew"), ("days", "30")]);
    assert_eq!(shorter.status, Status::UnprocessableEntity);
    assert!(
        shorter.mistakes().contains("不會比現在的期限更晚"),
        "{}",
        shorter.mistakes()
    );

    let ended = officer.send(&page, &at, &[("do", "end")]);
    assert_eq!(ended.status, Status::SeeOther, "{}", ended.mistakes());
    let page = admin.get(&at);
    let ended = admin.send(&page, &at, &[("do", "approve_change"), ("seen", "0")]);
    assert_eq!(ended.status, Status::SeeOther, "{}", ended.mistakes());
    // The key goes within the hour; the page does not call it held meanwhile.
    let page = admin.get(&at);
    assert!(
        page.text("main").contains("已到期，即將銷毀"),
        "{}",
        page.text("main")
    );
    assert!(
        !page.html.contains("value=\"end\""),
        "nothing is left to propose"
    );
    let late = [("do".to_owned(), "end".to_owned())];
    assert_eq!(admin.post(&at, &late).status, Status::UnprocessableEntity);
}

fn whoever_is_held_sees_it_before_the_purge_and_after_it(engine: Engine) {
    let life = Life::published(engine, |_| {});
    let code = life.enter(&Patron::number(0)).text("#secret");
    let other = life.enter(&Patron::number(1)).text("#secret");
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    held(&life, &admin, &officer, 0);
    let visitor = life.app.visitor();
    let find = |code: &str| {
        let page = visitor.get("/entry");
        visitor.send(&page, "/entry", &[("code", code)])
    };
    let own = find(&code);
    assert!(
        own.text("#kept ~ dl").contains("資料保全"),
        "{}",
        own.text("main")
    );
    // That somebody is investigated is not for everybody to know.
    assert!(own.html.contains("法律規定") && !own.html.contains("檢警"));
    assert!(!find(&other).text("main").contains("資料保全"));
    let copy = visitor.send(&own, "/entry/data", &[]);
    assert!(
        copy.html.contains("under a hold of two people"),
        "{}",
        copy.html
    );

    rehouse_and_purge(&life);
    let after = find(&code);
    assert_eq!(after.status, Status::Ok, "{}", after.mistakes());
    assert!(
        after.text("main").contains("資料保全"),
        "{}",
        after.text("main")
    );
    assert_eq!(find(&other).status, Status::UnprocessableEntity);
}

fn more_rows_than_the_operator_allows_are_not_held(engine: Engine) {
    let life = Life::published(engine, |config| config.held_rows_per_year = 1);
    life.enter(&Patron::number(0));
    life.enter(&Patron::number(1));
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let both = format!("{} {}", ticket(0), ticket(1));
    let proposed = propose(&admin, &life, &[("tickets", &both)]);
    let page = officer.get(&proposed.location);
    officer.send(&page, &proposed.location, &[("do", "approve")]);
    let id = ActivityId::from(life.activity.as_str());
    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    let refused = custody::rehouse(db, vault, &id);
    assert!(matches!(refused, Err(Error::NotAllowed)), "{refused:?}");
}

fn a_hold_that_is_filled_in_badly_keeps_what_was_typed(engine: Engine) {
    let life = Life::published(engine, |_| {});
    life.enter(&Patron::number(0));
    let admin = life.draw();
    let bad = propose(
        &admin,
        &life,
        &[
            ("tickets", "第一號"),
            ("basis", "site_rules"),
            ("days", "999"),
            ("reason", "留下這句話"),
        ],
    );
    assert_eq!(bad.status, Status::UnprocessableEntity);
    let mistakes = bad.mistakes();
    for words in ["不是抽獎號碼", "違反的是哪一項規則", "1 到 180"] {
        assert!(mistakes.contains(words), "{mistakes}");
    }
    assert!(bad.html.contains("留下這句話"));
    let nobody = propose(&admin, &life, &[("tickets", &ticket(9))]);
    assert!(
        nobody.mistakes().contains("沒有聯絡資料"),
        "{}",
        nobody.mistakes()
    );
    let english = admin.get("/en/admin/holds");
    assert!(english.text("h1").contains("Legal holds"));
}

fn every_page_of_custody_shows_in_both_languages(engine: Engine) {
    let life = Life::published(engine, |_| {});
    life.enter(&Patron::number(0));
    let admin = life.draw();
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let hold = propose(&admin, &life, &[("tickets", &ticket(0))]).location;
    let pages = [
        "/admin/custody",
        "/admin/holds",
        &hold,
        "/admin/disclosures",
        "/admin/disclosures/new",
        "/admin/providers",
        "/admin/incidents",
        "/admin/incidents/new",
        "/privacy/disclosures",
    ];
    for page in pages {
        for address in [page.to_owned(), format!("/en{page}")] {
            let shown = officer.get(&address);
            assert_eq!(shown.status, Status::Ok, "{address}: {}", shown.mistakes());
            assert!(!shown.text("h1").is_empty(), "{address}");
        }
    }
    // Librarians and visitors have nothing to do with what is kept.
    let librarian = colleague(&life.app, "館員張", &[Role::Librarian]);
    assert_eq!(librarian.get("/admin/custody").status, Status::Forbidden);
    let offers = librarian.get(&format!("{}/providers", life.base()));
    assert_eq!(offers.status, Status::Ok, "{}", offers.mistakes());
    let visitor = life.app.visitor().get("/admin/custody");
    assert!(
        visitor.location.starts_with("/staff/sign-in"),
        "{}",
        visitor.location
    );
}
