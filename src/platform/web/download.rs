//! A file that is made for whoever asked, and kept nowhere.
//!
//! Invariant: no copy stays in between: the answer forbids it.
//!
//! Not here: files that anybody may keep and read again (`draw`, `stats`).

use std::io::Cursor;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use super::page::{Page, Reply};

/// A file on its way to the browser.
pub struct Download {
    /// What it is.
    pub kind: ContentType,
    /// The name under which a browser keeps it; ASCII.
    pub name: String,
    /// The whole file.
    pub bytes: Vec<u8>,
}

impl Download {
    /// A table for a spreadsheet.
    pub fn csv(name: String, bytes: Vec<u8>) -> Download {
        Download {
            kind: ContentType::new("text", "csv").with_params(("charset", "utf-8")),
            name,
            bytes,
        }
    }
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let place = format!("attachment; filename=\"{}\"", self.name);
        Response::build()
            .header(self.kind)
            .header(Header::new("Content-Disposition", place))
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(self.bytes.len(), Cursor::new(self.bytes))
            .ok()
    }
}

/// The file, or a page that says why there is none.
#[derive(rocket::Responder)]
pub enum Answer {
    /// The file.
    File(Box<Download>),
    /// A page, or the way to one.
    Reply(Box<Reply>),
}

impl From<Download> for Answer {
    fn from(file: Download) -> Answer {
        Answer::File(Box::new(file))
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Answer {
        Answer::Reply(Box::new(reply))
    }
}

impl From<Page> for Answer {
    fn from(page: Page) -> Answer {
        Reply::from(page).into()
    }
}
