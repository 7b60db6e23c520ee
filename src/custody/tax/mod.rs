//! The tax vault: what the law has the library keep of winners whose prizes it must report, a year
//! of payment at a time.
//!
//! Invariant: name, ID number and registered address are sealed to the key of the year, which only
//! accountants open, for filing; a person's year is summed by a keyed tag, over all activities;
//! once a year is filed the rows of those whom no statement is needed for go, and on the last day
//! the key of the year is destroyed. No row here is found from a row of an entry after its purge.
//!
//! Not here: the rules and their numbers ([`crate::draw::tax`]).

mod filing;
mod mending;

pub(super) use filing::end_due;
pub use filing::{Filer, delete_after, file, filed};
pub use mending::{correct, row, undo};

use std::collections::BTreeMap;

use jiff::civil::Date;
use lucky_draw::encode::Hash;
use lucky_draw::result::Slot;
use zeroize::Zeroizing;

use crate::activity::{self, ActivityId, Field};
use crate::audit::{Actor, StaffId};
use crate::draw::DrawId;
use crate::draw::tax::{Residency, RuleBook, Rules};
use crate::identity::date::day_of;
use crate::notify::ClaimStage;
use crate::notify::claims::{self, Decided};
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
use crate::platform::ids::text_id;
use crate::platform::text::{self, Language};
use crate::vault::{self, Name, NationalId, Particulars, RegisteredAddress, Vault};

use super::{Error, is_second, kept, note, store};

text_id!(
    /// Names a row of the tax vault.
    TaxRowId,
    14
);

/// The key of a year.
pub fn scope(year: i16) -> String {
    format!("_tax-{year}")
}

/// A year of payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// The calendar year in Taipei in which prizes were handed over.
    pub year: i16,
    /// When its first row was taken down.
    pub opened_at: Timestamp,
    /// When its statements were filed.
    pub filed_at: Option<Timestamp>,
    /// Who said so.
    pub filed_by: Option<StaffId>,
    /// The last moment of its rows; none before the filing.
    pub delete_after: Option<Timestamp>,
    /// How many rows went after the filing, because no statement was needed.
    pub erased_small: u64,
    /// When its key was destroyed.
    pub erased_at: Option<Timestamp>,
    /// How many rows went then.
    pub erased: u64,
}

/// A prize that was handed over, in the tax vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRow {
    /// The year of payment.
    pub year: i16,
    /// Its id.
    pub id: TaxRowId,
    /// The activity.
    pub activity: ActivityId,
    /// The draw.
    pub draw: DrawId,
    /// The prize.
    pub slot: Slot,
    /// The ticket.
    pub index: u64,
    /// The prize's name when it was handed over.
    pub prize: String,
    /// The person within the year.
    pub payee: Hash,
    /// Name, ID number and address, sealed to the year.
    pub sealed: Vec<u8>,
    /// What the prize is worth, in NT$.
    pub value: i64,
    /// What was withheld, in NT$.
    pub withheld: i64,
    /// Whether the person counts as a resident.
    pub residency: Residency,
    /// When the prize was handed over.
    pub paid_at: Timestamp,
    /// Who took it down.
    pub entered_by: StaffId,
    /// Whether the ID was the one of the entry; without an ID at entry there is none to match.
    pub matched: bool,
    /// Who looked at the ID card as a second person, where there was nothing to match.
    pub confirmed_by: Option<StaffId>,
    /// By what the person finds it after the purge, with the receipt code.
    pub finder: Option<Hash>,
}

impl TaxRow {
    /// Whether a second person still has to look at the ID card.
    pub fn is_waiting(&self) -> bool {
        !self.matched && self.confirmed_by.is_none()
    }
}

/// Who was paid, as typed at the desk.
pub struct Payee {
    /// The name on the ID card.
    pub name: Name,
    /// The number on it.
    pub id: NationalId,
    /// The registered address on it.
    pub address: RegisteredAddress,
    /// By which the person is summed: `twid:A123456789`.
    pub subject: Zeroizing<String>,
    /// Where the person lives for the tax.
    pub residency: Residency,
}

/// A prize that can be taken down: it was handed over, and on which day.
pub struct Paid {
    /// The draw.
    pub draw: Decided,
    /// The prize.
    pub slot: Slot,
    /// The ticket.
    pub index: u64,
    /// What the ID typed at the desk has to match; none where entries gave no ID.
    pub tag: Option<Hash>,
    /// What it is worth.
    pub value: i64,
    /// When it was handed over.
    pub paid_at: Timestamp,
    /// What is taken down already.
    pub row: Option<TaxRow>,
}

impl Paid {
    /// The year it belongs to.
    pub fn year(&self) -> i16 {
        day_of(self.paid_at).year()
    }
}

/// A prize at the desk.
///
/// # Errors
/// [`Error::NotPaid`] before it is handed over.
pub fn paid(tx: &mut Tx, activity: &ActivityId, draw: &DrawId, slot: &Slot) -> Result<Paid, Error> {
    let decided = claims::decided(tx, draw)?;
    if decided.facts.id != *activity {
        return Err(Error::Unknown);
    }
    let claim = claims::of_slot(tx, &decided, slot)?;
    let Slot::Prize { slug, .. } = slot else {
        return Err(Error::Unknown);
    };
    let value = decided.plan.prize(slug).map_or(0, |prize| prize.value_twd);
    if claim.stage != ClaimStage::Claimed {
        return Err(Error::NotPaid);
    }
    let asked = activity::asked_fields(tx, activity)?;
    let by_id = asked
        .iter()
        .any(|asked| asked.required && asked.field == Field::NationalId);
    let tag = match by_id {
        true => Some(claims::tag(tx, &decided, &claim)?),
        false => None,
    };
    Ok(Paid {
        tag,
        value,
        paid_at: claim.marked_at,
        row: store::tax::of_claim(tx, activity, draw, slot, claim.index)?,
        index: claim.index,
        slot: slot.clone(),
        draw: decided,
    })
}

/// How taking down a payee ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenDown {
    /// The row is in the tax vault.
    Kept,
    /// The ID is not the one of the entry; nothing is kept.
    Differs,
}

/// Takes down the payee of a prize: the ID is compared first, then everything is sealed to the year.
///
/// # Errors
/// [`Error::TakenDown`] a second time, [`Error::YearShut`] once the year is filed.
pub fn take_down(
    db: &Db,
    vault: &Vault,
    by: &StaffId,
    rules: &RuleBook,
    paid: &Paid,
    payee: &Payee,
) -> Result<TakenDown, Error> {
    let activity = &paid.draw.facts.id;
    if let Some(tag) = &paid.tag
        && !vault.match_id(activity.as_str(), &payee.subject, tag)?
    {
        return Ok(TakenDown::Differs);
    }
    let year = paid.year();
    let scope = scope(year);
    let public = vault.create_scope(&scope)?;
    let id = TaxRowId::fresh();
    let particulars = Particulars::new()
        .with(&payee.name)
        .with(&payee.id)
        .with(&payee.address);
    let rules = rules.at(paid.paid_at);
    let mut row = TaxRow {
        year,
        activity: activity.clone(),
        draw: paid.draw.plan.id.clone(),
        slot: paid.slot.clone(),
        index: paid.index,
        prize: prize_name(paid),
        payee: vault.tag_in_scope(&scope, &payee.subject)?,
        sealed: vault::seal_to_scope(&public, &scope, id.as_str(), &particulars)?,
        id,
        value: paid.value,
        withheld: rules.withheld(paid.value, payee.residency),
        residency: payee.residency,
        paid_at: paid.paid_at,
        entered_by: by.clone(),
        matched: paid.tag.is_some(),
        confirmed_by: None,
        finder: None,
    };
    db.write_now("take down payee", |tx| {
        vault::keep_scope(tx, &scope, &public)?;
        row.finder = kept::finder_of(tx, &row.activity, &row.draw, row.index)?;
        keep(tx, by, &row)
    })?;
    Ok(TakenDown::Kept)
}

fn keep(tx: &mut Tx, by: &StaffId, row: &TaxRow) -> Result<(), Error> {
    match store::tax::year(tx, row.year)? {
        None => store::tax::open_year(tx, row.year)?,
        Some(year) if year.filed_at.is_some() => return Err(Error::YearShut),
        Some(_) => {}
    }
    store::tax::insert(tx, row)?;
    let object = format!("{} {} {}", row.slot, row.index, row.id);
    let of = (row.activity.as_str(), object.as_str());
    note(
        tx,
        &Actor::Staff(by.clone()),
        "custody.payee_taken_down",
        of,
        "",
    )
}

fn prize_name(paid: &Paid) -> String {
    let slug = match &paid.slot {
        Slot::Prize { slug, .. } => slug.as_str(),
        Slot::Reserve(_) => "",
    };
    let prize = paid.draw.plan.prize(slug);
    let facts = &paid.draw.facts;
    let name = prize.map_or("", |prize| prize.name.pick(Language::ZhTw));
    format!("{} {name}", facts.title.pick(Language::ZhTw))
}

/// Confirms, as a second person, that the ID card at the desk was the payee's.
pub fn confirm(tx: &mut Tx, by: &StaffId, row: &TaxRow) -> Result<(), Error> {
    is_second(&row.entered_by, by)?;
    store::tax::confirm(tx, row, by)?;
    let object = format!("{} {} {}", row.slot, row.index, row.id);
    let of = (row.activity.as_str(), object.as_str());
    note(
        tx,
        &Actor::Staff(by.clone()),
        "custody.payee_confirmed",
        of,
        "",
    )
}

/// A row as the list of the year shows it: no name.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row.
    pub row: TaxRow,
    /// The person's total of the year, over all activities, in NT$.
    pub total: i64,
    /// Whether a statement is needed for the person.
    pub is_listed: bool,
}

/// Every year there is, the latest first.
pub fn years(tx: &mut Tx) -> Result<Vec<Year>, Error> {
    Ok(store::tax::years(tx)?)
}

/// One year.
pub fn year(tx: &mut Tx, year: i16) -> Result<Year, Error> {
    store::tax::year(tx, year)?.ok_or(Error::Unknown)
}

/// The rows of a year by the day of payment, with each person's total.
pub fn rows(tx: &mut Tx, book: &RuleBook, year: i16) -> Result<Vec<Listed>, Error> {
    let rows = store::tax::rows(tx, year)?;
    let mut totals: BTreeMap<[u8; 32], i64> = BTreeMap::new();
    for row in &rows {
        *totals.entry(row.payee.0).or_default() += row.value;
    }
    let rules = rules_of(book, year);
    let listed = rows.into_iter().map(|row| {
        let total = totals.get(&row.payee.0).copied().unwrap_or_default();
        // Whatever tax was withheld is on a statement, however small the total.
        let is_listed = rules.is_listed(total) || row.withheld > 0;
        Listed {
            row,
            total,
            is_listed,
        }
    });
    Ok(listed.collect())
}

/// The rules by which a year is filed: those of its last day.
pub fn rules_of(book: &RuleBook, year: i16) -> &Rules {
    let last = Date::new(year, 12, 31).unwrap_or(Date::MAX);
    book.on(last)
}

/// Resident or not, in words.
pub fn residency_words(language: Language, residency: Residency) -> String {
    let id = match residency {
        Residency::Resident => "custody-tax-resident",
        Residency::Other => "custody-tax-other",
    };
    text::message(language, id, &[])
}
