//! Templates: one engine for pages, mails and printed letters.
//!
//! `templates/<domain>/<name>.html.j2` (escaped) or `.txt.j2` (not escaped), embedded in the
//! binary; a debug build reads them from disk, so an edit shows on reload. Undefined values are
//! errors. There is one environment per language, so that `t`, `url` and the dates need no
//! argument for it, inside macros too. Invariant: a value reaches HTML escaped unless a function
//! of this file made it.
//!
//! Functions in every template: `t(id, name=value…)`, `url(path)`, `link(path, text)`,
//! `asset(name)`, `datetime(ms)`, `within_hour(ms)`, `date(ms)`, `day(ms)`, `time(ms)`, `number(n)`,
//! `mistake(mistakes, field)`, `grouped(code)`, `markdown_html(words)`.
//!
//! Not here: requests and answers ([`crate::platform::web`]).

pub mod assets;
pub mod letterhead;
pub mod script;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::path::Path;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::platform::text::{self, Language, dates};

/// A template could not be found, read or filled.
#[derive(Debug, thiserror::Error)]
#[error("template {name}")]
pub struct TemplateError {
    name: String,
    source: Error,
}

/// Fills `name` (with its ending, `mail/notice.txt.j2`) from `context`.
pub fn render(
    language: Language,
    name: &str,
    context: impl Serialize,
) -> Result<String, TemplateError> {
    render_value(language, name, Value::from(Serde(context)))
}

/// As [`render`], for a context that is a template value already.
pub fn render_value(
    language: Language,
    name: &str,
    context: Value,
) -> Result<String, TemplateError> {
    environment(language)
        .get_template(name)
        .and_then(|template| template.render(context))
        .map_err(|source| TemplateError {
            name: name.to_owned(),
            source,
        })
}

/// The names of all templates.
pub fn names() -> impl Iterator<Item = String> {
    Sources::iter().map(|name| name.into_owned())
}

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "*.j2"]
struct Sources;

fn environment(language: Language) -> &'static Environment<'static> {
    static ZH_TW: LazyLock<Environment<'static>> = LazyLock::new(|| equip(Language::ZhTw));
    static EN: LazyLock<Environment<'static>> = LazyLock::new(|| equip(Language::En));
    match language {
        Language::ZhTw => &ZH_TW,
        Language::En => &EN,
    }
}

fn equip(language: Language) -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_formatter(write_value);
    // Debug output of an error holds the values of the page, which may be someone's name.
    env.set_debug(cfg!(test));
    env.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()
            .expect("the default delimiters are valid"),
    );
    let on_disk = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/templates"));
    if cfg!(debug_assertions) && on_disk.is_dir() {
        env.set_loader(minijinja::path_loader(on_disk));
    } else {
        env.set_auto_reload(false);
        env.set_loader(|name| {
            Ok(Sources::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()))
        });
    }
    env.add_global("lang", language.tag());
    env.add_function("t", move |id: &str, args: Kwargs| {
        translate(language, id, &args)
    });
    env.add_function("url", move |path: &str| language.url(path));
    env.add_function("link", move |path: &str, words: Value| {
        link(language, path, &words)
    });
    env.add_function("asset", assets::url);
    env.add_function("number", text::number);
    env.add_function("mistake", mistake);
    env.add_function("grouped", grouped);
    env.add_function("markdown_html", |words: &str| {
        Value::from_safe_string(text::markdown::html(words))
    });
    env.add_function("datetime", move |state: &State, ms: i64| {
        moment(state, dates::datetime(language, ms), &dates::rfc3339(ms))
    });
    env.add_function("within_hour", move |state: &State, ms: i64| {
        moment(state, dates::within_hour(language, ms), &dates::rfc3339(ms))
    });
    env.add_function("date", move |state: &State, ms: i64| {
        moment(state, dates::date(language, ms), &dates::iso_date(ms))
    });
    env.add_function("day", move |state: &State, ms: i64| {
        moment(state, dates::day(language, ms), &dates::iso_date(ms))
    });
    env.add_function("time", move |state: &State, ms: i64| {
        moment(state, dates::time(ms), &dates::rfc3339(ms))
    });
    env
}

/// As the engine does it, but `/` stays `/` (the engine escapes it too, which only makes pages
/// longer), and nothing at all is shown for `none`.
fn write_value(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(words)) if !value.is_safe() => {
            out.write_str(&escape(words)).map_err(Error::from)
        }
        _ => minijinja::escape_formatter(out, state, value),
    }
}

/// Text for HTML or XML, between tags or in a quoted attribute.
pub fn escape(words: &str) -> Cow<'_, str> {
    if !words.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(words);
    }
    let mut escaped = String::with_capacity(words.len() + 16);
    for letter in words.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

/// A message. Where an argument is HTML made by us (a date, a link), the answer is HTML too and
/// the other arguments are escaped; messages hold no markup (tested in [`text`]).
fn translate(language: Language, id: &str, args: &Kwargs) -> Result<Value, Error> {
    let mut given = Vec::new();
    let mut html = false;
    for name in args.args() {
        let value: Value = args.get(name)?;
        html |= value.is_safe();
        given.push((name, value));
    }
    let mut filled = Vec::with_capacity(given.len());
    for (name, value) in &given {
        filled.push((*name, argument(name, value, html)?));
    }
    let text = text::message(language, id, &filled);
    Ok(if html {
        Value::from_safe_string(text)
    } else {
        Value::from(text)
    })
}

fn argument<'a>(name: &str, value: &'a Value, html: bool) -> Result<text::Value<'a>, Error> {
    if value.is_undefined() || value.is_none() {
        return Err(Error::new(
            ErrorKind::UndefinedError,
            format!("t(): {name} has no value"),
        ));
    }
    if value.is_number()
        && let Some(number) = value.as_i64()
    {
        return Ok(number.into());
    }
    let words = value.to_string();
    Ok(if html && !value.is_safe() {
        escape(&words).into_owned().into()
    } else {
        words.into()
    })
}

/// A date a person reads and a machine can read too; plain words outside HTML.
fn moment(state: &State, words: String, machine: &str) -> Value {
    match state.auto_escape() {
        AutoEscape::Html => Value::from_safe_string(format!(
            "<time datetime=\"{machine}\">{}</time>",
            escape(&words)
        )),
        _ => Value::from(words),
    }
}

/// `<a>` to a page of ours, to stand inside a message: `t("entry-used", find=link("/entry", …))`.
fn link(language: Language, path: &str, words: &Value) -> Value {
    let words = words.to_string();
    Value::from_safe_string(format!(
        "<a href=\"{}\">{}</a>",
        escape(&language.url(path)),
        escape(&words)
    ))
}

/// What is wrong with `field`, or nothing; from a list of `{field, message}`.
fn mistake(mistakes: &Value, field: &str) -> Result<Value, Error> {
    for mistake in mistakes.try_iter()? {
        if mistake.get_attr("field")?.as_str() == Some(field) {
            return mistake.get_attr("message");
        }
    }
    Ok(Value::from(()))
}

/// A code in groups of four, so that it can be read aloud: `9f2c 41aa 07de`.
fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}
