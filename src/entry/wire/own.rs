//! Views of "my entry": its state, the person's own data, and the same as a file.
//!
//! Invariant: nothing here tells before the close whether the ticket is a second one (D5).
//!
//! Not here: opening the own copy ([`crate::entry::own`]).

use lucky_draw::record::VoidCode;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::activity::{Kind, Stage};
use crate::entry::receipt::Found;
use crate::entry::{Drum, Ticket, own};
use crate::identity::address::{Address, Typed};
use crate::identity::email::Email;
use crate::identity::name::PersonName;
use crate::identity::phone::Phone;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language, dates};
use crate::platform::web::form::Mistakes;
use crate::vault::{self, OpenedContact, OwnCopy};

/// The form that asks for the receipt code.
#[derive(Serialize)]
pub struct FindView {
    /// What is wrong with the code.
    pub mistakes: Mistakes,
    /// A word instead of a mistake, such as that the page lay open too long.
    pub message: String,
}

/// "My entry".
#[derive(Serialize)]
pub struct OwnView {
    title: String,
    slug: String,
    state: &'static str,
    tickets: Vec<OwnTicket>,
    /// The first draw, for its page.
    draw: String,
    is_draw: bool,
    taken_hour: i64,
    closes_at: i64,
    freezes_at: i64,
    draws_at: i64,
    purges_at: i64,
    reason: String,
    may_withdraw: bool,
    /// Entry is over, and the list is not final yet.
    in_window: bool,
    has_receipt: bool,
    has_answers: bool,
    data: Vec<DataRow>,
    pass: String,
}

/// One ticket of the entry.
#[derive(Serialize)]
struct OwnTicket {
    number: String,
    draw: String,
    /// The draw's name; empty where the activity has one draw.
    name: String,
    draws_at: i64,
    /// Whether it is void as a second one; known after the close.
    second: bool,
}

#[derive(Serialize)]
struct DataRow {
    label: String,
    masked: String,
    whole: String,
}

impl OwnView {
    /// The page over an entry; `data` is the opened own copy, `None` when it is gone.
    pub fn new(
        lang: Language,
        found: &Found,
        data: Option<&OpenedContact<OwnCopy>>,
        pass: String,
        now: Timestamp,
    ) -> OwnView {
        let facts = &found.facts;
        let first = found.tickets.first();
        OwnView {
            title: facts.title.pick(lang).to_owned(),
            slug: facts.slug.clone(),
            state: state(found, now),
            tickets: found
                .tickets
                .iter()
                .map(|each| own_ticket(lang, each))
                .collect(),
            draw: first
                .map(|(drum, _)| drum.of.draw.clone())
                .unwrap_or_default(),
            is_draw: facts.kind == Kind::Draw,
            taken_hour: found.entry.taken_hour.0,
            closes_at: facts.closes_at.0,
            freezes_at: facts.freezes_at.0,
            draws_at: facts.draws_at.0,
            purges_at: facts.purges_at.0,
            reason: facts.cancelled_reason.clone(),
            may_withdraw: own::is_withdrawable(found, now),
            in_window: facts.stage == Stage::Closed && own::may_withdraw(facts, now),
            has_receipt: own::has_receipt(found),
            has_answers: found.entry.answers_item.is_some(),
            data: data.map(|data| rows(lang, data)).unwrap_or_default(),
            pass,
        }
    }
}

/// The word for the state; each has a message.
fn state(found: &Found, now: Timestamp) -> &'static str {
    let facts = &found.facts;
    let is_second = |(_, ticket): &(Drum, Ticket)| ticket.void == Some(VoidCode::D);
    let second = || !found.tickets.is_empty() && found.tickets.iter().all(is_second);
    match facts.stage {
        _ if found.entry.withdrawn => "withdrawn",
        Stage::Purged => "purged",
        Stage::Cancelled => "cancelled",
        Stage::Draft | Stage::Open if now < facts.closes_at => "taken",
        Stage::Draft | Stage::Open => "closing",
        _ if second() => "second",
        Stage::Closed if facts.kind == Kind::Survey => "counted",
        Stage::Closed => "closed",
        Stage::Drawn | Stage::Notified => "drawn",
    }
}

fn own_ticket(lang: Language, (drum, ticket): &(Drum, Ticket)) -> OwnTicket {
    OwnTicket {
        number: TicketNumber(ticket.index).to_string(),
        draw: ticket.draw.clone(),
        name: drum.of.name.pick(lang).to_owned(),
        draws_at: drum.of.draws_at.0,
        second: ticket.void == Some(VoidCode::D),
    }
}

fn rows(lang: Language, data: &OpenedContact<OwnCopy>) -> Vec<DataRow> {
    let row = |label: &str, masked: String, whole: &str| DataRow {
        label: text::message(lang, label, &[]),
        masked,
        whole: whole.to_owned(),
    };
    let texts = Texts::of(data);
    let mut rows = Vec::new();
    if let Some(name) = texts.name {
        let masked = PersonName::parse(name).map(|name| name.masked());
        rows.push(row("entry-label-name", masked.unwrap_or_default(), name));
    }
    if let Some(phone) = texts.phone {
        let masked = Phone::parse(phone).map(|phone| phone.masked());
        rows.push(row("entry-label-phone", masked.unwrap_or_default(), phone));
    }
    if let Some(email) = texts.email {
        let masked = Email::parse(email).map(|email| email.masked());
        rows.push(row("entry-label-email", masked.unwrap_or_default(), email));
    }
    if let Some(line) = texts.line {
        let read = Address::parse(Typed {
            postal_code: texts.postal_code.unwrap_or(""),
            county: texts.county.unwrap_or(""),
            district: texts.district.unwrap_or(""),
            line,
        });
        if let Ok(address) = read {
            let whole = address.display();
            rows.push(row("entry-label-address", address.masked(), &whole));
        }
    }
    rows
}

/// The opened fields as text, for the person's own page and file.
struct Texts<'a> {
    name: Option<&'a str>,
    phone: Option<&'a str>,
    email: Option<&'a str>,
    postal_code: Option<&'a str>,
    county: Option<&'a str>,
    district: Option<&'a str>,
    line: Option<&'a str>,
}

impl<'a> Texts<'a> {
    fn of(data: &'a OpenedContact<OwnCopy>) -> Texts<'a> {
        Texts {
            name: data.read::<vault::Name>().map(|field| field.expose()),
            phone: data.read::<vault::Phone>().map(|field| field.expose()),
            email: data.read::<vault::Email>().map(|field| field.expose()),
            postal_code: data.read::<vault::PostalCode>().map(|field| field.expose()),
            county: data.read::<vault::County>().map(|field| field.expose()),
            district: data.read::<vault::District>().map(|field| field.expose()),
            line: data
                .read::<vault::AddressLine>()
                .map(|field| field.expose()),
        }
    }
}

/// Everything the library keeps about the holder of a receipt code (PDPA Art. 3), for download.
#[derive(Serialize)]
struct DataFile<'a> {
    activity: &'a str,
    title_zh: &'a str,
    title_en: &'a str,
    tickets: Vec<DataTicket<'a>>,
    taken_in_the_hour_of: String,
    language: &'a str,
    notice_sha256: String,
    withdrawn: bool,
    deleted_on: String,
    #[serde(flatten)]
    contact: ContactText<'a>,
    id_number: &'static str,
    answers: &'static str,
}

#[derive(Serialize)]
struct DataTicket<'a> {
    draw: &'a str,
    number: String,
}

#[derive(Serialize, Default)]
struct ContactText<'a> {
    name: Option<&'a str>,
    phone: Option<&'a str>,
    email: Option<&'a str>,
    postal_code: Option<&'a str>,
    county: Option<&'a str>,
    district: Option<&'a str>,
    address: Option<&'a str>,
}

/// The file as JSON; wiped when dropped.
pub fn data_file(found: &Found, data: Option<&OpenedContact<OwnCopy>>) -> Zeroizing<String> {
    let texts = data.map(Texts::of);
    let tickets = found.tickets.iter().map(|(drum, ticket)| DataTicket {
        draw: &drum.of.slug,
        number: TicketNumber(ticket.index).to_string(),
    });
    let file = DataFile {
        activity: &found.facts.slug,
        title_zh: &found.facts.title.zh,
        title_en: &found.facts.title.en,
        tickets: tickets.collect(),
        taken_in_the_hour_of: dates::rfc3339(found.entry.taken_hour.0),
        language: found.entry.language.tag(),
        notice_sha256: found.entry.notice.to_string(),
        withdrawn: found.entry.withdrawn,
        deleted_on: dates::rfc3339(found.facts.purges_at.0),
        contact: texts
            .map(|texts| ContactText {
                name: texts.name,
                phone: texts.phone,
                email: texts.email,
                postal_code: texts.postal_code,
                county: texts.county,
                district: texts.district,
                address: texts.line,
            })
            .unwrap_or_default(),
        id_number: "not stored",
        answers: match found.entry.answers_item {
            Some(_) => "sealed; opened for counting only",
            None => "not linked to this entry",
        },
    };
    Zeroizing::new(
        serde_json::to_string_pretty(&file).expect("texts and truth values always become JSON"),
    )
}
