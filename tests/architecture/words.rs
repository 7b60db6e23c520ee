//! Names of files, promises to come back later, messages in both languages, and links in documents.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::source::{Finding, Source, is_word};

/// Names that say nothing about what a file is.
const EMPTY_NAMES: [&str; 8] = [
    "util", "utils", "helper", "helpers", "manager", "common", "service", "misc",
];

/// A file is named after what it holds.
pub(crate) fn file_name(source: &Source) -> Vec<Finding> {
    let empty = source
        .parts()
        .into_iter()
        .find(|part| EMPTY_NAMES.contains(part));
    empty
        .map(|name| {
            source.finding(
                1,
                format!("a file or folder is called {name}"),
                "Name it after what it holds, in a word of docs/glossary.md",
            )
        })
        .into_iter()
        .collect()
}

/// Work that is left is an issue with a number; a test runs or does not exist.
pub(crate) fn left_overs(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        for word in [concat!("TO", "DO"), concat!("FIX", "ME")] {
            for (at, _) in line.match_indices(word) {
                let numbered = line[at + word.len()..]
                    .strip_prefix("(#")
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
                if !numbered {
                    findings.push(source.finding(
                        index + 1,
                        format!("{word} without an issue"),
                        "Write the number of the issue behind it, in brackets with #, or do it now",
                    ));
                }
            }
        }
    }
    let tokens = source.tokens();
    for three in tokens.windows(3) {
        if let [sign, bracket, word] = three
            && (
                sign.text.as_str(),
                bracket.text.as_str(),
                word.text.as_str(),
            ) == ("#", "[", "ignore")
        {
            findings.push(source.finding(
                word.line,
                "a test is ignored".to_owned(),
                "A long test takes fewer cases in `make test` and more in `make soak`",
            ));
        }
    }
    findings
}

/// The ids of the messages in a Fluent file.
fn ids(source: &Source) -> BTreeMap<&str, usize> {
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| is_word(line))
        .filter_map(|(index, line)| Some((line.split_once('=')?.0.trim(), index + 1)))
        .collect()
}

/// Every message exists in both languages, and every message that a template shows exists.
pub(crate) fn messages(locales: &[Source], templates: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut known = BTreeSet::new();
    for source in locales {
        let Some((language, file)) = source
            .path
            .strip_prefix("locales/")
            .and_then(|path| path.split_once('/'))
        else {
            continue;
        };
        let other = if language == "en" { "zh-TW" } else { "en" };
        let twin = locales
            .iter()
            .find(|twin| twin.path == format!("locales/{other}/{file}"));
        let there = twin.map(ids).unwrap_or_default();
        for (id, line) in ids(source) {
            known.insert(id);
            if !there.contains_key(id) {
                findings.push(source.finding(
                    line,
                    format!("{id} has no message in {other}"),
                    "Write it in both languages; the public reads the one you left out",
                ));
            }
        }
    }
    for source in templates {
        for (index, line) in source.text.lines().enumerate() {
            for id in shown(line) {
                let id = id.split('.').next().unwrap_or(id);
                if !known.contains(id) {
                    findings.push(source.finding(
                        index + 1,
                        format!("there is no message {id}"),
                        "Add it to the file of its domain in locales/zh-TW and locales/en",
                    ));
                }
            }
        }
    }
    findings
}

/// No message is asked for without the variables that it has: it would be shown with a hole.
pub(crate) fn holes(locales: &[Source], code: &[Source]) -> Vec<Finding> {
    let mut filled = BTreeSet::new();
    for source in locales {
        let mut message = "";
        for line in source.text.lines() {
            if is_word(line) {
                message = line.split_once('=').map_or("", |(id, _)| id.trim());
            } else if line.trim_start().starts_with('.') {
                // An attribute is asked for by itself.
                message = "";
            }
            if !line.starts_with('#') && line.contains("{ $") {
                filled.insert(message);
            }
        }
    }
    let mut findings = Vec::new();
    for source in code {
        for (start, _) in source.text.match_indices("&[]") {
            let before = source.text[..start].trim_end();
            let literal = before
                .strip_suffix(',')
                .and_then(|rest| rest.trim_end().strip_suffix('"'))
                .and_then(|rest| rest.rsplit('"').next());
            if let Some(id) = literal.filter(|id| filled.contains(id)) {
                findings.push(source.finding(
                    source.text[..start].lines().count(),
                    format!("{id} is asked for without its variables"),
                    "Hand over what stands between the braces of the message",
                ));
            }
        }
    }
    findings
}

/// What stands in `t("…")` on a line of a template.
fn shown(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, call) in line.match_indices("t(\"") {
        let word_before = line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let rest = &line[at + call.len()..];
        if !word_before && let Some((id, behind)) = rest.split_once('"') {
            // `t("a" ~ b)` builds an id; the coverage test of platform::text knows those.
            if !behind.trim_start().starts_with('~') {
                found.push(id);
            }
        }
    }
    found
}

/// Relative links lead to files that exist; `exists` is asked with paths from the top.
pub(crate) fn links(source: &Source, exists: &dyn Fn(&Path) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let folder = Path::new(&source.path).parent().unwrap_or(Path::new(""));
    let mut in_code = false;
    for (index, line) in source.text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for part in line.split("](").skip(1) {
            let target = part.split([')', ' ', '#']).next().unwrap_or_default();
            let elsewhere = target.contains(':') || target.is_empty();
            if !elsewhere && !exists(&plain(&folder.join(target))) {
                findings.push(source.finding(
                    index + 1,
                    format!("the link leads to {target}, which does not exist"),
                    "Correct the link, or write the document that it promises",
                ));
            }
        }
    }
    findings
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                result.pop();
            }
            Component::CurDir => {}
            other => result.push(other),
        }
    }
    result
}
