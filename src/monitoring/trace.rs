//! What is drawn: recorded while the runs of a stream are replayed.

use super::lot_figures::LotFigures;
use super::metric::Metric;
use super::observation::RunId;
use super::view::{LotPoint, MetricPoint};
use crate::spc::{PPoint, UnitPoint};

/// Lots, and the units of one figure.
#[derive(Debug)]
pub(super) struct Trace {
    metric: Metric,
    pub(super) points: Vec<MetricPoint>,
    pub(super) lots: Vec<LotPoint>,
}

impl Trace {
    pub(super) fn new(metric: Metric) -> Self {
        Self { metric, points: Vec::new(), lots: Vec::new() }
    }

    /// A unit's reading of a figure; nothing of other figures is recorded.
    pub(super) fn unit(
        &mut self,
        metric: Metric,
        run: RunId,
        reading: f64,
        in_baseline: bool,
        ewma: Option<f64>,
        point: Option<UnitPoint>,
    ) {
        if metric == self.metric {
            let signal = point.and_then(|point| point.signal).map(|signal| signal.by);
            let cut = point.is_some_and(|point| point.cut);
            self.points.push(MetricPoint { run, reading, ewma, in_baseline, open: false, cut, signal });
        }
    }

    /// A lot, judged or not.
    pub(super) fn lot(&mut self, figures: &LotFigures, in_baseline: bool, point: Option<PPoint>) {
        self.lots.push(LotPoint {
            first: figures.first,
            last: figures.last,
            units: figures.counted.units,
            failed: figures.counted.failed,
            state: figures.state,
            in_baseline,
            limit: point.map(|point| point.limit),
            by: point.map(|point| point.by),
            signal: point.is_some_and(|point| point.signal),
            run: figures.run,
        });
    }
}
