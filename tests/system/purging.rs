//! The steps of a purge, killed, held up, and gone on with.
