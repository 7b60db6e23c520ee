//! Where the round comes from: several relays in order, or a person who pastes it.
//!
//! Invariant: it does not matter who delivers a round, because its BLS signature is verified
//! whoever does; so a relay can only be late. Nothing but the round that was asked for is taken.
//!
//! Not here: what the round decides ([`super::receive`]).

use std::time::Duration;

use lucky_draw::beacon::{Beacon, BeaconError, Chain};
use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::platform::clock::{MINUTE, SECOND};

/// Longest answer of a relay that is read, in bytes; a round has about 300.
const LONGEST_ANSWER: u64 = 64 * 1024;
/// Time for one relay, from name lookup to the last byte.
const TIME_FOR_A_RELAY: Duration = Duration::from_secs(5);

/// Whoever may have a round.
pub trait Relays: Send + Sync {
    /// The round, verified; or why nobody had it.
    fn fetch(&self, chain: &Chain, round: u64) -> Result<Beacon, Trouble>;
}

/// Why a round has not come; the words shown for it say what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Trouble {
    /// No relay could be reached.
    #[error("no relay could be reached")]
    Unreachable,
    /// A relay says that the round does not exist yet.
    #[error("the round is not published yet")]
    NotYet,
    /// A relay answered with something that is not a round, or too long.
    #[error("a relay answered with something that is not a round")]
    Unreadable,
    /// A relay answered with another round than the one asked for.
    #[error("a relay answered with another round")]
    OtherRound,
    /// A relay's round was not signed by the chain.
    #[error("a relay's round was not signed by the chain")]
    Unsigned,
}

impl Trouble {
    const ALL: [Trouble; 5] = [
        Trouble::Unreachable,
        Trouble::NotYet,
        Trouble::Unreadable,
        Trouble::OtherRound,
        Trouble::Unsigned,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Trouble::Unreachable => "unreachable",
            Trouble::NotYet => "not_yet",
            Trouble::Unreadable => "unreadable",
            Trouble::OtherRound => "other_round",
            Trouble::Unsigned => "unsigned",
        }
    }

    /// Reads [`Trouble::code`].
    pub fn parse(code: &str) -> Option<Trouble> {
        Trouble::ALL
            .into_iter()
            .find(|trouble| trouble.code() == code)
    }
}

/// Why relays cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// A relay's address does not start with `https://`.
    #[error("relay {number} of the list does not start with https://")]
    NotHttps {
        /// Its place in the list, from 1.
        number: usize,
    },
}

/// drand's HTTP relays, asked one after the other.
pub struct HttpRelays {
    agent: Agent,
    relays: Vec<String>,
}

impl HttpRelays {
    /// Relays by their addresses, such as `https://api.drand.sh`, in the order to ask them;
    /// through the machine's proxy if it has one.
    pub fn over_https(relays: &[String]) -> Result<HttpRelays, RelayError> {
        let plain = relays
            .iter()
            .position(|relay| !relay.starts_with("https://"));
        match plain {
            Some(at) => Err(RelayError::NotHttps { number: at + 1 }),
            None => Ok(HttpRelays {
                agent: limits().https_only(true).build().new_agent(),
                relays: relays.to_vec(),
            }),
        }
    }

    /// Relays on this machine, for tests and rehearsals; nobody else should be asked this way,
    /// though a round would be verified all the same.
    pub fn over_plain_http(relays: &[String]) -> HttpRelays {
        HttpRelays {
            agent: limits().proxy(None).build().new_agent(),
            relays: relays.to_vec(),
        }
    }

    fn ask(&self, relay: &str, chain: &Chain, round: u64) -> Result<Beacon, Trouble> {
        let address = format!("{relay}/{}/public/{round}", chain.hash);
        let mut answer = self
            .agent
            .get(&address)
            .call()
            .map_err(|_| Trouble::Unreachable)?;
        match answer.status().as_u16() {
            200 => {}
            // drand answers 404, or 425 Too Early, to a round that is not there yet.
            404 | 425 => return Err(Trouble::NotYet),
            _ => return Err(Trouble::Unreadable),
        }
        let text = answer
            .body_mut()
            .with_config()
            .limit(LONGEST_ANSWER)
            .read_to_string()
            .map_err(|_| Trouble::Unreadable)?;
        let beacon = Beacon::parse_relay(chain, &text).map_err(trouble_of)?;
        beacon.verify(chain, round).map_err(trouble_of)?;
        Ok(beacon)
    }
}

/// What a relay may cost us at most.
fn limits() -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .timeout_global(Some(TIME_FOR_A_RELAY))
        .user_agent(concat!("fairdraw/", env!("CARGO_PKG_VERSION")))
}

fn trouble_of(error: BeaconError) -> Trouble {
    match error {
        BeaconError::Round { .. } => Trouble::OtherRound,
        BeaconError::Signature | BeaconError::Encoding | BeaconError::Randomness => {
            Trouble::Unsigned
        }
        BeaconError::Json
        | BeaconError::Hex
        | BeaconError::Length { .. }
        | BeaconError::Previous => Trouble::Unreadable,
    }
}

impl Relays for HttpRelays {
    /// The first relay that has the round ends the search; else the worst trouble is told.
    fn fetch(&self, chain: &Chain, round: u64) -> Result<Beacon, Trouble> {
        let mut worst = Trouble::Unreachable;
        for relay in &self.relays {
            match self.ask(relay, chain, round) {
                Ok(beacon) => return Ok(beacon),
                Err(trouble) => {
                    tracing::debug!(relay, round, trouble = trouble.code(), "no round");
                    worst = worst.max(trouble);
                }
            }
        }
        Err(worst)
    }
}

/// Reads what a person pasted: a relay's JSON, or the signature's hexadecimal digits with any
/// spaces. The answer is verified for `round`.
pub fn pasted(chain: &Chain, round: u64, text: &str) -> Result<Beacon, BeaconError> {
    let text = text.trim();
    let beacon = if text.starts_with('{') {
        Beacon::parse_relay(chain, text)?
    } else {
        Beacon::from_hex(chain, round, text)?
    };
    beacon.verify(chain, round)?;
    Ok(beacon)
}

/// How long to wait before the relays are asked again, `late` milliseconds after the round was
/// due: every round for a minute, then twice a minute, then less and less, at most ten minutes.
pub fn next_try(late: i64) -> i64 {
    if late < MINUTE {
        3 * SECOND
    } else if late < 10 * MINUTE {
        30 * SECOND
    } else {
        (late / 10).clamp(MINUTE, 10 * MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relays_are_asked_less_often_the_later_the_round_is() {
        for (late, wait) in [
            (0, 3 * SECOND),
            (59 * SECOND, 3 * SECOND),
            (MINUTE, 30 * SECOND),
            (10 * MINUTE, MINUTE),
            (50 * MINUTE, 5 * MINUTE),
            (100 * MINUTE, 10 * MINUTE),
            (i64::MAX, 10 * MINUTE),
        ] {
            assert_eq!(next_try(late), wait, "{late}");
        }
    }

    #[test]
    fn every_trouble_is_read_back_from_its_word() {
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::parse(trouble.code()), Some(trouble));
        }
        assert_eq!(Trouble::parse(""), None);
    }
}
