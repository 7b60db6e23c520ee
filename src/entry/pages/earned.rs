//! `/staff/activities/<id>/chances`: staff import earned chances and hand out the receipts.
//!
//! Invariant: a file goes back to whoever sent it and to nobody else; codes are shown once, in the
//! answer to the import, and are stored nowhere.

use std::sync::Arc;

use lucky_draw::ticket::Secret;
use rocket::http::uri::Host;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::{self, ActivityId, Kind};
use crate::audit::Actor;
use crate::entry::earned::{self, Claimed, NewEarned, Standing, TooMany};
use crate::entry::submit::{self, Accepted, Taking, Terms};
use crate::entry::wire::Sheet;
use crate::entry::wire::earned::{self as wire, EarnedTable, EarnedView, SheetView};
use crate::entry::{Error, token};
use crate::identity::date;
use crate::platform::config::Config;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::FormFields;
use crate::platform::web::form::upload::Upload;
use crate::platform::web::page::Page;
use crate::policy;
use crate::survey::Questionnaire;
use crate::vault::Vault;

use super::receipt::whole_url;

pub(super) fn routes() -> Vec<Route> {
    routes![show, check, import]
}

/// What an import needs; terms only while entries are taken.
struct Ground {
    sheet: Sheet,
    terms: Option<Terms>,
}

impl Ground {
    async fn read(db: &Db, id: &str) -> AppResult<Ground> {
        let id = ActivityId::from(id);
        let ground = db
            .read("read ground of import", move |tx| {
                let facts = activity::by_id(tx, &id)?;
                let terms = match facts.takes_entries(tx.now()) {
                    true => Some(submit::terms(tx, facts.clone())?),
                    false => None,
                };
                let sheet = Sheet {
                    asked: activity::asked_fields(tx, &facts.id)?,
                    questions: Questionnaire::default(),
                    drums: crate::entry::drums(tx, &facts.id)?,
                    sessions: Vec::new(),
                    at: tx.now(),
                    offers: Vec::new(),
                    facts,
                };
                Ok::<_, Error>(Ground { sheet, terms })
            })
            .await?;
        match ground.sheet.facts.kind {
            Kind::Draw => Ok(ground),
            Kind::Seats(_) | Kind::Survey => Err(AppError::not_found()),
        }
    }

    fn view(&self, lang: Language) -> EarnedView {
        EarnedView::new(lang, &self.sheet, self.terms.is_some())
    }

    fn page(&self, lang: Language, view: EarnedView) -> Page {
        let at = format!("/staff/activities/{}/chances", self.sheet.facts.id);
        Page::new(lang, "entry/earned", view).no_store().at(at)
    }
}

#[get("/staff/activities/<id>/chances")]
async fn show(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let view = ground.view(lang);
    Ok(ground.page(lang, view))
}

/// A file, or what was pasted; it is held in memory and never on our disk.
#[post("/staff/activities/<id>/chances", data = "<sent>")]
async fn check(
    lang: Language,
    staff: Librarian,
    id: &str,
    sent: Upload,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let file = sent.fields().value("file");
    // What stands for bytes that are no text: a file in another encoding.
    if file.contains('\u{fffd}') {
        let words = text::message(lang, "entry-earned-not-text", &[]);
        let view = ground.view(lang).with_mistake(words);
        return Ok(ground.page(lang, view).again());
    }
    preview(lang, ground, &staff.0.actor(), file, (db, vault)).await
}

/// A file that was read, with the person of each line and what would be added.
struct Looked {
    table: EarnedTable,
    rows: Vec<Claimed>,
    standings: Vec<Standing>,
}

/// Reads a file; `Err` holds the table with what has to be mended in it.
async fn look(
    lang: Language,
    sheet: &Sheet,
    terms: &Terms,
    file: &str,
    db: &Db,
    vault: &Vault,
) -> AppResult<Result<Looked, EarnedTable>> {
    let mut table = wire::read(lang, sheet, file, date::day_of(db.clock().now()));
    let mut rows = Vec::with_capacity(table.lines.len());
    for line in &table.lines {
        rows.push(Claimed {
            tag: submit::tag(vault, terms, &line.filled)?.ok_or(Error::Nobody)?,
            chances: line.chances,
            pool: line.filled.pool.clone(),
        });
    }
    let tags: Vec<_> = rows.iter().map(|row| row.tag).collect();
    table.mark_repeated(lang, &tags);
    if !table.problems.is_empty() {
        return Ok(Err(table));
    }
    let (terms, asked) = (terms.clone(), rows.clone());
    let standings = db
        .read("look at earned chances", move |tx| {
            earned::standings(tx, &terms, &asked)
        })
        .await?;
    Ok(match standings {
        Ok(standings) => Ok(Looked {
            table,
            rows,
            standings,
        }),
        Err(TooMany { row }) => {
            table.mark_too_many(lang, row);
            Err(table)
        }
    })
}

async fn preview(
    lang: Language,
    ground: Ground,
    by: &Actor,
    file: &str,
    (db, vault): (&Db, &Vault),
) -> AppResult<Page> {
    let Some(terms) = &ground.terms else {
        let view = ground.view(lang);
        return Ok(ground.page(lang, view).again());
    };
    match look(lang, &ground.sheet, terms, file, db, vault).await? {
        Ok(looked) => {
            let added: Vec<usize> = looked.standings.iter().map(Standing::added).collect();
            let (by, activity, lines) = (by.clone(), terms.facts.id.clone(), added.len());
            db.write("record look at earned chances", move |tx| {
                earned::record_look(tx, &by, &activity, lines)
            })
            .await?;
            let view = ground.view(lang);
            let view = view.with_preview(file, &looked.table.lines, &added);
            Ok(ground.page(lang, view))
        }
        Err(table) => {
            let view = ground.view(lang).with_problems(file, table.problems);
            Ok(ground.page(lang, view).again())
        }
    }
}

/// Lines that were prepared, and what the sheet says about each.
struct Prepared {
    rows: Vec<NewEarned>,
    shown: Vec<(usize, String, Secret)>,
}

fn prepare(vault: &Vault, terms: &Terms, looked: Looked) -> Result<Prepared, Error> {
    let notice = policy::notice_hash(&terms.facts.notice);
    let mut prepared = Prepared {
        rows: Vec::new(),
        shown: Vec::new(),
    };
    let lines = looked.table.lines.into_iter().zip(looked.rows);
    for ((line, row), standing) in lines.zip(looked.standings) {
        let Standing::New(numbers) = standing else {
            continue;
        };
        let secret = token::fresh_secret();
        let new = earned::prepare(vault, terms, &secret, notice, &row, numbers, &line.filled)?;
        prepared.rows.push(new);
        prepared.shown.push((line.line, line.name, secret));
    }
    Ok(prepared)
}

/// Imports what the preview showed; the answer is the sheet to print.
#[post("/staff/activities/<id>/chances/import", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn import(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    host: Option<&Host<'_>>,
    db: &State<Db>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let ground = Ground::read(db, id).await?;
    let file = form.value("file");
    let Some(terms) = &ground.terms else {
        let view = ground.view(lang);
        return Ok(ground.page(lang, view).again());
    };
    let Ok(looked) = look(lang, &ground.sheet, terms, file, db, vault).await? else {
        return preview(lang, ground, &staff.0.actor(), file, (db, vault)).await;
    };
    let (own_vault, own_terms) = (vault.inner().clone(), terms.clone());
    let prepared =
        rocket::tokio::task::spawn_blocking(move || prepare(&own_vault, &own_terms, looked))
            .await
            .map_err(AppError::broken)??;
    let shown = prepared.shown;
    match store(db, vault, staff.0.actor(), &terms.facts.id, prepared.rows).await {
        Ok(accepted) => {
            let find = whole_url(lang, "/entry", config, host);
            let view = SheetView::new(lang, &ground.sheet, find, &shown, &accepted);
            Ok(Page::new(lang, "entry/earned_sheet", view).no_store())
        }
        // Somebody imported part of it meanwhile: looked at again, nothing was stored.
        Err(Error::Twice) => {
            let words = text::message(lang, "entry-earned-meanwhile", &[]);
            let view = ground.view(lang).with_message(words);
            Ok(ground
                .page(lang, view.with_problems(file, Vec::new()))
                .again())
        }
        Err(error) => Err(error.into()),
    }
}

async fn store(
    db: &Db,
    vault: &Vault,
    by: Actor,
    activity: &ActivityId,
    rows: Vec<NewEarned>,
) -> Result<Vec<Accepted>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (taking, activity) = (Taking::new(vault.clone()), activity.clone());
    db.write("import earned chances", move |tx| {
        earned::import(tx, &taking, &by, &activity, &rows)
    })
    .await
}
