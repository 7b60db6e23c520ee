//! What the pages of an entrant audit show: tickets and outcomes, nothing of a person.

use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::activity::wire::Heading;
use crate::activity::{AskedField, Field};
use crate::draw::fewer_than;
use crate::notify::wire::told_apart_by;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;
use crate::policy;

use super::{Finding, Inspected, is_early, sizes};

/// A choice of a form.
#[derive(Serialize)]
struct Choice {
    value: String,
    label: String,
    hint: String,
}

/// One ticket of the sample.
#[derive(Serialize)]
struct TicketRow {
    ticket: String,
    state: String,
    kind: &'static str,
    path: String,
}

/// A draw that can be audited.
#[derive(Serialize)]
pub(super) struct DrawRow {
    pub(super) title: String,
    pub(super) path: String,
    /// Other draws of the activity are to come.
    pub(super) early: bool,
    pub(super) signed: bool,
}

/// The list of draws that can be audited.
#[derive(Serialize)]
pub(super) struct ListView {
    pub(super) rows: Vec<DrawRow>,
}

/// An audit.
#[derive(Serialize)]
pub(super) struct InspectionView {
    heading: Heading,
    draw: String,
    /// Whether the reader is the auditor.
    acts: bool,
    /// early, begin, go or signed.
    state: &'static str,
    taking_part: u64,
    sizes: Vec<Choice>,
    rows: Vec<TicketRow>,
    found: usize,
    missing: usize,
    left: usize,
    /// What it would prove if it were signed now.
    fewer: u64,
    over_cap: Option<u64>,
    mistakes: Mistakes,
}

impl InspectionView {
    pub(super) fn of(
        language: Language,
        inspected: &Inspected,
        acts: bool,
        mistakes: Mistakes,
    ) -> InspectionView {
        let (plan, n) = (&inspected.shown.plan, inspected.taking_part);
        let state = match (&inspected.signed, &inspected.inspection) {
            (Some(_), _) => "signed",
            (None, Some(_)) => "go",
            (None, None) if is_early(&inspected.shown.facts) => "early",
            (None, None) => "begin",
        };
        let tickets = inspected.inspection.as_ref();
        let count = |finding| tickets.map_or(0, |own| own.count(finding));
        let (found, missing) = (count(Finding::Found), count(Finding::Missing));
        let sample = tickets.map_or(0, |own| own.tickets.len());
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        InspectionView {
            heading: Heading::of(language, &inspected.shown.facts),
            draw: plan.id.0.clone(),
            acts,
            state,
            taking_part: n,
            sizes: sizes(n)
                .into_iter()
                .map(|size| choice(language, size, n))
                .collect(),
            rows: tickets.map_or_else(Vec::new, |own| {
                let tickets = own.tickets.iter();
                tickets
                    .map(|(index, finding)| row(language, &plan.id.0, *index, *finding))
                    .collect()
            }),
            found,
            missing,
            left: sample - found - missing,
            fewer: fewer_than(n, number(sample), number(missing)),
            over_cap: inspected.signed.as_ref().map(|note| note.over_cap),
            mistakes,
        }
    }
}

fn choice(language: Language, size: u64, taking_part: u64) -> Choice {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (label, hint) = if size == taking_part {
        ("inspection-size-all", "inspection-size-all-hint")
    } else {
        ("inspection-size", "inspection-size-hint")
    };
    let args = [
        ("size", number(size).into()),
        ("fewer", number(fewer_than(taking_part, size, 0)).into()),
    ];
    Choice {
        value: size.to_string(),
        label: text::message(language, label, &args),
        hint: text::message(language, hint, &args),
    }
}

fn row(language: Language, draw: &str, index: u64, finding: Option<Finding>) -> TicketRow {
    let (state, kind) = state(finding);
    TicketRow {
        ticket: TicketNumber(index).to_string(),
        state: text::message(language, state, &[]),
        kind,
        path: format!("/staff/draws/{draw}/audit/{}", TicketNumber(index)),
    }
}

fn state(finding: Option<Finding>) -> (&'static str, &'static str) {
    match finding {
        Some(Finding::Found) => ("inspection-found", "open"),
        Some(Finding::Missing) => ("inspection-missing", "danger"),
        None => ("inspection-left", "waiting"),
    }
}

/// One ticket, with the person who says it is theirs.
#[derive(Serialize)]
pub(super) struct TicketView {
    heading: Heading,
    draw: String,
    ticket: String,
    acts: bool,
    state: String,
    kind: &'static str,
    found: bool,
    /// What the person is asked for, in the words of the notice.
    field: &'static str,
    field_words: String,
    at: String,
    mistakes: Mistakes,
}

impl TicketView {
    pub(super) fn of(
        language: Language,
        inspected: &Inspected,
        asked: &[AskedField],
        (index, finding): (u64, Option<Finding>),
        acts: bool,
        mistakes: Mistakes,
    ) -> TicketView {
        let field = told_apart_by(asked).unwrap_or(Field::NationalId);
        let (words, kind) = state(finding);
        let (draw, ticket) = (&inspected.shown.plan.id, TicketNumber(index));
        TicketView {
            heading: Heading::of(language, &inspected.shown.facts),
            draw: draw.0.clone(),
            ticket: ticket.to_string(),
            acts: acts && inspected.signed.is_none(),
            state: text::message(language, words, &[]),
            kind,
            found: finding == Some(Finding::Found),
            field: field.code(),
            field_words: policy::field_name(language, field),
            at: format!("/staff/draws/{draw}/audit/{ticket}"),
            mistakes,
        }
    }
}
