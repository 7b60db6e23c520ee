//! One mail as a server received it, and how a person would read it.
//!
//! Knows what our own mails use: folded headers, RFC 2047 words, base64 and quoted-printable
//! bodies in UTF-8, text beside HTML. Not here: attachments and other character sets.

use data_encoding::BASE64_MIME_PERMISSIVE;

/// A received message with its envelope.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The address of `MAIL FROM`.
    pub from: String,
    /// The addresses of `RCPT TO`.
    pub to: Vec<String>,
    /// Headers and body as sent, without the dots that SMTP adds.
    pub source: String,
}

impl Mail {
    /// A mail from a file of a maildir, whose envelope is in its headers at best.
    pub fn from_source(source: &str) -> Mail {
        let mut mail = Mail {
            from: String::new(),
            to: Vec::new(),
            source: source.replace("\r\n", "\n").replace('\n', "\r\n"),
        };
        mail.from = mail.header("From").unwrap_or_default();
        mail.to = mail.header("To").into_iter().collect();
        mail
    }

    /// The first header of this name, unfolded and decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.source.split_once("\r\n\r\n")?;
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        unfolded.split("\r\n").find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found
                .eq_ignore_ascii_case(name)
                .then(|| decoded_words(value.trim()))
        })
    }

    /// The part of this kind, such as `text/html`, of a mail with several.
    pub fn part(&self, kind: &str) -> Mail {
        let of = self.header("Content-Type").unwrap_or_default();
        let (_, boundary) = of.split_once("boundary=").expect("a mail with parts");
        let boundary = format!("--{}", boundary.trim_matches('"'));
        let parts = self.source.split(boundary.as_str()).skip(1);
        let mut parts = parts.map(|part| Mail {
            from: String::new(),
            to: Vec::new(),
            source: part.trim_start().to_owned(),
        });
        let fits = |part: &Mail| {
            let own = part.header("Content-Type").unwrap_or_default();
            own.starts_with(kind)
        };
        parts.find(fits).expect("a part of this kind")
    }

    /// The text a person reads.
    pub fn text(&self) -> String {
        let body = self
            .source
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body);
        let encoding = self
            .header("Content-Transfer-Encoding")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let bytes = match encoding.as_str() {
            "base64" => base64(body),
            "quoted-printable" => quoted_printable(body),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8(bytes).expect("our mails are UTF-8")
    }
}

/// `=?utf-8?b?…?=` and `=?utf-8?q?…?=`; white space between two such words does not count.
fn decoded_words(value: &str) -> String {
    let mut text = Vec::new();
    let mut after_word = false;
    for word in value.split(' ') {
        let decoded = word
            .strip_prefix("=?")
            .and_then(|word| word.strip_suffix("?="))
            .and_then(|word| {
                let (charset, rest) = word.split_once('?')?;
                let (encoding, coded) = rest.split_once('?')?;
                if !charset.eq_ignore_ascii_case("utf-8") {
                    return None;
                }
                match encoding {
                    "b" | "B" => Some(base64(coded)),
                    "q" | "Q" => Some(quoted_printable(&coded.replace('_', " "))),
                    _ => None,
                }
            });
        let is_gap_between_words = after_word && decoded.is_some();
        if !(text.is_empty() || is_gap_between_words) {
            text.push(b' ');
        }
        after_word = decoded.is_some();
        text.extend(decoded.unwrap_or_else(|| word.as_bytes().to_vec()));
    }
    String::from_utf8(text).expect("our headers are UTF-8")
}

fn base64(coded: &str) -> Vec<u8> {
    BASE64_MIME_PERMISSIVE
        .decode(coded.trim().as_bytes())
        .expect("a body that says base64 is base64")
}

fn quoted_printable(coded: &str) -> Vec<u8> {
    let joined = coded.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'=' && tail.len() >= 2 {
            let (digits, tail) = tail.split_at(2);
            let digits = std::str::from_utf8(digits).expect("two ASCII digits follow an = sign");
            bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
            rest = tail;
        } else {
            bytes.push(first);
        }
    }
    bytes
}
