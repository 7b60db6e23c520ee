//! Activities that others hold: a card, the words before people leave, and a count of nobody.

use fairdraw::platform::clock::DAY;
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::database::counted;
use crate::support::life::Life;
use crate::support::staff::sign_in;

on_both! {
    leaving_counts_a_click_and_passes_nothing_on,
    publishing_without_the_policy_of_the_other_site_warns,
    an_activity_of_others_stands_in_the_lists_and_takes_no_entry,
    an_address_belongs_to_one_activity,
    two_editors_do_not_overwrite_each_other,
}

const START: &str = "2026-11-22T10:00:00+08:00";
const LINK: &str = "https://museum.example.org/lottery";
const POLICY: &str = "https://museum.example.org/privacy";

fn library(engine: Engine) -> TestApp {
    TestApp::with(engine, START, |_| ())
}

fn new(staff: &Person<'_>, values: &[(&str, &str)]) -> Answer {
    let path = "/staff/external/new";
    let usual = [
        ("title_zh", "博物館抽獎"),
        ("title_en", "Museum lottery"),
        ("slug", "museum-2026"),
        ("text_zh", "到博物館網站參加。"),
        ("text_en", "Take part on the museum’s site."),
        ("host_zh", "城市博物館"),
        ("host_en", "City Museum"),
        ("link", LINK),
        ("policy", POLICY),
        ("opens", "2026-11-20T09:00"),
        ("closes", "2026-12-20T17:00"),
    ];
    let changed = |name: &str| values.iter().any(|(own, _)| *own == name);
    let mut filled: Vec<(&str, &str)> = usual
        .into_iter()
        .filter(|(name, _)| !changed(name))
        .collect();
    filled.extend(values);
    staff.send(&staff.get(path), path, &filled)
}

/// Makes and publishes it; gives its page of staff.
fn published(staff: &Person<'_>) -> String {
    let made = new(staff, &[]);
    assert_eq!(made.status, Status::SeeOther, "{}", made.mistakes());
    let path = made.location.trim_end_matches("?done").to_owned();
    let done = staff.send(&staff.get(&path), &format!("{path}/publish"), &[]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    path
}

fn leaving_counts_a_click_and_passes_nothing_on(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let path = published(&staff);
    let person = app.visitor();
    let page = person.get("/a/museum-2026");
    let shown = page.text("main");
    assert!(
        shown.contains("城市博物館") && shown.contains("不適用"),
        "{shown}"
    );
    assert!(!page.html.contains(LINK), "the way out has its words first");
    let count = || {
        let query = "SELECT CAST(coalesce(sum(presses), 0) AS BIGINT) AS n FROM external_leavings";
        counted(&app.app.db, query)
    };
    // Whoever reads changes nothing.
    person.get("/a/museum-2026/leave");
    assert_eq!(count(), 0);
    let left = person.send(&page, "/a/museum-2026/leave", &[]);
    assert_eq!(left.status, Status::SeeOther);
    assert_eq!(left.location, "/a/museum-2026/leave");
    assert_eq!(count(), 1);
    let out = person.get(&left.location);
    let words = out.text(".panel.warning");
    assert!(
        words.contains("連帶責任") && words.contains("第 1 版"),
        "{words}"
    );
    for address in [LINK, POLICY] {
        let anchor = format!("href=\"{address}\" rel=\"noreferrer noopener\"");
        assert!(out.html.contains(&anchor), "{address}: {}", out.html);
    }
    assert!(out.header("Set-Cookie").is_empty());
    person.send(&page, "/a/museum-2026/leave", &[]);
    app.app.db.clock().advance(DAY);
    person.send(&page, "/a/museum-2026/leave", &[]);
    let staff = sign_in(&app, "陳館員");
    let rows = staff.get(&path).texts("tbody tr");
    assert_eq!(rows.len(), 2, "a line a day: {rows:?}");
    assert_eq!(count(), 3);
    let english = person.get("/en/a/museum-2026/leave").text("main");
    assert!(english.contains("do not apply there"), "{english}");
    // Taken off, it leads nowhere.
    let page_of_staff = staff.get(&path);
    let off = staff.send(&page_of_staff, &format!("{path}/withdraw"), &[]);
    assert_eq!(off.status, Status::SeeOther, "{}", off.mistakes());
    assert_eq!(person.get("/a/museum-2026").status, Status::NotFound);
    assert_eq!(person.get("/a/museum-2026/leave").status, Status::NotFound);
    let late = person.send(&page, "/a/museum-2026/leave", &[]);
    assert_eq!(late.status, Status::NotFound);
    assert_eq!(count(), 3);
}

fn publishing_without_the_policy_of_the_other_site_warns(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let made = new(&staff, &[("policy", "")]);
    assert_eq!(made.status, Status::SeeOther, "{}", made.mistakes());
    let path = made.location.trim_end_matches("?done").to_owned();
    let page = staff.get(&path);
    assert!(page.text(".panel.warning").contains("隱私權政策"));
    let publish = format!("{path}/publish");
    let asked = staff.send(&page, &publish, &[]);
    assert_eq!(asked.status, Status::UnprocessableEntity);
    let person = app.visitor();
    assert_eq!(person.get("/a/museum-2026").status, Status::NotFound);
    let sure = staff.send(&asked, &publish, &[("sure", "yes")]);
    assert_eq!(sure.status, Status::SeeOther, "{}", sure.mistakes());
    let out = person.get("/a/museum-2026/leave").text("main");
    assert!(out.contains("沒有找到"), "{out}");
    // An address that is none of another site is sent back with everything typed.
    for link in [
        "museum.example.org",
        "javascript:alert(1)",
        "https://a@b.example",
    ] {
        let wrong = new(&staff, &[("link", link), ("slug", "other-2026")]);
        assert_eq!(wrong.status, Status::UnprocessableEntity, "{link}");
        assert!(wrong.html.contains(link) && wrong.html.contains("城市博物館"));
    }
}

fn an_activity_of_others_stands_in_the_lists_and_takes_no_entry(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    let dates = [
        ("opens", "2024-07-01T09:00"),
        ("closes", "2024-09-01T17:00"),
    ];
    let made = new(&staff, &dates);
    assert_eq!(made.status, Status::SeeOther, "{}", made.mistakes());
    let person = life.app.visitor();
    let list = |query: &str| {
        person
            .get(&format!("/activities?{query}"))
            .texts("li.card h3")
    };
    assert_eq!(list("").len(), 1, "a draft is nobody's");
    let path = made.location.trim_end_matches("?done").to_owned();
    let done = staff.send(&staff.get(&path), &format!("{path}/publish"), &[]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert_eq!(list("").len(), 2);
    assert_eq!(list("kind=external"), ["博物館抽獎"]);
    assert_eq!(list("kind=draw").len(), 1);
    assert_eq!(list("stage=open").len(), 2);
    assert_eq!(list("stage=drawn").len(), 0);
    // 博物館, as a browser sends it.
    assert_eq!(list("q=%E5%8D%9A%E7%89%A9%E9%A4%A8").len(), 1);
    let home = person.get("/").texts("li.card h3");
    assert!(home.iter().any(|title| title == "博物館抽獎"), "{home:?}");
    for page in ["enter", "privacy", "answers", "discussion"] {
        let there = person.get(&format!("/a/museum-2026/{page}"));
        assert_eq!(there.status, Status::NotFound, "{page}");
    }
    assert!(!person.get("/draws").html.contains("museum-2026"));
    // It has no key, and nothing of it is ever purged.
    let keys = counted(&life.app.app.db, "SELECT count(*) AS n FROM vault_keys");
    assert_eq!(keys, 1, "that of the draw");
}

fn an_address_belongs_to_one_activity(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    let taken = new(&staff, &[("slug", "summer-2024")]);
    assert_eq!(taken.status, Status::UnprocessableEntity);
    assert!(taken.html.contains("城市博物館"), "what was typed stays");
    assert_eq!(new(&staff, &[]).status, Status::SeeOther);
    assert_eq!(new(&staff, &[]).status, Status::UnprocessableEntity);
    // Nor does an activity of our own get the address of one of others.
    let path = format!("{}/details", life.base());
    let form = staff.get("/staff/activities/new?kind=survey");
    let own = staff.send(
        &form,
        "/staff/activities/new",
        &[
            ("title_zh", "問卷"),
            ("title_en", "Survey"),
            ("text_zh", "請填"),
            ("text_en", "Please answer"),
            ("slug", "museum-2026"),
        ],
    );
    assert_eq!(own.status, Status::UnprocessableEntity, "{path}");
}

fn two_editors_do_not_overwrite_each_other(engine: Engine) {
    let app = library(engine);
    let staff = app.first_admin();
    let path = published(&staff);
    let (one, two) = (staff.get(&path), staff.get(&path));
    let first = staff.send(&one, &path, &[("title_en", "First")]);
    assert_eq!(first.status, Status::SeeOther, "{}", first.mistakes());
    let second = staff.send(&two, &path, &[("title_en", "Second")]);
    assert_eq!(second.status, Status::Conflict);
    assert!(second.html.contains("Second"), "what was typed stays");
    let shown = app.visitor().get("/en/a/museum-2026").text("h1");
    assert_eq!(shown, "First");
}
