//! The keys that letters of a domain may be signed with (RFC 6376, RFC 8301, RFC 8463).

use data_encoding::BASE64;
use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};
use x509_parser::public_key::PublicKey;

use super::{Weight, tag, tags};
use crate::platform::dns::Answer;

/// Receivers refuse RSA keys below this (RFC 8301, 3.2).
pub const LEAST_BITS: usize = 1024;
/// RSA keys should have this much.
pub const ENOUGH_BITS: usize = 2048;

/// What was found at a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An RSA key of so many bits.
    Rsa(usize),
    /// An Ed25519 key.
    Ed25519,
    /// An RSA key that is taken, and shorter than it should be.
    Short(usize),
    /// An RSA key that receivers refuse.
    TooShort(usize),
    /// It says that signatures are only tried out (`t=y`).
    Testing,
    /// The key was taken back (`p=` is empty).
    Revoked,
    /// No record.
    Missing,
    /// More than one record.
    Several(usize),
    /// No key can be read in it.
    Unreadable,
    /// No answer.
    Away,
}

impl Verdict {
    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        match self {
            Verdict::Rsa(_) | Verdict::Ed25519 => Weight::Good,
            Verdict::Short(_) | Verdict::Testing => Weight::Warning,
            Verdict::Away => Weight::Unknown,
            _ => Weight::Bad,
        }
    }
}

/// Reads the record of a selector.
pub fn judge(texts: &Answer<String>) -> Verdict {
    match texts {
        Answer::Away => Verdict::Away,
        Answer::Nothing | Answer::NoName => Verdict::Missing,
        Answer::Found(texts) => match texts.as_slice() {
            [one] => read(one).unwrap_or(Verdict::Unreadable),
            more => Verdict::Several(more.len()),
        },
    }
}

fn read(record: &str) -> Option<Verdict> {
    let tags = tags(record)?;
    let version = tags.iter().position(|(name, _)| *name == "v");
    if version.is_some_and(|at| at != 0 || tags[0].1 != "DKIM1") {
        return None;
    }
    let key: String = tag(&tags, "p")?.split_whitespace().collect();
    if key.is_empty() {
        return Some(Verdict::Revoked);
    }
    let key = BASE64.decode(key.as_bytes()).ok()?;
    let verdict = match tag(&tags, "k").unwrap_or("rsa") {
        "rsa" => match bits(&key)? {
            bits if bits < LEAST_BITS => Verdict::TooShort(bits),
            bits if bits < ENOUGH_BITS => Verdict::Short(bits),
            bits => Verdict::Rsa(bits),
        },
        "ed25519" if key.len() == 32 => Verdict::Ed25519,
        _ => return None,
    };
    let flags = tag(&tags, "t").unwrap_or_default();
    let is_testing = flags.split(':').any(|flag| flag.trim() == "y");
    match is_testing && verdict.weight() < Weight::Bad {
        true => Some(Verdict::Testing),
        false => Some(verdict),
    }
}

/// Length of the modulus; everybody publishes it inside a SubjectPublicKeyInfo.
fn bits(key: &[u8]) -> Option<usize> {
    let (rest, info) = SubjectPublicKeyInfo::from_der(key).ok()?;
    match info.parsed().ok()? {
        PublicKey::RSA(key) if rest.is_empty() => {
            let modulus: Vec<u8> = key
                .modulus
                .iter()
                .copied()
                .skip_while(|b| *b == 0)
                .collect();
            let first = modulus.first()?;
            Some(modulus.len() * 8 - first.leading_zeros() as usize)
        }
        _ => None,
    }
}
