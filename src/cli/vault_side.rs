//! `fairdraw vault`: the one vault of a site with several web sides.
//!
//! Invariant: this process holds no key; it tells the vault's process what the operator's file here
//! allows, and starts it again when it ends. What stands in the settings of a web side about that
//! counts for nothing.
//!
//! Not here: a web side with a vault of its own (`supervise`).

use std::net::Shutdown;

use clap::{Args, Subcommand};

use crate::platform::channel::{Address, Identity, PublicKey};
use crate::platform::config::Config;
use crate::platform::confine;
use crate::vault::{self, Doors, Start};

use super::ends::{Ends, Signals};
use super::{Stop, serve};

const EXAMPLES: &str = "\
Examples, with this in Rocket.toml of the vault's machine under [default.app]:
  vault_listen = [\"unix:/run/fairdraw/vault.sock\"]
and on the same machine for each web side:
  FAIRDRAW_VAULT=unix:/run/fairdraw/vault.sock FAIRDRAW_DATA=/srv/web-1 ROCKET_PORT=8001 fairdraw

Between machines both sides show a key, and each is told the other's; nothing expires:
  fairdraw vault web-key           on a web side: goes into vault_peers = [\"…\"] of the vault
  fairdraw vault key               on the vault: goes into vault = \"tls://host:8201?key=…\" of web sides
  vault_listen = [\"tls://0.0.0.0:8201\"]

Keys, the way to the mail server, and what is allowed beyond winners are settings of the vault;
web sides need the address of the vault and no key folder.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Hold the keys and await web sides (what happens without a command).
    Serve,
    /// Print the key by which this vault is known, and make it at the first call.
    Key,
    /// Print the key by which this web side is known, and make it at the first call.
    WebKey,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Stop> {
    match arguments.command {
        None | Some(Command::Serve) => watch(),
        Some(Command::Key) => {
            let (_, config) = super::configured()?;
            println!("{}", Identity::kept(&config.vault_identity())?.public());
            Ok(())
        }
        Some(Command::WebKey) => {
            let (_, config) = super::configured()?;
            serve::temporary(&config)?;
            println!("{}", Identity::kept(&config.web_identity())?.public());
            Ok(())
        }
    }
}

fn watch() -> Result<(), Stop> {
    let _ = confine::dumps_off();
    let (_, config) = super::configured()?;
    super::move_keys(&config)?;
    let start = Start {
        doors: Some(doors(&config)?),
        ..Start::of(&config)
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(keep(&start))
}

fn doors(config: &Config) -> Result<Doors, Stop> {
    let listen = config.vault_listen.iter();
    let listen: Vec<Address> = listen.filter_map(|text| Address::parse(text)).collect();
    if listen.is_empty() {
        let words = "nobody could come to this vault; set vault_listen under [default.app], such as \
                     vault_listen = [\"unix:/run/fairdraw/vault.sock\"]";
        return Err(Stop::Usage(words.to_owned()));
    }
    let peers = config.vault_peers.iter();
    Ok(Doors {
        listen,
        with_group: config.vault_group,
        identity: Identity::kept(&config.vault_identity())?,
        peers: peers.filter_map(|text| PublicKey::parse(text)).collect(),
        quiet_hour: config.quiet_hour,
    })
}

/// Starts the vault again and again, until somebody says stop.
async fn keep(start: &Start) -> Result<(), Stop> {
    let (mut signals, mut ends) = (Signals::heard()?, Ends::default());
    loop {
        let launched = vault::launch(&vault::program(), start)?;
        let standing = vault::standing_of(&launched.answer)?;
        let Some(mut child) = launched.child else {
            return Err(Stop::Failed("the vault ended before it began".into()));
        };
        println!("Fairdraw vault of {}", start.site);
        println!("  keys:    {}", start.keys.display());
        for door in start.doors.iter().flat_map(|doors| &doors.listen) {
            println!("  awaits:  {door}");
        }
        tracing::info!("vault: {}", confine::line(&standing));
        let is_over = loop {
            if child.try_wait()?.is_some() {
                break false;
            }
            if signals.stopped().await {
                break true;
            }
        };
        let _ = launched.stream.shutdown(Shutdown::Both);
        let status = child.try_wait()?;
        vault::see_off(&mut child);
        if is_over {
            return Ok(());
        }
        if status.is_some_and(|status| status.success()) {
            tracing::info!("the vault starts anew, so that its memory forgets");
            continue;
        }
        if ends.note() {
            return Err(Stop::Failed("the vault ends again and again".into()));
        }
        tracing::error!("the vault ended by itself and is started again");
    }
}
