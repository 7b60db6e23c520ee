//! Exports: the list of winners that leaves the system, for one purpose at a time.
//!
//! Invariant: only holders of a prize are in it, with the fields of the purpose and no other; who
//! took it, when, what for and why is on record before anything is opened, and stands on the copy.
//!
//! Not here: how files are written ([`super::sheet`]), who may ([`crate::account`]).

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

use lucky_draw::encode::Hash;
use lucky_draw::ticket::TicketNumber;
use zeroize::Zeroizing;

use crate::activity::ActivityId;
use crate::audit::{self, Act, Actor, StaffId};
use crate::draw::{DrawId, slot_words};
use crate::entry;
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language, dates};
use crate::vault::{
    self, AddressLine, County, District, Name, OpenedContact, OpenedWinner, Phone, PostalCode,
    Recorded, Sealed, Vault, VerifiedDraw, WinnerContact, WinnerExport,
};

use super::claims::{self, Decided};
use super::sheet::{Format, Sheet};
use super::{Claim, Error, ExportId, post, store};

/// Why winners' data leaves the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportPurpose {
    /// Calling winners.
    Phone,
    /// Writing to winners on paper.
    Post,
    /// Sending prizes.
    Shipping,
}

impl ExportPurpose {
    /// Every purpose.
    pub const ALL: [ExportPurpose; 3] = [
        ExportPurpose::Phone,
        ExportPurpose::Post,
        ExportPurpose::Shipping,
    ];

    /// The word in the database, in forms and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            ExportPurpose::Phone => "phone",
            ExportPurpose::Post => "post",
            ExportPurpose::Shipping => "shipping",
        }
    }

    /// Reads [`ExportPurpose::code`].
    pub fn parse(code: &str) -> Option<ExportPurpose> {
        ExportPurpose::ALL
            .into_iter()
            .find(|purpose| purpose.code() == code)
    }

    /// Its words.
    pub fn words(self, language: Language) -> String {
        let id = match self {
            ExportPurpose::Phone => "notify-export-phone",
            ExportPurpose::Post => "notify-export-post",
            ExportPurpose::Shipping => "notify-export-shipping",
        };
        text::message(language, id, &[])
    }

    fn columns(self) -> &'static [Column] {
        use Column::{Address, County, District, Name, Phone, PostalCode, Prize, Ticket};
        match self {
            ExportPurpose::Phone => &[Prize, Ticket, Name, Phone],
            ExportPurpose::Post => &[Prize, Ticket, Name, PostalCode, County, District, Address],
            ExportPurpose::Shipping => &[
                Prize, Ticket, Name, Phone, PostalCode, County, District, Address,
            ],
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Prize,
    Ticket,
    Name,
    Phone,
    PostalCode,
    County,
    District,
    Address,
}

impl Column {
    fn words(self, language: Language) -> String {
        let id = match self {
            Column::Prize => "notify-column-prize",
            Column::Ticket => "notify-column-ticket",
            Column::Name => "notify-column-name",
            Column::Phone => "notify-column-phone",
            Column::PostalCode => "notify-column-postal-code",
            Column::County => "notify-column-county",
            Column::District => "notify-column-district",
            Column::Address => "notify-column-address",
        };
        text::message(language, id, &[])
    }

    fn of(self, contact: &OpenedContact<WinnerExport>) -> Zeroizing<String> {
        let text = match self {
            Column::Prize | Column::Ticket => None,
            Column::Name => contact.read::<Name>().map(|field| field.expose()),
            Column::Phone => contact.read::<Phone>().map(|field| field.expose()),
            Column::PostalCode => contact.read::<PostalCode>().map(|field| field.expose()),
            Column::County => contact.read::<County>().map(|field| field.expose()),
            Column::District => contact.read::<District>().map(|field| field.expose()),
            Column::Address => contact.read::<AddressLine>().map(|field| field.expose()),
        };
        Zeroizing::new(text.unwrap_or_default().to_owned())
    }
}

/// One export, as its row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The activity.
    pub activity: ActivityId,
    /// Its id; printed on the copy.
    pub id: ExportId,
    /// Who took it.
    pub by: StaffId,
    /// When.
    pub made_at: Timestamp,
    /// What for.
    pub purpose: ExportPurpose,
    /// In which form.
    pub format: Format,
    /// How many people are in it.
    pub rows: u64,
}

/// Who takes an export; the name stands on the copy.
#[derive(Debug, Clone)]
pub struct Taker {
    /// The member of staff.
    pub id: StaffId,
    /// The name for signing in.
    pub name: String,
}

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The draw.
    pub draw: DrawId,
    /// What for.
    pub purpose: ExportPurpose,
    /// In which form.
    pub format: Format,
    /// Why, in the words of whoever asks; never about a person.
    pub reason: String,
    /// The language of the file.
    pub language: Language,
}

/// A file on its way out.
pub struct File {
    /// ASCII.
    pub name: String,
    /// In which form.
    pub format: Format,
    /// The whole file.
    pub bytes: Vec<u8>,
}

/// The latest exports of all activities.
pub fn list(tx: &mut Tx) -> Result<Vec<Export>, Error> {
    Ok(store::exports(tx, 100)?)
}

/// The exports of one activity, the latest first: copies that may be out.
pub fn of_activity(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Export>, Error> {
    Ok(store::exports_of(tx, activity)?)
}

/// A winner who is in an export, with the row of their box.
struct Winner {
    claim: Claim,
    item: String,
    /// The hash of the notice that the person was shown.
    notice: Hash,
}

/// Winners whose boxes are read, written down and opened together, in one message to the vault. One
/// such lot is opened, one written down and one read at the same time, and one waits before each.
const TOGETHER: usize = 10_000;

/// Makes an export: verified, written down, opened, filled in. None is opened before its line is
/// committed, and none is written down before the vault has accepted the record of the draw; what
/// does not wait for each other goes on side by side.
pub fn make(db: &Db, vault: &Vault, by: &Taker, request: &Request) -> Result<File, Error> {
    let draw = db.read_now("read draw", |tx| claims::decided(tx, &request.draw))?;
    let (give, take) = mpsc::sync_channel(1);
    let (accept, accepted) = mpsc::sync_channel(1);
    let (recorded, filled) = thread::scope(|scope| {
        let filling = scope.spawn(|| fill_in(db, vault, &draw, request, accept, take));
        let recorded = write_down(db, &draw, by, request, accepted, give);
        let filled = filling.join().unwrap_or_else(|panic| resume_unwind(panic));
        (recorded, filled)
    });
    let (recorded, sheet) = (recorded?, filled?);
    let Some(export) = recorded else {
        unreachable!("whoever opens ends early with an error only");
    };
    Ok(File {
        name: format!(
            "winners-{}-{}.{}",
            export.activity,
            export.id,
            export.format.code()
        ),
        format: export.format,
        bytes: sheet.finish(&mark(by, request, &export), export.made_at)?,
    })
}

/// Winners whose opening is on record, and what opens them.
type ToOpen = (Vec<Claim>, Recorded<WinnerExport>);

/// Verifies the draw and has the vault do the same, and tells `accept`; opens what comes then and
/// writes it into the file, in the order in which it comes.
fn fill_in(
    db: &Db,
    vault: &Vault,
    draw: &Decided,
    request: &Request,
    accept: SyncSender<VerifiedDraw>,
    recorded: Receiver<ToOpen>,
) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(request.format, &columns(request))?;
    let verified = post::verified(db, vault, draw)?;
    vault.show_record::<WinnerExport>(&verified)?;
    // Whoever writes down may have failed meanwhile; then nothing comes.
    let _ = accept.send(verified);
    for (claims, recorded) in recorded {
        let opened = vault.open_winners(recorded)?;
        for (claim, winner) in claims.iter().zip(&opened) {
            sheet.add(&cells(draw, request, claim, winner))?;
        }
    }
    Ok(sheet)
}

/// Writes down the export, once the vault has accepted the draw, and each winner in it, and gives
/// them to be opened; nothing where whoever opens has ended, for a reason of its own.
fn write_down(
    db: &Db,
    draw: &Decided,
    by: &Taker,
    request: &Request,
    accepted: Receiver<VerifiedDraw>,
    give: SyncSender<ToOpen>,
) -> Result<Option<Export>, Error> {
    let mut winners = db.write_now("read winners", |tx| reachable(tx, draw))?;
    let Ok(verified) = accepted.recv() else {
        return Ok(None);
    };
    // A ticket whose opening is lost is nobody that anyone may be told about.
    winners.retain(|winner| verified.winner(winner.claim.index).is_ok());
    let export = db.write_now("record export", |tx| {
        begin(tx, draw, by, request, winners.len())
    })?;
    let (read, with_boxes) = mpsc::sync_channel(1);
    thread::scope(|scope| {
        let reading = scope.spawn(|| read_boxes(db, &export.activity, &winners, read));
        for some in with_boxes {
            let recorded = db.write_now("record openings", |tx| {
                record(tx, &verified, &export, &some)
            })?;
            if give.send(recorded).is_err() {
                return Ok(None);
            }
        }
        reading
            .join()
            .unwrap_or_else(|panic| resume_unwind(panic))?;
        Ok(Some(export.clone()))
    })
}

/// Whom an export is about and who left a contact, in slot order.
fn reachable(tx: &mut Tx, draw: &Decided) -> Result<Vec<Winner>, Error> {
    let claims = claims::current(tx, draw)?;
    let indices: Vec<u64> = claims.iter().map(|claim| claim.index).collect();
    let tickets = entry::tickets_at(tx, &draw.facts.id, draw.draw(), &indices)?;
    let mut reachable: HashMap<u64, (String, Hash)> = tickets
        .into_iter()
        .filter_map(|ticket| Some((ticket.index, (ticket.contact_item?, ticket.notice))))
        .collect();
    let winner = |claim: Claim| {
        let (item, notice) = reachable.remove(&claim.index)?;
        Some(Winner {
            claim,
            item,
            notice,
        })
    };
    Ok(claims.into_iter().filter_map(winner).collect())
}

/// Writes down that somebody takes the list.
fn begin(
    tx: &mut Tx,
    draw: &Decided,
    by: &Taker,
    request: &Request,
    rows: usize,
) -> Result<Export, Error> {
    let export = Export {
        activity: draw.facts.id.clone(),
        id: ExportId::fresh(),
        by: by.id.clone(),
        made_at: tx.now(),
        purpose: request.purpose,
        format: request.format,
        rows: u64::try_from(rows).expect("a count fits 64 bits"),
    };
    store::insert_export(tx, &export)?;
    let act = Act {
        actor: &Actor::Staff(by.id.clone()),
        act: "notify.exported",
        activity: export.activity.as_str(),
        object: export.id.as_str(),
        purpose: export.purpose.code(),
        reason: &request.reason,
    };
    audit::record(tx, &act)?;
    Ok(export)
}

/// Reads the boxes of winners, some at a time and in their order, for as long as somebody takes them.
/// Whoever erased their data since is not in it.
fn read_boxes<'w>(
    db: &Db,
    activity: &ActivityId,
    winners: &'w [Winner],
    give: SyncSender<Vec<(&'w Winner, Sealed)>>,
) -> Result<(), Error> {
    for some in winners.chunks(TOGETHER) {
        let items: Vec<String> = some.iter().map(|winner| winner.item.clone()).collect();
        let boxes = db.read_now("read boxes", |tx| {
            vault::sealed_all(tx, activity.as_str(), &items).map_err(Error::from)
        })?;
        let mut boxes: HashMap<String, Sealed> = boxes
            .into_iter()
            .map(|sealed| (sealed.item.clone(), sealed))
            .collect();
        let with_box = |winner: &'w Winner| Some((winner, boxes.remove(&winner.item)?));
        if give
            .send(some.iter().filter_map(with_box).collect())
            .is_err()
        {
            return Ok(());
        }
    }
    Ok(())
}

/// Writes down that these are opened.
fn record(
    tx: &mut Tx,
    verified: &VerifiedDraw,
    export: &Export,
    winners: &[(&Winner, Sealed)],
) -> Result<ToOpen, Error> {
    let contact = |(winner, sealed): &(&Winner, Sealed)| {
        Ok::<_, Error>(WinnerContact {
            proof: verified.winner(winner.claim.index)?,
            sealed: sealed.clone(),
            notice: winner.notice,
        })
    };
    let contacts = winners.iter().map(contact).collect::<Result<_, _>>()?;
    let claims = winners.iter().map(|(winner, _)| winner.claim.clone());
    let actor = Actor::Staff(export.by.clone());
    let recorded = vault::record::<WinnerExport>(tx, &actor, export.id.as_str(), contacts)?;
    Ok((claims.collect(), recorded))
}

fn columns(request: &Request) -> Vec<String> {
    let columns = request.purpose.columns().iter();
    columns
        .map(|column| column.words(request.language))
        .collect()
}

fn cells(
    draw: &Decided,
    request: &Request,
    claim: &Claim,
    winner: &OpenedWinner<WinnerExport>,
) -> Vec<Zeroizing<String>> {
    let columns = request.purpose.columns().iter();
    columns
        .map(|column| match (column, &winner.contact) {
            (Column::Prize, _) => {
                Zeroizing::new(slot_words(request.language, &draw.plan, &claim.slot))
            }
            (Column::Ticket, _) => Zeroizing::new(TicketNumber(claim.index).to_string()),
            (column, Ok(contact)) => column.of(contact),
            (_, Err(_)) => Zeroizing::new(String::new()),
        })
        .collect()
}

/// Who made the copy, when, what for and how many are in it.
fn mark(by: &Taker, request: &Request, export: &Export) -> String {
    let language = request.language;
    text::message(
        language,
        "notify-export-mark",
        &[
            ("who", by.name.clone().into()),
            ("when", dates::datetime(language, export.made_at.0).into()),
            ("purpose", request.purpose.words(language).into()),
            ("count", export.rows.to_string().into()),
            ("id", export.id.0.clone().into()),
        ],
    )
}
