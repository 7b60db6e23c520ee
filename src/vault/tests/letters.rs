//! Letters to everybody, asked for by a web side that was taken over: one letter a person and
//! incident, all of the same words, about as many incidents as the operator says.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::super::wire::post::{MailReply, MailRequest, MailToAll, ScopeOffer, ToldOutcome, Words};
use super::super::wire::{AnswerBox, PersonBox, Reply};
use super::*;
use crate::platform::mail::MailSettings;

/// A mail server that takes everything, and how much it took.
fn mail_server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = taken.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = converse(stream.expect("a visitor"), &counted);
        }
    });
    (port, taken)
}

fn converse(stream: TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    let mut answers = stream.try_clone()?;
    answers.write_all(b"220 sink\r\n")?;
    let mut in_letter = false;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let answer: &[u8] = match (in_letter, line.get(..4).unwrap_or(&line)) {
            (true, ".") => {
                in_letter = false;
                taken.fetch_add(1, Ordering::SeqCst);
                b"250 taken\r\n"
            }
            (true, _) => continue,
            (false, "EHLO") => b"250-sink\r\n250 8BITMIME\r\n",
            (false, "DATA") => {
                in_letter = true;
                b"354 go on\r\n"
            }
            (false, "QUIT") => b"221 bye\r\n",
            (false, _) => b"250 ok\r\n",
        };
        answers.write_all(answer)?;
    }
    Ok(())
}

pub(super) struct Office {
    pub(super) vault: Vault,
    taken: Arc<AtomicUsize>,
    pub(super) boxes: Vec<PersonBox>,
    pub(super) folder: tempfile::TempDir,
}

/// Three people, and an operator who allows letters about two incidents a year.
pub(super) fn office() -> Office {
    let folder = tempfile::tempdir().expect("a folder");
    let (port, taken) = mail_server();
    let config = crate::platform::config::Config::default();
    let mail = MailSettings {
        smtp_url: format!("smtp://127.0.0.1:{port}").into(),
        ..MailSettings::of(&config)
    };
    let start = Start {
        mail: Some(mail),
        policy: OpeningPolicy {
            breach_mail: true,
            incidents_per_year: 2,
            ..OpeningPolicy::default()
        },
        ..Start::plain(&folder.path().join("keys"), "library.example")
    };
    let vault = Vault::here(&start).expect("opens");
    let keys = vault.create_activity("spring").expect("made").public;
    let boxes = (1..=3).map(|person| {
        let item = format!("item{person}");
        let of = ContactOf {
            item: &item,
            ..of("spring", &TAG, &NOTICE)
        };
        let sealed = seal_contact(vault.sealer(), &keys, &of, &full()).expect("sealed");
        PersonBox {
            item,
            tag: TAG.0,
            notice: NOTICE.0,
            sealed,
        }
    });
    let boxes = boxes.collect();
    Office {
        vault,
        taken,
        boxes,
        folder,
    }
}

impl Office {
    /// Asks for letters to some of the three; gives how many left now.
    fn tell(
        &self,
        incident: &str,
        body: &str,
        people: std::ops::Range<usize>,
    ) -> Result<usize, Refusal> {
        let words = |language: &str| Words {
            subject: "Notice".to_owned(),
            body: body.to_owned(),
            date: 1_800_000_000_000,
            language: language.to_owned(),
        };
        let boxes = self.boxes[people].iter().cloned();
        let all = MailToAll {
            activity: "spring".to_owned(),
            incident: incident.to_owned(),
            boxes: boxes
                .map(|one| (one, "letter@library.example".to_owned()))
                .collect(),
            words: vec![words("zh-TW"), words("en")],
        };
        let asked = Request::Mail(MailRequest::TellAll(Box::new(all)));
        let Reply::Mail(MailReply::Each(each)) = self.vault.ask(asked)? else {
            panic!("an answer of another kind");
        };
        let left = |told: &&Option<ToldOutcome>| matches!(told, Some(ToldOutcome::Sent));
        Ok(each.iter().filter(left).count())
    }

    pub(super) fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

#[test]
fn the_words_of_an_incident_are_those_of_its_first_letter() {
    let office = office();
    assert_eq!(office.tell("i1", "A list was lost.", 0..1), Ok(1));
    // Words that nobody approved, to those who were not written to yet.
    let other = office.tell("i1", "Pay here.", 1..3);
    assert_eq!(other, Err(Refusal::OtherWords));
    assert_eq!(office.taken(), 1);
    assert_eq!(office.tell("i1", "A list was lost.", 0..3), Ok(2));
    assert_eq!(office.tell("i1", "A list was lost.", 0..3), Ok(0));
    assert_eq!(office.taken(), 3);
}

#[test]
fn no_more_incidents_have_letters_than_the_operator_says() {
    let office = office();
    for incident in ["i1", "i2", "i1"] {
        let left = office.tell(incident, "A list was lost.", 0..1);
        assert!(left.is_ok(), "{incident}");
    }
    for incident in ["i3", "i4"] {
        let left = office.tell(incident, "Pay here.", 0..3);
        assert_eq!(left, Err(Refusal::NotAllowed), "{incident}");
    }
    assert_eq!(office.taken(), 2);
    // Each opening has its line, whether or not a letter came of it.
    let lines = office.folder.path().join("keys/spring.openings");
    let lines = std::fs::read_to_string(lines).expect("lines");
    assert_eq!(lines, "told i1 item1\ntold i2 item1\n");
}

#[test]
fn an_answer_goes_to_an_address_of_its_own_scope_and_to_no_other() {
    let office = office();
    let vault = &office.vault;
    let sealed_in = |scope: &str, item: &str, address: bool| {
        let keys = vault.create_scope(scope).expect("made");
        let mut written = Particulars::new().with(&RequestText::new("a letter"));
        if address {
            written = written.with(&Email::new("mei@mailbox.example"));
        }
        AnswerBox {
            item: item.to_owned(),
            sealed: seal_to_scope(&keys, scope, item, &written).expect("sealed"),
        }
    };
    let offer = |scope: &str, boxes: Vec<AnswerBox>| {
        let line = Request::Mail(MailRequest::Connect);
        let Reply::Mail(MailReply::Line(line)) = vault.ask(line)? else {
            panic!("an answer of another kind");
        };
        let offer = ScopeOffer {
            line,
            scope: scope.to_owned(),
            boxes,
            words: Words {
                subject: "Answer".to_owned(),
                body: format!("It says: {}", super::super::NAME_HERE),
                date: 1_800_000_000_000,
                language: "en".to_owned(),
            },
            message_id: "letter@library.example".to_owned(),
        };
        let asked = Request::Mail(MailRequest::OfferInScope(Box::new(offer)));
        let offered = vault.ask(asked);
        let next = match &offered {
            Ok(Reply::Mail(MailReply::Ready)) => MailRequest::HandOver { line },
            _ => MailRequest::Leave { line },
        };
        vault.ask(Request::Mail(next))?;
        let Reply::Mail(reply) = offered? else {
            panic!("an answer of another kind");
        };
        Ok::<_, Refusal>(reply)
    };
    let own = "_feedback-2026-11";
    let both = || {
        vec![
            sealed_in(own, "first", true),
            sealed_in(own, "second", false),
        ]
    };
    assert!(matches!(offer(own, both()), Ok(MailReply::Ready)));
    assert_eq!(office.taken(), 1);
    let lines = office.folder.path().join("keys/_feedback-2026-11.openings");
    let lines = std::fs::read_to_string(lines).expect("lines");
    assert!(
        lines.contains("first") && lines.contains("second"),
        "{lines}"
    );
    // Whoever left no address is not written to; a request about data is answered on its page.
    let nobody = vec![
        sealed_in(own, "third", false),
        sealed_in(own, "second", false),
    ];
    assert!(matches!(offer(own, nobody), Ok(MailReply::NoAddress)));
    let other = "_feedback-2026-10";
    assert!(offer(other, both()).is_err());
    let requests = "_requests-2026Q4";
    let both = vec![
        sealed_in(requests, "first", true),
        sealed_in(requests, "second", false),
    ];
    assert!(matches!(offer(requests, both), Err(Refusal::Purpose)));
    assert_eq!(office.taken(), 1);
}
