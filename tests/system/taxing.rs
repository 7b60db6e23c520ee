//! The tax on prizes: taken down at the desk, summed over a year, filed, erased on its day.

use std::sync::Arc;

use fairdraw::account::Role;
use fairdraw::activity::ActivityId;
use fairdraw::audit::StaffId;
use fairdraw::custody::Error;
use fairdraw::custody::tax::{self, Paid, Payee, TakenDown};
use fairdraw::draw::tax::{Residency, RuleBook};
use fairdraw::draw::{self, DrawId};
use fairdraw::notify::claims;
use fairdraw::platform::clock::HOUR;
use fairdraw::platform::config::TaxSetting;
use fairdraw::vault::{Name, NationalId, RegisteredAddress};
use lucky_draw::result::Slot;
use rocket::http::Status;
use zeroize::Zeroizing;

use crate::support::Engine;
use crate::support::app::{Answer, Person, moment};
use crate::support::life::{Life, Patron};
use crate::support::staff::colleague;

on_both! {
    twenty_thousand_itself_is_free,
    three_vouchers_of_500_are_one_total_of_the_year,
    a_small_payee_is_erased_after_filing,
    a_librarian_cannot_read_the_tax_vault,
    without_an_id_at_entry_two_librarians_look_at_the_card,
    a_handover_taken_back_takes_the_payee_with_it,
    an_accountant_puts_a_payee_right_before_the_filing,
    a_payee_sees_the_row_until_it_goes,
    people_read_the_numbers_of_the_law_of_the_day_of_the_draw,
}

/// The patron behind every prize that was won, by slot.
fn winners(life: &Life, patrons: &[Patron]) -> Vec<(String, Patron)> {
    let id = DrawId::from(life.draw.as_str());
    let holdings = life
        .app
        .app
        .db
        .read_now("holdings", |tx| {
            let plan = draw::by_id(tx, &id)?;
            draw::holdings(tx, &plan)
        })
        .expect("the draw has winners");
    let prizes = holdings
        .into_iter()
        .filter(|holding| matches!(holding.slot, Slot::Prize { .. }));
    prizes
        .map(|holding| {
            let index = usize::try_from(holding.index).expect("a small index");
            (holding.slot.to_string(), patrons[index].clone())
        })
        .collect()
}

fn winner_path(life: &Life, slot: &str) -> String {
    format!("{}/winners/{slot}", life.draw_base())
}

/// The winner comes to the desk and the prize is handed over.
fn hand_over(staff: &Person<'_>, life: &Life, slot: &str, winner: &Patron) {
    let path = winner_path(life, slot);
    let page = staff.get(&path);
    let claim = format!("{path}/claim");
    let done = staff.send(&page, &claim, &[("national_id", &winner.national_id)]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

/// The librarian takes down what the statement needs.
fn take_down(
    staff: &Person<'_>,
    life: &Life,
    slot: &str,
    winner: &Patron,
    residency: &str,
) -> Answer {
    let path = format!("{}/tax", winner_path(life, slot));
    let page = staff.get(&path);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    staff.send(
        &page,
        &path,
        &[
            ("national_id", &winner.national_id),
            ("name", &winner.name),
            ("address", &winner.address),
            ("residency", residency),
            ("seen", "yes"),
        ],
    )
}

fn life_with_prize(engine: Engine, value: &str, people: u64) -> (Life, Vec<Patron>) {
    let more = [("prize_1_value", value), ("prize_1_units", "2")];
    let life = Life::published_with(engine, &Life::clock(), |_| {}, &more);
    let patrons: Vec<Patron> = (0..people).map(Patron::number).collect();
    for patron in &patrons {
        life.enter(patron);
    }
    (life, patrons)
}

fn twenty_thousand_itself_is_free(engine: Engine) {
    let (life, patrons) = life_with_prize(engine, "20000", 3);
    let staff = life.draw();
    let won = winners(&life, &patrons);
    let (slot, winner) = &won[0];
    let early = staff.get(&format!("{}/tax", winner_path(&life, slot)));
    assert_eq!(early.status, Status::Conflict, "nobody was paid yet");
    hand_over(&staff, &life, slot, winner);
    let desk = staff.get(&winner_path(&life, slot));
    assert!(desk.html.contains("/tax\""), "the desk leads to it");

    // The ID is the winner's, or nothing is kept.
    let other = patrons.iter().find(|each| each.name != winner.name);
    let other = other.expect("somebody else entered");
    let differs = Patron {
        national_id: other.national_id.clone(),
        ..winner.clone()
    };
    let refused = take_down(&staff, &life, slot, &differs, "resident");
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        !refused.html.contains(&other.national_id),
        "the number is typed again"
    );
    assert!(
        refused.html.contains(&winner.address),
        "what else was typed stays"
    );

    let kept = take_down(&staff, &life, slot, winner, "resident");
    assert_eq!(kept.status, Status::SeeOther, "{}", kept.mistakes());
    let page = staff.get(&kept.location);
    assert!(
        page.text("main").contains("扣繳 0 元"),
        "{}",
        page.text("main")
    );
    assert!(
        !page.html.contains(&winner.name),
        "nothing personal comes back"
    );
    // The other winner lives abroad: 20 per cent from the first dollar.
    let (slot, winner) = &won[1];
    hand_over(&staff, &life, slot, winner);
    take_down(&staff, &life, slot, winner, "other");
    let page = staff.get(&format!("{}/tax", winner_path(&life, slot)));
    assert!(
        page.text("main").contains("扣繳 4,000 元"),
        "{}",
        page.text("main")
    );

    let (life, patrons) = life_with_prize(engine, "20001", 2);
    let staff = life.draw();
    let (slot, winner) = &winners(&life, &patrons)[0];
    hand_over(&staff, &life, slot, winner);
    take_down(&staff, &life, slot, winner, "resident");
    let page = staff.get(&format!("{}/tax", winner_path(&life, slot)));
    assert!(
        page.text("main").contains("扣繳 2,000 元"),
        "{}",
        page.text("main")
    );
}

/// A prize of some other activity of the same year, for the same rules.
fn elsewhere(of: &Paid, activity: &str, value: i64) -> Paid {
    let mut draw = of.draw.clone();
    draw.facts.id = ActivityId::from(activity);
    Paid {
        draw,
        slot: of.slot.clone(),
        index: of.index,
        tag: None,
        value,
        paid_at: of.paid_at,
        row: None,
    }
}

fn payee(patron: &Patron) -> Payee {
    Payee {
        name: Name::new(patron.name.as_str()),
        id: NationalId::new(patron.national_id.as_str()),
        address: RegisteredAddress::new(patron.address.as_str()),
        subject: Zeroizing::new(format!("twid:{}", patron.national_id)),
        residency: Residency::Resident,
    }
}

/// A prize of the life that was handed over.
fn paid(life: &Life, slot: &str) -> Paid {
    let (activity, draw) = (
        ActivityId::from(life.activity.as_str()),
        DrawId::from(life.draw.as_str()),
    );
    let slot: Slot = slot.parse().expect("a slot");
    life.app
        .app
        .db
        .write_now("paid", |tx| tax::paid(tx, &activity, &draw, &slot))
        .expect("the prize was handed over")
}

/// Takes down one prize of 500 for one person in each of several activities.
fn vouchers(life: &Life, of: &Paid, patron: &Patron, activities: &[&str]) {
    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    let (one, other) = (StaffId::fresh(), StaffId::fresh());
    for activity in activities {
        let paid = elsewhere(of, activity, 500);
        let done = tax::take_down(db, vault, &one, &RuleBook::default(), &paid, &payee(patron));
        assert_eq!(done.expect("the payee is taken down"), TakenDown::Kept);
        let rows = db.read_now("rows", |tx| tax::rows(tx, &RuleBook::default(), of.year()));
        let rows = rows.expect("the rows");
        let row = rows
            .iter()
            .find(|each| each.row.activity.as_str() == *activity);
        let row = row.expect("the row is there").row.clone();
        assert!(row.is_waiting(), "there was no ID to compare");
        db.write_now("confirm", |tx| tax::confirm(tx, &other, &row))
            .expect("a second person looked");
    }
}

fn three_vouchers_of_500_are_one_total_of_the_year(engine: Engine) {
    let (life, patrons) = life_with_prize(engine, "500", 2);
    let staff = life.draw();
    let (slot, winner) = &winners(&life, &patrons)[0];
    hand_over(&staff, &life, slot, winner);
    let of = paid(&life, slot);
    let (many, once) = (Patron::number(31), Patron::number(32));
    vouchers(&life, &of, &many, &["spring-a", "summer-b", "autumn-c"]);
    vouchers(&life, &of, &once, &["winter-d"]);

    let rows = life
        .app
        .app
        .db
        .read_now("rows", |tx| tax::rows(tx, &RuleBook::default(), of.year()))
        .expect("the rows");
    let of_many: Vec<_> = rows.iter().filter(|each| each.total == 1_500).collect();
    assert_eq!(of_many.len(), 3, "one person, three activities, one total");
    assert!(of_many.iter().all(|each| each.is_listed));
    let of_once: Vec<_> = rows.iter().filter(|each| each.total == 500).collect();
    assert_eq!(of_once.len(), 1);
    assert!(!of_once[0].is_listed);
    // The key of the year tells persons apart, and the tag of no activity is the same.
    assert_ne!(of_many[0].row.payee, of_once[0].row.payee);
    let tag = life.app.app.db.write_now("tag", |tx| {
        let draw = claims::decided(tx, &DrawId::from(life.draw.as_str()))?;
        let claim = claims::of_slot(tx, &draw, &slot.parse().expect("a slot"))?;
        claims::tag(tx, &draw, &claim)
    });
    let tag = tag.expect("the winner's tag");
    assert!(rows.iter().all(|each| each.row.payee != tag));
}

fn a_small_payee_is_erased_after_filing(engine: Engine) {
    let (life, patrons) = life_with_prize(engine, "500", 2);
    let staff = life.draw();
    let (slot, winner) = &winners(&life, &patrons)[0];
    hand_over(&staff, &life, slot, winner);
    let of = paid(&life, slot);
    let (many, once) = (Patron::number(31), Patron::number(32));
    vouchers(&life, &of, &many, &["spring-a", "summer-b", "autumn-c"]);
    vouchers(&life, &of, &once, &["winter-d"]);
    let clerk = colleague(&life.app, "主計王", &[Role::Accountant]);

    let page = clerk.get("/admin/tax/2024");
    assert!(
        page.text("main").contains("這一年還沒結束"),
        "{}",
        page.text("main")
    );
    life.app.go_to(moment("2025-01-15T10:00:00+08:00"));
    let clerk = crate::support::staff::sign_in(&life.app, "主計王");
    let page = clerk.get("/admin/tax/2024");
    assert!(!page.html.contains(&many.name), "the list shows no names");
    let file = clerk.send(&page, "/admin/tax/2024", &[("do", "file")]);
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    assert_eq!(file.html.matches(&many.national_id).count(), 3);
    assert!(file.html.contains(&many.address) && file.html.contains("\"91\""));
    assert!(
        !file.html.contains(&once.name),
        "no statement, no row in the file"
    );

    let unsure = clerk.send(&page, "/admin/tax/2024", &[("do", "filed")]);
    assert_eq!(unsure.status, Status::UnprocessableEntity);
    let filed = clerk.send(
        &page,
        "/admin/tax/2024",
        &[("do", "filed"), ("sure", "yes")],
    );
    assert_eq!(filed.status, Status::SeeOther, "{}", filed.mistakes());
    let count = || {
        let rows = life
            .app
            .app
            .db
            .read_now("rows", |tx| tax::rows(tx, &RuleBook::default(), 2024));
        rows.expect("the rows").len()
    };
    assert_eq!(count(), 3, "the one below the limit is gone");
    let late = elsewhere(&of, "late-e", 500);
    let (db, vault, by) = (&life.app.app.db, &life.app.app.vault, StaffId::fresh());
    let late = tax::take_down(db, vault, &by, &RuleBook::default(), &late, &payee(&once));
    assert!(
        matches!(late, Err(Error::YearShut)),
        "a filed year takes nothing more"
    );

    // The last day is the end of the fifth year after the year of filing.
    let vault = &life.app.app.vault;
    life.app.go_to(moment("2030-12-31T23:00:00+08:00"));
    assert!(vault.holds_key("_tax-2024").expect("the vault answers"));
    life.app
        .go_to(moment("2031-01-01T00:00:00+08:00").plus(2 * HOUR));
    assert!(!vault.holds_key("_tax-2024").expect("the vault answers"));
    assert_eq!(count(), 0);
}

fn a_librarian_cannot_read_the_tax_vault(engine: Engine) {
    let (life, patrons) = life_with_prize(engine, "5000", 2);
    let admin = life.draw();
    let (slot, winner) = &winners(&life, &patrons)[0];
    hand_over(&admin, &life, slot, winner);
    let kept = take_down(&admin, &life, slot, winner, "resident");
    assert_eq!(kept.status, Status::SeeOther, "{}", kept.mistakes());
    let librarian = colleague(&life.app, "館員張", &[Role::Librarian]);
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    let clerk = colleague(&life.app, "主計王", &[Role::Accountant]);
    for person in [&admin, &librarian, &officer] {
        for page in ["/admin/tax", "/admin/tax/2024"] {
            let refused = person.get(page);
            assert_eq!(refused.status, Status::Forbidden, "{page}");
            assert!(refused.text("main").contains("主計人員"), "{page}");
        }
        let file = person.post("/admin/tax/2024", &[("do".to_owned(), "file".to_owned())]);
        assert_eq!(file.status, Status::Forbidden);
    }
    // An accountant begins where there is something to do, and sees no activity.
    assert_eq!(clerk.get("/staff").location, "/admin/custody");
    assert_eq!(clerk.get("/staff/activities").status, Status::Forbidden);
    let list = clerk.get("/admin/tax/2024");
    assert_eq!(list.status, Status::Ok, "{}", list.mistakes());
    assert!(!list.html.contains(&winner.name) && !list.html.contains(&winner.national_id));
    let file = clerk.send(&list, "/admin/tax/2024", &[("do", "file")]);
    assert!(file.html.contains(&winner.name), "{}", file.mistakes());
    assert!(file.html.contains(&winner.national_id));
    // Every page of it shows in English too.
    for page in ["/en/admin/custody", "/en/admin/tax", "/en/admin/tax/2024"] {
        assert_eq!(clerk.get(page).status, Status::Ok, "{page}");
    }
}

fn without_an_id_at_entry_two_librarians_look_at_the_card(engine: Engine) {
    let (life, patrons) = life_with_prize(engine, "5000", 2);
    let staff = life.draw();
    let (slot, winner) = &winners(&life, &patrons)[0];
    hand_over(&staff, &life, slot, winner);
    let of = Arc::new(Paid {
        tag: None,
        ..paid(&life, slot)
    });
    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    let one = StaffId::fresh();
    tax::take_down(db, vault, &one, &RuleBook::default(), &of, &payee(winner))
        .expect("the payee is taken down");
    let clerk = colleague(&life.app, "主計王", &[Role::Accountant]);
    let page = clerk.get("/admin/tax/2024");
    let refused = clerk.send(&page, "/admin/tax/2024", &[("do", "file")]);
    assert_eq!(
        refused.status,
        Status::UnprocessableEntity,
        "one look is not enough"
    );
    let row = paid(&life, slot).row.expect("the row is there");
    let own = db.write_now("confirm", |tx| tax::confirm(tx, &one, &row));
    assert!(own.is_err(), "not by the same person");
    // Another librarian confirms on the page of the prize.
    let path = format!("{}/tax", winner_path(&life, slot));
    let desk = staff.get(&path);
    let done = staff.send(&desk, &path, &[("do", "confirm")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let file = clerk.send(&page, "/admin/tax/2024", &[("do", "file")]);
    assert!(file.html.contains(&winner.national_id));
}

/// The rows of the year, with what a person sees of them.
fn rows_of(life: &Life) -> Vec<tax::Listed> {
    let rows = life
        .app
        .app
        .db
        .read_now("rows", |tx| tax::rows(tx, &RuleBook::default(), 2024));
    rows.expect("the rows")
}

fn a_handover_taken_back_takes_the_payee_with_it(engine: Engine) {
    let (life, patrons) = life_with_prize(engine, "5000", 2);
    let staff = life.draw();
    let (slot, winner) = &winners(&life, &patrons)[0];
    hand_over(&staff, &life, slot, winner);
    let kept = take_down(&staff, &life, slot, winner, "resident");
    assert_eq!(kept.status, Status::SeeOther, "{}", kept.mistakes());
    assert_eq!(rows_of(&life).len(), 1);

    let path = winner_path(&life, slot);
    let page = staff.get(&path);
    assert!(
        page.text("main").contains("中獎所得會一起刪除"),
        "{}",
        page.text("main")
    );
    let undo = format!("{path}/undo");
    assert_eq!(staff.send(&page, &undo, &[]).status, Status::SeeOther);
    assert!(rows_of(&life).is_empty(), "nobody was paid");
    let clerk = colleague(&life.app, "主計王", &[Role::Accountant]);
    let page = clerk.get("/admin/tax/2024").text("main");
    assert!(
        page.contains("113 年度") && page.contains("已經沒有資料"),
        "{page}"
    );
    // Handed over once more, it is taken down once more.
    hand_over(&staff, &life, slot, winner);
    let kept = take_down(&staff, &life, slot, winner, "resident");
    assert_eq!(kept.status, Status::SeeOther, "{}", kept.mistakes());
}

fn an_accountant_puts_a_payee_right_before_the_filing(engine: Engine) {
    let (life, patrons) = life_with_prize(engine, "5000", 2);
    let staff = life.draw();
    let won = winners(&life, &patrons);
    let (slot, winner) = &won[0];
    hand_over(&staff, &life, slot, winner);
    take_down(&staff, &life, slot, winner, "resident");
    let clerk = colleague(&life.app, "主計王", &[Role::Accountant]);
    let id = rows_of(&life)[0].row.id.clone();
    let at = format!("/admin/tax/2024/{id}");
    assert!(
        clerk.get("/admin/tax/2024").html.contains(&at),
        "the year leads to it"
    );
    let put_right = |national_id: &str| {
        let page = clerk.get(&at);
        assert_eq!(page.status, Status::Ok);
        assert!(
            !page.html.contains(&winner.name),
            "what is sealed is not shown"
        );
        let values = [
            ("national_id", national_id),
            ("name", "林更正"),
            ("address", "臺南市中西區民權路二段 9 號"),
            ("residency", "other"),
            ("seen", "yes"),
        ];
        clerk.send(&page, &at, &values)
    };
    let other = &won[1].1;
    let refused = put_right(&other.national_id);
    assert_eq!(
        refused.status,
        Status::UnprocessableEntity,
        "another person's card"
    );
    let done = put_right(&winner.national_id);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let page = clerk.get(&done.location);
    assert!(
        page.text("[role=status]").contains("已完成"),
        "{}",
        page.text("main")
    );
    assert!(
        page.text("main").contains("1,000"),
        "20 per cent of 5,000: {}",
        page.text("main")
    );
    let file = clerk.send(&page, "/admin/tax/2024", &[("do", "file")]);
    assert!(file.html.contains("林更正") && file.html.contains("民權路"));
    assert!(
        !file.html.contains(&winner.address),
        "the old address is gone"
    );

    // Once the year is filed nothing changes.
    life.app.go_to(moment("2025-01-15T10:00:00+08:00"));
    let clerk = crate::support::staff::sign_in(&life.app, "主計王");
    let page = clerk.get("/admin/tax/2024");
    clerk.send(
        &page,
        "/admin/tax/2024",
        &[("do", "filed"), ("sure", "yes")],
    );
    let page = clerk.get(&at);
    assert!(
        page.text("main").contains("不能再更正"),
        "{}",
        page.text("main")
    );
    for address in [format!("/en{at}"), "/en/admin/tax/2024".to_owned()] {
        assert_eq!(clerk.get(&address).status, Status::Ok, "{address}");
    }
}

fn a_payee_sees_the_row_until_it_goes(engine: Engine) {
    let more = [("prize_1_value", "5000"), ("prize_1_units", "1")];
    let life = Life::published_with(engine, &Life::clock(), |_| {}, &more);
    let patrons: Vec<Patron> = (0..2).map(Patron::number).collect();
    let codes: Vec<String> = patrons
        .iter()
        .map(|patron| life.enter(patron).text("#secret"))
        .collect();
    let staff = life.draw();
    let (slot, winner) = &winners(&life, &patrons)[0];
    hand_over(&staff, &life, slot, winner);
    take_down(&staff, &life, slot, winner, "resident");
    let visitor = life.app.visitor();
    let find = |code: &str| {
        let page = visitor.get("/entry");
        visitor.send(&page, "/entry", &[("code", code)])
    };
    let won = usize::from(patrons[1].name == winner.name);
    let own = find(&codes[won]).text("main");
    assert!(
        own.contains("113 年中獎所得") && own.contains("119 年 12 月 31 日"),
        "{own}"
    );
    assert!(!find(&codes[1 - won]).text("main").contains("中獎所得"));

    // After the purge the entry is gone, and the code still finds the row.
    let id = ActivityId::from(life.activity.as_str());
    let facts = life
        .app
        .app
        .db
        .read_now("facts", |tx| fairdraw::activity::by_id(tx, &id))
        .expect("the activity is there");
    life.app.go_to(facts.purges_at.plus(HOUR));
    life.app.go_to(facts.purges_at.plus(2 * HOUR));
    assert!(
        !life
            .app
            .app
            .vault
            .holds_key(&life.activity)
            .expect("the vault answers")
    );
    let after = find(&codes[won]);
    assert_eq!(after.status, Status::Ok, "{}", after.mistakes());
    let after = after.text("main");
    assert!(
        after.contains("還保存著的資料") && after.contains("113 年中獎所得"),
        "{after}"
    );
    let nothing = find(&codes[1 - won]);
    assert_eq!(nothing.status, Status::UnprocessableEntity);
}

fn people_read_the_numbers_of_the_law_of_the_day_of_the_draw(engine: Engine) {
    let own = |from: &str, free_up_to| TaxSetting {
        from: from.to_owned(),
        known_on: "2024-07-01".to_owned(),
        source: "財政部公告".to_owned(),
        free_up_to,
        resident_per_cent: 12,
        other_per_cent: 21,
        ..TaxSetting::default()
    };
    let life = Life::published_with(
        engine,
        &Life::clock(),
        |config| config.tax_rules = vec![own("2024-08-01", 1_500), own("2030-01-01", 9_999)],
        &[("prize_1_value", "1600")],
    );
    let visitor = life.app.visitor();
    let page = visitor.get(&format!("/d/{}", life.draw)).text("main");
    assert!(
        page.contains("價值超過新臺幣 1,500 元，依法扣繳 12% 所得稅。"),
        "{page}"
    );
    let page = visitor.get(&format!("/en/d/{}", life.draw)).text("main");
    assert!(
        page.contains("Above NT$1,500 in value: 12% income tax"),
        "{page}"
    );
    let rules = visitor
        .get(&format!("/d/{}/notes/rules.txt", life.draw))
        .html;
    assert!(rules.contains("超過新臺幣 1,500 元時，居住者依法扣繳 12% 所得稅（1,500 元整不扣）；非居住者一律扣繳 21%"), "{rules}");
}
