//! What a web side that was taken over tries with a draw of its own: everybody wins.

use lucky_draw::record::Manifest;

use std::sync::Arc;

use super::super::wire::{BundleRef, Reply};
use super::draw::{ACTIVITY, Drawn, boxed, draw, draw_at, manifest};
use super::*;

const PEOPLE: u64 = 40;

/// A draw in which everybody holds a prize.
fn invented(origin: &str) -> Manifest {
    manifest(origin, 40, 0)
}

fn texts(manifests: &[&Manifest]) -> Vec<String> {
    manifests.iter().map(|one| one.to_text()).collect()
}

fn is_refused<T>(outcome: Result<T, Error>, why: Refusal) -> bool {
    matches!(outcome, Err(Error::Refused(found)) if found == why)
}

/// How many people open who hold a ticket.
fn opened(drawn: &Drawn) -> Result<usize, Refusal> {
    let boxes =
        (0..PEOPLE).map(|position| boxed(position, Standing::Winner, drawn.sealed(position)));
    let request = Request::OpenWinners {
        activity: ACTIVITY.to_owned(),
        purpose: "winner-export".to_owned(),
        bundle: BundleRef::Whole(Arc::new(drawn.bundle().to_zip())),
        boxes: boxes.collect(),
    };
    match drawn.site.vault.ask(request)? {
        Reply::OpenedEach(each) => Ok(each.iter().filter(|one| one.is_ok()).count()),
        _ => panic!("an answer of another kind"),
    }
}

#[test]
fn a_draw_that_is_invented_after_the_first_entry_is_neither_signed_nor_promised() {
    let drawn = draw(PEOPLE, 0, 1, 1);
    let vault = &drawn.site.vault;
    let honest = drawn.manifest();
    let other = invented("library.example/evil");
    let same = invented(&honest.origin);
    for evil in [&other, &same] {
        let not_promised = |outcome| is_refused(outcome, Refusal::NotPromised);
        let text = evil.to_text();
        assert!(not_promised(vault.sign_note(&text).map(|_| ())));
        assert!(vault.sign_checkpoint(CheckpointOf::Draw, &text).is_err());
        assert!(not_promised(vault.promise_draws(ACTIVITY, texts(&[evil]))));
        assert!(not_promised(
            vault.promise_draws(ACTIVITY, texts(&[honest, evil]))
        ));
        assert!(not_promised(vault.promise_draws(ACTIVITY, Vec::new())));
        // As a successor of the honest one, with more prizes or in another log.
        let next = Manifest {
            supersedes: Some((honest.hash(), "DATE".to_owned())),
            ..evil.clone()
        };
        assert!(not_promised(vault.succeed_draw(ACTIVITY, &next.to_text())));
    }
    let elsewhere = Manifest {
        origin: "library.example/evil".to_owned(),
        supersedes: Some((honest.hash(), "DATE".to_owned())),
        ..honest.clone()
    };
    let outcome = vault.succeed_draw(ACTIVITY, &elsewhere.to_text());
    assert!(is_refused(outcome, Refusal::NotPromised));
    // What was promised before may be told again: a publishing that is tried twice.
    vault
        .promise_draws(ACTIVITY, texts(&[honest]))
        .expect("the same");
    assert_eq!(opened(&drawn), Ok(1));
}

#[test]
fn a_draw_that_was_signed_in_an_earlier_try_of_publishing_opens_nobody() {
    let site = site();
    site.vault.create_activity(ACTIVITY).expect("created");
    let evil = invented("library.example/evil");
    let promised = site.vault.promise_draws(ACTIVITY, texts(&[&evil]));
    promised.expect("nobody has entered");
    let promise = site.vault.sign_note(&evil.to_text()).expect("signed");
    // Publishing is tried again, with another draw; people enter.
    let honest = draw_at(site, PEOPLE, 0, 1, 1);
    let evil = honest.redrawn(evil, promise);
    let genuine = evil.site.vault.verified(ACTIVITY, &evil.bundle());
    let winners = genuine.expect("the record verifies").winners().len();
    assert_eq!(winners, 40, "and would name everybody");
    assert_eq!(opened(&evil), Err(Refusal::NotPromised));
    assert_eq!(evil.site.vault.openings(ACTIVITY).expect("counted"), 0);
}

#[test]
fn a_promise_is_replaced_in_public_until_something_of_it_was_opened() {
    let drawn = draw(PEOPLE, 0, 2, 2);
    let vault = &drawn.site.vault;
    let succeed = |before: &Manifest, closes, reserves| {
        let next = Manifest {
            closes,
            reserves,
            supersedes: Some((before.hash(), "DATE".to_owned())),
            ..before.clone()
        };
        let outcome = vault.succeed_draw(ACTIVITY, &next.to_text());
        outcome.map(|()| next)
    };
    let first = drawn.manifest();
    let second = succeed(first, first.closes - 1, 2).expect("a date moved");
    vault.sign_note(&second.to_text()).expect("signed");
    let third = succeed(&second, first.closes - 2, 1).expect("and moved again");
    // The database forgot the second, because its transaction failed.
    succeed(first, first.closes - 3, 2).expect("another second");
    let more = succeed(&third, first.closes - 4, 2);
    assert!(is_refused(more, Refusal::NotPromised), "a reserve more");
    assert_eq!(opened(&drawn), Ok(2));
    let late = succeed(first, first.closes - 5, 2);
    assert!(is_refused(late, Refusal::NotPromised), "it was opened");
}

#[test]
fn two_draws_of_one_log_and_a_draw_of_no_activity_are_not_promised() {
    let Site {
        vault,
        folder: _folder,
    } = site();
    let (one, other) = (
        manifest("library.example/a", 1, 0),
        manifest("library.example/a", 2, 0),
    );
    let promise = |manifests: &[&Manifest]| vault.promise_draws(ACTIVITY, texts(manifests));
    assert!(is_refused(promise(&[&one]), Refusal::NoKey));
    vault.create_activity(ACTIVITY).expect("created");
    assert!(is_refused(promise(&[&one, &other]), Refusal::NotPromised));
    promise(&[&one]).expect("promised");
    promise(&[&other]).expect("in its place");
    assert!(vault.sign_note(&one.to_text()).is_err());
    assert!(vault.sign_note(&other.to_text()).is_ok());
    vault.tag(ACTIVITY, "twid:A123456789").expect("tagged");
    assert!(is_refused(promise(&[&one]), Refusal::NotPromised));
}
