//! The second step of a member who wants one: a code of the telephone, or a recovery code.
//!
//! Invariant: as for staff ([`crate::account::factor`]), the secret is sealed by the vault, a time
//! step and a recovery code are taken once, in the transaction that lets somebody in, and before it
//! there is no session: what a right passphrase has brought travels sealed through the page and dies
//! with its time and with the passphrase. A forgotten passphrase is no way past it.
//!
//! Not here: how often one may be wrong ([`super::sign_in`]).

use zeroize::Zeroizing;

use crate::account;
use crate::account::factor::{self, RecoveryCodes, Telephone, Typed};
use crate::platform::clock::Timestamp;
use crate::platform::db::{Db, Tx};
use crate::vault::Vault;

use super::letters::{self, Change};
use super::session::{self, Session};
use super::{Error, MemberId, store};

/// How the second step of a member stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// In which hour it was set up; nothing where there is none.
    pub set_at: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_left: i64,
}

/// Somebody who gave the right passphrase and is not in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Half {
    /// Who it is.
    pub member: MemberId,
    /// Of the passphrase that was right: with another one this is worth nothing.
    pub(super) passphrase: String,
}

/// The telephone of a member that has not shown yet that it works.
pub struct Setting {
    /// Whose it is.
    pub member: MemberId,
    /// A mark of the secret in whose place it comes ([`factor::mark`]).
    present: String,
    /// What it makes codes of.
    pub telephone: Telephone,
}

impl Half {
    /// As the page carries it.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let words = format!("member-half {} {}", self.member, self.passphrase);
        Ok(vault.soon().seal_token(words.as_bytes(), now).await?)
    }

    /// Reads what a page brought back.
    pub async fn open(vault: &Vault, now: Timestamp, text: &str) -> Result<Half, Error> {
        let words = factor::open(vault, now, text).await?;
        let mut words = words.split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some("member-half"), Some(member), Some(passphrase)) => Ok(Half {
                member: MemberId::from(member),
                passphrase: passphrase.to_owned(),
            }),
            _ => Err(account::Error::StepGone.into()),
        }
    }
}

impl Setting {
    /// A new telephone, in the place of the present one.
    pub fn fresh(tx: &mut Tx, member: &MemberId) -> Result<Setting, Error> {
        let present = store::factors::find(tx, member)?;
        Ok(Setting {
            member: member.clone(),
            present: factor::mark(present.as_deref()),
            telephone: Telephone::fresh(),
        })
    }

    /// As the page carries it, until a code has shown that the telephone works.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let secret = self.telephone.secret();
        let (member, present) = (&self.member, &self.present);
        let words = format!("member-setting {member} {present} {}", secret.as_str());
        let words = Zeroizing::new(words);
        Ok(vault.soon().seal_token(words.as_bytes(), now).await?)
    }

    /// Reads what a page brought back.
    pub async fn open(vault: &Vault, now: Timestamp, text: &str) -> Result<Setting, Error> {
        let words = factor::open(vault, now, text).await?;
        let mut words = words.split(' ');
        let (kind, member, present) = (words.next(), words.next(), words.next());
        let telephone = words.next().and_then(Telephone::parse);
        match (kind, member, present, telephone) {
            (Some("member-setting"), Some(member), Some(present), Some(telephone)) => Ok(Setting {
                member: MemberId::from(member),
                present: present.to_owned(),
                telephone,
            }),
            _ => Err(account::Error::StepGone.into()),
        }
    }

    /// Seals the secret for good, and compares a first code with it; nothing where it does not fit.
    pub async fn prove(
        &self,
        vault: &Vault,
        typed: &str,
        now: Timestamp,
    ) -> Result<Option<(Vec<u8>, i64)>, Error> {
        let owner = owner(&self.member);
        Ok(self.telephone.prove(vault, &owner, typed, now).await?)
    }
}

/// The owner of a secret as the vault knows it; no id of staff has a blank in it.
fn owner(member: &MemberId) -> String {
    format!("member {member}")
}

/// How the second step of a member stands.
pub fn state(tx: &mut Tx, member: &MemberId) -> Result<State, Error> {
    Ok(store::factors::state(tx, member)?)
}

/// Compares what was typed with what is kept; nothing is taken yet.
pub async fn compare(
    db: &Db,
    vault: &Vault,
    member: &MemberId,
    typed: &str,
) -> Result<Typed, Error> {
    let id = member.clone();
    let sealed = db
        .read("find second step", move |tx| store::factors::find(tx, &id))
        .await?;
    let now = db.clock().now();
    Ok(factor::compare_with(vault, &owner(member), sealed, typed, now).await?)
}

/// Takes what was typed, once: whether it was right.
pub(super) fn take(tx: &mut Tx, member: &MemberId, typed: &Typed) -> Result<bool, Error> {
    Ok(match typed {
        Typed::Code { sealed, step } => store::factors::use_step(tx, member, sealed, *step)?,
        Typed::Recovery(hash) => store::factors::use_recovery(tx, member, hash)?,
        // Members have none.
        Typed::Passkey(_) | Typed::Nothing => false,
    })
}

/// Keeps a telephone, in the place of an earlier one, with new recovery codes; other sessions of its
/// owner end.
///
/// # Errors
/// [`account::Error::StepGone`] where the page was somebody else's or was sent before.
pub fn keep(
    tx: &mut Tx,
    own: &Session,
    setting: &Setting,
    (sealed, step): (&[u8], i64),
    codes: &RecoveryCodes,
) -> Result<(), Error> {
    let member = &own.member;
    session::goes_on(tx, own)?;
    let present = store::factors::find(tx, member)?;
    if setting.member != *member || setting.present != factor::mark(present.as_deref()) {
        return Err(account::Error::StepGone.into());
    }
    store::factors::keep(tx, member, sealed, step)?;
    store::factors::replace_recovery(tx, member, &codes.hashes(&owner(member)))?;
    store::sessions::end_all(tx, member, Some(&own.token))?;
    let member = super::own::find(tx, member)?;
    letters::tell(tx, &member, Change::StepOn)
}

/// Takes the second step away; the passphrase alone lets in again.
pub fn remove(tx: &mut Tx, own: &Session) -> Result<(), Error> {
    session::goes_on(tx, own)?;
    store::factors::delete(tx, &own.member)?;
    let member = super::own::find(tx, &own.member)?;
    letters::tell(tx, &member, Change::StepOff)
}
