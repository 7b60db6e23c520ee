//! Views of "my entry": its state, everything held, who opened it, what was agreed to.
//!
//! Invariant: nothing here tells before the close whether the ticket is a second one (D5).
//!
//! Not here: opening the own copy ([`crate::entry::own`]), the file ([`super::copy`]).

use lucky_draw::record::VoidCode;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::activity::{Eligibility, Facts, Stage, lifecycle};
use crate::audit::Opening;
use crate::custody::breach::Incident;
use crate::custody::kept::Kept;
use crate::custody::wire::{Told, kept_words};
use crate::entry::consent::Consent;
use crate::entry::own::{Held, OwnData};
use crate::entry::provider::Offer;
use crate::entry::receipt::Found;
use crate::entry::{Drum, Ticket, correction, own};
use crate::identity::address::{Address, Typed};
use crate::identity::email::Email;
use crate::identity::name::PersonName;
use crate::identity::phone::Phone;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;
use crate::seats::wire::SeatView;
use crate::survey::{Answers, wire as survey_wire};
use crate::vault::{self, OpenedContact, OwnCopy};

use super::Sheet;
use super::form::{NoticeRow, notice_rows, offered_fields};

/// The form that asks for the receipt code.
#[derive(Serialize)]
pub struct FindView {
    /// What was typed.
    pub code: String,
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
    /// Whether it ends in a draw.
    is_draw: bool,
    /// Whether people say who they are.
    asks_person: bool,
    /// The place, where places go to whoever comes first.
    seat: Option<SeatView>,
    taken_hour: i64,
    closes_at: i64,
    freezes_at: i64,
    draws_at: i64,
    purges_at: i64,
    /// The latest that it can be; 0 where the day stands.
    latest: i64,
    /// When the person had the data erased; 0 where it was not.
    erased_at: i64,
    reason: String,
    may_withdraw: bool,
    may_correct: bool,
    may_erase: bool,
    /// Entry is over, and the list is not final yet.
    in_window: bool,
    /// The invitation code of the entry is used up.
    by_code: bool,
    has_receipt: bool,
    has_answers: bool,
    /// Whether the activity asks questions at all.
    asks_questions: bool,
    /// Whether answers were asked that belong to nobody: they cannot be found, and stay.
    answers_unlinked: bool,
    data: Vec<DataRow>,
    answers: Vec<AnswerRow>,
    openings: Vec<OpeningRow>,
    consents: Vec<ConsentRow>,
    notice: Vec<NoticeRow>,
    notice_hash: String,
    told: Vec<Told>,
    /// Rows that have a last day of their own.
    kept: Vec<KeptView>,
    notice_version: i64,
    /// The version of the general policy that was in force when it was taken; 0 before the first.
    policy_version: i64,
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

#[derive(Serialize)]
struct AnswerRow {
    label: String,
    value: String,
}

/// One opening of the person's data.
#[derive(Serialize)]
struct OpeningRow {
    at: i64,
    by: String,
    purpose: String,
}

/// One receipt of consent.
#[derive(Serialize)]
struct ConsentRow {
    /// Whom it is for; empty for the entry itself.
    provider: String,
    provider_id: String,
    address: String,
    /// What is shared, what for and until when; empty for the entry itself.
    shares: String,
    purpose: String,
    until: i64,
    given_hour: i64,
    words: String,
    /// 0 while it stands.
    withdrawn_at: i64,
    /// 0 while nothing was handed over.
    handed_at: i64,
    may_be_taken_back: bool,
}

/// All that the pages of an entry show to its holder.
pub struct OwnPages<'a> {
    /// The entry.
    pub found: &'a Found,
    /// What the activity asks and offers.
    pub sheet: &'a Sheet,
    /// What is on record.
    pub held: &'a Held,
    /// What the receipt code opened.
    pub data: &'a OwnData,
    /// Incidents with data of the activity that people are told of.
    pub told: &'a [Incident],
    /// Rows that have a last day of their own.
    pub kept: &'a [Kept],
}

/// A row that is kept beyond the purge: what, and until when and why.
#[derive(Serialize)]
pub struct KeptView {
    title: String,
    what: String,
    why: String,
}

impl KeptView {
    /// The row in words.
    pub fn of(lang: Language, facts: &Facts, kept: &Kept) -> KeptView {
        let (what, why) = kept_words(lang, kept);
        KeptView {
            title: facts.title.pick(lang).to_owned(),
            what,
            why,
        }
    }
}

/// What the receipt code finds after the purge.
#[derive(Serialize)]
pub struct KeptPage {
    /// The rows.
    pub kept: Vec<KeptView>,
}

impl OwnView {
    /// The page over an entry.
    pub fn new(lang: Language, of: &OwnPages, pass: String, now: Timestamp) -> OwnView {
        let OwnPages { found, sheet, .. } = of;
        let facts = &found.facts;
        let first = found.tickets.first();
        let contact = of.data.contact.as_ref();
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
            is_draw: facts.kind.is_drawn(),
            asks_person: facts.kind.asks_person(),
            seat: found
                .seat
                .as_ref()
                .map(|held| SeatView::of(lang, held, now)),
            taken_hour: found.entry.taken_hour.0,
            closes_at: facts.closes_at.0,
            freezes_at: facts.freezes_at.0,
            draws_at: facts.draws_at.0,
            purges_at: facts.purges_at.0,
            latest: lifecycle::latest_purge(facts).map_or(0, |at| at.0),
            erased_at: found.entry.erased_at.map_or(0, |at| at.0),
            reason: facts.cancelled_reason.clone(),
            may_withdraw: own::is_withdrawable(found, now),
            may_correct: correction::may_correct(found, now) && sheet.is_correctable(),
            may_erase: own::is_erasable(found, now),
            by_code: facts.eligibility == Eligibility::Codes,
            in_window: facts.stage == Stage::Closed && own::is_withdrawable(found, now),
            has_receipt: own::has_receipt(found),
            has_answers: found.entry.answers_item.is_some(),
            asks_questions: !sheet.questions.questions().is_empty(),
            answers_unlinked: sheet.has_unlinked(),
            data: contact.map(|data| rows(lang, data)).unwrap_or_default(),
            answers: answer_rows(lang, of),
            openings: of
                .held
                .openings
                .iter()
                .map(|opening| opening_row(lang, opening))
                .collect(),
            consents: of
                .held
                .consents
                .iter()
                .map(|consent| consent_row(lang, sheet, consent))
                .collect(),
            notice: notice_rows(&found.notice, lang),
            notice_version: found.notice_version,
            policy_version: found.entry.policy,
            notice_hash: found.entry.notice.to_string(),
            told: Told::each(lang, of.told),
            kept: of
                .kept
                .iter()
                .map(|kept| KeptView::of(lang, facts, kept))
                .collect(),
            pass,
        }
    }
}

/// The questions with what the person answered, in the order of the form.
fn answer_rows(lang: Language, of: &OwnPages) -> Vec<AnswerRow> {
    let Some(answers) = answers(of) else {
        return Vec::new();
    };
    let questions = of.sheet.questions.questions().iter();
    questions
        .map(|question| {
            let words = answers.find(&question.id).map(|answer| {
                let (zh, en) = question.words(answer);
                match lang {
                    Language::ZhTw => zh.to_string(),
                    Language::En => en.to_string(),
                }
            });
            AnswerRow {
                label: match lang {
                    Language::ZhTw => question.label_zh.clone(),
                    Language::En => question.shown_en().to_owned(),
                },
                value: words.unwrap_or_else(|| text::message(lang, "entry-not-answered", &[])),
            }
        })
        .collect()
}

pub(super) fn answers(of: &OwnPages) -> Option<Answers> {
    let json = of.data.answers.as_ref()?;
    survey_wire::answers_from_json(json.expose()).ok()
}

fn opening_row(lang: Language, opening: &Opening) -> OpeningRow {
    let by = match opening.actor_kind.as_str() {
        "staff" => "entry-opened-by-staff",
        _ => "entry-opened-by-system",
    };
    let purpose = format!("entry-opened-for-{}", opening.purpose);
    OpeningRow {
        at: opening.at.0,
        by: text::message(lang, by, &[]),
        purpose: text::find(lang, &purpose, &[]).unwrap_or_else(|| opening.purpose.clone()),
    }
}

fn consent_row(lang: Language, sheet: &Sheet, consent: &Consent) -> ConsentRow {
    let provider = consent.provider.as_ref();
    let of_provider = |offer: &&Offer| Some(&offer.provider) == provider;
    let offer = sheet.offers.iter().find(of_provider);
    ConsentRow {
        provider: provider
            .map(|provider| provider.name.pick(lang).to_owned())
            .unwrap_or_default(),
        provider_id: provider
            .map(|provider| provider.id.to_string())
            .unwrap_or_default(),
        address: provider
            .map(|provider| provider.address.clone())
            .unwrap_or_default(),
        shares: offer
            .map(|offer| offered_fields(lang, offer))
            .unwrap_or_default(),
        purpose: offer
            .map(|offer| offer.purpose.pick(lang).to_owned())
            .unwrap_or_default(),
        until: offer.map_or(0, |offer| offer.until.0),
        given_hour: consent.given_hour.0,
        words: consent.words.to_string(),
        withdrawn_at: consent.withdrawn_at.map_or(0, |at| at.0),
        handed_at: consent.handed_at.map_or(0, |at| at.0),
        may_be_taken_back: consent.may_be_taken_back(),
    }
}

/// Before what is sealed is erased.
#[derive(Serialize)]
pub struct EraseView {
    /// The activity.
    pub title: String,
    /// Whether one of the tickets waits for a prize, or for its turn as a reserve.
    pub waits: bool,
    /// Whether it may still be drawn.
    pub may_be_drawn: bool,
    /// When everything else goes.
    pub purges_at: i64,
    /// Whether it is a place in a session and no ticket.
    pub has_seat: bool,
    /// Whether answers that belong to nobody were given, which cannot be found.
    pub answers_unlinked: bool,
    /// The pass.
    pub pass: String,
    /// What is missing.
    pub mistakes: Mistakes,
}

/// The word for the state; each has a message.
fn state(found: &Found, now: Timestamp) -> &'static str {
    let facts = &found.facts;
    let is_second = |(_, ticket): &(Drum, Ticket)| ticket.void == Some(VoidCode::D);
    let second = || !found.tickets.is_empty() && found.tickets.iter().all(is_second);
    match facts.stage {
        _ if found.entry.withdrawn => "withdrawn",
        _ if found.entry.erased_at.is_some() && facts.stage != Stage::Purged => "erased",
        Stage::Purged => "purged",
        Stage::Cancelled => "cancelled",
        Stage::Draft | Stage::Open if now < facts.closes_at => "taken",
        Stage::Draft | Stage::Open => "closing",
        _ if second() => "second",
        Stage::Closed if !facts.kind.asks_person() => "counted",
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
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) name: Option<&'a str>,
    pub(super) phone: Option<&'a str>,
    pub(super) email: Option<&'a str>,
    pub(super) postal_code: Option<&'a str>,
    pub(super) county: Option<&'a str>,
    pub(super) district: Option<&'a str>,
    pub(super) line: Option<&'a str>,
}

impl<'a> Texts<'a> {
    pub(super) fn of(data: &'a OpenedContact<OwnCopy>) -> Texts<'a> {
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
