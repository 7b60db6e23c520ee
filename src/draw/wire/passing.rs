//! How prizes passed on after the draw, in words: each settlement, and what became of one ticket.

use lucky_draw::result::{Line, SettleLine, SettleNote, Slot};
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::draw::Shown;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language, dates};

use super::lists::{PER_PAGE, page_of};
use super::{settle_words, slot_words};

/// Lines of all settlements together that the page of the draw shows.
const LINES_ON_THE_PAGE: usize = 40;

/// One settlement: what it changed in numbers, and line by line as far as there is room.
#[derive(Debug, Clone, Serialize)]
pub(super) struct SettlementView {
    at: i64,
    seq: u32,
    vacated: usize,
    passed: usize,
    unfilled: usize,
    lines: Vec<String>,
    /// How many lines are on the settlement's own page only.
    more: usize,
}

/// Every settlement of a draw, in order.
pub(super) fn settlements(language: Language, shown: &Shown) -> Vec<SettlementView> {
    let mut room = LINES_ON_THE_PAGE;
    let mut views = Vec::new();
    for (note, at) in &shown.settles {
        let mut view = SettlementView::of(language, shown, note, *at);
        let all = view.lines.len();
        view.lines.truncate(room);
        room -= view.lines.len();
        view.more = all - view.lines.len();
        views.push(view);
    }
    views
}

impl SettlementView {
    fn of(language: Language, shown: &Shown, note: &SettleNote, at: Timestamp) -> SettlementView {
        let unfilled = |line: &&SettleLine| matches!(line, SettleLine::Draw(Line::Unfilled { .. }));
        SettlementView {
            at: at.0,
            seq: note.seq,
            vacated: note.vacates.len(),
            passed: note.lines.iter().filter_map(received).count(),
            unfilled: note.lines.iter().filter(unfilled).count(),
            lines: lines(language, shown, note),
            more: 0,
        }
    }
}

/// The slot that a line of a settlement gives, and the ticket that gets it.
fn received(line: &SettleLine) -> Option<(&Slot, u64)> {
    match line {
        SettleLine::Fill { slot, index, .. } | SettleLine::Draw(Line::Slot { slot, index, .. }) => {
            Some((slot, *index))
        }
        SettleLine::Draw(Line::Unfilled { .. } | Line::Void { .. } | Line::Dup { .. }) => None,
    }
}

/// All lines of one settlement, by pages.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct SettlementPage {
    id: String,
    title: String,
    settlement: SettlementView,
    note: String,
    current: u64,
    last: u64,
}

impl SettlementPage {
    /// The page of the settlement `seq`; none if there is no such settlement.
    pub(in crate::draw) fn of(
        language: Language,
        shown: &Shown,
        seq: u32,
        asked: Option<u64>,
    ) -> Option<SettlementPage> {
        let (note, at) = shown.settles.iter().find(|(note, _)| note.seq == seq)?;
        let mut settlement = SettlementView::of(language, shown, note, *at);
        let count = u64::try_from(settlement.lines.len()).unwrap_or(u64::MAX);
        let (page, last) = page_of(asked, count, PER_PAGE);
        let from = usize::try_from((page - 1) * PER_PAGE).unwrap_or(usize::MAX);
        let at_most = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
        let lines = settlement.lines.into_iter();
        settlement.lines = lines.skip(from).take(at_most).collect();
        Some(SettlementPage {
            id: shown.plan.id.0.clone(),
            title: shown.title(language),
            settlement,
            note: format!("settle-{seq}.note"),
            current: page,
            last,
        })
    }
}

fn lines(language: Language, shown: &Shown, note: &SettleNote) -> Vec<String> {
    let slot = |slot: &Slot| slot_words(language, &shown.plan, slot);
    let ticket = |index: u64| TicketNumber(index).to_string();
    let say = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
    let mut lines = Vec::new();
    for vacate in &note.vacates {
        let args = [
            ("slot", slot(&vacate.slot).into()),
            ("ticket", ticket(vacate.index).into()),
            ("reason", settle_words(language, vacate.code).into()),
            ("code", vacate.code.to_string().into()),
        ];
        lines.push(say("draw-settle-vacate", &args));
    }
    for line in &note.lines {
        match line {
            SettleLine::Fill {
                slot: prize,
                index,
                reserve,
            } => {
                let args = [
                    ("slot", slot(prize).into()),
                    ("ticket", ticket(*index).into()),
                    ("place", i64::from(*reserve).into()),
                ];
                lines.push(say("draw-settle-fill", &args));
            }
            SettleLine::Draw(Line::Slot {
                slot: prize, index, ..
            }) => {
                let args = [
                    ("slot", slot(prize).into()),
                    ("ticket", ticket(*index).into()),
                ];
                lines.push(say("draw-settle-drawn", &args));
            }
            SettleLine::Draw(Line::Unfilled { slot: prize }) => {
                let args = [("slot", slot(prize).into())];
                lines.push(say("draw-settle-unfilled", &args));
            }
            // Tickets that were passed over are in the settlement's own file.
            SettleLine::Draw(Line::Void { .. } | Line::Dup { .. }) => {}
        }
    }
    lines
}

/// What the draw and the settlements after it gave a ticket and took from it, in order.
pub(super) fn history(language: Language, shown: &Shown, index: u64) -> Vec<String> {
    let mut told = Vec::new();
    let mut say = |id: &str, args: &[(&str, text::Value<'_>)]| {
        told.push(text::message(language, id, args));
    };
    let slot = |slot: &Slot| slot_words(language, &shown.plan, slot);
    let drawn = shown.result.iter().flat_map(|result| &result.lines);
    for line in drawn {
        match line {
            Line::Slot {
                slot: prize,
                index: of,
                ..
            } if *of == index => say("draw-check-drawn-as", &[("slot", slot(prize).into())]),
            Line::Dup { index: of, .. } if *of == index => say("draw-check-skipped", &[]),
            _ => {}
        }
    }
    for (note, at) in &shown.settles {
        let when = dates::datetime(language, at.0);
        for vacate in note.vacates.iter().filter(|each| each.index == index) {
            let args = [
                ("when", when.clone().into()),
                ("slot", slot(&vacate.slot).into()),
                ("reason", settle_words(language, vacate.code).into()),
                ("code", vacate.code.to_string().into()),
            ];
            say("draw-check-vacated", &args);
        }
        let received = note.lines.iter().filter_map(received);
        for (prize, _) in received.filter(|(_, of)| *of == index) {
            let args = [("when", when.clone().into()), ("slot", slot(prize).into())];
            say("draw-check-received", &args);
        }
    }
    told
}
