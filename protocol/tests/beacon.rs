//! Real drand rounds, and rounds that must be refused.

use data_encoding::HEXLOWER;
use lucky_draw::beacon::{Beacon, BeaconError, Chain, DEFAULT, Group, QUICKNET, chain};
use lucky_draw::encode::Hash;
use serde_json::Value;

fn fixtures() -> Value {
    serde_json::from_str(include_str!("vectors/drand-rounds.json")).expect("the rounds are JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn hex(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(text(value).as_bytes()).expect("hex")
}

fn hash(value: &Value) -> Hash {
    text(value).parse().expect("a hash")
}

/// Any chain of the fixtures, test networks included, by the parameters in the file.
fn any_chain(fixtures: &Value, name: &str) -> Chain {
    let info = &fixtures["chains"][name];
    let on_g1 = text(&info["public_key"]).len() == 192;
    let scheme = text(&info["schemeID"]);
    // fastnet hashed to G1 under the tag of G2: the slip for which it was retired.
    let dst: &[u8] = if scheme == "bls-unchained-g1-rfc9380" {
        QUICKNET.dst
    } else {
        DEFAULT.dst
    };
    Chain {
        name: name.to_owned().leak(),
        hash: hash(&info["hash"]),
        genesis: info["genesis_time"].as_u64().expect("a time"),
        period: info["period"].as_u64().expect("seconds"),
        public_key: text(&info["public_key"]).to_owned().leak(),
        group_hash: hash(&info["groupHash"]),
        signature_group: if on_g1 { Group::G1 } else { Group::G2 },
        chained: scheme == "pedersen-bls-chained",
        dst,
    }
}

fn beacon(case: &Value) -> Beacon {
    Beacon {
        round: case["round"].as_u64().expect("a round"),
        signature: hex(&case["signature"]),
        previous: case.get("previous_signature").map(hex),
    }
}

#[test]
fn only_main_networks_are_pinned_and_their_hashes_are_recomputed() {
    let fixtures = fixtures();
    for name in fixtures["chains"].as_object().expect("chains").keys() {
        let from_file = any_chain(&fixtures, name);
        assert_eq!(from_file.computed_hash(), from_file.hash, "{name}");
        match name.as_str() {
            "quicknet" | "default" => assert_eq!(chain(&from_file.hash), Some(&from_file)),
            _ => assert_eq!(chain(&from_file.hash), None, "{name}"),
        }
    }
}

#[test]
fn every_real_round_is_accepted_and_gives_its_randomness() {
    let fixtures = fixtures();
    let rounds = fixtures["rounds"].as_array().expect("rounds");
    assert_eq!(rounds.len(), 26);
    for case in rounds {
        let chain = any_chain(&fixtures, text(&case["chain"]));
        let beacon = beacon(case);
        let value = beacon.verify(&chain, beacon.round);
        assert_eq!(value, Ok(hash(&case["randomness"])), "{case}");
        let due = chain.round_time(beacon.round);
        assert_eq!(Some(due), case["unix_time"].as_u64());
        assert_eq!(chain.round_at_or_after(due), beacon.round);
        assert_eq!(chain.round_at_or_after(due + 1), beacon.round + 1);

        let json = beacon.to_json();
        assert_eq!(Beacon::parse_json(&json), Ok(beacon.clone()));
        assert_eq!(Beacon::parse_relay(&chain, &json), Ok(beacon.clone()));
        let other = beacon.verify(&chain, beacon.round + 1);
        assert!(matches!(other, Err(BeaconError::Round { .. })));
    }
}

#[test]
fn every_round_that_must_fail_is_refused() {
    let fixtures = fixtures();
    let cases = fixtures["must_fail"].as_array().expect("cases");
    assert_eq!(cases.len(), 9);
    for case in cases {
        let chain = any_chain(&fixtures, text(&case["chain"]));
        let beacon = beacon(case);
        let refused = beacon.verify(&chain, beacon.round).expect_err("a refusal");
        let expected = match text(&case["why"]) {
            "truncated" => BeaconError::Length {
                expected: 48,
                found: 47,
            },
            "point at infinity" => BeaconError::Encoding,
            why if why.starts_with("second 48-byte form") => BeaconError::Encoding,
            _ if refused == BeaconError::Encoding => BeaconError::Encoding,
            _ => BeaconError::Signature,
        };
        assert_eq!(refused, expected, "{case}");
    }
}

#[test]
fn a_point_of_the_curve_outside_the_group_is_refused() {
    let mut point = [0; 48];
    point[0] = 0x80;
    point[47] = 4;
    let outside = bls12_381::G1Affine::from_compressed_unchecked(&point);
    let outside = outside.expect("x = 4 is on the curve");
    assert!(!bool::from(outside.is_torsion_free()));
    let signature = point.to_vec();
    let beacon = Beacon {
        round: 1,
        signature,
        previous: None,
    };
    assert_eq!(beacon.verify(&QUICKNET, 1), Err(BeaconError::Encoding));
}

#[test]
fn relays_may_write_json_as_they_like_but_bundles_may_not() {
    let fixtures = fixtures();
    let case = &fixtures["rounds"][0];
    let signature = text(&case["signature"]);
    let relay = format!(" {{\n \"signature\" : \"{signature}\" , \"round\":1}}\r\n");
    let beacon = Beacon::parse_relay(&QUICKNET, &relay).expect("a v2 answer");
    assert_eq!(beacon.verify(&QUICKNET, 1), Ok(hash(&case["randomness"])));
    assert_eq!(Beacon::parse_json(&relay), Err(BeaconError::Json));

    let canonical = beacon.to_json();
    for changed in [
        canonical.replace(':', ": "),
        canonical.replace("\"round\":1", "\"round\":01"),
        canonical.replace("\"round\":1", "\"round\":\"1\""),
        canonical.to_ascii_uppercase(),
        canonical.trim_end().to_owned(),
        format!("{canonical}\n"),
        format!("{{\"x\":1,{}", &canonical[1..]),
    ] {
        assert!(Beacon::parse_json(&changed).is_err(), "{changed}");
    }
    let swapped = canonical.replace(text(&case["randomness"]), &"0".repeat(64));
    assert_eq!(Beacon::parse_json(&swapped), Err(BeaconError::Randomness));
    assert_eq!(
        Beacon::parse_relay(&QUICKNET, &swapped),
        Err(BeaconError::Randomness)
    );
    for broken in [
        "",
        "{}",
        "[]",
        "{\"round\":1}",
        "{\"round\":1,\"round\":2}",
        "<html>",
    ] {
        assert_eq!(
            Beacon::parse_relay(&QUICKNET, broken),
            Err(BeaconError::Json),
            "{broken}"
        );
    }
}

#[test]
fn a_round_can_be_pasted_as_hexadecimal_digits() {
    let fixtures = fixtures();
    let case = &fixtures["rounds"][0];
    let signature = text(&case["signature"]).to_ascii_uppercase();
    let (left, right) = signature.split_at(20);
    let pasted = Beacon::from_hex(&QUICKNET, 1, &format!("  {left} {right}\n")).expect("pasted");
    assert_eq!(pasted.verify(&QUICKNET, 1), Ok(hash(&case["randomness"])));
    assert_eq!(Beacon::from_hex(&QUICKNET, 1, "zz"), Err(BeaconError::Hex));
    assert_eq!(
        Beacon::from_hex(&QUICKNET, 1, "00"),
        Err(BeaconError::Length {
            expected: 48,
            found: 1
        })
    );
    assert_eq!(
        Beacon::from_hex(&DEFAULT, 1, "00"),
        Err(BeaconError::Previous)
    );
}
