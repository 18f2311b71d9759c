//! What is asked for in the last lines of the screen.

use super::line::Line;
use crate::history::RunKey;

/// A question with the answer as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// Which runs are shown.
    Filter(Line),
    /// Under which name the filter is kept.
    SaveAs(Line),
    /// Why a run is excluded, or counts again, and who says so.
    Word(Word),
}

/// A person's word on a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The run.
    pub key: RunKey,
    /// The run, for people.
    pub name: String,
    /// Out, or in again.
    pub exclude: bool,
    /// Why.
    pub reason: Line,
    /// Initials.
    pub by: Line,
    /// Whether the initials are being typed.
    pub at_by: bool,
}

impl Word {
    /// Whether both were said.
    pub fn is_whole(&self) -> bool {
        [&self.reason, &self.by].iter().all(|line| !line.text().trim().is_empty())
    }

    /// The line that is being typed.
    pub fn line(&mut self) -> &mut Line {
        if self.at_by { &mut self.by } else { &mut self.reason }
    }
}
