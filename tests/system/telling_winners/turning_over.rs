//! A list of winners that is longer than a page.

use fairdraw::notify::winners;

use super::*;

on_both! {
    a_long_list_is_turned_over_and_every_winner_is_on_one_page,
    who_was_told_is_counted_without_a_look_at_each,
    who_left_no_address_is_counted_with_the_claims,
}

/// Vouchers, and reserves behind them; with the tablet they fill more than one page.
const VOUCHERS: u32 = 54;
const RESERVES: u32 = 5;

impl Library {
    /// Seventy people entered, sixty of whom hold something.
    fn with_many_winners(engine: Engine, smtp_url: &str) -> Library {
        let entrants: Vec<Entrant> = (0..70).map(own).collect();
        Library::with_many_of(engine, smtp_url, &entrants)
    }

    fn with_many_of(engine: Engine, smtp_url: &str, entrants: &[Entrant]) -> Library {
        Library::prepared(engine, smtp_url, entrants, |app, id| {
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

/// What the page before winners are told says: how many there are, and how many left no address.
fn said(person: &Person, library: &Library) -> Vec<String> {
    let page = person.get(&library.path("/notify"));
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let numbers = |text: &String| text.chars().filter(char::is_ascii_digit).collect();
    let without = page.texts("main p");
    let without = without
        .iter()
        .filter(|text| text.contains("沒有留電子郵件"));
    without.map(numbers).collect()
}

fn who_left_no_address_is_counted_with_the_claims(engine: Engine) {
    let sink = MailSink::start();
    // Every third person has no address of mail: nobody from 100 on has one.
    let entrants: Vec<Entrant> = (0..70)
        .map(|person| {
            own(if person % 3 == 0 {
                person + 100
            } else {
                person
            })
        })
        .collect();
    let library = Library::with_many_of(engine, &sink.url(), &entrants);
    let admin = library.app.first_admin();
    admin.get(&library.path("/winners"));
    let without: Vec<Claim> = library
        .winners()
        .into_iter()
        .filter(|claim| claim.index % 3 == 0)
        .collect();
    assert!(without.len() > 5, "{}", without.len());
    let count = |left: usize| vec![(without.len() - left).to_string()];
    let expected = count(0);
    assert_eq!(said(&admin, &library), expected);
    assert_eq!(said(&admin, &library), expected, "and once more");
    // One of them asks for erasure, and is not among those who will be told any more.
    let leaver = &without[3].slot;
    library
        .by_staff(|tx, draw, by| leaving::leave(tx, draw, by, leaver, Wish::Erasure))
        .expect("the winner waits");
    let expected = count(1);
    assert_eq!(said(&admin, &library), expected);
    // Who is first stands there whether few are to be told or many.
    let (draw, db) = (library.decided(), &library.app.app.db);
    let first = |untold| {
        let found = db.read_now("first", |tx| winners::first_untold(tx, &draw, untold));
        found.expect("readable").expect("somebody is to be told")
    };
    assert_eq!(first(54), first(1_000_000));
    assert_eq!(first(54).0, library.winners()[0].slot);
    assert_eq!(library.begin(), 54);
    let silent = library.notices();
    let silent = silent
        .iter()
        .filter(|notice| notice.stage == NoticeStage::NoAddress);
    assert_eq!(silent.count(), without.len() - 1, "as the page said");
    assert!(said(&admin, &library).is_empty());
}
