//! What crosses the boundary: typed words in, views of accounts out.
//!
//! Invariant: no view holds a passphrase, a session's token or a hash of either. A one-time link
//! is shown once, in [`LinkView`].

pub(super) mod confirm;
pub mod elsewhere;
pub mod factor;
pub(super) mod passkey;

use rocket::http::uri::Origin;
use serde::Serialize;

use super::name::{self, NameMistake, StaffName};
use super::passphrase::{self, Passphrase, PassphraseMistake};
use super::session::Opened;
use super::token::TokenHash;
use super::{Account, Error, Reach, Role, Standing};
use crate::audit::{self, Filter};
use crate::branch::{self, Branch};
use crate::platform::db::Tx;
use crate::platform::jobs::{self, Waiting};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

/// Why somebody is led to the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The session is over.
    Ended,
    /// The session is over, and a form was on its way.
    Unsent,
    /// Signed out just now.
    Out,
    /// The page of the second step lay open too long.
    Slow,
    /// The browser came back from signing in without the cookie that it was given.
    Cookie,
}

impl Why {
    pub(super) fn code(self) -> &'static str {
        match self {
            Why::Ended => "ended",
            Why::Unsent => "unsent",
            Why::Out => "out",
            Why::Slow => "slow",
            Why::Cookie => "cookie",
        }
    }

    pub(super) fn of_code(code: &str) -> Option<Why> {
        [Why::Ended, Why::Unsent, Why::Out, Why::Slow, Why::Cookie]
            .into_iter()
            .find(|why| why.code() == code)
    }

    fn words(self, lang: Language) -> String {
        let id = match self {
            Why::Ended => "account-sign-in-ended",
            Why::Unsent => "account-sign-in-unsent",
            Why::Out => "account-sign-in-out",
            Why::Slow => "account-sign-in-slow",
            Why::Cookie => "account-sign-in-cookie",
        };
        text::message(lang, id, &[])
    }
}

/// The page to go to after signing in: one of the staff area, in the language it was asked in.
///
/// Anything else, another site above all, is answered by nothing.
pub(super) fn next(wanted: &str) -> Option<String> {
    let path = inside(wanted)?;
    let mut steps = path.split('/').skip(1);
    match (steps.next(), steps.next()) {
        (Some("staff"), Some("sign-in" | "sign-out" | "setup" | "confirm" | "openid")) => None,
        (Some("staff" | "admin"), _) => Some(wanted.to_owned()),
        _ => None,
    }
}

/// The path, without language, of an address within this site; of any other there is none.
pub fn inside(wanted: &str) -> Option<&str> {
    let inside = wanted.starts_with('/') && !wanted.starts_with("//") && !wanted.contains('\\');
    if !inside || Origin::parse(wanted).is_err() {
        return None;
    }
    let path = wanted.split(['?', '#']).next()?;
    // A browser leaves the page that is named where a step is a dot or two, written either way.
    let is_step_back = |step: &str| {
        matches!(
            step.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
    };
    if path.split('/').any(is_step_back) {
        return None;
    }
    Some(Language::of_path(path).1)
}

/// The form for signing in.
#[derive(Serialize)]
pub(super) struct SignInView {
    name: String,
    next: String,
    why: Option<String>,
    /// Whether the page of cookies says more.
    of_cookies: bool,
    /// What people call the provider elsewhere.
    elsewhere: Option<String>,
    mistakes: Mistakes,
}

impl SignInView {
    pub(super) fn empty(lang: Language, next: String, why: Option<Why>) -> SignInView {
        SignInView {
            name: String::new(),
            next,
            why: why.map(|why| why.words(lang)),
            of_cookies: why == Some(Why::Cookie),
            elsewhere: None,
            mistakes: Mistakes::new(),
        }
    }

    /// The same form after a try; what was wrong is not said, because it is not theirs to know.
    pub(super) fn again(lang: Language, form: &FormFields) -> SignInView {
        let mut mistakes = Mistakes::new();
        mistakes.add("name", text::message(lang, "account-sign-in-refused", &[]));
        SignInView {
            name: form.value("name").to_owned(),
            next: form.value("next").to_owned(),
            why: None,
            of_cookies: false,
            elsewhere: None,
            mistakes,
        }
    }

    /// The same with the way to a provider elsewhere.
    pub(super) fn beside(mut self, provider: Option<String>) -> SignInView {
        self.elsewhere = provider;
        self
    }
}

/// The form behind a one-time link.
#[derive(Serialize)]
pub(super) struct SetupView {
    pub(super) action: String,
    pub(super) name: String,
    /// Whether the account exists, so that the name is shown and not asked.
    pub(super) named: bool,
    /// What people call the provider elsewhere.
    pub(super) elsewhere: Option<String>,
    pub(super) mistakes: Mistakes,
}

/// Reads the name field of a form.
pub(super) fn read_name(
    lang: Language,
    form: &FormFields,
    mistakes: &mut Mistakes,
) -> Option<StaffName> {
    match StaffName::parse(form.value("name")) {
        Ok(name) => Some(name),
        Err(mistake) => {
            let id = match mistake {
                NameMistake::Empty => "account-name-empty",
                NameMistake::TooLong => "account-name-too-long",
                NameMistake::Unprintable => "account-name-unprintable",
            };
            mistakes.add(
                "name",
                text::message(lang, id, &[("most", name::LONGEST.into())]),
            );
            None
        }
    }
}

/// Says that somebody else has the name.
pub(super) fn name_taken(lang: Language, mistakes: &mut Mistakes) {
    mistakes.add("name", text::message(lang, "account-name-taken", &[]));
}

/// Reads a new passphrase, typed twice, for whoever signs in as `name`.
pub fn read_passphrase(
    lang: Language,
    form: &FormFields,
    name: &str,
    mistakes: &mut Mistakes,
) -> Option<Passphrase> {
    let typed = form.value("passphrase");
    match Passphrase::of(typed, name) {
        Ok(passphrase) if typed == form.value("passphrase_again") => Some(passphrase),
        Ok(_) => {
            let words = text::message(lang, "account-passphrase-again-differs", &[]);
            mistakes.add("passphrase_again", words);
            None
        }
        Err(mistake) => {
            let id = match mistake {
                PassphraseMistake::TooShort => "account-passphrase-too-short",
                PassphraseMistake::TooLong => "account-passphrase-too-long",
                PassphraseMistake::Common => "account-passphrase-common",
                PassphraseMistake::Name => "account-passphrase-name",
            };
            let args = [
                ("least", passphrase::SHORTEST.into()),
                ("most", passphrase::LONGEST.into()),
            ];
            mistakes.add("passphrase", text::message(lang, id, &args));
            None
        }
    }
}

/// Reads the ticked roles.
fn read_roles(lang: Language, form: &FormFields, mistakes: &mut Mistakes) -> Option<Vec<Role>> {
    let ticked = form.values("role").into_iter();
    let roles: Vec<Role> = ticked.filter_map(Role::of_code).collect();
    let id = match roles.as_slice() {
        [] => "account-role-empty",
        several if several.len() > 1 && several.contains(&Role::Auditor) => {
            "account-role-auditor-alone"
        }
        _ => return Some(roles),
    };
    mistakes.add("role", text::message(lang, id, &[]));
    None
}

/// Reads the roles that were ticked, and the branches they are for.
pub(super) fn read_grants(
    lang: Language,
    form: &FormFields,
    branches: &[Branch],
    mistakes: &mut Mistakes,
) -> Option<(Vec<Role>, Reach)> {
    let roles = read_roles(lang, form, mistakes)?;
    let ticked = form.values("branch");
    let is_known = |id: &&str| branches.iter().any(|branch| branch.id.as_str() == *id);
    if !ticked.iter().all(is_known) {
        // Else whoever ticks one that is not there would be for the whole library.
        mistakes.add("branch", text::message(lang, "account-branch-unknown", &[]));
        return None;
    }
    let reach = Reach::of(ticked.into_iter().map(branch::BranchId::from).collect());
    if reach.fits(&roles) {
        return Some((roles, reach));
    }
    mistakes.add("branch", text::message(lang, "account-reach-unfit", &[]));
    None
}

/// The branches to choose from; a closed one still has activities to look after.
pub(super) fn branch_choices(lang: Language, branches: &[Branch]) -> Vec<branch::wire::Choice> {
    let choice = |branch| branch::wire::Choice::of(lang, branch);
    branches.iter().map(choice).collect()
}

/// The ids of the branches of a reach; none where it is the whole library.
pub(super) fn branch_ids(reach: &Reach) -> Vec<String> {
    match reach {
        Reach::Library => Vec::new(),
        Reach::Branches(own) => own.iter().map(|id| id.0.clone()).collect(),
    }
}

/// A reach in words; empty where the library has no branches.
pub(super) fn reach_line(lang: Language, reach: &Reach, branches: &[Branch]) -> String {
    if branches.is_empty() {
        return String::new();
    }
    let own: Vec<&str> = branches
        .iter()
        .filter(|branch| !reach.is_whole() && reach.covers(Some(&branch.id)))
        .map(|branch| branch.name.pick(lang))
        .collect();
    match reach.is_whole() {
        true => text::message(lang, "branch-whole-library", &[]),
        false => own.join(between(lang)),
    }
}

fn between(lang: Language) -> &'static str {
    match lang {
        Language::ZhTw => "、",
        Language::En => ", ",
    }
}

/// A choice of a form.
#[derive(Serialize)]
pub(super) struct Choice {
    value: &'static str,
    label: String,
    hint: String,
}

/// The roles to choose from.
pub(super) fn role_choices(lang: Language) -> Vec<Choice> {
    Role::ALL
        .into_iter()
        .map(|role| {
            let hint = match role {
                Role::Auditor => "account-role-auditor-hint",
                Role::Librarian => "account-role-librarian-hint",
                Role::DrawOfficer => "account-role-draw-officer-hint",
                Role::Admin => "account-role-admin-hint",
                Role::PrivacyOfficer => "account-role-privacy-officer-hint",
                Role::Accountant => "account-role-accountant-hint",
            };
            Choice {
                value: role.code(),
                label: role_words(lang, role),
                hint: text::message(lang, hint, &[]),
            }
        })
        .collect()
}

fn role_words(lang: Language, role: Role) -> String {
    let id = match role {
        Role::Auditor => "account-role-auditor",
        Role::Librarian => "account-role-librarian",
        Role::DrawOfficer => "account-role-draw-officer",
        Role::Admin => "account-role-admin",
        Role::PrivacyOfficer => "account-role-privacy-officer",
        Role::Accountant => "account-role-accountant",
    };
    text::message(lang, id, &[])
}

/// One's own account.
#[derive(Serialize)]
pub(super) struct OwnView {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) sessions: Vec<SessionView>,
    /// Since when there is a second step.
    pub(super) set_at: Option<i64>,
    pub(super) recovery_left: usize,
    pub(super) passkeys: Option<passkey::PasskeysView>,
    pub(super) elsewhere: Option<elsewhere::ProviderView>,
    pub(super) has_passphrase: bool,
    pub(super) done: Option<String>,
    pub(super) mistakes: Mistakes,
}

/// A session in the list of its owner.
#[derive(Serialize)]
pub(super) struct SessionView {
    opened_at: i64,
    seen_at: i64,
    here: bool,
}

impl SessionView {
    pub(super) fn of(opened: &Opened, here: &TokenHash) -> SessionView {
        SessionView {
            opened_at: opened.opened_at.0,
            seen_at: opened.seen_at.0,
            here: opened.token == *here,
        }
    }
}

/// The words for the roles of an account.
pub(super) fn role_line(lang: Language, roles: &[Role]) -> String {
    let ordered = Role::ALL.into_iter().filter(|role| roles.contains(role));
    let words: Vec<String> = ordered.map(|role| role_words(lang, role)).collect();
    words.join(between(lang))
}

/// What was done just now, by its code in the address.
pub(super) fn done_words(lang: Language, code: &str) -> Option<String> {
    let id = match code {
        "passphrase" => "account-done-passphrase",
        "others" => "account-done-others",
        "role" => "account-done-role",
        "disabled" => "account-done-disabled",
        "enabled" => "account-done-enabled",
        "sessions" => "account-done-sessions",
        "recovery" => "account-done-recovery",
        "reset" => "account-done-reset",
        "session" => "account-done-session",
        "linked" => "account-done-linked",
        "unlinked" => "account-done-unlinked",
        "passkey" => "account-done-passkey",
        "passkey-gone" => "account-done-passkey-gone",
        _ => return None,
    };
    Some(text::message(lang, id, &[]))
}

/// The health of the site.
#[derive(Serialize)]
pub struct HealthView {
    pub(super) engine: &'static str,
    pub(super) staff: usize,
    pub(super) waiting: usize,
    pub(super) records: i64,
    pub(super) troubled: Vec<TroubledView>,
}

/// More waiting jobs than this are not told apart on a page.
const MOST_JOBS: i64 = 1_000;

impl HealthView {
    /// Reads it, for the first page of the administration (`desk`).
    pub fn read(tx: &mut Tx, engine: &'static str) -> Result<HealthView, Error> {
        let waiting = jobs::waiting(tx, MOST_JOBS)?;
        let troubled = waiting.iter().filter(|job| !job.last_error.is_empty());
        Ok(HealthView {
            engine,
            staff: super::list(tx)?.len(),
            waiting: waiting.len(),
            records: audit::list(tx, &Filter::default(), 1)?.total,
            troubled: troubled.map(TroubledView::of).collect(),
        })
    }
}

/// A job that failed and is tried again.
#[derive(Serialize)]
pub(super) struct TroubledView {
    kind: String,
    activity: String,
    run_at: i64,
    attempts: i64,
    last_error: String,
}

impl TroubledView {
    pub(super) fn of(job: &Waiting) -> TroubledView {
        TroubledView {
            kind: job.kind.clone(),
            activity: job.activity.clone(),
            run_at: job.run_at.0,
            attempts: job.attempts,
            last_error: job.last_error.clone(),
        }
    }
}

/// The list of accounts.
#[derive(Serialize)]
pub(super) struct StaffListView {
    pub(super) accounts: Vec<AccountView>,
}

/// An account in a list or on its own page.
#[derive(Serialize)]
pub(super) struct AccountView {
    id: String,
    name: String,
    role: String,
    standing: &'static str,
    standing_words: String,
    created_at: i64,
}

impl AccountView {
    pub(super) fn of(lang: Language, account: &Account) -> AccountView {
        let (standing, words) = match account.standing {
            Standing::Invited => ("invited", "account-standing-invited"),
            Standing::Active => ("active", "account-standing-active"),
            Standing::Disabled => ("disabled", "account-standing-disabled"),
        };
        AccountView {
            id: account.id.to_string(),
            name: account.name.clone(),
            role: role_line(lang, &account.roles),
            standing,
            standing_words: text::message(lang, words, &[]),
            created_at: account.created_at.0,
        }
    }
}

/// The form that invites somebody.
#[derive(Serialize)]
pub(super) struct InviteView {
    pub(super) name: String,
    pub(super) chosen: Vec<&'static str>,
    pub(super) roles: Vec<Choice>,
    pub(super) branches: Vec<branch::wire::Choice>,
    pub(super) chosen_branches: Vec<String>,
    pub(super) mistakes: Mistakes,
}

/// One account with what an admin may do to it.
#[derive(Serialize)]
pub(super) struct StaffView {
    pub(super) account: AccountView,
    pub(super) chosen: Vec<&'static str>,
    pub(super) roles: Vec<Choice>,
    pub(super) branches: Vec<branch::wire::Choice>,
    pub(super) chosen_branches: Vec<String>,
    /// For which branches, in words; empty where the library has none.
    pub(super) reach: String,
    pub(super) sessions: usize,
    pub(super) second: factor::SecondView,
    pub(super) elsewhere: Option<elsewhere::ProviderView>,
    pub(super) locked_until: Option<i64>,
    pub(super) done: Option<String>,
    pub(super) mistakes: Mistakes,
}

/// The codes of the roles that are ticked on an account's page.
pub(super) fn role_codes(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.code()).collect()
}

/// The codes of the roles that were ticked in a form.
pub(super) fn ticked_codes(form: &FormFields) -> Vec<&'static str> {
    let ticked = form.values("role").into_iter();
    ticked
        .filter_map(Role::of_code)
        .map(|role| role.code())
        .collect()
}

/// A one-time link, shown to the admin who made it and to nobody again.
#[derive(Serialize)]
pub(super) struct LinkView {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) ends_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_staff_area_follow_the_sign_in() {
        for kept in [
            "/staff",
            "/admin/audit?page=2",
            "/en/staff/activities/a1",
            "/en/admin",
        ] {
            assert_eq!(next(kept).as_deref(), Some(kept));
        }
        for refused in [
            "",
            "staff",
            "//evil.example/staff",
            "/\\evil.example/staff",
            "https://evil.example/staff",
            "/en//evil.example",
            "/a/spring",
            "/",
            "/staff/sign-out",
            "/en/staff/sign-in?next=/staff",
            "/staff/setup/x",
            "/staff/confirm",
            "/staff/openid/back?code=x",
            "/staff\r\nSet-Cookie: a=b",
            "/staffroom",
            "/staff/../a/spring",
            "/staff/%2E%2e//evil.example",
        ] {
            assert_eq!(next(refused), None, "{refused}");
        }
    }
}
