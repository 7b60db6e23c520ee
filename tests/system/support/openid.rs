//! Providers of OpenID Connect: a real one, and one that lies as it is told.
//!
//! Invariant: both live as long as their handles; a person walks through the pages of the real one
//! with a browser of their own, which keeps its cookies apart from ours.

use std::cell::RefCell;

use fairdraw::platform::openid::{OpenIdSettings, Secret};
use scraper::{Html, Selector};
use ureq::Agent;

use super::app::Answer;
use super::member::HOST;
use super::ports::HeldPort;
use super::tether::Tether;

/// Where the sites of these tests are reached.
pub const HERE: &str = "http://127.0.0.1:8000";

/// The real provider.
pub struct RealProvider {
    port: HeldPort,
    running: Option<Tether>,
}

impl RealProvider {
    /// Starts it.
    pub fn start() -> RealProvider {
        let mut provider = RealProvider {
            port: HeldPort::new(),
            running: None,
        };
        provider.come_up();
        provider
    }

    /// Ends it.
    pub fn go_down(&mut self) {
        self.running.take();
    }

    /// Starts it again, with another key.
    pub fn come_up(&mut self) {
        let port = self.port.number().to_string();
        let back = ["/staff/openid/back", "/members/openid/back"];
        let back = back.map(|path| {
            [HERE, HOST].map(|site| [format!("{site}{path}"), format!("{site}/en{path}")])
        });
        let back = back.as_flattened();
        let mut arguments = vec!["127.0.0.1", port.as_str()];
        arguments.extend(back.as_flattened().iter().map(String::as_str));
        let (tether, _) = Tether::start("oidc_provider.mjs", &arguments);
        self.running = Some(tether);
    }

    /// As an operator sets it.
    pub fn settings(&self) -> OpenIdSettings {
        settings(self.port.number())
    }
}

/// The one that lies.
pub struct ForgingProvider {
    port: HeldPort,
    _running: Tether,
}

impl ForgingProvider {
    /// Starts it; without orders it says the truth about `mei`.
    pub fn start() -> ForgingProvider {
        let port = HeldPort::new();
        let number = port.number().to_string();
        let (running, _) = Tether::start("forging_provider.mjs", &[&number]);
        ForgingProvider {
            port,
            _running: running,
        }
    }

    /// As an operator sets it.
    pub fn settings(&self) -> OpenIdSettings {
        settings(self.port.number())
    }

    /// From now on it does as it is told here; see the script.
    pub fn order(&self, orders: &serde_json::Value) {
        let address = format!("http://127.0.0.1:{}/orders", self.port.number());
        let sent = ureq::post(&address).send(orders.to_string());
        assert_eq!(sent.expect("it takes orders").status(), 200);
    }

    /// Its name for itself.
    pub fn issuer(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }
}

fn settings(port: u16) -> OpenIdSettings {
    OpenIdSettings {
        issuer: format!("http://127.0.0.1:{port}"),
        client_id: "fairdraw".to_owned(),
        client_secret: Secret::from("not-a-secret".to_owned()),
        name_zh: "市府帳號".to_owned(),
        name_en: "City account".to_owned(),
        multi_factor_acr: vec!["two".to_owned()],
        ..OpenIdSettings::default()
    }
}

/// Where the page that leads to the provider leads; the way without scripts and the link are one.
pub fn way_out(page: &Answer) -> String {
    let html = Html::parse_document(&page.html);
    let of = |css: &str, name: &str| {
        let selector = Selector::parse(css).expect("a selector");
        let found = html.select(&selector).next();
        let found = found.unwrap_or_else(|| panic!("no {css}: {}", page.mistakes()));
        found.value().attr(name).unwrap_or_default().to_owned()
    };
    let link = of("main a.button", "href");
    let refresh = of("meta[http-equiv=refresh]", "content");
    assert_eq!(refresh, format!("0; url={link}"));
    link
}

/// A browser at the provider.
pub struct Abroad {
    agent: Agent,
    cookies: RefCell<Vec<(String, String)>>,
}

/// How somebody signs in there.
#[derive(Clone, Copy)]
pub enum With {
    /// By a password.
    Password,
    /// By a password and a code.
    Code,
}

impl Abroad {
    /// Somebody who is not signed in there.
    pub fn new() -> Abroad {
        let agent = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Abroad {
            agent: agent.new_agent(),
            cookies: RefCell::default(),
        }
    }

    /// Signs in and agrees, as far as it is asked; where the provider then leads on our site.
    pub fn sign_in(&self, address: &str, name: &str, with: With) -> String {
        let login = match with {
            With::Password => format!("login={name}&password=x"),
            With::Code => format!("login={name}&password=x&code=yes"),
        };
        self.walk(address, |page| match page {
            page if page.contains("/login\"") => ("login", login.clone()),
            _ => ("consent", String::new()),
        })
    }

    /// Presses “Cancel”.
    pub fn turn_back(&self, address: &str) -> String {
        self.walk(address, |_| ("abort", String::new()))
    }

    /// Opens an address and does on each page what `act` says, until the way leads back to us.
    pub fn walk(&self, address: &str, act: impl Fn(&str) -> (&'static str, String)) -> String {
        let base = address.split('/').take(3).collect::<Vec<_>>().join("/");
        let (mut next, mut form) = (address.to_owned(), None);
        for _ in 0..20 {
            let (status, location, page) = self.ask(&next, form.take());
            if !location.is_empty() {
                let ours = [HERE, HOST].iter();
                let mut ours = ours.filter_map(|site| location.strip_prefix(site));
                if let Some(path) = ours.next() {
                    return path.to_owned();
                }
                next = match location.starts_with('/') {
                    true => format!("{base}{location}"),
                    false => location,
                };
                continue;
            }
            assert_eq!(status, 200, "{page}");
            let (which, fields) = act(&page);
            let action = page
                .split("action=\"")
                .filter_map(|rest| rest.split('"').next());
            let mut actions = action.filter(|action| action.ends_with(which));
            let action = actions
                .next()
                .unwrap_or_else(|| panic!("no {which}: {page}"));
            next = format!("{base}{action}");
            form = Some(fields);
        }
        panic!("the way does not end");
    }

    fn ask(&self, address: &str, form: Option<String>) -> (u16, String, String) {
        let cookies: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let answer = match form {
            Some(form) => self
                .agent
                .post(address)
                .header("Cookie", cookies)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .send(form),
            None => self.agent.get(address).header("Cookie", cookies).call(),
        };
        let mut answer = answer.expect("the provider answers");
        for line in answer.headers().get_all("set-cookie") {
            let line = line.to_str().expect("text");
            let pair = line.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie has a name");
            let mut kept = self.cookies.borrow_mut();
            kept.retain(|(own, _)| own != name);
            if !value.is_empty() {
                kept.push((name.to_owned(), value.to_owned()));
            }
        }
        let location = answer.headers().get("location");
        let location = location.map(|value| value.to_str().expect("text").to_owned());
        let status = answer.status().as_u16();
        let page = answer.body_mut().read_to_string().expect("text");
        (status, location.unwrap_or_default(), page)
    }
}
