//! Places in sessions, as the person sees them: why none could be given, and the answer to an offer.
//!
//! Invariant: an offer is accepted by whoever has the receipt code, with a POST from the own page.
//!
//! Not here: giving a place back, which is taking the entry back ([`super::own`]).

use rocket::{Route, get, post, routes};

use crate::entry::wire::Sheet;
use crate::entry::{Error, own};
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::seats::{self, wire as seats_wire};
use crate::vault::guard::Visit;

use super::own::{Holder, pass_over};

pub(super) fn routes() -> Vec<Route> {
    routes![accept_without_form, accept]
}

/// What to tell a person who got no place, at the field where another choice helps.
pub(super) fn mistakes(
    lang: Language,
    sheet: &Sheet,
    form: &FormFields,
    refused: seats::Error,
) -> Result<Mistakes, AppError> {
    let mut mistakes = Mistakes::new();
    let picked = form.value("session");
    let session = sheet
        .sessions
        .iter()
        .find(|each| each.id.as_str() == picked);
    match (refused, session) {
        (seats::Error::Again | seats::Error::Enough, _) => {
            let field = sheet
                .told_apart_by()
                .map_or("session", |field| field.code());
            let id = match field {
                "library_card" => "seats-known-card",
                _ => "seats-known",
            };
            mistakes.add(field, text::message(lang, id, &[]));
        }
        (
            seats::Error::Full { .. } | seats::Error::Cancelled | seats::Error::Begun,
            Some(session),
        ) => {
            let waits = !form.value("wait").trim().is_empty();
            let words = seats_wire::refusal(lang, session, waits, sheet.at);
            // A place came back in between: the same form can be sent again.
            let again = || text::message(lang, "seats-just-now", &[]);
            mistakes.add("session", words.unwrap_or_else(again));
        }
        (error, _) => return Err(Error::Seats(error).into()),
    }
    Ok(mistakes)
}

#[get("/entry/accept")]
fn accept_without_form(lang: Language) -> Reply {
    Reply::go(lang, "/entry")
}

/// Takes the place that is offered; when the offer has passed, the page says so.
#[post("/entry/accept", data = "<form>")]
async fn accept(visit: Visit<'_>, form: FormFields) -> AppResult<Page> {
    let Some(mut holder) = Holder::with_pass(&visit, &form).await? else {
        return Ok(pass_over(visit.lang));
    };
    let lookup = visit.vault.lookup(&holder.pass.secret)?;
    let accepted = visit
        .db
        .write("accept place", move |tx| own::accept_place(tx, &lookup))
        .await;
    match accepted {
        Ok(_) | Err(Error::Ended) => {}
        Err(error) => return Err(error.into()),
    }
    holder.look_again().await?;
    holder.page().await
}
