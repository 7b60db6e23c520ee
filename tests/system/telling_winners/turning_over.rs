//! A list of winners that is longer than a page.

use super::*;

on_both! {
    a_long_list_is_turned_over_and_every_winner_is_on_one_page,
    who_was_told_is_counted_without_a_look_at_each,
}

/// Vouchers, and reserves behind them; with the tablet they fill more than one page.
const VOUCHERS: u32 = 54;
const RESERVES: u32 = 5;

impl Library {
    /// Seventy people entered, sixty of whom hold something.
    fn with_many_winners(engine: Engine, smtp_url: &str) -> Library {
        let entrants: Vec<Entrant> = (0..70).map(own).collect();
        Library::prepared(engine, smtp_url, &entrants, |app, id| {
            let by = StaffId::fresh();
            app.app
                .db
                .write_now("more prizes", |tx| {
                    let plan = draw::plans(tx, id)?.remove(0);
                    let version = activity::by_id(tx, id)?.version;
                    let mut details = PlanDetails::from(&plan);
                    details.prizes[1].units = VOUCHERS;
                    details.reserves = RESERVES;
                    draw::save_plan(tx, &by, id, Some(&plan.id), version, &details)
                })
                .expect("the plan is saved");
        })
    }
}

/// The ticket of each line of the list, in its order.
fn listed(page: &Answer) -> Vec<String> {
    page.texts("main td.code")
}

fn a_long_list_is_turned_over_and_every_winner_is_on_one_page(engine: Engine) {
    let library = Library::with_many_winners(engine, "");
    let admin = library.app.first_admin();
    let first = admin.get(&library.path("/winners"));
    assert_eq!(first.status, Status::Ok, "{}", first.mistakes());
    let second = admin.get(&library.path("/winners?page=2"));
    let beyond = admin.get(&library.path("/winners?page=99"));
    let claims = library.claims();
    assert_eq!(claims.len(), 60);
    let expected: Vec<String> = claims
        .iter()
        .map(|claim| TicketNumber(claim.index).to_string())
        .collect();
    assert_eq!(listed(&first), expected[..50]);
    assert_eq!(listed(&second), expected[50..]);
    assert_eq!(listed(&beyond), expected[50..]);
    let next = first.texts("nav.pages a");
    assert_eq!(next.len(), 1, "{next:?}");

    let reserves = admin.get(&library.path("/winners?only=reserve"));
    assert_eq!(listed(&reserves), expected[55..]);
    let held = admin.get(&library.path("/winners?only=held&page=2"));
    assert_eq!(listed(&held), expected[50..55]);
    let none = admin.get(&library.path("/winners?only=claimed"));
    assert!(listed(&none).is_empty());
}

fn who_was_told_is_counted_without_a_look_at_each(engine: Engine) {
    let sink = MailSink::start();
    let library = Library::with_many_winners(engine, &sink.url());
    let untold = || {
        let draw = library.decided();
        let db = &library.app.app.db;
        let counted = db.write_now("count", |tx| {
            claims::follow(tx, &draw)?;
            let all = notices::untold(tx, &draw)?;
            Ok::<_, fairdraw::notify::Error>((all.len(), notices::count_untold(tx, &draw)?))
        });
        counted.expect("they can be counted")
    };
    assert_eq!(untold(), (55, 55));
    assert_eq!(library.begin(), 55);
    assert_eq!(untold(), (0, 0));
    // Nobody comes: five reserves move up, and are told by themselves.
    library.go_to(due().plus(14 * DAY));
    library.run();
    assert_eq!(untold(), (0, 0));
    let promoted = library.notices();
    let promoted = promoted
        .iter()
        .filter(|notice| notice.kind == NoticeKind::Promoted);
    assert_eq!(promoted.count(), library.winners().len());
}
