//! A promise replaced in public: a date moves, a chain ends, and never a second try.

use fairdraw::draw::{DrandRound, SourceDetails, Successor, SuccessorTrouble, SupersedeCode};
use lucky_draw::beacon::DEFAULT;
use lucky_draw::note::TlogProof;

use super::*;

on_both! {
    a_date_moves_while_people_enter,
    a_chain_ends_after_the_freeze,
    nothing_is_replaced_once_the_round_is_near,
    a_successor_that_is_cancelled_has_a_bundle_that_verifies,
}

/// Two quicknet rounds of August 2025, four days apart, and one of the default chain after them.
const FIRST: u64 = 20_791_007;
const SECOND_ROUND: u64 = 20_905_307;
const OF_DEFAULT: u64 = 5_347_804;

fn at(chain: &'static Chain, round: u64) -> Timestamp {
    DrandRound { chain, round }.due()
}

fn successor(chain: &'static Chain, closes_at: Timestamp, draws_at: Timestamp) -> Successor {
    Successor {
        sources: vec![SourceDetails::Drand(chain)],
        closes_at,
        freezes_at: draws_at.plus(-HOUR),
        draws_at,
        code: SupersedeCode::Date,
        words: "颱風\nA typhoon\n".to_owned(),
    }
}

impl Ceremony {
    /// A published draw at the first round, with entries.
    fn promised(&self) -> (ActivityId, DrawId, Vec<Secret>) {
        let first = at(&QUICKNET, FIRST);
        let id = self.drafted_with(first, SourceDetails::usual());
        self.publish(&id).expect("nothing is missing");
        self.clock.stand_at(first.plus(-8 * DAY));
        let secrets = (0..9).map(|person| self.enter(&id, person).0).collect();
        (id.clone(), self.plan(&id).id, secrets)
    }

    fn supersede(&self, draw: &DrawId, successor: &Successor) -> Result<(), Error> {
        self.db.write_now("supersede", |tx| {
            draw::supersede(tx, &self.vault, &self.by, draw, successor)
        })
    }

    fn shows(&self, draw: &DrawId, words: &str) {
        let client = self.client();
        for language in Language::ALL {
            let page = client.get(language.url(&format!("/d/{draw}"))).dispatch();
            assert_eq!(page.status(), Status::Ok);
            let html = page.into_string().unwrap_or_default();
            assert!(html.contains(words), "{html}");
        }
    }
}

fn a_date_moves_while_people_enter(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw, secrets) = library.promised();
    let lookup = library
        .vault
        .lookup(&secrets[0])
        .expect("the vault answers");
    let file = library
        .db
        .read_now("receipt", |tx| {
            let found = entry::receipt::find(tx, &lookup)?.ok_or(entry::Error::Unknown)?;
            entry::receipt::build(tx, &found, &secrets[0])
        })
        .expect("it can be read")
        .first()
        .expect("the entry has a receipt")
        .secret_file();

    let (first, second) = (at(&QUICKNET, FIRST), at(&QUICKNET, SECOND_ROUND));
    library.clock.stand_at(first.plus(-3 * DAY));
    let next = successor(&QUICKNET, second.plus(-2 * DAY), second);
    library.supersede(&draw, &next).expect("it is in time");
    let facts = library.facts(&id);
    assert_eq!(
        (facts.closes_at, facts.draws_at),
        (second.plus(-2 * DAY), second)
    );
    assert_eq!(facts.stage, Stage::Open);
    library.shows(&draw, "base-0.note");
    library.shows(&draw, "A typhoon");

    // Entry goes on past the old close, and nothing of the old promise comes by itself.
    library.go_to(first.plus(-2 * DAY), Arc::new(Nobody));
    assert_eq!(library.facts(&id).stage, Stage::Open);
    library.enter(&id, 20);
    library.go_to(second.plus(-2 * DAY), Arc::new(Nobody));
    library.go_to(second.plus(-HOUR), Arc::new(Nobody));
    assert_eq!(library.plan(&id).stage, DrawStage::Frozen);
    library.clock.stand_at(second);
    let old = library.receive(&draw, &recorded(FIRST));
    assert!(matches!(old, Err(Error::Beacon(_))), "{old:?}");
    library
        .receive(&draw, &recorded(SECOND_ROUND))
        .expect("the round");

    let bundle = library.bundle(&id);
    assert!(bundle.file("base-0.note").is_some());
    assert_verifies(&bundle, &Options::default());
    // A receipt of before the change proves the same ticket.
    let options = Options {
        receipt: Some(TlogProof::parse(&file).expect("a tlog-proof")),
        id: Some(subject(0)),
        ..Options::default()
    };
    assert_verifies(&bundle, &options);
}

fn a_chain_ends_after_the_freeze(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw, _) = library.promised();
    let (first, later) = (at(&QUICKNET, FIRST), at(&DEFAULT, OF_DEFAULT));
    library.go_to(first.plus(-2 * DAY), Arc::new(Nobody));
    library.go_to(first.plus(-HOUR), Arc::new(Nobody));
    assert_eq!(library.plan(&id).stage, DrawStage::Frozen);
    let next = Successor {
        code: SupersedeCode::Chain,
        ..successor(&DEFAULT, first.plus(-2 * DAY), later)
    };
    library.supersede(&draw, &next).expect("it is in time");
    // The same list is closed under the new promise, and open to objections again.
    let plan = library.plan(&id);
    assert_eq!(plan.stage, DrawStage::Closed);
    let closes = library
        .db
        .read_now("closes", |tx| draw::closes(tx, &plan))
        .expect("they can be read");
    assert_eq!(closes.len(), 1);
    assert_eq!(Some(closes[0].close.manifest), plan.manifest);
    library.shows(&draw, "base-0.note");

    library.go_to(first.plus(DAY), Arc::new(Nobody));
    assert_eq!(
        library.plan(&id).stage,
        DrawStage::Closed,
        "not the old freeze"
    );
    library.go_to(later.plus(-HOUR), Arc::new(Nobody));
    library.clock.stand_at(later);
    library
        .receive(&draw, &recorded_default(OF_DEFAULT))
        .expect("the round of the new chain");
    let bundle = library.bundle(&id);
    assert!(
        bundle
            .iter()
            .all(|(name, _)| !name.starts_with("superseded-"))
    );
    assert_verifies(&bundle, &Options::default());
}

fn nothing_is_replaced_once_the_round_is_near(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw, _) = library.promised();
    let (first, second) = (at(&QUICKNET, FIRST), at(&QUICKNET, SECOND_ROUND));
    let closes_at = first.plus(-2 * DAY);
    let facts = library.facts(&id);
    let plan = library.plan(&id);
    let troubles = |successor: &Successor| {
        library
            .db
            .read_now("check", |tx| {
                draw::successor_troubles(tx, &facts, &plan, successor)
            })
            .expect("it can be checked")
    };
    let same = successor(&QUICKNET, closes_at, first);
    assert_eq!(troubles(&same), [SuccessorTrouble::Same]);
    assert!(matches!(
        library.supersede(&draw, &same),
        Err(Error::NotReady)
    ));
    let far = successor(&QUICKNET, closes_at, first.plus(100 * DAY));
    assert_eq!(troubles(&far), [SuccessorTrouble::Draws]);

    library.go_to(closes_at, Arc::new(Nobody));
    library.go_to(first.plus(-HOUR), Arc::new(Nobody));
    library.clock.stand_at(first.plus(-10 * MINUTE));
    let next = successor(&QUICKNET, closes_at, second);
    let late = library.supersede(&draw, &next);
    assert!(matches!(late, Err(Error::Decided)), "{late:?}");
    library.clock.stand_at(first);
    library.receive(&draw, &recorded(FIRST)).expect("the round");
    let over = library.supersede(&draw, &next);
    assert!(matches!(over, Err(Error::OtherStage { .. })), "{over:?}");
    assert_verifies(&library.bundle(&id), &Options::default());
}

fn a_successor_that_is_cancelled_has_a_bundle_that_verifies(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw, _) = library.promised();
    let (first, second) = (at(&QUICKNET, FIRST), at(&QUICKNET, SECOND_ROUND));
    library.go_to(first.plus(-2 * DAY), Arc::new(Nobody));
    library.go_to(first.plus(-HOUR), Arc::new(Nobody));
    let next = successor(&QUICKNET, first.plus(-2 * DAY), second);
    library.supersede(&draw, &next).expect("it is in time");
    // Past the old round, before the new one.
    library.clock.stand_at(first.plus(DAY));
    let facts = library.facts(&id);
    library
        .db
        .write_now("cancel", |tx| {
            let (vault, by) = (&library.vault, &library.by);
            draw::cancel(tx, vault, by, &facts, CancelCode::Force, "颱風\nA typhoon")
        })
        .expect("nothing of the new randomness is known");
    let bundle = library.bundle(&id);
    let report = verify(&bundle, &Options::default());
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(report.cancelled.as_deref(), Some("FORCE"));
    let manifest = bundle.file("manifest.note").expect("the last promise");
    assert!(String::from_utf8_lossy(manifest).contains("\nsupersedes "));
    library.shows(&draw, "base-0.note");
}
