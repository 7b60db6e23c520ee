//! Telling two kinds of answers apart by how long they take and how long they are.
//!
//! Invariant: the two kinds come in random order, so that nothing but their kind differs between
//! them; every answer is measured from outside, as a visitor would.

use std::time::{Duration, Instant};

use fairdraw::platform::ids;
use rocket::http::Status;

use super::app::Answer;
use super::life::{Life, Patron};

/// What was measured of one kind of answer.
#[derive(Default)]
pub struct Seen {
    /// How long the answer to the form took.
    pub form: Vec<Duration>,
    /// How long the receipt took.
    pub receipt: Vec<Duration>,
    /// Status, headers and lengths of both, each different one once.
    pub shapes: std::collections::BTreeSet<String>,
}

/// `each` people enter who entered before, and as many who did not, in random order. The first
/// entries come before the measuring, so that every number has as many digits.
pub fn second_entries(life: &Life, each: u64) -> (Seen, Seen) {
    for n in 0..each {
        life.enter(&Patron::number(n));
    }
    let (mut fresh, mut again) = (Seen::default(), Seen::default());
    let (mut next_fresh, mut next_again) = (each, 0);
    while next_fresh < 2 * each || next_again < each {
        let [coin] = ids::random::<1>();
        let is_fresh = next_again == each || (next_fresh < 2 * each && coin & 1 == 0);
        if is_fresh {
            measure(life, &Patron::number(next_fresh), &mut fresh);
            next_fresh += 1;
        } else {
            measure(life, &Patron::number(next_again), &mut again);
            next_again += 1;
        }
    }
    (fresh, again)
}

fn measure(life: &Life, patron: &Patron, seen: &mut Seen) {
    let visitor = life.app.visitor();
    let check = life.check_page(&visitor, patron, &[]);
    let fields = check.form("/a/summer-2024/check");
    let began = Instant::now();
    let sent = visitor.post("/a/summer-2024/check", &fields);
    seen.form.push(began.elapsed());
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let began = Instant::now();
    let receipt = visitor.get(&sent.location);
    seen.receipt.push(began.elapsed());
    assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
    let shape = format!("{} | {}", shape(&sent), shape(&receipt));
    seen.shapes.insert(shape);
}

/// Everything of an answer that somebody in between could see: status, headers, lengths. A cookie's
/// value is sealed; its length is what is left of it.
fn shape(answer: &Answer) -> String {
    let headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| match name.as_str() {
            // Random as well, and only its length is the answer's.
            "set-cookie" | "Set-Cookie" | "x-request-id" | "X-Request-Id" => {
                format!("{name}: {} bytes", value.len())
            }
            _ => format!("{name}: {value}"),
        })
        .collect();
    let length = answer.bytes.len();
    format!("{} {} {length} bytes", answer.status, headers.join(", "))
}

/// The chance that a random one of `these` took longer than a random one of `those`, equal ones
/// counted half: 0.5 tells nothing apart.
pub fn auc(these: &[Duration], those: &[Duration]) -> f64 {
    let mut sorted = those.to_vec();
    sorted.sort_unstable();
    let count = |n: usize| f64::from(u32::try_from(n).expect("a few thousand"));
    let beaten: f64 = these
        .iter()
        .map(|own| {
            let less = sorted.partition_point(|other| other < own);
            let not_more = sorted.partition_point(|other| other <= own);
            (count(less) + count(not_more)) / 2.0
        })
        .sum();
    beaten / (count(these.len()) * count(those.len()))
}

/// The value in the middle, for what is printed.
pub fn median(of: &[Duration]) -> Duration {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Prints what was found and holds it to a bound.
pub fn hold(each: u64, bound: f64, (fresh, again): &(Seen, Seen)) {
    for (name, these, those) in [
        ("form", &again.form, &fresh.form),
        ("receipt", &again.receipt, &fresh.receipt),
    ] {
        let auc = auc(these, those);
        println!(
            "{name}: {each} second and {each} first entries, AUC {auc:.3}, median {:?} and {:?}",
            median(these),
            median(those)
        );
        assert!((auc - 0.5).abs() <= bound, "{name}: AUC {auc:.3}");
    }
    assert_eq!(
        fresh.shapes, again.shapes,
        "status, headers and lengths tell nothing"
    );
    assert_eq!(fresh.shapes.len(), 1, "{:?}", fresh.shapes);
}
