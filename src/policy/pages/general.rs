//! Staff pages of the general policy: writing the next version, looking at it, publishing it.
//!
//! Invariant: nothing leads from here to a published version but adding one.
//!
//! Not here: what everybody reads ([`crate::portal`]).

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use crate::account::guard::{Confirmed, PrivacyOfficer};
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::policy::Error;
use crate::policy::general::audience::Audiences;
use crate::policy::general::board::Board;
use crate::policy::general::{self, Draft};
use crate::policy::wire::general::{
    GeneralView, PreviewView, Telling, publish_mistake, read_text, save_mistake,
};

const HERE: &str = "/admin/policy";
const PREVIEW: &str = "/admin/policy/preview";

pub(super) fn routes() -> Vec<Route> {
    routes![show, save, preview, publish, publish_without_form]
}

async fn view(
    lang: Language,
    db: &Db,
    audiences: &Audiences,
    written: Option<Draft>,
    mistakes: Mistakes,
) -> Result<GeneralView, Error> {
    let audiences = audiences.clone();
    db.read("read policy", move |tx| {
        let all = general::all(tx)?;
        let mut tellings = Vec::new();
        for version in all.iter().rev().filter(|version| version.is_major()) {
            for audience in audiences.iter() {
                let told = audience.told(tx, version.number)?;
                tellings.push(Telling::of(version, audience.name(lang), told));
            }
        }
        let draft = match written {
            Some(written) => written,
            None => general::draft(tx)?,
        };
        let altered = general::altered(&all);
        Ok(GeneralView::of(
            lang,
            (&all, tx.now()),
            &draft,
            tellings,
            altered,
            mistakes,
        ))
    })
    .await
}

#[get("/admin/policy")]
async fn show(
    lang: Language,
    _officer: PrivacyOfficer,
    db: &State<Db>,
    audiences: &State<Audiences>,
) -> AppResult<Page> {
    let view = view(lang, db, audiences, None, Mistakes::new()).await?;
    Ok(Page::new(lang, "policy/general", view).no_store())
}

#[post("/admin/policy", data = "<form>")]
async fn save(
    lang: Language,
    officer: PrivacyOfficer,
    form: FormFields,
    db: &State<Db>,
    audiences: &State<Audiences>,
) -> AppResult<Reply> {
    let by = officer.0.id.clone();
    let mut revision: i64 = form.value("revision").parse().unwrap_or(-1);
    if form.value("do") == "discard" {
        let mut mistakes = Mistakes::new();
        if form.has("discard_sure") {
            let discard = move |tx: &mut Tx<'_>| general::discard(tx, &by, revision);
            match db.write("discard draft of policy", discard).await {
                Ok(()) => return Ok(Reply::done(lang, HERE)),
                Err(Error::Moved) => {
                    let words = text::message(lang, "policy-draft-moved", &[]);
                    mistakes.add("discard_sure", words);
                }
                Err(error) => return Err(error.into()),
            }
        } else {
            let words = text::message(lang, "policy-discard-unsure", &[]);
            mistakes.add("discard_sure", words);
        }
        let view = view(lang, db, audiences, None, mistakes).await?;
        return Ok(Page::new(lang, "policy/general", view).again().into());
    }
    let (text, mut mistakes) = read_text(lang, &form);
    if mistakes.is_empty() {
        let written = text.clone();
        let saved = db
            .write("save draft of policy", move |tx| {
                general::save(tx, &by, revision, written.clone())
            })
            .await;
        match saved {
            Ok(_) if form.value("do") == "preview" => return Ok(Reply::go(lang, PREVIEW)),
            Ok(_) => return Ok(Reply::done(lang, HERE)),
            Err(error) => {
                let (field, words) = save_mistake(lang, error)?;
                mistakes.add(field, words);
                // Whoever has read that saves over what is there now.
                revision = db
                    .read("read draft of policy", general::draft)
                    .await?
                    .revision;
            }
        }
    }
    let written = Draft { text, revision };
    let view = view(lang, db, audiences, Some(written), mistakes).await?;
    Ok(Page::new(lang, "policy/general", view).again().into())
}

async fn preview_view(
    lang: Language,
    db: &Db,
    audiences: &Audiences,
    mistakes: Mistakes,
) -> Result<PreviewView, Error> {
    let names: Vec<String> = audiences.iter().map(|each| each.name(lang)).collect();
    db.read("read draft of policy", move |tx| {
        let last = general::all(tx)?.pop().ok_or(Error::Unknown)?;
        let draft = general::draft(tx)?;
        Ok(PreviewView::of(
            lang,
            &last,
            &draft,
            tx.now(),
            names,
            mistakes,
        ))
    })
    .await
}

#[get("/admin/policy/preview")]
async fn preview(
    lang: Language,
    _officer: PrivacyOfficer,
    db: &State<Db>,
    audiences: &State<Audiences>,
) -> AppResult<Page> {
    let view = preview_view(lang, db, audiences, Mistakes::new()).await?;
    Ok(Page::new(lang, "policy/preview", view).no_store())
}

#[get("/admin/policy/publish")]
fn publish_without_form(lang: Language, _officer: PrivacyOfficer) -> Reply {
    Reply::go(lang, PREVIEW)
}

#[post("/admin/policy/publish", data = "<form>")]
async fn publish(
    lang: Language,
    officer: PrivacyOfficer,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    board: &State<Arc<Board>>,
    audiences: &State<Audiences>,
) -> AppResult<Reply> {
    let mut mistakes = Mistakes::new();
    if form.value("sure") == "yes" {
        let revision: i64 = form.value("revision").parse().unwrap_or(-1);
        let by = officer.0.id.clone();
        let published = db
            .write("publish policy", move |tx| {
                general::publish(tx, &by, revision)
            })
            .await;
        match published {
            Ok(_) => {
                let (db, board) = (Db::clone(db), Arc::clone(board));
                let looked = tokio::task::spawn_blocking(move || board.look(&db)).await;
                if !matches!(looked, Ok(Ok(()))) {
                    tracing::warn!("pages show the new version of the policy a little later");
                }
                return Ok(Reply::done(lang, HERE));
            }
            Err(error) => mistakes.add("sure", publish_mistake(lang, error)?),
        }
    } else {
        mistakes.add("sure", text::message(lang, "policy-sure-missing", &[]));
    }
    let view = preview_view(lang, db, audiences, mistakes).await?;
    Ok(Page::new(lang, "policy/preview", view)
        .again()
        .at(PREVIEW)
        .into())
}
