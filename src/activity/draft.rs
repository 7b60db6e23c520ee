//! Preparing an activity: a draft is saved whole, checked at publishing.
//!
//! Invariant: a save names the version it was made from; a draft that somebody else saved
//! meanwhile answers [`Error::Moved`] instead of being overwritten.

use crate::audit::{self, Act, Actor, StaffId};
use crate::branch::BranchId;
use crate::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::platform::db::Tx;

use super::stage::Draft;
use super::{
    Activity, ActivityId, Allocation, Arrangement, AskedField, Eligibility, Error, Facts, Field,
    Kind, LocalText, Stage, Unlock, store,
};

/// What a librarian types on the first page of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Its address.
    pub slug: String,
    /// Draw, survey or places.
    pub kind: Kind,
    /// Its name.
    pub title: LocalText,
    /// What it is about.
    pub text: LocalText,
    /// The rules in the library's words.
    pub rules: LocalText,
    /// First moment of entry.
    pub opens_at: Timestamp,
    /// Entry ends before this moment.
    pub closes_at: Timestamp,
    /// End of the objection window.
    pub freezes_at: Timestamp,
    /// When the draw takes place.
    pub draws_at: Timestamp,
    /// Days a winner has to answer.
    pub claim_days: i64,
    /// Days from the draw to the purge.
    pub retention_days: i64,
    /// Whether answers stay linked to the entry.
    pub answers_linked: bool,
}

/// Something that keeps a draft from being published; each has a message and a page to mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A language of the title is missing.
    TitleMissing,
    /// A language of the text is missing.
    TextMissing,
    /// A language of the rules is missing.
    RulesMissing,
    /// The address is not made of lower-case letters, digits and hyphens.
    SlugUnfit,
    /// Entry would end before it begins, or before now.
    ClosesTooEarly,
    /// The list would be frozen before entry ends.
    FreezesTooEarly,
    /// The draw would come less than ten minutes after the freeze (draw-protocol 4.3).
    DrawsTooEarly,
    /// Winners would have less than a day to answer.
    ClaimTooShort,
    /// Data would go before the last winner may answer.
    RetentionTooShort,
    /// Data would stay longer after the claim deadline than the library allows.
    RetentionTooLong,
    /// A draw needs something that tells people apart: ID number, e-mail or telephone, required.
    NobodyToldApart,
    /// A winner could not be reached: telephone, e-mail or address must be asked.
    NobodyReached,
    /// A prize cannot be handed over without a name.
    NameMissing,
    /// The ID number is asked without a reason in both languages.
    IdReasonMissing,
    /// A survey asks no personal fields.
    SurveyAsksPerson,
    /// The ID number is asked, and something else tells people apart: it would serve nothing.
    IdNotNeeded,
    /// Who may enter cannot be told in a survey, which asks nothing about people.
    SurveyKnowsNobody,
}

impl Details {
    /// What is wrong with these details at `now`, in the order of the form. `longest` is how many
    /// days data may stay after the last claim: what `policy::retention` says of entries.
    pub fn troubles(&self, now: Timestamp, longest: i64) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        let mut note = |wrong: bool, trouble| {
            if wrong {
                troubles.push(trouble);
            }
        };
        note(self.title.is_incomplete(), Trouble::TitleMissing);
        note(self.text.is_incomplete(), Trouble::TextMissing);
        note(!slug_fits(&self.slug), Trouble::SlugUnfit);
        note(
            self.closes_at <= self.opens_at || self.closes_at <= now,
            Trouble::ClosesTooEarly,
        );
        if self.kind.is_drawn() {
            note(self.rules.is_incomplete(), Trouble::RulesMissing);
            note(self.freezes_at < self.closes_at, Trouble::FreezesTooEarly);
            note(
                self.draws_at < self.freezes_at.plus(10 * MINUTE),
                Trouble::DrawsTooEarly,
            );
            note(self.claim_days < 1, Trouble::ClaimTooShort);
            note(
                self.retention_days <= self.claim_days,
                Trouble::RetentionTooShort,
            );
        } else {
            note(self.retention_days < 0, Trouble::RetentionTooShort);
        }
        note(
            self.retention_days > self.claim_days.max(0) + longest,
            Trouble::RetentionTooLong,
        );
        troubles
    }
}

/// An address is 3 to 60 lower-case letters, digits and single hyphens inside.
pub fn slug_fits(slug: &str) -> bool {
    (3..=60).contains(&slug.len())
        && slug
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        && !slug.contains("--")
}

/// What is wrong with the personal fields an activity asks.
///
/// `asked` holds the field that comes with who may enter.
pub fn asked_troubles(kind: Kind, who: Eligibility, asked: &[AskedField]) -> Vec<Trouble> {
    let find = |field: Field| asked.iter().find(|a| a.field == field);
    let required = |field: Field| find(field).is_some_and(|a| a.required);
    let mut troubles = Vec::new();
    if !kind.asks_person() {
        if !who.fits(kind) {
            troubles.push(Trouble::SurveyKnowsNobody);
        } else if !asked.is_empty() {
            troubles.push(Trouble::SurveyAsksPerson);
        }
        return troubles;
    }
    if !required(Field::Name) {
        troubles.push(Trouble::NameMissing);
    }
    if super::told_apart_by(asked).is_none() {
        troubles.push(Trouble::NobodyToldApart);
    }
    if who.tells_apart() && find(Field::NationalId).is_some() {
        troubles.push(Trouble::IdNotNeeded);
    }
    if !asked.iter().any(|a| a.field.reaches_winners()) {
        troubles.push(Trouble::NobodyReached);
    }
    if find(Field::NationalId).is_some_and(|a| a.purpose.is_incomplete()) {
        troubles.push(Trouble::IdReasonMissing);
    }
    troubles
}

impl Facts {
    /// The part of the facts that the draft's first page edits.
    pub fn details(&self) -> Details {
        Details {
            slug: self.slug.clone(),
            kind: self.kind,
            title: self.title.clone(),
            text: self.text.clone(),
            rules: self.rules.clone(),
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            freezes_at: self.freezes_at,
            draws_at: self.draws_at,
            claim_days: self.claim_days,
            retention_days: self.retention_days,
            answers_linked: self.answers_linked,
        }
    }

    fn with(self, details: &Details) -> Facts {
        let details = details.clone();
        Facts {
            slug: details.slug,
            kind: details.kind,
            title: details.title,
            text: details.text,
            rules: details.rules,
            opens_at: details.opens_at,
            closes_at: details.closes_at,
            freezes_at: details.freezes_at,
            draws_at: details.draws_at,
            claim_days: details.claim_days,
            retention_days: details.retention_days,
            answers_linked: details.answers_linked,
            ..self
        }
    }
}

impl Details {
    /// Sensible dates for a new draft made at `now`: opens tomorrow, two weeks of entry, two days
    /// for objections. Data stays 60 days, or as long as the library allows.
    pub fn suggested(kind: Kind, now: Timestamp, longest: i64) -> Details {
        let opens_at = now.plus(DAY).hour();
        let closes_at = opens_at.plus(14 * DAY);
        let (freezes_at, draws_at, claim_days) = match kind {
            Kind::Draw | Kind::Seats(Allocation::ByLot) => {
                (closes_at.plus(2 * DAY), closes_at.plus(2 * DAY + HOUR), 14)
            }
            Kind::Survey | Kind::Seats(Allocation::FirstCome) => (closes_at, closes_at, 0),
        };
        Details {
            slug: String::new(),
            kind,
            title: LocalText::default(),
            text: LocalText::default(),
            rules: LocalText::default(),
            opens_at,
            closes_at,
            freezes_at,
            draws_at,
            claim_days,
            retention_days: (claim_days + longest).min(60),
            answers_linked: false,
        }
    }
}

impl Activity<Draft> {
    /// Makes a new draft.
    pub fn create(tx: &mut Tx, by: &StaffId, details: &Details) -> Result<Activity<Draft>, Error> {
        let id = ActivityId::fresh();
        let facts = Facts {
            id: id.clone(),
            slug: String::new(),
            kind: details.kind,
            stage: Stage::Draft,
            title: LocalText::default(),
            text: LocalText::default(),
            rules: LocalText::default(),
            opens_at: details.opens_at,
            closes_at: details.closes_at,
            freezes_at: details.freezes_at,
            draws_at: details.draws_at,
            ends_at: Timestamp(0),
            claim_days: details.claim_days,
            retention_days: details.retention_days,
            purges_at: Timestamp(0),
            answers_linked: details.answers_linked,
            arrangement: Arrangement::default(),
            eligibility: Eligibility::default(),
            branch: None,
            notice: LocalText::default(),
            cancelled_reason: String::new(),
            version: 1,
            created_by: by.clone(),
            published_at: None,
            halted: false,
        }
        .with(details);
        store::insert(tx, &facts)?;
        record(tx, by, "activity.created", &id)?;
        Activity::at(facts)
    }
}

/// Saves the first page of a draft, made from `version`.
pub fn save_details(
    tx: &mut Tx,
    by: &StaffId,
    id: &ActivityId,
    version: i64,
    details: &Details,
) -> Result<(), Error> {
    let draft: Activity<Draft> = Activity::at(super::by_id(tx, id)?)?;
    let facts = Facts {
        version,
        ..draft.facts().clone().with(details)
    };
    store::update_draft(tx, &facts)?;
    record(tx, by, "activity.edited", id)
}

/// Saves which personal fields a draft asks, made from `version`.
pub fn save_asked(
    tx: &mut Tx,
    by: &StaffId,
    id: &ActivityId,
    version: i64,
    asked: &[AskedField],
) -> Result<(), Error> {
    let draft: Activity<Draft> = Activity::at(super::by_id(tx, id)?)?;
    let facts = Facts {
        version,
        ..draft.facts().clone()
    };
    store::touch(tx, &facts)?;
    store::replace_asked_fields(tx, id, asked)?;
    record(tx, by, "activity.fields_edited", id)
}

/// Writes which branch runs a draft, in the transaction that counts the save.
pub fn save_branch(tx: &mut Tx, id: &ActivityId, branch: Option<&BranchId>) -> Result<(), Error> {
    store::set_branch(tx, id, branch)
}

/// Saves how the draws of a draft share its tickets, made from `version`.
pub fn save_arrangement(
    tx: &mut Tx,
    by: &StaffId,
    id: &ActivityId,
    version: i64,
    arrangement: Arrangement,
) -> Result<(), Error> {
    let draft: Activity<Draft> = Activity::at(super::by_id(tx, id)?)?;
    let facts = Facts {
        version,
        ..draft.facts().clone()
    };
    store::touch(tx, &facts)?;
    store::set_arrangement(tx, &facts, arrangement)?;
    record(tx, by, "activity.edited", id)
}

/// Notes when the last session of a draft begins; data goes no sooner than that.
pub fn set_end(tx: &mut Tx, id: &ActivityId, ends_at: Timestamp) -> Result<(), Error> {
    store::set_end(tx, id, ends_at)
}

/// Counts one more save of a draft whose questions or prizes another domain changes.
pub fn touched(
    tx: &mut Tx,
    by: &StaffId,
    id: &ActivityId,
    act: &'static str,
) -> Result<Activity<Draft>, Error> {
    let draft: Activity<Draft> = Activity::at(super::by_id(tx, id)?)?;
    store::touch(tx, draft.facts())?;
    record(tx, by, act, id)?;
    Ok(draft)
}

/// Saves who will open the contacts of a draft's winners.
pub fn save_unlock(
    tx: &mut Tx,
    by: &StaffId,
    id: &ActivityId,
    unlock: Unlock,
) -> Result<(), Error> {
    let act = match unlock {
        Unlock::One => "vault.shares_dropped",
        Unlock::TwoOfThree => "vault.shares_made",
    };
    touched(tx, by, id, act)?;
    store::set_unlock(tx, id, unlock)
}

/// Counts a save of what another domain keeps for a draft, made from `version` of it.
pub fn count_save(tx: &mut Tx, id: &ActivityId, version: i64) -> Result<(), Error> {
    let draft: Activity<Draft> = Activity::at(super::by_id(tx, id)?)?;
    let facts = Facts {
        version,
        ..draft.facts().clone()
    };
    store::touch(tx, &facts)
}

/// Removes a draft that nobody has seen; rows of other domains go first.
pub fn delete_draft(tx: &mut Tx, by: &StaffId, id: &ActivityId) -> Result<(), Error> {
    store::delete_draft(tx, id)?;
    record(tx, by, "activity.draft_deleted", id)
}

fn record(tx: &mut Tx, by: &StaffId, act: &'static str, id: &ActivityId) -> Result<(), Error> {
    let actor = Actor::Staff(by.clone());
    Ok(audit::record(
        tx,
        &Act {
            actor: &actor,
            act,
            activity: id.as_str(),
            object: "",
            purpose: "",
            reason: "",
        },
    )?)
}
