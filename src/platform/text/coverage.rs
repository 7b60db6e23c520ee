//! Tests that messages, templates and code agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{Language, sources};

/// Id (`name` or `name.attribute`) and the variables of its text, in one language.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for (file, source) in sources(language) {
        let mut name = String::new();
        let mut id = String::new();
        for line in source.lines() {
            if line.starts_with('#') {
                continue;
            }
            if let Some((left, right)) = line.split_once('=') {
                let left = left.trim_end();
                let starts = |c: char| c.is_ascii_lowercase();
                if line.starts_with(starts) {
                    left.clone_into(&mut name);
                    id.clone_from(&name);
                } else if let Some(attribute) = left.trim_start().strip_prefix('.') {
                    id = format!("{name}.{attribute}");
                }
                if line.starts_with(starts) || left.trim_start().starts_with('.') {
                    let fresh = found.insert(id.clone(), BTreeSet::new()).is_none();
                    assert!(fresh, "{file}: {id} is there twice");
                    // A message that has only attributes has no text of its own.
                    if right.trim().is_empty() && line.starts_with(starts) {
                        found.remove(&id);
                        found.insert(id.clone(), BTreeSet::new());
                    }
                }
            }
            let variables: &mut BTreeSet<String> = found.entry(id.clone()).or_default();
            for rest in line.split('$').skip(1) {
                let end = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
                    .unwrap_or(rest.len());
                // "NT$500" names no variable.
                if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
                    variables.insert(rest[..end].to_owned());
                }
            }
        }
    }
    found.remove("");
    found
}

/// Every file under a folder of the repository whose name ends so: path and text.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<(String, String)>) {
        let entries = fs::read_dir(folder).expect("the folder can be read");
        for entry in entries {
            let path = entry.expect("the entry can be read").path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if name.ends_with(ending) {
                let text = fs::read_to_string(&path).expect("the file is UTF-8");
                found.push((name, text));
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    walk(&root.join(folder), ending, &mut found);
    found
}

/// Texts between double quotes; what lies between two of them is taken too, which does no harm.
fn quoted(source: &str) -> impl Iterator<Item = &str> {
    source.lines().flat_map(|line| line.split('"'))
}

#[test]
fn both_languages_say_the_same_things() {
    let (zh, en) = (messages(Language::ZhTw), messages(Language::En));
    for (id, variables) in &zh {
        let other = en
            .get(id)
            .unwrap_or_else(|| panic!("{id} is missing in English"));
        assert_eq!(variables, other, "the variables of {id}");
    }
    for id in en.keys() {
        assert!(zh.contains_key(id), "{id} is missing in Chinese");
    }
    assert!(zh.len() > 40);
}

#[test]
fn messages_hold_no_markup_and_no_shouting() {
    for language in Language::ALL {
        for (file, source) in sources(language) {
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                let text = line.replace("->", "");
                for sign in ['<', '>', '&', '!', '！', '你', '台'] {
                    assert!(!text.contains(sign), "{sign} in {file}: {line}");
                }
            }
        }
    }
}

#[test]
fn what_templates_ask_for_exists_and_nothing_is_left_over() {
    let known = messages(Language::ZhTw);
    let templates = files("templates", ".j2");
    for (name, source) in &templates {
        for rest in source.split("t(\"").skip(1) {
            let id = rest.split('"').next().unwrap_or("");
            let is_ours = id.contains('-') && !id.contains([' ', '/']);
            assert!(!is_ours || known.contains_key(id), "{name} asks for {id}");
        }
    }
    let code = files("src", ".rs");
    let used: BTreeSet<String> = templates
        .iter()
        .chain(&code)
        .flat_map(|(_, source)| quoted(source))
        .map(|text| text.replace(['.', '_'], "-"))
        .collect();
    for id in known.keys() {
        // An attribute is used with its message.
        let name = id.split('.').next().unwrap_or(id);
        // Words of an act in the record, or of a purpose, are asked for by its code.
        let by_code = ["audit-act-", "entry-opened-for-"];
        let code = by_code.iter().find_map(|start| name.strip_prefix(start));
        let asked = used.contains(code.unwrap_or(name)) || used.contains(&id.replace('.', "-"));
        assert!(asked, "nobody uses the message {id}");
    }
}

/// Whether a text is the code of an act, such as `purge.certified`.
fn is_code(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    text.contains('.') && text.chars().all(is_part)
}

#[test]
fn every_act_in_the_record_has_words() {
    let known = messages(Language::ZhTw);
    let mut acts = 0;
    for (name, source) in files("src", ".rs") {
        let recorded = source.lines().map(str::trim_start).filter(|line| {
            let line = line
                .trim_start_matches("super::")
                .trim_start_matches("draft::");
            let starts = ["act: \"", "record(", "note(tx, ", "touched("];
            starts.iter().any(|start| line.starts_with(start))
        });
        for act in recorded.flat_map(quoted).filter(|text| is_code(text)) {
            let id = format!("audit-act-{}", act.replace(['.', '_'], "-"));
            assert!(known.contains_key(&id), "{name} records {act} without {id}");
            acts += 1;
        }
    }
    assert!(
        acts > 20,
        "the acts are still found by how they are written"
    );
}
