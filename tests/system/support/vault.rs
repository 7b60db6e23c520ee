//! The real program under supervision, its processes, and what lies in their memory.
//!
//! Invariant: a program ends with the value that started it, and its other processes with it. It
//! runs on the machine's own clock, because only a build for the browser tests can move one.
//!
//! Reading another process's memory needs root, as `make prerequisites` says; nothing is skipped.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use fairdraw::platform::clock::{Clock, DAY};
use fairdraw::platform::trace::Scan;
use rocket::http::Status;

use super::Engine;
use super::TestDatabase;
use super::app::Answer;
use super::life::{Life, Patron};
use super::ports::HeldPort;

/// The program that tests run.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_fairdraw")
}

/// A library whose draw is open for entry by the machine's own clock: everything that
/// `fairdraw` needs, and nobody runs it.
pub fn open_now(engine: Engine) -> (TestDatabase, String) {
    let now = Clock::system().now();
    let draws_at = now.plus(9 * DAY);
    let clock = Clock::standing_at(draws_at.plus(-15 * DAY));
    let life = Life::published_for(engine, &clock, draws_at);
    let question = life.question.clone();
    (life.app.stopped().0, question)
}

/// A running `fairdraw` and its two children.
pub struct Program {
    child: Child,
    port: HeldPort,
    address: String,
    lines: Arc<Mutex<Vec<String>>>,
    reading: Vec<JoinHandle<()>>,
}

impl Program {
    /// Starts it on a database and waits until it answers.
    pub fn start(database: &TestDatabase) -> Program {
        Program::start_as(database, None)
    }

    /// [`Program::start`] as the user of this number, who owns nothing else.
    pub fn start_as(database: &TestDatabase, user: Option<u32>) -> Program {
        Program::start_set(database, user, "")
    }

    /// [`Program::start_as`] with more settings, as an environment variable holds them:
    /// `,public_origin="https://…",edge={…}`.
    pub fn start_set(database: &TestDatabase, user: Option<u32>, settings: &str) -> Program {
        Program::start_with(database, |command| {
            let all = format!("{{site=\"lib.example.tw\"{settings}}}");
            command.env("ROCKET_APP", all);
            if let Some(user) = user {
                command.uid(user).gid(user);
            }
        })
    }

    /// [`Program::start`] with some things changed.
    pub fn start_with(database: &TestDatabase, change: impl FnOnce(&mut Command)) -> Program {
        let program = Program::launch(database, change);
        program.is_awaited();
        program
    }

    /// Starts it and waits for nothing.
    pub fn launch(database: &TestDatabase, change: impl FnOnce(&mut Command)) -> Program {
        let port = HeldPort::new();
        let mut command = Command::new(program());
        command
            .current_dir(database.data())
            .env("ROCKET_PORT", port.number().to_string())
            .env("ROCKET_ADDRESS", "127.0.0.1")
            .env("ROCKET_APP", "{site=\"lib.example.tw\"}")
            .env("FAIRDRAW_DATA", database.data())
            .env("FAIRDRAW_KEYS", database.keys())
            .env("FAIRDRAW_DATABASE_URL", database.url());
        change(&mut command);
        let (child, lines, reading) = listened(&mut command);
        Program {
            child,
            address: format!("http://127.0.0.1:{}", port.number()),
            port,
            lines,
            reading,
        }
    }

    /// Waits until it answers.
    pub fn is_awaited(&self) {
        while !self.is_listening() {
            assert!(
                lives(self.child.id()),
                "fairdraw ended:\n{}",
                self.printed().join("\n")
            );
            std::thread::yield_now();
        }
    }

    /// Where it listens.
    pub fn place(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port.number()))
    }

    /// Whether a web side takes connections.
    pub fn is_listening(&self) -> bool {
        std::net::TcpStream::connect(self.place()).is_ok()
    }

    /// What it has printed so far, on both streams.
    pub fn printed(&self) -> Vec<String> {
        self.lines.lock().expect("no reader panics").clone()
    }

    /// Its own number, which is that of the watching process.
    pub fn watching(&self) -> u32 {
        self.child.id()
    }

    /// The number of its web side.
    pub fn web(&self) -> u32 {
        self.process("__web")
    }

    /// The number of its vault.
    pub fn vault(&self) -> u32 {
        self.process("__vault")
    }

    fn process(&self, command: &str) -> u32 {
        let children = children(self.child.id());
        let found = children
            .into_iter()
            .find(|id| command_line(*id).contains(command));
        found.unwrap_or_else(|| panic!("no {command} among the processes"))
    }

    /// Somebody with a browser and no cookies.
    pub fn visitor(&self) -> Visitor {
        Visitor::at(&self.address())
    }

    /// What is put before a path.
    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// A person enters, from form to receipt, and the receipt page comes back.
    pub fn enter(&self, patron: &Patron, question: &str) -> Answer {
        let visitor = self.visitor();
        let form = visitor.get("/a/summer-2024/enter");
        assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
        let fields = patron.form(question);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let check = visitor.send(&form, "/a/summer-2024/enter", &fields);
        assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
        let sent = visitor.send(&check, "/a/summer-2024/check", &[]);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        let receipt = visitor.get(&sent.location);
        assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
        receipt
    }

    /// Tells it to stop, as Ctrl-C does, and waits; what it printed and its exit code.
    pub fn stop(self) -> (Option<i32>, Vec<String>) {
        signal(self.child.id(), "INT");
        self.ended()
    }

    /// Waits for its end; what it printed and its exit code.
    pub fn ended(mut self) -> (Option<i32>, Vec<String>) {
        let code = self.child.wait().expect("it ends").code();
        for thread in self.reading.drain(..) {
            thread.join().expect("no reader panics");
        }
        (code, self.printed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        signal(self.child.id(), "TERM");
        let _ = self.child.wait();
    }
}

/// Runs the program to its end; its exit code and what it printed.
pub fn run(change: impl FnOnce(&mut Command)) -> (Option<i32>, String) {
    let mut command = Command::new(program());
    change(&mut command);
    let done = command
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let printed = [done.stdout, done.stderr].concat();
    (
        done.status.code(),
        String::from_utf8_lossy(&printed).into_owned(),
    )
}

pub(super) type Listened = (Child, Arc<Mutex<Vec<String>>>, Vec<JoinHandle<()>>);

pub(super) fn listened(command: &mut Command) -> Listened {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let out: Option<ChildStdout> = child.stdout.take();
    let err: Option<ChildStderr> = child.stderr.take();
    let reading = vec![
        follow(out.expect("a pipe"), lines.clone()),
        follow(err.expect("a pipe"), lines.clone()),
    ];
    (child, lines, reading)
}

fn follow(stream: impl Read + Send + 'static, lines: Arc<Mutex<Vec<String>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            lines.lock().expect("no reader panics").push(line);
        }
    })
}

/// Sends a signal by its name.
pub fn signal(process: u32, name: &str) {
    let done = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .stderr(Stdio::null())
        .status();
    let _ = done.expect("kill is there");
}

/// Whether a process is there and has not ended.
pub fn lives(process: u32) -> bool {
    let line = stat(process);
    !line.is_empty() && !line.contains(") Z ")
}

fn stat(process: u32) -> String {
    fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default()
}

fn command_line(process: u32) -> String {
    let bytes = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ")
}

/// The numbers of the processes that `process` has started and that live.
pub fn children(process: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("a system with /proc") {
        let name = entry.expect("an entry").file_name();
        let Ok(id) = name.to_string_lossy().parse::<u32>() else {
            continue;
        };
        // `pid (name) state parent …`, and the name may hold spaces and brackets.
        let line = stat(id);
        let rest = line.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let mut words = rest.split(' ');
        let (state, parent) = (words.next(), words.next());
        if state != Some("Z") && parent == Some(process.to_string().as_str()) {
            found.push(id);
        }
    }
    found
}

/// A field of `/proc/<process>/status`.
pub fn status(process: u32, field: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    line.unwrap_or_default()
        .trim_matches([':', '\t', ' '])
        .to_owned()
}

/// Everything that a process could have changed in its memory, piece by piece.
pub fn memory(process: u32) -> Vec<(String, Vec<u8>)> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps"))
        .expect("reading another process's memory needs root: run the tests as root");
    let mut memory = fs::File::open(format!("/proc/{process}/mem"))
        .expect("reading another process's memory needs root: run the tests as root");
    let mut pieces = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_ascii_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else {
            continue;
        };
        let name = words.nth(3).unwrap_or("anonymous").to_owned();
        if !rights.starts_with("rw") || name.starts_with("[v") {
            continue;
        }
        let (start, end) = range.split_once('-').expect("a range");
        let [start, end] =
            [start, end].map(|text| u64::from_str_radix(text, 16).expect("hexadecimal"));
        let length = usize::try_from(end - start).expect("a piece fits memory");
        let mut bytes = vec![0; length];
        let read = memory
            .seek(SeekFrom::Start(start))
            .and_then(|_| memory.read_exact(&mut bytes));
        // A piece that was given back in between holds nothing.
        if read.is_ok() {
            pieces.push((name, bytes));
        }
    }
    pieces
}

/// Which of `keys` occur in the memory of a process, and in which pieces.
pub fn keys_in_memory(process: u32, keys: &[Vec<u8>]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (name, bytes) in memory(process) {
        for (index, key) in keys.iter().enumerate() {
            if holds(&bytes, key) {
                found.push((index, name.clone()));
            }
        }
    }
    found
}

/// Memory is mostly zeros, and a key holds none of 64 in a row.
fn holds(bytes: &[u8], key: &[u8]) -> bool {
    const BLOCK: usize = 64;
    (0..bytes.len()).step_by(BLOCK).any(|start| {
        let block = &bytes[start..bytes.len().min(start + BLOCK)];
        if block == &[0; BLOCK][..block.len()] {
            return false;
        }
        let end = bytes.len().min(start + BLOCK + key.len() - 1);
        let mut at = start;
        while let Some(next) = bytes[at..end].iter().position(|byte| *byte == key[0]) {
            at += next;
            if bytes[at..].starts_with(key) {
                return true;
            }
            at += 1;
        }
        false
    })
}

/// What of `values` is found in the memory of a process, in every dress: the place and the dress.
pub fn values_in_memory(process: u32, values: &[String]) -> Vec<String> {
    let scan = Scan::of(values).expect("long enough to look for");
    let pieces = memory(process).into_iter();
    pieces
        .flat_map(|(name, bytes)| scan.bytes(&name, &bytes))
        .map(|find| format!("value {} as {} in {}", find.string, find.dress, find.place))
        .collect()
}

/// Every key that a key folder holds, as root reads it: the key-encryption keys, which lie there as
/// they are, and what opens under them (`vault/keys.rs` says how a file is laid out).
pub fn keys_of(folder: &Path) -> Vec<Vec<u8>> {
    const KEY: &[u8] = b"fairdraw-key/1\0\0";
    const KEK: &[u8] = b"fairdraw-kek/1\0\0";
    let files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("root reads the key folder")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "key"))
        .collect();
    let pages: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(path).expect("a page"))
        })
        .collect();
    let keks: Vec<(u64, Vec<u8>)> = pages
        .iter()
        .filter(|(_, page)| page.starts_with(KEK))
        .map(|(_, page)| (number(&page[16..24]), page[24..56].to_vec()))
        .collect();
    let mut keys: Vec<Vec<u8>> = keks.iter().map(|(_, kek)| kek.clone()).collect();
    for (name, page) in &pages {
        for record in [&page[..96], &page[2048..2144]] {
            if !record.starts_with(KEY) {
                continue;
            }
            let epoch = number(&record[16..24]);
            let aad = format!("fairdraw-key/1|{name}|{epoch}");
            for (_, kek) in keks.iter().filter(|(of, _)| *of == epoch) {
                let cipher = XChaCha20Poly1305::new_from_slice(kek).expect("32 bytes");
                let nonce = <[u8; 24]>::try_from(&record[24..48]).expect("24 bytes");
                let payload = Payload {
                    msg: &record[48..96],
                    aad: aad.as_bytes(),
                };
                let key = cipher.decrypt(&XNonce::from(nonce), payload);
                keys.push(key.expect("a key opens under the key of its epoch"));
            }
        }
    }
    keys
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().expect("8 bytes"))
}

/// One browser on the real server.
pub struct Visitor {
    agent: ureq::Agent,
    address: String,
    cookies: RefCell<Vec<(String, String)>>,
}

impl Visitor {
    /// Somebody without cookies at a server.
    pub fn at(address: &str) -> Visitor {
        Visitor {
            agent: ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .build()
                .into(),
            address: address.to_owned(),
            cookies: RefCell::default(),
        }
    }

    /// Opens an address.
    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path).expect("the server answers")
    }

    /// [`Visitor::get`]; nothing where nobody answers.
    pub fn try_get(&self, path: &str) -> Option<Answer> {
        let request = self.agent.get(format!("{}{path}", self.address));
        let answer = request.header("Cookie", self.cookie_line()).call();
        Some(self.keep(answer.ok()?))
    }

    /// Fills the form of `page` that goes to `action` and sends it.
    pub fn send(&self, page: &Answer, action: &str, values: &[(&str, &str)]) -> Answer {
        self.try_send(page, action, values)
            .expect("the server answers")
    }

    /// [`Visitor::send`]; nothing where nobody answers.
    pub fn try_send(&self, page: &Answer, action: &str, values: &[(&str, &str)]) -> Option<Answer> {
        let mut fields = page.form(action);
        fields.retain(|(own, _)| values.iter().all(|(name, _)| own != name));
        fields.extend(
            values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let request = self.agent.post(format!("{}{action}", self.address));
        let answer = request
            .header("Cookie", self.cookie_line())
            .header("Sec-Fetch-Site", "same-origin")
            .send_form(
                fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            );
        Some(self.keep(answer.ok()?))
    }

    fn cookie_line(&self) -> String {
        let cookies = self.cookies.borrow();
        let pairs: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&self, mut answer: ureq::http::Response<ureq::Body>) -> Answer {
        let headers: Vec<(String, String)> = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.to_string(), value)
            })
            .collect();
        let of = |wanted: &str| {
            let found = headers.iter().find(|(name, _)| name == wanted);
            found.map_or(String::new(), |(_, value)| value.clone())
        };
        for (_, line) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = line
                .split("; ")
                .next()
                .and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie has a name");
            let mut cookies = self.cookies.borrow_mut();
            cookies.retain(|(own, _)| own != name);
            if !value.is_empty() {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let status = Status::new(answer.status().as_u16());
        let bytes = answer.body_mut().read_to_vec().unwrap_or_default();
        Answer {
            status,
            location: of("location"),
            html: String::from_utf8_lossy(&bytes).into_owned(),
            headers,
            bytes,
        }
    }
}
