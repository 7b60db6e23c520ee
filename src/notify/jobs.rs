//! What happens by itself: letters leave, deadlines pass, reminders go out.
//!
//! Invariant: every handler asks where things stand before it acts, so that running one twice, or
//! late, is harmless. One job looks after all draws with a result, so that a deadline passes even
//! where nobody ever opened the winners' page.

use std::sync::Arc;

use crate::activity::{self, ActivityId, Stage};
use crate::draw::{self, DrawId};
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, Failure, Job, NewJob, Next, Runner};
use crate::platform::mail::MailFacts;
use crate::seats::{self, LetterId};
use crate::vault::{Lock, Vault};

use super::claims::{self, Decided};
use super::letters::Imprint;
use super::post::Post;
use super::seat_post::SeatPost;
use super::{Error, NoticeId, addresses, notices};

const MAIL: &str = "notify.mail";
const LOOK: &str = "notify.look";
const REMIND: &str = "notify.remind";
const WATCH: &str = "notify.watch";

/// How long a letter waits before it looks again whether two librarians have unlocked the contacts.
const UNTIL_UNLOCKED: i64 = 5 * MINUTE;

/// How often draws with a result are looked at beside their deadlines.
const BETWEEN_LOOKS: i64 = 10 * MINUTE;

/// Names the handlers of this domain's jobs, and starts the one that looks after all draws.
pub fn register(
    runner: &mut Runner,
    db: &Db,
    vault: &Vault,
    mailer: &Arc<MailFacts>,
    config: &Config,
) {
    let post = Post::new(db, vault, Imprint::of(config));
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on_patiently(MAIL, move |job| {
        match is_locked(&own_db, &own_vault, job)? {
            Some(later) => Ok(later),
            None => mail(&post, job),
        }
    });
    let (own_db, own_vault) = (db.clone(), vault.clone());
    let seats = SeatPost::new(db, vault, mailer, Imprint::of(config));
    runner.on_patiently(seats::jobs::LETTER, move |job| {
        match is_locked(&own_db, &own_vault, job)? {
            Some(later) => Ok(later),
            None => seat_letter(&seats, job),
        }
    });
    let (own_db, own_vault, own_mailer) = (db.clone(), vault.clone(), mailer.clone());
    runner.on(LOOK, move |job| {
        look_by_job(&own_db, &own_vault, &own_mailer, job)?;
        Ok(Next::Done)
    });
    let (own_db, own_mailer) = (db.clone(), mailer.clone());
    runner.on(REMIND, move |job| remind(&own_db, &own_mailer, job));
    let (own_db, own_vault, own_mailer) = (db.clone(), vault.clone(), mailer.clone());
    runner.on(WATCH, move |_| watch(&own_db, &own_vault, &own_mailer));
    if let Err(error) = db.write_now("watch draws", enqueue_watch) {
        tracing::error!(%error, "deadlines pass only after the next start");
    }
}

/// When to look again, where librarians have not unlocked the contacts. Looked at first: what cannot
/// be opened is not put on record as opened.
fn is_locked(db: &Db, vault: &Vault, job: &Job) -> Result<Option<Next>, Failure> {
    let now = db.clock().now();
    let lock = vault.how_locked(&job.activity, now)?;
    let locked = matches!(lock, Lock::Locked | Lock::Half);
    Ok(locked.then(|| Next::At(now.plus(UNTIL_UNLOCKED))))
}

fn enqueue_watch(tx: &mut Tx) -> Result<(), db::Error> {
    let run_at = tx.now();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: WATCH,
            activity: String::new(),
            payload: String::new(),
            run_at,
            dedup_key: WATCH.to_owned(),
        },
    )
}

/// The letter of one notice.
pub(super) fn enqueue_mail(
    tx: &mut Tx,
    activity: &ActivityId,
    notice: &NoticeId,
) -> Result<(), db::Error> {
    let run_at = tx.now();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: MAIL,
            activity: activity.0.clone(),
            payload: notice.0.clone(),
            run_at,
            dedup_key: format!("{MAIL}:{notice}"),
        },
    )
}

/// A look at one draw at some moment.
pub(super) fn enqueue_look(
    tx: &mut Tx,
    draw: &Decided,
    run_at: Timestamp,
) -> Result<(), db::Error> {
    jobs::enqueue(
        tx,
        &NewJob {
            kind: LOOK,
            activity: draw.facts.id.0.clone(),
            payload: draw.draw().to_owned(),
            run_at,
            dedup_key: format!("{LOOK}:{}:{}", draw.draw(), run_at.0),
        },
    )
}

/// The deadlines of a draw that are still to come, and the reminders before them.
pub(super) fn enqueue_deadlines(tx: &mut Tx, draw: &Decided) -> Result<(), db::Error> {
    let now = tx.now();
    for deadline in draw::claim_deadlines(&draw.facts, &draw.plan) {
        if deadline > now {
            enqueue_look(tx, draw, deadline)?;
        }
        if draw.reminder_before(deadline) > now {
            enqueue_reminder(tx, draw, deadline)?;
        }
    }
    Ok(())
}

fn enqueue_reminder(tx: &mut Tx, draw: &Decided, deadline: Timestamp) -> Result<(), db::Error> {
    jobs::enqueue(
        tx,
        &NewJob {
            kind: REMIND,
            activity: draw.facts.id.0.clone(),
            payload: format!("{} {}", draw.draw(), deadline.0),
            run_at: draw.reminder_before(deadline),
            dedup_key: format!("{REMIND}:{}:{}", draw.draw(), deadline.0),
        },
    )
}

fn mail(post: &Post, job: &Job) -> Result<Next, Failure> {
    let activity = ActivityId(job.activity.clone());
    let notice = NoticeId(job.payload.clone());
    match post.deliver(&activity, &notice) {
        Ok(Some(again)) => Ok(Next::At(again)),
        Ok(None) | Err(Error::Purged | Error::Unknown) => Ok(Next::Done),
        Err(error) => Err(error.into()),
    }
}

/// The letter of one place.
fn seat_letter(post: &SeatPost, job: &Job) -> Result<Next, Failure> {
    let activity = ActivityId(job.activity.clone());
    let letter = LetterId(job.payload.clone());
    match post.deliver(&activity, &letter) {
        Ok(Some(again)) => Ok(Next::At(again)),
        Ok(None) | Err(Error::Unknown) => Ok(Next::Done),
        Err(error) => Err(error.into()),
    }
}

/// The draw of a job; a job of before an activity could have several draws names none.
fn look_by_job(db: &Db, vault: &Vault, mailer: &MailFacts, job: &Job) -> Result<(), Error> {
    if !job.payload.is_empty() {
        return look(db, vault, mailer, &DrawId(job.payload.clone()));
    }
    look_at_all(db, vault, mailer, &ActivityId(job.activity.clone()))
}

fn look_at_all(
    db: &Db,
    vault: &Vault,
    mailer: &MailFacts,
    activity: &ActivityId,
) -> Result<(), Error> {
    let draws = match db.read_now("list draws", |tx| claims::all(tx, activity)) {
        Err(Error::Purged) => return Ok(()),
        draws => draws?,
    };
    for draw in draws {
        look(db, vault, mailer, &draw.plan.id)?;
    }
    Ok(())
}

fn look(db: &Db, vault: &Vault, mailer: &MailFacts, draw: &DrawId) -> Result<(), Error> {
    let looked = db.write_now("look after claims", |tx| {
        let draw = claims::decided(tx, draw)?;
        claims::look(tx, vault, mailer, &draw)?;
        Ok(draw)
    });
    let looked = looked.and_then(|draw| addresses::learn(db, &draw));
    match looked {
        // Cancelled or purged meanwhile: nothing is left to do.
        Err(Error::Unknown | Error::Purged) => Ok(()),
        looked => looked,
    }
}

fn remind(db: &Db, mailer: &MailFacts, job: &Job) -> Result<Next, Failure> {
    let words = job.payload.split_once(' ');
    let Some((draw, Ok(deadline))) = words.map(|(draw, at)| (DrawId::from(draw), at.parse()))
    else {
        return Ok(Next::Done);
    };
    let deadline = Timestamp(deadline);
    let reminded = db.write_now("remind winners", |tx| {
        let draw = claims::decided(tx, &draw)?;
        notices::remind(tx, mailer, &draw, deadline)
    });
    match reminded {
        Ok(()) | Err(Error::Unknown | Error::Purged) => Ok(Next::Done),
        Err(error) => Err(error.into()),
    }
}

fn watch(db: &Db, vault: &Vault, mailer: &MailFacts) -> Result<Next, Failure> {
    let drawn = db.read_now("list draws with a result", |tx| {
        activity::list(tx, &[Stage::Closed, Stage::Drawn])
    })?;
    for facts in drawn {
        // One broken activity must not keep the others waiting.
        if let Err(error) = look_at_all(db, vault, mailer, &facts.id) {
            tracing::error!(activity = %facts.id, %error, "claims cannot be looked after");
        }
    }
    Ok(Next::At(db.clock().now().plus(BETWEEN_LOOKS)))
}
