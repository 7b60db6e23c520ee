//! An opened contact written into JSON.
use fairdraw::vault::{OpenedContact, WinnerExport};

pub fn write(winner: &OpenedContact<WinnerExport>) -> String {
    serde_json::to_string(winner).unwrap_or_default() //~ E0277
}
