//! The one place where the wall clock is read.
//!
//! Invariant: every other module receives the time, as `tx.now()` or as an argument, so that a
//! test, a rehearsal or the demo can live at another moment.
//!
//! Not here: civil dates and time zones (`platform::text`, `identity::date`).

mod doubt;

pub use doubt::{Doubt, Kind, Machine};

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// One second in the unit of [`Timestamp`].
pub const SECOND: i64 = 1_000;
/// One minute in the unit of [`Timestamp`].
pub const MINUTE: i64 = 60 * SECOND;
/// One hour in the unit of [`Timestamp`].
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 24 hours in the unit of [`Timestamp`]; Asia/Taipei has no daylight saving.
pub const DAY: i64 = 24 * HOUR;

impl Timestamp {
    /// The moment `unix` seconds after the epoch.
    pub fn from_unix(unix: i64) -> Timestamp {
        Timestamp(unix * SECOND)
    }

    /// Whole seconds since the epoch, rounded down: the unit of the draw protocol.
    pub fn unix(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// The moment `milliseconds` later (earlier when negative).
    pub fn plus(self, milliseconds: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(milliseconds))
    }

    /// The start of the hour this moment falls in; finer times are identifiers.
    pub fn hour(self) -> Timestamp {
        Timestamp(self.0.div_euclid(HOUR) * HOUR)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How long this process has been running, by a clock that nobody sets: for patience and pauses.
pub fn monotonic() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

/// Where the time comes from: the machine as far as it is believed, shifted by an offset that is
/// zero in service.
///
/// Clones share the offset. Only tests and the demo's preparation move it; `FAIRDRAW_CLOCK` and
/// the route that advances it exist with the cargo feature `test-clock` alone.
#[derive(Clone)]
pub struct Clock {
    moved: Arc<Moved>,
    keeper: Arc<doubt::Keeper>,
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::over(Arc::new(ThisMachine))
    }
}

/// The machine that this program runs on.
struct ThisMachine;

impl Machine for ThisMachine {
    fn read(&self) -> (Timestamp, Duration) {
        // Unlike the clock of `Instant` this one goes on while a laptop sleeps.
        let up = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(up.tv_sec).unwrap_or_default();
        let nanoseconds = u32::try_from(up.tv_nsec).unwrap_or_default();
        (
            Timestamp(machine_now()),
            Duration::new(seconds, nanoseconds),
        )
    }
}

#[derive(Default)]
struct Moved {
    offset: AtomicI64,
    /// Non-zero while time stands still at this moment.
    frozen_at: AtomicI64,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Clock {
        Clock::default()
    }

    /// The clock of another machine, for tests of clocks that jump.
    pub fn over(machine: Arc<dyn Machine>) -> Clock {
        Clock {
            moved: Arc::default(),
            keeper: Arc::new(doubt::Keeper::of(machine)),
        }
    }

    /// A clock that stands at `start` until it is advanced.
    pub fn standing_at(start: Timestamp) -> Clock {
        let clock = Clock::default();
        clock.stand_at(start);
        clock
    }

    /// A clock that runs at the machine's pace, beginning at `start`.
    pub fn running_from(start: Timestamp) -> Clock {
        let clock = Clock::default();
        clock.run_from(start);
        clock
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match self.moved.frozen_at.load(Ordering::SeqCst) {
            0 => match self.moved.offset.load(Ordering::SeqCst) {
                0 => self.keeper.now(),
                offset => Timestamp(machine_now() + offset),
            },
            stands => Timestamp(stands),
        }
    }

    /// Why the wall clock is not believed; nothing while it is. A clock that a test or the demo
    /// moved is believed.
    pub fn doubt(&self) -> Option<Doubt> {
        match self.is_moved() {
            true => None,
            false => self.keeper.doubt(),
        }
    }

    /// For how long the wall clock has been believed; nothing when it is in doubt.
    pub fn believed_for(&self) -> Option<Duration> {
        match self.is_moved() {
            true => Some(Duration::MAX),
            false => self.keeper.believed_for(),
        }
    }

    /// A moment that is over whatever the wall clock says: what cannot be taken back goes by it.
    /// A clock that a test or the demo moved is sure.
    pub fn surely(&self) -> Timestamp {
        match self.is_moved() {
            true => self.now(),
            false => self.keeper.surely(),
        }
    }

    /// Tells a moment that was sure at the last stop, once, before anything runs.
    pub fn go_on_from(&self, sure: Timestamp) {
        if !self.is_moved() {
            self.keeper.go_on_from(sure);
        }
    }

    /// Tells the newest moment that the database knows, once, before anything runs.
    pub fn follow_on(&self, newest: Timestamp) {
        if !self.is_moved() {
            self.keeper.follow_on(newest);
        }
    }

    /// Nobody could be reached who knows the hour; whether the clock is believed for that now.
    pub fn is_alone(&self) -> bool {
        self.is_moved() || self.keeper.is_alone()
    }

    /// Somebody who knows the hour says, or said before the start, that the clock is ahead.
    pub fn contradict(&self) {
        if !self.is_moved() {
            self.keeper.contradict();
        }
    }

    /// Whether the clock is in doubt and being alone is no reason to believe it.
    pub fn is_contradicted(&self) -> bool {
        !self.is_moved() && self.keeper.is_contradicted()
    }

    /// A person says that it is about `moment`; whether that is so and the clock believed now.
    pub fn vouch(&self, moment: Timestamp) -> bool {
        self.is_moved() || self.keeper.vouch(moment)
    }

    /// A round of public randomness was signed at `round`; whether the clock is believed now.
    pub fn witness(&self, round: Timestamp) -> bool {
        self.is_moved() || self.keeper.witness(round)
    }

    /// Moves the clock on; a standing clock goes on standing.
    pub fn advance(&self, milliseconds: i64) {
        match self.moved.frozen_at.load(Ordering::SeqCst) {
            0 => self.moved.offset.fetch_add(milliseconds, Ordering::SeqCst),
            _ => self
                .moved
                .frozen_at
                .fetch_add(milliseconds, Ordering::SeqCst),
        };
    }

    /// Makes time stand at `moment`.
    pub fn stand_at(&self, moment: Timestamp) {
        self.moved.frozen_at.store(moment.0, Ordering::SeqCst);
    }

    /// Goes on at the machine's pace from `start`.
    pub fn run_from(&self, start: Timestamp) {
        self.moved.frozen_at.store(0, Ordering::SeqCst);
        self.moved
            .offset
            .store(start.0 - machine_now(), Ordering::SeqCst);
    }

    /// Whether this is not the machine's own time; pages then say so.
    pub fn is_moved(&self) -> bool {
        self.moved.offset.load(Ordering::SeqCst) != 0
            || self.moved.frozen_at.load(Ordering::SeqCst) != 0
    }

    /// Returns to the machine's own time.
    pub fn release(&self) {
        self.moved.offset.store(0, Ordering::SeqCst);
        self.moved.frozen_at.store(0, Ordering::SeqCst);
    }
}

fn machine_now() -> i64 {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_advanced() {
        let clock = Clock::standing_at(Timestamp::from_unix(1_700_000_000));
        let other = clock.clone();
        clock.advance(3 * HOUR);
        assert_eq!(other.now(), Timestamp::from_unix(1_700_010_800));
        clock.release();
        assert!(other.now() > Timestamp::from_unix(1_700_010_800));
    }

    #[test]
    fn a_moment_is_cut_to_its_hour() {
        assert_eq!(Timestamp(HOUR + 1).hour(), Timestamp(HOUR));
        assert_eq!(Timestamp(-1).hour(), Timestamp(-HOUR));
    }
}
