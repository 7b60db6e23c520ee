//! Entering with an address that was shown to be one's own, by a link in a mail.

use fairdraw::platform::clock::{DAY, HOUR};
use rocket::http::Status;

use crate::entering_as_a_member::Draw;
use crate::own_rights::{correct, open_entry};
use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::canary::Scan;
use crate::support::life::Patron;
use crate::support::mail_sink::Manners;
use crate::support::member::link_of;
use crate::support::places;
use crate::support::staff::sign_in;

on_both! {
    the_form_opens_behind_the_link_in_a_mail,
    a_link_is_good_for_its_own_address_and_activity_and_for_a_day,
    asking_for_a_link_stores_nothing_of_the_address,
    an_address_gets_three_letters_a_day,
    what_keeps_a_letter_from_leaving_is_told,
    a_confirmed_address_is_not_corrected_into_another,
    a_form_without_a_link_is_not_taken,
}

const ENTER: &str = "/a/summer-2024/enter";
const CHECK: &str = "/a/summer-2024/check";
const ADDRESS: &str = "/a/summer-2024/address";

fn ask(draw: &Draw, email: &str) -> Answer {
    let visitor = draw.site.app.visitor();
    let page = visitor.get(ENTER);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    visitor.send(&page, ADDRESS, &[("email", email)])
}

/// Asks for a link and has its path.
fn link(draw: &Draw, email: &str) -> String {
    let sent = ask(draw, email);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    assert_eq!(sent.location, ADDRESS);
    link_of(&draw.site.last_to(email))
}

/// The form behind a link.
fn form(person: &Person<'_>, link: &str) -> Answer {
    let page = person.get(link);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let form = person.send(&page, link, &[]);
    assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
    form
}

fn enter(draw: &Draw, patron: &Patron) -> Answer {
    let person = draw.site.app.visitor();
    let form = form(&person, &link(draw, &patron.email));
    let check = draw.fill(&person, &form, patron);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    draw.send(&person, &check, &[])
}

fn the_form_opens_behind_the_link_in_a_mail(engine: Engine) {
    let draw = Draw::open(engine, "email");
    let visitor = draw.site.app.visitor();
    let page = visitor.get("/a/summer-2024");
    assert!(page.text(".tags").contains("需確認電子郵件"));
    let told = "這個活動需要確認電子郵件";
    assert!(page.text("main").contains(told), "{}", page.text("main"));
    assert!(visitor.get("/a/summer-2024/rules").html.contains(told));
    let form_page = visitor.get(ENTER);
    assert!(!form_page.html.contains("national_id"));

    let patron = Patron::number(1);
    let link = link(&draw, &patron.email);
    let mail = draw.site.last_to(&patron.email);
    assert_eq!(mail.header("List-Unsubscribe"), None);
    for part in ["text/plain", "text/html"] {
        let text = mail.part(part).text();
        for words in ["02-2755-2823", "165", "24 小時", "沒有保存這個地址"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    // A program that looks into mails opens every link, and changes nothing.
    for path in [link.clone(), link.clone(), format!("/en{link}")] {
        let page = visitor.get(&path);
        assert_eq!(page.status, Status::Ok);
        assert!(page.header("Cache-Control").contains("no-store"));
        assert!(!page.html.contains("national_id"));
        assert!(!page.html.contains(&patron.email));
    }
    let open = form(&visitor, &link);
    assert!(open.html.contains("national_id"));
    // The other language is behind the same link.
    assert!(
        open.links().contains(&format!("/en{link}")),
        "{:?}",
        open.links()
    );
    let check = draw.fill(&visitor, &open, &patron);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    // Whoever changes something comes back to a form that still knows the link.
    let mut fields = check.form(CHECK);
    fields.push(("change".to_owned(), "name".to_owned()));
    let again = visitor.post_once(ENTER, &fields);
    let check = draw.fill(&visitor, &again, &patron);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    draw.send(&visitor, &check, &[]);
    assert_eq!(draw.site.rows("entries"), 1);
    // A family shares an address: who is told apart by the ID number enters by the same link.
    let mut child = Patron::number(2);
    child.email = patron.email.to_uppercase().replace("EXAMPLE", "example");
    let open = form(&visitor, &link);
    let check = draw.fill(&visitor, &open, &child);
    draw.send(&visitor, &check, &[]);
    assert_eq!(draw.site.rows("entries"), 2);
}

fn a_link_is_good_for_its_own_address_and_activity_and_for_a_day(engine: Engine) {
    let draw = Draw::open(engine, "email");
    let visitor = draw.site.app.visitor();
    let (patron, other) = (Patron::number(1), Patron::number(2));
    let link = link(&draw, &patron.email);
    let open = form(&visitor, &link);
    let refused = draw.fill(&visitor, &open, &other);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.mistakes().contains("這不是收到連結的信箱"));
    assert!(refused.html.contains(&other.name), "nothing typed is lost");
    // Nor on the page where it is looked over, by a request that somebody made up.
    let check = draw.fill(&visitor, &refused, &patron);
    let mut fields = check.form(CHECK);
    for (name, value) in &mut fields {
        if name == "email" {
            other.email.clone_into(value);
        }
    }
    let refused = visitor.post_once(CHECK, &fields);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(draw.site.rows("entries"), 0);

    // Changed by a letter, or of something else, it is no link.
    let last = if link.ends_with('A') { 'B' } else { 'A' };
    let changed = format!("{}{last}", &link[..link.len() - 1]);
    for path in [changed, format!("{ADDRESS}/{}", "A".repeat(120))] {
        let page = visitor.get(&path);
        assert_eq!(page.status, Status::UnprocessableEntity);
        assert!(page.text("main").contains("這個連結已經失效"));
        let sent = visitor.post(&path, &[]);
        assert_eq!(sent.status, Status::UnprocessableEntity);
        assert!(!sent.html.contains("national_id"));
    }
    // An activity that needs no link has no such pages.
    assert_eq!(visitor.get("/a/none/address").status, Status::NotFound);

    draw.site.later(DAY - HOUR);
    let open = form(&visitor, &link);
    draw.site.later(2 * HOUR);
    let old = visitor.get(&link);
    assert_eq!(old.status, Status::UnprocessableEntity);
    assert!(old.text("main").contains("這個連結已經失效"));
    // Who came in time has time to fill in the form.
    let check = draw.fill(&visitor, &open, &patron);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    draw.send(&visitor, &check, &[]);
    assert_eq!(draw.site.rows("entries"), 1);
}

fn asking_for_a_link_stores_nothing_of_the_address(engine: Engine) {
    let draw = Draw::open(engine, "email");
    let tables = ["vault_items", "member_letters", "subscription_letters"];
    let before = tables.map(|table| draw.site.rows(table));
    let link = link(&draw, "mei.canary@kanarivogel.test");
    let page = draw.site.app.visitor().get(&link);
    assert_eq!(page.status, Status::Ok);
    let told = "SELECT COUNT(*) AS n FROM audit_records WHERE act = 'vault.entering_told'";
    assert_eq!(draw.site.count(told), 1);
    let scan = Scan::of(&["mei.canary@kanarivogel.test".to_owned()]);
    let mut finds = scan.bytes("link", link.as_bytes());
    for (table, rows) in &places::tables(&draw.site.app.app.db) {
        finds.extend(scan.bytes(table, rows.as_bytes()));
    }
    for place in draw.site.app.database.own_files() {
        finds.extend(scan.path(&place));
    }
    assert_eq!(finds, []);
    // Not as a box either: the letter was written while its person waited.
    assert_eq!(tables.map(|table| draw.site.rows(table)), before);
}

fn an_address_gets_three_letters_a_day(engine: Engine) {
    let draw = Draw::open(engine, "email");
    for _ in 0..5 {
        let sent = ask(&draw, "mei@example.org");
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    }
    assert_eq!(draw.site.mails_to("mei@example.org").len(), 3);
    let page = draw.site.app.visitor().get(ADDRESS);
    assert!(page.text("main").contains("一天最多寄三封"));
    link(&draw, "someone-else@example.org");
}

fn what_keeps_a_letter_from_leaving_is_told(engine: Engine) {
    let mut draw = Draw::open(engine, "email");
    let typo = ask(&draw, "mei@example");
    assert_eq!(typo.status, Status::UnprocessableEntity);
    assert!(typo.html.contains("mei@example"), "nothing typed is lost");
    draw.site.sink.behave(Manners::NoSuchMailbox);
    let refused = ask(&draw, "nobody@example.org");
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.mistakes().contains("郵件伺服器不收這個地址"));
    draw.site.sink.behave(Manners::Greylisting);
    // As often as somebody tries: what did not leave is none of the three letters a day.
    for _ in 0..4 {
        let later = ask(&draw, "mei@example.org");
        assert_eq!(later.status, Status::ServiceUnavailable);
        assert!(later.text("main").contains("現在無法寄信"));
        assert!(later.html.contains("mei@example.org"));
    }
    draw.site.sink.behave(Manners::Kind);
    link(&draw, "mei@example.org");
    // While nobody listens the server is left alone for a while.
    draw.site.sink.go_down();
    assert_eq!(
        ask(&draw, "hao@example.org").status,
        Status::ServiceUnavailable
    );
    draw.site.sink.come_up();
    assert_eq!(
        ask(&draw, "hao@example.org").status,
        Status::ServiceUnavailable
    );
    draw.site.later(HOUR);
    link(&draw, "hao@example.org");
    // Staff see how it works.
    let staff = sign_in(&draw.site.app, "陳館員");
    let page = staff.get(&format!("/staff/activities/{}/admission", draw.activity));
    assert!(page.text("main").contains("寄信前後都不保存地址"));
    assert!(!page.text("main").contains("smtp_url"));
}

fn a_confirmed_address_is_not_corrected_into_another(engine: Engine) {
    let draw = Draw::open(engine, "email");
    let patron = Patron::number(1);
    let receipt = enter(&draw, &patron);
    let person = draw.site.app.visitor();
    let mine = open_entry(&person, &receipt.text("#secret"));
    let form = person.send(&mine, "/entry/correct", &[]);
    assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
    let words = form.text("main");
    assert!(words.contains("電子郵件由連結確認過"), "{words}");
    assert!(!form.html.contains("name=\"email\""));
    // What is corrected beside it leaves the address as it was, whatever a form says.
    let more = [("phone", "0987654321"), ("email", "other@example.org")];
    let done = correct(&person, &mine, &more);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    let again = open_entry(&person, &receipt.text("#secret"));
    let data = person.send(&again, "/entry/data", &[]);
    let data = String::from_utf8(data.bytes).expect("text");
    assert!(
        data.contains(&patron.email) && data.contains("0987-654-321"),
        "{data}"
    );
    assert!(!data.contains("other@example.org"));
}

fn a_form_without_a_link_is_not_taken(engine: Engine) {
    let draw = Draw::open(engine, "email");
    let patron = Patron::number(1);
    let visitor = draw.site.app.visitor();
    let open = form(&visitor, &link(&draw, &patron.email));
    for path in [ENTER, CHECK] {
        let mut fields = open.form(ENTER);
        fields.retain(|(name, _)| name != "entrance");
        let typed = patron.form(&draw.question);
        fields.retain(|(name, _)| typed.iter().all(|(own, _)| own != name));
        fields.extend(typed);
        let refused = visitor.post_once(path, &fields);
        assert_eq!(refused.status, Status::UnprocessableEntity, "{path}");
    }
    assert_eq!(draw.site.rows("entries"), 0);
}
