//! What the public pages show of activities.

pub(super) mod about;
pub(super) mod follow;
pub(super) mod general;
pub(super) mod statute;

use serde::Serialize;

use crate::activity::wire::stage_words;
use crate::activity::{Allocation, Arrangement, Eligibility, Facts, Kind, Stage, lifecycle};
use crate::branch::{self, Branch, BranchId};
use crate::custody::wire::Told;
use crate::draw::{DrawStage, Plan, StoredNote};
use crate::external::External;
use crate::platform::clock::{DAY, HOUR, Timestamp};
use crate::platform::text::{self, Language};
use crate::policy;
use crate::seats::wire::SessionView;

use super::{Listed, Listing, Search, Shown};

/// One activity in a list.
#[derive(Serialize)]
pub(super) struct Card {
    slug: String,
    title: String,
    /// The branch that runs it; empty where it is the whole library's.
    branch: String,
    kind: String,
    stage: String,
    stage_kind: &'static str,
    opens_at: i64,
    closes_at: i64,
    draws_at: Option<i64>,
    not_yet: bool,
    open: bool,
    days_left: i64,
    prizes: Vec<PrizeRow>,
    /// The published draws.
    draws: Vec<String>,
}

/// A prize in a list.
#[derive(Serialize)]
pub(super) struct PrizeRow {
    name: String,
    units: u32,
    value: i64,
}

impl Card {
    /// The card of either.
    pub(super) fn of_either(language: Language, listing: &Listing, now: Timestamp) -> Card {
        match listing {
            Listing::Ours(listed) => Card::of(language, listed, now),
            Listing::Elsewhere(own) => Card::elsewhere(language, own, now),
        }
    }

    fn elsewhere(language: Language, own: &External, now: Timestamp) -> Card {
        let details = &own.details;
        let is_over = details.closes_at <= now;
        let (stage, stage_kind) = match (own.is_on(now), is_over) {
            (true, _) => ("external-on", "open"),
            (false, true) => ("external-over", "stopped"),
            (false, false) => ("portal-not-yet", "waiting"),
        };
        Card {
            slug: details.slug.clone(),
            title: details.title.pick(language).to_owned(),
            branch: String::new(),
            kind: text::message(language, "portal-kind-external", &[]),
            stage: text::message(language, stage, &[]),
            stage_kind,
            opens_at: details.opens_at.0,
            closes_at: details.closes_at.0,
            draws_at: None,
            not_yet: !is_over && !own.is_on(now),
            open: own.is_on(now),
            days_left: (details.closes_at.0 - now.0).max(0) / DAY,
            prizes: Vec::new(),
            draws: Vec::new(),
        }
    }

    pub(super) fn of(language: Language, listed: &Listed, now: Timestamp) -> Card {
        let facts = &listed.facts;
        let (stage, stage_kind) = public_stage(language, facts, now);
        Card {
            slug: facts.slug.clone(),
            title: facts.title.pick(language).to_owned(),
            branch: listed
                .branch
                .as_ref()
                .map_or_else(String::new, |own| own.name.pick(language).to_owned()),
            kind: kind_words(language, facts.kind),
            stage,
            stage_kind,
            opens_at: facts.opens_at.0,
            closes_at: facts.closes_at.0,
            draws_at: facts.kind.is_drawn().then_some(facts.draws_at.0),
            not_yet: facts.stage == Stage::Open && now < facts.opens_at,
            open: facts.takes_entries(now),
            days_left: (facts.closes_at.0 - now.0).max(0) / DAY,
            prizes: listed
                .plans
                .iter()
                .flat_map(|plan| prizes(language, plan))
                .collect(),
            draws: listed
                .plans
                .iter()
                .filter(|plan| plan.manifest.is_some())
                .map(|plan| plan.id.0.clone())
                .collect(),
        }
    }
}

fn prizes(language: Language, plan: &Plan) -> Vec<PrizeRow> {
    plan.prizes
        .iter()
        .map(|prize| PrizeRow {
            name: prize.name.pick(language).to_owned(),
            units: prize.units,
            value: prize.value_twd,
        })
        .collect()
}

/// The stage in a visitor's words: an open activity whose time has not come is "not yet open".
fn public_stage(language: Language, facts: &Facts, now: Timestamp) -> (String, &'static str) {
    if facts.stage == Stage::Open && now < facts.opens_at {
        return (text::message(language, "portal-not-yet", &[]), "waiting");
    }
    if facts.stage == Stage::Open && now >= facts.closes_at {
        return stage_words(language, Stage::Closed);
    }
    stage_words(language, facts.stage)
}

fn kind_words(language: Language, kind: Kind) -> String {
    let id = match kind {
        Kind::Draw => "portal-kind-draw",
        Kind::Seats(Allocation::FirstCome) => "portal-kind-seats",
        Kind::Seats(Allocation::ByLot) => "portal-kind-seats-by-lot",
        Kind::Survey => "portal-kind-survey",
    };
    text::message(language, id, &[])
}

/// The front page.
#[derive(Serialize)]
pub(super) struct HomeView {
    pub(super) open: Vec<Card>,
    pub(super) soon: Vec<Card>,
    pub(super) results: Vec<Card>,
}

/// A choice in a filter.
#[derive(Serialize)]
pub(super) struct Choice {
    value: &'static str,
    label: String,
}

/// The list of activities.
#[derive(Serialize)]
pub(super) struct ListView {
    pub(super) cards: Vec<Card>,
    pub(super) found: usize,
    pub(super) page_at: usize,
    pub(super) pages: usize,
    pub(super) address: String,
    stage: &'static str,
    kind: &'static str,
    branch: String,
    words: String,
    stages: Vec<Choice>,
    kinds: Vec<Choice>,
    /// Empty where the library has none.
    branches: Vec<branch::wire::Choice>,
    filtered: bool,
}

/// What the list's filter sends for activities of others.
pub(super) const ELSEWHERE: &str = "external";

/// Cards on one page of the list: 30 KB hold them with the stylesheet.
const PAGE: usize = 10;

impl ListView {
    pub(super) fn of(
        language: Language,
        search: &Search,
        found: &[Listing],
        branches: &[Branch],
        page: usize,
        now: Timestamp,
    ) -> ListView {
        let pages = found.len().div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let stages = super::PUBLIC.map(|stage| Choice {
            value: stage.code(),
            label: stage_words(language, stage).0,
        });
        let kinds = Kind::ALL.map(|kind| Choice {
            value: kind.code(),
            label: kind_words(language, kind),
        });
        let others = Choice {
            value: ELSEWHERE,
            label: text::message(language, "portal-kind-external", &[]),
        };
        let shown = found.iter().skip((page - 1) * PAGE).take(PAGE);
        let stage = search.stage.map_or("", Stage::code);
        let kind = match search.elsewhere {
            true => ELSEWHERE,
            false => search.kind.map_or("", Kind::code),
        };
        let branch = search.branch.as_ref().map_or("", BranchId::as_str);
        ListView {
            cards: shown
                .map(|each| Card::of_either(language, each, now))
                .collect(),
            found: found.len(),
            page_at: page,
            pages,
            address: format!(
                "/activities?{}&page=",
                query(&[
                    ("stage", stage),
                    ("kind", kind),
                    ("branch", branch),
                    ("q", &search.words),
                ])
            ),
            stage,
            kind,
            branch: branch.to_owned(),
            words: search.words.clone(),
            stages: stages.into_iter().collect(),
            kinds: kinds.into_iter().chain([others]).collect(),
            branches: branches
                .iter()
                .map(|own| branch::wire::Choice::of(language, own))
                .collect(),
            filtered: search.stage.is_some()
                || !kind.is_empty()
                || !branch.is_empty()
                || !search.words.is_empty(),
        }
    }
}

fn query(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(name, value)| {
            let value = rocket::http::RawStr::new(value).percent_encode();
            format!("{name}={value}")
        })
        .collect::<Vec<_>>()
        .join("&")
}

/// One date of an activity's life.
#[derive(Serialize)]
pub(super) struct Step {
    when: i64,
    title: String,
    state: &'static str,
}

/// One activity's page.
#[derive(Serialize)]
pub(super) struct ActivityView {
    card: Card,
    /// Who may enter, in words; empty where everybody may.
    eligibility: String,
    /// The same in a few words.
    eligibility_tag: String,
    /// Whether one needs an account.
    for_members: bool,
    text: Vec<String>,
    rules: Vec<String>,
    steps: Vec<Step>,
    fields: Vec<String>,
    purges_at: i64,
    /// The latest that it can be; 0 where the day stands.
    latest: i64,
    claim_days: i64,
    draws: Vec<DrawPart>,
    /// Whether people pick one of the draws.
    pools: bool,
    entries: Option<u64>,
    cancelled_reason: String,
    stage: &'static str,
    told: Vec<Told>,
    /// Whether it has a discussion.
    discussion: bool,
    /// Its sessions, where people take places.
    sessions: Vec<SessionView>,
    /// When their places were counted.
    counted_at: i64,
    /// How many places one person may take.
    per_person: u32,
    /// Hours before a session from which on no place comes back, and for which an offer stands.
    back_hours: i64,
    offer_hours: i64,
}

/// One draw of the activity.
#[derive(Serialize)]
struct DrawPart {
    id: String,
    /// Its name; empty where the activity has one draw.
    name: String,
    due_at: i64,
    prizes: Vec<PrizeRow>,
    reserves: u32,
    wins: u32,
    /// Several chances a person, where more than one can be earned.
    tickets: u32,
    /// The drand round, where drand is a source.
    round: Option<u64>,
    /// Names of the draws whose winners cannot win here.
    excludes: Vec<String>,
    cancelled: bool,
    rules_hash: Option<String>,
}

impl DrawPart {
    fn of(language: Language, shown: &Shown, at: usize) -> DrawPart {
        let plan = &shown.listed.plans[at];
        let excluded = |other: &&Plan| plan.excludes.contains(&other.id);
        DrawPart {
            id: plan.id.0.clone(),
            name: plan.name.pick(language).to_owned(),
            due_at: plan
                .round_time()
                .map_or(shown.listed.facts.draws_at.0, |due| due.0),
            prizes: prizes(language, plan),
            reserves: plan.reserves,
            wins: plan.wins_per_person,
            tickets: plan.tickets_per_person,
            round: plan.drand().map(|drand| drand.round),
            excludes: shown
                .listed
                .plans
                .iter()
                .filter(excluded)
                .map(|other| other.name.pick(language).to_owned())
                .collect(),
            cancelled: plan.stage == DrawStage::Cancelled,
            rules_hash: shown.rules.get(at).map(|note| note.hash.to_string()),
        }
    }
}

impl ActivityView {
    pub(super) fn of(language: Language, shown: &Shown, now: Timestamp) -> ActivityView {
        let facts = &shown.listed.facts;
        let fields = shown.asked.iter();
        ActivityView {
            card: Card::of(language, &shown.listed, now),
            eligibility: facts
                .eligibility
                .message_id()
                .map_or_else(String::new, |id| text::message(language, id, &[])),
            eligibility_tag: facts
                .eligibility
                .tag_id()
                .map_or_else(String::new, |id| text::message(language, id, &[])),
            for_members: facts.eligibility == Eligibility::Members,
            text: paragraphs(facts.text.pick(language)),
            rules: paragraphs(facts.rules.pick(language)),
            steps: steps(language, facts, now),
            fields: fields
                .map(|asked| policy::field_name(language, asked.field))
                .collect(),
            purges_at: facts.purges_at.0,
            latest: lifecycle::latest_purge(facts).map_or(0, |at| at.0),
            claim_days: facts.claim_days,
            draws: (0..shown.listed.plans.len())
                .map(|at| DrawPart::of(language, shown, at))
                .collect(),
            pools: facts.arrangement == Arrangement::Pools && shown.listed.plans.len() > 1,
            entries: shown.entries,
            cancelled_reason: facts.cancelled_reason.clone(),
            stage: facts.stage.code(),
            told: Told::each(language, &shown.incidents),
            discussion: shown.discussion,
            sessions: shown
                .sessions
                .iter()
                .map(|session| SessionView::of(language, session, now))
                .collect(),
            counted_at: now.0,
            per_person: shown.terms.per_person,
            back_hours: shown.terms.back_before / HOUR,
            offer_hours: shown.terms.offer_lasts / HOUR,
        }
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn steps(language: Language, facts: &Facts, now: Timestamp) -> Vec<Step> {
    let mut dates = Vec::new();
    if let Some(published) = facts.published_at {
        dates.push((published, "portal-step-published"));
    }
    dates.push((facts.opens_at, "portal-step-opens"));
    dates.push((facts.closes_at, "portal-step-closes"));
    if facts.kind.is_drawn() {
        dates.push((facts.freezes_at, "portal-step-freezes"));
        dates.push((facts.draws_at, "portal-step-draws"));
        dates.push((
            facts.draws_at.plus(facts.claim_days * DAY),
            "portal-step-claims",
        ));
    }
    dates.push((facts.purges_at, "portal-step-purges"));
    dates.sort_by_key(|(when, _)| *when);
    let next = dates.iter().position(|(when, _)| *when > now);
    dates
        .into_iter()
        .enumerate()
        .map(|(at, (when, id))| Step {
            when: when.0,
            title: text::message(language, id, &[]),
            state: match next {
                Some(next) if at == next => "now",
                Some(next) if at > next => "next",
                _ => "done",
            },
        })
        .collect()
}

/// The frozen rules as one text.
#[derive(Serialize)]
pub(super) struct RulesView {
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) parts_of_rules: Vec<RulesPart>,
}

/// The rules of one draw.
#[derive(Serialize)]
pub(super) struct RulesPart {
    /// The draw's name; empty where the activity has one draw.
    name: String,
    text: String,
    hash: String,
}

impl RulesView {
    pub(super) fn of(language: Language, shown: &Shown) -> RulesView {
        let part = |(plan, note): (&Plan, &StoredNote)| RulesPart {
            name: plan.name.pick(language).to_owned(),
            text: note.note.clone(),
            hash: note.hash.to_string(),
        };
        RulesView {
            slug: shown.listed.facts.slug.clone(),
            title: shown.listed.facts.title.pick(language).to_owned(),
            parts_of_rules: shown
                .listed
                .plans
                .iter()
                .zip(&shown.rules)
                .map(part)
                .collect(),
        }
    }
}
