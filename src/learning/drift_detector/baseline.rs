//! A baseline of normal operation: what each figure is there, and how far it wanders.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Slice};
use serde::{Deserialize, Serialize};

use super::periods::Analysis;
use super::report::Affected;
use crate::learning::LearningError;
use crate::learning::middle::median;

/// Fewer rows say nothing about normal operation.
pub(super) const MIN_ROWS: usize = 30;
/// A figure has moved when its median stands so many baseline sigmas away …
const MOVED: f64 = 1.0;
/// … and so many of its own standard errors,
const STANDARD_ERRORS: f64 = 3.0;
/// each of which is √(π/2) sigmas over √n for a median of normal figures.
const MEDIAN_ERROR: f64 = 1.253;

/// One figure in normal operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Figure {
    /// Which column it is.
    column: usize,
    mean: f64,
    /// Sample standard deviation, above 0.
    sigma: f64,
    median: f64,
}

/// Normal operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Baseline {
    names: Vec<String>,
    /// The columns that are looked at.
    figures: Vec<Figure>,
}

impl Baseline {
    pub(super) fn of(x: ArrayView2<'_, f64>, names: &[String]) -> Result<Self, LearningError> {
        check(x, names.len())?;
        if x.nrows() < MIN_ROWS {
            return Err(LearningError::TooFewRows { found: x.nrows(), needed: MIN_ROWS });
        }
        let columns = x.columns().into_iter().enumerate();
        let figures: Vec<Figure> = columns.filter_map(|(column, values)| Figure::of(column, values)).collect();
        if figures.is_empty() {
            return Err(LearningError::Constant);
        }
        Ok(Self { names: names.to_vec(), figures })
    }

    pub(super) fn centres(&self) -> Vec<(String, f64)> {
        let name = |figure: &Figure| self.names.get(figure.column).cloned().unwrap_or_default();
        self.figures.iter().map(|figure| (name(figure), figure.median)).collect()
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn dropped(&self) -> Vec<String> {
        let looked_at = |column: usize| self.figures.iter().any(|figure| figure.column == column);
        self.names.iter().enumerate().filter(|(column, _)| !looked_at(*column)).map(|(_, name)| name.clone()).collect()
    }

    /// The columns that are looked at in baseline sigmas from the baseline's mean; unknown = the baseline's median.
    pub(super) fn standardised(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, LearningError> {
        check(x, self.names.len())?;
        let columns: Vec<usize> = self.figures.iter().map(|figure| figure.column).collect();
        let mut z = x.select(Axis(1), &columns);
        for (mut column, figure) in z.columns_mut().into_iter().zip(&self.figures) {
            column.mapv_inplace(|value| figure.standardised(if value.is_nan() { figure.median } else { value }));
        }
        Ok(z)
    }

    /// The figures that stand elsewhere over the last rows, else in the worst drift period; the farthest first.
    pub(super) fn affected(&self, z: ArrayView2<'_, f64>, window: usize, analysis: &Analysis) -> Vec<Affected> {
        let now = self.moved(z.slice_axis(Axis(0), Slice::from(z.nrows().saturating_sub(window)..)));
        let worst = analysis.periods.iter().max_by(|a, b| a.peak.total_cmp(&b.peak));
        match worst {
            Some(worst) if now.is_empty() => {
                let end = (worst.end + 1).min(z.nrows());
                self.moved(z.slice_axis(Axis(0), Slice::from(worst.start.min(end)..end)))
            }
            _ => now,
        }
    }

    /// The figures whose median moved over all of these rows.
    pub(super) fn moved(&self, z: ArrayView2<'_, f64>) -> Vec<Affected> {
        let least = MOVED.max(STANDARD_ERRORS * MEDIAN_ERROR / (z.nrows().max(1) as f64).sqrt());
        let shifts = z.columns().into_iter().zip(&self.figures).filter_map(|(column, figure)| {
            let shift = median(column.iter().copied())? - figure.standardised(figure.median);
            let feature = self.names.get(figure.column)?.clone();
            (shift.abs() >= least).then_some(Affected { feature, sigmas: shift.abs(), rising: shift > 0.0 })
        });
        let mut affected: Vec<Affected> = shifts.collect();
        affected.sort_by(|a, b| b.sigmas.total_cmp(&a.sigmas));
        affected
    }

    pub(super) fn is_whole(&self, width: usize) -> bool {
        let fits = |figure: &Figure| {
            figure.column < self.names.len()
                && figure.sigma > 0.0
                && figure.mean.is_finite()
                && figure.median.is_finite()
        };
        self.figures.len() == width && width > 0 && self.figures.iter().all(fits)
    }
}

impl Figure {
    /// Nothing of a column that is constant or mostly unknown.
    fn of(column: usize, values: ArrayView1<'_, f64>) -> Option<Self> {
        let known: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let first = *known.first()?;
        if 2 * known.len() < values.len() || known.iter().all(|value| value.total_cmp(&first).is_eq()) {
            return None;
        }
        let n = known.len() as f64;
        let mean = known.iter().sum::<f64>() / n;
        let sigma = (known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        // Rounding alone makes no figure.
        let real = sigma > 1e-12 * mean.abs() && sigma.is_finite();
        Some(Self { column, mean, sigma, median: median(known)? }).filter(|_| real)
    }

    fn standardised(&self, value: f64) -> f64 {
        (value - self.mean) / self.sigma
    }
}

fn check(x: ArrayView2<'_, f64>, width: usize) -> Result<(), LearningError> {
    if x.ncols() != width {
        return Err(LearningError::Width { expected: width, found: x.ncols() });
    }
    let odd = x.indexed_iter().find(|(_, value)| value.is_infinite());
    odd.map_or(Ok(()), |((row, column), _)| Err(LearningError::NotFinite { row, column }))
}
