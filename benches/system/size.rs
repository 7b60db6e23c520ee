//! How large a run is: as large as `docs/performance.md` says, or a share of that, with which the
//! benchmark itself is tried.
//!
//! Invariant: figures of a smaller run, or of a debug build, never come among the others
//! ([`is_full`]).

use std::sync::OnceLock;

/// How many of something that a full run has `full` of; at least one.
///
/// `FAIRDRAW_BENCH_SHARE` sets the share, such as `0.01`.
pub fn of(full: u64) -> u64 {
    ((full as f64 * share()) as u64).max(1)
}

/// Whether what is measured now may stand in the table: a whole run of a release build.
pub fn is_full() -> bool {
    share() >= 1.0 && entries() == MILLION && !cfg!(debug_assertions)
}

const MILLION: u64 = 1_000_000;

/// How many entries the activity of part `million` has.
///
/// `FAIRDRAW_BENCH_ENTRIES` sets another number, whatever the share.
pub fn entries() -> u64 {
    static ENTRIES: OnceLock<u64> = OnceLock::new();
    *ENTRIES.get_or_init(|| match std::env::var("FAIRDRAW_BENCH_ENTRIES") {
        Err(_) => of(MILLION),
        Ok(text) => match text.replace('_', "").parse() {
            Ok(entries) if entries > 0 => entries,
            _ => panic!("FAIRDRAW_BENCH_ENTRIES is a number of entries, not {text}"),
        },
    })
}

fn share() -> f64 {
    static SHARE: OnceLock<f64> = OnceLock::new();
    *SHARE.get_or_init(|| match std::env::var("FAIRDRAW_BENCH_SHARE") {
        Err(_) => 1.0,
        Ok(text) => match text.parse() {
            Ok(share) if share > 0.0 && share <= 1.0 => share,
            _ => panic!("FAIRDRAW_BENCH_SHARE is a number above 0 and up to 1, not {text}"),
        },
    })
}
