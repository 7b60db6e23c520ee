//! The hash chain of the record, as arithmetic.
//!
//! `hash = SHA-256("fairdraw/audit/1" || i64be(position) || i64be(at) || len(x) || x … || previous)`
//! over actor, act, activity, object, purpose and reason, each with its length as `u64be`, so
//! that no two different lines have the same bytes. Positions run from 1 without a gap.

use sha2::{Digest, Sha256};

use super::{Head, Record};

/// What stands in the place of a hash before the first line.
pub(super) const BEFORE_THE_FIRST: [u8; 32] = [0; 32];

const DOMAIN: &[u8] = b"fairdraw/audit/1";

/// What a check of the whole chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// How many lines from the first on are as they were written.
    pub length: i64,
    /// The hash of the last of them; 32 zero bytes when there is none.
    pub head: [u8; 32],
    /// How many signed heads fit it.
    pub heads: usize,
    /// What that means.
    pub outcome: Outcome,
}

/// The outcomes of a check; a check that could not be made is an error of the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every line is as it was written.
    Passed,
    /// The line at this position is not.
    Failed(i64, Break),
    /// There is no line yet.
    NotApplicable,
}

/// How a line departs from the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The line at this position is missing.
    Missing,
    /// The line names another line as the one before.
    Unlinked,
    /// The line's own hash does not fit what it says.
    Changed,
    /// The line fits what came before, and is not the one whose hash was signed.
    OtherThanSigned,
    /// The line is missing, and everything behind it: a signed head says that it was there.
    CutOff,
}

/// A chain as far as it was followed.
pub(super) struct Chain<'a> {
    length: i64,
    head: [u8; 32],
    /// What was signed, by position.
    signed: Vec<&'a Head>,
    /// How many of them were passed.
    passed: usize,
}

impl Chain<'_> {
    /// A chain that has to go through these heads.
    pub(super) fn against(heads: &[Head]) -> Chain<'_> {
        let mut signed: Vec<&Head> = heads.iter().collect();
        signed.sort_by_key(|head| head.position);
        Chain {
            length: 0,
            head: BEFORE_THE_FIRST,
            signed,
            passed: 0,
        }
    }

    /// Goes on to the next line, or says at which position the chain breaks and how.
    pub(super) fn add(&mut self, record: &Record) -> Result<(), (i64, Break)> {
        let position = self.length + 1;
        if record.position != position {
            return Err((position, Break::Missing));
        }
        if record.previous != self.head {
            return Err((position, Break::Unlinked));
        }
        let expected = hash(record);
        if record.hash != expected {
            return Err((position, Break::Changed));
        }
        while let Some(signed) = self.signed.get(self.passed) {
            if signed.position > position {
                break;
            }
            if signed.hash != expected {
                return Err((position, Break::OtherThanSigned));
            }
            self.passed += 1;
        }
        self.length = position;
        self.head = expected;
        Ok(())
    }

    /// At the end of the record: whether every head was passed.
    pub(super) fn cut_off(&self) -> Result<(), (i64, Break)> {
        match self.signed.get(self.passed) {
            Some(_) => Err((self.length + 1, Break::CutOff)),
            None => Ok(()),
        }
    }

    pub(super) fn report(&self, broken: Option<(i64, Break)>) -> ChainReport {
        let outcome = match broken {
            Some((position, how)) => Outcome::Failed(position, how),
            None if self.length == 0 => Outcome::NotApplicable,
            None => Outcome::Passed,
        };
        ChainReport {
            length: self.length,
            head: self.head,
            heads: self.passed,
            outcome,
        }
    }
}

/// The hash of a line.
pub(super) fn hash(record: &Record) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update(record.position.to_be_bytes());
    hasher.update(record.at.0.to_be_bytes());
    for text in [
        &record.actor,
        &record.act,
        &record.activity,
        &record.object,
        &record.purpose,
        &record.reason,
    ] {
        let length = u64::try_from(text.len()).expect("a text in memory is shorter than 2^64");
        hasher.update(length.to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.update(&record.previous);
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::Timestamp;

    fn line(position: i64, previous: [u8; 32], act: &str, activity: &str) -> Record {
        let mut record = Record {
            position,
            at: Timestamp(1_000 * position),
            actor: "system".to_owned(),
            act: act.to_owned(),
            activity: activity.to_owned(),
            object: String::new(),
            purpose: String::new(),
            reason: String::new(),
            previous: previous.to_vec(),
            hash: Vec::new(),
        };
        record.hash = hash(&record).to_vec();
        record
    }

    #[test]
    fn moving_a_letter_from_one_field_to_the_next_changes_the_hash() {
        let one = line(1, BEFORE_THE_FIRST, "a.b", "c");
        let other = line(1, BEFORE_THE_FIRST, "a.", "bc");
        assert_ne!(one.hash, other.hash);
    }

    #[test]
    fn a_chain_says_where_and_how_it_breaks() {
        let first = line(1, BEFORE_THE_FIRST, "a.b", "");
        let mut chain = Chain::against(&[]);
        assert_eq!(chain.report(None).outcome, Outcome::NotApplicable);
        assert_eq!(chain.add(&first), Ok(()));
        assert_eq!(chain.report(None).outcome, Outcome::Passed);

        let head = hash(&first);
        assert_eq!(
            chain.add(&line(3, head, "a.b", "")),
            Err((2, Break::Missing))
        );
        assert_eq!(
            chain.add(&line(2, [7; 32], "a.b", "")),
            Err((2, Break::Unlinked))
        );
        let mut changed = line(2, head, "a.b", "");
        changed.reason = "another".to_owned();
        assert_eq!(chain.add(&changed), Err((2, Break::Changed)));
        assert_eq!(chain.add(&line(2, head, "a.b", "")), Ok(()));
    }

    #[test]
    fn a_chain_has_to_go_through_what_was_signed() {
        let first = line(1, BEFORE_THE_FIRST, "a.b", "");
        let second = line(2, hash(&first), "a.b", "");
        let head = |record: &Record| Head {
            position: record.position,
            hash: record.hash.clone(),
            in_journal: 0,
            at: 0,
        };
        let heads = [head(&second), head(&first)];
        let mut chain = Chain::against(&heads);
        assert_eq!(chain.add(&first), Ok(()));
        assert_eq!(chain.cut_off(), Err((2, Break::CutOff)));
        let other = line(2, hash(&first), "a.c", "");
        assert_eq!(chain.add(&other), Err((2, Break::OtherThanSigned)));
        assert_eq!(chain.add(&second), Ok(()));
        assert_eq!((chain.cut_off(), chain.report(None).heads), (Ok(()), 2));
    }
}
