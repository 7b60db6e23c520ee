//! One activity at a glance: where it stands, what is to be done next, and its figures.

use serde::Serialize;

use crate::account::Permission;
use crate::activity::wire::Heading;
use crate::activity::{Eligibility, Kind, Stage};
use crate::desk::Glance;
use crate::draw::{Awaited, DrawStage, Problem};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::policy;

use super::{step_needs, step_path, step_words};

/// One line of the task list: what, how far, and where it is done.
#[derive(Serialize)]
pub(in crate::desk) struct Part {
    name: String,
    state: String,
    kind: &'static str,
    path: Option<String>,
    /// Whether draw officers look at it too.
    both: bool,
}

/// A problem that keeps a draft from being published.
#[derive(Serialize)]
pub(in crate::desk) struct ProblemRow {
    words: String,
    path: String,
}

/// A figure of the activity.
#[derive(Serialize)]
pub(in crate::desk) struct Figure {
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
    /// Whether two librarians open its contacts.
    librarians: bool,
    /// Whether it has a result, so that tickets can be audited.
    drawn: bool,
    /// Whether its list was published.
    closed: bool,
}

/// One activity's dashboard.
#[derive(Serialize)]
pub(in crate::desk) struct GlanceView {
    heading: Heading,
    next_words: String,
    next_path: String,
    next_is_here: bool,
    /// Whether a draw officer takes the next step.
    next_draws: bool,
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
pub(in crate::desk) struct UnseenView {
    /// `key`, `freeze` or `reveal`.
    note: &'static str,
    late: bool,
    seen: u32,
    quorum: u32,
    until: i64,
}

impl GlanceView {
    pub(in crate::desk) fn of(language: Language, glance: &Glance, now: Timestamp) -> GlanceView {
        let facts = &glance.facts;
        let base = format!("/staff/activities/{}", facts.id);
        let is_draw = facts.kind.is_drawn();
        let next_path = step_path(facts.id.as_str(), glance.next);
        let problems = glance.problems.iter().map(|problem| ProblemRow {
            words: problem.message(language),
            path: problem.path(&facts.id),
        });
        let fields = glance.asked.iter();
        GlanceView {
            heading: Heading::at(language, facts, now),
            next_words: step_words(language, glance.next),
            next_is_here: next_path == base,
            next_draws: step_needs(glance.next) == Permission::Draw,
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
                    librarians: glance.librarians && facts.stage != Stage::Purged,
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
            both: false,
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
            both: page == "/entries",
        }
    };
    let mut parts = vec![edit("desk-part-details", "/details", true)];
    if matches!(facts.kind, Kind::Seats(_)) {
        parts.push(edit(
            "desk-part-sessions",
            "/sessions",
            !glance.sessions.is_empty(),
        ));
    }
    if facts.kind.asks_person() {
        parts.push(edit(
            "desk-part-privacy",
            "/privacy",
            !glance.asked.is_empty(),
        ));
    }
    if matches!(
        facts.eligibility,
        Eligibility::Cards | Eligibility::Codes | Eligibility::Email
    ) && facts.stage != Stage::Purged
    {
        // Cards and codes are added after publishing too.
        let missing = |problem: &Problem| *problem == Problem::NoCards;
        let part = edit(
            "admission-title",
            "/admission",
            !glance.problems.iter().any(missing),
        );
        parts.push(Part {
            path: Some(format!("{base}/admission")),
            ..part
        });
    }
    parts.push(edit("desk-part-codes", "/codes", true));
    parts.push(edit(
        "desk-part-questions",
        "/questions",
        facts.kind.asks_person() || glance.questions > 0,
    ));
    parts.push(edit("desk-part-statistics", "/statistics", true));
    if facts.kind == Kind::Draw {
        let page = match glance.plans.as_slice() {
            [] | [_] => "/draw",
            _ => "/draws",
        };
        parts.push(edit("desk-part-draw", page, !glance.plans.is_empty()));
    }
    if facts.kind == Kind::Draw {
        let part = edit("custody-offers-title", "/providers", true);
        parts.push(Part {
            path: Some(format!("{base}/providers")),
            ..part
        });
    }
    if facts.kind.is_drawn() {
        // Chosen in the draft, and looked at for as long as there is data.
        let part = edit("unlock-who", "/shares", true);
        parts.push(Part {
            path: Some(format!("{base}/shares")),
            ..part
        });
    }
    parts.push(edit(
        "desk-part-publish",
        "/publish",
        glance.problems.is_empty(),
    ));
    if facts.kind.is_first_come() {
        parts.push(at_least(
            "desk-part-seats",
            "/seats",
            Stage::Open,
            Stage::Closed,
        ));
    }
    if facts.kind.is_drawn() {
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
