//! The pinned drand chains (section 4.5b).
//!
//! Invariant: only main networks stand in the table; a test network or a retired one is unknown.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::encode::Hash;

/// The parameters of one drand chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// drand's name of the chain (its beacon ID).
    pub name: &'static str,
    /// The chain hash, by which manifests name the chain.
    pub hash: Hash,
    /// Unix time of round 1.
    pub genesis: u64,
    /// Seconds from round to round.
    pub period: u64,
    /// The group public key, compressed, in hexadecimal digits.
    pub public_key: &'static str,
    /// The group hash; stands for the signature before round 1.
    pub group_hash: Hash,
    /// The group that signatures are points of; public keys are points of the other one.
    pub signature_group: Group,
    /// Whether a round signs the signature of the round before.
    pub chained: bool,
    /// Domain separation tag of hash-to-curve.
    pub dst: &'static [u8],
}

/// The two source groups of BLS12-381.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Points of 48 bytes.
    G1,
    /// Points of 96 bytes.
    G2,
}

impl Group {
    /// Bytes of a compressed point.
    #[must_use]
    pub const fn compressed_length(self) -> usize {
        match self {
            Group::G1 => 48,
            Group::G2 => 96,
        }
    }
}

/// drand quicknet: a round every 3 seconds, unchained. The one to use.
pub static QUICKNET: Chain = Chain {
    name: "quicknet",
    hash: hash("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
    genesis: 1_692_803_367,
    period: 3,
    public_key: "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    group_hash: hash("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
    signature_group: Group::G1,
    chained: false,
    dst: b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_",
};

/// drand default: a round every 30 seconds, chained. Older.
pub static DEFAULT: Chain = Chain {
    name: "default",
    hash: hash("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"),
    genesis: 1_595_431_050,
    period: 30,
    public_key: "868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",
    group_hash: hash("176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a"),
    signature_group: Group::G2,
    chained: true,
    dst: b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_",
};

/// The pinned chain with this hash.
#[must_use]
pub fn chain(hash: &Hash) -> Option<&'static Chain> {
    [&QUICKNET, &DEFAULT]
        .into_iter()
        .find(|chain| chain.hash == *hash)
}

impl Chain {
    /// The Unix time at which round `round` (from 1) is due; it is never published earlier.
    #[must_use]
    pub fn round_time(&self, round: u64) -> u64 {
        round
            .saturating_sub(1)
            .saturating_mul(self.period)
            .saturating_add(self.genesis)
    }

    /// The first round due at or after the Unix time `unix`.
    #[must_use]
    pub fn round_at_or_after(&self, unix: u64) -> u64 {
        unix.saturating_sub(self.genesis).div_ceil(self.period) + 1
    }

    /// The chain hash, from the parameters: drand's own rule, SHA-256(u32be period ‖ i64be
    /// genesis ‖ public key ‖ group hash ‖ name unless "default").
    #[must_use]
    pub fn computed_hash(&self) -> Hash {
        let period = u32::try_from(self.period).expect("periods are seconds");
        let mut hasher = Sha256::new();
        hasher.update(period.to_be_bytes());
        hasher.update(self.genesis.to_be_bytes());
        hasher.update(self.public_key_bytes());
        hasher.update(self.group_hash);
        if self.name != "default" {
            hasher.update(self.name);
        }
        Hash(hasher.finalize().into())
    }

    pub(super) fn public_key_bytes(&self) -> Vec<u8> {
        HEXLOWER
            .decode(self.public_key.as_bytes())
            .expect("the table holds hexadecimal digits")
    }
}

/// Reads 64 hexadecimal digits at compile time.
const fn hash(text: &str) -> Hash {
    const fn digit(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        }
    }
    let text = text.as_bytes();
    assert!(text.len() == 64, "a hash has 64 digits");
    let mut bytes = [0; 32];
    let mut place = 0;
    while place < 32 {
        bytes[place] = digit(text[2 * place]) << 4 | digit(text[2 * place + 1]);
        place += 1;
    }
    Hash(bytes)
}
