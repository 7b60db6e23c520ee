//! What the operator sets of watching: `[default.app.watch]` in `Rocket.toml`.
//!
//! Invariant: every number has a usual value that a busy library does not reach by honest use; 0
//! switches a rule off.

use serde::Deserialize;
use validator::{Validate, ValidationError};

use crate::platform::edge::Network;

/// How often is too often, and what is done then.
#[derive(Debug, Clone, Deserialize, Validate)]
#[serde(default, deny_unknown_fields)]
pub struct WatchSettings {
    /// Networks of the library itself: nothing is ever held against one of them.
    pub library_networks: Vec<Network>,
    /// Who gets letters about attacks and incidents: the admins and the privacy officer.
    #[validate(length(max = 20), custom(function = "are_addresses"))]
    pub alarm_to: Vec<String>,
    /// Minutes between two such letters at least.
    #[validate(range(min = 5, max = 1_440))]
    pub alarm_minutes: i64,
    /// Minutes for which a network sends no form.
    #[validate(range(min = 1, max = 1_440))]
    pub block_minutes: i64,
    /// Minutes for which forms need a moment's work or patience.
    #[validate(range(min = 1, max = 1_440))]
    pub slow_minutes: i64,
    /// Hours for which an account is locked that took out too much.
    #[validate(range(min = 1, max = 168))]
    pub lock_hours: i64,
    /// The hour from which nobody works, in Taipei.
    #[validate(range(max = 23))]
    pub night_from: u8,
    /// The hour until which nobody works.
    #[validate(range(max = 23))]
    pub night_to: u8,
    /// Wrong passphrases and codes of staff, of one network within ten minutes.
    pub passphrases: u32,
    /// Accounts locked within a day.
    pub lock_outs: u32,
    /// Wrong receipt codes and addresses with a secret, of one network within ten minutes.
    pub codes: u32,
    /// Answers that a person is known or not the one, of one network within an hour.
    pub persons: u32,
    /// Forms of programs, of one network within ten minutes.
    pub robots: u32,
    /// The same of everybody.
    pub rush: u32,
    /// Forms from other sites within an hour.
    pub other_sites: u32,
    /// Requests that the edge turned away, of one network within ten minutes.
    pub refused: u32,
    /// Reports of browsers within an hour.
    pub scripts: u32,
    /// Files with personal data taken out by one account within an hour.
    pub exports: u32,
    /// Contacts and letters opened one by one by one account within ten minutes.
    pub openings: u32,
    /// The same, and files, by one account within an hour of the night.
    pub night_openings: u32,
}

impl Default for WatchSettings {
    fn default() -> WatchSettings {
        WatchSettings {
            library_networks: Vec::new(),
            alarm_to: Vec::new(),
            alarm_minutes: 30,
            block_minutes: 30,
            slow_minutes: 30,
            lock_hours: 24,
            night_from: 23,
            night_to: 6,
            passphrases: 20,
            lock_outs: 3,
            codes: 60,
            persons: 20,
            robots: 100,
            rush: 1_000,
            other_sites: 100,
            refused: 500,
            scripts: 200,
            exports: 6,
            openings: 60,
            night_openings: 10,
        }
    }
}

impl WatchSettings {
    /// Whether nobody works at this hour of the day.
    pub fn is_night(&self, hour: u8) -> bool {
        let (from, to) = (self.night_from, self.night_to);
        match from <= to {
            true => (from..to).contains(&hour),
            false => hour >= from || hour < to,
        }
    }
}

fn are_addresses(addresses: &[String]) -> Result<(), ValidationError> {
    use validator::ValidateEmail;
    let all = addresses.iter().all(|each| each.validate_email());
    all.then_some(())
        .ok_or_else(|| ValidationError::new("e-mail addresses"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_goes_over_midnight() {
        let usual = WatchSettings::default();
        for (hour, night) in [(22, false), (23, true), (0, true), (5, true), (6, false)] {
            assert_eq!(usual.is_night(hour), night, "{hour}");
        }
        let never = WatchSettings {
            night_from: 6,
            night_to: 6,
            ..WatchSettings::default()
        };
        assert!((0..24).all(|hour| !never.is_night(hour)));
    }

    #[test]
    fn settings_that_cannot_be_right_are_refused() {
        assert!(WatchSettings::default().validate().is_ok());
        let wrong = WatchSettings {
            alarm_to: vec!["not an address".to_owned()],
            ..WatchSettings::default()
        };
        assert!(wrong.validate().is_err());
    }
}
