//! The ceremony around the protocol: what a draw promises, when its list closes, where its
//! randomness comes from, what it decided, and the files with which anybody checks it.
//!
//! Invariant: every step is a signed note in the journal, written in the transaction that takes
//! the step; a step that was taken is never taken again, and asking for it again gives the same
//! answer.
//!
//! Not here: the arithmetic of a draw ([`lucky_draw`]), who the winners are ([`crate::vault`]),
//! telling them ([`crate::notify`]).

use lucky_draw::beacon::BeaconError;
use lucky_draw::encode::Hash;
use lucky_draw::result::SettleError;

use crate::account;
use crate::activity::{self, ActivityId, LocalText};
use crate::audit;
use crate::entry;
use crate::journal;
use crate::log;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::policy;
use crate::seats;
use crate::stats;
use crate::survey;
use crate::vault;

mod anchor;
pub mod beacon;
mod bound;
mod bundle;
mod cancel;
mod close;
mod details;
mod exclusion;
pub mod hour;
pub mod jobs;
pub mod lots;
pub mod lottery;
mod numbers;
mod objection;
pub mod pages;
mod plan;
pub mod proof;
mod publish;
pub mod reveal;
mod rules;
mod run;
mod secret;
mod settle;
mod show;
mod source;
mod statistics;
mod store;
mod succession;
pub mod tax;
mod weigh;
mod wire;
mod witnesses;

pub use anchor::anchor;
pub use bound::fewer_than;
pub use bundle::{Transcript, bundle, bundle_state, evidence, transcript};
pub use cancel::{CancelCode, cancel, cancel_one, give_up};
pub use close::{close, freeze};
pub use details::{PlanDetails, PlanTrouble, PrizeDetails};
pub use exclusion::{excluded, outcomes};
pub use lottery::{Game, NumbersError};
pub use numbers::{NumbersStep, type_numbers};
pub use objection::{
    Correction, ShownClose, closes, confirm, drop_proposal, fingerprint, propose, proposed,
};
pub use plan::{delete_plan, delete_plans, move_up, round_for, save_plan};
pub use publish::{Problem, Terms, not_allowed, problems, publish, renew_notice};
pub use rules::{claim_deadlines, rules_text};
pub use run::{Pasted, note_trouble, receive, receive_pasted};
pub use settle::{holdings, result, settle, settlements};
pub use show::{Shown, listed, shown, slot_words, title};
pub use source::{DrandRound, Issue, PlanSource, SourceDetails, SourceKind, Typed};
pub use statistics::{prepare_statistics, publish_statistics};
pub use succession::{
    Successor, SuccessorTrouble, SupersedeCode, replaceable_until, successor_troubles, supersede,
    superseded,
};
pub use weigh::SourceTrouble;
pub use witnesses::{Awaited, Unseen, unseen};

text_id!(
    /// Names a draw; random, so that it tells nothing about time or number.
    DrawId,
    10
);

/// Where a draw is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DrawStage {
    /// Being prepared.
    Planned,
    /// The manifest is signed; tickets are taken.
    Open,
    /// The close note is signed.
    Closed,
    /// The freeze note is signed; the beacon decides.
    Frozen,
    /// The result note is signed.
    Drawn,
    /// It will not take place.
    Cancelled,
}

impl DrawStage {
    /// Every stage, in the order of a draw's life.
    pub const ALL: [DrawStage; 6] = [
        DrawStage::Planned,
        DrawStage::Open,
        DrawStage::Closed,
        DrawStage::Frozen,
        DrawStage::Drawn,
        DrawStage::Cancelled,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            DrawStage::Planned => "planned",
            DrawStage::Open => "open",
            DrawStage::Closed => "closed",
            DrawStage::Frozen => "frozen",
            DrawStage::Drawn => "drawn",
            DrawStage::Cancelled => "cancelled",
        }
    }

    /// Reads [`DrawStage::code`].
    pub fn parse(code: &str) -> Option<DrawStage> {
        DrawStage::ALL
            .into_iter()
            .find(|stage| stage.code() == code)
    }
}

/// What can be won.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prize {
    /// Its place, from 1; prizes are drawn in this order.
    pub position: u32,
    /// Its name in the protocol, `[a-z0-9-]{1,32}`.
    pub slug: String,
    /// Its name for people.
    pub name: LocalText,
    /// How many there are.
    pub units: u32,
    /// What one is worth, in NT$.
    pub value_twd: i64,
}

/// A draw as its rows say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The activity it belongs to.
    pub activity: ActivityId,
    /// Its id; also the name of its log.
    pub id: DrawId,
    /// Where it is in its life.
    pub stage: DrawStage,
    /// Where the randomness comes from, in the manifest's order.
    pub sources: Vec<PlanSource>,
    /// How many reserves are drawn after the prizes.
    pub reserves: u32,
    /// How many prizes and reserves one person can hold.
    pub wins_per_person: u32,
    /// How many tickets one person can have.
    pub tickets_per_person: u32,
    /// The prizes, in the order in which they are drawn.
    pub prizes: Vec<Prize>,
    /// Hash of the manifest, once it is signed.
    pub manifest: Option<Hash>,
    /// Its place among the draws of the activity, from 1.
    pub position: u32,
    /// Its name in the protocol, `[a-z0-9-]{1,32}`.
    pub slug: String,
    /// Its name for people; may be empty where an activity has one draw.
    pub name: LocalText,
    /// When it takes place, if that is before the activity's own time of the draw.
    pub draws_at: Option<Timestamp>,
    /// Earlier draws of the activity whose winners and reserves cannot win here.
    pub excludes: Vec<DrawId>,
}

impl Plan {
    /// When it is to take place; its round is the first one at or after this moment.
    pub fn due_at(&self, facts: &activity::Facts) -> Timestamp {
        self.draws_at.unwrap_or(facts.draws_at)
    }

    /// Whether nothing can happen to it any more: it has a result or was cancelled.
    pub fn is_decided(&self) -> bool {
        matches!(self.stage, DrawStage::Drawn | DrawStage::Cancelled)
    }

    /// How many prizes there are, all units together.
    pub fn prize_units(&self) -> u64 {
        self.prizes.iter().map(|prize| u64::from(prize.units)).sum()
    }

    /// What all prizes are worth together, in NT$.
    pub fn worth_twd(&self) -> i64 {
        let worth = |prize: &Prize| prize.value_twd.saturating_mul(i64::from(prize.units));
        self.prizes.iter().map(worth).fold(0, i64::saturating_add)
    }

    /// The prize of that name in the protocol.
    pub fn prize(&self, slug: &str) -> Option<&Prize> {
        self.prizes.iter().find(|prize| prize.slug == slug)
    }

    fn manifest_hash(&self) -> Result<Hash, Error> {
        self.manifest.ok_or(Error::OtherStage { found: self.stage })
    }
}

/// A signed note, or another public file, of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNote {
    /// Its name in the bundle, such as `manifest.note`.
    pub name: String,
    /// The whole file; for a note its text and signature.
    pub note: String,
    /// H of the note's text, or of the whole file where it is not a note.
    pub hash: Hash,
    /// The proof of its place in the journal; empty where it is not a note.
    pub proof: String,
    /// Its place in the journal; `None` where it is not a note.
    pub position: Option<u64>,
    /// When it was written.
    pub written_at: Timestamp,
}

impl StoredNote {
    /// The note's text without its signature.
    pub fn text(&self) -> Result<&str, Error> {
        match lucky_draw::note::SignedNote::parse(&self.note) {
            Ok(signed) => Ok(signed.text),
            Err(_) => Err(Error::Damaged),
        }
    }
}

/// Why a step of a draw could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such draw.
    #[error("no such draw")]
    Unknown,
    /// Something keeps the draft from being published; [`problems`] says what.
    #[error("the activity is not ready to be published")]
    NotReady,
    /// The draw is at another stage than the step needs.
    #[error("the draw is at stage {found:?}")]
    OtherStage {
        /// Where it is.
        found: DrawStage,
    },
    /// The database is older than receipts that people hold: the list would not be theirs.
    #[error("the list is older than receipts that were given out")]
    Halted,
    /// The step may not be taken before this moment.
    #[error("not before {from}")]
    TooEarly {
        /// From when on it may.
        from: Timestamp,
    },
    /// The list has no such ticket.
    #[error("there is no such ticket")]
    NoTicket,
    /// The ticket stands so already, or nothing was proposed.
    #[error("nothing would change")]
    NothingChanges,
    /// What was seen is not what stands there now.
    #[error("it was changed meanwhile")]
    Moved,
    /// Somebody else has to confirm.
    #[error("a second person has to confirm")]
    SecondPerson,
    /// The time for objections is over.
    #[error("the objection window is over")]
    WindowOver,
    /// A draw that this one excludes has no result yet.
    #[error("waits for the result of draw {draw}")]
    WaitsFor {
        /// The draw that comes first.
        draw: DrawId,
    },
    /// The last draw of an activity is cancelled with the activity, not alone.
    #[error("the activity would have no draw left")]
    LastDraw,
    /// The beacon round is out, so the draw is decided and cannot be cancelled.
    #[error("the beacon round is out")]
    Decided,
    /// What was received is not a round that the manifest names.
    #[error("the beacon was refused")]
    Beacon(#[source] BeaconError),
    /// The draw does not use such a source.
    #[error("the draw has no such source")]
    NotAwaited,
    /// The numbers cannot be those of the issue.
    #[error("the numbers were refused")]
    Numbers(#[source] NumbersError),
    /// The vacancies cannot be settled so.
    #[error("the settlement was refused")]
    Settle(#[source] SettleError),
    /// The manifest breaks a rule of the protocol that the plan's checks should have found.
    #[error("the manifest cannot be published")]
    Manifest(#[source] lucky_draw::record::PublishError),
    /// A stored note cannot be read, or is missing.
    #[error("a stored note of the draw is damaged")]
    Damaged,
    /// Accounts of staff.
    #[error(transparent)]
    Account(#[from] account::Error),
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The log of tickets.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// The questions of a survey.
    #[error(transparent)]
    Survey(#[from] survey::Error),
    /// Sessions.
    #[error(transparent)]
    Seats(#[from] seats::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The statistics.
    #[error(transparent)]
    Stats(#[from] stats::Error),
    /// The notice and its terms.
    #[error(transparent)]
    Policy(#[from] policy::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown | Error::NoTicket => Kind::NotFound,
            Error::NotReady
            | Error::OtherStage { .. }
            | Error::TooEarly { .. }
            | Error::NothingChanges
            | Error::Moved
            | Error::SecondPerson
            | Error::WindowOver
            | Error::WaitsFor { .. }
            | Error::LastDraw
            | Error::Halted
            | Error::Decided
            | Error::NotAwaited => Kind::Conflict,
            Error::Beacon(_) | Error::Numbers(_) | Error::Settle(_) => Kind::Invalid,
            Error::Manifest(_) | Error::Damaged => Kind::Broken,
            Error::Account(error) => error.kind(),
            Error::Activity(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Journal(error) => error.kind(),
            Error::Log(error) => error.kind(),
            Error::Survey(error) => error.kind(),
            Error::Seats(error) => error.kind(),
            Error::Stats(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Policy(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "draw.unknown",
            Error::NotReady => "draw.not_ready",
            Error::OtherStage { .. } => "draw.other_stage",
            Error::TooEarly { .. } => "draw.too_early",
            Error::NoTicket => "draw.no_ticket",
            Error::NothingChanges => "draw.nothing_changes",
            Error::Moved => "draw.moved",
            Error::SecondPerson => "draw.second_person",
            Error::WindowOver => "draw.window_over",
            Error::WaitsFor { .. } => "draw.waits_for",
            Error::LastDraw => "draw.last_draw",
            Error::Halted => "draw.halted",
            Error::Decided => "draw.decided",
            Error::Beacon(_) => "draw.beacon_refused",
            Error::NotAwaited => "draw.not_awaited",
            Error::Numbers(_) => "draw.numbers_refused",
            Error::Settle(_) => "draw.settle_refused",
            Error::Manifest(_) => "draw.manifest_refused",
            Error::Damaged => "draw.damaged",
            Error::Account(error) => error.code(),
            Error::Activity(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Journal(error) => error.code(),
            Error::Log(error) => error.code(),
            Error::Survey(error) => error.code(),
            Error::Seats(error) => error.code(),
            Error::Stats(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Policy(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// The draws of an activity in their order; a survey has none, and a draft may have none yet.
pub fn plans(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Plan>, Error> {
    Ok(store::list(tx, activity)?)
}

/// The draw by its id.
pub fn by_id(tx: &mut Tx, id: &DrawId) -> Result<Plan, Error> {
    store::find(tx, id)?.ok_or(Error::Unknown)
}

/// When the oldest round was due that a frozen draw still waits for.
pub fn oldest_missing(tx: &mut Tx) -> Result<Option<Timestamp>, Error> {
    let now = tx.now();
    let plans = store::list_at(tx, DrawStage::Frozen)?;
    let rounds = plans.iter().flat_map(Plan::missing);
    let due = rounds
        .filter_map(PlanSource::drand)
        .map(|round| round.due());
    Ok(due.filter(|due| *due <= now).min())
}

/// One page of the draws that the public may see, the latest round first, and how many there are.
pub fn list_public(tx: &mut Tx, from: i64, at_most: i64) -> Result<(Vec<Plan>, i64), Error> {
    let plans = store::list_public(tx, from, at_most)?;
    Ok((plans, store::count_public(tx)?))
}

/// A public file of an activity, by its name in the bundle; a survey's files have the empty draw.
pub fn note(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    name: &str,
) -> Result<Option<StoredNote>, Error> {
    Ok(store::notes::find_note(tx, activity, draw, name)?)
}

/// When the result was written; nothing before that.
pub fn drawn_at(tx: &mut Tx, plan: &Plan) -> Result<Option<Timestamp>, Error> {
    Ok(store::notes::written_at(tx, plan, "result.note")?)
}

/// Every public file of a draw, in the order of their names.
pub fn notes(tx: &mut Tx, activity: &ActivityId, draw: &str) -> Result<Vec<StoredNote>, Error> {
    Ok(store::notes::list_notes(tx, activity, draw)?)
}

/// Whose notes stand at the places `from..to` of the journal: the activity, and the draw's id or
/// nothing.
pub fn journaled(tx: &mut Tx, from: u64, to: u64) -> Result<Vec<(u64, ActivityId, String)>, Error> {
    Ok(store::notes::journaled(tx, from, to)?)
}

/// Keeps a note that was just written to the journal under its name in the bundle.
pub fn keep_note(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    name: &str,
    written: &journal::Written,
) -> Result<(), Error> {
    let note = StoredNote {
        name: name.to_owned(),
        note: written.signed.clone(),
        hash: written.hash,
        proof: written.proof.clone(),
        position: Some(written.position),
        written_at: tx.now(),
    };
    Ok(store::notes::insert_note(tx, activity, draw, &note)?)
}

/// Keeps a public file that is not a note, such as `rules.txt` or a certificate.
pub fn keep_file(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    name: &str,
    text: &str,
) -> Result<Hash, Error> {
    let file = StoredNote {
        name: name.to_owned(),
        note: text.to_owned(),
        hash: lucky_draw::encode::sha256(text.as_bytes()),
        proof: String::new(),
        position: None,
        written_at: tx.now(),
    };
    store::notes::insert_note(tx, activity, draw, &file)?;
    Ok(file.hash)
}

/// Puts back a public file that a restored database lost.
pub fn put_back(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    file: StoredNote,
) -> Result<(), Error> {
    Ok(store::notes::insert_note(tx, activity, draw, &file)?)
}

/// A file that a draw at this stage must have.
fn needed_note(tx: &mut Tx, plan: &Plan, name: &str) -> Result<StoredNote, Error> {
    store::notes::find_note(tx, &plan.activity, plan.id.as_str(), name)?.ok_or(Error::Damaged)
}
