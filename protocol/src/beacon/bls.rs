//! BLS signatures over BLS12-381 as drand makes them (RFC 9380 hash-to-curve).
//!
//! Invariant: only the one canonical compressed form of a point of the prime-order subgroup, not
//! the point at infinity, can pass; so a round has exactly one value.

use bls12_381::hash_to_curve::{ExpandMsgXmd, HashToCurve};
use bls12_381::{G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective, multi_miller_loop};
use digest::generic_array::GenericArray;
use digest::generic_array::typenum::{U32, U64};
use digest::{FixedOutput, HashMarker, OutputSizeUser, Update};
use sha2::Digest as _;

use super::{BeaconError, Chain, Group};
use crate::encode::Hash;

/// Checks e(signature, generator) = e(H(message), public key), sides by group.
pub(super) fn verify(chain: &Chain, message: &Hash, signature: &[u8]) -> Result<(), BeaconError> {
    let key = chain.public_key_bytes();
    let holds = match chain.signature_group {
        Group::G1 => {
            let signature = g1(signature)?;
            let key = g2(&key)?;
            let hashed = <G1Projective as HashToCurve<ExpandMsgXmd<Sha256>>>::hash_to_curve(
                [message.as_bytes()],
                chain.dst,
            );
            paired(&signature, &G2Affine::generator(), &hashed.into(), &key)
        }
        Group::G2 => {
            let signature = g2(signature)?;
            let key = g1(&key)?;
            let hashed = <G2Projective as HashToCurve<ExpandMsgXmd<Sha256>>>::hash_to_curve(
                [message.as_bytes()],
                chain.dst,
            );
            paired(&G1Affine::generator(), &signature, &key, &hashed.into())
        }
    };
    if holds {
        Ok(())
    } else {
        Err(BeaconError::Signature)
    }
}

/// Whether e(a, b) = e(c, d), by one product of pairings.
fn paired(a: &G1Affine, b: &G2Affine, c: &G1Affine, d: &G2Affine) -> bool {
    let (b, d) = (G2Prepared::from(*b), G2Prepared::from(*d));
    let product = multi_miller_loop(&[(a, &b), (&-*c, &d)]).final_exponentiation();
    product == bls12_381::Gt::identity()
}

/// A point of G1. `from_compressed` refuses x >= p, wrong flags, points off the curve and points
/// outside the subgroup; re-encoding is compared so that this does not rest on the library alone.
fn g1(bytes: &[u8]) -> Result<G1Affine, BeaconError> {
    let bytes: &[u8; 48] = bytes.try_into().map_err(|_length| BeaconError::Encoding)?;
    let point: Option<G1Affine> = G1Affine::from_compressed(bytes).into();
    point
        .filter(|point| !bool::from(point.is_identity()) && point.to_compressed() == *bytes)
        .ok_or(BeaconError::Encoding)
}

/// A point of G2, under the same conditions as `g1`.
fn g2(bytes: &[u8]) -> Result<G2Affine, BeaconError> {
    let bytes: &[u8; 96] = bytes.try_into().map_err(|_length| BeaconError::Encoding)?;
    let point: Option<G2Affine> = G2Affine::from_compressed(bytes).into();
    point
        .filter(|point| !bool::from(point.is_identity()) && point.to_compressed() == *bytes)
        .ok_or(BeaconError::Encoding)
}

/// This crate's SHA-256 under the traits of digest 0.10, which bls12_381 0.9 asks for.
#[derive(Clone, Default)]
struct Sha256(sha2::Sha256);

impl HashMarker for Sha256 {}

impl OutputSizeUser for Sha256 {
    type OutputSize = U32;
}

impl digest::core_api::BlockSizeUser for Sha256 {
    type BlockSize = U64;
}

impl Update for Sha256 {
    fn update(&mut self, data: &[u8]) {
        sha2::Digest::update(&mut self.0, data);
    }
}

impl FixedOutput for Sha256 {
    fn finalize_into(self, out: &mut GenericArray<u8, U32>) {
        out.copy_from_slice(&self.0.finalize());
    }
}
