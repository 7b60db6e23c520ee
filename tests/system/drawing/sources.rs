//! Where the randomness comes from: other chains, several sources, and rows of older versions.

use diesel::connection::SimpleConnection;
use fairdraw::account::name::StaffName;
use fairdraw::account::passphrase::{self, Passphrase};
use fairdraw::account::{self, Role};
use fairdraw::draw::{
    DrandRound, Game, Issue, NumbersStep, PlanTrouble, SourceDetails, SourceKind, SourceTrouble,
};
use fairdraw::platform::db;
use lucky_draw::beacon::DEFAULT;

use super::*;

on_both! {
    a_draw_may_rest_on_the_default_chain,
    a_round_and_a_lottery_decide_together,
    numbers_count_when_two_people_gave_the_same,
    a_lottery_alone_is_refused_with_its_bits,
    an_issue_has_to_be_drawn_after_the_freeze,
    older_tables_are_carried_over_with_their_rounds,
}

/// A round of the default chain that was really published, due on 22 August 2025.
const DEFAULT_ROUND: u64 = 5_347_804;

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
    pub(super) fn drafted_with(
        &self,
        draws_at: Timestamp,
        sources: Vec<SourceDetails>,
    ) -> ActivityId {
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

/// An issue of a known game, drawn half an hour before the draw.
fn issue(game: &str, draws_at: Timestamp) -> Issue {
    let game = Game::of(game).expect("a known game");
    Issue {
        game: game.slug.to_owned(),
        number: "113000075".to_owned(),
        ascending: game.ascending(),
        balls: game.balls(),
        which: game.which(),
        outcomes: game.outcomes(),
        drawn_at: draws_at.plus(-HOUR / 2),
        published_by: draws_at.plus(HOUR),
    }
}

fn quicknet_and_lotto() -> Vec<SourceDetails> {
    vec![
        SourceDetails::Drand(&QUICKNET),
        SourceDetails::Numbers(issue("lotto649", due())),
    ]
}

/// Two members of staff who can sign in.
fn two_people(library: &Ceremony) -> [StaffId; 2] {
    ["first.hand", "second.hand"].map(|name| {
        let name = StaffName::parse(name).expect("a name");
        let words = Passphrase::parse("correct horse battery staple", &name).expect("long enough");
        let hash = passphrase::hash(&words);
        library
            .db
            .write_now("employ", |tx| {
                account::create_staff(tx, &name, &hash, &[Role::Librarian, Role::DrawOfficer])
            })
            .expect("the account is made")
    })
}

impl Ceremony {
    fn type_numbers(&self, by: &StaffId, draw: &DrawId, typed: &str) -> Result<NumbersStep, Error> {
        self.db.write_now("type numbers", |tx| {
            draw::type_numbers(tx, &self.vault, by, draw, 2, typed)
        })
    }

    fn refusals(&self, id: &ActivityId) -> Vec<SourceTrouble> {
        let facts = self.facts(id);
        let now = self.clock.now();
        let problems = self
            .db
            .read_now("problems", |tx| draw::problems(tx, &facts, now))
            .expect("the draft can be read");
        for problem in &problems {
            for language in Language::ALL {
                assert!(!problem.message(language).is_empty());
            }
        }
        problems
            .into_iter()
            .map(|problem| match problem {
                Problem::Plan(_, PlanTrouble::Source(trouble)) => trouble,
                other => panic!("nothing else is wrong: {other:?}"),
            })
            .collect()
    }
}

/// Nothing fails; what nobody can check from the files is said to be so.
fn assert_nothing_fails(bundle: &Bundle) {
    let report = verify(bundle, &Options::default());
    for check in &report.checks {
        let expected = match check.name {
            CheckName::Time | CheckName::NumbersOrigin => Outcome::CouldNotCheck,
            CheckName::Purge | CheckName::Settle | CheckName::Receipt => check.outcome,
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

fn a_round_and_a_lottery_decide_together(engine: Engine) {
    let library = Ceremony::on(engine);
    let [one, other] = two_people(&library);
    let id = library.drafted_with(due(), quicknet_and_lotto());
    assert_eq!(library.refusals(&id), []);
    let draw = library.frozen_at(&id, due());
    let rules = library.rules(&id, &draw);
    for words in [
        "lotto649-113000075",
        "特別號不算",
        "special number",
        "[unix 1722801564]",
    ] {
        assert!(rules.contains(words), "{words}");
    }

    // The round comes by itself, and waits for the numbers.
    let relay = LocalRelay::answering(|_| Answer::ok(recorded(ROUND).to_json()));
    let relays = || Arc::new(HttpRelays::over_plain_http(&[relay.address()]));
    library.go_to(due(), relays());
    let plan = library.plan(&id);
    assert_eq!(plan.stage, DrawStage::Frozen);
    let missing: Vec<u32> = plan.missing().map(|source| source.position).collect();
    assert_eq!(missing, [2]);
    let client = library.client();
    let page = |path: String| {
        client
            .get(path)
            .dispatch()
            .into_string()
            .unwrap_or_default()
    };
    let waiting = page(format!("/d/{draw}"));
    assert!(
        !waiting.contains("還沒有收到"),
        "it is not late before its time"
    );
    library.go_to(due().plus(HOUR), relays());
    assert_eq!(
        relay.asked(),
        1,
        "a round that is there is not asked for again"
    );
    let late = page(format!("/d/{draw}"));
    assert!(late.contains("還沒有收到大樂透第 113000075 期"), "{late}");

    let typed = library.type_numbers(&one, &draw, "45 8 9 10 12 31");
    assert_eq!(typed.expect("six numbers"), NumbersStep::OneMore);
    assert!(page(format!("/en/d/{draw}")).contains("entered 8.9.10.12.31.45."));
    let typed = library.type_numbers(&other, &draw, "08,09,10,12,31,45");
    assert_eq!(typed.expect("the same"), NumbersStep::Taken { drawn: true });
    assert_eq!(library.plan(&id).stage, DrawStage::Drawn);

    let bundle = library.bundle(&id);
    let numbers = bundle.file("numbers-2.txt").expect("the numbers are in it");
    assert_eq!(numbers, b"8.9.10.12.31.45.\n");
    assert_nothing_fails(&bundle);
    assert!(page(format!("/d/{draw}/notes/numbers-2.txt")).starts_with("8.9."));
    for language in Language::ALL {
        let shown = page(language.url(&format!("/d/{draw}")));
        assert!(shown.contains("8.9.10.12.31.45."), "{shown}");
        let how = page(language.url(&format!("/d/{draw}/how")));
        assert!(how.contains("113000075"), "{how}");
    }

    // Whatever comes now changes nothing.
    let zip = bundle.to_zip();
    for hand in [&one, &other] {
        let again = library.type_numbers(hand, &draw, "1 2 3 4 5 6");
        assert_eq!(again.expect("nothing"), NumbersStep::Taken { drawn: true });
    }
    library.receive(&draw, &recorded(ROUND)).expect("the same");
    assert_eq!(library.bundle(&id).to_zip(), zip);
}

fn numbers_count_when_two_people_gave_the_same(engine: Engine) {
    let library = Ceremony::on(engine);
    let [one, other] = two_people(&library);
    let id = library.drafted_with(due(), quicknet_and_lotto());
    let draw = library.frozen_at(&id, due());
    let early = library.type_numbers(&one, &draw, "1 2 3 4 5 6");
    assert!(matches!(early, Err(Error::TooEarly { .. })), "{early:?}");
    library.clock.stand_at(due().plus(-HOUR / 2));

    let refused = library.type_numbers(&one, &draw, "1 2 3 4 5 50");
    assert!(matches!(refused, Err(Error::Numbers(_))));
    let step = |hand: &StaffId, typed: &str| {
        library
            .type_numbers(hand, &draw, typed)
            .expect("six numbers of the game")
    };
    assert_eq!(step(&one, "1 2 3 4 5 6"), NumbersStep::OneMore);
    assert_eq!(
        step(&one, "1 2 3 4 5 6"),
        NumbersStep::OneMore,
        "one person twice"
    );
    assert_eq!(step(&other, "1 2 3 4 5 7"), NumbersStep::Differ);
    assert_eq!(step(&one, "1 2 3 4 5 6"), NumbersStep::Differ);
    assert_eq!(library.plan(&id).missing().count(), 2);
    assert_eq!(
        step(&other, "6 5 4 3 2 1"),
        NumbersStep::Taken { drawn: false }
    );
    assert_eq!(
        step(&one, "1 2 3 4 5 7"),
        NumbersStep::Taken { drawn: false }
    );
    assert_eq!(
        library.plan(&id).sources[1].value.as_deref(),
        Some("1.2.3.4.5.6.")
    );

    // The round is late: the numbers alone give no result, however long it takes.
    library.go_to(due().plus(DAY), Arc::new(Nobody));
    let plan = library.plan(&id);
    assert_eq!(
        (plan.stage, plan.trouble()),
        (DrawStage::Frozen, "unreachable")
    );
    library.receive(&draw, &recorded(ROUND)).expect("the round");
    assert_nothing_fails(&library.bundle(&id));
}

fn a_lottery_alone_is_refused_with_its_bits(engine: Engine) {
    let library = Ceremony::on(engine);
    let lotteries = |games: &[&str]| {
        let numbers = |game: &&str| SourceDetails::Numbers(issue(game, due()));
        games.iter().map(numbers).collect::<Vec<_>>()
    };
    let id = library.drafted_with(due(), lotteries(&["lotto649"]));
    let refused = [SourceTrouble::OnePerson, SourceTrouble::Weak(23)];
    assert_eq!(library.refusals(&id), refused);
    let plan = library.plan(&id).id;
    let words = Problem::Plan(plan.clone(), PlanTrouble::Source(SourceTrouble::Weak(23)));
    assert!(words.message(Language::En).contains("only 23 bits"));
    assert!(matches!(library.publish(&id), Err(Error::NotReady)));

    two_people(&library);
    let version = library.facts(&id).version;
    let three = PlanDetails {
        sources: lotteries(&["lotto649", "superlotto638", "dailycash539"]),
        ..Ceremony::plan_details()
    };
    library
        .db
        .write_now("plan", |tx| {
            draw::save_plan(tx, &library.by, &id, Some(&plan), version, &three)
        })
        .expect("the plan is saved");
    assert_eq!(library.refusals(&id), []);
    library.publish(&id).expect("67 bits are enough");
}

fn an_issue_has_to_be_drawn_after_the_freeze(engine: Engine) {
    let library = Ceremony::on(engine);
    two_people(&library);
    let with = |drawn_at, published_by| {
        vec![
            SourceDetails::Drand(&QUICKNET),
            SourceDetails::Numbers(Issue {
                drawn_at,
                published_by,
                ..issue("lotto649", due())
            }),
        ]
    };
    let early = due().plus(-HOUR + 10 * MINUTE - 1);
    let id = library.drafted_with(due(), with(early, due().plus(DAY + 1)));
    let refused = [
        SourceTrouble::DrawnTooEarly(1),
        SourceTrouble::PublishedTooLate(1),
    ];
    assert_eq!(library.refusals(&id), refused);
    let version = library.facts(&id).version;
    let known = library.plan(&id).id;
    let plan = PlanDetails {
        sources: with(due(), due().plus(-1)),
        ..Ceremony::plan_details()
    };
    library
        .db
        .write_now("plan", |tx| {
            draw::save_plan(tx, &library.by, &id, Some(&known), version, &plan)
        })
        .expect("the plan is saved");
    assert_eq!(
        library.refusals(&id),
        [SourceTrouble::PublishedBeforeDrawn(1)]
    );
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
