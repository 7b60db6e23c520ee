//! The view of the list that staff may see: number, hour, state (`decisions` D18).
//!
//! Not here: any person.

use lucky_draw::record::VoidCode;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::entry::{Counts, Taken, TakenPage};
use crate::platform::web::form::Mistakes;

/// A page of the list that staff may see.
#[derive(Serialize)]
pub struct ListView {
    activity: String,
    title: String,
    taken: u64,
    withdrawn: u64,
    duplicates: u64,
    page_now: u64,
    last: u64,
    lines: Vec<LineView>,
    /// What was searched, or empty.
    number_typed: String,
    found: Vec<LineView>,
    mistakes: Mistakes,
}

/// A line of it.
#[derive(Serialize)]
pub struct LineView {
    number: String,
    hour: i64,
    state: &'static str,
}

impl ListView {
    /// The page of an activity; `number` is what was searched.
    pub fn new(
        activity: String,
        title: String,
        counts: Counts,
        list: &TakenPage,
        number: String,
        found: Option<&Taken>,
        mistakes: Mistakes,
    ) -> ListView {
        ListView {
            activity,
            title,
            taken: counts.taken,
            withdrawn: counts.withdrawn,
            duplicates: counts.duplicates,
            page_now: list.page,
            last: list.last,
            lines: list.lines.iter().map(LineView::of).collect(),
            number_typed: number,
            found: found.map(LineView::of).into_iter().collect(),
            mistakes,
        }
    }
}

impl LineView {
    fn of(taken: &Taken) -> LineView {
        LineView {
            number: taken
                .index
                .map(|index| TicketNumber(index).to_string())
                .unwrap_or_default(),
            hour: taken.hour.0,
            state: match taken.void {
                _ if taken.withdrawn => "W",
                Some(VoidCode::W) => "W",
                Some(VoidCode::D) => "D",
                Some(VoidCode::I) => "I",
                Some(VoidCode::T) => "T",
                None => "",
            },
        }
    }
}
