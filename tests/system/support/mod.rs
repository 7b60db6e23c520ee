//! What tests stand on: databases, mail servers, and the scan for personal data.
//!
//! Invariant: whatever a test starts ends with the test process, also when that is killed.
//!
//! Not here: fixtures of one capability, which belong into its own file.

pub mod app;
pub mod at_once;
pub mod authenticator;
pub mod beacons;
pub mod browser;
pub mod canary;
pub mod collecting;
pub mod database;
pub mod edge;
pub mod flock;
pub mod killing;
pub mod life;
pub mod log;
pub mod mail;
pub mod mail_sink;
pub mod member;
pub mod name_server;
pub mod openid;
pub mod places;
pub mod ports;
pub mod postgres;
pub mod proxy;
pub mod relay;
pub mod server;
pub mod sites;
pub mod slow;
pub mod smtp_daemon;
pub mod staff;
mod tether;
pub mod timing;
pub mod vault;
pub mod wire;

pub use database::{Engine, TestDatabase};

/// Makes two tests of each named function: one on SQLite, one on PostgreSQL.
///
/// The functions take an [`Engine`]. `cargo test --test system on_sqlite` runs one half.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test] fn $test() { super::$test($crate::support::Engine::Sqlite) })+
        }
        mod on_postgresql {
            $(#[test] fn $test() { super::$test($crate::support::Engine::Postgresql) })+
        }
    };
}
