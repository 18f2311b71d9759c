//! The run that is looked at in depth, among the other runs of its serial.

use super::stretch::Stretch;
use crate::history::{Outcome, RunKey};
use crate::session::ArrivedRun;

/// What is known of a part's final test.
#[derive(Debug, Clone)]
pub enum Tested {
    /// It was asked for.
    Asked,
    /// What somebody said; `None` = nobody said anything.
    Answered(Option<Box<Outcome>>),
}

/// One unit on the Unit screen.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Its runs, oldest first by their own clock; at least the one that was opened.
    pub runs: Vec<ArrivedRun>,
    /// Which of them is shown.
    pub at: usize,
    /// Which track of it.
    pub track: usize,
    /// The point under the cursor.
    pub cursor: Option<usize>,
    /// The part of the curve that is shown; it stays while runs and tracks are stepped through, to compare them.
    pub stretch: Stretch,
    /// The run of the same model before the one shown, and which one it was asked for.
    pub before: Option<(RunKey, Option<Box<ArrivedRun>>)>,
    /// What the final test made of the part, and of which run that was asked.
    pub tested: Option<(RunKey, Tested)>,
}

impl Unit {
    /// Opens a run; the other runs of its serial come later.
    pub fn open(run: ArrivedRun, track: usize) -> Self {
        Self { runs: vec![run], at: 0, track, cursor: None, stretch: Stretch::default(), before: None, tested: None }
    }

    /// What was asked will not be answered any more.
    pub fn ask_again(&mut self) {
        (self.before, self.tested) = (None, None);
    }

    /// The run shown.
    pub fn run(&self) -> Option<&ArrivedRun> {
        self.runs.get(self.at)
    }

    /// Takes all runs of the serial, and stays at the run that is shown.
    pub fn fill(&mut self, runs: Vec<ArrivedRun>) {
        let Some(shown) = self.run().map(|run| run.key.clone()) else { return };
        if let Some(at) = runs.iter().position(|run| run.key == shown) {
            self.runs = runs;
            self.at = at;
        }
    }

    /// Takes what is now known of one of its runs.
    pub fn changed(&mut self, run: &ArrivedRun) {
        for there in self.runs.iter_mut().filter(|there| there.key == run.key) {
            there.record.clone_from(&run.record);
        }
    }

    /// An earlier run of the serial, or a later one.
    pub fn step(&mut self, by: isize) {
        let at = self.at.saturating_add_signed(by).min(self.runs.len().saturating_sub(1));
        if at != self.at {
            (self.at, self.cursor, self.before, self.tested) = (at, None, None, None);
        }
    }

    /// Takes what the final test made of a run's part.
    pub fn hear_test(&mut self, key: &RunKey, outcome: Option<Box<Outcome>>) {
        if let Some(tested) = self.tested.as_mut().filter(|tested| tested.0 == *key) {
            tested.1 = Tested::Answered(outcome);
        }
    }

    /// The next track, or the one before; round the end.
    pub fn step_track(&mut self, by: isize) {
        let tracks = self.run().map_or(1, |run| run.record.run.tracks.len()).max(1);
        let tracks_signed = isize::try_from(tracks).unwrap_or(1);
        let at = isize::try_from(self.track).unwrap_or(0) + by;
        self.track = usize::try_from(at.rem_euclid(tracks_signed)).unwrap_or(0);
        self.cursor = None;
    }

    /// Moves the cursor over `points` points; the first press puts it in the middle.
    pub fn step_cursor(&mut self, by: isize, points: usize) {
        if points == 0 {
            return;
        }
        self.cursor = Some(match self.cursor {
            None => points / 2,
            Some(at) => at.saturating_add_signed(by).min(points - 1),
        });
    }
}
