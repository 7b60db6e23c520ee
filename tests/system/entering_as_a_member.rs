//! Entering with an account: activities for members only, receipts kept in the account, and the
//! newsletter of the same address.

use fairdraw::identity::date;
use fairdraw::member::session;
use fairdraw::newsletter;
use fairdraw::platform::clock::{DAY, MINUTE};
use rocket::http::{Method, Status};

use crate::support::Engine;
use crate::support::app::{Answer, Asked, Door, Person};
use crate::support::canary::Scan;
use crate::support::life::{Life, Patron};
use crate::support::mail_sink::MailSink;
use crate::support::member::{HOST, Site, chosen, sign_in_on};
use crate::support::places;
use crate::support::staff::PASSPHRASE;

on_both! {
    an_activity_for_members_lets_nobody_else_in,
    a_form_that_hides_where_it_comes_from_signs_nobody_in,
    whoever_makes_an_account_for_an_activity_lands_on_its_form,
    nothing_typed_is_lost_when_the_session_ends_over_the_form,
    who_may_enter_is_frozen_and_told_in_the_rules,
    a_member_keeps_the_receipt_and_finds_it_again,
    nothing_in_the_database_joins_an_entry_to_a_member,
    a_member_subscribes_without_another_mail,
}

const ENTER: &str = "/a/summer-2024/enter";
const CHECK: &str = "/a/summer-2024/check";

/// A draw that people can enter now.
pub(crate) struct Draw {
    pub(crate) site: Site,
    pub(crate) activity: String,
    pub(crate) question: String,
}

impl Draw {
    pub(crate) fn open(engine: Engine, eligibility: &'static str) -> Draw {
        let sink = MailSink::start();
        let url = sink.url();
        let life = Life::published_after(
            engine,
            &Life::clock(),
            |config| {
                config.smtp_url = url;
                config.public_origin = HOST.to_owned();
            },
            &[],
            |_, admin, id| {
                let path = format!("/staff/activities/{id}/details");
                let page = admin.get(&path);
                let saved = admin.send(&page, &path, &[("eligibility", eligibility)]);
                assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
            },
        );
        Draw {
            site: Site {
                app: life.app,
                sink,
            },
            activity: life.activity,
            question: life.question,
        }
    }

    /// Fills the form that is before the person.
    pub(crate) fn fill(&self, person: &Person<'_>, form: &Answer, patron: &Patron) -> Answer {
        let typed = patron.form(&self.question);
        let mut fields = form.form(ENTER);
        fields.retain(|(name, _)| typed.iter().all(|(own, _)| own != name));
        fields.extend(typed);
        person.post_once(ENTER, &fields)
    }

    /// Goes through the form to the page where it is looked over.
    fn check_page(&self, person: &Person<'_>, patron: &Patron) -> Answer {
        let form = person.get(ENTER);
        assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
        let check = self.fill(person, &form, patron);
        assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
        check
    }

    /// Goes on from there to the receipt.
    pub(crate) fn send(
        &self,
        person: &Person<'_>,
        check: &Answer,
        more: &[(&str, &str)],
    ) -> Answer {
        let sent = person.send(check, CHECK, more);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        let receipt = person.get(&sent.location);
        assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
        receipt
    }
}

fn an_activity_for_members_lets_nobody_else_in(engine: Engine) {
    let draw = Draw::open(engine, "members");
    let visitor = draw.site.app.visitor();
    let told = "這個活動只限會員參加";
    let page = visitor.get("/a/summer-2024");
    assert!(page.text("main").contains(told), "{}", page.text("main"));
    assert!(page.text(".tags").contains("只限會員"));
    let form = visitor.get(ENTER);
    assert_eq!(form.status, Status::Forbidden);
    assert!(form.text("main").contains(told), "{}", form.text("main"));
    assert!(!form.html.contains("national_id"));
    // Nor does a form reach it that somebody made up, at either page.
    let patron = Patron::number(1);
    for path in [ENTER, CHECK] {
        let sent = visitor.post_once(path, &patron.form(&draw.question));
        assert_eq!(sent.status, Status::Forbidden, "{path}");
        assert!(sent.text("main").contains(told));
        let wrong = sign_in_on(&visitor, &sent, path, ("mei@example.org", PASSPHRASE));
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        assert!(
            wrong.html.contains(&patron.national_id),
            "nothing typed is lost"
        );
    }
    assert_eq!(draw.site.rows("entries"), 0);

    // A member signs in from there and comes back to the form.
    drop(draw.site.member("mei@example.org"));
    let led = sign_in_on(
        &visitor,
        &form,
        "/members/sign-in",
        ("mei@example.org", PASSPHRASE),
    );
    assert_eq!(led.location, ENTER, "{}", led.mistakes());
    let check = draw.check_page(&visitor, &patron);
    draw.send(&visitor, &check, &[]);
    assert_eq!(draw.site.rows("entries"), 1);
}

fn a_form_that_hides_where_it_comes_from_signs_nobody_in(engine: Engine) {
    let draw = Draw::open(engine, "members");
    drop(draw.site.member("mei@example.org"));
    let body = format!(
        "proof_email=mei%40example.org&proof_passphrase={}",
        PASSPHRASE.replace(' ', "+")
    );
    // Our own page says it, by whatever the browser knows; what another site hides is not taken.
    for (name, value, is_taken) in [
        ("Sec-Fetch-Site", "same-origin", true),
        ("Origin", HOST, true),
        ("Origin", "null", false),
    ] {
        let came = draw.site.app.ask(Asked {
            method: Method::Post,
            path: ENTER,
            headers: vec![
                (
                    "Content-Type",
                    "application/x-www-form-urlencoded".to_owned(),
                ),
                (name, value.to_owned()),
            ],
            cookies: Vec::new(),
            body: body.clone().into_bytes(),
        });
        let mut headers = came.headers.iter();
        let has_cookie = headers.any(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        assert_eq!(has_cookie, is_taken, "{name}: {value}");
        assert_eq!(came.status == 403, !is_taken, "{name}: {value}");
    }
    // Older browsers say it because the page asks them to.
    let page = draw.site.app.visitor().get(ENTER);
    assert!(
        page.html
            .contains(r#"<meta name="referrer" content="same-origin">"#)
    );
}

fn whoever_makes_an_account_for_an_activity_lands_on_its_form(engine: Engine) {
    let draw = Draw::open(engine, "members");
    let site = &draw.site;
    // Asks for an account at an address of the page; answers with the path of the mailed link.
    let ask = |address: &str, email: &str| {
        let visitor = site.app.visitor();
        let page = visitor.get(address);
        let form = address.split('?').next().expect("a path");
        let sent = visitor.send(&page, form, &[("email", email)]);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        let queued = "SELECT COUNT(*) AS n FROM member_letters WHERE code LIKE '%summer%'";
        assert_eq!(
            site.count(queued),
            0,
            "no row says which activity brought whom"
        );
        site.run();
        site.link(email)
    };
    for (language, email, told) in [
        ("", "mei@example.org", "回到您剛才要參加的活動"),
        ("/en", "lin@example.org", "back at the activity"),
    ] {
        let enter = format!("{language}{ENTER}");
        let links = site.app.visitor().get(&enter).links();
        let start = format!("{language}/members/register");
        let register = links.iter().find(|link| link.starts_with(&start));
        let link = ask(register.expect("an account is offered"), email);
        assert!(!link.contains("summer"), "{link}");
        // The letter is opened elsewhere: no cookie, no page of before.
        let person = site.app.visitor();
        let page = person.get(&link);
        assert!(page.text("main").contains(told), "{}", page.text("main"));
        // A slip keeps the way.
        let slip = person.send(&page, &link, &chosen("short"));
        assert_eq!(slip.status, Status::UnprocessableEntity);
        assert!(slip.text("main").contains(told));
        let done = person.send(&slip, &link, &chosen(PASSPHRASE));
        assert_eq!(done.location, enter, "{}", done.mistakes());
        let form = person.get(&enter);
        assert_eq!(form.status, Status::Ok);
        assert!(form.html.contains("national_id"));
    }
    // Only pages of activities and the own account are a way back.
    for (number, elsewhere) in [
        "//evil.example/a/x",
        "https://evil.example/a/x",
        "/members/me",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("reader{number}@example.org");
        let link = ask(&format!("/members/register?next={elsewhere}"), &email);
        let person = site.app.visitor();
        let done = person.send(&person.get(&link), &link, &chosen(PASSPHRASE));
        assert_eq!(done.location, "/members/me?did=begun", "{elsewhere}");
    }
}

fn nothing_typed_is_lost_when_the_session_ends_over_the_form(engine: Engine) {
    let draw = Draw::open(engine, "members");
    let person = draw.site.member("mei@example.org");
    let patron = Patron::number(2);
    let form = person.get(ENTER);
    draw.site.later(session::IDLE + MINUTE);
    let asked = draw.fill(&person, &form, &patron);
    assert_eq!(asked.status, Status::Forbidden);
    assert!(asked.text("main").contains("您填的內容都還在這一頁"));
    assert!(
        !asked.html.contains("type=\"password\" value=\""),
        "no passphrase is given back"
    );
    let check = sign_in_on(&person, &asked, ENTER, ("mei@example.org", PASSPHRASE));
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let carried = check.form(CHECK);
    let value = |name: &str| carried.iter().find(|(own, _)| own == name);
    assert_eq!(
        value("national_id").map(|(_, value)| value),
        Some(&patron.national_id)
    );
    assert_eq!(
        value(&draw.question).map(|(_, value)| value),
        Some(&patron.answer)
    );
    assert!(value("proof_passphrase").is_none() && value("proof_email").is_none());

    // It may end over the check page as well.
    draw.site.later(session::IDLE + MINUTE);
    let asked = person.post_once(CHECK, &carried);
    assert_eq!(asked.status, Status::Forbidden);
    let sent = sign_in_on(&person, &asked, CHECK, ("mei@example.org", PASSPHRASE));
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    assert_eq!(person.get(&sent.location).status, Status::Ok);
    assert_eq!(draw.site.rows("entries"), 1);
}

fn who_may_enter_is_frozen_and_told_in_the_rules(engine: Engine) {
    let draw = Draw::open(engine, "members");
    let visitor = draw.site.app.visitor();
    for (path, told) in [
        ("/a/summer-2024/rules", "這個活動只限會員參加"),
        (
            "/en/a/summer-2024/rules",
            "This activity is for members only",
        ),
    ] {
        let rules = visitor.get(path);
        assert!(rules.html.contains(told), "{path}");
    }
    let admin = crate::support::staff::sign_in(&draw.site.app, "陳館員");
    let path = format!("/staff/activities/{}/details", draw.activity);
    let late = admin.post(&path, &[("eligibility".to_owned(), "everybody".to_owned())]);
    assert_eq!(late.status, Status::Conflict);
    let members = "SELECT COUNT(*) AS n FROM activities WHERE eligibility = 'members'";
    assert_eq!(draw.site.count(members), 1);

    // An activity for everybody says nothing of it.
    let open = Draw::open(engine, "everybody");
    let page = open.site.app.visitor().get("/a/summer-2024");
    assert!(!page.text("main").contains("只限會員"));
}

fn a_member_keeps_the_receipt_and_finds_it_again(engine: Engine) {
    let draw = Draw::open(engine, "everybody");
    let site = &draw.site;
    // Whoever is not signed in is not asked, and cannot slip one in.
    let visitor = site.app.visitor();
    let check = draw.check_page(&visitor, &Patron::number(1));
    assert!(!check.html.contains("放進我的帳號"));
    let receipt = draw.send(&visitor, &check, &[("keep", "yes")]);
    assert!(!receipt.html.contains("已放進"));

    let person = site.member("mei@example.org");
    assert!(
        person
            .get("/members/me")
            .text("main")
            .contains("還沒有放進帳號的報名")
    );
    let check = draw.check_page(&person, &Patron::number(2));
    assert!(check.html.contains("把這筆報名放進我的帳號"));
    let fields = check.form(CHECK);
    assert!(
        fields.iter().all(|(name, _)| name != "keep"),
        "never ticked for the person"
    );
    let receipt = draw.send(&person, &check, &[("keep", "yes")]);
    assert!(
        receipt.text("main").contains("這張回條已放進"),
        "{}",
        receipt.text("main")
    );
    let number = receipt.text(".receipt .big");
    // The same page sent once more is one entry and one receipt.
    draw.send(&person, &check, &[("keep", "yes")]);
    // One that is not ticked is not kept.
    let other = draw.check_page(&person, &Patron::number(3));
    draw.send(&person, &other, &[]);

    // From another device: the list, the entry itself, and the file.
    let elsewhere = site.sign_in("mei@example.org");
    let own = elsewhere.get("/members/me");
    assert_eq!(own.texts(".cards .card").len(), 1);
    assert!(
        own.text(".cards").contains(number.trim()),
        "{number}: {}",
        own.text(".cards")
    );
    let pass = own.form("/entry");
    let entry = elsewhere.post("/entry", &pass);
    assert_eq!(entry.status, Status::Ok, "{}", entry.mistakes());
    assert!(
        entry.text("main").contains("夏日閱讀抽獎"),
        "{}",
        entry.text("main")
    );
    let file = elsewhere.get("/members/me/data");
    let held: serde_json::Value = serde_json::from_slice(&file.bytes).expect("JSON");
    let code = held["entries"][0]["receipt_code"].as_str().expect("a code");
    let found = site.app.visitor();
    let page = found.send(&found.get("/entry"), "/entry", &[("code", code)]);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    assert_eq!(held["entries"].as_array().map(Vec::len), Some(1));

    // The consent to the entry is taken back where it was given.
    let sure = [
        entry.form("/entry/withdraw"),
        vec![("sure".to_owned(), "yes".to_owned())],
    ];
    let withdrawn = elsewhere.post("/entry/withdraw", &sure.concat());
    assert_eq!(withdrawn.status, Status::Ok, "{}", withdrawn.mistakes());
    let own = elsewhere.get("/members/me");
    assert!(
        own.text(".cards").contains("已撤回"),
        "{}",
        own.text(".cards")
    );
    let drop = own.form("/members/me/receipts");
    let dropped = elsewhere.post("/members/me/receipts", &drop);
    assert_eq!(dropped.location, "/members/me?did=receipt");
    assert_eq!(elsewhere.get("/members/me").texts(".cards .card").len(), 0);
}

fn nothing_in_the_database_joins_an_entry_to_a_member(engine: Engine) {
    let draw = Draw::open(engine, "everybody");
    let site = &draw.site;
    let person = site.member("mei@example.org");
    let length = "SELECT CAST(LENGTH(sealed) AS BIGINT) AS n FROM member_receipts";
    let empty = site.count(length);
    let check = draw.check_page(&person, &Patron::number(2));
    draw.send(&person, &check, &[("keep", "yes")]);
    assert_eq!(
        site.count(length),
        empty,
        "a box says not whether anything is in it"
    );
    let own = person.get("/members/me");
    let own_code = person.get("/members/me/data");
    let held: serde_json::Value = serde_json::from_slice(&own_code.bytes).expect("JSON");
    let code = held["entries"][0]["receipt_code"].as_str().expect("a code");
    let plain: String = code
        .chars()
        .filter(|one| one.is_ascii_alphanumeric())
        .collect();
    let tables = places::tables(&site.app.app.db);
    let rows = |wanted: &str| {
        let mut found = tables.iter().filter(|(table, _)| table == wanted);
        found
            .next()
            .map(|(_, rows)| rows.clone())
            .unwrap_or_default()
    };
    // Every value that identifies a member is in no table of entries, and the other way round.
    let of_members: Vec<String> = tables
        .iter()
        .filter(|(table, _)| table.starts_with("member"))
        .map(|(_, rows)| rows.clone())
        .collect();
    let of_members = of_members.concat();
    let ids = |sql: &str| site_values(site, sql);
    for value in ids("SELECT id AS v FROM entries UNION SELECT id AS v FROM activities") {
        assert!(
            !of_members.contains(&value),
            "{value} is in a table of members"
        );
    }
    for value in ids("SELECT id AS v FROM members UNION SELECT item AS v FROM member_receipts") {
        let elsewhere = tables
            .iter()
            .filter(|(table, _)| !table.starts_with("member"));
        let named: Vec<&String> = elsewhere
            .filter(|(_, rows)| rows.contains(&value))
            .map(|(table, _)| table)
            .collect();
        assert_eq!(named, Vec::<&String>::new(), "{value}");
    }
    assert!(
        rows("entries").len() > 10 && !own.html.is_empty(),
        "the rows were read"
    );
    // The receipt code is in no row, nor in the address of anything.
    let scan = Scan::of(&[code, &plain[..20]]);
    let mut finds = Vec::new();
    for (table, rows) in &tables {
        finds.extend(scan.bytes(table, rows.as_bytes()));
    }
    let config = &site.app.app.config;
    for folder in [config.data().to_owned(), site.app.database.keys()] {
        if folder.exists() {
            finds.extend(scan.path(&folder));
        }
    }
    assert_eq!(finds, []);
    // The daily sweep writes all boxes anew and loses none.
    site.later(DAY + MINUTE);
    let again = site.sign_in("mei@example.org").get("/members/me");
    assert_eq!(again.texts(".cards .card").len(), 1);
}

/// The texts that a query gives.
fn site_values(site: &Site, sql: &str) -> Vec<String> {
    use diesel::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Value {
        #[diesel(sql_type = diesel::sql_types::Text)]
        v: String,
    }
    let read = site.app.app.db.read_now("values", |tx| {
        let rows: Vec<Value> = diesel::sql_query(sql).load(tx.conn())?;
        Ok::<_, fairdraw::platform::db::Error>(rows)
    });
    let rows = read.expect("it is SQL");
    assert!(!rows.is_empty(), "{sql}");
    rows.into_iter().map(|row| row.v).collect()
}

fn a_member_subscribes_without_another_mail(engine: Engine) {
    let site = Site::open(engine);
    let admin = site.app.first_admin();
    let path = "/staff/newsletters/topics";
    let topic = [
        ("topic", ""),
        ("do", "save"),
        ("name_zh", "新書"),
        ("name_en", "New books"),
    ];
    let made = admin.send(&admin.get(path), path, &topic);
    assert_eq!(made.status, Status::SeeOther, "{}", made.mistakes());
    let person = site.member("mei@example.org");
    let page = person.get("/members/me");
    let to = "/members/me/newsletter";
    let missing = person.send(&page, to, &[]);
    assert_eq!(missing.status, Status::UnprocessableEntity);
    assert_eq!(
        missing.texts(".error-summary li").len(),
        2,
        "{}",
        missing.mistakes()
    );
    let chosen = page.first_choice("topics");
    let done = person.send(&page, to, &[("topics", &chosen), ("agree", "yes")]);
    assert_eq!(
        done.location,
        "/members/me?did=subscribed",
        "{}",
        done.mistakes()
    );
    site.run();
    assert_eq!(
        site.mails_to("mei@example.org").len(),
        1,
        "the link of the account alone"
    );
    let active = "SELECT COUNT(*) AS n FROM subscribers WHERE state = 'active'";
    assert_eq!(site.count(active), 1);
    // The consent is listed with its version, its hour and its words, and taken back there.
    let page = person.get("/members/me");
    assert_eq!(page.texts("details").len(), 2);
    let today = date::input_value(site.now());
    let file = person.get("/members/me/data");
    let held: serde_json::Value = serde_json::from_slice(&file.bytes).expect("JSON");
    assert_eq!(held["newsletter_topics"][0], "新書");
    assert_eq!(held["consents"][1]["version"], newsletter::consent::VERSION);
    assert_eq!(held["consents"][1]["agreed_at"], today.as_str());
    let links = page.links();
    let own = links
        .iter()
        .find(|link| link.starts_with("/newsletter/preferences/"));
    let own = own.expect("the way to the subscription");
    assert_eq!(person.get(own).status, Status::Ok);
    let leave = own.replace("/preferences/", "/unsubscribe/");
    assert_eq!(person.post(&leave, &[]).status, Status::Ok);
    assert_eq!(site.count(active), 0);
    assert!(
        person.get("/members/me").html.contains(to),
        "the form is offered again"
    );
    // No row of the one names the other.
    let tags = "SELECT COUNT(*) AS n FROM members m JOIN suppressed_addresses s ON s.tag = m.tag";
    assert_eq!(site.count(tags), 0);
}
