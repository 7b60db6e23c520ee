//! After every write: the mirror follows, then the witnesses are asked. And each hour the record's
//! head is signed.
//!
//! Invariant: each write leaves one job with its size; only the job of the newest size asks, so
//! many writes in a row cost one round of questions. A witness that fails holds up nobody else, and
//! none is shown a note that the mirror does not have.

use std::sync::Arc;
use std::thread;

use crate::platform::clock::{HOUR, MINUTE, SECOND, Timestamp};
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, Failure, Job, NewJob, Next, Runner};
use crate::vault::Vault;

use super::cosigning::{self, Answer, Newest, Trouble};
use super::witnesses::{Appointed, Cosignature};
use super::{Error, Mirror};

const COSIGN: &str = "journal.cosign";
const MIRROR: &str = "journal.mirror";
const HEAD: &str = "journal.head";

/// Closes and freezes fall on full hours; the head keeps out of their way.
const PAST_THE_HOUR: i64 = 7 * MINUTE;

/// Names the handlers of this domain's jobs.
pub fn register(runner: &mut Runner, db: &Db, vault: &Vault, mirror: &Mirror) {
    let (asker, own_vault, own_mirror) = (db.clone(), vault.clone(), mirror.clone());
    runner.on(COSIGN, move |job| {
        own_mirror.follow(&asker, &own_vault)?;
        cosign(&asker, &own_vault, job)
    });
    let (own_db, own_vault, mirror) = (db.clone(), vault.clone(), mirror.clone());
    runner.on(MIRROR, move |_| {
        mirror.follow(&own_db, &own_vault)?;
        Ok(Next::Done)
    });
    let (db, vault) = (db.clone(), vault.clone());
    runner.on(HEAD, move |_| {
        db.write_now("sign the record's head", |tx| super::write_head(tx, &vault))?;
        Ok(Next::At(next_head(db.clock().now())))
    });
}

/// Makes sure that heads are signed; called at every start.
pub fn ensure(db: &Db) -> Result<(), db::Error> {
    db.write_now("ensure heads", |tx| {
        let run_at = next_head(tx.now());
        jobs::enqueue(
            tx,
            &NewJob {
                kind: HEAD,
                activity: String::new(),
                payload: String::new(),
                run_at,
                dedup_key: HEAD.to_owned(),
            },
        )
    })
}

fn next_head(now: Timestamp) -> Timestamp {
    let this_hour = now.hour().plus(PAST_THE_HOUR);
    if this_hour > now {
        this_hour
    } else {
        this_hour.plus(HOUR)
    }
}

/// Has the mirror follow a journal of this size.
pub(super) fn enqueue_mirroring(tx: &mut Tx, size: u64) -> Result<(), db::Error> {
    let run_at = tx.now();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: MIRROR,
            activity: String::new(),
            payload: String::new(),
            run_at,
            dedup_key: format!("{MIRROR}:{size}"),
        },
    )
}

/// Has the checkpoint of this size cosigned, unless a larger one comes first.
pub(super) fn enqueue_cosigning(tx: &mut Tx, size: u64) -> Result<(), db::Error> {
    let run_at = tx.now();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: COSIGN,
            activity: String::new(),
            payload: size.to_string(),
            run_at,
            dedup_key: format!("{COSIGN}:{size}"),
        },
    )
}

fn cosign(db: &Db, vault: &Vault, job: &Job) -> Result<Next, Failure> {
    let newest = db.read_now("read newest checkpoint", |tx| cosigning::newest(tx, vault))?;
    let Some(newest) = newest.filter(|newest| job.payload == newest.size.to_string()) else {
        // A larger checkpoint has a job of its own.
        return Ok(Next::Done);
    };
    ask_all(db, &newest)?;
    let left = db.read_now("read newest checkpoint", |tx| cosigning::newest(tx, vault))?;
    Ok(match left {
        Some(left) if left.size == newest.size => match (left.asked.is_empty(), left.later) {
            (true, None) => Next::Done,
            (true, Some(at)) => Next::At(at),
            (false, _) => Next::At(db.clock().now().plus(SECOND)),
        },
        _ => Next::Done,
    })
}

/// Asks everybody at once, so that one who does not answer costs no more than its own time.
fn ask_all(db: &Db, newest: &Newest) -> Result<(), Error> {
    let newest = Arc::new(newest.clone());
    let asking: Vec<_> = newest
        .asked
        .iter()
        .cloned()
        .map(|(witness, proof)| {
            let (db, newest) = (db.clone(), newest.clone());
            thread::spawn(move || {
                let said = ask_one(&db, &newest, &witness, proof)?;
                db.write_now("keep cosignature", |tx| {
                    cosigning::keep(tx, &witness, &said)
                })
            })
        })
        .collect();
    for thread in asking {
        thread
            .join()
            .unwrap_or(Err(Error::Db(db::Error::Stopped)))?;
    }
    Ok(())
}

/// Asks one witness; again if it knows another checkpoint than we thought.
fn ask_one(
    db: &Db,
    newest: &Newest,
    witness: &Appointed,
    proof: Vec<lucky_draw::encode::Hash>,
) -> Result<Result<Cosignature, Trouble>, Error> {
    let now = db.clock().now();
    let mut answer = cosigning::ask(witness, newest, witness.size, proof, now);
    if let Ok(Answer::Knows(known)) = answer {
        let proof = db.read_now("read consistency proof", |tx| {
            cosigning::proof_from(tx, known, newest.size)
        })?;
        answer = cosigning::ask(witness, newest, known, proof, now);
    }
    let said = match answer {
        Ok(Answer::Cosigned(said)) => Ok(said),
        Ok(Answer::Knows(_)) => Err(Trouble::Unreadable),
        Err(trouble) => Err(trouble),
    };
    if let Err(trouble) = said {
        tracing::warn!(witness = witness.name(), size = newest.size, %trouble, "no cosignature");
    }
    Ok(said)
}
