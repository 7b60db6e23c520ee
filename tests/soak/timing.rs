//! Whoever enters a draw a second time gets an answer that cannot be told from a first one
//! (`decisions` D5): 2,000 of each, interleaved at random, AUC 0.50 ± 0.03.

use crate::support::Engine;
use crate::support::life::Life;
use crate::support::timing::{hold, second_entries};

const EACH: u64 = 2_000;

on_both! { a_second_entry_takes_as_long_as_a_first_one }

fn a_second_entry_takes_as_long_as_a_first_one(engine: Engine) {
    let life = Life::published(engine, |_| ());
    hold(EACH, 0.03, &second_entries(&life, EACH));
}
