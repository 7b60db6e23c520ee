//! Requests that cannot be self-served, with the clocks of the law.
