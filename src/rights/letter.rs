//! What is written: the person's request and the library's answer, sealed to the key of a quarter.
//!
//! Invariant: a letter is readable for answering the request and for the person, and for nothing
//! else; when the key of its quarter is destroyed, it is gone in every copy.
//!
//! Not here: which key belongs to which day ([`super::clock`]).

use crate::audit::Actor;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids;
use crate::vault::{
    self, Email, OpenedParticulars, Particulars, Phone, PublicKeys, RecordedInScope, RequestText,
    RightsReply, ScopeBox, Vault,
};

use super::{Error, Request, clock};

/// Longest request, in characters as a person counts them.
pub const LONGEST: usize = 2_000;
/// Longest answer.
pub const LONGEST_ANSWER: usize = 4_000;

/// What a person wrote, and where the answer can be announced.
pub struct Letter<'a> {
    /// The text.
    pub text: &'a str,
    /// An e-mail address, if given.
    pub email: Option<&'a str>,
    /// A telephone number, if given.
    pub phone: Option<&'a str>,
}

/// A sealed letter with the place it goes to.
#[derive(Clone)]
pub struct SealedLetter {
    pub(super) scope: String,
    pub(super) item: String,
    pub(super) keys: PublicKeys,
    pub(super) sealed: Vec<u8>,
}

/// Seals a letter of a person that comes at `now`.
pub fn seal(vault: &Vault, now: Timestamp, letter: &Letter) -> Result<SealedLetter, Error> {
    let mut written = Particulars::new().with(&RequestText::new(letter.text));
    if let Some(email) = letter.email {
        written = written.with(&Email::new(email));
    }
    if let Some(phone) = letter.phone {
        written = written.with(&Phone::new(phone));
    }
    sealed(vault, clock::scope_of(now), &written)
}

/// Seals the answer to a request, to the key of the request.
pub fn seal_answer(vault: &Vault, request: &Request, text: &str) -> Result<SealedLetter, Error> {
    let written = Particulars::new().with(&RequestText::new(text));
    sealed(vault, request.scope.clone(), &written)
}

fn sealed(vault: &Vault, scope: String, written: &Particulars) -> Result<SealedLetter, Error> {
    let keys = vault.create_scope(&scope)?;
    let item = ids::code(20);
    Ok(SealedLetter {
        sealed: vault::seal_to_scope(&keys, &scope, &item, written)?,
        scope,
        item,
        keys,
    })
}

/// A letter whose opening is on record.
pub type Recorded = RecordedInScope<RightsReply>;
/// A letter, open.
pub type Opened = OpenedParticulars<RightsReply>;

/// Writes down that the letter of a request, or its answer, will be opened by somebody.
///
/// # Errors
/// [`Error::Gone`] where there is no such letter any more.
pub fn record(tx: &mut Tx, by: &Actor, request: &Request, item: &str) -> Result<Recorded, Error> {
    let found = vault::sealed(tx, &request.scope, item)?.ok_or(Error::Gone)?;
    let boxes = vec![ScopeBox {
        item: found.item,
        sealed: found.sealed,
    }];
    let reason = request.id.as_str();
    Ok(vault::record_in_scope(
        tx,
        by,
        reason,
        &request.scope,
        boxes,
    )?)
}

/// Opens what was recorded.
///
/// # Errors
/// [`Error::Gone`] once the key is destroyed.
pub fn open(vault: &Vault, recorded: Recorded) -> Result<Opened, Error> {
    let mut opened = match vault.open_scope(recorded) {
        Err(vault::Error::Refused(vault::Refusal::NoKey)) => return Err(Error::Gone),
        opened => opened?,
    };
    let first = opened.pop().ok_or(Error::Gone)?;
    first.map_err(|refusal| vault::Error::from(refusal).into())
}
