//! What a person sent with a form, and what is wrong with it.
//!
//! [`FormFields`] keeps every field in the order in which it came, duplicates too, because the
//! questions of a survey are data and not a struct. Invariants: nothing typed reaches a log
//! (redacted `Debug`, errors without values), and values are wiped from memory when dropped.
//!
//! Not here: what a valid answer is; every domain parses its own fields. How long a form may take
//! to arrive ([`crate::platform::edge`]).

pub mod upload;

use std::fmt;

use minijinja::{Value, context};
use rocket::data::{Data, FromData, Outcome, ToByteUnit};
use rocket::http::{RawStr, Status};
use rocket::request::Request;
use serde::Serialize;
use zeroize::Zeroizing;

/// Longest form taken, in bytes: ten long answers of Chinese text, percent-encoded, fit in.
pub const LONGEST: usize = 256 * 1024;

/// Longest file taken where a page says so: 500,000 numbers of 14 digits, one a line, fit in.
pub const LONGEST_FILE: usize = 8 * 1024 * 1024;

/// How the names of fields begin that prove who somebody is: a passphrase or a code, beside the
/// fields of any form.
pub const PROOF: &str = "proof_";

/// The fields of a form sent as `application/x-www-form-urlencoded`.
///
/// Line ends are `\n`, and the character U+0000, which no text has and PostgreSQL cannot keep,
/// is replaced by U+FFFD. Nothing else is changed.
#[derive(Default)]
pub struct FormFields {
    pairs: Vec<(String, Zeroizing<String>)>,
}

impl FormFields {
    /// The first value of a field as it was typed; empty where the field is missing.
    pub fn value(&self, name: &str) -> &str {
        self.pairs
            .iter()
            .find(|(own, _)| own == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field, in order: the ticked boxes of a group.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.pairs
            .iter()
            .filter(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// Whether the field was sent at all: a ticked box.
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(own, _)| own == name)
    }

    /// Every field and value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a page that says "not now" may give the fields back, to be sent again: never a
    /// passphrase, nor a librarian's share.
    pub fn may_be_given_back(&self) -> bool {
        let mut names = self.iter().map(|(name, _)| name);
        !names.any(|name| name.starts_with("passphrase") || name == "share")
    }

    /// The fields without those by which somebody proves who it is, which are typed anew each time.
    pub fn without_proof(mut self) -> FormFields {
        self.pairs.retain(|(name, _)| !name.starts_with(PROOF));
        self
    }

    /// The fields of one line of a table, as if they had been sent with a form.
    pub fn of_line(pairs: Vec<(String, Zeroizing<String>)>) -> FormFields {
        FormFields { pairs }
    }

    /// Reads the body of a form.
    pub fn parse(body: &str) -> FormFields {
        let pairs = RawStr::new(body)
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_at_byte(b'=');
                (name.url_decode_lossy().into_owned(), typed(value))
            })
            .collect();
        FormFields { pairs }
    }
}

fn typed(raw: &RawStr) -> Zeroizing<String> {
    harmless(Zeroizing::new(raw.url_decode_lossy().into_owned()))
}

fn plain_text(raw: &[u8]) -> Zeroizing<String> {
    harmless(Zeroizing::new(String::from_utf8_lossy(raw).into_owned()))
}

fn harmless(decoded: Zeroizing<String>) -> Zeroizing<String> {
    if !decoded.contains(['\r', '\0']) {
        return decoded;
    }
    let lines = Zeroizing::new(decoded.replace("\r\n", "\n"));
    Zeroizing::new(lines.replace('\r', "\n").replace('\0', "\u{fffd}"))
}

impl fmt::Debug for FormFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormFields({} fields)", self.pairs.len())
    }
}

/// Why a form could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not a urlencoded form.
    #[error("not a urlencoded form")]
    OtherType,
    /// Longer than the limit.
    #[error("form too long")]
    TooLong,
    /// The connection broke.
    #[error("form did not arrive")]
    Broken,
    /// Not UTF-8.
    #[error("form is not UTF-8")]
    NotText,
}

impl From<FormError> for Status {
    fn from(error: FormError) -> Status {
        match error {
            FormError::OtherType | FormError::NotText => Status::BadRequest,
            FormError::TooLong => Status::PayloadTooLarge,
            FormError::Broken => Status::RequestTimeout,
        }
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for FormFields {
    type Error = FormError;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(request, data).await {
            Ok(fields) => Outcome::Success(fields),
            Err(error) => Outcome::Error((Status::from(error), error)),
        }
    }
}

async fn read(request: &Request<'_>, data: Data<'_>) -> Result<FormFields, FormError> {
    if !request.content_type().is_some_and(|kind| kind.is_form()) {
        return Err(FormError::OtherType);
    }
    let body = body(data, LONGEST).await?;
    let fields = match std::str::from_utf8(&body) {
        Ok(text) => FormFields::parse(text),
        Err(_) => return Err(FormError::NotText),
    };
    request.local_cache(|| Some(Sent(body)));
    Ok(fields)
}

/// The body of a form, kept until its request is answered: a page that says "not now" gives back
/// what was typed.
struct Sent(Zeroizing<Vec<u8>>);

/// What was sent with the form of this request, to be sent again; nothing where there was no form,
/// or one that no page gives back.
pub(super) fn sent(request: &Request<'_>) -> Option<FormFields> {
    let sent = request.local_cache(|| None::<Sent>).as_ref()?;
    let fields = FormFields::parse(std::str::from_utf8(&sent.0).ok()?);
    fields.may_be_given_back().then(|| fields.without_proof())
}

/// For `send_again` of the templates: a form that a page gives back, and where it goes.
pub(super) fn again(action: String, fields: &FormFields) -> Value {
    let fields = fields.iter().map(|(name, value)| context! { name, value });
    context! { action, fields => fields.collect::<Vec<_>>() }
}

async fn body(data: Data<'_>, longest: usize) -> Result<Zeroizing<Vec<u8>>, FormError> {
    let arriving = data.open(longest.bytes()).into_bytes();
    let body = arriving.await.map_err(|_| FormError::Broken)?;
    if !body.is_complete() {
        return Err(FormError::TooLong);
    }
    Ok(Zeroizing::new(body.into_inner()))
}

/// Everything that has to be corrected in a form, in the order of its fields.
///
/// Given to a template as `mistakes`, it fills the summary and the message at each field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Mistakes(Vec<Mistake>);

/// One message at one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// Name of the field, which is also its id on the page.
    pub field: String,
    /// What to do, in the visitor's language; the same words in the summary and at the field.
    pub message: String,
}

impl Mistakes {
    /// Nothing wrong so far.
    pub fn new() -> Mistakes {
        Mistakes::default()
    }

    /// Adds a message; a field keeps its first one.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        let field = field.into();
        if self.of(&field).is_none() {
            let message = message.into();
            self.0.push(Mistake { field, message });
        }
    }

    /// Whether the form may go on.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many fields need a correction.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The message at a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.iter()
            .find(|mistake| mistake.field == field)
            .map(|mistake| mistake.message.as_str())
    }

    /// Every message, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_kept_in_order_and_decoded() {
        let fields =
            FormFields::parse("q_1=a&name=%E7%8E%8B+%E5%B0%8F&q_1=b&q_1=&x[0]=1&flag&a=b=c");
        assert_eq!(fields.value("name"), "王 小");
        assert_eq!(fields.values("q_1"), ["a", "b", ""]);
        assert_eq!(fields.value("x[0]"), "1");
        assert_eq!(fields.value("a"), "b=c");
        assert!(fields.has("flag") && !fields.has("other"));
        assert_eq!(fields.value("other"), "");
        assert_eq!(fields.iter().count(), 7);
        assert!(FormFields::parse("").iter().next().is_none());
    }

    #[test]
    fn line_ends_and_the_null_character_are_made_harmless() {
        let fields = FormFields::parse("t=a%0D%0Ab%0Dc%00d%FF");
        assert_eq!(fields.value("t"), "a\nb\nc\u{fffd}d\u{fffd}");
    }

    #[test]
    fn what_was_typed_is_not_in_debug_output() {
        let fields = FormFields::parse("national_id=A123456789");
        assert_eq!(format!("{fields:?}"), "FormFields(1 fields)");
    }

    #[test]
    fn a_field_shows_its_first_mistake_only() {
        let mut mistakes = Mistakes::new();
        assert!(mistakes.is_empty());
        mistakes.add("name", "請輸入姓名");
        mistakes.add("name", "太長");
        mistakes.add("phone", "請輸入手機號碼");
        assert_eq!(mistakes.len(), 2);
        assert_eq!(mistakes.of("name"), Some("請輸入姓名"));
    }
}
