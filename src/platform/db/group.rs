//! Group commit: many callers, one transaction (`decisions` D20).
//!
//! Invariant: a caller is answered after the commit of the group that holds its command, and what
//! one caller is refused never undoes another's. Nobody waits on purpose: while one group commits,
//! the next one gathers by itself.
//!
//! The queue is bounded. Past its end a caller is told at once ([`Error::Crowded`]), because whoever
//! waits behind a thousand others gives up and comes again, which makes the queue longer still.
//!
//! Not here: what is applied (each domain's verb), units of work of staff and jobs ([`Db::write`]).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use tokio::sync::{mpsc, oneshot};

use super::{Begin, Conn, Db, Error, Tx, contended};
use crate::platform::clock;

/// So many commands are one transaction at most; more gain nothing (ADR 0026).
const LARGEST: usize = 256;
/// So many callers may wait.
const WAITING: usize = 1_024;
/// How long a group is tried again while the database cannot be reached.
const PATIENCE: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// What a domain gives to have its commands committed in groups.
pub trait GroupVerb: Send + Sync + 'static {
    /// One caller's wish; owned, so that it can wait in a queue.
    type Command: Send + 'static;
    /// What the caller is told after the commit.
    type Accepted: Send + 'static;
    /// Why a command was refused.
    type Error: std::error::Error + From<Error> + Send + 'static;
    /// The name of the unit of work.
    const NAME: &'static str;

    /// Applies commands in their order and answers each, in the same order.
    ///
    /// A command that is refused by itself has left nothing behind. A command that was stored
    /// before is accepted again and changes nothing: the answer to a commit may be lost, and then
    /// the whole group is applied again.
    ///
    /// # Errors
    /// Whatever undoes all of it; each command is then applied alone.
    fn apply(&self, tx: &mut Tx, group: &[Self::Command]) -> Result<Outcomes<Self>, Self::Error>;
}

/// What became of each command of a group.
pub type Outcomes<V> = Vec<Result<<V as GroupVerb>::Accepted, <V as GroupVerb>::Error>>;

/// The one queue through which a verb's commands reach the database.
pub struct Writer<V: GroupVerb> {
    queue: Option<mpsc::Sender<Asked<V>>>,
    thread: Option<JoinHandle<()>>,
    load: Load,
}

/// How busy a writer is; clones read the same figures.
#[derive(Clone, Default)]
pub struct Load {
    figures: Arc<Figures>,
}

#[derive(Default)]
struct Figures {
    waiting: AtomicUsize,
    groups: AtomicUsize,
    commands: AtomicUsize,
    crowded: AtomicUsize,
}

impl Load {
    /// Callers that wait for their commit.
    pub fn waiting(&self) -> usize {
        self.figures.waiting.load(Ordering::Relaxed)
    }

    /// How many may wait.
    pub fn most(&self) -> usize {
        WAITING
    }

    /// Groups that were committed since the start.
    pub fn groups(&self) -> usize {
        self.figures.groups.load(Ordering::Relaxed)
    }

    /// Commands in those groups.
    pub fn commands(&self) -> usize {
        self.figures.commands.load(Ordering::Relaxed)
    }

    /// Callers that were told to come later.
    pub fn crowded(&self) -> usize {
        self.figures.crowded.load(Ordering::Relaxed)
    }
}

struct Asked<V: GroupVerb> {
    command: V::Command,
    answer: oneshot::Sender<Result<V::Accepted, V::Error>>,
}

impl<V: GroupVerb> Writer<V> {
    /// A writer for `verb` on `db`, with a thread and a connection of its own.
    ///
    /// # Errors
    /// The system gave no thread.
    pub fn new(db: Db, verb: V) -> std::io::Result<Writer<V>> {
        let (queue, asked) = mpsc::channel(WAITING);
        let load = Load::default();
        let group = Group {
            db,
            verb,
            conn: None,
            load: load.clone(),
        };
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || group.serve(asked))?;
        Ok(Writer {
            queue: Some(queue),
            thread: Some(thread),
            load,
        })
    }

    /// Applies `command` and answers after its commit.
    ///
    /// # Errors
    /// [`Error::Crowded`] where too many wait; what the verb says otherwise.
    pub async fn submit(&self, command: V::Command) -> Result<V::Accepted, V::Error> {
        let (answer, told) = oneshot::channel();
        let waiting = &self.load.figures.waiting;
        waiting.fetch_add(1, Ordering::Relaxed);
        let sent = match &self.queue {
            Some(queue) => queue.try_send(Asked { command, answer }),
            None => unreachable!("the queue is there until the writer is dropped"),
        };
        let outcome = match sent {
            Ok(()) => told.await.unwrap_or_else(|_| Err(Error::Stopped.into())),
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.load.figures.crowded.fetch_add(1, Ordering::Relaxed);
                Err(Error::Crowded.into())
            }
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Error::Stopped.into()),
        };
        waiting.fetch_sub(1, Ordering::Relaxed);
        outcome
    }

    /// How busy it is.
    pub fn load(&self) -> Load {
        self.load.clone()
    }
}

impl<V: GroupVerb> Drop for Writer<V> {
    /// Whoever waits is still answered.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The writer's thread from inside.
struct Group<V: GroupVerb> {
    db: Db,
    verb: V,
    conn: Option<Conn>,
    load: Load,
}

impl<V: GroupVerb> Group<V> {
    fn serve(mut self, mut asked: mpsc::Receiver<Asked<V>>) {
        let mut group = Vec::with_capacity(LARGEST);
        while asked.blocking_recv_many(&mut group, LARGEST) > 0 {
            let (commands, answers): (Vec<_>, Vec<_>) = group
                .drain(..)
                .map(|asked| (asked.command, asked.answer))
                .unzip();
            // A panic is a fault of ours; those who asked hear it, and the others go on.
            let outcomes = catch_unwind(AssertUnwindSafe(|| self.commit(&commands)));
            let outcomes = outcomes.unwrap_or_else(|_| {
                self.conn = None;
                refused(Error::Stopped.into(), commands.len())
            });
            let figures = &self.load.figures;
            figures.groups.fetch_add(1, Ordering::Relaxed);
            figures
                .commands
                .fetch_add(commands.len(), Ordering::Relaxed);
            drop(commands);
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // Who asked may be gone; what was stored is stored.
                let _ = answer.send(outcome);
            }
        }
    }

    /// Commits a group, on a new connection where the last one was lost.
    fn commit(&mut self, commands: &[V::Command]) -> Outcomes<V> {
        let until = clock::monotonic() + PATIENCE;
        loop {
            match self.attempt(commands) {
                Ok(outcomes) => return outcomes,
                Err(error) => {
                    // Whatever went wrong, the next group begins on a connection that is well.
                    self.conn = None;
                    if !is_lost(&error) || clock::monotonic() >= until {
                        return refused(error, commands.len());
                    }
                    thread::park_timeout(BETWEEN_TRIES);
                }
            }
        }
    }

    fn attempt(&mut self, commands: &[V::Command]) -> Result<Outcomes<V>, V::Error> {
        let conn = match &mut self.conn {
            Some(conn) => conn,
            none => none.insert(self.db.inner.connect_writer().map_err(V::Error::from)?),
        };
        let verb = &self.verb;
        self.db
            .try_write(Some(conn), V::NAME, Begin::Locking, &mut |tx| {
                apply(verb, tx, commands)
            })
    }
}

/// Applies a group at once, or each command by itself where that cannot be.
fn apply<V: GroupVerb>(
    verb: &V,
    tx: &mut Tx,
    commands: &[V::Command],
) -> Result<Outcomes<V>, V::Error> {
    let error = match undone_alone(tx, |tx| verb.apply(tx, commands))? {
        Ok(outcomes) => return Ok(outcomes),
        Err(error) => error,
    };
    if contended(&error) || is_lost(&error) {
        return Err(error);
    }
    if commands.len() == 1 {
        return Ok(vec![Err(error)]);
    }
    tracing::debug!(unit = V::NAME, "a group is applied one by one");
    let mut outcomes = Vec::with_capacity(commands.len());
    for command in commands {
        match undone_alone(tx, |tx| verb.apply(tx, slice::from_ref(command)))? {
            Ok(outcome) => outcomes.extend(outcome),
            Err(error) if contended(&error) || is_lost(&error) => return Err(error),
            Err(error) => outcomes.push(Err(error)),
        }
    }
    Ok(outcomes)
}

/// Runs `work` so that its error undoes what it did and nothing before it. The outer error means
/// that the whole transaction is over.
fn undone_alone<T, E: From<Error>>(
    tx: &mut Tx,
    work: impl FnOnce(&mut Tx) -> Result<T, E>,
) -> Result<Result<T, E>, E> {
    let say = |tx: &mut Tx, statement| tx.conn().batch_execute(statement).map_err(Error::from);
    say(tx, "SAVEPOINT one")?;
    match work(tx) {
        Ok(value) => {
            say(tx, "RELEASE SAVEPOINT one")?;
            Ok(Ok(value))
        }
        Err(error) => match say(tx, "ROLLBACK TO SAVEPOINT one") {
            Ok(()) => Ok(Err(error)),
            // The database has ended the transaction itself; the cause is what it said first.
            Err(_) => Err(error),
        },
    }
}

/// The answer to everybody of a group that was not stored: the first one hears the cause.
fn refused<T, E: std::error::Error + From<Error> + 'static>(
    error: E,
    count: usize,
) -> Vec<Result<T, E>> {
    let cause: &dyn std::error::Error = &error;
    tracing::error!(cause, count, "a group was not stored");
    let others = (1..count).map(|_| Err(Error::Undone.into()));
    std::iter::once(Err(error)).chain(others).collect()
}

/// Whether the database went away, and may come back.
fn is_lost(error: &(dyn std::error::Error + 'static)) -> bool {
    super::any_cause(error, |cause| {
        cause
            .downcast_ref::<Error>()
            .is_some_and(|error| matches!(error, Error::Unconnected(_)))
            || cause
                .downcast_ref::<diesel::result::Error>()
                .is_some_and(super::is_lost)
    })
}
