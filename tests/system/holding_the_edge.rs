//! The edge before the whole application: slow clients, foreign forms, TLS, the end.
//!
//! What it does with single requests is tested where it is made (`src/platform/edge/tests.rs`).

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use fairdraw::platform::clock;
use fairdraw::platform::edge::Network;
use rocket::http::{Method, Status};

use crate::support::app::{Asked, Came, Door, TestApp};
use crate::support::edge::{Certificate, EdgeServer};
use crate::support::life::Patron;
use crate::support::slow::{BEGINNINGS, is_open, one_page};
use crate::support::vault::{self, Program, signal};
use crate::support::wire::{Wire, connected};
use crate::support::{Engine, TestDatabase};

on_both!(
    a_form_from_another_site_is_refused,
    a_page_is_read_through_the_edge_as_it_is_made,
    figures_are_for_neighbours_and_not_for_whom_a_neighbour_brings,
);

const START: &str = "2024-07-01T09:00:00+08:00";

fn form(door: &dyn Door, path: &str, from: &str, cookies: &[(String, String)], body: &str) -> Came {
    door.ask(Asked {
        method: Method::Post,
        path,
        headers: vec![
            (
                "Content-Type",
                "application/x-www-form-urlencoded".to_owned(),
            ),
            ("Sec-Fetch-Site", from.to_owned()),
        ],
        cookies: cookies.to_vec(),
        body: body.as_bytes().to_vec(),
    })
}

fn a_form_from_another_site_is_refused(engine: Engine) {
    let app = TestApp::with(engine, START, |_| ());
    drop(app.first_admin());
    let edge = EdgeServer::start(&app.app, |_| ());
    let sign_in = "name=%E9%99%B3%E9%A4%A8%E5%93%A1&passphrase=correct+horse+battery+staple";
    for site in ["cross-site", "same-site"] {
        let refused = form(&edge, "/staff/sign-in", site, &[], sign_in);
        assert_eq!(
            (refused.status, refused.header("Set-Cookie")),
            (403, ""),
            "{site}"
        );
    }
    let signed_in = form(&edge, "/staff/sign-in", "same-origin", &[], sign_in);
    assert_eq!(signed_in.status, 303, "{}", signed_in.text());
    let cookie = signed_in.header("Set-Cookie");
    let pair = cookie
        .split("; ")
        .next()
        .and_then(|pair| pair.split_once('='));
    let (name, value) = pair.expect("a cookie");
    let session = [(name.to_owned(), value.to_owned())];
    let new = "name=%E5%BC%B5%E9%A4%A8%E5%93%A1&role=admin";
    let refused = form(&edge, "/admin/staff/new", "cross-site", &session, new);
    assert_eq!(refused.status, 403);
    let staff = |door: &dyn Door| {
        let page = door.ask(Asked {
            method: Method::Get,
            path: "/admin/staff",
            headers: Vec::new(),
            cookies: session.to_vec(),
            body: Vec::new(),
        });
        assert_eq!(page.status, 200);
        page.text().contains("張館員")
    };
    assert!(!staff(&edge));
    let taken = form(&edge, "/admin/staff/new", "same-origin", &session, new);
    assert!(matches!(taken.status, 200 | 303), "{}", taken.text());
    assert!(staff(&edge));
}

fn figures_are_for_neighbours_and_not_for_whom_a_neighbour_brings(engine: Engine) {
    let near = Network::try_from("127.0.0.0/8".to_owned()).expect("a network");
    let app = TestApp::with(engine, START, |config| config.metrics_from = vec![near]);
    let edge = EdgeServer::start(&app.app, |_| ());
    let ask = |path: &'static str, headers: Vec<(&'static str, String)>| {
        edge.ask(Asked {
            method: Method::Get,
            path,
            headers,
            cookies: Vec::new(),
            body: Vec::new(),
        })
    };
    assert_eq!(ask("/metrics", Vec::new()).status, 200);
    for name in ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"] {
        let brought = || vec![(name, "203.0.113.7".to_owned())];
        assert_eq!(ask("/metrics", brought()).status, 404, "{name}");
        let ready = ask("/healthz/ready", brought()).text();
        assert!(
            !ready.contains("reasons") && !ready.contains("warnings"),
            "{ready}"
        );
    }
    // Nobody takes the mark away by naming it.
    let mut both = vec![("Connection", "x-fairdraw-forwarded".to_owned())];
    both.push(("X-Forwarded-For", "203.0.113.7".to_owned()));
    assert_eq!(ask("/metrics", both).status, 404);
}

fn a_page_is_read_through_the_edge_as_it_is_made(engine: Engine) {
    let app = TestApp::with(engine, START, |_| ());
    let edge = EdgeServer::start(&app.app, |_| ());
    for slug in [
        "%0d%0aX:%201",
        "%ff",
        "x%20y",
        "%00",
        "%e4%b8%ad",
        "%3fa%23",
    ] {
        let path = format!("/en/a/{slug}/check");
        let came = edge.ask(Asked {
            method: Method::Get,
            path: &path,
            headers: Vec::new(),
            cookies: Vec::new(),
            body: Vec::new(),
        });
        assert_eq!(came.status, 303, "{path}");
        let place = came.header("Location").to_ascii_lowercase();
        let form = format!("/en/a/{slug}/enter").to_ascii_lowercase();
        let replaced = form.replace("%ff", "%ef%bf%bd");
        assert!([&form, &replaced].contains(&&place), "{path}: {place}");
    }
    for path in [
        "/",
        "/en",
        "/activities",
        "/verify",
        "/journal/checkpoint",
        "/nowhere",
    ] {
        let asked = || Asked {
            method: Method::Get,
            path,
            headers: Vec::new(),
            cookies: Vec::new(),
            body: Vec::new(),
        };
        let (inside, outside) = (app.ask(asked()), edge.ask(asked()));
        assert_eq!(inside.status, outside.status, "{path}");
        // An error page has a reference of its own each time.
        if inside.status == 200 {
            assert_eq!(inside.text(), outside.text(), "{path}");
        }
        for name in ["Content-Type", "Cache-Control", "Content-Language", "Vary"] {
            assert_eq!(
                inside.header(name),
                outside.header(name),
                "{name} of {path}"
            );
        }
    }
}

/// Opens `each` connections of every kind from addresses that nobody else has.
fn slow(place: SocketAddr, each: usize) -> Vec<TcpStream> {
    let mut held = Vec::new();
    for at in 0..3 * each {
        let last = u8::try_from(2 + at % 19).expect("19 addresses");
        let mut stream = connected(Ipv4Addr::new(127, 0, 0, last), place).expect("it is taken");
        let begun = BEGINNINGS[at % 3];
        stream.write_all(begun.as_bytes()).expect("it is open");
        stream.set_nonblocking(true).expect("not blocking");
        held.push(stream);
    }
    held
}

#[test]
fn slow_clients_are_closed_and_nobody_else_notices() {
    let app = TestApp::with(Engine::Sqlite, START, |_| ());
    let edge = EdgeServer::start(&app.app, |settings| {
        settings.header_seconds = 2;
        settings.body_seconds = 2;
    });
    let began = clock::monotonic();
    let mut held = slow(edge.place, 60);
    let mut pages = Vec::new();
    while !held.is_empty() {
        pages.push(one_page(edge.place));
        held.retain_mut(is_open);
    }
    let took = clock::monotonic().saturating_sub(began);
    pages.sort();
    let p99 = pages[pages.len() * 99 / 100];
    println!(
        "180 slow connections: all closed after {took:?}; meanwhile {} pages, p99 {p99:?}",
        pages.len()
    );
    // Twice the settled times, on a machine that has other things to do.
    assert!(took < Duration::from_secs(8), "{took:?}");
    assert!(p99 < Duration::from_secs(1), "{p99:?}");
}

fn program(settings: &str) -> (TestDatabase, String, Program) {
    let (database, question) = vault::open_now(Engine::Sqlite);
    let program = Program::start_set(&database, None, settings);
    (database, question, program)
}

#[test]
fn the_program_takes_a_renewed_certificate_within_its_bounds() {
    const NAME: &str = "draw.lib.example.tw";
    let certificate = Certificate::fresh();
    let (_database, _, program) = program(&format!(
        ",public_origin=\"https://{NAME}\",edge={{certificate={:?},key={:?}}}",
        certificate.chain(),
        certificate.key()
    ));
    let here = Ipv4Addr::LOCALHOST;
    let ask = || {
        let chain = certificate.chain();
        let mut wire = Wire::tls(here, program.place(), NAME, &chain)?;
        wire.write(format!("GET /activities HTTP/1.1\r\nHost: {NAME}\r\n\r\n"));
        wire.hear()
    };
    let first = ask().expect("the first certificate");
    assert_eq!(first.status, 200);
    assert!(!first.header("Strict-Transport-Security").is_empty());
    certificate.renew();
    while ask().is_none() {
        std::thread::yield_now();
    }
    let printed = program.printed().join("\n");
    assert!(printed.contains("a new certificate is in use"), "{printed}");
    // The key folder stays out of reach of the process that reads the certificate.
    assert!(printed.contains("files confined yes"), "{printed}");
}

#[test]
fn a_program_that_is_told_to_stop_finishes_what_somebody_is_sending() {
    let (_database, question, program) = program("");
    program.enter(&Patron::number(1), &question);
    let place = program.place();
    let mut wire = Wire::plain(Ipv4Addr::LOCALHOST, place);
    wire.write(format!(
        "POST /entry HTTP/1.1\r\nHost: {place}\r\nContent-Length: 9\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\ncode"
    ));
    // A page on another connection: by then the first part of the form has come as well.
    one_page(place);
    signal(program.web(), "TERM");
    while TcpStream::connect(place).is_ok() {
        std::thread::yield_now();
    }
    wire.write("=abcd");
    let came = wire.hear().expect("an answer");
    assert!(matches!(came.status, 200 | 422), "{}", came.status);
    assert!(wire.is_closed());
    let (code, printed) = program.stop();
    assert_eq!(code, Some(0), "{}", printed.join("\n"));
}

#[test]
fn an_address_that_is_taken_is_said_in_one_line() {
    let (database, _, program) = program("");
    let taken = program.place().port().to_string();
    let (code, printed) = vault::run(|command| {
        command
            .env("ROCKET_PORT", &taken)
            .env("FAIRDRAW_DATA", database.data().join("other"))
            .env("FAIRDRAW_KEYS", database.keys().join("../other-keys"));
    });
    assert_eq!(code, Some(1), "{printed}");
    assert!(
        printed.contains(&format!("cannot listen on 127.0.0.1:{taken}")),
        "{printed}"
    );
    assert_eq!(program.visitor().get("/").status, Status::Ok);
}
