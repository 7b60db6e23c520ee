//! Close notes as pages show them: counts by reason, and what changed from one to the next.

use lucky_draw::record::{Close, VoidCode};
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::draw::ShownClose;
use crate::platform::text::{self, Language};

use super::void_words;

/// Changed tickets listed for one close; the others are in its file.
const CHANGES_ON_THE_PAGE: usize = 50;

/// One close note of a draw.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct CloseView {
    seq: u32,
    at: i64,
    name: String,
    hash: String,
    counts: ListView,
    changes: Vec<String>,
    /// How many changed tickets are not listed.
    more: usize,
    /// One person alone made the corrections.
    alone: bool,
}

/// The closed list in numbers, by the reasons for which tickets do not take part.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct ListView {
    size: u64,
    taking_part: u64,
    withdrawn: u64,
    duplicates: u64,
    ineligible: u64,
    tests: u64,
    root: String,
}

impl ListView {
    pub(in crate::draw) fn of(close: &Close) -> ListView {
        let count = |wanted: VoidCode| {
            let found = close.voids.iter().filter(|(_, code)| *code == wanted);
            u64::try_from(found.count()).unwrap_or(u64::MAX)
        };
        let voids = u64::try_from(close.voids.len()).unwrap_or(u64::MAX);
        ListView {
            size: close.size,
            taking_part: close.size.saturating_sub(voids),
            withdrawn: count(VoidCode::W),
            duplicates: count(VoidCode::D),
            ineligible: count(VoidCode::I),
            tests: count(VoidCode::T),
            root: close.root.to_string(),
        }
    }
}

/// The closes of a draw in their order.
pub(in crate::draw) fn close_views(language: Language, closes: &[ShownClose]) -> Vec<CloseView> {
    closes
        .iter()
        .map(|shown| CloseView::of(language, shown))
        .collect()
}

impl CloseView {
    fn of(language: Language, shown: &ShownClose) -> CloseView {
        let standing = |code: Option<VoidCode>| {
            code.map_or_else(
                || text::message(language, "draw-close-in", &[]),
                |code| void_words(language, code),
            )
        };
        let change = |(index, before, after): &(u64, Option<VoidCode>, Option<VoidCode>)| {
            let args = [
                ("ticket", TicketNumber(*index).to_string().into()),
                ("before", standing(*before).into()),
                ("after", standing(*after).into()),
            ];
            text::message(language, "draw-close-change", &args)
        };
        let changes = shown.changes.iter().take(CHANGES_ON_THE_PAGE);
        CloseView {
            seq: shown.close.seq,
            at: shown.note.written_at.0,
            name: shown.note.name.clone(),
            hash: shown.note.hash.to_string(),
            counts: ListView::of(&shown.close),
            changes: changes.map(change).collect(),
            more: shown.changes.len().saturating_sub(CHANGES_ON_THE_PAGE),
            alone: shown.alone,
        }
    }
}
