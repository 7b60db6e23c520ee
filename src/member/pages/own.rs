//! One's own account: what is held, another passphrase, another address, sessions, leaving.

use rocket::http::ContentType;
use rocket::{Route, State, get, post, routes};

use super::MemberAsks;
use crate::account;
use crate::account::elsewhere::Linked;
use crate::account::factor::RecoveryCodes;
use crate::account::passphrase;
use crate::account::token::Token;
use crate::activity;
use crate::entry;
use crate::entry::token::{PASS_LIFE, Pass};
use crate::identity::email::Email;
use crate::member::elsewhere;
use crate::member::factor::{self, Setting, State as StepState};
use crate::member::guard::Entrance;
use crate::member::receipts::{self, Own, Receipt};
use crate::member::session::{self, Opened, Session};
use crate::member::sign_in::{self, Outcome};
use crate::member::terms::{self, Terms};
use crate::member::wire::entrance::{self as entry_wire, Said, SaidView};
use crate::member::wire::own::{self as wire, KeptEntry, News, OwnFacts, OwnView};
use crate::member::{Error, Member, asking, own};
use crate::newsletter::consent::{self, Consent};
use crate::newsletter::tokens::{self as news_tokens, Link};
use crate::newsletter::{self, subscribers, topics};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::text;
use crate::platform::web::download::Download;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::guard::Visit;

pub(super) fn routes() -> Vec<Route> {
    routes![
        page,
        data,
        set_language,
        change_passphrase,
        change_email,
        end_one,
        end_others,
        drop_receipt,
        subscribe,
        set_factor,
        remove_factor,
        delete
    ]
}

/// Everything that the page of an account shows.
struct Held {
    member: Member,
    terms: Terms,
    sessions: Vec<Opened>,
    own: Own,
    entries: Vec<KeptEntry>,
    news: News,
    second: StepState,
    linked: Option<Linked>,
}

impl Held {
    async fn of(visit: &Visit<'_>, session: &Session) -> AppResult<Held> {
        let id = session.member.clone();
        let (member, terms, sessions, second, linked) = visit
            .db
            .read("read own account", move |tx| {
                let member = own::find(tx, &id)?;
                let terms = terms::of(tx, &member.terms)?;
                let second = factor::state(tx, &id)?;
                let (sessions, linked) = (session::list(tx, &id)?, elsewhere::linked(tx, &id)?);
                Ok::<_, Error>((member, terms, sessions, second, linked))
            })
            .await?;
        let own = receipts::open(visit.db, visit.vault, &session.member).await?;
        Ok(Held {
            entries: entries(visit, &own).await?,
            news: news(visit, &own).await?,
            member,
            terms,
            sessions,
            own,
            second,
            linked,
        })
    }

    fn facts<'a>(&'a self, session: &'a Session) -> OwnFacts<'a> {
        OwnFacts {
            member: &self.member,
            email: &self.own.email,
            terms: &self.terms,
            sessions: &self.sessions,
            here: &session.token,
            entries: &self.entries,
            news: &self.news,
            second: self.second,
            linked: self.linked.as_ref(),
        }
    }
}

/// What the kept receipts lead to, the newest first.
async fn entries(visit: &Visit<'_>, own: &Own) -> AppResult<Vec<KeptEntry>> {
    let mut rows = Vec::with_capacity(own.receipts.len());
    for receipt in own.receipts.iter().rev() {
        let lookup = visit.vault.soon().lookup(&receipt.secret).await?;
        let id = receipt.activity.clone();
        let read = visit.db.read("find kept entry", move |tx| {
            let found = entry::receipt::find(tx, &lookup)?;
            Ok::<_, entry::Error>((activity::by_id(tx, &id)?, found))
        });
        let (facts, found) = match read.await {
            Err(entry::Error::Activity(activity::Error::Unknown)) => continue,
            read => read?,
        };
        let pass = Pass {
            activity: receipt.activity.clone(),
            secret: receipt.secret.clone(),
        };
        rows.push(KeptEntry {
            facts,
            found,
            code: receipt.secret.grouped(),
            pass: pass.seal(visit.vault, visit.now).await?,
        });
    }
    Ok(rows)
}

/// The subscription of the member's address, or what it could be.
async fn news(visit: &Visit<'_>, own: &Own) -> AppResult<News> {
    let Ok(email) = Email::parse(&own.email) else {
        return Ok(News::default());
    };
    let tag = visit.vault.tag_subscriber(&email)?;
    let (lang, config) = (visit.lang, visit.config.clone());
    let (mut news, access) = visit
        .db
        .read("find subscription", move |tx| {
            let all = topics::all(tx)?;
            let Some((found, chosen)) = subscribers::of_address(tx, &tag)? else {
                let offered = all.iter().filter(|topic| topic.retired_at.is_none());
                let news = News {
                    offered: offered.cloned().collect(),
                    consent: Some((consent::VERSION, Consent::shown(lang, &config))),
                    ..News::default()
                };
                return Ok::<_, newsletter::Error>((news, None));
            };
            let names = all.iter().filter(|topic| chosen.contains(&topic.id));
            let news = News {
                chosen: names.cloned().collect(),
                since: Some(found.agreed_at),
                consent: Some(consent::of(tx, &found.consent)?),
                ..News::default()
            };
            Ok((news, Some(found.access)))
        })
        .await?;
    if let Some(access) = access {
        let token = news_tokens::seal(visit.vault, Link::Own, &access, visit.now)?;
        news.path = format!("/newsletter/preferences/{token}");
    }
    Ok(news)
}

pub(super) async fn own_page(
    visit: &Visit<'_>,
    entrance: &Entrance<'_>,
    session: &Session,
    did: Option<&str>,
    typed: (&FormFields, Mistakes),
) -> AppResult<Page> {
    let held = Held::of(visit, session).await?;
    let view = OwnView::of(visit.lang, &held.facts(session), did, typed);
    let view = view.beside(visit.lang, entrance.provider.as_deref(), held.linked);
    let page = Page::new(visit.lang, "member/own", view);
    Ok(page.no_store().at("/members/me"))
}

#[get("/members/me?<did>")]
async fn page(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    session: &Session,
    did: Option<&str>,
) -> AppResult<Page> {
    let empty = FormFields::default();
    own_page(&visit, &entrance, session, did, (&empty, Mistakes::new())).await
}

/// What is held of the member, as a file.
#[get("/members/me/data")]
async fn data(visit: Visit<'_>, session: &Session) -> AppResult<Download> {
    let held = Held::of(&visit, session).await?;
    Ok(Download {
        kind: ContentType::JSON,
        name: "account.json".to_owned(),
        bytes: wire::held_file(visit.lang, &held.facts(session), visit.now),
    })
}

#[post("/members/me/language", data = "<form>")]
async fn set_language(visit: Visit<'_>, session: &Session, form: FormFields) -> AppResult<Reply> {
    if let Some(language) = wire::language(&form) {
        let id = session.member.clone();
        let write = move |tx: &mut Tx<'_>| own::set_language(tx, &id, language);
        visit.db.write("set language", write).await?;
    }
    Ok(Reply::go(visit.lang, "/members/me?did=language"))
}

/// Compares the present passphrase; a wrong one counts as at the sign-in.
pub(super) async fn is_present(
    visit: &Visit<'_>,
    entrance: &Entrance<'_>,
    session: &Session,
    typed: &str,
) -> AppResult<bool> {
    entrance.tries.0.check(entrance.from, visit.now.0)?;
    let tried = sign_in::compare_own(visit.db, &session.member, typed).await?;
    let count = move |tx: &mut Tx<'_>| sign_in::count(tx, &tried);
    let outcome = visit.db.write("count try", count).await?;
    Ok(outcome != Outcome::Refused)
}

pub(super) fn differs(visit: &Visit<'_>, field: &str, mistakes: &mut Mistakes) {
    let words = text::message(visit.lang, "account-present-differs", &[]);
    mistakes.add(field, words);
}

#[post("/members/me/passphrase", data = "<form>")]
async fn change_passphrase(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    session: &Session,
    form: FormFields,
) -> AppResult<Reply> {
    let mut mistakes = Mistakes::new();
    if !is_present(&visit, &entrance, session, form.value("present")).await? {
        differs(&visit, "present", &mut mistakes);
    }
    let chosen = account::wire::read_passphrase(visit.lang, &form, "", &mut mistakes);
    let chosen = match chosen {
        Some(chosen) if mistakes.is_empty() => chosen,
        _ => {
            let page = own_page(&visit, &entrance, session, None, (&form, mistakes)).await?;
            return Ok(page.again().into());
        }
    };
    let hash = passphrase::hash_in_turn(chosen).await?;
    let token = Token::fresh();
    let (own_session, fresh) = (session.clone(), token.hash());
    let write = move |tx: &mut Tx<'_>| own::change_passphrase(tx, &own_session, &hash, &fresh);
    visit.db.write("change passphrase", write).await?;
    entrance.jar.give(&token);
    Ok(Reply::go(visit.lang, "/members/me?did=passphrase"))
}

#[post("/members/me/email", data = "<form>")]
async fn change_email(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    session: &Session,
    form: FormFields,
    limit: &State<MemberAsks>,
) -> AppResult<Reply> {
    let mut mistakes = Mistakes::new();
    let email = entry_wire::email(visit.lang, &form, &mut mistakes);
    if !is_present(&visit, &entrance, session, form.value("email_present")).await? {
        differs(&visit, "email_present", &mut mistakes);
    }
    let email = match email {
        Some(email) if mistakes.is_empty() => email,
        _ => {
            let page = own_page(&visit, &entrance, session, None, (&form, mistakes)).await?;
            return Ok(page.again().into());
        }
    };
    limit.0.check(entrance.from, visit.now.0)?;
    let new = visit.vault.seal_member(&email)?;
    let id = session.member.clone();
    let write = move |tx: &mut Tx<'_>| asking::ask_to_move(tx, &id, &new);
    visit.db.write("ask to move", write).await?;
    Ok(Reply::go(visit.lang, "/members/me?did=moving"))
}

#[post("/members/me/end-session", data = "<form>")]
async fn end_one(visit: Visit<'_>, session: &Session, form: FormFields) -> AppResult<Reply> {
    let own_session = session.clone();
    let opened_at = Timestamp(form.value("opened_at").parse().unwrap_or(-1));
    let write = move |tx: &mut Tx<'_>| session::end_one(tx, &own_session, opened_at);
    visit.db.write("end own session", write).await?;
    Ok(Reply::go(visit.lang, "/members/me?did=session"))
}

#[post("/members/me/end-others")]
async fn end_others(visit: Visit<'_>, session: &Session) -> AppResult<Reply> {
    let own_session = session.clone();
    let write = move |tx: &mut Tx<'_>| session::end_others(tx, &own_session);
    visit.db.write("end other sessions", write).await?;
    Ok(Reply::go(visit.lang, "/members/me?did=others"))
}

/// Takes a receipt out of the account; the entry stays.
#[post("/members/me/receipts", data = "<form>")]
async fn drop_receipt(visit: Visit<'_>, session: &Session, form: FormFields) -> AppResult<Reply> {
    let pass = Pass::open(visit.vault, visit.now, form.value("pass"), PASS_LIFE).await;
    if let Ok(pass) = pass {
        let is_it = |one: &Receipt| one.secret.as_str() == pass.secret.as_str();
        receipts::drop_where(visit.db, visit.vault, &session.member, is_it).await?;
    }
    Ok(Reply::go(visit.lang, "/members/me?did=receipt"))
}

/// Subscribes the member's own address, which was confirmed when the account was made.
#[post("/members/me/newsletter", data = "<form>")]
async fn subscribe(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    session: &Session,
    form: FormFields,
) -> AppResult<Reply> {
    let held = Held::of(&visit, session).await?;
    let choice = wire::choice(visit.lang, &form, &held.facts(session));
    let choice = match choice {
        Ok(choice) => choice,
        Err(mistakes) => {
            let page = own_page(&visit, &entrance, session, None, (&form, mistakes)).await?;
            return Ok(page.again().into());
        }
    };
    let email = Email::parse(&held.own.email).map_err(|_| Error::Unknown)?;
    let new = subscribers::seal(visit.vault, &email)?;
    let words = Consent::shown(visit.lang, visit.config);
    let write = move |tx: &mut Tx<'_>| subscribers::begin(tx, &new, &choice, &words);
    visit.db.write("subscribe member", write).await?;
    Ok(Reply::go(visit.lang, "/members/me?did=subscribed"))
}

/// A telephone is set up, or another one: its secret is shown, and its first code keeps it.
#[post("/members/me/second-step", data = "<form>")]
async fn set_factor(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    session: &Session,
    form: FormFields,
) -> AppResult<Page> {
    let lang = visit.lang;
    if !form.has("setting") {
        let mut mistakes = Mistakes::new();
        if !is_present(&visit, &entrance, session, form.value("step_present")).await? {
            differs(&visit, "step_present", &mut mistakes);
            return Ok(
                own_page(&visit, &entrance, session, None, (&form, mistakes))
                    .await?
                    .again(),
            );
        }
        let member = session.member.clone();
        let read = move |tx: &mut Tx<'_>| Setting::fresh(tx, &member);
        let setting = visit.db.read("find second step", read).await?;
        return telephone_page(&visit, session, &setting, Mistakes::new()).await;
    }
    entrance.tries.0.check(entrance.from, visit.now.0)?;
    let setting = Setting::open(visit.vault, visit.now, form.value("setting")).await?;
    let typed = form.value("proof_code");
    let Some((sealed, step)) = setting.prove(visit.vault, typed, visit.now).await? else {
        let mut mistakes = Mistakes::new();
        let words = text::message(lang, "account-factor-differs", &[]);
        mistakes.add("proof_code", words);
        let page = telephone_page(&visit, session, &setting, mistakes).await?;
        return Ok(page.again());
    };
    let own_session = session.clone();
    let codes = visit.db.write("set up second step", move |tx| {
        let codes = RecoveryCodes::fresh();
        factor::keep(tx, &own_session, &setting, (&sealed, step), &codes)?;
        Ok::<_, Error>(codes)
    });
    let view = wire::RecoveryView {
        codes: codes.await?.grouped(),
        made_at: visit.now.0,
    };
    let page = Page::new(lang, "member/recovery", view);
    Ok(page.no_store().at("/members/me"))
}

/// The page with the secret of a telephone.
async fn telephone_page(
    visit: &Visit<'_>,
    session: &Session,
    setting: &Setting,
    mistakes: Mistakes,
) -> AppResult<Page> {
    let own = receipts::open(visit.db, visit.vault, &session.member).await?;
    let sealed = setting.seal(visit.vault, visit.now).await?;
    let (library, secret) = (&visit.config.library_zh, setting.telephone.secret());
    let view = wire::TelephoneView::of(library, &own.email, &secret, sealed, mistakes);
    let page = Page::new(visit.lang, "member/factor", view);
    Ok(page.no_store().at("/members/me"))
}

#[post("/members/me/second-step/off", data = "<form>")]
async fn remove_factor(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    session: &Session,
    form: FormFields,
) -> AppResult<Reply> {
    let mut mistakes = Mistakes::new();
    if !is_present(&visit, &entrance, session, form.value("off_present")).await? {
        differs(&visit, "off_present", &mut mistakes);
        let page = own_page(&visit, &entrance, session, None, (&form, mistakes)).await?;
        return Ok(page.again().into());
    }
    let own = session.clone();
    let write = move |tx: &mut Tx<'_>| factor::remove(tx, &own);
    visit.db.write("remove second step", write).await?;
    Ok(Reply::go(visit.lang, "/members/me?did=step_off"))
}

#[post("/members/me/delete", data = "<form>")]
async fn delete(
    visit: Visit<'_>,
    entrance: Entrance<'_>,
    session: &Session,
    form: FormFields,
) -> AppResult<Reply> {
    let mut mistakes = Mistakes::new();
    if !is_present(&visit, &entrance, session, form.value("delete_present")).await? {
        differs(&visit, "delete_present", &mut mistakes);
        let page = own_page(&visit, &entrance, session, None, (&form, mistakes)).await?;
        return Ok(page.again().into());
    }
    own::delete(visit.db, visit.vault, &session.member).await?;
    entrance.jar.take();
    let view = SaidView::of(visit.lang, Said::Gone);
    let page = Page::new(visit.lang, "member/said", view);
    Ok(page.no_store().at("/members/sign-in").done().into())
}
