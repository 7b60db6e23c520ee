//! Markdown that staff write, as HTML for pages and letters and as plain text for letters.
//!
//! Invariant: of the HTML only what is on a short list is left: no script, no style, no picture, no
//! form, and links to web and mail addresses only. Headings begin at the second level, because the
//! first is the page's own.

use std::collections::{HashMap, HashSet};

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

const TAGS: [&str; 21] = [
    "p",
    "br",
    "hr",
    "h2",
    "h3",
    "h4",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "del",
    "a",
    "blockquote",
    "code",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
];

fn events(markdown: &str) -> Parser<'_> {
    Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    )
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    }
}

/// HTML that is safe to show beside our own.
pub fn html(markdown: &str) -> String {
    let lowered = events(markdown).map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: lower(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        // What looks like HTML is shown as it was typed.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut made = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut made, lowered);
    let mut tags: HashSet<&str> = TAGS.into_iter().collect();
    tags.insert("td");
    let attributes = HashMap::from([("a", HashSet::from(["href"]))]);
    Builder::new()
        .tags(tags)
        .tag_attributes(attributes)
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer"))
        .clean(&made)
        .to_string()
}

/// The same for mail programs that show no HTML: addresses stand behind the words of links.
pub fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut links: Vec<String> = Vec::new();
    for event in events(markdown) {
        match event {
            Event::Start(Tag::List(first)) => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                lists.push(first);
            }
            Event::Start(Tag::Item) => {
                let depth = lists.len().saturating_sub(1);
                text.push_str(&"  ".repeat(depth));
                match lists.last_mut() {
                    Some(Some(number)) => {
                        text.push_str(&format!("{number}. "));
                        *number += 1;
                    }
                    _ => text.push_str("- "),
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.into_string()),
            Event::End(TagEnd::Link) => {
                if let Some(link) = links.pop()
                    && !text.ends_with(&link)
                {
                    text.push_str(&format!(" ({link})"));
                }
            }
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::Html(words) | Event::InlineHtml(words) => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            Event::Rule => text.push_str("----\n\n"),
            Event::End(TagEnd::List(_)) => {
                lists.pop();
                if lists.is_empty() {
                    text.push('\n');
                }
            }
            Event::End(TagEnd::Item) if !text.ends_with('\n') => text.push('\n'),
            Event::End(TagEnd::TableCell) => text.push('\t'),
            Event::End(TagEnd::TableRow | TagEnd::TableHead) => text.push('\n'),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_)) => {
                text.push_str(if lists.is_empty() { "\n\n" } else { "\n" });
            }
            Event::End(TagEnd::CodeBlock | TagEnd::Table) => text.push('\n'),
            _ => {}
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_librarians_write_becomes_both() {
        let written = "# 秋天\n\n**新書**與[活動](https://lib.example.tw/a)。\n\n- 一\n- 二\n";
        assert_eq!(
            html(written),
            "<h2>秋天</h2>\n<p><strong>新書</strong>與<a href=\"https://lib.example.tw/a\" \
             rel=\"noopener noreferrer\">活動</a>。</p>\n<ul>\n<li>一</li>\n<li>二</li>\n</ul>\n"
        );
        assert_eq!(
            plain(written),
            "秋天\n\n新書與活動 (https://lib.example.tw/a)。\n\n- 一\n- 二"
        );
    }

    #[test]
    fn nothing_that_runs_loads_or_sends_is_left() {
        let bad = "a <script>alert(1)</script> <img src=https://x.example/p.gif> \
                   ![p](https://x.example/p.gif) [a](javascript:alert(1)) [b](data:text/html,x)\n\n\
                   <form action=https://x.example><input></form>\n\n<div onclick=x style=y>z</div>";
        let made = html(bad);
        for sign in [
            "<script",
            "<img",
            "href=\"javascript",
            "href=\"data",
            "<form",
            "<input",
            "<div",
        ] {
            assert!(!made.contains(sign), "{sign}: {made}");
        }
    }
}
