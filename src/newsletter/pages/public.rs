//! Subscribing, confirming, one's own subscription, leaving.
//!
//! Invariant: what a form answers does not tell whether an address is known.

use rocket::{Route, State, get, post, routes};

use super::AskLimit;
use crate::newsletter::consent::Consent;
use crate::newsletter::subscribers::{self, NewAddress};
use crate::newsletter::tokens::{self, Link};
use crate::newsletter::wire::public::{
    self as wire, ConfirmView, LeaveView, OwnView, Said, SaidView, SubscribeView,
};
use crate::newsletter::{Error, Subscriber, TopicId, topics};
use crate::platform::db::Tx;
use crate::platform::text;
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::guard::Visit;

pub(super) fn routes() -> Vec<Route> {
    routes![
        form,
        send,
        sent,
        confirm_page,
        confirm,
        own,
        change,
        leave_page,
        leave
    ]
}

#[get("/newsletter")]
async fn form(visit: Visit<'_>) -> AppResult<Page> {
    let empty = FormFields::default();
    form_page(&visit, &empty, (Mistakes::new(), String::new())).await
}

async fn form_page(
    visit: &Visit<'_>,
    form: &FormFields,
    wrong: (Mistakes, String),
) -> AppResult<Page> {
    let offered = visit.db.read("list topics", topics::offered).await?;
    let consent = Consent::shown(visit.lang, visit.config);
    let token = tokens::seal(visit.vault, Link::Form, "", visit.now)?;
    let view = SubscribeView::of(&consent, &offered, form, token, wrong);
    Ok(Page::new(visit.lang, "newsletter/subscribe", view).no_store())
}

#[post("/newsletter", data = "<form>")]
async fn send(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<AskLimit>,
) -> AppResult<Reply> {
    let lang = visit.lang;
    if open(&visit, Link::Form, form.value("token"))?.is_none() {
        let words = text::message(lang, "newsletter-form-old", &[]);
        let page = form_page(&visit, &form, (Mistakes::new(), words)).await?;
        return Ok(page.again().into());
    }
    if visit.is_too_fast(form.value("token"), from, &limit.1) {
        let words = text::message(lang, "site-form-fast", &[]);
        let page = form_page(&visit, &form, (Mistakes::new(), words)).await?;
        return Ok(page.again().into());
    }
    let offered = visit.db.read("list topics", topics::offered).await?;
    let (email, choice) = match wire::subscription(lang, &form, &offered) {
        Ok(read) => read,
        Err(mistakes) => {
            let page = form_page(&visit, &form, (mistakes, String::new())).await?;
            let page = match form.value(wire::TRAP).trim() {
                "" => page,
                _ => page.noticed(Sign::Trap),
            };
            return Ok(page.again().into());
        }
    };
    limit.0.check(from, visit.now.0)?;
    let new = subscribers::seal(visit.vault, &email)?;
    let consent = Consent::shown(lang, visit.config);
    let asked = |new: NewAddress| {
        let (choice, consent) = (choice.clone(), consent.clone());
        visit.db.write("ask to subscribe", move |tx| {
            subscribers::ask(tx, &new, &choice, &consent)
        })
    };
    match asked(new.clone()).await {
        Err(Error::Twice) => asked(new).await?,
        asked => asked?,
    }
    Ok(Reply::go(lang, "/newsletter/sent"))
}

#[get("/newsletter/sent")]
fn sent(visit: Visit<'_>) -> Page {
    said(&visit, Said::Sent, String::new())
}

fn said(visit: &Visit<'_>, what: Said, own: String) -> Page {
    let view = SaidView::of(visit.lang, what, own);
    Page::new(visit.lang, "newsletter/said", view)
        .no_store()
        .at("/newsletter")
}

fn over(visit: &Visit<'_>) -> Page {
    let page = said(visit, Said::Over, String::new()).again();
    page.noticed(Sign::Code)
}

/// The code of a link, where it is one.
fn open(visit: &Visit<'_>, link: Link, token: &str) -> AppResult<Option<String>> {
    tokens::open(visit.vault, link, token, visit.now).map_err(|_| AppError::unavailable())
}

#[get("/newsletter/confirm/<token>")]
async fn confirm_page(visit: Visit<'_>, token: &str) -> AppResult<Page> {
    let lang = visit.lang;
    let view = if let Some(code) = open(&visit, Link::Confirm, token)? {
        let found = visit
            .db
            .read("read subscription", move |tx| {
                let found = subscribers::find(tx, &code)?;
                Ok::<_, Error>((found, topics::all(tx)?))
            })
            .await?;
        let (Some((_, chosen)), all) = found else {
            return Ok(over(&visit));
        };
        wire::names(lang, &all, &chosen)
    } else if let Some(code) = open(&visit, Link::Move, token)? {
        let moving = visit
            .db
            .read("read move", move |tx| subscribers::is_moving(tx, &code));
        if !moving.await? {
            return Ok(over(&visit));
        }
        Vec::new()
    } else {
        return Ok(over(&visit));
    };
    let view = ConfirmView {
        token: token.to_owned(),
        is_move: view.is_empty(),
        topics: view,
    };
    Ok(Page::new(lang, "newsletter/confirm", view).no_store())
}

#[post("/newsletter/confirm/<token>")]
async fn confirm(visit: Visit<'_>, token: &str) -> AppResult<Page> {
    let confirmed = if let Some(code) = open(&visit, Link::Confirm, token)? {
        let write = move |tx: &mut Tx<'_>| subscribers::confirm(tx, &code);
        (
            visit.db.write("confirm subscription", write).await,
            Said::In,
        )
    } else if let Some(code) = open(&visit, Link::Move, token)? {
        let write = move |tx: &mut Tx<'_>| subscribers::confirm_move(tx, &code);
        (visit.db.write("confirm move", write).await, Said::Moved)
    } else {
        return Ok(over(&visit));
    };
    match confirmed {
        (Ok(found), what) => {
            let own = tokens::seal(visit.vault, Link::Own, &found.access, visit.now)?;
            let own = format!("/newsletter/preferences/{own}");
            Ok(said(&visit, what, own).done())
        }
        (Err(Error::Unknown | Error::Taken), _) => Ok(over(&visit)),
        (Err(error), _) => Err(error.into()),
    }
}

/// The subscription of a link.
async fn found(visit: &Visit<'_>, token: &str) -> AppResult<Option<(Subscriber, Vec<TopicId>)>> {
    let Some(code) = open(visit, Link::Own, token)? else {
        return Ok(None);
    };
    let read = move |tx: &mut Tx<'_>| subscribers::find(tx, &code);
    Ok(visit.db.read("read subscription", read).await?)
}

#[get("/newsletter/preferences/<token>")]
async fn own(visit: Visit<'_>, token: &str) -> AppResult<Page> {
    let empty = FormFields::default();
    own_page(&visit, token, (&empty, Mistakes::new())).await
}

async fn own_page(
    visit: &Visit<'_>,
    token: &str,
    typed: (&FormFields, Mistakes),
) -> AppResult<Page> {
    let Some((own, chosen)) = found(visit, token).await? else {
        return Ok(over(visit));
    };
    let offered = visit.db.read("list topics", topics::offered).await?;
    let view = OwnView::of(visit.lang, token, (&own, &chosen), &offered, typed);
    Ok(Page::new(visit.lang, "newsletter/own", view).no_store())
}

#[post("/newsletter/preferences/<token>", data = "<form>")]
async fn change(
    visit: Visit<'_>,
    token: &str,
    form: FormFields,
    from: ClientAddress,
    limit: &State<AskLimit>,
) -> AppResult<Reply> {
    let Some((own, _)) = found(&visit, token).await? else {
        return Ok(over(&visit).into());
    };
    let mut mistakes = Mistakes::new();
    let back = format!("/newsletter/preferences/{token}");
    if form.value("do") == "move" {
        let Some(email) = wire::email(visit.lang, &form, &mut mistakes) else {
            let page = own_page(&visit, token, (&form, mistakes)).await?;
            return Ok(page.again().into());
        };
        limit.0.check(from, visit.now.0)?;
        let new = subscribers::seal(visit.vault, &email)?;
        let write = move |tx: &mut Tx<'_>| subscribers::ask_to_move(tx, &own.access, &new);
        visit.db.write("ask to move", write).await?;
        return Ok(said(&visit, Said::Moving, back).into());
    }
    let offered = visit.db.read("list topics", topics::offered).await?;
    let choice = wire::choice(visit.lang, &form, &offered, &mut mistakes);
    let Some(choice) = choice else {
        let page = own_page(&visit, token, (&form, mistakes)).await?;
        return Ok(page.again().into());
    };
    let write = move |tx: &mut Tx<'_>| subscribers::choose(tx, &own.access, &choice);
    visit.db.write("choose topics", write).await?;
    Ok(Reply::done(visit.lang, &back))
}

#[get("/newsletter/unsubscribe/<token>")]
async fn leave_page(visit: Visit<'_>, token: &str) -> AppResult<Page> {
    if found(&visit, token).await?.is_none() {
        return Ok(said(&visit, Said::Out, String::new()));
    }
    let view = LeaveView {
        token: token.to_owned(),
    };
    Ok(Page::new(visit.lang, "newsletter/leave", view).no_store())
}

/// From the button of our page, or from a mail program in one click (RFC 8058), which sends a body
/// that says nothing more than the address does: it is not looked at.
#[post("/newsletter/unsubscribe/<token>")]
async fn leave(visit: Visit<'_>, token: &str) -> AppResult<Page> {
    if let Some((own, _)) = found(&visit, token).await? {
        visit.vault.close_news(&own.address.item)?;
        let write = move |tx: &mut Tx<'_>| subscribers::leave(tx, &own.access);
        visit.db.write("leave newsletter", write).await?;
    }
    Ok(said(&visit, Said::Out, String::new()))
}
