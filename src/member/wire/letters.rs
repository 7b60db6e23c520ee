//! What fills the templates of letters.

use serde::Serialize;

use crate::platform::templates::letterhead::Sender;

/// A letter about an account.
#[derive(Serialize)]
pub(in crate::member) struct AboutText<'a> {
    pub(in crate::member) kind: &'a str,
    /// What was changed, where it is not the passphrase.
    pub(in crate::member) change: &'a str,
    pub(in crate::member) subject: &'a str,
    pub(in crate::member) link: &'a str,
    pub(in crate::member) sender: Sender<'a>,
}
