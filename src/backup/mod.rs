//! Backups that never hold a key, and restoring that never brings a purged activity back.
//!
//! Invariant: what leaves here can be read by nobody without the key folder, which never leaves.
//! Whatever state a database comes back in, it is brought forward before anything is served: the
//! journal to where the world has seen it, purged activities to nothing.
//!
//! Not here: the purge (`purge`), whose tombstones are replayed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::activity::{self, Facts, Stage};
use crate::journal;
use crate::platform::db::copy::{self, CopyError};
use crate::platform::db::{self, Db, Target};
use crate::platform::fault::{Fault, Kind};
use crate::platform::trace::{Scan, TooShort};
use crate::purge;
use crate::vault::{self, Vault};

mod forward;
pub mod wire;

pub use forward::{BroughtForward, Held, bring_forward, halt, held};
use wire::{Contents, Kept};

/// The names inside the container.
const CONTENTS: &str = "backup.json";
const SQLITE: &str = "fairdraw.db";
const POSTGRESQL: &str = "fairdraw.dump";

/// Why there is no backup, or why one did not come back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The place of the new file is inside the key folder.
    #[error("the key folder is no place for a backup; name a file elsewhere")]
    InKeys,
    /// The place of the new file is inside the data folder, where a purge would have to delete it.
    #[error("a backup inside the data folder would be lost with it; name a file elsewhere")]
    InData,
    /// There is a file of that name.
    #[error("{0} exists already; a backup replaces no file")]
    Exists(PathBuf),
    /// The signs of a key file were found in what was about to leave.
    #[error(
        "a key was found in the new backup at byte {offset}, so the backup was deleted again; \
         no key may ever be in the database"
    )]
    HoldsKey {
        /// Where.
        offset: u64,
    },
    /// The file is no backup, or it is damaged.
    #[error("this is no backup of Fairdraw, or it is damaged")]
    NotABackup(#[source] Option<zip::result::ZipError>),
    /// It was made by a newer program.
    #[error("the backup is of a form that this version of Fairdraw does not know: {0}")]
    Newer(String),
    /// It holds another kind of database.
    #[error(
        "the backup is of {found} and the settings name {wanted}; set database_url, or restore \
         where the settings fit"
    )]
    OtherEngine {
        /// What the backup holds.
        found: String,
        /// What the settings name.
        wanted: &'static str,
    },
    /// It is of another site.
    #[error("the backup is of the site {found} and the settings name {wanted}")]
    OtherSite {
        /// The backup's.
        found: String,
        /// The settings'.
        wanted: String,
    },
    /// There is something in the place of the restored database.
    #[error("the database in {0} is not empty; `--replace` deletes it and puts the backup there")]
    NotEmpty(String),
    /// The journal is older than what was released of it, and no mirror has the rest.
    #[error(
        "the journal in the database is older than what the vault has signed ({seen} notes), and \
         journal.notes in the data folder does not have the rest; restore a newer backup, or put \
         the journal.notes of another instance there: going on would make the journal a fork"
    )]
    JournalBehind {
        /// How many notes the vault has seen.
        seen: u64,
    },
    /// Logs.
    #[error(transparent)]
    Log(#[from] crate::log::Error),
    /// A file.
    #[error("a file cannot be read or written")]
    Disk(#[from] io::Error),
    /// The copy of the database.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// Activities.
    #[error(transparent)]
    Activity(#[from] activity::Error),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The purge.
    #[error(transparent)]
    Purge(#[from] purge::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The signs of keys.
    #[error(transparent)]
    Scan(#[from] TooShort),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Activity(error) => error.kind(),
            Error::Journal(error) => error.kind(),
            Error::Log(error) => error.kind(),
            Error::Purge(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::Db(error) => error.kind(),
            _ => Kind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Activity(error) => error.code(),
            Error::Journal(error) => error.code(),
            Error::Log(error) => error.code(),
            Error::JournalBehind { .. } => "backup.journal_behind",
            Error::Purge(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Db(error) => error.code(),
            _ => "backup.failed",
        }
    }
}

/// Where a site keeps what.
#[derive(Debug, Clone, Copy)]
pub struct Folders<'a> {
    /// Database, logs, tombstones.
    pub data: &'a Path,
    /// Keys, and nothing else.
    pub keys: &'a Path,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it holds.
    pub contents: Contents,
    /// Its length in bytes, all of which were looked through for keys.
    pub bytes: u64,
}

/// Writes a backup into the new file `to`; the server may be running meanwhile.
///
/// # Errors
/// A place inside data or key folder, a file that exists, and [`Error::HoldsKey`], after which no
/// file is left.
pub fn make(db: &Db, site: &str, folders: Folders<'_>, to: &Path) -> Result<Made, Error> {
    may_stand(folders, to)?;
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PartFolder::make(part.into())?;
    let contents = contents(db, site)?;
    let copy = part.0.join("database");
    db.copy_into(&copy)?;
    let packed = part.0.join("backup");
    pack(&contents, &copy, &packed)?;
    let bytes = without_keys(&packed)?;
    fs::rename(&packed, to)?;
    drop(part);
    File::open(folder_of(to))?.sync_all()?;
    Ok(Made { contents, bytes })
}

/// Where a new backup may stand: not beside keys, not where a purge searches, not over a file.
fn may_stand(folders: Folders<'_>, to: &Path) -> Result<(), Error> {
    // Links are followed here, so that none can lead into a folder that is refused.
    let folder = fs::canonicalize(folder_of(to))?;
    let is_in = |refused: &Path| fs::canonicalize(refused).is_ok_and(|r| folder.starts_with(r));
    if is_in(folders.keys) {
        return Err(Error::InKeys);
    }
    if is_in(folders.data) {
        return Err(Error::InData);
    }
    match fs::symlink_metadata(to) {
        Ok(_) => Err(Error::Exists(to.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A folder for the owner alone in which a backup is put together; gone at the end.
struct PartFolder(PathBuf);

impl PartFolder {
    fn make(folder: PathBuf) -> io::Result<PartFolder> {
        // What an interrupted run left there.
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(PartFolder(folder))
    }
}

impl Drop for PartFolder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a folder was left behind");
        }
    }
}

/// What the backup says of itself. The copy is made a moment later and may hold a little more.
fn contents(db: &Db, site: &str) -> Result<Contents, Error> {
    db.read_now("read what is backed up", |tx| {
        let activities = activity::list(tx, &Stage::ALL)?;
        Ok(Contents {
            form: wire::FORM.to_owned(),
            made_at: tx.now().to_string(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: db.target().engine().to_owned(),
            site: site.to_owned(),
            journal_notes: journal::size(tx)?,
            activities: activities.iter().map(kept).collect(),
        })
    })
}

fn kept(facts: &Facts) -> Kept {
    Kept {
        id: facts.id.to_string(),
        address: facts.slug.clone(),
        stage: facts.stage.code().to_owned(),
    }
}

/// Packs without compressing, so that anybody can look through the file as it is.
fn pack(contents: &Contents, copy: &Path, to: &Path) -> Result<(), Error> {
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)?;
    let mut zip = ZipWriter::new(BufWriter::new(file));
    let stored = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true)
        .unix_permissions(0o600);
    zip.start_file(CONTENTS, stored).map_err(damaged)?;
    zip.write_all(contents.to_json().as_bytes())?;
    zip.start_file(database_name(&contents.engine), stored)
        .map_err(damaged)?;
    io::copy(&mut BufReader::new(File::open(copy)?), &mut zip)?;
    let file = zip.finish().map_err(damaged)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(file.sync_all()?)
}

fn damaged(error: zip::result::ZipError) -> Error {
    Error::NotABackup(Some(error))
}

fn database_name(engine: &str) -> &'static str {
    if engine == "SQLite" {
        SQLITE
    } else {
        POSTGRESQL
    }
}

/// Reads the finished file to its end in search of what every key file begins with.
fn without_keys(packed: &Path) -> Result<u64, Error> {
    let scan = Scan::of_bytes(&vault::SIGNS_OF_KEYS)?;
    let seen = scan.reader("backup", File::open(packed)?)?;
    match seen.finds.first() {
        Some(find) => Err(Error::HoldsKey {
            offset: find.offset,
        }),
        None => Ok(seen.bytes),
    }
}

/// A backup that was opened.
pub struct Backup {
    contents: Contents,
    archive: ZipArchive<BufReader<File>>,
}

impl Backup {
    /// Opens the file of a backup.
    pub fn open(path: &Path) -> Result<Backup, Error> {
        let file = BufReader::new(File::open(path)?);
        let mut archive = ZipArchive::new(file).map_err(damaged)?;
        let mut json = String::new();
        let part = archive.by_name(CONTENTS).map_err(damaged)?;
        part.take(1 << 24).read_to_string(&mut json)?;
        let contents = Contents::parse(&json).ok_or(Error::NotABackup(None))?;
        if contents.form != wire::FORM {
            return Err(Error::Newer(contents.form));
        }
        Ok(Backup { contents, archive })
    }

    /// What it says of itself.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Puts the database where `target` says. The server is not running, which whoever calls has
    /// made sure of.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] unless `replace`; another engine than the settings say, or another site
    /// than `site`, which does not matter where there are no keys to sign with.
    pub fn put(
        &mut self,
        site: Option<&str>,
        target: &Target,
        folders: Folders<'_>,
        replace: bool,
    ) -> Result<(), Error> {
        if self.contents.engine != target.engine() {
            return Err(Error::OtherEngine {
                found: self.contents.engine.clone(),
                wanted: target.engine(),
            });
        }
        if let Some(site) = site
            && self.contents.site != site
        {
            return Err(Error::OtherSite {
                found: self.contents.site.clone(),
                wanted: site.to_owned(),
            });
        }
        if !replace && !copy::is_empty(target) {
            return Err(Error::NotEmpty(target.engine().to_owned()));
        }
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folders.data)?;
        // Beside the database, so that it gets there by a rename.
        let part = PartFolder::make(match target {
            Target::Sqlite(path) => folder_of(path).join("restoring.part"),
            Target::Postgres(_) => folders.data.join("restoring.part"),
        })?;
        let database = part.0.join("database");
        let mut to = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&database)?;
        let name = database_name(&self.contents.engine);
        let mut packed = self.archive.by_name(name).map_err(damaged)?;
        io::copy(&mut packed, &mut to)?;
        to.sync_all()?;
        Ok(copy::put_back(target, &database)?)
    }
}

/// Opens nothing and asks nobody: whether the key folder has a key in it.
pub fn has_keys(keys: &Path) -> bool {
    let entries = fs::read_dir(keys).into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name());
    names.any(|name| name.to_string_lossy().ends_with(".key"))
}

/// The vault's word on whether the key of an activity is there.
fn holds_key(vault: Option<&Vault>, activity: &str) -> Result<bool, Error> {
    Ok(match vault {
        Some(vault) => vault.holds_key(activity)?,
        None => false,
    })
}
