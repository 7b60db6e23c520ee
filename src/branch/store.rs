//! All SQL of branches.

use diesel::prelude::*;

use crate::platform::clock::Timestamp;
use crate::platform::db::schema::branch::branches;
use crate::platform::db::{self, Tx};

use super::{Branch, BranchId, Error, Name};

type Row = (String, String, String, Option<i64>);

pub(super) fn all(tx: &mut Tx) -> Result<Vec<Branch>, db::Error> {
    let rows: Vec<Row> = branches::table
        .order((branches::made_at, branches::id))
        .select((
            branches::id,
            branches::name_zh,
            branches::name_en,
            branches::closed_at,
        ))
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(id, zh, en, closed_at)| Branch {
            id: BranchId(id),
            name: Name { zh, en },
            closed_at: closed_at.map(Timestamp),
        })
        .collect())
}

pub(super) fn insert(tx: &mut Tx, id: &BranchId, name: &Name) -> Result<(), Error> {
    let now = tx.now().0;
    diesel::insert_into(branches::table)
        .values((
            branches::id.eq(id.as_str()),
            branches::name_zh.eq(&name.zh),
            branches::name_en.eq(&name.en),
            branches::made_at.eq(now),
            branches::closed_at.eq(None::<i64>),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::NameTaken))?;
    Ok(())
}

pub(super) fn rename(tx: &mut Tx, id: &BranchId, name: &Name) -> Result<(), Error> {
    let changed = diesel::update(branches::table.filter(branches::id.eq(id.as_str())))
        .set((
            branches::name_zh.eq(&name.zh),
            branches::name_en.eq(&name.en),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::NameTaken))?;
    db::one_changed(Ok(changed), Error::Unknown)
}

/// `false` where it was so before, or there is no such branch.
pub(super) fn set_closed(
    tx: &mut Tx,
    id: &BranchId,
    at: Option<Timestamp>,
) -> Result<bool, db::Error> {
    let this = branches::table.filter(branches::id.eq(id.as_str()));
    let at = at.map(|at| at.0);
    let changed = match at {
        Some(_) => diesel::update(this.filter(branches::closed_at.is_null()))
            .set(branches::closed_at.eq(at))
            .execute(tx.conn()),
        None => diesel::update(this.filter(branches::closed_at.is_not_null()))
            .set(branches::closed_at.eq(at))
            .execute(tx.conn()),
    };
    Ok(changed? == 1)
}
