//! Incidents: written down by one, told to people after another approved the words.

use std::collections::HashMap;
use std::sync::Arc;

use lucky_draw::ticket::TicketNumber;
use rocket::{Route, get, post, routes};
use zeroize::Zeroizing;

use super::at_field;
use crate::account::guard::{Confirmed, PrivacyOfficer};
use crate::account::{self, Permission};
use crate::activity::{self, ActivityId, Facts, Stage, Unlock};
use crate::audit::StaffId;
use crate::custody::breach::{self, ByMail, LetterStage, State};
use crate::custody::steps;
use crate::custody::wire::Reading;
use crate::custody::wire::incidents::{
    IncidentPage, IncidentRow, IncidentView, IncidentsView, NewView, new_incident, words,
};
use crate::custody::{Error, File, IncidentId, has_two};
use crate::draw;
use crate::notify::sheet::{Format, Table};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language, dates};
use crate::platform::web::download::Answer;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

/// Characters of one step.
const STEP: usize = 300;

pub(super) fn routes() -> Vec<Route> {
    routes![list, form, record, show, act, affected]
}

#[get("/admin/incidents")]
async fn list(
    lang: Language,
    _officer: PrivacyOfficer,
    db: &rocket::State<Db>,
    config: &rocket::State<Arc<Config>>,
) -> AppResult<Page> {
    let hours = config.incident_report_hours;
    let view = db
        .read("list incidents", move |tx| {
            let incidents = breach::list(tx)?;
            let rows = incidents.iter().map(|own| IncidentRow::of(lang, own));
            Ok::<_, Error>(IncidentsView {
                rows: rows.collect(),
                has_two: has_two(tx, Permission::ApproveDisclosure)?,
                hours,
            })
        })
        .await?;
    Ok(Page::new(lang, "custody/incidents", view).no_store())
}

/// Activities that people can have entered.
fn activities(tx: &mut Tx) -> Result<Vec<Facts>, Error> {
    let entered = [
        Stage::Open,
        Stage::Closed,
        Stage::Drawn,
        Stage::Notified,
        Stage::Cancelled,
        Stage::Purged,
    ];
    Ok(activity::list(tx, &entered)?)
}

#[get("/admin/incidents/new")]
async fn form(lang: Language, _officer: PrivacyOfficer, db: &rocket::State<Db>) -> AppResult<Page> {
    let activities = db.read("list activities", activities).await?;
    let (empty, now) = (FormFields::default(), db.clock().now());
    let view = NewView::of(lang, &empty, now, &activities, Mistakes::new());
    Ok(Page::new(lang, "custody/incident_new", view).no_store())
}

#[post("/admin/incidents/new", data = "<form>")]
async fn record(
    lang: Language,
    officer: PrivacyOfficer,
    form: FormFields,
    db: &rocket::State<Db>,
    config: &rocket::State<Arc<Config>>,
) -> AppResult<Reply> {
    let activities = db.read("list activities", activities).await?;
    let now = db.clock().now();
    let new = match new_incident(lang, &form, now, &activities) {
        Ok(new) => new,
        Err(mistakes) => {
            let view = NewView::of(lang, &form, now, &activities, mistakes);
            return Ok(Page::new(lang, "custody/incident_new", view).again().into());
        }
    };
    let (by, settings) = (officer.0.id.clone(), config.inner().clone());
    let id = db
        .write("record incident", move |tx| {
            breach::record(tx, &settings, &by, &new)
        })
        .await?;
    Ok(Reply::go(lang, &format!("/admin/incidents/{id}")))
}

fn read(tx: &mut Tx, id: &IncidentId, may_mail: bool) -> Result<IncidentPage, Error> {
    let concerned = breach::concerned(tx, id)?;
    let letters = breach::letters(tx, id)?;
    let waits = letters
        .iter()
        .any(|(stage, count)| *stage == LetterStage::Waiting && *count > 0);
    let mut shared = HashMap::new();
    for (facts, _) in concerned.iter().filter(|_| waits) {
        if activity::unlock(tx, &facts.id)? == Unlock::TwoOfThree {
            let plan = draw::plans(tx, &facts.id)?.into_iter().next();
            shared.extend(plan.map(|plan| (facts.id.clone(), plan.id)));
        }
    }
    let incident = breach::find(tx, id)?;
    let others = match incident.state {
        State::Open => activities(tx)?,
        State::Told | State::Closed => Vec::new(),
    };
    let is_new = |facts: &Facts| !concerned.iter().any(|(own, _)| own.id == facts.id);
    Ok(IncidentPage {
        others: others.into_iter().filter(is_new).collect(),
        steps: steps::of(tx, id)?,
        incident,
        concerned,
        letters,
        shared,
        names: account::names(tx)?,
        has_two: has_two(tx, Permission::ApproveDisclosure)?,
        may_mail,
        now: tx.now(),
    })
}

async fn view(
    lang: Language,
    (db, config): (&Db, &Config),
    id: &str,
    reader: &StaffId,
) -> Result<IncidentView, Error> {
    let (id, may_mail) = (IncidentId::from(id), config.breach_mail);
    let found = db
        .read("read incident", move |tx| read(tx, &id, may_mail))
        .await?;
    Ok(IncidentView::of(lang, &found, reader))
}

#[get("/admin/incidents/<id>", rank = 2)]
async fn show(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    db: &rocket::State<Db>,
    config: &rocket::State<Arc<Config>>,
) -> AppResult<Page> {
    let view = view(lang, (db.inner(), config.as_ref()), id, &officer.0.id).await?;
    Ok(Page::new(lang, "custody/incident", view).no_store())
}

#[post("/admin/incidents/<id>", rank = 2, data = "<form>")]
async fn act(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &rocket::State<Db>,
    config: &rocket::State<Arc<Config>>,
) -> AppResult<Reply> {
    let outcome = change(lang, &officer.0.id, id, &form, db, config).await?;
    let mistakes = match outcome {
        Ok(()) => return Ok(Reply::done(lang, &format!("/admin/incidents/{id}"))),
        Err(mistakes) => mistakes,
    };
    let view = view(lang, (db.inner(), config.as_ref()), id, &officer.0.id).await?;
    let page = Page::new(lang, "custody/incident", view.again(&form, mistakes));
    Ok(page.at(format!("/admin/incidents/{id}")).again().into())
}

/// Does what the form asks, or says what is wrong with it.
async fn change(
    lang: Language,
    by: &StaffId,
    id: &str,
    form: &FormFields,
    db: &Db,
    config: &Arc<Config>,
) -> AppResult<Result<(), Mistakes>> {
    let (by, of) = (by.clone(), IncidentId::from(id));
    let (field, outcome) = match form.value("do") {
        "reword" => {
            let (facts, measures) = match words(lang, form) {
                Ok(words) => words,
                Err(mistakes) => return Ok(Err(mistakes)),
            };
            let done = db.write("reword incident", move |tx| {
                breach::reword(tx, &by, &of, &facts, &measures)
            });
            ("facts_zh", done.await)
        }
        "reported" => {
            let mut reading = Reading::of(lang, form);
            let number = reading.kept_line("number", 80, Some("custody-incident-number-empty"));
            if !reading.mistakes.is_empty() {
                return Ok(Err(reading.mistakes));
            }
            let done = db.write("note report of incident", move |tx| {
                breach::reported(tx, &by, &of, &number)
            });
            ("number", done.await)
        }
        "close" => {
            let done = db.write("close incident", move |tx| breach::close(tx, &by, &of));
            ("close", done.await)
        }
        "note" | "dismiss" => {
            let field = if form.value("do") == "note" {
                "note"
            } else {
                "dismiss"
            };
            let mut reading = Reading::of(lang, form);
            let words = reading.kept_line(field, STEP, Some("custody-step-empty"));
            if !reading.mistakes.is_empty() {
                return Ok(Err(reading.mistakes));
            }
            let done = db.write("add step of incident", move |tx| match field {
                "note" => breach::add_note(tx, &by, &of, &words),
                _ => breach::dismiss(tx, &by, &of, &words),
            });
            (field, done.await)
        }
        "people" => {
            let mut reading = Reading::of(lang, form);
            let count = reading.number("people", (0, 10_000_000), "custody-people-wrong");
            let data = reading.kept_line("data", STEP, Some("custody-data-empty"));
            if !reading.mistakes.is_empty() {
                return Ok(Err(reading.mistakes));
            }
            let count = u64::try_from(count).unwrap_or_default();
            let done = db.write("say how many people", move |tx| {
                breach::add_people(tx, &by, &of, count, &data)
            });
            ("people", done.await)
        }
        "concern" => {
            let ticked: Vec<ActivityId> = form
                .values("activities")
                .into_iter()
                .map(ActivityId::from)
                .collect();
            if ticked.is_empty() {
                let mut reading = Reading::of(lang, form);
                reading.wrong("activities", "custody-incident-activities-empty");
                return Ok(Err(reading.mistakes));
            }
            let done = db.write("add activities to incident", move |tx| {
                breach::concern(tx, &by, &of, &ticked)
            });
            ("activities", done.await)
        }
        _ => {
            let (seen, settings) = (form.value("seen").to_owned(), config.clone());
            let by_mail = match form.has("by_mail") {
                true => ByMail::Yes,
                false => ByMail::No,
            };
            let done = db.write("tell of incident", move |tx| {
                breach::tell(tx, &settings, &by, &of, &seen, by_mail)
            });
            ("tell", done.await)
        }
    };
    match outcome {
        Ok(()) => Ok(Ok(())),
        Err(error) => Ok(Err(at_field(lang, error, field)?)),
    }
}

/// The tickets of those whom an incident concerns, as a file: numbers only.
#[get("/admin/incidents/<id>/affected/<activity>")]
async fn affected(
    lang: Language,
    officer: PrivacyOfficer,
    id: &str,
    activity: &str,
    db: &rocket::State<Db>,
) -> AppResult<Answer> {
    let (of, concerned) = (IncidentId::from(id), ActivityId::from(activity));
    let wanted = concerned.clone();
    let (people, now) = db
        .read("list affected", move |tx| {
            let known = breach::concerned(tx, &of)?;
            if !known.iter().any(|(facts, _)| facts.id == wanted) {
                return Err(Error::Unknown);
            }
            Ok((breach::affected(tx, &wanted)?, tx.now()))
        })
        .await?;
    let mut tickets: Vec<&(String, u64)> =
        people.iter().flat_map(|person| &person.tickets).collect();
    tickets.sort();
    let lines = tickets.len();
    let rows = tickets.into_iter().map(|(draw, index)| {
        [draw.clone(), TicketNumber(*index).to_string()]
            .map(Zeroizing::new)
            .to_vec()
    });
    let args = [
        ("id", id.to_owned().into()),
        ("who", officer.0.name.clone().into()),
        ("when", dates::datetime(lang, now.0).into()),
        ("count", people.len().to_string().into()),
        ("tickets", lines.to_string().into()),
    ];
    let table = Table {
        columns: ["custody-affected-draw", "custody-affected-ticket"]
            .map(|id| text::message(lang, id, &[]))
            .to_vec(),
        rows: rows.collect(),
        mark: text::message(lang, "custody-affected-mark", &args),
        made_at: now,
    };
    let bytes = table.to_bytes(Format::Csv).map_err(Error::from)?;
    Ok(Answer::from(File {
        name: format!("affected-{concerned}.csv"),
        bytes,
    }))
}
