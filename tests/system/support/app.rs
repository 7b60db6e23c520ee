//! The whole application in this process, and the people who use it over HTTP.
//!
//! Invariant: people do what a browser does: they read a page, fill its form, keep every hidden
//! field and send it. Time moves only when a test says so, and due jobs run then.

use std::cell::RefCell;
use std::sync::Arc;

use fairdraw::account::setup;
use fairdraw::app::App;
use fairdraw::draw::beacon::{Relays, Trouble};
use fairdraw::platform::clock::{Clock, Timestamp};
use fairdraw::platform::config::Config;
use fairdraw::purge;
use fairdraw::vault::{OpenError, Start, Vault};
use lucky_draw::beacon::{Beacon, Chain};
use rocket::http::{ContentType, Header, Status};
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
            ..Config::default()
        };
        change(&mut config);
        let vault = vault(engine, &config).expect("the keys open");
        let app = App::open_with(config, clock.clone(), Arc::new(NoRelays), vault)
            .expect("the application opens");
        purge::jobs::ensure(&app.db).expect("the sweep is set up");
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

    /// Stops everything and leaves database and keys.
    pub fn into_database(self) -> TestDatabase {
        let TestApp {
            app,
            database,
            client,
        } = self;
        drop((client, app));
        database
    }

    /// Somebody with a browser and no cookies.
    pub fn visitor(&self) -> Person<'_> {
        Person {
            app: self,
            cookies: RefCell::new(Vec::new()),
        }
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

/// One browser.
pub struct Person<'a> {
    app: &'a TestApp,
    cookies: RefCell<Vec<(String, String, String)>>,
}

/// What came back.
pub struct Answer {
    pub status: Status,
    pub location: String,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
    pub html: String,
}

impl Person<'_> {
    /// Opens an address.
    pub fn get(&self, path: &str) -> Answer {
        let mut request = self.app.client.get(path.to_owned());
        for (name, value) in self.cookies_for(path) {
            request = request.cookie(cookie(&name, &value));
        }
        self.keep(request.dispatch())
    }

    /// Sends a form from this site.
    pub fn post(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let mut request = self
            .app
            .client
            .post(path.to_owned())
            .header(ContentType::Form)
            .header(Header::new("Sec-Fetch-Site", "same-origin"))
            .body(body.join("&"));
        for (name, value) in self.cookies_for(path) {
            request = request.cookie(cookie(&name, &value));
        }
        self.keep(request.dispatch())
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
        let mut request = self.app.client.post(path.to_owned());
        for (name, value) in self.cookies_for(path) {
            request = request.cookie(cookie(&name, &value));
        }
        let request = request
            .header(Header::new(
                "Content-Type",
                format!("multipart/form-data; boundary={LINE}"),
            ))
            .header(Header::new("Sec-Fetch-Site", "same-origin"));
        self.keep(request.body(body).dispatch())
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

    fn keep(&self, response: rocket::local::blocking::LocalResponse<'_>) -> Answer {
        let set: Vec<String> = response
            .headers()
            .get("Set-Cookie")
            .map(str::to_owned)
            .collect();
        for line in &set {
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
        let status = response.status();
        let location = response
            .headers()
            .get_one("Location")
            .unwrap_or_default()
            .to_owned();
        let headers = response
            .headers()
            .iter()
            .map(|header| (header.name.to_string(), header.value.into_owned()))
            .collect();
        let bytes = response.into_bytes().unwrap_or_default();
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

fn encoded(text: &str) -> String {
    rocket::http::RawStr::new(text).percent_encode().to_string()
}
