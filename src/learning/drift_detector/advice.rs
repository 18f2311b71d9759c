//! What to look at when a figure has moved, in plain words.

use super::report::{Affected, Severity};

/// Figure, what to look at when it rises, what when it falls.
const ADVICE: &[(&str, &str, &str)] = &[
    (
        "sigma gradient",
        "the trim got rougher: check laser focus and power, then the pulse rate",
        "the trim got smoother: find out what changed in focus, power or recipe, and start a new baseline if it stays",
    ),
    (
        "linearity spec",
        "the limits got wider: check that the right limit table is loaded",
        "the limits got tighter: check that the right limit table is loaded",
    ),
    (
        "resistance change %",
        "more is cut away than before: check the incoming resistance and the cut length",
        "less is cut away than before: check the incoming resistance, laser power and cut depth",
    ),
    (
        "travel length",
        "the sweep got longer: check end stops, the encoder and the model's parameters",
        "the sweep got shorter: check end stops, the encoder and the model's parameters",
    ),
    (
        "unit length",
        "the measured length grew: check fixture, encoder scale and the model's parameters",
        "the measured length shrank: check fixture, encoder scale and the model's parameters",
    ),
    (
        "untrimmed max |e|/spec",
        "parts arrive with larger errors: check the incoming element, its lot and its print",
        "parts arrive with smaller errors: find out what improved, and start a new baseline if it stays",
    ),
    (
        "untrimmed resistance",
        "parts arrive with more resistance: check the ink or substrate lot and the firing",
        "parts arrive with less resistance: check the ink or substrate lot and the print's thickness",
    ),
];

/// A sentence for each figure, or one that says how things stand when no single figure moved.
pub(super) fn advice(affected: &[Affected], severity: Severity) -> Vec<String> {
    if affected.is_empty() {
        let sentence = if severity <= Severity::Low {
            "No figure has moved: nothing to do."
        } else {
            "More runs than usual are unlike the baseline, but no single figure has moved: look at the runs with the \
             highest scores one by one."
        };
        return vec![sentence.to_owned()];
    }
    affected.iter().map(sentence).collect()
}

fn sentence(affected: &Affected) -> String {
    let Affected { feature, sigmas, rising } = affected;
    let way = if *rising { "up" } else { "down" };
    let known = ADVICE.iter().find(|(name, _, _)| name == feature);
    let look = known.map_or("find out what changed", |(_, up, down)| if *rising { *up } else { *down });
    format!("{feature} is {way} by {sigmas:.1} baseline sigmas: {look}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learning::drift_detector::FEATURES;

    #[test]
    fn every_figure_has_advice_of_its_own_for_both_ways() {
        for feature in FEATURES {
            let told =
                [true, false].map(|rising| sentence(&Affected { feature: feature.to_owned(), sigmas: 2.5, rising }));
            assert!(told.iter().all(|told| told.contains(feature) && !told.contains("find out what changed.")));
            assert_ne!(told[0], told[1]);
        }
    }

    #[test]
    fn a_figure_nobody_knows_is_still_named() {
        let affected = [Affected { feature: "humidity".to_owned(), sigmas: 3.0, rising: false }];
        let told = advice(&affected, Severity::High);
        assert_eq!(told, ["humidity is down by 3.0 baseline sigmas: find out what changed."]);
    }
}
