//! A small library with one activity, and the people who enter it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lucky_draw::encode::{Hash, sha256};
use rocket::http::{ContentType, Status};
use rocket::local::blocking::Client;
use scraper::{Html, Selector};

use crate::activity::draft::{self, Details};
use crate::activity::stage::Draft;
use crate::activity::{Activity, ActivityId, AskedField, Field, Kind, LocalText};
use crate::admission::address::Post;
use crate::admission::guard::Doorman;
use crate::audit::StaffId;
use crate::entry::NewDrum;
use crate::entry::pages::{Limits, Sheets, routes};
use crate::entry::submit::Taking;
use crate::identity::national_id;
use crate::log;
use crate::member::guard::MemberTries;
use crate::platform::clock::{Clock, DAY, HOUR, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{Db, Target, Tx, Writer};
use crate::platform::mail::MailFacts;
use crate::platform::watch::Watch;
use crate::platform::web;
use crate::platform::web::site::Site;
use crate::survey::question::{Choice, Question, QuestionKind};
use crate::vault::Vault;
use crate::{activity, policy, survey, vault};

/// Sat 21 Nov 2026, 17:20 in Taipei.
pub(super) const START: Timestamp = Timestamp(1_795_252_800_000);
pub(super) const SLUG: &str = "autumn-reading";
pub(super) const DRAW: &str = "d0d0d0d0d0";

/// Database, keys and clock of a library.
pub(super) struct Town {
    pub(super) folder: tempfile::TempDir,
    pub(super) clock: Clock,
    pub(super) db: Db,
    pub(super) vault: Vault,
}

/// What is asked besides the usual.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    Linked,
    Unlinked,
}

impl Town {
    /// A town with an open draw that asks everything.
    pub(super) fn with_draw() -> Town {
        Town::with(Kind::Draw, Answers::Unlinked)
    }

    pub(super) fn with(kind: Kind, answers: Answers) -> Town {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Clock::standing_at(START);
        let target = Target::Sqlite(folder.path().join("fairdraw.db"));
        let db = Db::open(target, clock.clone()).expect("a database");
        let vault = Vault::open(&folder.path().join("keys"), "lib.example.tw").expect("keys");
        let town = Town {
            folder,
            clock,
            db,
            vault,
        };
        let keys = vault::Vault::clone(&town.vault);
        town.db
            .write_now("open activity", |tx| open(tx, &keys, kind, answers))
            .expect("an open activity");
        town
    }

    /// A browser of its own; cookies are kept.
    pub(super) fn browser(&self) -> Browser {
        Browser(Client::tracked(self.rocket()).expect("the routes do not collide"))
    }

    /// The pages of entry, ready for a client.
    pub(super) fn rocket(&self) -> rocket::Rocket<rocket::Build> {
        self.rocket_with(Limits::usual())
    }

    fn doorman(&self) -> Doorman {
        let config = Config::default();
        let mail = Arc::new(MailFacts::of(&config));
        let post = Post::new(&self.db, &self.vault, &mail, &config);
        Doorman::new(post, &self.clock)
    }

    /// The same, with other limits.
    pub(super) fn rocket_with(&self, limits: Limits) -> rocket::Rocket<rocket::Build> {
        let quiet = rocket::Config {
            log_level: rocket::config::LogLevel::Off,
            ..rocket::Config::debug_default()
        };
        let rocket = web::attach(rocket::custom(quiet), Site::default())
            .manage(self.db.clone())
            .manage(self.vault.clone())
            .manage(Arc::new(Config::default()))
            .manage(Arc::new(self.doorman()))
            .manage(self.clock.clone())
            .manage(Watch::new(&self.clock, Vec::new()))
            .manage(MemberTries::default())
            .manage(limits)
            .manage(Sheets::default())
            .manage(Arc::new(
                Writer::new(self.db.clone(), Taking::new(self.vault.clone())).expect("a thread"),
            ));
        web::mount(rocket, routes())
    }

    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T, crate::entry::Error>,
    ) -> T {
        self.db.read_now("test", work).expect("readable")
    }

    pub(super) fn activity(&self) -> ActivityId {
        self.read(|tx| Ok(activity::find(tx, SLUG)?.id))
    }

    pub(super) fn data(&self) -> &Path {
        self.folder.path()
    }
}

/// Made once; the manifest itself is the draw's business.
pub(super) fn base() -> Hash {
    sha256(b"manifest")
}

fn open(
    tx: &mut Tx,
    vault: &Vault,
    kind: Kind,
    answers: Answers,
) -> Result<(), crate::entry::Error> {
    let by = StaffId::fresh();
    let mut details = Details::suggested(kind, START, 180);
    details.slug = SLUG.to_owned();
    details.title = LocalText::new("秋日閱讀抽獎", "Autumn reading draw");
    details.text = LocalText::new("填問卷抽閱讀器", "Answer and win");
    details.rules = LocalText::new("每人一份", "One each");
    details.opens_at = START.plus(-HOUR);
    details.closes_at = START.plus(7 * DAY);
    details.answers_linked = answers == Answers::Linked;
    let made = Activity::<Draft>::create(tx, &by, &details)?;
    let id = made.facts().id.clone();
    let asked = match kind {
        Kind::Draw => Field::PICKED.map(|field| AskedField {
            field,
            required: field != Field::Email && field != Field::Address,
            purpose: policy::usual_purpose(field),
        }),
        Kind::Seats(_) | Kind::Survey => return open_survey(tx, vault, &by, &id),
    };
    draft::save_asked(tx, &by, &id, made.facts().version, &asked)?;
    ask(tx, &by, &id)?;
    publish(tx, vault, &id)?;
    let origin = format!("lib.example.tw/{DRAW}");
    log::create(tx, id.as_str(), DRAW, &origin, Some(base()))?;
    let drum = NewDrum {
        draw: DRAW.to_owned(),
        position: 1,
        slug: "draw-1".to_owned(),
        name: LocalText::default(),
        cap: 1,
        draws_at: details.draws_at,
    };
    crate::entry::set_out(tx, &id, &[drum])
}

fn open_survey(
    tx: &mut Tx,
    vault: &Vault,
    by: &StaffId,
    id: &ActivityId,
) -> Result<(), crate::entry::Error> {
    ask(tx, by, id)?;
    publish(tx, vault, id)
}

fn publish(tx: &mut Tx, vault: &Vault, id: &ActivityId) -> Result<(), crate::entry::Error> {
    let draft: Activity<Draft> = Activity::at(activity::by_id(tx, id)?)?;
    let asked = activity::asked_fields(tx, id)?;
    let codes = policy::codes::Codes::usual(draft.kind);
    let notice = policy::notice(draft.facts(), &asked, &codes, &Config::default());
    let keys = vault.create_activity(id.as_str())?;
    vault::keep_keys(tx, id.as_str(), &keys.public)?;
    draft.publish(tx, &notice)?;
    Ok(())
}

fn ask(tx: &mut Tx, by: &StaffId, id: &ActivityId) -> Result<(), crate::entry::Error> {
    let options = ["main", "east"].map(|name| Choice {
        id: name.into(),
        label_zh: format!("{name}館"),
        label_en: format!("The {name} branch"),
    });
    let question = |id: &str, position, kind, required| Question {
        id: id.into(),
        position,
        kind,
        label_zh: format!("題目 {id}"),
        label_en: format!("Question {id}"),
        hint_zh: String::new(),
        hint_en: String::new(),
        required,
    };
    let branch = QuestionKind::SingleChoice {
        options: options.to_vec(),
    };
    let words = QuestionKind::LongText { max: 200 };
    survey::save(tx, by, id, question("branch", 0, branch, true))?;
    survey::save(tx, by, id, question("words", 1, words, false))?;
    Ok(())
}

/// The form of one person, by field.
pub(super) type Form = BTreeMap<String, String>;

/// What Mei fills in; `n` gives her another ID number.
pub(super) fn mei(n: u64) -> Form {
    [
        ("name", "王小明"),
        ("national_id", national_id::synthetic_citizen(n).as_str()),
        ("phone", "0912-345-678"),
        ("email", "wang.hsiao@example.org"),
        ("postal_code", "106"),
        ("county", "臺北市"),
        ("district", "大安區"),
        ("address", "建國南路二段 125 號"),
        ("q_branch", "east"),
        ("q_words", "謝謝你們\n很好"),
        ("consent", "yes"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// A person's browser.
pub(super) struct Browser(pub(super) Client);

/// A page as it arrived.
pub(super) struct Seen {
    pub(super) status: Status,
    pub(super) body: String,
    pub(super) location: String,
    pub(super) headers: Vec<(String, String)>,
}

impl Browser {
    pub(super) fn open(&self, address: &str) -> Seen {
        Seen::of(self.0.get(address.to_owned()).dispatch())
    }

    pub(super) fn send(&self, address: &str, form: &Form) -> Seen {
        let request = self.0.post(address.to_owned()).header(ContentType::Form);
        Seen::of(request.body(encoded(form)).dispatch())
    }

    /// The same from another address.
    pub(super) fn send_from(&self, from: &str, address: &str, form: &Form) -> Seen {
        let from = from.parse().expect("an address with a port");
        let request = self.0.post(address.to_owned()).header(ContentType::Form);
        Seen::of(request.remote(from).body(encoded(form)).dispatch())
    }

    /// Fills the form that is on the page and sends it.
    pub(super) fn fill(&self, form: &Form) -> Seen {
        let page = self.open(&format!("/a/{SLUG}/enter"));
        assert_eq!(page.status, Status::Ok, "{}", page.body);
        let mut sent = page.hidden();
        sent.extend(form.clone());
        self.send(&format!("/a/{SLUG}/enter"), &sent)
    }

    /// Form, check, receipt.
    pub(super) fn enter(&self, form: &Form) -> Seen {
        let check = self.fill(form);
        assert_eq!(check.status, Status::Ok, "{}", check.body);
        let taken = self.send(&format!("/a/{SLUG}/check"), &check.hidden());
        assert_eq!(taken.status, Status::SeeOther, "{}", taken.body);
        assert_eq!(taken.location, "/receipt");
        let receipt = self.open("/receipt");
        assert_eq!(receipt.status, Status::Ok);
        receipt
    }

    /// "My entry" by its code.
    pub(super) fn find(&self, code: &str) -> Seen {
        let form = Form::from([("code".to_owned(), code.to_owned())]);
        self.send("/entry", &form)
    }
}

impl Seen {
    fn of(response: rocket::local::blocking::LocalResponse<'_>) -> Seen {
        let headers = response
            .headers()
            .iter()
            .map(|header| (header.name.to_string(), header.value.to_string()))
            .collect();
        Seen {
            status: response.status(),
            location: response.headers().get_one("Location").unwrap_or("").into(),
            headers,
            body: response.into_string().unwrap_or_default(),
        }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }

    /// Every hidden field of the first form that has any.
    pub(super) fn hidden(&self) -> Form {
        let page = Html::parse_document(&self.body);
        let forms = Selector::parse("main form").expect("a selector");
        let inputs = Selector::parse("input[type=hidden]").expect("a selector");
        for form in page.select(&forms) {
            let fields: Form = form
                .select(&inputs)
                .filter_map(|input| {
                    let value = input.value();
                    Some((value.attr("name")?.into(), value.attr("value")?.into()))
                })
                .collect();
            if !fields.is_empty() {
                return fields;
            }
        }
        panic!("no hidden field: {}", self.body);
    }

    /// The words of every element that fits.
    pub(super) fn words(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).expect("a selector");
        page.select(&selector)
            .map(|element| {
                let words: String = element.text().collect();
                words.split_whitespace().collect::<Vec<_>>().join(" ")
            })
            .collect()
    }

    /// The ticket number of a receipt.
    pub(super) fn number(&self) -> String {
        self.words(".big").join("")
    }

    /// The receipt code.
    pub(super) fn code(&self) -> String {
        self.words("#secret").join("")
    }

    /// The value that a field of the page shows.
    pub(super) fn value(&self, name: &str) -> String {
        let page = Html::parse_document(&self.body);
        let input = Selector::parse(&format!("[name={name}]")).expect("a selector");
        let field = page.select(&input).next().expect("the field is there");
        match field.value().name() {
            "textarea" => field.text().collect(),
            "select" => {
                let chosen = Selector::parse("option[selected]").expect("a selector");
                let option = field.select(&chosen).next();
                option
                    .and_then(|o| o.value().attr("value"))
                    .unwrap_or("")
                    .into()
            }
            _ => field.value().attr("value").unwrap_or("").to_owned(),
        }
    }
}

/// A form as a browser sends it.
pub(super) fn encoded(form: &Form) -> String {
    let part = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                byte => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    form.iter()
        .map(|(name, value)| format!("{}={}", part(name), part(value)))
        .collect::<Vec<_>>()
        .join("&")
}
