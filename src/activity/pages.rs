//! Staff pages of a draft: its details and the personal fields it asks.
//!
//! Not here: questions ([`crate::survey`]), prizes and publishing ([`crate::draw`]), the overview
//! of one activity ([`crate::desk`]).

use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::external;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::policy;

use super::draft::{self, Details};
use super::eligibility;
use super::stage::Draft;
use super::wire::{self, DetailsForm, DetailsView, Heading, PrivacyView};
use super::{Activity, ActivityId, Error, Kind};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    routes![new, create, details, save, privacy, save_privacy]
}

/// How many days data may stay after the last claim.
async fn longest(db: &Db) -> Result<i64, policy::Error> {
    db.read("read retention", |tx| {
        policy::retention::days(tx, policy::retention::Class::Entries)
    })
    .await
}

#[get("/staff/activities/new?<kind>")]
async fn new(
    lang: Language,
    _staff: Librarian,
    kind: Option<&str>,
    db: &State<Db>,
) -> AppResult<Page> {
    let kind = kind.and_then(Kind::parse).unwrap_or(Kind::Draw);
    let longest = longest(db).await?;
    let suggested = Details::suggested(kind, db.clock().now(), longest);
    let view = DetailsView {
        heading: None,
        form: DetailsForm::from_details(&suggested, 0),
        longest,
        mistakes: Mistakes::new(),
    };
    Ok(Page::new(lang, "activity/details", view).no_store())
}

#[post("/staff/activities/new", data = "<form>")]
async fn create(
    lang: Language,
    staff: Librarian,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let form = DetailsForm::of(&form);
    let longest = longest(db).await?;
    let again = |form, mistakes| again(lang, None, form, longest, mistakes);
    let details = match form.parse(lang, db.clock().now(), longest) {
        Ok(details) => details,
        Err(mistakes) => return Ok(again(form, mistakes)),
    };
    let by = staff.0.id.clone();
    let (stored, who) = (details.clone(), form.eligibility());
    let created = db
        .write("create activity", move |tx| {
            is_free(tx, &stored.slug)?;
            let draft = Activity::<Draft>::create(tx, &by, &stored)?;
            eligibility::save(tx, &draft.id, who)?;
            Ok::<_, Error>(draft)
        })
        .await;
    match created {
        Ok(draft) => Ok(Reply::go(lang, &next_page(&draft.id, details.kind))),
        Err(Error::SlugTaken) => Ok(again(form, slug_taken(lang))),
        Err(error) => Err(error.into()),
    }
}

#[get("/staff/activities/<id>/details")]
async fn details(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let draft = db.read("read draft", move |tx| as_draft(tx, &id)).await?;
    let view = DetailsView {
        heading: Some(Heading::of(lang, draft.facts())),
        form: DetailsForm::from_details(&draft.details(), draft.version)
            .for_whom(draft.eligibility),
        longest: longest(db).await?,
        mistakes: Mistakes::new(),
    };
    Ok(Page::new(lang, "activity/details", view).no_store())
}

#[post("/staff/activities/<id>/details", data = "<form>")]
async fn save(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let form = DetailsForm::of(&form);
    let read = id.clone();
    let draft = db.read("read draft", move |tx| as_draft(tx, &read)).await?;
    let heading = Some(Heading::of(lang, draft.facts()));
    let longest = longest(db).await?;
    let details = match form.parse(lang, db.clock().now(), longest) {
        Ok(details) => details,
        Err(mistakes) => return Ok(again(lang, heading, form, longest, mistakes)),
    };
    let (by, version, saved) = (staff.0.id.clone(), form.version(), id.clone());
    let who = form.eligibility();
    let outcome = db
        .write("save details", move |tx| {
            is_free(tx, &details.slug)?;
            draft::save_details(tx, &by, &saved, version, &details)?;
            eligibility::save(tx, &saved, who)
        })
        .await;
    match outcome {
        Ok(()) => Ok(Reply::go(lang, &format!("/staff/activities/{id}"))),
        Err(Error::SlugTaken) => Ok(again(lang, heading, form, longest, slug_taken(lang))),
        Err(error) => Err(error.into()),
    }
}

/// Refuses an address that a page about an activity of others has.
fn is_free(tx: &mut crate::platform::db::Tx, slug: &str) -> Result<(), Error> {
    match external::has_slug(tx, slug) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Error::SlugTaken),
        Err(external::Error::Db(error)) => Err(error.into()),
        Err(external::Error::Activity(error)) => Err(error),
        Err(_) => Err(Error::Unknown),
    }
}

fn as_draft(tx: &mut crate::platform::db::Tx, id: &ActivityId) -> Result<Activity<Draft>, Error> {
    Activity::at(super::by_id(tx, id)?)
}

fn again(
    lang: Language,
    heading: Option<Heading>,
    form: DetailsForm,
    longest: i64,
    mistakes: Mistakes,
) -> Reply {
    Page::new(
        lang,
        "activity/details",
        DetailsView {
            heading,
            form,
            longest,
            mistakes,
        },
    )
    .again()
    .into()
}

fn slug_taken(lang: Language) -> Mistakes {
    let mut mistakes = Mistakes::new();
    mistakes.add("slug", text::message(lang, "activity-slug-taken-here", &[]));
    mistakes
}

fn next_page(id: &ActivityId, kind: Kind) -> String {
    match kind {
        Kind::Draw => format!("/staff/activities/{id}/privacy"),
        Kind::Seats(_) => format!("/staff/activities/{id}/sessions"),
        Kind::Survey => format!("/staff/activities/{id}/questions"),
    }
}

#[get("/staff/activities/<id>/privacy")]
async fn privacy(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let (draft, asked) = db
        .read("read asked fields", move |tx| {
            let draft = as_draft(tx, &id)?;
            let asked = super::asked_fields(tx, &id)?;
            Ok::<_, Error>((draft, asked))
        })
        .await?;
    Ok(Page::new(
        lang,
        "activity/privacy",
        PrivacyView {
            heading: Heading::of(lang, draft.facts()),
            rows: wire::asked_rows(lang, draft.kind, &asked),
            version: draft.version,
            mistakes: Mistakes::new(),
        },
    )
    .no_store())
}

#[post("/staff/activities/<id>/privacy", data = "<form>")]
async fn save_privacy(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let read = id.clone();
    let draft = db.read("read draft", move |tx| as_draft(tx, &read)).await?;
    let (asked, rows, mistakes) = wire::parse_asked(lang, draft.kind, draft.eligibility, &form);
    let version = form.value("version").parse().unwrap_or(0);
    if !mistakes.is_empty() {
        let view = PrivacyView {
            heading: Heading::of(lang, draft.facts()),
            rows,
            version,
            mistakes,
        };
        return Ok(Page::new(lang, "activity/privacy", view).again().into());
    }
    let (by, saved) = (staff.0.id.clone(), id.clone());
    db.write("save asked fields", move |tx| {
        draft::save_asked(tx, &by, &saved, version, &asked)
    })
    .await?;
    Ok(Reply::go(lang, &format!("/staff/activities/{id}")))
}
