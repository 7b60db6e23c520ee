//! The text of a field read without a purpose.
use fairdraw::vault::Name;

pub fn peek(name: &Name) -> &str {
    name.text() //~ E0599
}
