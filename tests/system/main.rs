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
mod answering_attacks;
mod backing_up;
mod being_a_member;
mod being_known_elsewhere;
mod changing_the_policy;
mod checking_proofs;
mod checking_the_machine;
mod clauses;
mod comparing_with_others;
mod confining;
mod counting;
mod counting_visits;
mod disclosing;
mod discussing;
mod doubting_the_clock;
mod drawing;
mod entering_as_a_member;
mod entering_by_a_link;
mod entering_by_invitation;
mod entering_with_a_card;
mod failing;
mod fitting_citus;
mod following;
mod following_the_journal;
mod forging;
mod guessing;
mod holding;
mod holding_the_edge;
mod joining;
mod keeping_rows;
mod keeping_the_record;
mod leaving;
mod living;
mod logging;
mod managing_staff;
mod moving_house;
mod operating;
mod own_rights;
mod parting;
mod passkeys;
mod privacy;
mod promising;
mod providing;
mod proving_the_machinery;
mod purging;
mod purging_together;
mod reaching_the_database;
mod reading_the_small_print;
mod requests;
mod rushing;
mod sealing_a_secret;
mod seating;
mod second_step;
mod seen_as_a_sender;
mod several_draws;
mod several_instances;
mod showing_live;
mod signing_in;
mod signing_in_elsewhere;
mod standing_behind;
mod subscribing;
mod taxing;
mod telling_a_breach;
mod telling_the_hour;
mod telling_the_public;
mod telling_winners;
mod who_may;
mod witnessing;
mod working_for_a_branch;
mod writing_to_the_library;
