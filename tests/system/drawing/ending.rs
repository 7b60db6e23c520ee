//! Draws that end without a winner: cancelled, or without entries; and what never was one.

use super::*;

on_both! {
    a_cancelled_draw_has_a_signed_reason_and_a_small_bundle,
    a_draw_that_is_decided_cannot_be_cancelled,
    a_draw_without_entries_ends_with_nothing_given,
    a_survey_closes_without_any_note,
}

fn a_cancelled_draw_has_a_signed_reason_and_a_small_bundle(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    let facts = library.facts(&id);
    library
        .db
        .write_now("cancel", |tx| {
            let (vault, by) = (&library.vault, &library.by);
            draw::cancel(
                tx,
                vault,
                by,
                &facts,
                CancelCode::Prize,
                "贈品缺貨\nNo prizes",
            )
        })
        .expect("nobody has won yet");
    assert_eq!(library.facts(&id).stage, Stage::Cancelled);
    let bundle = library.bundle(&id);
    let names: Vec<&str> = bundle.iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "cancel.note",
            "cancel.proof",
            "manifest.note",
            "manifest.proof",
            "rules.txt",
            "site.vkey"
        ]
    );
    let report = verify(&bundle, &Options::default());
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());
    library.go_to(due(), Arc::new(Nobody));
    assert_eq!(library.plan(&id).stage, DrawStage::Cancelled);
    assert!(library.receive(&draw, &recorded(ROUND)).is_err());
}

fn a_draw_that_is_decided_cannot_be_cancelled(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, _) = library.frozen(3);
    library.clock.stand_at(due());
    let facts = library.facts(&id);
    let cancelled = library.db.write_now("cancel", |tx| {
        let (vault, by) = (&library.vault, &library.by);
        draw::cancel(tx, vault, by, &facts, CancelCode::Other, "x")
    });
    assert!(matches!(cancelled, Err(Error::Decided)));
    assert_eq!(library.facts(&id).stage, Stage::Closed);
}

fn a_draw_without_entries_ends_with_nothing_given(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.frozen(0);
    library.clock.stand_at(due());
    let result = library.receive(&draw, &recorded(ROUND)).expect("the round");
    assert_eq!(result.end, 0);
    assert_verifies(&library.bundle(&id), &Options::default());
}

fn a_survey_closes_without_any_note(engine: Engine) {
    let library = Ceremony::on(engine);
    let id = library.draft(Kind::Survey);
    let missing = library.publish(&id);
    assert!(matches!(missing, Err(Error::NotReady)));
    library
        .db
        .write_now("ask", |tx| {
            survey::save(tx, &library.by, &id, one_question())
        })
        .expect("the question is saved");
    library.publish(&id).expect("nothing is missing");
    library.go_to(due().plus(-2 * DAY), Arc::new(Nobody));
    assert_eq!(library.facts(&id).stage, Stage::Closed);
    let notes = library
        .db
        .read_now("notes", |tx| draw::notes(tx, &id, ""))
        .expect("they can be read");
    assert_eq!(notes, []);
}

fn one_question() -> Question {
    Question {
        id: QuestionId::fresh(),
        position: 0,
        kind: QuestionKind::LongText { max: 200 },
        label_zh: "您讀了哪一本書？".to_owned(),
        label_en: "Which book did you read?".to_owned(),
        hint_zh: String::new(),
        hint_en: String::new(),
        required: true,
    }
}
