//! Declaring tables, and showing what was published of them.

mod views;

use std::sync::Arc;

use rocket::http::{ContentType, Header};
use rocket::{Responder, Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::wire::Heading;
use crate::activity::{self, ActivityId, Facts, Stage};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

use super::declared::{self, Asked, Declared, Dimension};
use super::wire::{AnswersView, Choice, DeclareView, DeclaredRow, TableView, title};
use super::{Error, Published};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let own = routes![
        for_staff,
        for_everybody,
        json,
        csv,
        declare_page,
        declare,
        remove
    ];
    [own, views::routes()].concat()
}

/// What a page of counts shows.
struct Read {
    facts: Facts,
    asked: Asked,
    tables: Vec<Declared>,
    published: Option<Published>,
}

fn read(tx: &mut Tx, facts: Facts) -> Result<Read, Error> {
    let asked = declared::asked(tx, &facts)?;
    Ok(Read {
        tables: declared::all(tx, &asked)?,
        published: super::published(tx, &facts)?,
        asked,
        facts,
    })
}

#[get("/staff/activities/<id>/answers")]
async fn for_staff(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let read = db
        .read("read counts", move |tx| {
            let facts = activity::by_id(tx, &id)?;
            read(tx, facts)
        })
        .await?;
    let view = view(lang, &read, config, true);
    Ok(Page::new(lang, "stats/answers", view).no_store())
}

#[get("/a/<slug>/answers")]
async fn for_everybody(
    lang: Language,
    slug: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let read = of_slug(db, slug).await?;
    Ok(Page::new(
        lang,
        "stats/answers",
        view(lang, &read, config, false),
    ))
}

async fn of_slug(db: &Db, slug: &str) -> AppResult<Read> {
    let slug = slug.to_owned();
    let found = db
        .read("read counts", move |tx| {
            let facts = activity::find(tx, &slug)?;
            read(tx, facts)
        })
        .await?;
    match found.facts.stage {
        Stage::Draft => Err(AppError::not_found()),
        _ => Ok(found),
    }
}

fn view(lang: Language, read: &Read, config: &Config, for_staff: bool) -> AnswersView {
    let titles = read
        .tables
        .iter()
        .map(|table| title(lang, &read.asked, table));
    let mut view = AnswersView {
        heading: Heading::of(lang, &read.facts),
        for_staff,
        threshold: config.stat_k,
        base: config.stat_base,
        due_at: None,
        declared: Vec::new(),
        made_at: String::new(),
        source: String::new(),
        licence: String::new(),
        hash: String::new(),
        tables: Vec::new(),
    };
    match &read.published {
        Some(published) => {
            let document = &published.document;
            view.threshold = document.threshold;
            view.base = document.base;
            view.made_at.clone_from(&document.made_at);
            view.source = document.source.pick(lang).to_owned();
            view.licence.clone_from(&document.licence);
            view.hash.clone_from(&published.hash);
            let tables = document.tables.iter();
            view.tables = tables.map(|table| TableView::of(lang, table)).collect();
        }
        None => {
            view.declared = titles.collect();
            view.due_at = Some(read.facts.freezes_at.0);
        }
    }
    view
}

/// A file of open data: its bytes never change.
#[derive(Responder)]
struct OpenData {
    content: Vec<u8>,
    kind: ContentType,
    name: Header<'static>,
    open: Header<'static>,
}

impl OpenData {
    fn new(slug: &str, kind: ContentType, end: &str, content: Vec<u8>) -> OpenData {
        let name = format!("attachment; filename=\"{slug}-statistics.{end}\"");
        OpenData {
            content,
            kind,
            name: Header::new("Content-Disposition", name),
            // Anybody's page may read what everybody may have.
            open: Header::new("Access-Control-Allow-Origin", "*"),
        }
    }
}

#[get("/a/<slug>/statistics.json")]
async fn json(slug: &str, db: &State<Db>) -> AppResult<OpenData> {
    let published = of_slug(db, slug).await?.published;
    let file = published.ok_or(Error::TooEarly)?.file;
    let kind = ContentType::JSON.with_params(("charset", "utf-8"));
    Ok(OpenData::new(slug, kind, "json", file.into_bytes()))
}

#[get("/a/<slug>/statistics.csv")]
async fn csv(slug: &str, db: &State<Db>) -> AppResult<OpenData> {
    let published = of_slug(db, slug).await?.published.ok_or(Error::TooEarly)?;
    let csv = published
        .document
        .to_csv(&published.hash)
        .map_err(AppError::broken)?;
    let kind = ContentType::CSV.with_params(("charset", "utf-8"));
    Ok(OpenData::new(slug, kind, "csv", csv))
}

/// What the declaring page shows besides what is typed.
struct Draft {
    facts: Facts,
    asked: Asked,
    own: Vec<Declared>,
    all: Vec<Declared>,
}

async fn draft(db: &Db, id: &ActivityId) -> AppResult<Draft> {
    let id = id.clone();
    let found = db.read("read declared tables", move |tx| {
        let facts = activity::by_id(tx, &id)?;
        let asked = declared::asked(tx, &facts)?;
        Ok::<_, Error>(Draft {
            own: declared::declared(tx, &asked)?,
            all: declared::all(tx, &asked)?,
            asked,
            facts,
        })
    });
    Ok(found.await?)
}

fn declare_view(
    lang: Language,
    draft: &Draft,
    config: &Config,
    typed: (&str, &str),
    mistakes: Mistakes,
) -> DeclareView {
    let is_own = |table: &&Declared| draft.own.iter().any(|own| own.id == table.id);
    let words = |table: &Declared| title(lang, &draft.asked, table);
    DeclareView {
        heading: Heading::of(lang, &draft.facts),
        draft: draft.facts.stage == Stage::Draft,
        threshold: config.stat_k,
        base: config.stat_base,
        tables: draft
            .own
            .iter()
            .map(|table| DeclaredRow {
                id: table.id.clone(),
                title: words(table),
            })
            .collect(),
        by_itself: draft
            .all
            .iter()
            .filter(|table| !is_own(table))
            .map(words)
            .collect(),
        options: draft
            .asked
            .dimensions()
            .iter()
            .map(|each| Choice {
                value: each.code(),
                label: super::making::name_of(lang, &draft.asked, each),
            })
            .collect(),
        rows: typed.0.to_owned(),
        columns: typed.1.to_owned(),
        linked: draft.facts.answers_linked,
        mistakes,
    }
}

fn declare_path(id: &ActivityId) -> String {
    format!("/staff/activities/{id}/statistics")
}

#[get("/staff/activities/<id>/statistics")]
async fn declare_page(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let draft = draft(db, &ActivityId::from(id)).await?;
    let view = declare_view(lang, &draft, config, ("", ""), Mistakes::new());
    Ok(Page::new(lang, "stats/declare", view).no_store())
}

#[post("/staff/activities/<id>/statistics", data = "<form>")]
async fn declare(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (rows, columns) = (
        form.value("rows").to_owned(),
        form.value("columns").to_owned(),
    );
    let wanted = Dimension::parse(&rows).zip(match columns.as_str() {
        "" => Some(None),
        code => Dimension::parse(code).map(Some),
    });
    let flaw = match wanted {
        None => Some("stats-flaw-not-asked"),
        Some((rows, columns)) => {
            let (by, of) = (staff.0.id.clone(), id.clone());
            let declared = db.write("declare table", move |tx| {
                declared::declare(tx, &by, &of, rows.clone(), columns.clone())
            });
            declared.await?.err().map(declared::Flaw::message_id)
        }
    };
    let Some(flaw) = flaw else {
        return Ok(Reply::go(lang, &declare_path(&id)));
    };
    let mut mistakes = Mistakes::new();
    mistakes.add("rows", text::message(lang, flaw, &[]));
    let draft = draft(db, &id).await?;
    let view = declare_view(lang, &draft, config, (&rows, &columns), mistakes);
    Ok(Page::new(lang, "stats/declare", view).again().into())
}

#[post("/staff/activities/<id>/statistics/<table>/remove")]
async fn remove(
    lang: Language,
    staff: Librarian,
    id: &str,
    table: &str,
    db: &State<Db>,
) -> AppResult<Reply> {
    let (id, table) = (ActivityId::from(id), table.to_owned());
    let (by, of) = (staff.0.id.clone(), id.clone());
    db.write("remove declared table", move |tx| {
        declared::remove(tx, &by, &of, &table)
    })
    .await?;
    Ok(Reply::go(lang, &declare_path(&id)))
}
