//! What may be a sign of an attack, counted; and what is held against it, asked.
//!
//! Invariant: counting takes a lock of this process's memory and nothing else, so that no entry
//! waits for a database; a network leaves this module as a tag under a key of its week, never as an
//! address. While nothing is held against anybody, asking is one atomic read.
//!
//! Not here: what a number means and what is done then (`response`), who refuses
//! ([`crate::platform::edge`] and the pages).

mod settings;
pub mod work;

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::clock::{Clock, DAY, Timestamp};
use super::edge::Network;

pub use settings::WatchSettings;

/// For how many days a network can be recognised; the access log's key lives as long.
pub const KEY_DAYS: i64 = 7;

/// Networks that are counted apart between two looks; the rest is counted together.
const APART: usize = 2_000;

/// Something that honest people do now and then, and programs often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sign {
    /// A wrong passphrase, or no such name, at the door of staff.
    SignIn,
    /// A wrong code of a telephone.
    SecondStep,
    /// A code or an address with a secret that belongs to nothing.
    Code,
    /// Somebody heard that a person has a place already, or was not the one behind a ticket.
    Person,
    /// The field that people do not see was filled.
    Trap,
    /// A form came back faster than a person fills it.
    Hasty,
    /// A form that was sent from another site's page.
    OtherSite,
    /// A request that the edge turned away.
    Refused,
    /// A browser reports something on a page that is not ours.
    Script,
}

impl Sign {
    /// Every sign.
    pub const ALL: [Sign; 9] = [
        Sign::SignIn,
        Sign::SecondStep,
        Sign::Code,
        Sign::Person,
        Sign::Trap,
        Sign::Hasty,
        Sign::OtherSite,
        Sign::Refused,
        Sign::Script,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Sign::SignIn => "sign_in",
            Sign::SecondStep => "second_step",
            Sign::Code => "code",
            Sign::Person => "person",
            Sign::Trap => "trap",
            Sign::Hasty => "hasty",
            Sign::OtherSite => "other_site",
            Sign::Refused => "refused",
            Sign::Script => "script",
        }
    }
}

/// The network of an address: the first 24 bits of IPv4, 56 of IPv6.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Near(IpAddr);

impl Near {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Near {
        Near(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & 0xffff_ff00)),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 72))),
        })
    }

    /// Its bytes, for a keyed hash and for nothing else.
    pub fn bytes(self) -> [u8; 16] {
        match self.0 {
            IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
            IpAddr::V6(v6) => v6.octets(),
        }
    }

    /// This machine itself, behind whose address may stand everybody.
    fn is_here(self) -> bool {
        self.0.is_loopback() || self.0 == IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    }

    fn bits(self) -> u8 {
        match self.0 {
            IpAddr::V4(_) => 24,
            IpAddr::V6(_) => 56,
        }
    }
}

impl fmt::Debug for Near {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Near(redacted)")
    }
}

/// The key under which networks are told apart in one week.
#[derive(Clone)]
pub struct Key {
    /// Which week, counted from 1970.
    pub week: i64,
    /// The key.
    pub bytes: Zeroizing<[u8; 32]>,
}

impl Key {
    fn tag(&self, near: Near) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.bytes.as_slice())
            .expect("HMAC takes a key of any length");
        mac.update(&near.bytes());
        let mac = mac.finalize().into_bytes();
        format!("{}-{}", self.week, HEXLOWER.encode(&mac[..8]))
    }
}

/// The week of a moment, for its key.
pub fn week(at: Timestamp) -> i64 {
    at.0.div_euclid(KEY_DAYS * DAY)
}

/// So often was a sign seen since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// Which.
    pub sign: Sign,
    /// The tag of the network; nothing where it is not told apart.
    pub network: Option<String>,
    /// How often.
    pub count: u64,
}

/// What is held against networks now, by their tags, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// These send no form.
    pub blocked: HashMap<String, Timestamp>,
    /// Before forms of these are taken, their browsers work a moment or their people wait.
    pub slowed: HashMap<String, Timestamp>,
    /// The same for everybody.
    pub pressed: Option<Timestamp>,
}

impl Held {
    fn is_nothing(&self) -> bool {
        self.blocked.is_empty() && self.slowed.is_empty() && self.pressed.is_none()
    }
}

/// The clonable handle of this process.
#[derive(Clone)]
pub struct Watch(Arc<Inner>);

struct Inner {
    clock: Clock,
    /// Networks that are never told apart.
    trusted: Vec<Network>,
    counts: Mutex<HashMap<(Sign, Option<Near>), u64>>,
    keys: RwLock<Vec<Key>>,
    is_holding: AtomicBool,
    held: RwLock<Held>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl Watch {
    /// Nothing noticed, nothing held. Networks of `trusted` are counted with everybody.
    pub fn new(clock: &Clock, trusted: Vec<Network>) -> Watch {
        Watch(Arc::new(Inner {
            clock: clock.clone(),
            trusted,
            counts: Mutex::default(),
            keys: RwLock::default(),
            is_holding: AtomicBool::new(false),
            held: RwLock::default(),
        }))
    }

    /// The time that it goes by.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Counts a sign. At the library's own desks forms are filled by practised hands.
    pub fn notice(&self, sign: Sign, from: Near) {
        let near = Some(from).filter(|near| !self.is_trusted(*near));
        if near.is_none() && matches!(sign, Sign::Hasty | Sign::Trap) {
            return;
        }
        let mut counts = self.counts();
        let is_room = counts.len() < APART || counts.contains_key(&(sign, near));
        let key = (sign, near.filter(|_| is_room));
        *counts.entry(key).or_default() += 1;
    }

    /// Whether forms of a network are refused, and until when.
    pub fn blocked(&self, from: Near) -> Option<Timestamp> {
        self.until(from, |held, tag| held.blocked.get(tag).copied())
    }

    /// Whether forms of a network, or of everybody, need a moment's work or patience first.
    pub fn is_pressed(&self, from: Near) -> bool {
        if !self.0.is_holding.load(Ordering::Relaxed) {
            return false;
        }
        let now = self.0.clock.now();
        let of_all = self.held().pressed.is_some_and(|until| until > now);
        of_all
            || self
                .until(from, |held, tag| held.slowed.get(tag).copied())
                .is_some()
    }

    fn until(
        &self,
        from: Near,
        of: impl Fn(&Held, &str) -> Option<Timestamp>,
    ) -> Option<Timestamp> {
        if !self.0.is_holding.load(Ordering::Relaxed) || self.is_trusted(from) {
            return None;
        }
        let keys = self.0.keys.read().unwrap_or_else(PoisonError::into_inner);
        let held = self.held();
        let now = self.0.clock.now();
        let found = keys.iter().filter_map(|key| of(&held, &key.tag(from)));
        found.max().filter(|until| *until > now)
    }

    /// Whether nothing is held against a network in particular: the library's own, and this machine,
    /// behind which everybody may stand.
    fn is_trusted(&self, near: Near) -> bool {
        let meets = |each: &Network| each.meets(near.0, near.bits());
        near.is_here() || self.0.trusted.iter().any(meets)
    }

    /// Whether something was noticed of a network, for which a key is needed.
    pub fn needs_key(&self) -> bool {
        self.counts().keys().any(|(_, near)| near.is_some())
    }

    /// The weeks whose keys are here.
    pub fn weeks(&self) -> Vec<i64> {
        let keys = self.0.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().map(|key| key.week).collect()
    }

    /// The keys of this week and of the one before, as far as there are any; the rest is forgotten.
    pub fn hold_keys(&self, keys: Vec<Key>) {
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Everything that was counted since the last time. Without a key of `week` networks are counted
    /// together.
    pub fn take(&self, week: i64) -> Vec<Noticed> {
        let counts = std::mem::take(&mut *self.counts());
        let keys = self.0.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.iter().find(|key| key.week == week);
        let noticed = counts.into_iter().map(|((sign, near), count)| Noticed {
            sign,
            network: near.and_then(|near| key.map(|key| key.tag(near))),
            count,
        });
        let mut noticed: Vec<Noticed> = noticed.collect();
        noticed.sort_by(|a, b| (a.sign, &a.network).cmp(&(b.sign, &b.network)));
        noticed
    }

    /// What is held from now on.
    pub fn hold(&self, held: Held) {
        self.0
            .is_holding
            .store(!held.is_nothing(), Ordering::Relaxed);
        *self.0.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    fn held(&self) -> std::sync::RwLockReadGuard<'_, Held> {
        self.0.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<(Sign, Option<Near>), u64>> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::MINUTE;

    fn near(address: &str) -> Near {
        Near::of(address.parse().expect("an address"))
    }

    fn key(week: i64) -> Key {
        Key {
            week,
            bytes: Zeroizing::new([7; 32]),
        }
    }

    fn watch(trusted: &[&str]) -> (Watch, Clock) {
        let clock = Clock::standing_at(Timestamp::from_unix(1_790_000_000));
        let networks = trusted
            .iter()
            .map(|text| Network::try_from((*text).to_owned()));
        let networks = networks.map(|network| network.expect("a network"));
        (Watch::new(&clock, networks.collect()), clock)
    }

    #[test]
    fn signs_of_one_network_are_counted_under_one_tag_and_no_address() {
        let (watch, _) = watch(&[]);
        watch.hold_keys(vec![key(3)]);
        for address in ["203.0.113.7", "203.0.113.250", "198.51.100.1"] {
            watch.notice(Sign::Code, near(address));
        }
        let noticed = watch.take(3);
        assert_eq!(noticed.iter().map(|each| each.count).sum::<u64>(), 3);
        assert_eq!(noticed.len(), 2);
        for each in &noticed {
            let tag = each.network.as_deref().expect("told apart");
            assert!(tag.starts_with("3-") && tag.len() == 18, "{tag}");
        }
        assert_eq!(watch.take(3), []);
        assert_eq!(format!("{:?}", near("203.0.113.7")), "Near(redacted)");
    }

    #[test]
    fn the_librarys_own_network_and_this_machine_are_never_told_apart() {
        let (watch, _) = watch(&["203.0.113.64/26", "2001:db8::/32"]);
        watch.hold_keys(vec![key(3)]);
        let known = ["203.0.113.7", "2001:db8:1::7", "127.0.0.1", "::1"];
        for address in known {
            watch.notice(Sign::Code, near(address));
            watch.notice(Sign::Hasty, near(address));
        }
        let together = Noticed {
            sign: Sign::Code,
            network: None,
            count: 4,
        };
        assert_eq!(watch.take(3), [together]);
    }

    #[test]
    fn what_is_held_holds_for_its_network_and_its_time() {
        let (watch, clock) = watch(&["198.51.100.0/24"]);
        watch.hold_keys(vec![key(3)]);
        let (bad, good) = (near("203.0.113.7"), near("192.0.2.1"));
        assert!(!watch.is_pressed(bad) && watch.blocked(bad).is_none());
        let until = clock.now().plus(MINUTE);
        watch.hold(Held {
            blocked: [(key(3).tag(bad), until)].into(),
            slowed: [(key(3).tag(good), until)].into(),
            pressed: None,
        });
        assert_eq!(watch.blocked(bad), Some(until));
        assert_eq!(watch.blocked(good), None);
        assert!(watch.is_pressed(good) && !watch.is_pressed(bad));
        clock.advance(MINUTE);
        assert_eq!(watch.blocked(bad), None);
        watch.hold(Held {
            pressed: Some(clock.now().plus(MINUTE)),
            ..Held::default()
        });
        assert!(watch.is_pressed(near("198.51.100.9")));
        watch.hold(Held::default());
        assert!(!watch.is_pressed(good));
    }

    #[test]
    fn networks_without_number_take_no_memory_without_end() {
        let (watch, _) = watch(&[]);
        watch.hold_keys(vec![key(3)]);
        for number in 0..u32::try_from(2 * APART).expect("small") {
            let address = IpAddr::V4(Ipv4Addr::from_bits(0x0b00_0000 + (number << 8)));
            watch.notice(Sign::Refused, Near::of(address));
        }
        let noticed = watch.take(3);
        assert!(noticed.len() <= APART + 1);
        let all: u64 = noticed.iter().map(|each| each.count).sum();
        assert_eq!(all, 2 * APART as u64);
    }
}
