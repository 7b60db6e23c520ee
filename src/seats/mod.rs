//! Places in sessions: who holds one, who waits for one, and who is offered the next.
//!
//! Invariants: of a session never more places are held and offered than it has: one conditional
//! update counts a place, in the transaction that stores who got it, and a CHECK of the database is
//! the last word. Whoever waits moves up in the order of arrival, and nobody passes them. A person
//! has one place in a session, and in all as many as the activity says.
//!
//! Not here: who somebody is (a keyed tag comes in, made by the vault), the entry itself
//! ([`crate::entry`]), sending letters ([`crate::notify`]). Places that are drawn by lot are prizes
//! of a draw ([`crate::draw`]); of them this domain keeps the sessions and nobody's place.

use lucky_draw::encode::Hash;

use std::fmt;
use std::str::FromStr;

use lucky_draw::ticket::{TicketNumber, TicketNumberError};

use crate::activity::{self, ActivityId, LocalText};
use crate::audit;
use crate::platform::clock::{HOUR, Timestamp};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::platform::text::{self, Language, dates};
use crate::vault;

pub mod door;
pub mod draft;
pub mod jobs;
pub mod letters;
pub mod line;
pub mod pages;
mod store;
mod taking;
pub mod wire;

pub use letters::{Letter, LetterId, LetterKind, LetterStage};
pub use taking::{Placed, Wish, take};

text_id!(
    /// Names a session inside its activity.
    SessionId,
    12
);

/// What holds for every session of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How many places one person may have, in different sessions.
    pub per_person: u32,
    /// A place can be given back until so long before its session begins.
    pub back_before: i64,
    /// How long an offer stands; never past the beginning of the session.
    pub offer_lasts: i64,
}

impl Terms {
    /// What an activity has for which nobody said anything.
    pub const USUAL: Terms = Terms {
        per_person: 1,
        back_before: 24 * HOUR,
        offer_lasts: 24 * HOUR,
    };
}

/// One session, as it was published and as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its activity.
    pub activity: ActivityId,
    /// Its id.
    pub id: SessionId,
    /// Its place in the list, from 1.
    pub position: u32,
    /// What it is called, such as 上午場.
    pub title: LocalText,
    /// Where it is.
    pub place: LocalText,
    /// When it begins.
    pub starts_at: Timestamp,
    /// How many places it has.
    pub capacity: u32,
    /// How many people may wait.
    pub waiting_places: u32,
    /// Places that somebody holds or is offered.
    pub taken: u32,
    /// People in line.
    pub waiting: u32,
    /// How many came in all.
    pub arrivals: u64,
    /// When it was called off, if it was.
    pub cancelled_at: Option<Timestamp>,
    /// Why, for the public; empty otherwise.
    pub cancelled_reason: String,
}

impl Session {
    /// Places that can be had at once; none while somebody waits, because they come first.
    pub fn free(&self) -> u32 {
        match self.waiting {
            0 => self.capacity.saturating_sub(self.taken),
            _ => 0,
        }
    }

    /// Places in the line that are free.
    pub fn free_to_wait(&self) -> u32 {
        self.waiting_places.saturating_sub(self.waiting)
    }

    /// Its name and time in words.
    pub fn named(&self, language: Language) -> String {
        let args = [
            ("title", self.title.pick(language).to_owned().into()),
            ("when", dates::datetime(language, self.starts_at.0).into()),
        ];
        text::message(language, "seats-named", &args)
    }

    /// Its name, time and room in words.
    pub fn described(&self, language: Language) -> String {
        let args = [
            ("session", self.named(language).into()),
            ("place", self.place.pick(language).to_owned().into()),
        ];
        text::message(language, "seats-picked", &args)
    }

    /// Whether places of it are given at `now`.
    pub fn is_on(&self, now: Timestamp) -> bool {
        self.cancelled_at.is_none() && now < self.starts_at
    }

    /// Whether whoever stands so with it at `now` got nothing from it and never will: it does not
    /// count among the places that a person may have.
    pub fn was_in_vain(&self, state: SeatState, now: Timestamp) -> bool {
        self.cancelled_at.is_some() || state != SeatState::Held && now >= self.starts_at
    }
}

/// Where a person stands with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    /// The place is theirs.
    Held,
    /// In line.
    Waiting,
    /// A place came free and is theirs if they say so in time.
    Offered,
    /// Given back, or left the line.
    Returned,
    /// The offer was declined.
    Declined,
    /// The offer passed without an answer.
    Expired,
    /// Staff took it back, for a reason that the person reads.
    TakenBack,
}

impl SeatState {
    /// Every state, in the order of lists.
    pub const ALL: [SeatState; 7] = [
        SeatState::Held,
        SeatState::Offered,
        SeatState::Waiting,
        SeatState::Returned,
        SeatState::Declined,
        SeatState::Expired,
        SeatState::TakenBack,
    ];

    /// The states of a person who has, is offered or waits for a place.
    pub const LIVING: [SeatState; 3] = [SeatState::Held, SeatState::Offered, SeatState::Waiting];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            SeatState::Held => "held",
            SeatState::Waiting => "waiting",
            SeatState::Offered => "offered",
            SeatState::Returned => "returned",
            SeatState::Declined => "declined",
            SeatState::Expired => "expired",
            SeatState::TakenBack => "taken_back",
        }
    }

    /// Reads [`SeatState::code`].
    pub fn parse(code: &str) -> Option<SeatState> {
        SeatState::ALL
            .into_iter()
            .find(|state| state.code() == code)
    }

    /// Whether the person has, is offered or waits for a place.
    pub fn is_living(self) -> bool {
        SeatState::LIVING.contains(&self)
    }
}

/// The number of a place as people know it: arrivals counted from 1, with the check digit of
/// tickets. It holds the index, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatNumber(pub u64);

impl fmt::Display for SeatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TicketNumber(self.0.saturating_add(1)).fmt(f)
    }
}

impl FromStr for SeatNumber {
    type Err = TicketNumberError;

    fn from_str(typed: &str) -> Result<SeatNumber, TicketNumberError> {
        let TicketNumber(number) = typed.parse()?;
        let index = number.checked_sub(1);
        index.map(SeatNumber).ok_or(TicketNumberError::Form)
    }
}

/// One person's place, or the place in line; nothing of the person but the keyed tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The entry that it belongs to.
    pub entry: String,
    /// The session.
    pub session: SessionId,
    /// Which arrival in the session it was, from 0: the number that people know.
    pub index: u64,
    /// The keyed tag of the person; zeros once it was given back.
    pub tag: Hash,
    /// Which of the person's places it is, from 0; beyond the most that a person may have where it
    /// counts no more.
    pub nth: u32,
    /// Where it stands.
    pub state: SeatState,
    /// The hour in which the person came.
    pub taken_hour: Timestamp,
    /// Until when the offer stands; 0 where there was none.
    pub offer_until: Timestamp,
    /// When the person was seen at the door.
    pub attended_at: Option<Timestamp>,
    /// Why staff took it back; empty otherwise.
    pub reason: String,
}

/// A person's place with everything around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The place.
    pub seat: Seat,
    /// Its session.
    pub session: Session,
    /// What holds for all sessions.
    pub terms: Terms,
    /// For whoever waits: the place in line, from 1; 0 otherwise.
    pub rank: u64,
}

impl Held {
    /// Until when the place can be given back; somebody in line can leave it at any time before
    /// the session.
    pub fn returnable_until(&self) -> Timestamp {
        match self.seat.state {
            SeatState::Held => self.session.starts_at.plus(-self.terms.back_before),
            _ => self.session.starts_at,
        }
    }

    /// Whether the place can be given back at `now`.
    pub fn is_returnable(&self, now: Timestamp) -> bool {
        self.seat.state.is_living()
            && self.session.cancelled_at.is_none()
            && now < self.returnable_until()
    }

    /// Whether an offer can be answered at `now`.
    pub fn is_answerable(&self, now: Timestamp) -> bool {
        self.seat.state == SeatState::Offered
            && self.session.is_on(now)
            && now < self.seat.offer_until
    }
}

/// Why a place could not be given, kept or passed on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such session or place.
    #[error("no such session or place")]
    Unknown,
    /// The session was called off.
    #[error("the session is cancelled")]
    Cancelled,
    /// The session has begun.
    #[error("the session has begun")]
    Begun,
    /// No place is free, and the person did not want to wait, or nobody more can.
    #[error("the session is full")]
    Full {
        /// Whether somebody could still be put in line.
        may_wait: bool,
    },
    /// The person has a place in this session already.
    #[error("the person has a place in this session")]
    Again,
    /// The person has as many places as the activity allows.
    #[error("the person has as many places as are allowed")]
    Enough,
    /// Another request stored the same place at the same time.
    #[error("the same place was stored meanwhile")]
    Twice,
    /// It stands differently by now, or its time has passed.
    #[error("it stands differently by now")]
    Moved,
    /// The activity.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Error {
    /// Whether nothing was written and somebody else's entry is none the worse for it.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Error::Unknown
                | Error::Cancelled
                | Error::Begun
                | Error::Full { .. }
                | Error::Again
                | Error::Enough
        )
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::Cancelled
            | Error::Begun
            | Error::Full { .. }
            | Error::Again
            | Error::Enough
            | Error::Twice
            | Error::Moved => Kind::Conflict,
            Error::Activity(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "seats.unknown",
            Error::Cancelled => "seats.cancelled",
            Error::Begun => "seats.begun",
            Error::Full { .. } => "seats.full",
            Error::Again => "seats.again",
            Error::Enough => "seats.enough",
            Error::Twice => "seats.twice",
            Error::Moved => "seats.moved",
            Error::Activity(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// What holds for every session of an activity.
pub fn terms(tx: &mut Tx, activity: &ActivityId) -> Result<Terms, Error> {
    Ok(store::sessions::terms(tx, activity)?.unwrap_or(Terms::USUAL))
}

/// The sessions of an activity, in their order; none where it is of another kind.
pub fn sessions(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Session>, Error> {
    Ok(store::sessions::all(tx, activity)?)
}

/// One session.
pub fn session(tx: &mut Tx, activity: &ActivityId, id: &SessionId) -> Result<Session, Error> {
    store::sessions::find(tx, activity, id)?.ok_or(Error::Unknown)
}

/// The place of an entry with everything around it; none where the activity gives no places first
/// come.
pub fn of_entry(tx: &mut Tx, activity: &ActivityId, entry: &str) -> Result<Option<Held>, Error> {
    let Some(seat) = store::seats::find(tx, activity, entry)? else {
        return Ok(None);
    };
    let session = session(tx, activity, &seat.session)?;
    let rank = match seat.state {
        SeatState::Waiting => store::seats::count_before(tx, activity, &seat)? + 1,
        _ => 0,
    };
    Ok(Some(Held {
        terms: terms(tx, activity)?,
        seat,
        session,
        rank,
    }))
}

/// The places of a session in the order of arrival, given-back ones too.
pub fn list(tx: &mut Tx, activity: &ActivityId, session: &SessionId) -> Result<Vec<Seat>, Error> {
    Ok(store::seats::list(tx, activity, session)?)
}

/// The keyed tag of every entry that has one here, for those who look for a person's entries.
pub fn tags(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<(String, Hash)>, Error> {
    Ok(store::seats::tags(tx, activity)?)
}

/// Which entries carry one of these tags.
pub fn with_tags(
    tx: &mut Tx,
    activity: &ActivityId,
    tags: &[Hash],
) -> Result<Vec<(String, Hash)>, Error> {
    Ok(store::seats::with_tags(tx, activity, tags)?)
}

/// Removes the sessions of a draft that is thrown away.
pub fn forget_draft(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    Ok(store::sessions::delete_all(tx, activity)?)
}

/// Erases every row about people; how many went. The sessions stay as they were published.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::letters::forget(tx, activity)? + store::seats::forget(tx, activity)?)
}

/// How many rows about people are still here.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::letters::left(tx, activity)? + store::seats::left(tx, activity)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_count_places_from_one() {
        assert_eq!(SeatNumber(0).to_string(), TicketNumber(1).to_string());
        for index in [0, 1, 8, 99, 100_000] {
            assert_eq!(SeatNumber(index).to_string().parse(), Ok(SeatNumber(index)));
        }
        assert!("0-0".parse::<SeatNumber>().is_err());
    }
}
