//! Nothing in the database, and in no copy of it, joins a person with an answer.

use std::time::Duration;

use diesel::prelude::*;
use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::platform::db;
use fairdraw::platform::db::compaction::Compaction;
use fairdraw::vault::{self, Sealed};

use crate::support::Engine;
use crate::support::database::counted;
use crate::support::life::{Life, Patron, ROUND_TIME};

on_both! {
    no_order_in_a_copy_leads_from_an_entry_to_its_answers,
    a_copy_from_before_the_close_shares_no_byte_with_the_answers_after_it,
}

const PEOPLE: u64 = 40;

fn answers(life: &Life) -> Vec<Sealed> {
    let db = &life.app.app.db;
    db.read_now("answers", |tx| vault::sealed_answers(tx, &life.activity))
        .expect("readable")
}

/// The boxes in the order in which their people entered, which is what an attacker is after.
fn by_entry(life: &Life) -> Vec<Vec<u8>> {
    let sealed = answers(life);
    let opened = life
        .app
        .app
        .vault
        .open_answers(&life.activity, sealed.clone())
        .expect("answered");
    let words: Vec<String> = opened
        .iter()
        .map(|each| each.as_ref().expect("opens").expose().to_owned())
        .collect();
    let of = |n: u64| {
        let answer = Patron::number(n).answer;
        let at = words.iter().position(|json| json.contains(&answer));
        sealed[at.expect("the answer is there")].sealed.clone()
    };
    (0..PEOPLE).map(of).collect()
}

fn place(bytes: &[u8], needle: &[u8]) -> usize {
    let found = bytes.windows(needle.len()).position(|each| each == needle);
    found.expect("the box is in the copy")
}

fn no_order_in_a_copy_leads_from_an_entry_to_its_answers(engine: Engine) {
    let life = Life::published(engine, |_| ());
    for n in 0..PEOPLE {
        life.enter(&Patron::number(n));
    }
    let copy = life.app.database.data().join("copy");
    life.app.app.db.copy_into(&copy).expect("copied");
    let bytes = std::fs::read(&copy).expect("readable");
    let places: Vec<usize> = by_entry(&life)
        .iter()
        .map(|sealed| match engine {
            Engine::Sqlite => place(&bytes, &sealed[3..67]),
            Engine::Postgresql => {
                let text = data_encoding::HEXLOWER.encode(&sealed[3..67]);
                place(&bytes, text.as_bytes())
            }
        })
        .collect();
    // How often a later entry lies before an earlier one: never where rows lie as they came in; of
    // a random order 390 on average, with a deviation of 43.
    let mut backwards = 0;
    for (at, place) in places.iter().enumerate() {
        backwards += places[..at]
            .iter()
            .filter(|earlier| *earlier > place)
            .count();
    }
    assert!((150..630).contains(&backwards), "{backwards} of 780");

    if engine == Engine::Postgresql {
        // Rows say which transaction wrote them: an answer must not say that of its contact.
        let query = "SELECT count(DISTINCT xmin::text) AS n FROM unlinked_answers";
        assert_eq!(counted(&life.app.app.db, query), 1);
    } else {
        // In SQLite no number counts the rows as they come in.
        let query = "SELECT rowid AS n FROM unlinked_answers";
        let counts_rows: Result<usize, db::Error> =
            life.app.app.db.read_now(
                "rows",
                |tx| Ok(diesel::sql_query(query).execute(tx.conn())?),
            );
        let refused = format!("{:?}", counts_rows.expect_err("no such column"));
        assert!(refused.contains("no such column: rowid"), "{refused}");
    }
}

fn a_copy_from_before_the_close_shares_no_byte_with_the_answers_after_it(engine: Engine) {
    let life = Life::published(engine, |_| ());
    for n in 0..12 {
        life.enter(&Patron::number(n));
    }
    let before = answers(&life);
    assert_eq!(before.len(), 12);
    // Nobody counts while entry is open, and nothing is sealed anew.
    life.app.go_to(ROUND_TIME.plus(-3 * DAY));
    assert_eq!(answers(&life), before);
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    life.app.app.run_jobs().expect("due jobs can be read");
    let after = answers(&life);
    assert_eq!(after.len(), 12);
    let pieces = |rows: &[Sealed]| -> std::collections::BTreeSet<Vec<u8>> {
        let each = rows.iter().flat_map(|row| row.sealed[3..].windows(8));
        each.map(<[u8]>::to_vec)
            .chain(rows.iter().map(|row| row.item.as_bytes().to_vec()))
            .collect()
    };
    assert!(pieces(&before).is_disjoint(&pieces(&after)));
    // And after the next night the old ones are in no file of the database.
    let db = &life.app.app.db;
    let compacted = db.compact(&["unlinked_answers"], Duration::from_secs(20));
    assert!(matches!(compacted, Ok(Compaction::Final(_))));
    let files = life.app.database.own_files();
    for row in &before {
        assert!(!is_in(&files, &row.sealed[40..72]), "an old box");
    }
    // The search itself can see.
    assert!(is_in(&files, &after[0].sealed[40..72]));
}

/// Whether bytes are in some file, or in a file below some folder.
pub fn is_in(paths: &[std::path::PathBuf], needle: &[u8]) -> bool {
    paths.iter().any(|path| {
        if path.is_dir() {
            let below = std::fs::read_dir(path).expect("readable").flatten();
            let below: Vec<_> = below.map(|entry| entry.path()).collect();
            return is_in(&below, needle);
        }
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(needle.len()).any(|each| each == needle)
    })
}
