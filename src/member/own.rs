//! One's own account: another passphrase, leaving.
//!
//! Invariant: whoever deletes an account deletes every row of it, at once; the vault opens none of
//! its boxes again, from an old copy of the rows neither. What was entered stays with its activity,
//! because nothing says whose it was.

use crate::account::passphrase::PassphraseHash;
use crate::account::token::TokenHash;
use crate::platform::db::{self, Db, Tx};
use crate::platform::text::Language;
use crate::vault::Vault;

use super::letters::{self, Change};
use super::session::{self, Session};
use super::{Error, Member, MemberId, store};

/// A member.
pub fn find(tx: &mut Tx, member: &MemberId) -> Result<Member, Error> {
    store::members::find(tx, member)?.ok_or(Error::Unknown)
}

/// How many people have an account.
pub fn count(tx: &mut Tx) -> Result<i64, Error> {
    Ok(store::members::count(tx)?)
}

/// Sets another passphrase, ends the owner's other sessions and tells the owner; the session that
/// asked goes on with the token `fresh`.
pub fn change_passphrase(
    tx: &mut Tx,
    own: &Session,
    passphrase: &PassphraseHash,
    fresh: &TokenHash,
) -> Result<(), Error> {
    session::goes_on(tx, own)?;
    let member = find(tx, &own.member)?;
    store::members::set_passphrase(tx, &member.id, passphrase)?;
    store::sessions::end_all(tx, &member.id, Some(&own.token))?;
    store::sessions::renew(tx, &own.token, fresh)?;
    // What somebody else asked for with the earlier passphrase is over with it.
    store::askings::drop_of_member(tx, &member.id)?;
    letters::tell(tx, &member, Change::Passphrase)
}

/// Changes the language of letters.
pub fn set_language(tx: &mut Tx, member: &MemberId, language: Language) -> Result<(), Error> {
    Ok(store::members::set_language(tx, member, language)?)
}

/// Deletes an account; a second time is the same.
pub async fn delete(db: &Db, vault: &Vault, member: &MemberId) -> Result<(), Error> {
    let id = member.clone();
    let items = db
        .write("delete account", move |tx| remove(tx, &id))
        .await?;
    for item in items {
        vault.close_member(&item)?;
    }
    Ok(())
}

/// Removes every row of an account; names the boxes that are to be closed.
fn remove(tx: &mut Tx, member: &MemberId) -> Result<Vec<String>, Error> {
    let Some(own) = store::members::find(tx, member)? else {
        return Ok(Vec::new());
    };
    let receipts = store::receipts::find(tx, member)?;
    store::letters::drop_of_tag(tx, &own.address.tag)?;
    store::askings::drop_of_tag(tx, &own.address.tag)?;
    store::askings::drop_of_member(tx, member)?;
    store::sessions::end_all(tx, member, None)?;
    store::receipts::delete(tx, member)?;
    store::factors::delete(tx, member)?;
    store::openid::delete(tx, member)?;
    store::members::delete(tx, member)?;
    db::tidy::wanted(tx)?;
    let items = [Some(own.address.item), receipts.map(|kept| kept.item)];
    Ok(items.into_iter().flatten().collect())
}
