//! What the operator sets: `Rocket.toml` under `[default.app]`, and a few environment variables.
//!
//! Invariant: read once at start, checked as a whole, passed on by reference; no global.
//!
//! Not here: secrets. Keys live in the vault's folder, passphrases as Argon2id hashes.

use std::path::{Path, PathBuf};

use rocket::figment::Figment;
use serde::Deserialize;
use validator::Validate;

use crate::platform::db::Target;

/// The application's part of the configuration.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where database and keys live; `FAIRDRAW_DATA` wins.
    pub data: PathBuf,
    /// Empty for SQLite inside the data folder; `FAIRDRAW_DATABASE_URL` wins.
    pub database_url: String,
    /// The library's name on pages and mails.
    #[validate(length(min = 1, max = 100))]
    pub library_zh: String,
    /// The same in English.
    #[validate(length(min = 1, max = 100))]
    pub library_en: String,
    /// Key name on signed notes and first part of log origins, such as `lib.example.tw`; fixed at
    /// the first start.
    #[validate(custom(function = "is_key_name"))]
    pub site: String,
    /// `https://host` as patrons type it; empty for a trial on one machine.
    #[validate(custom(function = "is_origin"))]
    pub public_origin: String,
    /// Telephone shown under "questions".
    #[validate(length(max = 100))]
    pub contact_phone: String,
    /// Address shown under "questions" and used as reply address.
    #[validate(length(max = 254))]
    pub contact_email: String,
    /// `smtps://user:password@host`, `smtp://host?tls=required`, `smtp://localhost:25`, `?tls=none`,
    /// `&ca=/path/authority.pem`; empty: no mail leaves.
    pub smtp_url: String,
    /// Sender of notices.
    #[validate(email)]
    pub mail_from: String,
    /// drand relays, asked in this order; HTTPS only.
    #[validate(custom(function = "are_relays"))]
    pub relays: Vec<String>,
    /// Prizes worth this much together, in NT$: the plan's page then advises a lottery beside drand.
    #[validate(range(min = 0))]
    pub valuable_from: i64,
    /// Whether a draw may use a secret of the operator beside its public sources.
    pub operator_secret: bool,
    /// Hour of the day (0–23, Asia/Taipei) in which a purge may compact the database; 24: at once.
    #[validate(range(max = 24))]
    pub quiet_hour: u8,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            data: PathBuf::from("data"),
            database_url: String::new(),
            library_zh: "示範圖書館".to_owned(),
            library_en: "Demonstration Library".to_owned(),
            site: "localhost".to_owned(),
            public_origin: String::new(),
            contact_phone: "02-2755-2823".to_owned(),
            contact_email: "library@example.org".to_owned(),
            smtp_url: String::new(),
            mail_from: "draws@example.org".to_owned(),
            relays: [
                "https://api.drand.sh",
                "https://api2.drand.sh",
                "https://api3.drand.sh",
                "https://drand.cloudflare.com",
            ]
            .map(str::to_owned)
            .to_vec(),
            valuable_from: 100_000,
            operator_secret: false,
            quiet_hour: 24,
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value has the wrong type, or a name is unknown.
    #[error("Rocket.toml, [default.app]: {0}")]
    Unreadable(#[from] Box<rocket::figment::Error>),
    /// A value has the right type and cannot be right.
    #[error("Rocket.toml, [default.app]: {0}")]
    Invalid(#[from] validator::ValidationErrors),
}

impl Config {
    /// Reads `[default.app]` of `figment` and the environment, and checks all of it.
    pub fn read(figment: &Figment) -> Result<Config, ConfigError> {
        let mut config: Config = match figment.find_value("app") {
            Ok(_) => figment.extract_inner("app").map_err(Box::new)?,
            Err(_) => Config::default(),
        };
        if let Some(folder) = std::env::var_os("FAIRDRAW_DATA") {
            config.data = folder.into();
        }
        if let Ok(url) = std::env::var("FAIRDRAW_DATABASE_URL") {
            config.database_url = url;
        }
        config.validate()?;
        Ok(config)
    }

    /// The database to open.
    pub fn database(&self) -> Target {
        if self.database_url.is_empty() {
            Target::Sqlite(self.data.join("fairdraw.db"))
        } else {
            Target::parse(&self.database_url)
        }
    }

    /// The folder that holds keys and nothing else; never part of a backup.
    pub fn keys(&self) -> PathBuf {
        self.data.join("keys")
    }

    /// The folder of everything the operator may back up.
    pub fn data(&self) -> &Path {
        &self.data
    }
}

fn is_key_name(name: &str) -> Result<(), validator::ValidationError> {
    let fits = !name.is_empty()
        && name.len() <= 100
        && name.chars().all(|c| c.is_ascii_graphic() && c != '+');
    fits.then_some(())
        .ok_or_else(|| validator::ValidationError::new("a name without spaces and plus signs"))
}

fn is_origin(origin: &str) -> Result<(), validator::ValidationError> {
    let fits = origin.is_empty()
        || (origin.starts_with("https://") || origin.starts_with("http://"))
            && !origin.ends_with('/')
            && origin.matches('/').count() == 2;
    fits.then_some(()).ok_or_else(|| {
        validator::ValidationError::new("scheme and host, such as https://draw.lib.example.tw")
    })
}

fn are_relays(relays: &[String]) -> Result<(), validator::ValidationError> {
    relays
        .iter()
        .all(|relay| relay.starts_with("https://"))
        .then_some(())
        .ok_or_else(|| validator::ValidationError::new("every relay starts with https://"))
}
