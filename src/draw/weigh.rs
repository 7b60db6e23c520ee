//! Whether the sources of a draw are strong enough, and in time: what publishing refuses.
//!
//! Invariant: fewer than 64 bits of public chance are never published; the operator's own secret
//! counts for nothing here, because the operator knows it (draw-protocol 4.3).

use crate::activity::Facts;
use crate::platform::clock::{DAY, MINUTE, Timestamp};

use super::{SourceDetails, source::MOST_SOURCES};

/// Fewest bits of all sources together (draw-protocol 4.3).
const FEWEST_BITS: f64 = 64.0;
/// Bits of one drand round.
const BITS_OF_A_ROUND: f64 = 256.0;
/// Milliseconds from the freeze to the first value, as for a round (draw-protocol 4.3).
const AFTER_THE_FREEZE: i64 = 10 * MINUTE;
/// How much later than the draw numbers may be published: claim days count from the draw.
const AFTER_THE_DRAW: i64 = DAY;
/// Most balls of one issue (draw-protocol 4.1).
const MOST_BALLS: u32 = 64;
/// Longest name of an issue in the manifest (draw-protocol 4.3).
const LONGEST_SLUG: usize = 32;

/// Something about a source that has to be mended; sources count from 0 in each of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceTrouble {
    /// There is no source at all.
    None,
    /// More than the protocol takes.
    TooMany,
    /// Another source is the same round or the same issue.
    Twice(usize),
    /// The game's short name is not of its form.
    GameUnfit(usize),
    /// The issue number is not made of digits, or is too long.
    NumberUnfit(usize),
    /// It is not said how many balls count.
    BallsUnfit(usize),
    /// It is not said how many results are possible.
    OutcomesUnfit(usize),
    /// It is not said in both languages which balls count.
    WhichMissing(usize),
    /// The issue is drawn before the list is final, or less than ten minutes after.
    DrawnTooEarly(usize),
    /// The numbers would be public before they are drawn.
    PublishedBeforeDrawn(usize),
    /// The numbers would come more than a day after the draw.
    PublishedTooLate(usize),
    /// All sources together have too few results; so many bits.
    Weak(u32),
    /// Numbers need two members of staff, and there is one.
    OnePerson,
    /// The library's own secret stands alone, and the library knows it.
    SecretAlone,
    /// It counts only where witnesses see it revealed in time, and none are named.
    NoWitnesses,
    /// The settings do not allow it.
    NotAllowed,
}

/// What the site brings to a draw.
pub(super) struct Around {
    /// How many members of staff can sign in.
    pub(super) staff: usize,
    /// How many witnesses must have seen a note; 0 without witnesses.
    pub(super) quorum: u32,
}

/// What is wrong with sources as they were typed, dates left aside.
pub(super) fn troubles(sources: &[SourceDetails]) -> Vec<SourceTrouble> {
    use SourceTrouble as T;
    let mut troubles = Vec::new();
    let mut note = |wrong: bool, trouble| {
        if wrong {
            troubles.push(trouble);
        }
    };
    note(sources.is_empty(), T::None);
    note(sources.len() > MOST_SOURCES, T::TooMany);
    note(is_secret_alone(sources), T::SecretAlone);
    for (at, source) in sources.iter().enumerate() {
        let same = |other: &SourceDetails| match (source, other) {
            (SourceDetails::Numbers(own), SourceDetails::Numbers(other)) => {
                own.slug() == other.slug()
            }
            (own, other) => own == other,
        };
        note(sources[..at].iter().any(same), T::Twice(at));
        let SourceDetails::Numbers(issue) = source else {
            continue;
        };
        let game = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        note(
            issue.game.is_empty() || !issue.game.chars().all(game),
            T::GameUnfit(at),
        );
        let digits = issue.number.bytes().all(|byte| byte.is_ascii_digit());
        note(
            issue.number.is_empty() || !digits || issue.slug().len() > LONGEST_SLUG,
            T::NumberUnfit(at),
        );
        note(!(1..=MOST_BALLS).contains(&issue.balls), T::BallsUnfit(at));
        note(issue.outcomes < 2, T::OutcomesUnfit(at));
        note(issue.which.is_incomplete(), T::WhichMissing(at));
    }
    troubles
}

/// What keeps the sources of a draw at `draws_at` from being published.
pub(super) fn refusals(
    sources: &[SourceDetails],
    facts: &Facts,
    draws_at: Timestamp,
    around: &Around,
) -> Vec<SourceTrouble> {
    use SourceTrouble as T;
    let mut refusals = Vec::new();
    let mut note = |wrong: bool, trouble| {
        if wrong {
            refusals.push(trouble);
        }
    };
    for (at, source) in sources.iter().enumerate() {
        let SourceDetails::Numbers(issue) = source else {
            continue;
        };
        let first = facts.freezes_at.plus(AFTER_THE_FREEZE);
        note(issue.drawn_at < first, T::DrawnTooEarly(at));
        note(
            issue.published_by < issue.drawn_at,
            T::PublishedBeforeDrawn(at),
        );
        let latest = draws_at.plus(AFTER_THE_DRAW);
        note(issue.published_by > latest, T::PublishedTooLate(at));
    }
    let numbers = |source: &SourceDetails| matches!(source, SourceDetails::Numbers(_));
    let secret = sources.contains(&SourceDetails::Commit);
    note(secret && around.quorum == 0, T::NoWitnesses);
    note(
        around.staff < 2 && sources.iter().any(numbers),
        T::OnePerson,
    );
    let bits = bits(sources);
    note(
        !sources.is_empty() && !is_secret_alone(sources) && bits < FEWEST_BITS,
        T::Weak(whole(bits)),
    );
    refusals
}

/// Whether nothing but the library's own secret would decide.
fn is_secret_alone(sources: &[SourceDetails]) -> bool {
    let secret = |source: &SourceDetails| *source == SourceDetails::Commit;
    !sources.is_empty() && sources.iter().all(secret)
}

/// The public chance in all sources together: the sum of log2 of their results.
fn bits(sources: &[SourceDetails]) -> f64 {
    sources
        .iter()
        .map(|source| match source {
            SourceDetails::Drand(_) => BITS_OF_A_ROUND,
            SourceDetails::Numbers(issue) => log2(issue.outcomes),
            SourceDetails::Commit => 0.0,
        })
        .sum()
}

/// Bits of so many results; none where there is no choice.
fn log2(outcomes: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a logarithm of 63 bits needs no more than the first 53"
    )]
    let outcomes = outcomes.max(1) as f64;
    outcomes.log2()
}

/// Whole bits, rounded down.
fn whole(bits: f64) -> u32 {
    (0..u32::MAX)
        .take_while(|next| f64::from(*next) <= bits)
        .last()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use lucky_draw::beacon::QUICKNET;

    use crate::draw::Issue;
    use crate::draw::lottery::Game;

    use super::*;

    fn numbers(game: &str) -> SourceDetails {
        let game = Game::of(game).expect("it is known");
        SourceDetails::Numbers(Issue {
            game: game.slug.to_owned(),
            number: "115000092".to_owned(),
            ascending: game.ascending(),
            balls: game.balls(),
            which: game.which(),
            outcomes: game.outcomes(),
            drawn_at: Timestamp(0),
            published_by: Timestamp(0),
        })
    }

    #[test]
    fn lotteries_are_counted_in_bits_and_a_round_is_enough() {
        let weak = |sources: &[SourceDetails]| whole(bits(sources));
        assert_eq!(weak(&[numbers("lotto649")]), 23);
        assert_eq!(weak(&[numbers("superlotto638")]), 24);
        assert_eq!(weak(&[numbers("dailycash539")]), 19);
        let all = ["lotto649", "superlotto638", "dailycash539"].map(numbers);
        assert_eq!(weak(&all), 67);
        assert!(bits(&all) >= FEWEST_BITS);
        assert!(bits(&all[..2]) < FEWEST_BITS);
        assert_eq!(weak(&[SourceDetails::Drand(&QUICKNET)]), 256);
        assert_eq!(weak(&[SourceDetails::Commit]), 0);
    }

    #[test]
    fn the_same_source_counts_once() {
        let twice = [numbers("lotto649"), numbers("lotto649")];
        assert_eq!(troubles(&twice), [SourceTrouble::Twice(1)]);
        let rounds = [
            SourceDetails::Drand(&QUICKNET),
            SourceDetails::Drand(&QUICKNET),
        ];
        assert_eq!(troubles(&rounds), [SourceTrouble::Twice(1)]);
        assert_eq!(troubles(&[]), [SourceTrouble::None]);
        let alone = [SourceDetails::Commit];
        assert_eq!(troubles(&alone), [SourceTrouble::SecretAlone]);
    }
}
