//! Pages of entry: the form, its check, the receipt, "my entry", and the list that staff may see.
//!
//! Invariant: nothing here stores; what a person typed goes back to that person or, sealed, to
//! [`super::submit`]. Every answer that holds something typed or secret forbids keeping a copy.
//!
//! Not here: reading forms ([`super::wire`]).

mod correct;
mod earned;
mod enter;
mod own;
mod receipt;
mod staff;

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use lucky_draw::encode::Hash;
use rocket::Route;
use rocket::http::ContentType;
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use crate::activity::{self, Stage};
use crate::platform::clock::Timestamp;
use crate::platform::db::Db;
use crate::platform::web::address::Throttle;
use crate::platform::web::error::{AppError, AppResult};
use crate::survey;

use super::Error;
use super::provider;
use super::submit::{self, Terms};
use super::wire::Sheet;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = enter::routes();
    routes.extend(receipt::routes());
    routes.extend(own::routes());
    routes.extend(correct::routes());
    routes.extend(staff::routes());
    routes.extend(earned::routes());
    routes
}

/// How often one network, or one person's number, may try; managed by Rocket.
///
/// A school or a library shares one network, so these are wide: they slow programs, not people.
pub struct Limits {
    /// Forms sent from one network.
    forms: Throttle,
    /// Forms of one network that came back faster than a person fills them.
    hasty: Throttle,
    /// Entries from one network: each asks the vault for a tag.
    entries: Throttle,
    /// Receipt codes tried from one network.
    codes: Throttle,
    /// Entries of one person in one activity.
    tags: DefaultKeyedRateLimiter<Hash>,
    /// The check pages whose entry was let through lately, by their lookup value, oldest first:
    /// the same button pressed again is no new try.
    passed: Mutex<VecDeque<Hash>>,
}

/// A form that comes back sooner was filled by a program, or by a very practised hand.
const PRACTISED: i64 = 2_000;
/// Entries of one person at once; one more comes free every [`TAG_REFILL`].
const TAG_BURST: u32 = 5;
const TAG_REFILL: Duration = Duration::from_secs(600);
/// Presses of one button come within seconds; so many entries are not taken in that time.
const PASSED_KEPT: usize = 1_000;

impl Limits {
    /// Wide enough for a school behind one address.
    pub fn usual() -> Limits {
        Limits::times(1)
    }

    /// So many times as many tries at once: a town behind one address, or a rehearsal of one.
    pub fn times(factor: u32) -> Limits {
        let quota = Quota::with_period(TAG_REFILL)
            .expect("a period above zero is a quota")
            .allow_burst(NonZeroU32::new(TAG_BURST).unwrap_or(NonZeroU32::MIN));
        let burst = |tries: u32| tries.saturating_mul(factor);
        Limits {
            forms: Throttle::new(burst(1_000), Duration::from_millis(100)),
            hasty: Throttle::new(burst(500), Duration::from_secs(1)),
            entries: Throttle::new(burst(1_000), Duration::from_millis(500)),
            codes: Throttle::new(burst(60), Duration::from_secs(5)),
            tags: RateLimiter::keyed(quota),
            passed: Mutex::new(VecDeque::new()),
        }
    }

    /// Takes one try of a person, or says from when on the next one is free (epoch ms). `lookup`
    /// names the check page: pressing its button eight times at once is one try.
    fn check_tag(&self, tag: &Hash, lookup: &Hash, now: Timestamp) -> Result<(), i64> {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        if passed.contains(lookup) {
            return Ok(());
        }
        self.take_try(tag, now)?;
        passed.push_back(*lookup);
        if passed.len() > PASSED_KEPT {
            passed.pop_front();
        }
        Ok(())
    }

    fn take_try(&self, tag: &Hash, now: Timestamp) -> Result<(), i64> {
        if self.tags.len() > 10_000 {
            self.tags.retain_recent();
        }
        self.tags.check_key(tag).map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
            // Rounded up to a whole minute, because pages show hours and minutes.
            now.plus(wait).plus(59_999).0
        })
    }
}

/// What an activity asks and what is needed to take an entry; a draft is not found.
async fn sheet(db: &Db, slug: &str) -> AppResult<(Sheet, Option<Terms>)> {
    let slug = slug.to_owned();
    let found = db
        .read("read entry form", move |tx| {
            let facts = activity::find(tx, &slug)?;
            if facts.stage == Stage::Draft {
                return Err(activity::Error::Unknown.into());
            }
            let asked = activity::asked_fields(tx, &facts.id)?;
            let questions = survey::questionnaire(tx, &facts.id)?;
            // The keys are gone after a purge; the page then says that entry is over.
            let terms = match facts.stage {
                Stage::Open => Some(submit::terms(tx, facts.clone())?),
                _ => None,
            };
            let drums = super::drums(tx, &facts.id)?;
            let offers = provider::of_activity(tx, &facts.id)?;
            let sheet = Sheet {
                facts,
                asked,
                questions,
                drums,
                offers,
            };
            Ok::<_, Error>((sheet, terms))
        })
        .await;
    match found {
        Err(Error::Activity(activity::Error::Unknown)) => Err(AppError::not_found()),
        found => Ok(found?),
    }
}

/// A file to keep, of which no copy may stay in between.
struct Download {
    kind: ContentType,
    name: String,
    body: Vec<u8>,
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.kind)
            .raw_header("Cache-Control", "no-store")
            .raw_header(
                "Content-Disposition",
                format!("attachment; filename=\"{}\"", self.name),
            )
            .sized_body(self.body.len(), std::io::Cursor::new(self.body))
            .ok()
    }
}
