//! Coming in: from the sign-in page, or from any form that needs a member.
//!
//! Invariant: what somebody typed into a form that needs a member is in hidden fields of the
//! sign-in page and nowhere else, and goes on to the same address with the passphrase beside it.

use std::sync::Arc;
use std::time::Duration;

use rocket::State;
use rocket::outcome::try_outcome;
use rocket::request::{FromRequest, Outcome, Request};

use crate::account;
use crate::account::guard::Jar;
use crate::account::token::Token;
use crate::identity::email::Email;
use crate::member::factor::Half;
use crate::member::session::Session;
use crate::member::sign_in::{self, Outcome as Tried};
use crate::member::wire::entrance::{CodeView, SignInView};
use crate::member::{Error, factor};
use crate::platform::cookies;
use crate::platform::db::Db;
use crate::platform::openid::{Provider, Providers};
use crate::platform::text::Language;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, PROOF};
use crate::platform::web::page::Page;
use crate::platform::web::throttle::Throttle;
use crate::vault::Vault;

/// How often one network may give a passphrase or a code; managed by Rocket.
pub struct MemberTries(pub(in crate::member) Throttle);

impl Default for MemberTries {
    fn default() -> MemberTries {
        MemberTries(Throttle::new(30, Duration::from_secs(10)))
    }
}

/// What every step of coming in needs.
pub struct Entrance<'r> {
    pub(in crate::member) lang: Language,
    pub(in crate::member) db: &'r Db,
    pub(in crate::member) vault: &'r Vault,
    pub(in crate::member) jar: Jar<'r>,
    pub(in crate::member) from: ClientAddress,
    pub(in crate::member) tries: &'r MemberTries,
    /// By which people may come in elsewhere.
    pub(in crate::member) provider: Option<Arc<Provider>>,
    member: Option<&'r Session>,
    is_from_our_page: bool,
}

/// Where somebody goes on after signing in.
#[derive(Clone, Default)]
pub struct Back {
    /// Where the form is sent, without language.
    pub action: String,
    /// Why one has to sign in, in words; empty where that needs no words.
    pub why: String,
    /// The address to go to afterwards, where no form waits.
    pub next: String,
}

/// How a step of coming in ended.
pub enum Step {
    /// Signed in.
    In(Session),
    /// The page for the next try.
    Ask(Box<Page>),
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Entrance<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let from = request.guard::<ClientAddress>().await;
        Outcome::Success(Entrance {
            lang: Language::of_path(request.uri().path().as_str()).0,
            db: try_outcome!(request.guard::<&State<Db>>().await).inner(),
            vault: try_outcome!(request.guard::<&State<Vault>>().await).inner(),
            jar: Jar::of(request, &cookies::MEMBER),
            from: try_outcome!(from.map_error(|(status, _)| (status, ()))),
            tries: try_outcome!(request.guard::<&State<MemberTries>>().await).inner(),
            provider: request
                .rocket()
                .state::<Providers>()
                .and_then(|providers| providers.members.clone()),
            member: request.guard::<&'r Session>().await.succeeded(),
            is_from_our_page: says_from_where(request),
        })
    }
}

/// Whether the browser names the page that a form was sent from; that it is ours the edge has looked at.
fn says_from_where(request: &Request<'_>) -> bool {
    let headers = request.headers();
    let origin = headers.get_one("Origin");
    headers.contains("Sec-Fetch-Site") || origin.is_some_and(|origin| origin != "null")
}

impl Entrance<'_> {
    /// The language of the page.
    pub fn language(&self) -> Language {
        self.lang
    }

    /// From where the request came.
    pub fn from(&self) -> ClientAddress {
        self.from
    }

    /// Who is signed in already.
    pub fn member(&self) -> Option<&Session> {
        self.member
    }

    /// Whether a form carries a try to sign in. On a public page it also has to say where it comes
    /// from, else another site could sign somebody in to an account that is not theirs.
    pub fn is_try(&self, form: &FormFields) -> bool {
        self.is_from_our_page && form.iter().any(|(name, _)| name.starts_with(PROOF))
    }

    /// The sign-in page, with every field of the form kept in it.
    pub fn ask(&self, form: &FormFields, back: &Back) -> Page {
        self.page(SignInView::empty(form, back))
    }

    /// One try, with what a form brought.
    pub async fn step(&self, form: &FormFields, back: &Back) -> AppResult<Step> {
        self.tries.0.check(self.from, self.db.clock().now().0)?;
        if form.has("proof_half") {
            return self.second_step(form, back).await;
        }
        let tag = match Email::parse(form.value("proof_email")) {
            Ok(email) => Some(self.vault.tag_member(&email)?),
            Err(_) => None,
        };
        let typed = form.value("proof_passphrase");
        let tried = sign_in::compare(self.db, tag, typed).await?;
        let (token, earlier) = (Token::fresh(), self.jar.token().map(|token| token.hash()));
        let opened = token.hash();
        let outcome = self.db.write("sign in", move |tx| {
            sign_in::settle(tx, &tried, &opened, earlier.as_ref())
        });
        match outcome.await? {
            Tried::In(member) => {
                self.jar.give(&token);
                Ok(Step::In(Session {
                    member,
                    token: token.hash(),
                    unnoted: false,
                }))
            }
            Tried::Half(half) => {
                let half = half.seal(self.vault, self.db.clock().now()).await?;
                let view = CodeView::empty(form, back, half);
                Ok(Step::Ask(Box::new(self.code_page(view))))
            }
            Tried::Refused => {
                let view = SignInView::refused(self.lang, form, back);
                Ok(Step::Ask(Box::new(self.page(view).again())))
            }
        }
    }

    /// The code of the telephone was sent, or a recovery code.
    async fn second_step(&self, form: &FormFields, back: &Back) -> AppResult<Step> {
        let sealed = form.value("proof_half");
        let half = match Half::open(self.vault, self.db.clock().now(), sealed).await {
            // The page lay open too long: it begins anew, with everything that was typed.
            Err(Error::Account(account::Error::StepGone)) => {
                let page = self.ask(form, back).again();
                return Ok(Step::Ask(Box::new(page)));
            }
            half => half?,
        };
        let typed = form.value("proof_code");
        let typed = factor::compare(self.db, self.vault, &half.member, typed).await?;
        let (token, earlier) = (Token::fresh(), self.jar.token().map(|token| token.hash()));
        let opened = token.hash();
        let outcome = self.db.write("sign in", move |tx| {
            sign_in::second_step(tx, &half, &typed, &opened, earlier.as_ref())
        });
        match outcome.await? {
            Tried::In(member) => {
                self.jar.give(&token);
                Ok(Step::In(Session {
                    member,
                    token: token.hash(),
                    unnoted: false,
                }))
            }
            Tried::Half(_) | Tried::Refused => {
                let view = CodeView::empty(form, back, sealed.to_owned());
                let page = self.code_page(view.refused(self.lang)).again();
                Ok(Step::Ask(Box::new(page)))
            }
        }
    }

    fn code_page(&self, view: CodeView) -> Page {
        Page::new(self.lang, "member/code", view)
            .no_store()
            .at("/members/sign-in")
    }

    /// The page for the code of somebody who came in elsewhere.
    pub(in crate::member) async fn ask_code(&self, half: Half, back: &Back) -> Result<Page, Error> {
        let half = half.seal(self.vault, self.db.clock().now()).await?;
        let view = CodeView::empty(&FormFields::default(), back, half);
        Ok(self.code_page(view))
    }

    fn page(&self, view: SignInView) -> Page {
        let provider = self.provider.as_ref();
        let view = view.beside(provider.map(|provider| provider.name(self.lang).to_owned()));
        Page::new(self.lang, "member/sign_in", view)
            .no_store()
            .at("/members/sign-in")
    }
}
