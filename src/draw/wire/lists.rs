//! Lists that the public sees: draws, tickets, holders.

use std::collections::HashSet;

use lucky_draw::encode::Hash;
use lucky_draw::record::Close;
use lucky_draw::result::{Holding, SettleNote, Slot};
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::activity::Facts;
use crate::draw::show::title;
use crate::draw::{Plan, Shown};
use crate::platform::clock::Timestamp;
use crate::platform::text::Language;

use super::{Phase, Tag, slot_words, void_words};

/// Lines on one page of a list.
pub(in crate::draw) const PER_PAGE: u64 = 50;

/// The page asked for, within those there are, and how many there are; both from 1.
pub(in crate::draw) fn page_of(asked: Option<u64>, lines: u64, per_page: u64) -> (u64, u64) {
    let last = lines.div_ceil(per_page).max(1);
    (asked.unwrap_or(1).clamp(1, last), last)
}

/// A draw in the list of draws.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct DrawRow {
    id: String,
    title: String,
    tag: Tag,
    due_at: i64,
    prizes: u64,
}

impl DrawRow {
    pub(in crate::draw) fn of(
        language: Language,
        facts: &Facts,
        plan: &Plan,
        now: Timestamp,
    ) -> DrawRow {
        DrawRow {
            id: plan.id.0.clone(),
            title: title(language, facts, plan),
            tag: Phase::of(facts, plan, now).tag(language),
            due_at: plan.round_time().unwrap_or(facts.draws_at).0,
            prizes: plan.prize_units(),
        }
    }
}

/// Who holds a slot now.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct HolderRow {
    slot: String,
    ticket: String,
    reserve: bool,
    /// Came to it by a settlement.
    passed: bool,
}

impl HolderRow {
    pub(in crate::draw) fn is_reserve(&self) -> bool {
        self.reserve
    }
}

/// Some holders, in slot order: those of a page, because each line costs its words.
pub(in crate::draw) fn holder_rows<'h>(
    language: Language,
    plan: &Plan,
    holdings: impl Iterator<Item = &'h Holding>,
    settles: &[(SettleNote, Timestamp)],
) -> Vec<HolderRow> {
    let vacates = settles.iter().flat_map(|(note, _)| &note.vacates);
    let vacated: HashSet<&Slot> = vacates.map(|vacate| &vacate.slot).collect();
    holdings
        .map(|holding| HolderRow {
            slot: slot_words(language, plan, &holding.slot),
            ticket: TicketNumber(holding.index).to_string(),
            reserve: matches!(holding.slot, Slot::Reserve(_)),
            passed: vacated.contains(&holding.slot),
        })
        .collect()
}

/// All holders, by pages.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct HoldersView {
    id: String,
    title: String,
    rows: Vec<HolderRow>,
    current: u64,
    last: u64,
}

impl HoldersView {
    pub(in crate::draw) fn of(
        language: Language,
        shown: &Shown,
        asked: Option<u64>,
    ) -> HoldersView {
        let count = u64::try_from(shown.holdings.len()).unwrap_or(u64::MAX);
        let (page, last) = page_of(asked, count, PER_PAGE);
        let skipped = usize::try_from((page - 1) * PER_PAGE).unwrap_or(usize::MAX);
        let shown_here = usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
        let here = shown.holdings.iter().skip(skipped).take(shown_here);
        HoldersView {
            id: shown.plan.id.0.clone(),
            title: shown.title(language),
            rows: holder_rows(language, &shown.plan, here, &shown.settles),
            current: page,
            last,
        }
    }
}

/// One ticket of the public list.
#[derive(Debug, Clone, Serialize)]
struct EntryRow {
    ticket: String,
    leaf: String,
    void: Option<String>,
}

/// A page of the public list.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct EntriesView {
    id: String,
    title: String,
    closed: bool,
    closes_at: i64,
    size: u64,
    rows: Vec<EntryRow>,
    current: u64,
    last: u64,
}

impl EntriesView {
    pub(in crate::draw) fn of(
        language: Language,
        shown: &Shown,
        leaves: &[(u64, Hash)],
        page: u64,
        last: u64,
    ) -> EntriesView {
        let row = |(index, leaf): &(u64, Hash)| EntryRow {
            ticket: TicketNumber(*index).to_string(),
            leaf: leaf.to_string(),
            void: void(language, shown.close.as_ref(), *index),
        };
        EntriesView {
            id: shown.plan.id.0.clone(),
            title: shown.title(language),
            closed: shown.close.is_some(),
            closes_at: shown.facts.closes_at.0,
            size: shown.close.as_ref().map_or(0, |close| close.size),
            rows: leaves.iter().map(row).collect(),
            current: page,
            last,
        }
    }
}

pub(super) fn void(language: Language, close: Option<&Close>, index: u64) -> Option<String> {
    let code = close?.void(index)?;
    Some(void_words(language, code))
}
