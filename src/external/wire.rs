//! What crosses the boundary of activities of others: a form in, views out.

use serde::Serialize;
use url::{Host, Url};

use crate::activity::LocalText;
use crate::activity::draft::slug_fits;
use crate::identity::date;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::{Details, External, Leavings, State, WORDS};

/// The form as it was typed.
#[derive(Serialize, Default)]
pub(super) struct Typed {
    slug: String,
    title_zh: String,
    title_en: String,
    text_zh: String,
    text_en: String,
    host_zh: String,
    host_en: String,
    link: String,
    policy: String,
    opens: String,
    closes: String,
}

impl Typed {
    pub(super) fn of(form: &FormFields) -> Typed {
        let typed = |name: &str| form.value(name).trim().to_owned();
        Typed {
            slug: typed("slug").to_ascii_lowercase(),
            title_zh: typed("title_zh"),
            title_en: typed("title_en"),
            text_zh: typed("text_zh"),
            text_en: typed("text_en"),
            host_zh: typed("host_zh"),
            host_en: typed("host_en"),
            link: typed("link"),
            policy: typed("policy"),
            opens: typed("opens"),
            closes: typed("closes"),
        }
    }

    pub(super) fn from_details(details: &Details) -> Typed {
        Typed {
            slug: details.slug.clone(),
            title_zh: details.title.zh.clone(),
            title_en: details.title.en.clone(),
            text_zh: details.text.zh.clone(),
            text_en: details.text.en.clone(),
            host_zh: details.host.zh.clone(),
            host_en: details.host.en.clone(),
            link: details.link.clone(),
            policy: details.policy.clone(),
            opens: date::input_value(details.opens_at),
            closes: date::input_value(details.closes_at),
        }
    }

    /// Reads the form.
    pub(super) fn parse(&self, lang: Language) -> Result<Details, Mistakes> {
        let mut mistakes = Mistakes::new();
        let mut note = |wrong: bool, field: &str, id: &str| {
            if wrong {
                mistakes.add(field, text::message(lang, id, &[]));
            }
        };
        let both = |zh: &str, en: &str| zh.is_empty() || en.is_empty();
        note(
            both(&self.title_zh, &self.title_en),
            "title_zh",
            "external-title-missing",
        );
        note(!slug_fits(&self.slug), "slug", "external-slug-unfit");
        note(
            both(&self.text_zh, &self.text_en),
            "text_zh",
            "external-text-missing",
        );
        note(
            both(&self.host_zh, &self.host_en),
            "host_zh",
            "external-host-missing",
        );
        let link = outside(&self.link);
        note(link.is_none(), "link", "external-link-unfit");
        let policy = match self.policy.as_str() {
            "" => Some(String::new()),
            typed => outside(typed),
        };
        note(policy.is_none(), "policy", "external-policy-unfit");
        let moment = |typed: &str| date::parse_moment(typed).ok();
        let (opens, closes) = (moment(&self.opens), moment(&self.closes));
        note(opens.is_none(), "opens", "external-opens-unfit");
        let in_order = closes.is_some_and(|closes| opens.is_none_or(|opens| opens < closes));
        note(!in_order, "closes", "external-closes-unfit");
        match (opens, closes, link, policy) {
            (Some(opens_at), Some(closes_at), Some(link), Some(policy)) if mistakes.is_empty() => {
                Ok(Details {
                    slug: self.slug.clone(),
                    title: LocalText::new(&self.title_zh, &self.title_en),
                    text: LocalText::new(&self.text_zh, &self.text_en),
                    host: LocalText::new(&self.host_zh, &self.host_en),
                    link,
                    policy,
                    opens_at,
                    closes_at,
                })
            }
            _ => Err(mistakes),
        }
    }
}

/// The address of a page of another site, as browsers write it: `http` or `https`, a host with a name,
/// nobody's user name. Letters of any script are taken and encoded (WHATWG URL). Nothing for the rest.
fn outside(link: &str) -> Option<String> {
    const LONGEST: usize = 500;
    let address = Url::parse(link).ok()?;
    let is_web = matches!(address.scheme(), "https" | "http");
    let is_named = matches!(address.host(), Some(Host::Domain(name)) if name.contains('.'));
    let is_nobodys = address.username().is_empty() && address.password().is_none();
    let written = String::from(address);
    (is_web && is_named && is_nobodys && written.len() <= LONGEST).then_some(written)
}

/// One for its pages.
#[derive(Serialize)]
pub struct ExternalView {
    slug: String,
    title: String,
    text: Vec<String>,
    host: String,
    /// Where it is; `link` is a function of the templates.
    link_to: String,
    /// The site, as its address begins.
    other_site: String,
    policy: String,
    opens_at: i64,
    closes_at: i64,
    is_on: bool,
    is_over: bool,
    words: i64,
}

impl ExternalView {
    /// As a reader sees it at `now`.
    pub fn of(lang: Language, own: &External, now: Timestamp) -> ExternalView {
        let details = &own.details;
        let paragraphs = details.text.pick(lang).lines().map(str::trim);
        let site = details.link.split_once("://").map_or("", |(_, rest)| rest);
        ExternalView {
            slug: details.slug.clone(),
            title: details.title.pick(lang).to_owned(),
            text: paragraphs
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
            host: details.host.pick(lang).to_owned(),
            link_to: details.link.clone(),
            other_site: site.split('/').next().unwrap_or_default().to_owned(),
            policy: details.policy.clone(),
            opens_at: details.opens_at.0,
            closes_at: details.closes_at.0,
            is_on: own.is_on(now),
            is_over: details.closes_at <= now,
            words: WORDS,
        }
    }
}

/// A line of the list of staff.
#[derive(Serialize)]
struct Row {
    id: String,
    title: String,
    host: String,
    state: &'static str,
    closes_at: i64,
    no_policy: bool,
}

/// The list of staff.
#[derive(Serialize)]
pub(super) struct ListView {
    rows: Vec<Row>,
}

impl ListView {
    pub(super) fn of(lang: Language, all: &[External]) -> ListView {
        let row = |own: &External| Row {
            id: own.id.to_string(),
            title: own.details.title.pick(lang).to_owned(),
            host: own.details.host.pick(lang).to_owned(),
            state: own.state.code(),
            closes_at: own.details.closes_at.0,
            no_policy: own.details.policy.is_empty(),
        };
        ListView {
            rows: all.iter().map(row).collect(),
        }
    }
}

#[derive(Serialize)]
struct LeavingsRow {
    day: i64,
    words: i64,
    presses: i64,
}

/// The form of staff, for a new one and for one that is there.
#[derive(Serialize)]
pub(super) struct EditView {
    /// Empty for a new one.
    id: String,
    state: &'static str,
    slug: String,
    version: i64,
    form: Typed,
    leavings: Vec<LeavingsRow>,
    pub(super) message: String,
    pub(super) mistakes: Mistakes,
}

impl EditView {
    /// A form for a new one.
    pub(super) fn fresh(form: Typed, mistakes: Mistakes) -> EditView {
        EditView {
            id: String::new(),
            state: State::Draft.code(),
            slug: String::new(),
            version: 0,
            form,
            leavings: Vec::new(),
            message: String::new(),
            mistakes,
        }
    }

    /// The form of one, with what was typed.
    pub(super) fn of(own: &External, leavings: &[Leavings], form: Typed) -> EditView {
        let row = |of_day: &Leavings| LeavingsRow {
            day: of_day.day.0,
            words: of_day.words,
            presses: of_day.presses,
        };
        EditView {
            id: own.id.to_string(),
            state: own.state.code(),
            slug: own.details.slug.clone(),
            version: own.version,
            form,
            leavings: leavings.iter().map(row).collect(),
            message: String::new(),
            mistakes: Mistakes::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_another_site_is_a_way_out() {
        for (typed, written) in [
            (
                "https://museum.example.org/lottery?id=3",
                "https://museum.example.org/lottery?id=3",
            ),
            ("http://museum.example.org", "http://museum.example.org/"),
            (
                "https://museum.example.org/活動",
                "https://museum.example.org/%E6%B4%BB%E5%8B%95",
            ),
            ("https://台灣.tw/", "https://xn--kpry57d.tw/"),
        ] {
            assert_eq!(outside(typed).as_deref(), Some(written));
        }
        for link in [
            "",
            "/a/summer",
            "museum.example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://mei@museum.example.org/",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://[::1]/",
            "ftp://museum.example.org/",
        ] {
            assert_eq!(outside(link), None, "{link}");
        }
    }
}
