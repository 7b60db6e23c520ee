//! Forms and views of the tax vault.

use jiff::civil::Date;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Choice, Reading, Typed};
use crate::activity::wire::Heading;
use crate::custody::tax::{Listed, Paid, Payee, Year, delete_after, residency_words, rules_of};
use crate::draw::slot_words;
use crate::draw::tax::{Residency, RuleBook, Rules};
use crate::identity::mistake;
use crate::identity::name::PersonName;
use crate::identity::national_id::NationalId;
use crate::notify::wire::Place;
use crate::platform::text::Language;
use crate::platform::web::form::{FormFields, Mistakes};

/// The fields of the desk's form; the ID number is typed again every time.
const FIELDS: [&str; 3] = ["name", "address", "residency"];
/// Graphemes in a registered address at most.
const ADDRESS_MAX: usize = 160;

/// The choice of residency, as the form's field says it.
fn residency(code: &str) -> Option<Residency> {
    match code {
        "resident" => Some(Residency::Resident),
        "other" => Some(Residency::Other),
        _ => None,
    }
}

/// Reads the desk's form; `today` is the day in Taipei.
pub(in crate::custody) fn payee(
    language: Language,
    form: &FormFields,
    today: Date,
) -> Result<Payee, Mistakes> {
    let mut reading = Reading::of(language, form);
    let wrong = |reading: &mut Reading, field: &str, mistake: mistake::Mistake| {
        let words = mistake::say(language, mistake.message_id(), &mistake.args());
        reading.mistakes.add(field, words);
    };
    let name = PersonName::parse(form.value("name"));
    if let Err(mistake) = &name {
        wrong(&mut reading, "name", *mistake);
    }
    let id = NationalId::parse(form.value("national_id"), today);
    if let Err(mistake) = &id {
        wrong(&mut reading, "national_id", *mistake);
    }
    let address = reading.line("address", ADDRESS_MAX, Some("custody-tax-address-empty"));
    let address = Zeroizing::new(address);
    let lives = reading.choice("residency", residency, "custody-tax-residency-empty");
    if !form.has("seen") {
        reading.wrong("seen", "custody-tax-seen-empty");
    }
    match (name, id, lives) {
        (Ok(name), Ok(id), Some(residency)) if reading.mistakes.is_empty() => Ok(Payee {
            name: crate::vault::Name::new(name.as_str()),
            subject: id.subject(),
            id: crate::vault::NationalId::new(id.as_str()),
            address: crate::vault::RegisteredAddress::new(address.as_str()),
            residency,
        }),
        _ => Err(reading.mistakes),
    }
}

/// A prize at the desk, for the tax.
#[derive(Serialize)]
pub(in crate::custody) struct DeskView {
    heading: Heading,
    back: String,
    path: String,
    slot: String,
    ticket: String,
    value: i64,
    resident: i64,
    other: i64,
    is_listed: bool,
    year: i16,
    year_limit: i64,
    paid_at: i64,
    /// Whether the ID is compared with the one of the entry.
    has_tag: bool,
    /// Until when the row is kept, as the rules stand now.
    kept_until: i64,
    source: String,
    known_on: String,
    /// What is taken down already.
    kept: Option<KeptView>,
    residencies: Vec<Choice>,
    typed: Typed,
    mistakes: Mistakes,
}

/// A payee that is taken down; nothing personal.
#[derive(Serialize)]
struct KeptView {
    withheld: i64,
    residency: String,
    waits: bool,
    /// Whether the reader took it down.
    own: bool,
}

impl DeskView {
    pub(in crate::custody) fn of(
        language: Language,
        paid: &Paid,
        book: &RuleBook,
        reader: &crate::audit::StaffId,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> DeskView {
        let rules = book.at(paid.paid_at);
        let hint = rules.hint(paid.value);
        let back = Place::of(&paid.draw, &paid.slot).path();
        DeskView {
            heading: Heading::of(language, &paid.draw.facts),
            path: format!("{back}/tax"),
            back,
            slot: slot_words(language, &paid.draw.plan, &paid.slot),
            ticket: TicketNumber(paid.index).to_string(),
            value: paid.value,
            resident: hint.resident,
            other: hint.other,
            is_listed: hint.is_listed,
            year: paid.year(),
            year_limit: rules.statement_free_up_to,
            paid_at: paid.paid_at.0,
            has_tag: paid.tag.is_some(),
            kept_until: delete_after(rules, paid.year()).0,
            source: rules.source.clone(),
            known_on: rules.known_on.clone(),
            kept: paid.row.as_ref().map(|row| KeptView {
                withheld: row.withheld,
                residency: residency_words(language, row.residency),
                waits: row.is_waiting(),
                own: row.entered_by == *reader,
            }),
            residencies: ["resident", "other"]
                .map(|code| {
                    let (id, hint) = match code {
                        "resident" => ("custody-tax-resident", "custody-tax-resident-hint"),
                        _ => ("custody-tax-other", "custody-tax-other-hint"),
                    };
                    Choice::of(language, code, id, hint)
                })
                .to_vec(),
            typed: Typed::of(form, &FIELDS),
            mistakes,
        }
    }
}

/// A year in the list of years.
#[derive(Serialize)]
pub(in crate::custody) struct YearRow {
    year: i16,
    filed_at: Option<i64>,
    delete_after: Option<i64>,
    erased_at: Option<i64>,
}

impl YearRow {
    pub(in crate::custody) fn of(year: &Year) -> YearRow {
        YearRow {
            year: year.year,
            filed_at: year.filed_at.map(|at| at.0),
            delete_after: year.delete_after.map(|at| at.0),
            erased_at: year.erased_at.map(|at| at.0),
        }
    }
}

/// The years, and the rules with their sources.
#[derive(Serialize)]
pub(in crate::custody) struct YearsView {
    pub(in crate::custody) rows: Vec<YearRow>,
    pub(in crate::custody) rules: Vec<RulesRow>,
}

/// Rules, number by number.
#[derive(Serialize)]
pub(in crate::custody) struct RulesRow {
    from: String,
    known_on: String,
    source: String,
    free_up_to: i64,
    resident_per_cent: i64,
    other_per_cent: i64,
    statement_free_up_to: i64,
    resident_pay_day: i64,
    statement_january_day: i64,
    other_days: i64,
    other_days_more: i64,
    keep_years: i64,
}

impl RulesRow {
    pub(in crate::custody) fn of(rules: &Rules) -> RulesRow {
        RulesRow {
            from: rules.from.to_string(),
            known_on: rules.known_on.clone(),
            source: rules.source.clone(),
            free_up_to: rules.free_up_to,
            resident_per_cent: rules.resident_per_cent,
            other_per_cent: rules.other_per_cent,
            statement_free_up_to: rules.statement_free_up_to,
            resident_pay_day: rules.resident_pay_day,
            statement_january_day: rules.statement_january_day,
            other_days: rules.other_days,
            other_days_more: rules.other_days_more,
            keep_years: rules.keep_years,
        }
    }
}

/// One year; no names.
#[derive(Serialize)]
pub(in crate::custody) struct YearView {
    year: i16,
    rows: Vec<TaxLine>,
    listed: usize,
    total: i64,
    withheld: i64,
    waits: usize,
    filed_at: Option<i64>,
    erased_small: u64,
    delete_after: Option<i64>,
    erased_at: Option<i64>,
    erased: u64,
    /// Whether the year is over, so that it can be filed.
    is_over: bool,
    rules: RulesRow,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct TaxLine {
    ticket: String,
    prize: String,
    paid_at: i64,
    value: i64,
    withheld: i64,
    residency: String,
    total: i64,
    is_listed: bool,
    waits: bool,
}

impl YearView {
    pub(in crate::custody) fn of(
        language: Language,
        year: &Year,
        listed: &[Listed],
        book: &RuleBook,
        this_year: i16,
        mistakes: Mistakes,
    ) -> YearView {
        let line = |each: &Listed| TaxLine {
            ticket: TicketNumber(each.row.index).to_string(),
            prize: each.row.prize.clone(),
            paid_at: each.row.paid_at.0,
            value: each.row.value,
            withheld: each.row.withheld,
            residency: residency_words(language, each.row.residency),
            total: each.total,
            is_listed: each.is_listed,
            waits: each.row.is_waiting(),
        };
        YearView {
            year: year.year,
            rows: listed.iter().map(line).collect(),
            listed: listed.iter().filter(|each| each.is_listed).count(),
            total: listed.iter().map(|each| each.row.value).sum(),
            withheld: listed.iter().map(|each| each.row.withheld).sum(),
            waits: listed.iter().filter(|each| each.row.is_waiting()).count(),
            filed_at: year.filed_at.map(|at| at.0),
            erased_small: year.erased_small,
            delete_after: year.delete_after.map(|at| at.0),
            erased_at: year.erased_at.map(|at| at.0),
            erased: year.erased,
            is_over: this_year > year.year,
            rules: RulesRow::of(rules_of(book, year.year)),
            mistakes,
        }
    }
}
