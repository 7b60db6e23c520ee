//! How a draw takes place: promised, closed, frozen, decided by a real recorded round, checked.

use std::sync::Arc;

use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{self, Activity, ActivityId, AskedField, Field, Kind, LocalText, Stage};
use fairdraw::audit::{Actor, StaffId};
use fairdraw::draw::beacon::{self, HttpRelays, Relays, Trouble};
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{
    self, CancelCode, DrawId, DrawStage, Error, PlanDetails, PrizeDetails, Problem, Terms,
};
use fairdraw::entry::submit::{self, Filled, Taking};
use fairdraw::entry::{self, own};
use fairdraw::platform::clock::{Clock, DAY, HOUR, MINUTE, SECOND, Timestamp};
use fairdraw::platform::config::Config;
use fairdraw::platform::db::Db;
use fairdraw::platform::ids;
use fairdraw::platform::jobs::Runner;
use fairdraw::platform::text::Language;
use fairdraw::platform::web::{self, site::Site};
use fairdraw::policy;
use fairdraw::stats;
use fairdraw::survey::question::{Question, QuestionKind};
use fairdraw::survey::{self, QuestionId};
use fairdraw::vault::{Contact, Email, Name, Vault};
use lucky_draw::beacon::{Beacon, BeaconError, Chain, QUICKNET};
use lucky_draw::bundle::Bundle;
use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;
use lucky_draw::result::{SettleCode, Slot};
use lucky_draw::ticket::{Secret, TicketNumber};
use lucky_draw::verify::{CheckName, Options, Outcome, verify};
use rocket::http::Status;
use rocket::local::blocking::Client;
use zeroize::Zeroizing;

use crate::support::beacons::{recorded, recorded_default, time_of};
use crate::support::relay::{Answer, LocalRelay};
use crate::support::{Engine, TestDatabase};

mod ending;
mod objecting;
mod publishing;
mod rounds;
mod sources;
mod succeeding;

on_both! {
    a_draw_goes_from_its_promise_to_a_bundle_that_anybody_can_check,
    a_vacated_prize_passes_to_the_first_reserve_and_still_verifies,
}

/// A round that was really published: quicknet 10,000,000, due on 4 August 2024 at 20:29:24 UTC.
const ROUND: u64 = 10_000_000;

fn due() -> Timestamp {
    time_of(ROUND)
}

/// Relays that have nothing.
struct Nobody;

impl Relays for Nobody {
    fn fetch(&self, _: &Chain, _: u64) -> Result<Beacon, Trouble> {
        Err(Trouble::Unreachable)
    }
}

/// A library with a draw on the way.
struct Ceremony {
    db: Db,
    vault: Vault,
    clock: Clock,
    by: StaffId,
    _database: TestDatabase,
}

impl Ceremony {
    fn on(engine: Engine) -> Ceremony {
        let clock = Clock::standing_at(due().plus(-10 * DAY));
        let database = TestDatabase::fresh(engine);
        let db = database.open(&clock);
        let keys = database.keys();
        let vault = Vault::open(&keys, "lib.example.tw").expect("a new key folder");
        Ceremony {
            db,
            vault,
            clock,
            by: StaffId::fresh(),
            _database: database,
        }
    }

    fn details(kind: Kind) -> Details {
        let words = |zh: &str, en: &str| LocalText::new(zh, en);
        let (closes_at, draws_at) = (due().plus(-2 * DAY), due());
        let (freezes_at, draws_at) = match kind {
            kind if kind.is_drawn() => (due().plus(-HOUR), draws_at),
            _ => (closes_at, closes_at),
        };
        Details {
            slug: "autumn-2024".to_owned(),
            kind,
            title: words("秋日閱讀抽獎", "Autumn reading draw"),
            text: words("讀完一本書就可以參加。", "Read a book and take part."),
            rules: words("本館館員不參加。", "Staff do not take part."),
            opens_at: due().plus(-9 * DAY),
            closes_at,
            freezes_at,
            draws_at,
            claim_days: if kind == Kind::Draw { 14 } else { 0 },
            retention_days: 60,
            answers_linked: false,
        }
    }

    fn asked() -> Vec<AskedField> {
        [Field::Name, Field::NationalId, Field::Email]
            .map(|field| AskedField {
                field,
                required: true,
                purpose: match field {
                    Field::NationalId => LocalText::new("一人一份", "One entry a person"),
                    other => policy::usual_purpose(other),
                },
            })
            .to_vec()
    }

    fn plan_details() -> PlanDetails {
        let prize = |slug: &str, zh: &str, en: &str, units, value_twd| PrizeDetails {
            slug: slug.to_owned(),
            name: LocalText::new(zh, en),
            units,
            value_twd,
        };
        PlanDetails {
            prizes: vec![
                prize("grand", "平板電腦", "Tablet", 1, 20_001),
                prize("", "圖書禮券", "Book voucher", 3, 500),
            ],
            reserves: 3,
            wins_per_person: 1,
            tickets_per_person: 1,
            ..PlanDetails::suggested()
        }
    }

    /// A draft that lacks nothing.
    fn drafted(&self) -> ActivityId {
        let id = self.draft(Kind::Draw);
        let version = self.facts(&id).version;
        self.db
            .write_now("ask", |tx| {
                draft::save_asked(tx, &self.by, &id, version, &Ceremony::asked())
            })
            .expect("the fields are saved");
        let version = self.facts(&id).version;
        self.db
            .write_now("plan", |tx| {
                draw::save_plan(tx, &self.by, &id, None, version, &Ceremony::plan_details())
            })
            .expect("the plan is saved");
        id
    }

    fn draft(&self, kind: Kind) -> ActivityId {
        self.db
            .write_now("create", |tx| {
                Activity::<Draft>::create(tx, &self.by, &Ceremony::details(kind))
            })
            .expect("a draft is made")
            .id
            .clone()
    }

    fn publish(&self, id: &ActivityId) -> Result<(), Error> {
        let keys = self.vault.create_activity(id.as_str())?;
        self.db.write_now("publish", |tx| {
            let draft: Activity<Draft> = Activity::at(activity::by_id(tx, id)?)?;
            let asked = activity::asked_fields(tx, id)?;
            let terms = Terms {
                keys: keys.clone(),
                notice: policy::notice(
                    &draft,
                    &asked,
                    &policy::codes::Codes::usual(draft.kind),
                    &Config::default(),
                ),
                tax: RuleBook::default(),
            };
            draw::publish(tx, &self.vault, &self.by, draft, &terms).map(|_| ())
        })
    }

    /// The rules file of a published draw.
    fn rules(&self, id: &ActivityId, draw: &DrawId) -> String {
        let rules = self
            .db
            .read_now("rules", |tx| draw::note(tx, id, draw.as_str(), "rules.txt"));
        let rules = rules.expect("it can be read");
        rules.expect("it is sealed").note
    }

    /// A published draw.
    fn published(&self) -> (ActivityId, DrawId) {
        let id = self.drafted();
        self.publish(&id).expect("nothing is missing");
        let plan = self.plan(&id);
        (id, plan.id)
    }

    fn facts(&self, id: &ActivityId) -> activity::Facts {
        self.db
            .read_now("read", |tx| activity::by_id(tx, id))
            .expect("the activity is there")
    }

    fn plan(&self, id: &ActivityId) -> draw::Plan {
        self.db
            .read_now("read", |tx| draw::plans(tx, id))
            .expect("the draw can be read")
            .into_iter()
            .next()
            .expect("there is a draw")
    }

    /// Somebody enters, with the number that stands for the person.
    fn enter(&self, id: &ActivityId, person: u32) -> (Secret, u64) {
        let terms = self
            .db
            .read_now("terms", |tx| {
                let facts = activity::by_id(tx, id)?;
                submit::terms(tx, facts)
            })
            .expect("the activity takes entries");
        let secret = Secret::from_entropy(ids::random());
        let filled = Filled {
            about: fairdraw::stats::About::default(),
            contact: Some(Contact {
                name: Some(Name::new("王小明")),
                email: Some(Email::new("ming@example.org")),
                language: Language::ZhTw,
                ..Contact::default()
            }),
            subject: Some(Zeroizing::new(subject(person))),
            pool: None,
            session: None,
            answers: None,
            shares: Vec::new(),
            language: Language::ZhTw,
        };
        let tag = submit::tag(&self.vault, &terms, &filled).expect("the vault answers");
        let notice = Hash([7; 32]);
        let new = submit::prepare(&self.vault, &terms, &secret, notice, tag, filled)
            .expect("it can be sealed");
        let taking = Taking::new(self.vault.clone());
        let accepted = self
            .db
            .write_now("take entry", |tx| taking.take_every(tx, &[&new]))
            .expect("the entry is taken")
            .remove(0);
        (secret, accepted.index().expect("a draw gives tickets"))
    }

    fn withdraw(&self, secret: &Secret) {
        let lookup = self.vault.lookup(secret).expect("the vault answers");
        self.db
            .write_now("withdraw", |tx| own::withdraw(tx, &lookup))
            .expect("it is before the close");
    }

    /// Moves the time and does what became due.
    fn go_to(&self, at: Timestamp, relays: Arc<dyn Relays>) {
        self.clock.stand_at(at);
        let mut runner = Runner::new(self.db.clone());
        let terms = stats::Terms::of(&Config::default());
        draw::jobs::register(&mut runner, &self.db, &self.vault, relays, terms);
        runner.run_due().expect("due jobs can be read");
    }

    /// A draw with entries of `people`, frozen, its round not yet due.
    fn frozen(&self, people: u32) -> (ActivityId, DrawId) {
        let (id, draw) = self.published();
        self.clock.stand_at(due().plus(-8 * DAY));
        for person in 0..people {
            self.enter(&id, person);
        }
        self.go_to(due().plus(-2 * DAY), Arc::new(Nobody));
        self.go_to(due().plus(-HOUR), Arc::new(Nobody));
        assert_eq!(self.plan(&id).stage, DrawStage::Frozen);
        (id, draw)
    }

    fn receive(
        &self,
        draw: &DrawId,
        round: &Beacon,
    ) -> Result<lucky_draw::result::ResultNote, Error> {
        let result = self.db.write_now("receive", |tx| {
            draw::receive(tx, &self.vault, &Actor::System, draw, round)
        });
        result.map(|drawn| drawn.expect("the round is the only source"))
    }

    fn bundle(&self, id: &ActivityId) -> Bundle {
        let plan = self.plan(id);
        self.db
            .read_now("bundle", |tx| draw::bundle(tx, &self.vault, &plan))
            .expect("the bundle can be put together")
    }
}

fn subject(person: u32) -> String {
    format!("twid:A1{person:08}")
}

/// Every check passes but the one for which nobody outside was a witness.
fn assert_verifies(bundle: &Bundle, options: &Options) {
    let report = verify(bundle, options);
    for check in &report.checks {
        let expected = match check.name {
            CheckName::Time => Outcome::CouldNotCheck,
            CheckName::NumbersOrigin | CheckName::Purge => Outcome::NotApplicable,
            CheckName::Settle if bundle.file("settle-1.note").is_none() => check.outcome,
            CheckName::Receipt if options.receipt.is_none() => check.outcome,
            _ => Outcome::Passed,
        };
        assert_eq!(
            check.outcome, expected,
            "{:?}: {}",
            check.name, check.reason
        );
        assert_ne!(check.outcome, Outcome::Failed, "{}", check.reason);
    }
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
}

fn a_draw_goes_from_its_promise_to_a_bundle_that_anybody_can_check(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    let drand = library.plan(&id).drand().expect("quicknet");
    assert_eq!((drand.round, drand.due()), (ROUND, due()));
    assert_eq!(library.facts(&id).stage, Stage::Open);

    library.clock.stand_at(due().plus(-8 * DAY));
    let entered: Vec<(Secret, u64)> = (0..28).map(|person| library.enter(&id, person)).collect();
    library.withdraw(&entered[5].0);
    // Person 3 enters again, and so does person 5, who took the first one back.
    let (_, again) = library.enter(&id, 3);
    library.enter(&id, 5);
    assert_eq!(again, 28);

    library.go_to(due().plus(-2 * DAY), Arc::new(Nobody));
    assert_eq!(library.facts(&id).stage, Stage::Closed);
    library.go_to(due().plus(-HOUR), Arc::new(Nobody));
    let relay = LocalRelay::answering(|path| {
        assert_eq!(path, format!("/{}/public/{ROUND}", QUICKNET.hash));
        Answer::ok(recorded(ROUND).to_json())
    });
    let relays = HttpRelays::over_plain_http(&[relay.address()]);
    library.go_to(due(), Arc::new(relays));

    let plan = library.plan(&id);
    assert_eq!(
        (plan.stage, library.facts(&id).stage),
        (DrawStage::Drawn, Stage::Drawn)
    );
    assert_eq!(plan.trouble(), "");
    let shown = library
        .db
        .read_now("show", |tx| draw::shown(tx, &draw))
        .expect("it is public");
    let close = shown.close.expect("it is closed");
    assert_eq!(close.size, 30);
    assert_eq!(close.voids, [(5, VoidCode::W), (28, VoidCode::D)]);
    let slots: Vec<String> = shown
        .holdings
        .iter()
        .map(|holding| holding.slot.to_string())
        .collect();
    let expected = [
        "grand/1",
        "prize-2/1",
        "prize-2/2",
        "prize-2/3",
        "reserve/1",
        "reserve/2",
        "reserve/3",
    ];
    assert_eq!(slots, expected);

    let bundle = library.bundle(&id);
    assert_verifies(&bundle, &Options::default());
    let zip = bundle.to_zip();
    assert_eq!(Bundle::from_zip(&zip).expect("it is canonical"), bundle);

    let lookup = library
        .vault
        .lookup(&entered[9].0)
        .expect("the vault answers");
    let receipt = library
        .db
        .read_now("receipt", |tx| {
            let found = entry::receipt::find(tx, &lookup)?.ok_or(entry::Error::Unknown)?;
            entry::receipt::build(tx, &found, &entered[9].0)
        })
        .expect("it can be read")
        .remove(0);
    let options = Options {
        receipt: Some(
            lucky_draw::note::TlogProof::parse(&receipt.secret_file()).expect("a tlog-proof"),
        ),
        id: Some(subject(9)),
        ..Options::default()
    };
    assert_verifies(&bundle, &options);
}

fn a_vacated_prize_passes_to_the_first_reserve_and_still_verifies(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.frozen(12);
    library.clock.stand_at(due());
    library.receive(&draw, &recorded(ROUND)).expect("the round");
    let plan = library.plan(&id);
    let before = library
        .db
        .read_now("holdings", |tx| draw::holdings(tx, &plan))
        .expect("the result can be read");
    let reserve = before.iter().find(|held| held.slot == Slot::Reserve(1));
    let reserve = reserve.expect("twelve people fill the reserves").index;

    let grand: Slot = "grand/1".parse().expect("a slot");
    let vacates = [(grand.clone(), SettleCode::D)];
    let settle = |vacates: &[(Slot, SettleCode)]| {
        library.db.write_now("settle", |tx| {
            draw::settle(tx, &library.vault, &Actor::System, &plan, vacates)
        })
    };
    assert_eq!(settle(&vacates).expect("it is held").seq, 1);
    let after = library
        .db
        .read_now("holdings", |tx| draw::holdings(tx, &plan))
        .expect("the settlement can be read");
    assert_eq!(after[0].slot, grand);
    assert_eq!(after[0].index, reserve);
    assert!(after.iter().all(|held| held.slot != Slot::Reserve(1)));
    assert!(matches!(settle(&[]), Err(Error::Settle(_))));
    assert!(matches!(
        settle(&[(Slot::Reserve(1), SettleCode::F)]),
        Err(Error::Settle(_))
    ));
    assert_verifies(&library.bundle(&id), &Options::default());

    let transcript = library
        .db
        .read_now("transcript", |tx| draw::transcript(tx, &plan))
        .expect("it is drawn");
    assert_eq!(transcript.settles.len(), 1);
    assert_eq!(transcript.values, [recorded(ROUND).to_json()]);
}

impl Ceremony {
    /// The public site, without the other domains.
    fn client(&self) -> Client {
        let figment = rocket::Config::figment().merge(("log_level", "off"));
        let rocket = web::attach(rocket::custom(figment), Site::default())
            .manage(self.db.clone())
            .manage(self.vault.clone())
            .manage(draw::pages::proof::ProofLimit::default())
            .manage(Arc::new(draw::pages::shelf::Shelf::default()))
            .manage(Arc::new(Config::default()));
        let rocket = web::mount(rocket, draw::pages::routes());
        let rocket = rocket.mount("/", web::guard::protect(draw::pages::files()));
        Client::untracked(rocket).expect("the site starts")
    }
}
