//! Sessions: every entry takes part in each, and winners of one leave those after it.

use super::*;

on_both! {
    a_winner_of_session_one_leaves_the_sessions_after_it,
    a_session_that_is_cancelled_alone_excludes_nobody,
    one_pasted_round_decides_every_session_of_its_moment,
    a_cancelled_session_is_witnessed_by_the_draw_around_it,
    three_draws_are_purged_with_a_note_each,
}

fn a_winner_of_session_one_leaves_the_sessions_after_it(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    // So few that the third draw comes to everybody, whatever its order.
    for person in 0..8 {
        library.enter(person, None);
    }
    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));

    // The second waits for the first, whose result it needs.
    let early = library.receive(1, FIRST);
    assert!(matches!(early, Err(Error::WaitsFor { .. })), "{early:?}");
    let first = library.receive(0, FIRST).expect("the first is drawn");
    let second = library.receive(1, FIRST).expect("now the second");
    assert_eq!(library.stage(), Stage::Closed, "the third is to come");

    // Winners of the first are told and may decline before the third is drawn.
    let of_first = library.plans()[0].id.clone();
    let holder = library.app.app.db.write_now("decline", |tx| {
        let decided = claims::decided(tx, &of_first)?;
        claims::ensure(tx, &decided)?;
        leaving::leave(tx, &decided, &Actor::System, &seat(1), Wish::Decline)
    });
    holder.expect("a winner declines");

    library.app.go_to(time_of(SECOND).plus(2_000));
    let third = library.receive(2, SECOND).expect("the third is drawn");
    assert_eq!(library.stage(), Stage::Drawn);
    let all = [&first, &second, &third].map(holders);
    for (at, tags) in all.iter().enumerate() {
        let left = 8 - 3 * at;
        assert_eq!(
            tags.len(),
            left.min(3),
            "two seats and a reserve in session {at}"
        );
        for other in &all[at + 1..] {
            assert!(tags.is_disjoint(other), "somebody won twice");
        }
    }
    let skipped = third
        .lines
        .iter()
        .filter(|line| matches!(line, Line::Dup { .. }));
    assert_eq!(skipped.count(), 6, "of eight people six had won before");
    assert_eq!(third.excluded.len(), 2);
    let ascending = third.excluded.windows(2).all(|pair| pair[0].0 < pair[1].0);
    assert!(
        ascending,
        "excluded lines stand in the order of their hashes"
    );

    // A vacancy of the first session changes nothing in the third.
    let plans = library.plans();
    library.write(|tx| {
        let vacates = [(seat(1), SettleCode::D)];
        let vault = &library.app.app.vault;
        draw::settle(tx, vault, &Actor::System, &plans[0], &vacates).map(|_| ())
    });
    for at in 0..3 {
        library.assert_verifies(at);
    }
    let bundle = library.bundle(2);
    assert!(bundle.file("excluded-1.zip").is_some() && bundle.file("excluded-2.zip").is_some());
    assert!(library.bundle(0).file("excluded-1.zip").is_none());
    let keys = (0..3).map(|at| library.bundle(at).file("key.note").expect("a key").to_vec());
    let tag_keys: BTreeSet<String> = keys
        .map(|note| {
            let text = String::from_utf8(note).expect("ASCII");
            let line = text.lines().find(|line| line.starts_with("tag-key "));
            line.expect("a tag key").to_owned()
        })
        .collect();
    assert_eq!(tag_keys.len(), 1, "one key for the activity");

    // Without the first session's bundle the third does not verify.
    let mut bundle = library.bundle(2);
    let inside = bundle.file("excluded-2.zip").expect("there").to_vec();
    bundle.insert("excluded-1.zip", inside);
    assert_eq!(verify(&bundle, &Options::default()).exit_code(), 1);
}

fn seat(unit: u32) -> Slot {
    Slot::Prize {
        slug: "seat".to_owned(),
        unit,
    }
}

fn a_session_that_is_cancelled_alone_excludes_nobody(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions()[..2]);
    for person in 0..4 {
        library.enter(person, None);
    }
    let first = library.plans()[0].id.clone();
    let cancel = |library: &Library| {
        library.app.app.db.write_now("cancel", |tx| {
            let vault = &library.app.app.vault;
            draw::cancel_one(tx, vault, &library.by, &first, CancelCode::Prize)
        })
    };
    let early = cancel(&library);
    assert!(matches!(early, Err(Error::OtherStage { .. })), "{early:?}");
    library.freeze();
    cancel(&library).expect("its round is to come");
    assert_eq!(library.stage(), Stage::Closed);

    let second = library.plans()[1].id.clone();
    let last = library.app.app.db.write_now("cancel", |tx| {
        let vault = &library.app.app.vault;
        draw::cancel_one(tx, vault, &library.by, &second, CancelCode::Prize)
    });
    assert!(matches!(last, Err(Error::LastDraw)), "{last:?}");

    library.app.go_to(time_of(FIRST).plus(2_000));
    let late = library.receive(0, FIRST);
    assert!(matches!(late, Err(Error::OtherStage { .. })), "{late:?}");
    let result = library.receive(1, FIRST).expect("the second is drawn");
    assert!(matches!(result.excluded[..], [(_, Excluded::Cancelled)]));
    assert_eq!(holders(&result).len(), 3);
    assert_eq!(library.stage(), Stage::Drawn);
    library.assert_verifies(0);
    library.assert_verifies(1);
}

fn one_pasted_round_decides_every_session_of_its_moment(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    for person in 0..5 {
        library.enter(person, None);
    }
    library.freeze();
    library.app.go_to(time_of(SECOND).plus(2_000));
    let staff = library.app.first_admin();
    let page = |at: usize| {
        let draw = library.plans()[at].id.clone();
        format!("/staff/activities/{}/draws/{draw}/beacon", library.id)
    };
    let desk = |at: usize| format!("/staff/draws/{}/run", library.plans()[at].id);
    let paste = |path: &str, round: u64| {
        let round = recorded(round).to_json();
        let fields = [("do", "receive"), ("beacon", round.as_str())];
        staff.send(&staff.get(path), path, &fields)
    };
    use DrawStage::{Drawn, Frozen};
    let stages = || -> Vec<DrawStage> { library.plans().iter().map(|plan| plan.stage).collect() };

    // The third waits for the two before it, at the desk and on the page alike.
    for path in [page(2), desk(2)] {
        let early = paste(&path, SECOND);
        assert_eq!(early.status, Status::UnprocessableEntity, "{path}");
        assert!(early.mistakes().contains("要等前面場次的結果"), "{path}");
    }
    assert_eq!(stages(), [Frozen; 3]);
    // Pasted for the second, the round decides the first before it.
    let pasted = paste(&desk(1), FIRST);
    assert_eq!(pasted.status, Status::SeeOther, "{}", pasted.mistakes());
    assert_eq!(
        stages(),
        [Drawn, Drawn, Frozen],
        "the third has another round"
    );
    library.assert_verifies(1);

    // What is decided is audited when everything is.
    let first = library.plans()[0].id.clone();
    let begin = || {
        let db = &library.app.app.db;
        db.write_now("begin audit", |tx| {
            inspection::begin(tx, &Actor::System, &first, 5)
        })
    };
    let early = begin();
    assert!(matches!(early, Err(inspection::Error::NotYet)), "{early:?}");
    let list = staff.get("/staff/inspections");
    assert_eq!(list.texts(".card").len(), 2);
    assert!(
        list.text(".card").contains("還不能抽查"),
        "{}",
        list.text(".card")
    );
    let audit = staff.get(&format!("/staff/draws/{first}/audit"));
    assert!(audit.html.contains("最後一場抽出之後才開始抽查"));

    let last = paste(&page(2), SECOND);
    assert_eq!(last.status, Status::SeeOther, "{}", last.mistakes());
    assert_eq!(stages(), [Drawn; 3]);
    library.assert_verifies(2);
    begin().expect("now it begins");
}

/// The bundle of a cancelled draw names no witnesses; inside another one it carries those of the
/// draw around it, which show that it was cancelled before its round.
fn a_cancelled_session_is_witnessed_by_the_draw_around_it(engine: Engine) {
    let clock = Clock::standing_at(moment(Library::START));
    let mut witness = None;
    let app = TestApp::on(engine, &clock, |config| {
        let vault = Vault::open(&config.keys(), &config.site).expect("the keys are made");
        let server = WitnessServer::start("w.example.tw", &[&journal::vkey(&vault)], &clock);
        config.witnesses = vec![server.setting()];
        config.quorum = 1;
        witness = Some(server);
    });
    let library = Library::drafted_in(app, Arrangement::Sessions, &sessions()[..2]);
    library.publish();
    library.app.go_to(moment(Library::START));
    library.app.go_to(time_of(FIRST).plus(-8 * DAY));
    for person in 0..4 {
        library.enter(person, None);
    }
    library.freeze();
    let first = library.plans()[0].id.clone();
    library.write(|tx| {
        let vault = &library.app.app.vault;
        draw::cancel_one(tx, vault, &library.by, &first, CancelCode::Prize).map(|_| ())
    });
    library.app.app.run_jobs().expect("due jobs can be read");
    library.app.go_to(time_of(FIRST).plus(2_000));
    library.receive(1, FIRST).expect("the second is drawn");

    let strict = Options {
        require_time: true,
        ..Options::default()
    };
    let report = verify(&library.bundle(1), &strict);
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    // Alone it says that nobody outside is known.
    library.assert_verifies(0);
    drop(witness);
}

fn three_draws_are_purged_with_a_note_each(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    for person in 0..12 {
        library.enter(person, None);
    }
    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));
    library.receive(0, FIRST).expect("drawn");
    library.receive(1, FIRST).expect("drawn");
    library.app.go_to(time_of(SECOND).plus(2_000));
    library.receive(2, SECOND).expect("drawn");
    for days in [14, 28, 42, 56] {
        library.app.go_to(time_of(SECOND).plus(days * DAY + HOUR));
    }
    assert_eq!(library.stage(), Stage::Notified);
    let before: Vec<Hash> = (0..3)
        .map(|at| library.bundle(at).hash_without_purge())
        .collect();
    library.app.go_to(time_of(SECOND).plus(60 * DAY + HOUR));
    assert_eq!(library.stage(), Stage::Purged);
    for (at, hash) in before.into_iter().enumerate() {
        let bundle = library.bundle(at);
        assert_eq!(bundle.hash_without_purge(), hash, "draw {at} is the same");
        assert!(bundle.file("purge-1.note").is_some());
        let certificate = bundle.file("certificate-1.json").expect("a certificate");
        let json: serde_json::Value = serde_json::from_slice(certificate).expect("JSON");
        assert_eq!(json["draws"].as_array().map(Vec::len), Some(3));
        assert_eq!(json["draws"][at]["entries"], 12);
        library.assert_verifies(at);
    }
}
