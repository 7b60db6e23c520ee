//! The manifest: everything about a draw that is promised before the first entry (section 4.3).
//!
//! Invariant: see `record`; the promises that need arithmetic or the chain table are in `check`.

use std::collections::BTreeSet;

use super::lines::{GrammarError, Lines, MAX_INTEGER};
use super::source::{PublishError, Source};
use super::{heading, is_code, is_slug};
use crate::beacon;
use crate::encode::Hash;
use crate::note::is_key_name;

/// Seconds between the freeze and the earliest round (section 4.3).
pub const FREEZE_LEAD: u64 = 600;

/// What a draw promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Origin of the entry log: 1 to 255 printable ASCII characters without space and `+`.
    pub origin: String,
    /// H of the rules file.
    pub rules: Hash,
    /// Unix time from which entries are taken.
    pub opens: u64,
    /// Unix time from which no entry is taken.
    pub closes: u64,
    /// Unix time at which the list is final.
    pub freezes: u64,
    /// Where the randomness comes from, 1 to 4, order significant.
    pub sources: Vec<Source>,
    /// Prizes in the order in which they are drawn, 1 to 64.
    pub prizes: Vec<Prize>,
    /// How many reserves are drawn after the prizes.
    pub reserves: u32,
    /// Slots one person can hold.
    pub wins_per_person: u32,
    /// Tickets one person can have.
    pub tickets_per_person: u32,
    /// Draws of the same activity whose winners are skipped, ascending.
    pub excludes: Vec<Hash>,
    /// The manifest that this one replaces, and the public reason code.
    pub supersedes: Option<(Hash, String)>,
}

/// One prize line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prize {
    /// `[a-z0-9-]{1,32}`, not `reserve`.
    pub slug: String,
    /// How many, 1 to 100000.
    pub units: u32,
}

impl Manifest {
    /// The text of section 4.3.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = heading("manifest");
        let Manifest {
            origin,
            rules,
            opens,
            closes,
            freezes,
            ..
        } = self;
        text += &format!(
            "origin {origin}\nrules {rules}\nopens {opens}\ncloses {closes}\nfreezes {freezes}\n"
        );
        for source in &self.sources {
            text += &source.to_line();
        }
        for Prize { slug, units } in &self.prizes {
            text += &format!("prize {slug} {units}\n");
        }
        let wins = self.wins_per_person;
        let tickets = self.tickets_per_person;
        text += &format!(
            "reserves {}\nwins-per-person {wins}\ntickets-per-person {tickets}\n",
            self.reserves
        );
        for manifest in &self.excludes {
            text += &format!("excludes {manifest}\n");
        }
        if let Some((manifest, code)) = &self.supersedes {
            text += &format!("supersedes {manifest} {code}\n");
        }
        text
    }

    /// Reads the text of section 4.3.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<Manifest, GrammarError> {
        let mut lines = Lines::new(text)?;
        lines.heading("manifest")?;
        let mut fields = lines.fields("origin")?;
        let origin = fields.read("an origin without space and '+'", |token| {
            is_key_name(token).then(|| token.to_owned())
        })?;
        fields.end()?;
        let rules = lines.hash("rules")?;
        let opens = lines.integer("opens", 0..=MAX_INTEGER)?;
        let closes = lines.integer("closes", 0..=MAX_INTEGER)?;
        if closes <= opens {
            return Err(lines.expected("a closing time after the opening time"));
        }
        let freezes = lines.integer("freezes", closes..=MAX_INTEGER)?;
        let sources = parse_sources(&mut lines)?;
        let prizes = parse_prizes(&mut lines)?;
        let mut small = |keyword, range| -> Result<u32, GrammarError> {
            let mut fields = lines.fields(keyword)?;
            let value = fields.integer32(range)?;
            fields.end()?;
            Ok(value)
        };
        let reserves = small("reserves", 0..=100_000)?;
        let wins_per_person = small("wins-per-person", 1..=65_535)?;
        let tickets_per_person = small("tickets-per-person", 1..=65_535)?;
        let excludes = parse_excludes(&mut lines)?;
        let supersedes = match lines.fields_if("supersedes")? {
            Some(mut fields) => {
                let manifest = fields.hash()?;
                let code = fields.read("a reason code", |token| {
                    is_code(token).then(|| token.to_owned())
                })?;
                fields.end()?;
                Some((manifest, code))
            }
            None => None,
        };
        lines.end()?;
        Ok(Manifest {
            origin,
            rules,
            opens,
            closes,
            freezes,
            sources,
            prizes,
            reserves,
            wins_per_person,
            tickets_per_person,
            excludes,
            supersedes,
        })
    }

    /// Whether the manifest may be published: the grammar and the MUSTs of section 4.3 that need
    /// no other file.
    ///
    /// # Errors
    ///
    /// The first promise that is not allowed.
    pub fn check(&self) -> Result<(), PublishError> {
        Manifest::parse(&self.to_text())?;
        self.broken_promises().next().map_or(Ok(()), Err)
    }

    /// Every promise about a source that is not allowed, in the order of the lines.
    pub(crate) fn broken_promises(&self) -> impl Iterator<Item = PublishError> + '_ {
        let earliest = self.freezes.saturating_add(FREEZE_LEAD);
        let lines = (1..).zip(&self.sources);
        let lines =
            lines.filter_map(move |(source_no, source)| source.check(source_no, earliest).err());
        let commit = |source: &Source| matches!(source, Source::Commit(_));
        let alone = self.sources.iter().all(commit);
        lines.chain(alone.then_some(PublishError::CommitAlone))
    }

    /// When the first named drand round is due; `None` without a (pinned) drand source.
    #[must_use]
    pub fn earliest_round_time(&self) -> Option<u64> {
        self.round_times().min()
    }

    /// When the last named drand round is due; `None` without a (pinned) drand source.
    #[must_use]
    pub fn latest_round_time(&self) -> Option<u64> {
        self.round_times().max()
    }

    /// T0 of section 4.9: the earliest round, or the freeze and 600 seconds without drand.
    #[must_use]
    pub fn earliest_draw_time(&self) -> u64 {
        self.earliest_round_time()
            .unwrap_or(self.freezes.saturating_add(FREEZE_LEAD))
    }

    fn round_times(&self) -> impl Iterator<Item = u64> + '_ {
        self.sources.iter().filter_map(|source| match source {
            Source::Drand { chain, round } => Some(beacon::chain(chain)?.round_time(*round)),
            Source::Numbers { .. } | Source::Commit(_) => None,
        })
    }
}

fn parse_sources(lines: &mut Lines<'_>) -> Result<Vec<Source>, GrammarError> {
    let mut sources = vec![Source::parse(&mut lines.fields("source")?)?];
    while let Some(mut fields) = lines.fields_if("source")? {
        if sources.len() == 4 {
            return Err(lines.expected("at most 4 sources"));
        }
        sources.push(Source::parse(&mut fields)?);
    }
    Ok(sources)
}

fn parse_prizes(lines: &mut Lines<'_>) -> Result<Vec<Prize>, GrammarError> {
    let mut prizes: Vec<Prize> = Vec::new();
    let mut slugs = BTreeSet::new();
    let mut next = Some(lines.fields("prize")?);
    while let Some(mut fields) = next {
        let slug = fields.read("a prize that no line has named yet", |token| {
            let fresh = is_slug(token) && token != "reserve" && slugs.insert(token);
            fresh.then(|| token.to_owned())
        })?;
        let units = fields.integer32(1..=100_000)?;
        fields.end()?;
        if prizes.len() == 64 {
            return Err(lines.expected("at most 64 prizes"));
        }
        prizes.push(Prize { slug, units });
        next = lines.fields_if("prize")?;
    }
    Ok(prizes)
}

fn parse_excludes(lines: &mut Lines<'_>) -> Result<Vec<Hash>, GrammarError> {
    let mut excludes = Vec::new();
    while let Some(mut fields) = lines.fields_if("excludes")? {
        let manifest = fields.hash()?;
        fields.end()?;
        if excludes.len() == 16 || excludes.last().is_some_and(|last| *last >= manifest) {
            return Err(lines.expected("at most 16 excludes lines in ascending order"));
        }
        excludes.push(manifest);
    }
    Ok(excludes)
}
