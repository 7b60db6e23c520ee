//! What happens by itself: letters leave, what is over goes, boxes are written anew.
//!
//! Invariant: every handler asks where things stand before it acts, so that running one twice, late
//! or on two instances is harmless.

use std::sync::Arc;

use crate::platform::clock::{DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, NewJob, Next, Runner};
use crate::platform::mail::MailFacts;
use crate::vault::Vault;

use super::letters::LetterId;
use super::post::Post;
use super::{Error, asking, letters, policy_news, receipts};

const LETTER: &str = "member.letter";
const SWEEP: &str = "member.sweep";
const TELL: &str = "member.tell";

/// Names the handlers of this domain's jobs.
pub fn register(
    runner: &mut Runner,
    db: &Db,
    vault: &Vault,
    mailer: &Arc<MailFacts>,
    config: &Config,
) {
    let post = Post::new(db, vault, mailer, config);
    runner.on_patiently(LETTER, move |job| {
        match post.deliver(&LetterId(job.payload.clone())) {
            Ok(Some(again)) => Ok(Next::At(again)),
            Ok(None) | Err(Error::Unknown) => Ok(Next::Done),
            Err(error) => Err(error.into()),
        }
    });
    let teller = db.clone();
    runner.on(TELL, move |job| {
        let version = job.payload.parse().unwrap_or_default();
        let write = |tx: &mut Tx<'_>| policy_news::write_page(tx, version);
        while teller.write_now("write letters to members", write)? {}
        Ok(Next::Done)
    });
    let db = db.clone();
    runner.on(SWEEP, move |_| {
        db.write_now("sweep members", |tx| {
            asking::sweep(tx)?;
            letters::sweep(tx)?;
            receipts::write_anew(tx)
        })?;
        Ok(Next::At(db.clock().now().plus(DAY)))
    });
}

/// Makes sure that the sweep exists: the first asking brings it.
pub(super) fn ensure_sweep(tx: &mut Tx) -> Result<(), db::Error> {
    let run_at = tx.now().plus(DAY);
    enqueue(tx, SWEEP, String::new(), run_at)
}

/// Letters to all members about a version of the policy.
pub(super) fn enqueue_telling(tx: &mut Tx, version: i64) -> Result<(), db::Error> {
    let now = tx.now();
    enqueue(tx, TELL, version.to_string(), now)
}

/// One letter, as soon as it can.
pub(super) fn enqueue_letter(tx: &mut Tx, letter: &LetterId) -> Result<(), db::Error> {
    let now = tx.now();
    enqueue(tx, LETTER, letter.0.clone(), now)
}

fn enqueue(
    tx: &mut Tx,
    kind: &'static str,
    payload: String,
    run_at: Timestamp,
) -> Result<(), db::Error> {
    jobs::enqueue(
        tx,
        &NewJob {
            kind,
            activity: String::new(),
            dedup_key: format!("{kind}:{payload}"),
            payload,
            run_at,
        },
    )
}
