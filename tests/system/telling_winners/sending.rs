//! Letters leave once, whatever the mail server does, and open nobody before.

use super::*;

on_both! {
    winners_are_told_once_and_nobody_else,
    nothing_is_opened_while_the_server_is_down,
    a_server_that_says_later_gets_the_letter_later,
    an_answer_lost_after_the_letter_is_never_a_reason_to_send_again,
    a_crash_while_a_letter_leaves_makes_it_uncertain,
    a_refused_letter_and_a_missing_address_are_shown_to_staff,
    letters_wait_until_there_is_a_mail_server,
}

fn winners_are_told_once_and_nobody_else(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    let admin = library.app.first_admin();
    let winners = library.winners();
    assert_eq!(winners.len(), 3);

    let page = admin.get(&library.path("/winners"));
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    for claim in &winners {
        let ticket = TicketNumber(claim.index).to_string();
        assert!(page.html.contains(&ticket), "{ticket} is on the list");
    }
    assert!(!page.html.contains("王小"), "no name is on the list");
    assert!(sink.mails().is_empty(), "telling is a step of its own");

    let path = library.path("/notify");
    let preview = admin.get(&path);
    assert!(preview.html.contains("領獎期限"), "{}", preview.mistakes());
    assert!(preview.html.contains("Collect it before"), "both languages");
    let sent = admin.send(&preview, &path, &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    library.run();
    let told: Vec<String> = emails(&winners).into_iter().collect();
    assert_eq!(recipients(&sink), told);

    // The same form a second time, and time that passes, send nothing more.
    let again = admin.send(&preview, &path, &[]);
    assert_eq!(again.status, Status::UnprocessableEntity);
    library.run();
    library.later(HOUR);
    assert_eq!(sink.attempts(), 3);
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::Sent)
    );

    for mail in sink.mails() {
        let text = mail.text();
        assert!(!text.contains("http"), "no link: {text}");
        assert!(
            text.contains("draw.lib.example.tw") && text.contains("165"),
            "{text}"
        );
        let ticket = winners
            .iter()
            .find(|claim| mail.to == [email_of(claim.index)])
            .map(|claim| TicketNumber(claim.index).to_string());
        assert!(text.contains(&ticket.expect("a winner")), "{text}");
        let subject = mail.header("Subject").expect("a subject");
        assert!(
            subject.contains("圖書館") || subject.contains("Library"),
            "{subject}"
        );
        assert!(!subject.contains("王小"), "{subject}");
        assert_eq!(mail.from, "draws@example.org");
    }
    let ids: BTreeSet<_> = sink
        .mails()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(library.record().contains("notify.begun winner-notice 3"));
}

fn nothing_is_opened_while_the_server_is_down(engine: Engine) {
    let mut sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.go_down();
    assert_eq!(library.begin(), 3);
    for _ in 0..5 {
        library.later(10 * MINUTE);
    }
    let mut attempts = 0;
    for notice in library.notices() {
        assert_eq!(notice.stage, NoticeStage::Waiting);
        assert_eq!(notice.last_reply, "unreachable");
        attempts += notice.attempts;
    }
    // A server that is down is tried once for all of them, or the other jobs would wait.
    assert!((3..=6).contains(&attempts), "{attempts} tries");
    let openings = || {
        library
            .app
            .app
            .vault
            .openings(library.id.as_str())
            .expect("a count")
    };
    assert_eq!(openings(), 0, "no address was opened");

    sink.come_up();
    library.later(HOUR);
    assert_eq!(sink.mails().len(), 3);
    assert_eq!(openings(), 3);
    library.later(DAY);
    assert_eq!(sink.attempts(), 3);
}

fn a_server_that_says_later_gets_the_letter_later(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.behave(Manners::Greylisting);
    library.begin();
    assert_eq!(library.notices()[0].last_reply, "451");
    sink.behave(Manners::FullDisk);
    library.later(HOUR);
    assert_eq!(sink.attempts(), 3);
    assert!(sink.mails().is_empty());
    sink.behave(Manners::Busy);
    library.later(HOUR);
    sink.behave(Manners::Kind);
    library.later(HOUR);
    assert_eq!(
        recipients(&sink),
        Vec::from_iter(emails(&library.winners()))
    );
    library.later(DAY);
    assert_eq!(sink.mails().len(), 3);
}

fn an_answer_lost_after_the_letter_is_never_a_reason_to_send_again(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.behave(Manners::KeepsAndHangsUp);
    library.begin();
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::Uncertain)
    );
    sink.behave(Manners::Kind);
    library.later(HOUR);
    library.later(DAY);
    assert_eq!(sink.attempts(), 3, "nothing was sent again by itself");

    let lost = library.notices()[0].clone();
    let mailer = library.app.app.mailer.clone();
    let resend =
        || library.by_staff(|tx, draw, by| notices::resend(tx, &mailer, draw, by, &lost.id));
    resend().expect("staff may send another");
    assert!(resend().is_err(), "but only one");
    library.run();
    assert_eq!(sink.attempts(), 4);
    let ids: Vec<_> = sink
        .mails()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 4, "no message id reaches the server twice");
    assert!(library.record().contains("notify.resent"));
}

fn a_crash_while_a_letter_leaves_makes_it_uncertain(engine: Engine) {
    let mut sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.go_down();
    library.begin();
    sink.come_up();
    // The process that was sending the first letter is gone.
    let (draw, notice) = (library.decided(), library.notices()[0].clone());
    let db = &library.app.app.db;
    let is_ours = db
        .write_now("begin", |tx| notices::begin_sending(tx, &draw, &notice))
        .expect("the notice waits");
    assert!(is_ours);
    let again = db
        .write_now("begin", |tx| notices::begin_sending(tx, &draw, &notice))
        .expect("it can be read");
    assert!(!again, "two processes do not send one letter");
    library.later(HOUR);
    library.later(DAY);
    let found = library.notices();
    assert_eq!(found[0].stage, NoticeStage::Uncertain);
    assert_eq!(found[0].last_reply, "crash");
    assert_eq!(sink.attempts(), 2);
}

fn a_refused_letter_and_a_missing_address_are_shown_to_staff(engine: Engine) {
    let sink = MailSink::start();
    // Nobody left an address but those below 100; the tickets are numbered from 0 all the same.
    let entrants: Vec<Entrant> = (0..12).map(|person| own(person + 100)).collect();
    let library = Library::with_entrants(engine, &sink.url(), &entrants);
    library.begin();
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::NoAddress)
    );
    assert_eq!(sink.attempts(), 0);

    let refused = Library::with_winners(engine, &sink.url());
    sink.behave(Manners::NoSuchMailbox);
    refused.begin();
    refused.later(DAY);
    let found = refused.notices();
    assert!(
        stages(&found)
            .iter()
            .all(|stage| *stage == NoticeStage::Refused)
    );
    assert_eq!(found[0].last_reply, "550");
    let admin = refused.app.first_admin();
    let page = admin.get(&refused.path("/winners"));
    assert!(page.html.contains("郵件伺服器拒收"), "{}", page.mistakes());
    assert!(page.html.contains("550"));
}

fn letters_wait_until_there_is_a_mail_server(engine: Engine) {
    let library = Library::with_winners(engine, "");
    library.begin();
    library.later(DAY);
    for notice in library.notices() {
        assert_eq!(notice.stage, NoticeStage::Waiting);
        assert_eq!(
            (notice.last_reply.as_str(), notice.attempts),
            ("not-configured", 0)
        );
    }
    let admin = library.app.first_admin();
    let page = admin.get(&library.path("/winners"));
    assert!(
        page.html.contains("還沒有設定郵件伺服器"),
        "{}",
        page.mistakes()
    );
}

#[test]
fn a_real_mail_server_gets_every_letter_once_over_starttls() {
    let mut daemon = SmtpDaemon::start();
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, daemon.certificate()).expect("the certificate is written");
    let url = format!(
        "smtp://localhost:{}?tls=required&ca={}",
        daemon.port(),
        authority.display()
    );
    let library = Library::with_winners(Engine::Sqlite, &url);
    daemon.go_down();
    library.begin();
    library.later(HOUR);
    assert!(
        library
            .notices()
            .iter()
            .all(|notice| notice.last_reply == "unreachable")
    );
    daemon.come_up();
    library.later(HOUR);
    let mails = daemon.await_mails(3);
    library.later(DAY);
    assert_eq!(mails.len(), 3);
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::Sent)
    );
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids.len(), 3);
    for mail in &mails {
        assert!(mail.text().contains("165"));
    }
}
