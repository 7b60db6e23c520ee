//! What calendars, feeds and posters show of activities.

use serde::Serialize;

use crate::activity::{Facts, LocalText, Stage};
use crate::draw::{self, DrawStage};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::text::{self, Language};
use crate::platform::web::calendar::Date;
use crate::platform::web::feed::{Content, Entry};
use crate::platform::web::qr::QrView;
use crate::portal::diary::{Dated, News};
use crate::portal::{Listed, Listing, Shown};
use crate::seats::Session;

use super::statute::Holder;
use super::{DrawPart, paragraphs};

/// The dates of what is published at one address.
pub(in crate::portal) fn dates(language: Language, dated: &Dated) -> Vec<Date> {
    let (slug, told_at) = match &dated.listing {
        Listing::Ours(listed) => {
            let facts = &listed.facts;
            (&facts.slug, facts.published_at.unwrap_or(facts.opens_at))
        }
        Listing::Elsewhere(own) => (&own.details.slug, own.details.opens_at),
    };
    let pen = Pen {
        language,
        slug,
        title: dated.title().pick(language),
        told_at: told_at.0,
        is_off: false,
    };
    match &dated.listing {
        Listing::Ours(listed) => of_ours(&pen, listed, &dated.sessions),
        Listing::Elsewhere(own) => vec![
            pen.date("opens", "portal-date-opens", own.details.opens_at),
            pen.date("closes", "portal-date-closes", own.details.closes_at),
        ],
    }
}

/// What the dates of one activity have in common.
struct Pen<'a> {
    language: Language,
    slug: &'a str,
    title: &'a str,
    told_at: i64,
    is_off: bool,
}

impl Pen<'_> {
    fn date(&self, name: &str, words: &str, at: Timestamp) -> Date {
        Date {
            name: format!("{}-{name}", self.slug),
            title: text::message(self.language, words, &[("title", self.title.into())]),
            at: at.0,
            told_at: self.told_at,
            place: String::new(),
            page: format!("/a/{}", self.slug),
            is_off: self.is_off,
        }
    }
}

fn of_ours(pen: &Pen<'_>, listed: &Listed, sessions: &[Session]) -> Vec<Date> {
    let facts = &listed.facts;
    let is_off = facts.stage == Stage::Cancelled;
    let pen = Pen { is_off, ..*pen };
    let mut dates = vec![
        pen.date("opens", "portal-date-opens", facts.opens_at),
        pen.date("closes", "portal-date-closes", facts.closes_at),
    ];
    for plan in &listed.plans {
        let mut date = pen.date(
            &format!("draw-{}", plan.slug),
            "portal-date-draws",
            plan.round_time().unwrap_or(plan.due_at(facts)),
        );
        let whole = draw::title(pen.language, facts, plan);
        date.title = text::message(
            pen.language,
            "portal-date-draws",
            &[("title", whole.as_str().into())],
        );
        date.page = format!("/d/{}", plan.id);
        date.is_off |= plan.stage == DrawStage::Cancelled;
        dates.push(date);
    }
    if facts.kind.is_drawn() {
        let until = facts.draws_at.plus(facts.claim_days * DAY);
        dates.push(pen.date("claims", "portal-date-claims", until));
    }
    for session in sessions {
        let mut date = pen.date(
            &format!("session-{}", session.id),
            "portal-date-session",
            session.starts_at,
        );
        date.title = format!("{} · {}", pen.title, session.title.pick(pen.language));
        date.place = session.place.pick(pen.language).to_owned();
        date.is_off |= session.cancelled_at.is_some();
        dates.push(date);
    }
    dates
}

/// One piece of news as an entry of the feed.
pub(in crate::portal) fn entry(language: Language, news: &News) -> Entry {
    let facts = &news.facts;
    let words = |id, title: &str| text::message(language, id, &[("title", title.into())]);
    let about = || Content::Text(facts.text.pick(language).to_owned());
    match &news.drawn {
        None => Entry {
            name: format!("activity/{}", facts.slug),
            title: words("portal-news-published", facts.title.pick(language)),
            at: news.at.0,
            page: format!("/a/{}", facts.slug),
            summary: entered_until(language, facts),
            content: about(),
        },
        Some(plan) => Entry {
            name: format!("draw/{}", plan.id),
            title: words("portal-news-drawn", &draw::title(language, facts, plan)),
            at: news.at.0,
            page: format!("/d/{}", plan.id),
            summary: text::message(language, "portal-news-drawn-what", &[]),
            content: about(),
        },
    }
}

fn entered_until(language: Language, facts: &Facts) -> String {
    let opens = text::dates::datetime(language, facts.opens_at.0);
    let closes = text::dates::datetime(language, facts.closes_at.0);
    text::message(
        language,
        "portal-news-when",
        &[
            ("opens", opens.as_str().into()),
            ("closes", closes.as_str().into()),
        ],
    )
}

/// A sheet for the wall.
#[derive(Serialize)]
pub(in crate::portal) struct PosterView {
    slug: String,
    title: String,
    text: Vec<String>,
    opens_at: i64,
    closes_at: i64,
    purges_at: i64,
    asks: bool,
    draws: Vec<DrawPart>,
    sessions: Vec<SessionPart>,
    holder: Holder,
    /// What the code leads to, as people type it.
    address: String,
    qr: Option<QrView>,
}

/// One session on a poster.
#[derive(Serialize)]
struct SessionPart {
    title: String,
    place: String,
    starts_at: i64,
}

impl PosterView {
    pub(in crate::portal) fn of(language: Language, shown: &Shown, config: &Config) -> PosterView {
        let facts = &shown.listed.facts;
        let pick = |words: &LocalText| words.pick(language).to_owned();
        let path = language.url(&format!("/a/{}", facts.slug));
        let url = format!("{}{path}", config.public_origin);
        let typed = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let standing = shown
            .sessions
            .iter()
            .filter(|each| each.cancelled_at.is_none());
        PosterView {
            slug: facts.slug.clone(),
            title: pick(&facts.title),
            text: paragraphs(facts.text.pick(language)),
            opens_at: facts.opens_at.0,
            closes_at: facts.closes_at.0,
            purges_at: facts.purges_at.0,
            asks: !shown.asked.is_empty(),
            draws: (0..shown.listed.plans.len())
                .map(|at| DrawPart::of(language, shown, at))
                .collect(),
            sessions: standing
                .map(|each| SessionPart {
                    title: pick(&each.title),
                    place: pick(&each.place),
                    starts_at: each.starts_at.0,
                })
                .collect(),
            holder: Holder::of(language, config),
            address: typed.to_owned(),
            // A code that leads to nowhere is worse than none.
            qr: (!config.public_origin.is_empty())
                .then(|| QrView::of(&url))
                .flatten(),
        }
    }
}
