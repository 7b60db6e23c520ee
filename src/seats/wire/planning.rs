//! The forms in which staff write the sessions of a draft.

use serde::Serialize;

use crate::activity::wire::{Heading, unreadable_date};
use crate::activity::{Facts, LocalText};
use crate::identity::date;
use crate::platform::clock::{DAY, HOUR, Timestamp};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::seats::draft::{LONGEST_BACK, MOST_PER_PERSON, OFFER_LASTS, Planned, Trouble};
use crate::seats::{Session, Terms};

use super::SessionView;

/// A session as staff type it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SessionForm {
    title_zh: String,
    title_en: String,
    place_zh: String,
    place_en: String,
    starts: String,
    capacity: String,
    waiting: String,
}

impl SessionForm {
    /// What the browser sent.
    pub fn of(form: &FormFields) -> SessionForm {
        let typed = |name: &str| form.value(name).trim().to_owned();
        SessionForm {
            title_zh: typed("title_zh"),
            title_en: typed("title_en"),
            place_zh: typed("place_zh"),
            place_en: typed("place_en"),
            starts: typed("starts"),
            capacity: typed("capacity"),
            waiting: typed("waiting"),
        }
    }

    /// A form filled with what is planned.
    pub fn filled(planned: &Planned) -> SessionForm {
        SessionForm {
            title_zh: planned.title.zh.clone(),
            title_en: planned.title.en.clone(),
            place_zh: planned.place.zh.clone(),
            place_en: planned.place.en.clone(),
            starts: date::input_value(planned.starts_at),
            capacity: planned.capacity.to_string(),
            waiting: planned.waiting_places.to_string(),
        }
    }

    /// Reads the form among the dates of the activity.
    pub fn parse(&self, lang: Language, facts: &Facts) -> Result<Planned, Mistakes> {
        let mut mistakes = Mistakes::new();
        let starts_at = date::parse_moment(&self.starts).unwrap_or_else(|_| {
            let words = unreadable_date(lang, "seats-starts");
            mistakes.add("starts", words);
            Timestamp(0)
        });
        let is_unread = !mistakes.is_empty();
        let planned = Planned {
            title: LocalText::new(&self.title_zh, &self.title_en),
            place: LocalText::new(&self.place_zh, &self.place_en),
            starts_at,
            capacity: self.capacity.parse().unwrap_or(0),
            waiting_places: match self.waiting.as_str() {
                "" => 0,
                typed => typed.parse().unwrap_or(u32::MAX),
            },
        };
        for trouble in planned.troubles(facts) {
            if !(is_unread && trouble == Trouble::StartsTooEarly) {
                mistakes.add(self.field_of(trouble), trouble.message(lang));
            }
        }
        match mistakes.is_empty() {
            true => Ok(planned),
            false => Err(mistakes),
        }
    }
}

impl SessionForm {
    /// The field that has to be mended: where one language is missing, the one that is empty.
    fn field_of(&self, trouble: Trouble) -> &'static str {
        match trouble {
            Trouble::TitleMissing if !self.title_zh.is_empty() => "title_en",
            Trouble::PlaceMissing if !self.place_zh.is_empty() => "place_en",
            other => other.field(),
        }
    }
}

impl Trouble {
    /// The form field at which it is shown.
    pub fn field(self) -> &'static str {
        match self {
            Trouble::TitleMissing => "title_zh",
            Trouble::PlaceMissing => "place_zh",
            Trouble::StartsTooEarly => "starts",
            Trouble::CapacityUnfit => "capacity",
            Trouble::WaitingUnfit => "waiting",
        }
    }

    /// What to do about it, in the reader's language.
    pub fn message(self, lang: Language) -> String {
        let id = match self {
            Trouble::TitleMissing => "seats-trouble-title",
            Trouble::PlaceMissing => "seats-trouble-place",
            Trouble::StartsTooEarly => "seats-trouble-starts",
            Trouble::CapacityUnfit => "seats-trouble-capacity",
            Trouble::WaitingUnfit => "seats-trouble-waiting",
        };
        text::message(lang, id, &[])
    }
}

/// What holds for all sessions, as staff type it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TermsForm {
    per_person: String,
    back_hours: String,
    offer_hours: String,
}

impl TermsForm {
    /// What the browser sent.
    pub fn of(form: &FormFields) -> TermsForm {
        let typed = |name: &str| form.value(name).trim().to_owned();
        TermsForm {
            per_person: typed("per_person"),
            back_hours: typed("back_hours"),
            offer_hours: typed("offer_hours"),
        }
    }

    /// A form filled with what holds.
    pub fn filled(terms: &Terms) -> TermsForm {
        TermsForm {
            per_person: terms.per_person.to_string(),
            back_hours: (terms.back_before / HOUR).to_string(),
            offer_hours: (terms.offer_lasts / HOUR).to_string(),
        }
    }

    /// Reads the form.
    pub fn parse(&self, lang: Language) -> Result<Terms, Mistakes> {
        let mut mistakes = Mistakes::new();
        let mut number =
            |field: &str, typed: &str, id: &str, from: i64, to: i64| match typed.parse::<i64>() {
                Ok(number) if (from..=to).contains(&number) => number,
                _ => {
                    let args = [("from", from.into()), ("to", to.into())];
                    mistakes.add(field, text::message(lang, id, &args));
                    from
                }
            };
        let most = i64::from(MOST_PER_PERSON);
        let per_person = number(
            "per_person",
            &self.per_person,
            "seats-trouble-per-person",
            1,
            most,
        );
        let longest = LONGEST_BACK / HOUR;
        let back = number(
            "back_hours",
            &self.back_hours,
            "seats-trouble-back",
            0,
            longest,
        );
        let (from, to) = OFFER_LASTS;
        let offer = number(
            "offer_hours",
            &self.offer_hours,
            "seats-trouble-offer",
            from / HOUR,
            to / HOUR,
        );
        match mistakes.is_empty() {
            true => Ok(Terms {
                per_person: u32::try_from(per_person).unwrap_or(1),
                back_before: back * HOUR,
                offer_lasts: offer * HOUR,
            }),
            false => Err(mistakes),
        }
    }
}

/// A sensible session for an empty form: a week after entry ends.
pub fn suggested(facts: &Facts) -> SessionForm {
    let from = facts.closes_at.max(facts.draws_at).plus(7 * DAY);
    SessionForm {
        starts: date::input_value(from.hour()),
        capacity: "30".to_owned(),
        waiting: "10".to_owned(),
        ..SessionForm::default()
    }
}

/// The sessions of a draft, and what holds for all of them.
#[derive(Serialize)]
pub struct PlanView {
    heading: Heading,
    sessions: Vec<PlannedRow>,
    terms: TermsForm,
    /// Whether places go to whoever comes first: only then are there terms.
    first_come: bool,
    mistakes: Mistakes,
}

/// One planned session.
#[derive(Serialize)]
struct PlannedRow {
    id: String,
    waiting_places: u32,
    view: SessionView,
}

impl PlanView {
    /// The page; `terms` as typed, or as they hold.
    pub fn of(
        lang: Language,
        facts: &Facts,
        sessions: &[Session],
        terms: TermsForm,
        mistakes: Mistakes,
        now: Timestamp,
    ) -> PlanView {
        let row = |session: &Session| PlannedRow {
            id: session.id.0.clone(),
            waiting_places: session.waiting_places,
            view: SessionView::of(lang, session, now),
        };
        PlanView {
            heading: Heading::of(lang, facts),
            sessions: sessions.iter().map(row).collect(),
            terms,
            first_come: facts.kind.is_first_come(),
            mistakes,
        }
    }
}

/// One session being written.
#[derive(Serialize)]
pub struct SessionPage {
    /// The activity.
    pub heading: Heading,
    /// Where the form goes, without a language.
    pub action: String,
    /// What is typed.
    pub form: SessionForm,
    /// Whether places go to whoever comes first.
    pub first_come: bool,
    /// What has to change.
    pub mistakes: Mistakes,
}
