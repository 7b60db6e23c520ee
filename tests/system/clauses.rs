//! The clauses T24 to T41 of the policy, one test each.
