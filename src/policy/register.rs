//! The files of personal data that a library with Fairdraw has (個人資料保護法第 17 條), and who
//! works on them for the library.
//!
//! Invariant: the list of files is the program's own; a table that holds something of a person
//! belongs to one of them.
//!
//! Not here: the page ([`crate::portal`]).

use crate::activity::LocalText;
use crate::audit::{self, Act, Actor, StaffId};
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids::text_id;
use crate::platform::text::{self, Language};

use super::codes::{CATEGORIES, Code, PURPOSES};
use super::retention::Class;
use super::{Error, store};

text_id!(
    /// Names a processor.
    ProcessorId,
    10
);

/// One file of personal data in the sense of Art. 17.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// Entries with contacts and answers.
    Entries,
    /// Winners whose prize the tax law lists.
    Tax,
    /// Requests of people about their own data.
    Requests,
    /// What people wrote to the library.
    Feedback,
    /// Rows that stay for an authority or a dispute.
    Holds,
    /// Addresses of people who subscribed to the newsletter.
    Newsletter,
    /// People of the public with an account.
    Members,
    /// Accounts of staff and what they did.
    Staff,
    /// The access log.
    AccessLog,
}

impl File {
    /// All of them, in the order of the page.
    pub const ALL: [File; 9] = [
        File::Entries,
        File::Tax,
        File::Requests,
        File::Feedback,
        File::Holds,
        File::Newsletter,
        File::Members,
        File::Staff,
        File::AccessLog,
    ];

    /// The name of the file.
    pub fn name(self, language: Language) -> String {
        let id = match self {
            File::Entries => "policy-file-entries",
            File::Tax => "policy-file-tax",
            File::Requests => "policy-file-requests",
            File::Feedback => "policy-file-feedback",
            File::Holds => "policy-file-holds",
            File::Newsletter => "policy-file-newsletter",
            File::Members => "policy-file-members",
            File::Staff => "policy-file-staff",
            File::AccessLog => "policy-file-access-log",
        };
        text::message(language, id, &[])
    }

    /// On what ground it is kept.
    pub fn basis(self, language: Language) -> String {
        let id = match self {
            File::Entries => "policy-file-entries-basis",
            File::Tax => "policy-file-tax-basis",
            File::Requests => "policy-file-requests-basis",
            File::Feedback => "policy-file-feedback-basis",
            File::Holds => "policy-file-holds-basis",
            File::Newsletter => "policy-file-newsletter-basis",
            File::Members => "policy-file-members-basis",
            File::Staff => "policy-file-staff-basis",
            File::AccessLog => "policy-file-access-log-basis",
        };
        text::message(language, id, &[])
    }

    /// What it holds, in plain words.
    pub fn holds(self, language: Language) -> String {
        let id = match self {
            File::Entries => "policy-file-entries-holds",
            File::Tax => "policy-file-tax-holds",
            File::Requests => "policy-file-requests-holds",
            File::Feedback => "policy-file-feedback-holds",
            File::Holds => "policy-file-holds-holds",
            File::Newsletter => "policy-file-newsletter-holds",
            File::Members => "policy-file-members-holds",
            File::Staff => "policy-file-staff-holds",
            File::AccessLog => "policy-file-access-log-holds",
        };
        text::message(language, id, &[])
    }

    /// Its purposes.
    pub fn purposes(self) -> Vec<&'static Code> {
        let numbers: &[&str] = match self {
            File::Entries => &["146", "157"],
            File::Tax => &["120", "129"],
            File::Requests | File::Feedback | File::Holds | File::Newsletter | File::Members => {
                &["146"]
            }
            File::Staff | File::AccessLog => &["137"],
        };
        pick(&PURPOSES, numbers)
    }

    /// The categories it meets.
    pub fn categories(self) -> Vec<&'static Code> {
        let numbers: &[&str] = match self {
            File::Entries => &["C001", "C132"],
            File::Tax => &["C001", "C003"],
            File::Requests | File::Feedback | File::Holds => &["C001", "C132"],
            File::Staff | File::Newsletter | File::Members => &["C001"],
            File::AccessLog => &["C132"],
        };
        pick(&CATEGORIES, numbers)
    }

    /// How long it is kept; none for as long as somebody works here, stays subscribed or has an
    /// account.
    pub fn class(self) -> Option<Class> {
        match self {
            File::Entries => Some(Class::Entries),
            File::Tax => Some(Class::Tax),
            File::Requests => Some(Class::Requests),
            File::Feedback => Some(Class::Feedback),
            File::Holds => Some(Class::Holds),
            File::Staff | File::Newsletter | File::Members => None,
            File::AccessLog => Some(Class::AccessLog),
        }
    }
}

fn pick(among: &'static [Code], numbers: &[&str]) -> Vec<&'static Code> {
    let wanted = |code: &&Code| numbers.contains(&code.code);
    among.iter().filter(wanted).collect()
}

/// Somebody who works on data for the library (Art. 4: counts as the library itself).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processor {
    /// Its id.
    pub id: ProcessorId,
    /// Who.
    pub name: LocalText,
    /// What for.
    pub task: LocalText,
    /// From when.
    pub starts_at: Timestamp,
    /// Until when it worked; none while it does.
    pub ends_at: Option<Timestamp>,
}

/// Everybody who works or worked on data for the library, the latest first.
pub fn processors(tx: &mut Tx) -> Result<Vec<Processor>, Error> {
    Ok(store::processors(tx)?)
}

/// Adds somebody to the public list.
///
/// # Errors
/// [`Error::NameMissing`] where a text is missing in a language.
pub fn add_processor(
    tx: &mut Tx,
    by: &StaffId,
    name: LocalText,
    task: LocalText,
) -> Result<ProcessorId, Error> {
    if name.is_incomplete() || task.is_incomplete() {
        return Err(Error::NameMissing);
    }
    let processor = Processor {
        id: ProcessorId::fresh(),
        name,
        task,
        starts_at: tx.now(),
        ends_at: None,
    };
    store::insert_processor(tx, &processor)?;
    record(tx, by, "policy.processor_added", &processor.id)?;
    Ok(processor.id)
}

/// Says that somebody works for the library no more; the line stays.
pub fn end_processor(tx: &mut Tx, by: &StaffId, id: &ProcessorId) -> Result<(), Error> {
    if !store::end_processor(tx, id)? {
        return Err(Error::Unknown);
    }
    record(tx, by, "policy.processor_ended", id)
}

fn record(tx: &mut Tx, by: &StaffId, act: &'static str, id: &ProcessorId) -> Result<(), Error> {
    let act = Act {
        actor: &Actor::Staff(by.clone()),
        act,
        activity: "",
        object: id.as_str(),
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}
