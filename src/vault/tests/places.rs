//! Letters to people in sessions, asked for by a web side that was taken over: to no more different
//! people than there were places when the first of them entered.

use super::super::wire::post::{MailReply, MailRequest, SeatOffer, Words};
use super::super::wire::{PersonBox, Reply};
use super::letters::{Office, office};
use super::*;

/// What comes of a letter to one of three people.
fn written_to(office: &Office, person: usize) -> Result<bool, Refusal> {
    let Reply::Mail(MailReply::Line(line)) =
        office.vault.ask(Request::Mail(MailRequest::Connect))?
    else {
        panic!("the mail server listens");
    };
    let offer = SeatOffer {
        line,
        activity: "spring".to_owned(),
        bound: office.boxes[person].clone(),
        words: Words {
            subject: "A place".to_owned(),
            body: "It is yours.".to_owned(),
            date: 1_800_000_000_000,
            language: "en".to_owned(),
        },
        message_id: format!("letter{person}@library.example"),
    };
    let asked = Request::Mail(MailRequest::OfferSeat(Box::new(offer)));
    let answered = office.vault.ask(asked);
    let next = match answered {
        Ok(_) => MailRequest::HandOver { line },
        Err(_) => MailRequest::Leave { line },
    };
    office.vault.ask(Request::Mail(next))?;
    Ok(matches!(answered?, Reply::Mail(MailReply::Ready)))
}

fn promised(office: &Office, places: u64) -> bool {
    office.vault.promise_places("spring", places).is_ok()
}

#[test]
fn an_activity_that_promised_no_places_has_no_such_letters() {
    let office = office();
    assert_eq!(written_to(&office, 0), Err(Refusal::NotPromised));
    assert_eq!(office.taken(), 0);
}

#[test]
fn as_many_people_are_written_to_as_there_were_places() {
    let office = office();
    assert!(promised(&office, 5));
    assert!(
        promised(&office, 2),
        "published anew, before anybody entered"
    );
    office
        .vault
        .tag("spring", "twid:A123456789")
        .expect("a tag");
    assert!(!promised(&office, 3), "somebody may have entered");
    assert!(promised(&office, 2), "the same is the same");

    assert_eq!(written_to(&office, 0), Ok(true));
    assert_eq!(written_to(&office, 1), Ok(true));
    assert_eq!(written_to(&office, 0), Ok(true), "one person, two letters");
    assert_eq!(written_to(&office, 2), Err(Refusal::TooMany));
    assert_eq!(office.taken(), 3);
    // Each opening has its line in the ledger, which outlives the key; the number does not.
    let keys = office.folder.path().join("keys");
    let lines = std::fs::read_to_string(keys.join("spring.openings")).expect("lines");
    assert_eq!(lines, "seat item1\nseat item2\nseat item1\n");
    office.vault.erase("spring").expect("erased");
    assert!(!keys.join("spring.places").exists());
    assert_eq!(written_to(&office, 0), Err(Refusal::NoKey));
}

#[test]
fn a_box_of_another_person_does_not_open() {
    let office = office();
    assert!(promised(&office, 9));
    let mut office = office;
    let other = PersonBox {
        tag: [9; 32],
        ..office.boxes[0].clone()
    };
    office.boxes[0] = other;
    assert_eq!(written_to(&office, 0), Err(Refusal::Broken));
    assert_eq!(office.taken(), 0);
}
