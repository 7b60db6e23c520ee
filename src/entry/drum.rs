//! Drums: the logs into which the tickets of an activity go, one for each of its draws.
//!
//! Invariant: drums are set out once, at publishing, and never change; a survey has none. In
//! sessions an entry has a ticket in every drum, in pools only in the one that the person picked.
//!
//! Not here: what a draw promises and decides (`draw`), the log itself ([`crate::log`]).

use crate::activity::{ActivityId, Arrangement, LocalText};
use crate::log::{self, Log};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;

use super::{Error, store};

/// What entry has to know of a draw that is being published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDrum {
    /// The draw's id, which is also its log's.
    pub draw: String,
    /// Its place among the draws of the activity, from 1.
    pub position: u32,
    /// Its name in the protocol.
    pub slug: String,
    /// Its name for people; may be empty where there is one draw.
    pub name: LocalText,
    /// How many tickets one person can have in it.
    pub cap: u32,
    /// When it is drawn.
    pub draws_at: Timestamp,
}

/// The log of one draw with what people call it.
#[derive(Debug, Clone)]
pub struct Drum {
    /// What was said at publishing.
    pub of: NewDrum,
    /// The log.
    pub log: Log,
}

impl Drum {
    /// The draw's id.
    pub fn draw(&self) -> &str {
        &self.of.draw
    }
}

/// From here on no ticket of the drum changes: its list is final. Belongs into the transaction that
/// signs the freeze note, so that a withdrawal in another one cannot slip behind it.
pub fn freeze(tx: &mut Tx, activity: &ActivityId, draw: &str) -> Result<(), Error> {
    Ok(store::drums::freeze_drum(tx, activity, draw)?)
}

/// Moves the time of a draw whose promise was replaced; its list can change again.
pub fn move_to(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    draws_at: Timestamp,
) -> Result<(), Error> {
    Ok(store::drums::move_drum(tx, activity, draw, draws_at)?)
}

/// Sets out the drums of an activity that is being published.
pub fn set_out(tx: &mut Tx, activity: &ActivityId, drums: &[NewDrum]) -> Result<(), Error> {
    for drum in drums {
        store::drums::insert_drum(tx, activity, drum)?;
    }
    Ok(())
}

/// The drums of an activity, in the order of its draws.
pub fn drums(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Drum>, Error> {
    let mut drums = Vec::new();
    for of in store::drums::drums(tx, activity)? {
        let log = log::find(tx, activity.as_str(), &of.draw)?.ok_or(Error::NoLog)?;
        drums.push(Drum { of, log });
    }
    Ok(drums)
}

/// The drums that an entry's tickets go into; `pool` is the draw that the person picked.
///
/// # Errors
/// [`Error::NoPool`] where one has to be picked and is not among them.
pub fn chosen<'d>(
    drums: &'d [Drum],
    arrangement: Arrangement,
    pool: Option<&str>,
) -> Result<Vec<&'d Drum>, Error> {
    if arrangement == Arrangement::Sessions || drums.len() < 2 {
        return Ok(drums.iter().collect());
    }
    let picked = drums.iter().find(|drum| Some(drum.draw()) == pool);
    Ok(vec![picked.ok_or(Error::NoPool)?])
}
