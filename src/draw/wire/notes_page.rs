//! Every public file of a draw, with what it is in words.

use serde::Serialize;

use crate::draw::{DrawStage, Shown};
use crate::platform::text::{self, Language};

/// The list of a draw's files.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct NotesView {
    id: String,
    title: String,
    rows: Vec<NoteRow>,
    /// Whether the list of tickets is public.
    closed: bool,
    /// Whether the bundle is.
    bundle: bool,
}

/// One file.
#[derive(Debug, Clone, Serialize)]
struct NoteRow {
    name: String,
    words: String,
    hash: String,
    at: i64,
    /// Its place in the journal, as text; empty where it is not a note.
    position: String,
}

impl NotesView {
    pub(in crate::draw) fn of(language: Language, shown: &Shown) -> NotesView {
        let mut notes: Vec<_> = shown.notes.iter().collect();
        notes.sort_by_key(|note| (note.written_at, note.position));
        let row = |note: &&crate::draw::StoredNote| NoteRow {
            name: note.name.clone(),
            words: note_words(language, &note.name),
            hash: note.hash.to_string(),
            at: note.written_at.0,
            position: note.position.map(|at| at.to_string()).unwrap_or_default(),
        };
        NotesView {
            id: shown.plan.id.0.clone(),
            title: shown.title(language),
            rows: notes.iter().map(row).collect(),
            closed: shown.close.is_some(),
            bundle: matches!(shown.plan.stage, DrawStage::Drawn | DrawStage::Cancelled),
        }
    }
}

/// What a public file is, by its name in the bundle.
pub(in crate::draw) fn note_words(language: Language, name: &str) -> String {
    let stem = name.split('.').next().unwrap_or_default();
    let (kind, number) = stem.split_once('-').unwrap_or((stem, ""));
    let id = match kind {
        "rules" => "draw-note-rules",
        "manifest" => "draw-note-manifest",
        "base" => "draw-note-base",
        "key" => "draw-note-key",
        "anchor" => "draw-note-anchor",
        "close" if number == "0" => "draw-note-close",
        "close" => "draw-note-close-again",
        "freeze" => "draw-note-freeze",
        "beacon" => "draw-note-beacon",
        "numbers" => "draw-note-numbers",
        "reveal" => "draw-note-reveal",
        "result" => "draw-note-result",
        "settle" => "draw-note-settle",
        "audit" => "draw-note-audit",
        "cancel" => "draw-note-cancel",
        "purge" => "draw-note-purge",
        "certificate" => "draw-note-certificate",
        _ => return name.to_owned(),
    };
    text::message(language, id, &[("number", number.to_owned().into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_bundle_has_words() {
        for name in [
            "rules.txt",
            "manifest.note",
            "base-0.note",
            "key.note",
            "close-0.note",
            "close-2.note",
            "freeze.note",
            "beacon-1.json",
            "numbers-2.txt",
            "reveal-3.note",
            "result.note",
            "settle-12.note",
            "audit.note",
            "cancel.note",
            "purge-1.note",
            "certificate-2.json",
        ] {
            assert_ne!(note_words(Language::En, name), name);
        }
        assert!(note_words(Language::En, "settle-12.note").contains("12"));
    }
}
