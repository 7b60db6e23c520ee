//! The objection window, from the close to the freeze: anybody may say that a ticket is wrongly
//! in or out, and staff correct it in public.
//!
//! Invariant: a correction is a new close note with the same size and root; one person proposes it
//! and another one confirms exactly what was seen, as long as the site has another one; after
//! the freeze nothing changes any more. A withdrawal needs nobody's consent and comes with the next
//! close note, at the latest with the freeze.
//!
//! Not here: which tickets are void ([`crate::entry::voids`]).

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::record::{Close, VoidCode};
use lucky_draw::ticket::TicketNumber;

use crate::activity::{self, Facts};
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::vault::Vault;
use crate::{entry, journal};

use super::publish::staff_in_use;
use super::{DrawId, DrawStage, Error, Plan, StoredNote, store};

/// One change of a ticket's standing, as staff propose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The ticket.
    pub index: u64,
    /// I or T; none lets it take part again.
    pub code: Option<VoidCode>,
    /// By which rule, for the record; never about a person.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: StaffId,
}

impl Correction {
    /// Whether this person may confirm it; `needs_second` says that somebody else could.
    pub(super) fn may_be_confirmed(&self, by: &StaffId, needs_second: bool) -> bool {
        !needs_second || self.proposed_by != *by
    }
}

/// A close note of a draw, and how it differs from the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownClose {
    /// What it says.
    pub close: Close,
    /// Its file.
    pub note: StoredNote,
    /// Tickets whose standing changed: before and after.
    pub changes: Vec<(u64, Option<VoidCode>, Option<VoidCode>)>,
    /// Whether one person alone made the corrections in it, because there was no other.
    pub alone: bool,
}

/// The name of a close in the bundle.
pub(super) fn close_name(seq: u32) -> String {
    format!("close-{seq}.note")
}

/// The close notes of a draw in their order; the last one before the freeze counts.
pub fn closes(tx: &mut Tx, plan: &Plan) -> Result<Vec<ShownClose>, Error> {
    let mut closes: Vec<ShownClose> = Vec::new();
    for seq in 0_u32.. {
        let name = close_name(seq);
        let Some(note) = super::note(tx, &plan.activity, plan.id.as_str(), &name)? else {
            break;
        };
        let close = Close::parse(note.text()?).map_err(|_| Error::Damaged)?;
        let changes = closes
            .last()
            .map_or_else(Vec::new, |before| changes(&before.close, &close));
        closes.push(ShownClose {
            close,
            note,
            changes,
            alone: store::corrections::corrected_alone(tx, plan, seq)?,
        });
    }
    Ok(closes)
}

/// The close that counts, or would if the list were frozen now.
pub(super) fn last_close(tx: &mut Tx, plan: &Plan) -> Result<ShownClose, Error> {
    closes(tx, plan)?.pop().ok_or(Error::Damaged)
}

fn changes(before: &Close, after: &Close) -> Vec<(u64, Option<VoidCode>, Option<VoidCode>)> {
    let listed = before.voids.iter().chain(&after.voids);
    let mut indices: Vec<u64> = listed.map(|(index, _)| *index).collect();
    indices.sort_unstable();
    indices.dedup();
    indices
        .into_iter()
        .map(|index| (index, before.void(index), after.void(index)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// Until when the list can be corrected; none where it cannot.
pub(super) fn window(facts: &Facts, plan: &Plan, now: Timestamp) -> Option<Timestamp> {
    let open = plan.stage == DrawStage::Closed && now < facts.freezes_at;
    open.then_some(facts.freezes_at)
}

/// The changes that wait for a second person.
pub fn proposed(tx: &mut Tx, plan: &Plan) -> Result<Vec<Correction>, Error> {
    Ok(store::corrections::proposed(tx, plan)?)
}

/// Whether another member of staff draws this activity, who then has to confirm.
pub(super) fn needs_second(tx: &mut Tx, facts: &Facts) -> Result<bool, Error> {
    Ok(staff_in_use(tx, facts)? > 1)
}

/// Proposes to take a ticket out, or to let it take part again. A second proposal for a ticket
/// takes the place of the first.
pub fn propose(
    tx: &mut Tx,
    by: &StaffId,
    draw: &DrawId,
    index: u64,
    code: Option<VoidCode>,
    reason: &str,
) -> Result<(), Error> {
    let plan = in_window(tx, draw)?;
    let ticket = entry::ticket(tx, &plan.activity, draw.as_str(), index)?;
    let ticket = ticket.ok_or(Error::NoTicket)?;
    let barred = ticket
        .void
        .filter(|void| matches!(void, VoidCode::I | VoidCode::T));
    let withdrawn = ticket.void == Some(VoidCode::W);
    if withdrawn || barred == code || matches!(code, Some(VoidCode::W | VoidCode::D)) {
        return Err(Error::NothingChanges);
    }
    let correction = Correction {
        index,
        code,
        reason: reason.to_owned(),
        proposed_by: by.clone(),
    };
    store::corrections::propose(tx, &plan, &correction)?;
    let by = Actor::Staff(by.clone());
    record(tx, &by, "draw.correction_proposed", &plan, &correction)
}

/// Drops a proposal; whoever works here may.
pub fn drop_proposal(tx: &mut Tx, by: &StaffId, draw: &DrawId, index: u64) -> Result<(), Error> {
    let plan = in_window(tx, draw)?;
    let mut proposed = store::corrections::proposed(tx, &plan)?.into_iter();
    let Some(correction) = proposed.find(|each| each.index == index) else {
        return Ok(());
    };
    store::corrections::drop_proposal(tx, &plan, index)?;
    let by = Actor::Staff(by.clone());
    record(tx, &by, "draw.correction_dropped", &plan, &correction)
}

/// Drops, on record, what nobody confirmed before the freeze.
pub(super) fn drop_late(tx: &mut Tx, plan: &Plan) -> Result<(), Error> {
    for correction in store::corrections::proposed(tx, plan)? {
        store::corrections::drop_proposal(tx, plan, correction.index)?;
        record(
            tx,
            &Actor::System,
            "draw.correction_dropped",
            plan,
            &correction,
        )?;
    }
    Ok(())
}

/// What a page shows of proposals, in one value: whoever confirms sends it back, so that only what
/// was seen is confirmed.
pub fn fingerprint(proposed: &[Correction]) -> Hash {
    let mut text = String::new();
    for each in proposed {
        let code = each.code.map(|code| code.to_string()).unwrap_or_default();
        text += &format!(
            "{} {code} {} {}\n",
            each.index, each.proposed_by, each.reason
        );
    }
    sha256(text.as_bytes())
}

/// Confirms what others proposed and writes the next close note; what the reader proposed waits for
/// somebody else, as long as there is somebody else.
///
/// # Errors
/// [`Error::SecondPerson`] if all of it is the reader's own and somebody else could confirm;
/// [`Error::Moved`] if the proposals changed since they were `seen`.
pub fn confirm(
    tx: &mut Tx,
    vault: &Vault,
    by: &StaffId,
    draw: &DrawId,
    seen: &Hash,
) -> Result<Close, Error> {
    let plan = in_window(tx, draw)?;
    let proposed = store::corrections::proposed(tx, &plan)?;
    if proposed.is_empty() {
        return Err(Error::NothingChanges);
    }
    if fingerprint(&proposed) != *seen {
        return Err(Error::Moved);
    }
    let facts = activity::by_id(tx, &plan.activity)?;
    let needs_second = needs_second(tx, &facts)?;
    let confirmed: Vec<&Correction> = proposed
        .iter()
        .filter(|each| each.may_be_confirmed(by, needs_second))
        .collect();
    if confirmed.is_empty() {
        return Err(Error::SecondPerson);
    }
    for each in &confirmed {
        entry::bar(tx, &plan.activity, draw.as_str(), each.index, each.code)?;
        let by = Actor::Staff(by.clone());
        record(tx, &by, "draw.correction_confirmed", &plan, each)?;
    }
    // Where a person may take part in one pool only, a change in one changes the others as well.
    for other in super::plans(tx, &plan.activity)? {
        if other.id != plan.id && other.stage == DrawStage::Closed {
            recount(tx, vault, &other)?;
        }
    }
    let close = recount(tx, vault, &plan)?;
    for each in confirmed {
        store::corrections::confirm_proposed(tx, &plan, each.index, close.seq, by)?;
    }
    Ok(close)
}

/// Computes the voids anew, and writes the next close note if any of them changed.
pub(super) fn recount(tx: &mut Tx, vault: &Vault, plan: &Plan) -> Result<Close, Error> {
    let (activity, draw) = (&plan.activity, plan.id.as_str());
    let before = last_close(tx, plan)?.close;
    let voids = entry::voids(tx, activity, draw)?;
    if voids == before.voids {
        return Ok(before);
    }
    entry::mark_voids(tx, activity, draw)?;
    let close = Close {
        seq: before.seq + 1,
        voids,
        ..before
    };
    let written = journal::write(tx, vault, &close.to_text())?;
    super::keep_note(tx, activity, draw, &close_name(close.seq), &written)?;
    Ok(close)
}

fn in_window(tx: &mut Tx, draw: &DrawId) -> Result<Plan, Error> {
    let plan = super::by_id(tx, draw)?;
    let facts = activity::by_id(tx, &plan.activity)?;
    match window(&facts, &plan, tx.now()) {
        Some(_) => Ok(plan),
        None if plan.stage == DrawStage::Closed => Err(Error::WindowOver),
        None => Err(Error::OtherStage { found: plan.stage }),
    }
}

fn record(
    tx: &mut Tx,
    by: &Actor,
    act: &'static str,
    plan: &Plan,
    correction: &Correction,
) -> Result<(), Error> {
    let code = correction
        .code
        .map_or("-".to_owned(), |code| code.to_string());
    let reason = format!("{code} {}", correction.reason);
    Ok(audit::record(
        tx,
        &Act {
            actor: by,
            act,
            activity: plan.activity.as_str(),
            object: &format!("{} {}", plan.id, TicketNumber(correction.index)),
            purpose: "",
            reason: reason.trim_end(),
        },
    )?)
}
