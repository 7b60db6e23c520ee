//! Sending an issue, some letters at a time, at most so many a minute.
//!
//! Invariant: a letter leaves only while its subscriber is there, confirmed and not suppressed, and
//! while the issue is being sent; that is looked at in the transaction that says that it leaves.
//!
//! Not here: one letter on its way ([`super::post`]).

use crate::audit::Actor;
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::db::Tx;
use crate::platform::jobs::back_off;
use crate::platform::mail::Outcome;
use crate::vault::{self, RecordedNews, ScopeBox};

use super::issues::{self, Issue, IssueId, Stage};
use super::letters::{LetterStage, OfIssue};
use super::post::{Left, Post};
use super::subscribers::{self, REFUSALS, Subscriber, Suppressed};
use super::tokens::{self, Link};
use super::{Error, store};

/// Letters of one batch at most, so that other letters need not wait long.
const TOGETHER: i64 = 20;

/// A letter of an issue with whom it is to.
struct Due {
    letter: OfIssue,
    to: Subscriber,
}

/// Does what is due of an issue; answers when to go on, or nothing once it is over.
pub(super) fn go_on(
    post: &Post,
    id: &IssueId,
    planned: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let db = &post.db;
    let issue = db.read_now("read issue", |tx| issues::by_id(tx, id))?;
    if issue.send_at != Some(planned) {
        return Ok(None);
    }
    let issue = match issue.stage {
        Stage::Scheduled if planned > db.clock().now() => return Ok(Some(planned)),
        Stage::Scheduled => {
            let begun = db.write_now("begin issue", |tx| issues::begin(tx, id, planned))?;
            match begun {
                Some(issue) => issue,
                None => return Ok(None),
            }
        }
        Stage::Sending => issue,
        Stage::Draft | Stage::Sent | Stage::Stopped => return Ok(None),
    };
    while db.write_now("gather letters", |tx| issues::gather(tx, id))? {}
    batch(post, &issue)
}

fn batch(post: &Post, issue: &Issue) -> Result<Option<Timestamp>, Error> {
    let (db, id) = (&post.db, &issue.id);
    // Only the holder of the job's lease is here: who was sending before is gone.
    db.write_now("give letters up", |tx| store::letters::lose(tx, id))?;
    let many = TOGETHER.min(post.per_minute).max(1);
    let mut line = match post.letterbox.line(db.clock().now()) {
        Ok(line) => Some(line),
        Err(down) => {
            let ends = db.write_now("end issue", |tx| end(tx, id))?;
            return Ok(ends.map(|_| down.until));
        }
    };
    let (due, recorded) = db.write_now("take up letters", |tx| take_up(tx, id, many))?;
    for (due, recorded) in due.iter().zip(recorded) {
        let own = match line.take() {
            Some(line) => line,
            None => match post.letterbox.line(db.clock().now()) {
                Ok(line) => line,
                Err(down) => return Ok(Some(down.until)),
            },
        };
        send(post, issue, due, recorded, own)?;
    }
    let next = db.write_now("end issue", |tx| end(tx, id))?;
    let pause = MINUTE * many / post.per_minute.max(1);
    Ok(next.map(|next| next.max(db.clock().now().plus(pause))))
}

/// Letters whose turn has come; what is no longer to be sent is dropped.
fn take_up(tx: &mut Tx, id: &IssueId, many: i64) -> Result<(Vec<Due>, Vec<RecordedNews>), Error> {
    let now = tx.now();
    let mut due = Vec::new();
    for letter in store::letters::due(tx, id, now, many)? {
        match wanted(tx, &letter)? {
            Some(to) => due.push(Due { letter, to }),
            None => {
                let dropped = letter.state.dropped();
                store::letters::advance(tx, &[LetterStage::Waiting], &letter, &dropped, now)?;
            }
        }
    }
    let boxes = due.iter().map(|due| ScopeBox {
        item: due.to.address.item.clone(),
        sealed: due.to.address.sealed.clone(),
    });
    let recorded = vault::record_news(tx, &Actor::System, id.as_str(), boxes.collect())?;
    Ok((due, recorded))
}

/// The subscriber of a letter, where there is one who wants it.
fn wanted(tx: &mut Tx, letter: &OfIssue) -> Result<Option<Subscriber>, Error> {
    let found = store::subscribers::by_id(tx, &letter.subscriber)?;
    let Some(found) = found.filter(|found| found.is_active) else {
        return Ok(None);
    };
    let suppressed = subscribers::is_suppressed(tx, &found.address.tag)?;
    Ok((!suppressed).then_some(found))
}

fn send(
    post: &Post,
    issue: &Issue,
    due: &Due,
    recorded: RecordedNews,
    line: crate::vault::Line,
) -> Result<(), Error> {
    let db = &post.db;
    let now = db.clock().now();
    let token = tokens::seal(&post.vault, Link::Own, &due.to.access, now)?;
    let words = post.writer.issue(issue, due.to.language, &token, now)?;
    let outcome = post.leave(line, recorded, &words, &due.letter.id, || {
        db.write_now("begin sending", |tx| may_leave(tx, &issue.id, due))
    })?;
    match outcome {
        Left::With(outcome) => db.write_now("settle letter", |tx| settle(tx, due, outcome)),
        // The row came back from somewhere; the vault knows better.
        Left::Closed => db.write_now("drop letter", |tx| {
            subscribers::remove(tx, &due.to, Suppressed::Left)
        }),
        Left::NotNow => Ok(()),
    }
}

/// The last look: whoever left a moment ago, or moved, is not written to.
fn may_leave(tx: &mut Tx, issue: &IssueId, due: &Due) -> Result<bool, Error> {
    let now = tx.now();
    if issues::by_id(tx, issue)?.stage != Stage::Sending {
        return Ok(false);
    }
    let same = wanted(tx, &due.letter)?.filter(|to| to.address.item == due.to.address.item);
    if same.is_none() {
        return Ok(false);
    }
    let leaving = due.letter.state.leaving();
    Ok(store::letters::advance(
        tx,
        &[LetterStage::Waiting],
        &due.letter,
        &leaving,
        now,
    )?)
}

fn settle(tx: &mut Tx, due: &Due, outcome: Outcome) -> Result<(), Error> {
    let after = due.letter.state.after(outcome);
    let next = tx.now().plus(back_off(due.letter.state.attempts));
    store::letters::advance(tx, after.may_follow(), &due.letter, &after, next)?;
    match after.stage {
        LetterStage::Sent if due.to.refusals > 0 => {
            store::subscribers::set_refusals(tx, &due.to.id, 0)?;
        }
        LetterStage::Bounced if due.to.refusals + 1 >= REFUSALS => {
            subscribers::remove(tx, &due.to, Suppressed::Refused)?;
        }
        LetterStage::Bounced => {
            store::subscribers::set_refusals(tx, &due.to.id, due.to.refusals + 1)?;
        }
        _ => {}
    }
    Ok(())
}

/// When the next letter is due; the issue is over where none is.
fn end(tx: &mut Tx, id: &IssueId) -> Result<Option<Timestamp>, Error> {
    let next = store::letters::next_due(tx, id)?;
    if next.is_none() {
        issues::finish(tx, id)?;
    }
    Ok(next)
}
