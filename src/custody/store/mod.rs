//! All SQL of holds, disclosures, the tax vault and incidents.

pub(super) mod disclosures;
pub(super) mod holds;
pub(super) mod incidents;
pub(super) mod tax;
