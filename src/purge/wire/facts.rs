//! What the certificate's page says, line by line.

use super::super::{Purge, Step};
use super::report::Report;
use super::views::{FactRow, step_words};
use crate::custody;
use crate::custody::hold::Basis;
use crate::platform::text::{Language, Value, dates, message};

/// A name and a text, both messages.
fn row(
    lang: Language,
    name: &'static str,
    text: &'static str,
    values: &[(&str, Value<'static>)],
) -> FactRow {
    FactRow {
        name: message(lang, name, &[]),
        text: message(lang, text, values),
    }
}

fn number(n: u64) -> Value<'static> {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

fn count(n: usize) -> Value<'static> {
    i64::try_from(n).unwrap_or(i64::MAX).into()
}

/// What was done so far, line by line.
pub fn done_so_far(lang: Language, purge: &Purge) -> Vec<FactRow> {
    let report = &purge.report;
    let mut rows = vec![FactRow {
        name: message(lang, "purge-begun", &[]),
        text: dates::datetime(lang, purge.started_at.0),
    }];
    if report.forced {
        rows.push(row(lang, "purge-forced", "purge-forced-text", &[]));
    }
    rows.extend(destroyed(lang, purge));
    rows.extend(kept(lang, report));
    if !report.scanned.is_empty() {
        let values = [
            ("places", count(report.scanned.len())),
            ("needles", count(report.needle_count)),
            ("people", number(report.planted)),
        ];
        rows.push(row(lang, "purge-scan", "purge-scan-text", &values));
    }
    if report.restarted_at > 0 {
        let values = [("when", dates::datetime(lang, report.restarted_at).into())];
        rows.push(row(lang, "purge-memory", "purge-memory-text", &values));
    } else if purge.step == Step::Done {
        rows.push(row(lang, "purge-memory", "purge-memory-waits", &[]));
    }
    rows
}

/// What is gone.
fn destroyed(lang: Language, purge: &Purge) -> Vec<FactRow> {
    let report = &purge.report;
    let mut rows = Vec::new();
    if let Some(shredded) = &report.shredded {
        let values = [
            ("when", dates::datetime(lang, report.shredded_at).into()),
            ("method", message(lang, "purge-key-method", &[]).into()),
            ("system", shredded.file_system.kind.clone().into()),
        ];
        rows.push(row(lang, "purge-key", "purge-key-text", &values));
        let values = [
            ("winners", number(report.openings)),
            ("disclosed", number(report.disclosures)),
            ("shared", number(report.shared)),
            ("told", number(report.told)),
        ];
        rows.push(row(lang, "purge-opened", "purge-opened-text", &values));
    }
    if purge.step > Step::Delete {
        let gone = &report.deleted;
        let values = [
            ("entries", count(gone.entries)),
            ("boxes", count(gone.boxes)),
            ("notices", count(gone.notices)),
        ];
        rows.push(row(lang, "purge-rows", "purge-rows-text", &values));
    }
    rows
}

/// What outlives the purge, and on which word.
fn kept(lang: Language, report: &Report) -> Vec<FactRow> {
    let held = report.held.iter().map(|held| {
        let values = [
            ("rows", number(held.rows)),
            ("basis", basis_words(lang, &held.basis).into()),
            ("until", until_words(lang, &held.until).into()),
        ];
        row(lang, "purge-held", "purge-held-text", &values)
    });
    let mut rows: Vec<FactRow> = held.collect();
    if report.taxed > 0 {
        let values = [("rows", number(report.taxed))];
        rows.push(row(lang, "purge-taxed", "purge-taxed-text", &values));
    }
    rows
}

/// The basis in words; a word of a later version is shown as it is.
fn basis_words(lang: Language, code: &str) -> String {
    match Basis::parse(code) {
        Some(basis) => custody::wire::basis_words(lang, basis),
        None => code.to_owned(),
    }
}

/// A day of the certificate in words.
fn until_words(lang: Language, rfc3339: &str) -> String {
    let at: Option<jiff::Timestamp> = rfc3339.parse().ok();
    at.map_or_else(
        || rfc3339.to_owned(),
        |at| dates::datetime(lang, at.as_millisecond()),
    )
}

/// Each step and when it was taken.
pub fn steps(lang: Language, report: &Report) -> Vec<FactRow> {
    let known = report.steps.iter().filter_map(|taken| {
        let step = Step::parse(&taken.step)?;
        Some(FactRow {
            name: step_words(lang, step),
            text: dates::datetime(lang, taken.at),
        })
    });
    known.collect()
}

/// What this program cannot reach, in words.
pub fn outstanding(lang: Language, report: &Report) -> Vec<FactRow> {
    let mut rows = Vec::new();
    if !report.exports.is_empty() {
        let people: u64 = report.exports.iter().map(|export| export.rows).sum();
        let values = [
            ("files", count(report.exports.len())),
            ("people", number(people)),
        ];
        rows.push(row(lang, "purge-exports", "purge-exports-text", &values));
    }
    for remark in &report.remarks {
        let text = match remark.as_str() {
            "statistics-not-rewritten" => "purge-remark-statistics",
            "log-is-archived" => "purge-remark-archive",
            "server-log-takes-values" => "purge-remark-server-log",
            _ => "purge-remark-log",
        };
        rows.push(row(lang, "purge-server", text, &[]));
    }
    if !report.unread.is_empty() {
        let values = [("places", report.unread.join("; ").into())];
        rows.push(row(lang, "purge-unread", "purge-unread-text", &values));
    }
    rows
}
