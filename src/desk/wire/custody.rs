//! The first page of what is kept and handed on: what the reader may do, and what waits.

use serde::Serialize;

use crate::account::{Permission, Staff};
use crate::custody::{self, breach, disclosure, hold};
use crate::desk::{Error, reminders};
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::text::Language;
use crate::rights;

use super::ReminderRow;

/// What whoever is signed in may look after.
#[derive(Serialize)]
pub(in crate::desk) struct CustodyView {
    holds: bool,
    tax: bool,
    /// Whether the record may be read.
    record: bool,
    /// Proposals that wait for a second person.
    waiting_holds: usize,
    waiting_disclosures: usize,
    open_incidents: usize,
    open_requests: u64,
    /// Whether there are two who can agree.
    has_two: bool,
    /// How many rows may be opened and held in a year.
    named_openings: u32,
    held_rows: u32,
    reminders: Vec<ReminderRow>,
}

impl CustodyView {
    pub(in crate::desk) fn read(
        tx: &mut Tx,
        language: Language,
        reader: &Staff,
        config: &Config,
    ) -> Result<CustodyView, Error> {
        let now = tx.now();
        let waits = |own: &hold::Hold| {
            own.state == hold::State::Proposed || (own.change.is_some() && own.is_in_force(now))
        };
        let proposed = |own: &disclosure::Disclosure| own.state == disclosure::State::Proposed;
        let is_open = |own: &breach::Incident| own.state != breach::State::Closed;
        let holds = hold::list(tx)?;
        let disclosures = disclosure::list(tx)?;
        let incidents = breach::list(tx)?;
        let reminders = reminders::list(tx, config)?;
        Ok(CustodyView {
            holds: reader.may(Permission::HoldData),
            tax: reader.may(Permission::FileTax),
            record: reader.may(Permission::SeeAudit),
            waiting_holds: holds.iter().filter(|own| waits(own)).count(),
            waiting_disclosures: disclosures.iter().filter(|own| proposed(own)).count(),
            open_incidents: incidents.iter().filter(|own| is_open(own)).count(),
            open_requests: rights::due(tx)?.open,
            has_two: custody::has_two(tx, Permission::HoldData)?,
            named_openings: config.named_openings_per_year,
            held_rows: config.held_rows_per_year,
            reminders: ReminderRow::all(language, reader, &reminders),
        })
    }
}
