//! The positive control of the canary scan: in a build that leaks on purpose, the search of
//! `tests/system/privacy.rs` must find it, wherever a leak can come.
//!
//! Built with the feature `leak-control` and run by `make canary`; a binary of its own, so that a
//! second build of all other tests is not waited for.
#![expect(
    unreachable_pub,
    reason = "nothing in a test binary is reachable from outside; `pub` says what a support module offers"
)]

#[expect(
    unused_macros,
    reason = "the support of the system tests offers more than this needs"
)]
#[expect(
    dead_code,
    reason = "the support of the system tests offers more than this needs"
)]
#[path = "../system/support/mod.rs"]
mod support;

use fairdraw::platform::clock::Clock;

use support::Engine;
use support::app::TestApp;
use support::flock::{BEGINNING, CONTROL, Flock};
use support::log;
use support::mail_sink::MailSink;
use support::places;

#[test]
fn what_is_leaked_is_found() {
    let mail = MailSink::start();
    log::keep();
    let app = TestApp::on(Engine::Sqlite, &Clock::standing_at(BEGINNING), |config| {
        config.smtp_url = mail.url();
        config.library_zh = CONTROL.to_owned();
        config.library_en = CONTROL.to_owned();
    });
    let flock = Flock::settle(&app, 20);
    flock.enters();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let backup = folder.path().join("before-the-purge.backup");
    places::backed_up(&app, &backup);
    let places = places::of(Engine::Sqlite, &app, &flock, &backup);
    let before = places::look(&places.all, &flock.strings());
    assert_eq!(
        before.void,
        Vec::<String>::new(),
        "nobody has searched there"
    );
    for place in [
        "database file",
        "write-ahead log",
        "all other rows",
        "log of the program",
        "temporary folder",
        "backup",
        "restored backup",
    ] {
        let found = before
            .finds
            .iter()
            .any(|find| find.contains(&format!("in {place} (")));
        assert!(found, "nothing in {place}: {:?}", before.finds);
    }
}
