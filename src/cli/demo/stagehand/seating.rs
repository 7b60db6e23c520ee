//! A story hour in the demo: three sessions, one of them full with people in line and an offer that
//! waits for its answer.

use lucky_draw::ticket::Secret;

use crate::activity::{self, ActivityId, Allocation, Kind, LocalText};
use crate::cli::Stop;
use crate::entry::submit::{self, Taking};
use crate::entry::{own, token};
use crate::platform::clock::{DAY, HOUR};
use crate::policy;
use crate::seats::draft::{self, Planned};
use crate::seats::{self, SessionId};

use super::super::TODAY;
use super::super::made_up::{details, filled};
use super::Stagehand;

/// Title, places and places in line of each session.
const SESSIONS: [(&str, &str, u32, u32); 3] = [
    ("上午場", "Morning", 6, 10),
    ("下午場", "Afternoon", 30, 10),
    ("手語場", "In sign language", 4, 0),
];

impl Stagehand<'_> {
    /// A story hour that is on; its address, and the receipt code of somebody who is offered a place.
    pub(in crate::cli::demo) fn story_hour(&mut self) -> Result<(String, Secret), Stop> {
        let id = self.published_sessions()?;
        let sessions = self
            .app
            .db
            .read_now("demo: sessions", |tx| seats::sessions(tx, &id))?;
        // The morning is full: six hold a place, four wait, and the first of them is offered one.
        let mut morning = Vec::new();
        for _ in 0..10 {
            morning.push(self.sit_down(&id, &sessions[0].id)?);
        }
        for session in [&sessions[1], &sessions[2]] {
            for _ in 0..4 {
                self.sit_down(&id, &session.id)?;
            }
        }
        let lookup = self.app.vault.lookup(&morning[2])?;
        self.app
            .db
            .write_now("demo: give back", |tx| own::withdraw(tx, &lookup))?;
        let offered = morning.swap_remove(6);
        Ok((self.facts(&id)?.slug, offered))
    }

    fn published_sessions(&mut self) -> Result<ActivityId, Stop> {
        let title = LocalText::new("週末說故事", "Weekend story hour");
        let opens_at = TODAY.plus(-2 * DAY);
        let kind = Kind::Seats(Allocation::FirstCome);
        let id = self.draft_without_prizes(&details(kind, "story-hour-2026", &title, opens_at))?;
        let closes_at = self.facts(&id)?.closes_at;
        let place = LocalText::new("總館一樓兒童室", "Main library, children's room");
        self.app.db.write_now("demo: sessions", |tx| {
            for (at, (zh, en, capacity, waiting_places)) in (0..).zip(SESSIONS) {
                let planned = Planned {
                    title: LocalText::new(zh, en),
                    place: place.clone(),
                    starts_at: closes_at.plus(7 * DAY + at * 4 * HOUR),
                    capacity,
                    waiting_places,
                };
                draft::save(tx, &self.by, &id, None, &planned)?;
            }
            draft::save_terms(tx, &self.by, &id, &seats::Terms::USUAL)
        })?;
        self.publish_draft(&id)?;
        Ok(id)
    }

    /// A made-up person takes a place, or stands in line.
    fn sit_down(&mut self, id: &ActivityId, session: &SessionId) -> Result<Secret, Stop> {
        let terms = self.app.db.read_now("demo: terms", |tx| {
            let facts = activity::by_id(tx, id)?;
            submit::terms(tx, facts)
        })?;
        self.people += 1;
        let mut filled = filled(terms.facts.kind, self.people, &[]);
        filled.session = Some((session.clone(), true));
        filled.answers = None;
        let tag = submit::tag(&self.app.vault, &terms, &filled)?;
        let notice = policy::notice_hash(&terms.facts.notice);
        let secret = token::fresh_secret();
        let new = submit::prepare(&self.app.vault, &terms, &secret, notice, tag, filled)?;
        self.take(&Taking::new(self.app.vault.clone()), &[new])?;
        self.bar.inc(1);
        Ok(secret)
    }
}
