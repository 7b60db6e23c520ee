//! The list of winners never holds an ID number.
use fairdraw::vault::{MayRead, NationalId, WinnerExport};

fn reads<P: MayRead<NationalId>>() {}

pub fn export() {
    reads::<WinnerExport>() //~ E0277
}
