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
use fairdraw::platform::db::{Db, GroupVerb};
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

use crate::support::relay::{Answer, LocalRelay};
use crate::support::{Engine, TestDatabase};

mod objecting;
mod sources;
mod succeeding;

on_both! {
    a_draw_goes_from_its_promise_to_a_bundle_that_anybody_can_check,
    a_vacated_prize_passes_to_the_first_reserve_and_still_verifies,
    another_round_or_a_changed_signature_is_refused,
    the_same_round_a_second_time_gives_the_same_result,
    nothing_happens_before_its_time,
    a_late_beacon_waits,
    a_draft_says_everything_that_is_missing,
    a_published_draw_cannot_be_published_or_planned_again,
    a_cancelled_draw_has_a_signed_reason_and_a_small_bundle,
    a_draw_that_is_decided_cannot_be_cancelled,
    a_draw_without_entries_ends_with_nothing_given,
    a_survey_closes_without_any_note,
    every_public_page_is_there_in_both_languages_and_small,
}

/// A round that was really published: quicknet 10,000,000, due on 4 August 2024 at 20:29:24 UTC.
const ROUND: u64 = 10_000_000;

fn due() -> Timestamp {
    let unix = QUICKNET.round_time(ROUND);
    Timestamp::from_unix(i64::try_from(unix).expect("a time of this century"))
}

/// What was published for a quicknet round.
fn recorded(round: u64) -> Beacon {
    let fixtures = include_str!("../../protocol/tests/vectors/drand-rounds.json");
    let fixtures: serde_json::Value =
        serde_json::from_str(fixtures).expect("the fixtures are JSON");
    let rounds = fixtures["rounds"].as_array().expect("a list of rounds");
    let found = rounds
        .iter()
        .find(|each| each["chain"] == "quicknet" && each["round"] == round)
        .expect("the round was recorded");
    let signature = found["signature"].as_str().expect("a signature");
    Beacon::from_hex(&QUICKNET, round, signature).expect("hexadecimal digits")
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
            Kind::Draw => (due().plus(-HOUR), draws_at),
            Kind::Survey => (closes_at, closes_at),
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
            .write_now("take entry", |tx| {
                let mut accepted = [taking.apply(tx, &new)?];
                taking.complete(tx, &mut accepted)?;
                let [accepted] = accepted;
                Ok::<_, entry::Error>(accepted)
            })
            .expect("the entry is taken");
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

fn another_round_or_a_changed_signature_is_refused(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.frozen(5);
    library.clock.stand_at(due());
    let mut changed = recorded(ROUND);
    changed.signature[20] ^= 1;
    let renamed = Beacon {
        round: ROUND,
        ..recorded(1000)
    };
    for (round, found) in [(recorded(1000), true), (changed, false), (renamed, false)] {
        let refused = library.receive(&draw, &round);
        match refused {
            Err(Error::Beacon(BeaconError::Round { .. })) => assert!(found),
            Err(Error::Beacon(_)) => assert!(!found),
            other => panic!("taken or failed otherwise: {other:?}"),
        }
    }
    assert_eq!(library.plan(&id).stage, DrawStage::Frozen);
    assert_eq!(library.plan(&id).missing().count(), 1);

    let chain = library.plan(&id).drand().expect("quicknet").chain;
    let digits = data_encoding::HEXUPPER.encode(&recorded(ROUND).signature);
    let spaced = format!(" {} {}\n", &digits[..40], &digits[40..]);
    assert_eq!(beacon::pasted(chain, ROUND, &spaced), Ok(recorded(ROUND)));
    let json = recorded(ROUND).to_json();
    assert_eq!(beacon::pasted(chain, ROUND, &json), Ok(recorded(ROUND)));
    let other = recorded(1000).to_json();
    assert!(matches!(
        beacon::pasted(chain, ROUND, &other),
        Err(BeaconError::Round { found: 1000, .. })
    ));
    assert_eq!(
        beacon::pasted(chain, ROUND, &digits[..94]),
        Err(BeaconError::Length {
            expected: 48,
            found: 47
        })
    );
    assert_eq!(beacon::pasted(chain, ROUND, "zz"), Err(BeaconError::Hex));
}

fn the_same_round_a_second_time_gives_the_same_result(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.frozen(9);
    library.clock.stand_at(due());
    let first = library.receive(&draw, &recorded(ROUND)).expect("the round");
    let bundle = library.bundle(&id).to_zip();
    library.clock.advance(DAY);
    let second = library.receive(&draw, &recorded(ROUND)).expect("the round");
    assert_eq!(first, second);
    assert_eq!(library.bundle(&id).to_zip(), bundle);
    assert!(library.receive(&draw, &recorded(1000)).is_err());
}

fn nothing_happens_before_its_time(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    let close = || {
        library
            .db
            .write_now("close", |tx| draw::close(tx, &library.vault, &id))
    };
    let freeze = || {
        library
            .db
            .write_now("freeze", |tx| draw::freeze(tx, &library.vault, &draw))
    };
    library.clock.stand_at(due().plus(-2 * DAY - 1));
    assert!(matches!(close(), Err(Error::TooEarly { from }) if from == due().plus(-2 * DAY)));
    assert!(matches!(
        freeze(),
        Err(Error::OtherStage {
            found: DrawStage::Open
        })
    ));
    library.clock.advance(1);
    close().expect("it is time");
    close().expect("a second time changes nothing");
    assert!(matches!(freeze(), Err(Error::TooEarly { .. })));
    assert!(matches!(
        library.receive(&draw, &recorded(ROUND)),
        Err(Error::OtherStage {
            found: DrawStage::Closed
        })
    ));
    let plan = library.plan(&id);
    let bundle = library
        .db
        .read_now("bundle", |tx| draw::bundle(tx, &library.vault, &plan));
    assert!(matches!(bundle, Err(Error::OtherStage { .. })));
    library.clock.stand_at(due().plus(-HOUR));
    freeze().expect("it is time");
    freeze().expect("a second time changes nothing");
}

fn a_late_beacon_waits(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, _) = library.frozen(4);
    let waiting = LocalRelay::answering(|_| Answer::status(404));
    let relays = || Arc::new(HttpRelays::over_plain_http(&[waiting.address()]));
    library.go_to(due(), relays());
    assert_eq!(library.plan(&id).trouble(), "not_yet");
    let asked = waiting.asked();
    library.go_to(due().plus(3 * SECOND - 1), relays());
    assert_eq!(waiting.asked(), asked, "not asked again too soon");
    for late in [3 * SECOND, 40 * SECOND, 2 * MINUTE, HOUR, DAY] {
        library.go_to(due().plus(late), relays());
        assert_eq!(library.plan(&id).stage, DrawStage::Frozen);
    }
    assert_eq!(waiting.asked(), asked + 5);

    let relay = LocalRelay::answering(|_| Answer::ok(recorded(ROUND).to_json()));
    let relays = HttpRelays::over_plain_http(&[waiting.address(), relay.address()]);
    library.go_to(due().plus(DAY + HOUR), Arc::new(relays));
    assert_eq!(library.plan(&id).stage, DrawStage::Drawn);
    assert_verifies(&library.bundle(&id), &Options::default());
}

#[test]
fn what_a_relay_may_not_do_is_not_taken() {
    let good = LocalRelay::answering(|_| Answer::ok(recorded(ROUND).to_json()));
    let address = good.address();
    let fetch = |answer: Answer| {
        let relay = LocalRelay::answering(move |_| answer.clone());
        HttpRelays::over_plain_http(&[relay.address()]).fetch(&QUICKNET, ROUND)
    };
    let other = recorded(1000).to_json();
    assert_eq!(fetch(Answer::ok(other)), Err(Trouble::OtherRound));
    let renamed = Beacon {
        round: ROUND,
        ..recorded(1000)
    };
    assert_eq!(fetch(Answer::ok(renamed.to_json())), Err(Trouble::Unsigned));
    let long = format!("{}{}", recorded(ROUND).to_json(), " ".repeat(70_000));
    assert_eq!(fetch(Answer::ok(long)), Err(Trouble::Unreadable));
    assert_eq!(fetch(Answer::ok("<html>")), Err(Trouble::Unreadable));
    assert_eq!(fetch(Answer::status(500)), Err(Trouble::Unreadable));
    assert_eq!(fetch(Answer::status(425)), Err(Trouble::NotYet));
    let moved = Answer::moved(&format!("{address}/elsewhere"));
    assert_eq!(fetch(moved), Err(Trouble::Unreadable));
    assert_eq!(good.asked(), 0, "a redirect is not followed");

    let closed = {
        let gone = LocalRelay::answering(|_| Answer::status(200));
        gone.address()
    };
    let relays = HttpRelays::over_plain_http(&[closed, good.address()]);
    assert_eq!(relays.fetch(&QUICKNET, ROUND), Ok(recorded(ROUND)));
    assert!(HttpRelays::over_https(&[good.address()]).is_err());
}

fn a_draft_says_everything_that_is_missing(engine: Engine) {
    let library = Ceremony::on(engine);
    let id = library.draft(Kind::Draw);
    let problems = || {
        let facts = library.facts(&id);
        let now = library.clock.now();
        library
            .db
            .read_now("problems", |tx| draw::problems(tx, &facts, now))
            .expect("the draft can be read")
    };
    assert!(problems().contains(&Problem::NoPlan));
    assert!(
        problems()
            .iter()
            .any(|each| matches!(each, Problem::Asked(_)))
    );
    assert!(matches!(library.publish(&id), Err(Error::NotReady)));
    library.clock.stand_at(due());
    assert!(
        problems()
            .iter()
            .any(|each| matches!(each, Problem::Details(_)))
    );
    for problem in problems() {
        for language in Language::ALL {
            assert!(!problem.message(language).is_empty());
        }
        assert!(problem.path(&id).starts_with("/staff/activities/"));
    }
    assert_eq!(library.facts(&id).stage, Stage::Draft);
}

fn a_published_draw_cannot_be_published_or_planned_again(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    assert!(matches!(library.publish(&id), Err(Error::Activity(_))));
    let version = library.facts(&id).version;
    let planned = library.db.write_now("plan", |tx| {
        draw::save_plan(
            tx,
            &library.by,
            &id,
            None,
            version,
            &Ceremony::plan_details(),
        )
    });
    assert!(matches!(planned, Err(Error::Activity(_))));

    let rules = library
        .db
        .read_now("rules", |tx| {
            draw::note(tx, &id, draw.as_str(), "rules.txt")
        })
        .expect("it can be read")
        .expect("it is sealed");
    let facts = library.facts(&id);
    let plan = library.plan(&id);
    let all = std::slice::from_ref(&plan);
    let again = draw::rules_text(&facts, &plan, all, &Ceremony::asked(), &RuleBook::default());
    assert_eq!(again.expect("the chain is pinned"), rules.note);
    let deadlines = draw::claim_deadlines(&facts, &plan);
    assert_eq!(deadlines.len(), 4, "four times 14 days fit before day 60");
    for deadline in deadlines {
        let line = format!("[unix {}]", deadline.unix());
        assert_eq!(
            rules.note.matches(&line).count(),
            2,
            "once in each language"
        );
    }
}

fn a_cancelled_draw_has_a_signed_reason_and_a_small_bundle(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    let facts = library.facts(&id);
    library
        .db
        .write_now("cancel", |tx| {
            let (vault, by) = (&library.vault, &library.by);
            draw::cancel(
                tx,
                vault,
                by,
                &facts,
                CancelCode::Prize,
                "贈品缺貨\nNo prizes",
            )
        })
        .expect("nobody has won yet");
    assert_eq!(library.facts(&id).stage, Stage::Cancelled);
    let bundle = library.bundle(&id);
    let names: Vec<&str> = bundle.iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "cancel.note",
            "cancel.proof",
            "manifest.note",
            "manifest.proof",
            "rules.txt",
            "site.vkey"
        ]
    );
    let report = verify(&bundle, &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    library.go_to(due(), Arc::new(Nobody));
    assert_eq!(library.plan(&id).stage, DrawStage::Cancelled);
    assert!(library.receive(&draw, &recorded(ROUND)).is_err());
}

fn a_draw_that_is_decided_cannot_be_cancelled(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, _) = library.frozen(3);
    library.clock.stand_at(due());
    let facts = library.facts(&id);
    let cancelled = library.db.write_now("cancel", |tx| {
        let (vault, by) = (&library.vault, &library.by);
        draw::cancel(tx, vault, by, &facts, CancelCode::Other, "x")
    });
    assert!(matches!(cancelled, Err(Error::Decided)));
    assert_eq!(library.facts(&id).stage, Stage::Closed);
}

fn a_draw_without_entries_ends_with_nothing_given(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.frozen(0);
    library.clock.stand_at(due());
    let result = library.receive(&draw, &recorded(ROUND)).expect("the round");
    assert_eq!(result.end, 0);
    assert_verifies(&library.bundle(&id), &Options::default());
}

fn a_survey_closes_without_any_note(engine: Engine) {
    let library = Ceremony::on(engine);
    let id = library.draft(Kind::Survey);
    let missing = library.publish(&id);
    assert!(matches!(missing, Err(Error::NotReady)));
    library
        .db
        .write_now("ask", |tx| {
            survey::save(tx, &library.by, &id, one_question())
        })
        .expect("the question is saved");
    library.publish(&id).expect("nothing is missing");
    library.go_to(due().plus(-2 * DAY), Arc::new(Nobody));
    assert_eq!(library.facts(&id).stage, Stage::Closed);
    let notes = library
        .db
        .read_now("notes", |tx| draw::notes(tx, &id, ""))
        .expect("they can be read");
    assert_eq!(notes, []);
}

fn one_question() -> Question {
    Question {
        id: QuestionId::fresh(),
        position: 0,
        kind: QuestionKind::LongText { max: 200 },
        label_zh: "您讀了哪一本書？".to_owned(),
        label_en: "Which book did you read?".to_owned(),
        hint_zh: String::new(),
        hint_en: String::new(),
        required: true,
    }
}

fn every_public_page_is_there_in_both_languages_and_small(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    let client = library.client();
    let page = |path: &str| {
        let response = client.get(path.to_owned()).dispatch();
        let (status, html) = (response.status(), response.into_string());
        let html = html.unwrap_or_default();
        let style = std::fs::metadata("static/site.css").map_or(0, |css| css.len());
        let size = html.len() + usize::try_from(style).unwrap_or(0);
        assert!(size <= 30 * 1024, "{path} has {size} bytes");
        (status, html)
    };
    let everywhere = |wanted: Status| {
        let own = ["", "/entries", "/check", "/check?ticket=3-1", "/how"];
        for language in Language::ALL {
            for part in own {
                let (status, html) = page(&language.url(&format!("/d/{draw}{part}")));
                assert_eq!(status, wanted, "{part}: {html}");
            }
            assert_eq!(page(&language.url("/draws")).0, Status::Ok);
            assert_eq!(page(&language.url("/verify")).0, Status::Ok);
        }
    };
    everywhere(Status::Ok);
    let (status, words) = page(&format!("/d/{draw}/bundle.zip"));
    assert_eq!(status, Status::NotFound);
    assert!(words.contains("紀錄檔還沒有產生"));

    library.clock.stand_at(due().plus(-8 * DAY));
    for person in 0..60 {
        library.enter(&id, person % 58);
    }
    everywhere(Status::Ok);
    let hidden = page(&format!("/d/{draw}/check?ticket=3-1")).1;
    assert!(!hidden.contains("3-1 在名冊裡"), "nothing before the close");
    library.go_to(due().plus(-2 * DAY), Arc::new(Nobody));
    everywhere(Status::Ok);
    library.go_to(due().plus(-HOUR), Arc::new(Nobody));
    everywhere(Status::Ok);
    library.go_to(due(), Arc::new(Nobody));
    everywhere(Status::Ok);
    assert!(page(&format!("/d/{draw}")).1.contains("絕不改用其他來源"));
    assert!(page(&format!("/d/{draw}/entries")).1.contains("0-0"));
    assert!(
        page(&format!("/d/{draw}/entries?page=2"))
            .1
            .contains("<s>58-")
    );

    let result = library.receive(&draw, &recorded(ROUND)).expect("the round");
    everywhere(Status::Ok);
    let plan = library.plan(&id);
    let held = library
        .db
        .read_now("holdings", |tx| draw::holdings(tx, &plan))
        .expect("the result can be read");
    let winner = TicketNumber(held[0].index).to_string();
    assert!(page(&format!("/d/{draw}")).1.contains(&winner));
    assert!(page(&format!("/d/{draw}/results")).1.contains(&winner));
    let looked_up = page(&format!("/d/{draw}/check?ticket={winner}")).1;
    assert!(looked_up.contains("平板電腦"), "{looked_up}");
    let mistyped = page(&format!("/d/{draw}/check?ticket=12")).1;
    assert!(mistyped.contains("error-summary"), "{mistyped}");
    let note = client
        .get(format!("/d/{draw}/notes/result.note"))
        .dispatch()
        .into_string();
    assert!(note.is_some_and(|note| note.starts_with(&result.to_text())));
    let zip = client.get(format!("/d/{draw}/bundle.zip")).dispatch();
    assert_eq!(zip.status(), Status::Ok);
    let zip = zip.into_bytes().expect("the file");
    assert_verifies(
        &Bundle::from_zip(&zip).expect("canonical"),
        &Options::default(),
    );
    assert_eq!(page("/d/nothing").0, Status::NotFound);
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
