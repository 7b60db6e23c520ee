//! Days that staff must not miss about personal data, each from the domain that keeps it.
//!
//! Invariant: dates and counts only; what is late comes first.
//!
//! Not here: what an activity needs next ([`super::next_step`]).

use crate::activity::{self, Facts, Stage};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::Tx;
use crate::purge::{self, Step};
use crate::rights;

use super::Error;

/// How far ahead staff are reminded.
const AHEAD: i64 = 7 * DAY;

/// What there is to be reminded of.
#[derive(Debug, Clone)]
pub enum What {
    /// An activity's data goes by itself.
    Purge(Facts),
    /// A purge is under way and waits for something.
    PurgeWaits(Facts),
    /// So many people wait for an answer about their data.
    Requests(u64),
}

/// One day that staff must not miss.
#[derive(Debug, Clone)]
pub struct Reminder {
    /// When.
    pub when: Timestamp,
    /// What.
    pub what: What,
    /// Whether the day has passed and somebody has to act.
    pub late: bool,
}

/// Everything within a week, and what is late; the earliest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Reminder>, Error> {
    let mut reminders = Vec::new();
    purges(tx, &mut reminders)?;
    requests(tx, &mut reminders)?;
    reminders.sort_by_key(|each| (!each.late, each.when));
    Ok(reminders)
}

/// Stages after publishing in which data is still there.
const HOLDING: [Stage; 5] = [
    Stage::Open,
    Stage::Closed,
    Stage::Drawn,
    Stage::Notified,
    Stage::Cancelled,
];

fn purges(tx: &mut Tx, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let now = tx.now();
    for facts in activity::list(tx, &HOLDING)? {
        let Some(when) = purge::due_at(&facts).filter(|when| *when < now.plus(AHEAD)) else {
            continue;
        };
        let waits = purge::find(tx, &facts.id)?
            .is_some_and(|purge| purge.step != Step::Done && !purge.trouble.is_empty());
        // A purge is begun by a job within the hour; a day later something holds it up.
        let late = waits || when.plus(DAY) < now;
        reminders.push(Reminder {
            when,
            what: match waits {
                true => What::PurgeWaits(facts),
                false => What::Purge(facts),
            },
            late,
        });
    }
    Ok(())
}

fn requests(tx: &mut Tx, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let now = tx.now();
    let due = rights::due(tx)?;
    if let Some(when) = due.first.filter(|when| *when < now.plus(AHEAD)) {
        reminders.push(Reminder {
            when,
            what: What::Requests(due.open),
            late: due.overdue > 0,
        });
    }
    Ok(())
}
