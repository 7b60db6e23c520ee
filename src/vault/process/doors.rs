//! Web sides that come to the vault of their site by themselves, each over a stream of its own.
//!
//! Invariant: somebody is heard only after the door has let them in (user, group or key) and the
//! first words named this site and this version. Each stream has its own numbers, queue and bounds;
//! what the operator allows is counted for all of them together. Whoever has shown nothing yet takes
//! no place of those who have, and makes room for the next one.
//!
//! Not here: what is answered (`keeper`), how a door is kept (`platform::channel`).

use std::collections::BTreeMap;
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
/// Those at a time who have shown nothing yet; the next one takes the place of the eldest.
const STRANGERS: usize = 32;
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
    guests: BTreeMap<u64, Guest>,
    is_over: bool,
}

struct Guest {
    end: End,
    /// Whether the first words were said.
    is_known: bool,
}

impl Inside {
    fn count(&self, known: bool) -> usize {
        let those = self.guests.values();
        those.filter(|guest| guest.is_known == known).count()
    }

    /// The one who has said nothing for the longest, where as many are there as may be.
    fn one_too_many(&mut self) -> Option<Guest> {
        let eldest = self.guests.iter().find(|(_, guest)| !guest.is_known);
        let eldest = eldest.map(|(number, _)| *number)?;
        match self.count(false) < STRANGERS {
            true => None,
            false => self.guests.remove(&eldest),
        }
    }
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
            if inside.is_over {
                return;
            }
            if let Some(silent) = inside.one_too_many() {
                silent.end.close();
            }
            let is_known = false;
            inside.guests.insert(number, Guest { end, is_known });
        }
        let hall = self.clone();
        let served = thread::Builder::new()
            .name("vault guest".to_owned())
            .spawn(move || {
                let let_in = knock.let_in();
                if let Err(error) = let_in.and_then(|channel| hall.serve(number, channel)) {
                    tracing::warn!(%error, "a web side was sent away or lost");
                }
                hall.leave(number);
            });
        if served.is_err() {
            self.leave(number);
        }
    }

    fn serve(&self, number: u64, mut channel: Channel) -> io::Result<()> {
        let told = (self.told.0.as_str(), self.told.1);
        let wrong = |why: &'static str| io::Error::new(io::ErrorKind::InvalidData, why);
        if !launch::welcome(&mut channel, &self.site, told, &self.standing)? {
            return Err(wrong("a web side of another site or version"));
        }
        if !self.seat(number) {
            return Err(wrong("more web sides than can be served"));
        }
        answer_all(&self.keeper, channel)
    }

    /// Whether a guest who has shown everything has a place.
    fn seat(&self, number: u64) -> bool {
        let mut inside = self.inside();
        let has_room = inside.count(true) < MOST;
        let guest = inside.guests.get_mut(&number).filter(|_| has_room);
        guest.map(|guest| guest.is_known = true).is_some()
    }

    fn leave(&self, number: u64) {
        if let Some(guest) = self.inside().guests.remove(&number) {
            guest.end.close();
        }
        self.left.notify_all();
    }

    /// Hears nothing more from anybody and waits until the answers under way are told.
    pub(super) fn see_off(&self) {
        let mut inside = self.inside();
        inside.is_over = true;
        inside.guests.values().for_each(|guest| guest.end.deafen());
        let waiting = self
            .left
            .wait_timeout_while(inside, FAREWELL, |inside| !inside.guests.is_empty());
        drop(waiting.unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;
    use crate::platform::channel::Identity;
    use crate::vault::OpeningPolicy;

    #[test]
    fn strangers_who_say_nothing_keep_no_web_side_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = folder.path().join("keys");
        crate::vault::disk::private_folder(&keys).expect("made");
        let keeper = Keeper::open(&keys, "library.example", OpeningPolicy::default());
        let keeper = Arc::new(keeper.expect("it opens"));
        let (vault, web) = (Identity::fresh(), Identity::fresh());
        let door = Door::tls("127.0.0.1:0", vault.clone(), vec![web.public()]);
        let door = door.expect("a port");
        let Door::Tls(listener, ..) = &door else {
            panic!("a port");
        };
        let place = listener.local_addr().expect("bound").to_string();
        let told = ("vkey".to_owned(), Timestamp(0));
        let hall = Entrance(vec![door])
            .admit(&keeper, "library.example", &told, &[])
            .expect("it is open");

        let silent: Vec<TcpStream> = (0..3 * (MOST + STRANGERS))
            .map(|_| TcpStream::connect(&place).expect("it listens"))
            .collect();
        let address = Address::Tls {
            place,
            key: Some(vault.public()),
        };
        let mut channel = address.connect(Some(&web)).expect("it is let in");
        let answer = launch::greet(&mut channel, "library.example").expect("heard");
        assert_eq!(launch::read(&answer).expect("ready").vkey, "vkey");
        let inside = hall.inside();
        assert!(inside.count(false) <= STRANGERS);
        drop((inside, silent, channel));
    }
}
