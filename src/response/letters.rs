//! Letters to those who look after the site: what happened, what was done by itself, what waits.
//!
//! Invariant: many alarms are one letter, and letters keep their distance; nothing of a person and
//! no network is in them.

use crate::account;
use crate::activity::LocalText;
use crate::audit::StaffId;
use crate::custody::breach::{self, Incident};
use crate::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Tx;
use crate::platform::templates;
use crate::platform::text::{self, Language};
use crate::vault::LetterWords;

use super::wire::{self, DigestText};
use super::{Answer, AnswerId, Error, Rule, Terms, jobs, store};

/// Alarms that one letter names; more are counted.
const NAMED: usize = 20;

/// A letter that is about to leave.
#[derive(Clone)]
pub(super) struct Digest {
    pub(super) words: LetterWords,
    told: Vec<AnswerId>,
    reminded: Vec<Incident>,
}

/// The letter that says what no letter has said; none where there is nothing.
pub(super) fn digest(tx: &mut Tx, config: &Config) -> Result<Option<Digest>, Error> {
    let untold = store::untold(tx)?;
    let due = due(tx)?;
    if untold.is_empty() && due.is_empty() {
        return Ok(None);
    }
    let names = account::names(tx)?;
    let (named, now) = (untold.len().min(NAMED), tx.now());
    let mut body = String::new();
    for language in Language::ALL {
        let alarms = untold.iter().take(named);
        let view = DigestText {
            library: wire::library(language, config).to_owned(),
            alarms: alarms
                .map(|own| wire::told(language, own, &names))
                .collect(),
            more: untold.len() - named,
            incidents: due
                .iter()
                .map(|own| wire::reminder(language, own, now))
                .collect(),
            page: format!(
                "{}{}",
                config.public_origin,
                language.url("/admin/security")
            ),
            register: format!(
                "{}{}",
                config.public_origin,
                language.url("/admin/incidents")
            ),
        };
        if !body.is_empty() {
            body.push_str("\n\n");
        }
        body.push_str(&templates::render(language, "mail/alarm.txt.j2", view)?);
    }
    let args = [("library", config.library_zh.clone().into())];
    Ok(Some(Digest {
        words: LetterWords {
            subject: text::message(Language::ZhTw, "response-mail-subject", &args),
            body,
            date: now,
            language: Language::ZhTw,
        },
        told: untold.into_iter().map(|own| own.id).collect(),
        reminded: due,
    }))
}

/// Notes that a letter says this.
pub(super) fn told(tx: &mut Tx, letter: &Digest) -> Result<(), Error> {
    store::set_told(tx, &letter.told)?;
    for incident in &letter.reminded {
        breach::reminded(tx, incident)?;
    }
    Ok(())
}

/// The letter did not leave. Reminders come again by themselves.
pub(super) fn not_told(tx: &mut Tx, letter: &Digest) -> Result<(), Error> {
    Ok(store::set_untold(tx, &letter.told)?)
}

/// Has a letter leave: at once, or when enough time has passed since the last one.
pub(super) fn enqueue(tx: &mut Tx, config: &Config) -> Result<(), Error> {
    let now = tx.now();
    let last = store::last_told(tx)?;
    let next = last.map(|last| last.plus(config.watch.alarm_minutes * MINUTE));
    Ok(jobs::enqueue_letter(
        tx,
        next.map_or(now, |next| next.max(now)),
    )?)
}

/// Whether an incident waits of which a letter has to remind.
pub(super) fn has_reminders(tx: &mut Tx) -> Result<bool, Error> {
    Ok(!due(tx)?.is_empty())
}

/// Incidents that wait, of which the next reminder is due: when a day is left to report, when six
/// hours are, when the time is over; where no time is set, each day for a week.
fn due(tx: &mut Tx) -> Result<Vec<Incident>, Error> {
    let now = tx.now();
    let waiting = breach::waiting(tx)?.into_iter();
    Ok(waiting
        .filter(|each| reminders(each, now) > each.reminded)
        .collect())
}

/// How many reminders should have left by now.
fn reminders(incident: &Incident, now: Timestamp) -> u32 {
    let passed = |moments: &[Timestamp]| {
        let passed = moments.iter().filter(|at| **at <= now).count();
        u32::try_from(passed).unwrap_or(u32::MAX)
    };
    match incident.report_by {
        Some(by) => passed(&[by.plus(-DAY), by.plus(-6 * HOUR), by]),
        None => passed(&[1, 2, 3, 4, 5, 6, 7].map(|days| incident.noticed_at.plus(days * DAY))),
    }
}

/// What a rule says in an incident that it opens; staff write it anew before anybody reads it.
pub(super) fn incident_words(rule: Rule, terms: &Terms, count: u64) -> (LocalText, LocalText) {
    let both = |words: &dyn Fn(Language) -> String| {
        LocalText::new(words(Language::ZhTw), words(Language::En))
    };
    (
        both(&|language| wire::happened(language, rule, count)),
        both(&|language| wire::done(language, terms.answers)),
    )
}

/// Who an answer is about, where that is an account.
pub(super) fn account(answer: &Answer) -> Option<StaffId> {
    let of_account = answer.rule.terms_of() == super::Of::Account && !answer.about.is_empty();
    of_account.then(|| StaffId::from(answer.about.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::custody::IncidentId;
    use crate::custody::breach::State;

    fn incident(report_by: Option<Timestamp>) -> Incident {
        Incident {
            id: IncidentId::fresh(),
            noticed_at: Timestamp(0),
            recorded_at: Timestamp(0),
            recorded_by: StaffId(String::new()),
            facts: LocalText::new("", ""),
            measures: LocalText::new("", ""),
            report_by,
            reported_at: None,
            report_no: String::new(),
            state: State::Open,
            told_by: None,
            told_at: None,
            by_mail: false,
            closed_at: None,
            origin: String::new(),
            reminded: 0,
        }
    }

    #[test]
    fn reminders_come_closer_as_the_time_runs_out_and_end() {
        let own = incident(Some(Timestamp(3 * DAY)));
        for (at, count) in [
            (DAY, 0),
            (2 * DAY, 1),
            (3 * DAY - 6 * HOUR, 2),
            (3 * DAY, 3),
            (30 * DAY, 3),
        ] {
            assert_eq!(reminders(&own, Timestamp(at)), count, "{at}");
        }
        let own = incident(None);
        assert_eq!(reminders(&own, Timestamp(DAY - 1)), 0);
        assert_eq!(reminders(&own, Timestamp(2 * DAY)), 2);
        assert_eq!(reminders(&own, Timestamp(30 * DAY)), 7);
    }
}
