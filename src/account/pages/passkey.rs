//! Passkeys of whoever is signed in: making one, removing one.
//!
//! Not here: using one ([`super::second`], [`super::confirm`]).

use rocket::post;

use crate::account::Error;
use crate::account::guard::{Confirmed, Door};
use crate::account::passkey::{self, PasskeyId};
use crate::account::session::Session;
use crate::account::wire;
use crate::account::wire::passkey::NewPasskeyView;
use crate::platform::db::Tx;
use crate::platform::passkey::RelyingParty;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

/// Shows what the browser is asked, and keeps what it answers.
#[post("/staff/account/passkey", data = "<form>")]
pub(super) async fn add(
    door: Door<'_>,
    session: &Session,
    _confirmed: Confirmed,
    form: FormFields,
) -> AppResult<Reply> {
    let party = door.relying_party().ok_or(Error::NoPasskeysHere)?;
    if !form.has("asked") {
        let page = page(&door, &party, session, "", Mistakes::new()).await?;
        return Ok(page.into());
    }
    let label = wire::passkey::read_label(door.lang, &form);
    let sent = (form.value("asked"), form.value("answer"), label.as_str());
    let kept = async {
        let made = passkey::made(&door.db, &door.vault, &party, session, sent).await?;
        let own = session.clone();
        let write = move |tx: &mut Tx<'_>| passkey::keep(tx, &own, &made);
        door.db.write("keep passkey", write).await
    };
    match kept.await {
        Err(Error::PasskeyNotMade) => {
            let mistakes = wire::passkey::not_made(door.lang);
            let page = page(&door, &party, session, form.value("label"), mistakes).await?;
            Ok(page.again().into())
        }
        kept => {
            kept?;
            Ok(Reply::go(door.lang, "/staff/account?done=passkey"))
        }
    }
}

#[post("/staff/account/passkey/remove", data = "<form>")]
pub(super) async fn remove(
    door: Door<'_>,
    session: &Session,
    _confirmed: Confirmed,
    form: FormFields,
) -> AppResult<Reply> {
    let (own, id) = (session.clone(), PasskeyId::from(form.value("passkey")));
    let write = move |tx: &mut Tx<'_>| passkey::remove(tx, &own, &id);
    door.db.write("remove passkey", write).await?;
    Ok(Reply::go(door.lang, "/staff/account?done=passkey-gone"))
}

async fn page(
    door: &Door<'_>,
    party: &RelyingParty,
    session: &Session,
    label: &str,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let asked = passkey::ask_for_new(&door.db, &door.vault, party, session).await?;
    let view = NewPasskeyView::of(asked, label, mistakes);
    let page = Page::new(door.lang, "account/passkey", view);
    Ok(page.no_store().at("/staff/account"))
}
