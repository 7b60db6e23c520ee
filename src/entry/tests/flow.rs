//! From the form to the receipt.

use lucky_draw::note::{Checkpoint, TlogProof, Verifier};
use lucky_draw::ticket::{self, Secret, TicketNumber};
use lucky_draw::tree;
use rocket::http::Status;

use super::town::{Form, SLUG, START, Town, base, mei};
use crate::activity;
use crate::entry;
use crate::identity::national_id;
use crate::platform::clock::{DAY, HOUR, MINUTE};

#[test]
fn a_person_enters_without_scripts_and_gets_a_receipt() {
    let town = Town::with_draw();
    let mei_browser = town.browser();
    let receipt = mei_browser.enter(&mei(1));
    assert_eq!(receipt.number(), TicketNumber(0).to_string());
    assert!(Secret::parse(&receipt.code()).is_ok());
    assert_eq!(receipt.header("Cache-Control"), "no-store");
    for words in ["請保存這張回條", "接下來", "回條能證明什麼", "165"] {
        assert!(receipt.body.contains(words), "{words}");
    }
    assert!(receipt.body.contains("role=\"img\""), "a QR code");
    assert!(!receipt.body.contains("style="));
    assert!(receipt.body.len() < 18_000, "{}", receipt.body.len());
    // Reloading is safe, and the page is there in English too.
    assert_eq!(mei_browser.open("/receipt").number(), receipt.number());
    let english = mei_browser.open("/en/receipt");
    assert!(english.body.contains("You are in") && english.number() == receipt.number());
    let counts = town.read(|tx| entry::count(tx, &town.activity()));
    assert_eq!(
        (counts.taken, counts.withdrawn, counts.duplicates),
        (1, 0, 0)
    );
}

#[test]
fn the_receipt_file_proves_the_entry_to_anybody_who_knows_the_id() {
    let town = Town::with_draw();
    for n in 2..7 {
        town.browser().enter(&mei(n));
    }
    let browser = town.browser();
    let receipt = browser.enter(&mei(1));
    let secret = Secret::parse(&receipt.code()).expect("a code");
    let file = browser.open("/receipt/file");
    assert!(file.header("Content-Disposition").contains(".tlog-proof"));
    let proof = TlogProof::parse(&file.body).expect("a tlog-proof");
    assert_eq!(TicketNumber(proof.index).to_string(), receipt.number());

    let extra = proof.extra.clone().expect("a secret receipt");
    assert_eq!(extra.len(), 100);
    let part = |from: usize| {
        let bytes: [u8; 32] = extra[from..from + 32].try_into().expect("32 bytes");
        lucky_draw::encode::Hash(bytes)
    };
    let (tag, bind, nonce) = (part(0), part(32), part(68));
    assert_eq!(extra[64..68], [0; 4], "the web commits ticket 0");
    assert_eq!(secret.nonce(&base(), 0), nonce);
    let id = national_id::synthetic_citizen(1);
    assert_eq!(ticket::bind(&nonce, &id.subject()), bind);
    let commitment = ticket::commitment(&base(), &tag, &bind, 0);

    let site = Verifier::parse(&town.vault.vkey()).expect("the site's key");
    let text = site.open(&proof.checkpoint).expect("signed by the site");
    let checkpoint = Checkpoint::parse(text).expect("a checkpoint");
    assert_eq!(checkpoint.origin, "lib.example.tw/d0d0d0d0d0");
    assert_eq!(checkpoint.size, 6);
    let leaf = tree::leaf_hash(commitment.as_bytes());
    tree::verify_inclusion(&leaf, proof.index, 6, &proof.hashes, &checkpoint.root)
        .expect("the leaf is in the list");

    let shared = TlogProof::parse(&browser.open("/receipt/proof").body).expect("a tlog-proof");
    assert_eq!(shared.extra, Some(commitment.as_bytes().to_vec()));
    assert_eq!((shared.index, shared.hashes), (proof.index, proof.hashes));
}

#[test]
fn sending_twice_is_one_entry_and_one_receipt() {
    let town = Town::with_draw();
    let browser = town.browser();
    let check = browser.fill(&mei(1));
    let address = format!("/a/{SLUG}/check");
    let first = browser.send(&address, &check.hidden());
    let shown = browser.open("/receipt");
    let second = browser.send(&address, &check.hidden());
    assert_eq!(
        (first.status, second.status),
        (Status::SeeOther, Status::SeeOther)
    );
    let again = browser.open("/receipt");
    assert_eq!(
        (again.number(), again.code()),
        (shown.number(), shown.code())
    );
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 1);
    // Even after the close the first answer can be had again.
    town.clock.stand_at(START.plus(59 * MINUTE));
    town.db
        .write_now("close early", |tx| {
            let facts = activity::by_id(tx, &town.activity())?;
            activity::lifecycle::cancel(tx, &facts, "typhoon", START).map(|_| ())
        })
        .expect("cancelled");
    let third = browser.send(&address, &check.hidden());
    assert_eq!(
        (third.status, third.location.as_str()),
        (Status::SeeOther, "/receipt")
    );
}

#[test]
fn a_second_entry_by_the_same_person_looks_like_a_first_one() {
    let town = Town::with_draw();
    let first = town.browser().enter(&mei(1));
    let fresh = town.browser().enter(&mei(2));
    let second = town.browser().enter(&mei(1));
    assert_eq!(second.number(), TicketNumber(2).to_string());
    assert_eq!(second.status, fresh.status);
    assert_eq!(second.body.len(), fresh.body.len());
    assert_eq!(first.body.len(), second.body.len());
    let names = |seen: &super::town::Seen| {
        let names = seen.headers.iter().map(|(name, _)| name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&second), names(&fresh));
    // Nor does "my entry" tell before the close.
    let found = town.browser().find(&second.code());
    assert!(found.body.contains("已報名") && !found.body.contains("重複"));
    let voids = town.read(|tx| entry::voids(tx, &town.activity(), super::town::DRAW));
    assert_eq!(voids, [(2, lucky_draw::record::VoidCode::D)]);
}

#[test]
fn a_mistake_is_told_beside_the_field_and_nothing_typed_is_lost() {
    let town = Town::with_draw();
    let browser = town.browser();
    let mut form = mei(1);
    form.insert("national_id".into(), "A123456788".into());
    form.insert("phone".into(), "12".into());
    form.insert("name".into(), "  ".into());
    form.remove("q_branch");
    form.remove("consent");
    let page = browser.fill(&form);
    assert_eq!(page.status, Status::UnprocessableEntity);
    assert_eq!(page.header("Cache-Control"), "no-store");
    assert!(page.words("title").join("").starts_with("錯誤："));
    let summary = page.words(".error-summary li");
    assert_eq!(summary.len(), 5, "{summary:?}");
    for field in ["name", "national_id", "phone", "q_branch", "consent"] {
        assert_eq!(
            page.words(&format!(".error-summary a[href='#{field}']"))
                .len(),
            1,
            "{field}"
        );
        assert_eq!(page.words(&format!("#{field}-error")).len(), 1, "{field}");
    }
    for field in [
        "national_id",
        "phone",
        "email",
        "county",
        "district",
        "address",
        "q_words",
    ] {
        assert_eq!(page.value(field).trim(), form[field].trim(), "{field}");
    }
    let english = browser.send(&format!("/en/a/{SLUG}/enter"), &{
        let mut sent = page.hidden();
        sent.extend(form);
        sent
    });
    assert!(english.body.contains("Enter your name"), "{}", english.body);
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 0);
}

#[test]
fn the_check_page_masks_the_id_and_leads_back_to_a_field() {
    let town = Town::with_draw();
    let browser = town.browser();
    let form = mei(1);
    let check = browser.fill(&form);
    assert_eq!(check.header("Cache-Control"), "no-store");
    let masked = national_id::synthetic_citizen(1).masked();
    assert!(
        check
            .words("dd")
            .iter()
            .any(|words| words.starts_with(&masked))
    );
    assert!(check.words("dd").contains(&"east館".to_owned()));
    assert!(
        check
            .body
            .contains(&format!("formaction=\"/a/{SLUG}/enter#phone\""))
    );
    let mut change = check.hidden();
    change.insert("change".into(), "phone".into());
    let page = browser.send(&format!("/a/{SLUG}/enter"), &change);
    assert_eq!(page.status, Status::Ok);
    for field in [
        "name",
        "national_id",
        "phone",
        "county",
        "address",
        "q_words",
    ] {
        assert_eq!(page.value(field).trim(), form[field], "{field}");
    }
    assert!(page.words(".error-summary").is_empty());
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 0);
}

#[test]
fn a_check_page_that_lay_too_long_is_shown_again() {
    let town = Town::with_draw();
    let browser = town.browser();
    let check = browser.fill(&mei(1));
    town.clock.advance(HOUR + 1);
    let again = browser.send(&format!("/a/{SLUG}/check"), &check.hidden());
    assert_eq!(again.status, Status::UnprocessableEntity);
    assert!(again.body.contains("還沒有送出"));
    let taken = browser.send(&format!("/a/{SLUG}/check"), &again.hidden());
    assert_eq!(taken.status, Status::SeeOther);
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 1);
}

#[test]
fn a_form_without_our_token_comes_back_with_its_values() {
    let town = Town::with_draw();
    let browser = town.browser();
    for token in ["", "AAAA", "not a token"] {
        let mut form = mei(1);
        form.insert("token".into(), token.into());
        for address in ["enter", "check"] {
            let page = browser.send(&format!("/a/{SLUG}/{address}"), &form);
            assert_eq!(page.status, Status::UnprocessableEntity, "{address}");
            assert_eq!(page.value("name"), "王小明");
        }
    }
    let page = browser.fill(&mei(1));
    town.clock.advance(13 * HOUR);
    let mut late: Form = mei(1);
    late.insert("token".into(), page.hidden()["token"].clone());
    let page = browser.send(&format!("/a/{SLUG}/enter"), &late);
    assert_eq!(page.status, Status::UnprocessableEntity);
    assert!(page.body.contains("這一頁開著太久"));
}

#[test]
fn the_receipt_page_is_over_after_ten_minutes_and_without_its_cookie() {
    let town = Town::with_draw();
    let browser = town.browser();
    browser.enter(&mei(1));
    town.clock.advance(10 * MINUTE + 1);
    let over = browser.open("/receipt");
    assert!(over.body.contains("回條已經收起來") && over.code().is_empty());
    assert_eq!(browser.open("/receipt/file").status, Status::Gone);
    assert!(town.browser().open("/en/receipt").body.contains("put away"));
}

#[test]
fn the_receipt_s_cookie_is_for_its_page_alone() {
    let town = Town::with_draw();
    let browser = town.browser();
    let check = browser.fill(&mei(1));
    let taken = browser.send(&format!("/a/{SLUG}/check"), &check.hidden());
    let cookies: Vec<&str> = taken
        .headers
        .iter()
        .filter(|(name, _)| name == "Set-Cookie")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(cookies.len(), 2);
    for (cookie, path) in cookies.iter().zip(["/receipt", "/en/receipt"]) {
        for part in [
            "HttpOnly",
            "SameSite=Strict",
            "Max-Age=600",
            &format!("Path={path};"),
        ] {
            assert!(cookie.contains(part), "{part}");
        }
    }
}

#[test]
fn nobody_enters_before_the_opening_or_after_the_close() {
    let town = Town::with_draw();
    let browser = town.browser();
    let page = browser.open(&format!("/a/{SLUG}/enter"));
    let check = browser.fill(&mei(1));
    town.clock.stand_at(START.plus(-DAY));
    let early = browser.open(&format!("/a/{SLUG}/enter"));
    assert_eq!(early.status, Status::Ok);
    assert!(early.body.contains("還沒開始報名") && early.body.contains("115 年 11 月"));

    town.clock.stand_at(START.plus(7 * DAY));
    assert!(
        browser
            .open(&format!("/a/{SLUG}/enter"))
            .body
            .contains("報名已截止")
    );
    let mut sent = page.hidden();
    sent.extend(mei(1));
    let late = browser.send(&format!("/a/{SLUG}/enter"), &sent);
    assert_eq!(late.status, Status::Conflict);
    assert!(late.body.contains("這份資料沒有送出") && late.body.contains("謝謝你們"));
    let late = browser.send(&format!("/a/{SLUG}/check"), &check.hidden());
    assert_eq!(late.status, Status::Conflict);
    assert_eq!(town.read(|tx| entry::count(tx, &town.activity())).taken, 0);
    assert_eq!(
        browser.open("/a/no-such-activity/enter").status,
        Status::NotFound
    );
}
