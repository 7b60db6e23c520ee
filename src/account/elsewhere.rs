//! Signing in by the provider of one's employer, such as the accounts of the city.
//!
//! Invariant: who somebody is there is kept as a keyed tag of provider and `sub`, and an account is
//! found by that alone, never by an e-mail address or a name; an account is linked by its owner, who
//! is signed in, or by the one-time link of an admin. A second step that the provider did not ask
//! for is asked for here. A link is not taken away where nothing else lets its owner in.
//!
//! Not here: the conversation with the provider ([`crate::platform::openid`]).

use lucky_draw::encode::Hash;
use zeroize::Zeroizing;

use super::factor::Half;
use super::passphrase::PassphraseHash;
use super::session::Session;
use super::setup::{self, Link};
use super::token::TokenHash;
use super::{Actor, Error, StaffId, note, session, store};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::openid::{self, Person, TRIP, Trip};
use crate::vault::{self, TokenError, Vault};

/// The vault's key under which people of the staff are known by a tag.
const SCOPE: &str = "_staff";

/// Somebody as the provider knows them.
#[derive(Clone)]
pub struct Known {
    /// The provider.
    pub issuer: String,
    /// Who it is there.
    pub tag: Hash,
    /// Whether the provider asked for two factors.
    pub with_two_factors: bool,
}

/// What the operator asks of whoever signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// One factor is enough.
    One,
    /// Two.
    Two,
}

/// A link of an account as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The provider.
    pub issuer: String,
    /// Since when.
    pub linked_at: Timestamp,
}

/// How a sign-in ended.
pub enum Outcome {
    /// Signed in.
    In,
    /// A second step of our own comes next.
    Half(Half),
}

/// What somebody set out for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// To sign in.
    SignIn,
    /// To sign in the first time, by the one-time link of this token.
    SetUp(String),
    /// To link the own account.
    Link(StaffId),
    /// To show once more who it is.
    Confirm(StaffId),
    /// The same beside a page on which a form waits.
    ConfirmBeside(StaffId),
}

/// Somebody who is on the way: what the browser keeps.
#[derive(Clone)]
pub struct Journey {
    /// The conversation with the provider.
    pub trip: Trip,
    /// What for.
    pub aim: Aim,
    /// Where to afterwards; empty for the usual.
    pub next: String,
}

/// Begins the words of staff, so that those of a member are none.
const STAFF: &str = "staff-elsewhere";

impl Aim {
    fn words(&self) -> (&'static str, &str) {
        match self {
            Aim::SignIn => ("sign-in", "-"),
            Aim::SetUp(token) => ("set-up", token),
            Aim::Link(staff) => ("link", staff.as_str()),
            Aim::Confirm(staff) => ("confirm", staff.as_str()),
            Aim::ConfirmBeside(staff) => ("beside", staff.as_str()),
        }
    }

    fn read(word: &str, whose: &str) -> Option<Aim> {
        Some(match word {
            "sign-in" => Aim::SignIn,
            "set-up" => Aim::SetUp(whose.to_owned()),
            "link" => Aim::Link(StaffId::from(whose)),
            "confirm" => Aim::Confirm(StaffId::from(whose)),
            "beside" => Aim::ConfirmBeside(StaffId::from(whose)),
            _ => return None,
        })
    }
}

impl Journey {
    /// As the browser keeps it.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let (aim, whose) = self.aim.words();
        let trip = self.trip.words();
        let words = format!("{STAFF} {} {aim} {whose} {}", *trip, self.next);
        let words = Zeroizing::new(words);
        Ok(vault.soon().seal_token(words.as_bytes(), now).await?)
    }

    /// Reads what the browser brought back.
    ///
    /// # Errors
    /// [`openid::Error::Strayed`] where it is none of ours, or too old.
    pub async fn open(vault: &Vault, now: Timestamp, sealed: &str) -> Result<Journey, Error> {
        let words = opened(vault, now, sealed).await?;
        Journey::read(&words).ok_or(Error::OpenId(openid::Error::Strayed))
    }

    fn read(words: &str) -> Option<Journey> {
        let mut words = words.split(' ');
        if words.next() != Some(STAFF) {
            return None;
        }
        Some(Journey {
            trip: Trip::read(&mut words)?,
            aim: Aim::read(words.next()?, words.next()?)?,
            next: words.next()?.to_owned(),
        })
    }
}

/// What the vault sealed for a browser that is on its way.
pub async fn opened(
    vault: &Vault,
    now: Timestamp,
    sealed: &str,
) -> Result<Zeroizing<String>, Error> {
    let plain = vault.soon().open_token(sealed, now, TRIP).await;
    let plain = plain.map_err(|error| match error {
        TokenError::Expired | TokenError::Broken => Error::OpenId(openid::Error::Strayed),
        TokenError::Unavailable => Error::Vault(vault::Error::from(vault::Refusal::Away)),
    })?;
    let words = std::str::from_utf8(&plain).map_err(|_| openid::Error::Strayed)?;
    Ok(Zeroizing::new(words.to_owned()))
}

/// The one of the staff whom the provider means.
pub async fn known(vault: &Vault, person: Person) -> Result<Known, Error> {
    let (with_two_factors, issuer) = (person.with_two_factors, person.issuer.clone());
    let tag = tag(vault, SCOPE, &person).await?;
    Ok(Known {
        issuer,
        tag,
        with_two_factors,
    })
}

/// By what somebody of a provider is found under one of the vault's keys.
pub async fn tag(vault: &Vault, scope: &'static str, person: &Person) -> Result<Hash, Error> {
    let vault = vault.clone();
    let (issuer, subject) = (person.issuer.clone(), person.subject.clone());
    let tagging = tokio::task::spawn_blocking(move || {
        vault.create_scope(scope)?;
        // No issuer has a blank in it.
        let subject = Zeroizing::new(format!("openid:{issuer} {}", subject.as_str()));
        vault.tag_in_scope(scope, &subject)
    });
    Ok(tagging.await.map_err(|_| Error::Busy)??)
}

/// How an account is linked.
pub fn linked(tx: &mut Tx, staff: &StaffId) -> Result<Option<Linked>, Error> {
    Ok(store::openid::find(tx, staff)?)
}

/// Whether the owner of an account can show here who it is: by a code or, where none is asked for,
/// by the passphrase.
pub fn has_own_proof(tx: &mut Tx, staff: &StaffId, need: Need) -> Result<bool, Error> {
    match need {
        Need::Two => Ok(super::factor::of(tx, staff)?.is_some()),
        Need::One => has_passphrase(tx, staff),
    }
}

/// Whether an account has a passphrase.
pub fn has_passphrase(tx: &mut Tx, staff: &StaffId) -> Result<bool, Error> {
    let tries = store::tries(tx, staff)?.ok_or(Error::Unknown)?;
    Ok(!tries.passphrase.is_none())
}

/// Lets in whoever is linked, in the place of the browser's earlier session.
///
/// # Errors
/// [`Error::NotLinked`]; [`Error::ShutElsewhere`] where the account is shut or locked.
pub fn sign_in(
    tx: &mut Tx,
    known: &Known,
    need: Need,
    session: &TokenHash,
    earlier: Option<&TokenHash>,
) -> Result<Outcome, Error> {
    let staff = store::openid::by_tag(tx, &known.tag)?.ok_or(Error::NotLinked)?;
    let tries = open_tries(tx, &staff)?;
    if need == Need::Two && !known.with_two_factors {
        return Ok(Outcome::Half(Half {
            staff,
            passphrase: tries.passphrase.fingerprint(),
        }));
    }
    if let Some(earlier) = earlier {
        store::end_session(tx, earlier)?;
    }
    session::open(tx, &staff, session, known.with_two_factors)?;
    let actor = Actor::Staff(staff.clone());
    note(tx, &actor, "staff.signed_in_elsewhere", &staff)?;
    Ok(Outcome::In)
}

/// Uses a one-time link up: its account is linked, and a passphrase of before is gone, as if another
/// had been set.
pub fn accept(tx: &mut Tx, token: &TokenHash, known: &Known) -> Result<(), Error> {
    let Link::For(staff, _) = setup::link(tx, token)? else {
        // The first admin comes in also when the provider does not.
        return Err(Error::LinkGone);
    };
    keep(tx, &staff, known)?;
    store::drop_links(tx, Some(&staff))?;
    store::set_passphrase(tx, &staff, &PassphraseHash::none())?;
    store::end_sessions(tx, &staff, None)?;
    note(tx, &Actor::Staff(staff.clone()), "staff.set_up", &staff)
}

/// Links the account of whoever is signed in.
pub fn link(tx: &mut Tx, own: &Session, known: &Known) -> Result<(), Error> {
    let staff = &own.staff.id;
    keep(tx, staff, known)?;
    note(tx, &own.staff.actor(), "staff.linked_elsewhere", staff)
}

/// Takes the link of whoever is signed in away.
///
/// # Errors
/// [`Error::OnlyWay`] where the account has no passphrase.
pub fn unlink(tx: &mut Tx, own: &Session) -> Result<(), Error> {
    let staff = &own.staff.id;
    if !has_passphrase(tx, staff)? {
        return Err(Error::OnlyWay);
    }
    store::openid::delete(tx, staff)?;
    note(tx, &own.staff.actor(), "staff.unlinked_elsewhere", staff)
}

/// Whoever is signed in has shown at the provider who it is; from here on the session has another
/// token.
///
/// # Errors
/// [`Error::OtherPerson`]; [`Error::OneFactor`] where two are needed and the provider asked for one.
pub fn confirm(
    tx: &mut Tx,
    own: &Session,
    known: &Known,
    need: Need,
    fresh: &TokenHash,
) -> Result<(), Error> {
    let staff = store::openid::by_tag(tx, &known.tag)?;
    if staff.as_ref() != Some(&own.staff.id) {
        return Err(Error::OtherPerson);
    }
    if need == Need::Two && !known.with_two_factors {
        return Err(Error::OneFactor);
    }
    open_tries(tx, &own.staff.id)?;
    session::prove(tx, own, fresh)
}

fn keep(tx: &mut Tx, staff: &StaffId, known: &Known) -> Result<(), Error> {
    store::openid::delete(tx, staff)?;
    store::openid::insert(tx, staff, known)
}

/// What decides about a try, of an account that is neither shut nor locked.
fn open_tries(tx: &mut Tx, staff: &StaffId) -> Result<store::Tries, Error> {
    let now = tx.now();
    let tries = store::tries(tx, staff)?;
    let open = tries.filter(|tries| !tries.disabled && tries.locked_until <= now);
    open.ok_or(Error::ShutElsewhere)
}
