//! SQL of the vault: public keys and sealed boxes, nothing that can be read.
//!
//! Not here: keys that open them, which are no table's business.

pub(super) mod freezes;
pub(super) mod unlinked;

use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer};

use super::{Count, ItemKind, NewBox, PublicKeys, ScopeKey, Sealed};
use crate::platform::clock::Timestamp;
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::{vault_items, vault_keys, vault_scopes};
use lucky_draw::encode::Hash;

use crate::platform::db::schema::retention::told_purposes;
use crate::platform::db::{self, Tx};
use crate::platform::ids;

/// What this file reads and writes, for the list of the purge.
pub const TABLES: &[&str] = &["vault_items", "unlinked_answers", "vault_keys"];

/// Those of them that have a row for each person.
pub const OF_PEOPLE: &[&str] = &["vault_items", "unlinked_answers"];

pub(super) fn insert_keys(tx: &mut Tx, activity: &str, keys: &PublicKeys) -> Result<(), db::Error> {
    let created_at = tx.now().0;
    let row = (
        vault_keys::activity_id.eq(activity),
        vault_keys::notify_public.eq(keys.notify.to_vec()),
        vault_keys::answers_public.eq(keys.answers.to_vec()),
        vault_keys::created_at.eq(created_at),
    );
    diesel::insert_into(vault_keys::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn find_keys(tx: &mut Tx, activity: &str) -> Result<Option<PublicKeys>, db::Error> {
    let row: Option<(Vec<u8>, Vec<u8>)> = vault_keys::table
        .find(activity)
        .select((vault_keys::notify_public, vault_keys::answers_public))
        .first(tx.conn())
        .optional()?;
    Ok(row.and_then(|(notify, answers)| {
        Some(PublicKeys {
            notify: notify.try_into().ok()?,
            answers: answers.try_into().ok()?,
        })
    }))
}

pub(super) fn erase_keys(tx: &mut Tx, activity: &str) -> Result<usize, db::Error> {
    let rows = vault_keys::table.find(activity);
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

#[derive(Insertable)]
#[diesel(table_name = vault_items, treat_none_as_default_value = false)]
struct NewItem<'n> {
    activity_id: &'n str,
    id: &'n str,
    key_scope: &'n str,
    sealed: &'n [u8],
    own_copy: Option<&'n [u8]>,
}

pub(super) fn insert_all(tx: &mut Tx, boxes: &[NewBox]) -> Result<(), db::Error> {
    let rows: Vec<NewItem> = boxes
        .iter()
        .map(|new| NewItem {
            activity_id: new.activity,
            id: new.item,
            key_scope: new.kind.code(),
            sealed: new.sealed,
            own_copy: new.own_copy,
        })
        .collect();
    Ok(insert_all!(tx, vault_items::table, rows)?)
}

pub(super) fn find(tx: &mut Tx, activity: &str, item: &str) -> Result<Option<Sealed>, db::Error> {
    let row: Option<(Vec<u8>, Option<Vec<u8>>)> = vault_items::table
        .find((activity, item))
        .select((vault_items::sealed, vault_items::own_copy))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(sealed, own_copy)| Sealed {
        item: item.to_owned(),
        sealed,
        own_copy,
    }))
}

/// The boxes of these ids, in no particular order.
pub(super) fn find_all(
    tx: &mut Tx,
    activity: &str,
    items: &[String],
) -> Result<Vec<Sealed>, db::Error> {
    let mut found = Vec::with_capacity(items.len());
    for some in in_order(items).chunks(ITEMS_AT_ONCE) {
        let rows: Vec<(String, Vec<u8>, Option<Vec<u8>>)> = vault_items::table
            .filter(vault_items::activity_id.eq(activity))
            .filter(vault_items::id.eq_any(some))
            .select((vault_items::id, vault_items::sealed, vault_items::own_copy))
            .load(tx.conn())?;
        found.extend(rows.into_iter().map(|(item, sealed, own_copy)| Sealed {
            item,
            sealed,
            own_copy,
        }));
    }
    Ok(found)
}

/// The first bytes of the boxes of these ids, which say what each is; in no particular order.
pub(super) fn heads(
    tx: &mut Tx,
    activity: &str,
    items: &[String],
) -> Result<Vec<(String, Vec<u8>)>, db::Error> {
    let mut found = Vec::with_capacity(items.len());
    for some in in_order(items).chunks(ITEMS_AT_ONCE) {
        let rows: Vec<(String, Vec<u8>)> = vault_items::table
            .filter(vault_items::activity_id.eq(activity))
            .filter(vault_items::id.eq_any(some))
            .select((vault_items::id, substr(vault_items::sealed, 1, HEAD)))
            .load(tx.conn())?;
        found.extend(rows);
    }
    Ok(found)
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// Some bytes of many, counted from 1.
    fn substr(bytes: Binary, from: Integer, count: Integer) -> Binary;
}

/// Version and fields.
const HEAD: i32 = 3;

/// Ids in their order, so that each page of the index is read once.
fn in_order(items: &[String]) -> Vec<&str> {
    let mut items: Vec<&str> = items.iter().map(String::as_str).collect();
    items.sort_unstable();
    items
}

/// Ids of one statement.
const ITEMS_AT_ONCE: usize = 500;

/// Some boxes of one kind, in the order of their random ids, with ids behind `after`.
pub(super) fn list(
    tx: &mut Tx,
    activity: &str,
    kind: ItemKind,
    after: &str,
    at_most: i64,
) -> Result<Vec<Sealed>, db::Error> {
    let rows: Vec<(String, Vec<u8>, Option<Vec<u8>>)> = vault_items::table
        .filter(vault_items::activity_id.eq(activity))
        .filter(vault_items::key_scope.eq(kind.code()))
        .filter(vault_items::id.gt(after))
        .order(vault_items::id)
        .limit(at_most)
        .select((vault_items::id, vault_items::sealed, vault_items::own_copy))
        .load(tx.conn())?;
    let sealed = rows.into_iter().map(|(item, sealed, own_copy)| Sealed {
        item,
        sealed,
        own_copy,
    });
    Ok(sealed.collect())
}

/// The sealed bytes of boxes of an activity, of whatever kind: all of them, or `most` of more.
pub(super) fn some_sealed(
    tx: &mut Tx,
    activity: &str,
    most: usize,
) -> Result<Vec<Vec<u8>>, db::Error> {
    let of_activity = || vault_items::table.filter(vault_items::activity_id.eq(activity));
    let count: i64 = of_activity().count().get_result(tx.conn())?;
    if usize::try_from(count).is_ok_and(|count| count <= most) {
        let rows = of_activity().order(vault_items::id);
        return Ok(rows.select(vault_items::sealed).load(tx.conn())?);
    }
    let mut found = Vec::with_capacity(most);
    for from in ids::spread(most) {
        let next: Option<Vec<u8>> = of_activity()
            .filter(vault_items::id.ge(from))
            .order(vault_items::id)
            .select(vault_items::sealed)
            .first(tx.conn())
            .optional()?;
        found.extend(next);
    }
    found.dedup();
    Ok(found)
}

/// Removes some boxes, in the order of their ids.
pub(super) fn erase_some(tx: &mut Tx, activity: &str, at_most: i64) -> Result<usize, db::Error> {
    let of_activity = || vault_items::table.filter(vault_items::activity_id.eq(activity));
    let last: Option<String> = of_activity()
        .order(vault_items::id)
        .offset((at_most - 1).max(0))
        .select(vault_items::id)
        .first(tx.conn())
        .optional()?;
    let gone = match last {
        Some(last) => {
            diesel::delete(of_activity().filter(vault_items::id.le(last))).execute(tx.conn())
        }
        None => diesel::delete(of_activity()).execute(tx.conn()),
    };
    Ok(gone?)
}

/// Puts other bytes into a row; tells whether it was there.
pub(super) fn replace(
    tx: &mut Tx,
    activity: &str,
    item: &str,
    sealed: &[u8],
    own_copy: Option<&[u8]>,
) -> Result<bool, db::Error> {
    let changed = diesel::update(vault_items::table.find((activity, item)))
        .set((
            vault_items::sealed.eq(sealed),
            vault_items::own_copy.eq(own_copy),
        ))
        .execute(tx.conn())?;
    Ok(changed > 0)
}

pub(super) fn insert_scope(tx: &mut Tx, scope: &str, keys: &PublicKeys) -> Result<(), db::Error> {
    // The hour: the first request of a quarter brings the scope.
    let created_at = tx.now().hour().0;
    let row = (
        vault_scopes::scope.eq(scope),
        vault_scopes::notify_public.eq(keys.notify.to_vec()),
        vault_scopes::created_at.eq(created_at),
    );
    diesel::insert_into(vault_scopes::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// The public key of a scope that is not destroyed. A scope has no answers: nothing seals to the
/// zeros that stand for their key.
pub(super) fn find_scope(tx: &mut Tx, scope: &str) -> Result<Option<PublicKeys>, db::Error> {
    let row: Option<Vec<u8>> = vault_scopes::table
        .find(scope)
        .filter(vault_scopes::erased_at.is_null())
        .select(vault_scopes::notify_public)
        .first(tx.conn())
        .optional()?;
    Ok(row.and_then(|notify| {
        Some(PublicKeys {
            notify: notify.try_into().ok()?,
            answers: [0; 32],
        })
    }))
}

pub(super) fn list_scopes(tx: &mut Tx) -> Result<Vec<ScopeKey>, db::Error> {
    let rows: Vec<(String, i64, Option<i64>)> = vault_scopes::table
        .order(vault_scopes::scope)
        .select((
            vault_scopes::scope,
            vault_scopes::created_at,
            vault_scopes::erased_at,
        ))
        .load(tx.conn())?;
    let scopes = rows.into_iter().map(|(scope, created, erased)| ScopeKey {
        scope,
        created_at: Timestamp(created),
        erased_at: erased.map(Timestamp),
    });
    Ok(scopes.collect())
}

pub(super) fn end_scope(tx: &mut Tx, scope: &str) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::update(vault_scopes::table.find(scope))
        .filter(vault_scopes::erased_at.is_null())
        .set(vault_scopes::erased_at.eq(now))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn count(tx: &mut Tx, activity: &str) -> Result<Count, db::Error> {
    let mut of = |kind: ItemKind| -> Result<i64, db::Error> {
        let rows = vault_items::table
            .filter(vault_items::activity_id.eq(activity))
            .filter(vault_items::key_scope.eq(kind.code()));
        Ok(rows.count().get_result(tx.conn())?)
    };
    let (contacts, linked) = (of(ItemKind::Contact)?, of(ItemKind::Answers)?);
    Ok(Count {
        contacts,
        answers: linked + unlinked::count(tx, activity)?,
    })
}

pub(super) fn erase(tx: &mut Tx, activity: &str, item: &str) -> Result<usize, db::Error> {
    let row = vault_items::table.find((activity, item));
    Ok(diesel::delete(row).execute(tx.conn())?)
}

pub(super) fn erase_all(tx: &mut Tx, activity: &str) -> Result<usize, db::Error> {
    let rows = vault_items::table.filter(vault_items::activity_id.eq(activity));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(super) fn left(tx: &mut Tx, activity: &str) -> Result<u64, db::Error> {
    let boxes: i64 = vault_items::table
        .filter(vault_items::activity_id.eq(activity))
        .count()
        .get_result(tx.conn())?;
    let keys: i64 = vault_keys::table
        .filter(vault_keys::activity_id.eq(activity))
        .count()
        .get_result(tx.conn())?;
    let unlinked = unlinked::count(tx, activity)?;
    Ok(u64::try_from(boxes + unlinked + keys).unwrap_or_default())
}

/// What the notices of an activity name: hash of the notice, code of the purpose.
pub(super) fn told(tx: &mut Tx, activity: &str) -> Result<Vec<(Vec<u8>, String)>, db::Error> {
    Ok(told_purposes::table
        .filter(told_purposes::activity_id.eq(activity))
        .select((told_purposes::notice, told_purposes::purpose))
        .load(tx.conn())?)
}

pub(super) fn insert_told(
    tx: &mut Tx,
    activity: &str,
    notice: &Hash,
    purpose: &str,
) -> Result<(), db::Error> {
    let row = (
        told_purposes::activity_id.eq(activity),
        told_purposes::notice.eq(notice.0.as_slice()),
        told_purposes::purpose.eq(purpose),
    );
    diesel::insert_into(told_purposes::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}
