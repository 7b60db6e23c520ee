//! Target 7: the verifier that the public runs, on the bundle of a draw of a million.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use lucky_draw::bundle::Bundle;
use lucky_draw::verify::{Options, verify};

use super::Ground;
use super::million;
use super::report::{Line, Report, median, millis};
use super::size;

const ROUNDS: usize = 11;

pub fn measure(ground: &Ground<'_>, report: &mut Report) {
    let file = million::bundle(ground, report);
    let bytes = std::fs::read(&file).expect("the bundle was written");
    let mut bundle = Bundle::from_zip(&bytes).expect("a bundle");
    bundle.remove("entries.bin");
    let proofs = bundle.to_zip();
    let short = file.with_file_name("proofs.zip");
    std::fs::write(&short, &proofs).expect("room for a small file");
    let of = format!("1,000 winners of {}", size::entries());
    let checked = Checked::of(&short, &proofs);
    report.line(checked.line(
        format!("lucky-draw-verify, {of}: draws again, checks the proofs"),
        Some(50.0),
    ));
    let checked = Checked::of(&file, &bytes);
    report.line(checked.line(
        format!("lucky-draw-verify, {of}: the same and the whole list"),
        None,
    ));
}

/// How long one bundle takes, in milliseconds.
struct Checked {
    /// The program from its start to its end; none where it was not built.
    alone: Option<f64>,
    inside: f64,
    size: usize,
}

impl Checked {
    fn of(file: &Path, bytes: &[u8]) -> Checked {
        let inside: Vec<f64> = (0..ROUNDS).map(|_| in_memory(bytes)).collect();
        let alone: Option<Vec<f64>> = (0..ROUNDS).map(|_| by_program(file)).collect();
        Checked {
            alone: alone.map(|times| median(&times)),
            inside: median(&inside),
            size: bytes.len(),
        }
    }

    fn line(&self, what: String, wanted: Option<f64>) -> Line {
        let took = self.alone.unwrap_or(f64::NAN);
        Line {
            target: "7",
            what,
            value: match self.alone {
                None => "no program lucky-draw-verify beside this one; `make bench` builds it"
                    .to_owned(),
                Some(took) => format!("{took:.0} ms, {} KiB read", self.size >> 10),
            },
            baseline: format!("{:.0} ms without the program's start", self.inside),
            wanted: wanted.map_or("–".to_owned(), |wanted| format!("≤ {wanted:.0} ms")),
            holds: self.alone.is_some() && wanted.is_none_or(|wanted| took <= wanted),
        }
    }
}

fn in_memory(bytes: &[u8]) -> f64 {
    let begun = Instant::now();
    let bundle = Bundle::from_zip(bytes).expect("a bundle");
    let report = verify(&bundle, &Options::default());
    assert!(report.stands(), "it verifies");
    millis(begun.elapsed())
}

/// The program itself, where it was built: from its start to its end.
fn by_program(bundle: &Path) -> Option<f64> {
    let here = Path::new(env!("CARGO_BIN_EXE_fairdraw"));
    let program: PathBuf = here.parent()?.join("lucky-draw-verify");
    if !program.exists() {
        return None;
    }
    let begun = Instant::now();
    let done = Command::new(program).arg(bundle).output().ok()?;
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
    Some(millis(begun.elapsed()))
}
