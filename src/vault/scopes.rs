//! Keys that belong to no activity: of a quarter's requests, of a month's letters, of a year's tax
//! rows, of one hold.
//!
//! Invariant: the name of a scope begins with `_`, so that it is never the name of an activity; a
//! box of a scope opens for the purposes of that scope's prefix and for no other. A scope is
//! destroyed like an activity ([`Vault::erase`]).
//!
//! Not here: which rows there are (`rights`, `custody`), when a scope ends (their jobs).

use lucky_draw::encode::Hash;

use super::access::{OfAScope, Purpose};
use super::disclosing::ScopeBox;
use super::particulars::Particulars;
use super::wire::{Refusal, Reply, Request};
use super::{Error, PublicKeys, Vault, crypt, freeze, purpose, store};
use crate::audit::{self, Act, Actor};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

/// A scope as the database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeKey {
    /// Its name, such as `_requests-2026Q4`.
    pub scope: String,
    /// When its key was made.
    pub created_at: Timestamp,
    /// When its key was destroyed.
    pub erased_at: Option<Timestamp>,
}

impl Vault {
    /// Makes the key of a scope; the same key again when called again.
    pub fn create_scope(&self, scope: &str) -> Result<PublicKeys, Error> {
        let scope = scope.to_owned();
        match self.ask(Request::CreateScope { scope })? {
            Reply::Keys {
                notify, answers, ..
            } => Ok(PublicKeys { notify, answers }),
            _ => Err(Error::Answer),
        }
    }

    /// The tag of a person within a scope, such as of a payee within a year; no tag of an activity
    /// is equal to it.
    pub fn tag_in_scope(&self, scope: &str, subject: &str) -> Result<Hash, Error> {
        if !scope.starts_with('_') {
            return Err(Refusal::Name.into());
        }
        self.tag(scope, subject)
    }
}

/// Seals particulars to a scope: from here on only the keeper can read them, for the purposes of the
/// scope. Refuses fields that none of those purposes reads.
pub fn seal_to_scope(
    public: &PublicKeys,
    scope: &str,
    item: &str,
    particulars: &Particulars,
) -> Result<Vec<u8>, Error> {
    let fields = particulars.fields();
    let of_scope = purpose::ALL
        .iter()
        .filter(|facts| facts.of.scope().is_some_and(|name| scope.starts_with(name)));
    let read: Vec<_> = of_scope.flat_map(|facts| facts.reads).copied().collect();
    if fields != fields.and(&read) {
        return Err(Refusal::Purpose.into());
    }
    let binding = crypt::Binding {
        activity: scope,
        item,
        tag: None,
        notice: None,
    };
    let plain = particulars.encode();
    crypt::seal(
        &public.notify,
        crypt::Scope::Notify,
        &binding,
        fields,
        &plain,
    )
    .ok_or(Error::NoPublicKeys)
}

/// Stores the public key of a scope; nothing happens where it is stored already.
pub fn keep_scope(tx: &mut Tx, scope: &str, keys: &PublicKeys) -> Result<(), Error> {
    if store::find_scope(tx, scope)?.is_none() {
        store::insert_scope(tx, scope, keys)?;
    }
    Ok(())
}

/// The public key of a scope; none where it was never made or is destroyed.
pub fn scope_keys(tx: &mut Tx, scope: &str) -> Result<Option<PublicKeys>, Error> {
    Ok(store::find_scope(tx, scope)?)
}

/// Every scope that there ever was, by name.
pub fn scopes(tx: &mut Tx) -> Result<Vec<ScopeKey>, Error> {
    Ok(store::list_scopes(tx)?)
}

/// Writes down that the key of a scope is destroyed, and removes its rows; tells how many.
pub fn scope_erased(tx: &mut Tx, scope: &str) -> Result<usize, Error> {
    store::end_scope(tx, scope)?;
    Ok(store::erase_all(tx, scope)?)
}

/// Boxes of a scope whose opening for the purpose `P` is on record.
pub struct RecordedInScope<P: OfAScope> {
    pub(super) scope: String,
    pub(super) boxes: Vec<ScopeBox>,
    purpose: std::marker::PhantomData<P>,
}

/// Writes one audit line for each box of a scope that will be opened.
pub fn record_in_scope<P: OfAScope>(
    tx: &mut Tx,
    actor: &Actor,
    reason: &str,
    scope: &str,
    boxes: Vec<ScopeBox>,
) -> Result<RecordedInScope<P>, Error> {
    freeze::check(tx, actor)?;
    for one in &boxes {
        let object = format!("{} {scope}", one.item);
        let act = Act {
            actor,
            act: "vault.opened_kept",
            activity: "",
            object: &object,
            purpose: <P as Purpose>::FACTS.code,
            reason,
        };
        audit::record(tx, &act)?;
    }
    Ok(RecordedInScope {
        scope: scope.to_owned(),
        boxes,
        purpose: std::marker::PhantomData,
    })
}
