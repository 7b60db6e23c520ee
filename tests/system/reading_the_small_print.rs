//! What the site says about itself, and whether it is so: cookies, real notices, accessibility, and
//! the files that machines ask for.

use std::collections::BTreeSet;

use fairdraw::platform::cookies;
use rocket::http::{Method, Status};
use scraper::{Html, Selector};

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::life::{Life, Patron};
use crate::support::member::Site;
use crate::support::openid::ForgingProvider;
use crate::support::staff::PASSPHRASE;

on_both! {
    no_answer_sets_a_cookie_that_was_not_declared_and_no_page_sets_one_for_reading,
    whoever_refuses_cookies_is_told_and_gets_the_same_receipt_later,
    machines_find_what_the_operator_has_set_and_nothing_else,
}

const START: &str = "2024-07-01T09:00:00+08:00";

fn set(answer: &Answer) -> Vec<String> {
    let lines = answer.headers.iter();
    let lines = lines.filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
    lines.map(|(_, line)| line.clone()).collect()
}

/// The names in the table of `/cookies`.
fn published(person: &Person<'_>, path: &str) -> BTreeSet<String> {
    let page = Html::parse_document(&person.get(path).html);
    let cells = Selector::parse("main table code").expect("a selector");
    page.select(&cells)
        .map(|cell| cell.text().collect())
        .collect()
}

fn no_answer_sets_a_cookie_that_was_not_declared_and_no_page_sets_one_for_reading(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let declared: BTreeSet<String> = cookies::ALL.map(|one| one.name(false).to_owned()).into();
    let nobody = life.app.visitor();
    for path in ["/cookies", "/en/cookies"] {
        assert_eq!(published(&nobody, path), declared);
    }
    let rocket = life.app.app.rocket(rocket::Config::figment());
    let fill = |part: &str| match part {
        "<slug>" => "summer-2024".to_owned(),
        "<id>" | "<draw>" => life.draw.clone(),
        part if part.starts_with('<') => "1".to_owned(),
        part => part.to_owned(),
    };
    let (mut reads, mut names) = (0, BTreeSet::new());
    let admin = life.staff();
    for route in rocket.routes() {
        let parts = route.uri.path().split('/').map(fill);
        let address = parts.collect::<Vec<_>>().join("/");
        let path = route.uri.path();
        for person in [&nobody, &admin] {
            let answer = match route.method {
                Method::Post if path.ends_with("/sign-out") => continue,
                Method::Post => person.post_once(&address, &[]),
                _ => person.get(&address),
            };
            let lines = set(&answer);
            for line in &lines {
                assert_eq!(cookies::fault(line, false), None, "{path}: {line}");
                let name = line.split_once('=').map_or("", |(name, _)| name);
                names.insert(name.to_owned());
            }
            if route.method == Method::Get {
                assert_eq!(lines, Vec::<String>::new(), "{path} is only read");
                reads += 1;
            }
            if answer.status == Status::Ok && answer.html.contains("<footer") {
                assert!(
                    answer.html.contains("/cookies\">Cookie"),
                    "{path} leads to the cookies"
                );
            }
        }
    }
    assert!(reads > 400, "{reads}");
    // What is set is set by the acts that need it.
    names.extend(set(&sign_in(&life)).iter().filter_map(|line| {
        let (name, _) = line.split_once('=')?;
        assert_eq!(cookies::fault(line, false), None);
        Some(name.to_owned())
    }));
    let patron = life.app.visitor();
    let check = life.check_page(&patron, &Patron::number(1), &[]);
    assert_eq!(set(&check), Vec::<String>::new(), "filling in needs none");
    let sent = patron.send(&check, "/a/summer-2024/check", &[]);
    for line in set(&sent) {
        assert_eq!(cookies::fault(&line, false), None, "{line}");
        assert!(line.starts_with("receipt="));
        names.insert("receipt".to_owned());
    }
    let choice = [("choice", "statistics")];
    for line in set(&patron.send(&patron.get("/cookies"), "/cookies", &choice)) {
        assert_eq!(cookies::fault(&line, false), None, "{line}");
        assert!(line.starts_with("visit="));
        names.insert("visit".to_owned());
    }
    let site = Site::open(engine);
    drop(site.member("mei@example.org"));
    let (_, came) = site.try_in("mei@example.org", PASSPHRASE);
    for line in set(&came) {
        assert_eq!(cookies::fault(&line, true), None, "{line}");
        assert!(line.starts_with("__Host-m="));
        names.insert("m".to_owned());
    }
    let provider = ForgingProvider::start();
    let elsewhere = TestApp::with(engine, START, |config| {
        config.staff_openid = provider.settings();
    });
    let staff = elsewhere.visitor();
    let page = staff.get("/staff/sign-in");
    for line in set(&staff.send(&page, "/staff/openid", &[])) {
        assert_eq!(cookies::fault(&line, false), None, "{line}");
        assert!(line.starts_with("elsewhere="));
        names.insert("elsewhere".to_owned());
    }
    assert_eq!(names, declared);
}

fn sign_in(life: &Life) -> Answer {
    let person = life.app.visitor();
    let page = person.get("/staff/sign-in");
    let words = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    person.send(&page, "/staff/sign-in", &words)
}

fn whoever_refuses_cookies_is_told_and_gets_the_same_receipt_later(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let patron = life.app.visitor();
    let check = life.check_page(&patron, &Patron::number(1), &[]);
    let sent = patron.send(&check, "/a/summer-2024/check", &[]);
    assert_eq!(sent.location, "/receipt");
    // The browser kept nothing.
    let refusing = life.app.visitor();
    let over = refusing.get("/receipt");
    assert!(over.text("main").contains("不收 cookie"));
    assert!(over.links().contains(&"/cookies".to_owned()));
    let english = refusing.get("/en/receipt");
    assert!(english.text("main").contains("may refuse cookies"));
    let first = patron.get("/receipt").text("#secret");
    // Allowed now: the page that was sent is sent again.
    let again = refusing.send(&check, "/a/summer-2024/check", &[]);
    assert_eq!(again.status, Status::SeeOther, "{}", again.mistakes());
    let second = refusing.get("/receipt").text("#secret");
    assert!(!first.is_empty());
    assert_eq!(first, second);
    let told = refusing.get("/cookies").text("main");
    assert!(
        told.contains("10 分鐘") && told.contains("再送一次"),
        "{told}"
    );
}

fn machines_find_what_the_operator_has_set_and_nothing_else(engine: Engine) {
    let bare = TestApp::with(engine, START, |_| ());
    let nobody = bare.visitor();
    for path in ["/sitemap.xml", "/.well-known/security.txt"] {
        assert_eq!(nobody.get(path).status, Status::NotFound, "{path}");
    }
    let robots = nobody.get("/robots.txt");
    assert!(robots.html.contains("Disallow: /staff\n"));
    assert!(robots.html.contains("Disallow: /en/staff\n"));
    assert!(!robots.html.contains("Sitemap"));
    drop(bare);

    let life = Life::published(engine, |config| {
        config.public_origin = "http://draw.lib.example.tw".to_owned();
        config.security_contact = "mailto:security@lib.example.tw".to_owned();
        config.security_until = "2027-06-30".to_owned();
    });
    let nobody = life.app.visitor();
    let robots = nobody.get("/robots.txt");
    let map = "Sitemap: http://draw.lib.example.tw/sitemap.xml\n";
    assert!(robots.html.ends_with(map), "{}", robots.html);
    let security = nobody.get("/.well-known/security.txt");
    assert!(security.header("Content-Type").starts_with("text/plain"));
    let lines = [
        "Contact: mailto:security@lib.example.tw",
        "Expires: 2027-06-30T23:59:59+08:00",
        "Preferred-Languages: zh-TW, en",
        "Canonical: http://draw.lib.example.tw/.well-known/security.txt",
    ];
    assert_eq!(security.html.lines().collect::<Vec<_>>(), lines);
    let sitemap = nobody.get("/sitemap.xml");
    assert!(sitemap.header("Content-Type").contains("xml"));
    let places = sitemap
        .html
        .split("<loc>http://draw.lib.example.tw")
        .skip(1);
    let places: Vec<&str> = places.filter_map(|rest| rest.split('<').next()).collect();
    assert!(places.contains(&"/a/summer-2024") && places.contains(&"/en/a/summer-2024"));
    assert!(places.len() >= 30, "{places:?}");
    for place in places {
        assert_eq!(nobody.get(place).status, Status::Ok, "{place}");
        assert!(!place.contains("/staff") && !place.contains("/entry"));
    }

    let genuine = nobody.get("/genuine").text("main");
    for words in ["draw.lib.example.tw", "draws@example.org", "165", "匯款"] {
        assert!(genuine.contains(words), "{words}: {genuine}");
    }
    let statement = nobody.get("/en/accessibility").text("main");
    assert!(statement.contains("WCAG 2.2") && statement.contains("have not tested"));
}
