//! What rooms remember between requests, and forget with its activity.
//!
//! Invariant: whoever keeps anything about people in memory registers here, so that the purge of
//! an activity reaches it; the rest goes when the processes are started anew.
//!
//! Not here: what is remembered (each room), freed memory (the allocator wipes it).

use std::sync::{Arc, Mutex, PoisonError};

/// A room that keeps something in memory.
pub trait Remembers: Send + Sync {
    /// Drops what belongs to an activity; may be called at any time, and again.
    fn forget(&self, activity: &str);
}

/// Every room that keeps something; clones share the list.
#[derive(Clone, Default)]
pub struct Memory {
    rooms: Arc<Mutex<Vec<Arc<dyn Remembers>>>>,
}

impl Memory {
    /// Adds a room.
    pub fn add(&self, room: Arc<dyn Remembers>) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.push(room);
    }

    /// Makes every room forget an activity.
    pub fn forget(&self, activity: &str) {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        for room in rooms.iter() {
            room.forget(activity);
        }
    }
}
