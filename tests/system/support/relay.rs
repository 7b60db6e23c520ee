//! A drand relay of one's own: a small HTTP server on this machine that answers as it is told.
//!
//! Invariant: it ends with its handle, and it never talks to anybody outside this machine.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;

/// One answer of a relay.
#[derive(Clone)]
pub struct Answer {
    status: u16,
    location: Option<String>,
    body: String,
}

impl Answer {
    /// 200 with this body.
    pub fn ok(body: impl Into<String>) -> Answer {
        Answer {
            status: 200,
            location: None,
            body: body.into(),
        }
    }

    /// Another status without a body.
    pub fn status(status: u16) -> Answer {
        Answer {
            status,
            location: None,
            body: String::new(),
        }
    }

    /// A redirect.
    pub fn moved(location: &str) -> Answer {
        Answer {
            location: Some(location.to_owned()),
            ..Answer::status(302)
        }
    }

    fn write_to(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let location = match &self.location {
            Some(location) => format!("Location: {location}\r\n"),
            None => String::new(),
        };
        write!(
            stream,
            "HTTP/1.1 {} Said\r\nContent-Length: {}\r\n{location}Connection: close\r\n\r\n{}",
            self.status,
            self.body.len(),
            self.body
        )
    }
}

/// A relay that listens until it is dropped.
pub struct LocalRelay {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl LocalRelay {
    /// Starts a relay; `answer` is given the path that was asked for.
    pub fn answering(answer: impl Fn(&str) -> Answer + Send + 'static) -> LocalRelay {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (asked, ends) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, over) = (asked.clone(), ends.clone());
        let serve = move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                let Some(path) = path_of(&stream) else {
                    continue;
                };
                count.fetch_add(1, Ordering::SeqCst);
                // A client that went away in the middle is its own matter.
                let _ = answer(&path).write_to(&mut stream);
            }
        };
        LocalRelay {
            address,
            asked,
            ends,
            thread: Some(std::thread::spawn(serve)),
        }
    }

    /// What `HttpRelays` is given.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Reads a request to the end of its head.
fn path_of(stream: &TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    for line in lines {
        if line.ok()?.is_empty() {
            break;
        }
    }
    first.split(' ').nth(1).map(ToOwned::to_owned)
}

impl Drop for LocalRelay {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // Wakes the thread, so that it sees the end.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
