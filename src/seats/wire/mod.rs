//! What crosses the boundary of sessions: what people see of them, and staff's forms and lists.
//!
//! Invariant: numbers of free places are what was counted when the page was made; the pages say so.

pub mod planning;
pub mod running;

use serde::Serialize;

use crate::platform::clock::{HOUR, Timestamp};
use crate::platform::text::{self, Language};

use super::{Held, SeatNumber, SeatState, Session};

/// A session on the entry form.
#[derive(Serialize)]
pub struct SessionChoice {
    value: String,
    label: String,
    hint: String,
}

/// The sessions that can be picked at `now`, each with what is free.
pub fn choices(lang: Language, sessions: &[Session], now: Timestamp) -> Vec<SessionChoice> {
    let on = sessions.iter().filter(|session| session.is_on(now));
    on.map(|session| SessionChoice {
        value: session.id.0.clone(),
        label: session.named(lang),
        hint: text::message(
            lang,
            "seats-choice-hint",
            &[
                ("place", session.place.pick(lang).to_owned().into()),
                ("free", free_words(lang, session).into()),
            ],
        ),
    })
    .collect()
}

/// What is free, in words.
fn free_words(lang: Language, session: &Session) -> String {
    let numbers = |id: &str| {
        let args = [
            ("free", i64::from(session.free()).into()),
            ("capacity", i64::from(session.capacity).into()),
            ("waiting", i64::from(session.waiting).into()),
        ];
        text::message(lang, id, &args)
    };
    match (session.free(), session.free_to_wait()) {
        (1.., _) => numbers("seats-free"),
        (0, 1..) => numbers("seats-full-line"),
        (0, 0) if session.waiting_places > 0 => numbers("seats-full-all"),
        (0, 0) => numbers("seats-full-no-line"),
    }
}

/// Why a session cannot be had, as far as is known now; none where it can.
pub fn refusal(lang: Language, session: &Session, waits: bool, now: Timestamp) -> Option<String> {
    let id = match (session.free(), session.free_to_wait()) {
        _ if session.cancelled_at.is_some() => "seats-refused-cancelled",
        _ if now >= session.starts_at => "seats-refused-begun",
        (1.., _) => return None,
        (0, 1..) if waits => return None,
        (0, 1..) => "seats-refused-full-line",
        (0, 0) if session.waiting_places > 0 => "seats-refused-full",
        (0, 0) => "seats-refused-no-line",
    };
    let args = [("session", session.named(lang).into())];
    Some(text::message(lang, id, &args))
}

/// A session on the public page.
#[derive(Serialize)]
pub struct SessionView {
    title: String,
    place: String,
    starts_at: i64,
    capacity: u32,
    waiting_places: u32,
    taken: u32,
    waiting: u32,
    /// What is free, in words.
    free: String,
    /// `on`, `over` or `cancelled`.
    state: &'static str,
    reason: String,
}

impl SessionView {
    /// The session as it stands.
    pub fn of(lang: Language, session: &Session, now: Timestamp) -> SessionView {
        SessionView {
            title: session.title.pick(lang).to_owned(),
            place: session.place.pick(lang).to_owned(),
            starts_at: session.starts_at.0,
            capacity: session.capacity,
            waiting_places: session.waiting_places,
            taken: session.taken,
            waiting: session.waiting,
            free: free_words(lang, session),
            state: state_of(session, now),
            reason: session.cancelled_reason.clone(),
        }
    }
}

fn state_of(session: &Session, now: Timestamp) -> &'static str {
    match session.cancelled_at {
        Some(_) => "cancelled",
        None if now >= session.starts_at => "over",
        None => "on",
    }
}

/// A person's own place.
#[derive(Serialize)]
pub struct SeatView {
    /// The number that people know, with its check digit.
    number: String,
    session: String,
    place: String,
    starts_at: i64,
    state: &'static str,
    /// The state in words, and the kind of tag that shows it.
    tag: String,
    tag_kind: &'static str,
    /// The place in line, from 1.
    rank: u64,
    /// Until when an offer stands.
    offer_until: i64,
    /// Until when the place can be given back.
    back_until: i64,
    /// How long an offer stands, in hours.
    offer_hours: i64,
    answerable: bool,
    returnable: bool,
    /// The session: `on`, `over` or `cancelled`.
    session_state: &'static str,
    reason: String,
    /// Why staff took the place back; empty otherwise.
    taken_why: String,
    attended: bool,
}

impl SeatView {
    /// The place as it stands.
    pub fn of(lang: Language, held: &Held, now: Timestamp) -> SeatView {
        let Held { seat, session, .. } = held;
        SeatView {
            number: SeatNumber(seat.index).to_string(),
            session: session.title.pick(lang).to_owned(),
            place: session.place.pick(lang).to_owned(),
            starts_at: session.starts_at.0,
            state: seat.state.code(),
            tag: match missed(held, now) {
                Some(id) => text::message(lang, id, &[]),
                None => state_words(lang, seat.state),
            },
            tag_kind: match missed(held, now) {
                Some(_) => "stopped",
                None => state_kind(seat.state),
            },
            rank: held.rank,
            offer_until: seat.offer_until.0,
            back_until: held.returnable_until().0,
            offer_hours: held.terms.offer_lasts / HOUR,
            answerable: held.is_answerable(now),
            returnable: held.is_returnable(now),
            session_state: state_of(session, now),
            reason: session.cancelled_reason.clone(),
            taken_why: seat.reason.clone(),
            attended: seat.attended_at.is_some(),
        }
    }
}

/// What a person reads instead of the state where the session took it from them.
fn missed(held: &Held, now: Timestamp) -> Option<&'static str> {
    let state = held.seat.state;
    match held.session.cancelled_at {
        _ if !state.is_living() => None,
        Some(_) => Some("seats-state-cancelled"),
        None if held.session.was_in_vain(state, now) => Some("seats-state-missed"),
        None => None,
    }
}

/// A state in words.
pub fn state_words(lang: Language, state: SeatState) -> String {
    let id = match state {
        SeatState::Held => "seats-state-held",
        SeatState::Waiting => "seats-state-waiting",
        SeatState::Offered => "seats-state-offered",
        SeatState::Returned => "seats-state-returned",
        SeatState::Declined => "seats-state-declined",
        SeatState::Expired => "seats-state-expired",
        SeatState::TakenBack => "seats-state-taken-back",
    };
    text::message(lang, id, &[])
}

/// The kind of tag that shows a state.
fn state_kind(state: SeatState) -> &'static str {
    match state {
        SeatState::Held => "open",
        SeatState::Offered | SeatState::Waiting => "waiting",
        SeatState::Returned | SeatState::Declined | SeatState::Expired | SeatState::TakenBack => {
            "stopped"
        }
    }
}
