//! Which hour it is, when the machine's own clock cannot be asked.
//!
//! A round of drand is signed when its moment has come and cannot be made before. Whoever has the
//! round of a moment proves that this moment is over, so the machine's clock is not ahead of it. That
//! is all that is needed: nothing that cannot be taken back then comes too early.
//!
//! Invariant: a relay that lies can make us wait and nothing else.
//!
//! Not here: when a clock is in doubt ([`crate::platform::clock`]), what waits meanwhile
//! (`platform::jobs`).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use lucky_draw::beacon::QUICKNET;

use crate::audit::{self, Act, Actor, StaffId};
use crate::journal;
use crate::platform::clock::{self, Doubt, Kind, MINUTE, Timestamp};
use crate::platform::db::remembered::{recall_number, remember};
use crate::platform::db::{Db, Tx};

use super::Error;
use super::beacon::{Relays, Trouble};

/// The newest moment that a running server believed.
const SEEN: &str = "clock.seen";
/// The moment of which a person said that it is right.
const CONFIRMED: &str = "clock.confirmed";
/// How far apart two moments are written down.
const BETWEEN_NOTES: i64 = 10 * MINUTE;
/// How long relays are left alone.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(30);
/// A round of so long ago proves that the clock is not ahead.
const JUST_NOW: i64 = MINUTE;
/// A round of so far ahead, if there is one, proves that the clock is behind.
const SOON: i64 = 10 * MINUTE;

/// Asks others for the hour while the clock is in doubt, and notes it down while it is not.
pub struct Hour {
    db: Db,
    relays: Arc<dyn Relays>,
    noted: AtomicI64,
    /// When relays may be asked again, in milliseconds of the clock that nobody sets.
    ask_from: AtomicI64,
}

/// Has the clock follow on what the database saw last; before anything runs.
pub fn follow_on(db: &Db) -> Result<(), Error> {
    let newest = db.read_now("read the newest moment", |tx| {
        let seen = recall_number(tx, SEEN)?.map(Timestamp);
        Ok::<_, Error>(seen.max(newest_note(tx)?))
    })?;
    if let Some(newest) = newest {
        db.clock().follow_on(newest);
    }
    Ok(())
}

fn newest_note(tx: &mut Tx) -> Result<Option<Timestamp>, Error> {
    let size = journal::size(tx)?;
    let last = journal::leaves(tx, size.saturating_sub(1), size)?;
    Ok(last.last().map(|note| note.written_at))
}

/// A person says that the clock is right, which is noted for every instance of the site.
pub fn confirm(tx: &mut Tx, by: &StaffId, moment: Timestamp) -> Result<(), Error> {
    note_confirmed(tx, moment)?;
    Ok(audit::record(
        tx,
        &Act {
            actor: &Actor::Staff(by.clone()),
            act: "clock.confirmed",
            activity: "",
            object: "",
            purpose: "",
            reason: "",
        },
    )?)
}

/// [`confirm`] from the command line, by whoever owns the machine.
pub fn note_confirmed(tx: &mut Tx, moment: Timestamp) -> Result<(), Error> {
    let text = moment.0.to_string();
    remember(tx, CONFIRMED, &text)?;
    Ok(remember(tx, SEEN, &text)?)
}

impl Hour {
    /// Over these relays.
    pub fn new(db: &Db, relays: Arc<dyn Relays>) -> Hour {
        Hour {
            db: db.clone(),
            relays,
            noted: AtomicI64::new(0),
            ask_from: AtomicI64::new(0),
        }
    }

    /// One look; called every few seconds.
    pub fn look(&self) -> Result<(), Error> {
        match self.db.clock().doubt() {
            None => self.note(),
            Some(doubt) => self.ask(doubt),
        }
    }

    /// Writes down what is believed now, without waiting for the next look.
    pub fn note_now(&self) -> Result<(), Error> {
        self.noted.store(0, Ordering::SeqCst);
        match self.db.clock().doubt() {
            None => self.note(),
            Some(_) => Ok(()),
        }
    }

    fn note(&self) -> Result<(), Error> {
        let now = self.db.clock().now();
        let noted = self.noted.load(Ordering::SeqCst);
        if self.db.clock().is_moved() || now.0.saturating_sub(noted) < BETWEEN_NOTES {
            return Ok(());
        }
        self.db.write_now("note the hour", |tx| {
            let seen = recall_number(tx, SEEN)?.unwrap_or_default();
            match seen < now.0 {
                true => remember(tx, SEEN, &now.0.to_string()),
                false => Ok(()),
            }
        })?;
        self.noted.store(now.0, Ordering::SeqCst);
        Ok(())
    }

    fn ask(&self, doubt: Doubt) -> Result<(), Error> {
        let clock = self.db.clock();
        let confirmed = self
            .db
            .read_now("read the confirmed hour", |tx| recall_number(tx, CONFIRMED));
        // A database that is away does not keep a relay from being asked.
        if let Ok(Some(moment)) = confirmed
            && clock.vouch(Timestamp(moment))
        {
            tracing::warn!(%doubt, "a person confirmed the clock");
            return Ok(());
        }
        let now = i64::try_from(clock::monotonic().as_millis()).unwrap_or(i64::MAX);
        if now < self.ask_from.load(Ordering::SeqCst) {
            return Ok(());
        }
        let pause = i64::try_from(BETWEEN_QUESTIONS.as_millis()).unwrap_or(i64::MAX);
        self.ask_from.store(now + pause, Ordering::SeqCst);
        if self.is_confirmed(&doubt) && clock.witness(doubt.found.plus(-JUST_NOW)) {
            tracing::warn!(%doubt, "a round of public randomness confirmed the clock");
        }
        Ok(())
    }

    /// Whether the round of a minute ago is out and, for a clock that went back, that of ten minutes
    /// ahead is not.
    fn is_confirmed(&self, doubt: &Doubt) -> bool {
        let round = |at: Timestamp| {
            let unix = u64::try_from(at.unix()).ok()?;
            (unix >= QUICKNET.round_time(1)).then(|| QUICKNET.round_at_or_after(unix))
        };
        let (Some(past), Some(soon)) = (
            round(doubt.found.plus(-JUST_NOW)),
            round(doubt.found.plus(SOON)),
        ) else {
            return false;
        };
        if self.relays.fetch(&QUICKNET, past).is_err() {
            return false;
        }
        match doubt.kind {
            Kind::Ahead | Kind::LongSilence => true,
            Kind::Back | Kind::BeforeTheLast => {
                matches!(self.relays.fetch(&QUICKNET, soon), Err(Trouble::NotYet))
            }
        }
    }
}
