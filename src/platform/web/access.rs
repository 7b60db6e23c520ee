//! The access log: what was asked of the site, and nothing that leads to a person.
//!
//! Invariant: no line can be joined with an entry. There is no id, code, query, header or browser
//! in it; an address is its network under a key that lives in memory only and is wiped after seven
//! days. Columns are the smaller danger, order is the larger: the n-th form sent is the n-th
//! ticket. So pages on which a person touches an entry are counted by the hour and never listed,
//! other public pages are listed in random order when their hour is over, with the hour for their
//! time, and only staff's own pages are written at once.
//!
//! What has not been written when the program stops is not written later: an unfinished hour would
//! tell more than a whole one. Not here: errors, which are told by `tracing` with a reference.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Request, Response};
use serde::Serialize;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::platform::clock::{self, Clock, DAY, HOUR, Timestamp};
use crate::platform::ids;
use crate::platform::text::dates;

use super::Area;
use super::address::ClientAddress;

/// Lines that wait for the disk; more are counted and left out.
const WAITING: usize = 4_096;
/// Lines of one hour that are kept for its end.
const OF_AN_HOUR: usize = 100_000;
/// For how many days two visits can be told to come from one network.
pub const KEY_DAYS: i64 = 7;
const KEY_LIFE: i64 = KEY_DAYS * DAY;
/// Smaller counts are told as "fewer than".
pub const FEW: u64 = 10;
/// How often the log looks whether an hour is over.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);
/// How long messages gather after one: waking the log for each costs the requests more than the line.
const GATHERING: Duration = Duration::from_millis(5);

/// What a line about one request holds, in its order, each with the message that says what it is.
pub const FIELDS: [(&str, &str); 6] = [
    ("at", "portal-logs-field-at"),
    ("from", "portal-logs-field-from"),
    ("method", "portal-logs-field-method"),
    ("path", "portal-logs-field-path"),
    ("status", "portal-logs-field-status"),
    ("ms", "portal-logs-field-ms"),
];
/// What a line about the requests of an hour holds, where a person touches an entry.
pub const COUNTED: [(&str, &str); 5] = [
    ("hour", "portal-logs-count-hour"),
    ("method", "portal-logs-count-method"),
    ("path", "portal-logs-count-path"),
    ("status", "portal-logs-count-status"),
    ("count", "portal-logs-count-count"),
];

/// Routes on which a person touches an entry; a line each would be the order of the tickets.
const PERSONAL: [&str; 12] = [
    "/a/<slug>/enter",
    "/a/<slug>/address",
    "/a/<slug>/check",
    "/a/<slug>/receipt",
    "/a/<slug>/thanks",
    "/receipt",
    "/entry",
    "/privacy/request",
    "/feedback",
    "/a/<slug>/discussion",
    "/check",
    "/newsletter",
];
/// Parameters that name one ticket, entry or request.
const OF_ONE: [&str; 7] = [
    "<ticket>",
    "<index>",
    "<unit>",
    "<item>",
    "<entry>",
    "<request>",
    "<position>",
];

/// The way to the log; attached to Rocket and shared by all its requests.
#[derive(Clone)]
pub struct AccessLog {
    to_writer: SyncSender<Message>,
    left_out: Arc<AtomicU64>,
    clock: Clock,
}

/// When a request came, by a clock that only goes forward.
struct Came(Duration);

enum Message {
    Seen(Box<Seen>),
    /// Write what is due and answer.
    Flush(SyncSender<()>),
}

/// A request that was answered.
struct Seen {
    at: Timestamp,
    network: [u8; 16],
    method: &'static str,
    path: String,
    status: u16,
    ms: u64,
    how: How,
}

/// How a request is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    AtOnce,
    WhenTheHourIsOver,
    Counted,
}

impl AccessLog {
    /// The log in `data/logs`, of which files older than `days` go.
    pub fn beside(data: &Path, days: u32, clock: &Clock) -> AccessLog {
        let (to_writer, from_requests) = sync_channel(WAITING);
        let left_out = Arc::new(AtomicU64::new(0));
        let mut writer = Writer {
            folder: data.join("logs"),
            days: i64::from(days),
            key: Key::fresh(clock.now()),
            hour: clock.now().hour(),
            lines: Vec::new(),
            counts: BTreeMap::new(),
            left_out: left_out.clone(),
            clock: clock.clone(),
        };
        let thread = thread::Builder::new().name("access-log".to_owned());
        if let Err(error) = thread.spawn(move || writer.run(&from_requests)) {
            tracing::error!(%error, "there is no access log");
        }
        AccessLog {
            to_writer,
            left_out,
            clock: clock.clone(),
        }
    }

    /// Writes what is due now and waits until it is on its way to the disk.
    pub fn flush(&self) {
        let (answer, answered) = sync_channel(1);
        if self.to_writer.send(Message::Flush(answer)).is_ok() {
            let _ = answered.recv();
        }
    }
}

#[rocket::async_trait]
impl Fairing for AccessLog {
    fn info(&self) -> Info {
        Info {
            name: "access log",
            kind: Kind::Request | Kind::Response,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| Came(clock::monotonic()));
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let came = request.local_cache(|| Came(clock::monotonic()));
        let took = clock::monotonic().saturating_sub(came.0);
        let status = response.status().code;
        let pattern = request.route().map_or("-", |route| route.uri.path());
        let address = request.remote().map(|peer| ClientAddress::of(peer.ip()));
        let seen = Seen {
            at: self.clock.now(),
            network: address.map_or([0; 16], |address| address.bytes()),
            method: request.method().as_str(),
            path: path(pattern, request.uri().path().as_str(), status),
            status,
            ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            how: how(pattern, Area::of(request)),
        };
        if self
            .to_writer
            .try_send(Message::Seen(Box::new(seen)))
            .is_err()
        {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Whether a person touches an entry on the pages of this route.
pub(super) fn is_personal(pattern: &str) -> bool {
    // `/entry` begins with the same letters as the English pages.
    let english = pattern.strip_prefix("/en");
    let plain = english.filter(|rest| rest.starts_with('/'));
    let plain = plain.unwrap_or(pattern);
    let is_below = |each: &str| {
        let rest = plain.strip_prefix(each);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    PERSONAL.iter().any(|each| is_below(each)) || OF_ONE.iter().any(|one| plain.contains(one))
}

fn how(pattern: &str, area: Area) -> How {
    // Machines ask every few seconds, which would bury everything else.
    let is_machine = pattern == "/metrics" || pattern.starts_with("/healthz");
    if is_machine || is_personal(pattern) {
        return How::Counted;
    }
    match area {
        Area::Staff => How::AtOnce,
        Area::Public | Area::Members => How::WhenTheHourIsOver,
    }
}

/// The route with the activity or the draw filled in where there is one by that name. What people
/// typed beyond that may be a receipt code.
fn path(pattern: &str, asked: &str, status: u16) -> String {
    if status == 404 {
        return pattern.to_owned();
    }
    let asked: Vec<&str> = asked.split('/').collect();
    let mut before = "";
    let filled = pattern.split('/').enumerate().map(|(at, part)| {
        let named = matches!((before, part), ("a", "<slug>") | ("d", "<id>"));
        before = part;
        let given = asked.get(at).copied().unwrap_or(part);
        let plain = given
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if named && plain { given } else { part }
    });
    filled.collect::<Vec<_>>().join("/")
}

/// The key under which networks are told apart.
struct Key {
    bytes: Zeroizing<String>,
    until: Timestamp,
}

impl Key {
    fn fresh(now: Timestamp) -> Key {
        Key {
            bytes: Zeroizing::new(ids::code(32)),
            until: now.plus(KEY_LIFE),
        }
    }

    fn of(&self, network: &[u8; 16]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.bytes.as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(network);
        HEXLOWER.encode(&mac.finalize().into_bytes()[..6])
    }
}

/// A line about one request.
#[derive(Serialize)]
struct Line<'a> {
    at: String,
    from: String,
    method: &'a str,
    path: &'a str,
    status: u16,
    ms: u64,
}

/// A line about the requests of an hour.
#[derive(Serialize)]
struct CountLine<'a> {
    hour: String,
    method: &'a str,
    path: &'a str,
    status: u16,
    count: String,
}

/// Lines that the disk or the memory could not take.
#[derive(Serialize)]
struct LeftOutLine {
    hour: String,
    left_out: u64,
}

struct Writer {
    folder: PathBuf,
    days: i64,
    key: Key,
    hour: Timestamp,
    lines: Vec<String>,
    counts: BTreeMap<(String, &'static str, u16), u64>,
    left_out: Arc<AtomicU64>,
    clock: Clock,
}

impl Writer {
    /// Until every sender is gone.
    fn run(&mut self, from_requests: &Receiver<Message>) {
        loop {
            match from_requests.recv_timeout(BETWEEN_LOOKS) {
                Ok(message) => {
                    thread::park_timeout(GATHERING);
                    self.take(message);
                    from_requests.try_iter().for_each(|next| self.take(next));
                }
                Err(RecvTimeoutError::Timeout) => tell(self.turn(self.clock.now())),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Seen(seen) => tell(self.see(&seen)),
            Message::Flush(answer) => {
                tell(self.turn(self.clock.now()));
                let _ = answer.send(());
            }
        }
    }

    fn see(&mut self, seen: &Seen) -> io::Result<()> {
        self.turn(seen.at)?;
        if seen.how == How::Counted {
            let key = (seen.path.clone(), seen.method, seen.status);
            *self.counts.entry(key).or_default() += 1;
            return Ok(());
        }
        let exact = seen.how == How::AtOnce;
        let line = Line {
            at: dates::rfc3339(if exact { seen.at.0 } else { seen.at.hour().0 }),
            from: self.key.of(&seen.network),
            method: seen.method,
            path: &seen.path,
            status: seen.status,
            ms: seen.ms,
        };
        let line = written(&line);
        if exact {
            return self.append(seen.at, &line);
        }
        if self.lines.len() < OF_AN_HOUR {
            self.lines.push(line);
        } else {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Writes the hour that is over, if one is, changes the key and lets old files go.
    fn turn(&mut self, now: Timestamp) -> io::Result<()> {
        if now >= self.key.until {
            self.key = Key::fresh(now);
        }
        if now.hour() == self.hour {
            return Ok(());
        }
        let over = std::mem::replace(&mut self.hour, now.hour());
        let hour = dates::rfc3339(over.0);
        let mut text = String::new();
        // In an order that tells nothing of the order in which they came.
        let mut lines: Vec<(String, String)> = self
            .lines
            .drain(..)
            .map(|line| (ids::code(16), line))
            .collect();
        lines.sort();
        for (_, line) in lines {
            text.push_str(&line);
        }
        for ((path, method, status), count) in std::mem::take(&mut self.counts) {
            let count = match count {
                few if few < FEW => format!("<{FEW}"),
                many => many.to_string(),
            };
            let hour = hour.clone();
            text.push_str(&written(&CountLine {
                hour,
                method,
                path: &path,
                status,
                count,
            }));
        }
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        if left_out > 0 {
            text.push_str(&written(&LeftOutLine { hour, left_out }));
        }
        self.sweep(now)?;
        if text.is_empty() {
            return Ok(());
        }
        self.append(over, &text)
    }

    fn append(&self, at: Timestamp, text: &str) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(self.folder.join(file_name(at)))?;
        file.write_all(text.as_bytes())
    }

    /// Removes the files of days that are over for longer than they are kept.
    fn sweep(&self, now: Timestamp) -> io::Result<()> {
        let oldest = file_name(now.plus(-self.days * DAY));
        let Ok(files) = fs::read_dir(&self.folder) else {
            return Ok(());
        };
        for file in files {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            let is_ours = name.starts_with("access-") && name.len() == oldest.len();
            if is_ours && name < oldest {
                fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }
}

fn tell(outcome: io::Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(kind = %error.kind(), "the access log cannot be written");
    }
}

/// `access-2026-11-22.jsonl`, by the day in Taipei; names sort by day.
fn file_name(at: Timestamp) -> String {
    let at = dates::rfc3339(at.0 - at.0.rem_euclid(HOUR));
    format!("access-{}.jsonl", at.get(..10).unwrap_or(&at))
}

fn written<T: Serialize>(line: &T) -> String {
    let mut text = serde_json::to_string(line).expect("texts and numbers become JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_what_the_public_page_says_and_nothing_else() {
        let line = Line {
            at: String::new(),
            from: String::new(),
            method: "GET",
            path: "/",
            status: 200,
            ms: 1,
        };
        let counted = CountLine {
            hour: String::new(),
            method: "GET",
            path: "/",
            status: 200,
            count: String::new(),
        };
        let names = |line: &str| -> Vec<String> {
            let marked = line.split('"').skip(1).step_by(2);
            let names = marked.zip(line.split('"').skip(2).step_by(2));
            let names = names.filter(|(_, after)| after.starts_with(':'));
            names.map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(&written(&line)), FIELDS.map(|(name, _)| name));
        assert_eq!(names(&written(&counted)), COUNTED.map(|(name, _)| name));
    }

    #[test]
    fn pages_of_one_person_are_counted_and_never_listed() {
        for (pattern, area, expected) in [
            ("/a/<slug>/enter", Area::Public, How::Counted),
            ("/en/a/<slug>/check", Area::Public, How::Counted),
            ("/a/<slug>/address/<proof>", Area::Public, How::Counted),
            ("/entry/withdraw", Area::Public, How::Counted),
            ("/en/receipt", Area::Public, How::Counted),
            ("/privacy/request/status", Area::Public, How::Counted),
            (
                "/staff/draws/<id>/tickets/<index>",
                Area::Staff,
                How::Counted,
            ),
            ("/healthz/ready", Area::Public, How::Counted),
            ("/staff/today", Area::Staff, How::AtOnce),
            ("/a/<slug>", Area::Public, How::WhenTheHourIsOver),
            ("-", Area::Public, How::WhenTheHourIsOver),
        ] {
            assert_eq!(how(pattern, area), expected, "{pattern}");
        }
    }

    #[test]
    fn only_names_that_everybody_knows_are_filled_in() {
        assert_eq!(
            path("/a/<slug>/rules", "/a/spring/rules", 200),
            "/a/spring/rules"
        );
        assert_eq!(path("/en/d/<id>", "/en/d/k3x9", 200), "/en/d/k3x9");
        assert_eq!(
            path("/a/<slug>", "/a/7gq4x2mn8r3tk9wpabcd", 404),
            "/a/<slug>"
        );
        assert_eq!(path("/a/<slug>", "/a/%E7%8E%8B", 200), "/a/<slug>");
        assert_eq!(
            path("/staff/activities/<id>", "/staff/activities/x", 200),
            "/staff/activities/<id>"
        );
    }
}
