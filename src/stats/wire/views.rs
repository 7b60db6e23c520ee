//! What the pages of counts of pages show.

use serde::Serialize;

use crate::platform::text::{self, Language};
use crate::platform::web::views::start_of;
use crate::stats::views::{Count, Kind};

/// Counts of some days.
#[derive(Serialize)]
pub(in crate::stats) struct ViewsView {
    days: Vec<DayRow>,
    kinds: Vec<KindRow>,
    all: i64,
    visits: i64,
}

#[derive(Serialize)]
struct DayRow {
    /// Epoch milliseconds of its beginning.
    at: i64,
    zh: i64,
    en: i64,
    all: i64,
    visits: i64,
}

#[derive(Serialize)]
struct KindRow {
    name: String,
    zh: i64,
    en: i64,
    all: i64,
}

impl ViewsView {
    /// Of the days from `from` to `to`, the latest first.
    pub(in crate::stats) fn of(
        lang: Language,
        counts: &[Count],
        (from, to): (i64, i64),
    ) -> ViewsView {
        let sum = |fits: &dyn Fn(&Count) -> bool| -> i64 {
            let fitting = counts.iter().filter(|count| fits(count));
            fitting.map(|count| count.count).sum()
        };
        let is_page = |count: &Count| count.kind != Kind::Visit;
        let days = (from..=to).rev().map(|day| {
            let of = |english: bool| {
                sum(&|count| count.day == day && count.english == english && is_page(count))
            };
            let (zh, en) = (of(false), of(true));
            DayRow {
                at: start_of(day).0,
                zh,
                en,
                all: zh + en,
                visits: sum(&|count| count.day == day && !is_page(count)),
            }
        });
        let kinds = Kind::PAGES.into_iter().map(|kind| {
            let of = |english: bool| sum(&|count| count.kind == kind && count.english == english);
            let (zh, en) = (of(false), of(true));
            KindRow {
                name: text::message(lang, name_of(kind), &[]),
                zh,
                en,
                all: zh + en,
            }
        });
        ViewsView {
            days: days.collect(),
            kinds: kinds.collect(),
            all: sum(&is_page),
            visits: sum(&|count| !is_page(count)),
        }
    }
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Home => "stats-views-home",
        Kind::Activities => "stats-views-activities",
        Kind::Activity => "stats-views-activity",
        Kind::Draws => "stats-views-draws",
        Kind::Newsletter => "stats-views-newsletter",
        Kind::Privacy => "stats-views-privacy",
        Kind::Other | Kind::Visit => "stats-views-other",
    }
}
