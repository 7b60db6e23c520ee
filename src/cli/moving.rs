//! `fairdraw migrate`: the tables brought up to date, or the whole site moved to another database.
//!
//! Invariant: the keys are held from the first row to the last, so that no server can be running on
//! the old database, and the two are never live at once.

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::backup;
use crate::journal;
use crate::log;
use crate::platform::db::moving::{self, Progress};
use crate::platform::db::{Db, Target};

use super::Stop;

const EXAMPLES: &str = "\
Examples:
  fairdraw migrate                 create or update the tables
  fairdraw migrate --to postgres://fairdraw@db.lib.example.tw/fairdraw
  fairdraw migrate --to sqlite:///srv/fairdraw/fairdraw.db

Other users of a machine read what is typed: leave a password out of the address and put it into
PGPASSWORD or ~/.pgpass.

Stop the server first; this command holds the keys, so that none can run. The new database must be
empty. Every row is copied and compared, and the root of every log is computed again; then the old
database is marked as moved and is not served any more. Interrupted, the same command goes on.
Exit codes: 0 moved, 1 not moved.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Move the whole site from the database of the settings to this one.
    #[arg(long, value_name = "URL")]
    to: Option<String>,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let (_, config) = super::configured()?;
    let target = config.database();
    let Some(url) = &arguments.to else {
        let engine = target.engine();
        Db::open(target, super::clock()?)?;
        println!("The tables in {engine} are up to date.");
        return Ok(());
    };
    if !Target::is_named_by(url) {
        let words = "--to is postgres://user@host/name or sqlite:///path";
        return Err(Stop::Usage(words.to_owned()));
    }
    let to = Target::parse(url);
    // Held from here to the end, so that no server can be running.
    let _vault = match backup::has_keys(&config.keys()) {
        true => Some(super::vault(&config)?),
        false => None,
    };
    println!("From {}", moving::place(&target));
    println!("to   {}", moving::place(&to));
    let bar = ProgressBar::new(0).with_style(
        ProgressStyle::with_template("{bar:24} {pos}/{len} rows {msg} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let mut tell = |progress: Progress<'_>| {
        bar.set_length(progress.all);
        bar.set_position(progress.done);
        let what = if progress.compares {
            "compared"
        } else {
            "copied"
        };
        bar.set_message(format!("{what}: {}", progress.table));
    };
    let mut logs = 0;
    let arrived = moving::move_site(&target, &to, &super::clock()?, &mut tell, |old, new| {
        logs = same_logs(old, new)?;
        Ok::<_, Stop>(())
    })?;
    bar.finish_and_clear();
    let rows: u64 = arrived.iter().map(|table| table.rows).sum();
    println!(
        "{} tables with {rows} rows arrived, each with the same digest; {logs} logs give their roots.",
        arrived.len()
    );
    println!("The old database is marked as moved and is not served any more.");
    println!("Now write into Rocket.toml, under [default.app]:");
    match &to {
        Target::Sqlite(file) => println!("  database_url = \"sqlite://{}\"", file.display()),
        Target::Postgres(_) => println!("  database_url = \"{}\"", shown(url)),
    }
    Ok(())
}

/// The address as it was typed, without a password.
fn shown(url: &str) -> String {
    let parted = url.split_once("://").and_then(|(scheme, rest)| {
        let (user, place) = rest.rsplit_once('@')?;
        let (name, _) = user.split_once(':')?;
        Some(format!("{scheme}://{name}:PASSWORD@{place}"))
    });
    parted.unwrap_or_else(|| url.to_owned())
}

/// Compares size and root of every log, and computes those of the new database from their leaves.
fn same_logs(old: &Db, new: &Db) -> Result<usize, Stop> {
    let before = old.read_now("read logs", log::all)?;
    let after = new.read_now("compute the logs again", |tx| {
        let all = log::all(tx)?;
        let mut whole = Vec::new();
        for one in all {
            let fits = match journal::is_its_log(&one) {
                true => journal::fits_its_root(tx)?,
                false => log::is_whole(tx, &one)?,
            };
            whole.push((one, fits));
        }
        Ok::<_, journal::Error>(whole)
    })?;
    let is_same = before.len() == after.len()
        && before.iter().zip(&after).all(|(old, (new, fits))| {
            *fits && (old.size, old.root) == (new.size, new.root) && old.origin == new.origin
        });
    match is_same {
        true => Ok(after.len()),
        false => Err(Stop::Failed(
            "a log in the new database does not give its root; the old database was not changed"
                .into(),
        )),
    }
}
