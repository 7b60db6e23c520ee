//! A winner comes for a prize that the law lists: it is handed over at the desk, and what the tax
//! statement needs is taken down, the registered address among it.
//!
//! Invariant: this is the only flow in which anybody types a [`Canary::tax_address`].

use rocket::http::Status;
use scraper::{Html, Selector};

use super::app::{Answer, Person};
use super::flock::Canary;

/// One of `winners` collects the first prize of the draw whose staff pages are below `draw`.
pub fn collects(staff: &Person<'_>, activity: &str, draw: &str, winners: &[Canary]) {
    let prize = first_prize(&staff.get(&format!("{activity}/winners")), draw);
    let claim = format!("{prize}/claim");
    // Somebody else's ID number is refused, with another's name on the page or not.
    let winner = winners.iter().find(|winner| {
        let number = [("national_id", winner.national_id.as_str())];
        let answer = staff.send(&staff.get(&prize), &claim, &number);
        answer.status == Status::SeeOther
    });
    let winner = winner.expect("the prize is one of theirs");
    let forgotten = taken_down(staff, &prize, winner, &[]);
    assert_eq!(forgotten.status, Status::UnprocessableEntity);
    let kept = taken_down(staff, &prize, winner, &[("seen", "yes")]);
    assert_eq!(kept.status, Status::SeeOther, "{}", kept.mistakes());
}

/// The page of the first prize that the list leads to.
fn first_prize(list: &Answer, draw: &str) -> String {
    let links = Selector::parse("a[href]").expect("well formed");
    let page = Html::parse_document(&list.html);
    let start = format!("{draw}/winners/");
    let mut hrefs = page.select(&links).filter_map(|a| a.value().attr("href"));
    let first = hrefs.find(|href| href.starts_with(&start) && !href.contains("/reserve/"));
    first.expect("the list leads to a prize").to_owned()
}

/// The form of the tax, which comes back with mistakes unless the card was `seen`.
fn taken_down(staff: &Person<'_>, prize: &str, winner: &Canary, seen: &[(&str, &str)]) -> Answer {
    let path = format!("{prize}/tax");
    let typed = [
        ("national_id", winner.national_id.as_str()),
        ("name", &winner.name),
        ("address", &winner.tax_address),
        ("residency", "resident"),
    ];
    staff.send(&staff.get(&path), &path, &[&typed, seen].concat())
}
