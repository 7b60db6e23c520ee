//! What the site's own keys do: sign notes, seal tokens, and reveal a draw's secret in its time.
//!
//! Invariant: what is signed has the form of a note; a draw's own secret leaves only after the
//! site has signed that the list of that draw is final (ADR 0016).

use data_encoding::BASE64URL_NOPAD;
use lucky_draw::note::Signer;
use lucky_draw::record::{Freeze, Manifest, Source};
use lucky_draw::seed::operator_commitment;
use zeroize::Zeroizing;

use super::super::crypt;
use super::super::wire::{Private, Refusal, Reply};
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

    pub(super) fn seal_token(&self, plain: &Private, now: i64) -> Result<Reply, Refusal> {
        let mut stamped = Zeroizing::new(Vec::with_capacity(plain.0.len() + 8));
        stamped.extend_from_slice(&now.to_be_bytes());
        stamped.extend_from_slice(&plain.0);
        let sealed = crypt::lock(&self.site_key(TOKEN)?, TOKEN_AAD, &stamped);
        Ok(Reply::Text(BASE64URL_NOPAD.encode(&sealed)))
    }

    pub(super) fn open_token(&self, token: &str, now: i64, max_age: i64) -> Result<Reply, Refusal> {
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
}

pub(super) fn sign(signer: &Signer, text: &str) -> Result<Reply, Refusal> {
    let is_note = text.ends_with('\n') && !text.starts_with('\n') && !text.contains("\n\n");
    if text.len() > LONGEST {
        return Err(Refusal::TooLarge);
    }
    if !is_note {
        return Err(Refusal::NotANote);
    }
    Ok(Reply::Text(signer.sign(text)))
}
