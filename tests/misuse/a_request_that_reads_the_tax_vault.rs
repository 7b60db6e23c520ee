//! Answering a request reads no ID number.
use fairdraw::vault::{NationalId, OpenedParticulars, RightsReply};

pub fn read(row: &OpenedParticulars<RightsReply>) -> bool {
    row.read::<NationalId>().is_some() //~ E0277
}
