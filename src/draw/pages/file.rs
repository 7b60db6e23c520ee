//! Files that a draw publishes: to keep, or to be read as plain text.

use std::io::Cursor;
use std::sync::Arc;

use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use crate::platform::clock::{SECOND, Timestamp};

/// A file to keep, or to read as plain text.
pub(super) struct File {
    /// What it is.
    pub(super) kind: ContentType,
    /// The name under which a browser keeps it; without one it is shown.
    pub(super) name: Option<String>,
    /// Its bytes, which others may be reading as well.
    pub(super) content: Arc<[u8]>,
}

/// A file, or from when on there will be one.
pub(super) enum FileAnswer {
    /// It is there.
    File(Box<File>),
    /// 404 until this moment, in words for a program.
    NotBefore {
        /// From when on it is there.
        at: Timestamp,
        /// The time of the request.
        now: Timestamp,
    },
}

impl<'r> Responder<'r, 'static> for File {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response
            .header(self.kind)
            .header(Header::new("Cache-Control", "no-cache"))
            .sized_body(self.content.len(), Cursor::new(self.content));
        if let Some(name) = self.name {
            let value = format!("attachment; filename=\"{name}\"");
            response.header(Header::new("Content-Disposition", value));
        }
        response.ok()
    }
}

impl<'r> Responder<'r, 'static> for FileAnswer {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let (at, now) = match self {
            FileAnswer::File(file) => return file.respond_to(request),
            FileAnswer::NotBefore { at, now } => (at, now),
        };
        let seconds = ((at.0 - now.0) / SECOND).max(1);
        let text = format!("{{\"error\":\"not yet\",\"from\":\"{at}\"}}\n");
        Response::build()
            .status(Status::NotFound)
            .header(ContentType::JSON)
            .header(Header::new("Cache-Control", "no-store"))
            .header(Header::new("Retry-After", seconds.to_string()))
            .sized_body(text.len(), Cursor::new(text))
            .ok()
    }
}
