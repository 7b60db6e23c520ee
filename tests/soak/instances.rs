//! Three instances, one killed every five seconds, while people enter: counts exact, the log whole.
//!
//! `FAIRDRAW_SOAK_SECONDS` says for how long (300 without it). Each person does what a person does:
//! fills in the form, looks it over, and sends the same last look again, to whichever instance
//! answers, until a receipt is shown. So everybody holds exactly one entry at the end, or something
//! was lost or stored twice.
//!
//! Killed are the watching process and both of its children at once, as a machine that loses its
//! power; the vault of the site is killed too, every thirty seconds.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{self, Db};
use rocket::http::Status;

use crate::support::life::Patron;
use crate::support::sites::{Site, until};
use crate::support::vault::{Program, Visitor, children, signal};

const INSTANCES: usize = 3;
const PEOPLE_AT_ONCE: usize = 6;
const BETWEEN_KILLS: Duration = Duration::from_secs(5);
/// Every so many kills the vault dies as well.
const VAULT_EVERY: u64 = 6;
const ENTER: &str = "action=\"/a/summer-2024/enter";
const FOR_ONE: Duration = Duration::from_secs(120);

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

fn counted(db: &Db, query: &str) -> i64 {
    use diesel::RunQueryDsl;
    let rows: Result<Vec<Number>, db::Error> =
        db.read_now("count", |tx| Ok(diesel::sql_query(query).load(tx.conn())?));
    rows.expect("readable").first().map_or(0, |row| row.n)
}

/// Who serves now.
struct Serving {
    addresses: Mutex<Vec<String>>,
    next: AtomicU64,
}

impl Serving {
    fn visitor(&self) -> Visitor {
        let addresses = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let at = usize::try_from(turn).unwrap_or(0) % addresses.len();
        Visitor::at(&addresses[at])
    }

    fn replace(&self, at: usize, address: &str) {
        let mut addresses = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        address.clone_into(&mut addresses[at]);
    }
}

/// One person enters, however often somebody dies meanwhile; how many requests had no answer.
fn enters(serving: &Serving, patron: &Patron, question: &str) -> u64 {
    let (start, mut lost) = (Instant::now(), 0);
    let mut patient = || {
        lost += 1;
        assert!(start.elapsed() < FOR_ONE, "nobody serves any more");
        thread::sleep(Duration::from_millis(50));
    };
    let fields = patron.form(question);
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let check = loop {
        let visitor = serving.visitor();
        let check = visitor.try_get("/a/summer-2024/enter").and_then(|form| {
            // A page in place of the form, such as that of too many at once, is no form.
            let fits = form.status == Status::Ok && form.html.contains(ENTER);
            fits.then(|| visitor.try_send(&form, "/a/summer-2024/enter", &fields))?
        });
        match check.filter(|check| check.status == Status::Ok) {
            Some(check) => break check,
            None => patient(),
        }
    };
    loop {
        let visitor = serving.visitor();
        let sent = visitor.try_send(&check, "/a/summer-2024/check", &[]);
        if sent.is_some_and(|sent| sent.status == Status::SeeOther) {
            return lost;
        }
        patient();
    }
}

fn kill(program: &Program) {
    let watching = program.watching();
    for process in [vec![watching], children(watching)].concat() {
        signal(process, "KILL");
    }
}

#[test]
fn three_instances_of_which_one_is_killed_every_five_seconds_lose_nobody() {
    let seconds = std::env::var("FAIRDRAW_SOAK_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(300);
    let site = Site::open();
    let vault = site.vault();
    let folders: Vec<_> = (0..INSTANCES).map(|_| site.own_folder()).collect();
    let start = |at: usize| site.instance_at(&site.address(), &folders[at]);
    let mut programs: Vec<Program> = (0..INSTANCES).map(start).collect();
    let serving = Serving {
        addresses: Mutex::new(programs.iter().map(Program::address).collect()),
        next: AtomicU64::new(0),
    };
    let (is_over, next, lost) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let (mut kills, mut vaults) = (0_u64, 0_u64);
    thread::scope(|scope| {
        for _ in 0..PEOPLE_AT_ONCE {
            scope.spawn(|| {
                while !is_over.load(Ordering::SeqCst) {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let without = enters(&serving, &Patron::number(number), &site.question);
                    lost.fetch_add(without, Ordering::Relaxed);
                }
            });
        }
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end {
            thread::sleep(BETWEEN_KILLS);
            let at = usize::try_from(kills).unwrap_or(0) % INSTANCES;
            kill(&programs[at]);
            kills += 1;
            if kills % VAULT_EVERY == 0 {
                signal(vault.keeper(), "KILL");
                vaults += 1;
            }
            programs[at] = start(at);
            serving.replace(at, &programs[at].address());
        }
        is_over.store(true, Ordering::SeqCst);
    });
    let people = i64::try_from(next.load(Ordering::SeqCst)).expect("few");
    let db = site.database.open(&Clock::system());
    println!(
        "{kills} instances and {vaults} vaults killed in {seconds} s; {people} people entered, {} requests without an answer",
        lost.load(Ordering::Relaxed)
    );
    assert_eq!(counted(&db, "SELECT count(*) AS n FROM entries"), people);
    assert_eq!(counted(&db, "SELECT count(*) AS n FROM tickets"), people);
    let whole = "SELECT count(DISTINCT position) AS n FROM commitments";
    assert_eq!(counted(&db, whole), people, "no gap and no fork");
    assert_eq!(
        counted(&db, "SELECT max(position) + 1 AS n FROM commitments"),
        people
    );
    let size = "SELECT sum(size)::bigint AS n FROM logs WHERE activity_id <> ''";
    assert_eq!(counted(&db, size), people);
    // Jobs were done once and by somebody: none has failed, and every note is in every mirror.
    let failed = "SELECT count(*) AS n FROM jobs WHERE last_error <> ''";
    assert_eq!(counted(&db, failed), 0);
    let notes = counted(&db, "SELECT count(*) AS n FROM journal_notes");
    for folder in &folders {
        until(Duration::from_secs(30), "the mirror has every note", || {
            let text = std::fs::read_to_string(folder.join("journal.notes")).unwrap_or_default();
            let lines = text
                .lines()
                .filter(|line| line.contains("\"note\""))
                .count();
            i64::try_from(lines).unwrap_or(0) == notes
        });
    }
    drop(programs);
}
