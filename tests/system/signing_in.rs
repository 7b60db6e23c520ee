//! How people who work at the library come in, stay in and go out.

use fairdraw::account::name::StaffName;
use fairdraw::account::passphrase::{self, Passphrase};
use fairdraw::account::{self, Role, setup};
use fairdraw::audit::{self, Filter};
use fairdraw::platform::clock::{Clock, HOUR, MINUTE, Timestamp};
use fairdraw::platform::db::Db;
use rocket::http::Status;

use crate::support::app::TestApp;
use crate::support::browser::{Answer, Browser};
use crate::support::{Engine, TestDatabase, staff};

on_both! {
    the_setup_link_lets_the_first_admin_in_once,
    the_setup_link_of_an_earlier_start_or_day_is_over,
    a_weak_or_mistyped_passphrase_is_asked_again,
    five_wrong_passphrases_lock_the_account_for_a_quarter_of_an_hour,
    an_unknown_name_gets_the_same_answer_as_a_wrong_passphrase,
    one_network_runs_out_of_tries,
    the_session_cookie_is_kept_from_scripts_and_other_sites,
    signing_in_gives_a_new_session_and_ends_the_earlier_one,
    an_idle_session_ends_and_leads_back_to_the_page,
    a_session_in_use_ends_after_eight_hours,
    nobody_is_led_to_another_site_after_signing_in,
    a_browser_that_refuses_cookies_is_told_so_on_the_sign_in_page,
    signing_out_ends_the_session_and_not_only_the_cookie,
    changing_the_passphrase_signs_out_elsewhere,
}

pub const PASSPHRASE: &str = "借書證 在 舊大衣 的 口袋裡";

/// A site with one admin, 林主任, and one librarian, 陳館員.
pub struct Library {
    pub clock: Clock,
    pub db: Db,
    _database: TestDatabase,
}

impl Library {
    pub fn empty(engine: Engine) -> Library {
        let clock = Clock::standing_at(Timestamp::from_unix(1_790_000_000));
        let database = TestDatabase::fresh(engine);
        let db = database.open(&clock);
        Library {
            clock,
            db,
            _database: database,
        }
    }

    pub fn staffed(engine: Engine) -> Library {
        let library = Library::empty(engine);
        library.employ("林主任", Role::Admin);
        library.employ("陳館員", Role::Librarian);
        library
    }

    /// Makes an account and answers with its id.
    pub fn employ(&self, name: &str, role: Role) -> String {
        let name = StaffName::parse(name).expect("a name");
        let chosen = Passphrase::parse(PASSPHRASE, &name).expect("a passphrase");
        let hash = passphrase::hash(&chosen);
        self.db
            .write_now("employ", |tx| {
                account::create_staff(tx, &name, &hash, &[role])
            })
            .expect("the account is made")
            .to_string()
    }

    /// A browser in which somebody has signed in.
    pub fn signed_in(&self, name: &str) -> Browser {
        let browser = Browser::on(&self.db);
        let answer = browser.sign_in(name, PASSPHRASE);
        assert_eq!(answer.location.as_deref(), Some("/staff"));
        browser
    }

    /// The acts in the record, the oldest first.
    pub fn acts(&self) -> Vec<String> {
        let listing = self
            .db
            .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1))
            .expect("the record can be read");
        let newest_first = listing.records.into_iter();
        newest_first.rev().map(|record| record.act).collect()
    }
}

fn setup_fields<'a>(name: &'a str, passphrase: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("name", name),
        ("passphrase", passphrase),
        ("passphrase_again", passphrase),
    ]
}

pub fn led_to_sign_in(answer: &Answer) -> bool {
    answer.status == Status::SeeOther
        && answer
            .location
            .as_deref()
            .is_some_and(|location| location.starts_with("/staff/sign-in"))
}

fn the_setup_link_lets_the_first_admin_in_once(engine: Engine) {
    let library = Library::empty(engine);
    let link = setup::first_link(&library.db).expect("a link can be made");
    let link = link.expect("there is no admin yet");

    let browser = Browser::on(&library.db);
    let page = browser.open(&link);
    assert_eq!(page.status, Status::Ok);
    assert!(page.text.contains("設定第一位系統管理員"));

    let done = browser.send(&link, &setup_fields("林主任", PASSPHRASE));
    assert_eq!(done.location.as_deref(), Some("/admin"));
    assert!(browser.open("/admin").text.contains("林主任"));

    let somebody = Browser::on(&library.db);
    assert_eq!(somebody.open(&link).status, Status::Gone);
    let again = somebody.send(&link, &setup_fields("別人", PASSPHRASE));
    assert_eq!(again.status, Status::Gone);
    assert!(again.text.contains("已經用過"));
    let refused = somebody.sign_in("別人", PASSPHRASE);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    let no_more = setup::first_link(&library.db).expect("the question can be answered");
    assert_eq!(no_more, None);
    assert_eq!(library.acts(), ["staff.setup_link_made", "staff.set_up"]);
}

fn the_setup_link_of_an_earlier_start_or_day_is_over(engine: Engine) {
    let library = Library::empty(engine);
    let start = || {
        let link = setup::first_link(&library.db).expect("a link can be made");
        link.expect("there is no admin yet")
    };
    let first = start();
    let second = start();
    let browser = Browser::on(&library.db);
    assert_eq!(browser.open(&first).status, Status::Gone);
    assert_eq!(browser.open(&second).status, Status::Ok);

    library.clock.advance(24 * HOUR);
    assert_eq!(browser.open(&second).status, Status::Gone);
    assert_eq!(
        browser.open("/staff/setup/not-a-token").status,
        Status::Gone
    );
}

fn a_weak_or_mistyped_passphrase_is_asked_again(engine: Engine) {
    let library = Library::empty(engine);
    let link = setup::first_link(&library.db).expect("a link can be made");
    let link = link.expect("there is no admin yet");
    let browser = Browser::on(&library.db);

    let check = |name: &str, passphrase: &str, again: &str, words: &str| {
        let fields = [
            ("name", name),
            ("passphrase", passphrase),
            ("passphrase_again", again),
        ];
        let page = browser.send(&link, &fields);
        assert_eq!(page.status, Status::UnprocessableEntity, "{words}");
        assert!(page.text.contains(words), "{words}");
        assert!(page.text.contains("錯誤："), "{words}");
        // What was typed as a secret does not come back in the page.
        assert!(
            name == passphrase || !page.text.contains(passphrase),
            "{words}"
        );
    };
    check("", PASSPHRASE, PASSPHRASE, "請輸入登入名稱");
    check("林主任", "太短", "太短", "通行密語請至少輸入 12 個字元");
    check(
        "林主任",
        "password1234",
        "password1234",
        "這個通行密語太常見",
    );
    check("林主任", PASSPHRASE, "別的", "兩次輸入的通行密語不一樣");
    let long_name = "Chen Mei-Ling Library";
    check(long_name, long_name, long_name, "請不要和登入名稱相同");

    let done = browser.send(&link, &setup_fields("林主任", PASSPHRASE));
    assert_eq!(done.status, Status::SeeOther);
}

fn five_wrong_passphrases_lock_the_account_for_a_quarter_of_an_hour(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = Browser::on(&library.db);
    for _ in 0..4 {
        let refused = browser.sign_in("陳館員", "不是這一句通行密語");
        assert_eq!(refused.status, Status::UnprocessableEntity);
    }
    let kept = browser.sign_in("陳館員", PASSPHRASE);
    assert_eq!(kept.status, Status::SeeOther, "four are not five");

    let other = Browser::on(&library.db);
    for _ in 0..5 {
        other.sign_in("陳館員", "不是這一句通行密語");
    }
    let locked = other.sign_in("陳館員", PASSPHRASE);
    assert_eq!(locked.status, Status::UnprocessableEntity);
    assert!(locked.text.contains("鎖定 15 分鐘"));
    assert!(library.acts().contains(&"staff.locked".to_owned()));
    assert_eq!(other.sign_in("林主任", PASSPHRASE).status, Status::SeeOther);

    library.clock.advance(15 * MINUTE);
    let patient = Browser::on(&library.db);
    assert_eq!(
        patient.sign_in("陳館員", PASSPHRASE).status,
        Status::SeeOther
    );
}

fn an_unknown_name_gets_the_same_answer_as_a_wrong_passphrase(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = Browser::on(&library.db);
    let unknown = browser.sign_in("張館員", PASSPHRASE);
    let wrong = browser.sign_in("陳館員", "不是這一句通行密語");
    assert_eq!(unknown.status, wrong.status);
    assert_eq!(
        unknown.text.replace("張館員", ""),
        wrong.text.replace("陳館員", "")
    );
    assert!(unknown.cookies.is_empty() && wrong.cookies.is_empty());
}

fn one_network_runs_out_of_tries(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = Browser::on(&library.db);
    // A link that is none costs a try and no computing, so the tries do not come back meanwhile.
    let guess = || browser.send("/staff/setup/guessed", &[]).status;
    assert_eq!(guess(), Status::Gone);
    let tries = (0..60).take_while(|_| guess() == Status::Gone).count();
    assert!((29..60).contains(&tries), "{tries}");
    let refused = browser.sign_in("林主任", PASSPHRASE);
    assert_eq!(refused.status, Status::TooManyRequests);
    assert!(refused.text.contains("後再試"));
}

fn the_session_cookie_is_kept_from_scripts_and_other_sites(engine: Engine) {
    let library = Library::staffed(engine);
    let check = |browser: &Browser, start: &str, secure: bool| {
        let cookies = browser.sign_in("林主任", PASSPHRASE).cookies;
        assert_eq!(cookies.len(), 1);
        let cookie = &cookies[0];
        assert!(cookie.starts_with(start), "{start}");
        assert!(cookie.contains("; HttpOnly"));
        assert!(cookie.contains("; SameSite=Strict"));
        assert!(cookie.contains("; Path=/"));
        assert!(!cookie.contains("Domain") && !cookie.contains("Expires"));
        assert_eq!(cookie.contains("; Secure"), secure);
    };
    let plain = Browser::on(&library.db);
    check(&plain, "s=", false);
    let public = Browser::at(&library.db, Some("https://draw.lib.example.tw"));
    check(&public, "__Host-s=", true);
}

fn signing_in_gives_a_new_session_and_ends_the_earlier_one(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = library.signed_in("陳館員");
    let earlier = browser.cookie("s").expect("signed in");
    browser.sign_in("陳館員", PASSPHRASE);
    assert_ne!(browser.cookie("s"), Some(earlier.clone()));

    let thief = Browser::on(&library.db);
    thief.hold_cookie("s", &earlier);
    assert!(led_to_sign_in(&thief.open("/staff/account")));
    assert_eq!(browser.open("/staff/account").status, Status::Ok);
}

fn an_idle_session_ends_and_leads_back_to_the_page(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = library.signed_in("林主任");
    library.clock.advance(29 * MINUTE);
    assert_eq!(browser.open("/en/admin/audit?page=1").status, Status::Ok);
    library.clock.advance(29 * MINUTE);
    assert_eq!(browser.open("/en/admin/audit?page=1").status, Status::Ok);

    library.clock.advance(30 * MINUTE);
    let ended = browser.open("/en/admin/audit?page=1");
    let sign_in = ended.location.expect("led to the sign-in page");
    assert!(sign_in.starts_with("/en/staff/sign-in?"));
    let page = browser.open(&sign_in);
    assert!(page.text.contains("You were away for a while"));
    assert!(page.text.contains(r#"value="/en/admin/audit?page=1""#));

    let fields = [
        ("name", "林主任"),
        ("passphrase", PASSPHRASE),
        ("next", "/en/admin/audit?page=1"),
    ];
    let back = browser.send("/en/staff/sign-in", &fields);
    assert_eq!(back.location.as_deref(), Some("/en/admin/audit?page=1"));
}

fn a_session_in_use_ends_after_eight_hours(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = library.signed_in("陳館員");
    for _ in 0..23 {
        library.clock.advance(20 * MINUTE);
        assert_eq!(browser.open("/staff/account").status, Status::Ok);
    }
    library.clock.advance(20 * MINUTE);
    assert!(led_to_sign_in(&browser.open("/staff/account")));
    let unsent = browser.send("/staff/account/end-others", &[]);
    let page = browser.open(&unsent.location.expect("led to the sign-in page"));
    assert!(page.text.contains("沒有送出"));
}

fn nobody_is_led_to_another_site_after_signing_in(engine: Engine) {
    let library = Library::staffed(engine);
    for next in [
        "https://evil.example/staff",
        "//evil.example",
        "/\\evil.example",
    ] {
        let browser = Browser::on(&library.db);
        let fields = [
            ("name", "林主任"),
            ("passphrase", PASSPHRASE),
            ("next", next),
        ];
        let answer = browser.send("/staff/sign-in", &fields);
        assert_eq!(answer.location.as_deref(), Some("/staff"), "{next}");
    }
}

fn a_browser_that_refuses_cookies_is_told_so_on_the_sign_in_page(engine: Engine) {
    let app = TestApp::with(engine, "2024-07-01T09:00:00+08:00", |config| {
        config.staff_second_factor = false;
    });
    drop(app.first_admin());
    for (language, told, next) in [
        ("", "沒有送回本網站剛才給的 Cookie", "記住您已經登入"),
        ("/en", "did not send back the cookie", "keeps you signed in"),
    ] {
        let form = format!("{language}/staff/sign-in");
        let fields = [("name", "陳館員"), ("passphrase", staff::PASSPHRASE)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let sent = app.visitor().post_once(&form, &fields);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        // A browser without the cookie, which names the page from which it was led on.
        let from = format!("https://draw.lib.example.tw{form}?next=%2Fstaff");
        let refuses = app.visitor().saying("Referer", &from);
        let led = refuses.get(&sent.location);
        let page = refuses.get(&led.location);
        assert_eq!(page.status, Status::Ok, "{}", led.location);
        let text = page.text("main");
        assert!(text.contains(told) && text.contains(next), "{text}");
        assert!(page.links().contains(&format!("{language}/cookies")));
        let is_set = |(name, _): &(String, String)| name.eq_ignore_ascii_case("set-cookie");
        assert!(
            !page.headers.iter().any(is_set),
            "no cookie is set to find out"
        );
        // The page has no link by which one who is not signed in would be told the same.
        assert!(!page.links().contains(&format!("{language}/staff")));
        // Whoever comes by an address is not told so.
        let led = app.visitor().get(&sent.location);
        let page = app.visitor().get(&led.location);
        assert!(!page.text("main").contains("ookie"), "{}", led.location);
    }
}

fn signing_out_ends_the_session_and_not_only_the_cookie(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = library.signed_in("陳館員");
    let token = browser.cookie("s").expect("signed in");
    let out = browser.send("/staff/sign-out", &[]);
    assert!(led_to_sign_in(&out));
    assert!(out.cookies[0].contains("Max-Age=0"));

    let thief = Browser::on(&library.db);
    thief.hold_cookie("s", &token);
    assert!(led_to_sign_in(&thief.open("/staff/account")));
    assert_eq!(
        library.acts().last().map(String::as_str),
        Some("staff.signed_out")
    );
}

fn changing_the_passphrase_signs_out_elsewhere(engine: Engine) {
    let library = Library::staffed(engine);
    let desk = library.signed_in("陳館員");
    let home = library.signed_in("陳館員");
    assert!(home.open("/staff/account").text.contains("其他裝置"));
    let new = "新的一句話 沒有人 猜得到";
    let fields = |present| {
        [
            ("present", present),
            ("passphrase", new),
            ("passphrase_again", new),
        ]
    };
    let refused = home.send("/staff/account/passphrase", &fields("不是這一句通行密語"));
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.text.contains("現在的通行密語不符"));

    let before = home.cookie("s");
    let done = home.send("/staff/account/passphrase", &fields(PASSPHRASE));
    assert_eq!(done.status, Status::SeeOther);
    assert_ne!(home.cookie("s"), before);
    assert_eq!(home.open("/staff/account").status, Status::Ok);
    assert!(led_to_sign_in(&desk.open("/staff/account")));
    let other = Browser::on(&library.db);
    assert_eq!(
        other.sign_in("陳館員", PASSPHRASE).status,
        Status::UnprocessableEntity
    );
    assert_eq!(other.sign_in("陳館員", new).status, Status::SeeOther);
}
