//! Forms and views of incidents.

use std::collections::HashMap;

use serde::Serialize;

use super::{Choice, Reading, Typed, named};
use crate::activity::{ActivityId, Facts, LocalText};
use crate::audit::StaffId;
use crate::custody::breach::{Concerned, Incident, LetterStage, NewIncident, State, fingerprint};
use crate::custody::steps::{Step, StepAct};
use crate::draw::DrawId;
use crate::identity::date::{input_value, parse_moment};
use crate::notify::letters::Imprint;
use crate::platform::clock::{HOUR, MINUTE, Timestamp};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

/// The fields of the form, as they are typed.
const FIELDS: [&str; 5] = [
    "noticed",
    "facts_zh",
    "facts_en",
    "measures_zh",
    "measures_en",
];
/// Characters in each text at most.
const LONGEST: usize = 1_000;

/// Reads the form of a new incident.
pub(in crate::custody) fn new_incident(
    language: Language,
    form: &FormFields,
    now: Timestamp,
    activities: &[Facts],
) -> Result<NewIncident, Mistakes> {
    let mut reading = Reading::of(language, form);
    let noticed_at = parse_moment(form.value("noticed")).ok();
    let noticed_at = noticed_at.filter(|at| *at <= now);
    if noticed_at.is_none() {
        reading.wrong("noticed", "custody-incident-noticed-wrong");
    }
    let ticked = form.values("activities");
    let concerned: Vec<ActivityId> = activities
        .iter()
        .map(|facts| facts.id.clone())
        .filter(|id| ticked.contains(&id.as_str()))
        .collect();
    if concerned.is_empty() {
        reading.wrong("activities", "custody-incident-activities-empty");
    }
    let (facts, measures) = words_of(&mut reading);
    match noticed_at {
        Some(noticed_at) if reading.mistakes.is_empty() => Ok(NewIncident {
            noticed_at,
            facts,
            measures,
            activities: concerned,
        }),
        _ => Err(reading.mistakes),
    }
}

/// Reads the words of an incident, in both languages.
pub(in crate::custody) fn words(
    language: Language,
    form: &FormFields,
) -> Result<(LocalText, LocalText), Mistakes> {
    let mut reading = Reading::of(language, form);
    let words = words_of(&mut reading);
    if reading.mistakes.is_empty() {
        Ok(words)
    } else {
        Err(reading.mistakes)
    }
}

fn words_of(reading: &mut Reading) -> (LocalText, LocalText) {
    let mut both = |zh: &str, en: &str, empty: &str| {
        let zh = reading.public_lines(zh, LONGEST, Some(empty));
        let en = reading.public_lines(en, LONGEST, Some(empty));
        LocalText::new(zh, en)
    };
    let facts = both("facts_zh", "facts_en", "custody-incident-facts-empty");
    let measures = both(
        "measures_zh",
        "measures_en",
        "custody-incident-measures-empty",
    );
    (facts, measures)
}

/// `2026-11-22 14:05`, as the hint of the field says it.
fn minute(now: Timestamp) -> String {
    let full_minute = Timestamp(now.0 - now.0.rem_euclid(MINUTE));
    input_value(full_minute).replace('T', " ")
}

/// An incident in a list.
#[derive(Serialize)]
pub(in crate::custody) struct IncidentRow {
    id: String,
    noticed_at: i64,
    facts: String,
    state: String,
    kind: &'static str,
    report_by: Option<i64>,
    reported_at: Option<i64>,
}

impl IncidentRow {
    pub(in crate::custody) fn of(language: Language, incident: &Incident) -> IncidentRow {
        IncidentRow {
            id: incident.id.0.clone(),
            noticed_at: incident.noticed_at.0,
            facts: beginning(incident.facts.pick(language)),
            state: state_words(language, incident.state),
            kind: state_kind(incident.state),
            report_by: incident.report_by.map(|at| at.0),
            reported_at: incident.reported_at.map(|at| at.0),
        }
    }
}

/// The first words of a text, for a list.
fn beginning(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Every incident.
#[derive(Serialize)]
pub(in crate::custody) struct IncidentsView {
    pub(in crate::custody) rows: Vec<IncidentRow>,
    pub(in crate::custody) has_two: bool,
    pub(in crate::custody) hours: i64,
}

/// The form of a new incident.
#[derive(Serialize)]
pub(in crate::custody) struct NewView {
    activities: Vec<Choice>,
    ticked: Vec<String>,
    typed: Typed,
    mistakes: Mistakes,
}

impl NewView {
    pub(in crate::custody) fn of(
        language: Language,
        form: &FormFields,
        now: Timestamp,
        activities: &[Facts],
        mistakes: Mistakes,
    ) -> NewView {
        let choices = choices(language, activities);
        let typed = Typed::of(form, &FIELDS);
        let typed = match form.has("noticed") {
            true => typed,
            false => typed.with("noticed", &minute(now)),
        };
        let ticked = form.values("activities").into_iter();
        NewView {
            activities: choices,
            ticked: ticked.map(str::to_owned).collect(),
            typed,
            mistakes,
        }
    }
}

/// One incident.
#[derive(Serialize)]
pub(in crate::custody) struct IncidentView {
    id: String,
    noticed_at: i64,
    recorded_at: i64,
    recorded_by: String,
    facts_zh: String,
    facts_en: String,
    measures_zh: String,
    measures_en: String,
    report_by: Option<i64>,
    late: bool,
    reported_at: Option<i64>,
    report_no: String,
    state: &'static str,
    state_words: String,
    kind: &'static str,
    told_by: String,
    told_at: Option<i64>,
    by_mail: bool,
    closed_at: Option<i64>,
    concerned: Vec<ConcernedRow>,
    letters: Vec<LetterRow>,
    seen: String,
    own: bool,
    unworded: bool,
    by_rule: bool,
    left_hours: Option<i64>,
    activities: Vec<Choice>,
    steps: Vec<StepRow>,
    has_two: bool,
    may_mail: bool,
    typed: Typed,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct StepRow {
    at: i64,
    by: String,
    act: String,
    words: String,
}

#[derive(Serialize)]
struct ConcernedRow {
    id: String,
    title: String,
    affected: u64,
    /// Where two librarians enter their shares before letters can leave.
    unlock: String,
}

#[derive(Serialize)]
struct LetterRow {
    words: String,
    count: u64,
}

/// What the page of an incident is made of.
pub(in crate::custody) struct IncidentPage {
    pub(in crate::custody) incident: Incident,
    pub(in crate::custody) concerned: Vec<(Facts, Concerned)>,
    pub(in crate::custody) letters: Vec<(LetterStage, u64)>,
    /// Activities whose contacts need two librarians and whose letters wait, with a draw of each.
    pub(in crate::custody) shared: HashMap<ActivityId, DrawId>,
    pub(in crate::custody) names: HashMap<String, String>,
    pub(in crate::custody) has_two: bool,
    pub(in crate::custody) may_mail: bool,
    pub(in crate::custody) now: Timestamp,
    /// Activities that can be added.
    pub(in crate::custody) others: Vec<Facts>,
    pub(in crate::custody) steps: Vec<Step>,
}

impl IncidentView {
    pub(in crate::custody) fn of(
        language: Language,
        page: &IncidentPage,
        reader: &StaffId,
    ) -> IncidentView {
        let own = &page.incident;
        let by = |id: &StaffId| named(&page.names, id);
        let concerned = page
            .concerned
            .iter()
            .map(|(facts, concerned)| ConcernedRow {
                id: facts.id.0.clone(),
                title: facts.title.pick(language).to_owned(),
                affected: concerned.affected,
                unlock: page
                    .shared
                    .get(&facts.id)
                    .map_or_else(String::new, |draw| format!("/staff/draws/{draw}/unlock")),
            });
        let letters = page.letters.iter().filter(|(_, count)| *count > 0);
        let letters = letters.map(|(stage, count)| LetterRow {
            words: letter_words(language, *stage),
            count: *count,
        });
        let typed = Typed::default()
            .with("facts_zh", &own.facts.zh)
            .with("facts_en", &own.facts.en)
            .with("measures_zh", &own.measures.zh)
            .with("measures_en", &own.measures.en)
            .with("number", &own.report_no);
        IncidentView {
            id: own.id.0.clone(),
            noticed_at: own.noticed_at.0,
            recorded_at: own.recorded_at.0,
            recorded_by: match own.is_unworded() {
                true => text::message(language, "custody-incident-by-rule", &[]),
                false => by(&own.recorded_by),
            },
            facts_zh: own.facts.zh.clone(),
            facts_en: own.facts.en.clone(),
            measures_zh: own.measures.zh.clone(),
            measures_en: own.measures.en.clone(),
            report_by: own.report_by.map(|at| at.0),
            late: own.reported_at.is_none() && own.report_by.is_some_and(|at| at < page.now),
            reported_at: own.reported_at.map(|at| at.0),
            report_no: own.report_no.clone(),
            state: own.state.code(),
            state_words: state_words(language, own.state),
            kind: state_kind(own.state),
            told_by: own.told_by.as_ref().map_or_else(String::new, by),
            told_at: own.told_at.map(|at| at.0),
            by_mail: own.by_mail,
            closed_at: own.closed_at.map(|at| at.0),
            concerned: concerned.collect(),
            letters: letters.collect(),
            seen: fingerprint(own),
            own: own.recorded_by == *reader,
            unworded: own.is_unworded(),
            by_rule: !own.origin.is_empty(),
            left_hours: left_hours(own, page.now),
            activities: choices(language, &page.others),
            steps: page
                .steps
                .iter()
                .map(|step| step_row(language, step, &by))
                .collect(),
            has_two: page.has_two,
            may_mail: page.may_mail,
            typed,
            mistakes: Mistakes::new(),
        }
    }

    /// With what was typed anew and what is wrong with it.
    pub(in crate::custody) fn again(
        mut self,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> IncidentView {
        for field in [
            "facts_zh",
            "facts_en",
            "measures_zh",
            "measures_en",
            "number",
            "note",
            "people",
            "data",
            "dismiss",
        ] {
            if form.has(field) {
                self.typed = self.typed.with(field, form.value(field));
            }
        }
        self.mistakes = mistakes;
        self
    }
}

fn choices(language: Language, activities: &[Facts]) -> Vec<Choice> {
    let choices = activities.iter().map(|facts| Choice {
        value: facts.id.0.clone(),
        label: facts.title.pick(language).to_owned(),
        hint: String::new(),
    });
    choices.collect()
}

/// Whole hours until the report is due, where it still is.
fn left_hours(incident: &Incident, now: Timestamp) -> Option<i64> {
    let waits = incident.reported_at.is_none() && incident.state != State::Closed;
    let by = incident.report_by.filter(|by| waits && *by > now)?;
    Some((by.0 - now.0) / HOUR)
}

fn step_row(language: Language, step: &Step, by: &dyn Fn(&StaffId) -> String) -> StepRow {
    let program = || text::message(language, "custody-incident-by-rule", &[]);
    StepRow {
        at: step.at.0,
        by: step.by.as_ref().map_or_else(program, by),
        act: step_words(language, step),
        words: step.words.clone(),
    }
}

fn step_words(language: Language, step: &Step) -> String {
    let id = match step.act {
        StepAct::Recorded => "custody-step-recorded",
        StepAct::SeenAgain => "custody-step-seen-again",
        StepAct::Reworded => "custody-step-reworded",
        StepAct::Note => "custody-step-note",
        StepAct::Concerned => "custody-step-concerned",
        StepAct::NotNeeded => "custody-step-not-needed",
        StepAct::Reported => "custody-step-reported",
        StepAct::Told => "custody-step-told",
        StepAct::Closed => "custody-step-closed",
        StepAct::People => {
            let count = i64::try_from(step.count).unwrap_or(i64::MAX);
            return text::message(language, "custody-step-people", &[("count", count.into())]);
        }
    };
    text::message(language, id, &[])
}

/// What the letter of an incident is filled with; nothing of the person.
#[derive(Serialize)]
pub(in crate::custody) struct LetterText<'a> {
    library: &'a str,
    phone: &'a str,
    email: &'a str,
    host: &'a str,
    title: &'a str,
    facts: Vec<&'a str>,
    measures: Vec<&'a str>,
    purge: i64,
}

impl<'a> LetterText<'a> {
    pub(in crate::custody) fn of(
        language: Language,
        imprint: &'a Imprint,
        incident: &'a Incident,
        facts: &'a Facts,
    ) -> LetterText<'a> {
        LetterText {
            library: imprint.library(language),
            phone: &imprint.phone,
            email: &imprint.email,
            host: &imprint.host,
            title: facts.title.pick(language),
            facts: incident.facts.pick(language).lines().collect(),
            measures: incident.measures.pick(language).lines().collect(),
            purge: facts.purges_at.0,
        }
    }
}

fn letter_words(language: Language, stage: LetterStage) -> String {
    let id = match stage {
        LetterStage::Waiting => "custody-letter-waiting",
        LetterStage::Sent => "custody-letter-sent",
        LetterStage::NoAddress => "custody-letter-no-address",
        LetterStage::Refused => "custody-letter-refused",
        LetterStage::Uncertain => "custody-letter-uncertain",
    };
    text::message(language, id, &[])
}

fn state_words(language: Language, state: State) -> String {
    let id = match state {
        State::Open => "custody-incident-open",
        State::Told => "custody-incident-told",
        State::Closed => "custody-incident-closed",
    };
    text::message(language, id, &[])
}

fn state_kind(state: State) -> &'static str {
    match state {
        State::Open => "waiting",
        State::Told => "open",
        State::Closed => "done",
    }
}
