//! What a person does alone with a receipt code: see, copy, correct, take back, erase, share or not.

use diesel::connection::SimpleConnection;
use fairdraw::activity::{self, ActivityId, Field, LocalText, draft};
use fairdraw::audit::{self, Filter, StaffId};
use fairdraw::entry::provider::{self, Offer, Provider, ProviderId};
use fairdraw::platform::clock::{DAY, HOUR, SECOND};
use fairdraw::platform::db;
use fairdraw::vault;
use lucky_draw::verify::{Options, verify_bytes};
use rocket::http::Status;
use serde_json::Value;

use crate::support::Engine;
use crate::support::app::{Answer, Person, TestApp};
use crate::support::database::counted;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::mail_sink::MailSink;
use crate::support::timing::{hold, second_entries};

#[test]
fn a_second_entry_cannot_be_told_from_a_first_one_by_time_or_size() {
    let life = Life::published(Engine::Sqlite, |_| ());
    // Five standard deviations of so many; `make soak-privacy` measures thousands.
    hold(200, 0.15, &second_entries(&life, 200));
}

on_both! {
    a_person_sees_everything_held_and_who_opened_it,
    a_person_mends_a_telephone_number_until_the_close_and_not_after,
    a_correction_that_lay_open_too_long_keeps_what_was_typed,
    the_winner_is_written_to_at_the_corrected_address,
    a_judged_answer_is_corrected_and_an_unlinked_one_cannot_be,
    a_withdrawn_entry_leaves_no_box,
    a_winner_who_erases_gives_up_the_prize,
    somebody_who_did_not_win_erases_and_the_draw_still_verifies,
    t28_without_consent_nothing_is_shared,
    t33_the_choice_of_a_provider_stands_before_the_fields_unticked,
    t36_staff_change_no_answer_and_a_correction_leaves_its_hashes,
    t37_a_consent_is_shown_and_taken_back,
    what_people_agreed_to_is_carried_over_from_older_tables,
}

pub const BOOKSHOP: &str = "bookshop";

/// An activity whose answers belong to the entry.
fn judged(engine: Engine, smtp_url: &str) -> Life {
    let url = smtp_url.to_owned();
    let change = |config: &mut fairdraw::platform::config::Config| config.smtp_url = url;
    Life::published_after(engine, &Life::clock(), change, &[], |app, _, id| {
        let id = ActivityId::from(id);
        app.app
            .db
            .write_now("link answers", |tx| {
                let facts = activity::by_id(tx, &id)?;
                let mut details = facts.details();
                details.answers_linked = true;
                draft::save_details(tx, &StaffId::fresh(), &id, facts.version, &details)
            })
            .expect("a draft can be changed");
    })
}

/// An activity that offers to share with two providers.
pub fn sharing(engine: Engine) -> Life {
    Life::published_after(
        engine,
        &Life::clock(),
        |_| (),
        &[],
        |app, _, id| {
            let id = ActivityId::from(id);
            app.app
                .db
                .write_now("offer", |tx| {
                    for (code, zh) in [(BOOKSHOP, "巷口書店"), ("publisher", "山邊出版社")]
                    {
                        let offered = Offer {
                            provider: Provider {
                                id: ProviderId::from(code),
                                name: LocalText::new(zh, code),
                                address: "https://privacy.example.tw".to_owned(),
                                active: true,
                            },
                            fields: vec![Field::Name, Field::Email],
                            purpose: LocalText::new("寄送新書折價券", "New book vouchers"),
                            until: ROUND_TIME.plus(60 * DAY),
                        };
                        provider::save(tx, &offered.provider)?;
                        provider::offer(tx, &id, &offered)?;
                    }
                    Ok::<_, fairdraw::entry::Error>(())
                })
                .expect("a draft can offer");
        },
    )
}

/// "My entry" of a receipt code.
pub fn open_entry(person: &Person<'_>, code: &str) -> Answer {
    let mine = person.send(&person.get("/entry"), "/entry", &[("code", code)]);
    assert_eq!(mine.status, Status::Ok, "{}", mine.mistakes());
    mine
}

fn data_of(person: &Person<'_>, mine: &Answer) -> Value {
    let file = person.send(mine, "/entry/data", &[]);
    assert_eq!(file.status, Status::Ok);
    serde_json::from_slice(&file.bytes).expect("JSON")
}

fn boxes(app: &TestApp, activity: &str) -> vault::Count {
    app.app
        .db
        .read_now("count", |tx| vault::count(tx, activity))
        .expect("readable")
}

/// What the record says of an activity, a line an act.
fn record(app: &TestApp, activity: &str) -> Vec<(String, String, String)> {
    let filter = Filter {
        activity: activity.to_owned(),
        actor: String::new(),
    };
    let page = |number: i64| {
        let read = |tx: &mut fairdraw::platform::db::Tx| audit::list(tx, &filter, number);
        app.app.db.read_now("record", read).expect("readable")
    };
    let pages = page(1).pages;
    let lines = (1..=pages).flat_map(|number| page(number).records);
    lines
        .map(|line| (line.act, line.actor, line.object))
        .collect()
}

pub fn correct(person: &Person<'_>, mine: &Answer, values: &[(&str, &str)]) -> Answer {
    let form = person.send(mine, "/entry/correct", &[]);
    assert_eq!(form.status, Status::Ok, "{}", form.mistakes());
    let check = person.send(&form, "/entry/correct", values);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    person.send(&check, "/entry/correct", &[])
}

fn tell_winners(life: &Life, staff: &Person<'_>) {
    let notify = format!("{}/notify", life.draw_base());
    let told = staff.send(&staff.get(&notify), &notify, &[]);
    assert_eq!(told.status, Status::SeeOther, "{}", told.mistakes());
    life.app.go_to(ROUND_TIME.plus(HOUR));
}

fn a_person_sees_everything_held_and_who_opened_it(engine: Engine) {
    let mail = MailSink::start();
    let life = judged(engine, &mail.url());
    let patron = Patron::number(1);
    let code = life.enter(&patron).text("#secret");
    let person = life.app.visitor();
    let mine = open_entry(&person, &code);
    let shown = mine.text("main");
    for held in [
        &patron.name,
        &patron.email,
        &patron.answer,
        "到目前為止沒有人打開過",
        "參加活動",
        "保存到什麼時候",
    ] {
        assert!(shown.contains(held), "{held} in {shown}");
    }
    assert!(!shown.contains(&patron.national_id));

    let staff = life.draw();
    tell_winners(&life, &staff);
    assert_eq!(mail.mails().len(), 1, "the only entrant won");
    let mine = open_entry(&person, &code);
    let opened = mine.texts("#opened + ul li");
    assert_eq!(opened.len(), 1, "{}", mine.text("main"));
    assert!(opened[0].contains("用途：寄得獎通知"), "{opened:?}");
    assert!(
        !mine.html.contains("陳館員"),
        "a role is shown, and never a name"
    );

    let data = data_of(&person, &mine);
    assert_eq!(data["name"], *patron.name);
    assert_eq!(data["id_number"], "not stored");
    assert_eq!(data["answers"][0]["answer_zh"], *patron.answer);
    assert_eq!(data["opened"][0]["purpose"], "winner-notice");
    assert_eq!(data["consents"][0]["to"], "take part under the notice");
    assert_eq!(data["consents"][0]["words_sha256"], data["notice_sha256"]);
    assert!(
        data["notice_zh"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
    assert_eq!(data["retention"].as_array().map(Vec::len), Some(6));

    let page = person.send(&mine, "/entry/copy", &[]);
    assert_eq!(page.status, Status::Ok);
    assert_eq!(page.header("Cache-Control"), "no-store");
    let copy = page.text("main");
    for held in [&patron.name, &patron.address, &patron.answer, "寄得獎通知"] {
        assert!(copy.contains(held), "{held} in {copy}");
    }
}

fn a_person_mends_a_telephone_number_until_the_close_and_not_after(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let patron = Patron::number(1);
    let receipt = life.enter(&patron);
    let code = receipt.text("#secret");
    let person = life.app.visitor();
    let mine = open_entry(&person, &code);
    let form = person.send(&mine, "/entry/correct", &[]);
    assert!(form.html.contains(&patron.email), "what is held is there");
    assert!(
        !form.html.contains("name=\"national_id\""),
        "the ID number made the ticket"
    );

    let wrong = person.send(
        &form,
        "/entry/correct",
        &[("phone", "123"), ("district", "中山區")],
    );
    assert_eq!(wrong.status, Status::UnprocessableEntity);
    assert!(wrong.html.contains("value=\"123\"") && wrong.html.contains("中山區"));
    assert!(wrong.html.contains(&patron.name), "and so is all the rest");

    let check = person.send(&form, "/entry/correct", &[("phone", "0987654321")]);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let held_before = boxes(&life.app, &life.activity).contacts;
    let held = data_of(&person, &mine);
    assert_ne!(held["phone"], "0987-654-321", "nothing is stored yet");
    let done = person.send(&check, "/entry/correct", &[]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    let data = data_of(&person, &done);
    assert_eq!(data["phone"], "0987-654-321");
    assert_eq!(data["name"], *patron.name, "nothing else changed");
    assert_eq!(data["address"], *patron.address);
    assert_eq!(boxes(&life.app, &life.activity).contacts, held_before);
    // The receipt and its number are as they were.
    let again = person.send(&done, "/entry/receipt", &[]);
    let again = person.get(&again.location);
    assert_eq!(again.text(".big"), receipt.text(".big"));

    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    let mine = open_entry(&person, &code);
    assert!(
        !mine.html.contains("/entry/correct"),
        "no button after the close"
    );
    let fields = check.form("/entry/correct");
    let late = person.post("/entry/correct", &fields);
    assert_ne!(late.status, Status::Ok, "the page of before is too old");
    let pass = mine.form("/entry/data").remove(0).1;
    let forced: Vec<(String, String)> = fields
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "pass" => (name, pass.clone()),
            "phone" => (name, "0911222333".to_owned()),
            _ => (name, value),
        })
        .collect();
    person.post("/entry/correct", &forced);
    let data = data_of(&person, &open_entry(&person, &code));
    assert_eq!(
        data["phone"], "0987-654-321",
        "nothing changes after the close"
    );
}

fn a_correction_that_lay_open_too_long_keeps_what_was_typed(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let code = life.enter(&Patron::number(1)).text("#secret");
    let person = life.app.visitor();
    let form = person.send(&open_entry(&person, &code), "/entry/correct", &[]);
    life.app.app.db.clock().advance(31 * 60 * SECOND);
    let old = person.send(&form, "/entry/correct", &[("district", "中山區")]);
    assert_eq!(old.status, Status::UnprocessableEntity);
    assert!(old.html.contains("中山區") && old.html.contains("name=\"code\""));
    let unknown = [("code", "0000-0000-0000-0000-0000")];
    let still = person.send(&old, "/entry/correct", &unknown);
    assert_eq!(still.status, Status::UnprocessableEntity);
    assert!(still.html.contains("中山區"));
    let check = person.send(&still, "/entry/correct", &[("code", &code)]);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let done = person.send(&check, "/entry/correct", &[]);
    assert_eq!(data_of(&person, &done)["district"], "中山區");
}

fn the_winner_is_written_to_at_the_corrected_address(engine: Engine) {
    let mail = MailSink::start();
    let url = mail.url();
    let life = Life::published(engine, |config| config.smtp_url = url);
    let code = life.enter(&Patron::number(1)).text("#secret");
    let person = life.app.visitor();
    let mine = open_entry(&person, &code);
    correct(&person, &mine, &[("email", "mended@mailbox.example")]);
    let staff = life.draw();
    tell_winners(&life, &staff);
    let mails = mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["mended@mailbox.example"]);
}

fn a_judged_answer_is_corrected_and_an_unlinked_one_cannot_be(engine: Engine) {
    let life = judged(engine, "");
    let patron = Patron::number(1);
    let code = life.enter(&patron).text("#secret");
    let person = life.app.visitor();
    let mine = open_entry(&person, &code);
    let form = person.send(&mine, "/entry/correct", &[]);
    assert!(form.html.contains(&patron.answer));
    let done = correct(&person, &mine, &[(&life.question, "第二次想得比較清楚")]);
    let data = data_of(&person, &done);
    assert_eq!(data["answers"][0]["answer_zh"], "第二次想得比較清楚");
    assert_eq!(boxes(&life.app, &life.activity).answers, 1, "in its place");

    let other = Life::published(engine, |_| ());
    let patron = Patron::number(2);
    let code = other.enter(&patron).text("#secret");
    let person = other.app.visitor();
    let form = person.send(&open_entry(&person, &code), "/entry/correct", &[]);
    assert!(!form.html.contains(&patron.answer) && !form.html.contains(&other.question));
    assert!(form.text("main").contains("找不到哪一份是您的"));
}

fn a_withdrawn_entry_leaves_no_box(engine: Engine) {
    let life = sharing(engine);
    let ticked = [("share_bookshop", "yes"), ("share_publisher", "yes")];
    let fingerprints = || {
        life.app
            .app
            .db
            .read_now("boxes", |tx| {
                vault::fingerprints(tx, &life.activity, 8, 1_000)
            })
            .expect("readable")
            .len()
    };
    // Made-up people, by whom the purge is checked.
    let planted = fingerprints();
    let code = life.enter_with(&Patron::number(1), &ticked).text("#secret");
    // The contact, the unlinked answer, and a box for each provider.
    assert_eq!(fingerprints(), planted + 4);
    let person = life.app.visitor();
    let asked = person.send(&open_entry(&person, &code), "/entry/withdraw", &[]);
    let done = person.send(&asked, "/entry/withdraw", &[("sure", "yes")]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert!(asked.text("main").contains("找不到哪一份是您的"));
    // The page says what is gone and what is not, and so does the file.
    let shown = done.text("main");
    let shown: String = shown.split_whitespace().collect();
    for words in ["聯絡資料已經刪除", "辨認同一人的代碼（不是證號）已經刪除"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let stays = shown.split("沒有和您連在一起的問卷答案").nth(1);
    assert!(
        stays.is_some_and(|words| words.starts_with("113年")),
        "{shown}"
    );
    assert!(!shown.contains("填寫的資料已經刪除"), "{shown}");
    let file = data_of(&person, &done);
    let until = |at: usize| file["retention"][at]["until"].as_str().unwrap_or_default();
    assert_eq!((until(0), until(3)), ("deleted", "deleted"));
    assert!(until(1).starts_with("2024-"), "{file:#}");
    assert_eq!(
        fingerprints(),
        planted + 1,
        "an answer that belongs to nobody is nobody's"
    );
    let given = life.app.app.db.read_now("boxes", |tx| {
        let id = ActivityId::from(life.activity.as_str());
        provider::boxes(tx, &id, &ProviderId::from(BOOKSHOP))
    });
    assert!(given.expect("readable").is_empty());
}

fn a_winner_who_erases_gives_up_the_prize(engine: Engine) {
    let mail = MailSink::start();
    let url = mail.url();
    let life = Life::published(engine, |config| config.smtp_url = url);
    let codes: Vec<String> = (0..6)
        .map(|n| life.enter(&Patron::number(n)).text("#secret"))
        .collect();
    let staff = life.draw();
    tell_winners(&life, &staff);
    let person = life.app.visitor();
    let winners: Vec<String> = mail
        .mails()
        .iter()
        .flat_map(|mail| mail.to.clone())
        .collect();
    let of_winner = (0..6)
        .find(|n| winners.contains(&Patron::number(*n).email))
        .and_then(|n| usize::try_from(n).ok())
        .expect("somebody won");
    let code = &codes[of_winner];
    let asked = person.send(&open_entry(&person, code), "/entry/erase", &[]);
    assert!(
        asked.text("main").contains("得獎"),
        "{}",
        asked.text("main")
    );
    let refused = person.send(&asked, "/entry/erase", &[]);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.mistakes().contains("放棄獎項"));
    let before = boxes(&life.app, &life.activity).contacts;
    let done = person.send(&refused, "/entry/erase", &[("give_up", "yes")]);
    assert_eq!(done.status, Status::Ok, "{}", done.mistakes());
    assert!(done.text("main").contains("聯絡資料和問卷答案已經刪除"));
    let data = data_of(&person, &done);
    assert!(data["name"].is_null() && data["erased_in_the_hour_of"].is_string());
    assert_eq!(boxes(&life.app, &life.activity).contacts, before - 1);

    let before = mail.mails().len();
    life.app.go_to(ROUND_TIME.plus(7 * DAY + HOUR));
    let log = record(&life.app, &life.activity);
    let acts: Vec<&str> = log.iter().map(|(act, ..)| act.as_str()).collect();
    assert!(
        acts.contains(&"entry.erased") && acts.contains(&"notify.erasure_asked"),
        "{acts:?}"
    );
    let files = lucky_draw::bundle::Bundle::from_zip(&life.bundle()).expect("a bundle");
    let settled: String = files
        .iter()
        .filter(|(name, _)| name.starts_with("settle"))
        .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
        .collect();
    assert!(
        settled.contains(" E"),
        "the public code is that of erasure: {settled}"
    );
    assert!(mail.mails().len() > before, "a reserve was called and told");
    let report = verify_bytes(&life.bundle(), &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
}

fn somebody_who_did_not_win_erases_and_the_draw_still_verifies(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let codes: Vec<String> = (0..12)
        .map(|n| life.enter(&Patron::number(n)).text("#secret"))
        .collect();
    life.draw();
    let before = boxes(&life.app, &life.activity).contacts;
    let person = life.app.visitor();
    let mut erased = 0;
    for code in &codes {
        let asked = person.send(&open_entry(&person, code), "/entry/erase", &[]);
        if asked.html.contains("give_up") {
            continue;
        }
        let done = person.send(&asked, "/entry/erase", &[]);
        assert!(
            done.text("main").contains("已刪除資料"),
            "{}",
            done.text("main")
        );
        erased += 1;
    }
    // Three prizes and four reserves.
    assert_eq!(erased, 5);
    assert_eq!(boxes(&life.app, &life.activity).contacts, before - 5);
    let report = verify_bytes(&life.bundle(), &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    for days in [7, 14, 21, 28, 35] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    life.app.go_to(ROUND_TIME.plus(40 * DAY + HOUR));
    let report = verify_bytes(&life.bundle(), &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
}

fn shared(life: &Life, code: &str) -> usize {
    let id = ActivityId::from(life.activity.as_str());
    let provider = ProviderId::from(code);
    let found = life
        .app
        .app
        .db
        .read_now("boxes", |tx| provider::boxes(tx, &id, &provider));
    found.expect("readable").len()
}

fn t28_without_consent_nothing_is_shared(engine: Engine) {
    let life = sharing(engine);
    life.enter(&Patron::number(1));
    assert_eq!(
        (shared(&life, BOOKSHOP), shared(&life, "publisher")),
        (0, 0)
    );
    life.enter_with(&Patron::number(2), &[("share_bookshop", "yes")]);
    assert_eq!(
        (shared(&life, BOOKSHOP), shared(&life, "publisher")),
        (1, 0)
    );
    // A provider that was never offered is nobody's choice.
    life.enter_with(&Patron::number(3), &[("share_somebody", "yes")]);
    assert_eq!(shared(&life, "somebody"), 0);

    let id = ActivityId::from(life.activity.as_str());
    let (db, keys) = (&life.app.app.db, &life.app.app.vault);
    let open = |provider: &str, of: &str| {
        let recorded = db
            .write_now("share", |tx| {
                let mut bound = Vec::new();
                for each in provider::boxes(tx, &id, &ProviderId::from(of))? {
                    let sealed = vault::sealed(tx, id.as_str(), &each.item)?.expect("a box");
                    bound.push(vault::BoundBox {
                        item: each.item,
                        tag: each.tag,
                        notice: each.notice,
                        sealed: sealed.sealed,
                    });
                }
                let by = audit::Actor::System;
                Ok::<_, fairdraw::entry::Error>(vault::record_shared(
                    tx,
                    &by,
                    "test",
                    id.as_str(),
                    provider,
                    bound,
                )?)
            })
            .expect("recorded");
        keys.open_shared(recorded).expect("answered")
    };
    let mine = open(BOOKSHOP, BOOKSHOP)
        .remove(0)
        .expect("opens for its provider");
    assert_eq!(
        mine.read::<vault::Email>().map(|email| email.expose()),
        Some(Patron::number(2).email.as_str())
    );
    assert!(
        mine.read::<vault::Phone>().is_none(),
        "the telephone was not offered"
    );
    assert!(
        open("publisher", BOOKSHOP).remove(0).is_err(),
        "and for no other"
    );
}

fn t33_the_choice_of_a_provider_stands_before_the_fields_unticked(engine: Engine) {
    let life = sharing(engine);
    let visitor = life.app.visitor();
    for (prefix, words) in [("", "不勾選不影響報名"), ("/en", "changes nothing")] {
        let page = visitor.get(&format!("{prefix}/a/summer-2024/enter"));
        let at = |what: &str| page.html.find(what).unwrap_or_else(|| panic!("{what}"));
        for code in [BOOKSHOP, "publisher"] {
            let choice = format!("id=\"share_{code}\"");
            assert!(at(&choice) < at("id=\"name\""), "before the first field");
        }
        let ticked = page.texts("input[name^=share_][checked]");
        assert!(ticked.is_empty(), "nothing is ticked for the person");
        let main = page.text("main");
        for said in [words, "https://privacy.example.tw"] {
            assert!(main.contains(said), "{said} in {main}");
        }
    }
    let page = visitor.get("/a/summer-2024/enter");
    let main = page.text("main");
    for said in ["巷口書店", "山邊出版社", "寄送新書折價券", "姓名、電子郵件"]
    {
        assert!(main.contains(said), "{said} in {main}");
    }
    // Refusing changes nothing: the receipts are alike but for number and code.
    let refuses = life.enter(&Patron::number(1));
    let agrees = life.enter_with(&Patron::number(2), &[("share_bookshop", "yes")]);
    assert_eq!(refuses.html.len(), agrees.html.len());
}

fn t36_staff_change_no_answer_and_a_correction_leaves_its_hashes(engine: Engine) {
    let life = judged(engine, "");
    let code = life.enter(&Patron::number(1)).text("#secret");
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    let site = life.app.app.rocket(figment);
    let changing: Vec<String> = site
        .routes()
        .filter(|route| route.method != rocket::http::Method::Get)
        .map(|route| route.uri.to_string())
        .filter(|uri| uri.contains("/staff") || uri.contains("/admin"))
        .collect();
    assert!(
        changing.len() > 30,
        "the routes are there: {}",
        changing.len()
    );
    for uri in &changing {
        for word in ["<entry", "<item", "<answer", "<question>/<"] {
            assert!(!uri.contains(word), "{uri} names what one person wrote");
        }
    }
    let person = life.app.visitor();
    let sealed = || {
        life.app
            .app
            .db
            .read_now("answers", |tx| vault::sealed_answers(tx, &life.activity))
            .expect("readable")
            .remove(0)
    };
    let before = sealed();
    let mine = open_entry(&person, &code);
    correct(&person, &mine, &[(&life.question, "改過的答案")]);
    let after = sealed();
    let log = record(&life.app, &life.activity);
    let (_, actor, object) = log
        .iter()
        .find(|(act, _, object)| act == "entry.corrected" && object.starts_with(&before.item))
        .expect("the correction is on record");
    assert_eq!(actor, "entrant");
    let hash = |bytes: &[u8]| lucky_draw::encode::sha256(bytes).to_string();
    let expected = format!(
        "{} {} {}",
        after.item,
        hash(&before.sealed),
        hash(&after.sealed)
    );
    assert_eq!(*object, expected);
}

fn t37_a_consent_is_shown_and_taken_back(engine: Engine) {
    let life = sharing(engine);
    let ticked = [("share_bookshop", "yes"), ("share_publisher", "yes")];
    let code = life.enter_with(&Patron::number(1), &ticked).text("#secret");
    let person = life.app.visitor();
    let mine = open_entry(&person, &code);
    let data = data_of(&person, &mine);
    assert_eq!(data["consents"].as_array().map(Vec::len), Some(3));
    let consent = &data["consents"][1];
    assert_eq!(consent["provider"]["name_zh"], "巷口書店");
    assert_eq!(consent["words_sha256"].as_str().map(str::len), Some(64));
    assert!(consent["withdrawn_in_the_hour_of"].is_null());

    let taken = person.send(&mine, "/entry/share", &[("provider", BOOKSHOP)]);
    assert_eq!(taken.status, Status::Ok, "{}", taken.mistakes());
    assert_eq!(
        (shared(&life, BOOKSHOP), shared(&life, "publisher")),
        (0, 1)
    );
    assert!(data_of(&person, &taken)["consents"][1]["withdrawn_in_the_hour_of"].is_string());

    // What was handed over is said, with date and address; taking it back stops what is to come.
    let id = ActivityId::from(life.activity.as_str());
    life.app
        .app
        .db
        .write_now("hand over", |tx| {
            let publisher = ProviderId::from("publisher");
            let given = provider::boxes(tx, &id, &publisher)?;
            let entries: Vec<_> = given.into_iter().map(|each| each.entry).collect();
            provider::hand_over(tx, &id, &publisher, &entries)
        })
        .expect("handed over");
    let mine = open_entry(&person, &code);
    assert!(
        mine.text("main").contains("已交給山邊出版社"),
        "{}",
        mine.text("main")
    );
    let taken = person.send(&mine, "/entry/share", &[("provider", "publisher")]);
    assert!(taken.text("main").contains("已交給山邊出版社"));
    assert_eq!(shared(&life, "publisher"), 0, "no later file has it");
    let left = data_of(&person, &taken);
    assert!(left["consents"][2]["handed_over_at"].is_string());
    // The entry itself is untouched.
    assert_eq!(left["name"], *Patron::number(1).name);
}

fn what_people_agreed_to_is_carried_over_from_older_tables(engine: Engine) {
    let life = sharing(engine);
    let ticked = [("share_bookshop", "yes"), ("share_publisher", "yes")];
    let code = life.enter_with(&Patron::number(1), &ticked).text("#secret");
    let person = life.app.visitor();
    let mine = open_entry(&person, &code);
    let mine = person.send(&mine, "/entry/share", &[("provider", BOOKSHOP)]);
    let before = data_of(&person, &mine);
    assert_eq!(before["consents"].as_array().map(Vec::len), Some(3));

    let back = include_str!("../../migrations/2026-11-23-000049_fold_agreements/down.sql");
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = '20261123000049'";
    let older = life.app.app.db.write_now("go back a version", |tx| {
        tx.conn().batch_execute(back)?;
        tx.conn().batch_execute(forget)?;
        Ok::<_, db::Error>(())
    });
    older.expect("the older tables come back");
    let receipts = "SELECT count(*) AS n FROM consents WHERE purpose = 'entry'";
    assert_eq!(counted(&life.app.app.db, receipts), 1);
    drop(life.app.database.open(&Life::clock()));

    let mine = open_entry(&person, &code);
    assert_eq!(data_of(&person, &mine), before);
}
