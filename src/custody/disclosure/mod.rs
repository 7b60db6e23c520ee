//! The register of disclosures: what was handed to somebody outside, on which ground, to whom.
//!
//! Invariant: one person proposes, another approves, both with their passphrase; only the fields
//! that were asked for, of the rows that were named, are handed out, once, and each opening is on
//! record before it happens. How many rows are opened in a year is the operator's to say (by
//! default none), and the vault counts by itself. The register names no person and is public as
//! counts.
//!
//! Not here: winners' lists for the library's own work ([`crate::notify::export`]), providers
//! ([`super::sharing`]).

mod handing;

pub use handing::{Approved, Approver, approve, look_up};

use crate::activity::{self, ActivityId};
use crate::audit::{Actor, StaffId};
use crate::draw::{self, DrawId};
use crate::identity::date::day_of;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::vault::FieldKind;

use super::{DisclosureId, Error, note, store};

/// The most rows that one disclosure names.
pub const MOST_ROWS: usize = 50;

/// The exceptions under which a library's policy lets data leave (requirements T29, T38–T41).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A judicial or investigating authority asked through legal procedure.
    Judicial,
    /// The rules of the site were broken and somebody was harmed by it.
    SiteRules,
    /// A benefit that the government gives; off unless the operator set it.
    GovernmentBenefit,
    /// The rights of other people, such as somebody whose ID another person used.
    RightsOfOthers,
    /// Research that the library does or commissions: tables, never rows.
    Research,
}

impl Ground {
    /// Every ground.
    pub const ALL: [Ground; 5] = [
        Ground::Judicial,
        Ground::SiteRules,
        Ground::GovernmentBenefit,
        Ground::RightsOfOthers,
        Ground::Research,
    ];

    /// The word in the database, in the vault's count and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Ground::Judicial => "judicial",
            Ground::SiteRules => "site_rules",
            Ground::GovernmentBenefit => "government_benefit",
            Ground::RightsOfOthers => "rights_of_others",
            Ground::Research => "research",
        }
    }

    /// Reads [`Ground::code`].
    pub fn parse(code: &str) -> Option<Ground> {
        Ground::ALL.into_iter().find(|ground| ground.code() == code)
    }

    /// Whether the operator's settings let it be proposed at all.
    pub fn is_open(self, config: &Config) -> bool {
        self != Ground::GovernmentBenefit || config.benefit_disclosures
    }
}

/// Fields that may be asked for, in the order of the form.
pub const FIELDS: [FieldKind; 7] = [
    FieldKind::Name,
    FieldKind::Phone,
    FieldKind::Email,
    FieldKind::PostalCode,
    FieldKind::County,
    FieldKind::District,
    FieldKind::AddressLine,
];

/// How far a disclosure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for a second person.
    Proposed,
    /// Approved; an ID is still to be looked up.
    Approved,
    /// Handed out.
    Handed,
    /// Not done.
    Dropped,
}

impl State {
    /// Every state.
    pub const ALL: [State; 4] = [
        State::Proposed,
        State::Approved,
        State::Handed,
        State::Dropped,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            State::Proposed => "proposed",
            State::Approved => "approved",
            State::Handed => "handed",
            State::Dropped => "dropped",
        }
    }

    /// Reads [`State::code`].
    pub fn parse(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// On which ground.
    pub ground: Ground,
    /// The activity.
    pub activity: ActivityId,
    /// The draw whose tickets are named; none for tables.
    pub draw: Option<DrawId>,
    /// The number of the letter, case or contract.
    pub document: String,
    /// Who gets it.
    pub agency: String,
    /// The article or rule.
    pub basis: String,
    /// Why; never about a person.
    pub reason: String,
    /// Which fields.
    pub fields: Vec<FieldKind>,
    /// Until when the receiver may keep it, as it is written in the contract; may be empty.
    pub expires: String,
    /// How far it has come.
    pub state: State,
    /// Who proposed it.
    pub proposed_by: StaffId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who approved it.
    pub approved_by: Option<StaffId>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// How many rows it names.
    pub named: u64,
    /// How many rows, or tables, were handed out.
    pub handed: u64,
}

/// What a line of the register gives when it is approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// Named rows.
    Rows,
    /// Whether an ID is among the entries, typed once it is approved.
    Lookup,
    /// Tables without persons.
    Tables,
}

impl Disclosure {
    /// What it gives.
    pub fn gives(&self) -> Gives {
        match (self.ground, self.named) {
            (Ground::Research, _) => Gives::Tables,
            (_, 0) => Gives::Lookup,
            _ => Gives::Rows,
        }
    }
}

/// What somebody proposes to hand out.
#[derive(Debug, Clone)]
pub struct NewDisclosure {
    /// On which ground.
    pub ground: Ground,
    /// The activity; of tables only.
    pub activity: ActivityId,
    /// The draw whose tickets are named.
    pub draw: Option<DrawId>,
    /// The tickets, each once.
    pub tickets: Vec<u64>,
    /// Which fields.
    pub fields: Vec<FieldKind>,
    /// The number of the letter, case or contract.
    pub document: String,
    /// Who gets it.
    pub agency: String,
    /// The article or rule.
    pub basis: String,
    /// Why; never about a person.
    pub reason: String,
    /// Until when the receiver may keep it.
    pub expires: String,
}

/// Proposes a disclosure.
///
/// # Errors
/// [`Error::NotAllowed`] where the operator's settings shut the ground, [`Error::NoTicket`] where no
/// contact stands behind a ticket.
pub fn propose(
    tx: &mut Tx,
    config: &Config,
    by: &StaffId,
    new: &NewDisclosure,
) -> Result<DisclosureId, Error> {
    if !new.ground.is_open(config) {
        return Err(Error::NotAllowed);
    }
    activity::by_id(tx, &new.activity)?;
    if let Some(draw) = &new.draw {
        let plan = draw::by_id(tx, draw)?;
        if plan.activity != new.activity {
            return Err(Error::Unknown);
        }
        handing::rows(tx, &new.activity, draw, &new.tickets)?;
    }
    let disclosure = Disclosure {
        id: DisclosureId::fresh(),
        ground: new.ground,
        activity: new.activity.clone(),
        draw: new.draw.clone(),
        document: new.document.clone(),
        agency: new.agency.clone(),
        basis: new.basis.clone(),
        reason: new.reason.clone(),
        fields: new.fields.clone(),
        expires: new.expires.clone(),
        state: State::Proposed,
        proposed_by: by.clone(),
        proposed_at: tx.now(),
        approved_by: None,
        decided_at: None,
        named: u64::try_from(new.tickets.len()).expect("a count fits 64 bits"),
        handed: 0,
    };
    store::disclosures::insert(tx, &disclosure, &new.tickets)?;
    record(tx, by, "custody.disclosure_proposed", &disclosure, &disclosure.reason)?;
    Ok(disclosure.id)
}

/// Drops a proposal; either of the two may.
pub fn drop_proposal(tx: &mut Tx, by: &StaffId, id: &DisclosureId) -> Result<(), Error> {
    let disclosure = find(tx, id)?;
    let dropped = Disclosure {
        state: State::Dropped,
        decided_at: Some(tx.now()),
        ..disclosure
    };
    store::disclosures::update(tx, State::Proposed, &dropped)?;
    record(tx, by, "custody.disclosure_dropped", &dropped, "")
}

/// The register, the latest first.
pub fn list(tx: &mut Tx) -> Result<Vec<Disclosure>, Error> {
    Ok(store::disclosures::list(tx)?)
}

/// One line of the register.
pub fn find(tx: &mut Tx, id: &DisclosureId) -> Result<Disclosure, Error> {
    store::disclosures::find(tx, id)?.ok_or(Error::Unknown)
}

/// The tickets that a line names, ascending; gone with the activity.
pub fn tickets(tx: &mut Tx, disclosure: &Disclosure) -> Result<Vec<u64>, Error> {
    Ok(store::disclosures::tickets(tx, disclosure)?)
}

/// How often each ground was used in a year, and for how many rows: the public page (T32).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearCount {
    /// The calendar year in Taipei.
    pub year: i16,
    /// The ground.
    pub ground: Ground,
    /// How often something was handed out.
    pub times: u64,
    /// How many rows, or tables, in all.
    pub rows: u64,
}

/// What was handed out, by year and ground, the latest year first.
pub fn counts(tx: &mut Tx) -> Result<Vec<YearCount>, Error> {
    let mut counts: Vec<YearCount> = Vec::new();
    for disclosure in list(tx)? {
        let (State::Handed, Some(at)) = (disclosure.state, disclosure.decided_at) else {
            continue;
        };
        let year = day_of(at).year();
        let known = counts
            .iter_mut()
            .find(|count| count.year == year && count.ground == disclosure.ground);
        match known {
            Some(count) => {
                count.times += 1;
                count.rows += disclosure.handed;
            }
            None => counts.push(YearCount {
                year,
                ground: disclosure.ground,
                times: 1,
                rows: disclosure.handed,
            }),
        }
    }
    let place = |ground| Ground::ALL.iter().position(|known| *known == ground);
    counts.sort_by_key(|count| (std::cmp::Reverse(count.year), place(count.ground)));
    Ok(counts)
}

fn record(
    tx: &mut Tx,
    by: &StaffId,
    act: &'static str,
    disclosure: &Disclosure,
    reason: &str,
) -> Result<(), Error> {
    let actor = Actor::Staff(by.clone());
    let of = (disclosure.activity.as_str(), disclosure.id.as_str());
    note(tx, &actor, act, of, reason)
}
