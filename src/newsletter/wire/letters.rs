//! What fills the templates of letters.

use serde::Serialize;

use crate::platform::templates::letterhead::Sender;

/// A letter about a subscription.
#[derive(Serialize)]
pub(in crate::newsletter) struct AboutText<'a> {
    pub(in crate::newsletter) kind: &'a str,
    pub(in crate::newsletter) subject: &'a str,
    /// Empty where the letter has none.
    pub(in crate::newsletter) link: &'a str,
    pub(in crate::newsletter) leave: &'a str,
    pub(in crate::newsletter) sender: Sender<'a>,
}

/// An issue.
#[derive(Serialize)]
pub(in crate::newsletter) struct IssueText<'a> {
    pub(in crate::newsletter) subject: &'a str,
    pub(in crate::newsletter) title: &'a str,
    pub(in crate::newsletter) markdown: &'a str,
    pub(in crate::newsletter) plain: &'a str,
    pub(in crate::newsletter) page: &'a str,
    /// Empty in a trial.
    pub(in crate::newsletter) own: &'a str,
    pub(in crate::newsletter) leave: &'a str,
    pub(in crate::newsletter) sender: Sender<'a>,
}
