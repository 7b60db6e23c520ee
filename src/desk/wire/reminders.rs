//! The days of personal data that staff must not miss.

use serde::Serialize;

use crate::account::{Permission, Staff};
use crate::activity::Facts;
use crate::activity::wire::Heading;
use crate::desk::reminders::{self, Reminder};
use crate::platform::text::{self, Language, dates};

/// A day of personal data that staff must not miss.
#[derive(Serialize)]
pub(in crate::desk) struct ReminderRow {
    when: i64,
    words: String,
    title: String,
    path: String,
    late: bool,
}

impl ReminderRow {
    /// Those that the reader can do something about, or may look into.
    pub(in crate::desk) fn all(
        language: Language,
        reader: &Staff,
        reminders: &[Reminder],
    ) -> Vec<ReminderRow> {
        let row = |each: &Reminder| {
            let (words, title, path) = reminder(language, reader, &each.what);
            ReminderRow {
                when: each.when.0,
                words,
                title,
                path,
                late: each.late,
            }
        };
        let own = reminders.iter().filter(|each| each.what.is_for(reader));
        own.map(row).collect()
    }
}

/// What a reminder says, what it is about, and where it is dealt with.
fn reminder(
    language: Language,
    reader: &Staff,
    what: &reminders::What,
) -> (String, String, String) {
    let say = |id: &str| text::message(language, id, &[]);
    let count = |id: &str, count: u64| text::message(language, id, &[("count", count.into())]);
    let of_activity =
        |id: &str, facts: &Facts, path: String| (say(id), Heading::of(language, facts).title, path);
    match what {
        reminders::What::Purge(facts) => {
            let path = match reader.may(Permission::RunActivities) {
                true => format!("/staff/activities/{}", facts.id),
                false => format!("/a/{}", facts.slug),
            };
            of_activity("desk-remind-purge", facts, path)
        }
        reminders::What::Halted(facts) => {
            let path = format!("/a/{}/cancel", facts.slug);
            of_activity("desk-remind-halted", facts, path)
        }
        reminders::What::PurgeWaits(facts) => {
            let path = format!("/a/{}/purge", facts.slug);
            of_activity("desk-remind-purge-waits", facts, path)
        }
        reminders::What::SecondCertificate(facts) => {
            let path = format!("/a/{}/purge", facts.slug);
            of_activity("desk-remind-second", facts, path)
        }
        reminders::What::HoldEnds(id) => (
            say("desk-remind-hold-ends"),
            say("custody-holds-title"),
            format!("/admin/holds/{id}"),
        ),
        reminders::What::HoldWaits(id) => (
            say("desk-remind-hold-waits"),
            say("custody-holds-title"),
            format!("/admin/holds/{id}"),
        ),
        reminders::What::TaxYear(year) => (
            text::message(
                language,
                "desk-remind-tax",
                &[("year", dates::year(language, *year).into())],
            ),
            say("custody-tax-title"),
            format!("/admin/tax/{year}"),
        ),
        reminders::What::Incident(id) => (
            say("desk-remind-incident"),
            say("custody-incidents-title"),
            format!("/admin/incidents/{id}"),
        ),
        reminders::What::Frozen => (
            say("response-frozen-title"),
            say("response-title"),
            "/admin/security".to_owned(),
        ),
        reminders::What::RequestsLate(requests) => (
            count("desk-remind-requests-late", *requests),
            say("rights-queue-title"),
            "/admin/requests".to_owned(),
        ),
        reminders::What::RequestsDue(requests) => (
            count("desk-remind-requests-due", *requests),
            say("rights-queue-title"),
            "/admin/requests".to_owned(),
        ),
    }
}
