//! Every step of a purge is killed twenty times, on both databases and inside the vault.

use crate::support::Engine;
use crate::support::killing::{Due, ERASE, PLACES, STEPS};

/// Kills of each step.
const TIMES: usize = 20;

#[test]
fn a_hundred_and_sixty_kills_are_all_gone_on_with() {
    let (mut resumed, mut with_key, mut certified) = (0, 0, 0);
    for step in STEPS {
        for time in 0..TIMES {
            let engine = match time % 2 {
                0 => Engine::Sqlite,
                _ => Engine::Postgresql,
            };
            // Destroying a key has points of its own, in the vault's process.
            let point = match step {
                "shred" if time < 2 * ERASE.len() => ERASE[time / 2].to_owned(),
                _ => format!("{step}:{}", PLACES[time % PLACES.len()]),
            };
            let killed = Due::prepared(engine).is_killed_and_goes_on(&point);
            resumed += 1;
            with_key += usize::from(killed.key_was_there);
            certified += usize::from(killed.was_certified);
        }
        println!("kills at step {step}: {TIMES} of {TIMES} resumed");
    }
    println!(
        "kills at purge steps: {resumed} of {} resumed",
        STEPS.len() * TIMES
    );
    println!(
        "after the kill the key was still there in {with_key}, a certificate in {certified}, both in 0"
    );
    assert_eq!(resumed, 160);
    // Both were to be seen, or nothing was looked for.
    assert!(with_key > 0 && certified > 0);
}
