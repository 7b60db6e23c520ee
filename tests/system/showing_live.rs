//! A draw shown in a hall without internet, rehearsed before and audited after.

use std::collections::BTreeMap;

use fairdraw::account::name::StaffName;
use fairdraw::account::{self, Role, passphrase};
use fairdraw::audit::{self, Filter, Record};
use fairdraw::draw::{self, DrawId};
use fairdraw::identity::mask;
use fairdraw::platform::clock::{DAY, HOUR, MINUTE};
use lucky_draw::record::Audit;
use lucky_draw::ticket::TicketNumber;
use lucky_draw::verify::{Options, verify_bytes};
use rocket::http::Status;

use crate::support::Engine;
use crate::support::app::{Answer, Person};
use crate::support::life::{Life, Patron, ROUND_TIME, SIGNATURE};

on_both! {
    winners_are_shown_one_by_one_and_the_public_page_keeps_step,
    two_presses_on_one_screen_pass_over_no_winner,
    names_come_masked_on_record_and_from_the_vault,
    the_pasted_round_is_checked_before_it_counts,
    only_staff_see_the_stage,
    a_rehearsal_says_so_and_writes_nothing,
    the_minutes_hold_what_witnesses_sign,
    an_auditor_finds_people_and_the_note_says_what_it_proves,
    staff_cannot_audit_their_own_draw,
    after_the_purge_nothing_can_be_audited,
}

const PASSPHRASE: &str = "correct horse battery staple";

/// A frozen draw with these patrons, and a librarian at the desk; the round is not out.
fn in_the_hall(engine: Engine, patrons: u64) -> Life {
    let life = Life::published(engine, |config| {
        config.public_origin = "http://draw.example.org".to_owned();
    });
    for n in 0..patrons {
        life.enter(&Patron::number(n));
    }
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    life.app.go_to(ROUND_TIME.plus(-HOUR + 1_000));
    life.app.go_to(ROUND_TIME.plus(-3 * MINUTE));
    life
}

fn sign_in<'a>(life: &'a Life, name: &str) -> Person<'a> {
    let person = life.app.visitor();
    let page = person.get("/staff/sign-in");
    let done = person.send(
        &page,
        "/staff/sign-in",
        &[("name", name), ("passphrase", PASSPHRASE)],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    person
}

/// An account that came from outside.
fn auditor(life: &Life) -> Person<'_> {
    let name = StaffName::parse("林稽核").expect("a name");
    let words = passphrase::Passphrase::parse(PASSPHRASE, &name).expect("long enough");
    let hash = passphrase::hash(&words);
    life.app
        .app
        .db
        .write_now("auditor", |tx| {
            account::create_staff(tx, &name, &hash, &[Role::Auditor])
        })
        .expect("the account is made");
    sign_in(life, "林稽核")
}

impl Life {
    fn desk(&self) -> String {
        format!("/staff/draws/{}/run", self.draw)
    }

    fn stage(&self) -> String {
        format!("/stage/{}", self.draw)
    }

    fn audit(&self) -> String {
        format!("/staff/draws/{}/audit", self.draw)
    }

    /// Presses a button of the desk.
    fn cue(&self, staff: &Person<'_>, cue: &str) -> Answer {
        let page = staff.get(&self.desk());
        self.press(staff, &page, cue)
    }

    /// Presses a button of a page that was fetched earlier; answers with the projector's screen.
    fn press(&self, staff: &Person<'_>, page: &Answer, cue: &str) -> Answer {
        let done = staff.send(page, &self.desk(), &[("do", cue)]);
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        staff.get(&self.stage())
    }

    /// Pastes at the desk and presses a button.
    fn paste(&self, staff: &Person<'_>, button: &str, text: &str) -> Answer {
        let fields = [("do", button), ("beacon", text)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        staff.post(&self.desk(), &fields)
    }

    fn records(&self, act: &str) -> Vec<Record> {
        let listing = self
            .app
            .app
            .db
            .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1))
            .expect("the record can be read");
        let found = listing.records.into_iter();
        found.filter(|record| record.act == act).collect()
    }

    fn public(&self) -> Answer {
        self.app.visitor().get(&format!("/d/{}", self.draw))
    }
}

fn winners_are_shown_one_by_one_and_the_public_page_keeps_step(engine: Engine) {
    let life = in_the_hall(engine, 12);
    let staff = sign_in(&life, "陳館員");

    let doors = staff.get(&life.stage());
    assert_eq!(doors.text("h1"), "夏日閱讀抽獎");
    let menu = staff.get(&life.desk()).texts(".site-head [aria-current]");
    assert_eq!(menu, ["活動管理"], "the menu says where the desk belongs");
    let words = life.cue(&staff, "next");
    assert_eq!(words.texts("ol li").len(), 3, "three sentences");
    assert!(
        words.html.contains("現在沒有人知道"),
        "the round is to come"
    );
    let countdown = life.cue(&staff, "next");
    assert_eq!(countdown.text(".huge"), "3:00");
    assert!(life.public().html.contains("現場揭曉中"));
    life.app.go_to(ROUND_TIME.plus(5_000));
    let waiting = life.cue(&staff, "next");
    assert_eq!(waiting.text("h1"), "等待公共亂數");

    let taken = life.paste(&staff, "receive", SIGNATURE);
    assert_eq!(taken.status, Status::SeeOther, "{}", taken.mistakes());
    let decided = staff.get(&life.stage());
    assert_eq!(decided.text("h1"), "結果已決定");
    assert!(decided.texts(".winners").is_empty());
    assert!(life.public().texts(".winners li").is_empty());

    let all = winners(&life);
    assert_eq!(all.len(), 3);
    for shown in 1..=3 {
        let screen = life.cue(&staff, "next");
        assert_eq!(screen.text(".counter"), format!("{shown} / 3"));
        assert_eq!(screen.text(".huge .vh"), all[shown - 1].1, "in order");
        let open = life.public().texts(".winners .no");
        if shown < 3 {
            assert_eq!(open.len(), shown, "the public page keeps step");
            assert!(open.contains(&all[shown - 1].1));
        }
    }
    // The last one is out, so the page shows everything; a second press goes to the last screen.
    assert_eq!(life.public().texts(".winners .no").len(), 7);
    let end = life.cue(&staff, "next");
    assert_eq!(end.texts(".all b").len(), 3);
    assert_eq!(life.cue(&staff, "next").texts(".all b").len(), 3);
    let reserves = life.cue(&staff, "reserves");
    assert_eq!(reserves.texts(".reserves li").len(), 4);
}

fn two_presses_on_one_screen_pass_over_no_winner(engine: Engine) {
    let life = in_the_hall(engine, 12);
    let staff = sign_in(&life, "陳館員");
    life.cue(&staff, "next");
    life.app.go_to(ROUND_TIME.plus(5_000));
    let late = staff.get(&life.stage());
    assert!(late.html.contains("之後沒有人能改"), "the round is out");
    life.cue(&staff, "next");
    life.paste(&staff, "receive", SIGNATURE);
    life.cue(&staff, "names");

    // The desk and the projector show one screen, and both press.
    let (desk, projector) = (staff.get(&life.desk()), staff.get(&life.stage()));
    let counter = |screen: &Answer| screen.text(".counter");
    assert_eq!(counter(&life.press(&staff, &desk, "next")), "1 / 3");
    assert_eq!(counter(&life.press(&staff, &projector, "next")), "1 / 3");
    let opened = life.records("vault.opened").len();
    assert_eq!(opened, 1, "the second press opens no name");
    let on = life.cue(&staff, "next");
    assert_eq!(counter(&on), "2 / 3");
    assert!(on.text(".name").contains('○'), "{}", on.text(".name"));

    // Another button of an old page still does what it says, with every name that is on the screen.
    life.cue(&staff, "names");
    life.cue(&staff, "next");
    let named = life.press(&staff, &desk, "names");
    assert_eq!(counter(&named), "3 / 3");
    assert!(named.text(".name").contains('○'), "{}", named.text(".name"));
    // A cue that names no step moves nothing.
    let blind = staff.post(&life.desk(), &form(&[("do", "next")]));
    assert_eq!(blind.status, Status::NotFound);
    assert_eq!(counter(&staff.get(&life.stage())), "3 / 3");
}

/// The prizes of the result, in slot order, with their ticket numbers.
fn winners(life: &Life) -> Vec<(String, String)> {
    let draw = DrawId::from(life.draw.as_str());
    let holdings = life
        .app
        .app
        .db
        .read_now("winners", |tx| {
            let plan = draw::by_id(tx, &draw)?;
            draw::holdings(tx, &plan)
        })
        .expect("there is a result");
    holdings
        .into_iter()
        .map(|held| (held.slot.to_string(), TicketNumber(held.index).to_string()))
        .filter(|(slot, _)| !slot.starts_with("reserve"))
        .collect()
}

fn names_come_masked_on_record_and_from_the_vault(engine: Engine) {
    let life = in_the_hall(engine, 12);
    let staff = sign_in(&life, "陳館員");
    for _ in 0..2 {
        life.cue(&staff, "next");
    }
    life.app.go_to(ROUND_TIME.plus(5_000));
    life.paste(&staff, "receive", SIGNATURE);

    let number_only = life.cue(&staff, "next");
    assert_eq!(number_only.text(".name"), "", "few people take part");
    assert_eq!(life.records("vault.opened").len(), 0);

    let named = life.cue(&staff, "names");
    let masks: Vec<String> = (0..12)
        .map(|n| mask::name(&Patron::number(n).name))
        .collect();
    assert!(
        masks.contains(&named.text(".name")),
        "{}",
        named.text(".name")
    );
    let first = life.records("vault.opened");
    assert_eq!(first.len(), 1, "whom the hall saw, and nobody else");
    assert_eq!(first[0].purpose, "live-reveal");
    life.cue(&staff, "next");
    let screen = life.cue(&staff, "next");
    assert_eq!(life.records("vault.opened").len(), 3);
    // Looking again opens nothing.
    staff.get(&life.stage());
    assert_eq!(life.records("vault.opened").len(), 3);
    for page in [&screen.html, &staff.get(&life.desk()).html] {
        for n in 0..12 {
            assert!(!page.contains(&Patron::number(n).name), "no full name");
        }
    }
}

fn the_pasted_round_is_checked_before_it_counts(engine: Engine) {
    let life = in_the_hall(engine, 3);
    let staff = sign_in(&life, "陳館員");
    let mut typo = SIGNATURE.to_owned();
    typo.replace_range(95..96, "e");
    let check = format!("{}/check", life.desk());
    let ask = |text: &str| {
        let field = [("beacon".to_owned(), text.to_owned())];
        let answer = staff.post(&check, &field);
        serde_json::from_str::<serde_json::Value>(&answer.html).expect("JSON")
    };
    assert_eq!(ask(SIGNATURE)["right"], true);
    assert_eq!(ask(&SIGNATURE.to_uppercase())["right"], true);
    assert_eq!(ask(&typo)["right"], false);
    assert_eq!(ask("abc")["right"], false);
    assert_eq!(ask(SIGNATURE)["words"], "第 10000000 輪 ✓ 簽章正確");

    life.app.go_to(ROUND_TIME.plus(5_000));
    let refused = life.paste(&staff, "receive", &typo);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(refused.mistakes().contains('✗'), "{}", refused.mistakes());
    let only = life.paste(&staff, "check", SIGNATURE);
    assert!(only.text("#verdict").contains('✓'));
    assert_eq!(winners_so_far(&life), None, "checking draws nothing");
    let taken = life.paste(&staff, "receive", SIGNATURE);
    assert_eq!(taken.status, Status::SeeOther, "{}", taken.mistakes());
    let first = winners_so_far(&life);
    // A second press shows the same result.
    life.paste(&staff, "receive", SIGNATURE);
    assert_eq!(winners_so_far(&life), first);
}

fn winners_so_far(life: &Life) -> Option<String> {
    let draw = DrawId::from(life.draw.as_str());
    let shown = life
        .app
        .app
        .db
        .read_now("result", |tx| draw::shown(tx, &draw))
        .expect("the draw is public");
    shown.result.map(|result| result.to_text())
}

fn only_staff_see_the_stage(engine: Engine) {
    let life = in_the_hall(engine, 3);
    let visitor = life.app.visitor();
    for path in [
        life.stage(),
        format!("{}/state", life.stage()),
        format!("{}/rehearsal", life.stage()),
        life.desk(),
        format!("/staff/draws/{}/rehearse", life.draw),
        format!("/staff/draws/{}/minutes", life.draw),
        life.audit(),
    ] {
        let answer = visitor.get(&path);
        let is_shut = answer.status == Status::Unauthorized || answer.location.contains("sign-in");
        assert!(is_shut, "{path}: {}", answer.status);
    }
}

fn a_rehearsal_says_so_and_writes_nothing(engine: Engine) {
    let life = in_the_hall(engine, 40);
    let staff = sign_in(&life, "陳館員");
    let rows = |life: &Life| {
        let draw = DrawId::from(life.draw.as_str());
        let db = &life.app.app.db;
        let shown = db.read_now("draw", |tx| draw::shown(tx, &draw));
        let shown = shown.expect("the draw is public");
        let acts = db
            .read_now("acts", |tx| audit::list(tx, &Filter::default(), 1))
            .expect("the record can be read");
        (shown.plan, shown.notes, shown.reveal, acts.total)
    };
    let before = rows(&life);
    let desk = format!("/staff/draws/{}/rehearse", life.draw);
    let stage = format!("{}/rehearsal", life.stage());
    let press = |name: &str, text: &str| {
        let page = staff.get(&stage);
        let done = staff.send(
            &page,
            &desk,
            &[("do", name), ("beacon", text), ("from", "")],
        );
        assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
        let screen = staff.get(&stage);
        assert_eq!(screen.text(".mark"), "彩排 REHEARSAL");
        assert!(screen.html.contains("rehearsal"), "the watermark too");
        screen
    };
    let doors = staff.get(&stage);
    assert_eq!(doors.text(".mark"), "彩排 REHEARSAL");
    assert!(
        doors.html.contains("共 1,000 個號碼"),
        "{}",
        doors.text(".screen")
    );
    press("next", "");
    press("next", "");
    life.app.go_to(ROUND_TIME.plus(-2 * MINUTE));
    assert_eq!(press("next", "").text("h1"), "等待公共亂數");
    let page = staff.get(&desk);
    let practice = page.texts("code.hash");
    let practice = practice.last().expect("the round to practise with");
    assert_ne!(practice, SIGNATURE);
    press("receive", practice);
    let winner = press("next", "");
    assert_eq!(winner.text(".counter"), "1 / 3");
    assert_eq!(winner.text(".name"), "彩○排");
    for _ in 0..4 {
        press("next", "");
    }
    assert_eq!(rows(&life), before, "not a row, not a note, not a line");
    assert_eq!(winners_so_far(&life), None);
    assert!(!life.public().html.contains("現場揭曉中"));

    // The draw's own round is not the rehearsal's, and neither takes the other's.
    let other = life.paste(&staff, "receive", practice);
    assert_eq!(other.status, Status::UnprocessableEntity);
    let again = press("again", "");
    assert_eq!(again.text("h1"), "夏日閱讀抽獎");
}

fn the_minutes_hold_what_witnesses_sign(engine: Engine) {
    let life = in_the_hall(engine, 12);
    let staff = sign_in(&life, "陳館員");
    let minutes = format!("/staff/draws/{}/minutes", life.draw);
    assert_eq!(staff.get(&minutes).status, Status::NotFound);
    life.app.go_to(ROUND_TIME.plus(5_000));
    life.paste(&staff, "receive", SIGNATURE);

    let page = staff.get(&minutes);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let words: String = page.text("article").split_whitespace().collect();
    let draw = DrawId::from(life.draw.as_str());
    let shown = life
        .app
        .app
        .db
        .read_now("draw", |tx| draw::shown(tx, &draw))
        .expect("the draw is public");
    for name in [
        "manifest.note",
        "close-0.note",
        "freeze.note",
        "result.note",
    ] {
        let hash = shown.note(name).expect("sealed").hash.to_string();
        assert!(words.contains(&hash), "{name}");
    }
    for (_, ticket) in winners(&life) {
        assert!(words.contains(&ticket), "{ticket}");
    }
    assert!(words.contains("10000000"));
    assert_eq!(page.texts(".signatures li").len(), 7);
    for n in 0..12 {
        let name = Patron::number(n).name;
        assert!(!page.html.contains(&mask::name(&name)), "numbers only");
    }
}

/// A drawn draw: patron `n` entered `n`th, and patron 1 a second time.
fn drawn(engine: Engine, patrons: u64) -> Life {
    let life = Life::published(engine, |_| ());
    for n in 0..patrons {
        life.enter(&Patron::number(n));
    }
    life.enter(&Patron::number(1));
    life.draw();
    life
}

fn an_auditor_finds_people_and_the_note_says_what_it_proves(engine: Engine) {
    let life = drawn(engine, 6);
    let auditor = auditor(&life);
    let at = life.audit();
    assert!(auditor.get("/staff/inspections").html.contains(&at));

    let page = auditor.get(&at);
    let begun = auditor.send(&page, &at, &[("size", "6"), ("do", "begin")]);
    assert_eq!(begun.status, Status::SeeOther, "{}", begun.mistakes());
    let sample = auditor.get(&at).texts("td a");
    assert_eq!(sample.len(), 6, "the second entry does not take part");

    let people: BTreeMap<String, Patron> = (0..6)
        .map(|n| (TicketNumber(n).to_string(), Patron::number(n)))
        .collect();
    let early = auditor.post(&at, &form(&[("do", "sign"), ("sure", "yes")]));
    assert_eq!(
        early.status,
        Status::Conflict,
        "not every ticket was looked at"
    );
    for (place, ticket) in sample.iter().enumerate() {
        let path = format!("{at}/{ticket}");
        if place == 5 {
            let done = auditor.post(&path, &form(&[("do", "missing")]));
            assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
            continue;
        }
        let other = Patron::number(77).national_id;
        let no = auditor.post(&path, &form(&[("do", "match"), ("national_id", &other)]));
        assert_eq!(no.status, Status::UnprocessableEntity);
        let own = &people[ticket].national_id;
        let yes = auditor.post(&path, &form(&[("do", "match"), ("national_id", own)]));
        assert_eq!(yes.status, Status::SeeOther, "{}", yes.mistakes());
        assert!(!auditor.get(&path).html.contains(&people[ticket].name));
    }
    let signed = auditor.post(&at, &form(&[("do", "sign"), ("sure", "yes")]));
    assert_eq!(signed.status, Status::SeeOther, "{}", signed.mistakes());
    let twice = auditor.post(&at, &form(&[("do", "sign"), ("sure", "yes")]));
    assert_eq!(twice.status, Status::Conflict);

    let bundle = life.bundle();
    let report = verify_bytes(&bundle, &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    let files = lucky_draw::bundle::Bundle::from_zip(&bundle).expect("a bundle");
    let note = files.file("audit.note").expect("the note is in the bundle");
    let note = std::str::from_utf8(note).expect("text");
    let text = note.split("\n\n").next().expect("a text").to_owned() + "\n";
    let note = Audit::parse(&text).expect("the grammar of audit notes");
    assert_eq!(note.leaves.len(), 6);
    assert_eq!(note.leaves.iter().filter(|leaf| leaf.found).count(), 5);
    assert_eq!(note.over_cap, 0);
    let public = life.public();
    assert!(
        public.html.contains("沒有真人的號碼正好 1 個"),
        "{}",
        public.text("main")
    );
    assert_eq!(life.records("inspection.signed").len(), 1);
    assert_eq!(life.records("inspection.differed").len(), 5);
}

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fields.iter().map(own).collect()
}

fn staff_cannot_audit_their_own_draw(engine: Engine) {
    let life = drawn(engine, 3);
    let admin = sign_in(&life, "陳館員");
    let at = life.audit();
    assert_eq!(admin.get(&at).status, Status::Ok, "staff may look on");
    let begun = admin.post(&at, &form(&[("do", "begin"), ("size", "3")]));
    assert_eq!(begun.status, Status::Forbidden);
    // And the auditor runs nothing.
    let auditor = auditor(&life);
    assert_eq!(auditor.get("/staff").location, "/staff/inspections");
    for path in [life.base(), life.desk(), life.stage()] {
        assert_eq!(auditor.get(&path).status, Status::Forbidden, "{path}");
    }
}

fn after_the_purge_nothing_can_be_audited(engine: Engine) {
    let life = drawn(engine, 3);
    for days in [7, 14, 21, 28, 35] {
        life.app.go_to(ROUND_TIME.plus(days * DAY + HOUR));
    }
    life.app.go_to(ROUND_TIME.plus(40 * DAY + HOUR));
    let auditor = auditor(&life);
    let begun = auditor.post(&life.audit(), &form(&[("do", "begin"), ("size", "3")]));
    assert_eq!(begun.status, Status::Gone);
    assert!(auditor.get("/staff/inspections").texts(".card").is_empty());
}
