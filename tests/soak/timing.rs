//! A first and a second entry cannot be told apart by time or size.
