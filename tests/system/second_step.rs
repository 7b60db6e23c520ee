//! How staff show with their telephone that it is them, and what happens when it is lost.

use data_encoding::BASE32_NOPAD;
use fairdraw::account::{self, Role, factor};
use fairdraw::audit::{self, Actor, Filter};
use fairdraw::platform::clock::{MINUTE, SECOND, Timestamp};
use fairdraw::vault::Vault;
use rocket::http::{Method, Status};
use totp_rs::{Algorithm, Builder, Totp};

use crate::signing_in::{self, Library, led_to_sign_in};
use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::browser::Browser;
use crate::support::staff::PASSPHRASE;

on_both! {
    a_new_colleague_sets_a_telephone_up_before_anything_else,
    a_code_opens_the_door_once,
    a_code_from_the_last_half_minute_still_fits,
    five_wrong_codes_lock_the_account,
    a_right_passphrase_does_not_forget_wrong_codes,
    nobody_reaches_a_staff_page_without_the_second_step,
    a_session_of_before_ends_when_the_second_step_is_asked_for,
    a_page_that_lay_open_too_long_begins_anew,
    a_recovery_code_works_once,
    an_admin_resets_the_second_step_of_another_and_it_is_on_record,
    a_new_link_for_the_passphrase_is_no_way_around_the_code,
    a_copy_of_the_database_gives_no_code,
    who_waited_too_long_confirms_and_nothing_typed_is_lost,
    a_site_without_the_second_step_confirms_with_the_passphrase,
    a_new_telephone_takes_the_place_of_the_old_one,
    a_person_ends_one_of_the_own_sessions,
}

const START: &str = "2026-11-23T09:00:05+08:00";

/// A site that asks for the second step.
pub fn site(engine: Engine) -> TestApp {
    TestApp::with(engine, START, |config| config.staff_second_factor = true)
}

/// A telephone with an authenticator.
pub struct Telephone(Totp);

impl Telephone {
    /// Takes the secret from the page that shows it, as text.
    pub fn set_up(page: &Answer) -> Telephone {
        let shown = page.text("#factor-secret").replace(' ', "");
        let secret = BASE32_NOPAD.decode(shown.as_bytes()).expect("base32");
        let secret: [u8; 20] = secret.try_into().expect("160 bits");
        let codes = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_secret(secret)
            .build();
        Telephone(codes.expect("a telephone"))
    }

    /// What it shows now.
    pub fn code(&self, app: &TestApp) -> String {
        let now = app.app.db.clock().now().0 / 1_000;
        let code = self.0.generate(u64::try_from(now).expect("after 1970"));
        code.to_string()
    }

    /// What it shows when it has changed: a code is taken once.
    pub fn next_code(&self, app: &TestApp) -> String {
        app.app.db.clock().advance(30 * SECOND);
        self.code(app)
    }
}

/// Makes an account without a telephone.
pub fn employ(app: &TestApp, name: &str, roles: &[Role]) -> audit::StaffId {
    let staff = account::name::StaffName::parse(name).expect("a name");
    let chosen = account::passphrase::Passphrase::parse(PASSPHRASE, &staff).expect("fit");
    let hash = account::passphrase::hash(&chosen);
    let made = app.app.db.write_now("employ", |tx| {
        account::create_staff(tx, &staff, &hash, roles)
    });
    made.expect("the account is made")
}

/// Gives name and passphrase in a fresh browser; answers with what came back.
pub fn first_step<'a>(app: &'a TestApp, name: &str) -> (Person<'a>, Answer) {
    let person = app.visitor();
    let page = person.get("/staff/sign-in");
    let fields = [("name", name), ("passphrase", PASSPHRASE)];
    let came = person.send(&page, "/staff/sign-in", &fields);
    (person, came)
}

/// Sends a code from the page that asks for one.
pub fn give(person: &Person<'_>, page: &Answer, code: &str) -> Answer {
    person.send(page, "/staff/sign-in", &[("proof_code", code)])
}

/// Somebody with a telephone, signed in; and the recovery codes.
pub fn equipped<'a>(
    app: &'a TestApp,
    name: &str,
    roles: &[Role],
) -> (Person<'a>, Telephone, Vec<String>) {
    employ(app, name, roles);
    let (person, page) = first_step(app, name);
    let telephone = Telephone::set_up(&page);
    let done = give(&person, &page, &telephone.code(app));
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    (person, telephone, done.texts("#recovery-codes li"))
}

fn led_away(answer: &Answer) -> bool {
    answer.status == Status::SeeOther && answer.location.starts_with("/staff/sign-in")
}

fn acts(app: &TestApp) -> Vec<(String, String)> {
    let listing = app
        .app
        .db
        .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1));
    let records = listing.expect("the record can be read").records.into_iter();
    records.map(|one| (one.act, one.reason)).collect()
}

#[test]
fn codes_are_those_of_the_standard_and_of_one_account() {
    // RFC 6238, appendix B: the last six digits of eight.
    const STANDARD: [(i64, &str); 4] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_234_567_890, "005924"),
        (20_000_000_000, "353130"),
    ];
    let keys = tempfile::tempdir().expect("a folder");
    let vault = Vault::open(&keys.path().join("keys"), "lib.example.tw").expect("opens");
    rocket::execute(async {
        let sealed = vault.soon().seal_factor("a", b"12345678901234567890").await;
        let sealed = sealed.expect("it is sealed");
        for (seconds, code) in STANDARD {
            let at = Timestamp::from_unix(seconds);
            let step = vault.soon().check_code("a", &sealed, code, at).await;
            assert_eq!(step.expect("compared"), u64::try_from(seconds / 30).ok());
            let two_later = at.plus(60 * SECOND);
            let late = vault.soon().check_code("a", &sealed, code, two_later);
            assert_eq!(late.await.expect("compared"), None);
            let other = vault.soon().check_code("b", &sealed, code, at).await;
            assert!(
                other.is_err(),
                "a row copied to another account opens nothing"
            );
        }
    });
}

fn a_new_colleague_sets_a_telephone_up_before_anything_else(engine: Engine) {
    let app = site(engine);
    employ(&app, "陳館員", &[Role::Librarian]);
    let (person, page) = first_step(&app, "陳館員");
    assert_eq!(page.status, Status::Ok);
    assert_eq!(page.text("h1"), "設定第二步驗證");
    assert!(page.html.contains("<svg"), "a picture to scan");
    assert!(led_away(&person.get("/staff")), "nothing is open yet");

    let wrong = give(&person, &page, "000000");
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    let (shown, again) = (page.text("#factor-secret"), wrong.text("#factor-secret"));
    assert_eq!(shown, again, "the telephone need not scan again");

    let telephone = Telephone::set_up(&wrong);
    let done = give(&person, &wrong, &telephone.code(&app));
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert_eq!(done.texts("#recovery-codes li").len(), 10);
    assert_eq!(person.get("/staff").status, Status::Ok);
    let own = person.get("/staff/account");
    assert!(own.text("main").contains("剩下的備用碼"));
    assert!(!own.html.contains(&done.texts("#recovery-codes li")[0]));
    let acts: Vec<String> = acts(&app).into_iter().map(|(act, _)| act).collect();
    assert!(acts.contains(&"staff.factor_set".to_owned()), "{acts:?}");
    // The page is used up: another telephone cannot come in by it.
    let thief = app.visitor();
    let late = give(&thief, &wrong, &telephone.next_code(&app));
    assert!(led_away(&late));
}

fn a_code_opens_the_door_once(engine: Engine) {
    let app = site(engine);
    let (_, telephone, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    let (person, page) = first_step(&app, "陳館員");
    assert_eq!(page.text("h1"), "輸入驗證碼");
    let used = give(&person, &page, &telephone.code(&app));
    assert_eq!(used.status, Status::UnprocessableEntity, "by the set-up");

    let code = telephone.next_code(&app);
    let done = give(&person, &page, &code);
    assert_eq!(done.location, "/staff", "{}", done.mistakes());
    assert_eq!(person.get("/staff").status, Status::Ok);
    let (other, page) = first_step(&app, "陳館員");
    let again = give(&other, &page, &code);
    assert_eq!(again.status, Status::UnprocessableEntity);
    assert!(
        again.mistakes().contains("已經用過"),
        "{}",
        again.mistakes()
    );
    assert!(led_away(&other.get("/staff")));
}

fn a_code_from_the_last_half_minute_still_fits(engine: Engine) {
    let app = site(engine);
    let (_, telephone, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    let code = telephone.next_code(&app);
    app.app.db.clock().advance(30 * SECOND);
    let (person, page) = first_step(&app, "陳館員");
    assert_eq!(give(&person, &page, &code).location, "/staff");

    let code = telephone.next_code(&app);
    app.app.db.clock().advance(60 * SECOND);
    let (person, page) = first_step(&app, "陳館員");
    let late = give(&person, &page, &code);
    assert_eq!(late.status, Status::UnprocessableEntity);
}

fn five_wrong_codes_lock_the_account(engine: Engine) {
    let app = site(engine);
    let (_, telephone, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    let (person, page) = first_step(&app, "陳館員");
    let code = telephone.next_code(&app);
    let wrong = if code == "111111" { "222222" } else { "111111" };
    let mut said = Vec::new();
    for _ in 0..5 {
        said.push(give(&person, &page, wrong).mistakes());
    }
    let locked = give(&person, &page, &code);
    assert_eq!(locked.status, Status::UnprocessableEntity);
    said.push(locked.mistakes());
    said.dedup();
    assert_eq!(said.len(), 1, "neutral: {said:?}");
    let (_, shut) = first_step(&app, "陳館員");
    assert_eq!(
        shut.status,
        Status::UnprocessableEntity,
        "the passphrase too"
    );

    app.app.db.clock().advance(15 * MINUTE);
    let (person, page) = first_step(&app, "陳館員");
    let done = give(&person, &page, &telephone.code(&app));
    assert_eq!(done.location, "/staff", "{}", done.mistakes());
}

fn a_right_passphrase_does_not_forget_wrong_codes(engine: Engine) {
    let app = site(engine);
    equipped(&app, "陳館員", &[Role::Librarian]);
    for _ in 0..4 {
        let (person, page) = first_step(&app, "陳館員");
        give(&person, &page, "not a code");
    }
    let (person, page) = first_step(&app, "陳館員");
    assert_eq!(page.text("h1"), "輸入驗證碼", "four are not five");
    give(&person, &page, "not a code");
    let (_, shut) = first_step(&app, "陳館員");
    assert_eq!(shut.status, Status::UnprocessableEntity);
}

fn nobody_reaches_a_staff_page_without_the_second_step(engine: Engine) {
    let app = site(engine);
    equipped(&app, "陳館員", &[Role::Admin]);
    let (person, page) = first_step(&app, "陳館員");
    assert_eq!(page.header("Set-Cookie"), "", "no session yet");
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    let rocket = app.app.rocket(figment);
    let open = ["/staff/sign-in", "/staff/setup/x", "/staff/openid/back"];
    let mut walked = 0;
    for route in rocket.routes().filter(|route| route.method == Method::Get) {
        let path = route.uri.path();
        let bare = path.strip_prefix("/en").unwrap_or(path);
        let is_staff = ["/staff", "/admin"].iter().any(|area| {
            bare.strip_prefix(area)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        if !is_staff {
            continue;
        }
        let filled: Vec<&str> = path
            .split('/')
            .map(|part| if part.starts_with('<') { "x" } else { part })
            .collect();
        let filled = filled.join("/");
        if open.iter().any(|open| filled.ends_with(open)) {
            continue;
        }
        let came = person.get(&filled);
        assert_eq!(came.status, Status::SeeOther, "{filled}");
        assert!(came.location.contains("/staff/sign-in"), "{filled}");
        walked += 1;
    }
    assert!(walked > 60, "{walked}");
}

fn a_session_of_before_ends_when_the_second_step_is_asked_for(engine: Engine) {
    let library = Library::staffed(engine);
    let relaxed = library.signed_in("林主任");
    let strict = Browser::asking_twice(&library.db);
    strict.hold_cookie("s", &relaxed.cookie("s").expect("signed in"));
    assert!(led_to_sign_in(&strict.open("/admin")));
    let page = strict.sign_in("林主任", signing_in::PASSPHRASE);
    assert!(page.text.contains("設定第二步驗證"));
}

fn a_page_that_lay_open_too_long_begins_anew(engine: Engine) {
    let app = site(engine);
    let (_, telephone, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    let (person, page) = first_step(&app, "陳館員");
    app.app.db.clock().advance(factor::PAGE_LIFE + SECOND);
    let late = give(&person, &page, &telephone.code(&app));
    assert!(led_away(&late));
    assert!(person.get(&late.location).html.contains("請從頭登入一次"));
}

fn a_recovery_code_works_once(engine: Engine) {
    let app = site(engine);
    let (_, _, codes) = equipped(&app, "陳館員", &[Role::Librarian]);
    let (person, page) = first_step(&app, "陳館員");
    let done = give(&person, &page, &codes[3].to_lowercase());
    assert_eq!(done.location, "/staff/account?done=recovery");
    let own = person.get(&done.location);
    assert!(own.html.contains("這個備用碼已經失效"));
    let left = app.app.db.read_now("state", |tx| {
        let staff = account::list(tx)?[0].id.clone();
        factor::state(tx, &staff)
    });
    assert_eq!(left.expect("it is read").recovery_left, 9);

    let (other, page) = first_step(&app, "陳館員");
    let again = give(&other, &page, &codes[3]);
    assert_eq!(again.status, Status::UnprocessableEntity);
    assert_eq!(give(&other, &page, &codes[4]).status, Status::SeeOther);
    // Of another account they open nothing.
    equipped(&app, "周館員", &[Role::Librarian]);
    let (zhou, page) = first_step(&app, "周館員");
    let foreign = give(&zhou, &page, &codes[5]);
    assert_eq!(foreign.status, Status::UnprocessableEntity);
}

fn an_admin_resets_the_second_step_of_another_and_it_is_on_record(engine: Engine) {
    let app = site(engine);
    let (admin, _, _) = equipped(&app, "林主任", &[Role::Admin]);
    let (chen, telephone, codes) = equipped(&app, "陳館員", &[Role::Librarian]);
    let staff = app.app.db.read_now("staff", account::list).expect("read");
    let id = |name: &str| {
        let found = staff.iter().find(|one| one.name == name);
        found.expect("an account").id.clone()
    };
    let address = format!("/admin/staff/{}", id("陳館員"));
    let act = format!("{address}/second-step");
    let page = admin.get(&address);
    let empty = admin.send(&page, &act, &[("reason", " ")]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    let person = admin.send(&page, &act, &[("reason", "A123456789 手機遺失")]);
    assert_eq!(person.status, Status::UnprocessableEntity);
    assert_eq!(chen.get("/staff").status, Status::Ok, "nothing was done");

    let done = admin.send(&page, &act, &[("reason", "手機遺失，已當面確認")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(led_away(&chen.get("/staff")), "the sessions have ended");
    let reset = (
        "staff.factor_reset".to_owned(),
        "手機遺失，已當面確認".to_owned(),
    );
    assert!(acts(&app).contains(&reset));

    let (chen, page) = first_step(&app, "陳館員");
    assert!(page.html.contains("由系統管理員重設"), "the owner is told");
    for old in [telephone.next_code(&app), codes[0].clone()] {
        assert_ne!(give(&chen, &page, &old).status, Status::SeeOther);
    }
    assert!(led_away(&chen.get("/staff")), "old codes open nothing");
    let telephone = Telephone::set_up(&page);
    let done = give(&chen, &page, &telephone.code(&app));
    assert_eq!(done.texts("#recovery-codes li").len(), 10);
    assert_eq!(chen.get("/staff").status, Status::Ok);

    // Not the own one: whoever finds a computer open could put another telephone in its place.
    let own = format!("/admin/staff/{}/second-step", id("林主任"));
    let reason = ("reason".to_owned(), "換手機".to_owned());
    let refused = admin.post(&own, &[reason]);
    assert_eq!(refused.status, Status::Forbidden);
    // The command line does it for the last admin.
    let lin = id("林主任");
    let by_hand = app.app.db.write_now("reset", |tx| {
        factor::reset(tx, &Actor::System, &lin, "伺服器上重設")
    });
    by_hand.expect("it is reset");
    assert!(led_away(&admin.get("/admin")));
}

fn a_new_link_for_the_passphrase_is_no_way_around_the_code(engine: Engine) {
    let app = site(engine);
    let (_, telephone, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    let token = account::token::Token::fresh();
    let made = app.app.db.write_now("link", |tx| {
        let staff = account::list(tx)?[0].id.clone();
        account::renew_link(tx, &Actor::System, &staff, &token)
    });
    made.expect("a link");
    let path = account::setup::path(&token);
    let person = app.visitor();
    let page = person.get(&path);
    let new = "another umbrella in the hall";
    let fields = [("passphrase", new), ("passphrase_again", new)];
    let asked = person.send(&page, &path, &fields);
    assert_eq!(asked.text("h1"), "輸入驗證碼");
    assert!(led_away(&person.get("/staff")));
    let done = give(&person, &asked, &telephone.next_code(&app));
    assert_eq!(done.location, "/staff");
}

fn a_copy_of_the_database_gives_no_code(engine: Engine) {
    let app = site(engine);
    employ(&app, "陳館員", &[Role::Librarian]);
    let (person, page) = first_step(&app, "陳館員");
    let shown = page.text("#factor-secret").replace(' ', "");
    let secret = BASE32_NOPAD.decode(shown.as_bytes()).expect("base32");
    let telephone = Telephone::set_up(&page);
    let done = give(&person, &page, &telephone.code(&app));
    let codes = done.texts("#recovery-codes li");
    let hex = data_encoding::HEXLOWER.encode(&secret).into_bytes();
    let base32 = [shown.to_lowercase().into_bytes(), shown.into_bytes()];
    let mut needles = vec![secret, hex];
    needles.extend(base32);
    for code in codes {
        let bare = code.replace(' ', "");
        needles.push(bare.to_lowercase().into_bytes());
        needles.push(bare.into_bytes());
    }
    let mut copy = app.database.rows().into_bytes();
    for file in std::fs::read_dir(app.database.data()).expect("the folder") {
        let path = file.expect("it is read").path();
        copy.extend(std::fs::read(path).unwrap_or_default());
    }
    let name = "陳館員".as_bytes();
    assert!(
        copy.windows(name.len()).any(|found| found == name),
        "it was read"
    );
    for needle in needles {
        assert!(
            !copy.windows(needle.len()).any(|found| found == needle),
            "it is in the database"
        );
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What the confirmation page would send with this proof.
fn proven(page: &Answer, action: &str, name: &str, proof: &str) -> Vec<(String, String)> {
    let mut fields = page.form(action);
    fields.retain(|(own, _)| own != name);
    fields.push(pair(name, proof));
    fields
}

fn who_waited_too_long_confirms_and_nothing_typed_is_lost(engine: Engine) {
    const NEW: &str = "/admin/staff/new";
    let app = site(engine);
    let (admin, telephone, _) = equipped(&app, "林主任", &[Role::Admin]);
    let count = || {
        let staff = app.app.db.read_now("staff", account::list);
        staff.expect("it is read").len()
    };
    let typed = [
        pair("name", "周館員 \"<b>\""),
        pair("role", "librarian"),
        pair("role", "accountant"),
    ];
    app.app.db.clock().advance(10 * MINUTE);
    let asked = admin.post_once(NEW, &typed);
    assert_eq!(asked.status, Status::Ok);
    assert_eq!(asked.text("h1"), "請再確認一次身分");
    assert_eq!(count(), 1, "nothing was done");
    let carried = asked.form(NEW);
    assert_eq!(
        &carried[..3],
        &typed,
        "everything typed is there, in its order"
    );

    let wrong = admin.post_once(NEW, &proven(&asked, NEW, "proof_code", "not a code"));
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert_eq!(&wrong.form(NEW)[..3], &typed);
    let body = proven(&wrong, NEW, "proof_code", &telephone.next_code(&app));
    let led = admin.post_once(NEW, &body);
    assert_eq!(led.status, Status::TemporaryRedirect, "{}", led.mistakes());
    assert_eq!(led.location, NEW);
    assert!(led.header("Set-Cookie").starts_with("s="), "another token");
    assert_eq!(count(), 1);
    let done = admin.post_once(NEW, &body);
    assert!(done.html.contains("/staff/setup/"), "{}", done.mistakes());
    assert_eq!(count(), 2);
    // For ten minutes nobody asks again.
    let list = app.app.db.read_now("staff", account::list).expect("read");
    let invited = list
        .iter()
        .find(|one| one.roles.len() == 2)
        .expect("invited");
    let disable = format!("/admin/staff/{}/disable", invited.id);
    assert_eq!(admin.post_once(&disable, &[]).status, Status::SeeOther);
    app.app.db.clock().advance(10 * MINUTE);
    let enable = format!("/admin/staff/{}/enable", invited.id);
    assert_eq!(admin.post_once(&enable, &[]).text("h1"), "請再確認一次身分");

    // By itself the page leads on to where somebody was going, and to no other site.
    let page = admin.get("/staff/confirm?next=/en/admin/staff");
    let fields = proven(
        &page,
        "/staff/confirm",
        "proof_code",
        &telephone.next_code(&app),
    );
    let gone = admin.post_once("/staff/confirm", &fields);
    assert_eq!(gone.location, "/en/admin/staff");
    let away = admin.get("/staff/confirm?next=https://evil.example/staff");
    assert_eq!(away.location, "/staff");
    // Whoever lacks the role is told so, and is not asked who it is.
    let (chen, _, _) = equipped(&app, "陳館員", &[Role::Librarian]);
    app.app.db.clock().advance(10 * MINUTE);
    assert_eq!(chen.post_once(NEW, &typed).status, Status::Forbidden);
    assert_eq!(
        chen.post_once("/admin/nowhere", &[]).status,
        Status::NotFound
    );
}

fn a_site_without_the_second_step_confirms_with_the_passphrase(engine: Engine) {
    const NEW: &str = "/admin/staff/new";
    let app = TestApp::with(engine, START, |_| {});
    let admin = app.first_admin();
    app.app.db.clock().advance(10 * MINUTE);
    let typed = [pair("name", "周館員"), pair("role", "librarian")];
    let asked = admin.post_once(NEW, &typed);
    let wrong = proven(&asked, NEW, "proof_passphrase", "not this one");
    let refused = admin.post_once(NEW, &wrong);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(!refused.html.contains("not this one"));
    let right = proven(&asked, NEW, "proof_passphrase", PASSPHRASE);
    assert_eq!(admin.post_once(NEW, &right).location, NEW);
    assert!(admin.post_once(NEW, &right).html.contains("/staff/setup/"));
}

fn a_new_telephone_takes_the_place_of_the_old_one(engine: Engine) {
    const CHANGE: &str = "/staff/account/second-step";
    const RENEW: &str = "/staff/account/recovery";
    let app = site(engine);
    let (person, old, codes) = equipped(&app, "陳館員", &[Role::Librarian]);
    let renewed = person.post_once(RENEW, &[]).texts("#recovery-codes li");
    assert_eq!(renewed.len(), 10);
    let (other, page) = first_step(&app, "陳館員");
    assert_eq!(
        give(&other, &page, &codes[0]).status,
        Status::UnprocessableEntity
    );
    assert_eq!(give(&other, &page, &renewed[0]).status, Status::SeeOther);

    let page = person.post_once(CHANGE, &[]);
    let new = Telephone::set_up(&page);
    let wrong = person.send(&page, CHANGE, &[("proof_code", "000000")]);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    let done = person.send(&page, CHANGE, &[("proof_code", &new.code(&app))]);
    assert_eq!(
        done.texts("#recovery-codes li").len(),
        10,
        "{}",
        done.mistakes()
    );
    assert_eq!(person.get("/staff").status, Status::Ok);
    assert!(led_away(&other.get("/staff")), "other devices are out");
    let (again, page) = first_step(&app, "陳館員");
    let refused = give(&again, &page, &old.next_code(&app));
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(give(&again, &page, &new.code(&app)).location, "/staff");

    // An open computer is not enough for it.
    app.app.db.clock().advance(10 * MINUTE);
    for address in [CHANGE, RENEW] {
        let asked = person.post_once(address, &[]);
        assert_eq!(asked.text("h1"), "請再確認一次身分", "{address}");
    }
}

fn a_person_ends_one_of_the_own_sessions(engine: Engine) {
    let library = Library::staffed(engine);
    let desk = library.signed_in("陳館員");
    library.clock.advance(MINUTE);
    let home = library.signed_in("陳館員");
    library.clock.advance(MINUTE);
    let hall = library.signed_in("陳館員");
    let page = home.open("/staff/account").text;
    let found = page.match_indices("name=\"opened_at\" value=\"");
    let opened: Vec<&str> = found
        .filter_map(|(at, start)| page[at + start.len()..].split('"').next())
        .collect();
    assert_eq!(opened.len(), 2, "the own one is ended by signing out");
    // The newest stands first, so the last is the desk.
    let done = home.send("/staff/account/end-session", &[("opened_at", opened[1])]);
    assert_eq!(
        done.location.as_deref(),
        Some("/staff/account?done=session")
    );
    assert!(led_to_sign_in(&desk.open("/staff/account")));
    assert_eq!(hall.open("/staff/account").status, Status::Ok);
    // Somebody else's is not reached.
    let lin = library.signed_in("林主任");
    lin.send("/staff/account/end-session", &[("opened_at", opened[0])]);
    assert_eq!(hall.open("/staff/account").status, Status::Ok);
}
