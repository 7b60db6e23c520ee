//! Slow clients by the thousand, and what scanners find: `make soak-edge`.
//!
//! The program is the real one with its usual settings; clients come from addresses of their own.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fairdraw::platform::clock;
use fairdraw::platform::edge::raise_files;

use crate::support::Engine;
use crate::support::edge::Certificate;
use crate::support::slow::{BEGINNINGS, is_open, one_page};
use crate::support::vault::{self, Program};
use crate::support::wire::connected;

/// Slow clients of each kind.
const EACH: usize = 1_100;

/// A connection, when it began, and whether it goes on a byte at a time.
struct Slow {
    stream: TcpStream,
    began: Duration,
    drips: bool,
}

/// The time that 99 of 100 pages take at most.
fn p99(mut pages: Vec<Duration>) -> Duration {
    pages.sort();
    pages[pages.len() * 99 / 100]
}

#[test]
fn thousands_of_slow_clients_hold_nobody_up() {
    raise_files();
    let (database, _) = vault::open_now(Engine::Sqlite);
    let program = Program::start(&database);
    let place = program.place();
    let mut held = Vec::new();
    let mut pages = Vec::new();
    for at in 0..3 * EACH {
        let last = u8::try_from(2 + at % 19).expect("19 addresses");
        let mut stream = connected(Ipv4Addr::new(127, 0, 0, last), place).expect("taken");
        let begun = BEGINNINGS[at % 3];
        stream.write_all(begun.as_bytes()).expect("it is open");
        stream.set_nonblocking(true).expect("not blocking");
        let began = clock::monotonic();
        held.push(Slow {
            stream,
            began,
            drips: !begun.is_empty(),
        });
        if at % 50 == 0 {
            pages.push(one_page(place));
        }
    }
    let most = held.len();
    let mut longest = Duration::ZERO;
    let mut dripped = clock::monotonic();
    while !held.is_empty() {
        pages.push(one_page(place));
        let now = clock::monotonic();
        if now.saturating_sub(dripped) >= Duration::from_secs(1) {
            dripped = now;
            for slow in held.iter_mut().filter(|slow| slow.drips) {
                // A connection that is closed already is seen as closed below.
                let _ = slow.stream.write(b"a");
            }
        }
        held.retain_mut(|slow| {
            let is_held = is_open(&mut slow.stream);
            if !is_held {
                longest = longest.max(clock::monotonic().saturating_sub(slow.began));
            }
            is_held
        });
    }
    let count = pages.len();
    let p99 = p99(pages);
    println!("{most} slow connections at once, all closed, the last after {longest:?}");
    println!("meanwhile {count} pages of somebody else, p99 {p99:?}");
    assert!(longest <= Duration::from_secs(15), "{longest:?}");
    assert!(p99 <= Duration::from_millis(500), "{p99:?}");
}

#[test]
fn slowhttptest_finds_the_service_available() {
    let (database, _) = vault::open_now(Engine::Sqlite);
    // All of its connections come from one address, which for this once may have so many.
    let trusted = ",edge={trusted_proxies=[\"127.0.0.1\"]}";
    let program = Program::start_set(&database, None, trusted);
    let place = program.place();
    for (kind, more) in [
        (
            "slow headers",
            &["-H", "-r", "300", "-i", "2", "-x", "24"][..],
        ),
        ("slow bodies", &["-B", "-r", "300", "-i", "2", "-s", "8192"]),
        // These are whole requests, and as many a second as a debug build answers.
        (
            "slow reading",
            &[
                "-X", "-r", "50", "-w", "1", "-y", "2", "-n", "5", "-z", "32",
            ],
        ),
    ] {
        let (said, pages) = beside(place, || {
            Command::new("slowhttptest")
                .args(["-c", "1100", "-l", "30", "-p", "3"])
                .args(more)
                .args(["-u", &format!("http://{place}/activities")])
                .stdin(Stdio::null())
                .output()
                .expect("make prerequisites installs it")
        });
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let states: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("service available"))
            .collect();
        let away = states.iter().filter(|line| !line.contains("YES")).count();
        let count = pages.len();
        let p99 = p99(pages);
        println!(
            "slowhttptest, {kind}: available in {} of {} looks; {count} pages of somebody else, p99 {p99:?}",
            states.len() - away,
            states.len()
        );
        assert!(!states.is_empty(), "{said}");
        assert_eq!(away, 0, "{said}");
        assert!(p99 <= Duration::from_millis(500), "{p99:?}");
    }
}

/// Does something, and meanwhile asks for pages from another address.
fn beside<T: Send>(place: SocketAddr, something: impl FnOnce() -> T + Send) -> (T, Vec<Duration>) {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let pages = scope.spawn(|| {
            let mut pages = vec![one_page(place)];
            while !is_over.load(Ordering::Relaxed) {
                pages.push(one_page(place));
                std::thread::park_timeout(Duration::from_millis(20));
            }
            pages
        });
        let done = something();
        is_over.store(true, Ordering::Relaxed);
        (done, pages.join().expect("every page came"))
    })
}

/// What testssl.sh may find: it is about the certificate of the test, which nobody else trusts, or
/// about names that exist for the test alone.
const OF_THE_TEST: [&str; 4] = ["cert", "DNS_CAArecord", "OCSP", "overall_grade"];

#[test]
fn testssl_finds_nothing_weak() {
    const NAME: &str = "draw.lib.example.tw";
    let certificate = Certificate::fresh();
    let (database, _) = vault::open_now(Engine::Sqlite);
    let settings = format!(
        ",public_origin=\"https://{NAME}\",edge={{certificate={:?},key={:?}}}",
        certificate.chain(),
        certificate.key()
    );
    let program = Program::start_set(&database, None, &settings);
    let place = program.place();
    let folder = tempfile::tempdir().expect("a folder");
    let found = folder.path().join("found.json");
    let done = Command::new("testssl")
        .args(["--quiet", "--color", "0", "--warnings", "batch"])
        .args(["--ip", "127.0.0.1", "--jsonfile"])
        .arg(&found)
        .arg(format!("{NAME}:{}", place.port()))
        .stdin(Stdio::null())
        .output()
        .expect("make prerequisites installs it");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let findings = findings(&found);
    assert!(findings.len() > 50, "{said}");
    let of_weight = |severity: &str| matches!(severity, "LOW" | "MEDIUM" | "HIGH" | "CRITICAL");
    let weak: Vec<&(String, String, String)> = findings
        .iter()
        .filter(|(id, severity, _)| {
            of_weight(severity) && !OF_THE_TEST.iter().any(|own| id.starts_with(own))
        })
        .collect();
    println!(
        "testssl: {} findings, {} weak: {weak:?}",
        findings.len(),
        weak.len()
    );
    assert!(weak.is_empty(), "{weak:?}");
}

/// Every finding: its name, its weight, its words.
fn findings(file: &Path) -> Vec<(String, String, String)> {
    let text = std::fs::read_to_string(file).expect("testssl writes what it finds");
    let all: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let of = |finding: &serde_json::Value, name: &str| {
        finding[name].as_str().unwrap_or_default().to_owned()
    };
    all.iter()
        .map(|finding| {
            (
                of(finding, "id"),
                of(finding, "severity"),
                of(finding, "finding"),
            )
        })
        .collect()
}
