//! Brief questions: those that the keeper answers from memory at once, asked one by one or by many
//! callers in one message.
//!
//! Invariant: a question is answered as if it were asked alone. Who asks [`Soon`] blocks no thread,
//! and nobody waits on purpose: while one message is out, the next one gathers by itself. A way to
//! the other process and back costs more than any of the answers, so that under a rush most of the
//! cost of a question is shared.
//!
//! Not here: what is answered (`keeper`), and everything that may take long.

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use lucky_draw::encode::Hash;
use lucky_draw::ticket::Secret;
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use super::own_copy::OwnCopyOf;
use super::process::ChildLink;
use super::wire::{Brief, BriefReply, Private, Refusal, Reply, Request};
use super::{Error, TokenError, Vault};
use crate::platform::clock::Timestamp;

/// So many questions are one message at most.
const TOGETHER: usize = 256;
/// So many may wait; who comes after them waits for room.
const WAITING: usize = 4_096;

type Answer = Result<BriefReply, Refusal>;

struct Asked {
    brief: Brief,
    tell: oneshot::Sender<Answer>,
}

/// The thread that puts questions together.
pub(super) struct Gatherer {
    queue: Option<mpsc::Sender<Asked>>,
    thread: Option<JoinHandle<()>>,
}

impl Gatherer {
    pub(super) fn over(link: Arc<ChildLink>) -> std::io::Result<Gatherer> {
        let (queue, mut asked) = mpsc::channel::<Asked>(WAITING);
        let gather = move || {
            let mut waiting = Vec::with_capacity(TOGETHER);
            while asked.blocking_recv_many(&mut waiting, TOGETHER) > 0 {
                let (briefs, tell): (Vec<_>, Vec<_>) = waiting
                    .drain(..)
                    .map(|asked| (asked.brief, asked.tell))
                    .unzip();
                let answers = each(link.ask(Request::Each(briefs)), tell.len());
                for (tell, answer) in tell.into_iter().zip(answers) {
                    // Who asked may be gone.
                    let _ = tell.send(answer);
                }
            }
        };
        let thread = thread::Builder::new()
            .name("vault questions".to_owned())
            .spawn(gather)?;
        Ok(Gatherer {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    async fn ask(&self, brief: Brief) -> Answer {
        let (tell, told) = oneshot::channel();
        let Some(queue) = &self.queue else {
            return Err(Refusal::Away);
        };
        match queue.send(Asked { brief, tell }).await {
            Ok(()) => told.await.unwrap_or(Err(Refusal::Away)),
            Err(_) => Err(Refusal::Away),
        }
    }
}

impl Drop for Gatherer {
    /// The way to the vault is free when the last handle is gone.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One answer a question; a refusal of the whole message is everybody's.
fn each(reply: Result<Reply, Refusal>, count: usize) -> Vec<Answer> {
    match reply {
        Ok(Reply::Each(answers)) if answers.len() == count => answers,
        Ok(_) => (0..count).map(|_| Err(Refusal::Broken)).collect(),
        Err(refusal) => (0..count).map(|_| Err(refusal)).collect(),
    }
}

/// The vault for callers that must not block a thread.
#[derive(Clone, Copy)]
pub struct Soon<'v>(&'v Vault);

impl Vault {
    /// Asks without blocking; several questions that are awaited together travel together.
    pub fn soon(&self) -> Soon<'_> {
        Soon(self)
    }

    fn brief(&self, brief: Brief) -> Answer {
        let mut answers = each(self.ask(Request::Each(vec![brief])), 1);
        answers.pop().unwrap_or(Err(Refusal::Broken))
    }

    /// The tag of a person in an activity (`draw-protocol` 4.2); `subject` is `twid:A123456789`.
    pub fn tag(&self, activity: &str, subject: &str) -> Result<Hash, Error> {
        hash(self.brief(tag(activity, subject)))
    }

    /// By what people are found on a list of the activity, in order; no tag of an entry is equal to
    /// one of them. The key of the activity has to be there ([`Vault::create_activity`]).
    ///
    /// # Errors
    /// The first refusal: where [`Refusal::Busy`], so many were asked for that the rest has to wait.
    pub fn list_tags(
        &self,
        activity: &str,
        subjects: &[Zeroizing<String>],
    ) -> Result<Vec<Hash>, Error> {
        let briefs: Vec<Brief> = subjects
            .iter()
            .map(|subject| list_tag(activity, subject))
            .collect();
        let count = briefs.len();
        let answers = each(self.ask(Request::Each(briefs)), count);
        answers.into_iter().map(hash).collect()
    }

    /// By what an entry is found from its secret: HMAC(K_lookup, TH("lookup", secret)).
    pub fn lookup(&self, secret: &Secret) -> Result<Hash, Error> {
        hash(self.brief(lookup(secret)))
    }

    /// Encrypts something that travels through a page and comes back, as base64url text.
    pub fn seal_token(&self, plain: &[u8], now: Timestamp) -> Result<String, Error> {
        text(self.brief(seal_token(plain, now)))
    }

    /// Reads a token that is at most `max_age` milliseconds old.
    pub fn open_token(
        &self,
        token: &str,
        now: Timestamp,
        max_age: i64,
    ) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        opened(self.brief(open_token(token, now, max_age)))
    }

    /// Seals an entrant's own copy: it opens with the activity's key and the secret together.
    pub fn seal_own_copy(
        &self,
        activity: &str,
        entry: &str,
        secret: &Secret,
        of: OwnCopyOf,
    ) -> Result<Vec<u8>, Error> {
        sealed(self.brief(of.to_be_sealed(activity, entry, secret)))
    }
}

impl Soon<'_> {
    async fn brief(self, brief: Brief) -> Answer {
        match self.0.gatherer() {
            Some(gatherer) => gatherer.ask(brief).await,
            None => self.0.brief(brief),
        }
    }

    /// [`Vault::tag`].
    pub async fn tag(self, activity: &str, subject: &str) -> Result<Hash, Error> {
        hash(self.brief(tag(activity, subject)).await)
    }

    /// [`Vault::list_tags`] of one.
    pub async fn list_tag(self, activity: &str, subject: &str) -> Result<Hash, Error> {
        hash(self.brief(list_tag(activity, subject)).await)
    }

    /// How much is left of an activity's store of tags, in [`super::TAGS_IN_PARTS`] parts.
    pub async fn tags_left(self, activity: &str) -> Result<u64, Error> {
        let activity = activity.to_owned();
        match self.brief(Brief::TagsLeft { activity }).await? {
            BriefReply::Parts(parts) => Ok(parts),
            _ => Err(Error::Answer),
        }
    }

    /// [`Vault::lookup`].
    pub async fn lookup(self, secret: &Secret) -> Result<Hash, Error> {
        hash(self.brief(lookup(secret)).await)
    }

    /// [`Vault::seal_token`].
    pub async fn seal_token(self, plain: &[u8], now: Timestamp) -> Result<String, Error> {
        text(self.brief(seal_token(plain, now)).await)
    }

    /// [`Vault::open_token`].
    pub async fn open_token(
        self,
        token: &str,
        now: Timestamp,
        max_age: i64,
    ) -> Result<Zeroizing<Vec<u8>>, TokenError> {
        opened(self.brief(open_token(token, now, max_age)).await)
    }

    /// Seals the secret that a member of staff's telephone makes codes of. It never comes back:
    /// from here on codes are checked against it.
    pub async fn seal_factor(self, staff: &str, secret: &[u8; 20]) -> Result<Vec<u8>, Error> {
        let brief = Brief::SealFactor {
            staff: staff.to_owned(),
            secret: Private(secret.to_vec()),
        };
        sealed(self.brief(brief).await)
    }

    /// Which time step of 30 seconds a code is of, if one around `now`; nothing where it fits none.
    pub async fn check_code(
        self,
        staff: &str,
        sealed: &[u8],
        code: &str,
        now: Timestamp,
    ) -> Result<Option<u64>, Error> {
        let brief = Brief::CheckCode {
            staff: staff.to_owned(),
            sealed: sealed.to_vec(),
            code: Private(code.into()),
            now: now.0,
        };
        match self.brief(brief).await? {
            BriefReply::Step(step) => Ok(step),
            _ => Err(Error::Answer),
        }
    }

    /// Seals a passkey of a member of staff to its account: in the row of another one it does not
    /// open.
    pub async fn seal_passkey(self, staff: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let brief = Brief::SealPasskey {
            staff: staff.to_owned(),
            plain: Private(plain.to_vec()),
        };
        sealed(self.brief(brief).await)
    }

    /// Opens what [`Soon::seal_passkey`] sealed for the same account.
    pub async fn open_passkey(
        self,
        staff: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let brief = Brief::OpenPasskey {
            staff: staff.to_owned(),
            sealed: sealed.to_vec(),
        };
        match self.brief(brief).await? {
            BriefReply::Opened(mut plain) => Ok(Zeroizing::new(std::mem::take(&mut plain.0))),
            _ => Err(Error::Answer),
        }
    }

    /// [`Vault::seal_own_copy`].
    pub async fn seal_own_copy(
        self,
        activity: &str,
        entry: &str,
        secret: &Secret,
        of: OwnCopyOf<'_>,
    ) -> Result<Vec<u8>, Error> {
        sealed(self.brief(of.to_be_sealed(activity, entry, secret)).await)
    }
}

fn tag(activity: &str, subject: &str) -> Brief {
    Brief::Tag {
        activity: activity.to_owned(),
        subject: Private(subject.into()),
    }
}

fn list_tag(activity: &str, subject: &str) -> Brief {
    Brief::ListTag {
        activity: activity.to_owned(),
        subject: Private(subject.into()),
    }
}

fn lookup(secret: &Secret) -> Brief {
    let input = secret.lookup_input().0;
    Brief::Lookup { input }
}

fn seal_token(plain: &[u8], now: Timestamp) -> Brief {
    Brief::SealToken {
        plain: Private(plain.to_vec()),
        now: now.0,
    }
}

fn open_token(token: &str, now: Timestamp, max_age: i64) -> Brief {
    Brief::OpenToken {
        token: token.to_owned(),
        now: now.0,
        max_age,
    }
}

fn hash(answer: Answer) -> Result<Hash, Error> {
    match answer? {
        BriefReply::Hash(hash) => Ok(Hash(hash)),
        _ => Err(Error::Answer),
    }
}

fn text(answer: Answer) -> Result<String, Error> {
    match answer? {
        BriefReply::Text(text) => Ok(text),
        _ => Err(Error::Answer),
    }
}

fn sealed(answer: Answer) -> Result<Vec<u8>, Error> {
    match answer? {
        BriefReply::Sealed(sealed) => Ok(sealed),
        _ => Err(Error::Answer),
    }
}

fn opened(answer: Answer) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    match answer {
        Ok(BriefReply::Opened(mut plain)) => Ok(Zeroizing::new(std::mem::take(&mut plain.0))),
        Err(Refusal::Expired) => Err(TokenError::Expired),
        Err(Refusal::Away | Refusal::Storage | Refusal::Busy) => Err(TokenError::Unavailable),
        Ok(_) | Err(_) => Err(TokenError::Broken),
    }
}
