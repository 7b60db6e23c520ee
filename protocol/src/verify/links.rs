//! Check `links`: the notes name each other by hash, from the rules to the last settlement, and
//! every successor manifest changed only what it may (sections 4.3, 4.4, 4.9).

use super::excluded::ExcludedBundle;
use super::files::{Drawn, Note};
use super::report::Finding;
use crate::encode::{Hash, sha256};
use crate::record::Manifest;

pub(super) fn check(drawn: &Drawn<'_>, excluded: &[ExcludedBundle]) -> Finding {
    run(drawn, excluded).into()
}

fn run(drawn: &Drawn<'_>, excluded: &[ExcludedBundle]) -> Result<String, Finding> {
    let manifest = drawn.manifest();
    let hash = manifest.hash();
    same(
        "rules.txt by the manifest",
        &manifest.rules,
        &sha256(drawn.rules),
    )?;
    chain(&drawn.chain)?;
    same(
        "key.note's manifest",
        &drawn.base(),
        &drawn.key.value.manifest,
    )?;
    closes(drawn, &hash)?;
    let freeze = &drawn.freeze.value;
    same("freeze.note's manifest", &hash, &freeze.manifest)?;
    same("freeze.note's close", &drawn.close().hash(), &freeze.close)?;
    let result = &drawn.result.value;
    same("result.note's manifest", &hash, &result.manifest)?;
    same("result.note's close", &freeze.close, &result.close)?;
    settles(drawn, &hash)?;
    if let Some(audit) = &drawn.audit {
        same("audit.note's manifest", &hash, &audit.value.manifest)?;
        same("audit.note's result", &result.hash(), &audit.value.result)?;
    }
    excluded_draws(drawn, excluded)?;
    let (closes, settles) = (drawn.closes.len(), drawn.settles.len());
    let mut reason = format!(
        "rules, manifest, key, closes ({closes}), freeze, result and settlements ({settles}) name each other"
    );
    if let Some(audit) = &drawn.audit {
        let missing = audit.value.leaves.iter().filter(|leaf| !leaf.found).count();
        reason += &format!(
            "; an audit of {} tickets found no person behind {missing} and {} persons above the limit",
            audit.value.leaves.len(),
            audit.value.over_cap
        );
    }
    Ok(reason)
}

/// A draw that does not belong here counts for more than one that could not be read.
fn excluded_draws(drawn: &Drawn<'_>, excluded: &[ExcludedBundle]) -> Result<(), Finding> {
    let mut worst: Option<Finding> = None;
    for finding in excluded
        .iter()
        .filter_map(|other| other.check_against(drawn).err())
    {
        if worst
            .as_ref()
            .is_none_or(|worst| worst.severity() < finding.severity())
        {
            worst = Some(finding);
        }
    }
    worst.map_or(Ok(()), Err)
}

/// Each manifest but the first supersedes the one before it.
fn chain(chain: &[Note<'_, Manifest>]) -> Result<(), Finding> {
    if let Some((superseded, _)) = &chain[0].value.supersedes {
        return Err(Finding::failed(format!(
            "{} supersedes {superseded}, which is not in the bundle",
            chain[0].name
        )));
    }
    for pair in chain.windows(2) {
        let (old, new) = (&pair[0], &pair[1]);
        let named = new.value.supersedes.as_ref().map(|(manifest, _)| manifest);
        if named != Some(&old.value.hash()) {
            let found = named.map_or_else(|| "none".to_owned(), Hash::to_string);
            let what = format!("{}'s supersedes line", new.name);
            return Err(Finding::differs(&what, old.value.hash(), found));
        }
        let allowed = Manifest {
            sources: new.value.sources.clone(),
            closes: new.value.closes,
            freezes: new.value.freezes,
            supersedes: new.value.supersedes.clone(),
            ..old.value.clone()
        };
        if allowed != new.value {
            return Err(Finding::failed(format!(
                "{} changes more than sources, closing and freeze of {}",
                new.name, old.name
            )));
        }
    }
    Ok(())
}

/// Every close has the size and root of the first; only voids change.
fn closes(drawn: &Drawn<'_>, manifest: &Hash) -> Result<(), Finding> {
    let first = &drawn.closes[0].value;
    for (seq, note) in (0_u32..).zip(&drawn.closes) {
        let close = &note.value;
        same(
            &format!("{}'s manifest", note.name),
            manifest,
            &close.manifest,
        )?;
        if close.seq != seq {
            let what = format!("{}'s seq", note.name);
            return Err(Finding::differs(&what, seq, close.seq));
        }
        if close.size != first.size {
            let what = format!("{}'s size", note.name);
            return Err(Finding::differs(&what, first.size, close.size));
        }
        same(&format!("{}'s root", note.name), &first.root, &close.root)?;
    }
    Ok(())
}

fn settles(drawn: &Drawn<'_>, manifest: &Hash) -> Result<(), Finding> {
    let result = drawn.result.value.hash();
    let mut prev = result;
    for (seq, note) in (1_u32..).zip(&drawn.settles) {
        let settle = &note.value;
        same(
            &format!("{}'s manifest", note.name),
            manifest,
            &settle.manifest,
        )?;
        same(&format!("{}'s result", note.name), &result, &settle.result)?;
        same(&format!("{}'s prev", note.name), &prev, &settle.prev)?;
        if settle.seq != seq {
            let what = format!("{}'s seq", note.name);
            return Err(Finding::differs(&what, seq, settle.seq));
        }
        prev = settle.hash();
    }
    Ok(())
}

pub(super) fn same(what: &str, expected: &Hash, found: &Hash) -> Result<(), Finding> {
    if expected == found {
        return Ok(());
    }
    Err(Finding::differs(what, expected, found))
}
