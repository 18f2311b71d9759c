//! One false alarm in so many days for the whole shop → an in-control run length for each chart.

use serde::{Deserialize, Serialize};

use super::{Ask, PBaseline};

/// No chart runs shorter in control, values.
pub const SHORTEST: u32 = 370;
/// No chart is asked to run longer: limits beyond would see nothing.
pub const LONGEST: u32 = 20_000;

/// What kind of chart asks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum ChartKind {
    /// Unit by unit.
    Units(Ask),
    /// Lot by lot.
    Lots {
        /// Its baseline.
        chart: PBaseline,
        /// Units in a usual lot.
        lot_units: u32,
    },
}

/// A chart and its rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChartLoad {
    /// Values a day.
    pub a_day: f64,
    /// Its kind.
    pub kind: ChartKind,
}

/// A product model's charts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCharts {
    /// Units a day.
    pub units_a_day: f64,
    /// Charts.
    pub charts: Vec<ChartLoad>,
}

/// Whether a run length had to be kept within its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Clamp {
    /// It is what the budget asks for.
    Free,
    /// The budget would allow more false alarms than any chart may give.
    Shortest,
    /// The budget asks for fewer false alarms than any chart can keep to: there will be more.
    Longest,
}

/// What a chart is given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChartShare {
    /// Run length.
    pub run_length: u32,
    /// Clamp.
    pub clamp: Clamp,
    /// Expected false alarms a day.
    pub expected_a_day: f64,
}

/// The shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopShare {
    /// One for each product model, in their order.
    pub models: Vec<Vec<ChartShare>>,
    /// Days between two false alarms of the whole shop, as they will be; infinite without a chart.
    pub expected_every_days: f64,
    /// Whether any chart is bounded.
    pub clamped: bool,
}

/// Shares.
pub fn share_out(every_days: f64, models: &[ModelCharts]) -> ShopShare {
    let all: f64 = models.iter().filter(|m| !m.charts.is_empty()).map(|m| m.units_a_day).sum();
    let mut expected = 0.0;
    let models: Vec<Vec<ChartShare>> = models
        .iter()
        .map(|model| {
            let part = model.units_a_day / all.max(1e-12) / every_days / model.charts.len().max(1) as f64;
            let one = |chart: &ChartLoad| {
                let wanted = (chart.a_day / part.max(1e-12)).clamp(370.0, 20_000.0);
                let run_length = wanted.round() as u32;
                expected += chart.a_day / wanted;
                ChartShare { run_length, clamp: Clamp::Free, expected_a_day: chart.a_day / wanted }
            };
            model.charts.iter().map(one).collect()
        })
        .collect();
    ShopShare { models, expected_every_days: 1.0 / expected, clamped: false }
}
