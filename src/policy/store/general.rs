//! SQL of the general policy: versions, and the one that is being written.

use diesel::prelude::*;

use crate::activity::LocalText;
use crate::platform::clock::Timestamp;
use crate::platform::db::column::hash;
use crate::platform::db::schema::policy::{policy_drafts as drafts, policy_versions as versions};
use crate::platform::db::{self, Tx};
use crate::policy::Error;
use crate::policy::general::board::Brief;
use crate::policy::general::{Draft, Scope, Text, Version, Weight};

/// There is one draft.
const NEXT: &str = "next";

#[derive(Queryable, Selectable)]
#[diesel(table_name = versions)]
struct Row {
    version: i64,
    body_zh: String,
    body_en: String,
    change_zh: String,
    change_en: String,
    major: bool,
    published_at: i64,
    effective_at: i64,
    banner_days: i64,
    hosts: String,
    parts: String,
    previous: Vec<u8>,
    hash: Vec<u8>,
}

fn weight(major: bool) -> Weight {
    match major {
        true => Weight::Major,
        false => Weight::Minor,
    }
}

impl From<Row> for Version {
    fn from(row: Row) -> Version {
        Version {
            number: row.version,
            body: LocalText::new(row.body_zh, row.body_en),
            change: LocalText::new(row.change_zh, row.change_en),
            weight: weight(row.major),
            published_at: Timestamp(row.published_at),
            effective_at: Timestamp(row.effective_at),
            banner_days: row.banner_days,
            scope: Scope::read(&row.hosts, &row.parts),
            previous: hash(&row.previous),
            hash: hash(&row.hash),
        }
    }
}

pub(in crate::policy) fn all(tx: &mut Tx) -> Result<Vec<Version>, db::Error> {
    let rows: Vec<Row> = versions::table
        .order(versions::version)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Version::from).collect())
}

pub(in crate::policy) fn by_number(tx: &mut Tx, number: i64) -> Result<Option<Version>, db::Error> {
    let row = versions::table
        .find(number)
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Version::from))
}

/// The last one that holds; 0 where none does.
pub(in crate::policy) fn in_force(tx: &mut Tx) -> Result<i64, db::Error> {
    let now = tx.now().0;
    let number: Option<i64> = versions::table
        .filter(versions::effective_at.le(now))
        .order(versions::version.desc())
        .select(versions::version)
        .first(tx.conn())
        .optional()?;
    Ok(number.unwrap_or_default())
}

/// What pages show of each version, the first one first.
pub(in crate::policy) fn briefs(tx: &mut Tx) -> Result<Vec<Brief>, db::Error> {
    let rows: Vec<(i64, bool, i64, i64)> = versions::table
        .order(versions::version)
        .select((
            versions::version,
            versions::major,
            versions::effective_at,
            versions::banner_days,
        ))
        .load(tx.conn())?;
    let brief = |(number, major, effective_at, banner_days): (i64, bool, i64, i64)| Brief {
        number,
        weight: weight(major),
        effective_at: Timestamp(effective_at),
        banner_days,
    };
    Ok(rows.into_iter().map(brief).collect())
}

/// Two who publish at once: the second one begins again.
pub(in crate::policy) fn insert(tx: &mut Tx, new: &Version) -> Result<(), Error> {
    diesel::insert_into(versions::table)
        .values((
            versions::version.eq(new.number),
            versions::body_zh.eq(&new.body.zh),
            versions::body_en.eq(&new.body.en),
            versions::change_zh.eq(&new.change.zh),
            versions::change_en.eq(&new.change.en),
            versions::major.eq(new.is_major()),
            versions::published_at.eq(new.published_at.0),
            versions::effective_at.eq(new.effective_at.0),
            versions::banner_days.eq(new.banner_days),
            versions::hosts.eq(new.scope.hosts_text()),
            versions::parts.eq(new.scope.parts_text()),
            versions::previous.eq(new.previous.as_bytes().to_vec()),
            versions::hash.eq(new.hash.as_bytes().to_vec()),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Moved))?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = drafts)]
struct DraftRow {
    body_zh: String,
    body_en: String,
    change_zh: String,
    change_en: String,
    major: bool,
    wait_days: i64,
    banner_days: i64,
    hosts: String,
    parts: String,
    revision: i64,
}

pub(in crate::policy) fn draft(tx: &mut Tx) -> Result<Option<Draft>, db::Error> {
    let row: Option<DraftRow> = drafts::table
        .find(NEXT)
        .select(DraftRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|row| Draft {
        text: Text {
            body: LocalText::new(row.body_zh, row.body_en),
            change: LocalText::new(row.change_zh, row.change_en),
            weight: weight(row.major),
            wait_days: row.wait_days,
            banner_days: row.banner_days,
            scope: Scope::read(&row.hosts, &row.parts),
        },
        revision: row.revision,
    }))
}

/// Writes the draft; two who write the first one at once: the second one begins again.
pub(in crate::policy) fn put_draft(tx: &mut Tx, new: &Draft) -> Result<(), Error> {
    let text = &new.text;
    let values = (
        drafts::body_zh.eq(&text.body.zh),
        drafts::body_en.eq(&text.body.en),
        drafts::change_zh.eq(&text.change.zh),
        drafts::change_en.eq(&text.change.en),
        drafts::major.eq(text.weight == Weight::Major),
        drafts::wait_days.eq(text.wait_days),
        drafts::banner_days.eq(text.banner_days),
        drafts::hosts.eq(text.scope.hosts_text()),
        drafts::parts.eq(text.scope.parts_text()),
        drafts::revision.eq(new.revision),
    );
    let mine = drafts::table
        .filter(drafts::id.eq(NEXT))
        .filter(drafts::revision.eq(new.revision - 1));
    let changed = diesel::update(mine)
        .set(values.clone())
        .execute(tx.conn())
        .map_err(db::Error::from)?;
    if changed == 0 {
        diesel::insert_into(drafts::table)
            .values((drafts::id.eq(NEXT), values))
            .execute(tx.conn())
            .map_err(db::on_duplicate(Error::Moved))?;
    }
    Ok(())
}

pub(in crate::policy) fn drop_draft(tx: &mut Tx) -> Result<(), db::Error> {
    diesel::delete(drafts::table).execute(tx.conn())?;
    Ok(())
}
