//! The seed of a draw (section 4.5).
//!
//! Invariant: the seed depends on the manifest, the close that counts and every source value, in
//! the manifest's order. Not here: where the values come from (`beacon`, `record`).

use crate::encode::{Hash, tagged_hash};

/// TH("seed", `manifest_hash`, `close_hash`, `value_1`, …, `value_m`).
#[must_use]
pub fn seed(manifest: &Hash, close: &Hash, values: &[Vec<u8>]) -> Hash {
    let mut parts: Vec<&[u8]> = vec![manifest.as_bytes(), close.as_bytes()];
    parts.extend(values.iter().map(Vec::as_slice));
    tagged_hash("seed", &parts)
}

/// What a commit source promises: TH("opseed", s) of its secret s.
#[must_use]
pub fn operator_commitment(secret: &[u8; 32]) -> Hash {
    tagged_hash("opseed", &[secret])
}

/// The value of a numbers source: each number in decimal behind which stands a dot, ascending
/// where the manifest says `sorted`, else as drawn. For example `8.9.10.12.31.45.`.
#[must_use]
pub fn numbers_value(sorted: bool, numbers: &[u32]) -> Vec<u8> {
    let mut numbers = numbers.to_vec();
    if sorted {
        numbers.sort_unstable();
    }
    numbers
        .iter()
        .flat_map(|number| format!("{number}.").into_bytes())
        .collect()
}

/// Whether `value` is exactly a numbers value of `count` numbers, in order where `sorted`.
#[must_use]
pub fn is_numbers_value(value: &[u8], sorted: bool, count: u32) -> bool {
    let Some(body) = std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.strip_suffix('.'))
    else {
        return false;
    };
    let numbers: Option<Vec<u32>> = body.split('.').map(|part| part.parse().ok()).collect();
    numbers.is_some_and(|numbers| {
        u32::try_from(numbers.len()) == Ok(count) && numbers_value(sorted, &numbers) == value
    })
}
