//! A contact has no place for an ID number.
use fairdraw::vault::{Contact, NationalId};

pub fn keep(id: NationalId) -> Contact {
    Contact { national_id: Some(id), ..Contact::default() } //~ E0560
}
