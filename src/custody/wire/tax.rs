//! Forms and views of the tax vault.

use jiff::civil::Date;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Choice, Reading, Typed};
use crate::activity::wire::Heading;
use crate::audit::StaffId;
use crate::custody::tax::{
    Listed, Paid, Payee, TaxRow, Year, delete_after, residency_words, rules_of,
};
use crate::draw::slot_words;
use crate::draw::tax::{Residency, RuleBook, Rules};
use crate::identity::date::{day_of, last_second};
use crate::identity::mistake;
use crate::identity::name::PersonName;
use crate::identity::national_id::NationalId;
use crate::notify::wire::Place;
use crate::platform::text::{Language, dates};
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
    year_words: String,
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
            year_words: dates::year(language, paid.year()),
            year_limit: rules.statement_free_up_to,
            paid_at: paid.paid_at.0,
            has_tag: paid.tag.is_some(),
            kept_until: delete_after(rules, paid.year()).0,
            source: rules.source.clone(),
            known_on: known_words(language, &rules.known_on),
            kept: paid.row.as_ref().map(|row| KeptView {
                withheld: row.withheld,
                residency: residency_words(language, row.residency),
                waits: row.is_waiting(),
                own: row.entered_by == *reader,
            }),
            residencies: residencies(language),
            typed: Typed::of(form, &FIELDS),
            mistakes,
        }
    }
}

/// A day in words.
fn day_words(language: Language, day: Date) -> String {
    last_second(day).map_or_else(|| day.to_string(), |at| dates::date(language, at.0))
}

/// The day on which rules were looked up, in words; as it was written where it is no day.
fn known_words(language: Language, known_on: &str) -> String {
    known_on
        .parse()
        .map_or_else(|_| known_on.to_owned(), |day| day_words(language, day))
}

fn residencies(language: Language) -> Vec<Choice> {
    let choices = [
        (
            "resident",
            "custody-tax-resident",
            "custody-tax-resident-hint",
        ),
        ("other", "custody-tax-other", "custody-tax-other-hint"),
    ];
    choices
        .map(|(code, id, hint)| Choice::of(language, code, id, hint))
        .to_vec()
}

/// One row of a year, to be put right before the filing; nothing personal but what was typed.
#[derive(Serialize)]
pub(in crate::custody) struct RowView {
    year: i16,
    year_words: String,
    id: String,
    ticket: String,
    prize: String,
    paid_at: i64,
    value: i64,
    withheld: i64,
    residency: String,
    /// Whether the ID was compared with the entry.
    matched: bool,
    waits: bool,
    /// Whether the reader took it down.
    own: bool,
    is_filed: bool,
    residencies: Vec<Choice>,
    typed: Typed,
    mistakes: Mistakes,
}

impl RowView {
    pub(in crate::custody) fn of(
        language: Language,
        (year, row): (&Year, &TaxRow),
        reader: &StaffId,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> RowView {
        RowView {
            year: row.year,
            year_words: dates::year(language, row.year),
            id: row.id.0.clone(),
            ticket: TicketNumber(row.index).to_string(),
            prize: row.prize.clone(),
            paid_at: row.paid_at.0,
            value: row.value,
            withheld: row.withheld,
            residency: residency_words(language, row.residency),
            matched: row.matched,
            waits: row.is_waiting(),
            own: row.entered_by == *reader,
            is_filed: year.filed_at.is_some(),
            residencies: residencies(language),
            typed: Typed::of(form, &FIELDS),
            mistakes,
        }
    }
}

/// A year in the list of years.
#[derive(Serialize)]
pub(in crate::custody) struct YearRow {
    year: i16,
    words: String,
    filed_at: Option<i64>,
    delete_after: Option<i64>,
    erased_at: Option<i64>,
}

impl YearRow {
    pub(in crate::custody) fn of(language: Language, year: &Year) -> YearRow {
        YearRow {
            year: year.year,
            words: dates::year(language, year.year),
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
    pub(in crate::custody) fn of(language: Language, rules: &Rules) -> RulesRow {
        RulesRow {
            from: day_words(language, rules.from),
            known_on: known_words(language, &rules.known_on),
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
    year_words: String,
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
    id: String,
    ticket: String,
    prize: String,
    paid_at: i64,
    /// By when what was withheld is paid; none where nothing was.
    pay_by: Option<i64>,
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
            id: each.row.id.0.clone(),
            pay_by: book
                .at(each.row.paid_at)
                .pay_by(day_of(each.row.paid_at), each.row.residency)
                .filter(|_| each.row.withheld > 0)
                .and_then(last_second)
                .map(|at| at.0),
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
            year_words: dates::year(language, year.year),
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
            rules: RulesRow::of(language, rules_of(book, year.year)),
            mistakes,
        }
    }
}
