//! Views of what the site says about itself.
//!
//! Not here: the list of cookies itself ([`crate::platform::cookies`]).

use serde::Serialize;

use crate::platform::config::Config;
use crate::platform::cookies::{self, Cookie};
use crate::platform::text::{self, Language};
use crate::platform::web::site::Site;

use super::statute::Holder;

/// `/cookies`.
#[derive(Serialize)]
pub(in crate::portal) struct CookiesView {
    rows: Vec<CookieRow>,
    receipt_minutes: i64,
    /// What the visitor chose.
    choice: &'static str,
    choices: Vec<Choice>,
    /// Whether the visitor's browser asks not to be counted.
    refused: bool,
}

/// One of the choices.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
    hint: String,
}

/// Only cookies that are needed.
pub(in crate::portal) const NECESSARY: &str = "necessary";
/// The one that counts visits as well.
pub(in crate::portal) const STATISTICS: &str = "statistics";

/// What a browser says of its owner's choice.
pub(in crate::portal) struct Chosen {
    /// One of the two.
    pub(in crate::portal) choice: &'static str,
    /// Whether it asks not to be counted, whatever was chosen.
    pub(in crate::portal) refused: bool,
}

/// One cookie.
#[derive(Serialize)]
struct CookieRow {
    name: &'static str,
    what: String,
    when: String,
    kept: String,
    without: String,
}

impl CookiesView {
    /// `choice` is what the visitor chose before.
    pub(in crate::portal) fn of(
        language: Language,
        site: &Site,
        Chosen { choice, refused }: Chosen,
    ) -> CookiesView {
        let row = |cookie: &&Cookie| {
            let minutes = cookie.seconds.unwrap_or_default() / 60;
            let args = [
                ("minutes", minutes.into()),
                ("days", (minutes / 60 / 24).into()),
            ];
            let [what, when, kept, without] =
                cookie.words.map(|id| text::message(language, id, &args));
            CookieRow {
                name: cookie.name(site.is_https()),
                what,
                when,
                kept,
                without,
            }
        };
        let say = |id: &str| text::message(language, id, &[]);
        CookiesView {
            choice,
            choices: vec![
                Choice {
                    value: NECESSARY,
                    label: say("portal-cookies-necessary"),
                    hint: say("portal-cookies-necessary-hint"),
                },
                Choice {
                    value: STATISTICS,
                    label: say("portal-cookies-statistics"),
                    hint: say("portal-cookies-statistics-hint"),
                },
            ],
            refused,
            rows: cookies::ALL.iter().map(row).collect(),
            receipt_minutes: cookies::RECEIPT.seconds.unwrap_or_default() / 60,
        }
    }
}

/// `/sitemap`.
#[derive(Serialize)]
pub(in crate::portal) struct MapView {
    groups: Vec<Group>,
}

/// Pages that belong together.
#[derive(Serialize)]
struct Group {
    title: String,
    pages: Vec<Listed>,
}

/// One page.
#[derive(Serialize)]
struct Listed {
    path: &'static str,
    title: String,
}

impl MapView {
    /// Of groups of `(path, message id)` below their own message id.
    pub(in crate::portal) fn of(
        language: Language,
        groups: &[(&str, &[(&'static str, &str)])],
    ) -> MapView {
        let words = |id: &str| text::message(language, id, &[]);
        let group = |(title, pages): &(&str, &[(&'static str, &str)])| Group {
            title: words(title),
            pages: pages
                .iter()
                .map(|(path, title)| Listed {
                    path,
                    title: words(title),
                })
                .collect(),
        };
        MapView {
            groups: groups.iter().map(group).collect(),
        }
    }
}

/// `/help`, `/genuine` and `/accessibility`: whom to ask, and where the site really is.
#[derive(Serialize)]
pub(in crate::portal) struct AskView {
    holder: Holder,
    /// The host as people type it; empty for a trial on one machine.
    host: String,
    /// From which address letters come.
    sender: String,
}

impl AskView {
    pub(in crate::portal) fn of(language: Language, config: &Config) -> AskView {
        let origin = config.public_origin.as_str();
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        AskView {
            holder: Holder::of(language, config),
            host: host.to_owned(),
            sender: config.mail_from.clone(),
        }
    }
}
