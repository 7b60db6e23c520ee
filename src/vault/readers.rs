//! Addresses of people who are written to until they leave, subscribers and members; and of people
//! who get one letter before they enter.
//!
//! Invariant: a row holds a box that only the vault opens and a tag that only the vault computes; a
//! tag of one scope says nothing about the same address in another.
//!
//! Not here: letters to them (`news_letter`).

use lucky_draw::encode::Hash;
use zeroize::Zeroizing;

use super::access::{ENTERING, MEMBERS, SUBSCRIBERS};
use super::field::Email;
use super::particulars::Particulars;
use super::{Error, PublicKeys, Vault, keep_scope, seal_to_scope};
use crate::identity::email::Email as Typed;
use crate::platform::db::Tx;
use crate::platform::ids;

/// An address as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedAddress {
    /// By what it is found again; only the vault can compute it.
    pub tag: Hash,
    /// The name of the box.
    pub item: String,
    /// The box.
    pub sealed: Vec<u8>,
}

/// An address on its way into the database, with the key to which it is sealed.
#[derive(Clone)]
pub struct NewAddress {
    /// As it will be kept.
    pub address: SealedAddress,
    /// The key.
    pub keys: PublicKeys,
    scope: &'static str,
}

impl NewAddress {
    /// Keeps the public key beside the row that will hold the box.
    pub fn keep(&self, tx: &mut Tx) -> Result<SealedAddress, Error> {
        keep_scope(tx, self.scope, &self.keys)?;
        Ok(self.address.clone())
    }
}

impl Vault {
    /// Seals the address of a subscriber, outside any transaction.
    pub fn seal_subscriber(&self, typed: &Typed) -> Result<NewAddress, Error> {
        self.seal_address(SUBSCRIBERS, typed)
    }

    /// Seals the address of a member, outside any transaction.
    pub fn seal_member(&self, typed: &Typed) -> Result<NewAddress, Error> {
        self.seal_address(MEMBERS, typed)
    }

    /// Seals the address of somebody who waits for a link to enter; no row keeps it.
    pub fn seal_entering(&self, typed: &Typed) -> Result<NewAddress, Error> {
        self.seal_address(ENTERING, typed)
    }

    /// By what a subscriber of this address would be found.
    pub fn tag_subscriber(&self, typed: &Typed) -> Result<Hash, Error> {
        self.create_scope(SUBSCRIBERS)?;
        self.tag_in_scope(SUBSCRIBERS, &subject(typed))
    }

    /// By what a member with this address would be found.
    pub fn tag_member(&self, typed: &Typed) -> Result<Hash, Error> {
        self.create_scope(MEMBERS)?;
        self.tag_in_scope(MEMBERS, &subject(typed))
    }

    fn seal_address(&self, scope: &'static str, typed: &Typed) -> Result<NewAddress, Error> {
        let keys = self.create_scope(scope)?;
        let item = ids::code(20);
        let written = Particulars::new().with(&Email::new(typed.address().as_str()));
        Ok(NewAddress {
            address: SealedAddress {
                tag: self.tag_in_scope(scope, &subject(typed))?,
                sealed: seal_to_scope(&keys, scope, &item, &written)?,
                item,
            },
            keys,
            scope,
        })
    }
}

/// One mailbox, however its letters are written.
fn subject(typed: &Typed) -> Zeroizing<String> {
    Zeroizing::new(format!("email:{}", typed.address().to_ascii_lowercase()))
}
