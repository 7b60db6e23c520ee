//! What crosses the boundary of draws: forms in, views and words out.

mod check_view;
mod close_view;
mod draw_page;
mod hall;
mod lists;
mod notes_page;
mod passing;
mod plan_form;
mod proof_page;
mod source_form;
mod source_view;

pub(super) use check_view::{CheckView, read_ticket};
pub(super) use close_view::{CloseView, ListView, close_views};
pub(super) use draw_page::DrawView;
pub(super) use lists::{DrawRow, EntriesView, HoldersView, PER_PAGE, page_of};
pub(super) use notes_page::NotesView;
pub(super) use passing::SettlementPage;
pub(super) use plan_form::{PlanForm, PrizeRow, prize_rows};
pub(super) use proof_page::{PlaceFile, ProofAnswer, ProofView, Refused};
pub(super) use source_form::{GameOption, SECRET, game_options};
pub(super) use source_view::{SourceView, source_views, source_words, sources_words};

use lucky_draw::beacon::BeaconError;
use lucky_draw::record::VoidCode;
use lucky_draw::result::SettleCode;
use serde::Serialize;

use crate::activity::{ActivityId, Facts, Stage};
use crate::platform::clock::{DAY, HOUR, MINUTE, Timestamp};
use crate::platform::text::{self, Language};

use super::beacon::Trouble;
use super::cancel::CancelCode;
use super::details::PlanTrouble;
use super::publish::Problem;
use super::{DrawStage, NumbersError, Plan, SuccessorTrouble, SupersedeCode, slot_words};

/// What a visitor would say about where a draw is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Published; entry has not begun.
    Soon,
    /// People enter.
    Open,
    /// The list is closed, not yet final.
    Closed,
    /// The list is final; the round is not due.
    Waiting,
    /// The round is due and has not come.
    Late,
    /// The result is public.
    Drawn,
    /// The same, and personal data is gone.
    Purged,
    /// It will not take place.
    Cancelled,
}

impl Phase {
    pub(super) fn of(facts: &Facts, plan: &Plan, now: Timestamp) -> Phase {
        let due = plan.round_time().is_ok_and(|due| due <= now);
        match plan.stage {
            DrawStage::Cancelled => Phase::Cancelled,
            DrawStage::Drawn if facts.stage == Stage::Purged => Phase::Purged,
            DrawStage::Drawn => Phase::Drawn,
            DrawStage::Frozen if due => Phase::Late,
            DrawStage::Frozen => Phase::Waiting,
            DrawStage::Closed => Phase::Closed,
            DrawStage::Planned | DrawStage::Open if now < facts.opens_at => Phase::Soon,
            DrawStage::Planned | DrawStage::Open => Phase::Open,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Phase::Soon => "soon",
            Phase::Open => "open",
            Phase::Closed => "closed",
            Phase::Waiting => "waiting",
            Phase::Late => "late",
            Phase::Drawn => "drawn",
            Phase::Purged => "purged",
            Phase::Cancelled => "cancelled",
        }
    }

    /// The words of its tag, and the tag's kind.
    pub(super) fn tag(self, language: Language) -> Tag {
        let (id, kind) = match self {
            Phase::Soon => ("draw-phase-soon", "waiting"),
            Phase::Open => ("draw-phase-open", "open"),
            Phase::Closed => ("draw-phase-closed", "waiting"),
            Phase::Waiting => ("draw-phase-waiting", "waiting"),
            Phase::Late => ("draw-phase-late", "waiting"),
            Phase::Drawn => ("draw-phase-drawn", "done"),
            Phase::Purged => ("draw-phase-purged", "done"),
            Phase::Cancelled => ("draw-phase-cancelled", "danger"),
        };
        Tag {
            words: text::message(language, id, &[]),
            kind,
        }
    }
}

/// A state in words, with the colour of its tag.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Tag {
    words: String,
    kind: &'static str,
}

impl Tag {
    /// Of a draw that only staff know.
    pub(super) fn planned(language: Language) -> Tag {
        Tag {
            words: text::message(language, "draw-phase-planned", &[]),
            kind: "",
        }
    }
}

impl Problem {
    /// What to do about it, in the reader's language.
    pub fn message(&self, language: Language) -> String {
        let say = |id: &str| text::message(language, id, &[]);
        match self {
            Problem::Details(trouble) | Problem::Asked(trouble) => trouble.message(language),
            Problem::SlugReserved => say("draw-problem-slug"),
            Problem::OpensUnseen => say("draw-problem-opens-unseen"),
            Problem::NoPlan => say("draw-problem-no-plan"),
            Problem::OnePool => say("draw-problem-one-pool"),
            Problem::Plan(_, trouble) => plan_trouble(language, *trouble),
            Problem::NoCards => say("admission-cards-none"),
            Problem::NoQuestion => say("draw-problem-no-question"),
            Problem::NoSession => say("seats-problem-none"),
            Problem::Session(_, trouble) => trouble.message(language),
        }
    }

    /// The page that mends it, without a language.
    pub fn path(&self, activity: &ActivityId) -> String {
        format!("/staff/activities/{activity}/{}", self.page())
    }
}

/// A problem that keeps a draft from being published, with the page that mends it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProblemRow {
    words: String,
    path: String,
}

impl ProblemRow {
    pub(super) fn of(language: Language, activity: &ActivityId, problem: &Problem) -> ProblemRow {
        ProblemRow {
            words: problem.message(language),
            path: problem.path(activity),
        }
    }
}

/// What to do about a planned draw; the prize that it is about goes by its number.
pub(super) fn plan_trouble(language: Language, trouble: PlanTrouble) -> String {
    let Some(at) = trouble.prize() else {
        return plan_words(language, trouble);
    };
    prize_trouble(language, trouble, at + 1)
}

/// What to do about a prize that goes by another number than its place among those that are kept.
pub(super) fn prize_trouble(language: Language, trouble: PlanTrouble, number: usize) -> String {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    let prize = text::message(language, "draw-plan-prize", &[("number", number.into())]);
    let words = plan_words(language, trouble);
    let args = [("prize", prize.into()), ("words", words.into())];
    text::message(language, "draw-trouble-of-prize", &args)
}

fn plan_words(language: Language, trouble: PlanTrouble) -> String {
    let id = match trouble {
        PlanTrouble::NoPrize => "draw-trouble-no-prize",
        PlanTrouble::TooManyPrizes => "draw-trouble-many-prizes",
        PlanTrouble::NameMissing(_) => "draw-trouble-name",
        PlanTrouble::SlugUnfit(_) => "draw-trouble-slug",
        PlanTrouble::SlugTaken(_) => "draw-trouble-slug-taken",
        PlanTrouble::UnitsUnfit(_) => "draw-trouble-units",
        PlanTrouble::ValueUnfit(_) => "draw-trouble-value",
        PlanTrouble::ReservesUnfit => "draw-trouble-reserves",
        PlanTrouble::WinsUnfit => "draw-trouble-wins",
        PlanTrouble::TicketsUnfit => "draw-trouble-tickets",
        PlanTrouble::Source(trouble) => return source_form::source_trouble(language, trouble),
        PlanTrouble::DrawSlugUnfit => "draw-trouble-draw-slug",
        PlanTrouble::DrawSlugTaken => "draw-trouble-draw-slug-taken",
        PlanTrouble::DrawNameMissing => "draw-trouble-draw-name",
        PlanTrouble::DrawTimeUnfit => "draw-trouble-draw-time",
        PlanTrouble::ExcludesUnfit => "draw-trouble-excludes",
        PlanTrouble::ExcludesTooMany => "draw-trouble-excludes-many",
        PlanTrouble::ExcludesTooDeep => "draw-trouble-excludes-deep",
    };
    text::message(language, id, &[])
}

/// Why what was pasted is not the round, and what to do.
pub(super) fn beacon_mistake(language: Language, error: BeaconError, round: u64) -> String {
    let id = match error {
        BeaconError::Json => "draw-paste-json",
        BeaconError::Hex => "draw-paste-hex",
        BeaconError::Round { found, .. } => {
            let args = [
                ("round", round.to_string().into()),
                ("found", found.to_string().into()),
            ];
            return text::message(language, "draw-paste-round", &args);
        }
        BeaconError::Length { expected, found } => {
            let digits = |bytes: usize| i64::try_from(2 * bytes).unwrap_or(i64::MAX);
            let args = [
                ("expected", digits(expected).into()),
                ("found", digits(found).into()),
            ];
            return text::message(language, "draw-paste-length", &args);
        }
        BeaconError::Previous => "draw-paste-previous",
        BeaconError::Encoding | BeaconError::Signature | BeaconError::Randomness => {
            "draw-paste-signature"
        }
    };
    text::message(language, id, &[])
}

/// Why numbers that were typed cannot be those of the issue.
pub(super) fn numbers_mistake(language: Language, error: NumbersError) -> String {
    match error {
        NumbersError::Unreadable => text::message(language, "draw-numbers-unreadable", &[]),
        NumbersError::Count { expected, found } => {
            let found = i64::try_from(found).unwrap_or(i64::MAX);
            let args = [
                ("expected", i64::from(expected).into()),
                ("found", found.into()),
            ];
            text::message(language, "draw-numbers-count", &args)
        }
        NumbersError::Range { number, highest } => {
            let args = [
                ("number", i64::from(number).into()),
                ("highest", i64::from(highest).into()),
            ];
            text::message(language, "draw-numbers-range", &args)
        }
        NumbersError::Twice { number } => {
            let args = [("number", i64::from(number).into())];
            text::message(language, "draw-numbers-twice", &args)
        }
    }
}

/// Why the round has not come by itself.
pub(super) fn beacon_trouble(language: Language, word: &str) -> Option<String> {
    let id = match Trouble::parse(word)? {
        Trouble::Unreachable => "draw-trouble-unreachable",
        Trouble::NotYet => "draw-trouble-not-yet",
        Trouble::Unreadable => "draw-trouble-unreadable",
        Trouble::OtherRound => "draw-trouble-other-round",
        Trouble::Unsigned => "draw-trouble-unsigned",
    };
    Some(text::message(language, id, &[]))
}

/// Why a ticket does not take part.
pub(super) fn void_words(language: Language, code: VoidCode) -> String {
    let id = match code {
        VoidCode::W => "draw-void-w",
        VoidCode::D => "draw-void-d",
        VoidCode::I => "draw-void-i",
        VoidCode::T => "draw-void-t",
    };
    text::message(language, id, &[])
}

/// Why a slot was vacated.
pub(super) fn settle_words(language: Language, code: SettleCode) -> String {
    let id = match code {
        SettleCode::F => "draw-settle-f",
        SettleCode::D => "draw-settle-d",
        SettleCode::I => "draw-settle-i",
        SettleCode::E => "draw-settle-e",
    };
    text::message(language, id, &[])
}

/// Why an activity was cancelled.
pub(super) fn cancel_words(language: Language, code: CancelCode) -> String {
    let id = match code {
        CancelCode::Few => "draw-cancel-few",
        CancelCode::Prize => "draw-cancel-prize",
        CancelCode::Rules => "draw-cancel-rules",
        CancelCode::Force => "draw-cancel-force",
        CancelCode::Other => "draw-cancel-other",
    };
    text::message(language, id, &[])
}

/// Why a promise was replaced.
pub(super) fn supersede_words(language: Language, code: SupersedeCode) -> String {
    let id = match code {
        SupersedeCode::Chain => "draw-replace-chain",
        SupersedeCode::Date => "draw-replace-date",
        SupersedeCode::Force => "draw-cancel-force",
    };
    text::message(language, id, &[])
}

/// The field at which something about a successor is shown.
pub(super) fn successor_field(trouble: SuccessorTrouble) -> &'static str {
    match trouble {
        SuccessorTrouble::Closes => "closes",
        SuccessorTrouble::Freezes => "freezes",
        SuccessorTrouble::Draws | SuccessorTrouble::Same => "draws",
        SuccessorTrouble::OtherLottery | SuccessorTrouble::Source(_) => "drand",
    }
}

/// What to do about a successor.
pub(super) fn successor_words(language: Language, trouble: SuccessorTrouble) -> String {
    let id = match trouble {
        SuccessorTrouble::Closes => "activity-trouble-closes",
        SuccessorTrouble::Freezes => "draw-replace-freezes",
        SuccessorTrouble::Draws => "draw-replace-draws",
        SuccessorTrouble::Same => "draw-replace-same",
        SuccessorTrouble::OtherLottery => "draw-replace-lottery",
        SuccessorTrouble::Source(trouble) => {
            return source_form::source_trouble(language, trouble);
        }
    };
    text::message(language, id, &[])
}

/// How long it is until `then`, in the two largest units; `None` when it is past.
pub(super) fn left(language: Language, now: Timestamp, then: Timestamp) -> Option<String> {
    let left = then.0 - now.0;
    if left <= 0 {
        return None;
    }
    let (days, hours) = (left / DAY, left % DAY / HOUR);
    let minutes = (left % HOUR).div_euclid(MINUTE);
    let (id, first, second) = if days > 0 {
        ("draw-left-days", days, hours)
    } else if hours > 0 {
        ("draw-left-hours", hours, minutes)
    } else {
        ("draw-left-minutes", minutes, left % MINUTE / 1_000)
    };
    let args = [("first", first.into()), ("second", second.into())];
    Some(text::message(language, id, &args))
}
