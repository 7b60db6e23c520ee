//! The entrant's own copies: what only the receipt secret opens again.
//!
//! Invariant: a copy opens with the activity's key and the receipt secret together, for the entry it
//! was made for, and a copy of answers never as a copy of a contact.
//!
//! Not here: finding the entry (`entry`), the vault's rows (`store`).

use lucky_draw::ticket::Secret;
use zeroize::Zeroizing;

use super::access::{OpenedAnswers, OpenedContact};
use super::field::Contact;
use super::purpose::OwnCopy;
use super::wire::{Brief, CopyOf, Private, Refusal, Reply, Request};
use super::{Error, Vault};

/// What an own copy holds.
#[derive(Clone, Copy, Debug)]
pub enum OwnCopyOf<'a> {
    /// How the person can be reached.
    Contact(&'a Contact),
    /// The answers that belong to the entry, as JSON text.
    Answers(&'a [u8]),
}

impl OwnCopyOf<'_> {
    /// The question that seals it for an entry.
    pub(super) fn to_be_sealed(self, activity: &str, entry: &str, secret: &Secret) -> Brief {
        let (of, plain) = match self {
            OwnCopyOf::Contact(contact) => (CopyOf::Contact, contact.encode().to_vec()),
            OwnCopyOf::Answers(json) => (CopyOf::Answers, json.to_vec()),
        };
        Brief::SealOwnCopy {
            of,
            activity: activity.to_owned(),
            entry: entry.to_owned(),
            input: Private(secret.own_copy_input().0.to_vec()),
            plain: Private(plain),
        }
    }
}

impl Vault {
    /// Opens the entrant's own copy of a contact.
    pub fn open_own_copy(
        &self,
        activity: &str,
        entry: &str,
        secret: &Secret,
        sealed: &[u8],
    ) -> Result<OpenedContact<OwnCopy>, Error> {
        let plain = self.own_copy(CopyOf::Contact, activity, entry, secret, sealed)?;
        let contact = Contact::decode(&plain.0).ok_or(Refusal::Broken)?;
        Ok(OpenedContact::new(contact))
    }

    /// Opens the entrant's own copy of their answers.
    pub fn open_own_answers(
        &self,
        activity: &str,
        entry: &str,
        secret: &Secret,
        sealed: &[u8],
    ) -> Result<OpenedAnswers, Error> {
        let mut plain = self.own_copy(CopyOf::Answers, activity, entry, secret, sealed)?;
        let json = String::from_utf8(std::mem::take(&mut plain.0)).map_err(|_| Refusal::Broken)?;
        Ok(OpenedAnswers::new(entry.to_owned(), Zeroizing::new(json)))
    }

    fn own_copy(
        &self,
        of: CopyOf,
        activity: &str,
        entry: &str,
        secret: &Secret,
        sealed: &[u8],
    ) -> Result<Private, Error> {
        let request = Request::OpenOwnCopy {
            of,
            activity: activity.to_owned(),
            entry: entry.to_owned(),
            input: Private(secret.own_copy_input().0.to_vec()),
            sealed: sealed.to_vec(),
        };
        match self.ask(request)? {
            Reply::Opened(plain) => Ok(plain),
            _ => Err(Error::Answer),
        }
    }
}
