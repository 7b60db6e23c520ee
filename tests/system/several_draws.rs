//! Several draws in one activity: sessions that exclude each other's winners, and pools of which
//! a person picks one. Each has its own bundle, and every bundle verifies.

use std::collections::BTreeSet;

use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{
    self, Activity, ActivityId, Arrangement, AskedField, Field, Kind, LocalText, Stage,
};
use fairdraw::audit::{Actor, StaffId};
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{self, CancelCode, DrawStage, Error, Plan, PlanDetails, PrizeDetails, Terms};
use fairdraw::entry::submit::{self, Filled, Placed, Taking};
use fairdraw::entry::{self, own};
use fairdraw::identity::national_id;
use fairdraw::inspection;
use fairdraw::journal;
use fairdraw::notify::claims;
use fairdraw::notify::leaving::{self, Wish};
use fairdraw::platform::clock::{Clock, DAY, HOUR, MINUTE, Timestamp};
use fairdraw::platform::db::{GroupVerb, Tx};
use fairdraw::platform::ids;
use fairdraw::platform::text::Language;
use fairdraw::policy;
use fairdraw::vault::{Contact, Email, Name, Phone, Vault};
use lucky_draw::beacon::{Beacon, QUICKNET};
use lucky_draw::bundle::Bundle;
use lucky_draw::encode::Hash;
use lucky_draw::note::TlogProof;
use lucky_draw::record::VoidCode;
use lucky_draw::result::{Excluded, Line, ResultNote, SettleCode, Slot};
use lucky_draw::ticket::{Secret, TicketNumber};
use lucky_draw::verify::{Options, verify};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Person, TestApp, local, moment};
use crate::support::server::WitnessServer;

on_both! {
    a_winner_of_session_one_leaves_the_sessions_after_it,
    a_session_that_is_cancelled_alone_excludes_nobody,
    one_pasted_round_decides_every_session_of_its_moment,
    a_cancelled_session_is_witnessed_by_the_draw_around_it,
    one_entry_has_a_ticket_and_a_proof_in_every_session,
    a_person_takes_part_in_one_pool,
    three_draws_are_purged_with_a_note_each,
    a_librarian_plans_three_sessions,
    earned_chances_are_imported_once_and_never_over_the_cap,
    a_file_with_mistakes_is_told_line_by_line_and_nothing_is_stored,
    one_import_adds_so_many_tickets_and_no_more,
}

/// Two rounds that were really published, six hours apart.
const FIRST: u64 = 1_000;
const SECOND: u64 = 8_193;

fn time_of(round: u64) -> Timestamp {
    let unix = QUICKNET.round_time(round);
    Timestamp::from_unix(i64::try_from(unix).expect("a time of this century"))
}

fn recorded(round: u64) -> Beacon {
    let vectors = include_str!("../../protocol/tests/vectors/drand-rounds.json");
    let fixtures: serde_json::Value = serde_json::from_str(vectors).expect("JSON");
    let rounds = fixtures["rounds"].as_array().expect("a list of rounds");
    let found = rounds
        .iter()
        .find(|each| each["chain"] == "quicknet" && each["round"] == round)
        .expect("the round was recorded");
    let signature = found["signature"].as_str().expect("a signature");
    Beacon::from_hex(&QUICKNET, round, signature).expect("hexadecimal digits")
}

/// A library with an activity of several draws.
struct Library {
    app: TestApp,
    by: StaffId,
    id: ActivityId,
}

/// A draw to plan: its short name, its time, and which of the earlier ones it excludes.
struct Planned {
    slug: &'static str,
    /// Tickets a person can have.
    cap: u32,
    draws_at: Option<Timestamp>,
    excludes: &'static [usize],
}

const fn planned(slug: &'static str, excludes: &'static [usize]) -> Planned {
    Planned {
        slug,
        cap: 1,
        draws_at: None,
        excludes,
    }
}

fn details() -> Details {
    Details {
        slug: "book-swap".to_owned(),
        kind: Kind::Draw,
        title: LocalText::new("好書交換", "Book swap"),
        text: LocalText::new("三個場次。", "Three sessions."),
        rules: LocalText::new("本館館員不參加。", "Staff do not take part."),
        opens_at: time_of(FIRST).plus(-9 * DAY),
        closes_at: time_of(FIRST).plus(-2 * DAY),
        freezes_at: time_of(FIRST).plus(-HOUR),
        draws_at: time_of(SECOND),
        claim_days: 14,
        retention_days: 60,
        answers_linked: false,
    }
}

fn plan_of(draw: &Planned, known: &[Plan]) -> PlanDetails {
    let name = |language: &str| format!("{language} {}", draw.slug);
    PlanDetails {
        prizes: vec![PrizeDetails {
            slug: "seat".to_owned(),
            name: LocalText::new("入場名額", "Seat"),
            units: 2,
            value_twd: 0,
        }],
        reserves: 1,
        tickets_per_person: draw.cap,
        slug: draw.slug.to_owned(),
        name: LocalText::new(name("場次"), name("Session")),
        draws_at: draw.draws_at,
        excludes: draw
            .excludes
            .iter()
            .map(|at| known[*at].id.clone())
            .collect(),
        ..PlanDetails::suggested()
    }
}

impl Library {
    /// A published activity with these draws, open for entries.
    fn open(engine: Engine, arrangement: Arrangement, draws: &[Planned]) -> Library {
        let library = Library::drafted(engine, arrangement, draws);
        library.publish();
        library.app.go_to(time_of(FIRST).plus(-8 * DAY));
        library
    }

    fn drafted(engine: Engine, arrangement: Arrangement, draws: &[Planned]) -> Library {
        let app = TestApp::with(engine, Library::START, |_| {});
        Library::drafted_in(app, arrangement, draws)
    }

    /// When a library begins to prepare.
    const START: &str = "2023-08-13T09:00:00+08:00";

    fn drafted_in(app: TestApp, arrangement: Arrangement, draws: &[Planned]) -> Library {
        let by = StaffId::fresh();
        let db = &app.app.db;
        let id = db
            .write_now("create", |tx| {
                Activity::<Draft>::create(tx, &by, &details())
            })
            .expect("a draft is made")
            .id
            .clone();
        let library = Library { app, by, id };
        let asked =
            [Field::Name, Field::NationalId, Field::Phone, Field::Email].map(|field| AskedField {
                field,
                required: field != Field::Email,
                purpose: policy::usual_purpose(field),
            });
        let at = library.version();
        library.write(|tx| Ok(draft::save_asked(tx, &library.by, &library.id, at, &asked)?));
        for draw in draws {
            let (at, known) = (library.version(), library.plans());
            let details = plan_of(draw, &known);
            library.write(|tx| {
                draw::save_plan(tx, &library.by, &library.id, None, at, &details).map(|_| ())
            });
        }
        let at = library.version();
        library.write(|tx| {
            Ok(draft::save_arrangement(
                tx,
                &library.by,
                &library.id,
                at,
                arrangement,
            )?)
        });
        library
    }

    fn publish(&self) {
        let vault = &self.app.app.vault;
        let keys = vault.create_activity(self.id.as_str()).expect("keys");
        self.write(|tx| {
            let draft: Activity<Draft> = Activity::at(activity::by_id(tx, &self.id)?)?;
            let asked = activity::asked_fields(tx, &self.id)?;
            let terms = Terms {
                keys: keys.clone(),
                notice: policy::notice(
                    &draft,
                    &asked,
                    &policy::codes::Codes::usual(draft.kind),
                    &self.app.app.config,
                ),
                tax: RuleBook::default(),
            };
            draw::publish(tx, vault, &self.by, draft, &terms).map(|_| ())
        });
    }

    fn write(&self, work: impl Fn(&mut Tx) -> Result<(), Error>) {
        self.app.app.db.write_now("test", work).expect("written");
    }

    fn read<T>(&self, work: impl FnOnce(&mut Tx) -> Result<T, Error>) -> T {
        self.app.app.db.read_now("test", work).expect("readable")
    }

    fn version(&self) -> i64 {
        self.read(|tx| Ok(activity::by_id(tx, &self.id)?.version))
    }

    fn stage(&self) -> Stage {
        self.read(|tx| Ok(activity::by_id(tx, &self.id)?.stage))
    }

    fn plans(&self) -> Vec<Plan> {
        self.read(|tx| draw::plans(tx, &self.id))
    }

    /// Somebody enters; `pool` is the place of the draw that was picked.
    fn enter(&self, person: u64, pool: Option<usize>) -> (Secret, Vec<Placed>) {
        let vault = &self.app.app.vault;
        let terms = self.read(|tx| {
            let facts = activity::by_id(tx, &self.id)?;
            Ok(submit::terms(tx, facts)?)
        });
        let filled = Filled {
            about: fairdraw::stats::About::default(),
            contact: Some(Contact {
                name: Some(Name::new(format!("王小{person}"))),
                phone: Some(Phone::new(format!("0912-345-{person:03}"))),
                email: Some(Email::new(format!("patron{person}@example.org"))),
                language: Language::ZhTw,
                ..Contact::default()
            }),
            subject: Some(national_id::synthetic_citizen(person).subject()),
            pool: pool.map(|at| self.plans()[at].id.0.clone()),
            answers: None,
            shares: Vec::new(),
            language: Language::ZhTw,
        };
        let tag = submit::tag(vault, &terms, &filled).expect("the vault answers");
        let notice = policy::notice_hash(&terms.facts.notice);
        let secret = Secret::from_entropy(ids::random());
        let new = submit::prepare(vault, &terms, &secret, notice, tag, filled).expect("sealed");
        let taking = Taking::new(vault.clone());
        let accepted = self
            .app
            .app
            .db
            .write_now("take entry", |tx| {
                let mut accepted = [taking.apply(tx, &new)?];
                taking.complete(tx, &mut accepted)?;
                let [accepted] = accepted;
                Ok::<_, entry::Error>(accepted)
            })
            .expect("the entry is taken");
        (secret, accepted.tickets)
    }

    fn freeze(&self) {
        self.app.go_to(time_of(FIRST).plus(-2 * DAY));
        self.app.go_to(time_of(FIRST).plus(-HOUR));
        // Where witnesses are named the freeze note comes a minute later.
        self.app.go_to(time_of(FIRST).plus(-HOUR + MINUTE));
        assert!(
            self.plans()
                .iter()
                .all(|plan| plan.stage == DrawStage::Frozen)
        );
    }

    fn receive(&self, at: usize, round: u64) -> Result<ResultNote, Error> {
        let id = self.plans()[at].id.clone();
        let received = self.app.app.db.write_now("receive", |tx| {
            let vault = &self.app.app.vault;
            draw::receive(tx, vault, &Actor::System, &id, &recorded(round))
        });
        received.map(|result| result.expect("the draw has one source"))
    }

    fn bundle(&self, at: usize) -> Bundle {
        let plan = self.plans().remove(at);
        self.read(|tx| draw::bundle(tx, &self.app.app.vault, &plan))
    }

    fn assert_verifies(&self, at: usize) {
        let report = verify(&self.bundle(at), &Options::default());
        let failed: Vec<String> = report.failed().map(ToString::to_string).collect();
        assert_eq!(failed, Vec::<String>::new(), "draw {at}");
        assert_eq!(report.exit_code(), 0, "draw {at}");
    }
}

/// The tags of everybody who holds a slot by the result alone.
fn holders(result: &ResultNote) -> BTreeSet<Hash> {
    let openings = result.lines.iter().filter_map(|line| match line {
        Line::Slot { opening, .. } => opening.as_ref(),
        _ => None,
    });
    openings.map(|opening| opening.tag).collect()
}

const SESSIONS: [Planned; 3] = [
    planned("s1", &[]),
    planned("s2", &[0]),
    planned("s3", &[0, 1]),
];

/// The first two at the same earlier time, the third at the activity's own.
fn sessions() -> [Planned; 3] {
    let mut draws = SESSIONS;
    draws[0].draws_at = Some(time_of(FIRST));
    draws[1].draws_at = Some(time_of(FIRST));
    draws
}

fn a_winner_of_session_one_leaves_the_sessions_after_it(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    // So few that the third draw comes to everybody, whatever its order.
    for person in 0..8 {
        library.enter(person, None);
    }
    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));

    // The second waits for the first, whose result it needs.
    let early = library.receive(1, FIRST);
    assert!(matches!(early, Err(Error::WaitsFor { .. })), "{early:?}");
    let first = library.receive(0, FIRST).expect("the first is drawn");
    let second = library.receive(1, FIRST).expect("now the second");
    assert_eq!(library.stage(), Stage::Closed, "the third is to come");

    // Winners of the first are told and may decline before the third is drawn.
    let of_first = library.plans()[0].id.clone();
    let holder = library.app.app.db.write_now("decline", |tx| {
        let decided = claims::decided(tx, &of_first)?;
        claims::ensure(tx, &decided)?;
        leaving::leave(tx, &decided, &Actor::System, &seat(1), Wish::Decline)
    });
    holder.expect("a winner declines");

    library.app.go_to(time_of(SECOND).plus(2_000));
    let third = library.receive(2, SECOND).expect("the third is drawn");
    assert_eq!(library.stage(), Stage::Drawn);
    let all = [&first, &second, &third].map(holders);
    for (at, tags) in all.iter().enumerate() {
        let left = 8 - 3 * at;
        assert_eq!(
            tags.len(),
            left.min(3),
            "two seats and a reserve in session {at}"
        );
        for other in &all[at + 1..] {
            assert!(tags.is_disjoint(other), "somebody won twice");
        }
    }
    let skipped = third
        .lines
        .iter()
        .filter(|line| matches!(line, Line::Dup { .. }));
    assert_eq!(skipped.count(), 6, "of eight people six had won before");
    assert_eq!(third.excluded.len(), 2);
    let ascending = third.excluded.windows(2).all(|pair| pair[0].0 < pair[1].0);
    assert!(
        ascending,
        "excluded lines stand in the order of their hashes"
    );

    // A vacancy of the first session changes nothing in the third.
    let plans = library.plans();
    library.write(|tx| {
        let vacates = [(seat(1), SettleCode::D)];
        let vault = &library.app.app.vault;
        draw::settle(tx, vault, &Actor::System, &plans[0], &vacates).map(|_| ())
    });
    for at in 0..3 {
        library.assert_verifies(at);
    }
    let bundle = library.bundle(2);
    assert!(bundle.file("excluded-1.zip").is_some() && bundle.file("excluded-2.zip").is_some());
    assert!(library.bundle(0).file("excluded-1.zip").is_none());
    let keys = (0..3).map(|at| library.bundle(at).file("key.note").expect("a key").to_vec());
    let tag_keys: BTreeSet<String> = keys
        .map(|note| {
            let text = String::from_utf8(note).expect("ASCII");
            let line = text.lines().find(|line| line.starts_with("tag-key "));
            line.expect("a tag key").to_owned()
        })
        .collect();
    assert_eq!(tag_keys.len(), 1, "one key for the activity");

    // Without the first session's bundle the third does not verify.
    let mut bundle = library.bundle(2);
    let inside = bundle.file("excluded-2.zip").expect("there").to_vec();
    bundle.insert("excluded-1.zip", inside);
    assert_eq!(verify(&bundle, &Options::default()).exit_code(), 1);
}

fn seat(unit: u32) -> Slot {
    Slot::Prize {
        slug: "seat".to_owned(),
        unit,
    }
}

fn a_session_that_is_cancelled_alone_excludes_nobody(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions()[..2]);
    for person in 0..4 {
        library.enter(person, None);
    }
    let first = library.plans()[0].id.clone();
    let cancel = |library: &Library| {
        library.app.app.db.write_now("cancel", |tx| {
            let vault = &library.app.app.vault;
            draw::cancel_one(tx, vault, &library.by, &first, CancelCode::Prize)
        })
    };
    let early = cancel(&library);
    assert!(matches!(early, Err(Error::OtherStage { .. })), "{early:?}");
    library.freeze();
    cancel(&library).expect("its round is to come");
    assert_eq!(library.stage(), Stage::Closed);

    let second = library.plans()[1].id.clone();
    let last = library.app.app.db.write_now("cancel", |tx| {
        let vault = &library.app.app.vault;
        draw::cancel_one(tx, vault, &library.by, &second, CancelCode::Prize)
    });
    assert!(matches!(last, Err(Error::LastDraw)), "{last:?}");

    library.app.go_to(time_of(FIRST).plus(2_000));
    let late = library.receive(0, FIRST);
    assert!(matches!(late, Err(Error::OtherStage { .. })), "{late:?}");
    let result = library.receive(1, FIRST).expect("the second is drawn");
    assert!(matches!(result.excluded[..], [(_, Excluded::Cancelled)]));
    assert_eq!(holders(&result).len(), 3);
    assert_eq!(library.stage(), Stage::Drawn);
    library.assert_verifies(0);
    library.assert_verifies(1);
}

fn one_pasted_round_decides_every_session_of_its_moment(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    for person in 0..5 {
        library.enter(person, None);
    }
    library.freeze();
    library.app.go_to(time_of(SECOND).plus(2_000));
    let staff = library.app.first_admin();
    let page = |at: usize| {
        let draw = library.plans()[at].id.clone();
        format!("/staff/activities/{}/draws/{draw}/beacon", library.id)
    };
    let desk = |at: usize| format!("/staff/draws/{}/run", library.plans()[at].id);
    let paste = |path: &str, round: u64| {
        let round = recorded(round).to_json();
        let fields = [("do", "receive"), ("beacon", round.as_str())];
        staff.send(&staff.get(path), path, &fields)
    };
    use DrawStage::{Drawn, Frozen};
    let stages = || -> Vec<DrawStage> { library.plans().iter().map(|plan| plan.stage).collect() };

    // The third waits for the two before it, at the desk and on the page alike.
    for path in [page(2), desk(2)] {
        let early = paste(&path, SECOND);
        assert_eq!(early.status, Status::UnprocessableEntity, "{path}");
        assert!(early.mistakes().contains("要等前面場次的結果"), "{path}");
    }
    assert_eq!(stages(), [Frozen; 3]);
    // Pasted for the second, the round decides the first before it.
    let pasted = paste(&desk(1), FIRST);
    assert_eq!(pasted.status, Status::SeeOther, "{}", pasted.mistakes());
    assert_eq!(
        stages(),
        [Drawn, Drawn, Frozen],
        "the third has another round"
    );
    library.assert_verifies(1);

    // What is decided is audited when everything is.
    let first = library.plans()[0].id.clone();
    let begin = || {
        let db = &library.app.app.db;
        db.write_now("begin audit", |tx| {
            inspection::begin(tx, &Actor::System, &first, 5)
        })
    };
    let early = begin();
    assert!(matches!(early, Err(inspection::Error::NotYet)), "{early:?}");
    let list = staff.get("/staff/inspections");
    assert_eq!(list.texts(".card").len(), 2);
    assert!(
        list.text(".card").contains("還不能抽查"),
        "{}",
        list.text(".card")
    );
    let audit = staff.get(&format!("/staff/draws/{first}/audit"));
    assert!(audit.html.contains("最後一場抽出之後才開始抽查"));

    let last = paste(&page(2), SECOND);
    assert_eq!(last.status, Status::SeeOther, "{}", last.mistakes());
    assert_eq!(stages(), [Drawn; 3]);
    library.assert_verifies(2);
    begin().expect("now it begins");
}

/// The bundle of a cancelled draw names no witnesses; inside another one it carries those of the
/// draw around it, which show that it was cancelled before its round.
fn a_cancelled_session_is_witnessed_by_the_draw_around_it(engine: Engine) {
    let clock = Clock::standing_at(moment(Library::START));
    let mut witness = None;
    let app = TestApp::on(engine, &clock, |config| {
        let vault = Vault::open(&config.keys(), &config.site).expect("the keys are made");
        let server = WitnessServer::start("w.example.tw", &[&journal::vkey(&vault)], &clock);
        config.witnesses = vec![server.setting()];
        config.quorum = 1;
        witness = Some(server);
    });
    let library = Library::drafted_in(app, Arrangement::Sessions, &sessions()[..2]);
    library.publish();
    library.app.go_to(moment(Library::START));
    library.app.go_to(time_of(FIRST).plus(-8 * DAY));
    for person in 0..4 {
        library.enter(person, None);
    }
    library.freeze();
    let first = library.plans()[0].id.clone();
    library.write(|tx| {
        let vault = &library.app.app.vault;
        draw::cancel_one(tx, vault, &library.by, &first, CancelCode::Prize).map(|_| ())
    });
    library.app.app.run_jobs().expect("due jobs can be read");
    library.app.go_to(time_of(FIRST).plus(2_000));
    library.receive(1, FIRST).expect("the second is drawn");

    let strict = Options {
        require_time: true,
        ..Options::default()
    };
    let report = verify(&library.bundle(1), &strict);
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    // Alone it says that nobody outside is known.
    library.assert_verifies(0);
    drop(witness);
}

fn one_entry_has_a_ticket_and_a_proof_in_every_session(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    library.enter(1, None);
    let visitor = library.app.visitor();
    let receipt = enter_by_hand(&library, &visitor, 2, None);
    assert_eq!(receipt.texts(".receipt .big"), ["1-3", "1-3", "1-3"]);
    for name in ["s1", "s2", "s3"] {
        assert!(receipt.html.contains(&format!("場次 {name}")), "{name}");
    }
    let secret = Secret::parse(&receipt.text("#secret")).expect("a receipt code");

    let file = visitor.get("/receipt/file");
    assert_eq!(file.status, Status::Ok);
    let zip = Bundle::from_zip(&file.bytes).expect("a zip of proofs");
    let names: Vec<&str> = zip.iter().map(|(name, _)| name).collect();
    let number = TicketNumber(1);
    let expected = ["s1", "s2", "s3"]
        .map(|draw| format!("secret-receipt-book-swap-{draw}-{number}.tlog-proof"));
    assert_eq!(names, expected);

    let shared = visitor.get("/receipt/proof");
    let shared = Bundle::from_zip(&shared.bytes).expect("a zip of proofs");
    assert_eq!(shared.iter().count(), 3);

    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));
    library.receive(0, FIRST).expect("drawn");
    let proof = std::str::from_utf8(zip.file(names[0]).expect("there")).expect("ASCII");
    let options = Options {
        receipt: Some(TlogProof::parse(proof).expect("a tlog-proof")),
        id: Some(national_id::synthetic_citizen(2).subject().to_string()),
        ..Options::default()
    };
    let report = verify(&library.bundle(0), &options);
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());

    // Before the close a withdrawal takes the tickets of all sessions out.
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    let (secret_of_other, placed) = library.enter(5, None);
    assert_eq!(placed.len(), 3);
    let lookup = library
        .app
        .app
        .vault
        .lookup(&secret_of_other)
        .expect("a lookup");
    library.write(|tx| own::withdraw(tx, &lookup).map(|_| ()).map_err(Error::from));
    for plan in library.plans() {
        let voids = library.read(|tx| Ok(entry::voids(tx, &library.id, plan.id.as_str())?));
        assert_eq!(voids, [(0, VoidCode::W)], "{}", plan.slug);
    }
    drop(secret);
}

/// Fills the form, sends the check page and opens the receipt.
fn enter_by_hand(
    library: &Library,
    visitor: &Person<'_>,
    person: u64,
    pool: Option<usize>,
) -> crate::support::app::Answer {
    let page = visitor.get("/a/book-swap/enter");
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let id = national_id::synthetic_citizen(person).as_str().to_owned();
    let name = format!(
        "王小{}",
        ["明", "華", "美"][usize::try_from(person % 3).expect("small")]
    );
    let phone = format!("0912345{person:03}");
    let mut values = vec![
        ("name", name.as_str()),
        ("national_id", id.as_str()),
        ("phone", phone.as_str()),
        ("consent", "yes"),
    ];
    let picked = pool.map(|at| library.plans()[at].id.0.clone());
    if let Some(picked) = &picked {
        values.push(("pool", picked));
    }
    let check = visitor.send(&page, "/a/book-swap/enter", &values);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let sent = visitor.send(&check, "/a/book-swap/check", &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let receipt = visitor.get(&sent.location);
    assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
    receipt
}

fn a_person_takes_part_in_one_pool(engine: Engine) {
    let pools = [planned("east", &[]), planned("west", &[])];
    let library = Library::open(engine, Arrangement::Pools, &pools);
    let visitor = library.app.visitor();
    let page = visitor.get("/a/book-swap/enter");
    assert_eq!(page.texts("input[name=pool]").len(), 2);
    let id = national_id::synthetic_citizen(1).as_str().to_owned();
    let unpicked = visitor.send(
        &page,
        "/a/book-swap/enter",
        &[
            ("name", "王小明"),
            ("national_id", &id),
            ("phone", "0912345001"),
            ("consent", "yes"),
        ],
    );
    assert_eq!(unpicked.status, Status::UnprocessableEntity);
    assert!(unpicked.mistakes().contains("請選擇要參加的組別"));

    let receipt = enter_by_hand(&library, &visitor, 1, Some(1));
    assert_eq!(receipt.texts(".receipt .big"), ["0-0"]);
    assert!(receipt.html.contains("場次 west") && !receipt.html.contains("場次 east"));

    // The same person picks the other pool later: the first of the list counts.
    library.enter(1, Some(0));
    for person in 2..6 {
        library.enter(person, Some(1));
    }
    let voids = |at: usize| {
        let plan = library.plans().remove(at);
        library.read(|tx| Ok(entry::voids(tx, &library.id, plan.id.as_str())?))
    };
    assert_eq!(voids(0), []);
    assert_eq!(voids(1), [(0, VoidCode::D)]);
    let counts = library.read(|tx| Ok(entry::count(tx, &library.id)?));
    assert_eq!(
        (counts.taken, counts.duplicates),
        (6, 0),
        "nobody knows before the close"
    );

    library.freeze();
    let counts = library.read(|tx| Ok(entry::count(tx, &library.id)?));
    assert_eq!(counts.duplicates, 1);
    library.app.go_to(time_of(SECOND).plus(2_000));
    let east = library.receive(0, SECOND).expect("drawn");
    let west = library.receive(1, SECOND).expect("drawn");
    assert_eq!(holders(&east).len(), 1, "one person picked the east");
    assert_eq!(holders(&west).len(), 3);
    assert!(holders(&east).is_disjoint(&holders(&west)));
    assert_ne!(east.seed, west.seed, "the same round, another list");
    library.assert_verifies(0);
    library.assert_verifies(1);
}

fn three_draws_are_purged_with_a_note_each(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    for person in 0..12 {
        library.enter(person, None);
    }
    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));
    library.receive(0, FIRST).expect("drawn");
    library.receive(1, FIRST).expect("drawn");
    library.app.go_to(time_of(SECOND).plus(2_000));
    library.receive(2, SECOND).expect("drawn");
    for days in [14, 28, 42, 56] {
        library.app.go_to(time_of(SECOND).plus(days * DAY + HOUR));
    }
    assert_eq!(library.stage(), Stage::Notified);
    let before: Vec<Hash> = (0..3)
        .map(|at| library.bundle(at).hash_without_purge())
        .collect();
    library.app.go_to(time_of(SECOND).plus(60 * DAY + HOUR));
    assert_eq!(library.stage(), Stage::Purged);
    for (at, hash) in before.into_iter().enumerate() {
        let bundle = library.bundle(at);
        assert_eq!(bundle.hash_without_purge(), hash, "draw {at} is the same");
        assert!(bundle.file("purge-1.note").is_some());
        let certificate = bundle.file("certificate-1.json").expect("a certificate");
        let json: serde_json::Value = serde_json::from_slice(certificate).expect("JSON");
        assert_eq!(json["draws"].as_array().map(Vec::len), Some(3));
        assert_eq!(json["draws"][at]["entries"], 12);
        library.assert_verifies(at);
    }
}

fn a_librarian_plans_three_sessions(engine: Engine) {
    let library = Library::drafted(engine, Arrangement::Sessions, &SESSIONS[..1]);
    let staff = library.app.first_admin();
    let base = format!("/staff/activities/{}", library.id);
    let session = |name: &str, page: &str, more: &[(&str, &str)]| {
        let path = format!("{base}/draws/{page}");
        let form = staff.get(&path);
        let mut values = vec![
            ("prize_1_name_zh", "名額"),
            ("prize_1_name_en", "Seat"),
            ("prize_1_units", "2"),
            ("prize_1_value", "0"),
            ("reserves", "1"),
            ("wins", "1"),
            ("tickets", "1"),
            ("do", "save"),
        ];
        let names = (format!("場次{name}"), format!("Session {name}"));
        values.extend([
            ("draw_name_zh", names.0.as_str()),
            ("draw_name_en", &names.1),
        ]);
        values.extend_from_slice(more);
        staff.send(&form, &path, &values)
    };
    let saved = session("二", "new", &[]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let first = library.plans()[0].id.0.clone();
    let early = local(time_of(FIRST));
    let saved = session("三", "new", &[("excludes", &first), ("draw_time", &early)]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let plans = library.plans();
    assert_eq!(
        plans
            .iter()
            .map(|plan| plan.slug.as_str())
            .collect::<Vec<_>>(),
        ["s1", "draw-2", "draw-3"]
    );
    assert_eq!(plans[2].excludes, [plans[0].id.clone()]);

    // A draw cannot exclude one that comes later; the page says so before it is sealed.
    let publish = staff.get(&format!("{base}/publish"));
    assert!(
        publish.html.contains("只能排除順序與時間都在前面的場次"),
        "{}",
        publish.mistakes()
    );
    let third = plans[2].id.0.clone();
    let saved = session("三", &third, &[("draw_time", "")]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let publish = staff.get(&format!("{base}/publish"));
    assert!(
        publish.texts("main li a").is_empty(),
        "{}",
        publish.mistakes()
    );

    let taken = session("四", "new", &[("draw_slug", "s1")]);
    assert_eq!(taken.status, Status::UnprocessableEntity);
    assert!(taken.mistakes().contains("這個代號已用在另一場"));

    // Moving the third to the front takes back what it excluded of those now behind it.
    let list = staff.get(&format!("{base}/draws"));
    let up = format!("{base}/draws/{third}/up");
    assert_eq!(staff.send(&list, &up, &[]).status, Status::SeeOther);
    let list = staff.get(&format!("{base}/draws"));
    assert_eq!(staff.send(&list, &up, &[]).status, Status::SeeOther);
    let plans = library.plans();
    assert_eq!(plans[0].id.0, third);
    assert_eq!(plans[0].excludes, []);

    let list = staff.get(&format!("{base}/draws"));
    let remove = format!("{base}/draws/{third}/remove");
    assert_eq!(staff.send(&list, &remove, &[]).status, Status::SeeOther);
    assert_eq!(library.plans().len(), 2);

    library.publish();
    for prefix in ["", "/en"] {
        for plan in library.plans() {
            let page = staff.get(&format!("{prefix}{base}/draws/{}", plan.id));
            assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
        }
        let page = staff.get(&format!("{prefix}{base}/draws"));
        assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
        assert!(
            !page.html.contains("/up\""),
            "nothing changes once it is sealed"
        );
    }
    library.app.go_to(time_of(FIRST).plus(-8 * DAY));
    let visitor = library.app.visitor();
    let page = visitor.get("/a/book-swap");
    assert!(page.html.contains("場次 s1") && page.html.contains("場次二"));
    let draws = visitor.get("/draws");
    assert!(draws.html.contains("好書交換 · 場次 s1") && draws.html.contains("好書交換 · 場次二"));
    for plan in library.plans() {
        for prefix in ["", "/en"] {
            let page = visitor.get(&format!("{prefix}/d/{}", plan.id));
            assert_eq!(page.status, Status::Ok);
        }
        let manifest = library.read(|tx| {
            let note = draw::note(tx, &library.id, plan.id.as_str(), "manifest.note")?;
            Ok(note.expect("it is sealed").note)
        });
        let origin = format!("origin lib.example.tw/book-swap/{}\n", plan.slug);
        assert!(manifest.contains(&origin), "{manifest}");
    }
}

/// A library whose draws let people earn two chances beside their entry, and its admin.
fn with_chances(engine: Engine) -> Library {
    let mut draws = sessions();
    for draw in &mut draws {
        draw.cap = 3;
    }
    Library::open(engine, Arrangement::Sessions, &draws[..2])
}

/// The table of earned chances: who, and how many in all.
fn table(rows: &[(u64, &str)]) -> String {
    let mut file = "姓名,身分證字號,電話,電子郵件,次數\n".to_owned();
    for (person, chances) in rows {
        let id = national_id::synthetic_citizen(*person);
        file += &format!("王小明,{},0912345{person:03},,{chances}\n", id.as_str());
    }
    file
}

fn ticket_numbers(library: &Library, at: usize, person: u64) -> Vec<u32> {
    let subject = national_id::synthetic_citizen(person).subject();
    let tag = library
        .app
        .app
        .vault
        .tag(library.id.as_str(), &subject)
        .expect("a tag");
    let plan = library.plans().remove(at);
    let mut numbers = Vec::new();
    for index in 0.. {
        let ticket =
            library.read(|tx| Ok(entry::ticket(tx, &library.id, plan.id.as_str(), index)?));
        match ticket {
            Some(ticket) if ticket.tag == tag => numbers.push(ticket.ticket_no),
            Some(_) => {}
            None => break,
        }
    }
    numbers
}

fn earned_chances_are_imported_once_and_never_over_the_cap(engine: Engine) {
    let library = with_chances(engine);
    let staff = library.app.first_admin();
    let path = format!("/staff/activities/{}/chances", library.id);
    library.enter(1, None);

    // Person 1 has entered, person 2 has not: both get tickets 1 and up.
    let file = table(&[(1, "1"), (2, "2")]);
    let preview = staff.upload(&path, "file", "a.csv", file.as_bytes());
    assert_eq!(preview.status, Status::Ok, "{}", preview.mistakes());
    assert!(
        preview.html.contains("會為 2 人增加 6 個號碼"),
        "{}",
        preview.mistakes()
    );
    assert_eq!(
        library.read(|tx| Ok(entry::count(tx, &library.id)?)).taken,
        1
    );
    let import = format!("{path}/import");
    let sheet = staff.send(&preview, &import, &[]);
    assert_eq!(sheet.status, Status::Ok, "{}", sheet.mistakes());
    let codes = sheet.texts(".card p:nth-of-type(2) strong");
    assert_eq!(codes.len(), 2);
    assert!(sheet.html.contains("王○明") && !sheet.html.contains("王小明"));
    for at in 0..2 {
        assert_eq!(ticket_numbers(&library, at, 1), [0, 1]);
        assert_eq!(ticket_numbers(&library, at, 2), [1, 2]);
    }

    // The code finds the imported tickets, and only those.
    let visitor = library.app.visitor();
    let form = visitor.get("/entry");
    let own = visitor.send(&form, "/entry", &[("code", &codes[1])]);
    assert_eq!(own.status, Status::Ok, "{}", own.mistakes());
    assert_eq!(
        own.texts("strong.big").len(),
        4,
        "two tickets in two sessions"
    );

    // The same file again, and sent twice from one preview: nothing is added twice.
    let again = staff.send(&preview, &import, &[]);
    assert_eq!(again.status, Status::Ok, "{}", again.mistakes());
    assert!(again.texts(".card").is_empty());
    let known = staff.upload(&path, "file", "a.csv", file.as_bytes());
    assert!(known.html.contains("先前都已匯入"), "{}", known.mistakes());

    // A later count says how many in all; what is new is added.
    let more = staff.upload(&path, "file", "a.csv", table(&[(1, "2")]).as_bytes());
    assert!(
        more.html.contains("會為 1 人增加 2 個號碼"),
        "{}",
        more.mistakes()
    );
    assert_eq!(staff.send(&more, &import, &[]).status, Status::Ok);
    assert_eq!(ticket_numbers(&library, 0, 1), [0, 1, 2]);
    let over = staff.upload(&path, "file", "a.csv", table(&[(1, "3")]).as_bytes());
    assert_eq!(over.status, Status::UnprocessableEntity);
    assert!(over.html.contains("「次數」請填 1 到 2 的整數"));

    // What was withdrawn does not come back with the old file.
    let secret = Secret::parse(&codes[1]).expect("a receipt code");
    let lookup = library.app.app.vault.lookup(&secret).expect("a lookup");
    library.write(|tx| own::withdraw(tx, &lookup).map(|_| ()).map_err(Error::from));
    let gone = staff.upload(&path, "file", "a.csv", file.as_bytes());
    assert!(gone.html.contains("先前都已匯入"), "{}", gone.mistakes());

    assert_nowhere(&library, national_id::synthetic_citizen(2).as_str());
    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));
    let result = library.receive(0, FIRST).expect("drawn");
    assert_eq!(
        holders(&result).len(),
        1,
        "one person is left, with three tickets"
    );
    library.receive(1, FIRST).expect("drawn");
    library.assert_verifies(0);
    library.assert_verifies(1);
    let late = library.app.visitor();
    let late = late.get(&path);
    assert_eq!(late.status, Status::SeeOther, "only staff");
}

/// No file of the library holds the text.
fn assert_nowhere(library: &Library, text: &str) {
    let mut folders = vec![library.app.database.data().to_owned()];
    while let Some(folder) = folders.pop() {
        for each in std::fs::read_dir(&folder).expect("a folder") {
            let path = each.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap_or_default();
            let found = bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes());
            assert!(!found, "the ID number is in {}", path.display());
        }
    }
}

fn one_import_adds_so_many_tickets_and_no_more(engine: Engine) {
    let mut draws = sessions();
    for draw in &mut draws {
        draw.cap = 60_000;
    }
    let library = Library::open(engine, Arrangement::Sessions, &draws[..2]);
    let staff = library.app.first_admin();
    let path = format!("/staff/activities/{}/chances", library.id);
    let page = staff.get(&path);
    assert!(
        page.html.contains("最多增加 5,000 個號碼"),
        "{}",
        page.mistakes()
    );

    // Every chance is a ticket in both sessions; the third line is too much.
    let file = table(&[(1, "5"), (2, "2000"), (3, "600"), (4, "1")]);
    let told = staff.send(&page, &path, &[("file", &file)]);
    assert_eq!(told.status, Status::UnprocessableEntity);
    let lines = told.texts(".panel li");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("第 4 列") && lines[0].contains("5,000"),
        "{lines:?}"
    );
    let import = format!("{path}/import");
    let sent = staff.post(&import, &[("file".to_owned(), file)]);
    assert_eq!(sent.status, Status::UnprocessableEntity);
    let english = format!("/en{path}");
    let page = staff.get(&english);
    let told = staff.send(&page, &english, &[("file", &table(&[(1, "59999")]))]);
    assert!(told.html.contains("adds more than 5,000 ticket numbers"));
    assert_eq!(
        library.read(|tx| Ok(entry::count(tx, &library.id)?)).taken,
        0
    );

    // A later total counts only what it adds.
    let first = staff.upload(&path, "file", "a.csv", table(&[(1, "40")]).as_bytes());
    assert_eq!(staff.send(&first, &import, &[]).status, Status::Ok);
    let later = staff.upload(&path, "file", "a.csv", table(&[(1, "2540")]).as_bytes());
    assert!(
        later.html.contains("會為 1 人增加 5,000 個號碼"),
        "{}",
        later.mistakes()
    );
}

fn a_file_with_mistakes_is_told_line_by_line_and_nothing_is_stored(engine: Engine) {
    let library = with_chances(engine);
    let staff = library.app.first_admin();
    let path = format!("/staff/activities/{}/chances", library.id);
    let page = staff.get(&path);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let mut file = table(&[(1, "1"), (2, "many"), (1, "2")]);
    file += "王小美,A123456788,0912345004,,1\n,,,,\n王小華\n";
    let told = staff.send(&page, &path, &[("file", &file)]);
    assert_eq!(told.status, Status::UnprocessableEntity);
    let lines = told.texts(".panel li");
    let told_of = |line: &str, words: &str| {
        let found = lines
            .iter()
            .any(|each| each.starts_with(line) && each.contains(words));
        assert!(found, "{line} {words}: {lines:?}");
    };
    told_of("第 3 列", "次數");
    told_of("第 4 列", "和第 2 列是同一個人");
    told_of("第 5 列", "身分證字號");
    told_of("第 7 列", "電話");
    assert!(
        lines.iter().all(|line| !line.starts_with("第 6 列")),
        "an empty line is none"
    );
    assert!(
        told.html.contains("A123456788"),
        "what was pasted is not lost"
    );

    let column = staff.send(
        &page,
        &path,
        &[("file", "姓名,電話,次數\n王小明,0912345001,1\n")],
    );
    assert!(
        column.html.contains("缺少「身分證字號」欄"),
        "{}",
        column.mistakes()
    );
    let big5 = staff.upload(&path, "file", "a.csv", &[0xA9, 0x6D, 0xA6, 0x57]);
    assert_eq!(big5.status, Status::UnprocessableEntity);
    assert!(big5.mistakes().contains("CSV UTF-8"));
    let import = staff.post(&format!("{path}/import"), &[("file".to_owned(), file)]);
    assert_eq!(import.status, Status::UnprocessableEntity);
    assert_eq!(
        library.read(|tx| Ok(entry::count(tx, &library.id)?)).taken,
        0
    );
}
