//! Ten thousand sealed boxes put in each other's place, before the vault as a process of its own.
//!
//! Answers, payees and both versions are in the unit test of the same name (`FAIRDRAW_CASES`).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fairdraw::audit::Actor;
use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::{Db, Target};
use fairdraw::vault::{
    BoundBox, Contact, ContactOf, Email, Name, OpeningPolicy, PublicKeys, Sealer, Start, Vault,
    record_named, record_shared, seal_contact, seal_share,
};
use lucky_draw::encode::{Hash, sha256};

const BOXES: u64 = 10_000;
const ACTIVITIES: [&str; 4] = ["spring", "summer", "autumn", "winter"];
const PROVIDERS: [&str; 2] = ["pool", "museum"];

/// What a contact is bound to.
#[derive(Clone, PartialEq, Eq)]
struct Place {
    activity: &'static str,
    /// The provider whose export it is for; nothing for the contact itself.
    provider: Option<&'static str>,
    item: String,
    tag: [u8; 32],
    notice: [u8; 32],
}

/// A number below `end`, the same in every run.
fn chance(seed: &mut u64, end: u64) -> u64 {
    *seed += 1;
    let bytes = sha256(&seed.to_be_bytes()).0;
    u64::from_be_bytes(bytes[..8].try_into().expect("8 bytes")) % end
}

fn one_of<T: Copy>(seed: &mut u64, these: &[T]) -> T {
    let end = u64::try_from(these.len()).expect("few");
    these[usize::try_from(chance(seed, end)).expect("few")]
}

impl Place {
    fn any(seed: &mut u64) -> Place {
        let small = |number: u64| [u8::try_from(number).expect("small"); 32];
        Place {
            activity: one_of(seed, &ACTIVITIES),
            provider: one_of(seed, &[None, None, Some(PROVIDERS[0]), Some(PROVIDERS[1])]),
            item: format!("item{}", chance(seed, 60)),
            tag: small(chance(seed, 20)),
            notice: small(chance(seed, 3)),
        }
    }

    /// Differs in one thing, or in several.
    fn another(&self, seed: &mut u64) -> Place {
        loop {
            let (other, which) = (Place::any(seed), 1 + chance(seed, 31));
            let mut moved = self.clone();
            if which & 1 != 0 {
                moved.item = other.item;
            }
            if which & 2 != 0 {
                moved.tag = other.tag;
            }
            if which & 4 != 0 {
                moved.notice = other.notice;
            }
            if which & 8 != 0 {
                moved.activity = other.activity;
            }
            if which & 16 != 0 {
                moved.provider = other.provider;
            }
            if moved != *self {
                return moved;
            }
        }
    }

    fn with(&self, sealed: Vec<u8>) -> BoundBox {
        BoundBox {
            item: self.item.clone(),
            tag: Hash(self.tag),
            notice: Hash(self.notice),
            sealed,
        }
    }
}

/// How many boxes open where they are presented.
fn opened(vault: &Vault, db: &Db, presented: Vec<(Place, Vec<u8>)>) -> usize {
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<BoundBox>> = BTreeMap::new();
    for (place, sealed) in presented {
        let of = (place.activity, place.provider);
        groups.entry(of).or_default().push(place.with(sealed));
    }
    let mut count = 0;
    for ((activity, provider), boxes) in groups {
        count += match provider {
            Some(provider) => {
                let recorded = db.write_now("record", |tx| {
                    record_shared(tx, &Actor::System, "", activity, provider, boxes.clone())
                });
                let each = vault.open_shared(recorded.expect("recorded"));
                each.expect("answered")
                    .iter()
                    .filter(|one| one.is_ok())
                    .count()
            }
            None => {
                let recorded = db.write_now("record", |tx| {
                    let place = (activity, activity);
                    record_named(tx, &Actor::System, "", place, "judicial", boxes.clone())
                });
                let each = vault.open_named(recorded.expect("recorded"));
                each.expect("answered")
                    .iter()
                    .filter(|one| one.is_ok())
                    .count()
            }
        };
    }
    count
}

fn seal(sealer: &Sealer, keys: &PublicKeys, place: &Place) -> Vec<u8> {
    let contact = Contact {
        name: Some(Name::new("王小明")),
        email: Some(Email::new("wang@example.org")),
        ..Contact::default()
    };
    let (tag, notice) = (Hash(place.tag), Hash(place.notice));
    let of = ContactOf {
        activity: place.activity,
        item: &place.item,
        tag: &tag,
        notice: &notice,
    };
    let sealed = match place.provider {
        Some(provider) => seal_share(sealer, keys, provider, &of, &contact),
        None => seal_contact(sealer, keys, &of, &contact),
    };
    sealed.expect("sealed")
}

#[test]
fn ten_thousand_boxes_open_in_their_own_place_and_in_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut start = Start::plain(&folder.path().join("keys"), "library.example");
    start.policy = OpeningPolicy {
        named_openings_per_year: u64::MAX,
        ..OpeningPolicy::default()
    };
    let vault = Vault::spawn(env!("CARGO_BIN_EXE_fairdraw").into(), start).expect("starts");
    let target = Target::Sqlite(folder.path().join("db"));
    let db = Db::open(target, Clock::system()).expect("a database");
    let keys = ACTIVITIES.map(|name| (name, vault.create_activity(name).expect("made").public));
    let keys = BTreeMap::from(keys);
    let (mut home, mut away, mut seed) = (Vec::new(), Vec::new(), 0);
    for _ in 0..BOXES {
        let place = Place::any(&mut seed);
        let sealed = seal(vault.sealer(), &keys[place.activity], &place);
        away.push((place.another(&mut seed), sealed.clone()));
        home.push((place, sealed));
    }
    let (home, away) = (opened(&vault, &db, home), opened(&vault, &db, away));
    println!("{BOXES} boxes: {home} opened in their places, {away} in others");
    assert_eq!((home, away), (10_000, 0));
}

/// How long one contact takes on average.
fn mean(contacts: u32, mut seal: impl FnMut(&Place)) -> Duration {
    let mut place = Place::any(&mut 0);
    (place.activity, place.provider) = ("spring", None);
    let began = Instant::now();
    for number in 0..contacts {
        place.item = number.to_string();
        seal(&place);
    }
    began.elapsed() / contacts
}

#[test]
fn sealing_a_hundred_thousand_contacts_takes_microseconds_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let vault = Vault::open(&folder.path().join("keys"), "library.example").expect("opens");
    let keys = vault.create_activity("spring").expect("made").public;
    let shared = mean(100_000, |place| drop(seal(vault.sealer(), &keys, place)));
    // A sealer of its own for each contact encapsulates each time.
    let alone = mean(2_000, |place| drop(seal(&Sealer::default(), &keys, place)));
    println!("sealing takes {shared:?} a contact in an epoch and {alone:?} alone, in this build");
    assert!(shared * 2 < alone, "{shared:?} and {alone:?}");
}
