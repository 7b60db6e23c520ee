//! `fairdraw draw …`: look at draws, paste a beacon, write a bundle.

use std::path::PathBuf;

use clap::Subcommand;

use crate::activity;
use crate::app::App;
use crate::audit::Actor;
use crate::draw::{self, DrawId, DrawStage, Plan, PlanSource, beacon};
use crate::platform::db::Db;
use crate::vault::{KeyError, OpenError};

use super::Stop;

/// What can be done with draws from the command line.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Every published draw: id, stage, round and its time.
    List,
    /// Give a draw its beacon by hand, for a hall without internet; the server is stopped meanwhile,
    /// because it has the keys (beside it there is the draw's staff page). The signature is
    /// verified, so a typing error is refused.
    Paste {
        /// The draw, as in /d/ID.
        id: String,
        /// The round's signature in hexadecimal, or a relay's JSON.
        beacon: String,
    },
    /// Write the public files of a draw; check them with `lucky-draw-verify FILE`. Beside a running
    /// server download /d/ID/bundle.zip instead.
    Bundle {
        /// The draw, as in /d/ID.
        id: String,
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
}

/// Runs one of the commands.
pub(super) fn run(command: Command) -> Result<(), Stop> {
    match command {
        Command::List => list(&super::tables()?),
        Command::Paste { id, beacon } => {
            let (plan, origin) = known(&DrawId(id))?;
            let (of, id) = (plan.activity.as_str(), plan.id.as_str());
            let page = format!(
                "sign in and paste the round at {origin}/staff/activities/{of}/draws/{id}/beacon"
            );
            let app = super::everything().map_err(|stop| beside_server(stop, &page))?;
            paste(&app, &plan.id, &beacon)
        }
        Command::Bundle { id, output } => {
            let (plan, origin) = known(&DrawId(id))?;
            let (id, file) = (plan.id.as_str(), output.display());
            let page = format!("curl -o {file} {origin}/d/{id}/bundle.zip");
            let app = super::everything().map_err(|stop| beside_server(stop, &page))?;
            bundle(&app, &plan.id, &output)
        }
    }
}

/// The draw that is meant, and where people reach its site; it is looked for before the keys are,
/// so that a typing error is told beside a running server too.
fn known(id: &DrawId) -> Result<(Plan, String), Stop> {
    let (figment, config) = super::configured()?;
    let db = super::tables()?;
    match db.read_now("read draw", |tx| draw::by_id(tx, id)) {
        Ok(plan) => Ok((plan, super::serve::origin(&config, &figment))),
        Err(draw::Error::Unknown) => {
            let words = format!("there is no draw {id}; `fairdraw draw list` shows them all");
            Err(Stop::Usage(words))
        }
        Err(error) => Err(error.into()),
    }
}

/// A running server has the keys, and can do what was asked for itself.
fn beside_server(stop: Stop, instead: &str) -> Stop {
    let is_in_use = |error: &(dyn std::error::Error + 'static)| {
        matches!(
            error.downcast_ref::<OpenError>(),
            Some(OpenError::Keys(KeyError::InUse))
        )
    };
    match stop {
        Stop::Failed(error) if is_in_use(&*error) => Stop::Failed(
            format!("a server is running and has the keys: {instead} (or stop it and try again)")
                .into(),
        ),
        other => other,
    }
}

fn list(db: &Db) -> Result<(), Stop> {
    let rows = db.read_now("list draws", |tx| {
        let (plans, _) = draw::list_public(tx, 0, i64::MAX)?;
        plans
            .into_iter()
            .map(|plan| {
                let facts = activity::by_id(tx, &plan.activity)?;
                let slug = match plan.name.zh.as_str() {
                    "" => facts.slug,
                    _ => format!("{}/{}", facts.slug, plan.slug),
                };
                Ok((plan, slug))
            })
            .collect::<Result<Vec<_>, draw::Error>>()
    })?;
    if rows.is_empty() {
        println!("No draw has been published yet.");
        return Ok(());
    }
    println!(
        "{:<12}{:<11}{:>12}  {:<22}activity",
        "draw", "stage", "round", "round's time"
    );
    for (plan, slug) in rows {
        let time = plan.round_time()?.to_string();
        println!(
            "{:<12}{:<11}{:>12}  {time:<22}{slug}",
            plan.id.as_str(),
            plan.stage.code(),
            plan.drand().map_or(0, |drand| drand.round)
        );
    }
    Ok(())
}

fn paste(app: &App, id: &DrawId, text: &str) -> Result<(), Stop> {
    let plan = app.db.read_now("read draw", |tx| draw::by_id(tx, id))?;
    if plan.stage < DrawStage::Frozen {
        return Err(Stop::NotYet(format!(
            "the list of draw {id} is not frozen yet; its round is out at {}",
            plan.round_time()?
        )));
    }
    let missing = plan.missing().find_map(PlanSource::drand);
    let Some(wanted) = missing.or_else(|| plan.drand()) else {
        return Err(draw::Error::NotAwaited.into());
    };
    let beacon = beacon::pasted(wanted.chain, wanted.round, text)?;
    let result = app.db.write_now("paste beacon", |tx| {
        draw::receive(tx, &app.vault, &Actor::System, id, &beacon)
    })?;
    match result {
        Some(result) => println!(
            "Round {} is genuine. Result: {}",
            wanted.round,
            result.hash()
        ),
        None => println!(
            "Round {} is genuine. Other sources of the draw have not given their values yet.",
            wanted.round
        ),
    }
    Ok(())
}

fn bundle(app: &App, id: &DrawId, output: &std::path::Path) -> Result<(), Stop> {
    let bundle = app.db.read_now("read bundle", |tx| {
        let plan = draw::by_id(tx, id)?;
        if !matches!(plan.stage, DrawStage::Drawn | DrawStage::Cancelled) {
            return Ok::<_, draw::Error>(Err(plan.round_time()?));
        }
        draw::bundle(tx, &app.vault, &plan).map(Ok)
    })?;
    let bundle = bundle.map_err(|when| {
        Stop::NotYet(format!(
            "draw {id} has no result yet; its round is out at {when}"
        ))
    })?;
    std::fs::write(output, bundle.to_zip())?;
    println!(
        "Wrote {}. Check it: lucky-draw-verify {}",
        output.display(),
        output.display()
    );
    Ok(())
}
