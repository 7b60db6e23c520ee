//! Where messages wait for a thread: letters, which may take minutes, apart from all others.
//!
//! Invariant: a letter that finds no room is refused, so that nobody else waits for it; others wait
//! for room. What is not answered yet fits a bound in bytes, and one message alone always does.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::frame;
use crate::vault::wire::Request;

/// Messages that wait for a thread; the one after them waits in the stream.
const MESSAGES: usize = 256;
/// Letters that wait; the one after them is refused, so that nobody else waits for it.
pub(super) const LETTERS: usize = 32;
/// Bytes of messages that are not answered yet; one alone may always be there.
const BYTES: usize = 3 * frame::LONGEST;
const LETTER_BYTES: usize = 2 * frame::LONGEST;

/// A message that waits for its answer.
pub(super) type Asked = (u64, Request, Held);

/// Where messages wait.
pub(super) struct Lines {
    ask: SyncSender<Asked>,
    post: SyncSender<Asked>,
    asked: Arc<Bytes>,
    posted: Arc<Bytes>,
}

impl Lines {
    /// Lines, and their ends for the threads that answer and for those that write letters.
    pub(super) fn new() -> (Lines, Receiver<Asked>, Receiver<Asked>) {
        let (ask, asked) = sync_channel(MESSAGES);
        let (post, posted) = sync_channel(LETTERS);
        let lines = Lines {
            ask,
            post,
            asked: Arc::new(Bytes::up_to(BYTES)),
            posted: Arc::new(Bytes::up_to(LETTER_BYTES)),
        };
        (lines, asked, posted)
    }

    /// Puts a message where it waits for its thread; a letter that finds no room is
    /// refused. Whoever does not write letters waits for room.
    pub(super) fn put(&self, number: u64, request: Request, bytes: usize) -> Result<(), Full> {
        if !request.is_mail() {
            let held = self.asked.wait_for(bytes);
            return self
                .ask
                .send((number, request, held))
                .map_err(|_| Full::Over);
        }
        let held = self.posted.take(bytes).ok_or(Full::Letters)?;
        match self.post.try_send((number, request, held)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(Full::Letters),
            Err(TrySendError::Disconnected(_)) => Err(Full::Over),
        }
    }
}

/// Why a message does not wait.
pub(super) enum Full {
    /// As many letters wait as can.
    Letters,
    /// Nobody answers any more.
    Over,
}

/// How many bytes may wait.
struct Bytes {
    most: usize,
    waiting: Mutex<usize>,
    freed: Condvar,
}

/// Bytes that wait, until this is dropped.
pub(super) struct Held {
    of: Arc<Bytes>,
    bytes: usize,
}

impl Bytes {
    fn up_to(most: usize) -> Bytes {
        Bytes {
            most,
            waiting: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    /// Whether so many more are too many; what comes alone never is.
    fn is_full(&self, waiting: usize, bytes: usize) -> bool {
        waiting > 0 && waiting.saturating_add(bytes) > self.most
    }

    fn wait_for(self: &Arc<Bytes>, bytes: usize) -> Held {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting = self
            .freed
            .wait_while(waiting, |waiting| self.is_full(*waiting, bytes))
            .unwrap_or_else(PoisonError::into_inner);
        *waiting += bytes;
        Held {
            of: self.clone(),
            bytes,
        }
    }

    fn take(self: &Arc<Bytes>, bytes: usize) -> Option<Held> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_full(*waiting, bytes) {
            return None;
        }
        *waiting += bytes;
        Some(Held {
            of: self.clone(),
            bytes,
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let waiting = self.of.waiting.lock();
        *waiting.unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.of.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn what_waits_fits_its_bound_and_one_alone_always_does() {
        let bytes = Arc::new(Bytes::up_to(100));
        let whole = bytes.take(1_000).expect("alone");
        assert!(bytes.take(1).is_none());
        drop(whole);
        let (half, _other) = (bytes.take(60).expect("room"), bytes.take(40).expect("room"));
        assert!(bytes.take(1).is_none());
        let waiting = bytes.clone();
        let waiter = thread::spawn(move || waiting.wait_for(50).bytes);
        drop(half);
        assert_eq!(waiter.join().expect("let in"), 50);
    }
}
