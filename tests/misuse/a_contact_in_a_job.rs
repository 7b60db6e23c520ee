//! Sealed texts, not contacts, are what a job may carry.
use fairdraw::vault::Name;

#[derive(serde::Serialize)] //~ E0277
pub struct Letter {
    name: Name,
}
