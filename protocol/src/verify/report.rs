//! What the verifier says: sixteen checks in a fixed order, and one last line.
//!
//! Invariant: every check has exactly one outcome and a one-line reason; a worse outcome is never
//! replaced by a better one of the same name inside an excluded draw.

use std::fmt;

use super::Options;
use crate::encode::Hash;
use crate::note::NoteError;

/// The checks, in the order in which they are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckName {
    /// The canonical zip, its files, and the grammar of each.
    Format,
    /// Every note and checkpoint is signed by the key it should be.
    Signatures,
    /// The notes name each other by hash.
    Links,
    /// The notes stand in the journal, and nothing was chosen among several.
    Journal,
    /// Witnesses saw the list frozen before the beacon.
    Time,
    /// The public randomness is what the pinned chains signed.
    Beacon,
    /// The lottery numbers are those that were drawn in public.
    NumbersOrigin,
    /// The seed follows from manifest, close and values.
    Seed,
    /// The tickets were drawn in the order of the seed.
    Order,
    /// Every drawn ticket is in the log and opens to a person's tag.
    Openings,
    /// Exactly the void tickets were skipped.
    Voids,
    /// The result text, recomputed.
    Result,
    /// The settlement texts, recomputed.
    Settle,
    /// The whole entry list gives the root.
    Entries,
    /// The purge notes and certificates belong to this bundle.
    Purge,
    /// The caller's own ticket.
    Receipt,
}

impl CheckName {
    /// All checks in order.
    pub const ALL: [CheckName; 16] = [
        CheckName::Format,
        CheckName::Signatures,
        CheckName::Links,
        CheckName::Journal,
        CheckName::Time,
        CheckName::Beacon,
        CheckName::NumbersOrigin,
        CheckName::Seed,
        CheckName::Order,
        CheckName::Openings,
        CheckName::Voids,
        CheckName::Result,
        CheckName::Settle,
        CheckName::Entries,
        CheckName::Purge,
        CheckName::Receipt,
    ];

    /// The check's fixed name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CheckName::Format => "format",
            CheckName::Signatures => "signatures",
            CheckName::Links => "links",
            CheckName::Journal => "journal",
            CheckName::Time => "time",
            CheckName::Beacon => "beacon",
            CheckName::NumbersOrigin => "numbers-origin",
            CheckName::Seed => "seed",
            CheckName::Order => "order",
            CheckName::Openings => "openings",
            CheckName::Voids => "voids",
            CheckName::Result => "result",
            CheckName::Settle => "settle",
            CheckName::Entries => "entries",
            CheckName::Purge => "purge",
            CheckName::Receipt => "receipt",
        }
    }

    /// Whether missing evidence counts only when the caller asks for it.
    fn is_lenient(self) -> bool {
        matches!(self, CheckName::Time | CheckName::NumbersOrigin)
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was computed and matches.
    Passed,
    /// It was computed and does not match.
    Failed,
    /// This bundle has nothing of the kind.
    NotApplicable,
    /// The evidence is missing.
    CouldNotCheck,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::NotApplicable => "not applicable",
            Outcome::CouldNotCheck => "could not check",
        })
    }
}

/// One line of the report. Displayed as outcome, tab, name, tab, reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which check.
    pub name: CheckName,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, in one line of plain words.
    pub reason: String,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}\t{}", self.outcome, self.name, self.reason)
    }
}

/// The draw as this verifier computed it, so that verifiers can be compared beyond yes and no.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Computed {
    /// The seed; none if a source's value is not known.
    pub seed: Option<Hash>,
    /// H of the result text; none if the values or an excluded draw are not known.
    pub result: Option<Hash>,
    /// H of each settlement text in order, up to the first that the bundle contradicts.
    pub settles: Vec<Hash>,
}

/// Everything that the verifier found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// All checks, in order.
    pub checks: Vec<Check>,
    /// The public reason code, if the draw was cancelled.
    pub cancelled: Option<String>,
    /// What was computed, whether or not the bundle says the same; none for a bundle that could not
    /// be read and for a cancelled draw.
    pub computed: Option<Computed>,
    site_key_pinned: bool,
    require_time: bool,
    /// Checks that failed, each with whether nothing but a lapse of the operator made it fail.
    lapses: Vec<(CheckName, bool)>,
}

impl Report {
    pub(super) fn new(options: &Options) -> Report {
        let checks = CheckName::ALL.map(|name| Check {
            name,
            outcome: Outcome::NotApplicable,
            reason: String::new(),
        });
        Report {
            checks: checks.into(),
            cancelled: None,
            computed: None,
            site_key_pinned: options.site_key.is_some(),
            require_time: options.require_time,
            lapses: Vec::new(),
        }
    }

    /// Remembers why a check failed, here or in an excluded draw.
    pub(super) fn failed_by(&mut self, name: CheckName, lapse: bool) {
        self.lapses.push((name, lapse));
    }

    /// Whether every failure of a check is a lapse of the operator, which changes no result.
    pub(super) fn is_lapse(&self, name: CheckName) -> bool {
        let mut own = self.lapses.iter().filter(|(of, _)| *of == name).peekable();
        own.peek().is_some() && own.all(|(_, lapse)| *lapse)
    }

    /// Sets a check, unless an excluded draw has already set a worse outcome.
    pub(super) fn set(&mut self, name: CheckName, finding: Finding) {
        let check = &mut self.checks[name as usize];
        if finding.severity() >= severity(check.outcome) || check.reason.is_empty() {
            check.outcome = finding.outcome;
            check.reason = finding.reason;
        }
    }

    /// Says that the receipt that was given could not even be read: it is not one, or was changed.
    pub fn refuse_receipt(&mut self, error: NoteError) {
        self.set(
            CheckName::Receipt,
            Finding::failed(format!("receipt: {error}")),
        );
    }

    /// One check.
    #[must_use]
    pub fn check(&self, name: CheckName) -> &Check {
        &self.checks[name as usize]
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        let failed = |check: &&Check| check.outcome == Outcome::Failed;
        self.checks.iter().filter(failed)
    }

    /// 0: nothing failed; 1: something failed; 2: something could not be checked. Time and the
    /// origin of numbers count for 2 only where the caller asked for it.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if self.failed().next().is_some() {
            1
        } else if self.lacks_a_check() {
            2
        } else {
            0
        }
    }

    /// Whether the result is the one that the rules give: nothing failed and nothing that counts is
    /// unchecked, but for two lapses of the operator that change no result. `beacon` may say that
    /// the operator withheld its secret, for which zero bytes stand by rule (section 4.5); `time`
    /// may say that too few witnesses saw the key or the freeze note in time (section 4.9).
    #[must_use]
    pub fn stands(&self) -> bool {
        !self.lacks_a_check() && self.failed().all(|check| self.is_lapse(check.name))
    }

    /// Whether something could not be checked that counts.
    fn lacks_a_check(&self) -> bool {
        self.checks.iter().any(|check| {
            check.outcome == Outcome::CouldNotCheck
                && (self.require_time || !check.name.is_lenient())
        })
    }

    /// The last line of the report.
    #[must_use]
    pub fn result_line(&self) -> String {
        let names = |outcome| {
            let of = |check: &&Check| check.outcome == outcome;
            let names: Vec<&str> = self
                .checks
                .iter()
                .filter(of)
                .map(|check| check.name.as_str())
                .collect();
            names.join(", ")
        };
        let mut line = match self.exit_code() {
            0 => "result: passed".to_owned(),
            1 => format!("result: failed ({})", names(Outcome::Failed)),
            _ => format!(
                "result: could not check ({})",
                names(Outcome::CouldNotCheck)
            ),
        };
        if let Some(code) = &self.cancelled {
            line += &format!("; the draw was cancelled ({code})");
        }
        if self.check(CheckName::Time).outcome == Outcome::CouldNotCheck {
            line += "; time not proven";
        }
        let readable = self.check(CheckName::Format).outcome == Outcome::Passed;
        if readable && self.check(CheckName::NumbersOrigin).outcome == Outcome::CouldNotCheck {
            line += "; numbers not compared with the lottery";
        }
        if !self.site_key_pinned {
            line += "; site key not pinned";
        }
        line
    }
}

impl fmt::Display for Report {
    /// All lines, each with its line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        writeln!(f, "{}", self.result_line())
    }
}

/// How one check ended, before it has a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    pub(super) reason: String,
}

impl Finding {
    pub(super) fn passed(reason: impl Into<String>) -> Finding {
        Finding::new(Outcome::Passed, reason)
    }

    pub(super) fn failed(reason: impl Into<String>) -> Finding {
        Finding::new(Outcome::Failed, reason)
    }

    pub(super) fn not_applicable(reason: impl Into<String>) -> Finding {
        Finding::new(Outcome::NotApplicable, reason)
    }

    pub(super) fn could_not(reason: impl Into<String>) -> Finding {
        Finding::new(Outcome::CouldNotCheck, reason)
    }

    /// `expected …, found …`: the words of most failures.
    pub(super) fn differs(
        what: &str,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Finding {
        Finding::failed(format!("{what}: expected {expected}, found {found}"))
    }

    pub(super) fn new(outcome: Outcome, reason: impl Into<String>) -> Finding {
        Finding {
            outcome,
            reason: reason.into(),
        }
    }

    pub(super) fn severity(&self) -> u8 {
        severity(self.outcome)
    }
}

impl From<Result<String, Finding>> for Finding {
    /// A check that ran to its end passed for the reason it gives.
    fn from(result: Result<String, Finding>) -> Finding {
        match result {
            Ok(reason) => Finding::passed(reason),
            Err(finding) => finding,
        }
    }
}

fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::NotApplicable => 0,
        Outcome::Passed => 1,
        Outcome::CouldNotCheck => 2,
        Outcome::Failed => 3,
    }
}
