//! Questions and answers about an activity, for everybody to read (clause T15).
//!
//! Invariant: an activity has no discussion unless staff switched it on; no name is asked. A post
//! whose text is refused or taken down is erased at once: of what was taken down a line with the
//! reason stays in its place. Everything goes with the activity's purge.
//!
//! Not here: what is found in a text before it is posted ([`crate::identity::found`]).

use crate::activity::{self, ActivityId, Facts, Stage};
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;

pub mod pages;
mod store;
mod wire;

text_id!(
    /// Names a post within its activity.
    PostId,
    12
);

/// Longest post, in characters as a person counts them.
pub const LONGEST: usize = 1_000;
/// Longest reason of a takedown.
pub const LONGEST_REASON: usize = 200;
/// So many posts of one activity wait for staff at most; more would be nobody's reading.
const MOST_WAITING: u64 = 500;

/// When posts of people appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Appears {
    /// After staff have seen them.
    #[default]
    AfterApproval,
    /// At once.
    AtOnce,
}

impl Appears {
    /// The word in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Appears::AfterApproval => "after_approval",
            Appears::AtOnce => "at_once",
        }
    }

    /// Reads [`Appears::code`].
    pub fn parse(code: &str) -> Option<Appears> {
        [Appears::AfterApproval, Appears::AtOnce]
            .into_iter()
            .find(|appears| appears.code() == code)
    }
}

/// The discussion of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discussion {
    /// When posts appear.
    pub appears: Appears,
    /// Whether posts are taken; what is there stays to be read in any case.
    pub is_open: bool,
}

/// Who wrote a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// Somebody.
    Person,
    /// The library.
    Library,
}

impl Author {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Author::Person => "person",
            Author::Library => "library",
        }
    }
}

/// Where a post is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostState {
    /// Nobody of the library has seen it, and nobody else does.
    Waiting,
    /// Everybody reads it.
    Shown,
    /// Its text is gone; why is shown in its place.
    TakenDown,
}

impl PostState {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            PostState::Waiting => "waiting",
            PostState::Shown => "shown",
            PostState::TakenDown => "taken_down",
        }
    }

    fn parse(code: &str) -> Option<PostState> {
        [PostState::Waiting, PostState::Shown, PostState::TakenDown]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// One post.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Its place among all of the activity, from 1.
    pub position: i64,
    /// The question that it answers; none where it is one.
    pub question: Option<PostId>,
    /// Who wrote it.
    pub author: Author,
    /// What it says; empty once taken down.
    pub text: String,
    /// Where it is.
    pub state: PostState,
    /// Why it was taken down.
    pub reason: String,
    /// When it was posted; of people the hour.
    pub posted_at: Timestamp,
}

/// Without the text, which is somebody's until it is shown.
impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Post({}, {:?})", self.id, self.state)
    }
}

/// What somebody wants to post.
#[derive(Clone)]
pub struct NewPost {
    /// Its id, made with the form, so that a form sent twice is one post.
    pub id: PostId,
    /// The question that it answers; none where it is one.
    pub question: Option<PostId>,
    /// What it says.
    pub text: String,
}

/// Why something was not posted or not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The activity has no discussion, or nothing is at this address.
    #[error("there is no such discussion or post")]
    Unknown,
    /// Posts are not taken now.
    #[error("the discussion takes no posts")]
    Shut,
    /// Too many posts wait for staff.
    #[error("too many posts wait for staff")]
    Full,
    /// A colleague dealt with the post meanwhile.
    #[error("the post was dealt with meanwhile")]
    Moved,
    /// The activity.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Shut | Error::Full | Error::Moved => Kind::Conflict,
            Error::Activity(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "discussion.unknown",
            Error::Shut => "discussion.shut",
            Error::Full => "discussion.full",
            Error::Moved => "discussion.moved",
            Error::Activity(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// The discussion of an activity; none where it was never switched on, or is purged.
pub fn of(tx: &mut Tx, activity: &ActivityId) -> Result<Option<Discussion>, Error> {
    Ok(store::find(tx, activity)?)
}

/// Whether people find a discussion at an activity: it takes posts, or there are some to read.
pub fn is_there(tx: &mut Tx, facts: &Facts) -> Result<bool, Error> {
    let is_public = facts.published_at.is_some();
    Ok(match store::find(tx, &facts.id)? {
        Some(own) if is_public => takes_posts(facts, &own) || !public(tx, &facts.id)?.is_empty(),
        _ => false,
    })
}

/// Switches the discussion on or off, and says when posts appear.
pub fn set(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    discussion: Discussion,
) -> Result<(), Error> {
    let facts = activity::by_id(tx, activity)?;
    if facts.stage == Stage::Purged {
        return Err(Error::Shut);
    }
    store::save(tx, activity, discussion)?;
    let act = match (discussion.is_open, discussion.appears) {
        (false, _) => "discussion.shut",
        (true, Appears::AfterApproval) => "discussion.opened",
        (true, Appears::AtOnce) => "discussion.opened_at_once",
    };
    record(tx, &Actor::Staff(by.clone()), act, activity, "", "")
}

/// Whether somebody can post now.
pub fn takes_posts(facts: &Facts, discussion: &Discussion) -> bool {
    let living = matches!(
        facts.stage,
        Stage::Open | Stage::Closed | Stage::Drawn | Stage::Notified
    );
    discussion.is_open && living
}

/// Posts for somebody; where it appears at once or waits is the activity's setting. The same post
/// twice is one.
pub fn post(tx: &mut Tx, activity: &ActivityId, new: &NewPost) -> Result<Post, Error> {
    if let Some(earlier) = store::post(tx, activity, &new.id)? {
        return Ok(earlier);
    }
    let facts = activity::by_id(tx, activity)?;
    let discussion = store::find(tx, activity)?.ok_or(Error::Unknown)?;
    if !takes_posts(&facts, &discussion) {
        return Err(Error::Shut);
    }
    if store::count_waiting(tx, activity)? >= MOST_WAITING {
        return Err(Error::Full);
    }
    let state = match discussion.appears {
        Appears::AfterApproval => PostState::Waiting,
        Appears::AtOnce => PostState::Shown,
    };
    // The hour and nothing finer: whoever asks may enter in the same minute.
    let posted_at = tx.now().hour();
    add(tx, activity, new, Author::Person, state, posted_at)
}

/// Posts for the library; everybody reads it at once.
pub fn answer(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    new: &NewPost,
) -> Result<Post, Error> {
    if let Some(earlier) = store::post(tx, activity, &new.id)? {
        return Ok(earlier);
    }
    let facts = activity::by_id(tx, activity)?;
    store::find(tx, activity)?.ok_or(Error::Unknown)?;
    if matches!(facts.stage, Stage::Draft | Stage::Purged) {
        return Err(Error::Shut);
    }
    let now = tx.now();
    let post = add(tx, activity, new, Author::Library, PostState::Shown, now)?;
    let by = Actor::Staff(by.clone());
    record(
        tx,
        &by,
        "discussion.answered",
        activity,
        post.id.as_str(),
        "",
    )?;
    Ok(post)
}

fn add(
    tx: &mut Tx,
    activity: &ActivityId,
    new: &NewPost,
    author: Author,
    state: PostState,
    posted_at: Timestamp,
) -> Result<Post, Error> {
    if let Some(question) = &new.question {
        let asked = store::post(tx, activity, question)?.ok_or(Error::Unknown)?;
        // Answers answer a question that everybody reads, and not another answer.
        if asked.question.is_some() || asked.state == PostState::Waiting {
            return Err(Error::Unknown);
        }
    }
    let post = Post {
        id: new.id.clone(),
        position: store::last_position(tx, activity)? + 1,
        question: new.question.clone(),
        author,
        text: new.text.clone(),
        state,
        reason: String::new(),
        posted_at,
    };
    store::insert(tx, activity, &post)?;
    Ok(post)
}

/// What everybody reads, in order: what is shown, and the places of what was taken down.
pub fn public(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Post>, Error> {
    let mut posts = store::posts(tx, activity)?;
    posts.retain(|post| post.state != PostState::Waiting);
    Ok(posts)
}

/// What waits for staff, the oldest first.
pub fn waiting(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Post>, Error> {
    let mut posts = store::posts(tx, activity)?;
    posts.retain(|post| post.state == PostState::Waiting);
    Ok(posts)
}

/// Activities with posts that wait, and how many.
pub fn queues(tx: &mut Tx) -> Result<Vec<(ActivityId, u64)>, Error> {
    Ok(store::queues(tx)?)
}

/// Lets everybody read a post that waits.
pub fn approve(tx: &mut Tx, by: &StaffId, activity: &ActivityId, id: &PostId) -> Result<(), Error> {
    if !store::show(tx, activity, id)? {
        return Err(Error::Moved);
    }
    let by = Actor::Staff(by.clone());
    record(tx, &by, "discussion.approved", activity, id.as_str(), "")
}

/// Erases a post that waits; nobody ever read it.
pub fn refuse(tx: &mut Tx, by: &StaffId, activity: &ActivityId, id: &PostId) -> Result<(), Error> {
    if !store::refuse(tx, activity, id)? {
        return Err(Error::Moved);
    }
    db::tidy::wanted(tx)?;
    let by = Actor::Staff(by.clone());
    record(tx, &by, "discussion.refused", activity, id.as_str(), "")
}

/// Erases the text of a post that everybody read; the reason is shown in its place.
pub fn take_down(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    id: &PostId,
    reason: &str,
) -> Result<(), Error> {
    if !store::take_down(tx, activity, id, reason)? {
        return Err(Error::Moved);
    }
    db::tidy::wanted(tx)?;
    let by = Actor::Staff(by.clone());
    record(
        tx,
        &by,
        "discussion.taken_down",
        activity,
        id.as_str(),
        reason,
    )
}

fn record(
    tx: &mut Tx,
    by: &Actor,
    act: &'static str,
    activity: &ActivityId,
    object: &str,
    reason: &str,
) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act,
        activity: activity.as_str(),
        object,
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}

/// Erases the discussion of an activity; how many rows. May be repeated.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::forget(tx, activity)?)
}

/// How many rows of it are left.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::left(tx, activity)?)
}
