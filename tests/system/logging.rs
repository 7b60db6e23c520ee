//! A log that leads to nobody.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::platform::text::dates;
use rocket::http::Status;
use serde_json::Value;

use crate::support::Engine;
use crate::support::life::{Life, Patron};

on_both! {
    t14_no_line_of_the_log_leads_to_an_entry,
}

fn folder(life: &Life) -> PathBuf {
    life.app.database.data().join("logs")
}

/// Every line of the log, once the hour is over.
fn lines(folder: &Path) -> Vec<Value> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    names.sort();
    let texts = names
        .iter()
        .map(|name| std::fs::read_to_string(name).expect("text"));
    texts
        .flat_map(|text| {
            let parsed = text
                .lines()
                .map(|line| serde_json::from_str(line).expect("JSON"));
            parsed.collect::<Vec<Value>>()
        })
        .collect()
}

fn hour_is_over(life: &Life) {
    let now = life.app.app.db.clock().now();
    life.app.go_to(now.plus(HOUR));
    life.app.app.access.flush();
}

/// Sixty people look around and enter, in a known order, within one hour.
fn t14_no_line_of_the_log_leads_to_an_entry(engine: Engine) {
    const PEOPLE: u64 = 60;
    let life = Life::published(engine, |_| {});
    let mut tickets = Vec::new();
    for n in 0..PEOPLE {
        let patron = Patron::number(n);
        life.app.visitor().get("/a/summer-2024");
        let receipt = life.enter(&patron);
        assert_eq!(receipt.status, Status::Ok);
        tickets.push(patron);
    }
    hour_is_over(&life);
    let lines = lines(&folder(&life));
    assert!(lines.len() > 60, "people were seen: {}", lines.len());
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();

    // Columns: exactly these, and no id, address, code or word of a person in any of them.
    for line in &lines {
        let mut names: Vec<&str> = line
            .as_object()
            .expect("a line")
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        let known = names == ["at", "from", "method", "ms", "path", "status"]
            || names == ["count", "hour", "method", "path", "status"];
        assert!(known, "{names:?}");
    }
    for patron in &tickets {
        for word in patron.canaries() {
            assert!(text.iter().all(|line| !line.contains(&word)), "{word}");
        }
    }
    assert!(
        text.iter()
            .all(|line| !line.contains("127.0.0.1") && !line.contains('?'))
    );

    // Order: no page on which somebody touched an entry has a line of its own.
    let touched = |line: &&Value| {
        let path = line["path"].as_str().unwrap_or_default();
        ["/enter", "/check", "/receipt", "/entry"]
            .iter()
            .any(|end| path.ends_with(end))
    };
    assert!(
        lines
            .iter()
            .filter(touched)
            .all(|line| line.get("count").is_some())
    );
    let sent = lines.iter().filter(touched).find(|line| {
        line["method"] == "POST" && line["status"] == 303 && line["path"] == "/a/summer-2024/check"
    });
    assert_eq!(sent.expect("they are counted")["count"], PEOPLE.to_string());

    // Times: the public pages say the hour and nothing finer, as the entries do.
    let public = lines.iter().filter(|line| line["path"] == "/a/summer-2024");
    let times: Vec<&str> = public
        .map(|line| line["at"].as_str().expect("a time"))
        .collect();
    assert_eq!(times.len() as u64, PEOPLE);
    assert!(
        times.iter().all(|at| at.contains(":00:00+08:00")),
        "{times:?}"
    );
    // A matcher that takes the n-th line of the hour for the n-th ticket can only guess.
    let took: Vec<u64> = lines
        .iter()
        .filter(|line| line["path"] == "/a/summer-2024")
        .filter_map(|line| line["ms"].as_u64())
        .collect();
    assert_eq!(took.len() as u64, PEOPLE);
    if engine == Engine::Postgresql {
        let rows = life.app.database.rows();
        for line in &lines {
            for value in ["from"].iter().filter_map(|name| line.get(*name)?.as_str()) {
                assert!(!rows.contains(value), "an address key is in the database");
            }
        }
    }
}

#[test]
fn lines_of_an_hour_stand_in_no_order() {
    let life = Life::published(Engine::Sqlite, |_| {});
    let expected: Vec<String> = (0..40).map(|n| format!("/d/{n:03}")).collect();
    let paths = ["/", "/activities", "/draws", "/journal"];
    let mut asked = Vec::new();
    for at in 0..40 {
        let path = paths[at * 7 % 4];
        life.app.visitor().get(path);
        asked.push(path.to_owned());
    }
    hour_is_over(&life);
    let told: Vec<String> = lines(&folder(&life))
        .iter()
        .filter(|line| line.get("at").is_some())
        .filter_map(|line| line["path"].as_str().map(str::to_owned))
        .filter(|path| paths.contains(&path.as_str()))
        .collect();
    let tail = &told[told.len() - asked.len()..];
    let (mut sorted, mut own) = (tail.to_vec(), asked.clone());
    sorted.sort();
    own.sort();
    assert_eq!(sorted.len(), expected.len());
    assert_ne!(tail, asked, "one order of 40! could be the same");
}

#[test]
fn t12_the_log_has_what_was_asked_and_when_and_is_kept_for_the_set_days() {
    let life = Life::published(Engine::Sqlite, |config| config.access_log_days = 7);
    let staff = life.staff();
    staff.get("/staff");
    life.app
        .visitor()
        .get("/a/summer-2024?code=7GQ4X2MN8R3TK9WPABCD");
    life.app.visitor().get("/entry/7GQ4X2MN8R3TK9WPABCD");
    hour_is_over(&life);
    let all = lines(&folder(&life));
    let of = |path: &str| all.iter().find(|line| line["path"] == path);
    let own = of("/staff").expect("staff's pages are listed");
    assert_eq!(
        (own["method"].as_str(), own["status"].as_u64()),
        (Some("GET"), Some(200))
    );
    assert!(own["ms"].is_u64() && own["from"].as_str().is_some_and(|from| from.len() == 12));
    assert!(
        of("/a/summer-2024").is_some(),
        "the address without its query"
    );
    let text = serde_json::to_string(&all).expect("JSON");
    assert!(
        !text.contains("7GQ4"),
        "what was typed into an address is nowhere"
    );
    // Files are by day, only their owner reads them, and old ones go.
    let names = |life: &Life| -> Vec<String> {
        let files = std::fs::read_dir(folder(life)).expect("the folder");
        files
            .map(|file| {
                file.expect("a file")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    };
    let before = names(&life);
    for name in &before {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder(&life).join(name))
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let now = life.app.app.db.clock().now();
    life.app.app.db.clock().stand_at(now.plus(8 * DAY));
    life.app.visitor().get("/");
    hour_is_over(&life);
    let after = names(&life);
    assert!(
        before.iter().all(|name| !after.contains(name)),
        "{before:?} {after:?}"
    );
    assert!(!after.is_empty());
}

#[test]
fn after_seven_days_two_visits_cannot_be_told_to_be_one() {
    let life = Life::published(Engine::Sqlite, |_| {});
    let mut keys: BTreeMap<i64, String> = BTreeMap::new();
    for day in 0..9 {
        life.app.visitor().get("/draws");
        hour_is_over(&life);
        let all = lines(&folder(&life));
        let last = all
            .iter()
            .rfind(|line| line["path"] == "/draws")
            .expect("a visit");
        keys.insert(day, last["from"].as_str().expect("a key").to_owned());
        let now = life.app.app.db.clock().now();
        life.app.app.db.clock().stand_at(now.plus(DAY));
    }
    assert_eq!(keys[&1], keys[&6], "one network within a week");
    assert_ne!(keys[&1], keys[&8], "and not beyond");
    assert_ne!(keys[&0], keys[&8]);
    // Nothing at rest says what the key was.
    let at = dates::rfc3339(life.app.app.db.clock().now().0);
    assert!(at.len() > 10);
    for file in std::fs::read_dir(life.app.database.data()).expect("the folder") {
        let name = file
            .expect("a file")
            .file_name()
            .to_string_lossy()
            .into_owned();
        assert!(!name.contains("access") || name == "logs", "{name}");
    }
}

/// `fairdraw` with the loudest log, ended with its handle.
struct Loud {
    child: std::process::Child,
    url: String,
    folder: tempfile::TempDir,
}

impl Loud {
    fn start() -> Loud {
        let folder = tempfile::tempdir().expect("a folder");
        let port = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
            free.local_addr().expect("its address").port()
        };
        let log = std::fs::File::create(folder.path().join("stderr")).expect("a file");
        let out = std::fs::File::create(folder.path().join("stdout")).expect("a file");
        let child = std::process::Command::new(env!("CARGO_BIN_EXE_fairdraw"))
            .env("FAIRDRAW_DATA", folder.path().join("data"))
            .env("FAIRDRAW_LOG", "trace")
            .env("ROCKET_LOG_LEVEL", "debug")
            .env("ROCKET_ADDRESS", "127.0.0.1")
            .env("ROCKET_PORT", port.to_string())
            .env_remove("FAIRDRAW_DATABASE_URL")
            .stdout(out)
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let started = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed().as_secs() < 60,
                "it listens within a minute: {}",
                std::fs::read_to_string(folder.path().join("stderr")).unwrap_or_default()
            );
            std::thread::park_timeout(std::time::Duration::from_millis(20));
        }
        Loud {
            child,
            url: format!("http://127.0.0.1:{port}"),
            folder,
        }
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> u16 {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build()
            .new_agent();
        let url = format!("{}{path}", self.url);
        let answer = match method {
            "GET" => agent.get(url).call(),
            _ => agent
                .post(url)
                .header("Content-Type", kind)
                .header("Sec-Fetch-Site", "same-origin")
                .send(body),
        };
        // A body that is too large ends the connection.
        answer.map_or(0, |answer| answer.status().as_u16())
    }
}

impl Drop for Loud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn at_trace_nothing_of_a_person_is_logged() {
    const CANARY: &str = "金絲雀9981";
    const PLAIN: &str = "canary9981";
    let server = Loud::start();
    let form = "application/x-www-form-urlencoded";
    let typed =
        format!("name={PLAIN}&passphrase={PLAIN}&code={PLAIN}&email={PLAIN}@example.org&{PLAIN}=1");
    let encoded = "name=%E9%87%91%E7%B5%B2%E9%9B%809981&passphrase=x%00y&code=%FF%FE";
    for path in [
        "/staff/sign-in",
        "/entry",
        "/a/none/enter",
        "/a/none/check",
        "/verify",
        "/privacy/request",
    ] {
        for body in [typed.as_bytes(), encoded.as_bytes()] {
            server.send("POST", path, form, body);
            // Kinds of bodies that are not what the page takes, cut off or too large.
            server.send(
                "POST",
                path,
                "application/json",
                format!("{{\"{PLAIN}\":").as_bytes(),
            );
            server.send(
                "POST",
                path,
                "multipart/form-data; boundary=x",
                typed.as_bytes(),
            );
        }
        server.send("POST", path, form, typed.repeat(20_000).as_bytes());
    }
    for path in [
        format!("/{PLAIN}"),
        format!("/a/{PLAIN}/enter?code={PLAIN}"),
        format!("/d/{PLAIN}"),
        format!("/journal/notes/{PLAIN}"),
        format!("/entry/{PLAIN}?{PLAIN}={PLAIN}"),
    ] {
        server.send("GET", &path, "", b"");
    }
    let told = std::fs::read(server.folder.path().join("stderr")).expect("the log");
    assert!(told.len() > 1_000, "the log is loud: {} bytes", told.len());
    let told = String::from_utf8_lossy(&told);
    for word in [CANARY, PLAIN, "E9%87%91"] {
        let line = told.lines().find(|line| line.contains(word));
        assert_eq!(line, None);
    }
    let out = std::fs::read_to_string(server.folder.path().join("stdout")).expect("text");
    assert!(!out.contains(PLAIN));
}
