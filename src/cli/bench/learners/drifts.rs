//! Drifts planted in made runs: named with their direction, and as severe as they are.

use color_eyre::eyre::Result;
use ndarray::Array2;

use super::percent;
use crate::learning::DriftDetector;
use crate::learning::drift_detector::{DriftSettings, FEATURES, Report, Severity, cusum_report};
use crate::learning::random::Random;

/// Rows of the baseline, of what is reported on, and of the series that tells the rate a shift has in the long run.
const BASELINE: usize = 400;
const ROWS: usize = 200;
const LONG: usize = 5_000;

/// Runs of seven figures, some of them skewed and two of them related, one moved by so many sigmas.
fn runs(rows: usize, seed: u64, column: usize, sigmas: f64) -> Array2<f64> {
    let mut random = Random::new(seed);
    let mut x = Array2::from_shape_simple_fn((rows, FEATURES.len()), || random.normal());
    for mut row in x.rows_mut() {
        let resistance = row.get(6).copied().unwrap_or(0.0);
        for (index, value) in row.iter_mut().enumerate() {
            // A log-normal figure with a deviation of 1, and a change that falls where resistance rises.
            *value = match index {
                0 => ((0.3 * *value).exp() - 1.046) / 0.321,
                2 => 0.8 * *value - 0.6 * resistance,
                _ => *value,
            };
        }
        row.iter_mut().skip(column).take(1).for_each(|value| *value += sigmas);
        row.mapv_inplace(|value| 50.0 + 2.0 * value);
    }
    x
}

#[derive(Default)]
struct Tally {
    trials: usize,
    named: usize,
    alone: usize,
    severe: usize,
    near: usize,
    seen: usize,
    rate: f64,
}

pub(super) fn run(seeds: u64) -> Result<()> {
    println!("shifts of one figure over {ROWS} runs, baseline of {BASELINE}, {seeds} seeds × 7 figures × 2 directions");
    println!("  (bar: ≥ 95 % from 2 sigmas on; severity = that of the rate the same shift has over {LONG} runs)");
    let names = FEATURES.map(str::to_owned);
    for sigmas in [0.0, 2.0, 2.5, 3.0, 4.0, 5.0] {
        let (mut forest, mut cusum) = (Tally::default(), Tally::default());
        for seed in 0..seeds {
            let baseline = runs(BASELINE, Random::derived(seed, 1), 0, 0.0);
            let settings = DriftSettings::default();
            let detector = DriftDetector::train(baseline.view(), &names, &settings)?;
            for (column, signed) in (0..FEATURES.len()).flat_map(|column| [(column, sigmas), (column, -sigmas)]) {
                let number = 10 + 2 * column as u64 + u64::from(signed > 0.0);
                let x = runs(ROWS, Random::derived(seed, number), column, signed);
                let long = runs(LONG, Random::derived(seed, number + 100), column, signed);
                let anomalies = detector.is_anomaly(long.view())?;
                let rate = anomalies.iter().filter(|anomaly| **anomaly).count() as f64 / LONG as f64;
                forest.count(&detector.report(x.view())?, column, signed, rate);
                let report = cusum_report(baseline.view(), x.view(), &names, 100)?;
                let rate = report.rate;
                cusum.count(&report, column, signed, rate);
            }
        }
        forest.print("forest", sigmas);
        cusum.print("CUSUM", sigmas);
    }
    Ok(())
}

impl Tally {
    fn count(&mut self, report: &Report, column: usize, signed: f64, long_rate: f64) {
        let feature = FEATURES.get(column).copied().unwrap_or_default();
        let first = report.affected.first();
        let named = if signed == 0.0 {
            report.affected.is_empty()
        } else {
            first.is_some_and(|first| first.feature == feature && first.rising == (signed > 0.0))
        };
        let truth = Severity::of(long_rate);
        self.trials += 1;
        self.named += usize::from(named);
        self.alone += usize::from(named && report.affected.len() <= 1);
        self.severe += usize::from(report.severity == truth);
        // A rate of 200 runs wanders; within its own 95 % it says what the long run says.
        let error = 1.96 * (long_rate * (1.0 - long_rate) / ROWS as f64).sqrt();
        let span = Severity::of((long_rate - error).max(0.0))..=Severity::of(long_rate + error);
        self.near += usize::from(span.contains(&report.severity));
        self.seen += usize::from(report.severity > Severity::Negligible);
        self.rate += report.rate;
    }

    fn print(&self, who: &str, sigmas: f64) {
        println!(
            "  {sigmas:3.1} sigmas {who:6} rate {:4.1} %  named {:5.1} %, alone {:5.1} %  severity as in the long run \
             {:5.1} %, within its chance {:5.1} %, not negligible {:5.1} %",
            100.0 * self.rate / self.trials.max(1) as f64,
            percent(self.named, self.trials),
            percent(self.alone, self.trials),
            percent(self.severe, self.trials),
            percent(self.near, self.trials),
            percent(self.seen, self.trials),
        );
    }
}
