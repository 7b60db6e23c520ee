//! What an activity of the corpus looks like, chosen by its number.

use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use lucky_draw::beacon::{Beacon, Chain, DEFAULT, QUICKNET};

use super::random::Dice;

/// An activity: one activity key, one journal, one draw or several.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) draws: Vec<DrawPlan>,
    /// How many witnesses the key notes pin, and how many of them must have seen a checkpoint.
    pub(crate) witnesses: u8,
    pub(crate) quorum: u32,
}

/// One draw.
#[derive(Clone)]
pub(crate) struct DrawPlan {
    pub(crate) origin: String,
    pub(crate) rules: String,
    /// Unix time at which its randomness is public.
    pub(crate) at: u64,
    pub(crate) sources: Vec<SourcePlan>,
    pub(crate) prizes: Vec<(String, u32)>,
    pub(crate) reserves: u32,
    pub(crate) wins_per_person: u32,
    pub(crate) tickets_per_person: u32,
    pub(crate) people: u32,
    /// Of a hundred tickets, how many are entered a second time (void D).
    pub(crate) duplicates: u64,
    /// Of a hundred tickets, how many are withdrawn, ineligible or tests.
    pub(crate) voids: u64,
    pub(crate) corrections: u32,
    pub(crate) settlements: u32,
    pub(crate) superseded: u32,
    /// Which earlier draws of the activity it excludes.
    pub(crate) excludes: Vec<usize>,
    pub(crate) cancelled: bool,
    pub(crate) entries: bool,
    /// How many tickets an auditor looked at.
    pub(crate) audit: Option<usize>,
    pub(crate) purges: u8,
    /// One thing that the site does against the rules, with valid signatures.
    pub(crate) cheat: Option<Cheat>,
}

/// A source line and what is known of its value.
#[derive(Clone)]
pub(crate) enum SourcePlan {
    Drand(&'static Round),
    Numbers { sorted: bool, numbers: Vec<u32> },
    Commit,
}

/// A recorded round.
pub(crate) struct Round {
    pub(crate) chain: &'static Chain,
    pub(crate) beacon: Beacon,
}

/// What a site can do wrong while a draw takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cheat {
    /// A person gets a ticket number beyond the manifest's limit.
    TicketBeyondCap,
    /// A person enters one ticket number twice and the second is not void.
    TicketTwice,
    /// The opening of a drawn ticket is "lost".
    OpeningLost,
    /// The round is due sooner than 600 seconds after the freeze.
    RoundTooSoon,
    /// The successor manifest was journaled after the round of the first.
    LateSupersedes,
    /// The successor adds a prize.
    SupersedesPrize,
    /// The key note is seen after the opening.
    LateKey,
    /// The freeze note is seen too late.
    LateFreeze,
    /// The freeze note is seen before the freeze.
    EarlyFreeze,
    /// Too few witnesses saw the freeze note.
    FewWitnesses,
    /// The cosignatures have the time 0.
    NoTime,
    /// The operator does not reveal its secret.
    SecretWithheld,
    /// The operator reveals it a day too late.
    SecretLate,
    /// The operator's secret is the only source.
    CommitAlone,
    /// The lottery's issue is not named.
    NoIssue,
    /// The key note has another activity key.
    OtherKey,
    /// A second manifest of the same log is in the journal.
    RivalManifest,
    /// An earlier key note is in the journal.
    RivalKey,
    /// An earlier freeze note is in the journal.
    RivalFreeze,
    /// One more close before the freeze note, which the bundle leaves out.
    RivalClose,
    /// A cancel note before the freeze note.
    RivalCancel,
    /// The freeze note names the first of two closes.
    FreezeNamesFirst,
    /// The second close has one ticket more.
    CloseGrows,
    /// The second close has another root.
    CloseForks,
    /// A winner is skipped as if void.
    SkipWinner,
    /// The auditor looks at other tickets than the seed picks.
    OtherAudit,
    /// The result excludes nobody although the manifest says so.
    ForgetsExcluded,
}

/// All recorded rounds of the pinned chains, by the time at which they were due.
pub(crate) fn rounds() -> &'static [Round] {
    static ROUNDS: LazyLock<Vec<Round>> = LazyLock::new(|| {
        let fixtures = include_str!("../vectors/drand-rounds.json");
        let fixtures: serde_json::Value = serde_json::from_str(fixtures).expect("JSON");
        let cases = fixtures["rounds"].as_array().expect("rounds");
        let mut rounds: Vec<Round> = cases.iter().filter_map(round).collect();
        rounds.sort_by_key(Round::time);
        rounds
    });
    &ROUNDS
}

fn round(case: &serde_json::Value) -> Option<Round> {
    let chain = match case["chain"].as_str().expect("a chain") {
        "quicknet" => &QUICKNET,
        "default" => &DEFAULT,
        _ => return None,
    };
    let bytes = |name: &str| {
        let hex = case[name].as_str()?;
        Some(HEXLOWER.decode(hex.as_bytes()).expect("hex"))
    };
    Some(Round {
        chain,
        beacon: Beacon {
            round: case["round"].as_u64().expect("a round"),
            signature: bytes("signature").expect("a signature"),
            previous: bytes("previous_signature"),
        },
    })
}

impl Round {
    pub(crate) fn time(&self) -> u64 {
        self.chain.round_time(self.beacon.round)
    }
}

impl DrawPlan {
    /// A small draw of every kind of line, on the recorded round at `place`.
    pub(crate) fn simple(origin: &str, place: usize) -> DrawPlan {
        DrawPlan {
            origin: origin.to_owned(),
            rules: "One ticket for each book read. Claim within seven days.\n".to_owned(),
            at: rounds()[place].time(),
            sources: vec![SourcePlan::Drand(&rounds()[place])],
            prizes: vec![("grand".to_owned(), 1), ("book".to_owned(), 2)],
            reserves: 2,
            wins_per_person: 1,
            tickets_per_person: 2,
            people: 12,
            duplicates: 10,
            voids: 15,
            corrections: 0,
            settlements: 1,
            superseded: 0,
            excludes: Vec::new(),
            cancelled: false,
            entries: true,
            audit: None,
            purges: 1,
            cheat: None,
        }
    }
}

/// An activity as its number wants it.
pub(crate) fn random(number: u32) -> Plan {
    let mut dice = Dice::new(&format!("activity {number}"));
    let witnesses = *dice.pick(&[0, 0, 1, 2, 3, 3, 5]);
    let majority = u32::from(witnesses) / 2 + 1;
    let quorum = if witnesses == 0 {
        0
    } else {
        dice.between(majority, u32::from(witnesses))
    };
    let count = *dice.pick(&[1, 1, 1, 1, 2, 2, 3, 4]);
    let mut places: Vec<usize> = (0..count).map(|_| dice.place(rounds().len())).collect();
    places.sort_unstable();
    places.dedup();
    let draws = (0..places.len())
        .map(|number_in| random_draw(&mut dice, number, &places, number_in, witnesses))
        .collect();
    Plan {
        name: format!("activity {number}"),
        draws,
        witnesses,
        quorum,
    }
}

const RULES: [&str; 4] = [
    "One ticket for each book read. Claim within seven days.\n",
    "一本書一張票。七日內領獎。\n",
    "",
    "Rules without a line feed, with\r\na stranger's line end",
];
const SLUGS: [&str; 7] = ["grand", "book", "mug", "tote-bag", "p1", "3rd", "e-reader"];

fn random_draw(
    dice: &mut Dice,
    activity: u32,
    places: &[usize],
    number: usize,
    witnesses: u8,
) -> DrawPlan {
    let mut slugs = SLUGS.to_vec();
    let prizes = (0..dice.between(1, 4))
        .map(|_| {
            let slug = slugs.remove(dice.place(slugs.len())).to_owned();
            (slug, *dice.pick(&[1, 1, 2, 3, 5, 20]))
        })
        .collect();
    let next_round = places.get(number + 1).copied();
    let excludes = (0..number).filter(|_| dice.percent(70)).collect();
    let cancelled = dice.percent(8);
    DrawPlan {
        origin: format!("library.example.tw/draw/{activity}-{number}"),
        rules: (*dice.pick(&RULES)).to_owned(),
        at: rounds()[places[number]].time(),
        sources: random_sources(dice, places[number], next_round, witnesses),
        prizes,
        reserves: *dice.pick(&[0, 1, 2, 3, 6, 12]),
        wins_per_person: *dice.pick(&[1, 1, 1, 2, 9]),
        tickets_per_person: *dice.pick(&[1, 1, 2, 3, 5]),
        people: random_people(dice, activity),
        duplicates: *dice.pick(&[0, 5, 30]),
        voids: *dice.pick(&[0, 0, 10, 40, 100]),
        corrections: *dice.pick(&[0, 0, 1, 2, 3]),
        settlements: *dice.pick(&[0, 1, 1, 2, 4]),
        superseded: if cancelled {
            0
        } else {
            *dice.pick(&[0, 0, 0, 1, 2])
        },
        excludes,
        cancelled,
        entries: dice.percent(60),
        audit: dice.percent(30).then(|| dice.place(9)),
        purges: *dice.pick(&[0, 0, 1, 2]),
        cheat: None,
    }
}

fn random_people(dice: &mut Dice, activity: u32) -> u32 {
    match activity {
        50 | 150 => 700,
        100 => 2500,
        _ => *dice.pick(&[0, 1, 2, 3, 7, 12, 20, 40]),
    }
}

/// drand alone mostly; with lottery numbers, the operator's secret or a second round at times.
fn random_sources(
    dice: &mut Dice,
    place: usize,
    next: Option<usize>,
    witnesses: u8,
) -> Vec<SourcePlan> {
    let mut sources = vec![SourcePlan::Drand(&rounds()[place])];
    let second = place + 1 + dice.place(2);
    if dice.percent(20) && next.is_none() && second < rounds().len() {
        sources.push(SourcePlan::Drand(&rounds()[second]));
    }
    if dice.percent(25) {
        let count = dice.between(1, 7);
        let numbers = (0..count).map(|_| dice.between(1, 49)).collect();
        let sorted = dice.percent(50);
        sources.push(SourcePlan::Numbers { sorted, numbers });
    }
    if dice.percent(20) && witnesses > 0 {
        sources.push(SourcePlan::Commit);
    }
    if dice.percent(5) && sources.len() > 1 {
        // No drand at all: the verifier warns.
        let drand = |source: &SourcePlan| matches!(source, SourcePlan::Drand(_));
        let others = sources
            .iter()
            .any(|source| matches!(source, SourcePlan::Numbers { .. }));
        if others {
            sources.retain(|source| !drand(source));
        }
    }
    if dice.percent(50) {
        sources.reverse();
    }
    sources
}

impl DrawPlan {
    /// The draw in words, for people who look for a kind of draw.
    pub(crate) fn words(&self, plan: &Plan) -> String {
        let sources: Vec<&str> = self
            .sources
            .iter()
            .map(|source| match source {
                SourcePlan::Drand(round) => round.chain.name,
                SourcePlan::Numbers { .. } => "numbers",
                SourcePlan::Commit => "commit",
            })
            .collect();
        let mut words = format!(
            "{} people, {} tickets each at most, {}, {} of {} witnesses",
            self.people,
            self.tickets_per_person,
            sources.join(" and "),
            plan.quorum,
            plan.witnesses
        );
        if self.cancelled {
            words += ", cancelled";
        }
        for (count, what) in [
            (self.superseded, "superseded manifests"),
            (self.corrections, "corrected closes"),
            (self.settlements, "settlements at most"),
            (u32::from(self.purges), "purge notes"),
        ] {
            if count > 0 {
                words += &format!(", {count} {what}");
            }
        }
        if !self.excludes.is_empty() {
            words += &format!(", excludes {} draws", self.excludes.len());
        }
        words
    }
}
