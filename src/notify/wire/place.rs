//! A prize at the desk, as its address names it.

use lucky_draw::result::Slot;

use crate::activity::ActivityId;
use crate::draw::DrawId;
use crate::notify::claims::Decided;

/// A slot of one draw.
#[derive(Debug, Clone)]
pub struct Place {
    /// The activity.
    pub activity: ActivityId,
    /// The draw; whether it is one of the activity is yet to be seen.
    pub draw: DrawId,
    /// The prize and which piece of it, or the reserve.
    pub slot: Slot,
}

impl Place {
    /// Of the parts of an address, `grand` and `1` for the slot; nothing where there is no such slot.
    pub fn parse(activity: &str, draw: &str, prize: &str, unit: &str) -> Option<Place> {
        Some(Place {
            activity: ActivityId::from(activity),
            draw: DrawId::from(draw),
            slot: format!("{prize}/{unit}").parse().ok()?,
        })
    }

    /// A slot of a draw that has its result.
    pub fn of(draw: &Decided, slot: &Slot) -> Place {
        Place {
            activity: draw.facts.id.clone(),
            draw: draw.plan.id.clone(),
            slot: slot.clone(),
        }
    }

    /// Its page, without a language.
    pub fn path(&self) -> String {
        let Place {
            activity,
            draw,
            slot,
        } = self;
        format!("/staff/activities/{activity}/draws/{draw}/winners/{slot}")
    }
}
