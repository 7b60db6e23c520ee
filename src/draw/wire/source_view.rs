//! Sources of randomness as pages show them: what they are, when they are due, what they gave.

use lucky_draw::beacon::Beacon;
use lucky_draw::encode::sha256;
use serde::Serialize;

use crate::draw::{DrawStage, Plan, PlanSource, SourceKind};
use crate::platform::text::{self, Language};

use super::beacon_trouble;

/// One source of a draw.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct SourceView {
    position: u32,
    /// `drand`, `numbers` or `commit`.
    kind: &'static str,
    words: String,
    /// Which balls of a lottery count.
    which: Option<String>,
    /// When its value should be there.
    due_at: Option<i64>,
    /// What it gave, for people.
    value: Option<String>,
    /// Numbers that one person has typed and nobody else yet.
    typed: Option<String>,
    trouble: Option<String>,
    /// The file that holds numbers as they were entered, or the secret as it was revealed.
    file: Option<String>,
    /// A secret that did not come in time, so that zeros stand for it.
    withheld: bool,
}

/// The sources of a draw in their order.
pub(in crate::draw) fn source_views(language: Language, plan: &Plan) -> Vec<SourceView> {
    let view = |source| SourceView::of(language, plan, source);
    plan.sources.iter().map(view).collect()
}

impl SourceView {
    fn of(language: Language, plan: &Plan, source: &PlanSource) -> SourceView {
        let withheld = source.is_withheld();
        let frozen = matches!(plan.stage, DrawStage::Frozen | DrawStage::Drawn);
        let issue = match &source.kind {
            SourceKind::Numbers(issue) => Some(issue),
            SourceKind::Drand(_) | SourceKind::Commit(_) => None,
        };
        SourceView {
            position: source.position,
            kind: match source.kind {
                SourceKind::Drand(_) => "drand",
                SourceKind::Numbers(_) => "numbers",
                SourceKind::Commit(_) => "commit",
            },
            words: source_words(language, source),
            which: issue.map(|issue| issue.which.pick(language).to_owned()),
            due_at: source.due().map(|due| due.0),
            value: source.value.as_deref().map(|value| shown(source, value)),
            typed: source
                .typed
                .as_ref()
                .filter(|_| frozen && source.value.is_none())
                .map(|typed| typed.value.clone()),
            trouble: beacon_trouble(language, &source.trouble),
            file: (source.drand().is_none() && source.value.is_some() && !withheld)
                .then(|| source.file_name()),
            withheld,
        }
    }
}

/// A value as people compare it: the round's randomness, the numbers.
fn shown(source: &PlanSource, value: &str) -> String {
    match source.kind {
        SourceKind::Drand(_) => Beacon::parse_json(value).map_or_else(
            |_| String::new(),
            |beacon| sha256(&beacon.signature).to_string(),
        ),
        SourceKind::Numbers(_) | SourceKind::Commit(_) => value.to_owned(),
    }
}

/// A source in words.
pub(in crate::draw) fn source_words(language: Language, source: &PlanSource) -> String {
    match &source.kind {
        SourceKind::Drand(round) => {
            let args = [
                ("chain", round.chain.name.into()),
                ("round", round.round.to_string().into()),
            ];
            text::message(language, "draw-source-drand", &args)
        }
        SourceKind::Numbers(issue) => {
            let args = [
                ("game", issue.game_name(language).into()),
                ("number", issue.number.clone().into()),
            ];
            text::message(language, "draw-source-numbers", &args)
        }
        SourceKind::Commit(_) => text::message(language, "draw-source-commit", &[]),
    }
}

/// All sources of a draw as one phrase.
pub(in crate::draw) fn sources_words(language: Language, plan: &Plan) -> String {
    let mut words = plan
        .sources
        .iter()
        .map(|source| source_words(language, source));
    let first = words.next().unwrap_or_default();
    words.fold(first, |before, next| {
        let args = [("before", before.into()), ("next", next.into())];
        text::message(language, "draw-sources-joined", &args)
    })
}
