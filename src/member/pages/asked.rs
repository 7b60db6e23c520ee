//! Registering, a forgotten passphrase, and the links of mails.

use rocket::{Route, State, get, post, routes};

use super::MemberAsks;
use super::entrance::go_on;
use crate::account;
use crate::account::passphrase;
use crate::account::token::Token;
use crate::member::asking::{self, Asking, Kind};
use crate::member::guard::Entrance;
use crate::member::receipts::Empty;
use crate::member::terms::Terms;
use crate::member::tokens::{self, Opened};
use crate::member::wire::entrance::{self as wire, AskView, ConfirmView, Said, SaidView};
use crate::member::{Error, own};
use crate::platform::db::Tx;
use crate::platform::text;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::guard::Visit;

pub(super) fn routes() -> Vec<Route> {
    routes![
        register_page,
        register,
        forgotten_page,
        forgotten,
        sent,
        confirm_page,
        confirm
    ]
}

/// A form that asks for an address and has a letter sent there.
#[derive(Clone, Copy)]
enum AskedFor {
    Account,
    Passphrase,
}

impl AskedFor {
    fn template(self) -> &'static str {
        match self {
            AskedFor::Account => "member/register",
            AskedFor::Passphrase => "member/forgotten",
        }
    }
}

#[get("/members/register?<next>")]
fn register_page(visit: Visit<'_>, next: Option<&str>) -> AppResult<Page> {
    let next = next.and_then(wire::way_back).unwrap_or_default();
    let empty = FormFields::default();
    let token = tokens::seal_form(visit.vault, visit.now)?;
    let view = AskView::of(&empty, token, none()).before(next);
    Ok(Page::new(visit.lang, AskedFor::Account.template(), view).no_store())
}

#[post("/members/register", data = "<form>")]
async fn register(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<MemberAsks>,
) -> AppResult<Reply> {
    ask(&visit, AskedFor::Account, &form, (from, limit)).await
}

#[get("/members/forgotten")]
fn forgotten_page(visit: Visit<'_>) -> AppResult<Page> {
    ask_page(&visit, AskedFor::Passphrase, &FormFields::default(), none())
}

#[post("/members/forgotten", data = "<form>")]
async fn forgotten(
    visit: Visit<'_>,
    form: FormFields,
    from: ClientAddress,
    limit: &State<MemberAsks>,
) -> AppResult<Reply> {
    ask(&visit, AskedFor::Passphrase, &form, (from, limit)).await
}

fn none() -> (Mistakes, String) {
    (Mistakes::new(), String::new())
}

fn ask_page(
    visit: &Visit<'_>,
    what: AskedFor,
    form: &FormFields,
    wrong: (Mistakes, String),
) -> AppResult<Page> {
    let token = tokens::seal_form(visit.vault, visit.now)?;
    let next = wire::way_back(form.value("next")).unwrap_or_default();
    let view = AskView::of(form, token, wrong).before(next);
    Ok(Page::new(visit.lang, what.template(), view).no_store())
}

async fn ask(
    visit: &Visit<'_>,
    what: AskedFor,
    form: &FormFields,
    (from, limit): (ClientAddress, &MemberAsks),
) -> AppResult<Reply> {
    let lang = visit.lang;
    let is_ours = tokens::is_form(visit.vault, form.value("token"), visit.now);
    if !is_ours.map_err(|_| AppError::unavailable())? {
        let words = text::message(lang, "member-form-old", &[]);
        let page = ask_page(visit, what, form, (Mistakes::new(), words))?;
        return Ok(page.again().into());
    }
    let mut mistakes = Mistakes::new();
    let Some(email) = wire::email(lang, form, &mut mistakes) else {
        let page = ask_page(visit, what, form, (mistakes, String::new()))?;
        return Ok(page.again().into());
    };
    if email.suggestion().is_some() && form.value("meant") != form.value("email") {
        // Perhaps a slip: whoever means it sends it once more.
        let page = ask_page(visit, what, form, (mistakes, String::new()))?;
        return Ok(page.again().into());
    }
    limit.0.check(from, visit.now.0)?;
    let new = visit.vault.seal_member(&email)?;
    let way = match wire::way_back(form.value("next")) {
        Some(way) => Some(tokens::seal_way(visit.vault, &way, visit.now)?),
        None => None,
    };
    let write = move |tx: &mut Tx<'_>| match what {
        AskedFor::Account => asking::register(tx, &new, lang, way.as_deref()),
        AskedFor::Passphrase => asking::forgotten(tx, &new, lang),
    };
    visit.db.write("ask for a link", write).await?;
    Ok(Reply::go(lang, "/members/sent"))
}

#[get("/members/sent")]
fn sent(visit: Visit<'_>) -> Page {
    said(&visit, Said::Sent)
}

fn said(visit: &Visit<'_>, what: Said) -> Page {
    Page::new(visit.lang, "member/said", SaidView::of(visit.lang, what))
        .no_store()
        .at("/members/sign-in")
}

fn over(visit: &Visit<'_>) -> Page {
    said(visit, Said::Over).again()
}

/// What waits for a link, and the way back of whoever opened it.
async fn waiting(visit: &Visit<'_>, token: &str) -> AppResult<Option<(Asking, Option<String>)>> {
    let inside = tokens::open(visit.vault, token, visit.now);
    let Some(Opened { code, way }) = inside.map_err(|_| AppError::unavailable())? else {
        return Ok(None);
    };
    let found = visit
        .db
        .read("find what waits", move |tx| asking::find(tx, &code));
    let way = way.as_deref().and_then(wire::way_back);
    Ok(found.await?.map(|found| (found, way)))
}

#[get("/members/confirm/<token>")]
async fn confirm_page(visit: Visit<'_>, token: &str) -> AppResult<Page> {
    let Some((asking, way)) = waiting(&visit, token).await? else {
        return Ok(over(&visit));
    };
    let empty = FormFields::default();
    Ok(confirm_form(
        &visit,
        (asking.kind, way.is_some()),
        token,
        (&empty, Mistakes::new()),
    ))
}

fn confirm_form(
    visit: &Visit<'_>,
    (kind, leads_back): (Kind, bool),
    token: &str,
    typed: (&FormFields, Mistakes),
) -> Page {
    let terms = Terms::shown(visit.lang, visit.config);
    let view = ConfirmView::of((kind, leads_back), token, &terms, typed);
    Page::new(visit.lang, "member/confirm", view).no_store()
}

#[post("/members/confirm/<token>", data = "<form>")]
async fn confirm(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    token: &str,
    form: FormFields,
) -> AppResult<Reply> {
    let Some((asking, way)) = waiting(&visit, token).await? else {
        return Ok(over(&visit).into());
    };
    let code = asking.code.clone();
    // Whoever lost the telephone as well begins anew.
    if asking.kind == Kind::Forgotten && form.value("do") == "delete" {
        own::delete(visit.db, visit.vault, &asking.member).await?;
        entrance.jar.take();
        return Ok(said(&visit, Said::Gone).done().into());
    }
    let done = match asking.kind {
        Kind::Move => {
            let write = move |tx: &mut Tx<'_>| asking::confirm_move(tx, &code);
            visit.db.write("confirm move", write).await
        }
        Kind::Register | Kind::Forgotten => {
            let mut mistakes = Mistakes::new();
            let lang = visit.lang;
            let chosen = account::wire::read_passphrase(lang, &form, "", &mut mistakes);
            if asking.kind == Kind::Register && !form.has("agree") {
                mistakes.add("agree", text::message(lang, "member-agree-missing", &[]));
            }
            let chosen = match chosen {
                Some(chosen) if mistakes.is_empty() => chosen,
                _ => {
                    let about = (asking.kind, way.is_some());
                    let page = confirm_form(&visit, about, token, (&form, mistakes));
                    return Ok(page.again().into());
                }
            };
            entrance.tries.0.check(entrance.from, visit.now.0)?;
            let hash = passphrase::hash_in_turn(chosen).await?;
            if asking.kind == Kind::Register {
                return begin(&visit, &entrance, (code, way), hash).await;
            }
            let write = move |tx: &mut Tx<'_>| asking::replace_passphrase(tx, &code, &hash);
            visit.db.write("replace passphrase", write).await
        }
    };
    match (done, asking.kind) {
        (Ok(()), Kind::Move) => Ok(said(&visit, Said::Moved).done().into()),
        (Ok(()), _) => {
            // Whoever was signed in here is signed out like everywhere.
            entrance.jar.take();
            Ok(said(&visit, Said::Changed).done().into())
        }
        (Err(Error::Unknown | Error::Taken), _) => Ok(over(&visit).into()),
        (Err(error), _) => Err(error.into()),
    }
}

/// The account begins, and its owner is in: back where they came from, or at their own account.
async fn begin(
    visit: &Visit<'_>,
    entrance: &Entrance<'_>,
    (code, way): (String, Option<String>),
    hash: passphrase::PassphraseHash,
) -> AppResult<Reply> {
    let terms = Terms::shown(visit.lang, visit.config);
    let empty = Empty::seal(visit.vault)?;
    let (session, earlier) = (Token::fresh(), entrance.jar.token());
    let (opened, earlier) = (session.hash(), earlier.map(|token| token.hash()));
    let begun = visit.db.write("begin account", move |tx| {
        let sessions = (&opened, earlier.as_ref());
        asking::begin(tx, &code, &hash, (&terms, &empty), sessions)
    });
    match begun.await {
        Ok(()) => {
            entrance.jar.give(&session);
            Ok(match way {
                Some(way) => go_on(visit.lang, Some(way)),
                None => Reply::go(visit.lang, "/members/me?did=begun"),
            })
        }
        Err(Error::Unknown | Error::Taken) => Ok(over(visit).into()),
        Err(error) => Err(error.into()),
    }
}
