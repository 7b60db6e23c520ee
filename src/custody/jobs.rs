//! What ends by itself: holds and years of the tax vault.

use crate::platform::clock::{HOUR, Timestamp};
use crate::platform::db::{self, Db};
use crate::platform::jobs::{self, NewJob, Next, Runner};
use crate::vault::Vault;

use super::{hold, tax};

const SWEEP: &str = "custody.sweep";

/// Names the handlers of this room.
pub fn register(runner: &mut Runner, db: &Db, vault: &Vault) {
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on_patiently(SWEEP, move |_| {
        let ended = hold::end_due(&own_db, &own_vault)? + tax::end_due(&own_db, &own_vault)?;
        if ended > 0 {
            tracing::info!(ended, "kept rows reached their last day");
        }
        Ok(Next::At(own_db.clock().now().plus(HOUR)))
    });
}

/// Makes sure that the sweep exists; called at every start.
pub fn ensure(db: &Db) -> Result<(), db::Error> {
    db.write_now("ensure custody sweep", |tx| {
        jobs::enqueue(
            tx,
            &NewJob {
                kind: SWEEP,
                activity: String::new(),
                payload: String::new(),
                run_at: Timestamp(0),
                dedup_key: SWEEP.to_owned(),
            },
        )
    })
}
