//! What fills the templates of letters.

use serde::Serialize;

/// Who writes.
#[derive(Serialize)]
pub(in crate::member) struct Sender<'a> {
    pub(in crate::member) library: &'a str,
    pub(in crate::member) phone: &'a str,
    pub(in crate::member) email: &'a str,
    pub(in crate::member) host: &'a str,
}

/// A letter about an account.
#[derive(Serialize)]
pub(in crate::member) struct AboutText<'a> {
    pub(in crate::member) kind: &'a str,
    pub(in crate::member) subject: &'a str,
    pub(in crate::member) link: &'a str,
    pub(in crate::member) sender: Sender<'a>,
}
