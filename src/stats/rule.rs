//! What of exact counts may be published (`privacy` 4).
//!
//! Invariant: a published number is at least the threshold and rounded on its own; and nobody who
//! puts everything published together can narrow a smaller count down to fewer possibilities than
//! the threshold ([`super::bounds`] asks that of a linear program before anything is published).
//!
//! Lines that are too small are put together as "other", the smallest first; crossed tables are
//! coarsened or left out; if nothing else helps only the number of people is told.

use super::bounds::{self, Weak};

/// The threshold and the base of rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Counts below are not published.
    pub threshold: u64,
    /// Published counts are multiples of this.
    pub base: u64,
}

impl Limits {
    /// A count as it is shown: the nearest multiple of the base, on its own.
    pub fn rounded(self, count: u64) -> u64 {
        let base = self.base.max(1);
        let down = count - count % base;
        if count - down > base / 2 {
            down.saturating_add(base)
        } else {
            down
        }
    }

    /// What a shown number can stand for, both ends inclusive.
    pub fn span(self, shown: u64) -> (u64, u64) {
        let base = self.base.max(1);
        let below = (base - 1) - base / 2;
        let low = shown.saturating_sub(below).max(self.threshold);
        (low, shown.saturating_add(base / 2))
    }
}

/// Exact counts of one group of people. Every dimension parts them: each person is in one line.
#[derive(Clone, Debug, Default)]
pub struct Exact {
    /// How many people.
    pub people: u64,
    /// What they are parted by.
    pub parts: Vec<Part>,
    /// Two dimensions at once.
    pub crosses: Vec<Cross>,
    /// Questions of which a person can choose several answers.
    pub several: Vec<Several>,
    /// A finer dimension, a coarser one, and for each line of the finer the line of the coarser
    /// that it lies in, where that is known.
    pub within: Option<(usize, usize, Vec<Option<usize>>)>,
}

/// One dimension.
#[derive(Clone, Debug)]
pub struct Part {
    /// How many people are in each line.
    pub counts: Vec<u64>,
    /// Whether a table of it is wanted; otherwise it is only crossed.
    pub is_wanted: bool,
    /// Whether everybody knows the exact counts from elsewhere: the public list of a draw has them.
    pub is_public: bool,
}

/// How many people are in each line of one dimension and each of another.
#[derive(Clone, Debug)]
pub struct Cross {
    /// The rows' dimension.
    pub rows: usize,
    /// The columns' dimension.
    pub columns: usize,
    /// By row, then column.
    pub counts: Vec<Vec<u64>>,
}

/// How often each answer was chosen.
#[derive(Clone, Debug)]
pub struct Several {
    /// By answer.
    pub counts: Vec<u64>,
    /// How many a person can choose.
    pub most: u64,
}

/// What is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How many people; nothing where they are fewer than the threshold.
    pub people: Option<u64>,
    /// For each dimension its table; nothing where it is not published.
    pub parts: Vec<Option<Lines>>,
    /// For each cross its table; nothing where it is not published.
    pub crosses: Vec<Option<Grid>>,
    /// For each question with several answers the count of each; nothing for one that is not shown.
    pub several: Vec<Vec<Option<u64>>>,
}

/// A table of one dimension.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Lines {
    /// Lines shown on their own, and their counts.
    pub single: Vec<(usize, u64)>,
    /// Lines put together; empty where every line is shown.
    pub other: Vec<usize>,
    /// How many people are in the lines put together; nothing where they are too few as well.
    pub other_count: Option<u64>,
}

/// A table of two dimensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Rows; one of several lines is "other".
    pub rows: Vec<Vec<usize>>,
    /// Columns; one of several lines is "other".
    pub columns: Vec<Vec<usize>>,
    /// By row, then column.
    pub counts: Vec<Vec<u64>>,
}

/// Decides what may be published.
pub fn publish(exact: &Exact, limits: Limits) -> Shown {
    let mut shown = Shown {
        people: (exact.people >= limits.threshold).then(|| limits.rounded(exact.people)),
        parts: vec![None; exact.parts.len()],
        crosses: vec![None; exact.crosses.len()],
        several: several(exact, limits),
    };
    if shown.people.is_none() {
        return shown;
    }
    for (at, part) in exact.parts.iter().enumerate() {
        if part.is_wanted {
            let few = |line: &usize| part.counts[*line] < limits.threshold;
            let other = (0..part.counts.len()).filter(few).collect();
            shown.parts[at] = lines(&part.counts, other, limits);
        }
    }
    for (at, cross) in exact.crosses.iter().enumerate() {
        shown.crosses[at] = coarsened(&cross.counts, limits);
    }
    loop {
        if let Some(part) = thin(exact, &shown, limits) {
            merge_next(exact, &mut shown, part, limits);
        } else if let Some(weak) = bounds::weakest(exact, &shown, limits) {
            remedy(exact, &mut shown, weak, limits);
        } else {
            return shown;
        }
    }
}

/// A table in which a small line was put together with a large one only to hide it, and the two
/// are so few that their number tells the small one: the large one has the threshold at least.
fn thin(exact: &Exact, shown: &Shown, limits: Limits) -> Option<usize> {
    let is_thin = |(part, table): (usize, &Option<Lines>)| {
        let table = table.as_ref()?;
        let counts = &exact.parts[part].counts;
        let is_large = |line: &&usize| counts[**line] >= limits.threshold;
        let large = table.other.iter().filter(is_large).count();
        let together: u64 = table.other.iter().map(|line| counts[*line]).sum();
        let needed = (large as u64 + 1) * limits.threshold;
        (large > 0 && large < table.other.len() && together < needed).then_some(part)
    };
    let mut tables = shown.parts.iter().enumerate();
    tables.find_map(is_thin)
}

/// Publishes less, so that the weak count is better hidden. Each step takes something away.
fn remedy(exact: &Exact, shown: &mut Shown, weak: Weak, limits: Limits) {
    let part = match weak {
        Weak::Cross(at) => {
            shown.crosses[at] = None;
            return;
        }
        Weak::Part(at) => at,
    };
    let size = |at: &usize| {
        exact.crosses[*at]
            .counts
            .iter()
            .map(Vec::len)
            .sum::<usize>()
    };
    let published = (0..exact.crosses.len()).filter(|at| shown.crosses[*at].is_some());
    if let Some(widest) = published.max_by_key(size) {
        shown.crosses[widest] = None;
        return;
    }
    if shown.parts[part].is_some() {
        merge_next(exact, shown, part, limits);
        return;
    }
    // What is not published itself is told by what it lies in or holds.
    for other in linked(exact, part) {
        shown.parts[other] = None;
    }
}

/// Puts the smallest line that stands alone to the others; a table without one goes.
fn merge_next(exact: &Exact, shown: &mut Shown, part: usize, limits: Limits) {
    let Some(table) = shown.parts[part].take() else {
        return;
    };
    let counts = &exact.parts[part].counts;
    let smallest = table.single.iter().map(|(line, _)| *line);
    if let Some(next) = smallest.min_by_key(|line| (counts[*line], *line)) {
        let mut other = table.other;
        other.push(next);
        other.sort_unstable();
        shown.parts[part] = lines(counts, other, limits);
    }
}

fn linked(exact: &Exact, part: usize) -> Vec<usize> {
    match &exact.within {
        Some((fine, coarse, _)) if *fine == part => vec![*coarse],
        Some((fine, coarse, _)) if *coarse == part => vec![*fine],
        _ => Vec::new(),
    }
}

/// The table with these lines put together; none where too little is left to be one.
fn lines(counts: &[u64], other: Vec<usize>, limits: Limits) -> Option<Lines> {
    let alone = (0..counts.len()).filter(|line| !other.contains(line));
    let single: Vec<(usize, u64)> = alone
        .map(|line| (line, limits.rounded(counts[line])))
        .collect();
    let together: u64 = other.iter().map(|line| counts[*line]).sum();
    let is_shown = other.len() > 1 && together >= limits.threshold;
    let other_count = is_shown.then(|| limits.rounded(together));
    let rows = single.len() + usize::from(is_shown);
    (rows >= 2 && !single.is_empty()).then_some(Lines {
        single,
        other,
        other_count,
    })
}

/// Puts rows and columns together until every count reaches the threshold; none where fewer than
/// two of either are left.
fn coarsened(counts: &[Vec<u64>], limits: Limits) -> Option<Grid> {
    let columns = counts.first().map_or(0, Vec::len);
    let alone = |count: usize| (0..count).map(|line| vec![line]).collect::<Vec<_>>();
    let mut grid = Grid {
        rows: alone(counts.len()),
        columns: alone(columns),
        counts: counts.to_vec(),
    };
    while grid.rows.len() >= 2 && grid.columns.len() >= 2 {
        let smallest = grid.smallest();
        if smallest.2 >= limits.threshold {
            for count in grid.counts.iter_mut().flatten() {
                *count = limits.rounded(*count);
            }
            return Some(grid);
        }
        let by_rows =
            grid.rows.len() > 2 && grid.rows.len() >= grid.columns.len() || grid.columns.len() <= 2;
        if by_rows {
            grid.merge_rows(smallest.0);
        } else {
            grid.turn();
            grid.merge_rows(smallest.1);
            grid.turn();
        }
    }
    None
}

impl Grid {
    /// Row, column and count of the smallest count.
    fn smallest(&self) -> (usize, usize, u64) {
        let cells = self.counts.iter().enumerate().flat_map(|(row, counts)| {
            let cell = move |(column, count): (usize, &u64)| (row, column, *count);
            counts.iter().enumerate().map(cell)
        });
        cells.min_by_key(|cell| cell.2).unwrap_or_default()
    }

    /// Puts a row into "other": the rows put together before, or else the smallest other row.
    fn merge_rows(&mut self, row: usize) {
        let total = |at: &usize| self.counts[*at].iter().sum::<u64>();
        let other = (0..self.rows.len()).filter(|at| *at != row);
        let together = other.clone().find(|at| self.rows[*at].len() > 1);
        let Some(into) = together.or_else(|| other.min_by_key(total)) else {
            return;
        };
        let (keep, gone) = (into.min(row), into.max(row));
        let lines = self.rows.remove(gone);
        let counts = self.counts.remove(gone);
        self.rows[keep].extend(lines);
        self.rows[keep].sort_unstable();
        for (sum, count) in self.counts[keep].iter_mut().zip(counts) {
            *sum += count;
        }
    }

    /// Rows become columns.
    fn turn(&mut self) {
        let columns = self.columns.len();
        self.counts = (0..columns)
            .map(|column| self.counts.iter().map(|row| row[column]).collect())
            .collect();
        std::mem::swap(&mut self.rows, &mut self.columns);
    }
}

/// An answer of several is shown where both those who chose it and those who did not reach the
/// threshold; a question of which this leaves a hidden count too narrow is not shown at all.
fn several(exact: &Exact, limits: Limits) -> Vec<Vec<Option<u64>>> {
    let may = |count: u64| {
        count >= limits.threshold && exact.people.saturating_sub(count) >= limits.threshold
    };
    exact
        .several
        .iter()
        .map(|question| {
            let one = |count: &u64| may(*count).then(|| limits.rounded(*count));
            let shown: Vec<Option<u64>> = question.counts.iter().map(one).collect();
            if bounds::several_is_safe(question, &shown, exact.people, limits) {
                shown
            } else {
                vec![None; shown.len()]
            }
        })
        .collect()
}
