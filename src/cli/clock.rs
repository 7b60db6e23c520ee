//! `fairdraw clock …`: whether the machine's clock is believed, and saying that it is right.
//!
//! It works beside a running server, which reads what was confirmed within seconds.

use clap::Subcommand;

use crate::draw::hour;

use super::Stop;

/// What can be done with the clock from the command line.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Whether it follows on what the database saw last.
    Show,
    /// Say that the time which this machine shows now is right: a running server believes its clock
    /// again, and so does the next start. Look at another clock first; deletions that are due by
    /// this time cannot be taken back.
    Confirm,
}

/// Runs one of the commands.
pub(super) fn run(command: &Command) -> Result<(), Stop> {
    let db = super::tables()?;
    hour::follow_on(&db)?;
    let doubt = db.clock().doubt();
    // Whatever the program lives by, a person compares the clock on the wall.
    let shown = doubt.map_or_else(|| db.clock().now(), |doubt| doubt.found);
    match (command, doubt) {
        (Command::Show, None) => {
            println!("{shown}: the clock follows on what was seen last.");
            Ok(())
        }
        (Command::Show, Some(doubt)) if !db.clock().is_contradicted() => {
            println!(
                "{shown}: nothing was noted since {}. A server that starts now asks a relay for the \
                 hour, and goes on by itself after two minutes where none can be reached.",
                doubt.expected
            );
            Ok(())
        }
        (Command::Show, Some(doubt)) => Err(Stop::NotYet(format!(
            "{shown} is not believed ({doubt}); jobs wait. If it is right: fairdraw clock confirm"
        ))),
        (Command::Confirm, _) => {
            db.write_now("confirm the hour", |tx| hour::note_confirmed(tx, shown))?;
            println!("{shown} is confirmed. A running server goes on within seconds.");
            Ok(())
        }
    }
}
