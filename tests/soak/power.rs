//! Fifty times the power is cut while people enter, on each database: the disk is copied as it
//! stands at one moment, and a machine is switched on again on the copy, where the next person
//! enters.
//!
//! A killed program proves little, because the system goes on and writes what the program gave it.
//! Only a copy of the disk shows what would be there after a power cut. Two controls show that it
//! does: a program whose disk only says that it has written, and a PostgreSQL that answers before it
//! has, both lose people who were told that they are in.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use fairdraw::activity::ActivityId;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{Db, Target};
use fairdraw::vault::Vault;
use lucky_draw::encode::Hash;

use crate::crowd::{self, Crowd, tags, tickets};
use crate::disk::{Disk, needs_root, said};
use crate::library;
use crate::outside::{Ground, Outside};
use crate::support::flock::BEGINNING;
use crate::support::postgres::Cluster;

/// As many as the acceptance says.
const CUTS: u64 = 50;
/// Enough for a control.
const FEW: u64 = 10;
const REQUESTS_A_SECOND: f64 = 200.0;
/// Who comes after a cut has a number above everybody's.
const LATER: u64 = 1_000_000;
const SITE: &str = "lib.example.tw";

/// A machine: its disk, and what stands on it.
struct Machine {
    folder: tempfile::TempDir,
    disk: Disk,
    _shelf: Disk,
    /// A PostgreSQL on the disk, and its database; none with SQLite.
    server: Option<(Cluster, String)>,
    ground: Ground,
}

impl Machine {
    /// Data, keys and database are on one disk, as on one machine.
    fn new(settings: Option<&[&str]>) -> Machine {
        needs_root();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let passable = fs::Permissions::from_mode(0o711);
        fs::set_permissions(folder.path(), passable).expect("our own folder");
        let shelf = Disk::shelf(folder.path(), "shelf", 4_096);
        let disk = Disk::make(&shelf.mount, "disk", 1_024, "data=ordered");
        fs::set_permissions(&disk.mount, fs::Permissions::from_mode(0o777)).expect("our own disk");
        let server = settings.map(|settings| {
            let server = Cluster::within(&disk.mount, settings);
            let name = server.create();
            (server, name)
        });
        let url = server.as_ref().map(|(server, name)| server.url(name));
        let ground = on(&disk, folder.path(), &url.unwrap_or_default());
        Machine {
            folder,
            disk,
            _shelf: shelf,
            server,
            ground,
        }
    }

    fn target(&self) -> Target {
        target(&self.ground)
    }

    /// The power goes, and the machine is switched on again: what the database holds then, after
    /// one more person has entered at the program itself.
    fn after_a_cut(&self, nth: u64, activity: &ActivityId, starts: bool) -> BTreeSet<Hash> {
        let image = self.disk.at_this_moment(&format!("cut-{nth}.image"));
        let folder = self.folder.path().join(format!("machine-{nth}"));
        fs::create_dir(&folder).expect("a folder");
        let copy = Disk::of_image(&folder, "disk", image);
        let server = self.server.as_ref().map(|(server, name)| {
            let at = server.data().join("..").canonicalize();
            let at = at.expect("it is there");
            let own = at.strip_prefix(&self.disk.mount).expect("on the disk");
            (Cluster::over(&copy.mount.join(own)), name)
        });
        let url = server.as_ref().map(|(server, name)| server.url(name));
        let ground = on(&copy, &folder, &url.unwrap_or_default());
        if starts {
            let site = Outside::start(ground.clone());
            crowd::one_enters(site.port(), LATER + nth);
            site.stops();
        }
        let clock = Clock::running_from(BEGINNING);
        let db = Db::open(target(&ground), clock).expect("it opens");
        tickets(&db, activity).into_iter().collect()
    }

    /// Throws away what a cut left.
    fn forget(&self, nth: u64) {
        let image = self.disk.image.with_file_name(format!("cut-{nth}.image"));
        fs::remove_file(image).expect("it was made");
    }
}

/// Everything that a program keeps is on the disk; what it says is not.
fn on(disk: &Disk, folder: &Path, url: &str) -> Ground {
    Ground {
        data: disk.mount.join("data"),
        keys: disk.mount.join("keys"),
        ..Ground::below(folder, url)
    }
}

fn target(ground: &Ground) -> Target {
    match ground.database_url.is_empty() {
        true => Target::Sqlite(ground.data.join("fairdraw.db")),
        false => Target::Postgres(ground.database_url.clone()),
    }
}

/// What a PostgreSQL needs that lives through this, beside the settings of every test's.
const CAREFUL: [&str; 5] = [
    "fsync = on",
    "full_page_writes = on",
    "synchronous_commit = on",
    "max_wal_size = 64MB",
    "min_wal_size = 32MB",
];

#[test]
fn fifty_power_cuts_lose_nobody_on_sqlite() {
    let machine = Machine::new(None);
    lives_through("SQLite", &machine, CUTS).is_whole();
}

#[test]
fn fifty_power_cuts_lose_nobody_on_postgresql() {
    let machine = Machine::new(Some(&CAREFUL));
    lives_through("PostgreSQL", &machine, CUTS).is_whole();
}

#[test]
fn control_a_disk_that_only_says_it_has_written_loses_people_on_sqlite() {
    let mut machine = Machine::new(None);
    let lies = machine.folder.path().join("no_sync.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/soak/no_sync.c");
    let [lies, source] = [lies, source].map(|path| path.display().to_string());
    said("cc", &["-shared", "-fPIC", "-o", &lies, &source]);
    machine.ground.preload = PathBuf::from(lies);
    lives_through("control: SQLite over a disk that lies", &machine, FEW).is_missed();
}

#[test]
fn control_an_answer_before_the_commit_is_written_loses_people_on_postgresql() {
    let hasty = CAREFUL.map(|setting| match setting {
        "synchronous_commit = on" => "synchronous_commit = off",
        setting => setting,
    });
    let machine = Machine::new(Some(&[&hasty[..], &["wal_writer_delay = 2s"]].concat()));
    lives_through("control: PostgreSQL that answers early", &machine, FEW).is_missed();
}

/// What was found on the copies, all together.
#[derive(Debug, Default)]
struct Found {
    /// People who had been told before a copy was begun.
    told: usize,
    lost: usize,
    phantoms: usize,
    /// Copies on which there is no whole database.
    broken: usize,
}

impl Found {
    fn is_whole(&self) {
        assert_eq!((self.lost, self.phantoms, self.broken), (0, 0, 0));
        assert!(self.told > 0, "somebody was told before a cut");
    }

    /// Nobody would see a fault of the product otherwise.
    fn is_missed(&self) {
        assert!(self.lost > 0, "it is not seen who is lost: {self:?}");
        assert_eq!(self.phantoms, 0);
    }
}

fn lives_through(name: &str, machine: &Machine, cuts: u64) -> Found {
    let ground = &machine.ground;
    let clock = Clock::running_from(BEGINNING);
    let activity = library::set_out(machine.target(), &ground.keys, SITE, &clock);
    let site = Outside::start(ground.clone());
    // The site is an hour old, and the cluster was made in a hurry.
    machine.disk.is_written();
    let crowd = Crowd::start(site.port(), REQUESTS_A_SECOND);
    let (mut found, mut copies) = (Found::default(), Vec::new());
    for nth in 0..cuts {
        thread::sleep(Duration::from_millis(200 + nth * 61 % 400));
        let told = crowd.told();
        // In a control the copy may hold anything.
        let looked = catch_unwind(AssertUnwindSafe(|| {
            machine.after_a_cut(nth, &activity, cuts == CUTS)
        }));
        machine.forget(nth);
        match looked {
            Ok(tags) => copies.push((nth, told, tags)),
            Err(_) => found.broken += 1,
        }
    }
    let came = crowd.ends();
    site.stops();

    let vault = Vault::open(&ground.keys, SITE).expect("the keys");
    let later = (0..cuts).map(|nth| LATER + nth).collect();
    let later = tags(&vault, &activity, &later);
    let tags = tags(&vault, &activity, &came);
    let everybody: BTreeSet<&Hash> = tags.values().collect();
    for (nth, told, there) in &copies {
        found.told += told.len();
        let lost = told.iter().filter(|person| !there.contains(&tags[person]));
        found.lost += lost.count();
        let own = later[&(LATER + nth)];
        let sent = |tag: &Hash| *tag == own || everybody.contains(tag);
        found.phantoms += there.iter().filter(|tag| !sent(tag)).count();
        if cuts == CUTS {
            found.lost += usize::from(!there.contains(&own));
        }
    }
    println!(
        "{name}: {cuts} power cuts under {REQUESTS_A_SECOND} requests/s, {} people entered; of {} \
         acknowledged before a cut {} were lost, {} phantoms, {} copies without a whole database",
        came.len(),
        found.told,
        found.lost,
        found.phantoms,
        found.broken,
    );
    found
}
