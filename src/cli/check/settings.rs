//! What the operator wrote: names, values, and values that contradict each other.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::platform::config::{self, Config, ENVIRONMENT};

use super::super::configured;
use super::{Finding, Matter};

/// Reads the settings as the server does.
pub(super) fn look() -> (Matter, Option<Config>) {
    let mut findings = vec![file()];
    findings.extend(environment());
    let config = match configured() {
        Ok((figment, config)) => {
            findings.extend(contradictions(&config, &figment));
            Some(config)
        }
        Err(error) => {
            let words = match &error {
                super::Stop::Failed(error) => super::words(&**error),
                _ => "cannot be read".to_owned(),
            };
            let advice = "correct it; every name is in docs/operating.md, and the rest can be looked at after that";
            findings.push(Finding::bad("values", words, advice));
            None
        }
    };
    let title = "Settings";
    (Matter { title, findings }, config)
}

fn file() -> Finding {
    let name = "Rocket.toml";
    let found = match config::file() {
        Ok(found) => found,
        Err(error) => {
            let advice = "correct the path, or the rights of the file and its folders";
            return Finding::bad(name, super::words(&error), advice);
        }
    };
    let Some(path) = found else {
        return Finding::warning(
            name,
            "there is none in this folder or those around it; every setting has its default",
            "start the program in the folder of the file, or name it in ROCKET_CONFIG",
        );
    };
    let shown = path.display();
    match std::fs::metadata(&path).map(|about| readers(&about)) {
        Ok(Some(mend)) if may_hold_a_password(&path) => Finding::warning(
            name,
            format!("{shown} may hold a password and others of this machine can read it"),
            format!("{mend} {shown}"),
        ),
        _ => Finding::good(name, shown.to_string()),
    }
}

fn may_hold_a_password(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let secret = [
        "smtp_url",
        "database_url",
        "metrics_token",
        "client_secret ",
        "client_secret=",
    ];
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| secret.iter().any(|name| line.starts_with(name)))
}

/// Who else can read a file, by the command that ends it. The own group of this process is nobody
/// else: a package gives its service a file of root that way.
fn readers(about: &Metadata) -> Option<&'static str> {
    let own = rustix::process::getegid().as_raw();
    match about.mode() {
        mode if mode & 0o007 != 0 => Some("chmod o="),
        mode if mode & 0o070 != 0 && about.gid() != own => Some("chmod g="),
        _ => None,
    }
}

/// Variables that look like ours and are not: a typing error would be ignored in silence.
fn environment() -> Vec<Finding> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let unknown =
        names.filter(|name| name.starts_with("FAIRDRAW_") && !ENVIRONMENT.contains(&name.as_str()));
    let advice = format!("known are {}", ENVIRONMENT.join(", "));
    unknown
        .map(|name| {
            let found = format!("{name} means nothing to this program");
            Finding::warning("environment", found, advice.clone())
        })
        .collect()
}

fn contradictions(config: &Config, figment: &rocket::figment::Figment) -> Vec<Finding> {
    let mut findings = vec![Finding::good(
        "values",
        "every name is known, every value is possible",
    )];
    let listen = match rocket::Config::try_from(figment) {
        Ok(listen) => listen,
        Err(error) => {
            let advice = "correct it in Rocket.toml or in the environment";
            findings.push(Finding::bad("address and port", error.to_string(), advice));
            return findings;
        }
    };
    if super::is_of_vault(config) {
        return findings;
    }
    if !config.staff_second_factor {
        findings.push(Finding::warning(
            "staff_second_factor",
            "off: whoever learns the passphrase of a member of staff is in",
            "remove the line; staff set their telephones up when they next sign in",
        ));
    }
    let is_local = listen.address.is_loopback();
    let origin = &config.public_origin;
    if origin.is_empty() {
        findings.push(Finding::warning(
            "public_origin",
            "empty: a trial on one machine; links in letters and QR codes lead nowhere else",
            "set it to the address as patrons type it, such as https://draw.lib.example.tw",
        ));
    } else if origin.starts_with("http://") {
        findings.push(Finding::bad(
            "public_origin",
            format!("{origin} is not encrypted: what people type can be read on the way"),
            "serve with TLS and write https://",
        ));
    }
    if !origin.is_empty() && config.site == Config::default().site {
        findings.push(Finding::bad(
            "site",
            "still “localhost”: it names the signing key for ever and is fixed at the first start",
            "set it to the host of public_origin before the first start",
        ));
    }
    if !is_local && origin.is_empty() {
        findings.push(Finding::warning(
            "ROCKET_ADDRESS",
            format!(
                "{} can be reached from outside, without TLS",
                listen.address
            ),
            "listen on 127.0.0.1 and put a server with TLS in front, or set public_origin",
        ));
    }
    for (name, value) in [
        ("mail_from", &config.mail_from),
        ("contact_email", &config.contact_email),
    ] {
        if value.ends_with("@example.org") && !origin.is_empty() {
            findings.push(Finding::bad(
                name,
                format!("still the example {value}"),
                "set it to an address of the library that somebody reads",
            ));
        }
    }
    if config.contact_phone == Config::default().contact_phone && !origin.is_empty() {
        findings.push(Finding::bad(
            "contact_phone",
            format!("still the example {}", config.contact_phone),
            "set it to a number of the library that somebody answers",
        ));
    }
    if config.library_zh == Config::default().library_zh && !origin.is_empty() {
        findings.push(Finding::bad(
            "library_zh",
            "still the demonstration library",
            "set library_zh and library_en to the library's own names",
        ));
    }
    if std::env::var("ROCKET_APP").is_ok_and(|text| text.contains("smtp_url")) {
        findings.push(Finding::warning(
            "smtp_url",
            "stands in the environment, which the web side keeps for as long as it runs",
            "write it into Rocket.toml, which the web side forgets",
        ));
    }
    if !config.metrics_from.is_empty() && !is_local {
        findings.push(Finding::warning(
            "metrics_from",
            "addresses alone are believed, and this server can be reached from outside",
            "use metrics_token as well, or leave metrics_from empty",
        ));
    }
    findings
}
