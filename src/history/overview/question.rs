//! What is asked of the index, and what it answers.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::SortBy;
use crate::history::filter::{Filter, FilterError};
use crate::history::record::{RunKey, Tally};

/// Which runs, in which order, and which of them to show.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Which runs are meant.
    pub filter: Filter,
    /// By which column.
    pub sort: SortBy,
    /// Whether the column's own direction is turned.
    pub reverse: bool,
    /// A row that the page is wanted around.
    pub row: usize,
    /// A run that the page is wanted around instead, when it is among those meant.
    pub anchor: Option<RunKey>,
    /// Rows of a page.
    pub limit: usize,
}

impl Query {
    /// Whether it means the first page of all runs, the newest first.
    pub fn is_newest(&self) -> bool {
        let in_time = self.sort == SortBy::Time && !self.reverse;
        in_time && self.filter.is_empty() && self.anchor.is_none() && self.row <= self.limit / 2
    }
}

/// One page of runs, with what all that are meant come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageOfRuns {
    /// Runs in the history.
    pub all: usize,
    /// Runs that are meant.
    pub found: usize,
    /// Run yield and unit yield over these.
    pub tally: Tally,
    /// Row of the page's first run.
    pub first: usize,
    /// Row of the anchor.
    pub anchor: Option<usize>,
    /// The page's runs, in order.
    pub keys: Vec<RunKey>,
}

/// Where a text was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The row.
    pub row: Option<usize>,
    /// How many of the runs that are meant have the text.
    pub found: usize,
}

/// Why the index cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OverviewError {
    /// [`FilterError::NoShift`].
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The part of the index that is not in memory cannot be read back; only building it anew helps.
    #[error("the overview of the history cannot be read back from its scratch file: {0}")]
    Lost(String),
}

impl From<std::io::Error> for OverviewError {
    fn from(error: std::io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}
