//! Holds, disclosures, providers, the tax vault and incidents, for those who may.
//!
//! Invariant: a GET opens nothing; whatever leaves is the answer to the POST that recorded why, and
//! is kept nowhere. The first page of this room shows each reader what that reader may do.

mod disclosures;
mod holds;
mod incidents;
mod providers;
mod tax;

use std::sync::Arc;

use rocket::{Route, State, get, routes};

use crate::account::sign_in::{self, Outcome};
use crate::account::{Permission, Staff};
use crate::audit::StaffId;
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::download::{Answer, Download};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::Page;

use super::wire::IndexView;
use super::{Error, File, breach, disclosure, hold};

pub use tax::TaxLimit;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    let own = routes![index];
    own.into_iter()
        .chain(holds::routes())
        .chain(disclosures::routes())
        .chain(providers::routes())
        .chain(tax::routes())
        .chain(incidents::routes())
        .collect()
}

impl From<File> for Answer {
    fn from(File { name, bytes }: File) -> Answer {
        Download::csv(name, bytes).into()
    }
}

/// Asks for the passphrase once more; a mistake at `passphrase` where it is another.
async fn is_oneself(
    lang: Language,
    db: &Db,
    staff: &StaffId,
    form: &FormFields,
    mistakes: &mut Mistakes,
) -> AppResult<()> {
    let typed = form.value("passphrase");
    if typed.is_empty() {
        let words = text::message(lang, "custody-passphrase-empty", &[]);
        mistakes.add("passphrase", words);
    } else if sign_in::again(db, staff, typed).await? == Outcome::Refused {
        let words = text::message(lang, "account-present-differs", &[]);
        mistakes.add("passphrase", words);
    }
    Ok(())
}

/// An outcome that the form can say at a field, in words; anything else is an error page.
fn at_field(lang: Language, error: Error, field: &str) -> Result<Mistakes, Error> {
    let id = match &error {
        Error::SecondPerson => "custody-second-person",
        Error::NotAllowed => "custody-not-allowed",
        Error::Moved => "custody-moved",
        Error::RenewedOnce => "custody-renewed-once",
        Error::Purged => "custody-purged",
        Error::NoTables => "custody-no-tables",
        Error::TakenDown => "custody-taken-down",
        Error::YearShut => "custody-year-shut",
        Error::NoTicket(index) => {
            let ticket = lucky_draw::ticket::TicketNumber(*index).to_string();
            let args = [("ticket", ticket.into())];
            let mut mistakes = Mistakes::new();
            mistakes.add(
                "tickets",
                text::message(lang, "custody-no-ticket-at", &args),
            );
            return Ok(mistakes);
        }
        _ => return Err(error),
    };
    let mut mistakes = Mistakes::new();
    mistakes.add(field, text::message(lang, id, &[]));
    Ok(mistakes)
}

#[get("/admin/custody")]
async fn index(
    lang: Language,
    staff: Staff,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let holds = staff.may(Permission::HoldData);
    let tax = staff.may(Permission::FileTax);
    if !holds && !tax {
        return Err(AppError::forbidden());
    }
    let (named_openings, held_rows) = (config.named_openings_per_year, config.held_rows_per_year);
    let view = db
        .read("read custody", move |tx| {
            let waits =
                |hold: &hold::Hold| hold.state == hold::State::Proposed || hold.change.is_some();
            let proposed = |own: &disclosure::Disclosure| own.state == disclosure::State::Proposed;
            let is_open = |own: &breach::Incident| own.state != breach::State::Closed;
            Ok::<_, Error>(IndexView {
                holds,
                tax,
                waiting_holds: hold::list(tx)?.iter().filter(|own| waits(own)).count(),
                waiting_disclosures: disclosure::list(tx)?
                    .iter()
                    .filter(|own| proposed(own))
                    .count(),
                open_incidents: breach::list(tx)?.iter().filter(|own| is_open(own)).count(),
                has_two: super::has_two(tx, Permission::HoldData)?,
                named_openings,
                held_rows,
            })
        })
        .await?;
    Ok(Page::new(lang, "custody/index", view).no_store())
}
