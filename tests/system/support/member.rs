//! People with an account: the mails they get, and how they come in.

use fairdraw::platform::clock::Timestamp;
use fairdraw::platform::config::Config;
use rocket::http::Status;

use super::Engine;
use super::app::{Answer, Person, TestApp};
use super::database::counted;
use super::mail::Mail;
use super::mail_sink::MailSink;
use super::staff::PASSPHRASE;

/// Where the site of these tests is reached.
pub const HOST: &str = "https://draw.lib.example.tw";

/// A site that sends its mails to a sink.
pub struct Site {
    pub app: TestApp,
    pub sink: MailSink,
}

impl Site {
    pub fn open(engine: Engine) -> Site {
        Site::with(engine, |_| ())
    }

    /// With some settings changed.
    pub fn with(engine: Engine, change: impl FnOnce(&mut Config)) -> Site {
        let sink = MailSink::start();
        let url = sink.url();
        let app = TestApp::with(engine, "2026-11-23T09:00:00+08:00", |config| {
            config.smtp_url = url;
            config.public_origin = HOST.to_owned();
            change(config);
        });
        Site { app, sink }
    }

    pub fn run(&self) {
        self.app.app.run_jobs().expect("due jobs can be read");
    }

    pub fn later(&self, ms: i64) {
        self.app.go_to(self.now().plus(ms));
    }

    pub fn now(&self) -> Timestamp {
        self.app.app.db.clock().now()
    }

    pub fn count(&self, query: &str) -> i64 {
        counted(&self.app.app.db, query)
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &str) -> i64 {
        self.count(&format!("SELECT COUNT(*) AS n FROM {table}"))
    }

    /// Sends a form that asks for a letter; the letter leaves.
    pub fn ask(&self, path: &str, email: &str) -> Answer {
        let visitor = self.app.visitor();
        let sent = visitor.send(&visitor.get(path), path, &[("email", email)]);
        self.run();
        sent
    }

    /// Makes an account, and is signed in.
    pub fn member(&self, email: &str) -> Person<'_> {
        let sent = self.ask("/members/register", email);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        let link = self.link(email);
        let person = self.app.visitor();
        let done = person.send(&person.get(&link), &link, &chosen(PASSPHRASE));
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        person
    }

    /// A try to sign in, with a browser of its own.
    pub fn try_in(&self, email: &str, passphrase: &str) -> (Person<'_>, Answer) {
        let person = self.app.visitor();
        let page = person.get("/members/sign-in");
        let answer = sign_in_on(&person, &page, "/members/sign-in", (email, passphrase));
        (person, answer)
    }

    /// Signs in with a browser of its own.
    pub fn sign_in(&self, email: &str) -> Person<'_> {
        let (person, answer) = self.try_in(email, PASSPHRASE);
        assert_eq!(answer.status, Status::SeeOther, "{}", answer.mistakes());
        person
    }

    pub fn mails_to(&self, email: &str) -> Vec<Mail> {
        let mut mails = self.sink.mails();
        mails.retain(|mail| mail.to == [email.to_owned()]);
        mails
    }

    pub fn last_to(&self, email: &str) -> Mail {
        self.mails_to(email).pop().expect("a mail")
    }

    /// The path of the link in the last mail to an address.
    pub fn link(&self, email: &str) -> String {
        link_of(&self.last_to(email))
    }
}

/// A new passphrase, as the form behind a link takes it.
pub fn chosen(passphrase: &str) -> [(&str, &str); 3] {
    [
        ("passphrase", passphrase),
        ("passphrase_again", passphrase),
        ("agree", "yes"),
    ]
}

/// The path of the link in a mail, which both of its parts have.
pub fn link_of(mail: &Mail) -> String {
    let text = mail.part("text/plain").text();
    let html = mail.part("text/html").text();
    let mut words = text.split_whitespace();
    let link = words.find(|word| word.starts_with(HOST));
    let link = link.unwrap_or_else(|| panic!("no link in {text}"));
    assert!(html.contains(link), "both parts have the link");
    link.strip_prefix(HOST).expect("our own site").to_owned()
}

/// Sends the sign-in form of a page with everything that is kept in it.
pub fn sign_in_on(
    person: &Person<'_>,
    page: &Answer,
    action: &str,
    (email, passphrase): (&str, &str),
) -> Answer {
    let mut fields = page.form(action);
    for (name, value) in [("proof_email", email), ("proof_passphrase", passphrase)] {
        fields.retain(|(known, _)| known != name);
        fields.push((name.to_owned(), value.to_owned()));
    }
    person.post_once(action, &fields)
}

/// Whether somebody is signed in as a member.
pub fn is_in(person: &Person<'_>) -> bool {
    person.get("/members/me").status == Status::Ok
}
