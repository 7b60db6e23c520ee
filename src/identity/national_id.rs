//! ID numbers of Taiwan: citizens (身分證統一編號) and residents (統一證號, new and old).
//!
//! Invariant: a [`NationalId`] is ten upper-case ASCII characters of an issued form with a right
//! check digit. The digit finds about nine of ten slips and proves nothing about a person.
//!
//! Not here: keeping a number; entry turns it into a keyed tag and drops it (`vault`).

use std::fmt;

use jiff::civil::Date;
use zeroize::Zeroizing;

use super::mistake::Mistake;
use super::{mask, typed};

/// Position of a letter here is its two-digit code: I and O come last, W, X, Y, Z are shuffled.
const CODES: &str = "0123456789ABCDEFGHJKLMNPQRSTUVXYWZIO";
const WEIGHTS: [u32; 11] = [1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1];
/// Old UI numbers are void from this day (Taipei) on; 120 年 1 月 1 日.
const OLD_VOID_FROM: Date = Date::constant(2031, 1, 1);

/// Which register a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// National ID: a letter, 1 or 2, eight digits.
    Citizen,
    /// UI number issued since 2021-01-02: a letter, 8 or 9, eight digits.
    Resident,
    /// UI number issued before: two letters, the second A to D, eight digits.
    OldResident,
}

/// A number that may be turned into a tag; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct NationalId {
    text: Zeroizing<String>,
    kind: Kind,
}

impl NationalId {
    /// Reads a number in any case and width, with spaces and hyphens; `today` is the day in
    /// Taipei and decides about old UI numbers.
    pub fn parse(raw: &str, today: Date) -> Result<Self, Mistake> {
        let text = normalised(raw);
        if text.is_empty() {
            return Err(Mistake::IdEmpty);
        }
        let kind = shape(&text)?;
        if !checksum_matches(&text) {
            return Err(Mistake::IdCheckDigit);
        }
        if kind == Kind::OldResident && today >= OLD_VOID_FROM {
            return Err(Mistake::IdOldVoid);
        }
        Ok(Self { text, kind })
    }

    /// The ten characters, for example `A123456789`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which register the number comes from.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the vault's tag is made of: `twid:A123456789` (draw-protocol.md section 4.2).
    pub fn subject(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("twid:{}", self.as_str()))
    }

    /// The number without its last four characters: `A12345****`.
    pub fn masked(&self) -> String {
        mask::national_id(&self.text)
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalId(…)")
    }
}

/// A made-up number that passes every check: `letter` A–Z, `second` 1, 2, 8, 9 or A–D, `serial`
/// up to seven digits. `None` outside of these.
pub fn synthetic(letter: char, second: char, serial: u32) -> Option<NationalId> {
    let kind = kind_of(second).filter(|_| letter.is_ascii_uppercase() && serial <= 9_999_999)?;
    let stem = Zeroizing::new(format!("{letter}{second}{serial:07}"));
    // The check digit has weight 1, so it is what is missing to the next multiple of ten.
    let check = (10 - weighted_sum(&stem) % 10) % 10;
    let text = Zeroizing::new(format!("{}{check}", stem.as_str()));
    Some(NationalId { text, kind })
}

/// The `n`th made-up citizen's number; 520 million differ before they repeat.
pub fn synthetic_citizen(n: u64) -> NationalId {
    let letters = ('A'..='Z').cycle().skip(small(n % 26));
    let letter = letters.take(1).next().unwrap_or('A');
    let second = if (n / 26).is_multiple_of(2) { '1' } else { '2' };
    let serial = u32::try_from(n / 52 % 10_000_000).unwrap_or(0);
    synthetic(letter, second, serial).expect("the letter, sex digit and serial are in range")
}

fn small(n: u64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

fn normalised(raw: &str) -> Zeroizing<String> {
    let folded = typed::folded(raw);
    let kept = folded.chars().filter(|&c| !typed::is_dash(c));
    Zeroizing::new(kept.map(|c| c.to_ascii_uppercase()).collect())
}

/// The form first: some numbers that were never issued pass the sum (AE23456785).
fn shape(text: &str) -> Result<Kind, Mistake> {
    let bytes = text.as_bytes();
    if bytes.len() == 12 && bytes.iter().all(u8::is_ascii_digit) {
        return Err(Mistake::IdCardNumber);
    }
    match bytes {
        [letter, second, digits @ ..]
            if letter.is_ascii_uppercase()
                && second.is_ascii_alphanumeric()
                && digits.len() == 8
                && digits.iter().all(u8::is_ascii_digit) =>
        {
            kind_of(char::from(*second)).ok_or(Mistake::IdSecond)
        }
        _ => Err(Mistake::IdShape),
    }
}

fn kind_of(second: char) -> Option<Kind> {
    match second {
        '1' | '2' => Some(Kind::Citizen),
        '8' | '9' => Some(Kind::Resident),
        'A'..='D' => Some(Kind::OldResident),
        _ => None,
    }
}

fn checksum_matches(text: &str) -> bool {
    weighted_sum(text).is_multiple_of(10)
}

/// The first letter counts as its two digits; a second letter as the units digit of its code.
fn weighted_sum(text: &str) -> u32 {
    let codes: Vec<u32> = text.chars().map(code).collect();
    let tens = codes.first().map(|letter| letter / 10);
    tens.into_iter()
        .chain(codes.into_iter().map(|code| code % 10))
        .zip(WEIGHTS)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

fn code(c: char) -> u32 {
    let at = CODES.chars().position(|known| known == c);
    at.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 21);

    #[test]
    fn every_published_vector_passes() {
        for (kind, ids) in [
            (
                Kind::Citizen,
                "A123456789 A100000001 A200000003 B100000002 F131104093 I100000003 L122544270 \
                 N116247806 O158238845 W100000001 X100000009 Y123456788 Z100000002",
            ),
            (
                Kind::Resident,
                "A800000014 A900207177 A803095426 A870000015 A880000018 A890000011 F800000000 Z900000008",
            ),
            (
                Kind::OldResident,
                "AA00000009 AB23456789 AC03095424 BD01300667 HD02717288 AD30196818",
            ),
        ] {
            for id in ids.split(' ') {
                let parsed = NationalId::parse(id, TODAY).expect(id);
                assert_eq!((parsed.as_str(), parsed.kind()), (id, kind));
            }
        }
    }

    #[test]
    fn width_case_spaces_and_hyphens_do_not_matter() {
        for typed in [
            "a123456789",
            "Ａ１２３４５６７８９",
            " A123 456-789\u{3000}",
            "A\u{200B}1234‐56789",
        ] {
            let parsed = NationalId::parse(typed, TODAY).expect(typed);
            assert_eq!(parsed.subject().as_str(), "twid:A123456789");
        }
    }

    #[test]
    fn old_numbers_end_on_the_first_day_of_120() {
        let old = |today| NationalId::parse("AB23456789", today).map(|id| id.kind());
        assert_eq!(old(date(2030, 12, 31)), Ok(Kind::OldResident));
        assert_eq!(old(date(2031, 1, 1)), Err(Mistake::IdOldVoid));
        assert!(NationalId::parse("A123456789", date(2031, 1, 1)).is_ok());
    }

    #[test]
    fn debug_and_mask_hide_the_number() {
        let id = synthetic_citizen(0);
        assert_eq!(format!("{id:?}"), "NationalId(…)");
        assert_eq!(id.masked(), "A10000****");
    }

    #[test]
    fn made_up_citizens_differ() {
        let ids: std::collections::BTreeSet<String> = (0..5_000)
            .map(|n| synthetic_citizen(n).as_str().to_owned())
            .collect();
        assert_eq!(ids.len(), 5_000);
        assert!(synthetic('a', '1', 0).is_none());
        assert!(synthetic('A', '3', 0).is_none());
        assert!(synthetic('A', '1', 10_000_000).is_none());
    }

    proptest! {
        #[test]
        fn every_made_up_number_passes(
            letter in prop::char::range('A', 'Z'),
            second in prop::sample::select(vec!['1', '2', '8', '9', 'A', 'B', 'C', 'D']),
            serial in 0u32..10_000_000,
        ) {
            let made = synthetic(letter, second, serial).expect("in range");
            prop_assert_eq!(NationalId::parse(made.as_str(), TODAY), Ok(made));
        }

        #[test]
        fn a_wrong_check_digit_is_always_found(n in 0u64..520_000_000, slip in 1u32..10) {
            let made = synthetic_citizen(n);
            let (stem, last) = made.as_str().split_at(9);
            let digit = (last.parse::<u32>().expect("a digit") + slip) % 10;
            prop_assert_eq!(
                NationalId::parse(&format!("{stem}{digit}"), TODAY),
                Err(Mistake::IdCheckDigit)
            );
        }

        #[test]
        fn no_text_breaks_the_parser(raw in any::<String>()) {
            if let Ok(id) = NationalId::parse(&raw, TODAY) {
                prop_assert_eq!(id.as_str().len(), 10);
            }
        }
    }
}
