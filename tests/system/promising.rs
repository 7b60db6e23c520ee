//! What an activity promises to draw is known to the vault before anybody enters: a publishing that
//! failed is tried again with other words, and winners of what was published in the end are told.

use fairdraw::account;
use fairdraw::activity::draft::{self, Details};
use fairdraw::activity::stage::Draft;
use fairdraw::activity::{self, Activity, ActivityId};
use fairdraw::draw::tax::RuleBook;
use fairdraw::draw::{self, Terms};
use fairdraw::platform::clock::HOUR;
use fairdraw::vault::{Error, Refusal};
use fairdraw::{policy, stats};
use lucky_draw::note::SignedNote;
use lucky_draw::record::Manifest;

use crate::support::Engine;
use crate::support::app::TestApp;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::mail_sink::MailSink;

on_both! {
    a_publishing_that_failed_is_tried_again_and_its_winners_are_told,
    a_web_side_that_was_taken_over_signs_no_draw_of_its_own,
}

/// Publishes with another title, in a transaction that comes to nothing.
fn fail_to_publish(app: &TestApp, activity: &str) {
    let id = ActivityId::from(activity);
    let (vault, config) = (&app.app.vault, &app.app.config);
    let failed: Result<(), draw::Error> = app.app.db.write_now("fail to publish", |tx| {
        let by = account::list(tx)?[0].id.clone();
        let facts = activity::by_id(tx, &id)?;
        let mut details: Details = facts.details();
        details.title.en += " of last year";
        draft::save_details(tx, &by, &id, facts.version, &details)?;
        let facts = activity::by_id(tx, &id)?;
        let notice = policy::notice_now(tx, &facts, config)?;
        let terms = Terms {
            keys: vault.create_activity(activity)?,
            notice: stats::in_notice(tx, &facts, notice)?,
            tax: RuleBook::of(config),
        };
        let draft = Activity::<Draft>::at(facts)?;
        draw::publish(tx, vault, &by, draft, &terms)?;
        // The disk is full, the database went away: nothing of it stays.
        Err(draw::Error::NotReady)
    });
    assert!(matches!(failed, Err(draw::Error::NotReady)), "{failed:?}");
}

fn a_publishing_that_failed_is_tried_again_and_its_winners_are_told(engine: Engine) {
    let mail = MailSink::start();
    let url = mail.url();
    let life = Life::published_after(
        engine,
        &Life::clock(),
        |config| config.smtp_url = url,
        &[],
        |app, _, activity| fail_to_publish(app, activity),
    );
    for number in 0..4 {
        life.enter(&Patron::number(number));
    }
    let staff = life.draw();
    let notify = format!("{}/notify", life.draw_base());
    staff.send(&staff.get(&notify), &notify, &[]);
    life.app.go_to(ROUND_TIME.plus(HOUR));
    assert_eq!(mail.mails().len(), 3, "each winner once");
}

fn a_web_side_that_was_taken_over_signs_no_draw_of_its_own(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let path = format!("/d/{}/notes/manifest.note", life.draw);
    let note = life.app.visitor().get(&path).html;
    let honest = SignedNote::parse(&note).expect("a note").text.to_owned();
    let mut evil = Manifest::parse(&honest).expect("a manifest");
    evil.prizes[0].units = 1_000;
    let (vault, activity) = (&life.app.app.vault, life.activity.as_str());
    let refused =
        |outcome: Result<(), Error>| matches!(outcome, Err(Error::Refused(Refusal::NotPromised)));
    life.enter(&Patron::number(1));
    let texts = vec![honest.clone(), evil.to_text()];
    assert!(refused(vault.promise_draws(activity, texts)));
    assert!(refused(vault.sign_note(&evil.to_text()).map(|_| ())));
    vault
        .sign_note(&honest)
        .expect("what was promised is signed again");
}
