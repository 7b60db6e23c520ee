//! The rules: which signs count together, how many are too many, and what is done then.
//!
//! Invariant: nothing here is a number; numbers are the operator's ([`WatchSettings`]). No rule counts
//! what honest people do often, and what is held against a network ends within hours.

use crate::platform::clock::{DAY, HOUR, MINUTE};
use crate::platform::watch::{Sign, WatchSettings};

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// One network guesses passphrases or codes of staff.
    Passphrases,
    /// An account was locked after failed tries: told, and not yet an incident.
    LockOut,
    /// Several accounts were locked within a day.
    LockOuts,
    /// One network tries receipt codes and secret addresses.
    Codes,
    /// One network asks who takes part.
    Persons,
    /// One network sends forms like a program.
    Robots,
    /// Many networks do.
    Rush,
    /// Other sites send forms here.
    OtherSites,
    /// One network sends what the edge turns away.
    Refused,
    /// Browsers report what is not ours on our pages.
    Scripts,
    /// One account takes out one file after the other.
    Exports,
    /// One account opens one person after the other.
    Openings,
    /// One account opens or takes out in the night.
    Night,
}

/// About whom signs are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Each network by itself.
    Network,
    /// Each account by itself.
    Account,
    /// Everybody together.
    All,
}

/// What is done by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerKind {
    /// Those who look after the site are told, and nothing else.
    Alarm,
    /// Forms of the network need a moment's work or patience.
    Slow,
    /// Everybody's forms do.
    Press,
    /// The network sends no form.
    Block,
    /// The account cannot sign in, and its sessions are over.
    Lock,
    /// Staff open no personal data, on the whole site.
    Freeze,
}

/// Signs that are found in the record of acts, about accounts.
pub(super) const LOCKED: &str = "locked";
pub(super) const EXPORT: &str = "export";
pub(super) const OPENING: &str = "opening";

/// A rule with its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The words of the signs that count together.
    pub signs: &'static [&'static str],
    /// Within so many milliseconds.
    pub window: i64,
    /// So many reach it; 0: switched off.
    pub most: u32,
    /// What is done.
    pub answers: &'static [AnswerKind],
    /// Whether an incident is opened.
    pub incident: bool,
}

impl Rule {
    /// Every rule, in the order of the page.
    pub const ALL: [Rule; 13] = [
        Rule::Passphrases,
        Rule::LockOut,
        Rule::LockOuts,
        Rule::Codes,
        Rule::Persons,
        Rule::Robots,
        Rule::Rush,
        Rule::OtherSites,
        Rule::Refused,
        Rule::Scripts,
        Rule::Exports,
        Rule::Openings,
        Rule::Night,
    ];

    /// The word in the database, in the record and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Rule::Passphrases => "passphrases",
            Rule::LockOut => "lock_out",
            Rule::LockOuts => "lock_outs",
            Rule::Codes => "codes",
            Rule::Persons => "persons",
            Rule::Robots => "robots",
            Rule::Rush => "rush",
            Rule::OtherSites => "other_sites",
            Rule::Refused => "refused",
            Rule::Scripts => "scripts",
            Rule::Exports => "exports",
            Rule::Openings => "openings",
            Rule::Night => "night",
        }
    }

    /// Reads [`Rule::code`].
    pub fn parse(code: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.code() == code)
    }

    /// About whom it counts.
    pub fn terms_of(self) -> Of {
        match self {
            Rule::Passphrases | Rule::Codes | Rule::Persons | Rule::Robots | Rule::Refused => {
                Of::Network
            }
            Rule::LockOut | Rule::Exports | Rule::Openings | Rule::Night => Of::Account,
            Rule::LockOuts | Rule::Rush | Rule::OtherSites | Rule::Scripts => Of::All,
        }
    }

    /// Its numbers.
    pub fn terms(self, set: &WatchSettings) -> Terms {
        use AnswerKind::{Alarm, Block, Freeze, Lock, Press, Slow};
        const TEN: i64 = 10 * MINUTE;
        let (signs, window, most, answers, incident): (&[&str], _, _, &[AnswerKind], _) = match self
        {
            Rule::Passphrases => (
                &[SIGN_IN, SECOND_STEP],
                TEN,
                set.passphrases,
                &[Block],
                true,
            ),
            Rule::LockOut => (&[LOCKED], TEN, u32::from(set.lock_outs > 0), &[Lock], false),
            Rule::LockOuts => (&[LOCKED], DAY, set.lock_outs, &[Alarm], true),
            Rule::Codes => (&[CODE], TEN, set.codes, &[Block], false),
            Rule::Persons => (&[PERSON], HOUR, set.persons, &[Block], true),
            Rule::Robots => (&[TRAP, HASTY], TEN, set.robots, &[Slow], false),
            Rule::Rush => (&[TRAP, HASTY], TEN, set.rush, &[Press], false),
            Rule::OtherSites => (&[OTHER_SITE], HOUR, set.other_sites, &[Alarm], false),
            Rule::Refused => (&[REFUSED], TEN, set.refused, &[Block], false),
            Rule::Scripts => (&[SCRIPT], HOUR, set.scripts, &[Alarm], false),
            Rule::Exports => (&[EXPORT], HOUR, set.exports, &[Freeze, Lock], true),
            Rule::Openings => (&[OPENING], TEN, set.openings, &[Freeze, Lock], true),
            Rule::Night => (
                &[OPENING, EXPORT],
                HOUR,
                set.night_openings,
                &[Freeze],
                true,
            ),
        };
        Terms {
            signs,
            window,
            most,
            answers,
            incident,
        }
    }
}

const SIGN_IN: &str = "sign_in";
const SECOND_STEP: &str = "second_step";
const CODE: &str = "code";
const PERSON: &str = "person";
const TRAP: &str = "trap";
const HASTY: &str = "hasty";
const OTHER_SITE: &str = "other_site";
const REFUSED: &str = "refused";
const SCRIPT: &str = "script";

/// The words of everything that is counted, in the order of the page.
pub(super) fn signs() -> impl Iterator<Item = &'static str> {
    let noticed = Sign::ALL.into_iter().map(Sign::code);
    noticed.chain([LOCKED, EXPORT, OPENING])
}

impl AnswerKind {
    /// Every kind.
    pub const ALL: [AnswerKind; 6] = [
        AnswerKind::Alarm,
        AnswerKind::Slow,
        AnswerKind::Press,
        AnswerKind::Block,
        AnswerKind::Lock,
        AnswerKind::Freeze,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            AnswerKind::Alarm => "alarm",
            AnswerKind::Slow => "slow",
            AnswerKind::Press => "press",
            AnswerKind::Block => "block",
            AnswerKind::Lock => "lock",
            AnswerKind::Freeze => "freeze",
        }
    }

    /// Reads [`AnswerKind::code`].
    pub fn parse(code: &str) -> Option<AnswerKind> {
        AnswerKind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What the record of acts says.
    pub(super) fn act(self) -> &'static str {
        match self {
            AnswerKind::Alarm => "response.alarmed",
            AnswerKind::Slow => "response.slowed",
            AnswerKind::Press => "response.pressed",
            AnswerKind::Block => "response.blocked",
            AnswerKind::Lock => "response.locked",
            AnswerKind::Freeze => "response.frozen",
        }
    }

    /// For how many milliseconds it holds; nothing where somebody has to lift it.
    pub(super) fn lasts(self, set: &WatchSettings, window: i64) -> Option<i64> {
        match self {
            AnswerKind::Alarm => Some(window),
            AnswerKind::Slow | AnswerKind::Press => Some(set.slow_minutes * MINUTE),
            AnswerKind::Block => Some(set.block_minutes * MINUTE),
            AnswerKind::Lock => Some(set.lock_hours * HOUR),
            AnswerKind::Freeze => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_that_is_noticed_counts_in_a_rule() {
        let set = WatchSettings::default();
        for sign in signs() {
            let counts = Rule::ALL
                .iter()
                .any(|rule| rule.terms(&set).signs.contains(&sign));
            assert!(counts, "{sign}");
        }
        for rule in Rule::ALL {
            let terms = rule.terms(&set);
            assert!(terms.most > 0 && !terms.answers.is_empty(), "{rule:?}");
            assert!(
                terms
                    .signs
                    .iter()
                    .all(|sign| signs().any(|own| own == *sign))
            );
            assert_eq!(Rule::parse(rule.code()), Some(rule));
        }
    }

    #[test]
    fn nothing_is_held_against_a_network_for_longer_than_a_day() {
        let set = WatchSettings::default();
        for rule in Rule::ALL {
            let terms = rule.terms(&set);
            for kind in terms.answers {
                let lasts = kind.lasts(&set, terms.window);
                match rule.terms_of() {
                    Of::Network => assert!(lasts.is_some_and(|lasts| lasts <= DAY)),
                    Of::Account | Of::All => assert!(*kind != AnswerKind::Block),
                }
            }
        }
    }
}
