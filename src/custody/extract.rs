//! What a file that leaves holds, cell by cell.
//!
//! Invariant: a cell is one field that its purpose may read.

use zeroize::Zeroizing;

use crate::platform::text::{self, Language};
use crate::vault::{
    AddressLine, County, District, Email, FieldKind, MayRead, Name, OpenedContact, Phone,
    PostalCode, Purpose,
};

/// One field of an opened contact; empty where the person did not give it.
pub(super) fn cell<P>(contact: &OpenedContact<P>, kind: FieldKind) -> Zeroizing<String>
where
    P: Purpose
        + MayRead<Name>
        + MayRead<Phone>
        + MayRead<Email>
        + MayRead<PostalCode>
        + MayRead<County>
        + MayRead<District>
        + MayRead<AddressLine>,
{
    let text = match kind {
        FieldKind::Name => contact.read::<Name>().map(|field| field.expose()),
        FieldKind::Phone => contact.read::<Phone>().map(|field| field.expose()),
        FieldKind::Email => contact.read::<Email>().map(|field| field.expose()),
        FieldKind::PostalCode => contact.read::<PostalCode>().map(|field| field.expose()),
        FieldKind::County => contact.read::<County>().map(|field| field.expose()),
        FieldKind::District => contact.read::<District>().map(|field| field.expose()),
        FieldKind::AddressLine => contact.read::<AddressLine>().map(|field| field.expose()),
        _ => None,
    };
    Zeroizing::new(text.unwrap_or_default().to_owned())
}

/// The name of a field.
pub(super) fn field_words(language: Language, kind: FieldKind) -> String {
    let id = match kind {
        FieldKind::Name => "custody-field-name",
        FieldKind::Phone => "custody-field-phone",
        FieldKind::Email => "custody-field-email",
        FieldKind::PostalCode => "custody-field-postal-code",
        FieldKind::County => "custody-field-county",
        FieldKind::District => "custody-field-district",
        _ => "custody-field-address",
    };
    text::message(language, id, &[])
}
