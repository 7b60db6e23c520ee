//! Acceptance 8: the pages of staff, and those of the public about the same activity, while a
//! million entries stand.
//!
//! Every page that is linked from a page is asked for, from the desk on.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use rocket::tokio;

use crate::load::{Connection, get_as, post};
use crate::program::Program;
use crate::report::{Line, Report, millis};
use crate::town::{PASSPHRASE, STAFF};

/// The slowest that is still at once.
const AT_ONCE: Duration = Duration::from_millis(200);
/// Each page is asked for so often; the middle one counts.
const TIMES: usize = 3;
/// Pages at most; lists of a hundred thousand lead to as many.
const MOST: usize = 400;
/// Of pages that differ by an id alone so many are looked at.
const ALIKE: usize = 4;

pub fn measure(program: &Program, stage: &str, report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut slowest: Vec<(Duration, String)> = runtime.block_on(crawl(program));
    slowest.sort();
    let visited = slowest.len();
    let slow: Vec<String> = slowest
        .iter()
        .rev()
        .take_while(|(took, _)| *took > AT_ONCE)
        .map(|(took, path)| format!("{path} {:.0} ms", millis(*took)))
        .collect();
    for (took, path) in slowest.iter().rev().take(8) {
        println!("{:>8.1} ms {path}", millis(*took));
    }
    let (took, path) = slowest.pop().unwrap_or_default();
    report.line(Line {
        target: "8",
        what: format!(
            "the slowest of {visited} pages of staff and public with {} entries, {stage}",
            crate::size::entries()
        ),
        value: match slow.len() {
            0 | 1 => format!("{:.0} ms ({path})", millis(took)),
            more => format!(
                "{:.0} ms; {more} are slower: {}",
                millis(took),
                slow.join(", ")
            ),
        },
        baseline: "–".to_owned(),
        wanted: "< 200 ms".to_owned(),
        holds: took < AT_ONCE,
    });
}

async fn crawl(program: &Program) -> Vec<(Duration, String)> {
    let mut connection = Connection::new(program.port);
    let cookie = sign_in(&mut connection).await;
    let mut waiting: VecDeque<String> = ["/staff", "/admin", "/activities", "/draws"]
        .map(str::to_owned)
        .into();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen: Vec<String> = Vec::new();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop_front() {
        if seen.len() >= MOST {
            break;
        }
        seen.push(path.clone());
        let (took, status, body) = timed(&mut connection, &path, &cookie).await;
        assert!(status < 500, "{path}: {status}");
        if status != 200 {
            continue;
        }
        found.push((took, path));
        for link in links(&body) {
            let alike = known.entry(shape(&link)).or_default();
            if !seen.contains(&link) && !waiting.contains(&link) && *alike < ALIKE {
                *alike += 1;
                waiting.push_back(link);
            }
        }
    }
    found
}

/// The middle of a few tries, and the page.
async fn timed(connection: &mut Connection, path: &str, cookie: &str) -> (Duration, u16, String) {
    let mut tries = Vec::with_capacity(TIMES);
    let mut last = (0, String::new());
    for _ in 0..TIMES {
        let begun = Instant::now();
        let answer = connection.send(&get_as(path, cookie)).await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        tries.push(begun.elapsed());
        last = (
            answer.status,
            String::from_utf8_lossy(&answer.body).into_owned(),
        );
        if answer.status != 200 {
            break;
        }
    }
    tries.sort();
    (tries[tries.len() / 2], last.0, last.1)
}

async fn sign_in(connection: &mut Connection) -> String {
    let form = format!(
        "name={}&passphrase={}",
        STAFF[0],
        PASSPHRASE.replace(' ', "+")
    );
    let answer = connection.send(&post("/staff/sign-in", &form)).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 303, "signed in");
    answer.cookie.expect("a session")
}

/// Where the links of a page lead on this site, files that are downloaded left out.
fn links(page: &str) -> Vec<String> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|link| link.replace("&amp;", "&"))
        .filter_map(|link| link.split('#').next().map(str::to_owned))
        .filter(|link| link.starts_with('/') && !link.starts_with("//"))
        .filter(|link| !link.starts_with("/static") && !link.starts_with("/en"))
        .filter(|link| !is_file(link))
        .collect()
}

/// Whole lists and bundles are read once and kept; how long they take has lines of its own.
fn is_file(link: &str) -> bool {
    let path = link.split('?').next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.contains('.')
}

/// A path without its ids: what pages of one kind have in common.
fn shape(link: &str) -> String {
    let (path, query) = link.split_once('?').unwrap_or((link, ""));
    let is_id = |part: &str| {
        part.len() >= 10 && part.bytes().any(|byte| byte.is_ascii_digit())
            || part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-')
                && !part.is_empty()
    };
    let parts = path
        .split('/')
        .map(|part| if is_id(part) { "*" } else { part });
    let names = query
        .split('&')
        .map(|field| field.split('=').next().unwrap_or_default());
    format!(
        "{}?{}",
        parts.collect::<Vec<_>>().join("/"),
        names.collect::<Vec<_>>().join("&")
    )
}
