//! The keeper: alone with the private keys, it answers one message at a time.
//!
//! Invariant: private keys leave neither this module nor, longer than one message takes, its
//! memory: every message reads the key file anew, so a destroyed key is destroyed at once.
//! Contact data is opened only after the public texts in the message itself were verified.
//!
//! Not here: SQL, audit records and permissions, which are the callers'.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use lucky_draw::bundle::Bundle;
use lucky_draw::encode::Hash;
use lucky_draw::note::Signer;
use lucky_draw::record::{Freeze, Manifest, Source};
use lucky_draw::seed::operator_commitment;
use lucky_draw::ticket;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::access::Audience;
use super::crypt::{self, ActivitySecret, Binding, Scope};
use super::field::{Contact, FieldKind};
use super::keys::{self, Key, KeyError, Keys};
use super::ledger::{self, LedgerError, Opening};
use super::winner::{self, Facts};
use super::wire::{
    AnswerBox, CheckpointOf, FileSystem, NotAWinner, Private, Refusal, Reply, Request, Shredded,
    WinnerBox,
};
use super::{OpenError, disk, purpose};

/// Names of the site's own keys; the dot keeps them apart from activities.
const SIGNING: &str = "site.signing";
const LOOKUP: &str = "site.lookup";
const TOKEN: &str = "site.token";

/// The longest note, sealed box or token that is looked at, in bytes.
const LONGEST: usize = 1 << 20;

/// The longest bundle, in bytes: a million tickets take half of it.
const LONGEST_BUNDLE: usize = 1 << 26;

/// How many verified bundles are remembered.
const REMEMBERED: usize = 8;

const SHRED_METHOD: &str =
    "overwrite 4096 bytes in place, fdatasync, unlink, fsync folder, rotate key-encryption key";

pub(super) struct Keeper {
    signer: Signer,
    journal_signer: Signer,
    keys: Mutex<Keys>,
    /// What verified bundles say, by the hash of the bundle, the last first.
    verified: Mutex<Vec<(Hash, Arc<Facts>)>>,
}

impl Keeper {
    /// Opens the key folder and makes the site's keys at the first start.
    pub(super) fn open(folder: &Path, site: &str) -> Result<Keeper, OpenError> {
        let keys = Keys::open(folder)?;
        let seed = keys.obtain(SIGNING)?;
        keys.obtain(LOOKUP)?;
        keys.obtain(TOKEN)?;
        let signer = Signer::new(site, *seed)?;
        let journal_signer = signer.with_name(&format!("{site}/journal"))?;
        Ok(Keeper {
            signer,
            journal_signer,
            keys: Mutex::new(keys),
            verified: Mutex::default(),
        })
    }

    /// Answers one message.
    pub(super) fn answer(&self, request: Request) -> Result<Reply, Refusal> {
        match request {
            Request::Vkey => Ok(Reply::Text(self.signer.vkey())),
            Request::SignNote { text } => sign(&self.signer, &text),
            Request::SignCheckpoint { of, text } => match of {
                CheckpointOf::Journal => sign(&self.journal_signer, &text),
                CheckpointOf::Draw => sign(&self.signer, &text),
            },
            Request::CreateActivity { activity } => self.create_activity(&activity),
            Request::PromiseSecret { activity, draw } => {
                let name = secret_name(&activity, &draw)?;
                let secret = self.keys().obtain(&name).map_err(storage)?;
                Ok(Reply::Hash(operator_commitment(&secret).0))
            }
            Request::RevealSecret {
                activity,
                draw,
                manifest,
                freeze,
            } => self.reveal_secret(&secret_name(&activity, &draw)?, &manifest, &freeze),
            Request::Tag { activity, subject } => {
                self.tag(&activity, &subject).map(|tag| Reply::Hash(tag.0))
            }
            Request::MatchId {
                activity,
                subject,
                tag,
            } => {
                let shown = self.tag(&activity, &subject)?;
                Ok(Reply::Holds(shown.0.ct_eq(&tag).into()))
            }
            Request::Lookup { input } => self.lookup(&input),
            Request::SealOwnCopy {
                activity,
                entry,
                input,
                contact,
            } => {
                let key = self.own_copy_key(&activity, &entry, &input)?;
                let aad = own_copy_aad(&activity, &entry);
                Ok(Reply::Sealed(crypt::lock(
                    &key,
                    &aad,
                    &crypt::pad(&contact.0),
                )))
            }
            Request::OpenOwnCopy {
                activity,
                entry,
                input,
                sealed,
            } => {
                let key = self.own_copy_key(&activity, &entry, &input)?;
                let aad = own_copy_aad(&activity, &entry);
                opened(crypt::unlock(&key, &aad, &sealed).and_then(crypt::unpad))
            }
            Request::SealToken { plain, now } => self.seal_token(&plain, now),
            Request::OpenToken {
                token,
                now,
                max_age,
            } => self.open_token(&token, now, max_age),
            Request::OpenAnswers { activity, boxes } => self.open_answers(&activity, &boxes),
            Request::OpenWinners {
                activity,
                purpose,
                bundle,
                boxes,
            } => self.open_winners(&activity, &purpose, &bundle, &boxes),
            Request::CountOpenings { activity } => {
                let count = ledger::count(self.keys().folder(), checked(&activity)?);
                Ok(Reply::Count(count.map_err(|error| storage(error.into()))?))
            }
            Request::Erase { activity } => self.erase(&activity),
            Request::HoldsKey { activity } => {
                let name = checked(&activity)?;
                Ok(Reply::Holds(self.keys().holds(name).map_err(storage)?))
            }
            Request::WasErased { activity } => {
                let name = checked(&activity)?;
                Ok(Reply::Holds(self.keys().was_erased(name).map_err(storage)?))
            }
            Request::FileSystem => Ok(Reply::FileSystem(FileSystem::of(self.keys().folder()))),
            Request::Scan { needles } => self.scan(&needles),
        }
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret of an activity, read from its file for this one message.
    fn secret<'a>(&self, activity: &'a str) -> Result<ActivitySecret<'a>, Refusal> {
        let name = checked(activity)?;
        let secret = self.keys().read(name).map_err(storage)?;
        Ok(ActivitySecret {
            activity,
            secret: secret.ok_or(Refusal::NoKey)?,
        })
    }

    fn create_activity(&self, activity: &str) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        if self.keys().was_erased(name).map_err(storage)? {
            return Err(Refusal::NoKey);
        }
        let secret = self.keys().obtain(name).map_err(storage)?;
        let secret = ActivitySecret { activity, secret };
        Ok(Reply::Keys {
            notify: secret.public(Scope::Notify),
            answers: secret.public(Scope::Answers),
            tag_key: ticket::tag_key_commitment(&secret.tag_key()).0,
        })
    }

    /// Hands out a draw's own secret once the list of the draw that promises it is final: from then
    /// on it can serve nobody who knows it (ADR 0016).
    fn reveal_secret(&self, name: &str, manifest: &str, freeze: &str) -> Result<Reply, Refusal> {
        let secret = self.keys().read(name).map_err(storage)?;
        let secret = secret.ok_or(Refusal::NoKey)?;
        let site = self.signer.verifier();
        let signed = |note| site.open(note).map_err(|_| Refusal::NotFrozen);
        let manifest = Manifest::parse(signed(manifest)?).map_err(|_| Refusal::NotFrozen)?;
        let freeze = Freeze::parse(signed(freeze)?).map_err(|_| Refusal::NotFrozen)?;
        let promise = Source::Commit(operator_commitment(&secret));
        if freeze.manifest != manifest.hash() || !manifest.sources.contains(&promise) {
            return Err(Refusal::NotFrozen);
        }
        Ok(Reply::Opened(Private(secret.to_vec())))
    }

    fn tag(&self, activity: &str, subject: &Private) -> Result<Hash, Refusal> {
        let subject = std::str::from_utf8(&subject.0).map_err(|_| Refusal::Broken)?;
        Ok(ticket::tag(&self.secret(activity)?.tag_key(), subject))
    }

    fn lookup(&self, input: &[u8; 32]) -> Result<Reply, Refusal> {
        let key = self.site_key(LOOKUP)?;
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes any key length");
        mac.update(input);
        Ok(Reply::Hash(mac.finalize().into_bytes().into()))
    }

    fn own_copy_key(&self, activity: &str, entry: &str, input: &Private) -> Result<Key, Refusal> {
        let input = <[u8; 32]>::try_from(input.0.as_slice()).map_err(|_| Refusal::Broken)?;
        Ok(self.secret(activity)?.own_copy(entry, &Hash(input)))
    }

    fn seal_token(&self, plain: &Private, now: i64) -> Result<Reply, Refusal> {
        let mut stamped = Zeroizing::new(Vec::with_capacity(plain.0.len() + 8));
        stamped.extend_from_slice(&now.to_be_bytes());
        stamped.extend_from_slice(&plain.0);
        let sealed = crypt::lock(&self.site_key(TOKEN)?, TOKEN_AAD, &stamped);
        Ok(Reply::Text(BASE64URL_NOPAD.encode(&sealed)))
    }

    fn open_token(&self, token: &str, now: i64, max_age: i64) -> Result<Reply, Refusal> {
        if token.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let sealed = BASE64URL_NOPAD
            .decode(token.as_bytes())
            .map_err(|_| Refusal::Broken)?;
        let stamped = crypt::unlock(&self.site_key(TOKEN)?, TOKEN_AAD, &sealed);
        let stamped = stamped.ok_or(Refusal::Broken)?;
        let (made, plain) = stamped.split_first_chunk::<8>().ok_or(Refusal::Broken)?;
        // A token from the future was made before the clock was set back: as good as too old.
        let age = now.saturating_sub(i64::from_be_bytes(*made));
        if age.saturating_abs() > max_age {
            return Err(Refusal::Expired);
        }
        Ok(Reply::Opened(Private(plain.to_vec())))
    }

    fn open_answers(&self, activity: &str, boxes: &[AnswerBox]) -> Result<Reply, Refusal> {
        let secret = self.secret(activity)?;
        let open = |answers: &AnswerBox| {
            let fields = crypt::fields(&answers.sealed)?;
            // The public key of contacts is another one, so no contact opens here in any case.
            let item = if fields.has(FieldKind::UnlinkedAnswers) {
                ""
            } else {
                answers.item.as_str()
            };
            let binding = Binding {
                activity,
                item,
                tag: None,
                notice: None,
            };
            secret.open_scope(Scope::Answers, &binding, &answers.sealed)
        };
        let each = boxes
            .iter()
            .map(|answers| private(open(answers)))
            .collect::<Vec<_>>();
        Ok(Reply::OpenedEach(each))
    }

    /// Opens contacts of winners: the public record is verified first, then the ledger takes its
    /// lines, and only then is the private key derived.
    fn open_winners(
        &self,
        activity: &str,
        purpose: &str,
        bundle: &[u8],
        boxes: &[WinnerBox],
    ) -> Result<Reply, Refusal> {
        let purpose = purpose::ALL
            .iter()
            .find(|facts| facts.code == purpose && facts.of == Audience::Winners)
            .ok_or(Refusal::Purpose)?;
        let secret = self.secret(activity)?;
        let facts = self.verified(bundle)?;
        facts.belongs_to(&ticket::tag_key_commitment(&secret.tag_key()))?;
        let tags: Vec<Result<Hash, NotAWinner>> = boxes
            .iter()
            .map(|wanted| facts.tag(wanted.position, wanted.standing))
            .collect();
        let openings: Vec<Opening> = boxes
            .iter()
            .zip(&tags)
            .filter(|(_, tag)| tag.is_ok())
            .map(|(wanted, _)| Opening {
                position: wanted.position,
                standing: wanted.standing,
                item: &wanted.item,
            })
            .collect();
        if !openings.is_empty() {
            self.enter(activity, &facts, purpose.code, &openings)?;
        }
        let each = boxes.iter().zip(tags).map(|(wanted, tag)| {
            let tag = tag?;
            let notice = Hash(wanted.notice);
            let binding = Binding {
                activity,
                item: &wanted.item,
                tag: Some(&tag),
                notice: Some(&notice),
            };
            let plain = secret.open_scope(Scope::Notify, &binding, &wanted.sealed);
            let contact = Contact::decode(&plain.ok_or(Refusal::Broken)?).ok_or(Refusal::Broken)?;
            private(Some(contact.keep_only(purpose.reads).encode()))
        });
        Ok(Reply::OpenedEach(each.collect()))
    }

    /// What a bundle says; verified once and then remembered by its hash.
    fn verified(&self, bundle: &[u8]) -> Result<Arc<Facts>, Refusal> {
        if bundle.len() > LONGEST_BUNDLE {
            return Err(Refusal::TooLarge);
        }
        let digest = winner::digest(bundle);
        let mut known = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, facts)) = known.iter().find(|(known, _)| *known == digest) {
            return Ok(facts.clone());
        }
        let parsed = Bundle::from_zip(bundle).map_err(|_| NotAWinner::Unverified)?;
        let facts = Arc::new(Facts::of(&parsed, &self.signer.verifier())?);
        known.truncate(REMEMBERED - 1);
        known.insert(0, (digest, facts.clone()));
        Ok(facts)
    }

    fn enter(
        &self,
        activity: &str,
        facts: &Facts,
        purpose: &str,
        openings: &[Opening],
    ) -> Result<(), Refusal> {
        // Under the lock of the keys, so that two messages cannot both take the last place.
        let keys = self.keys();
        ledger::enter(keys.folder(), activity, facts, purpose, openings).map_err(
            |error| match error {
                LedgerError::OtherDraw => Refusal::OtherDraw,
                LedgerError::TooMany => Refusal::TooMany,
                LedgerError::Disk(error) => storage(error.into()),
            },
        )
    }

    fn erase(&self, activity: &str) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        let mut keys = self.keys();
        let before = keys.epoch();
        keys.erase(name).map_err(storage)?;
        Ok(Reply::Shredded(Shredded {
            method: SHRED_METHOD.to_owned(),
            file_system: FileSystem::of(keys.folder()),
            kek_epoch_before: before,
            kek_epoch_after: keys.epoch(),
        }))
    }

    fn scan(&self, needles: &[Private]) -> Result<Reply, Refusal> {
        let keys = self.keys();
        let mut found = 0;
        for name in disk::names(keys.folder()).map_err(|e| storage(e.into()))? {
            let bytes = disk::read(keys.folder(), &name).map_err(|e| storage(e.into()))?;
            let bytes = bytes.unwrap_or_default();
            let hits = needles.iter().filter(|needle| {
                let length = needle.0.len();
                length > 0 && bytes.windows(length).any(|window| window == needle.0)
            });
            found += u64::try_from(hits.count()).expect("a count of needles fits 64 bits");
        }
        Ok(Reply::Count(found))
    }

    fn site_key(&self, name: &str) -> Result<Key, Refusal> {
        self.keys()
            .read(name)
            .map_err(storage)?
            .ok_or(Refusal::Storage)
    }
}

const TOKEN_AAD: &[u8] = b"fairdraw/1|token";

fn own_copy_aad(activity: &str, entry: &str) -> Vec<u8> {
    lucky_draw::encode::encode(
        "fairdraw/1/own-copy-box",
        &[activity.as_bytes(), entry.as_bytes()],
    )
}

fn sign(signer: &Signer, text: &str) -> Result<Reply, Refusal> {
    let is_note = text.ends_with('\n') && !text.starts_with('\n') && !text.contains("\n\n");
    if text.len() > LONGEST {
        return Err(Refusal::TooLarge);
    }
    if !is_note {
        return Err(Refusal::NotANote);
    }
    Ok(Reply::Text(signer.sign(text)))
}

fn private(plain: Option<Zeroizing<Vec<u8>>>) -> Result<Private, Refusal> {
    let mut plain = plain.ok_or(Refusal::Broken)?;
    Ok(Private(std::mem::take(&mut *plain)))
}

fn opened(plain: Option<Zeroizing<Vec<u8>>>) -> Result<Reply, Refusal> {
    private(plain).map(Reply::Opened)
}

/// A file name is made of it, and the separators of derivation texts must not occur in it.
fn checked(activity: &str) -> Result<&str, Refusal> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let fits = (1..=64).contains(&activity.len()) && activity.bytes().all(plain);
    fits.then_some(activity).ok_or(Refusal::Name)
}

/// The name of a draw's own secret among the keys; it belongs to the activity's key and dies with it.
fn secret_name(activity: &str, draw: &str) -> Result<String, Refusal> {
    Ok(keys::belonging(checked(activity)?, checked(draw)?))
}

/// Logged here, because the reason cannot cross the boundary.
fn storage(error: KeyError) -> Refusal {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "the key folder failed"
    );
    Refusal::Storage
}
