//! Times in which no member of staff opens personal data.
//!
//! Invariant: what is about to be opened asks in the transaction that puts the opening on record, so
//! a freeze holds in every process from its commit on. Letters that leave from inside the vault go
//! on, and so does everybody's own copy: nobody sees more by them.
//!
//! Not here: why there is one and who lifts it (`response`).

use super::{Error, store};
use crate::audit::Actor;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

/// Begins a freeze; `false` where there is one.
pub fn freeze(tx: &mut Tx) -> Result<bool, Error> {
    if frozen_since(tx)?.is_some() {
        return Ok(false);
    }
    store::freezes::begin(tx)?;
    Ok(true)
}

/// Ends it.
pub fn thaw(tx: &mut Tx) -> Result<(), Error> {
    Ok(store::freezes::end(tx)?)
}

/// Since when nothing is opened; nothing where it is.
pub fn frozen_since(tx: &mut Tx) -> Result<Option<Timestamp>, Error> {
    Ok(store::freezes::since(tx)?)
}

/// Refuses a member of staff while nothing is opened.
pub(super) fn check(tx: &mut Tx, actor: &Actor) -> Result<(), Error> {
    match (actor, frozen_since(tx)?) {
        (Actor::Staff(_), Some(_)) => Err(Error::Frozen),
        _ => Ok(()),
    }
}
