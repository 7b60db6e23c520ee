//! All SQL of accounts, sessions and one-time links.

pub(super) mod factors;
pub(super) mod openid;
pub(super) mod passkeys;

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::name::StaffName;
use super::passphrase::PassphraseHash;
use super::session::Opened;
use super::sign_in::Expected;
use super::token::TokenHash;
use super::{Account, Error, Reach, Role, StaffId, Standing};
use crate::branch::BranchId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::{grants, setup_links, staff, staff_sessions};
use crate::platform::db::{self, Tx};

/// The branch of a grant that is for the whole library.
const EVERYWHERE: &str = "";

/// What decides about a try to sign in.
pub(super) struct Tries {
    pub(super) failures: i64,
    pub(super) locked_until: Timestamp,
    pub(super) disabled: bool,
    pub(super) passphrase: PassphraseHash,
}

#[derive(Queryable)]
struct Row {
    id: String,
    name: String,
    passphrase_hash: String,
    _failures: i64,
    locked_until: i64,
    disabled: bool,
    created_at: i64,
}

/// What the grants of an account say together.
#[derive(Default)]
struct Granted {
    roles: Vec<Role>,
    /// Empty where they are for the whole library.
    branches: BTreeSet<BranchId>,
}

impl Granted {
    fn add(&mut self, role: &str, branch: String) {
        let role = Role::of_code(role).filter(|role| !self.roles.contains(role));
        self.roles.extend(role);
        if branch != EVERYWHERE {
            self.branches.insert(BranchId(branch));
        }
    }
}

impl Row {
    /// `linked`: whether its owner comes in by a provider elsewhere.
    fn account(self, granted: Granted, linked: bool) -> Account {
        let has_no_way_in = self.passphrase_hash.is_empty() && !linked;
        let standing = match (self.disabled, has_no_way_in) {
            (true, _) => Standing::Disabled,
            (false, true) => Standing::Invited,
            (false, false) => Standing::Active,
        };
        Account {
            id: StaffId(self.id),
            name: self.name,
            roles: granted.roles,
            reach: Reach::of(granted.branches),
            created_at: Timestamp(self.created_at),
            locked_until: Timestamp(self.locked_until),
            standing,
        }
    }
}

pub(super) fn insert(
    tx: &mut Tx,
    id: &StaffId,
    name: &StaffName,
    passphrase: &PassphraseHash,
) -> Result<(), Error> {
    let now = tx.now();
    diesel::insert_into(staff::table)
        .values((
            staff::id.eq(id.as_str()),
            staff::name.eq(name.as_str()),
            staff::passphrase_hash.eq(&passphrase.0),
            staff::failures.eq(0),
            staff::locked_until.eq(0),
            staff::disabled.eq(false),
            staff::created_at.eq(now.0),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::NameTaken))?;
    Ok(())
}

/// Every account, by name.
pub(super) fn list(tx: &mut Tx) -> Result<Vec<Account>, db::Error> {
    let rows: Vec<Row> = staff::table.order(staff::name).load(tx.conn())?;
    let rows_of_grants: Vec<(String, String, String)> = grants::table
        .select((grants::staff_id, grants::role, grants::branch))
        .order((grants::role, grants::branch))
        .load(tx.conn())?;
    let mut granted: HashMap<String, Granted> = HashMap::new();
    for (staff, role, branch) in rows_of_grants {
        granted.entry(staff).or_default().add(&role, branch);
    }
    let linked = openid::all(tx)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let own = granted.remove(&row.id).unwrap_or_default();
            let linked = linked.contains(&row.id);
            row.account(own, linked)
        })
        .collect())
}

pub(super) fn find(tx: &mut Tx, id: &StaffId) -> Result<Option<Account>, db::Error> {
    let row: Option<Row> = staff::table
        .filter(staff::id.eq(id.as_str()))
        .first(tx.conn())
        .optional()?;
    let Some(row) = row else {
        return Ok(None);
    };
    let rows: Vec<(String, String)> = grants::table
        .filter(grants::staff_id.eq(id.as_str()))
        .select((grants::role, grants::branch))
        .order((grants::role, grants::branch))
        .load(tx.conn())?;
    let mut granted = Granted::default();
    for (role, branch) in rows {
        granted.add(&role, branch);
    }
    let linked = row.passphrase_hash.is_empty() && openid::find(tx, id)?.is_some();
    Ok(Some(row.account(granted, linked)))
}

pub(super) fn expected(tx: &mut Tx, name: &StaffName) -> Result<Option<Expected>, db::Error> {
    let found: Option<(String, String)> = staff::table
        .filter(staff::name.eq(name.as_str()))
        .select((staff::id, staff::passphrase_hash))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(id, hash)| Expected {
        staff: StaffId(id),
        passphrase: PassphraseHash(hash),
    }))
}

pub(super) fn expected_of(tx: &mut Tx, id: &StaffId) -> Result<Option<Expected>, db::Error> {
    Ok(tries(tx, id)?.map(|tries| Expected {
        staff: id.clone(),
        passphrase: tries.passphrase,
    }))
}

pub(super) fn tries(tx: &mut Tx, id: &StaffId) -> Result<Option<Tries>, db::Error> {
    let found: Option<(i64, i64, bool, String)> = staff::table
        .filter(staff::id.eq(id.as_str()))
        .select((
            staff::failures,
            staff::locked_until,
            staff::disabled,
            staff::passphrase_hash,
        ))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(failures, locked_until, disabled, hash)| Tries {
        failures,
        locked_until: Timestamp(locked_until),
        disabled,
        passphrase: PassphraseHash(hash),
    }))
}

pub(super) fn set_failures(
    tx: &mut Tx,
    id: &StaffId,
    failures: i64,
    locked_until: Timestamp,
) -> Result<(), db::Error> {
    diesel::update(staff::table.filter(staff::id.eq(id.as_str())))
        .set((
            staff::failures.eq(failures),
            staff::locked_until.eq(locked_until.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Sets a passphrase and forgets failed tries.
pub(super) fn set_passphrase(
    tx: &mut Tx,
    id: &StaffId,
    passphrase: &PassphraseHash,
) -> Result<(), db::Error> {
    diesel::update(staff::table.filter(staff::id.eq(id.as_str())))
        .set((
            staff::passphrase_hash.eq(&passphrase.0),
            staff::failures.eq(0),
            staff::locked_until.eq(0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn set_disabled(tx: &mut Tx, id: &StaffId, disabled: bool) -> Result<(), db::Error> {
    diesel::update(staff::table.filter(staff::id.eq(id.as_str())))
        .set(staff::disabled.eq(disabled))
        .execute(tx.conn())?;
    Ok(())
}

/// One row for each role and branch.
pub(super) fn replace_grants(
    tx: &mut Tx,
    id: &StaffId,
    roles: &[Role],
    reach: &Reach,
) -> Result<(), db::Error> {
    diesel::delete(grants::table.filter(grants::staff_id.eq(id.as_str()))).execute(tx.conn())?;
    let branches: Vec<&str> = match reach {
        Reach::Library => vec![EVERYWHERE],
        Reach::Branches(own) => own.iter().map(BranchId::as_str).collect(),
    };
    for role in Role::ALL.into_iter().filter(|role| roles.contains(role)) {
        for branch in &branches {
            diesel::insert_into(grants::table)
                .values((
                    grants::staff_id.eq(id.as_str()),
                    grants::role.eq(role.code()),
                    grants::branch.eq(branch),
                ))
                .execute(tx.conn())?;
        }
    }
    Ok(())
}

pub(super) fn insert_session(
    tx: &mut Tx,
    token: &TokenHash,
    id: &StaffId,
    (opened_at, ends_at): (Timestamp, Timestamp),
    second: bool,
) -> Result<(), db::Error> {
    diesel::insert_into(staff_sessions::table)
        .values((
            staff_sessions::token_hash.eq(&token.0),
            staff_sessions::staff_id.eq(id.as_str()),
            staff_sessions::opened_at.eq(opened_at.0),
            staff_sessions::seen_at.eq(opened_at.0),
            staff_sessions::ends_at.eq(ends_at.0),
            staff_sessions::second.eq(second),
            staff_sessions::proved_at.eq(opened_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// What is kept of a session beside its times of opening and ending.
pub(super) struct Running {
    pub(super) staff: StaffId,
    pub(super) seen_at: Timestamp,
    pub(super) second: bool,
    pub(super) proved_at: Timestamp,
}

/// The running session of a token.
pub(super) fn session(
    tx: &mut Tx,
    token: &TokenHash,
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<Option<Running>, db::Error> {
    let found: Option<(String, i64, bool, i64)> = staff_sessions::table
        .filter(staff_sessions::token_hash.eq(&token.0))
        .filter(staff_sessions::ends_at.gt(now.0))
        .filter(staff_sessions::seen_at.gt(seen_after.0))
        .select((
            staff_sessions::staff_id,
            staff_sessions::seen_at,
            staff_sessions::second,
            staff_sessions::proved_at,
        ))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(staff, seen_at, second, proved_at)| Running {
        staff: StaffId(staff),
        seen_at: Timestamp(seen_at),
        second,
        proved_at: Timestamp(proved_at),
    }))
}

/// The running sessions of an account, the newest first.
pub(super) fn sessions(
    tx: &mut Tx,
    id: &StaffId,
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<Vec<Opened>, db::Error> {
    let rows: Vec<(Vec<u8>, i64, i64)> = staff_sessions::table
        .filter(staff_sessions::staff_id.eq(id.as_str()))
        .filter(staff_sessions::ends_at.gt(now.0))
        .filter(staff_sessions::seen_at.gt(seen_after.0))
        .select((
            staff_sessions::token_hash,
            staff_sessions::opened_at,
            staff_sessions::seen_at,
        ))
        .order(staff_sessions::opened_at.desc())
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(token, opened_at, seen_at)| Opened {
            token: TokenHash(token),
            opened_at: Timestamp(opened_at),
            seen_at: Timestamp(seen_at),
        })
        .collect())
}

pub(super) fn set_seen(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<(), db::Error> {
    diesel::update(staff_sessions::table.filter(staff_sessions::token_hash.eq(&token.0)))
        .set(staff_sessions::seen_at.eq(now.0))
        .execute(tx.conn())?;
    Ok(())
}

/// Gives a session another token, and writes down when its owner proved who it is.
pub(super) fn renew_session(
    tx: &mut Tx,
    token: &TokenHash,
    fresh: &TokenHash,
    proved_at: Timestamp,
) -> Result<(), db::Error> {
    diesel::update(staff_sessions::table.filter(staff_sessions::token_hash.eq(&token.0)))
        .set((
            staff_sessions::token_hash.eq(&fresh.0),
            staff_sessions::proved_at.eq(proved_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn end_session(tx: &mut Tx, token: &TokenHash) -> Result<(), db::Error> {
    diesel::delete(staff_sessions::table.filter(staff_sessions::token_hash.eq(&token.0)))
        .execute(tx.conn())?;
    Ok(())
}

/// Ends the sessions of an account, all or all but one.
pub(super) fn end_sessions(
    tx: &mut Tx,
    id: &StaffId,
    except: Option<&TokenHash>,
) -> Result<(), db::Error> {
    // No token hashes to nothing, so the empty one spares none.
    let except = except.map_or(&[][..], |token| token.0.as_slice());
    diesel::delete(
        staff_sessions::table
            .filter(staff_sessions::staff_id.eq(id.as_str()))
            .filter(staff_sessions::token_hash.ne(except)),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Removes sessions that ended by themselves.
pub(super) fn drop_ended_sessions(
    tx: &mut Tx,
    now: Timestamp,
    seen_after: Timestamp,
) -> Result<(), db::Error> {
    diesel::delete(staff_sessions::table.filter(staff_sessions::ends_at.le(now.0)))
        .execute(tx.conn())?;
    diesel::delete(staff_sessions::table.filter(staff_sessions::seen_at.le(seen_after.0)))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn insert_link(
    tx: &mut Tx,
    token: &TokenHash,
    staff: Option<&StaffId>,
    ends_at: Timestamp,
) -> Result<(), db::Error> {
    diesel::insert_into(setup_links::table)
        .values((
            setup_links::token_hash.eq(&token.0),
            setup_links::staff_id.eq(staff.map(StaffId::as_str)),
            setup_links::ends_at.eq(ends_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The account of a link that still works; inside, nothing stands for the first admin.
pub(super) fn link(
    tx: &mut Tx,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<Option<StaffId>>, db::Error> {
    let found: Option<Option<String>> = setup_links::table
        .filter(setup_links::token_hash.eq(&token.0))
        .filter(setup_links::ends_at.gt(now.0))
        .select(setup_links::staff_id)
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|staff| staff.map(StaffId)))
}

/// Removes the links of an account, or those for the first admin.
pub(super) fn drop_links(tx: &mut Tx, staff: Option<&StaffId>) -> Result<(), db::Error> {
    match staff {
        Some(staff) => diesel::delete(
            setup_links::table.filter(setup_links::staff_id.eq(Some(staff.as_str()))),
        )
        .execute(tx.conn())?,
        None => diesel::delete(setup_links::table.filter(setup_links::staff_id.is_null()))
            .execute(tx.conn())?,
    };
    Ok(())
}
