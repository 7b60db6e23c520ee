//! What a process that watches over another one waits for: a stop, or an end of the other.
//!
//! Not here: what is started and seen off ([`super::supervise`], [`super::vault_side`]).

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::platform::clock;

/// So many ends within a minute, and nobody starts anything any more.
pub(super) const TOO_MANY: usize = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// How often it is looked for an end: the system may join two signals of ends into one.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// The signals that are waited for.
pub(super) struct Signals {
    stop: Signal,
    interrupt: Signal,
    hangup: Signal,
    ended: Signal,
}

impl Signals {
    /// Hears them from now on.
    ///
    /// # Errors
    /// The system takes no listener.
    pub(super) fn heard() -> io::Result<Signals> {
        Ok(Signals {
            stop: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
            ended: signal(SignalKind::child())?,
        })
    }

    /// Waits until there is something to look at; whether somebody said stop.
    pub(super) async fn stopped(&mut self) -> bool {
        tokio::select! {
            _ = self.ended.recv() => false,
            _ = self.stop.recv() => true,
            _ = self.interrupt.recv() => true,
            _ = self.hangup.recv() => true,
            () = tokio::time::sleep(BETWEEN_LOOKS) => false,
        }
    }
}

/// How often something ended by itself lately.
#[derive(Default)]
pub(super) struct Ends(Vec<Duration>);

impl Ends {
    /// Notes one more; whether they are too many to go on.
    pub(super) fn note(&mut self) -> bool {
        let now = clock::monotonic();
        self.0.retain(|end| now.saturating_sub(*end) < MINUTE);
        self.0.push(now);
        self.0.len() >= TOO_MANY
    }
}
