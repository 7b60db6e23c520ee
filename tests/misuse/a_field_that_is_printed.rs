//! An opened field in a line of the log.
use fairdraw::vault::{Name, Opened};

pub fn log(name: Opened<'_, Name>) -> String {
    format!("{name}") //~ E0277
}
