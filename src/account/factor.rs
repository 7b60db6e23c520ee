//! The second step of signing in: a code of one's telephone, a recovery code from paper, or a passkey.
//!
//! Invariant: the telephone's secret is sealed by the vault, which only ever checks codes against
//! it, and recovery codes are kept as SHA-256, so that a copy of the database gives no code. A time
//! step and a recovery code are taken once, in the transaction that lets somebody in. Before that
//! transaction there is no session: what a right passphrase has brought travels sealed through the
//! page ([`Half`]), and dies with its time and with the passphrase.
//!
//! Not here: what a passkey is asked ([`super::passkey`]); how often one may be wrong ([`super::sign_in`]); whether a second step is asked for at
//! all, which the operator sets.

use data_encoding::BASE32_NOPAD;
use lucky_draw::encode::sha256;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::passkey::Answered;
use super::token::TokenHash;
use super::{Error, StaffId, find, note, session, sign_in, store};
use crate::audit::{self, Act, Actor};
use crate::platform::clock::{MINUTE, Timestamp};
use crate::platform::db::{Db, Tx};
use crate::platform::ids;
use crate::vault::{self, TokenError, Vault};

/// So many recovery codes are given at a time.
pub const RECOVERY: usize = 10;
/// How long a page of the second step may lie open, in milliseconds.
pub const PAGE_LIFE: i64 = 15 * MINUTE;

/// Characters of a recovery code, five random bits each.
const RECOVERY_LENGTH: usize = 16;
/// What a telephone shows.
const DIGITS: usize = 6;

/// The second step of an account, as it is kept.
#[derive(Clone)]
pub struct Factor {
    /// The secret, as only the vault can use it; empty after a reset.
    pub(super) sealed: Vec<u8>,
}

/// How the second step of an account stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Since when there is one.
    pub set_at: Option<Timestamp>,
    /// When it was reset; until its owner sets up another.
    pub reset_at: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_left: usize,
}

/// Somebody who gave the right passphrase and is not in yet.
#[derive(Clone)]
pub struct Half {
    /// Who it is.
    pub staff: StaffId,
    /// Of the passphrase that was right: with another one this is worth nothing.
    pub(super) passphrase: String,
}

/// The secret of a telephone that has not shown yet that it works.
#[derive(Clone)]
pub struct Setting {
    /// Who sets it up.
    pub half: Half,
    /// A mark of the secret in whose place it comes ([`mark`]).
    pub present: String,
    telephone: Telephone,
}

/// What a telephone makes codes of, of a member of staff or of a member.
#[derive(Clone)]
pub struct Telephone(Zeroizing<[u8; 20]>);

impl Telephone {
    /// A new secret.
    pub fn fresh() -> Telephone {
        Telephone(ids::secret())
    }

    /// The secret as programs on telephones take it: base32.
    pub fn secret(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&*self.0))
    }

    /// Reads [`Telephone::secret`].
    pub fn parse(text: &str) -> Option<Telephone> {
        let bytes = Zeroizing::new(BASE32_NOPAD.decode(text.as_bytes()).ok()?);
        let secret = <[u8; 20]>::try_from(bytes.as_slice()).ok()?;
        Some(Telephone(Zeroizing::new(secret)))
    }

    /// Seals the secret for good, to its owner, and compares a first code with it; nothing where it
    /// does not fit.
    pub async fn prove(
        &self,
        vault: &Vault,
        owner: &str,
        typed: &str,
        now: Timestamp,
    ) -> Result<Option<(Vec<u8>, i64)>, Error> {
        let Some(code) = digits(typed) else {
            return Ok(None);
        };
        let sealed = vault.soon().seal_factor(owner, &self.0).await?;
        let step = vault.soon().check_code(owner, &sealed, &code, now).await?;
        Ok(step.and_then(as_step).map(|step| (sealed, step)))
    }
}

/// What was typed as the second step, compared before the transaction that takes it.
#[derive(Clone)]
pub enum Typed {
    /// A code of the telephone whose secret is sealed so; it is of this time step.
    Code {
        /// As it was compared.
        sealed: Vec<u8>,
        /// Periods of 30 seconds since 1970.
        step: i64,
    },
    /// The hash of what may be a recovery code.
    Recovery(TokenHash),
    /// A passkey answered what it was asked.
    Passkey(Answered),
    /// None of them.
    Nothing,
}

/// New recovery codes: shown once.
pub struct RecoveryCodes(Vec<Zeroizing<String>>);

impl Half {
    /// As the page carries it.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let words = format!("staff-half {} {}", self.staff, self.passphrase);
        Ok(vault.soon().seal_token(words.as_bytes(), now).await?)
    }

    /// Reads what a page brought back.
    pub async fn open(vault: &Vault, now: Timestamp, text: &str) -> Result<Half, Error> {
        let words = open(vault, now, text).await?;
        let mut words = words.split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some("staff-half"), Some(staff), Some(passphrase)) => Ok(Half {
                staff: StaffId::from(staff),
                passphrase: passphrase.to_owned(),
            }),
            _ => Err(Error::StepGone),
        }
    }
}

impl Setting {
    /// A new secret, in the place of the one that `present` is a mark of.
    pub fn fresh(half: Half, present: String) -> Setting {
        Setting {
            half,
            present,
            telephone: Telephone::fresh(),
        }
    }

    /// The secret as programs on telephones take it: base32.
    pub fn secret(&self) -> Zeroizing<String> {
        self.telephone.secret()
    }

    /// As the page carries it, until a code has shown that the telephone works.
    pub async fn seal(&self, vault: &Vault, now: Timestamp) -> Result<String, Error> {
        let (half, secret) = (&self.half, self.secret());
        let words = Zeroizing::new(format!(
            "staff-setting {} {} {} {}",
            half.staff,
            half.passphrase,
            self.present,
            secret.as_str()
        ));
        Ok(vault.soon().seal_token(words.as_bytes(), now).await?)
    }

    /// Reads what a page brought back.
    pub async fn open(vault: &Vault, now: Timestamp, text: &str) -> Result<Setting, Error> {
        let words = open(vault, now, text).await?;
        let mut words = words.split(' ');
        let mut next = || words.next().ok_or(Error::StepGone);
        let (kind, staff, passphrase, present) = (next()?, next()?, next()?, next()?);
        match (kind, Telephone::parse(next()?)) {
            ("staff-setting", Some(telephone)) => Ok(Setting {
                half: Half {
                    staff: StaffId::from(staff),
                    passphrase: passphrase.to_owned(),
                },
                present: present.to_owned(),
                telephone,
            }),
            _ => Err(Error::StepGone),
        }
    }

    /// Seals the secret for good, and compares a first code with it; nothing where it does not fit.
    pub async fn prove(
        &self,
        vault: &Vault,
        typed: &str,
        now: Timestamp,
    ) -> Result<Option<(Vec<u8>, i64)>, Error> {
        let staff = self.half.staff.as_str();
        self.telephone.prove(vault, staff, typed, now).await
    }
}

impl RecoveryCodes {
    /// Ten new ones.
    pub fn fresh() -> RecoveryCodes {
        let codes = (0..RECOVERY).map(|_| Zeroizing::new(ids::code(RECOVERY_LENGTH)));
        RecoveryCodes(codes.collect())
    }

    /// In groups of four.
    pub fn grouped(&self) -> Vec<String> {
        self.0.iter().map(|code| grouped(code)).collect()
    }

    /// What is kept of them for their owner.
    pub fn hashes(&self, owner: &str) -> Vec<TokenHash> {
        self.0.iter().map(|code| hashed(owner, code)).collect()
    }
}

/// A text in groups of four.
pub fn grouped(text: &str) -> String {
    let letters: Vec<char> = text
        .chars()
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    let groups = letters.chunks(4).map(String::from_iter);
    groups.collect::<Vec<_>>().join(" ")
}

/// How the second step of an account stands.
pub fn state(tx: &mut Tx, staff: &StaffId) -> Result<State, Error> {
    Ok(store::factors::state(tx, staff)?)
}

/// The second step of an account; nothing where there is none, or it was reset.
pub fn of(tx: &mut Tx, staff: &StaffId) -> Result<Option<Factor>, Error> {
    let found = store::factors::find(tx, staff)?;
    Ok(found.filter(|factor| !factor.sealed.is_empty()))
}

/// Compares what was typed with what is kept; nothing is taken yet.
pub async fn compare(db: &Db, vault: &Vault, staff: &StaffId, typed: &str) -> Result<Typed, Error> {
    let owner = staff.clone();
    let found = db
        .read("find second step", move |tx| of(tx, &owner))
        .await?;
    let sealed = found.map(|factor| factor.sealed);
    compare_with(vault, staff.as_str(), sealed, typed, db.clock().now()).await
}

/// Compares what was typed with the sealed secret of its owner, where there is one; what may be a
/// recovery code is compared where it is taken.
pub async fn compare_with(
    vault: &Vault,
    owner: &str,
    sealed: Option<Vec<u8>>,
    typed: &str,
    now: Timestamp,
) -> Result<Typed, Error> {
    if let Some(code) = digits(typed) {
        let Some(sealed) = sealed else {
            return Ok(Typed::Nothing);
        };
        let step = vault.soon().check_code(owner, &sealed, &code, now).await?;
        return Ok(match step.and_then(as_step) {
            Some(step) => Typed::Code { sealed, step },
            None => Typed::Nothing,
        });
    }
    Ok(match recovery_code(typed) {
        Some(code) => Typed::Recovery(hashed(owner, &code)),
        None => Typed::Nothing,
    })
}

/// Takes what was typed, once: whether it was right.
pub(super) fn take(tx: &mut Tx, staff: &StaffId, typed: &Typed) -> Result<bool, Error> {
    match typed {
        Typed::Code { sealed, step } => Ok(store::factors::use_step(tx, staff, sealed, *step)?),
        Typed::Recovery(hash) => {
            // Codes of a telephone that was reset are gone with it.
            let used = store::factors::use_recovery(tx, staff, hash)?;
            if used {
                note(
                    tx,
                    &Actor::Staff(staff.clone()),
                    "staff.recovery_used",
                    staff,
                )?;
            }
            Ok(used)
        }
        Typed::Passkey(answered) => Ok(store::passkeys::take(tx, staff, answered)?),
        Typed::Nothing => Ok(false),
    }
}

/// Keeps the first second step of an account and lets its owner in, in the place of the browser's
/// earlier session.
///
/// # Errors
/// [`Error::StepGone`] where another one was set up meanwhile, or the passphrase was changed.
pub fn set_up(
    tx: &mut Tx,
    half: &Half,
    (sealed, step): (&[u8], i64),
    codes: &RecoveryCodes,
    session: &TokenHash,
    earlier: Option<&TokenHash>,
) -> Result<(), Error> {
    if of(tx, &half.staff)?.is_some() || !sign_in::is_open(tx, half)? {
        return Err(Error::StepGone);
    }
    keep(tx, &half.staff, (sealed, step), codes)?;
    if let Some(earlier) = earlier {
        store::end_session(tx, earlier)?;
    }
    session::open(tx, &half.staff, session, true)?;
    let actor = Actor::Staff(half.staff.clone());
    note(tx, &actor, "staff.signed_in", &half.staff)
}

/// By what a page that puts another secret in the place of this one knows, when it comes back, that
/// it is still the present one: a page is good once.
pub fn mark(sealed: Option<&[u8]>) -> String {
    sealed.map_or_else(|| "-".to_owned(), |sealed| sha256(sealed).to_string())
}

/// Whoever is signed in and takes another telephone.
pub fn setting_of(tx: &mut Tx, staff: &StaffId) -> Result<Setting, Error> {
    let expected = store::expected_of(tx, staff)?.ok_or(Error::Unknown)?;
    let half = Half {
        staff: expected.staff,
        passphrase: expected.passphrase.fingerprint(),
    };
    let present = of(tx, staff)?.map(|factor| factor.sealed);
    Ok(Setting::fresh(half, mark(present.as_deref())))
}

/// Puts another telephone in the place of the present one; other sessions of its owner end.
///
/// # Errors
/// [`Error::StepGone`] where the page was somebody else's or was sent before, or the passphrase was
/// changed since.
pub fn replace(
    tx: &mut Tx,
    own: &session::Session,
    (half, present): (&Half, &str),
    (sealed, step): (&[u8], i64),
    codes: &RecoveryCodes,
) -> Result<(), Error> {
    let staff = &own.staff.id;
    let now = of(tx, staff)?.map(|factor| factor.sealed);
    let is_present = mark(now.as_deref()) == present;
    if half.staff != *staff || !is_present || !sign_in::is_open(tx, half)? {
        return Err(Error::StepGone);
    }
    keep(tx, staff, (sealed, step), codes)?;
    Ok(store::end_sessions(tx, staff, Some(&own.token))?)
}

/// New recovery codes in the place of those that are left.
pub fn renew_recovery(tx: &mut Tx, staff: &StaffId, codes: &RecoveryCodes) -> Result<(), Error> {
    if of(tx, staff)?.is_none() {
        return Err(Error::NoFactor);
    }
    store::factors::replace_recovery(tx, staff, &codes.hashes(staff.as_str()))?;
    note(
        tx,
        &Actor::Staff(staff.clone()),
        "staff.recovery_renewed",
        staff,
    )
}

/// Takes a lost telephone, its recovery codes and all passkeys away, and ends the sessions of their
/// owner, who sets up another after the passphrase.
///
/// # Errors
/// [`Error::OwnFactor`]: nobody resets the own one; [`Error::NoFactor`].
pub fn reset(tx: &mut Tx, actor: &Actor, staff: &StaffId, reason: &str) -> Result<(), Error> {
    if *actor == Actor::Staff(staff.clone()) {
        return Err(Error::OwnFactor);
    }
    find(tx, staff)?;
    if of(tx, staff)?.is_none() {
        return Err(Error::NoFactor);
    }
    store::factors::reset(tx, staff)?;
    store::passkeys::delete_all(tx, staff)?;
    store::end_sessions(tx, staff, None)?;
    let act = Act {
        actor,
        act: "staff.factor_reset",
        activity: "",
        object: staff.as_str(),
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}

fn keep(
    tx: &mut Tx,
    staff: &StaffId,
    (sealed, step): (&[u8], i64),
    codes: &RecoveryCodes,
) -> Result<(), Error> {
    store::factors::keep(tx, staff, sealed, step)?;
    store::factors::replace_recovery(tx, staff, &codes.hashes(staff.as_str()))?;
    note(tx, &Actor::Staff(staff.clone()), "staff.factor_set", staff)
}

/// Reads what a page of the second step brought back.
pub async fn open(vault: &Vault, now: Timestamp, text: &str) -> Result<Zeroizing<String>, Error> {
    let plain = vault.soon().open_token(text, now, PAGE_LIFE).await;
    let plain = plain.map_err(|error| match error {
        TokenError::Expired | TokenError::Broken => Error::StepGone,
        TokenError::Unavailable => Error::Vault(vault::Error::from(vault::Refusal::Away)),
    })?;
    let words = std::str::from_utf8(&plain).map_err(|_| Error::StepGone)?;
    Ok(Zeroizing::new(words.to_owned()))
}

/// Six digits, however wide and wherever the blanks are.
fn digits(typed: &str) -> Option<Zeroizing<String>> {
    let text = Zeroizing::new(typed.nfkc().filter(|c| !is_between(*c)).collect::<String>());
    let fits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(text)
}

/// Sixteen characters, with the look-alikes of Crockford's base 32.
fn recovery_code(typed: &str) -> Option<Zeroizing<String>> {
    let letters =
        typed
            .nfkc()
            .filter(|c| !is_between(*c))
            .map(|letter| match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            });
    let text = Zeroizing::new(letters.take(RECOVERY_LENGTH + 1).collect::<String>());
    let fits = text.len() == RECOVERY_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then_some(text)
}

fn is_between(letter: char) -> bool {
    letter.is_whitespace() || letter == '-'
}

fn hashed(owner: &str, code: &str) -> TokenHash {
    let text = Zeroizing::new(format!("recovery {owner} {code}"));
    TokenHash(Sha256::digest(text.as_bytes()).to_vec())
}

fn as_step(step: u64) -> Option<i64> {
    i64::try_from(step).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let read = |typed| digits(typed).map(|code| code.to_string());
        assert_eq!(read("123 456").as_deref(), Some("123456"));
        assert_eq!(read("１２３４５６").as_deref(), Some("123456"));
        assert_eq!(read("12345"), None);
        assert_eq!(read("12345a"), None);
    }

    #[test]
    fn a_recovery_code_is_read_as_it_was_shown() {
        let codes = RecoveryCodes::fresh();
        let shown = codes.grouped();
        assert_eq!(shown.len(), RECOVERY);
        for (shown, kept) in shown.iter().zip(codes.hashes("a")) {
            let read = recovery_code(&shown.replace('0', "O").replace('1', "l")).expect("a code");
            assert!(hashed("a", &read) == kept);
            assert!(hashed("b", &read) != kept);
        }
        assert!(recovery_code("ABCD EFGH").is_none());
    }
}
