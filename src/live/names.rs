//! Masked names of winners, for the hall.
//!
//! Invariant: a name is opened through the vault, of a winner whose result the vault itself has
//! verified, on record before it is opened; what leaves this file is masked, and it is kept in
//! memory alone. A name that cannot be opened leaves the ticket number, which is enough.
//!
//! Not here: telling winners ([`crate::notify`]).

use std::collections::HashMap;

use crate::activity::{Facts, Stage};
use crate::audit::Actor;
use crate::draw::{self, DrawId, Plan, Shown};
use crate::entry;
use crate::identity::mask;
use crate::platform::db::{Db, Tx};
use crate::vault::{self, LiveReveal, Name, Sealed, Vault, VerifiedDraw, WinnerContact};

use super::{Error, Hall};

/// The masked names of one draw, by ticket.
#[derive(Default)]
pub(super) struct NamesOf {
    /// Whose draw it is.
    activity: String,
    masked: HashMap<u64, String>,
    /// The draw as the vault verified it; a hundred names need one verification.
    verified: Option<VerifiedDraw>,
}

impl NamesOf {
    /// Whether they are of a draw of this activity.
    pub(super) fn is_of(&self, activity: &str) -> bool {
        self.activity == activity
    }
}

/// The names of a draw, none at first.
fn of<'h>(names: &'h mut HashMap<DrawId, NamesOf>, plan: &Plan) -> &'h mut NamesOf {
    names.entry(plan.id.clone()).or_insert_with(|| NamesOf {
        activity: plan.activity.0.clone(),
        ..NamesOf::default()
    })
}

/// The masked names that were opened so far; none, and none kept, once personal data is due to go.
pub(super) fn opened(hall: &Hall, facts: &Facts, draw: &DrawId) -> HashMap<u64, String> {
    let mut names = hall.names();
    if !matches!(facts.stage, Stage::Closed | Stage::Drawn | Stage::Notified) {
        names.remove(draw);
    }
    names
        .get(draw)
        .map_or_else(HashMap::new, |of| of.masked.clone())
}

/// Opens the names of these tickets, those that were not opened before; the showing goes on
/// without a name that does not open.
pub(super) fn open(
    db: &Db,
    vault: &Vault,
    hall: &Hall,
    by: &Actor,
    shown: &Shown,
    tickets: &[u64],
) -> Result<(), Error> {
    let plan = &shown.plan;
    let known = opened(hall, &shown.facts, &plan.id);
    let missing: Vec<u64> = tickets
        .iter()
        .copied()
        .filter(|ticket| !known.contains_key(ticket))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let verified = verified(db, vault, hall, plan)?;
    let recorded = db.write_now("record names for the hall", |tx| -> Result<_, Error> {
        let mut contacts = Vec::new();
        for ticket in &missing {
            contacts.extend(contact(tx, plan, &verified, *ticket)?);
        }
        let reason = plan.id.as_str();
        Ok(vault::record::<LiveReveal>(tx, by, reason, contacts)?)
    })?;
    let winners = vault.open_winners(recorded)?;
    let mut names = hall.names();
    let of = of(&mut names, plan);
    for winner in winners {
        let Ok(contact) = winner.contact else {
            continue;
        };
        if let Some(name) = contact.read::<Name>() {
            of.masked.insert(winner.position, mask::name(name.expose()));
        }
    }
    Ok(())
}

fn verified(db: &Db, vault: &Vault, hall: &Hall, plan: &Plan) -> Result<VerifiedDraw, Error> {
    let kept = hall
        .names()
        .get(&plan.id)
        .and_then(|of| of.verified.clone());
    if let Some(verified) = kept {
        return Ok(verified);
    }
    let evidence = db.read_now("read evidence", |tx| draw::evidence(tx, vault, plan))?;
    let verified = vault.verified(plan.activity.as_str(), &evidence)?;
    let mut names = hall.names();
    of(&mut names, plan).verified = Some(verified.clone());
    Ok(verified)
}

/// The sealed contact of a winning ticket; none where the prize has passed on, or nobody is there.
fn contact(
    tx: &mut Tx,
    plan: &Plan,
    verified: &VerifiedDraw,
    ticket: u64,
) -> Result<Option<WinnerContact>, Error> {
    let Some(found) = entry::ticket(tx, &plan.activity, plan.id.as_str(), ticket)? else {
        return Ok(None);
    };
    let sealed: Option<Sealed> = match &found.contact_item {
        Some(item) => vault::sealed(tx, plan.activity.as_str(), item)?,
        None => None,
    };
    let (Ok(proof), Some(sealed)) = (verified.winner(ticket), sealed) else {
        return Ok(None);
    };
    Ok(Some(WinnerContact {
        proof,
        sealed,
        notice: found.notice,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::memory::Memory;

    #[test]
    fn the_names_of_a_purged_activity_are_dropped_and_no_others() {
        let hall = std::sync::Arc::new(Hall::default());
        let memory = Memory::default();
        memory.add(hall.clone());
        for (draw, activity) in [("one", "spring"), ("two", "spring"), ("three", "autumn")] {
            let names = NamesOf {
                activity: activity.to_owned(),
                masked: HashMap::from([(7, "王○明".to_owned())]),
                verified: None,
            };
            hall.names().insert(DrawId(draw.to_owned()), names);
        }

        memory.forget("spring");

        let left: Vec<DrawId> = hall.names().keys().cloned().collect();
        assert_eq!(left, [DrawId("three".to_owned())]);
    }
}
