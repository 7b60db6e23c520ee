//! The last step: a signed statement that the data is gone, in the journal and on the page.

use lucky_draw::encode::Hash;
use lucky_draw::record;

use crate::activity::{self, Facts, lifecycle};
use crate::draw::{self, DrawStage, Plan};
use crate::journal;
use crate::log;
use crate::platform::db::Tx;
use crate::platform::text::dates;

use super::wire::{Certificate, CertifiedDraw};
use super::{Error, Purge, Purger, Step, store};

/// The phase in which the live keys are destroyed (`privacy` 1.8).
const PHASE: u8 = 1;

const LIMITS: [&str; 2] = [
    "Nobody can prove from afar that no copy of a key was ever made.",
    "Copies of the key folder that an operator made by hand are not known to this program.",
];

/// Signs the certificate into the journal and moves the activity to its last stage.
pub(super) fn certify(purger: &Purger, purge: &Purge) -> Result<Purge, Error> {
    if purger.vault.holds_key(purge.activity.as_str())? {
        return Err(Error::KeyRemains);
    }
    purger.db.write_now("purge: certify", |tx| {
        let mut purge = store::find(tx, &purge.activity)?.ok_or(Error::Unknown)?;
        if purge.step != Step::Certify {
            return Ok(purge);
        }
        let facts = activity::by_id(tx, &purge.activity)?;
        let plans = draw::plans(tx, &facts.id)?;
        let certificate = certificate(tx, purger, &purge, &facts, &plans)?.to_json();
        // One note for each manifest; a survey, and a draft that was cancelled, have one as well.
        let published: Vec<&Plan> = plans.iter().filter(|p| p.manifest.is_some()).collect();
        if published.is_empty() {
            let draw_id = plans.first().map_or("", |plan| plan.id.as_str());
            certify_one(tx, purger, &facts, draw_id, None, &certificate)?;
        }
        for plan in published {
            let draw_id = plan.id.as_str();
            certify_one(tx, purger, &facts, draw_id, Some(plan), &certificate)?;
        }
        lifecycle::purged(tx, &facts)?;
        super::record(tx, &facts.id, "purge.certified")?;
        purge.step = Step::Done;
        purge.trouble = String::new();
        purge.certificate = certificate;
        store::update(tx, &purge)?;
        Ok(purge)
    })
}

/// Keeps the certificate with one draw and signs its note.
fn certify_one(
    tx: &mut Tx,
    purger: &Purger,
    facts: &Facts,
    draw_id: &str,
    plan: Option<&Plan>,
    certificate: &str,
) -> Result<(), Error> {
    let name = format!("certificate-{PHASE}.json");
    let hash = draw::keep_file(tx, &facts.id, draw_id, &name, certificate)?;
    let note = note(tx, purger, plan, hash)?.to_text();
    let written = journal::write(tx, &purger.vault, &note)?;
    let name = format!("purge-{PHASE}.note");
    Ok(draw::keep_note(tx, &facts.id, draw_id, &name, &written)?)
}

fn certificate(
    tx: &mut Tx,
    purger: &Purger,
    purge: &Purge,
    facts: &Facts,
    plans: &[Plan],
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
    Ok(Certificate {
        kind: "fairdraw purge certificate/1",
        site: purger.vault.site_name().to_owned(),
        activity: facts.slug.clone(),
        title: [facts.title.zh.clone(), facts.title.en.clone()],
        draws,
        phase: PHASE,
        begun: dates::rfc3339(purge.started_at.0),
        finished: dates::rfc3339(tx.now().0),
        key: purge.report.shredded.clone(),
        key_destroyed: dates::rfc3339(purge.report.shredded_at),
        deleted: purge.report.deleted.clone(),
        tables_kept: purge.report.tables,
        compacted: dates::rfc3339(purge.report.compacted_at),
        needles: purge.report.needle_count,
        scan: purge.report.scanned.clone(),
        limits: LIMITS,
    })
}

/// The purge note of draw-protocol 4.9; a survey has no manifest, a cancelled draw no result.
fn note(
    tx: &mut Tx,
    purger: &Purger,
    plan: Option<&Plan>,
    certificate: Hash,
) -> Result<record::Purge, Error> {
    let mut note = record::Purge {
        manifest: None,
        result: None,
        settle: None,
        bundle: None,
        phase: PHASE,
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
