//! The tools of the other tests, tried themselves: a net with a hole catches nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use fairdraw::platform::trace::{SHORTEST, dresses};
use lettre::message::header::ContentType;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, SmtpTransport};
use lettre::{Message, Transport};

use crate::support::canary::Scan;
use crate::support::mail_sink::{MailSink, Manners};
use crate::support::smtp_daemon::SmtpDaemon;
use crate::support::{Engine, TestDatabase};

on_both! {
    a_canary_in_a_row_is_found_in_the_files,
    a_canary_that_was_never_stored_is_not_found,
    each_database_has_an_address_of_its_own,
}

const SUBJECT: &str = "中獎通知：春日閱讀抽獎";
const TEXT: &str = "您好：\n\n.以點開頭的一行\n..兩個點\n感謝您參加。\n";

fn notice() -> Message {
    Message::builder()
        .from("draws@example.org".parse().expect("an address"))
        .to("mei@example.org".parse().expect("an address"))
        .subject(SUBJECT)
        .message_id(Some("<n1@example.org>".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .body(TEXT.to_owned())
        .expect("the notice has sender, recipient and body")
}

fn sender(port: u16) -> lettre::transport::smtp::SmtpTransportBuilder {
    SmtpTransport::builder_dangerous("127.0.0.1")
        .port(port)
        .timeout(Some(Duration::from_secs(10)))
}

/// Sends the notice on a connection of its own.
fn send(sink: &MailSink) -> Result<(), Error> {
    sender(sink.port()).build().send(&notice()).map(drop)
}

#[test]
fn the_sink_keeps_a_mail_as_it_was_written() {
    let sink = MailSink::start();
    sink.take_mail_of_others();

    send(&sink).expect("a kind server takes the notice");

    let mails = sink.mails();
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len());
    };
    assert_eq!(mail.from, "draws@example.org");
    assert_eq!(mail.to, ["mei@example.org"]);
    assert_eq!(mail.header("subject").as_deref(), Some(SUBJECT));
    assert_eq!(
        mail.header("Message-ID").as_deref(),
        Some("<n1@example.org>")
    );
    assert_eq!(
        mail.text().replace("\r\n", "\n").trim_end(),
        TEXT.trim_end()
    );
    assert_eq!(sink.url(), format!("smtp://127.0.0.1:{}", sink.port()));
}

#[test]
fn the_sink_refuses_in_the_ways_that_servers_do() {
    let sink = MailSink::start();
    sink.take_mail_of_others();
    for (manners, transient) in [
        (Manners::Busy, true),
        (Manners::Greylisting, true),
        (Manners::NoSuchMailbox, false),
        (Manners::FullDisk, true),
        (Manners::RefusesContent, false),
    ] {
        sink.behave(manners);
        let error = send(&sink).expect_err("the server refuses");
        assert_eq!(error.is_transient(), transient, "{manners:?}");
        assert_eq!(error.is_permanent(), !transient, "{manners:?}");
    }
    assert!(sink.mails().is_empty());
    assert_eq!(sink.attempts(), 2);
}

#[test]
fn a_lost_reply_looks_alike_whether_the_mail_was_kept_or_not() {
    let sink = MailSink::start();
    sink.take_mail_of_others();
    for (manners, kept) in [(Manners::LosesAndHangsUp, 0), (Manners::KeepsAndHangsUp, 1)] {
        sink.behave(manners);
        let error = send(&sink).expect_err("no reply comes");
        assert!(
            !error.is_transient() && !error.is_permanent(),
            "{manners:?}"
        );
        assert_eq!(sink.mails().len(), kept, "{manners:?}");
    }
}

#[test]
fn a_server_that_was_down_takes_mail_again_on_the_same_port() {
    let mut sink = MailSink::start();
    sink.take_mail_of_others();
    let port = sink.port();

    sink.go_down();
    send(&sink).expect_err("nobody listens");
    sink.come_up();
    send(&sink).expect("somebody listens again");

    assert_eq!(sink.port(), port);
    assert_eq!(sink.mails().len(), 1);
}

#[test]
fn exim_delivers_over_starttls_and_after_a_restart() {
    let mut exim = SmtpDaemon::start();
    let certificate = Certificate::from_pem(&exim.certificate()).expect("a certificate");
    let tls = TlsParameters::builder("localhost".to_owned())
        .add_root_certificate(certificate)
        .build_rustls()
        .expect("TLS parameters");
    let over_tls = sender(exim.port()).tls(Tls::Required(tls)).build();

    over_tls.send(&notice()).expect("Exim takes mail over TLS");
    drop(over_tls);
    exim.await_mails(1);
    exim.go_down();
    let plain = sender(exim.port()).build();
    plain.send(&notice()).expect_err("nobody listens");
    exim.come_up();
    plain.send(&notice()).expect("somebody listens again");

    let mails = exim.await_mails(2);
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|mail| mail.text().contains("感謝您參加")));
    let encrypted = |mail: &&crate::support::mail::Mail| mail.source.contains("with esmtps");
    assert_eq!(mails.iter().filter(encrypted).count(), 1);
    let scan = Scan::of(&["<n1@example.org>"]);
    assert!(!scan.path(&exim.folder()).is_empty());
}

const CANARIES: [&str; 3] = ["金絲雀王小明ZQ7", "A123456789", "canary-7f3k@example.org"];

#[test]
fn a_canary_is_found_in_each_of_its_dresses() {
    for canary in CANARIES {
        let scan = Scan::of(&[canary]);
        for (dress, bytes) in dresses(canary) {
            if bytes.len() < SHORTEST {
                continue;
            }
            let hidden = [b"\0noise ".as_slice(), &bytes, b" more\n"].concat();
            let found = scan.bytes("memory", &hidden);
            assert!(
                found.iter().any(|find| find.canary == canary),
                "{canary} {dress}"
            );
        }
    }
}

#[test]
fn a_canary_is_found_in_base64_wherever_it_begins() {
    let scan = Scan::of(&CANARIES);
    for before in 0..6 {
        for canary in CANARIES {
            let plain = [&vec![b'x'; before], canary.as_bytes(), b"yy"].concat();
            let coded = data_encoding::BASE64.encode(&plain);
            assert!(
                !scan.bytes("memory", coded.as_bytes()).is_empty(),
                "{before} {canary}"
            );
        }
    }
}

#[test]
fn a_canary_in_the_name_of_a_file_is_found() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    std::fs::create_dir(folder.path().join("deep")).expect("a new folder");
    std::fs::write(folder.path().join("deep/A123456789.csv"), b"empty").expect("a new file");

    let places: BTreeSet<String> = Scan::of(&CANARIES)
        .path(folder.path())
        .into_iter()
        .map(|find| find.place)
        .collect();

    assert_eq!(places.len(), 1);
}

fn keep(database: &TestDatabase, text: &str) {
    let db = database.open(&fairdraw::platform::clock::Clock::system());
    let stored: Result<(), fairdraw::platform::db::Error> = db.write_now("keep", |tx| {
        use diesel::connection::SimpleConnection;
        let insert = format!("INSERT INTO journal_notes VALUES (0, '{text}', 0)");
        Ok(tx.conn().batch_execute(&insert)?)
    });
    stored.expect("a note can be stored");
}

fn finds(database: &TestDatabase, canary: &str) -> usize {
    let scan = Scan::of(&[canary]);
    let in_files = database
        .places()
        .iter()
        .map(|place| scan.path(place).len())
        .sum::<usize>();
    in_files + scan.bytes("rows", database.rows().as_bytes()).len()
}

fn a_canary_in_a_row_is_found_in_the_files(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    let canary = format!("canary-in-a-row-{engine:?}");
    keep(&database, &canary);
    assert!(finds(&database, &canary) > 0);
}

fn a_canary_that_was_never_stored_is_not_found(engine: Engine) {
    let database = TestDatabase::fresh(engine);
    keep(&database, "something else");
    assert_eq!(finds(&database, "canary-that-was-never-stored"), 0);
}

fn each_database_has_an_address_of_its_own(engine: Engine) {
    let (one, other) = (TestDatabase::fresh(engine), TestDatabase::fresh(engine));
    assert_ne!(one.url(), other.url());
    assert_ne!(one.data(), other.data());
}
