//! Two hundred times everything is killed while people enter, on each database: nothing that was
//! acknowledged is lost, and nothing is there that nobody sent.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{Db, Target};
use fairdraw::vault::Vault;

use crate::crowd::{Crowd, tags, tickets};
use crate::library;
use crate::outside::{Ground, Outside};
use crate::support::flock::BEGINNING;
use crate::support::postgres::Cluster;

/// As many as the acceptance says.
const KILLS: u32 = 200;
const REQUESTS_A_SECOND: f64 = 200.0;

#[test]
fn two_hundred_kills_under_load_lose_nobody_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = Target::Sqlite(folder.path().join("data/fairdraw.db"));
    is_killed("SQLite", folder.path(), &target, "");
}

#[test]
fn two_hundred_kills_under_load_lose_nobody_on_postgresql() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Cluster::within(folder.path(), &["synchronous_commit = on"]);
    let url = server.url(&server.create());
    is_killed(
        "PostgreSQL",
        folder.path(),
        &Target::Postgres(url.clone()),
        &url,
    );
}

fn is_killed(name: &str, folder: &std::path::Path, target: &Target, url: &str) {
    let ground = Ground::below(folder, url);
    let clock = Clock::running_from(BEGINNING);
    let activity = library::set_out(target.clone(), &ground.keys, "lib.example.tw", &clock);
    let site = Outside::start(ground.clone());
    let crowd = Crowd::start(site.port(), REQUESTS_A_SECOND);
    for kill in 0..KILLS {
        // At ever other moments after the start.
        thread::sleep(Duration::from_millis(u64::from(150 + kill * 37 % 700)));
        site.is_killed();
        site.resume();
    }
    let tries = crowd.tries();
    let told_before = crowd.told().len();
    let came = crowd.ends();
    site.stops();

    let db = Db::open(target.clone(), clock).expect("it opens");
    let vault = Vault::open(&ground.keys, "lib.example.tw").expect("the keys");
    let found = tickets(&db, &activity);
    let expected: BTreeSet<_> = tags(&vault, &activity, &came).into_values().collect();
    let distinct: BTreeSet<_> = found.iter().copied().collect();
    assert_eq!(distinct.len(), found.len(), "nobody is in twice");
    let lost = expected.difference(&distinct).count();
    let phantoms = distinct.difference(&expected).count();
    println!(
        "{name}: {KILLS} kills under {REQUESTS_A_SECOND} requests/s, {} requests of which {} had no answer; \
         {} people entered ({told_before} told when the last kill was over), {lost} lost, {phantoms} phantoms",
        tries.0,
        tries.1,
        came.len(),
    );
    assert_eq!((lost, phantoms), (0, 0));
    assert!(tries.1 > 0, "kills were felt, or nothing was tried");
}
