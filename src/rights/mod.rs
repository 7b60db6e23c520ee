//! Requests of people about their own data, with the clocks of the law (PDPA Art. 13).
//!
//! Invariant: what a person wrote, and what is answered, is sealed to a key of its quarter; a
//! request has one day by which it is answered, extended once at most and in writing; every change
//! of it is on record. Answering changes no entry: staff cannot edit what a person wrote.
//!
//! Not here: what a person does alone with a receipt (`entry`).

use lucky_draw::encode::Hash;

use crate::activity::ActivityId;
use crate::audit::{self, Act, Actor};
use crate::entry::EntryId;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::platform::text::Language;
use crate::policy::retention::{self, Class};
use crate::vault::{self, ItemKind, NewBox};

pub mod clock;
pub mod jobs;
pub mod letter;
pub mod pages;
mod store;
mod wire;

pub use clock::RequestKind;
use letter::SealedLetter;

text_id!(
    /// Names a request for staff; the person knows it by a secret reference code.
    RequestId,
    10
);

/// From so many days before it is due, a request is shown as urgent.
pub const SOON: i64 = 5 * DAY;

/// Where a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Waits for the library.
    Open,
    /// Answered; the person reads the answer with the reference code.
    Answered,
    /// Taken back by the person.
    Closed,
}

impl RequestState {
    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            RequestState::Open => "open",
            RequestState::Answered => "answered",
            RequestState::Closed => "closed",
        }
    }

    fn parse(code: &str) -> RequestState {
        [RequestState::Open, RequestState::Answered]
            .into_iter()
            .find(|state| state.code() == code)
            .unwrap_or(RequestState::Closed)
    }
}

/// A request as its row says it; nothing of what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Which right.
    pub kind: RequestKind,
    /// The activity it is about, if the person named one.
    pub activity: Option<ActivityId>,
    /// The entry that the person proved by the receipt code; gone with the activity's data.
    pub entry: Option<EntryId>,
    /// The key to which its letters are sealed.
    pub scope: String,
    /// The row of the person's letter.
    pub item: String,
    /// The row of the answer.
    pub answer_item: Option<String>,
    /// The language of the person.
    pub language: Language,
    /// When it came.
    pub received_at: Timestamp,
    /// By when it was to be answered.
    pub due_at: Timestamp,
    /// By when after the one extension.
    pub extended_to: Option<Timestamp>,
    /// Why it was extended, as the person reads it.
    pub extension_reason: String,
    /// Where it is.
    pub state: RequestState,
    /// When it was answered or taken back.
    pub answered_at: Option<Timestamp>,
    /// Who handled it last, as [`audit::Actor`] prints; empty before.
    pub handled_by: String,
}

impl Request {
    /// By when the library answers, an extension counted in.
    pub fn due(&self) -> Timestamp {
        self.extended_to.unwrap_or(self.due_at)
    }

    /// How it stands with the clock at `now`.
    pub fn urgency(&self, now: Timestamp) -> Urgency {
        match self.state {
            RequestState::Open if self.due() < now => Urgency::Overdue,
            RequestState::Open if self.due().plus(-SOON) < now => Urgency::Soon,
            _ => Urgency::None,
        }
    }
}

/// How it stands with a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// There is time, or nothing to do.
    None,
    /// The day is near.
    Soon,
    /// The day has passed.
    Overdue,
}

/// How staff made sure that whoever asks is the person whom the answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identified {
    /// By the receipt code of the entry.
    Receipt,
    /// The person came and showed the ID card.
    Card,
    /// By the telephone number or address that the library had before the request.
    Reach,
    /// Not at all: the answer tells of nobody.
    NotNeeded,
}

impl Identified {
    /// What staff choose from where no receipt code was typed.
    pub const CHOICES: [Identified; 3] =
        [Identified::Card, Identified::Reach, Identified::NotNeeded];

    /// The word in forms and in the record.
    pub fn code(self) -> &'static str {
        match self {
            Identified::Receipt => "receipt",
            Identified::Card => "card",
            Identified::Reach => "reach",
            Identified::NotNeeded => "not-needed",
        }
    }

    /// Reads [`Identified::code`] of a choice.
    pub fn parse(code: &str) -> Option<Identified> {
        Identified::CHOICES
            .into_iter()
            .find(|choice| choice.code() == code)
    }
}

/// What waits for the library, for the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// Open requests.
    pub open: u64,
    /// Of these, near their day.
    pub soon: u64,
    /// Of these, past it.
    pub overdue: u64,
    /// The first day that was missed.
    pub first_overdue: Option<Timestamp>,
    /// The next day, of those that are not past it.
    pub next: Option<Timestamp>,
}

/// A request that came, sealed.
#[derive(Clone)]
pub struct NewRequest {
    /// By what the person finds it again (`Vault::lookup` of the reference code).
    pub lookup: Hash,
    /// Which right.
    pub kind: RequestKind,
    /// The activity, if the person named one.
    pub activity: Option<ActivityId>,
    /// The entry, if the person proved one.
    pub entry: Option<EntryId>,
    /// The language of the person.
    pub language: Language,
    /// What was written, sealed to the key of the quarter.
    pub letter: SealedLetter,
}

/// Why a request could not be taken or answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No request belongs to this id or code.
    #[error("no such request")]
    Unknown,
    /// It was answered or taken back.
    #[error("the request is no longer open")]
    NotOpen,
    /// It was extended before; the law knows one extension.
    #[error("the request was extended before")]
    Extended,
    /// The extension came after the day.
    #[error("the day has passed; it cannot be extended any more")]
    TooLate,
    /// The same request was stored meanwhile.
    #[error("the same request was stored meanwhile")]
    Twice,
    /// The key of its quarter is destroyed.
    #[error("the letters of this quarter are destroyed")]
    Gone,
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The activity.
    #[error(transparent)]
    Activity(#[from] crate::activity::Error),
    /// How long requests are kept.
    #[error(transparent)]
    Policy(#[from] crate::policy::Error),
    /// The entry.
    #[error(transparent)]
    Entry(#[from] crate::entry::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::NotOpen | Error::Extended | Error::TooLate | Error::Twice => Kind::Conflict,
            Error::Gone => Kind::Gone,
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Activity(error) => error.kind(),
            Error::Policy(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "rights.unknown",
            Error::NotOpen => "rights.not_open",
            Error::Extended => "rights.extended",
            Error::TooLate => "rights.too_late",
            Error::Twice => "rights.twice",
            Error::Gone => "rights.gone",
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Activity(error) => error.code(),
            Error::Policy(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// Takes a request. The same one sent twice, known by its reference code, is one.
pub fn open(tx: &mut Tx, new: &NewRequest) -> Result<Request, Error> {
    if let Some(earlier) = store::by_lookup(tx, &new.lookup)? {
        return Ok(earlier);
    }
    // Beside the entry, and so beside the ticket: the hour and nothing finer. A clock counts whole
    // days, so nobody waits longer for it.
    let received_at = tx.now().hour();
    let request = Request {
        id: RequestId::fresh(),
        kind: new.kind,
        activity: new.activity.clone(),
        entry: new.entry.clone(),
        scope: new.letter.scope.clone(),
        item: new.letter.item.clone(),
        answer_item: None,
        language: new.language,
        received_at,
        due_at: new.kind.due(received_at),
        extended_to: None,
        extension_reason: String::new(),
        state: RequestState::Open,
        answered_at: None,
        handled_by: String::new(),
    };
    store::insert(tx, &new.lookup, &request)?;
    keep(tx, &new.letter)?;
    jobs::ensure(tx)?;
    record(tx, &Actor::Entrant, "rights.received", &request, "")?;
    Ok(request)
}

fn keep(tx: &mut Tx, letter: &SealedLetter) -> Result<(), Error> {
    vault::keep_scope(tx, &letter.scope, &letter.keys)?;
    let new = NewBox {
        activity: &letter.scope,
        item: &letter.item,
        kind: ItemKind::Request,
        sealed: &letter.sealed,
        own_copy: None,
    };
    Ok(vault::keep_all(tx, &[new])?)
}

/// The request of a reference code, by its lookup value.
pub fn find(tx: &mut Tx, lookup: &Hash) -> Result<Option<Request>, Error> {
    Ok(store::by_lookup(tx, lookup)?)
}

/// A request by its id.
pub fn by_id(tx: &mut Tx, id: &RequestId) -> Result<Request, Error> {
    store::by_id(tx, id)?.ok_or(Error::Unknown)
}

/// Every request, open ones first and among them those that are due first.
pub fn list(tx: &mut Tx) -> Result<Vec<Request>, Error> {
    let mut requests = store::list(tx)?;
    requests.sort_by_key(|request| match request.state {
        RequestState::Open => (0, request.due().0),
        _ => (1, -request.answered_at.map_or(0, |at| at.0)),
    });
    Ok(requests)
}

/// What waits for the library now.
pub fn due(tx: &mut Tx) -> Result<Due, Error> {
    let now = tx.now();
    let mut due = Due::default();
    for request in store::open(tx)? {
        due.open += 1;
        let day = request.due();
        match request.urgency(now) {
            Urgency::Overdue => {
                due.overdue += 1;
                due.first_overdue = Some(due.first_overdue.map_or(day, |first| first.min(day)));
            }
            urgency => {
                due.soon += u64::from(urgency == Urgency::Soon);
                due.next = Some(due.next.map_or(day, |next| next.min(day)));
            }
        }
    }
    Ok(due)
}

/// Gives the library as many days again, once, for a reason that the person reads.
///
/// # Errors
/// [`Error::TooLate`] after the day: what is overdue is answered, not extended.
pub fn extend(tx: &mut Tx, by: &Actor, id: &RequestId, reason: &str) -> Result<Request, Error> {
    let request = waiting(tx, id)?;
    if request.extended_to.is_some() {
        return Err(Error::Extended);
    }
    if request.due_at < tx.now() {
        return Err(Error::TooLate);
    }
    let extended = Request {
        extended_to: Some(request.kind.extended(request.received_at)),
        extension_reason: reason.to_owned(),
        handled_by: by.to_string(),
        ..request
    };
    store::save(tx, &extended)?;
    record(tx, by, "rights.extended", &extended, reason)?;
    Ok(extended)
}

/// Answers a request; the sealed answer is read on the status page.
pub fn answer(
    tx: &mut Tx,
    by: &Actor,
    id: &RequestId,
    letter: &SealedLetter,
    identified: Identified,
) -> Result<Request, Error> {
    let request = waiting(tx, id)?;
    let answered = Request {
        state: RequestState::Answered,
        answered_at: Some(tx.now()),
        answer_item: Some(letter.item.clone()),
        handled_by: by.to_string(),
        ..request
    };
    keep(tx, letter)?;
    store::save(tx, &answered)?;
    record(tx, by, "rights.answered", &answered, identified.code())?;
    Ok(answered)
}

/// The person takes the request back; what was written goes at once. A second time is the same.
pub fn take_back(tx: &mut Tx, lookup: &Hash) -> Result<Request, Error> {
    let request = store::by_lookup(tx, lookup)?.ok_or(Error::Unknown)?;
    if request.state != RequestState::Open {
        return Ok(request);
    }
    vault::discard(tx, &request.scope, &request.item)?;
    let closed = Request {
        state: RequestState::Closed,
        answered_at: Some(tx.now().hour()),
        ..request
    };
    store::save(tx, &closed)?;
    record(tx, &Actor::Entrant, "rights.taken_back", &closed, "")?;
    Ok(closed)
}

fn waiting(tx: &mut Tx, id: &RequestId) -> Result<Request, Error> {
    let request = by_id(tx, id)?;
    match request.state {
        RequestState::Open => Ok(request),
        _ => Err(Error::NotOpen),
    }
}

fn record(
    tx: &mut Tx,
    by: &Actor,
    act: &'static str,
    request: &Request,
    reason: &str,
) -> Result<(), Error> {
    let activity = request.activity.as_ref().map_or("", ActivityId::as_str);
    let act = Act {
        actor: by,
        act,
        activity,
        object: request.id.as_str(),
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}

/// Removes requests whose time is over, and says which keys are no longer needed: those of past
/// quarters without a request. What was removed is out of the files after the next tidying. May be
/// repeated.
pub fn sweep(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let now = tx.now();
    let kept = retention::days(tx, Class::Requests)? * DAY;
    let over = store::over(tx, now.plus(-kept))?;
    if !over.is_empty() {
        db::tidy::wanted(tx)?;
    }
    for request in over {
        for item in [Some(&request.item), request.answer_item.as_ref()]
            .into_iter()
            .flatten()
        {
            vault::discard(tx, &request.scope, item)?;
        }
        store::remove(tx, &request.id)?;
    }
    let present = clock::scope_of(now);
    let mut empty = Vec::new();
    for key in vault::scopes(tx)? {
        let of_requests = key.scope.starts_with("_requests-") && key.erased_at.is_none();
        if of_requests && key.scope != present && store::count_in(tx, &key.scope)? == 0 {
            empty.push(key.scope);
        }
    }
    Ok(empty)
}

/// Erases what ties requests to entries of an activity; the requests themselves have their own
/// time. How many rows; may be repeated.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::untie(tx, activity)?)
}

/// How many requests still name an entry of the activity.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::tied(tx, activity)?)
}
