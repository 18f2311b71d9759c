//! What is asked for in the last lines of the screen.

use super::line::Line;
use crate::analysis::Learner;
use crate::history::RunKey;
use crate::monitoring::StreamKey;
use crate::session::Request;
use crate::trim::LocalDate;

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
    /// What an alarm came from, and who says so.
    SeenTo(SeenTo),
    /// From when on a new baseline is to be found, and why.
    Beginning(Beginning),
}

/// What is being answered of a question with three answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Field {
    /// The first: a cause, a day.
    #[default]
    First,
    /// The words: a note, a reason.
    Words,
    /// Initials.
    By,
}

impl Field {
    /// The answer after this one, or the one before; round the end.
    #[must_use]
    pub fn step(self, back: bool) -> Self {
        match (self, back) {
            (Self::First, false) | (Self::By, true) => Self::Words,
            (Self::Words, false) | (Self::First, true) => Self::By,
            (Self::By, false) | (Self::Words, true) => Self::First,
        }
    }
}

/// That somebody has seen to an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenTo {
    /// The alarm's number.
    pub alarm: u64,
    /// What it says.
    pub sentence: String,
    /// Which of the causes is marked; the codes are those of the list.
    pub cause: usize,
    /// A note, which may be empty.
    pub note: Line,
    /// Initials.
    pub by: Line,
    /// What is being answered.
    pub field: Field,
}

impl SeenTo {
    /// Whether everything needed was said.
    pub fn is_whole(&self) -> bool {
        !self.by.text().trim().is_empty()
    }

    /// The line that is being typed.
    pub fn line(&mut self) -> &mut Line {
        if self.field == Field::By { &mut self.by } else { &mut self.note }
    }
}

/// That a new baseline is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// Whose.
    pub stream: StreamKey,
    /// The first day that counts, as typed: `2026-03-09`.
    pub from: Line,
    /// Why.
    pub reason: Line,
    /// Initials.
    pub by: Line,
    /// What is being answered.
    pub field: Field,
}

impl Beginning {
    /// The day that was typed, if it is one.
    pub fn day(&self) -> Option<LocalDate> {
        let mut parts = self.from.text().trim().splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        LocalDate::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// What is missing or wrong, in the order of the answers.
    pub fn lacks(&self) -> Option<Field> {
        let empty = |line: &Line| line.text().trim().is_empty();
        [(self.day().is_none(), Field::First), (empty(&self.reason), Field::Words), (empty(&self.by), Field::By)]
            .into_iter()
            .find_map(|(lacks, field)| lacks.then_some(field))
    }

    /// The line that is being typed.
    pub fn line(&mut self) -> &mut Line {
        match self.field {
            Field::First => &mut self.from,
            Field::Words => &mut self.reason,
            Field::By => &mut self.by,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_year_month_and_day_of_the_calendar() {
        let day = |text: &str| {
            let stream = StreamKey { model: String::new(), laser: String::new() };
            let line = Line::default;
            let typed = Beginning { stream, from: Line::of(text), reason: line(), by: line(), field: Field::First };
            typed.day().map(|day| day.to_string())
        };
        assert_eq!(day(" 2026-03-09 ").as_deref(), Some("2026-03-09"));
        assert_eq!(day("2026-3-9").as_deref(), Some("2026-03-09"));
        for wrong in ["", "2026", "2026-02-30", "9.3.2026", "2026-03-09-1", "-2026-03-09"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
