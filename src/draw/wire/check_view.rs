//! One number looked up in the public list.

use lucky_draw::encode::Hash;
use lucky_draw::ticket::{TicketNumber, TicketNumberError};
use serde::Serialize;

use crate::draw::Shown;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;

use super::lists::{PER_PAGE, void};
use super::passing::history;
use super::slot_words;

/// Reads a ticket number as it was typed, or says what to do.
pub(in crate::draw) fn read_ticket(
    language: Language,
    typed: &str,
) -> Result<TicketNumber, String> {
    typed.trim().parse().map_err(|error| {
        let id = match error {
            TicketNumberError::Form => "draw-check-form",
            TicketNumberError::Check => "draw-check-digit",
        };
        text::message(language, id, &[])
    })
}

/// One number looked up.
#[derive(Debug, Clone, Serialize)]
pub(in crate::draw) struct CheckView {
    id: String,
    title: String,
    closed: bool,
    closes_at: i64,
    typed: String,
    mistakes: Mistakes,
    answer: Option<Answer>,
}

/// What the list says about a number.
#[derive(Debug, Clone, Serialize)]
struct Answer {
    ticket: String,
    /// Whether it is in the list.
    listed: bool,
    leaf: Option<String>,
    page: u64,
    void: Option<String>,
    /// The slot it holds now.
    holds: Option<String>,
    /// What the draw and the settlements gave it and took from it.
    history: Vec<String>,
    /// Whether the draw is over.
    drawn: bool,
}

impl CheckView {
    /// The page for what was typed; `leaf` finds a ticket's leaf in the closed list.
    pub(in crate::draw) fn of<E>(
        language: Language,
        shown: &Shown,
        typed: &str,
        leaf: impl FnOnce(u64) -> Result<Option<Hash>, E>,
    ) -> Result<CheckView, E> {
        let mut view = CheckView {
            id: shown.plan.id.0.clone(),
            title: shown.title(language),
            closed: shown.close.is_some(),
            closes_at: shown.facts.closes_at.0,
            typed: typed.trim().to_owned(),
            mistakes: Mistakes::new(),
            answer: None,
        };
        let Some(close) = shown.close.as_ref().filter(|_| !view.typed.is_empty()) else {
            return Ok(view);
        };
        let ticket = match read_ticket(language, &view.typed) {
            Ok(ticket) => ticket,
            Err(words) => {
                view.mistakes.add("ticket", words);
                return Ok(view);
            }
        };
        let found = if ticket.0 < close.size {
            leaf(ticket.0)?
        } else {
            None
        };
        let holding = shown.holdings.iter().find(|held| held.index == ticket.0);
        view.answer = Some(Answer {
            ticket: ticket.to_string(),
            listed: found.is_some(),
            leaf: found.map(|leaf| leaf.to_string()),
            page: ticket.0 / PER_PAGE + 1,
            void: void(language, Some(close), ticket.0),
            holds: holding.map(|held| slot_words(language, &shown.plan, &held.slot)),
            history: history(language, shown, ticket.0),
            drawn: shown.result.is_some(),
        });
        Ok(view)
    }
}
