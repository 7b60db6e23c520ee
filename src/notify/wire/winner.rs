//! One winner at the desk; name and telephone only in the answer to the POST that recorded why.

use lucky_draw::encode::Hash;
use lucky_draw::result::Slot;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::activity::wire::Heading;
use crate::activity::{AskedField, Field};
use crate::draw::slot_words;
use crate::draw::tax::Rules;
use crate::notify::calls::{CallReason, Callee};
use crate::notify::claims::{Decided, UNDO};
use crate::notify::notices::may_be_resent;
use crate::notify::{Claim, ClaimStage, Notice};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;
use crate::policy;

use super::taxes::{tax_source, tax_words};
use super::winners::{notice_words, shown_deadline, state, state_kind, state_words_of};
use super::{Choice, LeaveRefused, Place, told_apart_by};

/// One notice of one winner.
#[derive(Serialize)]
struct NoticeLine {
    id: String,
    words: String,
    may_resend: bool,
}

/// One winner or reserve.
#[derive(Serialize)]
pub(in crate::notify) struct WinnerView {
    heading: Heading,
    slot: String,
    /// The draw's name; empty where the activity has one draw.
    draw: String,
    path: String,
    base: String,
    ticket: String,
    state: String,
    kind: &'static str,
    stage: &'static str,
    is_prize: bool,
    deadline: Option<i64>,
    undo_until: Option<i64>,
    /// The rule by which somebody said the person is not eligible.
    doubt: Option<String>,
    /// Whether the reader may confirm that.
    may_confirm: bool,
    /// Nobody else works here, so one person decides.
    is_alone: bool,
    may_leave: bool,
    may_keep: bool,
    leave_code: String,
    leave_rule: String,
    leave_codes: Vec<Choice>,
    field: &'static str,
    field_label: String,
    mistakes: Mistakes,
    reasons: Vec<Choice>,
    called: Option<CallView>,
    notices: Vec<NoticeLine>,
    tax: String,
    tax_source: String,
    /// Whether the prize was handed over and what the statement needs can be taken down.
    may_tax: bool,
}

/// Whom to call, once it is on record.
#[derive(Serialize)]
pub(in crate::notify) struct CallView {
    /// Masked.
    name: String,
    phone: String,
}

impl CallView {
    pub(in crate::notify) fn of(callee: &Callee) -> CallView {
        CallView {
            name: callee.name.clone(),
            phone: callee
                .phone
                .as_ref()
                .map_or(String::new(), |phone| phone.to_string()),
        }
    }
}

/// What the page of a winner is made of.
pub(in crate::notify) struct WinnerPage {
    pub(in crate::notify) draw: Decided,
    pub(in crate::notify) claim: Claim,
    pub(in crate::notify) holds: bool,
    pub(in crate::notify) may_confirm: bool,
    pub(in crate::notify) is_alone: bool,
    /// What the ID shown at the desk has to match.
    pub(in crate::notify) tag: Hash,
    pub(in crate::notify) notices: Vec<Notice>,
    pub(in crate::notify) asked: Vec<AskedField>,
    pub(in crate::notify) now: Timestamp,
    /// The tax rules of today.
    pub(in crate::notify) rules: Rules,
}

impl WinnerView {
    pub(in crate::notify) fn of(
        lang: Language,
        page: &WinnerPage,
        mistakes: Mistakes,
        called: Option<CallView>,
    ) -> WinnerView {
        let (draw, claim) = (&page.draw, &page.claim);
        let field = told_apart_by(&page.asked).unwrap_or(Field::NationalId);
        let base = format!("/staff/activities/{}", draw.facts.id);
        let undo_until = claim.marked_at.plus(UNDO);
        let may_undo = claim.stage == ClaimStage::Claimed && page.now <= undo_until;
        let is_drawn = draw.is_running();
        WinnerView {
            heading: Heading::of(lang, &draw.facts),
            slot: slot_words(lang, &draw.plan, &claim.slot),
            path: Place::of(draw, &claim.slot).path(),
            draw: draw.plan.name.pick(lang).to_owned(),
            base,
            ticket: TicketNumber(claim.index).to_string(),
            state: state_words_of(lang, state(claim)),
            kind: state_kind(claim),
            stage: claim.stage.code(),
            is_prize: claim.is_prize(),
            deadline: shown_deadline(claim),
            undo_until: may_undo.then_some(undo_until.0),
            doubt: claim.is_doubted().then(|| claim.reason.clone()),
            may_confirm: page.may_confirm,
            is_alone: page.is_alone,
            may_leave: is_drawn && claim.stage == ClaimStage::Held,
            may_keep: is_drawn && claim.stage.vacates().is_some() && page.holds,
            leave_code: String::new(),
            leave_rule: String::new(),
            leave_codes: leave_codes(lang),
            field: field.code(),
            field_label: policy::field_name(lang, field),
            mistakes,
            reasons: CallReason::ALL
                .into_iter()
                .map(|reason| Choice {
                    value: reason.code(),
                    label: reason.words(lang),
                })
                .collect(),
            called,
            notices: page
                .notices
                .iter()
                .filter(|notice| notice.slot == claim.slot)
                .map(|notice| notice_line(lang, notice, page))
                .collect(),
            tax: prize_value(draw, &claim.slot)
                .map_or(String::new(), |value| tax_words(lang, &page.rules, value)),
            tax_source: tax_source(lang, &page.rules),
            may_tax: claim.is_prize()
                && claim.stage == ClaimStage::Claimed
                && prize_value(draw, &claim.slot).is_some_and(|value| value > 0),
        }
    }

    /// With what was typed in the form of leaving.
    pub(in crate::notify) fn typed(mut self, refused: &LeaveRefused) -> WinnerView {
        refused.code.clone_into(&mut self.leave_code);
        refused.rule.clone_into(&mut self.leave_rule);
        self
    }
}

/// Why a slot can be left: the codes of draw-protocol 4.8 that people choose.
fn leave_codes(lang: Language) -> Vec<Choice> {
    [
        ("D", "notify-leave-d"),
        ("E", "notify-leave-e"),
        ("I", "notify-leave-i"),
    ]
    .map(|(value, id)| Choice {
        value,
        label: text::message(lang, id, &[]),
    })
    .into()
}

fn notice_line(lang: Language, notice: &Notice, page: &WinnerPage) -> NoticeLine {
    let newer = page.notices.iter().any(|other| {
        other.slot == notice.slot
            && other.index == notice.index
            && other.kind == notice.kind
            && other.copy > notice.copy
    });
    let is_held = page.claim.stage == ClaimStage::Held;
    NoticeLine {
        id: notice.id.0.clone(),
        words: notice_words(lang, notice),
        may_resend: is_held && !newer && may_be_resent(notice.stage),
    }
}

fn prize_value(draw: &Decided, slot: &Slot) -> Option<i64> {
    match slot {
        Slot::Prize { slug, .. } => draw.plan.prize(slug).map(|prize| prize.value_twd),
        Slot::Reserve(_) => None,
    }
}

/// The activity's name, and the draw's own behind it where it has one.
pub(super) fn full_name(lang: Language, draw: &Decided) -> String {
    let title = draw.facts.title.pick(lang);
    match draw.plan.name.pick(lang) {
        "" => title.to_owned(),
        name => format!("{title} · {name}"),
    }
}
