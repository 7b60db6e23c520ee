//! Published sessions: the list by number, the door, more places, calling off.
//!
//! Invariant: staff see numbers, hours and states; the ID number typed at the door goes to the
//! vault, which says whether it is the one of the place, and is shown to nobody again.

use std::time::Duration;

use lucky_draw::ticket::Secret;
use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::activity::{self, ActivityId, Field, Stage};
use crate::audit::detector;
use crate::entry::receipt;
use crate::identity::date::day_of;
use crate::notify::wire::{subject, subject_mistakes, told_apart_by};
use crate::platform::db::{Db, Tx};
use crate::platform::text::{self, Language, dates};
use crate::platform::web::download::Download;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::platform::web::throttle::Throttle;
use crate::seats::wire::running::{
    Running, RunningView, SessionsView, Typed, more, path, sheet, taking_back,
};
use crate::seats::{self, Error, Seat, SeatNumber, SessionId, door, letters, line};
use crate::vault::Vault;

pub(super) fn routes() -> Vec<Route> {
    routes![
        sessions,
        show,
        door_list,
        add_places,
        cancel,
        take_back,
        came,
        did_not_come
    ]
}

/// How often IDs may be compared for one place: a door is not a place to guess at.
pub struct DoorLimit(Throttle<String>);

impl Default for DoorLimit {
    /// Six tries, and one more every ten minutes.
    fn default() -> DoorLimit {
        DoorLimit(Throttle::new(6, Duration::from_secs(600)))
    }
}

fn read(tx: &mut Tx, id: &ActivityId, session: &SessionId) -> Result<Running, Error> {
    let facts = activity::by_id(tx, id)?;
    if facts.published_at.is_none() || !facts.kind.is_first_come() {
        return Err(Error::Unknown);
    }
    let asked = activity::asked_fields(tx, id)?;
    Ok(Running {
        session: seats::session(tx, id, session)?,
        seats: seats::list(tx, id, session)?,
        letters: letters::of_session(tx, id, session)?,
        field: told_apart_by(&asked).unwrap_or(Field::NationalId),
        facts,
    })
}

async fn running(db: &Db, id: &str, session: &str) -> Result<Running, Error> {
    let (id, session) = (ActivityId::from(id), SessionId::from(session));
    db.read("read session", move |tx| read(tx, &id, &session))
        .await
}

#[get("/staff/activities/<id>/seats")]
async fn sessions(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let id = ActivityId::from(id);
    let (facts, sessions) = db
        .read("read sessions", move |tx| {
            let facts = activity::by_id(tx, &id)?;
            if facts.published_at.is_none() || !facts.kind.is_first_come() {
                return Err(Error::Unknown);
            }
            let sessions = seats::sessions(tx, &id)?;
            Ok((facts, sessions))
        })
        .await?;
    let view = SessionsView::of(lang, &facts, &sessions, db.clock().now());
    Ok(Page::new(lang, "seats/running", view).no_store())
}

fn page(
    lang: Language,
    running: &Running,
    at: usize,
    typed: Typed,
    mistakes: Mistakes,
    db: &Db,
) -> Page {
    let view = RunningView::of(lang, running, at, typed, mistakes, db.clock().now());
    let path = path(&running.facts, &running.session);
    Page::new(lang, "seats/one", view).no_store().at(path)
}

#[get("/staff/activities/<id>/seats/<session>?<page>")]
async fn show(
    lang: Language,
    _staff: Librarian,
    id: &str,
    session: &str,
    page: Option<usize>,
    db: &State<Db>,
) -> AppResult<Page> {
    let running = running(db, id, session).await?;
    let at = page.unwrap_or(1);
    Ok(self::page(
        lang,
        &running,
        at,
        Typed::default(),
        Mistakes::new(),
        db,
    ))
}

#[get("/staff/activities/<id>/seats/<session>/list.csv")]
async fn door_list(
    lang: Language,
    _staff: Librarian,
    id: &str,
    session: &str,
    db: &State<Db>,
) -> AppResult<Download> {
    let running = running(db, id, session).await?;
    let name = format!("{}-{}.csv", running.facts.slug, running.session.position);
    Ok(Download::csv(name, sheet(lang, &running)))
}

#[post("/staff/activities/<id>/seats/<session>/places", data = "<form>")]
async fn add_places(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let running = running(db, id, session).await?;
    let more = match more(lang, &form, &running.session) {
        Ok(more) => more,
        Err(mistakes) => {
            let page = page(lang, &running, 1, Typed::of(&form), mistakes, db);
            return Ok(page.again().into());
        }
    };
    let (by, back) = (staff.0.actor(), path(&running.facts, &running.session));
    let (id, session) = (running.facts.id, running.session.id);
    db.write("add places", move |tx| {
        line::add_places(tx, &by, &id, &session, &more)
    })
    .await?;
    Ok(Reply::done(lang, &back))
}

#[post("/staff/activities/<id>/seats/<session>/cancel", data = "<form>")]
async fn cancel(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let running = running(db, id, session).await?;
    let reason = form.value("reason").trim().to_owned();
    let mut mistakes = Mistakes::new();
    let say = |id: &str| text::message(lang, id, &[]);
    if reason.is_empty() {
        mistakes.add("reason", say("seats-cancel-reason-missing"));
    } else if let Some(person) = detector::in_public(&reason) {
        mistakes.add("reason", say(person));
    }
    if form.value("sure").trim().is_empty() {
        mistakes.add("sure", say("seats-cancel-sure-missing"));
    }
    if !mistakes.is_empty() {
        let page = page(lang, &running, 1, Typed::of(&form), mistakes, db);
        return Ok(page.again().into());
    }
    let (by, back) = (staff.0.actor(), path(&running.facts, &running.session));
    let (id, session) = (running.facts.id, running.session.id);
    db.write("cancel session", move |tx| {
        line::cancel(tx, &by, &id, &session, &reason)
    })
    .await?;
    Ok(Reply::done(lang, &back))
}

/// A place that somebody should not have: made-up people, or the same one twice.
#[post("/staff/activities/<id>/seats/<session>/take-back", data = "<form>")]
async fn take_back(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let running = running(db, id, session).await?;
    let (number, reason) = match taking_back(lang, &form, &running) {
        Ok(read) => read,
        Err(mistakes) => {
            let page = page(lang, &running, 1, Typed::of(&form), mistakes, db);
            return Ok(page.again().into());
        }
    };
    let (by, back) = (staff.0.actor(), path(&running.facts, &running.session));
    let (id, session) = (running.facts.id, running.session.id);
    db.write("take place back", move |tx| {
        line::take_back(tx, &by, &id, &session, number, &reason)
    })
    .await?;
    Ok(Reply::done(lang, &back))
}

/// Somebody at the door: the number and the ID, or the receipt code.
#[post("/staff/activities/<id>/seats/<session>/door", data = "<form>")]
#[expect(clippy::too_many_arguments, reason = "Rocket's guards are arguments")]
async fn came(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: &str,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
    limit: &State<DoorLimit>,
) -> AppResult<Reply> {
    let running = running(db, id, session).await?;
    if running.facts.stage == Stage::Purged {
        return Err(Error::Unknown.into());
    }
    let desk = Door {
        lang,
        running: &running,
        form: &form,
        db,
        vault,
    };
    let found = match form.value("code").trim() {
        "" => desk.by_id(limit).await?,
        _ => desk.by_code().await?,
    };
    let found = found.and_then(|seat| desk.is_first(seat));
    let (actor, back) = (staff.0.actor(), path(&running.facts, &running.session));
    let id = running.facts.id.clone();
    match found {
        Ok(seat) => {
            db.write("mark at the door", move |tx| {
                door::came(tx, &actor, &id, &seat)
            })
            .await?;
            Ok(Reply::done(lang, &back))
        }
        Err(Refused { mistakes, differed }) => {
            if let Some(seat) = differed {
                db.write("note at the door", move |tx| {
                    door::differed(tx, &actor, &id, &seat)
                })
                .await?;
            }
            let page = page(lang, &running, 1, Typed::of(&form), mistakes, db);
            Ok(page.again().into())
        }
    }
}

/// Why nobody is marked; the place whose number it was not, where the vault said so.
struct Refused {
    mistakes: Mistakes,
    differed: Option<Box<Seat>>,
}

impl Refused {
    fn at(field: &str, words: String) -> Refused {
        let mut mistakes = Mistakes::new();
        mistakes.add(field, words);
        Refused {
            mistakes,
            differed: None,
        }
    }
}

/// Within so many milliseconds a mark is the same press of a button.
const PRESSED_TWICE: i64 = 10_000;

/// One look at the door.
struct Door<'a> {
    lang: Language,
    running: &'a Running,
    form: &'a FormFields,
    db: &'a Db,
    vault: &'a Vault,
}

impl Door<'_> {
    fn say(&self, id: &str) -> String {
        text::message(self.lang, id, &[])
    }

    /// Somebody who is marked already is not marked again in silence: it may be another person with
    /// a copy of the same receipt. A button that was pressed twice is one person.
    fn is_first(&self, seat: Seat) -> Result<Seat, Refused> {
        let Some(at) = seat.attended_at else {
            return Ok(seat);
        };
        if self.db.clock().now() < at.plus(PRESSED_TWICE) {
            return Ok(seat);
        }
        let field = match self.form.value("code").trim() {
            "" => "number",
            _ => "code",
        };
        let args = [("at", dates::datetime(self.lang, at.0).into())];
        let words = text::message(self.lang, "seats-door-marked", &args);
        Err(Refused::at(field, words))
    }

    /// The held place with the number that was typed, if the vault says it is this person's.
    async fn by_id(&self, limit: &DoorLimit) -> AppResult<Result<Seat, Refused>> {
        let now = self.db.clock().now();
        let typed = self.form.value("number").trim();
        if typed.is_empty() {
            return Ok(Err(Refused::at("number", self.say("seats-door-nothing"))));
        }
        let index = typed.parse::<SeatNumber>().map(|SeatNumber(index)| index);
        let seats = &self.running.seats;
        let seat = index.ok().and_then(|index| {
            let mut known = seats.iter();
            known.find(|seat| seat.index == index && seat.state == seats::SeatState::Held)
        });
        let Some(seat) = seat else {
            return Ok(Err(Refused::at("number", self.say("seats-door-number"))));
        };
        let field = self.running.field;
        let subject = match subject(field, self.form.value(field.code()), day_of(now)) {
            Ok(subject) => subject,
            Err(mistake) => {
                return Ok(Err(Refused {
                    mistakes: subject_mistakes(self.lang, field, mistake),
                    differed: None,
                }));
            }
        };
        let key = format!("{} {}", self.running.session.id, seat.index);
        limit.0.check(key, now.0)?;
        let id = self.running.facts.id.as_str();
        if self.vault.match_id(id, &subject, &seat.tag)? {
            return Ok(Ok(seat.clone()));
        }
        let refused = Refused::at(field.code(), self.say("seats-door-no-match"));
        Ok(Err(Refused {
            differed: Some(Box::new(seat.clone())),
            ..refused
        }))
    }

    /// The held place of a receipt code, if it is of this session.
    async fn by_code(&self) -> AppResult<Result<Seat, Refused>> {
        let other = || Refused::at("code", self.say("seats-door-code"));
        let Ok(secret) = Secret::parse(self.form.value("code")) else {
            return Ok(Err(other()));
        };
        let lookup = self.vault.lookup(&secret)?;
        let found = self
            .db
            .read("find entry", move |tx| receipt::find(tx, &lookup))
            .await?;
        let held = found.and_then(|found| found.seat);
        let here = held.filter(|held| {
            held.session.id == self.running.session.id && held.seat.state == seats::SeatState::Held
        });
        Ok(here.map(|held| held.seat).ok_or_else(other))
    }
}

/// A mark that was made by mistake.
#[post("/staff/activities/<id>/seats/<session>/not-come", data = "<form>")]
async fn did_not_come(
    lang: Language,
    staff: Librarian,
    id: &str,
    session: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let running = running(db, id, session).await?;
    let number = form.value("number").trim().parse::<SeatNumber>();
    let SeatNumber(index) = number.map_err(|_| Error::Unknown)?;
    let (actor, back) = (staff.0.actor(), path(&running.facts, &running.session));
    let (id, session) = (running.facts.id, running.session.id);
    db.write("take mark back", move |tx| {
        let seat = door::by_number(tx, &id, &session, index)?;
        door::did_not_come(tx, &actor, &id, &seat)
    })
    .await?;
    Ok(Reply::done(lang, &back))
}
