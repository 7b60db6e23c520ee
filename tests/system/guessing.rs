//! A thief has the database and a backup, and guesses ID numbers: nothing answers.
//!
//! Invariant of the test: the guesses contain every planted number, and the same guesses with the
//! key find all of them, in the database and in the backup; so what is not found without the key is
//! not found for want of the key.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use fairdraw::identity::national_id;
use fairdraw::vault;
use hkdf::Hkdf;
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::ticket;
use sha2::Sha256;

use crate::support::Engine;
use crate::support::life::{Life, Patron};
use crate::support::places;

/// How many candidates for the key a guess tries.
const KEYS: usize = 10;

#[test]
fn a_stolen_database_answers_no_guess_at_an_id_number() {
    let found = guessed(Engine::Sqlite, 40, 1_000);
    assert!(found.guesses >= 1_000, "{} guesses", found.guesses);
    assert_eq!((found.without_key, found.with_key), (0, 40));
}

/// How many of the planted numbers were found.
pub struct Guessed {
    pub guesses: u64,
    pub without_key: usize,
    /// In the database and in the backup; the smaller number of the two.
    pub with_key: usize,
}

/// Plants the ID numbers of `people`, steals the data folder and a backup, and guesses `numbers` ID
/// numbers, those planted among them, with each candidate for the key.
pub fn guessed(engine: Engine, people: u64, numbers: u64) -> Guessed {
    let life = Life::published(engine, |_| ());
    for n in 0..people {
        life.enter(&Patron::number(n));
    }
    let [files, backup] = stolen(engine, &life);
    let all = Windows::of(&[files.as_slice(), &backup].concat());
    let keys = candidates(&life, &files);
    let without_key = found(&all, &keys, people, numbers).len();
    drop(all);
    let key = key_of(&life.app.database.keys(), &life.activity);
    let with_key = [files, backup].map(|part| {
        let windows = Windows::of(&part);
        found(&windows, &[key], people, numbers).len()
    });
    Guessed {
        guesses: numbers * u64::try_from(keys.len()).expect("small"),
        without_key,
        with_key: with_key[0].min(with_key[1]),
    }
}

/// The files of the data folder, and a backup as it lies on its disk and unpacked.
fn stolen(engine: Engine, life: &Life) -> [Vec<u8>; 2] {
    let mut files = Vec::new();
    collect(life.app.database.data(), &mut files);
    let shelf = tempfile::tempdir().expect("a temporary folder");
    let path = shelf.path().join("last-night.backup");
    places::backed_up(&life.app, &path);
    let mut backup = fs::read(&path).expect("the backup");
    backup.extend(places::restored(engine, &life.app.app.config, &path).bytes);
    [files, backup]
}

/// The `place`-th guess: the planted numbers first, then one after the other.
fn guess(place: u64, people: u64) -> String {
    let number = if place < people {
        Patron::number(place).national_id
    } else {
        national_id::synthetic_citizen(place).as_str().to_owned()
    };
    format!("twid:{number}")
}

/// Which guesses have a tag somewhere in the stolen bytes.
fn found(windows: &Windows, keys: &[[u8; 32]], people: u64, numbers: u64) -> BTreeSet<String> {
    std::thread::scope(|scope| {
        let half = |start: u64| {
            let places = (start..numbers).step_by(2);
            let hits = |place: u64| {
                let subject = guess(place, people);
                let hit = |key: &[u8; 32]| windows.hold(&ticket::tag(key, &subject));
                let plain = windows.hold(&sha256(subject.as_bytes()));
                (plain || keys.iter().any(hit)).then_some(subject)
            };
            places.filter_map(hits).collect::<BTreeSet<String>>()
        };
        let other = scope.spawn(move || half(1));
        let mut found = half(0);
        found.extend(other.join().expect("guessed"));
        found
    })
}

fn collect(folder: &Path, into: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).expect("the data folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, into);
        } else {
            into.extend(fs::read(&path).expect("a file"));
        }
    }
}

/// What a thief without the key tries as key: nothing at all, public keys, and values of 32 bytes
/// that are written out in the stolen files, until there are enough.
fn candidates(life: &Life, stolen: &[u8]) -> Vec<[u8; 32]> {
    let of = life.activity.as_str();
    let public = life
        .app
        .app
        .db
        .read_now("keys", |tx| vault::public_keys(tx, of));
    let public = public.expect("the public keys");
    let mut keys = vec![[0; 32], sha256(b"").0, public.notify, public.answers];
    keys.push(sha256(of.as_bytes()).0);
    keys.push(sha256(life.app.app.vault.vkey().as_bytes()).0);
    for run in stolen.split(|byte| !(byte.is_ascii_alphanumeric() || b"+/=".contains(byte))) {
        let hex = data_encoding::HEXLOWER.decode(run).ok();
        let value = hex.or_else(|| data_encoding::BASE64.decode(run).ok());
        let key = value.and_then(|value| <[u8; 32]>::try_from(value).ok());
        keys.extend(key.filter(|key| !keys.contains(key)));
    }
    assert!(keys.len() >= KEYS, "only {} values to try", keys.len());
    keys.truncate(KEYS);
    keys
}

/// K of an activity, by whoever has the key folder.
fn key_of(folder: &Path, activity: &str) -> [u8; 32] {
    let page = fs::read(folder.join(format!("{activity}.key"))).expect("the key");
    for kek in fs::read_dir(folder).expect("the key folder") {
        let kek = kek.expect("a file");
        let name = kek.file_name().to_string_lossy().into_owned();
        let Some(epoch) = name.strip_prefix("kek.") else {
            continue;
        };
        let epoch = epoch.trim_end_matches(".key");
        let kek = fs::read(kek.path()).expect("the key of keys");
        let cipher = XChaCha20Poly1305::new_from_slice(&kek[24..56]).expect("32 bytes");
        for slot in [0, 2_048] {
            let nonce = <[u8; 24]>::try_from(&page[slot + 24..slot + 48]).expect("24 bytes");
            let aad = format!("fairdraw-key/1|{activity}|{epoch}");
            let sealed = Payload {
                msg: &page[slot + 48..slot + 96],
                aad: aad.as_bytes(),
            };
            if let Ok(secret) = cipher.decrypt(&XNonce::from(nonce), sealed) {
                let mut key = [0; 32];
                let info = format!("fairdraw/1|{activity}|dedup");
                Hkdf::<Sha256>::new(None, &secret)
                    .expand(info.as_bytes(), &mut key)
                    .expect("32 bytes");
                return key;
            }
        }
    }
    panic!("the key folder opens its own key");
}

/// Every 32 bytes in a row of the stolen files.
struct Windows {
    bytes: Vec<u8>,
    /// By the first eight bytes, which are looked up first.
    starts: Vec<(u64, u32)>,
    /// For the first [`BITS`] bits, whether any start has them: one bit each, and most are not set.
    some: Vec<u64>,
}

const BITS: u32 = 29;

impl Windows {
    fn of(stolen: &[u8]) -> Windows {
        let start = |window: &[u8]| u64::from_be_bytes(window[..8].try_into().expect("8 bytes"));
        let mut starts: Vec<(u64, u32)> = stolen
            .windows(32)
            .zip(0..)
            .map(|(window, place)| (start(window), place))
            .filter(|(start, _)| *start != 0)
            .collect();
        starts.sort_unstable();
        let mut some = vec![0; 1 << (BITS - 6)];
        for (start, _) in &starts {
            let (word, bit) = bit(*start);
            some[word] |= bit;
        }
        Windows {
            bytes: stolen.to_vec(),
            starts,
            some,
        }
    }

    fn hold(&self, hash: &Hash) -> bool {
        let start = u64::from_be_bytes(hash.0[..8].try_into().expect("8 bytes"));
        let (word, bit) = bit(start);
        if self.some[word] & bit == 0 {
            return false;
        }
        let first = self.starts.partition_point(|(known, _)| *known < start);
        let same = self.starts[first..]
            .iter()
            .take_while(|(known, _)| *known == start);
        same.map(|(_, place)| *place as usize)
            .any(|place| self.bytes[place..place + 32] == hash.0)
    }
}

/// Where in [`Windows::some`] a start is noted.
fn bit(start: u64) -> (usize, u64) {
    let place = start >> (64 - BITS);
    let word = usize::try_from(place >> 6).expect("fewer than 2^29");
    (word, 1 << (place & 63))
}
