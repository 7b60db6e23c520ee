//! A library whose activities are entered by as many people as wanted, without a browser each.
//!
//! Invariant: every row is made by the product's own write path: the person's data is sealed, the
//! vault makes tag and copy, the writer commits in groups and the log grows. What is left out is
//! HTTP and the two forms.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fairdraw::account::name::StaffName;
use fairdraw::account::passphrase::{self, Passphrase};
use fairdraw::account::{self, Role};
use fairdraw::activity::{self, ActivityId};
use fairdraw::audit::StaffId;
use fairdraw::draw::{Game, Issue, SourceDetails};
use fairdraw::entry::submit::{self, Filled, NewEntry, Taking, Terms};
use fairdraw::entry::token;
use fairdraw::identity::national_id;
use fairdraw::platform::clock::{Clock, HOUR};
use fairdraw::platform::db::{Db, Target, Writer};
use fairdraw::platform::text::Language;
use fairdraw::vault::{
    AddressLine, Contact, County, District, Email, Name, Phone, PostalCode, Vault,
};
use fairdraw::{policy, stats};
use rocket::tokio;

use super::library::{self, Wanted};

/// The names and the passphrase of the two who work here.
pub const STAFF: [&str; 2] = ["first.hand", "second.hand"];
pub const PASSPHRASE: &str = "correct horse battery staple";

/// All that one person may hold; an auditor holds nothing else.
const ROLES: [Role; 4] = [
    Role::Librarian,
    Role::Admin,
    Role::PrivacyOfficer,
    Role::Accountant,
];

/// So many people are on their way into the database at once.
const AT_ONCE: u64 = 512;
/// After so many the vault's store of tags is made full again; of its 240,000 some stay for others.
const A_STORE: u64 = 200_000;

/// A library opened by this process; no other one may have its keys meanwhile.
pub struct Library {
    pub db: Db,
    pub vault: Vault,
    pub clock: Clock,
    /// The data folder.
    pub data: PathBuf,
    keys: PathBuf,
}

impl Library {
    /// The library in `folder` on SQLite, made if nothing is there.
    pub fn open(folder: &Path, clock: Clock) -> Library {
        let data = folder.join("data");
        let target = Target::Sqlite(data.join("fairdraw.db"));
        Library::on(target, folder, clock)
    }

    /// The library whose rows are in `target`.
    pub fn on(target: Target, folder: &Path, clock: Clock) -> Library {
        let (data, keys) = (folder.join("data"), folder.join("keys"));
        fs::create_dir_all(&data).expect("a folder");
        Library {
            db: Db::open(target, clock.clone()).expect("the database opens"),
            vault: Vault::open(&keys, library::SITE).expect("a key folder"),
            clock,
            data,
            keys,
        }
    }

    /// Two members of staff, who can sign in and whose word decides a draw by lottery numbers.
    pub fn employ(&self) -> Vec<StaffId> {
        let employ = |name: &str| {
            let name = StaffName::parse(name).expect("a name");
            let words = Passphrase::parse(PASSPHRASE, &name).expect("long enough");
            let hash = passphrase::hash(&words);
            let made = self.db.write_now("employ", |tx| {
                account::create_staff(tx, &name, &hash, &ROLES)
            });
            made.expect("an account")
        };
        STAFF.into_iter().map(employ).collect()
    }

    /// A draw that takes entries now and that lottery numbers will decide: unlike a beacon's round
    /// they can be had at a clock that is moved on.
    pub fn publish(&self, slug: &'static str, prizes: u32) -> ActivityId {
        let [_, _, draws_at] = library::moments(self.db.clock().now());
        let issue = |game: &'static Game| {
            SourceDetails::Numbers(Issue {
                game: game.slug.to_owned(),
                number: "115000101".to_owned(),
                ascending: game.ascending(),
                balls: game.balls(),
                which: game.which(),
                outcomes: game.outcomes(),
                drawn_at: draws_at.plus(-HOUR / 2),
                published_by: draws_at,
            })
        };
        let wanted = Wanted {
            slug,
            prizes,
            sources: Game::all().iter().map(issue).collect(),
        };
        library::publish(&self.db, &self.vault, &wanted)
    }

    /// What is needed to prepare entries.
    pub fn terms(&self, id: &ActivityId) -> Terms {
        let terms = self.db.read_now("terms", |tx| {
            let facts = activity::by_id(tx, id)?;
            submit::terms(tx, facts)
        });
        terms.expect("the activity is open")
    }

    /// Everybody of `people` enters, through the writer that the program itself uses.
    pub fn fill(&self, id: &ActivityId, people: Range<u64>) -> Duration {
        let begun = Instant::now();
        let terms = Arc::new(self.terms(id));
        let taking = Taking::new(self.vault.clone());
        let writer = Arc::new(Writer::new(self.db.clone(), taking).expect("a thread"));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let next = Arc::new(AtomicU64::new(people.start));
        let mut from = people.start;
        while from < people.end {
            let until = people.end.min(from + A_STORE);
            self.fill_budget(id);
            let enter = |_| {
                let (terms, writer) = (terms.clone(), writer.clone());
                let (vault, next) = (self.vault.clone(), next.clone());
                runtime.spawn(async move {
                    loop {
                        let person = next.fetch_add(1, Ordering::Relaxed);
                        if person >= until {
                            return;
                        }
                        let new = prepared(&vault, &terms, person);
                        submit::take(&writer, new).await.expect("it is taken");
                    }
                })
            };
            let tasks: Vec<_> = (0..AT_ONCE).map(enter).collect();
            for task in tasks {
                runtime.block_on(task).expect("no panic");
            }
            next.store(until, Ordering::Relaxed);
            from = until;
        }
        self.fill_budget(id);
        begun.elapsed()
    }

    /// The vault answers 240,000 times and then 10,000 times an hour, which is a bound on guessing
    /// and not on speed: here the four days that a million takes pass at once.
    fn fill_budget(&self, id: &ActivityId) {
        let _ = fs::remove_file(self.keys.join(format!("{id}.tags")));
    }
}

/// The entry of a person, ready to be stored.
pub fn prepared(vault: &Vault, terms: &Terms, person: u64) -> NewEntry {
    let filled = filled(person);
    let tag = submit::tag(vault, terms, &filled).expect("a tag");
    let notice = policy::notice_hash(&terms.facts.notice);
    let secret = token::fresh_secret();
    submit::prepare(vault, terms, &secret, notice, tag, filled).expect("it can be sealed")
}

/// What [`library::form`] says of a person.
fn filled(person: u64) -> Filled {
    Filled {
        contact: Some(Contact {
            name: Some(Name::new("王小明")),
            phone: Some(Phone::new("0912345678")),
            email: Some(Email::new(format!("person{person}@mailbox.example"))),
            postal_code: Some(PostalCode::new("106")),
            county: Some(County::new("臺北市")),
            district: Some(District::new("大安區")),
            address: Some(AddressLine::new(format!("建國南路二段{person}號"))),
            language: Language::ZhTw,
        }),
        subject: Some(national_id::synthetic_citizen(person).subject()),
        pool: None,
        session: None,
        answers: None,
        about: stats::About::default(),
        shares: Vec::new(),
        language: Language::ZhTw,
    }
}
