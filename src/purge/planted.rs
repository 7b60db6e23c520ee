//! Made-up people, sealed among the others, so that a scan after the purge means something.
//!
//! What a person typed is known to nobody afterwards, so no scan could look for it. These people
//! are computed from the activity's id, which is public: they are sealed like everybody's contact,
//! have no entry and no ticket, and so no chance. Whoever holds the certificate computes the same
//! people and looks for them (`fairdraw verify-purge`).
//!
//! Invariant: their text is nowhere but in their sealed boxes; the certificate names the id only,
//! or every later scan would find the certificate.

use lucky_draw::encode::{Hash, encode, sha256};

use crate::activity::{self, ActivityId, Stage};
use crate::platform::db::Tx;
use crate::platform::ids;
use crate::platform::text::Language;
use crate::vault::{
    self, AddressLine, Contact, ContactOf, Email, ItemKind, Name, NewBox, Phone, Vault,
};

use super::{Error, Purger, store};

/// How many are sealed in each activity.
pub const PEOPLE: u32 = 8;

/// One made-up person.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// A name that nobody has.
    pub name: String,
    /// A number that may be somebody's; nobody is called.
    pub phone: String,
    /// An address below a domain that cannot exist.
    pub email: String,
    /// A street that does not exist.
    pub address: String,
}

/// The made-up people of an activity, by its id.
pub fn people(activity: &str) -> Vec<Person> {
    (0..PEOPLE).map(|n| person(activity, n)).collect()
}

/// Every text of theirs: what a scan looks for.
pub fn texts(activity: &str) -> Vec<String> {
    let texts = |person: Person| [person.name, person.phone, person.email, person.address];
    people(activity).into_iter().flat_map(texts).collect()
}

fn person(activity: &str, n: u32) -> Person {
    let seed = encode(
        "fairdraw/1/planted",
        &[activity.as_bytes(), n.to_string().as_bytes()],
    );
    let hash = sha256(&seed).to_string();
    let digits: String = sha256(hash.as_bytes())
        .as_bytes()
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .take(8)
        .collect();
    Person {
        name: format!("虛構人物{}", &hash[..8]),
        phone: format!("09{digits}"),
        email: format!("planted.{}@fairdraw.invalid", &hash[8..20]),
        address: format!("虛構路{}號", &hash[20..30]),
    }
}

/// How many boxes of an activity are theirs.
pub fn count(tx: &mut Tx, id: &ActivityId) -> Result<u64, Error> {
    Ok(store::count_planted(tx, id)?)
}

impl Purger {
    /// Seals made-up people in every activity that was published since the last look.
    pub fn plant(&self) -> Result<(), Error> {
        let open = self.db.read_now("list open activities", |tx| {
            let mut bare = Vec::new();
            for facts in activity::list(tx, &[Stage::Open])? {
                if !store::has_planted(tx, &facts.id)? {
                    bare.push(facts.id);
                }
            }
            Ok::<_, Error>(bare)
        })?;
        for id in open {
            self.db
                .write_now("plant", |tx| plant(tx, &self.vault, &id))?;
        }
        Ok(())
    }
}

/// Seals the people of an activity that is open and has none yet. Tells whether it did.
fn plant(tx: &mut Tx, vault: &Vault, id: &ActivityId) -> Result<bool, Error> {
    let facts = activity::by_id(tx, id)?;
    if facts.stage != Stage::Open || store::has_planted(tx, id)? {
        return Ok(false);
    }
    let public = vault::public_keys(tx, id.as_str())?;
    let nobody = Hash([0; 32]);
    for person in people(id.as_str()) {
        let item = ids::code(20);
        let of = ContactOf {
            activity: id.as_str(),
            item: &item,
            tag: &nobody,
            notice: &nobody,
        };
        let contact = Contact {
            name: Some(Name::new(person.name)),
            phone: Some(Phone::new(person.phone)),
            email: Some(Email::new(person.email)),
            address: Some(AddressLine::new(person.address)),
            language: Language::ALL[0],
            ..Contact::default()
        };
        let sealed = vault::seal_contact(vault.sealer(), &public, &of, &contact)?;
        let new = NewBox {
            activity: id.as_str(),
            item: &item,
            kind: ItemKind::Contact,
            sealed: &sealed,
            own_copy: None,
        };
        vault::keep_all(tx, &[new])?;
        store::insert_planted(tx, id, &item)?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_people_of_an_activity_are_the_same_for_everybody_and_of_no_other() {
        let texts_of = |id: &str| texts(id);
        assert_eq!(texts_of("abc"), texts_of("abc"));
        assert_eq!(texts_of("abc").len(), 32);
        let other = texts_of("abd");
        assert!(texts_of("abc").iter().all(|text| !other.contains(text)));
    }
}
