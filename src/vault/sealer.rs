//! Sealing that is fast: one encapsulation serves the boxes of a minute.
//!
//! Invariant: an epoch lasts at most [`LASTS`] and [`USES`] boxes, belongs to one activity, one
//! public key and one scope, and every box has a key of its own that is exported for it alone
//! (`docs/decisions` 0017). The web side can seal only: a context of RFC 9180's sender opens nothing.
//!
//! Not here: answers that belong to nobody. They never share an encapsulation, because that would
//! put them beside the contacts of their minute (`decisions` D7).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Error;
use super::crypt::{Binding, Epoch, Scope};
use super::field::FieldSet;
use crate::platform::clock::{Clock, MINUTE, Timestamp};

/// How long an epoch lasts, in milliseconds.
const LASTS: i64 = MINUTE;
/// How many boxes an epoch seals.
const USES: u32 = 4_096;

/// Seals contacts to public keys; the web side's only way to write one down.
#[derive(Default)]
pub struct Sealer {
    clock: Clock,
    /// By the derivation text of the scope and the public key.
    epochs: Mutex<HashMap<(String, [u8; 32]), Running>>,
}

struct Running {
    epoch: Arc<Epoch>,
    began: Timestamp,
    used: u32,
}

impl Running {
    fn serves(&self, now: Timestamp) -> bool {
        let age = now.0.saturating_sub(self.began.0);
        (0..LASTS).contains(&age) && self.used < USES
    }
}

impl Sealer {
    /// A sealer whose minutes are those of `clock`.
    pub fn new(clock: Clock) -> Sealer {
        Sealer {
            clock,
            epochs: Mutex::default(),
        }
    }

    pub(super) fn seal(
        &self,
        public: &[u8; 32],
        scope: Scope,
        binding: &Binding,
        fields: FieldSet,
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let epoch = self.epoch(public, scope, binding.activity)?;
        Ok(epoch.seal(binding, fields, plain))
    }

    fn epoch(&self, public: &[u8; 32], scope: Scope, activity: &str) -> Result<Arc<Epoch>, Error> {
        let now = self.clock.now();
        let of = (scope.info(activity), *public);
        let mut epochs = self.epochs.lock().unwrap_or_else(PoisonError::into_inner);
        // What is over is dropped, and its exporter secret wiped, whoever asks.
        epochs.retain(|_, running| running.serves(now));
        if let Some(running) = epochs.get_mut(&of) {
            running.used += 1;
            return Ok(running.epoch.clone());
        }
        let epoch = Epoch::begin(public, scope, activity).ok_or(Error::NoPublicKeys)?;
        let epoch = Arc::new(epoch);
        let running = Running {
            epoch: epoch.clone(),
            began: now,
            used: 1,
        };
        epochs.insert(of, running);
        Ok(epoch)
    }
}
