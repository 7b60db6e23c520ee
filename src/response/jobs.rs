//! What runs later: letters about alarms, and every hour what is a week old goes.

use std::sync::Arc;

use crate::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{self, Db, Tx};
use crate::platform::jobs::{self, NewJob, Next, Runner};
use crate::platform::mail::{MailFacts, Outcome};
use crate::platform::watch::KEY_DAYS;
use crate::vault::Vault;

use super::{Guardian, letters};

/// For so long counts are kept, and tags of networks.
pub(super) const KEPT: i64 = KEY_DAYS * DAY;
/// When a letter that no server took is tried again.
const LATER: i64 = 10 * MINUTE;

const SWEEP: &str = "response.sweep";
const LETTER: &str = "response.letter";

/// Names the handlers of this room.
pub fn register(
    runner: &mut Runner,
    guardian: &Guardian,
    (db, vault): (&Db, &Vault),
    mail: &Arc<MailFacts>,
    config: &Arc<Config>,
) {
    let (own, own_db) = (guardian.clone(), db.clone());
    runner.on(SWEEP, move |_| {
        own.sweep()?;
        Ok(Next::At(own_db.clock().now().plus(HOUR)))
    });
    let (db, vault, mail, config) = (db.clone(), vault.clone(), mail.clone(), config.clone());
    runner.on_patiently(LETTER, move |_| {
        if !mail.is_configured() || config.watch.alarm_to.is_empty() {
            return Ok(Next::Done);
        }
        let Some(letter) = db.read_now("read alarms", |tx| letters::digest(tx, &config))? else {
            return Ok(Next::Done);
        };
        // Noted before it leaves: one that may have left is never sent again.
        db.write_now("note letter about alarms", |tx| letters::told(tx, &letter))?;
        match vault.alarm(letter.words.clone(), &mail.message_id())? {
            Outcome::TryLater(_) => {
                db.write_now("take note back", |tx| letters::not_told(tx, &letter))?;
                Ok(Next::At(db.clock().now().plus(LATER)))
            }
            Outcome::Sent | Outcome::Refused { .. } | Outcome::Uncertain => Ok(Next::Done),
        }
    });
}

/// Makes sure that the sweep exists; called at every start.
pub fn ensure(db: &Db) -> Result<(), db::Error> {
    db.write_now("ensure sweep of alarms", |tx| {
        let run_at = tx.now().plus(HOUR);
        enqueue(tx, SWEEP, run_at)
    })
}

/// One letter at a moment; a second one until then is left out.
pub(super) fn enqueue_letter(tx: &mut Tx, at: Timestamp) -> Result<(), db::Error> {
    enqueue(tx, LETTER, at)
}

fn enqueue(tx: &mut Tx, kind: &'static str, run_at: Timestamp) -> Result<(), db::Error> {
    jobs::enqueue(
        tx,
        &NewJob {
            kind,
            activity: String::new(),
            payload: String::new(),
            run_at,
            dedup_key: kind.to_owned(),
        },
    )
}
