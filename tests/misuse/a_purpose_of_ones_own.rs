//! A purpose that `purpose.rs` does not list.
use fairdraw::vault::WinnerNotice;
use fairdraw::vault::access::{Purpose, PurposeFacts};

pub struct Marketing;

impl Purpose for Marketing { //~ E0277
    const FACTS: PurposeFacts = WinnerNotice::FACTS;
}
