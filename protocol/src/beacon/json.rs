//! Rounds as JSON: the bundle's canonical form (D13) and what relays answer.
//!
//! Invariant: `parse_json` accepts exactly what `to_json` writes. `parse_relay` reads any flat
//! JSON object, and gives nothing that `to_json` could not carry.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;

use super::{Beacon, BeaconError, Chain, hex};
use crate::record::lines::{MAX_INTEGER, integer};

impl Beacon {
    /// The one form that bundles hold: `{"round":…,"randomness":"…","signature":"…"}` and a line
    /// feed, with `,"previous_signature":"…"` last for chained chains.
    #[must_use]
    pub fn to_json(&self) -> String {
        let signature = HEXLOWER.encode(&self.signature);
        let mut text = format!(
            "{{\"round\":{},\"randomness\":\"{}\",\"signature\":\"{signature}\"",
            self.round,
            self.value()
        );
        if let Some(previous) = &self.previous {
            let previous = HEXLOWER.encode(previous);
            text.push_str(&format!(",\"previous_signature\":\"{previous}\""));
        }
        text.push_str("}\n");
        text
    }

    /// Reads exactly what `to_json` writes.
    ///
    /// # Errors
    ///
    /// `Randomness` if that is not the signature's hash, else `Json`.
    pub fn parse_json(text: &str) -> Result<Beacon, BeaconError> {
        let beacon = read(text)?;
        if beacon.round >= 1 && beacon.to_json() == text {
            Ok(beacon)
        } else {
            Err(BeaconError::Json)
        }
    }

    /// Reads a relay's answer (v1 or v2) in any key order and white space. The randomness, where
    /// the relay sends it, must be the signature's hash.
    ///
    /// # Errors
    ///
    /// `Json`, `Hex`, `Randomness`, or `Length` for a signature of another chain.
    pub fn parse_relay(chain: &Chain, text: &str) -> Result<Beacon, BeaconError> {
        let mut beacon = read(text)?;
        let expected = chain.signature_group.compressed_length();
        if beacon.signature.len() != expected {
            return Err(BeaconError::Length {
                expected,
                found: beacon.signature.len(),
            });
        }
        if chain.chained {
            // Round 1 has no round before it; some relays leave the group hash out.
            if beacon.round == 1 && beacon.previous.is_none() {
                beacon.previous = Some(chain.group_hash.0.to_vec());
            }
        } else {
            beacon.previous = None;
        }
        Ok(beacon)
    }
}

fn read(text: &str) -> Result<Beacon, BeaconError> {
    let fields = Reader { rest: text }.object().ok_or(BeaconError::Json)?;
    let string = |key: &str| match fields.get(key) {
        Some(Value::Text(text)) => Some(*text),
        Some(Value::Bare(_)) | None => None,
    };
    let round = match fields.get("round") {
        Some(Value::Bare(digits)) => integer(digits).filter(|round| *round <= MAX_INTEGER),
        Some(Value::Text(_)) | None => None,
    };
    let beacon = Beacon {
        round: round.ok_or(BeaconError::Json)?,
        signature: hex(string("signature").ok_or(BeaconError::Json)?)?,
        previous: match string("previous_signature") {
            Some("") | None => None,
            Some(digits) => Some(hex(digits)?),
        },
    };
    if let Some(randomness) = string("randomness")
        && hex(randomness)? != beacon.value().0
    {
        return Err(BeaconError::Randomness);
    }
    Ok(beacon)
}

enum Value<'a> {
    Text(&'a str),
    Bare(&'a str),
}

/// A flat JSON object without escapes and nesting: all that relays send.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn object(mut self) -> Option<BTreeMap<&'a str, Value<'a>>> {
        let mut fields = BTreeMap::new();
        self.symbol('{')?;
        loop {
            let key = self.string()?;
            self.symbol(':')?;
            let value = self.value()?;
            if fields.insert(key, value).is_some() {
                return None;
            }
            if self.symbol(',').is_none() {
                break;
            }
        }
        self.symbol('}')?;
        self.skip_space();
        self.rest.is_empty().then_some(fields)
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn symbol(&mut self, symbol: char) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(symbol)?;
        Some(())
    }

    fn string(&mut self) -> Option<&'a str> {
        self.symbol('"')?;
        let (text, rest) = self.rest.split_once('"')?;
        self.rest = rest;
        let plain = text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'\\');
        plain.then_some(text)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        self.skip_space();
        if self.rest.starts_with('"') {
            return self.string().map(Value::Text);
        }
        let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let end = self.rest.find(|c| !bare(c)).unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!value.is_empty()).then_some(Value::Bare(value))
    }
}
