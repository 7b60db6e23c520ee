//! What pages show of counts, and the file that everybody may have ([`open_data`]).

mod chart;
pub mod open_data;
pub(super) mod views;

use serde::Serialize;

use crate::activity::wire::Heading;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;

use super::declared::{Asked, Declared};
use super::making::name_of;
use open_data::Table;

/// The counts of an activity, or what will be counted.
#[derive(Serialize)]
pub(super) struct AnswersView {
    pub(super) heading: Heading,
    pub(super) for_staff: bool,
    pub(super) threshold: u64,
    pub(super) base: u64,
    /// Before anything is published: when that is.
    pub(super) due_at: Option<i64>,
    /// And which tables were declared.
    pub(super) declared: Vec<String>,
    pub(super) made_at: String,
    pub(super) source: String,
    pub(super) licence: String,
    pub(super) hash: String,
    pub(super) tables: Vec<TableView>,
}

/// One table.
#[derive(Serialize)]
pub(super) struct TableView {
    title: String,
    people: Option<u64>,
    several: bool,
    columns: Vec<String>,
    rows: Vec<RowView>,
    chart: Option<ChartView>,
}

#[derive(Serialize)]
struct RowView {
    label: String,
    counts: Vec<Option<u64>>,
}

/// Bars, as SVG draws them.
#[derive(Serialize)]
pub(super) struct ChartView {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bars: Vec<Bar>,
}

/// One bar with its words.
#[derive(Serialize)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) count: u64,
    pub(super) width: u32,
    pub(super) label_y: u32,
    pub(super) bar_y: u32,
    pub(super) number_x: u32,
    pub(super) number_y: u32,
}

impl TableView {
    pub(super) fn of(language: Language, table: &Table) -> TableView {
        let label = |label: &open_data::Label| match label.of.len() {
            0 => label.words.pick(language).to_owned(),
            count => text::message(
                language,
                "stats-other-of",
                &[
                    ("other", label.words.pick(language).into()),
                    ("count", i64::try_from(count).unwrap_or(i64::MAX).into()),
                ],
            ),
        };
        TableView {
            title: table.title.pick(language).to_owned(),
            people: table.people,
            several: table.several,
            columns: table.columns.iter().map(label).collect(),
            rows: table
                .rows
                .iter()
                .zip(&table.counts)
                .map(|(row, counts)| RowView {
                    label: label(row),
                    counts: counts.clone(),
                })
                .collect(),
            chart: chart::of(language, table),
        }
    }
}

/// What a table counts, in words.
pub(super) fn title(language: Language, asked: &Asked, table: &Declared) -> String {
    let names = table
        .dimensions()
        .map(|each| name_of(language, asked, each));
    names.collect::<Vec<_>>().join(" × ")
}

/// The page on which the tables of a draft are declared.
#[derive(Serialize)]
pub(super) struct DeclareView {
    pub(super) heading: Heading,
    pub(super) draft: bool,
    pub(super) threshold: u64,
    pub(super) base: u64,
    pub(super) tables: Vec<DeclaredRow>,
    pub(super) by_itself: Vec<String>,
    pub(super) options: Vec<Choice>,
    pub(super) rows: String,
    pub(super) columns: String,
    pub(super) linked: bool,
    pub(super) mistakes: Mistakes,
}

#[derive(Serialize)]
pub(super) struct DeclaredRow {
    pub(super) id: String,
    pub(super) title: String,
}

/// A dimension that can be picked.
#[derive(Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
}
