//! What one network may still send while tags of ID numbers run short.
//!
//! The vault answers for so many ID numbers of an activity at once and for so many more an hour, so
//! that nobody tries them all (ADR 0019). Whoever has some hundred networks and made-up numbers could
//! take all of that and keep everybody else out. So the less is left, the less one network gets:
//! people of other networks enter as before.
//!
//! Invariant: where half of the store or more is there nobody notices anything of this. How much is
//! left is known in thirty-seconds, and never from whom.
//!
//! Not here: the store itself (`vault`), what one network may send at all times ([`super::Limits`]).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::activity::ActivityId;
use crate::platform::clock::{self, Timestamp};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::throttle::Throttle;
use crate::vault::{TAGS_IN_PARTS, Vault};

/// How long what the vault said holds.
const HOLDS: Duration = Duration::from_secs(5);
/// Below a half a network gets some, below an eighth a few, in the last part one by one.
const HALF: u64 = TAGS_IN_PARTS / 2;
const EIGHTH: u64 = TAGS_IN_PARTS / 8;

/// The shares of networks.
pub(super) struct Shares {
    /// What is left of each activity's store, and when the vault said so.
    left: Mutex<HashMap<String, (Duration, u64)>>,
    some: Throttle,
    few: Throttle,
    one: Throttle,
}

impl Shares {
    pub(super) fn times(factor: u32) -> Shares {
        let burst = |tries: u32| tries.saturating_mul(factor);
        Shares {
            left: Mutex::default(),
            some: Throttle::new(burst(60), Duration::from_secs(30)),
            few: Throttle::new(burst(6), Duration::from_secs(5 * 60)),
            one: Throttle::new(burst(1), Duration::from_secs(30 * 60)),
        }
    }

    /// Takes what an entry of this network costs, or answers when the next one is free.
    pub(super) async fn check(
        &self,
        vault: &Vault,
        activity: &ActivityId,
        from: ClientAddress,
        now: Timestamp,
    ) -> AppResult<()> {
        let left = self.left(vault, activity).await;
        match self.of(left) {
            None => Ok(()),
            Some(share) => share.check(from, now.0),
        }
    }

    fn of(&self, left: u64) -> Option<&Throttle> {
        match left {
            HALF.. => None,
            EIGHTH.. => Some(&self.some),
            1.. => Some(&self.few),
            0 => Some(&self.one),
        }
    }

    /// What is left, as far as is known: one of many asks, and the others go by what was.
    async fn left(&self, vault: &Vault, activity: &ActivityId) -> u64 {
        let now = clock::monotonic();
        let known = {
            let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            let known = all.get(activity.as_str()).copied();
            let left = known.map_or(TAGS_IN_PARTS, |(_, left)| left);
            let is_fresh = known.is_some_and(|(at, _)| now.saturating_sub(at) < HOLDS);
            if !is_fresh {
                all.insert(activity.0.clone(), (now, left));
            }
            is_fresh.then_some(left)
        };
        if let Some(known) = known {
            return known;
        }
        // A vault that is away says so when the tag is asked for.
        let asked = vault.soon().tags_left(activity.as_str()).await;
        let left = asked.unwrap_or(TAGS_IN_PARTS);
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(activity.0.clone(), (now, left));
        left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(number: u8) -> ClientAddress {
        ClientAddress::of(format!("198.51.{number}.7").parse().expect("an address"))
    }

    fn taken(share: &Throttle, number: u8) -> usize {
        (0..2_000)
            .take_while(|_| share.check(network(number), 0).is_ok())
            .count()
    }

    #[test]
    fn the_less_is_left_the_less_one_network_gets() {
        let shares = Shares::times(1);
        for (left, most) in [
            (TAGS_IN_PARTS, None),
            (HALF, None),
            (HALF - 1, Some(60)),
            (EIGHTH, Some(60)),
            (EIGHTH - 1, Some(6)),
            (1, Some(6)),
            (0, Some(1)),
        ] {
            let share = shares.of(left);
            assert_eq!(share.is_none(), most.is_none(), "{left}");
            if let (Some(share), Some(most)) = (share, most) {
                let number = u8::try_from(left).expect("small");
                assert_eq!(taken(share, number), most, "{left}");
                assert!(share.check(network(200 - number), 0).is_ok(), "another one");
            }
        }
    }

    #[test]
    fn hundreds_of_networks_do_not_empty_the_store() {
        // Answers of a full store and of an hour, as the vault has them (its own tests hold them),
        // and what 500 networks take that send whatever they may.
        let (full, hourly, networks) = (240_000.0_f64, 10_000.0, 500.0);
        let (mut left, mut hours) = (full, 0.0_f64);
        let mut burst = [60.0, 6.0, 1.0];
        // The first half goes at once.
        left -= full / 2.0 + 1.0;
        while hours < 72.0 {
            let level = match left / full * 32.0 {
                part if part >= 16.0 => None,
                part if part >= 4.0 => Some((0, 120.0)),
                part if part >= 1.0 => Some((1, 12.0)),
                _ => Some((2, 2.0)),
            };
            let takes = level.map_or(0.0, |(at, an_hour)| {
                std::mem::take(&mut burst[at]) + an_hour / 60.0
            });
            left = (left + hourly / 60.0 - networks * takes).min(full);
            hours += 1.0 / 60.0;
            assert!(left > 1_000.0, "{left} left after {hours} hours");
        }
    }
}
