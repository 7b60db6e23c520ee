//! What the operator sets: `Rocket.toml` under `[default.app]`, and a few environment variables.
//!
//! Invariant: read once at start, checked as a whole, passed on by reference; no global.
//!
//! Not here: secrets. Keys live in the vault's folder, passphrases as Argon2id hashes.

use std::path::{Path, PathBuf};

use rocket::figment::Figment;
use serde::Deserialize;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::platform::channel::{Address, PublicKey};
use crate::platform::db::{ReplicaSetting, Target, Ways};
use crate::platform::dns;
use crate::platform::edge::{EdgeSettings, Network};
use crate::platform::openid::OpenIdSettings;
use crate::platform::watch::WatchSettings;

/// The application's part of the configuration.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
#[validate(schema(function = "are_witnesses"))]
#[validate(schema(function = "is_quorum"))]
#[validate(schema(function = "are_tax_rules"))]
#[validate(schema(function = "is_reached_by_tls"))]
pub struct Config {
    /// Where the database and everything else but the keys lives; `FAIRDRAW_DATA` wins.
    pub data: PathBuf,
    /// Where the keys live; `FAIRDRAW_KEYS` wins. Empty: beside the data folder, `<data>-keys`.
    pub keys: PathBuf,
    /// Empty for SQLite inside the data folder; `FAIRDRAW_DATABASE_URL` wins.
    #[validate(custom(function = "is_database"))]
    pub database_url: String,
    /// PgBouncer in transaction mode before the same PostgreSQL database; `FAIRDRAW_POOLER_URL` wins.
    /// Migrations, backups and compaction still go to `database_url`. Empty: there is none.
    #[validate(custom(function = "is_postgresql"))]
    pub pooler_url: String,
    /// A streaming copy that public pages are read from; `FAIRDRAW_REPLICA_URL` wins. Empty: none.
    #[validate(custom(function = "is_postgresql"))]
    pub replica_url: String,
    /// Whether staff give a code of their telephone after the passphrase.
    pub staff_second_factor: bool,
    /// By which provider staff may sign in beside name and passphrase.
    #[validate(nested)]
    pub staff_openid: OpenIdSettings,
    /// By which provider people may come in to their own accounts, and make one.
    #[validate(nested)]
    pub member_openid: OpenIdSettings,
    /// Seconds that the copy may be behind; past that the database itself is read.
    #[validate(range(min = 3, max = 600))]
    pub replica_lag: u32,
    /// The one vault of a site with several web sides, `unix:/path` or `tls://host:port?key=…`;
    /// `FAIRDRAW_VAULT` wins. Empty: this web side has a vault of its own.
    #[validate(custom(function = "is_vault"))]
    pub vault: String,
    /// Where `fairdraw vault` awaits web sides: `unix:/path`, `tls://host:port`.
    #[validate(custom(function = "are_doors"))]
    pub vault_listen: Vec<String>,
    /// Whether the group of the socket may use it beside its owner.
    pub vault_group: bool,
    /// Keys of web sides on other machines, as `fairdraw vault web-key` prints them there.
    #[validate(custom(function = "are_keys"))]
    pub vault_peers: Vec<String>,
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
    /// Whom to tell about a security hole, for `/.well-known/security.txt`: `mailto:…`, `https://…`
    /// or `tel:…`. Empty: there is no such file.
    #[validate(custom(function = "is_security_contact"))]
    pub security_contact: String,
    /// The day until which that holds, such as `2027-06-30`; RFC 9116 wants less than a year.
    #[validate(custom(function = "is_day"))]
    pub security_until: String,
    /// `smtps://user:password@host`, `smtp://host?tls=required`, `smtp://localhost:25`, `?tls=none`,
    /// `&ca=/path/authority.pem`; empty: no mail leaves.
    pub smtp_url: String,
    /// Sender of notices.
    #[validate(email)]
    pub mail_from: String,
    /// Selectors of the keys that the mail server signs letters with (DKIM), for `fairdraw check` and
    /// the page of admins.
    #[validate(custom(function = "are_labels"))]
    pub mail_dkim_selectors: Vec<String>,
    /// The resolver that is asked about the sender's domain, `10.0.0.53` or with a port; empty: the
    /// system's own.
    #[validate(custom(function = "is_resolver"))]
    pub mail_dns: String,
    /// drand relays, asked in this order; HTTPS only.
    #[validate(custom(function = "are_relays"))]
    pub relays: Vec<String>,
    /// Prizes worth this much together, in NT$: the plan's page then advises a lottery beside drand.
    #[validate(range(min = 0))]
    pub valuable_from: i64,
    /// Whether the plan of a draw may name the library's own secret as one of its sources.
    pub operator_secret: bool,
    /// Hour of the day (0–23, Asia/Taipei) in which a purge may compact the database; 24: at once.
    #[validate(range(max = 24))]
    pub quiet_hour: u8,
    /// Counts of people below this are not published.
    #[validate(range(min = 10, max = 50))]
    pub stat_k: u64,
    /// Published counts are multiples of this: 5 or 10.
    #[validate(custom(function = "is_base"))]
    pub stat_base: u64,
    /// Days for which the access log is kept.
    #[validate(range(min = 7, max = 400))]
    pub access_log_days: u32,
    /// What `/metrics` and the reasons of `/healthz/ready` ask for as `Authorization: Bearer …`;
    /// empty: no token opens them.
    #[validate(custom(function = "is_token"))]
    pub metrics_token: String,
    /// Addresses and networks that read them without a token, such as `127.0.0.1` or `10.0.0.0/8`.
    pub metrics_from: Vec<Network>,
    /// Days for which copies of the key folder, or of the whole machine, are kept elsewhere; the
    /// second certificate of a purge waits for them.
    #[validate(range(max = 3_660))]
    pub key_copies_days: u32,
    /// Days for which backups of the data are kept; the second certificate waits for them.
    #[validate(range(max = 3_660))]
    pub backup_days: u32,
    /// The data folder of the PostgreSQL server, where this program may read it: purges then search
    /// it too. Empty: not searched.
    pub pg_data: PathBuf,
    /// Who is asked to say when they saw the journal; a draw pins them when it is published.
    pub witnesses: Vec<WitnessSetting>,
    /// How many of them must have seen a note: more than half; 0 without witnesses.
    pub quorum: u32,
    /// Rules about the tax on prizes that came after this program was written.
    pub tax_rules: Vec<TaxSetting>,
    /// Within so many hours an incident with personal data is reported to the authority; 0 where
    /// no such time is set by law.
    #[validate(range(min = 0, max = 8_760))]
    pub incident_report_hours: i64,
    /// Whether data may be handed out for a benefit that the government gives.
    pub benefit_disclosures: bool,
    /// How many contacts of entries that did not win may be opened in a year, each for a
    /// disclosure that two people approved; only this file can allow it.
    pub named_openings_per_year: u32,
    /// How many rows legal holds may keep beyond their purge in a year.
    #[validate(range(max = 10_000))]
    pub held_rows_per_year: u32,
    /// Whether everybody affected by an incident may be written to by mail.
    pub breach_mail: bool,
    /// About how many incidents in a year.
    #[validate(range(max = 100))]
    pub breach_incidents_per_year: u32,
    /// Letters of a newsletter issue that leave in a minute at most.
    #[validate(range(min = 1, max = 6_000))]
    pub newsletter_per_minute: u32,
    /// What stands between the network and the site.
    #[validate(nested)]
    pub edge: EdgeSettings,
    /// What counts as an attack.
    #[validate(nested)]
    pub watch: WatchSettings,
}

/// Every variable of the environment that means something to this program.
pub const ENVIRONMENT: [&str; 11] = [
    "FAIRDRAW_DATA",
    "FAIRDRAW_KEYS",
    "FAIRDRAW_DATABASE_URL",
    "FAIRDRAW_POOLER_URL",
    "FAIRDRAW_REPLICA_URL",
    "FAIRDRAW_VAULT",
    "FAIRDRAW_STAFF_OPENID_SECRET",
    "FAIRDRAW_MEMBER_OPENID_SECRET",
    "FAIRDRAW_LOG",
    "FAIRDRAW_LOG_FORMAT",
    "FAIRDRAW_CLOCK",
];

/// Rules about the tax on prizes from a day on; every number with its source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaxSetting {
    /// The first day on which they hold, such as `2027-01-01`.
    pub from: String,
    /// The day on which somebody looked them up.
    pub known_on: String,
    /// Where: article, letter or announcement.
    pub source: String,
    /// Nothing is withheld from residents up to this value, in NT$.
    pub free_up_to: i64,
    /// Per cent withheld from residents above it.
    pub resident_per_cent: i64,
    /// Per cent withheld from everybody else, from the first dollar.
    pub other_per_cent: i64,
    /// Up to this total of a year nobody is on the statement, in NT$.
    pub statement_free_up_to: i64,
    /// Day of the next month by which tax of residents is paid.
    pub resident_pay_day: i64,
    /// Last day of January by which the statements of a year are filed.
    pub statement_january_day: i64,
    /// Days within which tax of others is paid and filed.
    pub other_days: i64,
    /// Days more when three or more public holidays in a row fall into them.
    pub other_days_more: i64,
    /// Years after the year of filing for which rows are kept.
    pub keep_years: i64,
}

impl Default for TaxSetting {
    /// The numbers of 2026; the day and the source have to be written.
    fn default() -> TaxSetting {
        TaxSetting {
            from: String::new(),
            known_on: String::new(),
            source: String::new(),
            free_up_to: 20_000,
            resident_per_cent: 10,
            other_per_cent: 20,
            statement_free_up_to: 1_000,
            resident_pay_day: 10,
            statement_january_day: 31,
            other_days: 10,
            other_days_more: 5,
            keep_years: 5,
        }
    }
}

/// A witness of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessSetting {
    /// Its key, as `fairdraw witness` prints it (C2SP tlog-cosignature, Ed25519, type 0x04).
    pub vkey: String,
    /// Where it takes checkpoints: `add-checkpoint` is below this address.
    pub url: String,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            data: PathBuf::from("data"),
            keys: PathBuf::new(),
            database_url: String::new(),
            pooler_url: String::new(),
            replica_url: String::new(),
            staff_second_factor: true,
            staff_openid: OpenIdSettings::default(),
            member_openid: OpenIdSettings::default(),
            replica_lag: 10,
            vault: String::new(),
            vault_listen: Vec::new(),
            vault_group: false,
            vault_peers: Vec::new(),
            library_zh: "示範圖書館".to_owned(),
            library_en: "Demonstration Library".to_owned(),
            site: "localhost".to_owned(),
            public_origin: String::new(),
            contact_phone: "02-2755-2823".to_owned(),
            contact_email: "library@example.org".to_owned(),
            security_contact: String::new(),
            security_until: String::new(),
            smtp_url: String::new(),
            mail_from: "draws@example.org".to_owned(),
            mail_dkim_selectors: Vec::new(),
            mail_dns: String::new(),
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
            stat_k: 10,
            stat_base: 5,
            access_log_days: 180,
            metrics_token: String::new(),
            metrics_from: Vec::new(),
            key_copies_days: 0,
            backup_days: 35,
            pg_data: PathBuf::new(),
            witnesses: Vec::new(),
            quorum: 0,
            tax_rules: Vec::new(),
            incident_report_hours: 0,
            benefit_disclosures: false,
            named_openings_per_year: 0,
            held_rows_per_year: 20,
            breach_mail: false,
            breach_incidents_per_year: 4,
            newsletter_per_minute: 60,
            edge: EdgeSettings::default(),
            watch: WatchSettings::default(),
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value has the wrong type, or a name is unknown.
    #[error("Rocket.toml, [default.app]: {0}")]
    Unreadable(#[from] Box<rocket::figment::Error>),
    /// Values have the right type and cannot be right; the values themselves, which may be secrets,
    /// are not repeated.
    #[error("Rocket.toml, [default.app]: {}", told(.0).join("; "))]
    Invalid(validator::ValidationErrors),
    /// The environment names a file that is not there: with its defaults this would be another site.
    #[error(
        "ROCKET_CONFIG names {0}, which is not there or cannot be read; correct the path, or the \
         rights of the file and its folders"
    )]
    NoFile(PathBuf),
    /// A file that a setting names for a secret cannot be read.
    #[error("{0}.client_secret_file cannot be read; correct the path, or the rights of the file")]
    NoSecret(&'static str, #[source] std::io::Error),
}

/// What is wrong with each name, sorted.
fn told(errors: &ValidationErrors) -> Vec<String> {
    let mut lines: Vec<String> = errors.errors().iter().flat_map(told_of).collect();
    lines.sort();
    lines
}

fn told_of((name, kind): (&std::borrow::Cow<'static, str>, &ValidationErrorsKind)) -> Vec<String> {
    let below = |errors: &ValidationErrors| {
        let lines = told(errors).into_iter();
        lines.map(|line| format!("{name}.{line}")).collect()
    };
    match kind {
        // What holds for several names together names them itself.
        ValidationErrorsKind::Field(all) if name == "__all__" => all.iter().map(wanted).collect(),
        ValidationErrorsKind::Field(all) => {
            let lines = all.iter();
            lines
                .map(|one| format!("{name}: {}", wanted(one)))
                .collect()
        }
        ValidationErrorsKind::Struct(errors) => below(errors),
        ValidationErrorsKind::List(all) => all.values().flat_map(|errors| below(errors)).collect(),
    }
}

/// What a value has to be.
fn wanted(error: &ValidationError) -> String {
    let of = match error.code.as_ref() {
        "range" => "a number",
        "length" => "a text with a number of letters",
        "email" => return "an e-mail address".to_owned(),
        words => return words.to_owned(),
    };
    match (error.params.get("min"), error.params.get("max")) {
        (Some(least), Some(most)) => format!("{of} from {least} to {most}"),
        (Some(least), None) => format!("{of} of at least {least}"),
        (None, Some(most)) => format!("{of} of at most {most}"),
        (None, None) => of.to_owned(),
    }
}

/// The file that settings are read from, found as Rocket finds it: by its whole name, or in the
/// current folder and those around it. None: every setting has its default.
///
/// # Errors
/// [`ConfigError::NoFile`] where the environment names one that is not there.
pub fn file() -> Result<Option<PathBuf>, ConfigError> {
    let named = std::env::var_os("ROCKET_CONFIG").map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| "Rocket.toml".into());
    let here = std::env::current_dir().unwrap_or_default();
    let mut around = here.ancestors().map(|folder| folder.join(&path));
    match (around.find(|file| file.is_file()), named) {
        (None, Some(named)) => Err(ConfigError::NoFile(named)),
        (found, _) => Ok(found),
    }
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
        if let Some(folder) = std::env::var_os("FAIRDRAW_KEYS") {
            config.keys = folder.into();
        }
        if let Ok(url) = std::env::var("FAIRDRAW_DATABASE_URL") {
            config.database_url = url;
        }
        for (name, setting) in [
            ("FAIRDRAW_POOLER_URL", &mut config.pooler_url),
            ("FAIRDRAW_REPLICA_URL", &mut config.replica_url),
            ("FAIRDRAW_VAULT", &mut config.vault),
        ] {
            if let Ok(value) = std::env::var(name) {
                *setting = value;
            }
        }
        for (name, variable, settings) in [
            (
                "staff_openid",
                "FAIRDRAW_STAFF_OPENID_SECRET",
                &mut config.staff_openid,
            ),
            (
                "member_openid",
                "FAIRDRAW_MEMBER_OPENID_SECRET",
                &mut config.member_openid,
            ),
        ] {
            let found = settings.find_secret(variable);
            found.map_err(|error| ConfigError::NoSecret(name, error))?;
        }
        config.validate().map_err(ConfigError::Invalid)?;
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

    /// Ways to the database beside the direct one.
    pub fn ways(&self) -> Ways {
        let set = |url: &String| (!url.is_empty()).then(|| url.clone());
        Ways {
            pooler: set(&self.pooler_url),
            replica: set(&self.replica_url).map(|url| ReplicaSetting {
                url,
                lag: self.replica_lag,
            }),
        }
    }

    /// The folder that holds keys and nothing else; never part of a backup.
    ///
    /// It stands outside the data folder, because a process that may read a folder may read
    /// everything below it: the web side is allowed the one and not the other.
    pub fn keys(&self) -> PathBuf {
        if !self.keys.as_os_str().is_empty() {
            return self.keys.clone();
        }
        let mut beside = self.data.as_os_str().to_owned();
        beside.push("-keys");
        PathBuf::from(beside)
    }

    /// The one vault of the site, where this web side has none of its own.
    pub fn vault(&self) -> Option<Address> {
        Address::parse(&self.vault)
    }

    /// The file of the key by which this web side is known to a vault on another machine.
    pub fn web_identity(&self) -> PathBuf {
        self.data.join("web-side.key")
    }

    /// The file of the key by which the vault is known to web sides on other machines. It opens
    /// nothing, but whoever has it could stand in the vault's place.
    pub fn vault_identity(&self) -> PathBuf {
        let mut beside = self.keys().into_os_string();
        beside.push(".identity");
        PathBuf::from(beside)
    }

    /// The folder of everything the operator may back up.
    pub fn data(&self) -> &Path {
        &self.data
    }
}

fn is_key_name(name: &str) -> Result<(), ValidationError> {
    let fits = !name.is_empty()
        && name.len() <= 100
        && name.chars().all(|c| c.is_ascii_graphic() && c != '+');
    fits.then_some(())
        .ok_or_else(|| ValidationError::new("a name without spaces and plus signs"))
}

fn is_database(url: &str) -> Result<(), ValidationError> {
    Target::is_named_by(url)
        .then_some(())
        .ok_or_else(|| ValidationError::new("postgres://user@host/name or sqlite:///path"))
}

fn is_postgresql(url: &str) -> Result<(), ValidationError> {
    let fits = url.is_empty() || matches!(Target::parse(url), Target::Postgres(_));
    fits.then_some(())
        .ok_or_else(|| ValidationError::new("empty, or postgres://user@host/name"))
}

fn is_vault(address: &str) -> Result<(), ValidationError> {
    let fits = match Address::parse(address) {
        Some(Address::Unix(_)) => true,
        Some(Address::Tls { key, .. }) => key.is_some(),
        None => address.is_empty(),
    };
    fits.then_some(()).ok_or_else(|| {
        ValidationError::new(
            "unix:/path, or tls://host:port?key= and what `fairdraw vault key` prints there",
        )
    })
}

fn are_doors(doors: &[String]) -> Result<(), ValidationError> {
    let fits = |door: &String| match Address::parse(door) {
        Some(Address::Unix(_)) => true,
        Some(Address::Tls { key, .. }) => key.is_none(),
        None => false,
    };
    doors
        .iter()
        .all(fits)
        .then_some(())
        .ok_or_else(|| ValidationError::new("each unix:/path or tls://host:port"))
}

fn are_keys(keys: &[String]) -> Result<(), ValidationError> {
    keys.iter()
        .all(|key| PublicKey::parse(key).is_some())
        .then_some(())
        .ok_or_else(|| ValidationError::new("each as `fairdraw vault web-key` prints it"))
}

fn is_token(token: &str) -> Result<(), ValidationError> {
    let fits = token.is_empty()
        || (token.len() >= 20 && token.bytes().all(|byte| byte.is_ascii_graphic()));
    fits.then_some(()).ok_or_else(|| {
        ValidationError::new("empty, or at least 20 letters and digits without spaces")
    })
}

fn is_security_contact(contact: &str) -> Result<(), ValidationError> {
    let known = ["mailto:", "https://", "tel:"];
    let rest = known.iter().find_map(|scheme| contact.strip_prefix(scheme));
    let fits =
        contact.is_empty() || rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_graphic()));
    fits.then_some(()).ok_or_else(|| {
        ValidationError::new("empty, or an address that begins with mailto:, https:// or tel:")
    })
}

fn is_day(day: &str) -> Result<(), ValidationError> {
    let fits = day.is_empty() || day.parse::<jiff::civil::Date>().is_ok() && day.len() == 10;
    fits.then_some(())
        .ok_or_else(|| ValidationError::new("empty, or a day such as 2027-06-30"))
}

fn are_labels(names: &[String]) -> Result<(), ValidationError> {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let fits = |name: &String| (1..=63).contains(&name.len()) && name.bytes().all(is_part);
    names
        .iter()
        .all(fits)
        .then_some(())
        .ok_or_else(|| ValidationError::new("each a selector such as `mail2026`"))
}

fn is_resolver(address: &str) -> Result<(), ValidationError> {
    (address.is_empty() || dns::resolver(address).is_some())
        .then_some(())
        .ok_or_else(|| ValidationError::new("empty, or an address such as 10.0.0.53"))
}

fn is_base(base: u64) -> Result<(), ValidationError> {
    matches!(base, 5 | 10)
        .then_some(())
        .ok_or_else(|| ValidationError::new("5 or 10"))
}

fn is_origin(origin: &str) -> Result<(), ValidationError> {
    let fits = origin.is_empty()
        || (origin.starts_with("https://") || origin.starts_with("http://"))
            && !origin.ends_with('/')
            && origin.matches('/').count() == 2;
    fits.then_some(())
        .ok_or_else(|| ValidationError::new("scheme and host, such as https://draw.lib.example.tw"))
}

/// With a certificate of its own people come by https, and links, cookies and forms must say so.
fn is_reached_by_tls(config: &Config) -> Result<(), ValidationError> {
    (!config.edge.has_tls() || config.public_origin.starts_with("https://"))
        .then_some(())
        .ok_or_else(|| {
            ValidationError::new(
                "with edge.certificate, public_origin is the https:// address of the site",
            )
        })
}

fn are_relays(relays: &[String]) -> Result<(), ValidationError> {
    relays
        .iter()
        .all(|relay| relay.starts_with("https://"))
        .then_some(())
        .ok_or_else(|| ValidationError::new("every relay starts with https://"))
}

fn are_tax_rules(config: &Config) -> Result<(), ValidationError> {
    let is_day = |text: &str| text.parse::<jiff::civil::Date>().is_ok();
    let fits = |rules: &TaxSetting| {
        let per_cent = 0..=100;
        is_day(&rules.from)
            && is_day(&rules.known_on)
            && !rules.source.trim().is_empty()
            && per_cent.contains(&rules.resident_per_cent)
            && per_cent.contains(&rules.other_per_cent)
            && (0..=100_000_000).contains(&rules.free_up_to)
            && (0..=100_000_000).contains(&rules.statement_free_up_to)
            && (1..=28).contains(&rules.resident_pay_day)
            && (1..=31).contains(&rules.statement_january_day)
            && (1..=365).contains(&rules.other_days)
            && (0..=365).contains(&rules.other_days_more)
            && (0..=30).contains(&rules.keep_years)
    };
    config
        .tax_rules
        .iter()
        .all(fits)
        .then_some(())
        .ok_or_else(|| {
            ValidationError::new(
                "each with from, known_on and source, and numbers that can be right",
            )
        })
}

fn are_witnesses(config: &Config) -> Result<(), ValidationError> {
    let witnesses = &config.witnesses;
    let fits = |witness: &WitnessSetting| {
        let web = witness.url.starts_with("https://") || witness.url.starts_with("http://");
        web && !witness.url.ends_with('/')
            && lucky_draw::note::Witness::parse(&witness.vkey).is_ok()
    };
    let distinct = witnesses.iter().enumerate().all(|(at, witness)| {
        let earlier = &witnesses[..at];
        earlier.iter().all(|other| other.vkey != witness.vkey)
    });
    (distinct && witnesses.iter().all(fits))
        .then_some(())
        .ok_or_else(|| {
            ValidationError::new(
                "each witness once, with the vkey it prints and an address without a slash at the end",
            )
        })
}

/// More than half of the witnesses, or none of none (draw-protocol 4.9).
fn is_quorum(config: &Config) -> Result<(), ValidationError> {
    let (asked, named) = (u64::from(config.quorum), config.witnesses.len() as u64);
    let majority = 2 * asked > named && (1..=named).contains(&asked);
    (majority || (asked, named) == (0, 0))
        .then_some(())
        .ok_or_else(|| {
            ValidationError::new(
                "quorum is more than half of the witnesses and at most all; 0 without witnesses",
            )
        })
}

#[cfg(test)]
mod tests {
    use lucky_draw::note::Cosigner;

    use super::*;

    #[test]
    fn what_is_wrong_is_told_in_words_and_no_value_is_repeated() {
        let mut config = Config {
            metrics_token: "short-secret".to_owned(),
            database_url: "postgres:/user:word@host/name".to_owned(),
            replica_url: "host".to_owned(),
            quiet_hour: 99,
            library_zh: String::new(),
            mail_from: "nobody".to_owned(),
            security_contact: "draws@lib.example.tw".to_owned(),
            security_until: "next year".to_owned(),
            ..Config::default()
        };
        config.edge.header_seconds = 0;
        let errors = config.validate().expect_err("all of it is wrong");
        let told = ConfigError::Invalid(errors).to_string();
        for words in [
            "metrics_token: empty, or at least 20",
            "database_url: postgres://user@host/name or sqlite:///path",
            "replica_url: empty, or postgres://user@host/name",
            "quiet_hour: a number of at most 24",
            "library_zh: a text with a number of letters from 1 to 100",
            "mail_from: an e-mail address",
            "security_contact: empty, or an address that begins with mailto:",
            "security_until: empty, or a day such as 2027-06-30",
            "edge.header_seconds: a number",
        ] {
            assert!(told.contains(words), "{words} in {told}");
        }
        assert!(
            !told.contains("short-secret") && !told.contains('{'),
            "{told}"
        );
    }

    fn config(named: &[u8], quorum: u32) -> Config {
        let witness = |seed: &u8| WitnessSetting {
            vkey: Cosigner::new("w.example", [*seed; 32])
                .expect("a name")
                .vkey(),
            url: "https://w.example".to_owned(),
        };
        Config {
            witnesses: named.iter().map(witness).collect(),
            quorum,
            ..Config::default()
        }
    }

    #[test]
    fn a_quorum_is_more_than_half_of_the_witnesses() {
        for (named, quorum, fits) in [
            (&[][..], 0, true),
            (&[], 1, false),
            (&[1], 0, false),
            (&[1], 1, true),
            (&[1, 2], 1, false),
            (&[1, 2, 3], 2, true),
            (&[1, 2, 3], 4, false),
            (&[1, 1, 3], 2, false),
        ] {
            let valid = config(named, quorum).validate().is_ok();
            assert_eq!(valid, fits, "{named:?} {quorum}");
        }
    }

    #[test]
    fn a_witness_is_named_by_its_own_key_and_an_address() {
        let changed = |change: fn(&mut WitnessSetting)| {
            let mut config = config(&[1], 1);
            change(&mut config.witnesses[0]);
            config.validate().is_ok()
        };
        assert!(changed(|_| ()));
        assert!(changed(
            |witness| witness.url = "http://10.0.0.2:8100".to_owned()
        ));
        assert!(!changed(|witness| witness.url.push('/')));
        assert!(!changed(|witness| witness.url = "w.example".to_owned()));
        assert!(!changed(|witness| witness.vkey.push('=')));
    }
}
