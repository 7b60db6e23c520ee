//! What crosses the boundary: typed words in, views of holds, disclosures, years and incidents out.
//!
//! Invariant: no view holds a name or a contact; tickets, counts, dates and codes only. What was
//! typed about a payee is shown again to the one who typed it, and kept nowhere.

pub(super) mod disclosures;
pub(super) mod holds;
pub use holds::basis_words;
pub(super) mod incidents;
pub(super) mod providers;
pub(super) mod tax;

use std::collections::HashMap;

use serde::Serialize;

use crate::activity::{self, Facts, Stage};
use crate::audit::{StaffId, detector};
use crate::draw::{self, DrawStage, Plan};
use crate::identity::typed;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language, dates};
use crate::platform::web::form::{FormFields, Mistakes};

use super::breach::Incident;
use super::hold::Basis;
use super::kept::{Kept, Why};
use super::{Error, ticket_numbers};

/// A choice of a form.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) hint: String,
}

impl Choice {
    /// A choice whose words are the message `id`, explained by `hint` where that is not empty.
    pub(super) fn of(language: Language, value: &str, id: &str, hint: &str) -> Choice {
        Choice {
            value: value.to_owned(),
            label: text::message(language, id, &[]),
            hint: match hint {
                "" => String::new(),
                hint => text::message(language, hint, &[]),
            },
        }
    }
}

/// A form while it is read: what is wrong with it, field by field.
pub(super) struct Reading<'f> {
    language: Language,
    form: &'f FormFields,
    pub(super) mistakes: Mistakes,
}

impl<'f> Reading<'f> {
    pub(super) fn of(language: Language, form: &'f FormFields) -> Reading<'f> {
        Reading {
            language,
            form,
            mistakes: Mistakes::new(),
        }
    }

    /// Adds the message `id` at a field.
    pub(super) fn wrong(&mut self, field: &str, id: &str) {
        let words = text::message(self.language, id, &[]);
        // The same words are asked for in two languages: the summary says which is missing.
        let of = match field {
            field if field.ends_with("_zh") => "custody-in-chinese",
            field if field.ends_with("_en") => "custody-in-english",
            _ => return self.mistakes.add(field, words),
        };
        let words = text::message(self.language, of, &[("words", words.into())]);
        self.mistakes.add(field, words);
    }

    /// One line of text; `empty` is what is said where it is missing and has to be there.
    pub(super) fn line(&mut self, field: &str, most: usize, empty: Option<&str>) -> String {
        let line = typed::line(self.form.value(field));
        self.measured(field, line, most, empty)
    }

    /// Several lines of text.
    pub(super) fn lines(&mut self, field: &str, most: usize, empty: Option<&str>) -> String {
        let lines = typed::lines(self.form.value(field));
        self.measured(field, lines, most, empty)
    }

    /// One line that is kept in a register for ever, so nobody may be recognised in it.
    pub(super) fn kept_line(&mut self, field: &str, most: usize, empty: Option<&str>) -> String {
        let line = self.line(field, most, empty);
        if let Some(trace) = detector::find(&line) {
            self.wrong(field, trace.message_id());
        }
        line
    }

    /// Several lines that everybody will read.
    pub(super) fn public_lines(&mut self, field: &str, most: usize, empty: Option<&str>) -> String {
        let lines = self.lines(field, most, empty);
        if let Some(id) = detector::in_public(&lines) {
            self.wrong(field, id);
        }
        lines
    }

    fn measured(&mut self, field: &str, read: String, most: usize, empty: Option<&str>) -> String {
        if let (true, Some(id)) = (read.is_empty(), empty) {
            self.wrong(field, id);
        } else if typed::length(&read) > most {
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let words = text::message(self.language, "custody-too-long", &[("max", most.into())]);
            self.mistakes.add(field, words);
        }
        read
    }

    /// One of several codes.
    pub(super) fn choice<T>(
        &mut self,
        field: &str,
        parse: impl Fn(&str) -> Option<T>,
        empty: &str,
    ) -> Option<T> {
        let found = parse(self.form.value(field));
        if found.is_none() {
            self.wrong(field, empty);
        }
        found
    }

    /// A whole number between two others, both allowed.
    pub(super) fn number(&mut self, field: &str, (least, most): (i64, i64), wrong: &str) -> i64 {
        let digits = typed::folded(self.form.value(field));
        match digits.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                let args = [("least", least.into()), ("most", most.into())];
                let words = text::message(self.language, wrong, &args);
                self.mistakes.add(field, words);
                least
            }
        }
    }

    /// Ticket numbers, at most so many; `empty` is what is said where there is none.
    pub(super) fn tickets(&mut self, field: &str, most: usize, empty: Option<&str>) -> Vec<u64> {
        match ticket_numbers(self.form.value(field)) {
            Ok(numbers) if numbers.len() > most => {
                let most = i64::try_from(most).unwrap_or(i64::MAX);
                let args = [("max", most.into())];
                let words = text::message(self.language, "custody-tickets-many", &args);
                self.mistakes.add(field, words);
                numbers
            }
            Ok(numbers) => {
                if let (true, Some(id)) = (numbers.is_empty(), empty) {
                    self.wrong(field, id);
                }
                numbers
            }
            Err(word) => {
                let args = [("word", word.into())];
                let words = text::message(self.language, "custody-tickets-shape", &args);
                self.mistakes.add(field, words);
                Vec::new()
            }
        }
    }
}

/// What was typed, by field, for a form that is shown again.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Typed(HashMap<&'static str, String>);

impl Typed {
    /// The first value of each field.
    pub(super) fn of(form: &FormFields, fields: &[&'static str]) -> Typed {
        let values = fields.iter();
        Typed(
            values
                .map(|field| (*field, form.value(field).to_owned()))
                .collect(),
        )
    }

    /// The same with another value in one field.
    pub(super) fn with(mut self, field: &'static str, value: &str) -> Typed {
        self.0.insert(field, value.to_owned());
        self
    }
}

/// Every draw whose tickets could be named, the latest activity first.
pub(super) fn draws(tx: &mut Tx) -> Result<Vec<(Facts, Plan)>, Error> {
    let living = [
        Stage::Open,
        Stage::Closed,
        Stage::Drawn,
        Stage::Notified,
        Stage::Cancelled,
        Stage::Purged,
    ];
    let mut draws = Vec::new();
    for facts in activity::list(tx, &living)? {
        for plan in draw::plans(tx, &facts.id)? {
            if plan.stage != DrawStage::Planned {
                draws.push((facts.clone(), plan));
            }
        }
    }
    Ok(draws)
}

/// The choices of a draw in a form.
pub(super) fn draw_choices(language: Language, draws: &[(Facts, Plan)]) -> Vec<Choice> {
    let choices = draws.iter().map(|(facts, plan)| Choice {
        value: plan.id.0.clone(),
        label: draw_words(language, facts, plan),
        hint: String::new(),
    });
    choices.collect()
}

/// The activity's name, and the draw's own behind it where it has one.
pub(super) fn draw_words(language: Language, facts: &Facts, plan: &Plan) -> String {
    let title = facts.title.pick(language);
    match plan.name.pick(language) {
        "" => title.to_owned(),
        name => format!("{title} · {name}"),
    }
}

/// The name for signing in of a member of staff; the id where the account is gone.
pub(super) fn named(names: &HashMap<String, String>, id: &StaffId) -> String {
    names
        .get(id.as_str())
        .cloned()
        .unwrap_or_else(|| id.0.clone())
}

/// An incident in the words that people are told.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    told_at: i64,
    facts: Vec<String>,
    measures: Vec<String>,
}

impl Told {
    /// The incidents of an activity, for its page and for a person's own page
    /// (`custody/_told.html.j2`).
    pub fn each(language: Language, incidents: &[Incident]) -> Vec<Told> {
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        let told = incidents.iter().map(|own| Told {
            told_at: own.told_at.unwrap_or(own.recorded_at).0,
            facts: lines(own.facts.pick(language)),
            measures: lines(own.measures.pick(language)),
        });
        told.collect()
    }
}

/// What is kept of a person beyond the purge, and until when and why, for the person's own pages.
pub fn kept_words(language: Language, kept: &Kept) -> (String, String) {
    let date = dates::date(language, kept.until.0);
    let say = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
    match kept.why {
        Why::Hold(basis) => {
            // What is being investigated is not public (Code of Criminal Procedure Art. 245): the
            // person reads that and until when the row is kept, and not who asked for it.
            let basis = match basis {
                Basis::Investigation => say("custody-basis-by-law", &[]),
                _ => holds::basis_words(language, basis),
            };
            let args = [("date", date.into()), ("basis", basis.into())];
            (
                say("custody-kept-hold", &[]),
                say("custody-kept-hold-why", &args),
            )
        }
        Why::Tax { year, is_filed } => {
            let year = dates::year(language, year);
            let id = match is_filed {
                true => "custody-kept-tax-why",
                false => "custody-kept-tax-open",
            };
            let args = [("date", date.into())];
            (
                say("custody-kept-tax", &[("year", year.into())]),
                say(id, &args),
            )
        }
    }
}
