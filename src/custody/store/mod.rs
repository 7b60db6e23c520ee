//! All SQL of holds, disclosures, the tax vault and incidents.

pub(super) mod disclosures;
pub(super) mod holds;
pub(super) mod incidents;
pub(super) mod tax;

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).expect("counts and ticket indices are not negative")
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).expect("counts and ticket indices fit 63 bits")
}

fn hash(bytes: Vec<u8>) -> [u8; 32] {
    bytes.try_into().expect("a hash has 32 bytes")
}
