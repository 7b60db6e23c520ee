//! The form and the check page of a correction: the entry form without what made the ticket.
//!
//! Invariant: what cannot be corrected keeps its value, whatever is sent; the values go back as
//! they were typed, also when the receipt code has to be typed again.
//!
//! Not here: sealing and storing ([`crate::entry::correction`]).

use jiff::civil::Date;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::activity::Field;
use crate::entry::correction::Corrected;
use crate::entry::own::OwnData;
use crate::entry::receipt::Found;
use crate::platform::text::Language;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy;
use crate::survey::answer::Answer;
use crate::survey::{Questionnaire, wire as survey_wire};
use crate::vault::{self, Contact};

use super::check::{self, Hidden, Row};
use super::form::{self, PersonalField, QuestionField};
use super::own::Texts;
use super::{Application, Sheet};

/// The form of a correction, with what is held or what was typed.
#[derive(Serialize)]
pub struct CorrectView {
    title: String,
    slug: String,
    closes_at: i64,
    fields: Vec<PersonalField>,
    questions: Vec<QuestionField>,
    /// What tells people apart, in words: it stays as it is.
    fixed: String,
    /// What a link was sent to, in words: it stays as well.
    confirmed: String,
    /// Whether answers are kept apart from the person, so that nobody can find them again.
    answers_unlinked: bool,
    pass: String,
    /// The page lay open too long: the code is typed again, beside what was typed before.
    asks_code: bool,
    message: String,
    mistakes: Mistakes,
}

/// The page on which a correction is looked over.
#[derive(Serialize)]
pub struct CorrectCheckView {
    title: String,
    slug: String,
    personal: Vec<Row>,
    questions: Vec<Row>,
    hidden: Vec<Hidden>,
    pass: String,
}

impl Sheet {
    /// The address that a link was sent to stays, as what tells people apart does.
    fn is_fixed(&self, field: Field) -> bool {
        Some(field) == self.told_apart_by() || Some(field) == self.facts.eligibility.brings()
    }

    /// What the holder of a receipt may correct: everything but what made the ticket or was shown to
    /// be the person's, and answers only where they belong to the entry.
    pub fn correctable(&self) -> Sheet {
        let may = |field: Field| field != Field::NationalId && !self.is_fixed(field);
        let asked = self.asked.iter().filter(|asked| may(asked.field)).cloned();
        Sheet {
            facts: self.facts.clone(),
            asked: asked.collect(),
            questions: match self.facts.answers_linked {
                true => self.questions.clone(),
                false => Questionnaire::default(),
            },
            drums: Vec::new(),
            sessions: Vec::new(),
            at: self.at,
            offers: Vec::new(),
        }
    }

    /// Whether there is anything that could be corrected.
    pub fn is_correctable(&self) -> bool {
        let part = self.correctable();
        !part.asked.is_empty() || !part.questions.questions().is_empty()
    }

    /// Reads the form of a correction of [`Sheet::correctable`].
    pub fn read_correction(
        &self,
        lang: Language,
        form: &FormFields,
        today: Date,
    ) -> Result<Application, Mistakes> {
        let mut mistakes = Mistakes::new();
        let read = self
            .correctable()
            .read_fields(lang, form, today, &mut mistakes);
        if mistakes.is_empty() {
            Ok(read)
        } else {
            Err(mistakes)
        }
    }

    /// What is held after the correction: what was typed, and what cannot be corrected as it was.
    pub fn corrected(&self, found: &Found, held: &OwnData, read: &Application) -> Corrected {
        let whole = |keeps: &dyn Fn(Field) -> bool| {
            let old = held.contact.as_ref()?;
            let mut contact = super::contact(found.entry.language, read, keeps);
            self.keep_apart(&mut contact, Texts::of(old), keeps);
            Some(contact)
        };
        let shares = self.offers.iter().filter_map(|offer| {
            let shared = whole(&|field| offer.fields.contains(&field))?;
            Some((offer.provider.id.clone(), shared))
        });
        let linked = self.facts.answers_linked;
        let answered = found.entry.answers_item.is_some() || !read.answers.is_empty();
        Corrected {
            contact: whole(&|_| true),
            shares: shares.collect(),
            answers: (linked && answered).then(|| survey_wire::answers_to_json(&read.answers)),
        }
    }

    fn keep_apart(&self, contact: &mut Contact, old: Texts, keeps: &dyn Fn(Field) -> bool) {
        let keeps_old = |field: Field| self.is_fixed(field) && keeps(field);
        if keeps_old(Field::Email) {
            contact.email = old.email.map(vault::Email::new);
        }
        if keeps_old(Field::Phone) {
            contact.phone = old.phone.map(vault::Phone::new);
        }
    }

    /// What is held, as it would be typed into the form.
    pub fn typed(&self, held: &OwnData) -> FormFields {
        let mut pairs: Vec<(String, Zeroizing<String>)> = Vec::new();
        if let Some(contact) = &held.contact {
            let texts = Texts::of(contact);
            for (name, value) in [
                ("name", texts.name),
                ("phone", texts.phone),
                ("email", texts.email),
                ("postal_code", texts.postal_code),
                ("county", texts.county),
                ("district", texts.district),
                ("address", texts.line),
            ] {
                let value = Zeroizing::new(value.unwrap_or("").to_owned());
                pairs.push((name.to_owned(), value));
            }
        }
        let answers = held.answers.as_ref().map(|json| json.expose());
        let answers = answers.and_then(|json| survey_wire::answers_from_json(json).ok());
        for (id, answer) in answers.iter().flat_map(|answers| answers.iter()) {
            let of_id = |question: &&crate::survey::question::Question| question.id == *id;
            if let Some(question) = self.questions.questions().iter().find(of_id) {
                for value in values(answer) {
                    pairs.push((question.field(), value));
                }
            }
        }
        FormFields::of_line(pairs)
    }
}

/// An answer as a browser would send it.
fn values(answer: &Answer) -> Vec<Zeroizing<String>> {
    let one = |text: String| vec![Zeroizing::new(text)];
    match answer {
        Answer::Choice(id) => one(id.to_string()),
        Answer::Choices(ids) => ids
            .iter()
            .map(|id| Zeroizing::new(id.to_string()))
            .collect(),
        Answer::Text(text) => vec![text.clone()],
        Answer::Number(number) => one(number.to_string()),
        Answer::Date(day) => one(day.to_string()),
        Answer::Scale(step) => one(step.to_string()),
    }
}

impl CorrectView {
    /// The form over `sheet`, with the values of `form`.
    pub fn new(
        lang: Language,
        sheet: &Sheet,
        form: &FormFields,
        pass: String,
        mistakes: Mistakes,
    ) -> CorrectView {
        let facts = &sheet.facts;
        let part = sheet.correctable();
        let apart = sheet.told_apart_by();
        let confirmed = facts.eligibility.brings();
        let name = |field: Field| policy::field_name(lang, field);
        CorrectView {
            title: facts.title.pick(lang).to_owned(),
            slug: facts.slug.clone(),
            closes_at: facts.closes_at.0,
            fields: form::personal(lang, &part, form),
            questions: part
                .questions
                .questions()
                .iter()
                .map(|question| form::asked(lang, question, form))
                .collect(),
            fixed: apart.map(name).unwrap_or_default(),
            confirmed: (confirmed != apart)
                .then(|| confirmed.map(name))
                .flatten()
                .unwrap_or_default(),
            answers_unlinked: sheet.has_unlinked(),
            asks_code: false,
            message: String::new(),
            pass,
            mistakes,
        }
    }

    /// The same page, asking for the receipt code again.
    pub fn asking_code(mut self, message: String) -> CorrectView {
        self.asks_code = true;
        self.message = message;
        self
    }
}

impl CorrectCheckView {
    /// The page over an accepted form.
    pub fn new(
        lang: Language,
        sheet: &Sheet,
        form: &FormFields,
        read: &Application,
        pass: String,
    ) -> CorrectCheckView {
        let part = sheet.correctable();
        CorrectCheckView {
            title: sheet.facts.title.pick(lang).to_owned(),
            slug: sheet.facts.slug.clone(),
            personal: check::personal(lang, &part, read),
            questions: check::answered(lang, &part, read),
            hidden: check::hidden(&part, form),
            pass,
        }
    }
}
