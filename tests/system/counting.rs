//! Statistics without persons: declared, counted once, never below the threshold.
