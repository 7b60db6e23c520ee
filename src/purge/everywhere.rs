//! A purge where several instances serve one site: it is done by one of them, and all forget.
//!
//! Invariant: "the processes have ended" is written down only when every instance that lives, and
//! the vault, started after the purge was done. They start anew one after the other, so that
//! somebody always serves.
//!
//! Not here: an instance with a vault of its own, which is alone (`second`).

use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::instances::{self, Instance};

use super::{Error, Purge, Purger, Step, replay, store};

impl Purger {
    /// What one instance does for itself, every few seconds: what others have purged is forgotten
    /// here too, and in the quiet hour this process starts anew when its turn has come.
    pub fn look_around(&self, own: &Instance) -> Result<(), Error> {
        let (purges, living) = self.db.read_now("look what others purged", |tx| {
            let lately = tx.now().plus(-DAY);
            let mut purges = store::list(tx)?;
            let waits = |purge: &Purge| purge.report.restarted_at == 0;
            purges.retain(|purge| purge.step > Step::Delete);
            purges.retain(|purge| purge.updated_at > lately || waits(purge));
            Ok::<_, Error>((purges, instances::living(tx)?))
        })?;
        for purge in &purges {
            self.memory.forget(purge.activity.as_str());
        }
        let mut waiting = purges.iter().filter(|purge| waits_for_ends(purge));
        let Some(last) = waiting.by_ref().map(done_at).max() else {
            return Ok(());
        };
        // The tombstones of others, before anything can bring their rows back here.
        replay::mend(self)?;
        if !self.shares_vault {
            return Ok(());
        }
        let is_new = |instance: &Instance| instance.started_at > last;
        if living.iter().all(is_new) && self.vault.since() > last {
            return self.note_ends();
        }
        // The eldest first; whoever comes next sees it come back.
        let is_turn = living.first().is_some_and(|eldest| eldest.id == own.id);
        if !is_new(own) && is_turn && self.quiet_hour < 24 && self.is_quiet() {
            self.control.restart();
        }
        Ok(())
    }

    /// Notes of every purge that the processes which served it have ended.
    fn note_ends(&self) -> Result<(), Error> {
        self.db.write_now("note ends", |tx| {
            let now = tx.now().0;
            let eldest = instances::living(tx)?
                .first()
                .map(|eldest| eldest.started_at);
            for mut purge in store::list(tx)? {
                let is_over = eldest.is_some_and(|eldest| eldest > done_at(&purge));
                if waits_for_ends(&purge) && is_over && self.vault.since() > done_at(&purge) {
                    purge.report.restarted_at = now;
                    store::update(tx, &purge)?;
                }
            }
            Ok(())
        })
    }
}

fn waits_for_ends(purge: &Purge) -> bool {
    purge.step == Step::Done && purge.report.restarted_at == 0
}

/// When the last step was taken.
fn done_at(purge: &Purge) -> Timestamp {
    let last = purge.report.steps.last();
    last.map_or(purge.updated_at, |step| Timestamp(step.at))
}
