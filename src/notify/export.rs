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

/// Winners that are read, written down and opened together, in one message to the vault; three such
/// lots are in memory at most: one that is opened, one that waits and one that is written down.
const TOGETHER: usize = 10_000;

/// Makes an export: verified, written down, opened, filled in, in this order. While some are opened,
/// the next are read and written down; none is opened before its line is committed, and none is
/// written down before the vault has accepted the record of the draw.
pub fn make(db: &Db, vault: &Vault, by: &Taker, request: &Request) -> Result<File, Error> {
    let draw = db.read_now("read draw", |tx| claims::decided(tx, &request.draw))?;
    let verified = post::verified(db, vault, &draw)?;
    let (give, take) = mpsc::sync_channel(1);
    let (accept, accepted) = mpsc::sync_channel(1);
    let (export, sheet) = thread::scope(|scope| {
        let opening = scope.spawn(|| fill_in(vault, &draw, &verified, request, accept, take));
        let begun = db.write_now("record export", |tx| {
            begin(tx, &draw, &verified, by, request)
        });
        let recorded = begun.and_then(|(export, winners)| {
            // Where nothing comes, whoever opens has ended: why is its own answer.
            if accepted.recv().is_ok() {
                for some in winners.chunks(TOGETHER) {
                    let recorded =
                        db.write_now("record openings", |tx| record(tx, &verified, &export, some))?;
                    if give.send(recorded).is_err() {
                        break;
                    }
                }
            }
            Ok(export)
        });
        drop(give);
        let filled = opening.join().unwrap_or_else(|panic| resume_unwind(panic));
        Ok::<_, Error>((recorded?, filled?))
    })?;
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

/// Opens what comes and writes it into the file, in the order in which it comes. The vault verifies
/// the record of the draw before the first of them is there; then `accepted` is told.
fn fill_in(
    vault: &Vault,
    draw: &Decided,
    verified: &VerifiedDraw,
    request: &Request,
    accepted: SyncSender<()>,
    recorded: Receiver<ToOpen>,
) -> Result<Sheet, Error> {
    let mut sheet = Sheet::new(request.format, &columns(request))?;
    vault.show_record::<WinnerExport>(verified)?;
    // Whoever writes down may have failed meanwhile; then nothing comes.
    let _ = accepted.send(());
    for (claims, recorded) in recorded {
        let opened = vault.open_winners(recorded)?;
        for (claim, winner) in claims.iter().zip(&opened) {
            sheet.add(&cells(draw, request, claim, winner))?;
        }
    }
    Ok(sheet)
}

/// Writes down that somebody takes the list; whom it is about, in slot order.
fn begin(
    tx: &mut Tx,
    draw: &Decided,
    verified: &VerifiedDraw,
    by: &Taker,
    request: &Request,
) -> Result<(Export, Vec<Winner>), Error> {
    let mut claims = claims::current(tx, draw)?;
    // A ticket whose opening is lost is nobody that anyone may be told about.
    claims.retain(|claim| verified.winner(claim.index).is_ok());
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
    let winners: Vec<Winner> = claims.into_iter().filter_map(winner).collect();
    let export = Export {
        activity: draw.facts.id.clone(),
        id: ExportId::fresh(),
        by: by.id.clone(),
        made_at: tx.now(),
        purpose: request.purpose,
        format: request.format,
        rows: u64::try_from(winners.len()).expect("a count fits 64 bits"),
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
    Ok((export, winners))
}

/// Writes down that these are opened; those of them that have a box, in the same order.
fn record(
    tx: &mut Tx,
    verified: &VerifiedDraw,
    export: &Export,
    winners: &[Winner],
) -> Result<ToOpen, Error> {
    let items: Vec<String> = winners.iter().map(|winner| winner.item.clone()).collect();
    let boxes = vault::sealed_all(tx, export.activity.as_str(), &items)?;
    let mut boxes: HashMap<String, Sealed> = boxes
        .into_iter()
        .map(|sealed| (sealed.item.clone(), sealed))
        .collect();
    let (mut claims, mut contacts) = (Vec::new(), Vec::new());
    for winner in winners {
        // Whoever erased their data since is not in it.
        if let Some(sealed) = boxes.remove(&winner.item) {
            contacts.push(WinnerContact {
                proof: verified.winner(winner.claim.index)?,
                sealed,
                notice: winner.notice,
            });
            claims.push(winner.claim.clone());
        }
    }
    let actor = Actor::Staff(export.by.clone());
    let recorded = vault::record::<WinnerExport>(tx, &actor, export.id.as_str(), contacts)?;
    Ok((claims, recorded))
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
