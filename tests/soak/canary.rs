//! Two thousand people through every flow, then the purge, then the search.
