//! Days that staff must not miss about personal data, each from the domain that keeps it.
//!
//! Invariant: dates and counts only; what is late comes first.
//!
//! Not here: what an activity needs next ([`super::next_step`]).

use jiff::civil::Date;

use crate::account::{Permission, Staff};
use crate::activity::{self, Facts, Stage};
use crate::custody::{self, breach, hold, tax};
use crate::draw::tax::RuleBook;
use crate::identity::date;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::purge::{self, Step};
use crate::rights;
use crate::vault;

use super::Error;

/// How far ahead staff are reminded.
const AHEAD: i64 = 7 * DAY;
/// How far ahead of the filing day the accountant is.
const FILING_AHEAD: i64 = 31 * DAY;

/// What there is to be reminded of.
#[derive(Debug, Clone)]
pub enum What {
    /// The database holds less of an activity than people hold receipts of.
    Halted(Facts),
    /// An activity's data goes by itself.
    Purge(Facts),
    /// A purge is under way and waits for something.
    PurgeWaits(Facts),
    /// The second certificate of a purge is signed.
    SecondCertificate(Facts),
    /// A hold ends by itself, and its rows go.
    HoldEnds(String),
    /// A hold, or a change of one, waits for a second person.
    HoldWaits(String),
    /// The statements of a year's prizes are to be filed.
    TaxYear(i16),
    /// An incident waits for a decision, or its report is due.
    Incident(String),
    /// Staff open no personal data until an admin lifts it.
    Frozen,
    /// So many requests of people are past the day by which the law wants an answer.
    RequestsLate(u64),
    /// So many requests of people are to be answered within days; the first of them then.
    RequestsDue(u64),
}

impl What {
    /// Whether somebody can act on it, or may at least look into it.
    pub fn is_for(&self, reader: &Staff) -> bool {
        let permissions: &[Permission] = match self {
            What::Halted(_) => &[
                Permission::RunActivities,
                Permission::Draw,
                Permission::HoldData,
            ],
            What::Purge(_) | What::PurgeWaits(_) | What::SecondCertificate(_) => {
                &[Permission::RunActivities, Permission::HoldData]
            }
            What::HoldEnds(_) | What::HoldWaits(_) => &[Permission::HoldData],
            What::TaxYear(_) => &[Permission::FileTax],
            What::Incident(_) | What::Frozen => &[Permission::ApproveDisclosure],
            What::RequestsLate(_) | What::RequestsDue(_) => &[Permission::AnswerRequests],
        };
        let may = |each: &Permission| match (each, self) {
            // Roles over data of everybody are for the whole library.
            (Permission::HoldData, _) => reader.may(*each),
            (
                _,
                What::Halted(facts)
                | What::Purge(facts)
                | What::PurgeWaits(facts)
                | What::SecondCertificate(facts),
            ) => reader.may(*each) && reader.reach.covers(facts.branch.as_ref()),
            _ => reader.may(*each),
        };
        permissions.iter().any(may)
    }
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
pub fn list(tx: &mut Tx, config: &Config) -> Result<Vec<Reminder>, Error> {
    let mut reminders = Vec::new();
    halted(tx, &mut reminders)?;
    purges(tx, &mut reminders)?;
    second_certificates(tx, &mut reminders)?;
    requests(tx, &mut reminders)?;
    incidents(tx, &mut reminders)?;
    holds(tx, &mut reminders)?;
    tax_years(tx, config, &mut reminders)?;
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

fn halted(tx: &mut Tx, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let when = tx.now();
    let mut going = activity::list(tx, &[Stage::Open, Stage::Closed])?;
    going.retain(|facts| facts.halted);
    reminders.extend(going.into_iter().map(|facts| Reminder {
        when,
        what: What::Halted(facts),
        late: true,
    }));
    Ok(())
}

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

/// Second certificates come by themselves too; one that is a day late found something.
fn second_certificates(tx: &mut Tx, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let now = tx.now();
    for purge in purge::list(tx)? {
        let waits = purge.step == Step::Done && purge.second.is_empty();
        let Some(when) = purge
            .second_at
            .filter(|when| waits && *when < now.plus(AHEAD))
        else {
            continue;
        };
        reminders.push(Reminder {
            when,
            what: What::SecondCertificate(activity::by_id(tx, &purge.activity)?),
            late: when.plus(DAY) < now,
        });
    }
    Ok(())
}

fn requests(tx: &mut Tx, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let due = rights::due(tx)?;
    if let Some(when) = due.first_overdue {
        reminders.push(Reminder {
            when,
            what: What::RequestsLate(due.overdue),
            late: true,
        });
    }
    if let Some(when) = due.next.filter(|_| due.soon > 0) {
        reminders.push(Reminder {
            when,
            what: What::RequestsDue(due.soon),
            late: false,
        });
    }
    Ok(())
}

fn incidents(tx: &mut Tx, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let now = tx.now();
    if let Some(when) = vault::frozen_since(tx).map_err(custody::Error::from)? {
        reminders.push(Reminder {
            when,
            what: What::Frozen,
            late: true,
        });
    }
    for incident in breach::waiting(tx)? {
        reminders.push(Reminder {
            when: incident.report_by.unwrap_or(incident.noticed_at),
            late: incident.report_by.is_some_and(|by| by < now),
            what: What::Incident(incident.id.to_string()),
        });
    }
    Ok(())
}

fn holds(tx: &mut Tx, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let now = tx.now();
    for hold in hold::list(tx)? {
        let id = hold.id.to_string();
        let changes = hold.is_in_force(now) && hold.change.is_some();
        if hold.state == hold::State::Proposed || changes {
            reminders.push(Reminder {
                when: hold.proposed_at,
                what: What::HoldWaits(id),
                late: false,
            });
        } else if hold.state == hold::State::Active && hold.until < now.plus(AHEAD) {
            reminders.push(Reminder {
                when: hold.until,
                what: What::HoldEnds(id),
                late: hold.until.plus(DAY) < now,
            });
        }
    }
    Ok(())
}

/// Years of the tax vault whose statements were not filed, from a month before the day.
fn tax_years(tx: &mut Tx, config: &Config, reminders: &mut Vec<Reminder>) -> Result<(), Error> {
    let now = tx.now();
    let book = RuleBook::of(config);
    for year in tax::years(tx)? {
        let january = tax::rules_of(&book, year.year).statement_january_day;
        let day = i8::try_from(january)
            .ok()
            .and_then(|day| Date::new(year.year.saturating_add(1), 1, day).ok());
        let when = day
            .and_then(date::last_second)
            .filter(|_| year.filed_at.is_none());
        if let Some(when) = when.filter(|when| *when < now.plus(FILING_AHEAD)) {
            reminders.push(Reminder {
                when,
                what: What::TaxYear(year.year),
                late: when < now,
            });
        }
    }
    Ok(())
}
