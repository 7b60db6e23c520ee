//! How many letters with links to enter leave, at once and to one address.
//!
//! Invariant: what is counted is in memory alone and of a tag that only the vault computes.
//!
//! Not here: sending one ([`super::address`]).

use std::sync::Arc;
use std::time::Duration;

use lucky_draw::encode::{Hash, encode, sha256};
use rocket::tokio::sync::Semaphore;
use rocket::tokio::task::spawn_blocking;
use rocket::tokio::time::timeout;

use crate::activity::Facts;
use crate::identity::email::Email;
use crate::platform::clock::Clock;
use crate::platform::text::Language;
use crate::platform::web::throttle::Throttle;

use super::Error;
use super::address::{Post, Sent};

/// Letters that one address gets in a day at most, whoever asks, for each activity.
const LETTERS_A_DAY: u32 = 3;
/// So many letters are handed over at once; the mail server hears other letters beside them.
const AT_ONCE: usize = 2;
/// So long somebody waits for the turn of the own letter.
const TURN: Duration = Duration::from_secs(10);

/// Hands links to people who want to enter; managed by Rocket.
pub struct Doorman {
    post: Post,
    clock: Clock,
    turns: Semaphore,
    given: Throttle<Hash>,
}

impl Doorman {
    /// With nobody before it.
    pub fn new(post: Post, clock: &Clock) -> Doorman {
        Doorman {
            post,
            clock: clock.clone(),
            turns: Semaphore::new(AT_ONCE),
            given: Throttle::new(LETTERS_A_DAY, Duration::from_secs(8 * 60 * 60)),
        }
    }

    /// Sends the link that opens the form of an activity; answers when the letter was handed over.
    pub async fn send(
        self: &Arc<Doorman>,
        facts: &Facts,
        email: Email,
        language: Language,
    ) -> Result<Sent, Error> {
        let Ok(Ok(_turn)) = timeout(TURN, self.turns.acquire()).await else {
            return Ok(Sent::NotNow);
        };
        let (own, facts) = (self.clone(), facts.clone());
        let send = move || {
            let is_enough = |tag| own.got_enough(&facts, tag);
            own.post.send(&facts, &email, language, is_enough)
        };
        // A task that broke has said so; the person asks again.
        spawn_blocking(send).await.unwrap_or(Ok(Sent::NotNow))
    }

    fn got_enough(&self, facts: &Facts, tag: Hash) -> bool {
        let parts = [facts.id.as_str().as_bytes(), tag.as_bytes()];
        let key = sha256(&encode("fairdraw/1/entrance-letters", &parts));
        self.given.check(key, self.clock.now().0).is_err()
    }
}
