//! Subscribers are told of a major change of the general policy: one issue to all of them.
//!
//! Invariant: it is an issue like any other, so each of them gets one letter and nobody two, and
//! who leaves meanwhile gets none.
//!
//! Not here: when somebody is told ([`crate::policy::general`]).

use crate::activity::LocalText;
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::ids;
use crate::platform::text::{self, Language, dates};
use crate::policy;
use crate::policy::general::Version;
use crate::policy::general::audience::{Audience, Told};

use super::issues::{self, Text};
use super::words::Writer;
use super::{Error, store};

/// Everybody who subscribed to the newsletter.
pub struct Subscribers {
    writer: Writer,
}

impl Subscribers {
    /// Links lead to the site of this configuration.
    pub fn of(config: &Config) -> Subscribers {
        Subscribers {
            writer: Writer::of(config),
        }
    }

    fn text(&self, slug: String, version: &Version) -> Text {
        let subject = |language| said(language, "newsletter-policy-subject", version, &[]);
        let body = |language: Language| {
            let path = format!("/privacy/v/{}", version.number);
            let whole = self.writer.address(language, &path);
            let path = format!(
                "/privacy/compare?from={}&to={}",
                version.number - 1,
                version.number
            );
            let compared = self.writer.address(language, &path);
            let change = version.change.pick(language);
            let links = [("whole", whole.as_str()), ("compared", compared.as_str())];
            let around = said(language, "newsletter-policy-body", version, &links);
            format!("{}\n\n{change}\n", around)
        };
        Text {
            slug,
            subject: LocalText::new(subject(Language::ZhTw), subject(Language::En)),
            body: LocalText::new(body(Language::ZhTw), body(Language::En)),
            topics: Vec::new(),
        }
    }

    fn announce(&self, tx: &mut Tx, version: &Version) -> Result<(), Error> {
        let mut slug = format!("privacy-policy-{}", version.number);
        // Staff may have taken the address for an issue of their own.
        if store::issues::by_slug(tx, &slug)?.is_some() {
            slug = format!("{slug}-{}", ids::code(6));
        }
        issues::announce(tx, version.number, self.text(slug, version))
    }
}

fn said(language: Language, id: &str, version: &Version, more: &[(&str, &str)]) -> String {
    let date = dates::date(language, version.effective_at.0);
    let mut args = vec![("version", version.number.into()), ("date", date.into())];
    args.extend(more.iter().map(|(name, text)| (*name, (*text).into())));
    text::message(language, id, &args)
}

impl Audience for Subscribers {
    fn name(&self, language: Language) -> String {
        text::message(language, "newsletter-policy-audience", &[])
    }

    fn tell(&self, tx: &mut Tx, version: &Version) -> Result<(), policy::Error> {
        self.announce(tx, version)
            .map_err(policy::Error::of_audience)
    }

    fn told(&self, tx: &mut Tx, version: i64) -> Result<Option<Told>, policy::Error> {
        let told = |tx: &mut Tx| -> Result<Option<Told>, Error> {
            let Some(issue) = issues::of_policy(tx, version)? else {
                return Ok(None);
            };
            let progress = issues::progress(tx, &issue)?;
            Ok(Some(Told {
                is_over: issue.ended_at.is_some(),
                waiting: progress.waiting,
                sent: progress.sent,
                uncertain: progress.uncertain,
                refused: progress.refused + progress.bounced,
                dropped: progress.dropped,
            }))
        };
        told(tx).map_err(policy::Error::of_audience)
    }
}
