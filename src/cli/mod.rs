//! The command line: what the operator of a library's server types.
//!
//! Invariant: exit codes are stable: 0 done, 1 failed, 2 not yet, 64 wrong usage. Nothing personal
//! is printed.
//!
//! Not here: checking a draw, which anybody does with `lucky-draw-verify`.

use std::error::Error as StdError;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rocket::figment::Figment;

use crate::app::App;
use crate::platform::channel::{Address, Identity};
use crate::platform::clock::Clock;
use crate::platform::config::{self, Config};
use crate::platform::db::Db;
use crate::vault::{self, Start, Vault};

mod backup;
mod check;
mod clock;
mod demo;
mod draws;
mod ends;
mod moving;
mod purges;
mod serve;
mod staff;
mod supervise;
mod trace;
mod vault_side;
mod witness;

/// Wrong usage, as in sysexits.h.
const USAGE: u8 = 64;
/// Nothing is wrong, but it is too early.
const NOT_YET: u8 = 2;

const EXAMPLES: &str = "\
Examples:
  fairdraw                         serve on http://127.0.0.1:8000, data in ./data
  fairdraw demo                    a demo library in a temporary folder
  FAIRDRAW_DATA=/srv/fairdraw ROCKET_PORT=8080 fairdraw
  fairdraw draw list               every draw and where it stands
  fairdraw draw bundle ID -o b.zip the public files; check them with lucky-draw-verify b.zip
  fairdraw purge list              what is deleted when
  fairdraw backup FILE             a backup without keys, beside the running server
  fairdraw staff reset NAME --reason WHY
                                   a lost telephone that no administrator can reset
  fairdraw vault --help            one vault for several web sides
  fairdraw check                   what is wrong with this installation, and what to do
  fairdraw verify-purge --help     look for somebody's data on a disk or in a backup
  fairdraw witness --help          how two libraries witness each other

Settings: Rocket.toml under [default.app]; FAIRDRAW_DATA, FAIRDRAW_DATABASE_URL and
FAIRDRAW_VAULT win.
Exit codes: 0 done, 1 failed, 2 not yet, 64 wrong usage.";

/// Library surveys and lucky draws that anyone can check and that forget on time.
#[derive(Parser)]
#[command(name = "fairdraw", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site (what happens without a command).
    Serve,
    /// Prepare a demo library in a temporary folder and serve it: activities in every state,
    /// thousands of made-up entries, a finished draw on a real recorded drand round.
    Demo(demo::Arguments),
    /// Create or update the tables, then stop; `serve` does so too. With --to: move the whole site
    /// to another database.
    Migrate(moving::Arguments),
    /// Look at draws, paste a beacon, write a bundle.
    #[command(subcommand)]
    Draw(draws::Command),
    /// Be a witness for other libraries: say when their journals were seen, and refuse forks.
    Witness(witness::Arguments),
    /// See what is deleted when, and delete what is due.
    #[command(subcommand)]
    Purge(purges::Command),
    /// Write a backup of the database, without a key, while the server goes on.
    Backup(backup::BackupArguments),
    /// Put a backup back; what was purged meanwhile is purged again.
    Restore(backup::RestoreArguments),
    /// Look at everything that can be wrong with this installation, and say what to do.
    Check(check::Arguments),
    /// See whether the machine's clock is believed, and say that it is right.
    #[command(subcommand)]
    Clock(clock::Command),
    /// Let somebody of the staff in again whom no admin can help.
    #[command(subcommand)]
    Staff(staff::Command),
    /// Look for strings in files, folders, disks and backups, in every form they may have.
    VerifyPurge(trace::Arguments),
    /// Hold the keys of a site with several web sides, and nothing else.
    Vault(vault_side::Arguments),
    /// The vault's own process; started by the others.
    #[command(name = "__vault", hide = true)]
    VaultProcess,
    /// The web side's own process; started by `serve`.
    #[command(name = "__web", hide = true)]
    Web,
}

/// How a command ended, other than well.
enum Stop {
    /// It is too early; the words say until when.
    NotYet(String),
    /// What was asked for cannot be done so; the words say how.
    Usage(String),
    /// The answer is no, and all was said.
    Told,
    /// It failed.
    Failed(Box<dyn StdError>),
    /// A process of ours has ended with this code and has said why.
    Ended(u8),
}

impl<E: StdError + 'static> From<E> for Stop {
    fn from(error: E) -> Stop {
        Stop::Failed(Box::new(error))
    }
}

/// Runs the program with the arguments of this process.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { USAGE } else { 0 };
            // A closed pipe is the reader's choice.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    // The check says in its own words what the log would say.
    let is_quiet = matches!(arguments.command, Some(Command::Check(_)));
    log_to_stderr(if is_quiet {
        "off"
    } else {
        "warn,fairdraw=info"
    });
    if matches!(arguments.command, Some(Command::VaultProcess)) {
        return vault::serve();
    }
    match arguments.command.unwrap_or(Command::Serve).run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::NotYet(words)) => {
            eprintln!("fairdraw: {words}");
            ExitCode::from(NOT_YET)
        }
        Err(Stop::Usage(words)) => {
            eprintln!("fairdraw: {words}");
            ExitCode::from(USAGE)
        }
        Err(Stop::Told) => ExitCode::FAILURE,
        Err(Stop::Ended(code)) => ExitCode::from(code),
        Err(Stop::Failed(error)) => {
            eprintln!("fairdraw: {}", chain(&*error));
            ExitCode::FAILURE
        }
    }
}

impl Command {
    fn run(self) -> Result<(), Stop> {
        match self {
            Command::Serve => supervise::run(),
            Command::Web => serve::web(),
            Command::Demo(arguments) => demo::run(&arguments),
            Command::Migrate(arguments) => moving::run(&arguments),
            Command::Draw(command) => draws::run(command),
            Command::Witness(arguments) => witness::run(arguments),
            Command::Purge(command) => purges::run(command),
            Command::Backup(arguments) => backup::make(&arguments),
            Command::Restore(arguments) => backup::restore(&arguments),
            Command::Check(arguments) => check::run(&arguments),
            Command::Clock(command) => clock::run(&command),
            Command::Staff(command) => staff::run(&command),
            Command::VerifyPurge(arguments) => trace::run(&arguments),
            Command::Vault(arguments) => vault_side::run(&arguments),
            Command::VaultProcess => unreachable!("the vault has begun already"),
        }
    }
}

/// `Rocket.toml`, the environment, and the part that is ours.
fn configured() -> Result<(Figment, Config), Stop> {
    config::file()?;
    let figment = rocket::Config::figment();
    let config = Config::read(&figment)?;
    Ok((figment, config))
}

/// Only the tables: for commands that must work beside a running server, which holds the keys.
fn tables() -> Result<Db, Stop> {
    let (_, config) = configured()?;
    Ok(Db::open(config.database(), clock()?)?)
}

/// Everything, for commands that sign or erase; a running server must be stopped first.
fn everything() -> Result<App, Stop> {
    let (_, config) = configured()?;
    let vault = vault(&config)?;
    Ok(App::open(config, clock()?, vault)?)
}

/// Keys of an older version leave the data folder.
fn move_keys(config: &Config) -> Result<(), Stop> {
    let keys = config.keys();
    if vault::move_out(config.data(), &keys)? {
        tracing::info!(folder = %keys.display(), "the key folder was moved out of the data folder");
    }
    Ok(())
}

/// The vault of the site where it has one, or one in a process of its own, which ends with this one.
fn vault(config: &Config) -> Result<Vault, Stop> {
    if let Some(address) = config.vault() {
        let identity = web_identity(config, &address)?;
        return Vault::elsewhere(&config.site, address.clone(), identity).map_err(|error| {
            let why = chain(&error);
            Stop::Failed(format!("the vault at {address} does not answer: {why}").into())
        });
    }
    move_keys(config)?;
    Ok(Vault::spawn(vault::program(), Start::of(config))?)
}

/// What this web side shows to a vault on another machine.
fn web_identity(config: &Config, vault: &Address) -> Result<Option<Identity>, Stop> {
    match vault {
        Address::Unix(_) => Ok(None),
        Address::Tls { .. } => {
            serve::temporary(config)?;
            Ok(Some(Identity::kept(&config.web_identity())?))
        }
    }
}

/// The machine's clock, or in a test build the one that `FAIRDRAW_CLOCK` starts.
fn clock() -> Result<Clock, Stop> {
    #[cfg(feature = "test-clock")]
    if let Ok(start) = std::env::var("FAIRDRAW_CLOCK") {
        let start: jiff::Timestamp = start.parse()?;
        let start = crate::platform::clock::Timestamp(start.as_millisecond());
        return Ok(Clock::running_from(start));
    }
    Ok(Clock::system())
}

/// Logs go to standard error, so that what a command prints can be piped.
fn log_to_stderr(usual: &str) {
    let mut filter = tracing_subscriber::EnvFilter::try_from_env("FAIRDRAW_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    // Rocket prints addresses that match no route whole, and an address may hold a receipt code;
    // r2d2 prints what a database server said, and WebAuthn what a passkey sent. No setting brings
    // these lines back.
    for quiet in [
        "rocket=off",
        "r2d2=off",
        "webauthn_rs=off",
        "webauthn_rs_core=off",
    ] {
        filter = filter.add_directive(quiet.parse().expect("a fixed directive is well formed"));
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // The same lines for machines; `request` is the reference that the page and the header show.
    match std::env::var("FAIRDRAW_LOG_FORMAT").as_deref() {
        Ok("json") => lines
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .init(),
        _ => lines.init(),
    }
    // A panic message may quote what was being handled; its place is enough to mend it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place = place.unwrap_or_default(), "panic");
    }));
}

/// An error with its causes on one line.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut words = error.to_string();
    let mut layer = error.source();
    while let Some(cause) = layer {
        let cause_words = cause.to_string();
        if !words.ends_with(&cause_words) {
            words.push_str(": ");
            words.push_str(&cause_words);
        }
        layer = cause.source();
    }
    words
}
