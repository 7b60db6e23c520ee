//! The edge over real sockets, before a small site made for it.

mod asking;
mod crowding;
mod lingering;
mod tls;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use rocket::response::stream::TextStream;
use rocket::tokio::sync::Semaphore;
use rocket::{State, get, post, routes};

use super::*;
use crate::platform::clock::Clock;
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
    wait_for(bell).await
}

async fn wait_for(bell: &Bell) -> &'static str {
    if let Ok(rang) = bell.acquire().await {
        rang.forget();
    }
    "waited"
}

#[get("/staff/wait")]
async fn staff_wait(bell: &State<Bell>) -> &'static str {
    wait_for(bell).await
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

#[post("/leave/<token>")]
fn one_click(token: &str) -> String {
    format!("gone {}", token.len())
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
        one_click: &["/leave/"],
        draining: draining.clone(),
        figures: figures.clone(),
        watch: Watch::new(&Clock::system(), Vec::new()),
    };
    let bell: Bell = Arc::new(Semaphore::new(0));
    let quiet = rocket::Config::figment().merge(("log_level", "off"));
    let pages = routes![
        from, wait, stream, large, send, long, staff, staff_send, staff_wait, panic, one_click
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

    /// A request that has reached the site and is not answered yet.
    fn under_way(&self, path: &str) -> Wire {
        let requests = || counted(&self.figures.requests);
        let before = requests();
        let mut wire = self.wire();
        wire.say(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n"), "");
        while requests() == before {
            std::thread::yield_now();
        }
        wire
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

fn counted(figure: &AtomicU64) -> u64 {
    figure.load(Ordering::Relaxed)
}

fn named(origin: &str) -> Site {
    Site {
        public_origin: Some(origin.to_owned()),
        ..Site::default()
    }
}
