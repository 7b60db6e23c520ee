//! `fairdraw witness`: this machine as a witness for other libraries' journals.
//!
//! Invariant: it needs no site, no database and no vault; its folder holds all it knows.

use std::net::IpAddr;
use std::path::PathBuf;

use rocket::config::{Config, Ident, LogLevel};
use rocket::fairing::AdHoc;

use crate::witness::{self, Followed, Witness};

use super::Stop;

const EXAMPLES: &str = "\
How two libraries witness each other:
  1. fairdraw witness --name witness.b.example.tw
     makes the key and prints it. Library A names it in its settings:
       [[default.app.witnesses]]
       vkey = \"witness.b.example.tw+…\"
       url = \"https://witness.b.example.tw\"
       (and quorum = …, more than half of its witnesses)
  2. Library A hands over the key that its page /journal shows, and B starts
     fairdraw witness --name witness.b.example.tw --follow 'a.example.tw/journal+…'
     behind its web server with TLS. That is all; A asks after every note.

The folder is the witness's memory: a copy that is older than what was signed would
let it sign a fork. Never restore it from a backup; start anew with a new folder and
a new name instead, and hand out the new key.";

/// What a witness is told.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Name of the witness's key, such as witness.lib.example.tw; fixed at the first start.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Folder of its key and of what it has seen.
    #[arg(long, value_name = "FOLDER", default_value = "witness")]
    folder: PathBuf,
    /// A journal to follow, by the key that its page /journal shows; "KEY ORIGIN" for a log whose
    /// first line is not the key's name. May be given several times.
    #[arg(long = "follow", value_name = "KEY")]
    follow: Vec<String>,
    /// A file with one journal in each line, in the same form; lines with # are left out.
    #[arg(long, value_name = "FILE")]
    logs: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// Port to listen on.
    #[arg(long, default_value_t = 8100)]
    port: u16,
}

/// Opens the folder, says who this is, and serves until it is told to stop.
pub(super) fn run(arguments: Arguments) -> Result<(), Stop> {
    let clock = super::clock()?;
    if clock.is_moved() && !arguments.address.is_loopback() {
        return Err(Stop::Failed(
            "a moved clock is for this machine only; use --address 127.0.0.1".into(),
        ));
    }
    let followed = followed(&arguments)?;
    let witness = Witness::open(&arguments.folder, &arguments.name, &followed, clock)?;
    println!("Fairdraw witness");
    println!("  key:     {}", witness.vkey());
    println!("  folder:  {}", arguments.folder.display());
    if followed.is_empty() {
        return Err(Stop::NotYet(
            "this witness follows no journal yet. Hand the key to the other library, and start again with --follow and the key that its page /journal shows".to_owned(),
        ));
    }
    for (origin, size) in witness.logs()? {
        println!("  follows: {origin}, seen up to {size} notes");
    }
    let config = Config {
        address: arguments.address,
        port: arguments.port,
        log_level: LogLevel::Off,
        ident: Ident::none(),
        ..Config::release_default()
    };
    let rocket = witness::pages::rocket(config, witness);
    let rocket = rocket.attach(AdHoc::on_liftoff("says where it listens", |rocket| {
        let (address, port) = (rocket.config().address, rocket.config().port);
        Box::pin(async move { println!("  address: http://{address}:{port}") })
    }));
    match rocket::execute(async move { rocket.launch().await }) {
        Ok(_) => Ok(()),
        // Rocket's error panics when it is dropped without being looked at.
        Err(error) => Err(Stop::Failed(error.to_string().into())),
    }
}

fn followed(arguments: &Arguments) -> Result<Vec<Followed>, Stop> {
    let file = match &arguments.logs {
        Some(path) => std::fs::read_to_string(path)?,
        None => String::new(),
    };
    let lines = file.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut followed = Vec::new();
    for line in lines.chain(arguments.follow.iter().map(String::as_str)) {
        let log = Followed::parse(line).map_err(|error| {
            let words = format!("{line}: {error}; a journal's page /journal shows its key");
            Stop::Failed(words.into())
        })?;
        followed.push(log);
    }
    Ok(followed)
}
