//! Checks `beacon` and `numbers-origin`: where the randomness came from (sections 4.5, 4.5b).

use super::files::{Drawn, SourceFile};
use super::report::Finding;
use super::time::revealed_in_time;
use crate::beacon::{self, Beacon};
use crate::encode::Hash;
use crate::record::{PublishError, Source};
use crate::seed::operator_commitment;

/// The source values, and how the check `beacon` ended.
pub(super) struct Values {
    pub(super) beacon: Finding,
    /// Whether `beacon` failed because a secret was withheld, and for no other reason.
    pub(super) withheld: bool,
    /// None if a value is not known to be the one that the manifest names.
    pub(super) values: Option<Vec<Vec<u8>>>,
}

/// One source's value, and what is to be said about it.
struct SourceValue {
    value: Vec<u8>,
    said: Option<String>,
    withheld: bool,
}

pub(super) fn values(drawn: &Drawn<'_>) -> Values {
    let manifest = drawn.manifest();
    let alone = manifest
        .broken_promises()
        .find(|error| *error == PublishError::CommitAlone);
    let mut values = Vec::new();
    let mut said = Vec::new();
    let mut withheld = None;
    for (line, (source, file)) in (1..).zip(manifest.sources.iter().zip(&drawn.sources)) {
        match value(drawn, source, file) {
            Ok(found) => {
                values.push(found.value);
                said.extend(found.said);
                if found.withheld {
                    withheld = Some(line);
                }
            }
            Err(reason) => {
                return Values {
                    beacon: Finding::failed(format!("source {line}: {reason}")),
                    withheld: false,
                    values: None,
                };
            }
        }
    }
    let named = |kind: fn(&Source) -> bool| manifest.sources.iter().any(kind);
    let drand = named(|source| matches!(source, Source::Drand { .. }));
    let commit = named(|source| matches!(source, Source::Commit(_)));
    const NO_DRAND: &str = "warning: no drand source, the randomness rests on the others alone";
    let beacon = if let Some(line) = withheld {
        Finding::failed(format!(
            "source {line}: operator withheld; 32 zero bytes stand for the secret"
        ))
    } else if alone.is_some() {
        Finding::failed(PublishError::CommitAlone.to_string())
    } else if !drand && !commit {
        Finding::not_applicable(NO_DRAND)
    } else {
        if !drand {
            said.push(NO_DRAND.to_owned());
        }
        Finding::passed(said.join("; "))
    };
    Values {
        beacon,
        withheld: withheld.is_some() && alone.is_none(),
        values: Some(values),
    }
}

fn value(drawn: &Drawn<'_>, source: &Source, file: &SourceFile<'_>) -> Result<SourceValue, String> {
    match (source, file) {
        (Source::Drand { chain, round }, SourceFile::Beacon(beacon)) => {
            round_value(chain, *round, beacon)
        }
        (Source::Numbers { .. }, SourceFile::Numbers(value)) => Ok(SourceValue {
            value: value.to_vec(),
            said: None,
            withheld: false,
        }),
        (Source::Commit(commitment), SourceFile::Commit(revealed)) => {
            let secret = revealed.as_ref().and_then(|revealed| {
                let (note, proof) = revealed.as_ref();
                let reveal = &note.value;
                let opens = reveal.manifest == drawn.manifest().hash()
                    && operator_commitment(&reveal.secret) == *commitment;
                (opens && revealed_in_time(drawn, proof)).then_some(reveal.secret)
            });
            if drawn.key.value.quorum == 0 {
                return Err("a commit source needs witnesses, the key note names none".to_owned());
            }
            Ok(SourceValue {
                value: secret.unwrap_or_default().to_vec(),
                said: Some("the operator revealed its secret in time".to_owned()),
                withheld: secret.is_none(),
            })
        }
        _ => Err("the bundle's file is for another kind of source".to_owned()),
    }
}

fn round_value(chain: &Hash, round: u64, file: &Beacon) -> Result<SourceValue, String> {
    let pinned = beacon::chain(chain)
        .ok_or_else(|| format!("the drand chain {chain} is not one of the pinned chains"))?;
    let value = file
        .verify(pinned, round)
        .map_err(|error| error.to_string())?;
    Ok(SourceValue {
        value: value.0.to_vec(),
        said: Some(format!(
            "round {round} of drand {} is signed by the chain's key",
            pinned.name
        )),
        withheld: false,
    })
}

/// Nobody but the lottery can say which numbers it drew; the issue's name is all there is to check.
pub(super) fn numbers_origin(drawn: &Drawn<'_>) -> Finding {
    let manifest = drawn.manifest();
    let unnamed = |error: &PublishError| matches!(error, PublishError::Issue { .. });
    if let Some(error) = manifest.broken_promises().find(unnamed) {
        return Finding::failed(error.to_string());
    }
    let mut look_up = Vec::new();
    for (source, file) in manifest.sources.iter().zip(&drawn.sources) {
        if let (Source::Numbers { slug, .. }, SourceFile::Numbers(value)) = (source, file) {
            look_up.push(format!("{slug} = {}", value.escape_ascii()));
        }
    }
    if look_up.is_empty() {
        return Finding::not_applicable("no lottery numbers are used");
    }
    Finding::could_not(format!(
        "look up with the lottery that these are the numbers, and that they were drawn after {} (Unix time): {}",
        manifest.freezes,
        look_up.join(", ")
    ))
}
