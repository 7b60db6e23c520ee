//! SQL of the vault: public keys and sealed boxes, nothing that can be read.
//!
//! Not here: keys that open them, which are no table's business.

use diesel::prelude::*;

use lucky_draw::encode::Hash;

use super::{Count, ItemKind, PublicKeys, Sealed};
use crate::platform::db::schema::retention::told_purposes;
use crate::platform::db::schema::{vault_items, vault_keys};
use crate::platform::db::{self, Tx};

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

pub(super) fn insert(
    tx: &mut Tx,
    activity: &str,
    item: &str,
    kind: ItemKind,
    sealed: &[u8],
    own_copy: Option<&[u8]>,
) -> Result<(), db::Error> {
    let row = (
        vault_items::activity_id.eq(activity),
        vault_items::id.eq(item),
        vault_items::key_scope.eq(kind.code()),
        vault_items::sealed.eq(sealed),
        vault_items::own_copy.eq(own_copy),
    );
    diesel::insert_into(vault_items::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
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

/// All boxes of one kind, in the order of their random ids.
pub(super) fn list(tx: &mut Tx, activity: &str, kind: ItemKind) -> Result<Vec<Sealed>, db::Error> {
    let rows: Vec<(String, Vec<u8>, Option<Vec<u8>>)> = vault_items::table
        .filter(vault_items::activity_id.eq(activity))
        .filter(vault_items::key_scope.eq(kind.code()))
        .order(vault_items::id)
        .select((vault_items::id, vault_items::sealed, vault_items::own_copy))
        .load(tx.conn())?;
    let sealed = rows.into_iter().map(|(item, sealed, own_copy)| Sealed {
        item,
        sealed,
        own_copy,
    });
    Ok(sealed.collect())
}

pub(super) fn count(tx: &mut Tx, activity: &str) -> Result<Count, db::Error> {
    let mut of = |kind: ItemKind| -> Result<i64, db::Error> {
        let rows = vault_items::table
            .filter(vault_items::activity_id.eq(activity))
            .filter(vault_items::key_scope.eq(kind.code()));
        Ok(rows.count().get_result(tx.conn())?)
    };
    Ok(Count {
        contacts: of(ItemKind::Contact)?,
        answers: of(ItemKind::Answers)?,
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
