//! `fairdraw backup` and `fairdraw restore`.
//!
//! Invariant: the process that makes a backup cannot open the key folder (where the kernel has
//! landlock), and a restored site serves nothing before its purges were replayed.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::activity;
use crate::backup::{self, Backup, Folders, Held};
use crate::desk::figures::LAST_BACKUP;
use crate::platform::config::Config;
use crate::platform::confine::{self, Reach};
use crate::platform::db::remembered::remember;
use crate::platform::db::{Db, Target};
use crate::vault::Vault;

use super::Stop;
use super::trace::size;

const BACKUP_EXAMPLES: &str = "\
Examples:
  fairdraw backup /backup/monday.fairdraw-backup
  FAIRDRAW_DATA=/srv/fairdraw fairdraw backup \"/backup/$(date +%F).fairdraw-backup\"

The server may go on running. The file holds the whole database and no key: personal data in it is
sealed, and nobody can read it without the key folder. It is a zip; look at its backup.json with
any zip program. Keep it as long as the backup_days in the settings say, and no longer.";

const RESTORE_EXAMPLES: &str = "\
Examples:
  fairdraw restore monday.fairdraw-backup
                                   into the empty place that the settings name
  fairdraw restore monday.fairdraw-backup --replace
                                   in the place of the damaged or unwanted database there
  fairdraw restore monday.fairdraw-backup --to /tmp/look
                                   elsewhere, to look at it; the keys do not come along

Stop the server first. What was purged after the backup was made is purged again at once, and the
public journal is brought forward to where witnesses saw it, as far as the files tombstones.jsonl
and journal.notes in the data folder are there.";

#[derive(Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub(super) struct BackupArguments {
    /// The file to write; it must not exist.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub(super) struct RestoreArguments {
    /// The backup.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Another data folder than that of the settings.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Delete the database that is there.
    #[arg(long)]
    replace: bool,
}

/// Writes a backup.
pub(super) fn make(arguments: &BackupArguments) -> Result<(), Stop> {
    let (_, config) = super::configured()?;
    let file = std::path::absolute(&arguments.file)?;
    let folder = file.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        let words = format!(
            "there is no folder {}; make it first, so that the user of the server may write there",
            folder.display()
        );
        return Err(Stop::Failed(words.into()));
    }
    let db = super::tables()?;
    let keys = config.keys();
    let folders = Folders {
        data: config.data(),
        keys: &keys,
    };
    // PostgreSQL's own program makes the copy there; it is confined with this one.
    let system = Path::new("/usr");
    let programs = match config.database() {
        Target::Sqlite(_) => &[][..],
        Target::Postgres(_) => &[system],
    };
    let reach = reach(&config, &arguments.file);
    let standing = confine::files_and_programs(&reach, programs);
    let made = backup::make(&db, &config.site, folders, &arguments.file)?;
    db.write_now("note the backup", |tx| {
        let now = tx.now().0.to_string();
        remember(tx, LAST_BACKUP, &now)
    })?;
    let contents = &made.contents;
    println!(
        "Backup of {} written to {}",
        contents.site,
        arguments.file.display()
    );
    println!(
        "  {}: {} activities, {} notes in the journal, {}",
        contents.engine,
        contents.activities.len(),
        contents.journal_notes,
        size(made.bytes)
    );
    println!("  keys: none; looked through to the last byte ({standing})");
    println!("The key folder {} is never part of it.", keys.display());
    Ok(())
}

/// All that making a backup needs; the key folder is not in it.
fn reach(config: &Config, to: &Path) -> Reach {
    let folder = |path: &Path| match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut own = vec![config.data().to_owned(), folder(to), std::env::temp_dir()];
    if let Target::Sqlite(path) = config.database() {
        own.push(folder(&path));
    }
    Reach {
        own,
        read: Vec::new(),
        ports: None,
    }
}

/// Puts a backup back and brings it forward.
pub(super) fn restore(arguments: &RestoreArguments) -> Result<(), Stop> {
    let (_, mut config) = super::configured()?;
    if let Some(folder) = &arguments.to {
        config.data = folder.clone();
        config.keys = PathBuf::new();
        config.database_url = String::new();
    }
    let mut backup = Backup::open(&arguments.file)?;
    let keys = config.keys();
    // Held from here to the end, so that no server can be running.
    let vault = match backup::has_keys(&keys) {
        true => Some(super::vault(&config)?),
        false => None,
    };
    let folders = Folders {
        data: config.data(),
        keys: &keys,
    };
    let target = config.database();
    let site = vault.as_ref().map(|_| config.site.as_str());
    backup.put(site, &target, folders, arguments.replace)?;
    let db = Db::open(target, super::clock()?)?;
    println!(
        "Restored the backup of {}, made {}.",
        backup.contents().site,
        backup.contents().made_at
    );
    match &vault {
        Some(vault) => brought_forward(&db, vault, &config)?,
        None => println!(
            "There are no keys in {}: nothing sealed can be read here, and nothing can be signed.",
            keys.display()
        ),
    }
    println!();
    for held in backup::held(&db, vault.as_ref())? {
        println!("{}", line(&held));
    }
    Ok(())
}

fn brought_forward(db: &Db, vault: &Vault, config: &Config) -> Result<(), Stop> {
    let done = backup::bring_forward(db, vault, config)?;
    if done.notes > 0 {
        println!(
            "The journal was {} notes behind; they were added again from journal.notes. Whatever \
             they were about and is not in the backup (entries, draws) has to be told in public.",
            done.notes
        );
    }
    for replayed in &done.purged {
        let address = db.read_now("read activity", |tx| {
            activity::by_id(tx, &replayed.activity)
        })?;
        println!(
            "{}: was purged after the backup was made; the {} rows that came back are deleted again{}.",
            address.slug,
            replayed.rows,
            match replayed.is_final {
                true => "",
                false => "; the files are rewritten in the next quiet hour",
            }
        );
    }
    Ok(())
}

fn line(held: &Held) -> String {
    let Held {
        address,
        stage,
        contacts,
        answers,
        ..
    } = held;
    let sealed = contacts + answers;
    let words = match (sealed, held.has_key, held.destroyed) {
        (0, _, _) => "nothing of people is in it".to_owned(),
        (_, true, _) => {
            format!("{contacts} contacts and {answers} answers, sealed; their key is here")
        }
        (_, false, Some(at)) => {
            format!(
                "{sealed} of {sealed} sealed rows cannot be read: their key was destroyed at {at}"
            )
        }
        (_, false, None) => {
            format!("{sealed} of {sealed} sealed rows cannot be read: their key is not here")
        }
    };
    format!("  {address} ({}): {words}", stage.code())
}
