//! An attacker with everything published.
