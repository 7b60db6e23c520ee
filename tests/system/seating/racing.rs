//! Many people, few places, and more than one server.

use fairdraw::entry;
use fairdraw::entry::submit::{self, Filled, NewEntry, Taking};
use fairdraw::platform::db::{Db, Writer};
use fairdraw::platform::ids;
use fairdraw::platform::text::Language;
use fairdraw::vault::{Contact, Email, Name};
use lucky_draw::ticket::Secret;
use rocket::futures::future::join_all;
use rocket::tokio;

use super::*;

on_both! {
    forty_people_fight_for_five_places_on_two_servers,
    a_person_who_sends_everywhere_at_once_has_one_place,
    places_that_come_back_in_a_crowd_are_never_given_twice,
    a_session_without_a_place_tells_nobody_who_has_one,
}

/// An entry of a guest, sealed and ready.
fn prepared(hour: &StoryHour, guest: u64, at: usize, waits: bool) -> NewEntry {
    let (db, vault) = (&hour.app.app.db, &hour.app.app.vault);
    let terms = db
        .read_now("terms", |tx| {
            let facts = activity::by_id(tx, &hour.id)?;
            submit::terms(tx, facts)
        })
        .expect("the activity takes entries");
    let filled = Filled {
        about: fairdraw::stats::About::default(),
        contact: Some(Contact {
            name: Some(Name::new(format!("陳小{guest}"))),
            email: Some(Email::new(email_of(guest))),
            language: Language::ZhTw,
            ..Contact::default()
        }),
        subject: Some(national_id::synthetic_citizen(guest).subject()),
        pool: None,
        session: Some((hour.session(at).id, waits)),
        answers: None,
        shares: Vec::new(),
        language: Language::ZhTw,
    };
    let tag = submit::tag(vault, &terms, &filled).expect("the vault answers");
    let notice = policy::notice_hash(&terms.facts.notice);
    let secret = Secret::from_entropy(ids::random());
    submit::prepare(vault, &terms, &secret, notice, tag, filled).expect("it is sealed")
}

/// All of them at one moment, over two servers; the refusals.
fn all_at_once(hour: &StoryHour, entries: Vec<NewEntry>) -> Vec<Result<(), entry::Error>> {
    let app = &hour.app.app;
    let second = Db::open(hour.app.database.target(), app.db.clock().clone());
    let second = second.expect("a second server opens the database");
    let writers = [app.db.clone(), second].map(|db| {
        let taking = Taking::new(app.vault.clone());
        Writer::new(db, taking).expect("the system gives a thread")
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let each = entries.into_iter().enumerate().map(|(at, entry)| {
            let writer = &writers[at % 2];
            async move { submit::take(writer, entry).await.map(|_| ()) }
        });
        join_all(each).await
    })
}

fn forty_people_fight_for_five_places_on_two_servers(engine: Engine) {
    let size = Size {
        sessions: 1,
        capacity: 5,
        waiting: 0,
        per_person: 1,
    };
    let hour = StoryHour::open(engine, size);
    let entries = (0..40).map(|guest| prepared(&hour, guest, 0, true));
    let outcomes = all_at_once(&hour, entries.collect());
    let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(taken, 5, "{outcomes:?}");
    let is_full = |outcome: &&Result<(), entry::Error>| {
        matches!(
            outcome,
            Err(entry::Error::Seats(seats::Error::Full { may_wait: false }))
        )
    };
    assert_eq!(outcomes.iter().filter(is_full).count(), 35, "{outcomes:?}");
    assert_eq!(hour.states(0), vec![SeatState::Held; 5]);
    let session = hour.session(0);
    assert_eq!((session.taken, session.arrivals), (5, 5));
    // A refused entry left no row at all.
    let counts = hour
        .app
        .app
        .db
        .read_now("count", |tx| entry::count(tx, &hour.id));
    assert_eq!(counts.expect("they can be counted").taken, 5);
}

fn a_person_who_sends_everywhere_at_once_has_one_place(engine: Engine) {
    let size = Size {
        sessions: 2,
        capacity: 20,
        waiting: 0,
        per_person: 1,
    };
    let hour = StoryHour::open(engine, size);
    let entries = (0..12).map(|at| prepared(&hour, 7, at % 2, false));
    let outcomes = all_at_once(&hour, entries.collect());
    let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(taken, 1, "{outcomes:?}");
    assert_eq!(hour.seats(0).len() + hour.seats(1).len(), 1);
    assert_eq!(hour.session(0).taken + hour.session(1).taken, 1);
}

fn places_that_come_back_in_a_crowd_are_never_given_twice(engine: Engine) {
    let size = Size {
        sessions: 1,
        capacity: 4,
        waiting: 8,
        per_person: 1,
    };
    let hour = StoryHour::open(engine, size);
    let entries = (0..12).map(|guest| prepared(&hour, guest, 0, true));
    let outcomes = all_at_once(&hour, entries.collect());
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let holders: Vec<Seat> = hour.seats(0).into_iter().take(4).collect();
    let (db, id) = (&hour.app.app.db, &hour.id);
    std::thread::scope(|scope| {
        // Each of the four gives back twice at once, as with a double click.
        for seat in holders.iter().chain(&holders) {
            scope.spawn(move || {
                db.write_now("give back", |tx| line::give_back(tx, id, &seat.entry))
                    .expect("a place can be given back");
            });
        }
    });
    let mut expected = vec![SeatState::Returned; 4];
    expected.extend([SeatState::Offered; 4]);
    expected.extend([SeatState::Waiting; 4]);
    assert_eq!(hour.states(0), expected);
    let session = hour.session(0);
    assert_eq!((session.taken, session.waiting), (4, 4));
    // All four offers pass at once, on two servers that both look.
    hour.app.app.db.clock().stand_at(start().plus(4 * DAY));
    std::thread::scope(|scope| {
        for seat in hour.seats(0).into_iter().skip(4).take(4) {
            for _ in 0..2 {
                let entry = seat.entry.clone();
                scope.spawn(move || {
                    db.write_now("expire", |tx| line::expire(tx, id, &entry))
                        .expect("an offer can pass");
                });
            }
        }
    });
    let session = hour.session(0);
    assert_eq!((session.taken, session.waiting), (4, 0));
    assert_eq!(hour.states(0)[8..], [SeatState::Offered; 4]);
}

fn a_session_without_a_place_tells_nobody_who_has_one(engine: Engine) {
    let size = Size {
        sessions: 2,
        capacity: 1,
        waiting: 0,
        ..SMALL
    };
    let hour = StoryHour::open(engine, size);
    hour.enter(1, 0, false);
    // Whoever tries numbers hears the same of somebody with a place and of anybody else.
    let tried = [1, 2].map(|guest| prepared(&hour, guest, 0, false));
    for outcome in all_at_once(&hour, tried.into()) {
        let full = entry::Error::Seats(seats::Error::Full { may_wait: false });
        let refused = outcome.expect_err("it is full");
        assert_eq!(format!("{refused:?}"), format!("{full:?}"));
    }
    // Where there is a place, the person hears of the other one.
    let tried = vec![prepared(&hour, 1, 1, false)];
    let [again] = all_at_once(&hour, tried).try_into().expect("one");
    assert!(matches!(
        again,
        Err(entry::Error::Seats(seats::Error::Enough))
    ));
}
