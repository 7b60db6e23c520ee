//! The minutes of a draw: one page to print and sign.

use serde::Serialize;

use crate::activity::wire::Heading;
use crate::draw::{Shown, reveal};
use crate::platform::text::Language;
use crate::platform::web::qr::QrView;

use super::TicketRow;
use super::scene::{CountsView, Playing, address};

/// Tickets that fit on the page; a longer list is referred to by its fingerprint.
const TICKETS_ON_THE_PAGE: usize = 40;

/// A sealed file and when it was sealed.
#[derive(Debug, Clone, Serialize)]
struct SealedRow {
    name: String,
    hash: String,
    at: i64,
}

/// The minutes.
#[derive(Debug, Clone, Serialize)]
pub(in crate::live) struct MinutesView {
    heading: Heading,
    draw: String,
    round: String,
    chain: &'static str,
    due_at: i64,
    closes_at: i64,
    counts: Option<CountsView>,
    root: String,
    sealed: Vec<SealedRow>,
    randomness: String,
    seed: String,
    winners: Vec<TicketRow>,
    reserves: Vec<TicketRow>,
    /// How many tickets the page leaves out.
    left_out: u64,
    url_of_page: String,
    qr: Option<QrView>,
    vkey: String,
}

impl MinutesView {
    /// None before the result.
    pub(in crate::live) fn of(
        language: Language,
        playing: &Playing<'_>,
        vkey: String,
    ) -> Option<MinutesView> {
        let shown = playing.shown;
        let result = shown.result.as_ref()?;
        let row = |(slot, index): &(lucky_draw::result::Slot, u64)| {
            TicketRow::of(language, &shown.plan, slot, *index, None)
        };
        let mut winners = reveal::order(&shown.plan, result);
        // On paper the grandest prize comes first.
        winners.sort_by_key(|(slot, _)| match slot {
            lucky_draw::result::Slot::Prize { slug, unit } => (
                shown
                    .plan
                    .prize(slug)
                    .map_or(u32::MAX, |prize| prize.position),
                *unit,
            ),
            lucky_draw::result::Slot::Reserve(place) => (u32::MAX, *place),
        });
        let reserves: Vec<_> = reveal::reserves(result)
            .into_iter()
            .map(|(place, index)| (lucky_draw::result::Slot::Reserve(place), index))
            .collect();
        let all = winners.len() + reserves.len();
        let of_reserves = TICKETS_ON_THE_PAGE.saturating_sub(winners.len());
        let url = address(playing.origin, language, shown);
        Some(MinutesView {
            heading: Heading::of(language, &shown.facts),
            draw: shown.plan.id.0.clone(),
            round: playing.round().to_string(),
            chain: playing.chain(),
            due_at: shown
                .plan
                .round_time()
                .map_or(shown.facts.draws_at.0, |due| due.0),
            closes_at: shown.facts.closes_at.0,
            counts: CountsView::of(playing),
            root: shown
                .close
                .as_ref()
                .map_or_else(String::new, |close| close.root.to_string()),
            sealed: sealed(shown),
            randomness: playing.randomness().unwrap_or_default(),
            seed: result.seed.to_string(),
            winners: winners.iter().take(TICKETS_ON_THE_PAGE).map(row).collect(),
            reserves: reserves.iter().take(of_reserves).map(row).collect(),
            left_out: u64::try_from(all.saturating_sub(TICKETS_ON_THE_PAGE)).unwrap_or(0),
            qr: QrView::of(&url),
            url_of_page: url,
            vkey,
        })
    }
}

fn sealed(shown: &Shown) -> Vec<SealedRow> {
    let close = shown.closes.last().map(|last| last.note.name.as_str());
    [
        "rules.txt",
        "manifest.note",
        close.unwrap_or_default(),
        "freeze.note",
        "result.note",
    ]
    .into_iter()
    .filter_map(|name| {
        let note = shown.note(name)?;
        Some(SealedRow {
            name: name.to_owned(),
            hash: note.hash.to_string(),
            at: note.written_at.0,
        })
    })
    .collect()
}
