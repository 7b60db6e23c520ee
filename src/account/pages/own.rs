//! One's own account: passphrase and sessions.

use rocket::{State, get, post};

use super::{Tries, second};
use crate::account::elsewhere;
use crate::account::factor::{self, RecoveryCodes, Setting};
use crate::account::guard::{Confirmed, Door};
use crate::account::name::StaffName;
use crate::account::passkey;
use crate::account::passphrase::{self, PassphraseHash};
use crate::account::session::{self, Session};
use crate::account::sign_in::{self, Outcome};
use crate::account::token::Token;
use crate::account::wire::elsewhere::ProviderView;
use crate::account::wire::passkey::PasskeysView;
use crate::account::wire::{self, OwnView, SessionView};
use crate::account::{self, Error};
use crate::platform::clock::Timestamp;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

#[get("/staff/account?<done>")]
pub(super) async fn page(door: Door<'_>, session: &Session, done: Option<&str>) -> AppResult<Page> {
    let done = done.and_then(|code| wire::done_words(door.lang, code));
    Ok(view(&door, session, done, Mistakes::new()).await?)
}

#[post("/staff/account/passphrase", data = "<form>")]
pub(super) async fn change_passphrase(
    door: Door<'_>,
    session: &Session,
    from: ClientAddress,
    tries: &State<Tries>,
    form: FormFields,
) -> AppResult<Reply> {
    let (lang, db) = (door.lang, &door.db);
    tries.0.check(from, db.clock().now().0)?;
    let mut mistakes = Mistakes::new();
    if sign_in::again(db, &session.staff.id, form.value("present")).await? == Outcome::Refused {
        let words = text::message(lang, "account-present-differs", &[]);
        mistakes.add("present", words);
    }
    let name = StaffName::parse(&session.staff.name).map_err(|_| Error::Unknown)?;
    let chosen = wire::read_passphrase(lang, &form, name.as_str(), &mut mistakes);
    let chosen = match chosen {
        Some(chosen) if mistakes.is_empty() => chosen,
        _ => {
            let page = view(&door, session, None, mistakes).await?;
            return Ok(page.again().at("/staff/account").into());
        }
    };
    let hash: PassphraseHash = passphrase::hash_in_turn(chosen).await?;
    let token = Token::fresh();
    let (own, opened) = (session.clone(), token.hash());
    db.write("change passphrase", move |tx| {
        account::change_passphrase(tx, &hash, &own, &opened)
    })
    .await?;
    door.jar.give(&token);
    Ok(Reply::go(lang, "/staff/account?done=passphrase"))
}

#[post("/staff/account/end-session", data = "<form>")]
pub(super) async fn end_one(
    lang: Language,
    session: &Session,
    db: &State<Db>,
    form: FormFields,
) -> AppResult<Reply> {
    let own = session.clone();
    let opened_at = Timestamp(form.value("opened_at").parse().unwrap_or(-1));
    db.write("end own session", move |tx| {
        session::end_one(tx, &own, opened_at)
    })
    .await?;
    Ok(Reply::go(lang, "/staff/account?done=session"))
}

/// Another telephone: its secret is shown, and its first code puts it in the place of the present
/// one.
#[post("/staff/account/second-step", data = "<form>")]
pub(super) async fn change_factor(
    door: Door<'_>,
    session: &Session,
    _confirmed: Confirmed,
    form: FormFields,
) -> AppResult<Page> {
    const HERE: &str = "/staff/account/second-step";
    let now = door.db.clock().now();
    if !form.has("setting") {
        let staff = session.staff.id.clone();
        let setting = door
            .db
            .read("find account", move |tx| factor::setting_of(tx, &staff))
            .await?;
        return Ok(second::set_up_page(&door, &setting, HERE, "", Mistakes::new()).await?);
    }
    let setting = Setting::open(&door.vault, now, form.value("setting")).await?;
    let typed = form.value("proof_code");
    let Some((sealed, step)) = setting.prove(&door.vault, typed, now).await? else {
        let mistakes = wire::factor::code_differs(door.lang);
        let page = second::set_up_page(&door, &setting, HERE, "", mistakes).await?;
        return Ok(page.again());
    };
    let (own, half, present) = (session.clone(), setting.half, setting.present);
    let codes = door.db.write("change second step", move |tx| {
        let codes = RecoveryCodes::fresh();
        factor::replace(tx, &own, (&half, &present), (&sealed, step), &codes)?;
        Ok::<_, Error>(codes)
    });
    let (codes, next) = (codes.await?, door.lang.url("/staff/account"));
    Ok(second::recovery_page(&door, &session.staff.id, &codes, next).await?)
}

#[post("/staff/account/recovery")]
pub(super) async fn renew_recovery(
    door: Door<'_>,
    session: &Session,
    _confirmed: Confirmed,
) -> AppResult<Page> {
    let staff = session.staff.id.clone();
    let codes = door.db.write("renew recovery codes", move |tx| {
        let codes = RecoveryCodes::fresh();
        factor::renew_recovery(tx, &staff, &codes)?;
        Ok::<_, Error>(codes)
    });
    let (codes, next) = (codes.await?, door.lang.url("/staff/account"));
    Ok(second::recovery_page(&door, &session.staff.id, &codes, next).await?)
}

#[post("/staff/account/end-others")]
pub(super) async fn end_others(
    lang: Language,
    session: &Session,
    db: &State<Db>,
) -> AppResult<Reply> {
    let own = session.clone();
    db.write("end other sessions", move |tx| {
        session::end_others(tx, &own)
    })
    .await?;
    Ok(Reply::go(lang, "/staff/account?done=others"))
}

async fn view(
    door: &Door<'_>,
    session: &Session,
    done: Option<String>,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let (lang, staff) = (door.lang, session.staff.id.clone());
    let (sessions, state, linked, has_passphrase) = door
        .db
        .read("own sessions", move |tx| {
            let (sessions, state) = (session::list(tx, &staff)?, factor::state(tx, &staff)?);
            let linked = elsewhere::linked(tx, &staff)?;
            let has_passphrase = elsewhere::has_passphrase(tx, &staff)?;
            Ok::<_, Error>((sessions, state, linked, has_passphrase))
        })
        .await?;
    let provider = door.provider.as_deref();
    // A passkey stands beside the telephone.
    let passkeys = match state.set_at {
        Some(_) => {
            let own = passkey::list(&door.db, &door.vault, &session.staff.id).await?;
            PasskeysView::of(own, door.relying_party().is_some())
        }
        None => None,
    };
    let view = OwnView {
        name: session.staff.name.clone(),
        role: wire::role_line(lang, &session.staff.roles),
        sessions: sessions
            .iter()
            .map(|opened| SessionView::of(opened, &session.token))
            .collect(),
        set_at: state.set_at.map(|at| at.0),
        recovery_left: state.recovery_left,
        passkeys,
        elsewhere: provider.map(|provider| ProviderView::of(lang, provider, linked)),
        has_passphrase,
        done,
        mistakes,
    };
    Ok(Page::new(lang, "account/own", view))
}
