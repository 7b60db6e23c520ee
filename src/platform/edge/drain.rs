//! Whether the server is about to stop.
//!
//! Invariant: once on it stays on; whoever watches it learns of it at once.

use tokio::sync::watch;

/// Shared by the edge, which finishes what is under way, and whoever says that no more should come.
#[derive(Clone, Debug)]
pub struct Draining(watch::Sender<bool>);

impl Default for Draining {
    fn default() -> Draining {
        Draining(watch::Sender::new(false))
    }
}

impl Draining {
    /// Whether the server is about to stop: it still answers, and wants no more work.
    pub fn is_on(&self) -> bool {
        *self.0.borrow()
    }

    /// From now on.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Waits until it has begun.
    pub async fn begun(&self) {
        // The sender lives as long as this value.
        let _ = self.0.subscribe().wait_for(|is_on| *is_on).await;
    }
}
