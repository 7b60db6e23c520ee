//! How people come in to their own accounts by a provider elsewhere, make one with it, and what that
//! does not open.

use fairdraw::platform::clock::MINUTE;
use rocket::http::Status;
use serde_json::json;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::member::{Site, chosen, is_in};
use crate::support::openid::{Abroad, ForgingProvider, RealProvider, With, way_out};
use crate::support::staff::{PASSPHRASE, colleague};

on_both! {
    whoever_comes_the_first_time_agrees_and_has_an_account,
    an_address_that_nobody_verified_makes_no_account,
    an_account_that_is_there_is_not_taken_over_and_its_owner_links_it,
    the_code_of_the_telephone_is_asked_for_here_too,
    a_form_that_waits_for_a_member_keeps_what_was_typed,
    a_way_back_of_somebody_else_lets_nobody_in,
    a_site_without_a_provider_for_members_offers_none,
}

fn site(engine: Engine, provider: &RealProvider) -> Site {
    let settings = provider.settings();
    Site::with(engine, |config| config.member_openid = settings)
}

fn set_out(person: &Person<'_>) -> String {
    let page = person.get("/members/sign-in");
    let leaving = person.send(&page, "/members/openid", &[]);
    assert_eq!(leaving.status, Status::Ok, "{}", leaving.mistakes());
    way_out(&leaving)
}

fn come_back(person: &Person<'_>, path: &str) -> Answer {
    let page = person.get(path);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    person.send(&page, "/members/openid/back", &[])
}

fn by_provider<'a>(site: &'a Site, name: &str, with: With) -> (Person<'a>, Answer) {
    let person = site.app.visitor();
    let back = Abroad::new().sign_in(&set_out(&person), name, with);
    let came = come_back(&person, &back);
    (person, came)
}

/// Makes an account by the provider.
fn newcomer<'a>(site: &'a Site, name: &str) -> Person<'a> {
    let (person, page) = by_provider(site, name, With::Password);
    let done = person.send(&page, "/members/openid/begin", &[("agree", "yes")]);
    assert_eq!(
        done.location,
        "/members/me?did=begun",
        "{}",
        done.mistakes()
    );
    person
}

fn link(person: &Person<'_>, name: &str) -> Answer {
    let words = [("link_present", PASSPHRASE)];
    let leaving = person.send(&person.get("/members/me"), "/members/me/openid", &words);
    let back = Abroad::new().sign_in(&way_out(&leaving), name, With::Password);
    come_back(person, &back)
}

fn whoever_comes_the_first_time_agrees_and_has_an_account(engine: Engine) {
    let provider = RealProvider::start();
    let site = site(engine, &provider);
    let person = site.app.visitor();
    let there = set_out(&person);
    assert!(there.contains("scope=openid+email&"), "{there}");
    let back = Abroad::new().sign_in(&there, "mei", With::Password);
    let page = come_back(&person, &back);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    assert_eq!(page.text("h1"), "完成建立帳號");
    let told = page.text("main");
    assert!(
        told.contains("m") && told.contains("@example.org"),
        "{told}"
    );
    assert!(!page.html.contains("mei@example.org"), "masked, and sealed");
    assert!(!is_in(&person), "nothing has begun");
    assert_eq!(site.rows("members"), 0);

    let not_yet = person.send(&page, "/members/openid/begin", &[]);
    assert_eq!(not_yet.status, Status::UnprocessableEntity);
    assert_eq!(site.rows("members"), 0);
    let done = person.send(&not_yet, "/members/openid/begin", &[("agree", "yes")]);
    assert_eq!(
        done.location,
        "/members/me?did=begun",
        "{}",
        done.mistakes()
    );
    assert!(is_in(&person));
    assert_eq!(site.rows("members") + site.rows("member_openid"), 2);
    let own = person.get("/members/me");
    let told = own.text("main");
    assert!(
        told.contains("沒有通行密語") && told.contains("連結時間"),
        "{told}"
    );
    assert!(told.contains("加密的識別碼"), "what was agreed to");
    assert!(!own.html.contains("/members/me/openid/unlink"));
    assert!(person.get("/members/me/data").html.contains("linked_to"));

    // The page sent twice is one account, which is found again by who it is there.
    let again = person.send(&page, "/members/openid/begin", &[("agree", "yes")]);
    assert_eq!(again.status, Status::SeeOther, "{}", again.mistakes());
    assert!(is_in(&person));
    assert_eq!(site.rows("members") + site.rows("member_openid"), 2);
    let (other, came) = by_provider(&site, "mei", With::Password);
    assert_eq!(came.location, "/members/me", "{}", came.mistakes());
    assert!(is_in(&other));
    assert_eq!(site.rows("members"), 1);
    let rows = site.count(
        "SELECT COUNT(*) AS n FROM member_openid WHERE issuer LIKE '%mei%' OR member_id LIKE '%mei%'",
    );
    assert_eq!(rows, 0, "nothing of who it is stands in a table");
    assert!(
        site.mails_to("mei@example.org").is_empty(),
        "no letter was needed"
    );

    // A link in a mail sets a passphrase; then the other way can be given up.
    let kept = person.post_once("/members/me/openid/unlink", &[]);
    assert_eq!(kept.status, Status::Conflict);
    let sent = site.ask("/members/forgotten", "mei@example.org");
    assert_eq!(sent.status, Status::SeeOther);
    let path = site.link("mei@example.org");
    let visitor = site.app.visitor();
    let set = visitor.send(&visitor.get(&path), &path, &chosen(PASSPHRASE));
    assert_eq!(set.status, Status::Ok, "{}", set.mistakes());
    let person = site.sign_in("mei@example.org");
    let own = person.get("/members/me");
    let done = person.send(&own, "/members/me/openid/unlink", &[]);
    assert_eq!(done.location, "/members/me?did=unlinked");
    let (_, came) = by_provider(&site, "mei", With::Password);
    assert_eq!(came.status, Status::Conflict, "the address has an account");
}

fn an_address_that_nobody_verified_makes_no_account(engine: Engine) {
    let provider = RealProvider::start();
    let site = site(engine, &provider);
    let (person, came) = by_provider(&site, "unverified-mei", With::Code);
    assert_eq!(came.status, Status::Forbidden);
    let told = came.text("main");
    assert!(told.contains("經過驗證的電子郵件"), "{told}");
    assert!(!is_in(&person));
    assert_eq!(site.rows("members"), 0);
    // With an account of their own they link it, because that needs no address.
    let own = site.member("mei@example.org");
    let done = link(&own, "unverified-mei");
    assert_eq!(
        done.location,
        "/members/me?did=linked",
        "{}",
        done.mistakes()
    );
    let (person, came) = by_provider(&site, "unverified-mei", With::Password);
    assert_eq!(came.location, "/members/me");
    assert!(is_in(&person));
}

fn an_account_that_is_there_is_not_taken_over_and_its_owner_links_it(engine: Engine) {
    let provider = RealProvider::start();
    let site = site(engine, &provider);
    let own = site.member("mei@example.org");
    let (thief, came) = by_provider(&site, "mei", With::Code);
    assert_eq!(came.status, Status::Conflict);
    assert!(
        came.text("main").contains("已經有帳號"),
        "{}",
        came.mistakes()
    );
    assert!(!is_in(&thief));

    // A way in is added by whoever knows the present one.
    let words = [("link_present", "not this one at all")];
    let refused = own.send(&own.get("/members/me"), "/members/me/openid", &words);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(link(&own, "mei").location, "/members/me?did=linked");
    site.run();
    let told = site.last_to("mei@example.org").part("text/plain").text();
    assert!(told.contains("連結了外部的登入服務"), "{told}");
    let (person, came) = by_provider(&site, "mei", With::Password);
    assert_eq!(came.location, "/members/me", "{}", came.mistakes());
    assert!(is_in(&person));
    // One person there is one account here.
    let other = site.member("lin@example.org");
    let refused = link(&other, "mei");
    assert_eq!(refused.status, Status::Conflict);
    assert!(
        refused.text("main").contains("另一個帳號"),
        "{}",
        refused.mistakes()
    );
    // Locked for one door, locked for the other.
    for _ in 0..5 {
        let (_, refused) = site.try_in("mei@example.org", "not this one at all");
        assert_eq!(refused.status, Status::UnprocessableEntity);
    }
    let (out, came) = by_provider(&site, "mei", With::Password);
    assert_eq!(came.status, Status::Forbidden);
    assert!(!is_in(&out));
    // Another passphrase, by a letter, leaves nobody a way in who knew the earlier one.
    site.later(16 * MINUTE);
    site.ask("/members/forgotten", "mei@example.org");
    let path = site.link("mei@example.org");
    let visitor = site.app.visitor();
    let set = visitor.send(&visitor.get(&path), &path, &chosen(PASSPHRASE));
    assert_eq!(set.status, Status::Ok, "{}", set.mistakes());
    assert_eq!(site.rows("member_openid"), 0);
    // Who deletes the account deletes the link.
    let person = site.sign_in("mei@example.org");
    assert_eq!(link(&person, "mei").location, "/members/me?did=linked");
    let person = site.sign_in("mei@example.org");
    let page = person.get("/members/me");
    let gone = person.send(
        &page,
        "/members/me/delete",
        &[("delete_present", PASSPHRASE)],
    );
    assert_eq!(gone.status, Status::Ok, "{}", gone.mistakes());
    assert_eq!(site.rows("member_openid"), 0);
}

fn the_code_of_the_telephone_is_asked_for_here_too(engine: Engine) {
    let provider = RealProvider::start();
    let site = site(engine, &provider);
    let person = site.member("mei@example.org");
    assert_eq!(link(&person, "mei").location, "/members/me?did=linked");
    let page = person.get("/members/me");
    let words = [("step_present", PASSPHRASE)];
    let shown = person.send(&page, "/members/me/second-step", &words);
    let telephone = crate::second_step::Telephone::set_up(&shown);
    let code = telephone.code(&site.app);
    let kept = person.send(&shown, "/members/me/second-step", &[("proof_code", &code)]);
    assert_eq!(kept.status, Status::Ok, "{}", kept.mistakes());

    let (one, came) = by_provider(&site, "mei", With::Password);
    assert_eq!(came.text("h1"), "輸入驗證碼", "{}", came.mistakes());
    assert!(!is_in(&one));
    let code = telephone.next_code(&site.app);
    let mut fields = came.form("/members/sign-in");
    fields.retain(|(name, _)| name != "proof_code");
    fields.push(("proof_code".to_owned(), code));
    let done = one.post_once("/members/sign-in", &fields);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(is_in(&one));
    let (two, came) = by_provider(&site, "mei", With::Code);
    assert_eq!(came.location, "/members/me", "{}", came.mistakes());
    assert!(is_in(&two));
}

fn a_form_that_waits_for_a_member_keeps_what_was_typed(engine: Engine) {
    let provider = RealProvider::start();
    let site = site(engine, &provider);
    drop(newcomer(&site, "mei"));
    // The page of a sign-in over a form, as an activity for members shows it.
    let person = site.app.visitor();
    let typed = [
        ("proof_email", "mei@example.org"),
        ("proof_passphrase", "wrong"),
    ];
    let mut fields = vec![("answer".to_owned(), "貓".to_owned())];
    fields.extend(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let waits = person.post_once("/members/sign-in", &fields);
    assert_eq!(waits.status, Status::UnprocessableEntity);
    assert!(waits.html.contains("target=\"_blank\""));
    assert!(waits.text("main").contains("另一個分頁"));
    let leaving = person.send(&waits, "/members/openid", &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), "mei", With::Password);
    let done = come_back(&person, &back);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert!(done.text("main").contains("回到原來的分頁"));
    assert!(is_in(&person));
    let kept = waits.html.matches("name=\"answer\" value=\"貓\"").count();
    assert_eq!(
        kept, 2,
        "in the form for the passphrase, and in the one to send on"
    );
}

fn a_way_back_of_somebody_else_lets_nobody_in(engine: Engine) {
    let provider = RealProvider::start();
    let settings = provider.settings();
    let site = Site::with(engine, |config| {
        config.member_openid = settings.clone();
        config.staff_openid = settings;
    });
    drop(newcomer(&site, "mei"));
    let strayed = |came: &Answer| {
        assert_eq!(came.status, Status::Gone);
        assert!(
            came.text("main").contains("另一個瀏覽器"),
            "{}",
            came.mistakes()
        );
    };
    // Once, in its own browser, and soon.
    let person = site.app.visitor();
    let back = Abroad::new().sign_in(&set_out(&person), "mei", With::Password);
    strayed(&come_back(&site.app.visitor(), &back));
    assert_eq!(come_back(&person, &back).location, "/members/me");
    strayed(&come_back(&person, &back));
    let slow = site.app.visitor();
    let back = Abroad::new().sign_in(&set_out(&slow), "mei", With::Password);
    site.app.app.db.clock().advance(16 * MINUTE);
    strayed(&come_back(&slow, &back));
    assert!(!is_in(&slow));
    // What a member set out with is nothing at the door of staff, and the other way round.
    let staff = colleague(&site.app, "陳館員", &[fairdraw::account::Role::Librarian]);
    let back = Abroad::new().sign_in(&set_out(&staff), "mei", With::Password);
    let back = back.replace("/members/", "/staff/");
    let page = staff.get(&back);
    strayed(&staff.send(&page, "/staff/openid/back", &[]));
    let page = site.app.visitor().get("/staff/sign-in");
    let visitor = site.app.visitor();
    let leaving = visitor.send(&page, "/staff/openid", &[]);
    let back = Abroad::new().sign_in(&way_out(&leaving), "mei", With::Password);
    let back = back.replace("/staff/", "/members/");
    strayed(&come_back(&visitor, &back));
    assert!(!is_in(&visitor));
    // Nobody is sent on to another site, and a page to agree on cannot be made up.
    for next in ["https://evil.example/", "//evil.example/a/x", "/staff"] {
        let person = site.app.visitor();
        let page = person.get("/members/sign-in");
        let leaving = person.send(&page, "/members/openid", &[("next", next)]);
        let back = Abroad::new().sign_in(&way_out(&leaving), "mei", With::Password);
        assert_eq!(come_back(&person, &back).location, "/members/me", "{next}");
    }
    let fields = [("newcomer", "made-up"), ("agree", "yes")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    strayed(
        &site
            .app
            .visitor()
            .post_once("/members/openid/begin", &fields),
    );
    // A provider that lies is refused here as at the door of staff.
    let forging = ForgingProvider::start();
    let settings = forging.settings();
    let site = Site::with(engine, |config| config.member_openid = settings);
    for (orders, status) in [
        (
            json!({"claims": {"nonce": "another", "email": "a@example.org", "email_verified": true}}),
            Status::Forbidden,
        ),
        (
            json!({"sign": "none", "claims": {"email": "a@example.org", "email_verified": true}}),
            Status::Forbidden,
        ),
        (
            json!({"claims": {"email": "a@example.org", "email_verified": "false"}}),
            Status::Forbidden,
        ),
        (
            json!({"claims": {"email": "no address", "email_verified": true}}),
            Status::Forbidden,
        ),
        (
            json!({"claims": {"email": "a@example.org", "email_verified": "true"}}),
            Status::Ok,
        ),
    ] {
        forging.order(&orders);
        let person = site.app.visitor();
        let back = Abroad::new().walk(&set_out(&person), |page| panic!("a page: {page}"));
        let came = come_back(&person, &back);
        assert_eq!(came.status, status, "{orders}: {}", came.mistakes());
        assert!(!is_in(&person));
    }
    assert_eq!(site.rows("members"), 0);
}

fn a_site_without_a_provider_for_members_offers_none(engine: Engine) {
    let site = Site::open(engine);
    let person = site.member("mei@example.org");
    for path in ["/members/sign-in", "/members/me"] {
        assert!(!site.app.visitor().get(path).html.contains("openid"));
        assert!(!person.get(path).html.contains("openid"), "{path}");
    }
    assert_eq!(person.get("/members/openid/back").status, Status::NotFound);
    for path in [
        "/members/openid",
        "/members/openid/begin",
        "/members/me/openid",
    ] {
        assert_eq!(
            person.post_once(path, &[]).status,
            Status::NotFound,
            "{path}"
        );
    }
}
