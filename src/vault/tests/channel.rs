//! Bytes that are almost a message: refused or answered, never a panic, never a person.

use super::super::wire::Request;
use super::chance::{Chance, cases};
use super::transcripts::Town;

/// Changes a few bytes, cuts, repeats or joins.
fn worn(mut bytes: Vec<u8>, other: &[u8], chance: &mut Chance) -> Vec<u8> {
    for _ in 0..=chance.below(3) {
        let place = chance.below(bytes.len().max(1));
        match chance.below(6) {
            0 => bytes.truncate(place),
            1 => bytes.insert(place.min(bytes.len()), chance.bytes()[0]),
            2 => {
                let from = chance.below(other.len());
                bytes.truncate(place);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                // The first bytes say which message it is and how long its names are.
                let near = if chance.below(2) == 0 {
                    place.min(40)
                } else {
                    place
                };
                if let Some(byte) = bytes.get_mut(near) {
                    *byte ^= 1 << chance.below(8);
                }
            }
        }
    }
    bytes
}

#[test]
fn bytes_that_are_almost_a_message_open_nobody() {
    let count = cases(3_000);
    let mut chance = Chance::new(6);
    let mut town = Town::new();
    let (mut read, mut others) = (0_u64, 0);
    for _ in 0..count {
        let message = |chance: &mut Chance| {
            postcard::to_allocvec(&town.message(chance)).expect("a message can be written")
        };
        let (bytes, other) = (message(&mut chance), message(&mut chance));
        let bytes = worn(bytes, &other, &mut chance);
        let Ok((request, [])) = postcard::take_from_bytes::<Request>(&bytes) else {
            continue;
        };
        read += 1;
        let ends = matches!(
            request,
            Request::Erase { .. } | Request::CreateShares { .. } | Request::DropShares { .. }
        );
        let answer = town.drawn.site.vault.ask(request);
        others += town.shown(&answer).0;
        if ends {
            town = Town::new();
        }
    }
    println!("{count} pieces of bytes: {read} were messages, {others} persons without a prize");
    assert_eq!(others, 0);
    assert!(read > 0, "some bytes are still messages");
}
