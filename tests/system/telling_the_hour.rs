//! Of what people do with their entries no row tells more than the hour.

use fairdraw::platform::clock::{MINUTE, Timestamp};
use rocket::http::Status;

use crate::joining::is_in;
use crate::own_rights::{BOOKSHOP, correct, open_entry, sharing};
use crate::support::Engine;
use crate::support::app::Person;
use crate::support::database::counted;
use crate::support::life::{Life, Patron};

on_both! {
    nothing_tells_the_minute_in_which_a_person_did_something,
}

/// A moment that nobody takes for a whole hour.
fn odd(life: &Life, minutes: i64) -> Timestamp {
    let hour = life.app.app.db.clock().now().hour();
    let at = hour.plus(minutes * MINUTE + 17_389);
    life.app.app.db.clock().stand_at(at);
    at
}

/// How often a moment stands in the rows.
fn tells(life: &Life, at: Timestamp) -> bool {
    if life.app.database.is_sqlite() {
        // SQLite stores a number of this size in six bytes.
        is_in(&life.app.database.own_files(), &at.0.to_be_bytes()[2..])
    } else {
        life.app.database.rows().contains(&at.0.to_string())
    }
}

/// A request that belongs to the entry of a receipt code; answers with its reference code.
fn request(person: &Person<'_>, code: &str) -> String {
    let path = "/privacy/request";
    let values = [
        ("kind", "see"),
        ("text", "請告訴我貴館保存了哪些資料"),
        ("email", "mei@mailbox.example"),
        ("code", code),
    ];
    let done = person.send(&person.get(path), path, &values);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    done.text("#secret")
}

fn nothing_tells_the_minute_in_which_a_person_did_something(engine: Engine) {
    let life = sharing(engine);
    let person = life.app.visitor();
    let ticked = [("share_bookshop", "yes")];
    let entered = odd(&life, 11);
    let code = life.enter_with(&Patron::number(1), &ticked).text("#secret");
    let second = life.enter_with(&Patron::number(2), &ticked).text("#secret");
    let mut moments = vec![("entered", entered)];

    moments.push(("corrected", odd(&life, 13)));
    let mine = open_entry(&person, &code);
    let done = correct(&person, &mine, &[("phone", "0912-345-678")]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());

    moments.push(("sharing stopped", odd(&life, 17)));
    let taken = person.send(&mine, "/entry/share", &[("provider", BOOKSHOP)]);
    assert_eq!(taken.status, Status::Ok, "{}", taken.mistakes());
    // The page says the hour, and no minute that was not kept.
    assert!(
        taken.text("main").contains(" 時撤回"),
        "{}",
        taken.text("main")
    );

    moments.push(("asked", odd(&life, 19)));
    let reference = request(&person, &code);
    moments.push(("asked no more", odd(&life, 23)));
    let path = "/privacy/request/status";
    let status = person.send(&person.get(path), path, &[("code", &reference)]);
    assert_eq!(status.status, Status::Ok, "{}", status.mistakes());
    let done = person.send(&status, "/privacy/request/take-back", &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());

    moments.push(("withdrawn", odd(&life, 29)));
    let asked = person.send(&open_entry(&person, &second), "/entry/withdraw", &[]);
    let done = person.send(&asked, "/entry/withdraw", &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());

    life.draw();
    moments.push(("erased", odd(&life, 31)));
    let asked = person.send(&open_entry(&person, &code), "/entry/erase", &[]);
    let done = person.send(&asked, "/entry/erase", &[("give_up", "yes")]);
    assert!(
        done.text("main").contains("已刪除資料"),
        "{}",
        done.text("main")
    );

    // The search itself can see: what staff do has its moment.
    let signed_in = odd(&life, 37);
    life.staff();
    assert!(tells(&life, signed_in));
    for (what, at) in moments {
        assert!(!tells(&life, at), "{what} at {at}");
    }
    let record = "SELECT count(*) AS n FROM audit_records WHERE actor = 'entrant'";
    assert!(counted(&life.app.app.db, record) >= 5);
    let fine =
        "SELECT count(*) AS n FROM audit_records WHERE actor = 'entrant' AND at % 3600000 <> 0";
    assert_eq!(counted(&life.app.app.db, fine), 0);
}
