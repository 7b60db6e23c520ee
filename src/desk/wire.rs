//! What the desk shows.

use serde::Serialize;

use crate::account::wire::HealthView;
use crate::activity::wire::Heading;
use crate::activity::{Facts, Kind, Stage};
use crate::draw::{Awaited, DrawStage};
use crate::platform::clock::Timestamp;
use crate::platform::confine::{How, Protection, Standing, What};
use crate::platform::text::{self, Language};
use crate::policy;

use super::reminders::{self, Reminder};
use super::{Glance, NextStep, Task, Today};

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

/// A day of personal data that staff must not miss.
#[derive(Serialize)]
pub(super) struct ReminderRow {
    when: i64,
    words: String,
    title: String,
    path: String,
    late: bool,
}

impl ReminderRow {
    pub(super) fn all(language: Language, reminders: &[Reminder]) -> Vec<ReminderRow> {
        let row = |each: &Reminder| {
            let (words, title, path) = reminder(language, &each.what);
            ReminderRow {
                when: each.when.0,
                words,
                title,
                path,
                late: each.late,
            }
        };
        reminders.iter().map(row).collect()
    }
}

/// What a reminder says, what it is about, and where it is dealt with.
fn reminder(language: Language, what: &reminders::What) -> (String, String, String) {
    let say = |id: &str| text::message(language, id, &[]);
    let count = |id: &str, count: u64| text::message(language, id, &[("count", count.into())]);
    let of_activity =
        |id: &str, facts: &Facts, path: String| (say(id), Heading::of(language, facts).title, path);
    match what {
        reminders::What::Purge(facts) => {
            let path = format!("/staff/activities/{}", facts.id);
            of_activity("desk-remind-purge", facts, path)
        }
        reminders::What::PurgeWaits(facts) => {
            let path = format!("/a/{}/purge", facts.slug);
            of_activity("desk-remind-purge-waits", facts, path)
        }
        reminders::What::SecondCertificate(facts) => {
            let path = format!("/a/{}/purge", facts.slug);
            of_activity("desk-remind-second", facts, path)
        }
        reminders::What::HoldEnds(id) => (
            say("desk-remind-hold-ends"),
            say("custody-holds-title"),
            format!("/admin/holds/{id}"),
        ),
        reminders::What::HoldWaits(id) => (
            say("desk-remind-hold-waits"),
            say("custody-holds-title"),
            format!("/admin/holds/{id}"),
        ),
        reminders::What::TaxYear(year) => (
            text::message(
                language,
                "desk-remind-tax",
                &[("year", year.to_string().into())],
            ),
            say("custody-tax-title"),
            format!("/admin/tax/{year}"),
        ),
        reminders::What::RequestsLate(requests) => (
            count("desk-remind-requests-late", *requests),
            say("rights-queue-title"),
            "/admin/requests".to_owned(),
        ),
        reminders::What::RequestsDue(requests) => (
            count("desk-remind-requests-due", *requests),
            say("rights-queue-title"),
            "/admin/requests".to_owned(),
        ),
    }
}

/// The first page of the administration.
#[derive(Serialize)]
pub(super) struct AdminView {
    #[serde(flatten)]
    pub(super) health: HealthView,
    pub(super) guards: Vec<GuardRow>,
    pub(super) reminders: Vec<ReminderRow>,
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
}

impl TodayView {
    pub(super) fn of(language: Language, today: &Today) -> TodayView {
        let row = |task: &Task| TaskRow {
            title: Heading::of(language, &task.facts).title,
            words: step_words(language, task.step),
            path: step_path(task.facts.id.as_str(), task.step),
        };
        let upcoming = today
            .upcoming
            .iter()
            .map(|(when, what, facts)| UpcomingRow {
                when: when.0,
                words: text::message(language, what, &[]),
                title: Heading::of(language, facts).title,
                path: format!("/staff/activities/{}", facts.id),
            });
        TodayView {
            tasks: today.tasks.iter().map(row).collect(),
            upcoming: upcoming.collect(),
            reminders: ReminderRow::all(language, &today.reminders),
        }
    }
}

fn step_words(language: Language, step: NextStep) -> String {
    let id = match step {
        NextStep::FinishDraft => "desk-next-finish",
        NextStep::Publish => "desk-next-publish",
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
    closes_at: i64,
}

/// The staff list of activities.
#[derive(Serialize)]
pub(super) struct ActivitiesView {
    pub(super) rows: Vec<ActivityRow>,
}

impl ActivitiesView {
    pub(super) fn of(language: Language, activities: &[crate::activity::Facts]) -> ActivitiesView {
        let row = |facts| ActivityRow {
            heading: Heading::of(language, facts),
            closes_at: facts.closes_at.0,
        };
        ActivitiesView {
            rows: activities.iter().map(row).collect(),
        }
    }
}

/// One line of the task list: what, how far, and where it is done.
#[derive(Serialize)]
pub(super) struct Part {
    name: String,
    state: String,
    kind: &'static str,
    path: Option<String>,
}

/// A problem that keeps a draft from being published.
#[derive(Serialize)]
pub(super) struct ProblemRow {
    words: String,
    path: String,
}

/// A figure of the activity.
#[derive(Serialize)]
pub(super) struct Figure {
    label: String,
    value: u64,
}

/// The public page of one draw.
#[derive(Serialize)]
struct DrawLink {
    id: String,
    /// Its name; empty where the activity has one draw.
    name: String,
    /// Whether it can be shown in a hall.
    live: bool,
    /// Whether it has a result, so that tickets can be audited.
    drawn: bool,
    /// Whether its list was published.
    closed: bool,
}

/// One activity's dashboard.
#[derive(Serialize)]
pub(super) struct GlanceView {
    heading: Heading,
    next_words: String,
    next_path: String,
    next_is_here: bool,
    parts: Vec<Part>,
    problems: Vec<ProblemRow>,
    figures: Vec<Figure>,
    fields: Vec<String>,
    draft: bool,
    cancellable: bool,
    draws: Vec<DrawLink>,
    public: bool,
    opens_at: i64,
    closes_at: i64,
    freezes_at: Option<i64>,
    draws_at: Option<i64>,
    purges_at: i64,
    unseen: Option<UnseenView>,
    cancelled_reason: String,
}

/// A note that lacks witnesses.
#[derive(Serialize)]
pub(super) struct UnseenView {
    /// `key`, `freeze` or `reveal`.
    note: &'static str,
    late: bool,
    seen: u32,
    quorum: u32,
    until: i64,
}

impl GlanceView {
    pub(super) fn of(language: Language, glance: &Glance, now: Timestamp) -> GlanceView {
        let facts = &glance.facts;
        let base = format!("/staff/activities/{}", facts.id);
        let is_draw = facts.kind == Kind::Draw;
        let next_path = step_path(facts.id.as_str(), glance.next);
        let problems = glance.problems.iter().map(|problem| ProblemRow {
            words: problem.message(language),
            path: problem.path(&facts.id),
        });
        let fields = glance.asked.iter();
        GlanceView {
            heading: Heading::of(language, facts),
            next_words: step_words(language, glance.next),
            next_is_here: next_path == base,
            next_path,
            parts: parts(language, glance, &base),
            problems: problems.collect(),
            figures: figures(language, glance),
            fields: fields
                .map(|asked| policy::field_name(language, asked.field))
                .collect(),
            draft: facts.stage == Stage::Draft,
            cancellable: matches!(facts.stage, Stage::Open | Stage::Closed),
            draws: glance
                .plans
                .iter()
                .filter(|plan| plan.manifest.is_some())
                .map(|plan| DrawLink {
                    id: plan.id.0.clone(),
                    name: plan.name.pick(language).to_owned(),
                    live: plan.stage != DrawStage::Cancelled,
                    drawn: plan.stage == DrawStage::Drawn,
                    closed: plan.stage >= DrawStage::Closed && plan.stage != DrawStage::Cancelled,
                })
                .collect(),
            public: facts.published_at.is_some(),
            opens_at: facts.opens_at.0,
            closes_at: facts.closes_at.0,
            freezes_at: is_draw.then_some(facts.freezes_at.0),
            draws_at: is_draw.then_some(facts.draws_at.0),
            purges_at: match facts.purges_at.0 {
                0 => facts.planned_purge().0,
                set => set,
            },
            unseen: glance.unseen.map(|unseen| UnseenView {
                note: match unseen.note {
                    Awaited::Key => "key",
                    Awaited::Freeze => "freeze",
                    Awaited::Reveal => "reveal",
                },
                late: now > unseen.until,
                seen: unseen.seen,
                quorum: unseen.quorum,
                until: unseen.until.0,
            }),
            cancelled_reason: facts.cancelled_reason.clone(),
        }
    }
}

fn figures(language: Language, glance: &Glance) -> Vec<Figure> {
    let figure = |id: &str, value: u64| Figure {
        label: text::message(language, id, &[]),
        value,
    };
    let mut figures = vec![
        figure("desk-figure-entries", glance.counts.taken),
        figure("desk-figure-withdrawn", glance.counts.withdrawn),
    ];
    if glance.notices.total() > 0 {
        figures.push(figure("desk-figure-sent", glance.notices.sent));
        figures.push(figure("desk-figure-waiting", glance.notices.waiting));
        figures.push(figure("desk-figure-trouble", glance.notices.trouble));
    }
    figures
}

fn parts(language: Language, glance: &Glance, base: &str) -> Vec<Part> {
    let facts = &glance.facts;
    let draft = facts.stage == Stage::Draft;
    let say = |id: &str| text::message(language, id, &[]);
    let edit = |id: &str, page: &str, done: bool| {
        let (state, kind) = match (draft, done) {
            (false, _) => ("desk-part-frozen", "done"),
            (true, true) => ("desk-part-done", "done"),
            (true, false) => ("desk-part-missing", "waiting"),
        };
        Part {
            name: say(id),
            state: say(state),
            kind,
            path: draft.then(|| format!("{base}{page}")),
        }
    };
    let at_least = |id: &str, page: &str, stage: Stage, done: Stage| {
        let reached = facts.stage >= stage && facts.stage != Stage::Cancelled;
        let (state, kind) = match (reached, facts.stage > done) {
            (_, true) => ("desk-part-done", "done"),
            (true, _) => ("desk-part-now", "open"),
            _ => ("desk-part-later", ""),
        };
        Part {
            name: say(id),
            state: say(state),
            kind,
            path: (reached && facts.stage != Stage::Purged).then(|| format!("{base}{page}")),
        }
    };
    let mut parts = vec![edit("desk-part-details", "/details", true)];
    if facts.kind == Kind::Draw {
        parts.push(edit(
            "desk-part-privacy",
            "/privacy",
            !glance.asked.is_empty(),
        ));
    }
    parts.push(edit("desk-part-codes", "/codes", true));
    parts.push(edit(
        "desk-part-questions",
        "/questions",
        facts.kind == Kind::Draw || glance.questions > 0,
    ));
    parts.push(edit("desk-part-statistics", "/statistics", true));
    if facts.kind == Kind::Draw {
        let page = match glance.plans.as_slice() {
            [] | [_] => "/draw",
            _ => "/draws",
        };
        parts.push(edit("desk-part-draw", page, !glance.plans.is_empty()));
    }
    parts.push(edit(
        "desk-part-publish",
        "/publish",
        glance.problems.is_empty(),
    ));
    if facts.kind == Kind::Draw {
        parts.push(at_least(
            "desk-part-entries",
            "/entries",
            Stage::Open,
            Stage::Open,
        ));
        if glance.plans.iter().any(|plan| plan.tickets_per_person > 1) {
            parts.push(at_least(
                "desk-part-chances",
                "/chances",
                Stage::Open,
                Stage::Open,
            ));
        }
        parts.push(at_least(
            "desk-part-winners",
            "/winners",
            Stage::Drawn,
            Stage::Drawn,
        ));
    }
    parts.push(at_least(
        "desk-part-answers",
        "/answers",
        Stage::Closed,
        Stage::Notified,
    ));
    parts
}
