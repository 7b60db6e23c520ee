//! The receipts that a member keeps in the account: of which activity, and the receipt code.
//!
//! Invariant: they are sealed together in one box, which is as long with none in it as with many;
//! no row of an entry names a member, and no row of a member an activity or an entry. The box opens
//! for the member who is signed in and for nobody else. Once a day all boxes are written anew
//! together, so that the order in which rows were written tells nothing either.
//!
//! Not here: what a receipt code leads to (`entry`); putting one in (`entry`, where somebody who is
//! signed in ticks it).

use lucky_draw::ticket::Secret;
use zeroize::Zeroizing;

use crate::activity::ActivityId;
use crate::platform::db::{Db, Tx};
use crate::platform::ids;
use crate::vault::Vault;
use crate::vault::{self, KeptReceipts, MEMBERS, OwnRecord, Particulars, PublicKeys, ScopeBox};

use super::{Error, MemberId, store};

/// So many receipts an account keeps at most.
pub const MOST: usize = 200;

/// Texts are filled up to a multiple of this many bytes.
const BLOCK: usize = 2_048;
/// How often a box is read again because another page of the same member changed it.
const TIMES_READ: usize = 4;

/// A receipt in an account.
#[derive(Clone)]
pub struct Receipt {
    /// The activity that was entered.
    pub activity: ActivityId,
    /// The receipt code.
    pub secret: Secret,
}

/// The box of receipts of a member.
#[derive(Clone)]
pub struct SealedReceipts {
    /// Its name.
    pub item: String,
    /// The box.
    pub sealed: Vec<u8>,
}

/// The box of a new account.
#[derive(Clone)]
pub struct Empty(pub(super) SealedReceipts);

/// What is sealed of a member, opened for that member.
pub struct Own {
    /// The address.
    pub email: Zeroizing<String>,
    /// The receipts, the newest last.
    pub receipts: Vec<Receipt>,
    read: SealedReceipts,
}

impl Empty {
    /// A new box, outside any transaction.
    pub fn seal(vault: &Vault) -> Result<Empty, Error> {
        let keys = vault.create_scope(MEMBERS)?;
        Ok(Empty(seal(&keys, ids::code(20), &[])?))
    }
}

/// Opens what is sealed of a member who is signed in.
pub async fn open(db: &Db, vault: &Vault, member: &MemberId) -> Result<Own, Error> {
    let id = member.clone();
    let (address, read) = db
        .read("read own account", move |tx| {
            let own = super::own::find(tx, &id)?;
            let kept = store::receipts::find(tx, &id)?.ok_or(Error::Unknown)?;
            Ok::<_, Error>((own.address, kept))
        })
        .await?;
    let boxed = |item: &str, sealed: &[u8]| ScopeBox {
        item: item.to_owned(),
        sealed: sealed.to_vec(),
    };
    let opened: OwnRecord = vault.open_member(
        boxed(&address.item, &address.sealed),
        boxed(&read.item, &read.sealed),
    )?;
    let email = opened.email().ok_or(Error::Unknown)?;
    Ok(Own {
        email: Zeroizing::new(email.to_owned()),
        receipts: parse(opened.receipts().unwrap_or_default()),
        read,
    })
}

/// Puts a receipt into the account; one that is there already stays where it is.
///
/// # Errors
/// [`Error::Full`] where the account keeps [`MOST`].
pub async fn keep(
    db: &Db,
    vault: &Vault,
    member: &MemberId,
    receipt: &Receipt,
) -> Result<(), Error> {
    change(db, vault, member, |receipts| {
        if receipts.iter().any(|known| same(known, receipt)) {
            return Ok(false);
        }
        if receipts.len() >= MOST {
            return Err(Error::Full);
        }
        receipts.push(receipt.clone());
        Ok(true)
    })
    .await
}

/// Takes receipts out of the account: those for which `is_gone` says so.
pub async fn drop_where(
    db: &Db,
    vault: &Vault,
    member: &MemberId,
    is_gone: impl Fn(&Receipt) -> bool,
) -> Result<(), Error> {
    change(db, vault, member, |receipts| {
        let before = receipts.len();
        receipts.retain(|receipt| !is_gone(receipt));
        Ok(receipts.len() != before)
    })
    .await
}

async fn change(
    db: &Db,
    vault: &Vault,
    member: &MemberId,
    change: impl Fn(&mut Vec<Receipt>) -> Result<bool, Error>,
) -> Result<(), Error> {
    for _ in 0..TIMES_READ {
        let mut own = open(db, vault, member).await?;
        if !change(&mut own.receipts)? {
            return Ok(());
        }
        let keys = vault.create_scope(MEMBERS)?;
        let sealed = seal(&keys, own.read.item.clone(), &own.receipts)?;
        let (id, read) = (member.clone(), own.read);
        let replaced = db.write("keep receipts", move |tx| {
            store::receipts::replace(tx, &id, &read, &sealed)
        });
        if replaced.await? {
            return Ok(());
        }
    }
    Err(Error::Twice)
}

fn seal(keys: &PublicKeys, item: String, receipts: &[Receipt]) -> Result<SealedReceipts, Error> {
    let written = Particulars::new().with(&KeptReceipts::new(text(receipts).as_str()));
    Ok(SealedReceipts {
        sealed: vault::seal_to_scope(keys, MEMBERS, &item, &written)?,
        item,
    })
}

/// A line for each, filled up with blanks.
fn text(receipts: &[Receipt]) -> Zeroizing<String> {
    let longest = (receipts.len() + 1) * 64 + BLOCK;
    let mut text = Zeroizing::new(String::with_capacity(longest));
    for receipt in receipts {
        text.push_str(receipt.activity.as_str());
        text.push(' ');
        text.push_str(receipt.secret.as_str());
        text.push('\n');
    }
    let filled = (text.len() / BLOCK + 1) * BLOCK;
    while text.len() < filled {
        text.push(' ');
    }
    text
}

fn parse(text: &str) -> Vec<Receipt> {
    let lines = text.lines().filter_map(|line| line.trim().split_once(' '));
    let read = lines.filter_map(|(activity, secret)| {
        Some(Receipt {
            activity: ActivityId::from(activity),
            secret: Secret::parse(secret).ok()?,
        })
    });
    read.collect()
}

fn same(one: &Receipt, other: &Receipt) -> bool {
    one.activity == other.activity && one.secret.as_str() == other.secret.as_str()
}

/// Writes every box anew, all of them together.
pub(super) fn write_anew(tx: &mut Tx) -> Result<(), Error> {
    Ok(store::receipts::touch_all(tx)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_receipts_are_as_long_as_none() {
        let receipt = |name: &str| Receipt {
            activity: ActivityId::from(name),
            secret: Secret::from_entropy([7; 13]),
        };
        let some: Vec<Receipt> = (0..20).map(|n| receipt(&format!("spring{n:06}"))).collect();
        assert_eq!(text(&[]).len(), text(&some).len());
        let read = parse(&text(&some));
        assert_eq!(read.len(), 20);
        assert!(read.iter().zip(&some).all(|(one, other)| same(one, other)));
        assert!(parse(&text(&[])).is_empty());
    }
}
