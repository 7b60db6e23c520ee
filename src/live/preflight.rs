//! What an operator looks at before the doors open, and what can be known of it.
//!
//! Invariant: a check says what it saw and nothing more; what a program cannot see is asked of the
//! person. No check keeps anybody from drawing: the draw waits for its round and for nothing else.
//!
//! Not here: the words of each check (`wire`).

use lucky_draw::beacon::Chain;

use crate::draw::beacon::{Relays, Trouble};
use crate::draw::reveal::FEW;
use crate::draw::{DrawStage, Shown};
use crate::platform::clock::{MINUTE, SECOND, Timestamp};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it should be.
    Good,
    /// To be known, or to be done first.
    Care,
    /// A person has to look.
    Look,
}

/// One thing to check; the words follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// The list is final.
    Frozen,
    /// It is not yet.
    NotFrozen,
    /// Everything that the draw is made of is on this computer.
    FilesHere,
    /// A signed file is missing or cannot be read.
    FilesMissing,
    /// Relays were not asked in this run of the program.
    RelaysNotAsked,
    /// A relay answered.
    RelaysReached,
    /// None answered usefully: the round is pasted.
    RelaysOut(Trouble),
    /// The clock agrees with the rounds that exist.
    ClockRight,
    /// A round is not there that should be.
    ClockAhead,
    /// A round is there that should not be.
    ClockBehind,
    /// Nobody could be asked.
    ClockUnknown,
    /// The code on the projector leads to the public site.
    AddressPublic,
    /// The code on the projector leads to this computer alone.
    AddressLocal,
    /// So few people take part that a masked name may tell who it is.
    FewPeople,
    /// Glyphs, to be looked at.
    Fonts,
    /// Power, screen lock, messages, sound.
    Machine,
}

impl Check {
    /// How it came out.
    pub(super) fn verdict(self) -> Verdict {
        match self {
            Check::Frozen
            | Check::FilesHere
            | Check::RelaysReached
            | Check::ClockRight
            | Check::AddressPublic => Verdict::Good,
            Check::Fonts | Check::Machine => Verdict::Look,
            Check::NotFrozen
            | Check::FilesMissing
            | Check::RelaysNotAsked
            | Check::RelaysOut(_)
            | Check::ClockAhead
            | Check::ClockBehind
            | Check::ClockUnknown
            | Check::AddressLocal
            | Check::FewPeople => Verdict::Care,
        }
    }
}

/// What relays told about themselves and the clock, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// When they were asked.
    pub(super) at: Timestamp,
    relays: Result<(), Trouble>,
    clock: Check,
}

/// Asks for a round that has to exist and for one that must not yet: so the relays tell whether
/// this computer's clock is right to within a minute.
pub(super) fn ask(relays: &dyn Relays, chain: &Chain, now: Timestamp) -> Asked {
    let period = i64::try_from(chain.period).unwrap_or(i64::MAX / SECOND) * SECOND;
    let past = relays.fetch(chain, round_at(chain, now.plus(-2 * period)));
    let clock = match past {
        Err(Trouble::NotYet) => Check::ClockAhead,
        Err(_) => Check::ClockUnknown,
        Ok(_) => match relays.fetch(chain, round_at(chain, now.plus(MINUTE))) {
            Ok(_) => Check::ClockBehind,
            Err(_) => Check::ClockRight,
        },
    };
    let relays = match past {
        Ok(_) | Err(Trouble::NotYet) => Ok(()),
        Err(trouble) => Err(trouble),
    };
    Asked {
        at: now,
        relays,
        clock,
    }
}

/// The latest round due at that moment.
fn round_at(chain: &Chain, at: Timestamp) -> u64 {
    let unix = u64::try_from(at.unix()).unwrap_or(0);
    unix.saturating_sub(chain.genesis) / chain.period.max(1) + 1
}

/// Files without which a draw cannot be computed.
const NEEDED: [&str; 5] = [
    "rules.txt",
    "manifest.note",
    "key.note",
    "close-0.note",
    "freeze.note",
];

/// Every check, in the order in which they are gone through.
pub(super) fn checks(shown: &Shown, asked: Option<Asked>, origin: &str) -> Vec<Check> {
    let frozen = shown.plan.stage >= DrawStage::Frozen && shown.plan.stage < DrawStage::Cancelled;
    let here = NEEDED.iter().all(|name| shown.note(name).is_some());
    let mut checks = vec![
        if frozen {
            Check::Frozen
        } else {
            Check::NotFrozen
        },
        if here {
            Check::FilesHere
        } else {
            Check::FilesMissing
        },
    ];
    match asked {
        None => checks.push(Check::RelaysNotAsked),
        Some(asked) => {
            checks.push(match asked.relays {
                Ok(()) => Check::RelaysReached,
                Err(trouble) => Check::RelaysOut(trouble),
            });
            checks.push(asked.clock);
        }
    }
    checks.push(if origin.is_empty() {
        Check::AddressLocal
    } else {
        Check::AddressPublic
    });
    let voids = shown.close.as_ref().map_or(0, |close| close.voids.len());
    let size = shown.close.as_ref().map_or(0, |close| close.size);
    let taking_part = size.saturating_sub(u64::try_from(voids).unwrap_or(u64::MAX));
    if shown.close.is_some() && taking_part < FEW {
        checks.push(Check::FewPeople);
    }
    checks.extend([Check::Fonts, Check::Machine]);
    checks
}

#[cfg(test)]
mod tests {
    use lucky_draw::beacon::{Beacon, QUICKNET};

    use super::*;

    /// A network whose newest round is this one.
    struct Until(u64);

    impl Relays for Until {
        fn fetch(&self, _: &Chain, round: u64) -> Result<Beacon, Trouble> {
            if round > self.0 {
                return Err(Trouble::NotYet);
            }
            Ok(Beacon {
                round,
                signature: vec![0; 48],
                previous: None,
            })
        }
    }

    struct Nobody;

    impl Relays for Nobody {
        fn fetch(&self, _: &Chain, _: u64) -> Result<Beacon, Trouble> {
            Err(Trouble::Unreachable)
        }
    }

    fn clock_says(round: u64) -> Timestamp {
        let unix = QUICKNET.round_time(round);
        Timestamp::from_unix(i64::try_from(unix).expect("this century"))
    }

    #[test]
    fn the_rounds_that_exist_tell_whether_the_clock_is_right() {
        let truth = Until(10_000_000);
        for (clock, found) in [
            (10_000_000, Check::ClockRight),
            (9_999_985, Check::ClockRight),
            (9_999_900, Check::ClockBehind),
            (10_000_100, Check::ClockAhead),
        ] {
            let asked = ask(&truth, &QUICKNET, clock_says(clock));
            assert_eq!(asked.clock, found, "{clock}");
            assert!(asked.relays.is_ok());
        }
    }

    #[test]
    fn without_a_network_the_clock_is_unknown_and_the_round_is_pasted() {
        let asked = ask(&Nobody, &QUICKNET, clock_says(10_000_000));
        assert_eq!(asked.clock, Check::ClockUnknown);
        assert_eq!(asked.relays, Err(Trouble::Unreachable));
    }
}
