//! Several draws in one activity: sessions that exclude each other's winners, and pools of which
//! a person picks one. Each has its own bundle, and every bundle verifies.

use std::collections::BTreeSet;

use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{
    self, Activity, ActivityId, Arrangement, AskedField, Field, Kind, LocalText, Stage,
};
use fairdraw::audit::{Actor, StaffId};
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{self, CancelCode, DrawStage, Error, Plan, PlanDetails, PrizeDetails, Terms};
use fairdraw::entry::submit::{self, Filled, Placed, Taking};
use fairdraw::entry::{self, own};
use fairdraw::identity::national_id;
use fairdraw::inspection;
use fairdraw::journal;
use fairdraw::notify::claims;
use fairdraw::notify::leaving::{self, Wish};
use fairdraw::platform::clock::{Clock, DAY, HOUR, MINUTE, Timestamp};
use fairdraw::platform::db::Tx;
use fairdraw::platform::ids;
use fairdraw::platform::text::Language;
use fairdraw::policy;
use fairdraw::vault::{Contact, Email, Name, Phone, Vault};
use lucky_draw::bundle::Bundle;
use lucky_draw::encode::Hash;
use lucky_draw::note::TlogProof;
use lucky_draw::record::VoidCode;
use lucky_draw::result::{Excluded, Line, ResultNote, SettleCode, Slot};
use lucky_draw::ticket::{Secret, TicketNumber};
use lucky_draw::verify::{Options, verify};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Person, TestApp, local, moment};
use crate::support::beacons::{recorded, time_of};
use crate::support::server::WitnessServer;

mod earned;
mod entering;
mod planning;
mod sessions;

/// Two rounds that were really published, six hours apart.
const FIRST: u64 = 1_000;
const SECOND: u64 = 8_193;

/// A library with an activity of several draws.
struct Library {
    app: TestApp,
    by: StaffId,
    id: ActivityId,
}

/// A draw to plan: its short name, its time, and which of the earlier ones it excludes.
struct Planned {
    slug: &'static str,
    /// Tickets a person can have.
    cap: u32,
    draws_at: Option<Timestamp>,
    excludes: &'static [usize],
}

const fn planned(slug: &'static str, excludes: &'static [usize]) -> Planned {
    Planned {
        slug,
        cap: 1,
        draws_at: None,
        excludes,
    }
}

fn details() -> Details {
    Details {
        slug: "book-swap".to_owned(),
        kind: Kind::Draw,
        title: LocalText::new("好書交換", "Book swap"),
        text: LocalText::new("三個場次。", "Three sessions."),
        rules: LocalText::new("本館館員不參加。", "Staff do not take part."),
        opens_at: time_of(FIRST).plus(-9 * DAY),
        closes_at: time_of(FIRST).plus(-2 * DAY),
        freezes_at: time_of(FIRST).plus(-HOUR),
        draws_at: time_of(SECOND),
        claim_days: 14,
        retention_days: 60,
        answers_linked: false,
    }
}

fn plan_of(draw: &Planned, known: &[Plan]) -> PlanDetails {
    let name = |language: &str| format!("{language} {}", draw.slug);
    PlanDetails {
        prizes: vec![PrizeDetails {
            slug: "seat".to_owned(),
            name: LocalText::new("入場名額", "Seat"),
            units: 2,
            value_twd: 0,
        }],
        reserves: 1,
        tickets_per_person: draw.cap,
        slug: draw.slug.to_owned(),
        name: LocalText::new(name("場次"), name("Session")),
        draws_at: draw.draws_at,
        excludes: draw
            .excludes
            .iter()
            .map(|at| known[*at].id.clone())
            .collect(),
        ..PlanDetails::suggested()
    }
}

impl Library {
    /// A published activity with these draws, open for entries.
    fn open(engine: Engine, arrangement: Arrangement, draws: &[Planned]) -> Library {
        let library = Library::drafted(engine, arrangement, draws);
        library.publish();
        library.app.go_to(time_of(FIRST).plus(-8 * DAY));
        library
    }

    fn drafted(engine: Engine, arrangement: Arrangement, draws: &[Planned]) -> Library {
        let app = TestApp::with(engine, Library::START, |_| {});
        Library::drafted_in(app, arrangement, draws)
    }

    /// When a library begins to prepare.
    const START: &str = "2023-08-13T09:00:00+08:00";

    fn drafted_in(app: TestApp, arrangement: Arrangement, draws: &[Planned]) -> Library {
        let by = StaffId::fresh();
        let db = &app.app.db;
        let id = db
            .write_now("create", |tx| {
                Activity::<Draft>::create(tx, &by, &details())
            })
            .expect("a draft is made")
            .id
            .clone();
        let library = Library { app, by, id };
        let asked =
            [Field::Name, Field::NationalId, Field::Phone, Field::Email].map(|field| AskedField {
                field,
                required: field != Field::Email,
                purpose: policy::usual_purpose(field),
            });
        let at = library.version();
        library.write(|tx| Ok(draft::save_asked(tx, &library.by, &library.id, at, &asked)?));
        for draw in draws {
            let (at, known) = (library.version(), library.plans());
            let details = plan_of(draw, &known);
            library.write(|tx| {
                draw::save_plan(tx, &library.by, &library.id, None, at, &details).map(|_| ())
            });
        }
        let at = library.version();
        library.write(|tx| {
            Ok(draft::save_arrangement(
                tx,
                &library.by,
                &library.id,
                at,
                arrangement,
            )?)
        });
        library
    }

    fn publish(&self) {
        let vault = &self.app.app.vault;
        let keys = vault.create_activity(self.id.as_str()).expect("keys");
        self.write(|tx| {
            let draft: Activity<Draft> = Activity::at(activity::by_id(tx, &self.id)?)?;
            let asked = activity::asked_fields(tx, &self.id)?;
            let terms = Terms {
                keys: keys.clone(),
                notice: policy::notice(
                    &draft,
                    &asked,
                    &policy::codes::Codes::usual(draft.kind),
                    &self.app.app.config,
                ),
                tax: RuleBook::default(),
            };
            draw::publish(tx, vault, &self.by, draft, &terms).map(|_| ())
        });
    }

    fn write(&self, work: impl Fn(&mut Tx) -> Result<(), Error>) {
        self.app.app.db.write_now("test", work).expect("written");
    }

    fn read<T>(&self, work: impl FnOnce(&mut Tx) -> Result<T, Error>) -> T {
        self.app.app.db.read_now("test", work).expect("readable")
    }

    fn version(&self) -> i64 {
        self.read(|tx| Ok(activity::by_id(tx, &self.id)?.version))
    }

    fn stage(&self) -> Stage {
        self.read(|tx| Ok(activity::by_id(tx, &self.id)?.stage))
    }

    fn plans(&self) -> Vec<Plan> {
        self.read(|tx| draw::plans(tx, &self.id))
    }

    /// Somebody enters; `pool` is the place of the draw that was picked.
    fn enter(&self, person: u64, pool: Option<usize>) -> (Secret, Vec<Placed>) {
        let vault = &self.app.app.vault;
        let terms = self.read(|tx| {
            let facts = activity::by_id(tx, &self.id)?;
            Ok(submit::terms(tx, facts)?)
        });
        let filled = Filled {
            about: fairdraw::stats::About::default(),
            contact: Some(Contact {
                name: Some(Name::new(format!("王小{person}"))),
                phone: Some(Phone::new(format!("0912-345-{person:03}"))),
                email: Some(Email::new(format!("patron{person}@example.org"))),
                language: Language::ZhTw,
                ..Contact::default()
            }),
            subject: Some(national_id::synthetic_citizen(person).subject()),
            pool: pool.map(|at| self.plans()[at].id.0.clone()),
            session: None,
            answers: None,
            shares: Vec::new(),
            language: Language::ZhTw,
        };
        let tag = submit::tag(vault, &terms, &filled).expect("the vault answers");
        let notice = policy::notice_hash(&terms.facts.notice);
        let secret = Secret::from_entropy(ids::random());
        let new = submit::prepare(vault, &terms, &secret, notice, tag, filled).expect("sealed");
        let taking = Taking::new(vault.clone());
        let accepted = self
            .app
            .app
            .db
            .write_now("take entry", |tx| taking.take_every(tx, &[&new]))
            .expect("the entry is taken")
            .remove(0);
        (secret, accepted.tickets)
    }

    fn freeze(&self) {
        self.app.go_to(time_of(FIRST).plus(-2 * DAY));
        self.app.go_to(time_of(FIRST).plus(-HOUR));
        // Where witnesses are named the freeze note comes a minute later.
        self.app.go_to(time_of(FIRST).plus(-HOUR + MINUTE));
        assert!(
            self.plans()
                .iter()
                .all(|plan| plan.stage == DrawStage::Frozen)
        );
    }

    fn receive(&self, at: usize, round: u64) -> Result<ResultNote, Error> {
        let id = self.plans()[at].id.clone();
        let received = self.app.app.db.write_now("receive", |tx| {
            let vault = &self.app.app.vault;
            draw::receive(tx, vault, &Actor::System, &id, &recorded(round))
        });
        received.map(|result| result.expect("the draw has one source"))
    }

    fn bundle(&self, at: usize) -> Bundle {
        let plan = self.plans().remove(at);
        self.read(|tx| draw::bundle(tx, &self.app.app.vault, &plan))
    }

    fn assert_verifies(&self, at: usize) {
        let report = verify(&self.bundle(at), &Options::default());
        let failed: Vec<String> = report.failed().map(ToString::to_string).collect();
        assert_eq!(failed, Vec::<String>::new(), "draw {at}");
        assert_eq!(report.exit_code(), 0, "draw {at}");
    }
}

/// The tags of everybody who holds a slot by the result alone.
fn holders(result: &ResultNote) -> BTreeSet<Hash> {
    let openings = result.lines.iter().filter_map(|line| match line {
        Line::Slot { opening, .. } => opening.as_ref(),
        _ => None,
    });
    openings.map(|opening| opening.tag).collect()
}

const SESSIONS: [Planned; 3] = [
    planned("s1", &[]),
    planned("s2", &[0]),
    planned("s3", &[0, 1]),
];

/// The first two at the same earlier time, the third at the activity's own.
fn sessions() -> [Planned; 3] {
    let mut draws = SESSIONS;
    draws[0].draws_at = Some(time_of(FIRST));
    draws[1].draws_at = Some(time_of(FIRST));
    draws
}
