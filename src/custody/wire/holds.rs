//! Forms and views of holds.

use std::collections::HashMap;

use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use super::{Choice, Reading, Typed, draw_choices, draw_words, named};
use crate::activity::{Facts, Stage};
use crate::audit::StaffId;
use crate::custody::hold::{Basis, Hold, LONGEST_DAYS, MOST_TICKETS, NewHold, SiteRule, State};
use crate::draw::{DrawId, Plan};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::text::{self, Language, dates};
use crate::platform::web::form::{FormFields, Mistakes};

/// The fields of the form, as they are typed.
pub(in crate::custody) const FIELDS: [&str; 7] = [
    "draw", "tickets", "basis", "rule", "document", "reason", "days",
];
/// What a hold usually needs.
const USUAL_DAYS: i64 = 90;

/// Reads the form of a hold.
pub(in crate::custody) fn new_hold(
    language: Language,
    form: &FormFields,
) -> Result<NewHold, Mistakes> {
    let mut reading = Reading::of(language, form);
    let draw = reading.line("draw", 40, Some("custody-draw-empty"));
    let tickets = reading.tickets("tickets", MOST_TICKETS, Some("custody-tickets-empty"));
    let basis = reading.choice("basis", Basis::parse, "custody-hold-basis-empty");
    let rule = SiteRule::parse(form.value("rule"));
    if basis == Some(Basis::SiteRules) && rule.is_none() {
        reading.wrong("rule", "custody-hold-rule-empty");
    }
    let needs_document = basis == Some(Basis::Investigation);
    let empty = needs_document.then_some("custody-document-empty");
    let document = reading.kept_line("document", 80, empty);
    let reason = reading.kept_line("reason", 200, Some("custody-reason-empty"));
    let days = reading.number("days", (1, LONGEST_DAYS), "custody-hold-days-wrong");
    match basis {
        Some(basis) if reading.mistakes.is_empty() => Ok(NewHold {
            draw: DrawId(draw),
            tickets,
            basis,
            rule: rule.filter(|_| basis == Basis::SiteRules),
            document,
            reason,
            days,
        }),
        _ => Err(reading.mistakes),
    }
}

/// A hold in a list.
#[derive(Serialize)]
pub(in crate::custody) struct HoldRow {
    id: String,
    title: String,
    basis: String,
    state: String,
    kind: &'static str,
    until: Option<i64>,
    named: u64,
    held: u64,
    /// Whether a change of it waits for a second person.
    waits: bool,
}

impl HoldRow {
    pub(in crate::custody) fn of(
        language: Language,
        facts: &Facts,
        hold: &Hold,
        now: Timestamp,
    ) -> HoldRow {
        HoldRow {
            id: hold.id.0.clone(),
            title: facts.title.pick(language).to_owned(),
            basis: basis_words(language, hold.basis),
            state: state_words(language, hold, now),
            kind: state_kind(hold, now),
            until: (hold.state == State::Active).then_some(hold.until.0),
            named: hold.named,
            held: hold.held,
            waits: hold.change.is_some() && hold.is_in_force(now),
        }
    }
}

/// The list, with the form of a new hold.
#[derive(Serialize)]
pub(in crate::custody) struct HoldsView {
    pub(in crate::custody) rows: Vec<HoldRow>,
    pub(in crate::custody) has_two: bool,
    /// How many rows may be held in a year.
    pub(in crate::custody) most: u32,
    pub(in crate::custody) longest: i64,
    pub(in crate::custody) draws: Vec<Choice>,
    pub(in crate::custody) bases: Vec<Choice>,
    pub(in crate::custody) rules: Vec<Choice>,
    pub(in crate::custody) typed: Typed,
    pub(in crate::custody) mistakes: Mistakes,
}

impl HoldsView {
    pub(in crate::custody) fn of(
        language: Language,
        rows: Vec<HoldRow>,
        draws: &[(Facts, Plan)],
        (has_two, most): (bool, u32),
    ) -> HoldsView {
        let bases = Basis::ALL.into_iter().map(|basis| {
            let (id, hint) = basis_ids(basis);
            Choice::of(language, basis.code(), id, hint)
        });
        let rules = SiteRule::ALL.into_iter().map(|rule| Choice {
            value: rule.code().to_owned(),
            label: rule_words(language, rule),
            hint: String::new(),
        });
        let choices = draw_choices(language, draws).into_iter().zip(draws);
        let choices = choices.map(|(choice, (facts, _))| {
            let date = dates::date(language, facts.purges_at.0);
            let args = [("draw", choice.label.into()), ("date", date.into())];
            Choice {
                value: choice.value,
                label: text::message(language, "custody-hold-draw", &args),
                hint: String::new(),
            }
        });
        let choices = choices.collect();
        let empty = FormFields::default();
        let usual = USUAL_DAYS.to_string();
        HoldsView {
            rows,
            has_two,
            most,
            longest: LONGEST_DAYS,
            draws: choices,
            bases: bases.collect(),
            rules: rules.collect(),
            typed: Typed::of(&empty, &FIELDS).with("days", &usual),
            mistakes: Mistakes::new(),
        }
    }

    /// With what was typed and what is wrong with it.
    pub(in crate::custody) fn typed(mut self, form: &FormFields, mistakes: Mistakes) -> HoldsView {
        self.typed = Typed::of(form, &FIELDS);
        self.mistakes = mistakes;
        self
    }
}

/// One hold.
#[derive(Serialize)]
pub(in crate::custody) struct HoldView {
    id: String,
    title: String,
    basis: String,
    rule: String,
    document: String,
    reason: String,
    days: i64,
    state: &'static str,
    state_words: String,
    kind: &'static str,
    tickets: Vec<String>,
    proposed_by: String,
    proposed_at: i64,
    approved_by: String,
    approved_at: Option<i64>,
    until: Option<i64>,
    renewed: bool,
    held: u64,
    ended_at: Option<i64>,
    purges_at: i64,
    is_purged: bool,
    /// Over, and its key is destroyed within the hour.
    is_over: bool,
    /// So many days it would need from now on, where it ends before the data of the activity is
    /// deleted and so keeps nothing.
    too_short: Option<i64>,
    /// What is proposed to do with it: days, and by whom.
    change: Option<ChangeView>,
    /// Whether the reader proposed it.
    own: bool,
    has_two: bool,
    longest: i64,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct ChangeView {
    days: i64,
    by: String,
    own: bool,
}

/// What the page of a hold is made of.
pub(in crate::custody) struct HoldPage {
    pub(in crate::custody) hold: Hold,
    pub(in crate::custody) facts: Facts,
    pub(in crate::custody) plan: Plan,
    pub(in crate::custody) tickets: Vec<u64>,
    pub(in crate::custody) names: HashMap<String, String>,
    pub(in crate::custody) has_two: bool,
    pub(in crate::custody) now: Timestamp,
}

impl HoldView {
    pub(in crate::custody) fn of(
        language: Language,
        page: &HoldPage,
        reader: &StaffId,
        mistakes: Mistakes,
    ) -> HoldView {
        let (hold, now) = (&page.hold, page.now);
        let is_purged = page.facts.stage == Stage::Purged;
        let until = match hold.state {
            State::Proposed => now.plus(hold.days * DAY),
            _ => hold.until,
        };
        let lives = hold.state == State::Proposed || hold.is_in_force(now);
        let is_short = lives && !is_purged && until <= page.facts.purges_at;
        let needed = page.facts.purges_at.0.saturating_sub(now.0) / DAY + 1;
        let by = |id: &StaffId| named(&page.names, id);
        HoldView {
            id: hold.id.0.clone(),
            title: draw_words(language, &page.facts, &page.plan),
            basis: basis_words(language, hold.basis),
            rule: hold
                .rule
                .map_or_else(String::new, |rule| rule_words(language, rule)),
            document: hold.document.clone(),
            reason: hold.reason.clone(),
            days: hold.days,
            state: hold.state.code(),
            state_words: state_words(language, hold, now),
            kind: state_kind(hold, now),
            tickets: page
                .tickets
                .iter()
                .map(|index| TicketNumber(*index).to_string())
                .collect(),
            proposed_by: by(&hold.proposed_by),
            proposed_at: hold.proposed_at.0,
            approved_by: hold.approved_by.as_ref().map_or_else(String::new, by),
            approved_at: hold.approved_at.map(|at| at.0),
            until: (hold.until.0 > 0).then_some(hold.until.0),
            renewed: hold.renewed,
            held: hold.held,
            ended_at: hold.ended_at.map(|at| at.0),
            purges_at: page.facts.purges_at.0,
            is_purged,
            is_over: hold.state == State::Active && !hold.is_in_force(now),
            too_short: is_short.then_some(needed),
            change: hold.change.as_ref().map(|change| ChangeView {
                days: change.days,
                by: by(&change.by),
                own: change.by == *reader,
            }),
            own: hold.proposed_by == *reader,
            has_two: page.has_two,
            longest: LONGEST_DAYS,
            mistakes,
        }
    }
}

fn basis_ids(basis: Basis) -> (&'static str, &'static str) {
    match basis {
        Basis::Investigation => (
            "custody-basis-investigation",
            "custody-basis-investigation-hint",
        ),
        Basis::Claim => ("custody-basis-claim", "custody-basis-claim-hint"),
        Basis::Review => ("custody-basis-review", "custody-basis-review-hint"),
        Basis::SiteRules => ("custody-basis-site-rules", "custody-basis-site-rules-hint"),
    }
}

/// The basis of a hold in words.
pub fn basis_words(language: Language, basis: Basis) -> String {
    text::message(language, basis_ids(basis).0, &[])
}

fn rule_words(language: Language, rule: SiteRule) -> String {
    let id = match rule {
        SiteRule::OtherPerson => "custody-rule-other-person",
        SiteRule::SeveralNames => "custody-rule-several-names",
        SiteRule::Machine => "custody-rule-machine",
        SiteRule::Excluded => "custody-rule-excluded",
        SiteRule::Untrue => "custody-rule-untrue",
    };
    text::message(language, id, &[])
}

fn state_words(language: Language, hold: &Hold, now: Timestamp) -> String {
    let id = match hold.state {
        State::Proposed => "custody-state-proposed",
        State::Active if hold.is_in_force(now) => "custody-state-active",
        State::Active => "custody-state-ending",
        State::Dropped => "custody-state-dropped",
        State::Ended => "custody-state-ended",
    };
    text::message(language, id, &[])
}

fn state_kind(hold: &Hold, now: Timestamp) -> &'static str {
    match hold.state {
        State::Proposed => "waiting",
        State::Active if hold.is_in_force(now) => "open",
        State::Active => "stopped",
        State::Dropped => "stopped",
        State::Ended => "done",
    }
}
