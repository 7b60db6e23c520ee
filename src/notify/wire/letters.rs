//! What a letter is filled with, and what staff see of letters before they leave.

use serde::Serialize;

use crate::activity::wire::Heading;

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
    pub(in crate::notify) count: u64,
    pub(in crate::notify) without_address: u64,
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

/// What a letter about a place is filled with; nothing of the person.
#[derive(Serialize)]
pub(in crate::notify) struct SeatLetterText<'a> {
    pub(in crate::notify) kind: &'a str,
    pub(in crate::notify) title: &'a str,
    pub(in crate::notify) session: &'a str,
    pub(in crate::notify) place: &'a str,
    pub(in crate::notify) starts: i64,
    pub(in crate::notify) reason: &'a str,
    pub(in crate::notify) number: &'a str,
    pub(in crate::notify) deadline: i64,
    pub(in crate::notify) library: &'a str,
    pub(in crate::notify) phone: &'a str,
    pub(in crate::notify) email: &'a str,
    pub(in crate::notify) host: &'a str,
    pub(in crate::notify) purge: i64,
}
