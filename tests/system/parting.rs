//! The vault as a process of its own: it dies, and nobody notices.
