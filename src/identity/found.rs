//! Looking for what tells who somebody is in a text that everybody will read: ID numbers, telephone
//! numbers, addresses of mail and of homes.
//!
//! Invariant: what is found is named by its place in the text as it was typed, so that a page can
//! mark it; full-width letters, spaces and hyphens between digits do not hide it. What the parsers of
//! this room take for valid is found; a slip in an ID number too.
//!
//! Not here: names, which no program can tell from other words; what is done with a finding.

use std::ops::Range;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

use super::address::COUNTIES;
use super::email::Email;
use super::mistake::Mistake;
use super::national_id::NationalId;
use super::phone::Phone;
use super::typed;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An ID number, with a right check digit or a slip in it.
    IdNumber,
    /// A telephone number.
    Phone,
    /// An address of mail.
    Email,
    /// A street with a house number.
    Address,
}

/// A finding and where it stands, in bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub what: What,
    /// Where.
    pub at: Range<usize>,
}

/// Everything that is found, in the order of the text; no two overlap.
pub fn find(text: &str, today: Date) -> Vec<Found> {
    let letters = Letters::of(text);
    let mut found: Vec<Found> = Vec::new();
    let mut keep = |what, range: Range<usize>| {
        let at = letters.place(&range);
        let is_new = found
            .iter()
            .all(|known: &Found| known.at.end <= at.start || at.end <= known.at.start);
        if is_new {
            found.push(Found { what, at });
        }
    };
    // The surest first: what is taken by one kind is no other kind's.
    for range in emails(&letters.plain) {
        keep(What::Email, range);
    }
    for range in id_numbers(&letters.plain, today) {
        keep(What::IdNumber, range);
    }
    for range in phones(&letters.plain) {
        keep(What::Phone, range);
    }
    for range in addresses(&letters.plain) {
        keep(What::Address, range);
    }
    found.sort_by_key(|one| one.at.start);
    found
}

/// A text in half width, and where each of its letters came from.
struct Letters {
    plain: Vec<char>,
    /// The first byte of each letter in the text, and the end of the text.
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Letters {
    fn of(text: &str) -> Letters {
        let mut letters = Letters {
            plain: Vec::new(),
            starts: Vec::new(),
            ends: Vec::new(),
        };
        for (start, letter) in text.char_indices() {
            for plain in std::iter::once(letter).nfkc() {
                // What nobody sees parts no number.
                if typed::is_blank(&plain.to_string()) && !plain.is_whitespace() {
                    continue;
                }
                letters.plain.push(match typed::is_dash(plain) {
                    true => '-',
                    false => plain,
                });
                letters.starts.push(start);
                letters.ends.push(start + letter.len_utf8());
            }
        }
        letters
    }

    fn place(&self, range: &Range<usize>) -> Range<usize> {
        self.starts[range.start]..self.ends[range.end - 1]
    }
}

/// What people put between the characters of a number to read it more easily.
fn parts(letter: char) -> bool {
    letter == ' ' || "-._/·\t".contains(letter)
}

fn id_numbers(text: &[char], today: Date) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for from in 0..text.len() {
        let begins = from == 0 || !text[from - 1].is_ascii_alphanumeric();
        if !begins || !text[from].is_ascii_alphabetic() {
            continue;
        }
        let Some((number, to)) = ten_from(text, from) else {
            continue;
        };
        let is_one = match NationalId::parse(&number, today) {
            Ok(_) => true,
            Err(slip) => matches!(slip, Mistake::IdCheckDigit | Mistake::IdOldVoid),
        };
        if is_one {
            found.push(from..to);
        }
    }
    found
}

/// Ten letters and digits from a place on, with at most one parting sign between any two, which are
/// a word of their own.
fn ten_from(text: &[char], from: usize) -> Option<(String, usize)> {
    let mut number = String::with_capacity(10);
    let mut at = from;
    while number.len() < 10 {
        let letter = *text.get(at)?;
        match letter.is_ascii_alphanumeric() {
            true => number.push(letter.to_ascii_uppercase()),
            false if parts(letter) && text.get(at + 1)?.is_ascii_alphanumeric() => {}
            false => return None,
        }
        at += 1;
    }
    let goes_on = text.get(at).is_some_and(char::is_ascii_alphanumeric);
    (!goes_on).then_some((number, at))
}

/// The longest number that can be dialled from each place on.
fn phones(text: &[char]) -> Vec<Range<usize>> {
    const LONGEST: usize = 32;
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while from < text.len() {
        let begins = from == 0 || !text[from - 1].is_ascii_alphanumeric();
        let could = text[from].is_ascii_digit() || matches!(text[from], '+' | '(');
        if !begins || !could {
            from += 1;
            continue;
        }
        let reach = text[from..]
            .iter()
            .take(LONGEST)
            .take_while(|letter| letter.is_ascii_digit() || " -()+#".contains(**letter))
            .count();
        let longest = (from + 1..=from + reach).rev().find(|&to| {
            let ends = text[to - 1].is_ascii_digit();
            let goes_on = text.get(to).is_some_and(char::is_ascii_digit);
            let number: String = text[from..to].iter().collect();
            ends && !goes_on && Phone::parse(&number).is_ok()
        });
        match longest {
            Some(to) => {
                found.push(from..to);
                from = to;
            }
            None => from += 1,
        }
    }
    found
}

fn emails(text: &[char]) -> Vec<Range<usize>> {
    let local =
        |letter: &char| letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(*letter);
    let domain = |letter: &char| letter.is_ascii_alphanumeric() || ".-".contains(*letter);
    let mut found = Vec::new();
    for (at, _) in text
        .iter()
        .enumerate()
        .filter(|(_, letter)| **letter == '@')
    {
        let before = text[..at].iter().rev().take_while(|l| local(l)).count();
        let after = text[at + 1..].iter().take_while(|l| domain(l)).count();
        // A full stop at the end belongs to the sentence.
        let to = (at + 1..=at + 1 + after)
            .rev()
            .find(|&to| text[to - 1].is_ascii_alphanumeric());
        let from = (at - before..at).find(|&from| text[from].is_ascii_alphanumeric());
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        let address: String = text[from..to].iter().collect();
        if Email::parse(&address).is_ok() {
            found.push(from..to);
        }
    }
    found
}

/// How far before a house number its street is looked for.
const STREET_BEFORE: usize = 24;
/// How far before the street its city is.
const CITY_BEFORE: usize = 16;

/// A house number after the name of a street, from the city or district on where one stands before.
fn addresses(text: &[char]) -> Vec<Range<usize>> {
    let is_number =
        |letter: char| letter.is_ascii_digit() || "〇零一二三四五六七八九十百之-".contains(letter);
    let is_stop = |letter: char| {
        letter.is_whitespace() && letter != ' ' || "，。；、,;!?！？".contains(letter)
    };
    let mut found = Vec::new();
    for (at, _) in text
        .iter()
        .enumerate()
        .filter(|(_, letter)| **letter == '號')
    {
        let digits = text[..at]
            .iter()
            .rev()
            .take_while(|letter| is_number(**letter) || **letter == ' ')
            .filter(|letter| **letter != ' ' && **letter != '-')
            .count();
        if digits == 0 {
            continue;
        }
        let near = at.saturating_sub(STREET_BEFORE);
        let from = (near..at)
            .rev()
            .find(|&from| is_stop(text[from]))
            .map_or(near, |stop| stop + 1);
        let street = (from..at).find(|&street| "路街段巷弄村里鄰道".contains(text[street]));
        let Some(street) = street else {
            continue;
        };
        let back = street
            .saturating_sub(CITY_BEFORE)
            .max(from.saturating_sub(CITY_BEFORE));
        found.push(
            city_before(text, back, street).unwrap_or_else(|| name_before(text, from, street))
                ..at + 1,
        );
    }
    found
}

/// Where the city or county of a street begins.
fn city_before(text: &[char], from: usize, street: usize) -> Option<usize> {
    (from..street).find(|&at| {
        COUNTIES.iter().any(|county| {
            let spelled = [county.zh().to_owned(), county.zh().replace('臺', "台")];
            spelled.iter().any(|name| {
                let mut letters = name.chars().enumerate();
                letters.all(|(offset, letter)| text.get(at + offset) == Some(&letter))
            })
        })
    })
}

/// Where the name of a street begins, as far as a program can tell: two letters before its sign.
fn name_before(text: &[char], from: usize, street: usize) -> usize {
    let district = (from..street)
        .rev()
        .find(|&at| "區鄉鎮市".contains(text[at]));
    district.unwrap_or(street).saturating_sub(2).max(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 23);

    fn seen(text: &str) -> Vec<(What, &str)> {
        let found = find(text, TODAY).into_iter();
        found.map(|one| (one.what, &text[one.at.clone()])).collect()
    }

    #[test]
    fn what_tells_who_somebody_is_is_found_however_it_is_written() {
        use What::{Address, Email, IdNumber, Phone};
        for (text, what, marked) in [
            ("我是A123456789，請問", IdNumber, "A123456789"),
            ("Ａ１２３４５６７８９", IdNumber, "Ａ１２３４５６７８９"),
            ("證號 A 123 456 789 謝謝", IdNumber, "A 123 456 789"),
            ("a123-456-789", IdNumber, "a123-456-789"),
            // A slip in the check digit is a number all the same.
            ("A123456788", IdNumber, "A123456788"),
            ("打 0912-345-678 找我", Phone, "0912-345-678"),
            (
                "０９１２　３４５　６７８",
                Phone,
                "０９１２　３４５　６７８",
            ),
            ("+886 912 345 678", Phone, "+886 912 345 678"),
            ("(02)2755-2823 轉", Phone, "(02)2755-2823"),
            ("電話02-27552823。", Phone, "02-27552823"),
            ("寄 mei@mailbox.example.", Email, "mei@mailbox.example"),
            ("ｍｅｉ＠mailbox.example", Email, "ｍｅｉ＠mailbox.example"),
            (
                "我住台北市大安區建國南路二段125號5樓",
                Address,
                "台北市大安區建國南路二段125號",
            ),
            ("在中山北路３號", Address, "山北路３號"),
        ] {
            assert_eq!(seen(text), [(what, marked)], "{text}");
        }
    }

    #[test]
    fn several_are_found_and_each_is_marked_once() {
        let text = "王小明 0912345678\nA123456789 mei@mailbox.example";
        let found = seen(text);
        let marked: Vec<&str> = found.iter().map(|(_, words)| *words).collect();
        assert_eq!(marked, ["0912345678", "A123456789", "mei@mailbox.example"]);
    }

    #[test]
    fn what_people_ask_is_left_alone() {
        for text in [
            "",
            "請問 3 號場次幾點開始？",
            "第 5 號櫃臺在哪裡",
            "活動是 2026-11-22 09:30 到 12:00 嗎",
            "抽獎號碼 317-4 有中嗎",
            "票價 20,000 元",
            "書號 9789571234567",
            "@圖書館 謝謝",
            "可以帶 2 個 8 歲的小孩嗎",
            "公車 0 東在哪裡下",
            "B12345678",
        ] {
            assert_eq!(seen(text), [], "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_stumble() {
        for text in [
            "號",
            "路號",
            "@",
            "@@",
            "+",
            "(",
            "A",
            "　",
            "🙂號",
            "ﬀ@ﬀ.ﬀ",
            "\u{200b}A1\u{200b}23456789",
            "零零零號路",
            "1號",
            "路1號",
        ] {
            for one in find(text, TODAY) {
                assert!(text.get(one.at.clone()).is_some(), "{text}");
            }
        }
    }
}
