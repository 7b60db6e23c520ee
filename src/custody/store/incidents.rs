//! Incidents, whom they concern, and their letters.

use diesel::prelude::*;

use crate::activity::{ActivityId, LocalText};
use crate::audit::StaffId;
use crate::custody::breach::{Concerned, Incident, LetterStage, State};
use crate::custody::steps::{Step, StepAct};
use crate::custody::{Error, IncidentId};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{signed, small, unsigned};
use crate::platform::db::schema::custody::{
    incident_activities, incident_letters, incident_steps, incidents,
};
use crate::platform::db::{self, Tx};

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = incidents)]
#[diesel(treat_none_as_null = true)]
struct Row {
    id: String,
    noticed_at: i64,
    recorded_at: i64,
    recorded_by: String,
    facts_zh: String,
    facts_en: String,
    measures_zh: String,
    measures_en: String,
    report_by: Option<i64>,
    reported_at: Option<i64>,
    report_no: String,
    state: String,
    told_by: String,
    told_at: Option<i64>,
    by_mail: bool,
    closed_at: Option<i64>,
    origin: String,
    reminded: i64,
}

impl From<&Incident> for Row {
    fn from(own: &Incident) -> Row {
        Row {
            id: own.id.0.clone(),
            noticed_at: own.noticed_at.0,
            recorded_at: own.recorded_at.0,
            recorded_by: own.recorded_by.0.clone(),
            facts_zh: own.facts.zh.clone(),
            facts_en: own.facts.en.clone(),
            measures_zh: own.measures.zh.clone(),
            measures_en: own.measures.en.clone(),
            report_by: own.report_by.map(|at| at.0),
            reported_at: own.reported_at.map(|at| at.0),
            report_no: own.report_no.clone(),
            state: own.state.code().to_owned(),
            told_by: own.told_by.clone().map_or(String::new(), |by| by.0),
            told_at: own.told_at.map(|at| at.0),
            by_mail: own.by_mail,
            closed_at: own.closed_at.map(|at| at.0),
            origin: own.origin.clone(),
            reminded: i64::from(own.reminded),
        }
    }
}

impl From<Row> for Incident {
    fn from(row: Row) -> Incident {
        Incident {
            id: IncidentId(row.id),
            noticed_at: Timestamp(row.noticed_at),
            recorded_at: Timestamp(row.recorded_at),
            recorded_by: StaffId(row.recorded_by),
            facts: LocalText::new(row.facts_zh, row.facts_en),
            measures: LocalText::new(row.measures_zh, row.measures_en),
            report_by: row.report_by.map(Timestamp),
            reported_at: row.reported_at.map(Timestamp),
            report_no: row.report_no,
            state: State::parse(&row.state).expect("a CHECK limits the states"),
            told_by: (!row.told_by.is_empty()).then_some(StaffId(row.told_by)),
            told_at: row.told_at.map(Timestamp),
            by_mail: row.by_mail,
            closed_at: row.closed_at.map(Timestamp),
            origin: row.origin,
            reminded: small(row.reminded),
        }
    }
}

/// Every incident, the latest first.
pub(in crate::custody) fn list(tx: &mut Tx) -> Result<Vec<Incident>, db::Error> {
    let rows: Vec<Row> = incidents::table
        .order((incidents::recorded_at.desc(), incidents::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Incident::from).collect())
}

pub(in crate::custody) fn find(
    tx: &mut Tx,
    id: &IncidentId,
) -> Result<Option<Incident>, db::Error> {
    let row: Option<Row> = incidents::table
        .find(id.as_str())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Incident::from))
}

pub(in crate::custody) fn insert(tx: &mut Tx, incident: &Incident) -> Result<(), db::Error> {
    diesel::insert_into(incidents::table)
        .values(Row::from(incident))
        .execute(tx.conn())?;
    Ok(())
}

/// The open incident that a rule has opened.
pub(in crate::custody) fn open_of(
    tx: &mut Tx,
    origin: &str,
) -> Result<Option<Incident>, db::Error> {
    let row: Option<Row> = incidents::table
        .filter(incidents::origin.eq(origin))
        .filter(incidents::state.eq(State::Open.code()))
        .order(incidents::recorded_at.desc())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Incident::from))
}

pub(in crate::custody) fn insert_step(
    tx: &mut Tx,
    id: &IncidentId,
    step: &Step,
) -> Result<(), db::Error> {
    let last: Option<i64> = incident_steps::table
        .filter(incident_steps::incident_id.eq(id.as_str()))
        .select(diesel::dsl::max(incident_steps::position))
        .first(tx.conn())?;
    diesel::insert_into(incident_steps::table)
        .values((
            incident_steps::incident_id.eq(id.as_str()),
            incident_steps::position.eq(last.unwrap_or(0) + 1),
            incident_steps::at.eq(step.at.0),
            incident_steps::made_by.eq(step.by.as_ref().map_or("", StaffId::as_str)),
            incident_steps::act.eq(step.act.code()),
            incident_steps::words.eq(&step.words),
            incident_steps::counted.eq(signed(step.count)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The steps of an incident, the oldest first.
pub(in crate::custody) fn steps(tx: &mut Tx, id: &IncidentId) -> Result<Vec<Step>, db::Error> {
    let rows: Vec<(i64, String, String, String, i64)> = incident_steps::table
        .filter(incident_steps::incident_id.eq(id.as_str()))
        .order(incident_steps::position)
        .select((
            incident_steps::at,
            incident_steps::made_by,
            incident_steps::act,
            incident_steps::words,
            incident_steps::counted,
        ))
        .load(tx.conn())?;
    let steps = rows.into_iter();
    Ok(steps
        .map(|(at, by, act, words, count)| Step {
            at: Timestamp(at),
            by: (!by.is_empty()).then_some(StaffId(by)),
            act: StepAct::parse(&act).expect("a CHECK limits the acts"),
            words,
            count: unsigned(count),
        })
        .collect())
}

/// Writes an incident anew if it still is at the state `from`.
pub(in crate::custody) fn update(
    tx: &mut Tx,
    from: State,
    incident: &Incident,
) -> Result<(), Error> {
    let row = incidents::table
        .filter(incidents::id.eq(incident.id.as_str()))
        .filter(incidents::state.eq(from.code()));
    let changed = diesel::update(row)
        .set(Row::from(incident))
        .execute(tx.conn());
    db::one_changed(changed, Error::Moved)
}

pub(in crate::custody) fn concern(
    tx: &mut Tx,
    id: &IncidentId,
    concerned: &Concerned,
) -> Result<(), db::Error> {
    diesel::insert_into(incident_activities::table)
        .values((
            incident_activities::activity_id.eq(concerned.activity.as_str()),
            incident_activities::incident_id.eq(id.as_str()),
            incident_activities::affected.eq(signed(concerned.affected)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::custody) fn concerned(
    tx: &mut Tx,
    id: &IncidentId,
) -> Result<Vec<Concerned>, db::Error> {
    let rows: Vec<(String, i64)> = incident_activities::table
        .filter(incident_activities::incident_id.eq(id.as_str()))
        .order(incident_activities::activity_id)
        .select((
            incident_activities::activity_id,
            incident_activities::affected,
        ))
        .load(tx.conn())?;
    let concerned = rows.into_iter().map(|(activity, affected)| Concerned {
        activity: ActivityId(activity),
        affected: unsigned(affected),
    });
    Ok(concerned.collect())
}

/// The incidents of an activity that people are told of, the latest first.
pub(in crate::custody) fn told_of(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<Incident>, db::Error> {
    let ids: Vec<String> = incident_activities::table
        .filter(incident_activities::activity_id.eq(activity.as_str()))
        .select(incident_activities::incident_id)
        .load(tx.conn())?;
    let rows: Vec<Row> = incidents::table
        .filter(incidents::id.eq_any(ids))
        .filter(incidents::state.eq(State::Told.code()))
        .order((incidents::told_at.desc(), incidents::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Incident::from).collect())
}

/// Notes that a letter is to be sent; an entry with several tickets gets one.
pub(in crate::custody) fn insert_letter(
    tx: &mut Tx,
    id: &IncidentId,
    activity: &ActivityId,
    item: &str,
) -> Result<(), db::Error> {
    let known: i64 = incident_letters::table
        .find((activity.as_str(), id.as_str(), item))
        .count()
        .get_result(tx.conn())?;
    if known > 0 {
        return Ok(());
    }
    diesel::insert_into(incident_letters::table)
        .values((
            incident_letters::activity_id.eq(activity.as_str()),
            incident_letters::incident_id.eq(id.as_str()),
            incident_letters::item.eq(item),
            incident_letters::stage.eq(LetterStage::Waiting.code()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Letters of an incident that wait, with their activities.
pub(in crate::custody) fn waiting_letters(
    tx: &mut Tx,
    id: &IncidentId,
) -> Result<Vec<(ActivityId, String)>, db::Error> {
    let rows: Vec<(String, String)> = incident_letters::table
        .filter(incident_letters::incident_id.eq(id.as_str()))
        .filter(incident_letters::stage.eq(LetterStage::Waiting.code()))
        .order((incident_letters::activity_id, incident_letters::item))
        .select((incident_letters::activity_id, incident_letters::item))
        .load(tx.conn())?;
    let letters = rows.into_iter();
    Ok(letters
        .map(|(activity, item)| (ActivityId(activity), item))
        .collect())
}

pub(in crate::custody) fn set_letter(
    tx: &mut Tx,
    id: &IncidentId,
    (activity, item): (&ActivityId, &str),
    stage: LetterStage,
) -> Result<(), db::Error> {
    diesel::update(incident_letters::table.find((activity.as_str(), id.as_str(), item)))
        .set(incident_letters::stage.eq(stage.code()))
        .execute(tx.conn())?;
    Ok(())
}

/// How many letters stand at each stage.
pub(in crate::custody) fn letter_counts(
    tx: &mut Tx,
    id: &IncidentId,
) -> Result<Vec<(LetterStage, u64)>, db::Error> {
    let rows: Vec<String> = incident_letters::table
        .filter(incident_letters::incident_id.eq(id.as_str()))
        .select(incident_letters::stage)
        .load(tx.conn())?;
    let counted = LetterStage::ALL.map(|stage| {
        let found = rows.iter().filter(|row| *row == stage.code()).count();
        (stage, u64::try_from(found).expect("a count fits 64 bits"))
    });
    Ok(counted.to_vec())
}

pub(in crate::custody) fn erase_letters(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<usize, db::Error> {
    let rows = incident_letters::table.filter(incident_letters::activity_id.eq(activity.as_str()));
    Ok(diesel::delete(rows).execute(tx.conn())?)
}

pub(in crate::custody) fn count_letters(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<u64, db::Error> {
    let rows: i64 = incident_letters::table
        .filter(incident_letters::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(rows))
}
