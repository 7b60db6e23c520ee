//! Slots: the units of prizes, and the reserves behind them.

use std::fmt;

use crate::record::Manifest;
use crate::record::{is_slug, lines::integer};

/// Something that a ticket can hold. Displayed as `grand/1` or `reserve/3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// One unit of a prize.
    Prize {
        /// The prize.
        slug: String,
        /// Which of its units, from 1.
        unit: u32,
    },
    /// A place in the reserve list, from 1.
    Reserve(u32),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slot::Prize { slug, unit } => write!(f, "{slug}/{unit}"),
            Slot::Reserve(place) => write!(f, "reserve/{place}"),
        }
    }
}

/// The text is not a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a slot such as grand/1 or reserve/3")]
pub struct SlotError;

impl std::str::FromStr for Slot {
    type Err = SlotError;

    fn from_str(text: &str) -> Result<Slot, SlotError> {
        let (slug, place) = text.split_once('/').ok_or(SlotError)?;
        let place = integer(place)
            .and_then(|place| u32::try_from(place).ok())
            .filter(|place| (1..=100_000).contains(place))
            .ok_or(SlotError)?;
        match slug {
            "reserve" => Ok(Slot::Reserve(place)),
            slug if is_slug(slug) => Ok(Slot::Prize {
                slug: slug.to_owned(),
                unit: place,
            }),
            _ => Err(SlotError),
        }
    }
}

impl Manifest {
    /// How many slots there are.
    pub(crate) fn slot_count(&self) -> u64 {
        let units = self.prizes.iter().map(|prize| u64::from(prize.units));
        units.sum::<u64>() + u64::from(self.reserves)
    }

    /// The slots in the order in which they are filled: each prize's units in the manifest's
    /// order, then the reserves.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        let prizes = self.prizes.iter().flat_map(|prize| {
            (1..=prize.units).map(|unit| Slot::Prize {
                slug: prize.slug.clone(),
                unit,
            })
        });
        prizes.chain((1..=self.reserves).map(Slot::Reserve))
    }
}
