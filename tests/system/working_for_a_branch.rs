//! Branches of the library: whoever works for one of them runs its activities and nothing else.

use std::collections::BTreeSet;

use fairdraw::account::Role;
use fairdraw::account::who_may::{Who, declared};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::life::{self, Life, ROUND_TIME};
use crate::support::staff::{colleague, sign_in};

on_both! {
    a_librarian_of_one_branch_opens_nothing_of_another,
    lists_show_a_branch_what_is_its_own,
    a_new_activity_is_of_a_branch_that_its_librarian_works_for,
    a_branch_has_one_name_and_a_closed_one_takes_no_new_activity,
    whoever_works_for_closed_branches_hears_it_before_the_form_of_a_new_activity,
    taking_a_branch_away_ends_the_sessions_and_an_admin_has_none,
    people_find_what_a_branch_runs,
}

const BRANCHES: &str = "/admin/branches";

/// A library with two branches, an activity of each, and a colleague who works for the second.
struct Town {
    life: Life,
    /// The id of the second branch, and of its activity and draw.
    own: String,
    activity: String,
    draw: String,
}

impl Town {
    fn open(engine: Engine) -> Town {
        let mut own = String::new();
        let life = Life::published_after(
            engine,
            &Life::clock(),
            |_| (),
            &[],
            |app, admin, activity| {
                for (zh, en) in [("總館", "Main library"), ("北投分館", "Beitou branch")] {
                    make(admin, zh, en);
                    app.go_to(app.app.db.clock().now().plus(1_000));
                }
                own = id_of(admin, "北投分館");
                run_by(admin, activity, &id_of(admin, "總館"));
            },
        );
        let admin = life.staff();
        let activity = life::draft(
            &admin,
            ROUND_TIME,
            "beitou-2024",
            ("溫泉抽獎", "Spring draw"),
        );
        run_by(&admin, &activity, &own);
        let base = format!("/staff/activities/{activity}");
        life::plan(&admin, &base, &[]);
        let draws = admin.get(&format!("{base}/draws")).links();
        let start = format!("{base}/draws/");
        let draw = draws.iter().find_map(|link| link.strip_prefix(&start));
        Town {
            own,
            draw: draw
                .expect("a draw")
                .split('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            activity,
            life,
        }
    }

    /// A colleague with both roles of a branch, who works for the second one.
    fn of_the_branch(&self) -> Person<'_> {
        let both = [Role::Librarian, Role::DrawOfficer];
        drop(colleague(&self.life.app, "北投館員", &both));
        let admin = self.life.staff();
        let done = grant(
            &admin,
            "北投館員",
            &["librarian", "draw_officer"],
            &[&self.own],
        );
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        sign_in(&self.life.app, "北投館員")
    }
}

fn make(admin: &Person<'_>, zh: &str, en: &str) {
    let done = post(
        admin,
        &[
            ("do", "save"),
            ("branch", ""),
            ("name_zh", zh),
            ("name_en", en),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

fn post(admin: &Person<'_>, values: &[(&str, &str)]) -> Answer {
    let values: Vec<(String, String)> = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    admin.post(BRANCHES, &values)
}

/// The id of a branch by its name.
fn id_of(admin: &Person<'_>, name: &str) -> String {
    let start = format!("{BRANCHES}?edit=");
    let links = admin.get(BRANCHES).links().into_iter();
    let mut ids = links.filter_map(|link| link.strip_prefix(&start).map(str::to_owned));
    let is_it = |id: &String| {
        let page = admin.get(&format!("{start}{id}"));
        page.html.contains(&format!("value=\"{name}\""))
    };
    ids.find(is_it).expect("the branch is listed")
}

fn run_by(staff: &Person<'_>, activity: &str, branch: &str) {
    let path = format!("/staff/activities/{activity}/details");
    let done = staff.send(&staff.get(&path), &path, &[("branch", branch)]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

/// Ticks roles and branches on the page of an account.
fn grant(admin: &Person<'_>, name: &str, roles: &[&str], branches: &[&str]) -> Answer {
    let list = admin.get("/admin/staff");
    let page = list
        .links()
        .into_iter()
        .filter(|link| link.starts_with("/admin/staff/"))
        .find(|link| admin.get(link).text("h1").contains(name));
    let path = format!("{}/role", page.expect("the account is listed"));
    let roles = roles
        .iter()
        .map(|role| ("role".to_owned(), (*role).to_owned()));
    let own = branches
        .iter()
        .map(|id| ("branch".to_owned(), (*id).to_owned()));
    admin.post(&path, &roles.chain(own).collect::<Vec<_>>())
}

/// Every address of staff that a role of branches opens, with these ids in it.
fn addresses(activity: &str, draw: &str) -> BTreeSet<(bool, String)> {
    let of_branches = declared().filter_map(|each| match each.who {
        Who::Needs(needs) if needs.end_at_branches() => each.route.split_once(' '),
        _ => None,
    });
    of_branches
        .map(|(method, path)| {
            let is_in = |rooms: [&str; 2]| rooms.iter().any(|room| path.starts_with(room));
            let is_of_draws = is_in(["/staff/draws/", "/stage/"]);
            let is_of_activities = is_in(["/staff/activities/", "/staff/cards/"]);
            let parts = path.split('/').map(|part| match part {
                "<draw>" => draw,
                "<id>" if is_of_draws => draw,
                "<id>" if is_of_activities => activity,
                part if part.starts_with('<') => "1",
                part => part,
            });
            (method == "POST", parts.collect::<Vec<_>>().join("/"))
        })
        .collect()
}

fn ask(person: &Person<'_>, is_form: bool, path: &str) -> Answer {
    match is_form {
        true => person.post_once(path, &[]),
        false => person.get(path),
    }
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == Status::Forbidden && answer.text("main").contains("分館")
}

fn a_librarian_of_one_branch_opens_nothing_of_another(engine: Engine) {
    let town = Town::open(engine);
    let (life, person) = (&town.life, town.of_the_branch());
    let is_open = |path: &str| ["/staff/activities", "/staff/activities/new"].contains(&path);
    let mut asked = 0;
    // Of the other branch, by its ids or by a draw of it under an own activity.
    for (activity, draw) in [(&life.activity, &life.draw), (&town.activity, &life.draw)] {
        for (is_form, path) in addresses(activity, draw) {
            let names_it = path.contains(&life.activity) || path.contains(&life.draw);
            let is_own = path.contains(&town.activity) && !names_it;
            if is_own && path.ends_with("/delete") {
                continue;
            }
            let answer = ask(&person, is_form, &path);
            let is_right = is_refused(&answer) != (is_own || is_open(&path));
            assert!(
                is_right,
                "{path}: {} {}",
                answer.status,
                answer.text("main")
            );
            asked += 1;
        }
    }
    // The own ones are refused to nobody of the branch; thrown away, they would be nobody's.
    for (is_form, path) in addresses(&town.activity, &town.draw) {
        let is_own = path.contains(&town.activity) || path.contains(&town.draw);
        if is_own && !path.ends_with("/delete") {
            assert!(!is_refused(&ask(&person, is_form, &path)), "{path}");
            asked += 1;
        }
    }
    assert!(asked > 250, "{asked} questions");
    let base = format!("/en/staff/activities/{}", life.activity);
    assert_eq!(person.get(&base).status, Status::Forbidden);
    assert!(person.get(&base).text("main").contains("another branch"));
    // Another way of writing the same address is the same address.
    let written = format!("/staff/%61ctivities/{}", life.activity);
    assert_ne!(person.get(&written).status, Status::Ok);
    // What is nowhere is not there, as it is for everybody.
    assert_eq!(
        person.get("/staff/activities/nowhere").status,
        Status::NotFound
    );
    // Whoever works for the whole library opens both.
    let everywhere = colleague(&life.app, "總館館員", &[Role::Librarian]);
    for id in [&life.activity, &town.activity] {
        let page = everywhere.get(&format!("/staff/activities/{id}"));
        assert_eq!(page.status, Status::Ok);
    }
}

fn lists_show_a_branch_what_is_its_own(engine: Engine) {
    let town = Town::open(engine);
    let person = town.of_the_branch();
    for page in ["/staff", "/staff/activities"] {
        let page = person.get(page);
        assert_eq!(page.status, Status::Ok);
        assert!(page.html.contains("溫泉抽獎"), "{}", page.text("main"));
        assert!(!page.html.contains("夏日閱讀抽獎"), "{}", page.text("main"));
        // Every way that it offers is open.
        for link in page.links() {
            if link.starts_with("/staff") || link.starts_with("/admin") {
                assert_ne!(person.get(&link).status, Status::Forbidden, "{link}");
            }
        }
    }
    let list = town.life.staff().get("/staff/activities");
    for words in ["溫泉抽獎", "夏日閱讀抽獎", "北投分館", "總館"] {
        assert!(list.html.contains(words), "{words}");
    }
}

fn a_new_activity_is_of_a_branch_that_its_librarian_works_for(engine: Engine) {
    let town = Town::open(engine);
    let person = town.of_the_branch();
    let other = id_of(&town.life.staff(), "總館");
    let page = person.get("/staff/activities/new?kind=draw");
    let offered = page.texts("select[name=branch] option");
    assert_eq!(offered, ["北投分館"]);
    for branch in ["", other.as_str(), "made-up"] {
        let values = [("branch", branch), ("title_zh", "影子活動")];
        let refused = person.send(&page, "/staff/activities/new", &values);
        assert_eq!(refused.status, Status::UnprocessableEntity);
        assert!(
            refused.mistakes().contains("請選擇您負責的分館"),
            "{}",
            refused.mistakes()
        );
        assert!(refused.html.contains("影子活動"), "what was typed is kept");
    }
    let path = format!("/staff/activities/{}/details", town.activity);
    let refused = person.send(&person.get(&path), &path, &[("branch", &other)]);
    assert!(refused.mistakes().contains("請選擇您負責的分館"));
    let own = life::draft(&person, ROUND_TIME, "own-2024", ("自己的", "Our own"));
    let glance = person.get(&format!("/staff/activities/{own}"));
    assert_eq!(glance.status, Status::Ok);
}

fn a_branch_has_one_name_and_a_closed_one_takes_no_new_activity(engine: Engine) {
    let town = Town::open(engine);
    let admin = town.life.staff();
    let taken = [
        ("do", "save"),
        ("branch", ""),
        ("name_zh", "北投分館"),
        ("name_en", "Again"),
    ];
    let refused = post(&admin, &taken);
    assert!(
        refused.mistakes().contains("已經有分館使用"),
        "{}",
        refused.mistakes()
    );
    assert!(refused.html.contains("Again"), "what was typed is kept");
    let empty = [
        ("do", "save"),
        ("branch", ""),
        ("name_zh", " "),
        ("name_en", ""),
    ];
    assert_eq!(post(&admin, &empty).status, Status::UnprocessableEntity);
    let renamed = [
        ("do", "save"),
        ("branch", town.own.as_str()),
        ("name_zh", "新北投分館"),
        ("name_en", "Xinbeitou branch"),
    ];
    assert_eq!(post(&admin, &renamed).status, Status::SeeOther);
    assert!(admin.get(BRANCHES).html.contains("新北投分館"));
    let close = [("do", "close"), ("branch", town.own.as_str())];
    assert_eq!(post(&admin, &close).status, Status::SeeOther);
    let offered = |path: &str| admin.get(path).texts("select[name=branch] option");
    assert_eq!(offered("/staff/activities/new?kind=draw"), ["全館", "總館"]);
    // A draft that has it keeps it.
    let draft = offered(&format!("/staff/activities/{}/details", town.activity));
    assert_eq!(draft, ["全館", "總館", "新北投分館（已停用）"]);
    let reopen = [("do", "reopen"), ("branch", town.own.as_str())];
    assert_eq!(post(&admin, &reopen).status, Status::SeeOther);
    assert_eq!(offered("/staff/activities/new?kind=draw").len(), 3);
    // A librarian is no admin.
    let librarian = colleague(&town.life.app, "館員甲", &[Role::Librarian]);
    assert_eq!(librarian.get(BRANCHES).status, Status::Forbidden);
}

fn whoever_works_for_closed_branches_hears_it_before_the_form_of_a_new_activity(engine: Engine) {
    let town = Town::open(engine);
    let librarian = town.of_the_branch();
    let path = "/staff/activities/new";
    let form = librarian.get(path).form(path);
    let admin = town.life.staff();
    let close = [("do", "close"), ("branch", town.own.as_str())];
    assert_eq!(post(&admin, &close).status, Status::SeeOther);
    for (page, told, next) in [
        (path.to_owned(), "您負責的分館都已停用", "請系統管理員"),
        (
            format!("/en{path}?kind=seats"),
            "All branches that you work for are closed",
            "Ask an administrator",
        ),
    ] {
        let page = librarian.get(&page);
        assert_eq!(page.status, Status::Ok);
        let text = page.text("main");
        assert!(text.contains(told) && text.contains(next), "{text}");
        assert!(!page.html.contains("name=\"title_zh\""), "{text}");
    }
    // A form that was open before is answered alike.
    let sent = librarian.post(path, &form);
    assert_eq!(sent.status, Status::UnprocessableEntity);
    assert!(sent.text("main").contains("您負責的分館都已停用"));
    // The drafts of the branch can still be changed, and one open branch is enough for a new one.
    let draft = librarian.get(&format!("/staff/activities/{}/details", town.activity));
    assert!(draft.html.contains("name=\"title_zh\""));
    let reopen = [("do", "reopen"), ("branch", town.own.as_str())];
    assert_eq!(post(&admin, &reopen).status, Status::SeeOther);
    assert!(librarian.get(path).html.contains("name=\"title_zh\""));
}

fn taking_a_branch_away_ends_the_sessions_and_an_admin_has_none(engine: Engine) {
    let town = Town::open(engine);
    let person = town.of_the_branch();
    assert_eq!(person.get("/staff").status, Status::Ok);
    let admin = town.life.staff();
    let other = id_of(&admin, "總館");
    let moved = grant(&admin, "北投館員", &["librarian"], &[&other]);
    assert_eq!(moved.status, Status::SeeOther, "{}", moved.mistakes());
    assert_eq!(person.get("/staff").status, Status::SeeOther, "signed out");
    let again = sign_in(&town.life.app, "北投館員");
    assert_eq!(again.get(&town.life.base()).status, Status::Ok);
    let own = format!("/staff/activities/{}", town.activity);
    assert_eq!(again.get(&own).status, Status::Forbidden);
    // A role over everybody's data is for the whole library, and the form says so.
    for roles in [&["admin"][..], &["librarian", "privacy_officer"]] {
        let refused = grant(&admin, "北投館員", roles, &[&other]);
        assert!(
            refused
                .mistakes()
                .contains("只有館員與抽獎承辦人能限定分館")
        );
    }
    // None ticked is the whole library.
    let everywhere = grant(&admin, "北投館員", &["librarian"], &[]);
    assert_eq!(everywhere.status, Status::SeeOther);
    let again = sign_in(&town.life.app, "北投館員");
    assert_eq!(again.get(&own).status, Status::Ok);
    let account = admin.get("/admin/staff").links();
    let account = account
        .into_iter()
        .filter(|link| link.starts_with("/admin/staff/"));
    let pages: Vec<Answer> = account.map(|link| admin.get(&link)).collect();
    let page = pages
        .iter()
        .find(|page| page.text("h1").contains("北投館員"));
    assert!(page.expect("listed").text("main").contains("全館"));
}

fn people_find_what_a_branch_runs(engine: Engine) {
    let town = Town::open(engine);
    let visitor = town.life.app.visitor();
    let main = id_of(&town.life.staff(), "總館");
    let all = visitor.get("/activities");
    assert!(
        all.texts("select[name=branch] option")
            .contains(&"北投分館".to_owned())
    );
    let found = visitor.get(&format!("/activities?branch={main}"));
    assert!(found.text(".cards").contains("夏日閱讀抽獎"));
    assert!(found.text(".cards").contains("總館"));
    let none = visitor.get(&format!("/activities?branch={}", town.own));
    assert!(
        !none.html.contains("夏日閱讀抽獎"),
        "another branch runs it"
    );
    assert!(
        !none.html.contains("溫泉抽獎"),
        "a draft is nobody's to see"
    );
    assert!(visitor.get("/a/summer-2024").text(".tags").contains("總館"));
    assert!(
        visitor
            .get("/en/a/summer-2024")
            .text(".tags")
            .contains("Main library")
    );
}
