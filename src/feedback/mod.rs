//! What people write to the library, and what it answers (clauses T16 and T47).
//!
//! Invariant: what a person wrote, the address and every answer are sealed to a key of the month in
//! which the first letter came; every change has a line in the history and in the record. Nothing is
//! kept longer than two years after its last letter, closed or not. What is about personal data is
//! filed as a request in [`crate::rights`], which has the clock of the law: there is no second queue.
//!
//! Not here: how a letter is sealed and opened ([`letter`]), how an answer is mailed (`post`).

use lucky_draw::encode::Hash;

use crate::account::{self, Account, Permission, Role, Standing};
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::platform::templates::TemplateError;
use crate::platform::text::Language;
use crate::policy::general;
use crate::policy::retention::{self, Class};
use crate::rights;
use crate::vault::{self, ItemKind, NewBox};

pub mod jobs;
pub mod letter;
mod mailing;
pub mod pages;
mod post;
mod store;
mod wire;

use letter::SealedLetter;
pub use mailing::Mailing;

text_id!(
    /// Names what a person wrote, for staff; the person knows it by a secret reference code.
    FeedbackId,
    10
);

/// Answered, and nothing more came for so long: it closes by itself.
pub const CLOSES_AFTER: i64 = 30 * DAY;
/// So long after its last letter everything goes, closed or not.
pub const LONGEST_KEPT: i64 = 2 * 365 * DAY;
/// How often one person may write in one matter.
const MOST_LETTERS: usize = 10;

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// An activity.
    Activity,
    /// The library's service.
    Service,
    /// This site.
    Website,
    /// Personal data: a request with a clock of the law ([`crate::rights`]).
    Privacy,
    /// Something else.
    Other,
}

impl Topic {
    /// All, in the order of the form.
    pub const ALL: [Topic; 5] = [
        Topic::Activity,
        Topic::Service,
        Topic::Website,
        Topic::Privacy,
        Topic::Other,
    ];

    /// The word in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Topic::Activity => "activity",
            Topic::Service => "service",
            Topic::Website => "website",
            Topic::Privacy => "privacy",
            Topic::Other => "other",
        }
    }

    /// Reads [`Topic::code`].
    pub fn parse(code: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.code() == code)
    }
}

/// Whether and where a person wishes an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// None is needed.
    None,
    /// On the status page.
    OnPage,
    /// There, and by mail.
    ByMail,
}

impl Wish {
    /// All, in the order of the form.
    pub const ALL: [Wish; 3] = [Wish::OnPage, Wish::ByMail, Wish::None];

    /// The word in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Wish::None => "none",
            Wish::OnPage => "page",
            Wish::ByMail => "mail",
        }
    }

    /// Reads [`Wish::code`].
    pub fn parse(code: &str) -> Option<Wish> {
        Wish::ALL.into_iter().find(|wish| wish.code() == code)
    }
}

/// Where a matter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody looks after it yet.
    New,
    /// A colleague looks after it.
    Assigned,
    /// Answered.
    Answered,
    /// Done with; its time to be erased runs.
    Closed,
    /// Not done with after all.
    Reopened,
}

impl State {
    /// All, in the order of lists.
    pub const ALL: [State; 5] = [
        State::New,
        State::Assigned,
        State::Reopened,
        State::Answered,
        State::Closed,
    ];

    /// The word in the database and in filters.
    pub fn code(self) -> &'static str {
        match self {
            State::New => "new",
            State::Assigned => "assigned",
            State::Answered => "answered",
            State::Closed => "closed",
            State::Reopened => "reopened",
        }
    }

    /// Reads [`State::code`].
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it waits for the library.
    pub fn waits(self) -> bool {
        matches!(self, State::New | State::Assigned | State::Reopened)
    }
}

/// A matter as its row says it; nothing of what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Its id.
    pub id: FeedbackId,
    /// What it is about.
    pub topic: Topic,
    /// Whether an answer is wished.
    pub wish: Wish,
    /// The key to which its letters are sealed.
    pub scope: String,
    /// The language of the person.
    pub language: Language,
    /// Where it stands.
    pub state: State,
    /// The colleague who looks after it.
    pub assigned_to: Option<StaffId>,
    /// When it came; the hour.
    pub received_at: Timestamp,
    /// When the last letter of either side was written.
    pub written_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Counts its changes, so that two colleagues cannot answer unseen by each other.
    pub version: i64,
    /// The version of the general policy that was in force when it came; 0 before the first.
    pub policy: i64,
}

/// Who wrote a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The person.
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

/// One letter as its row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its place in the matter, from 1; the first one is the person's and has the address.
    pub number: i64,
    /// Who wrote it.
    pub author: Author,
    /// The row of the vault.
    pub item: String,
    /// When; of a person the hour.
    pub written_at: Timestamp,
    /// How far its mail has come.
    pub mail: Mailing,
    /// How often that was tried.
    pub attempts: i64,
    /// What was heard last, as a stable word.
    pub last_reply: String,
}

/// What somebody did with a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What, such as `assigned`.
    pub act: String,
    /// Who, as [`audit::Actor`] prints.
    pub actor: String,
    /// The colleague whom it concerns, by id; empty otherwise.
    pub about: String,
    /// When.
    pub at: Timestamp,
}

/// What a person sends, sealed.
#[derive(Clone)]
pub struct NewFeedback {
    /// By what the person finds it again (`Vault::lookup` of the reference code).
    pub lookup: Hash,
    /// What it is about.
    pub topic: Topic,
    /// Whether an answer is wished.
    pub wish: Wish,
    /// The language of the person.
    pub language: Language,
    /// What was written, sealed to the key of the month.
    pub letter: SealedLetter,
}

/// Why something was not taken or not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing belongs to this id or code.
    #[error("no such feedback")]
    Unknown,
    /// A colleague changed it meanwhile, or it is in a state in which this is not done.
    #[error("the feedback was changed meanwhile")]
    Moved,
    /// Whoever should look after it does not work here any more.
    #[error("the colleague has no account in use")]
    NoColleague,
    /// More letters than one matter takes.
    #[error("there are too many letters in this matter")]
    Full,
    /// The same was stored meanwhile.
    #[error("the same feedback was stored meanwhile")]
    Twice,
    /// The key of its month is destroyed.
    #[error("the letters of this month are destroyed")]
    Gone,
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// Staff.
    #[error(transparent)]
    Account(#[from] account::Error),
    /// How long it is kept.
    #[error(transparent)]
    Policy(#[from] crate::policy::Error),
    /// The queue of requests about personal data.
    #[error(transparent)]
    Rights(#[from] rights::Error),
    /// The words of a letter.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Moved | Error::Twice | Error::Full => Kind::Conflict,
            Error::NoColleague => Kind::Invalid,
            Error::Gone => Kind::Gone,
            Error::Template(_) => Kind::Broken,
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Account(error) => error.kind(),
            Error::Policy(error) => error.kind(),
            Error::Rights(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "feedback.unknown",
            Error::Moved => "feedback.moved",
            Error::NoColleague => "feedback.no_colleague",
            Error::Full => "feedback.full",
            Error::Twice => "feedback.twice",
            Error::Gone => "feedback.gone",
            Error::Template(_) => "feedback.template",
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Account(error) => error.code(),
            Error::Policy(error) => error.code(),
            Error::Rights(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// Takes what a person wrote. The same sent twice, known by its reference code, is one.
pub fn receive(tx: &mut Tx, new: &NewFeedback) -> Result<Feedback, Error> {
    if let Some(earlier) = store::by_lookup(tx, &new.lookup)? {
        return Ok(earlier);
    }
    // The hour and nothing finer: the access log tells when somebody was here.
    let received_at = tx.now().hour();
    let feedback = Feedback {
        id: FeedbackId::fresh(),
        topic: new.topic,
        wish: new.wish,
        scope: new.letter.scope.clone(),
        language: new.language,
        state: State::New,
        assigned_to: None,
        received_at,
        written_at: received_at,
        closed_at: None,
        version: 1,
        policy: general::in_force(tx)?,
    };
    store::insert(tx, &new.lookup, &feedback)?;
    keep(tx, &feedback, Author::Person, &new.letter, received_at)?;
    jobs::ensure(tx)?;
    note(tx, &Actor::Entrant, &feedback, "received", None)?;
    Ok(feedback)
}

/// The person writes once more; what was answered or closed is open again. Made from `version`, so
/// that a page sent twice is one letter.
///
/// # Errors
/// [`Error::Full`] where there are too many letters already.
pub fn write_again(
    tx: &mut Tx,
    lookup: &Hash,
    version: i64,
    letter: &SealedLetter,
) -> Result<Feedback, Error> {
    let feedback = store::by_lookup(tx, lookup)?.ok_or(Error::Unknown)?;
    if feedback.version != version {
        return Err(Error::Moved);
    }
    let letters = store::letters(tx, &feedback.id)?;
    let own = letters.iter().filter(|own| own.author == Author::Person);
    if own.count() >= MOST_LETTERS {
        return Err(Error::Full);
    }
    let written_at = tx.now().hour();
    let again = Feedback {
        state: match feedback.state.waits() {
            true => feedback.state,
            false => State::Reopened,
        },
        // What staff wrote within the hour is not later than this.
        written_at: written_at.max(feedback.written_at),
        closed_at: None,
        ..feedback
    };
    let again = store::save(tx, &again)?;
    keep(tx, &again, Author::Person, letter, written_at)?;
    note(tx, &Actor::Entrant, &again, "written", None)?;
    Ok(again)
}

fn keep(
    tx: &mut Tx,
    feedback: &Feedback,
    author: Author,
    letter: &SealedLetter,
    written_at: Timestamp,
) -> Result<Letter, Error> {
    vault::keep_scope(tx, &letter.scope, &letter.keys)?;
    let new = NewBox {
        activity: &letter.scope,
        item: &letter.item,
        kind: ItemKind::Request,
        sealed: &letter.sealed,
        own_copy: None,
    };
    vault::keep_all(tx, &[new])?;
    let last = store::letters(tx, &feedback.id)?
        .last()
        .map_or(0, |last| last.number);
    let mailed = author == Author::Library && feedback.wish == Wish::ByMail;
    let letter = Letter {
        number: last + 1,
        author,
        item: letter.item.clone(),
        written_at,
        mail: match mailed {
            true => Mailing::Waiting,
            false => Mailing::None,
        },
        attempts: 0,
        last_reply: String::new(),
    };
    store::insert_letter(tx, &feedback.id, &letter)?;
    Ok(letter)
}

/// What belongs to a reference code, by its lookup value.
pub fn find(tx: &mut Tx, lookup: &Hash) -> Result<Option<Feedback>, Error> {
    Ok(store::by_lookup(tx, lookup)?)
}

/// A matter by its id.
pub fn by_id(tx: &mut Tx, id: &FeedbackId) -> Result<Feedback, Error> {
    store::by_id(tx, id)?.ok_or(Error::Unknown)
}

/// Every matter: what waits for the library first and among it the oldest, then the rest, the latest
/// first.
pub fn list(tx: &mut Tx) -> Result<Vec<Feedback>, Error> {
    let mut all = store::list(tx)?;
    all.sort_by_key(|one| match one.state.waits() {
        true => (0, one.written_at.0),
        false => (1, -one.written_at.0),
    });
    Ok(all)
}

/// How many wait for the library.
pub fn waiting(tx: &mut Tx) -> Result<u64, Error> {
    Ok(store::count_waiting(tx)?)
}

/// The letters of a matter, in order.
pub fn letters(tx: &mut Tx, id: &FeedbackId) -> Result<Vec<Letter>, Error> {
    Ok(store::letters(tx, id)?)
}

/// Who did what, in order.
pub fn history(tx: &mut Tx, id: &FeedbackId) -> Result<Vec<Event>, Error> {
    Ok(store::events(tx, id)?)
}

/// When a matter is erased, as things stand.
pub fn kept_until(tx: &mut Tx, feedback: &Feedback) -> Result<Timestamp, Error> {
    let last = feedback.written_at.plus(LONGEST_KEPT);
    let days = retention::days(tx, Class::Feedback)?;
    Ok(match feedback.closed_at {
        Some(closed) => closed.plus(days * DAY).min(last),
        None => last,
    })
}

/// Whether a colleague can open what is assigned.
pub fn can_have(colleague: &Account) -> bool {
    let runs = |role: &Role| role.allows(Permission::RunActivities);
    let is_in = colleague.standing == Standing::Active && colleague.reach.is_whole();
    is_in && colleague.roles.iter().any(runs)
}

/// Gives a matter to a colleague, or takes it away from whoever has it; made from `version`.
pub fn assign(
    tx: &mut Tx,
    by: &StaffId,
    id: &FeedbackId,
    version: i64,
    to: Option<&StaffId>,
) -> Result<Feedback, Error> {
    let feedback = at_version(tx, id, version)?;
    if let Some(to) = to {
        let known = account::find(tx, to).map_err(|_| Error::NoColleague)?;
        if !can_have(&known) {
            return Err(Error::NoColleague);
        }
    }
    let state = match (feedback.state, to) {
        (State::New, Some(_)) => State::Assigned,
        (State::Assigned, None) => State::New,
        (state, _) => state,
    };
    let assigned = Feedback {
        state,
        assigned_to: to.cloned(),
        ..feedback
    };
    let assigned = store::save(tx, &assigned)?;
    let act = if to.is_some() { "assigned" } else { "freed" };
    note(tx, &Actor::Staff(by.clone()), &assigned, act, to)?;
    Ok(assigned)
}

/// Answers; the person reads it on the status page, and by mail where wished. Made from `version`.
pub fn answer(
    tx: &mut Tx,
    by: &StaffId,
    id: &FeedbackId,
    version: i64,
    letter: &SealedLetter,
) -> Result<Feedback, Error> {
    let feedback = at_version(tx, id, version)?;
    if feedback.state == State::Closed {
        return Err(Error::Moved);
    }
    let now = tx.now();
    let answered = Feedback {
        state: State::Answered,
        written_at: now,
        ..feedback
    };
    let answered = store::save(tx, &answered)?;
    let kept = keep(tx, &answered, Author::Library, letter, now)?;
    if kept.mail == Mailing::Waiting {
        jobs::enqueue_mail(tx, &answered.id, kept.number)?;
    }
    note(tx, &Actor::Staff(by.clone()), &answered, "answered", None)?;
    Ok(answered)
}

/// Closes a matter; from now on the days run after which it is erased. Made from `version`.
pub fn close(tx: &mut Tx, by: &Actor, id: &FeedbackId, version: i64) -> Result<Feedback, Error> {
    let feedback = at_version(tx, id, version)?;
    if feedback.state == State::Closed {
        return Err(Error::Moved);
    }
    let closed = Feedback {
        state: State::Closed,
        closed_at: Some(tx.now()),
        ..feedback
    };
    let closed = store::save(tx, &closed)?;
    note(tx, by, &closed, "closed", None)?;
    Ok(closed)
}

/// Opens a closed matter again. Made from `version`.
pub fn reopen(tx: &mut Tx, by: &StaffId, id: &FeedbackId, version: i64) -> Result<Feedback, Error> {
    let feedback = at_version(tx, id, version)?;
    if feedback.state != State::Closed {
        return Err(Error::Moved);
    }
    let reopened = Feedback {
        state: State::Reopened,
        closed_at: None,
        ..feedback
    };
    let reopened = store::save(tx, &reopened)?;
    note(tx, &Actor::Staff(by.clone()), &reopened, "reopened", None)?;
    Ok(reopened)
}

fn at_version(tx: &mut Tx, id: &FeedbackId, version: i64) -> Result<Feedback, Error> {
    let feedback = by_id(tx, id)?;
    match feedback.version == version {
        true => Ok(feedback),
        false => Err(Error::Moved),
    }
}

/// One line of the history, which goes with the matter, and one of the record, which stays and holds
/// ids alone.
fn note(
    tx: &mut Tx,
    by: &Actor,
    feedback: &Feedback,
    act: &'static str,
    about: Option<&StaffId>,
) -> Result<(), Error> {
    let now = tx.now();
    let event = Event {
        act: act.to_owned(),
        actor: by.to_string(),
        about: about.map_or_else(String::new, |about| about.0.clone()),
        at: match by {
            Actor::Entrant => now.hour(),
            Actor::Staff(_) | Actor::System => now,
        },
    };
    store::insert_event(tx, &feedback.id, &event)?;
    let act = Act {
        actor: by,
        act: recorded_as(act),
        activity: "",
        object: feedback.id.as_str(),
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}

fn recorded_as(act: &str) -> &'static str {
    match act {
        "received" => "feedback.received",
        "written" => "feedback.written",
        "assigned" => "feedback.assigned",
        "freed" => "feedback.freed",
        "answered" => "feedback.answered",
        "closed" => "feedback.closed",
        _ => "feedback.reopened",
    }
}

/// Closes what was answered and stayed quiet, removes what has had its time, and says which keys are
/// no longer needed: those of past months without a letter. May be repeated.
pub fn sweep(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let now = tx.now();
    for quiet in store::answered_before(tx, now.plus(-CLOSES_AFTER))? {
        close(tx, &Actor::System, &quiet.id, quiet.version)?;
    }
    let days = retention::days(tx, Class::Feedback)?;
    let over = store::over(tx, now.plus(-days * DAY), now.plus(-LONGEST_KEPT))?;
    if !over.is_empty() {
        db::tidy::wanted(tx)?;
    }
    for feedback in over {
        for letter in store::letters(tx, &feedback.id)? {
            vault::discard(tx, &feedback.scope, &letter.item)?;
        }
        store::remove(tx, &feedback.id)?;
    }
    let present = letter::scope_of(now);
    let mut empty = Vec::new();
    for key in vault::scopes(tx)? {
        let own = key.scope.starts_with(letter::SCOPES) && key.erased_at.is_none();
        if own && key.scope != present && store::count_in(tx, &key.scope)? == 0 {
            empty.push(key.scope);
        }
    }
    Ok(empty)
}
