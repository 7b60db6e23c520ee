//! Counting answers, and what of the counts may be published.
//!
//! Invariant: the cells of a question depend on the question, not on who answered; only days are
//! grouped by the months that occur, and months below the threshold are left out when published.
//!
//! Not here: text answers (counted, never quoted), freezing counts before a purge (`stats`).
//! Source: privacy.md section 4: threshold first, then each count rounded by itself.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::question::{Question, QuestionKind};

/// Counts below this are not published.
pub const THRESHOLD: u64 = 10;
/// Published counts are multiples of this.
pub const BASE: u64 = 5;

/// Bounded numbers get one cell each up to this many, and [`WIDE_CELLS`] ranges above.
const EACH_UP_TO: i128 = 20;
const WIDE_CELLS: i128 = 10;
/// First numbers of the cells of an unbounded question.
const DECADES: [i64; 8] = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell<C> {
    /// The choice's id, the number, the range or the month.
    pub key: String,
    /// What a reader sees, in Traditional Chinese.
    pub label_zh: String,
    /// What a reader sees, in English.
    pub label_en: String,
    /// How many answers fall here.
    pub count: C,
}

/// Exact counts of one question: for staff and for [`Tally::published`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How many people answered.
    pub answers: u64,
    /// Counts by choice, number, step or month; none for texts. Those of a question with several
    /// choices add up to more than `answers`.
    pub cells: Vec<Cell<u64>>,
    months: bool,
}

/// Counts that anyone may see; `None` stands for fewer than the threshold, zero included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// How many people answered.
    pub answers: Option<u64>,
    /// The cells in the question's order.
    pub cells: Vec<Cell<Option<u64>>>,
}

/// Counts the answers to one question; answers of another kind are passed over.
pub fn tally<'a>(question: &Question, answers: impl IntoIterator<Item = &'a Answer>) -> Tally {
    let mut total = 0;
    let mut cells = fixed_cells(&question.kind);
    let mut months: BTreeMap<(i16, i8), u64> = BTreeMap::new();
    for answer in answers {
        let fits = match (&question.kind, answer) {
            (QuestionKind::SingleChoice { .. }, Answer::Choice(id)) => {
                count(&mut cells, |cell| cell.key == id.as_str())
            }
            (QuestionKind::SeveralChoices { .. }, Answer::Choices(ids)) => {
                count(&mut cells, |cell| {
                    ids.iter().any(|id| id.as_str() == cell.key)
                })
            }
            (QuestionKind::Number { .. }, Answer::Number(number)) => {
                count(&mut cells, |cell| cell.range.holds(*number))
            }
            (QuestionKind::Scale { .. }, Answer::Scale(step)) => {
                count(&mut cells, |cell| cell.range.holds((*step).into()))
            }
            (QuestionKind::Date, Answer::Date(day)) => {
                *months.entry((day.year(), day.month())).or_default() += 1;
                true
            }
            (QuestionKind::ShortText { .. } | QuestionKind::LongText { .. }, Answer::Text(_)) => {
                true
            }
            _ => false,
        };
        total += u64::from(fits);
    }
    let by_month = months.into_iter().map(month_cell);
    Tally {
        answers: total,
        cells: cells.into_iter().map(Slot::cell).chain(by_month).collect(),
        months: question.kind == QuestionKind::Date,
    }
}

impl Tally {
    /// What may be shown: counts below `threshold` hidden, the others rounded to the nearest
    /// multiple of `base`, each by itself so that no difference gives a hidden one away.
    pub fn published(&self, threshold: u64, base: u64) -> Published {
        let shown = |count: u64| (count >= threshold).then(|| rounded(count, base));
        let cells = self.cells.iter().map(|cell| Cell {
            key: cell.key.clone(),
            label_zh: cell.label_zh.clone(),
            label_en: cell.label_en.clone(),
            count: shown(cell.count),
        });
        Published {
            answers: shown(self.answers),
            cells: cells
                .filter(|cell| !self.months || cell.count.is_some())
                .collect(),
        }
    }
}

fn rounded(count: u64, base: u64) -> u64 {
    let base = base.max(1);
    let down = count - count % base;
    if count - down > base / 2 {
        down.saturating_add(base)
    } else {
        down
    }
}

/// A cell while counting.
struct Slot {
    key: String,
    label_zh: String,
    label_en: String,
    range: Range,
    count: u64,
}

/// Numbers from `from` to `to`, both inclusive; a missing end is open.
#[derive(Clone, Copy)]
struct Range {
    from: Option<i64>,
    to: Option<i64>,
}

impl Range {
    fn holds(self, number: i64) -> bool {
        self.from.is_none_or(|from| number >= from) && self.to.is_none_or(|to| number <= to)
    }
}

impl Slot {
    fn cell(self) -> Cell<u64> {
        Cell {
            key: self.key,
            label_zh: self.label_zh,
            label_en: self.label_en,
            count: self.count,
        }
    }

    fn of_range(range: Range) -> Self {
        let (key, label_zh, label_en) = match (range.from, range.to) {
            (Some(from), Some(to)) if from == to => {
                (from.to_string(), from.to_string(), from.to_string())
            }
            (Some(from), Some(to)) => (
                format!("{from}..{to}"),
                format!("{from} 到 {to}"),
                format!("{from} to {to}"),
            ),
            (Some(from), None) => (
                format!("{from}.."),
                format!("{from} 以上"),
                format!("{from} or more"),
            ),
            (None, Some(to)) => (
                format!("..{to}"),
                format!("{to} 以下"),
                format!("{to} or less"),
            ),
            (None, None) => ("..".to_owned(), "全部".to_owned(), "all".to_owned()),
        };
        Self {
            key,
            label_zh,
            label_en,
            range,
            count: 0,
        }
    }
}

fn count(slots: &mut [Slot], falls_in: impl Fn(&Slot) -> bool) -> bool {
    let mut found = false;
    for slot in slots.iter_mut().filter(|slot| falls_in(slot)) {
        slot.count += 1;
        found = true;
    }
    found
}

fn fixed_cells(kind: &QuestionKind) -> Vec<Slot> {
    match kind {
        QuestionKind::Number { min, max } => {
            ranges(*min, *max).into_iter().map(Slot::of_range).collect()
        }
        QuestionKind::Scale { low, high, .. } => {
            let steps = (*low..=*high).map(i64::from);
            steps
                .map(|step| {
                    Slot::of_range(Range {
                        from: Some(step),
                        to: Some(step),
                    })
                })
                .collect()
        }
        _ => {
            let none = Range {
                from: None,
                to: None,
            };
            let slots = kind.options().iter().map(|choice| Slot {
                key: choice.id.to_string(),
                label_zh: choice.label_zh.clone(),
                label_en: choice.shown_en().to_owned(),
                range: none,
                count: 0,
            });
            slots.collect()
        }
    }
}

fn ranges(min: Option<i64>, max: Option<i64>) -> Vec<Range> {
    match (min, max) {
        (Some(min), Some(max)) => even_ranges(min, max),
        _ => decade_ranges(min, max),
    }
}

fn even_ranges(min: i64, max: i64) -> Vec<Range> {
    // Wider than i64, so that the whole of it can be a range.
    let (low, high) = (i128::from(min), i128::from(max));
    let span = (high - low + 1).max(0);
    let width = if span <= EACH_UP_TO {
        1
    } else {
        (span + WIDE_CELLS - 1) / WIDE_CELLS
    };
    let mut ranges = Vec::new();
    let mut from = low;
    while from <= high {
        let to = (from + width - 1).min(high);
        ranges.push(Range {
            from: i64::try_from(from).ok(),
            to: i64::try_from(to).ok(),
        });
        from += width;
    }
    ranges
}

fn decade_ranges(min: Option<i64>, max: Option<i64>) -> Vec<Range> {
    let negative = Range {
        from: None,
        to: Some(-1),
    };
    let starts = DECADES.iter().copied();
    let ends = DECADES
        .iter()
        .skip(1)
        .map(|next| Some(next - 1))
        .chain([None]);
    let positive = starts.zip(ends).map(|(from, to)| Range {
        from: Some(from),
        to,
    });
    let reached = |range: &Range| {
        let below = range.to.zip(min).is_some_and(|(to, min)| to < min);
        let above = range.from.zip(max).is_some_and(|(from, max)| from > max);
        !below && !above
    };
    std::iter::once(negative)
        .chain(positive)
        .filter(reached)
        .collect()
}

fn month_cell(((year, month), count): ((i16, i8), u64)) -> Cell<u64> {
    let roc = i32::from(year) - 1911;
    let label_zh = if roc > 0 {
        format!("{roc} 年 {month} 月")
    } else {
        format!("民國前 {} 年 {month} 月", 1 - roc)
    };
    let key = format!("{year:04}-{month:02}");
    Cell {
        label_en: key.clone(),
        key,
        label_zh,
        count,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::super::question::Choice;
    use super::*;

    fn question(kind: QuestionKind) -> Question {
        let words = String::new;
        Question {
            id: "x".into(),
            position: 1,
            kind,
            label_zh: words(),
            label_en: words(),
            hint_zh: words(),
            hint_en: words(),
            required: false,
        }
    }

    fn two_choices() -> Vec<Choice> {
        let choice = |id: &str| Choice {
            id: id.into(),
            label_zh: id.to_owned(),
            label_en: String::new(),
        };
        vec![choice("a"), choice("b")]
    }

    fn counts(tally: &Tally) -> Vec<(&str, u64)> {
        tally
            .cells
            .iter()
            .map(|cell| (cell.key.as_str(), cell.count))
            .collect()
    }

    #[test]
    fn choices_are_counted_by_choice_and_people_once() {
        let several = question(QuestionKind::SeveralChoices {
            options: two_choices(),
            max: None,
        });
        let answers = [
            Answer::Choices(vec!["a".into(), "b".into()]),
            Answer::Choices(vec!["a".into()]),
            Answer::Number(7),
        ];
        let tally = tally(&several, &answers);
        assert_eq!(tally.answers, 2);
        assert_eq!(counts(&tally), [("a", 2), ("b", 1)]);
    }

    #[test]
    fn numbers_fall_in_ranges_that_the_question_sets() {
        let bounded = question(QuestionKind::Number {
            min: Some(0),
            max: Some(99),
        });
        let tens = tally(
            &bounded,
            &[Answer::Number(0), Answer::Number(9), Answer::Number(99)],
        );
        assert_eq!(tens.cells.len(), 10);
        assert_eq!(counts(&tens)[0], ("0..9", 2));
        assert_eq!(counts(&tens)[9], ("90..99", 1));
        let open = question(QuestionKind::Number {
            min: Some(1),
            max: None,
        });
        let decades = tally(&open, &[Answer::Number(365), Answer::Number(i64::MAX)]);
        assert_eq!(counts(&decades)[2], ("100..999", 1));
        assert_eq!(counts(&decades)[6], ("1000000..", 1));
    }

    #[test]
    fn texts_are_counted_and_never_quoted() {
        let text = question(QuestionKind::ShortText { max: 10 });
        let tally = tally(&text, &[Answer::Text(Zeroizing::new("王小明".to_owned()))]);
        assert_eq!((tally.answers, tally.cells.len()), (1, 0));
    }

    #[test]
    fn small_counts_are_hidden_and_others_rounded_each_by_itself() {
        let single = question(QuestionKind::SingleChoice {
            options: two_choices(),
        });
        let a = std::iter::repeat_n(Answer::Choice("a".into()), 13);
        let b = std::iter::repeat_n(Answer::Choice("b".into()), 9);
        let answers: Vec<Answer> = a.chain(b).collect();
        let published = tally(&single, &answers).published(THRESHOLD, BASE);
        assert_eq!(published.answers, Some(20));
        let shown: Vec<Option<u64>> = published.cells.iter().map(|cell| cell.count).collect();
        assert_eq!(shown, [Some(15), None]);
    }

    #[test]
    fn months_with_few_people_are_not_even_named() {
        let day = question(QuestionKind::Date);
        let many = std::iter::repeat_n(Answer::Date(date(2026, 11, 21)), 12);
        let answers: Vec<Answer> = many.chain([Answer::Date(date(1931, 1, 1))]).collect();
        let tally = tally(&day, &answers);
        assert_eq!(counts(&tally), [("1931-01", 1), ("2026-11", 12)]);
        let published = tally.published(THRESHOLD, BASE);
        assert_eq!(published.cells.len(), 1);
        assert_eq!(published.cells[0].label_zh, "115 年 11 月");
    }

    proptest! {
        #[test]
        fn every_number_in_bounds_falls_in_one_cell(a in any::<i64>(), b in any::<i64>(), at in any::<i64>()) {
            let (min, max) = (a.min(b), a.max(b));
            for (min, max) in [(Some(min), Some(max)), (Some(min), None), (None, Some(max)), (None, None)] {
                let inside = at.clamp(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX));
                let numbers = question(QuestionKind::Number { min, max });
                let tally = tally(&numbers, &[Answer::Number(inside)]);
                prop_assert_eq!(tally.cells.iter().map(|cell| cell.count).sum::<u64>(), 1);
                prop_assert!(tally.cells.len() <= 20);
            }
        }

        #[test]
        fn published_counts_are_at_least_the_threshold_and_near_the_truth(count in 0u64..10_000) {
            let tally = Tally { answers: count, cells: Vec::new(), months: false };
            match tally.published(THRESHOLD, BASE).answers {
                None => prop_assert!(count < THRESHOLD),
                Some(shown) => {
                    prop_assert!(shown >= THRESHOLD && shown % BASE == 0);
                    prop_assert!(shown.abs_diff(count) <= BASE / 2);
                }
            }
        }
    }
}
