//! Who leaves a slot before the deadline, for which public reason, and what the public then reads.

use super::*;

on_both! {
    who_is_not_eligible_leaves_only_when_a_second_person_confirms,
    an_unconfirmed_doubt_takes_no_prize_away,
    a_winner_who_asks_for_erasure_leaves_with_the_public_code,
    a_ticket_that_was_drawn_and_passed_on_is_told_its_whole_story,
}

impl Library {
    fn index_of(&self, text: &str) -> u64 {
        let claims = self.claims();
        let found = claims.iter().find(|claim| claim.slot == slot(text));
        found.expect("the slot is held").index
    }

    fn leave(&self, text: &str, wish: Wish) {
        self.by_staff(|tx, draw, by| leaving::leave(tx, draw, by, &slot(text), wish))
            .expect("the winner waits");
    }

    /// What was vacated at the first deadline, and why.
    fn vacated(&self) -> Vec<(String, SettleCode)> {
        self.go_to(due().plus(14 * DAY));
        let settlements = self.settlements();
        let first = settlements.first().expect("there is a settlement");
        let vacates = first.vacates.iter();
        vacates
            .map(|vacate| (vacate.slot.to_string(), vacate.code))
            .collect()
    }

    fn hand_over(&self, text: &str) {
        self.by_staff(|tx, draw, by| claims::claim(tx, draw, by, &slot(text)))
            .expect("the winner came");
    }
}

fn who_is_not_eligible_leaves_only_when_a_second_person_confirms(engine: Engine) {
    let library = Library::with_winners(engine, "");
    library.hand_over("voucher/1");
    library.hand_over("voucher/2");
    let admin = library.app.first_admin();
    let librarian = sign_in_librarian(&library);
    let path = library.path("/winners/grand/1");
    let page = admin.get(&path);

    let nothing = admin.send(&page, &format!("{path}/leave"), &[("rule", "規則第 3 條")]);
    assert_eq!(nothing.status, Status::UnprocessableEntity);
    assert!(nothing.mistakes().contains("請選擇原因"));
    assert!(
        nothing.html.contains("規則第 3 條"),
        "what was typed is kept"
    );
    let no_rule = admin.send(&page, &format!("{path}/leave"), &[("code", "I")]);
    assert!(
        no_rule.mistakes().contains("依據"),
        "{}",
        no_rule.mistakes()
    );
    // Nobody but the deadline says that somebody did not answer.
    let late = admin.send(&page, &format!("{path}/leave"), &[("code", "F")]);
    assert_eq!(late.status, Status::UnprocessableEntity);

    let values = [("code", "I"), ("rule", "規則第 3 條")];
    let proposed = admin.send(&page, &format!("{path}/leave"), &values);
    assert_eq!(proposed.status, Status::SeeOther, "{}", proposed.mistakes());
    let own = admin.get(&path);
    assert!(own.html.contains("要由另一位館員登入後確認"));
    assert!(!own.html.contains("確認不符資格"));
    let theirs = librarian.get(&path);
    // The form that only another person is shown.
    let seen = [("seen", "規則第 3 條")];
    let alone = admin.send(&theirs, &format!("{path}/confirm"), &seen);
    assert_eq!(alone.status, Status::Conflict);
    let other = librarian.send(
        &theirs,
        &format!("{path}/confirm"),
        &[("seen", "規則第 4 條")],
    );
    assert_eq!(
        other.status,
        Status::Conflict,
        "that is not what was proposed"
    );
    let confirmed = librarian.send(&theirs, &format!("{path}/confirm"), &seen);
    assert_eq!(confirmed.status, Status::SeeOther);
    assert_eq!(library.claims()[0].stage, ClaimStage::Ineligible);
    let record = library.record();
    assert!(record.contains("notify.ineligible_proposed"), "{record}");
    assert!(record.contains("notify.ineligible_confirmed"), "{record}");

    let reserve = library.index_of("reserve/1");
    assert_eq!(library.vacated(), [("grand/1".to_owned(), SettleCode::I)]);
    assert_eq!(library.winners()[0].index, reserve);
    library.verifies();
}

fn an_unconfirmed_doubt_takes_no_prize_away(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let doubt = |text: &str| {
        library
            .by_staff(|tx, draw, by| leaving::propose(tx, draw, by, &slot(text), "規則第 3 條"))
            .expect("the winner waits");
    };
    doubt("grand/1");
    library.hand_over("grand/1");
    doubt("voucher/1");
    library
        .by_staff(|tx, draw, by| leaving::keep(tx, draw, by, &slot("voucher/1")))
        .expect("the proposal is withdrawn");
    library.hand_over("voucher/1");
    doubt("voucher/2");
    // Nobody came for the second voucher either, and that is the reason that counts.
    assert_eq!(library.vacated(), [("voucher/2".to_owned(), SettleCode::F)]);
    let confirmed = library
        .by_staff(|tx, draw, by| leaving::confirm(tx, draw, by, &slot("voucher/2"), "規則第 3 條"));
    assert!(
        matches!(confirmed, Err(fairdraw::notify::Error::Moved)),
        "whoever moved up is not meant by the doubt"
    );
}

fn a_winner_who_asks_for_erasure_leaves_with_the_public_code(engine: Engine) {
    let library = Library::with_winners(engine, "");
    library.hand_over("grand/1");
    library.hand_over("voucher/1");
    library.leave("voucher/2", Wish::Erasure);
    library.leave("reserve/1", Wish::Decline);
    let second = library.index_of("reserve/2");
    let expected = [
        ("voucher/2".to_owned(), SettleCode::E),
        ("reserve/1".to_owned(), SettleCode::D),
    ];
    assert_eq!(library.vacated(), expected);
    assert_eq!(library.winners()[2].index, second);
    library.verifies();
}

fn a_ticket_that_was_drawn_and_passed_on_is_told_its_whole_story(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let (first, moved_up) = (library.index_of("grand/1"), library.index_of("reserve/1"));
    library.leave("grand/1", Wish::Decline);
    library.hand_over("voucher/1");
    library.hand_over("voucher/2");
    library.vacated();
    let visitor = library.app.visitor();
    let draw = library.plan().id;
    let look = |index: u64| {
        let page = visitor.get(&format!("/d/{draw}/check?ticket={}", TicketNumber(index)));
        page.texts("main").concat()
    };
    let story = look(first);
    assert!(story.contains("目前沒有獎項或備取"), "{story}");
    assert!(
        story.contains("代碼 D") && !story.contains("沒有抽中"),
        "{story}"
    );
    let story = look(moved_up);
    assert!(
        story.contains("備取 1") && story.contains("遞補為"),
        "{story}"
    );

    let page = visitor.get(&format!("/d/{draw}/settlements/1"));
    let lines = page.texts("main li").concat();
    assert!(lines.contains(&TicketNumber(first).to_string()), "{lines}");
    assert!(
        lines.contains(&TicketNumber(moved_up).to_string()),
        "{lines}"
    );
    let none = visitor.get(&format!("/d/{draw}/settlements/2"));
    assert_eq!(none.status, Status::NotFound);
}
