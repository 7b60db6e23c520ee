//! Fifty times the power is cut while people enter, on each database: the disk is copied as it
//! stands, and a machine is switched on again on the copy.
//!
//! A killed program proves little, because the system goes on and writes what the program gave it.
//! Only a copy of the disk shows what would be there after a power cut; the same test on a database
//! that does not wait for its disk has to lose entries, or it would prove nothing.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use fairdraw::activity::ActivityId;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{Db, Target};
use fairdraw::vault::Vault;
use lucky_draw::encode::Hash;

use crate::crowd::{Crowd, tags, tickets};
use crate::disk::{Disk, needs_root};
use crate::library;
use crate::outside::{Ground, Outside};
use crate::support::flock::BEGINNING;
use crate::support::postgres::Cluster;

/// As many as the acceptance says.
const CUTS: u32 = 50;
const REQUESTS_A_SECOND: f64 = 200.0;

/// What a machine found that was switched on again.
struct Found {
    /// Who had been told before the copy was begun.
    told: BTreeSet<u64>,
    tags: BTreeSet<Hash>,
}

/// Copies the image of a disk, as the power leaves it.
fn cut(disk: &Disk, to: PathBuf) -> PathBuf {
    fs::copy(&disk.image, &to).expect("room for a copy");
    to
}

#[test]
fn fifty_power_cuts_lose_nobody_on_sqlite() {
    needs_root();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let disk = Disk::make(folder.path(), "disk", 96, "data=ordered");
    let ground = Ground {
        data: disk.mount.join("data"),
        ..Ground::below(folder.path(), "")
    };
    let target = Target::Sqlite(ground.data.join("fairdraw.db"));
    let switched_on = |at: &Path, activity: &ActivityId| {
        let target = Target::Sqlite(at.join("data/fairdraw.db"));
        let db = Db::open(target, Clock::running_from(BEGINNING)).expect("it opens");
        tickets(&db, activity)
    };
    lives_through("SQLite", &disk, &ground, &target, switched_on);
}

#[test]
fn fifty_power_cuts_lose_nobody_on_postgresql() {
    needs_root();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let passable = fs::Permissions::from_mode(0o711);
    fs::set_permissions(folder.path(), passable.clone()).expect("our own folder");
    let disk = Disk::make(folder.path(), "disk", 512, "data=ordered");
    fs::set_permissions(&disk.mount, fs::Permissions::from_mode(0o777)).expect("our own disk");
    let server = Cluster::within(
        &disk.mount,
        &[
            "fsync = on",
            "full_page_writes = on",
            "synchronous_commit = on",
            "max_wal_size = 64MB",
            "min_wal_size = 32MB",
        ],
    );
    let name = server.create();
    let url = server.url(&name);
    let ground = Ground::below(folder.path(), &url);
    let own = server.data().join("..");
    let own = own.canonicalize().expect("it is there");
    let own = own
        .strip_prefix(&disk.mount)
        .expect("on the disk")
        .to_owned();
    let switched_on = |at: &Path, activity: &ActivityId| {
        let server = Cluster::over(&at.join(&own));
        let target = Target::Postgres(server.url(&name));
        let db = Db::open(target, Clock::running_from(BEGINNING)).expect("it opens");
        tickets(&db, activity)
    };
    lives_through(
        "PostgreSQL",
        &disk,
        &ground,
        &Target::Postgres(url.clone()),
        switched_on,
    );
}

fn lives_through(
    name: &str,
    disk: &Disk,
    ground: &Ground,
    target: &Target,
    switched_on: impl Fn(&Path, &ActivityId) -> Vec<Hash>,
) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let passable = fs::Permissions::from_mode(0o711);
    fs::set_permissions(folder.path(), passable).expect("our own folder");
    let clock = Clock::running_from(BEGINNING);
    let activity = library::set_out(target.clone(), &ground.keys, "lib.example.tw", &clock);
    let site = Outside::start(ground.clone());
    let crowd = Crowd::start(site.port(), REQUESTS_A_SECOND);
    let mut found = Vec::new();
    for nth in 0..CUTS {
        thread::sleep(Duration::from_millis(u64::from(200 + nth * 61 % 400)));
        let told = crowd.told();
        let image = cut(disk, folder.path().join("cut.ext4"));
        let copy = Disk::of_image(folder.path(), &format!("after-{nth}"), image);
        let tags = switched_on(&copy.mount, &activity).into_iter().collect();
        found.push(Found { told, tags });
    }
    let came = crowd.ends();
    site.stops();

    let vault = Vault::open(&ground.keys, "lib.example.tw").expect("the keys");
    let tags = tags(&vault, &activity, &came);
    let everybody: BTreeSet<Hash> = tags.values().copied().collect();
    let (mut held, mut lost, mut phantoms) = (0, 0, 0);
    for cut in &found {
        held += cut.told.len();
        lost += cut
            .told
            .iter()
            .filter(|person| !cut.tags.contains(&tags[person]))
            .count();
        phantoms += cut.tags.difference(&everybody).count();
    }
    println!(
        "{name}: {CUTS} power cuts under {REQUESTS_A_SECOND} requests/s, {} people entered; \
         of {held} acknowledged before a cut {lost} were lost, {phantoms} phantoms",
        came.len()
    );
    assert_eq!((lost, phantoms), (0, 0));
    assert!(held > 0, "somebody was told before a cut");
}
