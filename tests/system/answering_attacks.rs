//! What looks like an attack is answered: each rule is reached, and ordinary days reach none.
//!
//! Everybody comes through the edge, from a network of their own.

use std::process::Command;

use diesel::RunQueryDsl;
use fairdraw::account::Role;
use fairdraw::audit::{self, Filter};
use fairdraw::platform::clock::{Clock, DAY, HOUR, MINUTE, SECOND};
use fairdraw::platform::config::Config;
use fairdraw::platform::db;
use fairdraw::platform::edge::Network;
use fairdraw::platform::watch::{Held, Near, Watch, work};
use fairdraw::response::{self, AnswerKind, Guardian};
use rocket::http::{Method, Status};

use crate::support::Engine;
use crate::support::app::{Answer, Asked, Came, Door, Person, TestApp};
use crate::support::edge::EdgeServer;
use crate::support::life::{Life, Patron};
use crate::support::mail_sink::MailSink;
use crate::support::staff::{PASSPHRASE, colleague};

on_both! {
    a_network_that_guesses_passphrases_sends_nothing_for_half_an_hour,
    days_on_which_people_mistype_set_off_nothing,
    accounts_that_are_locked_again_and_again_are_an_incident_that_is_mailed_once,
    an_incident_of_a_rule_is_written_anew_by_people_and_closed,
    a_clock_that_runs_out_is_mailed_before_it_does,
    what_an_admin_lifted_is_not_held_again_for_what_was_counted_before,
    files_taken_out_one_after_the_other_stop_every_opening_until_an_admin_lifts_it,
    the_command_that_unlocks_an_account_lifts_its_lock,
    whoever_locks_an_account_out_does_not_cover_what_is_taken_out_of_it,
    openings_at_night_stop_every_opening,
    a_network_that_tries_codes_is_blocked_and_what_was_typed_is_kept,
    forms_of_programs_slow_their_network_and_many_of_them_everybody,
    under_pressure_a_browser_works_a_moment_and_a_person_without_script_waits,
    forms_that_come_back_too_fast_are_asked_for_again_and_keep_everything,
    the_librarys_own_network_is_never_blocked,
    forms_of_other_sites_requests_turned_away_and_reports_are_told,
    every_instance_holds_to_what_one_of_them_answered,
    after_a_week_no_network_can_be_recognised,
}

const START: &str = "2024-07-01T09:00:00+08:00";

/// Somebody in a network elsewhere, before the edge of a site.
struct Elsewhere<'e> {
    edge: &'e EdgeServer,
    address: String,
}

impl Door for Elsewhere<'_> {
    fn ask(&self, mut asked: Asked<'_>) -> Came {
        asked
            .headers
            .push(("X-Forwarded-For", self.address.clone()));
        self.edge.ask(asked)
    }
}

fn from<'e>(edge: &'e EdgeServer, address: &str) -> Elsewhere<'e> {
    Elsewhere {
        edge,
        address: address.to_owned(),
    }
}

fn network(text: &str) -> Network {
    Network::try_from(text.to_owned()).expect("a network")
}

/// The edge stands behind a proxy on this machine.
fn behind_a_proxy(config: &mut Config) {
    config.edge.trusted_proxies = vec![network("127.0.0.0/8")];
}

fn site(engine: Engine, change: impl FnOnce(&mut Config)) -> TestApp {
    TestApp::with(engine, START, |config| {
        behind_a_proxy(config);
        change(config);
    })
}

/// One look around; how many rules were answered.
fn look(app: &TestApp) -> usize {
    app.app.guardian.look().expect("the look is made")
}

fn try_passphrase(person: &Person<'_>, name: &str, passphrase: &str) -> Answer {
    let fields = [("name", name), ("passphrase", passphrase)];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    person.post_once("/staff/sign-in", &fields)
}

fn acts(app: &TestApp) -> Vec<String> {
    let listing = app
        .app
        .db
        .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1));
    let records = listing.expect("the record can be read").records;
    records.into_iter().rev().map(|record| record.act).collect()
}

fn a_network_that_guesses_passphrases_sends_nothing_for_half_an_hour(engine: Engine) {
    let app = site(engine, |_| ());
    let admin = app.first_admin();
    let edge = EdgeServer::start(&app.app, |_| ());
    let (bad, good) = (from(&edge, "203.0.113.7"), from(&edge, "198.51.100.7"));
    let (guesser, librarian) = (Person::at(&bad), Person::at(&good));
    for number in 0..19 {
        let refused = try_passphrase(&guesser, &format!("館員{number}"), "let me in now");
        assert_eq!(refused.status, Status::UnprocessableEntity);
    }
    assert_eq!(look(&app), 0, "nineteen are not yet too many");
    try_passphrase(&guesser, "館員甲", "let me in now");
    assert_eq!(look(&app), 1);
    assert_eq!(look(&app), 0, "it is answered once");

    let refused = try_passphrase(&guesser, "陳館員", PASSPHRASE);
    assert_eq!(refused.status, Status::TooManyRequests);
    assert!(refused.html.contains("這個網路暫時不能送出表單"));
    assert!(refused.html.contains("09:30"), "{}", refused.text("main"));
    assert!(
        !refused.html.contains(PASSPHRASE),
        "a passphrase is not given back"
    );
    // Its neighbour in the same network, and every page, in both languages.
    let beside = from(&edge, "203.0.113.200");
    let page = try_passphrase(&Person::at(&beside), "陳館員", PASSPHRASE);
    assert_eq!(page.status, Status::TooManyRequests);
    assert_eq!(guesser.get("/activities").status, Status::Ok);
    assert_eq!(guesser.get("/staff/sign-in").status, Status::Ok);
    // Everybody else comes in.
    let inside = try_passphrase(&librarian, "陳館員", PASSPHRASE);
    assert_eq!(inside.status, Status::SeeOther, "{}", inside.mistakes());

    let page = admin.get("/admin/security");
    let text = page.text("main");
    assert!(
        text.contains("一直猜同仁的密碼") && text.contains("20 次"),
        "{text}"
    );
    assert!(!page.html.contains("203.0.113"));
    let incidents = admin.get("/admin/incidents");
    assert!(incidents.text("main").contains("一直猜同仁的密碼"));
    assert!(acts(&app).contains(&"response.blocked".to_owned()));
    assert!(acts(&app).contains(&"custody.incident_raised".to_owned()));

    app.app.db.clock().advance(31 * MINUTE);
    look(&app);
    let inside = try_passphrase(&guesser, "陳館員", PASSPHRASE);
    assert_eq!(inside.status, Status::SeeOther, "it ends by itself");
}

fn days_on_which_people_mistype_set_off_nothing(engine: Engine) {
    let sink = MailSink::start();
    let smtp = sink.url();
    let life = Life::published(engine, |config| {
        behind_a_proxy(config);
        config.smtp_url = smtp;
        config.watch.alarm_to = vec!["admin@lib.example.tw".to_owned()];
    });
    let edge = EdgeServer::start(&life.app.app, |_| ());
    let school = from(&edge, "203.0.113.7");
    for _ in 0..3 {
        // A librarian who remembers the passphrase at the third try.
        let person = Person::at(&school);
        for wrong in ["Correct horse", "correct horse"] {
            try_passphrase(&person, "陳館員", wrong);
        }
        assert_eq!(
            try_passphrase(&person, "陳館員", PASSPHRASE).status,
            Status::SeeOther
        );
        // A class that mistypes its codes and presses the button at once.
        for number in 0..10 {
            let pupil = Person::at(&school);
            pupil.post_once("/entry", &[("code".to_owned(), format!("ABCD {number}"))]);
            life.enter(&Patron::number(number));
        }
        assert_eq!(look(&life.app), 0);
        life.app.app.db.clock().advance(HOUR);
    }
    life.app.app.run_jobs().expect("due jobs can be read");
    let admin = life.staff();
    let text = admin.get("/admin/security").text("main");
    assert!(text.contains("目前沒有任何處置"), "{text}");
    assert!(sink.mails().is_empty());
    for act in acts(&life.app) {
        assert!(!act.starts_with("response."), "{act}");
    }
}

/// Locks an account by five wrong tries from a network.
fn lock_out(edge: &EdgeServer, name: &str, address: &str) {
    let door = from(edge, address);
    let person = Person::at(&door);
    for _ in 0..5 {
        try_passphrase(&person, name, "not the passphrase");
    }
}

fn accounts_that_are_locked_again_and_again_are_an_incident_that_is_mailed_once(engine: Engine) {
    let sink = MailSink::start();
    let smtp = sink.url();
    let app = site(engine, |config| {
        config.smtp_url = smtp;
        config.public_origin = "https://draw.lib.example.tw".to_owned();
        config.staff_second_factor = false;
        let to = ["admin@lib.example.tw", "privacy@lib.example.tw"];
        config.watch.alarm_to = to.map(str::to_owned).to_vec();
    });
    let admin = app.first_admin();
    for name in ["林館員", "王館員", "李館員"] {
        colleague(&app, name, &[Role::Librarian]);
    }
    look(&app);
    let edge = EdgeServer::start(&app.app, |_| ());
    for (name, address) in [("林館員", "203.0.113.1"), ("王館員", "203.0.114.1")] {
        lock_out(&edge, name, address);
    }
    assert_eq!(look(&app), 2, "each is told, and there is no incident yet");
    assert!(admin.get("/admin/incidents").html.contains("目前沒有紀錄"));
    lock_out(&edge, "李館員", "203.0.115.1");
    look(&app);
    let incidents = admin.get("/admin/incidents").text("main");
    assert!(incidents.contains("一天內好幾次有帳號鎖住"), "{incidents}");

    app.app.run_jobs().expect("due jobs can be read");
    let mut to: Vec<String> = sink.mails().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    assert_eq!(to, ["admin@lib.example.tw", "privacy@lib.example.tw"]);
    let text = sink.mails().first().expect("a letter").text();
    for name in ["林館員", "王館員", "李館員"] {
        assert!(text.contains(name), "{text}");
    }
    assert!(text.contains("帳號鎖住") && text.contains("Account locked"));
    assert!(text.contains("https://draw.lib.example.tw/admin/security"));
    assert!(!text.contains("203.0"), "no network");
    // More alarms wait until enough time has passed.
    colleague(&app, "趙館員", &[Role::Librarian]);
    lock_out(&edge, "趙館員", "203.0.116.1");
    assert!(look(&app) > 0);
    app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 2);
    app.app.db.clock().advance(31 * MINUTE);
    app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 4);

    // An admin lets somebody in before the quarter of an hour is over, and says why.
    lock_out(&edge, "林館員", "203.0.113.1");
    look(&app);
    let door = from(&edge, "198.51.100.9");
    let librarian = Person::at(&door);
    assert_ne!(
        try_passphrase(&librarian, "林館員", PASSPHRASE).status,
        Status::SeeOther
    );
    let admin = crate::support::staff::sign_in(&app, "陳館員");
    let page = admin.get("/admin/security");
    let action = first_lift(&page);
    let field = action.replace("/admin/security/", "reason-");
    let field = field.trim_end_matches("/lift").to_owned();
    let missing = admin.send(&page, &action, &[]);
    assert_eq!(missing.status, Status::UnprocessableEntity);
    let person = admin.send(&page, &action, &[(&field, "本人 A123456789 來電")]);
    assert_eq!(person.status, Status::UnprocessableEntity);
    let done = admin.send(&page, &action, &[(&field, "本人當面確認")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let inside = try_passphrase(&librarian, "林館員", PASSPHRASE);
    assert_eq!(inside.status, Status::SeeOther, "{}", inside.mistakes());
    let acts = acts(&app);
    assert!(acts.contains(&"staff.unlocked".to_owned()));
    assert!(acts.contains(&"response.lifted".to_owned()));
    assert!(admin.get("/admin/security").html.contains("本人當面確認"));
}

fn what_an_admin_lifted_is_not_held_again_for_what_was_counted_before(engine: Engine) {
    let app = site(engine, |_| ());
    let admin = app.first_admin();
    let edge = EdgeServer::start(&app.app, |_| ());
    // Computers of one reading room.
    let doors = [7, 8].map(|last| from(&edge, &format!("203.0.113.{last}")));
    let mistype = |at: usize, times: usize| {
        let reader = Person::at(&doors[at]);
        for number in 0..times {
            try_passphrase(&reader, &format!("館員{number}"), "let me in now");
        }
    };
    mistype(0, 20);
    assert_eq!(look(&app), 1);
    let page = admin.get("/admin/security");
    let action = first_lift(&page);
    let field = action.replace("/admin/security/", "reason-");
    let field = field.trim_end_matches("/lift").to_owned();
    let done = admin.send(&page, &action, &[(&field, "閱覽室的電腦，當面確認")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    app.app.db.clock().advance(MINUTE);
    look(&app);
    mistype(1, 1);
    assert_eq!(look(&app), 0, "one slip more is one slip");
    mistype(1, 18);
    assert_eq!(look(&app), 0);
    mistype(1, 1);
    assert_eq!(look(&app), 1, "as many as before are as many");
}

/// Where the first form goes that lifts something.
fn first_lift(page: &Answer) -> String {
    let start = page
        .html
        .find("action=\"/admin/security/")
        .expect("something can be lifted");
    let rest = &page.html[start + "action=\"".len()..];
    rest.split('"').next().expect("an address").to_owned()
}

/// Has three accounts locked; answers with the address of the incident.
fn an_incident(app: &TestApp, admin: &Person<'_>) -> String {
    for name in ["林館員", "王館員", "李館員"] {
        colleague(app, name, &[Role::Librarian]);
    }
    look(app);
    let edge = EdgeServer::start(&app.app, |_| ());
    for (place, name) in ["林館員", "王館員", "李館員"].iter().enumerate() {
        lock_out(&edge, name, &format!("203.0.{place}.1"));
    }
    look(app);
    let list = admin.get("/admin/incidents");
    let links = list.links().into_iter();
    let mut incidents =
        links.filter(|to| to.starts_with("/admin/incidents/") && !to.ends_with("new"));
    incidents.next().expect("an incident is listed")
}

fn an_incident_of_a_rule_is_written_anew_by_people_and_closed(engine: Engine) {
    let life = Life::published(engine, behind_a_proxy);
    for number in 0..2 {
        life.enter(&Patron::number(number));
    }
    let app = &life.app;
    let admin = life.staff();
    let officer = colleague(app, "個資保護林", &[Role::PrivacyOfficer]);
    let at = an_incident(app, &admin);
    let page = officer.get(&at);
    assert!(
        page.text("main").contains("規則自動開立"),
        "{}",
        page.text("main")
    );
    assert!(
        !page.html.contains("value=\"tell\""),
        "nobody approves words of a program"
    );

    let send = |person: &Person<'_>, values: &[(&str, &str)]| {
        let done = person.send(&person.get(&at), &at, values);
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    };
    send(&officer, &[("do", "note"), ("note", "已請三位同仁換密碼")]);
    let people = [("do", "people"), ("people", "2"), ("data", "姓名與電話")];
    send(&officer, &people);
    let wrong = [("do", "people"), ("people", "幾個"), ("data", "姓名")];
    let wrong = officer.send(&officer.get(&at), &at, &wrong);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.html.contains("幾個"));
    send(
        &officer,
        &[("do", "concern"), ("activities", &life.activity)],
    );
    let text = officer.get(&at).text("main");
    assert!(
        text.contains("影響 2 人") && text.contains("已請三位同仁換密碼"),
        "{text}"
    );
    send(
        &officer,
        &[
            ("do", "reword"),
            ("facts_zh", "有人試圖登入館員帳號。"),
            ("facts_en", "Somebody tried to sign in as staff."),
            ("measures_zh", "帳號已鎖住，密碼已更換。"),
            ("measures_en", "The accounts were locked."),
        ],
    );
    let own = officer.get(&at);
    assert!(
        !own.html.contains("value=\"tell\""),
        "not by whoever wrote it"
    );
    send(&admin, &[("do", "tell")]);
    let public = app.visitor().get("/a/summer-2024");
    assert!(public.html.contains("有人試圖登入館員帳號"));
    send(&admin, &[("do", "close")]);
    assert!(admin.get(&at).text("main").contains("已結案"));

    // Steps are added and nothing else, whoever asks the database.
    for change in [
        "UPDATE incident_steps SET words = 'nothing'",
        "DELETE FROM incident_steps",
    ] {
        let changed = app.app.db.write_now("change a step", |tx| {
            diesel::sql_query(change).execute(tx.conn())?;
            Ok::<_, db::Error>(())
        });
        assert!(changed.is_err(), "{change}");
    }
}

fn a_clock_that_runs_out_is_mailed_before_it_does(engine: Engine) {
    let sink = MailSink::start();
    let smtp = sink.url();
    let app = site(engine, |config| {
        config.smtp_url = smtp;
        config.incident_report_hours = 72;
        config.watch.alarm_to = vec!["privacy@lib.example.tw".to_owned()];
    });
    let admin = app.first_admin();
    let at = an_incident(&app, &admin);
    assert!(admin.get(&at).text("main").contains("還剩 72 小時"));
    app.app.run_jobs().expect("due jobs can be read");
    assert_eq!(sink.mails().len(), 1, "of the alarms");
    let began = app.app.db.clock().now();
    let after = |hours: i64| {
        app.go_to(began.plus(hours * HOUR));
        app.go_to(began.plus(hours * HOUR + 31 * MINUTE));
        app.go_to(began.plus(hours * HOUR + 62 * MINUTE));
        sink.mails()
    };
    assert_eq!(after(24).len(), 1);
    let mails = after(49);
    assert_eq!(mails.len(), 2);
    let text = mails.last().expect("a letter").text();
    assert!(
        text.contains("小時") && text.contains("/admin/incidents"),
        "{text}"
    );
    assert_eq!(after(55).len(), 2, "not every hour");
    assert_eq!(after(67).len(), 3);
    let mails = after(73);
    assert_eq!(mails.len(), 4);
    assert!(mails.last().expect("a letter").text().contains("已過"));
    let admin = crate::support::staff::sign_in(&app, "陳館員");
    let done = [("do", "dismiss"), ("dismiss", "同仁忘記密碼，沒有外洩")];
    let done = admin.send(&admin.get(&at), &at, &done);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(admin.get(&at).text("main").contains("決定不必通知"));
    assert_eq!(after(200).len(), 4, "closed");
}

fn export(admin: &Person<'_>, life: &Life) -> Answer {
    let page = admin.get("/admin/exports");
    let values = [
        ("draw", life.draw.as_str()),
        ("purpose", "post"),
        ("format", "csv"),
        ("reason", "郵寄得獎通知函"),
    ];
    admin.send(&page, "/admin/exports", &values)
}

/// A site whose draw is over, at ten in the morning.
fn drawn(engine: Engine, change: impl FnOnce(&mut Config)) -> Life {
    let life = Life::published(engine, |config| {
        behind_a_proxy(config);
        change(config);
    });
    for number in 0..3 {
        life.enter(&Patron::number(number));
    }
    drop(life.draw());
    let now = life.app.app.db.clock().now();
    life.app.go_to(now.plus(6 * HOUR));
    look(&life.app);
    life
}

fn files_taken_out_one_after_the_other_stop_every_opening_until_an_admin_lifts_it(engine: Engine) {
    let life = drawn(engine, |_| ());
    let admin = crate::support::staff::sign_in(&life.app, "陳館員");
    for _ in 0..5 {
        assert_eq!(export(&admin, &life).status, Status::Ok);
    }
    assert_eq!(look(&life.app), 0, "five in an hour are a day's work");
    assert_eq!(export(&admin, &life).status, Status::Ok);
    assert_eq!(look(&life.app), 1);

    let page = admin.get("/admin/security");
    assert_eq!(page.status, Status::SeeOther, "signed out");
    let other = colleague(&life.app, "林主任", &[Role::Admin]);
    let refused = export(&other, &life);
    assert_eq!(refused.status, Status::Forbidden);
    assert!(
        refused.html.contains("暫時不能開啟或匯出個資"),
        "{}",
        refused.text("main")
    );
    let text = other.get("/admin/security").text("main");
    assert!(
        text.contains("個資暫停開啟") && text.contains("陳館員"),
        "{text}"
    );
    let incidents = other.get("/admin/incidents").text("main");
    assert!(incidents.contains("一個帳號接連匯出個資"));
    // A privacy officer reads and lifts nothing.
    let officer = colleague(&life.app, "個資保護林", &[Role::PrivacyOfficer]);
    assert!(!officer.get("/admin/security").html.contains("/lift\""));

    for _ in 0..2 {
        let page = other.get("/admin/security");
        let action = first_lift(&page);
        let field = action.replace("/admin/security/", "reason-");
        let field = field.trim_end_matches("/lift");
        let done = other.send(&page, &action, &[(field, "年度盤點，已確認")]);
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    }
    assert_eq!(export(&other, &life).status, Status::Ok);
    crate::support::staff::sign_in(&life.app, "陳館員");
}

/// The locks that hold.
fn locks(app: &TestApp) -> Vec<response::Answer> {
    let db = &app.app.db;
    let latest = db.read_now("answers", |tx| response::latest(tx, 60));
    let mut answers = latest.expect("the answers can be read");
    answers.retain(|own| own.kind == AnswerKind::Lock && own.runs(db.clock().now()));
    answers
}

/// How many lines the record has of an act.
fn times(app: &TestApp, act: &str) -> usize {
    acts(app).iter().filter(|own| *own == act).count()
}

fn the_command_that_unlocks_an_account_lifts_its_lock(engine: Engine) {
    // The command lives by the machine's clock.
    let start = Clock::system().now().to_string();
    let app = TestApp::with(engine, &start, |config| config.staff_second_factor = false);
    let admin = app.first_admin();
    colleague(&app, "林館員", &[Role::Librarian]);
    look(&app);
    let stranger = app.visitor();
    for _ in 0..5 {
        try_passphrase(&stranger, "林館員", "not the passphrase");
    }
    assert_eq!(look(&app), 1);
    let config = &app.app.config;
    let unlock = |name: &str, reason: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
            .args(["staff", "unlock", name, "--reason", reason])
            .env("FAIRDRAW_DATA", config.data())
            .env("FAIRDRAW_KEYS", config.keys())
            .env("FAIRDRAW_DATABASE_URL", &config.database_url)
            .env("ROCKET_APP", format!("{{site=\"{}\"}}", config.site))
            .output();
        let output = output.expect("the program runs");
        let (out, err) = (&output.stdout, &output.stderr);
        let words = String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err);
        (output.status.success(), words)
    };
    let (done, words) = unlock("林館員", " ");
    assert!(!done && words.contains("--reason"), "{words}");
    let (done, words) = unlock("沒有這個人", "本人當面確認");
    assert!(
        !done && words.contains("no account of that name"),
        "{words}"
    );
    assert_eq!(locks(&app).len(), 1, "nothing was done");
    let refused = try_passphrase(&stranger, "林館員", PASSPHRASE);
    assert_ne!(refused.status, Status::SeeOther);
    let (done, words) = unlock("林館員", "本人當面確認");
    assert!(done && words.contains("can sign in"), "{words}");
    let inside = try_passphrase(&stranger, "林館員", PASSPHRASE);
    assert_eq!(inside.status, Status::SeeOther, "{}", inside.mistakes());
    assert_eq!(locks(&app), [], "nothing is shown that does not hold");
    let text = admin.get("/admin/security").text("main");
    assert!(
        text.contains("由 操作主機的人員 解除：本人當面確認"),
        "{text}"
    );
    assert_eq!(times(&app, "response.lifted"), 1);
    assert_eq!(times(&app, "staff.unlocked"), 1);
}

fn whoever_locks_an_account_out_does_not_cover_what_is_taken_out_of_it(engine: Engine) {
    let life = drawn(engine, |_| ());
    let admin = crate::support::staff::sign_in(&life.app, "陳館員");
    let stranger = life.app.visitor();
    for _ in 0..5 {
        try_passphrase(&stranger, "陳館員", "not the passphrase");
    }
    assert_eq!(look(&life.app), 1);
    assert_eq!(locks(&life.app).len(), 1);
    // Whoever is in goes on working, and is still looked at.
    for _ in 0..6 {
        assert_eq!(export(&admin, &life).status, Status::Ok);
    }
    assert_eq!(look(&life.app), 1);
    let both = locks(&life.app);
    let hour = life.app.app.db.clock().now().plus(HOUR);
    let is_long = |own: &&response::Answer| own.until.is_some_and(|until| until > hour);
    assert_eq!((both.len(), both.iter().filter(is_long).count()), (2, 1));
    assert_eq!(admin.get("/admin").status, Status::SeeOther, "signed out");

    // Lifting a lock ends every lock of the account, each with its line.
    let other = colleague(&life.app, "林主任", &[Role::Admin]);
    let page = other.get("/admin/security");
    let lift = format!("/admin/security/{}/lift", both[0].id);
    let field = format!("reason-{}", both[0].id);
    let done = other.send(&page, &lift, &[(&field, "本人當面確認")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert_eq!(times(&life.app, "response.lifted"), 2);
    assert_eq!(locks(&life.app), []);
    let inside = try_passphrase(&stranger, "陳館員", PASSPHRASE);
    assert_eq!(inside.status, Status::SeeOther, "{}", inside.mistakes());
}

fn openings_at_night_stop_every_opening(engine: Engine) {
    let life = drawn(engine, |config| {
        config.watch.exports = 0;
        config.watch.night_openings = 3;
    });
    let admin = crate::support::staff::sign_in(&life.app, "陳館員");
    for _ in 0..3 {
        assert_eq!(export(&admin, &life).status, Status::Ok);
    }
    assert_eq!(look(&life.app), 0, "by day it is work");
    let now = life.app.app.db.clock().now();
    life.app.go_to(now.plus(14 * HOUR));
    let admin = crate::support::staff::sign_in(&life.app, "陳館員");
    for _ in 0..2 {
        assert_eq!(export(&admin, &life).status, Status::Ok);
    }
    assert_eq!(look(&life.app), 0);
    assert_eq!(export(&admin, &life).status, Status::Ok);
    assert_eq!(look(&life.app), 1);
    assert_eq!(export(&admin, &life).status, Status::Forbidden);
    assert_eq!(admin.get("/admin/security").status, Status::Ok);
}

fn a_network_that_tries_codes_is_blocked_and_what_was_typed_is_kept(engine: Engine) {
    let life = Life::published(engine, behind_a_proxy);
    let edge = EdgeServer::start(&life.app.app, |_| ());
    let (bad, good) = (
        from(&edge, "2001:db8:1:100::7"),
        from(&edge, "198.51.100.7"),
    );
    let guesser = Person::at(&bad);
    let code = |person: &Person<'_>, code: &str| {
        person.post_once("/entry", &[("code".to_owned(), code.to_owned())])
    };
    for number in 0..60 {
        code(&guesser, &format!("0000 0000 0000 0000 {number:04} X"));
    }
    assert_eq!(look(&life.app), 1);
    let refused = code(&guesser, "7KQ2 0000");
    assert_eq!(refused.status, Status::TooManyRequests);
    let kept = refused.form("/entry");
    assert_eq!(kept, [("code".to_owned(), "7KQ2 0000".to_owned())]);
    let english = guesser.post_once("/en/entry", &[("code".to_owned(), "7KQ2".to_owned())]);
    assert!(english.html.contains("This network cannot send forms"));
    assert_eq!(
        code(&Person::at(&good), "7KQ2 0000").status,
        Status::UnprocessableEntity
    );
}

/// The form of an entry with the field filled that people do not see.
fn like_a_program(life: &Life, person: &Person<'_>) -> Answer {
    let base = "/a/summer-2024/enter";
    let mut fields = Patron::number(7).form(&life.question);
    let page = person.get(base);
    let token = page
        .form(base)
        .into_iter()
        .find(|(name, _)| name == "token");
    fields.extend(token);
    fields.push(("website".to_owned(), "https://spam.example".to_owned()));
    person.post_once(base, &fields)
}

fn forms_of_programs_slow_their_network_and_many_of_them_everybody(engine: Engine) {
    let life = Life::published(engine, |config| {
        behind_a_proxy(config);
        config.watch.robots = 4;
        config.watch.rush = 12;
    });
    let edge = EdgeServer::start(&life.app.app, |_| ());
    let watch = &life.app.app.watch;
    let near = |address: &str| Near::of(address.parse().expect("an address"));
    let door = from(&edge, "203.0.113.7");
    let program = Person::at(&door);
    let trapped = like_a_program(&life, &program);
    assert_eq!(trapped.status, Status::UnprocessableEntity);
    assert!(trapped.html.contains("請讓這一格保持空白"));
    like_a_program(&life, &program);
    look(&life.app);
    assert!(
        watch.is_pressed(near("203.0.113.7")),
        "each counts as hasty too"
    );
    assert!(!watch.is_pressed(near("198.51.100.7")));
    for number in 1..9 {
        let door = from(&edge, &format!("203.0.{number}.1"));
        like_a_program(&life, &Person::at(&door));
    }
    look(&life.app);
    assert!(watch.is_pressed(near("198.51.100.7")), "everybody");
    let admin = life.staff();
    assert!(admin.get("/admin/security").html.contains("所有表單放慢"));
    life.app.app.db.clock().advance(31 * MINUTE);
    look(&life.app);
    assert!(!watch.is_pressed(near("203.0.113.7")), "it ends by itself");
}

fn under_pressure_a_browser_works_a_moment_and_a_person_without_script_waits(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let clock = life.app.app.db.clock();
    let check = "/a/summer-2024/check";
    // Nobody meets any of it on an ordinary day.
    let visitor = life.app.visitor();
    let page = life.check_page(&visitor, &Patron::number(1), &[]);
    assert!(!page.html.contains("work.mjs") && !page.html.contains("name=\"work\""));
    life.app.app.watch.hold(Held {
        pressed: Some(clock.now().plus(30 * MINUTE)),
        ..Held::default()
    });

    // A page from before the pressure, whose person pressed at once: nothing is lost.
    let early = visitor.send(&page, check, &[]);
    assert_eq!(early.status, Status::TooManyRequests);
    assert!(
        early.text("main").contains("請等 21 秒"),
        "{}",
        early.text("main")
    );
    assert!(early.html.contains(&Patron::number(1).phone[..4]));
    clock.advance(21 * SECOND);
    let taken = visitor.send(&early, check, &[]);
    assert_eq!(taken.status, Status::SeeOther, "{}", taken.mistakes());
    assert_eq!(visitor.get(&taken.location).status, Status::Ok);

    // A browser that worked goes on at once; with a number of another page it waits.
    let browser = life.app.visitor();
    let page = life.check_page(&browser, &Patron::number(2), &[]);
    assert!(page.html.contains("work.mjs"));
    let fields = page.form(check);
    let token = fields.iter().find(|(name, _)| name == "token");
    let (_, token) = token.expect("a token");
    let done = (0_u64..)
        .map(|number| number.to_string())
        .find(|number| work::is_done(token, number));
    let done = done.expect("there is always one");
    let other = life.app.visitor();
    let others = life.check_page(&other, &Patron::number(3), &[]);
    let refused = other.send(&others, check, &[("work", &done)]);
    assert_eq!(refused.status, Status::TooManyRequests);
    let taken = browser.send(&page, check, &[("work", &done)]);
    assert_eq!(taken.status, Status::SeeOther, "{}", taken.mistakes());
    let again = browser.send(&page, check, &[("work", &done)]);
    assert_eq!(again.location, taken.location, "one entry");
}

fn forms_that_come_back_too_fast_are_asked_for_again_and_keep_everything(engine: Engine) {
    let app = site(engine, |_| ());
    let admin = app.first_admin();
    let topics = "/staff/newsletters/topics";
    let topic = [
        ("topic", ""),
        ("do", "save"),
        ("name_zh", "新書"),
        ("name_en", "New books"),
    ];
    let made = admin.send(&admin.get(topics), topics, &topic);
    assert_eq!(made.status, Status::SeeOther, "{}", made.mistakes());
    let edge = EdgeServer::start(&app.app, |_| ());
    let door = from(&edge, "203.0.113.7");
    let person = Person::at(&door);
    let words = "這個網路短時間內送出很多份表單";
    for path in ["/feedback", "/newsletter"] {
        let field = if path == "/feedback" { "text" } else { "email" };
        let send = |page: &Answer| person.send(page, path, &[(field, "寫到一半")]);
        let mut page = person.get(path);
        let mut sent = 0;
        while !page.html.contains(words) {
            page = send(&page);
            sent += 1;
            // On a slow machine some tries come back meanwhile.
            assert!(sent < 200, "{path}");
        }
        assert!(sent > 60, "practised hands are no programs");
        assert_eq!(page.status, Status::UnprocessableEntity);
        assert!(page.html.contains(words) && page.html.contains("寫到一半"));
        app.app.db.clock().advance(3 * SECOND);
        page = send(&page);
        assert!(!page.html.contains(words), "nobody is refused for good");
    }
    let page = person.get("/feedback");
    app.app.db.clock().advance(3 * SECOND);
    let trapped = person.send(&page, "/feedback", &[("website", "x")]);
    assert!(trapped.html.contains("請讓這一格保持空白"));
    look(&app);
    let page = admin.get("/admin/security");
    let rows = page.texts("tbody tr");
    let trap = rows.iter().find(|row| row.contains("看不見的欄位"));
    assert!(trap.is_some_and(|row| row.contains('1')), "{rows:?}");
}

fn the_librarys_own_network_is_never_blocked(engine: Engine) {
    let app = site(engine, |config| {
        config.watch.library_networks = vec![network("192.0.2.0/25")];
        config.watch.passphrases = 5;
    });
    drop(app.first_admin());
    let edge = EdgeServer::start(&app.app, |_| ());
    for address in ["192.0.2.9", "127.0.0.1"] {
        let own = from(&edge, address);
        let person = Person::at(&own);
        for number in 0..12 {
            try_passphrase(&person, &format!("館員{number}"), "let me in now");
        }
        look(&app);
        let inside = try_passphrase(&person, "陳館員", PASSPHRASE);
        assert_eq!(inside.status, Status::SeeOther, "{address}");
    }
}

fn forms_of_other_sites_requests_turned_away_and_reports_are_told(engine: Engine) {
    let app = site(engine, |config| {
        config.watch.other_sites = 3;
        config.watch.refused = 3;
        config.watch.scripts = 3;
    });
    let admin = app.first_admin();
    let edge = EdgeServer::start(&app.app, |_| ());
    let door = from(&edge, "203.0.113.7");
    let send = |path: &str, site: &str, kind: &str, body: &[u8]| {
        let asked = Asked {
            method: Method::Post,
            path,
            headers: vec![
                ("Content-Type", kind.to_owned()),
                ("Sec-Fetch-Site", site.to_owned()),
            ],
            cookies: Vec::new(),
            body: body.to_vec(),
        };
        door.ask(asked).status
    };
    let form = "application/x-www-form-urlencoded";
    let report = "application/csp-report";
    for _ in 0..2 {
        assert_eq!(send("/entry", "cross-site", form, b"code=x"), 403);
        assert_eq!(send("/csp-report", "same-origin", report, b"{}"), 204);
    }
    // Too long to be a report, and nothing at all.
    send("/csp-report", "same-origin", report, &[b'x'; 9_000]);
    send("/csp-report", "same-origin", report, b"");
    assert_eq!(look(&app), 0);
    assert_eq!(send("/entry", "cross-site", form, b"code=x"), 403);
    assert_eq!(send("/csp-report", "same-origin", report, b"{}"), 204);
    assert_eq!(look(&app), 2);
    for _ in 0..3 {
        assert_eq!(
            send("/newsletter", "same-origin", form, &[b'x'; 70_000]),
            413
        );
    }
    assert_eq!(look(&app), 1);
    let text = admin.get("/admin/security").text("main");
    for words in ["別的網站往這裡送表單", "瀏覽器回報", "送不合規定的請求"] {
        assert!(text.contains(words), "{text}");
    }
    let page = app.visitor().get("/");
    assert_eq!(page.status, Status::Ok);
}

fn every_instance_holds_to_what_one_of_them_answered(engine: Engine) {
    let app = site(engine, |config| config.watch.passphrases = 3);
    let here = &app.app;
    let watch = Watch::new(here.db.clock(), Vec::new());
    let other = Guardian::new(&here.db, &here.vault, &here.config, &watch);
    let near = Near::of("203.0.113.7".parse().expect("an address"));
    let sign = fairdraw::platform::watch::Sign::SignIn;
    here.watch.notice(sign, near);
    here.watch.notice(sign, near);
    look(&app);
    watch.notice(sign, near);
    assert_eq!(
        other.look().expect("the look is made"),
        1,
        "counted together"
    );
    assert!(watch.blocked(near).is_some());
    assert_eq!(look(&app), 0);
    assert!(here.watch.blocked(near).is_some(), "and held by both");
    here.db.clock().advance(29 * MINUTE + 59 * SECOND);
    assert!(here.watch.blocked(near).is_some());
    here.db.clock().advance(SECOND);
    assert!(here.watch.blocked(near).is_none());
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

fn count(app: &TestApp, query: &str) -> i64 {
    let found = app.app.db.read_now("count", |tx| {
        Ok::<_, db::Error>(diesel::sql_query(query).get_result::<Count>(tx.conn())?)
    });
    found.expect("a count").n
}

fn after_a_week_no_network_can_be_recognised(engine: Engine) {
    let app = site(engine, |config| config.watch.passphrases = 3);
    let near = Near::of("203.0.113.7".parse().expect("an address"));
    for _ in 0..3 {
        app.app
            .watch
            .notice(fairdraw::platform::watch::Sign::SignIn, near);
    }
    assert_eq!(look(&app), 1);
    let tags = "SELECT COUNT(*) AS n FROM attack_answers WHERE about <> ''";
    let rows = "SELECT COUNT(*) AS n FROM attack_signs";
    let keys = "SELECT COUNT(*) AS n FROM vault_scopes WHERE scope LIKE '%networks%' AND erased_at IS NULL";
    assert_eq!(
        [tags, rows, keys].map(|query| count(&app, query)),
        [1, 1, 1]
    );
    let now = app.app.db.clock().now();
    app.go_to(now.plus(15 * DAY));
    assert_eq!(
        [tags, rows, keys].map(|query| count(&app, query)),
        [0, 0, 0]
    );
    assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM attack_answers"), 1);
    app.go_to(now.plus(190 * DAY));
    assert_eq!(count(&app, "SELECT COUNT(*) AS n FROM attack_answers"), 0);
}
