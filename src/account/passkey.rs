//! Passkeys of staff: in the place of the telephone's code, where the browser offers them.
//!
//! Invariant: a passkey stands beside the telephone and never instead of it, so that whoever loses
//! it still has the code and the recovery codes. Its row is sealed by the vault for its account, so
//! that nobody who writes into the database comes in by an own one. What was asked travels through
//! the page, sealed, for the very sign-in or session it was asked for; it names how often each
//! passkey had been used, and the transaction that takes an answer counts one up, so that an answer
//! counts once.
//!
//! Not here: signatures, origins and counters ([`crate::platform::passkey`]).

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::factor::{self, Typed};
use super::session::Session;
use super::{Error, StaffId, note, store};
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
use crate::platform::ids;
use crate::platform::passkey::{Key, Question, Refused, RelyingParty};
use crate::vault::{self, Vault};

/// So many an account may have.
pub const MOST: usize = 5;
/// Most characters of the name that its owner gives it.
pub const LONGEST_NAME: usize = 40;

/// Begin the words of what was asked, so that the one is never the other.
const ASKED: &str = "staff-passkey-asked";
const MAKING: &str = "staff-passkey-making";

ids::text_id!(
    /// Identifies a passkey on the page of its owner.
    PasskeyId,
    16
);

/// A passkey as it is kept.
#[derive(Clone)]
pub struct Kept {
    /// Which one.
    pub(super) id: PasskeyId,
    /// Name and public key, as only the vault opens them.
    pub(super) sealed: Vec<u8>,
    /// The hash of the credential's id.
    pub(super) tag: Vec<u8>,
    /// How often it was used.
    pub(super) uses: i64,
    /// When it was made.
    pub(super) added_at: Timestamp,
    /// When it was last used.
    pub(super) used_at: Option<Timestamp>,
}

/// A passkey as its owner sees it.
pub struct Own {
    /// Which one.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub added_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
    key: Key,
    uses: i64,
}

/// What a page asks the browser.
pub struct Asked {
    /// For `navigator.credentials`, as JSON.
    pub options: String,
    /// What the answer is compared with, sealed.
    pub sealed: String,
}

/// An answer that fits what was asked, before the transaction that takes it.
#[derive(Clone)]
pub struct Answered {
    /// Of which passkey.
    pub(super) id: PasskeyId,
    /// How often it had been used when it was asked.
    pub(super) uses: i64,
    /// The same with its counter moved on.
    pub(super) sealed: Vec<u8>,
}

/// A new passkey.
pub struct Made {
    /// The hash of the credential's id.
    pub(super) tag: Vec<u8>,
    /// Name and public key, sealed.
    pub(super) sealed: Vec<u8>,
}

/// For what an answer is: this half sign-in or this session, and no other.
pub struct Occasion(String);

impl Occasion {
    /// A sign-in of which the first step is done, as its page carries it.
    pub fn half(sealed: &str) -> Occasion {
        Occasion::of("half", sealed.as_bytes())
    }

    /// A session.
    pub fn session(own: &Session) -> Occasion {
        Occasion::of("session", own.token.kept())
    }

    fn of(kind: &str, bytes: &[u8]) -> Occasion {
        let hash = Sha256::new()
            .chain_update(kind)
            .chain_update(" ")
            .chain_update(bytes);
        Occasion(HEXLOWER.encode(&hash.finalize()))
    }
}

/// The passkeys of an account, the eldest first.
pub async fn list(db: &Db, vault: &Vault, staff: &StaffId) -> Result<Vec<Own>, Error> {
    let mut list = Vec::new();
    for kept in rows(db, staff).await? {
        let Some((name, key)) = open(vault, staff, &kept).await? else {
            continue;
        };
        list.push(Own {
            id: kept.id,
            name,
            added_at: kept.added_at,
            used_at: kept.used_at,
            key,
            uses: kept.uses,
        });
    }
    Ok(list)
}

/// Asks for one of the passkeys of an account; nothing where it has none.
pub async fn ask(
    db: &Db,
    vault: &Vault,
    party: &RelyingParty,
    staff: &StaffId,
    occasion: &Occasion,
) -> Result<Option<Asked>, Error> {
    let own = list(db, vault, staff).await?;
    if own.is_empty() {
        return Ok(None);
    }
    let uses: Vec<String> = own
        .iter()
        .map(|one| format!("{}:{}", one.id, one.uses))
        .collect();
    let keys: Vec<Key> = own.into_iter().map(|one| one.key).collect();
    let question = party.ask(&keys).map_err(|Refused| Error::NoPasskeysHere)?;
    let words = Zeroizing::new(format!(
        "{ASKED} {staff} {} {} {}",
        occasion.0,
        uses.join(","),
        question.kept.as_str()
    ));
    seal(db, vault, question, &words).await.map(Some)
}

/// Compares an answer with what was asked of this account on this occasion; nothing is taken yet.
pub async fn compare(
    db: &Db,
    vault: &Vault,
    party: &RelyingParty,
    (staff, occasion): (&StaffId, &Occasion),
    (asked, answer): (&str, &str),
) -> Result<Typed, Error> {
    let words = match factor::open(vault, db.clock().now(), asked).await {
        // It lay too long, or is none of ours.
        Err(Error::StepGone) => return Ok(Typed::Nothing),
        words => words?,
    };
    let mut parts = words.splitn(5, ' ');
    let mut part = || parts.next().unwrap_or_default();
    if (part(), part(), part()) != (ASKED, staff.as_str(), occasion.0.as_str()) {
        return Ok(Typed::Nothing);
    }
    let (uses, kept) = (part(), part());
    let Ok(answer) = party.answered(kept, answer) else {
        return Ok(Typed::Nothing);
    };
    let rows = rows(db, staff).await?;
    let Some(row) = rows.into_iter().find(|row| row.tag == answer.tag()) else {
        return Ok(Typed::Nothing);
    };
    let Some((name, mut key)) = open(vault, staff, &row).await? else {
        return Ok(Typed::Nothing);
    };
    key.note(&answer);
    let asked_at = uses.split(',').find_map(|one| {
        let (id, uses) = one.split_once(':')?;
        (id == row.id.as_str()).then(|| uses.parse().ok())?
    });
    let Some(uses) = asked_at else {
        return Ok(Typed::Nothing);
    };
    Ok(Typed::Passkey(Answered {
        sealed: sealed(vault, staff, &name, &key).await?,
        id: row.id,
        uses,
    }))
}

/// Asks for a new passkey of whoever is signed in.
///
/// # Errors
/// [`Error::PasskeysEnough`]; [`Error::NoFactor`] where no telephone is set up.
pub async fn ask_for_new(
    db: &Db,
    vault: &Vault,
    party: &RelyingParty,
    own: &Session,
) -> Result<Asked, Error> {
    let staff = own.staff.id.clone();
    db.read("find second step", move |tx| may_add(tx, &staff))
        .await?;
    let staff = &own.staff.id;
    let there = list(db, vault, staff).await?;
    let there: Vec<Key> = there.into_iter().map(|one| one.key).collect();
    let account = (staff.as_str(), own.staff.name.as_str());
    let question = party.ask_for_new(account, &there);
    let question = question.map_err(|Refused| Error::NoPasskeysHere)?;
    // Not of the session: it may have to be confirmed before the answer is taken, and then has
    // another token. What was made once is not made again.
    let words = Zeroizing::new(format!("{MAKING} {staff} {}", question.kept.as_str()));
    seal(db, vault, question, &words).await
}

/// Reads the answer to [`ask_for_new`]; `name` is what its owner calls it.
///
/// # Errors
/// [`Error::PasskeyNotMade`]; [`Error::StepGone`] where it was asked too long ago.
pub async fn made(
    db: &Db,
    vault: &Vault,
    party: &RelyingParty,
    own: &Session,
    (asked, answer, name): (&str, &str, &str),
) -> Result<Made, Error> {
    let words = factor::open(vault, db.clock().now(), asked).await?;
    let staff = &own.staff.id;
    let mut parts = words.splitn(3, ' ');
    let mut part = || parts.next().unwrap_or_default();
    if (part(), part()) != (MAKING, staff.as_str()) {
        return Err(Error::StepGone);
    }
    let key = party.made(part(), answer);
    let key = key.map_err(|Refused| Error::PasskeyNotMade)?;
    Ok(Made {
        tag: key.tag(),
        sealed: sealed(vault, staff, name, &key).await?,
    })
}

/// Keeps a new passkey of whoever is signed in.
///
/// # Errors
/// As [`ask_for_new`]; [`Error::PasskeyNotMade`] where it is kept already.
pub fn keep(tx: &mut Tx, own: &Session, made: &Made) -> Result<(), Error> {
    let staff = &own.staff.id;
    may_add(tx, staff)?;
    store::passkeys::insert(tx, staff, &PasskeyId::fresh(), made)?;
    note(tx, &own.staff.actor(), "staff.passkey_added", staff)
}

/// Removes a passkey of whoever is signed in, and ends the owner's other sessions: it may have been
/// lost with a device.
///
/// # Errors
/// [`Error::Unknown`].
pub fn remove(tx: &mut Tx, own: &Session, id: &PasskeyId) -> Result<(), Error> {
    let staff = &own.staff.id;
    if !store::passkeys::delete(tx, staff, id)? {
        return Err(Error::Unknown);
    }
    store::end_sessions(tx, staff, Some(&own.token))?;
    note(tx, &own.staff.actor(), "staff.passkey_removed", staff)
}

fn may_add(tx: &mut Tx, staff: &StaffId) -> Result<(), Error> {
    if factor::of(tx, staff)?.is_none() {
        return Err(Error::NoFactor);
    }
    match store::passkeys::list(tx, staff)?.len() {
        MOST.. => Err(Error::PasskeysEnough),
        _ => Ok(()),
    }
}

async fn rows(db: &Db, staff: &StaffId) -> Result<Vec<Kept>, Error> {
    let staff = staff.clone();
    let find = move |tx: &mut Tx<'_>| Ok::<_, Error>(store::passkeys::list(tx, &staff)?);
    db.read("find passkeys", find).await
}

async fn seal(db: &Db, vault: &Vault, question: Question, words: &str) -> Result<Asked, Error> {
    let now = db.clock().now();
    Ok(Asked {
        options: question.options,
        sealed: vault.soon().seal_token(words.as_bytes(), now).await?,
    })
}

/// Name and public key in one box: the name on the first line.
async fn sealed(vault: &Vault, staff: &StaffId, name: &str, key: &Key) -> Result<Vec<u8>, Error> {
    let key = key.text().map_err(|Refused| Error::PasskeyNotMade)?;
    let plain = Zeroizing::new(format!("{name}\n{}", key.as_str()));
    let sealed = vault.soon().seal_passkey(staff.as_str(), plain.as_bytes());
    Ok(sealed.await?)
}

/// Nothing where it does not open or cannot be read: the telephone's code goes on all the same.
async fn open(vault: &Vault, staff: &StaffId, kept: &Kept) -> Result<Option<(String, Key)>, Error> {
    let plain = vault.soon().open_passkey(staff.as_str(), &kept.sealed);
    let plain = match plain.await {
        Err(vault::Error::Refused(vault::Refusal::Broken)) => None,
        plain => Some(plain?),
    };
    let read = plain.and_then(|plain| {
        let (name, key) = std::str::from_utf8(&plain).ok()?.split_once('\n')?;
        Some((name.to_owned(), Key::parse(key).ok()?))
    });
    if read.is_none() {
        tracing::error!(%staff, "a passkey of this account does not open");
    }
    Ok(read)
}
