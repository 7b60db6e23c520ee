//! One look around, every few seconds: what this process noticed goes into the database, rules that
//! are reached are answered, and what holds is taken over from there.
//!
//! Invariant: nobody's request waits for a look. Two instances that look at the same moment open no
//! answer twice: it is looked for in the transaction that opens it.
//!
//! Not here: the rules ([`super::rules`]), letters ([`super::letters`]).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::account;
use crate::audit::{self, Actor, Alike, StaffId};
use crate::custody::breach;
use crate::platform::clock::{HOUR, Timestamp};
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::text::dates;
use crate::platform::watch::{Held, Key, Noticed, Watch, week};
use crate::vault::{self, Vault};

use super::rules::{EXPORT, LOCKED, OPENING};
use super::{Answer, AnswerId, AnswerKind, Error, Of, Rule, Terms, jobs, letters, note, store};

/// How the names of the keys begin under which networks are told apart.
pub(super) const NETWORKS: &str = "_networks-";

/// The acts by which a member of staff sees somebody's data.
const ACTS: [&str; 5] = [
    "vault.opened",
    "vault.opened_kept",
    audit::SHARED,
    audit::DISCLOSED,
    "vault.looked_up",
];

/// The purposes whose many lines are one file.
const FILES: [&str; 4] = [
    "winner-export",
    "provider-share",
    "disclosure",
    "tax-filing",
];
/// The purposes by which nobody sees anything that leads to a person, or letters leave by themselves.
const UNSEEN: [&str; 2] = ["live-reveal", "winner-notice"];

/// Looks around; one in each process.
#[derive(Clone)]
pub struct Guardian {
    db: Db,
    vault: Vault,
    config: Arc<Config>,
    watch: Watch,
    /// How far this process knows the record.
    seen: Arc<AtomicI64>,
}

impl Guardian {
    /// Over these.
    pub fn new(db: &Db, vault: &Vault, config: &Arc<Config>, watch: &Watch) -> Guardian {
        Guardian {
            db: db.clone(),
            vault: vault.clone(),
            config: config.clone(),
            watch: watch.clone(),
            seen: Arc::new(AtomicI64::new(-1)),
        }
    }

    /// One look; how many rules were answered.
    pub fn look(&self) -> Result<usize, Error> {
        let now = self.db.clock().now();
        if self.watch.needs_key()
            && let Err(error) = self.hold_keys(week(now))
        {
            // Without a key networks are counted together.
            tracing::warn!(%error, "networks cannot be told apart");
        }
        let noticed = self.watch.take(week(now));
        let (position, mut running) = self.db.read_now("look around", |tx| {
            let newest = audit::newest(tx)?.map_or(0, |(position, _)| position);
            Ok::<_, Error>((newest, store::running(tx)?))
        })?;
        let has_grown = self.seen.load(Ordering::Relaxed) != position;
        let mut answered = 0;
        if !noticed.is_empty() || has_grown {
            answered = self
                .db
                .write_now("note what was noticed", |tx| self.note_all(tx, &noticed))?;
            self.seen.store(position, Ordering::Relaxed);
            running = self.db.read_now("read answers", store::running)?;
        }
        self.hold(&running, now);
        Ok(answered)
    }

    /// Takes over what is held against networks, with the keys by which they are recognised.
    fn hold(&self, running: &[Answer], now: Timestamp) {
        let mut held = Held::default();
        for answer in running {
            let until = answer.until.unwrap_or(now);
            match answer.kind {
                AnswerKind::Block => {
                    held.blocked.insert(answer.about.clone(), until);
                }
                AnswerKind::Slow => {
                    held.slowed.insert(answer.about.clone(), until);
                }
                AnswerKind::Press => held.pressed = held.pressed.max(Some(until)),
                AnswerKind::Alarm | AnswerKind::Lock | AnswerKind::Freeze => {}
            }
        }
        let is_about_networks = !held.blocked.is_empty() || !held.slowed.is_empty();
        if is_about_networks && let Err(error) = self.hold_keys(week(now)) {
            tracing::warn!(%error, "networks cannot be recognised");
        }
        self.watch.hold(held);
    }

    /// The keys of this week and, as long as it is not destroyed, of the one before.
    fn hold_keys(&self, week: i64) -> Result<(), Error> {
        if self.watch.weeks().first() == Some(&week) {
            return Ok(());
        }
        let mut keys = vec![self.key(week)?];
        let before = format!("{NETWORKS}{}", week - 1);
        let known = self
            .db
            .read_now("find key of networks", |tx| vault::scope_keys(tx, &before))?;
        if known.is_some() {
            keys.push(self.key(week - 1)?);
        }
        self.watch.hold_keys(keys);
        Ok(())
    }

    fn key(&self, week: i64) -> Result<Key, Error> {
        let scope = format!("{NETWORKS}{week}");
        let public = self.vault.create_scope(&scope)?;
        self.db.write_now("keep key of networks", |tx| {
            vault::keep_scope(tx, &scope, &public)
        })?;
        let tag = self.vault.tag_in_scope(&scope, "networks")?;
        Ok(Key {
            week,
            bytes: tag.0.into(),
        })
    }

    fn note_all(&self, tx: &mut Tx, noticed: &[Noticed]) -> Result<usize, Error> {
        let mut counts: Vec<(&str, String, u64)> = noticed
            .iter()
            .map(|each| {
                let about = each.network.clone().unwrap_or_default();
                (each.sign.code(), about, each.count)
            })
            .collect();
        counts.extend(of_the_record(tx)?);
        if counts.is_empty() {
            return Ok(0);
        }
        let signs: Vec<&str> = counts.iter().map(|(sign, ..)| *sign).collect();
        let locked: Vec<String> = counts
            .iter()
            .filter(|(sign, ..)| *sign == LOCKED)
            .map(|(_, about, _)| about.clone())
            .collect();
        store::add_counts(tx, counts)?;
        let mut answered = 0;
        let is_night = self.config.watch.is_night(dates::hour(tx.now().0));
        for rule in Rule::ALL {
            let terms = rule.terms(&self.config.watch);
            let is_touched = terms.signs.iter().any(|sign| signs.contains(sign));
            if terms.most == 0 || !is_touched || rule == Rule::Night && !is_night {
                continue;
            }
            for (about, count) in self.reached(tx, rule, &terms)? {
                if rule == Rule::LockOut && !locked.contains(&about) {
                    continue;
                }
                answered += usize::from(self.answer(tx, rule, &terms, &about, count)?);
            }
        }
        if answered > 0 {
            letters::enqueue(tx, &self.config)?;
        }
        Ok(answered)
    }

    /// About whom a rule is reached, and with how many. What an admin has looked at and lifted is not
    /// counted again.
    fn reached(&self, tx: &mut Tx, rule: Rule, terms: &Terms) -> Result<Vec<(String, u64)>, Error> {
        let since = tx.now().plus(-terms.window);
        let most = u64::from(terms.most);
        let lifted = store::lifted(tx, rule, since)?;
        let mut reached = sums(tx, rule, terms, since)?;
        reached.retain(|(_, count)| *count >= most);
        let mut left = Vec::with_capacity(reached.len());
        for (about, count) in reached {
            // A freeze is of the whole site, whoever it was about.
            let own = |(whom, _): &&(String, Timestamp)| *whom == about || whom.is_empty();
            let last = lifted.iter().filter(own).map(|(_, at)| *at).max();
            let count = match last {
                Some(at) => {
                    let later = sums(tx, rule, terms, store::minute_after(at))?;
                    let own = later.into_iter().find(|(whom, _)| *whom == about);
                    own.map_or(0, |(_, count)| count)
                }
                None => count,
            };
            if count >= most {
                left.push((about, count));
            }
        }
        Ok(left)
    }

    /// Does what the rule says, as far as it does not hold already; whether anything was done.
    fn answer(
        &self,
        tx: &mut Tx,
        rule: Rule,
        terms: &Terms,
        about: &str,
        count: u64,
    ) -> Result<bool, Error> {
        let running = store::running(tx)?;
        // A lock of failed tries leaves the owner signed in, and anybody can bring it about: it stands
        // for no lock of another rule.
        let holds = |kind: &AnswerKind| {
            running.iter().any(|own| {
                own.kind == *kind
                    && own.about == subject(rule, *kind, about)
                    && (own.rule == rule
                        || (*kind != AnswerKind::Alarm && own.rule != Rule::LockOut))
            })
        };
        let missing: Vec<AnswerKind> = terms
            .answers
            .iter()
            .copied()
            .filter(|kind| !holds(kind))
            .collect();
        if missing.is_empty() {
            return Ok(false);
        }
        let incident = match terms.incident {
            true => {
                let (facts, measures) = letters::incident_words(rule, terms, count);
                Some(breach::raise(
                    tx,
                    &self.config,
                    rule.code(),
                    facts,
                    measures,
                )?)
            }
            false => None,
        };
        for kind in missing {
            let now = tx.now();
            let lasts = kind.lasts(&self.config.watch, terms.window);
            let until = match rule {
                // The lock of failed tries is there already.
                Rule::LockOut => Some(now.plus(account::sign_in::LOCKED)),
                _ => lasts.map(|lasts| now.plus(lasts)),
            };
            let answer = Answer {
                id: AnswerId::fresh(),
                rule,
                kind,
                about: subject(rule, kind, about),
                count,
                began_at: now,
                until,
                lifted_at: None,
                lifted_by: None,
                reason: String::new(),
                incident: incident.clone(),
                told_at: None,
            };
            store::insert(tx, &answer)?;
            note(tx, &Actor::System, kind.act(), &answer, "")?;
            match (kind, until) {
                (AnswerKind::Lock, Some(until)) if rule != Rule::LockOut => {
                    account::lock(tx, &StaffId::from(about), until)?;
                }
                (AnswerKind::Freeze, _) => {
                    vault::freeze(tx)?;
                }
                _ => {}
            }
        }
        Ok(true)
    }

    /// Once an hour: what is a week old is forgotten, with the key of its networks.
    pub(super) fn sweep(&self) -> Result<(), Error> {
        let now = self.db.clock().now();
        let current = week(now);
        let scopes = self.db.read_now("read keys of networks", vault::scopes)?;
        for own in scopes {
            let of_week = own.scope.strip_prefix(NETWORKS);
            let of_week = of_week.and_then(|text| text.parse::<i64>().ok());
            if own.erased_at.is_none() && of_week.is_some_and(|of| of < current - 1) {
                self.vault.erase(&own.scope)?;
                self.db.write_now("end key of networks", |tx| {
                    vault::scope_erased(tx, &own.scope)
                })?;
            }
        }
        let kept = i64::from(self.config.access_log_days);
        self.db.write_now("forget what was noticed", |tx| {
            store::forget(tx, now.plus(-jobs::KEPT))?;
            store::forget_answers(tx, now.plus(-kept * 24 * HOUR))
        })?;
        self.db.write_now("remind of incidents", |tx| {
            match letters::has_reminders(tx)? {
                true => letters::enqueue(tx, &self.config),
                false => Ok(()),
            }
        })
    }
}

/// How often the signs of a rule were noticed since a moment, by whom the rule tells apart.
fn sums(
    tx: &mut Tx,
    rule: Rule,
    terms: &Terms,
    since: Timestamp,
) -> Result<Vec<(String, u64)>, Error> {
    let sums = store::sums(tx, terms.signs, since)?;
    Ok(match rule.terms_of() {
        Of::All => {
            let all = sums.iter().map(|(_, count)| count).sum();
            vec![(String::new(), all)]
        }
        Of::Network | Of::Account => {
            let told_apart = sums.into_iter().filter(|(about, _)| !about.is_empty());
            told_apart.collect()
        }
    })
}

/// Whom an answer is about: a freeze and an alarm are the whole site's.
fn subject(rule: Rule, kind: AnswerKind, about: &str) -> String {
    match (rule.terms_of(), kind) {
        (Of::Account, AnswerKind::Freeze) | (Of::All, _) => String::new(),
        _ => about.to_owned(),
    }
}

/// What the record of acts says since the last time: sign, account, how often.
fn of_the_record(tx: &mut Tx) -> Result<Vec<(&'static str, String, u64)>, Error> {
    let newest = audit::newest(tx)?.map_or(0, |(position, _)| position);
    let Some(looked) = store::looked(tx)? else {
        store::set_looked(tx, newest)?;
        return Ok(Vec::new());
    };
    if looked == newest {
        return Ok(Vec::new());
    }
    let since = tx.now().plus(-HOUR);
    let alike = audit::alike_after(tx, looked, since, &ACTS)?;
    store::set_looked(tx, newest)?;
    let mut counts: BTreeMap<(&'static str, String), u64> = BTreeMap::new();
    for staff in audit::objects_after(tx, looked, since, "staff.locked")? {
        *counts.entry((LOCKED, staff)).or_default() += 1;
    }
    for each in &alike {
        if let Some((sign, about, count)) = sign_of(each) {
            *counts.entry((sign, about)).or_default() += count;
        }
    }
    Ok(counts
        .into_iter()
        .map(|((sign, about), count)| (sign, about, count))
        .collect())
}

/// What lines of one actor are a sign of.
fn sign_of(alike: &Alike) -> Option<(&'static str, String, u64)> {
    let staff = alike.actor.strip_prefix("staff:")?.to_owned();
    match alike.purpose.as_str() {
        purpose if UNSEEN.contains(&purpose) => None,
        // However many people are in it: lines with one reason are one file.
        purpose if FILES.contains(&purpose) => Some((EXPORT, staff, 1)),
        _ => Some((OPENING, staff, alike.count)),
    }
}
