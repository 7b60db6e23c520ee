//! Contacts open for winners and called reserves, and for nobody else.

use std::sync::Arc;

use lucky_draw::bundle::Bundle;
use lucky_draw::result::Slot;

use super::super::wire::{self, Reply, Request};
use super::super::*;
use super::draw::{ACTIVITY, Drawn, NOTICE, book, boxed, draw};
use crate::audit::{self, Actor};
use crate::platform::clock::{Clock, Timestamp};
use crate::platform::db::{Db, Target};

fn refused<T>(outcome: Result<T, NotAWinner>) -> NotAWinner {
    match outcome {
        Err(why) => why,
        Ok(_) => panic!("a proof was given"),
    }
}

fn verified(drawn: &Drawn) -> VerifiedDraw {
    let bundle = drawn.bundle();
    let verified = drawn.site.vault.verified(ACTIVITY, &bundle);
    verified.expect("the draw verifies")
}

/// Records and opens, as `notify` does.
fn open<P: OfWinners>(drawn: &Drawn, contacts: Vec<WinnerContact>) -> Vec<OpenedWinner<P>> {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Clock::standing_at(Timestamp::from_unix(1_800_000_000));
    let db = Db::open(Target::Sqlite(folder.path().join("db")), clock).expect("a database");
    let mut contacts = Some(contacts);
    let recorded = db
        .write_now("record openings", |tx| {
            let contacts = contacts.take().expect("one try");
            record::<P>(tx, &Actor::System, "notice-1", contacts)
        })
        .expect("recorded");
    drawn.site.vault.open_winners(recorded).expect("answered")
}

fn contact(drawn: &Drawn, proof: WinnerProof) -> WinnerContact {
    WinnerContact {
        sealed: drawn.sealed(proof.position()),
        proof,
        notice: NOTICE,
    }
}

#[test]
fn a_winner_is_opened_down_to_the_fields_of_the_purpose() {
    let drawn = draw(40, 0, 2, 2);
    let proofs = verified(&drawn).winners();
    let positions: Vec<u64> = proofs.iter().map(WinnerProof::position).collect();
    let mut expected = vec![drawn.ticket_of(&book(1)), drawn.ticket_of(&book(2))];
    expected.sort_unstable();
    assert_eq!(positions, expected);
    let contacts = proofs.into_iter().map(|proof| contact(&drawn, proof));
    let opened = open::<WinnerNotice>(&drawn, contacts.collect());
    for winner in &opened {
        let contact = winner.contact.as_ref().expect("opened");
        let email = contact.read::<Email>().expect("given");
        assert_eq!(email.expose(), "canary@example.org");
        assert!(contact.read::<Name>().is_some());
    }
    assert_eq!(drawn.site.vault.openings(ACTIVITY).expect("counted"), 2);
}

#[test]
fn the_keeper_sends_no_field_that_the_purpose_does_not_read() {
    let drawn = draw(10, 0, 1, 0);
    let position = drawn.ticket_of(&book(1));
    let sealed = drawn.sealed(position);
    let request = Request::OpenWinners {
        activity: ACTIVITY.to_owned(),
        purpose: "prize-handover".to_owned(),
        bundle: wire::BundleRef::Whole(Arc::new(drawn.bundle().to_zip())),
        boxes: vec![boxed(position, Standing::Winner, sealed)],
    };
    let Ok(Reply::OpenedEach(each)) = drawn.site.vault.ask(request) else {
        panic!("an answer of another kind");
    };
    let plain = each.into_iter().next().expect("one").expect("opened");
    let contact = Contact::decode(&plain.0).expect("a contact");
    assert_eq!(contact.fields(), FieldSet::one(FieldKind::Name));
}

#[test]
fn a_thousand_tickets_that_did_not_win_are_refused() {
    let drawn = draw(1_010, 0, 3, 7);
    let draw = verified(&drawn);
    let bundle = drawn.bundle().to_zip();
    let slots: Vec<u64> = draw.winners().iter().map(WinnerProof::position).collect();
    assert_eq!(slots.len(), 3);
    let losers: Vec<u64> = (0..1_010).filter(|index| !slots.contains(index)).collect();
    assert!(losers.len() > 1_000);
    for index in &losers {
        let why = refused(draw.winner(*index));
        assert!(matches!(
            why,
            NotAWinner::HoldsNothing | NotAWinner::NotCalled
        ));
    }
    // The same asked of the keeper itself, by a web side that forges its proofs.
    let forged = |standing| {
        let boxes = losers
            .iter()
            .map(|index| boxed(*index, standing, drawn.sealed(*index)));
        Request::OpenWinners {
            activity: ACTIVITY.to_owned(),
            purpose: "winner-export".to_owned(),
            bundle: wire::BundleRef::Whole(Arc::new(bundle.clone())),
            boxes: boxes.collect(),
        }
    };
    for standing in [
        Standing::Winner,
        Standing::CalledReserve,
        Standing::DuplicateOf(slots[0]),
    ] {
        let Ok(Reply::OpenedEach(each)) = drawn.site.vault.ask(forged(standing)) else {
            panic!("an answer of another kind");
        };
        assert!(
            each.iter()
                .all(|opened| matches!(opened, Err(Refusal::NotAWinner(_))))
        );
    }
    assert_eq!(drawn.site.vault.openings(ACTIVITY).expect("counted"), 0);
}

#[test]
fn a_losers_box_in_a_winners_place_does_not_open() {
    let drawn = draw(20, 0, 1, 0);
    let winner = drawn.ticket_of(&book(1));
    let loser = (winner + 1) % 20;
    let ask = |sealed| drawn.ask("winner-notice", winner, Standing::Winner, sealed);
    assert_eq!(ask(drawn.sealed_as(winner, loser)), Err(Refusal::Broken));
    assert_eq!(ask(drawn.sealed(loser)), Err(Refusal::Broken));
    assert_eq!(ask(drawn.sealed(winner)), Ok(()));
}

#[test]
fn only_purposes_for_winners_open_winners() {
    let drawn = draw(20, 0, 1, 0);
    let winner = drawn.ticket_of(&book(1));
    for purpose in ["own-copy", "service-analysis", "marketing", ""] {
        let asked = drawn.ask(purpose, winner, Standing::Winner, drawn.sealed(winner));
        assert_eq!(asked, Err(Refusal::Purpose), "{purpose}");
    }
}

#[test]
fn a_reserve_is_told_when_it_is_called_and_the_one_before_is_not_any_more() {
    let mut drawn = draw(30, 0, 1, 2);
    let first = drawn.ticket_of(&book(1));
    let reserve = drawn.ticket_of(&Slot::Reserve(1));
    assert_eq!(
        refused(verified(&drawn).winner(reserve)),
        NotAWinner::NotCalled
    );
    let told = open::<WinnerNotice>(
        &drawn,
        vec![contact(
            &drawn,
            verified(&drawn).winner(first).expect("won"),
        )],
    );
    assert!(told[0].contact.is_ok());

    drawn.vacate(&[book(1)]);
    let draw = verified(&drawn);
    assert_eq!(refused(draw.winner(first)), NotAWinner::HoldsNothing);
    let proof = draw.winner(reserve).expect("called");
    assert_eq!(proof.standing(), Standing::CalledReserve);
    let told = open::<WinnerNotice>(&drawn, vec![contact(&drawn, proof)]);
    assert!(told[0].contact.is_ok());
    assert_eq!(drawn.site.vault.openings(ACTIVITY).expect("counted"), 2);
}

#[test]
fn the_duplicates_of_a_winner_are_told_and_other_duplicates_are_not() {
    // Everybody enters twice, so every ticket from 12 on is a duplicate.
    let drawn = draw(12, 12, 1, 0);
    let winner = drawn.ticket_of(&book(1));
    let twin = winner + 12;
    let other = 12 + (winner + 1) % 12;
    let draw = verified(&drawn);
    let duplicate = |position, of| draw.duplicate(position, &drawn.tag(position), of);
    let proof = duplicate(twin, winner).expect("a duplicate");
    assert_eq!(proof.standing(), Standing::DuplicateOf(winner));
    let told = open::<WinnerNotice>(&drawn, vec![contact(&drawn, proof)]);
    assert!(told[0].contact.is_ok());

    assert_eq!(refused(duplicate(other, winner)), NotAWinner::NoDuplicate);
    assert_eq!(refused(duplicate(twin, other)), NotAWinner::HoldsNothing);
    assert_eq!(refused(duplicate(winner, winner)), NotAWinner::NoDuplicate);
    // A lie about the tag gets a proof; the box is bound to the truth.
    let lie = draw.duplicate(other, &drawn.tag(winner), winner);
    let told = open::<WinnerNotice>(&drawn, vec![contact(&drawn, lie.expect("a lie"))]);
    assert_eq!(told[0].contact.as_ref().err(), Some(&Refusal::Broken));
}

#[test]
fn a_bundle_with_one_changed_file_proves_nothing() {
    let drawn = draw(10, 0, 1, 0);
    let whole = drawn.bundle();
    each_changed_file_is_found(&drawn, &whole);
    each_changed_file_is_found(&drawn, &drawn.evidence(drawn.list()));
    let of_other_site = super::site();
    assert!(of_other_site.vault.verified(ACTIVITY, &whole).is_err());
}

fn each_changed_file_is_found(drawn: &Drawn, whole: &Bundle) {
    let names: Vec<String> = whole.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let mut changed = whole.clone();
        let mut content = changed.remove(&name).expect("a file");
        let middle = content.len() / 2;
        content[middle] ^= 1;
        changed.insert(name.as_str(), content);
        let verified = drawn.site.vault.verified(ACTIVITY, &changed);
        assert!(verified.is_err(), "{name}");
    }
}

/// What the keeper says to a winner's box that comes with this record.
fn asked(drawn: &Drawn, record: &Bundle, position: u64) -> Result<(), Refusal> {
    let wanted = boxed(position, Standing::Winner, drawn.sealed(position));
    drawn.ask_with(record, "winner-notice", wanted)
}

#[test]
fn the_whole_list_may_come_in_the_place_of_the_proofs() {
    let drawn = draw(40, 0, 2, 2);
    let record = drawn.evidence(drawn.list());
    assert!(record.file("proofs.txt").is_none());
    let of_list = drawn.site.vault.verified(ACTIVITY, &record);
    let of_list = of_list.expect("the list gives the root");
    let positions = |of: &VerifiedDraw| -> Vec<u64> {
        let winners = of.winners();
        winners.iter().map(WinnerProof::position).collect()
    };
    assert_eq!(positions(&of_list), positions(&verified(&drawn)));
    let winner = drawn.ticket_of(&book(1));
    assert_eq!(asked(&drawn, &record, winner), Ok(()));
    let loser = (0..40).find(|index| of_list.winner(*index).is_err());
    let why = asked(&drawn, &record, loser.expect("somebody lost"));
    assert!(matches!(why, Err(Refusal::NotAWinner(_))), "{why:?}");
    assert_eq!(drawn.site.vault.openings(ACTIVITY).expect("counted"), 1);
}

#[test]
fn a_list_that_does_not_give_the_signed_root_opens_nobody() {
    let drawn = draw(40, 0, 2, 2);
    let winner = drawn.ticket_of(&book(1));
    let (list, place) = (drawn.list(), usize::try_from(winner).expect("small") * 32);
    let elsewhere = if place == 0 { 32 } else { 0 };
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut list = list.clone();
        change(&mut list);
        drawn.evidence(list)
    };
    let forged = [
        ("the winner's leaf", changed(&|list| list[place] ^= 1)),
        ("another's leaf", changed(&|list| list[elsewhere] ^= 1)),
        (
            "two that changed places",
            changed(&|list| list.swap(place, elsewhere)),
        ),
        ("one too few", changed(&|list| list.truncate(39 * 32))),
        ("one too many", changed(&|list| list.extend([7; 32]))),
        (
            "part of a leaf",
            changed(&|list| list.truncate(40 * 32 - 1)),
        ),
        ("nothing", changed(&Vec::clear)),
    ];
    for (what, record) in &forged {
        let verified = drawn.site.vault.verified(ACTIVITY, record);
        assert!(verified.is_err(), "{what}");
        let why = asked(&drawn, record, winner);
        assert_eq!(
            why,
            Err(Refusal::NotAWinner(NotAWinner::Unverified)),
            "{what}"
        );
    }
    let mut neither = drawn.bundle();
    neither.remove("proofs.txt");
    let why = asked(&drawn, &neither, winner);
    assert_eq!(why, Err(Refusal::NotAWinner(NotAWinner::Unverified)));
    // Proofs that came with the list are looked at as well.
    let mut both = drawn.bundle();
    both.insert("entries.bin", list.clone());
    assert_eq!(asked(&drawn, &both, winner), Ok(()));
    both.insert("proofs.txt", "");
    let why = asked(&drawn, &both, winner);
    assert_eq!(why, Err(Refusal::NotAWinner(NotAWinner::Unverified)));
    assert_eq!(drawn.site.vault.openings(ACTIVITY).expect("counted"), 1);
}

/// The site has signed for another list than the one that it drew from: tickets that nobody has.
#[test]
fn a_result_over_tickets_that_are_not_in_the_list_opens_nobody() {
    let drawn = draw(40, 0, 2, 2);
    let other = draw(40, 5, 2, 2);
    let winner = drawn.ticket_of(&book(1));
    let mut record = drawn.evidence(other.list());
    let why = asked(&drawn, &record, winner);
    assert_eq!(why, Err(Refusal::NotAWinner(NotAWinner::Unverified)));
    // With the close of that list, which no freeze note names.
    let close = other.bundle().remove("close-0.note").expect("a close");
    record.insert("close-0.note", close);
    let why = asked(&drawn, &record, winner);
    assert_eq!(why, Err(Refusal::NotAWinner(NotAWinner::Unverified)));
}

#[test]
fn another_activitys_key_opens_no_winner_of_this_draw() {
    let drawn = draw(10, 0, 1, 0);
    let winner = drawn.ticket_of(&book(1));
    drawn.site.vault.create_activity("autumn").expect("created");
    let bundle = drawn.bundle();
    let draw = drawn
        .site
        .vault
        .verified("autumn", &bundle)
        .expect("verifies");
    let proof = draw.winner(winner).expect("won");
    let recorded = vec![contact(&drawn, proof)];
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(Target::Sqlite(folder.path().join("db")), Clock::system());
    let mut recorded = Some(recorded);
    let recorded = db
        .expect("a database")
        .write_now("record openings", |tx| {
            let contacts = recorded.take().expect("one try");
            record::<WinnerNotice>(tx, &Actor::System, "", contacts)
        })
        .expect("recorded");
    let opened = drawn.site.vault.open_winners(recorded);
    let why = Refusal::NotAWinner(NotAWinner::OtherActivity);
    assert!(matches!(opened, Err(Error::Refused(refusal)) if refusal == why));
}

#[test]
fn a_second_result_for_the_same_log_opens_nothing() {
    let drawn = draw(10, 0, 1, 0);
    let winner = drawn.ticket_of(&book(1));
    let ask = |drawn: &Drawn, winner| {
        drawn.ask(
            "winner-notice",
            winner,
            Standing::Winner,
            drawn.sealed(winner),
        )
    };
    assert_eq!(ask(&drawn, winner), Ok(()));
    let other = drawn.without(winner);
    let winner = other.ticket_of(&book(1));
    assert_eq!(ask(&other, winner), Err(Refusal::OtherDraw));
}

#[test]
fn no_more_winners_are_opened_than_there_are_prizes_and_reserves() {
    let mut drawn = draw(12, 0, 1, 1);
    let mut told = 0;
    let mut last = Ok(());
    while last == Ok(()) {
        let winner = verified(&drawn).winners().remove(0);
        let (position, standing) = (winner.position(), winner.standing());
        let ask = || drawn.ask("winner-notice", position, standing, drawn.sealed(position));
        last = ask();
        assert_eq!(last, ask(), "telling somebody again is free");
        told += usize::from(last == Ok(()));
        drawn.vacate(&[book(1)]);
    }
    assert_eq!((told, last), (2, Err(Refusal::TooMany)));
}

/// The note that says in public that the key is destroyed.
fn purge_note(drawn: &Drawn) -> String {
    let purge = lucky_draw::record::Purge {
        manifest: Some(drawn.manifest().hash()),
        result: None,
        settle: None,
        bundle: Some(NOTICE),
        phase: 1,
        certificate: NOTICE,
    };
    purge.to_text()
}

#[test]
fn after_the_purge_no_winner_opens() {
    let drawn = draw(10, 0, 1, 0);
    let winner = drawn.ticket_of(&book(1));
    let sealed = drawn.sealed(winner);
    assert!(matches!(
        drawn.site.vault.sign_note(&purge_note(&drawn)),
        Err(Error::Refused(Refusal::NotErased))
    ));
    drawn.site.vault.erase(ACTIVITY).expect("erased");
    drawn
        .site
        .vault
        .sign_note(&purge_note(&drawn))
        .expect("signed");
    let asked = drawn.ask("winner-notice", winner, Standing::Winner, sealed);
    assert_eq!(asked, Err(Refusal::NoKey));
}

#[test]
fn every_opening_stands_in_the_record_before_it_happens() {
    let drawn = draw(10, 0, 2, 0);
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(Target::Sqlite(folder.path().join("db")), Clock::system());
    let db = db.expect("a database");
    let winners = verified(&drawn).winners();
    let expected: Vec<String> = winners
        .iter()
        .map(|w| format!("item{0} {1} {0}", w.position(), w.slot()))
        .collect();
    let mut contacts: Option<Vec<WinnerContact>> =
        Some(winners.into_iter().map(|w| contact(&drawn, w)).collect());
    let recorded = db
        .write_now("record openings", |tx| {
            let contacts = contacts.take().expect("one try");
            record::<WinnerExport>(tx, &Actor::System, "export-1", contacts)
        })
        .expect("recorded");
    let lines = db
        .read_now("read the record", |tx| {
            audit::list(tx, &audit::Filter::default(), 1)
        })
        .expect("listed")
        .records;
    let mut objects: Vec<String> = lines.iter().map(|line| line.object.clone()).collect();
    objects.reverse();
    assert_eq!(objects, expected);
    assert!(lines.iter().all(|line| line.act == "vault.opened"
        && line.purpose == "winner-export"
        && line.reason == "export-1"
        && line.activity == ACTIVITY));
    assert_eq!(drawn.site.vault.openings(ACTIVITY).expect("counted"), 0);
    drawn.site.vault.open_winners(recorded).expect("answered");
    assert_eq!(drawn.site.vault.openings(ACTIVITY).expect("counted"), 2);
}
