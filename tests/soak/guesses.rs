//! A hundred million guesses at ID numbers, with a stolen database and without its keys.

use crate::support::Engine;

#[path = "../system/guessing.rs"]
mod guessing;

#[test]
fn a_hundred_million_guesses_find_none_of_a_thousand_planted_numbers() {
    let found = guessing::guessed(Engine::Sqlite, 1_000, 10_000_000);
    println!(
        "{} guesses: {} of 1000 without the key, {} of 1000 with it",
        found.guesses, found.without_key, found.with_key
    );
    assert!(found.guesses >= 100_000_000);
    assert_eq!((found.without_key, found.with_key), (0, 1_000));
}
