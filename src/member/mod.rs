//! Members: people of the public who made themselves an account.
//!
//! Invariant: nobody needs one; without it everything works but what an activity keeps for members.
//! An account begins by a link in a mail to its address, and what a form answers does not tell
//! whether an address is known. The address is sealed to a key that only the vault has, a passphrase
//! is kept as its Argon2id hash and a session as the hash of its token, so that a copy of the
//! database names nobody and lets nobody in. What a member keeps of entries is sealed together and
//! named by no row of an entry. Nothing that a member does is in the record of acts: it tells what
//! staff do.
//!
//! Not here: staff ([`crate::account`], whose passphrases, tokens and sessions are used here); who
//! may enter an activity (`activity::eligibility`).

use lucky_draw::encode::Hash;

use crate::account::passphrase::PassphraseHash;
use crate::account::{self};
use crate::audit;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::platform::openid;
use crate::platform::templates::TemplateError;
use crate::platform::text::Language;
use crate::vault::{self, SealedAddress};

pub mod asking;
pub mod elsewhere;
pub mod factor;
pub mod guard;
pub mod jobs;
pub mod letters;
pub mod own;
pub mod pages;
pub mod policy_news;
mod post;
pub mod receipts;
pub mod session;
pub mod sign_in;
mod store;
pub mod terms;
pub mod tokens;
mod wire;
mod words;

text_id!(
    /// Names a member; in no link, on no page, and in no row of an entry.
    MemberId,
    16
);

/// A member as the row says it.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The address, sealed.
    pub address: SealedAddress,
    /// The language of letters.
    pub language: Language,
    /// The passphrase, as it is kept.
    pub passphrase: PassphraseHash,
    /// The hash of the words agreed to.
    pub terms: Hash,
    /// In which hour.
    pub made_at: Timestamp,
}

/// How many of these addresses are members', given as their tags ([`crate::vault::Vault::tag_member`]),
/// each once.
pub fn count_among(tx: &mut Tx, tags: &[Hash]) -> Result<u64, Error> {
    Ok(store::members::count_among(tx, tags)?)
}

/// Why something of an account could not be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such account, asking or letter (any more).
    #[error("no such part of an account")]
    Unknown,
    /// Another account has the address.
    #[error("the address has an account")]
    Taken,
    /// The same row was stored or changed meanwhile.
    #[error("the same row was stored meanwhile")]
    Twice,
    /// The account keeps as many receipts as one can.
    #[error("the account keeps no more receipts")]
    Full,
    /// The account is locked after wrong tries.
    #[error("the account is locked for now")]
    Locked,
    /// A provider elsewhere has made sure of no address.
    #[error("the provider has no verified address")]
    NoAddress,
    /// The address that a provider elsewhere tells has an account of its own.
    #[error("the address of the provider has an account")]
    AddressKnown,
    /// Another account is linked to the same person of the provider.
    #[error("another account is linked")]
    OtherLink,
    /// Without the link nothing would let the owner in.
    #[error("the link is the only way in")]
    OnlyWay,
    /// A provider elsewhere.
    #[error(transparent)]
    OpenId(#[from] openid::Error),
    /// The page needs somebody who is signed in.
    #[error("needs a member who is signed in")]
    SignInFirst,
    /// Passphrases and sessions.
    #[error(transparent)]
    Account(#[from] account::Error),
    /// The words of a letter.
    #[error(transparent)]
    Words(#[from] TemplateError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::Gone,
            Error::Taken
            | Error::Twice
            | Error::Full
            | Error::AddressKnown
            | Error::OtherLink
            | Error::OnlyWay => Kind::Conflict,
            Error::SignInFirst | Error::Locked | Error::NoAddress => Kind::Forbidden,
            Error::OpenId(error) => error.kind(),
            Error::Account(error) => error.kind(),
            Error::Words(_) => Kind::Broken,
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "member.unknown",
            Error::Taken => "member.taken",
            Error::Twice => "member.twice",
            Error::Full => "member.full",
            Error::Locked => "member.locked",
            Error::NoAddress => "member.no_address",
            Error::AddressKnown => "member.address_known",
            Error::OtherLink => "member.other_link",
            Error::OnlyWay => "member.only_way",
            Error::OpenId(error) => error.code(),
            Error::SignInFirst => "member.sign_in_first",
            Error::Account(error) => error.code(),
            Error::Words(_) => "member.words",
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}
