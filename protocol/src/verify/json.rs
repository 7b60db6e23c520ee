//! A report as one JSON object, for programs that compare verifiers.
//!
//! Invariant: the same report always gives the same bytes, in ASCII, on one line. Not here: what a
//! reader may conclude; the words are those of the report's text form.

use std::fmt::Write as _;

use super::report::{Computed, Report};
use crate::encode::Hash;

impl Report {
    /// The report as one line of JSON without a line feed: `checks` (each `name`, `outcome`,
    /// `reason`), `result` (the last line of the text form), `exit` and `computed` (`seed`,
    /// `result` and `settle`: hexadecimal hashes of what this verifier computed itself, or null;
    /// null as a whole for a bundle that could not be read and for a cancelled draw).
    #[must_use]
    pub fn to_json(&self) -> String {
        format!("{{{}}}", self.members())
    }

    /// The same object with the name of the file that was checked as its first member.
    #[must_use]
    pub fn to_json_of(&self, file: &str) -> String {
        format!("{{\"file\":{},{}}}", quoted(file), self.members())
    }

    fn members(&self) -> String {
        let checks = self.checks.iter().map(|check| {
            format!(
                "{{\"name\":\"{}\",\"outcome\":\"{}\",\"reason\":{}}}",
                check.name,
                check.outcome,
                quoted(&check.reason)
            )
        });
        format!(
            "\"checks\":[{}],\"result\":{},\"exit\":{},\"computed\":{}",
            checks.collect::<Vec<_>>().join(","),
            quoted(&self.result_line()),
            self.exit_code(),
            self.computed
                .as_ref()
                .map_or_else(|| "null".to_owned(), computed)
        )
    }
}

fn computed(computed: &Computed) -> String {
    let or_null = |hash: &Option<Hash>| {
        hash.as_ref()
            .map_or_else(|| "null".to_owned(), |hash| format!("\"{hash}\""))
    };
    let settles: Vec<String> = computed
        .settles
        .iter()
        .map(|hash| format!("\"{hash}\""))
        .collect();
    format!(
        "{{\"seed\":{},\"result\":{},\"settle\":[{}]}}",
        or_null(&computed.seed),
        or_null(&computed.result),
        settles.join(",")
    )
}

/// A JSON string; everything outside printable ASCII is escaped.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => json.extend(['\\', char::from(byte)]),
            Ok(byte @ b' '..=b'~') => json.push(char::from(byte)),
            _ => write!(json, "\\u{unit:04x}").expect("writing to a string does not fail"),
        }
    }
    json.push('"');
    json
}
