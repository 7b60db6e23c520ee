use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use super::*;

fn config(smtp_url: &str) -> MailSettings {
    MailSettings::of(&Config {
        smtp_url: smtp_url.to_owned(),
        site: "lib.example.tw".to_owned(),
        ..Config::default()
    })
}

fn letter<'a>() -> Letter<'a> {
    Letter {
        to: "reader@example.org",
        subject: "得獎通知：請於期限前領獎，逾期視同放棄並由備取遞補",
        body: "王小明 您好：\n\n.一行以點開頭\n",
        message_id: "abc@lib.example.tw",
        date: Timestamp::from_unix(1_795_252_800),
        language: Language::ZhTw,
        html: None,
        leave: None,
    }
}

/// What a scripted server answers to `EHLO`, `MAIL`, `RCPT`, `DATA` and the letter; an empty
/// answer hangs up.
fn server(answers: [&'static str; 5]) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let heard = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut lines = BufReader::new(stream.try_clone().expect("a handle"));
        let mut heard = String::new();
        stream.write_all(b"220 ready\r\n").expect("a greeting");
        for (step, answer) in answers.into_iter().enumerate() {
            loop {
                let before = heard.len();
                if lines.read_line(&mut heard).unwrap_or(0) == 0 {
                    return heard;
                }
                if step < 4 || &heard[before..] == ".\r\n" {
                    break;
                }
            }
            if answer.is_empty() {
                return heard;
            }
            stream
                .write_all(format!("{answer}\r\n").as_bytes())
                .unwrap_or_default();
        }
        heard
    });
    (port, heard)
}

fn outcome_with(answers: [&'static str; 5]) -> (Outcome, String) {
    let (port, heard) = server(answers);
    let mailer = Mailer::new(&config(&format!("smtp://127.0.0.1:{port}"))).expect("a mailer");
    let message = mailer.write(&letter()).expect("a letter");
    let outcome = match mailer.connect() {
        Err(trouble) => Outcome::TryLater(trouble),
        Ok(connection) => match connection.offer(&message) {
            Err(outcome) => outcome,
            Ok(ready) => ready.hand_over(),
        },
    };
    (outcome, heard.join().expect("the server ends in order"))
}

/// The words of a letter that are made of something else, each with something behind it.
fn with(more: &str) -> [Letter<'static>; 4] {
    let grown =
        |words: &str| -> &'static str { Box::leak(format!("{words}{more}").into_boxed_str()) };
    [
        Letter {
            to: grown("reader@example.org"),
            ..letter()
        },
        Letter {
            subject: grown("得獎通知"),
            ..letter()
        },
        Letter {
            message_id: grown("abc@lib.example.tw"),
            ..letter()
        },
        Letter {
            leave: Some(grown("https://lib.example.tw/newsletter/unsubscribe/a")),
            ..letter()
        },
    ]
}

#[test]
fn no_word_of_a_letter_becomes_a_header_of_its_own() {
    let mailer = Mailer::new(&config("")).expect("a mailer");
    let ends = [
        "\r\n", "\n", "\r", "\r\n\r\n", "%0d%0a", "\\r\\n", "\u{2028}", "\u{85}", "\0", ", ",
    ];
    let headers = [
        "Bcc: all@example.org",
        "To: a@example.org",
        "Subject: x",
        "X-A: b",
        "From: a@b",
    ];
    for end in ends {
        for header in headers {
            for changed in with(&format!("{end}{header}")) {
                let Ok(Written(message)) = mailer.write(&changed) else {
                    continue;
                };
                let source = String::from_utf8_lossy(&message.formatted()).into_owned();
                let (head, _) = source.split_once("\r\n\r\n").expect("a head");
                let name = header.split(':').next().unwrap_or_default();
                let starts = |line: &&str| line.starts_with(&format!("{name}:"));
                let allowed = usize::from(["To", "Subject", "From"].contains(&name));
                assert_eq!(head.split("\r\n").filter(starts).count(), allowed, "{head}");
                assert_eq!(message.envelope().to().len(), 1);
                assert!(!head.contains(['\0', '\u{85}', '\u{2028}']));
            }
        }
    }
}

const KIND: [&str; 5] = ["250 hi", "250 ok", "250 ok", "354 go", "250 taken"];

fn but(step: usize, answer: &'static str) -> Outcome {
    let mut answers = KIND;
    answers[step] = answer;
    outcome_with(answers).0
}

#[test]
fn a_letter_that_the_server_takes_is_sent() {
    let (outcome, heard) = outcome_with(KIND);
    assert_eq!(outcome, Outcome::Sent);
    assert!(
        heard.contains("MAIL FROM:<draws@example.org>\r\n"),
        "{heard}"
    );
    assert!(
        heard.contains("RCPT TO:<reader@example.org>\r\n"),
        "{heard}"
    );
}

#[test]
fn a_5xx_refuses_and_a_4xx_may_be_tried_again() {
    for step in [1, 2, 3, 4] {
        assert_eq!(
            but(step, "550 no"),
            Outcome::Refused { code: 550 },
            "{step}"
        );
        assert_eq!(
            but(step, "451 later"),
            Outcome::TryLater(Trouble::Reply(451)),
            "{step}"
        );
    }
    // A server that refuses everybody has said nothing about this letter.
    assert_eq!(but(0, "554 no"), Outcome::TryLater(Trouble::Reply(554)));
}

#[test]
fn only_an_answer_lost_after_the_letter_is_uncertain() {
    for step in [0, 1, 2, 3] {
        assert_eq!(
            but(step, ""),
            Outcome::TryLater(Trouble::Unreachable),
            "{step}"
        );
    }
    assert_eq!(but(4, ""), Outcome::Uncertain);
    assert_eq!(but(4, "what?"), Outcome::Uncertain);
    assert_eq!(but(4, "354 more"), Outcome::Uncertain);
}

#[test]
fn a_server_that_is_down_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let mailer = Mailer::new(&config(&format!("smtp://127.0.0.1:{port}"))).expect("a mailer");
    assert_eq!(mailer.connect().err(), Some(Trouble::Unreachable));
}

#[test]
fn a_server_without_starttls_gets_nothing_where_tls_is_required() {
    let (port, heard) = server(KIND);
    let url = format!("smtp://127.0.0.1:{port}?tls=required");
    let mailer = Mailer::new(&config(&url)).expect("a mailer");
    assert_eq!(mailer.connect().err(), Some(Trouble::Tls));
    let heard = heard.join().expect("the server ends in order");
    assert!(!heard.contains("MAIL"), "{heard}");
}

#[test]
fn without_a_server_in_the_configuration_nothing_leaves() {
    let mailer = Mailer::new(&config("")).expect("a mailer");
    assert_eq!(mailer.connect().err(), Some(Trouble::NotConfigured));
}

#[test]
fn the_letter_travels_in_ascii_with_the_callers_id_and_date() {
    let mailer = Mailer::new(&config("")).expect("a mailer");
    let source = mailer.write(&letter()).expect("a letter").0.formatted();
    let source = String::from_utf8(source).expect("ASCII");
    assert!(source.is_ascii(), "{source}");
    assert!(
        source.contains("Message-ID: <abc@lib.example.tw>\r\n"),
        "{source}"
    );
    assert!(
        source.contains("Date: Sat, 21 Nov 2026 09:20:00 +0000\r\n"),
        "{source}"
    );
    assert!(
        source.contains("Auto-Submitted: auto-generated\r\n"),
        "{source}"
    );
    assert!(
        source.contains("Reply-To: library@example.org\r\n"),
        "{source}"
    );
    assert!(source.contains("To: reader@example.org\r\n"), "{source}");
    assert!(source.lines().all(|line| line.len() <= 78), "{source}");
}

#[test]
fn a_line_break_in_a_header_is_refused() {
    let mailer = Mailer::new(&config("")).expect("a mailer");
    for text in ["a\r\nBcc: x@example.org", "a\nb", "a\rb"] {
        let subject = Letter {
            subject: text,
            ..letter()
        };
        assert_eq!(mailer.write(&subject).err(), Some(LetterError::Header));
        let to = Letter {
            to: text,
            ..letter()
        };
        assert_eq!(mailer.write(&to).err(), Some(LetterError::Header));
    }
    let nobody = Letter {
        to: "nobody",
        ..letter()
    };
    assert_eq!(mailer.write(&nobody).err(), Some(LetterError::Address));
}

#[test]
fn every_letter_has_a_name_of_its_own() {
    let facts = |site: &str, smtp_url: &str| {
        MailFacts::of(&Config {
            site: site.to_owned(),
            smtp_url: smtp_url.to_owned(),
            ..Config::default()
        })
    };
    let here = facts("lib.example.tw", "");
    let (one, other) = (here.message_id(), here.message_id());
    assert_ne!(one, other);
    assert!(one.ends_with("@lib.example.tw"));
    assert!(!here.is_configured());
    let named = facts("圖書館", "smtp://localhost");
    assert!(named.is_configured() && named.message_id().ends_with("@example.org"));
}

#[test]
fn a_letter_with_html_has_both_parts_and_says_where_one_click_leaves() {
    let mailer = Mailer::new(&config("")).expect("a mailer");
    let place = format!(
        "https://draw.lib.example.tw/newsletter/unsubscribe/{}",
        "A-_z".repeat(28)
    );
    let letter = Letter {
        html: Some("<p>秋天的<strong>新書</strong></p>"),
        leave: Some(&place),
        ..letter()
    };
    let source = mailer.write(&letter).expect("a letter").0.formatted();
    let source = String::from_utf8(source).expect("ASCII");
    assert!(source.is_ascii(), "{source}");
    let unfolded = source.replace("\r\n ", " ").replace("\r\n\t", " ");
    assert!(
        unfolded.contains(&format!("List-Unsubscribe: <{place}>\r\n")),
        "{source}"
    );
    assert!(
        source.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
        "{source}"
    );
    assert!(source.contains("multipart/alternative"), "{source}");
    let (plain, html) = (source.find("text/plain"), source.find("text/html"));
    assert!(plain.is_some() && plain < html, "{source}");
    let broken = Letter {
        leave: Some("https://a.example/\r\nBcc: x@example.org"),
        ..letter
    };
    assert_eq!(mailer.write(&broken).err(), Some(LetterError::Header));
}
