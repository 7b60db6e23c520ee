//! The driver: requests over HTTP/1.1 on many connections, and how long each answer took.
//!
//! Invariant: in an open loop a request's time begins when it was meant to be sent, whether or not
//! a connection was free then. A server that stands still for a second is seen to have done so by
//! every request that should have been sent in that second (coordinated omission).

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rocket::tokio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Mutex, mpsc};
use tokio::time::{sleep_until, timeout};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came of many requests.
#[derive(Default, Clone)]
pub struct Measured {
    /// By status; 0 is a request without an answer.
    pub statuses: BTreeMap<u16, usize>,
    /// Microseconds of each answer with this status, sorted.
    pub times: BTreeMap<u16, Vec<u32>>,
    /// From the first request to the last answer.
    pub wall: Duration,
}

impl Measured {
    fn add(&mut self, status: u16, took: Duration) {
        *self.statuses.entry(status).or_default() += 1;
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        self.times.entry(status).or_default().push(micros);
    }

    fn join(parts: Vec<Measured>, wall: Duration) -> Measured {
        let mut all = Measured {
            wall,
            ..Measured::default()
        };
        for part in parts {
            for (status, count) in part.statuses {
                *all.statuses.entry(status).or_default() += count;
            }
            for (status, times) in part.times {
                all.times.entry(status).or_default().extend(times);
            }
        }
        for times in all.times.values_mut() {
            times.sort_unstable();
        }
        all
    }

    /// Answers with this status.
    pub fn count(&self, status: u16) -> usize {
        self.statuses.get(&status).copied().unwrap_or_default()
    }

    /// Answers with this status in a second.
    pub fn rate(&self, status: u16) -> f64 {
        self.count(status) as f64 / self.wall.as_secs_f64()
    }

    /// The time below which so many hundredths of a per cent of the answers with this status came,
    /// in milliseconds: 5,000 is the median, 9,900 what is called p99.
    pub fn at(&self, status: u16, of_ten_thousand: usize) -> f64 {
        let Some(times) = self.times.get(&status).filter(|times| !times.is_empty()) else {
            return f64::NAN;
        };
        let place = (times.len() * of_ten_thousand / 10_000).min(times.len() - 1);
        f64::from(times[place]) / 1_000.0
    }
}

/// One request as it is written, for `path` with this form.
pub fn post(path: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// One request for a page.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").into_bytes()
}

/// One request for a page by somebody who has signed in.
pub fn get_as(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n").into_bytes()
}

/// An answer, as far as the driver looks at it.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// The first cookie that it gives, as it is sent back.
    pub cookie: Option<String>,
    /// It says when to come again.
    pub says_when: bool,
    closes: bool,
}

/// A connection that is kept.
pub struct Connection {
    port: u16,
    from: Ipv4Addr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Connection {
    pub fn new(port: u16) -> Connection {
        Connection::from(Ipv4Addr::LOCALHOST, port)
    }

    /// From another address of this machine: people do not all sit behind one.
    pub fn from(from: Ipv4Addr, port: u16) -> Connection {
        Connection {
            port,
            from,
            stream: None,
            buffer: Vec::with_capacity(64 << 10),
        }
    }

    /// Sends a request and reads the whole answer; on a new connection where the last one ended.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        let answer = timeout(PATIENCE, self.exchange(request)).await;
        let answer = answer.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        if answer.as_ref().map_or(true, |answer| answer.closes) {
            self.stream = None;
        }
        answer
    }

    async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let socket = TcpSocket::new_v4()?;
                socket.bind((self.from, 0).into())?;
                let fresh = socket
                    .connect((Ipv4Addr::LOCALHOST, self.port).into())
                    .await?;
                fresh.set_nodelay(true)?;
                none.insert(fresh)
            }
        };
        stream.write_all(request).await?;
        read_answer(stream, &mut self.buffer).await
    }
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Answer> {
    buffer.clear();
    let head = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, buffer).await?;
    };
    let text = String::from_utf8_lossy(&buffer[..head]).into_owned();
    let given = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("set-cookie")
            .then(|| value.split(';').next())?
    });
    let cookie = given.map(|cookie| cookie.trim().to_owned());
    let text = text.to_ascii_lowercase();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    let status = status.ok_or(io::ErrorKind::InvalidData)?;
    let header = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().to_owned())
    };
    let closes = header("connection:").is_some_and(|value| value == "close");
    let body = match header("content-length:").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => {
            while buffer.len() < head + length {
                more(stream, buffer).await?;
            }
            buffer[head..head + length].to_vec()
        }
        None if header("transfer-encoding:").is_some() => {
            while !buffer[head..].ends_with(b"0\r\n\r\n") {
                more(stream, buffer).await?;
            }
            buffer[head..].to_vec()
        }
        None => Vec::new(),
    };
    Ok(Answer {
        status,
        body,
        cookie,
        says_when: header("retry-after:").is_some_and(|when| when.parse::<u32>().is_ok()),
        closes,
    })
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// A runtime of one thread: the driver takes one core at most.
fn alone<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work)
}

/// Sends every request once on so many connections, each of which waits for its answer; gives what
/// was measured and, if wanted, the bodies.
pub fn closed_loop(port: u16, connections: usize, requests: &Arc<Vec<Vec<u8>>>) -> Measured {
    let next = Arc::new(AtomicUsize::new(0));
    alone(async {
        let begun = Instant::now();
        let mut all = Vec::new();
        for _ in 0..connections {
            let (next, requests) = (next.clone(), requests.clone());
            all.push(tokio::spawn(async move {
                let (mut connection, mut measured) = (Connection::new(port), Measured::default());
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let sent = Instant::now();
                    let answer = connection.send(request).await;
                    measured.add(answer.map_or(0, |answer| answer.status), sent.elapsed());
                }
                measured
            }));
        }
        let mut parts = Vec::new();
        for each in all {
            parts.push(each.await.expect("no panic"));
        }
        Measured::join(parts, begun.elapsed())
    })
}

/// The bodies of the answers to these requests, in their order.
pub fn fetch_all(port: u16, connections: usize, requests: &Arc<Vec<Vec<u8>>>) -> Vec<String> {
    let next = Arc::new(AtomicUsize::new(0));
    alone(async {
        let found = Arc::new(Mutex::new(vec![String::new(); requests.len()]));
        let mut all = Vec::new();
        for _ in 0..connections {
            let (next, requests, found) = (next.clone(), requests.clone(), found.clone());
            all.push(tokio::spawn(async move {
                let mut connection = Connection::new(port);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(request) = requests.get(at) else {
                        return;
                    };
                    let answer = connection.send(request).await.expect("an answer");
                    assert!(answer.status < 400, "{}", answer.status);
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    found.lock().await[at] = body;
                }
            }));
        }
        for each in all {
            each.await.expect("no panic");
        }
        Arc::into_inner(found).expect("all ended").into_inner()
    })
}

/// Sends so many requests a second, whatever becomes of those before, on at most so many
/// connections.
pub fn open_loop(
    port: u16,
    connections: usize,
    a_second: f64,
    requests: &Arc<Vec<Vec<u8>>>,
) -> Measured {
    each_in_open_loop(port, connections, a_second, requests).0
}

/// What one request was told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// 0 is a request without an answer.
    pub status: u16,
    /// It was told when to come again.
    pub says_when: bool,
}

/// [`open_loop`], and what each request was told, in their order.
pub fn each_in_open_loop(
    port: u16,
    connections: usize,
    a_second: f64,
    requests: &Arc<Vec<Vec<u8>>>,
) -> (Measured, Vec<Told>) {
    alone(async {
        let (free, mut is_free) = mpsc::unbounded_channel();
        for _ in 0..connections {
            free.send(Connection::new(port)).expect("it is open");
        }
        let begun = Instant::now() + Duration::from_millis(20);
        let mut all = Vec::with_capacity(requests.len());
        for at in 0..requests.len() {
            let meant = begun + Duration::from_secs_f64(at as f64 / a_second);
            sleep_until(meant.into()).await;
            let mut connection = is_free.recv().await.expect("it is open");
            let (requests, free) = (requests.clone(), free.clone());
            all.push(tokio::spawn(async move {
                let answer = connection.send(&requests[at]).await;
                let took = meant.elapsed();
                let told = Told {
                    status: answer.as_ref().map_or(0, |answer| answer.status),
                    says_when: answer.is_ok_and(|answer| answer.says_when),
                };
                let _ = free.send(connection);
                (told, took)
            }));
        }
        let (mut measured, mut told) = (Measured::default(), Vec::with_capacity(all.len()));
        for each in all {
            let (one, took) = each.await.expect("no panic");
            measured.add(one.status, took);
            told.push(one);
        }
        (Measured::join(vec![measured], begun.elapsed()), told)
    })
}
