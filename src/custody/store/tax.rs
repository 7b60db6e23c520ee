//! The tax vault: its years and their rows.

use diesel::prelude::*;
use lucky_draw::encode::Hash;
use lucky_draw::result::Slot;

use crate::activity::ActivityId;
use crate::audit::StaffId;
use crate::custody::Error;
use crate::custody::tax::{TaxRow, TaxRowId, Year};
use crate::draw::DrawId;
use crate::draw::tax::Residency;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, signed, unsigned};
use crate::platform::db::schema::custody::{tax_rows, tax_years};
use crate::platform::db::{self, Tx};

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = tax_years)]
#[diesel(primary_key(year))]
#[diesel(treat_none_as_null = true)]
struct YearRow {
    year: i64,
    opened_at: i64,
    filed_at: Option<i64>,
    filed_by: String,
    delete_after: Option<i64>,
    erased_small: i64,
    erased_at: Option<i64>,
    erased: i64,
}

impl From<&Year> for YearRow {
    fn from(year: &Year) -> YearRow {
        YearRow {
            year: i64::from(year.year),
            opened_at: year.opened_at.0,
            filed_at: year.filed_at.map(|at| at.0),
            filed_by: year.filed_by.clone().map_or(String::new(), |by| by.0),
            delete_after: year.delete_after.map(|at| at.0),
            erased_small: signed(year.erased_small),
            erased_at: year.erased_at.map(|at| at.0),
            erased: signed(year.erased),
        }
    }
}

impl From<YearRow> for Year {
    fn from(row: YearRow) -> Year {
        Year {
            year: short(row.year),
            opened_at: Timestamp(row.opened_at),
            filed_at: row.filed_at.map(Timestamp),
            filed_by: (!row.filed_by.is_empty()).then_some(StaffId(row.filed_by)),
            delete_after: row.delete_after.map(Timestamp),
            erased_small: unsigned(row.erased_small),
            erased_at: row.erased_at.map(Timestamp),
            erased: unsigned(row.erased),
        }
    }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = tax_rows)]
struct Row {
    year: i64,
    id: String,
    activity_id: String,
    draw_id: String,
    slot: String,
    position: i64,
    prize: String,
    payee_tag: Vec<u8>,
    sealed: Vec<u8>,
    value_twd: i64,
    withheld_twd: i64,
    resident: bool,
    paid_at: i64,
    entered_by: String,
    matched: bool,
    confirmed_by: String,
    finder: Option<Vec<u8>>,
}

impl From<&TaxRow> for Row {
    fn from(row: &TaxRow) -> Row {
        Row {
            year: i64::from(row.year),
            id: row.id.0.clone(),
            activity_id: row.activity.0.clone(),
            draw_id: row.draw.0.clone(),
            slot: row.slot.to_string(),
            position: signed(row.index),
            prize: row.prize.clone(),
            payee_tag: row.payee.0.to_vec(),
            sealed: row.sealed.clone(),
            value_twd: row.value,
            withheld_twd: row.withheld,
            resident: row.residency == Residency::Resident,
            paid_at: row.paid_at.0,
            entered_by: row.entered_by.0.clone(),
            matched: row.matched,
            confirmed_by: row.confirmed_by.clone().map_or(String::new(), |by| by.0),
            finder: row.finder.map(|finder| finder.0.to_vec()),
        }
    }
}

impl From<Row> for TaxRow {
    fn from(row: Row) -> TaxRow {
        TaxRow {
            year: short(row.year),
            id: TaxRowId(row.id),
            activity: ActivityId(row.activity_id),
            draw: DrawId(row.draw_id),
            slot: row.slot.parse().expect("slots are stored as they print"),
            index: unsigned(row.position),
            prize: row.prize,
            payee: hash(&row.payee_tag),
            sealed: row.sealed,
            value: row.value_twd,
            withheld: row.withheld_twd,
            residency: match row.resident {
                true => Residency::Resident,
                false => Residency::Other,
            },
            paid_at: Timestamp(row.paid_at),
            entered_by: StaffId(row.entered_by),
            matched: row.matched,
            confirmed_by: (!row.confirmed_by.is_empty()).then_some(StaffId(row.confirmed_by)),
            finder: row.finder.map(|finder| hash(&finder)),
        }
    }
}

fn short(year: i64) -> i16 {
    i16::try_from(year).expect("years of payments fit 16 bits")
}

/// Every year, the latest first.
pub(in crate::custody) fn years(tx: &mut Tx) -> Result<Vec<Year>, db::Error> {
    let rows: Vec<YearRow> = tax_years::table
        .order(tax_years::year.desc())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Year::from).collect())
}

pub(in crate::custody) fn year(tx: &mut Tx, year: i16) -> Result<Option<Year>, db::Error> {
    let row: Option<YearRow> = tax_years::table
        .find(i64::from(year))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Year::from))
}

pub(in crate::custody) fn open_year(tx: &mut Tx, year: i16) -> Result<(), db::Error> {
    let opened = Year {
        year,
        opened_at: tx.now(),
        filed_at: None,
        filed_by: None,
        delete_after: None,
        erased_small: 0,
        erased_at: None,
        erased: 0,
    };
    diesel::insert_into(tax_years::table)
        .values(YearRow::from(&opened))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::custody) fn update_year(tx: &mut Tx, year: &Year) -> Result<(), db::Error> {
    diesel::update(tax_years::table.find(i64::from(year.year)))
        .set(YearRow::from(year))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::custody) fn insert(tx: &mut Tx, row: &TaxRow) -> Result<(), Error> {
    diesel::insert_into(tax_rows::table)
        .values(Row::from(row))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::TakenDown))?;
    Ok(())
}

pub(in crate::custody) fn of_claim(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &DrawId,
    slot: &Slot,
    index: u64,
) -> Result<Option<TaxRow>, db::Error> {
    let row: Option<Row> = tax_rows::table
        .filter(tax_rows::activity_id.eq(activity.as_str()))
        .filter(tax_rows::draw_id.eq(draw.as_str()))
        .filter(tax_rows::slot.eq(slot.to_string()))
        .filter(tax_rows::position.eq(signed(index)))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(TaxRow::from))
}

/// One row.
pub(in crate::custody) fn row(
    tx: &mut Tx,
    year: i16,
    id: &TaxRowId,
) -> Result<Option<TaxRow>, db::Error> {
    let row: Option<Row> = tax_rows::table
        .find((i64::from(year), id.as_str()))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(TaxRow::from))
}

/// The rows of an activity, of any year.
pub(in crate::custody) fn of_activity(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<TaxRow>, db::Error> {
    let rows: Vec<Row> = tax_rows::table
        .filter(tax_rows::activity_id.eq(activity.as_str()))
        .order((tax_rows::paid_at, tax_rows::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(TaxRow::from).collect())
}

/// The rows of whoever has this finder.
pub(in crate::custody) fn by_finder(tx: &mut Tx, finder: &Hash) -> Result<Vec<TaxRow>, db::Error> {
    let rows: Vec<Row> = tax_rows::table
        .filter(tax_rows::finder.eq(finder.0.to_vec()))
        .order((tax_rows::paid_at, tax_rows::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(TaxRow::from).collect())
}

/// Replaces what a row says of its payee, if nobody replaced it meanwhile.
pub(in crate::custody) fn replace(tx: &mut Tx, old: &TaxRow, new: &TaxRow) -> Result<(), Error> {
    let row = tax_rows::table
        .filter(tax_rows::year.eq(i64::from(old.year)))
        .filter(tax_rows::id.eq(old.id.as_str()))
        .filter(tax_rows::sealed.eq(&old.sealed));
    let values = Row::from(new);
    let changed = diesel::update(row)
        .set((
            tax_rows::payee_tag.eq(values.payee_tag),
            tax_rows::sealed.eq(values.sealed),
            tax_rows::withheld_twd.eq(values.withheld_twd),
            tax_rows::resident.eq(values.resident),
            tax_rows::entered_by.eq(values.entered_by),
            tax_rows::confirmed_by.eq(values.confirmed_by),
        ))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// Notes who looked as a second person, if nobody did before.
pub(in crate::custody) fn confirm(tx: &mut Tx, row: &TaxRow, by: &StaffId) -> Result<(), Error> {
    let waiting = tax_rows::table
        .filter(tax_rows::year.eq(i64::from(row.year)))
        .filter(tax_rows::id.eq(row.id.as_str()))
        .filter(tax_rows::matched.eq(false))
        .filter(tax_rows::confirmed_by.eq(""));
    let changed = diesel::update(waiting)
        .set(tax_rows::confirmed_by.eq(by.as_str()))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

/// The rows of a year by the time of payment.
pub(in crate::custody) fn rows(tx: &mut Tx, year: i16) -> Result<Vec<TaxRow>, db::Error> {
    let rows: Vec<Row> = tax_rows::table
        .filter(tax_rows::year.eq(i64::from(year)))
        .order((tax_rows::paid_at, tax_rows::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(TaxRow::from).collect())
}

/// How many rows of an activity there are, in any year.
pub(in crate::custody) fn count_of(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = tax_rows::table
        .filter(tax_rows::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}

pub(in crate::custody) fn erase(tx: &mut Tx, row: &TaxRow) -> Result<(), db::Error> {
    diesel::delete(tax_rows::table.find((i64::from(row.year), row.id.as_str())))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::custody) fn erase_year(tx: &mut Tx, year: i16) -> Result<u64, db::Error> {
    let rows = tax_rows::table.filter(tax_rows::year.eq(i64::from(year)));
    let gone = diesel::delete(rows).execute(tx.conn())?;
    Ok(u64::try_from(gone).expect("a count fits 64 bits"))
}
