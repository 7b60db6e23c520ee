//! An e-mail address: the plain form that every mail server takes.
//!
//! Invariant: printable ASCII without spaces, one `@`, a dot-atom before it and a dotted host
//! name after it (RFC 5321 section 4.1.2 without quoted strings), at most [`MAX`] characters. So an
//! address can never end a mail header.
//!
//! Not here: whether mail arrives there (`newsletter` asks by a link).

use std::fmt;

use zeroize::Zeroizing;

use super::mistake::Mistake;
use super::{mask, typed};

/// RFC 5321 allows 256 with the angle brackets.
pub const MAX: usize = 254;
const LOCAL_MAX: usize = 64;
const LABEL_MAX: usize = 63;

/// Endings that are almost always a slip, and what was meant.
const SLIPS: [(&str, &str); 10] = [
    ("gmial.com", "gmail.com"),
    ("gmai.com", "gmail.com"),
    ("gamil.com", "gmail.com"),
    ("gmail.con", "gmail.com"),
    ("gmail.com.tw", "gmail.com"),
    ("hotmial.com", "hotmail.com"),
    ("hotmail.con", "hotmail.com"),
    ("yaho.com.tw", "yahoo.com.tw"),
    ("yahoo.con.tw", "yahoo.com.tw"),
    ("yahoo.com.te", "yahoo.com.tw"),
];

/// An address mail can be sent to; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    local: Zeroizing<String>,
    /// Lower case.
    domain: String,
}

impl Email {
    /// Reads an address; full-width letters are accepted, spaces only around it.
    pub fn parse(raw: &str) -> Result<Self, Mistake> {
        let text = Zeroizing::new(
            raw.trim_matches([' ', '\u{3000}', '\t'])
                .chars()
                .map(half_width)
                .collect::<String>(),
        );
        if typed::is_blank(&text) {
            return Err(Mistake::EmailEmpty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(Mistake::EmailShape)?;
        if !is_local(local) || !is_domain(domain) {
            return Err(Mistake::EmailShape);
        }
        if text.len() > MAX {
            let found = text.len();
            return Err(Mistake::EmailTooLong { max: MAX, found });
        }
        Ok(Self {
            local: Zeroizing::new(local.to_owned()),
            domain: domain.to_ascii_lowercase(),
        })
    }

    /// The address as mail servers take it; the local part as typed, the domain in lower case.
    pub fn address(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}@{}", self.local.as_str(), self.domain))
    }

    /// The address the person may have meant, to ask about and never to insist on.
    pub fn suggestion(&self) -> Option<Zeroizing<String>> {
        let (_, meant) = SLIPS.iter().find(|(slip, _)| *slip == self.domain)?;
        Some(Zeroizing::new(format!("{}@{meant}", self.local.as_str())))
    }

    /// The address with only its first letter and its domain: `w***@gmail.com`.
    pub fn masked(&self) -> String {
        mask::email(&self.local, &self.domain)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// Full-width forms only; the rest of NFKC would change what a mailbox is called.
fn half_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

fn is_local(local: &str) -> bool {
    let is_atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= LOCAL_MAX
        && local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let ends = label.starts_with('-') || label.ends_with('-');
        let letters = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (1..=LABEL_MAX).contains(&label.len()) && letters && !ends
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    let named = top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit());
    domain.contains('.') && named && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_addresses_are_read() {
        for (typed, address) in [
            ("wang@example.org", "wang@example.org"),
            (" Wang.Hsiao+lib@GMAIL.com ", "Wang.Hsiao+lib@gmail.com"),
            ("ｗａｎｇ＠ｅｘａｍｐｌｅ．ｏｒｇ", "wang@example.org"),
            ("a_b-c@mail.tpml.gov.taipei", "a_b-c@mail.tpml.gov.taipei"),
            ("x@xn--fiqs8s.tw", "x@xn--fiqs8s.tw"),
        ] {
            let email = Email::parse(typed).expect(typed);
            assert_eq!(email.address().as_str(), address);
            assert_eq!(format!("{email:?}"), "Email(…)");
        }
    }

    #[test]
    fn addresses_that_no_server_takes_are_refused() {
        for typed in [
            "wang",
            "@example.org",
            "wang@",
            "wang@example",
            "wang@@example.org",
            "wa ng@example.org",
            "wang@example..org",
            ".wang@example.org",
            "wang@-example.org",
            "wang@example.1",
            "王@example.org",
            "wang@圖書館.tw",
            "wang@example.org\r\nBcc: x@example.org",
            "wang@example.org\n",
            "\"w g\"@example.org",
            "wang@[127.0.0.1]",
            "wang@example.org>",
            "a\u{0}@example.org",
        ] {
            assert_eq!(Email::parse(typed), Err(Mistake::EmailShape), "{typed:?}");
        }
        assert_eq!(Email::parse(" \u{3000}"), Err(Mistake::EmailEmpty));
        let long = format!("w@{}.tw", vec!["a".repeat(60); 5].join("."));
        assert_eq!(
            Email::parse(&long),
            Err(Mistake::EmailTooLong {
                max: 254,
                found: 309
            })
        );
    }

    #[test]
    fn a_slip_becomes_a_question() {
        let email = Email::parse("wang@gmial.com").expect("a plain address");
        assert_eq!(
            email.suggestion().as_deref().map(String::as_str),
            Some("wang@gmail.com")
        );
        assert_eq!(email.masked(), "w***@gmial.com");
        let right = Email::parse("wang@gmail.com").expect("a plain address");
        assert!(right.suggestion().is_none());
    }

    proptest! {
        #[test]
        fn an_address_is_one_line_of_ascii(raw in any::<String>()) {
            if let Ok(email) = Email::parse(&raw) {
                prop_assert!(email.address().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert_eq!(Email::parse(&email.address()), Ok(email));
            }
        }

        #[test]
        fn plain_words_make_an_address(local in "[a-z0-9]{1,20}", host in "[a-z]{1,20}\\.[a-z]{2,6}") {
            let typed = format!("{local}@{host}");
            prop_assert!(Email::parse(&typed).is_ok());
        }
    }
}
