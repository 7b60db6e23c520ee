//! A person's browser, inside the process: the staff pages on a database, with its own cookies.

use std::sync::Arc;

use fairdraw::platform::config::Config;
use fairdraw::platform::confine::Standing;
use fairdraw::platform::db::Db;
use fairdraw::platform::mail::MailFacts;
use fairdraw::platform::text::Language;
use fairdraw::platform::web::{self, site::Site};
use fairdraw::vault::Vault;
use fairdraw::{account, audit, desk};
use rocket::http::{ContentType, Status};
use rocket::local::blocking::{Client, LocalRequest};

/// One browser. Two of them on one database are two people, or two computers of one person.
pub struct Browser {
    client: Client,
    /// The keys' folder, as long as the browser lives.
    _keys: tempfile::TempDir,
}

/// What came back.
pub struct Answer {
    /// The status.
    pub status: Status,
    /// The page.
    pub text: String,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// Every `Set-Cookie` line.
    pub cookies: Vec<String>,
}

impl Browser {
    /// A browser on a site without a public address.
    pub fn on(db: &Db) -> Browser {
        Browser::at(db, None)
    }

    /// A browser on a site with this public origin.
    pub fn at(db: &Db, public_origin: Option<&str>) -> Browser {
        Browser::with(db, public_origin, false)
    }

    /// A browser on a site that asks for a second step.
    pub fn asking_twice(db: &Db) -> Browser {
        Browser::with(db, None, true)
    }

    fn with(db: &Db, public_origin: Option<&str>, staff_second_factor: bool) -> Browser {
        let site = Site {
            public_origin: public_origin.map(str::to_owned),
            ..Site::default()
        };
        let config = Config {
            staff_second_factor,
            ..Config::default()
        };
        let figment = rocket::Config::figment().merge(("log_level", "off"));
        let keys = tempfile::tempdir().expect("a folder");
        let vault = Vault::open(keys.path(), "lib.example.tw").expect("the keys open");
        let rocket = web::attach(rocket::custom(figment), site)
            .manage(db.clone())
            .manage(Arc::new(MailFacts::of(&config)))
            .manage(Arc::new(config))
            .manage(Standing {
                web: Vec::new(),
                vault: Arc::new(Vec::new),
            })
            .manage(vault);
        let rocket = web::mount(rocket, account::pages::routes());
        let rocket = web::mount(rocket, audit::pages::routes());
        let rocket = web::mount(rocket, desk::pages::routes());
        let rocket = account::pages::attach(rocket);
        let client = Client::tracked(rocket).expect("the site starts");
        Browser {
            client,
            _keys: keys,
        }
    }

    /// Opens a page.
    pub fn open(&self, address: &str) -> Answer {
        answer(self.client.get(address))
    }

    /// Sends a form from a page of the same site.
    pub fn send(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.client.post(address).header(ContentType::Form);
        answer(request.body(urlencoded(fields)))
    }

    /// Signs in with a name and a passphrase.
    pub fn sign_in(&self, name: &str, passphrase: &str) -> Answer {
        self.send(
            &Language::ZhTw.url("/staff/sign-in"),
            &[("name", name), ("passphrase", passphrase)],
        )
    }

    /// The value of a cookie that the browser holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.client.cookies();
        cookies.get(name).map(|cookie| cookie.value().to_owned())
    }

    /// Puts a cookie into the browser, as somebody would who copied it.
    pub fn hold_cookie(&self, name: &str, value: &str) {
        let cookie = rocket::http::Cookie::new(name.to_owned(), value.to_owned());
        // A request that carries a cookie leaves it in a tracked client.
        let _ = self
            .client
            .get("/nowhere")
            .cookie(cookie.clone())
            .dispatch();
        self.client.cookies().add(cookie);
    }
}

fn answer(request: LocalRequest<'_>) -> Answer {
    let response = request.dispatch();
    Answer {
        status: response.status(),
        location: response
            .headers()
            .get_one("Location")
            .map(ToOwned::to_owned),
        cookies: response
            .headers()
            .get("Set-Cookie")
            .map(ToOwned::to_owned)
            .collect(),
        text: response.into_string().unwrap_or_default(),
    }
}

fn urlencoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| rocket::http::RawStr::new(text).percent_encode().to_string();
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
