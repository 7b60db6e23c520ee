//! Settlements: vacated slots are filled by the reserves and then by the same order (section 4.8).
//!
//! Invariant: a settlement follows from the result, the settlements before it and the list of
//! vacated slots; nobody chooses who moves up.

use std::collections::BTreeMap;
use std::fmt;

use super::draw::Walk;
use super::{ExcludedDraw, Line, Opening, ResultNote, Slot};
use crate::encode::Hash;
use crate::record::{Close, Manifest};

/// One settlement: one claim deadline, never one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleNote {
    /// The manifest's hash.
    pub manifest: Hash,
    /// The result's hash.
    pub result: Hash,
    /// From 1.
    pub seq: u32,
    /// The hash of the settlement before this one, or of the result for the first.
    pub prev: Hash,
    /// The vacated slots in slot order.
    pub vacates: Vec<Vacate>,
    /// How each vacated prize slot was filled, in slot order.
    pub lines: Vec<SettleLine>,
    /// How many positions of the order were consumed so far.
    pub end: u64,
}

/// One vacated slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vacate {
    /// The slot.
    pub slot: Slot,
    /// The ticket that held it.
    pub index: u64,
    /// Why.
    pub code: SettleCode,
}

/// Why a slot was vacated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettleCode {
    /// No answer by the deadline.
    F,
    /// Declined.
    D,
    /// Ineligible by a rule of the rules file.
    I,
    /// The person asked for erasure.
    E,
}

/// One step of filling a vacated prize slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettleLine {
    /// The lowest filled reserve moves up.
    Fill {
        /// The prize slot.
        slot: Slot,
        /// The ticket that moves.
        index: u64,
        /// The reserve place that it leaves.
        reserve: u32,
    },
    /// No reserve was left: a line by the rules of the result.
    Draw(Line),
}

/// Who holds a slot now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The slot.
    pub slot: Slot,
    /// The ticket.
    pub index: u64,
    /// Its opening, if it is not lost.
    pub opening: Option<Opening>,
}

/// Why a settlement cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// A settlement vacates at least one slot.
    #[error("a settlement vacates at least one slot")]
    Nothing,
    /// One slot is named twice.
    #[error("the slot {slot} is vacated twice")]
    Twice {
        /// The slot.
        slot: Slot,
    },
    /// Nobody holds the slot.
    #[error("nobody holds the slot {slot}")]
    NotHeld {
        /// The slot.
        slot: Slot,
    },
}

impl fmt::Display for SettleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SettleCode::F => "F",
            SettleCode::D => "D",
            SettleCode::I => "I",
            SettleCode::E => "E",
        })
    }
}

impl SettleCode {
    /// The code of exactly this letter.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<SettleCode> {
        match letter {
            "F" => Some(SettleCode::F),
            "D" => Some(SettleCode::D),
            "I" => Some(SettleCode::I),
            "E" => Some(SettleCode::E),
            _ => None,
        }
    }
}

/// The next settlement after `result` and the settlements `earlier`, vacating the slots
/// `vacates` (in any order). `open` is as for `result`.
///
/// # Errors
///
/// If nothing is vacated, or a slot is named twice or not held.
pub fn settle(
    manifest: &Manifest,
    close: &Close,
    excluded: &[ExcludedDraw],
    result: &ResultNote,
    earlier: &[SettleNote],
    vacates: &[(Slot, SettleCode)],
    open: impl FnMut(u64) -> Option<Opening>,
) -> Result<SettleNote, SettleError> {
    let mut slots = Slots::after(result, earlier);
    let vacates = slots.vacate(vacates)?;
    let mut walk = Walk::new(manifest, close, excluded, &result.seed, open);
    walk.resume(all_lines(result, earlier));

    let mut reserves = slots.reserves();
    let mut lines = Vec::new();
    for vacated in &vacates {
        if let Slot::Reserve(_) = vacated.slot {
            continue;
        }
        let slot = vacated.slot.clone();
        if let Some((reserve, index)) = reserves.next() {
            lines.push(SettleLine::Fill {
                slot,
                index,
                reserve,
            });
        } else {
            let mut drawn = Vec::new();
            walk.fill(slot, &mut drawn);
            lines.extend(drawn.into_iter().map(SettleLine::Draw));
        }
    }
    let seq = u32::try_from(earlier.len() + 1).expect("fewer than 2^32 settlements");
    Ok(SettleNote {
        manifest: manifest.hash(),
        result: result.hash(),
        seq,
        prev: earlier
            .last()
            .map_or_else(|| result.hash(), SettleNote::hash),
        vacates,
        lines,
        end: walk.position,
    })
}

/// Who holds each slot after the result and all `settles`, in slot order; empty slots are left
/// out.
#[must_use]
pub fn holdings(result: &ResultNote, settles: &[SettleNote]) -> Vec<Holding> {
    if settles.is_empty() {
        return result.lines.iter().filter_map(Line::holding).collect();
    }
    let slots = Slots::after(result, settles).held;
    slots
        .into_iter()
        .filter_map(|(_, holding)| holding)
        .collect()
}

/// All draw lines of a result and its settlements.
pub(crate) fn all_lines<'a>(
    result: &'a ResultNote,
    settles: &'a [SettleNote],
) -> impl Iterator<Item = &'a Line> {
    let later = settles.iter().flat_map(|settle| &settle.lines);
    result
        .lines
        .iter()
        .chain(later.filter_map(|line| match line {
            SettleLine::Draw(line) => Some(line),
            SettleLine::Fill { .. } => None,
        }))
}

/// Every slot in slot order, who holds it, and where each slot stands in the list.
struct Slots {
    held: Vec<(Slot, Option<Holding>)>,
    places: BTreeMap<Slot, usize>,
}

impl Slots {
    /// The slots stand in a result in slot order, so no manifest is needed to sort them.
    fn after(result: &ResultNote, settles: &[SettleNote]) -> Slots {
        let held: Vec<_> = result
            .lines
            .iter()
            .filter_map(|line| match line {
                Line::Unfilled { slot } => Some((slot.clone(), None)),
                line => line.holding().map(|held| (held.slot.clone(), Some(held))),
            })
            .collect();
        let places = (0..)
            .zip(&held)
            .map(|(place, (slot, _))| (slot.clone(), place));
        let places = places.collect();
        let mut slots = Slots { held, places };
        for settle in settles {
            slots.apply(settle);
        }
        slots
    }

    fn apply(&mut self, settle: &SettleNote) {
        for Vacate { slot, .. } in &settle.vacates {
            self.put(slot, None);
        }
        for line in &settle.lines {
            match line {
                SettleLine::Fill { slot, reserve, .. } => {
                    let moved = self.put(&Slot::Reserve(*reserve), None);
                    self.put(slot, moved);
                }
                SettleLine::Draw(line) => {
                    if let Some(holding) = line.holding() {
                        self.put(&holding.slot.clone(), Some(holding));
                    }
                }
            }
        }
    }

    /// Puts a holding into a slot and gives back what was there.
    fn put(&mut self, slot: &Slot, holding: Option<Holding>) -> Option<Holding> {
        let place = *self.places.get(slot)?;
        let holding = holding.map(|holding| Holding {
            slot: slot.clone(),
            ..holding
        });
        std::mem::replace(&mut self.held[place].1, holding)
    }

    /// Empties the named slots and lists them in slot order.
    fn vacate(&mut self, asked: &[(Slot, SettleCode)]) -> Result<Vec<Vacate>, SettleError> {
        let mut vacates = BTreeMap::new();
        for (slot, code) in asked {
            let unheld = || SettleError::NotHeld { slot: slot.clone() };
            let place = *self.places.get(slot).ok_or_else(unheld)?;
            if vacates.contains_key(&place) {
                return Err(SettleError::Twice { slot: slot.clone() });
            }
            let holding = self.held[place].1.take().ok_or_else(unheld)?;
            let vacate = Vacate {
                slot: holding.slot,
                index: holding.index,
                code: *code,
            };
            vacates.insert(place, vacate);
        }
        if vacates.is_empty() {
            return Err(SettleError::Nothing);
        }
        Ok(vacates.into_values().collect())
    }

    /// The filled reserve places and their tickets, lowest first.
    fn reserves(&self) -> impl Iterator<Item = (u32, u64)> {
        let held = self.held.iter();
        held.filter_map(|(slot, holding)| match (slot, holding) {
            (Slot::Reserve(place), Some(holding)) => Some((*place, holding.index)),
            _ => None,
        })
    }
}

impl Line {
    fn holding(&self) -> Option<Holding> {
        match self {
            Line::Slot {
                index,
                slot,
                opening,
                ..
            } => Some(Holding {
                slot: slot.clone(),
                index: *index,
                opening: *opening,
            }),
            Line::Void { .. } | Line::Dup { .. } | Line::Unfilled { .. } => None,
        }
    }
}
