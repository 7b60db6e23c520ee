//! A contact turned into text before it is sealed.
use fairdraw::vault::Contact;

pub fn text(contact: &Contact) -> String {
    contact.to_string() //~ E0599
}
