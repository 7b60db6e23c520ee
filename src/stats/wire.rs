//! What pages show of counts.

use serde::Serialize;

use crate::activity::wire::Heading;
use crate::platform::text::Language;
use crate::survey::tally::Cell;

use super::Table;

/// The counts of an activity.
#[derive(Serialize)]
pub(super) struct AnswersView {
    pub(super) heading: Heading,
    pub(super) tables: Vec<TableView>,
    pub(super) threshold: u64,
    pub(super) base: u64,
}

/// The counts of one question.
#[derive(Serialize)]
pub(super) struct TableView {
    question: String,
    answers: Option<u64>,
    rows: Vec<Row>,
}

/// One answer and how often it was given; no count where it is below the threshold.
#[derive(Serialize)]
struct Row {
    label: String,
    count: Option<u64>,
}

impl TableView {
    pub(super) fn of(language: Language, table: &Table) -> TableView {
        let zh = language == Language::ZhTw;
        let label = |cell: &Cell<Option<u64>>| {
            if zh {
                cell.label_zh.clone()
            } else {
                cell.label_en.clone()
            }
        };
        TableView {
            question: if zh {
                table.question.label_zh.clone()
            } else {
                table.question.shown_en().to_owned()
            },
            answers: table.published.answers,
            rows: table
                .published
                .cells
                .iter()
                .map(|cell| Row {
                    label: label(cell),
                    count: cell.count,
                })
                .collect(),
        }
    }
}
