//! Entering with a library card that is on the activity's list.

use fairdraw::activity::ActivityId;
use fairdraw::platform::clock::DAY;
use lucky_draw::verify::{Options, verify_bytes};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::canary::Scan;
use crate::support::life::{Life, Patron, ROUND_TIME, draft};
use crate::support::log;
use crate::support::places;
use crate::support::staff::sign_in;

on_both! {
    a_card_on_the_list_lets_in_and_no_other,
    a_card_that_comes_twice_is_one_entry_and_nobody_hears_of_it,
    a_list_is_imported_whole_or_not_at_all,
    cards_are_only_added_after_publishing,
    a_winner_shows_the_card_at_the_desk,
    no_card_number_is_kept_and_the_purge_takes_the_list,
    a_draft_that_is_deleted_takes_list_and_key_with_it,
    a_survey_cannot_ask_for_cards,
}

const ENTER: &str = "/a/summer-2024/enter";
const CHECK: &str = "/a/summer-2024/check";

/// The number on the card of a patron.
fn card(n: u64) -> String {
    format!("TPL{:011}", 40_070_000_000_u64 + n * 7_919)
}

fn list(people: std::ops::Range<u64>) -> String {
    let lines: Vec<String> = people.map(card).collect();
    format!("借閱證號\n{}\n", lines.join("\r\n"))
}

/// Says who may enter, and that nobody is asked for an ID number.
fn by_card(staff: &Person<'_>, activity: &str) {
    let base = format!("/staff/activities/{activity}");
    let details = format!("{base}/details");
    let saved = staff.send(&staff.get(&details), &details, &[("eligibility", "cards")]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let publish = staff.get(&format!("{base}/publish"));
    let told = publish.text("main");
    assert!(told.contains("請不要再問身分證字號"), "{told}");
    assert!(told.contains("匯入可以參加的借閱證號碼"), "{told}");
    let privacy = format!("{base}/privacy");
    let saved = staff.send(&staff.get(&privacy), &privacy, &[("national_id", "no")]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
}

fn import(staff: &Person<'_>, activity: &str, file: &str) -> Answer {
    let path = format!("/staff/cards/{activity}");
    staff.upload(&path, "file", "cards.csv", file.as_bytes())
}

/// A draw for the cards of the first 20 patrons, open for entry.
fn open(engine: Engine) -> Life {
    Life::published_after(
        engine,
        &Life::clock(),
        |_| (),
        &[],
        |_, admin, id| {
            by_card(admin, id);
            let done = import(admin, id, &list(0..20));
            assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
            let page = admin.get(&done.location);
            let said = page.text("main");
            assert!(said.contains("新增 20 張，0 張已在名單上"), "{said}");
        },
    )
}

/// What a patron types, with a card in the place of the ID number.
fn typed(life: &Life, patron: &Patron, card: &str) -> Vec<(String, String)> {
    let mut typed = patron.form(&life.question);
    typed.retain(|(name, _)| name != "national_id");
    typed.push(("library_card".to_owned(), card.to_owned()));
    typed
}

fn fill(life: &Life, person: &Person<'_>, patron: &Patron, card: &str) -> Answer {
    let form = person.get(ENTER);
    assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
    let typed = typed(life, patron, card);
    let mut fields = form.form(ENTER);
    fields.retain(|(name, _)| typed.iter().all(|(own, _)| own != name));
    fields.extend(typed);
    person.post_once(ENTER, &fields)
}

/// From the form to the receipt.
fn enter(life: &Life, n: u64, card: &str) -> Answer {
    let person = life.app.visitor();
    let check = fill(life, &person, &Patron::number(n), card);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let sent = person.send(&check, CHECK, &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let receipt = person.get(&sent.location);
    assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
    receipt
}

fn count(life: &Life, query: &str) -> i64 {
    crate::support::database::counted(&life.app.app.db, query)
}

fn a_card_on_the_list_lets_in_and_no_other(engine: Engine) {
    let life = open(engine);
    let person = life.app.visitor();
    let page = person.get("/a/summer-2024");
    assert!(page.text(".tags").contains("憑借閱證"));
    assert!(page.text("main").contains("限借閱證在名單上的人參加"));
    let form = person.get(ENTER);
    assert!(form.html.contains("library_card") && !form.html.contains("national_id"));
    let rules = person.get("/en/a/summer-2024/rules");
    assert!(rules.html.contains("library card is on its list"));

    let stranger = card(900);
    let refused = fill(&life, &person, &Patron::number(1), &stranger);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    let said = refused.mistakes();
    assert!(said.contains("不在可以參加的名單上"), "{said}");
    assert!(refused.html.contains(&stranger), "nothing typed is lost");
    let refused = person.post(&format!("/en{ENTER}"), &refused.form(ENTER));
    let said = refused.mistakes();
    assert!(said.contains("not on the list"), "{said}");
    // Nor does it get in behind the form, with the page of somebody who may.
    let check = fill(&life, &person, &Patron::number(1), &card(1));
    let mut forged = check.form(CHECK);
    for (name, value) in &mut forged {
        if name == "library_card" {
            value.clone_from(&stranger);
        }
    }
    let refused = person.post_once(CHECK, &forged);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(count(&life, "SELECT COUNT(*) AS n FROM entries"), 0);

    // However it is written.
    let spaced = format!(" {}-{}", &card(1)[..3].to_lowercase(), &card(1)[3..]);
    enter(&life, 1, &spaced);
    assert_eq!(count(&life, "SELECT COUNT(*) AS n FROM entries"), 1);
}

fn a_card_that_comes_twice_is_one_entry_and_nobody_hears_of_it(engine: Engine) {
    let life = open(engine);
    let first = enter(&life, 1, &card(1));
    let again = enter(&life, 2, &card(1));
    let words = |page: &Answer| page.text("h1");
    assert_eq!(words(&first), words(&again));
    enter(&life, 3, &card(3));
    life.draw();
    let taking_part = "SELECT COUNT(*) AS n FROM tickets WHERE void IS NULL";
    assert_eq!(count(&life, taking_part), 2);
    let second = "SELECT COUNT(*) AS n FROM tickets WHERE void = 'D'";
    assert_eq!(count(&life, second), 1);
    // Anybody checks the draw as every other.
    let report = verify_bytes(&life.bundle(), &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
}

fn a_list_is_imported_whole_or_not_at_all(engine: Engine) {
    Life::published_after(
        engine,
        &Life::clock(),
        |_| (),
        &[],
        |app, admin, id| {
            by_card(admin, id);
            let path = format!("/staff/activities/{id}/admission");
            let cards = || {
                let query = "SELECT COUNT(*) AS n FROM admission_cards";
                crate::support::database::counted(&app.app.db, query)
            };
            let broken = import(
                admin,
                id,
                &format!("{}\n王小明\n{}\n12\n", card(1), card(2)),
            );
            assert_eq!(broken.status, Status::UnprocessableEntity);
            assert!(
                broken.mistakes().contains("第 2、4 行"),
                "{}",
                broken.mistakes()
            );
            assert!(!broken.html.contains("王小明") && !broken.html.contains(&card(1)));
            assert_eq!(
                import(admin, id, "借閱證號\n").status,
                Status::UnprocessableEntity
            );
            assert_eq!(cards(), 0);

            assert_eq!(import(admin, id, &list(0..10)).status, Status::SeeOther);
            let more = import(admin, id, &format!("{}{}", list(5..15), card(5)));
            let page = admin.get(&more.location);
            assert!(page.text("main").contains("新增 5 張，6 張已在名單上"));
            assert_eq!(cards(), 15);
            // Pasted.
            let page = admin.get(&path);
            let files = format!("/staff/cards/{id}");
            let pasted = [("pasted".to_owned(), format!("{}, {}\n", card(20), "總館"))];
            assert_eq!(admin.post(&files, &pasted).status, Status::SeeOther);
            assert_eq!(cards(), 16);

            let clear = format!("{path}/clear");
            let unsure = admin.send(&page, &clear, &[]);
            assert_eq!(unsure.status, Status::UnprocessableEntity);
            let cleared = admin.send(&page, &clear, &[("sure", "yes")]);
            assert_eq!(cleared.status, Status::SeeOther, "{}", cleared.mistakes());
            assert_eq!(cards(), 0);
            assert_eq!(import(admin, id, &list(0..3)).status, Status::SeeOther);
            let record =
                "SELECT COUNT(*) AS n FROM audit_records WHERE act = 'admission.cards_added'";
            let recorded = crate::support::database::counted(&app.app.db, record);
            assert_eq!(recorded, 4, "each addition is on record");
        },
    );
}

fn cards_are_only_added_after_publishing(engine: Engine) {
    let life = open(engine);
    let staff = sign_in(&life.app, "陳館員");
    let page = staff.get(&format!("{}/admission", life.base()));
    assert!(page.text("main").contains("發布後只能增加"));
    assert!(!page.html.contains("/admission/clear"));
    let sure = [("sure".to_owned(), "yes".to_owned())];
    let cleared = staff.post(&format!("{}/admission/clear", life.base()), &sure);
    assert_eq!(cleared.status, Status::Conflict);
    let late = life.app.visitor();
    let refused = fill(&life, &late, &Patron::number(30), &card(30));
    assert_eq!(refused.status, Status::UnprocessableEntity);
    let done = import(&staff, &life.activity, &card(30));
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    enter(&life, 30, &card(30));
    let staff = life.draw();
    let closed = import(&staff, &life.activity, &card(31));
    assert_eq!(closed.status, Status::Conflict);
    // An activity for everybody has no list.
    let other = draft(
        &staff,
        ROUND_TIME.plus(60 * DAY),
        "autumn-2024",
        ("秋", "Autumn"),
    );
    assert_eq!(import(&staff, &other, &card(1)).status, Status::Conflict);
}

fn a_winner_shows_the_card_at_the_desk(engine: Engine) {
    let life = open(engine);
    enter(&life, 1, &card(1));
    let staff = life.draw();
    let path = format!("{}/winners/1/1", life.draw_base());
    let list = staff.get(&format!("{}/winners", life.base()));
    let links = list.links();
    let winner = links.iter().find(|link| link.contains("/winners/"));
    let path = winner.cloned().unwrap_or(path);
    let page = staff.get(&path);
    let claim = format!("{path}/claim");
    let wrong = staff.send(&page, &claim, &[("library_card", &card(2))]);
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.mistakes().contains("不符"), "{}", wrong.mistakes());
    let right = staff.send(&page, &claim, &[("library_card", &card(1).to_lowercase())]);
    assert_eq!(right.status, Status::SeeOther, "{}", right.mistakes());
}

fn no_card_number_is_kept_and_the_purge_takes_the_list(engine: Engine) {
    log::keep();
    let life = open(engine);
    let person = life.app.visitor();
    enter(&life, 1, &card(1));
    let stranger = fill(&life, &person, &Patron::number(2), &card(902));
    assert_eq!(stranger.status, Status::UnprocessableEntity);
    // Of the list, of an entry, and of somebody who was refused.
    let numbers: Vec<String> = [1, 5, 902].map(card).to_vec();
    let scan = Scan::of(&numbers);
    let mut finds = scan.bytes("log", &log::kept());
    for (table, rows) in &places::tables(&life.app.app.db) {
        finds.extend(scan.bytes(table, rows.as_bytes()));
    }
    for folder in life.app.database.own_files() {
        finds.extend(scan.path(&folder));
    }
    finds.extend(scan.path(&life.app.database.keys()));
    assert_eq!(finds, []);
    let joined = "SELECT COUNT(*) AS n FROM admission_cards c JOIN tickets t ON t.tag = c.tag";
    assert_eq!(count(&life, joined), 0, "no row says which card entered");

    life.draw();
    let mut now = ROUND_TIME;
    while count(
        &life,
        "SELECT COUNT(*) AS n FROM purges WHERE certificate <> ''",
    ) == 0
    {
        now = now.plus(DAY);
        life.app.go_to(now);
        assert!(now < ROUND_TIME.plus(200 * DAY), "it goes in the end");
    }
    assert_eq!(count(&life, "SELECT COUNT(*) AS n FROM admission_cards"), 0);
    let certificate = life.app.visitor().get(&format!("/d/{}/purge", life.draw));
    assert!(
        certificate.html.contains("admission"),
        "{}",
        certificate.text("main")
    );
    let staff = sign_in(&life.app, "陳館員");
    assert_eq!(
        import(&staff, &life.activity, &card(1)).status,
        Status::Conflict
    );
}

fn a_draft_that_is_deleted_takes_list_and_key_with_it(engine: Engine) {
    let life = open(engine);
    let staff = sign_in(&life.app, "陳館員");
    let at = ROUND_TIME.plus(60 * DAY);
    let other = draft(&staff, at, "autumn-2024", ("秋日抽獎", "Autumn draw"));
    let base = format!("/staff/activities/{other}");
    let details = format!("{base}/details");
    let saved = staff.send(&staff.get(&details), &details, &[("eligibility", "cards")]);
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    assert_eq!(import(&staff, &other, &list(0..5)).status, Status::SeeOther);
    let holds = || {
        life.app
            .app
            .vault
            .holds_key(ActivityId(other.clone()).as_str())
    };
    assert!(holds().expect("the vault answers"));
    let gone = staff.post(&format!("{base}/delete"), &[]);
    assert_eq!(gone.status, Status::SeeOther, "{}", gone.mistakes());
    assert!(!holds().expect("the vault answers"));
    let left = format!("SELECT COUNT(*) AS n FROM admission_cards WHERE activity_id = '{other}'");
    assert_eq!(count(&life, &left), 0);
    enter(&life, 1, &card(1));
}

fn a_survey_cannot_ask_for_cards(engine: Engine) {
    let life = open(engine);
    let staff = sign_in(&life.app, "陳館員");
    let new = "/staff/activities/new";
    let page = staff.get(&format!("{new}?kind=survey"));
    assert!(!page.html.contains("value=\"cards\""));
    let mut fields = page.form(new);
    fields.push(("eligibility".to_owned(), "cards".to_owned()));
    let refused = staff.post(new, &fields);
    assert_eq!(refused.status, Status::UnprocessableEntity);
}
