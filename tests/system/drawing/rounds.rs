//! The round of public randomness: only the right one counts, and not before its time.

use super::*;

on_both! {
    another_round_or_a_changed_signature_is_refused,
    the_same_round_a_second_time_gives_the_same_result,
    nothing_happens_before_its_time,
    a_late_beacon_waits,
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
