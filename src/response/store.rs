//! All SQL of this room.

use std::collections::BTreeMap;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Answer, AnswerId, AnswerKind, Rule};
use crate::audit::{Actor, StaffId};
use crate::custody::IncidentId;
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::db::column::{signed, unsigned};
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::response::{attack_answers, attack_signs, looked_through};
use crate::platform::db::{self, Tx};
use crate::platform::ids;

/// Networks of one look that keep a row of their own, those with most first.
const APART: usize = 200;

#[derive(Insertable)]
#[diesel(table_name = attack_signs, treat_none_as_default_value = false)]
struct NewCount {
    id: String,
    at: i64,
    sign: String,
    about: String,
    counted: i64,
}

/// Adds counts: sign, about whom, how often.
pub(super) fn add_counts(
    tx: &mut Tx,
    mut counts: Vec<(&str, String, u64)>,
) -> Result<(), db::Error> {
    let now = tx.now();
    let minute = now.0 - now.0.rem_euclid(MINUTE);
    counts.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let mut together: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for (place, (sign, about, count)) in counts.into_iter().enumerate() {
        let about = if place < APART { about } else { String::new() };
        *together.entry((sign, about)).or_default() += count;
    }
    let rows: Vec<NewCount> = together
        .into_iter()
        .map(|((sign, about), count)| NewCount {
            id: ids::code(16),
            at: minute,
            sign: sign.to_owned(),
            about,
            counted: signed(count),
        })
        .collect();
    Ok(insert_all!(tx, attack_signs::table, rows)?)
}

/// How often these signs were noticed since a moment, by whom they are about.
pub(super) fn sums(
    tx: &mut Tx,
    signs: &[&str],
    since: Timestamp,
) -> Result<Vec<(String, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = attack_signs::table
        .filter(attack_signs::at.ge(since.0))
        .filter(attack_signs::sign.eq_any(signs))
        .group_by(attack_signs::about)
        .select((
            attack_signs::about,
            sql::<BigInt>("CAST(SUM(counted) AS BIGINT)"),
        ))
        .load(tx.conn())?;
    let rows = rows.into_iter();
    Ok(rows.map(|(about, sum)| (about, unsigned(sum))).collect())
}

/// Answers of a rule that somebody lifted since a moment: whom each was about, and when.
pub(super) fn lifted(
    tx: &mut Tx,
    rule: Rule,
    since: Timestamp,
) -> Result<Vec<(String, Timestamp)>, db::Error> {
    let rows: Vec<(String, Option<i64>)> = attack_answers::table
        .filter(attack_answers::rule.eq(rule.code()))
        .filter(attack_answers::lifted_at.ge(since.0))
        .select((attack_answers::about, attack_answers::lifted_at))
        .load(tx.conn())?;
    let each = rows.into_iter();
    Ok(each
        .filter_map(|(about, at)| Some((about, Timestamp(at?))))
        .collect())
}

/// The first minute of which nothing was counted before `at`.
pub(super) fn minute_after(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(MINUTE) + MINUTE)
}

/// How often each sign was noticed since a moment.
pub(super) fn counts(tx: &mut Tx, since: Timestamp) -> Result<Vec<(String, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = attack_signs::table
        .filter(attack_signs::at.ge(since.0))
        .group_by(attack_signs::sign)
        .select((
            attack_signs::sign,
            sql::<BigInt>("CAST(SUM(counted) AS BIGINT)"),
        ))
        .load(tx.conn())?;
    let rows = rows.into_iter();
    Ok(rows.map(|(sign, sum)| (sign, unsigned(sum))).collect())
}

/// Removes counts from before a moment, and the tags of networks from older answers.
pub(super) fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), db::Error> {
    diesel::delete(attack_signs::table.filter(attack_signs::at.lt(before.0))).execute(tx.conn())?;
    let of_networks = Rule::ALL
        .into_iter()
        .filter(|rule| rule.terms_of() == super::Of::Network)
        .map(Rule::code);
    let old = attack_answers::table
        .filter(attack_answers::began_at.lt(before.0))
        .filter(attack_answers::rule.eq_any(of_networks));
    diesel::update(old)
        .set(attack_answers::about.eq(""))
        .execute(tx.conn())?;
    Ok(())
}

/// Removes answers that ended before a moment.
pub(super) fn forget_answers(tx: &mut Tx, before: Timestamp) -> Result<(), db::Error> {
    let old = attack_answers::table.filter(attack_answers::began_at.lt(before.0));
    let over = old.filter(
        attack_answers::until
            .is_not_null()
            .or(attack_answers::lifted_at.is_not_null()),
    );
    diesel::delete(over).execute(tx.conn())?;
    Ok(())
}

/// How far the record was looked through; nothing before the first time.
pub(super) fn looked(tx: &mut Tx) -> Result<Option<i64>, db::Error> {
    Ok(looked_through::table
        .find(1)
        .select(looked_through::position)
        .first(tx.conn())
        .optional()?)
}

pub(super) fn set_looked(tx: &mut Tx, position: i64) -> Result<(), db::Error> {
    let known = diesel::update(looked_through::table.find(1))
        .set(looked_through::position.eq(position))
        .execute(tx.conn())?;
    if known == 0 {
        diesel::insert_into(looked_through::table)
            .values((
                looked_through::id.eq(1),
                looked_through::position.eq(position),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = attack_answers)]
struct Row {
    id: String,
    rule: String,
    answer: String,
    about: String,
    counted: i64,
    began_at: i64,
    until: Option<i64>,
    lifted_at: Option<i64>,
    lifted_by: String,
    reason: String,
    incident: String,
    told_at: Option<i64>,
}

impl From<&Answer> for Row {
    fn from(own: &Answer) -> Row {
        Row {
            id: own.id.0.clone(),
            rule: own.rule.code().to_owned(),
            answer: own.kind.code().to_owned(),
            about: own.about.clone(),
            counted: signed(own.count),
            began_at: own.began_at.0,
            until: own.until.map(|at| at.0),
            lifted_at: own.lifted_at.map(|at| at.0),
            lifted_by: own.lifted_by.clone().map_or(String::new(), |by| by.0),
            reason: own.reason.clone(),
            incident: own.incident.clone().map_or(String::new(), |id| id.0),
            told_at: own.told_at.map(|at| at.0),
        }
    }
}

impl Row {
    /// Nothing for a rule that this program does not know any more.
    fn answer(self) -> Option<Answer> {
        Some(Answer {
            rule: Rule::parse(&self.rule)?,
            kind: AnswerKind::parse(&self.answer)?,
            id: AnswerId(self.id),
            about: self.about,
            count: unsigned(self.counted),
            began_at: Timestamp(self.began_at),
            until: self.until.map(Timestamp),
            lifted_at: self.lifted_at.map(Timestamp),
            lifted_by: (!self.lifted_by.is_empty()).then_some(StaffId(self.lifted_by)),
            reason: self.reason,
            incident: (!self.incident.is_empty()).then_some(IncidentId(self.incident)),
            told_at: self.told_at.map(Timestamp),
        })
    }
}

pub(super) fn insert(tx: &mut Tx, answer: &Answer) -> Result<(), db::Error> {
    diesel::insert_into(attack_answers::table)
        .values(Row::from(answer))
        .execute(tx.conn())?;
    Ok(())
}

/// Every answer that holds now.
pub(super) fn running(tx: &mut Tx) -> Result<Vec<Answer>, db::Error> {
    let now = tx.now();
    let rows: Vec<Row> = attack_answers::table
        .filter(attack_answers::lifted_at.is_null())
        .filter(
            attack_answers::until
                .is_null()
                .or(attack_answers::until.gt(now.0)),
        )
        .order((attack_answers::began_at, attack_answers::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(Row::answer).collect())
}

/// Those of which no letter has told, the oldest first.
pub(super) fn untold(tx: &mut Tx) -> Result<Vec<Answer>, db::Error> {
    let rows: Vec<Row> = attack_answers::table
        .filter(attack_answers::told_at.is_null())
        .order((attack_answers::began_at, attack_answers::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(Row::answer).collect())
}

/// When a letter last told of something.
pub(super) fn last_told(tx: &mut Tx) -> Result<Option<Timestamp>, db::Error> {
    let last: Option<i64> = attack_answers::table
        .select(diesel::dsl::max(attack_answers::told_at))
        .first(tx.conn())?;
    Ok(last.map(Timestamp))
}

pub(super) fn set_told(tx: &mut Tx, told: &[AnswerId]) -> Result<(), db::Error> {
    let now = tx.now();
    let ids = told.iter().map(AnswerId::as_str);
    diesel::update(attack_answers::table.filter(attack_answers::id.eq_any(ids)))
        .set(attack_answers::told_at.eq(Some(now.0)))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn set_untold(tx: &mut Tx, told: &[AnswerId]) -> Result<(), db::Error> {
    let ids = told.iter().map(AnswerId::as_str);
    diesel::update(attack_answers::table.filter(attack_answers::id.eq_any(ids)))
        .set(attack_answers::told_at.eq(None::<i64>))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn find(tx: &mut Tx, id: &AnswerId) -> Result<Option<Answer>, db::Error> {
    let row: Option<Row> = attack_answers::table
        .find(id.as_str())
        .first(tx.conn())
        .optional()?;
    Ok(row.and_then(Row::answer))
}

pub(super) fn set_lifted(
    tx: &mut Tx,
    id: &AnswerId,
    by: &Actor,
    reason: &str,
) -> Result<(), db::Error> {
    let now = tx.now();
    let by = match by {
        Actor::Staff(staff) => staff.as_str(),
        _ => "",
    };
    diesel::update(attack_answers::table.find(id.as_str()))
        .set((
            attack_answers::lifted_at.eq(Some(now.0)),
            attack_answers::lifted_by.eq(by),
            attack_answers::reason.eq(reason),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The latest answers, the newest first.
pub(super) fn latest(tx: &mut Tx, at_most: i64) -> Result<Vec<Answer>, db::Error> {
    let rows: Vec<Row> = attack_answers::table
        .order((attack_answers::began_at.desc(), attack_answers::id))
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows.into_iter().filter_map(Row::answer).collect())
}
