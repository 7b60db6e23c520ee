//! What the site says about itself: its cookies, its accessibility, how a real notice looks; and the
//! files that machines ask every site for.
//!
//! Invariant: a file that needs what the operator has not set is not there, instead of saying
//! something that is not so.
//!
//! Not here: what is known of people, and for how long ([`super::statute`]).

use std::convert::Infallible;
use std::fmt::Write;
use std::sync::Arc;

use rocket::http::{ContentType, Cookie, CookieJar, SameSite};
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, Route, State, get, post, routes};

use crate::draw;
use crate::external;
use crate::platform::config::Config;
use crate::platform::cookies::VISIT;
use crate::platform::db::Db;
use crate::platform::ids;
use crate::platform::text::Language;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};
use crate::platform::web::site::Site;
use crate::platform::web::views;
use crate::portal::wire::about::{AskView, Chosen, CookiesView, MapView, NECESSARY, STATISTICS};
use crate::portal::{Error, Search};

/// The pages; paths without language.
pub(super) fn routes() -> Vec<Route> {
    routes![help, map, cookies, choose_cookies, genuine, accessibility]
}

/// The files, each with one address.
pub(super) fn files() -> Vec<Route> {
    routes![robots, sitemap, security]
}

#[get("/help")]
fn help(lang: Language, config: &State<Arc<Config>>) -> Page {
    Page::new(lang, "portal/help", AskView::of(lang, config))
}

#[get("/sitemap")]
fn map(lang: Language) -> Page {
    Page::new(lang, "portal/map", MapView::of(lang, &PAGES))
}

/// Whether the browser asks not to be counted.
struct Refused(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Refused {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Refused(views::is_refused(request)))
    }
}

#[get("/cookies")]
fn cookies(lang: Language, site: &State<Site>, jar: &CookieJar<'_>, refused: Refused) -> Page {
    let has = jar.get(VISIT.name(site.is_https())).is_some();
    let chosen = Chosen {
        choice: if has && !refused.0 {
            STATISTICS
        } else {
            NECESSARY
        },
        refused: refused.0,
    };
    let view = CookiesView::of(lang, site, chosen);
    Page::new(lang, "portal/cookies", view).no_store()
}

/// Sets the cookie that counts visits, with a new code, or takes it away; no choice is a cookie by
/// itself.
#[post("/cookies", data = "<form>")]
fn choose_cookies(
    lang: Language,
    site: &State<Site>,
    jar: &CookieJar<'_>,
    refused: Refused,
    form: FormFields,
) -> Reply {
    let https = site.is_https();
    let wanted = form.value("choice") == STATISTICS && !refused.0;
    let (code, seconds) = match wanted {
        true => (ids::code(views::CODE), VISIT.seconds.unwrap_or_default()),
        false => (String::new(), 0),
    };
    if wanted || jar.get(VISIT.name(https)).is_some() {
        let cookie = Cookie::build((VISIT.name(https), code))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(https)
            .max_age(rocket::time::Duration::seconds(seconds));
        jar.add(cookie);
    }
    Reply::done(lang, "/cookies")
}

#[get("/genuine")]
fn genuine(lang: Language, config: &State<Arc<Config>>) -> Page {
    Page::new(lang, "portal/genuine", AskView::of(lang, config))
}

#[get("/accessibility")]
fn accessibility(lang: Language, config: &State<Arc<Config>>) -> Page {
    Page::new(lang, "portal/accessibility", AskView::of(lang, config))
}

/// Where nothing is for a search engine: pages of one person, and of staff.
const NOT_SEARCHED: [&str; 7] = [
    "/staff",
    "/admin",
    "/stage",
    "/members",
    "/entry",
    "/receipt",
    "/privacy/request",
];

#[get("/robots.txt")]
fn robots(config: &State<Arc<Config>>) -> (ContentType, String) {
    let mut text = String::from("User-agent: *\n");
    for path in NOT_SEARCHED {
        for language in Language::ALL {
            // Writing to a string does not fail.
            let _ = writeln!(text, "Disallow: {}", language.url(path));
        }
    }
    for path in ["/a/*/enter", "/a/*/check", "/a/*/address"] {
        for language in Language::ALL {
            let _ = writeln!(text, "Disallow: {}", language.url(path));
        }
    }
    if !config.public_origin.is_empty() {
        let _ = writeln!(text, "\nSitemap: {}/sitemap.xml", config.public_origin);
    }
    (ContentType::Plain, text)
}

/// Pages that are always there, in groups: what the group and each page is called, and where it is.
/// The page that lists them and the file for search engines are both made of this.
const PAGES: [(&str, &[(&str, &str)]); 4] = [
    (
        "portal-map-activities",
        &[
            ("/", "portal-map-home"),
            ("/activities", "portal-list-title"),
            ("/entry", "site-nav-entry"),
            ("/genuine", "portal-genuine-title"),
        ],
    ),
    (
        "portal-map-draws",
        &[
            ("/draws", "draw-list-title"),
            ("/verify", "site-nav-verify"),
            ("/verify/how", "how-title"),
            ("/verify/source", "verify-source-title"),
            ("/journal", "journal-title"),
        ],
    ),
    (
        "portal-map-data",
        &[
            ("/privacy", "portal-statute-title"),
            ("/privacy/versions", "policy-versions-title"),
            ("/privacy/retention", "portal-retention-title"),
            ("/privacy/purges", "portal-purges-title"),
            ("/privacy/disclosures", "custody-public-title"),
            ("/privacy/comparisons", "matching-public-title"),
            ("/privacy/register", "portal-register-title"),
            ("/privacy/logs", "portal-logs-title"),
            ("/privacy/request", "rights-title"),
            ("/privacy/request/status", "rights-find-title"),
            ("/cookies", "portal-cookies-title"),
            ("/statistics", "stats-views-title"),
        ],
    ),
    (
        "portal-map-library",
        &[
            ("/help", "portal-help-title"),
            ("/feedback", "feedback-title"),
            ("/feedback/status", "feedback-find-title"),
            ("/newsletter", "newsletter-title"),
            ("/news", "newsletter-news-title"),
            ("/members/sign-in", "member-sign-in-title"),
            ("/members/register", "member-register-title"),
            ("/members/forgotten", "member-forgotten-title"),
            ("/accessibility", "portal-access-title"),
            ("/sitemap", "portal-map-title"),
        ],
    ),
];

/// Where each of them is.
fn always() -> impl Iterator<Item = &'static str> {
    let pages = PAGES.iter().flat_map(|(_, pages)| pages.iter());
    pages.map(|(path, _)| *path)
}

/// A sitemap holds no more addresses than this, by its own rules.
const MOST: usize = 50_000;
/// The newest draws that it names.
const DRAWS: i64 = 5_000;

#[get("/sitemap.xml")]
async fn sitemap(db: &State<Db>, config: &State<Arc<Config>>) -> AppResult<(ContentType, String)> {
    let origin = config.public_origin.clone();
    if origin.is_empty() {
        return Err(AppError::not_found());
    }
    let paths = db
        .read_public("list public pages", |tx| {
            let mut paths: Vec<String> = always().filter(is_searched).map(str::to_owned).collect();
            for listed in crate::portal::search(tx, &Search::default())? {
                paths.push(format!("/a/{}", listed.facts.slug));
            }
            let others = external::published(tx)?.into_iter();
            paths.extend(others.map(|own| format!("/a/{}", own.details.slug)));
            let (draws, _) = draw::list_public(tx, 0, DRAWS)?;
            paths.extend(draws.iter().map(|plan| format!("/d/{}", plan.id)));
            Ok::<_, Error>(paths)
        })
        .await?;
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    // An address and a draw's id are letters, digits and hyphens: nothing to escape.
    for path in paths.iter().take(MOST / Language::ALL.len()) {
        for language in Language::ALL {
            let _ = write!(text, "<url><loc>{origin}{}</loc>", language.url(path));
            for other in Language::ALL {
                let _ = write!(
                    text,
                    "<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{origin}{}\"/>",
                    other.tag(),
                    other.url(path)
                );
            }
            text.push_str("</url>\n");
        }
    }
    text.push_str("</urlset>\n");
    Ok((ContentType::XML, text))
}

/// Whether a search engine may read the page.
fn is_searched(path: &&str) -> bool {
    let is_below = |closed: &&str| {
        path.strip_prefix(*closed)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !NOT_SEARCHED.iter().any(is_below)
}

/// RFC 9116: whom to tell about a hole. It has to say until when it holds, so it is there only where
/// the operator set both.
#[get("/.well-known/security.txt")]
fn security(config: &State<Arc<Config>>) -> AppResult<(ContentType, String)> {
    let (contact, until) = (&config.security_contact, &config.security_until);
    if contact.is_empty() || until.is_empty() {
        return Err(AppError::not_found());
    }
    let mut text = format!(
        "Contact: {contact}\nExpires: {until}T23:59:59+08:00\nPreferred-Languages: zh-TW, en\n"
    );
    if !config.public_origin.is_empty() {
        let _ = writeln!(
            text,
            "Canonical: {}/.well-known/security.txt",
            config.public_origin
        );
    }
    Ok((ContentType::Plain, text))
}
