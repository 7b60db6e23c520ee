//! All SQL of activities of others.

use diesel::prelude::*;

use crate::activity::LocalText;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::external::{
    external_activities as externals, external_leavings as leavings,
};
use crate::platform::db::{self, Tx};

use super::{Details, Error, External, ExternalId, State};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = externals)]
struct Row {
    id: String,
    slug: String,
    state: String,
    title_zh: String,
    title_en: String,
    text_zh: String,
    text_en: String,
    host_zh: String,
    host_en: String,
    link: String,
    policy: String,
    opens_at: i64,
    closes_at: i64,
    version: i64,
}

impl From<Row> for External {
    fn from(row: Row) -> External {
        External {
            id: ExternalId(row.id),
            state: State::parse(&row.state).expect("a CHECK limits the states"),
            details: Details {
                slug: row.slug,
                title: LocalText::new(row.title_zh, row.title_en),
                text: LocalText::new(row.text_zh, row.text_en),
                host: LocalText::new(row.host_zh, row.host_en),
                link: row.link,
                policy: row.policy,
                opens_at: Timestamp(row.opens_at),
                closes_at: Timestamp(row.closes_at),
            },
            version: row.version,
        }
    }
}

impl From<&External> for Row {
    fn from(own: &External) -> Row {
        let details = own.details.clone();
        Row {
            id: own.id.0.clone(),
            slug: details.slug,
            state: own.state.code().to_owned(),
            title_zh: details.title.zh,
            title_en: details.title.en,
            text_zh: details.text.zh,
            text_en: details.text.en,
            host_zh: details.host.zh,
            host_en: details.host.en,
            link: details.link,
            policy: details.policy,
            opens_at: details.opens_at.0,
            closes_at: details.closes_at.0,
            version: own.version,
        }
    }
}

pub(super) fn insert(tx: &mut Tx, new: &External) -> Result<(), Error> {
    diesel::insert_into(externals::table)
        .values(Row::from(new))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::SlugTaken))?;
    Ok(())
}

/// Writes it where nobody has since it was read; gives the next version.
pub(super) fn save(tx: &mut Tx, changed: &External) -> Result<External, Error> {
    let next = External {
        version: changed.version + 1,
        ..changed.clone()
    };
    let rows = diesel::update(
        externals::table
            .filter(externals::id.eq(changed.id.as_str()))
            .filter(externals::version.eq(changed.version)),
    )
    .set(Row::from(&next))
    .execute(tx.conn())
    .map_err(db::on_duplicate(Error::SlugTaken))?;
    match rows {
        0 => Err(Error::Moved),
        _ => Ok(next),
    }
}

pub(super) fn by_id(tx: &mut Tx, id: &ExternalId) -> Result<Option<External>, db::Error> {
    let row: Option<Row> = externals::table
        .filter(externals::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(External::from))
}

pub(super) fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<External>, db::Error> {
    let row: Option<Row> = externals::table
        .filter(externals::slug.eq(slug))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(External::from))
}

pub(super) fn list(tx: &mut Tx) -> Result<Vec<External>, db::Error> {
    let rows: Vec<Row> = externals::table
        .order((externals::closes_at, externals::id))
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(External::from).collect())
}

pub(super) fn count_leaving(
    tx: &mut Tx,
    id: &ExternalId,
    day: i64,
    words: i64,
) -> Result<(), db::Error> {
    let own = leavings::table
        .filter(leavings::external_id.eq(id.as_str()))
        .filter(leavings::day.eq(day))
        .filter(leavings::words.eq(words));
    let counted = diesel::update(own)
        .set(leavings::presses.eq(leavings::presses + 1))
        .execute(tx.conn())?;
    if counted == 0 {
        // Two first ones of a day at once: the second of them runs again and finds the row.
        diesel::insert_into(leavings::table)
            .values((
                leavings::external_id.eq(id.as_str()),
                leavings::day.eq(day),
                leavings::words.eq(words),
                leavings::presses.eq(1),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub(super) fn leavings(tx: &mut Tx, id: &ExternalId) -> Result<Vec<(i64, i64, i64)>, db::Error> {
    Ok(leavings::table
        .filter(leavings::external_id.eq(id.as_str()))
        .order((leavings::day.desc(), leavings::words.desc()))
        .select((leavings::day, leavings::words, leavings::presses))
        .load(tx.conn())?)
}
