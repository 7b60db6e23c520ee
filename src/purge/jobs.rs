//! Purges come by themselves: one job that looks every minute and never ends.

use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{self, Db};
use crate::platform::fault::Fault;
use crate::platform::jobs::{self, NewJob, Next, Runner};
use crate::vault::Vault;

use super::{Error, Purger};

const SWEEP: &str = "purge.sweep";
const BETWEEN_SWEEPS: i64 = MINUTE;

/// Names the handler of the sweep.
pub fn register(runner: &mut Runner, db: &Db, vault: &Vault, config: &Config) {
    let purger = Purger::new(db, vault, config);
    runner.on_patiently(SWEEP, move |_| {
        sweep(&purger)?;
        Ok(Next::At(purger.db.clock().now().plus(BETWEEN_SWEEPS)))
    });
}

/// Makes sure that the sweep exists; called at every start.
pub fn ensure(db: &Db) -> Result<(), db::Error> {
    db.write_now("ensure purge sweep", |tx| {
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

/// Purges everything that is due; one that must wait does not hold up the others.
fn sweep(purger: &Purger) -> Result<(), Error> {
    for facts in purger.due()? {
        match purger.run(&facts.id) {
            Ok(_) => tracing::info!(activity = %facts.id, "purged"),
            Err(error @ (Error::Busy(_) | Error::NotQuiet)) => {
                tracing::info!(activity = %facts.id, code = error.code(), "purge waits");
            }
            Err(error) => {
                tracing::error!(activity = %facts.id, code = error.code(), "purge is stuck");
            }
        }
    }
    Ok(())
}
