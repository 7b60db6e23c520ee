//! How much is taken on at once: connections, requests, bytes of bodies, and of these what one
//! address may have.
//!
//! Invariant: whatever was taken is given back by `Drop`, however its holder ends. No address alone
//! can take what all others need: it has a share of connections, and one of the memory for bodies.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::address::neighbourhood;
use super::settings::EdgeSettings;
use crate::platform::web::form::LONGEST;

/// One address has so great a part of the memory for bodies, and never less than the longest form.
const PART_OF_ONE: usize = 8;

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

/// What one address has.
#[derive(Default)]
struct Taken {
    connections: usize,
    bytes: usize,
}

/// What is left for one more connection of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Share {
    /// Much.
    Free,
    /// So little that each connection should be short: a hall full of people has one address.
    Scarce,
    /// Nothing.
    Gone,
}

/// What is under way.
pub(super) struct Bounds {
    connections: usize,
    seats: Arc<Semaphore>,
    per_address: usize,
    of_each: Mutex<HashMap<IpAddr, Taken>>,
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

    /// Room for the body of a visitor; it grows with what comes. Nobody: one of whom nothing more
    /// is known than that a proxy of ours brought him.
    pub(super) fn room(self: &Arc<Self>, visitor: Option<IpAddr>) -> Room {
        Room {
            bounds: self.clone(),
            of: visitor.map(neighbourhood),
            bytes: 0,
        }
    }

    /// Changes what one address has.
    fn change<T>(&self, one: IpAddr, change: impl FnOnce(&mut Taken) -> T) -> T {
        let mut of_each = self.of_each.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = of_each.entry(one).or_default();
        let outcome = change(taken);
        if taken.connections == 0 && taken.bytes == 0 {
            of_each.remove(&one);
        }
        outcome
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
    /// Counts the connection for its address, and says what that had left.
    pub(super) fn count_for(&mut self, peer: IpAddr) -> Share {
        let (one, most) = (neighbourhood(peer), self.bounds.per_address);
        let share = self.bounds.change(one, |taken| match taken.connections {
            all if all >= most => Share::Gone,
            before => {
                taken.connections += 1;
                match before < most.div_ceil(2) {
                    true => Share::Free,
                    false => Share::Scarce,
                }
            }
        });
        self.of = (share != Share::Gone).then_some(one);
        share
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(one) = self.of {
            self.bounds.change(one, |taken| taken.connections -= 1);
        }
    }
}

/// What a body takes of the memory for bodies.
pub(super) struct Room {
    bounds: Arc<Bounds>,
    of: Option<IpAddr>,
    bytes: usize,
}

impl Room {
    /// Whether there is room for so many bytes more, in all and for this address.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let bounds = &self.bounds;
        let before = bounds.held.fetch_add(bytes, Ordering::Relaxed);
        let fits =
            before + bytes <= bounds.bytes && self.of.is_none_or(|one| self.share(one, bytes));
        match fits {
            true => self.bytes += bytes,
            false => drop(bounds.held.fetch_sub(bytes, Ordering::Relaxed)),
        }
        fits
    }

    fn share(&self, one: IpAddr, bytes: usize) -> bool {
        let most = (self.bounds.bytes / PART_OF_ONE).max(LONGEST);
        self.bounds.change(one, |taken| {
            let fits = taken.bytes + bytes <= most;
            if fits {
                taken.bytes += bytes;
            }
            fits
        })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.bytes == 0 {
            return;
        }
        self.bounds.held.fetch_sub(self.bytes, Ordering::Relaxed);
        if let Some(one) = self.of {
            self.bounds.change(one, |taken| taken.bytes -= self.bytes);
        }
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
        for (address, share) in [
            (here, Share::Free),
            (here, Share::Scarce),
            (here, Share::Gone),
            (there, Share::Free),
        ] {
            let mut seat = bounds.seat().await;
            assert_eq!(seat.count_for(address), share);
            if share != Share::Gone {
                seats.push(seat);
            }
        }
        assert_eq!(bounds.seats.available_permits(), 13);
        assert!(!bounds.are_scarce());
        seats.remove(0);
        let mut again = bounds.seat().await;
        assert_eq!(again.count_for(here), Share::Scarce);
        for _ in 0..10 {
            seats.push(bounds.seat().await);
        }
        assert!(bounds.are_scarce());
        seats.clear();
        drop(again);
        bounds.emptied().await;
        assert!(bounds.of_each.lock().expect("not poisoned").is_empty());
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
        let (mut one, mut other) = (bounds.room(None), bounds.room(None));
        assert!(one.grow(1 << 19) && other.grow(1 << 19));
        assert!(!one.grow(1));
        drop(other);
        assert!(one.grow(1 << 19) && !one.grow(1));
    }

    #[test]
    fn no_address_takes_the_memory_that_others_need_for_their_bodies() {
        let bounds = bounds(4, 2);
        let room = |address: &str| bounds.room(Some(from(address)));
        let mut first = room("203.0.113.7");
        assert!(first.grow(LONGEST), "the longest form always fits");
        let mut second = room("203.0.113.7");
        assert!(!second.grow(1));
        assert!(room("203.0.113.8").grow(LONGEST));
        drop(first);
        assert!(second.grow(LONGEST));
        drop(second);
        assert_eq!(bounds.held.load(Ordering::Relaxed), 0);
        assert!(bounds.of_each.lock().expect("not poisoned").is_empty());
    }

    #[test]
    fn where_few_files_may_be_open_fewer_connections_are_taken() {
        let settings = EdgeSettings::default();
        assert_eq!(Bounds::of(&settings, 1_000_000).connections, 4_096);
        assert_eq!(Bounds::of(&settings, 4_096).connections, 1_664);
        assert_eq!(Bounds::of(&settings, 1_024).connections, 256);
    }
}
