//! `lucky-draw/v1`: a public draw as mathematics.
//!
//! This crate holds every byte that somebody outside the library must be able to recompute:
//! encodings, commitments, logs, signed notes, the beacon, the order, the result, and the bundle
//! with its verifier. The specification is `docs/draw-protocol.md`; the doc comments cite its
//! sections, and where the two differ the code is wrong.
//!
//! Invariant: every function is total and deterministic. There is no file, network, clock,
//! environment or OS randomness here (the binary `lucky-draw-verify` alone reads files), and no
//! personal data except what a caller passes to check its own receipt.

#![forbid(unsafe_code)]

pub mod beacon;
pub mod bundle;
pub mod encode;
pub mod fork;
pub mod note;
pub mod order;
pub mod record;
pub mod result;
pub mod seed;
pub mod ticket;
pub mod tree;
pub mod verify;
