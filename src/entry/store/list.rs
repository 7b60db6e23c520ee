//! The list that staff may see: a line for each ticket, and no person.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::entry::{Counts, Taken};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::schema::{entries, tickets};
use crate::platform::db::{self, Tx};

use super::void;

pub(in crate::entry) fn count(tx: &mut Tx, activity: &ActivityId) -> Result<Counts, db::Error> {
    let of_activity = || entries::table.filter(entries::activity_id.eq(activity.as_str()));
    let taken: i64 = of_activity().count().get_result(tx.conn())?;
    // As the index says it, which has these alone.
    let withdrawn: i64 = of_activity()
        .filter(entries::withdrawn)
        .count()
        .get_result(tx.conn())?;
    // Draw by draw, because that is how void tickets are indexed; and not by the bare column, whose
    // own index SQLite would walk from end to end to have the entries in order.
    let draws = super::drums::drums(tx, activity)?;
    let draws: Vec<&str> = draws.iter().map(|drum| drum.draw.as_str()).collect();
    let duplicates: i64 = tickets::table
        .filter(tickets::activity_id.eq(activity.as_str()))
        .filter(tickets::draw_id.eq_any(draws))
        .filter(tickets::void.eq("D"))
        .select(diesel::dsl::count(tickets::entry_id.concat("")).aggregate_distinct())
        .get_result(tx.conn())?;
    Ok(Counts {
        taken: unsigned(taken),
        withdrawn: unsigned(withdrawn),
        duplicates: unsigned(duplicates),
    })
}

type TicketRow = (String, i64, i64, bool, Option<String>);

/// Tickets with what the list says of their entry.
macro_rules! tickets_with_entries {
    ($activity:expr) => {
        tickets_joined!($activity).select((
            tickets::draw_id,
            tickets::position,
            entries::taken_hour,
            entries::withdrawn,
            tickets::void,
        ))
    };
}

/// The tickets of these draws with numbers from `from` up to, and without, `until`; the highest
/// first.
pub(in crate::entry) fn tickets_between(
    tx: &mut Tx,
    activity: &ActivityId,
    draws: &[&str],
    (from, until): (u64, u64),
) -> Result<Vec<Taken>, db::Error> {
    let rows: Vec<TicketRow> = tickets_with_entries!(activity)
        .filter(tickets::draw_id.eq_any(draws))
        .filter(tickets::position.ge(signed(from)))
        .filter(tickets::position.lt(signed(until)))
        .order((tickets::position.desc(), tickets::draw_id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(ticket).collect())
}

/// Who an entry of an activity without tickets is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::entry) enum Of {
    /// Nobody: a survey.
    Nobody,
    /// Somebody who has a place.
    Somebody,
}

/// Entries that have no tickets, the latest hour first; their random ids give no order within it.
pub(in crate::entry) fn without_tickets(
    tx: &mut Tx,
    activity: &ActivityId,
    of: Of,
    (skip, at_most): (u64, u64),
) -> Result<Vec<Taken>, db::Error> {
    let mut query = entries::table
        .filter(entries::activity_id.eq(activity.as_str()))
        .select((entries::taken_hour, entries::withdrawn))
        .order((entries::taken_hour.desc(), entries::id.desc()))
        .offset(signed(skip))
        .limit(signed(at_most))
        .into_boxed();
    if of == Of::Nobody {
        // True of all of them; so the index over entries without a contact may be used.
        query = query.filter(entries::contact_item.is_null());
    }
    let rows: Vec<(i64, bool)> = query.load(tx.conn())?;
    let entry = |(hour, withdrawn)| Taken {
        draw: None,
        index: None,
        hour: Timestamp(hour),
        withdrawn,
        void: None,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The tickets with this number in these draws.
pub(in crate::entry) fn numbered(
    tx: &mut Tx,
    activity: &ActivityId,
    draws: &[&str],
    index: u64,
) -> Result<Vec<Taken>, db::Error> {
    let rows: Vec<TicketRow> = tickets_with_entries!(activity)
        .filter(tickets::draw_id.eq_any(draws))
        .filter(tickets::position.eq(signed(index)))
        .order(tickets::draw_id)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(ticket).collect())
}

fn ticket((draw, position, hour, withdrawn, code): TicketRow) -> Taken {
    Taken {
        draw: Some(draw),
        index: Some(unsigned(position)),
        hour: Timestamp(hour),
        withdrawn,
        void: code.as_deref().map(void),
    }
}
