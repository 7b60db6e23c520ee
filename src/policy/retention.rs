//! How long data is kept: one class for each kind of data, with bounds that no setting leaves.
//!
//! Invariant: the library's value lies within its class; every value that was ever set stays
//! readable with its reason, and the last one counts. A new value holds for what is planned from
//! then on: an activity that is published keeps the date that people were told.
//!
//! Not here: the erasing itself ([`crate::purge`]), and what is never erased because it holds
//! nothing of anybody ([`Lasting`] only names it).

use crate::activity::lifecycle::GRACE;
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};

use super::{Error, store};

/// A kind of data that is kept for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Entries with contacts, keyed tags, answers and consents.
    Entries,
    /// The same, where prizes are not settled when their day comes.
    Winners,
    /// Rows that stay for an authority or a dispute.
    Holds,
    /// What the tax law wants of winners.
    Tax,
    /// Requests of people about their own data.
    Requests,
    /// What people wrote to the library.
    Feedback,
    /// What the web server writes down of a visit.
    AccessLog,
    /// Copies of the database; they hold no key.
    Backups,
}

/// The fewest, the usual and the most days of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// No value is below.
    pub min: i64,
    /// What holds where the library set nothing.
    pub usual: i64,
    /// No value is above.
    pub max: i64,
}

/// Who says how many days it is, within the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy {
    /// The library, in `/admin/retention`; public with its reason.
    Library,
    /// The operator, in `Rocket.toml`, under this name.
    File(&'static str),
    /// Nobody: it is a rule of the program.
    Fixed,
}

impl Class {
    /// Every class, in the order of the pages.
    pub const ALL: [Class; 8] = [
        Class::Entries,
        Class::Winners,
        Class::Holds,
        Class::Tax,
        Class::Requests,
        Class::Feedback,
        Class::AccessLog,
        Class::Backups,
    ];

    /// The word in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Class::Entries => "entries",
            Class::Winners => "winners",
            Class::Holds => "holds",
            Class::Tax => "tax",
            Class::Requests => "requests",
            Class::Feedback => "feedback",
            Class::AccessLog => "access_log",
            Class::Backups => "backups",
        }
    }

    /// Reads [`Class::code`].
    pub fn parse(code: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.code() == code)
    }

    /// What no value leaves.
    pub const fn bounds(self) -> Bounds {
        let (min, usual, max) = match self {
            Class::Entries => (1, 180, 180),
            Class::Winners => (GRACE / DAY, GRACE / DAY, GRACE / DAY),
            Class::Holds => (1, 180, 180),
            Class::Tax => (5 * 365, 5 * 365, 10 * 365),
            Class::Requests => (180, 2 * 365, 5 * 365),
            Class::Feedback => (30, 180, 2 * 365),
            Class::AccessLog => (7, 180, 400),
            Class::Backups => (0, 35, 400),
        };
        Bounds { min, usual, max }
    }

    /// Who sets it.
    pub fn set_by(self) -> SetBy {
        match self {
            Class::Entries | Class::Requests | Class::Feedback => SetBy::Library,
            Class::AccessLog => SetBy::File("access_log_days"),
            Class::Backups => SetBy::File("backup_days"),
            Class::Tax => SetBy::File("tax_rules"),
            Class::Winners | Class::Holds => SetBy::Fixed,
        }
    }

    /// Its name.
    pub fn name(self, language: Language) -> String {
        let id = match self {
            Class::Entries => "policy-class-entries",
            Class::Winners => "policy-class-winners",
            Class::Holds => "policy-class-holds",
            Class::Tax => "policy-class-tax",
            Class::Requests => "policy-class-requests",
            Class::Feedback => "policy-class-feedback",
            Class::AccessLog => "policy-class-access-log",
            Class::Backups => "policy-class-backups",
        };
        text::message(language, id, &[])
    }

    /// From when the days are counted, and what happens then.
    pub fn from(self, language: Language) -> String {
        let id = match self {
            Class::Entries => "policy-from-entries",
            Class::Winners => "policy-from-winners",
            Class::Holds => "policy-from-holds",
            Class::Tax => "policy-from-tax",
            Class::Requests => "policy-from-requests",
            Class::Feedback => "policy-from-feedback",
            Class::AccessLog => "policy-from-access-log",
            Class::Backups => "policy-from-backups",
        };
        text::message(language, id, &[])
    }

    /// Why the library may keep it so long, with the article.
    pub fn basis(self, language: Language) -> String {
        let id = match self {
            Class::Entries => "policy-basis-entries",
            Class::Winners => "policy-basis-winners",
            Class::Holds => "policy-basis-holds",
            Class::Tax => "policy-basis-tax",
            Class::Requests => "policy-basis-requests",
            Class::Feedback => "policy-basis-feedback",
            Class::AccessLog => "policy-basis-access-log",
            Class::Backups => "policy-basis-backups",
        };
        text::message(language, id, &[])
    }
}

/// What stays for ever because it tells of nobody, or of staff by number only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// Rules, lists of fingerprints, results: what proves a draw.
    Proofs,
    /// Certificates of purges.
    Certificates,
    /// Counts of people, none below the threshold.
    Statistics,
    /// Who of the staff did what, and when data was opened.
    Record,
    /// Names of staff, which that record points to.
    Accounts,
    /// Which authority was given how many rows, and on what ground.
    Disclosures,
}

impl Lasting {
    /// All of them, in the order of the pages.
    pub const ALL: [Lasting; 6] = [
        Lasting::Proofs,
        Lasting::Certificates,
        Lasting::Statistics,
        Lasting::Record,
        Lasting::Accounts,
        Lasting::Disclosures,
    ];

    /// What it is and why it stays.
    pub fn words(self, language: Language) -> String {
        let id = match self {
            Lasting::Proofs => "policy-lasting-proofs",
            Lasting::Certificates => "policy-lasting-certificates",
            Lasting::Statistics => "policy-lasting-statistics",
            Lasting::Record => "policy-lasting-record",
            Lasting::Accounts => "policy-lasting-accounts",
            Lasting::Disclosures => "policy-lasting-disclosures",
        };
        text::message(language, id, &[])
    }
}

/// A number of days as people say it: `30 日`, `2 年`.
pub fn span(language: Language, days: i64) -> String {
    let (id, count) = match days {
        0 => return text::message(language, "policy-span-none", &[]),
        days if days % 365 == 0 => ("policy-span-years", days / 365),
        days => ("policy-span-days", days),
    };
    text::message(language, id, &[("count", count.into())])
}

/// A value that the library set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which class.
    pub class: Class,
    /// Its place among the values of the class, from 1.
    pub version: i64,
    /// How many days.
    pub days: i64,
    /// Why, as the public reads it.
    pub reason: String,
    /// When.
    pub set_at: Timestamp,
}

/// How many days hold now: what the library set last, or the usual.
pub fn days(tx: &mut Tx, class: Class) -> Result<i64, Error> {
    let set = store::last_setting(tx, class)?.map(|change| change.days);
    let bounds = class.bounds();
    // A value of an earlier release may lie outside what this one allows.
    Ok(set.map_or(bounds.usual, |days| days.clamp(bounds.min, bounds.max)))
}

/// How many days hold now, whoever sets them.
pub fn held(tx: &mut Tx, class: Class, config: &Config) -> Result<i64, Error> {
    match class {
        Class::Backups => Ok(i64::from(config.backup_days)),
        Class::AccessLog => Ok(i64::from(config.access_log_days)),
        Class::Entries | Class::Requests | Class::Feedback => days(tx, class),
        Class::Tax => {
            // The newest rules that the operator set, or those that the program knows.
            let newest = config.tax_rules.iter().max_by_key(|rules| &rules.from);
            Ok(newest.map_or(class.bounds().usual, |rules| rules.keep_years * 365))
        }
        Class::Winners | Class::Holds => Ok(class.bounds().usual),
    }
}

/// Every value that the library ever set, the latest first.
pub fn changes(tx: &mut Tx) -> Result<Vec<Change>, Error> {
    store::settings(tx)
}

/// Longest reason, in characters.
pub const LONGEST_REASON: usize = 300;

/// Sets how many days hold from now on; `reason` is public.
///
/// # Errors
/// [`Error::NotOurs`] for a class that is not the library's to set, [`Error::OutOfBounds`],
/// [`Error::ReasonMissing`].
pub fn set(tx: &mut Tx, by: &StaffId, class: Class, days: i64, reason: &str) -> Result<(), Error> {
    let Bounds { min, max, .. } = class.bounds();
    if class.set_by() != SetBy::Library {
        return Err(Error::NotOurs);
    }
    if !(min..=max).contains(&days) {
        return Err(Error::OutOfBounds { min, max });
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(Error::ReasonMissing);
    }
    let before = self::days(tx, class)?;
    let version = store::last_setting(tx, class)?.map_or(1, |change| change.version + 1);
    let change = Change {
        class,
        version,
        days,
        reason: reason.to_owned(),
        set_at: tx.now(),
    };
    store::insert_setting(tx, by, &change)?;
    let act = Act {
        actor: &Actor::Staff(by.clone()),
        act: "policy.retention_set",
        activity: "",
        object: &format!("{} {before} {days}", class.code()),
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_time_lies_within_its_class() {
        for class in Class::ALL {
            let Bounds { min, usual, max } = class.bounds();
            assert!(min <= usual && usual <= max, "{class:?}");
            assert_eq!(Class::parse(class.code()), Some(class));
        }
    }

    #[test]
    fn years_are_told_as_years() {
        assert_eq!(span(Language::ZhTw, 30), "30 日");
        assert_eq!(span(Language::ZhTw, 730), "2 年");
        assert_eq!(span(Language::En, 365), "1 year");
        assert_eq!(span(Language::En, 1), "1 day");
    }
}
