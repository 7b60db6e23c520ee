//! Fairdraw: library surveys and lucky draws that anyone can check and that forget on time.
//!
//! The groups below are in reading order.

// What the library runs, what it asks, what it must tell people first.
pub mod activity;
pub mod external;
pub mod policy;
pub mod survey;

// How a person enters.
pub mod entry;
pub mod identity;
pub mod seats;

// How it is drawn, and the logs that bind us.
pub mod draw;
pub mod inspection;
pub mod journal;
pub mod live;
pub mod log;
pub mod matching;
pub mod witness;

// Who is told, who writes, what is counted, what is kept for whom, what is erased.
pub mod backup;
pub mod custody;
pub mod discussion;
pub mod feedback;
pub mod member;
pub mod newsletter;
pub mod notify;
pub mod purge;
pub mod response;
pub mod rights;
pub mod stats;

// The rooms that hold promises.
pub mod account;
pub mod audit;
pub mod branch;
pub mod vault;

// The pages that look across domains.
pub mod desk;
pub mod portal;

// The machinery, and where everything is put together.
pub mod app;
pub mod cli;
pub mod platform;
