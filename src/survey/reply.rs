//! Reading replies: what each kind of question makes of the values of its form field.
//!
//! Invariant: nothing is guessed; a value is an answer as it stands or a [`Reason`].
//!
//! Not here: blank values and questions left out ([`Question::check`](super::question::Question::check)).

use zeroize::Zeroizing;

use super::ChoiceId;
use super::answer::Answer;
use super::mistake::Reason;
use super::question::{Choice, LONG_MAX, QuestionKind, SHORT_MAX};
use crate::identity::{date, typed};

/// The reason shown where a required question was left out.
pub(super) fn when_empty(kind: &QuestionKind) -> Reason {
    match kind {
        QuestionKind::SingleChoice { .. }
        | QuestionKind::SeveralChoices { .. }
        | QuestionKind::Scale { .. } => Reason::Unchosen,
        _ => Reason::Unanswered,
    }
}

/// Reads the values of one field; there is at least one and none is blank.
pub(super) fn read(kind: &QuestionKind, values: &[&str]) -> Result<Answer, Reason> {
    let one = match values {
        [one] => Ok(*one),
        _ => Err(Reason::OneOnly),
    };
    match kind {
        QuestionKind::SingleChoice { options } => find(options, one?).map(Answer::Choice),
        QuestionKind::SeveralChoices { options, max } => several(options, *max, values),
        QuestionKind::ShortText { max } => text(typed::line(one?), (*max).min(SHORT_MAX)),
        QuestionKind::LongText { max } => text(typed::lines(one?), (*max).min(LONG_MAX)),
        QuestionKind::Number { min, max } => {
            let out_of_bounds = Reason::Number {
                min: *min,
                max: *max,
            };
            let number = whole_number(one?).ok_or(out_of_bounds)?;
            let fits = min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
            fits.then_some(Answer::Number(number)).ok_or(out_of_bounds)
        }
        QuestionKind::Date => date::parse(one?, date::Calendar::AsWritten)
            .map(Answer::Date)
            .map_err(Reason::Date),
        QuestionKind::Scale { low, high, .. } => {
            let step = typed::folded(one?)
                .parse()
                .ok()
                .filter(|step| (*low..=*high).contains(step));
            step.map(Answer::Scale).ok_or(Reason::OffScale {
                low: *low,
                high: *high,
            })
        }
    }
}

fn find(options: &[Choice], value: &str) -> Result<ChoiceId, Reason> {
    let found = options.iter().find(|choice| choice.id.as_str() == value);
    found
        .map(|choice| choice.id.clone())
        .ok_or(Reason::UnknownChoice)
}

fn several(options: &[Choice], max: Option<usize>, values: &[&str]) -> Result<Answer, Reason> {
    for value in values {
        find(options, value)?;
    }
    let ids = options.iter().map(|choice| &choice.id);
    let chosen: Vec<ChoiceId> = ids
        .filter(|id| values.contains(&id.as_str()))
        .cloned()
        .collect();
    match max {
        Some(max) if chosen.len() > max => {
            let found = chosen.len();
            Err(Reason::TooManyChoices { max, found })
        }
        _ => Ok(Answer::Choices(chosen)),
    }
}

fn text(clean: String, max: usize) -> Result<Answer, Reason> {
    let clean = Zeroizing::new(clean);
    let found = typed::length(&clean);
    if found > max {
        return Err(Reason::TooLong { max, found });
    }
    Ok(Answer::Text(clean))
}

/// Digits in any width, with a sign and with commas only where thousands have them.
fn whole_number(raw: &str) -> Option<i64> {
    let folded = typed::folded(raw);
    let (sign, digits) = match folded.strip_prefix(typed::is_dash) {
        Some(digits) => ("-", digits),
        None => ("", folded.strip_prefix('+').unwrap_or(&folded)),
    };
    let groups: Vec<&str> = digits.split(',').collect();
    let grouped = groups.len() == 1
        || (matches!(groups[0].len(), 1..=3) && groups[1..].iter().all(|group| group.len() == 3));
    let bare = groups.concat();
    let all_digits = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
    (grouped && all_digits)
        .then(|| format!("{sign}{bare}").parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn choice(id: &str) -> Choice {
        Choice {
            id: id.into(),
            label_zh: format!("{id} 館"),
            label_en: String::new(),
        }
    }

    fn scale(low: u8, high: u8) -> QuestionKind {
        let label = String::new;
        QuestionKind::Scale {
            low,
            high,
            low_label_zh: label(),
            low_label_en: label(),
            high_label_zh: label(),
            high_label_en: label(),
        }
    }

    #[test]
    fn each_kind_reads_its_replies() {
        let options = vec![choice("a"), choice("b"), choice("c")];
        let single = QuestionKind::SingleChoice {
            options: options.clone(),
        };
        let several = QuestionKind::SeveralChoices {
            options,
            max: Some(2),
        };
        let number = QuestionKind::Number {
            min: Some(-5),
            max: Some(2_000),
        };
        assert_eq!(read(&single, &["b"]), Ok(Answer::Choice("b".into())));
        assert_eq!(
            read(&several, &["c", "a", "a"]),
            Ok(Answer::Choices(vec!["a".into(), "c".into()]))
        );
        assert_eq!(read(&number, &["１,２３４"]), Ok(Answer::Number(1_234)));
        assert_eq!(read(&number, &["−5"]), Ok(Answer::Number(-5)));
        assert_eq!(
            read(&QuestionKind::Date, &["115/11/21"]),
            Ok(Answer::Date(date(2026, 11, 21)))
        );
        assert_eq!(read(&scale(1, 5), &["５"]), Ok(Answer::Scale(5)));
        let text = |max| QuestionKind::LongText { max };
        assert_eq!(
            read(&text(10), &["一\r\n\r\n\r\n二 "]),
            Ok(Answer::Text(Zeroizing::new("一\n\n二".to_owned())))
        );
        assert_eq!(
            read(&text(3), &["一二三四"]),
            Err(Reason::TooLong { max: 3, found: 4 })
        );
    }

    #[test]
    fn numbers_are_never_guessed() {
        let number = QuestionKind::Number {
            min: None,
            max: None,
        };
        for raw in [
            "1,5",
            "1.5",
            "一",
            "1e3",
            "--1",
            ",",
            "-",
            "1,2345",
            "9223372036854775808",
        ] {
            assert_eq!(
                read(&number, &[raw]),
                Err(Reason::Number {
                    min: None,
                    max: None
                }),
                "{raw}"
            );
        }
    }

    proptest! {
        #[test]
        fn every_whole_number_is_read(number in any::<i64>()) {
            let kind = QuestionKind::Number { min: None, max: None };
            prop_assert_eq!(read(&kind, &[&number.to_string()]), Ok(Answer::Number(number)));
        }

        #[test]
        fn no_reply_breaks_a_question(raw in prop::collection::vec(any::<String>(), 0..3)) {
            let raw: Vec<&str> = raw.iter().map(String::as_str).filter(|raw| !typed::is_blank(raw)).collect();
            for kind in [
                QuestionKind::ShortText { max: 5 },
                QuestionKind::LongText { max: 5 },
                QuestionKind::Number { min: None, max: None },
                QuestionKind::Date,
                scale(1, 5),
            ] {
                if let Ok(Answer::Text(text)) = read(&kind, &raw) {
                    prop_assert!(typed::length(&text) <= 5 && !text.is_empty());
                }
            }
        }
    }
}
