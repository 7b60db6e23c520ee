//! A draw that was cancelled before it took place: manifest, cancel note and their proofs (4.10).

use super::files::Cancelled;
use super::journal::included;
use super::links::same;
use super::purge::Expected;
use super::report::{Finding, Report};
use super::signatures::{Seen, site_key};
use super::time::Pinned;
use super::{CheckName, Context, Options, files, receipt};
use crate::bundle::Bundle;
use crate::encode::sha256;

pub(super) fn verify(
    bundle: &Bundle,
    cancelled: &Cancelled<'_>,
    options: &Options,
    context: &Context<'_>,
) -> Report {
    let mut report = Report::new(options);
    report.cancelled = Some(cancelled.cancel.value.reason.clone());
    let expected = Expected {
        manifest: cancelled.manifest.value.hash(),
        result: None,
        settle: None,
    };
    for name in CheckName::ALL {
        let finding = match name {
            CheckName::Format => files::summary(bundle),
            CheckName::Signatures => signatures(cancelled, options, context).into(),
            CheckName::Links => links(cancelled).into(),
            CheckName::Journal => journal(cancelled).into(),
            CheckName::Time => time(cancelled, context).into(),
            CheckName::Purge => expected.check(bundle, &cancelled.purges),
            CheckName::Receipt if receipt::is_given(options) => {
                Finding::could_not("the draw was cancelled, so there is no list to look in")
            }
            CheckName::Receipt => receipt::none_given(),
            _ => Finding::not_applicable("the draw was cancelled before it took place"),
        };
        report.set(name, finding);
    }
    report
}

fn signatures(
    cancelled: &Cancelled<'_>,
    options: &Options,
    context: &Context<'_>,
) -> Result<String, Finding> {
    site_key(&cancelled.site, options)?;
    // The bundle has no key note; the draw around it pins the activity's witnesses.
    let witnesses = context.outer.map_or(&[][..], |outer| &outer.witnesses);
    let mut seen = Seen::new(&cancelled.site, witnesses);
    seen.note(&cancelled.manifest)?;
    seen.note(&cancelled.cancel)?;
    for purged in &cancelled.purges {
        seen.note(&purged.note)?;
    }
    seen.proof(&cancelled.manifest_proof)?;
    seen.proof(&cancelled.cancel_proof)?;
    Ok(seen.summary())
}

fn links(cancelled: &Cancelled<'_>) -> Result<String, Finding> {
    let manifest = &cancelled.manifest.value;
    let rules = sha256(cancelled.rules);
    same("rules.txt by the manifest", &manifest.rules, &rules)?;
    let named = &cancelled.cancel.value.manifest;
    same("cancel.note's manifest", &manifest.hash(), named)?;
    Ok("the cancel note names this manifest".to_owned())
}

fn journal(cancelled: &Cancelled<'_>) -> Result<String, Finding> {
    let (opened, ended) = (&cancelled.manifest_proof, &cancelled.cancel_proof);
    included(cancelled.manifest.text, opened, &cancelled.site)?;
    included(cancelled.cancel.text, ended, &cancelled.site)?;
    if ended.proof.index <= opened.proof.index {
        return Err(Finding::differs(
            "cancel.note",
            "a journal leaf after the manifest",
            format!("leaf {}", ended.proof.index),
        ));
    }
    let (first, last) = (&opened.checkpoint, &ended.checkpoint);
    if first.size == last.size {
        same("root of cancel.proof", &first.root, &last.root)?;
    }
    Ok("manifest and cancel note are in the journal".to_owned())
}

fn time(cancelled: &Cancelled<'_>, context: &Context<'_>) -> Result<String, Finding> {
    let draw = cancelled.manifest.value.earliest_draw_time();
    let unknown = || {
        Finding::could_not(format!(
            "found: nothing; missing: a witness outside the site that saw the draw cancelled before {draw} (Unix time)"
        ))
    };
    let outer = context.outer.ok_or_else(unknown)?;
    if outer.key.value.quorum == 0 {
        return Err(unknown());
    }
    let pinned = Pinned::of(&cancelled.site, outer);
    let seen = pinned
        .within(&cancelled.cancel_proof, draw - 1)
        .map_err(|unproven| unproven.finding)?;
    Ok(format!(
        "found: the cancel note was seen before the randomness of {draw} by {} (Unix times)",
        seen.words()
    ))
}
