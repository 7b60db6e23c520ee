//! Forms and views of coming in: signing in, registering, a forgotten passphrase, links of mails.

use rocket::http::RawStr;
use serde::Serialize;

use crate::account;
use crate::identity::email::Email;
use crate::identity::mistake;
use crate::member::asking::Kind;
use crate::member::guard::Back;
use crate::member::terms::Terms;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes, PROOF};

/// A field that is carried.
#[derive(Serialize)]
struct Kept {
    name: String,
    value: String,
}

/// The form for signing in.
#[derive(Serialize)]
pub(in crate::member) struct SignInView {
    action: String,
    why: String,
    next: String,
    /// Where one asks for an account, without language; with the way back.
    register: String,
    email: String,
    /// What was typed into the form that waits.
    fields: Vec<Kept>,
    /// What people call the provider elsewhere.
    elsewhere: Option<String>,
    mistakes: Mistakes,
}

impl SignInView {
    pub(in crate::member) fn empty(form: &FormFields, back: &Back) -> SignInView {
        let fields = form.iter().filter(|(name, _)| !name.starts_with(PROOF));
        let fields = fields.filter(|(name, _)| *name != "next");
        SignInView {
            action: back.action.clone(),
            why: back.why.clone(),
            next: back.next.clone(),
            register: register_address(&back.next),
            email: form.value("proof_email").to_owned(),
            fields: fields
                .map(|(name, value)| Kept {
                    name: name.to_owned(),
                    value: value.to_owned(),
                })
                .collect(),
            elsewhere: None,
            mistakes: Mistakes::new(),
        }
    }

    /// The same with the way to a provider elsewhere.
    pub(in crate::member) fn beside(mut self, provider: Option<String>) -> SignInView {
        self.elsewhere = provider;
        self
    }

    /// The same form after a try; what was wrong is not said, because it is not theirs to know.
    pub(in crate::member) fn refused(lang: Language, form: &FormFields, back: &Back) -> SignInView {
        let mut mistakes = Mistakes::new();
        let words = text::message(lang, "member-sign-in-refused", &[]);
        mistakes.add("proof_email", words);
        SignInView {
            mistakes,
            ..SignInView::empty(form, back)
        }
    }
}

/// The form for the code.
#[derive(Serialize)]
pub(in crate::member) struct CodeView {
    action: String,
    next: String,
    /// What the passphrase has brought, sealed.
    half: String,
    fields: Vec<Kept>,
    mistakes: Mistakes,
}

impl CodeView {
    pub(in crate::member) fn empty(form: &FormFields, back: &Back, half: String) -> CodeView {
        let SignInView {
            action,
            next,
            fields,
            ..
        } = SignInView::empty(form, back);
        CodeView {
            action,
            next,
            half,
            fields,
            mistakes: Mistakes::new(),
        }
    }

    /// The same after a wrong code.
    pub(in crate::member) fn refused(mut self, lang: Language) -> CodeView {
        let words = text::message(lang, "member-code-refused", &[]);
        self.mistakes.add("proof_code", words);
        self
    }
}

/// The page to go to after signing in: an activity's or a member's own, in the language it was asked
/// in. Anything else, another site above all, is answered by nothing.
pub(in crate::member) fn next(wanted: &str) -> Option<String> {
    let path = account::wire::inside(wanted)?;
    let mut steps = path.split('/').skip(1);
    match (steps.next(), steps.next()) {
        (Some("a"), Some(_)) | (Some("members"), Some("me")) => Some(wanted.to_owned()),
        _ => None,
    }
}

/// The longest way back that goes along in the link of a letter.
const LONGEST_WAY: usize = 300;

/// [`next`] of an activity, where it is short enough to go along in the link of a letter.
pub(in crate::member) fn way_back(wanted: &str) -> Option<String> {
    let of_activity =
        |way: &String| account::wire::inside(way).is_some_and(|at| at.starts_with("/a/"));
    next(wanted).filter(|way| way.len() <= LONGEST_WAY && of_activity(way))
}

fn register_address(way: &str) -> String {
    match way_back(way) {
        Some(way) => format!(
            "/members/register?next={}",
            RawStr::new(&way).percent_encode()
        ),
        None => "/members/register".to_owned(),
    }
}

/// A form that asks for an address and has a letter sent there.
#[derive(Serialize)]
pub(in crate::member) struct AskView {
    email: String,
    /// What the person may have meant.
    suggestion: String,
    /// Where the person goes on with the account.
    next: String,
    token: String,
    mistakes: Mistakes,
    message: String,
}

impl AskView {
    pub(in crate::member) fn of(
        form: &FormFields,
        token: String,
        (mistakes, message): (Mistakes, String),
    ) -> AskView {
        let email = form.value("email");
        let suggestion = Email::parse(email)
            .ok()
            .and_then(|typed| typed.suggestion());
        AskView {
            email: email.to_owned(),
            suggestion: suggestion.map_or_else(String::new, |meant| meant.to_string()),
            next: String::new(),
            token,
            mistakes,
            message,
        }
    }

    /// The same for somebody who goes on to `next` with the account.
    pub(in crate::member) fn before(self, next: String) -> AskView {
        AskView { next, ..self }
    }
}

/// Reads an address.
pub(in crate::member) fn email(
    lang: Language,
    form: &FormFields,
    mistakes: &mut Mistakes,
) -> Option<Email> {
    match Email::parse(form.value("email")) {
        Ok(email) => Some(email),
        Err(wrong) => {
            let words = mistake::say(lang, wrong.message_id(), &wrong.args());
            mistakes.add("email", words);
            None
        }
    }
}

/// The page of a link in a mail.
#[derive(Serialize)]
pub(in crate::member) struct ConfirmView {
    token: String,
    kind: &'static str,
    /// Whether the person goes on to the activity from which they asked.
    leads_back: bool,
    terms: String,
    version: i64,
    agreed: bool,
    mistakes: Mistakes,
}

impl ConfirmView {
    pub(in crate::member) fn of(
        (kind, leads_back): (Kind, bool),
        token: &str,
        terms: &Terms,
        (form, mistakes): (&FormFields, Mistakes),
    ) -> ConfirmView {
        ConfirmView {
            token: token.to_owned(),
            kind: kind.code(),
            leads_back,
            terms: terms.words.clone(),
            version: terms.version,
            agreed: form.has("agree"),
            mistakes,
        }
    }
}

/// Somebody came in elsewhere and has no account yet.
#[derive(Serialize)]
pub(in crate::member) struct NewcomerView {
    /// With its first letter and its domain.
    masked: String,
    /// Who it is, sealed.
    newcomer: String,
    next: String,
    terms: String,
    version: i64,
    agreed: bool,
    mistakes: Mistakes,
}

impl NewcomerView {
    pub(in crate::member) fn of(
        email: &str,
        (newcomer, next): (String, String),
        terms: &Terms,
        (form, mistakes): (&FormFields, Mistakes),
    ) -> NewcomerView {
        NewcomerView {
            masked: super::own::masked(email),
            newcomer,
            next,
            terms: terms.words.clone(),
            version: terms.version,
            agreed: form.has("agree"),
            mistakes,
        }
    }
}

/// What a page says that says one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::member) enum Said {
    /// A mail is on its way.
    Sent,
    /// The link leads to nothing.
    Over,
    /// Another passphrase is set.
    Changed,
    /// The address is changed.
    Moved,
    /// The account is gone.
    Gone,
}

/// A page that says one thing, with a link to go on.
#[derive(Serialize)]
pub(in crate::member) struct SaidView {
    title: String,
    lead: String,
    /// What stays, where something does.
    stays: String,
    /// Where to go on; empty where there is nothing.
    path: &'static str,
    go_on: String,
}

impl SaidView {
    pub(in crate::member) fn of(lang: Language, said: Said) -> SaidView {
        let (title, lead, go_on) = match said {
            Said::Sent => ("member-said-sent", "member-said-sent-lead", None),
            Said::Over => (
                "member-said-over",
                "member-said-over-lead",
                Some(("/members/sign-in", "member-sign-in-title")),
            ),
            Said::Changed => (
                "member-said-changed",
                "member-said-changed-lead",
                Some(("/members/sign-in", "member-sign-in-title")),
            ),
            Said::Moved => (
                "member-said-moved",
                "member-said-moved-lead",
                Some(("/members/me", "member-own-title")),
            ),
            Said::Gone => ("member-said-gone", "member-said-gone-lead", None),
        };
        let say = |id| text::message(lang, id, &[]);
        SaidView {
            title: say(title),
            lead: say(lead),
            stays: match said {
                Said::Gone => say("member-said-gone-stays"),
                _ => String::new(),
            },
            path: go_on.map_or("", |(path, _)| path),
            go_on: go_on.map_or_else(String::new, |(_, id)| say(id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_activities_and_the_own_account_follow_the_sign_in() {
        for kept in ["/a/spring/enter", "/en/a/spring/enter", "/members/me"] {
            assert_eq!(next(kept).as_deref(), Some(kept));
        }
        for refused in [
            "",
            "/",
            "/staff",
            "//evil.example/a/x",
            "/\\evil.example/a/x",
            "https://evil.example/a/x",
            "/members/sign-out",
            "/members/confirm/x",
            "/a",
        ] {
            assert_eq!(next(refused), None, "{refused}");
        }
        let long = format!("/a/{}", "x".repeat(LONGEST_WAY));
        assert_eq!(
            (way_back(&long), register_address(&long)),
            (None, "/members/register".to_owned())
        );
    }
}
