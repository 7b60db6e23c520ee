//! How staff come in by the provider of their employer, and who does not.
//!
//! The provider is a real one (`oidc-provider`), on this machine; where it has to lie, one that lies.
//! The application's clock stands at the hour of the machine, because the provider goes by that.

use fairdraw::account::{self, Role};
use fairdraw::audit::{self, Filter};
use fairdraw::platform::clock::{Clock, HOUR, MINUTE};
use rocket::http::Status;
use serde_json::{Value, json};

use crate::second_step::{self, Telephone, employ};
use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::openid::{Abroad, ForgingProvider, RealProvider, With, way_out};
use crate::support::staff::{PASSPHRASE, colleague, sign_in};

on_both! {
    whoever_linked_the_own_account_signs_in_with_it,
    nobody_comes_in_without_a_link_whatever_the_address_says,
    an_invitation_is_taken_up_without_a_passphrase,
    our_code_is_asked_for_unless_the_provider_asked_for_two_factors,
    what_weighs_is_confirmed_at_the_provider_and_nothing_typed_is_lost,
    a_shut_or_locked_account_stays_shut,
    whoever_turns_back_or_finds_the_provider_down_is_told_so,
    a_provider_that_changed_its_keys_is_asked_for_them_again,
    a_way_back_counts_once_in_one_browser_and_not_for_long,
    a_token_that_is_not_for_this_sign_in_lets_nobody_in,
    a_token_that_the_provider_did_not_sign_lets_nobody_in,
    a_code_of_somebody_else_lets_nobody_in,
    a_linked_account_is_not_linked_twice_nor_from_outside,
    nobody_is_sent_on_to_another_site,
    a_site_without_a_provider_offers_none,
}

fn site(engine: Engine, provider: &RealProvider) -> TestApp {
    let settings = provider.settings();
    TestApp::on(engine, &at_this_hour(), |config| {
        config.staff_openid = settings;
    })
}

fn forged(engine: Engine, provider: &ForgingProvider) -> TestApp {
    let settings = provider.settings();
    TestApp::on(engine, &at_this_hour(), |config| {
        config.staff_openid = settings;
    })
}

fn at_this_hour() -> Clock {
    Clock::standing_at(Clock::system().now())
}

/// Sets out from the sign-in page; where the provider is.
fn set_out(person: &Person<'_>, path: &str) -> String {
    let page = person.get(path);
    let leaving = person.send(&page, "/staff/openid", &[]);
    assert_eq!(leaving.status, Status::Ok, "{}", leaving.mistakes());
    way_out(&leaving)
}

/// Comes back at an address of ours, and lets the page send itself on.
fn come_back(person: &Person<'_>, path: &str) -> Answer {
    let page = person.get(path);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    person.send(&page, "/staff/openid/back", &[])
}

/// Signs in elsewhere as `name`; what comes of it here.
fn by_provider<'a>(app: &'a TestApp, name: &str, with: With) -> (Person<'a>, Answer) {
    let person = app.visitor();
    let there = set_out(&person, "/staff/sign-in");
    let back = Abroad::new().sign_in(&there, name, with);
    let came = come_back(&person, &back);
    (person, came)
}

/// Links the account of whoever is signed in to somebody at the real provider.
fn link(person: &Person<'_>, name: &str) {
    let own = person.get("/staff/account");
    let leaving = person.send(&own, "/staff/account/openid", &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), name, With::Password);
    let done = come_back(person, &back);
    assert_eq!(
        done.location,
        "/staff/account?done=linked",
        "{}",
        done.mistakes()
    );
}

fn is_in(person: &Person<'_>) -> bool {
    person.get("/staff").status == Status::Ok
}

fn acts(app: &TestApp) -> Vec<String> {
    let listing = app
        .app
        .db
        .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1));
    let records = listing.expect("the record can be read").records.into_iter();
    records.map(|one| one.act).collect()
}

fn whoever_linked_the_own_account_signs_in_with_it(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    let person = colleague(&app, "陳館員", &[Role::Librarian]);
    let own = person.get("/staff/account").text("main");
    assert!(own.contains("以市府帳號登入"), "{own}");
    link(&person, "mei");
    let own = person.get("/staff/account").text("main");
    assert!(own.contains("連結時間"), "{own}");

    let (other, came) = by_provider(&app, "mei", With::Password);
    assert_eq!(came.location, "/staff", "{}", came.mistakes());
    assert!(is_in(&other));
    let acts = acts(&app);
    for act in ["staff.linked_elsewhere", "staff.signed_in_elsewhere"] {
        assert!(acts.contains(&act.to_owned()), "{acts:?}");
    }
    // What was asked for is the page that follows, in its language.
    let third = app.visitor();
    let there = set_out(&third, "/staff/sign-in?next=/staff/activities");
    for asked in [
        "scope=openid&",
        "code_challenge_method=S256",
        "ui_locales=zh",
    ] {
        assert!(there.contains(asked), "{there}");
    }
    assert!(!there.contains("email"), "nothing else is asked for");
    let back = Abroad::new().sign_in(&there, "mei", With::Password);
    assert_eq!(come_back(&third, &back).location, "/staff/activities");

    // Nothing of who it is there stands in a table.
    let rows = crate::support::database::counted(
        &app.app.db,
        "SELECT COUNT(*) AS n FROM staff_openid WHERE issuer LIKE '%mei%'",
    );
    assert_eq!(rows, 0);
    let page = person.get("/staff/account");
    let done = person.send(&page, "/staff/account/openid/unlink", &[]);
    assert_eq!(done.location, "/staff/account?done=unlinked");
    let (late, came) = by_provider(&app, "mei", With::Password);
    assert_eq!(came.status, Status::Forbidden);
    assert!(!is_in(&late));
}

fn nobody_comes_in_without_a_link_whatever_the_address_says(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    drop(colleague(&app, "mei@example.org", &[Role::Admin]));
    let (person, came) = by_provider(&app, "mei", With::Code);
    assert_eq!(came.status, Status::Forbidden);
    let told = came.text("main");
    assert!(
        told.contains("沒有連結") && told.contains("一次性連結"),
        "{told}"
    );
    assert!(!is_in(&person));
    let english = app.visitor();
    let page = english.get("/en/staff/sign-in");
    let leaving = english.send(&page, "/en/staff/openid", &[]);
    let there = way_out(&leaving);
    assert!(there.contains("ui_locales=en"), "{there}");
    let back = Abroad::new().sign_in(&there, "mei", With::Code);
    let came = english.send(&english.get(&back), "/en/staff/openid/back", &[]);
    let told = came.text("main");
    assert!(told.contains("No account here is linked"), "{told}");
    assert!(!acts(&app).contains(&"staff.signed_in_elsewhere".to_owned()));
}

fn an_invitation_is_taken_up_without_a_passphrase(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    let admin = app.first_admin();
    let page = admin.get("/admin/staff/new");
    let fields = [("name", "林館員"), ("role", "librarian")];
    let made = admin.send(&page, "/admin/staff/new", &fields);
    let link = made.text("#one-time-link");
    let path = link.split("8000").nth(1).expect("of this site").to_owned();

    let person = app.visitor();
    let page = person.get(&path);
    let leaving = person.send(&page, &format!("{path}/openid"), &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), "lin", With::Password);
    let came = come_back(&person, &back);
    assert_eq!(came.location, "/staff", "{}", came.mistakes());
    assert!(is_in(&person));
    // The link is used up; the account comes in by the provider alone, and keeps that.
    assert_eq!(app.visitor().get(&path).status, Status::Gone);
    let (_, came) = by_provider(&app, "lin", With::Password);
    assert_eq!(came.location, "/staff");
    let own = person.get("/staff/account");
    assert!(own.text("main").contains("沒有通行密語"));
    assert!(!own.html.contains("/staff/account/openid/unlink"));
    let kept = person.post_once("/staff/account/openid/unlink", &[]);
    assert_eq!(kept.status, Status::Conflict);
    let list = admin.get("/admin/staff").text("main");
    assert!(!list.contains("尚未設定"), "{list}");

    // A new link sets a passphrase, and both ways lead in.
    let accounts = app.app.db.read_now("list", account::list).expect("read");
    let lin = accounts
        .iter()
        .find(|one| one.name == "林館員")
        .expect("there");
    let here = format!("/admin/staff/{}", lin.id);
    assert!(admin.get(&here).text("main").contains("已於"));
    let made = admin.send(&admin.get(&here), &format!("{here}/link"), &[]);
    let link = made.text("#one-time-link");
    let path = link.split("8000").nth(1).expect("of this site").to_owned();
    let words = [("passphrase", PASSPHRASE), ("passphrase_again", PASSPHRASE)];
    let again = app.visitor();
    let done = again.send(&again.get(&path), &path, &words);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    drop(sign_in(&app, "林館員"));
    let (_, came) = by_provider(&app, "lin", With::Password);
    assert_eq!(came.location, "/staff");
    // The first admin comes in also when the provider does not, so that link offers none.
    let fresh = site(engine, &provider);
    let first = account::setup::first_link(&fresh.app.db).expect("stored");
    let page = fresh.visitor().get(&first.expect("no admin yet"));
    assert!(!page.html.contains("/openid"));
}

fn our_code_is_asked_for_unless_the_provider_asked_for_two_factors(engine: Engine) {
    let provider = RealProvider::start();
    let settings = provider.settings();
    let app = TestApp::on(engine, &at_this_hour(), |config| {
        config.staff_second_factor = true;
        config.staff_openid = settings;
    });
    let (person, telephone, _) = second_step::equipped(&app, "陳館員", &[Role::Librarian]);
    link(&person, "mei");

    let (one, came) = by_provider(&app, "mei", With::Password);
    assert_eq!(came.text("h1"), "輸入驗證碼");
    assert!(!is_in(&one));
    let done = second_step::give(&one, &came, &telephone.next_code(&app));
    assert_eq!(done.location, "/staff", "{}", done.mistakes());
    assert!(is_in(&one));

    let (two, came) = by_provider(&app, "mei", With::Code);
    assert_eq!(came.location, "/staff", "{}", came.mistakes());
    assert!(is_in(&two));

    // Whoever never had a telephone sets one up where the provider asked for one factor.
    let fields = [("name", "林館員")];
    let admin = second_step::equipped(&app, "周主任", &[Role::Admin]).0;
    let mut form = admin.get("/admin/staff/new").form("/admin/staff/new");
    form.retain(|(name, _)| name != "name");
    form.extend(fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
    form.push(("role".to_owned(), "librarian".to_owned()));
    let made = admin.post("/admin/staff/new", &form);
    let link = made.text("#one-time-link");
    let path = link.split("8000").nth(1).expect("of this site").to_owned();
    let lin = app.visitor();
    let leaving = lin.send(&lin.get(&path), &format!("{path}/openid"), &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), "lin", With::Password);
    let came = come_back(&lin, &back);
    assert_eq!(came.text("h1"), "設定第二步驗證");
    assert!(!is_in(&lin));
    let telephone = Telephone::set_up(&came);
    let done = second_step::give(&lin, &came, &telephone.code(&app));
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert!(is_in(&lin));
}

fn what_weighs_is_confirmed_at_the_provider_and_nothing_typed_is_lost(engine: Engine) {
    let provider = RealProvider::start();
    let settings = provider.settings();
    // The provider goes by the clock of the machine; ours moves on and stays behind it.
    let behind = Clock::standing_at(Clock::system().now().plus(-HOUR));
    let app = TestApp::on(engine, &behind, |config| {
        config.staff_second_factor = true;
        config.staff_openid = settings;
    });
    let (person, ..) = second_step::equipped(&app, "陳館員", &[Role::Admin]);
    link(&person, "mei");
    let abroad = Abroad::new();
    let other = app.visitor();
    let there = set_out(&other, "/staff/sign-in");
    let back = abroad.sign_in(&there, "mei", With::Code);
    assert_eq!(come_back(&other, &back).location, "/staff");

    app.app.db.clock().advance(11 * MINUTE);
    let form = [("name", "林館員"), ("role", "librarian")];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let waits = person.post_once("/admin/staff/new", &form);
    assert!(
        waits.text("main").contains("以市府帳號確認"),
        "{}",
        waits.mistakes()
    );
    // Sent on before it is confirmed, it waits again, and no try is counted.
    let early = person.post_once("/admin/staff/new", &form);
    assert!(early.html.contains("/staff/confirm/openid"));

    let leaving = person.send(&waits, "/staff/confirm/openid", &[]);
    let there = way_out(&leaving);
    assert!(
        there.contains("prompt=login") && there.contains("max_age=0"),
        "{there}"
    );
    // The session over there is not enough: it asks anew.
    let back = abroad.sign_in(&there, "mei", With::Code);
    let done = come_back(&person, &back);
    assert!(
        done.text("main").contains("回到原來的分頁"),
        "{}",
        done.mistakes()
    );
    let made = person.post_once("/admin/staff/new", &form);
    assert!(
        !made.text("#one-time-link").is_empty(),
        "{}",
        made.mistakes()
    );

    // One factor is not enough, nor is somebody else.
    for (name, with, words) in [
        ("mei", With::Password, "需要兩個"),
        ("lin", With::Code, "與這裡登入的不同"),
    ] {
        app.app.db.clock().advance(11 * MINUTE);
        let page = person.get("/staff/confirm?next=/admin/staff/new");
        let leaving = person.send(&page, "/staff/confirm/openid", &[]);
        let back = Abroad::new().sign_in(&way_out(&leaving), name, with);
        let came = come_back(&person, &back);
        assert_eq!(came.status, Status::Forbidden);
        assert!(came.text("main").contains(words), "{}", came.mistakes());
        let waits = person.post_once("/admin/staff/new", &form);
        assert!(
            waits.html.contains("/staff/confirm/openid"),
            "not confirmed"
        );
    }
    let page = person.get("/staff/confirm?next=/admin/staff/new");
    let leaving = person.send(&page, "/staff/confirm/openid", &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), "mei", With::Code);
    assert_eq!(come_back(&person, &back).location, "/admin/staff/new");
}

fn a_shut_or_locked_account_stays_shut(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    let admin = app.first_admin();
    let person = colleague(&app, "林館員", &[Role::Librarian]);
    link(&person, "lin");
    let accounts = app.app.db.read_now("list", account::list).expect("read");
    let lin = accounts
        .iter()
        .find(|one| one.name == "林館員")
        .expect("there");
    let here = format!("/admin/staff/{}", lin.id);
    let done = admin.send(&admin.get(&here), &format!("{here}/disable"), &[]);
    assert_eq!(done.status, Status::SeeOther);
    let (out, came) = by_provider(&app, "lin", With::Code);
    assert_eq!(came.status, Status::Forbidden);
    assert!(came.text("main").contains("已停用"), "{}", came.mistakes());
    assert!(!is_in(&out));
    let done = admin.send(&admin.get(&here), &format!("{here}/enable"), &[]);
    assert_eq!(done.status, Status::SeeOther);
    for _ in 0..5 {
        let guess = app.visitor();
        let fields = [("name", "林館員"), ("passphrase", "not this one at all")];
        let refused = guess.send(&guess.get("/staff/sign-in"), "/staff/sign-in", &fields);
        assert_eq!(refused.status, Status::UnprocessableEntity);
    }
    let (out, came) = by_provider(&app, "lin", With::Code);
    assert_eq!(came.status, Status::Forbidden);
    assert!(!is_in(&out));
}

fn whoever_turns_back_or_finds_the_provider_down_is_told_so(engine: Engine) {
    let mut provider = RealProvider::start();
    let app = site(engine, &provider);
    let person = app.visitor();
    let there = set_out(&person, "/staff/sign-in");
    let back = Abroad::new().turn_back(&there);
    assert!(back.contains("error=access_denied"), "{back}");
    let came = come_back(&person, &back);
    assert_eq!(came.status, Status::Gone);
    assert!(
        came.text("main").contains("如果是自己取消的"),
        "{}",
        came.mistakes()
    );
    assert!(came.links().contains(&"/staff/sign-in".to_owned()));

    // It goes down while somebody is there.
    let there = set_out(&person, "/staff/sign-in");
    let back = Abroad::new().sign_in(&there, "mei", With::Password);
    provider.go_down();
    let came = come_back(&person, &back);
    assert_eq!(came.status, Status::ServiceUnavailable);
    assert!(
        came.text("main").contains("市府帳號目前沒有回應"),
        "{}",
        came.mistakes()
    );

    // And a site that starts while it is down still has its own sign-in.
    let late = site(engine, &provider);
    let person = late.visitor();
    let page = person.get("/staff/sign-in");
    assert_eq!(page.status, Status::Ok);
    let down = person.send(&page, "/staff/openid", &[]);
    assert_eq!(down.status, Status::ServiceUnavailable);
    assert!(
        down.text("main").contains("通行密語"),
        "{}",
        down.mistakes()
    );
    drop(colleague(&late, "陳館員", &[Role::Librarian]));
}

fn a_provider_that_changed_its_keys_is_asked_for_them_again(engine: Engine) {
    let mut provider = RealProvider::start();
    let app = site(engine, &provider);
    let person = colleague(&app, "陳館員", &[Role::Librarian]);
    link(&person, "mei");
    provider.go_down();
    provider.come_up();
    let (_, came) = by_provider(&app, "mei", With::Password);
    assert_eq!(came.location, "/staff", "{}", came.mistakes());
}

fn a_way_back_counts_once_in_one_browser_and_not_for_long(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    link(&colleague(&app, "陳館員", &[Role::Librarian]), "mei");
    let abroad = Abroad::new();
    let back_of = |person: &Person<'_>| {
        let there = set_out(person, "/staff/sign-in");
        abroad.sign_in(&there, "mei", With::Password)
    };
    let strayed = |came: &Answer| {
        assert_eq!(came.status, Status::Gone);
        assert!(
            came.text("main").contains("另一個瀏覽器"),
            "{}",
            came.mistakes()
        );
    };
    // Once.
    let person = app.visitor();
    let back = back_of(&person);
    assert_eq!(come_back(&person, &back).location, "/staff");
    strayed(&come_back(&person, &back));
    // Of this browser: whoever is made to open the way back of somebody else is not signed in.
    let (thief, victim) = (app.visitor(), app.visitor());
    let back = back_of(&thief);
    strayed(&come_back(&victim, &back));
    assert!(!is_in(&victim));
    // Of this trip: a browser that is on another way of its own.
    let _ = back_of(&victim);
    strayed(&come_back(&victim, &back));
    assert!(!is_in(&victim));
    // In time.
    let slow = app.visitor();
    let back = back_of(&slow);
    app.app.db.clock().advance(16 * MINUTE);
    strayed(&come_back(&slow, &back));
    assert!(!is_in(&slow));
    // Reading the page alone signs nobody in.
    let reader = app.visitor();
    let back = back_of(&reader);
    let page = reader.get(&back);
    assert!(page.header("Set-Cookie").is_empty());
    assert!(!is_in(&reader));
}

/// What comes of what the provider sends as it is told.
fn arrive(person: &Person<'_>, provider: &ForgingProvider, orders: &Value) -> Answer {
    provider.order(orders);
    let there = set_out(person, "/staff/sign-in");
    let back = Abroad::new().walk(&there, |page| panic!("a page: {page}"));
    come_back(person, &back)
}

/// A site on which the truth about `mei` leads in, so that what fails fails for its own reason alone;
/// and whoever is linked.
fn trusting<'a>(app: &'a TestApp, provider: &ForgingProvider) -> Person<'a> {
    let own = colleague(app, "陳館員", &[Role::Librarian]);
    provider.order(&json!({}));
    let leaving = own.send(&own.get("/staff/account"), "/staff/account/openid", &[]);
    let back = Abroad::new().walk(&way_out(&leaving), |page| panic!("a page: {page}"));
    let linked = come_back(&own, &back);
    assert_eq!(linked.location, "/staff/account?done=linked");
    let person = app.visitor();
    assert_eq!(arrive(&person, provider, &json!({})).location, "/staff");
    own
}

/// Every order is refused in these words.
fn refused(app: &TestApp, provider: &ForgingProvider, all: &[(Value, &str)]) {
    for (orders, words) in all {
        let person = app.visitor();
        let came = arrive(&person, provider, orders);
        let told = came.text("main");
        assert_eq!(came.status, Status::Forbidden, "{orders}: {told}");
        assert!(told.contains(words), "{orders}: {told}");
        assert!(!is_in(&person), "{orders}");
    }
}

const ELSEWHERE: &str = "https://evil.example";
const TOKEN: &str = "不屬於這次登入";

fn a_token_that_is_not_for_this_sign_in_lets_nobody_in(engine: Engine) {
    let provider = ForgingProvider::start();
    let app = forged(engine, &provider);
    let own = trusting(&app, &provider);
    let now = app.app.db.clock().now().unix();
    refused(
        &app,
        &provider,
        &[
            (json!({"claims": {"nonce": "another"}}), TOKEN),
            (json!({"claims": {"nonce": null}}), TOKEN),
            (json!({"claims": {"aud": "another-site"}}), TOKEN),
            (
                json!({"claims": {"aud": ["fairdraw", "another-site"]}}),
                TOKEN,
            ),
            (json!({"claims": {"azp": "another-site"}}), TOKEN),
            (json!({"claims": {"iss": ELSEWHERE}}), TOKEN),
            (json!({"claims": {"exp": now - 1}}), TOKEN),
            (json!({"claims": {"sub": ""}}), TOKEN),
            (json!({"claims": {"sub": "mei2"}}), "沒有連結"),
        ],
    );
    // Who confirms before what weighs has signed in there just now, and the provider says so.
    app.app.db.clock().advance(11 * MINUTE);
    let now = app.app.db.clock().now().unix();
    for (auth_time, is_new) in [
        (json!(now - 120), false),
        (json!(null), false),
        (json!(now), true),
    ] {
        let claims = json!({"auth_time": auth_time, "exp": now + 60});
        provider.order(&json!({"claims": claims}));
        let page = own.get("/staff/confirm");
        let leaving = own.send(&page, "/staff/confirm/openid", &[]);
        let back = Abroad::new().walk(&way_out(&leaving), |page| panic!("a page: {page}"));
        let came = come_back(&own, &back);
        assert_eq!(came.location == "/staff", is_new, "{}", came.mistakes());
    }
}

fn a_token_that_the_provider_did_not_sign_lets_nobody_in(engine: Engine) {
    let provider = ForgingProvider::start();
    let app = forged(engine, &provider);
    drop(trusting(&app, &provider));
    refused(
        &app,
        &provider,
        &[
            (json!({"sign": "none"}), TOKEN),
            (json!({"sign": "other-key"}), TOKEN),
            (json!({"sign": "HS256-secret"}), TOKEN),
            (json!({"sign": "HS256-public"}), TOKEN),
            // Another provider that sends somebody back, or one that does not say who it is.
            (json!({"iss": ELSEWHERE}), "不是市府帳號"),
            (json!({"iss": null}), "不是市府帳號"),
        ],
    );
    // A provider that is not who the operator means is asked for nothing.
    for about in [
        json!({"issuer": ELSEWHERE}),
        json!({"token_endpoint": null}),
        json!({"jwks_uri": format!("{}/nothing", provider.issuer())}),
    ] {
        provider.order(&json!({"about": about}));
        let fresh = forged(engine, &provider);
        let person = fresh.visitor();
        let page = person.get("/staff/sign-in");
        let refused = person.send(&page, "/staff/openid", &[]);
        assert_eq!(refused.status, Status::ServiceUnavailable, "{about}");
        assert!(refused.text("main").contains("無法使用"), "{about}");
    }
}

fn a_code_of_somebody_else_lets_nobody_in(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    link(&colleague(&app, "陳館員", &[Role::Librarian]), "mei");
    // Somebody got hold of a code of mei, and puts it into the own way back.
    let (mei, thief) = (app.visitor(), app.visitor());
    let there = set_out(&mei, "/staff/sign-in");
    let stolen = Abroad::new().sign_in(&there, "mei", With::Password);
    let there = set_out(&thief, "/staff/sign-in");
    let own = Abroad::new().sign_in(&there, "thief", With::Password);
    let part = |path: &str, name: &str| {
        let mut parts = path.split(['?', '&']);
        let found = parts.find_map(|part| part.strip_prefix(&format!("{name}=")));
        found.expect("it is there").to_owned()
    };
    let mixed = own.replace(&part(&own, "code"), &part(&stolen, "code"));
    let came = come_back(&thief, &mixed);
    assert_eq!(came.status, Status::Forbidden);
    assert!(
        came.text("main").contains("沒有確認"),
        "{}",
        came.mistakes()
    );
    assert!(!is_in(&thief));
}

fn a_linked_account_is_not_linked_twice_nor_from_outside(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    let chen = colleague(&app, "陳館員", &[Role::Librarian]);
    let lin = colleague(&app, "林館員", &[Role::Librarian]);
    link(&chen, "mei");
    let own = lin.get("/staff/account");
    let leaving = lin.send(&own, "/staff/account/openid", &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), "mei", With::Password);
    let came = come_back(&lin, &back);
    assert_eq!(came.status, Status::Conflict);
    assert!(
        came.text("main").contains("另一個帳號"),
        "{}",
        came.mistakes()
    );
    // Signed out meanwhile, or in as somebody else: the link is nobody's.
    let leaving = lin.send(&lin.get("/staff/account"), "/staff/account/openid", &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), "lin", With::Password);
    let out = lin.post_once("/staff/sign-out", &[]);
    assert_eq!(out.status, Status::SeeOther);
    assert_eq!(come_back(&lin, &back).status, Status::Gone);
    let (_, came) = by_provider(&app, "lin", With::Password);
    assert_eq!(came.status, Status::Forbidden);
}

fn nobody_is_sent_on_to_another_site(engine: Engine) {
    let provider = RealProvider::start();
    let app = site(engine, &provider);
    link(&colleague(&app, "陳館員", &[Role::Librarian]), "mei");
    for next in [
        "https://evil.example/",
        "//evil.example/staff",
        "/\\evil.example",
        "/staff/sign-out",
        "/staff/openid/back?code=x",
    ] {
        let person = app.visitor();
        let page = person.get("/staff/sign-in");
        let leaving = person.send(&page, "/staff/openid", &[("next", next)]);
        let back = Abroad::new().sign_in(&way_out(&leaving), "mei", With::Password);
        assert_eq!(come_back(&person, &back).location, "/staff", "{next}");
    }
}

fn a_site_without_a_provider_offers_none(engine: Engine) {
    let app = TestApp::with(engine, "2026-11-23T09:00:00+08:00", |_| ());
    let person = colleague(&app, "陳館員", &[Role::Admin]);
    employ(&app, "林館員", &[Role::Librarian]);
    for path in ["/staff/sign-in", "/staff/account", "/admin/staff"] {
        assert!(!app.visitor().get(path).html.contains("openid"), "{path}");
        assert!(!person.get(path).html.contains("openid"), "{path}");
    }
    assert_eq!(person.get("/staff/openid/back").status, Status::NotFound);
    let sent = person.post_once("/staff/openid", &[]);
    assert_eq!(sent.status, Status::NotFound);
}
