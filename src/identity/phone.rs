//! Phone numbers of Taiwan: mobile, landline and 070, with an extension.
//!
//! Invariant: a [`Phone`] can be written in E.164, and its display form parses to itself. Only a
//! mobile number takes text messages.
//!
//! Not here: toll-free, personal (099) and short numbers: nobody can be reached there as a person.
//! Source: numbering metadata of libphonenumber 9.0.43 for TW (taiwan.md 5.2).

use std::fmt;

use zeroize::Zeroizing;

use super::mistake::Mistake;
use super::{mask, typed};

/// Area code, digits after it and what the first of them may be; longer codes first, because 037
/// is Miaoli although 03 is an area too.
const AREAS: [(&str, usize, &str); 15] = [
    ("0826", 5, "6"),
    ("0836", 5, "2456789"),
    ("037", 6, "123456789"),
    ("049", 7, "123456789"),
    ("082", 6, "34578"),
    ("089", 6, "123456789"),
    ("02", 8, "2345678"),
    ("03", 7, "2345689"),
    ("04", 8, "23"),
    ("04", 7, "78"),
    ("05", 7, "2345678"),
    ("06", 7, "235679"),
    ("07", 7, "123456789"),
    ("08", 7, "78"),
    ("070", 8, "0123456789"),
];
/// Words and signs before an extension, longer ones first.
const EXTENSION_SIGNS: [&str; 9] = [
    "轉分機",
    "分機",
    "分机",
    "轉",
    "转",
    "#",
    "ext.",
    "ext",
    "x",
];
/// Prefixes of numbers that lead to a company or a desk.
const SERVICES: [&str; 4] = ["080", "050", "020", "099"];

/// What a number reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `09` and eight digits; takes text messages.
    Mobile,
    /// An area code and 5 to 8 digits.
    Landline,
    /// Internet phone: `070` and eight digits.
    Voip,
}

/// A number that can be called; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone {
    kind: Kind,
    /// The digits before the first hyphen of the display form, with the leading 0.
    prefix: Zeroizing<String>,
    rest: Zeroizing<String>,
    extension: Option<Zeroizing<String>>,
}

impl Phone {
    /// Reads a number with or without +886, in any width, with spaces, hyphens and brackets.
    pub fn parse(raw: &str) -> Result<Self, Mistake> {
        let folded = Zeroizing::new(typed::folded(raw).to_lowercase());
        let (number, extension) = split_extension(&folded);
        if number.is_empty() {
            return Err(Mistake::PhoneEmpty);
        }
        let digits = national_digits(number)?;
        let (kind, prefix, rest) = split_area(&digits)?;
        let extension = extension.map(extension_digits).transpose()?;
        Ok(Self {
            kind,
            prefix: Zeroizing::new(prefix.to_owned()),
            rest: Zeroizing::new(rest.to_owned()),
            extension,
        })
    }

    /// What the number reaches.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The number for machines, without the extension: `+886912345678`.
    pub fn e164(&self) -> Zeroizing<String> {
        let national = self.prefix.strip_prefix('0').unwrap_or(&self.prefix);
        Zeroizing::new(format!("+886{national}{}", self.rest.as_str()))
    }

    /// The digits to dial after the number is answered.
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_ref().map(|digits| digits.as_str())
    }

    /// The number for people: `0912-345-678`, `02-2755-2823#2118`.
    pub fn display(&self) -> Zeroizing<String> {
        let (head, tail) = match self.rest.len() {
            6 if self.kind == Kind::Mobile => self.rest.split_at(3),
            7 => self.rest.split_at(3),
            8 => self.rest.split_at(4),
            _ => self.rest.split_at(0),
        };
        let gap = if head.is_empty() { "" } else { "-" };
        let sign = if self.extension.is_some() { "#" } else { "" };
        let extension = self.extension().unwrap_or_default();
        let prefix = self.prefix.as_str();
        Zeroizing::new(format!("{prefix}-{head}{gap}{tail}{sign}{extension}"))
    }

    /// The number with only its prefix and last three digits: `0912-***-678`.
    pub fn masked(&self) -> String {
        mask::phone(&self.prefix, &self.rest)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

/// The number and what stands after a sign for an extension.
fn split_extension(folded: &str) -> (&str, Option<&str>) {
    let signs = EXTENSION_SIGNS.iter();
    let found = signs.filter_map(|sign| Some((folded.find(sign)?, sign)));
    // At the same place the longer sign was listed first and `min_by_key` keeps the first.
    match found.min_by_key(|(at, _)| *at) {
        Some((at, sign)) => (&folded[..at], Some(&folded[at + sign.len()..])),
        None => (folded, None),
    }
}

fn extension_digits(after: &str) -> Result<Zeroizing<String>, Mistake> {
    let digits = after.trim_matches([':', '.', '-']);
    let usable = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !usable {
        return Err(Mistake::PhoneExtension);
    }
    Ok(Zeroizing::new(digits.to_owned()))
}

/// The digits as dialled inside the country, with the leading 0.
fn national_digits(number: &str) -> Result<Zeroizing<String>, Mistake> {
    let is_layout = |c: char| typed::is_dash(c) || matches!(c, '(' | ')' | '.' | '/' | '~');
    let bare = Zeroizing::new(
        number
            .chars()
            .filter(|&c| !is_layout(c))
            .collect::<String>(),
    );
    let (international, digits) = match bare.strip_prefix('+').or(bare.strip_prefix("00")) {
        Some(digits) => (true, digits),
        None => (false, bare.as_str()),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Mistake::PhoneShape);
    }
    // Twelve digits at most follow 886, and no number dialled here starts with 8 without a 0.
    match digits.strip_prefix("886") {
        Some(national) => {
            let national = national.strip_prefix('0').unwrap_or(national);
            Ok(Zeroizing::new(format!("0{national}")))
        }
        None if international => Err(Mistake::PhoneForeign),
        None => Ok(Zeroizing::new(digits.to_owned())),
    }
}

fn split_area(digits: &str) -> Result<(Kind, &str, &str), Mistake> {
    let short_code = (3..=4).contains(&digits.len()) && digits.starts_with('1');
    if short_code || SERVICES.iter().any(|service| digits.starts_with(service)) {
        return Err(Mistake::PhoneService);
    }
    if digits.starts_with("09") {
        let (prefix, rest) = digits.split_at_checked(4).ok_or(Mistake::PhoneMobile)?;
        return match rest.len() {
            6 => Ok((Kind::Mobile, prefix, rest)),
            _ => Err(Mistake::PhoneMobile),
        };
    }
    let area = AREAS.iter().find_map(|&(area, length, first)| {
        let rest = digits.strip_prefix(area)?;
        let fits = rest.len() == length && rest.starts_with(|c| first.contains(c));
        fits.then_some((area, rest))
    });
    match area {
        Some(("070", rest)) => Ok((Kind::Voip, "070", rest)),
        Some((area, rest)) => Ok((Kind::Landline, area, rest)),
        None if digits.starts_with("070") => Err(Mistake::PhoneVoip),
        None if digits.starts_with('0') => Err(Mistake::PhoneLandline),
        None => Err(Mistake::PhoneShape),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(raw: &str) -> Result<String, Mistake> {
        Phone::parse(raw).map(|phone| phone.display().to_string())
    }

    #[test]
    fn numbers_are_shown_with_their_own_area_code() {
        for (typed, display) in [
            ("0912-345-678", "0912-345-678"),
            ("+886 912 345 678", "0912-345-678"),
            ("886912345678", "0912-345-678"),
            ("00886-912345678", "0912-345-678"),
            ("+886 (0)912-345-678", "0912-345-678"),
            ("０９１２３４５６７８", "0912-345-678"),
            ("(02)2755-2823#2118", "02-2755-2823#2118"),
            ("02-27552823 轉2118", "02-2755-2823#2118"),
            ("02 2755 2823 分機 2118", "02-2755-2823#2118"),
            ("02-2755-2823 轉分機 2118", "02-2755-2823#2118"),
            ("02-2755-2823 Ext. 2118", "02-2755-2823#2118"),
            ("037-123456", "037-123456"),
            ("03-7123456", "037-123456"),
            ("03-5712345", "03-571-2345"),
            ("049-2312345", "049-231-2345"),
            ("04-22291234", "04-2229-1234"),
            ("04-7212345", "04-721-2345"),
            ("05-2781234", "05-278-1234"),
            ("07-2011234", "07-201-1234"),
            ("08-7321234", "08-732-1234"),
            ("089-322002", "089-322002"),
            ("082-325630", "082-325630"),
            ("0826-66123", "0826-66123"),
            ("0836-22381", "0836-22381"),
            ("070-10123456", "070-1012-3456"),
        ] {
            assert_eq!(shown(typed).as_deref(), Ok(display), "{typed}");
        }
    }

    #[test]
    fn machines_read_e164_and_the_extension_apart() {
        let phone = Phone::parse("(02)2755-2823#2118").expect("a landline");
        assert_eq!(phone.e164().as_str(), "+886227552823");
        assert_eq!(phone.extension(), Some("2118"));
        assert_eq!(phone.kind(), Kind::Landline);
        assert_eq!(phone.masked(), "02-***-823");
        assert_eq!(format!("{phone:?}"), "Phone(…)");
        let mobile = Phone::parse("0912345678").expect("a mobile");
        assert_eq!(mobile.e164().as_str(), "+886912345678");
        assert_eq!(mobile.masked(), "0912-***-678");
    }

    #[test]
    fn each_slip_has_its_own_reason() {
        for (typed, mistake) in [
            ("", Mistake::PhoneEmpty),
            ("091234567", Mistake::PhoneMobile),
            ("09123456789", Mistake::PhoneMobile),
            ("09", Mistake::PhoneMobile),
            ("0812345678", Mistake::PhoneLandline),
            ("03-1234567", Mistake::PhoneLandline),
            ("070-1012345", Mistake::PhoneVoip),
            ("0800-123456", Mistake::PhoneService),
            ("0991234567", Mistake::PhoneService),
            ("1999", Mistake::PhoneService),
            ("+81 90 1234 5678", Mistake::PhoneForeign),
            ("27552823", Mistake::PhoneShape),
            ("0912-abc-678", Mistake::PhoneShape),
            ("02-27552823#", Mistake::PhoneExtension),
            ("02-27552823#1234567", Mistake::PhoneExtension),
        ] {
            assert_eq!(shown(typed), Err(mistake), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_parses_to_itself(
            raw in "(\\+886|0)(2|3|37|4|49|5|6|7|8|82|826|836|89|9|70)[0-9]{5,8}((#|轉|分機)[0-9]{1,6})?",
        ) {
            if let Ok(phone) = Phone::parse(&raw) {
                prop_assert_eq!(Phone::parse(&phone.display()), Ok(phone.clone()));
                prop_assert!(phone.e164().len() <= 15);
                let own: String = phone.display().chars().filter(char::is_ascii_digit).collect();
                let masked: String = phone.masked().chars().filter(char::is_ascii_digit).collect();
                prop_assert!(masked.len() < own.len());
            }
        }

        #[test]
        fn every_mobile_number_is_read(serial in 0u32..90_000_000) {
            let typed = format!("09{serial:08}");
            prop_assert_eq!(Phone::parse(&typed).map(|phone| phone.kind()), Ok(Kind::Mobile));
        }

        #[test]
        fn no_text_breaks_the_parser(raw in any::<String>()) {
            if let Ok(phone) = Phone::parse(&raw) {
                prop_assert!(phone.display().starts_with('0'));
            }
        }
    }
}
