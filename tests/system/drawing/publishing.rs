//! What is promised before the first entry, and where anybody reads it.

use super::*;

on_both! {
    a_draft_says_everything_that_is_missing,
    a_published_draw_cannot_be_published_or_planned_again,
    every_public_page_is_there_in_both_languages_and_small,
}

fn a_draft_says_everything_that_is_missing(engine: Engine) {
    let library = Ceremony::on(engine);
    let id = library.draft(Kind::Draw);
    let problems = || {
        let facts = library.facts(&id);
        let now = library.clock.now();
        library
            .db
            .read_now("problems", |tx| draw::problems(tx, &facts, now))
            .expect("the draft can be read")
    };
    assert!(problems().contains(&Problem::NoPlan));
    assert!(
        problems()
            .iter()
            .any(|each| matches!(each, Problem::Asked(_)))
    );
    assert!(matches!(library.publish(&id), Err(Error::NotReady)));
    library.clock.stand_at(due());
    assert!(
        problems()
            .iter()
            .any(|each| matches!(each, Problem::Details(_)))
    );
    for problem in problems() {
        for language in Language::ALL {
            assert!(!problem.message(language).is_empty());
        }
        assert!(problem.path(&id).starts_with("/staff/activities/"));
    }
    assert_eq!(library.facts(&id).stage, Stage::Draft);
}

fn a_published_draw_cannot_be_published_or_planned_again(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    assert!(matches!(library.publish(&id), Err(Error::Activity(_))));
    let version = library.facts(&id).version;
    let planned = library.db.write_now("plan", |tx| {
        draw::save_plan(
            tx,
            &library.by,
            &id,
            None,
            version,
            &Ceremony::plan_details(),
        )
    });
    assert!(matches!(planned, Err(Error::Activity(_))));

    let rules = library.rules(&id, &draw);
    let facts = library.facts(&id);
    let plan = library.plan(&id);
    let all = std::slice::from_ref(&plan);
    let again = draw::rules_text(&facts, &plan, all, &Ceremony::asked(), &RuleBook::default());
    assert_eq!(again.expect("the chain is pinned"), rules);
    let deadlines = draw::claim_deadlines(&facts, &plan);
    assert_eq!(deadlines.len(), 4, "four times 14 days fit before day 60");
    for deadline in deadlines {
        let line = format!("[unix {}]", deadline.unix());
        assert_eq!(rules.matches(&line).count(), 2, "once in each language");
    }
}

fn every_public_page_is_there_in_both_languages_and_small(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw) = library.published();
    let client = library.client();
    let page = |path: &str| {
        let response = client.get(path.to_owned()).dispatch();
        let (status, html) = (response.status(), response.into_string());
        let html = html.unwrap_or_default();
        let style = std::fs::metadata("static/site.css").map_or(0, |css| css.len());
        let size = html.len() + usize::try_from(style).unwrap_or(0);
        assert!(size <= 30 * 1024, "{path} has {size} bytes");
        (status, html)
    };
    let everywhere = |wanted: Status| {
        let own = ["", "/entries", "/check", "/check?ticket=3-1", "/how"];
        for language in Language::ALL {
            for part in own {
                let (status, html) = page(&language.url(&format!("/d/{draw}{part}")));
                assert_eq!(status, wanted, "{part}: {html}");
            }
            assert_eq!(page(&language.url("/draws")).0, Status::Ok);
            assert_eq!(page(&language.url("/verify")).0, Status::Ok);
        }
    };
    everywhere(Status::Ok);
    let (status, words) = page(&format!("/d/{draw}/bundle.zip"));
    assert_eq!(status, Status::NotFound);
    assert!(words.contains("紀錄檔還沒有產生"));

    library.clock.stand_at(due().plus(-8 * DAY));
    for person in 0..60 {
        library.enter(&id, person % 58);
    }
    everywhere(Status::Ok);
    let hidden = page(&format!("/d/{draw}/check?ticket=3-1")).1;
    assert!(!hidden.contains("3-1 在名冊裡"), "nothing before the close");
    library.go_to(due().plus(-2 * DAY), Arc::new(Nobody));
    everywhere(Status::Ok);
    library.go_to(due().plus(-HOUR), Arc::new(Nobody));
    everywhere(Status::Ok);
    library.go_to(due(), Arc::new(Nobody));
    everywhere(Status::Ok);
    assert!(page(&format!("/d/{draw}")).1.contains("絕不改用其他來源"));
    assert!(page(&format!("/d/{draw}/entries")).1.contains("0-0"));
    assert!(
        page(&format!("/d/{draw}/entries?page=2"))
            .1
            .contains("<s>58-")
    );

    let result = library.receive(&draw, &recorded(ROUND)).expect("the round");
    everywhere(Status::Ok);
    let plan = library.plan(&id);
    let held = library
        .db
        .read_now("holdings", |tx| draw::holdings(tx, &plan))
        .expect("the result can be read");
    let winner = TicketNumber(held[0].index).to_string();
    assert!(page(&format!("/d/{draw}")).1.contains(&winner));
    assert!(page(&format!("/d/{draw}/results")).1.contains(&winner));
    let looked_up = page(&format!("/d/{draw}/check?ticket={winner}")).1;
    assert!(looked_up.contains("平板電腦"), "{looked_up}");
    let mistyped = page(&format!("/d/{draw}/check?ticket=12")).1;
    assert!(mistyped.contains("error-summary"), "{mistyped}");
    let note = client
        .get(format!("/d/{draw}/notes/result.note"))
        .dispatch()
        .into_string();
    assert!(note.is_some_and(|note| note.starts_with(&result.to_text())));
    let zip = client.get(format!("/d/{draw}/bundle.zip")).dispatch();
    assert_eq!(zip.status(), Status::Ok);
    let zip = zip.into_bytes().expect("the file");
    assert_verifies(
        &Bundle::from_zip(&zip).expect("canonical"),
        &Options::default(),
    );
    assert_eq!(page("/d/nothing").0, Status::NotFound);
}
