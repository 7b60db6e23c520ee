//! Checking a draw in the visitor's own browser: the pages, the verifier's source, and the same
//! verifier as one file to take along.
//!
//! Invariant: nothing that a visitor enters on these pages reaches the server; the one file of a
//! release has the same bytes on every site, so its hash can be compared with anybody's.

use std::borrow::Cow;
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use rocket::http::ContentType;
use rocket::{Route, State, get, routes};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::draw::{self, DrawId, DrawStage, Shown};
use crate::platform::db::Db;
use crate::platform::templates::{self, TemplateError, assets, script};
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::page::Page;
use crate::vault::Vault;

use super::file::File;

/// The module that the pages start with, in `static/`.
const ENTRY: &str = "js/verify-page.mjs";
const ONE_FILE: &str = "lucky-draw-verify.html";
const PYTHON: &str = "lucky_draw_verify.py";
/// The third verifier, as it stands in the repository.
const PYTHON_SOURCE: &str = include_str!("../../../protocol/python/lucky_draw_verify.py");

pub(super) fn routes() -> Vec<Route> {
    routes![any, one, source]
}

pub(super) fn files() -> Vec<Route> {
    routes![one_file, python]
}

#[derive(Serialize)]
struct VerifyView {
    vkey: String,
    lines: usize,
    draw: Option<VerifiedDraw>,
}

/// The draw that a page is about.
#[derive(Serialize)]
struct VerifiedDraw {
    id: String,
    title: String,
    over: bool,
    due_at: i64,
}

impl VerifiedDraw {
    fn of(language: Language, shown: &Shown) -> VerifiedDraw {
        let plan = &shown.plan;
        VerifiedDraw {
            id: plan.id.to_string(),
            title: shown.facts.title.pick(language).to_owned(),
            over: matches!(plan.stage, DrawStage::Drawn | DrawStage::Cancelled),
            due_at: plan.round_time().unwrap_or(shown.facts.draws_at).0,
        }
    }
}

#[get("/verify")]
fn any(lang: Language, vault: &State<Vault>) -> Page {
    Page::new(lang, "draw/verify", view(vault, None))
}

#[get("/d/<id>/verify")]
async fn one(lang: Language, id: &str, db: &State<Db>, vault: &State<Vault>) -> AppResult<Page> {
    let id = DrawId::from(id);
    let shown = db.read("read draw", move |tx| draw::shown(tx, &id)).await?;
    let draw = VerifiedDraw::of(lang, &shown);
    Ok(Page::new(lang, "draw/verify", view(vault, Some(draw))))
}

fn view(vault: &Vault, draw: Option<VerifiedDraw>) -> VerifyView {
    let lines = sources().iter().map(|file| file.lines).sum();
    VerifyView {
        vkey: vault.vkey(),
        lines,
        draw,
    }
}

#[derive(Serialize)]
struct SourceView {
    files: Vec<SourceFile>,
    whole: Vec<SourceFile>,
    lines: usize,
}

/// One file of the verifier.
#[derive(Clone, Serialize)]
struct SourceFile {
    name: String,
    /// In `static/`, or on this site.
    address: String,
    /// The first sentence of its comment.
    about: String,
    lines: usize,
    hash: String,
}

impl SourceFile {
    fn of(name: &str, address: String, content: &[u8]) -> SourceFile {
        let text = String::from_utf8_lossy(content);
        SourceFile {
            name: name.to_owned(),
            address,
            about: first_sentence(&text),
            lines: text.lines().count(),
            hash: HEXLOWER.encode(&Sha256::digest(content)),
        }
    }
}

/// What a module says of itself first.
fn first_sentence(text: &str) -> String {
    let comment = text.lines().map_while(|line| line.strip_prefix("//"));
    let comment: Vec<&str> = comment.map(str::trim).collect();
    let comment = comment.join(" ");
    let end = comment.find(". ").map_or(comment.len(), |end| end + 1);
    comment[..end].to_owned()
}

/// The modules of the verifier, each after those it imports.
fn sources() -> Vec<SourceFile> {
    let modules = script::modules(ENTRY).into_iter();
    modules
        .filter_map(|name| {
            let content = assets::bytes(&name)?;
            let short = name.trim_start_matches("js/");
            Some(SourceFile::of(short, name.clone(), &content))
        })
        .collect()
}

#[get("/verify/source")]
fn source(lang: Language) -> AppResult<Page> {
    let files = sources();
    let one_file = whole_file().map_err(AppError::broken)?;
    let whole = [
        (ONE_FILE, one_file.as_bytes()),
        (PYTHON, PYTHON_SOURCE.as_bytes()),
    ];
    let view = SourceView {
        lines: files.iter().map(|file| file.lines).sum(),
        whole: whole
            .map(|(name, content)| SourceFile::of(name, format!("/verify/{name}"), content))
            .into(),
        files,
    };
    Ok(Page::new(lang, "draw/verify_source", view))
}

/// Sent to be kept: opened from the site, the policy of its pages would stop the script.
#[get("/verify/lucky-draw-verify.html")]
fn one_file() -> AppResult<File> {
    let content = whole_file().map_err(AppError::broken)?;
    Ok(File {
        kind: ContentType::HTML,
        name: Some(ONE_FILE.to_owned()),
        content: content.as_bytes().into(),
    })
}

#[get("/verify/lucky_draw_verify.py")]
fn python() -> File {
    File {
        kind: ContentType::new("text", "x-python"),
        name: Some(PYTHON.to_owned()),
        content: PYTHON_SOURCE.as_bytes().into(),
    }
}

/// The verifier as one HTML file: both languages, the stylesheet and all modules as one script.
fn whole_file() -> Result<Cow<'static, str>, TemplateError> {
    static RELEASED: LazyLock<Result<String, TemplateError>> = LazyLock::new(write_whole_file);
    // A debug build follows edits, as the assets do.
    if cfg!(debug_assertions) {
        return write_whole_file().map(Cow::Owned);
    }
    match &*RELEASED {
        Ok(file) => Ok(Cow::Borrowed(file)),
        Err(_) => write_whole_file().map(Cow::Owned),
    }
}

fn write_whole_file() -> Result<String, TemplateError> {
    let style = assets::bytes("site.css").unwrap_or_default();
    let style = String::from_utf8_lossy(&style);
    let mut parts = String::new();
    let mut switches = String::new();
    for language in Language::ALL {
        let tag = language.tag();
        parts += &templates::render(language, "draw/verify_file.html.j2", ())?;
        let words = text::message(language, "verify-language", &[]);
        switches += &format!(
            "<button type=\"button\" class=\"plain\" data-language=\"{tag}\" lang=\"{tag}\">{words}</button>\n"
        );
    }
    Ok(format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>lucky-draw-verify</title>\n<style>\n{style}</style>\n</head>\n<body>\n\
         <header class=\"bar\"><p class=\"buttons\">\n{switches}</p></header>\n{parts}\
         <script>\n{script}</script>\n</body>\n</html>\n",
        lang = Language::default().tag(),
        script = script::one_script(ENTRY),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_file_holds_both_languages_and_asks_no_site_for_anything() {
        let file = write_whole_file().expect("the file can be written");
        for language in Language::ALL {
            let part = format!("<main id=\"main-{0}\" data-part=\"{0}\"", language.tag());
            assert!(file.contains(&part), "{part}");
        }
        for stray in [
            "<link",
            "src=\"",
            "href=\"",
            "/assets/",
            "url(",
            "data-bundle=\"/",
        ] {
            assert!(!file.contains(stray), "{stray}");
        }
        assert_eq!(file.matches("</script").count(), 1);
        assert_eq!(
            write_whole_file().ok(),
            Some(file),
            "the same bytes each time"
        );
    }

    #[test]
    fn every_module_says_what_it_is() {
        let files = sources();
        assert!(files.len() >= 30, "{} files", files.len());
        for file in files {
            assert!(
                file.about.ends_with(['.', ':']),
                "{}: {}",
                file.name,
                file.about
            );
            assert!(file.lines > 5 && file.hash.len() == 64, "{}", file.name);
        }
    }
}
