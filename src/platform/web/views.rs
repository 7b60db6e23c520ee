//! How often pages are read: by route, day and language.
//!
//! Invariant: a count belongs to nobody. What is counted is the route and never the address, so a
//! page that names an entry, a ticket or a person's link is counted by its kind alone; nothing of
//! the browser or the network is looked at. Whoever chose to be counted as a visit has a code in
//! the browser; here it is known, hashed together with the day, whether it came on that day. That
//! is in the memory of this process and nowhere else, and goes with the day.
//!
//! Counts lie in memory until [`Views::take`]; what was not taken when a process dies is not
//! counted. Not here: where counts are kept ([`crate::stats::views`]).

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{ContentType, Method, Status};
use rocket::{Request, Response};
use sha2::{Digest, Sha256};

use super::Area;
use super::site::Site;
use crate::platform::clock::{Clock, DAY, HOUR, Timestamp};
use crate::platform::cookies;
use crate::platform::text::Language;

/// Taipei is so far ahead of UTC.
const EAST: i64 = 8 * HOUR;
/// More visits of one day are not told apart.
const MOST_VISITS: usize = 200_000;
/// How long the code of a visit is, in hexadecimal digits.
pub const CODE: usize = 32;

/// What a count is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The day in Taipei, in days since 1970.
    pub day: i64,
    /// The route, without language; none for a visit.
    pub route: Option<String>,
    /// The language of the page.
    pub english: bool,
}

/// The counts of this process; attached to Rocket.
#[derive(Clone)]
pub struct Views {
    counted: Arc<Mutex<Counted>>,
    clock: Clock,
}

#[derive(Default)]
struct Counted {
    views: BTreeMap<Seen, i64>,
    day: i64,
    visits: HashSet<[u8; 16]>,
}

/// The day of a moment in Taipei, in days since 1970.
pub fn day_of(at: Timestamp) -> i64 {
    (at.0 + EAST).div_euclid(DAY)
}

/// The moment at which a day begins in Taipei.
pub fn start_of(day: i64) -> Timestamp {
    Timestamp(day * DAY - EAST)
}

/// Whether a browser says that its owner wants not to be counted (Global Privacy Control, and Do
/// Not Track before it).
pub fn is_refused(request: &Request<'_>) -> bool {
    let says = |name| request.headers().get_one(name) == Some("1");
    says("Sec-GPC") || says("DNT")
}

impl Views {
    /// Counts from now on.
    pub fn new(clock: &Clock) -> Views {
        Views {
            counted: Arc::default(),
            clock: clock.clone(),
        }
    }

    /// What was counted since the last time.
    pub fn take(&self) -> BTreeMap<Seen, i64> {
        std::mem::take(&mut self.counted().views)
    }

    /// Puts back what could not be stored.
    pub fn put_back(&self, views: BTreeMap<Seen, i64>) {
        let mut counted = self.counted();
        for (seen, count) in views {
            *counted.views.entry(seen).or_default() += count;
        }
    }

    fn count(&self, route: &str, english: bool, code: Option<&str>) {
        let day = day_of(self.clock.now());
        let mut counted = self.counted();
        if counted.day != day {
            counted.day = day;
            counted.visits.clear();
        }
        if let Some(code) = code {
            let name = Sha256::digest(format!("{day} {code}"));
            let mut short = [0; 16];
            short.copy_from_slice(&name[..16]);
            if counted.visits.len() < MOST_VISITS && counted.visits.insert(short) {
                let visit = Seen {
                    day,
                    route: None,
                    english,
                };
                *counted.views.entry(visit).or_default() += 1;
            }
        }
        let page = Seen {
            day,
            route: Some(route.to_owned()),
            english,
        };
        *counted.views.entry(page).or_default() += 1;
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[rocket::async_trait]
impl Fairing for Views {
    fn info(&self) -> Info {
        Info {
            name: "views of pages",
            kind: Kind::Response,
        }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let is_page = request.method() == Method::Get
            && response.status() == Status::Ok
            && response.content_type() == Some(ContentType::HTML)
            && Area::of(request) != Area::Staff;
        let Some(route) = request.route().filter(|_| is_page) else {
            return;
        };
        let (language, path) = Language::of_path(route.uri.path());
        let https = Site::of(request).is_some_and(Site::is_https);
        let name = cookies::VISIT.name(https);
        let cookie = request.cookies().get(name).filter(|_| !is_refused(request));
        let code = cookie.map(|cookie| cookie.value());
        let code = code.filter(|code| {
            code.len() == CODE && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        self.count(path, language == Language::En, code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_visit_a_day_and_nothing_of_it_is_given_on() {
        let clock = Clock::standing_at(Timestamp(1));
        let views = Views::new(&clock);
        let code = "0123456789abcdef0123456789abcdef";
        for _ in 0..3 {
            views.count("/", false, Some(code));
        }
        views.count("/a/<slug>", true, None);
        let visit = |day| Seen {
            day,
            route: None,
            english: false,
        };
        let taken = views.take();
        assert_eq!(taken.get(&visit(0)), Some(&1));
        assert_eq!(taken.values().sum::<i64>(), 5);
        assert!(!format!("{taken:?}").contains(code));
        clock.stand_at(Timestamp(DAY));
        views.count("/", false, Some(code));
        assert_eq!(views.take().get(&visit(1)), Some(&1));
        views.put_back(taken);
        assert_eq!(views.take().get(&visit(0)), Some(&1));
    }
}
