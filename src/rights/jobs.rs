//! Every night: requests whose time is over go, and the keys that nothing needs any more.

use crate::platform::clock::DAY;
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, NewJob, Next, Runner};
use crate::vault::{self, Vault};

use super::Error;

const SWEEP: &str = "rights.sweep";

/// Names the handler of the sweep.
pub fn register(runner: &mut Runner, db: &Db, vault: &Vault) {
    let (db, vault) = (db.clone(), vault.clone());
    runner.on(SWEEP, move |_| {
        sweep(&db, &vault)?;
        Ok(Next::At(db.clock().now().plus(DAY)))
    });
}

/// Makes sure that the sweep exists: the first request brings it.
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

/// The key goes first: what is then still in the table can no longer be read.
fn sweep(db: &Db, vault: &Vault) -> Result<(), Error> {
    let over = db.write_now("sweep requests", super::sweep)?;
    for scope in over {
        vault.erase(&scope)?;
        db.write_now("end key of requests", |tx| {
            vault::scope_erased(tx, &scope).map_err(Error::from)
        })?;
        tracing::info!(scope, "key of requests destroyed");
    }
    Ok(())
}
