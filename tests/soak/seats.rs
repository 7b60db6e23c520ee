//! Ten thousand clients fight for five hundred places over HTTP: exactly five hundred are given.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{
    self, Activity, ActivityId, Allocation, AskedField, Field, Kind, LocalText,
};
use fairdraw::app::App;
use fairdraw::audit::StaffId;
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{self, Terms};
use fairdraw::entry::pages::Limits;
use fairdraw::identity::national_id;
use fairdraw::platform::clock::{Clock, DAY};
use fairdraw::platform::config::Config;
use fairdraw::policy;
use fairdraw::seats::draft::Planned;
use fairdraw::seats::{self, SeatState};
use rocket::tokio;
use scraper::{Html, Selector};

use crate::load::{Answer, Connection, get, post};
use crate::support::app::vault;
use crate::support::at_once::encoded;
use crate::support::server::{Server, local};
use crate::support::{Engine, TestDatabase};

/// Clients, places, and how many clients talk at once.
const CLIENTS: u64 = 10_000;
const PLACES: u32 = 500;
const AT_ONCE: usize = 64;

on_both! { ten_thousand_clients_get_five_hundred_places }

fn ten_thousand_clients_get_five_hundred_places(engine: Engine) {
    let clock = Clock::system();
    let database = TestDatabase::fresh(engine);
    let config = Config {
        data: database.data().to_owned(),
        database_url: database.url(),
        site: "lib.example.tw".to_owned(),
        ..Config::default()
    };
    let vault = vault(engine, &config).expect("the keys open");
    let mut app = App::open(config, clock, vault).expect("the application opens");
    app.limits = || Limits::times(10_000);
    let id = publish(&app);
    let session = app
        .db
        .read_now("sessions", |tx| seats::sessions(tx, &id))
        .expect("sessions can be read")
        .remove(0);
    let server = Server::start(app.rocket(rocket::Config::figment().merge(local(0))));

    let started = Instant::now();
    let answers = everybody(server.port, session.id.as_str());
    let took = started.elapsed();
    println!("{engine:?}: {CLIENTS} clients in {took:?}: {answers:?}");
    let held = app
        .db
        .read_now("list", |tx| seats::list(tx, &id, &session.id))
        .expect("places can be read");
    let living = held.iter().filter(|seat| seat.state == SeatState::Held);
    assert_eq!(
        living.count(),
        PLACES as usize,
        "exactly as many as there are"
    );
    assert_eq!(held.len(), PLACES as usize);
    assert_eq!(answers.get("place"), Some(&u64::from(PLACES)));
    let others: u64 = answers.values().sum();
    assert_eq!(others, CLIENTS, "everybody was answered");
    assert_eq!(answers.get("failed"), None, "{answers:?}");
}

/// Every client goes through; how many heard what.
fn everybody(port: u16, session: &str) -> BTreeMap<&'static str, u64> {
    let next = Arc::new(AtomicU64::new(0));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async {
            let each = (0..AT_ONCE).map(|_| {
                let (next, session) = (next.clone(), session.to_owned());
                tokio::spawn(async move {
                    let mut heard: BTreeMap<&'static str, u64> = BTreeMap::new();
                    loop {
                        let guest = next.fetch_add(1, Ordering::SeqCst);
                        if guest >= CLIENTS {
                            return heard;
                        }
                        *heard
                            .entry(attend(port, guest, &session).await)
                            .or_default() += 1;
                    }
                })
            });
            let mut all: BTreeMap<&'static str, u64> = BTreeMap::new();
            for each in each.collect::<Vec<_>>() {
                for (word, count) in each.await.expect("no panic") {
                    *all.entry(word).or_default() += count;
                }
            }
            all
        })
}

/// One client: form, check, send; what the client was told.
async fn attend(port: u16, guest: u64, session: &str) -> &'static str {
    // A network of one's own, so that nobody is slowed down for the others.
    let [.., high, low] = guest.to_be_bytes();
    let mut connection = Connection::from(Ipv4Addr::new(127, 1, high, low), port);
    let form = ask(&mut connection, &get("/a/rush/enter")).await;
    let mut fields = hidden(&form.body, "/a/rush/enter");
    let id = national_id::synthetic_citizen(guest);
    for (name, value) in [
        ("name", format!("陳小{guest}").as_str()),
        ("national_id", id.as_str()),
        ("session", session),
        ("consent", "yes"),
    ] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    let check = ask(&mut connection, &post("/a/rush/enter", &encoded(&fields))).await;
    if check.status != 200 {
        return told(&check);
    }
    let fields = hidden(&check.body, "/a/rush/check");
    let sent = ask(&mut connection, &post("/a/rush/check", &encoded(&fields))).await;
    told(&sent)
}

/// What an answer says.
fn told(answer: &Answer) -> &'static str {
    let page = String::from_utf8_lossy(&answer.body);
    match answer.status {
        303 => "place",
        409 | 422 if page.contains("已經額滿") => "full",
        _ => "failed",
    }
}

/// One request; a server that is busy, or gave no answer, is asked the same again.
async fn ask(connection: &mut Connection, request: &[u8]) -> Answer {
    loop {
        match connection.send(request).await {
            Ok(answer) if answer.status != 503 => return answer,
            _ => tokio::time::sleep(Duration::from_millis(250)).await,
        }
    }
}

/// The hidden fields of the form that goes to `action`.
fn hidden(page: &[u8], action: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(&String::from_utf8_lossy(page));
    let css = format!("form[action='{action}'] input[type=hidden]");
    let fields = Selector::parse(&css).expect("a selector");
    page.select(&fields)
        .filter_map(|field| {
            let name = field.value().attr("name")?;
            let value = field.value().attr("value").unwrap_or_default();
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

fn publish(app: &App) -> ActivityId {
    let by = StaffId::fresh();
    let (db, now) = (&app.db, app.db.clock().now());
    let words = |zh: &str, en: &str| LocalText::new(zh, en);
    let closes_at = now.plus(5 * DAY);
    let details = Details {
        slug: "rush".to_owned(),
        kind: Kind::Seats(Allocation::FirstCome),
        title: words("搶名額", "The rush"),
        text: words("五百個名額。", "Five hundred places."),
        rules: words("", ""),
        opens_at: now.plus(-DAY),
        closes_at,
        freezes_at: closes_at,
        draws_at: closes_at,
        claim_days: 0,
        retention_days: 30,
        answers_linked: false,
    };
    let asked: Vec<AskedField> = [Field::Name, Field::NationalId]
        .map(|field| AskedField {
            field,
            required: true,
            purpose: words("一人一個名額", "One place a person"),
        })
        .into_iter()
        .chain([AskedField {
            field: Field::Email,
            required: false,
            purpose: policy::usual_purpose(Field::Email),
        }])
        .collect();
    let id = db
        .write_now("create", |tx| Activity::<Draft>::create(tx, &by, &details))
        .expect("a draft is made")
        .id
        .clone();
    db.write_now("fields", |tx| {
        let version = activity::by_id(tx, &id)?.version;
        draft::save_asked(tx, &by, &id, version, &asked)
    })
    .expect("the fields are saved");
    let planned = Planned {
        title: words("大場", "The big one"),
        place: words("演藝廳", "Hall"),
        starts_at: closes_at.plus(DAY),
        capacity: PLACES,
        waiting_places: 0,
    };
    db.write_now("session", |tx| {
        seats::draft::save(tx, &by, &id, None, &planned)
    })
    .expect("the session is saved");
    let keys = app.vault.create_activity(id.as_str()).expect("keys");
    db.write_now("publish", |tx| {
        let facts = activity::by_id(tx, &id)?;
        let terms = Terms {
            keys: keys.clone(),
            notice: policy::notice_now(tx, &facts, &app.config)?,
            tax: RuleBook::default(),
        };
        let draft = Activity::<Draft>::at(facts)?;
        draw::publish(tx, &app.vault, &by, draft, &terms).map(|_| ())
    })
    .expect("nothing is missing");
    id
}
