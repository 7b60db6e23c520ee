//! How often pages were read, by kind, day and language, and on how many visits.
//!
//! Invariant: a row is of a kind of page, a day and a language; there is nothing in it that a
//! person, an entry or another page could be found by. Days are public when they are over, so that
//! nobody can watch a count move.
//!
//! Not here: counting ([`crate::platform::web::views`]).

use crate::platform::db::Tx;

use super::{Error, store};

/// What kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The first page.
    Home,
    /// Lists of activities.
    Activities,
    /// An activity, its rules and its notice.
    Activity,
    /// Draws, results and how to check them.
    Draws,
    /// The newsletter and its issues.
    Newsletter,
    /// What the library says about personal data.
    Privacy,
    /// Everything else.
    Other,
    /// Not a page: visits of people who chose to be counted.
    Visit,
}

impl Kind {
    /// Every kind of page, in the order of the tables.
    pub const PAGES: [Kind; 7] = [
        Kind::Home,
        Kind::Activities,
        Kind::Activity,
        Kind::Draws,
        Kind::Newsletter,
        Kind::Privacy,
        Kind::Other,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Home => "home",
            Kind::Activities => "activities",
            Kind::Activity => "activity",
            Kind::Draws => "draws",
            Kind::Newsletter => "newsletter",
            Kind::Privacy => "privacy",
            Kind::Other => "other",
            Kind::Visit => "visit",
        }
    }

    /// Reads [`Kind::code`].
    pub fn parse(code: &str) -> Option<Kind> {
        let mut all = Kind::PAGES.into_iter().chain([Kind::Visit]);
        all.find(|kind| kind.code() == code)
    }

    /// The kind of a route, given without language; none for pages on which somebody enters or sees
    /// what is their own, which are not counted: a count that moves would tell when somebody did.
    pub fn of_route(route: &str) -> Option<Kind> {
        let parts: Vec<&str> = route.split('/').skip(1).collect();
        Some(match parts.as_slice() {
            [""] => Kind::Home,
            ["activities", ..] => Kind::Activities,
            ["a", _] | ["a", _, "rules" | "privacy" | "notice" | "answers", ..] => Kind::Activity,
            ["a" | "entry" | "receipt" | "feedback" | "members", ..] => return None,
            ["privacy", "request", ..] => return None,
            ["newsletter", _, ..] => return None,
            ["d" | "draws" | "verify" | "journal", ..] => Kind::Draws,
            ["newsletter" | "news", ..] => Kind::Newsletter,
            ["privacy" | "cookies" | "genuine", ..] => Kind::Privacy,
            _ => Kind::Other,
        })
    }
}

/// One count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The day in Taipei, in days since 1970.
    pub day: i64,
    /// Of what.
    pub kind: Kind,
    /// The language of the pages.
    pub english: bool,
    /// How many.
    pub count: i64,
}

/// Adds what an instance counted to what all have counted.
pub fn add(tx: &mut Tx, counts: &[Count]) -> Result<(), Error> {
    for count in counts {
        store::views::add(tx, count)?;
    }
    Ok(())
}

/// Counts of some days, both of them included.
pub fn between(tx: &mut Tx, from: i64, to: i64) -> Result<Vec<Count>, Error> {
    Ok(store::views::between(tx, from, to)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_counted_by_its_kind_and_a_page_of_one_person_not_at_all() {
        for (route, kind) in [
            ("/", Kind::Home),
            ("/activities", Kind::Activities),
            ("/a/<slug>", Kind::Activity),
            ("/a/<slug>/privacy/<version>", Kind::Activity),
            ("/newsletter", Kind::Newsletter),
            ("/news/<id>", Kind::Newsletter),
            ("/d/<id>", Kind::Draws),
            ("/cookies", Kind::Privacy),
            ("/accessibility", Kind::Other),
        ] {
            assert_eq!(Kind::of_route(route), Some(kind), "{route}");
        }
        for route in [
            "/a/<slug>/enter",
            "/a/<slug>/address",
            "/a/<slug>/address/<proof>",
            "/receipt",
            "/entry",
            "/entry/<id>",
            "/privacy/request/status",
            "/newsletter/confirm/<token>",
            "/members/me",
            "/feedback",
        ] {
            assert_eq!(Kind::of_route(route), None, "{route}");
        }
        for kind in Kind::PAGES {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
    }
}
