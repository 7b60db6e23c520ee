//! How much is taken on at once: connections, those of one address, requests, bytes of bodies.
//!
//! Invariant: whatever was taken is given back by `Drop`, however its holder ends.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::address::neighbourhood;
use super::settings::EdgeSettings;

/// Files that are open for other things: the database, the line to Rocket, logs.
const OTHER_FILES: usize = 256;

/// Whose turn it is: nobody waits for another lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// Pages of the public.
    Public,
    /// Pages of staff.
    Staff,
    /// What costs nothing: stylesheets and pictures, without which the waiting page itself would
    /// look broken, and what programs watch.
    Light,
}

/// What is under way.
pub(super) struct Bounds {
    connections: usize,
    seats: Arc<Semaphore>,
    per_address: usize,
    of_each: Mutex<HashMap<IpAddr, usize>>,
    public: Arc<Semaphore>,
    staff: Arc<Semaphore>,
    light: Arc<Semaphore>,
    bytes: usize,
    held: AtomicUsize,
}

impl Bounds {
    /// The configured ones, as far as `files` may be open at once.
    pub(super) fn of(settings: &EdgeSettings, files: usize) -> Bounds {
        // A request under way holds a line to Rocket, which is two files.
        let inside = OTHER_FILES + 2 * (2 * settings.under_way + settings.under_way_staff);
        let possible = files.saturating_sub(inside).max(files / 4).max(16);
        let connections = settings.connections.min(possible);
        Bounds {
            connections,
            seats: Arc::new(Semaphore::new(connections)),
            per_address: settings.connections_per_address,
            of_each: Mutex::default(),
            public: Arc::new(Semaphore::new(settings.under_way)),
            staff: Arc::new(Semaphore::new(settings.under_way_staff)),
            light: Arc::new(Semaphore::new(settings.under_way)),
            bytes: settings.bodies_mib << 20,
            held: AtomicUsize::new(0),
        }
    }

    /// Whether so many connections are there that each should be quick.
    pub(super) fn are_scarce(&self) -> bool {
        self.seats.available_permits() < self.connections / 4
    }

    /// A place for one more connection, as soon as there is one: who comes meanwhile waits in the
    /// system's queue.
    pub(super) async fn seat(self: &Arc<Self>) -> Seat {
        let permit = self.seats.clone().acquire_owned().await;
        Seat {
            bounds: self.clone(),
            of: None,
            _permit: permit.expect("nobody closes the semaphore"),
        }
    }

    /// Leave to have one more request answered.
    pub(super) fn turn(&self, lane: Lane) -> Option<OwnedSemaphorePermit> {
        let lane = match lane {
            Lane::Public => &self.public,
            Lane::Staff => &self.staff,
            Lane::Light => &self.light,
        };
        lane.clone().try_acquire_owned().ok()
    }

    /// Room for bodies; it grows with what comes.
    pub(super) fn room(self: &Arc<Self>) -> Room {
        Room {
            bounds: self.clone(),
            bytes: 0,
        }
    }

    /// Waits until no connection is left.
    pub(super) async fn emptied(&self) {
        let all = u32::try_from(self.connections).unwrap_or(u32::MAX);
        let _all = self.seats.acquire_many(all).await;
    }
}

/// One connection's place.
pub(super) struct Seat {
    bounds: Arc<Bounds>,
    of: Option<IpAddr>,
    _permit: OwnedSemaphorePermit,
}

impl Seat {
    /// Counts the connection for its address; false where that has as many as it may.
    pub(super) fn count_for(&mut self, peer: IpAddr) -> bool {
        let one = neighbourhood(peer);
        let of_each = &self.bounds.of_each;
        let mut of_each = of_each.lock().unwrap_or_else(PoisonError::into_inner);
        let count = of_each.entry(one).or_default();
        if *count >= self.bounds.per_address {
            return false;
        }
        *count += 1;
        self.of = Some(one);
        true
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(one) = self.of {
            let of_each = &self.bounds.of_each;
            let mut of_each = of_each.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(count) = of_each.get_mut(&one) {
                *count -= 1;
                if *count == 0 {
                    of_each.remove(&one);
                }
            }
        }
    }
}

/// What a body takes of the memory for bodies.
pub(super) struct Room {
    bounds: Arc<Bounds>,
    bytes: usize,
}

impl Room {
    /// Whether there is room for so many bytes more.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let before = self.bounds.held.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > self.bounds.bytes {
            self.bounds.held.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        self.bytes += bytes;
        true
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.bounds.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(connections: usize, per_address: usize) -> Arc<Bounds> {
        let settings = EdgeSettings {
            connections,
            connections_per_address: per_address,
            under_way: 1,
            under_way_staff: 1,
            bodies_mib: 1,
            ..EdgeSettings::default()
        };
        Arc::new(Bounds::of(&settings, 100_000))
    }

    fn from(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[tokio::test]
    async fn an_address_has_its_share_and_gets_it_back() {
        let bounds = bounds(16, 2);
        let (here, there) = (from("203.0.113.7"), from("203.0.113.8"));
        let mut seats = Vec::new();
        for (address, fits) in [(here, true), (here, true), (here, false), (there, true)] {
            let mut seat = bounds.seat().await;
            assert_eq!(seat.count_for(address), fits);
            if fits {
                seats.push(seat);
            }
        }
        assert_eq!(bounds.seats.available_permits(), 13);
        assert!(!bounds.are_scarce());
        seats.remove(0);
        let mut again = bounds.seat().await;
        assert!(again.count_for(here));
        for _ in 0..10 {
            seats.push(bounds.seat().await);
        }
        assert!(bounds.are_scarce());
        seats.clear();
        drop(again);
        bounds.emptied().await;
    }

    #[test]
    fn staff_do_not_wait_for_the_public() {
        let bounds = bounds(4, 2);
        let turn = bounds.turn(Lane::Public);
        assert!(turn.is_some() && bounds.turn(Lane::Public).is_none());
        assert!(bounds.turn(Lane::Staff).is_some());
        drop(turn);
        assert!(bounds.turn(Lane::Public).is_some());
    }

    #[test]
    fn bodies_take_no_more_memory_than_there_is_for_them() {
        let bounds = bounds(4, 2);
        let (mut one, mut other) = (bounds.room(), bounds.room());
        assert!(one.grow(1 << 19) && other.grow(1 << 19));
        assert!(!one.grow(1));
        drop(other);
        assert!(one.grow(1 << 19) && !one.grow(1));
    }

    #[test]
    fn where_few_files_may_be_open_fewer_connections_are_taken() {
        let settings = EdgeSettings::default();
        assert_eq!(Bounds::of(&settings, 1_000_000).connections, 4_096);
        assert_eq!(Bounds::of(&settings, 4_096).connections, 1_664);
        assert_eq!(Bounds::of(&settings, 1_024).connections, 256);
    }
}
