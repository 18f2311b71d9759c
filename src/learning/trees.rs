//! Decision trees as flat arrays: what both kinds of forest walk through, and how they are stored.
//!
//! In memory a node is 16 bytes and its children are neighbours, so that a step is an addition and no branch: the next
//! node is `next` when the value is at most the threshold, else the one after it. A leaf is its own next node and looks
//! at a column that no row has and that holds −∞, so a walk may go on for as long as it likes. Walks therefore go side
//! by side, several rows through a tree or one row through several trees, and memory answers one while the others step.
//!
//! Stored are only the nodes' features and values, each tree from its root, the lower side of a split before the upper:
//! this order says where the children are. A loop cannot be written down.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

/// Walks that go side by side.
const LANES: usize = 8;
/// Rows that go through all trees before the next ones do, so that they stay near.
const BLOCK: usize = 256;

/// Trees of one forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(super) struct Trees {
    width: u16,
    nodes: Vec<Node>,
    roots: Vec<Root>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    /// The threshold of a split, what a leaf says.
    value: f64,
    /// The child for values at most the threshold; the other one is next to it. A leaf's own place.
    next: u32,
    /// A column; for a leaf the one after the last.
    feature: u16,
}

/// A place before anything was put there: a leaf that says nothing.
const EMPTY: Node = Node { value: 0.0, next: 0, feature: 0 };

#[derive(Debug, Clone, Copy, PartialEq)]
struct Root {
    place: u32,
    /// Most steps from here to a leaf.
    depth: u32,
}

/// A node as it is read from its root on: a split is followed by its lower side and then its upper side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// Values of a column at most the threshold go to the lower side.
    Split {
        /// The column.
        feature: u16,
        /// Finite.
        threshold: f64,
    },
    /// What the tree says.
    Leaf(f64),
}

/// Trees as they are kept: one entry a node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stored {
    width: u16,
    /// 0 for a leaf, else the column from 1.
    features: Vec<u16>,
    values: Vec<f64>,
}

impl Stored {
    /// Of no trees yet. A width that cannot be had is refused with the trees.
    pub(super) fn new(width: usize) -> Self {
        Self { width: u16::try_from(width).unwrap_or(u16::MAX), features: Vec::new(), values: Vec::new() }
    }

    pub(super) fn push(&mut self, part: Part) {
        let (feature, value) = match part {
            Part::Split { feature, threshold } => (feature.saturating_add(1), threshold),
            Part::Leaf(value) => (0, value),
        };
        self.features.push(feature);
        self.values.push(value);
    }

    /// Puts the trees of another part of the forest after these.
    pub(super) fn append(&mut self, mut other: Self) {
        self.features.append(&mut other.features);
        self.values.append(&mut other.values);
    }
}

impl From<Trees> for Stored {
    fn from(trees: Trees) -> Self {
        let mut stored = Self::new(trees.width());
        for root in &trees.roots {
            let mut ahead = vec![root.place];
            while let Some(node) = ahead.pop().and_then(|place| trees.nodes.get(place as usize)) {
                if node.feature == trees.width {
                    stored.push(Part::Leaf(node.value));
                } else {
                    stored.push(Part::Split { feature: node.feature, threshold: node.value });
                    ahead.extend([node.next + 1, node.next]);
                }
            }
        }
        stored
    }
}

impl TryFrom<Stored> for Trees {
    type Error = &'static str;

    /// Whole trees of finite numbers about columns that exist; anything else is refused.
    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        if stored.features.len() != stored.values.len() {
            return Err("a tree has nodes without a value");
        }
        if stored.width == 0 || stored.width == u16::MAX {
            return Err("a tree has no columns, or too many");
        }
        let mut trees = Self { width: stored.width, nodes: Vec::with_capacity(stored.values.len()), roots: Vec::new() };
        let mut parts = stored.features.iter().copied().zip(stored.values.iter().copied());
        while parts.len() > 0 {
            trees.plant(&mut parts)?;
        }
        if trees.roots.is_empty() { Err("there is no tree") } else { Ok(trees) }
    }
}

impl Trees {
    /// Reads one tree.
    fn plant(&mut self, parts: &mut impl Iterator<Item = (u16, f64)>) -> Result<(), &'static str> {
        let place = self.room(1)?;
        let mut root = Root { place, depth: 0 };
        let mut open = vec![(place, 0)];
        while let Some((place, depth)) = open.pop() {
            let (feature, value) = parts.next().ok_or("a tree ends too early")?;
            if feature > self.width || !value.is_finite() {
                return Err("a tree asks for a column or a number that there is not");
            }
            root.depth = root.depth.max(depth);
            let node = match feature.checked_sub(1) {
                None => Node { value, next: place, feature: self.width },
                Some(feature) => Node { value, next: self.room(2)?, feature },
            };
            if feature != 0 {
                open.extend([(node.next + 1, depth + 1), (node.next, depth + 1)]);
            }
            if let Some(slot) = self.nodes.get_mut(place as usize) {
                *slot = node;
            }
        }
        self.roots.push(root);
        Ok(())
    }

    /// The first of some new places.
    fn room(&mut self, count: usize) -> Result<u32, &'static str> {
        let first = u32::try_from(self.nodes.len()).map_err(|_| "too many nodes")?;
        self.nodes.extend(std::iter::repeat_n(EMPTY, count));
        u32::try_from(self.nodes.len()).map_err(|_| "too many nodes")?;
        Ok(first)
    }

    pub(super) fn width(&self) -> usize {
        usize::from(self.width)
    }

    pub(super) fn count(&self) -> usize {
        self.roots.len()
    }

    pub(super) fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// What each tree says of a row, which has the trees' width and finite values.
    pub(super) fn each(&self, row: &[f64]) -> Vec<f64> {
        let row = padded([row.iter().copied()], self.width());
        let mut said = Vec::with_capacity(self.roots.len());
        for roots in self.roots.chunks(LANES) {
            let mut places = [0; LANES];
            places.iter_mut().zip(roots).for_each(|(place, root)| *place = root.place);
            let steps = roots.iter().map(|root| root.depth).max().unwrap_or(0);
            for _ in 0..steps {
                places.iter_mut().take(roots.len()).for_each(|place| *place = self.step(*place, &row));
            }
            said.extend(places.iter().take(roots.len()).map(|&place| self.said(place)));
        }
        said
    }

    /// Mean of what the trees say of a row.
    pub(super) fn mean(&self, row: &[f64]) -> f64 {
        self.each(row).iter().sum::<f64>() / self.roots.len() as f64
    }

    /// Means of rows, each the same to the last bit as [`Self::mean`] of the row.
    pub(super) fn means(&self, x: ArrayView2<'_, f64>) -> Vec<f64> {
        let mut means = Vec::with_capacity(x.nrows());
        for rows in x.axis_chunks_iter(ndarray::Axis(0), BLOCK) {
            let padded = padded(rows.rows().into_iter().map(|row| row.into_iter().copied()), self.width());
            means.extend(self.sums(&padded).iter().map(|sum| sum / self.roots.len() as f64));
        }
        means
    }

    /// Sums of what the trees say of padded rows.
    fn sums(&self, rows: &[f64]) -> Vec<f64> {
        let rows: Vec<&[f64]> = rows.chunks_exact(self.width() + 1).collect();
        let mut sums = vec![0.0; rows.len()];
        for root in &self.roots {
            for (rows, sums) in rows.chunks(LANES).zip(sums.chunks_mut(LANES)) {
                let mut places = [root.place; LANES];
                for _ in 0..root.depth {
                    places.iter_mut().zip(rows).for_each(|(place, row)| *place = self.step(*place, row));
                }
                sums.iter_mut().zip(places).for_each(|(sum, place)| *sum += self.said(place));
            }
        }
        sums
    }

    fn step(&self, place: u32, row: &[f64]) -> u32 {
        let node = self.nodes.get(place as usize).unwrap_or(&EMPTY);
        let value = row.get(usize::from(node.feature)).unwrap_or(&f64::NEG_INFINITY);
        node.next + u32::from(*value > node.value)
    }

    fn said(&self, place: u32) -> f64 {
        self.nodes.get(place as usize).unwrap_or(&EMPTY).value
    }
}

/// Rows one after the other, each with the column that leaves look at.
fn padded(rows: impl IntoIterator<Item = impl Iterator<Item = f64>>, width: usize) -> Vec<f64> {
    let rows = rows.into_iter();
    let mut padded = Vec::with_capacity(rows.size_hint().0 * (width + 1));
    for row in rows {
        padded.extend(row);
        padded.push(f64::NEG_INFINITY);
    }
    padded
}
