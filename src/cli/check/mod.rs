//! `fairdraw check`: everything that can be wrong with an installation, looked at once, with what to
//! do about it.
//!
//! Invariant: nothing is changed, no mail is sent, no password and nothing of a person is printed.
//! What could not be looked at is said to be so, and never to be fine.
//!
//! Not here: what a running server says about itself (`/healthz/ready`).

use clap::Args;
use serde_json::json;

use crate::platform::config::Config;

use super::Stop;

mod base;
mod hour;
mod outside;
mod own;
mod place;
mod sender;
mod settings;
mod tls;

const EXAMPLES: &str = "\
Examples:
  fairdraw check                   before the first start, after a change, after an upgrade
  fairdraw check --offline         without asking relays, mail server, name service and the site's own address
  fairdraw check --json            for machines

Run it as the user of the server and with the same settings. The server may be running.
Exit codes: 0 all is fine, 2 it works and somebody should look at something, 1 something has to be
mended before people come.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// One JSON object instead of the list.
    #[arg(long)]
    json: bool,
    /// Ask nobody outside this machine.
    #[arg(long)]
    offline: bool,
}

/// How one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    /// As it should be.
    Good,
    /// It could not be looked at.
    Unknown,
    /// It works, and somebody should look at it.
    Warning,
    /// It has to be mended.
    Bad,
}

impl State {
    fn code(self) -> &'static str {
        match self {
            State::Good => "good",
            State::Unknown => "unknown",
            State::Warning => "warning",
            State::Bad => "bad",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            State::Good => "✓",
            State::Unknown => "?",
            State::Warning => "!",
            State::Bad => "✗",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    name: String,
    state: State,
    found: String,
    /// What to do; empty when nothing is.
    advice: String,
}

impl Finding {
    fn good(name: impl Into<String>, found: impl Into<String>) -> Finding {
        Finding {
            name: name.into(),
            state: State::Good,
            found: found.into(),
            advice: String::new(),
        }
    }

    fn with(
        state: State,
        name: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        Finding {
            state,
            advice: advice.into(),
            ..Finding::good(name, found)
        }
    }

    fn warning(
        name: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        Finding::with(State::Warning, name, found, advice)
    }

    fn bad(
        name: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        Finding::with(State::Bad, name, found, advice)
    }

    fn unknown(
        name: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        Finding::with(State::Unknown, name, found, advice)
    }
}

/// What was found about one matter.
struct Matter {
    title: &'static str,
    findings: Vec<Finding>,
}

/// Looks at everything and says what it found.
pub(super) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let (matters, config) = settings::look();
    let mut matters = vec![matters];
    if let Some(config) = config {
        look_on(&mut matters, &config, arguments.offline)?;
    }
    match arguments.json {
        true => println!("{}", as_json(&matters)),
        false => print(&matters),
    }
    match worst(&matters) {
        State::Good => Ok(()),
        State::Unknown | State::Warning => Err(Stop::Ended(super::NOT_YET)),
        State::Bad => Err(Stop::Told),
    }
}

fn look_on(matters: &mut Vec<Matter>, config: &Config, offline: bool) -> Result<(), Stop> {
    let clock = super::clock()?;
    let mut say = |title, findings| matters.push(Matter { title, findings });
    say("Folders and disks", place::look(config));
    if is_of_vault(config) {
        say("Keys", own::keys(config));
        say("Mail", outside::mail(config, offline));
        say("Mail domain", sender::look(config, offline));
        say("Protections", own::protections());
        return Ok(());
    }
    let (findings, db) = base::look(config, &clock);
    say("Database", findings);
    say("Clock", hour::look(config, &clock, db.as_ref(), offline));
    say("Keys", own::keys(config));
    say("Mail", outside::mail(config, offline));
    say("Mail domain", sender::look(config, offline));
    say(
        "Public randomness",
        outside::relays(config, &clock, offline),
    );
    if config.staff_openid.is_on() || config.member_openid.is_on() {
        let findings = outside::providers(config, &clock, offline);
        say("Signing in elsewhere", findings);
    }
    say("Address", tls::look(config, &clock, offline));
    // Last, because they cannot be taken back.
    say("Protections", own::protections());
    Ok(())
}

/// Whether these are the settings of `fairdraw vault`, which has keys and the way to the mail server
/// and nothing else.
fn is_of_vault(config: &Config) -> bool {
    !config.vault_listen.is_empty() && config.vault().is_none()
}

fn worst(matters: &[Matter]) -> State {
    let findings = matters.iter().flat_map(|matter| &matter.findings);
    let states = findings.map(|finding| finding.state);
    states.max().unwrap_or(State::Good)
}

fn counted(matters: &[Matter], state: State) -> usize {
    let findings = matters.iter().flat_map(|matter| &matter.findings);
    findings.filter(|finding| finding.state == state).count()
}

fn as_json(matters: &[Matter]) -> serde_json::Value {
    let findings: Vec<_> = matters
        .iter()
        .flat_map(|matter| {
            matter.findings.iter().map(|finding| {
                json!({
                    "matter": matter.title,
                    "name": finding.name,
                    "state": finding.state.code(),
                    "found": finding.found,
                    "do": finding.advice,
                })
            })
        })
        .collect();
    json!({
        "program": env!("CARGO_PKG_VERSION"),
        "state": worst(matters).code(),
        "findings": findings,
    })
}

/// Width of the column of names.
const NAMES: usize = 24;

fn print(matters: &[Matter]) {
    println!("Fairdraw {}", env!("CARGO_PKG_VERSION"));
    for matter in matters {
        println!();
        println!("{}", matter.title);
        for finding in &matter.findings {
            let (sign, name) = (finding.state.sign(), &finding.name);
            println!("  {sign} {name:<NAMES$} {}", finding.found);
            if !finding.advice.is_empty() {
                println!("    {:<NAMES$} → {}", "", finding.advice);
            }
        }
    }
    println!();
    let line = [
        (State::Good, "fine"),
        (State::Unknown, "not looked at"),
        (State::Warning, "to look at"),
        (State::Bad, "to mend"),
    ];
    let parts: Vec<String> = line
        .iter()
        .map(|(state, word)| (counted(matters, *state), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    println!("{}.", parts.join(" · "));
}

/// The chain of causes of an error, on one line.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    super::chain(error)
}
