//! A mail server inside the test process that records what it is sent and misbehaves when told.
//!
//! Speaks the part of RFC 5321 that a sender needs (`EHLO HELO MAIL RCPT DATA RSET NOOP QUIT`,
//! `8BITMIME`). Invariant: [`MailSink::mails`] holds exactly the messages that this server took
//! responsibility for or kept before it hung up.
//!
//! Every mail that it kept is asked for its faults when it stops.
//!
//! Not here: TLS; [`super::smtp_daemon`] is a real server that offers it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::mail::Mail;
use super::ports::HeldPort;

/// How the server treats the next messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manners {
    /// Takes every message.
    Kind,
    /// Greets with 421 and hangs up.
    Busy,
    /// 451 to every recipient: try again later.
    Greylisting,
    /// 550 to every recipient: there is no such mailbox.
    NoSuchMailbox,
    /// Reads the message, then 451: it was not kept.
    FullDisk,
    /// Reads the message, then 554: it will never be kept.
    RefusesContent,
    /// Keeps the message and hangs up without the reply; the sender cannot know (`decisions` D21).
    KeepsAndHangsUp,
    /// Loses the message and hangs up without the reply; looks the same to the sender.
    LosesAndHangsUp,
}

/// A running server; stops when dropped.
pub struct MailSink {
    port: HeldPort,
    shared: Arc<Shared>,
    listening: Option<thread::JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
}

struct State {
    /// What happens once between a whole message and its answer.
    meanwhile: Option<Box<dyn FnOnce() + Send>>,
    manners: Manners,
    of_others: bool,
    up: bool,
    mails: Vec<Mail>,
    /// How many messages arrived whole, kept or not.
    attempts: usize,
}

impl MailSink {
    /// Starts on a free port of 127.0.0.1.
    pub fn start() -> MailSink {
        let port = HeldPort::new();
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                meanwhile: None,
                manners: Manners::Kind,
                of_others: false,
                up: false,
                mails: Vec::new(),
                attempts: 0,
            }),
        });
        let mut sink = MailSink {
            port,
            shared,
            listening: None,
        };
        sink.come_up();
        sink
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// What `smtp_url` in the configuration would be.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port())
    }

    /// Treats messages so from now on.
    pub fn behave(&self, manners: Manners) {
        self.state().manners = manners;
    }

    /// Does something once, when the next message has arrived whole and is not answered yet.
    pub fn before_the_answer(&self, meanwhile: impl FnOnce() + Send + 'static) {
        self.state().meanwhile = Some(Box::new(meanwhile));
    }

    /// Takes mail of others too: it is not asked for its faults.
    pub fn take_mail_of_others(&self) {
        self.state().of_others = true;
    }

    /// Closes the port: connections are refused until [`MailSink::come_up`].
    pub fn go_down(&mut self) {
        self.state().up = false;
        // The accepting thread sees `up` when a connection wakes it.
        let _ = TcpStream::connect(self.address());
        if let Some(listening) = self.listening.take() {
            listening
                .join()
                .expect("the accepting thread ends in order");
        }
    }

    /// Opens the same port again.
    pub fn come_up(&mut self) {
        let listener = TcpListener::bind(self.address()).expect("the port is still ours");
        self.state().up = true;
        self.listen(listener);
    }

    /// What it took or kept so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.state().mails.clone()
    }

    /// How many messages arrived whole, kept or not.
    pub fn attempts(&self) -> usize {
        self.state().attempts
    }

    fn listen(&mut self, listener: TcpListener) {
        let shared = Arc::clone(&self.shared);
        self.listening = Some(thread::spawn(move || {
            for connection in listener.incoming() {
                if !shared.state().up {
                    break;
                }
                let Ok(connection) = connection else { continue };
                let shared = Arc::clone(&shared);
                // A sender that goes away in the middle is no failure of this server.
                thread::spawn(move || serve(&shared, connection).unwrap_or_default());
            }
        }));
    }

    fn address(&self) -> SocketAddrV4 {
        SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        let mails = self.mails();
        if !thread::panicking() && !self.state().of_others {
            for mail in mails {
                assert_eq!(mail.faults(), Vec::<String>::new(), "{}", mail.source);
            }
        }
        if self.listening.is_some() {
            self.go_down();
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection from greeting to goodbye.
fn serve(shared: &Shared, connection: TcpStream) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut replies = connection;
    if shared.state().manners == Manners::Busy {
        return reply(&mut replies, "421 too busy, try again later");
    }
    reply(&mut replies, "220 sink ready")?;
    let mut from = String::new();
    let mut to = Vec::new();
    let mut line = String::new();
    while read_line(&mut reader, &mut line)? {
        let command = line.split([' ', ':']).next().unwrap_or_default();
        match command.to_ascii_uppercase().as_str() {
            "EHLO" => reply(&mut replies, "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8")?,
            "MAIL" => {
                from = address(&line);
                reply(&mut replies, "250 sender noted")?;
            }
            "RCPT" => match shared.state().manners {
                Manners::Greylisting => reply(&mut replies, "451 come back later")?,
                Manners::NoSuchMailbox => reply(&mut replies, "550 no such mailbox")?,
                _ => {
                    to.push(address(&line));
                    reply(&mut replies, "250 recipient noted")?;
                }
            },
            "DATA" if to.is_empty() => reply(&mut replies, "503 no recipient")?,
            "DATA" => {
                reply(&mut replies, "354 end with a lone dot")?;
                let mail = Mail {
                    from: std::mem::take(&mut from),
                    to: std::mem::take(&mut to),
                    source: read_source(&mut reader)?,
                };
                match shared.receive(mail) {
                    Some(answer) => reply(&mut replies, answer)?,
                    None => return Ok(()),
                }
            }
            "HELO" | "RSET" | "NOOP" => {
                from.clear();
                to.clear();
                reply(&mut replies, "250 well")?;
            }
            "QUIT" => return reply(&mut replies, "221 goodbye"),
            _ => reply(&mut replies, "500 unknown command")?,
        }
    }
    Ok(())
}

impl Shared {
    /// What is answered to a whole message; `None` hangs up.
    fn receive(&self, mail: Mail) -> Option<&'static str> {
        let mut state = self.state();
        state.attempts += 1;
        if let Some(meanwhile) = state.meanwhile.take() {
            meanwhile();
        }
        match state.manners {
            Manners::FullDisk => return Some("451 disk full, try again later"),
            Manners::RefusesContent => return Some("554 not this"),
            Manners::LosesAndHangsUp => return None,
            _ => {}
        }
        state.mails.push(mail);
        (state.manners != Manners::KeepsAndHangsUp).then_some("250 taken")
    }
}

fn reply(replies: &mut TcpStream, text: &str) -> io::Result<()> {
    replies.write_all(format!("{text}\r\n").as_bytes())
}

/// Reads one line without its ending; false at the end of the connection.
fn read_line(reader: &mut impl BufRead, line: &mut String) -> io::Result<bool> {
    line.clear();
    let length = reader.read_line(line)?;
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(length > 0)
}

/// Reads up to the lone dot and takes away the dots that protect lines (RFC 5321 section 4.5.2).
fn read_source(reader: &mut impl BufRead) -> io::Result<String> {
    let mut source = String::new();
    let mut line = String::new();
    while read_line(reader, &mut line)? {
        if line == "." {
            return Ok(source);
        }
        source.push_str(line.strip_prefix('.').unwrap_or(&line));
        source.push_str("\r\n");
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// What stands between `<` and `>`.
fn address(line: &str) -> String {
    let inner = line.split_once('<').map_or("", |(_, rest)| rest);
    inner.split('>').next().unwrap_or_default().to_owned()
}
