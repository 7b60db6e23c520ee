//! The log of this process, kept in memory to be searched.

use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};

/// What this process wrote to its log since [`keep`].
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut kept = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// From now on the log of this process is kept, of all tests together.
pub fn keep() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let lines = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(|| Sink)
            .finish();
        tracing::subscriber::set_global_default(lines).expect("nobody else keeps the log");
    });
}

/// What was written.
pub fn kept() -> Vec<u8> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
