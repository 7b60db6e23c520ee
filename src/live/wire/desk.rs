//! The operator's desk.

use serde::Serialize;

use crate::activity::wire::Heading;
use crate::draw::beacon::Trouble;
use crate::draw::{DrawStage, Shown};
use crate::live::preflight::{Asked, Check, Verdict, checks};
use crate::live::{awaited, rehearsal};
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;

use super::scene::{Playing, SceneView};

/// One check in words.
#[derive(Debug, Clone, Serialize)]
struct CheckRow {
    /// Of `<ol class="checks">`: passed, unknown, or nothing where a person looks.
    kind: &'static str,
    state: String,
    words: String,
    advice: String,
}

impl CheckRow {
    fn of(language: Language, check: Check) -> CheckRow {
        let (kind, state) = match check.verdict() {
            Verdict::Good => ("passed", "live-check-good"),
            Verdict::Care => ("unknown", "live-check-care"),
            Verdict::Look => ("", "live-check-look"),
        };
        let id = words_of(check);
        CheckRow {
            kind,
            state: text::message(language, state, &[]),
            words: text::message(language, id, &[]),
            advice: text::message(language, &format!("{id}.next"), &[]),
        }
    }
}

fn words_of(check: Check) -> &'static str {
    match check {
        Check::Frozen => "live-check-frozen",
        Check::NotFrozen => "live-check-not-frozen",
        Check::FilesHere => "live-check-files",
        Check::FilesMissing => "live-check-files-missing",
        Check::RelaysNotAsked => "live-check-relays-not-asked",
        Check::RelaysReached => "live-check-relays",
        Check::RelaysOut(Trouble::Unreachable | Trouble::NotYet) => "live-check-relays-out",
        Check::RelaysOut(_) => "live-check-relays-odd",
        Check::ClockRight => "live-check-clock",
        Check::ClockAhead => "live-check-clock-ahead",
        Check::ClockBehind => "live-check-clock-behind",
        Check::ClockUnknown => "live-check-clock-unknown",
        Check::AddressPublic => "live-check-address",
        Check::AddressLocal => "live-check-address-local",
        Check::FewPeople => "live-check-few",
        Check::Fonts => "live-check-fonts",
        Check::Machine => "live-check-machine",
    }
}

/// What was pasted, and what the field says to it.
#[derive(Debug, Clone, Default, Serialize)]
pub(in crate::live) struct PasteView {
    pub(in crate::live) typed: String,
    /// The answer of "check" without scripts.
    pub(in crate::live) verdict: String,
    pub(in crate::live) mistakes: Mistakes,
}

/// The desk, of a draw or of a rehearsal.
#[derive(Debug, Clone, Serialize)]
pub(in crate::live) struct DeskView {
    heading: Heading,
    rehearsal: bool,
    scene: SceneView,
    /// This page, without language.
    at: String,
    stage_path: String,
    checks: Vec<CheckRow>,
    asked_at: Option<i64>,
    freezes_at: i64,
    chain_hash: String,
    trouble: Option<String>,
    /// Whether a source is missing that is not a round.
    others: bool,
    /// Whether the round can be taken now.
    takes_round: bool,
    drawn: bool,
    /// What the next cue shows.
    next: String,
    practice: String,
    typed: String,
    verdict: String,
    mistakes: Mistakes,
    now: i64,
}

impl DeskView {
    pub(in crate::live) fn of(
        language: Language,
        playing: &Playing<'_>,
        asked: Option<Asked>,
        public_origin: &str,
        paste: PasteView,
    ) -> DeskView {
        let shown = playing.shown;
        let scene = SceneView::of(language, playing);
        let (page, stage) = match playing.rehearsal {
            Some(_) => ("rehearse", "/rehearsal"),
            None => ("run", ""),
        };
        let rehearsal = playing.rehearsal.is_some();
        let rows = match rehearsal {
            true => vec![Check::Fonts, Check::Machine],
            false => checks(shown, asked, public_origin),
        };
        let received = playing
            .rehearsal
            .is_some_and(|rehearsal| rehearsal.received);
        DeskView {
            heading: Heading::of(language, &shown.facts),
            rehearsal,
            at: format!("/staff/draws/{}/{page}", shown.plan.id),
            stage_path: format!("/stage/{}{stage}", shown.plan.id),
            checks: rows
                .into_iter()
                .map(|check| CheckRow::of(language, check))
                .collect(),
            asked_at: asked.map(|asked| asked.at.0),
            freezes_at: shown.facts.freezes_at.0,
            chain_hash: match rehearsal {
                true => lucky_draw::beacon::QUICKNET.hash.to_string(),
                false => {
                    awaited(&shown.plan).map_or_else(String::new, |own| own.chain.hash.to_string())
                }
            },
            trouble: trouble(language, shown).filter(|_| !rehearsal),
            others: !rehearsal && shown.plan.missing().any(|source| source.drand().is_none()),
            takes_round: match rehearsal {
                true => !received && playing.due().is_some(),
                false => shown.plan.stage == DrawStage::Frozen,
            },
            drawn: match rehearsal {
                true => received,
                false => shown.plan.stage == DrawStage::Drawn,
            },
            next: next(language, &scene),
            practice: if rehearsal {
                rehearsal::SIGNATURE.to_owned()
            } else {
                String::new()
            },
            typed: paste.typed,
            verdict: paste.verdict,
            mistakes: paste.mistakes,
            now: playing.now.0,
            scene,
        }
    }
}

/// Why the round has not come by itself.
fn trouble(language: Language, shown: &Shown) -> Option<String> {
    let id = match Trouble::parse(shown.plan.trouble())? {
        Trouble::Unreachable => "draw-trouble-unreachable",
        Trouble::NotYet => "draw-trouble-not-yet",
        Trouble::Unreadable => "draw-trouble-unreadable",
        Trouble::OtherRound => "draw-trouble-other-round",
        Trouble::Unsigned => "draw-trouble-unsigned",
    };
    Some(text::message(language, id, &[]))
}

/// What "next" does now.
fn next(language: Language, scene: &SceneView) -> String {
    let id = match scene.scene {
        _ if scene.is_paused() => "live-next-paused",
        "doors" => "live-next-words",
        "words" => "live-next-beacon",
        "countdown" | "waiting" => "live-next-wait",
        "stopped" => "live-next-nothing",
        _ if scene.is_over() => "live-next-nothing",
        "end" => "live-next-screen",
        _ if scene.has_more() => "live-next-winner",
        _ => "live-next-end",
    };
    text::message(language, id, &[])
}
