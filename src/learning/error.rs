//! What keeps a model from being trained, asked or read.

use thiserror::Error;

/// Why a model cannot be trained, asked or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LearningError {
    /// A row or matrix has another number of columns than the model.
    #[error("{found} features where the model has {expected}")]
    Width {
        /// Columns the model has.
        expected: usize,
        /// Columns that came.
        found: usize,
    },
    /// As many answers as rows are needed.
    #[error("{answers} answers for {rows} rows")]
    Length {
        /// Rows of the matrix.
        rows: usize,
        /// Answers, groups or scores that came with them.
        answers: usize,
    },
    /// A value that is no finite number.
    #[error("row {row}, column {column} is not a finite number")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
    },
    /// All answers are the same: there is nothing to tell apart.
    #[error("all answers are the same: there is nothing to tell apart")]
    OneClass,
    /// Every column is constant: there is nothing to tell rows apart by.
    #[error("every column is constant: there is nothing to tell rows apart by")]
    Constant,
    /// Not enough rows.
    #[error("{found} rows, at least {needed} are needed")]
    TooFewRows {
        /// Rows that came.
        found: usize,
        /// Rows that are needed.
        needed: usize,
    },
    /// A setting outside its range.
    #[error("setting {name}: {problem}")]
    Setting {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Cancelled by whoever was told how far it is.
    #[error("the training was cancelled")]
    Cancelled,
    /// A feature that is not known strictly before the target is decided.
    #[error("{feature} is known at `{known_at}`, not before the target is decided at `{decided_at}`")]
    Leak {
        /// Its name.
        feature: String,
        /// The stage at which it is known.
        known_at: String,
        /// The stage at which the target is decided.
        decided_at: String,
    },
    /// Too much of a row is unknown to say anything about it.
    #[error("{unknown} of {features} features are unknown: too many to foretell anything")]
    TooManyUnknown {
        /// Features that are not a number.
        unknown: usize,
        /// Features the model has.
        features: usize,
    },
    /// The library that grows trees refused, or what it grew reads otherwise than it predicts.
    #[error("growing trees: {0}")]
    Grower(String),
    /// Bytes that are no model of this kind, or not one of this program.
    #[error("the model cannot be used: {0}")]
    Damaged(String),
}
