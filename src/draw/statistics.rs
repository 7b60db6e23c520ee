//! When the declared statistics of an activity are made: once, after the freeze; for a survey
//! after its close.
//!
//! Invariant: what is published is signed into the journal in the transaction that publishes it.
//!
//! Not here: what is counted and what may be told of it ([`crate::stats`]).

use crate::activity::{Arrangement, Facts};
use crate::platform::db::Tx;
use crate::stats::{self, Made, Prepared, Terms};
use crate::vault::Vault;
use crate::{entry, journal};

use super::Error;

/// What the note in the journal is about.
const OF: &str = "statistics";

/// Makes the tables without publishing them; none where they were published before.
///
/// # Errors
/// [`stats::Error::TooEarly`] while somebody can still enter or withdraw.
pub fn prepare_statistics(
    tx: &mut Tx,
    vault: &Vault,
    terms: &Terms,
    facts: &Facts,
) -> Result<Option<Prepared>, Error> {
    let mut around = stats::Around {
        without: entry::answers_left_out(tx, &facts.id)?,
        ..stats::Around::default()
    };
    if facts.arrangement == Arrangement::Pools {
        let plans = super::plans(tx, &facts.id)?;
        around.pools = plans
            .into_iter()
            .map(|plan| (plan.id.0, plan.name))
            .collect();
    }
    Ok(stats::prepare(tx, vault, facts, terms, &around)?)
}

/// Publishes what was prepared and signs its hash; what was published before stays.
pub fn publish_statistics(
    tx: &mut Tx,
    vault: &Vault,
    facts: &Facts,
    prepared: Option<&Prepared>,
) -> Result<Made, Error> {
    let made = stats::publish(tx, facts, prepared)?;
    if made.is_new && made.tables > 0 {
        let lines = [
            ("activity", facts.slug.clone()),
            ("sha256", made.hash.clone()),
        ];
        journal::write_site(tx, vault, OF, &lines)?;
    }
    Ok(made)
}
