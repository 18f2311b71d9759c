//! An isolation forest: how alone a row stands among those of normal operation.
//!
//! Trees split at random between the smallest and largest value of a random column; a row that stands alone is alone
//! after few splits. Score = 2^(−E\[h\] / c(ψ)): near 1 for rows that stand alone, well below 0.5 for the crowd.
//!
//! Source: F. T. Liu, K. M. Ting, Z.-H. Zhou, Isolation Forest, ICDM 2008. As in scikit-learn, a node draws among the
//! columns that are not constant in it.

mod grow;
#[cfg(test)]
mod tests;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use super::middle::quantile;
use super::random::Random;
use super::trees::{Stored, Trees};
use super::{LearningError, blob, matrix};
use grow::Isolator;

/// What a sealed one is called, and the version of its encoding.
const KIND: u8 = 2;
const SCHEMA: u16 = 1;

/// How an isolation forest is grown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IsolationSettings {
    /// Trees, at least 1.
    pub trees: u16,
    /// Rows each tree sees, ψ, at least 2; all of them when there are fewer.
    pub sample: usize,
    /// Share of the fitted rows that count as anomalies, 0 < c ≤ 0.5.
    pub contamination: f64,
    /// What all chance depends on.
    pub seed: u64,
}

impl Default for IsolationSettings {
    fn default() -> Self {
        Self { trees: 100, sample: 256, contamination: 0.05, seed: 0 }
    }
}

impl IsolationSettings {
    fn check(&self) -> Result<(), LearningError> {
        let odd = |name, problem| Err(LearningError::Setting { name, problem });
        match self {
            Self { trees: 0, .. } => odd("trees", "must be at least 1"),
            Self { sample: 0 | 1, .. } => odd("sample", "must be at least 2"),
            _ if self.contamination > 0.0 && self.contamination <= 0.5 => Ok(()),
            _ => odd("contamination", "must be above 0 and at most 0.5"),
        }
    }
}

/// A grown isolation forest.
///
/// ```
/// use ndarray::Array2;
/// use trimwatch::learning::{IsolationForest, IsolationSettings};
///
/// // Two figures of 200 tracks of normal operation; the third is the same for all.
/// let baseline = Array2::from_shape_fn((200, 3), |(track, figure)| match figure {
///     0 => (track * 37 % 101) as f64,
///     1 => (track * 53 % 97) as f64,
///     _ => 340.0,
/// });
/// let forest = IsolationForest::fit(baseline.view(), &IsolationSettings::default())?;
/// assert_eq!(forest.constant_columns(), [2]);
/// assert!(forest.score_one(&[50.0, 50.0, 340.0])? < forest.threshold());
/// assert!(forest.score_one(&[900.0, -400.0, 340.0])? > forest.threshold());
/// # Ok::<(), trimwatch::learning::LearningError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IsolationForest {
    /// Leaves say how deep they lie, with c of the rows that were left in them.
    trees: Trees,
    sample: usize,
    constant: Vec<usize>,
    threshold: f64,
}

impl IsolationForest {
    /// Grows the trees on n rows × p features. Constant columns are dropped and named by [`Self::constant_columns`].
    ///
    /// # Errors
    /// A setting outside its range, a value that is not finite, fewer than two rows, or no column that varies.
    pub fn fit(x: ArrayView2<'_, f64>, settings: &IsolationSettings) -> Result<Self, LearningError> {
        settings.check()?;
        matrix::check(x, x.ncols())?;
        if x.nrows() < 2 {
            return Err(LearningError::TooFewRows { found: x.nrows(), needed: 2 });
        }
        let (constant, varying): (Vec<usize>, Vec<usize>) = (0..x.ncols()).partition(|&j| is_constant(x, j));
        if varying.is_empty() {
            return Err(LearningError::Constant);
        }
        let sample = settings.sample.min(x.nrows());
        let mut stored = Stored::new(x.ncols());
        for tree in 0..settings.trees {
            let random = Random::new(Random::derived(settings.seed, u64::from(tree)));
            Isolator::new(x, &varying, sample, random).grow(&mut stored);
        }
        let trees = Trees::try_from(stored).map_err(|odd| LearningError::Grower(odd.to_owned()))?;
        let mut forest = Self { trees, sample, constant, threshold: 0.0 };
        let mut scores = forest.scores(x)?;
        scores.sort_unstable_by(f64::total_cmp);
        forest.threshold = quantile(&scores, 1.0 - settings.contamination).unwrap_or(0.0);
        Ok(forest)
    }

    /// The model as bytes, see [`blob`].
    pub fn to_bytes(&self) -> Vec<u8> {
        blob::seal(KIND, SCHEMA, self)
    }

    /// A model from its bytes.
    ///
    /// # Errors
    /// [`LearningError::Damaged`] with the reason.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearningError> {
        blob::open(KIND, SCHEMA, bytes)
    }

    /// Features a row has, constant ones among them.
    pub fn width(&self) -> usize {
        self.trees.width()
    }

    /// Columns that were constant when it was fitted and that no split looks at, from 0.
    pub fn constant_columns(&self) -> &[usize] {
        &self.constant
    }

    /// A score above this is an anomaly: the quantile of the fitted rows' scores that leaves the contamination above.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The score of a row of p features, 0 … 1, higher for rows that stand alone.
    ///
    /// # Errors
    /// Another number of features, or a value that is not finite.
    pub fn score_one(&self, row: &[f64]) -> Result<f64, LearningError> {
        matrix::check_row(row, self.width())?;
        Ok(self.score(self.trees.mean(row)))
    }

    /// The scores of rows, each the same to the last bit as [`Self::score_one`] of the row.
    ///
    /// # Errors
    /// Another number of features, or a value that is not finite.
    pub fn scores(&self, x: ArrayView2<'_, f64>) -> Result<Vec<f64>, LearningError> {
        matrix::check(x, self.width())?;
        Ok(self.trees.means(x).into_iter().map(|depth| self.score(depth)).collect())
    }

    /// Which rows are anomalies: their score is above [`Self::threshold`].
    ///
    /// # Errors
    /// Another number of features, or a value that is not finite.
    pub fn is_anomaly(&self, x: ArrayView2<'_, f64>) -> Result<Vec<bool>, LearningError> {
        Ok(self.scores(x)?.into_iter().map(|score| score > self.threshold).collect())
    }

    fn score(&self, depth: f64) -> f64 {
        (-depth / average_path_length(self.sample)).exp2()
    }
}

fn is_constant(x: ArrayView2<'_, f64>, column: usize) -> bool {
    let column = x.column(column);
    column.iter().all(|value| Some(value) == column.first())
}

/// c(n): mean depth of an unsuccessful search in a binary search tree of n values; 0 below two.
///
/// c(n) = 2 H(n − 1) − 2 (n − 1) / n with H(i) ≈ ln i + 0.5772156649 (Liu, Ting, Zhou 2008, equation 1); c(2) = 1.
///
/// ```
/// assert!((trimwatch::learning::average_path_length(256) - 10.244_770_920).abs() < 1e-9);
/// ```
pub fn average_path_length(n: usize) -> f64 {
    /// Euler and Mascheroni's constant.
    const EULER: f64 = 0.577_215_664_901_532_9;
    match n {
        0 | 1 => 0.0,
        2 => 1.0,
        _ => {
            let n = n as f64;
            2.0 * ((n - 1.0).ln() + EULER) - 2.0 * (n - 1.0) / n
        }
    }
}
