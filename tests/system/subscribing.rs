//! The newsletter: subscribing by a link in a mail, getting issues once, leaving for good.

use diesel::connection::SimpleConnection;
use fairdraw::identity::date;
use fairdraw::newsletter::issues::{self, Progress};
use fairdraw::newsletter::{IssueId, Stage, subscribers};
use fairdraw::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use fairdraw::platform::db;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::canary::Scan;
use crate::support::database::counted;
use crate::support::mail::Mail;
use crate::support::mail_sink::{MailSink, Manners};
use crate::support::places;
use crate::support::smtp_daemon::SmtpDaemon;
use crate::support::staff::sign_in;

on_both! {
    a_subscriber_confirms_and_gets_the_issue_once,
    opening_the_link_alone_confirms_nothing,
    a_known_address_is_answered_like_a_new_one_and_its_owner_is_told,
    one_click_leaves_without_a_session,
    who_left_is_never_written_to_again,
    a_changed_address_is_confirmed_at_the_new_one,
    a_crash_in_the_middle_sends_nobody_twice,
    an_answer_lost_after_the_letter_is_never_a_reason_to_send_again,
    an_address_that_does_not_exist_is_given_up,
    staff_try_schedule_take_back_and_stop,
    letters_leave_at_most_so_many_a_minute,
    a_database_copy_shows_no_address,
    nobody_writes_a_header_of_their_own,
    who_got_what_is_forgotten_after_a_month,
}

const HOST: &str = "https://draw.lib.example.tw";

/// A library with a newsletter of two topics.
pub struct Library {
    pub app: TestApp,
    pub books: String,
    pub events: String,
}

/// An issue's fields as staff type them.
fn issue_form<'a>(slug: &'a str, topic: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("slug", slug),
        ("topics", topic),
        ("subject_zh", "十二月的新書"),
        ("subject_en", "New books in December"),
        (
            "body_zh",
            "# 新書\n\n**山海經**與[活動](https://lib.example.tw/a)。",
        ),
        (
            "body_en",
            "# Books\n\n**Seas and mountains** and [more](https://lib.example.tw/a).",
        ),
    ]
}

impl Library {
    pub fn open(engine: Engine, smtp_url: &str) -> Library {
        Library::with(engine, smtp_url, 6_000)
    }

    fn with(engine: Engine, smtp_url: &str, per_minute: u32) -> Library {
        let url = smtp_url.to_owned();
        let app = TestApp::with(engine, "2026-11-23T09:00:00+08:00", |config| {
            config.smtp_url = url;
            config.public_origin = HOST.to_owned();
            config.newsletter_per_minute = per_minute;
        });
        let admin = app.first_admin();
        let path = "/staff/newsletters/topics";
        for (zh, en) in [("新書", "New books"), ("活動", "Events")] {
            let made = admin.send(
                &admin.get(path),
                path,
                &[
                    ("topic", ""),
                    ("do", "save"),
                    ("name_zh", zh),
                    ("name_en", en),
                ],
            );
            assert_eq!(made.status, Status::SeeOther, "{}", made.mistakes());
        }
        let form = app.visitor().get("/newsletter");
        assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
        let ids = topics_of(&form);
        Library {
            books: ids[0].clone(),
            events: ids[1].clone(),
            app,
        }
    }

    fn staff(&self) -> Person<'_> {
        sign_in(&self.app, "陳館員")
    }

    pub fn run(&self) {
        self.app.app.run_jobs().expect("due jobs can be read");
    }

    pub fn later(&self, ms: i64) {
        self.app.go_to(self.now().plus(ms));
    }

    fn now(&self) -> Timestamp {
        self.app.app.db.clock().now()
    }

    /// Sends the form with one topic, in Chinese.
    pub fn ask(&self, email: &str, topic: &str) -> Answer {
        let visitor = self.app.visitor();
        let form = visitor.get("/newsletter");
        let sent = visitor.send(
            &form,
            "/newsletter",
            &[("email", email), ("topics", topic), ("agree", "yes")],
        );
        self.run();
        sent
    }

    /// Subscribes and uses the link; answers with the way to one's own subscription.
    pub fn subscribe(&self, sink: &MailSink, email: &str, topic: &str) -> String {
        let sent = self.ask(email, topic);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        let link = link_of(&last_to(sink, email), "/newsletter/confirm/");
        let visitor = self.app.visitor();
        let page = visitor.get(&link);
        let done = visitor.send(&page, &link, &[]);
        assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
        let own = done.links();
        let own = own.iter().find(|to| to.contains("/preferences/"));
        own.expect("the way to the subscription").clone()
    }

    /// Writes an issue and has it sent now; the jobs have not run.
    fn send_issue(&self, slug: &str, topic: &str) -> IssueId {
        let admin = self.staff();
        let id = self.write_issue(&admin, slug, topic);
        let path = format!("/staff/newsletters/{id}/send");
        let sent = admin.send(&admin.get(&path), &path, &[("do", "now")]);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        id
    }

    fn write_issue(&self, admin: &Person<'_>, slug: &str, topic: &str) -> IssueId {
        let path = "/staff/newsletters/new";
        let written = admin.send(&admin.get(path), path, &issue_form(slug, topic));
        assert_eq!(written.status, Status::SeeOther, "{}", written.mistakes());
        let id = written.location.trim_end_matches("/preview");
        IssueId::from(id.rsplit('/').next().expect("an id"))
    }

    fn progress(&self, id: &IssueId) -> (Stage, Progress) {
        let read = |tx: &mut db::Tx<'_>| {
            let issue = issues::by_id(tx, id)?;
            let progress = issues::progress(tx, &issue)?;
            Ok::<_, fairdraw::newsletter::Error>((issue.stage, progress))
        };
        self.app
            .app
            .db
            .read_now("progress", read)
            .expect("an issue")
    }

    fn sql(&self, statements: &str) {
        let work = |tx: &mut db::Tx<'_>| Ok::<_, db::Error>(tx.conn().batch_execute(statements)?);
        self.app
            .app
            .db
            .write_now("by hand", work)
            .expect("it is SQL");
    }

    pub fn count(&self, query: &str) -> i64 {
        counted(&self.app.app.db, query)
    }
}

/// The values of the boxes of topics.
fn topics_of(page: &Answer) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.html);
    let boxes = scraper::Selector::parse("input[name=topics]").expect("a selector");
    html.select(&boxes)
        .filter_map(|one| one.value().attr("value").map(str::to_owned))
        .collect()
}

fn to(sink: &MailSink, email: &str) -> Vec<Mail> {
    let mut mails = sink.mails();
    mails.retain(|mail| mail.to == [email.to_owned()]);
    mails
}

fn last_to(sink: &MailSink, email: &str) -> Mail {
    to(sink, email).pop().expect("a mail")
}

/// The path of the link in the text of a mail that begins so.
fn link_of(mail: &Mail, start: &str) -> String {
    let text = mail.part("text/plain").text();
    let html = mail.part("text/html").text();
    let word = text
        .split_whitespace()
        .find_map(|word| {
            word.find(HOST)
                .map(|at| &word[at..])
                .filter(|word| word.contains(start))
        })
        .unwrap_or_else(|| panic!("no link to {start} in {text}"));
    assert!(html.contains(word), "both parts have the link");
    word.strip_prefix(HOST).expect("our own site").to_owned()
}

fn a_subscriber_confirms_and_gets_the_issue_once(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    let own = library.subscribe(&sink, "mei@example.org", &library.books);
    library.subscribe(&sink, "lin@example.org", &library.events);
    let confirm = to(&sink, "mei@example.org").remove(0);
    assert_eq!(confirm.header("List-Unsubscribe"), None);
    assert!(
        confirm.part("text/plain").text().contains("165"),
        "how to check it"
    );
    // What the person agreed to is kept with its words.
    let consents = "SELECT COUNT(*) AS n FROM subscribers s JOIN newsletter_consents c \
        ON c.hash = s.consent WHERE c.words LIKE '%不記錄您是否開信%'";
    assert_eq!(library.count(consents), 2);

    let id = library.send_issue("2026-12-books", &library.books);
    library.run();
    library.later(HOUR);
    library.later(DAY);
    assert_eq!(library.progress(&id).0, Stage::Sent);
    assert_eq!(to(&sink, "lin@example.org").len(), 1, "another topic");
    let mails = to(&sink, "mei@example.org");
    assert_eq!(mails.len(), 2, "the link and the issue");
    let mail = &mails[1];
    let subject = mail.header("Subject").expect("a subject");
    assert!(subject.ends_with("十二月的新書"), "{subject}");
    let (text, html) = (
        mail.part("text/plain").text(),
        mail.part("text/html").text(),
    );
    assert!(
        text.contains("山海經與活動 (https://lib.example.tw/a)"),
        "{text}"
    );
    assert!(html.contains("<strong>山海經</strong>"), "{html}");
    for part in [&text, &html] {
        assert!(
            part.contains("165") && part.contains("02-2755-2823"),
            "{part}"
        );
        assert!(part.contains("不記錄您是否開信"), "{part}");
        assert!(
            part.contains(&format!("{HOST}/news/2026-12-books")),
            "{part}"
        );
        assert!(!part.contains("<img"), "{part}");
    }
    let place = mail.header("List-Unsubscribe").expect("RFC 8058");
    assert!(
        place.starts_with(&format!("<{HOST}/newsletter/unsubscribe/")),
        "{place}"
    );
    let post = mail.header("List-Unsubscribe-Post").expect("RFC 8058");
    assert_eq!(post, "List-Unsubscribe=One-Click");

    // The person turns to English and to the other topic.
    let visitor = library.app.visitor();
    let page = visitor.get(&own);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    assert!(!page.html.contains("mei@"), "no page shows the address");
    let changed = [
        ("do".to_owned(), "choose".to_owned()),
        ("topics".to_owned(), library.events.clone()),
        ("language".to_owned(), "en".to_owned()),
    ];
    assert_eq!(visitor.post(&own, &changed).status, Status::SeeOther);
    library.send_issue("2026-12-events", &library.events);
    library.run();
    let mail = last_to(&sink, "mei@example.org");
    assert!(
        mail.part("text/plain")
            .text()
            .contains("Seas and mountains")
    );
    let id_of = |mail: &Mail| mail.header("Message-ID").expect("a name");
    assert_ne!(id_of(&mail), id_of(&mails[1]));

    // Everybody may read what was sent.
    let archive = visitor.get("/news");
    assert!(
        archive.html.contains("十二月的新書"),
        "{}",
        archive.mistakes()
    );
    let page = visitor.get("/en/news/2026-12-books");
    assert!(page.html.contains("<strong>Seas and mountains</strong>"));
    assert_eq!(visitor.get("/news/no-such-issue").status, Status::NotFound);
    let feed = visitor.get("/news/feed.atom");
    assert!(
        feed.header("Content-Type")
            .starts_with("application/atom+xml")
    );
    assert!(
        feed.html.contains("&lt;strong&gt;山海經&lt;/strong&gt;"),
        "{}",
        feed.html
    );
    let admin = library.staff();
    let list = admin.get("/staff/newsletters");
    assert!(list.html.contains("2 位訂閱者"), "{}", list.mistakes());
}

fn opening_the_link_alone_confirms_nothing(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    library.ask("mei@example.org", &library.books);
    let link = link_of(&last_to(&sink, "mei@example.org"), "/newsletter/confirm/");
    let visitor = library.app.visitor();
    // A program that looks for viruses opens every link, also in English.
    for path in [link.clone(), link.clone(), format!("/en{link}")] {
        let page = visitor.get(&path);
        assert_eq!(page.status, Status::Ok);
        assert!(page.header("Cache-Control").contains("no-store"));
    }
    let active = "SELECT COUNT(*) AS n FROM subscribers WHERE state = 'active'";
    assert_eq!(library.count(active), 0);
    let id = library.send_issue("2026-12-books", &library.books);
    library.run();
    assert_eq!(library.progress(&id).1.all(), 0);
    assert_eq!(sink.attempts(), 1);

    // After a day the link is worth nothing, and a little later the row is gone.
    let page = visitor.get(&link);
    library.later(DAY + MINUTE);
    let late = visitor.send(&page, &link, &[]);
    assert_eq!(late.status, Status::UnprocessableEntity);
    assert_eq!(library.count(active), 0);
    library.later(2 * DAY);
    library.later(DAY);
    assert_eq!(library.count("SELECT COUNT(*) AS n FROM subscribers"), 0);
    let boxes = "SELECT COUNT(*) AS n FROM subscription_letters";
    assert_eq!(library.count(boxes), 0);

    // A link of another kind, and one that somebody changed, are no way in either.
    let own = library.subscribe(&sink, "lin@example.org", &library.books);
    let token = own.rsplit('/').next().expect("a token");
    for path in [
        format!("/newsletter/confirm/{token}"),
        format!("/newsletter/preferences/{}", &token[1..]),
        "/newsletter/preferences/x".to_owned(),
    ] {
        let page = visitor.get(&path);
        assert_eq!(page.status, Status::UnprocessableEntity, "{path}");
    }
}

fn a_known_address_is_answered_like_a_new_one_and_its_owner_is_told(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    let new = library.ask("mei@example.org", &library.books);
    let again = library.ask("mei@example.org", &library.books);
    let link = link_of(&last_to(&sink, "mei@example.org"), "/newsletter/confirm/");
    let visitor = library.app.visitor();
    visitor.send(&visitor.get(&link), &link, &[]);
    // The same mailbox, written differently, and other choices that change nothing.
    let known = library.ask("Mei@EXAMPLE.org", &library.events);
    for answer in [&new, &again, &known] {
        assert_eq!(answer.status, Status::SeeOther, "{}", answer.mistakes());
        assert_eq!(answer.location, "/newsletter/sent");
    }
    let told = last_to(&sink, "mei@example.org");
    let subject = told.header("Subject").expect("a subject");
    assert!(subject.contains("您已訂閱"), "{subject}");
    let own = link_of(&told, "/newsletter/preferences/");
    let page = visitor.get(&own);
    let chosen = page.form(&own);
    let books = ("topics".to_owned(), library.books.clone());
    let events = ("topics".to_owned(), library.events.clone());
    assert!(chosen.contains(&books) && !chosen.contains(&events));
    // Nobody fills somebody else's mailbox.
    for _ in 0..5 {
        library.ask("mei@example.org", &library.books);
    }
    assert_eq!(to(&sink, "mei@example.org").len(), 3);
    library.later(DAY + HOUR);
    library.ask("mei@example.org", &library.books);
    assert_eq!(to(&sink, "mei@example.org").len(), 4);

    // What is missing is asked for, and nothing typed is lost.
    let form = visitor.get("/newsletter");
    let wrong = visitor.send(&form, "/newsletter", &[("email", "mei@gmial.com")]);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.html.contains("mei@gmial.com") && wrong.html.contains("mei@gmail.com"));
    assert_eq!(wrong.texts(".error-summary li").len(), 2);
    let nowhere = visitor.post("/newsletter", &[("email".to_owned(), "a@b.tw".to_owned())]);
    assert_eq!(
        nowhere.status,
        Status::UnprocessableEntity,
        "no form of ours"
    );
}

fn one_click_leaves_without_a_session(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    library.subscribe(&sink, "mei@example.org", &library.books);
    library.subscribe(&sink, "lin@example.org", &library.books);
    library.send_issue("2026-12-books", &library.books);
    library.run();
    let place = |email: &str| {
        let place = last_to(&sink, email).header("List-Unsubscribe");
        let place = place.expect("RFC 8058");
        let path = place.trim_matches(['<', '>']).strip_prefix(HOST);
        path.expect("our own site").to_owned()
    };
    let (mei, lin) = (place("mei@example.org"), place("lin@example.org"));
    let visitor = library.app.visitor();
    // Opening the address changes nothing.
    let page = visitor.get(&mei);
    assert_eq!(page.status, Status::Ok);
    let left = || 2 - library.count("SELECT COUNT(*) AS n FROM subscribers");
    assert_eq!(left(), 0);
    // A mail program sends what the RFC says, as a form or in parts.
    let one_click = [("List-Unsubscribe".to_owned(), "One-Click".to_owned())];
    assert_eq!(visitor.post(&mei, &one_click).status, Status::Ok);
    assert_eq!(left(), 1);
    let parts = visitor.upload(&lin, "List-Unsubscribe", "", b"One-Click");
    assert_eq!(parts.status, Status::Ok);
    assert_eq!(left(), 2);
    // A second time, and an address that is nobody's, are answered the same.
    assert_eq!(visitor.post(&mei, &one_click).status, Status::Ok);
    let nobody = visitor.post("/newsletter/unsubscribe/abc", &one_click);
    assert_eq!(nobody.status, Status::Ok);
    let tied = "SELECT COUNT(*) AS n FROM newsletter_letters WHERE subscriber_id <> ''";
    assert_eq!(library.count(tied), 0, "no letter says to whom it was");
}

fn who_left_is_never_written_to_again(engine: Engine) {
    let mut sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    let own = library.subscribe(&sink, "mei@example.org", &library.books);
    library.subscribe(&sink, "lin@example.org", &library.books);
    // Letters are written while the server is down; then somebody leaves.
    sink.go_down();
    let id = library.send_issue("2026-12-books", &library.books);
    library.run();
    assert_eq!(library.progress(&id).1.waiting, 2);
    library.sql("CREATE TABLE kept_people AS SELECT * FROM subscribers");
    library.sql("CREATE TABLE kept_topics AS SELECT * FROM subscriber_topics");
    let visitor = library.app.visitor();
    let leave = own.replace("preferences", "unsubscribe");
    let gone = visitor.send(&visitor.get(&leave), &leave, &[]);
    assert_eq!(gone.status, Status::Ok, "{}", gone.mistakes());
    assert_eq!(visitor.get(&own).status, Status::UnprocessableEntity);
    // The row comes back, from an old copy or by hand, with a letter that waits.
    library.sql(
        "INSERT INTO subscribers SELECT * FROM kept_people WHERE id NOT IN (SELECT id FROM subscribers); \
         INSERT INTO subscriber_topics SELECT * FROM kept_topics WHERE subscriber_id NOT IN \
         (SELECT subscriber_id FROM subscriber_topics); \
         DROP TABLE kept_people; DROP TABLE kept_topics; \
         UPDATE newsletter_letters SET stage = 'waiting' WHERE stage = 'dropped'; \
         UPDATE newsletter_letters SET subscriber_id = (SELECT MIN(s.id) FROM subscribers s \
         WHERE s.id NOT IN (SELECT subscriber_id FROM newsletter_letters)) WHERE subscriber_id = ''",
    );
    sink.come_up();
    library.later(HOUR);
    let second = library.send_issue("2026-12-more", &library.books);
    library.run();
    library.later(DAY);
    assert_eq!(
        to(&sink, "mei@example.org").len(),
        1,
        "only the link of before"
    );
    assert_eq!(to(&sink, "lin@example.org").len(), 3);
    assert_eq!(
        (
            library.progress(&id).1.dropped,
            library.progress(&second).1.dropped
        ),
        (1, 1)
    );

    // A whole database of before comes back, in which nobody had left: the vault remembers.
    library.sql("DELETE FROM suppressed_addresses");
    let third = library.send_issue("2026-12-third", &library.books);
    library.run();
    assert_eq!(to(&sink, "mei@example.org").len(), 1);
    let progress = library.progress(&third).1;
    assert_eq!((progress.dropped, progress.sent), (1, 1));
    assert_eq!(library.count("SELECT COUNT(*) AS n FROM subscribers"), 1);

    // Anew, by a link of one's own, it is another matter.
    library.subscribe(&sink, "mei@example.org", &library.books);
    library.send_issue("2027-01-books", &library.books);
    library.run();
    assert_eq!(to(&sink, "mei@example.org").len(), 3);
}

fn a_changed_address_is_confirmed_at_the_new_one(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    let own = library.subscribe(&sink, "old@example.org", &library.books);
    library.subscribe(&sink, "lin@example.org", &library.books);
    let visitor = library.app.visitor();
    let ask = |email: &str| {
        let fields = [
            ("do".to_owned(), "move".to_owned()),
            ("email".to_owned(), email.to_owned()),
        ];
        let asked = visitor.post(&own, &fields);
        library.run();
        asked
    };
    assert_eq!(ask("new@example").status, Status::UnprocessableEntity);
    assert_eq!(ask("new@example.org").status, Status::Ok);
    // Until it is confirmed, the old one counts.
    library.send_issue("2026-12-books", &library.books);
    library.run();
    assert_eq!(to(&sink, "old@example.org").len(), 2);
    let link = link_of(&last_to(&sink, "new@example.org"), "/newsletter/confirm/");
    let page = visitor.get(&link);
    let done = visitor.send(&page, &link, &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    library.run();
    let told = last_to(&sink, "old@example.org");
    let subject = told.header("Subject").expect("a subject");
    assert!(subject.contains("已更改"), "{subject}");
    assert!(
        !told.part("text/plain").text().contains("/newsletter/"),
        "no way in"
    );
    assert!(!told.part("text/plain").text().contains("new@"));
    // Old links have ended: whoever reads the old mailbox has no way into the subscription.
    assert_eq!(visitor.get(&own).status, Status::UnprocessableEntity);
    library.send_issue("2027-01-books", &library.books);
    library.run();
    assert_eq!(to(&sink, "old@example.org").len(), 3);
    assert_eq!(to(&sink, "new@example.org").len(), 2);

    // The address of another subscriber is not taken over; that one is told.
    let own = link_of(
        &last_to(&sink, "new@example.org"),
        "/newsletter/preferences/",
    );
    let fields = [
        ("do".to_owned(), "move".to_owned()),
        ("email".to_owned(), "lin@example.org".to_owned()),
    ];
    assert_eq!(visitor.post(&own, &fields).status, Status::Ok);
    library.run();
    let subject = last_to(&sink, "lin@example.org").header("Subject");
    assert!(subject.is_some_and(|subject| subject.contains("您已訂閱")));
    assert_eq!(
        library.count("SELECT COUNT(*) AS n FROM subscriber_moves"),
        0
    );
}

fn a_crash_in_the_middle_sends_nobody_twice(engine: Engine) {
    let mut sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    for person in 0..5 {
        library.subscribe(
            &sink,
            &format!("reader{person}@example.org"),
            &library.books,
        );
    }
    let before = sink.attempts();
    sink.go_down();
    let id = library.send_issue("2026-12-books", &library.books);
    library.run();
    assert_eq!(library.progress(&id).1.waiting, 5);
    let letters = "SELECT COUNT(*) AS n FROM newsletter_letters WHERE attempts > 0";
    assert_eq!(
        library.count(letters),
        0,
        "nobody is opened while the server is down"
    );
    // The process that was sending one of them is gone, and its job comes back.
    library.sql(
        "UPDATE newsletter_letters SET stage = 'sending' WHERE id = \
         (SELECT MIN(id) FROM newsletter_letters)",
    );
    sink.come_up();
    library.later(HOUR);
    library.later(DAY);
    let (stage, progress) = library.progress(&id);
    assert_eq!((progress.sent, progress.uncertain), (4, 1));
    assert_eq!(stage, Stage::Sent);
    assert_eq!(sink.attempts() - before, 4);
    // A job that comes late, or twice, finds nothing to do.
    library.sql("UPDATE newsletter_issues SET stage = 'sending', gathered_to = ''");
    library.sql(&format!(
        "INSERT INTO jobs (id, kind, activity_id, payload, run_at, attempts, lease_until, lease_token, \
         dedup_key, last_error) SELECT 'again', 'newsletter.issue', '', id || ' ' || send_at, 0, 0, 0, \
         '', 'again', '' FROM newsletter_issues WHERE id = '{id}'"
    ));
    let db = &library.app.app.db;
    let twice = db.write_now("write letters again", |tx| {
        let one = "INSERT INTO newsletter_letters SELECT 'x' || id, issue_id, subscriber_id, 'waiting', \
                   0, 0, '' FROM newsletter_letters";
        Ok::<_, db::Error>(tx.conn().batch_execute(one)?)
    });
    assert!(
        twice.is_err(),
        "the database knows one letter of an issue to a person"
    );
}

fn an_answer_lost_after_the_letter_is_never_a_reason_to_send_again(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    library.subscribe(&sink, "mei@example.org", &library.books);
    let before = sink.attempts();
    sink.behave(Manners::KeepsAndHangsUp);
    let id = library.send_issue("2026-12-books", &library.books);
    library.run();
    sink.behave(Manners::Kind);
    library.later(HOUR);
    library.later(DAY);
    assert_eq!(library.progress(&id).1.uncertain, 1);
    assert_eq!(sink.attempts() - before, 1);
    let admin = library.staff();
    let page = admin.get(&format!("/staff/newsletters/{id}/send"));
    assert!(page.html.contains("不確定"), "{}", page.mistakes());

    // One that the server puts off leaves later, once.
    sink.behave(Manners::Greylisting);
    let id = library.send_issue("2027-01-books", &library.books);
    library.run();
    assert_eq!(library.progress(&id).1.waiting, 1);
    sink.behave(Manners::Kind);
    library.later(HOUR);
    library.later(DAY);
    assert_eq!(library.progress(&id).1.sent, 1);
    assert_eq!(sink.attempts() - before, 2);
}

fn an_address_that_does_not_exist_is_given_up(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    library.subscribe(&sink, "mei@example.org", &library.books);
    sink.behave(Manners::NoSuchMailbox);
    for number in 0..subscribers::REFUSALS {
        assert_eq!(library.count("SELECT COUNT(*) AS n FROM subscribers"), 1);
        let id = library.send_issue(&format!("issue-{number}"), &library.books);
        library.run();
        assert_eq!(library.progress(&id).1.bounced, 1);
    }
    assert_eq!(library.count("SELECT COUNT(*) AS n FROM subscribers"), 0);
    let why = "SELECT COUNT(*) AS n FROM suppressed_addresses WHERE why = 'refused'";
    assert_eq!(library.count(why), 1);
    // The person mends the mailbox and subscribes anew.
    sink.behave(Manners::Kind);
    library.later(DAY + HOUR);
    library.subscribe(&sink, "mei@example.org", &library.books);
    assert_eq!(library.count(why), 0);
    // A letter that the server does not want is no fault of the address.
    sink.behave(Manners::RefusesContent);
    let id = library.send_issue("issue-unwanted", &library.books);
    library.run();
    assert_eq!(library.progress(&id).1.refused, 1);
    let refusals = "SELECT COUNT(*) AS n FROM subscribers WHERE refusals = 0";
    assert_eq!(library.count(refusals), 1);
}

fn staff_try_schedule_take_back_and_stop(engine: Engine) {
    let mut sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    library.subscribe(&sink, "mei@example.org", &library.books);
    let admin = library.staff();
    let incomplete = admin.send(
        &admin.get("/staff/newsletters/new"),
        "/staff/newsletters/new",
        &[("slug", "Bad Slug"), ("body_zh", "還沒寫完")],
    );
    assert_eq!(incomplete.status, Status::UnprocessableEntity);
    assert!(
        incomplete.html.contains("還沒寫完"),
        "nothing typed is lost"
    );
    let id = library.write_issue(&admin, "2026-12-books", &library.books);
    let base = format!("/staff/newsletters/{id}");
    let preview = admin.get(&format!("{base}/preview"));
    assert!(
        preview.html.contains("<strong>山海經</strong>"),
        "{}",
        preview.mistakes()
    );
    assert!(preview.html.contains("Seas and mountains"));
    let path = format!("{base}/send");
    let tried = [
        ("do".to_owned(), "try".to_owned()),
        ("email".to_owned(), "colleague@example.org".to_owned()),
        ("language".to_owned(), "en".to_owned()),
    ];
    assert_eq!(admin.post(&path, &tried).status, Status::SeeOther);
    library.run();
    let trial = last_to(&sink, "colleague@example.org");
    assert!(trial.part("text/plain").text().contains("This is a trial"));
    assert_eq!(trial.header("List-Unsubscribe"), None);
    let kept = "SELECT COUNT(*) AS n FROM subscription_letters WHERE LENGTH(sealed) > 0";
    assert_eq!(library.count(kept), 0, "the address is dropped");
    assert_eq!(
        to(&sink, "mei@example.org").len(),
        1,
        "subscribers got nothing yet"
    );

    let act = |fields: &[(&str, &str)]| {
        let version = "1".to_owned();
        let mut sent: Vec<(String, String)> = vec![("version".to_owned(), version)];
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        sent.extend(fields);
        // A session does not last for hours.
        library.staff().post(&path, &sent)
    };
    let at = |ms: i64| date::input_value(library.now().plus(ms));
    let past = act(&[("do", "schedule"), ("at", &at(-HOUR))]);
    assert_eq!(past.status, Status::UnprocessableEntity);
    assert_eq!(
        act(&[("do", "schedule"), ("at", &at(HOUR))]).status,
        Status::SeeOther
    );
    assert_eq!(library.progress(&id).0, Stage::Scheduled);
    let twice = act(&[("do", "now")]);
    assert_eq!(twice.status, Status::UnprocessableEntity, "it is no draft");
    assert_eq!(act(&[("do", "take_back")]).status, Status::SeeOther);
    library.later(2 * HOUR);
    assert_eq!(library.progress(&id).0, Stage::Draft);
    assert_eq!(
        library.app.visitor().get("/news/2026-12-books").status,
        Status::NotFound
    );
    assert_eq!(
        act(&[("do", "schedule"), ("at", &at(3 * HOUR))]).status,
        Status::SeeOther
    );
    library.later(2 * HOUR);
    assert_eq!(to(&sink, "mei@example.org").len(), 1);
    library.later(HOUR + MINUTE);
    assert_eq!(to(&sink, "mei@example.org").len(), 2, "at its hour");

    // A second one is stopped before anything left.
    let admin = library.staff();
    sink.go_down();
    let id = library.send_issue("2027-01-books", &library.books);
    library.run();
    let path = format!("/staff/newsletters/{id}/send");
    let stopped = admin.send(&admin.get(&path), &path, &[("do", "stop")]);
    assert_eq!(stopped.status, Status::SeeOther, "{}", stopped.mistakes());
    sink.come_up();
    library.later(DAY);
    let (stage, progress) = library.progress(&id);
    assert_eq!(
        (stage, progress.dropped, progress.sent),
        (Stage::Stopped, 1, 0)
    );
    assert_eq!(to(&sink, "mei@example.org").len(), 2);
    let record = library.staff().get("/admin/audit");
    assert!(
        record.html.contains("停止寄送電子報"),
        "{}",
        record.mistakes()
    );

    // Nobody else may.
    let visitor = library.app.visitor();
    for path in ["/staff/newsletters", "/staff/newsletters/new", &path] {
        assert_ne!(visitor.get(path).status, Status::Ok, "{path}");
    }
}

fn letters_leave_at_most_so_many_a_minute(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with(engine, &sink.url(), 2);
    for person in 0..5 {
        library.subscribe(
            &sink,
            &format!("reader{person}@example.org"),
            &library.books,
        );
    }
    let before = sink.attempts();
    let id = library.send_issue("2026-12-books", &library.books);
    library.run();
    assert_eq!(sink.attempts() - before, 2);
    library.later(MINUTE / 2);
    assert_eq!(sink.attempts() - before, 2);
    library.later(MINUTE);
    assert_eq!(sink.attempts() - before, 4);
    library.later(MINUTE);
    assert_eq!(sink.attempts() - before, 5);
    assert_eq!(library.progress(&id).0, Stage::Sent);
}

fn a_database_copy_shows_no_address(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    let canaries = [
        "canary.mei.4711@mailbox-of-mei.example",
        "canary.lin.4712@mailbox-of-lin.example",
        "canary.new.4713@mailbox-of-new.example",
        "canary.try.4714@mailbox-of-try.example",
    ];
    let [mei, lin, new, trial] = canaries;
    let own = library.subscribe(&sink, mei, &library.books);
    library.ask(lin, &library.books);
    let visitor = library.app.visitor();
    let fields = [
        ("do".to_owned(), "move".to_owned()),
        ("email".to_owned(), new.to_owned()),
    ];
    assert_eq!(visitor.post(&own, &fields).status, Status::Ok);
    let id = library.send_issue("2026-12-books", &library.books);
    let admin = library.staff();
    let path = format!("/staff/newsletters/{id}/send");
    let tried = [
        ("do".to_owned(), "try".to_owned()),
        ("email".to_owned(), trial.to_owned()),
    ];
    assert_eq!(admin.post(&path, &tried).status, Status::SeeOther);
    library.run();
    assert_eq!(to(&sink, mei).len(), 2);
    assert_eq!(to(&sink, trial).len(), 1);
    let scan = Scan::of(&canaries);
    let subject = "十二月的新書";
    let control = Scan::of(&[subject]);
    let (mut finds, mut seen) = (Vec::new(), 0);
    for (table, rows) in places::tables(&library.app.app.db) {
        finds.extend(scan.bytes(&table, rows.as_bytes()));
        seen += control.bytes(&table, rows.as_bytes()).len();
    }
    assert!(seen > 0, "what staff wrote is found, so the rows were read");
    let config = &library.app.app.config;
    for folder in [config.data().to_owned(), library.app.database.keys()] {
        if folder.exists() {
            finds.extend(scan.path(&folder));
        }
    }
    assert_eq!(finds, []);
    // Nor does a token in the database open anything: what makes links is the vault's key.
    let access = "SELECT COUNT(*) AS n FROM subscribers WHERE LENGTH(access) = 24";
    assert_eq!(library.count(access), 2);
}

fn nobody_writes_a_header_of_their_own(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    let ends = [
        "\r\n", "\n", "\r", "\r\n\r\n", "%0d%0a", "\\r\\n", "\u{2028}", "\u{85}", "\0", ", ",
    ];
    let headers = [
        "Bcc: all",
        "To: all",
        "Subject: won",
        "Content-Type: text/html",
        "From: a",
    ];
    let mut attempts = 0;
    for end in ends {
        for header in headers {
            let typed = format!("mei@example.org{end}{header}@example.org");
            let sent = library.ask(&typed, &library.books);
            assert_eq!(sent.status, Status::UnprocessableEntity, "{typed:?}");
            attempts += 1;
        }
        library.later(HOUR);
    }
    assert_eq!(attempts, 50);
    for typed in ["<mei@example.org>", "\"mei\r\nBcc: all\"@example.org"] {
        let sent = library.ask(typed, &library.books);
        assert_eq!(sent.status, Status::UnprocessableEntity, "{typed}");
    }
    assert_eq!(sink.attempts(), 0);
    library.subscribe(&sink, "mei@example.org", &library.books);
    let admin = library.staff();
    let mut form = issue_form("2026-12-books", &library.books);
    let subject = "新書\r\nBcc: all@example.org\r\n\r\n<p>x</p>";
    form.retain(|(name, _)| *name != "subject_zh");
    form.push(("subject_zh", subject));
    let path = "/staff/newsletters/new";
    let written = admin.send(&admin.get(path), path, &form);
    assert_eq!(written.status, Status::SeeOther, "{}", written.mistakes());
    let id = written.location.trim_end_matches("/preview").to_owned();
    let path = format!("{id}/send");
    admin.send(&admin.get(&path), &path, &[("do", "now")]);
    library.run();
    let mail = last_to(&sink, "mei@example.org");
    assert_eq!(mail.header("Bcc"), None);
    let found = mail.header("Subject").expect("one line");
    assert!(found.contains("新書 Bcc: all@example.org"), "{found}");
    assert!(
        !mail.part("text/html").text().contains("<p>x</p>"),
        "escaped"
    );
}

fn who_got_what_is_forgotten_after_a_month(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::open(engine, &sink.url());
    library.subscribe(&sink, "mei@example.org", &library.books);
    let id = library.send_issue("2026-12-books", &library.books);
    library.run();
    let rows = "SELECT COUNT(*) AS n FROM newsletter_letters";
    library.later(20 * DAY);
    assert_eq!(library.count(rows), 1);
    library.later(11 * DAY);
    library.later(DAY);
    assert_eq!(library.count(rows), 0);
    assert_eq!(library.progress(&id).1.sent, 1, "the figure stays");
}

#[test]
fn a_real_mail_server_gets_the_link_and_the_issue_over_starttls() {
    let daemon = SmtpDaemon::start();
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, daemon.certificate()).expect("the certificate is written");
    let url = format!(
        "smtp://localhost:{}?tls=required&ca={}",
        daemon.port(),
        authority.display()
    );
    let library = Library::open(Engine::Sqlite, &url);
    library.ask("mei@example.org", &library.books);
    let mails = daemon.await_mails(1);
    let link = link_of(&mails[0], "/newsletter/confirm/");
    let visitor = library.app.visitor();
    let done = visitor.send(&visitor.get(&link), &link, &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    library.send_issue("2026-12-books", &library.books);
    library.run();
    let mails = daemon.await_mails(2);
    let issue = mails
        .iter()
        .find(|mail| mail.header("List-Unsubscribe").is_some());
    let issue = issue.expect("the issue came");
    assert!(
        issue
            .part("text/html")
            .text()
            .contains("<strong>山海經</strong>")
    );
    let place = issue.header("List-Unsubscribe").expect("one line");
    assert!(place.starts_with(&format!("<{HOST}/newsletter/unsubscribe/")) && place.ends_with('>'));
}
