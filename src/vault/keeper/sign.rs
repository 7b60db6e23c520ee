//! What the site's own keys do: sign notes, seal tokens, and reveal a draw's secret in its time.
//!
//! Invariant: what is signed is a note that the protocol knows or a checkpoint; a manifest is one
//! that its activity promised in time, and a purge is noted when the key is gone; a draw's own secret leaves only after the
//! site has signed that the list of that draw is final (ADR 0016).

use data_encoding::BASE64URL_NOPAD;
use lucky_draw::encode::Hash;
use lucky_draw::note::Checkpoint;
use lucky_draw::record::{Freeze, Manifest, Record, Source};
use lucky_draw::seed::operator_commitment;
use zeroize::Zeroizing;

use super::super::wire::{BriefReply, CheckpointOf, Private, Refusal, Reply};
use super::super::{crypt, promised};
use super::{Keeper, LONGEST, TOKEN, storage};

const TOKEN_AAD: &[u8] = b"fairdraw/1|token";

impl Keeper {
    /// Hands out a draw's own secret once the list of the draw that promises it is final: from then
    /// on it can serve nobody who knows it (ADR 0016).
    pub(super) fn reveal_secret(
        &self,
        name: &str,
        manifest: &str,
        freeze: &str,
    ) -> Result<Reply, Refusal> {
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

    pub(super) fn seal_token(&self, plain: &Private, now: i64) -> Result<BriefReply, Refusal> {
        let mut stamped = Zeroizing::new(Vec::with_capacity(plain.0.len() + 8));
        stamped.extend_from_slice(&now.to_be_bytes());
        stamped.extend_from_slice(&plain.0);
        let sealed = crypt::lock(&self.site_key(TOKEN)?, TOKEN_AAD, &stamped);
        Ok(BriefReply::Text(BASE64URL_NOPAD.encode(&sealed)))
    }

    pub(super) fn open_token(
        &self,
        token: &str,
        now: i64,
        max_age: i64,
    ) -> Result<BriefReply, Refusal> {
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
        Ok(BriefReply::Opened(Private(plain.to_vec())))
    }

    /// Signs a note that the protocol knows. What an activity promises to draw is told to the keeper
    /// before it is signed; that a key was destroyed is signed once it is.
    pub(super) fn sign_note(&self, text: &str) -> Result<Reply, Refusal> {
        if text.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let promised = |manifest: Hash| {
            let keys = self.keys();
            let found = promised::is_anybodys(keys.folder(), &manifest);
            found.map_err(|error| storage(error.into()))
        };
        match Record::parse(text).map_err(|_| Refusal::NotANote)? {
            Record::Manifest(manifest) if !promised(manifest.hash())? => {
                return Err(Refusal::NotPromised);
            }
            Record::Purge(purge) => {
                // The promises are destroyed with the key.
                if let Some(manifest) = purge.manifest
                    && promised(manifest)?
                {
                    return Err(Refusal::NotErased);
                }
            }
            _ => {}
        }
        Ok(Reply::Text(self.signer.sign(text)))
    }

    /// Signs a checkpoint and nothing that could be read as a note.
    pub(super) fn sign_checkpoint(&self, of: CheckpointOf, text: &str) -> Result<Reply, Refusal> {
        if text.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let checkpoint = Checkpoint::parse(text).map_err(|_| Refusal::NotANote)?;
        let journal = self.journal_signer.verifier();
        let signer = match of {
            CheckpointOf::Journal if checkpoint.origin == journal.name() => &self.journal_signer,
            CheckpointOf::Draw if checkpoint.origin != journal.name() => &self.signer,
            _ => return Err(Refusal::NotANote),
        };
        Ok(Reply::Text(signer.sign(text)))
    }
}
