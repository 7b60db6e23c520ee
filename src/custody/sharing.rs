//! The export for one provider: the rows of those who ticked it, and of nobody else.
//!
//! Invariant: a file is made of the boxes that were sealed for this provider because the person
//! asked for it; there is no other way to a contact from here. Who took it, when and why is on
//! record, and on the person's own page, before anything is opened.
//!
//! Not here: what is offered to people, and their ticks ([`crate::entry::provider`]).

use zeroize::Zeroizing;

use crate::activity::{self, ActivityId, Field, Stage};
use crate::audit::{Actor, StaffId};
use crate::entry::provider::{self, Offer, ProviderId};
use crate::notify::sheet::{Format, Table};
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language, dates};
use crate::vault::{self, BoundBox, FieldKind, OpenedContact, ProviderShare, RecordedShare, Vault};

use super::{Error, File, extract, note};

/// Whoever takes the file; the name stands on the copy.
#[derive(Debug, Clone)]
pub struct Taker {
    /// The member of staff.
    pub id: StaffId,
    /// The name for signing in.
    pub name: String,
    /// The language of the file.
    pub language: Language,
}

/// How many people allowed a provider to have their contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shared {
    /// All of them.
    pub people: usize,
    /// Those whose contact was handed over.
    pub handed: usize,
}

/// Counts the people of a provider.
pub fn count(tx: &mut Tx, activity: &ActivityId, provider: &ProviderId) -> Result<Shared, Error> {
    let boxes = provider::boxes(tx, activity, provider)?;
    Ok(Shared {
        people: boxes.len(),
        handed: boxes.iter().filter(|one| one.handed_at.is_some()).count(),
    })
}

/// One offer of an activity.
///
/// # Errors
/// [`Error::Unknown`] where the activity offers nothing to this provider.
pub fn offer(tx: &mut Tx, activity: &ActivityId, id: &ProviderId) -> Result<Offer, Error> {
    let offers = provider::of_activity(tx, activity)?.into_iter();
    let mut of_provider = offers.filter(|offer| offer.provider.id == *id);
    of_provider.next().ok_or(Error::Unknown)
}

/// The kinds of a contact's fields behind a field of the form.
pub(super) fn kinds(field: Field) -> &'static [FieldKind] {
    match field {
        Field::Name => &[FieldKind::Name],
        Field::Phone => &[FieldKind::Phone],
        Field::Email => &[FieldKind::Email],
        Field::Address => &[
            FieldKind::PostalCode,
            FieldKind::County,
            FieldKind::District,
            FieldKind::AddressLine,
        ],
        Field::LibraryCard | Field::NationalId => &[],
    }
}

/// Makes the file of one provider: written down first, then opened.
///
/// # Errors
/// [`Error::Purged`] once the activity's data is deleted.
pub fn export(
    db: &Db,
    vault: &Vault,
    by: &Taker,
    (activity, id): (&ActivityId, &ProviderId),
    reason: &str,
) -> Result<File, Error> {
    let (offer, recorded, mark, now) = db.write_now("record provider export", |tx| {
        let (offer, recorded, people) = begin(tx, by, activity, id, reason)?;
        let mark = mark(by, &offer, people, tx.now().0);
        Ok::<_, Error>((offer, recorded, mark, tx.now()))
    })?;
    let mut contacts = Vec::new();
    for contact in vault.open_shared(recorded)? {
        contacts.push(contact?);
    }
    let table = Table {
        columns: columns(&offer)
            .map(|kind| extract::field_words(by.language, kind))
            .collect(),
        rows: contacts
            .iter()
            .map(|contact| row(&offer, contact))
            .collect(),
        mark,
        made_at: now,
    };
    Ok(File {
        name: format!("provider-{activity}-{id}.csv"),
        bytes: table.to_bytes(Format::Csv)?,
    })
}

fn begin(
    tx: &mut Tx,
    by: &Taker,
    activity: &ActivityId,
    id: &ProviderId,
    reason: &str,
) -> Result<(Offer, RecordedShare, usize), Error> {
    if activity::by_id(tx, activity)?.stage == Stage::Purged {
        return Err(Error::Purged);
    }
    let offer = offer(tx, activity, id)?;
    let boxes = provider::boxes(tx, activity, id)?;
    let entries: Vec<_> = boxes.iter().map(|one| one.entry.clone()).collect();
    let mut bound = Vec::new();
    for one in boxes {
        let sealed = vault::sealed(tx, activity.as_str(), &one.item)?;
        let sealed = sealed.ok_or(Error::Unknown)?;
        bound.push(BoundBox {
            item: one.item,
            tag: one.tag,
            notice: one.notice,
            sealed: sealed.sealed,
        });
    }
    let actor = Actor::Staff(by.id.clone());
    let of = (activity.as_str(), id.as_str());
    note(tx, &actor, "custody.provider_exported", of, reason)?;
    let people = bound.len();
    let recorded = vault::record_shared(tx, &actor, reason, of.0, of.1, bound)?;
    provider::hand_over(tx, activity, id, &entries)?;
    Ok((offer, recorded, people))
}

fn columns(offer: &Offer) -> impl Iterator<Item = FieldKind> {
    let fields = offer.fields.iter();
    fields.flat_map(|field| kinds(*field)).copied()
}

fn row(offer: &Offer, contact: &OpenedContact<ProviderShare>) -> Vec<Zeroizing<String>> {
    columns(offer)
        .map(|kind| extract::cell(contact, kind))
        .collect()
}

/// Who took the copy, when, for whom and until when.
fn mark(by: &Taker, offer: &Offer, people: usize, now: i64) -> String {
    let args = [
        (
            "provider",
            offer.provider.name.pick(by.language).to_owned().into(),
        ),
        ("purpose", offer.purpose.pick(by.language).to_owned().into()),
        ("until", dates::date(by.language, offer.until.0).into()),
        ("who", by.name.clone().into()),
        ("when", dates::datetime(by.language, now).into()),
        ("count", people.to_string().into()),
    ];
    text::message(by.language, "custody-provider-mark", &args)
}
