//! Station settings in words, as they stand on a screen, and what changed between two runs.

use super::numbers::short;
use crate::trim::{CutLengthUnit, TrackSettings};

/// One setting: its name and its value with unit, when the station wrote one.
type Setting = (&'static str, Option<String>);

fn settings(settings: &TrackSettings) -> [Setting; 10] {
    let with = |value: Option<f64>, unit: &str| value.map(|value| format!("{}{unit}", short(value)));
    let cut_unit = match settings.cut_length_unit {
        Some(CutLengthUnit::Millimetre) => " mm",
        Some(CutLengthUnit::Count) => " counts",
        None => "",
    };
    [
        ("laser power", with(settings.laser_power, "")),
        ("pulse", with(settings.pulse_duration, " ns")),
        ("repetition", with(settings.repetition_rate, " Hz")),
        ("cut", with(settings.cut_length, cut_unit)),
        ("recipe", settings.recipe.map(|recipe| format!("TRM{recipe}"))),
        ("points ignored at start", with(settings.initial_points_ignored, "")),
        ("points ignored at end", with(settings.final_points_ignored, "")),
        ("test volts", with(settings.test_volts, " V")),
        ("compensation", with(settings.compensation, "")),
        ("nominal length", with(settings.nominal_length, "")),
    ]
}

/// `laser power 62`, `pulse 200 ns` …: every setting the station wrote.
pub fn describe_settings(track: &TrackSettings) -> Vec<String> {
    settings(track).into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?))).collect()
}

/// `laser power 60 → 62`: every setting that both runs have and that differs. The compensation is measured anew
/// for every unit and no setting anybody changed.
pub fn changed_settings(before: &TrackSettings, now: &TrackSettings) -> Vec<String> {
    let pairs = settings(before).into_iter().zip(settings(now));
    let changed = pairs.filter_map(|((name, before), (_, now))| {
        let (before, now) = (before?, now?);
        (before != now && name != "compensation").then(|| format!("{name} {before} → {now}"))
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_both_runs_have_and_differs_has_changed() {
        let before = TrackSettings { laser_power: Some(60.0), compensation: Some(0.1), ..TrackSettings::default() };
        let now = TrackSettings { laser_power: Some(62.0), compensation: Some(0.3), recipe: Some(1), ..before.clone() };
        assert_eq!(changed_settings(&before, &now), ["laser power 60 → 62"]);
        assert_eq!(describe_settings(&now), ["laser power 62", "recipe TRM1", "compensation 0.3"]);
    }
}
