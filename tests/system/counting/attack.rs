//! An attacker who has everything that was published, knows the rules and can compute; and random
//! activities to attack. Shared by `counting` of the system tests and of the soak tests.
//!
//! Invariant: the attacker reads the published JSON and what everybody can know besides: how many
//! people there were, and of a draw how many on each day and in each pool. Nothing of the program
//! is used but the numbers that it would publish.

use std::collections::BTreeMap;

use fairdraw::activity::{ActivityId, Arrangement, Facts, Kind, LocalText, Stage};
use fairdraw::audit::StaffId;
use fairdraw::identity::address;
use fairdraw::platform::clock::{DAY, Timestamp};
use fairdraw::stats::declared::{Asked, Declared, Dimension};
use fairdraw::stats::rule::Limits;
use fairdraw::stats::{About, Around, Of, Tally};
use fairdraw::survey::answer::Answer;
use fairdraw::survey::question::{Choice, Question, QuestionKind};
use fairdraw::survey::{Answers, tally};
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use serde_json::Value;

pub const K: u64 = 10;

/// Randomness that is the same on every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// One of `count`, the first far more often where `skew` is high.
    fn place(&mut self, count: usize, skew: u64) -> usize {
        let mut at = self.below(count as u64);
        for _ in 0..skew {
            at = at.min(self.below(count as u64));
        }
        usize::try_from(at).expect("small")
    }
}

/// One person of a made-up activity: a line of each dimension.
type Person = BTreeMap<String, String>;

/// A made-up activity with everybody in it.
pub struct Activity {
    asked: Asked,
    tables: Vec<Declared>,
    people: Vec<Person>,
}

const COUNTIES: [&str; 6] = ["臺北市", "新北市", "桃園市", "臺中市", "連江縣", "金門縣"];

fn facts() -> Facts {
    let opens_at = Timestamp(1_790_000_000_000);
    let text = || LocalText::new("題", "A");
    Facts {
        id: ActivityId("attacked".to_owned()),
        slug: "attacked".to_owned(),
        kind: Kind::Draw,
        stage: Stage::Closed,
        title: text(),
        text: text(),
        rules: text(),
        opens_at,
        closes_at: opens_at.plus(4 * DAY),
        freezes_at: opens_at.plus(4 * DAY),
        draws_at: opens_at.plus(5 * DAY),
        ends_at: Timestamp(0),
        claim_days: 7,
        retention_days: 30,
        purges_at: opens_at.plus(40 * DAY),
        answers_linked: true,
        arrangement: Arrangement::Pools,
        notice: text(),
        cancelled_reason: String::new(),
        version: 1,
        created_by: StaffId::fresh(),
        published_at: None,
        eligibility: fairdraw::activity::Eligibility::Everybody,
        branch: None,
        halted: false,
    }
}

fn question(id: &str, choices: usize) -> Question {
    let words = |at: usize| format!("{id}{at}");
    Question {
        id: id.into(),
        position: 1,
        kind: QuestionKind::SingleChoice {
            options: (0..choices)
                .map(|at| Choice {
                    id: words(at).as_str().into(),
                    label_zh: words(at),
                    label_en: words(at),
                })
                .collect(),
        },
        label_zh: id.to_owned(),
        label_en: id.to_owned(),
        hint_zh: String::new(),
        hint_en: String::new(),
        required: true,
    }
}

impl Activity {
    /// Made up from a number.
    pub fn random(number: u64) -> Activity {
        let mut dice = Dice::new(number);
        let questions: Vec<Question> = ["p", "q"]
            .iter()
            .map(|id| question(id, 2 + usize::try_from(dice.below(5)).expect("small")))
            .collect();
        let asked = Asked {
            facts: facts(),
            questions,
            address: Some(true),
        };
        let tables = tables(&asked, &mut dice);
        let many = [12, 25, 40, 60, 90, 150, 300];
        let count = many[dice.place(many.len(), 0)] + dice.below(20);
        let skews: Vec<u64> = (0..6).map(|_| dice.below(4)).collect();
        let people = (0..count)
            .map(|_| person(&asked, &mut dice, &skews))
            .collect();
        Activity {
            asked,
            tables,
            people,
        }
    }

    /// What the program would publish, as everybody gets it.
    pub fn published(&self) -> Vec<Value> {
        let mut tally = Tally::new(Of::Entries, self.asked.clone(), self.tables.clone());
        for person in &self.people {
            let said = |name: &str| person.get(name).cloned();
            let about = About {
                county: said("county"),
                area: said("area").and_then(|area| Some(area.split_once(' ')?.1.to_owned())),
                pool: said("pool"),
            };
            let answers: Answers = self
                .asked
                .questions
                .iter()
                .map(|each| {
                    let chosen = said(&format!("q_{}", each.id)).expect("everybody answers");
                    (each.id.clone(), Answer::Choice(chosen.as_str().into()))
                })
                .collect();
            let day = person["day"].parse::<i64>().expect("a number");
            tally.add(
                &about,
                &answers,
                self.asked.facts.opens_at.plus(day * DAY + 1),
            );
        }
        let around = Around {
            pools: (0..3)
                .map(|at| (format!("pool{at}"), LocalText::new("一", "one")))
                .collect(),
            without: Vec::new(),
        };
        let limits = Limits {
            threshold: K,
            base: 5,
        };
        let tables = tally.tables(limits, &around);
        tables
            .iter()
            .map(|table| serde_json::to_value(table).expect("JSON"))
            .collect()
    }

    fn lines(&self, dimension: &str) -> Vec<String> {
        let own = || {
            let mut all: Vec<String> = self
                .people
                .iter()
                .map(|person| person[dimension].clone())
                .collect();
            all.sort();
            all.dedup();
            all
        };
        match dimension {
            "county" => address::COUNTIES
                .iter()
                .map(|county| county.zh().to_owned())
                .collect(),
            "pool" => (0..3).map(|at| format!("pool{at}")).collect(),
            "day" => own(),
            // A postal code may be left out.
            "area" => own().into_iter().chain(["-".to_owned()]).collect(),
            question => {
                let id = question.trim_start_matches("q_");
                let found = self
                    .asked
                    .questions
                    .iter()
                    .find(|each| each.id.as_str() == id);
                let lines = tally::lines(&found.expect("a question").kind);
                lines.into_iter().map(|line| line.key).collect()
            }
        }
    }

    fn count(&self, of: &[(&str, &str)]) -> u64 {
        let is_one = |person: &&Person| of.iter().all(|(name, line)| person[*name] == *line);
        self.people.iter().filter(is_one).count() as u64
    }
}

fn tables(asked: &Asked, dice: &mut Dice) -> Vec<Declared> {
    let all = asked.dimensions();
    let mut tables: Vec<Declared> = Vec::new();
    for at in 0..3 + dice.below(4) {
        let rows = all[dice.place(all.len(), 0)].clone();
        let columns = (dice.below(5) < 3).then(|| all[dice.place(all.len(), 0)].clone());
        let table = Declared {
            id: format!("t{at}"),
            rows,
            columns,
        };
        if asked.flaw(&table, &tables).is_none() {
            tables.push(table);
        }
    }
    for question in &asked.questions {
        let rows = Dimension::Question(question.id.clone());
        if !tables
            .iter()
            .any(|table| table.rows == rows && table.columns.is_none())
        {
            tables.push(Declared {
                id: question.id.to_string(),
                rows,
                columns: None,
            });
        }
    }
    tables
}

fn person(asked: &Asked, dice: &mut Dice, skews: &[u64]) -> Person {
    let mut person = Person::new();
    let county = COUNTIES[dice.place(COUNTIES.len(), skews[0])];
    let area = 100 + dice.place(4, skews[1]);
    person.insert("county".to_owned(), county.to_owned());
    person.insert("area".to_owned(), format!("{county} {area}"));
    person.insert(
        "pool".to_owned(),
        format!("pool{}", dice.place(3, skews[2])),
    );
    person.insert("day".to_owned(), dice.place(4, skews[3]).to_string());
    for (at, question) in asked.questions.iter().enumerate() {
        let lines = tally::lines(&question.kind);
        let line = &lines[dice.place(lines.len(), skews[4 + at % 2])];
        person.insert(format!("q_{}", question.id), line.key.clone());
    }
    person
}

/// A sum of counts lies between two numbers.
struct Rule {
    sum: Vec<(usize, f64)>,
    low: f64,
    high: f64,
}

/// A system of what is known: variables are counts of people.
struct System {
    names: BTreeMap<String, usize>,
    rules: Vec<Rule>,
}

impl System {
    fn variable(&mut self, name: String) -> usize {
        let next = self.names.len();
        *self.names.entry(name).or_insert(next)
    }

    fn between(&mut self, sum: Vec<(usize, f64)>, low: u64, high: u64) {
        self.rules.push(Rule {
            sum,
            low: low as f64,
            high: high as f64,
        });
    }

    fn solve(&self, of: usize, direction: OptimizationDirection) -> f64 {
        let mut problem = Problem::new(direction);
        let variables: Vec<Variable> = (0..self.names.len())
            .map(|at| problem.add_var(if at == of { 1.0 } else { 0.0 }, (0.0, f64::INFINITY)))
            .collect();
        for Rule { sum, low, high } in &self.rules {
            let terms: Vec<(Variable, f64)> = sum
                .iter()
                .map(|(at, factor)| (variables[*at], *factor))
                .collect();
            if low == high {
                problem.add_constraint(&terms, ComparisonOp::Eq, *low);
            } else {
                problem.add_constraint(&terms, ComparisonOp::Ge, *low);
                problem.add_constraint(&terms, ComparisonOp::Le, *high);
            }
        }
        let solved = problem
            .solve()
            .expect("what was published is true of somebody");
        solved
            .into_solution()
            .expect("it is solved to its end")
            .objective()
    }
}

/// What a shown number can stand for: rounded to 5, and never shown below the threshold.
fn span(shown: u64) -> (u64, u64) {
    (shown.saturating_sub(2).max(K), shown + 2)
}

/// How many attacks were made, and the worst that was found.
#[derive(Debug, Default, Clone, Copy)]
pub struct Found {
    pub small_counts: u64,
    pub attacked: u64,
    pub narrowest: u64,
    pub published_tables: u64,
    pub withheld_tables: u64,
}

/// Attacks everything published about an activity: bounds of small counts, at most `most` of them.
pub fn attack(activity: &Activity, number: u64, most: usize) -> Found {
    let published = activity.published();
    let mut system = System {
        names: BTreeMap::new(),
        rules: Vec::new(),
    };
    let mut found = Found {
        narrowest: u64::MAX,
        ..Found::default()
    };
    let people = activity.people.len() as u64;
    let mut dimensions: Vec<String> = Vec::new();
    let mut targets: Vec<String> = Vec::new();
    for table in &published {
        let is_shown = !rows(table).is_empty();
        found.published_tables += u64::from(is_shown);
        found.withheld_tables += u64::from(!is_shown);
        for dimension in codes(table).into_iter().filter(|_| is_shown) {
            if !dimensions.contains(&dimension) {
                dimensions.push(dimension);
            }
        }
    }
    for dimension in &dimensions {
        let mut all = Vec::new();
        for line in activity.lines(dimension) {
            let at = system.variable(format!("{dimension}={line}"));
            all.push((at, 1.0));
            let count = activity.count(&[(dimension, &line)]);
            if matches!(dimension.as_str(), "day" | "pool") {
                system.between(vec![(at, 1.0)], count, count);
            } else if count < K {
                targets.push(format!("{dimension}={line}"));
            }
        }
        system.between(all, people, people);
    }
    if dimensions.iter().any(|each| each == "area")
        && dimensions.iter().any(|each| each == "county")
    {
        for county in activity.lines("county") {
            let mut sum = vec![(system.variable(format!("county={county}")), 1.0)];
            for area in activity.lines("area") {
                if area.starts_with(&county) {
                    sum.push((system.variable(format!("area={area}")), -1.0));
                }
            }
            // Others may live there without having said in which part.
            system.between(sum, 0, people);
        }
    }
    for table in published.iter().filter(|table| !rows(table).is_empty()) {
        match codes(table).as_slice() {
            [one] => read_lines(activity, table, one, &mut system),
            [rows, columns] => {
                read_cross(activity, table, rows, columns, &mut system);
                for row in activity.lines(rows) {
                    for column in activity.lines(columns) {
                        if activity.count(&[(rows, &row), (columns, &column)]) < K {
                            targets.push(format!("{}:{row}/{column}", table["id"]));
                        }
                    }
                }
            }
            other => panic!("{other:?}"),
        }
    }
    found.small_counts = targets.len() as u64;
    let mut dice = Dice::new(number ^ 0xa77ac4);
    while targets.len() > most {
        let at = usize::try_from(dice.below(targets.len() as u64)).expect("small");
        targets.swap_remove(at);
    }
    for target in targets {
        let at = system.names[&target];
        let least = (system.solve(at, OptimizationDirection::Minimize) - 1e-6).ceil();
        let most = (system.solve(at, OptimizationDirection::Maximize) + 1e-6).floor();
        let possible = (most - least) as u64 + 1;
        assert!(
            possible >= K,
            "activity {number}: {target} is one of {least}..={most}\n{published:#?}"
        );
        found.attacked += 1;
        found.narrowest = found.narrowest.min(possible);
    }
    found
}

fn codes(table: &Value) -> Vec<String> {
    let codes = table["dimensions"].as_array().expect("a list").iter();
    codes
        .map(|code| code.as_str().expect("a code").to_owned())
        .collect()
}

fn rows(table: &Value) -> &Vec<Value> {
    table["rows"].as_array().expect("a list")
}

fn key(label: &Value) -> &str {
    label["key"].as_str().expect("a key")
}

/// The lines behind a label: itself, or for "other" all that stand nowhere else.
fn behind(activity: &Activity, dimension: &str, labels: &[Value], at: usize) -> Vec<String> {
    let lines = activity.lines(dimension);
    let name = |line: &String| match dimension {
        "day" => labels_of_days(activity, line),
        _ => line.clone(),
    };
    if key(&labels[at]) != "other" {
        let own = key(&labels[at]);
        return lines.into_iter().filter(|line| name(line) == own).collect();
    }
    let alone: Vec<&str> = labels.iter().map(key).collect();
    lines
        .into_iter()
        .filter(|line| !alone.contains(&name(line).as_str()))
        .collect()
}

/// A day is published by its date.
fn labels_of_days(activity: &Activity, day: &str) -> String {
    let day: i64 = day.parse().expect("a number");
    let at = activity.asked.facts.opens_at.plus(day * DAY + 1);
    fairdraw::identity::date::day_of(at).to_string()
}

fn read_lines(activity: &Activity, table: &Value, dimension: &str, system: &mut System) {
    let labels = rows(table);
    let mut least_alone = u64::MAX;
    let mut together = Vec::new();
    for (at, label) in labels.iter().enumerate() {
        let lines = behind(activity, dimension, labels, at);
        let count = table["counts"][at][0].as_u64();
        let sum: Vec<(usize, f64)> = lines
            .iter()
            .map(|line| (system.variable(format!("{dimension}={line}")), 1.0))
            .collect();
        let (low, high) = match count {
            Some(count) => span(count),
            // Withheld although put together: even so they are few.
            None => (0, K - 1),
        };
        system.between(sum.clone(), low, high);
        if key(label) == "other" {
            together = sum;
        } else {
            least_alone = least_alone.min(high);
        }
    }
    // The rule is public: the smallest lines are put together first.
    for (line, factor) in together {
        system.between(vec![(line, factor)], 0, least_alone);
    }
}

fn read_cross(activity: &Activity, table: &Value, rows: &str, columns: &str, system: &mut System) {
    let id = table["id"].clone();
    let (all_rows, all_columns) = (activity.lines(rows), activity.lines(columns));
    let cell = |system: &mut System, row: &str, column: &str| {
        (system.variable(format!("{id}:{row}/{column}")), 1.0)
    };
    for row in &all_rows {
        let mut sum = vec![(system.variable(format!("{rows}={row}")), -1.0)];
        sum.extend(all_columns.iter().map(|column| cell(system, row, column)));
        system.between(sum, 0, 0);
    }
    for column in &all_columns {
        let mut sum = vec![(system.variable(format!("{columns}={column}")), -1.0)];
        sum.extend(all_rows.iter().map(|row| cell(system, row, column)));
        system.between(sum, 0, 0);
    }
    let row_labels = table["rows"].as_array().expect("a list");
    let column_labels = table["columns"].as_array().expect("a list");
    for down in 0..row_labels.len() {
        for across in 0..column_labels.len() {
            let count = table["counts"][down][across]
                .as_u64()
                .expect("never withheld");
            let group_rows = behind(activity, rows, row_labels, down);
            let group_columns = behind(activity, columns, column_labels, across);
            let mut sum = Vec::new();
            for row in &group_rows {
                for column in &group_columns {
                    sum.push(cell(system, row, column));
                }
            }
            let (low, high) = span(count);
            system.between(sum, low, high);
        }
    }
}
