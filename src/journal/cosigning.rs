//! Asking a witness to cosign the newest checkpoint (C2SP tlog-witness, `add-checkpoint`).
//!
//! Invariant: nothing is believed but a line that the witness's own key signed for exactly this
//! checkpoint, with a time that our clock can believe.
//!
//! Not here: when to ask ([`super::jobs`]), what becomes of the line ([`super::witnesses`]).

use std::time::Duration;

use lucky_draw::encode::Hash;
use lucky_draw::note::{SignedNote, Witness};
use ureq::Agent;

use crate::log;
use crate::platform::clock::{MINUTE, SECOND, Timestamp};
use crate::platform::db::Tx;
use crate::vault::Vault;
use crate::witness::Submission;

use super::witnesses::{Appointed, Cosignature};
use super::{Error, store};

/// Time for one answer, from name lookup to the last byte.
const TIME_FOR_AN_ANSWER: Duration = Duration::from_secs(5);
/// Longest answer that is read, in bytes: a few signature lines.
const LONGEST_ANSWER: u64 = 16 * 1024;
/// How far the clock of a witness may be from ours, in seconds.
const CLOCKS_APART: u64 = 300;

/// The newest checkpoint of the journal, for those who have not cosigned it.
#[derive(Debug, Clone)]
pub(super) struct Newest {
    pub(super) size: u64,
    /// The three lines.
    pub(super) text: String,
    /// With the log's signature, as a note.
    pub(super) signed: String,
    /// Who is to be asked now, each with the proof from the last checkpoint it is known to know.
    pub(super) asked: Vec<(Appointed, Vec<Hash>)>,
    /// When somebody who has not cosigned it may be asked next, if not now.
    pub(super) later: Option<Timestamp>,
}

/// Why a witness did not cosign; a stable word for the table and the message that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It could not be reached in time.
    #[error("the witness could not be reached")]
    Unreachable,
    /// It does not follow our journal, or not under this key.
    #[error("the witness does not follow this journal")]
    NotFollowed,
    /// It answered something else than the protocol says.
    #[error("the witness answered with something that is not a cosignature")]
    Unreadable,
    /// The cosignature is not of its key, or not of this checkpoint.
    #[error("the cosignature was not made by the witness's key")]
    Unsigned,
    /// Its clock is far from ours.
    #[error("the clock of the witness is more than five minutes from ours")]
    Clock,
    /// It has seen a longer journal than ours, or another one of the same length.
    #[error("the witness has seen another journal under our key")]
    OtherJournal,
}

impl Trouble {
    const ALL: [Trouble; 6] = [
        Trouble::Unreachable,
        Trouble::NotFollowed,
        Trouble::Unreadable,
        Trouble::Unsigned,
        Trouble::Clock,
        Trouble::OtherJournal,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Trouble::Unreachable => "unreachable",
            Trouble::NotFollowed => "not_followed",
            Trouble::Unreadable => "unreadable",
            Trouble::Unsigned => "unsigned",
            Trouble::Clock => "clock",
            Trouble::OtherJournal => "other_journal",
        }
    }

    /// Reads [`Trouble::code`].
    pub fn parse(code: &str) -> Option<Trouble> {
        let mut all = Trouble::ALL.into_iter();
        all.find(|trouble| trouble.code() == code)
    }
}

/// What a witness answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Its line, checked, and the time it names.
    Cosigned(Cosignature),
    /// It knows another checkpoint than we thought; the proof must start there.
    Knows(u64),
}

/// Who has not cosigned the newest checkpoint; nothing where that is nobody.
pub(super) fn newest(tx: &mut Tx, vault: &Vault) -> Result<Option<Newest>, Error> {
    let Some(journal) = super::find(tx)?.filter(|journal| journal.size > 0) else {
        return Ok(None);
    };
    let (mut asked, mut later) = (Vec::new(), None);
    for witness in store::witnesses(tx)? {
        if !witness.asked || witness.size >= journal.size {
            continue;
        }
        if witness.next_try > tx.now() {
            later = Some(later.map_or(witness.next_try, |at: Timestamp| at.min(witness.next_try)));
            continue;
        }
        let proof = log::consistency_proof(tx, &journal, witness.size, journal.size)?;
        asked.push((witness, proof));
    }
    let text = log::checkpoint_text(&journal);
    let signed = super::sign(tx, vault, &journal, journal.size, &text)?;
    Ok(Some(Newest {
        size: journal.size,
        text,
        signed,
        asked,
        later,
    }))
}

/// The proof from another size than we thought.
pub(super) fn proof_from(tx: &mut Tx, old: u64, size: u64) -> Result<Vec<Hash>, Error> {
    let journal = super::find(tx)?.ok_or(log::Error::Unknown)?;
    Ok(log::consistency_proof(tx, &journal, old, size)?)
}

/// Asks one witness once, with a proof from `old`.
pub(super) fn ask(
    witness: &Appointed,
    newest: &Newest,
    old: u64,
    proof: Vec<Hash>,
    now: Timestamp,
) -> Result<Answer, Trouble> {
    let key = Witness::parse(&witness.vkey).map_err(|_| Trouble::Unsigned)?;
    let body = Submission {
        old,
        proof,
        checkpoint: newest.signed.clone(),
    };
    let address = format!("{}/add-checkpoint", witness.url);
    let mut answer = agent(&witness.url)
        .post(&address)
        .content_type("text/plain; charset=utf-8")
        .send(body.to_text())
        .map_err(|_| Trouble::Unreachable)?;
    let status = answer.status().as_u16();
    let text = answer
        .body_mut()
        .with_config()
        .limit(LONGEST_ANSWER)
        .read_to_string()
        .map_err(|_| Trouble::Unreadable)?;
    match status {
        200 => cosignature(&key, newest, &text, now).map(Answer::Cosigned),
        409 => known_size(newest.size, old, &text),
        403 | 404 => Err(Trouble::NotFollowed),
        429 | 500..=599 => Err(Trouble::Unreachable),
        _ => Err(Trouble::Unreadable),
    }
}

/// A witness on plain http is a neighbour on this machine or network, which no proxy leads to.
fn agent(url: &str) -> Agent {
    let config = Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(TIME_FOR_AN_ANSWER))
        .user_agent(concat!("fairdraw/", env!("CARGO_PKG_VERSION")));
    if url.starts_with("https://") {
        config.build().new_agent()
    } else {
        config.proxy(None).build().new_agent()
    }
}

/// The size in a 409, which is one that our journal had, and not the one we started from.
fn known_size(size: u64, old: u64, text: &str) -> Result<Answer, Trouble> {
    let known: u64 = text.trim_end().parse().map_err(|_| Trouble::Unreadable)?;
    if known > size || known == old {
        return Err(Trouble::OtherJournal);
    }
    Ok(Answer::Knows(known))
}

/// The witness's own line among those it sent.
fn cosignature(
    key: &Witness,
    newest: &Newest,
    text: &str,
    now: Timestamp,
) -> Result<Cosignature, Trouble> {
    let note = format!("{}\n{text}", newest.text);
    let note = SignedNote::parse(&note).map_err(|_| Trouble::Unreadable)?;
    let place = note.lines.iter().position(|line| key.wrote(line));
    let place = place.ok_or(Trouble::Unsigned)?;
    let time = key
        .time(note.text, &note.lines[place])
        .map_err(|_| Trouble::Unsigned)?;
    let ours = u64::try_from(now.unix()).unwrap_or(0);
    if time == 0 || time.abs_diff(ours) > CLOCKS_APART {
        return Err(Trouble::Clock);
    }
    let line = text.lines().nth(place).ok_or(Trouble::Unreadable)?;
    Ok(Cosignature {
        size: newest.size,
        vkey: key.vkey(),
        seen_at: time,
        line: format!("{line}\n"),
    })
}

/// Keeps what a witness answered.
pub(super) fn keep(
    tx: &mut Tx,
    witness: &Appointed,
    answer: &Result<Cosignature, Trouble>,
) -> Result<(), Error> {
    let changed = match answer {
        Ok(said) => {
            store::insert_cosignature(tx, said)?;
            Appointed {
                size: said.size,
                failures: 0,
                trouble: String::new(),
                next_try: Timestamp(0),
                ..witness.clone()
            }
        }
        Err(trouble) => Appointed {
            failures: witness.failures.saturating_add(1),
            trouble: trouble.code().to_owned(),
            next_try: tx.now().plus(pause_after(witness.failures)),
            ..witness.clone()
        },
    };
    Ok(store::record_answer(tx, &changed)?)
}

/// How long to leave a witness alone that failed `failures` times before. There are five minutes
/// between the earliest freeze and the deadline for its cosignatures, so the first ones are short.
fn pause_after(failures: u32) -> i64 {
    match failures {
        0..=3 => (5 * SECOND) << failures,
        4..=20 => MINUTE,
        _ => 10 * MINUTE,
    }
}

#[cfg(test)]
mod tests {
    use lucky_draw::note::Cosigner;

    use super::*;

    const TEXT: &str = "lib.example/journal\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn newest() -> Newest {
        Newest {
            size: 3,
            text: TEXT.to_owned(),
            signed: String::new(),
            asked: Vec::new(),
            later: None,
        }
    }

    fn read(cosigner: &Cosigner, text: &str) -> Result<Cosignature, Trouble> {
        let key = Witness::parse(&cosigner.vkey()).expect("a key");
        cosignature(&key, &newest(), text, NOW)
    }

    #[test]
    fn only_the_witnesses_own_line_for_this_checkpoint_is_kept() {
        let [ours, other] = [[1; 32], [2; 32]].map(|seed| Cosigner::new("w.example", seed));
        let (ours, other) = (ours.expect("a name"), other.expect("a name"));
        let now = 1_700_000_000;
        let line = ours.line(TEXT, now);
        let strange = other.line(TEXT, now);

        let kept = read(&ours, &format!("{strange}{line}")).expect("it is among them");
        assert_eq!((kept.line, kept.seen_at), (line.clone(), now));
        for (text, trouble) in [
            (strange.clone(), Trouble::Unsigned),
            (ours.line(&TEXT.replace('3', "4"), now), Trouble::Unsigned),
            (ours.line(TEXT, now + 301), Trouble::Clock),
            (ours.line(TEXT, now - 301), Trouble::Clock),
            (ours.line(TEXT, 0), Trouble::Clock),
            (line.trim_end().to_owned(), Trouble::Unreadable),
            (String::new(), Trouble::Unreadable),
        ] {
            assert_eq!(read(&ours, &text), Err(trouble), "{text}");
        }
    }

    #[test]
    fn a_conflict_names_a_size_that_our_journal_had_or_is_another_journal() {
        assert_eq!(known_size(9, 0, "4\n"), Ok(Answer::Knows(4)));
        assert_eq!(known_size(9, 4, "9\n"), Ok(Answer::Knows(9)));
        assert_eq!(known_size(9, 4, "4\n"), Err(Trouble::OtherJournal));
        assert_eq!(known_size(9, 4, "10\n"), Err(Trouble::OtherJournal));
        assert_eq!(known_size(9, 4, "x\n"), Err(Trouble::Unreadable));
    }

    #[test]
    fn five_minutes_are_enough_for_several_tries() {
        let mut waited = 0;
        let tries = (0..20)
            .map(|failures| {
                waited += pause_after(failures);
                waited
            })
            .filter(|at| *at < 5 * MINUTE)
            .count();
        assert!(tries >= 7, "{tries}");
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::parse(trouble.code()), Some(trouble));
        }
    }
}
