//! An opened contact handed to a template as a whole.
use fairdraw::vault::{OpenedContact, WinnerExport};

pub fn show(winner: OpenedContact<WinnerExport>) -> minijinja::Value {
    minijinja::Value::from(minijinja::value::Serde(winner)) //~ E0277
}
