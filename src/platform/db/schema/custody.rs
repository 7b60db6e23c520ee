//! Tables of holds, disclosures, the tax vault and incidents (`custody`).
