//! Excluded draws: bundles inside the bundle, checked like the outer one (sections 4.3, 4.10).
//!
//! Invariant: what fails or cannot be checked inside counts for the check of the same name outside.

use super::files::{self, Case, Drawn};
use super::report::{Finding, Outcome, Report};
use super::{Context, Options, unreadable, verify_nested};
use crate::bundle::Bundle;
use crate::encode::Hash;
use crate::record::Manifest;
use crate::result::ExcludedDraw;

/// Bundles in bundles in bundles: enough for any activity, and an end for hostile files.
const MAX_DEPTH: u32 = 16;

/// One `excluded-<i>.zip`.
pub(super) struct ExcludedBundle {
    name: String,
    /// The hash on the `excludes` line.
    line: Hash,
    facts: Option<Facts>,
}

/// What the outer checks need to know of a draw inside.
struct Facts {
    /// Its supersedes chain, by hash.
    chain: Vec<Hash>,
    manifest: Manifest,
    /// None for a cancelled draw, whose bundle has no key note.
    tag_key: Option<Hash>,
    draw: ExcludedDraw,
}

/// Reads and checks all excluded draws; their worse outcomes go into `report`.
pub(super) fn read(
    drawn: &Drawn<'_>,
    context: &Context<'_>,
    report: &mut Report,
) -> Vec<ExcludedBundle> {
    let lines = drawn.manifest().excludes.iter().zip(&drawn.excluded);
    (1..)
        .zip(lines)
        .map(|(number, (line, zip))| {
            let name = format!("excluded-{number}.zip");
            let facts = read_one(&name, *line, zip, drawn, context, report);
            ExcludedBundle {
                name,
                line: *line,
                facts,
            }
        })
        .collect()
}

fn read_one(
    name: &str,
    line: Hash,
    zip: &[u8],
    drawn: &Drawn<'_>,
    context: &Context<'_>,
    report: &mut Report,
) -> Option<Facts> {
    let options = Options {
        site_key: Some(drawn.site.clone()),
        ..Options::default()
    };
    let inside = Context {
        depth: context.depth + 1,
        outer: Some(drawn),
    };
    let bundle = if context.depth == MAX_DEPTH {
        Err(format!("bundles are nested more than {MAX_DEPTH} deep"))
    } else {
        Bundle::from_zip(zip).map_err(|error| error.to_string())
    };
    let found = match &bundle {
        Ok(bundle) => verify_nested(bundle, &options, &inside),
        Err(reason) => unreadable(&options, Finding::failed(reason)),
    };
    for check in found.failed() {
        report.failed_by(check.name, found.is_lapse(check.name));
    }
    for check in found.checks {
        if matches!(check.outcome, Outcome::Failed | Outcome::CouldNotCheck) {
            let reason = format!("{name}: {}", check.reason);
            report.set(check.name, Finding::new(check.outcome, reason));
        }
    }
    facts(&bundle.ok()?, line)
}

fn facts(bundle: &Bundle, line: Hash) -> Option<Facts> {
    match files::read(bundle, false).ok()? {
        Case::Drawn(inside) => Some(Facts {
            chain: inside.chain.iter().map(|note| note.value.hash()).collect(),
            manifest: inside.manifest().clone(),
            tag_key: Some(inside.key.value.tag_key),
            draw: ExcludedDraw::drawn(line, &inside.result.value),
        }),
        Case::Cancelled(inside) => Some(Facts {
            chain: vec![inside.manifest.value.hash()],
            manifest: inside.manifest.value.clone(),
            tag_key: None,
            draw: ExcludedDraw::cancelled(line),
        }),
    }
}

/// The excluded draws, if all of them could be read.
pub(super) fn draws(excluded: &[ExcludedBundle]) -> Option<Vec<ExcludedDraw>> {
    let draws = excluded.iter();
    draws
        .map(|other| other.facts.as_ref().map(|facts| facts.draw.clone()))
        .collect()
}

impl ExcludedBundle {
    /// The draw inside is the one that is excluded, of the same activity, with its own log, and
    /// earlier.
    pub(super) fn check_against(&self, drawn: &Drawn<'_>) -> Result<(), Finding> {
        let name = &self.name;
        let Some(facts) = &self.facts else {
            return Err(Finding::could_not(format!("{name} could not be read")));
        };
        if !facts.chain.contains(&self.line) {
            let what = format!("{name}'s manifest");
            return Err(Finding::differs(&what, self.line, facts.manifest.hash()));
        }
        if facts.manifest.origin == drawn.manifest().origin {
            return Err(Finding::failed(format!(
                "{name} has the same log origin as this draw"
            )));
        }
        let Some(tag_key) = facts.tag_key else {
            return Ok(());
        };
        if tag_key != drawn.key.value.tag_key {
            let what = format!("{name}'s tag-key");
            return Err(Finding::differs(&what, drawn.key.value.tag_key, tag_key));
        }
        let latest = facts.manifest.latest_round_time();
        let latest = latest.unwrap_or(facts.manifest.earliest_draw_time());
        if latest > drawn.manifest().earliest_draw_time() {
            return Err(Finding::failed(format!(
                "{name} is drawn at {latest} (Unix time), after this draw"
            )));
        }
        Ok(())
    }
}
