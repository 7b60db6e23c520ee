//! Calling one winner whom mail does not reach.
//!
//! Invariant: one person at a time, for a reason from a closed list, on record before it is
//! opened; the page shows the name masked, because a caller needs no more.

use lucky_draw::result::Slot;
use zeroize::Zeroizing;

use crate::audit::Actor;
use crate::draw::DrawId;
use crate::identity::mask;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::vault::{self, Name, Phone, Vault, WinnerCall, WinnerContact};

use super::{ClaimStage, Error, claims, post};

/// Why a winner is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallReason {
    /// The person left no e-mail address.
    NoAddress,
    /// The letter did not arrive, or nobody knows.
    NotDelivered,
    /// The letter arrived and nobody came.
    NoAnswer,
    /// The person asked to be called.
    Asked,
}

impl CallReason {
    /// Every reason.
    pub const ALL: [CallReason; 4] = [
        CallReason::NoAddress,
        CallReason::NotDelivered,
        CallReason::NoAnswer,
        CallReason::Asked,
    ];

    /// The word in the record and in forms.
    pub fn code(self) -> &'static str {
        match self {
            CallReason::NoAddress => "no-address",
            CallReason::NotDelivered => "not-delivered",
            CallReason::NoAnswer => "no-answer",
            CallReason::Asked => "asked",
        }
    }

    /// Reads [`CallReason::code`].
    pub fn parse(code: &str) -> Option<CallReason> {
        CallReason::ALL
            .into_iter()
            .find(|reason| reason.code() == code)
    }

    /// Its words.
    pub fn words(self, language: Language) -> String {
        let id = match self {
            CallReason::NoAddress => "notify-call-no-address",
            CallReason::NotDelivered => "notify-call-not-delivered",
            CallReason::NoAnswer => "notify-call-no-answer",
            CallReason::Asked => "notify-call-asked",
        };
        text::message(language, id, &[])
    }
}

/// Whom to call.
pub struct Callee {
    /// Masked.
    pub name: String,
    /// The whole number; none where the person left none.
    pub phone: Option<Zeroizing<String>>,
}

/// Writes down that a winner will be called, and opens name and telephone.
pub fn open(
    db: &Db,
    vault: &Vault,
    by: &Actor,
    draw: &DrawId,
    slot: &Slot,
    reason: CallReason,
) -> Result<Callee, Error> {
    let draw = db.read_now("read draw", |tx| claims::decided(tx, draw))?;
    let verified = post::verified(db, vault, &draw)?;
    let recorded = db.write_now("record call", |tx| -> Result<_, Error> {
        let claim = claims::of_slot(tx, &draw, slot)?;
        if claim.stage != ClaimStage::Held {
            return Err(Error::Moved);
        }
        let (ticket, sealed) = post::contact_of(tx, &draw, claim.index)?.ok_or(Error::NoContact)?;
        let contact = WinnerContact {
            proof: verified.winner(claim.index)?,
            sealed,
            notice: ticket.notice,
        };
        Ok(vault::record::<WinnerCall>(
            tx,
            by,
            reason.code(),
            vec![contact],
        )?)
    })?;
    let opened = vault.open_winners(recorded)?;
    let winner = opened.into_iter().next().ok_or(Error::NoContact)?;
    let contact = winner.contact.map_err(vault::Error::from)?;
    let name = contact.read::<Name>();
    let phone = contact.read::<Phone>();
    Ok(Callee {
        name: mask::name(name.as_ref().map_or("", |name| name.expose())),
        phone: phone.map(|phone| Zeroizing::new(phone.expose().to_owned())),
    })
}
