//! The web side of `fairdraw`, which the watching process starts (`supervise`).

use std::fs::DirBuilder;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rocket::figment::Figment;

use crate::account::setup;
use crate::app::{App, Footing};
use crate::journal;
use crate::platform::channel::{Address, Identity};
use crate::platform::config::Config;
use crate::platform::confine::{self, Reach};
use crate::platform::control::Control;
use crate::platform::db::Target;
use crate::platform::edge::{self, Edge};
use crate::purge;
use crate::vault::{LaunchError, OpenError, Vault};

use super::Stop;

/// The web side, for the process that watches over it, which is at the other end of standard input.
///
/// It gives up what it does not need before it has a second thread, and holds no key and no
/// password of the mail server.
pub(super) fn web() -> Result<(), Stop> {
    let mut standing = vec![confine::dumps_off(), confine::memory_locked()];
    let files = edge::raise_files();
    let (figment, config) = super::configured()?;
    let figment = without_ours(figment);
    let elsewhere = config.vault();
    // Made before this process gives up what it does not need.
    let identity = elsewhere
        .as_ref()
        .map(|address| super::web_identity(&config, address))
        .transpose()?
        .flatten();
    let watching = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    standing.push(confine::files(&reach(&config)));
    standing.push(confine::calls());
    let control = Control::over(watching)?;
    let vault = match &elsewhere {
        None => Vault::adopt(&config.site, control.clone())?,
        Some(address) => awaited(&config.site, address, identity.as_ref())?,
    };
    tracing::info!("web: {}; {files} open files", confine::line(&standing));
    tracing::info!("vault: {}", confine::line(&vault.standing()));
    let footing = Footing {
        vault,
        control,
        web: standing,
    };
    let app = App::open(config, super::clock()?, footing)?;
    purge::jobs::ensure(&app.db)?;
    journal::jobs::ensure(&app.db)?;
    let origin = origin(&app.config, &figment);
    launch(&app, figment, || greet(&app, &origin, elsewhere.as_ref()))
}

/// Says where the site is, once it listens there: a start that fails makes no link.
fn greet(app: &App, origin: &str, elsewhere: Option<&Address>) -> Result<(), Stop> {
    println!("Fairdraw");
    println!("  address: {origin}");
    println!("  data:    {}", app.config.data().display());
    match elsewhere {
        None => println!("  keys:    {}", app.config.keys().display()),
        Some(address) => println!("  vault:   {address}"),
    }
    println!("  tables:  {}", app.db.target().engine());
    if let Some(path) = setup::first_link(&app.db)? {
        println!();
        println!(
            "Nobody can sign in yet. Open this link once, within 24 hours, to become the first admin:"
        );
        println!("  {origin}{path}");
    }
    Ok(())
}

/// The vault of the site, as soon as it answers: machines may start in any order.
fn awaited(site: &str, address: &Address, identity: Option<&Identity>) -> Result<Vault, Stop> {
    let mut last = String::new();
    loop {
        match Vault::elsewhere(site, address.clone(), identity.cloned()) {
            Ok(vault) => return Ok(vault),
            Err(error @ OpenError::Launch(LaunchError::System(_))) => {
                let why = super::chain(&error);
                if why != last {
                    tracing::warn!(%address, why, "waiting for the vault");
                    last = why;
                }
                thread::sleep(BETWEEN_LOOKS);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// How often a vault that is not there yet is looked for.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Rocket keeps its settings for as long as it runs; ours among them name the mail password.
fn without_ours(figment: Figment) -> Figment {
    match rocket::Config::try_from(&figment) {
        Ok(config) => Figment::from(config),
        // Rocket says what is wrong when it is launched.
        Err(_) => figment,
    }
}

/// What the web side keeps: its data, its certificate, and in a debug build the files that a
/// release carries inside.
fn reach(config: &Config) -> Reach {
    let mut own = vec![config.data().to_owned()];
    if let Target::Sqlite(file) = config.database() {
        own.extend(file.parent().map(Path::to_owned));
    }
    let mut read = folders_of(&[&config.edge.certificate, &config.edge.key]);
    if cfg!(debug_assertions) {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
        read.extend(["templates", "locales", "static"].map(|folder| sources.join(folder)));
    }
    Reach {
        own,
        read,
        ports: None,
    }
}

/// The folders of these files, and of what they are links to: a renewal puts new files there.
fn folders_of(files: &[&Path]) -> Vec<PathBuf> {
    let named = files.iter().filter(|file| !file.as_os_str().is_empty());
    named
        .flat_map(|file| {
            let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
            [whole.canonicalize().ok(), Some(whole)]
        })
        .filter_map(|file| file?.parent().map(Path::to_owned))
        .collect()
}

/// Refuses a key folder that lies where the web side may read or write.
pub(super) fn are_keys_apart(config: &Config) -> Result<(), Stop> {
    let keys = config.keys();
    let Some(around) = reach(config).folder_around(&keys) else {
        return Ok(());
    };
    let beside = format!("{}-keys", config.data().display());
    let mend = match keys == Path::new(&beside) {
        // They are where they usually are: something else is too near, such as the certificate.
        true => "give what is there (the certificate, the database) a folder of its own".to_owned(),
        false => format!("set `keys` (FAIRDRAW_KEYS) to a folder of its own, such as {beside}"),
    };
    let words = format!(
        "the keys in {} lie inside {}, which the web side may read; {mend}",
        keys.display(),
        around.display(),
    );
    Err(Stop::Failed(words.into()))
}

/// The folder of temporary files, which the web side has to itself; made with the data folder.
pub(super) fn temporary(config: &Config) -> Result<PathBuf, Stop> {
    let data = std::path::absolute(config.data())?;
    let folder = data.join("tmp");
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    Ok(folder)
}

/// How long work in hand may take after the server has shut down.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long jobs in hand may take after that, before they are given back. With Rocket's own grace
/// and mercy it is less than the watching process waits.
const LAST_JOBS: Duration = Duration::from_secs(12);

/// Launches the web server beside the jobs, and has it greeted once it listens; returns when it has
/// shut down.
///
/// Told to stop it first says so where readiness is asked, and takes no new job; then it stops
/// listening, finishes the requests under way, then the jobs in hand, and leaves one file of the
/// database.
///
/// # Errors
/// With a moved clock (the demo, `FAIRDRAW_CLOCK`) only this machine is served (`decisions` D22);
/// the positive control of the canary scan serves nobody but its tests.
pub(super) fn launch(
    app: &App,
    figment: Figment,
    greet: impl FnOnce() -> Result<(), Stop>,
) -> Result<(), Stop> {
    if cfg!(feature = "leak-control") {
        return Err(Stop::Failed(
            "this build leaks on purpose and serves nobody".into(),
        ));
    }
    let listen = rocket::Config::try_from(&figment).unwrap_or_default();
    if app.db.clock().is_moved() && !listen.address.is_loopback() {
        return Err(Stop::Failed(
            "a moved clock is for this machine only; set ROCKET_ADDRESS=127.0.0.1".into(),
        ));
    }
    // `rocket::execute` reads Rocket.toml again, which this process may not open any more.
    let runtime = rocket::tokio::runtime::Builder::new_multi_thread()
        .thread_name("web")
        .worker_threads(listen.workers)
        .max_blocking_threads(listen.max_blocking)
        .enable_all()
        .build()?;
    let edge = Edge::listen(app.plan(), listen.address, listen.port);
    let edge = runtime.block_on(edge)?;
    greet()?;
    let jobs = app.start_jobs();
    let rocket = app.rocket(edge::inside(figment));
    let outcome = runtime.block_on(edge.run(rocket));
    app.draining.begin();
    runtime.shutdown_timeout(LAST_WORDS);
    let given_back = jobs.end_within(LAST_JOBS);
    if let Err(error) = app.db.rest() {
        tracing::warn!(%error, "the database was left with its log");
    }
    tracing::info!(given_back, "the web side ends");
    Ok(outcome?)
}

/// Where people reach the site: the configured origin, or the address it listens on.
pub(super) fn origin(config: &Config, figment: &Figment) -> String {
    if !config.public_origin.is_empty() {
        return config.public_origin.clone();
    }
    let listen = rocket::Config::try_from(figment).unwrap_or_default();
    format!("http://{}:{}", listen.address, listen.port)
}
