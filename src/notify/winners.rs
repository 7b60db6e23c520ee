//! The winners of a draw as staff read them: a page at a time, in the order of prizes, units and
//! reserves.
//!
//! Invariant: a page costs as much as its lines. Which slots stand on it is arithmetic, because the
//! plan names them all; only a list that is narrowed to one state looks at all claims in that state.
//!
//! Not here: who holds what ([`super::claims`]), what a line shows ([`super::wire`]).

use lucky_draw::result::Slot;

use crate::draw::Plan;
use crate::platform::db::Tx;

use super::claims::{self, Decided};
use super::store::listing;
use super::{Claim, ClaimStage, Error, Notice, notices};

/// Slots on one page of the list.
pub const PER_PAGE: u64 = 50;

/// Which claims are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowed {
    /// Those of reserves that wait.
    Reserves,
    /// Those of a prize in this state.
    Prizes(ClaimStage),
}

impl Narrowed {
    fn stage(self) -> ClaimStage {
        match self {
            Narrowed::Reserves => ClaimStage::Held,
            Narrowed::Prizes(stage) => stage,
        }
    }

    /// Slots that are left are in a state of their own, whatever they were.
    fn takes(self, slot: &Slot) -> bool {
        let is_reserve = matches!(slot, Slot::Reserve(_));
        match self {
            Narrowed::Reserves => is_reserve,
            Narrowed::Prizes(ClaimStage::Held) => !is_reserve,
            Narrowed::Prizes(_) => true,
        }
    }
}

/// One page of the winners of a draw.
pub struct Winners {
    /// The draw.
    pub draw: Decided,
    /// Its claims on this page, in slot order.
    pub claims: Vec<Claim>,
    /// The letters about these slots, in slot order.
    pub notices: Vec<Notice>,
    /// Which page it is, from 1, and how many there are.
    pub page: u64,
    /// How many there are.
    pub last: u64,
    /// How many hold a prize and were not told.
    pub untold: u64,
    /// What the mail server said to letters that wait.
    pub waits: Option<String>,
    /// Whether staff have to look after a letter.
    pub trouble: bool,
}

/// A page of the winners of a draw whose claims follow its record ([`claims::is_followed`]).
pub fn page(
    tx: &mut Tx,
    draw: Decided,
    narrowed: Option<Narrowed>,
    page: u64,
) -> Result<Winners, Error> {
    let (slots, claims, page, last) = match narrowed {
        None => {
            let (page, last) = within(page, slots(&draw.plan));
            let from = (page - 1) * PER_PAGE;
            let on_page = from..from + PER_PAGE;
            let slots = on_page.filter_map(|place| slot_at(&draw.plan, place));
            let slots: Vec<Slot> = slots.collect();
            let claims = claims::on(tx, &draw, &slots)?;
            (slots, claims, page, last)
        }
        Some(narrowed) => {
            let mut own = listing::at_stage(tx, &draw, narrowed.stage())?;
            own.retain(|(slot, _)| narrowed.takes(slot));
            let (page, last) = within(page, own.len() as u64);
            own.sort_by_cached_key(|(slot, index)| (draw.rank(slot), *index));
            let own: Vec<(Slot, u64)> = own
                .into_iter()
                .skip(places(page - 1))
                .take(places(1))
                .collect();
            let slots: Vec<Slot> = own.iter().map(|(slot, _)| slot.clone()).collect();
            let mut claims = claims::on(tx, &draw, &slots)?;
            claims.retain(|claim| {
                let is_it =
                    |(slot, index): &(Slot, u64)| *slot == claim.slot && *index == claim.index;
                own.iter().any(is_it)
            });
            (slots, claims, page, last)
        }
    };
    Ok(Winners {
        claims,
        notices: notices::about(tx, &draw, &slots)?,
        page,
        last,
        untold: listing::count_untold(tx, &draw)?,
        waits: listing::waits_for(tx, &draw)?,
        trouble: listing::has_trouble(tx, &draw)?,
        draw,
    })
}

/// Who is told first of those who hold a prize and were not told, of whom there are so many.
pub fn first_untold(
    tx: &mut Tx,
    draw: &Decided,
    untold: u64,
) -> Result<Option<(Slot, u64)>, Error> {
    if untold <= FEW {
        return Ok(notices::untold(tx, draw)?.into_iter().next());
    }
    // Of many the first stands among the first slots, unless others were told before.
    let prizes = draw.plan.prize_units();
    for from in (0..prizes).step_by(AT_ONCE) {
        let places = from..prizes.min(from + AT_ONCE as u64);
        let slots: Vec<Slot> = places
            .filter_map(|place| slot_at(&draw.plan, place))
            .collect();
        let untold = listing::untold_on(tx, draw, &slots)?;
        let first = untold
            .into_iter()
            .min_by_key(|(slot, index)| (draw.rank(slot), *index));
        if first.is_some() {
            return Ok(first);
        }
    }
    Ok(None)
}

/// So many claims are read at once.
const FEW: u64 = 5_000;
/// Slots that are looked at together.
const AT_ONCE: usize = 500;

/// Slots on so many pages.
fn places(pages: u64) -> usize {
    usize::try_from(pages * PER_PAGE).unwrap_or(usize::MAX)
}

/// The page asked for, within those there are, and how many there are; both from 1.
fn within(asked: u64, lines: u64) -> (u64, u64) {
    let last = lines.div_ceil(PER_PAGE).max(1);
    (asked.clamp(1, last), last)
}

/// How many slots a draw has.
fn slots(plan: &Plan) -> u64 {
    plan.prize_units() + u64::from(plan.reserves)
}

/// The slot at this place of the slot order, from 0.
fn slot_at(plan: &Plan, place: u64) -> Option<Slot> {
    let mut rest = place;
    let mut prizes: Vec<_> = plan.prizes.iter().collect();
    prizes.sort_by_key(|prize| prize.position);
    for prize in prizes {
        let units = u64::from(prize.units);
        if rest < units {
            return Some(Slot::Prize {
                slug: prize.slug.clone(),
                unit: u32::try_from(rest + 1).ok()?,
            });
        }
        rest -= units;
    }
    let is_reserve = rest < u64::from(plan.reserves);
    is_reserve
        .then(|| u32::try_from(rest + 1).ok())?
        .map(Slot::Reserve)
}
