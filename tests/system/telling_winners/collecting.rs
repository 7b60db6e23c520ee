//! A winner at the desk: called, compared with the ID, handed the prize, and given it back by mistake.

use super::*;

on_both! {
    the_desk_compares_ids_and_keeps_none,
    a_prize_collected_by_mistake_can_be_given_back_for_ten_minutes,
    a_call_is_on_record_before_the_number_is_shown,
}

fn the_desk_compares_ids_and_keeps_none(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let admin = library.app.first_admin();
    let winner = library.winners()[0].index;
    let path = library.path("/winners/grand/1");
    let action = format!("{path}/claim");
    let page = admin.get(&path);
    assert!(
        page.html.contains("3,500"),
        "tax is withheld: {}",
        page.mistakes()
    );

    let typed = |id: &str| admin.send(&page, &action, &[("national_id", id)]);
    let wrong = id_of(winner + 50);
    let refused = typed(&wrong);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert!(
        refused.mistakes().contains("不符"),
        "{}",
        refused.mistakes()
    );
    assert!(
        !refused.html.contains(&wrong),
        "the number is not shown again"
    );
    let slip = typed("A123456788");
    assert!(slip.mistakes().contains("檢查碼"), "{}", slip.mistakes());
    assert!(library.record().contains("notify.id_differed  grand/1"));
    assert_eq!(library.winners()[0].stage, ClaimStage::Held);

    let right = typed(&format!(" {} ", id_of(winner).to_lowercase()));
    assert_eq!(right.status, Status::SeeOther, "{}", right.mistakes());
    assert_eq!(library.winners()[0].stage, ClaimStage::Claimed);
    let record = library.record();
    assert!(record.contains("notify.claimed"), "{record}");
    assert!(
        !record.contains(&wrong) && !record.contains(&id_of(winner)),
        "{record}"
    );

    // A desk is not a place to guess at.
    let path = library.path("/winners/voucher/1");
    let page = admin.get(&path);
    let guess = |person: u64| {
        let id = id_of(1_000 + person);
        admin
            .send(&page, &format!("{path}/claim"), &[("national_id", &id)])
            .status
    };
    let answers: Vec<Status> = (0..8).map(guess).collect();
    assert_eq!(answers[0], Status::UnprocessableEntity);
    assert_eq!(answers[7], Status::TooManyRequests);
}

fn a_prize_collected_by_mistake_can_be_given_back_for_ten_minutes(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let all = ["grand/1", "voucher/1", "voucher/2"].map(slot);
    for each in &all {
        library
            .by_staff(|tx, draw, by| claims::claim(tx, draw, by, each))
            .expect("the winner came");
    }
    library.run();
    assert_eq!(library.stage(), Stage::Drawn, "it may still be taken back");
    library.later(9 * MINUTE);
    library
        .by_staff(|tx, draw, by| claims::undo(tx, draw, by, &all[0]))
        .expect("ten minutes are not over");
    library.later(HOUR);
    assert_eq!(library.stage(), Stage::Drawn, "the tablet waits");
    let late = library.by_staff(|tx, draw, by| claims::undo(tx, draw, by, &all[1]));
    assert!(matches!(late, Err(fairdraw::notify::Error::TooLate)));
    library
        .by_staff(|tx, draw, by| claims::claim(tx, draw, by, &all[0]))
        .expect("the winner came after all");
    library.later(11 * MINUTE);
    assert_eq!(library.stage(), Stage::Notified);
    assert!(library.settlements().is_empty());

    let other = Library::with_winners(engine, "");
    other
        .by_staff(|tx, draw, by| leaving::leave(tx, draw, by, &all[1], Wish::Decline))
        .expect("declined");
    other
        .by_staff(|tx, draw, by| leaving::keep(tx, draw, by, &all[1]))
        .expect("a change of mind");
    assert!(
        other
            .by_staff(|tx, draw, by| leaving::keep(tx, draw, by, &all[1]))
            .is_err()
    );
    assert_eq!(other.winners()[1].stage, ClaimStage::Held);
}

fn a_call_is_on_record_before_the_number_is_shown(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let admin = library.app.first_admin();
    let winner = library.winners()[0].index;
    let path = library.path("/winners/grand/1");
    let action = format!("{path}/call");
    let page = admin.get(&path);
    assert!(!page.html.contains("0912"), "nothing is shown yet");
    let nothing = admin.send(&page, &action, &[]);
    assert_eq!(nothing.status, Status::UnprocessableEntity);
    let shown = admin.send(&page, &action, &[("reason", "no-answer")]);
    assert_eq!(shown.status, Status::Ok, "{}", shown.mistakes());
    assert!(shown.html.contains(&format!("0912-345-{winner:03}")));
    assert!(
        !shown.html.contains(&format!("王小{winner}")),
        "the name is masked"
    );
    assert!(shown.html.contains("王○"));
    assert!(library.record().contains("vault.opened winner-call"));

    let reserve = library.path("/winners/reserve/1");
    let answer = admin.post(
        &format!("{reserve}/call"),
        &[("reason".to_owned(), "asked".to_owned())],
    );
    assert!(
        !answer.html.contains("0912"),
        "a reserve that waits is nobody to call"
    );
    assert_ne!(answer.status, Status::Ok);
    for path in [
        "/winners",
        "/notify",
        "/winners/grand/1",
        "/winners/reserve/1",
    ] {
        for prefix in ["", "/en"] {
            let page = admin.get(&format!("{prefix}{}", library.path(path)));
            assert_eq!(page.status, Status::Ok, "{prefix}{path}");
            assert!(
                page.bytes.len() < 30_000,
                "{path}: {} bytes",
                page.bytes.len()
            );
        }
    }
}
