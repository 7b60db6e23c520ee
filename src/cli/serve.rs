//! `fairdraw` and `fairdraw migrate`.

use rocket::figment::Figment;

use crate::account::setup;
use crate::app::App;
use crate::journal;
use crate::platform::db::Db;
use crate::purge;

use super::Stop;

/// Opens everything, says where it is, and serves until it is told to stop.
pub(super) fn run() -> Result<(), Stop> {
    let (figment, config) = super::configured()?;
    let vault = super::vault(&config)?;
    let app = App::open(config, super::clock()?, vault)?;
    purge::jobs::ensure(&app.db)?;
    journal::jobs::ensure(&app.db)?;
    let origin = origin(&app, &figment);
    println!("Fairdraw");
    println!("  address: {origin}");
    println!("  data:    {}", app.config.data().display());
    println!("  tables:  {}", app.db.target().engine());
    if let Some(path) = setup::first_link(&app.db)? {
        println!();
        println!(
            "Nobody can sign in yet. Open this link once, within 24 hours, to become the first admin:"
        );
        println!("  {origin}{path}");
    }
    launch(&app, figment)
}

/// Launches the web server beside the jobs; returns when it has shut down.
///
/// # Errors
/// With a moved clock (the demo, `FAIRDRAW_CLOCK`) only this machine is served (`decisions` D22);
/// the positive control of the canary scan serves nobody but its tests.
pub(super) fn launch(app: &App, figment: Figment) -> Result<(), Stop> {
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
    let jobs = app.start_jobs();
    let rocket = app.rocket(figment);
    let outcome = rocket::execute(async move { rocket.launch().await });
    drop(jobs);
    match outcome {
        Ok(_) => Ok(()),
        // Rocket's error panics when it is dropped without being looked at.
        Err(error) => Err(Stop::Failed(error.to_string().into())),
    }
}

/// Where people reach the site: the configured origin, or the address it listens on.
pub(super) fn origin(app: &App, figment: &Figment) -> String {
    if !app.config.public_origin.is_empty() {
        return app.config.public_origin.clone();
    }
    let listen = rocket::Config::try_from(figment).unwrap_or_default();
    format!("http://{}:{}", listen.address, listen.port)
}

/// Creates or updates the tables.
pub(super) fn migrate() -> Result<(), Stop> {
    let (_, config) = super::configured()?;
    let target = config.database();
    let engine = target.engine();
    Db::open(target, super::clock()?)?;
    println!("The tables in {engine} are up to date.");
    Ok(())
}
