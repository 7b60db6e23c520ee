//! Target 11: two instances on one PostgreSQL take more than one, where neither the database nor
//! the machine is the limit.
//!
//! Each instance may use a quarter of a core; the vault of the site, PostgreSQL and the driver have
//! the rest of the machine. People enter one activity at one instance, or one at each of two.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl};
use fairdraw::activity::ActivityId;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{self, Db, Target};

use super::Ground;
use super::cluster::Cluster;
use super::entries::{DURABLE, checks_of};
use super::library;
use super::load::{Measured, closed_loop};
use super::program::Program;
use super::quota::Quota;
use super::report::{Line, Report, median};
use super::size;
use super::town::Library;

const TAKEN: u16 = 303;
/// Of a core.
const SHARE: f64 = 0.25;
const ROUNDS: u64 = 3;
const CONNECTIONS: usize = 32;
/// The addresses of the two activities.
const SLUGS: [&str; 2] = [library::SLUG, "other-rush"];

/// Entries of one activity in one round.
fn at_once() -> u64 {
    size::of(2_000).max(100)
}

pub fn measure(ground: &Ground<'_>, report: &mut Report) {
    let quotas: Vec<Quota> = match ["one", "two"].map(|name| Quota::of(name, SHARE)) {
        [Ok(one), Ok(two)] => vec![one, two],
        [Err(why), _] | [_, Err(why)] => return unmeasured(&why, report),
    };
    let folder = ground.folder.join("instances");
    fs::create_dir_all(&folder).expect("a folder");
    let cluster = Cluster::within(&folder, &DURABLE);
    let url = cluster.url(&cluster.create());
    let target = Target::parse(&url);
    let ids: Vec<ActivityId> = {
        let library = Library::on(target.clone(), &folder, Clock::system());
        library.employ();
        SLUGS.map(|slug| library.publish(slug, 10)).to_vec()
    };
    let vault = VaultSide::start(&folder);
    let programs: Vec<Program> = (1..=2)
        .map(|number| {
            let own = folder.join(format!("instance-{number}"));
            fs::create_dir_all(own.join("data")).expect("a folder");
            Program::start(
                &own,
                &[
                    ("FAIRDRAW_DATABASE_URL", url.clone()),
                    ("FAIRDRAW_VAULT", vault.address()),
                ],
            )
        })
        .collect();
    let (mut ratios, mut alone, mut together) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let one = rate(&programs[..1], &quotas, 3 * round);
        let two = rate(&programs, &quotas, 3 * round + 1);
        println!("round {round}: {one:.0}/s at one instance, {two:.0}/s at two");
        ratios.push(two / one);
        alone.push(one);
        together.push(two);
    }
    let ratio = median(&ratios);
    report.line(Line {
        target: "11",
        what: format!(
            "entries/s at two instances over one, {SHARE} core each, PostgreSQL, different activities"
        ),
        value: format!("{ratio:.2} ({:.0}/s)", median(&together)),
        baseline: format!("{:.0}/s", median(&alone)),
        wanted: "≥ 1.6".to_owned(),
        holds: ratio >= 1.6,
    });
    drop(programs);
    whole(target, &ids, report);
}

fn unmeasured(why: &std::io::Error, report: &mut Report) {
    report.line(Line {
        target: "11",
        what: "entries/s at two instances over one".to_owned(),
        value: format!("could not be measured: no control group of the processor here ({why})"),
        baseline: "–".to_owned(),
        wanted: "≥ 1.6".to_owned(),
        holds: false,
    });
}

/// Entries a second at all of these together, each within its share.
fn rate(programs: &[Program], quotas: &[Quota], round: u64) -> f64 {
    let people = |at: u64| {
        let from = 1 + (2 * round + at) * at_once();
        (from..from + at_once())
            .map(library::form)
            .collect::<Vec<_>>()
    };
    // The two forms before are not what is measured: nobody has a share yet.
    let requests: Vec<_> = (0..)
        .zip(programs)
        .zip(SLUGS)
        .map(|((at, program), slug)| Arc::new(checks_of(program.port, slug, &people(at))))
        .collect();
    for (program, quota) in programs.iter().zip(quotas) {
        quota.hold(&program.processes()).expect("the group is ours");
    }
    let begun = Instant::now();
    let measured: Vec<Measured> = thread::scope(|scope| {
        let enter = |(program, requests)| {
            let (program, requests): (&Program, &Arc<Vec<Vec<u8>>>) = (program, requests);
            let port = program.port;
            scope.spawn(move || closed_loop(port, CONNECTIONS, requests))
        };
        let entering: Vec<_> = programs.iter().zip(&requests).map(enter).collect();
        entering
            .into_iter()
            .map(|each| each.join().expect("no panic"))
            .collect()
    });
    let took = begun.elapsed();
    for (program, quota) in programs.iter().zip(quotas) {
        quota.free(&program.processes()).expect("the group is ours");
    }
    let taken: usize = measured.iter().map(|each| each.count(TAKEN)).sum();
    let asked: usize = requests.iter().map(|each| each.len()).sum();
    assert_eq!(
        taken,
        asked,
        "{:?}",
        measured
            .iter()
            .map(|each| &each.statuses)
            .collect::<Vec<_>>()
    );
    taken as f64 / took.as_secs_f64()
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// No index twice, none missing, every leaf in the root. The database alone tells; the vault of the
/// site still has its keys.
fn whole(target: Target, ids: &[ActivityId], report: &mut Report) {
    let db = Db::open(target, Clock::system()).expect("the database opens");
    let count = |query: &str| {
        let rows = db.read_now("count", |tx| {
            Ok::<Vec<Number>, db::Error>(diesel::sql_query(query).load(tx.conn())?)
        });
        rows.expect("readable").first().map_or(-1, |row| row.n)
    };
    let twice = count(
        "SELECT count(*) AS n FROM (SELECT 1 FROM tickets GROUP BY activity_id, draw_id, position HAVING count(*) > 1) AS twice",
    );
    let gaps = count(
        "SELECT count(*) AS n FROM logs WHERE activity_id <> '' AND size <> (SELECT count(*) FROM tickets WHERE tickets.activity_id = logs.activity_id AND tickets.draw_id = logs.id)",
    );
    let are_whole = ids.iter().all(|id| {
        let whole = db.read_now("stream", |tx| {
            let plans = fairdraw::draw::plans(tx, id).expect("a plan");
            let log = fairdraw::log::find(tx, id.as_str(), plans[0].id.as_str())?;
            fairdraw::log::is_whole(tx, &log.expect("a published draw has a log"))
        });
        whole.expect("readable")
    });
    let taken = count("SELECT count(*) AS n FROM entries");
    report.line(Line {
        target: "11",
        what: format!(
            "{taken} entries of that: an index twice, a gap, a log that does not give its root"
        ),
        value: format!(
            "{twice}, {gaps}, {}",
            if are_whole { "none" } else { "some" }
        ),
        baseline: "–".to_owned(),
        wanted: "0, 0, none".to_owned(),
        holds: twice == 0 && gaps == 0 && are_whole,
    });
}

/// The vault of the site, as `fairdraw vault` runs it; it ends with its handle.
struct VaultSide {
    child: Child,
    socket: PathBuf,
}

impl VaultSide {
    fn start(folder: &Path) -> VaultSide {
        let socket = folder.join("vault.sock");
        let listen = format!("unix:{}", socket.display());
        let child = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
            .arg("vault")
            .current_dir(folder)
            .env("FAIRDRAW_KEYS", folder.join("keys"))
            .env("ROCKET_APP", format!("{{vault_listen=[\"{listen}\"]}}"))
            .stdout(Stdio::null())
            .spawn()
            .expect("the vault starts");
        let begun = Instant::now();
        while !socket.exists() {
            assert!(begun.elapsed() < Duration::from_secs(30), "no vault comes");
            thread::sleep(Duration::from_millis(5));
        }
        VaultSide { child, socket }
    }

    fn address(&self) -> String {
        format!("unix:{}", self.socket.display())
    }
}

impl Drop for VaultSide {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}
