//! What the domain name system says of the domain that mail is sent from: whether it exists, and
//! who may send in its name.
//!
//! Invariant: what did not answer is [`Weight::Unknown`] and never good. Only names from the settings,
//! and names that their records lead to, are asked for.
//!
//! Not here: whether our own mail server is among the allowed ones. It hands letters on, and the
//! address from which they reach the world is not known here.

pub mod dkim;
pub mod dmarc;
pub mod spf;
pub mod words;

use std::time::Duration;

use crate::platform::config::Config;
use crate::platform::dns::{self, Answer, Dns};

/// How much a verdict weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// As it should be.
    Good,
    /// It could not be looked at.
    Unknown,
    /// It works, and somebody should look at it.
    Warning,
    /// It has to be mended.
    Bad,
}

/// Whether the domain exists, so that answers arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existence {
    /// It has mail servers.
    Servers,
    /// It has an address alone, which then counts as the mail server (RFC 5321, 5.1).
    Address,
    /// It says that it takes no mail (RFC 7505).
    TakesNone,
    /// There is no such domain, or nothing in it that takes mail.
    Missing,
    /// No answer.
    Away,
}

impl Existence {
    /// How much it weighs.
    pub fn weight(self) -> Weight {
        match self {
            Existence::Servers | Existence::Address => Weight::Good,
            Existence::TakesNone | Existence::Missing => Weight::Bad,
            Existence::Away => Weight::Unknown,
        }
    }
}

/// Everything that was found about a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The domain of the sender's address. Letters leave with that address as their envelope's
    /// sender too, so it is looked at once.
    pub domain: String,
    /// Whether it exists.
    pub existence: Existence,
    /// Who may send from it.
    pub spf: spf::Verdict,
    /// The keys that letters may be signed with, by selector; none where no selector is known.
    pub dkim: Vec<(String, dkim::Verdict)>,
    /// What receivers are to do with a letter that fails.
    pub dmarc: dmarc::Verdict,
}

/// What can be said of the sender's domain from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The vault sends mail, with settings of its own.
    ByTheVault,
    /// No mail leaves.
    NoMail,
    /// The system names no resolver.
    NoResolver,
    /// What was answered.
    At(Report),
}

/// Asks about the domain of `mail_from`, for as long as `patience`; `has_server` is whether a mail server
/// is set, which the configuration of a running site does not tell any more. Blocks.
pub fn look_as_set(config: &Config, has_server: bool, patience: Duration) -> Looked {
    if config.vault().is_some() {
        return Looked::ByTheVault;
    }
    if !has_server {
        return Looked::NoMail;
    }
    let (_, domain) = config.mail_from.rsplit_once('@').unwrap_or_default();
    match Dns::new(dns::resolver(&config.mail_dns), patience) {
        Ok(dns) => Looked::At(look(&dns, domain, &config.mail_dkim_selectors)),
        Err(dns::NoResolver) => Looked::NoResolver,
    }
}

/// Asks for all of it.
pub fn look(dns: &Dns, domain: &str, selectors: &[String]) -> Report {
    let key = |selector: &String| {
        let found = dns.texts(&format!("{selector}._domainkey.{domain}"));
        (selector.clone(), dkim::judge(&found))
    };
    Report {
        domain: domain.to_owned(),
        existence: existence(dns, domain),
        spf: spf::look(dns, domain),
        dkim: selectors.iter().map(key).collect(),
        dmarc: dmarc::look(dns, domain),
    }
}

fn existence(dns: &Dns, domain: &str) -> Existence {
    match dns.mail_servers(domain) {
        Answer::Found(servers) if servers.iter().all(String::is_empty) => Existence::TakesNone,
        Answer::Found(_) => Existence::Servers,
        Answer::NoName => Existence::Missing,
        Answer::Away => Existence::Away,
        Answer::Nothing => match dns.addresses(domain) {
            Answer::Found(_) => Existence::Address,
            Answer::Nothing | Answer::NoName => Existence::Missing,
            Answer::Away => Existence::Away,
        },
    }
}

/// The tags of a record, `name=value` between semicolons, in their order; none where it is no such
/// list or a name comes twice.
fn tags(record: &str) -> Option<Vec<(&str, &str)>> {
    let mut tags: Vec<(&str, &str)> = Vec::new();
    let parts = record.split(';').map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        if name.is_empty() || tags.iter().any(|(known, _)| *known == name) {
            return None;
        }
        tags.push((name, value));
    }
    Some(tags)
}

fn tag<'t>(tags: &[(&str, &'t str)], name: &str) -> Option<&'t str> {
    let found = tags.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| *value)
}
