//! The winners of a draw as a list: ticket, state and letters, and no person.

use std::collections::HashMap;

use lucky_draw::result::Slot;
use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::activity::Facts;
use crate::activity::wire::Heading;
use crate::draw::tax::Rules;
use crate::draw::{Plan, slot_words};
use crate::notify::claims::Decided;
use crate::notify::winners::{Narrowed, Winners};
use crate::notify::{Claim, ClaimStage, Notice, NoticeStage};
use crate::platform::text::{self, Language, dates};

use super::taxes::{TaxLine, tax_source, taxes};
use super::{Choice, Place, notice_kind_words, notice_stage_words, reply_words};

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
    untold: u64,
    waits: String,
    trouble: bool,
    lines: Vec<ClaimLine>,
    /// Which page of the lines this is, from 1.
    page_now: u64,
    last: u64,
    taxes: Vec<TaxLine>,
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

    /// Which claims that are; none for all.
    pub(in crate::notify) fn narrowed(&self) -> Option<Narrowed> {
        match self.state()? {
            "reserve" => Some(Narrowed::Reserves),
            state => ClaimStage::parse(state).map(Narrowed::Prizes),
        }
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
    pub(in crate::notify) fn of(lang: Language, winners: &Winners, asked: &Asked) -> GroupView {
        let draw = &winners.draw;
        let mut of_claims: HashMap<(&Slot, u64), Vec<&Notice>> = HashMap::new();
        for notice in &winners.notices {
            let key = (&notice.slot, notice.index);
            of_claims.entry(key).or_default().push(notice);
        }
        let waits = winners.waits.as_deref();
        GroupView {
            draw: draw.plan.id.0.clone(),
            name: draw.plan.name.pick(lang).to_owned(),
            untold: winners.untold,
            waits: waits.map_or(String::new(), |reply| reply_words(lang, reply)),
            trouble: winners.trouble,
            lines: winners
                .claims
                .iter()
                .map(|claim| {
                    let own = of_claims.remove(&(&claim.slot, claim.index));
                    ClaimLine::of(lang, draw, claim, &own.unwrap_or_default())
                })
                .collect(),
            page_now: winners.page,
            last: winners.last,
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
    fn of(lang: Language, draw: &Decided, claim: &Claim, own: &[&Notice]) -> ClaimLine {
        ClaimLine {
            slot: slot_words(lang, &draw.plan, &claim.slot),
            ticket: TicketNumber(claim.index).to_string(),
            state: state_words_of(lang, state(claim)),
            kind: state_kind(claim),
            deadline: shown_deadline(claim),
            notices: own
                .iter()
                .map(|notice| notice_words(lang, notice))
                .collect(),
            path: Place::of(draw, &claim.slot).path(),
        }
    }
}

pub(super) fn shown_deadline(claim: &Claim) -> Option<i64> {
    let is_due = claim.stage == ClaimStage::Held && claim.deadline.0 > 0;
    is_due.then_some(claim.deadline.0)
}

/// The state as a word; a reserve that waits has one of its own.
pub(super) fn state(claim: &Claim) -> &'static str {
    match claim.stage {
        ClaimStage::Held if !claim.is_prize() => "reserve",
        stage => stage.code(),
    }
}

pub(super) fn state_words_of(lang: Language, state: &str) -> String {
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

pub(super) fn state_kind(claim: &Claim) -> &'static str {
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
pub(super) fn notice_words(lang: Language, notice: &Notice) -> String {
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
