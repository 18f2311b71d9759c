//! One false alarm in so many days for the whole shop → an in-control run length for each chart.

use serde::{Deserialize, Serialize};

use super::{Ask, PBaseline, PChart, Side};

/// No chart runs shorter in control, values.
pub const SHORTEST: u32 = 370;
/// No chart is asked to run longer: limits beyond would see nothing.
pub const LONGEST: u32 = 20_000;
/// More false alarms of charts that go on after one.
const GOES_ON: f64 = 1.1;
/// How many sizes stand for those of a model's lots.
pub const LOT_SIZES: usize = 8;
/// Run lengths to choose from: eight to the double, and the longest.
const STEPS: usize = 48;

/// What a chart judges, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChartLoad {
    /// Values a day, on average: units, or judged lots.
    pub a_day: f64,
    /// Which chart.
    pub kind: ChartKind,
}

/// A chart that a run length is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum ChartKind {
    /// A metric unit by unit, by what is asked of its limits; the run length therein is ignored.
    Units(Ask),
    /// The share of failed units by lot.
    Lots {
        /// The chart's baseline.
        chart: PBaseline,
        /// Units of usual lots, from small to large: limits go in whole units, and jump where one size would not tell.
        lot_units: [u32; LOT_SIZES],
    },
}

/// What a product model brings to the shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCharts {
    /// Units a day, on average.
    pub units_a_day: f64,
    /// Its charts that alarm.
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
    /// In-control run length to ask for, values.
    pub run_length: u32,
    /// Whether that was bounded.
    pub clamp: Clamp,
    /// False alarms a day that it will give, on average over baselines like its own.
    pub expected_a_day: f64,
}

impl ChartShare {
    /// Tail of a p-chart: what its limit gives a lot of an unchanged process as the chance of a false alarm.
    pub fn tail(&self) -> f64 {
        1.0 / f64::from(self.run_length)
    }
}

/// The whole shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopShare {
    /// For each product model what each of its charts is given, all in their order.
    pub models: Vec<Vec<ChartShare>>,
    /// Days between two false alarms of the whole shop, as they will be; infinite without a chart.
    pub expected_every_days: f64,
    /// Whether any chart is bounded, so that this is to be shown instead of the setting.
    pub clamped: bool,
}

/// Shares one false alarm in `every_days` (above 0) over product models by their rate of units, and within each evenly over
/// its charts.
///
/// A chart gets the shortest run length whose expected false alarms keep to its part: those of [`Ask::tabled`] and
/// [`PChart::expected_false_alarm`] times its values a day, which reckon with what its baseline does not know. Run lengths
/// go in steps of 9 %, so that small changes of a rate change no limit, and the shop stays up to 9 % below its budget.
/// Charts of one model are taken to alarm independently, which overstates. Quick for charts that are in the table of
/// limits; each of the others takes a second.
pub fn share_out(every_days: f64, models: &[ModelCharts]) -> ShopShare {
    let units: f64 = models.iter().filter(|model| !model.charts.is_empty()).map(|model| rate(model.units_a_day)).sum();
    let budget = if every_days > 0.0 { 1.0 / every_days } else { 0.0 };
    let models: Vec<Vec<ChartShare>> = models.iter().map(|model| model_share(model, units, budget)).collect();
    let expected: f64 = models.iter().flatten().map(|chart| chart.expected_a_day).sum();
    let clamped = models.iter().flatten().any(|chart| chart.clamp != Clamp::Free);
    ShopShare { models, expected_every_days: 1.0 / expected, clamped }
}

fn model_share(model: &ModelCharts, all_units: f64, budget: f64) -> Vec<ChartShare> {
    let part = if all_units > 0.0 { rate(model.units_a_day) / all_units } else { 0.0 };
    let each = budget * part / model.charts.len().max(1) as f64;
    model.charts.iter().map(|chart| chart_share(chart, each)).collect()
}

/// A rate that can be one.
fn rate(a_day: f64) -> f64 {
    if a_day.is_finite() { a_day.max(0.0) } else { 0.0 }
}

/// The run length with which a chart keeps to its part, within bounds; a chart that has nothing to judge, or for which
/// there are no limits, is not bounded.
fn chart_share(chart: &ChartLoad, part: f64) -> ChartShare {
    let a_day = rate(chart.a_day);
    let expected = |step: usize| Some(a_day * chart.kind.per_value(run_length(step))?);
    let given = |step: usize, clamp: Clamp| {
        let expected_a_day = expected(step).unwrap_or(0.0);
        ChartShare { run_length: run_length(step), clamp, expected_a_day }
    };
    if a_day <= 0.0 {
        return ChartShare { run_length: LONGEST, clamp: Clamp::Free, expected_a_day: 0.0 };
    }
    // A lot's limit takes the baseline's share for the truth; that it runs for so many lots all the same takes a longer tail.
    let bound = if matches!(chart.kind, ChartKind::Lots { .. }) { a_day / f64::from(SHORTEST) } else { f64::INFINITY };
    let (part, bounded) = (part.min(bound), bound < part);
    // A chart without limits does not alarm; the longer the run length, the sooner there are none.
    let (mut step, mut beyond) = (0, STEPS);
    while step < beyond {
        let middle = usize::midpoint(step, beyond);
        if expected(middle).is_none_or(|expected| expected <= part) {
            beyond = middle;
        } else {
            step = middle + 1;
        }
    }
    let keeps = step < STEPS && expected(step).is_some();
    match (step, keeps) {
        (0, true) => given(0, Clamp::Shortest),
        (0, false) => given(0, Clamp::Free),
        (_, true) if bounded => given(step, Clamp::Shortest),
        (_, true) => given(step, Clamp::Free),
        (_, false) => given(step - 1, Clamp::Longest),
    }
}

/// The run length of a step, values.
fn run_length(step: usize) -> u32 {
    if step + 1 >= STEPS {
        return LONGEST;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the longest")]
    let length = (f64::from(SHORTEST) * (step as f64 / 8.0).exp2()).round() as u32;
    length
}

/// How many of the false alarms that chance would give come when the baseline had to be without a signal on its own limits,
/// 0 … 1: that throws out those whose sigma was guessed far too small, which would have alarmed most.
///
/// In a shop a chart goes on where it stands when an alarm of it has been seen to, which gives a tenth more (`bench alarms`,
/// 800 made shops: 3,241 for 2,941).
///
/// Fitted to simulations of the whole procedure, 24,000 baselines each of 30 to 200 units with run lengths of 1,000 to
/// 20,000, right within 4 %; `bench arl` follows it in its last row.
fn accepted(ask: &Ask) -> f64 {
    let Some(knowledge) = ask.knowledge else { return 1.0 };
    let units = f64::from(knowledge.units.max(20));
    let longer = (f64::from(ask.run_length) / 1_000.0).ln();
    let share = match ask.side {
        Side::Both => 0.81 - 3.3 / units - (0.045 + 0.6 / units) * longer,
        Side::Upper | Side::Lower => 0.80 - 1.3 / units - (0.04 + 0.5 / units) * longer,
    };
    (GOES_ON * share).clamp(0.3, 1.0)
}

impl ChartKind {
    /// Expected false alarms per value at a run length; `None` when there are no limits.
    fn per_value(&self, run_length: u32) -> Option<f64> {
        match self {
            Self::Units(ask) => {
                let ask = Ask { run_length, ..*ask };
                ask.tabled().ok().map(|tabled| tabled.per_value * accepted(&ask))
            }
            Self::Lots { chart, lot_units } => {
                let each =
                    |chart: &PChart| lot_units.iter().map(|units| chart.expected_false_alarm(*units)).sum::<f64>();
                let chart = PChart::new(*chart, 1.0 / f64::from(run_length)).ok()?;
                Some(each(&chart) / LOT_SIZES as f64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spc::{Counted, Family, Knowledge, Side, SigmaBy};

    fn metric(a_day: f64, units: Option<u32>) -> ChartLoad {
        let knowledge = units.map(|units| Knowledge { units, sigma_by: SigmaBy::MovingRange });
        let ask = Ask { family: Family::Pair, side: Side::Both, run_length: 0, knowledge, phi_percent: 0 };
        ChartLoad { a_day, kind: ChartKind::Units(ask) }
    }

    fn share(a_day: f64) -> ChartLoad {
        let lots: Vec<Counted> = (0..12).map(|i| Counted { units: 40, failed: 10 + i % 5 }).collect();
        let chart = PBaseline::of(&lots).expect("lots");
        ChartLoad { a_day, kind: ChartKind::Lots { chart, lot_units: [40; LOT_SIZES] } }
    }

    fn model(units_a_day: f64, charts: &[ChartLoad]) -> ModelCharts {
        ModelCharts { units_a_day, charts: charts.to_vec() }
    }

    #[test]
    fn a_shop_that_fits_its_budget_keeps_to_it() {
        let shop = share_out(90.0, &[model(20.0, &[metric(20.0, None); 4]), model(5.0, &[metric(5.0, None); 4])]);
        assert!(!shop.clamped);
        assert!((90.0..90.0 * 1.091).contains(&shop.expected_every_days), "{}", shop.expected_every_days);
        // 90 days · 25 units a day · 4 charts = 9,000.
        let lengths: Vec<u32> = shop.models.iter().flatten().map(|chart| chart.run_length).collect();
        assert!(lengths.iter().all(|length| *length == lengths[0] && (9_000..9_817).contains(length)), "{lengths:?}");
    }

    #[test]
    fn what_a_small_baseline_does_not_know_is_in_the_share() {
        let shop = share_out(90.0, &[model(20.0, &[metric(20.0, Some(60)); 4])]);
        assert!((90.0..90.0 * 1.091).contains(&shop.expected_every_days), "{}", shop.expected_every_days);
        let widened = shop.models[0][0].run_length;
        assert!((1_500..7_000).contains(&widened), "wide limits alarm less than one in a run length: {widened}");
    }

    #[test]
    fn rare_lots_hit_the_lower_bound_and_alarm_less_than_they_may() {
        let shop = share_out(90.0, &[model(20.0, &[metric(20.0, None), share(0.2)])]);
        let [metric, lots] = shop.models[0][..] else { unreachable!("two charts") };
        assert_eq!((metric.clamp, lots.clamp), (Clamp::Free, Clamp::Shortest));
        assert!(lots.run_length > 600, "its tail makes up for what the baseline does not know: {}", lots.run_length);
        let stated = lots.expected_a_day / 0.2 * 370.0;
        assert!((0.3..=1.0).contains(&stated), "one in 370 lots, in steps of a whole unit: {stated}");
        assert!(shop.clamped && shop.expected_every_days > 90.0, "{}", shop.expected_every_days);
    }

    #[test]
    fn a_busy_shop_hits_the_upper_bound_and_says_what_to_expect() {
        let models = [300.0, 100.0].map(|a_day| model(a_day, &[metric(a_day, None); 4]));
        let shop = share_out(90.0, &models);
        assert_eq!((shop.models[0][0].run_length, shop.models[0][0].clamp), (20_000, Clamp::Longest));
        assert!((shop.expected_every_days - 20_000.0 / 1_600.0).abs() < 1e-6, "{}", shop.expected_every_days);
    }

    #[test]
    fn a_chart_is_given_the_shortest_run_length_that_keeps_to_its_part() {
        let loads = [metric(30.0, Some(40)), metric(30.0, Some(400)), share(5.0), metric(30.0, None)];
        for (load, given) in loads.iter().zip(&share_out(20.0, &[model(30.0, &loads)]).models[0]) {
            let step = (0..STEPS).find(|step| run_length(*step) == given.run_length).expect("a step");
            let expected = |step| load.a_day * load.kind.per_value(run_length(step)).expect("limits");
            let part = 1.0 / 20.0 / 4.0;
            assert!(given.clamp == Clamp::Free && expected(step) <= part && expected(step - 1) > part, "{given:?}");
        }
    }

    #[test]
    fn a_shop_without_charts_or_units_alarms_never() {
        assert!(share_out(90.0, &[]).expected_every_days.is_infinite());
        let idle = share_out(90.0, &[model(0.0, &[metric(0.0, None), share(0.0)]), model(20.0, &[])]);
        assert!(idle.expected_every_days.is_infinite() && !idle.clamped);
        let odd = share_out(90.0, &[model(f64::NAN, &[metric(f64::NAN, None), share(1.0)])]);
        assert!(odd.models[0].iter().all(|chart| chart.expected_a_day.is_finite()));
    }

    #[test]
    fn what_cannot_be_charted_gets_no_part_of_the_alarms() {
        let mut chart = metric(20.0, Some(60));
        if let ChartKind::Units(ask) = &mut chart.kind {
            ask.phi_percent = 90;
        }
        let shop = share_out(90.0, &[model(20.0, &[chart, metric(20.0, None)])]);
        assert_eq!((shop.models[0][0].expected_a_day, shop.models[0][0].clamp), (0.0, Clamp::Free));
    }
}
