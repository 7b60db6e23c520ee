//! The last step: a signed statement that the data is gone, in the journal and on the page.

use lucky_draw::encode::Hash;
use lucky_draw::record;

use crate::activity::{self, ActivityId, Facts, lifecycle};
use crate::draw::{self, DrawStage, Plan};
use crate::journal;
use crate::log;
use crate::notify;
use crate::platform::db::Tx;
use crate::platform::text::dates;

use super::purger::die;
use super::wire::{
    Certificate, CertifiedDraw, CertifiedStep, ExportMade, KIND, Opened, Outstanding,
    PlantedPeople, Scanner, StepTaken,
};
use super::{Error, Purge, Purger, Step, scan, store, tombstone};

/// The phase in which the live keys are destroyed (`privacy` 1.8).
const PHASE: u8 = 1;

pub(super) const LIMITS: [&str; 2] = [
    "Nobody can prove from afar that no copy of a key was ever made.",
    "Copies of the key folder that an operator made by hand are not known to this program.",
];

/// Signs the certificate into the journal and moves the activity to its last stage.
pub(super) fn certify(purger: &Purger, purge: &Purge) -> Result<Purge, Error> {
    if purger.vault.holds_key(purge.activity.as_str())? {
        return Err(Error::KeyRemains);
    }
    let backups = scan::backups(&purger.data)?;
    let purge = purger
        .db
        .write_now("purge: certify", |tx| -> Result<Purge, Error> {
            let mut purge = store::find(tx, &purge.activity)?.ok_or(Error::Unknown)?;
            if purge.step != Step::Certify {
                return Ok(purge);
            }
            let facts = activity::by_id(tx, &purge.activity)?;
            let plans = draw::plans(tx, &facts.id)?;
            purge.second_at = purger.second_due(&purge);
            purge.report.steps.push(StepTaken {
                step: Step::Certify.code().to_owned(),
                at: tx.now().0,
            });
            let certificate = certificate(tx, purger, &purge, &facts, &plans, &backups)?.to_json();
            keep(tx, purger, &facts, &plans, PHASE, &certificate)?;
            lifecycle::purged(tx, &facts)?;
            super::record(tx, &facts.id, "purge.certified")?;
            purge.step = Step::Done;
            purge.updated_at = tx.now();
            purge.trouble = String::new();
            purge.certificate = certificate;
            store::update(tx, &purge)?;
            die(Step::Certify, "inside");
            Ok(purge)
        })?;
    // The certificate is signed: a restore of a backup must know it from now on.
    let tombstone = purger
        .db
        .read_now("read tombstone", |tx| tombstone::of(tx, &purge))?;
    tombstone::write(&purger.data, &tombstone).map_err(Error::Unreadable)?;
    Ok(purge)
}

/// Signs one note for each manifest, and keeps the certificate with its draw; a survey, and a
/// draft that was cancelled, have one as well.
pub(super) fn keep(
    tx: &mut Tx,
    purger: &Purger,
    facts: &Facts,
    plans: &[Plan],
    phase: u8,
    certificate: &str,
) -> Result<(), Error> {
    let published: Vec<&Plan> = plans.iter().filter(|p| p.manifest.is_some()).collect();
    let alone = plans.first().map_or("", |plan| plan.id.as_str());
    let mut each: Vec<(&str, Option<&Plan>)> = Vec::new();
    each.extend(published.iter().map(|plan| (plan.id.as_str(), Some(*plan))));
    if each.is_empty() {
        each.push((alone, None));
    }
    for (draw_id, plan) in each {
        let name = format!("certificate-{phase}.json");
        let hash = draw::keep_file(tx, &facts.id, draw_id, &name, certificate)?;
        let note = note(tx, purger, plan, phase, hash)?.to_text();
        let written = journal::write(tx, &purger.vault, &note)?;
        let name = format!("purge-{phase}.note");
        draw::keep_note(tx, &facts.id, draw_id, &name, &written)?;
    }
    Ok(())
}

/// How many notes [`keep`] writes.
fn notes_of(plans: &[Plan]) -> u64 {
    let published = plans.iter().filter(|p| p.manifest.is_some()).count();
    u64::try_from(published.max(1)).unwrap_or(u64::MAX)
}

/// Files of winners that the staff took out of this program.
pub(super) fn exports(tx: &mut Tx, id: &ActivityId) -> Result<Vec<ExportMade>, Error> {
    let made = notify::export::of_activity(tx, id)?;
    let each = made.into_iter().map(|export| ExportMade {
        at: dates::rfc3339(export.made_at.0),
        purpose: export.purpose.code().to_owned(),
        rows: export.rows,
    });
    Ok(each.collect())
}

fn certificate(
    tx: &mut Tx,
    purger: &Purger,
    purge: &Purge,
    facts: &Facts,
    plans: &[Plan],
    backups: &[String],
) -> Result<Certificate, Error> {
    let mut draws = Vec::new();
    for plan in plans {
        let log = log::find(tx, facts.id.as_str(), plan.id.as_str()).map_err(draw::Error::from)?;
        draws.push(CertifiedDraw {
            draw: plan.id.0.clone(),
            manifest: plan.manifest.map(|hash| hash.to_string()),
            entries: log.map_or(0, |log| log.size),
        });
    }
    let journal = journal::size(tx)?;
    let report = &purge.report;
    Ok(Certificate {
        kind: KIND,
        site: purger.vault.site_name().to_owned(),
        activity: facts.slug.clone(),
        title: [facts.title.zh.clone(), facts.title.en.clone()],
        draws,
        phase: PHASE,
        begun: dates::rfc3339(purge.started_at.0),
        finished: dates::rfc3339(tx.now().0),
        forced: report.forced,
        steps: report.steps.iter().map(CertifiedStep::of).collect(),
        key: report.shredded.clone(),
        key_destroyed: dates::rfc3339(report.shredded_at),
        opened: Opened {
            winners: report.openings,
            disclosures: report.disclosures,
            partners: report.shared,
            incident_letters: report.told,
        },
        deleted: report.deleted.clone(),
        held: report.held.clone(),
        moved_to_tax_vault: report.taxed,
        tables_kept: report.tables,
        compacted: dates::rfc3339(report.compacted_at),
        server: report.remarks.clone(),
        trimmed: report.trimmed.clone(),
        planted: planted_people(purge),
        needles: report.needle_count,
        scan: report.scanned.clone(),
        not_scanned: report.unread.clone(),
        scanner: scanner(),
        journal: [journal, journal + notes_of(plans)],
        outstanding: Outstanding {
            exports: report.exports.clone(),
            backups: backups.to_vec(),
            key_copies_days: purger.copies.keys,
            backup_days: purger.copies.backups,
            second_certificate: purge.second_at.map(|at| dates::rfc3339(at.0)),
        },
        limits: LIMITS,
    })
}

pub(super) fn planted_people(purge: &Purge) -> PlantedPeople {
    PlantedPeople {
        of: purge.activity.0.clone(),
        people: purge.report.planted,
    }
}

pub(super) fn scanner() -> Scanner {
    Scanner {
        version: env!("CARGO_PKG_VERSION"),
        source: scan::source(),
    }
}

/// The purge note of draw-protocol 4.9; a survey has no manifest, a cancelled draw no result.
fn note(
    tx: &mut Tx,
    purger: &Purger,
    plan: Option<&Plan>,
    phase: u8,
    certificate: Hash,
) -> Result<record::Purge, Error> {
    let mut note = record::Purge {
        manifest: None,
        result: None,
        settle: None,
        bundle: None,
        phase,
        certificate,
    };
    let Some(plan) = plan.filter(|plan| plan.manifest.is_some()) else {
        return Ok(note);
    };
    note.manifest = plan.manifest;
    if plan.stage == DrawStage::Drawn {
        let result = draw::result(tx, plan)?;
        let settles = draw::settlements(tx, plan)?;
        note.result = Some(result.hash());
        note.settle = Some(settles.last().map_or(result.hash(), |last| last.hash()));
    }
    note.bundle = Some(draw::bundle(tx, &purger.vault, plan)?.hash_without_purge());
    Ok(note)
}
