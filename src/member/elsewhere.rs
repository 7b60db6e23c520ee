//! Coming in by a provider elsewhere, such as the library cards' own.
//!
//! Invariant: an account is found by a keyed tag of the provider and of who somebody is there, never
//! by an address. Whoever comes the first time makes an account by agreeing to the same words as
//! everybody, with an address of which the provider has made sure; an address that has an account is
//! its owner's, who links it after signing in. A second step that a member set up is asked for, unless
//! the provider asked for two factors. A link is not taken away where nothing else lets its owner in.
//!
//! Not here: the conversation with the provider ([`crate::platform::openid`]).

use data_encoding::HEXLOWER;
use lucky_draw::encode::Hash;
use zeroize::Zeroizing;

use crate::account::elsewhere::{self, Known, Linked};
use crate::account::passphrase::PassphraseHash;
use crate::account::token::TokenHash;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::openid::{self, Person, Trip};
use crate::platform::text::Language;
use crate::vault::{MEMBERS, NewAddress, Vault};

use super::factor::Half;
use super::letters::{self, Change};
use super::receipts::Empty;
use super::session::Session;
use super::terms::{self, Terms};
use super::{Error, Member, MemberId, session, store};

/// What somebody set out for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// To sign in.
    SignIn,
    /// The same beside a page on which a form waits.
    SignInBeside,
    /// To link the own account.
    Link(MemberId),
}

/// Somebody who is on the way: what the browser keeps.
#[derive(Clone)]
pub struct Journey {
    /// The conversation with the provider.
    pub trip: Trip,
    /// What for.
    pub aim: Aim,
    /// Where to afterwards; empty for the own page.
    pub next: String,
}

/// Somebody without an account, who may make one.
#[derive(Clone)]
pub struct Newcomer {
    /// Who it is at the provider.
    pub known: Known,
    /// The address that the provider has made sure of.
    pub email: Zeroizing<String>,
}

/// How somebody was met.
pub enum Met {
    /// Signed in.
    In,
    /// A second step comes next.
    Half(Half),
    /// There is no account yet.
    Nobody,
}

/// Begin the words of members, so that those of staff are none.
const MEMBER: &str = "member-elsewhere";
const NEWCOMER: &str = "member-newcomer";

impl Aim {
    fn words(&self) -> (&'static str, &str) {
        match self {
            Aim::SignIn => ("sign-in", "-"),
            Aim::SignInBeside => ("beside", "-"),
            Aim::Link(member) => ("link", member.as_str()),
        }
    }

    fn read(word: &str, whose: &str) -> Option<Aim> {
        Some(match word {
            "sign-in" => Aim::SignIn,
            "beside" => Aim::SignInBeside,
            "link" => Aim::Link(MemberId::from(whose)),
            _ => return None,
        })
    }
}

impl Journey {
    /// As the browser keeps it.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let (aim, whose) = self.aim.words();
        let trip = self.trip.words();
        let words = format!("{MEMBER} {} {aim} {whose} {}", *trip, self.next);
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
        if words.next() != Some(MEMBER) {
            return None;
        }
        Some(Journey {
            trip: Trip::read(&mut words)?,
            aim: Aim::read(words.next()?, words.next()?)?,
            next: words.next()?.to_owned(),
        })
    }
}

impl Newcomer {
    /// As the page carries it on which somebody agrees.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let (known, email) = (&self.known, self.email.as_str());
        let tag = HEXLOWER.encode(known.tag.as_bytes());
        let words = Zeroizing::new(format!("{NEWCOMER} {} {tag} {email}", known.issuer));
        Ok(vault.soon().seal_token(words.as_bytes(), now).await?)
    }

    /// Reads what the page brought back.
    pub async fn open(vault: &Vault, now: Timestamp, sealed: &str) -> Result<Newcomer, Error> {
        let words = opened(vault, now, sealed).await?;
        Newcomer::read(&words).ok_or(Error::OpenId(openid::Error::Strayed))
    }

    fn read(words: &str) -> Option<Newcomer> {
        let mut words = words.split(' ');
        if words.next() != Some(NEWCOMER) {
            return None;
        }
        let issuer = words.next()?.to_owned();
        let tag = HEXLOWER.decode(words.next()?.as_bytes()).ok()?;
        let known = Known {
            issuer,
            tag: Hash(tag.try_into().ok()?),
            with_two_factors: false,
        };
        let email = Zeroizing::new(words.next()?.to_owned());
        Some(Newcomer { known, email })
    }
}

async fn opened(vault: &Vault, now: Timestamp, sealed: &str) -> Result<Zeroizing<String>, Error> {
    let words = elsewhere::opened(vault, now, sealed).await;
    words.map_err(|error| match error {
        crate::account::Error::OpenId(error) => Error::OpenId(error),
        error => Error::Account(error),
    })
}

/// The member whom the provider means.
pub async fn known(vault: &Vault, person: &Person) -> Result<Known, Error> {
    Ok(Known {
        issuer: person.issuer.clone(),
        tag: elsewhere::tag(vault, MEMBERS, person).await?,
        with_two_factors: person.with_two_factors,
    })
}

/// How an account is linked.
pub fn linked(tx: &mut Tx, member: &MemberId) -> Result<Option<Linked>, Error> {
    Ok(store::openid::find(tx, member)?)
}

/// Lets in whoever is linked, in the place of the browser's earlier session.
///
/// # Errors
/// [`Error::Locked`].
pub fn sign_in(
    tx: &mut Tx,
    known: &Known,
    session: &TokenHash,
    earlier: Option<&TokenHash>,
) -> Result<Met, Error> {
    let now = tx.now();
    let Some(member) = store::openid::by_tag(tx, &known.tag)? else {
        return Ok(Met::Nobody);
    };
    let tries = store::members::tries(tx, &member)?.ok_or(Error::Unknown)?;
    if tries.locked_until > now {
        return Err(Error::Locked);
    }
    let has_step = store::factors::find(tx, &member)?.is_some();
    if has_step && !known.with_two_factors {
        return Ok(Met::Half(Half {
            member,
            passphrase: tries.passphrase.fingerprint(),
        }));
    }
    session::open(tx, &member, session, earlier)?;
    Ok(Met::In)
}

/// The account of a newcomer begins, signed in and without a passphrase.
///
/// # Errors
/// [`Error::AddressKnown`]; [`Error::OtherLink`] where it has begun meanwhile and asks for more.
pub fn begin(
    tx: &mut Tx,
    (known, new): (&Known, &NewAddress),
    language: Language,
    (words, empty): (&Terms, &Empty),
    (session, earlier): (&TokenHash, Option<&TokenHash>),
) -> Result<(), Error> {
    let address = new.keep(tx)?;
    if store::openid::by_tag(tx, &known.tag)?.is_some() {
        // The form was sent twice: the first began the account.
        return match sign_in(tx, known, session, earlier)? {
            Met::In => Ok(()),
            Met::Half(_) | Met::Nobody => Err(Error::OtherLink),
        };
    }
    if store::members::by_tag(tx, &address.tag)?.is_some() {
        return Err(Error::AddressKnown);
    }
    let member = Member {
        id: MemberId::fresh(),
        address,
        language,
        passphrase: PassphraseHash::none(),
        terms: terms::keep(tx, words)?,
        made_at: tx.now().hour(),
    };
    store::members::insert(tx, &member)?;
    store::receipts::insert(tx, &member.id, empty)?;
    store::openid::keep(tx, &member.id, known)?;
    store::askings::drop_of_tag(tx, &member.address.tag)?;
    super::jobs::ensure_sweep(tx)?;
    session::open(tx, &member.id, session, earlier)
}

/// Links the account of whoever is signed in.
pub fn link(tx: &mut Tx, own: &Session, known: &Known) -> Result<(), Error> {
    session::goes_on(tx, own)?;
    store::openid::keep(tx, &own.member, known)?;
    let member = super::own::find(tx, &own.member)?;
    letters::tell(tx, &member, Change::Linked)
}

/// Takes the link of whoever is signed in away.
///
/// # Errors
/// [`Error::OnlyWay`] where the account has no passphrase.
pub fn unlink(tx: &mut Tx, own: &Session) -> Result<(), Error> {
    session::goes_on(tx, own)?;
    let member = super::own::find(tx, &own.member)?;
    if member.passphrase.is_none() {
        return Err(Error::OnlyWay);
    }
    store::openid::delete(tx, &own.member)?;
    letters::tell(tx, &member, Change::Unlinked)?;
    Ok(db::tidy::wanted(tx)?)
}

/// Whether an address has an account.
pub fn is_known(tx: &mut Tx, address: &Hash) -> Result<bool, Error> {
    Ok(store::members::by_tag(tx, address)?.is_some())
}
