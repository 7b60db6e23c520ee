//! A form that may carry a file: `multipart/form-data`, read whole into memory.
//!
//! Invariant: what arrives is kept in no file and no log, and is wiped from memory when dropped; a
//! file sent by mistake leaves nothing behind.
//!
//! Not here: which pages take a file that is longer than a form; the edge has to let it in
//! (`platform::edge`).

use std::fmt;

use rocket::data::{Data, FromData, Outcome};
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use zeroize::Zeroizing;

use super::{FormError, FormFields, body, plain_text};

/// The fields of a form, a file among them by the name of its field.
#[derive(Default)]
pub struct Upload(FormFields);

impl Upload {
    /// The fields; of a file its content, where that is text.
    pub fn fields(&self) -> &FormFields {
        &self.0
    }
}

/// An [`Upload`] of up to [`LONGEST_FILE`](super::LONGEST_FILE) bytes.
#[derive(Default)]
pub struct FileUpload(FormFields);

impl FileUpload {
    /// The fields; of a file its content, where that is text.
    pub fn fields(&self) -> &FormFields {
        &self.0
    }
}

impl fmt::Debug for FileUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for FileUpload {
    type Error = FormError;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(request, data, super::LONGEST_FILE).await {
            Ok(fields) => Outcome::Success(FileUpload(fields)),
            Err(error) => Outcome::Error((Status::from(error), error)),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Upload {
    type Error = FormError;

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(request, data, super::LONGEST).await {
            Ok(fields) => Outcome::Success(Upload(fields)),
            Err(error) => Outcome::Error((Status::from(error), error)),
        }
    }
}

async fn read(
    request: &Request<'_>,
    data: Data<'_>,
    longest: usize,
) -> Result<FormFields, FormError> {
    let kind = request.content_type().ok_or(FormError::OtherType)?;
    if kind.is_form() {
        return super::read(request, data).await;
    }
    let boundary = match kind.param("boundary") {
        Some(boundary) if kind.is_form_data() => boundary.to_owned(),
        _ => return Err(FormError::OtherType),
    };
    let body = body(data, longest).await?;
    parts(&body, &boundary).ok_or(FormError::OtherType)
}

/// The fields of the body of a form of either type; nothing where it is not one.
pub fn fields_of(kind: &ContentType, body: &[u8]) -> Option<FormFields> {
    if kind.is_form() {
        return Some(FormFields::parse(std::str::from_utf8(body).ok()?));
    }
    let boundary = kind.param("boundary").filter(|_| kind.is_form_data())?;
    parts(body, boundary)
}

/// The parts of a body, in order; nothing where it is not one.
fn parts(body: &[u8], boundary: &str) -> Option<FormFields> {
    let delimiter = Zeroizing::new(format!("\r\n--{boundary}").into_bytes());
    // The first boundary stands at the beginning, without a line before it.
    let mut rest = body.strip_prefix(delimiter.get(2..)?)?;
    let mut pairs = Vec::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let end = find(part, &delimiter)?;
        let (head, value) = (part.get(..end)?, part.get(end + delimiter.len()..)?);
        let split = find(head, b"\r\n\r\n")?;
        let name = name_of(head.get(..split)?)?;
        pairs.push((name, plain_text(head.get(split + 4..)?)));
        rest = value;
    }
    rest.starts_with(b"--").then_some(FormFields { pairs })
}

/// `name="…"` in the head of a part.
fn name_of(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    let (_, rest) = head.split_once(" name=\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|found| found == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\r\n--b\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: x/y\r\n\r\n\
        one\ntwo\r\n\r\nthree\r\n--b--\r\n";

    #[test]
    fn a_file_is_a_field_and_an_empty_field_is_there() {
        let fields = parts(BODY.as_bytes(), "b").expect("it is a form");
        assert_eq!(fields.value("file"), "one\ntwo\n\nthree");
        assert!(fields.has("text"));
        assert_eq!(fields.iter().count(), 2);
        assert_eq!(
            parts(b"--b--\r\n", "b").map(|all| all.iter().count()),
            Some(0)
        );
    }

    #[test]
    fn a_body_cut_short_anywhere_is_refused() {
        let whole = BODY.trim_end().len();
        for end in 0..whole {
            assert!(
                parts(&BODY.as_bytes()[..end], "b").is_none(),
                "cut at {end}"
            );
        }
        assert!(parts(BODY.as_bytes(), "c").is_none());
    }
}
