//! What an activity promises to draw, or how many places, told to the keeper before anybody enters.
//!
//! Not here: what is kept of it (`promised`), and that only promised draws open winners (`open`).

use lucky_draw::record::Manifest;

use super::super::places::{self, PlacesError};
use super::super::promised::{self, PromiseError};
use super::super::wire::{Refusal, Reply};
use super::{Keeper, LONGEST, checked, storage};

/// Most draws of one activity.
const MOST_DRAWS: usize = 100;

impl Keeper {
    /// Notes everything that an activity promises, while nobody can have entered.
    pub(super) fn promise(&self, activity: &str, manifests: &[String]) -> Result<Reply, Refusal> {
        // An activity without a key promises nothing.
        self.secret(activity)?;
        if manifests.len() > MOST_DRAWS {
            return Err(Refusal::TooLarge);
        }
        let parsed = manifests.iter().map(|text| parsed(text));
        let parsed = parsed.collect::<Result<Vec<_>, _>>()?;
        // Under the lock of the keys, as the first tag is.
        let keys = self.keys();
        made(promised::promise(keys.folder(), activity, &parsed))
    }

    /// Notes what takes the place of a promise.
    pub(super) fn succeed(&self, activity: &str, manifest: &str) -> Result<Reply, Refusal> {
        self.secret(activity)?;
        let next = parsed(manifest)?;
        let keys = self.keys();
        made(promised::succeed(keys.folder(), activity, &next))
    }

    /// Notes how many people in sessions may be written to, while nobody can have entered.
    pub(super) fn promise_places(&self, activity: &str, places: u64) -> Result<Reply, Refusal> {
        self.secret(activity)?;
        let keys = self.keys();
        match places::promise(keys.folder(), activity, places) {
            Ok(()) => Ok(Reply::Done),
            Err(error) => Err(places_refusal(error)),
        }
    }

    /// Writes down that somebody in a session is written to, and says no to one too many.
    pub(super) fn enter_seat(&self, activity: &str, item: &str) -> Result<(), Refusal> {
        let (name, item) = (checked(activity)?, checked(item)?);
        // Under the lock of the keys, so that two messages cannot both take the last place.
        let keys = self.keys();
        places::enter(keys.folder(), name, item).map_err(places_refusal)
    }

    /// Refuses a draw that the activity did not promise.
    pub(super) fn was_promised(
        &self,
        activity: &str,
        manifest: &lucky_draw::encode::Hash,
    ) -> Result<(), Refusal> {
        let name = checked(activity)?;
        let keys = self.keys();
        match promised::is_promised(keys.folder(), name, manifest) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::NotPromised),
            Err(error) => Err(storage(error.into())),
        }
    }
}

fn places_refusal(error: PlacesError) -> Refusal {
    match error {
        PlacesError::Made | PlacesError::NotPromised => Refusal::NotPromised,
        PlacesError::TooMany => Refusal::TooMany,
        PlacesError::Disk(error) => storage(error.into()),
    }
}

fn parsed(text: &str) -> Result<Manifest, Refusal> {
    if text.len() > LONGEST {
        return Err(Refusal::TooLarge);
    }
    Manifest::parse(text).map_err(|_| Refusal::NotANote)
}

fn made(outcome: Result<(), PromiseError>) -> Result<Reply, Refusal> {
    match outcome {
        Ok(()) => Ok(Reply::Done),
        Err(PromiseError::Made) => Err(Refusal::NotPromised),
        Err(PromiseError::Disk(error)) => Err(storage(error.into())),
    }
}
