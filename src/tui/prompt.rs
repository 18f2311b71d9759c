//! What is asked for in the last lines of the screen.

use super::line::Line;
use crate::analysis::Learner;
use crate::history::RunKey;
use crate::session::Request;

/// A question with the answer as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// Which runs are shown.
    Filter(Line),
    /// Under which name the filter is kept.
    SaveAs(Line),
    /// Why a run is excluded, or counts again, and who says so.
    Word(Word),
    /// What the final test made of a part, and who says so.
    Test(Test),
    /// Who wants something done about the models.
    By(Intent, Line),
}

/// Something to be done about the models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Train a learner; `None` = all.
    Train(Option<Learner>),
    /// Give up the training that runs.
    CancelTraining,
    /// Let another version speak.
    Deploy {
        /// What was learned.
        learner: Learner,
        /// The product model; empty = the whole shop.
        scope: String,
        /// The version; `None` = the formula.
        version: Option<u32>,
    },
}

impl Intent {
    /// What is asked of the session, in somebody's name.
    pub fn request(self, by: &str) -> Request {
        let by = by.to_owned();
        match self {
            Self::Train(learner) => Request::Train { learner, by },
            Self::CancelTraining => Request::CancelTraining,
            Self::Deploy { learner, scope, version } => Request::Deploy { learner, scope, version, by },
        }
    }
}

/// A person's word on a part's final test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The run.
    pub key: RunKey,
    /// The run, for people.
    pub name: String,
    /// Whether the part passed, `Some(None)` takes back what was said; `None` until that was answered.
    pub passed: Option<Option<bool>>,
    /// A remark, which may be empty.
    pub note: Line,
    /// Initials.
    pub by: Line,
    /// Whether the initials are being typed.
    pub at_by: bool,
}

impl Test {
    /// Whether everything needed was said.
    pub fn is_whole(&self) -> bool {
        self.passed.is_some() && !self.by.text().trim().is_empty()
    }

    /// The line that is being typed.
    pub fn line(&mut self) -> &mut Line {
        if self.at_by { &mut self.by } else { &mut self.note }
    }
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
