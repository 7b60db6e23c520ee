//! Bars for a table: where they stand and how long they are. The template draws them as SVG.
//!
//! Invariant: a bar says what the table beside it says; a number that is withheld has no bar.

use crate::platform::text::Language;

use super::wire::open_data::{Label, Table};
use super::wire::{Bar, ChartView};

/// As wide as the narrowest telephone shows.
const WIDTH: u32 = 280;
/// Left for the number behind the longest bar.
const FOR_NUMBERS: u32 = 56;
const ROW: u32 = 34;
/// More bars than this are no picture.
const MOST_BARS: usize = 36;
/// Letters of a label; the table has it whole.
const LETTERS: usize = 20;

/// The bars of a table; none where there is little to see.
pub(super) fn of(language: Language, table: &Table) -> Option<ChartView> {
    let bars: Vec<(String, u64)> = table
        .rows
        .iter()
        .zip(&table.counts)
        .flat_map(|(row, counts)| {
            let column = |at: usize| table.columns.get(at);
            counts
                .iter()
                .enumerate()
                .filter_map(move |(at, count)| Some((words(language, row, column(at)), (*count)?)))
        })
        .collect();
    let most = bars.iter().map(|(_, count)| *count).max()?;
    if bars.len() < 2 || bars.len() > MOST_BARS || most == 0 {
        return None;
    }
    let room = u64::from(WIDTH - FOR_NUMBERS);
    let bar = |(at, (label, count)): (u32, (String, u64))| {
        let width = u32::try_from(count * room / most).unwrap_or(0).max(1);
        Bar {
            label,
            count,
            width,
            label_y: at * ROW + 13,
            bar_y: at * ROW + 18,
            number_x: width + 6,
            number_y: at * ROW + 28,
        }
    };
    let height = u32::try_from(bars.len()).unwrap_or(0) * ROW;
    Some(ChartView {
        width: WIDTH,
        height,
        bars: (0..).zip(bars).map(bar).collect(),
    })
}

fn words(language: Language, row: &Label, column: Option<&Label>) -> String {
    let row = shortened(row.words.pick(language));
    match column {
        Some(column) => format!("{row} · {}", shortened(column.words.pick(language))),
        None => row,
    }
}

fn shortened(words: &str) -> String {
    if words.chars().count() <= LETTERS {
        return words.to_owned();
    }
    let mut short: String = words.chars().take(LETTERS - 1).collect();
    short.push('…');
    short
}
