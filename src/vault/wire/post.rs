//! What crosses about letters, and which messages may be asked twice.

use super::Request;

impl Request {
    /// Whether the mail server is needed for the answer, which may take minutes.
    pub(in crate::vault) fn is_mail(&self) -> bool {
        false
    }

    /// Whether a message that was lost with the process may be asked of the next one: it changes
    /// nothing, or the second time changes nothing more.
    pub(in crate::vault) fn is_asked_again(&self) -> bool {
        !self.is_mail()
    }
}
