//! Requests with one receipt code that come at the same moment, and the counters.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use fairdraw::entry::own::Held;
use fairdraw::entry::receipt::Found;
use fairdraw::entry::{self, Error, correction, own, receipt, submit};
use fairdraw::platform::db;
use fairdraw::stats::{self, Counter};
use fairdraw::vault::{Contact, County, Name, PostalCode};
use lucky_draw::ticket::Secret;
use rocket::http::Status;

use super::Counted;
use crate::support::Engine;
use crate::support::at_once::{encoded, post_all};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    a: String,
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl Counted {
    /// The counters as they stand, those of nobody left out.
    fn counters(&self, table: &str) -> BTreeMap<String, i64> {
        let query = format!("SELECT a, n FROM stat_counts WHERE table_id = '{table}' AND n <> 0");
        let lines: Result<Vec<Line>, db::Error> = self.app.app.db.read_now("counters", |tx| {
            Ok(diesel::sql_query(query).load(tx.conn())?)
        });
        let lines = lines.expect("readable").into_iter();
        lines.map(|line| (line.a, line.n)).collect()
    }

    /// What one request reads before it writes.
    fn read(&self, secret: &Secret) -> Read {
        let (db, vault) = (&self.app.app.db, &self.app.app.vault);
        let lookup = vault.lookup(secret).expect("the vault answers");
        let (found, held, counting) = db
            .read_now("read", |tx| {
                let found = receipt::find(tx, &lookup)?.expect("it is there");
                let held = own::held(tx, &found.entry)?;
                let counting = stats::counting(tx, &found.facts)?;
                Ok::<_, Error>((found, held, counting))
            })
            .expect("readable");
        let data = own::open(vault, &found.entry, secret, &held).expect("opens");
        let before = entry::counters_of(&counting, &found, data.contact.as_ref(), None);
        Read {
            before: before.expect("counted"),
            found,
            held,
        }
    }

    /// Moves the person to a county, as worked out from what was read.
    fn move_to(&self, secret: &Secret, read: &Read, county: &str) -> Result<(), Error> {
        let (db, vault) = (&self.app.app.db, &self.app.app.vault);
        let terms = db.read_now("terms", |tx| submit::terms(tx, read.found.facts.clone()))?;
        let corrected = correction::Corrected {
            contact: Some(Contact {
                name: Some(Name::new("王小明".to_owned())),
                county: Some(County::new(county)),
                postal_code: Some(PostalCode::new("106001".to_owned())),
                ..Contact::default()
            }),
            answers: None,
            shares: Vec::new(),
        };
        let consents = &read.held.consents;
        let sealed = correction::prepare(vault, &terms, &read.found, consents, secret, &corrected)?;
        let about = super::About {
            county: Some(county.to_owned()),
            area: Some("106".to_owned()),
            pool: None,
        };
        let after = terms
            .counting
            .counters(&about, None, read.found.entry.taken_hour)?;
        let lookup = vault.lookup(secret)?;
        let state = read.held.state();
        db.write_now("correct", |tx| {
            entry::correct(tx, &lookup, &sealed, &state, (&read.before, &after))
        })
    }

    fn take_back(&self, secret: &Secret, read: &Read) -> Result<(), Error> {
        let lookup = self.app.app.vault.lookup(secret)?;
        let state = read.held.state();
        self.app.app.db.write_now("withdraw", |tx| {
            entry::withdraw(tx, &lookup, &state, &read.before)
        })
    }
}

struct Read {
    found: Found,
    held: Held,
    before: Vec<Counter>,
}

fn of(lines: &[(&str, i64)]) -> BTreeMap<String, i64> {
    let lines = lines.iter();
    lines.map(|(a, n)| ((*a).to_owned(), *n)).collect()
}

/// Two requests read the same state; whichever comes second is worked out from what is no more.
pub fn what_was_worked_out_from_an_older_copy_is_not_stored(engine: Engine) {
    let counted = Counted::published(engine, &[("county", "")]);
    let secret = counted.enter(1, "臺北市", "106", 0);
    counted.enter(2, "新北市", "220", 0);
    let first = counted.read(&secret);
    let second = counted.read(&secret);
    let third = counted.read(&secret);
    counted
        .move_to(&secret, &first, "花蓮縣")
        .expect("the first is stored");
    let moved = of(&[("花蓮縣", 1), ("新北市", 1)]);
    assert_eq!(counted.counters("county"), moved);

    let refused = counted.move_to(&secret, &second, "澎湖縣");
    assert!(matches!(refused, Err(Error::Changed)), "{refused:?}");
    let refused = counted.take_back(&secret, &third);
    assert!(matches!(refused, Err(Error::Changed)), "{refused:?}");
    assert_eq!(counted.counters("county"), moved);

    // Read again, it is taken back, once: a second time changes nothing.
    let read = counted.read(&secret);
    counted.take_back(&secret, &read).expect("taken back");
    counted.take_back(&secret, &read).expect("the same again");
    let refused = counted.move_to(&secret, &read, "臺東縣");
    assert!(matches!(refused, Err(Error::Withdrawn)), "{refused:?}");
    assert_eq!(counted.counters("county"), of(&[("新北市", 1)]));
    assert_eq!(counted.counters("people"), of(&[("", 1)]));
}

/// A counter that would fall below nothing is a fault that is told, not a negative number.
pub fn no_counter_falls_below_nothing(engine: Engine) {
    let counted = Counted::published(engine, &[("county", "")]);
    let secret = counted.enter(1, "臺北市", "106", 0);
    let mut read = counted.read(&secret);
    let elsewhere = counted.enter(2, "新北市", "220", 0);
    read.before = counted.read(&elsewhere).before;
    counted
        .take_back(&secret, &read)
        .expect("a counter of one is there");
    let refused = counted.take_back(&elsewhere, &counted.read(&elsewhere));
    assert!(
        matches!(refused, Err(Error::Stats(stats::Error::BelowNothing))),
        "{refused:?}"
    );
    // Nothing of it is stored.
    assert_eq!(counted.counters("county"), of(&[("臺北市", 1)]));
}

/// People press corrections and the withdrawal on many screens at once, on the pages.
pub fn corrections_and_withdrawals_at_once_leave_everybody_in_one_line_or_none(engine: Engine) {
    const COUNTIES: [(&str, &str, &str); 4] = [
        ("臺北市", "大安區", "106"),
        ("新北市", "板橋區", "220"),
        ("花蓮縣", "花蓮市", "970"),
        ("臺東縣", "臺東市", "950"),
    ];
    let counted = Counted::published(engine, &[("county", "")]);
    let person = counted.app.visitor();
    let mut sent: Vec<(&str, String)> = Vec::new();
    for number in 0..4 {
        let secret = counted.enter(number, "臺北市", "106", 0);
        let page = person.send(
            &person.get("/entry"),
            "/entry",
            &[("code", secret.as_str())],
        );
        assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
        let form = person.send(&page, "/entry/correct", &[]);
        for (county, district, area) in COUNTIES {
            let mut fields = form.form("/entry/correct");
            for (name, value) in [
                ("do", "save"),
                ("name", "王小明"),
                ("phone", "0912-345-678"),
                ("email", "wang@mailbox.example"),
                ("postal_code", area),
                ("county", county),
                ("district", district),
                ("address", "建國路 1 號"),
            ] {
                fields.retain(|(own, _)| own != name);
                fields.push((name.to_owned(), value.to_owned()));
            }
            sent.push(("/entry/correct", encoded(&fields)));
        }
        // Half of them change their minds altogether.
        if number % 2 == 0 {
            let sure = person.send(&page, "/entry/withdraw", &[]);
            let fields = sure.form("/entry/withdraw");
            sent.push(("/entry/withdraw", encoded(&fields)));
        }
    }
    let answers = post_all(&counted.app.app, &sent);
    assert!(
        answers.iter().all(|answer| answer.status == Status::Ok),
        "{answers:?}"
    );
    let counties = counted.counters("county");
    assert_eq!(counties.values().sum::<i64>(), 2, "{counties:?}");
    assert!(counties.values().all(|n| *n > 0), "{counties:?}");
    assert_eq!(counted.counters("people"), of(&[("", 2)]));
}
