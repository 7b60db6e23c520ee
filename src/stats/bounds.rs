//! What somebody could conclude from everything published together: the least and the most that a
//! count can be, by linear programming.
//!
//! Invariant: the programs assume more than a reader knows (the exact number of people, what the
//! public list of a draw tells, and the rule by which lines are put together), so a reader never
//! gets further. Lines that nothing published tells apart are one: a program has one of them and
//! the sum of the rest.
//!
//! Not here: what is published instead ([`super::rule`]).

use std::collections::BTreeMap;

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::rule::{Cross, Exact, Grid, Limits, Lines, Several, Shown};

/// Solvers count in floating point; nothing here is closer together than this.
const SLACK: f64 = 1e-6;

/// A count that could be narrowed down too far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weak {
    /// A line of this dimension.
    Part(usize),
    /// A count of this cross.
    Cross(usize),
}

/// The first count below the threshold that could be narrowed down to fewer possibilities than the
/// threshold.
pub(super) fn weakest(exact: &Exact, shown: &Shown, limits: Limits) -> Option<Weak> {
    let model = Model::of(exact, shown, limits);
    for (at, part) in exact.parts.iter().enumerate() {
        if part.is_public || !is_looked_at(exact, shown, at) {
            continue;
        }
        for class in &model.classes[at] {
            let few = class
                .lines
                .iter()
                .any(|line| part.counts[*line] < limits.threshold);
            if few && !model.is_hidden(&[class.one(at)], limits) {
                return Some(Weak::Part(at));
            }
        }
    }
    for (at, cross) in exact.crosses.iter().enumerate() {
        if shown.crosses[at].is_none() {
            continue;
        }
        for row in &model.classes[cross.rows] {
            for column in &model.classes[cross.columns] {
                let few = row.lines.iter().any(|line| {
                    let counts = &cross.counts[*line];
                    column.lines.iter().any(|at| counts[*at] < limits.threshold)
                });
                let cell = Unknown::Cell(at, (row.number, Share::One), (column.number, Share::One));
                if few && !model.is_hidden(&[cell], limits) {
                    return Some(Weak::Cross(at));
                }
            }
        }
    }
    None
}

/// A dimension that no table tells of is nobody's to narrow down.
fn is_looked_at(exact: &Exact, shown: &Shown, part: usize) -> bool {
    let crossed = |(at, cross): (usize, &Cross)| {
        shown.crosses[at].is_some() && (cross.rows == part || cross.columns == part)
    };
    let linked = exact.within.as_ref().is_some_and(|(fine, coarse, _)| {
        (*fine == part && shown.parts[*coarse].is_some())
            || (*coarse == part && shown.parts[*fine].is_some())
    });
    shown.parts[part].is_some() || linked || exact.crosses.iter().enumerate().any(crossed)
}

/// Whether the hidden answers of a question with several stay hidden. Somebody may know that each
/// person chose one at least and `most` at most.
pub(super) fn several_is_safe(
    question: &Several,
    shown: &[Option<u64>],
    people: u64,
    limits: Limits,
) -> bool {
    let span = |shown: &Option<u64>| match shown {
        Some(count) => limits.span(*count),
        None => (0, people),
    };
    let low: u64 = shown.iter().map(|one| span(one).0).sum();
    let high: u64 = shown.iter().map(|one| span(one).1).sum();
    let mut hidden = shown.iter().filter(|one| one.is_none());
    hidden.all(|one| {
        let (least, most) = span(one);
        let least = least.max(people.saturating_sub(high - most));
        let most = most.min((question.most * people).saturating_sub(low - least));
        most >= least && most - least + 1 >= limits.threshold
    })
}

/// One line of a class, or all its others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Share {
    One,
    Rest,
}

/// A count that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    /// Of a dimension: class and share.
    Line(usize, (usize, Share)),
    /// Of a cross: row and column.
    Cell(usize, (usize, Share), (usize, Share)),
    /// People in a line of the coarser dimension who are in no known line of the finer.
    Apart(usize),
}

/// Lines of a dimension that nothing published tells apart.
struct Class {
    number: usize,
    lines: Vec<usize>,
}

impl Class {
    fn one(&self, part: usize) -> Unknown {
        Unknown::Line(part, (self.number, Share::One))
    }

    fn shares(&self) -> Vec<(usize, Share)> {
        let one = (self.number, Share::One);
        match self.lines.len() {
            0 | 1 => vec![one],
            _ => vec![one, (self.number, Share::Rest)],
        }
    }
}

/// A sum of unknowns lies between two numbers.
struct Rule {
    sum: Vec<(Unknown, f64)>,
    low: f64,
    high: f64,
}

struct Model<'a> {
    exact: &'a Exact,
    shown: &'a Shown,
    classes: Vec<Vec<Class>>,
    rules: Vec<Rule>,
}

impl<'a> Model<'a> {
    fn of(exact: &'a Exact, shown: &'a Shown, limits: Limits) -> Model<'a> {
        let classes = (0..exact.parts.len()).map(|part| classes(exact, shown, part));
        let mut model = Model {
            exact,
            shown,
            classes: classes.collect(),
            rules: Vec::new(),
        };
        for part in 0..exact.parts.len() {
            model.part(part, limits);
        }
        for at in 0..exact.crosses.len() {
            if let Some(grid) = &shown.crosses[at] {
                model.cross(at, grid, limits);
            }
        }
        model.within();
        model
    }

    fn rule(&mut self, sum: Vec<Unknown>, low: f64, high: f64) {
        let sum = sum.into_iter().map(|unknown| (unknown, 1.0)).collect();
        self.rules.push(Rule { sum, low, high });
    }

    /// Everybody is in one line; what the table says of single lines and of those put together.
    fn part(&mut self, part: usize, limits: Limits) {
        let of = |class: &Class| {
            let shares = class.shares().into_iter();
            shares
                .map(|share| Unknown::Line(part, share))
                .collect::<Vec<_>>()
        };
        let all = self.classes[part].iter().flat_map(of).collect();
        let people = number(self.exact.people);
        self.rule(all, people, people);
        if self.exact.parts[part].is_public {
            let counts = &self.exact.parts[part].counts;
            let known: Vec<(Unknown, f64)> = self.classes[part]
                .iter()
                .map(|class| (class.one(part), number(counts[class.lines[0]])))
                .collect();
            for (line, count) in known {
                self.rule(vec![line], count, count);
            }
            return;
        }
        let Some(table) = &self.shown.parts[part] else {
            return;
        };
        for (line, count) in &table.single {
            let found = self.classes[part]
                .iter()
                .find(|class| class.lines.contains(line));
            if let Some(class) = found {
                let (low, high) = limits.span(*count);
                self.rule(vec![class.one(part)], number(low), number(high));
            }
        }
        self.together(part, table, limits);
    }

    fn together(&mut self, part: usize, table: &Lines, limits: Limits) {
        let Some((low, high)) = together(table, limits) else {
            return;
        };
        // The smallest lines are put together first: none is larger than one that stands alone.
        let most = table.single.iter().map(|(_, count)| limits.span(*count).1);
        let most = most.min().unwrap_or(self.exact.people);
        // And as a rule they are put together because each of them is too small.
        let counts = &self.exact.parts[part].counts;
        let all_few = table
            .other
            .iter()
            .all(|line| counts[*line] < limits.threshold);
        let most = number(match all_few {
            true => most.min(limits.threshold.saturating_sub(1)),
            false => most,
        });
        let (mut all, mut each) = (Vec::new(), Vec::new());
        for class in &self.classes[part] {
            if !table.other.contains(&class.lines[0]) {
                continue;
            }
            for share in class.shares() {
                let lines = match share.1 {
                    Share::One => 1,
                    Share::Rest => class.lines.len() - 1,
                };
                all.push(Unknown::Line(part, share));
                each.push((Unknown::Line(part, share), most * number(lines as u64)));
            }
        }
        // A line that was put to them only to hide them is large itself.
        let low = match all_few {
            true => low,
            false => low.max(2 * limits.threshold),
        };
        self.rule(all, number(low), number(high.max(low)));
        for (line, most) in each {
            self.rule(vec![line], 0.0, most);
        }
        self.smallest_first(part, table);
    }

    /// None of the lines put together is larger than one that stands alone, whatever both are.
    fn smallest_first(&mut self, part: usize, table: &Lines) {
        let is_alone = |class: &&Class| !table.other.contains(&class.lines[0]);
        let (alone, together): (Vec<&Class>, Vec<&Class>) =
            self.classes[part].iter().partition(is_alone);
        let mut rules = Vec::new();
        for small in &together {
            for large in &alone {
                rules.push(Rule {
                    sum: vec![(large.one(part), 1.0), (small.one(part), -1.0)],
                    low: 0.0,
                    high: number(self.exact.people),
                });
            }
        }
        self.rules.extend(rules);
    }

    /// Rows and columns add up, and so do the counts that the table shows.
    fn cross(&mut self, at: usize, grid: &Grid, limits: Limits) {
        let Cross { rows, columns, .. } = &self.exact.crosses[at];
        let shares = |classes: &[Class]| classes.iter().flat_map(Class::shares).collect::<Vec<_>>();
        let (down, across) = (
            shares(&self.classes[*rows]),
            shares(&self.classes[*columns]),
        );
        let mut sums = Vec::new();
        for row in &down {
            let mut sum: Vec<(Unknown, f64)> = across
                .iter()
                .map(|column| (Unknown::Cell(at, *row, *column), 1.0))
                .collect();
            sum.push((Unknown::Line(*rows, *row), -1.0));
            sums.push(sum);
        }
        for column in &across {
            let mut sum: Vec<(Unknown, f64)> = down
                .iter()
                .map(|row| (Unknown::Cell(at, *row, *column), 1.0))
                .collect();
            sum.push((Unknown::Line(*columns, *column), -1.0));
            sums.push(sum);
        }
        let adding_up = sums.into_iter().map(|sum| Rule {
            sum,
            low: 0.0,
            high: 0.0,
        });
        self.rules.extend(adding_up);
        for (row, counts) in grid.rows.iter().zip(&grid.counts) {
            for (column, count) in grid.columns.iter().zip(counts) {
                let inside = |part: usize, group: &[usize]| {
                    let of = |class: &&Class| group.contains(&class.lines[0]);
                    let found = self.classes[part].iter().filter(of);
                    found.flat_map(Class::shares).collect::<Vec<_>>()
                };
                let (down, across) = (inside(*rows, row), inside(*columns, column));
                let cells = down
                    .iter()
                    .flat_map(|row| across.iter().map(|column| Unknown::Cell(at, *row, *column)));
                let cells = cells.collect();
                let (low, high) = limits.span(*count);
                self.rule(cells, number(low), number(high));
            }
        }
    }

    /// Lines of the finer dimension add up to those of the coarser.
    fn within(&mut self) {
        let Some((fine, coarse, lies_in)) = &self.exact.within else {
            return;
        };
        let mut apart = Vec::new();
        let mut sums = Vec::new();
        for class in &self.classes[*coarse] {
            let line = class.lines[0];
            let inside = |each: &&Class| lies_in[each.lines[0]] == Some(line);
            let mut sum: Vec<(Unknown, f64)> = self.classes[*fine]
                .iter()
                .filter(inside)
                .flat_map(Class::shares)
                .map(|share| (Unknown::Line(*fine, share), 1.0))
                .collect();
            apart.push((Unknown::Apart(line), 1.0));
            sum.push((Unknown::Apart(line), 1.0));
            sum.push((class.one(*coarse), -1.0));
            sums.push(sum);
        }
        let nowhere = |each: &&Class| lies_in[each.lines[0]].is_none();
        let nowhere = self.classes[*fine].iter().filter(nowhere);
        let nowhere = nowhere.flat_map(Class::shares);
        apart.extend(nowhere.map(|share| (Unknown::Line(*fine, share), -1.0)));
        sums.push(apart);
        let adding_up = sums.into_iter().map(|sum| Rule {
            sum,
            low: 0.0,
            high: 0.0,
        });
        self.rules.extend(adding_up);
    }

    /// Whether a sum keeps as many possible values as the threshold. A program that cannot be
    /// solved hides nothing.
    fn is_hidden(&self, sum: &[Unknown], limits: Limits) -> bool {
        let least = self.solve(sum, OptimizationDirection::Minimize);
        let most = self.solve(sum, OptimizationDirection::Maximize);
        let (Some(least), Some(most)) = (least, most) else {
            return false;
        };
        let possible = (most + SLACK).floor() - (least - SLACK).ceil() + 1.0;
        possible >= number(limits.threshold)
    }

    fn solve(&self, sum: &[Unknown], direction: OptimizationDirection) -> Option<f64> {
        let mut problem = Problem::new(direction);
        let mut variables: BTreeMap<Unknown, Variable> = BTreeMap::new();
        for (unknown, _) in self.rules.iter().flat_map(|rule| &rule.sum) {
            variables.entry(*unknown).or_insert_with(|| {
                let weight = if sum.contains(unknown) { 1.0 } else { 0.0 };
                problem.add_var(weight, (0.0, f64::INFINITY))
            });
        }
        for rule in &self.rules {
            let terms: Vec<(Variable, f64)> = rule
                .sum
                .iter()
                .map(|(unknown, factor)| (variables[unknown], *factor))
                .collect();
            if (rule.low - rule.high).abs() < SLACK {
                problem.add_constraint(&terms, ComparisonOp::Eq, rule.low);
            } else {
                problem.add_constraint(&terms, ComparisonOp::Ge, rule.low);
                problem.add_constraint(&terms, ComparisonOp::Le, rule.high);
            }
        }
        let solution = problem.solve().ok()?.into_solution().ok()?;
        Some(solution.objective())
    }
}

/// Between what the lines put together lie in sum; nothing where none are.
fn together(table: &Lines, limits: Limits) -> Option<(u64, u64)> {
    if table.other.is_empty() {
        return None;
    }
    Some(match table.other_count {
        Some(count) => limits.span(count),
        // Withheld, so they are few.
        None => (0, limits.threshold.saturating_sub(1)),
    })
}

/// Lines with the same standing in every published table, in the order of their first line.
fn classes(exact: &Exact, shown: &Shown, part: usize) -> Vec<Class> {
    let is_coarse = |(_, coarse, _): &(usize, usize, Vec<Option<usize>>)| *coarse == part;
    let alone = exact.parts[part].is_public || exact.within.as_ref().is_some_and(is_coarse);
    let mut found: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for line in 0..exact.parts[part].counts.len() {
        let mut standing = vec![if alone { line + 1 } else { 0 }];
        if let Some(table) = &shown.parts[part] {
            let together = table.other.contains(&line);
            standing.push(if together { 0 } else { line + 1 });
        }
        if let Some((fine, _, lies_in)) = &exact.within
            && *fine == part
        {
            standing.push(lies_in[line].map_or(0, |coarse| coarse + 1));
        }
        for (at, cross) in exact.crosses.iter().enumerate() {
            let Some(grid) = &shown.crosses[at] else {
                continue;
            };
            let group = |groups: &[Vec<usize>]| groups.iter().position(|each| each.contains(&line));
            if cross.rows == part {
                standing.push(group(&grid.rows).unwrap_or_default());
            }
            if cross.columns == part {
                standing.push(group(&grid.columns).unwrap_or_default());
            }
        }
        found.entry(standing).or_default().push(line);
    }
    let mut all: Vec<Vec<usize>> = found.into_values().collect();
    all.sort();
    all.into_iter()
        .enumerate()
        .map(|(number, lines)| Class { number, lines })
        .collect()
}

/// Counts of people are far below where floating point loses one.
fn number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
