//! What a librarian decides about a draw, and what is wrong with it by the protocol's rules.
//!
//! Invariant: [`PlanDetails::troubles`] and [`Plan::troubles_among`] name everything that a manifest
//! could not say, so that nothing is found out after publishing.
//!
//! Not here: which sources are strong enough ([`super::weigh`]).

use crate::activity::{Facts, LocalText};
use crate::platform::clock::{MINUTE, Timestamp};

use super::source::DrandRound;
use super::weigh::{self, SourceTrouble};
use super::{DrawId, Plan, PlanSource, Prize, SourceDetails};

/// Most kinds of prize in one draw (draw-protocol 4.3).
pub(super) const MOST_PRIZES: usize = 64;
/// Most units of one prize, and most reserves (draw-protocol 4.3).
pub(super) const MOST_UNITS: u32 = 100_000;
/// Highest limit per person (draw-protocol 4.1).
pub(super) const MOST_PER_PERSON: u32 = 65_535;
/// Most draws that one draw excludes (draw-protocol 4.3).
const MOST_EXCLUDES: usize = 16;
/// Most bundles inside one bundle: an excluded draw brings the whole bundle of each draw that it
/// excludes itself, so a chain in which everybody excludes everybody doubles with each draw.
const MOST_BUNDLES_INSIDE: u64 = 64;
/// How deep bundles may lie inside each other; verifiers stop at 16.
const DEEPEST_BUNDLE: u64 = 15;
/// Most draws in one activity: sessions of a month, or branches of a city.
pub(super) const MOST_DRAWS: usize = 100;
/// Highest value of one prize, in NT$.
pub(super) const MOST_VALUE: i64 = 100_000_000;

/// One row of prizes as a librarian plans it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrizeDetails {
    /// Its name in the protocol; empty for the one that follows from its place.
    pub slug: String,
    /// Its name for people.
    pub name: LocalText,
    /// How many there are.
    pub units: u32,
    /// What one is worth, in NT$.
    pub value_twd: i64,
}

/// What a librarian decides about a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDetails {
    /// The prizes, in the order in which they are drawn.
    pub prizes: Vec<PrizeDetails>,
    /// How many reserves are drawn after the prizes.
    pub reserves: u32,
    /// How many prizes and reserves one person can hold.
    pub wins_per_person: u32,
    /// How many tickets one person can have; entries from the web always are the first one.
    pub tickets_per_person: u32,
    /// Where the randomness comes from, in order.
    pub sources: Vec<SourceDetails>,
    /// Its name in the protocol; empty for the one that follows from its place.
    pub slug: String,
    /// Its name for people; may be empty where it is the activity's only draw.
    pub name: LocalText,
    /// When it takes place, if that is before the activity's own time of the draw.
    pub draws_at: Option<Timestamp>,
    /// Earlier draws of the activity whose winners and reserves cannot win here.
    pub excludes: Vec<DrawId>,
}

/// Something about a planned draw that has to be mended first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanTrouble {
    /// There is nothing to win.
    NoPrize,
    /// More kinds of prize than the protocol takes.
    TooManyPrizes,
    /// A language of a prize's name is missing; prizes count from 0 in each of these.
    NameMissing(usize),
    /// The name in the protocol is not of its form, or is reserved.
    SlugUnfit(usize),
    /// Another prize has that name in the protocol.
    SlugTaken(usize),
    /// There are none of it, or more than the protocol takes.
    UnitsUnfit(usize),
    /// The value is below nothing or beyond belief.
    ValueUnfit(usize),
    /// More reserves than the protocol takes.
    ReservesUnfit,
    /// A person could hold nothing, or more than the protocol takes.
    WinsUnfit,
    /// A person could have no ticket, or more than the protocol takes.
    TicketsUnfit,
    /// A source of randomness.
    Source(SourceTrouble),
    /// The draw's own name in the protocol is not of its form.
    DrawSlugUnfit,
    /// Another draw of the activity has that name in the protocol.
    DrawSlugTaken,
    /// Where there are several draws, each needs a name in both languages.
    DrawNameMissing,
    /// It would take place less than ten minutes after the freeze, or after the activity's time.
    DrawTimeUnfit,
    /// It excludes a draw that is not before it in order and time.
    ExcludesUnfit,
    /// More draws are excluded than the protocol takes.
    ExcludesTooMany,
    /// The draws that it excludes exclude so many others that its bundle would not fit a download.
    ExcludesTooDeep,
}

impl PlanTrouble {
    /// Which prize it is about, from 0.
    pub fn prize(self) -> Option<usize> {
        match self {
            PlanTrouble::NameMissing(at)
            | PlanTrouble::SlugUnfit(at)
            | PlanTrouble::SlugTaken(at)
            | PlanTrouble::UnitsUnfit(at)
            | PlanTrouble::ValueUnfit(at) => Some(at),
            _ => None,
        }
    }
}

impl PlanDetails {
    /// One prize to fill in, as many reserves as is usual here, one win and one ticket each.
    pub fn suggested() -> PlanDetails {
        PlanDetails {
            prizes: Vec::new(),
            reserves: 3,
            wins_per_person: 1,
            tickets_per_person: 1,
            sources: SourceDetails::usual(),
            slug: String::new(),
            name: LocalText::default(),
            draws_at: None,
            excludes: Vec::new(),
        }
    }

    /// What is wrong with these details, in the order of the form.
    pub fn troubles(&self) -> Vec<PlanTrouble> {
        let mut troubles = Vec::new();
        let mut note = |wrong: bool, trouble| {
            if wrong {
                troubles.push(trouble);
            }
        };
        note(self.prizes.is_empty(), PlanTrouble::NoPrize);
        note(self.prizes.len() > MOST_PRIZES, PlanTrouble::TooManyPrizes);
        let slugs = self.slugs();
        for (at, prize) in self.prizes.iter().enumerate() {
            note(prize.name.is_incomplete(), PlanTrouble::NameMissing(at));
            note(!is_prize_slug(&slugs[at]), PlanTrouble::SlugUnfit(at));
            note(slugs[..at].contains(&slugs[at]), PlanTrouble::SlugTaken(at));
            note(
                !(1..=MOST_UNITS).contains(&prize.units),
                PlanTrouble::UnitsUnfit(at),
            );
            note(
                !(0..=MOST_VALUE).contains(&prize.value_twd),
                PlanTrouble::ValueUnfit(at),
            );
        }
        note(self.reserves > MOST_UNITS, PlanTrouble::ReservesUnfit);
        let per_person = 1..=MOST_PER_PERSON;
        note(
            !per_person.contains(&self.wins_per_person),
            PlanTrouble::WinsUnfit,
        );
        note(
            !per_person.contains(&self.tickets_per_person),
            PlanTrouble::TicketsUnfit,
        );
        note(
            !self.slug.is_empty() && !is_protocol_name(&self.slug),
            PlanTrouble::DrawSlugUnfit,
        );
        note(
            self.excludes.len() > MOST_EXCLUDES,
            PlanTrouble::ExcludesTooMany,
        );
        let sources = weigh::troubles(&self.sources).into_iter();
        troubles.extend(sources.map(PlanTrouble::Source));
        troubles
    }

    /// The prizes' names in the protocol; an empty one follows from its place.
    pub(super) fn slugs(&self) -> Vec<String> {
        let named = |(at, prize): (usize, &PrizeDetails)| match prize.slug.as_str() {
            "" => suggested_slug(at),
            own => own.to_owned(),
        };
        self.prizes.iter().enumerate().map(named).collect()
    }
}

impl From<&Plan> for PlanDetails {
    fn from(plan: &Plan) -> PlanDetails {
        let prize = |prize: &Prize| PrizeDetails {
            slug: prize.slug.clone(),
            name: prize.name.clone(),
            units: prize.units,
            value_twd: prize.value_twd,
        };
        PlanDetails {
            prizes: plan.prizes.iter().map(prize).collect(),
            reserves: plan.reserves,
            wins_per_person: plan.wins_per_person,
            tickets_per_person: plan.tickets_per_person,
            sources: plan.sources.iter().map(SourceDetails::from).collect(),
            slug: plan.slug.clone(),
            name: plan.name.clone(),
            draws_at: plan.draws_at,
            excludes: plan.excludes.clone(),
        }
    }
}

impl Plan {
    /// What is wrong with a draw beside the others of its activity, itself among them.
    pub(super) fn troubles_among(&self, facts: &Facts, all: &[Plan]) -> Vec<PlanTrouble> {
        let mut troubles = Vec::new();
        let mut note = |wrong: bool, trouble| {
            if wrong {
                troubles.push(trouble);
            }
        };
        let others = || all.iter().filter(|other| other.id != self.id);
        let has_others = others().next().is_some();
        note(
            others().any(|other| other.slug == self.slug),
            PlanTrouble::DrawSlugTaken,
        );
        note(
            has_others && self.name.is_incomplete(),
            PlanTrouble::DrawNameMissing,
        );
        let due = self.due_at(facts);
        note(
            due > facts.draws_at || due < facts.freezes_at.plus(10 * MINUTE),
            PlanTrouble::DrawTimeUnfit,
        );
        let may_be_excluded = |other: &Plan| {
            other.position < self.position
                && other.due_at(facts) <= due
                && other.last_round(facts) <= self.first_round(facts)
        };
        note(
            self.excludes
                .iter()
                .any(|id| !others().any(|other| other.id == *id && may_be_excluded(other))),
            PlanTrouble::ExcludesUnfit,
        );
        let inside = self.inside(all);
        note(
            inside.bundles > MOST_BUNDLES_INSIDE || inside.depth > DEEPEST_BUNDLE,
            PlanTrouble::ExcludesTooDeep,
        );
        troubles
    }
}

impl Plan {
    /// When the drand rounds are due that this draw would use; without any, what counts instead of
    /// them: ten minutes after the freeze (draw-protocol 4.9).
    fn rounds(&self, facts: &Facts) -> Vec<Timestamp> {
        let due = self.due_at(facts);
        let drand = self.sources.iter().filter_map(PlanSource::drand);
        let rounds: Vec<Timestamp> = drand
            .map(|round| DrandRound::at_or_after(round.chain, due).due())
            .collect();
        match rounds.is_empty() {
            true => vec![facts.freezes_at.plus(10 * MINUTE)],
            false => rounds,
        }
    }

    fn first_round(&self, facts: &Facts) -> Option<Timestamp> {
        self.rounds(facts).into_iter().min()
    }

    fn last_round(&self, facts: &Facts) -> Option<Timestamp> {
        self.rounds(facts).into_iter().max()
    }
}

/// What a bundle holds of other bundles.
#[derive(Clone, Copy, Default)]
struct Inside {
    /// How many, those inside others counted too.
    bundles: u64,
    /// How deep they lie.
    depth: u64,
}

impl Plan {
    /// What the bundle of this draw will hold of the draws that it excludes.
    fn inside(&self, all: &[Plan]) -> Inside {
        let mut earlier: Vec<&Plan> = all
            .iter()
            .filter(|other| other.position < self.position)
            .collect();
        earlier.sort_by_key(|other| other.position);
        let mut known: Vec<(&DrawId, Inside)> = Vec::new();
        for plan in earlier.into_iter().chain([self]) {
            let excluded = known.iter().filter(|(id, _)| plan.excludes.contains(id));
            let inside = excluded.fold(Inside::default(), |sum, (_, one)| Inside {
                bundles: sum.bundles.saturating_add(one.bundles).saturating_add(1),
                depth: sum.depth.max(one.depth + 1),
            });
            known.push((&plan.id, inside));
        }
        known
            .last()
            .map_or_else(Inside::default, |(_, inside)| *inside)
    }
}

/// The name in the protocol of the draw at this place, counted from 1.
pub(super) fn suggested_draw_slug(position: u32) -> String {
    format!("draw-{position}")
}

/// The name in the protocol of the prize at this place, counted from 0.
pub(super) fn suggested_slug(at: usize) -> String {
    format!("prize-{}", at + 1)
}

/// `[a-z0-9-]{1,32}` and not the word for reserves (draw-protocol 4.3).
fn is_prize_slug(slug: &str) -> bool {
    is_protocol_name(slug) && slug != "reserve"
}

/// `[a-z0-9-]{1,32}`.
fn is_protocol_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use crate::activity::ActivityId;
    use crate::draw::DrawStage;

    use super::*;

    fn prize(slug: &str, units: u32) -> PrizeDetails {
        PrizeDetails {
            slug: slug.to_owned(),
            name: LocalText::new("閱讀器", "E-reader"),
            units,
            value_twd: 4_990,
        }
    }

    fn details(prizes: Vec<PrizeDetails>) -> PlanDetails {
        PlanDetails {
            prizes,
            ..PlanDetails::suggested()
        }
    }

    #[test]
    fn a_prize_without_a_short_name_is_named_after_its_place() {
        let plan = details(vec![prize("grand", 1), prize("", 2)]);
        assert_eq!(plan.troubles(), []);
        assert_eq!(plan.slugs(), ["grand", "prize-2"]);
    }

    #[test]
    fn what_the_protocol_would_refuse_is_said_before_it_is_saved() {
        use PlanTrouble as T;
        let cases = [
            (details(vec![]), vec![T::NoPrize]),
            (
                details(vec![prize("Grand", 1), prize("reserve", 0)]),
                vec![T::SlugUnfit(0), T::SlugUnfit(1), T::UnitsUnfit(1)],
            ),
            (
                details(vec![prize("prize-2", 1), prize("", 100_001)]),
                vec![T::SlugTaken(1), T::UnitsUnfit(1)],
            ),
            (
                PlanDetails {
                    reserves: 100_001,
                    wins_per_person: 0,
                    tickets_per_person: 65_536,
                    ..details(vec![prize("a", 1)])
                },
                vec![T::ReservesUnfit, T::WinsUnfit, T::TicketsUnfit],
            ),
        ];
        for (plan, troubles) in cases {
            assert_eq!(plan.troubles(), troubles, "{plan:?}");
        }
    }

    fn session(position: u32, excludes: impl IntoIterator<Item = u32>) -> Plan {
        let id = |position: u32| DrawId(format!("draw-{position}"));
        Plan {
            activity: ActivityId(String::new()),
            id: id(position),
            stage: DrawStage::Planned,
            sources: Vec::new(),
            reserves: 0,
            wins_per_person: 1,
            tickets_per_person: 1,
            prizes: Vec::new(),
            manifest: None,
            position,
            slug: String::new(),
            name: LocalText::default(),
            draws_at: None,
            excludes: excludes.into_iter().map(id).collect(),
        }
    }

    #[test]
    fn bundles_inside_bundles_are_counted_before_they_are_promised() {
        let all: Vec<Plan> = (1..=8).map(|at| session(at, 1..at)).collect();
        let inside: Vec<u64> = all.iter().map(|plan| plan.inside(&all).bundles).collect();
        assert_eq!(inside, [0, 1, 3, 7, 15, 31, 63, 127]);
        let chain: Vec<Plan> = (1..=20).map(|at| session(at, at.checked_sub(1))).collect();
        assert_eq!(chain[19].inside(&chain).depth, 19);
        assert_eq!(chain[19].inside(&chain).bundles, 19);
    }
}
