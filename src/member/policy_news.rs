//! Members are told of a major change of the general policy: one letter to each.
//!
//! Invariant: a version is told once, to whoever is a member while the list is gone through; letters
//! are written a page of members at a time, and how far that has come is kept with them. What became
//! of the letters is counted, because the letters themselves are forgotten after two days.
//!
//! Not here: when somebody is told ([`crate::policy::general`]), sending ([`super::post`]).

use crate::platform::db::{self, Tx};
use crate::platform::text::{self, Language};
use crate::policy;
use crate::policy::general::Version;
use crate::policy::general::audience::{Audience, Told};

use super::letters::{self, Letter, LetterKind, LetterStage, State};
use super::{Error, MemberId, jobs, store};

/// Everybody with an account.
pub struct Members;

/// So many letters are written in one transaction.
const PAGE: i64 = 200;

/// How far telling of a version has come.
pub(super) struct Telling {
    /// The last member whose letter is written.
    pub(super) reached: MemberId,
    /// Whether every letter is written.
    pub(super) is_listed: bool,
    pub(super) sent: i64,
    pub(super) uncertain: i64,
    pub(super) refused: i64,
    pub(super) dropped: i64,
}

impl Audience for Members {
    fn name(&self, language: Language) -> String {
        text::message(language, "member-policy-audience", &[])
    }

    fn tell(&self, tx: &mut Tx, version: &Version) -> Result<(), policy::Error> {
        begin(tx, version.number).map_err(policy::Error::of_audience)
    }

    fn told(&self, tx: &mut Tx, version: i64) -> Result<Option<Told>, policy::Error> {
        told(tx, version).map_err(policy::Error::of_audience)
    }
}

fn begin(tx: &mut Tx, version: i64) -> Result<(), Error> {
    if store::tellings::find(tx, version)?.is_some() {
        return Ok(());
    }
    store::tellings::insert(tx, version)?;
    Ok(jobs::enqueue_telling(tx, version)?)
}

fn told(tx: &mut Tx, version: i64) -> Result<Option<Told>, Error> {
    let Some(telling) = store::tellings::find(tx, version)? else {
        return Ok(None);
    };
    let waiting = store::letters::count_open(tx, LetterKind::Policy, &version.to_string())?;
    Ok(Some(Told {
        is_over: telling.is_listed && waiting == 0,
        waiting,
        sent: telling.sent,
        uncertain: telling.uncertain,
        refused: telling.refused,
        dropped: telling.dropped,
    }))
}

/// Writes the letters of the next page of members; `false` when there are no more.
pub(super) fn write_page(tx: &mut Tx, version: i64) -> Result<bool, Error> {
    let telling = store::tellings::find(tx, version)?.ok_or(Error::Unknown)?;
    if telling.is_listed {
        return Ok(false);
    }
    let page = store::members::after(tx, &telling.reached, PAGE)?;
    for member in &page {
        let to = (&member.address, member.language);
        letters::write(tx, LetterKind::Policy, to, &version.to_string())?;
    }
    store::tellings::reach(tx, version, page.last().map(|member| &member.id))?;
    Ok(!page.is_empty())
}

/// The next step of a letter on its way; one that tells of the policy is counted when it is settled.
pub(super) fn advance(
    tx: &mut Tx,
    from: &[LetterStage],
    letter: &Letter,
    to: &State,
) -> Result<bool, db::Error> {
    let is_ours = store::letters::advance(tx, from, &letter.id, to)?;
    if is_ours && letter.kind == LetterKind::Policy {
        let version = letter.code.parse().unwrap_or_default();
        store::tellings::count(tx, version, to.stage)?;
    }
    Ok(is_ours)
}
