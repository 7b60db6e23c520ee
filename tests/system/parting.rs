//! The vault as a process of its own: it dies, and nobody notices.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use fairdraw::draw::DrawId;
use fairdraw::notify::{self, NoticeStage, claims, notices};
use fairdraw::platform::clock::{HOUR, MINUTE};
use fairdraw::platform::mail::Outcome;
use fairdraw::vault::{Refusal, Start, Vault};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::TestApp;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::mail_sink::MailSink;
use crate::support::vault::{self, Program, children, signal};

/// Ends the vault of an application as the system does when memory is short.
fn kill_vault(app: &TestApp) {
    let process = app.app.vault.process().expect("a process of its own");
    signal(process, "KILL");
}

fn entries(life: &Life) -> u64 {
    let count = life.app.app.db.read_now("count entries", |tx| {
        fairdraw::vault::count(tx, &life.activity)
    });
    u64::try_from(count.expect("counted").contacts).expect("not negative")
}

/// Twenty times in two hundred entries the vault is killed while people are at it.
#[test]
fn the_vault_dies_while_people_enter_and_nobody_notices() {
    const PEOPLE: usize = 200;
    let life = Life::published(Engine::Postgresql, |_| ());
    let (vault, entered) = (life.app.app.vault.clone(), AtomicUsize::new(0));
    // Made-up people, whom the purge will look for.
    let planted = entries(&life);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..20 {
                while entered.load(Ordering::SeqCst) < n * 10 + 5 {
                    std::thread::yield_now();
                }
                signal(vault.process().expect("a process of its own"), "KILL");
            }
        });
        for n in 0..PEOPLE {
            entered.store(n, Ordering::SeqCst);
            // Every page answers as if nothing had happened, to the receipt.
            life.enter(&Patron::number(n as u64));
        }
    });
    assert_eq!(entries(&life) - planted, PEOPLE as u64);
}

#[test]
fn what_the_vault_had_signed_is_the_same_after_its_death() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = Start::plain(&folder.path().join("keys"), "lib.example.tw");
    let vault = Vault::spawn(vault::program().into(), start).expect("it starts");
    let (vkey, keys) = (vault.vkey(), vault.create_activity("spring"));
    let before = vault.tag("spring", "twid:A123456789").expect("tagged");
    let first = vault.process().expect("a process");
    signal(first, "KILL");
    assert_eq!(
        vault.tag("spring", "twid:A123456789").expect("again"),
        before
    );
    assert_ne!(vault.process(), Some(first));
    assert_eq!(vault.vkey(), vkey);
    let again = vault.create_activity("spring").expect("again");
    assert_eq!(again, keys.expect("made"));
}

#[test]
fn the_folder_is_free_when_the_last_handle_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || Start::plain(&folder.path().join("keys"), "lib.example.tw");
    for _ in 0..3 {
        let vault = Vault::spawn(vault::program().into(), start()).expect("it starts");
        let other = vault.clone();
        let second = Vault::spawn(vault::program().into(), start());
        let why = second.err().expect("the folder is in use").to_string();
        assert!(why.contains("stop the running server first"), "{why}");
        drop(vault);
        assert!(
            other
                .lookup(&lucky_draw::ticket::Secret::from_entropy([1; 13]))
                .is_ok()
        );
    }
}

#[test]
fn a_vault_that_cannot_be_started_again_is_told_as_unavailable() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = folder.path().join("keys");
    let start = Start::plain(&keys, "lib.example.tw");
    let vault = Vault::spawn(vault::program().into(), start).expect("it starts");
    // Somebody takes the folder away under the running server.
    std::fs::rename(&keys, folder.path().join("elsewhere")).expect("moved");
    std::fs::write(&keys, "no folder").expect("written");
    signal(vault.process().expect("a process"), "KILL");
    let told = vault.sign_note("lucky-draw/v1 site\nof test\nname value\n");
    assert!(matches!(
        told,
        Err(fairdraw::vault::Error::Refused(Refusal::Away))
    ));
}

/// The vault reads what it may do from the process that started it; nothing that comes later over
/// the same stream changes it.
#[test]
fn the_vault_refuses_settings_from_the_web_side() {
    use std::io::{Read, Write};
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::process::Stdio;

    let folder = tempfile::tempdir().expect("a folder");
    let start = Start::plain(&folder.path().join("keys"), "lib.example.tw");
    let launched = fairdraw::vault::launch(vault::program().as_ref(), &start).expect("it starts");
    let (mut child, mut stream) = (launched.child.expect("it runs"), launched.stream);
    // A second beginning, as the first frame was: its number, 0, was used.
    let frame = [
        &13_u32.to_be_bytes()[..],
        &0_u64.to_be_bytes(),
        &[1, 0, 0, 0, 0],
    ]
    .concat();
    stream.write_all(&frame).expect("sent");
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the stream ends");
    assert!(rest.is_empty(), "it says nothing more");
    assert_eq!(child.wait().expect("it ends").code(), Some(1));

    // Nor does a vault begin without being told: an end, or bytes that are no beginning.
    for sent in [
        &b""[..],
        &[0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 7],
        &[255; 64],
    ] {
        let (mut ours, theirs) = UnixStream::pair().expect("a pair");
        let mut child = Command::new(vault::program())
            .arg("__vault")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        ours.write_all(sent).expect("sent");
        drop(ours);
        assert_eq!(child.wait().expect("it ends").code(), Some(1));
    }
}

/// A library with three winners of whom one is written to, on a mail server that does as told.
fn drawn(engine: Engine, mail: &MailSink) -> Life {
    let url = mail.url();
    let life = Life::published(engine, |config| config.smtp_url = url);
    for n in 0..5 {
        life.enter(&Patron::number(n));
    }
    let staff = life.draw();
    let notify = format!("{}/notify", life.draw_base());
    let told = staff.send(&staff.get(&notify), &notify, &[]);
    assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
    life
}

#[test]
fn letters_leave_from_the_vault_after_its_death_too() {
    let mail = MailSink::start();
    let life = drawn(Engine::Postgresql, &mail);
    kill_vault(&life.app);
    life.app.go_to(ROUND_TIME.plus(HOUR));
    let mails = mail.mails();
    assert_eq!(mails.len(), 3, "each winner once");
    let names: Vec<String> = (0..5).map(|n| Patron::number(n).name).collect();
    for sent in &mails {
        let greeted = names.iter().any(|name| sent.text().contains(name));
        assert!(greeted, "the vault fills in the name");
        assert!(!sent.text().contains(fairdraw::vault::NAME_HERE));
    }
}

#[test]
fn a_letter_whose_vault_died_in_the_hand_over_is_uncertain() {
    let mail = MailSink::start();
    let life = drawn(Engine::Postgresql, &mail);
    let vault = life.app.app.vault.clone();
    // The server takes the letter and the vault dies before it hears so.
    let process = vault.process().expect("a process of its own");
    mail.before_the_answer(move || {
        signal(process, "KILL");
        while vault::lives(process) {
            std::thread::yield_now();
        }
    });
    life.app.go_to(ROUND_TIME.plus(MINUTE));
    let draw = DrawId(life.draw.clone());
    let stages = life.app.app.db.read_now("notices", |tx| {
        let draw = claims::decided(tx, &draw)?;
        let notices = notices::list(tx, &draw)?;
        Ok::<_, notify::Error>(
            notices
                .iter()
                .map(|notice| notice.stage)
                .collect::<Vec<_>>(),
        )
    });
    let stages = stages.expect("notices can be read");
    let uncertain = stages
        .iter()
        .filter(|stage| **stage == NoticeStage::Uncertain);
    assert_eq!(uncertain.count(), 1, "{stages:?}");
    life.app.go_to(ROUND_TIME.plus(HOUR));
    assert_eq!(mail.mails().len(), 3, "nobody is written to twice");
}

#[test]
fn a_line_that_was_lost_before_the_letter_left_is_tried_again() {
    let mail = MailSink::start();
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = fairdraw::platform::config::Config {
        keys: folder.path().join("keys"),
        ..Default::default()
    };
    config.smtp_url = mail.url();
    let vault = Vault::spawn(vault::program().into(), Start::of(&config)).expect("it starts");
    let line = vault.connect_mail().expect("the server listens");
    signal(vault.process().expect("a process"), "KILL");
    // Somebody else asks, and another vault answers; it knows of no line.
    vault
        .sign_note("lucky-draw/v1 site\nof test\nname value\n")
        .expect("signed");
    assert!(matches!(line.hand_over(), Outcome::TryLater(_)));
    assert!(mail.mails().is_empty());
}

#[test]
fn stopping_ends_all_three_and_leaves_nobody() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    program.enter(&Patron::number(1), &question);
    let all = [program.watching(), program.web(), program.vault()];
    let (code, printed) = program.stop();
    assert_eq!(code, Some(0), "{}", printed.join("\n"));
    for process in all {
        assert!(!std::path::Path::new(&format!("/proc/{process}")).exists());
    }
}

#[test]
fn each_process_that_dies_is_started_again_and_nothing_is_lost() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    program.enter(&Patron::number(1), &question);
    let (web, first) = (program.web(), program.vault());
    signal(first, "KILL");
    program.enter(&Patron::number(2), &question);
    assert_ne!(program.vault(), first);
    assert_eq!(program.web(), web, "the web side did not notice");

    signal(web, "KILL");
    // Nobody is served until another web side listens, which brings a vault of its own.
    while !is_back(&program, web) {
        std::thread::yield_now();
    }
    program.enter(&Patron::number(3), &question);
    let (code, printed) = program.stop();
    assert_eq!(code, Some(0), "{}", printed.join("\n"));
}

fn is_back(program: &Program, before: u32) -> bool {
    let here = children(program.watching());
    here.len() == 2 && !here.contains(&before) && program.is_listening()
}

#[test]
fn when_the_watching_process_is_killed_the_others_end() {
    let (database, _) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    let rest = [program.web(), program.vault()];
    signal(program.watching(), "KILL");
    for process in rest {
        while vault::lives(process) {
            std::thread::yield_now();
        }
    }
}
