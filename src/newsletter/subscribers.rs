//! Subscribing, confirming, choosing, moving to another address, leaving.
//!
//! Invariant: a row becomes active by the link in a mail to its address and by nothing else: its own
//! link, or the one by which its owner made an account. The
//! answer to a form is the same whether the address is known or not. A person gets at most
//! [`LETTERS_A_DAY`] letters about the subscription in a day, whoever asks for them.
//!
//! Not here: what the letters say ([`super::words`]), sending ([`super::post`]).

use lucky_draw::encode::Hash;

use crate::identity::email::Email as Typed;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::{self, Tx};
use crate::platform::ids::{self, text_id};
use crate::platform::text::Language;
use crate::policy::general;
use crate::vault::Vault;
pub use crate::vault::{NewAddress, SealedAddress};

use super::consent::{self, Consent};
use super::letters::{self, LetterKind};
use super::{Error, TopicId, jobs, store};

text_id!(
    /// Names a subscriber; in no link and on no page.
    SubscriberId,
    16
);

/// Letters about a subscription that one address gets in a day at most.
pub const LETTERS_A_DAY: i64 = 3;
/// So often in a row may the mail server say that there is no such address.
pub const REFUSALS: i64 = 3;
/// How long a row waits for its link; a little longer than the link is good, because a letter may
/// be late.
const UNCONFIRMED_LIFE: i64 = 2 * DAY;

/// A subscriber as the row says it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Its id.
    pub id: SubscriberId,
    /// The address, sealed.
    pub address: SealedAddress,
    /// What the person's links name.
    pub access: String,
    /// The language of letters.
    pub language: Language,
    /// Whether the address was confirmed.
    pub is_active: bool,
    /// The hash of the words agreed to.
    pub consent: Hash,
    /// In which hour.
    pub agreed_at: Timestamp,
    /// In which hour the link was used.
    pub confirmed_at: Option<Timestamp>,
    /// How often in a row the mail server refused the address.
    pub refusals: i64,
    /// The version of the general policy that was in force when the words were agreed to.
    pub policy: i64,
}

/// A new address of a subscriber that waits for its link.
#[derive(Clone)]
pub(super) struct Move {
    pub(super) subscriber: SubscriberId,
    pub(super) code: String,
    pub(super) address: SealedAddress,
    pub(super) asked_at: Timestamp,
}

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppressed {
    /// Its owner left.
    Left,
    /// Its owner has another address now.
    Moved,
    /// The mail server says that there is no such address.
    Refused,
}

impl Suppressed {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Suppressed::Left => "left",
            Suppressed::Moved => "moved",
            Suppressed::Refused => "refused",
        }
    }
}

/// What a person chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Topics that are offered; at least one.
    pub topics: Vec<TopicId>,
    /// The language of letters.
    pub language: Language,
}

/// Seals an address that a person typed, outside any transaction.
pub fn seal(vault: &Vault, typed: &Typed) -> Result<NewAddress, Error> {
    Ok(vault.seal_subscriber(typed)?)
}

/// Takes a form. An unknown address gets the letter with the link; one that is subscribed gets a
/// letter that says so; whoever sent the form hears the same.
pub fn ask(tx: &mut Tx, new: &NewAddress, choice: &Choice, consent: &Consent) -> Result<(), Error> {
    let address = new.keep(tx)?;
    jobs::ensure_sweep(tx)?;
    let known = match store::subscribers::by_tag(tx, &address.tag)? {
        Some(known) if known.is_active => {
            return letters::write(tx, LetterKind::Already, &known);
        }
        known => known,
    };
    // The same person, or somebody else, asked before; the link goes to the address either way.
    let (id, access) = match known {
        Some(known) => (known.id, known.access),
        None => (SubscriberId::fresh(), ids::code(24)),
    };
    let fresh = Subscriber {
        id,
        access,
        address,
        language: choice.language,
        is_active: false,
        consent: consent::keep(tx, consent)?,
        agreed_at: tx.now().hour(),
        confirmed_at: None,
        refusals: 0,
        policy: general::in_force(tx)?,
    };
    store::subscribers::put(tx, &fresh)?;
    store::subscribers::set_topics(tx, &fresh.id, &choice.topics)?;
    letters::write(tx, LetterKind::Confirm, &fresh)
}

/// The subscription of an address by its tag, where its owner is a subscriber.
pub fn of_address(tx: &mut Tx, tag: &Hash) -> Result<Option<(Subscriber, Vec<TopicId>)>, Error> {
    let found = store::subscribers::by_tag(tx, tag)?.filter(|found| found.is_active);
    match found {
        Some(found) => {
            let topics = store::subscribers::topics(tx, &found.id)?;
            Ok(Some((found, topics)))
        }
        None => Ok(None),
    }
}

/// Subscribes an address whose owner is signed in with it: that a link in a mail to it was used is
/// what made the account. One that is subscribed already stays as it is.
pub fn begin(
    tx: &mut Tx,
    new: &NewAddress,
    choice: &Choice,
    consent: &Consent,
) -> Result<(), Error> {
    let address = new.keep(tx)?;
    jobs::ensure_sweep(tx)?;
    let known = store::subscribers::by_tag(tx, &address.tag)?;
    if known.as_ref().is_some_and(|known| known.is_active) {
        return Ok(());
    }
    let now = tx.now().hour();
    let fresh = Subscriber {
        id: known.map_or_else(SubscriberId::fresh, |known| known.id),
        access: ids::code(24),
        address,
        language: choice.language,
        is_active: true,
        consent: consent::keep(tx, consent)?,
        agreed_at: now,
        confirmed_at: Some(now),
        refusals: 0,
        policy: general::in_force(tx)?,
    };
    store::subscribers::put(tx, &fresh)?;
    store::subscribers::set_topics(tx, &fresh.id, &choice.topics)?;
    Ok(store::subscribers::allow(tx, &fresh.address.tag)?)
}

/// The subscriber of a link, confirmed or not.
pub fn find(tx: &mut Tx, access: &str) -> Result<Option<(Subscriber, Vec<TopicId>)>, Error> {
    let Some(found) = store::subscribers::by_access(tx, access)? else {
        return Ok(None);
    };
    let topics = store::subscribers::topics(tx, &found.id)?;
    Ok(Some((found, topics)))
}

/// The person used the link: from now on issues are sent. A second time is the same.
///
/// # Errors
/// [`Error::Unknown`] where the subscription is gone.
pub fn confirm(tx: &mut Tx, access: &str) -> Result<Subscriber, Error> {
    let found = store::subscribers::by_access(tx, access)?.ok_or(Error::Unknown)?;
    if found.is_active {
        return Ok(found);
    }
    let active = Subscriber {
        is_active: true,
        confirmed_at: Some(tx.now().hour()),
        ..found
    };
    store::subscribers::put(tx, &active)?;
    store::subscribers::allow(tx, &active.address.tag)?;
    Ok(active)
}

/// Changes topics and language.
pub fn choose(tx: &mut Tx, access: &str, choice: &Choice) -> Result<(), Error> {
    let found = store::subscribers::by_access(tx, access)?.ok_or(Error::Unknown)?;
    store::subscribers::set_topics(tx, &found.id, &choice.topics)?;
    let changed = Subscriber {
        language: choice.language,
        ..found
    };
    store::subscribers::put(tx, &changed)
}

/// Asks for another address: its link decides. Where the new one is subscribed by itself its owner
/// is told, and nothing changes.
pub fn ask_to_move(tx: &mut Tx, access: &str, new: &NewAddress) -> Result<(), Error> {
    let found = store::subscribers::by_access(tx, access)?.ok_or(Error::Unknown)?;
    let address = new.keep(tx)?;
    match store::subscribers::by_tag(tx, &address.tag)? {
        Some(same) if same.id == found.id => return Ok(()),
        Some(other) if other.is_active => {
            return letters::write(tx, LetterKind::Already, &other);
        }
        _ => {}
    }
    let asked = Move {
        subscriber: found.id.clone(),
        code: ids::code(24),
        address: address.clone(),
        asked_at: tx.now().hour(),
    };
    store::subscribers::put_move(tx, &asked)?;
    let to = Subscriber { address, ..found };
    letters::write(tx, LetterKind::Move, &to)
}

/// Whether a link to a new address still leads to something.
pub fn is_moving(tx: &mut Tx, code: &str) -> Result<bool, Error> {
    Ok(store::subscribers::find_move(tx, code)?.is_some())
}

/// The link in the new mailbox was used: the address changes, old links end, and the old address
/// is told and then never written to.
///
/// # Errors
/// [`Error::Taken`] where the new address was subscribed meanwhile; [`Error::Unknown`].
pub fn confirm_move(tx: &mut Tx, code: &str) -> Result<Subscriber, Error> {
    let asked = store::subscribers::find_move(tx, code)?.ok_or(Error::Unknown)?;
    let found = store::subscribers::by_id(tx, &asked.subscriber)?.ok_or(Error::Unknown)?;
    match store::subscribers::by_tag(tx, &asked.address.tag)? {
        Some(other) if other.is_active => return Err(Error::Taken),
        // Somebody began to subscribe there and did not go on.
        Some(other) => delete(tx, &other)?,
        None => {}
    }
    letters::write(tx, LetterKind::Moved, &found)?;
    store::subscribers::suppress(tx, &found.address.tag, Suppressed::Moved)?;
    let moved = Subscriber {
        address: asked.address,
        access: ids::code(24),
        refusals: 0,
        ..found
    };
    store::subscribers::put(tx, &moved)?;
    store::subscribers::allow(tx, &moved.address.tag)?;
    store::subscribers::drop_move(tx, &moved.id)?;
    db::tidy::wanted(tx)?;
    Ok(moved)
}

/// The person leaves: the row goes, letters that wait go, and the address is never written to
/// again. A second time, or with a link of somebody who is gone, is the same.
pub fn leave(tx: &mut Tx, access: &str) -> Result<(), Error> {
    match store::subscribers::by_access(tx, access)? {
        Some(found) => remove(tx, &found, Suppressed::Left),
        None => Ok(()),
    }
}

/// Deletes a subscriber and keeps only what says that nothing is sent there.
pub(super) fn remove(tx: &mut Tx, found: &Subscriber, why: Suppressed) -> Result<(), Error> {
    store::subscribers::suppress(tx, &found.address.tag, why)?;
    delete(tx, found)
}

fn delete(tx: &mut Tx, found: &Subscriber) -> Result<(), Error> {
    store::letters::untie(tx, &found.id)?;
    store::subscribers::delete(tx, &found.id)?;
    Ok(db::tidy::wanted(tx)?)
}

/// Whether nothing is sent to this address.
pub fn is_suppressed(tx: &mut Tx, tag: &Hash) -> Result<bool, Error> {
    Ok(store::subscribers::is_suppressed(tx, tag)?)
}

/// How many people get the newsletter.
pub fn count(tx: &mut Tx) -> Result<i64, Error> {
    Ok(store::subscribers::count(tx)?)
}

/// Removes rows whose link was never used, and new addresses that were never confirmed.
pub(super) fn sweep(tx: &mut Tx) -> Result<(), Error> {
    let before = tx.now().plus(-UNCONFIRMED_LIFE);
    for old in store::subscribers::unconfirmed(tx, before)? {
        delete(tx, &old)?;
    }
    if store::subscribers::drop_old_moves(tx, before)? > 0 {
        db::tidy::wanted(tx)?;
    }
    Ok(())
}
