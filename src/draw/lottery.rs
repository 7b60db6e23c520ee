//! Public lotteries as a second source: which games we know, what counts of them, and how much
//! chance is in them.
//!
//! Invariant: a known game's numbers are taken only if its machine could have drawn them; how many
//! results it has is counted here and never typed.
//!
//! Not here: who types the numbers ([`super::numbers`]), or whether a draw may rest on them
//! ([`super::weigh`]).

use crate::activity::LocalText;
use crate::platform::text::{Language, message};

use super::Issue;

/// Some balls drawn out of one drum, shown in ascending order.
#[derive(Debug, Clone, Copy)]
struct Drum {
    drawn: u32,
    of: u32,
}

/// A game whose rules we know; rules of the Taiwan Lottery as of 2026-11-21.
#[derive(Debug)]
pub struct Game {
    /// Its name in the manifest.
    pub slug: &'static str,
    /// The message that names it.
    name: &'static str,
    /// The message that says which balls count.
    which: &'static str,
    drums: &'static [Drum],
}

/// The games offered, the one with the most results first.
static GAMES: [Game; 3] = [
    Game {
        slug: "superlotto638",
        name: "draw-game-superlotto638",
        which: "draw-game-superlotto638-balls",
        drums: &[Drum { drawn: 6, of: 38 }, Drum { drawn: 1, of: 8 }],
    },
    Game {
        slug: "lotto649",
        name: "draw-game-lotto649",
        which: "draw-game-lotto649-balls",
        drums: &[Drum { drawn: 6, of: 49 }],
    },
    Game {
        slug: "dailycash539",
        name: "draw-game-dailycash539",
        which: "draw-game-dailycash539-balls",
        drums: &[Drum { drawn: 5, of: 39 }],
    },
];

/// What is wrong with numbers that were typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumbersError {
    /// Something is not a whole number.
    #[error("something typed is not a number")]
    Unreadable,
    /// There are too few or too many.
    #[error("expected {expected} numbers, found {found}")]
    Count {
        /// How many count.
        expected: u32,
        /// How many were typed.
        found: usize,
    },
    /// The game has no such ball.
    #[error("the number {number} is not one of 1 to {highest}")]
    Range {
        /// The number.
        number: u32,
        /// The highest ball of its drum.
        highest: u32,
    },
    /// One ball was typed twice.
    #[error("the number {number} was typed twice")]
    Twice {
        /// The number.
        number: u32,
    },
}

impl Game {
    /// Every game that is offered.
    pub fn all() -> &'static [Game] {
        &GAMES
    }

    /// The game of that name, if it is one of those we know.
    pub fn of(slug: &str) -> Option<&'static Game> {
        GAMES.iter().find(|game| game.slug == slug)
    }

    /// Its name for people.
    pub fn name(&self, language: Language) -> String {
        message(language, self.name, &[])
    }

    /// How many numbers count.
    pub fn balls(&self) -> u32 {
        self.drums.iter().map(|drum| drum.drawn).sum()
    }

    /// Whether the numbers count in ascending order; with a second drum they do not mix.
    pub fn ascending(&self) -> bool {
        self.drums.len() == 1
    }

    /// Which balls count, for the rules file.
    pub fn which(&self) -> LocalText {
        let words = |language| message(language, self.which, &[]);
        LocalText::new(words(Language::ZhTw), words(Language::En))
    }

    /// How many results it has.
    pub fn outcomes(&self) -> i64 {
        self.drums.iter().map(|drum| drum.outcomes()).product()
    }
}

impl Drum {
    /// The number of ways to choose, order left out.
    fn outcomes(self) -> i64 {
        let (mut ways, of) = (1_i64, i64::from(self.of));
        for taken in 0..i64::from(self.drawn) {
            ways = ways * (of - taken) / (taken + 1);
        }
        ways
    }
}

impl Issue {
    /// Its game in words: the name of a known one, else its short name.
    pub fn game_name(&self, language: Language) -> String {
        Game::of(&self.game).map_or_else(|| self.game.clone(), |game| game.name(language))
    }

    /// Reads numbers as a person types them, with anything but digits between them, and checks
    /// that the game can have drawn them.
    pub fn read(&self, typed: &str) -> Result<Vec<u32>, NumbersError> {
        let parts = typed.split(|c: char| !c.is_ascii_digit());
        let numbers: Result<Vec<u32>, _> = parts
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect();
        let numbers = numbers.map_err(|_| NumbersError::Unreadable)?;
        if u32::try_from(numbers.len()) != Ok(self.balls) {
            return Err(NumbersError::Count {
                expected: self.balls,
                found: numbers.len(),
            });
        }
        match Game::of(&self.game) {
            Some(game) => game.ordered(&numbers),
            None => Ok(numbers),
        }
    }

    /// The value of draw-protocol 4.5.
    pub(super) fn value(&self, numbers: &[u32]) -> String {
        let value = lucky_draw::seed::numbers_value(self.ascending, numbers);
        String::from_utf8_lossy(&value).into_owned()
    }
}

impl Game {
    /// The numbers drum by drum, each drum's in ascending order.
    fn ordered(&self, numbers: &[u32]) -> Result<Vec<u32>, NumbersError> {
        let mut rest = numbers.iter().copied();
        let mut ordered = Vec::with_capacity(numbers.len());
        for drum in self.drums {
            let balls = usize::try_from(drum.drawn).unwrap_or(usize::MAX);
            let mut own: Vec<u32> = rest.by_ref().take(balls).collect();
            own.sort_unstable();
            for pair in own.windows(2) {
                if pair[0] == pair[1] {
                    return Err(NumbersError::Twice { number: pair[0] });
                }
            }
            for number in &own {
                if !(1..=drum.of).contains(number) {
                    return Err(NumbersError::Range {
                        number: *number,
                        highest: drum.of,
                    });
                }
            }
            ordered.append(&mut own);
        }
        Ok(ordered)
    }
}

#[cfg(test)]
mod tests {
    use crate::platform::clock::Timestamp;

    use super::*;

    fn issue(game: &'static Game) -> Issue {
        Issue {
            game: game.slug.to_owned(),
            number: "113000075".to_owned(),
            ascending: game.ascending(),
            balls: game.balls(),
            which: game.which(),
            outcomes: game.outcomes(),
            drawn_at: Timestamp(0),
            published_by: Timestamp(0),
        }
    }

    #[test]
    fn known_games_have_as_many_results_as_the_lottery_says() {
        let outcomes: Vec<i64> = Game::all().iter().map(Game::outcomes).collect();
        assert_eq!(outcomes, [22_085_448, 13_983_816, 575_757]);
        for game in Game::all() {
            assert!(!game.which().is_incomplete(), "{}", game.slug);
            assert!(issue(game).slug().len() <= 32, "{}", game.slug);
        }
    }

    #[test]
    fn numbers_are_read_in_any_order_and_come_out_in_the_one_that_counts() {
        let lotto = issue(Game::of("lotto649").expect("it is known"));
        let numbers = lotto.read("45, 08、9 10-12\t31").expect("six numbers");
        assert_eq!(lotto.value(&numbers), "8.9.10.12.31.45.");
        let power = issue(Game::of("superlotto638").expect("it is known"));
        let numbers = power.read("38 7 1 20 15 33 / 5").expect("six and one");
        assert_eq!(power.value(&numbers), "1.7.15.20.33.38.5.");
    }

    #[test]
    fn numbers_that_the_game_cannot_have_drawn_are_refused() {
        let lotto = issue(Game::of("lotto649").expect("it is known"));
        let power = issue(Game::of("superlotto638").expect("it is known"));
        for (issue, typed, error) in [
            (
                &lotto,
                "1 2 3 4 5",
                NumbersError::Count {
                    expected: 6,
                    found: 5,
                },
            ),
            (
                &lotto,
                "",
                NumbersError::Count {
                    expected: 6,
                    found: 0,
                },
            ),
            (
                &lotto,
                "1 2 3 4 5 50",
                NumbersError::Range {
                    number: 50,
                    highest: 49,
                },
            ),
            (
                &lotto,
                "1 2 3 4 5 0",
                NumbersError::Range {
                    number: 0,
                    highest: 49,
                },
            ),
            (&lotto, "1 2 3 4 4 5", NumbersError::Twice { number: 4 }),
            (&lotto, "1 2 3 4 5 99999999999", NumbersError::Unreadable),
            (
                &power,
                "1 2 3 4 5 6 9",
                NumbersError::Range {
                    number: 9,
                    highest: 8,
                },
            ),
        ] {
            assert_eq!(issue.read(typed), Err(error), "{typed}");
        }
        // The ball of the second drum may have a number of the first.
        assert!(power.read("1 2 3 4 5 6 6").is_ok());
    }
}
