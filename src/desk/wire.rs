//! What the desk shows.

mod custody;
mod glance;
mod reminders;
mod sender;

pub(super) use custody::CustodyView;
pub(super) use glance::GlanceView;
pub(super) use reminders::ReminderRow;
pub(super) use sender::SenderView;

use serde::Serialize;

use crate::account::wire::HealthView;
use crate::account::{Permission, Staff};
use crate::activity::Facts;
use crate::activity::wire::Heading;
use crate::branch::Branch;
use crate::platform::clock::{Clock, Timestamp};
use crate::platform::confine::{How, Protection, Standing, What};
use crate::platform::text::{self, Language};

use super::{NextStep, Task, Today};

/// A line of the to-do list.
#[derive(Serialize)]
pub(super) struct TaskRow {
    title: String,
    words: String,
    path: String,
}

/// A date that comes by itself.
#[derive(Serialize)]
pub(super) struct UpcomingRow {
    when: i64,
    words: String,
    title: String,
    path: String,
}

/// The first page of the administration.
#[derive(Serialize)]
pub(super) struct AdminView {
    #[serde(flatten)]
    pub(super) health: HealthView,
    pub(super) clock: Option<ClockView>,
    pub(super) guards: Vec<GuardRow>,
    pub(super) reminders: Vec<ReminderRow>,
}

/// A clock of the machine that is not believed.
#[derive(Serialize)]
pub(super) struct ClockView {
    expected: i64,
    found: i64,
    /// Nothing is known to be wrong: the site was switched off, and the hour is asked for.
    is_silence: bool,
}

impl ClockView {
    pub(super) fn of(clock: &Clock) -> Option<ClockView> {
        let doubt = clock.doubt()?;
        Some(ClockView {
            expected: doubt.expected.0,
            found: doubt.found.0,
            is_silence: !clock.is_contradicted(),
        })
    }
}

/// One protection, and how far each of the two processes has it.
#[derive(Serialize)]
pub(super) struct GuardRow {
    what: String,
    web: String,
    vault: String,
}

impl GuardRow {
    pub(super) fn all(language: Language, standing: &Standing) -> Vec<GuardRow> {
        let vault = (standing.vault)();
        let row = |what: &What| GuardRow {
            what: text::message(language, guard(*what), &[]),
            web: how(language, *what, &standing.web),
            vault: how(language, *what, &vault),
        };
        What::ALL.iter().map(row).collect()
    }
}

fn guard(what: What) -> &'static str {
    match what {
        What::Dumps => "vault-guard-dumps",
        What::Memory => "vault-guard-memory",
        What::Files => "vault-guard-files",
        What::Calls => "vault-guard-calls",
    }
}

/// The reason is the system's own word for it, which the person who can mend it knows.
fn how(language: Language, what: What, standing: &[Protection]) -> String {
    let found = standing.iter().find(|protection| protection.what == what);
    let (id, why) = match found {
        None => ("vault-guard-none", ""),
        Some(Protection {
            how: How::Fully, ..
        }) => ("vault-guard-yes", ""),
        Some(Protection {
            how: How::Partly, ..
        }) => ("vault-guard-partly", ""),
        Some(Protection {
            how: How::Not, why, ..
        }) => ("vault-guard-no", why.as_str()),
    };
    text::message(language, id, &[("why", why.into())])
}

/// The first staff page.
#[derive(Serialize)]
pub(super) struct TodayView {
    tasks: Vec<TaskRow>,
    upcoming: Vec<UpcomingRow>,
    reminders: Vec<ReminderRow>,
    /// What people wrote that waits for the library.
    feedback: u64,
    discussions: Vec<QueueRow>,
}

/// Posts of an activity that wait for staff.
#[derive(Serialize)]
struct QueueRow {
    title: String,
    path: String,
    posts: u64,
}

impl TodayView {
    pub(super) fn of(language: Language, reader: &Staff, today: &Today) -> TodayView {
        let covers = |facts: &Facts| reader.reach.covers(facts.branch.as_ref());
        let own = today.tasks.iter();
        let own = own.filter(|task| reader.may(step_needs(task.step)) && covers(&task.facts));
        let row = |task: &Task| TaskRow {
            title: Heading::of(language, &task.facts).title,
            words: step_words(language, task.step),
            path: step_path(task.facts.id.as_str(), task.step),
        };
        let upcoming = today
            .upcoming
            .iter()
            .filter(|(_, _, facts)| covers(facts))
            .map(|(when, what, facts)| UpcomingRow {
                when: when.0,
                words: text::message(language, what, &[]),
                title: Heading::of(language, facts).title,
                path: format!("/staff/activities/{}", facts.id),
            });
        TodayView {
            tasks: own.map(row).collect(),
            upcoming: upcoming.collect(),
            reminders: ReminderRow::all(language, reader, &today.reminders),
            feedback: today.feedback,
            discussions: today
                .discussions
                .iter()
                .filter(|(facts, _)| covers(facts))
                .map(|(facts, posts)| QueueRow {
                    title: Heading::of(language, facts).title,
                    path: format!("/staff/activities/{}/discussion", facts.id),
                    posts: *posts,
                })
                .collect(),
        }
    }
}

fn step_words(language: Language, step: NextStep) -> String {
    let id = match step {
        NextStep::FinishDraft => "desk-next-finish",
        NextStep::Publish => "desk-next-publish",
        NextStep::WaitForOpening => "desk-next-opens",
        NextStep::WaitForClose => "desk-next-close",
        NextStep::WaitForFreeze => "desk-next-freeze",
        NextStep::WaitForBeacon => "desk-next-beacon",
        NextStep::PasteBeacon => "desk-next-paste",
        NextStep::TypeNumbers => "desk-next-numbers",
        NextStep::NotifyWinners => "desk-next-notify",
        NextStep::ReachWinners => "desk-next-reach",
        NextStep::AwaitClaims => "desk-next-claims",
        NextStep::WaitForPurge => "desk-next-purge",
        NextStep::Nothing => "desk-next-nothing",
    };
    text::message(language, id, &[])
}

/// What whoever takes the step must be allowed.
fn step_needs(step: NextStep) -> Permission {
    match step {
        NextStep::PasteBeacon | NextStep::TypeNumbers => Permission::Draw,
        _ => Permission::RunActivities,
    }
}

fn step_path(id: &str, step: NextStep) -> String {
    let page = match step {
        NextStep::Publish => "/publish",
        NextStep::PasteBeacon | NextStep::TypeNumbers => "/beacon",
        NextStep::NotifyWinners | NextStep::ReachWinners | NextStep::AwaitClaims => "/winners",
        _ => "",
    };
    format!("/staff/activities/{id}{page}")
}

/// One activity in the staff list.
#[derive(Serialize)]
pub(super) struct ActivityRow {
    heading: Heading,
    /// The branch that runs it; empty where it is the whole library's.
    branch: String,
    closes_at: i64,
}

/// The staff list of activities.
#[derive(Serialize)]
pub(super) struct ActivitiesView {
    pub(super) rows: Vec<ActivityRow>,
}

impl ActivitiesView {
    pub(super) fn of(
        language: Language,
        activities: &[Facts],
        branches: &[Branch],
        now: Timestamp,
    ) -> ActivitiesView {
        let name = |facts: &Facts| {
            let mut own = branches
                .iter()
                .filter(|own| facts.branch.as_ref() == Some(&own.id));
            own.next().map(|own| own.name.pick(language).to_owned())
        };
        let row = |facts| ActivityRow {
            heading: Heading::at(language, facts, now),
            branch: name(facts).unwrap_or_default(),
            closes_at: facts.closes_at.0,
        };
        ActivitiesView {
            rows: activities.iter().map(row).collect(),
        }
    }
}
