//! Growing in batches of trees, on as many threads as there are, always the same trees.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use ndarray::{ArrayView2, Axis, Slice};
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};

use super::super::random::Random;
use super::super::trees::Trees;
use super::super::{LearningError, Step};
use super::grown::{Grown, read};
use super::watched::{GivenUp, PATIENCE, Watched};
use super::{FeaturesPerSplit, ForestSettings};

/// Trees of a batch. Each batch sorts the columns anew; fewer batches keep fewer threads busy.
const BATCH: u16 = 50;
/// Training rows on which the flattened trees are held against smartcore's.
const CHECKED: usize = 100;

/// What is grown on, and what has been grown.
struct Growing<'a> {
    columns: Vec<f64>,
    x: ArrayView2<'a, f64>,
    y: Vec<f64>,
    settings: &'a ForestSettings,
    step: Step<'a>,
    batches: u16,
    /// The next batch that nobody has taken.
    next: AtomicUsize,
    given_up: AtomicBool,
    /// How often it was asked whether to go on.
    looks: AtomicUsize,
    grown: Mutex<Vec<(usize, Result<Grown, LearningError>)>>,
}

/// Trees in order and what each feature gained in them.
pub(super) fn grow(
    x: ArrayView2<'_, f64>,
    y: &[f64],
    settings: &ForestSettings,
    threads: usize,
    step: Step<'_>,
) -> Result<Grown, LearningError> {
    let growing = Growing {
        columns: by_column(x),
        x,
        y: y.to_vec(),
        settings,
        step,
        batches: settings.trees.div_ceil(BATCH),
        next: AtomicUsize::new(0),
        given_up: AtomicBool::new(false),
        looks: AtomicUsize::new(0),
        grown: Mutex::new(Vec::new()),
    };
    let others = threads.clamp(1, usize::from(growing.batches)) - 1;
    thread::scope(|scope| {
        (0..others).for_each(|_| drop(scope.spawn(|| growing.work())));
        growing.work();
    });
    growing.joined()
}

impl Growing<'_> {
    /// Grows batches until none is left.
    fn work(&self) {
        loop {
            let batch = self.next.fetch_add(1, Ordering::Relaxed);
            if batch >= usize::from(self.batches) {
                return;
            }
            let grown = self.batch(batch);
            if grown.is_err() {
                self.given_up.store(true, Ordering::Relaxed);
            }
            self.lock().push((batch, grown));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(usize, Result<Grown, LearningError>)>> {
        self.grown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn batch(&self, batch: usize) -> Result<Grown, LearningError> {
        let go_on = || self.goes_on();
        let watched = Watched {
            columns: &self.columns,
            rows: self.x.nrows(),
            width: self.x.ncols(),
            go_on: &go_on,
            asked: Cell::new(0),
        };
        // Cancelling unwinds, and a panic of the library costs this training and nothing else.
        let grown = catch_unwind(AssertUnwindSafe(|| self.trees(batch, &watched)));
        grown.unwrap_or_else(|cause| {
            Err(if cause.is::<GivenUp>() { LearningError::Cancelled } else { LearningError::Grower(words(&*cause)) })
        })
    }

    fn goes_on(&self) -> bool {
        if self.given_up.load(Ordering::Relaxed) {
            return false;
        }
        let goes_on = (self.step)(self.done()).is_continue();
        if !goes_on {
            self.given_up.store(true, Ordering::Relaxed);
        }
        goes_on
    }

    /// How far growing is: whole batches, and between them what the looks so far come to.
    fn done(&self) -> f64 {
        let whole = self.lock().len() as f64;
        let taken = (self.next.load(Ordering::Relaxed) as f64).min(f64::from(self.batches));
        let looks = self.looks.fetch_add(1, Ordering::Relaxed) as f64;
        // A tree has about this many leaves, and each look is so many splits further.
        let leaves = self.x.nrows() as f64 / (4.0 * drawn(self.settings.min_leaf) as f64);
        let guess = looks * f64::from(PATIENCE) / (leaves * f64::from(BATCH));
        guess.clamp(whole, taken.max(whole)) / f64::from(self.batches)
    }

    /// One batch from a seed of its own, taken out of the library and held against it.
    fn trees(&self, batch: usize, watched: &Watched<'_>) -> Result<Grown, LearningError> {
        if !self.goes_on() {
            return Err(LearningError::Cancelled);
        }
        let refused = |error: smartcore::error::Failed| LearningError::Grower(error.to_string());
        let forest = RandomForestRegressor::fit(watched, &self.y, self.parameters(batch)).map_err(refused)?;
        let grown = read(&forest, watched.width)?;
        let some = self.x.slice_axis(Axis(0), Slice::new(0, None, self.x.nrows().div_ceil(CHECKED).cast_signed()));
        let columns = by_column(some);
        let theirs = forest.predict(&Watched { columns: &columns, rows: some.nrows(), ..watched.clone() });
        let trees = Trees::try_from(grown.trees.clone()).map_err(|odd| LearningError::Grower(odd.to_owned()))?;
        if trees.means(some) != theirs.map_err(refused)? {
            return Err(LearningError::Grower("what was grown reads otherwise than it predicts".to_owned()));
        }
        Ok(grown)
    }

    fn parameters(&self, batch: usize) -> RandomForestRegressorParameters {
        let settings = self.settings;
        let before = u16::try_from(batch).unwrap_or(u16::MAX).saturating_mul(BATCH);
        let width = self.x.ncols();
        RandomForestRegressorParameters {
            // A tree of one leaf has depth 1 there.
            max_depth: Some(settings.depth.saturating_add(1)),
            min_samples_leaf: drawn(settings.min_leaf),
            min_samples_split: drawn(settings.min_split),
            n_trees: usize::from(settings.trees.saturating_sub(before).min(BATCH)),
            m: Some(match settings.features_per_split {
                FeaturesPerSplit::Sqrt => width.isqrt().max(1),
                FeaturesPerSplit::All => width,
            }),
            keep_samples: false,
            seed: Random::derived(settings.seed, batch as u64),
        }
    }
}

/// Draws that so many different rows amount to. The library counts a row as often as it was drawn, scikit-learn once;
/// a row that was drawn at all was drawn 1 / (1 − 1/e) times in the mean.
fn drawn(rows: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few rows")]
    let draws = (rows as f64 / (1.0 - (-1.0_f64).exp())).round() as usize;
    if rows < 2 { rows } else { draws }
}

fn by_column(x: ArrayView2<'_, f64>) -> Vec<f64> {
    x.columns().into_iter().flat_map(|column| column.to_vec()).collect()
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("the library panicked").to_owned()
}

impl Growing<'_> {
    /// All batches in their order. The first that failed says why; cancelled ones follow from it.
    fn joined(self) -> Result<Grown, LearningError> {
        let mut batches = self.grown.into_inner().unwrap_or_else(PoisonError::into_inner);
        batches.sort_by_key(|(batch, grown)| (matches!(grown, Err(LearningError::Cancelled)), *batch));
        let mut all = Grown::none(self.x.ncols());
        for (_, batch) in batches {
            all.append(batch?);
        }
        Ok(all)
    }
}
