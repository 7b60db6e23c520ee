//! The desk: what staff have to do today, and one activity at a glance with its one next step.
//!
//! Invariant: nothing personal is shown here; counts, dates and stages only.
//!
//! Not here: the pages that do the work, in the domain that does it.

use crate::account;
use crate::activity::{self, ActivityId, AskedField, Facts, Stage, Unlock};
use crate::admission;
use crate::audit::StaffId;
use crate::branch;
use crate::custody;
use crate::discussion;
use crate::draw::{self, DrawStage, Plan, Problem};
use crate::entry;
use crate::feedback;
use crate::notify;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::policy;
use crate::purge;
use crate::rights;
use crate::seats;
use crate::stats;
use crate::survey;

pub mod figures;
pub mod grounds;
pub mod pages;
pub mod reminders;
mod wire;

use reminders::Reminder;

/// Why a page could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// Branches.
    #[error(transparent)]
    Branch(#[from] branch::Error),
    /// The statistics.
    #[error(transparent)]
    Stats(#[from] stats::Error),
    /// Questions.
    #[error(transparent)]
    Survey(#[from] survey::Error),
    /// Places.
    #[error(transparent)]
    Seats(#[from] seats::Error),
    /// Draws.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// Notices.
    #[error(transparent)]
    Notify(#[from] notify::Error),
    /// Periods and codes.
    #[error(transparent)]
    Policy(#[from] policy::Error),
    /// Purges.
    #[error(transparent)]
    Purge(#[from] purge::Error),
    /// Requests of people.
    #[error(transparent)]
    Rights(#[from] rights::Error),
    /// What people wrote.
    #[error(transparent)]
    Feedback(#[from] feedback::Error),
    /// Posts.
    #[error(transparent)]
    Discussion(#[from] discussion::Error),
    /// Who is let in.
    #[error(transparent)]
    Admission(#[from] admission::Error),
    /// Holds and the tax vault.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] account::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Activity(error) => error.kind(),
            Error::Branch(error) => error.kind(),
            Error::Stats(error) => error.kind(),
            Error::Survey(error) => error.kind(),
            Error::Seats(error) => error.kind(),
            Error::Draw(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Notify(error) => error.kind(),
            Error::Policy(error) => error.kind(),
            Error::Purge(error) => error.kind(),
            Error::Account(error) => error.kind(),
            Error::Rights(error) => error.kind(),
            Error::Feedback(error) => error.kind(),
            Error::Discussion(error) => error.kind(),
            Error::Admission(error) => error.kind(),
            Error::Custody(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Activity(error) => error.code(),
            Error::Branch(error) => error.code(),
            Error::Stats(error) => error.code(),
            Error::Survey(error) => error.code(),
            Error::Seats(error) => error.code(),
            Error::Draw(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Notify(error) => error.code(),
            Error::Policy(error) => error.code(),
            Error::Purge(error) => error.code(),
            Error::Account(error) => error.code(),
            Error::Rights(error) => error.code(),
            Error::Feedback(error) => error.code(),
            Error::Discussion(error) => error.code(),
            Error::Admission(error) => error.code(),
            Error::Custody(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// The one thing to do next with an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Something in the draft is missing.
    FinishDraft,
    /// The draft is complete.
    Publish,
    /// Published; entries come in from the opening on.
    WaitForOpening,
    /// Entries come in; nothing to do until the deadline.
    WaitForClose,
    /// The list is public; objections may come.
    WaitForFreeze,
    /// The public randomness is not out yet.
    WaitForBeacon,
    /// The round is out and no relay answered: somebody may paste it.
    PasteBeacon,
    /// A lottery issue is drawn: two people have to enter its numbers.
    TypeNumbers,
    /// The result is public and nobody was told.
    NotifyWinners,
    /// Notices have not left, or came back: those winners must be reached before the deadline.
    ReachWinners,
    /// Winners were told and may claim.
    AwaitClaims,
    /// All is settled; the data goes on its date.
    WaitForPurge,
    /// Nothing remains to be done.
    Nothing,
}

/// One activity at a glance.
#[derive(Debug, Clone)]
pub struct Glance {
    /// The activity.
    pub facts: Facts,
    /// Its draws, in their order.
    pub plans: Vec<Plan>,
    /// The personal fields it asks.
    pub asked: Vec<AskedField>,
    /// How many questions it asks.
    pub questions: usize,
    /// What keeps a draft from being published.
    pub problems: Vec<Problem>,
    /// Sessions, where people take places.
    pub sessions: Vec<seats::Session>,
    /// Entries by state.
    pub counts: entry::Counts,
    /// Notices by state.
    pub notices: notify::NoticeCounts,
    /// The note that lacks witnesses, if the draw has any.
    pub unseen: Option<draw::Unseen>,
    /// Whether two of three librarians open its contacts.
    pub librarians: bool,
    /// What to do next.
    pub next: NextStep,
}

/// Looks at one activity.
pub fn glance(tx: &mut Tx, id: &ActivityId) -> Result<Glance, Error> {
    let now = tx.now();
    let facts = activity::by_id(tx, id)?;
    let plans = draw::plans(tx, id)?;
    let asked = activity::asked_fields(tx, id)?;
    let questions = survey::questionnaire(tx, id)?.questions().len();
    let problems = match facts.stage {
        Stage::Draft => draw::problems(tx, &facts, now)?,
        _ => Vec::new(),
    };
    let sessions = seats::sessions(tx, id)?;
    let counts = entry::count(tx, id)?;
    let notices = notify::count(tx, id)?;
    let mut has_winners = false;
    let mut unseen = None;
    for plan in &plans {
        if plan.stage == DrawStage::Drawn {
            // Claims are there as soon as somebody or a job has looked; the record is long.
            has_winners = has_winners
                || notify::has_claims(tx, plan)?
                || !draw::holdings(tx, plan)?.is_empty();
        }
        if unseen.is_none() && plan.manifest.is_some() && plan.stage != DrawStage::Cancelled {
            unseen = draw::unseen(tx, plan)?;
        }
    }
    let next = next_step(&facts, &plans, &problems, &notices, has_winners, now);
    Ok(Glance {
        facts,
        plans,
        asked,
        questions,
        problems,
        sessions,
        counts,
        notices,
        unseen,
        librarians: activity::unlock(tx, id)? == Unlock::TwoOfThree,
        next,
    })
}

fn next_step(
    facts: &Facts,
    plans: &[Plan],
    problems: &[Problem],
    notices: &notify::NoticeCounts,
    has_winners: bool,
    now: Timestamp,
) -> NextStep {
    match facts.stage {
        Stage::Draft if problems.is_empty() => NextStep::Publish,
        Stage::Draft => NextStep::FinishDraft,
        Stage::Open if now < facts.opens_at => NextStep::WaitForOpening,
        Stage::Open => NextStep::WaitForClose,
        Stage::Closed => match plans.iter().find(|plan| !plan.is_decided()) {
            None => NextStep::WaitForPurge,
            Some(plan) if plan.stage < DrawStage::Frozen => NextStep::WaitForFreeze,
            Some(plan) if plan.awaits_numbers(now).next().is_some() => NextStep::TypeNumbers,
            Some(plan) if plan.trouble().is_empty() || now < plan.due_at(facts) => {
                NextStep::WaitForBeacon
            }
            Some(_) => NextStep::PasteBeacon,
        },
        Stage::Drawn if !has_winners => NextStep::WaitForPurge,
        Stage::Drawn if notices.total() == 0 => NextStep::NotifyWinners,
        Stage::Drawn if notices.waiting + notices.trouble > 0 => NextStep::ReachWinners,
        Stage::Drawn => NextStep::AwaitClaims,
        Stage::Notified | Stage::Cancelled => NextStep::WaitForPurge,
        Stage::Purged => NextStep::Nothing,
    }
}

/// Something that waits for a person, with the page that deals with it.
#[derive(Debug, Clone)]
pub struct Task {
    /// The activity.
    pub facts: Facts,
    /// What to do.
    pub step: NextStep,
}

/// Everything that waits for staff, and what happens by itself in the next week.
#[derive(Debug, Clone)]
pub struct Today {
    /// To be done by a person.
    pub tasks: Vec<Task>,
    /// Closing or drawn within seven days.
    pub upcoming: Vec<(Timestamp, &'static str, Facts)>,
    /// Days of personal data: purges that come or wait, and what the law gives a day for.
    pub reminders: Vec<Reminder>,
    /// What people wrote that waits for the library.
    pub feedback: u64,
    /// Activities with posts that wait for staff, and how many.
    pub discussions: Vec<(Facts, u64)>,
}

/// What staff see first.
pub fn today(tx: &mut Tx, config: &Config) -> Result<Today, Error> {
    let now = tx.now();
    let mut tasks = Vec::new();
    let mut upcoming = Vec::new();
    for facts in activity::list(tx, &LIVE)? {
        let glance = glance(tx, &facts.id)?;
        if needs_a_person(glance.next) {
            tasks.push(Task {
                facts: facts.clone(),
                step: glance.next,
            });
        }
        let dates = [
            (facts.closes_at, "desk-upcoming-closes"),
            (facts.draws_at, "desk-upcoming-draw"),
        ];
        let published = facts.stage != Stage::Draft;
        for (when, what) in dates.into_iter().filter(|_| published) {
            let nothing_is_drawn = what == "desk-upcoming-draw" && !facts.kind.is_drawn();
            if when > now && when < now.plus(7 * DAY) && !nothing_is_drawn {
                upcoming.push((when, what, facts.clone()));
            }
        }
    }
    upcoming.sort_by_key(|(when, _, _)| *when);
    Ok(Today {
        tasks,
        upcoming,
        reminders: reminders::list(tx, config)?,
        feedback: feedback::waiting(tx)?,
        discussions: discussions(tx)?,
    })
}

fn discussions(tx: &mut Tx) -> Result<Vec<(Facts, u64)>, Error> {
    let mut waiting = Vec::new();
    for (id, posts) in discussion::queues(tx)? {
        waiting.push((activity::by_id(tx, &id)?, posts));
    }
    Ok(waiting)
}

/// Stages in which something may still have to be done.
const LIVE: [Stage; 6] = [
    Stage::Draft,
    Stage::Open,
    Stage::Closed,
    Stage::Drawn,
    Stage::Notified,
    Stage::Cancelled,
];

fn needs_a_person(step: NextStep) -> bool {
    matches!(
        step,
        NextStep::FinishDraft
            | NextStep::Publish
            | NextStep::PasteBeacon
            | NextStep::TypeNumbers
            | NextStep::NotifyWinners
            | NextStep::ReachWinners
            | NextStep::AwaitClaims
    )
}

/// Throws a draft away with everything that belongs to it; nobody has seen it.
pub fn delete_draft(tx: &mut Tx, by: &StaffId, id: &ActivityId) -> Result<(), Error> {
    let facts = activity::by_id(tx, id)?;
    activity::Activity::<activity::stage::Draft>::at(facts)?;
    survey::forget(tx, id)?;
    stats::forget_draft(tx, id)?;
    policy::codes::forget(tx, id)?;
    draw::delete_plans(tx, id)?;
    seats::forget_draft(tx, id)?;
    admission::forget(tx, id)?;
    discussion::forget(tx, id)?;
    Ok(activity::draft::delete_draft(tx, by, id)?)
}
