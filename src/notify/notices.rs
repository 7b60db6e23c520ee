//! Notices: which letters are to be written, and how far each has come.
//!
//! Invariant: for a ticket, a prize and a kind there is one notice; a second copy exists only
//! because a member of staff asked for it, under a message id of its own. A notice at `sending`
//! whose sender is gone becomes `uncertain` and stays so (`decisions` D21).
//!
//! Not here: opening the address and sending ([`super::post`]).

use std::collections::{BTreeSet, HashSet};

use lucky_draw::result::Slot;

use crate::audit::{self, Act, Actor};
use crate::draw;
use crate::entry;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::jobs::back_off;
use crate::platform::mail::{MailFacts, Outcome};

use super::claims::Decided;
use super::{
    ClaimStage, Error, Named, Notice, NoticeId, NoticeKind, NoticeStage, claims, jobs, store,
};

/// Every notice of a draw in slot order, the first one of a slot in front.
pub fn list(tx: &mut Tx, draw: &Decided) -> Result<Vec<Notice>, Error> {
    let notices = store::notices(tx, &draw.facts.id, draw.draw())?;
    Ok(in_order(draw, notices))
}

/// The notices about these slots, in the same order.
pub fn about(tx: &mut Tx, draw: &Decided, slots: &[Slot]) -> Result<Vec<Notice>, Error> {
    let notices = store::listing::notices_about(tx, draw, slots)?;
    Ok(in_order(draw, notices))
}

fn in_order(draw: &Decided, mut notices: Vec<Notice>) -> Vec<Notice> {
    notices.sort_by_cached_key(|notice| {
        let kind = NoticeKind::ALL.iter().position(|kind| *kind == notice.kind);
        (draw.rank(&notice.slot), kind, notice.index, notice.copy)
    });
    notices
}

/// Whether staff have begun to tell winners; from then on reminders and notices to those who move
/// up leave by themselves.
pub fn has_begun(tx: &mut Tx, draw: &Decided) -> Result<bool, Error> {
    Ok(store::has_notices(tx, &draw.facts.id, draw.draw())?)
}

/// Slot and ticket of winners and called reserves who hold a prize and were not told yet, in slot
/// order; claims follow the record ([`claims::is_followed`]).
pub fn untold(tx: &mut Tx, draw: &Decided) -> Result<Vec<(Slot, u64)>, Error> {
    let mut untold = store::listing::untold(tx, draw)?;
    untold.sort_by_cached_key(|(slot, index)| (draw.rank(slot), *index));
    Ok(untold)
}

/// How many of [`untold`] there are.
pub fn count_untold(tx: &mut Tx, draw: &Decided) -> Result<u64, Error> {
    Ok(store::listing::count_untold(tx, draw)?)
}

/// The same, and how many of them left an address of mail ([`super::addresses`]).
pub fn count_reachable(tx: &mut Tx, draw: &Decided) -> Result<(u64, u64), Error> {
    let count = store::listing::count_untold(tx, draw)?;
    Ok((count, store::listing::count_with_address(tx, draw)?))
}

/// Staff begin to tell winners: a notice for everyone who was not told yet. Answers with how many.
pub fn begin(tx: &mut Tx, mailer: &MailFacts, draw: &Decided, by: &Actor) -> Result<usize, Error> {
    claims::follow(tx, draw)?;
    let told = tell(tx, mailer, draw)?;
    if told > 0 {
        let deadline = draw.next_deadline(tx.now());
        if draw.reminder_before(deadline) <= tx.now() {
            // The day of the reminder is over, and their second entries must hear before it too.
            remind_each(tx, mailer, draw, deadline, &[NoticeKind::Duplicate])?;
        }
        let object = told.to_string();
        let act = Act {
            actor: by,
            act: "notify.begun",
            activity: draw.facts.id.as_str(),
            object: &object,
            purpose: "winner-notice",
            reason: "",
        };
        audit::record(tx, &act)?;
    }
    Ok(told)
}

/// A notice for everyone who was not told yet.
pub(super) fn tell(tx: &mut Tx, mailer: &MailFacts, draw: &Decided) -> Result<usize, Error> {
    let untold = untold(tx, draw)?;
    if untold.is_empty() {
        return Ok(0);
    }
    let first = first_holders(tx, draw)?;
    for holding in &untold {
        let kind = match first.contains(holding) {
            true => NoticeKind::Won,
            false => NoticeKind::Promoted,
        };
        let (slot, index) = holding;
        add(tx, mailer, draw, slot, *index, kind, 0)?;
    }
    store::listing::mark_told(tx, draw)?;
    Ok(untold.len())
}

/// Who held what by the result alone.
fn first_holders(tx: &mut Tx, draw: &Decided) -> Result<BTreeSet<(Slot, u64)>, Error> {
    let result = draw::result(tx, &draw.plan)?;
    let holdings = lucky_draw::result::holdings(&result, &[]);
    Ok(holdings
        .into_iter()
        .map(|holding| (holding.slot, holding.index))
        .collect())
}

/// Reminds everyone whose deadline this is and who has not come, and the contacts of their second
/// entries, before the prize passes on (`decisions` D5).
pub fn remind(
    tx: &mut Tx,
    mailer: &MailFacts,
    draw: &Decided,
    deadline: Timestamp,
) -> Result<(), Error> {
    if !has_begun(tx, draw)? {
        return Ok(());
    }
    let kinds = [NoticeKind::Reminder, NoticeKind::Duplicate];
    remind_each(tx, mailer, draw, deadline, &kinds)
}

fn remind_each(
    tx: &mut Tx,
    mailer: &MailFacts,
    draw: &Decided,
    deadline: Timestamp,
    kinds: &[NoticeKind],
) -> Result<(), Error> {
    let claims = claims::ensure(tx, draw)?;
    let known = store::notices(tx, &draw.facts.id, draw.draw())?;
    let known: HashSet<(&Slot, u64, &str)> = known
        .iter()
        .map(|notice| (&notice.slot, notice.index, notice.kind.code()))
        .collect();
    let late = claims.iter().filter(|claim| {
        claim.is_prize() && claim.stage == ClaimStage::Held && claim.deadline == deadline
    });
    for claim in late {
        let mut asked = vec![(claim.index, NoticeKind::Reminder)];
        let tag = claims::tag(tx, draw, claim)?;
        for second in entry::duplicates_of(tx, &draw.facts.id, draw.draw(), &tag)? {
            asked.push((second.index, NoticeKind::Duplicate));
        }
        for (index, kind) in asked {
            let is_known = known.contains(&(&claim.slot, index, kind.code()));
            if kinds.contains(&kind) && !is_known {
                add(tx, mailer, draw, &claim.slot, index, kind, 0)?;
            }
        }
    }
    Ok(())
}

fn add(
    tx: &mut Tx,
    mailer: &MailFacts,
    draw: &Decided,
    slot: &Slot,
    index: u64,
    kind: NoticeKind,
    copy: i64,
) -> Result<(), Error> {
    let notice = Notice {
        id: NoticeId::fresh(),
        slot: slot.clone(),
        index,
        kind,
        copy,
        message_id: mailer.message_id(),
        stage: NoticeStage::Waiting,
        attempts: 0,
        next_at: tx.now(),
        last_reply: String::new(),
        sent_at: None,
    };
    store::insert_notice(tx, &draw.facts.id, draw.draw(), &notice)?;
    Ok(jobs::enqueue_mail(tx, &draw.facts.id, &notice.id)?)
}

/// Staff want a letter to go out again, under a new message id: the old one stays as it was, and
/// the person may get two. Only for a notice that is uncertain or was refused, and once each.
pub fn resend(
    tx: &mut Tx,
    mailer: &MailFacts,
    draw: &Decided,
    by: &Actor,
    id: &NoticeId,
) -> Result<(), Error> {
    let (old, of) = store::find_notice(tx, &draw.facts.id, id)?.ok_or(Error::Unknown)?;
    if of != draw.plan.id {
        return Err(Error::Unknown);
    }
    let all = about(tx, draw, std::slice::from_ref(&old.slot))?;
    let newer = all.iter().any(|notice| {
        notice.slot == old.slot
            && notice.index == old.index
            && notice.kind == old.kind
            && notice.copy > old.copy
    });
    if newer || !may_be_resent(old.stage) {
        return Err(Error::Moved);
    }
    add(
        tx,
        mailer,
        draw,
        &old.slot,
        old.index,
        old.kind,
        old.copy + 1,
    )?;
    let act = Act {
        actor: by,
        act: "notify.resent",
        activity: draw.facts.id.as_str(),
        object: &Named(&old.slot, old.index).to_string(),
        purpose: "winner-notice",
        reason: old.id.as_str(),
    };
    Ok(audit::record(tx, &act)?)
}

/// Whether staff may ask for another copy.
pub fn may_be_resent(stage: NoticeStage) -> bool {
    matches!(stage, NoticeStage::Uncertain | NoticeStage::Refused)
}

/// The letter is about to leave; committed before it does. `false` when somebody else sends it.
pub fn begin_sending(tx: &mut Tx, draw: &Decided, notice: &Notice) -> Result<bool, Error> {
    let sending = Notice {
        stage: NoticeStage::Sending,
        attempts: notice.attempts + 1,
        ..notice.clone()
    };
    Ok(store::advance_notice(
        tx,
        &draw.facts.id,
        &[NoticeStage::Waiting],
        &sending,
    )?)
}

/// Its sender is gone: nobody knows whether it left.
pub(super) fn lose(tx: &mut Tx, draw: &Decided, notice: &Notice) -> Result<(), Error> {
    let lost = Notice {
        stage: NoticeStage::Uncertain,
        last_reply: "crash".to_owned(),
        ..notice.clone()
    };
    store::advance_notice(tx, &draw.facts.id, &[NoticeStage::Sending], &lost)?;
    Ok(())
}

/// A notice that will not be sent: nobody to write to, or no longer needed.
pub(super) fn put_away(
    tx: &mut Tx,
    draw: &Decided,
    notice: &Notice,
    stage: NoticeStage,
) -> Result<(), Error> {
    let away = Notice {
        stage,
        ..notice.clone()
    };
    store::advance_notice(tx, &draw.facts.id, &[NoticeStage::Waiting], &away)?;
    Ok(())
}

/// Writes down what became of a try; for one that may be repeated, from when on.
pub(super) fn settle(
    tx: &mut Tx,
    draw: &Decided,
    notice: &Notice,
    outcome: Outcome,
) -> Result<Option<Timestamp>, Error> {
    let mut settled = notice.clone();
    settled.attempts += 1;
    let mut from = vec![NoticeStage::Waiting, NoticeStage::Sending];
    let mut again = None;
    match outcome {
        Outcome::Sent => {
            settled.stage = NoticeStage::Sent;
            settled.last_reply = String::new();
            settled.sent_at = Some(tx.now());
            // Another process may have given this one up; now it is known.
            from.push(NoticeStage::Uncertain);
        }
        Outcome::Refused { code } => {
            settled.stage = NoticeStage::Refused;
            settled.last_reply = code.to_string();
            from.push(NoticeStage::Uncertain);
        }
        Outcome::Uncertain => {
            settled.stage = NoticeStage::Uncertain;
            settled.last_reply = "lost".to_owned();
        }
        Outcome::TryLater(trouble) => {
            settled.stage = NoticeStage::Waiting;
            settled.last_reply = trouble.word();
            settled.next_at = tx.now().plus(back_off(notice.attempts));
            again = Some(settled.next_at);
        }
    }
    store::advance_notice(tx, &draw.facts.id, &from, &settled)?;
    Ok(again)
}
