//! What crosses the boundary: a person's form in, the pages' views out.
//!
//! Invariant: nothing typed is lost. A field that cannot be accepted says what to do, beside it
//! and in the summary, in the words of its label; the values go back as they were typed.
//!
//! Not here: rules of single fields ([`crate::identity`], [`crate::survey`]).

pub mod check;
pub mod copy;
pub mod correct;
pub mod earned;
pub mod form;
pub mod list;
pub mod own;
pub mod proving;
pub mod receipt;
pub mod shut;

use jiff::civil::Date;
use zeroize::Zeroizing;

use crate::activity::{self, Arrangement, AskedField, Eligibility, Facts, Field};
use crate::identity::address::{Address, Typed};
use crate::identity::email::Email;
use crate::identity::library_card::LibraryCard;
use crate::identity::mistake::{self, Mistake};
use crate::identity::name::PersonName;
use crate::identity::national_id::NationalId;
use crate::identity::phone::Phone;
use crate::identity::typed;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::seats::wire as seats_wire;
use crate::seats::{Session, SessionId};
use crate::stats::About;
use crate::survey::{Answers, Questionnaire, wire as survey_wire};
use crate::vault;

use super::Drum;
use super::provider::{Offer, ProviderId};
use super::submit::Filled;

/// The fields of the address, in the order of the form.
pub const ADDRESS_FIELDS: [&str; 4] = ["postal_code", "county", "district", "address"];

/// The field of the invitation code.
pub const INVITATION: &str = "invitation";

/// The hidden field of what the link in a letter proves.
pub const ENTRANCE: &str = "entrance";

/// What an activity asks.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The activity.
    pub facts: Facts,
    /// Its personal fields.
    pub asked: Vec<AskedField>,
    /// Its questions.
    pub questions: Questionnaire,
    /// What tickets go into; none in a survey and before publishing.
    pub drums: Vec<Drum>,
    /// The sessions of which one is picked, where places go to whoever comes first.
    pub sessions: Vec<Session>,
    /// When all this was read: places are counted as of then.
    pub at: Timestamp,
    /// Whom a person may allow to have the contact.
    pub offers: Vec<Offer>,
}

/// A form that was accepted, field by field.
#[derive(Default)]
pub struct Application {
    /// The name on the card.
    pub name: Option<PersonName>,
    /// The number of the library card; it makes the tag and goes no further.
    pub library_card: Option<LibraryCard>,
    /// The ID number; it makes the tag and goes no further.
    pub national_id: Option<NationalId>,
    /// Where to call.
    pub phone: Option<Phone>,
    /// Where to write.
    pub email: Option<Email>,
    /// Where to post to.
    pub address: Option<Address>,
    /// The draw that was picked, where an activity has several pools.
    pub pool: Option<String>,
    /// The session that was picked, where places go to whoever comes first.
    pub session: Option<SessionId>,
    /// Whether the person would stand in line for it.
    pub waits: bool,
    /// What was answered.
    pub answers: Answers,
    /// The providers that were ticked.
    pub shares: Vec<ProviderId>,
}

impl Sheet {
    /// The draws of which a person picks one; none where everybody takes part in all.
    pub fn pools(&self) -> &[Drum] {
        match self.facts.arrangement {
            Arrangement::Pools if self.drums.len() > 1 => &self.drums,
            _ => &[],
        }
    }

    /// Whether one needs an invitation code, which is read where it is looked up.
    pub fn is_by_invitation(&self) -> bool {
        self.facts.eligibility == Eligibility::Codes
    }

    /// Whether one comes to the form by a link in a mail.
    pub fn needs_address(&self) -> bool {
        self.facts.eligibility == Eligibility::Email
    }

    /// Whether it asks for answers that belong to nobody (`decisions` D7).
    pub fn has_unlinked(&self) -> bool {
        !self.facts.answers_linked && !self.questions.questions().is_empty()
    }

    /// Names of all fields that the check page carries on, in the order of the form.
    pub fn field_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.offers.iter().map(Offer::form_field).collect();
        if self.is_by_invitation() {
            names.push(INVITATION.to_owned());
        }
        if self.needs_address() {
            names.push(ENTRANCE.to_owned());
        }
        for asked in &self.asked {
            match asked.field {
                Field::Address => names.extend(ADDRESS_FIELDS.map(str::to_owned)),
                field => names.push(field.code().to_owned()),
            }
        }
        if !self.pools().is_empty() {
            names.push("pool".to_owned());
        }
        if !self.sessions.is_empty() {
            names.extend(["session", "wait"].map(str::to_owned));
        }
        names.extend(self.questions.questions().iter().map(|each| each.field()));
        names.push("consent".to_owned());
        names
    }

    /// Reads a form; `today` is the day in Taipei.
    pub fn read(
        &self,
        lang: Language,
        form: &FormFields,
        today: Date,
    ) -> Result<Application, Mistakes> {
        let mut mistakes = Mistakes::new();
        let read = self.read_fields(lang, form, today, &mut mistakes);
        if self.facts.kind.asks_person() && form.value("consent").trim().is_empty() {
            let id = match self.facts.kind.is_first_come() {
                true => "seats-consent-missing",
                false => "entry-consent-missing",
            };
            let words = text::message(lang, id, &[]);
            mistakes.add("consent", words);
        }
        if mistakes.is_empty() {
            Ok(read)
        } else {
            Err(mistakes)
        }
    }

    /// Reads what is asked, without the consent that only a new entry needs.
    fn read_fields(
        &self,
        lang: Language,
        form: &FormFields,
        today: Date,
        mistakes: &mut Mistakes,
    ) -> Application {
        let mut reading = Reading {
            lang,
            form,
            mistakes,
        };
        let ticked = |offer: &&Offer| !form.value(&offer.form_field()).trim().is_empty();
        let mut read = Application {
            shares: self
                .offers
                .iter()
                .filter(ticked)
                .map(|offer| offer.provider.id.clone())
                .collect(),
            ..Application::default()
        };
        for asked in &self.asked {
            reading.personal(asked, today, &mut read);
        }
        if !self.pools().is_empty() {
            read.pool = reading.pool(self.pools());
        }
        if !self.sessions.is_empty() {
            read.waits = !reading.form.value("wait").trim().is_empty();
            read.session = reading.session(&self.sessions, read.waits, self.at);
        }
        match self.questions.check_all(form.iter()) {
            Ok(answers) => read.answers = answers,
            Err(mistakes) => {
                for (field, mistake) in mistakes {
                    let words = mistake::say(lang, mistake.message_id(), &mistake.args());
                    reading.mistakes.add(field, words);
                }
            }
        }
        read
    }

    /// The field that tells people apart.
    pub fn told_apart_by(&self) -> Option<Field> {
        activity::told_apart_by(&self.asked)
    }

    /// What is sealed and tagged of an accepted form; the ID number stays behind in `subject`.
    pub fn filled(&self, lang: Language, read: &Application) -> Filled {
        let subject = match self.told_apart_by() {
            Some(Field::LibraryCard) => read.library_card.as_ref().map(LibraryCard::subject),
            Some(Field::NationalId) => read.national_id.as_ref().map(NationalId::subject),
            Some(Field::Email) => read.email.as_ref().map(|email| {
                let address = Zeroizing::new(email.address().to_ascii_lowercase());
                Zeroizing::new(format!("email:{}", address.as_str()))
            }),
            Some(Field::Phone) => read.phone.as_ref().map(|phone| {
                let number = phone.e164();
                Zeroizing::new(format!("tel:{}", number.as_str()))
            }),
            _ => None,
        };
        let answered = !read.answers.is_empty();
        Filled {
            contact: (self.facts.kind.asks_person()).then(|| contact(lang, read, |_| true)),
            subject,
            pool: read.pool.clone(),
            session: read.session.clone().map(|session| (session, read.waits)),
            about: about(read),
            answers: answered.then(|| survey_wire::answers_to_json(&read.answers)),
            shares: self
                .offers
                .iter()
                .filter(|offer| read.shares.contains(&offer.provider.id))
                .map(|offer| {
                    let shared = contact(lang, read, |field| offer.fields.contains(&field));
                    (offer.provider.id.clone(), shared)
                })
                .collect(),
            language: lang,
        }
    }
}

struct Reading<'a> {
    lang: Language,
    form: &'a FormFields,
    mistakes: &'a mut Mistakes,
}

impl Reading<'_> {
    fn personal(&mut self, asked: &AskedField, today: Date, read: &mut Application) {
        let code = asked.field.code();
        match asked.field {
            Field::Name => read.name = self.one(asked, code, PersonName::parse),
            Field::LibraryCard => read.library_card = self.one(asked, code, LibraryCard::parse),
            Field::NationalId => {
                read.national_id = self.one(asked, code, |raw| NationalId::parse(raw, today));
            }
            Field::Phone => read.phone = self.one(asked, code, Phone::parse),
            Field::Email => read.email = self.one(asked, code, Email::parse),
            Field::Address => read.address = self.address(asked.required),
        }
    }

    fn pool(&mut self, pools: &[Drum]) -> Option<String> {
        let picked = self.form.value("pool");
        if let Some(drum) = pools.iter().find(|drum| drum.draw() == picked) {
            return Some(drum.of.draw.clone());
        }
        let words = text::message(self.lang, "entry-pool-missing", &[]);
        self.mistakes.add("pool", words);
        None
    }

    /// The session that was picked, if a place or a place in line can be had by what is known now;
    /// what is known when the entry is stored decides.
    fn session(&mut self, sessions: &[Session], waits: bool, at: Timestamp) -> Option<SessionId> {
        let picked = self.form.value("session");
        let Some(session) = sessions.iter().find(|each| each.id.as_str() == picked) else {
            let words = text::message(self.lang, "seats-pick-missing", &[]);
            self.mistakes.add("session", words);
            return None;
        };
        match seats_wire::refusal(self.lang, session, waits, at) {
            Some(words) => {
                self.mistakes.add("session", words);
                None
            }
            None => Some(session.id.clone()),
        }
    }

    fn one<T>(
        &mut self,
        asked: &AskedField,
        field: &str,
        parse: impl FnOnce(&str) -> Result<T, Mistake>,
    ) -> Option<T> {
        let raw = self.form.value(field);
        if !asked.required && typed::is_blank(raw) {
            return None;
        }
        match parse(raw) {
            Ok(value) => Some(value),
            Err(mistake) => {
                self.note(field, mistake);
                None
            }
        }
    }

    fn address(&mut self, required: bool) -> Option<Address> {
        let [postal_code, county, district, line] =
            ADDRESS_FIELDS.map(|field| self.form.value(field));
        let fields = [postal_code, county, district, line];
        if !required && fields.into_iter().all(typed::is_blank) {
            return None;
        }
        let read = Address::parse(Typed {
            postal_code,
            county,
            district,
            line,
        });
        match read {
            Ok(address) => Some(address),
            Err(mistakes) => {
                for (field, mistake) in mistakes {
                    self.note(field, mistake);
                }
                None
            }
        }
    }

    fn note(&mut self, field: &str, mistake: Mistake) {
        let words = mistake::say(self.lang, mistake.message_id(), &mistake.args());
        self.mistakes.add(field, words);
    }
}

/// What of a person the statistics may count: words of closed lists, and nothing typed freely.
pub fn about(read: &Application) -> About {
    let address = read.address.as_ref();
    let area = address.and_then(Address::postal_code);
    About {
        county: address.map(|address| address.county().zh().to_owned()),
        area: area.and_then(|code| code.as_str().get(..3).map(str::to_owned)),
        pool: read.pool.clone(),
    }
}

/// The contact with the fields that `keeps`; the ID number is no field of it.
fn contact(lang: Language, read: &Application, keeps: impl Fn(Field) -> bool) -> vault::Contact {
    let name = read.name.as_ref().filter(|_| keeps(Field::Name));
    let phone = read.phone.as_ref().filter(|_| keeps(Field::Phone));
    let email = read.email.as_ref().filter(|_| keeps(Field::Email));
    let address = read.address.as_ref().filter(|_| keeps(Field::Address));
    vault::Contact {
        name: name.map(|name| vault::Name::new(name.as_str())),
        phone: phone.map(|phone| vault::Phone::new(phone.display().as_str())),
        email: email.map(|email| vault::Email::new(email.address().as_str())),
        postal_code: address
            .and_then(Address::postal_code)
            .map(|code| vault::PostalCode::new(code.as_str())),
        county: address.map(|address| vault::County::new(address.county().zh())),
        district: address.map(|address| vault::District::new(address.district())),
        address: address.map(|address| vault::AddressLine::new(address.line())),
        language: lang,
    }
}
