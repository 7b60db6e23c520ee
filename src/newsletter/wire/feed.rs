//! The newsletter for feed readers (RFC 4287).

use crate::newsletter::Issue;
use crate::platform::text::{self, Language, dates, markdown};

/// What frames the feed.
pub(in crate::newsletter) struct FeedFrame<'a> {
    /// The library's name.
    pub(in crate::newsletter) author: &'a str,
    /// The site's own name, for ids that never change.
    pub(in crate::newsletter) site: &'a str,
    /// Scheme and host; empty for a trial.
    pub(in crate::newsletter) origin: &'a str,
}

/// The feed of these issues, the newest first.
pub(in crate::newsletter) fn atom(
    language: Language,
    frame: &FeedFrame<'_>,
    issues: &[Issue],
) -> String {
    let address = |path: &str| escaped(&format!("{}{}", frame.origin, language.url(path)));
    let id = |part: &str| escaped(&format!("tag:{},2026:news{part}", frame.site));
    let began = |issue: &Issue| dates::rfc3339(issue.began_at.map_or(0, |at| at.0));
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n\
         <id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
         <author><name>{}</name></author>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        language.tag(),
        id(""),
        escaped(&text::message(language, "newsletter-news-title", &[])),
        issues.first().map_or_else(|| dates::rfc3339(0), began),
        escaped(frame.author),
        address("/news/feed.atom"),
        address("/news"),
    );
    for issue in issues {
        feed.push_str(&format!(
            "<entry>\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n\
             <content type=\"html\">{}</content>\n</entry>\n",
            id(&format!("/{}", issue.id)),
            escaped(issue.text.subject.pick(language)),
            began(issue),
            address(&format!("/news/{}", issue.text.slug)),
            escaped(&markdown::html(issue.text.body.pick(language))),
        ));
    }
    feed.push_str("</feed>\n");
    feed
}

/// Text for XML, between tags or in a quoted attribute; characters that XML cannot hold go.
fn escaped(words: &str) -> String {
    let mut xml = String::with_capacity(words.len() + 16);
    for letter in words.chars() {
        match letter {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' | '\t' => xml.push(letter),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => {}
            other => xml.push(other),
        }
    }
    xml
}
