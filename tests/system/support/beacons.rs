//! Rounds of public randomness that were really published, as the protocol's vectors record them.

use fairdraw::platform::clock::Timestamp;
use lucky_draw::beacon::{Beacon, DEFAULT, QUICKNET};

const VECTORS: &str = include_str!("../../../protocol/tests/vectors/drand-rounds.json");

/// When a round of quicknet was published.
pub fn time_of(round: u64) -> Timestamp {
    let unix = QUICKNET.round_time(round);
    Timestamp::from_unix(i64::try_from(unix).expect("a time of this century"))
}

/// What was published for a round of quicknet.
pub fn recorded(round: u64) -> Beacon {
    let found = vector("quicknet", round);
    let signature = found["signature"].as_str().expect("a signature");
    Beacon::from_hex(&QUICKNET, round, signature).expect("hexadecimal digits")
}

/// What was published for a round of the default chain.
pub fn recorded_default(round: u64) -> Beacon {
    let found = vector("default", round);
    let json = serde_json::json!({
        "round": round,
        "signature": found["signature"],
        "previous_signature": found["previous_signature"],
    });
    Beacon::parse_relay(&DEFAULT, &json.to_string()).expect("a relay's answer")
}

fn vector(chain: &str, round: u64) -> serde_json::Value {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let rounds = vectors["rounds"].as_array().expect("a list of rounds");
    let found = rounds
        .iter()
        .find(|each| each["chain"] == chain && each["round"] == round);
    found.expect("the round was recorded").clone()
}
