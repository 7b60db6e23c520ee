//! What happens by itself: answers are mailed; every night what has had its time goes, and the keys
//! that nothing needs any more.

use std::sync::Arc;

use crate::platform::clock::DAY;
use crate::platform::config::Config;
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, Failure, Job, NewJob, Next, Runner};
use crate::platform::mail::MailFacts;
use crate::vault::{self, Vault};

use super::post::Post;
use super::{Error, FeedbackId};

const SWEEP: &str = "feedback.sweep";
const MAIL: &str = "feedback.mail";

/// Names the handlers of this domain's jobs.
pub fn register(
    runner: &mut Runner,
    db: &Db,
    vault: &Vault,
    mail: &Arc<MailFacts>,
    config: &Config,
) {
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on(SWEEP, move |_| {
        sweep(&own_db, &own_vault)?;
        Ok(Next::At(own_db.clock().now().plus(DAY)))
    });
    let post = Post::new(db, vault, mail, config);
    runner.on_patiently(MAIL, move |job| deliver(&post, job));
}

/// Makes sure that the sweep exists: the first letter brings it.
pub(super) fn ensure(tx: &mut Tx) -> Result<(), db::Error> {
    let run_at = tx.now().plus(DAY);
    jobs::enqueue(
        tx,
        &NewJob {
            kind: SWEEP,
            activity: String::new(),
            payload: String::new(),
            run_at,
            dedup_key: SWEEP.to_owned(),
        },
    )
}

/// One answer, as soon as it can.
pub(super) fn enqueue_mail(tx: &mut Tx, id: &FeedbackId, number: i64) -> Result<(), db::Error> {
    let run_at = tx.now();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: MAIL,
            activity: String::new(),
            payload: format!("{id} {number}"),
            run_at,
            dedup_key: format!("{MAIL}:{id}:{number}"),
        },
    )
}

fn deliver(post: &Post, job: &Job) -> Result<Next, Failure> {
    let words = job.payload.split_once(' ');
    let Some((id, Ok(number))) = words.map(|(id, number)| (FeedbackId::from(id), number.parse()))
    else {
        return Ok(Next::Done);
    };
    match post.deliver(&id, number) {
        Ok(Some(again)) => Ok(Next::At(again)),
        // Erased meanwhile.
        Ok(None) | Err(Error::Unknown | Error::Gone) => Ok(Next::Done),
        Err(error) => Err(error.into()),
    }
}

/// The key goes first: what is then still in the table can no longer be read.
fn sweep(db: &Db, vault: &Vault) -> Result<(), Error> {
    let over = db.write_now("sweep feedback", super::sweep)?;
    for scope in over {
        vault.erase(&scope)?;
        db.write_now("end key of feedback", |tx| {
            vault::scope_erased(tx, &scope).map_err(Error::from)
        })?;
        tracing::info!(scope, "key of feedback destroyed");
    }
    Ok(())
}
