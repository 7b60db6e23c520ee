//! Which leaves of a draw's log do not take part: withdrawn ones and second ones (`decisions` D5).
//!
//! Invariant: of the leaves of one person with one ticket number, exactly one lives as long as
//! any is not withdrawn or barred: the one with the lowest index. A withdrawal so revives the
//! next one, and whoever enters somebody else's number and withdraws locks nobody out.
//!
//! Not here: writing the close note (`draw`), the order that skips voids ([`lucky_draw::order`]).

use std::collections::{HashMap, HashSet};

use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;

/// A leaf as far as it decides about voids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its index in the log.
    pub index: u64,
    /// Whose it is.
    pub tag: Hash,
    /// Which of the person's tickets.
    pub ticket_no: u32,
    /// Why it was taken out by hand: W, I or T. A stored D is the answer of an earlier close and
    /// counts for nothing.
    pub void: Option<VoidCode>,
}

/// Every void index with its code, ascending; `leaves` come in the order of the log.
///
/// `before` are the leaves of pools that come first: whoever lives there does not live here.
pub fn of(before: &[Leaf], leaves: &[Leaf]) -> Vec<(u64, VoidCode)> {
    let elsewhere: HashSet<Hash> = before
        .iter()
        .filter(|leaf| leaf.void.is_none_or(|code| code == VoidCode::D))
        .map(|leaf| leaf.tag)
        .collect();
    let mut living = HashSet::new();
    leaves
        .iter()
        .filter_map(|leaf| match leaf.void {
            Some(code) if code != VoidCode::D => Some((leaf.index, code)),
            _ if elsewhere.contains(&leaf.tag) => Some((leaf.index, VoidCode::D)),
            _ if living.insert((leaf.tag, leaf.ticket_no)) => None,
            _ => Some((leaf.index, VoidCode::D)),
        })
        .collect()
}

/// How many persons have more leaves that take part than `cap`.
pub fn over_cap(leaves: &[Leaf], cap: u32) -> u64 {
    let mut held: HashMap<Hash, u32> = HashMap::new();
    for leaf in leaves.iter().filter(|leaf| leaf.void.is_none()) {
        *held.entry(leaf.tag).or_default() += 1;
    }
    let above = held.values().filter(|held| **held > cap).count();
    u64::try_from(above).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use lucky_draw::encode::sha256;
    use lucky_draw::order::Order;
    use proptest::prelude::*;

    use super::*;

    /// Persons 0 to 5 enter; some of the entries are withdrawn later.
    fn history() -> impl Strategy<Value = Vec<Leaf>> {
        prop::collection::vec((0_u8..6, 0_u32..2, any::<bool>(), any::<bool>()), 0..40).prop_map(
            |entries| {
                entries
                    .into_iter()
                    .zip(0..)
                    .map(|((person, ticket_no, withdrawn, was_d), index)| Leaf {
                        index,
                        tag: sha256(&[person]),
                        ticket_no,
                        void: match (withdrawn, was_d) {
                            (true, _) => Some(VoidCode::W),
                            (false, true) => Some(VoidCode::D),
                            (false, false) => None,
                        },
                    })
                    .collect()
            },
        )
    }

    fn living(leaves: &[Leaf]) -> BTreeSet<u64> {
        let voids: BTreeMap<u64, VoidCode> = of(&[], leaves).into_iter().collect();
        let all = leaves.iter().map(|leaf| leaf.index);
        all.filter(|index| !voids.contains_key(index)).collect()
    }

    fn withdraw(leaves: &[Leaf], index: u64) -> Vec<Leaf> {
        let mut leaves = leaves.to_vec();
        for leaf in &mut leaves {
            if leaf.index == index {
                leaf.void = Some(VoidCode::W);
            }
        }
        leaves
    }

    proptest! {
        #[test]
        fn everybody_who_has_not_withdrawn_has_one_living_ticket(leaves in history()) {
            let living = living(&leaves);
            let mut first: BTreeMap<(Hash, u32), u64> = BTreeMap::new();
            for leaf in leaves.iter().filter(|leaf| leaf.void != Some(VoidCode::W)) {
                first.entry((leaf.tag, leaf.ticket_no)).or_insert(leaf.index);
            }
            prop_assert_eq!(living, first.into_values().collect::<BTreeSet<_>>());
        }

        #[test]
        fn squatting_and_withdrawing_locks_nobody_out(
            leaves in history(), victim in 0_u8..6, squats in 1_usize..5,
        ) {
            // Somebody enters the victim's number first, several times, and withdraws it all.
            let tag = sha256(&[victim]);
            let squatted: Vec<Leaf> = (0..squats as u64)
                .map(|index| Leaf { index, tag, ticket_no: 0, void: Some(VoidCode::W) })
                .chain(leaves.iter().map(|leaf| Leaf { index: leaf.index + squats as u64, ..leaf.clone() }))
                .collect();
            let moved: BTreeSet<u64> = living(&leaves).into_iter().map(|i| i + squats as u64).collect();
            prop_assert_eq!(living(&squatted), moved);
        }

        #[test]
        fn a_withdrawal_revives_the_next_ticket_of_that_person_alone(leaves in history()) {
            let before = living(&leaves);
            for &index in &before {
                let after = living(&withdraw(&leaves, index));
                let gone = &leaves[usize::try_from(index).expect("small")];
                let next = leaves.iter().find(|leaf| {
                    leaf.index > index
                        && (leaf.tag, leaf.ticket_no) == (gone.tag, gone.ticket_no)
                        && leaf.void != Some(VoidCode::W)
                });
                let mut expected = before.clone();
                expected.remove(&index);
                expected.extend(next.map(|leaf| leaf.index));
                prop_assert_eq!(after, expected);
            }
        }

        #[test]
        fn a_void_is_skipped_and_the_others_keep_their_order(
            leaves in history(), seed in any::<[u8; 32]>(),
        ) {
            let n = leaves.len() as u64;
            let drawn = |leaves: &[Leaf]| {
                let living = living(leaves);
                Order::new(&Hash(seed), n).filter(|index| living.contains(index)).collect::<Vec<_>>()
            };
            let before = drawn(&leaves);
            if let Some(&winner) = before.first() {
                let after = drawn(&withdraw(&leaves, winner));
                let common: BTreeSet<u64> = after.iter().copied().filter(|i| before.contains(i)).collect();
                let keep = |list: &[u64]| list.iter().copied().filter(|i| common.contains(i)).collect::<Vec<_>>();
                prop_assert_eq!(keep(&before), keep(&after));
            }
        }

        #[test]
        fn a_person_lives_in_one_pool(first in history(), second in history()) {
            let lives = |leaves: &[Leaf], voids: &[(u64, VoidCode)]| {
                let void: BTreeSet<u64> = voids.iter().map(|(index, _)| *index).collect();
                let all = leaves.iter().filter(|leaf| !void.contains(&leaf.index));
                all.map(|leaf| leaf.tag).collect::<BTreeSet<_>>()
            };
            let in_first = lives(&first, &of(&[], &first));
            let in_second = lives(&second, &of(&first, &second));
            prop_assert!(in_first.is_disjoint(&in_second));
            let anywhere = first.iter().chain(&second).filter(|leaf| leaf.void != Some(VoidCode::W));
            let anywhere: BTreeSet<_> = anywhere.map(|leaf| leaf.tag).collect();
            prop_assert_eq!(in_first.union(&in_second).copied().collect::<BTreeSet<_>>(), anywhere);
        }

        #[test]
        fn voids_ascend_and_come_once(leaves in history()) {
            let voids = of(&[], &leaves);
            prop_assert!(voids.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }
}
