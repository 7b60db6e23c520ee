//! Whether this process is about to end, for everybody who would begin something new.
//!
//! Invariant: once begun it never ends, but with the process. Readiness turns first, so that a load
//! balancer sends nobody any more; what is under way goes on to its end.
//!
//! Not here: what makes a process drain (`cli::serve`), who stops listening and when (the edge).

use std::sync::Arc;

use tokio::sync::watch;

/// Clones share the state.
#[derive(Clone, Debug)]
pub struct Draining {
    state: Arc<watch::Sender<bool>>,
}

impl Default for Draining {
    fn default() -> Draining {
        Draining {
            state: Arc::new(watch::Sender::new(false)),
        }
    }
}

impl Draining {
    /// From now on nothing new is begun.
    pub fn begin(&self) {
        self.state.send_replace(true);
    }

    /// Whether it has begun.
    pub fn is_on(&self) -> bool {
        *self.state.borrow()
    }

    /// Waits until it begins.
    pub async fn begun(&self) {
        let mut seen = self.state.subscribe();
        // The sender lives as long as `self`.
        let _ = seen.wait_for(|begun| *begun).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_is_told_and_whoever_comes_later_too() {
        let draining = Draining::default();
        assert!(!draining.is_on());
        let other = draining.clone();
        let waiting = tokio::spawn(async move { other.begun().await });
        draining.begin();
        waiting.await.expect("no panic");
        draining.begun().await;
        assert!(draining.clone().is_on());
    }
}
