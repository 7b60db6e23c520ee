//! Sending one notice: the vault opens the address between a server that listens and a letter that
//! leaves, and tells what became of it.
//!
//! Invariant: `sending` is committed before the first byte of the letter leaves, and the outcome
//! after; so every letter that may have left is known, and none of them leaves twice. While the
//! mail server is down no address is opened.

use std::sync::{Mutex, PoisonError};

use crate::activity::ActivityId;
use crate::audit::Actor;
use crate::draw;
use crate::entry::{self, Ticket};
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::Outcome;
use crate::platform::mail::lull::Down;
use crate::vault::{
    self, FieldKind, LetterWords, Letterbox, Line, NAME_HERE, NotAWinner, Offered, Refusal, Sealed,
    Vault, VerifiedDraw, WinnerContact, WinnerNotice,
};

use super::claims::{self, Decided};
use super::letters::{self, Imprint, Matter};
use super::{Claim, ClaimStage, Error, Notice, NoticeId, NoticeKind, NoticeStage, notices, store};

/// Everything that sending needs.
pub(super) struct Post {
    db: Db,
    vault: Vault,
    imprint: Imprint,
    verified: Verified,
    letterbox: Letterbox,
}

/// The draw that was verified last: a hundred letters of one draw need one verification.
#[derive(Default)]
struct Verified(Mutex<Option<(String, usize, VerifiedDraw)>>);

/// A notice whose turn has come, with everything about it that is not personal.
struct Due {
    draw: Decided,
    notice: Notice,
    claim: Claim,
    ticket: Ticket,
    sealed: Sealed,
    /// For a second entry: the entry that won, so that one person does not get two letters.
    winner: Option<(Ticket, Sealed)>,
    settlements: usize,
}

/// What to do with a notice.
enum Turn {
    Send(Box<Due>),
    Over,
}

impl Post {
    pub(super) fn new(db: &Db, vault: &Vault, imprint: Imprint) -> Post {
        Post {
            db: db.clone(),
            vault: vault.clone(),
            imprint,
            verified: Verified::default(),
            letterbox: Letterbox::new(vault),
        }
    }

    /// Tries to send a notice; answers when to try again, or nothing if it is settled.
    pub(super) fn deliver(
        &self,
        activity: &ActivityId,
        id: &NoticeId,
    ) -> Result<Option<Timestamp>, Error> {
        let turn = self
            .db
            .write_now("take up notice", |tx| take_up(tx, activity, id))?;
        let Turn::Send(due) = turn else {
            return Ok(None);
        };
        let mut line = match self.letterbox.line(self.db.clock().now()) {
            Ok(line) => line,
            Err(down) if down.is_tried => return self.settle(&due, Outcome::TryLater(down.why)),
            Err(down) => return self.wait(&due, down),
        };
        match self.offer(&due, &mut line)? {
            Offered::Ready => {}
            Offered::Over(outcome) => return self.settle(&due, outcome),
            Offered::NoAddress => return self.put_away(&due, NoticeStage::NoAddress),
            Offered::SameAddress => return self.put_away(&due, NoticeStage::Dropped),
        }
        let is_ours = self.db.write_now("begin sending", |tx| {
            notices::begin_sending(tx, &due.draw, &due.notice)
        })?;
        if !is_ours {
            return Ok(None);
        }
        let outcome = line.hand_over();
        self.settle(&due, outcome)
    }

    fn settle(&self, due: &Due, outcome: Outcome) -> Result<Option<Timestamp>, Error> {
        self.db.write_now("settle notice", |tx| {
            notices::settle(tx, &due.draw, &due.notice, outcome)
        })
    }

    fn put_away(&self, due: &Due, stage: NoticeStage) -> Result<Option<Timestamp>, Error> {
        self.db.write_now("put notice away", |tx| {
            notices::put_away(tx, &due.draw, &due.notice, stage)
        })?;
        Ok(None)
    }

    /// The notice keeps waiting without a try of its own, and the page says why.
    fn wait(&self, due: &Due, down: Down) -> Result<Option<Timestamp>, Error> {
        let waiting = Notice {
            last_reply: down.why.word(),
            next_at: down.until,
            ..due.notice.clone()
        };
        self.db.write_now("keep notice waiting", |tx| {
            let activity = &due.draw.facts.id;
            store::advance_notice(tx, activity, &[NoticeStage::Waiting], &waiting)
        })?;
        Ok(Some(down.until))
    }

    /// Puts the opening on record and has the vault open the address, write the letter and name
    /// its recipient.
    fn offer(&self, due: &Due, line: &mut Line) -> Result<Offered, Error> {
        let verified = self.verified.of(&self.db, &self.vault, due)?;
        let recorded = record(&self.db, &verified, due)?;
        let matter = Matter {
            draw: &due.draw,
            slot: &due.notice.slot,
            index: due.notice.index,
            kind: due.notice.kind,
            deadline: due.claim.deadline,
            language: due.ticket.language,
        };
        let name = match due.sealed.fields().has(FieldKind::Name) {
            true => NAME_HERE.to_string(),
            false => String::new(),
        };
        let words = LetterWords {
            subject: letters::subject(&self.imprint, due.notice.kind, matter.language),
            body: letters::body(&self.imprint, &matter, &name)?.to_string(),
            date: self.db.clock().now(),
            language: matter.language,
        };
        match line.offer(recorded, &words, &due.notice.message_id) {
            // The opening of the winning ticket is lost: the person comes with receipt and ID.
            Err(vault::Error::Refused(Refusal::NotAWinner(NotAWinner::Unopened))) => {
                Ok(Offered::NoAddress)
            }
            offered => Ok(offered?),
        }
    }
}

/// Looks whether a notice is still to be sent, and settles those that are not.
fn take_up(tx: &mut Tx, activity: &ActivityId, id: &NoticeId) -> Result<Turn, Error> {
    let (notice, draw) = store::find_notice(tx, activity, id)?.ok_or(Error::Unknown)?;
    let draw = claims::decided(tx, &draw)?;
    match notice.stage {
        NoticeStage::Waiting => {}
        NoticeStage::Sending => {
            notices::lose(tx, &draw, &notice)?;
            return Ok(Turn::Over);
        }
        _ => return Ok(Turn::Over),
    }
    let claim = claims::of_slot(tx, &draw, &notice.slot)?;
    let is_about_holder = notice.kind == NoticeKind::Duplicate || claim.index == notice.index;
    let is_needed = claim.stage == ClaimStage::Held && tx.now() < claim.deadline;
    if !is_about_holder || !is_needed {
        notices::put_away(tx, &draw, &notice, NoticeStage::Dropped)?;
        return Ok(Turn::Over);
    }
    let Some((ticket, sealed)) = contact_of(tx, &draw, notice.index)? else {
        notices::put_away(tx, &draw, &notice, NoticeStage::NoAddress)?;
        return Ok(Turn::Over);
    };
    if notice.kind == NoticeKind::Duplicate && ticket.tag != claims::tag(tx, &draw, &claim)? {
        // The prize has passed to somebody else since.
        notices::put_away(tx, &draw, &notice, NoticeStage::Dropped)?;
        return Ok(Turn::Over);
    }
    if !sealed.fields().has(FieldKind::Email) {
        notices::put_away(tx, &draw, &notice, NoticeStage::NoAddress)?;
        return Ok(Turn::Over);
    }
    let winner = match notice.kind {
        NoticeKind::Duplicate => contact_of(tx, &draw, claim.index)?,
        _ => None,
    };
    let settlements = draw::settlements(tx, &draw.plan)?.len();
    Ok(Turn::Send(Box::new(Due {
        draw,
        notice,
        claim,
        ticket,
        sealed,
        winner,
        settlements,
    })))
}

/// The entry behind a ticket and its sealed contact.
pub(super) fn contact_of(
    tx: &mut Tx,
    draw: &Decided,
    index: u64,
) -> Result<Option<(Ticket, Sealed)>, Error> {
    let activity = &draw.facts.id;
    let Some(ticket) = entry::ticket(tx, activity, draw.draw(), index)? else {
        return Ok(None);
    };
    let Some(item) = &ticket.contact_item else {
        return Ok(None);
    };
    let sealed = vault::sealed(tx, activity.as_str(), item)?;
    Ok(sealed.map(|sealed| (ticket, sealed)))
}

/// Verifies the public record of a draw as it is now.
pub(super) fn verified(db: &Db, vault: &Vault, draw: &Decided) -> Result<VerifiedDraw, Error> {
    let evidence = db.read_now("read evidence", |tx| {
        draw::evidence(tx, vault, &draw.plan).map_err(Error::from)
    })?;
    Ok(vault.verified(draw.facts.id.as_str(), &evidence)?)
}

impl Verified {
    fn of(&self, db: &Db, vault: &Vault, due: &Due) -> Result<VerifiedDraw, Error> {
        let (id, settlements) = (due.draw.draw().to_owned(), due.settlements);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, after, verified)) = &*kept
            && (of, after) == (&id, &settlements)
        {
            return Ok(verified.clone());
        }
        let verified = verified(db, vault, &due.draw)?;
        *kept = Some((id, settlements, verified.clone()));
        Ok(verified)
    }
}

/// Records the opening of the contact of a notice, and for a second entry of the winner's own too.
fn record(
    db: &Db,
    verified: &VerifiedDraw,
    due: &Due,
) -> Result<vault::Recorded<WinnerNotice>, Error> {
    db.write_now("record opening", |tx| {
        let contacts = contacts(verified, due)?;
        let reason = due.notice.id.as_str();
        let recorded = vault::record::<WinnerNotice>(tx, &Actor::System, reason, contacts);
        Ok(recorded?)
    })
}

fn contacts(verified: &VerifiedDraw, due: &Due) -> Result<Vec<WinnerContact>, Error> {
    let own = match due.notice.kind {
        NoticeKind::Duplicate => {
            verified.duplicate(due.notice.index, &due.ticket.tag, due.claim.index)?
        }
        _ => verified.winner(due.notice.index)?,
    };
    let mut contacts = vec![WinnerContact {
        proof: own,
        sealed: due.sealed.clone(),
        notice: due.ticket.notice,
    }];
    if let Some((ticket, sealed)) = &due.winner {
        contacts.push(WinnerContact {
            proof: verified.winner(ticket.index)?,
            sealed: sealed.clone(),
            notice: ticket.notice,
        });
    }
    Ok(contacts)
}
