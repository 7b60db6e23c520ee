//! The register of disclosures: the least, by two, on record.
