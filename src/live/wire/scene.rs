//! One scene on the projector.

use std::collections::HashMap;

use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;
use lucky_draw::result::{Line, Slot};
use serde::Serialize;

use crate::draw::reveal::{self, Reveal, Scene, WINNERS_ON_A_SCREEN};
use crate::draw::{DrawStage, Shown};
use crate::live::awaited;
use crate::live::rehearsal::{self, Rehearsal};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::qr::QrView;

use super::{TicketRow, slot_words};

/// Reserves that fit on the last screen; all are on the public page.
const RESERVES: usize = 30;
/// Winners beside which there is room to say which prizes stayed.
const ROOM: usize = 5;
/// Lines of earlier winners below the latest one.
const EARLIER: usize = 4;

/// Everything that a scene is made of.
pub(in crate::live) struct Playing<'a> {
    pub(in crate::live) shown: &'a Shown,
    pub(in crate::live) rehearsal: Option<&'a Rehearsal>,
    pub(in crate::live) names: HashMap<u64, String>,
    pub(in crate::live) origin: &'a str,
    pub(in crate::live) now: Timestamp,
}

impl Playing<'_> {
    /// How far it has come; before anybody gave a cue, as it would begin.
    pub(in crate::live) fn reveal(&self) -> Reveal {
        match self.rehearsal {
            Some(rehearsal) => rehearsal.reveal,
            None => self
                .shown
                .reveal
                .unwrap_or(Reveal::begun(self.now, crate::draw::reveal::Names::None)),
        }
    }

    /// The winners in the order of the showing, once there is a result.
    pub(in crate::live) fn winners(&self) -> Option<Vec<(Slot, u64)>> {
        match self.rehearsal {
            Some(rehearsal) => rehearsal
                .received
                .then(|| rehearsal::winners(&self.shown.plan)),
            None => {
                let result = self.shown.result.as_ref()?;
                Some(reveal::order(&self.shown.plan, result))
            }
        }
    }

    /// When the round is due; in a rehearsal, once its countdown began.
    pub(in crate::live) fn due(&self) -> Option<Timestamp> {
        match self.rehearsal {
            Some(rehearsal) => rehearsal.due,
            None => self.shown.plan.round_time().ok(),
        }
    }

    pub(in crate::live) fn round(&self) -> u64 {
        match self.rehearsal {
            Some(_) => rehearsal::ROUND,
            None => awaited(&self.shown.plan).map_or(0, |own| own.round),
        }
    }

    fn name(&self, language: Language, index: u64) -> Option<String> {
        if !self.reveal().names {
            return None;
        }
        match self.rehearsal {
            Some(_) => Some(text::message(language, "live-rehearsal-name", &[])),
            None => self.names.get(&index).cloned(),
        }
    }

    pub(super) fn chain(&self) -> &'static str {
        match self.rehearsal {
            Some(_) => lucky_draw::beacon::QUICKNET.name,
            None => awaited(&self.shown.plan).map_or("", |own| own.chain.name),
        }
    }

    pub(super) fn randomness(&self) -> Option<String> {
        match self.rehearsal {
            Some(rehearsal) if rehearsal.received => {
                rehearsal::randomness().ok().map(|hash| hash.to_string())
            }
            Some(_) => None,
            None => {
                let mut sources = self.shown.plan.sources.iter();
                let at = sources.position(|source| source.drand().is_some())?;
                let values = &self.shown.result.as_ref()?.values;
                Some(data_encoding::HEXLOWER.encode(values.get(at)?))
            }
        }
    }

    fn fingerprint(&self) -> Option<String> {
        match self.rehearsal {
            Some(_) => Some(Hash([0; 32]).to_string()),
            None => self
                .shown
                .closes
                .last()
                .map(|last| last.note.hash.to_string()),
        }
    }
}

/// The list in numbers.
#[derive(Debug, Clone, Serialize)]
pub(in crate::live) struct CountsView {
    size: u64,
    taking_part: u64,
    withdrawn: u64,
    duplicates: u64,
    ineligible: u64,
    tests: u64,
}

impl CountsView {
    pub(in crate::live) fn of(playing: &Playing<'_>) -> Option<CountsView> {
        if playing.rehearsal.is_some() {
            let size = rehearsal::size(&playing.shown.plan);
            return Some(CountsView {
                size,
                taking_part: size,
                withdrawn: 0,
                duplicates: 0,
                ineligible: 0,
                tests: 0,
            });
        }
        let close = playing.shown.close.as_ref()?;
        let count = |wanted: &[VoidCode]| {
            let found = close.voids.iter().filter(|(_, code)| wanted.contains(code));
            u64::try_from(found.count()).unwrap_or(u64::MAX)
        };
        let voids = u64::try_from(close.voids.len()).unwrap_or(u64::MAX);
        Some(CountsView {
            size: close.size,
            taking_part: close.size.saturating_sub(voids),
            withdrawn: count(&[VoidCode::W]),
            duplicates: count(&[VoidCode::D]),
            ineligible: count(&[VoidCode::I]),
            tests: count(&[VoidCode::T]),
        })
    }
}

/// What the projector shows now.
#[derive(Debug, Clone, Serialize)]
pub(in crate::live) struct SceneView {
    pub(in crate::live) draw: String,
    pub(in crate::live) title: String,
    rehearsal: bool,
    /// doors, words, countdown, waiting, decided, winner, end or stopped.
    pub(in crate::live) scene: &'static str,
    paused: bool,
    black: bool,
    quiet: bool,
    names: bool,
    with_reserves: bool,
    url_of_page: String,
    qr: Option<QrView>,
    fingerprint: Option<String>,
    counts: Option<CountsView>,
    closes_at: i64,
    due_at: Option<i64>,
    /// The round's time has come: whoever asks a relay knows it.
    is_out: bool,
    /// The countdown as it stands, `4:59`.
    left: String,
    round: String,
    chain: &'static str,
    randomness: Option<String>,
    result: Option<String>,
    latest: Option<TicketRow>,
    earlier: Vec<TicketRow>,
    all: Vec<TicketRow>,
    reserves: Vec<TicketRow>,
    unfilled: Vec<String>,
    revealed: u64,
    total: u64,
    screen: u64,
    screens: u64,
    /// The scene in words, for people who listen and for the desk.
    pub(in crate::live) say: String,
    /// Changes whenever the screen does.
    pub(in crate::live) version: String,
    /// Where the screen asks whether something changed.
    state_path: String,
    /// Where cues are sent.
    cue_path: String,
    /// What "next" goes on from.
    seen: String,
}

impl SceneView {
    pub(in crate::live) fn of(language: Language, playing: &Playing<'_>) -> SceneView {
        let (shown, reveal) = (playing.shown, playing.reveal());
        let winners = playing.winners();
        let total = winners.as_ref().map_or(0, Vec::len);
        let scene = Scene::at(reveal.step, total);
        let due = playing.due();
        let rows = rows(language, playing, winners.as_deref().unwrap_or(&[]));
        let revealed = scene.revealed(total);
        let (screen, screens) = (
            match scene {
                Scene::End(screen) => screen,
                _ => 0,
            },
            reveal::screens(total),
        );
        let mut view = SceneView {
            draw: shown.plan.id.0.clone(),
            title: shown.facts.title.pick(language).to_owned(),
            rehearsal: playing.rehearsal.is_some(),
            scene: scene_code(playing, scene, winners.is_some()),
            paused: reveal.paused,
            black: reveal.black,
            quiet: reveal.quiet,
            names: reveal.names,
            with_reserves: reveal.reserves,
            url_of_page: address(playing.origin, language, shown),
            qr: QrView::of(&address(playing.origin, language, shown)),
            fingerprint: playing.fingerprint(),
            counts: CountsView::of(playing),
            closes_at: shown.facts.closes_at.0,
            due_at: due.map(|due| due.0),
            is_out: due.is_some_and(|due| due <= playing.now),
            left: due.map_or_else(String::new, |due| clock_words(playing.now, due)),
            round: playing.round().to_string(),
            chain: playing.chain(),
            randomness: playing.randomness(),
            result: match playing.rehearsal {
                Some(_) => None,
                None => shown.note("result.note").map(|note| note.hash.to_string()),
            },
            latest: revealed.checked_sub(1).and_then(|at| rows.get(at).cloned()),
            earlier: earlier(&rows, revealed),
            all: rows
                .iter()
                .skip(screen * WINNERS_ON_A_SCREEN)
                .take(WINNERS_ON_A_SCREEN)
                .cloned()
                .collect(),
            reserves: reserves(language, playing),
            unfilled: if rows.len() <= ROOM {
                unfilled(language, playing)
            } else {
                Vec::new()
            },
            revealed: count(revealed),
            total: count(total),
            screen: count(screen) + 1,
            screens: count(screens),
            say: String::new(),
            version: String::new(),
            state_path: String::new(),
            cue_path: String::new(),
            seen: reveal.seen().code(),
        };
        let below = if view.rehearsal { "/rehearsal" } else { "" };
        let page = if view.rehearsal { "rehearse" } else { "run" };
        view.state_path = language.url(&format!("/stage/{}{below}/state", view.draw));
        view.cue_path = language.url(&format!("/staff/draws/{}/{page}", view.draw));
        view.say = say(language, &view);
        view.version = version(&view, reveal.step);
        view
    }

    pub(super) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether another winner waits.
    pub(super) fn has_more(&self) -> bool {
        self.revealed < self.total
    }

    /// Whether this is the last screen of all.
    pub(super) fn is_over(&self) -> bool {
        self.scene == "end" && self.screen == self.screens
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// The public page of the draw, for the code on the screen.
pub(in crate::live) fn address(origin: &str, language: Language, shown: &Shown) -> String {
    let path = language.url(&format!("/d/{}", shown.plan.id));
    format!("{origin}{path}")
}

fn scene_code(playing: &Playing<'_>, scene: Scene, decided: bool) -> &'static str {
    if playing.shown.plan.stage == DrawStage::Cancelled {
        return "stopped";
    }
    match scene {
        Scene::Doors => "doors",
        Scene::Words => "words",
        Scene::Beacon if decided => "decided",
        Scene::Beacon if playing.due().is_some_and(|due| due > playing.now) => "countdown",
        Scene::Beacon => "waiting",
        // Only with a result is there a winner to show.
        Scene::Winner(_) | Scene::End(_) if !decided => "waiting",
        Scene::Winner(0) => "decided",
        Scene::Winner(_) => "winner",
        Scene::End(_) => "end",
    }
}

fn rows(language: Language, playing: &Playing<'_>, winners: &[(Slot, u64)]) -> Vec<TicketRow> {
    let plan = &playing.shown.plan;
    winners
        .iter()
        .map(|(slot, index)| {
            let name = playing.name(language, *index);
            TicketRow::of(language, plan, slot, *index, name)
        })
        .collect()
}

/// The winners before the latest one, the latest of them first.
fn earlier(rows: &[TicketRow], revealed: usize) -> Vec<TicketRow> {
    let before = revealed.saturating_sub(1).min(rows.len());
    rows[..before].iter().rev().take(EARLIER).cloned().collect()
}

fn reserves(language: Language, playing: &Playing<'_>) -> Vec<TicketRow> {
    if !playing.reveal().reserves || playing.rehearsal.is_some() {
        return Vec::new();
    }
    let Some(result) = &playing.shown.result else {
        return Vec::new();
    };
    reveal::reserves(result)
        .into_iter()
        .take(RESERVES)
        .map(|(place, index)| {
            let slot = Slot::Reserve(place);
            TicketRow::of(language, &playing.shown.plan, &slot, index, None)
        })
        .collect()
}

/// Prizes for which nobody was left.
fn unfilled(language: Language, playing: &Playing<'_>) -> Vec<String> {
    let Some(result) = playing.shown.result.as_ref() else {
        return Vec::new();
    };
    let empty = result.lines.iter().filter_map(|line| match line {
        Line::Unfilled { slot } if matches!(slot, Slot::Prize { .. }) => {
            Some(slot_words(language, &playing.shown.plan, slot))
        }
        _ => None,
    });
    empty.take(ROOM).collect()
}

/// What is left until a moment: `1:02:03`, `4:59`.
fn clock_words(now: Timestamp, then: Timestamp) -> String {
    // Rounded up, so that it ends when the moment has come.
    let seconds = ((then.0 - now.0).max(0) + 999) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

fn say(language: Language, view: &SceneView) -> String {
    let words = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
    if view.black {
        return words("live-say-black", &[]);
    }
    if view.paused {
        return words("live-say-paused", &[]);
    }
    match (view.scene, &view.latest) {
        ("doors", _) => words("live-say-doors", &[]),
        ("words", _) => words("live-say-words", &[]),
        ("countdown", _) => words("live-say-countdown", &[]),
        ("waiting", _) => words("live-say-waiting", &[]),
        ("decided", _) => words("live-say-decided", &[]),
        ("winner", Some(row)) => {
            let args = [
                ("slot", row.slot.clone().into()),
                ("ticket", row.ticket.clone().into()),
                ("name", row.name.clone().unwrap_or_default().into()),
            ];
            words("live-say-winner", &args)
        }
        ("stopped", _) => words("draw-phase-cancelled", &[]),
        _ => words("live-say-end", &[]),
    }
}

/// It holds nothing that only this process knows, such as names: where several serve one site, a
/// screen would change with whoever answers.
fn version(view: &SceneView, step: u64) -> String {
    let flag = |on: bool, letter: &'static str| if on { letter } else { "" };
    format!(
        "{step}{}{}{}{}{}{}{}",
        view.scene,
        flag(view.is_out, "o"),
        flag(view.paused, "p"),
        flag(view.black, "b"),
        flag(view.quiet, "q"),
        flag(view.names, "n"),
        flag(view.with_reserves, "r"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_countdown_ends_when_the_round_is_due() {
        let words = |left: i64| clock_words(Timestamp(0), Timestamp(left));
        assert_eq!(words(0), "0:00");
        assert_eq!(words(1), "0:01");
        assert_eq!(words(299_000), "4:59");
        assert_eq!(words(3_723_000), "1:02:03");
        assert_eq!(words(-5), "0:00");
    }
}
