//! Sealed boxes put in each other's place: of another entry, activity, purpose, field set, notice,
//! or under the other version's number. Each opens in its own place and in no other.

use std::collections::BTreeMap;

use super::super::crypt::{self, Binding, Epoch};
use super::super::wire::{AnswerBox, OpeningPolicy, PersonBox, Reply};
use super::chance::{Chance, cases};
use super::*;

const ACTIVITIES: [&str; 3] = ["spring", "autumn", "_hold-h1"];
const SCOPES: [&str; 2] = ["_tax-2026", "_tax-2027"];
const PROVIDERS: [&str; 2] = ["pool", "museum"];

/// By which message a box is opened, and where.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Verb {
    Named(&'static str),
    Shared(&'static str, &'static str),
    Answers(&'static str),
    Tax(&'static str),
}

/// Everything that a box is bound to.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Place {
    verb: Verb,
    item: String,
    tag: [u8; 32],
    notice: [u8; 32],
}

impl Place {
    fn any(chance: &mut Chance) -> Place {
        let verb = match chance.below(5) {
            0 => Verb::Shared(chance.of(&ACTIVITIES[..2]), chance.of(&PROVIDERS)),
            1 => Verb::Answers(chance.of(&ACTIVITIES[..2])),
            2 => Verb::Tax(chance.of(&SCOPES)),
            _ => Verb::Named(chance.of(&ACTIVITIES)),
        };
        let small = |number: usize| [u8::try_from(number).expect("small"); 32];
        Place {
            verb,
            item: format!("item{}", chance.below(40)),
            tag: small(chance.below(20)),
            notice: small(chance.below(3)),
        }
    }

    /// Another place, by one thing or by several.
    fn another(&self, chance: &mut Chance) -> Place {
        loop {
            let other = Place::any(chance);
            let mut moved = self.clone();
            let which = 1 + chance.below(15);
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
                moved.verb = other.verb;
            }
            if !moved.is_as_good_as(self) {
                return moved;
            }
        }
    }

    /// Answers and payees are bound to their row alone.
    fn is_as_good_as(&self, other: &Place) -> bool {
        let row = self.verb == other.verb && self.item == other.item;
        match self.verb {
            Verb::Answers(_) | Verb::Tax(_) => row,
            Verb::Named(_) | Verb::Shared(..) => {
                row && (self.tag, self.notice) == (other.tag, other.notice)
            }
        }
    }
}

struct World {
    site: Site,
    public: BTreeMap<&'static str, PublicKeys>,
}

fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let mut start = Start::plain(&folder.path().join("keys"), "library.example");
    start.policy = OpeningPolicy {
        named_openings_per_year: u64::MAX,
        ..OpeningPolicy::default()
    };
    let vault = Vault::here(&start).expect("opens");
    let mut public = BTreeMap::new();
    for name in ACTIVITIES.into_iter().chain(SCOPES) {
        let keys = if name.starts_with('_') {
            vault.create_scope(name)
        } else {
            vault.create_activity(name).map(|keys| keys.public)
        };
        public.insert(name, keys.expect("made"));
    }
    World {
        site: Site { vault, folder },
        public,
    }
}

/// Seals something into its place, in either version.
fn seal(world: &World, place: &Place, chance: &mut Chance) -> Vec<u8> {
    let (tag, notice) = (Hash(place.tag), Hash(place.notice));
    let alone = chance.below(2) == 0;
    let (activity, scope) = match place.verb {
        Verb::Named(name) | Verb::Tax(name) => (name, crypt::Scope::Notify),
        Verb::Shared(name, provider) => (name, crypt::Scope::Provider(provider)),
        Verb::Answers(name) => (name, crypt::Scope::Answers),
    };
    let whole = matches!(place.verb, Verb::Named(_) | Verb::Shared(..));
    let binding = Binding {
        activity,
        item: &place.item,
        tag: whole.then_some(&tag),
        notice: whole.then_some(&notice),
    };
    let (fields, plain) = match place.verb {
        Verb::Named(_) | Verb::Shared(..) => {
            let kinds = &FieldKind::ALL[..=chance.below(7)];
            let contact = full().keep_only(kinds);
            (contact.fields(), contact.encode())
        }
        Verb::Tax(_) => {
            let payee = Particulars::new().with(&NationalId::new("A123456789"));
            (payee.fields(), payee.encode())
        }
        Verb::Answers(_) => {
            let json = zeroize::Zeroizing::new(b"{\"q1\":2}".to_vec());
            (FieldSet::of(&[FieldKind::LinkedAnswers]), json)
        }
    };
    let keys = &world.public[activity];
    let public = if scope == crypt::Scope::Answers {
        &keys.answers
    } else {
        &keys.notify
    };
    if alone {
        crypt::seal(public, scope, &binding, fields, &plain).expect("sealed")
    } else {
        let epoch = Epoch::begin(public, scope, activity).expect("a point");
        epoch.seal(&binding, fields, &plain)
    }
}

/// Opens boxes where they are presented, many with each message; tells which opened.
fn open(world: &World, presented: &[(Place, Vec<u8>)]) -> Vec<bool> {
    let mut by_verb: BTreeMap<Verb, Vec<usize>> = BTreeMap::new();
    for (number, (place, _)) in presented.iter().enumerate() {
        by_verb.entry(place.verb).or_default().push(number);
    }
    let mut opened = vec![false; presented.len()];
    for (verb, numbers) in by_verb {
        let of = |number: &usize| presented[*number].clone();
        let people = || -> Vec<PersonBox> {
            let boxes = numbers.iter().map(of).map(|(place, sealed)| PersonBox {
                item: place.item,
                tag: place.tag,
                notice: place.notice,
                sealed,
            });
            boxes.collect()
        };
        let rows = || -> Vec<AnswerBox> {
            let boxes = numbers.iter().map(of).map(|(place, sealed)| AnswerBox {
                item: place.item,
                sealed,
            });
            boxes.collect()
        };
        let request = match verb {
            Verb::Named(place) => Request::OpenNamed {
                place: place.to_owned(),
                ground: "judicial".to_owned(),
                boxes: people(),
            },
            Verb::Shared(activity, provider) => Request::OpenShared {
                activity: activity.to_owned(),
                provider: provider.to_owned(),
                boxes: people(),
            },
            Verb::Answers(activity) => Request::OpenAnswers {
                activity: activity.to_owned(),
                boxes: rows(),
            },
            Verb::Tax(scope) => Request::OpenInScope {
                scope: scope.to_owned(),
                purpose: "tax-filing".to_owned(),
                boxes: rows(),
            },
        };
        let Ok(Reply::OpenedEach(each)) = world.site.vault.ask(request) else {
            panic!("{verb:?} is answered for each box");
        };
        for (number, outcome) in numbers.iter().zip(each) {
            opened[*number] = outcome.is_ok();
        }
    }
    opened
}

#[test]
fn a_box_opens_in_its_own_place_and_in_no_other() {
    let count = cases(500);
    let world = world();
    let mut chance = Chance::new(4);
    let (mut at_home, mut abroad) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let place = Place::any(&mut chance);
        let sealed = seal(&world, &place, &mut chance);
        let mut astray = sealed.clone();
        let there = match chance.below(5) {
            0 => {
                astray[0] = 3 - astray[0];
                place.clone()
            }
            1 => {
                let bit = chance.below(12);
                astray[2 - bit / 8] ^= 1 << (bit % 8);
                place.clone()
            }
            _ => place.another(&mut chance),
        };
        at_home.push((place, sealed));
        abroad.push((there, astray));
    }
    let opened = |boxes: &[(Place, Vec<u8>)]| {
        let opened = open(&world, boxes);
        opened.iter().filter(|opened| **opened).count()
    };
    let (home, away) = (opened(&at_home), opened(&abroad));
    println!("{count} boxes: {home} opened in their places, {away} in others");
    assert_eq!((home, away), (count, 0));
}
