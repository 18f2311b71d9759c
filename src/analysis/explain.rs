//! One line that explains a run.

use std::fmt::Write as _;

use super::judged::{JudgedRun, JudgedTrack, Status};
use super::numbers::{ohms, percent, short, signed_volts};

/// `8340-1 246 TA  FAIL  7 of 53 points outside, …  R 878→980 Ω +11.6 %  1 pass  r 4.4/12 formula  "Trimmed Correct"`
///
/// Of several tracks the deciding one is explained and the others' statuses stand beside it.
pub fn explain(run: &JudgedRun) -> String {
    let identity = &run.identity;
    let mut parts = vec![identity.unit(), run.status.word().to_owned()];
    if let Some(track) = run.deciding_track() {
        if run.tracks.len() > 1 {
            parts.push(track.name.clone());
        }
        parts.push(explain_track(track));
        let others = run.tracks.iter().filter(|other| other.name != track.name);
        parts.extend(others.map(|other| format!("{} {}", other.name, other.status.word())));
    }
    parts.extend(identity.disposition.as_ref().map(|word| format!("\"{word}\"")));
    parts.retain(|part| !part.is_empty());
    parts.join("  ")
}

/// The verdict of one track with its figures, without name and status.
pub fn explain_track(track: &JudgedTrack) -> String {
    let mut parts = vec![track.reasons.join("; ")];
    if let (Some(first), Some(linearity)) = (parts.first_mut(), track.linearity())
        && matches!(track.status, Status::Pass | Status::Warning | Status::Fail)
    {
        let _ = write!(first, " (offset {})", signed_volts(linearity.offset));
    }
    parts.extend(track.gain_that_passes.map(|gain| format!("would pass with gain {}", percent(100.0 * gain))));
    parts.extend(resistance(track));
    if track.pass_count > 0 {
        let passes = if track.pass_count == 1 { "pass" } else { "passes" };
        parts.push(format!("{} {passes}", track.pass_count));
    }
    parts.extend(roughness(track));
    parts.join("  ")
}

fn resistance(track: &JudgedTrack) -> Option<String> {
    let figures = track.resistance;
    match (figures.before, figures.after, figures.change) {
        (Some(before), Some(after), Some(change)) => {
            Some(format!("R {}→{} Ω {}", ohms(before), ohms(after), percent(change)))
        }
        (Some(ohm), None, _) => Some(format!("R {} Ω before", ohms(ohm))),
        (None, Some(ohm), _) => Some(format!("R {} Ω after", ohms(ohm))),
        (Some(before), Some(after), None) => Some(format!("R {}→{} Ω", ohms(before), ohms(after))),
        (None, None, _) => None,
    }
}

fn roughness(track: &JudgedTrack) -> Option<String> {
    let r = track.figures?.r?;
    Some(match (track.r_limit(), track.threshold) {
        (Some(limit), Some(threshold)) => {
            format!("r {r:.1}/{} {}", short(limit), threshold.source.label())
        }
        _ => format!("r {r:.1}"),
    })
}
