//! Sending one letter about an account: the vault opens the address between a server that listens
//! and a letter that leaves.
//!
//! Invariant: the opening is on record before the vault is asked, `sending` is committed before the
//! first byte of the letter leaves, and the outcome after. While the server is down nobody's address
//! is opened.
//!
//! Not here: the words ([`super::words`]).

use std::sync::Arc;

use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::jobs::back_off;
use crate::platform::mail::MailFacts;
use crate::vault::{self, Letterbox, Offered, ScopeBox, Vault};

use super::letters::{Letter, LetterId, LetterKind, LetterStage, State};
use super::words::Writer;
use super::{Error, asking, policy_news, store, tokens};

/// Everything that sending needs.
pub(super) struct Post {
    db: Db,
    vault: Vault,
    facts: Arc<MailFacts>,
    writer: Writer,
    letterbox: Letterbox,
}

impl Post {
    pub(super) fn new(db: &Db, vault: &Vault, facts: &Arc<MailFacts>, config: &Config) -> Post {
        Post {
            db: db.clone(),
            vault: vault.clone(),
            facts: facts.clone(),
            writer: Writer::of(config),
            letterbox: Letterbox::new(vault),
        }
    }

    /// Tries to send a letter; answers when to try again, or nothing if it is settled.
    pub(super) fn deliver(&self, id: &LetterId) -> Result<Option<Timestamp>, Error> {
        let due = self.db.write_now("take up letter", |tx| take_up(tx, id))?;
        let Some(letter) = due else {
            return Ok(None);
        };
        let mut line = match self.letterbox.line(self.db.clock().now()) {
            Ok(line) => line,
            Err(down) => {
                let waiting = State {
                    last_reply: down.why.word(),
                    ..letter.state.clone()
                };
                self.settle(&letter, &waiting)?;
                return Ok(Some(down.until));
            }
        };
        let now = self.db.clock().now();
        let named = match letter.kind.has_link() {
            true => tokens::seal(&self.vault, &letter.code, now)?,
            false => letter.code.clone(),
        };
        let words = self
            .writer
            .about(letter.kind, letter.language, &named, now)?;
        let recorded = self.db.write_now("record opening", |tx| {
            let boxes = vec![ScopeBox {
                item: letter.item.clone(),
                sealed: letter.sealed.clone(),
            }];
            vault::record_member(tx, letter.kind.code(), boxes)
        })?;
        let recorded = recorded.into_iter().next().ok_or(Error::Unknown)?;
        let message_id = self.facts.message_id_of(id.as_str());
        let after = match line.offer_news(recorded, &words, &message_id)? {
            Offered::Ready => {
                let leaving = letter.state.leaving();
                let is_ours = self.db.write_now("begin sending", |tx| {
                    store::letters::advance(tx, &[LetterStage::Waiting], id, &leaving)
                })?;
                if !is_ours {
                    return Ok(None);
                }
                letter.state.after(line.hand_over())
            }
            Offered::Over(outcome) => letter.state.after(outcome),
            Offered::NoAddress | Offered::SameAddress => letter.state.dropped(),
        };
        self.settle(&letter, &after)?;
        let again = after.stage == LetterStage::Waiting;
        if letter.kind == LetterKind::Moved && !again {
            // Nothing goes to the old address any more, from an old copy of the rows neither.
            self.vault.close_member(&letter.item)?;
        }
        let now = self.db.clock().now();
        Ok(again.then(|| now.plus(back_off(letter.state.attempts))))
    }

    fn settle(&self, letter: &Letter, after: &State) -> Result<(), Error> {
        self.db.write_now("settle letter", |tx| {
            policy_news::advance(tx, after.may_follow(), letter, after)
        })?;
        Ok(())
    }
}

/// A letter that is still to be sent; settles those that are not.
fn take_up(tx: &mut Tx, id: &LetterId) -> Result<Option<Letter>, Error> {
    let letter = store::letters::find(tx, id)?.ok_or(Error::Unknown)?;
    match letter.state.stage {
        LetterStage::Waiting => {}
        LetterStage::Sending => {
            let lost = letter.state.lost();
            policy_news::advance(tx, &[LetterStage::Sending], &letter, &lost)?;
            return Ok(None);
        }
        _ => return Ok(None),
    }
    if letter.kind.has_link() && asking::find(tx, tokens::split(&letter.code).0)?.is_none() {
        let dropped = letter.state.dropped();
        store::letters::advance(tx, &[LetterStage::Waiting], id, &dropped)?;
        return Ok(None);
    }
    Ok(Some(letter))
}
