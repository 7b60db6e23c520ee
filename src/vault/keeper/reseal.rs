//! Sealing answers that belong to nobody anew: the same words, other bytes.
//!
//! Invariant: what was opened never leaves; the answer is a box again, to the same key.
//!
//! Not here: when it is done (`unlinked`). The keeper reads no database and knows no close: who may
//! ask is for the web side to say.

use super::super::crypt::{self, Binding, Scope};
use super::super::field::{FieldKind, FieldSet};
use super::super::wire::{Refusal, Reply};
use super::Keeper;

impl Keeper {
    pub(super) fn reseal_answers(
        &self,
        activity: &str,
        boxes: &[Vec<u8>],
    ) -> Result<Reply, Refusal> {
        let secret = self.secret(activity)?;
        let public = secret.public(Scope::Answers);
        let binding = Binding {
            activity,
            item: "",
            tag: None,
            notice: None,
        };
        let fields = FieldSet::one(FieldKind::UnlinkedAnswers);
        let mut opener = secret.opener(Scope::Answers);
        let each = boxes.iter().map(|sealed| {
            let words = opener.open(&binding, sealed).ok_or(Refusal::Broken)?;
            crypt::seal(&public, Scope::Answers, &binding, fields, &words).ok_or(Refusal::Broken)
        });
        Ok(Reply::SealedEach(each.collect()))
    }
}
