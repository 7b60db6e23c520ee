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
//!
//! ```
//! use lucky_draw::order::Order;
//!
//! // Everybody who knows the seed knows the order in which the tickets are drawn.
//! let seed = "1bb88cf6083d663f7a9824b8312577c32ae8d0447f3739fbc9abbd9bb143607d".parse()?;
//! let order: Vec<u64> = Order::new(&seed, 10).collect();
//! assert_eq!(order, [8, 0, 9, 1, 5, 3, 7, 4, 2, 6]);
//! # Ok::<(), lucky_draw::encode::HashError>(())
//! ```
//!
//! `examples/` has three programs: `verify_bundle`, `check_receipt` and `compute_draw`. The feature
//! `cli`, on by default, builds `lucky-draw-verify`; a program that only needs the library turns it
//! off.

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
