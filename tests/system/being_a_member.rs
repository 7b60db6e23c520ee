//! An account of one's own: making it behind a link in a mail, coming in, changing it, leaving.

use fairdraw::member::session;
use fairdraw::platform::clock::{DAY, HOUR, MINUTE};
use fairdraw::platform::db;
use fairdraw::vault::ScopeBox;
use rocket::http::Status;

use crate::second_step::Telephone;
use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::canary::Scan;
use crate::support::member::{Site, chosen, is_in, link_of};
use crate::support::places;
use crate::support::staff::PASSPHRASE;

on_both! {
    an_account_begins_behind_the_link_in_a_mail,
    nobody_learns_whether_an_address_has_an_account,
    five_wrong_passphrases_lock_the_account_for_a_quarter_of_an_hour,
    a_forgotten_passphrase_is_replaced_behind_a_link,
    a_changed_passphrase_ends_the_other_sessions,
    sessions_are_listed_and_ended,
    a_changed_address_is_confirmed_at_the_new_one,
    a_new_passphrase_cancels_what_somebody_else_asked_for,
    an_account_is_deleted_at_once_and_whole,
    what_is_held_can_be_downloaded,
    a_database_copy_shows_no_member,
    a_second_step_is_asked_for_where_it_was_set_up,
    whoever_lost_the_telephone_begins_anew,
}

/// The value of the cookie of a session that an answer sets; nothing where it sets none.
fn cookie(answer: &Answer) -> Option<String> {
    let lines = answer.headers.iter();
    let mut lines = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let line = lines.find_map(|(_, line)| line.strip_prefix("__Host-m="))?;
    for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    line.split(';').next().map(str::to_owned)
}

fn an_account_begins_behind_the_link_in_a_mail(engine: Engine) {
    let site = Site::open(engine);
    let visitor = site.app.visitor();
    // The own page leads to the sign-in, and nothing else of the site needs an account.
    let led = visitor.get("/members/me");
    assert_eq!(led.status, Status::SeeOther);
    assert!(
        led.location
            .starts_with("/members/sign-in?next=%2Fmembers%2Fme")
    );
    let footer = visitor.get("/").links();
    assert!(footer.iter().any(|link| link == "/members/me"));

    let sent = site.ask("/members/register", "mei@example.org");
    assert_eq!(sent.location, "/members/sent", "{}", sent.mistakes());
    let mail = site.last_to("mei@example.org");
    assert_eq!(mail.header("List-Unsubscribe"), None);
    for part in ["text/plain", "text/html"] {
        let text = mail.part(part).text();
        assert!(
            text.contains("絕不會以電話、信件或簡訊詢問您的通行密語"),
            "{text}"
        );
        assert!(
            text.contains("165") && text.contains("02-2755-2823"),
            "{text}"
        );
    }
    let link = link_of(&mail);
    // A program that looks for viruses opens every link, also in English.
    for path in [link.clone(), link.clone(), format!("/en{link}")] {
        let page = visitor.get(&path);
        assert_eq!(page.status, Status::Ok);
        assert!(page.header("Cache-Control").contains("no-store"));
    }
    assert_eq!(site.rows("members"), 0);
    // What is missing is asked for.
    let page = visitor.get(&link);
    let short = [("passphrase", "short"), ("passphrase_again", "short")];
    let wrong = visitor.send(&page, &link, &short);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert_eq!(
        wrong.texts(".error-summary li").len(),
        2,
        "{}",
        wrong.mistakes()
    );
    let done = visitor.send(&page, &link, &chosen(PASSPHRASE));
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let first = cookie(&done).expect("a session");

    let own = visitor.get(&done.location);
    assert_eq!(own.status, Status::Ok, "{}", own.mistakes());
    assert!(own.header("Cache-Control").contains("no-store"));
    assert!(
        own.html.contains("m***@example.org"),
        "{}",
        own.text("main")
    );
    assert!(
        !own.html.contains("mei@example.org"),
        "no page shows the address"
    );
    // What the person agreed to is kept with its words, and shown.
    let terms = "SELECT COUNT(*) AS n FROM members m JOIN member_terms t ON t.hash = m.terms \
        WHERE t.words LIKE '%不會註明屬於哪個帳號%'";
    assert_eq!(site.count(terms), 1);
    assert!(own.text("details").contains("不會註明屬於哪個帳號"));
    // The link was good for one account.
    let again = visitor.send(&page, &link, &chosen(PASSPHRASE));
    assert_eq!(again.status, Status::UnprocessableEntity);
    assert_eq!(site.rows("members"), 1);
    assert_eq!(site.rows("member_askings"), 0);

    // Signing in gives another token, signing out takes it back, and the old one is worth nothing.
    let page = visitor.get("/members/sign-in");
    assert_eq!(page.location, "/members/me", "who is in needs no form");
    let (other, came) = site.try_in("Mei@EXAMPLE.org", PASSPHRASE);
    assert_eq!(came.location, "/members/me", "{}", came.mistakes());
    assert_ne!(cookie(&came).expect("a session"), first);
    assert_eq!(site.rows("member_sessions"), 2);
    let out = other.post("/members/sign-out", &[]);
    assert_eq!(cookie(&out).as_deref(), Some(""));
    assert!(out.header("Set-Cookie").contains("Max-Age=0"));
    assert_eq!(site.rows("member_sessions"), 1);
    assert!(!is_in(&other) && is_in(&visitor));
    // Nobody of the staff is met here, and no member there.
    let staff = visitor.get("/staff");
    assert!(
        staff.location.starts_with("/staff/sign-in"),
        "{}",
        staff.location
    );

    // A session that nobody uses ends, and what was sent meanwhile is not done.
    site.later(session::IDLE + MINUTE);
    let late = visitor.post(
        "/members/me/language",
        &[("language".to_owned(), "en".to_owned())],
    );
    assert!(late.location.contains("why=unsent"), "{}", late.location);
    let back = visitor.get("/members/me");
    assert!(back.location.contains("why=ended"), "{}", back.location);
    assert_eq!(
        site.count("SELECT COUNT(*) AS n FROM members WHERE language = 'en'"),
        0
    );
}

fn nobody_learns_whether_an_address_has_an_account(engine: Engine) {
    let site = Site::open(engine);
    site.member("mei@example.org");
    for path in ["/members/register", "/members/forgotten"] {
        let known = site.ask(path, "mei@example.org");
        let unknown = site.ask(path, "lin@example.org");
        assert_eq!(known.status, unknown.status);
        assert_eq!(known.location, "/members/sent");
        assert_eq!(unknown.location, "/members/sent");
    }
    let subject = |email: &str| site.last_to(email).header("Subject").expect("a subject");
    assert!(subject("mei@example.org").contains("設定新的通行密語"));
    assert!(subject("lin@example.org").contains("沒有帳號"));
    let told = &site.mails_to("mei@example.org")[1];
    assert!(
        told.header("Subject")
            .is_some_and(|words| words.contains("您已有帳號"))
    );
    assert_eq!(link_of(told), "/members/sign-in");
    // One letter each, so that the work is the same as well; three a day by each form at most.
    assert_eq!(site.mails_to("lin@example.org").len(), 2);
    for _ in 0..4 {
        site.ask("/members/forgotten", "lin@example.org");
    }
    assert_eq!(site.mails_to("lin@example.org").len(), 4);
    // So whoever fills in the one form for somebody else keeps nobody from the other.
    for _ in 0..4 {
        site.ask("/members/register", "mei@example.org");
    }
    site.ask("/members/forgotten", "mei@example.org");
    assert!(subject("mei@example.org").contains("設定新的通行密語"));

    let (_, wrong) = site.try_in("mei@example.org", "some other passphrase");
    let (_, unknown) = site.try_in("nobody@example.org", "some other passphrase");
    let (_, unfit) = site.try_in("not an address", "some other passphrase");
    for answer in [&wrong, &unknown, &unfit] {
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert_eq!(answer.mistakes(), wrong.mistakes());
        assert_eq!(cookie(answer), None);
    }
    // A form that is none of ours brings no letter.
    let fields = [("email".to_owned(), "new@example.org".to_owned())];
    let nowhere = site.app.visitor().post("/members/register", &fields);
    assert_eq!(nowhere.status, Status::UnprocessableEntity);
    assert!(
        nowhere.html.contains("new@example.org"),
        "nothing typed is lost"
    );
    // What waits goes by itself.
    assert_eq!(site.rows("member_askings"), 2);
    let page = site.app.visitor();
    let link = link_of(&site.mails_to("lin@example.org")[0]);
    site.later(DAY + HOUR);
    assert_eq!(page.get(&link).status, Status::UnprocessableEntity);
    site.later(2 * DAY);
    site.later(DAY);
    assert_eq!(site.rows("member_askings") + site.rows("member_letters"), 0);
}

fn five_wrong_passphrases_lock_the_account_for_a_quarter_of_an_hour(engine: Engine) {
    let site = Site::open(engine);
    drop(site.member("mei@example.org"));
    for _ in 0..5 {
        let (_, wrong) = site.try_in("mei@example.org", "some other passphrase");
        assert_eq!(wrong.status, Status::UnprocessableEntity);
    }
    let (_, right) = site.try_in("mei@example.org", PASSPHRASE);
    assert_eq!(right.status, Status::UnprocessableEntity);
    assert!(
        right.mistakes().contains("暫時鎖定"),
        "{}",
        right.mistakes()
    );
    site.later(15 * MINUTE + MINUTE);
    assert!(is_in(&site.sign_in("mei@example.org")));
}

fn a_forgotten_passphrase_is_replaced_behind_a_link(engine: Engine) {
    let site = Site::open(engine);
    let before = site.member("mei@example.org");
    site.ask("/members/forgotten", "mei@example.org");
    let link = site.link("mei@example.org");
    let visitor = site.app.visitor();
    let page = visitor.get(&link);
    let done = visitor.send(&page, &link, &chosen("another umbrella is borrowed"));
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert!(done.text("h1").contains("通行密語已更改"));
    // Whoever uses the link is not in, and everybody who was is out.
    assert!(!is_in(&visitor) && !is_in(&before));
    site.run();
    let told = site.last_to("mei@example.org").header("Subject");
    assert!(told.is_some_and(|subject| subject.contains("通行密語已更改")));
    assert_eq!(
        site.try_in("mei@example.org", PASSPHRASE).1.status.code,
        422
    );
    let (person, came) = site.try_in("mei@example.org", "another umbrella is borrowed");
    assert_eq!(came.status, Status::SeeOther);
    assert!(is_in(&person));
    let again = visitor.send(&page, &link, &chosen("a third one of these"));
    assert_eq!(again.status, Status::UnprocessableEntity);
}

fn a_changed_passphrase_ends_the_other_sessions(engine: Engine) {
    let site = Site::open(engine);
    let here = site.member("mei@example.org");
    let there = site.sign_in("mei@example.org");
    let path = "/members/me/passphrase";
    let new = "another umbrella is borrowed";
    let typed = |present| {
        [
            ("present", present),
            ("passphrase", new),
            ("passphrase_again", new),
        ]
    };
    let wrong = here.send(&here.get("/members/me"), path, &typed("not the one"));
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(is_in(&there));
    let done = here.send(&here.get("/members/me"), path, &typed(PASSPHRASE));
    assert_eq!(
        done.location,
        "/members/me?did=passphrase",
        "{}",
        done.mistakes()
    );
    assert!(
        cookie(&done).is_some(),
        "the session goes on with another token"
    );
    assert!(is_in(&here) && !is_in(&there));
    site.run();
    let told = site.last_to("mei@example.org").header("Subject");
    assert!(told.is_some_and(|subject| subject.contains("通行密語已更改")));
}

fn sessions_are_listed_and_ended(engine: Engine) {
    let site = Site::open(engine);
    let here = site.member("mei@example.org");
    site.later(MINUTE);
    let there = site.sign_in("mei@example.org");
    site.later(MINUTE);
    let elsewhere = site.sign_in("mei@example.org");
    let page = here.get("/members/me");
    assert_eq!(page.texts("table.stack tbody tr").len(), 3);
    // The first form of that kind is of the newest session.
    let one = page.form("/members/me/end-session");
    let ended = here.post("/members/me/end-session", &one);
    assert_eq!(ended.location, "/members/me?did=session");
    assert!(is_in(&here) && is_in(&there) && !is_in(&elsewhere));
    let others = here.post("/members/me/end-others", &[]);
    assert_eq!(others.location, "/members/me?did=others");
    assert!(is_in(&here) && !is_in(&there));
}

fn a_changed_address_is_confirmed_at_the_new_one(engine: Engine) {
    let site = Site::open(engine);
    let person = site.member("mei@example.org");
    drop(site.member("lin@example.org"));
    let path = "/members/me/email";
    let typed = |email, present| [("email", email), ("email_present", present)];
    let move_to = |email, present| {
        let sent = person.send(&person.get("/members/me"), path, &typed(email, present));
        site.run();
        sent
    };
    let wrong = move_to("new@example.org", "not the one");
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(
        wrong.html.contains("new@example.org"),
        "nothing typed is lost"
    );
    // Somebody else's address is answered alike, and its owner is told.
    let taken = move_to("lin@example.org", PASSPHRASE);
    let free = move_to("new@example.org", PASSPHRASE);
    assert_eq!(
        taken.location,
        "/members/me?did=moving",
        "{}",
        taken.mistakes()
    );
    assert_eq!(free.location, taken.location);
    let told = site.last_to("lin@example.org").header("Subject");
    assert!(told.is_some_and(|subject| subject.contains("您已有帳號")));
    // Until the link is used the old address is the one.
    assert!(is_in(&site.sign_in("mei@example.org")));
    let link = site.link("new@example.org");
    let visitor = site.app.visitor();
    let page = visitor.get(&link);
    assert_eq!(page.status, Status::Ok);
    let done = visitor.send(&page, &link, &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    site.run();
    let told = site.last_to("mei@example.org");
    assert!(
        told.header("Subject")
            .is_some_and(|words| words.contains("電子郵件已更改"))
    );
    assert!(
        !told.part("text/plain").text().contains("/members/"),
        "no link in it"
    );
    assert_eq!(
        site.try_in("mei@example.org", PASSPHRASE).1.status.code,
        422
    );
    assert!(is_in(&site.sign_in("new@example.org")));
    assert!(is_in(&person), "who was signed in stays so");
    let again = visitor.send(&page, &link, &[]);
    assert_eq!(again.status, Status::UnprocessableEntity);
}

fn a_new_passphrase_cancels_what_somebody_else_asked_for(engine: Engine) {
    let site = Site::open(engine);
    drop(site.member("mei@example.org"));
    let subject = || site.last_to("mei@example.org").header("Subject");
    let moving = || {
        let thief = site.sign_in("mei@example.org");
        let fields = [
            ("email", "thief@example.org"),
            ("email_present", PASSPHRASE),
        ];
        let sent = thief.send(&thief.get("/members/me"), "/members/me/email", &fields);
        assert_eq!(
            sent.location,
            "/members/me?did=moving",
            "{}",
            sent.mistakes()
        );
        site.run();
        // The owner reads of it before anything is changed.
        assert!(subject().is_some_and(|words| words.contains("登入方式有變動")));
        let told = site.last_to("mei@example.org").part("text/plain").text();
        assert!(told.contains("要求改用另一個電子郵件"), "{told}");
        (thief, site.link("thief@example.org"))
    };
    let is_over = |link: &str| {
        let page = site.app.visitor().get(link);
        assert_eq!(page.status, Status::UnprocessableEntity, "{link}");
    };
    // By a letter to the owner.
    let (thief, link) = moving();
    site.ask("/members/forgotten", "mei@example.org");
    let way = site.link("mei@example.org");
    let owner = site.app.visitor();
    let done = owner.send(&owner.get(&way), &way, &chosen(PASSPHRASE));
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert!(!is_in(&thief));
    is_over(&link);
    // And by the owner who is signed in.
    site.later(2 * DAY);
    let (_, link) = moving();
    let owner = site.sign_in("mei@example.org");
    let path = "/members/me/passphrase";
    let another = "another long passphrase of mine";
    let typed = [
        ("present", PASSPHRASE),
        ("passphrase", another),
        ("passphrase_again", another),
    ];
    let done = owner.send(&owner.get("/members/me"), path, &typed);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    is_over(&link);
    assert_eq!(
        site.try_in("thief@example.org", PASSPHRASE).1.status.code,
        422
    );
}

fn an_account_is_deleted_at_once_and_whole(engine: Engine) {
    let site = Site::open(engine);
    let person = site.member("mei@example.org");
    let other = site.sign_in("mei@example.org");
    let read = |tx: &mut db::Tx<'_>| {
        use diesel::RunQueryDsl;
        #[derive(diesel::QueryableByName)]
        struct Kept {
            #[diesel(sql_type = diesel::sql_types::Text)]
            item: String,
            #[diesel(sql_type = diesel::sql_types::Binary)]
            sealed: Vec<u8>,
        }
        let boxes = ["members", "member_receipts"].map(|table| {
            let query = format!("SELECT item, sealed FROM {table}");
            diesel::sql_query(query).get_result::<Kept>(tx.conn())
        });
        let [address, receipts] = boxes.map(|kept| {
            let kept = kept.expect("one row");
            ScopeBox {
                item: kept.item,
                sealed: kept.sealed,
            }
        });
        Ok::<_, db::Error>((address, receipts))
    };
    let (address, receipts) = site.app.app.db.read_now("boxes", read).expect("rows");
    let vault = &site.app.app.vault;
    let open = || vault.open_member(address.clone(), receipts.clone());
    assert_eq!(open().expect("it opens").email(), Some("mei@example.org"));
    // An asking that waits goes as well.
    site.ask("/members/forgotten", "mei@example.org");
    let path = "/members/me/delete";
    let page = person.get("/members/me");
    assert!(page.text("main").contains("您參加過的活動不受影響"));
    let wrong = person.send(&page, path, &[("delete_present", "not the one")]);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert_eq!(site.rows("members"), 1);
    let gone = person.send(&page, path, &[("delete_present", PASSPHRASE)]);
    assert_eq!(gone.status, Status::Ok, "{}", gone.mistakes());
    assert!(gone.text("h1").contains("帳號已刪除"));
    let words = gone.text("main");
    assert!(
        words.contains("報名資料仍依各活動公布的日期刪除"),
        "what stays: {words}"
    );
    assert_eq!(cookie(&gone).as_deref(), Some(""));
    for table in [
        "members",
        "member_askings",
        "member_sessions",
        "member_receipts",
        "member_letters",
    ] {
        assert_eq!(site.rows(table), 0, "{table}");
    }
    assert!(!is_in(&person) && !is_in(&other));
    assert!(open().is_err(), "nor does an old copy of the rows open");
    // Who made the account may make another.
    assert!(is_in(&site.member("mei@example.org")));
}

fn what_is_held_can_be_downloaded(engine: Engine) {
    let site = Site::open(engine);
    let person = site.member("mei@example.org");
    let english = [("language".to_owned(), "en".to_owned())];
    let saved = person.post("/members/me/language", &english);
    assert_eq!(saved.location, "/members/me?did=language");
    let file = person.get("/members/me/data");
    assert!(file.header("Content-Type").starts_with("application/json"));
    assert!(file.header("Content-Disposition").contains("attachment"));
    let held: serde_json::Value = serde_json::from_slice(&file.bytes).expect("JSON");
    assert_eq!(held["email"], "mei@example.org");
    assert_eq!(held["language"], "en");
    assert_eq!(held["consents"][0]["version"], 2);
    assert_eq!(held["sessions"].as_array().map(Vec::len), Some(1));
    // Letters come in that language from now on.
    site.ask("/members/forgotten", "mei@example.org");
    let mail = site.last_to("mei@example.org");
    let text = mail.part("text/plain").text();
    assert!(text.contains("never asks for your passphrase"), "{text}");
    assert!(link_of(&mail).starts_with("/en/members/confirm/"));
}

fn a_database_copy_shows_no_member(engine: Engine) {
    let site = Site::open(engine);
    let canaries = [
        "canary.mei.4711@mailbox-of-mei.example",
        "canary.lin.4712@mailbox-of-lin.example",
        "canary.new.4713@mailbox-of-new.example",
    ];
    let [mei, lin, new] = canaries;
    let person = site.member(mei);
    site.ask("/members/register", lin);
    let typed = [("email", new), ("email_present", PASSPHRASE)];
    let moving = person.send(&person.get("/members/me"), "/members/me/email", &typed);
    assert_eq!(moving.status, Status::SeeOther, "{}", moving.mistakes());
    site.run();
    assert_eq!(site.mails_to(new).len(), 1);
    let scan = Scan::of(&[mei, lin, new, PASSPHRASE]);
    let control = Scan::of(&["不會註明屬於哪個帳號"]);
    let (mut finds, mut seen) = (Vec::new(), 0);
    for (table, rows) in places::tables(&site.app.app.db) {
        finds.extend(scan.bytes(&table, rows.as_bytes()));
        seen += control.bytes(&table, rows.as_bytes()).len();
    }
    assert!(
        seen > 0,
        "the words of the terms are found, so the rows were read"
    );
    let config = &site.app.app.config;
    for folder in [config.data().to_owned(), site.app.database.keys()] {
        if folder.exists() {
            finds.extend(scan.path(&folder));
        }
    }
    assert_eq!(finds, []);
    // The record of acts says how many addresses were opened for letters, and nothing of whose.
    let acts = "SELECT COUNT(*) AS n FROM audit_records WHERE act LIKE 'member%'";
    assert_eq!(site.count(acts), 0);
    let told = "SELECT COUNT(*) AS n FROM audit_records WHERE act = 'vault.member_told'";
    assert_eq!(site.count(told), 4);
}

/// Sets a telephone up; answers with it and the recovery codes.
fn set_up(site: &Site, person: &Person<'_>) -> (Telephone, Vec<String>) {
    let path = "/members/me/second-step";
    let page = person.get("/members/me");
    let wrong = person.send(&page, path, &[("step_present", "not the one")]);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    let shown = person.send(&page, path, &[("step_present", PASSPHRASE)]);
    assert_eq!(shown.status, Status::Ok, "{}", shown.mistakes());
    assert!(shown.header("Cache-Control").contains("no-store"));
    let telephone = Telephone::set_up(&shown);
    let differs = person.send(&shown, path, &[("proof_code", "000000")]);
    assert_eq!(differs.status, Status::UnprocessableEntity);
    let code = telephone.code(&site.app);
    let done = person.send(&differs, path, &[("proof_code", &code)]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    // A page that is sent once more takes no recovery code away.
    let code = telephone.next_code(&site.app);
    let again = person.send(&differs, path, &[("proof_code", &code)]);
    assert_eq!(again.status, Status::Gone);
    site.run();
    (telephone, done.texts("#recovery-codes li"))
}

/// Gives the passphrase; answers with the page that asks for the code.
fn half_in<'s>(site: &'s Site, email: &str) -> (Person<'s>, Answer) {
    let (person, asked) = site.try_in(email, PASSPHRASE);
    assert_eq!(asked.status, Status::Ok, "{}", asked.mistakes());
    assert!(
        cookie(&asked).is_none() && !is_in(&person),
        "no session yet"
    );
    (person, asked)
}

fn a_second_step_is_asked_for_where_it_was_set_up(engine: Engine) {
    let site = Site::open(engine);
    let person = site.member("mei@example.org");
    let other = site.sign_in("mei@example.org");
    let (telephone, recovery) = set_up(&site, &person);
    assert_eq!(recovery.len(), 10);
    assert!(is_in(&person) && !is_in(&other), "other sessions end");
    let sign_in = "/members/sign-in";
    site.later(MINUTE);
    let (visitor, asked) = half_in(&site, "mei@example.org");
    let wrong = visitor.send(&asked, sign_in, &[("proof_code", "000000")]);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    let code = telephone.code(&site.app);
    let right = visitor.send(&wrong, sign_in, &[("proof_code", &code)]);
    assert_eq!(right.location, "/members/me", "{}", right.mistakes());
    assert!(is_in(&visitor));
    // A code is good for once, and so is a recovery code.
    let (again, asked) = half_in(&site, "mei@example.org");
    let used = again.send(&asked, sign_in, &[("proof_code", &code)]);
    assert_eq!(used.status, Status::UnprocessableEntity);
    let paper = again.send(&used, sign_in, &[("proof_code", &recovery[0])]);
    assert_eq!(paper.location, "/members/me", "{}", paper.mistakes());
    assert_eq!(site.rows("member_recovery"), 9);
    // No recovery code is in the database.
    let scan = Scan::of(&[recovery[1].as_str()]);
    for (table, rows) in places::tables(&site.app.app.db) {
        assert_eq!(scan.bytes(&table, rows.as_bytes()), [], "{table}");
    }
    // Wrong codes lock as wrong passphrases do, and a right passphrase forgets none of them.
    let (guessing, mut page) = half_in(&site, "mei@example.org");
    for _ in 0..5 {
        page = guessing.send(&page, sign_in, &[("proof_code", "000000")]);
    }
    site.later(MINUTE);
    let code = telephone.code(&site.app);
    let locked = guessing.send(&page, sign_in, &[("proof_code", &code)]);
    assert_eq!(locked.status, Status::UnprocessableEntity);
    site.later(20 * MINUTE);
    // Taken away again, the passphrase alone lets in.
    let path = "/members/me/second-step/off";
    let off = person.send(
        &person.get("/members/me"),
        path,
        &[("off_present", PASSPHRASE)],
    );
    assert_eq!(
        off.location,
        "/members/me?did=step_off",
        "{}",
        off.mistakes()
    );
    assert_eq!(
        site.rows("member_factors") + site.rows("member_recovery"),
        0
    );
    assert!(is_in(&site.sign_in("mei@example.org")));
}

fn whoever_lost_the_telephone_begins_anew(engine: Engine) {
    let site = Site::open(engine);
    let person = site.member("mei@example.org");
    set_up(&site, &person);
    // Another passphrase is no way past the second step.
    site.ask("/members/forgotten", "mei@example.org");
    let link = site.link("mei@example.org");
    let visitor = site.app.visitor();
    let page = visitor.get(&link);
    let done = visitor.send(&page, &link, &chosen(PASSPHRASE));
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    half_in(&site, "mei@example.org");
    // The link can delete the account instead, and another one begins.
    site.later(DAY + HOUR);
    site.ask("/members/forgotten", "mei@example.org");
    let link = site.link("mei@example.org");
    let page = visitor.get(&link);
    assert!(
        page.text("main").contains("刪除帳號再重新建立"),
        "{}",
        page.html
    );
    let gone = visitor.post(&link, &[("do".to_owned(), "delete".to_owned())]);
    assert!(
        gone.text("h1").contains("帳號已刪除"),
        "{}",
        gone.text("main")
    );
    assert_eq!(site.rows("members") + site.rows("member_factors"), 0);
    site.later(DAY + HOUR);
    assert!(is_in(&site.member("mei@example.org")));
}
