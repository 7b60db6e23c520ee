//! Holds, disclosures, providers, the tax vault and incidents, for those who may.
//!
//! Invariant: a GET opens nothing; whatever leaves is the answer to the POST that recorded why, and
//! is kept nowhere.
//!
//! Not here: the first page of this room, `/admin/custody` (`desk`).

mod disclosures;
mod holds;
mod incidents;
mod providers;
mod tax;

use rocket::Route;

use crate::account::sign_in::{self, Outcome};
use crate::audit::StaffId;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::download::{Answer, Download};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};

use super::{Error, File};

pub use tax::TaxLimit;

/// The pages of this domain; paths without language.
pub fn routes() -> Vec<Route> {
    holds::routes()
        .into_iter()
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
        Error::Unworded => "custody-unworded",
        Error::NobodyConcerned => "custody-nobody-concerned",
        Error::Moved => "custody-moved",
        Error::RenewedOnce => "custody-renewed-once",
        Error::NotLonger => "custody-not-longer",
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
