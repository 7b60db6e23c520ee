//! The domain that mail is sent from, as receivers see it.

use std::time::Duration;

use crate::platform::config::Config;
use crate::platform::mail::domain::{self, Looked, Weight, words};
use crate::platform::text::Language;

use super::{Finding, State};

const NAME: &str = "sender's domain";
/// How long the name service may take altogether.
const PATIENCE: Duration = Duration::from_secs(15);

/// Asks what is published for the domain of `mail_from`.
pub(super) fn look(config: &Config, offline: bool) -> Vec<Finding> {
    let unknown = |found, advice| vec![Finding::unknown(NAME, found, advice)];
    let has_server = !config.smtp_url.is_empty();
    if offline && config.vault().is_none() && has_server {
        return unknown("not asked", "leave --offline away");
    }
    match domain::look_as_set(config, has_server, PATIENCE) {
        Looked::ByTheVault => {
            let words = "the vault sends mail; look there, with its own settings";
            vec![Finding::good(NAME, words)]
        }
        Looked::NoMail => unknown("not asked, as no mail leaves", "set smtp_url"),
        Looked::NoResolver => unknown(
            "could not be looked at: no name service is set",
            "see that name service answers here, then look again",
        ),
        Looked::At(report) => words::findings(Language::En, &report)
            .into_iter()
            .map(finding)
            .collect(),
    }
}

fn finding(found: words::Finding) -> Finding {
    let state = match found.weight {
        Weight::Good => State::Good,
        Weight::Unknown => State::Unknown,
        Weight::Warning => State::Warning,
        Weight::Bad => State::Bad,
    };
    let advice = match found.record.is_empty() {
        true => found.advice,
        false => format!("{} {}", found.advice, found.record),
    };
    Finding::with(state, found.name, found.found, advice)
}
