//! The discussion of an activity: what is asked, what is asked about first, and who sees it when.

use fairdraw::activity::ActivityId;
use fairdraw::audit::{self, Filter};
use fairdraw::discussion;
use fairdraw::platform::clock::{DAY, HOUR};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::life::{Life, ROUND_TIME};
use crate::support::staff::sign_in;

on_both! {
    no_activity_has_a_discussion_by_itself,
    nothing_shows_before_a_moderator_has_seen_it,
    a_post_with_an_id_number_is_asked_about_first,
    the_library_answers_in_its_own_name,
    what_is_taken_down_leaves_its_reason_and_no_text,
    where_posts_appear_at_once_they_do_and_sent_twice_is_one,
    what_was_typed_stays_when_the_discussion_shuts_meanwhile,
    the_purge_takes_the_discussion_with_it,
}

const PUBLIC: &str = "/a/summer-2024/discussion";
const QUESTION: &str = "小學生可以自己來領獎嗎？";

fn desk(life: &Life) -> String {
    format!("{}/discussion", life.base())
}

fn switch(life: &Life, staff: &Person<'_>, appears: &str) {
    let path = desk(life);
    let done = staff.send(&staff.get(&path), &path, &[("appears", appears)]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

fn post(person: &Person<'_>, values: &[(&str, &str)]) -> Answer {
    let page = person.get(PUBLIC);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    person.send(&page, PUBLIC, values)
}

fn waiting(life: &Life) -> Vec<discussion::Post> {
    let id = ActivityId::from(life.activity.as_str());
    let read = |tx: &mut fairdraw::platform::db::Tx| discussion::waiting(tx, &id);
    life.app.app.db.read_now("waiting", read).expect("readable")
}

fn public(life: &Life) -> Vec<discussion::Post> {
    let id = ActivityId::from(life.activity.as_str());
    let read = |tx: &mut fairdraw::platform::db::Tx| discussion::public(tx, &id);
    life.app.app.db.read_now("public", read).expect("readable")
}

/// Presses a button of the desk that belongs to a post.
fn press(life: &Life, staff: &Person<'_>, post: &discussion::Post, what: &str) -> Answer {
    let page = staff.get(&desk(life));
    staff.send(&page, &format!("{}/{}/{what}", desk(life), post.id), &[])
}

fn no_activity_has_a_discussion_by_itself(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let person = life.app.visitor();
    assert_eq!(person.get(PUBLIC).status, Status::NotFound);
    assert!(!person.get("/a/summer-2024").html.contains(PUBLIC));
    let none = person.get("/a/no-such-thing/discussion");
    assert_eq!(none.status, Status::NotFound);
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "after_approval");
    assert_eq!(person.get(PUBLIC).status, Status::Ok);
    assert!(person.get("/a/summer-2024").html.contains(PUBLIC));
    // Switched off before anybody wrote, it is not there any more.
    switch(&life, &staff, "off");
    assert_eq!(person.get(PUBLIC).status, Status::NotFound);
    assert_ne!(life.app.visitor().get(&desk(&life)).status, Status::Ok);
}

fn nothing_shows_before_a_moderator_has_seen_it(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "after_approval");
    let person = life.app.visitor();
    let page = person.get(PUBLIC);
    let warned = page.text(".panel.warning");
    assert!(warned.contains("公開"), "{warned}");
    assert!(!page.html.contains("name=\"name\""), "no name is asked");
    let sent = post(&person, &[("text", QUESTION)]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let after = person.get(&sent.location);
    assert!(
        after.text("[role=status]").contains("館員看過後"),
        "{}",
        after.text("main")
    );
    assert!(!after.html.contains(QUESTION), "nobody sees it yet");
    let today = staff.get("/staff").text("main");
    assert!(today.contains("1 則待看"), "{today}");
    let shown = staff.get(&desk(&life)).text("main");
    assert!(shown.contains(QUESTION), "{shown}");
    // Nobody can answer what nobody reads.
    let asked = waiting(&life).remove(0);
    let early = post(
        &person,
        &[("text", "可以"), ("question", asked.id.as_str())],
    );
    assert_eq!(early.status, Status::Conflict);
    let done = press(&life, &staff, &asked, "approve");
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    assert!(person.get(PUBLIC).html.contains(QUESTION));
    let again = press_gone(&life, &staff, &asked, "approve");
    assert_eq!(again.status, Status::Conflict);

    // What is refused is gone, and nobody ever read it.
    post(&person, &[("text", "買東西請找我")]);
    let other = waiting(&life).remove(0);
    let refused = press(&life, &staff, &other, "refuse");
    assert_eq!(refused.status, Status::SeeOther, "{}", refused.mistakes());
    assert!(waiting(&life).is_empty() && public(&life).len() == 1);
    assert!(!person.get(PUBLIC).html.contains("買東西"));
}

/// Presses a button from a page of before.
fn press_gone(life: &Life, staff: &Person<'_>, post: &discussion::Post, what: &str) -> Answer {
    let path = format!("{}/{}/{what}", desk(life), post.id);
    staff.post(&path, &[("go".to_owned(), "yes".to_owned())])
}

fn a_post_with_an_id_number_is_asked_about_first(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "at_once");
    let person = life.app.visitor();
    for text in [
        "我的證號是 A123456789，有報到名嗎？",
        "Ａ１２３ ４５６ ７８９",
        "請打 ０９１２-３４５-６７８",
        "寫信到 mei@mailbox.example",
        "我住臺北市大安區建國南路二段125號",
    ] {
        let asked = post(&person, &[("text", text)]);
        assert_eq!(asked.status, Status::UnprocessableEntity, "{text}");
        assert!(asked.text("h1").contains("真的要公開"), "{text}");
        assert_eq!(asked.texts("mark").len(), 1, "{text}: {}", asked.html);
        assert!(asked.text("textarea").contains(text), "{text}");
        assert!(public(&life).is_empty(), "{text}");
    }
    let text = "我的證號是 A123456789，有報到名嗎？";
    let asked = post(&person, &[("text", text)]);
    assert!(asked.text("mark").starts_with("A123456789"));
    // Sure of one text is not sure of another one.
    let sure = asked
        .html
        .split("name=\"sure\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("the button says which text");
    let other = person.send(
        &asked,
        PUBLIC,
        &[("text", "那 B123456780 呢"), ("sure", sure)],
    );
    assert_eq!(other.status, Status::UnprocessableEntity);
    assert!(public(&life).is_empty());
    // Changed, it is posted without another question.
    let changed = person.send(&asked, PUBLIC, &[("text", "怎麼查有沒有報到名？")]);
    assert_eq!(changed.status, Status::SeeOther, "{}", changed.mistakes());
    // And whoever wants to may.
    let asked = post(&person, &[("text", text)]);
    let really = person.send(&asked, PUBLIC, &[("sure", sure)]);
    assert_eq!(really.status, Status::SeeOther, "{}", really.mistakes());
    assert_eq!(public(&life).len(), 2);
    // Whoever looks after it sees what was found as well.
    switch(&life, &staff, "after_approval");
    let asked = post(&person, &[("text", text)]);
    person.send(&asked, PUBLIC, &[("sure", sure)]);
    assert_eq!(staff.get(&desk(&life)).texts("mark").len(), 1);
}

fn the_library_answers_in_its_own_name(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "at_once");
    let person = life.app.visitor();
    post(&person, &[("text", QUESTION)]);
    let asked = public(&life).remove(0);
    let path = format!("{}/{}/answer", desk(&life), asked.id);
    let page = staff.get(&desk(&life));
    let empty = staff.send(&page, &path, &[("text", "")]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    let answer = [("text", "可以，請帶學生證。")];
    let done = staff.send(&page, &path, &answer);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let twice = staff.send(&page, &path, &answer);
    assert_eq!(twice.status, Status::SeeOther, "{}", twice.mistakes());
    let shown = person.get(PUBLIC);
    let answers = shown.texts("article section.notice");
    assert_eq!(answers.len(), 1, "{}", shown.text("main"));
    assert!(answers[0].contains("圖書館") && answers[0].contains("學生證"));
    assert!(!shown.html.contains("陳館員"));
    // Somebody else answers too, and is not the library.
    let reply = person.get(&format!("{PUBLIC}?reply={}", asked.id));
    assert!(
        reply.text("main").contains("回答：「小學生"),
        "{}",
        reply.text("main")
    );
    let sent = person.send(&reply, PUBLIC, &[("text", "我去年就這樣領的")]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let shown = person.get(PUBLIC);
    assert_eq!(shown.texts("article section").len(), 2);
    assert_eq!(shown.texts("article section.notice").len(), 1);
}

fn what_is_taken_down_leaves_its_reason_and_no_text(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "at_once");
    let person = life.app.visitor();
    post(&person, &[("text", "館員都是笨蛋")]);
    let bad = public(&life).remove(0);
    let path = format!("{}/{}/take-down", desk(&life), bad.id);
    let page = staff.get(&desk(&life));
    let silent = staff.send(&page, &path, &[("reason", "")]);
    assert_eq!(silent.status, Status::UnprocessableEntity);
    let named = staff.send(&page, &path, &[("reason", "他的電話是 0912345678")]);
    assert_eq!(named.status, Status::UnprocessableEntity);
    assert!(named.html.contains("0912345678"), "what was typed stays");
    let done = staff.send(&page, &path, &[("reason", "人身攻擊")]);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    let shown = person.get(PUBLIC).text("main");
    assert!(
        shown.contains("人身攻擊") && !shown.contains("笨蛋"),
        "{shown}"
    );
    assert!(public(&life)[0].text.is_empty(), "the text is in no row");
    let filter = Filter {
        activity: life.activity.clone(),
        actor: String::new(),
    };
    let record = life
        .app
        .app
        .db
        .read_now("record", |tx| audit::list(tx, &filter, 1));
    let record = record.expect("readable").records;
    let line = record
        .iter()
        .find(|line| line.act == "discussion.taken_down");
    assert_eq!(line.expect("on record").reason, "人身攻擊");
}

fn where_posts_appear_at_once_they_do_and_sent_twice_is_one(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "at_once");
    let person = life.app.visitor();
    let page = person.get(PUBLIC);
    for _ in 0..2 {
        let sent = person.send(&page, PUBLIC, &[("text", QUESTION)]);
        assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
        assert!(person.get(&sent.location).html.contains(QUESTION));
    }
    assert_eq!(public(&life).len(), 1);
    let empty = post(&person, &[("text", " ")]);
    assert_eq!(empty.status, Status::UnprocessableEntity);
    let long = "字".repeat(1_001);
    let long = post(&person, &[("text", &long)]);
    assert!(long.mistakes().contains("1,001"), "{}", long.mistakes());
    let trapped = post(&person, &[("text", "x"), ("website", "y")]);
    assert_eq!(trapped.status, Status::UnprocessableEntity);
    let script = post(&person, &[("text", "<script>alert(1)</script>")]);
    assert_eq!(script.status, Status::SeeOther);
    assert!(!person.get(PUBLIC).html.contains("<script>alert"));
    // Twenty questions are a page.
    for n in 0..20 {
        post(&person, &[("text", &format!("問題{n}"))]);
    }
    assert_eq!(person.get(PUBLIC).texts("main article").len(), 20);
    let second = person.get(&format!("{PUBLIC}?page=2"));
    assert_eq!(second.texts("main article").len(), 2);
}

fn what_was_typed_stays_when_the_discussion_shuts_meanwhile(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "at_once");
    let person = life.app.visitor();
    post(&person, &[("text", QUESTION)]);
    let page = person.get(PUBLIC);
    switch(&life, &staff, "off");
    let late = person.send(&page, PUBLIC, &[("text", "還有一個問題")]);
    assert_eq!(late.status, Status::Conflict);
    assert!(
        late.text("main").contains("不收新的留言"),
        "{}",
        late.text("main")
    );
    let read = person.get(PUBLIC);
    assert!(read.html.contains(QUESTION), "what is there stays");
    assert!(!read.html.contains("name=\"text\""));
    let mut old = page.form(PUBLIC);
    switch(&life, &staff, "at_once");
    life.app.app.db.clock().advance(13 * HOUR);
    for (name, value) in &mut old {
        if name == "text" {
            "放了很久".clone_into(value);
        }
    }
    let old = person.post(PUBLIC, &old);
    assert_eq!(old.status, Status::UnprocessableEntity);
    assert!(old.text("textarea").contains("放了很久"));
}

fn the_purge_takes_the_discussion_with_it(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let staff = sign_in(&life.app, "陳館員");
    switch(&life, &staff, "at_once");
    let person = life.app.visitor();
    post(&person, &[("text", "金絲雀會不會唱歌")]);
    assert_eq!(public(&life).len(), 1);
    life.draw();
    let mut now = ROUND_TIME;
    while person.get(PUBLIC).status == Status::Ok {
        now = now.plus(DAY);
        life.app.go_to(now);
        assert!(now < ROUND_TIME.plus(200 * DAY), "it goes in the end");
    }
    assert!(public(&life).is_empty());
    let page = person.get("/a/summer-2024");
    assert_eq!(page.status, Status::Ok);
    assert!(!page.html.contains(PUBLIC));
    for path in life.app.database.own_files() {
        let found = text_below(&path, "金絲雀會不會唱歌");
        assert!(!found, "{}", path.display());
    }
}

fn text_below(path: &std::path::Path, text: &str) -> bool {
    if path.is_file() {
        let bytes = std::fs::read(path).expect("readable");
        return bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes());
    }
    let mut entries = std::fs::read_dir(path).expect("a folder");
    entries.any(|entry| text_below(&entry.expect("an entry").path(), text))
}
