//! Target 9: the list of a hundred thousand winners as a file.

use std::time::{Duration, Instant};

use diesel::sql_types::{Binary, Text};
use diesel::{QueryableByName, RunQueryDsl};
use fairdraw::notify::export::{self, ExportPurpose, Request, Taker};
use fairdraw::notify::sheet::Format;
use fairdraw::platform::db;
use fairdraw::platform::text::Language;

use crate::program::{forget_peak, peak};
use crate::report::{Line, Report};
use crate::town::{Library, STAFF};

use super::{Standing, ceremony};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Binary)]
    sealed: Vec<u8>,
}

pub fn measure(library: &Library, standing: &Standing, report: &mut Report) {
    let decided = ceremony::decide(library, &standing.beside, &standing.staff);
    drop(decided);
    let plans = library
        .db
        .read_now("read", |tx| fairdraw::draw::plans(tx, &standing.beside));
    let plan = plans.expect("a plan").remove(0);
    let scanned = scan(library, standing);
    let by = Taker {
        id: standing.staff[0].clone(),
        name: STAFF[0].to_owned(),
    };
    let request = Request {
        draw: plan.id.clone(),
        purpose: ExportPurpose::Shipping,
        format: Format::Csv,
        reason: String::new(),
        language: Language::ZhTw,
    };
    forget_peak();
    let before = peak();
    let begun = Instant::now();
    let file = export::make(&library.db, &library.vault, &by, &request).expect("an export");
    let took = begun.elapsed();
    let grown = peak() - before;
    let lines = file.bytes.iter().filter(|byte| **byte == b'\n').count();
    report.line(Line {
        target: "9",
        what: format!("export of {} winners as CSV", plan.prize_units()),
        value: format!(
            "{:.2} s ({lines} lines, {:.1} MiB; memory + {grown:.0} MiB)",
            took.as_secs_f64(),
            file.bytes.len() as f64 / f64::from(1 << 20),
        ),
        baseline: format!(
            "bare scan of the sealed rows {:.2} s",
            scanned.as_secs_f64()
        ),
        wanted: "≤ 3 s".to_owned(),
        holds: took <= Duration::from_secs(3),
    });
}

/// The sealed rows of the activity, read and left as they are.
fn scan(library: &Library, standing: &Standing) -> Duration {
    let begun = Instant::now();
    let bytes = library.db.read_now("scan", |tx| {
        let rows: Vec<Row> =
            diesel::sql_query("SELECT sealed FROM vault_items WHERE activity_id = ?")
                .bind::<Text, _>(standing.beside.as_str())
                .load(tx.conn())?;
        Ok::<_, db::Error>(rows.iter().map(|row| row.sealed.len()).sum::<usize>())
    });
    assert!(bytes.expect("readable") > 0);
    begun.elapsed()
}
