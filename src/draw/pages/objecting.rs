//! The objection window on the staff's side: proposals, their confirmation, every close so far.

use rocket::{Route, State, get, post, routes};
use serde::Serialize;

use lucky_draw::record::VoidCode;
use lucky_draw::ticket::TicketNumber;

use crate::account::guard::{Confirmed, DrawOfficer};
use crate::activity::wire::Heading;
use crate::activity::{self, Facts};
use crate::audit::{self, StaffId};
use crate::draw::objection::{self, Correction, ShownClose};
use crate::draw::wire::{CloseView, close_views, void_words};
use crate::draw::{self, DrawId, Error, Plan};
use crate::identity::typed;
use crate::platform::clock::Timestamp;
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;

/// Longest reason of a correction, in characters.
const LONGEST_REASON: usize = 200;
/// What stands in the form for letting a ticket take part again.
const LET_IN: &str = "in";

pub(super) fn routes() -> Vec<Route> {
    routes![closes, change]
}

#[derive(Serialize)]
struct ClosesView {
    heading: Heading,
    draw: String,
    /// Until when the list can be corrected.
    until: Option<i64>,
    freezes_at: i64,
    closes: Vec<CloseView>,
    proposed: Vec<ProposalRow>,
    /// What the confirming form sends back.
    seen: String,
    /// Whether the reader may confirm.
    confirmable: bool,
    /// Nobody else works here, so one person decides.
    alone: bool,
    ticket: String,
    code: String,
    reason: String,
    codes: Vec<CodeOption>,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct ProposalRow {
    index: u64,
    ticket: String,
    change: String,
    reason: String,
    own: bool,
}

#[derive(Serialize)]
struct CodeOption {
    value: String,
    label: String,
}

/// Everything that the page shows.
struct Read {
    facts: Facts,
    plan: Plan,
    closes: Vec<ShownClose>,
    proposed: Vec<Correction>,
    needs_second: bool,
}

impl ClosesView {
    fn of(language: Language, read: &Read, reader: &StaffId, now: Timestamp) -> ClosesView {
        let Read {
            facts,
            plan,
            proposed,
            ..
        } = read;
        let own = |each: &Correction| each.proposed_by == *reader;
        let row = |each: &Correction| ProposalRow {
            index: each.index,
            ticket: TicketNumber(each.index).to_string(),
            change: each.code.map_or_else(
                || text::message(language, "draw-closes-in", &[]),
                |code| void_words(language, code),
            ),
            reason: each.reason.clone(),
            own: own(each),
        };
        let may_confirm = |each: &Correction| each.may_be_confirmed(reader, read.needs_second);
        let confirmable = proposed.iter().any(may_confirm);
        ClosesView {
            heading: Heading::of(language, facts),
            draw: plan.id.0.clone(),
            until: objection::window(facts, plan, now).map(|until| until.0),
            freezes_at: facts.freezes_at.0,
            closes: close_views(language, &read.closes),
            proposed: proposed.iter().map(row).collect(),
            seen: objection::fingerprint(proposed).to_string(),
            confirmable,
            alone: !read.needs_second,
            ticket: String::new(),
            code: String::new(),
            reason: String::new(),
            codes: code_options(language),
            mistakes: Mistakes::new(),
        }
    }

    fn note(&mut self, language: Language, field: &str, id: &str) {
        self.mistakes.add(field, text::message(language, id, &[]));
    }

    /// Reads the form of a proposal: the ticket and its new code.
    fn parse(&mut self, language: Language, form: &FormFields) -> Option<(u64, Option<VoidCode>)> {
        self.ticket = typed::line(form.value("ticket"));
        self.reason = typed::line(form.value("reason"));
        form.value("code").clone_into(&mut self.code);
        let ticket = self.ticket.parse::<TicketNumber>().ok();
        if ticket.is_none() {
            self.note(language, "ticket", "draw-check-form");
        }
        let code = match self.code.as_str() {
            "I" => Some(Some(VoidCode::I)),
            "T" => Some(Some(VoidCode::T)),
            LET_IN => Some(None),
            _ => None,
        };
        if code.is_none() {
            self.note(language, "code", "draw-closes-code-empty");
        }
        if self.reason.is_empty() || typed::length(&self.reason) > LONGEST_REASON {
            self.note(language, "reason", "draw-closes-reason-empty");
        } else if let Some(trace) = audit::detector::find(&self.reason) {
            self.note(language, "reason", trace.message_id());
        }
        match (ticket, code) {
            (Some(ticket), Some(code)) if self.mistakes.is_empty() => Some((ticket.0, code)),
            _ => None,
        }
    }
}

fn code_options(language: Language) -> Vec<CodeOption> {
    let void = |code: VoidCode| CodeOption {
        value: code.to_string(),
        label: void_words(language, code),
    };
    let back = CodeOption {
        value: LET_IN.to_owned(),
        label: text::message(language, "draw-closes-in", &[]),
    };
    vec![void(VoidCode::I), void(VoidCode::T), back]
}

async fn read(db: &Db, draw: &str) -> Result<Read, Error> {
    let draw = DrawId::from(draw);
    db.read("read closes", move |tx| {
        let plan = draw::by_id(tx, &draw)?;
        if plan.manifest.is_none() {
            return Err(Error::Unknown);
        }
        let facts = activity::by_id(tx, &plan.activity)?;
        Ok(Read {
            closes: draw::closes(tx, &plan)?,
            proposed: objection::proposed(tx, &plan)?,
            needs_second: objection::needs_second(tx, &facts)?,
            facts,
            plan,
        })
    })
    .await
}

#[get("/staff/draws/<draw>/closes")]
async fn closes(lang: Language, staff: DrawOfficer, draw: &str, db: &State<Db>) -> AppResult<Page> {
    let read = read(db, draw).await?;
    let view = ClosesView::of(lang, &read, &staff.0.id, db.clock().now());
    Ok(Page::new(lang, "draw/closes", view).no_store())
}

#[post("/staff/draws/<draw>/closes", data = "<form>")]
async fn change(
    lang: Language,
    staff: DrawOfficer,
    draw: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let before = read(db, draw).await?;
    let mut view = ClosesView::of(lang, &before, &staff.0.id, db.clock().now());
    let (by, id) = (staff.0.id.clone(), before.plan.id.clone());
    let outcome = match form.value("do") {
        "confirm" => {
            let (vault, seen) = (vault.inner().clone(), form.value("seen").to_owned());
            db.write("confirm corrections", move |tx| {
                let plan = draw::by_id(tx, &id)?;
                let proposed = objection::proposed(tx, &plan)?;
                let found = objection::fingerprint(&proposed);
                if found.to_string() != seen {
                    return Err(Error::Moved);
                }
                objection::confirm(tx, &vault, &by, &id, &found).map(|_| ())
            })
            .await
        }
        "drop" => {
            let index = form.value("index").parse().unwrap_or(u64::MAX);
            db.write("drop correction", move |tx| {
                objection::drop_proposal(tx, &by, &id, index)
            })
            .await
        }
        _ => {
            let Some((index, code)) = view.parse(lang, &form) else {
                return Ok(Page::new(lang, "draw/closes", view).again().into());
            };
            let reason = view.reason.clone();
            db.write("propose correction", move |tx| {
                objection::propose(tx, &by, &id, index, code, &reason)
            })
            .await
        }
    };
    let mistake = match outcome {
        Ok(()) => return Ok(Reply::go(lang, &format!("/staff/draws/{draw}/closes"))),
        Err(Error::NoTicket) => ("ticket", "draw-closes-no-ticket"),
        Err(Error::NothingChanges) => ("ticket", "draw-closes-no-change"),
        Err(Error::Moved) => ("proposals", "draw-closes-moved"),
        Err(Error::SecondPerson) => ("proposals", "draw-closes-second"),
        Err(error) => return Err(error.into()),
    };
    view.note(lang, mistake.0, mistake.1);
    Ok(Page::new(lang, "draw/closes", view).again().into())
}
