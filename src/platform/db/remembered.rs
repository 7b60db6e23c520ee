//! The few things that a site remembers about itself: one text under a name.
//!
//! Invariant: nothing about people; what an operator sets is in the settings file and not here.
//!
//! Not here: what a name means (whoever writes it).

use diesel::prelude::*;

use super::schema::site_settings;
use super::{Error, Tx};

/// What stands under a name.
pub fn recall(tx: &mut Tx, name: &str) -> Result<Option<String>, Error> {
    Ok(site_settings::table
        .find(name)
        .select(site_settings::value)
        .first(tx.conn())
        .optional()?)
}

/// What stands under a name as a number; nothing where there is none.
pub fn recall_number(tx: &mut Tx, name: &str) -> Result<Option<i64>, Error> {
    Ok(recall(tx, name)?.and_then(|text| text.parse().ok()))
}

/// Puts a text under a name, in the place of what stood there.
pub fn remember(tx: &mut Tx, name: &str, value: &str) -> Result<(), Error> {
    let changed = diesel::update(site_settings::table.find(name))
        .set(site_settings::value.eq(value))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(site_settings::table)
            .values((site_settings::name.eq(name), site_settings::value.eq(value)))
            .execute(tx.conn())?;
    }
    Ok(())
}
