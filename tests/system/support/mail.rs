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

    /// What is wrong with a mail of ours: its headers, who it says it is from, its parts. Every mail
    /// that a test receives is asked.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.faults_of_headers();
        let kind = self.header("Content-Type").unwrap_or_default();
        if !kind.starts_with("multipart/alternative") {
            faults.push(format!("no parts beside each other: {kind}"));
            return faults;
        }
        let (plain, html) = (self.text(), self.part("text/html").text());
        let named = self.header("From").unwrap_or_default();
        let library = named.split(['<', '"']).find(|part| !part.trim().is_empty());
        let library = library.unwrap_or_default().trim();
        for (part, text) in [("plain", &plain), ("html", &html)] {
            if library.is_empty() || !text.contains(library) {
                faults.push(format!(
                    "the {part} part does not name the sender {library}"
                ));
            }
        }
        let has_language =
            html.contains("<html lang=\"zh-Hant-TW\">") || html.contains("<html lang=\"en\">");
        if !has_language {
            faults.push("the page has no language".to_owned());
        }
        for loaded in [
            "<img", "<script", "<iframe", "<form", " src=", "@import", "url(",
        ] {
            if html.contains(loaded) {
                faults.push(format!("the page holds {loaded}"));
            }
        }
        faults
    }

    fn faults_of_headers(&self) -> Vec<String> {
        const ONCE: [&str; 8] = [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "MIME-Version",
            "Content-Type",
            "Auto-Submitted",
        ];
        const MAY: [&str; 3] = ["Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post"];
        let (head, _) = self.source.split_once("\r\n\r\n").unwrap_or_default();
        let mut faults = Vec::new();
        if !head.is_ascii() {
            faults.push("a header is not ASCII".to_owned());
        }
        let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let lines = unfolded
            .split("\r\n")
            .map(|line| line.split_once(':').unwrap_or((line, "")));
        let names: Vec<&str> = lines.map(|(name, _)| name).collect();
        for name in &names {
            let is_known = |known: &str| known.eq_ignore_ascii_case(name);
            if !ONCE.iter().chain(&MAY).any(|known| is_known(known)) {
                faults.push(format!("the header {name}"));
            }
        }
        for (wanted, at_least) in ONCE
            .map(|name| (name, 1))
            .into_iter()
            .chain(MAY.map(|name| (name, 0)))
        {
            let count = names
                .iter()
                .filter(|name| name.eq_ignore_ascii_case(wanted))
                .count();
            if count < at_least || count > 1 {
                faults.push(format!("{count} headers {wanted}"));
            }
        }
        if head.split("\r\n").any(|line| line.len() > 998) {
            faults.push("a line of more than 998 octets (RFC 5322, 2.1.1)".to_owned());
        }
        let header = |name| self.header(name).unwrap_or_default();
        if !header("From").contains(&format!("<{}>", self.from)) {
            faults.push("From is not the sender of the envelope".to_owned());
        }
        if self.to.len() != 1 || header("To") != self.to.concat() {
            faults.push("To is not the one recipient of the envelope".to_owned());
        }
        if header("Auto-Submitted") != "auto-generated" {
            faults.push("absence notes would come back (RFC 3834)".to_owned());
        }
        let (leave, click) = (header("List-Unsubscribe"), header("List-Unsubscribe-Post"));
        let fits = match leave.as_str() {
            "" => click.is_empty(),
            leave => {
                leave.starts_with("<http")
                    && leave.ends_with('>')
                    && click == "List-Unsubscribe=One-Click"
            }
        };
        if !fits {
            faults.push("one click does not unsubscribe (RFC 8058)".to_owned());
        }
        faults
    }

    /// The text a person reads; of a mail with several parts the plain one.
    pub fn text(&self) -> String {
        let kind = self.header("Content-Type").unwrap_or_default();
        if kind.starts_with("multipart/") {
            return self.part("text/plain").text();
        }
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
