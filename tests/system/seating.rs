//! Places in sessions: a story hour as a library gives it, first come, with a waiting list.

use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{
    self, Activity, ActivityId, Allocation, AskedField, Field, Kind, LocalText, Stage,
};
use fairdraw::audit::{Actor, StaffId};
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{self, Terms};
use fairdraw::identity::national_id;
use fairdraw::platform::clock::{DAY, HOUR, Timestamp};
use fairdraw::platform::config::Config;
use fairdraw::policy;
use fairdraw::seats::draft::Planned;
use fairdraw::seats::line::{self, More};
use fairdraw::seats::{self, Seat, SeatNumber, SeatState, Session, SessionId};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp, local, moment};
use crate::support::mail_sink::MailSink;

mod entering;
mod lots;
mod racing;
mod running;
mod waiting;

/// Sat 20 July 2024, nine in the morning in Taipei.
fn start() -> Timestamp {
    moment("2024-07-20T09:00:00+08:00")
}

/// When the first session begins; the others follow a day after another.
fn first_session() -> Timestamp {
    start().plus(12 * DAY)
}

const SLUG: &str = "story-hour";

/// A library whose story hour is open.
struct StoryHour {
    app: TestApp,
    id: ActivityId,
}

/// How the sessions are made.
#[derive(Clone, Copy)]
struct Size {
    sessions: u32,
    capacity: u32,
    waiting: u32,
    per_person: u32,
}

const SMALL: Size = Size {
    sessions: 2,
    capacity: 2,
    waiting: 3,
    per_person: 1,
};

impl StoryHour {
    fn open(engine: Engine, size: Size) -> StoryHour {
        StoryHour::with_mail(engine, size, "")
    }

    fn with_mail(engine: Engine, size: Size, smtp_url: &str) -> StoryHour {
        StoryHour::with(engine, size, |config| {
            smtp_url.clone_into(&mut config.smtp_url)
        })
    }

    fn with(engine: Engine, size: Size, change: impl FnOnce(&mut Config)) -> StoryHour {
        let app = TestApp::with(engine, "2024-07-20T09:00:00+08:00", |config| {
            change(config);
            config.public_origin = "https://draw.lib.example.tw".to_owned();
            config.library_zh = "臺北市立圖書館".to_owned();
            config.library_en = "Taipei Public Library".to_owned();
        });
        let id = publish(&app, size);
        app.go_to(start().plus(2 * DAY));
        StoryHour { app, id }
    }

    fn sessions(&self) -> Vec<Session> {
        let read = self
            .app
            .app
            .db
            .read_now("sessions", |tx| seats::sessions(tx, &self.id));
        read.expect("sessions can be read")
    }

    fn session(&self, at: usize) -> Session {
        self.sessions().remove(at)
    }

    fn seats(&self, at: usize) -> Vec<Seat> {
        let session = self.session(at).id;
        let read = self
            .app
            .app
            .db
            .read_now("seats", |tx| seats::list(tx, &self.id, &session));
        read.expect("places can be read")
    }

    /// How the places of a session stand, in the order of arrival.
    fn states(&self, at: usize) -> Vec<SeatState> {
        self.seats(at).iter().map(|seat| seat.state).collect()
    }

    fn stage(&self) -> Stage {
        let read = self
            .app
            .app
            .db
            .read_now("stage", |tx| activity::by_id(tx, &self.id));
        read.expect("the activity is there").stage
    }

    fn later(&self, milliseconds: i64) {
        let now = self.app.app.db.clock().now();
        self.app.go_to(now.plus(milliseconds));
    }

    fn by_staff(
        &self,
        verb: impl Fn(&mut fairdraw::platform::db::Tx, &Actor, &SessionId) -> Result<(), seats::Error>,
    ) -> Result<(), seats::Error> {
        let (by, session) = (Actor::Staff(StaffId::fresh()), self.session(0).id);
        let done = self
            .app
            .app
            .db
            .write_now("staff", |tx| verb(tx, &by, &session));
        self.app.app.run_jobs().expect("due jobs can be read");
        done
    }

    fn add_places(&self, capacity: u32) {
        let more = More {
            capacity,
            waiting_places: 3,
        };
        self.by_staff(|tx, by, session| line::add_places(tx, by, &self.id, session, &more))
            .expect("places can be added");
    }

    /// What a guest types for a session.
    fn typed(&self, guest: u64, at: usize, waits: bool) -> Vec<(String, String)> {
        let mut fields = vec![
            ("name", format!("陳小{guest}")),
            ("national_id", id_of(guest)),
            ("email", email_of(guest)),
            ("session", self.session(at).id.0),
            ("consent", "yes".to_owned()),
        ];
        if waits {
            fields.push(("wait", "yes".to_owned()));
        }
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// A guest fills the form and sends it; the answer is the page to look it over, or the form.
    fn fill(&self, guest: u64, at: usize, waits: bool) -> (Person<'_>, Answer) {
        let visitor = self.app.visitor();
        let form = visitor.get("/a/story-hour/enter");
        assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
        let typed = self.typed(guest, at, waits);
        let typed: Vec<(&str, &str)> = typed
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let check = visitor.send(&form, "/a/story-hour/enter", &typed);
        (visitor, check)
    }

    /// A guest goes all the way; the answer to the last button.
    fn send(&self, guest: u64, at: usize, waits: bool) -> (Person<'_>, Answer) {
        let (visitor, check) = self.fill(guest, at, waits);
        assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
        let sent = visitor.send(&check, "/a/story-hour/check", &[]);
        (visitor, sent)
    }

    /// A guest gets a place, or a place in line, and keeps the receipt.
    fn enter(&self, guest: u64, at: usize, waits: bool) -> Guest<'_> {
        let (visitor, sent) = self.send(guest, at, waits);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        let receipt = visitor.get(&sent.location);
        assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
        Guest {
            visitor,
            code: receipt.text("#secret"),
            receipt,
        }
    }

    fn publicly(&self) -> Answer {
        self.app.visitor().get("/a/story-hour")
    }
}

/// Somebody with a receipt.
struct Guest<'a> {
    visitor: Person<'a>,
    code: String,
    receipt: Answer,
}

impl Guest<'_> {
    /// "My entry".
    fn own(&self) -> Answer {
        let find = self.visitor.get("/entry");
        let own = self
            .visitor
            .send(&find, "/entry", &[("code", self.code.as_str())]);
        assert_eq!(own.status, Status::Ok, "{}", own.mistakes());
        own
    }

    /// Gives the place back, leaves the line or declines, over the page that asks.
    fn give_back(&self) -> Answer {
        let sure = self.visitor.send(&self.own(), "/entry/withdraw", &[]);
        assert_eq!(sure.status, Status::Ok, "{}", sure.mistakes());
        self.visitor.send(&sure, "/entry/withdraw", &[])
    }

    fn accept(&self) -> Answer {
        self.visitor.send(&self.own(), "/entry/accept", &[])
    }
}

fn id_of(guest: u64) -> String {
    national_id::synthetic_citizen(guest).as_str().to_owned()
}

fn email_of(guest: u64) -> String {
    format!("guest{guest}@example.org")
}

fn words(zh: &str, en: &str) -> LocalText {
    LocalText::new(zh, en)
}

/// The details of a story hour.
fn details(kind: Kind) -> Details {
    let closes_at = start().plus(10 * DAY);
    Details {
        slug: SLUG.to_owned(),
        kind,
        title: words("週末說故事", "Story hour"),
        text: words("一起聽故事。", "Come and listen."),
        rules: words("每人選一場。", "One session each."),
        opens_at: start().plus(DAY),
        closes_at,
        freezes_at: closes_at,
        draws_at: closes_at,
        claim_days: 0,
        retention_days: 30,
        answers_linked: false,
    }
}

fn asked() -> Vec<AskedField> {
    [
        (Field::Name, true),
        (Field::NationalId, true),
        (Field::Email, false),
    ]
    .map(|(field, required)| AskedField {
        field,
        required,
        purpose: match field {
            Field::NationalId => words("一人一個名額", "One place a person"),
            other => policy::usual_purpose(other),
        },
    })
    .to_vec()
}

fn planned(at: u32, size: Size) -> Planned {
    Planned {
        title: words(&format!("第{}場", at + 1), &format!("Session {}", at + 1)),
        place: words("總館兒童室", "Main library, children's room"),
        starts_at: first_session().plus(i64::from(at) * DAY),
        capacity: size.capacity,
        waiting_places: size.waiting,
    }
}

fn publish(app: &TestApp, size: Size) -> ActivityId {
    let details = details(Kind::Seats(Allocation::FirstCome));
    let sessions: Vec<Planned> = (0..size.sessions).map(|at| planned(at, size)).collect();
    publish_as(app, &details, &sessions, size.per_person)
}

fn publish_as(
    app: &TestApp,
    details: &Details,
    sessions: &[Planned],
    per_person: u32,
) -> ActivityId {
    let by = StaffId::fresh();
    let db = &app.app.db;
    let id = db
        .write_now("create", |tx| Activity::<Draft>::create(tx, &by, details))
        .expect("a draft is made")
        .id
        .clone();
    db.write_now("fields", |tx| {
        let version = activity::by_id(tx, &id)?.version;
        draft::save_asked(tx, &by, &id, version, &asked())
    })
    .expect("the fields are saved");
    db.write_now("sessions", |tx| {
        for planned in sessions {
            seats::draft::save(tx, &by, &id, None, planned)?;
        }
        let terms = seats::Terms {
            per_person,
            ..seats::Terms::USUAL
        };
        seats::draft::save_terms(tx, &by, &id, &terms)
    })
    .expect("the sessions are saved");
    let keys = app.app.vault.create_activity(id.as_str()).expect("keys");
    db.write_now("publish", |tx| {
        let facts = activity::by_id(tx, &id)?;
        let terms = Terms {
            keys: keys.clone(),
            notice: policy::notice_now(tx, &facts, &app.app.config)?,
            tax: RuleBook::default(),
        };
        let draft = Activity::<Draft>::at(facts)?;
        draw::publish(tx, &app.app.vault, &by, draft, &terms).map(|_| ())
    })
    .expect("nothing is missing");
    id
}
