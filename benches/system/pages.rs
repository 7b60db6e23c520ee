//! Target 10: public pages while a thousand a second are asked for.

use std::sync::Arc;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::db::Target;

use super::Ground;
use super::library;
use super::load::{get, open_loop};
use super::program::Program;
use super::report::{Line, Report};
use super::size;

const A_SECOND: f64 = 1_000.0;
const SECONDS: u64 = 10;

pub fn measure(ground: &Ground<'_>, report: &mut Report) {
    let folder = ground.folder.join("pages");
    let target = Target::Sqlite(folder.join("data/fairdraw.db"));
    library::set_out(
        target,
        &folder.join("keys"),
        library::SITE,
        &Clock::system(),
    );
    let program = Program::start(&folder, &[]);
    let activity = format!("/a/{}", library::SLUG);
    let form = format!("{activity}/enter");
    for path in ["/", "/activities", &activity, &form, "/draws", "/privacy"] {
        let requests = Arc::new(vec![
            get(path);
            size::of(A_SECOND as u64 * SECONDS) as usize
        ]);
        let used = program.cpu();
        let shown = open_loop(program.port, 256, A_SECOND, &requests);
        let used = program.cpu() - used;
        let p99 = shown.at(200, 9_900);
        report.line(Line {
            target: "10",
            what: format!("page {path} at {A_SECOND}/s, p99"),
            value: format!(
                "{p99:.1} ms (p50 {:.1}; {:.0} µs of the processor each; {:?})",
                shown.at(200, 5_000),
                used.as_secs_f64() * 1e6 / requests.len() as f64,
                shown.statuses,
            ),
            baseline: "–".to_owned(),
            wanted: "≤ 5 ms".to_owned(),
            holds: p99 <= 5.0 && shown.count(200) == requests.len(),
        });
    }
}
