//! The confirmation before an act that weighs: who is it, and the form that waits.
//!
//! Invariant: what somebody typed is in hidden fields of this page and nowhere else; with the right
//! code it goes on to the address that it was sent to, by a redirect that keeps method and body
//! (307). What a page must not hold, a librarian's share or a file, is sent again by hand.

use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{State, get, post, uri};

use super::entrance::go_on;
use super::{Tries, second};
use crate::account::elsewhere::{self, Need};
use crate::account::guard::{Carried, Door};
use crate::account::passkey::Occasion;
use crate::account::session::{self, Session};
use crate::account::sign_in::{self, Outcome};
use crate::account::token::Token;
use crate::account::wire;
use crate::account::wire::confirm::ConfirmView;
use crate::account::{Error, StaffId};
use crate::platform::text::Language;
use crate::platform::watch::Sign;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::upload::Upload;
use crate::platform::web::form::{FormFields, Mistakes, PROOF};
use crate::platform::web::page::{Page, Reply};

/// Where one confirms and goes on to `next`, without language.
pub(super) fn address(next: Option<&str>) -> String {
    uri!(page(next)).to_string()
}

/// The way to the confirmation, and to `next` afterwards.
pub(super) fn lead_to_confirm(lang: Language, next: Option<String>) -> Reply {
    Reply::go(lang, &address(next.as_deref()))
}

#[get("/staff/confirm?<next>")]
pub(super) async fn page(
    door: Door<'_>,
    session: &Session,
    next: Option<&str>,
) -> AppResult<Reply> {
    let next = next.and_then(wire::next);
    if session.is_proven(door.db.clock().now()) {
        return Ok(go_on(door.lang, next));
    }
    let view = ConfirmView::to_a_page(next.unwrap_or_default(), door.asks_second_step());
    Ok(shown(&door, session, view).await?.into())
}

#[post("/staff/confirm", data = "<form>")]
pub(super) async fn confirm(
    door: Door<'_>,
    session: &Session,
    from: ClientAddress,
    tries: &State<Tries>,
    form: FormFields,
) -> AppResult<Reply> {
    tries.0.check(from, door.db.clock().now().0)?;
    let next = wire::next(form.value("next"));
    if prove(&door, session, &form).await? {
        return Ok(go_on(door.lang, next));
    }
    let asks = door.asks_second_step();
    let view = ConfirmView::to_a_page(next.unwrap_or_default(), asks);
    let view = view.refused(mistakes(&door, &form));
    let page = shown(&door, session, view).await?.again();
    Ok(page.noticed(Sign::SecondStep).into())
}

/// After every other route: a form whose handler was not reached.
#[post("/staff/<_..>", data = "<sent>", rank = 100)]
pub(super) async fn carry_staff(
    waiting: Waiting<'_>,
    from: ClientAddress,
    tries: &State<Tries>,
    sent: Upload,
) -> AppResult<Reply> {
    carry(waiting, from, tries, &sent).await
}

/// The same in the administration.
#[post("/admin/<_..>", data = "<sent>", rank = 100)]
pub(super) async fn carry_admin(
    waiting: Waiting<'_>,
    from: ClientAddress,
    tries: &State<Tries>,
    sent: Upload,
) -> AppResult<Reply> {
    carry(waiting, from, tries, &sent).await
}

/// Where a form waits to go.
pub(super) struct Waiting<'r> {
    door: Door<'r>,
    session: &'r Session,
    to: &'r Origin<'r>,
    has_file: bool,
}

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Waiting<'r> {
    type Error = Error;

    async fn from_request(
        request: &'r rocket::Request<'_>,
    ) -> rocket::request::Outcome<Self, Error> {
        use rocket::outcome::try_outcome;
        try_outcome!(request.guard::<Carried>().await);
        let kind = request.content_type();
        rocket::request::Outcome::Success(Waiting {
            session: try_outcome!(request.guard::<&'r Session>().await),
            door: try_outcome!(request.guard::<Door<'r>>().await),
            to: request.uri(),
            has_file: kind.is_some_and(|kind| kind.is_form_data()),
        })
    }
}

async fn carry(
    waiting: Waiting<'_>,
    from: ClientAddress,
    tries: &State<Tries>,
    sent: &Upload,
) -> AppResult<Reply> {
    let Waiting {
        door, session, to, ..
    } = &waiting;
    let (fields, asks) = (sent.fields(), door.asks_second_step());
    let view = if waiting.has_file || !fields.may_be_given_back() {
        let path = to.path().to_string();
        ConfirmView::not_kept(wire::next(&path).unwrap_or_default(), asks)
    } else {
        let fields = fields.iter().filter(|(name, _)| !name.starts_with(PROOF));
        ConfirmView::to_a_form(to.to_string(), fields, asks)
    };
    if !fields.iter().any(|(name, _)| name.starts_with(PROOF)) {
        return Ok(shown(door, session, view).await?.into());
    }
    tries.0.check(from, door.db.clock().now().0)?;
    if prove(door, session, fields).await? {
        return Ok(Reply::Go(Redirect::temporary(to.to_string())));
    }
    let view = view.refused(mistakes(door, fields));
    let page = shown(door, session, view).await?.again();
    Ok(page.noticed(Sign::SecondStep).into())
}

async fn shown(door: &Door<'_>, session: &Session, view: ConfirmView) -> Result<Page, Error> {
    let (staff, need) = (session.staff.id.clone(), door.need());
    let (own, linked) = door
        .db
        .read("find proofs", move |tx| {
            let own = elsewhere::has_own_proof(tx, &staff, need)?;
            Ok::<_, Error>((own, elsewhere::linked(tx, &staff)?))
        })
        .await?;
    // A provider that cannot tell how many factors it asked for is no proof where two are needed.
    let provider = door.provider.as_deref().filter(|provider| {
        let is_enough = need == Need::One || provider.tells_factors();
        is_enough && linked.is_some_and(|linked| linked.issuer == provider.issuer())
    });
    let passkey = match own {
        true => {
            let occasion = Occasion::session(session);
            second::ask_for_passkey(door, &session.staff.id, &occasion).await?
        }
        false => None,
    };
    let provider = provider.map(|own| own.name(door.lang).to_owned());
    let view = view.with(own, provider).beside(passkey);
    let page = Page::new(door.lang, "account/confirm", view);
    Ok(page.no_store().at("/staff/confirm"))
}

/// What was wrong with a proof.
fn mistakes(door: &Door<'_>, form: &FormFields) -> Mistakes {
    match door.asks_second_step() {
        true => second::refused(door, form),
        false => wire::confirm::passphrase_refused(door.lang),
    }
}

/// Compares what was typed, and gives the session another token where it is right.
async fn prove(door: &Door<'_>, session: &Session, form: &FormFields) -> Result<bool, Error> {
    let (token, own) = (Token::fresh(), session.clone());
    let fresh = token.hash();
    let proved = if door.asks_second_step() {
        let occasion = Occasion::session(session);
        let typed = second::compare(door, &session.staff.id, &occasion, form).await?;
        let proved = door.db.write("confirm", move |tx| {
            let right = sign_in::is_right(tx, &own.staff.id, &typed)?;
            if right {
                session::prove(tx, &own, &fresh)?;
            }
            Ok::<_, Error>(right)
        });
        proved.await?
    } else {
        let staff: &StaffId = &session.staff.id;
        let typed = form.value("proof_passphrase");
        let right = sign_in::again(&door.db, staff, typed).await? != Outcome::Refused;
        if right {
            let proved = door
                .db
                .write("confirm", move |tx| session::prove(tx, &own, &fresh));
            proved.await?;
        }
        right
    };
    if proved {
        door.jar.give(&token);
    }
    Ok(proved)
}
