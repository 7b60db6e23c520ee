//! What a provider outside the library gets: the rows of those who ticked it.

use fairdraw::audit::{self, Filter};
use rocket::http::Status;

use crate::disclosing::digits;
use crate::support::Engine;
use crate::support::app::{Person, TestApp};
use crate::support::life::{Life, Patron};

on_both! {
    a_provider_gets_the_rows_that_ticked_it_and_no_other,
}

/// The first link of a page that leads to a provider's form; its id.
fn provider_on(admin: &Person<'_>) -> String {
    let page = admin.get("/admin/providers");
    let rest = page.html.split("/admin/providers?edit=").nth(1);
    let id = rest.and_then(|rest| rest.split('"').next());
    id.expect("the list has the provider").to_owned()
}

/// Makes a provider and offers it in the draft.
fn offer(admin: &Person<'_>, base: &str) {
    let page = admin.get("/admin/providers");
    let unnamed = admin.send(&page, "/admin/providers", &[("name_zh", "春天書店")]);
    assert_eq!(unnamed.status, Status::UnprocessableEntity);
    assert!(unnamed.html.contains("春天書店"), "what was typed stays");
    let saved = admin.send(
        &page,
        "/admin/providers",
        &[
            ("name_zh", "春天書店"),
            ("name_en", "Spring Bookshop"),
            ("address", "privacy@spring.example"),
        ],
    );
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.mistakes());
    let id = provider_on(admin);
    let path = format!("{base}/providers");
    let page = admin.get(&path);
    let late = admin.send(&page, &path, &[("provider", &id), ("until", "113/1/1")]);
    assert_eq!(late.status, Status::UnprocessableEntity);
    let done = admin.send(
        &page,
        &path,
        &[
            ("provider", &id),
            ("fields", "name"),
            ("fields", "phone"),
            ("purpose_zh", "寄送贊助書券"),
            ("purpose_en", "Sending vouchers"),
            ("until", "113/12/31"),
        ],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
}

fn a_provider_gets_the_rows_that_ticked_it_and_no_other(engine: Engine) {
    let prepare = |_: &TestApp, admin: &Person<'_>, activity: &str| {
        offer(admin, &format!("/staff/activities/{activity}"));
    };
    let life = Life::published_after(engine, &Life::clock(), |_| {}, &[], prepare);
    let admin = crate::support::staff::sign_in(&life.app, "陳館員");
    let id = provider_on(&admin);
    let patrons: Vec<Patron> = (0..3).map(Patron::number).collect();
    let tick = format!("share_{id}");
    for (number, patron) in patrons.iter().enumerate() {
        let more: &[(&str, &str)] = if number == 1 { &[(&tick, "yes")] } else { &[] };
        life.enter_with(patron, more);
    }
    let path = format!("{}/providers", life.base());
    let page = admin.get(&path);
    assert!(page.text("main").contains("1 人"), "{}", page.text("main"));
    let remove = [
        ("do".to_owned(), "remove".to_owned()),
        ("provider".to_owned(), id.clone()),
    ];
    let late = admin.post(&path, &remove);
    assert_ne!(late.status, Status::SeeOther, "what people were told stays");

    let export = format!("{path}/{id}/export");
    let silent = admin.send(&page, &export, &[]);
    assert_eq!(silent.status, Status::UnprocessableEntity, "not without a reason");
    let file = admin.send(&page, &export, &[("reason", "書店要寄書券")]);
    assert_eq!(file.status, Status::Ok, "{}", file.mistakes());
    assert!(file.html.contains(&patrons[1].name));
    assert!(digits(&file.html).contains(&patrons[1].phone[1..]), "{}", file.html);
    assert!(!file.html.contains(&patrons[1].email), "fields that were offered only");
    for other in [&patrons[0], &patrons[2]] {
        assert!(!file.html.contains(&other.name), "nobody who did not tick it");
    }
    let filter = Filter {
        activity: life.activity.clone(),
        ..Filter::default()
    };
    let record = life
        .app
        .app
        .db
        .read_now("record", |tx| audit::list(tx, &filter, 1));
    let record = record.expect("the record can be read").records;
    let opened: Vec<_> = record.iter().filter(|line| line.act == "vault.shared").collect();
    assert_eq!(opened.len(), 1);
    assert!(opened[0].object.ends_with(&id) && opened[0].purpose == "provider-share");
    let page = admin.get(&path);
    assert!(page.text("main").contains("1 人已提供"), "{}", page.text("main"));
}
