//! Mutants of the randomness: other rounds, other chains, other forms of a signature.

use bls12_381::{G1Affine, G2Affine};
use data_encoding::HEXLOWER;
use lucky_draw::beacon::{Beacon, DEFAULT, QUICKNET};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::record::{Reveal, Source};
use lucky_draw::verify::CheckName::{Beacon as Round, Format, Journal, NumbersOrigin, Seed};

use super::forge::Forge;
use super::mutants::Mutants;
use super::plan::rounds;

pub(crate) fn make(mutants: &mut Mutants<'_>) {
    if mutants.base.has("cancel.note") {
        return;
    }
    let sources = mutants.base.forge.manifest().sources;
    for (line, source) in (1..).zip(sources) {
        match source {
            Source::Drand { chain, .. } => {
                signatures(mutants, line, &chain);
                rounds_and_chains(mutants, line, &chain);
            }
            Source::Numbers { .. } => numbers(mutants, line),
            Source::Commit(_) => secrets(mutants, line),
        }
    }
}

/// The field's prime.
const P: &str = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

/// x + p, where 381 bits hold it: a second form of the same point. The three flag bits stay.
fn not_reduced(bytes: &[u8]) -> Option<Vec<u8>> {
    let p = HEXLOWER.decode(P.as_bytes()).expect("hex");
    let flags = bytes[0] & 0xe0;
    let mut sum = bytes.to_vec();
    sum[0] &= 0x1f;
    let mut carry = 0_u16;
    for (digit, add) in sum[..48].iter_mut().zip(&p).rev() {
        let value = u16::from(*digit) + u16::from(*add) + carry;
        *digit = value.to_le_bytes()[0];
        carry = value >> 8;
    }
    (carry == 0 && sum[0] & 0xe0 == 0).then(|| {
        sum[0] |= flags;
        sum
    })
}

/// A point of the curve that is not of the group of order r, near to `bytes`.
fn outside_group(bytes: &[u8]) -> Vec<u8> {
    let mut near = bytes.to_vec();
    loop {
        let last = near.len() - 1;
        near[last] = near[last].wrapping_add(1);
        let outside = if let Ok(bytes) = near.as_slice().try_into() {
            let point = G1Affine::from_compressed_unchecked(&bytes).into_option();
            point.is_some_and(|point| !bool::from(point.is_torsion_free()))
        } else {
            let bytes = near.as_slice().try_into().expect("96 bytes");
            let point = G2Affine::from_compressed_unchecked(&bytes).into_option();
            point.is_some_and(|point| !bool::from(point.is_torsion_free()))
        };
        if outside {
            return near;
        }
    }
}

/// An x to which no point belongs.
fn outside_curve(bytes: &[u8]) -> Vec<u8> {
    let mut near = bytes.to_vec();
    loop {
        let last = near.len() - 1;
        near[last] = near[last].wrapping_add(1);
        let outside = if let Ok(bytes) = near.as_slice().try_into() {
            bool::from(G1Affine::from_compressed_unchecked(&bytes).is_none())
        } else {
            let bytes = near.as_slice().try_into().expect("96 bytes");
            bool::from(G2Affine::from_compressed_unchecked(&bytes).is_none())
        };
        if outside {
            return near;
        }
    }
}

fn beacon(forge: &Forge, line: usize) -> Beacon {
    let file = &forge.files[&format!("beacon-{line}.json")];
    Beacon::parse_json(std::str::from_utf8(file).expect("a text")).expect("a round")
}

/// The site believes another round, and draws by it.
fn believe(forge: &mut Forge, line: usize, beacon: &Beacon) {
    let file = format!("beacon-{line}.json");
    forge.files.insert(file, beacon.to_json().into_bytes());
    forge.values[line - 1] = sha256(&beacon.signature).0.to_vec();
    forge.redraw();
}

fn signatures(mutants: &mut Mutants<'_>, line: usize, chain: &Hash) {
    let honest = beacon(&mutants.base.forge, line);
    let bytes = honest.signature.clone();
    let with = |place: usize, bits: u8| {
        let mut other = bytes.clone();
        other[place] ^= bits;
        other
    };
    let mut infinity = vec![0; bytes.len()];
    infinity[0] = 0xc0;
    let other_round = rounds()
        .iter()
        .find(|round| round.chain.hash == *chain && round.beacon.round != honest.round);
    let other_round = other_round.expect("another round").beacon.signature.clone();
    let mut all = vec![
        ("the negated point", with(0, 0x20)),
        ("the point at infinity", infinity),
        ("another point's x", with(bytes.len() - 1, 1)),
        ("a point outside the group", outside_group(&bytes)),
        ("no point at all", outside_curve(&bytes)),
        ("the flag of compression is clear", with(0, 0x80)),
        ("the flag of infinity is set", with(0, 0x40)),
        ("another round's signature", other_round),
        ("one byte less", bytes[1..].to_vec()),
        ("one byte more", [&bytes[..], &[0]].concat()),
        ("zero bytes", vec![0; bytes.len()]),
    ];
    if let Some(second) = not_reduced(&bytes) {
        all.push(("a coordinate of p or more", second));
    }
    if bytes.len() == 96
        && let Some(second) = not_reduced(&bytes[48..])
    {
        all.push((
            "a second coordinate of p or more",
            [&bytes[..48], &second].concat(),
        ));
    }
    for (what, signature) in all {
        let length = signature.len() == bytes.len();
        let words = format!("beacon-{line}.json: {what}, and the draw that it gives");
        mutants.by_site("bls", words, &[Round], |forge| {
            let beacon = Beacon {
                signature,
                ..honest.clone()
            };
            believe(forge, line, &beacon);
        });
        if length {
            mutants.only_by_bls();
        }
    }
}

fn rounds_and_chains(mutants: &mut Mutants<'_>, line: usize, chain: &Hash) {
    let honest = beacon(&mutants.base.forge, line);
    let other = rounds()
        .iter()
        .find(|round| round.chain.hash == *chain && round.beacon.round > honest.round);
    let other = other.or_else(|| {
        let mut rounds = rounds().iter();
        rounds.find(|round| round.chain.hash == *chain && round.beacon.round != honest.round)
    });
    let other = &other.expect("another round").beacon;
    let file = format!("beacon-{line}.json");
    let each = format!("{file}: ");
    mutants.by_hand(
        "round",
        each.clone() + "another round",
        &[Round],
        |bundle| {
            bundle.insert(&file, other.to_json());
        },
    );
    mutants.by_site(
        "round",
        each.clone() + "another round, and its draw",
        &[Round],
        |forge| {
            believe(forge, line, other);
        },
    );
    mutants.by_site(
        "round",
        each.clone() + "another round under this number",
        &[Round],
        |forge| {
            let beacon = Beacon {
                round: honest.round,
                ..other.clone()
            };
            believe(forge, line, &beacon);
        },
    );
    mutants.only_by_bls();
    mutants.by_site(
        "round",
        each.clone() + "this round under another number",
        &[Round],
        |forge| {
            let beacon = Beacon {
                round: honest.round + 1,
                ..honest.clone()
            };
            believe(forge, line, &beacon);
        },
    );
    let foreign = rounds().iter().find(|round| round.chain.hash != *chain);
    let foreign = &foreign.expect("a round of the other chain").beacon;
    mutants.by_site(
        "chain",
        each.clone() + "a round of the other chain",
        &[Round],
        |forge| {
            let beacon = Beacon {
                round: honest.round,
                ..foreign.clone()
            };
            believe(forge, line, &beacon);
        },
    );
    let previous = match &honest.previous {
        None => Some(vec![1; 96]),
        Some(_) => None,
    };
    let words = each.clone() + "a previous signature where none belongs, or none where one belongs";
    mutants.by_site("chain", words, &[Round], |forge| {
        let beacon = Beacon {
            previous,
            ..honest.clone()
        };
        believe(forge, line, &beacon);
    });
    if let Some(honest_previous) = &honest.previous {
        let words = each.clone() + "another previous signature";
        mutants.by_site("chain", words, &[Round], |forge| {
            let mut previous = honest_previous.clone();
            previous[50] ^= 1;
            let beacon = Beacon {
                previous: Some(previous),
                ..honest.clone()
            };
            believe(forge, line, &beacon);
        });
        mutants.only_by_bls();
    }
    json(mutants, line);
    // The manifest names another chain, from the start; the tickets were bound to it.
    let fastnet = "dbd506d6ef76e5f386f41c651dcb808c5bcbd75471cc4eafa3f4df7ad4e4c493";
    let quicknet_t = "cc9c398442737cbd141526600919edd69f1d6f9b4adb67e4d912fbc64341a9a5";
    let swapped = if *chain == QUICKNET.hash {
        DEFAULT.hash
    } else {
        QUICKNET.hash
    };
    for (what, hash) in [
        ("fastnet, which is retired", fastnet.to_owned()),
        ("a test network", quicknet_t.to_owned()),
        ("a chain that nobody knows", sha256(b"a chain").to_string()),
        ("the other pinned chain", swapped.to_string()),
    ] {
        let words = format!("the manifest's source {line} is {what}");
        mutants.by_site("chain", words, &[Round], |forge| {
            rename_chain(forge, chain, &hash);
        });
    }
}

/// Every manifest of the chain names another drand chain.
fn rename_chain(forge: &mut Forge, old: &Hash, new: &str) {
    let names: Vec<String> = forge.notes.keys().cloned().collect();
    for name in names {
        if name.starts_with("base-") || name == "manifest.note" {
            forge.change(&name, |text| text.replace(&old.to_string(), new));
        }
    }
    forge.redraw();
}

fn json(mutants: &mut Mutants<'_>, line: usize) {
    let file = format!("beacon-{line}.json");
    let honest = mutants.base.forge.files[&file].clone();
    let honest = String::from_utf8(honest).expect("a text");
    let randomness = honest.split('"').nth(5).expect("the randomness").to_owned();
    for (what, text) in [
        ("a space in it", honest.replacen(':', ": ", 1)),
        (
            "digits in upper case",
            honest.to_uppercase().replace("ROUND", "round"),
        ),
        (
            "another randomness",
            honest.replace(&randomness, &sha256(b"x").to_string()),
        ),
        ("the keys in another order", {
            let round = honest
                .split(',')
                .next()
                .expect("a round")
                .trim_start_matches('{');
            let rest = honest[1 + round.len() + 1..]
                .trim_end()
                .trim_end_matches('}');
            format!("{{{rest},{round}}}\n")
        }),
        ("a key more", honest.replacen('{', "{\"more\":1,", 1)),
        ("the round as a text", {
            let round = honest.split([':', ',']).nth(1).expect("a number");
            honest.replacen(round, &format!("\"{round}\""), 1)
        }),
        ("the round 0", {
            let round = honest.split([':', ',']).nth(1).expect("a number");
            honest.replacen(round, "0", 1)
        }),
        ("the round with a point", {
            let round = honest.split([':', ',']).nth(1).expect("a number");
            honest.replacen(round, &format!("{round}.0"), 1)
        }),
        ("no line feed", honest.trim_end().to_owned()),
    ] {
        mutants.by_hand(
            "beacon-file",
            format!("{file}: {what}"),
            &[Format],
            |bundle| {
                bundle.insert(&file, text);
            },
        );
    }
}

fn numbers(mutants: &mut Mutants<'_>, line: usize) {
    let file = format!("numbers-{line}.txt");
    let honest = mutants.base.forge.files[&file].clone();
    let honest = String::from_utf8(honest).expect("a text");
    for (what, text) in [
        ("not ascending", "9.8.10.12.31.45.\n"),
        ("one number less", "8.9.10.12.31.\n"),
        ("one number more", "8.9.10.12.31.45.46.\n"),
        ("a leading zero", "08.9.10.12.31.45.\n"),
        ("a sign", "+8.9.10.12.31.45.\n"),
        ("a number of 2^32", "8.9.10.12.31.4294967296.\n"),
        ("commas", "8,9,10,12,31,45,\n"),
        ("no last dot", "8.9.10.12.31.45\n"),
        ("no line feed", "8.9.10.12.31.45."),
        ("two line feeds", "8.9.10.12.31.45.\n\n"),
        ("no numbers", "\n"),
    ] {
        mutants.by_hand("numbers", format!("{file}: {what}"), &[Format], |bundle| {
            bundle.insert(&file, text);
        });
    }
    let other = honest.replace("45.", "46.");
    mutants.by_hand(
        "numbers",
        format!("{file}: other numbers"),
        &[Seed],
        |bundle| {
            bundle.insert(&file, other.clone());
        },
    );
    let words = format!("{file}: other numbers, and the draw that they give");
    mutants.by_site("numbers", words, &[NumbersOrigin], |forge| {
        forge.values[line - 1] = other.trim_end().as_bytes().to_vec();
        forge.files.insert(file.clone(), other.clone().into_bytes());
        forge.redraw();
    });
    mutants.only_by_time();
    for (what, slug) in [
        ("no issue", "lotto649"),
        ("an issue without a game", "-113000075"),
        ("an issue of letters", "lotto649-may"),
    ] {
        let words = format!("the manifest's source {line} names {what}");
        mutants.by_site("numbers", words, &[NumbersOrigin, Format], |forge| {
            let names: Vec<String> = forge.notes.keys().cloned().collect();
            for name in names {
                if name.starts_with("base-") || name == "manifest.note" {
                    forge.change(&name, |text| text.replace("lotto649-113000075", slug));
                }
            }
        });
    }
}

fn secrets(mutants: &mut Mutants<'_>, line: usize) {
    let note = format!("reveal-{line}.note");
    let proof = format!("reveal-{line}.proof");
    let reveal = Reveal::parse(&mutants.base.forge.notes[&note]).expect("a reveal note");
    let words = format!("{note}: another secret, and the draw that it gives");
    mutants.by_site("commit", words, &[Round], |forge| {
        let other = Reveal {
            secret: [8; 32],
            ..reveal.clone()
        };
        forge.change(&note, |_| other.to_text());
        forge.values[line - 1] = vec![8; 32];
        forge.redraw();
    });
    let words = format!("{note}: another draw's");
    mutants.by_site("commit", words, &[Round], |forge| {
        let other = Reveal {
            manifest: sha256(b"another"),
            ..reveal.clone()
        };
        forge.change(&note, |_| other.to_text());
    });
    let words = format!("{note} is kept back, and the draw goes on with zeros");
    mutants.by_site("commit", words, &[Round], |forge| {
        forge.notes.remove(&note);
        forge.proofs.remove(&proof);
        forge.values[line - 1] = vec![0; 32];
        forge.redraw();
    });
    let words = format!("{note} is kept back, and the draw goes on with the secret");
    mutants.by_site("commit", words, &[Round], |forge| {
        forge.notes.remove(&note);
        forge.proofs.remove(&proof);
    });
    let words = format!("{note}: the witnesses saw it two days later");
    mutants.by_site("commit", words, &[Round], |forge| {
        let seen = forge.proofs.get_mut(&proof).expect("a proof");
        seen.times.iter_mut().for_each(|seen| seen.1 += 172_800);
    });
    let words = format!("{note}: too few witnesses saw it");
    mutants.by_site("commit", words, &[Round], |forge| {
        forge
            .proofs
            .get_mut(&proof)
            .expect("a proof")
            .times
            .truncate(1);
    });
    let words = format!("{note} stands in the journal before the manifest");
    mutants.by_site("commit", words, &[Journal], |forge| {
        let text = forge.notes[&note].clone();
        let place = forge.leaf(&text);
        forge.remove_leaf(place);
        let start = usize::try_from(forge.start).expect("small");
        forge.insert_leaf(start, &text);
        let seen = forge.proofs.get_mut(&proof).expect("a proof");
        seen.index = start as u64;
        seen.size = forge.leaves.len() as u64;
    });
}
