//! How far each log was seen: the vault signs no checkpoint that contradicts one that was released.
//!
//! A log that is forked gives one index to two people. A database that comes back from a backup, or
//! a standby that missed the last commits, would do so without knowing. The vault is asked for
//! every signature anyway, by every instance, and is in no backup of the database; so it is here
//! that a fork ends (ADR 0029).
//!
//! Invariant: what is signed extends, by an RFC 6962 proof, what was released before, or is a part
//! of it. A state counts as released once its transaction is committed and the caller has said so;
//! what was signed for a transaction that then failed binds nobody.
//!
//! Each log has a page in the key folder with the last released state, written in place, in two
//! halves by turns, and not waited for: a killed process loses nothing, and a power cut at most what
//! the system had not written yet. A tip that is older than it could be only means that a database
//! which lost the same seconds is not noticed; it never refuses what is right.
//!
//! Lines hold names, sizes and hashes of public logs.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::Checkpoint;
use lucky_draw::tree::verify_consistency;

use super::disk;
use super::wire::Growth;

/// States that were signed and of which nobody has said yet whether they are stored.
const MOST_OPEN: usize = 32;
/// Pages up to which a log that no activity promised gets one: of an older version, the journal.
const MOST_UNPROMISED: usize = 64;
/// Two halves of a page.
const HALF: usize = disk::PAGE / 2;

/// A log at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    pub(super) size: u64,
    pub(super) root: Hash,
}

impl State {
    pub(super) fn of(checkpoint: &Checkpoint) -> State {
        State {
            size: checkpoint.size,
            root: checkpoint.root,
        }
    }

    fn is_before(&self, later: &State, proof: &[Hash]) -> bool {
        verify_consistency(self.size, later.size, &self.root, &later.root, proof).is_ok()
    }
}

/// What is known of one log.
#[derive(Default)]
struct Known {
    tip: Option<State>,
    /// Signed and not released: from where, to where.
    open: VecDeque<(State, State)>,
    /// Which half of the page was written last.
    turn: bool,
}

/// What is known of every log that was asked about.
#[derive(Default)]
pub(super) struct Tips {
    logs: HashMap<String, Known>,
}

/// Whether a checkpoint may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Sign,
    /// A proof from or to this size is needed.
    Knows(u64),
    /// It is another log than the one that was released.
    Fork,
}

impl Tips {
    /// What is known of a log; nothing of one that was never released, and whoever asks about such
    /// logs leaves nothing behind.
    fn known(&mut self, folder: &Path, origin: &str) -> io::Result<Option<&mut Known>> {
        if !self.logs.contains_key(origin) {
            let (Some(tip), turn) = read(folder, origin)? else {
                return Ok(None);
            };
            let known = Known {
                tip: Some(tip),
                turn,
                ..Known::default()
            };
            self.logs.insert(origin.to_owned(), known);
        }
        Ok(self.logs.get_mut(origin))
    }

    /// The last released state of a log.
    pub(super) fn tip(&mut self, folder: &Path, origin: &str) -> io::Result<Option<State>> {
        Ok(self.known(folder, origin)?.and_then(|known| known.tip))
    }

    /// Whether a state may be signed, on the word of a proof.
    pub(super) fn judge(
        &mut self,
        folder: &Path,
        origin: &str,
        new: State,
        growth: &Growth,
    ) -> io::Result<Verdict> {
        let Some(known) = self.known(folder, origin)? else {
            return Ok(Verdict::Sign);
        };
        let Some(tip) = known.tip else {
            return Ok(Verdict::Sign);
        };
        if new == tip || known.open.iter().any(|(_, to)| *to == new) {
            return Ok(Verdict::Sign);
        }
        let proof: Vec<Hash> = growth.proof.iter().map(|bytes| Hash(*bytes)).collect();
        if new.size < tip.size {
            return Ok(match growth.from == tip.size {
                true if new.is_before(&tip, &proof) => Verdict::Sign,
                true => Verdict::Fork,
                false => Verdict::Knows(tip.size),
            });
        }
        let open = known.open.iter().map(|(_, to)| *to);
        let bases: Vec<State> = open
            .chain([tip])
            .filter(|at| at.size == growth.from)
            .collect();
        match bases.iter().find(|base| base.is_before(&new, &proof)) {
            Some(base) => {
                known.open.push_back((*base, new));
                if known.open.len() > MOST_OPEN {
                    known.open.pop_front();
                }
                Ok(Verdict::Sign)
            }
            None if growth.from == tip.size => Ok(Verdict::Fork),
            None => Ok(Verdict::Knows(tip.size)),
        }
    }

    /// A signed state is stored, and people may have seen it. A page for a log of which nothing is
    /// known is begun where `is_promised` says that there is such a log, and for some more; whoever
    /// makes up names fills no folder. `false` where it was not begun.
    pub(super) fn release(
        &mut self,
        folder: &Path,
        origin: &str,
        new: State,
        is_promised: impl FnOnce() -> io::Result<bool>,
    ) -> io::Result<bool> {
        if self.known(folder, origin)?.is_none() {
            if !is_promised()? && pages(folder)? >= MOST_UNPROMISED {
                return Ok(false);
            }
            self.logs.insert(origin.to_owned(), Known::default());
        }
        let Some(known) = self.logs.get_mut(origin) else {
            return Ok(false);
        };
        if known.tip.is_some_and(|tip| new.size <= tip.size) {
            return Ok(true);
        }
        known.tip = Some(new);
        // What was signed on the way to something else binds nobody, and leads nowhere.
        let mut leads = BTreeSet::from([new]);
        known.open.retain(|(from, to)| {
            let follows = to.size > new.size && leads.contains(from);
            if follows {
                leads.insert(*to);
            }
            follows
        });
        known.turn = !known.turn;
        write(folder, origin, new, known.turn)?;
        Ok(true)
    }
}

/// How many logs have a page.
fn pages(folder: &Path) -> io::Result<usize> {
    let mut pages = 0;
    for file in std::fs::read_dir(folder)? {
        let name = file?.file_name();
        let name = name.to_string_lossy();
        pages += usize::from(name.starts_with("log-") && name.ends_with(".tip"));
    }
    Ok(pages)
}

fn file_name(origin: &str) -> String {
    let name = sha256(origin.as_bytes()).to_string();
    format!("log-{}.tip", &name[..32])
}

fn line(origin: &str, state: State) -> String {
    let State { size, root } = state;
    let said = format!("tip {size} {root} {origin}");
    let check = sha256(said.as_bytes()).to_string();
    format!("{said} {}\n", &check[..16])
}

fn write(folder: &Path, origin: &str, state: State, turn: bool) -> io::Result<()> {
    let mut half = line(origin, state).into_bytes();
    if half.len() > HALF {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    half.resize(HALF, 0);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(folder.join(file_name(origin)))?;
    file.write_all_at(&half, if turn { HALF as u64 } else { 0 })
}

/// The later of the two halves that are whole.
fn read(folder: &Path, origin: &str) -> io::Result<(Option<State>, bool)> {
    let Some(page) = disk::read(folder, &file_name(origin))? else {
        return Ok((None, false));
    };
    let halves = page.chunks(HALF).map(|half| read_half(half, origin));
    let found = halves.zip([false, true]);
    let last = found
        .filter_map(|(state, turn)| Some((state?, turn)))
        .max_by_key(|(state, _)| state.size);
    if last.is_none() {
        tracing::error!("what the vault knew of a log is damaged; it begins anew");
    }
    Ok(match last {
        Some((state, turn)) => (Some(state), turn),
        None => (None, false),
    })
}

fn read_half(half: &[u8], origin: &str) -> Option<State> {
    let end = half.iter().position(|byte| *byte == b'\n')?;
    let text = std::str::from_utf8(&half[..end]).ok()?;
    let mut words = text.strip_prefix("tip ")?.splitn(3, ' ');
    let state = State {
        size: words.next()?.parse().ok()?,
        root: words.next()?.parse().ok()?,
    };
    (line(origin, state).trim_end() == text).then_some(state)
}

#[cfg(test)]
mod tests {
    use lucky_draw::tree::{MemoryTree, consistency_proof, leaf_hash};

    use super::*;

    const LOG: &str = "library.example/spring/a";

    struct Grown {
        tree: MemoryTree,
    }

    impl Grown {
        fn to(size: u64, word: &str) -> Grown {
            let mut grown = Grown {
                tree: MemoryTree::new(),
            };
            grown.grow(size, word);
            grown
        }

        fn grow(&mut self, size: u64, word: &str) {
            for leaf in self.tree.size()..size {
                self.tree
                    .push(leaf_hash(format!("{word} {leaf}").as_bytes()));
            }
        }

        fn state(&self) -> State {
            State {
                size: self.tree.size(),
                root: self.tree.root(),
            }
        }

        fn from(&self, from: u64) -> Growth {
            let to = self.tree.size();
            let proof = consistency_proof(&mut self.tree.clone(), from, to).expect("in memory");
            Growth {
                from,
                proof: proof.iter().map(|hash| hash.0).collect(),
            }
        }
    }

    fn judged(tips: &mut Tips, folder: &Path, log: &Grown, from: u64) -> Verdict {
        let growth = log.from(from);
        tips.judge(folder, LOG, log.state(), &growth).expect("read")
    }

    fn release(tips: &mut Tips, folder: &Path, origin: &str, log: &Grown) {
        let is_kept = tips.release(folder, origin, log.state(), || Ok(true));
        assert!(is_kept.expect("written"));
    }

    #[test]
    fn logs_that_were_made_up_fill_neither_folder_nor_memory() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tips, path) = (&mut Tips::default(), folder.path());
        let log = Grown::to(1, "a");
        for n in 0..10_000 {
            let name = format!("library.example/made-up/{n}");
            assert_eq!(tips.tip(path, &name).expect("read"), None);
            let judged = tips.judge(path, &name, log.state(), &Growth::default());
            assert_eq!(judged.expect("read"), Verdict::Sign);
        }
        assert_eq!(tips.logs.len(), 0, "asking leaves nothing behind");
        let begun = (0..1_000).filter(|n| {
            let name = format!("library.example/made-up/{n}");
            let begun = tips.release(path, &name, log.state(), || Ok(false));
            begun.expect("written")
        });
        assert_eq!(begun.count(), MOST_UNPROMISED);
        assert_eq!(tips.logs.len(), MOST_UNPROMISED);
        assert_eq!(pages(path).expect("read"), MOST_UNPROMISED);
        // What an activity promised has its page however many there are.
        release(tips, path, LOG, &log);
        assert_eq!(tips.tip(path, LOG).expect("read"), Some(log.state()));
    }

    #[test]
    fn a_log_that_grows_is_signed_and_a_fork_is_not_also_by_the_next_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tips, path) = (&mut Tips::default(), folder.path());
        let mut log = Grown::to(10, "a");
        assert_eq!(
            judged(tips, path, &log, 0),
            Verdict::Sign,
            "nothing is known"
        );
        release(tips, path, LOG, &log);
        log.grow(17, "a");
        assert_eq!(judged(tips, path, &log, 10), Verdict::Sign);
        release(tips, path, LOG, &log);

        // A database of before comes back and goes on in another way.
        for mut again in [Tips::default(), Tips::default()] {
            let mut older = Grown::to(12, "a");
            assert_eq!(judged(&mut again, path, &older, 0), Verdict::Knows(17));
            older.grow(40, "b");
            assert_eq!(judged(&mut again, path, &older, 12), Verdict::Knows(17));
            assert_eq!(judged(&mut again, path, &older, 17), Verdict::Fork);
            // The right one goes on, and its past may be signed again.
            assert_eq!(judged(&mut again, path, &log, 17), Verdict::Sign);
            let (past, growth) = (Grown::to(11, "a"), log.from(11));
            let growth = Growth { from: 17, ..growth };
            let verdict = again.judge(path, LOG, past.state(), &growth).expect("read");
            assert_eq!(verdict, Verdict::Sign);
            let forged = Grown::to(11, "b");
            let verdict = again
                .judge(path, LOG, forged.state(), &growth)
                .expect("read");
            assert_eq!(verdict, Verdict::Fork);
        }
    }

    #[test]
    fn what_was_signed_for_a_transaction_that_failed_binds_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tips, path) = (&mut Tips::default(), folder.path());
        let base = Grown::to(10, "a");
        release(tips, path, LOG, &base);
        let (mut failed, mut stored) = (Grown::to(10, "a"), Grown::to(10, "a"));
        failed.grow(15, "failed");
        stored.grow(13, "stored");
        assert_eq!(judged(tips, path, &failed, 10), Verdict::Sign);
        assert_eq!(judged(tips, path, &stored, 10), Verdict::Sign);
        release(tips, path, LOG, &stored);
        // Nothing goes on from what failed.
        failed.grow(20, "failed");
        assert_eq!(judged(tips, path, &failed, 15), Verdict::Knows(13));
        assert_eq!(judged(tips, path, &failed, 13), Verdict::Fork);
        stored.grow(20, "stored");
        assert_eq!(judged(tips, path, &stored, 13), Verdict::Sign);
    }

    #[test]
    fn the_next_group_goes_on_before_the_last_one_was_told_to_be_stored() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tips, path) = (&mut Tips::default(), folder.path());
        let mut log = Grown::to(10, "a");
        release(tips, path, LOG, &log);
        let mut before = 10;
        for size in (11..=200).step_by(7) {
            log.grow(size, "a");
            assert_eq!(judged(tips, path, &log, before), Verdict::Sign, "{size}");
            before = size;
        }
        // Too far ahead without a word: the proof has to begin at what was released.
        log.grow(201, "a");
        tips.logs.get_mut(LOG).expect("known").open.clear();
        assert_eq!(judged(tips, path, &log, before), Verdict::Knows(10));
        assert_eq!(judged(tips, path, &log, 10), Verdict::Sign);
    }

    #[test]
    fn a_half_that_a_power_cut_broke_leaves_the_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tips, path) = (&mut Tips::default(), folder.path());
        let (first, second) = (Grown::to(3, "a"), Grown::to(9, "a"));
        release(tips, path, LOG, &first);
        release(tips, path, LOG, &second);
        let file = path.join(file_name(LOG));
        let page = std::fs::read(&file).expect("there");
        let torn = page
            .chunks(HALF)
            .position(|half| half.starts_with(b"tip 9 "))
            .expect("written");
        let mut broken = page.clone();
        broken[torn * HALF + 8] ^= 1;
        std::fs::write(&file, &broken).expect("written");
        assert_eq!(
            Tips::default().tip(path, LOG).expect("read"),
            Some(first.state())
        );
        std::fs::write(&file, vec![0; disk::PAGE]).expect("written");
        assert_eq!(Tips::default().tip(path, LOG).expect("read"), None);
    }
}
