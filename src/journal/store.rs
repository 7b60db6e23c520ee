//! All SQL of the journal's leaves and of what witnesses said about it.

use diesel::prelude::*;

use crate::platform::clock::Timestamp;
use crate::platform::config::WitnessSetting;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::{journal_cosignatures, journal_notes, journal_witnesses};
use crate::platform::db::{self, Tx};

use super::Leaf;
use super::witnesses::{Appointed, Cosignature};

pub(super) fn insert(tx: &mut Tx, leaf: &Leaf) -> Result<(), db::Error> {
    diesel::insert_into(journal_notes::table)
        .values((
            journal_notes::position.eq(signed(leaf.position)),
            journal_notes::note.eq(&leaf.text),
            journal_notes::written_at.eq(leaf.written_at.0),
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

pub(super) fn leaves(tx: &mut Tx, start: u64, end: u64) -> Result<Vec<Leaf>, db::Error> {
    let rows: Vec<(i64, String, i64)> = journal_notes::table
        .filter(journal_notes::position.ge(signed(start)))
        .filter(journal_notes::position.lt(signed(end)))
        .order(journal_notes::position)
        .select((
            journal_notes::position,
            journal_notes::note,
            journal_notes::written_at,
        ))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(leaf).collect())
}

/// The site notes about one thing, in order. `of` has no character that `LIKE` reads in another
/// way; a text that only looks like such a note is left to its reader.
pub(super) fn site_notes(tx: &mut Tx, of: &str) -> Result<Vec<Leaf>, db::Error> {
    let rows: Vec<(i64, String, i64)> = journal_notes::table
        .filter(journal_notes::note.like(format!("lucky-draw/v1 site\nof {of}\n%")))
        .order(journal_notes::position)
        .select((
            journal_notes::position,
            journal_notes::note,
            journal_notes::written_at,
        ))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(leaf).collect())
}

fn leaf((position, text, written_at): (i64, String, i64)) -> Leaf {
    Leaf {
        position: unsigned(position),
        text,
        written_at: Timestamp(written_at),
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = journal_witnesses)]
struct WitnessRow {
    vkey: String,
    url: String,
    asked: bool,
    quorum: i64,
    size: i64,
    failures: i64,
    next_try: i64,
    trouble: String,
}

impl From<WitnessRow> for Appointed {
    fn from(row: WitnessRow) -> Appointed {
        Appointed {
            vkey: row.vkey,
            url: row.url,
            asked: row.asked,
            quorum: u32::try_from(row.quorum).unwrap_or_default(),
            size: unsigned(row.size),
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            next_try: Timestamp(row.next_try),
            trouble: row.trouble,
        }
    }
}

pub(super) fn witnesses(tx: &mut Tx) -> Result<Vec<Appointed>, db::Error> {
    let rows: Vec<WitnessRow> = journal_witnesses::table
        .select(WitnessRow::as_select())
        .order(journal_witnesses::vkey)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Appointed::from).collect())
}

pub(super) fn any_asked(tx: &mut Tx) -> Result<bool, db::Error> {
    let asked: i64 = journal_witnesses::table
        .filter(journal_witnesses::asked.eq(true))
        .count()
        .get_result(tx.conn())?;
    Ok(asked > 0)
}

pub(super) fn insert_witness_if_new(
    tx: &mut Tx,
    setting: &WitnessSetting,
    quorum: u32,
) -> Result<(), db::Error> {
    let known: i64 = journal_witnesses::table
        .filter(journal_witnesses::vkey.eq(&setting.vkey))
        .count()
        .get_result(tx.conn())?;
    if known == 0 {
        diesel::insert_into(journal_witnesses::table)
            .values(WitnessRow {
                vkey: setting.vkey.clone(),
                url: setting.url.clone(),
                asked: true,
                quorum: i64::from(quorum),
                size: 0,
                failures: 0,
                next_try: 0,
                trouble: String::new(),
            })
            .execute(tx.conn())?;
    }
    Ok(())
}

/// What the settings say of a witness.
pub(super) fn appoint_witness(tx: &mut Tx, witness: &Appointed) -> Result<(), db::Error> {
    diesel::update(journal_witnesses::table.filter(journal_witnesses::vkey.eq(&witness.vkey)))
        .set((
            journal_witnesses::url.eq(&witness.url),
            journal_witnesses::asked.eq(witness.asked),
            journal_witnesses::quorum.eq(i64::from(witness.quorum)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// What a witness answered. The row was read before it was asked, so what the settings say of it,
/// which may be newer, stays; and a later answer about a smaller checkpoint changes nothing.
pub(super) fn record_answer(tx: &mut Tx, witness: &Appointed) -> Result<(), db::Error> {
    let row = journal_witnesses::table
        .filter(journal_witnesses::vkey.eq(&witness.vkey))
        .filter(journal_witnesses::size.le(signed(witness.size)));
    diesel::update(row)
        .set((
            journal_witnesses::size.eq(signed(witness.size)),
            journal_witnesses::failures.eq(i64::from(witness.failures)),
            journal_witnesses::next_try.eq(witness.next_try.0),
            journal_witnesses::trouble.eq(&witness.trouble),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps a line unless the witness has said so before: the first time counts.
pub(super) fn insert_cosignature(tx: &mut Tx, said: &Cosignature) -> Result<(), db::Error> {
    let others = cosignatures_at(tx, said.size)?;
    if others.iter().any(|other| other.vkey == said.vkey) {
        return Ok(());
    }
    let arrival = i64::try_from(others.len()).unwrap_or(i64::MAX);
    diesel::insert_into(journal_cosignatures::table)
        .values((
            journal_cosignatures::size.eq(signed(said.size)),
            journal_cosignatures::vkey.eq(&said.vkey),
            journal_cosignatures::arrival.eq(arrival),
            journal_cosignatures::seen_at.eq(signed(said.seen_at)),
            journal_cosignatures::line.eq(&said.line),
        ))
        .execute(tx.conn())?;
    Ok(())
}

type SaidRow = (i64, String, i64, String);

pub(super) fn cosignatures_at(tx: &mut Tx, size: u64) -> Result<Vec<Cosignature>, db::Error> {
    let rows: Vec<SaidRow> = journal_cosignatures::table
        .filter(journal_cosignatures::size.eq(signed(size)))
        .order(journal_cosignatures::arrival)
        .select((
            journal_cosignatures::size,
            journal_cosignatures::vkey,
            journal_cosignatures::seen_at,
            journal_cosignatures::line,
        ))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(said).collect())
}

/// What was said about the next thousand lines' worth of checkpoints over a note, in order.
pub(super) fn cosignatures_after(
    tx: &mut Tx,
    position: u64,
) -> Result<Vec<Cosignature>, db::Error> {
    let rows: Vec<SaidRow> = journal_cosignatures::table
        .filter(journal_cosignatures::size.gt(signed(position)))
        .order((journal_cosignatures::size, journal_cosignatures::arrival))
        .limit(1000)
        .select((
            journal_cosignatures::size,
            journal_cosignatures::vkey,
            journal_cosignatures::seen_at,
            journal_cosignatures::line,
        ))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(said).collect())
}

fn said((size, vkey, seen_at, line): SaidRow) -> Cosignature {
    Cosignature {
        size: unsigned(size),
        vkey,
        seen_at: unsigned(seen_at),
        line,
    }
}
