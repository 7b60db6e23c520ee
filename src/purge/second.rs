//! The second certificate: the copies that the operator declared are over, and still nothing is
//! here (`privacy` 1.8, `decisions` D19).
//!
//! Invariant: it is signed only after a look of its own; where the key folder's file system keeps
//! old contents it is never signed, and the page says so.

use crate::activity;
use crate::draw;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::text::dates;

use super::certificate::{LIMITS, keep, planted_people, scanner};
use super::wire::{KIND, SecondCertificate};
use super::{Error, Purge, Purger, Step, scan, store, tombstone};

const PHASE: u8 = 2;

impl Purger {
    /// The purges whose second certificate is due.
    pub fn due_again(&self) -> Result<Vec<Purge>, Error> {
        self.db.read_now("list second certificates due", |tx| {
            let now = tx.now();
            let mut purges = store::list(tx)?;
            purges.retain(|purge| is_due(purge, now));
            Ok(purges)
        })
    }

    /// Looks again, and signs the second certificate of a purge.
    ///
    /// # Errors
    /// [`Error::KeyRemains`] and [`Error::Traces`] where something came back; [`Error::NotDue`]
    /// before its day.
    pub fn certify_again(&self, purge: &Purge) -> Result<Purge, Error> {
        let id = &purge.activity;
        if self.vault.holds_key(id.as_str())? {
            return Err(Error::KeyRemains);
        }
        let scanned = scan::run(self, purge)?;
        let hits: u64 = scanned.locations.iter().map(|location| location.hits).sum();
        if hits > 0 {
            return Err(Error::Traces { hits });
        }
        let signed = self.db.write_now("purge: certify again", |tx| {
            let mut purge = store::find(tx, id)?.ok_or(Error::Unknown)?;
            if !purge.second.is_empty() {
                return Ok(purge);
            }
            if !is_due(&purge, tx.now()) {
                return Err(Error::NotDue);
            }
            let facts = activity::by_id(tx, id)?;
            let plans = draw::plans(tx, id)?;
            let ended = purge.report.restarted_at;
            let certificate = SecondCertificate {
                kind: KIND,
                site: self.vault.site_name().to_owned(),
                activity: facts.slug.clone(),
                title: [facts.title.zh.clone(), facts.title.en.clone()],
                phase: PHASE,
                first: lucky_draw::encode::sha256(purge.certificate.as_bytes()).to_string(),
                finished: dates::rfc3339(tx.now().0),
                key_copies_days: self.copies.keys,
                backup_days: self.copies.backups,
                processes_ended: (ended > 0).then(|| dates::rfc3339(ended)),
                key_files: 0,
                rows: 0,
                planted: planted_people(&purge),
                scan: scanned.locations.clone(),
                not_scanned: scanned.unread.clone(),
                scanner: scanner(),
                limits: LIMITS,
            }
            .to_json();
            keep(tx, self, &facts, &plans, PHASE, &certificate)?;
            super::record(tx, id, "purge.certified_again")?;
            purge.second = certificate;
            purge.trouble = String::new();
            store::update(tx, &purge)?;
            Ok(purge)
        })?;
        let tombstone = self
            .db
            .read_now("read tombstone", |tx| tombstone::of(tx, &signed))?;
        tombstone::write(&self.data, &tombstone).map_err(Error::Unreadable)?;
        Ok(signed)
    }

    /// When the second certificate of a key that was destroyed `at` comes; nothing where its file
    /// system keeps copies for nobody knows how long.
    pub(super) fn second_due(&self, purge: &Purge) -> Option<Timestamp> {
        let keeps = purge.report.shredded.as_ref()?.file_system.keeps_copies;
        let days = i64::from(self.copies.keys.max(self.copies.backups));
        (!keeps).then(|| Timestamp(purge.report.shredded_at).plus(days * DAY))
    }

    /// Notes that the processes which served purged activities have ended: this one holds the key
    /// folder, which only one can hold. Called at every start; where several share a vault, it is
    /// found out by asking (`everywhere`).
    pub(super) fn note_restart(&self) -> Result<(), Error> {
        if self.shares_vault {
            return Ok(());
        }
        self.db.write_now("note restart", |tx| {
            let now = tx.now().0;
            for mut purge in store::list(tx)? {
                if purge.step == Step::Done && purge.report.restarted_at == 0 {
                    purge.report.restarted_at = now;
                    store::update(tx, &purge)?;
                }
            }
            Ok(())
        })
    }
}

fn is_due(purge: &Purge, now: Timestamp) -> bool {
    let due = purge.second_at.is_some_and(|at| at <= now);
    purge.step == Step::Done && purge.second.is_empty() && due
}
