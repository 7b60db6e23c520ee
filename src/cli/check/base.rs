//! The database: reached, of a known version, set as it should be, and its logs whole.

use crate::desk::figures::LAST_BACKUP;
use crate::journal;
use crate::log;
use crate::platform::clock::{Clock, DAY, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::inspect::{self, Inspection};
use crate::platform::db::remembered::recall_number;
use crate::platform::db::{self, Db, Target};

use super::Finding;

/// A backup older than this is worth a word.
const OLD: i64 = 8 * DAY;

/// Looks at it; gives the database where its tables can be read.
pub(super) fn look(config: &Config, clock: &Clock) -> (Vec<Finding>, Option<Db>) {
    let target = config.database();
    let name = target.engine();
    if let Target::Sqlite(file) = &target
        && !file.exists()
    {
        let found = format!("{} is made at the first start", file.display());
        return (vec![Finding::good(name, found)], None);
    }
    let inspection = match inspect::inspect(&target) {
        Ok(inspection) => inspection,
        Err(error) => {
            let advice = match target {
                Target::Sqlite(_) => "check the rights of the file and of its folder",
                Target::Postgres(_) => {
                    "check database_url, that the server runs, and that it lets this user in"
                }
            };
            return (vec![Finding::bad(name, super::words(&error), advice)], None);
        }
    };
    let mut findings = vec![Finding::good(name, inspection.version.clone())];
    findings.extend(settings(&inspection));
    findings.push(tables(&inspection));
    if !inspection.is_whole {
        findings.push(Finding::bad(
            "file",
            "SQLite's own check finds it damaged",
            "stop the server, keep a copy of the data folder, and restore the last backup",
        ));
    }
    if inspection.pending > 0 || inspection.unknown.is_some() {
        return (findings, None);
    }
    match Db::open(target, clock.clone()) {
        Ok(db) => {
            findings.push(logs(&db));
            findings.push(backup(&db));
            (findings, Some(db))
        }
        Err(error) => {
            let advice = "see docs/operating.md, “When something is wrong”";
            findings.push(Finding::bad("tables", super::words(&error), advice));
            (findings, None)
        }
    }
}

fn tables(inspection: &Inspection) -> Finding {
    match (&inspection.unknown, inspection.pending) {
        (Some(version), _) => Finding::bad(
            "tables",
            format!("have migration {version}, which this version does not know"),
            "install the newer version again, or restore a backup made before it",
        ),
        (None, 0) => Finding::good("tables", "up to date"),
        (None, pending) => Finding::warning(
            "tables",
            format!("{pending} migrations are run at the next start"),
            "make a backup first: fairdraw backup FILE",
        ),
    }
}

/// What PostgreSQL says, and what it should say.
fn settings(inspection: &Inspection) -> Vec<Finding> {
    let findings = inspection.settings.iter().map(|(name, value)| {
        let (fits, advice) = wanted(name, value);
        let is_severe = matches!(*name, "fsync" | "full_page_writes");
        match (fits, is_severe) {
            (true, _) => Finding::good(*name, value.clone()),
            (false, true) => Finding::bad(*name, value.clone(), advice),
            (false, false) => Finding::warning(*name, value.clone(), advice),
        }
    });
    findings.collect()
}

fn wanted(name: &str, value: &str) -> (bool, &'static str) {
    const VALUES: &str =
        "the server's log may hold values of rows: see docs/operating.md, “PostgreSQL”";
    match name {
        "fsync" | "full_page_writes" => (value == "on", "set it to on: a power cut loses entries"),
        "synchronous_commit" => (
            matches!(value, "on" | "remote_apply" | "remote_write" | "local"),
            "set it to on: a receipt is given for an entry that a power cut may lose",
        ),
        "wal_level" => (
            true,
            "minimal, replica and logical all do; a standby needs replica",
        ),
        "max_connections" => (
            value.parse::<u32>().is_ok_and(|most| most >= 20),
            "an instance takes up to eight connections; allow at least 20",
        ),
        "lc_messages" => (
            ["C", "POSIX", "en"]
                .iter()
                .any(|start| value.starts_with(start)),
            "set it to C: what the server says of a full disk or a restart is not understood in \
             another language, and people see an error where the page should say when to come back",
        ),
        "log_error_verbosity" => (value == "terse", VALUES),
        "log_min_error_statement" => (value == "panic", VALUES),
        "log_parameter_max_length" | "log_parameter_max_length_on_error" => (value == "0", VALUES),
        "log_min_duration_statement" => (value == "-1", VALUES),
        "log_statement" => (value == "none", VALUES),
        _ => (true, ""),
    }
}

/// Computes every log again from its first leaf.
fn logs(db: &Db) -> Finding {
    let name = "logs";
    let looked = db.read_now("compute the logs again", |tx| {
        let all = log::all(tx)?;
        let mut leaves = 0;
        let mut broken = Vec::new();
        for one in &all {
            leaves += one.size;
            let whole = match journal::is_its_log(one) {
                true => journal::fits_its_root(tx)?,
                false => log::is_whole(tx, one)?,
            };
            if !whole {
                broken.push(one.origin.clone());
            }
        }
        Ok::<_, journal::Error>((all.len(), leaves, broken))
    });
    match looked {
        Ok((logs, leaves, broken)) if broken.is_empty() => Finding::good(
            name,
            format!("{logs} logs, {leaves} leaves: every size and root computed again"),
        ),
        Ok((_, _, broken)) => Finding::bad(
            name,
            format!("do not give their roots: {}", broken.join(", ")),
            "somebody changed the database; keep a copy, restore a backup, and tell the public",
        ),
        Err(error) => {
            let advice = "somebody changed the database; keep a copy and restore a backup";
            Finding::bad(name, super::words(&error), advice)
        }
    }
}

fn backup(db: &Db) -> Finding {
    let name = "last backup";
    let last = db.read_now("read last backup", |tx| {
        Ok::<_, db::Error>((recall_number(tx, LAST_BACKUP)?, tx.now()))
    });
    let advice = "make one every day, with a timer: fairdraw backup FILE";
    match last {
        Err(error) => Finding::unknown(name, super::words(&error), ""),
        Ok((None, _)) => Finding::warning(name, "none was made with fairdraw backup", advice),
        Ok((Some(at), now)) if now.0 - at > OLD => {
            let found = format!("{}, {} days ago", Timestamp(at), (now.0 - at) / DAY);
            Finding::warning(name, found, advice)
        }
        Ok((Some(at), _)) => Finding::good(name, Timestamp(at).to_string()),
    }
}
