//! Who may work here and what they may do.

use fairdraw::account::Role;
use fairdraw::platform::clock::HOUR;
use rocket::http::Status;

use crate::signing_in::{Library, PASSPHRASE, led_to_sign_in};
use crate::support::Engine;
use crate::support::browser::Browser;

on_both! {
    a_librarian_is_told_which_role_the_administration_needs,
    somebody_who_is_not_signed_in_sees_no_page_of_the_staff,
    an_invited_colleague_chooses_a_passphrase_through_a_link,
    an_invitation_ends_after_three_days_or_with_the_next_one,
    a_disabled_colleague_is_out_at_once,
    another_role_ends_the_sessions_of_the_old_one,
    the_last_admin_stays,
    a_name_is_given_once,
    every_page_of_the_administration_shows_in_both_languages,
}

/// The one-time link on a page, without scheme and host.
fn link_on(page: &str) -> String {
    let start = page.find("/staff/setup/").expect("the page shows a link");
    let end = page[start..].find('<').expect("the link ends");
    page[start..start + end].to_owned()
}

fn a_librarian_is_told_which_role_the_administration_needs(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = library.signed_in("陳館員");
    for page in [
        "/admin",
        "/admin/staff",
        "/admin/staff/new",
        "/admin/audit",
        "/admin/audit/verify",
    ] {
        let refused = browser.open(page);
        assert_eq!(refused.status, Status::Forbidden, "{page}");
        assert!(refused.text.contains("需要「系統管理員」角色"), "{page}");
    }
    let refused = browser.send("/admin/staff/new", &[("name", "我"), ("role", "admin")]);
    assert_eq!(refused.status, Status::Forbidden);
    let english = browser.open("/en/admin");
    assert!(english.text.contains("needs the role “Administrator”"));
}

fn somebody_who_is_not_signed_in_sees_no_page_of_the_staff(engine: Engine) {
    let library = Library::staffed(engine);
    let browser = Browser::on(&library.db);
    for page in ["/admin", "/admin/staff", "/admin/audit", "/staff/account"] {
        assert!(led_to_sign_in(&browser.open(page)), "{page}");
    }
    assert!(led_to_sign_in(
        &browser.send("/admin/staff/new", &[("name", "我")])
    ));
    assert!(!library.acts().contains(&"staff.invited".to_owned()));
}

fn an_invited_colleague_chooses_a_passphrase_through_a_link(engine: Engine) {
    let library = Library::staffed(engine);
    let admin = library.signed_in("林主任");
    let fields = [("name", "張館員"), ("role", "librarian")];
    let link = link_on(&admin.send("/admin/staff/new", &fields).text);
    assert!(
        admin
            .open("/admin/staff")
            .text
            .contains("已邀請，尚未設定通行密語")
    );

    let colleague = Browser::on(&library.db);
    let empty = colleague.sign_in("張館員", "");
    assert_eq!(
        empty.status,
        Status::UnprocessableEntity,
        "no passphrase is no way in"
    );
    assert!(colleague.open(&link).text.contains("張館員"));
    let chosen = [
        ("name", "冒名的人"),
        ("passphrase", PASSPHRASE),
        ("passphrase_again", PASSPHRASE),
    ];
    let done = colleague.send(&link, &chosen);
    assert_eq!(done.location.as_deref(), Some("/staff"));
    assert_eq!(colleague.open("/admin").status, Status::Forbidden);
    assert_eq!(colleague.send(&link, &chosen).status, Status::Gone);
    // The name of an invited account is the admin's to choose.
    assert!(!admin.open("/admin/staff").text.contains("冒名的人"));
    let other = Browser::on(&library.db);
    assert_eq!(other.sign_in("張館員", PASSPHRASE).status, Status::SeeOther);
}

fn an_invitation_ends_after_three_days_or_with_the_next_one(engine: Engine) {
    let library = Library::staffed(engine);
    let admin = library.signed_in("林主任");
    let chen = library.employ("周館員", Role::Librarian);
    let renew = || link_on(&admin.send(&format!("/admin/staff/{chen}/link"), &[]).text);
    let first = renew();
    let second = renew();
    let browser = Browser::on(&library.db);
    assert_eq!(browser.open(&first).status, Status::Gone);
    assert_eq!(browser.open(&second).status, Status::Ok);
    // Until it is used, the present passphrase works.
    assert_eq!(
        browser.sign_in("周館員", PASSPHRASE).status,
        Status::SeeOther
    );

    library.clock.advance(72 * HOUR);
    assert_eq!(browser.open(&second).status, Status::Gone);
}

fn a_disabled_colleague_is_out_at_once(engine: Engine) {
    let library = Library::staffed(engine);
    let admin = library.signed_in("林主任");
    let zhou = library.employ("周館員", Role::Librarian);
    let page = format!("/admin/staff/{zhou}");
    let link = link_on(&admin.send(&format!("{page}/link"), &[]).text);
    let browser = library.signed_in("周館員");
    assert_eq!(browser.open("/staff/account").status, Status::Ok);

    let done = admin.send(&format!("{page}/disable"), &[]);
    assert_eq!(done.status, Status::SeeOther);
    assert!(led_to_sign_in(&browser.open("/staff/account")));
    assert_eq!(
        browser.sign_in("周館員", PASSPHRASE).status,
        Status::UnprocessableEntity
    );
    assert_eq!(browser.open(&link).status, Status::Gone);

    admin.send(&format!("{page}/enable"), &[]);
    assert_eq!(
        browser.sign_in("周館員", PASSPHRASE).status,
        Status::SeeOther
    );
    admin.send(&format!("{page}/end-sessions"), &[]);
    assert!(led_to_sign_in(&browser.open("/staff/account")));
}

fn another_role_ends_the_sessions_of_the_old_one(engine: Engine) {
    let library = Library::staffed(engine);
    let admin = library.signed_in("林主任");
    let zhou = library.employ("周館員", Role::Admin);
    let browser = library.signed_in("周館員");
    assert_eq!(browser.open("/admin").status, Status::Ok);

    let address = format!("/admin/staff/{zhou}/role");
    assert_eq!(
        admin.send(&address, &[]).status,
        Status::UnprocessableEntity
    );
    assert_eq!(
        admin.send(&address, &[("role", "owner")]).status,
        Status::UnprocessableEntity
    );
    assert_eq!(
        admin.send(&address, &[("role", "librarian")]).status,
        Status::SeeOther
    );
    assert!(led_to_sign_in(&browser.open("/admin")));
    browser.sign_in("周館員", PASSPHRASE);
    assert_eq!(browser.open("/admin").status, Status::Forbidden);
}

fn the_last_admin_stays(engine: Engine) {
    let library = Library::empty(engine);
    let lin = library.employ("林主任", Role::Admin);
    let admin = library.signed_in("林主任");
    // An invited admin cannot manage anybody yet.
    admin.send("/admin/staff/new", &[("name", "張館員"), ("role", "admin")]);
    for (act, fields) in [("disable", &[][..]), ("role", &[("role", "librarian")][..])] {
        let refused = admin.send(&format!("/admin/staff/{lin}/{act}"), fields);
        assert_eq!(refused.status, Status::Conflict, "{act}");
        assert!(refused.text.contains("最後一位使用中的系統管理員"), "{act}");
    }
    library.employ("周館員", Role::Admin);
    let done = admin.send(&format!("/admin/staff/{lin}/disable"), &[]);
    assert_eq!(done.status, Status::SeeOther);
    assert!(led_to_sign_in(&admin.open("/admin")));
}

fn a_name_is_given_once(engine: Engine) {
    let library = Library::staffed(engine);
    let admin = library.signed_in("林主任");
    let fields = [("name", " 陳館員\u{3000}"), ("role", "librarian")];
    let refused = admin.send("/admin/staff/new", &fields);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.text.contains("已經有人使用"));
    let nameless = admin.send("/en/admin/staff/new", &[("name", " ")]);
    assert!(nameless.text.contains("Enter a sign-in name"));
    assert!(nameless.text.contains("Choose at least one role"));
    assert_eq!(admin.open("/admin/staff/nobody").status, Status::NotFound);
}

fn every_page_of_the_administration_shows_in_both_languages(engine: Engine) {
    let library = Library::staffed(engine);
    let zhou = library.employ("周館員", Role::Librarian);
    let admin = library.signed_in("林主任");
    let one = format!("/admin/staff/{zhou}?done=role");
    let pages = [
        ("/admin", "系統管理", "Administration"),
        ("/admin/staff", "使用中", "In use"),
        ("/admin/staff/new", "邀請館員", "Invite staff"),
        (
            "/admin/staff/new",
            "例如這位同事的姓名",
            "The name of your colleague",
        ),
        (&one, "已更改角色", "The role is changed"),
        ("/admin/audit", "登入", "Signed in"),
        (
            "/admin/audit?actor=system",
            "由系統建立帳號",
            "Account made by the system",
        ),
        ("/admin/audit/verify", "全部相符", "Everything matches"),
        (
            "/staff/account?done=others",
            "其他裝置都已登出",
            "signed out on all other devices",
        ),
    ];
    for (path, chinese, english) in pages {
        let page = admin.open(path);
        assert_eq!(page.status, Status::Ok, "{path}");
        assert!(page.text.contains(chinese), "{path}");
        assert!(!page.text.contains("&lt;"), "{path} shows markup as text");
        let page = admin.open(&format!("/en{path}"));
        assert_eq!(page.status, Status::Ok, "/en{path}");
        assert!(page.text.contains(english), "/en{path}");
    }
}
