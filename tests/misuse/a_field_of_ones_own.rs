//! A field that the vault does not know.
use fairdraw::vault::{Field, FieldKind};

pub struct Birthday;

impl Field for Birthday { //~ E0277
    const KIND: FieldKind = FieldKind::Name;
}
