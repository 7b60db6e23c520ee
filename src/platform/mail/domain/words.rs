//! What was found about the sender's domain, in words: for the page of admins and for `fairdraw check`.
//!
//! Invariant: what a record says is somebody else's text. It is shown in printable ASCII, and not for
//! long: neither a terminal nor a page does anything because of it.

use super::{Existence, Report, Weight, dkim, dmarc, spf};
use crate::platform::text::{self, Language, Value};

/// How much of somebody else's text is shown.
const LONGEST: usize = 100;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is called: `SPF`, `DKIM mail2026`.
    pub name: String,
    /// How it stands.
    pub weight: Weight,
    /// What was found.
    pub found: String,
    /// What to do; empty when nothing is.
    pub advice: String,
    /// The record to publish, as a zone file has it; empty where the advice names none.
    pub record: String,
}

/// Everything that was looked at, in the order of the report.
pub fn findings(lang: Language, report: &Report) -> Vec<Finding> {
    let words = Words(lang);
    let mut all = vec![words.existence(report), words.allowed(report)];
    if report.dkim.is_empty() {
        let found = words.say("sender-dkim-no-selector");
        let advice = words.say("sender-dkim-no-selector-do");
        all.push(Finding::of("DKIM", Weight::Unknown, found).doing(advice));
    }
    let keys = report.dkim.iter();
    all.extend(keys.map(|(selector, verdict)| words.key(&report.domain, selector, verdict)));
    all.push(words.policy(report));
    all
}

/// What stands in somebody else's record, fit to be shown.
fn printable(text: &str) -> String {
    let cut: String = text.chars().take(LONGEST).collect();
    let mut shown = cut
        .chars()
        .map(|c| match c.is_ascii_graphic() {
            true => c.to_string(),
            false => c.escape_unicode().to_string(),
        })
        .collect::<String>();
    if cut.len() < text.len() {
        shown.push('…');
    }
    shown
}

impl Finding {
    fn of(name: &str, weight: Weight, found: String) -> Finding {
        Finding {
            name: name.to_owned(),
            weight,
            found,
            advice: String::new(),
            record: String::new(),
        }
    }

    fn doing(self, advice: String) -> Finding {
        Finding { advice, ..self }
    }

    fn publishing(self, record: String) -> Finding {
        Finding { record, ..self }
    }
}

struct Words(Language);

impl Words {
    fn say(&self, id: &str) -> String {
        text::message(self.0, id, &[])
    }

    fn say_of(&self, id: &str, args: &[(&str, Value<'_>)]) -> String {
        text::message(self.0, id, args)
    }

    fn existence(&self, report: &Report) -> Finding {
        let (found, advice) = match report.existence {
            Existence::Servers => ("sender-domain-servers", None),
            Existence::Address => ("sender-domain-address", None),
            Existence::TakesNone => (
                "sender-domain-takes-none",
                Some("sender-domain-takes-none-do"),
            ),
            Existence::Missing => ("sender-domain-missing", Some("sender-domain-missing-do")),
            Existence::Away => ("sender-away", Some("sender-away-do")),
        };
        let found = self.say_of(found, &[("domain", report.domain.as_str().into())]);
        let advice = advice.map_or_else(String::new, |id| self.say(id));
        Finding::of("MX", report.existence.weight(), found).doing(advice)
    }

    fn allowed(&self, report: &Report) -> Finding {
        let asked = |id, asked: usize| {
            let found = self.say_of(id, &[("asked", asked.into())]);
            format!("{found} {}", self.say("sender-spf-ours"))
        };
        let named = |id, name: &str| self.say_of(id, &[("name", printable(name).into())]);
        let (found, advice) = match &report.spf {
            spf::Verdict::Strict(lookups) => (asked("sender-spf-strict", *lookups), String::new()),
            spf::Verdict::Soft(lookups) => (asked("sender-spf-soft", *lookups), String::new()),
            spf::Verdict::Missing => (self.say("sender-no-record"), self.say("sender-spf-publish")),
            spf::Verdict::Several(count) => (
                self.say_of("sender-several", &[("count", (*count).into())]),
                self.say("sender-spf-several-do"),
            ),
            spf::Verdict::Undecided => {
                (self.say("sender-spf-undecided"), self.say("sender-spf-end"))
            }
            spf::Verdict::Everybody => {
                (self.say("sender-spf-everybody"), self.say("sender-spf-end"))
            }
            spf::Verdict::Unreadable(term) => (
                named("sender-spf-unreadable", term),
                self.say("sender-spf-unreadable-do"),
            ),
            spf::Verdict::Leads(name) => (
                named("sender-spf-leads", name),
                named("sender-spf-leads-do", name),
            ),
            spf::Verdict::TooMany => (
                self.say("sender-spf-too-many"),
                self.say("sender-spf-too-many-do"),
            ),
            spf::Verdict::Voids(terms) => {
                let terms: Vec<String> = terms.iter().map(|term| printable(term)).collect();
                let terms = terms.join(" ");
                let args = [("terms", terms.as_str().into())];
                (
                    self.say_of("sender-spf-voids", &args),
                    self.say("sender-spf-voids-do"),
                )
            }
            spf::Verdict::Away => (self.say("sender-away"), self.say("sender-away-do")),
        };
        let record = match &report.spf {
            spf::Verdict::Missing
            | spf::Verdict::Several(_)
            | spf::Verdict::Undecided
            | spf::Verdict::Everybody
            | spf::Verdict::Unreadable(_) => format!("{} TXT \"v=spf1 mx -all\"", report.domain),
            _ => String::new(),
        };
        let finding = Finding::of("SPF", report.spf.weight(), found);
        finding.doing(advice).publishing(record)
    }

    fn key(&self, domain: &str, selector: &str, verdict: &dkim::Verdict) -> Finding {
        let bits = |id, bits: usize| self.say_of(id, &[("bits", bits.to_string().into())]);
        let (found, advice) = match verdict {
            dkim::Verdict::Rsa(size) => (bits("sender-dkim-rsa", *size), ""),
            dkim::Verdict::Ed25519 => (self.say("sender-dkim-ed25519"), ""),
            dkim::Verdict::Short(size) => (bits("sender-dkim-short", *size), "sender-dkim-longer"),
            dkim::Verdict::TooShort(size) => {
                (bits("sender-dkim-too-short", *size), "sender-dkim-longer")
            }
            dkim::Verdict::Testing => (self.say("sender-dkim-testing"), "sender-dkim-testing-do"),
            dkim::Verdict::Revoked => (self.say("sender-dkim-revoked"), "sender-dkim-publish"),
            dkim::Verdict::Missing => (self.say("sender-no-record"), "sender-dkim-publish"),
            dkim::Verdict::Several(count) => (
                self.say_of("sender-dkim-several", &[("count", (*count).into())]),
                "sender-dkim-several-do",
            ),
            dkim::Verdict::Unreadable => {
                (self.say("sender-dkim-unreadable"), "sender-dkim-publish")
            }
            dkim::Verdict::Away => (self.say("sender-away"), "sender-away-do"),
        };
        let record = match advice {
            "sender-dkim-publish" => {
                format!("{selector}._domainkey.{domain} TXT \"v=DKIM1; k=rsa; p=…\"")
            }
            _ => String::new(),
        };
        let advice = match advice {
            "" => String::new(),
            id => self.say(id),
        };
        let finding = Finding::of(&format!("DKIM {selector}"), verdict.weight(), found);
        finding.doing(advice).publishing(record)
    }

    fn policy(&self, report: &Report) -> Finding {
        let at = |id, at: &str| self.say_of(id, &[("at", at.into())]);
        let (found, advice) = match &report.dmarc {
            dmarc::Verdict::Protects(dmarc::Policy::Reject, place) => {
                (at("sender-dmarc-reject", place), "")
            }
            dmarc::Verdict::Protects(_, place) => (at("sender-dmarc-quarantine", place), ""),
            dmarc::Verdict::Partly(per_cent, place) => {
                let args = [
                    ("percent", i64::from(*per_cent).into()),
                    ("at", place.as_str().into()),
                ];
                (
                    self.say_of("sender-dmarc-partly", &args),
                    "sender-dmarc-partly-do",
                )
            }
            dmarc::Verdict::Watches(place) => {
                (at("sender-dmarc-watches", place), "sender-dmarc-watches-do")
            }
            dmarc::Verdict::Missing => (self.say("sender-dmarc-missing"), "sender-dmarc-publish"),
            dmarc::Verdict::Several(place) => {
                (at("sender-dmarc-several", place), "sender-dmarc-several-do")
            }
            dmarc::Verdict::Unreadable(place) => (
                at("sender-dmarc-unreadable", place),
                "sender-dmarc-unreadable-do",
            ),
            dmarc::Verdict::Away => (self.say("sender-away"), "sender-away-do"),
        };
        let record = match &report.dmarc {
            dmarc::Verdict::Watches(_)
            | dmarc::Verdict::Missing
            | dmarc::Verdict::Several(_)
            | dmarc::Verdict::Unreadable(_) => {
                let domain = &report.domain;
                format!("_dmarc.{domain} TXT \"v=DMARC1; p=quarantine; rua=mailto:…\"")
            }
            _ => String::new(),
        };
        let advice = match advice {
            "" => String::new(),
            id => self.say(id),
        };
        let finding = Finding::of("DMARC", report.dmarc.weight(), found);
        finding.doing(advice).publishing(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_says_moves_no_terminal() {
        let term = "ip4:\u{1b}[2J\n\u{202e}x \u{7f}";
        let shown = printable(term);
        assert!(shown.chars().all(|c| c.is_ascii_graphic()), "{shown}");
        assert!(shown.starts_with("ip4:\\u{1b}[2J"), "{shown}");
        let long = printable(&"a".repeat(70_000));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert_eq!(printable("include:mail.tw"), "include:mail.tw");
    }
}
