//! The fields of a person: what the vault seals and, for a purpose, opens.
//!
//! Invariant: a field is wiped when dropped, prints as its name only, and has neither `Serialize`
//! nor `Display` nor `Clone`; outside the vault its text is reached through
//! [`Opened`](super::Opened), which names the purpose. An ID number is no field of a contact: it is
//! never stored of an entry, only of a winner whose prize the tax law lists (`decisions` D17).
//!
//! Not here: what a valid value looks like (`identity`), who may read which field (`purpose`).
//!
//! A contact cannot be written into JSON or a template:
//!
//! ```compile_fail,E0277
//! fn show(contact: &fairdraw::vault::Contact) -> String {
//!     serde_json::to_string(contact).expect("JSON")
//! }
//! ```
//!
//! and its fields keep their text to themselves:
//!
//! ```compile_fail,E0599
//! fn read(name: &fairdraw::vault::Name) -> &str {
//!     name.text()
//! }
//! ```

use std::fmt;

use zeroize::Zeroizing;

use super::access::sealed::Sealed;
use crate::platform::text::Language;

/// A field that a purpose may list.
pub trait Field: Sealed + 'static {
    /// Which field it is.
    const KIND: FieldKind;
}

/// A field of a [`Contact`].
pub trait ContactField: TextField + Inside {}

/// A field that is one text.
pub trait TextField: Field + Worded {}

/// What the vault itself does with a field; the module is private, so nobody else can.
mod inside {
    /// See [`super::ContactField`].
    pub trait Inside: Sized {
        /// This field of a contact, when the person gave it.
        fn of(contact: &super::Contact) -> Option<&Self>;
    }

    /// See [`super::TextField`].
    pub trait Worded {
        /// Its text.
        fn text(&self) -> &str;
    }
}
pub(super) use inside::{Inside, Worded};

/// The fields by name, in the order of the form and of [`FieldSet`]'s bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldKind {
    /// The person's name.
    Name,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// The postal code of the address.
    PostalCode,
    /// The county or city of the address.
    County,
    /// The district of the address.
    District,
    /// The rest of the address.
    AddressLine,
    /// Answers that belong to an entry (judged contests and quizzes).
    LinkedAnswers,
    /// Answers that belong to nobody.
    UnlinkedAnswers,
    /// An ID number, of a winner whose prize the tax law lists; never of an entry.
    NationalId,
    /// The registered address of such a winner.
    RegisteredAddress,
    /// What a person writes to the library, and what is answered.
    RequestText,
    /// The receipts that a member keeps in the account.
    KeptReceipts,
}

impl FieldKind {
    /// Every kind, in order.
    pub const ALL: [FieldKind; 13] = [
        FieldKind::Name,
        FieldKind::Phone,
        FieldKind::Email,
        FieldKind::PostalCode,
        FieldKind::County,
        FieldKind::District,
        FieldKind::AddressLine,
        FieldKind::LinkedAnswers,
        FieldKind::UnlinkedAnswers,
        FieldKind::NationalId,
        FieldKind::RegisteredAddress,
        FieldKind::RequestText,
        FieldKind::KeptReceipts,
    ];

    /// Its name in records, in the data inventory and as the form's field.
    pub fn code(self) -> &'static str {
        match self {
            FieldKind::Name => "name",
            FieldKind::Phone => "phone",
            FieldKind::Email => "email",
            FieldKind::PostalCode => "postal_code",
            FieldKind::County => "county",
            FieldKind::District => "district",
            FieldKind::AddressLine => "address",
            FieldKind::LinkedAnswers => "linked_answers",
            FieldKind::UnlinkedAnswers => "unlinked_answers",
            FieldKind::NationalId => "national_id",
            FieldKind::RegisteredAddress => "registered_address",
            FieldKind::RequestText => "request",
            FieldKind::KeptReceipts => "kept_receipts",
        }
    }

    const fn bit(self) -> u16 {
        1 << (self as u16)
    }
}

/// Which fields are inside a sealed box: readable without opening it, bound to it by the seal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldSet(pub(super) u16);

impl FieldSet {
    pub(super) fn one(kind: FieldKind) -> FieldSet {
        FieldSet(kind.bit())
    }

    pub(super) fn of(kinds: &[FieldKind]) -> FieldSet {
        FieldSet(kinds.iter().fold(0, |bits, kind| bits | kind.bit()))
    }

    /// Those of the set that are among `kinds`.
    pub(super) fn and(self, kinds: &[FieldKind]) -> FieldSet {
        FieldSet(self.0 & FieldSet::of(kinds).0)
    }

    /// Whether the box holds this field.
    pub fn has(self, kind: FieldKind) -> bool {
        self.0 & kind.bit() != 0
    }
}

impl fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = FieldKind::ALL.into_iter().filter(|kind| self.has(*kind));
        f.debug_set().entries(held).finish()
    }
}

/// Makes a field type: a wiped text that shows only its own name. With a member it is a field of a
/// [`Contact`].
macro_rules! field {
    ($(#[$meta:meta])* $name:ident, $member:ident) => {
        field! { $(#[$meta])* $name }

        impl ContactField for $name {}

        impl Inside for $name {
            fn of(contact: &Contact) -> Option<&Self> {
                contact.$member.as_ref()
            }
        }
    };
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Takes the text, which the caller has normalised (`identity`).
            pub fn new(text: impl Into<String>) -> $name {
                $name(Zeroizing::new(text.into()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl Sealed for $name {}

        impl Field for $name {
            const KIND: FieldKind = FieldKind::$name;
        }

        impl TextField for $name {}

        impl Worded for $name {
            fn text(&self) -> &str {
                &self.0
            }
        }
    };
}

field! {
    /// A person's name.
    Name, name
}
field! {
    /// A telephone number.
    Phone, phone
}
field! {
    /// An e-mail address.
    Email, email
}
field! {
    /// The postal code of an address.
    PostalCode, postal_code
}
field! {
    /// The county or city of an address.
    County, county
}
field! {
    /// The district of an address.
    District, district
}
field! {
    /// An address below the district.
    AddressLine, address
}
field! {
    /// An ID number; only of a winner whose prize the tax law lists.
    NationalId
}
field! {
    /// The registered address of such a winner.
    RegisteredAddress
}
field! {
    /// What a person asks about their data, or what is answered.
    RequestText
}
field! {
    /// The receipts that a member keeps in the account: ticket numbers and receipt codes.
    KeptReceipts
}

/// Answers that belong to an entry.
#[derive(Clone, Copy, Debug)]
pub enum LinkedAnswers {}

/// Answers that belong to nobody.
#[derive(Clone, Copy, Debug)]
pub enum UnlinkedAnswers {}

impl Sealed for LinkedAnswers {}
impl Sealed for UnlinkedAnswers {}

impl Field for LinkedAnswers {
    const KIND: FieldKind = FieldKind::LinkedAnswers;
}

impl Field for UnlinkedAnswers {
    const KIND: FieldKind = FieldKind::UnlinkedAnswers;
}

/// How a person can be reached: what one sealed box holds.
#[derive(Default)]
pub struct Contact {
    /// The person's name.
    pub name: Option<Name>,
    /// Where to call.
    pub phone: Option<Phone>,
    /// Where to write.
    pub email: Option<Email>,
    /// The postal code of the address.
    pub postal_code: Option<PostalCode>,
    /// The county or city of the address.
    pub county: Option<County>,
    /// The district of the address.
    pub district: Option<District>,
    /// The rest of the address.
    pub address: Option<AddressLine>,
    /// The language in which the person entered.
    pub language: Language,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Contact({:?}, …)", self.fields())
    }
}

impl Contact {
    /// Which fields the person gave.
    pub fn fields(&self) -> FieldSet {
        let given = self.texts().map(|(kind, _)| kind).collect::<Vec<_>>();
        FieldSet::of(&given)
    }

    /// The given fields and their texts, in order.
    fn texts(&self) -> impl Iterator<Item = (FieldKind, &str)> {
        let texts = [
            (FieldKind::Name, self.name.as_ref().map(Name::text)),
            (FieldKind::Phone, self.phone.as_ref().map(Phone::text)),
            (FieldKind::Email, self.email.as_ref().map(Email::text)),
            (
                FieldKind::PostalCode,
                self.postal_code.as_ref().map(PostalCode::text),
            ),
            (FieldKind::County, self.county.as_ref().map(County::text)),
            (
                FieldKind::District,
                self.district.as_ref().map(District::text),
            ),
            (
                FieldKind::AddressLine,
                self.address.as_ref().map(AddressLine::text),
            ),
        ];
        texts
            .into_iter()
            .filter_map(|(kind, text)| text.map(|text| (kind, text)))
    }

    /// Field by field: number, length as a big-endian `u32`, text; the language comes last.
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Sized at once: a buffer that grows leaves its old bytes behind in freed memory.
        let length: usize = self.texts().map(|(_, text)| text.len() + 5).sum();
        let language = self.language.tag();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length + language.len() + 5));
        let fields = self.texts().map(|(kind, text)| (kind as u8, text));
        for (number, text) in fields.chain([(LANGUAGE, language)]) {
            let length = u32::try_from(text.len()).expect("a field is shorter than 4 GiB");
            bytes.push(number);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }

    /// Reads what [`Contact::encode`] wrote, and nothing else.
    pub(super) fn decode(mut bytes: &[u8]) -> Option<Contact> {
        let mut contact = Contact::default();
        let mut last = None;
        while let Some((number, rest)) = bytes.split_first() {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (text, rest) = rest.split_at_checked(length)?;
            let text = std::str::from_utf8(text).ok()?;
            if last.is_some_and(|last| last >= *number) {
                return None;
            }
            contact.set(*number, text)?;
            last = Some(*number);
            bytes = rest;
        }
        (last == Some(LANGUAGE)).then_some(contact)
    }

    fn set(&mut self, number: u8, text: &str) -> Option<()> {
        if number == LANGUAGE {
            let mut languages = Language::ALL.into_iter();
            self.language = languages.find(|language| language.tag() == text)?;
            return Some(());
        }
        match FieldKind::ALL.get(usize::from(number))? {
            FieldKind::Name => self.name = Some(Name::new(text)),
            FieldKind::Phone => self.phone = Some(Phone::new(text)),
            FieldKind::Email => self.email = Some(Email::new(text)),
            FieldKind::PostalCode => self.postal_code = Some(PostalCode::new(text)),
            FieldKind::County => self.county = Some(County::new(text)),
            FieldKind::District => self.district = Some(District::new(text)),
            FieldKind::AddressLine => self.address = Some(AddressLine::new(text)),
            FieldKind::LinkedAnswers
            | FieldKind::UnlinkedAnswers
            | FieldKind::NationalId
            | FieldKind::RegisteredAddress
            | FieldKind::RequestText
            | FieldKind::KeptReceipts => return None,
        }
        Some(())
    }

    /// Drops every field that is not of `kinds`.
    pub(super) fn keep_only(mut self, kinds: &[FieldKind]) -> Contact {
        let allowed = FieldSet::of(kinds);
        self.name = self.name.filter(|_| allowed.has(FieldKind::Name));
        self.phone = self.phone.filter(|_| allowed.has(FieldKind::Phone));
        self.email = self.email.filter(|_| allowed.has(FieldKind::Email));
        self.postal_code = self
            .postal_code
            .filter(|_| allowed.has(FieldKind::PostalCode));
        self.county = self.county.filter(|_| allowed.has(FieldKind::County));
        self.district = self.district.filter(|_| allowed.has(FieldKind::District));
        self.address = self.address.filter(|_| allowed.has(FieldKind::AddressLine));
        self
    }
}

/// The number of the language in an encoded contact, after all fields.
const LANGUAGE: u8 = 255;

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A contact with every field, each a text that occurs nowhere else.
    pub(in crate::vault) fn full() -> Contact {
        Contact {
            name: Some(Name::new("王小明 Canary-Name")),
            phone: Some(Phone::new("0912345678")),
            email: Some(Email::new("canary@example.org")),
            postal_code: Some(PostalCode::new("804330")),
            county: Some(County::new("高雄市")),
            district: Some(District::new("鼓山區")),
            address: Some(AddressLine::new("美術東二路 7 號")),
            language: Language::En,
        }
    }

    #[test]
    fn a_contact_survives_its_encoding() {
        let decoded = Contact::decode(&full().encode()).expect("decodes");
        assert!(decoded.texts().eq(full().texts()));
        assert_eq!(decoded.language, Language::En);
        let little = Contact {
            email: Some(Email::new("a@b.tw")),
            ..Contact::default()
        };
        let decoded = Contact::decode(&little.encode()).expect("decodes");
        assert_eq!(decoded.fields(), FieldSet::one(FieldKind::Email));
    }

    #[test]
    fn anything_else_is_no_contact() {
        let bytes = full().encode();
        for length in 0..bytes.len() {
            assert!(Contact::decode(&bytes[..length]).is_none());
        }
        let twice = [bytes.as_slice(), bytes.as_slice()].concat();
        assert!(Contact::decode(&twice).is_none());
    }

    #[test]
    fn printing_a_contact_shows_no_value() {
        let contact = full();
        let printed = format!("{contact:?} {:?} {:?}", contact.name, contact.phone);
        for (_, text) in contact.texts() {
            assert!(!printed.contains(text), "{printed}");
        }
        assert!(printed.contains("Email"), "{printed}");
    }

    #[test]
    fn a_purpose_keeps_only_its_own_fields() {
        let kept = full().keep_only(&[FieldKind::Name, FieldKind::Email]);
        assert_eq!(
            kept.fields(),
            FieldSet::of(&[FieldKind::Name, FieldKind::Email])
        );
    }
}
