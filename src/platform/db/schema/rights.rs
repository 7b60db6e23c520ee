//! Tables of consents, providers' choices and requests of people (`rights`, `entry`).
