//! A payee's row opens for filing and for nothing else.
use fairdraw::vault::{NationalId, OpenedParticulars, RecordedInScope, WinnerNotice};

pub fn read(row: &OpenedParticulars<WinnerNotice>) -> bool {
    row.read::<NationalId>().is_some() //~ E0277
}

pub fn record(_: RecordedInScope<WinnerNotice>) {} //~ E0277
