//! Reads source files as far as the rules need it: tokens, paths, and where a file stands.
//!
//! Not a parser of Rust: comments and strings are blanked, `use` trees are unfolded, and `super` is
//! resolved. A path that starts with the name of an import is not followed; its import is.

use std::fmt;
use std::fs;
use std::path::Path;

/// A broken rule: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) what: String,
    pub(crate) advice: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}. {}",
            self.path, self.line, self.what, self.advice
        )
    }
}

/// A file with its path from the top of the project.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// An identifier or a sign, and the line it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// A path such as `crate::vault::seal`, resolved and without its root (`["vault", "seal"]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    /// `crate` for our own, else the name of the crate (`std`).
    pub(crate) root: String,
    pub(crate) segments: Vec<String>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    pub(crate) fn finding(&self, line: usize, what: String, advice: &'static str) -> Finding {
        Finding {
            path: self.path.clone(),
            line,
            what,
            advice,
        }
    }

    /// The parts of the path without the ending: `src/entry/store.rs` is `["src", "entry", "store"]`.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.path.trim_end_matches(".rs").split('/').collect()
    }

    /// Identifiers and signs, without comments and the insides of strings.
    pub(crate) fn tokens(&self) -> Vec<Token> {
        tokens(&without(&self.text, Blank::CommentsAndStrings))
    }

    /// The text without comments.
    pub(crate) fn without_comments(&self) -> String {
        without(&self.text, Blank::Comments)
    }

    /// Every path that starts with `crate`, `super`, `self` or `std`.
    pub(crate) fn named(&self) -> Vec<Named> {
        let mut module: Vec<String> = self.parts().into_iter().skip(1).map(String::from).collect();
        if matches!(
            module.last().map(String::as_str),
            Some("mod" | "lib" | "main")
        ) {
            module.pop();
        }
        let tokens = self.tokens();
        let mut named = Vec::new();
        let mut depth = 0;
        let mut inner: Vec<usize> = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let text = |offset: usize| tokens.get(at + offset).map(|t| t.text.as_str());
            let continues = text(1) == Some("::");
            let begins = at == 0 || tokens[at - 1].text != "::";
            match token.text.as_str() {
                "mod" if text(2) == Some("{") => {
                    module.push(tokens[at + 1].text.clone());
                    inner.push(depth);
                }
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if inner.last() == Some(&depth) {
                        inner.pop();
                        module.pop();
                    }
                }
                root @ ("crate" | "super" | "self" | "std") if continues && begins => {
                    let (root, start) = match root {
                        "std" => ("std", Vec::new()),
                        "crate" => ("crate", Vec::new()),
                        "self" => ("crate", module.clone()),
                        _ => ("crate", parent(&module)),
                    };
                    at = unfold(&tokens, at + 2, root, start, &mut named);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        named
    }
}

fn parent(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

/// Follows a path from the token after `::`; returns the first token behind it.
fn unfold(
    tokens: &[Token],
    mut at: usize,
    root: &str,
    mut segments: Vec<String>,
    named: &mut Vec<Named>,
) -> usize {
    while let Some(token) = tokens.get(at) {
        if token.text == "{" {
            at += 1;
            while tokens.get(at).is_some_and(|t| t.text != "}") {
                let before = at;
                at = unfold(tokens, at, root, segments.clone(), named);
                // `as name` and commas lie between the branches of a tree.
                if at == before || tokens.get(at).is_some_and(|t| t.text == ",") {
                    at += 1;
                }
            }
            return at + 1;
        }
        if !is_word(&token.text) && token.text != "*" {
            return at;
        }
        match token.text.as_str() {
            "super" => segments = parent(&segments),
            "self" => {}
            word => segments.push(word.to_owned()),
        }
        let goes_on = tokens.get(at + 1).is_some_and(|t| t.text == "::");
        if !goes_on || tokens.get(at + 2).is_some_and(|t| t.text == "<") {
            named.push(Named {
                line: token.line,
                root: root.to_owned(),
                segments,
            });
            let renamed = tokens.get(at + 1).is_some_and(|t| t.text == "as");
            return at + if renamed { 3 } else { 1 };
        }
        at += 2;
    }
    at
}

pub(crate) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, behind) = rest.split_at(length);
            found.push(Token {
                line: index + 1,
                text: token.to_owned(),
            });
            rest = behind.trim_start();
        }
    }
    found
}

#[derive(Clone, Copy, PartialEq)]
enum Blank {
    Comments,
    CommentsAndStrings,
}

/// The text with comments (and the insides of strings) as spaces; lines stay where they are.
fn without(text: &str, blank: Blank) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let comment = comment_length(rest);
        let literal = if comment == 0 {
            literal_length(rest)
        } else {
            0
        };
        let length = comment.max(literal).max(first.len_utf8());
        let (part, behind) = rest.split_at(length);
        let hide = comment > 0 || literal > 0 && blank == Blank::CommentsAndStrings;
        if hide {
            kept.extend(part.chars().map(|c| if c == '\n' { c } else { ' ' }));
        } else {
            kept.push_str(part);
        }
        rest = behind;
        // `r` and `b` begin a literal only where no word goes on.
        if first.is_alphanumeric() && literal == 0 {
            let word = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(rest.len());
            kept.push_str(&rest[..word]);
            rest = &rest[word..];
        }
    }
    kept
}

fn comment_length(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if !text.starts_with("/*") {
        return 0;
    }
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a string, raw string, byte string or character that begins here; else 0.
fn literal_length(text: &str) -> usize {
    let prefix = text.len() - text.trim_start_matches(['b', 'c', 'r']).len();
    if prefix > 2 {
        return 0;
    }
    let (before, body) = text.split_at(prefix);
    let hashes = body.len() - body.trim_start_matches('#').len();
    if body[hashes..].starts_with('"') && (hashes == 0 || before.contains('r')) {
        if before.contains('r') {
            let end = format!("\"{}", "#".repeat(hashes));
            let inside = &body[hashes + 1..];
            let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
            return prefix + hashes + 1 + length;
        }
        return prefix + quoted_length(body, '"');
    }
    let mut ahead = body.chars().skip(1);
    let is_character = body.starts_with('\'')
        && matches!(
            (ahead.next(), ahead.next()),
            (Some('\\'), _) | (Some(_), Some('\''))
        );
    if is_character && prefix <= 1 {
        return prefix + quoted_length(body, '\'');
    }
    0
}

fn quoted_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// Files below the given folders of the project whose names end so, in order of their paths.
pub(crate) fn files(folders: &[&str], endings: &[&str]) -> Vec<Source> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut waiting: Vec<_> = folders.iter().map(|folder| top.join(folder)).collect();
    while let Some(path) = waiting.pop() {
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, "node_modules" | "target") {
                let entries = fs::read_dir(&path).expect("folders of the project can be listed");
                waiting.extend(entries.flatten().map(|entry| entry.path()));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending))
            && let Ok(text) = fs::read_to_string(&path)
        {
            let path = path.strip_prefix(top).expect("it was found below the top");
            found.push(Source::new(&path.to_string_lossy(), &text));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}
