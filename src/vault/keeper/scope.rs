//! Keys of no activity, and what the operator's yearly numbers allow.
//!
//! Invariant: a box of a scope opens for a purpose of that scope's prefix; a contact that is no
//! winner's opens or is sealed anew only within the operator's number for the calendar year (UTC, by
//! the machine's own clock), after its line is on the disk. What is held is never returned open.

use lucky_draw::encode::Hash;

use super::super::access::{Audience, Purpose};
use super::super::allowance::{self, AllowanceError, Allowed};
use super::super::crypt::{self, Binding, Scope};
use super::super::particulars::Particulars;
use super::super::purpose::{self, Disclosure};
use super::super::wire::{AnswerBox, PersonBox, Refusal, Reply};
use super::open::contact;
use super::{Keeper, checked, private, storage};

/// How the name of the key of a hold begins.
const HOLD: &str = "_hold-";

/// Whether a name is that of a scope and can be no activity's.
pub(super) fn is_scope(name: &str) -> bool {
    name.starts_with('_')
}

impl Keeper {
    pub(super) fn create_scope(&self, scope: &str) -> Result<Reply, Refusal> {
        let name = checked(scope)?;
        if !is_scope(name) {
            return Err(Refusal::Name);
        }
        self.create(name)
    }

    pub(super) fn open_in_scope(
        &self,
        scope: &str,
        purpose: &str,
        boxes: &[AnswerBox],
    ) -> Result<Reply, Refusal> {
        let of_scope = |of: Audience| of.scope().is_some_and(|prefix| scope.starts_with(prefix));
        let purpose = purpose::ALL
            .iter()
            .find(|facts| facts.code == purpose && of_scope(facts.of) && facts.of.is_shown())
            .ok_or(Refusal::Purpose)?;
        let secret = self.secret(scope)?;
        let rows = boxes.iter().map(|one| one.item.as_str());
        self.note(scope, &format!("particulars {}", purpose.code), rows)?;
        let mut opener = secret.opener(Scope::Notify);
        let each = boxes.iter().map(|one| {
            let binding = Binding {
                activity: scope,
                item: &one.item,
                tag: None,
                notice: None,
            };
            let plain = opener.open(&binding, &one.sealed);
            let particulars = Particulars::decode(&plain.ok_or(Refusal::Broken)?);
            let particulars = particulars.ok_or(Refusal::Broken)?;
            private(Some(particulars.keep_only(purpose.reads).encode()))
        });
        Ok(Reply::OpenedEach(each.collect()))
    }

    /// Opens named contacts of an activity or of a hold, all or none.
    pub(super) fn open_named(
        &self,
        place: &str,
        ground: &str,
        boxes: &[PersonBox],
    ) -> Result<Reply, Refusal> {
        if is_scope(place) && !place.starts_with(HOLD) {
            return Err(Refusal::Purpose);
        }
        let secret = self.opening_secret(place)?;
        let limit = self.policy.named_openings_per_year;
        self.allow((Allowed::Named, limit), place, checked(ground)?, boxes)?;
        let mut opener = secret.opener(Scope::Notify);
        let each = boxes.iter().map(|bound| {
            let contact = contact(&mut opener, place, bound)?;
            private(Some(contact.keep_only(Disclosure::FACTS.reads).encode()))
        });
        Ok(Reply::OpenedEach(each.collect()))
    }

    /// Seals contacts anew to the key of a hold.
    pub(super) fn rehouse(
        &self,
        activity: &str,
        to: &str,
        boxes: &[PersonBox],
    ) -> Result<Reply, Refusal> {
        if is_scope(activity) || !to.starts_with(HOLD) {
            return Err(Refusal::Purpose);
        }
        let (from, hold) = (self.opening_secret(activity)?, self.secret(to)?);
        let public = hold.public(Scope::Notify);
        let limit = self.policy.held_rows_per_year;
        self.allow((Allowed::Held, limit), activity, to, boxes)?;
        let mut opener = from.opener(Scope::Notify);
        let each = boxes.iter().map(|bound| {
            let contact = contact(&mut opener, activity, bound)?;
            let (tag, notice) = (Hash(bound.tag), Hash(bound.notice));
            let binding = Binding {
                activity: to,
                item: &bound.item,
                tag: Some(&tag),
                notice: Some(&notice),
            };
            let plain = contact.encode();
            crypt::seal(&public, Scope::Notify, &binding, contact.fields(), &plain)
                .ok_or(Refusal::Broken)
        });
        Ok(Reply::SealedEach(each.collect()))
    }

    fn allow(
        &self,
        (what, limit): (Allowed, u64),
        place: &str,
        why: &str,
        boxes: &[PersonBox],
    ) -> Result<(), Refusal> {
        let items: Vec<&str> = boxes.iter().map(|bound| bound.item.as_str()).collect();
        for item in &items {
            checked(item)?;
        }
        self.enter_rows((what, limit), place, why, &items)
    }

    /// One more incident about which everybody is written to; the same one again costs nothing.
    pub(super) fn allow_incident(&self, incident: &str) -> Result<(), Refusal> {
        let limit = self.policy.incidents_per_year;
        self.enter_rows((Allowed::Incident, limit), "site", "breach", &[incident])
    }

    fn enter_rows(
        &self,
        (what, limit): (Allowed, u64),
        place: &str,
        why: &str,
        items: &[&str],
    ) -> Result<(), Refusal> {
        let now = self.clock.now().to_string();
        let year = now.get(..4).unwrap_or(&now);
        // Under the lock of the keys, so that two messages cannot both take the last row.
        let keys = self.keys();
        let entered = allowance::enter(keys.folder(), (what, year, limit), place, why, items);
        entered.map_err(|error| match error {
            AllowanceError::UsedUp => Refusal::NotAllowed,
            AllowanceError::Disk(error) => storage(error.into()),
        })
    }
}
