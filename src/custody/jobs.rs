//! What ends by itself: holds and years of the tax vault; and letters of incidents, in batches.

use std::sync::Arc;

use crate::platform::clock::{HOUR, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, NewJob, Next, Runner};
use crate::platform::mail::MailFacts;
use crate::vault::Vault;

use super::letters::Post;
use super::{IncidentId, hold, tax};

const SWEEP: &str = "custody.sweep";
const LETTERS: &str = "custody.letters";

/// Names the handlers of this room.
pub fn register(
    runner: &mut Runner,
    db: &Db,
    vault: &Vault,
    mail: &Arc<MailFacts>,
    config: &Config,
) {
    let (own_db, own_vault) = (db.clone(), vault.clone());
    runner.on_patiently(SWEEP, move |_| {
        let ended = hold::end_due(&own_db, &own_vault)? + tax::end_due(&own_db, &own_vault)?;
        if ended > 0 {
            tracing::info!(ended, "kept rows reached their last day");
        }
        Ok(Next::At(own_db.clock().now().plus(HOUR)))
    });
    let post = Post::new(db, vault, mail, config);
    runner.on_patiently(LETTERS, move |job| {
        let incident = IncidentId::from(job.payload.as_str());
        Ok(post.send(&incident)?.map_or(Next::Done, Next::At))
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

/// Sends the letters of an incident, beginning now.
pub(super) fn enqueue_letters(tx: &mut Tx, id: &IncidentId) -> Result<(), db::Error> {
    let run_at = tx.now();
    jobs::enqueue(
        tx,
        &NewJob {
            kind: LETTERS,
            activity: String::new(),
            payload: id.0.clone(),
            run_at,
            dedup_key: format!("{LETTERS} {id}"),
        },
    )
}
