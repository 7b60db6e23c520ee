//! What the law wants published about personal data: who holds what, why and until when, what was
//! erased, and every notice that a form showed.
//!
//! Invariant: everything here is read from what the program obeys; nothing personal is near it.
//!
//! Not here: requests of people ([`crate::rights`]) and a person's own entry ([`crate::entry`]).

use std::sync::Arc;

use rocket::{Route, State, get, routes};

use crate::activity::{self, Facts, Stage};
use crate::custody::disclosure::Ground;
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::page::Page;
use crate::policy::register::{self, File};
use crate::policy::retention::{self, Class};
use crate::policy::wire::{ChangeRow, ProcessorRow, class_rows};
use crate::policy::{codes, general, versions};
use crate::portal::wire::general::{PolicyRow, PolicyView};
use crate::portal::wire::statute::{
    ActivityFileRow, ComingRow, FileRow, Holder, LogsView, NoticeView, PrivacyView, PurgedRow,
    PurgesView, RegisterView, RetentionView, lasting,
};
use crate::portal::{Error, show};
use crate::purge::{self, Step};

/// The pages; paths without language.
pub(super) fn routes() -> Vec<Route> {
    routes![
        index,
        file_register,
        calendar,
        purges,
        logs,
        notice,
        notice_version
    ]
}

/// Stages in which an activity still has data of people.
const HOLDING: [Stage; 5] = [
    Stage::Open,
    Stage::Closed,
    Stage::Drawn,
    Stage::Notified,
    Stage::Cancelled,
];
/// How many coming purges the first page names.
const NEXT: usize = 5;

/// Activities whose data is still to go, the next one first.
fn to_come(tx: &mut Tx) -> Result<Vec<Facts>, Error> {
    let mut coming = activity::list(tx, &HOLDING)?;
    coming.retain(|facts| purge::due_at(facts).is_some());
    coming.sort_by_key(|facts| facts.purges_at);
    Ok(coming)
}

#[get("/privacy")]
async fn index(lang: Language, db: &State<Db>, config: &State<Arc<Config>>) -> AppResult<Page> {
    let config = Arc::clone(config);
    let view = db
        .read_public("read privacy page", move |tx| {
            let coming = to_come(tx)?;
            let next = coming.iter().take(NEXT);
            let all = general::all(tx)?;
            let standing = general::standing(tx)?;
            let policy = standing.current.as_ref();
            Ok::<_, Error>(PrivacyView {
                policy: policy.map(|current| PolicyView::of(lang, current, &all, tx.now())),
                policies_coming: standing
                    .coming
                    .iter()
                    .map(|each| PolicyRow::of(lang, each, &all, tx.now()))
                    .collect(),
                holder: Holder::of(lang, &config),
                rows: class_rows(tx, lang, &config)?,
                coming: next.map(|facts| ComingRow::of(lang, facts)).collect(),
                purged: finished(tx)?,
                benefits: Ground::GovernmentBenefit.is_open(&config),
            })
        })
        .await?;
    Ok(Page::new(lang, "portal/privacy", view))
}

fn finished(tx: &mut Tx) -> Result<usize, Error> {
    let purges = purge::list(tx)?;
    Ok(purges.iter().filter(|each| each.step == Step::Done).count())
}

#[get("/privacy/retention")]
async fn calendar(lang: Language, db: &State<Db>, config: &State<Arc<Config>>) -> AppResult<Page> {
    let config = Arc::clone(config);
    let view = db
        .read_public("read periods", move |tx| {
            let changes = retention::changes(tx)?;
            Ok::<_, Error>(RetentionView {
                rows: class_rows(tx, lang, &config)?,
                lasting: lasting(lang),
                changes: changes
                    .iter()
                    .map(|each| ChangeRow::of(lang, each))
                    .collect(),
                coming: to_come(tx)?
                    .iter()
                    .map(|facts| ComingRow::of(lang, facts))
                    .collect(),
            })
        })
        .await?;
    Ok(Page::new(lang, "portal/retention", view))
}

#[get("/privacy/register")]
async fn file_register(
    lang: Language,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let config = Arc::clone(config);
    let view = db
        .read_public("read file register", move |tx| {
            let mut files = Vec::new();
            for file in File::ALL {
                let days = match file.class() {
                    Some(class) => Some(retention::held(tx, class, &config)?),
                    None => None,
                };
                files.push(FileRow::of(lang, file, days));
            }
            let mut activities = Vec::new();
            for facts in to_come(tx)? {
                let asked = activity::asked_fields(tx, &facts.id)?;
                let codes = codes::of(tx, &facts.id, facts.kind)?;
                activities.push(ActivityFileRow::of(lang, &facts, &asked, &codes));
            }
            let processors = register::processors(tx)?;
            Ok::<_, Error>(RegisterView {
                holder: Holder::of(lang, &config),
                files,
                activities,
                processors: processors
                    .iter()
                    .map(|each| ProcessorRow::of(lang, each))
                    .collect(),
            })
        })
        .await?;
    Ok(Page::new(lang, "portal/register", view))
}

#[get("/privacy/purges")]
async fn purges(lang: Language, db: &State<Db>) -> AppResult<Page> {
    let view = db
        .read("list purges", move |tx| {
            let mut view = PurgesView {
                running: Vec::new(),
                done: Vec::new(),
            };
            for purge in purge::list(tx)? {
                let facts = activity::by_id(tx, &purge.activity)?;
                let row = PurgedRow::of(lang, &facts, &purge);
                match purge.step {
                    Step::Done => view.done.push(row),
                    _ => view.running.push(row),
                }
            }
            Ok::<_, Error>(view)
        })
        .await?;
    Ok(Page::new(lang, "portal/purges", view))
}

#[get("/privacy/logs")]
async fn logs(lang: Language, db: &State<Db>, config: &State<Arc<Config>>) -> AppResult<Page> {
    let config = Arc::clone(config);
    let days = db
        .read("read period", move |tx| {
            retention::held(tx, Class::AccessLog, &config)
        })
        .await?;
    let view = LogsView::of(lang, days);
    Ok(Page::new(lang, "portal/logs", view))
}

#[get("/a/<slug>/privacy")]
async fn notice(lang: Language, slug: &str, db: &State<Db>) -> AppResult<Page> {
    let view = notice_view(lang, db, slug, None).await?;
    Ok(Page::new(lang, "portal/notice", view))
}

#[get("/a/<slug>/privacy/<version>")]
async fn notice_version(
    lang: Language,
    slug: &str,
    version: i64,
    db: &State<Db>,
) -> AppResult<Page> {
    let view = notice_view(lang, db, slug, Some(version)).await?;
    Ok(Page::new(lang, "portal/notice", view))
}

/// A notice of an activity: the one of this number, or the last.
async fn notice_view(
    lang: Language,
    db: &Db,
    slug: &str,
    version: Option<i64>,
) -> Result<NoticeView, Error> {
    let slug = slug.to_owned();
    db.read("read notice", move |tx| {
        let facts = show(tx, &slug)?.listed.facts;
        let all = versions::all(tx, &facts.id)?;
        let wanted = version.or(all.last().map(|last| last.version));
        let shown = all.iter().find(|each| Some(each.version) == wanted);
        let shown = shown.ok_or(Error::Unpublished)?;
        Ok(NoticeView::of(lang, &facts, &all, shown))
    })
    .await
}
