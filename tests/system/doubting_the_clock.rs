//! A machine whose clock jumps, while the server runs and between two starts.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fairdraw::app::App;
use fairdraw::draw::beacon::{Relays, Trouble};
use fairdraw::platform::clock::{Clock, DAY, HOUR, Kind, MINUTE, Machine, Timestamp};
use fairdraw::platform::config::Config;
use fairdraw::platform::health::Reason;
use lucky_draw::beacon::{Beacon, Chain};
use rocket::http::Status;

use crate::support::app::{TestApp, vault};
use crate::support::beacons::recorded;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::{Engine, TestDatabase};

on_both! {
    a_clock_that_jumps_closes_nothing_and_purges_nothing,
    a_start_on_a_wrong_clock_waits_and_a_person_or_a_round_confirms_it,
    a_start_on_a_clock_some_days_ahead_deletes_nothing,
    a_start_on_a_clock_a_day_ahead_closes_nothing_while_a_relay_says_otherwise,
    a_library_that_was_shut_for_the_weekend_goes_on_without_a_person,
    a_clock_that_was_wrong_is_no_better_for_a_start,
    an_administrator_confirms_the_clock_on_the_first_page,
}

const YEARS: i64 = 10 * 365 * DAY;

/// A machine whose two clocks a test sets.
#[derive(Clone)]
struct Laptop(Arc<Mutex<(i64, u64)>>);

impl Machine for Laptop {
    fn read(&self) -> (Timestamp, Duration) {
        let (wall, steady) = *self.0.lock().expect("not poisoned");
        (Timestamp(wall), Duration::from_millis(steady))
    }
}

impl Laptop {
    fn at(moment: Timestamp) -> Laptop {
        Laptop(Arc::new(Mutex::new((moment.0, 1_000_000))))
    }

    fn passes(&self, milliseconds: i64) {
        let mut both = self.0.lock().expect("not poisoned");
        both.0 += milliseconds;
        both.1 += milliseconds.unsigned_abs();
    }

    fn jumps(&self, milliseconds: i64) {
        self.0.lock().expect("not poisoned").0 += milliseconds;
    }
}

/// An activity open for entry on this laptop's own clock.
fn open_on(engine: Engine, laptop: &Laptop) -> Life {
    let clock = Clock::over(Arc::new(laptop.clone()));
    clock.stand_at(laptop.read().0);
    let life = Life::published_on(engine, &clock, |_| {});
    let opened = clock.now();
    clock.release();
    laptop.jumps(opened.0 - laptop.read().0.0);
    clock.vouch(opened);
    assert_eq!(clock.now(), opened);
    life
}

fn stage(life: &Life) -> String {
    let facts = life.app.app.db.read_now("read activity", |tx| {
        fairdraw::activity::find(tx, "summer-2024")
    });
    facts.expect("it is there").stage.code().to_owned()
}

fn a_clock_that_jumps_closes_nothing_and_purges_nothing(engine: Engine) {
    for jump in [DAY, 30 * DAY, YEARS, -DAY, -YEARS] {
        let laptop = Laptop::at(ROUND_TIME.plus(-15 * DAY));
        let life = open_on(engine, &laptop);
        let app = &life.app.app;
        life.enter(&Patron::number(1));
        laptop.passes(2 * MINUTE);
        app.run_jobs().expect("jobs run");
        laptop.jumps(jump);
        laptop.passes(MINUTE);
        assert_eq!(app.run_jobs().expect("none is taken"), 0, "{jump}");
        assert_eq!(stage(&life), "open", "{jump}");
        assert!(app.health.reasons().contains(&Reason::Clock));
        // People notice nothing: the server lives by the clock that nobody sets.
        let receipt = life.enter(&Patron::number(2));
        assert_eq!(receipt.status, Status::Ok, "{jump}: {}", receipt.mistakes());
        // A day in which nobody mends it changes nothing.
        laptop.passes(25 * HOUR);
        assert_eq!(app.run_jobs().expect("none is taken"), 0);
        assert_eq!(stage(&life), "open");
        // Somebody mends it, and what is due by then is done.
        laptop.jumps(-jump);
        laptop.passes(MINUTE);
        let closes = app.db.read_now("read activity", |tx| {
            fairdraw::activity::find(tx, "summer-2024")
        });
        let closes = closes.expect("it is there").closes_at;
        let left = closes.0 - app.db.clock().now().0;
        laptop.passes(left + MINUTE);
        app.run_jobs().expect("jobs run");
        assert_eq!(stage(&life), "closed", "{jump}");
        app.run_jobs().expect("jobs run");
        assert_eq!(stage(&life), "closed", "{jump}: closed once");
    }
}

/// A hall without a network.
struct Nobody;

impl Relays for Nobody {
    fn fetch(&self, _: &Chain, _: u64) -> Result<Beacon, Trouble> {
        Err(Trouble::Unreachable)
    }
}

/// Relays that have every round up to a moment, signed or not.
struct UpTo(Timestamp);

impl Relays for UpTo {
    fn fetch(&self, chain: &Chain, round: u64) -> Result<Beacon, Trouble> {
        let at = i64::try_from(chain.round_time(round)).expect("this century");
        match Timestamp::from_unix(at) <= self.0 {
            // Whether it is signed is the business of the real relays, which verify it.
            true => Ok(recorded(10_000_000)),
            false => Err(Trouble::NotYet),
        }
    }
}

fn a_start_on_a_wrong_clock_waits_and_a_person_or_a_round_confirms_it(engine: Engine) {
    let start = ROUND_TIME.plus(-15 * DAY);
    for jump in [YEARS, 20 * DAY, -DAY, -YEARS] {
        let laptop = Laptop::at(start);
        let life = open_on(engine, &laptop);
        life.enter(&Patron::number(1));
        life.app.app.look_at_the_clock().expect("it is noted");
        let right = life.app.app.db.clock().now();
        let (database, config) = life.app.stopped();

        // It starts again, and the machine's clock shows something else.
        let wrong = Laptop::at(right.plus(jump));
        let clock = Clock::over(Arc::new(wrong.clone()));
        let keys = vault(engine, &config).expect("the keys open");
        let relays = Arc::new(UpTo(right));
        let app = App::open_with(config.clone(), clock.clone(), relays, keys).expect("opens");
        app.look_at_the_clock().expect("relays are asked");
        assert!(clock.doubt().is_some(), "{jump}");
        assert_eq!(app.run_jobs().expect("none is taken"), 0);
        if jump < 0 {
            assert!(clock.now() >= right.plus(-MINUTE), "time goes not back");
        }
        // Whoever confirms the hour that the machine shows takes the responsibility.
        let shown = wrong.read().0;
        app.db
            .write_now("confirm the hour", |tx| {
                fairdraw::draw::hour::note_confirmed(tx, shown)
            })
            .expect("noted");
        app.look_at_the_clock().expect("it is read");
        assert_eq!(clock.doubt(), None, "{jump}");
        assert_eq!(clock.now(), shown);
        drop(app);

        // A machine that was off for so long in truth: the round of a minute ago is out.
        if jump > 0 {
            let late = Laptop::at(shown.plus(jump));
            let clock = Clock::over(Arc::new(late.clone()));
            let keys = vault(engine, &config).expect("the keys open");
            let relays = Arc::new(UpTo(late.read().0));
            let app = App::open_with(config, clock.clone(), relays, keys).expect("opens");
            assert!(clock.doubt().is_some());
            app.look_at_the_clock().expect("relays are asked");
            assert_eq!(clock.doubt(), None);
        }
        drop(database);
    }
}

fn a_start_on_a_clock_some_days_ahead_deletes_nothing(engine: Engine) {
    let laptop = Laptop::at(ROUND_TIME.plus(-15 * DAY));
    let life = open_on(engine, &laptop);
    let facts = life.app.app.db.read_now("read activity", |tx| {
        fairdraw::activity::find(tx, "summer-2024")
    });
    let facts = facts.expect("it is there");
    let (id, last) = (
        facts.id.clone(),
        fairdraw::activity::lifecycle::last_day(&facts),
    );
    let right = last.plus(-3 * DAY);
    laptop.passes(right.0 - laptop.read().0.0);
    life.app.app.look_at_the_clock().expect("it is noted");
    let (database, config) = life.app.stopped();

    // Switched off for an hour, and on again with a clock that is five days ahead, in a hall where
    // nobody can be asked: that might as well have been five days, so what is due is done; but a key
    // that is destroyed does not come back.
    let wrong = Laptop::at(last.plus(2 * DAY));
    let start = |relays: Arc<dyn Relays>| {
        let clock = Clock::over(Arc::new(wrong.clone()));
        let keys = vault(engine, &config).expect("the keys open");
        let app = App::open_with(config.clone(), clock, relays, keys);
        let app = app.expect("opens");
        app.look_at_the_clock().expect("relays are asked");
        app
    };
    for _ in 0..2 {
        let app = start(Arc::new(Nobody));
        wrong.passes(3 * MINUTE);
        app.db.clock().is_alone();
        assert_eq!(app.db.clock().doubt(), None);
        assert!(app.purger.due().expect("read").is_empty());
        assert!(app.purger.begin(&id).is_err(), "not by hand either");
        wrong.passes(DAY);
        assert!(app.purger.due().expect("read").is_empty(), "one day more");
        app.look_at_the_clock().expect("it is noted");
    }
    // It was off for so long in truth: the round of a minute ago is out.
    let app = start(Arc::new(UpTo(wrong.read().0)));
    assert_eq!(app.purger.due().expect("read").len(), 1);
    drop((app, database));
}

/// A site that was stopped an hour before entry closes, to be started on other clocks.
struct Stopped {
    engine: Engine,
    database: TestDatabase,
    config: Config,
    at: Timestamp,
    closes: Timestamp,
}

impl Stopped {
    fn an_hour_before_the_close(engine: Engine) -> Stopped {
        let laptop = Laptop::at(ROUND_TIME.plus(-15 * DAY));
        let life = open_on(engine, &laptop);
        life.enter(&Patron::number(1));
        let facts = life.app.app.db.read_now("read activity", |tx| {
            fairdraw::activity::find(tx, "summer-2024")
        });
        let closes = facts.expect("it is there").closes_at;
        let at = closes.plus(-HOUR);
        laptop.passes(at.0 - laptop.read().0.0);
        life.app.app.look_at_the_clock().expect("it is noted");
        let (database, config) = life.app.stopped();
        Stopped {
            engine,
            database,
            config,
            at,
            closes,
        }
    }

    /// A start that looks at its clock as the thread does.
    fn start(&self, laptop: &Laptop, relays: Arc<dyn Relays>) -> App {
        let clock = Clock::over(Arc::new(laptop.clone()));
        let keys = vault(self.engine, &self.config).expect("the keys open");
        let app = App::open_with(self.config.clone(), clock, relays, keys).expect("opens");
        app.look_at_the_clock().expect("relays are asked");
        app
    }
}

fn stage_of(app: &App) -> String {
    let facts = app.db.read_now("read activity", |tx| {
        fairdraw::activity::find(tx, "summer-2024")
    });
    facts.expect("it is there").stage.code().to_owned()
}

fn a_start_on_a_clock_a_day_ahead_closes_nothing_while_a_relay_says_otherwise(engine: Engine) {
    let site = Stopped::an_hour_before_the_close(engine);
    let mut right = site.at;
    for ahead in [2 * HOUR, DAY, 7 * DAY] {
        let wrong = Laptop::at(right.plus(ahead));
        let relays = Arc::new(UpTo(right.plus(MINUTE)));
        let app = site.start(&wrong, relays);
        let clock = app.db.clock();
        let kind = clock.doubt().map(|doubt| doubt.kind);
        assert_eq!(kind, Some(Kind::Silence), "{ahead}");
        assert!(app.health.reasons().contains(&Reason::Clock));
        assert_eq!(app.run_jobs().expect("none is taken"), 0);
        // Nobody need be reached from then on: somebody has said that it is wrong.
        wrong.passes(10 * MINUTE);
        assert!(!clock.is_alone() && clock.is_contradicted());
        assert_eq!(app.run_jobs().expect("none is taken"), 0);
        assert_eq!(stage_of(&app), "open", "{ahead}");
        // Somebody sets it right, and all goes on by itself.
        right = right.plus(12 * MINUTE);
        wrong.jumps(right.0 - wrong.read().0.0);
        assert_eq!(clock.doubt(), None, "{ahead}");
        app.run_jobs().expect("jobs run");
        assert_eq!(stage_of(&app), "open", "{ahead}");
        app.look_at_the_clock().expect("it is noted");
    }
    let Stopped { database, .. } = site;
    drop(database);
}

fn a_library_that_was_shut_for_the_weekend_goes_on_without_a_person(engine: Engine) {
    for offline in [true, false] {
        let site = Stopped::an_hour_before_the_close(engine);
        let monday = Laptop::at(site.at.plus(2 * DAY));
        let relays: Arc<dyn Relays> = match offline {
            true => Arc::new(Nobody),
            false => Arc::new(UpTo(monday.read().0)),
        };
        let app = site.start(&monday, relays);
        let clock = app.db.clock();
        if offline {
            assert!(clock.doubt().is_some(), "nobody was asked for long enough");
            assert_eq!(app.run_jobs().expect("none is taken"), 0);
            // What people do goes on meanwhile, by the clock on the wall.
            assert_eq!(clock.now(), monday.read().0);
            for _ in 0..4 {
                monday.passes(30_000);
                clock.is_alone();
            }
        }
        assert_eq!(clock.doubt(), None);
        assert!(!app.health.reasons().contains(&Reason::Clock));
        app.run_jobs().expect("jobs run");
        assert_ne!(stage_of(&app), "open");
        assert!(clock.now() > site.closes);
        drop((app, site));
    }
}

fn a_clock_that_was_wrong_is_no_better_for_a_start(engine: Engine) {
    let site = Stopped::an_hour_before_the_close(engine);
    // It starts rightly, jumps a day ahead, and is started once more, in a hall without a network.
    let laptop = Laptop::at(site.at.plus(MINUTE));
    let app = site.start(&laptop, Arc::new(Nobody));
    assert_eq!(app.db.clock().doubt(), None);
    laptop.jumps(DAY);
    app.look_at_the_clock().expect("the doubt is noted");
    assert!(app.db.clock().doubt().is_some());
    drop(app);
    let app = site.start(&laptop, Arc::new(Nobody));
    for _ in 0..10 {
        laptop.passes(HOUR);
        assert!(!app.db.clock().is_alone());
    }
    assert_eq!(app.run_jobs().expect("none is taken"), 0);
    assert_eq!(stage_of(&app), "open");
    drop(app);
    // Set right, it is believed and the doubt forgotten.
    let mended = Laptop::at(site.at.plus(5 * MINUTE));
    let app = site.start(&mended, Arc::new(Nobody));
    assert_eq!(app.db.clock().doubt(), None);
    drop(app);
    let weekend = Laptop::at(site.at.plus(2 * DAY));
    let app = site.start(&weekend, Arc::new(Nobody));
    weekend.passes(3 * MINUTE);
    assert!(app.db.clock().is_alone(), "a weekend is a weekend");
    drop((app, site));
}

fn an_administrator_confirms_the_clock_on_the_first_page(engine: Engine) {
    let laptop = Laptop::at(ROUND_TIME.plus(-15 * DAY));
    let life = open_on(engine, &laptop);
    let app = &life.app.app;
    let admin = life.staff();
    let heading = "主機時鐘待確認";
    assert!(!admin.get("/admin").text("main").contains(heading));
    laptop.passes(MINUTE);
    // The machine slept without counting it, and wakes a day later: the wall clock is right.
    laptop.jumps(DAY);
    let page = admin.get("/admin");
    assert!(page.text("main").contains(heading), "{}", page.text("main"));
    assert_eq!(app.run_jobs().expect("none is taken"), 0);
    // What the page showed twenty minutes ago says nothing about now.
    laptop.passes(20 * MINUTE);
    let late = admin.send(&page, "/admin/clock", &[]);
    assert_eq!(late.status, Status::Conflict);
    assert!(app.db.clock().doubt().is_some());
    let page = admin.get("/admin");
    let done = admin.send(&page, "/admin/clock", &[]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert_eq!(app.db.clock().doubt(), None);
    assert_eq!(app.db.clock().now(), laptop.read().0);
    // A day has passed by the clock that is believed now, and with it the session.
    let admin = life.staff();
    assert!(!admin.get("/admin").text("main").contains(heading));
    let record = admin.get("/admin/audit").text("main");
    assert!(record.contains("確認主機的時鐘"), "{record}");
    app.run_jobs().expect("jobs run");
}

#[test]
fn the_database_is_served_by_one_clock_in_tests() {
    // A clock that a test moved is believed whatever the machine shows.
    let app = TestApp::with(Engine::Sqlite, "2034-07-01T09:00:00+08:00", |_| ());
    assert_eq!(app.app.db.clock().doubt(), None);
}
