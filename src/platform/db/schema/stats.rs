//! Tables of declared tables, their counters and the signed heads of the record (`stats`, `audit`).
