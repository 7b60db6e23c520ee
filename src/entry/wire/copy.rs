//! The copy of everything held about an entry, as a file (PDPA Art. 3 and 10).
//!
//! Invariant: it holds what the page shows and nothing more; it is wiped when dropped.
//!
//! Not here: the page ([`super::own`]).

use lucky_draw::ticket::TicketNumber;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::custody::kept::Why;
use crate::entry::consent::Consent;
use crate::entry::provider::Offer;
use crate::platform::clock::Timestamp;
use crate::platform::text::dates;
use crate::seats::{self, SeatNumber};
use crate::survey::question::Question;

use super::own::{OwnPages, Texts, answers};

/// Everything the library keeps about the holder of a receipt code.
#[derive(Serialize)]
struct DataFile<'a> {
    activity: &'a str,
    title_zh: &'a str,
    title_en: &'a str,
    tickets: Vec<DataTicket<'a>>,
    place: Option<DataPlace<'a>>,
    taken_in_the_hour_of: String,
    language: &'a str,
    withdrawn: bool,
    erased_in_the_hour_of: Option<String>,
    #[serde(flatten)]
    contact: ContactText<'a>,
    id_number: &'static str,
    answers: Vec<DataAnswer<'a>>,
    answers_kept: &'static str,
    opened: Vec<DataOpening<'a>>,
    consents: Vec<DataConsent<'a>>,
    notice_sha256: String,
    notice_zh: &'a str,
    notice_en: &'a str,
    /// In force when the entry was taken and everything in `consents` was agreed to.
    privacy_policy_version: i64,
    deleted_on: String,
    retention: Vec<Kept>,
}

#[derive(Serialize)]
struct DataTicket<'a> {
    draw: &'a str,
    number: String,
}

/// A place in a session.
#[derive(Serialize)]
struct DataPlace<'a> {
    session_zh: &'a str,
    session_en: &'a str,
    begins: String,
    number: String,
    state: &'static str,
    offered_until: Option<String>,
    came: bool,
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

#[derive(Serialize)]
struct DataAnswer<'a> {
    question_zh: &'a str,
    question_en: &'a str,
    answer_zh: &'a str,
    answer_en: &'a str,
}

#[derive(Serialize)]
struct DataOpening<'a> {
    at: String,
    by: &'a str,
    act: &'a str,
    purpose: &'a str,
}

#[derive(Serialize)]
struct DataConsent<'a> {
    to: &'a str,
    provider: Option<DataProvider<'a>>,
    words_sha256: String,
    given_in_the_hour_of: String,
    withdrawn_in_the_hour_of: Option<String>,
    handed_over_at: Option<String>,
}

#[derive(Serialize)]
struct DataProvider<'a> {
    name_zh: &'a str,
    name_en: &'a str,
    address: &'a str,
    fields: Vec<&'static str>,
    purpose_zh: &'a str,
    purpose_en: &'a str,
    until: Option<String>,
}

#[derive(Serialize)]
struct Kept {
    what: &'static str,
    until: String,
}

fn place(held: &seats::Held) -> DataPlace<'_> {
    let seats::Held { seat, session, .. } = held;
    let until = Some(seat.offer_until).filter(|until| until.0 > 0);
    DataPlace {
        session_zh: &session.title.zh,
        session_en: &session.title.en,
        begins: moment(session.starts_at),
        number: SeatNumber(seat.index).to_string(),
        state: seat.state.code(),
        offered_until: until.map(moment),
        came: seat.attended_at.is_some(),
    }
}

/// The file as JSON.
pub fn data_file(of: &OwnPages) -> Zeroizing<String> {
    let found = of.found;
    let facts = &found.facts;
    let tickets = found.tickets.iter().map(|(drum, ticket)| DataTicket {
        draw: &drum.of.slug,
        number: TicketNumber(ticket.index).to_string(),
    });
    let answers = answered(of);
    let gone = dates::rfc3339(facts.purges_at.0);
    let kept = |what, until: &str| Kept {
        what,
        until: until.to_owned(),
    };
    let beyond = of.kept.iter().map(|row| Kept {
        what: match row.why {
            Why::Hold(_) => "contact, under a hold of two people",
            Why::Tax { .. } => "name, ID number and registered address, for the tax on a prize",
        },
        until: moment(row.until),
    });
    let erased = found.entry.withdrawn || found.entry.erased_at.is_some();
    let unless = |is_gone: bool| if is_gone { "deleted" } else { gone.as_str() };
    let mut file = DataFile {
        activity: &facts.slug,
        title_zh: &facts.title.zh,
        title_en: &facts.title.en,
        tickets: tickets.collect(),
        place: found.seat.as_ref().map(place),
        taken_in_the_hour_of: dates::rfc3339(found.entry.taken_hour.0),
        language: found.entry.language.tag(),
        withdrawn: found.entry.withdrawn,
        erased_in_the_hour_of: found.entry.erased_at.map(moment),
        contact: contact(of),
        id_number: "not stored",
        answers: answers
            .iter()
            .map(|each| DataAnswer {
                question_zh: &each.question.label_zh,
                question_en: each.question.shown_en(),
                answer_zh: &each.zh,
                answer_en: &each.en,
            })
            .collect(),
        answers_kept: match &found.entry.answers_item {
            Some(_) => "sealed; opened for counting and for you",
            None => "not linked to this entry, or none given",
        },
        opened: opened(of),
        consents: of
            .held
            .consents
            .iter()
            .map(|consent| consented(of, consent))
            .collect(),
        notice_sha256: found.entry.notice.to_string(),
        notice_zh: &found.notice.zh,
        notice_en: &found.notice.en,
        privacy_policy_version: found.entry.policy,
        retention: vec![
            kept("contact and linked answers", unless(erased)),
            kept(
                "answers that are linked to nobody, if any were asked",
                &gone,
            ),
            kept(
                "hour, language, receipts of consent, keyed lookup value",
                &gone,
            ),
            kept("keyed tag of the ID number", unless(found.entry.withdrawn)),
            kept(
                "fingerprint of the ticket in the public list",
                "for ever; it says nothing about a person",
            ),
            kept("record of openings, by row and not by person", "for ever"),
        ],
        deleted_on: gone.clone(),
    };
    file.retention.extend(beyond);
    Zeroizing::new(
        serde_json::to_string_pretty(&file).expect("texts and truth values always become JSON"),
    )
}

fn contact<'a>(of: &'a OwnPages) -> ContactText<'a> {
    let Some(data) = &of.data.contact else {
        return ContactText::default();
    };
    let texts = Texts::of(data);
    ContactText {
        name: texts.name,
        phone: texts.phone,
        email: texts.email,
        postal_code: texts.postal_code,
        county: texts.county,
        district: texts.district,
        address: texts.line,
    }
}

/// A question with its answer in words; wiped when dropped.
struct Answered<'a> {
    question: &'a Question,
    zh: Zeroizing<String>,
    en: Zeroizing<String>,
}

fn answered<'a>(of: &'a OwnPages) -> Vec<Answered<'a>> {
    let Some(answers) = answers(of) else {
        return Vec::new();
    };
    let questions = of.sheet.questions.questions().iter();
    questions
        .filter_map(|question| {
            let (zh, en) = question.words(answers.find(&question.id)?);
            Some(Answered { question, zh, en })
        })
        .collect()
}

fn opened<'a>(of: &'a OwnPages) -> Vec<DataOpening<'a>> {
    let openings = of.held.openings.iter();
    openings
        .map(|opening| DataOpening {
            at: moment(opening.at),
            by: &opening.actor_kind,
            act: &opening.act,
            purpose: &opening.purpose,
        })
        .collect()
}

fn consented<'a>(of: &'a OwnPages, consent: &'a Consent) -> DataConsent<'a> {
    let provider = consent.provider.as_ref().map(|provider| {
        let same = |offer: &&Offer| offer.provider.id == provider.id;
        let offer = of.sheet.offers.iter().find(same);
        DataProvider {
            name_zh: &provider.name.zh,
            name_en: &provider.name.en,
            address: &provider.address,
            fields: offer
                .map(|offer| offer.fields.iter().map(|field| field.code()).collect())
                .unwrap_or_default(),
            purpose_zh: offer.map_or("", |offer| offer.purpose.zh.as_str()),
            purpose_en: offer.map_or("", |offer| offer.purpose.en.as_str()),
            until: offer.map(|offer| moment(offer.until)),
        }
    });
    DataConsent {
        to: match provider {
            Some(_) => "share with a provider",
            None => "take part under the notice",
        },
        provider,
        words_sha256: consent.words.to_string(),
        given_in_the_hour_of: moment(consent.given_hour),
        withdrawn_in_the_hour_of: consent.withdrawn_at.map(moment),
        handed_over_at: consent.handed_at.map(moment),
    }
}

fn moment(at: Timestamp) -> String {
    dates::rfc3339(at.0)
}
