//! Telling winners: letters, deadlines, the desk and the list that leaves the system.

use std::collections::BTreeSet;

use fairdraw::account::name::StaffName;
use fairdraw::account::{self, Role, passphrase};
use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{self, Activity, ActivityId, AskedField, Field, Kind, LocalText, Stage};
use fairdraw::audit::{self, Actor, StaffId};
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{self, DrawStage, PlanDetails, PrizeDetails, SourceDetails, Terms};
use fairdraw::entry::{
    self,
    submit::{self, Filled, Taking},
};
use fairdraw::identity::national_id;
use fairdraw::notify::claims::{self, Decided};
use fairdraw::notify::leaving::{self, Wish};
use fairdraw::notify::{Claim, ClaimStage, Notice, NoticeKind, NoticeStage, notices};
use fairdraw::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use fairdraw::platform::ids;
use fairdraw::platform::text::Language;
use fairdraw::policy;
use fairdraw::vault::{AddressLine, Contact, County, District, Email, Name, Phone};
use lucky_draw::record::VoidCode;
use lucky_draw::result::{SettleCode, Slot};
use lucky_draw::ticket::{Secret, TicketNumber};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::beacons::{recorded, time_of};
use crate::support::mail_sink::{MailSink, Manners};
use crate::support::smtp_daemon::SmtpDaemon;

mod collecting;
mod giving_up;
mod librarians;
mod passing_on;
mod sending;
mod turning_over;

on_both! {
    an_export_holds_winners_only_and_is_on_record,
    after_the_purge_nothing_is_shown,
}

/// A round that was really published: quicknet 10,000,000, due on 4 August 2024 at 20:29:24 UTC.
const ROUND: u64 = 10_000_000;

fn due() -> Timestamp {
    time_of(ROUND)
}

/// Somebody who enters: the person behind the ID, and the address given.
#[derive(Clone, Copy)]
struct Entrant {
    person: u64,
    email: Option<&'static str>,
}

fn email_of(person: u64) -> String {
    format!("patron{person}@example.org")
}

fn id_of(person: u64) -> String {
    national_id::synthetic_citizen(person).as_str().to_owned()
}

/// A library whose draw has its result.
struct Library {
    app: TestApp,
    id: ActivityId,
}

/// The one draw of an activity, once it has a result.
fn decided(
    tx: &mut fairdraw::platform::db::Tx,
    id: &ActivityId,
) -> Result<Decided, fairdraw::notify::Error> {
    let first = claims::all(tx, id)?.into_iter().next();
    first.ok_or(fairdraw::notify::Error::Unknown)
}

impl Library {
    /// Twelve people entered, one of whom is drawn for the tablet and two for a voucher.
    fn with_winners(engine: Engine, smtp_url: &str) -> Library {
        let entrants: Vec<Entrant> = (0..12).map(own).collect();
        Library::with_entrants(engine, smtp_url, &entrants)
    }

    fn with_entrants(engine: Engine, smtp_url: &str, entrants: &[Entrant]) -> Library {
        Library::prepared(engine, smtp_url, entrants, |_, _| ())
    }

    /// The same with something done to the draft just before it is published.
    fn prepared(
        engine: Engine,
        smtp_url: &str,
        entrants: &[Entrant],
        before: impl FnOnce(&TestApp, &ActivityId),
    ) -> Library {
        let app = TestApp::with(engine, "2024-07-25T09:00:00+08:00", |config| {
            config.smtp_url = smtp_url.to_owned();
            config.public_origin = "https://draw.lib.example.tw".to_owned();
            config.library_zh = "臺北市立圖書館".to_owned();
            config.library_en = "Taipei Public Library".to_owned();
        });
        let id = publish(&app, before);
        app.go_to(due().plus(-8 * DAY));
        for entrant in entrants {
            enter(&app, &id, *entrant);
        }
        app.go_to(due().plus(-2 * DAY));
        app.go_to(due().plus(-HOUR));
        let library = Library { app, id };
        assert_eq!(library.draw_stage(), DrawStage::Frozen);
        library.app.app.db.clock().stand_at(due());
        let plan = library.plan();
        let (db, vault) = (&library.app.app.db, &library.app.app.vault);
        db.write_now("receive", |tx| {
            draw::receive(tx, vault, &Actor::System, &plan.id, &recorded(ROUND))
        })
        .expect("the round is taken");
        library
    }

    fn plan(&self) -> draw::Plan {
        self.app
            .app
            .db
            .read_now("plan", |tx| draw::plans(tx, &self.id))
            .expect("the draw can be read")
            .into_iter()
            .next()
            .expect("there is a draw")
    }

    fn draw_stage(&self) -> DrawStage {
        self.plan().stage
    }

    fn stage(&self) -> Stage {
        let read = self
            .app
            .app
            .db
            .read_now("stage", |tx| activity::by_id(tx, &self.id));
        read.expect("the activity is there").stage
    }

    fn decided(&self) -> Decided {
        self.app
            .app
            .db
            .read_now("decided", |tx| decided(tx, &self.id))
            .expect("the draw has a result")
    }

    fn claims(&self) -> Vec<Claim> {
        self.app
            .app
            .db
            .write_now("claims", |tx| {
                let draw = decided(tx, &self.id)?;
                claims::ensure(tx, &draw)
            })
            .expect("claims can be read")
    }

    /// Who holds a prize now.
    fn winners(&self) -> Vec<Claim> {
        self.app
            .app
            .db
            .write_now("winners", |tx| {
                let draw = decided(tx, &self.id)?;
                claims::current(tx, &draw)
            })
            .expect("claims can be read")
    }

    fn notices(&self) -> Vec<Notice> {
        let draw = self.decided();
        self.app
            .app
            .db
            .read_now("notices", |tx| notices::list(tx, &draw))
            .expect("notices can be read")
    }

    fn begin(&self) -> usize {
        let mailer = self.app.app.mailer.clone();
        let by = Actor::Staff(StaffId::fresh());
        let told = self.app.app.db.write_now("begin", |tx| {
            let draw = decided(tx, &self.id)?;
            notices::begin(tx, &mailer, &draw, &by)
        });
        let told = told.expect("winners can be told");
        self.run();
        told
    }

    fn run(&self) {
        self.app.app.run_jobs().expect("due jobs can be read");
    }

    fn go_to(&self, at: Timestamp) {
        self.app.go_to(at);
    }

    fn later(&self, milliseconds: i64) {
        let now = self.app.app.db.clock().now();
        self.go_to(now.plus(milliseconds));
    }

    fn by_staff<T>(
        &self,
        verb: impl Fn(
            &mut fairdraw::platform::db::Tx,
            &Decided,
            &Actor,
        ) -> Result<T, fairdraw::notify::Error>,
    ) -> Result<T, fairdraw::notify::Error> {
        let by = Actor::Staff(StaffId::fresh());
        self.app.app.db.write_now("staff", |tx| {
            let draw = decided(tx, &self.id)?;
            verb(tx, &draw, &by)
        })
    }

    /// Everything public up to now stands by itself.
    fn verifies(&self) {
        let plan = self.plan();
        let (db, vault) = (&self.app.app.db, &self.app.app.vault);
        let bundle = db
            .read_now("bundle", |tx| draw::bundle(tx, vault, &plan))
            .expect("the bundle can be put together");
        let report = lucky_draw::verify::verify(&bundle, &lucky_draw::verify::Options::default());
        assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    }

    fn settlements(&self) -> Vec<lucky_draw::result::SettleNote> {
        let plan = self.plan();
        self.app
            .app
            .db
            .read_now("settlements", |tx| draw::settlements(tx, &plan))
            .expect("settlements can be read")
    }

    /// What the record says of this activity: acts, purposes and objects on lines of their own.
    fn record(&self) -> String {
        let filter = audit::Filter {
            activity: self.id.0.clone(),
            ..audit::Filter::default()
        };
        let listing = self
            .app
            .app
            .db
            .read_now("record", |tx| audit::list(tx, &filter, 1))
            .expect("the record can be read");
        let lines = listing.records.iter().map(|line| {
            format!(
                "{} {} {} {}\n",
                line.act, line.purpose, line.object, line.reason
            )
        });
        lines.collect()
    }

    fn path(&self, rest: &str) -> String {
        let of_draw = rest.starts_with("/winners/") || rest == "/notify";
        let draw = match of_draw {
            true => format!("/draws/{}", self.plan().id),
            false => String::new(),
        };
        format!("/staff/activities/{}{draw}{rest}", self.id)
    }
}

fn own(person: u64) -> Entrant {
    Entrant {
        person,
        email: None,
    }
}

fn publish(app: &TestApp, before: impl FnOnce(&TestApp, &ActivityId)) -> ActivityId {
    let by = StaffId::fresh();
    let words = |zh: &str, en: &str| LocalText::new(zh, en);
    let details = Details {
        slug: "autumn-2024".to_owned(),
        kind: Kind::Draw,
        title: words("秋日閱讀抽獎", "Autumn reading draw"),
        text: words("讀完一本書就可以參加。", "Read a book and take part."),
        rules: words("本館館員不參加。", "Staff do not take part."),
        opens_at: due().plus(-9 * DAY),
        closes_at: due().plus(-2 * DAY),
        freezes_at: due().plus(-HOUR),
        draws_at: due(),
        claim_days: 14,
        retention_days: 60,
        answers_linked: false,
    };
    let asked: Vec<AskedField> = Field::PICKED
        .into_iter()
        .map(|field| AskedField {
            field,
            required: matches!(field, Field::Name | Field::NationalId),
            purpose: match field {
                Field::NationalId => words("一人一份", "One entry a person"),
                other => policy::usual_purpose(other),
            },
        })
        .collect();
    let prize = |slug: &str, zh: &str, en: &str, units, value_twd| PrizeDetails {
        slug: slug.to_owned(),
        name: words(zh, en),
        units,
        value_twd,
    };
    let plan = PlanDetails {
        prizes: vec![
            prize("grand", "平板電腦", "Tablet", 1, 35_000),
            prize("voucher", "圖書禮券", "Book voucher", 2, 500),
        ],
        reserves: 4,
        sources: SourceDetails::usual(),
        wins_per_person: 1,
        tickets_per_person: 1,
        ..PlanDetails::suggested()
    };
    let db = &app.app.db;
    let id = db
        .write_now("create", |tx| Activity::<Draft>::create(tx, &by, &details))
        .expect("a draft is made")
        .id
        .clone();
    let version = || {
        let read = db.read_now("read", |tx| activity::by_id(tx, &id));
        read.expect("the draft is there").version
    };
    let at = version();
    db.write_now("ask", |tx| draft::save_asked(tx, &by, &id, at, &asked))
        .expect("the fields are saved");
    let at = version();
    db.write_now("plan", |tx| draw::save_plan(tx, &by, &id, None, at, &plan))
        .expect("the plan is saved");
    before(app, &id);
    let keys = app.app.vault.create_activity(id.as_str()).expect("keys");
    db.write_now("publish", |tx| {
        let draft: Activity<Draft> = Activity::at(activity::by_id(tx, &id)?)?;
        let asked = activity::asked_fields(tx, &id)?;
        let terms = Terms {
            keys: keys.clone(),
            notice: policy::notice(
                &draft,
                &asked,
                &policy::codes::Codes::usual(draft.kind),
                &app.app.config,
            ),
            tax: RuleBook::default(),
        };
        draw::publish(tx, &app.app.vault, &by, draft, &terms).map(|_| ())
    })
    .expect("nothing is missing");
    id
}

/// Every third person reads English; person 100 and above leave no address.
fn enter(app: &TestApp, id: &ActivityId, entrant: Entrant) {
    let (db, vault) = (&app.app.db, &app.app.vault);
    let terms = db
        .read_now("terms", |tx| {
            let facts = activity::by_id(tx, id)?;
            submit::terms(tx, facts)
        })
        .expect("the activity takes entries");
    let language = if entrant.person.is_multiple_of(3) {
        Language::En
    } else {
        Language::ZhTw
    };
    let own_email = (entrant.person < 100).then(|| email_of(entrant.person));
    let email = entrant.email.map(str::to_owned).or(own_email);
    let filled = Filled {
        about: fairdraw::stats::About::default(),
        contact: Some(Contact {
            name: Some(Name::new(format!("王小{}", entrant.person))),
            phone: Some(Phone::new(format!("0912-345-{:03}", entrant.person))),
            email: email.map(Email::new),
            county: Some(County::new("臺北市")),
            district: Some(District::new("大安區")),
            address: Some(AddressLine::new(format!("=建國南路{}號", entrant.person))),
            language,
            ..Contact::default()
        }),
        subject: Some(national_id::synthetic_citizen(entrant.person).subject()),
        pool: None,
        session: None,
        answers: None,
        shares: Vec::new(),
        language,
    };
    let tag = submit::tag(vault, &terms, &filled).expect("the vault answers");
    let notice = policy::notice_hash(&terms.facts.notice);
    let secret = Secret::from_entropy(ids::random());
    let new = submit::prepare(vault, &terms, &secret, notice, tag, filled).expect("it is sealed");
    let taking = Taking::new(vault.clone());
    db.write_now("take entry", |tx| taking.take_every(tx, &[&new]))
        .expect("the entry is taken");
}

/// Twelve tickets, one a person: the ticket's number is the person's.
fn emails(claims: &[Claim]) -> BTreeSet<String> {
    claims.iter().map(|claim| email_of(claim.index)).collect()
}

fn recipients(sink: &MailSink) -> Vec<String> {
    let mut to: Vec<String> = sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    to
}

fn stages(notices: &[Notice]) -> Vec<NoticeStage> {
    notices.iter().map(|notice| notice.stage).collect()
}

fn slot(text: &str) -> Slot {
    text.parse().expect("a slot")
}

fn export(person: &Person, library: &Library, format: &str) -> Answer {
    let page = person.get("/admin/exports");
    let draw = library.plan().id;
    let values = [
        ("draw", draw.as_str()),
        ("purpose", "post"),
        ("format", format),
        ("reason", "郵寄得獎通知函"),
    ];
    person.send(&page, "/admin/exports", &values)
}

fn an_export_holds_winners_only_and_is_on_record(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let admin = library.app.first_admin();
    let winners: BTreeSet<u64> = library.winners().iter().map(|claim| claim.index).collect();

    let missing = admin.send(&admin.get("/admin/exports"), "/admin/exports", &[]);
    assert_eq!(missing.status, Status::UnprocessableEntity);
    assert!(!library.record().contains("notify.exported"));

    let file = export(&admin, &library, "csv");
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    let text = file
        .html
        .strip_prefix('\u{FEFF}')
        .expect("a byte order mark");
    let rows: Vec<Vec<String>> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|row| row.expect("CSV").iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(rows.len(), 1 + 3 + 1);
    for row in &rows[1..4] {
        let person: u64 = row[2]
            .strip_prefix("王小")
            .and_then(|n| n.parse().ok())
            .expect("a name");
        assert!(winners.contains(&person), "only winners: {row:?}");
        assert_eq!(row[1], TicketNumber(person).to_string());
        assert_eq!(
            row[6],
            format!("'=建國南路{person}號"),
            "formulas are disarmed"
        );
    }
    assert!(
        !text.contains("0912"),
        "no telephone number for letters on paper"
    );
    assert!(!text.contains("@example.org"), "no e-mail address either");
    let mark = &rows[4][0];
    assert!(
        mark.contains("陳館員") && mark.contains("共 3 列"),
        "{mark}"
    );
    let record = library.record();
    assert!(record.contains("notify.exported post") && record.contains("郵寄得獎通知函"));
    assert_eq!(record.matches("vault.opened winner-export").count(), 3);

    let book = export(&admin, &library, "xlsx");
    let mut book: calamine::Xlsx<_> =
        calamine::Reader::new(std::io::Cursor::new(book.bytes)).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0)
        .expect("a sheet")
        .expect("cells");
    assert_eq!(sheet.height(), 1 + 3 + 1);
    let address = sheet.get((1, 6)).expect("a cell");
    assert!(
        address.to_string().starts_with("=建國南路"),
        "cells are text as typed: {address}"
    );
    let page = admin.get("/admin/exports");
    assert_eq!(page.texts("tbody tr").len(), 2);

    let librarian = sign_in_librarian(&library);
    assert_eq!(librarian.get("/admin/exports").status, Status::Forbidden);
    assert_eq!(librarian.get(&library.path("/winners")).status, Status::Ok);
}

fn sign_in_librarian(library: &Library) -> Person<'_> {
    let name = StaffName::parse("林館員").expect("a name");
    let words = "another horse battery staple";
    let passphrase = passphrase::Passphrase::parse(words, &name).expect("long enough");
    let hash = passphrase::hash(&passphrase);
    library
        .app
        .app
        .db
        .write_now("librarian", |tx| {
            account::create_staff(tx, &name, &hash, &[Role::Librarian])
        })
        .expect("a new account");
    let person = library.app.visitor();
    let page = person.get("/staff/sign-in");
    let values = [("name", "林館員"), ("passphrase", words)];
    let done = person.send(&page, "/staff/sign-in", &values);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    person
}

fn after_the_purge_nothing_is_shown(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    library.begin();
    for days in [14, 28, 42, 56, 61, 62] {
        library.go_to(due().plus(days * DAY));
    }
    assert_eq!(library.stage(), Stage::Purged);
    let admin = library.app.first_admin();
    for path in ["/winners", "/notify", "/winners/grand/1"] {
        assert_eq!(
            admin.get(&library.path(path)).status,
            Status::Gone,
            "{path}"
        );
    }
    let counts = library
        .app
        .app
        .db
        .read_now("count", |tx| fairdraw::notify::count(tx, &library.id))
        .expect("it can be read");
    assert_eq!(counts.total(), 0);
}
