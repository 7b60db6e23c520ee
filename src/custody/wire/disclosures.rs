//! Forms and views of the register of disclosures.

use std::collections::HashMap;

use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use super::{Choice, Reading, Typed, draw_choices, named};
use crate::activity::{ActivityId, Facts};
use crate::audit::StaffId;
use crate::custody::disclosure::{
    Disclosure, FIELDS as KINDS, Gives, Ground, MOST_ROWS, NewDisclosure, State, YearCount,
};
use crate::custody::extract::field_words;
use crate::draw::Plan;
use crate::platform::config::Config;
use crate::platform::text::{self, Language, dates};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::vault::FieldKind;

/// The fields of the form, as they are typed.
pub(in crate::custody) const FIELDS: [&str; 8] = [
    "ground", "draw", "tickets", "document", "agency", "basis", "reason", "expires",
];

/// Reads the form of a disclosure; `draws` are those that can be named.
pub(in crate::custody) fn new_disclosure(
    language: Language,
    config: &Config,
    form: &FormFields,
    draws: &[(Facts, Plan)],
) -> Result<NewDisclosure, Mistakes> {
    let mut reading = Reading::of(language, form);
    let ground = reading.choice("ground", Ground::parse, "custody-ground-empty");
    if ground.is_some_and(|ground| !ground.is_open(config)) {
        reading.wrong("ground", "custody-ground-shut");
    }
    let wanted = form.value("draw");
    let draw = draws.iter().find(|(_, plan)| plan.id.as_str() == wanted);
    if draw.is_none() {
        reading.wrong("draw", "custody-draw-empty");
    }
    // Somebody whose ID another person used asks about a number, and names no ticket; research gets
    // tables.
    let needs_tickets = !matches!(ground, Some(Ground::RightsOfOthers | Ground::Research));
    let empty = needs_tickets.then_some("custody-tickets-empty");
    let tickets = reading.tickets("tickets", MOST_ROWS, empty);
    let ticked = form.values("fields");
    let fields: Vec<FieldKind> = KINDS
        .into_iter()
        .filter(|kind| ticked.contains(&kind.code()))
        .collect();
    if fields.is_empty() && !tickets.is_empty() {
        reading.wrong("fields", "custody-fields-empty");
    }
    let is_research = ground == Some(Ground::Research);
    if is_research && !tickets.is_empty() {
        reading.wrong("tickets", "custody-tickets-research");
    }
    let document = reading.kept_line("document", 80, Some("custody-document-empty"));
    let agency = reading.kept_line("agency", 80, Some("custody-agency-empty"));
    let basis = reading.kept_line("basis", 120, Some("custody-basis-empty"));
    let reason = reading.kept_line("reason", 200, Some("custody-reason-empty"));
    let empty = is_research.then_some("custody-expires-empty");
    let expires = reading.line("expires", 40, empty);
    match (ground, draw) {
        (Some(ground), Some((facts, plan))) if reading.mistakes.is_empty() => Ok(NewDisclosure {
            ground,
            activity: ActivityId(facts.id.0.clone()),
            draw: (!is_research).then(|| plan.id.clone()),
            tickets,
            fields,
            document,
            agency,
            basis,
            reason,
            expires,
        }),
        _ => Err(reading.mistakes),
    }
}

/// A line of the register in a list.
#[derive(Serialize)]
pub(in crate::custody) struct DisclosureRow {
    id: String,
    ground: String,
    title: String,
    agency: String,
    document: String,
    at: i64,
    state: String,
    kind: &'static str,
    handed: u64,
}

impl DisclosureRow {
    pub(in crate::custody) fn of(
        language: Language,
        facts: &Facts,
        own: &Disclosure,
    ) -> DisclosureRow {
        DisclosureRow {
            id: own.id.0.clone(),
            ground: ground_words(language, own.ground),
            title: facts.title.pick(language).to_owned(),
            agency: own.agency.clone(),
            document: own.document.clone(),
            at: own.decided_at.unwrap_or(own.proposed_at).0,
            state: state_words(language, own),
            kind: state_kind(own.state),
            handed: own.handed,
        }
    }
}

/// The register.
#[derive(Serialize)]
pub(in crate::custody) struct DisclosuresView {
    pub(in crate::custody) rows: Vec<DisclosureRow>,
    pub(in crate::custody) has_two: bool,
    pub(in crate::custody) most: u32,
}

/// The form of a new line.
#[derive(Serialize)]
pub(in crate::custody) struct NewView {
    grounds: Vec<Choice>,
    draws: Vec<Choice>,
    kinds: Vec<Choice>,
    fields: Vec<String>,
    typed: Typed,
    mistakes: Mistakes,
}

impl NewView {
    pub(in crate::custody) fn of(
        language: Language,
        config: &Config,
        form: &FormFields,
        draws: &[(Facts, Plan)],
        mistakes: Mistakes,
    ) -> NewView {
        let grounds = Ground::ALL.into_iter().map(|ground| {
            let (id, hint) = ground_ids(ground);
            let hint = match ground.is_open(config) {
                true => hint,
                false => "custody-ground-shut",
            };
            Choice::of(language, ground.code(), id, hint)
        });
        let kinds = KINDS.into_iter().map(|kind| Choice {
            value: kind.code().to_owned(),
            label: field_words(language, kind),
            hint: String::new(),
        });
        let fields = form.values("fields").into_iter();
        NewView {
            grounds: grounds.collect(),
            draws: draw_choices(language, draws),
            kinds: kinds.collect(),
            fields: fields.map(str::to_owned).collect(),
            typed: Typed::of(form, &FIELDS),
            mistakes,
        }
    }
}

/// One line of the register.
#[derive(Serialize)]
pub(in crate::custody) struct DisclosureView {
    id: String,
    ground: String,
    title: String,
    document: String,
    agency: String,
    basis: String,
    reason: String,
    expires: String,
    fields: Vec<String>,
    tickets: Vec<String>,
    /// rows, lookup or tables
    gives: &'static str,
    state: &'static str,
    state_words: String,
    kind: &'static str,
    proposed_by: String,
    proposed_at: i64,
    approved_by: String,
    decided_at: Option<i64>,
    named: u64,
    handed: u64,
    own: bool,
    has_two: bool,
    /// How many rows the operator lets be opened in a year.
    most: u32,
    /// The tickets found for an ID, a moment ago.
    found: Option<Vec<String>>,
    mistakes: Mistakes,
}

/// What the page of a line is made of.
pub(in crate::custody) struct DisclosurePage {
    pub(in crate::custody) disclosure: Disclosure,
    pub(in crate::custody) facts: Facts,
    pub(in crate::custody) tickets: Vec<u64>,
    pub(in crate::custody) names: HashMap<String, String>,
    pub(in crate::custody) has_two: bool,
    pub(in crate::custody) most: u32,
}

impl DisclosureView {
    pub(in crate::custody) fn of(
        language: Language,
        page: &DisclosurePage,
        reader: &StaffId,
        mistakes: Mistakes,
    ) -> DisclosureView {
        let own = &page.disclosure;
        let by = |id: &StaffId| named(&page.names, id);
        let fields = own.fields.iter();
        DisclosureView {
            id: own.id.0.clone(),
            ground: ground_words(language, own.ground),
            title: page.facts.title.pick(language).to_owned(),
            document: own.document.clone(),
            agency: own.agency.clone(),
            basis: own.basis.clone(),
            reason: own.reason.clone(),
            expires: own.expires.clone(),
            fields: fields.map(|kind| field_words(language, *kind)).collect(),
            tickets: numbers(&page.tickets),
            gives: match own.gives() {
                Gives::Rows => "rows",
                Gives::Lookup => "lookup",
                Gives::Tables => "tables",
            },
            state: own.state.code(),
            state_words: state_words(language, own),
            kind: state_kind(own.state),
            proposed_by: by(&own.proposed_by),
            proposed_at: own.proposed_at.0,
            approved_by: own.approved_by.as_ref().map_or_else(String::new, by),
            decided_at: own.decided_at.map(|at| at.0),
            named: own.named,
            handed: own.handed,
            own: own.proposed_by == *reader,
            has_two: page.has_two,
            most: page.most,
            found: None,
            mistakes,
        }
    }

    /// With the tickets that were found for an ID.
    pub(in crate::custody) fn found(mut self, tickets: &[u64]) -> DisclosureView {
        self.found = Some(numbers(tickets));
        self
    }
}

fn numbers(tickets: &[u64]) -> Vec<String> {
    let tickets = tickets.iter();
    tickets
        .map(|index| TicketNumber(*index).to_string())
        .collect()
}

/// What anybody reads of the register.
#[derive(Serialize)]
pub(in crate::custody) struct PublicView {
    pub(in crate::custody) rows: Vec<CountRow>,
}

/// How often a ground was used in a year.
#[derive(Serialize)]
pub(in crate::custody) struct CountRow {
    year: String,
    ground: String,
    times: u64,
    rows: u64,
}

impl CountRow {
    pub(in crate::custody) fn of(language: Language, count: &YearCount) -> CountRow {
        CountRow {
            year: dates::year(language, count.year),
            ground: ground_words(language, count.ground),
            times: count.times,
            rows: count.rows,
        }
    }
}

fn ground_ids(ground: Ground) -> (&'static str, &'static str) {
    match ground {
        Ground::Judicial => ("custody-ground-judicial", "custody-ground-judicial-hint"),
        Ground::SiteRules => (
            "custody-ground-site-rules",
            "custody-ground-site-rules-hint",
        ),
        Ground::GovernmentBenefit => ("custody-ground-benefit", "custody-ground-benefit-hint"),
        Ground::RightsOfOthers => ("custody-ground-others", "custody-ground-others-hint"),
        Ground::Research => ("custody-ground-research", "custody-ground-research-hint"),
    }
}

fn ground_words(language: Language, ground: Ground) -> String {
    text::message(language, ground_ids(ground).0, &[])
}

fn state_words(language: Language, own: &Disclosure) -> String {
    let id = match own.state {
        State::Proposed => "custody-state-proposed",
        State::Approved => "custody-state-approved",
        State::Handed if own.gives() == Gives::Lookup => "custody-state-looked-up",
        State::Handed => "custody-state-handed",
        State::Dropped => "custody-state-dropped",
    };
    text::message(language, id, &[])
}

fn state_kind(state: State) -> &'static str {
    match state {
        State::Proposed => "waiting",
        State::Approved => "open",
        State::Handed => "done",
        State::Dropped => "stopped",
    }
}
