//! Three instances, one killed every five seconds, while people enter, jobs run and hundreds of
//! winners are told by mail: counts exact, the log whole, no letter twice.
//!
//! `FAIRDRAW_SOAK_SECONDS` says for how long (300 without it). Each person does what a person does:
//! fills in the form, looks it over, and sends the same last look again, to whichever instance
//! answers, until a receipt is shown. So everybody holds exactly one entry at the end, or something
//! was lost or stored twice. Meanwhile letters leave for a real mail server that thinks a second
//! about each, so that most kills meet one on its way.
//!
//! Killed are the watching process and both of its children at once, as a machine that loses its
//! power; the vault of the site is killed too, every thirty seconds, the database falls once, and
//! so does the pooler that one of the instances goes through.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use fairdraw::audit::{self, Outcome};
use fairdraw::platform::db::Db;
use fairdraw::vault::Vault;

use crate::crowd::{Crowd, Doors, tags, tickets};
use crate::support::database::counted;
use crate::support::postgres::Bouncer;
use crate::support::sites::{VaultSide, until};
use crate::support::smtp_daemon::SmtpDaemon;
use crate::support::vault::{Program, children, signal};
use crate::winners::{Library, are_delivered, are_told_once, at, letters};

const INSTANCES: usize = 3;
const REQUESTS_A_SECOND: f64 = 30.0;
const BETWEEN_KILLS: Duration = Duration::from_secs(5);
/// Every so many kills the vault dies as well.
const VAULT_EVERY: usize = 6;
/// Letters for each second: what three instances hand over to a server that thinks a second.
const LETTERS_A_SECOND: u64 = 2;
/// A letter whose sender was killed is looked at when the lease of its job ends.
const UNTIL_SETTLED: Duration = Duration::from_secs(400);

/// A machine loses its power.
fn kill(program: &Program) {
    let watching = program.watching();
    for process in [vec![watching], children(watching)].concat() {
        signal(process, "KILL");
    }
}

/// Everybody who serves, and what they need.
struct Serving<'l> {
    library: &'l Library,
    vault: VaultSide,
    address: String,
    folders: Vec<PathBuf>,
    bouncer: Bouncer,
    programs: Vec<Program>,
}

impl<'l> Serving<'l> {
    fn start(library: &'l Library, folder: &std::path::Path, mail: &SmtpDaemon) -> Serving<'l> {
        let address = format!("unix:{}", folder.join("vault.sock").display());
        let smtp = format!(",smtp_url=\"smtp://127.0.0.1:{}\"", mail.port());
        let own = |which: usize| {
            let own = folder.join(format!("data-{which}"));
            std::fs::create_dir(&own).expect("the temporary folder is writable");
            own
        };
        let mut serving = Serving {
            library,
            vault: VaultSide::start(&library.keys(), &address, &smtp),
            address,
            folders: (0..INSTANCES).map(own).collect(),
            bouncer: Bouncer::before(&library.server),
            programs: Vec::new(),
        };
        for which in 0..INSTANCES {
            serving.programs.push(serving.instance(which));
        }
        serving
    }

    /// The first goes through the pooler.
    fn instance(&self, which: usize) -> Program {
        let pooler = (which == 0).then(|| self.bouncer.url(&self.library.url));
        let data = &self.folders[which];
        self.library
            .instance(&self.address, data, pooler.as_deref())
    }

    fn doors(&self) -> Vec<u16> {
        let ports = self.programs.iter();
        ports.map(|program| program.place().port()).collect()
    }

    /// The instances die one after the other, and now and then what they stand on.
    fn live_through(&mut self, kills: usize, doors: &Doors) -> usize {
        let mut vaults = 0;
        for nth in 1..=kills {
            thread::sleep(BETWEEN_KILLS);
            let which = nth % INSTANCES;
            kill(&self.programs[which]);
            if nth.is_multiple_of(VAULT_EVERY) {
                signal(self.vault.keeper(), "KILL");
                vaults += 1;
            }
            if nth == kills / 3 {
                self.library.server.control("restart");
            }
            if nth == 2 * kills / 3 {
                // Whoever goes through it serves nobody until it is started anew.
                self.bouncer = Bouncer::before(&self.library.server);
            }
            self.programs[which] = self.instance(which);
            doors.replace(which, self.programs[which].place().port());
        }
        vaults
    }

    /// Every note is in every instance's mirror.
    fn are_mirrors_whole(&self, db: &Db) {
        let notes = counted(db, "SELECT count(*) AS n FROM journal_notes");
        for folder in &self.folders {
            until(Duration::from_secs(60), "the mirror has every note", || {
                let text =
                    std::fs::read_to_string(folder.join("journal.notes")).unwrap_or_default();
                let lines = text.lines().filter(|line| line.contains("\"note\""));
                i64::try_from(lines.count()).unwrap_or(0) == notes
            });
        }
    }
}

#[test]
fn three_instances_of_which_one_is_killed_every_five_seconds_lose_nobody() {
    let seconds = std::env::var("FAIRDRAW_SOAK_SECONDS").ok();
    let seconds: u64 = seconds.and_then(|text| text.parse().ok()).unwrap_or(300);
    let kills = usize::try_from(seconds / BETWEEN_KILLS.as_secs()).expect("few");
    let library = Library::with_winners(LETTERS_A_SECOND * seconds);
    let waiting = at(&letters(&library.open()), "waiting");
    assert_eq!(waiting as u64, LETTERS_A_SECOND * seconds);
    let mail = SmtpDaemon::thoughtful(1);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut serving = Serving::start(&library, folder.path(), &mail);

    let doors = Doors::at(&serving.doors());
    let crowd = Crowd::before(&doors, REQUESTS_A_SECOND);
    let vaults = serving.live_through(kills, &doors);
    let (tries, unanswered) = crowd.tries();
    let by_then = letters(&library.open());
    let came = crowd.ends();
    println!(
        "{kills} instances and {vaults} vaults killed in {seconds} s, the database and the pooler once; \
         {} people entered, {unanswered} of {tries} requests without an answer; of {} letters {} had left",
        came.len(),
        by_then.len(),
        at(&by_then, "sent"),
    );
    let db = library.open();
    until(UNTIL_SETTLED, "every letter is settled", || {
        let letters = letters(&db);
        at(&letters, "waiting") + at(&letters, "sending") == 0
    });
    // Jobs were done once and by somebody: none has failed and stayed so.
    until(Duration::from_secs(60), "every job is well", || {
        counted(&db, "SELECT count(*) AS n FROM jobs WHERE last_error <> ''") == 0
    });
    serving.are_mirrors_whole(&db);
    for program in serving.programs.drain(..) {
        let (code, printed) = program.stop();
        assert_eq!(code, Some(0), "{printed:?}");
    }
    until(Duration::from_secs(60), "the mail is delivered", || {
        are_delivered(&mail)
    });

    let letters = letters(&db);
    let arrived = are_told_once(&letters, &mail);
    let uncertain = at(&letters, "uncertain");
    println!(
        "of {} letters {} sent, {uncertain} uncertain of which {arrived} arrived, none twice",
        letters.len(),
        at(&letters, "sent"),
    );
    // One letter is under way at an instance at a time, and those who fall are counted: an instance
    // with each kill, all of them with the vault and the database, one with the pooler.
    assert_eq!(at(&letters, "sent") + uncertain, letters.len());
    assert!(
        uncertain <= kills + INSTANCES * (vaults + 1) + 1,
        "{uncertain}"
    );
    assert!(
        uncertain > 0,
        "somebody was killed with a letter on its way"
    );
    // The vault of the site lets go of the keys.
    drop(serving);
    is_everybody_in(&library, &db, &came);
}

/// Each person has one ticket, nobody else has one, and log and record are whole.
fn is_everybody_in(library: &Library, db: &Db, came: &BTreeSet<u64>) {
    let found = tickets(db, &library.open);
    let vault = Vault::open(&library.keys(), "lib.example.tw").expect("the keys");
    let expected: BTreeSet<_> = tags(&vault, &library.open, came).into_values().collect();
    assert_eq!(found.len(), came.len(), "nobody is in twice");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    let whole = db.read_now("record", |tx| audit::verify(tx, &[]));
    let whole = whole.expect("the record can be read");
    assert_eq!(whole.outcome, Outcome::Passed, "{whole:?}");
    println!(
        "a log of {} tickets and a record of {} lines, both whole",
        came.len(),
        whole.length
    );
}
