//! Telling winners and called reserves, and what becomes of their prizes.
//!
//! Invariant: only the holder of a slot is told, and whoever entered a second time under the same
//! ID; an address is opened for one letter and forgotten; a letter that may have arrived is never
//! sent again by itself (`decisions` D21). What a row here holds is a ticket, never a person.
//!
//! Not here: who holds what ([`crate::draw`]), how a letter travels ([`crate::platform::mail`]),
//! whose data may be read ([`crate::vault`]).

use std::fmt;

use lucky_draw::result::{SettleCode, Slot};

use crate::activity::{self, ActivityId};
use crate::audit;
use crate::draw;
use crate::entry;
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::ids::text_id;
use crate::platform::mail;
use crate::seats;
use crate::vault;

mod addresses;
pub mod calls;
pub mod claims;
pub mod export;
pub mod jobs;
pub mod leaving;
pub mod letters;
pub mod notices;
pub mod pages;
mod post;
mod seat_post;
pub mod sheet;
mod store;
pub mod winners;
pub mod wire;

text_id!(
    /// Names a notice.
    NoticeId,
    14
);

text_id!(
    /// Names an export; printed on every copy of it.
    ExportId,
    10
);

/// What became of a slot in the hands of one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimStage {
    /// The ticket holds the slot; for a reserve: it waits.
    Held,
    /// The person came and the ID matched.
    Claimed,
    /// The person does not want it.
    Declined,
    /// The person asked for erasure.
    Erased,
    /// The person is not eligible by the rules; two members of staff said so.
    Ineligible,
    /// Nobody came by the deadline.
    Expired,
    /// A reserve that moved up and left its place.
    Vacated,
}

impl ClaimStage {
    /// Every stage.
    pub const ALL: [ClaimStage; 7] = [
        ClaimStage::Held,
        ClaimStage::Claimed,
        ClaimStage::Declined,
        ClaimStage::Erased,
        ClaimStage::Ineligible,
        ClaimStage::Expired,
        ClaimStage::Vacated,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            ClaimStage::Held => "held",
            ClaimStage::Claimed => "claimed",
            ClaimStage::Declined => "declined",
            ClaimStage::Erased => "erased",
            ClaimStage::Ineligible => "ineligible",
            ClaimStage::Expired => "expired",
            ClaimStage::Vacated => "vacated",
        }
    }

    /// Reads [`ClaimStage::code`].
    pub fn parse(code: &str) -> Option<ClaimStage> {
        ClaimStage::ALL
            .into_iter()
            .find(|stage| stage.code() == code)
    }

    /// Why the slot is vacated at the next deadline (draw-protocol 4.8); none if it is not.
    pub fn vacates(self) -> Option<SettleCode> {
        match self {
            ClaimStage::Declined => Some(SettleCode::D),
            ClaimStage::Erased => Some(SettleCode::E),
            ClaimStage::Ineligible => Some(SettleCode::I),
            ClaimStage::Held | ClaimStage::Claimed | ClaimStage::Expired | ClaimStage::Vacated => {
                None
            }
        }
    }
}

/// A slot and the ticket that holds it, or held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What it is about: a unit of a prize, or a place in the reserve list.
    pub slot: Slot,
    /// The ticket.
    pub index: u64,
    /// What became of it.
    pub stage: ClaimStage,
    /// Until when the person has to come; for a waiting reserve 0.
    pub deadline: Timestamp,
    /// Who marked it, as [`audit::Actor`] prints; empty while held.
    pub marked_by: String,
    /// When it was marked; 0 while held.
    pub marked_at: Timestamp,
    /// By which rule the person is said not to be eligible; else empty.
    pub reason: String,
    /// Who said so, as [`audit::Actor`] prints; while held, somebody else has to confirm it.
    pub proposed_by: String,
}

impl Claim {
    /// Whether this is a prize; otherwise it is a place in the reserve list.
    pub fn is_prize(&self) -> bool {
        matches!(self.slot, Slot::Prize { .. })
    }

    /// Whether the ticket has the slot and was not marked as having left it.
    pub fn is_holding(&self) -> bool {
        matches!(self.stage, ClaimStage::Held | ClaimStage::Claimed)
    }

    /// Whether somebody has to confirm that the person is not eligible.
    pub fn is_doubted(&self) -> bool {
        self.stage == ClaimStage::Held && !self.proposed_by.is_empty()
    }
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// The ticket won.
    Won,
    /// The ticket was a reserve, or next in the order, and now has a prize.
    Promoted,
    /// The deadline is near.
    Reminder,
    /// To the contact of a second entry of the same person: the deadline is near (D5).
    Duplicate,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [NoticeKind; 4] = [
        NoticeKind::Won,
        NoticeKind::Promoted,
        NoticeKind::Reminder,
        NoticeKind::Duplicate,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            NoticeKind::Won => "won",
            NoticeKind::Promoted => "promoted",
            NoticeKind::Reminder => "reminder",
            NoticeKind::Duplicate => "duplicate",
        }
    }

    /// Reads [`NoticeKind::code`].
    pub fn parse(code: &str) -> Option<NoticeKind> {
        NoticeKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How far a notice has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeStage {
    /// To be sent, now or at the next try.
    Waiting,
    /// The letter is leaving; after a crash nobody knows whether it left.
    Sending,
    /// The mail server took it.
    Sent,
    /// Perhaps it arrived. Staff decide.
    Uncertain,
    /// The mail server will never take it.
    Refused,
    /// The person left no e-mail address: call or write.
    NoAddress,
    /// No longer needed when its turn came: the prize was claimed or passed on.
    Dropped,
}

impl NoticeStage {
    /// Every stage.
    pub const ALL: [NoticeStage; 7] = [
        NoticeStage::Waiting,
        NoticeStage::Sending,
        NoticeStage::Sent,
        NoticeStage::Uncertain,
        NoticeStage::Refused,
        NoticeStage::NoAddress,
        NoticeStage::Dropped,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            NoticeStage::Waiting => "waiting",
            NoticeStage::Sending => "sending",
            NoticeStage::Sent => "sent",
            NoticeStage::Uncertain => "uncertain",
            NoticeStage::Refused => "refused",
            NoticeStage::NoAddress => "no_address",
            NoticeStage::Dropped => "dropped",
        }
    }

    /// Reads [`NoticeStage::code`].
    pub fn parse(code: &str) -> Option<NoticeStage> {
        NoticeStage::ALL
            .into_iter()
            .find(|stage| stage.code() == code)
    }

    /// Whether a person has to do something.
    pub fn is_trouble(self) -> bool {
        matches!(
            self,
            NoticeStage::Uncertain | NoticeStage::Refused | NoticeStage::NoAddress
        )
    }
}

/// One letter to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// The prize it is about.
    pub slot: Slot,
    /// The ticket whose contact it goes to.
    pub index: u64,
    /// What it tells.
    pub kind: NoticeKind,
    /// 0 for the first; staff may ask for more.
    pub copy: i64,
    /// The `Message-ID` of the letter, the same at every try.
    pub message_id: String,
    /// How far it has come.
    pub stage: NoticeStage,
    /// How often the mail server was tried.
    pub attempts: i64,
    /// Not before this moment.
    pub next_at: Timestamp,
    /// The mail server's last reply code, or a word such as `unreachable`.
    pub last_reply: String,
    /// When the server took it.
    pub sent_at: Option<Timestamp>,
}

/// How many notices an activity has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoticeCounts {
    /// Taken by the mail server.
    pub sent: u64,
    /// Still to be sent.
    pub waiting: u64,
    /// A person has to do something.
    pub trouble: u64,
}

impl NoticeCounts {
    /// All that were ever asked for and are still needed.
    pub fn total(&self) -> u64 {
        self.sent + self.waiting + self.trouble
    }
}

/// Why winners could not be told, or a prize not be handed over.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No draw, no result yet, or no such slot or notice.
    #[error("nothing to tell or claim by that name")]
    Unknown,
    /// Personal data is destroyed.
    #[error("the activity is purged")]
    Purged,
    /// The slot is in another state than the verb needs; somebody else marked it meanwhile.
    #[error("the claim was changed meanwhile")]
    Moved,
    /// The time to take a mark back is over.
    #[error("the time to take it back is over")]
    TooLate,
    /// The entry behind the ticket, or its sealed contact, is not there.
    #[error("the contact is not there")]
    NoContact,
    /// A letter's template cannot be filled.
    #[error(transparent)]
    Template(#[from] crate::platform::templates::TemplateError),
    /// A letter cannot be written.
    #[error(transparent)]
    Letter(#[from] mail::LetterError),
    /// A file of the export cannot be written.
    #[error(transparent)]
    Sheet(#[from] sheet::Error),
    /// Draws.
    #[error(transparent)]
    Draw(#[from] draw::Error),
    /// Entries.
    #[error(transparent)]
    Entry(#[from] entry::Error),
    /// Places in sessions.
    #[error(transparent)]
    Seats(#[from] seats::Error),
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The audit record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<vault::NotAWinner> for Error {
    fn from(why: vault::NotAWinner) -> Error {
        Error::Vault(vault::Refusal::NotAWinner(why).into())
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown | Error::NoContact => Kind::NotFound,
            Error::Purged => Kind::Gone,
            Error::Moved | Error::TooLate => Kind::Conflict,
            Error::Template(_) | Error::Letter(_) | Error::Sheet(_) => Kind::Broken,
            Error::Draw(error) => error.kind(),
            Error::Entry(error) => error.kind(),
            Error::Seats(error) => error.kind(),
            Error::Activity(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "notify.unknown",
            Error::Purged => "notify.purged",
            Error::Moved => "notify.moved",
            Error::TooLate => "notify.too_late",
            Error::NoContact => "notify.no_contact",
            Error::Template(_) => "notify.template",
            Error::Letter(_) => "notify.letter",
            Error::Sheet(_) => "notify.sheet",
            Error::Draw(error) => error.code(),
            Error::Entry(error) => error.code(),
            Error::Seats(error) => error.code(),
            Error::Activity(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// How many notices an activity has, by what they need.
pub fn count(tx: &mut Tx, activity: &ActivityId) -> Result<NoticeCounts, Error> {
    let mut counts = NoticeCounts::default();
    for (stage, found) in store::count_notices(tx, activity)? {
        let place = match stage {
            NoticeStage::Sent => &mut counts.sent,
            NoticeStage::Waiting | NoticeStage::Sending => &mut counts.waiting,
            stage if stage.is_trouble() => &mut counts.trouble,
            _ => continue,
        };
        *place += found;
    }
    Ok(counts)
}

/// Whether anybody of a draw has a claim: nobody has before the first look at its result.
pub fn has_claims(tx: &mut Tx, plan: &draw::Plan) -> Result<bool, Error> {
    Ok(store::listing::has_claims(
        tx,
        &plan.activity,
        plan.id.as_str(),
    )?)
}

/// How many notices of the site stand at each stage.
pub fn standing(tx: &mut Tx) -> Result<Vec<(NoticeStage, u64)>, Error> {
    Ok(store::count_all_notices(tx)?)
}

/// Erases claims and notices of an activity (`privacy` 1.8): a message id is known to mail servers
/// and would lead to a person. Exports stay as the list of copies that may be out.
/// Answers with how many rows went.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, Error> {
    Ok(store::forget(tx, activity)?)
}

/// How many claims and notices of the activity are still here.
pub fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, Error> {
    Ok(store::left(tx, activity)?)
}

/// The name of a slot in addresses and records: `grand/1`.
struct Named<'a>(&'a Slot, u64);

/// `grand/1 317`: what audit lines about a claim say.
impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}
