//! Whether the machine's clock is right, as far as others say.

use lucky_draw::beacon::QUICKNET;

use crate::draw::beacon::{HttpRelays, Relays, Trouble};
use crate::draw::hour;
use crate::identity::date;
use crate::platform::clock::{Clock, MINUTE, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::Db;

use super::Finding;

/// Clocks further off than this are worth a look: closes are announced to the minute.
const OFF: i64 = 2 * MINUTE;
const MEND: &str = "set the clock by NTP: timedatectl set-ntp true";

/// Compares it with what the database saw last and with the newest round of drand.
pub(super) fn look(config: &Config, clock: &Clock, db: Option<&Db>, offline: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if clock.is_moved() {
        findings.push(Finding::warning(
            "test clock",
            format!("FAIRDRAW_CLOCK moves it: {}", clock.now()),
            "only for tests; leave it away in service",
        ));
        return findings;
    }
    if let Some(db) = db {
        findings.push(followed(clock, db));
    }
    findings.push(match offline {
        true => Finding::unknown("against drand", "not asked", "leave --offline away"),
        false => against_drand(config, clock.now()),
    });
    findings.extend(security_file(config, clock.now()));
    findings
}

/// Whether `security.txt` still holds, where there is one or is meant to be one.
fn security_file(config: &Config, now: Timestamp) -> Option<Finding> {
    let (contact, until) = (&config.security_contact, &config.security_until);
    if contact.is_empty() && until.is_empty() {
        return None;
    }
    let name = "security_until";
    let advice = "set security_contact and a day less than a year ahead";
    if contact.is_empty() || until.is_empty() {
        let found = "security.txt is not there: it needs a contact and a last day";
        return Some(Finding::warning(name, found, advice));
    }
    let last = until.parse().ok().and_then(date::last_second);
    Some(match last.is_some_and(|last| now <= last) {
        true => Finding::good(name, format!("security.txt holds until {until}")),
        false => Finding::warning(name, format!("security.txt ended on {until}"), advice),
    })
}

fn followed(clock: &Clock, db: &Db) -> Finding {
    let name = "against the database";
    match hour::follow_on(db) {
        Ok(()) => {}
        Err(error) => {
            let advice = "mend the database first";
            return Finding::unknown(name, super::words(&error), advice);
        }
    }
    match clock.doubt() {
        None => Finding::good(name, "it follows on what was seen last"),
        Some(doubt) if !clock.is_contradicted() => Finding::good(
            name,
            format!(
                "nothing was noted since {}; a start asks for the hour",
                doubt.expected
            ),
        ),
        Some(doubt) => Finding::warning(
            name,
            format!("{doubt}; a server that starts now runs no job until the clock is confirmed"),
            format!("{MEND}; if it is right: fairdraw clock confirm"),
        ),
    }
}

fn against_drand(config: &Config, now: Timestamp) -> Finding {
    let name = "against drand";
    let advice = format!("check that relays can be reached; {MEND}");
    let Ok(relays) = HttpRelays::over_https(&config.relays) else {
        return Finding::unknown(name, "no relay can be asked", advice);
    };
    let (Some(past), Some(soon)) = (round(now.plus(-OFF)), round(now.plus(OFF))) else {
        return Finding::bad(name, format!("{now} is before drand began"), MEND);
    };
    match relays.fetch(&QUICKNET, past) {
        Ok(_) => {}
        Err(Trouble::NotYet) => {
            let found = format!("{now} is ahead: the round of two minutes ago is not out yet");
            return Finding::bad(name, found, MEND);
        }
        Err(trouble) => return Finding::unknown(name, trouble.to_string(), advice),
    }
    match relays.fetch(&QUICKNET, soon) {
        Ok(_) => Finding::bad(
            name,
            format!("{now} is behind: the round of two minutes ahead is out already"),
            MEND,
        ),
        Err(_) => Finding::good(name, format!("{now} is right within two minutes")),
    }
}

fn round(at: Timestamp) -> Option<u64> {
    let unix = u64::try_from(at.unix()).ok()?;
    (unix >= QUICKNET.round_time(1)).then(|| QUICKNET.round_at_or_after(unix))
}
