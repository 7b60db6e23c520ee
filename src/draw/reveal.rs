//! Showing a result in a hall, one winner after the other: how far the showing has come.
//!
//! Invariant: a reveal is presentation only. It reads the result and never touches it, nothing is
//! chosen by it, and whoever does not want to wait finds the whole result on the public page.
//!
//! Not here: whose names are opened for it and what the screens look like (`live`).

use lucky_draw::result::{Line, ResultNote, Slot};

use crate::audit::{self, Act, Actor};
use crate::platform::clock::{HOUR, Timestamp};
use crate::platform::db::Tx;

use super::{DrawId, DrawStage, Error, Plan};

mod store;

/// Winners on one screen of the last scene.
pub const WINNERS_ON_A_SCREEN: usize = 8;

/// How long the public page follows a showing that nobody moves on any more.
const FORGOTTEN_AFTER: i64 = HOUR;

/// How far a showing has come, and how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reveal {
    /// Scenes gone through, from 0; [`Scene::at`] says which one it is.
    pub step: u64,
    /// Nothing moves until it goes on.
    pub paused: bool,
    /// The projector is dark.
    pub black: bool,
    /// Nothing is animated.
    pub quiet: bool,
    /// Masked names are shown beside ticket numbers.
    pub names: bool,
    /// The last scene shows the reserves instead of the winners.
    pub reserves: bool,
    /// When it began.
    pub begun_at: Timestamp,
    /// When somebody last gave a cue.
    pub moved_at: Timestamp,
}

/// What the projector shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// People come in: title, code to scan, fingerprint of the list.
    Doors,
    /// Three sentences that the host reads.
    Words,
    /// The countdown, the wait, and then the randomness that decided.
    Beacon,
    /// So many winners are shown.
    Winner(usize),
    /// All of them, by screens from 0.
    End(usize),
}

impl Scene {
    /// The scene after so many steps, when there are `winners` to show.
    pub fn at(step: u64, winners: usize) -> Scene {
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        match step {
            0 => Scene::Doors,
            1 => Scene::Words,
            2 => Scene::Beacon,
            step if step - 2 <= winners => Scene::Winner(step - 2),
            step => Scene::End((step - 3 - winners).min(screens(winners) - 1)),
        }
    }

    /// How many winners everybody has seen by now.
    pub fn revealed(self, winners: usize) -> usize {
        match self {
            Scene::Doors | Scene::Words | Scene::Beacon => 0,
            Scene::Winner(shown) => shown,
            Scene::End(_) => winners,
        }
    }
}

/// How many screens the winners fill at the end; at least one.
pub fn screens(winners: usize) -> usize {
    winners.div_ceil(WINNERS_ON_A_SCREEN).max(1)
}

/// The last step of a showing of so many winners; before the result it waits at the beacon.
pub fn last_step(winners: Option<usize>) -> u64 {
    let last = winners.map_or(2, |winners| 2 + winners + screens(winners));
    u64::try_from(last).unwrap_or(u64::MAX)
}

/// What somebody sees who asks for the next scene: how far the showing has come, and whether the
/// projector is dark. A cue that was given on an older screen is known by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// [`Reveal::step`].
    pub step: u64,
    /// [`Reveal::black`].
    pub black: bool,
}

impl Seen {
    /// The word in forms: the step, with a `b` where the projector is dark.
    pub fn code(self) -> String {
        format!("{}{}", self.step, if self.black { "b" } else { "" })
    }

    /// Reads [`Seen::code`].
    pub fn parse(code: &str) -> Option<Seen> {
        let step = code.strip_suffix('b');
        Some(Seen {
            step: step.unwrap_or(code).parse().ok()?,
            black: step.is_some(),
        })
    }
}

/// What the operator asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cue {
    /// The scene after the one that was seen, or the next winner; nothing while paused, and nothing
    /// once somebody has moved on from what was seen: two presses never pass over a winner.
    Next(Seen),
    /// Stop, or go on.
    Pause,
    /// The projector dark, or light again.
    Black,
    /// Without movement, or with it.
    Quiet,
    /// Masked names too, or numbers only.
    Names,
    /// The reserves in the last scene, or the winners again.
    Reserves,
}

impl Cue {
    /// Reads the word of a form; `seen` is [`Seen::code`] and counts for [`Cue::Next`] alone, which
    /// is none without it.
    pub fn parse(word: &str, seen: &str) -> Option<Cue> {
        match word {
            "next" => Seen::parse(seen).map(Cue::Next),
            "pause" => Some(Cue::Pause),
            "black" => Some(Cue::Black),
            "quiet" => Some(Cue::Quiet),
            "names" => Some(Cue::Names),
            "reserves" => Some(Cue::Reserves),
            _ => None,
        }
    }
}

impl Reveal {
    /// A showing that begins now, with or without masked names.
    pub fn begun(now: Timestamp, names: Names) -> Reveal {
        Reveal {
            step: 0,
            paused: false,
            black: false,
            quiet: false,
            names: names == Names::Masked,
            reserves: false,
            begun_at: now,
            moved_at: now,
        }
    }

    /// What the screens show now, for the next cue.
    pub fn seen(&self) -> Seen {
        Seen {
            step: self.step,
            black: self.black,
        }
    }

    /// The showing after a cue; `winners` is known once there is a result.
    pub fn after(self, cue: Cue, winners: Option<usize>, now: Timestamp) -> Reveal {
        let mut next = Reveal {
            moved_at: now,
            ..self
        };
        match cue {
            Cue::Next(seen) if seen != self.seen() => return self,
            Cue::Next(_) if self.paused => {}
            // A dark screen comes back first, so that nothing is shown that nobody sees.
            Cue::Next(_) if self.black => next.black = false,
            Cue::Next(_) => next.step = self.step.saturating_add(1).min(last_step(winners)),
            Cue::Pause => next.paused = !self.paused,
            Cue::Black => next.black = !self.black,
            Cue::Quiet => next.quiet = !self.quiet,
            Cue::Names => next.names = !self.names,
            Cue::Reserves => next.reserves = !self.reserves,
        }
        next
    }

    /// Whether winners are still being shown, so that the public page keeps step: before the last
    /// winner, and not long after somebody last moved it on.
    pub fn is_on(&self, winners: Option<usize>, now: Timestamp) -> bool {
        let shown = winners.is_some_and(|winners| {
            matches!(Scene::at(self.step, winners), Scene::End(_))
                || Scene::at(self.step, winners) == Scene::Winner(winners)
        });
        !shown && now < self.moved_at.plus(FORGOTTEN_AFTER)
    }
}

/// Whether winners are shown by name at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// By number and masked name.
    Masked,
    /// By number only: children, or so few people that a masked name tells who it is.
    None,
}

/// Below so many tickets a masked name may tell who it is.
pub const FEW: u64 = 30;

/// The winners in the order in which they are shown: the last prize of the list first, so that the
/// grandest comes last; the units of a prize in their order.
pub fn order(plan: &Plan, result: &ResultNote) -> Vec<(Slot, u64)> {
    in_order(result, |slug| {
        plan.prize(slug).map_or(u32::MAX, |prize| prize.position)
    })
}

fn in_order(result: &ResultNote, place: impl Fn(&str) -> u32) -> Vec<(Slot, u64)> {
    let mut winners: Vec<(Slot, u64)> = result
        .lines
        .iter()
        .filter_map(|line| match line {
            Line::Slot { slot, index, .. } if matches!(slot, Slot::Prize { .. }) => {
                Some((slot.clone(), *index))
            }
            _ => None,
        })
        .collect();
    // Stable, so units stay in their order.
    winners.sort_by_key(|(slot, _)| match slot {
        Slot::Prize { slug, .. } => std::cmp::Reverse(place(slug)),
        Slot::Reserve(_) => std::cmp::Reverse(u32::MAX),
    });
    winners
}

/// The reserves in their order.
pub fn reserves(result: &ResultNote) -> Vec<(u32, u64)> {
    let reserve = |line: &Line| match line {
        Line::Slot {
            slot: Slot::Reserve(place),
            index,
            ..
        } => Some((*place, *index)),
        _ => None,
    };
    result.lines.iter().filter_map(reserve).collect()
}

/// How far a draw has been shown; none where nobody began.
pub fn find(tx: &mut Tx, plan: &Plan) -> Result<Option<Reveal>, Error> {
    Ok(store::find(tx, plan)?)
}

/// Carries a cue out; the first one begins the showing.
///
/// # Errors
/// [`Error::OtherStage`] before the draw is published, or when it is cancelled.
pub fn direct(tx: &mut Tx, by: &Actor, draw: &DrawId, cue: Cue) -> Result<Reveal, Error> {
    let plan = super::by_id(tx, draw)?;
    if matches!(plan.stage, DrawStage::Planned | DrawStage::Cancelled) {
        return Err(Error::OtherStage { found: plan.stage });
    }
    let winners = match plan.stage {
        DrawStage::Drawn => Some(order(&plan, &super::result(tx, &plan)?).len()),
        _ => None,
    };
    let now = tx.now();
    let before = match store::find(tx, &plan)? {
        Some(reveal) => reveal,
        None => {
            record(tx, by, &plan)?;
            let reveal = Reveal::begun(now, suggested(tx, &plan)?);
            store::insert(tx, &plan, &reveal)?;
            reveal
        }
    };
    let after = before.after(cue, winners, now);
    store::update(tx, &plan, &after)?;
    Ok(after)
}

/// Numbers only where few people take part; the operator may decide otherwise.
pub fn suggested(tx: &mut Tx, plan: &Plan) -> Result<Names, Error> {
    if plan.stage < DrawStage::Closed {
        return Ok(Names::None);
    }
    let close = super::run::close(tx, plan)?;
    let voids = u64::try_from(close.voids.len()).unwrap_or(u64::MAX);
    Ok(if close.size.saturating_sub(voids) < FEW {
        Names::None
    } else {
        Names::Masked
    })
}

fn record(tx: &mut Tx, by: &Actor, plan: &Plan) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: by,
            act: "draw.live_begun",
            activity: plan.activity.as_str(),
            object: plan.id.as_str(),
            purpose: "",
            reason: "",
        },
    )?)
}

#[cfg(test)]
mod tests {
    use lucky_draw::encode::Hash;

    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    /// The showing after these words, each given by somebody who sees the screen.
    fn told(words: &[&str], winners: Option<usize>) -> Reveal {
        let begun = Reveal::begun(Timestamp(0), Names::Masked);
        words.iter().fold(begun, |reveal, word| {
            let cue = Cue::parse(word, &reveal.seen().code()).expect("a cue");
            reveal.after(cue, winners, NOW)
        })
    }

    #[test]
    fn without_a_result_nothing_goes_beyond_the_wait() {
        let reveal = told(&["next"; 9], None);
        assert_eq!(Scene::at(reveal.step, 0), Scene::Beacon);
        assert!(reveal.is_on(None, NOW));
    }

    #[test]
    fn winners_come_one_by_one_and_then_by_screens() {
        let scenes: Vec<Scene> = (0..=last_step(Some(9)))
            .map(|step| Scene::at(step, 9))
            .collect();
        assert_eq!(scenes[2], Scene::Beacon);
        assert_eq!(scenes[3], Scene::Winner(1));
        assert_eq!(scenes[11], Scene::Winner(9));
        assert_eq!(scenes[12..], [Scene::End(0), Scene::End(1)]);
        assert_eq!(told(&["next"; 99], Some(9)).step, 13);
    }

    #[test]
    fn a_draw_without_winners_has_an_end_too() {
        assert_eq!(told(&["next"; 9], Some(0)).step, 3);
        assert_eq!(Scene::at(3, 0), Scene::End(0));
    }

    #[test]
    fn nothing_is_revealed_while_paused_or_dark() {
        let paused = told(&["next", "pause", "next"], Some(3));
        assert_eq!((paused.step, paused.paused), (1, true));
        let dark = told(&["next", "black", "next"], Some(3));
        assert_eq!((dark.step, dark.black), (1, false));
    }

    #[test]
    fn the_public_page_follows_until_the_last_winner_or_until_it_is_forgotten() {
        assert!(told(&["next"; 4], Some(3)).is_on(Some(3), NOW));
        assert!(!told(&["next"; 5], Some(3)).is_on(Some(3), NOW));
        assert!(!told(&["next"; 4], Some(3)).is_on(Some(3), NOW.plus(2 * HOUR)));
    }

    #[test]
    fn the_grandest_prize_comes_last() {
        let slot = |slug: &str, unit| Slot::Prize {
            slug: slug.to_owned(),
            unit,
        };
        let line = |slot, index| Line::Slot {
            j: index,
            index,
            slot,
            opening: None,
        };
        let result = ResultNote {
            manifest: Hash([0; 32]),
            close: Hash([0; 32]),
            excluded: Vec::new(),
            values: Vec::new(),
            seed: Hash([0; 32]),
            lines: vec![
                line(slot("grand", 1), 5),
                line(slot("book", 1), 3),
                line(slot("book", 2), 8),
                line(Slot::Reserve(1), 9),
            ],
            end: 4,
        };
        let place = |slug: &str| if slug == "grand" { 1 } else { 2 };
        let shown: Vec<u64> = in_order(&result, place)
            .into_iter()
            .map(|(_, index)| index)
            .collect();
        assert_eq!(shown, [3, 8, 5]);
        assert_eq!(reserves(&result), [(1, 9)]);
    }

    #[test]
    fn a_second_press_on_the_same_screen_changes_nothing() {
        let before = told(&["next"; 3], Some(3));
        let next = Cue::Next(before.seen());
        let after = before.after(next, Some(3), NOW);
        assert_eq!(after.step, before.step + 1);
        assert_eq!(after.after(next, Some(3), NOW.plus(HOUR)), after);

        // The first press on a dark screen brings it back, and the second one shows nobody.
        let dark = told(&["next", "next", "next", "black"], Some(3));
        let next = Cue::Next(dark.seen());
        let light = dark.after(next, Some(3), NOW);
        assert_eq!((light.step, light.black), (dark.step, false));
        assert_eq!(light.after(next, Some(3), NOW), light);
    }

    #[test]
    fn cues_are_words_and_next_names_what_was_seen() {
        for seen in ["0", "17", "3b"] {
            let cue = Cue::parse("next", seen);
            let Some(Cue::Next(read)) = cue else {
                panic!("{cue:?}");
            };
            assert_eq!(read.code(), seen);
        }
        for unseen in ["", "b", "-1", "x"] {
            assert_eq!(Cue::parse("next", unseen), None);
        }
        assert_eq!(Cue::parse("pause", ""), Some(Cue::Pause));
        assert_eq!(Cue::parse("back", "1"), None);
    }
}
