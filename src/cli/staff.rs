//! `fairdraw staff`: what the administration cannot do because nobody can get into it.
//!
//! Not here: everything that an admin does on the pages.

use clap::Subcommand;

use super::{Stop, tables};
use crate::account::{self, Error, factor};
use crate::audit::Actor;
use crate::response;

/// What can be done.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Forget the telephone and the recovery codes of an account, such as those of the last admin,
    /// and end its sessions; its owner sets up another at the next sign-in. Beside a running server.
    Reset {
        /// The sign-in name.
        name: String,
        /// Why; it stays in the record. No ID or telephone number.
        #[arg(long)]
        reason: String,
    },
    /// Let an account in again that was locked after failed tries or by an alarm. Beside a running
    /// server.
    Unlock {
        /// The sign-in name.
        name: String,
        /// Why; it stays in the record. No ID or telephone number.
        #[arg(long)]
        reason: String,
    },
}

/// Carries it out.
pub(super) fn run(command: &Command) -> Result<(), Stop> {
    let (Command::Reset { name, reason } | Command::Unlock { name, reason }) = command;
    if reason.trim().is_empty() {
        return Err(Stop::Usage("write with --reason why".to_owned()));
    }
    if matches!(command, Command::Unlock { .. }) {
        return unlock(name, reason.trim());
    }
    let db = tables()?;
    let reset = db.write_now("reset second step", |tx| {
        let accounts = account::list(tx)?;
        let account = accounts.into_iter().find(|account| account.name == *name);
        let staff = account.ok_or(Error::Unknown)?.id;
        factor::reset(tx, &Actor::System, &staff, reason.trim())
    });
    match reset {
        Err(Error::Unknown) => Err(Stop::Usage("there is no account of that name".to_owned())),
        Err(Error::NoFactor) => Err(Stop::Usage(
            "the account has no second step; its owner sets one up at the next sign-in".to_owned(),
        )),
        reset => {
            reset?;
            println!("reset: the owner sets up another second step at the next sign-in");
            Ok(())
        }
    }
}

fn unlock(name: &str, reason: &str) -> Result<(), Stop> {
    let unlocked = tables()?.write_now("unlock account", |tx| {
        let accounts = account::list(tx)?;
        let account = accounts.into_iter().find(|account| account.name == *name);
        let staff = account.ok_or(Error::Unknown)?.id;
        response::unlock(tx, &Actor::System, &staff, reason)
    });
    match unlocked {
        Err(response::Error::Account(Error::Unknown)) => {
            Err(Stop::Usage("there is no account of that name".to_owned()))
        }
        unlocked => {
            unlocked?;
            println!("unlocked: the owner can sign in");
            Ok(())
        }
    }
}
