//! Following the library without an account: calendars, the feed, posters, links that are passed on,
//! help and the list of pages.

use fairdraw::account::who_may::{Who, declared};
use icalendar::{Calendar, CalendarComponent, Component, Event};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::Person;
use crate::support::life::{Life, Patron};

on_both! {
    a_calendar_has_the_dates_of_an_activity_and_reads_in_another_program,
    a_cancelled_activity_is_called_off_in_the_calendar,
    the_feed_tells_of_a_new_activity_and_of_its_result,
    a_poster_leads_to_the_activity,
    a_link_that_is_passed_on_says_what_it_leads_to,
    help_and_every_page_for_everybody_are_two_links_away,
    a_person_reads_that_no_transmission_is_wholly_safe,
}

const ORIGIN: &str = "http://draw.lib.example.tw";

fn life(engine: Engine) -> Life {
    Life::published(engine, |config| config.public_origin = ORIGIN.to_owned())
}

/// The dates of a calendar, after a look at its lines.
fn dates(person: &Person<'_>, path: &str) -> Vec<Event> {
    let answer = person.get(path);
    assert_eq!(answer.status, Status::Ok, "{path}");
    assert!(answer.header("Content-Type").starts_with("text/calendar"));
    assert!(!answer.html.replace("\r\n", "").contains(['\r', '\n']));
    for line in answer.html.split("\r\n") {
        assert!(line.len() <= 75, "RFC 5545 folds at 75 octets: {line}");
    }
    let calendar: Calendar = answer.html.parse().expect("a calendar");
    let events = calendar.components.into_iter();
    events
        .filter_map(|each| match each {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        })
        .collect()
}

fn a_calendar_has_the_dates_of_an_activity_and_reads_in_another_program(engine: Engine) {
    let life = life(engine);
    let nobody = life.app.visitor();
    let own = dates(&nobody, "/a/summer-2024/calendar.ics");
    let all = dates(&nobody, "/calendar.ics");
    let facts = life
        .app
        .app
        .db
        .read_now("read", |tx| fairdraw::activity::find(tx, "summer-2024"));
    let facts = facts.expect("published");
    let ids: Vec<&str> = own.iter().filter_map(|date| date.get_uid()).collect();
    for name in ["opens", "closes", "claims", "draw-"] {
        let start = format!("summer-2024-{name}");
        assert!(
            ids.iter().any(|id| id.starts_with(&start)),
            "{name}: {ids:?}"
        );
    }
    for date in &own {
        assert!(all.iter().any(|each| each.get_uid() == date.get_uid()));
        let address = date.get_url().expect("a page");
        let path = address.strip_prefix(ORIGIN).expect("an address of ours");
        assert_eq!(nobody.get(path).status, Status::Ok, "{path}");
    }
    let closes = own
        .iter()
        .find(|date| date.get_uid().is_some_and(|id| id.contains("-closes")));
    let at = closes.and_then(|date| date.property_value("DTSTART"));
    assert_eq!(
        at,
        Some(fairdraw::platform::text::dates::ical(facts.closes_at.0).as_str())
    );
    let title = closes
        .and_then(|date| date.get_summary())
        .unwrap_or_default();
    assert!(title.contains(&facts.title.zh), "{title}");
    let english = dates(&nobody, "/en/a/summer-2024/calendar.ics");
    assert!(
        english
            .iter()
            .all(|date| ids.contains(&date.get_uid().unwrap_or_default()))
    );

    assert_eq!(
        nobody.get("/a/nothing/calendar.ics").status,
        Status::NotFound
    );
    let page = nobody.get("/a/summer-2024");
    assert!(
        page.links()
            .contains(&"/a/summer-2024/calendar.ics".to_owned())
    );
}

fn a_cancelled_activity_is_called_off_in_the_calendar(engine: Engine) {
    let life = life(engine);
    let staff = life.staff();
    let path = format!("{}/cancel", life.base());
    let page = staff.get(&path);
    let code = page.first_choice("code");
    let reason = [
        ("code", code.as_str()),
        ("words_zh", "場地停電。"),
        ("words_en", "The power is out."),
        ("sure", "yes"),
    ];
    let done = staff.send(&page, &path, &reason);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let own = dates(&life.app.visitor(), "/a/summer-2024/calendar.ics");
    assert!(!own.is_empty());
    for date in own {
        assert_eq!(date.property_value("STATUS"), Some("CANCELLED"));
        assert_eq!(date.get_sequence(), Some(1));
    }
}

fn the_feed_tells_of_a_new_activity_and_of_its_result(engine: Engine) {
    let life = life(engine);
    let nobody = life.app.visitor();
    let before = nobody.get("/feed.atom");
    assert!(
        before
            .header("Content-Type")
            .starts_with("application/atom+xml")
    );
    assert!(before.html.contains("/a/summer-2024\""));
    assert!(!before.html.contains("抽獎結果"));
    for n in 0..4 {
        life.enter(&Patron::number(n));
    }
    life.draw();
    let after = nobody.get("/feed.atom");
    let result = after.html.find("抽獎結果：");
    let activity = after.html.find("新活動：");
    assert!(result.is_some() && result < activity, "the newest is first");
    assert!(after.html.contains(&format!("{ORIGIN}/d/{}\"", life.draw)));
    let english = nobody.get("/en/feed.atom");
    assert!(english.html.contains("Draw result: "));
    assert!(nobody.get("/").html.contains("href=\"/feed.atom\""));
}

fn a_poster_leads_to_the_activity(engine: Engine) {
    let life = life(engine);
    let nobody = life.app.visitor();
    let sheet = nobody.get("/a/summer-2024/poster");
    assert_eq!(sheet.status, Status::Ok);
    assert_eq!(sheet.text(".address"), "draw.lib.example.tw/a/summer-2024");
    assert!(sheet.html.contains("<svg viewBox"));
    assert_eq!(nobody.get("/a/nothing/poster").status, Status::NotFound);
    drop(life);

    // Without an address of its own there is no code, instead of one that leads nowhere.
    let bare = Life::published(engine, |_| ());
    let sheet = bare.app.visitor().get("/en/a/summer-2024/poster");
    assert!(sheet.text("main").contains("not set yet"));
    assert!(!sheet.html.contains("shape-rendering"));
}

fn a_link_that_is_passed_on_says_what_it_leads_to(engine: Engine) {
    let life = life(engine);
    let nobody = life.app.visitor();
    for path in [
        "/",
        "/a/summer-2024",
        "/en/a/summer-2024",
        &format!("/d/{}", life.draw),
    ] {
        let html = nobody.get(path).html;
        assert!(
            html.contains(&format!("og:url\" content=\"{ORIGIN}{path}\"")),
            "{path}"
        );
        let picture = html.split("og:image\" content=\"").nth(1);
        let picture = picture.and_then(|rest| rest.split('"').next());
        let picture = picture
            .and_then(|url| url.strip_prefix(ORIGIN))
            .expect("a picture");
        let sent = nobody.get(picture);
        assert_eq!(sent.header("Content-Type"), "image/png");
    }
    // Nothing of the kind where an address may hold a code, or on a form.
    for path in [
        "/entry",
        "/feedback/status",
        "/a/summer-2024/enter",
        "/staff/sign-in",
    ] {
        assert!(!nobody.get(path).html.contains("og:url"), "{path}");
    }
}

fn help_and_every_page_for_everybody_are_two_links_away(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let nobody = life.app.visitor();
    for path in ["/", "/en", "/draws", "/staff/sign-in", "/nothing-is-here"] {
        let help = nobody.get(path).texts("footer nav a").into_iter().next();
        let help = help.unwrap_or_default();
        assert!(["說明", "Help"].contains(&help.as_str()), "{path}: {help}");
    }
    let help = nobody.get("/help");
    for to in [
        "/newsletter",
        "/privacy",
        "/privacy/retention",
        "/feedback",
        "/sitemap",
    ] {
        assert!(help.links().contains(&to.to_owned()), "{to}");
    }
    let listed = nobody.get("/sitemap").links();
    for path in &listed {
        let is_door = ["/staff", "/members/me"].contains(&path.as_str());
        if path.starts_with('/') && !is_door {
            assert_eq!(nobody.get(path).status, Status::Ok, "{path}");
        }
    }
    // Pages that say nothing before something was done, and what is below somebody's own entry.
    let steps = [
        "/newsletter/sent",
        "/members/sent",
        "/members/openid/back",
        "/feedback/write",
        "/privacy/compare",
        "/privacy/request/take-back",
    ];
    for each in declared().filter(|each| each.who == Who::Anybody && each.domain != "platform") {
        let Some(path) = each.route.strip_prefix("GET ") else {
            continue;
        };
        let is_file = path.contains('.');
        let is_one_persons = path.contains('<')
            || ["/entry/", "/receipt", "/staff", "/journal/"]
                .iter()
                .any(|own| path.starts_with(own));
        if !is_file && !is_one_persons && !steps.contains(&path) {
            assert!(
                listed.contains(&path.to_owned()),
                "{path} is in no list of pages"
            );
        }
    }
}

fn a_person_reads_that_no_transmission_is_wholly_safe(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let nobody = life.app.visitor();
    for path in ["/a/summer-2024/enter", "/help"] {
        assert!(
            nobody.get(path).text("main").contains("沒有百分之百的安全"),
            "{path}"
        );
    }
    for path in ["/en/a/summer-2024/enter", "/en/help"] {
        assert!(
            nobody.get(path).text("main").contains("beyond all doubt"),
            "{path}"
        );
    }
}
