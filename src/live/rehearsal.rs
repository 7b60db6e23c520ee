//! A rehearsal: the same screens with made-up numbers, so that everything was tried once on the
//! same computer and projector.
//!
//! Invariant: nothing of a rehearsal is stored, signed or published, and none of it can be taken
//! for the draw. Its randomness is a round of years ago, its seed begins with the word rehearsal,
//! its list has a fingerprint of zeros, and every screen says 彩排.
//!
//! Not here: the marks on the screens (`templates/live`).

use lucky_draw::beacon::{Beacon, BeaconError, QUICKNET};
use lucky_draw::encode::{Hash, tagged_hash};
use lucky_draw::order::Order;
use lucky_draw::result::Slot;

use crate::draw::reveal::{Cue, Names, Reveal, Scene};
use crate::draw::{self, Plan};
use crate::platform::clock::{SECOND, Timestamp};

/// quicknet's round 1,000, published on 23 August 2023: everybody has known it for years, so
/// nobody can take what it gives for a result.
pub(super) const ROUND: u64 = 1_000;
/// Its signature.
pub(super) const SIGNATURE: &str = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
/// Tickets in the made-up list: a round number, and never that of the draw, which nobody is told
/// before the close.
const SIZE: u64 = 1_000;
/// How long the rehearsed countdown takes.
const COUNTDOWN: i64 = 20 * SECOND;

/// One rehearsal, in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rehearsal {
    pub(super) reveal: Reveal,
    /// When the rehearsed round is due; known once the countdown began.
    pub(super) due: Option<Timestamp>,
    /// Whether the round was pasted.
    pub(super) received: bool,
}

impl Rehearsal {
    pub(super) fn begun(now: Timestamp) -> Rehearsal {
        Rehearsal {
            reveal: Reveal::begun(now, Names::Masked),
            due: None,
            received: false,
        }
    }

    /// The rehearsal after a cue.
    pub(super) fn after(self, cue: Cue, winners: usize, now: Timestamp) -> Rehearsal {
        let winners = self.received.then_some(winners);
        let reveal = self.reveal.after(cue, winners, now);
        let waits = Scene::at(reveal.step, 0) == Scene::Beacon;
        Rehearsal {
            reveal,
            due: self.due.or_else(|| waits.then(|| now.plus(COUNTDOWN))),
            ..self
        }
    }
}

/// Reads what was pasted in a rehearsal; the signature is verified as in the draw.
pub(super) fn pasted(text: &str) -> Result<Beacon, BeaconError> {
    draw::beacon::pasted(&QUICKNET, ROUND, text)
}

/// What the rehearsed round gives: its randomness.
pub(super) fn randomness() -> Result<Hash, BeaconError> {
    Beacon::from_hex(&QUICKNET, ROUND, SIGNATURE)?.verify(&QUICKNET, ROUND)
}

/// How many tickets the made-up list has; enough for every prize.
pub(super) fn size(plan: &Plan) -> u64 {
    SIZE.max(plan.prize_units())
}

/// Made-up winners from a made-up list, in the order of the showing.
pub(super) fn winners(plan: &Plan) -> Vec<(Slot, u64)> {
    let seed = tagged_hash("rehearsal", &[SIGNATURE.as_bytes()]);
    let mut order = Order::new(&seed, size(plan));
    let mut winners = Vec::new();
    for prize in plan.prizes.iter().rev() {
        for unit in 1..=prize.units {
            let Some(index) = order.next() else {
                return winners;
            };
            let slot = Slot::Prize {
                slug: prize.slug.clone(),
                unit,
            };
            winners.push((slot, index));
        }
    }
    winners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_round_of_the_rehearsal_is_a_real_one_of_years_ago() {
        let recorded = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
        let found = randomness().expect("the signature is quicknet's");
        assert_eq!(found.to_string(), recorded);
        assert!(pasted(SIGNATURE).is_ok());
        assert!(pasted(&SIGNATURE.replace("b446", "b447")).is_err());
    }

    #[test]
    fn a_rehearsal_waits_for_its_round_too() {
        let now = Timestamp(5_000);
        let mut rehearsal = Rehearsal::begun(now);
        for _ in 0..9 {
            let next = Cue::Next(rehearsal.reveal.seen());
            rehearsal = rehearsal.after(next, 3, now);
        }
        assert_eq!(rehearsal.reveal.step, 2);
        assert_eq!(rehearsal.due, Some(now.plus(COUNTDOWN)));
        rehearsal.received = true;
        let next = Cue::Next(rehearsal.reveal.seen());
        let on = rehearsal.after(next, 3, now);
        assert_eq!(Scene::at(on.reveal.step, 3), Scene::Winner(1));
        let twice = on.after(next, 3, now);
        assert_eq!(Scene::at(twice.reveal.step, 3), Scene::Winner(1));
    }
}
