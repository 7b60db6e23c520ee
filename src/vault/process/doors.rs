//! Web sides that come to the vault of their site by themselves, each over a stream of its own.
//!
//! Invariant: somebody is heard only after the door has let them in (user, group or key) and the
//! first words named this site and this version. Each stream has its own numbers, queue and bounds;
//! what the operator allows is counted for all of them together.
//!
//! Not here: what is answered (`keeper`), how a door is kept (`platform::channel`).

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::launch::{self, Doors, LaunchError};
use super::serve::answer_all;
use crate::platform::channel::{Address, Channel, Door, End, Knock};
use crate::platform::clock::Timestamp;
use crate::platform::confine::Protection;
use crate::vault::keeper::Keeper;

/// Web sides at a time; one more waits for nobody and is sent away.
const MOST: usize = 64;
/// How long those who are being served may take to the end of their answers.
const FAREWELL: Duration = Duration::from_secs(4);

/// Doors that are open, and nobody has come in.
pub(super) struct Entrance(Vec<Door>);

impl Entrance {
    /// Opens every door; before this process is confined.
    pub(super) fn open(doors: &Doors) -> Result<Entrance, LaunchError> {
        let open = |address: &Address| {
            let opened = match address {
                Address::Unix(path) => Door::unix(path, doors.with_group),
                Address::Tls { place, .. } => {
                    Door::tls(place, doors.identity.clone(), doors.peers.clone())
                }
            };
            opened.map_err(|error| {
                LaunchError::Refused(format!("nobody can be awaited at {address}: {error}"))
            })
        };
        let opened: Result<Vec<Door>, LaunchError> = doors.listen.iter().map(open).collect();
        Ok(Entrance(opened?))
    }

    /// Lets web sides in from now on.
    pub(super) fn admit(
        self,
        keeper: &Arc<Keeper>,
        site: &str,
        told: &(String, Timestamp),
        standing: &[Protection],
    ) -> io::Result<Arc<Hall>> {
        let hall = Arc::new(Hall {
            keeper: keeper.clone(),
            site: site.to_owned(),
            told: told.clone(),
            standing: standing.to_vec(),
            next: AtomicU64::new(0),
            inside: Mutex::default(),
            left: Condvar::new(),
        });
        for door in self.0 {
            let hall = hall.clone();
            thread::Builder::new()
                .name("vault door".to_owned())
                .spawn(move || hall.keep(&door))?;
        }
        Ok(hall)
    }
}

/// Everybody who is inside.
pub(super) struct Hall {
    keeper: Arc<Keeper>,
    site: String,
    told: (String, Timestamp),
    standing: Vec<Protection>,
    next: AtomicU64,
    inside: Mutex<Inside>,
    left: Condvar,
}

#[derive(Default)]
struct Inside {
    ends: HashMap<u64, End>,
    is_over: bool,
}

impl Hall {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits at one door, as long as this process lives.
    fn keep(self: &Arc<Hall>, door: &Door) {
        loop {
            match door.knock() {
                Ok(knock) => self.receive(knock),
                Err(error) => {
                    tracing::warn!(%error, "a door of the vault is stuck");
                    thread::sleep(Duration::from_millis(200));
                }
            }
        }
    }

    /// A guest gets a thread before anything is read, so that one who is silent holds up nobody.
    fn receive(self: &Arc<Hall>, knock: Knock) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let Ok(end) = knock.end() else { return };
        {
            let mut inside = self.inside();
            if inside.is_over || inside.ends.len() >= MOST {
                tracing::warn!("too many come to the vault");
                return;
            }
            inside.ends.insert(number, end);
        }
        let hall = self.clone();
        let served = thread::Builder::new()
            .name("vault guest".to_owned())
            .spawn(move || {
                if let Err(error) = knock.let_in().and_then(|channel| hall.serve(channel)) {
                    tracing::warn!(%error, "a web side was sent away or lost");
                }
                hall.leave(number);
            });
        if served.is_err() {
            self.leave(number);
        }
    }

    fn serve(&self, mut channel: Channel) -> io::Result<()> {
        let told = (self.told.0.as_str(), self.told.1);
        let is_ready = launch::welcome(&mut channel, &self.site, told, &self.standing)?;
        match is_ready {
            true => answer_all(&self.keeper, channel),
            false => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a web side of another site or version",
            )),
        }
    }

    fn leave(&self, number: u64) {
        if let Some(end) = self.inside().ends.remove(&number) {
            end.close();
        }
        self.left.notify_all();
    }

    /// Hears nothing more from anybody and waits until the answers under way are told.
    pub(super) fn see_off(&self) {
        let mut inside = self.inside();
        inside.is_over = true;
        inside.ends.values().for_each(End::deafen);
        let waiting = self
            .left
            .wait_timeout_while(inside, FAREWELL, |inside| !inside.ends.is_empty());
        drop(waiting.unwrap_or_else(PoisonError::into_inner));
    }
}
