//! Named rows are held beyond the purge, by two, for a time.
