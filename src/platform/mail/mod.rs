//! Mail: one letter at a time to the library's own server, with the truth about what became of it.
//!
//! Invariant: a letter counts as handed over from the moment its last line may have left this
//! process; an answer that is lost after that is [`Outcome::Uncertain`] and never a reason to send
//! the letter again by itself (`decisions` D21). Nothing here logs an address or a server's words,
//! which often repeat the address.
//!
//! Not here: who is written to and what ([`crate::notify`]).

mod connection;
pub mod domain;
pub mod lull;
mod route;
pub mod way;

use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message};
use zeroize::Zeroizing;

use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::templates;
use crate::platform::text::Language;

pub use connection::{Connection, Ready};
pub use route::RouteError;

use route::Route;

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server took responsibility for it.
    Sent,
    /// The server will never take it; its reply code (5xx).
    Refused {
        /// RFC 5321 section 4.2.
        code: u16,
    },
    /// Nothing was taken; it may be tried again.
    TryLater(Trouble),
    /// It left this process and the answer was lost: perhaps it arrived, perhaps not.
    Uncertain,
}

/// Why nothing was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The configuration names no mail server.
    NotConfigured,
    /// No connection, or it broke before the letter left.
    Unreachable,
    /// No protected connection could be made.
    Tls,
    /// The server did not accept our user or password.
    SignIn,
    /// The server's reply code (4xx, or 5xx to its greeting).
    Reply(u16),
}

impl Trouble {
    /// The word in tables and message ids; a reply code is its three digits.
    pub fn word(self) -> String {
        match self {
            Trouble::NotConfigured => "not-configured".to_owned(),
            Trouble::Unreachable => "unreachable".to_owned(),
            Trouble::Tls => "tls".to_owned(),
            Trouble::SignIn => "sign-in".to_owned(),
            Trouble::Reply(code) => code.to_string(),
        }
    }
}

/// One letter to one person.
pub struct Letter<'a> {
    /// The recipient's address, as [`crate::identity::email`] accepts it.
    pub to: &'a str,
    /// One line, made of a template and never of what a visitor typed.
    pub subject: &'a str,
    /// Plain text in UTF-8.
    pub body: &'a str,
    /// Stable name of this letter, `local@domain`; the same at every try.
    pub message_id: &'a str,
    /// When it was written.
    pub date: Timestamp,
    /// Its language: picks the sender's name.
    pub language: Language,
    /// The same words as HTML, beside the plain text; without it, the plain text in paragraphs.
    pub html: Option<&'a str>,
    /// Where one click unsubscribes (RFC 8058); the address of a page of ours.
    pub leave: Option<&'a str>,
}

/// A letter as it travels: headers, body, envelope.
pub struct Written(Message);

/// Why a letter, or the sender in the configuration, cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// An address that no mail server takes.
    #[error("the address cannot be written to")]
    Address,
    /// A header would end early.
    #[error("a header holds a line break")]
    Header,
}

/// Why the configuration cannot send mail.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// `smtp_url`.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// `mail_from`.
    #[error("mail_from is not an address")]
    Sender,
    /// The file of `ca=`.
    #[error("the certificate authority named by ca= cannot be read")]
    Authority(#[source] std::io::Error),
    /// The file of `ca=` holds something else.
    #[error("the file named by ca= is not a certificate in PEM")]
    Certificate,
}

/// The mail part of the configuration.
#[derive(Clone)]
pub struct MailSettings {
    /// `smtp_url`, which may hold a password; empty: no mail leaves.
    pub smtp_url: Zeroizing<String>,
    /// `mail_from`.
    pub sender: String,
    /// The sender's name in Chinese.
    pub library_zh: String,
    /// The same in English.
    pub library_en: String,
    /// Where answers go; left out when it is no address.
    pub reply_to: String,
    /// What we call ourselves to the server, when it is a domain.
    pub site: String,
    /// Who gets letters about the site itself.
    pub alarm_to: Vec<String>,
}

impl MailSettings {
    /// Picks them out.
    pub fn of(config: &Config) -> MailSettings {
        MailSettings {
            smtp_url: config.smtp_url.clone().into(),
            sender: config.mail_from.clone(),
            library_zh: config.library_zh.clone(),
            library_en: config.library_en.clone(),
            reply_to: config.contact_email.clone(),
            site: config.site.clone(),
            alarm_to: config.watch.alarm_to.clone(),
        }
    }
}

/// What the web side knows about mail: whether any leaves, and how letters are named.
#[derive(Debug, Clone)]
pub struct MailFacts {
    is_configured: bool,
    domain: String,
}

impl MailFacts {
    /// Reads the configuration.
    pub fn of(config: &Config) -> MailFacts {
        let (_, sender) = config.mail_from.rsplit_once('@').unwrap_or_default();
        MailFacts {
            is_configured: !config.smtp_url.is_empty(),
            domain: domain(&config.site).unwrap_or(sender).to_owned(),
        }
    }

    /// Whether the configuration names a mail server.
    pub fn is_configured(&self) -> bool {
        self.is_configured
    }

    /// A name for a new letter that no other letter has; it tells nothing about time or person.
    pub fn message_id(&self) -> String {
        self.message_id_of(&crate::platform::ids::code(24))
    }

    /// The name of the letter with this id: the same however often it is asked.
    pub fn message_id_of(&self, id: &str) -> String {
        format!("{id}@{}", self.domain)
    }
}

/// The site's name, where it is one of a host too.
fn domain(site: &str) -> Option<&str> {
    let is_domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    Some(site).filter(|site| site.chars().all(is_domain))
}

/// Everything that sending needs, read from the settings once.
#[derive(Debug, Clone)]
pub struct Mailer {
    route: Option<Route>,
    authority: Option<Vec<u8>>,
    sender: Address,
    names: [(Language, String); 2],
    reply_to: Option<Address>,
    /// What we call ourselves to the server.
    domain: Option<String>,
    alarm_to: Vec<String>,
}

impl Mailer {
    /// Reads the mail part of the configuration. An empty `smtp_url` is no error: nothing leaves,
    /// and every try says [`Trouble::NotConfigured`].
    pub fn new(settings: &MailSettings) -> Result<Mailer, MailerError> {
        let route = match settings.smtp_url.as_str() {
            "" => None,
            url => Some(Route::parse(url)?),
        };
        let authority = match route.as_ref().and_then(|route| route.authority.as_ref()) {
            Some(path) => Some(std::fs::read(path).map_err(MailerError::Authority)?),
            None => None,
        };
        if let Some(pem) = &authority {
            connection::certificate(pem)?;
        }
        Ok(Mailer {
            route,
            authority,
            sender: settings.sender.parse().or(Err(MailerError::Sender))?,
            names: [
                (Language::ZhTw, settings.library_zh.clone()),
                (Language::En, settings.library_en.clone()),
            ],
            reply_to: settings.reply_to.parse().ok(),
            domain: domain(&settings.site).map(str::to_owned),
            alarm_to: settings.alarm_to.clone(),
        })
    }

    /// Who gets letters about the site itself.
    pub fn alarm_to(&self) -> &[String] {
        &self.alarm_to
    }

    /// The port of the mail server, when there is one.
    pub fn port(&self) -> Option<u16> {
        self.route.as_ref().map(|route| route.port)
    }

    /// Connects, protects the connection and signs in. No letter is needed for that, so that
    /// nobody's address is opened while the server is down.
    pub fn connect(&self) -> Result<Connection, Trouble> {
        let route = self.route.as_ref().ok_or(Trouble::NotConfigured)?;
        let hello = match &self.domain {
            Some(domain) => ClientId::Domain(domain.clone()),
            None => ClientId::default(),
        };
        connection::connect(route, self.authority.as_deref(), &hello)
    }

    /// Writes a letter as it travels.
    pub fn write(&self, letter: &Letter) -> Result<Written, LetterError> {
        let leave = letter.leave.unwrap_or_default();
        let one_line = [letter.subject, letter.message_id, letter.to, leave];
        if one_line.iter().any(|text| text.contains(['\r', '\n'])) {
            return Err(LetterError::Header);
        }
        let to: Address = letter.to.parse().or(Err(LetterError::Address))?;
        let name = self.names.iter().find(|(of, _)| *of == letter.language);
        let name = name.map(|(_, name)| name.clone());
        let mut message = MessageBuilder::new()
            .message_id(Some(format!("<{}>", letter.message_id)))
            .date(moment(letter.date))
            .from(Mailbox::new(name, self.sender.clone()))
            .to(Mailbox::new(None, to))
            .subject(letter.subject)
            // RFC 3834: absence notes stay away from it.
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(Mailbox::new(None, reply_to.clone()));
        }
        if let Some(leave) = letter.leave {
            message = message
                .raw_header(header("List-Unsubscribe", format!("<{leave}>")))
                .raw_header(header(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click".to_owned(),
                ));
        }
        let html = match letter.html {
            Some(html) => html.to_owned(),
            None => page(letter),
        };
        let parts = MultiPart::alternative()
            .singlepart(SinglePart::plain(letter.body.to_owned()))
            .singlepart(SinglePart::html(html));
        match message.multipart(parts) {
            Ok(message) => Ok(Written(message)),
            Err(_) => Err(LetterError::Header),
        }
    }
}

/// The plain words of a letter as a page: paragraphs of lines, nothing to load. Written here and not
/// by a template, because the vault, which writes letters, opens no file.
fn page(letter: &Letter) -> String {
    let language = letter.language.tag();
    let subject = templates::escape(letter.subject);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{subject}</title></head>\n<body>\n"
    );
    let lines: Vec<&str> = letter.body.lines().map(str::trim_end).collect();
    for lines in lines.split(|line| line.is_empty()) {
        if !lines.is_empty() {
            let words = templates::escape(&lines.join("\n")).replace('\n', "<br>\n");
            html.push_str(&format!("<p>{words}</p>\n"));
        }
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

fn moment(at: Timestamp) -> SystemTime {
    let seconds = u64::try_from(at.unix()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests;
