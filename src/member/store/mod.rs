//! All SQL of members.

pub(super) mod askings;
pub(super) mod factors;
pub(super) mod letters;
pub(super) mod members;
pub(super) mod openid;
pub(super) mod receipts;
pub(super) mod sessions;
pub(super) mod tellings;

use lucky_draw::encode::Hash;

use crate::platform::text::Language;

fn language(tag: &str) -> Language {
    let known = Language::ALL.into_iter();
    let mut fitting = known.filter(|language| language.tag() == tag);
    fitting.next().unwrap_or_default()
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().expect("hashes are stored whole"))
}
