//! One page about one unit's run, to print or to file: as text, and as SVG.

mod page;
mod svg;

use super::band::{BandPoint, band_points};
use super::rows::KeptRun;
use super::terminal_text::printable;
use crate::analysis::{
    JudgedTrack, RunCurves, TrackCurves, describe_settings, ohms, percent, position, short, signed_volts, volts,
};
use crate::trim::PositionUnit;

pub use page::report_text;
pub use svg::report_svg;

/// Tracks that have a chart on the page; the others have their verdict alone.
const MOST_CHARTS: usize = 4;
/// Letters of a line.
const WIDTH: usize = 100;
/// Lines that one saying takes at most.
const MOST_LINES: usize = 3;

/// What a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct UnitReport<'a> {
    /// The run.
    pub run: KeptRun<'a>,
    /// Its curves, while they are kept.
    pub curves: Option<&'a RunCurves>,
    /// When the report is made, plant-local.
    pub made: &'a str,
    /// Version of the program that makes it.
    pub version: &'a str,
}

impl UnitReport<'_> {
    fn title(&self) -> String {
        let identity = &self.run.run.identity;
        let parts = [identity.model.as_str(), &identity.serial, identity.section.as_deref().unwrap_or_default()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        cut(&printable(&parts.join(" ")), 60)
    }

    /// Who and when, name and words.
    fn head(&self) -> Vec<(&'static str, String)> {
        let (run, identity) = (self.run.run, &self.run.run.identity);
        let time = identity.time.map_or_else(|| "not known".to_owned(), |time| time.to_string().replace('T', " "));
        let mut head = vec![
            ("trimmed", time),
            ("laser", identity.laser.clone().unwrap_or_else(|| "unknown".to_owned())),
            ("operator", identity.disposition.clone().unwrap_or_else(|| "no word".to_owned())),
            ("run", self.run.name()),
            ("file", self.run.path.to_owned()),
        ];
        if let Some((reason, by)) = self.run.excluded {
            head.push(("excluded", format!("by {by}: {reason}; counts in no yield, chart or training")));
        }
        if !run.warnings.is_empty() {
            head.push(("odd", run.warnings.join("; ")));
        }
        head
    }

    fn foot(&self) -> String {
        format!(
            "made {} by trimwatch {} from the station's file; its content {}",
            self.made,
            self.version,
            self.content()
        )
    }

    fn content(&self) -> String {
        blake3::Hash::from_bytes(*self.run.content).to_hex().to_string()
    }

    /// The tracks with their curves, the one that decides first.
    fn tracks(&self) -> Vec<(&JudgedTrack, Option<&TrackCurves>)> {
        let curve = |place: usize| self.curves.and_then(|curves| curves.tracks.get(place));
        let mut tracks: Vec<_> =
            self.run.run.tracks.iter().enumerate().map(|(place, track)| (track, curve(place))).collect();
        tracks.sort_by_key(|(track, _)| track.status != self.run.run.status);
        tracks
    }
}

/// The figures of a track, name and words.
fn figures(track: &JudgedTrack, unit: PositionUnit) -> Vec<(&'static str, String)> {
    let found = [
        Some(("why", track.reasons.join("; "))),
        linearity(track, unit).map(|words| ("linearity", words)),
        roughness(track).map(|words| ("sigma", words)),
        resistance(track).map(|words| ("resistance", words)),
        trim(track).map(|words| ("trim", words)),
        track.risk.as_ref().map(|risk| {
            let (p, method) = (risk.probability, risk.method.label());
            ("risk", format!("{p:.2} {} ({method})", risk.category.word()))
        }),
        Some(("settings", describe_settings(&track.settings).join(", "))),
        Some(("odd", track.warnings.join("; "))),
    ];
    found.into_iter().flatten().filter(|(_, words)| !words.is_empty()).collect()
}

fn linearity(track: &JudgedTrack, unit: PositionUnit) -> Option<String> {
    let linearity = track.linearity()?;
    let worst = linearity.worst;
    Some(format!(
        "{} of {} graded points outside at offset {} V ({} as stored); error {} V; worst margin {} at {} {}",
        linearity.fail,
        linearity.graded,
        signed_volts(linearity.offset),
        linearity.raw_fail,
        volts(linearity.error),
        percent(worst.percent),
        position(worst.position),
        unit.symbol()
    ))
}

fn roughness(track: &JudgedTrack) -> Option<String> {
    let r = track.figures?.r?;
    let limit = track.r_limit().zip(track.threshold);
    let limit = limit.map(|(limit, by)| format!(" of at most {} ({})", short(limit), by.source.label()));
    Some(format!("r {r:.1}{}", limit.unwrap_or_default()))
}

fn resistance(track: &JudgedTrack) -> Option<String> {
    let figures = track.resistance;
    let ohm =
        |value: Option<f64>| value.map_or_else(|| "not measured".to_owned(), |value| format!("{} Ω", ohms(value)));
    (figures.before.is_some() || figures.after.is_some()).then(|| {
        let change = figures.change.map(|change| format!(", {}", percent(change))).unwrap_or_default();
        format!("{} before, {} after{change}", ohm(figures.before), ohm(figures.after))
    })
}

fn trim(track: &JudgedTrack) -> Option<String> {
    let improvement = track.improvement.map(|by| format!("improvement {}", percent(by)));
    let passes = (track.pass_count > 0)
        .then(|| format!("{} {}", track.pass_count, if track.pass_count == 1 { "pass" } else { "passes" }));
    let said: Vec<String> = passes.into_iter().chain(improvement).collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// The points of the sweep a verdict rests on, at its offset.
fn judged_points(track: &JudgedTrack, curves: Option<&TrackCurves>) -> Vec<BandPoint> {
    let offset = track.linearity().map_or(0.0, |linearity| linearity.offset);
    curves.and_then(TrackCurves::judged).map(|sweep| band_points(sweep, offset).collect()).unwrap_or_default()
}

/// Least and greatest of some figures.
fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |range, value| {
        Some(range.map_or((value, value), |(low, high): (f64, f64)| (low.min(value), high.max(value))))
    })
}

/// Errors and limits of all points, with a little room.
fn height(points: &[BandPoint]) -> Option<(f64, f64)> {
    let limits = points.iter().filter_map(|point| point.limits).flat_map(|(low, high)| [low, high]);
    let (low, high) = extent(points.iter().map(|point| point.shifted).chain(limits))?;
    let room = ((high - low) * 0.06).max(1e-9);
    Some((low - room, high + room))
}

/// A text as lines of so many letters; what is longer than the lines there are ends in dots.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let text = printable(text);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let word = cut(word, width);
        let Some(last) = lines.last_mut() else { break };
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(word);
        } else {
            let space = if last.is_empty() { "" } else { " " };
            *last = format!("{last}{space}{word}");
        }
    }
    let is_cut = lines.len() > MOST_LINES;
    lines.truncate(MOST_LINES);
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        *last = format!("{}…", cut(last, width - 1));
    }
    lines
}

/// A text of so many letters at most.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_takes_a_few_lines() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        let long = wrapped(&"word ".repeat(10_000), 40);
        assert!(long.len() == MOST_LINES && long.iter().all(|line| line.chars().count() <= 40));
        assert!(wrapped(&"x".repeat(10_000), 40)[0].ends_with('…'));
    }
}
