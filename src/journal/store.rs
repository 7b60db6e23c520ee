//! All SQL of the journal's leaves.

use diesel::prelude::*;

use crate::platform::db::schema::journal_notes;
use crate::platform::db::{self, Tx};

pub(super) fn insert(tx: &mut Tx, position: u64, note: &str) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::insert_into(journal_notes::table)
        .values((
            journal_notes::position.eq(signed(position)),
            journal_notes::note.eq(note),
            journal_notes::written_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn between(tx: &mut Tx, start: u64, end: u64) -> Result<Vec<String>, db::Error> {
    Ok(journal_notes::table
        .filter(journal_notes::position.ge(signed(start)))
        .filter(journal_notes::position.lt(signed(end)))
        .order(journal_notes::position)
        .select(journal_notes::note)
        .load(tx.conn())?)
}

fn signed(position: u64) -> i64 {
    i64::try_from(position).expect("a journal of 2^63 notes cannot be written")
}
