//! The way from a caller to the vault's process, and to the next one when that has died.
//!
//! Invariant: every message is answered, refused, or asked again of a new process; what must not
//! be done twice ([`Request::is_asked_again`]) is never sent twice. While there is no vault, nobody
//! waits for one longer than a moment: whoever asks hears that it is away. So it is with a process
//! that is there and says nothing: a person waits for seconds, and after a while it counts as dead.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::frame::{self, Body};
use super::launch::{self, Start, Started};
use crate::platform::channel::{Address, Channel, End, Identity};
use crate::platform::clock::{self, Timestamp};
use crate::platform::confine::Protection;
use crate::platform::control::Control;
use crate::vault::OpenError;
use crate::vault::wire::{Refusal, Reply, Request};

/// How long somebody waits for a new process.
const PATIENCE: Duration = Duration::from_secs(5);
/// After a vault was not reached, for so long nobody tries again.
const LEFT_ALONE: Duration = Duration::from_millis(500);
/// How long an answer may take for which a person waits.
const BRIEF: Duration = Duration::from_secs(5);
/// The same while the vault owes somebody an answer for longer than that.
const BRIEF_AGAIN: Duration = Duration::from_millis(300);
/// For so long it may owe a brief answer, and say nothing else, before it counts as lost: longer than
/// a disk thinks, and a letter may be under way.
const SILENT: Duration = Duration::from_secs(15);
/// How long an answer may take before the vault counts as lost: numbers and boxes, and letters.
const ANSWER: Duration = Duration::from_secs(60);
const LETTER: Duration = Duration::from_secs(15 * 60);
/// How often a message is sent to the next process after the first has died.
const AGAIN: usize = 2;
/// What is waited before the next start, by how many processes died in a row without one answer.
const PAUSES: [u64; 4] = [0, 100, 400, 1_600];

/// Where streams to the vault come from.
pub(in crate::vault) trait Source: Send {
    /// Ends what is left of the last process and starts another; `failures` died in a row without
    /// one answer.
    fn fresh(&mut self, failures: usize) -> Result<(Channel, Started), OpenError>;
}

/// The vault as its callers reach it.
pub(in crate::vault) struct ChildLink {
    vkey: String,
    current: Mutex<Current>,
    restarts: AtomicU64,
}

struct Current {
    stream: Arc<Stream>,
    process: u32,
    standing: Vec<Protection>,
    since: Timestamp,
    failures: usize,
    /// Since when there is none, and when it was last looked for.
    away: Option<(Duration, Duration)>,
    /// Dropped last: it waits for the process, which ends when its stream does.
    source: Box<dyn Source>,
}

/// Why there is no answer.
#[derive(Debug)]
enum Unanswered {
    /// The process that was asked has ended, or counts as dead.
    Lost,
    /// It may answer yet, but nobody waits for that any more.
    Late,
}

/// How long an answer is waited for, and what follows.
#[derive(Clone, Copy)]
enum Patience {
    /// A person waits, and the vault answers from memory: where it does not, something is wrong.
    Brief,
    /// A person waits, and the vault may have other things to do first.
    Awaited,
    /// After so long the vault counts as lost.
    Long(Duration),
}

impl Patience {
    fn of(request: &Request) -> Patience {
        match request {
            request if request.is_mail() => Patience::Long(LETTER),
            request if request.is_brief() => Patience::Brief,
            request if request.is_awaited() => Patience::Awaited,
            _ => Patience::Long(ANSWER),
        }
    }
}

/// One stream to one process.
struct Stream {
    writer: Mutex<Writer>,
    waiting: Mutex<Waiting>,
    /// Closes the stream also while somebody is writing to a process that does not read.
    closing: End,
}

struct Writer {
    stream: Box<dyn Write + Send>,
    next: u64,
}

#[derive(Default)]
struct Waiting {
    callers: HashMap<u64, SyncSender<Body>>,
    has_ended: bool,
    has_answered: bool,
    /// Since when a brief answer is owed and nothing was heard; nothing where all is well.
    silent_since: Option<Duration>,
}

impl ChildLink {
    /// Takes the first stream.
    pub(in crate::vault) fn new(mut source: Box<dyn Source>) -> Result<ChildLink, OpenError> {
        let (channel, started) = source.fresh(0)?;
        Ok(ChildLink {
            vkey: started.vkey,
            current: Mutex::new(Current {
                stream: Stream::over(channel).map_err(launch::LaunchError::from)?,
                process: started.process,
                standing: started.standing,
                since: started.since,
                failures: 0,
                away: None,
                source,
            }),
            restarts: AtomicU64::new(0),
        })
    }

    /// How often another process was started in the place of one that had ended.
    pub(in crate::vault) fn restarts(&self) -> u64 {
        self.restarts.load(Ordering::Relaxed)
    }

    pub(in crate::vault) fn vkey(&self) -> &str {
        &self.vkey
    }

    /// What protects the process that answers now.
    pub(in crate::vault) fn standing(&self) -> Vec<Protection> {
        self.current().standing.clone()
    }

    /// When the process that answers now has started.
    pub(in crate::vault) fn since(&self) -> Timestamp {
        self.current().since
    }

    /// The number of the process that answers now.
    pub(in crate::vault) fn process(&self) -> u32 {
        self.current().process
    }

    /// Asks, waits, and asks the next process when this one dies over it.
    pub(in crate::vault) fn ask(&self, request: Request) -> Result<Reply, Refusal> {
        let tries = if request.is_asked_again() { AGAIN } else { 0 };
        let patience = Patience::of(&request);
        let body = frame::encode(&request).map_err(|_| Refusal::TooLarge)?;
        drop(request);
        if body.len() + 8 > frame::LONGEST {
            return Err(Refusal::TooLarge);
        }
        let until = clock::monotonic() + PATIENCE;
        for _ in 0..=tries {
            let stream = self.stream(until).ok_or(Refusal::Away)?;
            match stream.ask(&body, patience) {
                Ok(answer) => {
                    return frame::decode::<Result<Reply, Refusal>>(&answer).unwrap_or_else(|_| {
                        stream.end();
                        Err(Refusal::Away)
                    });
                }
                Err(Unanswered::Lost) => {}
                Err(Unanswered::Late) => return Err(Refusal::Away),
            }
        }
        Err(Refusal::Away)
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a vault answers now; looks for one where the last has ended.
    pub(in crate::vault) fn is_reachable(&self) -> bool {
        let stream = self.stream(clock::monotonic() + PATIENCE);
        let answered = stream.and_then(|stream| {
            let body = frame::encode(&Request::nothing()).ok()?;
            stream.ask(&body, Patience::Brief).ok()
        });
        answered.is_some()
    }

    /// The stream of a living process; a new one where the last has ended.
    fn stream(&self, until: Duration) -> Option<Arc<Stream>> {
        let mut current = self.current();
        while current.stream.has_ended() {
            let now = clock::monotonic();
            // Somebody else has just waited for it in vain.
            let in_vain = current
                .away
                .is_some_and(|(since, last)| now < last + LEFT_ALONE && since + PATIENCE <= last);
            if now >= until || in_vain {
                return None;
            }
            current.failures = match current.stream.has_answered() {
                true => 0,
                false => current.failures + 1,
            };
            let pause = PAUSES[current.failures.min(PAUSES.len() - 1)];
            let long_away = current
                .away
                .is_some_and(|(since, _)| since + PATIENCE <= now);
            thread::sleep(Duration::from_millis(if long_away { 0 } else { pause }));
            let failures = current.failures;
            match current.source.fresh(failures) {
                Ok((channel, started)) if started.vkey == self.vkey => {
                    self.restarts.fetch_add(1, Ordering::Relaxed);
                    tracing::warn!("there is a new vault after the last one ended");
                    current.stream = Stream::over(channel).ok()?;
                    current.process = started.process;
                    current.standing = started.standing;
                    current.since = started.since;
                    current.away = None;
                }
                Ok(_) => {
                    tracing::error!("the key folder holds another site's keys");
                    return None;
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    if !long_away {
                        tracing::error!(error, "there is no vault, and none can be had");
                    }
                    current.failures += 1;
                    let last = clock::monotonic();
                    let since = current.away.map_or(now, |(since, _)| since);
                    current.away = Some((since, last));
                    if long_away {
                        return None;
                    }
                }
            }
        }
        Some(current.stream.clone())
    }
}

impl Drop for ChildLink {
    fn drop(&mut self) {
        self.current().stream.end();
    }
}

impl Stream {
    /// Starts to listen for answers.
    fn over(channel: Channel) -> io::Result<Arc<Stream>> {
        let Channel {
            mut reader,
            writer,
            end,
        } = channel;
        let shared = Arc::new(Stream {
            writer: Mutex::new(Writer {
                stream: writer,
                next: 1,
            }),
            waiting: Mutex::default(),
            closing: end,
        });
        let listening = shared.clone();
        let listen = move || {
            while let Ok(Some((number, body))) = frame::read(&mut reader) {
                if !listening.deliver(number, body) {
                    break;
                }
            }
            listening.end();
        };
        thread::Builder::new()
            .name("vault answers".to_owned())
            .spawn(listen)?;
        Ok(shared)
    }

    fn ask(&self, body: &[u8], patience: Patience) -> Result<Body, Unanswered> {
        let wait = match patience {
            Patience::Long(wait) => wait,
            _ if self.waiting().silent_since.is_some() => BRIEF_AGAIN,
            Patience::Brief | Patience::Awaited => BRIEF,
        };
        let began = clock::monotonic();
        let told = self.send(body)?;
        told.recv_timeout(wait).map_err(|error| match patience {
            _ if error == RecvTimeoutError::Disconnected => Unanswered::Lost,
            Patience::Long(_) => {
                tracing::error!("the vault does not answer");
                self.end();
                Unanswered::Lost
            }
            Patience::Brief => self.is_late(began),
            Patience::Awaited => Unanswered::Late,
        })
    }

    /// A brief answer has not come. The process may have been stopped for a moment, or its machine
    /// may have; but not for long.
    fn is_late(&self, began: Duration) -> Unanswered {
        let mut waiting = self.waiting();
        let since = *waiting.silent_since.get_or_insert_with(|| {
            tracing::error!("the vault does not answer; people are asked to come again");
            began
        });
        drop(waiting);
        if clock::monotonic().saturating_sub(since) < SILENT {
            return Unanswered::Late;
        }
        tracing::error!("the vault has said nothing for long and counts as dead");
        self.end();
        Unanswered::Lost
    }

    fn send(&self, body: &[u8]) -> Result<Receiver<Body>, Unanswered> {
        let (tell, told) = sync_channel(1);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let number = writer.next;
        writer.next += 1;
        let mut waiting = self.waiting();
        if waiting.has_ended {
            return Err(Unanswered::Lost);
        }
        waiting.callers.insert(number, tell);
        drop(waiting);
        let written = frame::write(&mut writer.stream, number, body);
        drop(writer);
        if written.is_err() {
            self.end();
        }
        Ok(told)
    }

    /// `false` when nobody asked that.
    fn deliver(&self, number: u64, body: Body) -> bool {
        let mut waiting = self.waiting();
        waiting.has_answered = true;
        let was_silent = waiting.silent_since.take().is_some();
        let caller = waiting.callers.remove(&number);
        drop(waiting);
        if was_silent {
            tracing::warn!("the vault answers again");
        }
        // Who asked may have lost patience.
        caller.is_some_and(|caller| {
            let _ = caller.send(body);
            true
        })
    }

    /// Closes the stream; everybody who waits learns that no answer comes.
    fn end(&self) {
        let mut waiting = self.waiting();
        waiting.has_ended = true;
        waiting.callers.clear();
        drop(waiting);
        self.closing.close();
    }

    fn has_ended(&self) -> bool {
        self.waiting().has_ended
    }

    fn has_answered(&self) -> bool {
        self.waiting().has_answered
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A process of the caller's own.
pub(in crate::vault) struct Own {
    program: PathBuf,
    start: Start,
    child: Option<Child>,
}

impl Own {
    pub(in crate::vault) fn new(program: PathBuf, start: Start) -> Own {
        Own {
            program,
            start,
            child: None,
        }
    }
}

impl Source for Own {
    fn fresh(&mut self, _failures: usize) -> Result<(Channel, Started), OpenError> {
        if let Some(mut last) = self.child.take() {
            // The next one cannot open the key folder before this one has let go of it.
            let _ = last.kill();
            let _ = last.wait();
        }
        let launched = launch::launch(&self.program, &self.start)?;
        self.child = launched.child;
        let channel = Channel::unix(launched.stream).map_err(launch::LaunchError::from)?;
        Ok((channel, launch::read(&launched.answer)?))
    }
}

impl Drop for Own {
    /// The stream has ended already.
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            launch::see_off(child);
        }
    }
}

/// Processes that the watching process starts.
pub(in crate::vault) struct Watched(pub(in crate::vault) Control);

impl Source for Watched {
    fn fresh(&mut self, failures: usize) -> Result<(Channel, Started), OpenError> {
        let (stream, answer) = self.0.vault(failures).map_err(launch::LaunchError::from)?;
        let channel = Channel::unix(stream.into()).map_err(launch::LaunchError::from)?;
        Ok((channel, launch::read(&answer)?))
    }
}

/// The one vault of a site with several web sides, which nobody here starts or ends.
pub(in crate::vault) struct Elsewhere {
    pub(in crate::vault) address: Address,
    pub(in crate::vault) identity: Option<Identity>,
    pub(in crate::vault) site: String,
}

impl Source for Elsewhere {
    fn fresh(&mut self, _failures: usize) -> Result<(Channel, Started), OpenError> {
        let channel = self.address.connect(self.identity.as_ref());
        let mut channel = channel.map_err(launch::LaunchError::from)?;
        let answer = launch::greet(&mut channel, &self.site)?;
        Ok((channel, launch::read(&answer)?))
    }
}
