//! What staff see of published sessions: numbers, hours and states, and no person (`decisions` D18).

use serde::Serialize;

use crate::activity::wire::Heading;
use crate::activity::{Facts, Field};
use crate::audit::detector;
use crate::platform::clock::Timestamp;
use crate::platform::formula::disarmed;
use crate::platform::text::{self, Language, dates};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::seats::letters::{Letter, LetterStage};
use crate::seats::line::More;
use crate::seats::{Seat, SeatNumber, SeatState, Session};

use super::{SessionView, state_kind, state_words};

/// Lines on a page of the list.
pub const PAGE_LINES: usize = 40;
/// Longest reason for which a place is taken back, in characters: it stands in a letter.
const LONGEST_REASON: usize = 200;

/// The sessions of a published activity.
#[derive(Serialize)]
pub struct SessionsView {
    heading: Heading,
    sessions: Vec<SessionLine>,
}

#[derive(Serialize)]
struct SessionLine {
    id: String,
    view: SessionView,
}

impl SessionsView {
    /// The page.
    pub fn of(lang: Language, facts: &Facts, sessions: &[Session], now: Timestamp) -> SessionsView {
        let line = |session: &Session| SessionLine {
            id: session.id.0.clone(),
            view: SessionView::of(lang, session, now),
        };
        SessionsView {
            heading: Heading::at(lang, facts, now),
            sessions: sessions.iter().map(line).collect(),
        }
    }
}

/// Everything that one session's page is made of.
pub struct Running {
    /// The activity.
    pub facts: Facts,
    /// The session.
    pub session: Session,
    /// Its places in the order of arrival.
    pub seats: Vec<Seat>,
    /// Its letters.
    pub letters: Vec<Letter>,
    /// What tells people apart at the door.
    pub field: Field,
}

/// One session with its list, its door and what staff can change.
#[derive(Serialize)]
pub struct RunningView {
    heading: Heading,
    path: String,
    view: SessionView,
    waiting_places: u32,
    held: usize,
    offered: usize,
    waiting: usize,
    came: usize,
    lines: Vec<SeatLine>,
    page_now: usize,
    last: usize,
    letters: Vec<LetterCount>,
    /// `national_id`, `email` or `phone`.
    field: &'static str,
    typed: Typed,
    mistakes: Mistakes,
}

/// One place: its number, hour and state.
#[derive(Serialize)]
struct SeatLine {
    number: String,
    hour: i64,
    state: &'static str,
    state_words: String,
    kind: &'static str,
    offer_until: i64,
    came: bool,
    held: bool,
}

/// How many letters came how far.
#[derive(Serialize)]
struct LetterCount {
    words: String,
    count: usize,
}

/// What was typed into the forms of the page.
#[derive(Debug, Default, Serialize)]
pub struct Typed {
    number: String,
    capacity: String,
    waiting_places: String,
    reason: String,
    take_number: String,
    take_reason: String,
}

impl Typed {
    /// What the browser sent; the ID number and the code are not shown again.
    pub fn of(form: &FormFields) -> Typed {
        let typed = |name: &str| form.value(name).trim().to_owned();
        Typed {
            number: typed("number"),
            capacity: typed("capacity"),
            waiting_places: typed("waiting_places"),
            reason: typed("reason"),
            take_number: typed("take_number"),
            take_reason: typed("take_reason"),
        }
    }
}

impl RunningView {
    /// The page; `page` counts from 1.
    pub fn of(
        lang: Language,
        running: &Running,
        page: usize,
        typed: Typed,
        mistakes: Mistakes,
        now: Timestamp,
    ) -> RunningView {
        let Running { facts, session, .. } = running;
        let count = |state| {
            running
                .seats
                .iter()
                .filter(|seat| seat.state == state)
                .count()
        };
        let last = running.seats.len().div_ceil(PAGE_LINES).max(1);
        let page = page.clamp(1, last);
        let shown = running.seats.iter().skip((page - 1) * PAGE_LINES);
        let typed = match typed.capacity.is_empty() && typed.waiting_places.is_empty() {
            true => Typed {
                capacity: session.capacity.to_string(),
                waiting_places: session.waiting_places.to_string(),
                ..typed
            },
            false => typed,
        };
        RunningView {
            heading: Heading::at(lang, facts, now),
            path: path(facts, session),
            view: SessionView::of(lang, session, now),
            waiting_places: session.waiting_places,
            held: count(SeatState::Held),
            offered: count(SeatState::Offered),
            waiting: count(SeatState::Waiting),
            came: running
                .seats
                .iter()
                .filter(|seat| seat.attended_at.is_some())
                .count(),
            lines: shown
                .take(PAGE_LINES)
                .map(|seat| SeatLine::of(lang, seat))
                .collect(),
            page_now: page,
            last,
            letters: letter_counts(lang, &running.letters),
            field: running.field.code(),
            typed,
            mistakes,
        }
    }
}

/// The page of a session, without a language.
pub fn path(facts: &Facts, session: &Session) -> String {
    format!("/staff/activities/{}/seats/{}", facts.id, session.id)
}

impl SeatLine {
    fn of(lang: Language, seat: &Seat) -> SeatLine {
        SeatLine {
            number: SeatNumber(seat.index).to_string(),
            hour: seat.taken_hour.0,
            state: seat.state.code(),
            state_words: state_words(lang, seat.state),
            kind: state_kind(seat.state),
            offer_until: seat.offer_until.0,
            came: seat.attended_at.is_some(),
            held: seat.state == SeatState::Held,
        }
    }
}

fn letter_counts(lang: Language, letters: &[Letter]) -> Vec<LetterCount> {
    let words = |stage| match stage {
        LetterStage::Waiting | LetterStage::Sending => "seats-letters-waiting",
        LetterStage::Sent => "seats-letters-sent",
        LetterStage::Uncertain => "seats-letters-uncertain",
        LetterStage::Refused => "seats-letters-refused",
        LetterStage::NoAddress => "seats-letters-no-address",
        LetterStage::Dropped => "seats-letters-dropped",
    };
    let all = [
        LetterStage::Waiting,
        LetterStage::Sent,
        LetterStage::Uncertain,
        LetterStage::Refused,
        LetterStage::NoAddress,
        LetterStage::Dropped,
    ];
    let counts = all.map(|stage| LetterCount {
        words: text::message(lang, words(stage), &[]),
        count: letters
            .iter()
            .filter(|letter| words(letter.stage) == words(stage))
            .count(),
    });
    counts.into_iter().filter(|each| each.count > 0).collect()
}

/// Reads the form of more places; never fewer than there are.
pub fn more(lang: Language, form: &FormFields, session: &Session) -> Result<More, Mistakes> {
    let mut mistakes = Mistakes::new();
    let mut number = |field: &str, least: u32, id: &str| {
        let typed = form.value(field).trim().parse::<u32>().ok();
        let most = crate::seats::draft::MOST_PLACES;
        typed
            .filter(|number| (least..=most).contains(number))
            .unwrap_or_else(|| {
                let args = [("least", i64::from(least).into())];
                mistakes.add(field, text::message(lang, id, &args));
                least
            })
    };
    let more = More {
        capacity: number("capacity", session.capacity, "seats-more-capacity"),
        waiting_places: number("waiting_places", session.waiting_places, "seats-more-line"),
    };
    match mistakes.is_empty() {
        true => Ok(more),
        false => Err(mistakes),
    }
}

/// Reads the form with which staff take a place back: its number, and why.
pub fn taking_back(
    lang: Language,
    form: &FormFields,
    running: &Running,
) -> Result<(SeatNumber, String), Mistakes> {
    let mut mistakes = Mistakes::new();
    let say = |id: &str| text::message(lang, id, &[]);
    let number = form.value("take_number").trim().parse::<SeatNumber>().ok();
    let seat = number.and_then(|SeatNumber(index)| {
        let mut living = running.seats.iter().filter(|seat| seat.state.is_living());
        living.find(|seat| seat.index == index)
    });
    match seat {
        None => mistakes.add("take_number", say("seats-take-nobody")),
        Some(seat) if seat.attended_at.is_some() => {
            mistakes.add("take_number", say("seats-take-came"));
        }
        Some(_) => {}
    }
    let reason = form.value("take_reason").trim().to_owned();
    if reason.is_empty() {
        mistakes.add("take_reason", say("seats-take-reason-missing"));
    } else if reason.chars().count() > LONGEST_REASON {
        mistakes.add("take_reason", say("seats-take-reason-long"));
    } else if let Some(trace) = detector::find(&reason) {
        mistakes.add("take_reason", say(trace.message_id()));
    }
    if form.value("take_sure").trim().is_empty() {
        mistakes.add("take_sure", say("seats-take-sure-missing"));
    }
    match seat {
        Some(seat) if mistakes.is_empty() => Ok((SeatNumber(seat.index), reason)),
        _ => Err(mistakes),
    }
}

/// The list for the door as a table: number, hour, state, whether the person came.
pub fn sheet(lang: Language, running: &Running) -> Vec<u8> {
    let say = |id: &str| text::message(lang, id, &[]);
    let head = [
        "seats-sheet-number",
        "seats-sheet-hour",
        "seats-sheet-state",
        "seats-sheet-came",
    ]
    .map(say);
    let mut lines = vec![head.to_vec()];
    for seat in &running.seats {
        lines.push(vec![
            SeatNumber(seat.index).to_string(),
            dates::datetime(lang, seat.taken_hour.0),
            state_words(lang, seat.state),
            match seat.attended_at {
                Some(_) => say("seats-sheet-yes"),
                None => String::new(),
            },
        ]);
    }
    // A mark at the start tells spreadsheets that it is UTF-8.
    let mut table = String::from("\u{feff}");
    for line in lines {
        let cells: Vec<String> = line.iter().map(|cell| quoted(cell)).collect();
        table.push_str(&cells.join(","));
        table.push_str("\r\n");
    }
    table.into_bytes()
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", disarmed(cell).replace('"', "\"\""))
}
