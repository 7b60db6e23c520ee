//! `/staff/activities/<id>/entries`: ticket number, hour and state, and no person (`decisions` D18).

use lucky_draw::ticket::TicketNumber;
use rocket::{Route, State, get, routes};

use crate::account::guard::Organiser;
use crate::activity::{self, ActivityId};
use crate::entry::wire::list::ListView;
use crate::entry::{self, Error};
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::Mistakes;
use crate::platform::web::page::Page;

pub(super) fn routes() -> Vec<Route> {
    routes![list]
}

#[get("/staff/activities/<id>/entries?<page>&<number>")]
async fn list(
    lang: Language,
    _staff: Organiser,
    id: &str,
    page: Option<u64>,
    number: Option<&str>,
    db: &State<Db>,
) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let number = number.unwrap_or("").trim().to_owned();
    let ticket = number.parse::<TicketNumber>().ok();
    let mut mistakes = Mistakes::new();
    if ticket.is_none() && !number.is_empty() {
        mistakes.add("number", text::message(lang, "entry-number-unfit", &[]));
    }
    let (facts, counts, lines, found, drums) = db
        .read("list entries", move |tx| {
            let facts = activity::by_id(tx, &id)?;
            let counts = entry::count(tx, &id)?;
            let lines = entry::recent(tx, &id, page.unwrap_or(1))?;
            let found = match ticket {
                Some(TicketNumber(index)) => entry::by_number(tx, &id, index)?,
                None => Vec::new(),
            };
            let drums = entry::drums(tx, &id)?;
            Ok::<_, Error>((facts, counts, lines, found, drums))
        })
        .await?;
    let view = ListView::new(
        lang,
        &drums,
        facts.id.to_string(),
        facts.title.pick(lang).to_owned(),
        counts,
        &lines,
        number,
        &found,
        mistakes,
    );
    Ok(Page::new(lang, "entry/list", view).no_store())
}
