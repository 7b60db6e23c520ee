//! The form of prizes and limits: rows that grow by a submit button, nothing typed is lost.

use serde::Serialize;

use crate::activity::LocalText;
use crate::activity::wire::unreadable_date;
use crate::draw::DrawId;
use crate::draw::Plan;
use crate::draw::details::{MOST_PRIZES, PlanDetails, PlanTrouble, PrizeDetails, suggested_slug};
use crate::draw::tax::{Residency, Rules};
use crate::identity::{date, typed};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::source_form::SourceForm;
use super::{plan_trouble, prize_trouble};

/// One prize as it was typed; its fields are `prize_1_name_zh` and so on.
#[derive(Debug, Clone, Default, Serialize)]
struct PrizeFields {
    /// From 1.
    number: usize,
    slug: String,
    name_zh: String,
    name_en: String,
    units: String,
    value: String,
}

impl PrizeFields {
    fn blank(number: usize) -> PrizeFields {
        PrizeFields {
            number,
            slug: suggested_slug(number - 1),
            units: "1".to_owned(),
            value: "0".to_owned(),
            ..PrizeFields::default()
        }
    }

    /// A row without a name is one that nobody filled in, or that was emptied to be removed.
    fn is_empty(&self) -> bool {
        self.name_zh.is_empty() && self.name_en.is_empty()
    }

    fn field(&self, name: &str) -> String {
        format!("prize_{}_{name}", self.number)
    }
}

/// The page of prizes as it was typed.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::draw) struct PlanForm {
    rows: Vec<PrizeFields>,
    reserves: String,
    wins: String,
    tickets: String,
    sources: SourceForm,
    version: String,
    name_zh: String,
    name_en: String,
    slug: String,
    /// Its own time as a browser's field says it; empty: at the activity's time.
    time: String,
    excludes: Vec<String>,
}

impl PlanForm {
    /// What the browser sent.
    pub(in crate::draw) fn of(form: &FormFields) -> PlanForm {
        let sent = |number: &usize| form.has(&format!("prize_{number}_name_zh"));
        let row = |number: usize| {
            let typed = |name: &str| typed::line(form.value(&format!("prize_{number}_{name}")));
            PrizeFields {
                number,
                slug: typed("slug").to_ascii_lowercase(),
                name_zh: typed("name_zh"),
                name_en: typed("name_en"),
                units: typed("units"),
                value: typed("value"),
            }
        };
        PlanForm {
            rows: (1..=MOST_PRIZES).take_while(sent).map(row).collect(),
            reserves: typed::line(form.value("reserves")),
            wins: typed::line(form.value("wins")),
            tickets: typed::line(form.value("tickets")),
            sources: SourceForm::of(form),
            version: form.value("version").to_owned(),
            name_zh: typed::line(form.value("draw_name_zh")),
            name_en: typed::line(form.value("draw_name_en")),
            slug: typed::line(form.value("draw_slug")).to_ascii_lowercase(),
            time: form.value("draw_time").trim().to_owned(),
            excludes: form
                .values("excludes")
                .into_iter()
                .map(str::to_owned)
                .collect(),
        }
    }

    /// A form filled with what is stored, or suggested; there is always a row to fill in.
    pub(in crate::draw) fn from_details(details: &PlanDetails, version: i64) -> PlanForm {
        let row = |(prize, number): (&PrizeDetails, usize)| PrizeFields {
            number,
            slug: prize.slug.clone(),
            name_zh: prize.name.zh.clone(),
            name_en: prize.name.en.clone(),
            units: prize.units.to_string(),
            value: prize.value_twd.to_string(),
        };
        let mut form = PlanForm {
            rows: details.prizes.iter().zip(1..).map(row).collect(),
            reserves: details.reserves.to_string(),
            wins: details.wins_per_person.to_string(),
            tickets: details.tickets_per_person.to_string(),
            sources: SourceForm::from_details(&details.sources),
            version: version.to_string(),
            name_zh: details.name.zh.clone(),
            name_en: details.name.en.clone(),
            slug: details.slug.clone(),
            time: details.draws_at.map(date::input_value).unwrap_or_default(),
            excludes: details.excludes.iter().map(|id| id.0.clone()).collect(),
        };
        if form.rows.is_empty() {
            form.add_row();
        }
        form
    }

    /// One more prize to fill in.
    pub(in crate::draw) fn add_row(&mut self) {
        if self.rows.len() < MOST_PRIZES {
            self.rows.push(PrizeFields::blank(self.rows.len() + 1));
        }
    }

    /// One more lottery to fill in.
    pub(in crate::draw) fn add_lottery(&mut self) {
        self.sources.add_row();
    }

    /// The save of the draft that this form was made from.
    pub(in crate::draw) fn version(&self) -> i64 {
        self.version.parse().unwrap_or(0)
    }

    /// Reads the form; rows without a name are left out.
    pub(in crate::draw) fn parse(&self, language: Language) -> Result<PlanDetails, Mistakes> {
        let rows: Vec<&PrizeFields> = self.rows.iter().filter(|row| !row.is_empty()).collect();
        let prize = |row: &&PrizeFields| PrizeDetails {
            slug: row.slug.clone(),
            name: LocalText::new(&row.name_zh, &row.name_en),
            units: small(&row.units),
            value_twd: whole(&row.value).unwrap_or(-1),
        };
        let mut mistakes = Mistakes::new();
        let draws_at = match self.time.as_str() {
            "" => None,
            typed => match date::parse_moment(typed) {
                Ok(at) => Some(at),
                Err(_) => {
                    let words = unreadable_date(language, "draw-plan-time");
                    mistakes.add("draw_time", words);
                    None
                }
            },
        };
        let details = PlanDetails {
            prizes: rows.iter().map(prize).collect(),
            // A number that cannot be read is beyond every limit.
            reserves: whole(&self.reserves)
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(u32::MAX),
            wins_per_person: small(&self.wins),
            tickets_per_person: small(&self.tickets),
            sources: self.sources.parse(language, &mut mistakes),
            slug: self.slug.clone(),
            name: LocalText::new(&self.name_zh, &self.name_en),
            draws_at,
            excludes: self.excludes.iter().map(|id| DrawId(id.clone())).collect(),
        };
        for trouble in details.troubles() {
            let field = match trouble {
                PlanTrouble::Source(trouble) => self.sources.field_of(&details.sources, trouble),
                other => field_of(other, &rows),
            };
            let row = trouble.prize().and_then(|at| rows.get(at));
            let words = match row {
                Some(row) => prize_trouble(language, trouble, row.number),
                None => plan_trouble(language, trouble),
            };
            mistakes.add(field, words);
        }
        if mistakes.is_empty() {
            Ok(details)
        } else {
            Err(mistakes)
        }
    }
}

fn field_of(trouble: PlanTrouble, rows: &[&PrizeFields]) -> String {
    let field = |at: usize, name: &str| {
        rows.get(at)
            .map_or_else(|| format!("prize_1_{name}"), |row| row.field(name))
    };
    match trouble {
        PlanTrouble::NoPrize => "prize_1_name_zh".to_owned(),
        PlanTrouble::TooManyPrizes => field(MOST_PRIZES, "name_zh"),
        PlanTrouble::NameMissing(at) if rows.get(at).is_some_and(|row| !row.name_zh.is_empty()) => {
            field(at, "name_en")
        }
        PlanTrouble::NameMissing(at) => field(at, "name_zh"),
        PlanTrouble::SlugUnfit(at) | PlanTrouble::SlugTaken(at) => field(at, "slug"),
        PlanTrouble::UnitsUnfit(at) => field(at, "units"),
        PlanTrouble::ValueUnfit(at) => field(at, "value"),
        PlanTrouble::ReservesUnfit => "reserves".to_owned(),
        PlanTrouble::WinsUnfit => "wins".to_owned(),
        PlanTrouble::TicketsUnfit | PlanTrouble::Source(_) => "tickets".to_owned(),
        PlanTrouble::DrawSlugUnfit | PlanTrouble::DrawSlugTaken => "draw_slug".to_owned(),
        PlanTrouble::DrawNameMissing => "draw_name_zh".to_owned(),
        PlanTrouble::DrawTimeUnfit => "draw_time".to_owned(),
        PlanTrouble::ExcludesUnfit
        | PlanTrouble::ExcludesTooMany
        | PlanTrouble::ExcludesTooDeep => "excludes".to_owned(),
    }
}

/// A whole number as people type it: full-width digits and thousands separators are fine.
pub(super) fn whole(typed: &str) -> Option<i64> {
    let digits = typed::folded(typed).replace(',', "");
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// A count from 1 on; 0, which no count accepts, where it cannot be read.
fn small(typed: &str) -> u32 {
    whole(typed)
        .and_then(|count| u32::try_from(count).ok())
        .unwrap_or(0)
}

/// A prize as pages list it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct PrizeRow {
    name: String,
    slug: String,
    units: u32,
    value: i64,
    /// That tax is withheld from one unit, where it is (`decisions` D25).
    taxed: String,
}

/// The prizes of a plan, in the order in which they are drawn, under the rules of its day.
pub(in crate::draw) fn prize_rows(language: Language, plan: &Plan, tax: &Rules) -> Vec<PrizeRow> {
    plan.prizes
        .iter()
        .map(|prize| PrizeRow {
            name: prize.name.pick(language).to_owned(),
            slug: prize.slug.clone(),
            units: prize.units,
            value: prize.value_twd,
            taxed: match tax.withheld(prize.value_twd, Residency::Resident) {
                0 => String::new(),
                _ => text::message(language, "draw-prize-taxed", &tax.words()),
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(body: &str) -> PlanForm {
        PlanForm::of(&FormFields::parse(body))
    }

    #[test]
    fn a_row_without_a_name_is_left_out_and_mistakes_stay_at_their_row() {
        let body = "prize_1_name_zh=&prize_1_name_en=&prize_1_slug=prize-1&prize_1_units=1\
            &prize_2_name_zh=%E6%9B%B8&prize_2_name_en=&prize_2_slug=book&prize_2_units=0\
            &prize_2_value=1%2C500&reserves=3&wins=1&tickets=1&version=4";
        let mistakes = typed(body).parse(Language::En).expect_err("mistakes");
        let fields: Vec<&str> = mistakes.iter().map(|each| each.field.as_str()).collect();
        assert_eq!(fields, ["prize_2_name_en", "prize_2_units"]);
    }

    #[test]
    fn numbers_may_be_typed_full_width_and_with_commas() {
        let body = "prize_1_name_zh=a&prize_1_name_en=b&prize_1_slug=&prize_1_units=%EF%BC%92\
            &prize_1_value=20%2C000&reserves=0&wins=1&tickets=1";
        let details = typed(body).parse(Language::ZhTw).expect("no mistakes");
        assert_eq!(details.prizes[0].units, 2);
        assert_eq!(details.prizes[0].value_twd, 20_000);
        assert_eq!(details.reserves, 0);
    }

    #[test]
    fn one_more_row_keeps_what_was_typed() {
        let mut form = typed("prize_1_name_zh=a&prize_1_units=x&reserves=many");
        form.add_row();
        assert_eq!(form.rows.len(), 2);
        assert_eq!(form.rows[0].units, "x");
        assert_eq!(form.rows[1].slug, "prize-2");
        assert_eq!(form.reserves, "many");
        let mistakes = form.parse(Language::ZhTw).expect_err("mistakes");
        assert!(mistakes.of("reserves").is_some());
        assert!(mistakes.of("prize_1_name_en").is_some());
    }
}
