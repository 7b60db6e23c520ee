//! Telling winners: letters, deadlines, the desk and the list that leaves the system.

use std::collections::BTreeSet;

use fairdraw::account::name::StaffName;
use fairdraw::account::{self, Role, passphrase};
use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{self, Activity, ActivityId, AskedField, Field, Kind, LocalText, Stage};
use fairdraw::audit::{self, Actor, StaffId};
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{self, DrawStage, PlanDetails, PrizeDetails, SourceDetails, Terms};
use fairdraw::entry::{
    self,
    submit::{self, Filled, Taking},
};
use fairdraw::identity::national_id;
use fairdraw::notify::claims::{self, Decided};
use fairdraw::notify::leaving::{self, Wish};
use fairdraw::notify::{Claim, ClaimStage, Notice, NoticeKind, NoticeStage, notices};
use fairdraw::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use fairdraw::platform::db::GroupVerb;
use fairdraw::platform::ids;
use fairdraw::platform::text::Language;
use fairdraw::policy;
use fairdraw::vault::{AddressLine, Contact, County, District, Email, Name, Phone};
use lucky_draw::beacon::{Beacon, QUICKNET};
use lucky_draw::record::VoidCode;
use lucky_draw::result::{SettleCode, Slot};
use lucky_draw::ticket::{Secret, TicketNumber};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::mail_sink::{MailSink, Manners};
use crate::support::smtp_daemon::SmtpDaemon;

mod giving_up;
mod librarians;

on_both! {
    winners_are_told_once_and_nobody_else,
    nothing_is_opened_while_the_server_is_down,
    a_server_that_says_later_gets_the_letter_later,
    an_answer_lost_after_the_letter_is_never_a_reason_to_send_again,
    a_crash_while_a_letter_leaves_makes_it_uncertain,
    a_refused_letter_and_a_missing_address_are_shown_to_staff,
    letters_wait_until_there_is_a_mail_server,
    a_deadline_is_one_settlement_and_reserves_move_up_and_are_told,
    second_entries_of_a_late_winner_are_reminded_too,
    the_desk_compares_ids_and_keeps_none,
    a_prize_collected_by_mistake_can_be_given_back_for_ten_minutes,
    an_export_holds_winners_only_and_is_on_record,
    a_call_is_on_record_before_the_number_is_shown,
    deadlines_pass_where_nobody_looks,
    after_the_purge_nothing_is_shown,
}

/// A round that was really published: quicknet 10,000,000, due on 4 August 2024 at 20:29:24 UTC.
const ROUND: u64 = 10_000_000;
const SIGNATURE: &str = include_str!("../../protocol/tests/vectors/drand-rounds.json");

fn due() -> Timestamp {
    let unix = QUICKNET.round_time(ROUND);
    Timestamp::from_unix(i64::try_from(unix).expect("a time of this century"))
}

fn recorded() -> Beacon {
    let fixtures: serde_json::Value = serde_json::from_str(SIGNATURE).expect("JSON");
    let rounds = fixtures["rounds"].as_array().expect("a list of rounds");
    let found = rounds
        .iter()
        .find(|each| each["chain"] == "quicknet" && each["round"] == ROUND)
        .expect("the round was recorded");
    let signature = found["signature"].as_str().expect("a signature");
    Beacon::from_hex(&QUICKNET, ROUND, signature).expect("hexadecimal digits")
}

/// Somebody who enters: the person behind the ID, and the address given.
#[derive(Clone, Copy)]
struct Entrant {
    person: u64,
    email: Option<&'static str>,
}

fn email_of(person: u64) -> String {
    format!("patron{person}@example.org")
}

fn id_of(person: u64) -> String {
    national_id::synthetic_citizen(person).as_str().to_owned()
}

/// A library whose draw has its result.
struct Library {
    app: TestApp,
    id: ActivityId,
}

/// The one draw of an activity, once it has a result.
fn decided(
    tx: &mut fairdraw::platform::db::Tx,
    id: &ActivityId,
) -> Result<Decided, fairdraw::notify::Error> {
    let first = claims::all(tx, id)?.into_iter().next();
    first.ok_or(fairdraw::notify::Error::Unknown)
}

impl Library {
    /// Twelve people entered, one of whom is drawn for the tablet and two for a voucher.
    fn with_winners(engine: Engine, smtp_url: &str) -> Library {
        let entrants: Vec<Entrant> = (0..12).map(own).collect();
        Library::with_entrants(engine, smtp_url, &entrants)
    }

    fn with_entrants(engine: Engine, smtp_url: &str, entrants: &[Entrant]) -> Library {
        Library::prepared(engine, smtp_url, entrants, |_, _| ())
    }

    /// The same with something done to the draft just before it is published.
    fn prepared(
        engine: Engine,
        smtp_url: &str,
        entrants: &[Entrant],
        before: impl FnOnce(&TestApp, &ActivityId),
    ) -> Library {
        let app = TestApp::with(engine, "2024-07-25T09:00:00+08:00", |config| {
            config.smtp_url = smtp_url.to_owned();
            config.public_origin = "https://draw.lib.example.tw".to_owned();
            config.library_zh = "臺北市立圖書館".to_owned();
            config.library_en = "Taipei Public Library".to_owned();
        });
        let id = publish(&app, before);
        app.go_to(due().plus(-8 * DAY));
        for entrant in entrants {
            enter(&app, &id, *entrant);
        }
        app.go_to(due().plus(-2 * DAY));
        app.go_to(due().plus(-HOUR));
        let library = Library { app, id };
        assert_eq!(library.draw_stage(), DrawStage::Frozen);
        library.app.app.db.clock().stand_at(due());
        let plan = library.plan();
        let (db, vault) = (&library.app.app.db, &library.app.app.vault);
        db.write_now("receive", |tx| {
            draw::receive(tx, vault, &Actor::System, &plan.id, &recorded())
        })
        .expect("the round is taken");
        library
    }

    fn plan(&self) -> draw::Plan {
        self.app
            .app
            .db
            .read_now("plan", |tx| draw::plans(tx, &self.id))
            .expect("the draw can be read")
            .into_iter()
            .next()
            .expect("there is a draw")
    }

    fn draw_stage(&self) -> DrawStage {
        self.plan().stage
    }

    fn stage(&self) -> Stage {
        let read = self
            .app
            .app
            .db
            .read_now("stage", |tx| activity::by_id(tx, &self.id));
        read.expect("the activity is there").stage
    }

    fn decided(&self) -> Decided {
        self.app
            .app
            .db
            .read_now("decided", |tx| decided(tx, &self.id))
            .expect("the draw has a result")
    }

    fn claims(&self) -> Vec<Claim> {
        self.app
            .app
            .db
            .write_now("claims", |tx| {
                let draw = decided(tx, &self.id)?;
                claims::ensure(tx, &draw)
            })
            .expect("claims can be read")
    }

    /// Who holds a prize now.
    fn winners(&self) -> Vec<Claim> {
        self.app
            .app
            .db
            .write_now("winners", |tx| {
                let draw = decided(tx, &self.id)?;
                claims::current(tx, &draw)
            })
            .expect("claims can be read")
    }

    fn notices(&self) -> Vec<Notice> {
        let draw = self.decided();
        self.app
            .app
            .db
            .read_now("notices", |tx| notices::list(tx, &draw))
            .expect("notices can be read")
    }

    fn begin(&self) -> usize {
        let mailer = self.app.app.mailer.clone();
        let by = Actor::Staff(StaffId::fresh());
        let told = self.app.app.db.write_now("begin", |tx| {
            let draw = decided(tx, &self.id)?;
            notices::begin(tx, &mailer, &draw, &by)
        });
        let told = told.expect("winners can be told");
        self.run();
        told
    }

    fn run(&self) {
        self.app.app.run_jobs().expect("due jobs can be read");
    }

    fn go_to(&self, at: Timestamp) {
        self.app.go_to(at);
    }

    fn later(&self, milliseconds: i64) {
        let now = self.app.app.db.clock().now();
        self.go_to(now.plus(milliseconds));
    }

    fn by_staff<T>(
        &self,
        verb: impl Fn(
            &mut fairdraw::platform::db::Tx,
            &Decided,
            &Actor,
        ) -> Result<T, fairdraw::notify::Error>,
    ) -> Result<T, fairdraw::notify::Error> {
        let by = Actor::Staff(StaffId::fresh());
        self.app.app.db.write_now("staff", |tx| {
            let draw = decided(tx, &self.id)?;
            verb(tx, &draw, &by)
        })
    }

    /// Everything public up to now stands by itself.
    fn verifies(&self) {
        let plan = self.plan();
        let (db, vault) = (&self.app.app.db, &self.app.app.vault);
        let bundle = db
            .read_now("bundle", |tx| draw::bundle(tx, vault, &plan))
            .expect("the bundle can be put together");
        let report = lucky_draw::verify::verify(&bundle, &lucky_draw::verify::Options::default());
        assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    }

    fn settlements(&self) -> Vec<lucky_draw::result::SettleNote> {
        let plan = self.plan();
        self.app
            .app
            .db
            .read_now("settlements", |tx| draw::settlements(tx, &plan))
            .expect("settlements can be read")
    }

    /// What the record says of this activity: acts, purposes and objects on lines of their own.
    fn record(&self) -> String {
        let filter = audit::Filter {
            activity: self.id.0.clone(),
            ..audit::Filter::default()
        };
        let listing = self
            .app
            .app
            .db
            .read_now("record", |tx| audit::list(tx, &filter, 1))
            .expect("the record can be read");
        let lines = listing.records.iter().map(|line| {
            format!(
                "{} {} {} {}\n",
                line.act, line.purpose, line.object, line.reason
            )
        });
        lines.collect()
    }

    fn path(&self, rest: &str) -> String {
        let of_draw = rest.starts_with("/winners/") || rest == "/notify";
        let draw = match of_draw {
            true => format!("/draws/{}", self.plan().id),
            false => String::new(),
        };
        format!("/staff/activities/{}{draw}{rest}", self.id)
    }
}

fn own(person: u64) -> Entrant {
    Entrant {
        person,
        email: None,
    }
}

fn publish(app: &TestApp, before: impl FnOnce(&TestApp, &ActivityId)) -> ActivityId {
    let by = StaffId::fresh();
    let words = |zh: &str, en: &str| LocalText::new(zh, en);
    let details = Details {
        slug: "autumn-2024".to_owned(),
        kind: Kind::Draw,
        title: words("秋日閱讀抽獎", "Autumn reading draw"),
        text: words("讀完一本書就可以參加。", "Read a book and take part."),
        rules: words("本館館員不參加。", "Staff do not take part."),
        opens_at: due().plus(-9 * DAY),
        closes_at: due().plus(-2 * DAY),
        freezes_at: due().plus(-HOUR),
        draws_at: due(),
        claim_days: 14,
        retention_days: 60,
        answers_linked: false,
    };
    let asked: Vec<AskedField> = Field::ALL
        .into_iter()
        .map(|field| AskedField {
            field,
            required: matches!(field, Field::Name | Field::NationalId),
            purpose: match field {
                Field::NationalId => words("一人一份", "One entry a person"),
                other => policy::usual_purpose(other),
            },
        })
        .collect();
    let prize = |slug: &str, zh: &str, en: &str, units, value_twd| PrizeDetails {
        slug: slug.to_owned(),
        name: words(zh, en),
        units,
        value_twd,
    };
    let plan = PlanDetails {
        prizes: vec![
            prize("grand", "平板電腦", "Tablet", 1, 35_000),
            prize("voucher", "圖書禮券", "Book voucher", 2, 500),
        ],
        reserves: 4,
        sources: SourceDetails::usual(),
        wins_per_person: 1,
        tickets_per_person: 1,
        ..PlanDetails::suggested()
    };
    let db = &app.app.db;
    let id = db
        .write_now("create", |tx| Activity::<Draft>::create(tx, &by, &details))
        .expect("a draft is made")
        .id
        .clone();
    let version = || {
        let read = db.read_now("read", |tx| activity::by_id(tx, &id));
        read.expect("the draft is there").version
    };
    let at = version();
    db.write_now("ask", |tx| draft::save_asked(tx, &by, &id, at, &asked))
        .expect("the fields are saved");
    let at = version();
    db.write_now("plan", |tx| draw::save_plan(tx, &by, &id, None, at, &plan))
        .expect("the plan is saved");
    before(app, &id);
    let keys = app.app.vault.create_activity(id.as_str()).expect("keys");
    db.write_now("publish", |tx| {
        let draft: Activity<Draft> = Activity::at(activity::by_id(tx, &id)?)?;
        let asked = activity::asked_fields(tx, &id)?;
        let terms = Terms {
            keys: keys.clone(),
            notice: policy::notice(
                &draft,
                &asked,
                &policy::codes::Codes::usual(draft.kind),
                &app.app.config,
            ),
            tax: RuleBook::default(),
        };
        draw::publish(tx, &app.app.vault, &by, draft, &terms).map(|_| ())
    })
    .expect("nothing is missing");
    id
}

/// Every third person reads English; person 100 and above leave no address.
fn enter(app: &TestApp, id: &ActivityId, entrant: Entrant) {
    let (db, vault) = (&app.app.db, &app.app.vault);
    let terms = db
        .read_now("terms", |tx| {
            let facts = activity::by_id(tx, id)?;
            submit::terms(tx, facts)
        })
        .expect("the activity takes entries");
    let language = if entrant.person.is_multiple_of(3) {
        Language::En
    } else {
        Language::ZhTw
    };
    let own_email = (entrant.person < 100).then(|| email_of(entrant.person));
    let email = entrant.email.map(str::to_owned).or(own_email);
    let filled = Filled {
        about: fairdraw::stats::About::default(),
        contact: Some(Contact {
            name: Some(Name::new(format!("王小{}", entrant.person))),
            phone: Some(Phone::new(format!("0912-345-{:03}", entrant.person))),
            email: email.map(Email::new),
            county: Some(County::new("臺北市")),
            district: Some(District::new("大安區")),
            address: Some(AddressLine::new(format!("=建國南路{}號", entrant.person))),
            language,
            ..Contact::default()
        }),
        subject: Some(national_id::synthetic_citizen(entrant.person).subject()),
        pool: None,
        answers: None,
        shares: Vec::new(),
        language,
    };
    let tag = submit::tag(vault, &terms, &filled).expect("the vault answers");
    let notice = policy::notice_hash(&terms.facts.notice);
    let secret = Secret::from_entropy(ids::random());
    let new = submit::prepare(vault, &terms, &secret, notice, tag, filled).expect("it is sealed");
    let taking = Taking::new(vault.clone());
    db.write_now("take entry", |tx| {
        let mut accepted = [taking.apply(tx, &new)?];
        taking.complete(tx, &mut accepted)?;
        Ok::<_, entry::Error>(())
    })
    .expect("the entry is taken");
}

/// Twelve tickets, one a person: the ticket's number is the person's.
fn emails(claims: &[Claim]) -> BTreeSet<String> {
    claims.iter().map(|claim| email_of(claim.index)).collect()
}

fn recipients(sink: &MailSink) -> Vec<String> {
    let mut to: Vec<String> = sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    to
}

fn stages(notices: &[Notice]) -> Vec<NoticeStage> {
    notices.iter().map(|notice| notice.stage).collect()
}

fn slot(text: &str) -> Slot {
    text.parse().expect("a slot")
}

fn winners_are_told_once_and_nobody_else(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    let admin = library.app.first_admin();
    let winners = library.winners();
    assert_eq!(winners.len(), 3);

    let page = admin.get(&library.path("/winners"));
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    for claim in &winners {
        let ticket = TicketNumber(claim.index).to_string();
        assert!(page.html.contains(&ticket), "{ticket} is on the list");
    }
    assert!(!page.html.contains("王小"), "no name is on the list");
    assert!(sink.mails().is_empty(), "telling is a step of its own");

    let path = library.path("/notify");
    let preview = admin.get(&path);
    assert!(preview.html.contains("領獎期限"), "{}", preview.mistakes());
    assert!(preview.html.contains("Collect it before"), "both languages");
    let sent = admin.send(&preview, &path, &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    library.run();
    let told: Vec<String> = emails(&winners).into_iter().collect();
    assert_eq!(recipients(&sink), told);

    // The same form a second time, and time that passes, send nothing more.
    let again = admin.send(&preview, &path, &[]);
    assert_eq!(again.status, Status::UnprocessableEntity);
    library.run();
    library.later(HOUR);
    assert_eq!(sink.attempts(), 3);
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::Sent)
    );

    for mail in sink.mails() {
        let text = mail.text();
        assert!(!text.contains("http"), "no link: {text}");
        assert!(
            text.contains("draw.lib.example.tw") && text.contains("165"),
            "{text}"
        );
        let ticket = winners
            .iter()
            .find(|claim| mail.to == [email_of(claim.index)])
            .map(|claim| TicketNumber(claim.index).to_string());
        assert!(text.contains(&ticket.expect("a winner")), "{text}");
        let subject = mail.header("Subject").expect("a subject");
        assert!(
            subject.contains("圖書館") || subject.contains("Library"),
            "{subject}"
        );
        assert!(!subject.contains("王小"), "{subject}");
        assert_eq!(mail.from, "draws@example.org");
    }
    let ids: BTreeSet<_> = sink
        .mails()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!(ids.len(), 3);
    assert!(library.record().contains("notify.begun winner-notice 3"));
}

fn nothing_is_opened_while_the_server_is_down(engine: Engine) {
    let mut sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.go_down();
    assert_eq!(library.begin(), 3);
    for _ in 0..5 {
        library.later(10 * MINUTE);
    }
    let mut attempts = 0;
    for notice in library.notices() {
        assert_eq!(notice.stage, NoticeStage::Waiting);
        assert_eq!(notice.last_reply, "unreachable");
        attempts += notice.attempts;
    }
    // A server that is down is tried once for all of them, or the other jobs would wait.
    assert!((3..=6).contains(&attempts), "{attempts} tries");
    let openings = || {
        library
            .app
            .app
            .vault
            .openings(library.id.as_str())
            .expect("a count")
    };
    assert_eq!(openings(), 0, "no address was opened");

    sink.come_up();
    library.later(HOUR);
    assert_eq!(sink.mails().len(), 3);
    assert_eq!(openings(), 3);
    library.later(DAY);
    assert_eq!(sink.attempts(), 3);
}

fn a_server_that_says_later_gets_the_letter_later(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.behave(Manners::Greylisting);
    library.begin();
    assert_eq!(library.notices()[0].last_reply, "451");
    sink.behave(Manners::FullDisk);
    library.later(HOUR);
    assert_eq!(sink.attempts(), 3);
    assert!(sink.mails().is_empty());
    sink.behave(Manners::Busy);
    library.later(HOUR);
    sink.behave(Manners::Kind);
    library.later(HOUR);
    assert_eq!(
        recipients(&sink),
        Vec::from_iter(emails(&library.winners()))
    );
    library.later(DAY);
    assert_eq!(sink.mails().len(), 3);
}

fn an_answer_lost_after_the_letter_is_never_a_reason_to_send_again(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.behave(Manners::KeepsAndHangsUp);
    library.begin();
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::Uncertain)
    );
    sink.behave(Manners::Kind);
    library.later(HOUR);
    library.later(DAY);
    assert_eq!(sink.attempts(), 3, "nothing was sent again by itself");

    let lost = library.notices()[0].clone();
    let mailer = library.app.app.mailer.clone();
    let resend =
        || library.by_staff(|tx, draw, by| notices::resend(tx, &mailer, draw, by, &lost.id));
    resend().expect("staff may send another");
    assert!(resend().is_err(), "but only one");
    library.run();
    assert_eq!(sink.attempts(), 4);
    let ids: Vec<_> = sink
        .mails()
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 4, "no message id reaches the server twice");
    assert!(library.record().contains("notify.resent"));
}

fn a_crash_while_a_letter_leaves_makes_it_uncertain(engine: Engine) {
    let mut sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    sink.go_down();
    library.begin();
    sink.come_up();
    // The process that was sending the first letter is gone.
    let (draw, notice) = (library.decided(), library.notices()[0].clone());
    let db = &library.app.app.db;
    let is_ours = db
        .write_now("begin", |tx| notices::begin_sending(tx, &draw, &notice))
        .expect("the notice waits");
    assert!(is_ours);
    let again = db
        .write_now("begin", |tx| notices::begin_sending(tx, &draw, &notice))
        .expect("it can be read");
    assert!(!again, "two processes do not send one letter");
    library.later(HOUR);
    library.later(DAY);
    let found = library.notices();
    assert_eq!(found[0].stage, NoticeStage::Uncertain);
    assert_eq!(found[0].last_reply, "crash");
    assert_eq!(sink.attempts(), 2);
}

fn a_refused_letter_and_a_missing_address_are_shown_to_staff(engine: Engine) {
    let sink = MailSink::start();
    // Nobody left an address but those below 100; the tickets are numbered from 0 all the same.
    let entrants: Vec<Entrant> = (0..12).map(|person| own(person + 100)).collect();
    let library = Library::with_entrants(engine, &sink.url(), &entrants);
    library.begin();
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::NoAddress)
    );
    assert_eq!(sink.attempts(), 0);

    let refused = Library::with_winners(engine, &sink.url());
    sink.behave(Manners::NoSuchMailbox);
    refused.begin();
    refused.later(DAY);
    let found = refused.notices();
    assert!(
        stages(&found)
            .iter()
            .all(|stage| *stage == NoticeStage::Refused)
    );
    assert_eq!(found[0].last_reply, "550");
    let admin = refused.app.first_admin();
    let page = admin.get(&refused.path("/winners"));
    assert!(page.html.contains("郵件伺服器拒收"), "{}", page.mistakes());
    assert!(page.html.contains("550"));
}

fn letters_wait_until_there_is_a_mail_server(engine: Engine) {
    let library = Library::with_winners(engine, "");
    library.begin();
    library.later(DAY);
    for notice in library.notices() {
        assert_eq!(notice.stage, NoticeStage::Waiting);
        assert_eq!(
            (notice.last_reply.as_str(), notice.attempts),
            ("not-configured", 0)
        );
    }
    let admin = library.app.first_admin();
    let page = admin.get(&library.path("/winners"));
    assert!(
        page.html.contains("還沒有設定郵件伺服器"),
        "{}",
        page.mistakes()
    );
}

fn a_deadline_is_one_settlement_and_reserves_move_up_and_are_told(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    library.begin();
    let before = library.claims();
    let index_of = |text: &str| {
        let found = before.iter().find(|claim| claim.slot == slot(text));
        found.expect("the slot is held").index
    };
    library
        .by_staff(|tx, draw, by| claims::claim(tx, draw, by, &slot("grand/1")))
        .expect("the winner came");
    library
        .by_staff(|tx, draw, by| leaving::leave(tx, draw, by, &slot("voucher/1"), Wish::Decline))
        .expect("the winner declined");
    library.later(DAY);
    assert!(
        library.settlements().is_empty(),
        "declining waits for the deadline"
    );
    let told = sink.mails().len();

    library.go_to(due().plus(14 * DAY));
    let settlements = library.settlements();
    assert_eq!(settlements.len(), 1);
    let vacated: Vec<_> = settlements[0]
        .vacates
        .iter()
        .map(|vacate| (vacate.slot.to_string(), vacate.code))
        .collect();
    let expected = [
        ("voucher/1".to_owned(), SettleCode::D),
        ("voucher/2".to_owned(), SettleCode::F),
    ];
    assert_eq!(vacated, expected);
    let winners = library.winners();
    assert_eq!(winners[1].index, index_of("reserve/1"));
    assert_eq!(winners[2].index, index_of("reserve/2"));
    assert_eq!(winners[1].deadline, due().plus(28 * DAY));
    let promoted: Vec<String> = sink.mails()[told..]
        .iter()
        .filter(|mail| {
            mail.header("Subject")
                .is_some_and(|s| s.contains("遞補") || s.contains("passed"))
        })
        .flat_map(|mail| mail.to.clone())
        .collect();
    let expected = [
        email_of(index_of("reserve/1")),
        email_of(index_of("reserve/2")),
    ];
    assert_eq!(BTreeSet::from_iter(promoted), BTreeSet::from_iter(expected));
    let claims = library.claims();
    let stage_of = |text: &str, index: u64| {
        let is_it = |claim: &&Claim| claim.slot == slot(text) && claim.index == index;
        claims.iter().find(is_it).map(|claim| claim.stage)
    };
    assert_eq!(
        stage_of("reserve/1", index_of("reserve/1")),
        Some(ClaimStage::Vacated)
    );
    assert_eq!(
        stage_of("voucher/2", index_of("voucher/2")),
        Some(ClaimStage::Expired)
    );

    // Looking again changes nothing; the next deadline is the next settlement.
    library.later(HOUR);
    library.later(DAY);
    assert_eq!(library.settlements().len(), 1);
    library.go_to(due().plus(28 * DAY));
    assert_eq!(library.settlements().len(), 2);
    assert_eq!(library.winners()[1].index, index_of("reserve/3"));
    let admin = library.app.first_admin();
    let list = admin.get(&library.path("/winners?only=expired"));
    // A short number such as 2-5 also stands in dates and telephones: only cells count.
    let cells = list.texts("main td");
    let is_listed = |slot| cells.contains(&TicketNumber(index_of(slot)).to_string());
    assert!(is_listed("voucher/2"));
    assert!(!is_listed("grand/1"));

    library.go_to(due().plus(42 * DAY));
    library.go_to(due().plus(56 * DAY));
    assert_eq!(library.stage(), Stage::Notified);
    library.verifies();
    let again = library.begin();
    assert_eq!(again, 0, "everyone who holds a prize was told");
}

fn second_entries_of_a_late_winner_are_reminded_too(engine: Engine) {
    let sink = MailSink::start();
    // Everybody enters twice: person 0 to 5 with another address, 6 to 11 with the same.
    let others = [
        "other0@example.org",
        "other1@example.org",
        "other2@example.org",
        "other3@example.org",
        "other4@example.org",
        "other5@example.org",
    ];
    let mut entrants: Vec<Entrant> = (0..12).map(own).collect();
    entrants.extend((0..6).zip(others).map(|(person, email)| Entrant {
        person,
        email: Some(email),
    }));
    entrants.extend((6..12).map(own));
    let library = Library::with_entrants(engine, &sink.url(), &entrants);
    library.begin();
    assert_eq!(sink.mails().len(), 3);
    let winners = library.winners();
    assert!(
        winners.iter().all(|claim| claim.index < 12),
        "second entries are void"
    );
    for claim in &winners {
        let plan = library.plan();
        let found = library.app.app.db.read_now("ticket", |tx| {
            entry::ticket(tx, &library.id, plan.id.as_str(), claim.index + 12)
        });
        let second = found.expect("it can be read").expect("it is there");
        assert_eq!(second.void, Some(VoidCode::D));
    }

    library.go_to(due().plus(13 * DAY));
    let mut expected = emails(&winners);
    for claim in winners.iter().filter(|claim| claim.index < 6) {
        expected.insert(format!("other{}@example.org", claim.index));
    }
    let reminded: Vec<String> = sink.mails()[3..]
        .iter()
        .flat_map(|mail| mail.to.clone())
        .collect();
    assert_eq!(reminded.len(), expected.len(), "one letter to an address");
    assert_eq!(BTreeSet::from_iter(reminded), expected);
    for notice in library.notices() {
        let same_address = notice.kind == NoticeKind::Duplicate && notice.index >= 18;
        let stage = if same_address {
            NoticeStage::Dropped
        } else {
            NoticeStage::Sent
        };
        assert_eq!(notice.stage, stage, "{:?} {}", notice.kind, notice.index);
    }
    library.later(HOUR);
    assert_eq!(sink.mails().len(), 3 + expected.len());
}

fn the_desk_compares_ids_and_keeps_none(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let admin = library.app.first_admin();
    let winner = library.winners()[0].index;
    let path = library.path("/winners/grand/1");
    let action = format!("{path}/claim");
    let page = admin.get(&path);
    assert!(
        page.html.contains("3,500"),
        "tax is withheld: {}",
        page.mistakes()
    );

    let typed = |id: &str| admin.send(&page, &action, &[("national_id", id)]);
    let wrong = id_of(winner + 50);
    let refused = typed(&wrong);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        refused.mistakes().contains("不符"),
        "{}",
        refused.mistakes()
    );
    assert!(
        !refused.html.contains(&wrong),
        "the number is not shown again"
    );
    let slip = typed("A123456788");
    assert!(slip.mistakes().contains("檢查碼"), "{}", slip.mistakes());
    assert!(library.record().contains("notify.id_differed  grand/1"));
    assert_eq!(library.winners()[0].stage, ClaimStage::Held);

    let right = typed(&format!(" {} ", id_of(winner).to_lowercase()));
    assert_eq!(right.status, Status::SeeOther, "{}", right.mistakes());
    assert_eq!(library.winners()[0].stage, ClaimStage::Claimed);
    let record = library.record();
    assert!(record.contains("notify.claimed"), "{record}");
    assert!(
        !record.contains(&wrong) && !record.contains(&id_of(winner)),
        "{record}"
    );

    // A desk is not a place to guess at.
    let path = library.path("/winners/voucher/1");
    let page = admin.get(&path);
    let guess = |person: u64| {
        let id = id_of(1_000 + person);
        admin
            .send(&page, &format!("{path}/claim"), &[("national_id", &id)])
            .status
    };
    let answers: Vec<Status> = (0..8).map(guess).collect();
    assert_eq!(answers[0], Status::UnprocessableEntity);
    assert_eq!(answers[7], Status::TooManyRequests);
}

fn a_prize_collected_by_mistake_can_be_given_back_for_ten_minutes(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let all = ["grand/1", "voucher/1", "voucher/2"].map(slot);
    for each in &all {
        library
            .by_staff(|tx, draw, by| claims::claim(tx, draw, by, each))
            .expect("the winner came");
    }
    library.run();
    assert_eq!(library.stage(), Stage::Drawn, "it may still be taken back");
    library.later(9 * MINUTE);
    library
        .by_staff(|tx, draw, by| claims::undo(tx, draw, by, &all[0]))
        .expect("ten minutes are not over");
    library.later(HOUR);
    assert_eq!(library.stage(), Stage::Drawn, "the tablet waits");
    let late = library.by_staff(|tx, draw, by| claims::undo(tx, draw, by, &all[1]));
    assert!(matches!(late, Err(fairdraw::notify::Error::TooLate)));
    library
        .by_staff(|tx, draw, by| claims::claim(tx, draw, by, &all[0]))
        .expect("the winner came after all");
    library.later(11 * MINUTE);
    assert_eq!(library.stage(), Stage::Notified);
    assert!(library.settlements().is_empty());

    let other = Library::with_winners(engine, "");
    other
        .by_staff(|tx, draw, by| leaving::leave(tx, draw, by, &all[1], Wish::Decline))
        .expect("declined");
    other
        .by_staff(|tx, draw, by| leaving::keep(tx, draw, by, &all[1]))
        .expect("a change of mind");
    assert!(
        other
            .by_staff(|tx, draw, by| leaving::keep(tx, draw, by, &all[1]))
            .is_err()
    );
    assert_eq!(other.winners()[1].stage, ClaimStage::Held);
}

fn export(person: &Person, library: &Library, format: &str) -> Answer {
    let page = person.get("/admin/exports");
    let draw = library.plan().id;
    let values = [
        ("draw", draw.as_str()),
        ("purpose", "post"),
        ("format", format),
        ("reason", "郵寄得獎通知函"),
    ];
    person.send(&page, "/admin/exports", &values)
}

fn an_export_holds_winners_only_and_is_on_record(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let admin = library.app.first_admin();
    let winners: BTreeSet<u64> = library.winners().iter().map(|claim| claim.index).collect();

    let missing = admin.send(&admin.get("/admin/exports"), "/admin/exports", &[]);
    assert_eq!(missing.status, Status::UnprocessableEntity);
    assert!(!library.record().contains("notify.exported"));

    let file = export(&admin, &library, "csv");
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    let text = file
        .html
        .strip_prefix('\u{FEFF}')
        .expect("a byte order mark");
    let rows: Vec<Vec<String>> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(|row| row.expect("CSV").iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(rows.len(), 1 + 3 + 1);
    for row in &rows[1..4] {
        let person: u64 = row[2]
            .strip_prefix("王小")
            .and_then(|n| n.parse().ok())
            .expect("a name");
        assert!(winners.contains(&person), "only winners: {row:?}");
        assert_eq!(row[1], TicketNumber(person).to_string());
        assert_eq!(
            row[6],
            format!("'=建國南路{person}號"),
            "formulas are disarmed"
        );
    }
    assert!(
        !text.contains("0912"),
        "no telephone number for letters on paper"
    );
    assert!(!text.contains("@example.org"), "no e-mail address either");
    let mark = &rows[4][0];
    assert!(
        mark.contains("陳館員") && mark.contains("共 3 列"),
        "{mark}"
    );
    let record = library.record();
    assert!(record.contains("notify.exported post") && record.contains("郵寄得獎通知函"));
    assert_eq!(record.matches("vault.opened winner-export").count(), 3);

    let book = export(&admin, &library, "xlsx");
    let mut book: calamine::Xlsx<_> =
        calamine::Reader::new(std::io::Cursor::new(book.bytes)).expect("a workbook");
    let sheet = calamine::Reader::worksheet_range_at(&mut book, 0)
        .expect("a sheet")
        .expect("cells");
    assert_eq!(sheet.height(), 1 + 3 + 1);
    let address = sheet.get((1, 6)).expect("a cell");
    assert!(
        address.to_string().starts_with("=建國南路"),
        "cells are text as typed: {address}"
    );
    let page = admin.get("/admin/exports");
    assert_eq!(page.texts("tbody tr").len(), 2);

    let librarian = sign_in_librarian(&library);
    assert_eq!(librarian.get("/admin/exports").status, Status::Forbidden);
    assert_eq!(librarian.get(&library.path("/winners")).status, Status::Ok);
}

fn sign_in_librarian(library: &Library) -> Person<'_> {
    let name = StaffName::parse("林館員").expect("a name");
    let words = "another horse battery staple";
    let passphrase = passphrase::Passphrase::parse(words, &name).expect("long enough");
    let hash = passphrase::hash(&passphrase);
    library
        .app
        .app
        .db
        .write_now("librarian", |tx| {
            account::create_staff(tx, &name, &hash, &[Role::Librarian])
        })
        .expect("a new account");
    let person = library.app.visitor();
    let page = person.get("/staff/sign-in");
    let values = [("name", "林館員"), ("passphrase", words)];
    let done = person.send(&page, "/staff/sign-in", &values);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    person
}

fn a_call_is_on_record_before_the_number_is_shown(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let admin = library.app.first_admin();
    let winner = library.winners()[0].index;
    let path = library.path("/winners/grand/1");
    let action = format!("{path}/call");
    let page = admin.get(&path);
    assert!(!page.html.contains("0912"), "nothing is shown yet");
    let nothing = admin.send(&page, &action, &[]);
    assert_eq!(nothing.status, Status::UnprocessableEntity);
    let shown = admin.send(&page, &action, &[("reason", "no-answer")]);
    assert_eq!(shown.status, Status::Ok, "{}", shown.mistakes());
    assert!(shown.html.contains(&format!("0912-345-{winner:03}")));
    assert!(
        !shown.html.contains(&format!("王小{winner}")),
        "the name is masked"
    );
    assert!(shown.html.contains("王○"));
    assert!(library.record().contains("vault.opened winner-call"));

    let reserve = library.path("/winners/reserve/1");
    let answer = admin.post(
        &format!("{reserve}/call"),
        &[("reason".to_owned(), "asked".to_owned())],
    );
    assert!(
        !answer.html.contains("0912"),
        "a reserve that waits is nobody to call"
    );
    assert_ne!(answer.status, Status::Ok);
    for path in [
        "/winners",
        "/notify",
        "/winners/grand/1",
        "/winners/reserve/1",
    ] {
        for prefix in ["", "/en"] {
            let page = admin.get(&format!("{prefix}{}", library.path(path)));
            assert_eq!(page.status, Status::Ok, "{prefix}{path}");
            assert!(
                page.bytes.len() < 30_000,
                "{path}: {} bytes",
                page.bytes.len()
            );
        }
    }
}

fn deadlines_pass_where_nobody_looks(engine: Engine) {
    let library = Library::with_winners(engine, "");
    library.run();
    for days in [14, 28, 42, 56] {
        library.go_to(due().plus(days * DAY));
    }
    assert_eq!(library.stage(), Stage::Notified);
    assert_eq!(library.settlements().len(), 4);
    assert!(library.notices().is_empty(), "letters are a step of staff");
}

fn after_the_purge_nothing_is_shown(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_winners(engine, &sink.url());
    library.begin();
    for days in [14, 28, 42, 56, 61, 62] {
        library.go_to(due().plus(days * DAY));
    }
    assert_eq!(library.stage(), Stage::Purged);
    let admin = library.app.first_admin();
    for path in ["/winners", "/notify", "/winners/grand/1"] {
        assert_eq!(
            admin.get(&library.path(path)).status,
            Status::Gone,
            "{path}"
        );
    }
    let counts = library
        .app
        .app
        .db
        .read_now("count", |tx| fairdraw::notify::count(tx, &library.id))
        .expect("it can be read");
    assert_eq!(counts.total(), 0);
}

#[test]
fn a_real_mail_server_gets_every_letter_once_over_starttls() {
    let mut daemon = SmtpDaemon::start();
    let folder = tempfile::tempdir().expect("a folder");
    let authority = folder.path().join("ca.pem");
    std::fs::write(&authority, daemon.certificate()).expect("the certificate is written");
    let url = format!(
        "smtp://localhost:{}?tls=required&ca={}",
        daemon.port(),
        authority.display()
    );
    let library = Library::with_winners(Engine::Sqlite, &url);
    daemon.go_down();
    library.begin();
    library.later(HOUR);
    assert!(
        library
            .notices()
            .iter()
            .all(|notice| notice.last_reply == "unreachable")
    );
    daemon.come_up();
    library.later(HOUR);
    let mails = daemon.await_mails(3);
    library.later(DAY);
    assert_eq!(mails.len(), 3);
    assert!(
        stages(&library.notices())
            .iter()
            .all(|stage| *stage == NoticeStage::Sent)
    );
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids.len(), 3);
    for mail in &mails {
        assert!(mail.text().contains("165"));
    }
}
