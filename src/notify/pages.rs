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
use crate::activity::{self, ActivityId, Facts, Stage, Unlock};
use crate::draw::tax::RuleBook;
use crate::draw::{self, DrawId, DrawStage, Plan};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::MailFacts;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};
use crate::vault::FieldKind;

pub use desk::DeskLimit;

use super::claims::{self, Decided};
use super::letters::{self, Imprint, Matter};
use super::wire::{Asked, GroupView, NotYetView, NotifyView, Preview, WinnersView};
use super::{Claim, Error, Notice, NoticeKind, notices, post};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let own = routes![winners, only, preview, notify];
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

/// Everything about the winners of a draw; rows that are missing are made.
fn standing(tx: &mut Tx, draw: Decided) -> Result<Standing, Error> {
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

/// The winners of every draw that has a result, the draws that have none yet, and who opens the
/// contacts.
type Winners = (Facts, Vec<Standing>, Vec<Plan>, Unlock);

fn all_standing(tx: &mut Tx, activity: &ActivityId) -> Result<Winners, Error> {
    let facts = activity::by_id(tx, activity)?;
    let mut standing_all = Vec::new();
    for draw in claims::all(tx, activity)? {
        standing_all.push(standing(tx, draw)?);
    }
    let mut plans = draw::plans(tx, activity)?;
    plans.retain(|plan| plan.stage != DrawStage::Drawn);
    let unlock = activity::unlock(tx, activity)?;
    Ok((facts, standing_all, plans, unlock))
}

#[get("/staff/activities/<id>/winners?<only>&<told>")]
async fn winners(
    lang: Language,
    _staff: Librarian,
    id: &str,
    only: Option<&str>,
    told: Option<u64>,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let activity = ActivityId::from(id);
    let book = RuleBook::of(config);
    let (facts, decided, waiting, unlock) = db
        .write("read winners", move |tx| all_standing(tx, &activity))
        .await?;
    if decided.is_empty() {
        return Ok(not_yet(lang, &facts));
    }
    let asked = Asked {
        only: only.unwrap_or(""),
        told,
        rules: book.at(db.clock().now()),
    };
    let groups = decided.iter().map(|standing| {
        GroupView::of(
            lang,
            &standing.draw,
            &standing.claims,
            &standing.notices,
            standing.untold.len(),
            &asked,
        )
    });
    let groups = groups.collect();
    let librarians = unlock == Unlock::TwoOfThree;
    let view = WinnersView::of(lang, &facts, groups, &waiting, librarians, &asked);
    Ok(Page::new(lang, "notify/winners", view).no_store())
}

/// Before the first result there is nobody to tell.
fn not_yet(lang: Language, facts: &Facts) -> Page {
    let view = NotYetView {
        heading: Heading::of(lang, facts),
        is_cancelled: facts.stage == Stage::Cancelled,
    };
    Page::new(lang, "notify/not_yet", view).no_store()
}

/// A draw with a result, if it is one of the activity.
fn decided_of(tx: &mut Tx, activity: &ActivityId, draw: &DrawId) -> Result<Decided, Error> {
    let decided = claims::decided(tx, draw)?;
    if decided.facts.id == *activity {
        Ok(decided)
    } else {
        Err(Error::Unknown)
    }
}

/// What will be sent, before it is.
struct ToTell {
    draw: Decided,
    untold: Vec<Claim>,
    without_address: usize,
}

fn to_tell(tx: &mut Tx, activity: &ActivityId, draw: &DrawId) -> Result<ToTell, Error> {
    let draw = decided_of(tx, activity, draw)?;
    let Standing { draw, untold, .. } = standing(tx, draw)?;
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
    mailer: &MailFacts,
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
        draw: found.draw.plan.name.pick(lang).to_owned(),
        path: notify_path(&found.draw),
        count: found.untold.len(),
        without_address: found.without_address,
        is_configured: mailer.is_configured(),
        changed,
        letters: previews,
    };
    let at = notify_path(&found.draw);
    Ok(Page::new(lang, "notify/notify", view).no_store().at(at))
}

fn notify_path(draw: &Decided) -> String {
    format!(
        "/staff/activities/{}/draws/{}/notify",
        draw.facts.id, draw.plan.id
    )
}

fn language_words(lang: Language, language: Language) -> String {
    let id = match language {
        Language::ZhTw => "notify-preview-zh",
        Language::En => "notify-preview-en",
    };
    text::message(lang, id, &[])
}

/// The letters of the one draw with a result; of several, their list.
#[get("/staff/activities/<id>/notify")]
async fn only(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Reply> {
    let activity = ActivityId::from(id);
    let of = activity.clone();
    let draws = db
        .read("list draws", move |tx| claims::all(tx, &of))
        .await?;
    let path = match draws.as_slice() {
        [draw] => notify_path(draw),
        _ => format!("/staff/activities/{activity}/winners"),
    };
    Ok(Reply::go(lang, &path))
}

#[get("/staff/activities/<id>/draws/<draw>/notify")]
async fn preview(
    lang: Language,
    _staff: Librarian,
    id: &str,
    draw: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
    mailer: &State<Arc<MailFacts>>,
) -> AppResult<Page> {
    let (activity, draw) = (ActivityId::from(id), DrawId::from(draw));
    let found = db
        .write("read untold winners", move |tx| {
            to_tell(tx, &activity, &draw)
        })
        .await?;
    notify_page(lang, config, mailer, &found, false)
}

#[post("/staff/activities/<id>/draws/<draw>/notify", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn notify(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
    mailer: &State<Arc<MailFacts>>,
) -> AppResult<Reply> {
    let (activity, draw) = (ActivityId::from(id), DrawId::from(draw));
    let seen: usize = form.value("count").parse().unwrap_or(0);
    let (own_mailer, actor) = (mailer.inner().clone(), staff.0.actor());
    let of = (activity.clone(), draw.clone());
    // What was confirmed is what is sent: another number than the one shown asks again.
    let told = db
        .write("tell winners", move |tx| {
            let decided = decided_of(tx, &of.0, &of.1)?;
            let found = standing(tx, decided)?;
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
        .write("read untold winners", move |tx| {
            to_tell(tx, &activity, &draw)
        })
        .await?;
    Ok(notify_page(lang, config, mailer, &found, true)?
        .again()
        .into())
}
