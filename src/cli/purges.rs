//! `fairdraw purge …`: what is deleted when, and deleting what is due now.

use std::time::Duration;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use crate::activity::{self, Stage};
use crate::app::App;
use crate::platform::db::Db;
use crate::platform::text::dates::iso_date;
use crate::purge::{self, Purger, Step};

use super::Stop;

/// What can be done with purges from the command line.
#[derive(Subcommand)]
pub(super) enum Command {
    /// When the personal data of each activity goes, and what has gone.
    List,
    /// Delete what is due, now. The server does so by itself.
    Run {
        /// Only this activity (the last part of /a/SLUG); all that are due otherwise.
        slug: Option<String>,
    },
}

/// Runs one of the commands.
pub(super) fn run(command: Command) -> Result<(), Stop> {
    match command {
        Command::List => list(&super::tables()?),
        Command::Run { slug } => delete(&super::everything()?, slug.as_deref()),
    }
}

fn list(db: &Db) -> Result<(), Stop> {
    let activities = db.read_now("list activities", |tx| activity::list(tx, &Stage::ALL))?;
    println!("{:<22}{:<12}{:<32}activity", "date", "stage", "purge");
    for facts in activities {
        let Some(due) = purge::due_at(&facts) else {
            continue;
        };
        let found = db.read_now("read purge", |tx| purge::find(tx, &facts.id))?;
        let state = match found {
            Some(purge) if purge.step == Step::Done => match purge.second_at {
                _ if !purge.second.is_empty() => "done, twice certified".to_owned(),
                Some(at) => format!("done, again {}", iso_date(at.0)),
                None => "done".to_owned(),
            },
            Some(purge) if purge.trouble.is_empty() => purge.step.code().to_owned(),
            Some(purge) => format!("{}: {}", purge.step.code(), purge.trouble),
            None => "-".to_owned(),
        };
        println!(
            "{:<22}{:<12}{state:<32}{}",
            due.to_string(),
            facts.stage.code(),
            facts.slug
        );
    }
    Ok(())
}

fn delete(app: &App, slug: Option<&str>) -> Result<(), Stop> {
    if let Some(doubt) = app.db.clock().doubt() {
        return Err(Stop::NotYet(format!(
            "the machine's clock is in doubt ({doubt}), and what is deleted does not come back. If \
             it is right: fairdraw clock confirm"
        )));
    }
    let purger = &app.purger;
    let due: Vec<_> = match slug {
        None => purger.due()?,
        Some(slug) => {
            vec![
                app.db
                    .read_now("read activity", |tx| activity::find(tx, slug))?,
            ]
        }
    };
    if due.is_empty() {
        println!("Nothing is due.");
        return Ok(());
    }
    for facts in due {
        let purged = one(purger, &facts.id);
        match purged {
            Ok(()) => println!("{}: personal data deleted, certificate signed.", facts.slug),
            Err(purge::Error::NotDue) => {
                return Err(Stop::NotYet(format!(
                    "{} is at stage {} and due at {}; it is surely {} (if it is later: fairdraw \
                     clock confirm)",
                    facts.slug,
                    facts.stage.code(),
                    facts.planned_purge(),
                    app.db.clock().surely(),
                )));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Takes the steps one by one, so that the bar shows how far it is.
fn one(purger: &Purger, id: &activity::ActivityId) -> Result<(), purge::Error> {
    let steps = u64::try_from(Step::ALL.len() - 1).unwrap_or_default();
    let bar = ProgressBar::new(steps).with_style(
        ProgressStyle::with_template("{bar:24} {pos}/{len} {msg} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut purge = purger.begin(id)?;
    while purge.step != Step::Done {
        bar.set_message(purge.step.code());
        bar.set_position(
            Step::ALL
                .iter()
                .position(|step| *step == purge.step)
                .and_then(|at| u64::try_from(at).ok())
                .unwrap_or_default(),
        );
        purge = purger.take(&purge)?;
    }
    bar.finish_and_clear();
    Ok(())
}
