//! A site of several instances with hundreds of winners who are about to be told, and a draw that is
//! open for entry: mail, jobs and entries at once.
//!
//! Invariant: what the database calls sent is at the mail server, and nothing is there twice; what
//! is there without the database knowing is among the letters that it calls uncertain.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use fairdraw::activity::{self, ActivityId};
use fairdraw::entry::submit::{self, Filled, Taking};
use fairdraw::identity::national_id;
use fairdraw::platform::clock::{Clock, HOUR, Timestamp};
use fairdraw::platform::db::moving::{MoveError, move_site};
use fairdraw::platform::db::{self, Db, Target};
use fairdraw::platform::ids;
use fairdraw::platform::text::Language;
use fairdraw::policy;
use fairdraw::stats::About;
use fairdraw::vault::{Contact, County, District, Email, Name, Phone};
use lucky_draw::ticket::Secret;
use rocket::http::Status;

use crate::library;
use crate::support::life::{Life, ROUND_TIME};
use crate::support::postgres::Cluster;
use crate::support::smtp_daemon::SmtpDaemon;
use crate::support::vault::{Program, lives};
use crate::support::{Engine, TestDatabase};

/// When the instances start: the first draw is over, and the second takes entries.
const BEGINNING: Timestamp = Timestamp(ROUND_TIME.0 + 2 * HOUR);
/// An instance serves within this time, whatever it has to wait for.
const PATIENCE: Duration = Duration::from_secs(60);
/// So many entries in one transaction.
const GROUP: usize = 100;

/// The library, in a PostgreSQL of its own that the test may stop.
pub struct Library {
    pub server: Cluster,
    /// The draw that is open for entry.
    pub open: ActivityId,
    pub url: String,
    /// Where the keys are.
    database: TestDatabase,
    begun: Instant,
}

impl Library {
    /// So many people entered a draw and won, and the librarian has pressed the button that tells
    /// them; nobody serves yet.
    pub fn with_winners(winners: u64) -> Library {
        let units = winners.to_string();
        let more = [("prize_1_units", units.as_str()), ("reserves", "0")];
        let life = Life::published_with(Engine::Sqlite, &Life::clock(), |_| (), &more);
        enter_all(&life, winners);
        drop(life.draw());
        life.app.go_to(BEGINNING);
        let staff = life.staff();
        let path = format!("{}/notify", life.draw_base());
        let page = staff.get(&path);
        let told = staff.send(&page, &path, &[]);
        assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
        let clock = life.app.app.db.clock().clone();
        let (database, _) = life.app.stopped();

        let server = Cluster::own();
        let url = server.url(&server.create());
        let target = Target::Postgres(url.clone());
        let moved = move_site(&database.target(), &target, &clock, &mut |_| (), |_, _| {
            Ok::<_, MoveError>(())
        });
        moved.expect("the library moves");
        let open = library::set_out(target, &database.keys(), "lib.example.tw", &clock);
        Library {
            server,
            open,
            url,
            database,
            begun: Instant::now(),
        }
    }

    pub fn keys(&self) -> std::path::PathBuf {
        self.database.keys()
    }

    /// The time it is in the library.
    fn now(&self) -> Timestamp {
        let gone = i64::try_from(self.begun.elapsed().as_millis());
        BEGINNING.plus(gone.expect("not for so long"))
    }

    /// The database, beside everybody who serves.
    pub fn open(&self) -> Db {
        let clock = Clock::running_from(self.now());
        Db::open(Target::Postgres(self.url.clone()), clock).expect("it opens")
    }

    /// One more instance with a folder of its own, through a pooler if there is one. Where it ends
    /// before it serves it is started again, as the systemd unit does.
    pub fn instance(&self, vault: &str, data: &Path, pooler: Option<&str>) -> Program {
        let begun = Instant::now();
        loop {
            let program = self.launched(vault, data, pooler);
            while lives(program.watching()) {
                if program.is_listening() {
                    return program;
                }
                assert!(
                    begun.elapsed() < PATIENCE,
                    "{}",
                    program.printed().join("\n")
                );
                std::thread::park_timeout(Duration::from_millis(20));
            }
        }
    }

    fn launched(&self, vault: &str, data: &Path, pooler: Option<&str>) -> Program {
        let pooler = pooler.map(|url| format!(",pooler_url=\"{url}\""));
        Program::launch(&self.database, |command| {
            command
                .current_dir(data)
                .env("FAIRDRAW_DATA", data)
                .env("FAIRDRAW_KEYS", data.join("no-keys-here"))
                .env("FAIRDRAW_DATABASE_URL", &self.url)
                .env("FAIRDRAW_VAULT", vault)
                .env("FAIRDRAW_CLOCK", self.now().to_string())
                .env(
                    "ROCKET_APP",
                    format!(
                        "{{site=\"lib.example.tw\",staff_second_factor=false{}}}",
                        pooler.as_deref().unwrap_or_default()
                    ),
                );
        })
    }
}

/// Everybody enters at the one draw of a life, some in each transaction.
fn enter_all(life: &Life, people: u64) {
    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    let id = ActivityId(life.activity.clone());
    let terms = db.read_now("terms", |tx| {
        let facts = activity::by_id(tx, &id)?;
        submit::terms(tx, facts)
    });
    let terms = terms.expect("the activity takes entries");
    let notice = policy::notice_hash(&terms.facts.notice);
    let entries = (0..people).map(|person| {
        let filled = Filled {
            about: About::default(),
            contact: Some(Contact {
                name: Some(Name::new(format!("王小{person}"))),
                phone: Some(Phone::new(format!("09{:08}", 31_000_000 + person))),
                email: Some(Email::new(format!("winner{person}@mailbox.example"))),
                county: Some(County::new("臺北市")),
                district: Some(District::new("大安區")),
                language: Language::ZhTw,
                ..Contact::default()
            }),
            subject: Some(national_id::synthetic_citizen(person).subject()),
            pool: None,
            session: None,
            answers: None,
            shares: Vec::new(),
            language: Language::ZhTw,
        };
        let tag = submit::tag(vault, &terms, &filled).expect("the vault answers");
        let secret = Secret::from_entropy(ids::random());
        submit::prepare(vault, &terms, &secret, notice, tag, filled).expect("it is sealed")
    });
    let entries: Vec<_> = entries.collect();
    let taking = Taking::new(vault.clone());
    for group in entries.chunks(GROUP) {
        let group: Vec<_> = group.iter().collect();
        db.write_now("take entries", |tx| taking.take_every(tx, &group))
            .expect("they are taken");
    }
}

#[derive(diesel::QueryableByName)]
struct Letter {
    #[diesel(sql_type = Text)]
    message_id: String,
    #[diesel(sql_type = Text)]
    stage: String,
}

/// How far each letter has come, by its Message-ID.
pub fn letters(db: &Db) -> BTreeMap<String, String> {
    let read: Result<Vec<Letter>, db::Error> = db.read_now("letters", |tx| {
        let query = "SELECT message_id, stage FROM notices";
        Ok(diesel::sql_query(query).load(tx.conn())?)
    });
    let letters = read.expect("readable").into_iter();
    letters
        .map(|letter| (letter.message_id, letter.stage))
        .collect()
}

/// So many letters are at this stage.
pub fn at(letters: &BTreeMap<String, String>, stage: &str) -> usize {
    letters.values().filter(|own| *own == stage).count()
}

/// Whether the mail server has delivered every letter that it took.
pub fn are_delivered(daemon: &SmtpDaemon) -> bool {
    let waiting = std::fs::read_dir(daemon.folder().join("spool/input"));
    waiting.is_ok_and(|mut files| files.next().is_none())
}

/// Holds what the mail server has against what the database says of each letter; how many of the
/// uncertain have arrived.
pub fn are_told_once(letters: &BTreeMap<String, String>, daemon: &SmtpDaemon) -> usize {
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    for mail in daemon.mails() {
        let id = mail.header("Message-ID").expect("every letter has one");
        let id = id.trim_matches(['<', '>']).to_owned();
        *arrived.entry(id).or_default() += 1;
    }
    for (id, times) in &arrived {
        assert_eq!(*times, 1, "{id} arrived {times} times");
        let stage = letters.get(id).expect("the database knows every letter");
        assert!(
            matches!(stage.as_str(), "sent" | "uncertain"),
            "{id} arrived and is called {stage}"
        );
    }
    for (id, stage) in letters {
        let is_there = arrived.contains_key(id);
        assert!(
            is_there || stage == "uncertain",
            "{id} is called {stage} and did not arrive"
        );
    }
    let uncertain = letters.iter().filter(|(_, stage)| *stage == "uncertain");
    uncertain
        .filter(|(id, _)| arrived.contains_key(*id))
        .count()
}
