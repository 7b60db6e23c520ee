//! The whole application, used as people use it: one binary, one file per thing that people do.
//!
//! A test that touches the database is a function of an [`support::Engine`], listed once in
//! `on_both!`; it then runs on SQLite and on PostgreSQL. Invariant: no test needs another one, the
//! network, or a sleep; each has its own database and its own clock.
#![expect(
    unreachable_pub,
    reason = "nothing in a test binary is reachable from outside; `pub` says what a support module offers"
)]

#[macro_use]
mod support;

mod after_the_purge;
mod checking_proofs;
mod drawing;
mod following_the_journal;
mod keeping_rows;
mod keeping_the_record;
mod living;
mod managing_staff;
mod privacy;
mod proving_the_machinery;
mod sealing_a_secret;
mod several_draws;
mod showing_live;
mod signing_in;
mod telling_winners;
mod witnessing;
