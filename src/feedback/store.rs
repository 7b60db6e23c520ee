//! All SQL of feedback.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::audit::StaffId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::feedback::{feedback, feedback_events, feedback_letters};
use crate::platform::db::{self, Tx};
use crate::platform::text::Language;

use super::{Author, Error, Event, Feedback, FeedbackId, Letter, Mailing, State, Topic, Wish};

#[derive(Queryable, Selectable)]
#[diesel(table_name = feedback)]
struct Row {
    id: String,
    topic: String,
    wish: String,
    scope: String,
    language: String,
    state: String,
    assigned_to: String,
    received_at: i64,
    written_at: i64,
    closed_at: Option<i64>,
    version: i64,
    policy_version: i64,
}

impl From<Row> for Feedback {
    fn from(row: Row) -> Feedback {
        Feedback {
            id: FeedbackId(row.id),
            topic: Topic::parse(&row.topic).expect("a CHECK limits the topics"),
            wish: Wish::parse(&row.wish).expect("a CHECK limits the wishes"),
            scope: row.scope,
            language: Language::ALL
                .into_iter()
                .find(|language| language.tag() == row.language)
                .unwrap_or_default(),
            state: State::parse(&row.state).expect("a CHECK limits the states"),
            assigned_to: Some(row.assigned_to)
                .filter(|id| !id.is_empty())
                .map(StaffId),
            received_at: Timestamp(row.received_at),
            written_at: Timestamp(row.written_at),
            closed_at: row.closed_at.map(Timestamp),
            version: row.version,
            policy: row.policy_version,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = feedback_letters)]
struct LetterRow {
    number: i64,
    author: String,
    item: String,
    written_at: i64,
    mail: String,
    attempts: i64,
    last_reply: String,
}

impl From<LetterRow> for Letter {
    fn from(row: LetterRow) -> Letter {
        Letter {
            number: row.number,
            author: match row.author == Author::Person.code() {
                true => Author::Person,
                false => Author::Library,
            },
            item: row.item,
            written_at: Timestamp(row.written_at),
            mail: Mailing::parse(&row.mail).expect("a CHECK limits how far mail comes"),
            attempts: row.attempts,
            last_reply: row.last_reply,
        }
    }
}

/// Stores a matter; the unique lookup decides which of two equal ones is the first.
pub(super) fn insert(tx: &mut Tx, lookup: &Hash, new: &Feedback) -> Result<(), Error> {
    let assigned = new.assigned_to.as_ref().map_or("", StaffId::as_str);
    diesel::insert_into(feedback::table)
        .values((
            feedback::id.eq(new.id.as_str()),
            feedback::lookup.eq(lookup.as_bytes().to_vec()),
            feedback::topic.eq(new.topic.code()),
            feedback::wish.eq(new.wish.code()),
            feedback::scope.eq(&new.scope),
            feedback::language.eq(new.language.tag()),
            feedback::state.eq(new.state.code()),
            feedback::assigned_to.eq(assigned),
            feedback::received_at.eq(new.received_at.0),
            feedback::written_at.eq(new.written_at.0),
            feedback::closed_at.eq(new.closed_at.map(|at| at.0)),
            feedback::version.eq(new.version),
            feedback::policy_version.eq(new.policy),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    Ok(())
}

/// Writes what may change, where nobody has changed it since it was read; gives the next version.
pub(super) fn save(tx: &mut Tx, changed: &Feedback) -> Result<Feedback, Error> {
    let assigned = changed.assigned_to.as_ref().map_or("", StaffId::as_str);
    let rows = diesel::update(
        feedback::table
            .filter(feedback::id.eq(changed.id.as_str()))
            .filter(feedback::version.eq(changed.version)),
    )
    .set((
        feedback::state.eq(changed.state.code()),
        feedback::assigned_to.eq(assigned),
        feedback::written_at.eq(changed.written_at.0),
        feedback::closed_at.eq(changed.closed_at.map(|at| at.0)),
        feedback::version.eq(changed.version + 1),
    ))
    .execute(tx.conn())
    .map_err(db::Error::from)?;
    match rows {
        0 => Err(Error::Moved),
        _ => Ok(Feedback {
            version: changed.version + 1,
            ..changed.clone()
        }),
    }
}

pub(super) fn by_lookup(tx: &mut Tx, lookup: &Hash) -> Result<Option<Feedback>, db::Error> {
    let row = feedback::table
        .filter(feedback::lookup.eq(lookup.as_bytes().to_vec()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Feedback::from))
}

pub(super) fn by_id(tx: &mut Tx, id: &FeedbackId) -> Result<Option<Feedback>, db::Error> {
    let row = feedback::table
        .filter(feedback::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Feedback::from))
}

pub(super) fn list(tx: &mut Tx) -> Result<Vec<Feedback>, db::Error> {
    let rows: Vec<Row> = feedback::table
        .order(feedback::id)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Feedback::from).collect())
}

pub(super) fn count_waiting(tx: &mut Tx) -> Result<u64, db::Error> {
    let waits = State::ALL.into_iter().filter(|state| state.waits());
    let codes: Vec<&str> = waits.map(State::code).collect();
    let rows: i64 = feedback::table
        .filter(feedback::state.eq_any(codes))
        .count()
        .get_result(tx.conn())?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// Those that were answered and have had no letter since a moment.
pub(super) fn answered_before(tx: &mut Tx, moment: Timestamp) -> Result<Vec<Feedback>, db::Error> {
    let rows: Vec<Row> = feedback::table
        .filter(feedback::state.eq(State::Answered.code()))
        .filter(feedback::written_at.lt(moment.0))
        .order(feedback::id)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Feedback::from).collect())
}

/// Those that were closed before a moment, or had their last letter before another one.
pub(super) fn over(
    tx: &mut Tx,
    closed: Timestamp,
    written: Timestamp,
) -> Result<Vec<Feedback>, db::Error> {
    let was_closed = feedback::closed_at.lt(closed.0).assume_not_null();
    let rows: Vec<Row> = feedback::table
        .filter(
            feedback::closed_at
                .is_not_null()
                .and(was_closed)
                .or(feedback::written_at.lt(written.0)),
        )
        .order(feedback::id)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Feedback::from).collect())
}

pub(super) fn remove(tx: &mut Tx, id: &FeedbackId) -> Result<(), db::Error> {
    let id = id.as_str();
    diesel::delete(feedback_events::table.filter(feedback_events::feedback_id.eq(id)))
        .execute(tx.conn())?;
    diesel::delete(feedback_letters::table.filter(feedback_letters::feedback_id.eq(id)))
        .execute(tx.conn())?;
    diesel::delete(feedback::table.filter(feedback::id.eq(id))).execute(tx.conn())?;
    Ok(())
}

pub(super) fn count_in(tx: &mut Tx, scope: &str) -> Result<i64, db::Error> {
    Ok(feedback::table
        .filter(feedback::scope.eq(scope))
        .count()
        .get_result(tx.conn())?)
}

pub(super) fn insert_letter(
    tx: &mut Tx,
    id: &FeedbackId,
    letter: &Letter,
) -> Result<(), db::Error> {
    diesel::insert_into(feedback_letters::table)
        .values((
            feedback_letters::feedback_id.eq(id.as_str()),
            feedback_letters::number.eq(letter.number),
            feedback_letters::author.eq(letter.author.code()),
            feedback_letters::item.eq(&letter.item),
            feedback_letters::written_at.eq(letter.written_at.0),
            feedback_letters::mail.eq(letter.mail.code()),
            feedback_letters::attempts.eq(letter.attempts),
            feedback_letters::last_reply.eq(&letter.last_reply),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn letters(tx: &mut Tx, id: &FeedbackId) -> Result<Vec<Letter>, db::Error> {
    let rows: Vec<LetterRow> = feedback_letters::table
        .filter(feedback_letters::feedback_id.eq(id.as_str()))
        .order(feedback_letters::number)
        .select(LetterRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Letter::from).collect())
}

/// Moves the mail of a letter on from one of some states; `false` where it is in another one.
pub(super) fn advance(
    tx: &mut Tx,
    id: &FeedbackId,
    from: &[Mailing],
    letter: &Letter,
) -> Result<bool, db::Error> {
    let from: Vec<&str> = from.iter().map(|mail| mail.code()).collect();
    let rows = diesel::update(
        feedback_letters::table
            .filter(feedback_letters::feedback_id.eq(id.as_str()))
            .filter(feedback_letters::number.eq(letter.number))
            .filter(feedback_letters::mail.eq_any(from)),
    )
    .set((
        feedback_letters::mail.eq(letter.mail.code()),
        feedback_letters::attempts.eq(letter.attempts),
        feedback_letters::last_reply.eq(&letter.last_reply),
    ))
    .execute(tx.conn())?;
    Ok(rows > 0)
}

pub(super) fn insert_event(tx: &mut Tx, id: &FeedbackId, event: &Event) -> Result<(), db::Error> {
    let known: i64 = feedback_events::table
        .filter(feedback_events::feedback_id.eq(id.as_str()))
        .count()
        .get_result(tx.conn())?;
    diesel::insert_into(feedback_events::table)
        .values((
            feedback_events::feedback_id.eq(id.as_str()),
            feedback_events::number.eq(known + 1),
            feedback_events::act.eq(&event.act),
            feedback_events::actor.eq(&event.actor),
            feedback_events::about.eq(&event.about),
            feedback_events::at.eq(event.at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn events(tx: &mut Tx, id: &FeedbackId) -> Result<Vec<Event>, db::Error> {
    let rows: Vec<(String, String, String, i64)> = feedback_events::table
        .filter(feedback_events::feedback_id.eq(id.as_str()))
        .order(feedback_events::number)
        .select((
            feedback_events::act,
            feedback_events::actor,
            feedback_events::about,
            feedback_events::at,
        ))
        .load(tx.conn())?;
    let event = |(act, actor, about, at)| Event {
        act,
        actor,
        about,
        at: Timestamp(at),
    };
    Ok(rows.into_iter().map(event).collect())
}
