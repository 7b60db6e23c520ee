//! Checkpoints as their callers have them signed: with a proof that the log only grew.
//!
//! Invariant: a caller whose log is behind what was released of it gets [`Refusal::Behind`] and no
//! signature, on whichever instance and after whatever restart.
//!
//! Not here: what the vault remembers (`tips`).

use lucky_draw::encode::Hash;
use lucky_draw::note::Checkpoint;

use super::wire::{Growth, Refusal, Reply, Request};
use super::{CheckpointOf, Error, Vault};

/// A log as its caller has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// How many leaves it had before this transaction: where a proof is most likely asked from.
    pub before: u64,
    /// How many it has now.
    pub size: u64,
}

/// So many other sizes the vault may ask about, one after the other.
const TRIES: usize = 4;

impl Vault {
    /// Signs the text of a checkpoint of a log of which nothing was released yet, or of exactly
    /// what was released last; gives the whole signed note.
    ///
    /// # Errors
    /// [`Refusal::Behind`] where more is known of the log: [`Vault::sign_growth`] proves.
    pub fn sign_checkpoint(&self, of: CheckpointOf, text: &str) -> Result<String, Error> {
        let request = Request::SignCheckpoint {
            of,
            text: text.to_owned(),
            growth: Growth::default(),
        };
        match self.ask(request)? {
            Reply::Text(signed) => Ok(signed),
            Reply::Knows(_) => Err(Refusal::Behind.into()),
            _ => Err(Error::Answer),
        }
    }

    /// Signs the text of a checkpoint of a log that grows; gives the whole signed note. `prove` gives
    /// the RFC 6962 consistency proof between two sizes of the log, the smaller one first.
    ///
    /// # Errors
    /// [`Refusal::Behind`] where the log contradicts what was released of it.
    pub fn sign_growth<E: From<Error>>(
        &self,
        of: CheckpointOf,
        text: &str,
        reach: Reach,
        mut prove: impl FnMut(u64, u64) -> Result<Vec<Hash>, E>,
    ) -> Result<String, E> {
        let behind = || E::from(Refusal::Behind.into());
        let of_text = Checkpoint::parse(text).map_err(|_| E::from(Refusal::NotANote.into()))?;
        let mut from = reach.before;
        for _ in 0..TRIES {
            let (smaller, larger) = (from.min(of_text.size), from.max(of_text.size));
            let proof = match smaller == 0 || smaller == larger {
                true => Vec::new(),
                false => prove(smaller, larger)?,
            };
            let request = Request::SignCheckpoint {
                of,
                text: text.to_owned(),
                growth: Growth {
                    from,
                    proof: proof.iter().map(|hash| hash.0).collect(),
                },
            };
            match self
                .ask(request)
                .map_err(|refusal| E::from(refusal.into()))?
            {
                Reply::Text(signed) => return Ok(signed),
                Reply::Knows(known) if known > reach.size => return Err(behind()),
                Reply::Knows(known) => from = known,
                _ => return Err(Error::Answer.into()),
            }
        }
        Err(E::from(Refusal::Busy.into()))
    }

    /// Says that a signed checkpoint is stored: its transaction was committed, and from now on
    /// nothing is signed that contradicts it. May be repeated, and come late.
    pub fn released(&self, of: CheckpointOf, signed: &str) -> Result<(), Error> {
        let signed = signed.to_owned();
        match self.ask(Request::Released { of, signed })? {
            Reply::Done => Ok(()),
            _ => Err(Error::Answer),
        }
    }

    /// Size and root of the last state of a log that was released; nothing where the vault has seen
    /// none.
    pub fn tip(&self, origin: &str) -> Result<Option<(u64, Hash)>, Error> {
        let origin = origin.to_owned();
        match self.ask(Request::Tip { origin })? {
            Reply::Tip(tip) => Ok(tip.map(|(size, root)| (size, Hash(root)))),
            _ => Err(Error::Answer),
        }
    }
}
