//! Filing a year, and its end: the file that accountants take, what goes once it is filed, and the
//! destruction of the year's key.
//!
//! Invariant: only rows that need a statement are opened, for an accountant, on record; a year that
//! is filed takes nothing more.

use jiff::civil::Date;
use lucky_draw::ticket::TicketNumber;
use zeroize::Zeroizing;

use crate::audit::{Actor, StaffId};
use crate::draw::tax::{RuleBook, Rules};
use crate::identity::date::{day_of, last_second};
use crate::journal;
use crate::notify::sheet::{Format, Table};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Db, Tx};
use crate::platform::text::{self, Language, dates};
use crate::vault::{
    self, Name, NationalId, OpenedParticulars, RegisteredAddress, ScopeBox, TaxFiling, Vault,
};

use super::{Listed, Year, residency_words, rows, rules_of, scope, year, years};
use crate::custody::{Error, File, note, store};

/// The last moment of the rows of a year: so many years after the year of filing.
pub fn delete_after(rules: &Rules, year: i16) -> Timestamp {
    let years = i16::try_from(rules.keep_years).unwrap_or(i16::MAX);
    let last = year.saturating_add(1).saturating_add(years);
    let day = Date::new(last, 12, 31).unwrap_or(Date::MAX);
    last_second(day).unwrap_or(Timestamp(i64::MAX))
}

/// Whoever takes the file; the name stands on the copy.
#[derive(Debug, Clone)]
pub struct Filer {
    /// The accountant.
    pub id: StaffId,
    /// The name for signing in.
    pub name: String,
    /// The language of the file.
    pub language: Language,
}

/// The file from which the statements of a year are filed: written down first, then opened. Only
/// those whom a statement is needed for are in it.
///
/// # Errors
/// [`Error::YearShut`] while a row waits for a second person.
pub fn file(db: &Db, vault: &Vault, book: &RuleBook, by: &Filer, year: i16) -> Result<File, Error> {
    let (listed, recorded, now) = db.write_now("record tax file", |tx| {
        super::year(tx, year)?;
        let mut listed = rows(tx, book, year)?;
        if listed.iter().any(|each| each.row.is_waiting()) {
            return Err(Error::YearShut);
        }
        listed.retain(|each| each.is_listed);
        let boxes = listed.iter().map(|each| ScopeBox {
            item: each.row.id.0.clone(),
            sealed: each.row.sealed.clone(),
        });
        let actor = Actor::Staff(by.id.clone());
        let scope = scope(year);
        let recorded = vault::record_in_scope::<TaxFiling>(
            tx,
            &actor,
            &year.to_string(),
            &scope,
            boxes.collect(),
        )?;
        note(tx, &actor, "custody.tax_file_taken", ("", &scope), "")?;
        Ok((listed, recorded, tx.now()))
    })?;
    let mut opened = Vec::new();
    for payee in vault.open_scope(recorded)? {
        opened.push(payee?);
    }
    let table = table(by, year, now, &listed, &opened);
    Ok(File {
        name: format!("tax-{year}.csv"),
        bytes: table.to_bytes(Format::Csv)?,
    })
}

const COLUMNS: [&str; 11] = [
    "custody-tax-column-name",
    "custody-tax-column-id",
    "custody-tax-column-address",
    "custody-tax-column-residency",
    "custody-tax-column-kind",
    "custody-tax-column-paid",
    "custody-tax-column-prize",
    "custody-tax-column-ticket",
    "custody-tax-column-value",
    "custody-tax-column-withheld",
    "custody-tax-column-total",
];

/// The code of prizes of chance on the statement (機會中獎).
const INCOME_CODE: &str = "91";

fn table(
    by: &Filer,
    year: i16,
    now: Timestamp,
    listed: &[Listed],
    opened: &[OpenedParticulars<TaxFiling>],
) -> Table {
    let language = by.language;
    let rows = listed.iter().zip(opened).map(|(each, payee)| {
        let row = &each.row;
        let read = |text: Option<&str>| Zeroizing::new(text.unwrap_or_default().to_owned());
        let plain = |text: String| Zeroizing::new(text);
        let name = payee.read::<Name>();
        let id = payee.read::<NationalId>();
        let address = payee.read::<RegisteredAddress>();
        vec![
            read(name.as_ref().map(|field| field.expose())),
            read(id.as_ref().map(|field| field.expose())),
            read(address.as_ref().map(|field| field.expose())),
            plain(residency_words(language, row.residency)),
            plain(INCOME_CODE.to_owned()),
            plain(dates::iso_date(row.paid_at.0)),
            plain(row.prize.clone()),
            plain(TicketNumber(row.index).to_string()),
            plain(row.value.to_string()),
            plain(row.withheld.to_string()),
            plain(each.total.to_string()),
        ]
    });
    let args = [
        ("year", dates::year(language, year).into()),
        ("who", by.name.clone().into()),
        ("when", dates::datetime(language, now.0).into()),
        ("count", listed.len().to_string().into()),
    ];
    Table {
        columns: COLUMNS.map(|id| text::message(language, id, &[])).to_vec(),
        rows: rows.collect(),
        mark: text::message(language, "custody-tax-mark", &args),
        made_at: now,
    }
}

/// Says that the statements of a year are filed: the rows of those whom none was needed for go
/// now, the others on the day that the rules name.
///
/// # Errors
/// [`Error::YearShut`] while the year runs, or a row waits for a second person, or twice.
pub fn filed(tx: &mut Tx, by: &StaffId, book: &RuleBook, number: i16) -> Result<(), Error> {
    let year = year(tx, number)?;
    let now = tx.now();
    let listed = rows(tx, book, number)?;
    let is_waiting = listed.iter().any(|each| each.row.is_waiting());
    if year.filed_at.is_some() || day_of(now).year() <= number || is_waiting {
        return Err(Error::YearShut);
    }
    let mut small = 0;
    for each in listed.iter().filter(|each| !each.is_listed) {
        store::tax::erase(tx, &each.row)?;
        small += 1;
    }
    let filed = Year {
        filed_at: Some(now),
        filed_by: Some(by.clone()),
        delete_after: Some(delete_after(rules_of(book, number), number)),
        erased_small: small,
        ..year
    };
    store::tax::update_year(tx, &filed)?;
    db::tidy::wanted(tx)?;
    let scope = scope(number);
    note(
        tx,
        &Actor::Staff(by.clone()),
        "custody.year_filed",
        ("", &scope),
        &small.to_string(),
    )
}

/// Destroys the keys of the years whose last day is over, and their rows.
pub(in crate::custody) fn end_due(db: &Db, vault: &Vault) -> Result<usize, Error> {
    let over = db.read_now("list tax years that are over", |tx| {
        let now = tx.now();
        let mut years = years(tx)?;
        years.retain(|year| {
            year.erased_at.is_none() && year.delete_after.is_some_and(|last| last < now)
        });
        Ok::<_, Error>(years)
    })?;
    for year in &over {
        // Outside a transaction: destroying a key cannot be rolled back, and may be done twice.
        vault.erase(&scope(year.year))?;
        db.write_now("end tax year", |tx| end(tx, vault, year.year))?;
    }
    Ok(over.len())
}

fn end(tx: &mut Tx, vault: &Vault, number: i16) -> Result<(), Error> {
    let year = year(tx, number)?;
    if year.erased_at.is_some() {
        return Ok(());
    }
    let now = tx.now();
    let rows = store::tax::erase_year(tx, number)?;
    vault::scope_erased(tx, &scope(number))?;
    store::tax::update_year(
        tx,
        &Year {
            erased_at: Some(now),
            erased: rows,
            ..year
        },
    )?;
    db::tidy::wanted(tx)?;
    let lines = [
        ("year", number.to_string()),
        ("rows", rows.to_string()),
        ("ended", now.unix().to_string()),
    ];
    journal::write_site(tx, vault, "tax-erased", &lines)?;
    note(
        tx,
        &Actor::System,
        "custody.year_erased",
        ("", &scope(number)),
        &rows.to_string(),
    )
}
