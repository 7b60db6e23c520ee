//! Views of the general privacy policy.
//!
//! Not here: the policy itself ([`crate::policy::general`]).

use serde::Serialize;

use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::policy::general::diff;
use crate::policy::general::{self, Version};
use crate::policy::wire::general::{BlockView, compared};

/// One version with its text.
#[derive(Serialize)]
pub(in crate::portal) struct PolicyView {
    row: PolicyRow,
    /// Markdown.
    body: String,
    change: String,
    hosts: Vec<String>,
    governs: Vec<String>,
    hash: String,
    /// Whether the text is as it was published.
    whole: bool,
    /// The version before; 0 for the first.
    before: i64,
}

impl PolicyView {
    /// A version, `all` of them beside it.
    pub(in crate::portal) fn of(
        language: Language,
        version: &Version,
        all: &[Version],
        now: Timestamp,
    ) -> PolicyView {
        PolicyView {
            row: PolicyRow::of(language, version, all, now),
            body: version.body.pick(language).to_owned(),
            change: version.change.pick(language).to_owned(),
            hosts: version.scope.hosts.clone(),
            governs: part_names(language, version),
            hash: version.hash.to_string(),
            whole: !general::altered(all).contains(&version.number),
            before: version.number - 1,
        }
    }
}

fn part_names(language: Language, version: &Version) -> Vec<String> {
    let parts = version.scope.parts.iter();
    parts
        .map(|part| text::message(language, part.message_id(), &[]))
        .collect()
}

/// One version in a list.
#[derive(Serialize)]
pub(in crate::portal) struct PolicyRow {
    number: i64,
    /// `current`, `coming` or `past`.
    state: &'static str,
    major: bool,
    published_at: i64,
    effective_at: i64,
    change: String,
}

impl PolicyRow {
    pub(in crate::portal) fn of(
        language: Language,
        version: &Version,
        all: &[Version],
        now: Timestamp,
    ) -> PolicyRow {
        let in_force = all.iter().rfind(|each| each.effective_at <= now);
        let state = match in_force {
            Some(current) if current.number == version.number => "current",
            _ if version.effective_at > now => "coming",
            _ => "past",
        };
        PolicyRow {
            number: version.number,
            state,
            major: version.is_major(),
            published_at: version.published_at.0,
            effective_at: version.effective_at.0,
            change: version.change.pick(language).to_owned(),
        }
    }
}

/// `/privacy/versions`, the latest first.
#[derive(Serialize)]
pub(in crate::portal) struct VersionsView {
    pub(in crate::portal) rows: Vec<PolicyRow>,
    /// Numbers of those that are not as they were published.
    pub(in crate::portal) altered: Vec<i64>,
}

/// `/privacy/compare`.
#[derive(Serialize)]
pub(in crate::portal) struct CompareView {
    from: i64,
    to: i64,
    /// Numbers to choose from.
    choices: Vec<Choice>,
    change: String,
    blocks: Vec<BlockView>,
    /// How many blocks changed.
    changed: usize,
}

#[derive(Serialize)]
struct Choice {
    value: i64,
    label: String,
}

impl CompareView {
    pub(in crate::portal) fn of(
        language: Language,
        (old, new): (&Version, &Version),
        all: &[Version],
    ) -> CompareView {
        let blocks = compared(diff::compare(&whole(language, old), &whole(language, new)));
        let choices = all.iter().map(|each| Choice {
            value: each.number,
            label: text::message(language, "policy-named", &[("version", each.number.into())]),
        });
        CompareView {
            from: old.number,
            to: new.number,
            choices: choices.collect(),
            change: match old.number < new.number {
                true => new.change.pick(language).to_owned(),
                false => String::new(),
            },
            changed: blocks.iter().filter(|block| block.changed).count(),
            blocks,
        }
    }
}

/// The text with what it governs, since that may change as well.
fn whole(language: Language, version: &Version) -> String {
    let say = |id: &str| text::message(language, id, &[]);
    let line = |id: &str, names: Vec<String>| match names.is_empty() {
        true => String::new(),
        false => {
            let names = names.join(&say("policy-and"));
            format!("{}{}{names}\n\n", say(id), say("policy-colon"))
        }
    };
    let mut whole = line("policy-hosts", version.scope.hosts.clone());
    whole.push_str(&line("policy-parts", part_names(language, version)));
    whole.push_str(version.body.pick(language));
    whole
}
