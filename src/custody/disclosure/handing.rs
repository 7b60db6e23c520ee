//! Handing out: what a second person's approval sets free, once.
//!
//! Invariant: a line is approved and its openings are on record before the vault is asked; where the
//! vault refuses, the line waits on and the record says that nothing came out.

use lucky_draw::ticket::TicketNumber;
use zeroize::Zeroizing;

use crate::activity::{self, ActivityId, Stage};
use crate::audit::{Actor, StaffId};
use crate::draw::DrawId;
use crate::entry;
use crate::notify::sheet::{self, Format, Table};
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language, dates};
use crate::stats;
use crate::vault::{self, BoundBox, Disclosure as Purpose, OpenedContact, RecordedNamed, Vault};

use super::{Disclosure, Gives, State, find, record};
use crate::custody::{DisclosureId, Error, File, allowed, extract, hold, is_second, store};

/// What approving gives.
pub enum Approved {
    /// The file that leaves, made once.
    Extract(File),
    /// An ID is to be typed next.
    ToLookUp,
}

/// Approves a proposal and makes what leaves: written down first, then opened, once.
///
/// # Errors
/// [`Error::SecondPerson`] to whoever proposed it; [`Error::NotAllowed`] where the operator's number
/// of the year does not reach, and the proposal then waits on.
pub fn approve(
    db: &Db,
    vault: &Vault,
    by: &Approver,
    id: &DisclosureId,
) -> Result<Approved, Error> {
    let begun = db.write_now("approve disclosure", |tx| begin(tx, by, id))?;
    let (disclosure, tickets, recorded) = match begun {
        Begun::Rows(disclosure, tickets, recorded) => (*disclosure, tickets, recorded),
        Begun::Tables(file) => return Ok(Approved::Extract(file)),
        Begun::Lookup => return Ok(Approved::ToLookUp),
    };
    let items = recorded.items();
    let opened = match allowed(vault.open_named(recorded)) {
        Ok(opened) => opened,
        Err(error) => {
            db.write_now("leave disclosure open", |tx| not_opened(tx, by, id, &items))?;
            return Err(error);
        }
    };
    let mut contacts = Vec::new();
    for contact in opened {
        contacts.push(contact?);
    }
    let table = table(by, &disclosure, &tickets, &contacts);
    let bytes = table.to_bytes(Format::Csv)?;
    Ok(Approved::Extract(File {
        name: format!("disclosure-{id}.csv"),
        bytes,
    }))
}

/// Whoever approves; the name stands on the copy.
#[derive(Debug, Clone)]
pub struct Approver {
    /// The member of staff.
    pub id: StaffId,
    /// The name for signing in.
    pub name: String,
    /// The language of the file.
    pub language: Language,
}

enum Begun {
    Rows(Box<Disclosure>, Vec<u64>, RecordedNamed),
    Tables(File),
    Lookup,
}

fn begin(tx: &mut Tx, by: &Approver, id: &DisclosureId) -> Result<Begun, Error> {
    let disclosure = find(tx, id)?;
    is_second(&disclosure.proposed_by, &by.id)?;
    let gives = disclosure.gives();
    let approved = Disclosure {
        state: match gives {
            Gives::Rows | Gives::Tables => State::Handed,
            Gives::Lookup => State::Approved,
        },
        approved_by: Some(by.id.clone()),
        decided_at: Some(tx.now()),
        handed: disclosure.named,
        ..disclosure
    };
    let begun = match (gives, approved.draw.clone()) {
        (Gives::Rows, Some(draw)) => {
            let tickets = store::disclosures::tickets(tx, &approved)?;
            let (place, boxes) = rows(tx, &approved.activity, &draw, &tickets)?;
            let actor = Actor::Staff(by.id.clone());
            let recorded = vault::record_named(
                tx,
                &actor,
                id.as_str(),
                (approved.activity.as_str(), &place),
                approved.ground.code(),
                boxes,
            )?;
            Begun::Rows(Box::new(approved.clone()), tickets, recorded)
        }
        (Gives::Tables, _) => {
            let (file, tables) = research(tx, &approved)?;
            let approved = Disclosure {
                handed: tables,
                ..approved.clone()
            };
            store::disclosures::update(tx, State::Proposed, &approved)?;
            record(tx, &by.id, "custody.disclosure_approved", &approved, "")?;
            return Ok(Begun::Tables(file));
        }
        _ => Begun::Lookup,
    };
    store::disclosures::update(tx, State::Proposed, &approved)?;
    record(tx, &by.id, "custody.disclosure_approved", &approved, "")?;
    Ok(begun)
}

/// The vault did not open: the line waits on, and the record says that nothing came out.
fn not_opened(
    tx: &mut Tx,
    by: &Approver,
    id: &DisclosureId,
    items: &[String],
) -> Result<(), Error> {
    let disclosure = find(tx, id)?;
    let of = (disclosure.activity.as_str(), disclosure.ground.code());
    vault::record_not_opened(tx, &Actor::Staff(by.id.clone()), of, items)?;
    let waiting = Disclosure {
        state: State::Proposed,
        approved_by: None,
        decided_at: None,
        handed: 0,
        ..disclosure
    };
    store::disclosures::update(tx, State::Handed, &waiting)?;
    record(tx, &by.id, "custody.disclosure_refused", &waiting, "")
}

/// The sealed rows of tickets, and the key that they are sealed to: the activity's, or after its
/// purge that of a hold which names all of them.
pub(super) fn rows(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &DrawId,
    tickets: &[u64],
) -> Result<(String, Vec<BoundBox>), Error> {
    if activity::by_id(tx, activity)?.stage != Stage::Purged {
        let boxes = tickets
            .iter()
            .map(|index| hold::contact(tx, activity, draw, *index));
        return Ok((activity.0.clone(), boxes.collect::<Result<_, _>>()?));
    }
    for held in store::holds::of_activity(tx, activity)? {
        if held.state != hold::State::Active || held.draw != *draw {
            continue;
        }
        let items = store::holds::items(tx, &held)?;
        let found = tickets.iter().map(|index| {
            let item = items.iter().find(|item| item.position == *index)?;
            Some(BoundBox {
                item: item.bound.item.clone(),
                tag: lucky_draw::encode::Hash(item.bound.tag),
                notice: lucky_draw::encode::Hash(item.bound.notice),
                sealed: item.bound.sealed.clone(),
            })
        });
        if let Some(boxes) = found.collect::<Option<Vec<_>>>() {
            return Ok((held.scope(), boxes));
        }
    }
    Err(Error::Purged)
}

fn table(
    by: &Approver,
    disclosure: &Disclosure,
    tickets: &[u64],
    contacts: &[OpenedContact<Purpose>],
) -> Table {
    let language = by.language;
    let rows = tickets.iter().zip(contacts).map(|(index, contact)| {
        let ticket = Zeroizing::new(TicketNumber(*index).to_string());
        let cells = disclosure.fields.iter();
        let cells = cells.map(|kind| extract::cell(contact, *kind));
        std::iter::once(ticket).chain(cells).collect()
    });
    let head = disclosure.fields.iter();
    let head = head.map(|kind| extract::field_words(language, *kind));
    let ticket = text::message(language, "notify-column-ticket", &[]);
    Table {
        columns: std::iter::once(ticket).chain(head).collect(),
        rows: rows.collect(),
        mark: mark(by, disclosure, contacts.len()),
        made_at: disclosure.decided_at.unwrap_or(disclosure.proposed_at),
    }
}

/// Who approved the copy, when, for whom, under which number.
fn mark(by: &Approver, disclosure: &Disclosure, rows: usize) -> String {
    let at = disclosure.decided_at.unwrap_or(disclosure.proposed_at);
    let args = [
        ("agency", disclosure.agency.clone().into()),
        ("document", disclosure.document.clone().into()),
        ("who", by.name.clone().into()),
        ("when", dates::datetime(by.language, at.0).into()),
        ("count", rows.to_string().into()),
        ("id", disclosure.id.0.clone().into()),
    ];
    text::message(by.language, "custody-disclosure-mark", &args)
}

/// The activity's published tables as one file: what research gets (T29). It is what everybody may
/// have, with its hash, so nothing in it can be of one person.
fn research(tx: &mut Tx, disclosure: &Disclosure) -> Result<(File, u64), Error> {
    let facts = activity::by_id(tx, &disclosure.activity)?;
    let published = stats::published(tx, &facts)?.ok_or(Error::NoTables)?;
    let count = published.document.tables.len();
    if count == 0 {
        return Err(Error::NoTables);
    }
    let bytes = published.document.to_csv(&published.hash);
    let file = File {
        name: format!("tables-{}.csv", disclosure.id),
        bytes: bytes.map_err(sheet::Error::from)?,
    };
    Ok((file, u64::try_from(count).expect("a count fits 64 bits")))
}

/// Whether somebody entered with the ID that a person shows, who says that another one used it
/// (T41): the tickets, and nothing of whoever entered. Asked once for each line of the register.
///
/// # Errors
/// [`Error::Moved`] if the line is not approved, or was used.
pub fn look_up(
    db: &Db,
    vault: &Vault,
    by: &StaffId,
    id: &DisclosureId,
    subject: &str,
) -> Result<Vec<u64>, Error> {
    let disclosure = db.read_now("read disclosure", |tx| find(tx, id))?;
    if disclosure.gives() != Gives::Lookup {
        return Err(Error::Moved);
    }
    let tag = vault.tag(disclosure.activity.as_str(), subject)?;
    db.write_now("look up ID", |tx| {
        let disclosure = find(tx, id)?;
        let draw = disclosure.draw.clone().ok_or(Error::Unknown)?;
        let tickets = entry::with_tag(tx, &disclosure.activity, draw.as_str(), &tag)?;
        let used = Disclosure {
            state: State::Handed,
            // Nothing of anybody leaves.
            handed: 0,
            ..disclosure
        };
        store::disclosures::update(tx, State::Approved, &used)?;
        let mut items: Vec<String> = tickets
            .iter()
            .filter_map(|ticket| ticket.contact_item.clone())
            .collect();
        items.sort();
        items.dedup();
        let of = (used.activity.as_str(), used.ground.code());
        vault::record_looked_up(tx, &Actor::Staff(by.clone()), of, &items)?;
        record(
            tx,
            by,
            "custody.id_looked_up",
            &used,
            &tickets.len().to_string(),
        )?;
        Ok(tickets.iter().map(|ticket| ticket.index).collect())
    })
}
