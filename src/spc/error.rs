//! What keeps a figure or a limit from being told.

use thiserror::Error;

/// Why a series gives no figure, or a chart no limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpcError {
    /// Too little to know mean and sigma by.
    #[error("not enough baseline ({found} of {needed})")]
    TooFew {
        /// Values that there are.
        found: usize,
        /// Values that are needed.
        needed: usize,
    },
    /// A value that is no finite number.
    #[error("value {place} is not a finite number")]
    NotFinite {
        /// Which, from 0.
        place: usize,
    },
    /// All values are the same, or sigma is zero.
    #[error("the values do not vary")]
    Constant,
    /// A setting outside its range.
    #[error("{name}: {problem}")]
    Setting {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}
