//! Staff pages of winners: the list, the letters, one winner at the desk.
//!
//! Invariant: a page shows tickets and states; name and telephone of one winner appear only in the
//! answer to the POST that recorded why. The ID typed at the desk goes to the vault and nowhere
//! else.
//!
//! Not here: what the public sees of winners ([`crate::draw`]).

pub mod desk;
mod exports;

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::wire::Heading;
use crate::activity::{ActivityId, Stage};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::Mailer;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};
use crate::vault::FieldKind;

pub use desk::DeskLimit;

use super::claims::{self, Decided};
use super::letters::{self, Imprint, Matter};
use super::wire::{Asked, NotYetView, NotifyView, Preview, WinnersView};
use super::{Claim, Error, Notice, NoticeKind, notices, post};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let own = routes![winners, preview, notify];
    own.into_iter()
        .chain(desk::routes())
        .chain(exports::routes())
        .collect()
}

struct Standing {
    draw: Decided,
    claims: Vec<Claim>,
    notices: Vec<Notice>,
    untold: Vec<Claim>,
}

/// Everything about the winners of an activity; rows that are missing are made.
fn standing(tx: &mut Tx, activity: &ActivityId) -> Result<Standing, Error> {
    let draw = claims::decided(tx, activity)?;
    let claims = claims::ensure(tx, &draw)?;
    let notices = notices::list(tx, &draw)?;
    let untold = notices::untold(tx, &draw, &claims)?;
    Ok(Standing {
        draw,
        claims,
        notices,
        untold,
    })
}

#[get("/staff/activities/<id>/winners?<only>&<told>")]
async fn winners(
    lang: Language,
    _staff: Librarian,
    id: &str,
    only: Option<&str>,
    told: Option<u64>,
    db: &State<Db>,
) -> AppResult<Page> {
    let activity = ActivityId::from(id);
    let standing = db
        .write("read winners", move |tx| standing(tx, &activity))
        .await;
    let standing = match standing {
        Err(Error::Unknown) => return not_yet(lang, id, db).await,
        standing => standing?,
    };
    let asked = Asked {
        only: only.unwrap_or(""),
        told,
    };
    let view = WinnersView::of(
        lang,
        &standing.draw,
        &standing.claims,
        &standing.notices,
        standing.untold.len(),
        &asked,
    );
    Ok(Page::new(lang, "notify/winners", view).no_store())
}

/// Before the result there is nobody to tell.
async fn not_yet(lang: Language, id: &str, db: &State<Db>) -> AppResult<Page> {
    let activity = ActivityId::from(id);
    let facts = db
        .read("read activity", move |tx| {
            crate::activity::by_id(tx, &activity)
        })
        .await?;
    let view = NotYetView {
        heading: Heading::of(lang, &facts),
        is_cancelled: facts.stage == Stage::Cancelled,
    };
    Ok(Page::new(lang, "notify/not_yet", view).no_store())
}

/// What will be sent, before it is.
struct ToTell {
    draw: Decided,
    untold: Vec<Claim>,
    without_address: usize,
}

fn to_tell(tx: &mut Tx, activity: &ActivityId) -> Result<ToTell, Error> {
    let Standing { draw, untold, .. } = standing(tx, activity)?;
    let mut without_address = 0;
    for claim in &untold {
        let contact = post::contact_of(tx, &draw, claim.index)?;
        let has_email = contact.is_some_and(|(_, sealed)| sealed.fields().has(FieldKind::Email));
        if !has_email {
            without_address += 1;
        }
    }
    Ok(ToTell {
        draw,
        untold,
        without_address,
    })
}

fn notify_page(
    lang: Language,
    config: &Config,
    mailer: &Mailer,
    found: &ToTell,
    changed: bool,
) -> AppResult<Page> {
    let imprint = Imprint::of(config);
    let mut previews = Vec::new();
    if let Some(claim) = found.untold.first() {
        for language in Language::ALL {
            let matter = Matter {
                draw: &found.draw,
                slot: &claim.slot,
                index: claim.index,
                kind: NoticeKind::Won,
                deadline: claim.deadline,
                language,
            };
            let name = text::message(language, "notify-preview-name", &[]);
            previews.push(Preview {
                lang: language.tag(),
                language: language_words(lang, language),
                subject: letters::subject(&imprint, NoticeKind::Won, language),
                body: letters::body(&imprint, &matter, &name)?.to_string(),
            });
        }
    }
    let view = NotifyView {
        heading: Heading::of(lang, &found.draw.facts),
        count: found.untold.len(),
        without_address: found.without_address,
        is_configured: mailer.is_configured(),
        changed,
        letters: previews,
    };
    let at = format!("/staff/activities/{}/notify", found.draw.facts.id);
    Ok(Page::new(lang, "notify/notify", view).no_store().at(at))
}

fn language_words(lang: Language, language: Language) -> String {
    let id = match language {
        Language::ZhTw => "notify-preview-zh",
        Language::En => "notify-preview-en",
    };
    text::message(lang, id, &[])
}

#[get("/staff/activities/<id>/notify")]
async fn preview(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
    mailer: &State<Arc<Mailer>>,
) -> AppResult<Page> {
    let activity = ActivityId::from(id);
    let found = db
        .write("read untold winners", move |tx| to_tell(tx, &activity))
        .await?;
    notify_page(lang, config, mailer, &found, false)
}

#[post("/staff/activities/<id>/notify", data = "<form>")]
async fn notify(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
    mailer: &State<Arc<Mailer>>,
) -> AppResult<Reply> {
    let activity = ActivityId::from(id);
    let seen: usize = form.value("count").parse().unwrap_or(0);
    let (own_mailer, actor) = (mailer.inner().clone(), staff.0.actor());
    let of = activity.clone();
    // What was confirmed is what is sent: another number than the one shown asks again.
    let told = db
        .write("tell winners", move |tx| {
            let found = standing(tx, &of)?;
            if found.untold.len() != seen {
                return Ok::<_, Error>(None);
            }
            notices::begin(tx, &own_mailer, &found.draw, &actor).map(Some)
        })
        .await?;
    if let Some(told) = told {
        let path = format!("/staff/activities/{activity}/winners?told={told}");
        return Ok(Reply::go(lang, &path));
    }
    let found = db
        .write("read untold winners", move |tx| to_tell(tx, &activity))
        .await?;
    Ok(notify_page(lang, config, mailer, &found, true)?
        .again()
        .into())
}
