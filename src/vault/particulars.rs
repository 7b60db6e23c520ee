//! A few fields of a person that belong to no entry: a payee's, or those of a request.
//!
//! Invariant: as for a contact, the text is wiped when dropped and comes back through a purpose
//! that lists its field.
//!
//! Not here: the contact of an entry (`field`), which can hold no ID number.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use zeroize::Zeroizing;

use super::access::{MayRead, Opened, Purpose};
use super::field::{FieldKind, FieldSet, TextField};

/// The fields of one sealed box of a scope.
#[derive(Default)]
pub struct Particulars {
    texts: BTreeMap<u8, Zeroizing<String>>,
}

impl fmt::Debug for Particulars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Particulars({:?}, …)", self.fields())
    }
}

impl Particulars {
    /// Nothing yet.
    pub fn new() -> Particulars {
        Particulars::default()
    }

    /// The same with one field more; a field of the same kind gives way.
    pub fn with<F: TextField>(mut self, field: &F) -> Particulars {
        let text = Zeroizing::new(field.text().to_owned());
        self.texts.insert(F::KIND as u8, text);
        self
    }

    /// Which fields there are.
    pub fn fields(&self) -> FieldSet {
        let kinds = FieldKind::ALL.into_iter();
        let held: Vec<FieldKind> = kinds
            .filter(|kind| self.texts.contains_key(&(*kind as u8)))
            .collect();
        FieldSet::of(&held)
    }

    /// Field by field: number, length as a big-endian `u32`, text.
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let length: usize = self.texts.values().map(|text| text.len() + 5).sum();
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        for (number, text) in &self.texts {
            let length = u32::try_from(text.len()).expect("a field is shorter than 4 GiB");
            bytes.push(*number);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }

    /// Reads what [`Particulars::encode`] wrote, and nothing else.
    pub(super) fn decode(mut bytes: &[u8]) -> Option<Particulars> {
        let mut particulars = Particulars::default();
        while let Some((number, rest)) = bytes.split_first() {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (text, rest) = rest.split_at_checked(length)?;
            let text = Zeroizing::new(std::str::from_utf8(text).ok()?.to_owned());
            FieldKind::ALL.get(usize::from(*number))?;
            let in_order = particulars.texts.keys().all(|known| known < number);
            if !in_order {
                return None;
            }
            particulars.texts.insert(*number, text);
            bytes = rest;
        }
        Some(particulars)
    }

    /// Drops every field that is not of `kinds`.
    pub(super) fn keep_only(mut self, kinds: &[FieldKind]) -> Particulars {
        self.texts
            .retain(|number, _| kinds.iter().any(|kind| *kind as u8 == *number));
        self
    }
}

/// The particulars of one box, open for the purpose `P`.
pub struct OpenedParticulars<P: Purpose> {
    particulars: Particulars,
    purpose: PhantomData<P>,
}

impl<P: Purpose> OpenedParticulars<P> {
    pub(super) fn new(particulars: Particulars) -> OpenedParticulars<P> {
        OpenedParticulars {
            particulars: particulars.keep_only(P::FACTS.reads),
            purpose: PhantomData,
        }
    }

    /// One field, when it was written.
    pub fn read<F: TextField>(&self) -> Option<Opened<'_, F>>
    where
        P: MayRead<F>,
    {
        let text = self.particulars.texts.get(&(F::KIND as u8))?;
        Some(Opened::new(text))
    }
}

impl<P: Purpose> fmt::Debug for OpenedParticulars<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedParticulars({}, …)", P::FACTS.code)
    }
}

#[cfg(test)]
mod tests {
    use super::super::field::{Name, NationalId};
    use super::*;

    #[test]
    fn particulars_survive_their_encoding_and_print_no_value() {
        let written = Particulars::new()
            .with(&NationalId::new("A123456789"))
            .with(&Name::new("王小明"));
        let bytes = written.encode();
        let read = Particulars::decode(&bytes).expect("decodes");
        assert_eq!(read.texts, written.texts);
        for length in 1..bytes.len() {
            let cut = Particulars::decode(&bytes[..length]);
            assert!(cut.is_none_or(|cut| cut.texts.len() < 2), "{length}");
        }
        assert!(Particulars::decode(&[bytes.as_slice(), &bytes].concat()).is_none());
        let printed = format!("{written:?}");
        assert!(printed.contains("NationalId") && !printed.contains("A123456789"));
    }
}
