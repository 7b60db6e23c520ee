//! How far people have seen the logs of draws: what is stored is told to the vault, which then signs
//! nothing beside it.
//!
//! Invariant: only what a transaction of its own reads is told, so it is committed. It is told soon
//! after and not with each commit: what is still untold when a process dies is told by the next, or
//! by another instance; the vault notices a database that lost more than that.
//!
//! Not here: what the vault does with it (`vault::tips`).

use std::collections::HashMap;

use crate::activity::{self, Stage};
use crate::log;
use crate::platform::db::Db;
use crate::vault::{CheckpointOf, Vault};

use super::Error;

/// What was told so far, by the names of the logs.
#[derive(Debug, Default)]
pub struct Seen(HashMap<String, u64>);

impl Seen {
    /// Tells the vault how far the logs of everything that is open have come; how many had grown.
    pub fn tell(&mut self, db: &Db, vault: &Vault) -> Result<usize, Error> {
        let logs = db.read_now("read how far logs have come", |tx| {
            let open = activity::list(tx, &[Stage::Open])?;
            let going = open.into_iter().filter(|facts| !facts.halted);
            let ids: Vec<String> = going.map(|facts| facts.id.0).collect();
            Ok::<_, Error>(log::of_activities(tx, &ids)?)
        })?;
        self.0
            .retain(|origin, _| logs.iter().any(|log| log.origin == *origin));
        let mut told = 0;
        for log in logs {
            let known = self.0.get(&log.origin).copied().unwrap_or_default();
            if log.size > known && !log.checkpoint.is_empty() {
                vault.released(CheckpointOf::Draw, &log.checkpoint)?;
                self.0.insert(log.origin, log.size);
                told += 1;
            }
        }
        Ok(told)
    }
}
