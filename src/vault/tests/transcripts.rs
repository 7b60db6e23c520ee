//! A web side that has gone bad asks whatever it likes: no person opens who has not won.
//!
//! Invariant of the test: every person has a text of their own, and every answer is searched for
//! the texts of those who hold no prize, as bytes.

use std::collections::BTreeSet;

use std::sync::Arc;

use super::super::purpose;
use super::super::wire::{AnswerBox, BundleRef, CopyOf, PersonBox, Refusal, Reply, WinnerBox};
use super::chance::{Chance, cases};
use super::draw::{ACTIVITY, Drawn, NOTICE, book, boxed, draw};
use super::*;

const PEOPLE: u64 = 12;
const AGAIN: u64 = 3;

/// A draw, and what a web side that serves it has at hand.
pub(super) struct Town {
    pub(super) drawn: Drawn,
    genuine: Vec<u8>,
    elsewhere: Vec<u8>,
    /// Persons who hold a prize.
    told: BTreeSet<u64>,
}

impl Town {
    pub(super) fn new() -> Town {
        let drawn = draw(PEOPLE, AGAIN, 2, 3);
        let told = [book(1), book(2)].map(|slot| drawn.ticket_of(&slot) % PEOPLE);
        Town {
            genuine: drawn.bundle().to_zip(),
            elsewhere: draw(5, 0, 1, 1).bundle().to_zip(),
            told: told.into(),
            drawn,
        }
    }

    /// How many persons who hold no prize an answer shows, and how many who do.
    pub(super) fn shown(&self, answer: &Result<Reply, Refusal>) -> (usize, usize) {
        let bytes = postcard::to_allocvec(answer).expect("written");
        let shows = |person: &u64| {
            let text = canary(*person);
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        };
        let (told, others): (Vec<u64>, Vec<u64>) = (0..PEOPLE)
            .filter(shows)
            .partition(|person| self.told.contains(person));
        (others.len(), told.len())
    }

    fn contact(&self, row: u64, position: u64) -> Sealed {
        let contact = Contact {
            name: Some(Name::new(canary(position % PEOPLE))),
            email: Some(Email::new(canary(position % PEOPLE))),
            phone: Some(Phone::new(canary(position % PEOPLE))),
            ..Contact::default()
        };
        self.drawn.sealed_contact(row, position, &contact)
    }

    fn person(&self, chance: &mut Chance) -> PersonBox {
        let (row, position) = (self.position(chance), self.position(chance));
        let row = if chance.below(2) == 0 { row } else { position };
        let sealed = self.contact(row, position);
        PersonBox {
            item: sealed.item,
            tag: self.drawn.tag(chance.of(&[row, position])).0,
            notice: chance.of(&[NOTICE.0, NOTICE.0, [0; 32]]),
            sealed: sealed.sealed,
        }
    }

    fn position(&self, chance: &mut Chance) -> u64 {
        u64::try_from(chance.below(15)).expect("small")
    }

    fn bundle(&self, chance: &mut Chance) -> Vec<u8> {
        match chance.below(20) {
            0 => {
                let mut changed = self.genuine.clone();
                let place = chance.below(changed.len());
                changed[place] ^= 1 << chance.below(8);
                changed
            }
            1 => self.elsewhere.clone(),
            2 => chance.bytes().to_vec(),
            _ => self.genuine.clone(),
        }
    }

    fn honest(&self, chance: &mut Chance) -> WinnerBox {
        let slot = chance.of(&[1, 2]);
        let position = self.drawn.ticket_of(&book(slot));
        boxed(position, Standing::Winner, self.contact(position, position))
    }

    fn winners(&self, chance: &mut Chance) -> Request {
        let boxes = (0..=chance.below(4)).map(|_| {
            let standing = match chance.below(4) {
                0 => Standing::CalledReserve,
                1 => Standing::DuplicateOf(self.position(chance)),
                _ => Standing::Winner,
            };
            // Some of what a bad web side asks is what a good one would ask.
            if chance.below(4) == 0 {
                return self.honest(chance);
            }
            let bound = self.person(chance);
            WinnerBox {
                position: self.position(chance),
                standing,
                item: bound.item,
                notice: bound.notice,
                sealed: bound.sealed,
            }
        });
        let boxes = boxes.collect();
        let codes: Vec<&str> = purpose::ALL.iter().map(|facts| facts.code).collect();
        Request::OpenWinners {
            activity: ACTIVITY.to_owned(),
            purpose: chance.of(&codes).to_owned(),
            bundle: BundleRef::Whole(Arc::new(self.bundle(chance))),
            boxes,
        }
    }

    /// Any message that could open something.
    pub(super) fn message(&self, chance: &mut Chance) -> Request {
        let activity = ACTIVITY.to_owned();
        let people =
            |chance: &mut Chance| (0..=chance.below(3)).map(|_| self.person(chance)).collect();
        let rows = |chance: &mut Chance| {
            let rows = (0..=chance.below(3)).map(|_| self.person(chance));
            let rows = rows.map(|bound| AnswerBox {
                item: bound.item,
                sealed: bound.sealed,
            });
            rows.collect::<Vec<_>>()
        };
        match chance.below(14) {
            0 => Request::OpenAnswers {
                activity,
                boxes: rows(chance),
            },
            1 => Request::OpenNamed {
                place: activity,
                ground: "judicial".to_owned(),
                boxes: people(chance),
            },
            2 => Request::OpenShared {
                activity,
                provider: "pool".to_owned(),
                boxes: people(chance),
            },
            3 => Request::Rehouse {
                activity,
                to: "_hold-h1".to_owned(),
                boxes: people(chance),
            },
            4 => Request::OpenInScope {
                scope: chance
                    .of(&["_tax-2026", ACTIVITY, "_requests-2026Q4"])
                    .to_owned(),
                purpose: chance.of(&["tax-filing", "rights-reply"]).to_owned(),
                boxes: rows(chance),
            },
            5 => Request::OpenOwnCopy {
                of: chance.of(&[CopyOf::Contact, CopyOf::Answers]),
                activity,
                entry: "e".to_owned(),
                input: Private(chance.bytes().to_vec()),
                sealed: self.person(chance).sealed,
            },
            _ => self.winners(chance),
        }
    }
}

/// A text that occurs nowhere but in the contact of this person.
fn canary(person: u64) -> String {
    format!("canary-of-person-{person:02}")
}

#[test]
fn nobody_opens_who_has_not_won_whatever_the_web_side_asks() {
    let count = cases(200);
    let mut chance = Chance::new(5);
    let (mut others, mut told) = (0, 0);
    let mut town = Town::new();
    for transcript in 0..count {
        // Now and then another draw, so that no ledger decides everything.
        if transcript % 250 == 249 {
            town = Town::new();
        }
        for _ in 0..6 {
            let answer = town.drawn.site.vault.ask(town.message(&mut chance));
            let (more_others, more_told) = town.shown(&answer);
            others += more_others;
            told += more_told;
        }
    }
    println!(
        "{count} transcripts: {others} persons without a prize, {told} times one with a prize"
    );
    assert_eq!(others, 0);
    assert!(
        told > count / 20,
        "winners open, so the search can find: {told}"
    );
}
