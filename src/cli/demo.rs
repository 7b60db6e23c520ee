//! `fairdraw demo`: a library in a temporary folder with activities in every state.
//!
//! Invariant: everything is made by the same verbs that staff and patrons use; only time is moved.
//! People are made up, ID numbers are synthetic, the beacon rounds are real recorded ones. The
//! demo's clock goes on from a fixed day, so that it looks the same whenever it is run; every page
//! says so.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use lucky_draw::beacon::{Beacon, Chain, QUICKNET};
use zeroize::Zeroizing;

use crate::account::name::StaffName;
use crate::account::passphrase::{self, Passphrase};
use crate::account::{self, Role};
use crate::activity::draft::{self, Details};
use crate::activity::stage::Draft;
use crate::activity::{
    Activity, ActivityId, Arrangement, AskedField, Facts, Field, Kind, LocalText,
};
use crate::app::App;
use crate::audit::StaffId;
use crate::draw::beacon::{HttpRelays, Relays, Trouble};
use crate::draw::tax::RuleBook;
use crate::draw::{self, CancelCode, PlanDetails, PrizeDetails};
use crate::entry::submit::{self, Filled, NewEntry, Taking};
use crate::entry::token;
use crate::identity::national_id;
use crate::platform::clock::{Clock, DAY, HOUR, Timestamp};
use crate::platform::db::GroupVerb;
use crate::platform::ids;
use crate::platform::text::Language;
use crate::survey::question::{Choice, Question, QuestionKind};
use crate::survey::{self, Answers, answer::Answer, wire as survey_wire};
use crate::vault::{Contact, Email, Name, Phone};
use crate::{activity, journal, policy, purge, stats};

use super::{Stop, serve};

/// What can be set on the command line.
#[derive(Args)]
pub(super) struct Arguments {
    /// Entries in the finished draw; the others have fewer.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(50..=200_000))]
    entries: u32,
    /// Stop after preparing: print the lines and delete everything.
    #[arg(long)]
    prepare_only: bool,
}

/// 2026-09-03T10:00+08:00, two days after the younger of the recorded rounds.
const TODAY: Timestamp = Timestamp(1_788_400_800_000);

/// Before everything that the demo lives through: what comes by itself is set up at this moment.
const LONG_AGO: Timestamp = Timestamp(1_748_736_000_000);

/// Real quicknet rounds and their signatures.
const RECORDED: [(u64, &str); 2] = [
    (
        20_905_307,
        "8a60486975062d9f06633c284cf1a7b46fb343f56f329f180530ca40a9e86320244f4fbfc37ae866cf25ef499665a31f",
    ),
    (
        31_799_517,
        "b7a6d29a93f17085866bf67bed95be9c3b46fd74e7cab12bbf91340f27d99ecc83bc5d46ff4b2b4c6f28aa975bf69fcc",
    ),
];

/// Recorded rounds first, the real relays for others.
struct RecordedRounds {
    relays: HttpRelays,
}

impl Relays for RecordedRounds {
    fn fetch(&self, chain: &Chain, round: u64) -> Result<Beacon, Trouble> {
        match RECORDED.iter().find(|(known, _)| *known == round) {
            Some((_, signature)) if chain.hash == QUICKNET.hash => {
                Beacon::from_hex(chain, round, signature).map_err(|_| Trouble::Unreadable)
            }
            _ => self.relays.fetch(chain, round),
        }
    }
}

/// Prepares the library, prints where to look, and serves it until it is told to stop.
pub(super) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let folder = Folder::fresh()?;
    let (figment, mut config) = super::configured()?;
    config.data = folder.0.join("data");
    config.keys = folder.0.join("keys");
    config.database_url = String::new();
    config.public_origin = String::new();
    let clock = Clock::standing_at(LONG_AGO);
    let relays = RecordedRounds {
        relays: HttpRelays::over_https(&config.relays)?,
    };
    let vault = super::vault(&config)?;
    let app = App::open_with(config, clock.clone(), Arc::new(relays), vault)?;
    let library = Library::prepare(&app, arguments.entries)?;
    clock.run_from(TODAY);
    purge::jobs::ensure(&app.db)?;
    journal::jobs::ensure(&app.db)?;
    println!("url: {}", serve::origin(&app, &figment));
    println!("staff: {} {}", library.staff, library.passphrase.as_str());
    println!("open: /a/{}", library.open);
    println!("drawn: /d/{}", library.drawn);
    println!("purged: /d/{}", library.purged);
    println!("sessions: /a/{}", library.sessions);
    println!("pools: /a/{}", library.pools);
    if arguments.prepare_only {
        return Ok(());
    }
    eprintln!(
        "This is a demonstration in {}; it is deleted when you stop it (Ctrl-C).",
        folder.0.display()
    );
    serve::launch(&app, figment)
}

/// A temporary folder that goes with the demo.
struct Folder(PathBuf);

impl Folder {
    fn fresh() -> Result<Folder, std::io::Error> {
        let path = std::env::temp_dir().join(format!("fairdraw-demo-{}", ids::code(8)));
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_dir_all(path) {
        tracing::warn!(%error, "the demo's folder could not be removed");
    }
}

/// What the demo prints.
struct Library {
    staff: &'static str,
    passphrase: Zeroizing<String>,
    open: String,
    drawn: String,
    purged: String,
    sessions: String,
    pools: String,
}

/// The hand that prepares the library.
struct Stagehand<'a> {
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

impl Library {
    fn prepare(app: &App, entries: u32) -> Result<Library, Stop> {
        let staff = "demo";
        let secret = Zeroizing::new(ids::code(20));
        let name = StaffName::parse(staff).expect("the demo's name is one");
        let long_enough =
            Passphrase::parse(&secret, &name).expect("20 random characters are enough");
        let hash = passphrase::hash(&long_enough);
        let by = app.db.write_now("demo: staff", |tx| {
            account::create_staff(tx, &name, &hash, &[Role::Admin])
        })?;
        let total = u64::from(entries) + u64::from(entries / 2) + 520;
        let bar = ProgressBar::new(total).with_style(
            ProgressStyle::with_template("preparing the library {bar:24} {pos}/{len} entries")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let mut hand = Stagehand {
            app,
            by,
            bar,
            people: 0,
        };
        let purged = hand.whole_life(entries / 2)?;
        let drawn = hand.finished_draw(entries)?;
        let sessions = hand.three_sessions()?;
        let open = hand.present_day()?;
        let pools = hand.two_pools()?;
        hand.bar.finish_and_clear();
        Ok(Library {
            staff,
            passphrase: secret,
            open,
            drawn,
            purged,
            sessions,
            pools,
        })
    }
}

impl Stagehand<'_> {
    /// A draw of last year, from its first entry to its purge.
    fn whole_life(&mut self, entries: u32) -> Result<String, Stop> {
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
    fn finished_draw(&mut self, entries: u32) -> Result<String, Stop> {
        let id = self.draw(&Show {
            slug: "late-summer-2026",
            title: LocalText::new("2026 夏末好書抽獎", "Late summer book draw 2026"),
            draws_at: Timestamp::from_unix(QUICKNET_TIME_OF_SECOND),
            entries,
        })?;
        self.draw_id(&id)
    }

    /// Three sessions of this week; who won in one leaves those after it.
    fn three_sessions(&mut self) -> Result<String, Stop> {
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
    fn two_pools(&mut self) -> Result<String, Stop> {
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
    fn present_day(&mut self) -> Result<String, Stop> {
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
        if details.kind == Kind::Draw {
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
        if details.kind == Kind::Draw {
            let version = self.facts(&id)?.version;
            self.app.db.write_now("demo: fields", |tx| {
                draft::save_asked(tx, &self.by, &id, version, &asked_fields())
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
            let mut accepted = group
                .iter()
                .map(|new| taking.apply(tx, new))
                .collect::<Result<Vec<_>, _>>()?;
            taking.complete(tx, &mut accepted)
        })?;
        Ok(())
    }
}

/// Unix time of the first recorded round.
const QUICKNET_TIME_OF_FIRST: i64 = 1_755_519_285;
/// Unix time of the second recorded round.
const QUICKNET_TIME_OF_SECOND: i64 = 1_788_201_915;

fn details(kind: Kind, slug: &str, title: &LocalText, opens_at: Timestamp) -> Details {
    let closes_at = opens_at.plus(20 * DAY);
    let (freezes_at, draws_at, claim_days) = match kind {
        Kind::Draw => (closes_at.plus(2 * DAY), closes_at.plus(2 * DAY + HOUR), 14),
        Kind::Survey => (closes_at, closes_at, 0),
    };
    Details {
        slug: slug.to_owned(),
        kind,
        title: title.clone(),
        text: LocalText::new(
            "填幾題簡單的問卷，就能參加。不需要帳號，約 2 分鐘。",
            "Answer a few short questions to take part. No account, about 2 minutes.",
        ),
        rules: match kind {
            Kind::Draw => LocalText::new(
                "持有本館借閱證者都可以參加，每人一份。\n本館同仁與承辦廠商不得參加。\n得獎者請攜帶身分證件至總館服務臺領獎。",
                "Everybody with a library card may enter once.\nStaff of the library and of its contractors may not.\nBring your ID card to the main library's desk to claim a prize.",
            ),
            Kind::Survey => LocalText::default(),
        },
        opens_at,
        closes_at,
        freezes_at,
        draws_at,
        claim_days,
        retention_days: 90,
        answers_linked: false,
    }
}

fn asked_fields() -> Vec<AskedField> {
    [Field::Name, Field::NationalId, Field::Phone, Field::Email]
        .into_iter()
        .map(|field| AskedField {
            field,
            required: field != Field::Email,
            purpose: policy::usual_purpose(field),
        })
        .collect()
}

fn prizes() -> PlanDetails {
    let prize = |zh: &str, en: &str, units, value_twd| PrizeDetails {
        slug: String::new(),
        name: LocalText::new(zh, en),
        units,
        value_twd,
    };
    PlanDetails {
        prizes: vec![
            prize("電子閱讀器", "E-book reader", 1, 4_500),
            prize("圖書禮券", "Book voucher", 10, 500),
        ],
        reserves: 5,
        wins_per_person: 1,
        tickets_per_person: 1,
        ..PlanDetails::suggested()
    }
}

/// Places in one of several sessions.
fn seats() -> PlanDetails {
    PlanDetails {
        prizes: vec![PrizeDetails {
            slug: String::new(),
            name: LocalText::new("入場名額", "Place"),
            units: 6,
            value_twd: 0,
        }],
        reserves: 2,
        ..PlanDetails::suggested()
    }
}

fn questions(kind: Kind) -> Vec<Question> {
    let choice = |id: &str, zh: &str, en: &str| Choice {
        id: id.into(),
        label_zh: zh.to_owned(),
        label_en: en.to_owned(),
    };
    let question = |id: &str, kind, zh: &str, en: &str, required| Question {
        id: id.into(),
        position: 0,
        kind,
        label_zh: zh.to_owned(),
        label_en: en.to_owned(),
        hint_zh: String::new(),
        hint_en: String::new(),
        required,
    };
    let mut questions = vec![
        question(
            "branch",
            QuestionKind::SingleChoice {
                options: vec![
                    choice("main", "總館", "Main library"),
                    choice("east", "東區分館", "East branch"),
                    choice("west", "西區分館", "West branch"),
                ],
            },
            "您最常去哪個分館？",
            "Which branch do you visit most?",
            true,
        ),
        question(
            "happy",
            QuestionKind::Scale {
                low: 1,
                high: 5,
                low_label_zh: "不滿意".to_owned(),
                low_label_en: "Not happy".to_owned(),
                high_label_zh: "很滿意".to_owned(),
                high_label_en: "Very happy".to_owned(),
            },
            "您對本館服務滿意嗎？",
            "How happy are you with the library?",
            true,
        ),
    ];
    if kind == Kind::Survey {
        questions.push(question(
            "wish",
            QuestionKind::LongText { max: 500 },
            "您希望我們改進什麼？",
            "What should we do better?",
            false,
        ));
    }
    questions
}

/// A made-up person and what that person answers.
fn filled(kind: Kind, person: u64, questions: &[Question]) -> Filled {
    let answers: Answers = questions
        .iter()
        .filter_map(|question| Some((question.id.clone(), answer(question, person)?)))
        .collect();
    let (contact, subject) = match kind {
        Kind::Survey => (None, None),
        Kind::Draw => {
            let contact = Contact {
                name: Some(Name::new(made_up_name(person))),
                phone: Some(Phone::new(format!(
                    "09{:08}",
                    10_000_000 + person % 80_000_000
                ))),
                email: Some(Email::new(format!("patron{person}@example.org"))),
                language: Language::ZhTw,
                ..Contact::default()
            };
            let id = national_id::synthetic_citizen(person.wrapping_mul(104_729));
            (Some(contact), Some(id.subject()))
        }
    };
    Filled {
        contact,
        subject,
        pool: None,
        answers: Some(survey_wire::answers_to_json(&answers)),
        about: stats::About::default(),
        shares: Vec::new(),
        language: Language::ZhTw,
    }
}

fn answer(question: &Question, person: u64) -> Option<Answer> {
    match &question.kind {
        QuestionKind::SingleChoice { options } => {
            let at = usize::try_from(person % 7).unwrap_or_default() % options.len();
            Some(Answer::Choice(options[at].id.clone()))
        }
        QuestionKind::Scale { .. } => Some(Answer::Scale(
            u8::try_from(person % 3).unwrap_or_default() + 3,
        )),
        _ => None,
    }
}

fn made_up_name(person: u64) -> String {
    const FAMILY: [&str; 12] = [
        "陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "歐陽", "許",
    ];
    const GIVEN: [&str; 12] = [
        "美玲", "志明", "淑芬", "家豪", "怡君", "俊宏", "雅婷", "冠宇", "佳穎", "承翰", "詩涵",
        "宥",
    ];
    let at = |n: u64| usize::try_from(n % 12).unwrap_or_default();
    format!("{}{}", FAMILY[at(person)], GIVEN[at(person / 12)])
}
