//! Brief questions as they are answered: tags, lookups, own copies, tokens, codes of staff.
//!
//! Invariant: the keys stay locked from the first question of a message to the last, and each is read
//! from its file once. So a message with many questions costs little more than one, and still no
//! answer comes from a key that was destroyed before it.
//!
//! Not here: how questions come to travel together (`vault::brief`).

use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use lucky_draw::encode::{Hash, encode};
use lucky_draw::ticket;
use sha2::Sha256;
use totp_rs::{Algorithm, Builder};
use zeroize::Zeroizing;

use super::super::budget::{Asked, Budget, BudgetError};
use super::super::crypt::{self, ActivitySecret};
use super::super::keys::{Key, Keys};
use super::super::wire::{Brief, BriefReply, CopyOf, Private, Refusal};
use super::{Keeper, LONGEST, LOOKUP, STAFF, TOKEN, checked, storage};

const TOKEN_AAD: &[u8] = b"fairdraw/1|token";

/// One message of questions.
pub(super) struct Questions<'k> {
    keeper: &'k Keeper,
    keys: MutexGuard<'k, Keys>,
    /// What this message has read.
    read: HashMap<String, Key>,
}

impl Keeper {
    /// Begins a message; nothing else is done with keys until it is dropped.
    pub(super) fn questions(&self) -> Questions<'_> {
        Questions {
            keeper: self,
            keys: self.keys(),
            read: HashMap::new(),
        }
    }
}

impl Questions<'_> {
    pub(super) fn answer(&mut self, brief: Brief) -> Result<BriefReply, Refusal> {
        match brief {
            Brief::Tag { activity, subject } => self
                .tag(&activity, &subject, Asked::Tag)
                .map(|tag| BriefReply::Hash(tag.0)),
            Brief::ListTag { activity, subject } => self
                .tag(&activity, &subject, Asked::Listed)
                .map(|tag| BriefReply::Hash(tag.0)),
            Brief::Lookup { input } => self.lookup(&input),
            Brief::TagsLeft { activity } => {
                let (folder, now) = (self.keys.folder(), self.keeper.clock.now());
                let left = Budget::parts_left(folder, checked(&activity)?, Asked::Tag, now);
                let parts = left.map_err(|error| storage(error.into()))?;
                Ok(BriefReply::Parts(parts))
            }
            Brief::SealOwnCopy {
                of,
                activity,
                entry,
                input,
                plain,
            } => {
                let key = self.own_copy_key(&activity, &entry, &input)?;
                let aad = own_copy_aad(of, &activity, &entry);
                let sealed = crypt::lock(&key, &aad, &crypt::pad(&plain.0));
                Ok(BriefReply::Sealed(sealed))
            }
            Brief::SealToken { plain, now } => self.seal_token(&plain, now),
            Brief::OpenToken {
                token,
                now,
                max_age,
            } => self.open_token(&token, now, max_age),
            Brief::SealFactor { staff, secret } => {
                let key = self.key(STAFF, Refusal::Storage)?;
                Ok(BriefReply::Sealed(crypt::lock(
                    key,
                    &factor_aad(&staff),
                    &secret.0,
                )))
            }
            Brief::CheckCode {
                staff,
                sealed,
                code,
                now,
            } => self.check_code(&staff, &sealed, &code, now),
            Brief::SealPasskey { staff, plain } => {
                let key = self.key(STAFF, Refusal::Storage)?;
                let aad = passkey_aad(&staff);
                Ok(BriefReply::Sealed(crypt::lock(key, &aad, &plain.0)))
            }
            Brief::OpenPasskey { staff, sealed } => {
                let key = self.key(STAFF, Refusal::Storage)?;
                let plain = crypt::unlock(key, &passkey_aad(&staff), &sealed);
                let plain = plain.ok_or(Refusal::Broken)?;
                Ok(BriefReply::Opened(Private(plain.to_vec())))
            }
        }
    }

    pub(super) fn tag(
        &mut self,
        activity: &str,
        subject: &Private,
        asked: Asked,
    ) -> Result<Hash, Refusal> {
        let subject = std::str::from_utf8(&subject.0).map_err(|_| Refusal::Broken)?;
        let secret = self.secret(activity)?;
        // Under the lock of the keys, so that what an activity promises is fixed by the first tag.
        let budget = &self.keeper.budget;
        let mut budget = budget.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.keeper.clock.now();
        let taken = budget.take(self.keys.folder(), activity, asked, now);
        taken.map_err(|error| match error {
            BudgetError::Empty => Refusal::Busy,
            BudgetError::Disk(error) => storage(error.into()),
        })?;
        let key = match asked {
            Asked::Tag | Asked::Match => secret.tag_key(),
            Asked::Listed => secret.list_key(),
        };
        Ok(ticket::tag(&key, subject))
    }

    fn lookup(&mut self, input: &[u8; 32]) -> Result<BriefReply, Refusal> {
        let key = self.key(LOOKUP, Refusal::Storage)?;
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes any key length");
        mac.update(input);
        Ok(BriefReply::Hash(mac.finalize().into_bytes().into()))
    }

    fn own_copy_key(
        &mut self,
        activity: &str,
        entry: &str,
        input: &Private,
    ) -> Result<Key, Refusal> {
        let input = <[u8; 32]>::try_from(input.0.as_slice()).map_err(|_| Refusal::Broken)?;
        Ok(self.secret(activity)?.own_copy(entry, &Hash(input)))
    }

    /// Opens what [`Brief::SealOwnCopy`] sealed.
    pub(super) fn open_own_copy(
        &mut self,
        of: CopyOf,
        (activity, entry): (&str, &str),
        input: &Private,
        sealed: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Refusal> {
        let key = self.own_copy_key(activity, entry, input)?;
        let aad = own_copy_aad(of, activity, entry);
        Ok(crypt::unlock(&key, &aad, sealed).and_then(crypt::unpad))
    }

    fn seal_token(&mut self, plain: &Private, now: i64) -> Result<BriefReply, Refusal> {
        let mut stamped = Zeroizing::new(Vec::with_capacity(plain.0.len() + 8));
        stamped.extend_from_slice(&now.to_be_bytes());
        stamped.extend_from_slice(&plain.0);
        let key = self.key(TOKEN, Refusal::Storage)?;
        let sealed = crypt::lock(key, TOKEN_AAD, &stamped);
        Ok(BriefReply::Text(BASE64URL_NOPAD.encode(&sealed)))
    }

    fn open_token(&mut self, token: &str, now: i64, max_age: i64) -> Result<BriefReply, Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let sealed = BASE64URL_NOPAD
            .decode(token.as_bytes())
            .map_err(|_| Refusal::Broken)?;
        let key = self.key(TOKEN, Refusal::Storage)?;
        let stamped = crypt::unlock(key, TOKEN_AAD, &sealed);
        let stamped = stamped.ok_or(Refusal::Broken)?;
        let (made, plain) = stamped.split_first_chunk::<8>().ok_or(Refusal::Broken)?;
        // A token from the future was made before the clock was set back: as good as too old.
        let age = now.saturating_sub(i64::from_be_bytes(*made));
        if age.saturating_abs() > max_age {
            return Err(Refusal::Expired);
        }
        Ok(BriefReply::Opened(Private(plain.to_vec())))
    }

    /// What was sealed stays here; the step alone is told.
    fn check_code(
        &mut self,
        staff: &str,
        sealed: &[u8],
        code: &Private,
        now: i64,
    ) -> Result<BriefReply, Refusal> {
        let key = self.key(STAFF, Refusal::Storage)?;
        let secret = crypt::unlock(key, &factor_aad(staff), sealed).ok_or(Refusal::Broken)?;
        let secret: [u8; 20] = secret.as_slice().try_into().map_err(|_| Refusal::Broken)?;
        let codes = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_skew(1)
            .with_secret(secret)
            .build()
            .map_err(|_| Refusal::Broken)?;
        let code = std::str::from_utf8(&code.0).map_err(|_| Refusal::Broken)?;
        let seconds = u64::try_from(now / 1_000).map_err(|_| Refusal::Broken)?;
        Ok(BriefReply::Step(codes.check(code, seconds)))
    }

    /// The secret of an activity; without L_A.
    fn secret<'a>(&mut self, activity: &'a str) -> Result<ActivitySecret<'a>, Refusal> {
        let secret = self.key(checked(activity)?, Refusal::NoKey)?.clone();
        Ok(ActivitySecret {
            activity,
            secret,
            librarians: Zeroizing::new([0; 32]),
        })
    }

    /// A key, from its file if this message has not read it yet.
    fn key(&mut self, name: &str, absent: Refusal) -> Result<&Key, Refusal> {
        if !self.read.contains_key(name) {
            let key = self.keys.read(name).map_err(storage)?;
            self.read.insert(name.to_owned(), key.ok_or(absent)?);
        }
        self.read.get(name).ok_or(Refusal::Storage)
    }
}

fn factor_aad(staff: &str) -> Vec<u8> {
    encode("fairdraw/1/staff-factor", &[staff.as_bytes()])
}

fn passkey_aad(staff: &str) -> Vec<u8> {
    encode("fairdraw/1/staff-passkey", &[staff.as_bytes()])
}

fn own_copy_aad(of: CopyOf, activity: &str, entry: &str) -> Vec<u8> {
    let label = match of {
        CopyOf::Contact => "fairdraw/1/own-copy-box",
        CopyOf::Answers => "fairdraw/1/own-copy-answers",
    };
    encode(label, &[activity.as_bytes(), entry.as_bytes()])
}
