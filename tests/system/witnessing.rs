//! Libraries that witness each other, over real HTTP on this machine.

use std::io::{BufRead, BufReader};

use fairdraw::journal;
use fairdraw::platform::clock::{Clock, DAY, HOUR, SECOND, Timestamp};
use fairdraw::platform::config::{Config, WitnessSetting};
use fairdraw::vault::{CheckpointOf, Vault};
use fairdraw::witness::Submission;
use lucky_draw::bundle::Bundle;
use lucky_draw::note::{Checkpoint, Cosigner, SignedNote, Signer, TlogProof};
use lucky_draw::tree::{MemoryTree, leaf_hash};
use lucky_draw::verify::{Check, CheckName, Options, Outcome, Report, verify, verify_bytes};

use crate::support::Engine;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::server::WitnessServer;

on_both! {
    a_draw_seen_by_two_of_three_witnesses_proves_its_time,
    two_libraries_cosign_each_other,
    a_list_that_witnesses_saw_too_late_is_told,
    a_list_is_sealed_late_enough_for_a_witness_whose_clock_is_slow,
    a_site_that_writes_its_journal_anew_finds_no_witness,
    an_anchor_is_written_when_the_list_grew_and_once_a_day,
}

/// The key of a library's journal, before the library starts.
pub fn journal_key(config: &Config) -> String {
    let vault = Vault::open(&config.keys(), &config.site).expect("the keys are made");
    journal::vkey(&vault)
}

/// A witness that nobody runs.
fn absent() -> WitnessSetting {
    let cosigner = Cosigner::new("w0.example.tw", [9; 32]).expect("a name");
    WitnessSetting {
        vkey: cosigner.vkey(),
        // Port 9 (discard) of this machine: nobody listens.
        url: "http://127.0.0.1:9".to_owned(),
    }
}

fn check(report: &Report, name: CheckName) -> &Check {
    let mut checks = report.checks.iter();
    checks
        .find(|check| check.name == name)
        .expect("every check is reported")
}

/// A library with two running witnesses of three.
fn witnessed(engine: Engine, clock: &Clock) -> (Life, [WitnessServer; 2]) {
    let mut witnesses = None;
    let life = Life::published_on(engine, clock, |config| {
        let key = journal_key(config);
        let running = ["w1.example.tw", "w2.example.tw"]
            .map(|name| WitnessServer::start(name, &[&key], clock));
        config.witnesses = running.iter().map(WitnessServer::setting).collect();
        config.witnesses.push(absent());
        config.quorum = 2;
        witnesses = Some(running);
    });
    (life, witnesses.expect("they were started"))
}

fn a_draw_seen_by_two_of_three_witnesses_proves_its_time(engine: Engine) {
    let clock = Life::clock();
    let (life, _witnesses) = witnessed(engine, &clock);
    for n in 0..4 {
        life.enter(&Patron::number(n));
    }
    let staff = life.draw();

    let bundle = life.bundle();
    let strict = Options {
        require_time: true,
        ..Options::default()
    };
    let report = verify_bytes(&bundle, &strict);
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    let time = check(&report, CheckName::Time);
    assert_eq!(time.outcome, Outcome::Passed, "{}", time.reason);
    let files = Bundle::from_zip(&bundle).expect("it is canonical");
    for name in ["manifest.proof", "key.proof", "freeze.proof"] {
        let proof = String::from_utf8_lossy(files.file(name).unwrap_or_default()).into_owned();
        let lines = proof.lines().filter(|line| line.starts_with('\u{2014}'));
        assert_eq!(lines.count(), 3, "the log and a quorum: {proof}");
    }
    // What was served once stays as it was.
    life.app.go_to(ROUND_TIME.plus(HOUR));
    assert!(life.bundle() == bundle);
    let desk = staff.get(&life.base());
    assert!(!desk.html.contains("見證人還沒有到齊"));
    let page = life.app.visitor().get("/journal");
    let states = page.texts("main dd .tag");
    assert_eq!(
        states
            .iter()
            .filter(|words| *words == "已副署最新一則")
            .count(),
        2,
        "{states:?}"
    );
    let checkpoint = life.app.visitor().get("/journal/checkpoint").html;
    assert_eq!(checkpoint.matches('\u{2014}').count(), 3, "{checkpoint}");
}

fn two_libraries_cosign_each_other(engine: Engine) {
    let (mut for_a, mut for_b) = (None, None);
    let mut keys = Vec::new();
    let mut library = |site: &str, name: &'static str, witness: &mut Option<WitnessServer>| {
        let clock = Life::clock();
        Life::published_on(engine, &clock, |config| {
            config.site = site.to_owned();
            let key = journal_key(config);
            let server = WitnessServer::start(name, &[&key], &clock);
            config.witnesses = vec![server.setting()];
            config.quorum = 1;
            keys.push(key);
            *witness = Some(server);
        })
    };
    // The witness of each library is the machine of the other one.
    let a = library("a.example.tw", "witness.b.example.tw", &mut for_a);
    let b = library("b.example.tw", "witness.a.example.tw", &mut for_b);
    for (life, witness) in [(&a, "witness.b.example.tw"), (&b, "witness.a.example.tw")] {
        let text = life.app.visitor().get("/journal/checkpoint").html;
        let note = SignedNote::parse(&text).expect("a signed checkpoint");
        let names: Vec<&str> = note.lines.iter().map(|line| line.name).collect();
        let origin = format!("{}/journal", life.app.app.config.site);
        assert_eq!(names, [origin.as_str(), witness]);
    }
}

fn a_list_that_witnesses_saw_too_late_is_told(engine: Engine) {
    let clock = Life::clock();
    let (life, mut witnesses) = witnessed(engine, &clock);
    for n in 0..3 {
        life.enter(&Patron::number(n));
    }
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    for witness in &mut witnesses {
        witness.stop();
    }
    life.app.go_to(ROUND_TIME.plus(-HOUR));
    life.app.go_to(ROUND_TIME.plus(-HOUR / 2));
    for witness in &mut witnesses {
        witness.resume();
    }
    // Two minutes before the randomness is too late: the deadline is five.
    life.app.go_to(ROUND_TIME.plus(-120 * SECOND));
    let staff = life.draw();

    let report = verify_bytes(&life.bundle(), &Options::default());
    let time = check(&report, CheckName::Time);
    assert_eq!(time.outcome, Outcome::Failed, "{}", time.reason);
    assert!(
        time.reason
            .starts_with("freeze.proof: expected 2 witnesses by"),
        "{}",
        time.reason
    );
    assert_eq!(report.exit_code(), 1);
    // It is the library's lapse: winners are told all the same.
    assert!(report.stands());
    let page = staff.get(&format!("{}/notify", life.draw_base()));
    let told = page.texts("main form button").concat();
    assert!(told.contains("寄給"), "{}", page.mistakes());
}

fn a_list_is_sealed_late_enough_for_a_witness_whose_clock_is_slow(engine: Engine) {
    let clock = Life::clock();
    let slow = Clock::standing_at(clock.now().plus(-5 * SECOND));
    let mut witnesses = None;
    let life = Life::published_on(engine, &clock, |config| {
        let key = journal_key(config);
        let running = ["w1.example.tw", "w2.example.tw"]
            .map(|name| WitnessServer::start(name, &[&key], &slow));
        config.witnesses = running.iter().map(WitnessServer::setting).collect();
        config.quorum = 2;
        witnesses = Some(running);
    });
    for n in 0..3 {
        life.enter(&Patron::number(n));
    }
    let go_to = |at: Timestamp| {
        slow.stand_at(at.plus(-5 * SECOND));
        life.app.go_to(at);
    };
    let freezes = ROUND_TIME.plus(-HOUR);
    go_to(freezes.plus(-HOUR));
    for seconds in [0, 30, 60, 61, 90] {
        go_to(freezes.plus(seconds * SECOND));
    }
    let _staff = life.draw();
    let report = verify_bytes(&life.bundle(), &Options::default());
    let time = check(&report, CheckName::Time);
    assert_eq!(time.outcome, Outcome::Passed, "{}", time.reason);
}

/// The journal as the site would like it to have been: with another close.
struct Rewritten {
    leaves: Vec<String>,
}

impl Rewritten {
    fn of(life: &Life) -> Rewritten {
        let leaves = life.app.app.db.read_now("read journal", |tx| {
            let size = journal::size(tx)?;
            journal::leaves(tx, 0, size)
        });
        let leaves = leaves.expect("the journal is readable").into_iter();
        let changed = leaves.map(|leaf| match leaf.text.starts_with("lucky-draw/v1 close") {
            true => leaf.text.replace("voids 0\n", "voids 1\nvoid 0 W\n"),
            false => leaf.text,
        });
        Rewritten {
            leaves: changed.collect(),
        }
    }

    /// The checkpoint over the first `size` leaves, signed with the site's true key.
    fn checkpoint(&self, life: &Life, size: usize) -> String {
        let mut tree = MemoryTree::new();
        for leaf in &self.leaves[..size] {
            tree.push(leaf_hash(leaf.as_bytes()));
        }
        let checkpoint = Checkpoint {
            origin: "lib.example.tw/journal".to_owned(),
            size: tree.size(),
            root: tree.root(),
        };
        // The vault does not sign it as long as it knows what was released. Whoever has the key
        // folder for himself can make it forget.
        let honest = life
            .app
            .app
            .vault
            .sign_checkpoint(CheckpointOf::Journal, &checkpoint.to_text());
        assert!(honest.is_err(), "the vault signs no fork");
        let folder = tempfile::tempdir().expect("a folder");
        let keys = std::fs::read_dir(life.app.app.config.keys()).expect("listed");
        for file in keys.map(|file| file.expect("an entry")) {
            let name = file.file_name();
            if !name.to_string_lossy().ends_with(".tip") {
                std::fs::copy(file.path(), folder.path().join(&name)).expect("copied");
            }
        }
        let bad = Vault::open(folder.path(), "lib.example.tw").expect("the keys open");
        let signed = bad.sign_checkpoint(CheckpointOf::Journal, &checkpoint.to_text());
        signed.expect("the site signs what it likes")
    }
}

fn post(url: &str, body: &Submission) -> (u16, String) {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .new_agent();
    let mut answer = agent
        .post(format!("{url}/add-checkpoint"))
        .send(body.to_text())
        .expect("the witness listens");
    let text = answer.body_mut().read_to_string().expect("it is text");
    (answer.status().as_u16(), text)
}

fn a_site_that_writes_its_journal_anew_finds_no_witness(engine: Engine) {
    let clock = Life::clock();
    let (life, witnesses) = witnessed(engine, &clock);
    for n in 0..3 {
        life.enter(&Patron::number(n));
    }
    drop(life.draw());
    life.app.app.run_jobs().expect("due jobs can be read");
    let forged = Rewritten::of(&life);
    let size = forged.leaves.len();
    let known = size as u64;
    let url = witnesses[0].setting().url;

    let ask = |old: u64, size: usize| {
        post(
            &url,
            &Submission {
                old,
                proof: Vec::new(),
                checkpoint: forged.checkpoint(&life, size),
            },
        )
    };
    assert_eq!(ask(known, size), (409, format!("{known}\n")), "a fork");
    assert_eq!(
        ask(0, size),
        (409, format!("{known}\n")),
        "a fork from nothing"
    );
    assert_eq!(ask(0, size - 1), (409, format!("{known}\n")), "a rollback");
    assert_eq!(ask(known, size - 1).0, 400, "a rollback without a disguise");

    // Without them the forged close can only stand with the site's own word, which is not enough.
    let genuine = Bundle::from_zip(&life.bundle()).expect("it is canonical");
    let freeze = genuine.file("freeze.proof").unwrap_or_default();
    let proof = TlogProof::parse(&String::from_utf8_lossy(freeze)).expect("a proof");
    let note = SignedNote::parse(&proof.checkpoint).expect("a note");
    let seen = Checkpoint::parse(note.text).expect("a checkpoint").size;
    let own = forged.checkpoint(&life, usize::try_from(seen).unwrap_or(size));
    let lines: String = proof
        .checkpoint
        .split_inclusive('\n')
        .filter(|line| line.starts_with('\u{2014}'))
        .skip(1)
        .collect();
    for (checkpoint, failing) in [
        (own.clone(), CheckName::Time),
        (own + &lines, CheckName::Signatures),
    ] {
        let mut bundle = genuine.clone();
        let changed = TlogProof {
            checkpoint,
            ..proof.clone()
        };
        bundle.insert("freeze.proof", changed.to_text());
        let report = verify(&bundle, &Options::default());
        let found = check(&report, failing);
        assert_eq!(
            found.outcome,
            Outcome::Failed,
            "{failing}: {}",
            found.reason
        );
    }
}

fn an_anchor_is_written_when_the_list_grew_and_once_a_day(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let anchors = || {
        let leaves = life.app.app.db.read_now("read journal", |tx| {
            let size = journal::size(tx)?;
            journal::leaves(tx, 0, size)
        });
        let leaves = leaves.expect("the journal is readable");
        let texts = leaves.into_iter().map(|leaf| leaf.text);
        texts
            .filter(|text| text.starts_with("lucky-draw/v1 anchor"))
            .map(|text| text.lines().nth(2).unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    // 20:29 in the first day of entry.
    let start = ROUND_TIME.plus(-9 * DAY).hour();
    assert_eq!(anchors(), ["size 0"]);
    life.enter(&Patron::number(1));
    assert_eq!(
        anchors().len(),
        1,
        "nobody sees the list grow by the minute"
    );
    life.app.go_to(start.plus(HOUR));
    life.app.go_to(start.plus(HOUR + 1));
    assert_eq!(anchors(), ["size 0", "size 1"]);
    for hour in 2..=26 {
        life.app.go_to(start.plus(hour * HOUR));
    }
    assert_eq!(
        anchors(),
        ["size 0", "size 1", "size 1"],
        "once a day without growth"
    );
    life.enter(&Patron::number(2));
    life.enter(&Patron::number(3));
    life.app.go_to(start.plus(27 * HOUR));
    assert_eq!(anchors().last().map(String::as_str), Some("size 3"));
    let before = anchors().len();
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    life.app.go_to(ROUND_TIME.plus(-DAY));
    assert_eq!(anchors().len(), before, "the close note says the rest");
}

/// The witness as a process of its own, killed in the middle of its work.
#[test]
fn a_witness_that_is_killed_remembers_what_it_signed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let signer = Signer::new("lib.example.tw/journal", [3; 32]).expect("a name");
    let checkpoint = |notes: &[&str]| {
        let mut tree = MemoryTree::new();
        for note in notes {
            tree.push(leaf_hash(note.as_bytes()));
        }
        let text = Checkpoint {
            origin: "lib.example.tw/journal".to_owned(),
            size: tree.size(),
            root: tree.root(),
        };
        signer.sign(&text.to_text())
    };
    let first = |notes: &[&str]| Submission {
        old: 0,
        proof: Vec::new(),
        checkpoint: checkpoint(notes),
    };

    let mut running = Process::start(folder.path(), &signer.vkey());
    let (status, line) = post(&running.url, &first(&["a", "b"]));
    assert_eq!(status, 200, "{line}");
    running.child.kill().expect("it runs");
    running.child.wait().expect("it is over");

    let again = Process::start(folder.path(), &signer.vkey());
    assert_eq!(again.key, running.key);
    assert_eq!(
        post(&again.url, &first(&["a", "c"])),
        (409, "2\n".to_owned())
    );
    assert_eq!(post(&again.url, &first(&["a"])), (409, "2\n".to_owned()));
}

/// `fairdraw witness`, ended with its handle.
struct Process {
    child: std::process::Child,
    key: String,
    url: String,
}

impl Process {
    fn start(folder: &std::path::Path, follows: &str) -> Process {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_fairdraw"))
            .args(["witness", "--name", "w.example.tw", "--port", "0"])
            .args(["--follow", follows, "--folder"])
            .arg(folder)
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let mut value = |name: &str| {
            let line = lines.find_map(|line| {
                let line = line.ok()?;
                line.trim()
                    .strip_prefix(name)
                    .map(|rest| rest.trim().to_owned())
            });
            line.expect("it says so")
        };
        let (key, url) = (value("key:"), value("address:"));
        Process { child, key, url }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
