//! The whole application in this process, and the people who use it over HTTP.
//!
//! Invariant: people do what a browser does: they read a page, fill its form, keep every hidden
//! field and send it. Time moves only when a test says so, and due jobs run then.

use std::cell::RefCell;
use std::sync::Arc;

use fairdraw::account::setup;
use fairdraw::app::App;
use fairdraw::draw::beacon::{Relays, Trouble};
use fairdraw::entry::pages::Limits;
use fairdraw::journal;
use fairdraw::platform::clock::{Clock, Timestamp};
use fairdraw::platform::config::Config;
use fairdraw::purge;
use fairdraw::vault::{OpenError, Start, Vault};
use lucky_draw::beacon::{Beacon, Chain};
use rocket::http::{Header, Method, Status};
use rocket::local::blocking::Client;
use scraper::{ElementRef, Html, Selector};

use super::{Engine, TestDatabase};

/// A hall without internet: the beacon is pasted.
struct NoRelays;

impl Relays for NoRelays {
    fn fetch(&self, _: &Chain, _: u64) -> Result<Beacon, Trouble> {
        Err(Trouble::Unreachable)
    }
}

/// A running application with a database, keys and a clock of its own.
pub struct TestApp {
    pub app: App,
    pub database: TestDatabase,
    client: Client,
}

impl TestApp {
    /// Starts at a moment such as `2024-07-01T09:00:00+08:00`, with some settings changed.
    pub fn with(engine: Engine, start: &str, change: impl FnOnce(&mut Config)) -> TestApp {
        TestApp::on(engine, &Clock::standing_at(moment(start)), change)
    }

    /// Starts on a clock that others share, with some settings changed.
    pub fn on(engine: Engine, clock: &Clock, change: impl FnOnce(&mut Config)) -> TestApp {
        let database = TestDatabase::fresh(engine);
        let mut config = Config {
            data: database.data().to_owned(),
            database_url: database.url(),
            site: "lib.example.tw".to_owned(),
            // What people do with it is in `two_factors`; everywhere else a passphrase is enough.
            staff_second_factor: false,
            ..Config::default()
        };
        change(&mut config);
        TestApp::over(engine, database, config, clock)
    }

    /// Starts on a database that is there already, as after a stop.
    pub fn over(engine: Engine, database: TestDatabase, config: Config, clock: &Clock) -> TestApp {
        let vault = vault(engine, &config).expect("the keys open");
        let mut app = App::open_with(config, clock.clone(), Arc::new(NoRelays), vault)
            .expect("the application opens");
        // Everybody in a test comes from one address.
        app.limits = || Limits::times(1_000);
        purge::jobs::ensure(&app.db).expect("the sweep is set up");
        journal::jobs::ensure(&app.db).expect("heads are set up");
        let figment = rocket::Config::figment()
            .merge(("log_level", "off"))
            .merge(("ident", false))
            .merge(("ip_header", false))
            .merge(("limits.form", "256KiB"));
        let client =
            Client::untracked(app.rocket(figment)).expect("the web server is put together");
        TestApp {
            app,
            database,
            client,
        }
    }

    /// Stops, and leaves what a stopped server leaves behind.
    pub fn stopped(self) -> (TestDatabase, Config) {
        let config = Config::clone(&self.app.config);
        (self.database, config)
    }

    /// Somebody with a browser and no cookies.
    pub fn visitor(&self) -> Person<'_> {
        Person::at(self)
    }

    /// The first admin, who came through the printed link.
    pub fn first_admin(&self) -> Person<'_> {
        let path = setup::first_link(&self.app.db)
            .expect("the link is stored")
            .expect("nobody has used the link yet");
        let admin = self.visitor();
        let page = admin.get(&path);
        let done = admin.send(
            &page,
            &path,
            &[
                ("name", "陳館員"),
                ("passphrase", "correct horse battery staple"),
                ("passphrase_again", "correct horse battery staple"),
            ],
        );
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        admin
    }

    /// Moves the clock to a moment and does what became due.
    pub fn go_to(&self, at: Timestamp) {
        self.app.db.clock().stand_at(at);
        self.app.run_jobs().expect("due jobs can be read");
    }
}

/// The vault of a test: in this process beside SQLite, and as in service, in a process of its own,
/// beside PostgreSQL. So what a test holds on both databases, it holds on both ways to the vault.
pub fn vault(engine: Engine, config: &Config) -> Result<Vault, OpenError> {
    let start = Start::of(config);
    match engine {
        Engine::Sqlite => Vault::here(&start),
        Engine::Postgresql => Vault::spawn(env!("CARGO_BIN_EXE_fairdraw").into(), start),
    }
}

/// Reads RFC 3339.
pub fn moment(text: &str) -> Timestamp {
    let at: jiff::Timestamp = text.parse().expect("RFC 3339");
    Timestamp(at.as_millisecond())
}

/// A value of `<input type=datetime-local>` in Taipei.
pub fn local(at: Timestamp) -> String {
    fairdraw::identity::date::input_value(at)
}

/// Where the requests of a browser go: this process, or a server of its own.
pub trait Door {
    fn ask(&self, asked: Asked<'_>) -> Came;
}

/// A request as it leaves the browser.
pub struct Asked<'r> {
    pub method: Method,
    pub path: &'r str,
    pub headers: Vec<(&'static str, String)>,
    pub cookies: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A response as it arrives.
pub struct Came {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Door for TestApp {
    fn ask(&self, asked: Asked<'_>) -> Came {
        let mut request = self.client.req(asked.method, asked.path.to_owned());
        for (name, value) in asked.headers {
            request = request.header(Header::new(name, value));
        }
        for (name, value) in &asked.cookies {
            request = request.cookie(cookie(name, value));
        }
        let response = request.body(asked.body).dispatch();
        let headers = response.headers().iter();
        Came {
            status: response.status().code,
            headers: headers
                .map(|header| (header.name.to_string(), header.value.into_owned()))
                .collect(),
            bytes: response.into_bytes().unwrap_or_default(),
        }
    }
}

/// One browser.
pub struct Person<'a> {
    door: &'a dyn Door,
    cookies: RefCell<Vec<(String, String, String)>>,
    /// Headers that the browser sends with everything.
    signals: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Default)]
pub struct Answer {
    pub status: Status,
    pub location: String,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
    pub html: String,
}

impl<'a> Person<'a> {
    /// Somebody without cookies, before this door.
    pub fn at(door: &'a dyn Door) -> Person<'a> {
        Person {
            door,
            cookies: RefCell::new(Vec::new()),
            signals: Vec::new(),
        }
    }

    /// A browser that sends one more header with everything.
    pub fn saying(mut self, name: &'static str, value: &str) -> Person<'a> {
        self.signals.push((name, value.to_owned()));
        self
    }
}

impl Person<'_> {
    /// The cookies that the browser has, with what is in them.
    pub fn cookies(&self) -> Vec<(String, String)> {
        let cookies = self.cookies.borrow();
        let kept = cookies.iter();
        kept.map(|(name, value, _)| (name.clone(), value.clone()))
            .collect()
    }

    /// Opens an address.
    pub fn get(&self, path: &str) -> Answer {
        self.ask(Method::Get, path, Vec::new(), Vec::new())
    }

    /// Sends a form from this site; where the site asks once more who it is, says so.
    pub fn post(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let form = "application/x-www-form-urlencoded".to_owned();
        self.send_bytes_and_confirm(path, form, urlencoded(fields))
    }

    /// Sends a form from this site, and shows what comes back.
    pub fn post_once(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let form = "application/x-www-form-urlencoded".to_owned();
        self.send_bytes(path, form, urlencoded(fields))
    }

    /// Sends a form with one file in it, as `multipart/form-data`.
    pub fn upload(&self, path: &str, field: &str, name: &str, content: &[u8]) -> Answer {
        const LINE: &str = "----a-line-between-parts";
        let head = format!(
            "--{LINE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        let body = [
            head.as_bytes(),
            content,
            format!("\r\n--{LINE}--\r\n").as_bytes(),
        ]
        .concat();
        self.send_bytes(path, format!("multipart/form-data; boundary={LINE}"), body)
    }

    /// As a person who is asked once more who it is and says so; [`Person::send_bytes`] does not.
    fn send_bytes_and_confirm(&self, path: &str, kind: String, body: Vec<u8>) -> Answer {
        let came = self.send_bytes(path, kind, body);
        if !came.html.contains("name=\"proof_passphrase\"") {
            return came;
        }
        let mut fields = came.form(path);
        for (name, value) in &mut fields {
            if name == "proof_passphrase" {
                super::staff::PASSPHRASE.clone_into(value);
            }
        }
        let form = "application/x-www-form-urlencoded".to_owned();
        let body = urlencoded(&fields);
        let led = self.send_bytes(path, form.clone(), body.clone());
        assert_eq!(led.status, Status::TemporaryRedirect, "{}", led.mistakes());
        assert_eq!(led.location, path);
        self.send_bytes(path, form, body)
    }

    fn send_bytes(&self, path: &str, kind: String, body: Vec<u8>) -> Answer {
        let headers = vec![
            ("Content-Type", kind),
            ("Sec-Fetch-Site", "same-origin".to_owned()),
        ];
        self.ask(Method::Post, path, headers, body)
    }

    fn ask(
        &self,
        method: Method,
        path: &str,
        mut headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Answer {
        headers.extend(self.signals.iter().cloned());
        let came = self.door.ask(Asked {
            method,
            path,
            headers,
            cookies: self.cookies_for(path),
            body,
        });
        self.keep(came)
    }

    /// Fills the form of `page` that goes to `action` and sends it.
    pub fn send(&self, page: &Answer, action: &str, values: &[(&str, &str)]) -> Answer {
        let mut fields = page.form(action);
        for (name, _) in values {
            fields.retain(|(own, _)| own != name);
        }
        fields.extend(
            values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        self.post(action, &fields)
    }

    fn cookies_for(&self, path: &str) -> Vec<(String, String)> {
        self.cookies
            .borrow()
            .iter()
            .filter(|(_, _, under)| path.starts_with(under.as_str()))
            .map(|(name, value, _)| (name.clone(), value.clone()))
            .collect()
    }

    fn keep(&self, came: Came) -> Answer {
        let set = came.headers.iter();
        for (_, line) in set.filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie")) {
            let mut parts = line.split("; ");
            let (name, value) = parts
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie has a name");
            let path = parts
                .find_map(|part| part.strip_prefix("Path="))
                .unwrap_or("/");
            let mut cookies = self.cookies.borrow_mut();
            cookies.retain(|(own, _, under)| own != name || under != path);
            if !value.is_empty() {
                cookies.push((name.to_owned(), value.to_owned(), path.to_owned()));
            }
        }
        let status = Status::from_code(came.status).expect("a status of HTTP");
        let location = came
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("Location"))
            .map(|(_, value)| value.clone())
            .unwrap_or_default();
        let (headers, bytes) = (came.headers, came.bytes);
        let html = String::from_utf8_lossy(&bytes).into_owned();
        // What a template prints that takes a function for a value of its view.
        assert!(
            !html.contains("fairdraw::"),
            "a name of the program on a page: {html}"
        );
        Answer {
            status,
            location,
            headers,
            html,
            bytes,
        }
    }
}

impl Answer {
    /// Every field of the form that goes to `action`, as a browser would send it untouched.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let page = Html::parse_document(&self.html);
        let forms = selector("form");
        let form = page
            .select(&forms)
            .find(|form| form.value().attr("action").unwrap_or_default() == action)
            .unwrap_or_else(|| panic!("no form goes to {action}; status {}", self.status));
        let mut fields = Vec::new();
        for field in form.select(&selector("input, select, textarea")) {
            if let Some(name) = field.value().attr("name").filter(|name| !name.is_empty()) {
                fields.extend(values_of(&field).map(|value| (name.to_owned(), value)));
            }
        }
        fields
    }

    /// Where the links and the forms of a page lead on this site that change nothing; none where it
    /// is no page.
    pub fn links(&self) -> Vec<String> {
        if !self.header("Content-Type").starts_with("text/html") {
            return Vec::new();
        }
        let page = Html::parse_document(&self.html);
        let links = selector("a[href], form[method=get][action]");
        let targets = page.select(&links).map(|link| {
            let element = link.value();
            let target = element.attr("href").or(element.attr("action"));
            let path = target.and_then(|target| target.split('#').next());
            path.unwrap_or_default().to_owned()
        });
        targets.filter(|target| target.starts_with('/')).collect()
    }

    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found = self
            .headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// What the first choice of a field would send.
    pub fn first_choice(&self, name: &str) -> String {
        let page = Html::parse_document(&self.html);
        page.select(&selector(&format!("input[name={name}]")))
            .next()
            .and_then(|choice| choice.value().attr("value"))
            .unwrap_or_default()
            .to_owned()
    }

    /// The words of the first element that fits.
    pub fn text(&self, css: &str) -> String {
        let page = Html::parse_document(&self.html);
        page.select(&selector(css))
            .next()
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .unwrap_or_default()
    }

    /// An attribute of the first element that fits; nothing where there is none.
    pub fn attribute(&self, css: &str, name: &str) -> String {
        let page = Html::parse_document(&self.html);
        page.select(&selector(css))
            .next()
            .and_then(|element| element.value().attr(name))
            .unwrap_or_default()
            .to_owned()
    }

    /// The words of every element that fits.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let page = Html::parse_document(&self.html);
        page.select(&selector(css))
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .collect()
    }

    /// The mistakes that the page names, or what its main part says.
    pub fn mistakes(&self) -> String {
        let mistakes = self.texts(".error-summary li");
        if mistakes.is_empty() {
            self.text("main").chars().take(600).collect()
        } else {
            mistakes.join(" | ")
        }
    }
}

fn values_of(field: &ElementRef<'_>) -> std::vec::IntoIter<String> {
    let element = field.value();
    let value = element.attr("value").unwrap_or_default().to_owned();
    let values = match (element.name(), element.attr("type").unwrap_or_default()) {
        ("input", "checkbox" | "radio") if element.attr("checked").is_none() => vec![],
        ("input", "submit" | "button" | "file") => vec![],
        ("textarea", _) => {
            let text: String = field.text().collect();
            vec![text.strip_prefix('\n').unwrap_or(&text).to_owned()]
        }
        ("select", _) => field
            .select(&selector("option[selected]"))
            .next()
            .or_else(|| field.select(&selector("option")).next())
            .map(|option| option.value().attr("value").unwrap_or_default().to_owned())
            .into_iter()
            .collect(),
        _ => vec![value],
    };
    values.into_iter()
}

fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("a selector in a test is well formed")
}

fn cookie(name: &str, value: &str) -> rocket::http::Cookie<'static> {
    rocket::http::Cookie::new(name.to_owned(), value.to_owned())
}

fn urlencoded(fields: &[(String, String)]) -> Vec<u8> {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&").into_bytes()
}

fn encoded(text: &str) -> String {
    rocket::http::RawStr::new(text).percent_encode().to_string()
}
