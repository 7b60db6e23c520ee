//! The public page of one draw, in every phase.

use std::collections::HashSet;

use lucky_draw::record::{Cancel, Manifest};
use lucky_draw::result::{Holding, Slot};
use serde::Serialize;

use crate::draw::tax::RuleBook;
use crate::draw::{CancelCode, DrawStage, Plan, PlanSource, Shown, SupersedeCode};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};

use super::hall::{AuditView, LiveView, seen};
use super::lists::{HolderRow, holder_rows};
use super::notes_page::note_words;
use super::passing::{SettlementView, settlements};
use super::plan_form::PrizeRow;
use super::{
    CloseView, ListView, Phase, SourceView, Tag, cancel_words, close_views, left, prize_rows,
    slot_words, source_views, sources_words, supersede_words,
};

/// Holders shown on the page itself; the others are on pages of their own.
const HOLDERS_ON_THE_PAGE: usize = 24;
/// Prizes that nobody holds, shown on the page itself.
const UNFILLED_ON_THE_PAGE: usize = 40;

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
    /// All sources as one phrase.
    decided_by: String,
    sources: Vec<SourceView>,
    left: Option<String>,
    /// Whether nothing but drand decides.
    only_drand: bool,
    /// Until when witnesses must have seen the library's secret, where it is a source.
    secret_until: Option<i64>,
    /// Whether they had not, so that zeros stand for it.
    withheld: bool,
    /// The first drand round.
    round: String,
    rules: Option<Sealed>,
    manifest: Option<Sealed>,
    close: Option<Sealed>,
    freeze: Option<Sealed>,
    result: Option<Sealed>,
    list: Option<ListView>,
    closes: Vec<CloseView>,
    superseded: Vec<SupersededView>,
    prizes: Vec<PrizeRow>,
    reserves: u32,
    winners: Vec<HolderRow>,
    reserve_list: Vec<HolderRow>,
    more_holders: bool,
    unfilled: Vec<String>,
    settlements: Vec<SettlementView>,
    cancelled_reason: String,
    purged: bool,
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

/// A promise that was replaced.
#[derive(Debug, Clone, Serialize)]
struct SupersededView {
    file: String,
    /// Why it was replaced: by its code, and in the library's words.
    code: String,
    words: String,
    froze_at: i64,
    replaced_at: i64,
}

impl DrawView {
    pub(in crate::draw) fn of(
        language: Language,
        shown: &Shown,
        tax: &RuleBook,
        now: Timestamp,
    ) -> DrawView {
        let (facts, plan) = (&shown.facts, &shown.plan);
        let phase = Phase::of(facts, plan, now);
        let due = plan.round_time().unwrap_or(facts.draws_at);
        let live = LiveView::of(shown, now);
        let seen = live.is_some().then(|| seen(shown));
        let is_seen = |holding: &&Holding| {
            let seen = seen.as_ref();
            seen.is_none_or(|seen| seen.contains(&holding.index))
        };
        // One more than there is room for tells that there are more.
        let holdings = shown.holdings.iter().filter(is_seen);
        let mut holders = holder_rows(
            language,
            plan,
            holdings.take(HOLDERS_ON_THE_PAGE + 1),
            &shown.settles,
        );
        let more_holders = holders.len() > HOLDERS_ON_THE_PAGE;
        holders.truncate(HOLDERS_ON_THE_PAGE);
        let (reserve_list, winners): (Vec<_>, Vec<_>) =
            holders.into_iter().partition(HolderRow::is_reserve);
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
            decided_by: sources_words(language, plan),
            sources: source_views(language, plan),
            left: left(language, now, due),
            only_drand: plan.sources.iter().all(|source| source.drand().is_some()),
            secret_until: plan.secret().map(|_| plan.reveal_until(facts.freezes_at).0),
            withheld: plan.secret().is_some_and(PlanSource::is_withheld),
            round: plan
                .drand()
                .map_or_else(String::new, |drand| drand.round.to_string()),
            rules: sealed(language, shown, "rules.txt"),
            manifest: sealed(language, shown, "manifest.note"),
            close: shown
                .closes
                .last()
                .and_then(|last| sealed(language, shown, &last.note.name)),
            freeze: sealed(language, shown, "freeze.note"),
            result: sealed(language, shown, "result.note"),
            list: shown.close.as_ref().map(ListView::of),
            closes: close_views(language, &shown.closes),
            superseded: superseded(language, shown),
            prizes: prize_rows(language, plan, tax.at(due)),
            reserves: plan.reserves,
            winners,
            reserve_list,
            more_holders,
            unfilled: unfilled(language, shown),
            settlements: settlements(language, shown),
            cancelled_reason: cancelled_reason(language, shown),
            purged: facts.stage == crate::activity::Stage::Purged,
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
fn superseded(language: Language, shown: &Shown) -> Vec<SupersededView> {
    let mut views = Vec::new();
    for (place, (manifest, words)) in shown.superseded.iter().enumerate() {
        let next = shown
            .superseded
            .get(place + 1)
            .map(|(next, _)| next.clone());
        let next_file = match next {
            Some(_) => format!("base-{}.note", place + 1),
            None => "manifest.note".to_owned(),
        };
        let next = next.or_else(|| {
            let note = shown.note(&next_file)?;
            Manifest::parse(note.text().ok()?).ok()
        });
        let code = next.and_then(|next| next.supersedes).map(|(_, code)| code);
        let code = code.unwrap_or_default();
        let froze_at = i64::try_from(manifest.freezes).unwrap_or(0);
        views.push(SupersededView {
            file: format!("base-{place}.note"),
            code: SupersedeCode::parse(&code).map_or(code, |code| supersede_words(language, code)),
            words: words.clone(),
            froze_at: Timestamp::from_unix(froze_at).0,
            replaced_at: shown.note(&next_file).map_or(0, |note| note.written_at.0),
        });
    }
    views
}

/// Prizes that nobody holds: too few people, or nobody left to pass them to.
fn unfilled(language: Language, shown: &Shown) -> Vec<String> {
    if shown.result.is_none() {
        return Vec::new();
    }
    let holdings = shown.holdings.iter();
    let held = holdings.filter(|holding| matches!(holding.slot, Slot::Prize { .. }));
    let held: HashSet<&Slot> = held.map(|holding| &holding.slot).collect();
    if held.len() as u64 == shown.plan.prize_units() {
        return Vec::new();
    }
    let mut empty = Vec::new();
    for prize in &shown.plan.prizes {
        for unit in 1..=prize.units {
            let slot = Slot::Prize {
                slug: prize.slug.clone(),
                unit,
            };
            if empty.len() < UNFILLED_ON_THE_PAGE && !held.contains(&slot) {
                empty.push(slot_words(language, &shown.plan, &slot));
            }
        }
    }
    empty
}
