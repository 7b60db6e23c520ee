//! What the library runs, and its life from draft to purged.
//!
//! Invariant: after publishing, nothing here changes but the stage (`decisions` D9); every change
//! of stage is a compare-and-set in the database, so that two hands cannot both move it.
//!
//! Not here: how it is drawn ([`crate::draw`]), what it asks beyond personal fields
//! ([`crate::survey`]), what it must tell people first ([`crate::policy`]).

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use crate::audit::StaffId;
use crate::branch::BranchId;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind as FaultKind};
use crate::platform::ids::text_id;
use crate::platform::text::{self, Language};

pub mod draft;
pub mod eligibility;
pub mod lifecycle;
pub mod pages;
mod store;
pub mod wire;

pub use eligibility::Eligibility;

text_id!(
    /// Names an activity; random, so that it tells nothing about time or number.
    ActivityId,
    12
);

/// What kind of thing the library runs (`decisions` D8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// People enter and prizes are drawn.
    Draw,
    /// People answer; nothing is drawn and no ID number is asked.
    Survey,
    /// People take places in sessions.
    Seats(Allocation),
}

/// How the places of an activity are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allocation {
    /// Whoever comes first has the place.
    FirstCome,
    /// The places of each session are drawn.
    ByLot,
}

impl Kind {
    /// Every kind, in the order of lists.
    pub const ALL: [Kind; 4] = [
        Kind::Draw,
        Kind::Seats(Allocation::FirstCome),
        Kind::Seats(Allocation::ByLot),
        Kind::Survey,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Draw => "draw",
            Kind::Survey => "survey",
            Kind::Seats(Allocation::FirstCome) => "seats",
            Kind::Seats(Allocation::ByLot) => "seats_by_lot",
        }
    }

    /// Reads [`Kind::code`].
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether it ends in a draw, with a manifest and a result.
    pub fn is_drawn(self) -> bool {
        matches!(self, Kind::Draw | Kind::Seats(Allocation::ByLot))
    }

    /// Whether people say who they are.
    pub fn asks_person(self) -> bool {
        self != Kind::Survey
    }

    /// Whether places are given to whoever comes first.
    pub fn is_first_come(self) -> bool {
        self == Kind::Seats(Allocation::FirstCome)
    }
}

/// How the draws of one activity share its tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrangement {
    /// Everybody takes part in every draw.
    #[default]
    Sessions,
    /// Everybody picks one draw, such as the one of a branch.
    Pools,
}

impl Arrangement {
    /// Both, in the order of the form.
    pub const ALL: [Arrangement; 2] = [Arrangement::Sessions, Arrangement::Pools];

    /// The word in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Arrangement::Sessions => "sessions",
            Arrangement::Pools => "pools",
        }
    }

    /// Reads [`Arrangement::code`].
    pub fn parse(code: &str) -> Option<Arrangement> {
        Arrangement::ALL
            .into_iter()
            .find(|arrangement| arrangement.code() == code)
    }
}

/// Who opens the contacts of an activity's winners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlock {
    /// The server, by itself.
    One,
    /// Two of three librarians, each with a share on paper.
    TwoOfThree,
}

impl Unlock {
    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Unlock::One => "one",
            Unlock::TwoOfThree => "two_of_three",
        }
    }
}

/// Who opens the contacts of an activity's winners.
pub fn unlock(tx: &mut Tx, id: &ActivityId) -> Result<Unlock, Error> {
    store::find_unlock(tx, id)
}

/// Where an activity is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Staff prepare it; nobody else sees it.
    Draft,
    /// Published; entries are taken between its opening and closing times.
    Open,
    /// No more entries.
    Closed,
    /// The result is public.
    Drawn,
    /// Every prize is claimed or out of reserves.
    Notified,
    /// Personal data is destroyed.
    Purged,
    /// Ended early, with a public reason; to be purged.
    Cancelled,
}

impl Stage {
    /// Every stage, in the order of an activity's life.
    pub const ALL: [Stage; 7] = [
        Stage::Draft,
        Stage::Open,
        Stage::Closed,
        Stage::Drawn,
        Stage::Notified,
        Stage::Purged,
        Stage::Cancelled,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Open => "open",
            Stage::Closed => "closed",
            Stage::Drawn => "drawn",
            Stage::Notified => "notified",
            Stage::Purged => "purged",
            Stage::Cancelled => "cancelled",
        }
    }

    /// Reads [`Stage::code`].
    pub fn parse(code: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LocalText {
    /// Chinese as written in Taiwan; never empty once published.
    pub zh: String,
    /// English.
    pub en: String,
}

impl LocalText {
    /// A text in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> LocalText {
        LocalText {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The text in `language`, or in the other one where it is missing.
    pub fn pick(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::ZhTw => (&self.zh, &self.en),
            Language::En => (&self.en, &self.zh),
        };
        if first.is_empty() { second } else { first }
    }

    /// The words of a message without values.
    pub fn of_message(id: &str) -> LocalText {
        LocalText::new(
            text::message(Language::ZhTw, id, &[]),
            text::message(Language::En, id, &[]),
        )
    }

    /// Whether a language is missing.
    pub fn is_incomplete(&self) -> bool {
        self.zh.trim().is_empty() || self.en.trim().is_empty()
    }
}

/// A personal field that an activity may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The name on the card, checked when a prize is handed over.
    Name,
    /// The number of the library card: makes the keyed tag and is then dropped. Who may enter brings
    /// it ([`Eligibility::brings`]); nobody picks it.
    LibraryCard,
    /// The ID number: makes the keyed tag and is then dropped (`decisions` D17).
    NationalId,
    /// Telephone, to reach winners.
    Phone,
    /// E-mail, to reach winners.
    Email,
    /// Postal address, to reach winners.
    Address,
}

impl Field {
    /// Every field in the order of the form.
    pub const ALL: [Field; 6] = [
        Field::Name,
        Field::LibraryCard,
        Field::NationalId,
        Field::Phone,
        Field::Email,
        Field::Address,
    ];

    /// Those that a librarian picks, in the same order.
    pub const PICKED: [Field; 5] = [
        Field::Name,
        Field::NationalId,
        Field::Phone,
        Field::Email,
        Field::Address,
    ];

    /// What can tell people apart, the surest first.
    pub const TELLING_APART: [Field; 4] = [
        Field::LibraryCard,
        Field::NationalId,
        Field::Email,
        Field::Phone,
    ];

    /// The word in the database, in forms and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::LibraryCard => "library_card",
            Field::NationalId => "national_id",
            Field::Phone => "phone",
            Field::Email => "email",
            Field::Address => "address",
        }
    }

    /// Reads [`Field::code`].
    pub fn parse(code: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.code() == code)
    }

    /// Whether the policy binds the field to notices only (clause T25), or to the draw (T24).
    pub fn reaches_winners(self) -> bool {
        matches!(self, Field::Phone | Field::Email | Field::Address)
    }
}

/// A personal field that an activity asks, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedField {
    /// Which field.
    pub field: Field,
    /// Whether an entry without it is refused.
    pub required: bool,
    /// What the person is told it is for; for the ID number the reason why it is needed.
    pub purpose: LocalText,
}

/// Everything about an activity that its row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its id.
    pub id: ActivityId,
    /// Its address: `/a/<slug>`.
    pub slug: String,
    /// Draw, survey or places.
    pub kind: Kind,
    /// Where it is in its life.
    pub stage: Stage,
    /// Its name.
    pub title: LocalText,
    /// What it is about.
    pub text: LocalText,
    /// The rules in the library's words; frozen and hashed at publishing.
    pub rules: LocalText,
    /// First moment of entry.
    pub opens_at: Timestamp,
    /// Entry ends before this moment.
    pub closes_at: Timestamp,
    /// Until then objections may change the list of voids; the closing time where nothing is drawn.
    pub freezes_at: Timestamp,
    /// When the named beacon round of the last draw appears; the closing time where nothing is drawn.
    pub draws_at: Timestamp,
    /// When the last session begins; 0 where there are none.
    pub ends_at: Timestamp,
    /// Days a winner has to answer.
    pub claim_days: i64,
    /// Days from the draw, the close of a survey or the last session to the purge.
    pub retention_days: i64,
    /// When personal data is destroyed; 0 before publishing.
    pub purges_at: Timestamp,
    /// Whether answers stay linked to the entry (`decisions` D7).
    pub answers_linked: bool,
    /// How its draws share its tickets; of no meaning where there is one.
    pub arrangement: Arrangement,
    /// Who may enter.
    pub eligibility: Eligibility,
    /// Which branch runs it; none where it is the whole library's.
    pub branch: Option<BranchId>,
    /// The notice of Art. 8 of the Personal Data Protection Act as shown on the form; empty before
    /// publishing.
    pub notice: LocalText,
    /// The public reason of a cancellation; empty otherwise.
    pub cancelled_reason: String,
    /// Counts saves of the draft, so that two editors cannot overwrite each other unseen.
    pub version: i64,
    /// Who made it.
    pub created_by: StaffId,
    /// When it was published.
    pub published_at: Option<Timestamp>,
    /// Whether the database was found to be older than receipts that people hold: nothing is taken,
    /// and only a cancellation goes on.
    pub halted: bool,
}

impl Facts {
    /// When personal data goes, counted from the plan.
    pub fn planned_purge(&self) -> Timestamp {
        let from = match self.kind {
            Kind::Draw => self.draws_at,
            Kind::Survey => self.closes_at,
            Kind::Seats(_) => self.draws_at.max(self.closes_at).max(self.ends_at),
        };
        from.plus(self.retention_days * DAY)
    }

    /// Whether entries are taken at `now`.
    pub fn takes_entries(&self, now: Timestamp) -> bool {
        let is_time = self.opens_at <= now && now < self.closes_at;
        self.stage == Stage::Open && !self.halted && is_time
    }
}

/// Stages as types: a verb that needs a stage asks for it.
pub mod stage {
    /// Being prepared.
    pub enum Draft {}
    /// Published.
    pub enum Open {}
    /// No more entries.
    pub enum Closed {}
    /// Result public.
    pub enum Drawn {}
    /// All prizes settled.
    pub enum Notified {}
    /// Cancelled with a public reason.
    pub enum Cancelled {}
    /// Personal data destroyed.
    pub enum Purged {}

    /// Ties a type to the word in the database; sealed by [`super::Stage`] being closed.
    pub trait At {
        /// The stage this type stands for.
        const STAGE: super::Stage;
    }

    macro_rules! at {
        ($($name:ident),*) => {
            $(impl At for $name {
                const STAGE: super::Stage = super::Stage::$name;
            })*
        };
    }
    at!(Draft, Open, Closed, Drawn, Notified, Cancelled, Purged);
}

/// An activity known to be at a stage, for the length of one transaction.
///
/// ```compile_fail
/// # use fairdraw::activity::{Activity, stage::{Closed, Open}};
/// fn take_entry(_: &Activity<Open>) {}
/// fn too_late(closed: Activity<Closed>) { take_entry(&closed) }
/// ```
#[derive(Debug, Clone)]
pub struct Activity<S> {
    facts: Facts,
    stage: PhantomData<S>,
}

impl<S> std::ops::Deref for Activity<S> {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl<S: stage::At> Activity<S> {
    /// The activity if it is at this stage.
    pub fn at(facts: Facts) -> Result<Activity<S>, Error> {
        if facts.stage == S::STAGE {
            Ok(Activity {
                facts,
                stage: PhantomData,
            })
        } else {
            Err(Error::OtherStage {
                needed: S::STAGE,
                found: facts.stage,
            })
        }
    }

    /// What its row says.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// Why something could not be done with an activity.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No activity has this address or id.
    #[error("no such activity")]
    Unknown,
    /// It is at another stage than the verb needs.
    #[error("needed an activity at stage {needed:?}, found {found:?}")]
    OtherStage {
        /// What the verb needs.
        needed: Stage,
        /// Where it is.
        found: Stage,
    },
    /// Somebody else changed it meanwhile.
    #[error("the activity was changed meanwhile")]
    Moved,
    /// Another activity has this address.
    #[error("the address is taken")]
    SlugTaken,
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] crate::audit::Error),
}

impl Fault for Error {
    fn kind(&self) -> FaultKind {
        match self {
            Error::Unknown => FaultKind::NotFound,
            Error::OtherStage { .. } | Error::Moved | Error::SlugTaken => FaultKind::Conflict,
            Error::Db(error) => error.kind(),
            Error::Audit(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "activity.unknown",
            Error::OtherStage { .. } => "activity.other_stage",
            Error::Moved => "activity.moved",
            Error::SlugTaken => "activity.slug_taken",
            Error::Db(error) => error.code(),
            Error::Audit(error) => error.code(),
        }
    }
}

/// The activity at an address.
pub fn find(tx: &mut Tx, slug: &str) -> Result<Facts, Error> {
    store::find_by_slug(tx, slug)?.ok_or(Error::Unknown)
}

/// The activity by its id.
pub fn by_id(tx: &mut Tx, id: &ActivityId) -> Result<Facts, Error> {
    store::find(tx, id)?.ok_or(Error::Unknown)
}

/// Reads activities and keeps them as they are until this transaction ends: nothing else changes
/// their stage, and nobody else holds them. Unknown ones are left out.
pub fn hold<'i>(
    tx: &mut Tx,
    ids: impl Iterator<Item = &'i ActivityId>,
) -> Result<BTreeMap<ActivityId, Facts>, Error> {
    // Everybody takes them in the same order, so that two never wait for each other.
    let ids: BTreeSet<&ActivityId> = ids.collect();
    let held = store::hold(tx, &ids)?;
    Ok(held
        .into_iter()
        .map(|facts| (facts.id.clone(), facts))
        .collect())
}

/// Activities at any of `stages`, those that close first in front.
pub fn list(tx: &mut Tx, stages: &[Stage]) -> Result<Vec<Facts>, Error> {
    Ok(store::list(tx, stages)?)
}

/// The personal fields an activity asks, in the order of the form: those that the library picked,
/// and the one that comes with who may enter.
pub fn asked_fields(tx: &mut Tx, id: &ActivityId) -> Result<Vec<AskedField>, Error> {
    let picked = store::asked_fields(tx, id)?;
    Ok(store::eligibility(tx, id)?.with_its_own(picked))
}

/// The field that tells people apart: the first required one of [`Field::TELLING_APART`].
pub fn told_apart_by(asked: &[AskedField]) -> Option<Field> {
    let required = |field: &Field| {
        asked
            .iter()
            .any(|each| each.field == *field && each.required)
    };
    Field::TELLING_APART.into_iter().find(required)
}
