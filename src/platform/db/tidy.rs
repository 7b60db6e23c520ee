//! What of a living activity was erased, so that the files beneath are rewritten soon.
//!
//! A deleted row is out of every query at once, but its bytes lie in freed pages and in the
//! write-ahead log until the files are rewritten (`privacy` 1.2 H). One line remembers that this is
//! wanted; the purge does it in the next quiet hour.
//!
//! Invariant: a wish that comes while the files are being rewritten stays a wish.
//!
//! Not here: rewriting ([`super::compaction`]), when it is done (`purge`).

use diesel::prelude::*;

use super::schema::purge::tidyings;
use super::{Error, Tx};

/// The only line: every file is rewritten together.
const FILES: &str = "files";

/// When the files were last rewritten for individual erasures, and what is wanted since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tidiness {
    /// The latest wish, about the hour in which it came; 0 when there is none.
    pub wanted: i64,
    /// When the files were last rewritten; 0 for never.
    pub done: i64,
}

/// Notes that something was erased in this transaction.
pub fn wanted(tx: &mut Tx) -> Result<(), Error> {
    let before = standing(tx)?;
    // The hour and nothing finer, because it is an entrant who erases; and always another number
    // than before.
    let wanted = tx.now().hour().0.max(before.wanted + 1);
    let changed = diesel::update(tidyings::table.find(FILES))
        .set(tidyings::wanted_at.eq(wanted))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(tidyings::table)
            .values((
                tidyings::name.eq(FILES),
                tidyings::wanted_at.eq(wanted),
                tidyings::done_at.eq(0),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// How it stands.
pub fn standing(tx: &mut Tx) -> Result<Tidiness, Error> {
    let row: Option<(i64, i64)> = tidyings::table
        .find(FILES)
        .select((tidyings::wanted_at, tidyings::done_at))
        .first(tx.conn())
        .optional()?;
    let (wanted, done) = row.unwrap_or_default();
    Ok(Tidiness { wanted, done })
}

/// Notes that the files were rewritten after the wish that was `seen`.
pub fn done(tx: &mut Tx, seen: Tidiness) -> Result<(), Error> {
    let now = tx.now().0;
    let changed = diesel::update(tidyings::table.find(FILES))
        .set(tidyings::done_at.eq(now))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(tidyings::table)
            .values((
                tidyings::name.eq(FILES),
                tidyings::wanted_at.eq(0),
                tidyings::done_at.eq(now),
            ))
            .execute(tx.conn())?;
    }
    let fulfilled = tidyings::table
        .filter(tidyings::name.eq(FILES))
        .filter(tidyings::wanted_at.eq(seen.wanted));
    diesel::update(fulfilled)
        .set(tidyings::wanted_at.eq(0))
        .execute(tx.conn())?;
    Ok(())
}
