//! One line that explains a run.

use std::fmt::{self, Write as _};

use super::judged::{JudgedRun, JudgedTrack, Status};
use super::numbers::{ohms, percent, short, signed_volts};

/// Between the parts of a line.
const GAP: &str = "  ";
/// Bytes that most lines have room in.
const USUAL: usize = 192;

/// `8340-1 246 TA  FAIL  7 of 53 points outside, …  R 878→980 Ω +11.6 %  1 pass  r 4.4/12 formula  "Trimmed Correct"`
///
/// Of several tracks the deciding one is explained and the others' statuses stand beside it.
pub fn explain(run: &JudgedRun) -> String {
    let identity = &run.identity;
    let mut line = String::with_capacity(USUAL);
    line.push_str(&identity.unit());
    add(&mut line, run.status.word());
    if let Some(track) = run.deciding_track() {
        if run.tracks.len() > 1 {
            add(&mut line, &track.name);
        }
        let before = line.len();
        line.push_str(GAP);
        tell_track(&mut line, track);
        if line.len() == before + GAP.len() {
            line.truncate(before);
        }
        for other in run.tracks.iter().filter(|other| other.name != track.name) {
            let _ = write!(line, "{GAP}{} {}", other.name, other.status.word());
        }
    }
    if let Some(word) = &identity.disposition {
        let _ = write!(line, "{GAP}\"{word}\"");
    }
    line
}

/// An empty part is none, and stands in no gap.
fn add(line: &mut String, part: &str) {
    if !part.is_empty() && !line.is_empty() {
        line.push_str(GAP);
    }
    line.push_str(part);
}

/// The verdict of one track with its figures, without name and status.
pub fn explain_track(track: &JudgedTrack) -> String {
    let mut line = String::with_capacity(USUAL);
    tell_track(&mut line, track);
    line
}

fn tell_track(line: &mut String, track: &JudgedTrack) {
    for (place, reason) in track.reasons.iter().enumerate() {
        line.push_str(if place == 0 { "" } else { "; " });
        line.push_str(reason);
    }
    // Nothing that is written to a text fails.
    if let Some(linearity) = track.linearity()
        && matches!(track.status, Status::Pass | Status::Warning | Status::Fail)
    {
        let _ = write!(line, " (offset {})", signed_volts(linearity.offset));
    }
    if let Some(gain) = track.gain_that_passes {
        let _ = write!(line, "{GAP}would pass with gain {}", percent(100.0 * gain));
    }
    let _ = resistance(line, track);
    if track.pass_count > 0 {
        let passes = if track.pass_count == 1 { "pass" } else { "passes" };
        let _ = write!(line, "{GAP}{} {passes}", track.pass_count);
    }
    let _ = roughness(line, track);
}

fn resistance(line: &mut String, track: &JudgedTrack) -> fmt::Result {
    let figures = track.resistance;
    match (figures.before, figures.after, figures.change) {
        (Some(before), Some(after), Some(change)) => {
            write!(line, "{GAP}R {}→{} Ω {}", ohms(before), ohms(after), percent(change))
        }
        (Some(ohm), None, _) => write!(line, "{GAP}R {} Ω before", ohms(ohm)),
        (None, Some(ohm), _) => write!(line, "{GAP}R {} Ω after", ohms(ohm)),
        (Some(before), Some(after), None) => write!(line, "{GAP}R {}→{} Ω", ohms(before), ohms(after)),
        (None, None, _) => Ok(()),
    }
}

fn roughness(line: &mut String, track: &JudgedTrack) -> fmt::Result {
    let Some(r) = track.figures.and_then(|figures| figures.r) else { return Ok(()) };
    write!(line, "{GAP}r {r:.1}")?;
    match (track.r_limit(), track.threshold) {
        (Some(limit), Some(threshold)) => write!(line, "/{} {}", short(limit), threshold.source.label()),
        _ => Ok(()),
    }
}
