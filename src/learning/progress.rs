//! Several pieces of work as one progress from 0 to 1.

use std::ops::ControlFlow;

use super::{LearningError, Step};

/// Tells a whole training's progress from that of its parts.
pub(super) struct Progress<'a> {
    step: Step<'a>,
    done: f64,
    total: f64,
}

impl<'a> Progress<'a> {
    /// A progress over parts whose weights add up to `total`.
    pub(super) fn new(step: Step<'a>, total: f64) -> Self {
        Self { step, done: 0.0, total: total.max(f64::MIN_POSITIVE) }
    }

    /// Does a part of that weight; the work is given a step of its own, from 0 to 1.
    pub(super) fn part<T>(
        &mut self,
        weight: f64,
        work: impl FnOnce(Step<'_>) -> Result<T, LearningError>,
    ) -> Result<T, LearningError> {
        self.tell()?;
        let (step, done, total) = (self.step, self.done, self.total);
        let result = work(&move |share| step(((done + weight * share.clamp(0.0, 1.0)) / total).min(1.0)))?;
        self.done += weight;
        self.tell()?;
        Ok(result)
    }

    /// Tells how far it is.
    pub(super) fn tell(&self) -> Result<(), LearningError> {
        told((self.step)((self.done / self.total).min(1.0)))
    }
}

/// A cancelled step as an error.
pub(super) fn told(flow: ControlFlow<()>) -> Result<(), LearningError> {
    match flow {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(LearningError::Cancelled),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn parts_are_told_as_one_progress_that_never_goes_back_and_ends_at_one() {
        let shares = Mutex::new(Vec::new());
        let step = |share: f64| {
            shares.lock().expect("nobody panicked").push(share);
            ControlFlow::Continue(())
        };
        let mut progress = Progress::new(&step, 4.0);
        for weight in [1.0, 3.0] {
            progress.part(weight, |step| told(step(0.5)).and(told(step(1.0)))).expect("nobody cancelled");
        }
        let shares = shares.into_inner().expect("nobody panicked");
        assert!(shares.is_sorted() && shares.contains(&0.625), "{shares:?}");
        assert_eq!(shares.last(), Some(&1.0));
    }

    #[test]
    fn a_break_cancels_the_part_it_came_from() {
        let step = |share: f64| if share > 0.2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let mut progress = Progress::new(&step, 2.0);
        let ended = progress.part(1.0, |step| told(step(0.1)).and(told(step(0.9))));
        assert!(matches!(ended, Err(LearningError::Cancelled)));
    }
}
