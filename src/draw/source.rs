//! Where a draw's randomness comes from: the sources that its manifest names, in their order.
//!
//! Invariant: all sources count (AND, never OR), each by the one value it gave; a value that is
//! there is never replaced (`decisions` D12).
//!
//! Not here: how a value arrives ([`super::receive`]), or who may have a round ([`super::beacon`]).

use lucky_draw::beacon::{Chain, QUICKNET};
use lucky_draw::encode::Hash;
use lucky_draw::record::Source;

use crate::activity::LocalText;
use crate::audit::StaffId;
use crate::platform::clock::Timestamp;

use super::{Error, Plan};

/// Most sources of one draw (draw-protocol 4.3).
pub(super) const MOST_SOURCES: usize = 4;

/// One source of a draw, as its row says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanSource {
    /// Its place, from 1; the order is part of what is promised.
    pub position: u32,
    /// What it is.
    pub kind: SourceKind,
    /// What it gave, once that counts: the round as canonical JSON, or the numbers' value.
    pub value: Option<String>,
    /// Numbers that one member of staff has typed and nobody else yet.
    pub typed: Option<Typed>,
    /// Why it has given nothing yet, as a word of [`super::beacon::Trouble::code`]; else empty.
    pub trouble: String,
}

/// What a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// A round of a drand chain; before publishing a forecast.
    Drand(DrandRound),
    /// A named issue of a public lottery.
    Numbers(Issue),
    /// The operator's own secret: what was promised of it, once it is published.
    Commit(Option<Hash>),
}

/// A round of a pinned drand chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrandRound {
    /// The chain.
    pub chain: &'static Chain,
    /// The round, from 1.
    pub round: u64,
}

/// One drawing of a public lottery, and which of its balls count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The game's short name, such as `lotto649`.
    pub game: String,
    /// The issue number (期別), digits only.
    pub number: String,
    /// Whether the numbers count in ascending order, not as the rules file orders them.
    pub ascending: bool,
    /// How many numbers count.
    pub balls: u32,
    /// Which balls count, for people.
    pub which: LocalText,
    /// How many results are possible.
    pub outcomes: i64,
    /// When it is drawn.
    pub drawn_at: Timestamp,
    /// When its numbers are public at the latest.
    pub published_by: Timestamp,
}

/// Numbers as one member of staff typed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The value they make (draw-protocol 4.5).
    pub value: String,
    /// Who typed them.
    pub by: StaffId,
}

/// What a librarian chooses as a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceDetails {
    /// The first round of the chain at or after the time of the draw.
    Drand(&'static Chain),
    /// A lottery's issue.
    Numbers(Issue),
    /// The operator's own secret.
    Commit,
}

impl SourceDetails {
    /// What a draw uses unless somebody chooses otherwise.
    pub fn usual() -> Vec<SourceDetails> {
        vec![SourceDetails::Drand(&QUICKNET)]
    }
}

impl DrandRound {
    /// The first round of the chain that is due at or after a moment.
    pub fn at_or_after(chain: &'static Chain, at: Timestamp) -> DrandRound {
        // A moment between two seconds belongs to the second that comes.
        let unix = u64::try_from(at.plus(999).unix()).unwrap_or(0);
        let round = chain.round_at_or_after(unix);
        DrandRound { chain, round }
    }

    /// When the round is due; it is never out earlier.
    pub fn due(&self) -> Timestamp {
        let unix = self.chain.round_time(self.round);
        Timestamp::from_unix(i64::try_from(unix).unwrap_or(i64::MAX / 1_000))
    }
}

impl Issue {
    /// Its name in the manifest.
    pub fn slug(&self) -> String {
        format!("{}-{}", self.game, self.number)
    }
}

impl PlanSource {
    fn new(position: u32, kind: SourceKind) -> PlanSource {
        PlanSource {
            position,
            kind,
            value: None,
            typed: None,
            trouble: String::new(),
        }
    }

    /// The drand round, where it is one.
    pub fn drand(&self) -> Option<DrandRound> {
        match self.kind {
            SourceKind::Drand(round) => Some(round),
            SourceKind::Numbers(_) | SourceKind::Commit(_) => None,
        }
    }

    /// When its value cannot be known yet: before this moment nothing of it is out.
    pub(super) fn known_from(&self) -> Option<Timestamp> {
        match &self.kind {
            SourceKind::Drand(round) => Some(round.due()),
            SourceKind::Numbers(issue) => Some(issue.drawn_at),
            SourceKind::Commit(_) => None,
        }
    }

    /// When its value should be there.
    pub fn due(&self) -> Option<Timestamp> {
        match &self.kind {
            SourceKind::Drand(round) => Some(round.due()),
            SourceKind::Numbers(issue) => Some(issue.published_by),
            SourceKind::Commit(_) => None,
        }
    }

    /// The file of the bundle that holds what it gave.
    pub fn file_name(&self) -> String {
        let position = self.position;
        match self.kind {
            SourceKind::Drand(_) => format!("beacon-{position}.json"),
            SourceKind::Numbers(_) => format!("numbers-{position}.txt"),
            SourceKind::Commit(_) => format!("reveal-{position}.note"),
        }
    }

    /// The line of the manifest.
    pub(super) fn line(&self) -> Result<Source, Error> {
        Ok(match &self.kind {
            SourceKind::Drand(DrandRound { chain, round }) => Source::Drand {
                chain: chain.hash,
                round: *round,
            },
            SourceKind::Numbers(issue) => Source::Numbers {
                slug: issue.slug(),
                sorted: issue.ascending,
                count: issue.balls,
            },
            SourceKind::Commit(promised) => Source::Commit(promised.ok_or(Error::NotReady)?),
        })
    }
}

/// The sources of a draw at `draws_at`.
pub(super) fn planned(draws_at: Timestamp, details: &[SourceDetails]) -> Vec<PlanSource> {
    let kind = |each: &SourceDetails| match each {
        SourceDetails::Drand(chain) => SourceKind::Drand(DrandRound::at_or_after(chain, draws_at)),
        SourceDetails::Numbers(issue) => SourceKind::Numbers(issue.clone()),
        SourceDetails::Commit => SourceKind::Commit(None),
    };
    (1..)
        .zip(details)
        .map(|(position, each)| PlanSource::new(position, kind(each)))
        .collect()
}

impl From<&PlanSource> for SourceDetails {
    fn from(source: &PlanSource) -> SourceDetails {
        match &source.kind {
            SourceKind::Drand(round) => SourceDetails::Drand(round.chain),
            SourceKind::Numbers(issue) => SourceDetails::Numbers(issue.clone()),
            SourceKind::Commit(_) => SourceDetails::Commit,
        }
    }
}

impl Plan {
    /// The first of its drand rounds.
    pub fn drand(&self) -> Option<DrandRound> {
        self.sources.iter().find_map(PlanSource::drand)
    }

    /// The sources that have given nothing yet.
    pub fn missing(&self) -> impl Iterator<Item = &PlanSource> {
        self.sources.iter().filter(|source| source.value.is_none())
    }

    /// Lottery issues that are drawn and whose numbers nobody has confirmed yet.
    pub fn awaits_numbers(&self, now: Timestamp) -> impl Iterator<Item = &PlanSource> {
        self.missing().filter(move |source| match &source.kind {
            SourceKind::Numbers(issue) => issue.drawn_at <= now,
            SourceKind::Drand(_) | SourceKind::Commit(_) => false,
        })
    }

    /// Why a source has given nothing yet, as a word of [`super::beacon::Trouble::code`].
    pub fn trouble(&self) -> &str {
        self.missing()
            .map(|source| source.trouble.as_str())
            .find(|word| !word.is_empty())
            .unwrap_or_default()
    }

    /// When the last source should have given its value: from then on everybody can compute.
    pub fn round_time(&self) -> Result<Timestamp, Error> {
        let due = self.sources.iter().filter_map(PlanSource::due);
        due.max().ok_or(Error::Damaged)
    }

    /// When the first value can be known: from then on the draw is being decided.
    pub fn decides_from(&self) -> Result<Timestamp, Error> {
        let known = self.sources.iter().filter_map(PlanSource::known_from);
        known.min().ok_or(Error::Damaged)
    }
}
