//! Issues: written, scheduled, sent, stopped; and what became of their letters.
//!
//! Invariant: every change of stage is a compare-and-set. Whoever is subscribed when sending begins
//! gets one letter; what was sent is public and changes no more.
//!
//! Not here: sending ([`super::sending`]).

use crate::activity::LocalText;
use crate::audit::Actor;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Tx;
use crate::platform::ids::text_id;

use super::subscribers::NewAddress;
use super::{Error, TopicId, jobs, letters, note, store};
use crate::platform::text::Language;

text_id!(
    /// Names an issue for staff; its public address is the slug.
    IssueId,
    10
);

/// Longest text of an issue in one language, as a person counts.
pub const LONGEST: usize = 10_000;
/// How long it is kept who got an issue; after that only figures are.
const LETTERS_KEPT: i64 = 30 * DAY;
/// Stands for the last subscriber once everybody has a letter; no id is so.
const ALL_GATHERED: &str = "*";
/// How many subscribers become letters in one transaction.
const GATHERED_TOGETHER: i64 = 500;

/// Where an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Leaves at its hour.
    Scheduled,
    /// Leaving.
    Sending,
    /// Nothing of it waits any more.
    Sent,
    /// Staff stopped it.
    Stopped,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Stage; 5] = [
        Stage::Draft,
        Stage::Scheduled,
        Stage::Sending,
        Stage::Sent,
        Stage::Stopped,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Scheduled => "scheduled",
            Stage::Sending => "sending",
            Stage::Sent => "sent",
            Stage::Stopped => "stopped",
        }
    }

    /// Reads [`Stage::code`].
    pub fn parse(code: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// Whether everybody may read it.
    pub fn is_public(self) -> bool {
        matches!(self, Stage::Sending | Stage::Sent | Stage::Stopped)
    }
}

/// What staff write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its public address: `/news/<slug>`.
    pub slug: String,
    /// The subject of the mail and the heading of the page.
    pub subject: LocalText,
    /// Markdown.
    pub body: LocalText,
    /// Who gets it.
    pub topics: Vec<TopicId>,
}

impl Text {
    /// Whether it could be sent: both languages, and somebody to send it to.
    pub fn is_complete(&self) -> bool {
        !self.subject.is_incomplete() && !self.body.is_incomplete() && !self.topics.is_empty()
    }
}

/// One issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its id.
    pub id: IssueId,
    /// What it says.
    pub text: Text,
    /// Where it is.
    pub stage: Stage,
    /// Goes up with every change of the text.
    pub version: i64,
    /// When it leaves.
    pub send_at: Option<Timestamp>,
    /// When it began to leave.
    pub began_at: Option<Timestamp>,
    /// When nothing waited any more.
    pub ended_at: Option<Timestamp>,
    /// The version of the general policy that it tells every subscriber of; 0 for all other issues.
    pub policy: i64,
    /// The last subscriber who became a letter.
    pub(super) gathered_to: String,
    /// Figures of letters whose rows are gone.
    pub(super) folded: Progress,
}

/// What became of the letters of an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// To be sent.
    pub waiting: i64,
    /// The server took them.
    pub sent: i64,
    /// Nobody knows whether the server took them.
    pub uncertain: i64,
    /// The server says that there is no such address.
    pub bounced: i64,
    /// The server did not want them.
    pub refused: i64,
    /// Not needed any more: the person left, or staff stopped the issue.
    pub dropped: i64,
}

impl Progress {
    /// All letters.
    pub fn all(&self) -> i64 {
        self.waiting + self.sent + self.uncertain + self.bounced + self.refused + self.dropped
    }
}

/// Every issue, the newest first.
pub fn all(tx: &mut Tx) -> Result<Vec<Issue>, Error> {
    Ok(store::issues::list(tx, &Stage::ALL)?)
}

/// What everybody may read, the newest first.
pub fn public(tx: &mut Tx) -> Result<Vec<Issue>, Error> {
    let stages = [Stage::Sending, Stage::Sent, Stage::Stopped];
    Ok(store::issues::list(tx, &stages)?)
}

/// One issue.
pub fn by_id(tx: &mut Tx, id: &IssueId) -> Result<Issue, Error> {
    store::issues::by_id(tx, id)?.ok_or(Error::Unknown)
}

/// The issue of a public address.
pub fn by_slug(tx: &mut Tx, slug: &str) -> Result<Issue, Error> {
    let found = store::issues::by_slug(tx, slug)?;
    found
        .filter(|issue| issue.stage.is_public())
        .ok_or(Error::Unknown)
}

/// Begins an issue.
///
/// # Errors
/// [`Error::Moved`] where another issue has the address.
pub fn write(tx: &mut Tx, by: &Actor, text: Text) -> Result<IssueId, Error> {
    let issue = Issue {
        id: IssueId::fresh(),
        text,
        stage: Stage::Draft,
        version: 1,
        send_at: None,
        began_at: None,
        ended_at: None,
        policy: 0,
        gathered_to: String::new(),
        folded: Progress::default(),
    };
    store::issues::insert(tx, &issue)?;
    note(tx, by, "newsletter.issue_written", issue.id.as_str())?;
    Ok(issue.id)
}

/// Has every subscriber told of a version of the general policy, whatever their topics; asked again
/// for the same version it changes nothing.
pub(super) fn announce(tx: &mut Tx, policy: i64, text: Text) -> Result<(), Error> {
    if of_policy(tx, policy)?.is_some() {
        return Ok(());
    }
    let now = tx.now();
    let issue = Issue {
        id: IssueId::fresh(),
        text,
        stage: Stage::Scheduled,
        version: 1,
        send_at: Some(now),
        began_at: None,
        ended_at: None,
        policy,
        gathered_to: String::new(),
        folded: Progress::default(),
    };
    store::issues::insert(tx, &issue)?;
    jobs::enqueue_issue(tx, &issue.id, now)?;
    jobs::ensure_sweep(tx)?;
    let system = Actor::System;
    note(tx, &system, "newsletter.issue_scheduled", issue.id.as_str())
}

/// The issue that tells of a version of the general policy.
pub(super) fn of_policy(tx: &mut Tx, policy: i64) -> Result<Option<Issue>, Error> {
    Ok(store::issues::of_policy(tx, policy)?)
}

/// Changes a draft that is still as whoever changes it read it.
///
/// # Errors
/// [`Error::Moved`] where it is not, or where another issue has the address.
pub fn change(
    tx: &mut Tx,
    by: &Actor,
    id: &IssueId,
    version: i64,
    text: Text,
) -> Result<(), Error> {
    let issue = by_id(tx, id)?;
    if issue.stage != Stage::Draft || issue.version != version {
        return Err(Error::Moved);
    }
    let changed = Issue { text, ..issue };
    if !store::issues::save_text(tx, &changed)? {
        return Err(Error::Moved);
    }
    note(tx, by, "newsletter.issue_changed", id.as_str())
}

/// Has an issue leave at a moment, or now.
///
/// # Errors
/// [`Error::Moved`] where it is no draft, was changed meanwhile or is not complete.
pub fn schedule(
    tx: &mut Tx,
    by: &Actor,
    id: &IssueId,
    version: i64,
    at: Timestamp,
) -> Result<(), Error> {
    let issue = by_id(tx, id)?;
    if issue.version != version || !issue.text.is_complete() {
        return Err(Error::Moved);
    }
    let scheduled = Issue {
        stage: Stage::Scheduled,
        send_at: Some(at),
        ..issue
    };
    advance(tx, Stage::Draft, &scheduled)?;
    jobs::enqueue_issue(tx, id, at)?;
    note(tx, by, "newsletter.issue_scheduled", id.as_str())
}

/// Takes a scheduled issue back; it is a draft again.
///
/// # Errors
/// [`Error::Moved`] where it is not scheduled, or tells of the general policy: that one is published.
pub fn take_back(tx: &mut Tx, by: &Actor, id: &IssueId) -> Result<(), Error> {
    let scheduled = by_id(tx, id)?;
    if scheduled.policy > 0 {
        return Err(Error::Moved);
    }
    let draft = Issue {
        stage: Stage::Draft,
        send_at: None,
        ..scheduled
    };
    advance(tx, Stage::Scheduled, &draft)?;
    note(tx, by, "newsletter.issue_taken_back", id.as_str())
}

/// Stops an issue that leaves: nothing that waits is sent any more.
pub fn stop(tx: &mut Tx, by: &Actor, id: &IssueId) -> Result<(), Error> {
    let stopped = Issue {
        stage: Stage::Stopped,
        ended_at: Some(tx.now()),
        ..by_id(tx, id)?
    };
    advance(tx, Stage::Sending, &stopped)?;
    store::letters::drop_waiting(tx, id)?;
    note(tx, by, "newsletter.issue_stopped", id.as_str())
}

/// Has a trial of an issue sent to one address, which is dropped afterwards.
pub fn try_out(
    tx: &mut Tx,
    by: &Actor,
    id: &IssueId,
    to: &NewAddress,
    language: Language,
) -> Result<(), Error> {
    let issue = by_id(tx, id)?;
    let address = to.keep(tx)?;
    jobs::ensure_sweep(tx)?;
    letters::write_trial(tx, &issue.id, address, language)?;
    note(tx, by, "newsletter.issue_tried", id.as_str())
}

/// What became of the letters so far.
pub fn progress(tx: &mut Tx, issue: &Issue) -> Result<Progress, Error> {
    let rows = store::letters::progress(tx, &issue.id)?;
    let folded = &issue.folded;
    Ok(Progress {
        waiting: rows.waiting,
        sent: rows.sent + folded.sent,
        uncertain: rows.uncertain + folded.uncertain,
        bounced: rows.bounced + folded.bounced,
        refused: rows.refused + folded.refused,
        dropped: rows.dropped + folded.dropped,
    })
}

/// The hour of an issue has come: it leaves as it is now. Nothing where it was taken back meanwhile, or
/// is to leave at another hour.
pub(super) fn begin(tx: &mut Tx, id: &IssueId, planned: Timestamp) -> Result<Option<Issue>, Error> {
    let issue = by_id(tx, id)?;
    if issue.stage != Stage::Scheduled || issue.send_at != Some(planned) {
        return Ok(None);
    }
    let sending = Issue {
        stage: Stage::Sending,
        began_at: Some(tx.now()),
        ..issue
    };
    match advance(tx, Stage::Scheduled, &sending) {
        Ok(()) => Ok(Some(sending)),
        Err(Error::Moved) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes letters to some more subscribers; `false` once all have one. How far it came is stored
/// with the letters.
pub(super) fn gather(tx: &mut Tx, id: &IssueId) -> Result<bool, Error> {
    let issue = by_id(tx, id)?;
    if issue.stage != Stage::Sending || issue.gathered_to == ALL_GATHERED {
        return Ok(false);
    }
    let after = issue.gathered_to.as_str();
    let some = match issue.policy {
        0 => store::subscribers::of_topics(tx, &issue.text.topics, after, GATHERED_TOGETHER)?,
        _ => store::subscribers::active(tx, after, GATHERED_TOGETHER)?,
    };
    let Some(last) = some.last() else {
        store::issues::set_gathered(tx, id, ALL_GATHERED)?;
        return Ok(false);
    };
    let last = last.as_str();
    store::letters::insert_all(tx, id, &some)?;
    store::issues::set_gathered(tx, id, last)?;
    Ok(true)
}

/// Nothing of an issue waits any more.
pub(super) fn finish(tx: &mut Tx, id: &IssueId) -> Result<(), Error> {
    let issue = by_id(tx, id)?;
    let sent = Issue {
        stage: Stage::Sent,
        ended_at: Some(tx.now()),
        ..issue
    };
    match advance(tx, Stage::Sending, &sent) {
        Ok(()) | Err(Error::Moved) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Keeps figures and forgets who got what, of issues that ended a while ago.
pub(super) fn fold(tx: &mut Tx) -> Result<(), Error> {
    let before = tx.now().plus(-LETTERS_KEPT);
    for issue in store::issues::list(tx, &[Stage::Sent, Stage::Stopped])? {
        if issue.ended_at.is_none_or(|ended| ended >= before) {
            continue;
        }
        let whole = progress(tx, &issue)?;
        if store::letters::forget(tx, &issue.id)? > 0 {
            store::issues::fold(tx, &issue.id, &whole)?;
            crate::platform::db::tidy::wanted(tx)?;
        }
    }
    Ok(())
}

fn advance(tx: &mut Tx, from: Stage, to: &Issue) -> Result<(), Error> {
    match store::issues::advance(tx, from, to)? {
        true => Ok(()),
        false => Err(Error::Moved),
    }
}
