//! Two of three librarians: L_A, which the contacts of an activity need beside the activity's key.
//!
//! Invariant: L_A is on no disk. It is split when it is made (Shamir, two of three) and wiped; the key
//! folder keeps its public key and the hashes of the shares, which tell a share from a slip of the
//! pen and open nothing. Put together it lives in this process's memory until somebody locks it, the
//! key is destroyed, or the process ends (`docs/decisions` 0018).
//!
//! Not here: how a share looks on paper (`shares`), who are librarians (`account`).

use std::collections::HashMap;

use blahaj::{Share, Sharks};
use lucky_draw::encode::{Hash, encode, sha256};
use zeroize::Zeroizing;

use super::super::crypt::{ActivitySecret, Scope};
use super::super::disk::{self, PAGE};
use super::super::keys::{Key, shares_name};
use super::super::shares::SHARES_TOGETHER;
use super::super::wire::{Lock, Private, Refusal, Reply};
use super::{Keeper, checked, scope, storage};
use crate::platform::ids;

const SHARES: usize = 3;
const NEEDED: u8 = 2;
const MAGIC: &[u8; 16] = b"fairdraw-shares1";

/// Shares and whole keys that are in memory, by activity.
#[derive(Default)]
pub(super) struct Unlocked {
    halves: HashMap<String, Half>,
    whole: HashMap<String, Key>,
}

struct Half {
    share: Private,
    by: String,
    at: i64,
}

impl Half {
    fn waits(&self, now: i64) -> bool {
        (0..SHARES_TOGETHER).contains(&now.saturating_sub(self.at))
    }
}

impl Unlocked {
    pub(super) fn forget(&mut self, activity: &str) {
        self.halves.remove(activity);
        self.whole.remove(activity);
    }
}

/// What the key folder knows about the shares of an activity.
struct Known {
    notify: [u8; 32],
    hashes: [Hash; SHARES],
}

impl Keeper {
    /// Splits a new L_A; the shares leave once, in this answer.
    pub(super) fn create_shares(&self, activity: &str) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        if scope::is_scope(name) {
            return Err(Refusal::Name);
        }
        self.was_never_erased(name)?;
        let secret = ActivitySecret {
            activity,
            secret: self.keys().obtain(name).map_err(storage)?,
            librarians: ids::secret(),
        };
        let dealer = Sharks(NEEDED);
        let shares: Vec<Private> = dealer
            .dealer(secret.librarians.as_slice())
            .take(SHARES)
            .map(|share| Private(Vec::from(&share)))
            .collect();
        let notify = secret.public(Scope::Notify);
        let page = page(activity, &notify, &shares);
        let keys = self.keys();
        disk::destroy(keys.folder(), &shares_name(name)).map_err(|e| storage(e.into()))?;
        disk::create(keys.folder(), &shares_name(name), &page).map_err(|e| storage(e.into()))?;
        drop(keys);
        self.unlocked().forget(activity);
        Ok(Reply::Shares {
            shares,
            notify,
            answers: secret.public(Scope::Answers),
        })
    }

    pub(super) fn drop_shares(&self, activity: &str) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        let keys = self.keys();
        disk::destroy(keys.folder(), &shares_name(name)).map_err(|e| storage(e.into()))?;
        drop(keys);
        self.unlocked().forget(activity);
        self.create(name)
    }

    /// Takes one share, and opens with the second one if it is another librarian's.
    pub(super) fn unlock(
        &self,
        activity: &str,
        share: Private,
        by: String,
        now: i64,
    ) -> Result<Reply, Refusal> {
        let known = self.known_shares(activity)?.ok_or(Refusal::NotAShare)?;
        if !known.hashes.contains(&share_hash(activity, &share.0)) {
            return Err(Refusal::NotAShare);
        }
        let mut unlocked = self.unlocked();
        if unlocked.whole.contains_key(activity) {
            return Ok(Reply::Lock(Lock::Open));
        }
        let first = unlocked.halves.get(activity);
        let first = first.filter(|half| half.waits(now));
        let another = first.filter(|half| half.by != by && half.share.0 != share.0);
        let Some(first) = another else {
            let half = Half { share, by, at: now };
            unlocked.halves.insert(activity.to_owned(), half);
            return Ok(Reply::Lock(Lock::Half));
        };
        let librarians = joined(&first.share.0, &share.0)?;
        let secret = self.secret(activity)?;
        let secret = ActivitySecret {
            librarians,
            ..secret
        };
        if secret.public(Scope::Notify) != known.notify {
            return Err(Refusal::Broken);
        }
        unlocked.halves.remove(activity);
        unlocked
            .whole
            .insert(activity.to_owned(), secret.librarians);
        Ok(Reply::Lock(Lock::Open))
    }

    pub(super) fn lock(&self, activity: &str) -> Result<Reply, Refusal> {
        self.unlocked().forget(checked(activity)?);
        self.how_locked(activity, 0)
    }

    pub(super) fn how_locked(&self, activity: &str, now: i64) -> Result<Reply, Refusal> {
        if self.known_shares(activity)?.is_none() {
            return Ok(Reply::Lock(Lock::None));
        }
        let unlocked = self.unlocked();
        let half = unlocked.halves.get(activity);
        Ok(Reply::Lock(if unlocked.whole.contains_key(activity) {
            Lock::Open
        } else if half.is_some_and(|half| half.waits(now)) {
            Lock::Half
        } else {
            Lock::Locked
        }))
    }

    /// The secret with which contacts open: with L_A where there are librarians.
    pub(super) fn opening_secret<'a>(
        &self,
        activity: &'a str,
    ) -> Result<ActivitySecret<'a>, Refusal> {
        let secret = self.secret(activity)?;
        if self.known_shares(activity)?.is_none() {
            return Ok(secret);
        }
        let unlocked = self.unlocked();
        let librarians = unlocked.whole.get(activity).ok_or(Refusal::Locked)?;
        Ok(ActivitySecret {
            librarians: librarians.clone(),
            ..secret
        })
    }

    /// The public key of contacts where librarians have shares; it cannot be computed without them.
    pub(super) fn shared_public(&self, activity: &str) -> Result<Option<[u8; 32]>, Refusal> {
        Ok(self.known_shares(activity)?.map(|known| known.notify))
    }

    fn known_shares(&self, activity: &str) -> Result<Option<Known>, Refusal> {
        let name = shares_name(checked(activity)?);
        let keys = self.keys();
        let page = disk::read(keys.folder(), &name).map_err(|e| storage(e.into()))?;
        page.map(|page| read(activity, &page).ok_or(Refusal::Broken))
            .transpose()
    }
}

/// Puts two shares together.
fn joined(one: &[u8], other: &[u8]) -> Result<Key, Refusal> {
    let share = |bytes: &[u8]| Share::try_from(bytes).map_err(|_| Refusal::NotAShare);
    let shares = [share(one)?, share(other)?];
    let joined = Sharks(NEEDED).recover(&shares);
    let joined = Zeroizing::new(joined.map_err(|_| Refusal::NotAShare)?);
    let key = <[u8; 32]>::try_from(joined.as_slice()).map_err(|_| Refusal::NotAShare)?;
    Ok(Zeroizing::new(key))
}

fn share_hash(activity: &str, share: &[u8]) -> Hash {
    sha256(&encode("fairdraw/1/share", &[activity.as_bytes(), share]))
}

/// Magic, public key, the hashes of the shares, and the hash of all of it; random bytes behind.
fn page(activity: &str, notify: &[u8; 32], shares: &[Private]) -> [u8; PAGE] {
    let mut record = [MAGIC.as_slice(), notify].concat();
    for share in shares {
        record.extend_from_slice(share_hash(activity, &share.0).as_bytes());
    }
    let check = sha256(&record);
    record.extend_from_slice(check.as_bytes());
    let mut page = ids::random::<PAGE>();
    page[..record.len()].copy_from_slice(&record);
    page
}

fn read(activity: &str, page: &[u8]) -> Option<Known> {
    let (magic, rest) = page.split_first_chunk::<16>()?;
    let (notify, mut rest) = rest.split_first_chunk::<32>()?;
    let mut hashes = [Hash([0; 32]); SHARES];
    for hash in &mut hashes {
        let (bytes, behind) = rest.split_first_chunk::<32>()?;
        (*hash, rest) = (Hash(*bytes), behind);
    }
    let length = page.len() - rest.len();
    let intact = magic == MAGIC && rest.get(..32)? == sha256(page.get(..length)?).as_bytes();
    if !intact {
        tracing::error!(activity, "the page of the librarians' shares is damaged");
    }
    intact.then_some(Known {
        notify: *notify,
        hashes,
    })
}
