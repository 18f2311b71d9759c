//! One false alarm in so many days for the whole shop → an in-control run length for each chart.

use serde::{Deserialize, Serialize};

/// No chart runs shorter in control, values.
pub const SHORTEST: u32 = 370;
/// No chart is asked to run longer: limits beyond would see nothing.
pub const LONGEST: u32 = 20_000;

/// What a product model brings to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ModelLoad {
    /// Units a day, on average.
    pub units_a_day: f64,
    /// Judged lots a day, on average.
    pub lots_a_day: f64,
    /// Trigger metrics that are charted unit by unit.
    pub metrics: u32,
    /// p-charts.
    pub p_charts: u32,
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

/// What the charts of a product model are given.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ModelShare {
    /// In-control run length of each metric's chart, units.
    pub units: u32,
    /// Whether that was bounded.
    pub units_clamp: Clamp,
    /// In-control run length of each p-chart, lots.
    pub lots: u32,
    /// Whether that was bounded.
    pub lots_clamp: Clamp,
    /// False alarms a day that all its charts will give.
    pub expected_a_day: f64,
}

impl ModelShare {
    /// Tail of each p-chart: the chance of a false alarm in a lot.
    pub fn tail(&self) -> f64 {
        1.0 / f64::from(self.lots)
    }
}

/// The whole shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopShare {
    /// One for each product model, in their order.
    pub models: Vec<ModelShare>,
    /// Days between two false alarms of the whole shop, as they will be; infinite without a chart.
    pub expected_every_days: f64,
    /// Whether any chart is bounded, so that this is to be shown instead of the setting.
    pub clamped: bool,
}

/// Shares one false alarm in `every_days` (above 0) over product models by their rate of units, and within each evenly over
/// its charts.
///
/// False alarms of a chart come at its rate of units or lots over its run length (Montgomery, Introduction to Statistical
/// Quality Control, section 5.3). Charts of one model are taken to alarm independently, which overstates.
pub fn share_out(every_days: f64, models: &[ModelLoad]) -> ShopShare {
    let units: f64 = models.iter().filter(|model| charts(model) > 0).map(|model| rate(model.units_a_day)).sum();
    let budget = if every_days > 0.0 { 1.0 / every_days } else { 0.0 };
    let models: Vec<ModelShare> = models.iter().map(|model| model_share(model, units, budget)).collect();
    let expected: f64 = models.iter().map(|model| model.expected_a_day).sum();
    let bounded = |model: &ModelShare| model.units_clamp != Clamp::Free || model.lots_clamp != Clamp::Free;
    ShopShare { clamped: models.iter().any(bounded), expected_every_days: 1.0 / expected, models }
}

fn model_share(model: &ModelLoad, all_units: f64, budget: f64) -> ModelShare {
    let part = if all_units > 0.0 { rate(model.units_a_day) / all_units } else { 0.0 };
    let each = budget * part / f64::from(charts(model).max(1));
    let (metrics, p_charts) = (f64::from(model.metrics), f64::from(model.p_charts));
    let (units, units_clamp) = bounded(rate(model.units_a_day), each, model.metrics);
    let (lots, lots_clamp) = bounded(rate(model.lots_a_day), each, model.p_charts);
    let by_units = metrics * rate(model.units_a_day) / f64::from(units);
    let by_lots = p_charts * rate(model.lots_a_day) / f64::from(lots);
    ModelShare { units, units_clamp, lots, lots_clamp, expected_a_day: by_units + by_lots }
}

fn charts(model: &ModelLoad) -> u32 {
    model.metrics + model.p_charts
}

/// A rate that can be one.
fn rate(a_day: f64) -> f64 {
    if a_day.is_finite() { a_day.max(0.0) } else { 0.0 }
}

/// The run length at which a chart uses up its part, kept within bounds; a chart that is not there, or has nothing to
/// judge, is not bounded.
fn bounded(a_day: f64, each: f64, charts: u32) -> (u32, Clamp) {
    if charts == 0 || a_day <= 0.0 {
        return (LONGEST, Clamp::Free);
    }
    let wanted = (a_day / each).round();
    if wanted < f64::from(SHORTEST) {
        return (SHORTEST, Clamp::Shortest);
    }
    // Without a budget nothing is long enough, and infinity is not below the bound either.
    if wanted > f64::from(LONGEST) {
        return (LONGEST, Clamp::Longest);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two bounds")]
    let wanted = wanted as u32;
    (wanted, Clamp::Free)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(units_a_day: f64, lots_a_day: f64) -> ModelLoad {
        ModelLoad { units_a_day, lots_a_day, metrics: 4, p_charts: 1 }
    }

    #[test]
    fn a_shop_that_fits_its_budget_keeps_to_it() {
        let models = [ModelLoad { p_charts: 0, ..load(20.0, 0.0) }, ModelLoad { p_charts: 0, ..load(5.0, 0.0) }];
        let shop = share_out(90.0, &models);
        assert!(!shop.clamped);
        assert!((shop.expected_every_days - 90.0).abs() < 0.1, "{}", shop.expected_every_days);
        assert_eq!(shop.models[0].units, 9_000, "90 days · 25 units a day · 4 charts");
        assert_eq!(shop.models[1].units, 9_000);
    }

    #[test]
    fn rare_lots_hit_the_lower_bound_and_alarm_less_than_they_may() {
        let shop = share_out(90.0, &[load(20.0, 0.2)]);
        let model = shop.models[0];
        assert_eq!((model.units, model.units_clamp), (9_000, Clamp::Free));
        assert_eq!((model.lots, model.lots_clamp), (370, Clamp::Shortest));
        assert!((model.tail() - 1.0 / 370.0).abs() < 1e-12);
        assert!(shop.clamped && shop.expected_every_days > 90.0, "{}", shop.expected_every_days);
    }

    #[test]
    fn a_busy_shop_hits_the_upper_bound_and_says_what_to_expect() {
        let shop = share_out(90.0, &[load(300.0, 1.0), load(100.0, 1.0)]);
        assert_eq!((shop.models[0].units, shop.models[0].units_clamp), (20_000, Clamp::Longest));
        let by_units = 4.0 * 400.0 / 20_000.0;
        assert!(shop.expected_every_days < 1.0 / by_units && shop.expected_every_days > 11.0);
    }

    #[test]
    fn a_shop_without_charts_or_units_alarms_never() {
        assert!(share_out(90.0, &[]).expected_every_days.is_infinite());
        let idle = share_out(90.0, &[load(0.0, 0.0)]);
        assert!(idle.expected_every_days.is_infinite() && !idle.clamped);
        assert!(share_out(90.0, &[load(f64::NAN, 1.0)]).models[0].expected_a_day.is_finite());
    }
}
