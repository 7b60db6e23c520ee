//! Which page is for whom, route by route.
//!
//! Invariant: the program does not start with a route that is not declared here, nor without one
//! that is (`crate::app`); a test asks every route as every role and compares
//! (`tests/system/who_may.rs`); `docs/access.md` is what [`markdown`] gives.
//!
//! Not here: what refuses ([`super::guard`]). This table and the guards are written apart, so that
//! each shows a slip of the other.

use std::collections::BTreeSet;

use super::{Needs, Role};

/// Who may open a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever comes; where an address holds a secret, whoever holds that.
    Anybody,
    /// Whoever is signed in.
    Staff,
    /// Whoever has a role of these.
    Needs(Needs),
    /// A member of the public who is signed in; nobody of the staff is one by a role.
    Member,
}

impl Who {
    /// Whether somebody with these roles may; nobody in particular has none.
    pub fn includes(self, roles: &[Role]) -> bool {
        match self {
            Who::Anybody => true,
            Who::Staff => !roles.is_empty(),
            Who::Needs(needs) => needs.are_met_by(roles),
            Who::Member => false,
        }
    }
}

const LIBRARIAN: Who = Who::Needs(Needs::Role(Role::Librarian));
const DRAW_OFFICER: Who = Who::Needs(Needs::Role(Role::DrawOfficer));
const PRIVACY_OFFICER: Who = Who::Needs(Needs::Role(Role::PrivacyOfficer));
const ACCOUNTANT: Who = Who::Needs(Needs::Role(Role::Accountant));
const AUDITOR: Who = Who::Needs(Needs::Role(Role::Auditor));
const ADMIN: Who = Who::Needs(Needs::Role(Role::Admin));
const ORGANISER: Who = Who::Needs(Needs::Organiser);
const CUSTODIAN: Who = Who::Needs(Needs::Custodian);
const INSPECTOR: Who = Who::Needs(Needs::Inspector);

/// Domain, who, and the routes as `METHOD /path`, without language. A domain may have several
/// groups for the same people.
const GROUPS: &[(&str, Who, &[&str])] = &[
    (
        "portal",
        Who::Anybody,
        &[
            "GET /",
            "GET /a/<slug>",
            "GET /a/<slug>/calendar.ics",
            "GET /a/<slug>/poster",
            "GET /a/<slug>/privacy",
            "GET /a/<slug>/privacy/<version>",
            "GET /a/<slug>/rules",
            "GET /.well-known/security.txt",
            "GET /accessibility",
            "GET /activities",
            "GET /calendar.ics",
            "GET /cookies",
            "POST /cookies",
            "GET /feed.atom",
            "GET /genuine",
            "GET /help",
            "GET /robots.txt",
            "GET /sitemap",
            "GET /sitemap.xml",
            "GET /privacy",
            "GET /privacy/compare",
            "GET /privacy/logs",
            "GET /privacy/purges",
            "GET /privacy/register",
            "GET /privacy/retention",
            "GET /privacy/v/<number>",
            "GET /privacy/versions",
        ],
    ),
    (
        "entry",
        Who::Anybody,
        &[
            "GET /a/<slug>/address",
            "POST /a/<slug>/address",
            "GET /a/<slug>/address/<proof>",
            "POST /a/<slug>/address/<proof>",
            "GET /a/<slug>/check",
            "POST /a/<slug>/check",
            "GET /a/<slug>/enter",
            "POST /a/<slug>/enter",
            "GET /a/<slug>/thanks",
            "GET /entry",
            "POST /entry",
            "GET /entry/accept",
            "POST /entry/accept",
            "GET /entry/copy",
            "POST /entry/copy",
            "GET /entry/correct",
            "POST /entry/correct",
            "GET /entry/data",
            "POST /entry/data",
            "GET /entry/erase",
            "POST /entry/erase",
            "POST /entry/receipt",
            "GET /entry/share",
            "POST /entry/share",
            "GET /entry/withdraw",
            "POST /entry/withdraw",
            "GET /receipt",
            "GET /receipt/close",
            "POST /receipt/close",
            "GET /receipt/file",
            "POST /receipt/file",
            "GET /receipt/proof",
            "POST /receipt/proof",
        ],
    ),
    ("entry", ORGANISER, &["GET /staff/activities/<id>/entries"]),
    (
        "entry",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/chances",
            "POST /staff/activities/<id>/chances",
            "POST /staff/activities/<id>/chances/import",
        ],
    ),
    (
        "draw",
        Who::Anybody,
        &[
            "GET /a/<slug>/proof",
            "POST /a/<slug>/proof",
            "GET /d/<id>",
            "GET /d/<id>/bundle.zip",
            "GET /d/<id>/check",
            "GET /d/<id>/entries",
            "GET /d/<id>/entries.csv",
            "GET /d/<id>/how",
            "GET /d/<id>/notes",
            "GET /d/<id>/notes/<name>",
            "GET /d/<id>/proof/<file>",
            "GET /d/<id>/results",
            "GET /d/<id>/settlements/<seq>",
            "GET /d/<id>/verify",
            "GET /draws",
            "GET /verify",
            "GET /verify/how",
            "GET /verify/lucky-draw-verify.html",
            "GET /verify/lucky_draw_verify.py",
            "GET /verify/source",
        ],
    ),
    ("draw", ORGANISER, &["GET /staff/activities/<id>/draws"]),
    (
        "draw",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/cancel",
            "POST /staff/activities/<id>/cancel",
            "GET /staff/activities/<id>/draw",
            "POST /staff/activities/<id>/draws",
            "GET /staff/activities/<id>/draws/<draw>",
            "POST /staff/activities/<id>/draws/<draw>",
            "GET /staff/activities/<id>/draws/<draw>/cancel",
            "POST /staff/activities/<id>/draws/<draw>/cancel",
            "POST /staff/activities/<id>/draws/<draw>/remove",
            "POST /staff/activities/<id>/draws/<draw>/up",
            "GET /staff/activities/<id>/publish",
            "POST /staff/activities/<id>/publish",
            "GET /staff/activities/<id>/shares",
            "POST /staff/activities/<id>/shares",
            "GET /staff/draws/<draw>/supersede",
            "POST /staff/draws/<draw>/supersede",
            "GET /staff/draws/<draw>/unlock",
            "POST /staff/draws/<draw>/unlock",
        ],
    ),
    (
        "draw",
        DRAW_OFFICER,
        &[
            "GET /staff/activities/<id>/beacon",
            "GET /staff/activities/<id>/draws/<draw>/beacon",
            "POST /staff/activities/<id>/draws/<draw>/beacon",
            "GET /staff/draws/<draw>/closes",
            "POST /staff/draws/<draw>/closes",
            "GET /staff/draws/<draw>/numbers/<position>",
            "POST /staff/draws/<draw>/numbers/<position>",
        ],
    ),
    (
        "journal",
        Who::Anybody,
        &[
            "GET /journal",
            "GET /journal/checkpoint",
            "GET /journal/feed.atom",
            "GET /journal/notes/<name>",
            "GET /journal/tile/<path..>",
        ],
    ),
    (
        "member",
        Who::Anybody,
        &[
            "GET /members/confirm/<token>",
            "POST /members/confirm/<token>",
            "GET /members/forgotten",
            "POST /members/forgotten",
            "POST /members/openid",
            "GET /members/openid/back",
            "POST /members/openid/back",
            "POST /members/openid/begin",
            "GET /members/register",
            "POST /members/register",
            "GET /members/sent",
            "GET /members/sign-in",
            "POST /members/sign-in",
            "POST /members/sign-out",
        ],
    ),
    (
        "member",
        Who::Member,
        &[
            "GET /members/me",
            "GET /members/me/data",
            "POST /members/me/delete",
            "POST /members/me/email",
            "POST /members/me/end-others",
            "POST /members/me/end-session",
            "POST /members/me/language",
            "POST /members/me/newsletter",
            "POST /members/me/openid",
            "POST /members/me/openid/unlink",
            "POST /members/me/passphrase",
            "POST /members/me/receipts",
            "POST /members/me/second-step",
            "POST /members/me/second-step/off",
        ],
    ),
    (
        "newsletter",
        Who::Anybody,
        &[
            "GET /news",
            "GET /news/<slug>",
            "GET /news/feed.atom",
            "GET /newsletter",
            "POST /newsletter",
            "GET /newsletter/confirm/<token>",
            "POST /newsletter/confirm/<token>",
            "GET /newsletter/preferences/<token>",
            "POST /newsletter/preferences/<token>",
            "GET /newsletter/sent",
            "GET /newsletter/unsubscribe/<token>",
            "POST /newsletter/unsubscribe/<token>",
        ],
    ),
    (
        "newsletter",
        LIBRARIAN,
        &[
            "GET /staff/newsletters",
            "GET /staff/newsletters/<id>",
            "POST /staff/newsletters/<id>",
            "GET /staff/newsletters/<id>/preview",
            "GET /staff/newsletters/<id>/send",
            "POST /staff/newsletters/<id>/send",
            "GET /staff/newsletters/new",
            "POST /staff/newsletters/new",
            "GET /staff/newsletters/topics",
            "POST /staff/newsletters/topics",
        ],
    ),
    (
        "feedback",
        Who::Anybody,
        &[
            "GET /feedback",
            "POST /feedback",
            "GET /feedback/status",
            "POST /feedback/status",
            "GET /feedback/write",
            "POST /feedback/write",
        ],
    ),
    (
        "feedback",
        LIBRARIAN,
        &[
            "GET /staff/feedback",
            "GET /staff/feedback/<id>",
            "POST /staff/feedback/<id>/answer",
            "POST /staff/feedback/<id>/assign",
            "POST /staff/feedback/<id>/close",
            "POST /staff/feedback/<id>/read",
            "POST /staff/feedback/<id>/reopen",
        ],
    ),
    (
        "external",
        Who::Anybody,
        &["GET /a/<slug>/leave", "POST /a/<slug>/leave"],
    ),
    (
        "external",
        LIBRARIAN,
        &[
            "GET /staff/external",
            "GET /staff/external/<id>",
            "POST /staff/external/<id>",
            "POST /staff/external/<id>/publish",
            "POST /staff/external/<id>/withdraw",
            "GET /staff/external/new",
            "POST /staff/external/new",
        ],
    ),
    (
        "discussion",
        Who::Anybody,
        &["GET /a/<slug>/discussion", "POST /a/<slug>/discussion"],
    ),
    (
        "discussion",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/discussion",
            "POST /staff/activities/<id>/discussion",
            "POST /staff/activities/<id>/discussion/<post>/answer",
            "POST /staff/activities/<id>/discussion/<post>/approve",
            "POST /staff/activities/<id>/discussion/<post>/refuse",
            "POST /staff/activities/<id>/discussion/<post>/take-down",
        ],
    ),
    (
        "live",
        DRAW_OFFICER,
        &[
            "GET /staff/draws/<id>/minutes",
            "GET /staff/draws/<id>/rehearse",
            "POST /staff/draws/<id>/rehearse",
            "POST /staff/draws/<id>/rehearse/check",
            "GET /staff/draws/<id>/run",
            "POST /staff/draws/<id>/run",
            "POST /staff/draws/<id>/run/check",
            "GET /stage/<id>",
            "GET /stage/<id>/rehearsal",
            "GET /stage/<id>/rehearsal/state",
            "GET /stage/<id>/state",
        ],
    ),
    (
        "inspection",
        INSPECTOR,
        &[
            "GET /staff/draws/<id>/audit",
            "GET /staff/draws/<id>/audit/<ticket>",
            "GET /staff/inspections",
        ],
    ),
    (
        "inspection",
        AUDITOR,
        &[
            "POST /staff/draws/<id>/audit",
            "POST /staff/draws/<id>/audit/<ticket>",
        ],
    ),
    (
        "account",
        Who::Anybody,
        &[
            "POST /staff/openid",
            "GET /staff/openid/back",
            "POST /staff/openid/back",
            "GET /staff/setup/<token>",
            "POST /staff/setup/<token>",
            "POST /staff/setup/<token>/openid",
            "GET /staff/sign-in",
            "POST /staff/sign-in",
            "POST /staff/sign-out",
            // Whatever has no page; they answer a member of staff whose form waits for a confirmation.
            "POST /admin/<..>",
            "POST /staff/<..>",
        ],
    ),
    (
        "account",
        Who::Staff,
        &[
            "GET /staff/account",
            "POST /staff/account/end-others",
            "POST /staff/account/end-session",
            "POST /staff/account/openid",
            "POST /staff/account/openid/unlink",
            "POST /staff/account/passkey",
            "POST /staff/account/passkey/remove",
            "POST /staff/account/passphrase",
            "POST /staff/account/recovery",
            "POST /staff/account/second-step",
            "GET /staff/confirm",
            "POST /staff/confirm",
            "POST /staff/confirm/openid",
        ],
    ),
    (
        "branch",
        ADMIN,
        &["GET /admin/branches", "POST /admin/branches"],
    ),
    (
        "account",
        ADMIN,
        &[
            "GET /admin/staff",
            "GET /admin/staff/<id>",
            "POST /admin/staff/<id>/disable",
            "POST /admin/staff/<id>/enable",
            "POST /admin/staff/<id>/end-sessions",
            "POST /admin/staff/<id>/link",
            "POST /admin/staff/<id>/role",
            "POST /admin/staff/<id>/second-step",
            "GET /admin/staff/new",
            "POST /admin/staff/new",
        ],
    ),
    (
        "audit",
        ADMIN,
        &["GET /admin/audit", "GET /admin/audit/verify"],
    ),
    ("desk", Who::Staff, &["GET /staff"]),
    (
        "desk",
        ORGANISER,
        &["GET /staff/activities", "GET /staff/activities/<id>"],
    ),
    ("desk", LIBRARIAN, &["POST /staff/activities/<id>/delete"]),
    ("desk", CUSTODIAN, &["GET /admin/custody"]),
    (
        "desk",
        ADMIN,
        &["GET /admin", "GET /admin/mail", "POST /admin/clock"],
    ),
    (
        "activity",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/details",
            "POST /staff/activities/<id>/details",
            "GET /staff/activities/<id>/privacy",
            "POST /staff/activities/<id>/privacy",
            "GET /staff/activities/new",
            "POST /staff/activities/new",
        ],
    ),
    (
        "policy",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/codes",
            "POST /staff/activities/<id>/codes",
        ],
    ),
    (
        "policy",
        PRIVACY_OFFICER,
        &[
            "GET /admin/policy",
            "POST /admin/policy",
            "GET /admin/policy/preview",
            "GET /admin/policy/publish",
            "POST /admin/policy/publish",
        ],
    ),
    (
        "policy",
        ADMIN,
        &[
            "GET /admin/processors",
            "POST /admin/processors",
            "POST /admin/processors/<id>/end",
            "GET /admin/retention",
            "POST /admin/retention",
        ],
    ),
    (
        "survey",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/questions",
            "GET /staff/activities/<id>/questions/<question>",
            "POST /staff/activities/<id>/questions/<question>",
            "POST /staff/activities/<id>/questions/<question>/delete",
            "POST /staff/activities/<id>/questions/<question>/move",
            "GET /staff/activities/<id>/questions/new",
            "POST /staff/activities/<id>/questions/new",
        ],
    ),
    (
        "admission",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/admission",
            "POST /staff/activities/<id>/admission/clear",
            "POST /staff/activities/<id>/admission/codes",
            "POST /staff/activities/<id>/admission/codes/<batch>/withdraw",
            "POST /staff/cards/<id>",
        ],
    ),
    (
        "seats",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/seats",
            "GET /staff/activities/<id>/seats/<session>",
            "POST /staff/activities/<id>/seats/<session>/cancel",
            "POST /staff/activities/<id>/seats/<session>/door",
            "GET /staff/activities/<id>/seats/<session>/list.csv",
            "POST /staff/activities/<id>/seats/<session>/not-come",
            "POST /staff/activities/<id>/seats/<session>/places",
            "POST /staff/activities/<id>/seats/<session>/take-back",
            "GET /staff/activities/<id>/sessions",
            "POST /staff/activities/<id>/sessions",
            "GET /staff/activities/<id>/sessions/<session>",
            "POST /staff/activities/<id>/sessions/<session>",
            "POST /staff/activities/<id>/sessions/<session>/delete",
            "GET /staff/activities/<id>/sessions/new",
            "POST /staff/activities/<id>/sessions/new",
        ],
    ),
    (
        "notify",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/draws/<draw>/notify",
            "POST /staff/activities/<id>/draws/<draw>/notify",
            "GET /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/call",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/claim",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/confirm",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/keep",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/leave",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/resend/<notice>",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/undo",
            "GET /staff/activities/<id>/notify",
            "GET /staff/activities/<id>/winners",
        ],
    ),
    (
        "notify",
        ADMIN,
        &["GET /admin/exports", "POST /admin/exports"],
    ),
    (
        "stats",
        Who::Anybody,
        &[
            "GET /a/<slug>/answers",
            "GET /a/<slug>/statistics.csv",
            "GET /a/<slug>/statistics.json",
            "GET /statistics",
        ],
    ),
    (
        "stats",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/answers",
            "GET /staff/activities/<id>/statistics",
            "POST /staff/activities/<id>/statistics",
            "POST /staff/activities/<id>/statistics/<table>/remove",
        ],
    ),
    (
        "purge",
        Who::Anybody,
        &[
            "GET /a/<slug>/certificate-2.json",
            "GET /a/<slug>/certificate.json",
            "GET /a/<slug>/purge",
            "GET /d/<id>/certificate-2.json",
            "GET /d/<id>/certificate.json",
            "GET /d/<id>/purge",
        ],
    ),
    ("purge", ADMIN, &["GET /admin/purges"]),
    (
        "rights",
        Who::Anybody,
        &[
            "GET /privacy/request",
            "POST /privacy/request",
            "GET /privacy/request/status",
            "POST /privacy/request/status",
            "GET /privacy/request/take-back",
            "POST /privacy/request/take-back",
        ],
    ),
    (
        "rights",
        PRIVACY_OFFICER,
        &[
            "GET /admin/requests",
            "GET /admin/requests/<id>",
            "POST /admin/requests/<id>/answer",
            "POST /admin/requests/<id>/extend",
            "POST /admin/requests/<id>/read",
        ],
    ),
    ("custody", Who::Anybody, &["GET /privacy/disclosures"]),
    (
        "custody",
        LIBRARIAN,
        &[
            "GET /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/tax",
            "POST /staff/activities/<id>/draws/<draw>/winners/<prize>/<unit>/tax",
            "GET /staff/activities/<id>/providers",
            "POST /staff/activities/<id>/providers",
        ],
    ),
    (
        "custody",
        PRIVACY_OFFICER,
        &[
            "GET /admin/disclosures",
            "GET /admin/disclosures/<id>",
            "POST /admin/disclosures/<id>",
            "GET /admin/disclosures/new",
            "POST /admin/disclosures/new",
            "GET /admin/holds",
            "POST /admin/holds",
            "GET /admin/holds/<id>",
            "POST /admin/holds/<id>",
            "GET /admin/incidents",
            "GET /admin/incidents/<id>",
            "POST /admin/incidents/<id>",
            "GET /admin/incidents/<id>/affected/<activity>",
            "GET /admin/incidents/new",
            "POST /admin/incidents/new",
            "GET /admin/providers",
            "POST /admin/providers",
        ],
    ),
    ("matching", Who::Anybody, &["GET /privacy/comparisons"]),
    (
        "matching",
        PRIVACY_OFFICER,
        &[
            "GET /admin/agreements",
            "POST /admin/agreements",
            "GET /admin/agreements/<id>",
            "POST /admin/agreements/<id>",
            "POST /admin/agreements/<id>/compare",
        ],
    ),
    ("response", Who::Anybody, &["POST /csp-report"]),
    ("response", PRIVACY_OFFICER, &["GET /admin/security"]),
    ("response", ADMIN, &["POST /admin/security/<id>/lift"]),
    (
        "custody",
        ACCOUNTANT,
        &[
            "GET /admin/tax",
            "GET /admin/tax/<year>",
            "POST /admin/tax/<year>",
            "GET /admin/tax/<year>/<id>",
            "POST /admin/tax/<year>/<id>",
        ],
    ),
    (
        "custody",
        ADMIN,
        &["POST /staff/activities/<id>/providers/<provider>/export"],
    ),
    (
        "platform",
        Who::Anybody,
        &[
            "GET /assets/<tag>/<name..>",
            "GET /healthz",
            "GET /healthz/ready",
            "GET /metrics",
        ],
    ),
    #[cfg(feature = "test-clock")]
    (
        "app",
        Who::Anybody,
        &["POST /test-clock/advance", "POST /test-clock/open"],
    ),
    #[cfg(feature = "bench")]
    ("app", Who::Anybody, &["POST /bench/parse"]),
];

/// One declared route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The room that answers.
    pub domain: &'static str,
    /// `METHOD /path`, without language.
    pub route: &'static str,
    /// Who may.
    pub who: Who,
}

/// Every declared route, as they stand above.
pub fn declared() -> impl Iterator<Item = Declared> {
    GROUPS.iter().flat_map(|(domain, who, routes)| {
        routes.iter().map(|route| Declared {
            domain,
            route,
            who: *who,
        })
    })
}

/// Who may use a route, given as `METHOD /path` in either language.
pub fn who_may(route: &str) -> Option<Who> {
    let plain = without_language(route);
    let mut all = declared();
    all.find(|each| each.route == plain).map(|each| each.who)
}

/// What does not agree between these routes and the table, a line each: routes that nobody
/// declared, declared ones that are not there, and those that are declared twice.
pub fn disagreements(routes: impl Iterator<Item = String>) -> Vec<String> {
    let there: BTreeSet<String> = routes.map(|route| without_language(&route)).collect();
    let mut known = BTreeSet::new();
    let mut lines = Vec::new();
    for each in declared() {
        if !known.insert(each.route) {
            lines.push(format!("declared twice: {}", each.route));
        }
        if !there.contains(each.route) {
            lines.push(format!("declared and not there: {}", each.route));
        }
    }
    let unknown = there.iter().filter(|route| !known.contains(route.as_str()));
    lines.extend(unknown.map(|route| format!("not declared: {route}")));
    lines
}

fn without_language(route: &str) -> String {
    let (method, path) = route.split_once(' ').unwrap_or(("", route));
    let plain = match path.strip_prefix("/en") {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    };
    // The name of a part that no handler reads begins with a line.
    format!("{method} {}", plain.replace("<_", "<"))
}

/// `docs/access.md`.
pub fn markdown() -> String {
    let mut page = String::from(HEAD);
    let names = Role::ALL.map(|role| role.code().replace('_', " "));
    let mut domain = "";
    for each in declared().filter(|each| each.domain != "app") {
        if each.domain != domain {
            domain = each.domain;
            page += &format!(
                "\n## {domain}\n\n| route | nobody | {} |\n",
                names.join(" | ")
            );
            page += &format!("|---|{}\n", "---|".repeat(names.len() + 1));
        }
        let mark = |yes: bool| if yes { "yes" } else { "–" };
        let roles = Role::ALL.map(|role| mark(each.who.includes(&[role])));
        page += &format!(
            "| `{}` | {} | {} |\n",
            each.route,
            mark(each.who.includes(&[])),
            roles.join(" | ")
        );
    }
    page
}

const HEAD: &str = "\
# Who may open what

This page is generated from `src/account/who_may.rs`; a test fails when it differs.
Write it anew with `FAIRDRAW_WRITE_DOCS=1 cargo test --lib the_table_of_access`.

Every route is here; the program does not start with another one.
Each exists in both languages, the English one below `/en`, except files and what machines read.
`tests/system/who_may.rs` asks every route as every role, on both databases: yes is any answer other than a refusal, – is the page that names the role that is needed, and for nobody in particular the way to the sign-in page.
Who holds a one-time link, a receipt code or a reference code is nobody in particular here; the code is what counts.
Librarians and draw officers may work for branches of the library: then a page about an activity of another branch, or about something of the whole library, is refused to them (`src/account/reach.rs`).
A page of one's own account (`/members/me`) is for the member who is signed in, and for no role: everybody else is led to the sign-in of members.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_access_is_what_the_program_declares() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/access.md");
        if std::env::var_os("FAIRDRAW_WRITE_DOCS").is_some() {
            std::fs::write(path, markdown()).expect("written");
        }
        let written = std::fs::read_to_string(path).expect("docs/access.md");
        assert!(
            written == markdown(),
            "docs/access.md differs from the code; see its second paragraph"
        );
    }

    #[test]
    fn a_route_that_is_missing_on_one_side_is_found() {
        let all = || declared().map(|each| each.route.to_owned());
        assert_eq!(disagreements(all()), Vec::<String>::new());
        let more = all().chain(["GET /en/nowhere".to_owned()]);
        assert_eq!(disagreements(more), ["not declared: GET /nowhere"]);
        let fewer = all().filter(|route| route != "GET /admin");
        assert_eq!(disagreements(fewer), ["declared and not there: GET /admin"]);
    }

    #[test]
    fn the_same_page_in_both_languages_is_for_the_same_people() {
        assert_eq!(who_may("GET /en/admin"), Some(ADMIN));
        assert_eq!(who_may("GET /admin"), Some(ADMIN));
        assert_eq!(who_may("GET /en"), Some(Who::Anybody));
        assert_eq!(who_may("GET /entry"), Some(Who::Anybody));
        assert_eq!(who_may("GET /entrance"), None);
    }
}
