//! The edge over real sockets, before a small site made for it.

mod tls;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rocket::response::stream::TextStream;
use rocket::tokio::sync::Semaphore;
use rocket::{State, get, post, routes};

use super::*;
use crate::platform::text::Language;
use crate::platform::web;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::Reply;

/// Lets one request after the other be answered.
type Bell = Arc<Semaphore>;

#[get("/from")]
fn from(peer: SocketAddr) -> String {
    peer.ip().to_string()
}

#[get("/wait")]
async fn wait(bell: &State<Bell>) -> &'static str {
    if let Ok(rang) = bell.acquire().await {
        rang.forget();
    }
    "waited"
}

#[get("/stream")]
fn stream(bell: &State<Bell>) -> TextStream![&'static str] {
    let bell = bell.inner().clone();
    TextStream! {
        yield "one\n";
        if let Ok(rang) = bell.acquire().await {
            rang.forget();
        }
        yield "two\n";
    }
}

#[get("/large")]
fn large() -> Vec<u8> {
    vec![b'x'; 8 << 20]
}

#[post("/send", data = "<form>")]
fn send(lang: Language, form: FormFields) -> AppResult<Reply> {
    match form.value("name") {
        "crowded" => Err(AppError::crowded()),
        "full" => Err(crate::platform::db::Error::Crowded)?,
        _ => Ok(Reply::go(lang, "/receipt")),
    }
}

#[post("/long/send", data = "<form>")]
fn long(form: FormFields) -> String {
    form.value("name").len().to_string()
}

#[get("/staff")]
fn staff() -> &'static str {
    "staff"
}

#[post("/staff/send", data = "<_form>")]
fn staff_send(_form: FormFields) -> &'static str {
    "sent"
}

#[get("/panic")]
fn panic() -> &'static str {
    panic!("王小明")
}

/// A running edge; it stops when it is dropped.
struct Running {
    address: SocketAddr,
    draining: Draining,
    figures: Arc<Figures>,
    bell: Bell,
    inside: u16,
    thread: Option<JoinHandle<Result<(), EdgeError>>>,
}

fn running(site: Site, change: impl FnOnce(&mut EdgeSettings)) -> Running {
    let mut settings = EdgeSettings {
        hosts: vec!["draw.example.org".to_owned()],
        ..EdgeSettings::default()
    };
    change(&mut settings);
    let (draining, figures) = (Draining::default(), Arc::<Figures>::default());
    let plan = Plan {
        settings,
        site: site.clone(),
        long_forms: &["/long"],
        draining: draining.clone(),
        figures: figures.clone(),
    };
    let bell: Bell = Arc::new(Semaphore::new(0));
    let quiet = rocket::Config::figment().merge(("log_level", "off"));
    let pages = routes![
        from, wait, stream, large, send, long, staff, staff_send, panic
    ];
    let rocket = web::attach(rocket::custom(super::inside(quiet)), site).manage(bell.clone());
    let (inside, port) = std::sync::mpsc::channel();
    let rocket = web::mount(rocket, pages).attach(AdHoc::on_liftoff("port", move |rocket| {
        inside.send(rocket.config().port).expect("the test waits");
        Box::pin(async {})
    }));
    let (listening, address) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let edge = Edge::listen(plan, Ipv4Addr::LOCALHOST.into(), 0).await?;
            listening.send(edge.address()).expect("the test waits");
            edge.run(rocket).await
        })
    });
    Running {
        address: address.recv().expect("the edge listens"),
        inside: port.recv().expect("the site starts"),
        draining,
        figures,
        bell,
        thread: Some(thread),
    }
}

fn usual() -> Running {
    running(Site::default(), |_| ())
}

impl Running {
    fn stop(&mut self) -> Result<(), EdgeError> {
        self.draining.begin();
        self.bell.add_permits(100);
        self.thread
            .take()
            .map_or(Ok(()), |thread| thread.join().expect("no panic"))
    }

    fn wire(&self) -> Wire {
        Wire::to(self.address)
    }

    /// One request on a connection of its own.
    fn ask(&self, head: &str, body: &str) -> Came {
        let mut wire = self.wire();
        wire.say(head, body);
        wire.hear()
    }

    fn get(&self, path: &str) -> Came {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n"), "")
    }

    fn post(&self, path: &str, headers: &str, body: &str) -> Came {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: draw.example.org\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}"
        );
        self.ask(&head, body)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

trait Both: Read + Write {}

impl<S: Read + Write> Both for S {}

/// One connection, spoken by hand.
struct Wire(BufReader<Box<dyn Both>>);

impl Wire {
    fn to(address: SocketAddr) -> Wire {
        let stream = TcpStream::connect(address).expect("it listens");
        // Far longer than anything here may take.
        let patience = Some(Duration::from_secs(30));
        stream.set_read_timeout(patience).expect("a time");
        Wire(BufReader::new(Box::new(stream)))
    }

    fn write(&mut self, text: &str) {
        let stream = self.0.get_mut();
        stream.write_all(text.as_bytes()).expect("it is open");
    }

    /// Writes a head without its empty line, and a body.
    fn say(&mut self, head: &str, body: &str) {
        self.write(&format!("{head}\r\n{body}"));
    }

    /// Reads one answer.
    fn hear(&mut self) -> Came {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).expect("an answer");
            assert!(read > 0, "closed after {lines:?}");
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let status = lines[0].split(' ').nth(1).expect("a status");
        let mut came = Came {
            status: status.parse().expect("a number"),
            headers: lines.split_off(1),
            body: String::new(),
        };
        if let Ok(length) = came.header("content-length").parse() {
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).expect("the body");
            came.body = String::from_utf8(body).expect("text");
        }
        came
    }

    /// Whether the other side closes, sooner or later.
    fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => true,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }
}

struct Came {
    status: u16,
    headers: Vec<String>,
    body: String,
}

impl Came {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().filter_map(|line| line.split_once(": "));
        let mut found = found.filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let value = found.next().map_or("", |(_, value)| value);
        assert!(found.next().is_none(), "{name} twice: {:?}", self.headers);
        value
    }
}

fn named(origin: &str) -> Site {
    Site {
        public_origin: Some(origin.to_owned()),
        ..Site::default()
    }
}

#[test]
fn every_answer_carries_the_headers_also_those_of_the_edge() {
    let edge = usual();
    let asset = crate::platform::templates::assets::url("site.css");
    let bad_host = "GET / HTTP/1.1\r\nHost: evil.example\r\n";
    let answers = [
        edge.get("/from"),
        edge.get("/no-such-page"),
        edge.get("/panic"),
        edge.get(&asset),
        edge.ask(bad_host, ""),
        edge.ask("TRACE / HTTP/1.1\r\nHost: localhost\r\n", ""),
        edge.post("/send", "Sec-Fetch-Site: cross-site\r\n", "name=a"),
        edge.post("/send", "", &"a".repeat(65 << 10)),
        edge.post("/send", "", "name=crowded"),
    ];
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 404, 500, 200, 421, 405, 403, 413, 503]);
    for answer in &answers {
        for (name, value) in [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            ),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Strict-Transport-Security", ""),
            ("Server", ""),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {}", answer.status);
        }
        assert!(!answer.header("Permissions-Policy").is_empty());
    }
    assert_eq!(
        edge.get("/en/staff").header("Referrer-Policy"),
        "same-origin"
    );
    let https = running(named("https://draw.example.org"), |_| ());
    for path in ["/from", "/no-such-page"] {
        let answer = https.get(path);
        let strict = answer.header("Strict-Transport-Security");
        assert_eq!(strict, "max-age=63072000", "{path}");
    }
}

#[test]
fn a_form_is_taken_from_our_own_pages_only() {
    let edge = usual();
    let send = |path: &str, headers: &str| edge.post(path, headers, "name=a").status;
    assert_eq!(send("/send", "Sec-Fetch-Site: same-origin\r\n"), 303);
    assert_eq!(send("/send", ""), 303);
    assert_eq!(send("/send", "Origin: https://draw.example.org\r\n"), 303);
    assert_eq!(send("/send", "Origin: https://evil.example\r\n"), 403);
    assert_eq!(
        send("/no-such-page", "Origin: https://evil.example\r\n"),
        403
    );
    let refused = edge.post("/en/send", "Sec-Fetch-Site: cross-site\r\n", "name=a");
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("Nothing was sent."));
    assert_eq!(refused.header("Content-Language"), "en");
    // Staff: a request that says nothing about its page is refused too, however it is spelled.
    for path in [
        "/staff/send",
        "/en/staff/send",
        "//staff/send",
        "/%73taff/send",
    ] {
        assert_eq!(send(path, ""), 403, "{path}");
        assert_eq!(send(path, "Origin: null\r\n"), 403, "{path}");
    }
    assert_eq!(send("/staff/send", "Sec-Fetch-Site: none\r\n"), 200);
}

#[test]
fn a_method_hidden_in_a_form_is_refused() {
    let edge = usual();
    for method in ["delete", "put", "get", "patch", "post", "nonsense"] {
        let body = format!("_method={method}&name=a");
        assert_eq!(edge.post("/send", "", &body).status, 400, "{method}");
        assert_eq!(edge.post("/send", "", &format!("&{body}")).status, 400);
    }
    let head = "X-HTTP-Method-Override: DELETE\r\n";
    assert_eq!(edge.post("/send", head, "name=a").status, 303);
    let other = edge.ask("PUT /send HTTP/1.1\r\nHost: localhost\r\n", "");
    assert_eq!((other.status, other.header("Allow")), (405, "POST"));
}

#[test]
fn a_request_that_two_could_read_differently_is_refused_or_read_in_one_way() {
    let edge = running(Site::default(), |settings| settings.header_seconds = 1);
    let host = "Host: localhost\r\n";
    for head in [
        "GET /from HTTP/1.1\r\n".to_owned(),
        format!("GET /from HTTP/1.1\r\n{host}{host}"),
        format!("GET /from HTTP/1.1\r\n{host}Host: evil.example\r\n"),
        format!("GET http://evil.example/from HTTP/1.1\r\n{host}"),
        format!("OPTIONS * HTTP/1.1\r\n{host}"),
        format!("POST /send HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 4\r\n"),
        format!("POST /send HTTP/1.1\r\n{host}Content-Length: +3\r\n"),
        format!("POST /send HTTP/1.1\r\n{host}Transfer-Encoding: gzip\r\n"),
        format!("POST /send HTTP/1.1\r\n{host}Transfer-Encoding: chunked, identity\r\n"),
        format!("POST /send HTTP/1.0\r\n{host}Transfer-Encoding: chunked\r\n"),
        format!("GET /from HTTP/1.1\r\n{host}Content-Length: 5\r\n"),
        format!("GET /from HTTP/1.1\r\n{host} folded: x\r\n"),
        "GET /from HTTP/1.1\r\nHost : localhost\r\n".to_owned(),
    ] {
        let came = edge.ask(&head, "abcde");
        assert_eq!(came.status, 400, "{head}");
    }
    // Absolute form with the same host is the same request.
    let head = format!("GET http://localhost/from HTTP/1.1\r\n{host}");
    assert_eq!(edge.ask(&head, "").status, 200);
    // Length and chunks together: the chunks count, and nothing comes after them.
    let mut wire = edge.wire();
    wire.write(
        "POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n\
         6\r\nname=a\r\n0\r\n\r\nGET /panic HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    let came = wire.hear();
    assert_eq!((came.status, came.header("Connection")), (303, "close"));
    assert!(wire.is_closed());
    // h2c and upgrades are not spoken.
    let upgrade = "GET /from HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                   Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n";
    assert_eq!(edge.ask(upgrade, "").status, 200);
    let mut wire = edge.wire();
    wire.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(wire.is_closed());
}

#[test]
fn nobody_names_another_visitor_but_a_trusted_proxy() {
    let claims = "X-Real-IP: 198.51.100.1\r\nX-Forwarded-For: 198.51.100.1\r\n\
                  Forwarded: for=198.51.100.1\r\nX-Fairdraw-Through: x 198.51.100.1\r\n";
    let head = format!("GET /from HTTP/1.1\r\nHost: localhost\r\n{claims}");
    assert_eq!(usual().ask(&head, "").body, "127.0.0.1");
    let proxy = |settings: &mut EdgeSettings| {
        let here = Network::try_from("127.0.0.1".to_owned()).expect("an address");
        settings.trusted_proxies.push(here);
    };
    let edge = running(Site::default(), proxy);
    assert_eq!(edge.ask(&head, "").body, "198.51.100.1");
    let two = "GET /from HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 1.2.3.4, 198.51.100.1\r\n";
    assert_eq!(edge.ask(two, "").body, "198.51.100.1");
}

#[test]
fn rocket_itself_answers_nobody_who_comes_past_the_edge() {
    let edge = usual();
    for claim in ["", "X-Fairdraw-Through: 0 127.0.0.1\r\n"] {
        let mut wire = Wire::to(SocketAddr::from((Ipv4Addr::LOCALHOST, edge.inside)));
        wire.say(
            &format!("GET /from HTTP/1.1\r\nHost: localhost\r\n{claim}"),
            "",
        );
        assert_eq!(wire.hear().status, 421);
    }
}

#[test]
fn a_connection_serves_many_requests_and_rests_no_longer_than_it_may() {
    let edge = running(Site::default(), |settings| settings.header_seconds = 1);
    let mut wire = edge.wire();
    for _ in 0..3 {
        wire.say("GET /from HTTP/1.1\r\nHost: localhost\r\n", "");
        assert_eq!(wire.hear().body, "127.0.0.1");
    }
    assert!(wire.is_closed());
    assert_eq!(
        edge.figures
            .connections
            .load(std::sync::atomic::Ordering::Relaxed),
        1
    );
    for begun in [
        "",
        "GET /fr",
        "GET /from HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n",
    ] {
        let mut wire = edge.wire();
        wire.write(begun);
        assert!(wire.is_closed(), "{begun}");
    }
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let edge = running(Site::default(), |settings| settings.body_seconds = 1);
    let head = "POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n";
    let mut wire = edge.wire();
    wire.say(head, "name=");
    let came = wire.hear();
    assert_eq!((came.status, came.header("Connection")), (408, "close"));
    assert!(came.body.contains("連線太慢或中斷了"));
    assert!(wire.is_closed());
}

#[test]
fn a_body_too_long_has_its_page_and_the_connection_goes_on() {
    let edge = usual();
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let long = format!("name={}", "a".repeat(65 << 10));
    let head = format!(
        "POST /en/send HTTP/1.1\r\nHost: localhost\r\n{kind}Content-Length: {}\r\n",
        long.len()
    );
    let mut wire = edge.wire();
    wire.say(&head, &long);
    let came = wire.hear();
    assert_eq!((came.status, came.header("Connection")), (413, ""));
    assert!(came.body.contains("Shorten the text"));
    wire.say("GET /from HTTP/1.1\r\nHost: localhost\r\n", "");
    assert_eq!(wire.hear().status, 200);
    // Where long forms are taken it is not too long.
    let head = head.replace("/en/send", "/en/long/send");
    wire.say(&head, &long);
    assert_eq!(wire.hear().body, (long.len() - 5).to_string());
    // Far too long is told before it is sent, and also while it is sent.
    let huge =
        format!("POST /send HTTP/1.1\r\nHost: localhost\r\n{kind}Content-Length: 99999999\r\n");
    for more in ["Expect: 100-continue\r\n", ""] {
        let mut wire = edge.wire();
        wire.say(&format!("{huge}{more}"), "");
        let came = wire.hear();
        assert_eq!((came.status, came.header("Connection")), (413, "close"));
        assert!(wire.is_closed());
    }
    let mut wire = edge.wire();
    let chunks = format!("10000\r\n{}\r\n", "a".repeat(0x10000)).repeat(2);
    wire.say(
        &format!("POST /send HTTP/1.1\r\nHost: localhost\r\n{kind}Transfer-Encoding: chunked\r\n"),
        &format!("{chunks}0\r\n\r\n"),
    );
    assert_eq!(wire.hear().status, 413);
}

#[test]
fn an_address_has_no_more_connections_than_its_share() {
    let edge = running(Site::default(), |settings| {
        settings.connections_per_address = 3;
    });
    let ask = "GET /from HTTP/1.1\r\nHost: localhost\r\n";
    let mut held: Vec<Wire> = (0..3).map(|_| edge.wire()).collect();
    for wire in &mut held {
        wire.say(ask, "");
        assert_eq!(wire.hear().status, 200);
    }
    assert!(edge.wire().is_closed());
    let refused = edge
        .figures
        .over_one
        .load(std::sync::atomic::Ordering::Relaxed);
    assert_eq!(refused, 1);
    held.clear();
    // The places come free as soon as the edge has seen the ends.
    let mut answered = false;
    for _ in 0..1_000 {
        let mut wire = edge.wire();
        let said = write!(wire.0.get_mut(), "{ask}\r\n");
        let mut line = String::new();
        answered = said.is_ok() && matches!(wire.0.read_line(&mut line), Ok(read) if read > 0);
        if answered {
            break;
        }
    }
    assert!(answered);
}

#[test]
fn who_comes_while_all_turns_are_taken_waits_on_a_page_that_keeps_what_was_typed() {
    let edge = running(Site::default(), |settings| settings.under_way = 1);
    let mut first = edge.wire();
    first.say("GET /wait HTTP/1.1\r\nHost: localhost\r\n", "");
    while edge
        .figures
        .requests
        .load(std::sync::atomic::Ordering::Relaxed)
        == 0
    {
        std::thread::yield_now();
    }
    let waiting = edge.get("/en/from?a=b&c");
    assert_eq!(waiting.status, 503);
    let seconds: u64 = waiting.header("Retry-After").parse().expect("seconds");
    assert!((5..=10).contains(&seconds));
    assert_eq!(waiting.header("Refresh"), waiting.header("Retry-After"));
    assert_eq!(waiting.header("Cache-Control"), "no-store");
    assert!(
        waiting.body.contains("Many people are here"),
        "{}",
        waiting.body
    );
    let typed = "name=%E7%8E%8B%22%3E%3Cb%3E&q_1=a&q_1=b%0D%0Ac&empty=";
    let kept = edge.post("/send?x=%22%3E&y", "", typed);
    assert_eq!((kept.status, kept.header("Refresh")), (503, ""));
    for part in [
        "<form method=\"post\" action=\"/send?x=%22%3E&amp;y\">",
        "name=\"name\" value=\"王&quot;&gt;&lt;b&gt;\"",
        "name=\"q_1\" value=\"a\"",
        "name=\"q_1\" value=\"b\nc\"",
        "name=\"empty\" value=\"\"",
        "再送一次",
    ] {
        assert!(kept.body.contains(part), "{part} in {}", kept.body);
    }
    // A form of another site is refused before it could be kept.
    let foreign = edge.post("/send", "Sec-Fetch-Site: cross-site\r\n", typed);
    assert_eq!(foreign.status, 403);
    // The page has its stylesheet, and staff have turns of their own.
    let asset = crate::platform::templates::assets::url("site.css");
    assert_eq!(edge.get(&asset).status, 200);
    assert_eq!(edge.get("/staff").body, "staff");
    edge.bell.add_permits(1);
    assert_eq!(first.hear().body, "waited");
    let sent = edge.post("/send", "", typed);
    assert_eq!((sent.status, sent.header("Location")), (303, "/receipt"));
    // The site itself may ask for the page.
    for word in ["crowded", "full"] {
        let crowded = edge.post("/send", "", &format!("name={word}&more=%26"));
        assert_eq!(
            (crowded.status, crowded.header("X-Fairdraw-Crowded")),
            (503, "")
        );
        assert!(crowded.body.contains("name=\"more\" value=\"&amp;\""));
    }
    let broken = edge.post("/send", "Content-Encoding: x\r\n", "");
    assert_eq!(broken.status, 303);
}

#[test]
fn a_stream_passes_while_it_is_made_and_an_answer_that_nobody_reads_ends() {
    let edge = running(Site::default(), |settings| settings.body_seconds = 1);
    let mut wire = edge.wire();
    wire.say("GET /stream HTTP/1.1\r\nHost: localhost\r\n", "");
    assert_eq!(wire.hear().header("Transfer-Encoding"), "chunked");
    let mut line = String::new();
    for expected in ["4\r\n", "one\n"] {
        line.clear();
        wire.0.read_line(&mut line).expect("a line");
        assert_eq!(line, expected);
    }
    edge.bell.add_permits(1);
    let mut rest = String::new();
    for _ in 0..5 {
        wire.0.read_line(&mut rest).expect("a line");
    }
    assert_eq!(rest, "\r\n4\r\ntwo\n\r\n0\r\n");
    drop(wire);
    // A megabyte is read, the rest is left lying.
    let mut lazy = edge.wire();
    lazy.write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let ended = || {
        edge.figures
            .ended
            .load(std::sync::atomic::Ordering::Relaxed)
    };
    while ended() < 2 {
        std::thread::yield_now();
    }
    let mut rest = Vec::new();
    let _ = lazy.0.read_to_end(&mut rest);
    assert!(rest.len() < 8 << 20);
}

#[test]
fn at_a_stop_what_is_under_way_is_finished_and_nothing_new_is_taken() {
    let mut edge = usual();
    let mut busy = edge.wire();
    busy.say("GET /wait HTTP/1.1\r\nHost: localhost\r\n", "");
    while edge
        .figures
        .requests
        .load(std::sync::atomic::Ordering::Relaxed)
        == 0
    {
        std::thread::yield_now();
    }
    let mut silent = edge.wire();
    edge.draining.begin();
    assert!(silent.is_closed());
    while TcpStream::connect(edge.address).is_ok() {
        std::thread::yield_now();
    }
    edge.bell.add_permits(1);
    let came = busy.hear();
    assert_eq!((came.status, came.body.as_str()), (200, "waited"));
    assert!(busy.is_closed());
    edge.stop().expect("it stops well");
}

#[test]
fn a_port_that_is_taken_is_said() {
    let edge = usual();
    let plan = Plan {
        settings: EdgeSettings::default(),
        site: Site::default(),
        long_forms: &[],
        draining: Draining::default(),
        figures: Arc::default(),
    };
    let again = rocket::async_test(Edge::listen(plan, edge.address.ip(), edge.address.port()));
    let error = again.err().expect("it is taken");
    assert_eq!(
        error.to_string(),
        format!("cannot listen on {}", edge.address)
    );
}
