//! What each process may touch: no dumps, no key folder, no programs.
