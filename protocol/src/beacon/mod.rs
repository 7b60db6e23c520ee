//! The public randomness: rounds of drand (section 4.5b).
//!
//! Invariant: a value leaves this module only after the round's BLS signature was checked against
//! a pinned chain, so it does not matter who delivered the round. Not here: fetching it.

mod bls;
mod chain;
mod json;

use data_encoding::HEXLOWER;

pub use chain::{Chain, DEFAULT, Group, QUICKNET, chain};

use crate::encode::{Hash, sha256};

/// One published round; nothing has been checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beacon {
    /// The round's number.
    pub round: u64,
    /// The signature, compressed.
    pub signature: Vec<u8>,
    /// The signature of the round before, for chained chains.
    pub previous: Option<Vec<u8>>,
}

/// Why a round was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BeaconError {
    /// Not the JSON of a round.
    #[error("not the JSON of a drand round")]
    Json,
    /// Not hexadecimal digits.
    #[error("a signature is written in hexadecimal digits")]
    Hex,
    /// Another round than the one asked for.
    #[error("expected round {expected}, found round {found}")]
    Round {
        /// The round that was asked for.
        expected: u64,
        /// The round that was delivered.
        found: u64,
    },
    /// A signature of another length than the chain's.
    #[error("expected a signature of {expected} bytes, found {found}")]
    Length {
        /// Length in bytes on this chain.
        expected: usize,
        /// Length in bytes as delivered.
        found: usize,
    },
    /// The previous signature is missing, surplus or of the wrong length.
    #[error("the previous signature is missing, surplus or not of the chain's length")]
    Previous,
    /// Not the canonical form of a point of the group, or the point at infinity.
    #[error("the signature is not the canonical encoding of a point of the group")]
    Encoding,
    /// The pinned key did not sign this round.
    #[error("the signature was not made by the chain's key for this round")]
    Signature,
    /// The randomness in the file is not the signature's hash.
    #[error("the randomness is not the hash of the signature")]
    Randomness,
}

impl Beacon {
    /// Checks that this is round `round` of `chain` and gives its value, H(signature).
    ///
    /// # Errors
    ///
    /// Says which property of the round does not hold.
    pub fn verify(&self, chain: &Chain, round: u64) -> Result<Hash, BeaconError> {
        if self.round != round {
            return Err(BeaconError::Round {
                expected: round,
                found: self.round,
            });
        }
        let expected = chain.signature_group.compressed_length();
        if self.signature.len() != expected {
            return Err(BeaconError::Length {
                expected,
                found: self.signature.len(),
            });
        }
        let message = self.message(chain)?;
        bls::verify(chain, &message, &self.signature)?;
        Ok(self.value())
    }

    /// H(signature): drand's randomness. It means nothing before `verify`.
    fn value(&self) -> Hash {
        sha256(&self.signature)
    }

    /// What the chain signs for this round.
    fn message(&self, chain: &Chain) -> Result<Hash, BeaconError> {
        let round = self.round.to_be_bytes();
        match (&self.previous, chain.chained) {
            (None, false) => Ok(sha256(&round)),
            (Some(previous), true) => {
                let fits = if self.round == 1 {
                    previous == chain.group_hash.as_bytes()
                } else {
                    previous.len() == chain.signature_group.compressed_length()
                };
                if !fits {
                    return Err(BeaconError::Previous);
                }
                Ok(sha256(&[previous.as_slice(), &round].concat()))
            }
            (None, true) | (Some(_), false) => Err(BeaconError::Previous),
        }
    }

    /// A round from a pasted signature; white space is ignored, either case is read. Chained
    /// chains need the previous signature as well and so cannot be pasted this way.
    ///
    /// # Errors
    ///
    /// `Hex`, `Length` or `Previous`; the signature itself is for `verify`.
    pub fn from_hex(chain: &Chain, round: u64, signature: &str) -> Result<Beacon, BeaconError> {
        if chain.chained {
            return Err(BeaconError::Previous);
        }
        let digits: String = signature.split_whitespace().collect();
        let signature = hex(&digits)?;
        let expected = chain.signature_group.compressed_length();
        if signature.len() != expected {
            return Err(BeaconError::Length {
                expected,
                found: signature.len(),
            });
        }
        Ok(Beacon {
            round,
            signature,
            previous: None,
        })
    }
}

/// Hexadecimal digits of either case.
fn hex(digits: &str) -> Result<Vec<u8>, BeaconError> {
    HEXLOWER
        .decode(digits.to_ascii_lowercase().as_bytes())
        .map_err(|_not_hex| BeaconError::Hex)
}
