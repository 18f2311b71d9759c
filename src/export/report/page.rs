//! The report as text, a hundred letters wide.

use super::{MOST_CHARTS, UnitReport, WIDTH, extent, figures, height, judged_points, wrapped};
use crate::analysis::{JudgedTrack, TrackCurves, position, signed_volts};
use crate::trim::PositionUnit;

/// Letters of a name before its words.
const NAMES: usize = 12;
/// Columns and rows of a curve.
const CURVE: (usize, usize) = (76, 13);

/// The report of a run.
pub fn report_text(report: &UnitReport<'_>) -> String {
    let mut lines =
        vec![format!("TRIM REPORT  {}  {}", report.title(), report.run.run.status.word()), "=".repeat(WIDTH)];
    named(&mut lines, &report.head());
    for (place, (track, curves)) in report.tracks().into_iter().enumerate() {
        lines.push(String::new());
        lines.push(super::cut(&super::printable(&format!("{}  {}", track.name, track.status.word())), WIDTH));
        lines.push("-".repeat(WIDTH));
        named(&mut lines, &figures(track, report.run.run.unit));
        if place < MOST_CHARTS {
            lines.extend(curve(track, curves, report.run.run.unit));
        }
    }
    lines.push(String::new());
    lines.extend(wrapped(&report.foot(), WIDTH));
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

fn named(lines: &mut Vec<String>, told: &[(&'static str, String)]) {
    for (name, words) in told {
        for (row, line) in wrapped(words, WIDTH - NAMES).into_iter().enumerate() {
            let name = if row == 0 { name } else { "" };
            lines.push(format!("{name:NAMES$}{line}"));
        }
    }
}

/// `·` error, `-` limits, `X` outside.
fn curve(track: &JudgedTrack, curves: Option<&TrackCurves>, unit: PositionUnit) -> Vec<String> {
    let points = judged_points(track, curves);
    let (Some((low, high)), Some((from, to))) = (height(&points), extent(points.iter().map(|point| point.position)))
    else {
        return vec!["no curve is kept".to_owned()];
    };
    let mut grid = vec![vec![' '; CURVE.0]; CURVE.1];
    let mut mark = |x: f64, y: f64, letter: char| {
        let (column, row) = (place(x, (from, to), CURVE.0), place(high + low - y, (low, high), CURVE.1));
        if let Some(cell) = grid.get_mut(row).and_then(|row| row.get_mut(column)) {
            *cell = letter;
        }
    };
    for point in &points {
        if let Some((lower, upper)) = point.limits {
            mark(point.position, lower, '-');
            mark(point.position, upper, '-');
        }
    }
    for point in &points {
        mark(point.position, point.shifted, if point.is_outside() { 'X' } else { '·' });
    }
    let mut lines: Vec<String> =
        grid.into_iter().map(|row| format!("{:NAMES$}|{}", "", row.into_iter().collect::<String>())).collect();
    label(lines.first_mut(), &format!("{} V", signed_volts(high)));
    label(lines.last_mut(), &format!("{} V", signed_volts(low)));
    let ends = [position(from), format!("{} {}   X outside", position(to), unit.symbol())];
    let [from, to] = ends;
    lines.push(format!("{:NAMES$} {from}{to:>width$}", "", width = CURVE.0.saturating_sub(from.chars().count())));
    lines
}

fn label(line: Option<&mut String>, words: &str) {
    if let Some(line) = line {
        let rest: String = line.chars().skip(NAMES).collect();
        *line = format!("{words:>width$} {rest}", width = NAMES - 1);
    }
}

/// The cell of a value among so many.
fn place(value: f64, (low, high): (f64, f64), cells: usize) -> usize {
    let span = if high > low { high - low } else { 1.0 };
    let share = ((value - low) / span).clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 … 1")]
    let cell = (share * (cells.saturating_sub(1)) as f64).round() as usize;
    cell
}
