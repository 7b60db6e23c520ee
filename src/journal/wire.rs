//! What the journal's pages and its feed show.

use lucky_draw::encode::sha256;
use lucky_draw::record::{Record, SiteNote};
use serde::Serialize;

use crate::activity::Facts;
use crate::platform::text::{self, Language};
use crate::platform::web::feed::{Content, Entry};

use super::{Appointed, Leaf, Trouble};

/// Notes on one page.
pub(super) const PER_PAGE: u64 = 25;

/// Whose note it is: the activity, and the draw where it is a draw's.
pub(super) type Owner = (Facts, String);

/// A note in a list.
#[derive(Serialize)]
pub(super) struct LeafRow {
    position: String,
    kind: String,
    meaning: String,
    written_at: i64,
    title: String,
    slug: String,
    draw: String,
}

impl LeafRow {
    pub(super) fn of(language: Language, leaf: &Leaf, owner: Option<&Owner>) -> LeafRow {
        let (kind, meaning) = kind_words(language, &leaf.text);
        LeafRow {
            position: leaf.position.to_string(),
            kind,
            meaning,
            written_at: leaf.written_at.0,
            title: owner.map_or(String::new(), |(facts, _)| {
                facts.title.pick(language).to_owned()
            }),
            slug: owner.map_or(String::new(), |(facts, _)| facts.slug.clone()),
            draw: owner.map_or(String::new(), |(_, draw)| draw.clone()),
        }
    }
}

/// What a note is, and what it means to a reader.
fn kind_words(language: Language, text: &str) -> (String, String) {
    // What stands in the journal was read before it was signed, and a result may be long.
    let (kind, meaning) = match Record::kind(text) {
        Some("manifest") => ("journal-manifest", "journal-manifest-what"),
        Some("key") => ("journal-key", "journal-key-what"),
        Some("anchor") => ("journal-anchor", "journal-anchor-what"),
        Some("close") => ("journal-close", "journal-close-what"),
        Some("freeze") => ("journal-freeze", "journal-freeze-what"),
        Some("reveal") => ("journal-reveal", "journal-reveal-what"),
        Some("result") => ("journal-result", "journal-result-what"),
        Some("settle") => ("journal-settle", "journal-settle-what"),
        Some("cancel") => ("journal-cancel", "journal-cancel-what"),
        Some("audit") => ("journal-audit", "journal-audit-what"),
        Some("purge") => ("journal-purge", "journal-purge-what"),
        Some("site") => site_words(text),
        _ => ("journal-other", "journal-other-what"),
    };
    let say = |id: &str| text::message(language, id, &[]);
    (say(kind), say(meaning))
}

/// The same of a note that the site states about itself.
fn site_words(text: &str) -> (&'static str, &'static str) {
    let note = SiteNote::parse(text).ok();
    match note.as_ref().map(|note| note.of.as_str()) {
        Some("audit-head") => ("journal-audit-head", "journal-audit-head-what"),
        Some("statistics") => ("journal-statistics", "journal-statistics-what"),
        Some("hold-end") => ("journal-hold-end", "journal-hold-end-what"),
        Some("tax-erased") => ("journal-tax-erased", "journal-tax-erased-what"),
        Some(_) => ("journal-site", "journal-site-what"),
        None => ("journal-other", "journal-other-what"),
    }
}

/// A witness and how it stands.
#[derive(Serialize)]
pub(super) struct WitnessRow {
    name: String,
    words: String,
    kind: &'static str,
}

impl WitnessRow {
    fn of(language: Language, witness: &Appointed, size: u64) -> WitnessRow {
        let (id, kind) = match Trouble::parse(&witness.trouble) {
            _ if witness.size >= size => ("journal-witness-current", "open"),
            None => ("journal-witness-behind", "waiting"),
            Some(Trouble::Unreachable) => ("journal-witness-unreachable", "waiting"),
            Some(Trouble::NotFollowed) => ("journal-witness-not-followed", "waiting"),
            Some(Trouble::Unreadable) => ("journal-witness-unreadable", "waiting"),
            Some(Trouble::Unsigned) => ("journal-witness-unsigned", "danger"),
            Some(Trouble::Clock) => ("journal-witness-clock", "waiting"),
            Some(Trouble::OtherJournal) => ("journal-witness-other", "danger"),
        };
        WitnessRow {
            name: witness.name().to_owned(),
            words: text::message(language, id, &[]),
            kind,
        }
    }
}

/// The journal's first page and those behind it.
#[derive(Serialize)]
pub(super) struct JournalView {
    pub(super) rows: Vec<LeafRow>,
    pub(super) current: u64,
    pub(super) last: u64,
    pub(super) count: u64,
    pub(super) vkey: String,
    /// The key under which draws and receipts are checked.
    pub(super) site_vkey: String,
    witnesses: Vec<WitnessRow>,
    quorum: u32,
}

impl JournalView {
    pub(super) fn of(
        language: Language,
        size: u64,
        page: (u64, u64),
        rows: Vec<LeafRow>,
        appointed: &[Appointed],
        (vkey, site_vkey): (String, String),
    ) -> JournalView {
        let asked = || appointed.iter().filter(|witness| witness.asked);
        JournalView {
            rows,
            current: page.0,
            last: page.1,
            count: size,
            vkey,
            site_vkey,
            witnesses: asked()
                .map(|witness| WitnessRow::of(language, witness, size))
                .collect(),
            quorum: asked().next().map_or(0, |witness| witness.quorum),
        }
    }
}

/// One note.
#[derive(Serialize)]
pub(super) struct NoteView {
    row: LeafRow,
    /// Its first lines.
    text: String,
    /// How many lines these are, where the note has more.
    shown: Option<usize>,
    hash: String,
    proof: String,
    cosigned: u64,
}

impl NoteView {
    pub(super) fn of(
        language: Language,
        leaf: &Leaf,
        owner: Option<&Owner>,
        proof: String,
    ) -> NoteView {
        // The log's own line comes first; every further one is a witness's.
        let lines = proof.lines().filter(|line| line.starts_with('\u{2014}'));
        let text = beginning(&leaf.text);
        NoteView {
            row: LeafRow::of(language, leaf, owner),
            shown: (text.len() < leaf.text.len()).then_some(SHOWN),
            text: text.to_owned(),
            hash: sha256(leaf.text.as_bytes()).to_string(),
            cosigned: (lines.count() as u64).saturating_sub(1),
            proof,
        }
    }
}

/// Lines of a note on its page: the result of a hundred thousand prizes is a file of 15 MiB.
const SHOWN: usize = 500;

/// The first lines of a text.
fn beginning(text: &str) -> &str {
    let mut lines = text.split_inclusive('\n');
    let shown: usize = lines.by_ref().take(SHOWN).map(str::len).sum();
    &text[..shown]
}

/// One note as an entry of the feed.
pub(super) fn feed_entry(language: Language, leaf: &Leaf, owner: Option<&Owner>) -> Entry {
    let row = LeafRow::of(language, leaf, owner);
    let title = match row.title.as_str() {
        "" => row.kind,
        of => text::message(
            language,
            "journal-of",
            &[("kind", row.kind.as_str().into()), ("title", of.into())],
        ),
    };
    Entry {
        name: leaf.position.to_string(),
        title,
        at: leaf.written_at.0,
        page: format!("/journal/notes/{}", leaf.position),
        summary: row.meaning,
        content: Content::Text(leaf.text.clone()),
    }
}
