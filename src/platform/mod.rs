//! Machinery with no opinion about libraries.
//!
//! Invariant: nothing here imports a domain. Rocket appears only in [`web`], [`edge`] and [`config`].

pub mod channel;
pub mod clock;
pub mod config;
pub mod confine;
pub mod control;
pub mod cookies;
pub mod db;
pub mod dns;
pub mod draining;
pub mod edge;
pub mod fail;
pub mod fault;
pub mod formula;
pub mod health;
pub mod ids;
pub mod jobs;
pub mod mail;
pub mod memory;
pub mod metrics;
pub mod openid;
pub mod passkey;
pub mod templates;
pub mod text;
pub mod trace;
pub mod watch;
pub mod web;
