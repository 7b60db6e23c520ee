//! The register of disclosures, and the tickets it names while their activity lives.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::audit::StaffId;
use crate::custody::disclosure::{Disclosure, FIELDS, Ground, State};
use crate::custody::{DisclosureId, Error};
use crate::draw::DrawId;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::custody::{disclosed_rows, disclosures};
use crate::platform::db::{self, Tx};
use crate::vault::FieldKind;

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = disclosures)]
#[diesel(treat_none_as_null = true)]
struct Row {
    id: String,
    ground: String,
    activity_id: String,
    draw_id: String,
    document: String,
    agency: String,
    basis: String,
    reason: String,
    fields: String,
    expires: String,
    state: String,
    proposed_by: String,
    proposed_at: i64,
    approved_by: String,
    decided_at: Option<i64>,
    named: i64,
    handed: i64,
}

impl From<&Disclosure> for Row {
    fn from(own: &Disclosure) -> Row {
        let fields: Vec<&str> = own.fields.iter().map(|kind| kind.code()).collect();
        Row {
            id: own.id.0.clone(),
            ground: own.ground.code().to_owned(),
            activity_id: own.activity.0.clone(),
            draw_id: own.draw.clone().map_or(String::new(), |draw| draw.0),
            document: own.document.clone(),
            agency: own.agency.clone(),
            basis: own.basis.clone(),
            reason: own.reason.clone(),
            fields: fields.join(" "),
            expires: own.expires.clone(),
            state: own.state.code().to_owned(),
            proposed_by: own.proposed_by.0.clone(),
            proposed_at: own.proposed_at.0,
            approved_by: own.approved_by.clone().map_or(String::new(), |by| by.0),
            decided_at: own.decided_at.map(|at| at.0),
            named: signed(own.named),
            handed: signed(own.handed),
        }
    }
}

impl From<Row> for Disclosure {
    fn from(row: Row) -> Disclosure {
        let named = |code: &str| {
            FIELDS
                .into_iter()
                .find(|kind: &FieldKind| kind.code() == code)
        };
        Disclosure {
            id: DisclosureId(row.id),
            ground: Ground::parse(&row.ground).expect("a CHECK limits the grounds"),
            activity: ActivityId(row.activity_id),
            draw: (!row.draw_id.is_empty()).then_some(DrawId(row.draw_id)),
            document: row.document,
            agency: row.agency,
            basis: row.basis,
            reason: row.reason,
            fields: row.fields.split(' ').filter_map(named).collect(),
            expires: row.expires,
            state: State::parse(&row.state).expect("a CHECK limits the states"),
            proposed_by: StaffId(row.proposed_by),
            proposed_at: Timestamp(row.proposed_at),
            approved_by: (!row.approved_by.is_empty()).then_some(StaffId(row.approved_by)),
            decided_at: row.decided_at.map(Timestamp),
            named: unsigned(row.named),
            handed: unsigned(row.handed),
        }
    }
}

/// The register, the latest first.
pub(in crate::custody) fn list(tx: &mut Tx) -> Result<Vec<Disclosure>, db::Error> {
    let rows: Vec<Row> = disclosures::table
        .order((disclosures::proposed_at.desc(), disclosures::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Disclosure::from).collect())
}

pub(in crate::custody) fn find(
    tx: &mut Tx,
    id: &DisclosureId,
) -> Result<Option<Disclosure>, db::Error> {
    let row: Option<Row> = disclosures::table
        .find(id.as_str())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Disclosure::from))
}

pub(in crate::custody) fn insert(
    tx: &mut Tx,
    disclosure: &Disclosure,
    tickets: &[u64],
) -> Result<(), db::Error> {
    diesel::insert_into(disclosures::table)
        .values(Row::from(disclosure))
        .execute(tx.conn())?;
    for index in tickets {
        diesel::insert_into(disclosed_rows::table)
            .values((
                disclosed_rows::activity_id.eq(disclosure.activity.as_str()),
                disclosed_rows::disclosure_id.eq(disclosure.id.as_str()),
                disclosed_rows::position.eq(signed(*index)),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Writes a line anew if it still is at the state `from`.
pub(in crate::custody) fn update(
    tx: &mut Tx,
    from: State,
    disclosure: &Disclosure,
) -> Result<(), Error> {
    let row = disclosures::table
        .filter(disclosures::id.eq(disclosure.id.as_str()))
        .filter(disclosures::state.eq(from.code()));
    let changed = diesel::update(row)
        .set(Row::from(disclosure))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(in crate::custody) fn tickets(
    tx: &mut Tx,
    disclosure: &Disclosure,
) -> Result<Vec<u64>, db::Error> {
    let rows: Vec<i64> = disclosed_rows::table
        .filter(disclosed_rows::activity_id.eq(disclosure.activity.as_str()))
        .filter(disclosed_rows::disclosure_id.eq(disclosure.id.as_str()))
        .order(disclosed_rows::position)
        .select(disclosed_rows::position)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(unsigned).collect())
}

pub(in crate::custody) fn erase_rows(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<usize, db::Error> {
    let rows = disclosed_rows::table.filter(disclosed_rows::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(in crate::custody) fn count_rows(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = disclosed_rows::table
        .filter(disclosed_rows::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}
