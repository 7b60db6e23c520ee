//! Whether somebody may enter whose number has to be on a list, or who needs an invitation code or a
//! confirmed address.
//!
//! Invariant: the server asks at the form and again where it is sent. The answer is clear, because a
//! person who mistyped has to be helped; so whoever tries numbers is held up: a network with many
//! that are on no list is told nothing more for a while, be the next one listed or not.
//!
//! Not here: the list itself (`admission`), accounts ([`super::members`]).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lucky_draw::encode::Hash;

use crate::activity::{Eligibility, Field};
use crate::admission::address::{FORM_LIFE, Proof};
use crate::admission::cards;
use crate::admission::codes::{self, Code};
use crate::entry::Error;
use crate::entry::wire::{Application, ENTRANCE, INVITATION, Sheet};
use crate::identity::library_card::LibraryCard;
use crate::platform::clock::SECOND;
use crate::platform::text::{self, Language};
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::throttle::Throttle;
use crate::vault::TokenError;
use crate::vault::guard::Visit;

use super::proving;

/// So long a network is told nothing after it tried too many.
const PAUSE: i64 = 60 * SECOND;

/// Networks that tried numbers which are on no list.
pub(super) struct Misses {
    tries: Throttle,
    /// Until when a network is told nothing.
    held_up: Mutex<HashMap<ClientAddress, i64>>,
}

impl Misses {
    pub(super) fn times(factor: u32) -> Misses {
        Misses {
            tries: Throttle::new(30_u32.saturating_mul(factor), Duration::from_secs(60)),
            held_up: Mutex::default(),
        }
    }

    fn check(&self, from: ClientAddress, now: i64) -> Result<(), AppError> {
        let until = self.held_up().get(&from).copied().unwrap_or_default();
        match u64::try_from(until - now) {
            Ok(left) if left > 0 => Err(AppError::too_many(now, Duration::from_millis(left))),
            _ => Ok(()),
        }
    }

    fn missed(&self, from: ClientAddress, now: i64) {
        if self.tries.check(from, now).is_err() {
            let mut held_up = self.held_up();
            held_up.retain(|_, until| *until > now);
            held_up.insert(from, now + PAUSE);
        }
    }

    fn held_up(&self) -> MutexGuard<'_, HashMap<ClientAddress, i64>> {
        self.held_up.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the list says.
pub(super) enum Admission {
    /// Nothing is in the way.
    Granted,
    /// What to tell the person, at the field.
    Refused(Mistakes),
    /// The network tried too many.
    HeldUp(AppError),
}

/// Looks whether what was typed is on the list, where there is one.
pub(super) async fn look(
    visit: &Visit<'_>,
    sheet: &Sheet,
    form: &FormFields,
    read: &Application,
    from: ClientAddress,
    misses: &Misses,
) -> AppResult<Admission> {
    match (sheet.facts.eligibility, &read.library_card) {
        (Eligibility::Cards, Some(card)) => look_for(visit, sheet, card, from, misses).await,
        (Eligibility::Cards, None) => Err(AppError::from(Error::Nobody)),
        (Eligibility::Codes, _) => look_up(visit, sheet, form, from, misses).await,
        (Eligibility::Email, _) => look_at_proof(visit, sheet, form, read).await,
        (Eligibility::Everybody | Eligibility::Members, _) => Ok(Admission::Granted),
    }
}

/// The invitation code of a form, as the database knows it; none where none is needed, or it cannot
/// be read.
pub(super) fn code(sheet: &Sheet, form: &FormFields) -> Option<Hash> {
    let is_needed = sheet.is_by_invitation();
    let code = Code::parse(form.value(INVITATION)).filter(|_| is_needed);
    code.map(|code| code.hash(&sheet.facts.id))
}

/// What to tell whoever has a code that lets nobody in.
pub(super) fn no_code(lang: Language) -> Mistakes {
    let mut mistakes = Mistakes::new();
    let words = text::message(lang, "admission-code-unknown", &[]);
    mistakes.add(INVITATION, words);
    mistakes
}

async fn look_up(
    visit: &Visit<'_>,
    sheet: &Sheet,
    form: &FormFields,
    from: ClientAddress,
    misses: &Misses,
) -> AppResult<Admission> {
    let (id, now, lang) = (sheet.facts.id.clone(), visit.now.0, visit.lang);
    let Some(code) = code(sheet, form) else {
        let mut mistakes = Mistakes::new();
        let words = text::message(lang, "admission-code-unfit", &[]);
        mistakes.add(INVITATION, words);
        return Ok(Admission::Refused(mistakes));
    };
    if let Err(refused) = misses.check(from, now) {
        return Ok(Admission::HeldUp(refused));
    }
    let is_open = visit
        .db
        .read("look up code", move |tx| codes::is_open(tx, &id, &code))
        .await?;
    if is_open {
        return Ok(Admission::Granted);
    }
    misses.missed(from, now);
    visit.watch.notice(Sign::Code, from.near());
    Ok(Admission::Refused(no_code(lang)))
}

/// Whether the form names the address to which its link was sent.
async fn look_at_proof(
    visit: &Visit<'_>,
    sheet: &Sheet,
    form: &FormFields,
    read: &Application,
) -> AppResult<Admission> {
    let (vault, now, id) = (visit.vault, visit.now, &sheet.facts.id);
    let proof = Proof::open(vault, now, form.value(ENTRANCE), FORM_LIFE, id).await;
    let wrong = match (proof, &read.email) {
        (Ok(proof), Some(email)) if proof.is_of(email) => return Ok(Admission::Granted),
        (Ok(_), _) => "admission-link-other",
        (Err(TokenError::Unavailable), _) => return Err(AppError::unavailable()),
        (Err(TokenError::Expired | TokenError::Broken), _) => "admission-link-gone",
    };
    Ok(Admission::Refused(proving::not_shown(visit.lang, wrong)))
}

async fn look_for(
    visit: &Visit<'_>,
    sheet: &Sheet,
    card: &LibraryCard,
    from: ClientAddress,
    misses: &Misses,
) -> AppResult<Admission> {
    let (id, now) = (sheet.facts.id.clone(), visit.now.0);
    if let Err(refused) = misses.check(from, now) {
        return Ok(Admission::HeldUp(refused));
    }
    let subject = card.subject();
    let tag = visit.vault.soon().list_tag(id.as_str(), &subject).await?;
    let is_listed = visit
        .db
        .read("look for card", move |tx| cards::is_listed(tx, &id, &tag))
        .await?;
    if is_listed {
        return Ok(Admission::Granted);
    }
    misses.missed(from, now);
    visit.watch.notice(Sign::Person, from.near());
    let mut mistakes = Mistakes::new();
    let words = text::message(visit.lang, "admission-card-unlisted", &[]);
    mistakes.add(Field::LibraryCard.code(), words);
    Ok(Admission::Refused(mistakes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_tries_numbers_is_told_nothing_for_a_while() {
        let misses = Misses::times(1);
        let from = |address: &str| ClientAddress::of(address.parse().expect("an address"));
        let (here, there) = (from("203.0.113.7"), from("198.51.100.1"));
        for _ in 0..30 {
            misses.missed(here, 0);
            assert!(misses.check(here, 0).is_ok());
        }
        misses.missed(here, 0);
        assert!(misses.check(here, PAUSE - 1).is_err());
        assert!(misses.check(there, 0).is_ok());
        assert!(misses.check(here, PAUSE).is_ok());
    }
}
