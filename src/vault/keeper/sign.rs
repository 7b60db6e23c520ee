//! What the site's own keys do: sign notes, and reveal a draw's secret in its time.
//!
//! Invariant: what is signed is a note that the protocol knows or a checkpoint; a manifest is one
//! that its activity promised in time, and a purge is noted when the key is gone; a draw's own secret leaves only after the
//! site has signed that the list of that draw is final (ADR 0016).

use std::sync::{MutexGuard, PoisonError};

use lucky_draw::encode::Hash;
use lucky_draw::note::{Checkpoint, Signer};
use lucky_draw::record::{Freeze, Manifest, Record, Source};
use lucky_draw::seed::operator_commitment;

use super::super::promised;
use super::super::tips::{State, Tips, Verdict};
use super::super::wire::{CheckpointOf, Growth, Private, Refusal, Reply};
use super::{Keeper, LONGEST, LONGEST_NOTE, storage};

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

    /// Signs a note that the protocol knows. What an activity promises to draw is told to the keeper
    /// before it is signed; that a key was destroyed is signed once it is.
    pub(super) fn sign_note(&self, text: &str) -> Result<Reply, Refusal> {
        if text.len() > LONGEST_NOTE {
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

    /// Signs a checkpoint and nothing that could be read as a note; of each log only what extends
    /// what was released of it, or is a part of that.
    pub(super) fn sign_checkpoint(
        &self,
        of: CheckpointOf,
        text: &str,
        growth: &Growth,
    ) -> Result<Reply, Refusal> {
        if text.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let (checkpoint, signer) = self.checkpoint(of, text)?;
        let folder = self.keys().folder().to_owned();
        let new = State::of(&checkpoint);
        let verdict = self.tips().judge(&folder, &checkpoint.origin, new, growth);
        match verdict.map_err(|error| storage(error.into()))? {
            Verdict::Sign => Ok(Reply::Text(signer.sign(text))),
            Verdict::Knows(size) => Ok(Reply::Knows(size)),
            Verdict::Fork => {
                let (origin, size) = (&checkpoint.origin, checkpoint.size);
                tracing::error!(
                    origin,
                    size,
                    "a log in the database contradicts what was released"
                );
                Err(Refusal::Behind)
            }
        }
    }

    /// Notes that a checkpoint of ours is stored. What was signed by somebody else is not.
    pub(super) fn released(&self, of: CheckpointOf, signed: &str) -> Result<Reply, Refusal> {
        if signed.len() > LONGEST {
            return Err(Refusal::TooLarge);
        }
        let own = match of {
            CheckpointOf::Journal => self.journal_signer.verifier(),
            CheckpointOf::Draw => self.signer.verifier(),
        };
        let text = own.open(signed).map_err(|_| Refusal::NotANote)?;
        let (checkpoint, _) = self.checkpoint(of, text)?;
        let folder = self.keys().folder().to_owned();
        let origin = &checkpoint.origin;
        let is_ours = || match of {
            CheckpointOf::Journal => Ok(true),
            CheckpointOf::Draw => promised::holds_log(&folder, origin),
        };
        let released = self
            .tips()
            .release(&folder, origin, State::of(&checkpoint), is_ours);
        match released.map_err(|error| storage(error.into()))? {
            true => Ok(Reply::Done),
            false => {
                tracing::error!(origin, "a log that no activity promised was released");
                Err(Refusal::NotPromised)
            }
        }
    }

    /// How far a log was released.
    pub(super) fn tip(&self, origin: &str) -> Result<Reply, Refusal> {
        let folder = self.keys().folder().to_owned();
        let tip = self.tips().tip(&folder, origin);
        let tip = tip.map_err(|error| storage(error.into()))?;
        Ok(Reply::Tip(tip.map(|tip| (tip.size, tip.root.0))))
    }

    /// The checkpoint in a text, and who signs it.
    fn checkpoint(&self, of: CheckpointOf, text: &str) -> Result<(Checkpoint, &Signer), Refusal> {
        let checkpoint = Checkpoint::parse(text).map_err(|_| Refusal::NotANote)?;
        let journal = self.journal_signer.verifier();
        let signer = match of {
            CheckpointOf::Journal if checkpoint.origin == journal.name() => &self.journal_signer,
            CheckpointOf::Draw if checkpoint.origin != journal.name() => &self.signer,
            _ => return Err(Refusal::NotANote),
        };
        Ok((checkpoint, signer))
    }

    fn tips(&self) -> MutexGuard<'_, Tips> {
        self.tips.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
