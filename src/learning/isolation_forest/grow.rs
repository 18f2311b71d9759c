//! One isolation tree: random splits until rows are alone, or deep enough to be called the crowd.

use ndarray::ArrayView2;

use super::super::random::Random;
use super::super::trees::{Part, Stored};
use super::average_path_length;

/// Grows a tree.
pub(super) struct Isolator<'a> {
    x: ArrayView2<'a, f64>,
    /// Columns that splits may look at.
    columns: Vec<usize>,
    rows: Vec<usize>,
    random: Random,
}

/// Rows of a node, the lower ones first.
struct Node {
    from: usize,
    to: usize,
    depth: u32,
}

impl<'a> Isolator<'a> {
    /// A tree on a sample of rows, each taken at most once.
    pub(super) fn new(x: ArrayView2<'a, f64>, columns: &[usize], sample: usize, mut random: Random) -> Self {
        let mut rows: Vec<usize> = (0..x.nrows()).collect();
        for place in 0..sample.min(rows.len()) {
            let other = place + random.below(rows.len() - place);
            rows.swap(place, other);
        }
        rows.truncate(sample);
        Self { x, columns: columns.to_vec(), rows, random }
    }

    /// Writes the tree from its root on.
    pub(super) fn grow(mut self, into: &mut Stored) {
        // Deeper than the mean depth nobody is an anomaly.
        let deepest = self.rows.len().next_power_of_two().ilog2();
        let mut open = vec![Node { from: 0, to: self.rows.len(), depth: 0 }];
        while let Some(Node { from, to, depth }) = open.pop() {
            let split = if depth < deepest { self.split(from, to) } else { None };
            let Some((column, threshold)) = split else {
                into.push(Part::Leaf(f64::from(depth) + average_path_length(to - from)));
                continue;
            };
            let middle = self.part(from, to, column, threshold);
            into.push(Part::Split { feature: u16::try_from(column).unwrap_or(u16::MAX), threshold });
            open.push(Node { from: middle, to, depth: depth + 1 });
            open.push(Node { from, to: middle, depth: depth + 1 });
        }
    }

    /// A random column that is not constant in the node, and a random place between its ends.
    fn split(&mut self, from: usize, to: usize) -> Option<(usize, f64)> {
        if to - from < 2 {
            return None;
        }
        for tried in 0..self.columns.len() {
            let pick = tried + self.random.below(self.columns.len() - tried);
            self.columns.swap(tried, pick);
            let column = *self.columns.get(tried)?;
            let (low, high) = self.ends(from, to, column);
            if low < high {
                // Halves first: the ends may be further apart than a number can say.
                let threshold = low + 2.0 * self.random.unit() * (high / 2.0 - low / 2.0);
                return Some((column, if threshold < high { threshold } else { low }));
            }
        }
        None
    }

    fn ends(&self, from: usize, to: usize, column: usize) -> (f64, f64) {
        let rows = self.rows.get(from..to).unwrap_or_default();
        let ends = (f64::INFINITY, f64::NEG_INFINITY);
        rows.iter().fold(ends, |(low, high), &row| {
            let value = self.value(row, column);
            (low.min(value), high.max(value))
        })
    }

    fn value(&self, row: usize, column: usize) -> f64 {
        self.x.get((row, column)).copied().unwrap_or(0.0)
    }

    /// Brings the rows at most the threshold to the front and returns where the others begin.
    fn part(&mut self, from: usize, to: usize, column: usize, threshold: f64) -> usize {
        let mut middle = from;
        for place in from..to {
            let row = self.rows.get(place).copied().unwrap_or(0);
            if self.value(row, column) <= threshold {
                self.rows.swap(place, middle);
                middle += 1;
            }
        }
        middle
    }
}
