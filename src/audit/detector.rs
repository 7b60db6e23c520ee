//! Looking for a person in words that staff typed: ID numbers, telephone numbers, addresses of
//! mail.
//!
//! Invariant: the record is kept for ever, so what is found is refused and never quoted. Not
//! here: names, which no program can tell from other words; the hint beside the field asks.

use unicode_normalization::UnicodeNormalization;

/// What of a person was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// A letter, then 1, 2, 8, 9 or A to D, then eight digits.
    IdNumber,
    /// A mobile or landline number, with or without the country's code.
    Phone,
    /// Something with an `@` between a name and a domain.
    Email,
}

impl Trace {
    /// The message that says what to leave out.
    pub fn message_id(self) -> &'static str {
        match self {
            Trace::IdNumber => "audit-reason-id-number",
            Trace::Phone => "audit-reason-phone",
            Trace::Email => "audit-reason-email",
        }
    }
}

/// The first trace of a person in a text, in whatever width and case it was typed.
pub fn find(text: &str) -> Option<Trace> {
    let plain: String = text.nfkc().collect::<String>().to_ascii_uppercase();
    if has_id_number(&plain) {
        return Some(Trace::IdNumber);
    }
    if plain.split_whitespace().any(is_email) {
        return Some(Trace::Email);
    }
    has_phone(&plain).then_some(Trace::Phone)
}

fn has_id_number(text: &str) -> bool {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.into_iter().any(|word| {
        let bytes = word.as_bytes();
        bytes.len() == 10
            && bytes[0].is_ascii_uppercase()
            && matches!(bytes[1], b'1' | b'2' | b'8' | b'9' | b'A'..=b'D')
            && bytes[2..].iter().all(u8::is_ascii_digit)
    })
}

fn is_email(word: &str) -> bool {
    let Some((name, domain)) = word.split_once('@') else {
        return false;
    };
    let before = name.chars().next_back();
    let labels: Vec<&str> = domain.split('.').collect();
    let is_label = |label: &&str| label.starts_with(|c: char| c.is_ascii_alphanumeric());
    before.is_some_and(|c| c.is_ascii_alphanumeric())
        && labels.len() >= 2
        && labels.iter().all(is_label)
}

/// Groups of digits, cut where anything but a space, a hyphen, brackets or `+` stands.
fn has_phone(text: &str) -> bool {
    let kept = |letter: char| letter.is_ascii_digit() || " -()+#".contains(letter);
    text.split(|letter: char| !kept(letter)).any(|stretch| {
        let groups: Vec<&str> = stretch
            .split(|letter: char| !letter.is_ascii_digit())
            .filter(|group| !group.is_empty())
            .collect();
        (0..groups.len()).any(|from| starts_phone(&groups[from..]))
    })
}

/// Whether these groups begin with a telephone number as people write it.
fn starts_phone(groups: &[&str]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let first = groups[0];
    if first == "886" {
        let digits: usize = lengths[1..].iter().take(4).sum();
        return digits >= 8;
    }
    if first.starts_with("886") && (11..=12).contains(&first.len()) {
        return true;
    }
    let mobile = first.starts_with("09")
        && matches!(lengths.as_slice(), [10, ..] | [4, 6, ..] | [4, 3, 3, ..]);
    let area = first.starts_with('0') && (2..=4).contains(&first.len());
    let landline = area
        && matches!(
            lengths[1..],
            [6..=8, ..] | [3, 4, ..] | [4, 4, ..] | [3, 3, ..] | [4, 3, ..]
        );
    let whole = first.starts_with('0') && (9..=10).contains(&first.len());
    mobile || landline || whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_however_they_are_written() {
        for (text, found) in [
            ("王小姐 A123456789 重複報名", Trace::IdNumber),
            ("ａ２２３４５６７８９", Trace::IdNumber),
            ("居留證AC01234567", Trace::IdNumber),
            ("來電 0912-345-678 反映", Trace::Phone),
            ("０９１２３４５６７８", Trace::Phone),
            ("0912 345678", Trace::Phone),
            ("(02) 2755-2823#123", Trace::Phone),
            ("02-27552823", Trace::Phone),
            ("049-222-3456", Trace::Phone),
            ("0227552823", Trace::Phone),
            ("+886 912 345 678", Trace::Phone),
            ("寄到 ming@example.org 沒收到", Trace::Email),
            ("ming＠example.org.tw", Trace::Email),
        ] {
            assert_eq!(find(text), Some(found), "{text}");
        }
    }

    #[test]
    fn what_a_reason_needs_is_left_alone() {
        for text in [
            "",
            "317-4 與 318-2 為同一人",
            "依規則第 3 條第 2 項",
            "北市圖推字第 1150001234 號函",
            "2026-11-22 09:30 至 2026-11-23",
            "8 9 10 12 31 45",
            "08 09 10 12 31 45",
            "lotto649-115000075",
            "115 年 11 月 22 日寄出，3 人未領",
            "NT$20,000 以上",
            "@",
            "a@b",
            "B12345678",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
