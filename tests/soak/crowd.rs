//! People who enter while something goes wrong: each fills the form, looks it over and sends it, and
//! whoever gets no answer sends the same again, as people do.
//!
//! Invariant: what a person was told is remembered here, so that it can be held against what the
//! database says afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use fairdraw::activity::ActivityId;
use fairdraw::identity::national_id;
use fairdraw::log;
use fairdraw::platform::db::{self, Db};
use fairdraw::vault::Vault;
use lucky_draw::encode::Hash;
use lucky_draw::tree::{MemoryTree, leaf_hash};
use rocket::tokio;
use tokio::task::JoinSet;

use crate::library;
use crate::load::{Answer, Connection, get, post};

/// Nobody tries longer than this.
const PATIENCE: Duration = Duration::from_secs(120);
/// So many people are on the way at once.
const AT_ONCE: usize = 100;

/// Where people may go: the ports of the instances, as a load balancer knows them.
pub struct Doors {
    ports: Vec<AtomicU16>,
    next: AtomicUsize,
}

impl Doors {
    pub fn at(ports: &[u16]) -> Arc<Doors> {
        Arc::new(Doors {
            ports: ports.iter().copied().map(AtomicU16::new).collect(),
            next: AtomicUsize::new(0),
        })
    }

    /// Another instance took the place of one.
    pub fn replace(&self, which: usize, port: u16) {
        self.ports[which].store(port, Ordering::SeqCst);
    }

    fn next(&self) -> u16 {
        let turn = self.next.fetch_add(1, Ordering::SeqCst);
        self.ports[turn % self.ports.len()].load(Ordering::SeqCst)
    }
}

/// A crowd that is entering.
pub struct Crowd {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    is_over: AtomicBool,
    /// When the next request may be sent, and how far they are apart: a second try is a request too.
    pace: tokio::sync::Mutex<Instant>,
    gap: Duration,
    /// When each person was told that the entry is taken.
    told: Mutex<BTreeMap<u64, Instant>>,
    came: Mutex<BTreeSet<u64>>,
    tries: AtomicUsize,
    unanswered: AtomicUsize,
}

impl Crowd {
    /// So many requests a second, second tries among them, until [`Crowd::ends`].
    pub fn start(port: u16, a_second: f64) -> Crowd {
        Crowd::before(&Doors::at(&[port]), a_second)
    }

    /// [`Crowd::start`] at several instances; whoever gets no answer goes to the next one.
    pub fn before(doors: &Arc<Doors>, a_second: f64) -> Crowd {
        let shared = Arc::new(Shared::pacing(a_second));
        let (own, doors) = (shared.clone(), doors.clone());
        let thread = thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(come(&own, &doors));
        });
        Crowd {
            shared,
            thread: Some(thread),
        }
    }

    /// Who was told so far that the entry is taken.
    pub fn told(&self) -> BTreeSet<u64> {
        let told = self.shared.told.lock().expect("no panic");
        told.keys().copied().collect()
    }

    /// Nobody comes any more; everybody who came is waited for. Gives who came.
    pub fn ends(mut self) -> BTreeSet<u64> {
        self.shared.is_over.store(true, Ordering::SeqCst);
        let thread = self.thread.take().expect("it runs");
        thread.join().expect("everybody got an answer in time");
        self.shared.came.lock().expect("no panic").clone()
    }

    /// Requests that were sent, and those of them without an answer.
    pub fn tries(&self) -> (usize, usize) {
        let count = |of: &AtomicUsize| of.load(Ordering::SeqCst);
        (count(&self.shared.tries), count(&self.shared.unanswered))
    }
}

/// One person enters, and is told so.
pub fn one_enters(port: u16, person: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let shared = Shared::pacing(200.0);
    let entering = async { shared.enters(&Doors::at(&[port]), person).await };
    runtime.expect("a runtime").block_on(entering);
}

async fn come(shared: &Arc<Shared>, doors: &Arc<Doors>) {
    let mut inside = JoinSet::new();
    let mut person = 0;
    while !shared.is_over.load(Ordering::SeqCst) {
        if inside.len() == AT_ONCE {
            let done = inside.join_next().await.expect("somebody is inside");
            done.expect("everybody is taken in the end");
        }
        person += 1;
        shared.came.lock().expect("no panic").insert(person);
        let (shared, doors) = (shared.clone(), doors.clone());
        inside.spawn(async move { shared.enters(&doors, person).await });
    }
    while let Some(done) = inside.join_next().await {
        done.expect("everybody is taken in the end");
    }
}

impl Shared {
    fn pacing(a_second: f64) -> Shared {
        Shared {
            is_over: AtomicBool::default(),
            pace: tokio::sync::Mutex::new(Instant::now()),
            gap: Duration::from_secs_f64(1.0 / a_second),
            told: Mutex::default(),
            came: Mutex::default(),
            tries: AtomicUsize::default(),
            unanswered: AtomicUsize::default(),
        }
    }

    /// Waits for the turn of one more request.
    async fn turn(&self) {
        let mut next = self.pace.lock().await;
        let meant = (*next).max(Instant::now());
        *next = meant + self.gap;
        tokio::time::sleep_until(meant.into()).await;
    }

    async fn enters(&self, doors: &Doors, person: u64) {
        // A network of one's own, so that nobody is slowed down for the others.
        let [.., high, low] = person.to_be_bytes();
        let from = Ipv4Addr::new(127, high, low, 1);
        let mut visit = Visit {
            connection: Connection::from(from, doors.next()),
            from,
            doors,
        };
        let (form, check) = (
            format!("/a/{}/enter", library::SLUG),
            format!("/a/{}/check", library::SLUG),
        );
        let body = library::form(person);
        let page = self.answered(&mut visit, &get(&form), 200).await;
        let token = library::hidden(&page, "token");
        let filled = post(&form, &format!("{body}&token={token}"));
        let page = self.answered(&mut visit, &filled, 200).await;
        let token = library::hidden(&page, "token");
        let sent = post(&check, &format!("{body}&token={token}"));
        self.answered(&mut visit, &sent, 303).await;
        let mut told = self.told.lock().expect("no panic");
        told.insert(person, Instant::now());
    }

    /// Sends until this answer comes. No answer, and "come later", are tried again.
    async fn answered(&self, visit: &mut Visit<'_>, request: &[u8], status: u16) -> String {
        let begun = Instant::now();
        loop {
            self.turn().await;
            self.tries.fetch_add(1, Ordering::SeqCst);
            match visit.connection.send(request).await {
                Ok(Answer {
                    status: came, body, ..
                }) if came == status => return String::from_utf8_lossy(&body).into_owned(),
                Ok(answer) if answer.status == 503 => {}
                Ok(answer) => panic!(
                    "{status} was expected, {} came: {}",
                    answer.status,
                    String::from_utf8_lossy(&answer.body)
                ),
                Err(_) => {
                    self.unanswered.fetch_add(1, Ordering::SeqCst);
                }
            }
            assert!(begun.elapsed() < PATIENCE, "nobody waits so long");
            visit.connection = Connection::from(visit.from, visit.doors.next());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Somebody on the way: the connection, and where to go when there is no answer.
struct Visit<'d> {
    connection: Connection,
    from: Ipv4Addr,
    doors: &'d Doors,
}

#[derive(QueryableByName)]
struct Ticket {
    #[diesel(sql_type = Text)]
    entry: String,
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Binary)]
    tag: Vec<u8>,
}

/// Who is in the database: the tag of each ticket, in the order of the log. The database agrees
/// with itself: one entry and one sealed contact a ticket, and a log of just these tickets with its
/// root and its checkpoint.
pub fn tickets(db: &Db, activity: &ActivityId) -> Vec<Hash> {
    let read = db.read_now("tickets", |tx| {
        let tickets: Vec<Ticket> = diesel::sql_query(format!(
            "SELECT entry_id AS entry, position AS place, tag FROM tickets \
             WHERE activity_id = '{activity}' ORDER BY position",
        ))
        .load(tx.conn())
        .map_err(db::Error::from)?;
        let entries: Vec<Ticket> = diesel::sql_query(format!(
            "SELECT e.id AS entry, CAST(0 AS BIGINT) AS place, e.lookup AS tag FROM entries e \
             JOIN vault_items v ON v.activity_id = e.activity_id AND v.id = e.contact_item \
             WHERE e.activity_id = '{activity}'",
        ))
        .load(tx.conn())
        .map_err(db::Error::from)?;
        let draws = fairdraw::entry::drums(tx, activity).expect("the draw is there");
        let log = log::find(tx, activity.as_str(), draws[0].draw())?.expect("there is a log");
        let leaves = log::commitments(tx, &log)?;
        let root = log::root_at(tx, &log, log.size)?;
        Ok::<_, log::Error>((tickets, entries, log, leaves, root))
    });
    let (tickets, entries, log, leaves, root) = read.expect("the database can be read");
    assert_eq!(tickets.len(), leaves.len(), "a ticket for each leaf");
    assert_eq!(tickets.len() as u64, log.size, "the log says how many");
    assert_eq!(
        tickets.len(),
        entries.len(),
        "an entry with its contact each"
    );
    let named: BTreeSet<&str> = tickets.iter().map(|ticket| &*ticket.entry).collect();
    let there: BTreeSet<&str> = entries.iter().map(|entry| &*entry.entry).collect();
    assert_eq!(named, there);
    let mut tree = MemoryTree::new();
    for (at, (ticket, leaf)) in tickets.iter().zip(&leaves).enumerate() {
        assert_eq!(ticket.place, i64::try_from(at).expect("small"), "no gap");
        tree.push(leaf_hash(leaf.as_bytes()));
    }
    assert_eq!(log.root, tree.root(), "the root is of these leaves");
    assert_eq!(root, tree.root(), "and so are the nodes");
    if log.size > 0 {
        assert!(log.checkpoint.contains(&log::checkpoint_text(&log)));
    }
    tickets
        .into_iter()
        .map(|ticket| Hash(ticket.tag.try_into().expect("32 bytes")))
        .collect()
}

/// The tag of each of these people.
pub fn tags(vault: &Vault, activity: &ActivityId, people: &BTreeSet<u64>) -> BTreeMap<u64, Hash> {
    let tag = |person: &u64| {
        let subject = national_id::synthetic_citizen(*person).subject();
        let tag = vault.tag(activity.as_str(), &subject);
        (*person, tag.expect("the vault answers"))
    };
    people.iter().map(tag).collect()
}
