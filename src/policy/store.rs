//! All SQL of periods, versions of notices, codes and processors.

pub(super) mod general;

use diesel::prelude::*;

use crate::activity::{ActivityId, LocalText};
use crate::audit::StaffId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::retention::{
    activity_codes, notice_versions, processors, retention_settings,
};
use crate::platform::db::{self, Tx};

use super::Error;
use super::register::{Processor, ProcessorId};
use super::retention::{Change, Class};
use super::versions::Version;

type SettingRow = (String, i64, i64, String, i64);

fn change((class, version, days, reason, set_at): SettingRow) -> Option<Change> {
    Some(Change {
        // A class that this release does not know has no page to stand on.
        class: Class::parse(&class)?,
        version,
        days,
        reason,
        set_at: Timestamp(set_at),
    })
}

const SETTING: (
    retention_settings::class,
    retention_settings::version,
    retention_settings::days,
    retention_settings::reason,
    retention_settings::set_at,
) = (
    retention_settings::class,
    retention_settings::version,
    retention_settings::days,
    retention_settings::reason,
    retention_settings::set_at,
);

pub(super) fn last_setting(tx: &mut Tx, class: Class) -> Result<Option<Change>, Error> {
    let row: Option<SettingRow> = retention_settings::table
        .filter(retention_settings::class.eq(class.code()))
        .order(retention_settings::version.desc())
        .select(SETTING)
        .first(tx.conn())
        .optional()
        .map_err(db::Error::from)?;
    Ok(row.and_then(change))
}

pub(super) fn settings(tx: &mut Tx) -> Result<Vec<Change>, Error> {
    let rows: Vec<SettingRow> = retention_settings::table
        .order((
            retention_settings::set_at.desc(),
            retention_settings::version.desc(),
        ))
        .select(SETTING)
        .load(tx.conn())
        .map_err(db::Error::from)?;
    Ok(rows.into_iter().filter_map(change).collect())
}

/// Two who set the same class at once: the second one begins again.
pub(super) fn insert_setting(tx: &mut Tx, by: &StaffId, change: &Change) -> Result<(), Error> {
    diesel::insert_into(retention_settings::table)
        .values((
            retention_settings::class.eq(change.class.code()),
            retention_settings::version.eq(change.version),
            retention_settings::days.eq(change.days),
            retention_settings::reason.eq(&change.reason),
            retention_settings::set_by.eq(by.as_str()),
            retention_settings::set_at.eq(change.set_at.0),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Moved))?;
    Ok(())
}

pub(super) fn versions(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Version>, db::Error> {
    let rows: Vec<(i64, String, String, i64)> = notice_versions::table
        .filter(notice_versions::activity_id.eq(activity.as_str()))
        .order(notice_versions::version)
        .select((
            notice_versions::version,
            notice_versions::zh,
            notice_versions::en,
            notice_versions::valid_from,
        ))
        .load(tx.conn())?;
    let version = |(version, zh, en, valid_from): (i64, String, String, i64)| Version {
        version,
        notice: LocalText::new(zh, en),
        valid_from: Timestamp(valid_from),
    };
    Ok(rows.into_iter().map(version).collect())
}

pub(super) fn insert_version(
    tx: &mut Tx,
    activity: &ActivityId,
    version: &Version,
) -> Result<(), db::Error> {
    diesel::insert_into(notice_versions::table)
        .values((
            notice_versions::activity_id.eq(activity.as_str()),
            notice_versions::version.eq(version.version),
            notice_versions::zh.eq(&version.notice.zh),
            notice_versions::en.eq(&version.notice.en),
            notice_versions::valid_from.eq(version.valid_from.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn codes(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<String>, db::Error> {
    Ok(activity_codes::table
        .filter(activity_codes::activity_id.eq(activity.as_str()))
        .order(activity_codes::code)
        .select(activity_codes::code)
        .load(tx.conn())?)
}

pub(super) fn replace_codes(
    tx: &mut Tx,
    activity: &ActivityId,
    codes: &[&str],
) -> Result<(), db::Error> {
    let of_activity =
        activity_codes::table.filter(activity_codes::activity_id.eq(activity.as_str()));
    diesel::delete(of_activity).execute(tx.conn())?;
    for code in codes {
        diesel::insert_into(activity_codes::table)
            .values((
                activity_codes::activity_id.eq(activity.as_str()),
                activity_codes::code.eq(*code),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

type ProcessorRow = (String, String, String, String, String, i64, Option<i64>);

pub(super) fn processors(tx: &mut Tx) -> Result<Vec<Processor>, db::Error> {
    let rows: Vec<ProcessorRow> = processors::table
        .order((processors::starts_at.desc(), processors::id))
        .load(tx.conn())?;
    let processor = |row: ProcessorRow| {
        let (id, name_zh, name_en, task_zh, task_en, starts_at, ends_at) = row;
        Processor {
            id: ProcessorId(id),
            name: LocalText::new(name_zh, name_en),
            task: LocalText::new(task_zh, task_en),
            starts_at: Timestamp(starts_at),
            ends_at: ends_at.map(Timestamp),
        }
    };
    Ok(rows.into_iter().map(processor).collect())
}

pub(super) fn insert_processor(tx: &mut Tx, processor: &Processor) -> Result<(), db::Error> {
    diesel::insert_into(processors::table)
        .values((
            processors::id.eq(processor.id.as_str()),
            processors::name_zh.eq(&processor.name.zh),
            processors::name_en.eq(&processor.name.en),
            processors::task_zh.eq(&processor.task.zh),
            processors::task_en.eq(&processor.task.en),
            processors::starts_at.eq(processor.starts_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// `false` where nobody of that id works for the library.
pub(super) fn end_processor(tx: &mut Tx, id: &ProcessorId) -> Result<bool, db::Error> {
    let now = tx.now().0;
    let working = processors::table
        .filter(processors::id.eq(id.as_str()))
        .filter(processors::ends_at.is_null());
    let changed = diesel::update(working)
        .set(processors::ends_at.eq(Some(now)))
        .execute(tx.conn())?;
    Ok(changed == 1)
}
