//! Claims: who holds which slot, until when, and what became of it.
//!
//! Invariant: claims follow the public record and never lead it. A claim exists for every slot
//! that the result or a settlement gave; a prize passes on by the one settlement of a deadline,
//! never at the moment somebody declines. Every verb may run twice.
//!
//! A verb costs as much as there are winners where something has changed, one slot as much as its own
//! claims, and a look at a draw where nothing has changed next to nothing: a draw may give a hundred
//! thousand prizes.
//!
//! Not here: who leaves a slot before its deadline ([`super::leaving`]), the letters
//! ([`super::notices`]).

use std::collections::{HashMap, HashSet};

use lucky_draw::encode::Hash;
use lucky_draw::result::{Holding, SettleCode, Slot};

use crate::activity::stage::Drawn;
use crate::activity::{self, Activity, ActivityId, Facts, Stage};
use crate::audit::{self, Act, Actor};
use crate::draw::{self, DrawId, DrawStage, Plan};
use crate::entry;
use crate::platform::clock::{DAY, MINUTE, Timestamp};
use crate::platform::db::Tx;
use crate::platform::mail::MailFacts;
use crate::vault::Vault;

use super::{Claim, ClaimStage, Error, Named, jobs, notices, store};

/// How long a claim that was marked by mistake can be taken back.
pub const UNDO: i64 = 10 * MINUTE;

/// A draw with a result, and the activity it belongs to.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The activity.
    pub facts: Facts,
    /// The draw.
    pub plan: Plan,
}

/// A draw once it has a result.
///
/// # Errors
/// [`Error::Unknown`] before the result, [`Error::Purged`] after the purge.
pub fn decided(tx: &mut Tx, draw: &DrawId) -> Result<Decided, Error> {
    let plan = match draw::by_id(tx, draw) {
        Err(draw::Error::Unknown) => return Err(Error::Unknown),
        plan => plan?,
    };
    let facts = activity::by_id(tx, &plan.activity)?;
    if facts.stage == Stage::Purged {
        return Err(Error::Purged);
    }
    if plan.stage != DrawStage::Drawn {
        return Err(Error::Unknown);
    }
    Ok(Decided { facts, plan })
}

/// Every draw of an activity that has a result, in their order.
///
/// # Errors
/// [`Error::Purged`] after the purge.
pub fn all(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Decided>, Error> {
    let facts = activity::by_id(tx, activity)?;
    if facts.stage == Stage::Purged {
        return Err(Error::Purged);
    }
    let mut draws = draw::plans(tx, activity)?;
    draws.retain(|plan| plan.stage == DrawStage::Drawn);
    let decided = |plan| Decided {
        facts: facts.clone(),
        plan,
    };
    Ok(draws.into_iter().map(decided).collect())
}

impl Decided {
    /// The id of the draw.
    pub fn draw(&self) -> &str {
        self.plan.id.as_str()
    }

    /// Whether prizes may still change hands: other draws of the activity may be to come.
    pub fn is_running(&self) -> bool {
        matches!(self.facts.stage, Stage::Closed | Stage::Drawn)
    }

    /// The first deadline after `now`; after the last one, the day on which personal data goes.
    pub fn next_deadline(&self, now: Timestamp) -> Timestamp {
        draw::claim_deadlines(&self.facts, &self.plan)
            .into_iter()
            .find(|deadline| *deadline > now)
            .unwrap_or(self.facts.purges_at)
    }

    /// The latest deadline that has passed at `now`.
    fn passed(&self, now: Timestamp) -> Option<Timestamp> {
        let deadlines = draw::claim_deadlines(&self.facts, &self.plan);
        deadlines.into_iter().rfind(|deadline| *deadline <= now)
    }

    /// Whether no deadline is left.
    fn is_over(&self, now: Timestamp) -> bool {
        match draw::claim_deadlines(&self.facts, &self.plan).last() {
            Some(last) => *last <= now,
            None => self.facts.purges_at <= now,
        }
    }

    /// A day before the deadline, or half-way where people have less than two days.
    pub fn reminder_before(&self, deadline: Timestamp) -> Timestamp {
        let half = self.facts.claim_days.max(1) * DAY / 2;
        deadline.plus(-DAY.min(half))
    }

    /// Where a slot stands in the order of prizes, units and reserves.
    pub fn rank(&self, slot: &Slot) -> (u32, u32) {
        match slot {
            Slot::Prize { slug, unit } => {
                let prize = self.plan.prize(slug);
                (prize.map_or(u32::MAX - 1, |prize| prize.position), *unit)
            }
            Slot::Reserve(place) => (u32::MAX, *place),
        }
    }
}

/// Who holds which slot now.
pub(super) struct Holders(HashMap<Slot, u64>);

impl Holders {
    /// By the result and its settlements.
    pub(super) fn of(tx: &mut Tx, draw: &Decided) -> Result<Holders, Error> {
        Ok(Holders::among(&draw::holdings(tx, &draw.plan)?))
    }

    fn among(holdings: &[Holding]) -> Holders {
        let held = holdings.iter().map(|held| (held.slot.clone(), held.index));
        Holders(held.collect())
    }

    /// Whether the ticket of a claim holds its slot.
    pub(super) fn hold(&self, claim: &Claim) -> bool {
        self.0.get(&claim.slot) == Some(&claim.index)
    }

    /// A reserve that holds another slot since.
    fn moved_up(&self, claim: &Claim) -> bool {
        !claim.is_prize() && claim.stage == ClaimStage::Held && !self.hold(claim)
    }
}

/// Every claim of a draw in slot order, the present holder of a slot last; rows that the public
/// record asks for and that are missing are made, and so are the jobs at the deadlines.
pub fn ensure(tx: &mut Tx, draw: &Decided) -> Result<Vec<Claim>, Error> {
    let holdings = draw::holdings(tx, &draw.plan)?;
    make(tx, draw, &holdings, &Holders::among(&holdings))
}

fn make(
    tx: &mut Tx,
    draw: &Decided,
    holdings: &[Holding],
    holders: &Holders,
) -> Result<Vec<Claim>, Error> {
    let known = store::claims(tx, &draw.facts.id, draw.draw())?;
    let erased = entry::erased(tx, &draw.facts.id, draw.draw())?;
    let missing = missing(holdings, &known, draw.next_deadline(tx.now()));
    store::insert_claims(tx, &draw.facts.id, draw.draw(), &missing)?;
    for claim in known.iter().filter(|claim| holders.moved_up(claim)) {
        mark(tx, draw, &Actor::System, claim, ClaimStage::Vacated)?;
    }
    if draw.is_running() {
        give_up(tx, draw, holders, erased)?;
    }
    enqueue_deadlines(tx, draw)?;
    listed(tx, draw, holders)
}

/// Whether [`ensure`] would change nothing. Claims follow the record in the transaction that writes a
/// settlement, so what can be missing is a result that nobody has looked at yet, and the mark of
/// those who had their data erased since.
pub fn is_followed(tx: &mut Tx, draw: &Decided) -> Result<bool, Error> {
    if !store::listing::has_claims(tx, &draw.facts.id, draw.draw())? {
        return Ok(false);
    }
    if !draw.is_running() {
        return Ok(true);
    }
    let erased = entry::erased(tx, &draw.facts.id, draw.draw())?;
    let erased: Vec<u64> = erased.into_iter().map(|(index, _)| index).collect();
    Ok(!store::listing::hold_any(tx, draw, &erased)?)
}

/// [`ensure`] without the list, where it would do something.
pub fn follow(tx: &mut Tx, draw: &Decided) -> Result<(), Error> {
    if is_followed(tx, draw)? {
        return enqueue_deadlines(tx, draw);
    }
    ensure(tx, draw).map(drop)
}

fn enqueue_deadlines(tx: &mut Tx, draw: &Decided) -> Result<(), Error> {
    if draw.is_running() {
        jobs::enqueue_deadlines(tx, draw)?;
    }
    Ok(())
}

/// The claims that the public record asks for and that have no row.
fn missing(holdings: &[Holding], known: &[Claim], deadline: Timestamp) -> Vec<Claim> {
    let known: HashSet<(&Slot, u64)> = known.iter().map(|own| (&own.slot, own.index)).collect();
    let missing = holdings
        .iter()
        .filter(|holding| !known.contains(&(&holding.slot, holding.index)));
    missing
        .map(|holding| Claim {
            slot: holding.slot.clone(),
            index: holding.index,
            stage: ClaimStage::Held,
            deadline: match holding.slot {
                Slot::Prize { .. } => deadline,
                Slot::Reserve(_) => Timestamp(0),
            },
            marked_by: String::new(),
            marked_at: Timestamp(0),
            reason: String::new(),
            proposed_by: String::new(),
        })
        .collect()
}

/// Whoever had their own data erased can be told nothing: the slot passes on at the deadline, by
/// the code of erasure.
fn give_up(
    tx: &mut Tx,
    draw: &Decided,
    holders: &Holders,
    erased: Vec<(u64, Timestamp)>,
) -> Result<(), Error> {
    if erased.is_empty() {
        return Ok(());
    }
    let erased: HashMap<u64, Timestamp> = erased.into_iter().collect();
    for claim in listed(tx, draw, holders)? {
        let at = erased.get(&claim.index);
        if let (true, ClaimStage::Held, Some(at)) = (holders.hold(&claim), claim.stage, at) {
            let left = Claim {
                stage: ClaimStage::Erased,
                marked_by: Actor::Entrant.to_string(),
                marked_at: *at,
                reason: String::new(),
                proposed_by: String::new(),
                ..claim
            };
            store::mark_claim(tx, &draw.facts.id, draw.draw(), ClaimStage::Held, &left)?;
            record(tx, draw, &Actor::Entrant, "notify.erasure_asked", &left)?;
        }
    }
    Ok(())
}

/// Whether one of these tickets (draw and index) holds a prize that was not handed over, or a place
/// in the reserve list; no row is made for asking.
pub fn waits(tx: &mut Tx, activity: &ActivityId, tickets: &[(String, u64)]) -> Result<bool, Error> {
    for draw in all(tx, activity)? {
        let own = |holding: &&Holding| {
            let is = |(of, index): &(String, u64)| of == draw.draw() && *index == holding.index;
            tickets.iter().any(is)
        };
        let holdings = draw::holdings(tx, &draw.plan)?;
        for holding in holdings.iter().filter(own) {
            let claims = store::claims_of(tx, &draw.facts.id, draw.draw(), &holding.slot)?;
            let is_claimed =
                |claim: &Claim| claim.index == holding.index && claim.stage == ClaimStage::Claimed;
            if draw.is_running() && !claims.iter().any(is_claimed) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Every claim of a draw in slot order, the present holder of a slot last.
pub fn list(tx: &mut Tx, draw: &Decided) -> Result<Vec<Claim>, Error> {
    let holders = Holders::of(tx, draw)?;
    listed(tx, draw, &holders)
}

fn listed(tx: &mut Tx, draw: &Decided, holders: &Holders) -> Result<Vec<Claim>, Error> {
    let mut claims = store::claims(tx, &draw.facts.id, draw.draw())?;
    in_order(&mut claims, draw, holders);
    Ok(claims)
}

fn in_order(claims: &mut [Claim], draw: &Decided, holders: &Holders) {
    claims.sort_by_cached_key(|claim| {
        let rank = draw.rank(&claim.slot);
        (rank, holders.hold(claim), claim.marked_at.0, claim.index)
    });
}

/// The claims of tickets that hold a prize now and have not given it back: those who may be told.
pub fn current(tx: &mut Tx, draw: &Decided) -> Result<Vec<Claim>, Error> {
    let holdings = draw::holdings(tx, &draw.plan)?;
    let holders = Holders::among(&holdings);
    let mut claims = if is_followed(tx, draw)? {
        enqueue_deadlines(tx, draw)?;
        listed(tx, draw, &holders)?
    } else {
        make(tx, draw, &holdings, &holders)?
    };
    claims.retain(|claim| {
        claim.is_prize()
            && matches!(claim.stage, ClaimStage::Held | ClaimStage::Claimed)
            && holders.hold(claim)
    });
    Ok(claims)
}

/// The claim on a slot by the ticket that holds it now, or held it last.
pub fn of_slot(tx: &mut Tx, draw: &Decided, slot: &Slot) -> Result<Claim, Error> {
    if let Some(claim) = settled_of_slot(tx, draw, slot)? {
        return Ok(claim);
    }
    let claims = ensure(tx, draw)?;
    let of_slot = claims.into_iter().rfind(|claim| claim.slot == *slot);
    of_slot.ok_or(Error::Unknown)
}

/// Whether the ticket of a claim has its slot still: until the settlement of the deadline also whoever
/// left it, which the record alone knows.
pub fn holds(tx: &mut Tx, draw: &Decided, claim: &Claim) -> Result<bool, Error> {
    Ok(claim.is_holding() || claim.stage.vacates().is_some() && Holders::of(tx, draw)?.hold(claim))
}

/// [`of_slot`] where [`ensure`] would change nothing about this slot, without reading the whole
/// record: letters are sent one by one, and each looks at its own.
fn settled_of_slot(tx: &mut Tx, draw: &Decided, slot: &Slot) -> Result<Option<Claim>, Error> {
    let mut claims = store::claims_of(tx, &draw.facts.id, draw.draw(), slot)?;
    if !is_plain(&mut claims) {
        return Ok(None);
    }
    let Some(claim) = claims.pop() else {
        return Ok(None);
    };
    let erased = entry::erased(tx, &draw.facts.id, draw.draw())?;
    let is_erased = erased.iter().any(|(index, _)| *index == claim.index);
    let gave_up = is_erased && claim.stage == ClaimStage::Held;
    Ok((!gave_up).then_some(claim))
}

/// Whether the claims of one slot tell by themselves who holds it or held it last, and puts that one
/// last: the only one there is, or the only one that was not marked as having left.
fn is_plain(claims: &mut [Claim]) -> bool {
    claims.sort_by_key(|claim| (claim.is_holding(), claim.marked_at.0, claim.index));
    match claims {
        [] => false,
        [_] => true,
        [.., last] => last.is_holding(),
    }
}

/// The claims on these slots in slot order, the present holder of a slot last; they follow the record
/// ([`is_followed`]).
pub(super) fn on(tx: &mut Tx, draw: &Decided, slots: &[Slot]) -> Result<Vec<Claim>, Error> {
    let mut claims = store::listing::claims_on(tx, draw, slots)?;
    claims.sort_by_cached_key(|claim| draw.rank(&claim.slot));
    let mut are_plain = true;
    for of_slot in claims.chunk_by_mut(|one, next| one.slot == next.slot) {
        // Each is put in order, also behind one that cannot be.
        are_plain &= is_plain(of_slot);
    }
    if !are_plain {
        // Several have left a slot that nobody has now: the record knows their order.
        let holders = Holders::of(tx, draw)?;
        in_order(&mut claims, draw, &holders);
    }
    Ok(claims)
}

fn mark(
    tx: &mut Tx,
    draw: &Decided,
    by: &Actor,
    claim: &Claim,
    stage: ClaimStage,
) -> Result<Claim, Error> {
    let marked = Claim {
        stage,
        marked_by: by.to_string(),
        marked_at: tx.now(),
        reason: String::new(),
        proposed_by: String::new(),
        ..claim.clone()
    };
    store::mark_claim(tx, &draw.facts.id, draw.draw(), claim.stage, &marked)?;
    Ok(marked)
}

/// Writes down what was done about a claim, and the rule by which the person is said not to be
/// eligible, if somebody says so.
pub(super) fn record(
    tx: &mut Tx,
    draw: &Decided,
    by: &Actor,
    act: &'static str,
    claim: &Claim,
) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: by,
            act,
            activity: draw.facts.id.as_str(),
            object: &Named(&claim.slot, claim.index).to_string(),
            purpose: "",
            reason: &claim.reason,
        },
    )?)
}

/// The tag of whoever entered the ticket: what the ID shown at the desk has to match.
pub fn tag(tx: &mut Tx, draw: &Decided, claim: &Claim) -> Result<Hash, Error> {
    let ticket = entry::ticket(tx, &draw.facts.id, draw.draw(), claim.index)?;
    Ok(ticket.ok_or(Error::NoContact)?.tag)
}

/// Writes down that an ID was compared at the desk and did not match; the number is not kept.
pub fn differed(tx: &mut Tx, draw: &Decided, by: &Actor, claim: &Claim) -> Result<(), Error> {
    record(tx, draw, by, "notify.id_differed", claim)
}

/// The person came, and the ID matched. Can be taken back for [`UNDO`].
pub fn claim(tx: &mut Tx, draw: &Decided, by: &Actor, slot: &Slot) -> Result<Claim, Error> {
    let held = of_slot(tx, draw, slot)?;
    if held.stage != ClaimStage::Held || !held.is_prize() {
        return Err(Error::Moved);
    }
    let claimed = mark(tx, draw, by, &held, ClaimStage::Claimed)?;
    record(tx, draw, by, "notify.claimed", &claimed)?;
    jobs::enqueue_look(tx, draw, tx.now().plus(UNDO))?;
    Ok(claimed)
}

/// Takes back what [`claim`] marked by mistake.
pub fn undo(tx: &mut Tx, draw: &Decided, by: &Actor, slot: &Slot) -> Result<Claim, Error> {
    let claimed = of_slot(tx, draw, slot)?;
    if claimed.stage != ClaimStage::Claimed {
        return Err(Error::Moved);
    }
    let now = tx.now();
    if claimed.marked_at.plus(UNDO) < now {
        return Err(Error::TooLate);
    }
    let held = Claim {
        stage: ClaimStage::Held,
        // A deadline that passed meanwhile has had its settlement.
        deadline: claimed.deadline.max(draw.next_deadline(now)),
        marked_by: String::new(),
        marked_at: Timestamp(0),
        ..claimed.clone()
    };
    store::mark_claim(tx, &draw.facts.id, draw.draw(), ClaimStage::Claimed, &held)?;
    record(tx, draw, by, "notify.claim_undone", &held)?;
    Ok(held)
}

/// Does everything whose time has come: passes prizes on at a deadline, tells those who moved up
/// if winners were told, and ends the telling when nothing is left to wait for.
pub fn look(tx: &mut Tx, vault: &Vault, mailer: &MailFacts, draw: &Decided) -> Result<(), Error> {
    if !draw.is_running() {
        return Ok(());
    }
    follow(tx, draw)?;
    if let Some(deadline) = draw.passed(tx.now())
        && store::listing::may_be_settled(tx, draw, deadline)?
    {
        let claims = list(tx, draw)?;
        settle(tx, vault, draw, &claims, deadline)?;
        ensure(tx, draw)?;
    }
    if notices::has_begun(tx, draw)? {
        notices::tell(tx, mailer, draw)?;
    }
    finish(tx, draw)
}

/// Ends the telling once nothing is left to wait for in any draw of the activity.
fn finish(tx: &mut Tx, draw: &Decided) -> Result<(), Error> {
    let facts = activity::by_id(tx, &draw.facts.id)?;
    if facts.stage != Stage::Drawn {
        return Ok(());
    }
    for other in all(tx, &facts.id)? {
        follow(tx, &other)?;
        if other.is_over(tx.now()) {
            continue;
        }
        if store::listing::has_held_prize(tx, &other)? {
            return Ok(());
        }
        let claims = list(tx, &other)?;
        if is_open(tx, &other, &claims)? {
            return Ok(());
        }
    }
    let id = facts.id.clone();
    let drawn: Activity<Drawn> = Activity::at(facts)?;
    drawn.notified(tx)?;
    let act = Act {
        actor: &Actor::System,
        act: "notify.finished",
        activity: id.as_str(),
        object: draw.draw(),
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}

/// The one settlement of a deadline: nobody came (F), or the slot was left before it (D, E, I).
fn settle(
    tx: &mut Tx,
    vault: &Vault,
    draw: &Decided,
    claims: &[Claim],
    deadline: Timestamp,
) -> Result<(), Error> {
    let holders = Holders::of(tx, draw)?;
    let mut vacates = Vec::new();
    for claim in claims {
        let code = match claim.stage {
            ClaimStage::Held if claim.is_prize() && claim.deadline <= deadline => SettleCode::F,
            stage => match stage.vacates() {
                Some(code) if claim.marked_at < deadline => code,
                _ => continue,
            },
        };
        if !holders.hold(claim) {
            continue;
        }
        vacates.push((claim.slot.clone(), code));
        if code == SettleCode::F {
            mark(tx, draw, &Actor::System, claim, ClaimStage::Expired)?;
        }
    }
    if !vacates.is_empty() {
        draw::settle(tx, vault, &Actor::System, &draw.plan, &vacates)?;
    }
    Ok(())
}

/// Whether some prize may still change hands or be taken back.
fn is_open(tx: &mut Tx, draw: &Decided, claims: &[Claim]) -> Result<bool, Error> {
    let holders = Holders::of(tx, draw)?;
    let now = tx.now();
    let mut held = claims
        .iter()
        .filter(|claim| claim.is_prize() && holders.hold(claim));
    Ok(held.any(|claim| match claim.stage {
        ClaimStage::Claimed => now < claim.marked_at.plus(UNDO),
        _ => true,
    }))
}
