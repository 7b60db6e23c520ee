//! How far a role reaches: over the whole library, or over branches of it.
//!
//! Invariant: whoever works for some branches opens pages about activities of these branches, lists
//! that show nothing else, and no page that is neither (ADR 0043). A page about an activity says so
//! by its address, which [`Ground::of`] reads; an address it does not know is the whole library's.
//!
//! Not here: who asks for it ([`super::guard`]), whose an activity is (`desk::grounds`).

use std::collections::BTreeSet;

use crate::branch::BranchId;
use crate::platform::db::{self, Tx};

use super::Role;

/// Where somebody's roles hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Everywhere.
    Library,
    /// In these branches; at least one.
    Branches(BTreeSet<BranchId>),
}

impl Reach {
    /// The reach of who ticked these branches; whoever ticked none is for the whole library.
    pub fn of(branches: BTreeSet<BranchId>) -> Reach {
        match branches.is_empty() {
            true => Reach::Library,
            false => Reach::Branches(branches),
        }
    }

    /// Whether it covers what a branch, or with `None` the whole library, runs.
    pub fn covers(&self, branch: Option<&BranchId>) -> bool {
        match self {
            Reach::Library => true,
            Reach::Branches(own) => branch.is_some_and(|branch| own.contains(branch)),
        }
    }

    /// Whether it is everything.
    pub fn is_whole(&self) -> bool {
        *self == Reach::Library
    }

    /// Whether these roles can be held for branches: an admin's and those that look after data are
    /// for the whole library.
    pub fn fits(&self, roles: &[Role]) -> bool {
        self.is_whole() || roles.iter().all(|role| role.is_of_branches())
    }
}

/// What a page of staff is about, by its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground<'a> {
    /// A list that shows whoever reads it what the own reach covers, or a form of something new.
    Lists,
    /// An activity, by its id.
    Activity(&'a str),
    /// A draw, by its id.
    Draw(&'a str),
    /// A draw as a page of an activity: both ids are somebody's to guess.
    DrawOf(&'a str, &'a str),
    /// Something of the whole library.
    Library,
}

impl<'a> Ground<'a> {
    /// What the address with these segments is about; they are decoded and without a language.
    pub fn of(segments: &[&'a str]) -> Ground<'a> {
        match *segments {
            ["staff", "activities"] | ["staff", "activities", "new"] => Ground::Lists,
            ["staff", "activities", activity, "draws", draw, ..] => Ground::DrawOf(activity, draw),
            ["staff", "activities", activity, ..] | ["staff", "cards", activity] => {
                Ground::Activity(activity)
            }
            ["staff", "draws", draw, _, ..] | ["stage", draw, ..] => Ground::Draw(draw),
            _ => Ground::Library,
        }
    }
}

/// Whoever knows which branch runs what.
pub trait Grounds: Send + Sync {
    /// Whether a reach covers what a page is about; what does not exist is covered, so that the page
    /// itself says so.
    ///
    /// # Errors
    /// The database.
    fn are_within(&self, tx: &mut Tx, reach: &Reach, ground: Ground<'_>)
    -> Result<bool, db::Error>;
}

#[cfg(test)]
mod tests {
    use super::super::{Needs, who_may};
    use super::*;

    fn branches(ids: &[&str]) -> Reach {
        Reach::of(ids.iter().map(|id| BranchId::from(*id)).collect())
    }

    #[test]
    fn whoever_works_for_a_branch_reaches_nothing_else() {
        let own = branches(&["north"]);
        assert!(own.covers(Some(&BranchId::from("north"))));
        assert!(!own.covers(Some(&BranchId::from("south"))));
        assert!(!own.covers(None), "what is the whole library's");
        assert!(Reach::Library.covers(None) && branches(&[]).is_whole());
    }

    #[test]
    fn roles_over_data_of_everybody_are_for_the_whole_library() {
        let own = branches(&["north"]);
        assert!(own.fits(&[Role::Librarian, Role::DrawOfficer]));
        for role in [
            Role::Admin,
            Role::PrivacyOfficer,
            Role::Accountant,
            Role::Auditor,
        ] {
            assert!(!own.fits(&[Role::Librarian, role]), "{role:?}");
            assert!(Reach::Library.fits(&[role]));
        }
    }

    /// A page that nobody thought of stays closed, and this list says which those are.
    #[test]
    fn every_page_of_an_activity_is_known_by_its_address() {
        let mut closed = Vec::new();
        for each in who_may::declared() {
            let who_may::Who::Needs(needs) = each.who else {
                continue;
            };
            let (_, path) = each.route.split_once(' ').expect("METHOD /path");
            let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            if needs.end_at_branches() && Ground::of(&segments) == Ground::Library {
                closed.push(path);
            }
        }
        closed.sort_unstable();
        closed.dedup();
        let of_the_library = |path: &&str| {
            let rooms = ["external", "feedback", "inspections", "newsletters"];
            rooms
                .iter()
                .any(|room| path.starts_with(&format!("/staff/{room}")))
        };
        let others: Vec<&str> = closed
            .into_iter()
            .filter(|path| !of_the_library(path))
            .collect();
        assert_eq!(others, [""; 0]);
        assert!(Needs::Role(Role::Librarian).end_at_branches());
        assert!(!Needs::Role(Role::Admin).end_at_branches());
    }

    #[test]
    fn a_draw_below_another_activity_names_both() {
        assert_eq!(
            Ground::of(&["staff", "activities", "a", "draws", "d", "notify"]),
            Ground::DrawOf("a", "d")
        );
        assert_eq!(
            Ground::of(&["staff", "draws", "d", "run"]),
            Ground::Draw("d")
        );
        assert_eq!(Ground::of(&["staff", "activities", "new"]), Ground::Lists);
        assert_eq!(Ground::of(&["staff", "unheard-of"]), Ground::Library);
    }
}
