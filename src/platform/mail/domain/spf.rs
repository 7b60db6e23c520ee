//! Who may send in a domain's name (RFC 7208).
//!
//! Invariant: at most [`MOST_LOOKUPS`] records are followed, whatever they lead to.
//!
//! Not here: terms that depend on the letter (macros, `ptr`), and the addresses of mail servers. They
//! are counted as lookups, and whether they give something is known to the receiver alone.

use super::Weight;
use crate::platform::dns::{Answer, Dns};

/// More terms that ask make the record useless (RFC 7208, 4.6.4).
pub const MOST_LOOKUPS: usize = 10;
/// After more lookups that give nothing, receivers should take nothing of the record (RFC 7208, 4.6.4).
pub const MOST_VOIDS: usize = 2;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everybody else is refused (`-all`); how many terms ask.
    Strict(usize),
    /// Everybody else is suspicious (`~all`); how many terms ask.
    Soft(usize),
    /// No record.
    Missing,
    /// More than one record, of which none counts.
    Several(usize),
    /// It does not say what of everybody else, or says that nobody knows (`?all`).
    Undecided,
    /// Everybody may send (`+all`).
    Everybody,
    /// A term that cannot be read.
    Unreadable(String),
    /// A record that it leads to is not there, or not whole.
    Leads(String),
    /// More than [`MOST_LOOKUPS`] terms ask.
    TooMany,
    /// More than [`MOST_VOIDS`] terms ask for what is not there; the first of them.
    Voids(Vec<String>),
    /// No answer.
    Away,
}

impl Verdict {
    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Verdict::Strict(_) | Verdict::Soft(_) => Weight::Good,
            Verdict::Voids(_) => Weight::Warning,
            Verdict::Away => Weight::Unknown,
            _ => Weight::Bad,
        }
    }
}

/// What a record says of everybody whom it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    Refused,
    Suspicious,
    Unknown,
    Allowed,
}

/// A record, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    /// Terms that ask, those that lead to another record included.
    asking: usize,
    /// What can be asked from here, in its order.
    asked: Vec<Asked>,
    redirect: Option<String>,
    rest: Option<Rest>,
}

impl Record {
    /// Macros depend on the letter, so what has them is counted and not asked for.
    fn ask(&mut self, name: &str, term: fn(String) -> Asked) {
        self.asking += 1;
        if !name.contains('%') {
            self.asked.push(term(name.to_owned()));
        }
    }
}

/// A term that asks, with the name it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Include(String),
    Address(String),
    Exists(String),
    Servers(String),
}

/// What was counted on the way through the records.
struct Walk<'d> {
    dns: &'d Dns,
    asked: usize,
    voids: Vec<String>,
}

/// Asks for the record and for those it leads to.
pub fn look(dns: &Dns, domain: &str) -> Verdict {
    let mut walk = Walk {
        dns,
        asked: 0,
        voids: Vec::new(),
    };
    match walk.follow(domain) {
        Err(verdict) => verdict,
        Ok(Some(Rest::Refused)) => Verdict::Strict(walk.asked),
        Ok(Some(Rest::Suspicious)) => Verdict::Soft(walk.asked),
        Ok(Some(Rest::Allowed)) => Verdict::Everybody,
        Ok(Some(Rest::Unknown) | None) => Verdict::Undecided,
    }
}

impl Walk<'_> {
    fn follow(&mut self, domain: &str) -> Result<Option<Rest>, Verdict> {
        let record = only(&self.dns.texts(domain)).and_then(|text| parse(&text, domain))?;
        self.asked += record.asking;
        if self.asked > MOST_LOOKUPS {
            return Err(Verdict::TooMany);
        }
        for term in &record.asked {
            match term {
                Asked::Include(name) => {
                    self.below(name)?;
                }
                Asked::Address(name) => self.count("a", name, &self.dns.addresses(name))?,
                Asked::Exists(name) => self.count("exists", name, &self.dns.addresses(name))?,
                Asked::Servers(name) => self.count("mx", name, &self.dns.mail_servers(name))?,
            }
        }
        match &record.redirect {
            Some(name) if record.rest.is_none() => self.below(name),
            _ => Ok(record.rest),
        }
    }

    fn below(&mut self, name: &str) -> Result<Option<Rest>, Verdict> {
        self.follow(name).map_err(|verdict| match verdict {
            Verdict::Away | Verdict::TooMany | Verdict::Voids(_) | Verdict::Leads(_) => verdict,
            _ => Verdict::Leads(name.to_owned()),
        })
    }

    /// Counts an answer that gives nothing.
    fn count<T>(&mut self, term: &str, name: &str, answer: &Answer<T>) -> Result<(), Verdict> {
        match answer {
            Answer::Found(_) => return Ok(()),
            Answer::Away => return Err(Verdict::Away),
            Answer::Nothing | Answer::NoName => self.voids.push(format!("{term}:{name}")),
        }
        match self.voids.len() > MOST_VOIDS {
            true => Err(Verdict::Voids(std::mem::take(&mut self.voids))),
            false => Ok(()),
        }
    }
}

/// The one record among the texts of a domain.
fn only(texts: &Answer<String>) -> Result<String, Verdict> {
    let texts = match texts {
        Answer::Found(texts) => texts.as_slice(),
        Answer::Nothing | Answer::NoName => &[],
        Answer::Away => return Err(Verdict::Away),
    };
    let is_spf = |text: &&String| {
        let version = text.split(' ').next().unwrap_or_default();
        version.eq_ignore_ascii_case("v=spf1")
    };
    let records: Vec<&String> = texts.iter().filter(is_spf).collect();
    match records.as_slice() {
        [] => Err(Verdict::Missing),
        [one] => Ok((*one).clone()),
        more => Err(Verdict::Several(more.len())),
    }
}

fn parse(text: &str, domain: &str) -> Result<Record, Verdict> {
    let mut record = Record {
        asking: 0,
        asked: Vec::new(),
        redirect: None,
        rest: None,
    };
    let terms = text.split(' ').skip(1).filter(|term| !term.is_empty());
    for term in terms {
        let lower = term.to_ascii_lowercase();
        let wrong = || Verdict::Unreadable(term.to_owned());
        // A modifier: its name, an equals sign, no qualifier.
        if let Some((name, value)) = lower.split_once('=')
            && !name.contains([':', '/'])
        {
            if name == "redirect" {
                if value.is_empty() || record.redirect.is_some() {
                    return Err(wrong());
                }
                record.redirect = Some(value.to_owned());
            }
            continue;
        }
        let rest = match lower.as_bytes().first() {
            Some(b'-') => Rest::Refused,
            Some(b'~') => Rest::Suspicious,
            Some(b'?') => Rest::Unknown,
            _ => Rest::Allowed,
        };
        let bare = lower.strip_prefix(['+', '-', '~', '?']).unwrap_or(&lower);
        let name = bare.split([':', '/']).next().unwrap_or_default();
        let target = bare.split_once(':').map_or("", |(_, target)| target);
        // What stands behind `all` is never reached.
        if record.rest.is_some() {
            continue;
        }
        match name {
            "all" if bare == "all" => record.rest = Some(rest),
            "include" if !target.is_empty() => record.ask(target, Asked::Include),
            "exists" if !target.is_empty() => record.ask(target, Asked::Exists),
            "a" => record.ask(host(target, domain), Asked::Address),
            "mx" => record.ask(host(target, domain), Asked::Servers),
            "ptr" => record.asking += 1,
            "ip4" | "ip6" if is_network(name, target) => {}
            _ => return Err(wrong()),
        }
    }
    if record.rest.is_none() && record.redirect.is_some() {
        record.asking += 1;
    }
    Ok(record)
}

/// The name of `a` or `mx`, without the lengths of networks; the record's own domain where none stands.
fn host<'t>(target: &'t str, domain: &'t str) -> &'t str {
    match target.split('/').next().unwrap_or_default() {
        "" => domain,
        name => name,
    }
}

fn is_network(kind: &str, text: &str) -> bool {
    let address = text.split('/').next().unwrap_or_default();
    let fits = match kind {
        "ip4" => address.parse::<std::net::Ipv4Addr>().is_ok(),
        _ => address.parse::<std::net::Ipv6Addr>().is_ok(),
    };
    fits && (!text.contains('/') || text.parse::<ipnet::IpNet>().is_ok())
}
