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

use crate::account::guard::{Confirmed, Librarian};
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

pub use desk::DeskLimit;

use super::claims::{self, Decided};
use super::letters::{self, Imprint, Matter};
use super::winners::{self, Narrowed, Winners};
use super::wire::{Asked, GroupView, NotYetView, NotifyView, Preview, WinnersView};
use super::{Claim, Error, NoticeKind, addresses, notices};

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let own = routes![list, only, preview, notify];
    own.into_iter()
        .chain(desk::routes())
        .chain(exports::routes())
        .collect()
}

/// The winners of every draw that has a result, the draws that have none yet, and who opens the
/// contacts.
type Standing = (Facts, Vec<Winners>, Vec<Plan>, Unlock);

/// A page of the winners of one draw, or of each.
#[derive(Clone)]
struct PageOf {
    page: u64,
    /// The draw that is turned over; all of them if there is none.
    draw: Option<String>,
    narrowed: Option<Narrowed>,
}

impl PageOf {
    fn of(&self, draw: &Decided) -> u64 {
        let is_meant = self.draw.as_ref().is_none_or(|own| own == draw.draw());
        if is_meant { self.page } else { 1 }
    }
}

/// What the list shows; nothing where the claims of a draw are yet to be made.
fn standing(tx: &mut Tx, activity: &ActivityId, of: &PageOf) -> Result<Option<Standing>, Error> {
    for draw in claims::all(tx, activity)? {
        if !claims::is_followed(tx, &draw)? {
            return Ok(None);
        }
    }
    shown(tx, activity, of).map(Some)
}

/// What the list shows, once the claims of every draw with a result are made.
fn standing_anew(tx: &mut Tx, activity: &ActivityId, of: &PageOf) -> Result<Standing, Error> {
    for draw in claims::all(tx, activity)? {
        claims::ensure(tx, &draw)?;
    }
    shown(tx, activity, of)
}

fn shown(tx: &mut Tx, activity: &ActivityId, of: &PageOf) -> Result<Standing, Error> {
    let facts = activity::by_id(tx, activity)?;
    let mut all = Vec::new();
    for draw in claims::all(tx, activity)? {
        let page = of.of(&draw);
        all.push(winners::page(tx, draw, of.narrowed, page)?);
    }
    let mut plans = draw::plans(tx, activity)?;
    plans.retain(|plan| plan.stage != DrawStage::Drawn);
    let unlock = activity::unlock(tx, activity)?;
    Ok((facts, all, plans, unlock))
}

#[get("/staff/activities/<id>/winners?<only>&<told>&<draw>&<page>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn list(
    lang: Language,
    _staff: Librarian,
    id: &str,
    only: Option<&str>,
    told: Option<u64>,
    draw: Option<&str>,
    page: Option<u64>,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let activity = ActivityId::from(id);
    let book = RuleBook::of(config);
    let asked = Asked {
        only: only.unwrap_or(""),
        told,
        rules: book.at(db.clock().now()),
    };
    let of = PageOf {
        page: page.unwrap_or(1),
        draw: draw.map(str::to_owned),
        narrowed: asked.narrowed(),
    };
    let (own, own_of) = (activity.clone(), of.clone());
    let read = db.read("read winners", move |tx| standing(tx, &own, &own_of));
    let (facts, decided, waiting, unlock) = match read.await? {
        Some(found) => found,
        None => {
            db.write("make claims", move |tx| standing_anew(tx, &activity, &of))
                .await?
        }
    };
    if decided.is_empty() {
        return Ok(not_yet(lang, &facts));
    }
    let groups = decided.iter().map(|own| GroupView::of(lang, own, &asked));
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
    /// The first of those who will be told.
    first: Option<Claim>,
    count: u64,
    without_address: u64,
}

/// Reads [`ToTell`], after every box that nobody asked has been asked for an address.
async fn read_to_tell(db: &Db, activity: ActivityId, draw: DrawId) -> Result<ToTell, Error> {
    let (own_activity, own_draw) = (activity.clone(), draw.clone());
    let learn = move |tx: &mut Tx| {
        let draw = decided_of(tx, &own_activity, &own_draw)?;
        claims::follow(tx, &draw)?;
        addresses::learn_some(tx, &draw)
    };
    while db.write("look for addresses", learn.clone()).await? {}
    let read = move |tx: &mut Tx| to_tell(tx, &activity, &draw);
    db.write("read untold winners", read).await
}

fn to_tell(tx: &mut Tx, activity: &ActivityId, draw: &DrawId) -> Result<ToTell, Error> {
    let draw = decided_of(tx, activity, draw)?;
    claims::follow(tx, &draw)?;
    let (count, with_address) = notices::count_reachable(tx, &draw)?;
    let first = match winners::first_untold(tx, &draw, count)? {
        Some((slot, _)) => Some(claims::of_slot(tx, &draw, &slot)?),
        None => None,
    };
    Ok(ToTell {
        draw,
        first,
        count,
        without_address: count - with_address,
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
    if let Some(claim) = &found.first {
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
        count: found.count,
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
    let found = read_to_tell(db, activity, draw).await?;
    notify_page(lang, config, mailer, &found, false)
}

#[post("/staff/activities/<id>/draws/<draw>/notify", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn notify(
    lang: Language,
    staff: Librarian,
    id: &str,
    draw: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    config: &State<Arc<Config>>,
    mailer: &State<Arc<MailFacts>>,
) -> AppResult<Reply> {
    let (activity, draw) = (ActivityId::from(id), DrawId::from(draw));
    let seen: u64 = form.value("count").parse().unwrap_or(0);
    let (own_mailer, actor) = (mailer.inner().clone(), staff.0.actor());
    let of = (activity.clone(), draw.clone());
    // What was confirmed is what is sent: another number than the one shown asks again.
    let told = db
        .write("tell winners", move |tx| {
            let decided = decided_of(tx, &of.0, &of.1)?;
            claims::follow(tx, &decided)?;
            if notices::count_untold(tx, &decided)? != seen {
                return Ok::<_, Error>(None);
            }
            notices::begin(tx, &own_mailer, &decided, &actor).map(Some)
        })
        .await?;
    if let Some(told) = told {
        let path = format!("/staff/activities/{activity}/winners?told={told}");
        return Ok(Reply::go(lang, &path));
    }
    let found = read_to_tell(db, activity, draw).await?;
    Ok(notify_page(lang, config, mailer, &found, true)?
        .again()
        .into())
}
