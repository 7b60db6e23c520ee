//! Topics: what people choose from, and what an issue is about.
//!
//! Invariant: a topic is never deleted, because consents and issues name it; one that is retired is
//! offered to nobody and chosen for no issue.

use crate::activity::LocalText;
use crate::audit::Actor;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::ids::text_id;

use super::{Error, note, store};

text_id!(
    /// Names a topic.
    TopicId,
    8
);

/// A topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// Its name.
    pub name: LocalText,
    /// Since when it is offered no more.
    pub retired_at: Option<Timestamp>,
}

/// Every topic, the oldest first.
pub fn all(tx: &mut Tx) -> Result<Vec<Topic>, Error> {
    Ok(store::issues::topics(tx)?)
}

/// Those that are offered.
pub fn offered(tx: &mut Tx) -> Result<Vec<Topic>, Error> {
    let mut topics = all(tx)?;
    topics.retain(|topic| topic.retired_at.is_none());
    Ok(topics)
}

/// Makes a topic.
pub fn make(tx: &mut Tx, by: &Actor, name: LocalText) -> Result<TopicId, Error> {
    let topic = Topic {
        id: TopicId::fresh(),
        name,
        retired_at: None,
    };
    store::issues::insert_topic(tx, &topic)?;
    note(tx, by, "newsletter.topic_made", topic.id.as_str())?;
    Ok(topic.id)
}

/// Gives a topic another name.
pub fn rename(tx: &mut Tx, by: &Actor, id: &TopicId, name: &LocalText) -> Result<(), Error> {
    if !store::issues::rename_topic(tx, id, name)? {
        return Err(Error::Unknown);
    }
    note(tx, by, "newsletter.topic_renamed", id.as_str())
}

/// Offers a topic no more; a second time is the same.
pub fn retire(tx: &mut Tx, by: &Actor, id: &TopicId) -> Result<(), Error> {
    if !store::issues::retire_topic(tx, id)? {
        return Ok(());
    }
    note(tx, by, "newsletter.topic_retired", id.as_str())
}
