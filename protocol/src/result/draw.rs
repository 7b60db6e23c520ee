//! Walking the order and filling slots (section 4.7).

use std::collections::{BTreeMap, BTreeSet};

use super::{ExcludedDraw, Line, Opening, ResultNote, Slot};
use crate::encode::Hash;
use crate::order::Order;
use crate::record::{Close, Manifest};
use crate::seed::seed;

/// The result of a draw. `excluded` is in the order of the manifest's `excludes` lines, `values`
/// in that of its sources; `open` gives the opening of a ticket, or none if it is lost.
#[must_use]
pub fn result(
    manifest: &Manifest,
    close: &Close,
    excluded: &[ExcludedDraw],
    values: &[Vec<u8>],
    open: impl FnMut(u64) -> Option<Opening>,
) -> ResultNote {
    let (manifest_hash, close_hash) = (manifest.hash(), close.hash());
    let seed = seed(&manifest_hash, &close_hash, values);
    let mut walk = Walk::new(manifest, close, excluded, &seed, open);
    let mut lines = Vec::new();
    for slot in manifest.slots() {
        walk.fill(slot, &mut lines);
    }
    ResultNote {
        manifest: manifest_hash,
        close: close_hash,
        excluded: excluded
            .iter()
            .map(|draw| (draw.manifest, draw.outcome))
            .collect(),
        values: values.to_vec(),
        seed,
        lines,
        end: walk.position,
    }
}

/// One walk along the order, at some position.
pub(super) struct Walk<'a, F> {
    close: &'a Close,
    order: Order,
    /// How many positions of the order were consumed.
    pub(super) position: u64,
    /// Slots held by each tag; a vacancy does not lower it.
    wins: BTreeMap<Hash, u32>,
    wins_per_person: u32,
    excluded: BTreeSet<Hash>,
    open: F,
}

impl<'a, F: FnMut(u64) -> Option<Opening>> Walk<'a, F> {
    pub(super) fn new(
        manifest: &Manifest,
        close: &'a Close,
        excluded: &[ExcludedDraw],
        seed: &Hash,
        open: F,
    ) -> Walk<'a, F> {
        Walk {
            close,
            order: Order::new(seed, close.size),
            position: 0,
            wins: BTreeMap::new(),
            wins_per_person: manifest.wins_per_person,
            excluded: excluded
                .iter()
                .flat_map(|draw| draw.tags.iter().copied())
                .collect(),
            open,
        }
    }

    /// Goes on after as many positions as there are draw lines, with the wins that they gave. A
    /// text's `end` is not believed: a false one would send a verifier along the whole order.
    pub(super) fn resume<'l>(&mut self, lines: impl Iterator<Item = &'l Line>) {
        for line in lines {
            // More draw lines than tickets are for `order` to refuse; here they only count.
            if line.drawn().is_some() {
                self.order.next();
                self.position += 1;
            }
            if let Line::Slot {
                opening: Some(opening),
                ..
            } = line
            {
                *self.wins.entry(opening.tag).or_default() += 1;
            }
        }
    }

    /// Draws until `slot` is taken, or says that it stays empty.
    pub(super) fn fill(&mut self, slot: Slot, lines: &mut Vec<Line>) {
        for index in self.order.by_ref() {
            let j = self.position;
            self.position += 1;
            if let Some(code) = self.close.void(index) {
                lines.push(Line::Void { j, index, code });
                continue;
            }
            let opening = (self.open)(index);
            if let Some(opening) = opening {
                let wins = self.wins.entry(opening.tag).or_default();
                if *wins >= self.wins_per_person || self.excluded.contains(&opening.tag) {
                    lines.push(Line::Dup { j, index, opening });
                    continue;
                }
                *wins += 1;
            }
            lines.push(Line::Slot {
                j,
                index,
                slot,
                opening,
            });
            return;
        }
        lines.push(Line::Unfilled { slot });
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_map;
    use proptest::prelude::*;

    use super::*;
    use crate::encode::tagged_hash;
    use crate::record::{Prize, Source, VoidCode};

    fn manifest(units: u32, wins_per_person: u32) -> Manifest {
        Manifest {
            origin: "library.example.tw/draw/1".to_owned(),
            rules: Hash([0; 32]),
            opens: 0,
            closes: 1,
            freezes: 1,
            sources: vec![Source::Commit(Hash([0; 32]))],
            prizes: vec![Prize {
                slug: "book".to_owned(),
                units,
            }],
            reserves: 0,
            wins_per_person,
            tickets_per_person: 9,
            excludes: Vec::new(),
            supersedes: None,
        }
    }

    /// The tickets that take slots when a close with these voids is drawn under `seed`.
    fn holders(
        seed: &Hash,
        size: u64,
        voids: &BTreeMap<u64, VoidCode>,
        persons: u64,
        wins_per_person: u32,
    ) -> Vec<u64> {
        let close = Close {
            manifest: Hash([0; 32]),
            seq: 0,
            size,
            root: Hash([0; 32]),
            voids: voids.iter().map(|(index, code)| (*index, *code)).collect(),
        };
        let open = |index: u64| {
            let person = (index % persons).to_be_bytes();
            let bind = tagged_hash("bind", &[&index.to_be_bytes()]);
            let ticket_no = u32::try_from(index / persons).expect("small");
            let tag = tagged_hash("person", &[&person]);
            Some(Opening {
                tag,
                bind,
                ticket_no,
            })
        };
        let manifest = manifest(1000, wins_per_person);
        let mut walk = Walk::new(&manifest, &close, &[], seed, open);
        let mut lines = Vec::new();
        for slot in manifest.slots().take(usize::try_from(size).expect("small")) {
            walk.fill(slot, &mut lines);
        }
        assert_eq!(walk.position, size, "every position is consumed once");
        lines
            .iter()
            .filter_map(|line| match line {
                Line::Slot { index, .. } => Some(*index),
                _ => None,
            })
            .collect()
    }

    fn voids(size: u64) -> impl Strategy<Value = BTreeMap<u64, VoidCode>> {
        btree_map(0..size, Just(VoidCode::W), 0..20)
    }

    proptest! {
        #[test]
        fn voiding_tickets_never_reorders_the_others(
            seed in any::<[u8; 32]>(),
            (size, voids) in (1_u64..80).prop_flat_map(|size| (Just(size), voids(size))),
        ) {
            let seed = Hash(seed);
            let everyone = holders(&seed, size, &BTreeMap::new(), size, 1);
            prop_assert_eq!(everyone.len() as u64, size);
            let rest = holders(&seed, size, &voids, size, 1);
            let kept = everyone.into_iter().filter(|index| !voids.contains_key(index));
            prop_assert_eq!(rest, kept.collect::<Vec<_>>());
        }

        #[test]
        fn nobody_holds_more_slots_than_the_limit_and_nobody_holds_fewer_than_possible(
            seed in any::<[u8; 32]>(),
            size in 1_u64..60,
            persons in 1_u64..12,
            wins in 1_u32..4,
        ) {
            let held = holders(&Hash(seed), size, &BTreeMap::new(), persons, wins);
            for person in 0..persons.min(size) {
                let tickets = (person..size).step_by(usize::try_from(persons).expect("small"));
                let tickets = u32::try_from(tickets.count()).expect("small");
                let slots = held.iter().filter(|index| **index % persons == person).count();
                prop_assert_eq!(u32::try_from(slots).expect("small"), tickets.min(wins));
            }
        }
    }
}
