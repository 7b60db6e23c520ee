//! The purge killed at every step, twenty times.
