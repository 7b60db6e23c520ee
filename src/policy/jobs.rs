//! What happens by itself: everybody concerned is told of a major change of the policy.
//!
//! Invariant: an audience that cannot be told now is asked again; those that were told are not told
//! twice.

use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, NewJob, Next, Runner};

use super::general;
use super::general::audience::Audiences;

const TELL: &str = "policy.tell";

/// Names the handler of this domain's job.
pub fn register(runner: &mut Runner, db: &Db, audiences: &Audiences) {
    let (db, audiences) = (db.clone(), audiences.clone());
    runner.on(TELL, move |job| {
        let Ok(number) = job.payload.parse() else {
            return Ok(Next::Done);
        };
        for audience in audiences.iter() {
            db.write_now("tell of the policy", |tx| {
                let version = general::by_number(tx, number)?;
                audience.tell(tx, &version)
            })?;
        }
        Ok(Next::Done)
    });
}

/// Has everybody told of a version.
pub(super) fn enqueue_telling(tx: &mut Tx, number: i64) -> Result<(), db::Error> {
    let run_at = tx.now();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: TELL,
            activity: String::new(),
            dedup_key: format!("{TELL}:{number}"),
            payload: number.to_string(),
            run_at,
        },
    )
}
