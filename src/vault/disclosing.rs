//! Opening for others than winners: a provider's rows, a scope's, those a disclosure names.
//!
//! Invariant: as for winners, the audit line is stored before the box is opened; a provider gets
//! boxes that were sealed for it and no other; what is named opens within the operator's yearly
//! number, which the keeper counts by itself; what is held is sealed anew and never comes out open.
//!
//! Not here: who proposes and who approves (`custody`).

use std::fmt;

use lucky_draw::encode::Hash;

use super::access::{OfAScope, OpenedContact, Purpose};
use super::field::Contact;
use super::particulars::{OpenedParticulars, Particulars};
use super::purpose::{Disclosure, ProviderShare};
use super::scopes::RecordedInScope;
use super::wire::{AnswerBox, PersonBox, Private, Refusal, Reply, Request};
use super::{Error, Vault, freeze};
use crate::audit::{self, Act, Actor};
use crate::platform::db::Tx;

/// A sealed contact, or a share of one, and what it is bound to.
#[derive(Clone, Debug)]
pub struct BoundBox {
    /// The row.
    pub item: String,
    /// The person's tag in the activity.
    pub tag: Hash,
    /// The hash of the notice that the person was shown.
    pub notice: Hash,
    /// The box.
    pub sealed: Vec<u8>,
}

impl From<BoundBox> for PersonBox {
    fn from(bound: BoundBox) -> PersonBox {
        PersonBox {
            item: bound.item,
            tag: bound.tag.0,
            notice: bound.notice.0,
            sealed: bound.sealed,
        }
    }
}

/// A sealed box of a scope.
#[derive(Clone, Debug)]
pub struct ScopeBox {
    /// The row.
    pub item: String,
    /// The box.
    pub sealed: Vec<u8>,
}

/// Boxes of one provider whose opening is on record.
pub struct RecordedShare {
    activity: String,
    provider: String,
    boxes: Vec<BoundBox>,
}

impl fmt::Debug for RecordedShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordedShare({}, {})", self.provider, self.boxes.len())
    }
}

/// Named contacts whose opening is on record.
pub struct RecordedNamed {
    place: String,
    ground: String,
    boxes: Vec<BoundBox>,
}

impl RecordedNamed {
    /// The rows that are to be opened.
    pub fn items(&self) -> Vec<String> {
        self.boxes.iter().map(|one| one.item.clone()).collect()
    }
}

impl fmt::Debug for RecordedNamed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordedNamed({}, {})", self.ground, self.boxes.len())
    }
}

/// Writes one audit line for each box that will be opened for a provider: row and provider.
pub fn record_shared(
    tx: &mut Tx,
    actor: &Actor,
    reason: &str,
    activity: &str,
    provider: &str,
    boxes: Vec<BoundBox>,
) -> Result<RecordedShare, Error> {
    freeze::check(tx, actor)?;
    for one in &boxes {
        let act = Act {
            actor,
            act: audit::SHARED,
            activity,
            object: &format!("{} {provider}", one.item),
            purpose: ProviderShare::FACTS.code,
            reason,
        };
        audit::record(tx, &act)?;
    }
    Ok(RecordedShare {
        activity: activity.to_owned(),
        provider: provider.to_owned(),
        boxes,
    })
}

/// Writes one audit line for each named contact that will be opened: row and ground.
///
/// `place` is the activity, or the scope of a hold on rows of `activity`; `ground` a code of the
/// register of disclosures.
pub fn record_named(
    tx: &mut Tx,
    actor: &Actor,
    reason: &str,
    (activity, place): (&str, &str),
    ground: &str,
    boxes: Vec<BoundBox>,
) -> Result<RecordedNamed, Error> {
    freeze::check(tx, actor)?;
    for one in &boxes {
        let act = Act {
            actor,
            act: audit::DISCLOSED,
            activity,
            object: &format!("{} {ground}", one.item),
            purpose: Disclosure::FACTS.code,
            reason,
        };
        audit::record(tx, &act)?;
    }
    Ok(RecordedNamed {
        place: place.to_owned(),
        ground: ground.to_owned(),
        boxes,
    })
}

/// Writes down that the vault refused what [`record_named`] had recorded: nothing was opened.
pub fn record_not_opened(
    tx: &mut Tx,
    actor: &Actor,
    of: (&str, &str),
    items: &[String],
) -> Result<(), Error> {
    record_each(
        tx,
        actor,
        (audit::NOT_OPENED, Disclosure::FACTS.code),
        of,
        items,
    )
}

/// Writes down that these rows were found through the ID number of whoever asked; nothing of them
/// is opened.
pub fn record_looked_up(
    tx: &mut Tx,
    actor: &Actor,
    of: (&str, &str),
    items: &[String],
) -> Result<(), Error> {
    record_each(tx, actor, ("vault.looked_up", "id-lookup"), of, items)
}

fn record_each(
    tx: &mut Tx,
    actor: &Actor,
    (act, purpose): (&'static str, &str),
    (activity, ground): (&str, &str),
    items: &[String],
) -> Result<(), Error> {
    for item in items {
        let act = Act {
            actor,
            act,
            activity,
            object: &format!("{item} {ground}"),
            purpose,
            reason: "",
        };
        audit::record(tx, &act)?;
    }
    Ok(())
}

impl Vault {
    /// Opens what was recorded for a provider; one answer for each box, in order.
    pub fn open_shared(
        &self,
        recorded: RecordedShare,
    ) -> Result<Vec<Result<OpenedContact<ProviderShare>, Refusal>>, Error> {
        self.contacts(Request::OpenShared {
            activity: recorded.activity,
            provider: recorded.provider,
            boxes: recorded.boxes.into_iter().map(PersonBox::from).collect(),
        })
    }

    /// Opens what was recorded for a disclosure; nothing at all where the operator's yearly number
    /// does not reach for all of it.
    pub fn open_named(
        &self,
        recorded: RecordedNamed,
    ) -> Result<Vec<Result<OpenedContact<Disclosure>, Refusal>>, Error> {
        self.contacts(Request::OpenNamed {
            place: recorded.place,
            ground: recorded.ground,
            boxes: recorded.boxes.into_iter().map(PersonBox::from).collect(),
        })
    }

    /// Opens what was recorded in a scope; one answer for each box, in order.
    pub fn open_scope<P: OfAScope>(
        &self,
        recorded: RecordedInScope<P>,
    ) -> Result<Vec<Result<OpenedParticulars<P>, Refusal>>, Error> {
        let boxes = recorded.boxes.into_iter().map(|one| AnswerBox {
            item: one.item,
            sealed: one.sealed,
        });
        let request = Request::OpenInScope {
            scope: recorded.scope,
            purpose: P::FACTS.code.to_owned(),
            boxes: boxes.collect(),
        };
        let Reply::OpenedEach(each) = self.ask(request)? else {
            return Err(Error::Answer);
        };
        let opened = each.into_iter().map(|plain| {
            let particulars = Particulars::decode(&plain?.0).ok_or(Refusal::Broken)?;
            Ok(OpenedParticulars::new(particulars))
        });
        Ok(opened.collect())
    }

    /// Seals contacts of an activity anew, to the key of a hold, bound to the same rows, tags and
    /// notices there; one answer for each box, in order.
    pub fn rehouse(
        &self,
        activity: &str,
        scope: &str,
        boxes: Vec<BoundBox>,
    ) -> Result<Vec<Result<Vec<u8>, Refusal>>, Error> {
        let request = Request::Rehouse {
            activity: activity.to_owned(),
            to: scope.to_owned(),
            boxes: boxes.into_iter().map(PersonBox::from).collect(),
        };
        match self.ask(request)? {
            Reply::SealedEach(each) => Ok(each),
            _ => Err(Error::Answer),
        }
    }

    fn contacts<P: Purpose>(
        &self,
        request: Request,
    ) -> Result<Vec<Result<OpenedContact<P>, Refusal>>, Error> {
        let Reply::OpenedEach(each) = self.ask(request)? else {
            return Err(Error::Answer);
        };
        let opened = each.into_iter().map(|plain: Result<Private, Refusal>| {
            let contact = Contact::decode(&plain?.0).ok_or(Refusal::Broken)?;
            Ok(OpenedContact::new(contact))
        });
        Ok(opened.collect())
    }
}
