//! Who may send in a domain's name (RFC 7208).
//!
//! Invariant: at most [`MOST_LOOKUPS`] records are followed, whatever they lead to.

use super::Weight;
use crate::platform::dns::{Answer, Dns};

/// More terms that ask make the record useless (RFC 7208, 4.6.4).
pub const MOST_LOOKUPS: usize = 10;

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
    /// No answer.
    Away,
}

impl Verdict {
    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Verdict::Strict(_) | Verdict::Soft(_) => Weight::Good,
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
    includes: Vec<String>,
    redirect: Option<String>,
    rest: Option<Rest>,
}

/// Asks for the record and for those it leads to.
pub fn look(dns: &Dns, domain: &str) -> Verdict {
    let mut asked = 0;
    match follow(dns, domain, &mut asked) {
        Err(verdict) => verdict,
        Ok(Some(Rest::Refused)) => Verdict::Strict(asked),
        Ok(Some(Rest::Suspicious)) => Verdict::Soft(asked),
        Ok(Some(Rest::Allowed)) => Verdict::Everybody,
        Ok(Some(Rest::Unknown) | None) => Verdict::Undecided,
    }
}

fn follow(dns: &Dns, domain: &str, asked: &mut usize) -> Result<Option<Rest>, Verdict> {
    let record = only(&dns.texts(domain)).and_then(|text| parse(&text))?;
    *asked += record.asking;
    if *asked > MOST_LOOKUPS {
        return Err(Verdict::TooMany);
    }
    let below = |name: &str, asked: &mut usize| match follow(dns, name, asked) {
        Err(Verdict::Away) => Err(Verdict::Away),
        Err(Verdict::TooMany) => Err(Verdict::TooMany),
        Err(Verdict::Leads(name)) => Err(Verdict::Leads(name)),
        Err(_) => Err(Verdict::Leads(name.to_owned())),
        Ok(rest) => Ok(rest),
    };
    for name in &record.includes {
        below(name, asked)?;
    }
    match &record.redirect {
        Some(name) if record.rest.is_none() => below(name, asked),
        _ => Ok(record.rest),
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

fn parse(text: &str) -> Result<Record, Verdict> {
    let mut record = Record {
        asking: 0,
        includes: Vec::new(),
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
            "include" if !target.is_empty() => {
                record.asking += 1;
                // Macros depend on the letter, so they are counted and not followed.
                if !target.contains('%') {
                    record.includes.push(target.to_owned());
                }
            }
            "exists" if !target.is_empty() => record.asking += 1,
            "a" | "mx" | "ptr" => record.asking += 1,
            "ip4" | "ip6" if is_network(name, target) => {}
            _ => return Err(wrong()),
        }
    }
    if record.rest.is_none() && record.redirect.is_some() {
        record.asking += 1;
    }
    Ok(record)
}

fn is_network(kind: &str, text: &str) -> bool {
    let address = text.split('/').next().unwrap_or_default();
    let fits = match kind {
        "ip4" => address.parse::<std::net::Ipv4Addr>().is_ok(),
        _ => address.parse::<std::net::Ipv6Addr>().is_ok(),
    };
    fits && (!text.contains('/') || text.parse::<ipnet::IpNet>().is_ok())
}
