//! SQL of counts of pages.

use diesel::prelude::*;

use crate::platform::db::schema::stats::page_views as views;
use crate::platform::db::{self, Tx};
use crate::stats::Error;
use crate::stats::views::{Count, Kind};

const ENGLISH: &str = "en";
const CHINESE: &str = "zh";

fn language(english: bool) -> &'static str {
    if english { ENGLISH } else { CHINESE }
}

/// Adds to a row, and makes it where it is not; two instances that make it at once: the second one
/// tries again.
pub(in crate::stats) fn add(tx: &mut Tx, new: &Count) -> Result<(), Error> {
    let mine = views::table
        .filter(views::day.eq(new.day))
        .filter(views::kind.eq(new.kind.code()))
        .filter(views::language.eq(language(new.english)));
    let changed = diesel::update(mine)
        .set(views::views.eq(views::views + new.count))
        .execute(tx.conn())
        .map_err(db::Error::from)?;
    if changed == 0 {
        diesel::insert_into(views::table)
            .values((
                views::day.eq(new.day),
                views::kind.eq(new.kind.code()),
                views::language.eq(language(new.english)),
                views::views.eq(new.count),
            ))
            .execute(tx.conn())
            .map_err(db::on_duplicate(Error::Twice))?;
    }
    Ok(())
}

pub(in crate::stats) fn between(tx: &mut Tx, from: i64, to: i64) -> Result<Vec<Count>, db::Error> {
    let rows: Vec<(i64, String, String, i64)> = views::table
        .filter(views::day.between(from, to))
        .order((views::day.desc(), views::kind, views::language))
        .load(tx.conn())?;
    let count = |(day, kind, language, count): (i64, String, String, i64)| {
        Some(Count {
            day,
            // A kind that this release does not know has no place on a page.
            kind: Kind::parse(&kind)?,
            english: language == ENGLISH,
            count,
        })
    };
    Ok(rows.into_iter().filter_map(count).collect())
}
