//! Acceptance 4: the rush when entry opens. Two thousand people a second press the last button for a
//! minute, whatever becomes of those before them; and then more come than can be taken.
//!
//! Whoever is taken is taken within a second, everybody else is told when to come again, and
//! afterwards the database has just those who were told that they are in.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use diesel::sql_types::Binary;
use diesel::{QueryableByName, RunQueryDsl};
use fairdraw::activity::ActivityId;
use fairdraw::identity::national_id;
use fairdraw::log;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{self, Db, Target};
use fairdraw::vault::Vault;

use super::Ground;
use super::cluster::Cluster;
use super::entries::{DURABLE, checks};
use super::library;
use super::load::{Measured, Told, each_in_open_loop};
use super::program::Program;
use super::report::{Line, Report};
use super::size;

const TAKEN: u16 = 303;
const LATER: u16 = 503;
/// So many connections at most; more than requests may be under way.
const CONNECTIONS: usize = 1_500;
/// In milliseconds.
const WANTED: f64 = 1_000.0;

/// People who come at one rate.
struct Wave {
    name: &'static str,
    a_second: f64,
    people: u64,
}

const WAVES: [Wave; 2] = [
    Wave {
        name: "the opening rush",
        a_second: 2_000.0,
        people: 120_000,
    },
    // Together with the first they stay within the store of tags that opens with an activity.
    Wave {
        name: "more than can be taken",
        a_second: 8_000.0,
        people: 80_000,
    },
];

pub fn measure(ground: &Ground<'_>, report: &mut Report) {
    let folder = ground.folder.join("rush-sqlite");
    let file = folder.join("data/fairdraw.db");
    on("SQLite FULL", &folder, &Target::Sqlite(file), "", report);

    let folder = ground.folder.join("rush-postgres");
    fs::create_dir_all(&folder).expect("a folder");
    let cluster = Cluster::within(&folder, &DURABLE);
    let url = cluster.url(&cluster.create());
    on("PostgreSQL", &folder, &Target::parse(&url), &url, report);
}

fn on(engine: &str, folder: &Path, target: &Target, url: &str, report: &mut Report) {
    fs::create_dir_all(folder).expect("a folder");
    let keys = folder.join("keys");
    let clock = Clock::system();
    let activity = library::set_out(target.clone(), &keys, library::SITE, &clock);
    let program = Program::start(folder, &[("FAIRDRAW_DATABASE_URL", url.to_owned())]);
    let mut from = 1;
    let mut came = Vec::new();
    for wave in &WAVES {
        let people = from..from + size::of(wave.people);
        from = people.end;
        came.push(Came::of(wave, people, program.port));
    }
    // Only one process may have the keys.
    drop(program);
    let db = Db::open(target.clone(), clock).expect("the database opens");
    let held = Held::read(&db, &activity, &keys, from);
    for came in &came {
        report.line(came.line(engine, &held));
    }
}

/// What a wave was told.
struct Came {
    wave: &'static Wave,
    people: Range<u64>,
    measured: Measured,
    told: Vec<Told>,
}

impl Came {
    fn of(wave: &'static Wave, people: Range<u64>, port: u16) -> Came {
        let bodies: Vec<String> = people.clone().map(library::form).collect();
        let requests = Arc::new(checks(port, &bodies));
        let (measured, told) = each_in_open_loop(port, CONNECTIONS, wave.a_second, &requests);
        Came {
            wave,
            people,
            measured,
            told,
        }
    }

    fn line(&self, engine: &str, held: &Held) -> Line {
        let (wave, measured) = (self.wave, &self.measured);
        let is_told = |told: &&Told| told.status == LATER && told.says_when;
        let later = self.told.iter().filter(is_told).count();
        let others = self.told.len() - measured.count(TAKEN) - later;
        let (lost, phantoms) = held.differ(self.people.clone().zip(&self.told));
        let p99 = measured.at(TAKEN, 9_900);
        Line {
            target: "rush",
            what: format!(
                "{engine}: {}, {} people at {}/s in an open loop: p99 of those who are taken",
                wave.name,
                self.told.len(),
                wave.a_second
            ),
            value: format!(
                "{p99:.0} ms (p50 {:.0}; {} taken, {later} told when to come again, {others} others; \
                 {lost} of those taken are not in the database, {phantoms} in it were told otherwise{})",
                measured.at(TAKEN, 5_000),
                measured.count(TAKEN),
                match held.is_whole {
                    true => "",
                    false => "; the log does not give its root",
                },
            ),
            baseline: "–".to_owned(),
            wanted: "≤ 1,000 ms, 0 others, 0, 0".to_owned(),
            holds: p99 <= WANTED && (others, lost, phantoms) == (0, 0, 0) && held.is_whole,
        }
    }
}

#[derive(QueryableByName)]
struct Ticket {
    #[diesel(sql_type = Binary)]
    tag: Vec<u8>,
}

/// Who is in the database afterwards.
struct Held {
    /// Tickets of each person who came.
    tickets: BTreeMap<u64, u32>,
    /// The log has just these tickets, and gives its root.
    is_whole: bool,
}

impl Held {
    fn read(db: &Db, activity: &ActivityId, keys: &Path, until: u64) -> Held {
        // The store of tags bounds guessing; here we look up those whom we sent ourselves.
        let _ = fs::remove_file(keys.join(format!("{activity}.tags")));
        let vault = Vault::open(keys, library::SITE).expect("the program has ended");
        let tag = |person| {
            let subject = national_id::synthetic_citizen(person).subject();
            let tag = vault.tag(activity.as_str(), &subject);
            (tag.expect("the vault answers").0.to_vec(), person)
        };
        let people: BTreeMap<Vec<u8>, u64> = (1..until).map(tag).collect();
        let read = db.read_now("tickets", |tx| {
            let query = format!("SELECT tag FROM tickets WHERE activity_id = '{activity}'");
            let tickets: Vec<Ticket> = diesel::sql_query(query)
                .load(tx.conn())
                .map_err(db::Error::from)?;
            let plans = fairdraw::draw::plans(tx, activity).expect("a plan");
            let log = log::find(tx, activity.as_str(), plans[0].id.as_str())?;
            let log = log.expect("a published draw has a log");
            let is_whole = log.size == tickets.len() as u64 && log::is_whole(tx, &log)?;
            Ok::<_, log::Error>((tickets, is_whole))
        });
        let (rows, mut is_whole) = read.expect("readable");
        let mut tickets = BTreeMap::new();
        for row in rows {
            match people.get(&row.tag) {
                Some(person) => *tickets.entry(*person).or_default() += 1,
                // Somebody whom nobody sent.
                None => is_whole = false,
            }
        }
        Held { tickets, is_whole }
    }

    /// Who was told to be in and is not; and who is in without having been told so, or twice. Who
    /// had no answer may be in or not.
    fn differ<'t>(&self, told: impl Iterator<Item = (u64, &'t Told)>) -> (usize, usize) {
        let (mut lost, mut phantoms) = (0, 0);
        for (person, told) in told {
            match (told.status, self.tickets.get(&person).copied().unwrap_or(0)) {
                (TAKEN, 1) | (0, 0 | 1) => {}
                (TAKEN, 0) => lost += 1,
                (_, 0) => {}
                _ => phantoms += 1,
            }
        }
        (lost, phantoms)
    }
}
