//! What receivers are to do with letters that are not from us (RFC 7489).
//!
//! Where the domain has no record the labels are walked up to the one below the top; no list of
//! public suffixes is needed for it, which would be out of date soon after a release.

use super::{Weight, tag, tags};
use crate::platform::dns::{Answer, Dns};

/// How many names above the domain are asked.
const HIGHEST: usize = 6;

/// What a policy wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Nothing happens to a letter that fails.
    None,
    /// It goes to the suspicious ones.
    Quarantine,
    /// It is refused.
    Reject,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A policy that protects; where it stands.
    Protects(Policy, String),
    /// It holds for some letters only (`pct`); per cent, and where it stands.
    Partly(u8, String),
    /// It only watches (`p=none`); where it stands.
    Watches(String),
    /// No record.
    Missing,
    /// More than one record, of which none counts; where they stand.
    Several(String),
    /// It cannot be read; where it stands.
    Unreadable(String),
    /// No answer.
    Away,
}

impl Verdict {
    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Verdict::Protects(..) => Weight::Good,
            Verdict::Partly(..) | Verdict::Watches(_) | Verdict::Missing => Weight::Warning,
            Verdict::Several(_) | Verdict::Unreadable(_) => Weight::Bad,
            Verdict::Away => Weight::Unknown,
        }
    }
}

/// Asks for the record, at the domain and above it.
pub fn look(dns: &Dns, domain: &str) -> Verdict {
    for name in names(domain) {
        let at = format!("_dmarc.{name}");
        let texts = dns.texts(&at);
        if let Some(verdict) = judge(&texts, &at, name != domain) {
            return verdict;
        }
    }
    Verdict::Missing
}

/// The domain and those above it, never a top one.
fn names<'d>(domain: &'d str) -> impl Iterator<Item = &'d str> {
    let above = |name: &&'d str| -> Option<&'d str> { Some(name.split_once('.')?.1) };
    let all = std::iter::successors(Some(domain), above);
    all.filter(|name| name.contains('.')).take(HIGHEST)
}

/// Reads what stands at one name; nothing where there is no such record.
pub(super) fn judge(texts: &Answer<String>, at: &str, is_above: bool) -> Option<Verdict> {
    let texts = match texts {
        Answer::Found(texts) => texts,
        Answer::Nothing | Answer::NoName => return None,
        Answer::Away => return Some(Verdict::Away),
    };
    let is_dmarc = |text: &&String| {
        let first = text.split(';').next().unwrap_or_default();
        let parts = first.split_once('=');
        parts.is_some_and(|(name, value)| (name.trim(), value.trim()) == ("v", "DMARC1"))
    };
    let records: Vec<&String> = texts.iter().filter(is_dmarc).collect();
    let at = at.to_owned();
    match records.as_slice() {
        [] => None,
        [one] => Some(read(one, &at, is_above).unwrap_or(Verdict::Unreadable(at))),
        _ => Some(Verdict::Several(at)),
    }
}

fn read(record: &str, at: &str, is_above: bool) -> Option<Verdict> {
    let tags = tags(record)?;
    let policy = |name| match tag(&tags, name)?.to_ascii_lowercase().as_str() {
        "none" => Some(Policy::None),
        "quarantine" => Some(Policy::Quarantine),
        "reject" => Some(Policy::Reject),
        _ => None,
    };
    let mut wanted = policy("p")?;
    // For domains below its own a record may want something else.
    if is_above && tag(&tags, "sp").is_some() {
        wanted = policy("sp")?;
    }
    let strict_or_relaxed = |name| matches!(tag(&tags, name), None | Some("r" | "s"));
    if !strict_or_relaxed("adkim") || !strict_or_relaxed("aspf") {
        return None;
    }
    let per_cent: u8 = tag(&tags, "pct").unwrap_or("100").parse().ok()?;
    Some(match (wanted, per_cent) {
        (_, 101..) => return None,
        (Policy::None, _) => Verdict::Watches(at.to_owned()),
        (wanted, 100) => Verdict::Protects(wanted, at.to_owned()),
        (_, less) => Verdict::Partly(less, at.to_owned()),
    })
}
