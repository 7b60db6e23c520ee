//! The processes that serve one site from one database.
//!
//! Invariant: a process writes its own line and no other's; whoever has not been seen for
//! [`SILENT`] counts as ended.
//!
//! Not here: what is done with that (`purge`: memory is forgotten everywhere, one after the other).

use diesel::prelude::*;

use super::schema::sites::instances;
use super::{Error, Tx};
use crate::platform::clock::{DAY, MINUTE, Timestamp};
use crate::platform::ids;

/// After so long without a word an instance counts as ended.
pub const SILENT: i64 = 2 * MINUTE;

/// One process that serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Made when it started.
    pub id: String,
    /// When that was.
    pub started_at: Timestamp,
}

impl Instance {
    /// This process, which starts now.
    pub fn starting(now: Timestamp) -> Instance {
        Instance {
            id: ids::code(16),
            started_at: now,
        }
    }
}

/// Says that an instance lives.
pub fn alive(tx: &mut Tx, own: &Instance) -> Result<(), Error> {
    let now = tx.now().0;
    let known = diesel::update(instances::table.find(&own.id))
        .set(instances::seen_at.eq(now))
        .execute(tx.conn())?;
    if known == 0 {
        let long_ago = instances::table.filter(instances::seen_at.lt(now - DAY));
        diesel::delete(long_ago).execute(tx.conn())?;
        diesel::insert_into(instances::table)
            .values((
                instances::id.eq(&own.id),
                instances::started_at.eq(own.started_at.0),
                instances::seen_at.eq(now),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Says that an instance stops.
pub fn leave(tx: &mut Tx, own: &Instance) -> Result<(), Error> {
    diesel::delete(instances::table.find(&own.id)).execute(tx.conn())?;
    Ok(())
}

/// Who lives, the one that started first before the others.
pub fn living(tx: &mut Tx) -> Result<Vec<Instance>, Error> {
    let since = tx.now().0 - SILENT;
    let rows: Vec<(String, i64)> = instances::table
        .filter(instances::seen_at.ge(since))
        .select((instances::id, instances::started_at))
        .order((instances::started_at, instances::id))
        .load(tx.conn())?;
    let own = |(id, started_at)| Instance {
        id,
        started_at: Timestamp(started_at),
    };
    Ok(rows.into_iter().map(own).collect())
}

/// When any instance last said that it lives; on a copy of the database, how old the copy is.
pub(super) fn last_word(tx: &mut Tx) -> Result<Option<Timestamp>, Error> {
    let last: Option<i64> = instances::table
        .select(diesel::dsl::max(instances::seen_at))
        .first(tx.conn())?;
    Ok(last.map(Timestamp))
}
