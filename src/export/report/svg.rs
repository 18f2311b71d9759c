//! The report as a page of SVG, A4 upright.

use std::fmt::Write;

use super::{BandPoint, MOST_CHARTS, UnitReport, extent, figures, height, judged_points, wrapped};
use crate::analysis::{JudgedTrack, Status, TrackCurves, position, signed_volts};
use crate::trim::PositionUnit;

/// Width and height of the page, pixels at 96 dpi.
const PAGE: (f64, f64) = (794.0, 1123.0);
/// Room at the edges.
const EDGE: f64 = 40.0;
/// From one line to the next.
const LINE: f64 = 14.0;
/// Letters of a line of words.
const LETTERS: usize = 92;
/// Where words begin beside their names.
const WORDS: f64 = 125.0;

/// A page that is drawn from the top down.
struct Page {
    svg: String,
    y: f64,
}

/// The report of a run.
pub fn report_svg(report: &UnitReport<'_>) -> String {
    let (width, height) = PAGE;
    let mut page = Page { svg: String::new(), y: EDGE + 20.0 };
    let _ = write!(
        page.svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"297mm\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"DejaVu Sans, Arial, sans-serif\" font-size=\"10\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n",
        escaped(&report.title())
    );
    let status = report.run.run.status;
    page.text(EDGE, 20.0, "black", true, &report.title());
    page.anchored(width - EDGE, 20.0, colour(status), status.word());
    page.y += 20.0;
    page.named(&report.head());
    let tracks = report.tracks();
    let charts = tracks.len().clamp(1, MOST_CHARTS);
    let lines: usize = tracks.iter().map(|(track, _)| lines_of(track, report.run.run.unit)).sum();
    let left = PAGE.1 - 2.0 * EDGE - page.y - LINE * lines as f64;
    let chart = (left / charts as f64 - 20.0).clamp(80.0, 420.0);
    for (place, (track, curves)) in tracks.into_iter().enumerate() {
        if page.y > PAGE.1 - 2.0 * EDGE {
            page.text(EDGE, 10.0, "black", false, "further tracks have no room here; the text report has them all");
            break;
        }
        page.track(track, curves, report.run.run.unit, if place < MOST_CHARTS { chart } else { 0.0 });
    }
    page.y = PAGE.1 - EDGE - LINE;
    for line in wrapped(&report.foot(), 120) {
        page.text(EDGE, 8.0, "#555", false, &line);
        page.y += 11.0;
    }
    page.svg.push_str("</svg>\n");
    page.svg
}

fn lines_of(track: &JudgedTrack, unit: PositionUnit) -> usize {
    3 + figures(track, unit).iter().map(|(_, words)| wrapped(words, LETTERS).len()).sum::<usize>()
}

fn colour(status: Status) -> &'static str {
    match status {
        Status::Pass => "#1b7f3b",
        Status::Warning => "#9a6700",
        Status::Fail => "#c00000",
        Status::NotGraded | Status::Untrimmed | Status::Error => "#555",
    }
}

/// A text that no reader of SVG takes for anything else.
fn escaped(text: &str) -> String {
    let text = super::printable(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

impl Page {
    fn text(&mut self, x: f64, size: f64, fill: &str, bold: bool, words: &str) {
        let weight = if bold { " font-weight=\"bold\"" } else { "" };
        let (y, words) = (self.y, escaped(words));
        let _ = writeln!(
            self.svg,
            "<text x=\"{x}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{fill}\"{weight}>{words}</text>"
        );
    }

    fn anchored(&mut self, x: f64, size: f64, fill: &str, words: &str) {
        let (y, words) = (self.y, escaped(words));
        let _ = writeln!(
            self.svg,
            "<text x=\"{x}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{fill}\" font-weight=\"bold\" \
             text-anchor=\"end\">{words}</text>"
        );
    }

    fn named(&mut self, told: &[(&'static str, String)]) {
        for (name, words) in told {
            for (row, line) in wrapped(words, LETTERS).into_iter().enumerate() {
                if row == 0 {
                    self.text(EDGE, 10.0, "#555", false, name);
                }
                self.text(WORDS, 10.0, "black", false, &line);
                self.y += LINE;
            }
        }
    }

    fn track(&mut self, track: &JudgedTrack, curves: Option<&TrackCurves>, unit: PositionUnit, tall: f64) {
        self.y += LINE;
        self.text(EDGE, 12.0, "black", true, &super::cut(&track.name, 40));
        self.text(WORDS, 12.0, colour(track.status), true, track.status.word());
        self.y += LINE + 2.0;
        self.named(&figures(track, unit));
        if tall > 0.0 {
            self.chart(&judged_points(track, curves), unit, tall);
        }
    }

    fn chart(&mut self, points: &[BandPoint], unit: PositionUnit, tall: f64) {
        let (Some((low, high)), Some((from, to))) = (height(points), extent(points.iter().map(|point| point.position)))
        else {
            self.text(WORDS, 10.0, "#555", false, "no curve is kept");
            self.y += LINE;
            return;
        };
        let (left, right, top, bottom) = (EDGE + 60.0, PAGE.0 - EDGE, self.y, self.y + tall - 24.0);
        let across = |x: f64| left + (right - left) * (x - from) / if to > from { to - from } else { 1.0 };
        let down = |y: f64| bottom - (bottom - top) * (y - low) / (high - low);
        let (wide, high_box) = (right - left, bottom - top);
        let _ = writeln!(
            self.svg,
            "<rect x=\"{left}\" y=\"{top:.1}\" width=\"{wide}\" height=\"{high_box:.1}\" fill=\"none\" stroke=\"#999\"/>"
        );
        for limit in [|limits: (f64, f64)| limits.0, |limits: (f64, f64)| limits.1] {
            let at =
                points.iter().map(|point| point.limits.map(|limits| (across(point.position), down(limit(limits)))));
            self.line(at, "#c00000", "1");
        }
        self.line(points.iter().map(|point| Some((across(point.position), down(point.shifted)))), "#1f4e79", "1.5");
        for point in points.iter().filter(|point| point.is_outside()) {
            let (x, y) = (across(point.position), down(point.shifted));
            let _ = writeln!(self.svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#c00000\"/>");
        }
        self.labels(
            (left, right),
            (top, bottom),
            [position(from), position(to)],
            [signed_volts(low), signed_volts(high)],
            unit,
        );
    }

    fn labels(
        &mut self,
        (left, right): (f64, f64),
        (top, bottom): (f64, f64),
        [from, to]: [String; 2],
        [low, high]: [String; 2],
        unit: PositionUnit,
    ) {
        for (y, words) in [(top + 8.0, high), (bottom, low)] {
            self.y = y;
            self.text(EDGE, 8.0, "#555", false, &format!("{words} V"));
        }
        self.y = bottom + 11.0;
        self.text(left, 8.0, "#555", false, &from);
        self.text(
            f64::midpoint(left, right) - 120.0,
            8.0,
            "#555",
            false,
            "error at its offset (blue) in its band (red); dots are outside",
        );
        self.anchored(right, 8.0, "#555", &format!("{to} {}", unit.symbol()));
        self.y = bottom + 24.0;
    }

    /// Lines between neighbours; a missing one is a gap.
    fn line(&mut self, points: impl Iterator<Item = Option<(f64, f64)>>, stroke: &str, width: &str) {
        let (mut path, mut pen_down) = (String::new(), false);
        for point in points {
            if let Some((x, y)) = point {
                let _ = write!(path, "{}{x:.1} {y:.1}", if pen_down { 'L' } else { 'M' });
            }
            pen_down = point.is_some();
        }
        let _ = writeln!(self.svg, "<path d=\"{path}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>");
    }
}
