//! Masks: what a page shows of a person's data.
//!
//! Invariant: a mask is made of the characters its rule lets through and of fixed signs; the
//! number of signs does not tell the length of what they hide (ID numbers have one length).
//!
//! Not here: who may see more than the mask (`vault`).
//! Sources: NDC letter 發資字第1031501471號 (ID numbers hide their last four characters); the name
//! forms 李○明 are the textbook example of de-identification in Taiwan's guidance.

use unicode_segmentation::UnicodeSegmentation;

use super::typed;

/// U+25CB, the circle of Taiwanese name lists; not the letter O and not 〇.
const CIRCLE: &str = "○";
/// Circles in a row at most.
const CIRCLES: usize = 3;
const STARS: &str = "***";

/// A name: `王○`, `王○明`, `歐○○君`, `J*** L***`, `谷○斯·尤○卡`; a name of one grapheme shows nothing.
pub fn name(name: &str) -> String {
    let gaps = |c: char| c.is_whitespace() || is_dot(c);
    let east_asian = name.chars().filter(|&c| !c.is_whitespace()).all(is_square);
    if east_asian {
        // A space between surname and given name is layout, not a border of two names.
        return squares(&name.split_whitespace().collect::<String>());
    }
    if name.graphemes(true).count() == 1 {
        return STARS.to_owned();
    }
    name.split_inclusive(gaps)
        .map(|piece| match piece.chars().next_back() {
            Some(gap) if gaps(gap) => {
                part(&piece[..piece.len() - gap.len_utf8()]) + gap.encode_utf8(&mut [0; 4])
            }
            _ => part(piece),
        })
        .collect()
}

/// An ID number without its last four characters: `A12345****`.
pub fn national_id(id: &str) -> String {
    let shown = id.chars().count().saturating_sub(4);
    id.chars().take(shown).chain("****".chars()).collect()
}

/// A phone number from its display form without extension: `0912-***-678`, `02-***-823`.
pub fn phone(prefix: &str, rest: &str) -> String {
    let digits: Vec<char> = rest.chars().filter(char::is_ascii_digit).collect();
    let last: String = digits.iter().skip(digits.len().saturating_sub(3)).collect();
    format!("{prefix}-{STARS}-{last}")
}

/// An e-mail address: `w***@gmail.com`; a local part of one character shows nothing.
pub fn email(local: &str, domain: &str) -> String {
    let first = local.chars().next().filter(|_| local.chars().count() > 1);
    let first = first.map(String::from).unwrap_or_default();
    format!("{first}{STARS}@{domain}")
}

/// One part of a name that has several.
fn part(part: &str) -> String {
    match part.graphemes(true).next() {
        None => String::new(),
        Some(first) if part.chars().all(is_square) || first.chars().all(is_square) => squares(part),
        Some(first) => format!("{first}{STARS}"),
    }
}

/// The rule for scripts written in squares.
fn squares(part: &str) -> String {
    let graphemes: Vec<&str> = part.graphemes(true).collect();
    match graphemes.as_slice() {
        [] => String::new(),
        [_] => CIRCLE.to_owned(),
        [first, _] => format!("{first}{CIRCLE}"),
        [first, inside @ .., last] => {
            format!("{first}{}{last}", CIRCLE.repeat(inside.len().min(CIRCLES)))
        }
    }
}

/// Han, kana, bopomofo and hangul, and the marks that ride on them.
fn is_square(c: char) -> bool {
    typed::is_han(c)
        || matches!(c,
            '\u{1100}'..='\u{11FF}' | '\u{3031}'..='\u{3035}' | '\u{3041}'..='\u{30FA}' | '\u{30FC}'..='\u{318F}'
            | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}' | '\u{A960}'..='\u{A97F}'
            | '\u{AC00}'..='\u{D7FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// The dots that part the names of indigenous peoples and transcribed names.
fn is_dot(c: char) -> bool {
    matches!(
        c,
        '\u{B7}'
            | '\u{2022}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22C5}'
            | '\u{30FB}'
            | '\u{FF0E}'
            | '\u{FF65}'
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_masked_as_people_here_expect() {
        for (whole, shown) in [
            ("明", "○"),
            ("王明", "王○"),
            ("王小明", "王○明"),
            ("王 小明", "王○明"),
            ("歐陽小君", "歐○○君"),
            ("司馬相如之名", "司○○○名"),
            ("一二三四五六七八", "一○○○八"),
            ("𠮷野家", "𠮷○家"),
            ("葛\u{E0100}小明", "葛\u{E0100}○明"),
            ("谷辣斯·尤達卡", "谷○斯·尤○卡"),
            ("谷辣斯‧尤達", "谷○斯‧尤○"),
            ("John Lennon", "J*** L***"),
            ("Jean-Luc", "J***"),
            ("Nguyễn Văn A", "N*** V*** A***"),
            ("X", "***"),
            ("é", "***"),
            ("谷辣斯 Kolas", "谷○斯 K***"),
            ("김민수", "김○수"),
            ("高橋 メアリー", "高○○○ー"),
            ("محمد علي", "م*** ع***"),
        ] {
            assert_eq!(name(whole), shown);
        }
    }

    #[test]
    fn codes_are_masked() {
        assert_eq!(national_id("A123456789"), "A12345****");
        assert_eq!(phone("0912", "345678"), "0912-***-678");
        assert_eq!(email("wang.hsiao", "gmail.com"), "w***@gmail.com");
        assert_eq!(email("w", "gmail.com"), "***@gmail.com");
    }

    proptest! {
        #[test]
        fn a_han_name_shows_its_ends_and_nothing_else(
            inside in "[\u{4E00}-\u{9FFF}\u{20000}-\u{2A6DF}]{1,60}",
        ) {
            let shown = name(&format!("王{inside}明"));
            let circles = inside.chars().count().min(3);
            prop_assert_eq!(shown, format!("王{}明", "○".repeat(circles)));
        }

        #[test]
        fn a_mask_shows_no_hidden_grapheme(raw in any::<String>()) {
            let gaps = |c: char| c.is_whitespace() || is_dot(c);
            let mut may_show: BTreeSet<&str> = BTreeSet::from(["○", "*"]);
            for part in raw.split(gaps) {
                may_show.extend(part.graphemes(true).next());
                may_show.extend(part.graphemes(true).next_back());
            }
            let shown = name(&raw);
            for part in shown.split(gaps) {
                for grapheme in part.graphemes(true) {
                    let starred = grapheme.trim_end_matches('*');
                    prop_assert!(may_show.contains(grapheme) || may_show.contains(starred), "{grapheme:?}");
                }
            }
        }

        #[test]
        fn a_latin_name_shows_one_letter_of_a_word(words in prop::collection::vec("[b-y]{2,20}", 1..5)) {
            let shown = name(&words.join(" "));
            prop_assert_eq!(shown.chars().filter(char::is_ascii_alphabetic).count(), words.len());
        }

        #[test]
        fn an_id_hides_its_last_four(id in "[A-Z][0-9]{5}[a-z]{4}") {
            let shown = national_id(&id);
            prop_assert!(!shown.chars().any(|c| c.is_ascii_lowercase()));
            prop_assert_eq!(&shown[..6], &id[..6]);
        }

        #[test]
        fn an_email_shows_one_letter_before_the_at(local in "[a-z]{1,30}") {
            let shown = email(&local, "X.TW");
            let letters = shown.chars().filter(char::is_ascii_lowercase).count();
            prop_assert_eq!(letters, usize::from(local.len() > 1));
        }
    }
}
