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
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use lucky_draw::beacon::QUICKNET;

use crate::audit::{self, Act, Actor, StaffId};
use crate::journal;
use crate::platform::clock::{self, Doubt, Kind, MINUTE, Timestamp};
use crate::platform::db::remembered::{recall_number, remember};
use crate::platform::db::{self, Db, Tx};

use super::Error;
use super::beacon::{Relays, Trouble};

/// The newest moment that a running server believed.
const SEEN: &str = "clock.seen";
/// The newest moment that was surely over.
const SURE: &str = "clock.sure";
/// The moment of which a person said that it is right.
const CONFIRMED: &str = "clock.confirmed";
/// There while the clock is in doubt for a reason that the next start must not forget.
const DOUBTED: &str = "clock.doubted";
/// How far apart two moments are written down.
const BETWEEN_NOTES: i64 = 10 * MINUTE;
/// How long relays are left alone.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(30);
/// How long they are left alone when nothing but a deletion would wait for them.
const BETWEEN_IDLE_QUESTIONS: Duration = Duration::from_secs(10 * 60);
/// A round of so long ago proves that the clock is not ahead.
const JUST_NOW: i64 = MINUTE;
/// A round of so far ahead, if there is one, proves that the clock is behind.
const SOON: i64 = 10 * MINUTE;

/// Asks others for the hour while the clock is in doubt, and notes it down while it is not.
pub struct Hour {
    db: Db,
    relays: Arc<dyn Relays>,
    noted: AtomicI64,
    /// Whether the database knows of the doubt.
    is_doubted: AtomicBool,
    /// When relays may be asked again, in milliseconds of the clock that nobody sets.
    ask_from: AtomicI64,
}

/// Has the clock follow on what the database saw last; before anything runs.
pub fn follow_on(db: &Db) -> Result<(), Error> {
    let (newest, sure, doubted) = db.read_now("read the newest moment", |tx| {
        let seen = recall_number(tx, SEEN)?.map(Timestamp);
        let sure = recall_number(tx, SURE)?.map(Timestamp).or(seen);
        let doubted = recall_number(tx, DOUBTED)?.is_some_and(|doubted| doubted != 0);
        Ok::<_, Error>((seen.max(newest_note(tx)?), sure, doubted))
    })?;
    if let Some(newest) = newest {
        db.clock().follow_on(newest);
    }
    if doubted {
        // A clock that is wrong is no better for a start.
        db.clock().contradict();
    }
    if let Some(sure) = sure {
        db.clock().go_on_from(sure);
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
    for name in [CONFIRMED, SURE, SEEN] {
        remember(tx, name, &text)?;
    }
    remember(tx, DOUBTED, "0")?;
    Ok(())
}

impl Hour {
    /// Over these relays.
    pub fn new(db: &Db, relays: Arc<dyn Relays>) -> Hour {
        Hour {
            db: db.clone(),
            relays,
            noted: AtomicI64::new(0),
            is_doubted: AtomicBool::new(false),
            ask_from: AtomicI64::new(0),
        }
    }

    /// One look; called every few seconds.
    pub fn look(&self) -> Result<(), Error> {
        if let Some(doubt) = self.db.clock().doubt() {
            self.ask(doubt);
        }
        match self.db.clock().is_contradicted() {
            true => self.note_doubt(),
            false if self.db.clock().doubt().is_none() => {
                self.note()?;
                self.make_sure();
                Ok(())
            }
            false => Ok(()),
        }
    }

    /// Writes down that the clock is in doubt, once.
    fn note_doubt(&self) -> Result<(), Error> {
        if !self.is_doubted.load(Ordering::SeqCst) {
            self.db
                .write_now("note the doubt", |tx| remember(tx, DOUBTED, "1"))?;
            self.is_doubted.store(true, Ordering::SeqCst);
        }
        // What is believed next is noted at once.
        self.noted.store(0, Ordering::SeqCst);
        Ok(())
    }

    /// A believed clock may be some days ahead after a silence: a round proves that it is not.
    fn make_sure(&self) {
        let clock = self.db.clock();
        let found = clock.now();
        let lags = found.0.saturating_sub(clock.surely().0) > BETWEEN_NOTES;
        if !lags || self.is_vouched() || !self.may_ask(BETWEEN_IDLE_QUESTIONS) {
            return;
        }
        let said = round_at(found.plus(-JUST_NOW)).map(|past| self.relays.fetch(&QUICKNET, past));
        match said {
            Some(Ok(_)) => drop(clock.witness(found.plus(-JUST_NOW))),
            Some(Err(Trouble::NotYet)) => tracing::error!(
                %found,
                "a relay does not know the round of a minute ago: the clock may be ahead; nothing \
                 is deleted before that is clear"
            ),
            _ => tracing::info!("no relay confirms the hour; deletions go by the earlier one"),
        }
    }

    /// Whether a person said that it is about the time which this machine shows. A database that is
    /// away does not keep a relay from being asked.
    fn is_vouched(&self) -> bool {
        let confirmed = self
            .db
            .read_now("read the confirmed hour", |tx| recall_number(tx, CONFIRMED));
        matches!(confirmed, Ok(Some(moment)) if self.db.clock().vouch(Timestamp(moment)))
    }

    /// Whether relays may be asked now; the next time after `pause`.
    fn may_ask(&self, pause: Duration) -> bool {
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let now = millis(clock::monotonic());
        let may = now >= self.ask_from.load(Ordering::SeqCst);
        if may {
            self.ask_from.store(now + millis(pause), Ordering::SeqCst);
        }
        may
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
        let sure = self.db.clock().surely();
        self.db.write_now("note the hour", |tx| {
            for (name, moment) in [(SEEN, now), (SURE, sure)] {
                if recall_number(tx, name)?.unwrap_or_default() < moment.0 {
                    remember(tx, name, &moment.0.to_string())?;
                }
            }
            if recall_number(tx, DOUBTED)?.unwrap_or_default() != 0 {
                remember(tx, DOUBTED, "0")?;
            }
            Ok::<_, db::Error>(())
        })?;
        self.is_doubted.store(false, Ordering::SeqCst);
        self.noted.store(now.0, Ordering::SeqCst);
        Ok(())
    }

    fn ask(&self, doubt: Doubt) {
        if self.is_vouched() {
            tracing::warn!(%doubt, "a person confirmed the clock");
            return;
        }
        if !self.may_ask(BETWEEN_QUESTIONS) {
            return;
        }
        let clock = self.db.clock();
        match self.is_confirmed(&doubt) {
            Ok(true) => {
                if clock.witness(doubt.found.plus(-JUST_NOW)) {
                    tracing::warn!(%doubt, "a round of public randomness confirmed the clock");
                }
            }
            Ok(false) => {}
            Err(Trouble::Unreachable) => {
                if clock.is_alone() {
                    tracing::warn!(
                        %doubt,
                        "no relay can be reached; the clock is believed, and deletions go by the \
                         earlier hour"
                    );
                }
            }
            // Also what is no round: whoever answers could have said that the clock is right.
            Err(trouble) => {
                clock.contradict();
                tracing::error!(
                    %doubt,
                    code = trouble.code(),
                    "relays do not have the round of a minute ago: the clock may be ahead; jobs wait"
                );
            }
        }
    }

    /// Whether the round of a minute ago is out and, for a clock that went back, that of ten minutes
    /// ahead is not.
    fn is_confirmed(&self, doubt: &Doubt) -> Result<bool, Trouble> {
        let (Some(past), Some(soon)) = (
            round_at(doubt.found.plus(-JUST_NOW)),
            round_at(doubt.found.plus(SOON)),
        ) else {
            return Ok(false);
        };
        self.relays.fetch(&QUICKNET, past)?;
        Ok(match doubt.kind {
            Kind::Ahead | Kind::Silence | Kind::LongSilence => true,
            Kind::Back | Kind::BeforeTheLast => {
                matches!(self.relays.fetch(&QUICKNET, soon), Err(Trouble::NotYet))
            }
        })
    }
}

/// The round of a moment, where there was the chain by then.
fn round_at(moment: Timestamp) -> Option<u64> {
    let unix = u64::try_from(moment.unix()).ok()?;
    (unix >= QUICKNET.round_time(1)).then(|| QUICKNET.round_at_or_after(unix))
}
