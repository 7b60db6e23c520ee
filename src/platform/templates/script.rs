//! Joins modules of `static/` into one classic script, for a page that is opened as a file: a
//! browser does not load modules from there.
//!
//! Invariant: the script holds each module once, after everything it imports. It relies on what
//! `tests/browser` checks of the modules: imports of names only, no renaming, no name twice.

use super::assets;

/// The module `name` of `static/` and all that it imports, as one script.
///
/// A module that does not exist is left out; the browser tests run what comes out.
pub fn one_script(name: &str) -> String {
    let mut script = String::from("(() => {\n\"use strict\";\n");
    for name in modules(name) {
        let text = source(&name).unwrap_or_default();
        script.push_str(&format!("\n// ---- {name}\n"));
        let mut inside_import = false;
        for line in text.lines() {
            inside_import |= line.starts_with("import ");
            if inside_import {
                inside_import = !line.ends_with(';');
                continue;
            }
            script.push_str(line.strip_prefix("export ").unwrap_or(line));
            script.push('\n');
        }
    }
    script + "})();\n"
}

/// The names of a module and of all that it imports, each after its own imports.
pub fn modules(name: &str) -> Vec<String> {
    let mut names = Vec::new();
    collect(name, &mut names);
    names
}

fn collect(name: &str, names: &mut Vec<String>) {
    let Some(text) = source(name) else { return };
    for import in imports(name, &text) {
        if !names.contains(&import) {
            collect(&import, names);
        }
    }
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

fn source(name: &str) -> Option<String> {
    let bytes = assets::bytes(name)?;
    String::from_utf8(bytes.into_owned()).ok()
}

/// The modules that `text` imports, by their names in `static/`.
fn imports(name: &str, text: &str) -> Vec<String> {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    text.lines()
        .filter_map(|line| line.split_once(" from \"./")?.1.strip_suffix("\";"))
        .map(|path| format!("{folder}/{path}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_module_comes_once_and_after_what_it_imports() {
        let names = modules("js/verify-page.mjs");
        assert_eq!(names.last().map(String::as_str), Some("js/verify-page.mjs"));
        let mut seen = BTreeSet::new();
        for name in &names {
            let text = source(name).expect("the module exists");
            let missing = imports(name, &text)
                .into_iter()
                .find(|import| !seen.contains(import));
            assert_eq!(missing, None, "{name}");
            assert!(seen.insert(name.clone()), "{name} twice");
        }
        assert!(seen.contains("js/verify/sha256.mjs"));
    }

    #[test]
    fn one_script_has_no_imports_exports_or_ends_of_a_script() {
        let script = one_script("js/verify-page.mjs");
        let stray = script
            .lines()
            .find(|line| line.starts_with("import ") || line.starts_with("export "));
        assert_eq!(stray, None);
        assert!(!script.contains("</script") && !script.contains("<!--"));
        assert!(script.starts_with("(() => {") && script.ends_with("})();\n"));
    }
}
