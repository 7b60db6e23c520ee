//! A purpose that is given a field from outside.
use fairdraw::vault::{MayRead, Phone, WinnerNotice};

impl MayRead<Phone> for WinnerNotice {} //~ E0117
