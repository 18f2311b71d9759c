//! Figures and findings in words.

use super::alarm::{AlarmBaseline, AlarmLot, Context, Rule};
use super::metric::{Metric, Subject};
use super::observation::StreamKey;
use crate::spc::Direction;
use crate::trim::LocalTime;

/// A reading with its unit, in three digits or so: `905 Ω`, `11.6 %`, `4.12`.
pub fn reading(metric: Metric, value: f64) -> String {
    let unit = metric.unit();
    let space = if unit.is_empty() { "" } else { " " };
    format!("{}{space}{unit}", figure(value))
}

/// A figure in three digits, whole from 100 on.
pub fn figure(value: f64) -> String {
    let size = value.abs();
    let digits = match size {
        _ if size >= 99.5 || size == 0.0 => 0,
        _ if size >= 9.95 => 1,
        _ if size >= 0.995 => 2,
        _ => 3,
    };
    format!("{value:.digits$}").replace('-', "−")
}

/// Two readings in as few digits, from three on, as tell them apart: `1.004` and `1.001`.
fn apart(metric: Metric, one: f64, other: f64) -> (String, String) {
    let both = (reading(metric, one), reading(metric, other));
    if both.0 != both.1 || one.to_bits() == other.to_bits() {
        return both;
    }
    let unit = metric.unit();
    let space = if unit.is_empty() { "" } else { " " };
    let said = |value: f64, digits: usize| format!("{value:.digits$}{space}{unit}").replace('-', "−");
    let told = (1..=9).map(|digits| (said(one, digits), said(other, digits))).find(|(one, other)| one != other);
    told.unwrap_or(both)
}

/// A share as whole percent.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// `3 Nov`, with the year when it is another than that of `near`.
pub fn day(time: LocalTime, near: LocalTime) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.get(usize::from(time.date.month).saturating_sub(1)).copied().unwrap_or("?");
    let year = if time.date.year == near.date.year { String::new() } else { format!(" {}", time.date.year) };
    format!("{} {month}{year}", time.date.day)
}

/// `+1.8 σ`.
pub fn shift(sigmas: f64) -> String {
    format!("{}{} σ", if sigmas < 0.0 { "−" } else { "+" }, figure(sigmas.abs().min(99.0)).trim_start_matches('−'))
}

/// The one sentence of an alarm.
pub(super) fn sentence(stream: &StreamKey, subject: Subject, unit: &str, time: LocalTime, context: &Context) -> String {
    let told = match (subject, &context.baseline, &context.lot) {
        (Subject::FailShare, Some(baseline), Some(lot)) => share(context, baseline, lot),
        (Subject::Metric(metric), Some(baseline), _) if context.rule == Rule::Individual => {
            single(metric, unit, context, baseline)
        }
        (Subject::Metric(metric), Some(baseline), _) => average(metric, time, context, baseline),
        _ => subject.title().to_owned(),
    };
    format!("{stream}: {told}")
}

fn share(context: &Context, baseline: &AlarmBaseline, lot: &AlarmLot) -> String {
    format!(
        "{} of {} units failed linearity in the last lot; expected at most {} (baseline {}, {} lots)",
        percent(context.value),
        lot.units,
        percent(context.limit),
        percent(baseline.centre),
        baseline.lots
    )
}

fn single(metric: Metric, unit: &str, context: &Context, baseline: &AlarmBaseline) -> String {
    let side = if context.direction == Direction::High { "below" } else { "above" };
    let (value, limit) = apart(metric, context.value, context.limit);
    format!(
        "{} {value} in unit {unit}; single units stay {side} {limit} (baseline {}, {} units)",
        metric.title(),
        reading(metric, baseline.centre),
        baseline.units
    )
}

fn average(metric: Metric, time: LocalTime, context: &Context, baseline: &AlarmBaseline) -> String {
    let (way, side) = if context.direction == Direction::High { ("rising", "above") } else { ("falling", "below") };
    let since = context.since.map(|since| format!(" since {}", day(since, time))).unwrap_or_default();
    let (value, limit) = apart(metric, context.value, context.limit);
    format!(
        "{} {way}{since}: average {value}, {side} its limit {limit} (baseline {}, {} units)",
        metric.title(),
        reading(metric, baseline.centre),
        baseline.units
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        assert_eq!(figure(881.4), "881");
        assert_eq!(figure(11.62), "11.6");
        assert_eq!(figure(-4.126), "−4.13");
        assert_eq!(figure(0.0126), "0.013");
        assert_eq!(reading(Metric::UntrimmedResistance, 905.0), "905 Ω");
        assert_eq!(shift(-1.83), "−1.83 σ");
        let told = apart(Metric::LinearityError, 4.4046, 4.3991);
        assert_eq!(told, ("4.405".to_owned(), "4.399".to_owned()), "a value beyond its limit never looks equal to it");
    }
}
