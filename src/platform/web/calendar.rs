//! Calendars (RFC 5545): dates for people's own calendars.
//!
//! Invariant: a calendar is the same for everybody and names nobody; the identifiers of its dates
//! never change, so that a calendar that is read again replaces what it held.
//!
//! Not here: which dates there are (each domain).

use std::io::Cursor;

use icalendar::{Component, Event, EventLike, EventStatus};
use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use crate::platform::config::Config;
use crate::platform::text::{Language, dates};

/// One date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Date {
    /// Names it within the site; it never changes.
    pub name: String,
    /// What happens.
    pub title: String,
    /// When, in milliseconds of the epoch.
    pub at: i64,
    /// When this date was first told.
    pub told_at: i64,
    /// Where; empty where it is on the web.
    pub place: String,
    /// Its page, without a language.
    pub page: String,
    /// Whether it was called off.
    pub is_off: bool,
}

/// A finished calendar, as it is answered.
#[derive(Debug)]
pub struct Calendar {
    text: String,
    file: String,
}

impl Calendar {
    /// The calendar of these dates. `file` is what it is called when it is kept, without ending.
    pub fn of(
        language: Language,
        library: &Config,
        title: &str,
        file: &str,
        dates: &[Date],
    ) -> Calendar {
        let mut calendar = icalendar::Calendar::empty();
        for (key, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//Fairdraw//Fairdraw//EN"),
            ("CALSCALE", "GREGORIAN"),
            ("METHOD", "PUBLISH"),
        ] {
            calendar.append_property((key, value));
        }
        calendar.name(&printable(title));
        for date in dates {
            calendar.push(event(language, library, date));
        }
        Calendar {
            text: calendar.to_string(),
            file: format!("{file}.ics"),
        }
    }
}

fn event(language: Language, library: &Config, date: &Date) -> Event {
    let page = format!("{}{}", library.public_origin, language.url(&date.page));
    let mut event = Event::new();
    event
        .uid(&format!("{}@{}", date.name, library.site))
        .add_property("DTSTAMP", dates::ical(date.told_at))
        .add_property("DTSTART", dates::ical(date.at))
        .summary(&printable(&date.title))
        .sequence(u32::from(date.is_off));
    // A relative address leads nowhere from a calendar.
    if !library.public_origin.is_empty() {
        event.url(&page).description(&page);
    }
    if !date.place.is_empty() {
        event.location(&printable(&date.place));
    }
    event.status(match date.is_off {
        true => EventStatus::Cancelled,
        false => EventStatus::Confirmed,
    });
    // Nobody's day is full because a form closes.
    event.add_property("TRANSP", "TRANSPARENT");
    event.done()
}

/// Without the control characters that RFC 5545 forbids in text (3.1).
fn printable(words: &str) -> String {
    words
        .chars()
        .filter(|letter| !letter.is_control())
        .collect()
}

impl<'r> Responder<'r, 'static> for Calendar {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let kind = ContentType::new("text", "calendar").with_params(("charset", "utf-8"));
        let name = format!("inline; filename=\"{}\"", self.file);
        Response::build()
            .header(kind)
            .header(Header::new("Cache-Control", "no-cache"))
            .header(Header::new("Content-Disposition", name))
            .sized_body(self.text.len(), Cursor::new(self.text))
            .ok()
    }
}
