//! Target 3: what an entry costs here and in other software that takes registrations.
//!
//! Each peer is a script of `benches/peers` that sets it up; it is driven as we are, by the same load
//! generator. Compared is the time of the processor that an entry takes of every process that works
//! for it, which does not depend on how busy the machine is.
//!
//! Only where it is named (`make bench PARTS=peers`): the first time a peer is fetched.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::Target;

use super::Ground;
use super::cluster::Cluster;
use super::entries::{DURABLE, checks};
use super::library;
use super::load::{Measured, closed_loop};
use super::program::{Program, ticks_of};
use super::report::{Line, Report, median};
use super::size;
use super::tether::Tether;

/// Scripts, each with what it is called.
const PEERS: [(&str, &str); 1] = [("pretix 2026.8", "../../benches/peers/pretix.sh")];
const ROUNDS: u64 = 3;
const CONNECTIONS: usize = 16;
/// Entries of one round, ours and theirs.
const OURS: u64 = 4_000;
const THEIRS: u64 = 48;

pub fn measure(ground: &Ground<'_>, report: &mut Report) {
    let folder = ground.folder.join("peers");
    fs::create_dir_all(&folder).expect("a folder");
    let ours = Ours::start(&folder);
    for (name, script) in PEERS {
        let peer = Peer::start(script, &folder);
        // Both are warm before it counts.
        let _ = (peer.round(0), ours.round(0));
        let (mut ratios, mut theirs, mut own) = (Vec::new(), Vec::new(), Vec::new());
        let (mut their_rate, mut own_rate) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let (there, here) = (peer.round(round), ours.round(round));
            println!(
                "round {round}: {name} {:.1} ms and {:.1}/s, here {:.3} ms and {:.0}/s",
                there.cost, there.rate, here.cost, here.rate
            );
            ratios.push(there.cost / here.cost);
            theirs.push(there.cost);
            own.push(here.cost);
            their_rate.push(there.rate);
            own_rate.push(here.rate);
        }
        let ratio = median(&ratios);
        report.line(Line {
            target: "3",
            what: format!(
                "entries a second of the processor over those of {name}, PostgreSQL with both, {CONNECTIONS} connections"
            ),
            value: format!(
                "{ratio:.0} × ({:.0} µs an entry, {:.0}/s)",
                median(&own) * 1e3,
                median(&own_rate)
            ),
            baseline: format!("{:.0} ms an entry, {:.1}/s", median(&theirs), median(&their_rate)),
            wanted: "≥ 1,000 ×".to_owned(),
            holds: ratio >= 1_000.0,
        });
    }
}

/// What came of one round.
struct Round {
    /// Milliseconds of the processor an entry.
    cost: f64,
    /// Entries a second.
    rate: f64,
}

impl Round {
    fn of(measured: &Measured, used: Duration, taken: u16, sent: u64) -> Round {
        let count = measured.count(taken);
        assert_eq!(count as u64, sent, "{:?}", measured.statuses);
        Round {
            cost: used.as_secs_f64() * 1e3 / count as f64,
            rate: measured.rate(taken),
        }
    }
}

/// Our program on a PostgreSQL of its own.
struct Ours {
    program: Program,
    /// The database server.
    server: u32,
    _cluster: Cluster,
}

impl Ours {
    fn start(folder: &std::path::Path) -> Ours {
        let cluster = Cluster::within(folder, &DURABLE);
        let url = cluster.url(&cluster.create());
        let clock = Clock::system();
        library::set_out(
            Target::parse(&url),
            &folder.join("keys"),
            library::SITE,
            &clock,
        );
        let program = Program::start(folder, &[("FAIRDRAW_DATABASE_URL", url)]);
        let numbers = fs::read_to_string(cluster.data().join("postmaster.pid"));
        let numbers = numbers.expect("the server runs");
        let server = numbers.lines().next().and_then(|line| line.parse().ok());
        Ours {
            program,
            server: server.expect("its number"),
            _cluster: cluster,
        }
    }

    fn round(&self, round: u64) -> Round {
        let count = size::of(OURS);
        let from = 1 + round * count;
        let bodies: Vec<String> = (from..from + count).map(library::form).collect();
        let requests = Arc::new(checks(self.program.port, &bodies));
        let mut all = self.program.processes();
        all.push(self.server);
        let used = used_by(&all);
        let measured = closed_loop(self.program.port, CONNECTIONS, &requests);
        Round::of(&measured, used_by(&all) - used, 303, count)
    }
}

/// Somebody else's program.
struct Peer {
    port: u16,
    request: String,
    processes: Vec<u32>,
    _tether: Tether,
}

impl Peer {
    fn start(script: &str, folder: &std::path::Path) -> Peer {
        let (tether, said) = Tether::start_in(folder, script, &[]);
        let mut words = said.split(' ');
        let port = words.next().and_then(|word| word.parse().ok());
        let request = fs::read_to_string(words.next().unwrap_or_default());
        Peer {
            port: port.expect("a port"),
            request: request.expect("a request"),
            processes: words.filter_map(|word| word.parse().ok()).collect(),
            _tether: tether,
        }
    }

    fn round(&self, round: u64) -> Round {
        let count = size::of(THEIRS);
        let from = 1 + round * count;
        let requests = (from..from + count).map(|person| self.filled(person));
        let requests = Arc::new(requests.collect());
        let used = used_by(&self.processes);
        let measured = closed_loop(self.port, CONNECTIONS, &requests);
        Round::of(&measured, used_by(&self.processes) - used, 201, count)
    }

    /// The request of a person as it travels.
    fn filled(&self, person: u64) -> Vec<u8> {
        let text = self.request.replace("{person}", &person.to_string());
        let (head, body) = text.split_once("\n\n").expect("a head and a body");
        let head = head.replace('\n', "\r\n");
        format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

/// What these processes and all that they started have used of the processor. Children that ended
/// are counted with their parents.
fn used_by(processes: &[u32]) -> Duration {
    let mut parents: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let all = fs::read_dir("/proc")
        .expect("a list of processes")
        .flatten();
    for process in all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()) {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        if let Some(parent) = after
            .split_whitespace()
            .nth(1)
            .and_then(|id| id.parse().ok())
        {
            parents.entry(parent).or_default().push(process);
        }
    }
    let (mut waiting, mut family) = (processes.to_vec(), Vec::new());
    while let Some(process) = waiting.pop() {
        if !family.contains(&process) {
            family.push(process);
            waiting.extend(parents.get(&process).into_iter().flatten());
        }
    }
    // USER_HZ is 100 on every Linux that people use.
    Duration::from_millis(10 * family.into_iter().map(ticks_of).sum::<u64>())
}
