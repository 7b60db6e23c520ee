//! What pages and letters show.

use lucky_draw::encode::Hash;
use lucky_draw::result::Slot;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::activity::wire::Heading;
use crate::activity::{AskedField, Facts, Field};
use crate::draw::Plan;
use crate::draw::tax::Rules;
use crate::notify::calls::{CallReason, Callee};
use crate::notify::claims::{Decided, UNDO};
use crate::notify::export::{Export, ExportPurpose, slot_words};
use crate::notify::notices::may_be_resent;
use crate::notify::sheet::Format;
use crate::notify::{Claim, ClaimStage, Notice, NoticeStage};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language, dates};
use crate::platform::web::form::Mistakes;
use crate::policy;

use super::{LeaveRefused, notice_kind_words, notice_stage_words, reply_words, told_apart_by};

/// What a letter is filled with. The name is the person's; nothing else is.
#[derive(Serialize)]
pub(in crate::notify) struct LetterText<'a> {
    pub(in crate::notify) kind: &'a str,
    pub(in crate::notify) name: &'a str,
    pub(in crate::notify) title: &'a str,
    pub(in crate::notify) library: &'a str,
    pub(in crate::notify) phone: &'a str,
    pub(in crate::notify) email: &'a str,
    pub(in crate::notify) host: &'a str,
    pub(in crate::notify) prize: &'a str,
    pub(in crate::notify) ticket: &'a str,
    pub(in crate::notify) deadline: i64,
    pub(in crate::notify) is_listed: bool,
    pub(in crate::notify) is_withheld: bool,
    pub(in crate::notify) purge: i64,
}

/// One slot and one ticket of the list.
#[derive(Serialize)]
struct ClaimLine {
    slot: String,
    ticket: String,
    state: String,
    kind: &'static str,
    deadline: Option<i64>,
    notices: Vec<String>,
    path: String,
}

/// What the tax rules say about one prize.
#[derive(Serialize)]
struct TaxLine {
    prize: String,
    words: String,
}

/// The list of winners.
#[derive(Serialize)]
pub(in crate::notify) struct WinnersView {
    heading: Heading,
    told: Option<u64>,
    only: String,
    choices: Vec<Choice>,
    groups: Vec<GroupView>,
    /// Names of the draws that have no result yet.
    waiting: Vec<String>,
    tax_source: String,
    /// Whether two of three librarians open the contacts.
    librarians: bool,
}

/// The winners of one draw.
#[derive(Serialize)]
pub(in crate::notify) struct GroupView {
    draw: String,
    /// The draw's name; empty where the activity has one draw.
    name: String,
    untold: usize,
    waits: String,
    trouble: bool,
    lines: Vec<ClaimLine>,
    taxes: Vec<TaxLine>,
}

/// One value of a choice.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
}

/// What the list of winners is asked for.
#[derive(Debug)]
pub(in crate::notify) struct Asked<'a> {
    /// Only claims in this state; empty for all.
    pub(in crate::notify) only: &'a str,
    /// How many were told a moment ago.
    pub(in crate::notify) told: Option<u64>,
    /// The tax rules of today.
    pub(in crate::notify) rules: &'a Rules,
}

/// The states by which the list can be narrowed.
const STATES: [&str; 7] = [
    "held",
    "reserve",
    "claimed",
    "declined",
    "erased",
    "ineligible",
    "expired",
];

impl Asked<'_> {
    fn state(&self) -> Option<&'static str> {
        STATES.into_iter().find(|state| *state == self.only)
    }
}

impl WinnersView {
    pub(in crate::notify) fn of(
        lang: Language,
        facts: &Facts,
        groups: Vec<GroupView>,
        waiting: &[Plan],
        librarians: bool,
        asked: &Asked,
    ) -> WinnersView {
        let name = |plan: &Plan| plan.name.pick(lang).to_owned();
        WinnersView {
            heading: Heading::of(lang, facts),
            told: asked.told,
            only: asked.state().unwrap_or("").to_owned(),
            choices: filters(lang, &STATES),
            groups,
            waiting: waiting.iter().map(name).collect(),
            tax_source: tax_source(lang, asked.rules),
            librarians,
        }
    }
}

impl GroupView {
    pub(in crate::notify) fn of(
        lang: Language,
        draw: &Decided,
        claims: &[Claim],
        notices: &[Notice],
        untold: usize,
        asked: &Asked,
    ) -> GroupView {
        let only = asked.state();
        let waiting = notices
            .iter()
            .find(|notice| notice.stage == NoticeStage::Waiting && !notice.last_reply.is_empty());
        GroupView {
            draw: draw.plan.id.0.clone(),
            name: draw.plan.name.pick(lang).to_owned(),
            untold,
            waits: waiting.map_or(String::new(), |notice| {
                reply_words(lang, &notice.last_reply)
            }),
            trouble: notices.iter().any(|notice| needs_staff(notice, claims)),
            lines: claims
                .iter()
                .filter(|claim| only.is_none_or(|only| state(claim) == only))
                .map(|claim| ClaimLine::of(lang, draw, claim, notices))
                .collect(),
            taxes: taxes(lang, draw, asked.rules),
        }
    }
}

/// All claims, or those in one state.
fn filters(lang: Language, states: &[&'static str]) -> Vec<Choice> {
    let all = Choice {
        value: "",
        label: text::message(lang, "notify-filter-all", &[]),
    };
    let states = states.iter().map(|state| Choice {
        value: state,
        label: state_words_of(lang, state),
    });
    [all].into_iter().chain(states).collect()
}

impl ClaimLine {
    fn of(lang: Language, draw: &Decided, claim: &Claim, notices: &[Notice]) -> ClaimLine {
        let own = notices
            .iter()
            .filter(|notice| notice.slot == claim.slot && notice.index == claim.index);
        ClaimLine {
            slot: slot_words(draw, lang, &claim.slot),
            ticket: TicketNumber(claim.index).to_string(),
            state: state_words_of(lang, state(claim)),
            kind: state_kind(claim),
            deadline: shown_deadline(claim),
            notices: own.map(|notice| notice_words(lang, notice)).collect(),
            path: winner_path(draw, &claim.slot),
        }
    }
}

/// The page of one winner or reserve.
fn winner_path(draw: &Decided, slot: &Slot) -> String {
    let (activity, id) = (&draw.facts.id, &draw.plan.id);
    format!("/staff/activities/{activity}/draws/{id}/winners/{slot}")
}

/// Whether a notice is about somebody who still holds the prize and did not get it by mail.
fn needs_staff(notice: &Notice, claims: &[Claim]) -> bool {
    let is_current = claims.iter().any(|claim| {
        claim.slot == notice.slot && claim.stage == ClaimStage::Held && claim.index == notice.index
    });
    is_current && notice.stage.is_trouble()
}

fn shown_deadline(claim: &Claim) -> Option<i64> {
    let is_due = claim.stage == ClaimStage::Held && claim.deadline.0 > 0;
    is_due.then_some(claim.deadline.0)
}

/// The state as a word; a reserve that waits has one of its own.
fn state(claim: &Claim) -> &'static str {
    match claim.stage {
        ClaimStage::Held if !claim.is_prize() => "reserve",
        stage => stage.code(),
    }
}

fn state_words_of(lang: Language, state: &str) -> String {
    let id = match state {
        "reserve" => "notify-claim-reserve",
        "claimed" => "notify-claim-claimed",
        "declined" => "notify-claim-declined",
        "erased" => "notify-claim-erased",
        "ineligible" => "notify-claim-ineligible",
        "expired" => "notify-claim-expired",
        "vacated" => "notify-claim-vacated",
        _ => "notify-claim-held",
    };
    text::message(lang, id, &[])
}

fn state_kind(claim: &Claim) -> &'static str {
    match claim.stage {
        ClaimStage::Held => "waiting",
        ClaimStage::Claimed => "done",
        ClaimStage::Declined
        | ClaimStage::Erased
        | ClaimStage::Ineligible
        | ClaimStage::Expired
        | ClaimStage::Vacated => "stopped",
    }
}

/// A notice in one line: what it is, how far it has come, when, and what the server said.
fn notice_words(lang: Language, notice: &Notice) -> String {
    let when = notice.sent_at.unwrap_or(notice.next_at);
    let reply = reply_words(lang, &notice.last_reply);
    let args = [
        ("kind", notice_kind_words(lang, notice.kind).into()),
        ("stage", notice_stage_words(lang, notice.stage).into()),
        ("when", dates::datetime(lang, when.0).into()),
    ];
    let words = match notice.stage {
        NoticeStage::Sent => text::message(lang, "notify-notice-when", &args),
        _ => text::message(lang, "notify-notice", &args[..2]),
    };
    if reply.is_empty() {
        words
    } else {
        let args = [("notice", words.into()), ("reply", reply.into())];
        text::message(lang, "notify-notice-reply", &args)
    }
}

fn taxes(lang: Language, draw: &Decided, rules: &Rules) -> Vec<TaxLine> {
    let prizes = draw.plan.prizes.iter();
    prizes
        .map(|prize| TaxLine {
            prize: prize.name.pick(lang).to_owned(),
            words: tax_words(lang, rules, prize.value_twd),
        })
        .collect()
}

fn tax_words(lang: Language, rules: &Rules, value: i64) -> String {
    let hint = rules.hint(value);
    let id = match (hint.resident > 0, hint.is_listed) {
        (true, _) => "notify-tax-withheld",
        (false, true) => "notify-tax-listed",
        (false, false) => "notify-tax-small",
    };
    let args = [
        ("value", hint.value.into()),
        ("free", rules.free_up_to.into()),
        ("resident", hint.resident.into()),
        ("other", hint.other.into()),
        ("year", rules.statement_free_up_to.into()),
    ];
    text::message(lang, id, &args)
}

/// Where the numbers come from, and when somebody looked.
fn tax_source(lang: Language, rules: &Rules) -> String {
    let args = [
        ("source", rules.source.clone().into()),
        ("date", rules.known_on.clone().into()),
    ];
    text::message(lang, "notify-tax-source", &args)
}

/// Before the result there is nobody to tell.
#[derive(Serialize)]
pub(in crate::notify) struct NotYetView {
    pub(in crate::notify) heading: Heading,
    pub(in crate::notify) is_cancelled: bool,
}

/// What will be sent, to how many.
#[derive(Serialize)]
pub(in crate::notify) struct NotifyView {
    pub(in crate::notify) heading: Heading,
    /// The draw's name; empty where the activity has one draw.
    pub(in crate::notify) draw: String,
    pub(in crate::notify) path: String,
    pub(in crate::notify) count: usize,
    pub(in crate::notify) without_address: usize,
    pub(in crate::notify) is_configured: bool,
    pub(in crate::notify) changed: bool,
    pub(in crate::notify) letters: Vec<Preview>,
}

/// A letter as it would look.
#[derive(Serialize)]
pub(in crate::notify) struct Preview {
    pub(in crate::notify) lang: &'static str,
    pub(in crate::notify) language: String,
    pub(in crate::notify) subject: String,
    pub(in crate::notify) body: String,
}

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
            slot: slot_words(draw, lang, &claim.slot),
            path: winner_path(draw, &claim.slot),
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
fn full_name(lang: Language, draw: &Decided) -> String {
    let title = draw.facts.title.pick(lang);
    match draw.plan.name.pick(lang) {
        "" => title.to_owned(),
        name => format!("{title} · {name}"),
    }
}

/// One export that was made.
#[derive(Serialize)]
struct ExportLine {
    when: i64,
    who: String,
    activity: String,
    purpose: String,
    format: &'static str,
    rows: u64,
    id: String,
}

/// The exports page.
#[derive(Serialize)]
pub(in crate::notify) struct ExportsView {
    draws: Vec<DrawChoice>,
    purposes: Vec<Choice>,
    formats: Vec<Choice>,
    draw: String,
    purpose: String,
    format: String,
    reason: String,
    mistakes: Mistakes,
    lines: Vec<ExportLine>,
}

#[derive(Serialize)]
struct DrawChoice {
    value: String,
    label: String,
}

/// What was typed into the form of an export.
#[derive(Debug, Default, Clone)]
pub(in crate::notify) struct ExportTyped {
    pub(in crate::notify) draw: String,
    pub(in crate::notify) purpose: String,
    pub(in crate::notify) format: String,
    pub(in crate::notify) reason: String,
}

impl ExportsView {
    pub(in crate::notify) fn of(
        lang: Language,
        draws: &[Decided],
        exports: &[(Export, String, String)],
        typed: ExportTyped,
        mistakes: Mistakes,
    ) -> ExportsView {
        let format_words = |format: Format| match format {
            Format::Xlsx => "notify-export-xlsx",
            Format::Csv => "notify-export-csv",
        };
        ExportsView {
            draws: draws
                .iter()
                .map(|draw| DrawChoice {
                    value: draw.plan.id.0.clone(),
                    label: full_name(lang, draw),
                })
                .collect(),
            purposes: ExportPurpose::ALL
                .into_iter()
                .map(|purpose| Choice {
                    value: purpose.code(),
                    label: purpose.words(lang),
                })
                .collect(),
            formats: Format::ALL
                .into_iter()
                .map(|format| Choice {
                    value: format.code(),
                    label: text::message(lang, format_words(format), &[]),
                })
                .collect(),
            draw: typed.draw,
            purpose: typed.purpose,
            format: typed.format,
            reason: typed.reason,
            mistakes,
            lines: exports
                .iter()
                .map(|(export, title, who)| ExportLine {
                    when: export.made_at.0,
                    who: who.clone(),
                    activity: title.clone(),
                    purpose: export.purpose.words(lang),
                    format: export.format.code(),
                    rows: export.rows,
                    id: export.id.0.clone(),
                })
                .collect(),
        }
    }
}
