//! Grown trees taken out of smartcore, which shows them to nobody but its serialiser.
//!
//! The types below repeat smartcore 0.7's field by field, for postcard writes no names. They live for a moment: what
//! comes out is checked against smartcore's own predictions before it is used, and only our own arrays are kept.

use serde::{Deserialize, Serialize};

use super::super::LearningError;
use super::super::trees::{Part, Stored};

#[derive(Deserialize)]
struct Regressor(Option<Base>);

#[derive(Deserialize)]
struct Base {
    trees: Option<Vec<Tree>>,
    _features: Option<u32>,
    _samples: Option<Vec<Vec<bool>>>,
}

#[derive(Deserialize)]
struct Tree {
    nodes: Vec<Node>,
    _parameters: Option<Parameters>,
    _depth: u16,
    _mass: f64,
}

#[derive(Deserialize)]
struct Parameters {
    _max_depth: Option<u16>,
    _min_leaf: u64,
    _min_split: u64,
    _seed: Option<u64>,
    _splitter: Splitter,
}

#[derive(Deserialize)]
enum Splitter {
    Random,
    Best,
}

#[derive(Deserialize)]
struct Node {
    output: f64,
    feature: u16,
    threshold: Option<f64>,
    /// What the split gained, impurity times rows.
    gain: Option<f64>,
    lower: Option<u32>,
    upper: Option<u32>,
}

/// Trees of a batch, and what each feature gained in them: shares of each tree, added up.
pub(super) struct Grown {
    pub(super) trees: Stored,
    pub(super) gains: Vec<f64>,
}

impl Grown {
    pub(super) fn none(width: usize) -> Self {
        Self { trees: Stored::new(width), gains: vec![0.0; width] }
    }

    /// Puts the trees of the next batch after these.
    pub(super) fn append(&mut self, other: Self) {
        self.trees.append(other.trees);
        self.gains.iter_mut().zip(other.gains).for_each(|(sum, gain)| *sum += gain);
    }
}

/// Takes the trees out of a grown forest.
pub(super) fn read(forest: &impl Serialize, width: usize) -> Result<Grown, LearningError> {
    let odd = |error: postcard::Error| LearningError::Grower(error.to_string());
    let bytes = postcard::to_stdvec(forest).map_err(odd)?;
    let Regressor(base) = postcard::from_bytes(&bytes).map_err(odd)?;
    let mut grown = Grown::none(width);
    for tree in base.and_then(|base| base.trees).unwrap_or_default() {
        flatten(&tree.nodes, &mut grown.trees)
            .ok_or_else(|| LearningError::Grower("a tree is not whole".to_owned()))?;
        add_gains(&tree.nodes, &mut grown.gains);
    }
    Ok(grown)
}

/// From the root on, lower sides first; a split whose leaves all say the same is the leaf that it amounts to, for
/// smartcore goes on splitting where there is nothing left to tell apart.
fn flatten(nodes: &[Node], into: &mut Stored) -> Option<()> {
    let said = said(nodes)?;
    let mut open = vec![0_usize];
    while let Some(place) = open.pop() {
        let node = nodes.get(place)?;
        if let Some(value) = said.get(place).copied()? {
            into.push(Part::Leaf(value));
        } else {
            into.push(Part::Split { feature: node.feature, threshold: node.threshold? });
            open.extend([node.upper? as usize, node.lower? as usize]);
        }
    }
    Some(())
}

/// What all leaves under each node say, when it is the same. `None` unless children come after their parents.
fn said(nodes: &[Node]) -> Option<Vec<Option<f64>>> {
    let mut said: Vec<Option<f64>> = vec![None; nodes.len()];
    for (place, node) in nodes.iter().enumerate().rev() {
        let value = match (node.lower.map(|lower| lower as usize), node.upper.map(|upper| upper as usize)) {
            (None, None) => Some(node.output),
            (Some(lower), Some(upper)) if lower > place && upper > place => {
                let (lower, upper) = (said.get(lower).copied()?, said.get(upper).copied()?);
                lower.filter(|lower| upper.is_some_and(|upper| lower.total_cmp(&upper).is_eq()))
            }
            _ => return None,
        };
        *said.get_mut(place)? = value;
    }
    Some(said)
}

/// Adds each feature's share of what a tree's splits gained.
fn add_gains(nodes: &[Node], gains: &mut [f64]) {
    let splits = || nodes.iter().filter_map(|node| Some((usize::from(node.feature), node.gain?)));
    let all: f64 = splits().map(|(_, gain)| gain).sum();
    if all > 0.0 {
        for (feature, gain) in splits() {
            if let Some(sum) = gains.get_mut(feature) {
                *sum += gain / all;
            }
        }
    }
}
