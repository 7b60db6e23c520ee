//! The part of the plan's form that chooses where the randomness comes from.

use lucky_draw::beacon::{Chain, DEFAULT, QUICKNET};
use serde::Serialize;

use crate::activity::LocalText;
use crate::activity::wire::unreadable_date;
use crate::draw::lottery::Game;
use crate::draw::weigh::SourceTrouble;
use crate::draw::{Issue, SourceDetails};
use crate::identity::{date, typed};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::plan_form::whole;

/// Most rows of lotteries: the protocol takes four sources, and drand is one of them.
const MOST_LOTTERIES: usize = 4;
/// What stands in the list of games for one that we do not know.
const OTHER_GAME: &str = "other";

/// The field of the library's own secret.
pub(in crate::draw) const SECRET: &str = "operator_secret";

/// One lottery as it was typed; its fields are `lottery_1_game` and so on.
#[derive(Debug, Clone, Default, Serialize)]
struct LotteryFields {
    /// From 1.
    number: usize,
    game: String,
    issue: String,
    drawn: String,
    published: String,
    slug: String,
    order: String,
    balls: String,
    outcomes: String,
    which_zh: String,
    which_en: String,
}

/// The sources as they were typed.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::draw) struct SourceForm {
    beacon: String,
    lotteries: Vec<LotteryFields>,
    /// The library's own secret.
    secret: bool,
}

/// A game to choose.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct GameOption {
    value: &'static str,
    label: String,
}

/// The games of the form's list.
pub(in crate::draw) fn game_options(language: Language) -> Vec<GameOption> {
    let known = Game::all().iter().map(|game| GameOption {
        value: game.slug,
        label: game.name(language),
    });
    let other = GameOption {
        value: OTHER_GAME,
        label: text::message(language, "draw-game-other", &[]),
    };
    known.chain([other]).collect()
}

impl LotteryFields {
    fn of(form: &FormFields, number: usize) -> LotteryFields {
        let typed = |name: &str| typed::line(form.value(&format!("lottery_{number}_{name}")));
        LotteryFields {
            number,
            game: typed("game"),
            issue: typed("issue"),
            drawn: typed("drawn"),
            published: typed("published"),
            slug: typed("slug").to_ascii_lowercase(),
            order: typed("order"),
            balls: typed("balls"),
            outcomes: typed("outcomes"),
            which_zh: typed("which_zh"),
            which_en: typed("which_en"),
        }
    }

    fn from_issue(issue: &Issue, number: usize) -> LotteryFields {
        let known = Game::of(&issue.game).is_some();
        let own = |text: String| if known { String::new() } else { text };
        LotteryFields {
            number,
            game: if known { &issue.game } else { OTHER_GAME }.to_owned(),
            issue: issue.number.clone(),
            drawn: date::input_value(issue.drawn_at),
            published: date::input_value(issue.published_by),
            slug: own(issue.game.clone()),
            order: own(order_word(issue.ascending).to_owned()),
            balls: own(issue.balls.to_string()),
            outcomes: own(issue.outcomes.to_string()),
            which_zh: own(issue.which.zh.clone()),
            which_en: own(issue.which.en.clone()),
        }
    }

    fn field(&self, name: &str) -> String {
        format!("lottery_{}_{name}", self.number)
    }

    /// A row without a game is one that nobody filled in, or that was emptied to be removed.
    fn is_empty(&self) -> bool {
        self.game.is_empty()
    }

    fn parse(&self, language: Language, mistakes: &mut Mistakes) -> Issue {
        let mut moment = |name: &str, label: &str, raw: &str| match date::parse_moment(raw) {
            Ok(at) => at,
            Err(_) => {
                mistakes.add(self.field(name), unreadable_date(language, label));
                Timestamp(0)
            }
        };
        let drawn_at = moment("drawn", "draw-plan-drawn", &self.drawn);
        let published_by = moment("published", "draw-plan-published", &self.published);
        let digits = typed::folded(&self.issue).to_string();
        match Game::of(&self.game) {
            Some(game) => Issue {
                game: game.slug.to_owned(),
                number: digits,
                ascending: game.ascending(),
                balls: game.balls(),
                which: game.which(),
                outcomes: game.outcomes(),
                drawn_at,
                published_by,
            },
            None => Issue {
                game: self.slug.clone(),
                number: digits,
                ascending: self.order != order_word(false),
                balls: whole(&self.balls)
                    .and_then(|balls| u32::try_from(balls).ok())
                    .unwrap_or(0),
                which: LocalText::new(&self.which_zh, &self.which_en),
                outcomes: whole(&self.outcomes).unwrap_or(0),
                drawn_at,
                published_by,
            },
        }
    }
}

fn order_word(ascending: bool) -> &'static str {
    if ascending { "ascending" } else { "drawn" }
}

impl SourceForm {
    pub(super) fn of(form: &FormFields) -> SourceForm {
        let sent = |number: &usize| form.has(&format!("lottery_{number}_game"));
        SourceForm {
            beacon: typed::line(form.value("drand")),
            lotteries: (1..=MOST_LOTTERIES)
                .take_while(sent)
                .map(|number| LotteryFields::of(form, number))
                .collect(),
            secret: form.has(SECRET),
        }
    }

    pub(super) fn from_details(sources: &[SourceDetails]) -> SourceForm {
        let uses = |chain: &'static Chain| sources.contains(&SourceDetails::Drand(chain));
        let issues = sources.iter().filter_map(|source| match source {
            SourceDetails::Numbers(issue) => Some(issue),
            SourceDetails::Drand(_) | SourceDetails::Commit => None,
        });
        SourceForm {
            beacon: match (uses(&QUICKNET), uses(&DEFAULT)) {
                (true, true) => "both",
                (true, false) => "quicknet",
                (false, true) => "default",
                (false, false) => "none",
            }
            .to_owned(),
            lotteries: issues
                .zip(1..)
                .map(|(issue, number)| LotteryFields::from_issue(issue, number))
                .collect(),
            secret: sources.contains(&SourceDetails::Commit),
        }
    }

    /// One more lottery to fill in.
    pub(super) fn add_row(&mut self) {
        if self.lotteries.len() < MOST_LOTTERIES {
            self.lotteries.push(LotteryFields {
                number: self.lotteries.len() + 1,
                ..LotteryFields::default()
            });
        }
    }

    /// Reads the sources: drand first, then lotteries in their order, the secret last.
    pub(super) fn parse(&self, language: Language, mistakes: &mut Mistakes) -> Vec<SourceDetails> {
        let chains: &[&'static Chain] = match self.beacon.as_str() {
            "both" => &[&QUICKNET, &DEFAULT],
            "default" => &[&DEFAULT],
            "none" => &[],
            _ => &[&QUICKNET],
        };
        let mut sources: Vec<SourceDetails> =
            chains.iter().copied().map(SourceDetails::Drand).collect();
        for row in self.lotteries.iter().filter(|row| !row.is_empty()) {
            sources.push(SourceDetails::Numbers(row.parse(language, mistakes)));
        }
        if self.secret {
            sources.push(SourceDetails::Commit);
        }
        sources
    }

    /// The field at which something about a source is shown.
    pub(super) fn field_of(&self, sources: &[SourceDetails], trouble: SourceTrouble) -> String {
        use SourceTrouble as T;
        let (at, name) = match trouble {
            T::None | T::TooMany | T::Weak(_) => return "drand".to_owned(),
            T::SecretAlone | T::NoWitnesses | T::NotAllowed => return SECRET.to_owned(),
            T::OnePerson => (0, "game"),
            T::Twice(at) | T::NumberUnfit(at) => (at, "issue"),
            T::GameUnfit(at) => (at, "slug"),
            T::BallsUnfit(at) => (at, "balls"),
            T::OutcomesUnfit(at) => (at, "outcomes"),
            T::WhichMissing(at) => (at, "which_zh"),
            T::DrawnTooEarly(at) => (at, "drawn"),
            T::PublishedBeforeDrawn(at) | T::PublishedTooLate(at) => (at, "published"),
        };
        let rounds = sources
            .iter()
            .filter(|source| matches!(source, SourceDetails::Drand(_)))
            .count();
        let rows = self.lotteries.iter().filter(|row| !row.is_empty());
        let row = rows.into_iter().nth(at.saturating_sub(rounds));
        row.map_or_else(|| "drand".to_owned(), |row| row.field(name))
    }
}

/// What to do about a source.
pub(super) fn source_trouble(language: Language, trouble: SourceTrouble) -> String {
    use SourceTrouble as T;
    let id = match trouble {
        T::None => "draw-source-none",
        T::TooMany => "draw-source-many",
        T::Twice(_) => "draw-source-twice",
        T::GameUnfit(_) => "draw-source-game",
        T::NumberUnfit(_) => "draw-source-number",
        T::BallsUnfit(_) => "draw-source-balls",
        T::OutcomesUnfit(_) => "draw-source-outcomes",
        T::WhichMissing(_) => "draw-source-which",
        T::DrawnTooEarly(_) => "draw-source-drawn-early",
        T::PublishedBeforeDrawn(_) => "draw-source-published-early",
        T::PublishedTooLate(_) => "draw-source-published-late",
        T::OnePerson => "draw-source-one-person",
        T::SecretAlone => "draw-source-secret-alone",
        T::NoWitnesses => "draw-source-no-witnesses",
        T::NotAllowed => "draw-source-not-allowed",
        T::Weak(bits) => {
            let args = [("bits", i64::from(bits).into())];
            return text::message(language, "draw-source-weak", &args);
        }
    };
    text::message(language, id, &[])
}
