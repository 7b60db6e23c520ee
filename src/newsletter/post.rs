//! Sending one letter: the vault opens the address between a server that listens and a letter that
//! leaves.
//!
//! Invariant: the opening is on record before the vault is asked, `sending` is committed before the
//! first byte of the letter leaves, and the outcome after. While the server is down nobody's address
//! is opened.
//!
//! Not here: the letters of an issue ([`super::sending`]), the words ([`super::words`]).

use std::sync::Arc;

use crate::audit::Actor;
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::jobs::back_off;
use crate::platform::mail::{MailFacts, Outcome};
use crate::vault::{self, Letterbox, Line, NewsWords, Offered, RecordedNews, ScopeBox, Vault};

use super::letters::{LetterId, LetterKind, LetterStage, Single, State};
use super::tokens::{self, Link};
use super::words::Writer;
use super::{Error, issues, store};

/// Everything that sending needs.
pub(super) struct Post {
    pub(super) db: Db,
    pub(super) vault: Vault,
    pub(super) facts: Arc<MailFacts>,
    pub(super) writer: Writer,
    /// Letters of an issue in a minute.
    pub(super) per_minute: i64,
    pub(super) letterbox: Letterbox,
}

/// What became of a try.
pub(super) enum Left {
    /// The server was asked.
    With(Outcome),
    /// The letter is no longer to leave, or another process sends it.
    NotNow,
    /// The vault writes to this box no more: its person left.
    Closed,
}

impl Post {
    pub(super) fn new(db: &Db, vault: &Vault, facts: &Arc<MailFacts>, config: &Config) -> Post {
        Post {
            db: db.clone(),
            vault: vault.clone(),
            facts: facts.clone(),
            writer: Writer::of(config),
            per_minute: i64::from(config.newsletter_per_minute),
            letterbox: Letterbox::new(vault),
        }
    }

    /// Has a letter leave; `begin` commits that it does, and says `false` where it is no longer to.
    pub(super) fn leave(
        &self,
        mut line: Line,
        recorded: RecordedNews,
        words: &NewsWords,
        id: &LetterId,
        begin: impl FnOnce() -> Result<bool, Error>,
    ) -> Result<Left, Error> {
        let message_id = self.facts.message_id_of(id.as_str());
        match line.offer_news(recorded, words, &message_id)? {
            Offered::Ready => {}
            Offered::Over(outcome) => return Ok(Left::With(outcome)),
            Offered::NoAddress | Offered::SameAddress => return Ok(Left::Closed),
        }
        match begin()? {
            true => Ok(Left::With(line.hand_over())),
            false => Ok(Left::NotNow),
        }
    }

    /// Tries to send a letter about a subscription; answers when to try again, or nothing if it is
    /// settled.
    pub(super) fn deliver(&self, id: &LetterId) -> Result<Option<Timestamp>, Error> {
        let due = self.db.write_now("take up letter", |tx| take_up(tx, id))?;
        let Some((letter, code)) = due else {
            return Ok(None);
        };
        let line = match self.letterbox.line(self.db.clock().now()) {
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
        let words = self.words(&letter, &code)?;
        let recorded = self.db.write_now("record opening", |tx| {
            let boxes = vec![ScopeBox {
                item: letter.item.clone(),
                sealed: letter.sealed.clone(),
            }];
            vault::record_news(tx, &Actor::System, letter.kind.code(), boxes)
        })?;
        let recorded = recorded.into_iter().next().ok_or(Error::Unknown)?;
        let leaving = letter.state.leaving();
        let outcome = self.leave(line, recorded, &words, id, || {
            Ok(self.db.write_now("begin sending", |tx| {
                store::letters::advance_single(tx, &[LetterStage::Waiting], id, &leaving)
            })?)
        })?;
        let after = match outcome {
            Left::With(outcome) => letter.state.after(outcome),
            Left::Closed => letter.state.dropped(),
            Left::NotNow => return Ok(None),
        };
        self.settle(&letter, &after)?;
        if letter.kind == LetterKind::Moved && after.stage != LetterStage::Waiting {
            // Nothing goes to the old address any more, from an old copy of the rows neither.
            self.vault.close_news(&letter.item)?;
        }
        let now = self.db.clock().now();
        let again = after.stage == LetterStage::Waiting;
        Ok(again.then(|| now.plus(back_off(letter.state.attempts))))
    }

    fn settle(&self, letter: &Single, after: &State) -> Result<(), Error> {
        self.db.write_now("settle letter", |tx| {
            store::letters::advance_single(tx, after.may_follow(), &letter.id, after)
        })?;
        Ok(())
    }

    fn words(&self, letter: &Single, code: &str) -> Result<NewsWords, Error> {
        let now = self.db.clock().now();
        let seal = |link| tokens::seal(&self.vault, link, code, now);
        let language = letter.language;
        Ok(match letter.kind {
            LetterKind::Confirm => {
                let token = seal(Link::Confirm)?;
                let path = format!("/newsletter/confirm/{token}");
                self.writer
                    .about(LetterKind::Confirm, language, &path, "", now)?
            }
            LetterKind::Move => {
                let token = seal(Link::Move)?;
                let path = format!("/newsletter/confirm/{token}");
                self.writer
                    .about(LetterKind::Move, language, &path, "", now)?
            }
            LetterKind::Already => {
                let token = seal(Link::Own)?;
                let path = format!("/newsletter/preferences/{token}");
                self.writer
                    .about(LetterKind::Already, language, &path, &token, now)?
            }
            LetterKind::Moved => self
                .writer
                .about(LetterKind::Moved, language, "", "", now)?,
            LetterKind::Trial => {
                let issue = self
                    .db
                    .read_now("read issue", |tx| issues::by_id(tx, &letter.issue))?;
                self.writer.issue(&issue, language, "", now)?
            }
        })
    }
}

/// A letter that is still to be sent, with the code that its link names; settles those that are not.
fn take_up(tx: &mut Tx, id: &LetterId) -> Result<Option<(Single, String)>, Error> {
    let letter = store::letters::find_single(tx, id)?.ok_or(Error::Unknown)?;
    match letter.state.stage {
        LetterStage::Waiting => {}
        LetterStage::Sending => {
            let lost = letter.state.lost();
            store::letters::advance_single(tx, &[LetterStage::Sending], id, &lost)?;
            return Ok(None);
        }
        _ => return Ok(None),
    }
    let code = match letter.kind {
        LetterKind::Trial | LetterKind::Moved => Some(String::new()),
        LetterKind::Move => {
            let asked = store::subscribers::move_of(tx, &letter.subscriber)?;
            // A later wish has a letter of its own.
            let same = asked.filter(|asked| asked.address.item == letter.item);
            same.map(|asked| asked.code)
        }
        LetterKind::Confirm | LetterKind::Already => {
            let found = store::subscribers::by_id(tx, &letter.subscriber)?;
            found.map(|found| found.access)
        }
    };
    let Some(code) = code else {
        let dropped = letter.state.dropped();
        store::letters::advance_single(tx, &[LetterStage::Waiting], id, &dropped)?;
        return Ok(None);
    };
    Ok(Some((letter, code)))
}
