//! What a witness does and refuses, log by log.

use lucky_draw::encode::Hash;
use lucky_draw::note::{Checkpoint, SignedNote, Signer, Witness as Key};
use lucky_draw::tree::{MemoryTree, consistency_proof, leaf_hash};

use super::*;
use crate::platform::clock::{MINUTE, Timestamp};

const ORIGIN: &str = "lib.example.tw/journal";

/// A log that may lie.
struct Log {
    signer: Signer,
    tree: MemoryTree,
}

impl Log {
    fn new() -> Log {
        Log {
            signer: Signer::new(ORIGIN, [1; 32]).expect("a name"),
            tree: MemoryTree::new(),
        }
    }

    fn of(notes: &[&str]) -> Log {
        let mut log = Log::new();
        for note in notes {
            log.tree.push(leaf_hash(note.as_bytes()));
        }
        log
    }

    fn checkpoint(&self) -> String {
        self.signer.sign(&self.text())
    }

    fn text(&self) -> String {
        Checkpoint {
            origin: ORIGIN.to_owned(),
            size: self.tree.size(),
            root: self.tree.root(),
        }
        .to_text()
    }

    /// A request as an honest log makes it.
    fn since(&self, old: u64) -> Submission {
        let Ok(proof) = consistency_proof(&mut &self.tree, old, self.tree.size());
        Submission {
            old,
            proof,
            checkpoint: self.checkpoint(),
        }
    }

    fn followed(&self) -> Followed {
        Followed::parse(&self.signer.vkey()).expect("a key")
    }
}

fn witness(folder: &Path, log: &Log, clock: &Clock) -> Witness {
    Witness::open(folder, "w.example.tw", &[log.followed()], clock.clone()).expect("it opens")
}

fn clock() -> Clock {
    Clock::standing_at(Timestamp::from_unix(1_700_000_000))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// What a refusal means to the log, in the words of the protocol.
fn word(answer: Result<String, Refusal>) -> String {
    match answer {
        Ok(_) => "cosigned".to_owned(),
        Err(Refusal::Malformed | Refusal::OldAboveNew) => "400".to_owned(),
        Err(Refusal::Unsigned) => "403".to_owned(),
        Err(Refusal::UnknownLog) => "404".to_owned(),
        Err(Refusal::Conflict { size }) => format!("409 {size}"),
        Err(Refusal::Proof) => "422".to_owned(),
        Err(Refusal::Clock) => "503".to_owned(),
        Err(Refusal::Notebook(error)) => format!("500 {error}"),
    }
}

fn send(witness: &Witness, submission: &Submission) -> String {
    word(witness.add_checkpoint(&submission.to_text()))
}

#[test]
fn a_growing_log_is_cosigned_with_the_time() {
    let (folder, clock) = (folder(), clock());
    let log = Log::of(&["a", "b", "c"]);
    let witness = witness(folder.path(), &log, &clock);

    let line = witness
        .add_checkpoint(&log.since(0).to_text())
        .expect("the first checkpoint needs no proof");

    let note = format!("{}\n{line}", log.text());
    let note = SignedNote::parse(&note).expect("a note");
    let key = Key::parse(&witness.vkey()).expect("a key");
    assert_eq!(key.time(note.text, &note.lines[0]), Ok(1_700_000_000));
    clock.advance(MINUTE);
    let longer = Log::of(&["a", "b", "c", "d", "e"]);
    assert_eq!(send(&witness, &longer.since(3)), "cosigned");
    // Asked again for the same one it says so again.
    assert_eq!(send(&witness, &longer.since(5)), "cosigned");
    assert_eq!(
        witness.logs().expect("it is read"),
        [(ORIGIN.to_owned(), 5)]
    );
}

#[test]
fn a_fork_and_a_rollback_are_refused_also_after_a_restart() {
    let (folder, clock) = (folder(), clock());
    let log = Log::of(&["a", "b", "c", "d"]);
    let first = witness(folder.path(), &log, &clock);
    assert_eq!(send(&first, &log.since(0)), "cosigned");
    drop(first);
    let witness = witness(folder.path(), &log, &clock);

    let fork = Log::of(&["a", "b", "x", "d"]);
    let longer_fork = Log::of(&["a", "b", "x", "d", "e"]);
    let shorter = Log::of(&["a", "b"]);
    for (submission, expected) in [
        (fork.since(4), "409 4"),
        (fork.since(0), "409 4"),
        (longer_fork.since(4), "422"),
        (longer_fork.since(0), "409 4"),
        (shorter.since(0), "409 4"),
        (shorter.since(2), "409 4"),
        (
            Submission {
                old: 4,
                ..shorter.since(2)
            },
            "400",
        ),
    ] {
        assert_eq!(send(&witness, &submission), expected, "{submission:?}");
    }
    let evidence = std::fs::read_dir(folder.path()).expect("the folder");
    let forks: Vec<String> = evidence
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("fork-"))
        .collect();
    let [name] = forks.as_slice() else {
        panic!("one pair of contradicting checkpoints is kept: {forks:?}");
    };
    let kept = std::fs::read_to_string(folder.path().join(name)).expect("it is readable");
    assert!(kept.contains(&log.checkpoint()) && kept.contains(&fork.checkpoint()));
    assert_eq!(send(&witness, &log.since(4)), "cosigned", "the log goes on");
}

#[test]
fn a_proof_that_does_not_hold_and_a_stranger_are_refused() {
    let (folder, clock) = (folder(), clock());
    let log = Log::of(&["a", "b", "c"]);
    let witness = witness(folder.path(), &log, &clock);
    assert_eq!(send(&witness, &log.since(0)), "cosigned");
    let longer = Log::of(&["a", "b", "c", "d", "e", "f", "g"]);

    let mut changed = longer.since(3);
    changed.proof[0] = Hash([7; 32]);
    let mut short = longer.since(3);
    short.proof.pop();
    let mut stranger = longer.since(3);
    stranger.checkpoint = Signer::new(ORIGIN, [2; 32])
        .expect("a name")
        .sign(&longer.text());
    let mut unknown = longer.since(3);
    unknown.checkpoint = Signer::new("other/journal", [1; 32])
        .expect("a name")
        .sign(&longer.text().replace(ORIGIN, "other/journal"));
    for (submission, expected) in [
        (changed, "422"),
        (short, "422"),
        (stranger, "403"),
        (unknown, "404"),
        (longer.since(2), "409 3"),
    ] {
        assert_eq!(send(&witness, &submission), expected, "{submission:?}");
    }
    for body in ["", "old 3\n", "old 3\n\nno note", "old 03\n\n"] {
        assert_eq!(word(witness.add_checkpoint(body)), "400", "{body:?}");
    }
    // Lines of others beside the log's own are ignored, wherever they stand.
    let mut decorated = longer.since(3);
    let line = decorated.checkpoint.lines().last().unwrap_or_default();
    let stranger = line.replace(ORIGIN, "stranger.example");
    decorated.checkpoint = format!("{}\n{stranger}\n{line}\n", longer.text());
    assert_eq!(send(&witness, &decorated), "cosigned");
}

#[test]
fn a_first_checkpoint_of_an_empty_log_has_the_empty_root() {
    let (folder, clock) = (folder(), clock());
    let mut log = Log::new();
    let witness = witness(folder.path(), &log, &clock);
    let false_root = Submission {
        old: 0,
        proof: Vec::new(),
        checkpoint: log.signer.sign(&log.text().replace("47DE", "47DF")),
    };
    assert_eq!(send(&witness, &false_root), "422");
    assert_eq!(send(&witness, &log.since(0)), "cosigned");
    log.tree.push(leaf_hash(b"a"));
    assert_eq!(send(&witness, &log.since(0)), "cosigned");
}

#[test]
fn no_time_before_the_last_one_is_ever_signed() {
    let (folder, clock) = (folder(), clock());
    let log = Log::of(&["a"]);
    let witness = witness(folder.path(), &log, &clock);
    assert_eq!(send(&witness, &log.since(0)), "cosigned");
    clock.advance(-MINUTE);
    assert_eq!(send(&witness, &log.since(1)), "503");
    clock.advance(MINUTE);
    assert_eq!(send(&witness, &log.since(1)), "cosigned");
}

#[test]
fn every_answer_over_http_is_plain_text() {
    use rocket::http::{Header, Method, Status};
    let (folder, log) = (folder(), Log::of(&["one"]));
    let witness = witness(folder.path(), &log, &clock());
    let config = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    let rocket = super::pages::rocket(config, witness);
    let client = rocket::local::blocking::Client::untracked(rocket).expect("it starts");
    let body = log.since(0).to_text();
    for (method, path, status) in [
        (Method::Get, "/", Status::Ok),
        (Method::Post, "/add-checkpoint", Status::Ok),
        (Method::Put, "/add-checkpoint", Status::NotFound),
        (Method::Get, "/staff", Status::NotFound),
    ] {
        let foreign = Header::new("Origin", "https://elsewhere.example");
        let request = client.req(method, path).header(foreign).body(&body);
        let answer = request.dispatch();
        assert_eq!(answer.status(), status, "{method} {path}");
        let kind = answer.content_type().expect("a type");
        assert!(kind.is_plain(), "{method} {path}: {kind}");
    }
}

#[test]
fn many_requests_at_once_never_roll_the_log_back() {
    let (folder, clock) = (folder(), clock());
    let log = Log::of(&["0"]);
    let witness = witness(folder.path(), &log, &clock);
    assert_eq!(send(&witness, &log.since(0)), "cosigned");
    let names: Vec<String> = (0..40).map(|n| n.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();

    // Each size is tried from every smaller one, as several processes of a log would.
    std::thread::scope(|scope| {
        for start in 0..4 {
            let (witness, names) = (&witness, &names);
            scope.spawn(move || {
                for size in (2 + start..=40).step_by(4) {
                    let log = Log::of(&names[..size]);
                    let known = witness.logs().expect("it is read")[0].1;
                    send(witness, &log.since(known.min(size as u64)));
                    let after = witness.logs().expect("it is read")[0].1;
                    assert!(after >= known, "{after} after {known}");
                }
            });
        }
    });
    let known = witness.logs().expect("it is read")[0].1;
    assert_eq!(send(&witness, &Log::of(&names).since(known)), "cosigned");
}

#[test]
fn a_folder_belongs_to_one_process_and_one_name() {
    let (folder, clock) = (folder(), clock());
    let log = Log::of(&["a"]);
    let first = witness(folder.path(), &log, &clock);
    let again = || Witness::open(folder.path(), "w.example.tw", &[], clock.clone());
    assert!(matches!(
        again().err(),
        Some(OpenError::Notebook(NotebookError::InUse))
    ));
    let vkey = first.vkey();
    drop(first);
    assert_eq!(again().expect("it is free again").vkey(), vkey);
    let renamed = Witness::open(folder.path(), "x.example.tw", &[], clock.clone());
    assert!(matches!(
        renamed.err(),
        Some(OpenError::Notebook(NotebookError::OtherName { .. }))
    ));
}

#[test]
fn a_damaged_page_is_not_taken_for_a_new_log() {
    let (folder, clock) = (folder(), clock());
    let log = Log::of(&["a", "b"]);
    let witness = witness(folder.path(), &log, &clock);
    assert_eq!(send(&witness, &log.since(0)), "cosigned");
    for entry in std::fs::read_dir(folder.path()).expect("the folder") {
        let path = entry.expect("a file").path();
        if path.to_string_lossy().contains("log-") {
            let page = std::fs::read_to_string(&path).expect("a page");
            std::fs::write(&path, &page[..page.len() / 2]).expect("it is writable");
        }
    }
    assert!(send(&witness, &log.since(0)).starts_with("500"));
    assert!(send(&witness, &log.since(2)).starts_with("500"));
}
