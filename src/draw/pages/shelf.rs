//! Big files that a draw publishes, kept once they were built: its bundle and its whole list.
//!
//! Invariant: a kept file is served for the state it was built from and for no other; the state is
//! read anew for every request. No more than [`BUILDERS`] are built at once, however many ask.
//!
//! Not here: what is in a bundle ([`crate::draw::bundle`]), small files, which are made each time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lucky_draw::encode::Hash;
use rocket::tokio::sync::{OwnedSemaphorePermit, Semaphore};
use rocket::tokio::time::timeout;

use crate::draw::DrawId;
use crate::platform::clock::Timestamp;
use crate::platform::web::address::ClientAddress;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::throttle::Throttle;

/// Files that are built at once.
const BUILDERS: usize = 2;
/// Files that are kept at most.
const MOST_FILES: usize = 16;
/// Bytes that are kept at most; the latest file stays even if it alone has more.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// How long somebody waits for a place to build at.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which file of a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Big {
    /// `bundle.zip`.
    Bundle,
    /// `entries.csv`.
    List,
}

/// A file as it is at one state of its draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// Whose it is.
    pub(super) draw: DrawId,
    /// Which one.
    pub(super) file: Big,
    /// Changes whenever the file does.
    pub(super) state: Hash,
}

struct Kept {
    key: Key,
    content: Arc<[u8]>,
}

/// The big files of every draw that were asked for lately; managed by Rocket.
pub struct Shelf {
    limit: Throttle,
    places: Arc<Semaphore>,
    kept: Mutex<VecDeque<Kept>>,
}

impl Default for Shelf {
    /// As many as [`super::proof::ProofLimit`] allows: a hall full of people is one network.
    fn default() -> Shelf {
        Shelf {
            limit: Throttle::new(200, Duration::from_millis(500)),
            places: Arc::new(Semaphore::new(BUILDERS)),
            kept: Mutex::default(),
        }
    }
}

impl Shelf {
    /// Takes one of the downloads that a network may have.
    pub(super) fn check(&self, from: ClientAddress, now: Timestamp) -> AppResult<()> {
        self.limit.check(from, now.0)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, key: &Key) -> Option<Arc<[u8]>> {
        let kept = self.kept();
        let found = kept.iter().find(|each| each.key == *key);
        found.map(|each| each.content.clone())
    }

    /// Keeps a file; an older state of it goes, and then the oldest files until the rest fits.
    fn keep(&self, key: Key, content: Arc<[u8]>) {
        let mut kept = self.kept();
        kept.retain(|each| each.key.draw != key.draw || each.key.file != key.file);
        kept.push_back(Kept { key, content });
        let bytes = |kept: &VecDeque<Kept>| kept.iter().map(|each| each.content.len()).sum();
        let mut sum: usize = bytes(&kept);
        while kept.len() > 1 && (kept.len() > MOST_FILES || sum > MOST_BYTES) {
            kept.pop_front();
            sum = bytes(&kept);
        }
    }

    /// The file from the shelf, or built where there is a place.
    ///
    /// `build` runs to its end on a thread of its own, also when nobody waits for it any more.
    pub(super) async fn serve<E>(
        self: &Arc<Shelf>,
        key: Key,
        build: impl FnOnce() -> Result<Vec<u8>, E> + Send + 'static,
    ) -> AppResult<Arc<[u8]>>
    where
        AppError: From<E>,
        E: Send + 'static,
    {
        if let Some(content) = self.find(&key) {
            return Ok(content);
        }
        let place = self.place().await?;
        // Whoever had the place before may have built it.
        if let Some(content) = self.find(&key) {
            return Ok(content);
        }
        let shelf = self.clone();
        let built = rocket::tokio::task::spawn_blocking(move || {
            let content: Arc<[u8]> = build()?.into();
            shelf.keep(key, content.clone());
            drop(place);
            Ok::<_, E>(content)
        });
        Ok(built.await.map_err(AppError::broken)??)
    }

    /// A place to build at, given back when it is dropped.
    async fn place(&self) -> AppResult<OwnedSemaphorePermit> {
        match timeout(PATIENCE, self.places.clone().acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(AppError::unavailable()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use rocket::tokio;

    use super::*;

    fn key(draw: &str, state: u8) -> Key {
        Key {
            draw: DrawId::from(draw),
            file: Big::Bundle,
            state: Hash([state; 32]),
        }
    }

    fn bytes(content: &[u8]) -> Arc<[u8]> {
        content.into()
    }

    #[test]
    fn a_file_is_kept_for_its_state_alone() {
        let shelf = Shelf::default();
        shelf.keep(key("a", 1), bytes(b"one"));
        assert_eq!(shelf.find(&key("a", 1)).as_deref(), Some(&b"one"[..]));
        assert_eq!(shelf.find(&key("a", 2)), None);
        let list = Key {
            file: Big::List,
            ..key("a", 1)
        };
        assert_eq!(shelf.find(&list), None);
        shelf.keep(key("a", 2), bytes(b"two"));
        assert_eq!(shelf.find(&key("a", 1)), None, "the older state went");
    }

    #[test]
    fn the_oldest_files_go_first() {
        let shelf = Shelf::default();
        for n in 0..=MOST_FILES {
            shelf.keep(key(&n.to_string(), 0), bytes(b"x"));
        }
        assert_eq!(shelf.find(&key("0", 0)), None);
        assert!(shelf.find(&key("1", 0)).is_some());
        let big = vec![0; MOST_BYTES + 1];
        shelf.keep(key("big", 0), bytes(&big));
        assert!(shelf.find(&key("big", 0)).is_some(), "the latest stays");
        assert_eq!(shelf.kept().len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_who_ask_at_once_have_it_built_by_two_at_most() {
        let shelf = Arc::new(Shelf::default());
        let counts: Arc<(AtomicUsize, AtomicUsize, AtomicUsize)> = Arc::default();
        let mut waiting = Vec::new();
        for n in 0..24_u8 {
            let (shelf, counts) = (shelf.clone(), counts.clone());
            waiting.push(tokio::spawn(async move {
                let build = move || {
                    let (now, most, built) = &*counts;
                    let at_once = now.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(at_once, Ordering::SeqCst);
                    built.fetch_add(1, Ordering::SeqCst);
                    now.fetch_sub(1, Ordering::SeqCst);
                    Ok::<_, crate::draw::Error>(vec![n % 4])
                };
                shelf.serve(key(&(n % 4).to_string(), 0), build).await
            }));
        }
        for (n, each) in (0..24_u8).zip(waiting) {
            let content = each.await.expect("not cancelled").expect("built");
            assert_eq!(*content, [n % 4]);
        }
        let (_, most, built) = &*counts;
        assert!(most.load(Ordering::SeqCst) <= BUILDERS);
        // Two who ask for one file at the same moment may both build it; nobody else does.
        assert!((4..=8).contains(&built.load(Ordering::SeqCst)));
    }
}
