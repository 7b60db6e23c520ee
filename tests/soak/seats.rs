//! Ten thousand clients fight for five hundred places over HTTP: exactly five hundred are given.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
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
use scraper::{Html, Selector};

use crate::support::app::vault;
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

    let next = AtomicUsize::new(0);
    let answers: Mutex<BTreeMap<String, u64>> = Mutex::default();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let guest = next.fetch_add(1, Ordering::SeqCst) as u64;
                    if guest >= CLIENTS {
                        return;
                    }
                    let came = attend(server.port, guest, session.id.as_str());
                    let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
                    *answers.entry(came).or_default() += 1;
                }
            });
        }
    });
    let took = started.elapsed();
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
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

/// One client: form, check, send; tries again as long as the server asks to wait.
fn attend(port: u16, guest: u64, session: &str) -> String {
    let form = ask(port, "GET", "/a/rush/enter", &[]);
    let typed = [
        ("name".to_owned(), format!("陳小{guest}")),
        (
            "national_id".to_owned(),
            national_id::synthetic_citizen(guest).as_str().to_owned(),
        ),
        ("session".to_owned(), session.to_owned()),
        ("consent".to_owned(), "yes".to_owned()),
    ];
    let mut fields = hidden(&form.1, "/a/rush/enter");
    fields.extend(typed);
    let check = ask(port, "POST", "/a/rush/enter", &fields);
    if check.0 != 200 {
        return told(&check);
    }
    let fields = hidden(&check.1, "/a/rush/check");
    let sent = ask(port, "POST", "/a/rush/check", &fields);
    match sent.0 {
        303 => "place".to_owned(),
        _ => told(&sent),
    }
}

/// What a client without a place was told.
fn told((status, page): &(u16, String)) -> String {
    match status {
        409 | 422 if page.contains("已經額滿") => "full".to_owned(),
        _ => "failed".to_owned(),
    }
}

/// One request; a server that is busy is asked again when it says so.
fn ask(port: u16, method: &str, path: &str, fields: &[(String, String)]) -> (u16, String) {
    for _ in 0..200 {
        match try_once(port, method, path, fields) {
            Ok((503, _)) | Err(_) => std::thread::park_timeout(Duration::from_millis(250)),
            Ok(answer) => return answer,
        }
    }
    (0, String::new())
}

fn try_once(
    port: u16,
    method: &str,
    path: &str,
    fields: &[(String, String)],
) -> std::io::Result<(u16, String)> {
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let body = body.join("&");
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.get(9..12).and_then(|code| code.parse().ok());
    let status = status.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok((status, answer))
}

fn encoded(text: &str) -> String {
    rocket::http::RawStr::new(text).percent_encode().to_string()
}

/// The hidden fields of the form that goes to `action`.
fn hidden(page: &str, action: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page.split_once("\r\n\r\n").map_or("", |(_, body)| body));
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
