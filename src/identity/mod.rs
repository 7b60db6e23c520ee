//! Identity: what people type about themselves, parsed, normalised and masked.
//!
//! Invariant: a value of one of these types has passed its rule, so nobody checks it again; and
//! none of them can be serialised or printed by `Debug`, so they reach a page or a file only
//! through a method that names what is shown ([`mask`]).
//!
//! Not here: keeping any of it (`vault`), which fields an activity asks (`activity`), whether two
//! people are the same (`entry`). This folder reads no clock: a rule that changes with the date
//! takes the day as an argument. It imports no other domain, and any domain may use it.

pub mod address;
pub mod date;
pub mod email;
pub mod found;
pub mod library_card;
pub mod mask;
pub mod mistake;
pub mod name;
pub mod national_id;
pub mod phone;
pub mod typed;
