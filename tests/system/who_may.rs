//! Who may do what: every route as every role, and the line between preparing and drawing.

use diesel::connection::SimpleConnection;
use fairdraw::account::who_may::{self, Who};
use fairdraw::account::{self, Role};
use fairdraw::platform::clock::HOUR;
use fairdraw::platform::db;
use rocket::http::{Method, Status};

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::life::{Life, ROUND_TIME, SIGNATURE};
use crate::support::staff::colleague;

on_both! {
    every_route_is_open_to_whom_it_is_declared_for_and_to_nobody_else,
    a_librarian_prepares_and_does_not_draw,
    a_draw_officer_draws_and_does_not_prepare,
    whoever_was_a_librarian_goes_on_drawing,
}

const START: &str = "2024-07-01T09:00:00+08:00";

/// Somebody who asks, and the roles of that person.
struct Asker<'a> {
    roles: Vec<Role>,
    person: Person<'a>,
}

fn askers(app: &TestApp) -> Vec<Asker<'_>> {
    let nobody = Asker {
        roles: Vec::new(),
        person: app.visitor(),
    };
    let names = ["館員甲", "抽獎乙", "管理丙", "個資丁", "主計戊", "稽核己"];
    let staff = Role::ALL.into_iter().zip(names).map(|(role, name)| Asker {
        roles: vec![role],
        person: colleague(app, name, &[role]),
    });
    [nobody].into_iter().chain(staff).collect()
}

/// The routes of the program as it is mounted, with an address that fits each.
fn routes(app: &TestApp) -> Vec<(Method, String, String)> {
    let rocket = app.app.rocket(rocket::Config::figment());
    let routes = rocket.routes().map(|route| {
        let path = route.uri.path();
        let parts = path.split('/').map(|part| match part.starts_with('<') {
            true => "1",
            false => part,
        });
        let address: Vec<&str> = parts.collect();
        (route.method, path.to_owned(), address.join("/"))
    });
    let mut routes: Vec<_> = routes.collect();
    // Who has signed out asks nothing more.
    let is_out = |path: &str| path.ends_with("/sign-out");
    routes.sort_by_key(|(method, path, _)| (is_out(path), path.clone(), method.as_str()));
    routes.dedup();
    routes
}

fn leads_to_sign_in(answer: &Answer) -> bool {
    let place = answer.location.trim_start_matches("/en");
    answer.status == Status::SeeOther && place.starts_with("/staff/sign-in")
}

/// What is wrong with an answer, if anything is.
fn fault(who: Who, asker: &Asker<'_>, answer: &Answer) -> Option<&'static str> {
    let refused = matches!(answer.status, Status::Unauthorized | Status::Forbidden);
    if who == Who::Member {
        // No role makes anybody a member.
        let place = answer.location.trim_start_matches("/en");
        let is_led = answer.status == Status::SeeOther && place.starts_with("/members/sign-in");
        return (!is_led).then_some("is not led to the sign-in of members");
    }
    if who.includes(&asker.roles) {
        // The pages of the entrance lead there by themselves.
        let is_led_away = leads_to_sign_in(answer) && who != Who::Anybody;
        let is_broken = answer.status.code == 500;
        return match (refused || is_led_away, is_broken) {
            (true, _) => Some("is refused"),
            (_, true) => Some("breaks it"),
            _ => None,
        };
    }
    if asker.roles.is_empty() {
        return (!leads_to_sign_in(answer)).then_some("is not led to the sign-in page");
    }
    let text = answer.text("main");
    let names_the_role = text.contains("角色") || text.contains("needs the role");
    (answer.status != Status::Forbidden || !names_the_role)
        .then_some("is not refused with the page that names the role")
}

fn every_route_is_open_to_whom_it_is_declared_for_and_to_nobody_else(engine: Engine) {
    let app = TestApp::with(engine, START, |_| ());
    drop(app.first_admin());
    let askers = askers(&app);
    let (mut faults, mut asked) = (Vec::new(), 0);
    let routes = routes(&app);
    for (method, path, address) in &routes {
        let Some(who) = who_may::who_may(&format!("{method} {path}")) else {
            faults.push(format!("{method} {path} is not declared"));
            continue;
        };
        for asker in &askers {
            let answer = match method {
                Method::Post => asker.person.post_once(address, &[]),
                _ => asker.person.get(address),
            };
            asked += 1;
            if let Some(fault) = fault(who, asker, &answer) {
                let name = asker.roles.first().map_or("nobody", |role| role.code());
                let status = answer.status;
                faults.push(format!("{method} {path} as {name} {fault}: {status}"));
            }
        }
    }
    println!("{} routes, {asked} questions", routes.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let declared = who_may::declared().count();
    assert!(routes.len() >= declared && asked == routes.len() * 7);
}

/// The list is closed, the draw frozen and its round out.
fn due(life: &Life) {
    life.app.go_to(ROUND_TIME.plus(-2 * DAY_AND_HOUR));
    life.app.go_to(ROUND_TIME.plus(-HOUR + 1_000));
    life.app.go_to(ROUND_TIME.plus(5_000));
}

const DAY_AND_HOUR: i64 = 24 * HOUR - HOUR / 2;

fn a_librarian_prepares_and_does_not_draw(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&crate::support::life::Patron::number(1));
    due(&life);
    let librarian = colleague(&life.app, "館員張", &[Role::Librarian]);
    for page in ["/details", "/draws", "/entries", ""] {
        let page = librarian.get(&format!("{}{page}", life.base()));
        assert!(page.status.code < 400 || page.status == Status::Conflict);
    }
    let glance = librarian.get(&life.base());
    assert!(glance.text("main").contains("由抽獎承辦人辦理"));
    let today = librarian.get("/staff");
    assert!(!today.links().iter().any(|link| link.ends_with("/beacon")));
    for page in [
        format!("{}/beacon", life.draw_base()),
        format!("/staff/draws/{}/closes", life.draw),
        format!("/staff/draws/{}/run", life.draw),
        format!("/staff/draws/{}/minutes", life.draw),
        format!("/stage/{}", life.draw),
    ] {
        let refused = librarian.get(&page);
        assert_eq!(refused.status, Status::Forbidden, "{page}");
        let words = refused.text("main");
        assert!(words.contains("需要「抽獎承辦人」角色"), "{page}: {words}");
        assert!(words.contains("系統管理員"), "who gives it: {words}");
        assert!(!glance.links().contains(&page), "{page}");
        let english = librarian.get(&format!("/en{page}"));
        assert!(english.text("main").contains("the role “Draw officer”"));
    }
    let pasted = [("beacon".to_owned(), SIGNATURE.to_owned())];
    let refused = librarian.post(&format!("{}/beacon", life.draw_base()), &pasted);
    assert_eq!(refused.status, Status::Forbidden);
    assert!(!is_drawn(&life));
}

fn a_draw_officer_draws_and_does_not_prepare(engine: Engine) {
    let life = Life::published(engine, |_| ());
    life.enter(&crate::support::life::Patron::number(1));
    due(&life);
    let officer = colleague(&life.app, "抽獎林", &[Role::DrawOfficer]);
    let today = officer.get("/staff");
    let beacon = format!("{}/beacon", life.base());
    assert_eq!(today.status, Status::Ok);
    assert!(today.links().contains(&beacon), "{:?}", today.links());
    assert!(!today.html.contains("/staff/activities/new"));
    // Whatever a page offers to a draw officer is there for a draw officer.
    let glance = officer.get(&life.base());
    let draws = officer.get(&format!("{}/draws", life.base()));
    let offered = [today.links(), glance.links(), draws.links()].concat();
    for link in offered {
        assert_ne!(officer.get(&link).status, Status::Forbidden, "{link}");
    }
    for page in ["/details", "/publish", "/cancel", "/winners", "/shares"] {
        let refused = officer.get(&format!("{}{page}", life.base()));
        assert_eq!(refused.status, Status::Forbidden, "{page}");
        assert!(refused.text("main").contains("需要「館員」角色"), "{page}");
    }
    let refused = officer.post("/staff/activities/new", &[]);
    assert_eq!(refused.status, Status::Forbidden);
    let path = format!("{}/beacon", life.draw_base());
    let page = officer.get(&path);
    let done = officer.send(&page, &path, &[("beacon", SIGNATURE)]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(is_drawn(&life));
    let winners = officer.get(&format!("{}/winners", life.base()));
    assert_eq!(winners.status, Status::Forbidden);
}

fn is_drawn(life: &Life) -> bool {
    let page = life.app.visitor().get(&format!("/d/{}/results", life.draw));
    page.status == Status::Ok
}

fn whoever_was_a_librarian_goes_on_drawing(engine: Engine) {
    let app = TestApp::with(engine, START, |_| ());
    drop(app.first_admin());
    let both = [Role::Librarian, Role::Accountant];
    drop(colleague(&app, "館員甲", &both));
    let back = include_str!("../../migrations/2026-11-23-000054_add_draw_officers/down.sql");
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = '20261123000054'";
    let older = app.app.db.write_now("go back a version", |tx| {
        tx.conn().batch_execute(back)?;
        tx.conn().batch_execute(forget)?;
        Ok::<_, db::Error>(())
    });
    older.expect("the older table comes back");
    drop(app.database.open(app.app.db.clock()));
    let staff = app.app.db.read_now("staff", account::list);
    let roles = |name: &str| {
        let mut all = staff.as_ref().expect("readable").iter();
        all.find(|own| own.name == name)
            .map(|own| own.roles.clone())
            .unwrap_or_default()
    };
    assert_eq!(roles("陳館員"), [Role::Admin]);
    let three = [Role::Librarian, Role::DrawOfficer, Role::Accountant];
    let own = roles("館員甲");
    assert!(
        own.len() == 3 && three.iter().all(|role| own.contains(role)),
        "{own:?}"
    );
}
