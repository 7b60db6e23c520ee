//! The library's general privacy policy, version by version.
//!
//! Invariant: a published version never changes: no verb does it, the database refuses it
//! (`platform::db::guards`), and its hash stands in the audit record and in the version that
//! follows. A version takes effect no earlier than the one before it, so that at any moment exactly
//! one is in force; what people agree to names that one.
//!
//! Not here: the notice of an activity ([`super::versions`]), who is told of a new version
//! ([`audience`]), what every page shows of it ([`board`]).

use lucky_draw::encode::{Hash, encode, sha256};

use crate::activity::LocalText;
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::{DAY, HOUR, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::ids;

use super::{Error, jobs, store};

pub mod audience;
pub mod board;
pub mod diff;
pub mod first;

/// Longest text of a version in one language, as a person counts.
pub const LONGEST: usize = 10_000;
/// Longest note of what changed.
pub const LONGEST_CHANGE: usize = 1_000;
/// The most days that a version may be announced before it takes effect, and that pages speak of
/// it afterwards.
pub const MOST_DAYS: i64 = 365;
/// Names the versions' hashes; other contents have another name.
const LABEL: &str = "fairdraw/1/policy";

/// How much a version changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nothing that somebody has to know beforehand.
    Minor,
    /// Everybody concerned is told.
    Major,
}

/// A part of the site that a version governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Draws, surveys and places.
    Activities,
    /// The newsletter.
    Newsletter,
    /// Letters to the library.
    Feedback,
    /// Discussions of activities.
    Discussion,
    /// Reading pages.
    Pages,
}

impl Part {
    /// All of them, in the order of the form.
    pub const ALL: [Part; 5] = [
        Part::Activities,
        Part::Newsletter,
        Part::Feedback,
        Part::Discussion,
        Part::Pages,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Part::Activities => "activities",
            Part::Newsletter => "newsletter",
            Part::Feedback => "feedback",
            Part::Discussion => "discussion",
            Part::Pages => "pages",
        }
    }

    /// Reads [`Part::code`].
    pub fn parse(code: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.code() == code)
    }

    /// The message that names it.
    pub fn message_id(self) -> &'static str {
        match self {
            Part::Activities => "policy-part-activities",
            Part::Newsletter => "policy-part-newsletter",
            Part::Feedback => "policy-part-feedback",
            Part::Discussion => "policy-part-discussion",
            Part::Pages => "policy-part-pages",
        }
    }
}

/// What a version governs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Host names; none where the site has no address of its own yet.
    pub hosts: Vec<String>,
    /// Parts of the site.
    pub parts: Vec<Part>,
}

impl Scope {
    pub(super) fn hosts_text(&self) -> String {
        self.hosts.join(" ")
    }

    pub(super) fn parts_text(&self) -> String {
        let codes: Vec<&str> = self.parts.iter().map(|part| part.code()).collect();
        codes.join(" ")
    }

    pub(super) fn read(hosts: &str, parts: &str) -> Scope {
        Scope {
            hosts: hosts.split_whitespace().map(str::to_owned).collect(),
            parts: parts.split_whitespace().filter_map(Part::parse).collect(),
        }
    }
}

/// What staff write of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Markdown.
    pub body: LocalText,
    /// What changed, for everybody.
    pub change: LocalText,
    /// How much.
    pub weight: Weight,
    /// So many days after publishing it takes effect; 0: at once.
    pub wait_days: i64,
    /// So many days after that every public page speaks of a major change.
    pub banner_days: i64,
    /// What it governs.
    pub scope: Scope,
}

/// A version that is being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it says.
    pub text: Text,
    /// Goes up with every change; 0 where nothing was saved yet.
    pub revision: i64,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: i64,
    /// Markdown.
    pub body: LocalText,
    /// What changed.
    pub change: LocalText,
    /// How much.
    pub weight: Weight,
    /// When it was published.
    pub published_at: Timestamp,
    /// From when it holds.
    pub effective_at: Timestamp,
    /// So many days after that every public page speaks of a major change.
    pub banner_days: i64,
    /// What it governs.
    pub scope: Scope,
    /// The hash of the version before; zero before the first.
    pub previous: Hash,
    /// The hash that was stored with it.
    pub hash: Hash,
}

impl Version {
    /// The hash of what the row says now.
    fn computed(&self) -> Hash {
        let number = self.number.to_string();
        let weight = match self.weight {
            Weight::Minor => "minor",
            Weight::Major => "major",
        };
        let times = format!(
            "{} {} {}",
            self.published_at.0, self.effective_at.0, self.banner_days
        );
        sha256(&encode(
            LABEL,
            &[
                number.as_bytes(),
                self.body.zh.as_bytes(),
                self.body.en.as_bytes(),
                self.change.zh.as_bytes(),
                self.change.en.as_bytes(),
                weight.as_bytes(),
                times.as_bytes(),
                self.scope.hosts_text().as_bytes(),
                self.scope.parts_text().as_bytes(),
                self.previous.as_bytes(),
            ],
        ))
    }

    /// Whether everybody concerned is told of it.
    pub fn is_major(&self) -> bool {
        self.weight == Weight::Major
    }
}

/// What holds, and what will.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The version in force; none before the first start of the program.
    pub current: Option<Version>,
    /// Those that were published and take effect later, the next one first.
    pub coming: Vec<Version>,
}

/// Every version, the first one first.
pub fn all(tx: &mut Tx) -> Result<Vec<Version>, Error> {
    Ok(store::general::all(tx)?)
}

/// One version.
///
/// # Errors
/// [`Error::Unknown`] where there is none of this number.
pub fn by_number(tx: &mut Tx, number: i64) -> Result<Version, Error> {
    store::general::by_number(tx, number)?.ok_or(Error::Unknown)
}

/// What holds now, and what will.
pub fn standing(tx: &mut Tx) -> Result<Standing, Error> {
    let now = tx.now();
    let (holding, coming) = all(tx)?
        .into_iter()
        .partition::<Vec<_>, _>(|version| version.effective_at <= now);
    Ok(Standing {
        current: holding.into_iter().next_back(),
        coming,
    })
}

/// The number of the version in force; 0 before the first one.
pub fn in_force(tx: &mut Tx) -> Result<i64, Error> {
    Ok(store::general::in_force(tx)?)
}

/// The numbers of versions that are not as they were published, by their own hash or by that of
/// the version before.
pub fn altered(versions: &[Version]) -> Vec<i64> {
    let mut previous = Hash([0; 32]);
    let mut altered = Vec::new();
    for (at, version) in versions.iter().enumerate() {
        let in_place = version.number == at as i64 + 1;
        if !in_place || version.previous != previous || version.computed() != version.hash {
            altered.push(version.number);
        }
        previous = version.hash;
    }
    altered
}

/// What is being written: as it was saved, or the last version to begin with.
pub fn draft(tx: &mut Tx) -> Result<Draft, Error> {
    if let Some(saved) = store::general::draft(tx)? {
        return Ok(saved);
    }
    let last = all(tx)?.pop().ok_or(Error::Unknown)?;
    Ok(Draft {
        text: Text {
            body: last.body,
            change: LocalText::default(),
            weight: Weight::Minor,
            wait_days: USUAL_WAIT,
            banner_days: USUAL_BANNER,
            scope: last.scope,
        },
        revision: 0,
    })
}

/// Days that a new version waits unless somebody says otherwise.
const USUAL_WAIT: i64 = 14;
/// Days that pages speak of a major change unless somebody says otherwise.
const USUAL_BANNER: i64 = 30;

/// Saves what is being written, where it is still as whoever writes it read it.
///
/// # Errors
/// [`Error::Moved`] where it is not, [`Error::OutOfBounds`] for days.
pub fn save(tx: &mut Tx, by: &StaffId, revision: i64, text: Text) -> Result<i64, Error> {
    let saved = draft(tx)?;
    if saved.revision != revision {
        return Err(Error::Moved);
    }
    check_days(&text)?;
    let next = Draft {
        text,
        revision: match revision {
            // A draft that follows one that was taken back or published is never taken for it.
            0 => i64::from(u32::from_le_bytes(ids::random())) + 1,
            earlier => earlier + 1,
        },
    };
    store::general::put_draft(tx, &next)?;
    note(tx, &Actor::Staff(by.clone()), "policy.draft_saved", "")?;
    Ok(next.revision)
}

/// Takes back everything that was written and not published, where it is still as somebody read it.
///
/// # Errors
/// [`Error::Moved`] where it is not.
pub fn discard(tx: &mut Tx, by: &StaffId, revision: i64) -> Result<(), Error> {
    if draft(tx)?.revision != revision {
        return Err(Error::Moved);
    }
    store::general::drop_draft(tx)?;
    note(tx, &Actor::Staff(by.clone()), "policy.draft_discarded", "")
}

/// Publishes what was written, as somebody saw it, and has everybody told whom a major change
/// concerns. There is no way back.
///
/// # Errors
/// [`Error::Moved`] where it was changed since, [`Error::NameMissing`] where a text or the note of
/// what changed is missing in a language, [`Error::Same`] where it says what the last one says,
/// [`Error::TooEarly`] where it would hold before the last one does.
pub fn publish(tx: &mut Tx, by: &StaffId, revision: i64) -> Result<Version, Error> {
    let Draft {
        text,
        revision: saved,
    } = draft(tx)?;
    if saved != revision || saved == 0 {
        return Err(Error::Moved);
    }
    check_days(&text)?;
    if text.body.is_incomplete() || text.change.is_incomplete() {
        return Err(Error::NameMissing);
    }
    let last = all(tx)?.pop().ok_or(Error::Unknown)?;
    if last.body == text.body && last.scope == text.scope {
        return Err(Error::Same);
    }
    let effective_at = takes_effect(tx.now(), text.wait_days);
    if effective_at < last.effective_at {
        return Err(Error::TooEarly {
            earliest: last.effective_at,
        });
    }
    let version = append(
        tx,
        &Actor::Staff(by.clone()),
        Some(&last),
        text,
        effective_at,
    )?;
    store::general::drop_draft(tx)?;
    if version.is_major() {
        jobs::enqueue_telling(tx, version.number)?;
    }
    Ok(version)
}

/// The first version, where there is none: a new site has a policy on its first day.
fn begin(tx: &mut Tx, text: Text) -> Result<(), Error> {
    if !all(tx)?.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    append(tx, &Actor::System, None, text, now)?;
    Ok(())
}

/// Publishes the first version at the start of the program, unless another instance or an earlier
/// start did.
pub fn ensure_first(db: &Db, config: &Config) -> Result<(), Error> {
    if !db.read_now("look for a policy", all)?.is_empty() {
        return Ok(());
    }
    let begun = db.write_now("publish the first policy", |tx| {
        begin(tx, first::text(config))
    });
    match begun {
        Ok(()) | Err(Error::Moved) => Ok(()),
        Err(error) => Err(error),
    }
}

/// When a version that is published now takes effect: at once, or as a day begins in Taipei.
pub fn takes_effect(now: Timestamp, wait_days: i64) -> Timestamp {
    const EAST: i64 = 8 * HOUR;
    match wait_days {
        0 => now,
        days => Timestamp((now.0 + EAST).div_euclid(DAY) * DAY - EAST + days * DAY),
    }
}

fn append(
    tx: &mut Tx,
    by: &Actor,
    last: Option<&Version>,
    text: Text,
    effective_at: Timestamp,
) -> Result<Version, Error> {
    let mut version = Version {
        number: last.map_or(1, |last| last.number + 1),
        body: text.body,
        change: text.change,
        weight: text.weight,
        published_at: tx.now(),
        effective_at,
        banner_days: text.banner_days,
        scope: text.scope,
        previous: last.map_or(Hash([0; 32]), |last| last.hash),
        hash: Hash([0; 32]),
    };
    version.hash = version.computed();
    store::general::insert(tx, &version)?;
    let object = format!("{} {}", version.number, version.hash);
    note(tx, by, "policy.published", &object)?;
    Ok(version)
}

/// For how many days at least pages speak of a change: of a major one somebody has to have seen it
/// (clause T46).
pub fn least_banner(weight: Weight) -> i64 {
    match weight {
        Weight::Major => 1,
        Weight::Minor => 0,
    }
}

fn check_days(text: &Text) -> Result<(), Error> {
    let min = least_banner(text.weight);
    let is_known = (0..=MOST_DAYS).contains(&text.wait_days);
    match is_known && (min..=MOST_DAYS).contains(&text.banner_days) {
        true => Ok(()),
        false => Err(Error::OutOfBounds {
            min,
            max: MOST_DAYS,
        }),
    }
}

fn note(tx: &mut Tx, by: &Actor, act: &'static str, object: &str) -> Result<(), Error> {
    let act = Act {
        actor: by,
        act,
        activity: "",
        object,
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: i64, body: &str, previous: Hash) -> Version {
        let mut version = Version {
            number,
            body: LocalText::new(body, body),
            change: LocalText::default(),
            weight: Weight::Major,
            published_at: Timestamp(1),
            effective_at: Timestamp(2),
            banner_days: 30,
            scope: Scope::read("draw.lib.example.tw", "activities pages"),
            previous,
            hash: Hash([0; 32]),
        };
        version.hash = version.computed();
        version
    }

    #[test]
    fn a_version_that_was_changed_or_left_out_is_found() {
        let first = version(1, "一", Hash([0; 32]));
        let second = version(2, "二", first.hash);
        let third = version(3, "三", second.hash);
        let whole = [first.clone(), second.clone(), third.clone()];
        assert!(altered(&whole).is_empty());

        let mut changed = whole.clone();
        changed[1].body.zh.push('改');
        assert_eq!(altered(&changed), [2]);
        // Whoever computes the hash anew breaks the chain instead.
        changed[1].hash = changed[1].computed();
        assert_eq!(altered(&changed), [3]);
        assert_eq!(altered(&[first, third]), [3]);
    }

    #[test]
    fn a_version_takes_effect_as_a_day_begins_in_taipei() {
        // 2026-11-23 09:00 in Taipei.
        let now = Timestamp(1_795_395_600_000);
        let at = takes_effect(now, 1);
        assert_eq!(at.0 - now.0, 15 * HOUR);
        assert_eq!(takes_effect(now, 0), now);
    }
}
