//! What changed between two versions, word by word.
//!
//! Invariant: the pieces that are the same or gone, one after the other, are the old text, and
//! those that are the same or new are the new one; nothing is left out. Chinese has no spaces:
//! characters are compared, and what is the same for only one or two of them between two changes
//! is told as changed, so that people read phrases and not crumbs.
//!
//! Not here: how it is shown (`templates/portal/compare.html.j2`).

use similar::{Algorithm, DiffTag, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

use crate::platform::text::markdown;

/// So short a piece between two changes belongs to them.
const CRUMB: usize = 2;

/// A paragraph, a heading or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Whether anything in it changed.
    pub changed: bool,
    /// What it is made of.
    pub pieces: Vec<Piece>,
}

/// A piece of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What became of it.
    pub fate: Fate,
    /// Its words.
    pub words: String,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// In both.
    Same,
    /// In the old one only.
    Gone,
    /// In the new one only.
    New,
}

impl Block {
    fn of(pieces: Vec<Piece>) -> Block {
        Block {
            changed: pieces.iter().any(|piece| piece.fate != Fate::Same),
            pieces,
        }
    }

    fn whole(fate: Fate, words: &str) -> Block {
        Block::of(vec![Piece {
            fate,
            words: words.to_owned(),
        }])
    }
}

/// Compares two texts in Markdown by their words.
pub fn compare(old: &str, new: &str) -> Vec<Block> {
    let (old, new) = (markdown::plain(old), markdown::plain(new));
    let lines = |text: &'_ str| -> Vec<String> {
        let lines = text.lines().map(str::trim_end);
        lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (old, new) = (lines(&old), lines(&new));
    let mut blocks = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        let (tag, before, after) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            blocks.extend(
                old[before]
                    .iter()
                    .map(|line| Block::whole(Fate::Same, line)),
            );
            continue;
        }
        let (before, after) = (&old[before], &new[after]);
        let pairs = before.len().min(after.len());
        for (one, other) in before.iter().zip(after) {
            blocks.extend(words(one, other));
        }
        let rest = before[pairs..].iter().map(|line| (Fate::Gone, line));
        let rest = rest.chain(after[pairs..].iter().map(|line| (Fate::New, line)));
        blocks.extend(rest.map(|(fate, line)| Block::whole(fate, line)));
    }
    blocks
}

/// A stretch in which both are the same, or each says its own.
struct Stretch {
    same: bool,
    old: String,
    new: String,
}

/// One line against another: as one block, or as two where they have too little in common.
fn words(old: &str, new: &str) -> Vec<Block> {
    let before: Vec<&str> = old.split_word_bounds().collect();
    let after: Vec<&str> = new.split_word_bounds().collect();
    let mut stretches: Vec<Stretch> = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &before, &after) {
        let (tag, from, to) = op.as_tag_tuple();
        push(
            &mut stretches,
            Stretch {
                same: tag == DiffTag::Equal,
                old: before[from].concat(),
                new: after[to].concat(),
            },
        );
    }
    let stretches = without_crumbs(stretches);
    let common: usize = stretches
        .iter()
        .filter(|each| each.same)
        .map(|each| each.old.chars().count())
        .sum();
    if common * 3 < old.chars().count().max(new.chars().count()) {
        return vec![Block::whole(Fate::Gone, old), Block::whole(Fate::New, new)];
    }
    let mut pieces = Vec::new();
    for stretch in stretches {
        let told = match stretch.same {
            true => vec![(Fate::Same, stretch.old)],
            false => vec![(Fate::Gone, stretch.old), (Fate::New, stretch.new)],
        };
        let told = told.into_iter().filter(|(_, words)| !words.is_empty());
        pieces.extend(told.map(|(fate, words)| Piece { fate, words }));
    }
    vec![Block::of(pieces)]
}

fn without_crumbs(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let last = stretches.len().saturating_sub(1);
    let mut kept: Vec<Stretch> = Vec::new();
    for (at, mut stretch) in stretches.into_iter().enumerate() {
        let inside = at > 0 && at < last;
        if stretch.same && inside && stretch.old.chars().count() <= CRUMB {
            stretch.same = false;
        }
        push(&mut kept, stretch);
    }
    kept
}

/// Adds a stretch to the last one where both are of one kind.
fn push(stretches: &mut Vec<Stretch>, next: Stretch) {
    match stretches.last_mut() {
        Some(last) if last.same == next.same => {
            last.old.push_str(&next.old);
            last.new.push_str(&next.new);
        }
        _ => stretches.push(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(blocks: &[Block]) -> String {
        let mut told = String::new();
        for block in blocks {
            for piece in &block.pieces {
                match piece.fate {
                    Fate::Same => told.push_str(&piece.words),
                    Fate::Gone => told.push_str(&format!("[-{}]", piece.words)),
                    Fate::New => told.push_str(&format!("[+{}]", piece.words)),
                }
            }
            told.push('\n');
        }
        told
    }

    #[test]
    fn words_are_compared_and_not_lines() {
        let made = compare(
            "# Time\n\nWe keep addresses for thirty days.\n\nNothing else.",
            "# Time\n\nWe keep addresses for sixty days.\n\nNothing else.",
        );
        assert_eq!(
            told(&made),
            "Time\nWe keep addresses for [-thirty][+sixty] days.\nNothing else.\n"
        );
        assert_eq!(made.iter().filter(|block| block.changed).count(), 1);
    }

    #[test]
    fn chinese_is_told_in_phrases() {
        let made = compare(
            "聯絡資料在活動結束後保存三十日，然後刪除。",
            "聯絡資料在活動結束後保存六十天，然後刪除。",
        );
        assert_eq!(
            told(&made),
            "聯絡資料在活動結束後保存[-三十日][+六十天]，然後刪除。\n"
        );
    }

    #[test]
    fn both_texts_can_be_put_together_again() {
        let old = "甲乙丙丁。\n\n- 一\n- 二\n\n完全不同的一段話。";
        let new = "甲乙戊丁。\n\n- 一\n- 三\n- 四\n\nQuite another paragraph.";
        let made = compare(old, new);
        let side = |skipped: Fate| -> String {
            let pieces = made.iter().flat_map(|block| &block.pieces);
            let kept = pieces.filter(|piece| piece.fate != skipped);
            kept.map(|piece| piece.words.as_str()).collect()
        };
        let flat = |text: &str| markdown::plain(text).lines().collect::<String>();
        assert_eq!(side(Fate::New), flat(old));
        assert_eq!(side(Fate::Gone), flat(new));
    }

    #[test]
    fn two_sentences_with_nothing_in_common_stand_one_after_the_other() {
        let made = compare("我們保存三十日。", "Nothing is kept at all.");
        assert_eq!(
            told(&made),
            "[-我們保存三十日。]\n[+Nothing is kept at all.]\n"
        );
    }
}
