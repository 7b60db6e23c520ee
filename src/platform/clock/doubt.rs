//! Whether the machine's wall clock may be believed.
//!
//! A wall clock is set by people, by a network and by an empty battery; another clock of the machine
//! counts how long it has been running and is set by nobody. As long as the two agree, the wall
//! clock is believed. When they part, or when a start finds a time that does not follow on what the
//! database last saw, the wall clock is in doubt: whatever cannot be taken back waits, and it waits
//! rather too long than it comes too early (ADR 0030).
//!
//! Invariant: belief comes back in three ways only: the wall clock agrees again, a signed round of
//! public randomness proves that it is not ahead, or a person says so. After a silence of some days
//! there is a fourth, for a hall without a network: nobody whom one could ask can be reached, and
//! nobody has said otherwise.
//!
//! A clock that is believed in that way may still be some days ahead: a site that was switched off
//! for a week looks the same. So beside the time to live by there is a moment that is surely over:
//! the one that was sure at the last stop, and what the other clock has counted since. What destroys
//! (`purge`) goes by that one. A signed round or a person brings it up to the wall clock.
//!
//! Not here: who asks for such a round, and what waits (`draw::hour`, `platform::jobs`).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{DAY, MINUTE, Timestamp};

/// More than any correction over the network in service.
const JUMP: i64 = 2 * MINUTE;
/// How long a site may be switched off and go on without a person where nobody can be asked.
const SILENCE: i64 = 8 * DAY;
/// How far the wall clock may be from the moment that somebody vouches for, or from the newest one
/// that the database knows.
const ABOUT: i64 = 10 * MINUTE;
/// For how long nobody can be reached until a silence is believed: a machine that was switched on has
/// its network by then, and the network has set its clock.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// The two clocks of a machine.
pub trait Machine: Send + Sync {
    /// The wall clock, and for how long the machine has been running, sleep included.
    fn read(&self) -> (Timestamp, Duration);
}

/// How a wall clock came into doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It went ahead while this program ran.
    Ahead,
    /// It went back while this program ran.
    Back,
    /// At the start it was some hours or days ahead of what the database last saw, as after a
    /// weekend.
    Silence,
    /// At the start it was far ahead of what the database last saw.
    LongSilence,
    /// At the start it was before what the database last saw.
    BeforeTheLast,
}

impl Kind {
    /// Its stable word.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Ahead => "ahead",
            Kind::Back => "back",
            Kind::Silence => "silence",
            Kind::LongSilence => "long_silence",
            Kind::BeforeTheLast => "before_the_last",
        }
    }
}

/// A wall clock that is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// How it came.
    pub kind: Kind,
    /// What it would show if it had gone on as before.
    pub expected: Timestamp,
    /// What it shows.
    pub found: Timestamp,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Doubt {
            kind,
            expected,
            found,
        } = self;
        write!(f, "{}: expected {expected}, found {found}", kind.code())
    }
}

/// What a moment has become since.
fn gone_on((moment, then): (Timestamp, Duration), steady: Duration) -> Timestamp {
    let passed = steady.saturating_sub(then).as_millis();
    moment.plus(i64::try_from(passed).unwrap_or(i64::MAX))
}

/// Keeps watch over one machine's clock.
pub(super) struct Keeper {
    machine: Arc<dyn Machine>,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Default)]
struct State {
    /// A moment of the wall clock that was believed, and what the other clock showed then.
    base: Option<(Timestamp, Duration)>,
    doubt: Option<Kind>,
    /// Since when it is believed, by the other clock.
    since: Duration,
    /// The newest moment that the database knows.
    newest: Option<Timestamp>,
    /// A moment that was over when the other clock showed this.
    sure: Option<(Timestamp, Duration)>,
    /// What both clocks showed when it was found first that nobody can be reached.
    alone: Option<(Timestamp, Duration)>,
    /// Somebody said that the wall clock is wrong: being alone is no reason to believe it.
    contradicted: bool,
}

impl State {
    fn expected(&self, wall: Timestamp, steady: Duration) -> Timestamp {
        self.base.map_or(wall, |base| gone_on(base, steady))
    }

    fn surely(&self, wall: Timestamp, steady: Duration) -> Timestamp {
        self.sure.map_or(wall, |sure| gone_on(sure, steady))
    }

    /// Something else than the wall clock says that `moment` is over.
    fn vouched(&mut self, moment: Timestamp, steady: Duration) {
        let sure = self.surely(moment, steady);
        self.sure = Some((sure.max(moment), steady));
    }

    fn believe(&mut self, wall: Timestamp, steady: Duration) {
        if self.doubt.take().is_some() {
            self.since = steady;
        }
        self.base = Some((wall, steady));
        self.alone = None;
        self.contradicted = false;
    }

    /// What a wall clock is that is so far from where it should be; nothing where it agrees.
    fn weighed(&self, off: i64) -> Option<Kind> {
        match self.doubt {
            None | Some(Kind::Ahead | Kind::Back) if off.saturating_abs() <= JUMP => None,
            None if off > 0 => Some(Kind::Ahead),
            None => Some(Kind::Back),
            Some(kind @ (Kind::Ahead | Kind::Back)) => Some(kind),
            // Nobody knows how long it was silent, so the clock may be mended to another moment.
            Some(_) => of_a_start(off),
        }
    }
}

/// What a wall clock is that follows so long after the newest moment which the database knows.
fn of_a_start(off: i64) -> Option<Kind> {
    match off {
        off if off < -JUMP => Some(Kind::BeforeTheLast),
        off if off <= ABOUT => None,
        off if off <= SILENCE => Some(Kind::Silence),
        _ => Some(Kind::LongSilence),
    }
}

impl Keeper {
    pub(super) fn of(machine: Arc<dyn Machine>) -> Keeper {
        let (wall, steady) = machine.read();
        Keeper {
            machine,
            state: Mutex::new(State {
                base: Some((wall, steady)),
                since: steady,
                ..State::default()
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time to live by: that of the wall clock while it is believed, or what it would be by the
    /// other clock.
    pub(super) fn now(&self) -> Timestamp {
        let mut state = self.state();
        let (wall, steady) = self.machine.read();
        let expected = state.expected(wall, steady);
        let before = state.doubt;
        let found = state.weighed(wall.0.saturating_sub(expected.0));
        match found {
            None => state.believe(wall, steady),
            found => state.doubt = found,
        }
        drop(state);
        match (found, before) {
            (None, None) => {}
            (None, Some(_)) => {
                tracing::warn!(found = %wall, "the clock agrees again and is believed");
            }
            (Some(kind), None) => {
                let doubt = Doubt {
                    kind,
                    expected,
                    found: wall,
                };
                tracing::error!(%doubt, "the clock jumped and is not believed; jobs wait");
            }
            (Some(_), Some(_)) => {}
        }
        match found {
            // Nobody knows how long it was off: what the wall clock says closes no page too late.
            None | Some(Kind::Silence | Kind::LongSilence) => wall,
            Some(_) => expected,
        }
    }

    /// Tells the newest moment that the database knows; called once, before anything runs.
    pub(super) fn follow_on(&self, newest: Timestamp) {
        let mut state = self.state();
        let (wall, steady) = self.machine.read();
        state.newest = Some(newest);
        let Some(kind) = of_a_start(wall.0.saturating_sub(newest.0)) else {
            return state.believe(wall, steady);
        };
        state.base = Some((newest, steady));
        state.doubt = Some(kind);
        drop(state);
        let doubt = Doubt {
            kind,
            expected: newest,
            found: wall,
        };
        match kind {
            Kind::Silence => {
                tracing::info!(%doubt, "the hour is asked for after a silence; jobs wait");
            }
            _ => {
                tracing::error!(%doubt, "the clock does not follow on what was seen last; jobs wait");
            }
        }
    }

    /// Tells a moment that was sure before this process began; nothing is surer before that.
    pub(super) fn go_on_from(&self, sure: Timestamp) {
        let (_, steady) = self.machine.read();
        self.state().sure = Some((sure, steady));
    }

    /// A moment that is over whatever the wall clock says; never after the time to live by.
    pub(super) fn surely(&self) -> Timestamp {
        let now = self.now();
        let (wall, steady) = self.machine.read();
        self.state().surely(wall, steady).min(now)
    }

    pub(super) fn doubt(&self) -> Option<Doubt> {
        // A look may find that it agrees again.
        let _ = self.now();
        let state = self.state();
        let (wall, steady) = self.machine.read();
        state.doubt.map(|kind| Doubt {
            kind,
            expected: state.expected(wall, steady),
            found: wall,
        })
    }

    /// For how long the wall clock has been believed; nothing when it is not.
    pub(super) fn believed_for(&self) -> Option<Duration> {
        let _ = self.now();
        let state = self.state();
        let (_, steady) = self.machine.read();
        match state.doubt {
            Some(_) => None,
            None => Some(steady.saturating_sub(state.since)),
        }
    }

    /// Nobody could be reached who knows the hour. Whether that has been so for long enough that a
    /// wall clock after a silence is believed from now on.
    pub(super) fn is_alone(&self) -> bool {
        // A look may find another kind of doubt.
        let _ = self.now();
        let mut state = self.state();
        let (wall, steady) = self.machine.read();
        if state.doubt != Some(Kind::Silence) || state.contradicted {
            return false;
        }
        let first = *state.alone.get_or_insert((wall, steady));
        let goes_on = wall.0.saturating_sub(gone_on(first, steady).0);
        if goes_on.saturating_abs() > JUMP {
            // It was set meanwhile, perhaps by a network that is there now.
            state.alone = Some((wall, steady));
            return false;
        }
        let is_long = steady.saturating_sub(first.1) >= PATIENCE;
        if is_long {
            state.believe(wall, steady);
        }
        is_long
    }

    /// Somebody who knows the hour says that the wall clock is ahead, or said so before the start:
    /// from now on it needs a round or a person.
    pub(super) fn contradict(&self) {
        let mut state = self.state();
        if state.doubt.is_some() {
            state.contradicted = true;
        }
    }

    /// Whether it is in doubt in such a way that nothing but a round, a person or a mended clock
    /// helps: not to be forgotten over the next start.
    pub(super) fn is_contradicted(&self) -> bool {
        let _ = self.now();
        let state = self.state();
        match state.doubt {
            None => false,
            Some(Kind::Silence) => state.contradicted,
            Some(_) => true,
        }
    }

    /// Somebody says that it is about `moment`. Whether the wall clock says so too, and is believed
    /// from now on.
    pub(super) fn vouch(&self, moment: Timestamp) -> bool {
        let mut state = self.state();
        let (wall, steady) = self.machine.read();
        let near = wall.0.saturating_sub(moment.0).saturating_abs() <= ABOUT;
        if near {
            state.newest = None;
            state.believe(wall, steady);
            // Also back: somebody who says it knows better than what was noted.
            state.sure = Some((wall, steady));
        }
        near
    }

    /// A signed round of public randomness was published at `round`, so that moment is over. The
    /// wall clock is believed if it is not ahead of that, nor before what the database knows.
    pub(super) fn witness(&self, round: Timestamp) -> bool {
        let mut state = self.state();
        let (wall, steady) = self.machine.read();
        let is_near = (-JUMP..=ABOUT).contains(&wall.0.saturating_sub(round.0));
        let follows = state.newest.is_none_or(|newest| wall.0 >= newest.0 - JUMP);
        state.vouched(round, steady);
        if is_near && follows {
            state.believe(wall, steady);
        }
        is_near && follows
    }
}

#[cfg(test)]
mod tests {
    use super::super::HOUR;
    use super::*;

    const START: Timestamp = Timestamp(1_790_000_000_000);
    const YEARS: i64 = 10 * 365 * DAY;

    #[derive(Clone)]
    struct Set(Arc<Mutex<(i64, u64)>>);

    impl Machine for Set {
        fn read(&self) -> (Timestamp, Duration) {
            let (wall, steady) = *self.0.lock().expect("not poisoned");
            (Timestamp(wall), Duration::from_millis(steady))
        }
    }

    impl Set {
        fn passes(&self, milliseconds: i64) {
            let mut both = self.0.lock().expect("not poisoned");
            both.0 += milliseconds;
            both.1 += milliseconds.unsigned_abs();
        }

        fn jumps(&self, milliseconds: i64) {
            self.0.lock().expect("not poisoned").0 += milliseconds;
        }
    }

    fn machine() -> (Set, Keeper) {
        let set = Set(Arc::new(Mutex::new((START.0, 5_000))));
        (set.clone(), Keeper::of(Arc::new(set)))
    }

    #[test]
    fn small_corrections_are_followed_and_a_jump_is_not() {
        for jump in [DAY, -DAY, YEARS, -YEARS] {
            let (set, keeper) = machine();
            set.passes(HOUR);
            set.jumps(30_000);
            assert_eq!(keeper.now(), START.plus(HOUR + 30_000));
            let before = keeper.now();
            set.jumps(jump);
            set.passes(MINUTE);
            assert_eq!(keeper.now(), before.plus(MINUTE), "time goes on");
            let doubt = keeper.doubt().expect("a doubt");
            let kind = if jump > 0 { Kind::Ahead } else { Kind::Back };
            assert_eq!(doubt.kind, kind);
            assert_eq!(doubt.found, before.plus(MINUTE + jump));
            assert_eq!(keeper.believed_for(), None);
            // A day later it is no more believed than before.
            set.passes(25 * HOUR);
            assert!(keeper.doubt().is_some());
            set.jumps(-jump);
            assert_eq!(keeper.doubt(), None, "it came back");
            assert_eq!(keeper.now(), before.plus(MINUTE + 25 * HOUR));
            assert_eq!(keeper.believed_for(), Some(Duration::ZERO));
        }
    }

    #[test]
    fn a_round_that_is_signed_proves_that_the_clock_is_not_ahead() {
        let (set, keeper) = machine();
        keeper.now();
        set.jumps(DAY);
        assert!(!keeper.witness(START), "the newest round is of yesterday");
        assert!(keeper.doubt().is_some());
        assert!(keeper.witness(START.plus(DAY - MINUTE)));
        assert_eq!(keeper.now(), START.plus(DAY));
    }

    #[test]
    fn a_start_follows_on_what_the_database_saw() {
        for (newest, kind) in [
            (START.plus(-HOUR), Some(Kind::Silence)),
            (START.plus(MINUTE), None),
            (START.plus(-10 * MINUTE), None),
            (START.plus(-11 * MINUTE), Some(Kind::Silence)),
            (START.plus(-7 * DAY), Some(Kind::Silence)),
            (START.plus(-9 * DAY), Some(Kind::LongSilence)),
            (START.plus(-YEARS), Some(Kind::LongSilence)),
            (START.plus(HOUR), Some(Kind::BeforeTheLast)),
            (START.plus(YEARS), Some(Kind::BeforeTheLast)),
        ] {
            let (_, keeper) = machine();
            keeper.follow_on(newest);
            let found = keeper.doubt().map(|doubt| doubt.kind);
            assert_eq!(found, kind, "{newest}");
            let expected = match kind {
                Some(Kind::BeforeTheLast) => newest,
                _ => START,
            };
            assert_eq!(keeper.now(), expected);
        }
    }

    #[test]
    fn a_start_on_a_clock_that_is_ahead_makes_nothing_sure_before_its_time() {
        let (set, keeper) = machine();
        assert_eq!(keeper.surely(), START, "nothing else is known");
        for ahead in [HOUR, DAY, 7 * DAY] {
            let (set, keeper) = machine();
            keeper.follow_on(START.plus(-ahead));
            keeper.go_on_from(START.plus(-ahead));
            assert_eq!(keeper.doubt().map(|doubt| doubt.kind), Some(Kind::Silence));
            assert_eq!((keeper.now(), keeper.surely()), (START, START.plus(-ahead)));
            set.passes(HOUR);
            assert_eq!(keeper.surely(), START.plus(HOUR - ahead));
            // A round of long ago proves only what it proves.
            keeper.witness(START.plus(MINUTE - ahead / 2));
            assert!(keeper.surely() < START.plus(HOUR));
            assert!(keeper.witness(START.plus(HOUR - MINUTE)));
            assert_eq!(keeper.surely(), START.plus(HOUR - MINUTE));
            set.passes(DAY);
            assert_eq!(keeper.surely(), START.plus(HOUR - MINUTE + DAY));
        }
        keeper.go_on_from(START.plus(-DAY));
        assert!(keeper.vouch(START));
        assert_eq!(keeper.surely(), START);
        // It is never after the time to live by.
        set.jumps(-MINUTE);
        assert_eq!(keeper.surely(), START.plus(-MINUTE));
    }

    #[test]
    fn a_clock_that_was_set_back_is_believed_when_it_is_mended() {
        let (set, keeper) = machine();
        keeper.follow_on(START.plus(YEARS));
        set.passes(MINUTE);
        // The network mends it: the site had been switched off for two days, and others are asked.
        set.jumps(YEARS + 2 * DAY);
        assert_eq!(keeper.doubt().map(|doubt| doubt.kind), Some(Kind::Silence));
        assert_eq!(keeper.now(), START.plus(YEARS + 2 * DAY + MINUTE));
        // Or it had been switched off for some minutes.
        set.jumps(-2 * DAY);
        assert_eq!(keeper.doubt(), None);
        assert_eq!(keeper.now(), START.plus(YEARS + MINUTE));
    }

    #[test]
    fn a_silence_is_believed_where_nobody_can_be_asked_for_two_minutes() {
        let (set, keeper) = machine();
        keeper.follow_on(START.plus(-2 * DAY));
        assert!(!keeper.is_alone(), "the first try");
        set.passes(MINUTE);
        assert!(!keeper.is_alone());
        // The clock is set meanwhile: the network may just have come.
        set.jumps(-DAY);
        set.passes(MINUTE);
        assert!(!keeper.is_alone());
        set.passes(2 * MINUTE);
        assert!(keeper.is_alone());
        assert_eq!(keeper.doubt(), None);
        assert_eq!(keeper.now(), START.plus(4 * MINUTE - DAY));
        assert_eq!(
            keeper.surely(),
            keeper.now(),
            "nobody told a moment that was sure"
        );
    }

    #[test]
    fn whoever_was_told_otherwise_is_not_believed_for_being_alone() {
        let (set, keeper) = machine();
        keeper.follow_on(START.plus(-2 * DAY));
        assert!(!keeper.is_alone());
        keeper.contradict();
        for _ in 0..10 {
            set.passes(HOUR);
            assert!(!keeper.is_alone());
        }
        assert!(keeper.is_contradicted());
        assert!(keeper.witness(START.plus(10 * HOUR - MINUTE)));
        assert!(!keeper.is_contradicted());
        // A jump in service is no silence, however long nobody can be asked.
        set.jumps(DAY);
        for _ in 0..10 {
            set.passes(HOUR);
            assert!(!keeper.is_alone());
        }
        assert!(
            keeper.is_contradicted(),
            "to be remembered at the next start"
        );
    }

    #[test]
    fn no_round_makes_time_go_before_what_the_journal_says_but_a_person_may() {
        let (_, keeper) = machine();
        keeper.follow_on(START.plus(DAY));
        assert!(!keeper.witness(START), "the journal has notes of tomorrow");
        assert!(!keeper.vouch(START.plus(HOUR)));
        assert!(keeper.vouch(START.plus(MINUTE)));
        assert_eq!(keeper.now(), START);
    }
}
