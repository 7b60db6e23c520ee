//! Where the randomness comes from: other chains, several sources, and rows of older versions.

use diesel::connection::SimpleConnection;
use fairdraw::draw::{DrandRound, SourceDetails, SourceKind};
use fairdraw::platform::db;
use lucky_draw::beacon::DEFAULT;

use super::*;

on_both! {
    a_draw_may_rest_on_the_default_chain,
    older_tables_are_carried_over_with_their_rounds,
}

/// A round of the default chain that was really published, due on 22 August 2025.
const DEFAULT_ROUND: u64 = 5_347_804;

/// What was published for a round of the default chain.
fn recorded_default(round: u64) -> Beacon {
    let fixtures = include_str!("../../../protocol/tests/vectors/drand-rounds.json");
    let fixtures: serde_json::Value =
        serde_json::from_str(fixtures).expect("the fixtures are JSON");
    let rounds = fixtures["rounds"].as_array().expect("a list of rounds");
    let found = rounds
        .iter()
        .find(|each| each["chain"] == "default" && each["round"] == round)
        .expect("the round was recorded");
    let json = serde_json::json!({
        "round": round,
        "signature": found["signature"],
        "previous_signature": found["previous_signature"],
    });
    Beacon::parse_relay(&DEFAULT, &json.to_string()).expect("a relay's answer")
}

/// The details of a draw at another moment than [`due`].
fn details_at(draws_at: Timestamp) -> Details {
    let later = draws_at.0 - due().0;
    let usual = Ceremony::details(Kind::Draw);
    Details {
        opens_at: usual.opens_at.plus(later),
        closes_at: usual.closes_at.plus(later),
        freezes_at: usual.freezes_at.plus(later),
        draws_at,
        ..usual
    }
}

impl Ceremony {
    /// A draft at `draws_at` with these sources.
    fn drafted_with(&self, draws_at: Timestamp, sources: Vec<SourceDetails>) -> ActivityId {
        self.clock.stand_at(draws_at.plus(-10 * DAY));
        let details = details_at(draws_at);
        let id = self
            .db
            .write_now("create", |tx| {
                Activity::<Draft>::create(tx, &self.by, &details)
            })
            .expect("a draft is made")
            .id
            .clone();
        let version = self.facts(&id).version;
        self.db
            .write_now("ask", |tx| {
                draft::save_asked(tx, &self.by, &id, version, &Ceremony::asked())
            })
            .expect("the fields are saved");
        let version = self.facts(&id).version;
        let plan = PlanDetails {
            sources,
            ..Ceremony::plan_details()
        };
        self.db
            .write_now("plan", |tx| {
                draw::save_plan(tx, &self.by, &id, None, version, &plan)
            })
            .expect("the plan is saved");
        id
    }

    /// The draw of a draft, published, entered by some and frozen.
    fn frozen_at(&self, id: &ActivityId, draws_at: Timestamp) -> DrawId {
        self.publish(id).expect("nothing is missing");
        self.clock.stand_at(draws_at.plus(-8 * DAY));
        for person in 0..9 {
            self.enter(id, person);
        }
        self.go_to(draws_at.plus(-2 * DAY), Arc::new(Nobody));
        self.go_to(draws_at.plus(-HOUR), Arc::new(Nobody));
        let plan = self.plan(id);
        assert_eq!(plan.stage, DrawStage::Frozen);
        plan.id
    }
}

fn a_draw_may_rest_on_the_default_chain(engine: Engine) {
    let library = Ceremony::on(engine);
    let wanted = DrandRound {
        chain: &DEFAULT,
        round: DEFAULT_ROUND,
    };
    let id = library.drafted_with(wanted.due(), vec![SourceDetails::Drand(&DEFAULT)]);
    library.frozen_at(&id, wanted.due());
    let plan = library.plan(&id);
    assert_eq!(plan.drand(), Some(wanted));
    assert_eq!(plan.round_time().expect("it has a source"), wanted.due());

    let relay = LocalRelay::answering(|path| {
        assert_eq!(path, format!("/{}/public/{DEFAULT_ROUND}", DEFAULT.hash));
        Answer::ok(recorded_default(DEFAULT_ROUND).to_json())
    });
    let relays = HttpRelays::over_plain_http(&[relay.address()]);
    library.go_to(wanted.due(), Arc::new(relays));
    assert_eq!(library.plan(&id).stage, DrawStage::Drawn);
    assert_verifies(&library.bundle(&id), &Options::default());
}

fn older_tables_are_carried_over_with_their_rounds(engine: Engine) {
    let library = Ceremony::on(engine);
    let (drawn, draw) = library.frozen(3);
    library.clock.stand_at(due());
    library.receive(&draw, &recorded(ROUND)).expect("the round");
    let before = library.plan(&drawn);
    let zip = library.bundle(&drawn).to_zip();

    let back = include_str!("../../../migrations/2026-11-22-000011_create_draw_sources/down.sql");
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = '20261122000011'";
    library
        .db
        .write_now("go back a version", |tx| {
            tx.conn().batch_execute(back)?;
            tx.conn().batch_execute(forget)?;
            Ok::<_, db::Error>(())
        })
        .expect("the older tables come back");
    let Ceremony {
        db,
        vault,
        clock,
        by,
        _database: database,
    } = library;
    drop(db);
    let library = Ceremony {
        db: database.open(&clock),
        vault,
        clock,
        by,
        _database: database,
    };
    assert_eq!(library.plan(&drawn), before);
    assert!(matches!(before.sources[0].kind, SourceKind::Drand(_)));
    assert_eq!(library.bundle(&drawn).to_zip(), zip);
    let (listed, _) = library
        .db
        .read_now("list", |tx| draw::list_public(tx, 0, 9))
        .expect("draws can be read");
    assert_eq!(listed, [before]);
}
