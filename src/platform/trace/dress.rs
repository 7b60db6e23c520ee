//! One string in every encoding in which a careless program might leave it behind.

use std::fmt::Write as _;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding, HEXLOWER, HEXUPPER};

/// The name of an encoding, and a string in it.
pub type Dress = (&'static str, Vec<u8>);

/// A string in every dress; as it is comes first.
pub fn dresses(string: &str) -> Vec<Dress> {
    let bytes = string.as_bytes();
    let mut all = vec![
        ("UTF-8", bytes.to_vec()),
        ("upper case", string.to_uppercase().into_bytes()),
        ("lower case", string.to_lowercase().into_bytes()),
        ("full width", full_width(string).into_bytes()),
        ("UTF-16LE", utf16(string, u16::to_le_bytes)),
        ("UTF-16BE", utf16(string, u16::to_be_bytes)),
        ("percent", percent(bytes, "%20", hex_upper)),
        ("percent, lower case", percent(bytes, "%20", hex_lower)),
        ("form", percent(bytes, "+", hex_upper)),
        ("quoted-printable", quoted_printable(bytes)),
        ("JSON escapes", json_escapes(string).into_bytes()),
        ("HTML references", html_references(string).into_bytes()),
    ];
    all.extend(of_bytes(bytes).into_iter().skip(1));
    all.extend(telephone(string));
    // An index with compressed prefixes keeps only how a value ends.
    if let Some((at, _)) = string.char_indices().rev().nth(9).filter(|(at, _)| *at > 0) {
        all.push(("last ten characters", bytes[at..].to_vec()));
    }
    all
}

/// Bytes that are no text: as they are, in hexadecimal and in base64.
pub(super) fn of_bytes(bytes: &[u8]) -> Vec<Dress> {
    let mut all = vec![
        ("bytes", bytes.to_vec()),
        ("hex", HEXLOWER.encode(bytes).into_bytes()),
        ("HEX", HEXUPPER.encode(bytes).into_bytes()),
    ];
    for offset in 0..3 {
        all.push(("base64", base64(bytes, offset, &BASE64_NOPAD)));
        all.push(("base64url", base64(bytes, offset, &BASE64URL_NOPAD)));
    }
    all
}

fn full_width(string: &str) -> String {
    let widened = string.chars().map(|c| match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        other => other,
    });
    widened.collect()
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// The part of base64 that does not depend on the bytes around the string.
fn base64(bytes: &[u8], offset: usize, alphabet: &Encoding) -> Vec<u8> {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(bytes);
    let whole = padded.len() / 3 * 4;
    let coded = alphabet.encode(&padded).into_bytes();
    let first_own = if offset == 0 { 0 } else { offset + 1 };
    coded[first_own.min(whole)..whole].to_vec()
}

fn hex_upper(byte: u8) -> String {
    format!("{byte:02X}")
}

fn hex_lower(byte: u8) -> String {
    format!("{byte:02x}")
}

fn percent(bytes: &[u8], space: &str, hex: fn(u8) -> String) -> Vec<u8> {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(byte));
            }
            b' ' => text.push_str(space),
            other => {
                text.push('%');
                text.push_str(&hex(other));
            }
        }
    }
    text.into_bytes()
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut text = String::new();
    for &byte in bytes {
        match byte {
            b' '..=b'<' | b'>'..=b'~' => text.push(char::from(byte)),
            other => write!(text, "={other:02X}").expect("a String takes everything"),
        }
    }
    text.into_bytes()
}

fn json_escapes(text: &str) -> String {
    let mut escaped = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(ascii @ b' '..=b'~') => escaped.push(char::from(ascii)),
            _ => write!(escaped, "\\u{unit:04x}").expect("a String takes everything"),
        }
    }
    escaped
}

fn html_references(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '_' | '@' | ':' | '/') {
            escaped.push(c);
        } else {
            write!(escaped, "&#{};", u32::from(c)).expect("a String takes everything");
        }
    }
    escaped
}

/// A mobile number as people and machines write it otherwise.
fn telephone(string: &str) -> Vec<Dress> {
    let digits: String = string.chars().filter(char::is_ascii_digit).collect();
    let plain = string
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '-' | ' '));
    if !plain || digits.len() != 10 || !digits.starts_with("09") {
        return Vec::new();
    }
    let parted = format!("{}-{}-{}", &digits[..4], &digits[4..7], &digits[7..]);
    let once = format!("{}-{}", &digits[..4], &digits[4..]);
    let abroad = format!("886{}", &digits[1..]);
    vec![
        ("digits alone", digits.into_bytes()),
        ("with hyphens", parted.into_bytes()),
        ("with one hyphen", once.into_bytes()),
        ("international", abroad.into_bytes()),
    ]
}
