//! What people type, made comparable: Unicode forms, invisible characters, lengths.
//!
//! Invariant: [`line`] and [`lines`] keep every character a reader can see, and applying them
//! twice changes nothing more.
//!
//! Not here: any rule about what a field may hold.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroizing;

/// Scalars that one grapheme may cost before it counts as more than one, so that a single letter
/// under thousands of combining marks cannot pass as short.
const SCALARS_PER_GRAPHEME: usize = 10;

/// NFKC (full-width becomes half-width), without white space and invisible characters: for codes.
pub fn folded(raw: &str) -> Zeroizing<String> {
    Zeroizing::new(
        raw.nfkc()
            .filter(|&c| !c.is_whitespace() && !is_stripped(c) && !is_joiner(c))
            .collect(),
    )
}

/// One line of text in NFC: white space collapsed, control, bidirectional and zero-width
/// characters gone.
pub fn line(raw: &str) -> String {
    let clean = visible(raw);
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text of several lines: each as [`line`], ends `\n`, no blank lines around and at most one
/// blank line in a row.
pub fn lines(raw: &str) -> String {
    let unified = raw.replace("\r\n", "\n").replace('\r', "\n");
    let mut kept: Vec<String> = Vec::new();
    for one in unified.split('\n').map(line) {
        let second_blank = one.is_empty() && kept.last().is_none_or(String::is_empty);
        if !second_blank {
            kept.push(one);
        }
    }
    if kept.last().is_some_and(String::is_empty) {
        kept.pop();
    }
    kept.join("\n")
}

/// The length a person would count: graphemes, or a tenth of the scalars where that is more.
pub fn length(text: &str) -> usize {
    let scalars = text.chars().count().div_ceil(SCALARS_PER_GRAPHEME);
    text.graphemes(true).count().max(scalars)
}

/// Whether nothing in the text would leave a mark on paper.
pub fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || is_stripped(c) || is_joiner(c) || is_selector(c))
}

/// Whether the character is a Han ideograph, Extension B and later and private-use ones (造字)
/// included.
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3038}'..='\u{303B}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{E000}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}' | '\u{F0000}'..='\u{10FFFD}')
}

/// A hyphen or dash of any kind that NFKC leaves apart.
pub fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FE63}' | '\u{FF0D}'
    )
}

fn visible(raw: &str) -> String {
    let shown = raw.nfc().filter(|&c| c.is_whitespace() || !is_stripped(c));
    let mut kept = String::with_capacity(raw.len());
    let mut coming = shown.peekable();
    while let Some(c) = coming.next() {
        // Joiners shape Arabic and Indic names and emoji; between other characters they only hide.
        let joins = kept.chars().next_back().is_some_and(is_joined)
            && coming.peek().copied().is_some_and(is_joined);
        if !is_joiner(c) || joins {
            kept.push(c);
        }
    }
    kept.nfc().collect()
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

fn is_joined(c: char) -> bool {
    c >= '\u{600}' && !c.is_whitespace() && !is_joiner(c) && !is_han(c)
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{180B}'..='\u{180F}' | '\u{2800}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Characters without a shape of their own: controls, bidirectional marks, zero-width spaces,
/// fillers, tags and non-characters.
fn is_stripped(c: char) -> bool {
    let noncharacter = u32::from(c) & 0xFFFE == 0xFFFE;
    noncharacter
        || c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{200B}' | '\u{200E}'
            | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
            | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn invisible_characters_leave_and_visible_ones_stay() {
        assert_eq!(line("\u{202E}王\u{200B}小\u{FEFF}明\u{0}"), "王小明");
        assert_eq!(line("  王\u{3000}\t小明\n"), "王 小明");
        assert_eq!(line("e\u{301}"), "é");
        assert_eq!(line("王\u{200D}明"), "王明");
        assert_eq!(line("می\u{200C}خواهم"), "می\u{200C}خواهم");
        assert_eq!(line("👨\u{200D}👩\u{200D}👧"), "👨\u{200D}👩\u{200D}👧");
        assert_eq!(line("葛\u{E0100}"), "葛\u{E0100}");
    }

    #[test]
    fn blank_lines_are_kept_one_at_a_time() {
        assert_eq!(lines("\r\n一\r\n\n\n二 \r三\n\n"), "一\n\n二\n三");
    }

    #[test]
    fn a_letter_under_a_thousand_marks_is_long() {
        let zalgo = format!("a{}", "\u{301}".repeat(999));
        assert_eq!(length(&zalgo), 100);
        assert_eq!(length("👨‍👩‍👧‍👦𠮷é"), 3);
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(raw in "\\PC*|(.|\u{200D}|\u{200E}|\u{301}|क|王){0,12}") {
            prop_assert_eq!(line(&line(&raw)), line(&raw));
            prop_assert_eq!(lines(&lines(&raw)), lines(&raw));
            prop_assert!(!line(&raw).chars().any(char::is_control));
        }
    }
}
