//! Sending one letter about a place: as to a winner, the vault opens the address between a server
//! that listens and a letter that leaves.
//!
//! Invariant: `sending` is committed before the first byte of the letter leaves, and the outcome
//! after. A letter whose matter has changed meanwhile is put away: an offer that was answered or
//! has passed, a person who left.
//!
//! Not here: which letters are due ([`crate::seats::line`]).

use std::sync::Arc;

use crate::activity::{self, ActivityId, Facts};
use crate::audit::Actor;
use crate::entry::{self, EntryId};
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::lull::Down;
use crate::platform::mail::{MailFacts, Outcome};
use crate::platform::templates;
use crate::platform::text::{self, Language};
use crate::seats::letters::{self, Letter, LetterId, LetterKind, LetterStage};
use crate::seats::{self, Held, SeatNumber, SeatState};
use crate::vault::{
    self, BoundBox, FieldKind, LetterWords, Letterbox, Line, Offered, Refusal, Vault,
};

use super::Error;
use super::letters::Imprint;
use super::wire::SeatLetterText;

/// Everything that sending needs.
pub(super) struct SeatPost {
    db: Db,
    facts: Arc<MailFacts>,
    imprint: Imprint,
    letterbox: Letterbox,
}

/// A letter whose turn has come, with everything about it that is not personal.
struct Due {
    activity: Facts,
    letter: Letter,
    held: Held,
    bound: BoundBox,
    language: Language,
}

impl SeatPost {
    pub(super) fn new(
        db: &Db,
        vault: &Vault,
        facts: &Arc<MailFacts>,
        imprint: Imprint,
    ) -> SeatPost {
        SeatPost {
            db: db.clone(),
            facts: facts.clone(),
            imprint,
            letterbox: Letterbox::new(vault),
        }
    }

    /// Tries to send a letter; answers when to try again, or nothing if it is settled.
    pub(super) fn deliver(
        &self,
        activity: &ActivityId,
        id: &LetterId,
    ) -> Result<Option<Timestamp>, Error> {
        let due = self
            .db
            .write_now("take up seat letter", |tx| take_up(tx, activity, id))?;
        let Some(due) = due else {
            return Ok(None);
        };
        let mut line = match self.letterbox.line(self.db.clock().now()) {
            Ok(line) => line,
            Err(down) if down.is_tried => return self.settle(&due, Outcome::TryLater(down.why)),
            Err(down) => return self.wait(&due, down),
        };
        match self.offer(&due, &mut line) {
            Ok(Offered::Ready) => {}
            Ok(Offered::Over(outcome)) => return self.settle(&due, outcome),
            Ok(Offered::NoAddress | Offered::SameAddress) => {
                return self.put_away(&due, LetterStage::NoAddress, "");
            }
            // The vault writes to no more people than were published: staff see it and call.
            Err(Error::Vault(vault::Error::Refused(Refusal::TooMany))) => {
                return self.put_away(&due, LetterStage::Refused, "vault");
            }
            Err(error) => return Err(error),
        }
        let is_ours = self.db.write_now("begin sending", |tx| {
            letters::begin_sending(tx, &due.activity.id, &due.letter)
        })?;
        if !is_ours {
            return Ok(None);
        }
        let outcome = line.hand_over();
        self.settle(&due, outcome)
    }

    /// Puts the opening on record and has the vault open the address, write the letter and name
    /// its recipient.
    fn offer(&self, due: &Due, line: &mut Line) -> Result<Offered, Error> {
        let (id, activity) = (due.letter.id.as_str(), due.activity.id.as_str());
        let recorded = self.db.write_now("record opening", |tx| {
            vault::record_seat(tx, &Actor::System, id, activity, due.bound.clone())
        })?;
        let words = LetterWords {
            subject: subject(&self.imprint, due.letter.kind, due.language),
            body: body(&self.imprint, due)?,
            date: self.db.clock().now(),
            language: due.language,
        };
        let message_id = self.facts.message_id_of(id);
        Ok(line.offer_seat(recorded, &words, &message_id)?)
    }

    fn settle(&self, due: &Due, outcome: Outcome) -> Result<Option<Timestamp>, Error> {
        Ok(self.db.write_now("settle seat letter", |tx| {
            letters::settle(tx, &due.activity.id, &due.letter, outcome)
        })?)
    }

    fn put_away(
        &self,
        due: &Due,
        stage: LetterStage,
        why: &str,
    ) -> Result<Option<Timestamp>, Error> {
        self.db.write_now("put seat letter away", |tx| {
            letters::put_away(tx, &due.activity.id, &due.letter, stage, why)
        })?;
        Ok(None)
    }

    fn wait(&self, due: &Due, down: Down) -> Result<Option<Timestamp>, Error> {
        self.db.write_now("keep seat letter waiting", |tx| {
            letters::keep_waiting(tx, &due.activity.id, &due.letter, down.why.word())
        })?;
        Ok(Some(down.until))
    }
}

/// Looks whether a letter is still to be sent, and settles those that are not.
fn take_up(tx: &mut Tx, activity: &ActivityId, id: &LetterId) -> Result<Option<Due>, Error> {
    let letter = letters::find(tx, activity, id)?.ok_or(Error::Unknown)?;
    match letter.stage {
        LetterStage::Waiting => {}
        LetterStage::Sending => {
            letters::lose(tx, activity, &letter)?;
            return Ok(None);
        }
        _ => return Ok(None),
    }
    let held = seats::of_entry(tx, activity, &letter.entry)?.ok_or(Error::Unknown)?;
    if !is_needed(&letter, &held, tx.now()) {
        letters::put_away(tx, activity, &letter, LetterStage::Dropped, "")?;
        return Ok(None);
    }
    let entry = entry::by_id(tx, activity, &EntryId(letter.entry.clone()))?;
    let sealed = match entry.contact_item.as_deref() {
        Some(item) => vault::sealed(tx, activity.as_str(), item)?,
        None => None,
    };
    let sealed = sealed.filter(|sealed| sealed.fields().has(FieldKind::Email));
    let Some(sealed) = sealed else {
        letters::put_away(tx, activity, &letter, LetterStage::NoAddress, "")?;
        return Ok(None);
    };
    Ok(Some(Due {
        activity: activity::by_id(tx, activity)?,
        letter,
        bound: BoundBox {
            item: sealed.item,
            tag: held.seat.tag,
            notice: entry.notice,
            sealed: sealed.sealed,
        },
        held,
        language: entry.language,
    }))
}

/// Whether the letter still tells what is.
fn is_needed(letter: &Letter, held: &Held, now: Timestamp) -> bool {
    match letter.kind {
        LetterKind::Offered => held.is_answerable(now),
        LetterKind::Cancelled => {
            held.seat.state.is_living() || held.seat.state == SeatState::Expired
        }
        LetterKind::TakenBack => held.seat.state == SeatState::TakenBack,
    }
}

/// The subject of a letter; nothing in it depends on a person.
fn subject(imprint: &Imprint, kind: LetterKind, language: Language) -> String {
    let id = match kind {
        LetterKind::Offered => "mail-subject-seat-offered",
        LetterKind::Cancelled => "mail-subject-seat-cancelled",
        LetterKind::TakenBack => "mail-subject-seat-taken-back",
    };
    let library = imprint.library(language).to_owned();
    text::message(language, id, &[("library", library.into())])
}

/// The text of a letter; it holds no name.
fn body(imprint: &Imprint, due: &Due) -> Result<String, Error> {
    let Held { seat, session, .. } = &due.held;
    let language = due.language;
    let view = SeatLetterText {
        kind: due.letter.kind.code(),
        title: due.activity.title.pick(language),
        session: session.title.pick(language),
        place: session.place.pick(language),
        starts: session.starts_at.0,
        reason: match due.letter.kind {
            LetterKind::TakenBack => &seat.reason,
            _ => &session.cancelled_reason,
        },
        number: &SeatNumber(seat.index).to_string(),
        deadline: seat.offer_until.0,
        library: imprint.library(language),
        phone: &imprint.phone,
        email: &imprint.email,
        host: &imprint.host,
        purge: due.activity.purges_at.0,
    };
    Ok(templates::render(language, "mail/seat.txt.j2", view)?)
}
