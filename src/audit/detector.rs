//! Looking for a person in words that staff typed: ID numbers, telephone numbers, addresses of
//! mail.
//!
//! Invariant: what is kept for ever or read by everybody holds none of it, so what is found is
//! refused and never quoted. Not
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

/// The message about a person in words that everybody will read, if one is in them. The library's
/// own telephone and address of mail may stand there, so of numbers only those of mobiles count.
pub fn in_public(text: &str) -> Option<&'static str> {
    let plain: String = text.nfkc().collect::<String>().to_ascii_uppercase();
    if has_id_number(&plain) {
        return Some("audit-public-id-number");
    }
    let has_mobile = stretches(&plain).any(|groups| begins_somewhere(&groups, is_mobile));
    has_mobile.then_some("audit-public-mobile")
}

/// What people put between the digits of a number to read it more easily.
const BETWEEN: &str = " \t-._/·";

fn has_id_number(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    (0..letters.len()).any(|from| {
        let begins = from == 0 || !letters[from - 1].is_ascii_alphanumeric();
        begins && is_id_number(&letters[from..])
    })
}

/// Whether a text begins with the ten characters of an ID number, with or without something
/// between any two of them, and with nothing that would make it a longer word.
fn is_id_number(letters: &[char]) -> bool {
    let mut at = 0;
    for place in 0..10 {
        let Some(&letter) = letters.get(at) else {
            return false;
        };
        let fits = match place {
            0 => letter.is_ascii_uppercase(),
            1 => matches!(letter, '1' | '2' | '8' | '9' | 'A'..='D'),
            _ => letter.is_ascii_digit(),
        };
        if !fits {
            return false;
        }
        at += 1;
        let parted = letters.get(at).is_some_and(|next| BETWEEN.contains(*next));
        if place < 9 && parted {
            at += 1;
        }
    }
    letters
        .get(at)
        .is_none_or(|next| !next.is_ascii_alphanumeric())
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

fn has_phone(text: &str) -> bool {
    stretches(text).any(|groups| begins_somewhere(&groups, is_phone))
}

/// Groups of digits, cut where anything but a space, a hyphen, brackets or `+` stands.
fn stretches(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let kept = |letter: char| letter.is_ascii_digit() || " -()+#".contains(letter);
    text.split(move |letter: char| !kept(letter))
        .map(|stretch| {
            stretch
                .split(|letter: char| !letter.is_ascii_digit())
                .filter(|group| !group.is_empty())
                .collect()
        })
}

fn begins_somewhere(groups: &[&str], is: impl Fn(&[&str]) -> bool) -> bool {
    (0..groups.len()).any(|from| is(&groups[from..]))
}

/// Whether these groups begin with the number of a mobile as people write it.
fn is_mobile(groups: &[&str]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    match groups {
        ["886", next, ..] => next.starts_with('9') && matches!(lengths[1..], [9, ..] | [3, ..]),
        [first, ..] if first.starts_with("8869") => first.len() == 12,
        [first, ..] => {
            first.starts_with("09")
                && matches!(lengths.as_slice(), [10, ..] | [4, 6, ..] | [4, 3, 3, ..])
        }
        [] => false,
    }
}

/// Whether these groups begin with a telephone number as people write it.
fn is_phone(groups: &[&str]) -> bool {
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let first = groups[0];
    if first == "886" {
        let digits: usize = lengths[1..].iter().take(4).sum();
        return digits >= 8;
    }
    if first.starts_with("886") && (11..=12).contains(&first.len()) {
        return true;
    }
    let area = first.starts_with('0') && (2..=4).contains(&first.len());
    let landline = area
        && matches!(
            lengths[1..],
            [6..=8, ..] | [3, 4, ..] | [4, 4, ..] | [3, 3, ..] | [4, 3, ..]
        );
    let whole = first.starts_with('0') && (9..=10).contains(&first.len());
    is_mobile(groups) || landline || whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_may_read_the_telephone_of_the_library_and_of_nobody_else() {
        for text in [
            "請打 (02) 2755-2823 或寫信到 service@library.example",
            "本案編號 113-1130012345，2024-08-04 10:00",
            "共 20,000 元、編號 0912",
            "09/01-09/30 10:00",
        ] {
            assert_eq!(in_public(text), None, "{text}");
        }
        for (text, found) in [
            ("王小明 A-123456789", "audit-public-id-number"),
            ("手機 0912-345-678", "audit-public-mobile"),
            ("+886 912 345 678", "audit-public-mobile"),
            ("０９１２ ３４５ ６７８", "audit-public-mobile"),
        ] {
            assert_eq!(in_public(text), Some(found), "{text}");
        }
    }

    #[test]
    fn people_are_found_however_they_are_written() {
        for (text, found) in [
            ("王小姐 A123456789 重複報名", Trace::IdNumber),
            ("ａ２２３４５６７８９", Trace::IdNumber),
            ("居留證AC01234567", Trace::IdNumber),
            ("A-123456789", Trace::IdNumber),
            ("證號 A 123 456 789", Trace::IdNumber),
            ("a1.2345.6789", Trace::IdNumber),
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
