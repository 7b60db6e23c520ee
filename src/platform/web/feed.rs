//! Atom feeds (RFC 4287): what is new, for feed readers and monitors.
//!
//! Invariant: a feed is the same for everybody and names nobody; its identifiers never change, also
//! where the site moves to another address.
//!
//! Not here: what stands in a feed (each domain).

use std::fmt::Write;
use std::io::Cursor;

use rocket::http::{ContentType, Header};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use crate::platform::config::Config;
use crate::platform::templates;
use crate::platform::text::{Language, dates};

/// What frames a feed.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The language of its words.
    pub language: Language,
    /// What the feed is called.
    pub title: &'a str,
    /// The stem of its identifiers, such as `news`; it never changes.
    pub stem: &'a str,
    /// Where the feed is, without a language.
    pub at: &'a str,
    /// The page that shows the same to people, without a language.
    pub page: &'a str,
    /// Whose feed it is, and where the site is.
    pub library: &'a Config,
}

/// What an entry of a feed holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Words as they are.
    Text(String),
    /// HTML of ours or cleaned.
    Html(String),
}

/// One entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its part of the identifier; it never changes.
    pub name: String,
    /// Its title.
    pub title: String,
    /// When it last changed, in milliseconds of the epoch.
    pub at: i64,
    /// Its page, without a language.
    pub page: String,
    /// One line about it; empty for none.
    pub summary: String,
    /// What it says.
    pub content: Content,
}

/// A finished feed, as it is answered.
#[derive(Debug)]
pub struct Feed(String);

impl Feed {
    /// The feed of these entries, the newest first.
    pub fn of(frame: &Frame<'_>, entries: &[Entry]) -> Feed {
        let Frame {
            language, library, ..
        } = *frame;
        let origin = &library.public_origin;
        let address = |path: &str| escaped(&format!("{origin}{}", language.url(path)));
        let id = |part: &str| escaped(&format!("tag:{},2026:{}{part}", library.site, frame.stem));
        let author = match language {
            Language::ZhTw => &library.library_zh,
            Language::En => &library.library_en,
        };
        let newest = entries.iter().map(|entry| entry.at).max();
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
             <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
             <id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
             <author><name>{}</name></author>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            language.tag(),
            id(""),
            escaped(frame.title),
            dates::rfc3339(newest.unwrap_or(0)),
            escaped(author),
            address(frame.at),
            address(frame.page),
        );
        for entry in entries {
            let (kind, content) = match &entry.content {
                Content::Text(words) => ("text", words),
                Content::Html(words) => ("html", words),
            };
            // Writing to a string does not fail.
            let _ = write!(
                xml,
                "<entry>\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
                 <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
                id(&format!("/{}", entry.name)),
                escaped(&entry.title),
                dates::rfc3339(entry.at),
                address(&entry.page),
            );
            if !entry.summary.is_empty() {
                let _ = writeln!(xml, "<summary>{}</summary>", escaped(&entry.summary));
            }
            let content = escaped(content);
            let _ = writeln!(
                xml,
                "<content type=\"{kind}\">{content}</content>\n</entry>"
            );
        }
        xml.push_str("</feed>\n");
        Feed(xml)
    }
}

impl<'r> Responder<'r, 'static> for Feed {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let kind = ContentType::new("application", "atom+xml").with_params(("charset", "utf-8"));
        Response::build()
            .header(kind)
            .header(Header::new("Cache-Control", "no-cache"))
            .header(Header::new("Access-Control-Allow-Origin", "*"))
            .sized_body(self.0.len(), Cursor::new(self.0))
            .ok()
    }
}

/// Text for XML; characters that XML cannot hold are dropped (XML 1.0, section 2.2).
fn escaped(words: &str) -> String {
    let is_held = |letter: &char| match letter {
        '\n' | '\t' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        other => !other.is_control(),
    };
    let held: String = words.chars().filter(is_held).collect();
    templates::escape(&held).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_title_can_end_the_feed() {
        assert_eq!(
            escaped("a</title>&\"b\"\u{0}\u{8}\u{fffe}\n"),
            "a&lt;/title&gt;&amp;&quot;b&quot;\n"
        );
    }
}
