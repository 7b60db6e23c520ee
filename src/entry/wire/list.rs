//! The view of the list that staff may see: number, hour, state (`decisions` D18).
//!
//! Not here: any person.

use lucky_draw::record::VoidCode;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::entry::{Counts, Drum, Taken, TakenPage};
use crate::platform::text::Language;
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
    /// Whether the activity has several draws.
    several: bool,
    mistakes: Mistakes,
}

/// A line of it.
#[derive(Serialize)]
pub struct LineView {
    number: String,
    /// The draw's name, where the activity has several.
    draw: String,
    hour: i64,
    state: &'static str,
}

impl ListView {
    /// The page of an activity; `number` is what was searched.
    #[expect(clippy::too_many_arguments, reason = "a view of as many parts")]
    pub fn new(
        language: Language,
        drums: &[Drum],
        activity: String,
        title: String,
        counts: Counts,
        list: &TakenPage,
        number: String,
        found: &[Taken],
        mistakes: Mistakes,
    ) -> ListView {
        let line = |taken: &Taken| LineView::of(language, drums, taken);
        ListView {
            several: drums.len() > 1,
            activity,
            title,
            taken: counts.taken,
            withdrawn: counts.withdrawn,
            duplicates: counts.duplicates,
            page_now: list.page,
            last: list.last,
            lines: list.lines.iter().map(line).collect(),
            number_typed: number,
            found: found.iter().map(line).collect(),
            mistakes,
        }
    }
}

impl LineView {
    fn of(language: Language, drums: &[Drum], taken: &Taken) -> LineView {
        let of = |drum: &&Drum| Some(drum.draw()) == taken.draw.as_deref();
        let drum = drums.iter().find(of);
        LineView {
            draw: drum
                .map_or("", |drum| drum.of.name.pick(language))
                .to_owned(),
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
