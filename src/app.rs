//! Where the parts are put together: what is opened, which pages are mounted, which jobs run.
//!
//! Invariant: nothing imports this but the command line and the tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::{Build, Rocket};
use zeroize::Zeroize;

use crate::account::reach::Grounds;
use crate::account::who_may;
use crate::admission::address::Post;
use crate::admission::guard::Doorman;
use crate::draw::beacon::{HttpRelays, RelayError, Relays};
use crate::draw::hour::Hour;
use crate::draw::pages::proof::ProofLimit;
use crate::draw::pages::shelf::Shelf;
use crate::entry::pages::{Limits, Sheets};
use crate::entry::submit::Taking;
use crate::inspection::pages::InspectionLimit;
use crate::notify::pages::desk::DeskLimit;
use crate::platform::clock::{self, Clock};
use crate::platform::config::Config;
use crate::platform::confine::{Protection, Standing};
use crate::platform::control::Control;
use crate::platform::db::instances::{self, Instance};
use crate::platform::db::{Db, Load, MigrateError, Target, Tx, Writer};
use crate::platform::draining::Draining;
use crate::platform::edge::{Figures, Plan};
use crate::platform::fault::Fault;
use crate::platform::health::{Health, Look, Reason};
use crate::platform::jobs::{Lane, Runner};
use crate::platform::mail::MailFacts;
use crate::platform::metrics::{Figure, Metrics};
use crate::platform::openid::{Provider, Providers};
use crate::platform::watch::Watch;
use crate::platform::web;
use crate::platform::web::access::AccessLog;
use crate::platform::web::measure::{Measure, Watchers};
use crate::platform::web::site::{PolicyChange, PolicyLine, Site};
use crate::platform::web::views::Views;
use crate::policy::general::audience::Audiences;
use crate::policy::general::board::Board;
use crate::purge::Purger;
use crate::response::Guardian;
use crate::rights::pages::RequestLimit;
use crate::stats::views::{Count, Kind};
use crate::vault::Vault;
use crate::{
    account, activity, admission, audit, backup, branch, custody, desk, discussion, draw, entry,
    external, feedback, inspection, journal, live, matching, member, newsletter, notify, policy,
    portal, purge, response, rights, seats, stats, survey,
};

/// Everything that a running Fairdraw holds.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The keys.
    pub vault: Vault,
    /// What the operator set.
    pub config: Arc<Config>,
    /// By whom people may sign in elsewhere.
    pub providers: Providers,
    /// What erases an activity when its day has come.
    pub purger: Purger,
    /// What was asked of the site.
    pub access: AccessLog,
    /// What is known of the mail server on this side.
    pub mailer: Arc<MailFacts>,
    /// The line to the process that watches over this one.
    pub control: Control,
    /// The queue of entries.
    pub writer: Arc<Writer<Taking>>,
    /// How often one network or one person may try.
    pub limits: fn() -> Limits,
    /// Whether the server is about to stop.
    pub draining: Draining,
    /// What the edge has done, in numbers.
    pub figures: Arc<Figures>,
    /// What is noticed of attacks.
    pub watch: Watch,
    /// What answers them.
    pub guardian: Guardian,
    /// What this process gave up.
    web: Arc<[Protection]>,
    relays: Arc<dyn Relays>,
    runner: Arc<Runner>,
    mirror: journal::Mirror,
    instance: Instance,
    /// What pages show of the privacy policy.
    pub board: Arc<Board>,
    audiences: Audiences,
    /// How often pages are read.
    pub views: Views,
    /// Figures of this process.
    pub metrics: Metrics,
    /// Whether this process can do its work.
    pub health: Health,
    watchers: Watchers,
    hour: Arc<Hour>,
}

/// What an application stands on, opened before it.
pub struct Footing {
    /// The keys.
    pub vault: Vault,
    /// The line to the process that watches over this one.
    pub control: Control,
    /// What this process gave up.
    pub web: Vec<Protection>,
}

impl From<Vault> for Footing {
    /// Nobody watches, nothing was given up: a command, the demo, a test.
    fn from(vault: Vault) -> Footing {
        Footing {
            vault,
            control: Control::none(),
            web: Vec::new(),
        }
    }
}

/// Why Fairdraw could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error("the database cannot be used")]
    Database(#[from] MigrateError),
    /// A database that is older than what was promised since.
    #[error("the database cannot be brought forward to what the world has seen")]
    Behind(#[from] backup::Error),
    /// The witnesses of the journal.
    #[error("the witnesses of the journal cannot be kept")]
    Witnesses(#[from] journal::Error),
    /// What is left to do of purges of before.
    #[error("the purges of before cannot be read")]
    Purges(#[from] purge::Error),
    /// The library's privacy policy.
    #[error("the privacy policy cannot be read")]
    Policy(#[from] policy::Error),
    /// The relays of the beacon.
    #[error("the beacon relays cannot be used")]
    Relays(#[from] RelayError),
    /// The newest moment that the database knows.
    #[error("the newest moment in the database cannot be read")]
    Hour(#[from] draw::Error),
    /// The thread that stores entries.
    #[error("the system gives no thread")]
    Thread(#[from] std::io::Error),
    /// The vault was there and is not any more.
    #[error(
        "the vault went away during the start; nothing is wrong with keys or database as far as is \
         known. Look whether the vault runs and can be reached, and start again"
    )]
    VaultAway,
    /// The database was there and is not any more.
    #[error(
        "the database went away during the start; nothing was changed. Look whether it runs and can \
         be reached, and start again"
    )]
    DatabaseAway(#[source] Box<StartError>),
    /// The database takes nothing new.
    #[error(
        "the database takes nothing new: make room on its disk, or name the server that takes \
         writes, and start again"
    )]
    DatabaseFull(#[source] Box<StartError>),
}

impl StartError {
    /// What was just being done says little where the other side of it has gone.
    fn plainly(self) -> StartError {
        let code = match &self {
            StartError::Behind(error) => error.code(),
            StartError::Witnesses(error) => error.code(),
            StartError::Purges(error) => error.code(),
            StartError::Hour(error) => error.code(),
            StartError::Policy(error) => error.code(),
            _ => return self,
        };
        match code {
            "vault.away" => StartError::VaultAway,
            "db.unavailable" | "db.undecided" => StartError::DatabaseAway(Box::new(self)),
            "db.full" | "db.read_only" => StartError::DatabaseFull(Box::new(self)),
            _ => self,
        }
    }
}

impl App {
    /// Opens the database and names every job; the vault is open already.
    pub fn open(
        config: Config,
        clock: Clock,
        footing: impl Into<Footing>,
    ) -> Result<App, StartError> {
        let relays = HttpRelays::over_https(&config.relays)?;
        App::open_with(config, clock, Arc::new(relays), footing)
    }

    /// [`App::open`] with another source of beacons: a recorded one in tests and the demo.
    pub fn open_with(
        config: Config,
        clock: Clock,
        relays: Arc<dyn Relays>,
        footing: impl Into<Footing>,
    ) -> Result<App, StartError> {
        App::put_together(config, clock, relays, footing.into()).map_err(StartError::plainly)
    }

    fn put_together(
        mut config: Config,
        clock: Clock,
        relays: Arc<dyn Relays>,
        Footing {
            vault,
            control,
            web,
        }: Footing,
    ) -> Result<App, StartError> {
        let db = Db::open_over(config.database(), &config.ways(), clock.clone())?;
        draw::hour::follow_on(&db)?;
        let mailer = Arc::new(MailFacts::of(&config));
        // Only the vault speaks to the mail server, and it has been told already.
        config.smtp_url.zeroize();
        let watchers = Watchers::new(&config.metrics_token, &config.metrics_from);
        config.metrics_token.zeroize();
        let providers = Providers {
            staff: Provider::of(&config.staff_openid, db.clock()),
            members: Provider::of(&config.member_openid, db.clock()),
        };
        drop(config.staff_openid.client_secret.take());
        drop(config.member_openid.client_secret.take());
        let config = Arc::new(config);
        backup::bring_forward(&db, &vault, &config)?;
        let draining = Draining::default();
        let mut runner = Runner::new(db.clone());
        runner.until(&draining);
        db.write_now("appoint witnesses", |tx| {
            journal::appoint(tx, &config.witnesses, config.quorum)
        })?;
        let mirror = journal::Mirror::beside(config.data());
        journal::jobs::register(&mut runner, &db, &vault, &mirror);
        let terms = stats::Terms::of(&config);
        draw::jobs::register(&mut runner, &db, &vault, relays.clone(), terms);
        seats::jobs::register(&mut runner, &db);
        notify::jobs::register(&mut runner, &db, &vault, &mailer, &config);
        let purger = Purger {
            control: control.clone(),
            ..Purger::new(&db, &vault, &config)
        };
        purge::jobs::at_start(&purger)?;
        purge::jobs::register(&mut runner, &purger);
        rights::jobs::register(&mut runner, &db, &vault);
        feedback::jobs::register(&mut runner, &db, &vault, &mailer, &config);
        custody::jobs::register(&mut runner, &db, &vault, &mailer, &config);
        newsletter::jobs::register(&mut runner, &db, &vault, &mailer, &config);
        member::jobs::register(&mut runner, &db, &vault, &mailer, &config);
        custody::jobs::ensure(&db).map_err(journal::Error::from)?;
        let watch = watch(&db, &config);
        let guardian = Guardian::new(&db, &vault, &config, &watch);
        response::jobs::register(&mut runner, &guardian, (&db, &vault), &mailer, &config);
        response::jobs::ensure(&db).map_err(journal::Error::from)?;
        let audiences: Audiences = Arc::new([
            Arc::new(newsletter::policy_news::Subscribers::of(&config)),
            Arc::new(member::policy_news::Members),
        ]);
        policy::jobs::register(&mut runner, &db, &audiences);
        policy::general::ensure_first(&db, &config)?;
        let board = Arc::new(Board::of(&db)?);
        let instance = Instance::starting(db.clock().now());
        let health = health(&db, &vault, &mirror, &config, &draining);
        let writer = Arc::new(Writer::new(db.clone(), Taking::new(vault.clone()))?);
        let figures: Arc<Figures> = Arc::default();
        let metrics = metrics(&db, &vault, &health, writer.load());
        let edge = figures.clone();
        metrics.add(Arc::new(move || vec![of_the_edge(&edge)]));
        let access = AccessLog::beside(config.data(), config.access_log_days, db.clock());
        Ok(App {
            access,
            writer,
            vault,
            config,
            providers,
            purger,
            mailer,
            control,
            web: web.into(),
            // The driver of a benchmark is one network.
            limits: if cfg!(feature = "bench") {
                || Limits::times(1_000_000)
            } else {
                Limits::usual
            },
            hour: Arc::new(Hour::new(&db, relays.clone())),
            db,
            relays,
            runner: Arc::new(runner),
            mirror,
            instance,
            draining,
            figures,
            watch,
            guardian,
            metrics,
            health,
            watchers,
            board,
            audiences,
            views: Views::new(&clock),
        })
    }

    /// One look at the clock, as a thread makes it every few seconds: in doubt others are asked for
    /// the hour.
    pub fn look_at_the_clock(&self) -> Result<(), draw::Error> {
        self.hour.look()
    }

    /// Runs every job that is due now and says how many were tried.
    pub fn run_jobs(&self) -> Result<usize, crate::platform::db::Error> {
        self.runner.run_due()
    }

    /// What every instance does for itself beside the jobs, of which one instance does each: it
    /// says that it lives, keeps its own copy of the journal, and forgets what others have purged.
    pub fn keep_pace(&self) -> Result<(), journal::Error> {
        self.db.claim_now("say that this instance lives", |tx| {
            instances::alive(tx, &self.instance)
        })?;
        self.mirror.follow(&self.db, &self.vault)?;
        if let Err(error) = self.board.look(&self.db) {
            tracing::warn!(%error, "versions of the privacy policy cannot be read");
        }
        // Another server may have taken the database's place since, without its last commits.
        if let Err(error) = backup::halt(&self.db, &self.vault) {
            tracing::error!(%error, "what was released cannot be compared with the database");
        }
        if let Err(error) = self.purger.look_around(&self.instance) {
            tracing::warn!(%error, "what other instances have purged cannot be read");
        }
        Ok(())
    }

    /// Stores how often pages were read since the last time. What cannot be stored is kept for the
    /// next time.
    pub fn store_views(&self) {
        let taken = self.views.take();
        if taken.is_empty() {
            return;
        }
        let mut counts: BTreeMap<(i64, Kind, bool), i64> = BTreeMap::new();
        for (seen, count) in &taken {
            let kind = seen
                .route
                .as_deref()
                .map_or(Some(Kind::Visit), Kind::of_route);
            if let Some(kind) = kind {
                *counts.entry((seen.day, kind, seen.english)).or_default() += count;
            }
        }
        let counts: Vec<Count> = counts
            .into_iter()
            .map(|((day, kind, english), count)| Count {
                day,
                kind,
                english,
                count,
            })
            .collect();
        let add = |tx: &mut Tx| stats::views::add(tx, &counts);
        if let Err(error) = self.db.write_now("add views", add) {
            tracing::debug!(%error, "counts of pages are stored later");
            self.views.put_back(taken);
        }
    }

    /// A thread that stores once a minute how often pages were read, and once more at the end.
    fn start_storing_views(&self, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
        let (app, stopping) = (self.clone(), stop.clone());
        let store = move || {
            while !stopping.load(Ordering::SeqCst) {
                std::thread::park_timeout(BETWEEN_COUNTS);
                app.store_views();
            }
        };
        let thread = std::thread::Builder::new().name("views".to_owned());
        thread
            .spawn(store)
            .expect("the operating system gives one more thread")
    }

    /// A thread that tells the vault how far the logs have come, soon after they grew here.
    fn start_telling(&self, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
        let (app, stopping) = (self.clone(), stop.clone());
        let tell = move || {
            let (mut seen, mut stored) = (entry::Seen::default(), usize::MAX);
            loop {
                // Looked at first: what comes meanwhile is told the next time, or at the end.
                let is_last = stopping.load(Ordering::SeqCst);
                let now = app.writer.load().commands();
                if now != stored {
                    match seen.tell(&app.db, &app.vault) {
                        Ok(_) => stored = now,
                        Err(error) => {
                            tracing::warn!(%error, "the vault was not told how far logs have come");
                        }
                    }
                }
                if is_last {
                    return;
                }
                std::thread::park_timeout(BETWEEN_WORDS);
            }
        };
        let thread = std::thread::Builder::new().name("tips".to_owned());
        thread
            .spawn(tell)
            .expect("the operating system gives one more thread")
    }

    /// A thread that keeps pace until it is told to stop; on SQLite nobody else is there.
    fn start_pace(&self, stop: &Arc<AtomicBool>) -> Option<JoinHandle<()>> {
        if matches!(self.db.target(), Target::Sqlite(_)) {
            return None;
        }
        let (app, stopping) = (self.clone(), stop.clone());
        let pace = move || {
            while !stopping.load(Ordering::SeqCst) {
                if let Err(error) = app.keep_pace() {
                    tracing::warn!(%error, "this instance cannot keep pace");
                }
                std::thread::park_timeout(BETWEEN_STEPS);
            }
            let left = app.db.claim_now("say that this instance ends", |tx| {
                instances::leave(tx, &app.instance)
            });
            if let Err(error) = left {
                tracing::debug!(%error, "others will find out that this instance has ended");
            }
        };
        let thread = std::thread::Builder::new().name("pace".to_owned());
        Some(
            thread
                .spawn(pace)
                .expect("the operating system gives one more thread"),
        )
    }

    /// A thread that looks around for attacks every few seconds.
    fn start_watching(&self, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
        let (guardian, stopping) = (self.guardian.clone(), stop.clone());
        let look = move || {
            while !stopping.load(Ordering::SeqCst) {
                if let Err(error) = guardian.look() {
                    tracing::warn!(%error, "nobody looked around for attacks");
                }
                std::thread::park_timeout(BETWEEN_STEPS);
            }
        };
        let thread = std::thread::Builder::new().name("watch".to_owned());
        thread
            .spawn(look)
            .expect("the operating system gives one more thread")
    }

    fn doorman(&self) -> Arc<Doorman> {
        let post = Post::new(&self.db, &self.vault, &self.mailer, &self.config);
        Arc::new(Doorman::new(post, self.db.clock()))
    }

    fn standing(&self) -> Standing {
        let vault = self.vault.clone();
        Standing {
            web: self.web.to_vec(),
            vault: Arc::new(move || vault.standing()),
        }
    }

    /// What the edge before the web server has to know.
    pub fn plan(&self) -> Plan {
        let mut settings = self.config.edge.clone();
        if cfg!(feature = "bench") {
            settings.connections_per_address = settings.connections;
        }
        Plan {
            settings,
            site: self.site(),
            long_forms: &LONG_FORMS,
            long_files: &[admission::FILES],
            one_click: &[newsletter::pages::ONE_CLICK],
            draining: self.draining.clone(),
            figures: self.figures.clone(),
            watch: self.watch.clone(),
        }
    }

    fn site(&self) -> Site {
        let config = &self.config;
        let clock = self.db.clock();
        let board = self.board.clone();
        Site {
            policy: Some(Arc::new(move || policy_line(&board))),
            name: config.library_zh.clone(),
            name_en: config.library_en.clone(),
            phone: config.contact_phone.clone(),
            email: config.contact_email.clone(),
            public_origin: (!config.public_origin.is_empty()).then(|| config.public_origin.clone()),
            test_clock: clock.is_moved().then(|| {
                let clock = clock.clone();
                Arc::new(move || clock.now().0) as Arc<dyn Fn() -> i64 + Send + Sync>
            }),
        }
    }

    /// The web server, ready to be launched behind the edge.
    pub fn rocket(&self, figment: Figment) -> Rocket<Build> {
        let config = &self.config;
        let hall = Arc::new(live::Hall::default());
        self.purger.memory.add(hall.clone());
        let rocket = web::attach(rocket::custom(figment), self.site())
            .attach(self.access.clone())
            .attach(self.views.clone())
            .attach(Measure(self.metrics.clone()))
            .manage(self.metrics.clone())
            .manage(self.health.clone())
            .manage(self.watchers.clone())
            .manage(self.db.clone())
            .manage(self.vault.clone())
            .manage(config.clone())
            .manage(self.providers.clone())
            .manage(self.mailer.clone())
            .manage::<Arc<dyn Grounds>>(Arc::new(desk::grounds::Activities))
            .manage(self.standing())
            .manage(self.relays.clone())
            .manage(hall)
            .manage(self.board.clone())
            .manage(self.audiences.clone())
            .manage(InspectionLimit::default())
            .manage(DeskLimit::default())
            .manage(seats::pages::DoorLimit::default())
            .manage(custody::pages::TaxLimit::default())
            .manage(RequestLimit::default())
            .manage(newsletter::pages::AskLimit::default())
            .manage(member::guard::MemberTries::default())
            .manage(member::pages::MemberAsks::default())
            .manage(feedback::pages::FeedbackLimit::default())
            .manage(discussion::pages::DiscussionLimit::default())
            .manage(ProofLimit::default())
            .manage(Arc::new(Shelf::default()))
            .manage(self.db.clock().clone())
            .manage(self.draining.clone())
            .manage(self.figures.clone())
            .manage(self.watch.clone())
            .manage(response::pages::ReportLimit::default())
            .manage(self.clone())
            .manage(self.writer.clone())
            .manage(Sheets::default())
            .manage(self.doorman())
            .manage((self.limits)());
        let pages = [
            portal::pages::routes(),
            entry::pages::routes(),
            draw::pages::routes(),
            journal::pages::routes(),
            live::pages::routes(),
            inspection::pages::routes(),
            account::pages::routes(),
            audit::pages::routes(),
            desk::pages::routes(),
            activity::pages::routes(),
            policy::pages::routes(),
            survey::pages::routes(),
            seats::pages::routes(),
            notify::pages::routes(),
            stats::pages::routes(),
            purge::pages::routes(),
            rights::pages::routes(),
            feedback::pages::routes(),
            admission::pages::routes(),
            discussion::pages::routes(),
            branch::pages::routes(),
            matching::pages::routes(),
            external::pages::routes(),
            custody::pages::routes(),
            newsletter::pages::routes(),
            member::pages::routes(),
            response::pages::routes(),
        ];
        let rocket = web::mount(rocket, pages.into_iter().flatten().collect());
        let rocket = account::pages::attach(rocket);
        let rocket = member::pages::attach(rocket);
        let rocket = rocket.mount("/", web::guard::protect(portal::pages::files()));
        let rocket = rocket.mount("/", web::guard::protect(draw::pages::files()));
        let rocket = rocket.mount("/", web::guard::protect(journal::pages::files()));
        let rocket = rocket.mount("/", web::guard::protect(response::pages::files()));
        let rocket = rocket.mount("/", web::guard::protect(web::measure::routes()));
        #[cfg(feature = "test-clock")]
        let rocket = rocket.mount("/", web::guard::protect(test_clock::routes()));
        #[cfg(feature = "bench")]
        let rocket = rocket.mount("/", web::guard::protect(bench::routes()));
        rocket.attach(every_route_is_declared())
    }

    /// Runs due jobs in the background until the returned guard is dropped.
    pub fn start_jobs(&self) -> Jobs {
        let stop = Arc::new(AtomicBool::new(false));
        let clock = self.watch_the_clock(&stop);
        let threads = Lane::ALL.map(|lane| {
            let (runner, stopping) = (self.runner.clone(), stop.clone());
            std::thread::Builder::new()
                .name(lane.name().to_owned())
                .spawn(move || {
                    while !stopping.load(Ordering::SeqCst) {
                        if let Err(error) = runner.run_lane(lane) {
                            tracing::warn!(%error, "jobs could not be read");
                        }
                        std::thread::park_timeout(BETWEEN_LOOKS);
                    }
                })
                .expect("the operating system gives one more thread")
        });
        let pace = self.start_pace(&stop).into_iter();
        let beside = [
            self.start_telling(&stop),
            self.start_watching(&stop),
            self.start_storing_views(&stop),
        ];
        let pace = pace.chain(beside);
        Jobs {
            stop,
            runner: self.runner.clone(),
            threads: threads.into_iter().chain(pace).chain([clock]).collect(),
        }
    }

    fn watch_the_clock(&self, stop: &Arc<AtomicBool>) -> JoinHandle<()> {
        let (hour, stopping) = (self.hour.clone(), stop.clone());
        std::thread::Builder::new()
            .name("clock".to_owned())
            .spawn(move || {
                while !stopping.load(Ordering::SeqCst) {
                    if let Err(error) = hour.look() {
                        tracing::warn!(%error, "the hour cannot be noted");
                    }
                    std::thread::park_timeout(BETWEEN_LOOKS_AT_THE_CLOCK);
                }
                // A start after a long pause follows on this.
                if let Err(error) = hour.note_now() {
                    tracing::warn!(%error, "the hour cannot be noted");
                }
            })
            .expect("the operating system gives one more thread")
    }
}

/// What the frame of a page says of the policy.
fn policy_line(board: &Board) -> PolicyLine {
    let posted = board.posted();
    PolicyLine {
        number: posted.number,
        change: posted.change.map(|change| PolicyChange {
            number: change.number,
            effective_at: change.effective_at.0,
            since: change.since,
            holds: change.holds,
        }),
    }
}

/// Nothing starts with a page of which nobody said whose it is: no test of the application passes,
/// and no server serves.
fn every_route_is_declared() -> AdHoc {
    AdHoc::on_ignite("every route is declared", |rocket| async move {
        let routes = rocket.routes();
        let routes = routes.map(|route| format!("{} {}", route.method, route.uri.path()));
        let disagreements = who_may::disagreements(routes);
        assert!(
            disagreements.is_empty(),
            "routes and src/account/who_may.rs do not agree: {disagreements:#?}"
        );
        rocket
    })
}

/// Nothing is held against the library's own networks, nor against a proxy.
fn watch(db: &Db, config: &Config) -> Watch {
    let own = config.watch.library_networks.iter();
    let trusted = own.chain(&config.edge.trusted_proxies).copied();
    Watch::new(db.clock(), trusted.collect())
}

/// What makes this process unready.
fn health(
    db: &Db,
    vault: &Vault,
    mirror: &journal::Mirror,
    config: &Config,
    draining: &Draining,
) -> Health {
    let mut folders = vec![config.data().to_owned()];
    if let Target::Sqlite(file) = config.database() {
        folders.extend(file.parent().map(Path::to_owned));
    }
    let (late, mirror, vault) = (db.clone(), mirror.clone(), vault.clone());
    let (behind, clock, writing) = (db.clone(), db.clock().clone(), db.clone());
    let looks: Vec<Look> = vec![
        Box::new(move || {
            let behind = behind.read_now("look at the journal", |tx| mirror.is_ahead(tx));
            match behind {
                Ok(behind) => behind.then_some(Reason::Behind),
                Err(_) => Some(Reason::Database),
            }
        }),
        Box::new(move || (!writing.is_writable()).then_some(Reason::Writing)),
        Box::new(move || (!vault.answers()).then_some(Reason::Vault)),
        Box::new(move || clock.doubt().map(|_| Reason::Clock)),
        crate::platform::health::disks(folders),
        Box::new(move || {
            let late = late.read_now("look at jobs", desk::figures::is_late);
            late.unwrap_or(false).then_some(Reason::Jobs)
        }),
    ];
    Health::new(draining, looks)
}

/// What is read of the rooms when somebody asks for the figures.
fn metrics(db: &Db, vault: &Vault, health: &Health, load: Load) -> Metrics {
    let metrics = Metrics::new(db.clock());
    let (of_groups, of_entries) = (load.clone(), load.clone());
    let help = "Transactions that stored entries, hour by hour";
    metrics.hold("writer_groups", help, move || of_groups.groups() as u64);
    let help = "Entries in those transactions, hour by hour";
    metrics.hold("writer_entries", help, move || of_entries.commands() as u64);
    let (db, vault, health) = (db.clone(), vault.clone(), health.clone());
    metrics.add(Arc::new(move || {
        let mut figures = vec![
            Figure::by(
                "build_info",
                "The version of the program",
                "version",
                [(env!("CARGO_PKG_VERSION"), 1.0)],
            ),
            Figure::by(
                "unready",
                "Reasons for which this process is not ready, and warnings",
                "reason",
                health.reasons().iter().map(|reason| (reason.code(), 1.0)),
            ),
            Figure::count(
                "vault_restarts",
                "Times that the vault's process was started again",
                vault.restarts(),
            ),
            // Nothing below a sixteenth of the queue: one person who waits would be seen.
            Figure::now(
                "writer_queue_sixteenths",
                "Full sixteenths of the queue of entries that wait to be stored",
                (load.waiting() * 16 / load.most()) as f64,
            ),
            Figure::count(
                "writer_crowded",
                "Entries that were asked to come again because the queue was full",
                load.crowded() as u64,
            ),
            Figure::count(
                "database_conflicts",
                "Units of work tried again because others were in their way",
                db.conflicts(),
            ),
        ];
        match db.read_now("read figures", desk::figures::read) {
            Ok(more) => figures.extend(more),
            Err(error) => tracing::warn!(%error, "figures of the database cannot be read"),
        }
        figures
    }));
    metrics
}

/// What the edge turned away. How much it let through moves when somebody enters, and is not told.
fn of_the_edge(figures: &Figures) -> Figure {
    let counts = [
        ("connections_of_one_address", &figures.over_one),
        ("no_more_files", &figures.accept_errors),
        ("handshake", &figures.handshakes_failed),
        ("waiting_page", &figures.waiting),
        ("slow", &figures.slow),
        ("too_long", &figures.too_long),
        ("other_site", &figures.foreign),
        ("other_host", &figures.other_host),
        ("other", &figures.refused),
    ];
    let counts = counts.map(|(word, count)| (word, count.load(Ordering::Relaxed) as f64));
    Figure {
        counts: true,
        ..Figure::by(
            "edge_turned_away",
            "Connections and requests that the edge did not let through, by reason",
            "reason",
            counts,
        )
    }
}

/// Where people write long texts, or hand in a file; everywhere else forms are short.
const LONG_FORMS: [&str; 6] = [
    "/a/",
    "/entry",
    "/staff/activities/",
    "/staff/draws/",
    "/staff/newsletters/",
    "/admin/",
];

const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
const BETWEEN_WORDS: Duration = Duration::from_millis(250);
const BETWEEN_COUNTS: Duration = Duration::from_secs(60);
const BETWEEN_STEPS: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS_AT_THE_CLOCK: Duration = Duration::from_secs(5);

/// The background threads, one a lane of jobs and one for the clock; dropping them waits for the
/// jobs in hand.
pub struct Jobs {
    stop: Arc<AtomicBool>,
    runner: Arc<Runner>,
    threads: Vec<JoinHandle<()>>,
}

impl Jobs {
    /// Waits for the jobs in hand, but not for longer than `patience`: the leases of those that take
    /// longer are given back, and the process is expected to end at once. Says how many those were.
    pub fn end_within(mut self, patience: Duration) -> usize {
        let until = clock::monotonic() + patience;
        self.tell();
        while !self.threads.iter().all(JoinHandle::is_finished) {
            if clock::monotonic() >= until {
                // They run on in vain until the process ends.
                self.threads.clear();
                return self.runner.give_back().unwrap_or_else(|error| {
                    tracing::warn!(%error, "jobs in hand could not be given back");
                    0
                });
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        0
    }

    fn tell(&self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in &self.threads {
            thread.thread().unpark();
        }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.tell();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What an entry is measured against; not part of any release (`docs/performance.md`).
#[cfg(feature = "bench")]
mod bench {
    use rocket::response::Redirect;
    use rocket::{Route, post, routes};

    use crate::platform::web::form::FormFields;

    pub(super) fn routes() -> Vec<Route> {
        routes![parse]
    }

    /// Reads a form and answers: no database, no vault, no page.
    #[post("/bench/parse", data = "<form>")]
    fn parse(form: FormFields) -> Redirect {
        let read = form.value("name").len();
        Redirect::to(format!("/?{read}"))
    }
}

/// Moving the clock from a test; not part of any release (`decisions` D22).
#[cfg(feature = "test-clock")]
mod test_clock {
    use std::net::SocketAddr;

    use rocket::http::Status;
    use rocket::{Route, State, post, routes};

    use super::App;
    use crate::platform::clock::SECOND;

    pub(super) fn routes() -> Vec<Route> {
        routes![advance, open]
    }

    fn is_near(from: Option<SocketAddr>) -> bool {
        from.is_some_and(|from| from.ip().is_loopback())
    }

    /// What the system says when this process opens a file: 0, or the number of the error.
    #[post("/test-clock/open?<path>")]
    fn open(path: &str, from: Option<SocketAddr>) -> Result<String, Status> {
        if !is_near(from) {
            return Err(Status::NotFound);
        }
        let opened = std::fs::File::open(path);
        let number = opened.map_or_else(|error| error.raw_os_error().unwrap_or(-1), |_| 0);
        Ok(format!("{number}\n"))
    }

    /// Moves the clock on and runs what became due, so that a test need not wait.
    #[post("/test-clock/advance?<seconds>")]
    async fn advance(
        seconds: i64,
        from: Option<SocketAddr>,
        app: &State<App>,
    ) -> Result<String, Status> {
        if !is_near(from) {
            return Err(Status::NotFound);
        }
        let app = app.inner().clone();
        app.db.clock().advance(seconds * SECOND);
        let now = app.db.clock().now();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = app.guardian.look() {
                tracing::warn!(%error, "nobody looked around for attacks");
            }
            app.runner.run_due_to_the_end()
        })
        .await
        .ok()
        .and_then(Result::ok)
        .map(|tried| format!("{now} {tried}\n"))
        .ok_or(Status::InternalServerError)
    }
}
