//! What each process may touch: no dumps, no key folder, no programs.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use fairdraw::platform::confine::{self, How, Reach};

use crate::support::life::Patron;
use crate::support::vault::{self, Program, keys_in_memory, keys_of, status, values_in_memory};
use crate::support::{Engine, TestDatabase};

/// The user `nobody`, who owns nothing.
const NOBODY: u32 = 65_534;

#[test]
fn every_process_says_what_it_gave_up() {
    let (database, _) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    let printed = program.printed();
    for who in ["web", "vault"] {
        let line = printed
            .iter()
            .find(|line| line.contains(&format!("{who}: no dumps")));
        let line = line.unwrap_or_else(|| panic!("no line of the {who}: {printed:?}"));
        for part in [
            "no dumps yes",
            "memory locked ",
            "files confined ",
            "calls filtered yes",
        ] {
            assert!(line.contains(part), "{line}");
        }
    }
    for process in [program.web(), program.vault()] {
        // A filter, and no way to gain rights by starting a program.
        assert_eq!(status(process, "Seccomp"), "2");
        assert_eq!(status(process, "NoNewPrivs"), "1");
        let limits = fs::read_to_string(format!("/proc/{process}/limits")).expect("it runs");
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file"));
        let numbers: Vec<&str> = core.unwrap_or_default().split_whitespace().collect();
        assert_eq!(numbers[4..6], ["0", "0"]);
    }
}

#[test]
fn the_web_process_holds_no_file_of_the_key_folder() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    program.enter(&Patron::number(1), &question);
    let open = |process: u32| -> Vec<String> {
        fs::read_dir(format!("/proc/{process}/fd"))
            .expect("root reads it")
            .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
            .map(|path| path.display().to_string())
            .collect()
    };
    let keys = database.keys().display().to_string();
    let held = |process| open(process).iter().any(|path| path.starts_with(&keys));
    assert!(held(program.vault()), "the vault holds its lock");
    assert!(!held(program.web()));
}

/// The bounds of the web side, on a thread of this process: landlock binds the thread that asked.
#[test]
fn whoever_has_the_reach_of_the_web_side_cannot_open_the_key_folder() {
    let place = tempfile::tempdir().expect("a folder");
    let [data, keys] = ["data", "data-keys"].map(|name| place.path().join(name));
    for folder in [&data, &keys] {
        fs::create_dir(folder).expect("made");
        fs::write(folder.join("a"), "text").expect("written");
    }
    let reach = Reach {
        own: vec![data.clone()],
        ..Reach::default()
    };
    let confined = std::thread::spawn(move || {
        let protection = confine::files(&reach);
        assert_eq!(protection.how, How::Fully, "{protection}");
        let denied = |path: &Path| {
            let error = fs::read(path).expect_err("out of reach");
            error.kind() == std::io::ErrorKind::PermissionDenied
        };
        assert!(denied(&keys.join("a")));
        assert!(fs::read_dir(&keys).is_err() && fs::write(keys.join("b"), "").is_err());
        assert!(fs::rename(keys.join("a"), data.join("b")).is_err());
        assert!(std::process::Command::new("/bin/true").status().is_err());
        fs::write(data.join("c"), "").expect("its own folder is its own");
        assert_eq!(fs::read_to_string(data.join("a")).expect("read"), "text");
    });
    confined.join().expect("as told");
}

#[test]
fn a_key_folder_inside_the_data_folder_is_refused() {
    let place = tempfile::tempdir().expect("a folder");
    let data = place.path().join("data");
    let (code, printed) = vault::run(|command| {
        command
            .env("FAIRDRAW_DATA", &data)
            .env("FAIRDRAW_KEYS", data.join("keys"));
    });
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("which the web side may read"), "{printed}");
    assert!(printed.contains("FAIRDRAW_KEYS"), "{printed}");
}

/// A library that somebody ran before keys had a folder of their own.
#[test]
fn the_keys_of_an_older_version_leave_the_data_folder() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let old = database.data().join("keys");
    fs::rename(database.keys(), &old).expect("as it was");
    let program = Program::start(&database);
    program.enter(&Patron::number(1), &question);
    assert!(!old.exists() && database.keys().join("lock").exists());
    let told = program.printed();
    let moved = told
        .iter()
        .any(|line| line.contains("moved out of the data folder"));
    assert!(moved, "{told:?}");
}

fn give_to_nobody(database: &TestDatabase) {
    let mut folders = vec![database.data().to_owned(), database.keys()];
    let above = database.data().parent().expect("a folder").to_owned();
    fs::set_permissions(&above, fs::Permissions::from_mode(0o755)).expect("ours");
    while let Some(folder) = folders.pop() {
        chown(&folder, Some(NOBODY), Some(NOBODY))
            .expect("giving a folder away needs root: run the tests as root");
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                chown(&path, Some(NOBODY), Some(NOBODY)).expect("ours");
            }
        }
    }
}

/// As in service: one user for all processes, and not root. That user's other programs read
/// neither memory, and the server works.
#[test]
fn a_server_of_nobody_cannot_be_dumped_by_nobody() {
    let (database, question) = vault::open_now(Engine::Sqlite);
    give_to_nobody(&database);
    let program = Program::start_as(&database, Some(NOBODY));
    program.enter(&Patron::number(1), &question);
    let both = [program.web(), program.vault()];
    for process in both {
        let read = std::process::Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .args(["head", "-c", "1", &format!("/proc/{process}/mem")])
            .output()
            .expect("setpriv is part of util-linux");
        let why = String::from_utf8_lossy(&read.stderr).into_owned();
        assert!(why.contains("Permission denied"), "{why}");
    }
    for process in both {
        vault::signal(process, "ABRT");
    }
    // Both were told to die with a dump; the folder that they ran in has none.
    let left = fs::read_dir(database.data()).expect("a folder");
    let names = left.map(|entry| entry.expect("an entry").file_name());
    let dumps: Vec<_> = names
        .filter(|name| name.to_string_lossy().starts_with("core"))
        .collect();
    assert!(dumps.is_empty(), "{dumps:?}");
}

/// Acceptance 3, small: what is in the memory of the web side after people have entered.
#[test]
fn the_memory_of_the_web_process_holds_no_key_and_no_person() {
    const PEOPLE: u64 = 60;
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    for n in 0..PEOPLE {
        program.enter(&Patron::number(n), &question);
    }
    // What is in use for the next request is written over by a few that hold nothing.
    for _ in 0..20 {
        program.visitor().get("/");
    }
    let keys = keys_of(&database.keys());
    assert!(
        keys.len() >= 5,
        "the site's keys, an activity's and its KEK"
    );
    let in_vault = keys_in_memory(program.vault(), &keys);
    assert!(
        !in_vault.is_empty(),
        "the positive control: the vault holds its KEK"
    );
    let in_web = keys_in_memory(program.web(), &keys);
    assert_eq!(in_web, [], "private keys in the web process");
    let people: Vec<String> = (0..PEOPLE)
        .flat_map(|n| Patron::number(n).canaries())
        .collect();
    let found = values_in_memory(program.web(), &people);
    let none = Vec::<String>::new();
    assert_eq!(found, none, "values of people who entered before");
}
