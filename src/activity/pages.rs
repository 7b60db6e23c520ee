//! Staff pages of a draft: its details and the personal fields it asks.
//!
//! Not here: questions ([`crate::survey`]), prizes and publishing ([`crate::draw`]), the overview
//! of one activity ([`crate::desk`]).

use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::branch::wire::Choice;
use crate::branch::{self, BranchId};
use crate::external;
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
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

/// What the form of a draft is filled from beside the draft.
struct Offer {
    /// How many days data may stay after the last claim.
    longest: i64,
    /// The branches that whoever writes may choose.
    branches: Vec<Choice>,
}

impl Offer {
    /// What `staff` may choose; a branch that a draft has already stays, though it was closed.
    async fn to(
        lang: Language,
        staff: &Librarian,
        present: Option<BranchId>,
        db: &Db,
    ) -> AppResult<Offer> {
        let reach = staff.0.reach.clone();
        let days = |tx: &mut Tx<'_>| policy::retention::days(tx, policy::retention::Class::Entries);
        let longest = db.read("read retention", days).await?;
        let all = db.read("list branches", branch::all).await?;
        let whole = reach.is_whole().then(|| Choice::whole_library(lang));
        let own = all.iter().filter(|branch| {
            let is_open = branch.closed_at.is_none() || present.as_ref() == Some(&branch.id);
            is_open && reach.covers(Some(&branch.id))
        });
        Ok(Offer {
            longest,
            branches: whole
                .into_iter()
                .chain(own.map(|own| Choice::of(lang, own)))
                .collect(),
        })
    }

    fn view(self, heading: Option<Heading>, form: DetailsForm, mistakes: Mistakes) -> DetailsView {
        DetailsView {
            heading,
            form,
            longest: self.longest,
            branches: self.branches,
            mistakes,
        }
    }

    fn again(
        self,
        lang: Language,
        heading: Option<Heading>,
        form: DetailsForm,
        mistakes: Mistakes,
    ) -> Reply {
        let view = self.view(heading, form, mistakes);
        Page::new(lang, "activity/details", view).again().into()
    }

    /// Reads what was typed.
    fn read(
        &self,
        lang: Language,
        form: &DetailsForm,
        now: Timestamp,
    ) -> Result<(Details, Option<BranchId>), Mistakes> {
        let branch = form.branch(&self.branches);
        let mut mistakes = match (form.parse(lang, now, self.longest), &branch) {
            (Ok(details), Some(branch)) => return Ok((details, branch.clone())),
            (Ok(_), None) => Mistakes::new(),
            (Err(mistakes), _) => mistakes,
        };
        if branch.is_none() {
            let words = text::message(lang, "branch-of-activity-wrong", &[]);
            mistakes.add("branch", words);
        }
        Err(mistakes)
    }
}

#[get("/staff/activities/new?<kind>")]
async fn new(
    lang: Language,
    staff: Librarian,
    kind: Option<&str>,
    db: &State<Db>,
) -> AppResult<Page> {
    let kind = kind.and_then(Kind::parse).unwrap_or(Kind::Draw);
    let offer = Offer::to(lang, &staff, None, db).await?;
    let suggested = Details::suggested(kind, db.clock().now(), offer.longest);
    let form = DetailsForm::from_details(&suggested, 0);
    let view = offer.view(None, form, Mistakes::new());
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
    let offer = Offer::to(lang, &staff, None, db).await?;
    let (details, branch) = match offer.read(lang, &form, db.clock().now()) {
        Ok(read) => read,
        Err(mistakes) => return Ok(offer.again(lang, None, form, mistakes)),
    };
    let by = staff.0.id.clone();
    let (stored, who) = (details.clone(), form.eligibility());
    let created = db
        .write("create activity", move |tx| {
            is_free(tx, &stored.slug)?;
            let draft = Activity::<Draft>::create(tx, &by, &stored)?;
            eligibility::save(tx, &draft.id, who)?;
            draft::save_branch(tx, &draft.id, branch.as_ref())?;
            Ok::<_, Error>(draft)
        })
        .await;
    match created {
        Ok(draft) => Ok(Reply::go(lang, &next_page(&draft.id, details.kind))),
        Err(Error::SlugTaken) => Ok(offer.again(lang, None, form, slug_taken(lang))),
        Err(error) => Err(error.into()),
    }
}

#[get("/staff/activities/<id>/details")]
async fn details(lang: Language, staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let draft = db.read("read draft", move |tx| as_draft(tx, &id)).await?;
    let form = DetailsForm::from_details(&draft.details(), draft.version)
        .for_whom(draft.eligibility)
        .run_by(draft.branch.as_ref());
    let offer = Offer::to(lang, &staff, draft.branch.clone(), db).await?;
    let heading = Some(Heading::of(lang, draft.facts()));
    let view = offer.view(heading, form, Mistakes::new());
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
    let offer = Offer::to(lang, &staff, draft.branch.clone(), db).await?;
    let (details, branch) = match offer.read(lang, &form, db.clock().now()) {
        Ok(read) => read,
        Err(mistakes) => return Ok(offer.again(lang, heading, form, mistakes)),
    };
    let (by, version, saved) = (staff.0.id.clone(), form.version(), id.clone());
    let who = form.eligibility();
    let outcome = db
        .write("save details", move |tx| {
            is_free(tx, &details.slug)?;
            draft::save_details(tx, &by, &saved, version, &details)?;
            draft::save_branch(tx, &saved, branch.as_ref())?;
            eligibility::save(tx, &saved, who)
        })
        .await;
    match outcome {
        Ok(()) => Ok(Reply::go(lang, &format!("/staff/activities/{id}"))),
        Err(Error::SlugTaken) => Ok(offer.again(lang, heading, form, slug_taken(lang))),
        Err(error) => Err(error.into()),
    }
}

/// Refuses an address that a page about an activity of others has.
fn is_free(tx: &mut Tx, slug: &str) -> Result<(), Error> {
    match external::has_slug(tx, slug) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Error::SlugTaken),
        Err(external::Error::Db(error)) => Err(error.into()),
        Err(external::Error::Activity(error)) => Err(error),
        Err(_) => Err(Error::Unknown),
    }
}

fn as_draft(tx: &mut Tx, id: &ActivityId) -> Result<Activity<Draft>, Error> {
    Activity::at(super::by_id(tx, id)?)
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
