//! Group commit: many callers, one transaction (`decisions` D20).
//!
//! Invariant: a caller is answered after the commit of the group that holds its command.
//!
//! Groups have one member for now; callers will not notice when they grow.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{Db, Error, Tx};

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

    /// Applies one command; a refusal undoes only this command.
    fn apply(&self, tx: &mut Tx, command: &Self::Command) -> Result<Self::Accepted, Self::Error>;

    /// Runs once a group, after its last command: stores what the group shares.
    fn complete(&self, tx: &mut Tx, accepted: &mut [Self::Accepted]) -> Result<(), Self::Error>;
}

/// The one queue through which a verb's commands reach the database.
pub struct Writer<V: GroupVerb> {
    db: Db,
    verb: Arc<V>,
    lane: Mutex<()>,
}

impl<V: GroupVerb> Writer<V> {
    /// A writer for `verb` on `db`.
    pub fn new(db: Db, verb: V) -> Writer<V> {
        Writer {
            db,
            verb: Arc::new(verb),
            lane: Mutex::new(()),
        }
    }

    /// Applies `command` and answers after its commit.
    pub async fn submit(&self, command: V::Command) -> Result<V::Accepted, V::Error> {
        let _turn = self.lane.lock().await;
        let verb = self.verb.clone();
        self.db
            .write(V::NAME, move |tx| {
                let mut accepted = [verb.apply(tx, &command)?];
                verb.complete(tx, &mut accepted)?;
                let [accepted] = accepted;
                Ok(accepted)
            })
            .await
    }
}
