//! `[drift]`: how often the shop may be alarmed falsely, and what alarms are acknowledged with.

use serde::{Deserialize, Serialize};

use crate::monitoring::MonitorSettings;

/// The settings of drift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DriftSettings {
    /// Time between two false alarms of the whole shop: a number of `days`, `weeks` or `months`. All limits follow from it.
    pub false_alarm_every: String,
    /// Cause codes that alarms are acknowledged with, the usual ones first.
    pub causes: Vec<String>,
}

impl Default for DriftSettings {
    fn default() -> Self {
        let MonitorSettings { causes, .. } = MonitorSettings::default();
        Self { false_alarm_every: "90 days".to_owned(), causes }
    }
}

impl DriftSettings {
    /// Days between two false alarms; `None` when the words say no such time.
    fn days(&self) -> Option<f64> {
        let (number, unit) = self.false_alarm_every.trim().split_once(' ')?;
        let days = match unit.trim() {
            "day" | "days" => 1.0,
            "week" | "weeks" => 7.0,
            "month" | "months" => 30.0,
            _ => return None,
        };
        number.parse().ok().map(|number: f64| number * days).filter(|days| (1.0..=36_500.0).contains(days))
    }

    /// What the monitor is told.
    pub fn monitor(&self) -> MonitorSettings {
        let usual = MonitorSettings::default();
        let days = self.days().unwrap_or(usual.false_alarm_every_days);
        MonitorSettings { false_alarm_every_days: days, causes: self.causes.clone(), ..usual }
    }

    /// Every value that cannot be used, in words.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.days().is_none() {
            let told = &self.false_alarm_every;
            problems.push(format!("drift.false_alarm_every = \"{told}\": a time like `90 days`, 1 day … 100 years"));
        }
        if self.causes.is_empty() || self.causes.iter().any(|cause| cause.trim().is_empty()) {
            problems.push("drift.causes: at least one, and none empty".to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(text: &str) -> DriftSettings {
        DriftSettings { false_alarm_every: text.to_owned(), ..DriftSettings::default() }
    }

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        assert_eq!(every("90 days").days(), Some(90.0));
        assert_eq!(every("2 weeks").days(), Some(14.0));
        assert_eq!(every("3 months").days(), Some(90.0));
        for wrong in ["", "90", "days", "0 days", "-3 days", "9 moons", "nan days"] {
            assert_eq!(every(wrong).problems().len(), 1, "{wrong}");
        }
    }
}
