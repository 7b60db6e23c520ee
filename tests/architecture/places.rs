//! Things that may be named only in certain places: frameworks, the clock, randomness, the vault's table.

use crate::arrows::{Role, standing};
use crate::source::{Finding, Source};

/// Rules 5 and 7: words that belong to certain files.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.parts().contains(&"tests") {
        return findings;
    }
    let tokens = source.tokens();
    for (at, token) in tokens.iter().enumerate() {
        let text = |offset: usize| tokens.get(at + offset).map_or("", |t| t.text.as_str());
        let advice = match token.text.as_str() {
            "diesel" | "diesel_migrations" if !may_use_diesel(source) => {
                "SQL lives in the store.rs of a domain; call a function there"
            }
            "rocket" if !may_use_rocket(source) => {
                "Rocket stays in pages, api, guard, wire, platform/web, platform/config, cli, app and main"
            }
            "Serialize" if !may_serialize(source) => {
                "What crosses the boundary is a view beside its page or in wire.rs, or the payload of a job in jobs.rs"
            }
            "lettre" if !is_below(source, "src/platform/mail") => {
                "SMTP stays in platform/mail; hand it a finished message"
            }
            "SystemTime" | "Instant" | "Zoned" | "Timestamp" | "Utc" | "Local"
                if text(1) == "::" && text(2) == "now" && !is_clock(source) =>
            {
                "Take the time from tx.now() or an argument; only platform/clock.rs reads the clock"
            }
            "Form" | "Json" if text(1) == "<" => {
                "Rocket logs every value of such a form that it cannot read; take FormFields or the bytes"
            }
            "FromForm" | "LenientForm" | "TempFile" => {
                "Rocket logs every value of such a form that it cannot read; take FormFields or the bytes"
            }
            "debug_query" | "DatabaseErrorInformation" => {
                "The text of a query or of a database's complaint quotes the row; use the error's kind"
            }
            "getrandom" | "OsRng" | "SysRng" | "ThreadRng" | "thread_rng"
                if !may_use_randomness(source) =>
            {
                "Use platform::ids::random; outside platform/ids.rs and vault nothing asks the system"
            }
            _ => continue,
        };
        findings.push(source.finding(token.line, format!("{} is named", token.text), advice));
    }
    findings
}

/// Rule 6: the table of sealed data has one reader, and a field of a person is never serialised.
pub(crate) fn vault(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let own = is_below(source, "src/vault/store")
        || is_below(source, "src/vault/inventory")
        || is_below(source, "src/platform/db/schema")
        || is_below(source, "src/platform/db/compaction");
    if !own {
        for (index, line) in source.without_comments().lines().enumerate() {
            if line.contains("vault_items") {
                findings.push(source.finding(
                    index + 1,
                    "the table vault_items is named".to_owned(),
                    "Only vault/store.rs reads and writes it; call a function of vault",
                ));
            }
        }
    }
    let outside = standing(source).is_some_and(|(domain, _)| domain != "vault");
    if outside && may_serialize(source) {
        for named in source.named() {
            let first_two = named.segments.get(..2).unwrap_or_default();
            let is_field = first_two == ["vault", "field"] || first_two == ["vault", "Opened"];
            if named.root == "crate" && is_field {
                findings.push(source.finding(
                    named.line,
                    format!("{} in a file of serialisable types", named.segments.join("::")),
                    "A field of a person never enters a view or a job; keep its masked text or its id",
                ));
            }
        }
    }
    findings
}

/// What a person wrote is replaced by that person alone: no other room names `vault::replace`
/// (`docs/decisions` 0025).
pub(crate) fn corrections(source: &Source) -> Vec<Finding> {
    let of_person = is_below(source, "src/entry/correction") || is_below(source, "src/vault");
    if of_person || !is_below(source, "src") {
        return Vec::new();
    }
    let named = source.named();
    let replaces = named.iter().filter(|named| {
        named
            .segments
            .starts_with(&["vault".into(), "replace".into()])
    });
    let called = source.without_comments();
    let lines = called.lines().enumerate();
    let calls = lines.filter(|(_, line)| line.contains("vault::replace("));
    let at: std::collections::BTreeSet<usize> = replaces
        .map(|named| named.line)
        .chain(calls.map(|(index, _)| index + 1))
        .collect();
    at.into_iter()
        .map(|line| {
            source.finding(
                line,
                "a sealed box is replaced".to_owned(),
                "Staff cannot edit what a person wrote; only entry/correction.rs replaces a box",
            )
        })
        .collect()
}

/// Rule 3: the protocol crate computes, and touches nothing outside itself.
pub(crate) fn protocol(source: &Source) -> Vec<Finding> {
    let pure = is_below(source, "protocol/src") && !is_below(source, "protocol/src/bin");
    if !pure {
        return Vec::new();
    }
    const ADVICE: &str = "The draw is a function of its arguments; files, network and time belong to src/bin or the app";
    let modules = source.named().into_iter().filter_map(|named| {
        let module = named.segments.first()?;
        let outside = ["fs", "net", "time", "env", "thread", "process"].contains(&module.as_str());
        (named.root == "std" && outside)
            .then(|| source.finding(named.line, format!("std::{module} is used"), ADVICE))
    });
    let crates = source.tokens().into_iter().filter_map(|token| {
        let outside = [
            "tokio",
            "rocket",
            "diesel",
            "getrandom",
            "OsRng",
            "SysRng",
            "ureq",
        ];
        outside
            .contains(&token.text.as_str())
            .then(|| source.finding(token.line, format!("{} is named", token.text), ADVICE))
    });
    modules.chain(crates).collect()
}

/// Whether the file is `path` with `.rs`, or lies in the folder `path`.
fn is_below(source: &Source, path: &str) -> bool {
    source
        .path
        .strip_prefix(path)
        .is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn has_role(source: &Source, roles: &[Role]) -> bool {
    standing(source).is_some_and(|(domain, role)| domain != "platform" && roles.contains(&role))
}

fn may_use_diesel(source: &Source) -> bool {
    has_role(source, &[Role::Store])
        || is_below(source, "src/platform/db")
        || is_below(source, "src/platform/jobs")
}

fn may_use_rocket(source: &Source) -> bool {
    has_role(source, &[Role::Edge, Role::Guard, Role::Wire])
        || is_below(source, "src/platform/web")
        || is_below(source, "src/platform/edge")
        || is_below(source, "src/platform/config")
        || is_below(source, "src/cli")
        || matches!(source.path.as_str(), "src/app.rs" | "src/main.rs")
}

fn may_serialize(source: &Source) -> bool {
    // What a provider elsewhere or a passkey says comes over a boundary too.
    // The view of one page may stand beside its handler. The vault's messages cross to its keeper
    // (decisions D15); its fields never do.
    has_role(source, &[Role::Wire, Role::Edge, Role::Jobs])
        || ["web", "templates", "text", "openid", "passkey"]
            .iter()
            .any(|part| is_below(source, &format!("src/platform/{part}")))
        || is_below(source, "src/vault") && !is_below(source, "src/vault/field")
}

fn may_use_randomness(source: &Source) -> bool {
    is_below(source, "src/platform/ids") || is_below(source, "src/vault")
}

fn is_clock(source: &Source) -> bool {
    source.path == "src/platform/clock.rs"
}
