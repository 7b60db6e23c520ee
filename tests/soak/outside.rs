//! The program itself, in processes of its own, used over HTTP as people use it.
//!
//! Invariant: it listens on this machine alone, has folders of its own for everything it writes,
//! and ends with its handle. Its clock is moved by the route of test builds, so the tests that use
//! this are built with the feature `test-clock`.

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fairdraw::platform::clock::Timestamp;
use rocket::http::Method;
use rustix::net::{AddressFamily, SocketType};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::app::{Asked, Came, Door, moment};
use crate::support::flock::{BEGINNING, CONTROL, Site};
use crate::support::ports::HeldPort;
use crate::support::sites::until;
use crate::support::vault::lives;

/// Where a program keeps what it writes.
#[derive(Clone)]
pub struct Ground {
    pub data: PathBuf,
    pub keys: PathBuf,
    pub temporary: PathBuf,
    /// What it says, on both of its outputs.
    pub log: PathBuf,
    /// Empty for SQLite in the data folder.
    pub database_url: String,
    pub smtp_url: String,
    /// A library that the program is made to load first; empty for none.
    pub preload: PathBuf,
}

impl Ground {
    /// Everything below one folder; without mail.
    pub fn below(folder: &Path, database_url: &str) -> Ground {
        let temporary = folder.join("tmp");
        fs::create_dir_all(&temporary).expect("a folder");
        Ground {
            data: folder.join("data"),
            keys: folder.join("keys"),
            temporary,
            log: folder.join("program.log"),
            database_url: database_url.to_owned(),
            smtp_url: String::new(),
            preload: PathBuf::new(),
        }
    }

    /// The settings, as environment.
    fn command(&self, arguments: &[&str]) -> Command {
        let settings = format!(
            "{{site=\"lib.example.tw\",library_zh=\"{CONTROL}\",library_en=\"{CONTROL}\",\
             staff_second_factor=false,smtp_url=\"{}\",relays=[\"https://127.0.0.1:9\"]}}",
            self.smtp_url
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_fairdraw"));
        command
            .args(arguments)
            .env(
                "ROCKET_CONFIG",
                Path::new(env!("CARGO_MANIFEST_DIR")).join("Rocket.toml"),
            )
            .env("ROCKET_APP", settings)
            .env("FAIRDRAW_DATA", &self.data)
            .env("FAIRDRAW_KEYS", &self.keys)
            .env("FAIRDRAW_DATABASE_URL", &self.database_url)
            .env("TMPDIR", &self.temporary)
            .env("FAIRDRAW_LOG", "trace");
        if !self.preload.as_os_str().is_empty() {
            command.env("LD_PRELOAD", &self.preload);
        }
        command
    }

    /// Runs a command beside the server and answers with what it said.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("the program runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    }
}

/// A running server.
pub struct Outside {
    pub ground: Ground,
    port: HeldPort,
    child: RefCell<Option<Child>>,
    link: RefCell<String>,
    now: Cell<Timestamp>,
    requests: Cell<u32>,
}

impl Outside {
    /// Starts a server whose clock begins where the flock's draw is prepared.
    pub fn start(ground: Ground) -> Outside {
        let outside = Outside {
            ground,
            port: HeldPort::new(),
            child: RefCell::new(None),
            link: RefCell::default(),
            now: Cell::new(BEGINNING),
            requests: Cell::new(0),
        };
        outside.resume();
        outside
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Starts again where it stopped.
    pub fn resume(&self) {
        let log = File::options()
            .append(true)
            .create(true)
            .open(&self.ground.log);
        let log = log.expect("a log");
        let mut child = self
            .ground
            .command(&[])
            .env("ROCKET_ADDRESS", "127.0.0.1")
            .env("ROCKET_PORT", self.port().to_string())
            .env("FAIRDRAW_CLOCK", self.now.get().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let mut said = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        while said.read_line(&mut line).expect("it speaks UTF-8") > 0 {
            if let Some((_, path)) = line
                .trim()
                .split_once("http://")
                .and_then(|(before, rest)| {
                    before.is_empty().then(|| rest.split_once('/')).flatten()
                })
            {
                *self.link.borrow_mut() = format!("/{path}");
            }
            // The link stands below the kind of database, after an empty line and a sentence.
            let is_last = line.starts_with("  tables:") && self.has_admin();
            if is_last || line.trim().starts_with("http://") {
                break;
            }
            line.clear();
        }
        // Whoever writes to a pipe that nobody reads waits for ever.
        let log = File::options().append(true).open(&self.ground.log);
        let mut log = log.expect("a log");
        std::thread::spawn(move || std::io::copy(&mut said, &mut log));
        *self.child.borrow_mut() = Some(child);
        self.await_answer();
    }

    /// Whether somebody has come in by the link, so that no other one is printed.
    fn has_admin(&self) -> bool {
        !self.link.borrow().is_empty()
    }

    fn await_answer(&self) {
        let mut tries = 0;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port())).is_err() {
            tries += 1;
            assert!(
                tries < 1_000,
                "the server does not listen: {}",
                self.last_words()
            );
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// The end of what the program said.
    fn last_words(&self) -> String {
        let said = fs::read(&self.ground.log).unwrap_or_default();
        let last = said.len().saturating_sub(4_000);
        String::from_utf8_lossy(&said[last..]).into_owned()
    }

    /// Every process is killed at once, and gone: one that was killed while it waits for the disk
    /// keeps its files and its port until the disk has answered.
    pub fn is_killed(&self) {
        let processes = self.processes();
        for process in &processes {
            let _ = kill_process(*process, Signal::KILL);
        }
        self.has_ended();
        let left = || {
            let numbers = processes.iter().map(|process| process.as_raw_nonzero());
            let mut named = numbers.filter_map(|number| u32::try_from(number.get()).ok());
            named.any(lives)
        };
        until(Duration::from_secs(60), "the killed are gone", || !left());
    }

    /// It is told to stop, and does.
    pub fn stops(&self) {
        if let Some(child) = self.child.borrow().as_ref() {
            let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
            let _ = kill_process(pid.expect("a process has a number"), Signal::TERM);
        }
        self.has_ended();
    }

    fn has_ended(&self) {
        if let Some(mut child) = self.child.borrow_mut().take() {
            child.wait().expect("it can be waited for");
        }
    }

    /// The server's processes, each before those that it started.
    pub fn processes(&self) -> Vec<Pid> {
        let own = self.child.borrow().as_ref().map(Child::id);
        let mut all: Vec<u32> = own.into_iter().collect();
        let mut next = 0;
        while let Some(process) = all.get(next).copied() {
            next += 1;
            for thread in fs::read_dir(format!("/proc/{process}/task"))
                .into_iter()
                .flatten()
                .flatten()
            {
                let children = fs::read_to_string(thread.path().join("children"));
                let children = children.unwrap_or_default();
                all.extend(
                    children
                        .split_whitespace()
                        .filter_map(|pid| pid.parse::<u32>().ok()),
                );
            }
        }
        let pids = all.into_iter().filter_map(|pid| i32::try_from(pid).ok());
        pids.filter_map(Pid::from_raw).collect()
    }

    /// The number of the process with this word in its command line.
    pub fn process(&self, word: &str) -> u32 {
        let numbers = self.processes().into_iter().map(Pid::as_raw_nonzero);
        let named = numbers.filter_map(|number| u32::try_from(number.get()).ok());
        let mut named = named.filter(|number| {
            let line = fs::read(format!("/proc/{number}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(word)
        });
        named.next().expect("it runs")
    }

    /// Moves the clock on by so many seconds; answers with the time it is then.
    fn advance(&self, seconds: i64) -> Timestamp {
        let path = format!("/test-clock/advance?seconds={seconds}");
        let came = self.ask(Asked {
            method: Method::Post,
            path: &path,
            headers: vec![("Sec-Fetch-Site", "same-origin".to_owned())],
            cookies: Vec::new(),
            body: Vec::new(),
        });
        let said = String::from_utf8_lossy(&came.bytes).into_owned();
        assert_eq!(
            came.status, 200,
            "is this built with the feature test-clock? {said}"
        );
        let now = moment(said.split(' ').next().unwrap_or_default());
        self.now.set(now);
        now
    }
}

impl Drop for Outside {
    fn drop(&mut self) {
        self.is_killed();
    }
}

impl Site for Outside {
    fn go_to(&self, at: Timestamp) {
        let now = self.advance(0);
        let left = (at.0 - now.0).max(0).div_euclid(1_000);
        self.advance(left);
    }

    fn first_link(&self) -> String {
        self.link.borrow().clone()
    }
}

impl Door for Outside {
    /// One connection a request, from ever new networks of this machine: people do not all sit
    /// behind one address.
    fn ask(&self, asked: Asked<'_>) -> Came {
        let number = self.requests.get();
        self.requests.set(number + 1);
        let [_, _, high, low] = (number / 16).to_be_bytes();
        let mut stream = self.connected(Ipv4Addr::new(127, high, low, 1));
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: {}\r\n",
            asked.method,
            asked.path,
            self.port(),
            asked.body.len()
        );
        for (name, value) in &asked.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !asked.cookies.is_empty() {
            let cookies = asked
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            head += &format!("Cookie: {}\r\n", cookies.collect::<Vec<_>>().join("; "));
        }
        head += "\r\n";
        stream
            .write_all(head.as_bytes())
            .expect("the server takes requests");
        stream
            .write_all(&asked.body)
            .expect("the server takes requests");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the server answers");
        read(&answer).unwrap_or_else(|| panic!("{} {}: no answer", asked.method, asked.path))
    }
}

impl Outside {
    fn connected(&self, from: Ipv4Addr) -> TcpStream {
        let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None);
        let socket = socket.expect("a socket");
        rustix::net::bind(&socket, &SocketAddrV4::new(from, 0))
            .expect("an address of this machine");
        let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port());
        rustix::net::connect(&socket, &to).expect("the server listens");
        TcpStream::from(socket)
    }
}

/// An answer of HTTP/1.1 on a connection that was closed after it.
fn read(answer: &[u8]) -> Option<Came> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let body = &answer[end + 4..];
    let is_chunked = headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked")
    });
    Some(Came {
        status,
        headers,
        bytes: if is_chunked {
            unchunked(body)?
        } else {
            body.to_vec()
        },
    })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if length == 0 {
            return Some(whole);
        }
        let chunk = rest.get(end + 2..end + 2 + length)?;
        whole.extend_from_slice(chunk);
        rest = rest.get(end + 2 + length + 2..)?;
    }
}
