//! Computes a draw from its public inputs, and who moves up when a prize is not claimed.
//!
//! `cargo run -p lucky-draw --example compute_draw`

use lucky_draw::beacon::{Beacon, QUICKNET};
use lucky_draw::encode::sha256;
use lucky_draw::record::{Close, Manifest, Prize, Source, VoidCode};
use lucky_draw::result::{Opening, SettleCode, Slot, holdings, result, settle};
use lucky_draw::ticket::{Secret, bind, commitment, tag};
use lucky_draw::tree::{MemoryTree, leaf_hash};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // 1. What was promised before the first entry.
    let manifest = Manifest {
        origin: "library.example.tw/draw/1".to_owned(),
        rules: sha256(b"One ticket for each reader.\n"),
        opens: QUICKNET.round_time(1000) - 86_400,
        closes: QUICKNET.round_time(1000) - 7200,
        freezes: QUICKNET.round_time(1000) - 3600,
        sources: vec![Source::Drand {
            chain: QUICKNET.hash,
            round: 1000,
        }],
        prizes: vec![Prize {
            slug: "book".to_owned(),
            units: 2,
        }],
        reserves: 1,
        wins_per_person: 1,
        tickets_per_person: 1,
        excludes: Vec::new(),
        supersedes: None,
    };
    manifest.check()?;

    // 2. The list: one leaf for each ticket. Nobody can see from it who entered.
    let activity_key = [7; 32];
    let base = manifest.hash();
    let mut log = MemoryTree::new();
    let mut openings = Vec::new();
    for reader in 0..8_u8 {
        let subject = format!("card:{reader}");
        // In a real draw the secret is random and only the entrant has it.
        let secret = Secret::from_entropy([reader; 13]);
        let opening = Opening {
            tag: tag(&activity_key, &subject),
            bind: bind(&secret.nonce(&base, 0), &subject),
            ticket_no: 0,
        };
        let leaf = commitment(&base, &opening.tag, &opening.bind, opening.ticket_no);
        log.push(leaf_hash(leaf.as_bytes()));
        openings.push(opening);
    }
    let close = Close {
        manifest: base,
        seq: 0,
        size: log.size(),
        root: log.root(),
        voids: vec![(3, VoidCode::W)],
    };

    // 3. The public randomness, checked against the network's key.
    let signature = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
    let beacon = Beacon::from_hex(&QUICKNET, 1000, signature)?;
    let value = beacon.verify(&QUICKNET, 1000)?;

    // 4. The result is a function of all this, and of nothing else.
    let open = |index: u64| openings.get(usize::try_from(index).ok()?).copied();
    let drawn = result(&manifest, &close, &[], &[value.0.to_vec()], open);
    print!("{}", drawn.to_text());

    // 5. A winner does not claim: the first reserve moves up. Nobody chooses who.
    let vacated = Slot::Prize {
        slug: "book".to_owned(),
        unit: 1,
    };
    let settled = settle(
        &manifest,
        &close,
        &[],
        &drawn,
        &[],
        &[(vacated, SettleCode::F)],
        open,
    )?;
    for holding in holdings(&drawn, &[settled]) {
        println!("{} is held by ticket {}", holding.slot, holding.index);
    }
    Ok(())
}
