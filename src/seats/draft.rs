//! The sessions of a draft, and what keeps it from being published.
//!
//! Invariant: sessions and terms change in a draft alone; once published, a session is only
//! enlarged or called off ([`super::line`]).

use crate::activity::draft::touched;
use crate::activity::{self, ActivityId, Allocation, Facts, Kind, LocalText};
use crate::audit::StaffId;
use crate::platform::clock::{DAY, HOUR, Timestamp};
use crate::platform::db::Tx;

use super::{Error, Session, SessionId, Terms, store};

/// Most sessions of one activity: each is a line on the form that everybody reads.
pub const MOST_SESSIONS: usize = 100;
/// Most places of one session, and most people in its line.
pub const MOST_PLACES: u32 = 100_000;
/// Most places of one person.
pub const MOST_PER_PERSON: u32 = 20;
/// The longest time before a session from which on no place comes back.
pub const LONGEST_BACK: i64 = 30 * DAY;
/// How long an offer may stand.
pub const OFFER_LASTS: (i64, i64) = (HOUR, 14 * DAY);

/// What a librarian types about one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What it is called.
    pub title: LocalText,
    /// Where it is.
    pub place: LocalText,
    /// When it begins.
    pub starts_at: Timestamp,
    /// How many places it has.
    pub capacity: u32,
    /// How many people may wait.
    pub waiting_places: u32,
}

/// Something that keeps sessions from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A language of the title is missing.
    TitleMissing,
    /// A language of the place is missing.
    PlaceMissing,
    /// It begins before anybody can enter, or, where places are drawn, before the draw.
    StartsTooEarly,
    /// It has no place, or more than a draw or a list can hold.
    CapacityUnfit,
    /// More people would wait than a list can hold.
    WaitingUnfit,
}

impl Planned {
    /// What is wrong with it among the dates of the activity, in the order of the form.
    pub fn troubles(&self, facts: &Facts) -> Vec<Trouble> {
        let earliest = match facts.kind {
            Kind::Seats(Allocation::ByLot) => facts.draws_at,
            _ => facts.opens_at,
        };
        let all = [
            (self.title.is_incomplete(), Trouble::TitleMissing),
            (self.place.is_incomplete(), Trouble::PlaceMissing),
            (self.starts_at <= earliest, Trouble::StartsTooEarly),
            (
                !(1..=MOST_PLACES).contains(&self.capacity),
                Trouble::CapacityUnfit,
            ),
            (self.waiting_places > MOST_PLACES, Trouble::WaitingUnfit),
        ];
        let wrong = all.into_iter().filter(|(wrong, _)| *wrong);
        wrong.map(|(_, trouble)| trouble).collect()
    }
}

impl From<&Session> for Planned {
    fn from(session: &Session) -> Planned {
        Planned {
            title: session.title.clone(),
            place: session.place.clone(),
            starts_at: session.starts_at,
            capacity: session.capacity,
            waiting_places: session.waiting_places,
        }
    }
}

/// Saves a session of a draft; a new one goes to the end.
///
/// # Errors
/// [`Error::Full`] where there are as many as a form can show.
pub fn save(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    id: Option<&SessionId>,
    planned: &Planned,
) -> Result<SessionId, Error> {
    touched(tx, by, activity, "activity.sessions_edited")?;
    let known = store::sessions::all(tx, activity)?;
    let id = match id {
        Some(id) => {
            let known = known.iter().find(|session| session.id == *id);
            let session = known.ok_or(Error::Unknown)?;
            store::sessions::update(tx, session, planned)?;
            id.clone()
        }
        None if known.len() >= MOST_SESSIONS => return Err(Error::Full { may_wait: false }),
        None => {
            let last = known.last().map_or(0, |session| session.position);
            let id = SessionId::fresh();
            store::sessions::insert(tx, activity, &id, last + 1, planned)?;
            id
        }
    };
    note_end(tx, activity)?;
    Ok(id)
}

/// Removes a session from a draft.
pub fn remove(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    id: &SessionId,
) -> Result<(), Error> {
    touched(tx, by, activity, "activity.sessions_edited")?;
    store::sessions::delete(tx, activity, id)?;
    note_end(tx, activity)
}

/// Saves what holds for every session of a draft.
pub fn save_terms(
    tx: &mut Tx,
    by: &StaffId,
    activity: &ActivityId,
    terms: &Terms,
) -> Result<(), Error> {
    touched(tx, by, activity, "activity.sessions_edited")?;
    Ok(store::sessions::set_terms(tx, activity, terms)?)
}

/// Data stays until the last session has begun at least.
fn note_end(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    let sessions = store::sessions::all(tx, activity)?;
    let last = sessions.iter().map(|session| session.starts_at).max();
    Ok(activity::draft::set_end(
        tx,
        activity,
        last.unwrap_or(Timestamp(0)),
    )?)
}

/// How many people the vault may write to: everybody who can hold or wait for a place.
pub fn places(sessions: &[Session]) -> u64 {
    let of = |session: &Session| u64::from(session.capacity) + u64::from(session.waiting_places);
    sessions.iter().map(of).sum()
}
