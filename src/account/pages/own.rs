//! One's own account: passphrase and sessions.

use rocket::{State, get, post};

use super::Tries;
use crate::account::guard::Jar;
use crate::account::name::StaffName;
use crate::account::passphrase::{self, PassphraseHash};
use crate::account::session::{self, Session};
use crate::account::sign_in::{self, Outcome};
use crate::account::token::Token;
use crate::account::wire::{self, OwnView, SessionView};
use crate::account::{self, Error};
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

#[get("/staff/account?<done>")]
pub(super) async fn page(
    lang: Language,
    session: &Session,
    db: &State<Db>,
    done: Option<&str>,
) -> AppResult<Page> {
    let done = done.and_then(|code| wire::done_words(lang, code));
    Ok(view(lang, session, db, done, Mistakes::new()).await?)
}

#[post("/staff/account/passphrase", data = "<form>")]
pub(super) async fn change_passphrase(
    lang: Language,
    session: &Session,
    from: ClientAddress,
    tries: &State<Tries>,
    db: &State<Db>,
    jar: Jar<'_>,
    form: FormFields,
) -> AppResult<Reply> {
    tries.0.check(from, db.clock().now().0)?;
    let mut mistakes = Mistakes::new();
    if sign_in::again(db, &session.staff.id, form.value("present")).await? == Outcome::Refused {
        let words = text::message(lang, "account-present-differs", &[]);
        mistakes.add("present", words);
    }
    let name = StaffName::parse(&session.staff.name).map_err(|_| Error::Unknown)?;
    let chosen = wire::read_passphrase(lang, &form, &name, &mut mistakes);
    let chosen = match chosen {
        Some(chosen) if mistakes.is_empty() => chosen,
        _ => {
            let page = view(lang, session, db, None, mistakes).await?;
            return Ok(page.again().at("/staff/account").into());
        }
    };
    let hash: PassphraseHash = passphrase::hash_in_turn(chosen).await?;
    let token = Token::fresh();
    let (staff, opened) = (session.staff.id.clone(), token.hash());
    db.write("change passphrase", move |tx| {
        account::change_passphrase(tx, &staff, &hash, &opened)
    })
    .await?;
    jar.give(&token);
    Ok(Reply::go(lang, "/staff/account?done=passphrase"))
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
    lang: Language,
    session: &Session,
    db: &Db,
    done: Option<String>,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let staff = session.staff.id.clone();
    let sessions = db
        .read("own sessions", move |tx| session::list(tx, &staff))
        .await?;
    let view = OwnView {
        name: session.staff.name.clone(),
        role: wire::role_line(lang, &session.staff.roles),
        sessions: sessions
            .iter()
            .map(|opened| SessionView::of(opened, &session.token))
            .collect(),
        done,
        mistakes,
    };
    Ok(Page::new(lang, "account/own", view))
}
