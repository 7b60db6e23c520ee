//! What people were told that their contacts are opened for: a purpose that their notice does not
//! name opens nothing of theirs (clause T26).
//!
//! Invariant: the list of a notice is written once, with the notice. A purpose that stands on
//! consent is checked against it before the opening is recorded.
//!
//! Not here: the words (`policy`), and purposes that stand on the law itself.

use lucky_draw::encode::Hash;

use super::access::{LegalBasis, Purpose};
use super::{Error, purpose, store};
use crate::platform::db::Tx;

/// What notices named before their lists were kept.
const BEFORE_LISTS: [&str; 5] = [
    "winner-notice",
    "winner-call",
    "winner-export",
    "prize-handover",
    "live-reveal",
];

/// Every purpose that stands on consent, so that a notice has to name it first.
pub fn on_consent() -> impl Iterator<Item = &'static str> {
    let all = purpose::ALL.iter();
    all.filter(|purpose| purpose.basis == LegalBasis::Consent)
        .map(|purpose| purpose.code)
}

/// Writes down for which purposes the notice of this hash says that contacts are opened.
pub fn tell<'a>(
    tx: &mut Tx,
    activity: &str,
    notice: &Hash,
    purposes: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    for purpose in purposes {
        store::insert_told(tx, activity, notice, purpose)?;
    }
    Ok(())
}

/// Whether the people who read the notice of this hash were told of the purpose `P`.
pub(super) fn check<P: Purpose>(tx: &mut Tx, activity: &str, notice: &Hash) -> Result<(), Error> {
    if P::FACTS.basis != LegalBasis::Consent {
        return Ok(());
    }
    let told = store::told(tx, activity)?;
    let is_told = match told.is_empty() {
        true => BEFORE_LISTS.contains(&P::FACTS.code),
        false => told
            .iter()
            .any(|(of, purpose)| of == notice.0.as_slice() && purpose == P::FACTS.code),
    };
    is_told.then_some(()).ok_or(Error::NotTold)
}
