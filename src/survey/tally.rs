//! The lines of a table about a question, and in which of them an answer falls.
//!
//! Invariant: the lines of a question depend on the question, not on who answered; only days are
//! grouped by the months that occur.
//!
//! Not here: counting, and what of the counts may be published (`stats`). Words that people wrote
//! have no lines: they may name somebody.

use super::answer::Answer;
use super::question::QuestionKind;

/// Bounded numbers get one line each up to this many, and [`WIDE_LINES`] ranges above.
const EACH_UP_TO: i128 = 20;
const WIDE_LINES: i128 = 10;
/// First numbers of the lines of an unbounded question.
const DECADES: [i64; 8] = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The choice's id, the number, the range or the month.
    pub key: String,
    /// What a reader sees, in Traditional Chinese.
    pub label_zh: String,
    /// What a reader sees, in English.
    pub label_en: String,
}

/// Whether answers to such a question are counted.
pub fn is_counted(kind: &QuestionKind) -> bool {
    !matches!(
        kind,
        QuestionKind::ShortText { .. } | QuestionKind::LongText { .. }
    )
}

/// Whether every answer falls in one line of a list that is known beforehand, so that the question
/// can be crossed with another.
pub fn is_crossed(kind: &QuestionKind) -> bool {
    matches!(
        kind,
        QuestionKind::SingleChoice { .. }
            | QuestionKind::Number { .. }
            | QuestionKind::Scale { .. }
    )
}

/// The lines that a question sets; none for texts, and none for days, whose months depend on the
/// answers.
pub fn lines(kind: &QuestionKind) -> Vec<Line> {
    ranges_of(kind).into_iter().map(|(_, line)| line).collect()
}

/// The keys of the lines in which an answer falls: one, or several where several can be chosen;
/// none for an answer of another kind.
pub fn keys(kind: &QuestionKind, answer: &Answer) -> Vec<String> {
    let of_number = |number: i64| {
        let ranges = ranges_of(kind).into_iter();
        let found = ranges.filter(|(range, _)| range.holds(number));
        found.map(|(_, line)| line.key).collect()
    };
    let known = |id: &str| kind.options().iter().any(|choice| choice.id.as_str() == id);
    match (kind, answer) {
        (QuestionKind::SingleChoice { .. }, Answer::Choice(id)) if known(id.as_str()) => {
            vec![id.to_string()]
        }
        (QuestionKind::SeveralChoices { .. }, Answer::Choices(ids)) => {
            let known = ids.iter().filter(|id| known(id.as_str()));
            known.map(ToString::to_string).collect()
        }
        (QuestionKind::Number { .. }, Answer::Number(number)) => of_number(*number),
        (QuestionKind::Scale { .. }, Answer::Scale(step)) => of_number((*step).into()),
        (QuestionKind::Date, Answer::Date(day)) => {
            vec![format!("{:04}-{:02}", day.year(), day.month())]
        }
        _ => Vec::new(),
    }
}

/// The line of a month that [`keys`] named.
pub fn month(key: &str) -> Line {
    let (year, month) = key.rsplit_once('-').unwrap_or((key, ""));
    let roc = year.parse::<i32>().unwrap_or_default() - 1911;
    let month: u8 = month.parse().unwrap_or_default();
    let label_zh = if roc > 0 {
        format!("{roc} 年 {month} 月")
    } else {
        format!("民國前 {} 年 {month} 月", 1 - roc)
    };
    Line {
        key: key.to_owned(),
        label_zh,
        label_en: key.to_owned(),
    }
}

/// Numbers from `from` to `to`, both inclusive; a missing end is open.
#[derive(Clone, Copy)]
struct Range {
    from: Option<i64>,
    to: Option<i64>,
}

impl Range {
    fn holds(self, number: i64) -> bool {
        self.from.is_none_or(|from| from <= number) && self.to.is_none_or(|to| number <= to)
    }

    fn line(self) -> Line {
        let (key, label_zh, label_en) = match (self.from, self.to) {
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
        Line {
            key,
            label_zh,
            label_en,
        }
    }
}

/// The lines of a kind with the numbers they hold; choices hold none.
fn ranges_of(kind: &QuestionKind) -> Vec<(Range, Line)> {
    let with_line = |range: Range| (range, range.line());
    match kind {
        QuestionKind::Number { min, max } => {
            ranges(*min, *max).into_iter().map(with_line).collect()
        }
        QuestionKind::Scale { low, high, .. } => {
            let steps = (*low..=*high).map(i64::from);
            let one = |step| Range {
                from: Some(step),
                to: Some(step),
            };
            steps.map(one).map(with_line).collect()
        }
        _ => {
            let nothing = Range {
                from: Some(1),
                to: Some(0),
            };
            let choices = kind.options().iter();
            choices
                .map(|choice| {
                    let line = Line {
                        key: choice.id.to_string(),
                        label_zh: choice.label_zh.clone(),
                        label_en: choice.shown_en().to_owned(),
                    };
                    (nothing, line)
                })
                .collect()
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
        (span + WIDE_LINES - 1) / WIDE_LINES
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::super::question::Choice;
    use super::*;

    fn two_choices() -> Vec<Choice> {
        let choice = |id: &str| Choice {
            id: id.into(),
            label_zh: id.to_owned(),
            label_en: String::new(),
        };
        vec![choice("a"), choice("b")]
    }

    #[test]
    fn answers_fall_in_the_lines_that_were_chosen() {
        let several = QuestionKind::SeveralChoices {
            options: two_choices(),
            max: None,
        };
        let both = Answer::Choices(vec!["a".into(), "b".into()]);
        assert_eq!(keys(&several, &both), ["a", "b"]);
        assert!(keys(&several, &Answer::Number(7)).is_empty());
        assert!(keys(&several, &Answer::Choices(vec!["c".into()])).is_empty());
        let named: Vec<String> = lines(&several).into_iter().map(|line| line.key).collect();
        assert_eq!(named, ["a", "b"]);
    }

    #[test]
    fn numbers_fall_in_ranges_that_the_question_sets() {
        let bounded = QuestionKind::Number {
            min: Some(0),
            max: Some(99),
        };
        assert_eq!(lines(&bounded).len(), 10);
        assert_eq!(keys(&bounded, &Answer::Number(9)), ["0..9"]);
        assert_eq!(keys(&bounded, &Answer::Number(99)), ["90..99"]);
        let open = QuestionKind::Number {
            min: Some(1),
            max: None,
        };
        assert_eq!(keys(&open, &Answer::Number(365)), ["100..999"]);
        assert_eq!(keys(&open, &Answer::Number(i64::MAX)), ["1000000.."]);
    }

    #[test]
    fn texts_have_no_lines() {
        let text = QuestionKind::ShortText { max: 10 };
        let name = Answer::Text(Zeroizing::new("王小明".to_owned()));
        assert!(!is_counted(&text) && lines(&text).is_empty() && keys(&text, &name).is_empty());
    }

    #[test]
    fn days_fall_in_months() {
        let day = Answer::Date(date(2026, 11, 21));
        let key = keys(&QuestionKind::Date, &day).pop().expect("a month");
        assert_eq!(
            (key.as_str(), month(&key).label_zh.as_str()),
            ("2026-11", "115 年 11 月")
        );
        assert_eq!(month("1911-01").label_zh, "民國前 1 年 1 月");
    }

    proptest! {
        #[test]
        fn every_number_in_bounds_falls_in_one_line(a in any::<i64>(), b in any::<i64>(), at in any::<i64>()) {
            let (min, max) = (a.min(b), a.max(b));
            for (min, max) in [(Some(min), Some(max)), (Some(min), None), (None, Some(max)), (None, None)] {
                let inside = at.clamp(min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX));
                let kind = QuestionKind::Number { min, max };
                prop_assert_eq!(keys(&kind, &Answer::Number(inside)).len(), 1);
                prop_assert!(lines(&kind).len() <= 20);
            }
        }
    }
}
