//! What has happened in the library of the demo: each activity is led to the state that it shows.

mod keeping;
mod publishing_news;
mod seating;

use indicatif::ProgressBar;

use crate::activity::draft::{self, Details};
use crate::activity::stage::Draft;
use crate::activity::{self, Activity, ActivityId, Arrangement, Facts, Kind, LocalText};
use crate::app::App;
use crate::audit::StaffId;
use crate::cli::Stop;
use crate::draw::tax::RuleBook;
use crate::draw::{self, CancelCode, PlanDetails};
use crate::entry::submit::{self, NewEntry, Taking};
use crate::entry::token;
use crate::platform::clock::{DAY, HOUR, Timestamp};
use crate::survey;
use crate::{policy, stats};

use super::TODAY;
use super::made_up::{asked_fields, details, filled, prizes, questions, seats};

/// The hand that prepares the library.
pub(super) struct Stagehand<'a> {
    app: &'a App,
    by: StaffId,
    bar: ProgressBar,
    people: u64,
}

/// A draw to be made: its words, its moment, its entries.
struct Show {
    slug: &'static str,
    title: LocalText,
    draws_at: Timestamp,
    entries: u32,
}

impl<'a> Stagehand<'a> {
    /// `bar` is moved on as people enter.
    pub(super) fn new(app: &'a App, by: StaffId, bar: ProgressBar) -> Stagehand<'a> {
        Stagehand {
            app,
            by,
            bar,
            people: 0,
        }
    }

    /// A draw of last year, from its first entry to its purge.
    pub(super) fn whole_life(&mut self, entries: u32) -> Result<String, Stop> {
        let round = Timestamp::from_unix(QUICKNET_TIME_OF_FIRST);
        let id = self.draw(&Show {
            slug: "summer-2025",
            title: LocalText::new("2025 夏日閱讀抽獎", "Summer reading draw 2025"),
            draws_at: round,
            entries,
        })?;
        // Every claim deadline passes, then the day of deletion comes.
        for days in [15, 30, 45, 60, 75, 91] {
            self.go_to(round.plus(days * DAY + HOUR))?;
        }
        let facts = self.facts(&id)?;
        self.app.purger.run(&facts.id)?;
        self.draw_id(&id)
    }

    /// A draw of this week whose winners have not answered yet.
    pub(super) fn finished_draw(&mut self, entries: u32) -> Result<String, Stop> {
        let id = self.draw(&Show {
            slug: "late-summer-2026",
            title: LocalText::new("2026 夏末好書抽獎", "Late summer book draw 2026"),
            draws_at: Timestamp::from_unix(QUICKNET_TIME_OF_SECOND),
            entries,
        })?;
        self.draw_id(&id)
    }

    /// Three sessions of this week; who won in one leaves those after it.
    pub(super) fn three_sessions(&mut self) -> Result<String, Stop> {
        let draws_at = Timestamp::from_unix(QUICKNET_TIME_OF_SECOND);
        let title = LocalText::new("好書交換：三個場次", "Book swap: three sessions");
        let opens_at = draws_at.plus(-20 * DAY);
        let (closes_at, freezes_at) = (draws_at.plus(-3 * DAY), draws_at.plus(-DAY));
        self.go_to(opens_at.plus(-2 * DAY))?;
        let id = self.draft_without_prizes(&Details {
            opens_at,
            closes_at,
            freezes_at,
            draws_at,
            ..details(Kind::Draw, "book-swap-2026", &title, opens_at)
        })?;
        let mut earlier = Vec::new();
        for (zh, en) in [
            ("第一場", "Session 1"),
            ("第二場", "Session 2"),
            ("第三場", "Session 3"),
        ] {
            let plan = PlanDetails {
                slug: format!("session-{}", earlier.len() + 1),
                name: LocalText::new(zh, en),
                excludes: earlier.clone(),
                ..seats()
            };
            earlier.push(self.add_draw(&id, &plan)?);
        }
        self.publish_draft(&id)?;
        self.go_to(opens_at.plus(HOUR))?;
        self.enter(&id, 60)?;
        // The later sessions wait a moment for the earlier ones.
        for moment in [
            closes_at,
            freezes_at,
            draws_at,
            draws_at.plus(4_000),
            draws_at.plus(8_000),
        ] {
            self.go_to(moment.plus(1_000))?;
        }
        Ok(self.facts(&id)?.slug)
    }

    /// Two branches of which people pick one; chances can be earned.
    pub(super) fn two_pools(&mut self) -> Result<String, Stop> {
        let title = LocalText::new("分館集點抽獎", "Branch stamps draw");
        let opens_at = self.app.db.clock().now().plus(-DAY);
        let id =
            self.draft_without_prizes(&details(Kind::Draw, "branches-2026", &title, opens_at))?;
        for (slug, zh, en) in [
            ("east", "東區分館", "East branch"),
            ("west", "西區分館", "West branch"),
        ] {
            let plan = PlanDetails {
                slug: slug.to_owned(),
                name: LocalText::new(zh, en),
                tickets_per_person: 4,
                ..prizes()
            };
            self.add_draw(&id, &plan)?;
        }
        let version = self.facts(&id)?.version;
        self.app.db.write_now("demo: pools", |tx| {
            draft::save_arrangement(tx, &self.by, &id, version, Arrangement::Pools)
        })?;
        self.publish_draft(&id)?;
        self.enter(&id, 40)?;
        Ok(self.facts(&id)?.slug)
    }

    fn add_draw(&self, id: &ActivityId, plan: &PlanDetails) -> Result<draw::DrawId, Stop> {
        let version = self.facts(id)?.version;
        let saved = self.app.db.write_now("demo: draw", |tx| {
            draw::save_plan(tx, &self.by, id, None, version, plan)
        })?;
        Ok(saved.id)
    }

    /// Publishes, enters, closes, freezes and draws.
    fn draw(&mut self, show: &Show) -> Result<ActivityId, Stop> {
        let opens_at = show.draws_at.plus(-20 * DAY);
        let closes_at = show.draws_at.plus(-3 * DAY);
        let freezes_at = show.draws_at.plus(-DAY);
        self.go_to(opens_at.plus(-2 * DAY))?;
        let id = self.publish(&Details {
            opens_at,
            closes_at,
            freezes_at,
            draws_at: show.draws_at,
            ..details(Kind::Draw, show.slug, &show.title, opens_at)
        })?;
        self.go_to(opens_at.plus(HOUR))?;
        self.enter(&id, show.entries)?;
        for moment in [closes_at, freezes_at, show.draws_at] {
            self.go_to(moment.plus(1_000))?;
        }
        Ok(id)
    }

    /// What is on today: open, coming, closed, cancelled, surveys and a draft.
    pub(super) fn present_day(&mut self) -> Result<String, Stop> {
        self.go_to(TODAY.plus(-10 * DAY))?;
        let open = LocalText::new("秋日閱讀抽獎", "Autumn reading draw");
        let open = self.publish(&details(
            Kind::Draw,
            "autumn-2026",
            &open,
            TODAY.plus(-9 * DAY),
        ))?;
        let closed = LocalText::new("開學書包抽獎", "Back-to-school draw");
        let closed = self.publish(&Details {
            closes_at: TODAY.plus(-DAY),
            freezes_at: TODAY.plus(DAY),
            draws_at: TODAY.plus(DAY + HOUR),
            ..details(Kind::Draw, "school-2026", &closed, TODAY.plus(-9 * DAY))
        })?;
        let coming = LocalText::new("冬季講座入場抽獎", "Winter lecture draw");
        self.publish(&details(
            Kind::Draw,
            "winter-2026",
            &coming,
            TODAY.plus(5 * DAY),
        ))?;
        let cancelled = LocalText::new("中秋賞月抽獎", "Mid-autumn draw");
        let cancelled = self.publish(&details(
            Kind::Draw,
            "moon-2026",
            &cancelled,
            TODAY.plus(-9 * DAY),
        ))?;
        let asked = LocalText::new("自修室使用意見調查", "Study room survey");
        let asked = self.publish(&details(
            Kind::Survey,
            "study-room-2026",
            &asked,
            TODAY.plus(-9 * DAY),
        ))?;
        let answered = LocalText::new("夏季服務滿意度調查", "Summer service survey");
        let answered = self.publish(&Details {
            closes_at: TODAY.plus(-DAY),
            freezes_at: TODAY.plus(-DAY),
            draws_at: TODAY.plus(-DAY),
            ..details(
                Kind::Survey,
                "service-2026",
                &answered,
                TODAY.plus(-9 * DAY),
            )
        })?;
        self.go_to(TODAY.plus(-8 * DAY))?;
        self.enter(&open, 120)?;
        self.enter(&closed, 80)?;
        self.enter(&cancelled, 20)?;
        self.enter(&asked, 60)?;
        self.enter(&answered, 120)?;
        self.go_to(TODAY.plus(-HOUR))?;
        let facts = self.facts(&cancelled)?;
        self.app.db.write_now("demo: cancel", |tx| {
            draw::cancel(
                tx,
                &self.app.vault,
                &self.by,
                &facts,
                CancelCode::ALL[0],
                "颱風停止上班，活動取消。 Cancelled because of a typhoon.",
            )
        })?;
        self.go_to(TODAY)?;
        let draft = LocalText::new("聖誕閱讀抽獎", "Christmas reading draw");
        self.draft(&details(
            Kind::Draw,
            "christmas-2026",
            &draft,
            TODAY.plus(60 * DAY),
        ))?;
        Ok(self.facts(&open)?.slug)
    }

    /// Moves the clock and does what became due.
    fn go_to(&self, moment: Timestamp) -> Result<(), Stop> {
        self.app.db.clock().stand_at(moment);
        self.app.run_jobs()?;
        Ok(())
    }

    fn facts(&self, id: &ActivityId) -> Result<Facts, Stop> {
        Ok(self
            .app
            .db
            .read_now("demo: read", |tx| activity::by_id(tx, id))?)
    }

    fn draw_id(&self, id: &ActivityId) -> Result<String, Stop> {
        let plans = self
            .app
            .db
            .read_now("demo: read", |tx| draw::plans(tx, id))?;
        let first = plans.into_iter().next();
        Ok(first.map(|plan| plan.id.0).unwrap_or_default())
    }

    /// A draft with fields, questions and prizes, as a librarian would make it.
    fn draft(&self, details: &Details) -> Result<ActivityId, Stop> {
        let id = self.draft_without_prizes(details)?;
        if details.kind.is_drawn() {
            self.add_draw(&id, &prizes())?;
        }
        Ok(id)
    }

    /// A draft with fields and questions.
    fn draft_without_prizes(&self, details: &Details) -> Result<ActivityId, Stop> {
        let id = self.app.db.write_now("demo: draft", |tx| {
            Activity::<Draft>::create(tx, &self.by, details).map(|draft| draft.id.clone())
        })?;
        for question in questions(details.kind) {
            self.app.db.write_now("demo: question", |tx| {
                survey::save(tx, &self.by, &id, question.clone())
            })?;
        }
        if details.kind.asks_person() {
            let version = self.facts(&id)?.version;
            self.app.db.write_now("demo: fields", |tx| {
                draft::save_asked(tx, &self.by, &id, version, &asked_fields(details.kind))
            })?;
        }
        Ok(id)
    }

    fn publish(&self, details: &Details) -> Result<ActivityId, Stop> {
        let id = self.draft(details)?;
        self.publish_draft(&id)?;
        Ok(id)
    }

    fn publish_draft(&self, id: &ActivityId) -> Result<(), Stop> {
        let keys = self.app.vault.create_activity(id.as_str())?;
        self.app.db.write_now("demo: publish", |tx| {
            let facts = activity::by_id(tx, id)?;
            let notice = policy::notice_now(tx, &facts, &self.app.config)?;
            let terms = draw::Terms {
                keys: keys.clone(),
                notice: stats::in_notice(tx, &facts, notice)?,
                tax: RuleBook::of(&self.app.config),
            };
            let draft = Activity::<Draft>::at(facts)?;
            draw::publish(tx, &self.app.vault, &self.by, draft, &terms)
        })?;
        // The server does so within a minute; here time passes faster.
        self.app.purger.plant()?;
        Ok(())
    }

    /// Enters made-up people, a few of them twice.
    fn enter(&mut self, id: &ActivityId, count: u32) -> Result<(), Stop> {
        let terms = self.app.db.read_now("demo: terms", |tx| {
            let facts = activity::by_id(tx, id)?;
            submit::terms(tx, facts)
        })?;
        let questions = self
            .app
            .db
            .read_now("demo: questions", |tx| survey::questionnaire(tx, id))?;
        let taking = Taking::new(self.app.vault.clone());
        let mut group: Vec<NewEntry> = Vec::new();
        for nth in 0..count {
            // Every fortieth person enters a second time, as happens.
            let person = if nth % 40 == 39 {
                self.people - 7
            } else {
                self.people
            };
            self.people += 1;
            let mut filled = filled(terms.facts.kind, person, questions.questions());
            if terms.facts.arrangement == Arrangement::Pools {
                let at = usize::try_from(person).unwrap_or_default() % terms.drums.len();
                filled.pool = Some(terms.drums[at].draw().to_owned());
            }
            let tag = submit::tag(&self.app.vault, &terms, &filled)?;
            let notice = policy::notice_hash(&terms.facts.notice);
            let secret = token::fresh_secret();
            group.push(submit::prepare(
                &self.app.vault,
                &terms,
                &secret,
                notice,
                tag,
                filled,
            )?);
            if group.len() == 100 || nth + 1 == count {
                self.take(&taking, &group)?;
                self.bar.inc(u64::try_from(group.len()).unwrap_or_default());
                group.clear();
            }
        }
        Ok(())
    }

    fn take(&self, taking: &Taking, group: &[NewEntry]) -> Result<(), Stop> {
        self.app.db.write_now("demo: entries", |tx| {
            taking.take_every(tx, &group.iter().collect::<Vec<_>>())
        })?;
        Ok(())
    }
}

/// Unix time of the first recorded round.
const QUICKNET_TIME_OF_FIRST: i64 = 1_755_519_285;

/// Unix time of the second recorded round.
const QUICKNET_TIME_OF_SECOND: i64 = 1_788_201_915;
