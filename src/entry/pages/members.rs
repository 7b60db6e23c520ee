//! Entering an activity that is for members, and keeping the receipt in an account.
//!
//! Invariant: whoever is not signed in is asked to, at the form and again where it is sent; what was
//! typed stays in the sign-in page and goes on with the passphrase. A receipt goes into an account
//! only where somebody who is signed in ticked it; the entry knows nothing of it.

use rocket::http::Status;

use crate::activity::{Eligibility, Facts};
use crate::entry::token::CheckToken;
use crate::member;
use crate::member::guard::{Back, Entrance, Step};
use crate::member::receipts::{self, Receipt};
use crate::member::session::Session;
use crate::platform::fault::Fault;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::FormFields;
use crate::platform::web::page::Page;
use crate::vault::guard::Visit;

/// Whether somebody may go on.
pub(super) enum Admitted {
    /// Nothing is missing; the member who is signed in, where one is.
    In(Option<Session>),
    /// The page that asks to sign in.
    Not(Box<Page>),
}

/// Whether one has to be signed in as a member.
pub(super) fn are_needed(facts: &Facts) -> bool {
    facts.eligibility == Eligibility::Members
}

/// In place of the form: why one has to sign in, and the way back.
pub(super) fn only(lang: Language, facts: &Facts, entrance: &Entrance<'_>) -> Page {
    let back = Back {
        action: "/members/sign-in".to_owned(),
        why: why(lang, facts),
        next: lang.url(&format!("/a/{}/enter", facts.slug)),
    };
    let page = entrance.ask(&FormFields::default(), &back);
    page.at(format!("/a/{}/enter", facts.slug))
        .status(Status::Forbidden)
}

fn why(lang: Language, facts: &Facts) -> String {
    let told = facts.eligibility.message_id();
    told.map_or_else(String::new, |id| text::message(lang, id, &[]))
}

/// Lets a form go on that was sent to `here`, if nobody has to sign in for it, somebody is, or the
/// form brought the passphrase along.
pub(super) async fn admit(
    facts: &Facts,
    entrance: &Entrance<'_>,
    form: &FormFields,
    here: String,
) -> AppResult<Admitted> {
    if entrance.member().is_some() || !are_needed(facts) {
        return Ok(Admitted::In(entrance.member().cloned()));
    }
    let back = Back {
        action: here,
        why: why(entrance.language(), facts),
        next: String::new(),
    };
    let at = format!("/a/{}/enter", facts.slug);
    if !entrance.is_try(form) {
        let page = entrance.ask(form, &back).at(at);
        return Ok(Admitted::Not(Box::new(page.status(Status::Forbidden))));
    }
    Ok(match entrance.step(form, &back).await? {
        Step::In(session) => Admitted::In(Some(session)),
        Step::Ask(page) => Admitted::Not(Box::new(page.at(at))),
    })
}

/// The box on the check page that keeps the receipt.
pub(super) const KEEP: &str = "keep";

/// Where the receipt is shown after the entry was taken: what became of the wish to keep it is in
/// the address.
pub(super) async fn kept_at(
    visit: &Visit<'_>,
    member: Option<&Session>,
    form: &FormFields,
    token: &CheckToken,
) -> &'static str {
    let Some(member) = member.filter(|_| form.has(KEEP)) else {
        return "/receipt";
    };
    let receipt = Receipt {
        activity: token.activity.clone(),
        secret: token.secret.clone(),
    };
    match receipts::keep(visit.db, visit.vault, &member.member, &receipt).await {
        Ok(()) => "/receipt?kept=yes",
        // The entry counts either way; the page says that the code has to be written down.
        Err(member::Error::Full) => "/receipt?kept=full",
        Err(error) => {
            tracing::warn!(code = error.code(), "a receipt was not kept in its account");
            "/receipt?kept=no"
        }
    }
}
