//! Pages of entry: the form, its check, the receipt, "my entry", and the list that staff may see.
//!
//! Invariant: nothing here stores; what a person typed goes back to that person or, sealed, to
//! [`super::submit`]. Every answer that holds something typed or secret forbids keeping a copy.
//!
//! Not here: reading forms ([`super::wire`]).

mod admitting;
mod correct;
mod earned;
mod enter;
mod members;
mod own;
mod proving;
mod receipt;
mod seating;
mod shares;
mod sheets;
mod staff;

use std::time::Duration;

use rocket::Route;

use crate::platform::clock::SECOND;
use crate::platform::web::throttle::Throttle;

use admitting::Misses;
use shares::Shares;
pub use sheets::Sheets;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let mut routes = enter::routes();
    routes.extend(proving::routes());
    routes.extend(receipt::routes());
    routes.extend(own::routes());
    routes.extend(correct::routes());
    routes.extend(seating::routes());
    routes.extend(staff::routes());
    routes.extend(earned::routes());
    routes
}

/// How often one network may try; managed by Rocket.
///
/// A school or a library shares one network, so these are wide: they slow programs, not people.
/// Nothing is counted by a person's number: a count that others can reach tells them that somebody
/// entered, and keeps that person out. Whoever enters again has one living ticket (`decisions` D5).
pub struct Limits {
    /// Forms sent from one network.
    forms: Throttle,
    /// Forms of one network that came back faster than a person fills them.
    hasty: Throttle,
    /// Entries from one network: each asks the vault for a tag.
    entries: Throttle,
    /// Entries from one network while the vault has few tags left.
    shares: Shares,
    /// Entries under pressure from one network whose browsers did no work: people who waited.
    patient: Throttle,
    /// Receipt codes tried from one network.
    codes: Throttle,
    /// How often one network hears that a person has a place already: with each answer somebody
    /// who tries numbers would learn one.
    known: Throttle,
    /// Networks that tried numbers which are on no list.
    misses: Misses,
    /// Letters with a link to enter that one network asks for.
    letters: Throttle,
}

/// A form that comes back sooner was filled by a program, or by a very practised hand.
const PRACTISED: i64 = 2_000;

/// Under pressure somebody without a script waits so long on the last page.
const PATIENCE: i64 = 20 * SECOND;

impl Limits {
    /// Wide enough for a school behind one address.
    pub fn usual() -> Limits {
        Limits::times(1)
    }

    /// As usual but for the entries of one network.
    #[cfg(test)]
    pub(super) fn with_entries(burst: u32, refill: Duration) -> Limits {
        Limits {
            entries: Throttle::new(burst, refill),
            ..Limits::usual()
        }
    }

    /// So many times as many tries at once: a town behind one address, or a rehearsal of one.
    pub fn times(factor: u32) -> Limits {
        let burst = |tries: u32| tries.saturating_mul(factor);
        Limits {
            forms: Throttle::new(burst(1_000), Duration::from_millis(100)),
            hasty: Throttle::new(burst(500), Duration::from_secs(1)),
            entries: Throttle::new(burst(1_000), Duration::from_millis(500)),
            shares: Shares::times(factor),
            patient: Throttle::new(burst(60), Duration::from_secs(2)),
            codes: Throttle::new(burst(60), Duration::from_secs(5)),
            known: Throttle::new(burst(20), Duration::from_secs(60)),
            misses: Misses::times(factor),
            letters: Throttle::new(burst(100), Duration::from_secs(10)),
        }
    }
}
