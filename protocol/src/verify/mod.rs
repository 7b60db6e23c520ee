//! Checking a draw from its bundle alone (section 4.10).
//!
//! Invariant: a check says `passed` only for what was computed here from the bundle's bytes and
//! the caller's own receipt; what has no evidence is `could not check`. Reasons hold ticket
//! numbers, hashes and times, never an ID number, a receipt code or anything else of a person.

mod beacon;
mod cancelled;
mod drawing;
mod entries;
mod excluded;
mod files;
mod journal;
mod json;
mod links;
mod openings;
mod purge;
mod receipt;
mod report;
mod settlements;
mod signatures;
mod time;

pub(crate) use receipt::leaf as receipt_leaf;
pub use report::{Check, CheckName, Computed, Outcome, Report};

use std::fmt;

use crate::bundle::Bundle;
use crate::note::{TlogProof, Verifier};
use crate::ticket::Secret;
use files::{Case, Drawn};
use report::Finding;

/// What the caller knows besides the bundle. Not shown by `Debug`: most of it is personal.
#[derive(Default)]
pub struct Options {
    /// The site's key, from somewhere else than the bundle. Without it the bundle's own key is
    /// used and the result line says so.
    pub site_key: Option<Verifier>,
    /// The caller's receipt or shareable proof.
    pub receipt: Option<TlogProof>,
    /// The caller's own subject, for example `twid:A123456789`.
    pub id: Option<String>,
    /// The caller's own receipt code.
    pub secret: Option<Secret>,
    /// Whether missing evidence of time, and of numbers' origin, counts.
    pub require_time: bool,
    /// Whether a bundle may come without `proofs.txt` where it has `entries.bin`, between two parts
    /// of one program: who has the whole list needs no path to its root. No such bundle is one
    /// for the public, and without this it is refused; inside another it always is.
    pub list_for_proofs: bool,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("site_key", &self.site_key)
            .field("require_time", &self.require_time)
            .field("list_for_proofs", &self.list_for_proofs)
            .finish_non_exhaustive()
    }
}

/// Checks a bundle given as a zip file.
#[must_use]
pub fn verify_bytes(zip: &[u8], options: &Options) -> Report {
    match Bundle::from_zip(zip) {
        Ok(bundle) => verify(&bundle, options),
        Err(error) => unreadable(options, Finding::failed(error.to_string())),
    }
}

/// Checks a bundle.
#[must_use]
pub fn verify(bundle: &Bundle, options: &Options) -> Report {
    verify_nested(bundle, options, &Context::outermost())
}

/// Where a bundle stands: excluded draws are bundles inside bundles.
struct Context<'a> {
    depth: u32,
    /// The bundle around this one.
    outer: Option<&'a Drawn<'a>>,
}

impl Context<'_> {
    const fn outermost() -> Context<'static> {
        Context {
            depth: 0,
            outer: None,
        }
    }
}

fn verify_nested(bundle: &Bundle, options: &Options, context: &Context<'_>) -> Report {
    match files::read(bundle, options.list_for_proofs) {
        Ok(Case::Drawn(drawn)) => verify_drawn(bundle, &drawn, options, context),
        Ok(Case::Cancelled(cancelled)) => cancelled::verify(bundle, &cancelled, options, context),
        Err(finding) => unreadable(options, finding),
    }
}

fn verify_drawn(
    bundle: &Bundle,
    drawn: &Drawn<'_>,
    options: &Options,
    context: &Context<'_>,
) -> Report {
    let mut report = Report::new(options);
    let excluded = excluded::read(drawn, context, &mut report);
    let values = beacon::values(drawn);
    let entries = entries::check(drawn);

    report.set(CheckName::Format, files::summary(bundle));
    report.set(CheckName::Signatures, signatures::check(drawn, options));
    report.set(CheckName::Links, links::check(drawn, &excluded));
    report.set(CheckName::Journal, journal::check(drawn));
    let (time, unseen) = time::check(drawn);
    if time.outcome == Outcome::Failed {
        report.failed_by(CheckName::Time, unseen);
    }
    report.set(CheckName::Time, time);
    if values.beacon.outcome == Outcome::Failed {
        report.failed_by(CheckName::Beacon, values.withheld);
    }
    report.set(CheckName::Beacon, values.beacon.clone());
    report.set(CheckName::NumbersOrigin, beacon::numbers_origin(drawn));
    let mut computed = Computed::default();
    let seed = drawing::seed(drawn, &values, &mut computed);
    let result = drawing::result(drawn, &values, &excluded, &mut computed);
    let settle = settlements::check(drawn, &excluded, &mut computed);
    report.computed = Some(computed);
    report.set(CheckName::Seed, seed);
    report.set(CheckName::Order, drawing::order(drawn));
    report.set(CheckName::Openings, openings::check(drawn, &entries));
    report.set(CheckName::Voids, drawing::voids(drawn));
    report.set(CheckName::Result, result);
    report.set(CheckName::Settle, settle);
    report.set(CheckName::Entries, entries);
    report.set(CheckName::Purge, purge::check(bundle, drawn));
    report.set(CheckName::Receipt, receipt::check(drawn, options));
    report
}

/// The report on a bundle that cannot be read: nothing else can be said.
fn unreadable(options: &Options, finding: Finding) -> Report {
    let mut report = Report::new(options);
    for name in CheckName::ALL {
        let finding = match name {
            CheckName::Format => finding.clone(),
            CheckName::Receipt if !receipt::is_given(options) => receipt::none_given(),
            _ => Finding::could_not("the bundle's files could not all be read"),
        };
        report.set(name, finding);
    }
    report
}
