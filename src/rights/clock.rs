//! Which right a person asks for, and the day by which the library answers.
//!
//! Invariant: days are calendar days in Taipei, the day of receipt is not counted, and an answer is
//! due at the end of the last one (PDPA Art. 13; Civil Code Art. 120). A clock is extended once, by
//! its own length.
//!
//! Not here: who answers ([`super`]).

use crate::platform::clock::{DAY, HOUR, Timestamp};

/// Taipei is eight hours ahead of UTC and keeps no summer time.
const TAIPEI: i64 = 8 * HOUR;

/// Which right of Art. 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// To be told what is held, or to look at it.
    See,
    /// To get a copy.
    Copy,
    /// To have it supplemented or corrected.
    Correct,
    /// That it is no longer collected, processed or used.
    Stop,
    /// To have it erased.
    Erase,
}

impl RequestKind {
    /// All, in the order of the form.
    pub const ALL: [RequestKind; 5] = [
        RequestKind::See,
        RequestKind::Copy,
        RequestKind::Correct,
        RequestKind::Stop,
        RequestKind::Erase,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            RequestKind::See => "see",
            RequestKind::Copy => "copy",
            RequestKind::Correct => "correct",
            RequestKind::Stop => "stop",
            RequestKind::Erase => "erase",
        }
    }

    /// Reads [`RequestKind::code`].
    pub fn parse(code: &str) -> Option<RequestKind> {
        RequestKind::ALL
            .into_iter()
            .find(|kind| kind.code() == code)
    }

    /// In how many days the library answers; an extension is as long again at most.
    pub fn days(self) -> i64 {
        match self {
            RequestKind::See | RequestKind::Copy => 15,
            RequestKind::Correct | RequestKind::Stop | RequestKind::Erase => 30,
        }
    }

    /// The last moment of the answer to a request that came at `received`.
    pub fn due(self, received: Timestamp) -> Timestamp {
        end_of_day(received, self.days())
    }

    /// The last moment after an extension.
    pub fn extended(self, received: Timestamp) -> Timestamp {
        end_of_day(received, 2 * self.days())
    }
}

/// The last millisecond of the day in Taipei that comes `days` days after that of `at`.
fn end_of_day(at: Timestamp, days: i64) -> Timestamp {
    let today = at.plus(TAIPEI).0.div_euclid(DAY);
    Timestamp((today + days + 1) * DAY - TAIPEI - 1)
}

/// The key of the quarter in which a request came: a letter is readable as long as its key is kept.
pub fn scope_of(received: Timestamp) -> String {
    let day = crate::identity::date::day_of(received);
    let quarter = (day.month() - 1) / 3 + 1;
    format!("_requests-{}Q{quarter}", day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let at: jiff::Timestamp = text.parse().expect("RFC 3339");
        Timestamp(at.as_millisecond())
    }

    #[test]
    fn the_day_of_receipt_is_not_counted_and_the_last_day_is_whole() {
        // Five to midnight in Taipei, and five past.
        let late = at("2026-03-01T23:55:00+08:00");
        let early = at("2026-03-02T00:05:00+08:00");
        let last = |due: Timestamp| due.plus(1);
        assert_eq!(
            last(RequestKind::See.due(late)),
            at("2026-03-17T00:00:00+08:00")
        );
        assert_eq!(
            last(RequestKind::Copy.due(early)),
            at("2026-03-18T00:00:00+08:00")
        );
        assert_eq!(
            last(RequestKind::Erase.due(late)),
            at("2026-04-01T00:00:00+08:00")
        );
        assert_eq!(
            last(RequestKind::See.extended(late)),
            at("2026-04-01T00:00:00+08:00")
        );
        assert_eq!(
            last(RequestKind::Stop.extended(late)),
            at("2026-05-01T00:00:00+08:00")
        );
    }

    #[test]
    fn a_quarter_begins_at_midnight_in_taipei() {
        assert_eq!(
            scope_of(at("2026-03-31T23:59:59+08:00")),
            "_requests-2026Q1"
        );
        assert_eq!(
            scope_of(at("2026-04-01T00:00:00+08:00")),
            "_requests-2026Q2"
        );
        assert_eq!(
            scope_of(at("2026-12-31T23:00:00+08:00")),
            "_requests-2026Q4"
        );
    }
}
