//! The public page of one draw, in every phase.

use std::collections::HashSet;

use lucky_draw::record::{Cancel, Manifest, VoidCode};
use lucky_draw::result::{Line, SettleLine, SettleNote, Slot};
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::draw::{CancelCode, DrawStage, Plan, Shown};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};

use super::hall::{AuditView, LiveView, seen};
use super::lists::{HolderRow, holder_rows};
use super::notes_page::note_words;
use super::plan_form::PrizeRow;
use super::{Phase, Tag, beacon_trouble, cancel_words, left, prize_rows, settle_words, slot_words};

/// Holders shown on the page itself; the others are on pages of their own.
const HOLDERS_ON_THE_PAGE: usize = 24;
/// Lines of settlements shown on the page itself.
const LINES_ON_THE_PAGE: usize = 40;

/// A draw as the public sees it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct DrawView {
    id: String,
    slug: String,
    title: String,
    /// The other draws of the activity.
    others: Vec<OtherDraw>,
    /// What the exclusion of earlier draws means, in words.
    exclusions: Vec<String>,
    phase: &'static str,
    tag: Tag,
    opens_at: i64,
    closes_at: i64,
    freezes_at: i64,
    due_at: i64,
    purges_at: i64,
    round: String,
    chain: &'static str,
    left: Option<String>,
    trouble: Option<String>,
    rules: Option<Sealed>,
    manifest: Option<Sealed>,
    close: Option<Sealed>,
    freeze: Option<Sealed>,
    result: Option<Sealed>,
    list: Option<ListView>,
    prizes: Vec<PrizeRow>,
    reserves: u32,
    winners: Vec<HolderRow>,
    reserve_list: Vec<HolderRow>,
    more_holders: bool,
    unfilled: Vec<String>,
    settlements: Vec<SettlementView>,
    randomness: Option<String>,
    cancelled_reason: String,
    purged: bool,
    changed: Option<ChangedView>,
    live: Option<LiveView>,
    audit: Option<AuditView>,
}

/// Another draw of the same activity.
#[derive(Debug, Clone, Serialize)]
struct OtherDraw {
    id: String,
    name: String,
}

/// A public file and when it was sealed.
#[derive(Debug, Clone, Serialize)]
struct Sealed {
    name: String,
    /// What it is, in words.
    words: String,
    hash: String,
    at: i64,
    /// Its place in the journal, as text; empty where it is not a note.
    position: String,
}

/// A change of the rules after they were published (draw-protocol 4.3, `supersedes`).
#[derive(Debug, Clone, Serialize)]
struct ChangedView {
    at: i64,
    reason: String,
    earlier: Vec<Sealed>,
}

/// The closed list in numbers.
#[derive(Debug, Clone, Serialize)]
struct ListView {
    size: u64,
    taking_part: u64,
    withdrawn: u64,
    duplicates: u64,
    other: u64,
    root: String,
}

/// One settlement in words.
#[derive(Debug, Clone, Serialize)]
struct SettlementView {
    at: i64,
    name: String,
    lines: Vec<String>,
}

impl DrawView {
    pub(in crate::draw) fn of(language: Language, shown: &Shown, now: Timestamp) -> DrawView {
        let (facts, plan) = (&shown.facts, &shown.plan);
        let phase = Phase::of(facts, plan, now);
        let due = plan.round_time().unwrap_or(facts.draws_at);
        let drand = plan.drand();
        let live = LiveView::of(shown, now);
        let mut holdings = shown.holdings.clone();
        if live.is_some() {
            let seen = seen(shown);
            holdings.retain(|holding| seen.contains(&holding.index));
        }
        let holders = holder_rows(language, plan, &holdings, &shown.settles);
        let more_holders = holders.len() > HOLDERS_ON_THE_PAGE;
        let (reserve_list, winners): (Vec<_>, Vec<_>) = holders
            .into_iter()
            .take(HOLDERS_ON_THE_PAGE)
            .partition(HolderRow::is_reserve);
        DrawView {
            id: plan.id.0.clone(),
            slug: facts.slug.clone(),
            title: shown.title(language),
            others: others(language, shown),
            exclusions: exclusions(language, shown),
            phase: phase.code(),
            tag: phase.tag(language),
            opens_at: facts.opens_at.0,
            closes_at: facts.closes_at.0,
            freezes_at: facts.freezes_at.0,
            due_at: due.0,
            purges_at: facts.purges_at.0,
            round: drand.map_or_else(String::new, |drand| drand.round.to_string()),
            chain: drand.map_or("", |drand| drand.chain.name),
            left: left(language, now, due),
            trouble: beacon_trouble(language, plan.trouble()),
            rules: sealed(language, shown, "rules.txt"),
            manifest: sealed(language, shown, "manifest.note"),
            close: sealed(language, shown, "close-0.note"),
            freeze: sealed(language, shown, "freeze.note"),
            result: sealed(language, shown, "result.note"),
            list: list(shown),
            prizes: prize_rows(language, plan),
            reserves: plan.reserves,
            winners,
            reserve_list,
            more_holders,
            unfilled: unfilled(language, shown),
            settlements: settlements(language, shown),
            randomness: randomness(shown),
            cancelled_reason: cancelled_reason(language, shown),
            purged: facts.stage == crate::activity::Stage::Purged,
            changed: changed(language, shown),
            audit: AuditView::of(shown),
            live,
        }
    }
}

fn others(language: Language, shown: &Shown) -> Vec<OtherDraw> {
    let others = shown.all.iter().filter(|other| other.id != shown.plan.id);
    others
        .map(|other| OtherDraw {
            id: other.id.0.clone(),
            name: other.name.pick(language).to_owned(),
        })
        .collect()
}

fn exclusions(language: Language, shown: &Shown) -> Vec<String> {
    let excluded = |other: &&Plan| shown.plan.excludes.contains(&other.id);
    let words = |other: &Plan| {
        let id = match other.stage {
            DrawStage::Cancelled => "draw-excluded-cancelled",
            _ if other.is_decided() || shown.plan.is_decided() => "draw-excluded-drawn",
            _ => "draw-excluded-waits",
        };
        let name = other.name.pick(language).to_owned();
        text::message(language, id, &[("name", name.into())])
    };
    shown.all.iter().filter(excluded).map(words).collect()
}

/// The library's words; of one draw that was cancelled alone, what its signed code says.
fn cancelled_reason(language: Language, shown: &Shown) -> String {
    if !shown.facts.cancelled_reason.is_empty() {
        return shown.facts.cancelled_reason.clone();
    }
    let note = shown.note("cancel.note");
    let cancel = note.and_then(|note| Cancel::parse(note.text().ok()?).ok());
    let code = cancel.and_then(|cancel| CancelCode::parse(&cancel.reason));
    code.map_or_else(String::new, |code| cancel_words(language, code))
}

fn sealed(language: Language, shown: &Shown, name: &str) -> Option<Sealed> {
    shown.note(name).map(|note| Sealed {
        name: note.name.clone(),
        words: note_words(language, name),
        hash: note.hash.to_string(),
        at: note.written_at.0,
        position: note.position.map(|at| at.to_string()).unwrap_or_default(),
    })
}

/// The rules as they stood before, where a later manifest took their place.
fn changed(language: Language, shown: &Shown) -> Option<ChangedView> {
    let manifest = shown.note("manifest.note")?;
    let text = manifest.text().ok()?;
    let (_, reason) = Manifest::parse(text).ok()?.supersedes?;
    let earlier = shown
        .notes
        .iter()
        .filter(|note| note.name.starts_with("base-"));
    Some(ChangedView {
        at: manifest.written_at.0,
        reason,
        earlier: earlier
            .filter_map(|note| sealed(language, shown, &note.name))
            .collect(),
    })
}

fn list(shown: &Shown) -> Option<ListView> {
    let close = shown.close.as_ref()?;
    let count = |wanted: &[VoidCode]| {
        let found = close.voids.iter().filter(|(_, code)| wanted.contains(code));
        u64::try_from(found.count()).unwrap_or(u64::MAX)
    };
    let voids = u64::try_from(close.voids.len()).unwrap_or(u64::MAX);
    Some(ListView {
        size: close.size,
        taking_part: close.size.saturating_sub(voids),
        withdrawn: count(&[VoidCode::W]),
        duplicates: count(&[VoidCode::D]),
        other: count(&[VoidCode::I, VoidCode::T]),
        root: close.root.to_string(),
    })
}

fn randomness(shown: &Shown) -> Option<String> {
    let result = shown.result.as_ref()?;
    let value = result.values.first()?;
    Some(data_encoding::HEXLOWER.encode(value))
}

/// Prizes that nobody holds: too few people, or nobody left to pass them to.
fn unfilled(language: Language, shown: &Shown) -> Vec<String> {
    if shown.result.is_none() {
        return Vec::new();
    }
    let held: HashSet<&Slot> = shown.holdings.iter().map(|holding| &holding.slot).collect();
    let mut empty = Vec::new();
    for prize in &shown.plan.prizes {
        for unit in 1..=prize.units {
            let slot = Slot::Prize {
                slug: prize.slug.clone(),
                unit,
            };
            if empty.len() < LINES_ON_THE_PAGE && !held.contains(&slot) {
                empty.push(slot_words(language, &shown.plan, &slot));
            }
        }
    }
    empty
}

fn settlements(language: Language, shown: &Shown) -> Vec<SettlementView> {
    let mut room = LINES_ON_THE_PAGE;
    let mut views = Vec::new();
    for (note, at) in &shown.settles {
        let mut lines = settlement_lines(language, shown, note);
        lines.truncate(room);
        room -= lines.len();
        views.push(SettlementView {
            at: at.0,
            name: format!("settle-{}.note", note.seq),
            lines,
        });
    }
    views
}

fn settlement_lines(language: Language, shown: &Shown, note: &SettleNote) -> Vec<String> {
    let slot = |slot: &Slot| slot_words(language, &shown.plan, slot);
    let ticket = |index: &u64| TicketNumber(*index).to_string();
    let say = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
    let mut lines = Vec::new();
    for vacate in &note.vacates {
        let args = [
            ("slot", slot(&vacate.slot).into()),
            ("ticket", ticket(&vacate.index).into()),
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
                    ("ticket", ticket(index).into()),
                    ("place", i64::from(*reserve).into()),
                ];
                lines.push(say("draw-settle-fill", &args));
            }
            SettleLine::Draw(Line::Slot {
                slot: prize, index, ..
            }) => {
                let args = [
                    ("slot", slot(prize).into()),
                    ("ticket", ticket(index).into()),
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
