//! Where a draw's randomness comes from, and which promises about it are allowed (section 4.3).
//!
//! Not here: the values that the sources gave (`beacon`, `seed`).

use super::is_slug;
use super::lines::{Fields, GrammarError, MAX_INTEGER};
use crate::beacon;
use crate::encode::Hash;

/// One source of randomness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A round of a drand chain.
    Drand {
        /// The chain's hash.
        chain: Hash,
        /// The round, from 1.
        round: u64,
    },
    /// A public lottery.
    Numbers {
        /// Game and issue number, for example `lotto649-113000075`.
        slug: String,
        /// Whether the numbers are written in ascending order, not as drawn.
        sorted: bool,
        /// How many numbers, 1 to 64.
        count: u32,
    },
    /// The operator's own commitment, TH("opseed", s).
    Commit(Hash),
}

/// A promise of a manifest that cannot be kept or is not allowed (the MUSTs of section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The text would not be of the grammar.
    #[error(transparent)]
    Grammar(#[from] GrammarError),
    /// The chain is not one of the pinned ones.
    #[error("source {source_no}: the drand chain {chain} is not one of the pinned chains")]
    Chain {
        /// The source line, from 1.
        source_no: usize,
        /// The chain's hash.
        chain: Hash,
    },
    /// The round is too near to the freeze.
    #[error(
        "source {source_no}: expected a round at or after {earliest}, the round is due at {found}"
    )]
    Early {
        /// The source line, from 1.
        source_no: usize,
        /// The freeze and 600 seconds, Unix time.
        earliest: u64,
        /// When the round is due, Unix time.
        found: u64,
    },
    /// A commit source stands alone.
    #[error("a commit source needs a drand or numbers source beside it")]
    CommitAlone,
    /// A numbers slug does not name an issue.
    #[error("source {source_no}: expected <game>-<issue number>")]
    Issue {
        /// The source line, from 1.
        source_no: usize,
    },
}

impl Source {
    pub(super) fn to_line(&self) -> String {
        match self {
            Source::Drand { chain, round } => format!("source drand {chain} {round}\n"),
            Source::Numbers {
                slug,
                sorted,
                count,
            } => {
                let order = if *sorted { "sorted" } else { "ordered" };
                format!("source numbers {slug} {order} {count}\n")
            }
            Source::Commit(commitment) => format!("source commit {commitment}\n"),
        }
    }

    pub(super) fn parse(fields: &mut Fields<'_>) -> Result<Source, GrammarError> {
        const KINDS: &str = "drand, numbers or commit";
        let source = match fields.token(KINDS)? {
            "drand" => Source::Drand {
                chain: fields.hash()?,
                round: fields.integer(1..=MAX_INTEGER)?,
            },
            "numbers" => Source::Numbers {
                slug: fields.read("a game and issue number", |token| {
                    is_slug(token).then(|| token.to_owned())
                })?,
                sorted: fields.read("sorted or ordered", |token| match token {
                    "sorted" => Some(true),
                    "ordered" => Some(false),
                    _ => None,
                })?,
                count: fields.integer32(1..=64)?,
            },
            "commit" => Source::Commit(fields.hash()?),
            _ => return Err(fields.expected(KINDS)),
        };
        fields.end()?;
        Ok(source)
    }

    pub(super) fn check(&self, source_no: usize, earliest: u64) -> Result<(), PublishError> {
        match self {
            Source::Drand { chain, round } => {
                let unknown = PublishError::Chain {
                    source_no,
                    chain: *chain,
                };
                let found = beacon::chain(chain).ok_or(unknown)?.round_time(*round);
                if found < earliest {
                    return Err(PublishError::Early {
                        source_no,
                        earliest,
                        found,
                    });
                }
                Ok(())
            }
            Source::Numbers { slug, .. } => {
                let issue = slug.rsplit_once('-').is_some_and(|(game, issue)| {
                    !game.is_empty()
                        && !issue.is_empty()
                        && issue.bytes().all(|b| b.is_ascii_digit())
                });
                if issue {
                    Ok(())
                } else {
                    Err(PublishError::Issue { source_no })
                }
            }
            Source::Commit(_) => Ok(()),
        }
    }
}
