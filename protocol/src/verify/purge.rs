//! Check `purge`: the purge notes are about this draw, this bundle and these certificates (4.9).
//!
//! That data was destroyed cannot be proven by any file; what is checked is who says so, and that
//! the public bundle was not changed by it.

use super::files::{Drawn, Purged};
use super::links::same;
use super::report::Finding;
use crate::bundle::Bundle;
use crate::encode::{Hash, sha256};

pub(super) fn check(bundle: &Bundle, drawn: &Drawn<'_>) -> Finding {
    if drawn.purges.is_empty() {
        return not_yet();
    }
    let result = drawn.result.value.hash();
    let last = drawn.settles.last();
    let settle = last.map_or(result, |note| note.value.hash());
    let expected = Expected {
        manifest: drawn.manifest().hash(),
        result: Some(result),
        settle: Some(settle),
    };
    expected.check(bundle, &drawn.purges)
}

fn not_yet() -> Finding {
    Finding::not_applicable("the personal data has not been purged yet")
}

/// What the purge notes of a draw must name.
pub(super) struct Expected {
    pub(super) manifest: Hash,
    pub(super) result: Option<Hash>,
    pub(super) settle: Option<Hash>,
}

impl Expected {
    pub(super) fn check(&self, bundle: &Bundle, purges: &[Purged<'_>]) -> Finding {
        if purges.is_empty() {
            return not_yet();
        }
        self.run(bundle, purges).into()
    }

    fn run(&self, bundle: &Bundle, purges: &[Purged<'_>]) -> Result<String, Finding> {
        let files = bundle.hash_without_purge();
        for (phase, purged) in (1_u8..).zip(purges) {
            let Purged { note, certificate } = purged;
            let purge = &note.value;
            if purge.phase != phase || note.name != format!("purge-{phase}.note") {
                let what = format!("{}'s phase", note.name);
                return Err(Finding::differs(&what, phase, purge.phase));
            }
            let manifest = Some(self.manifest);
            same_or_none(
                &format!("{}'s manifest", note.name),
                manifest,
                purge.manifest,
            )?;
            same_or_none(
                &format!("{}'s result", note.name),
                self.result,
                purge.result,
            )?;
            same_or_none(
                &format!("{}'s settle", note.name),
                self.settle,
                purge.settle,
            )?;
            same_or_none(
                &format!("{}'s bundle", note.name),
                Some(files),
                purge.bundle,
            )?;
            let what = format!("certificate-{phase}.json by {}", note.name);
            same(&what, &purge.certificate, &sha256(certificate))?;
        }
        Ok(format!(
            "purge notes up to phase {} name this result, these files and their certificates",
            purges.len()
        ))
    }
}

fn same_or_none(what: &str, expected: Option<Hash>, found: Option<Hash>) -> Result<(), Finding> {
    if expected == found {
        return Ok(());
    }
    let shown = |hash: Option<Hash>| hash.map_or_else(|| "none".to_owned(), |h| h.to_string());
    Err(Finding::differs(what, shown(expected), shown(found)))
}
