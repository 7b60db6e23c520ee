//! The promise measured: sixty people leave something unique in every field and do everything that
//! people do with an entry; nothing of it is readable anywhere, before the purge or after it.
//!
//! `tests/soak/canary.rs` does the same with two thousand people, raw disks and the memory of
//! processes.

use std::path::{Path, PathBuf};

use fairdraw::platform::clock::Clock;

use crate::support::Engine;
use crate::support::app::TestApp;
use crate::support::flock::{BEGINNING, CONTROL, Flock};
use crate::support::log;
use crate::support::mail_sink::MailSink;
use crate::support::places::{self, Looked};

on_both! {
    nothing_of_sixty_people_is_readable_anywhere_before_or_after_the_purge,
}

/// A library whose own name is the control: it is on every page and in every letter.
fn library(engine: Engine, mail: &MailSink) -> TestApp {
    log::keep();
    TestApp::on(engine, &Clock::standing_at(BEGINNING), |config| {
        config.smtp_url = mail.url();
        config.library_zh = CONTROL.to_owned();
        config.library_en = CONTROL.to_owned();
    })
}

struct Shelf(tempfile::TempDir);

impl Shelf {
    fn new() -> Shelf {
        Shelf(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("before-the-purge.backup")
    }
}

fn looked(engine: Engine, app: &TestApp, flock: &Flock<'_>, backup: &Path) -> Looked {
    let places = places::of(engine, app, flock, backup);
    let looked = places::look(&places.all, &flock.strings());
    assert_eq!(
        looked.void,
        Vec::<String>::new(),
        "nobody has searched there"
    );
    looked
}

fn nothing_of_sixty_people_is_readable_anywhere_before_or_after_the_purge(engine: Engine) {
    let mail = MailSink::start();
    let app = library(engine, &mail);
    let flock = Flock::settle(&app, 60);
    flock.enters();
    let shelf = Shelf::new();
    places::backed_up(&app, &shelf.file());
    let staff = flock.is_drawn();
    flock.is_told(&staff, &mail);
    let before = looked(engine, &app, &flock, &shelf.file());
    assert!(before.places >= 16, "{}", before.places);
    assert_eq!(
        before.finds,
        Vec::<String>::new(),
        "sealed while the activity lives"
    );

    flock.is_purged();
    let after = looked(engine, &app, &flock, &shelf.file());
    assert_eq!(after.finds, Vec::<String>::new());
}
