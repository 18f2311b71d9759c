//! The evidence pack: a workbook to hand over, with a summary, units, tracks, lots and curves and their charts.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartFormat, ChartLine, ChartMarker, ChartMarkerType, ChartSolidFill, ChartType,
    Format, FormatAlign, Workbook, Worksheet,
};

use super::band::band_points;
use super::cell::Cell;
use super::rows::{KeptRun, RUN_COLUMNS};
use super::sink::{ExportError, RowSink};
use super::xlsx::{Rows, book, cell_text, head, put};
use super::{csv_head, printable};
use crate::analysis::{JudgedTrack, RunCurves, SweepCurve, explain_track};
use crate::monitoring::DriftCharts;
use crate::spc::LotState;

/// Columns of the lots; shares 0 … 1.
const LOT_COLUMNS: &[&str] =
    &["laser", "first", "last", "units", "failed", "share failed", "limit", "state", "in baseline", "signal"];
/// Columns of a curve; volts, positions degrees or inches.
const POINT_COLUMNS: &[&str] =
    &["position", "error as stored", "error at offset", "lower limit", "upper limit", "outside"];
/// Row of a curve's head; above stands what it is of.
const CURVE_HEAD: u32 = 5;
/// The format's number of the paper.
const A4: u8 = 9;
/// Letters of a name in a chart's title: the format's own limit is 255 for all of it.
const TITLED: usize = 120;
/// Size of a chart, pixels.
const CHART: (u32, u32) = (860, 440);

/// A pack that is being filled: tables lie on disk as they grow.
pub struct Pack {
    book: Workbook,
    units: Rows,
    tracks: Rows,
    lots: Worksheet,
    lots_next: u32,
    curves: Vec<Worksheet>,
}

impl Pack {
    /// An empty pack. What does not fit into memory lies in unnamed files in `aside` until it is finished.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn new(aside: &Path) -> Result<Self, ExportError> {
        let mut book = book(aside)?;
        let units = Rows::new(&mut book, "Units", RUN_COLUMNS)?;
        let tracks = Rows::new(&mut book, "Tracks", csv_head())?;
        let mut lots = Worksheet::new();
        lots.set_name("Lots")?.set_column_range_width(0, 9, 13)?.set_column_range_width(1, 2, 20)?;
        lots.set_column_range_format(5, 6, &Format::new().set_num_format("0.0 %"))?;
        Ok(Self { book, units, tracks, lots, lots_next: 0, curves: Vec::new() })
    }

    /// A run and its tracks.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn run(&mut self, run: &KeptRun<'_>) -> Result<(), ExportError> {
        self.units.row(&run.row())?;
        run.tracks(&mut self.tracks)
    }

    /// The lots of a product model at one laser, with a chart of the share that failed and what it may be.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn lots(&mut self, charts: &DriftCharts) -> Result<(), ExportError> {
        let (sheet, first) = (&mut self.lots, self.lots_next);
        let bold = Format::new().set_bold();
        sheet.write_string_with_format(first, 0, cell_text(&charts.stream.to_string()), &bold)?;
        head(sheet, first + 1, LOT_COLUMNS)?;
        let mut at = first + 2;
        for lot in &charts.lots {
            let row = [
                Cell::text(&charts.stream.laser),
                Cell::text(lot.first.to_string()),
                Cell::text(lot.last.to_string()),
                Cell::Count(u64::from(lot.units)),
                Cell::Count(u64::from(lot.failed)),
                Cell::number(lot.share()),
                Cell::number(lot.limit),
                Cell::text(state(lot.state)),
                Cell::Flag(lot.in_baseline),
                Cell::Flag(lot.signal),
            ];
            put(sheet, at, &row)?;
            at += 1;
        }
        if at > first + 2 {
            let chart = lots_chart(&charts.stream.to_string(), first + 2, at - 1);
            sheet.insert_chart(first + 1, 11, &chart)?;
        }
        // The next stream stands below this one's chart.
        self.lots_next = (at + 2).max(first + 26);
        Ok(())
    }

    /// One sheet a track with its points and its curve in its band.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn curve(&mut self, run: &KeptRun<'_>, curves: &RunCurves) -> Result<(), ExportError> {
        for (judged, curve) in run.run.tracks.iter().zip(&curves.tracks) {
            let Some(sweep) = curve.judged() else { continue };
            let name = format!("Curve {}", self.curves.len() + 1);
            let sheet = curve_sheet(&name, run, judged, sweep)?;
            self.curves.push(sheet);
        }
        Ok(())
    }

    /// How many curves it has.
    pub fn curve_count(&self) -> usize {
        self.curves.len()
    }

    /// Puts the summary before everything and writes the workbook.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, summary: &[(String, Cell<'_>)], mut out: impl Write + Send) -> Result<(), ExportError> {
        let mut first = Worksheet::new();
        first.set_name("Summary")?.set_column_width(0, 34)?.set_column_width(1, 90)?;
        let (bold, left) = (Format::new().set_bold(), Format::new().set_align(FormatAlign::Left));
        for (row, (name, cell)) in (0..).zip(summary) {
            first.write_string_with_format(row, 0, cell_text(name), &bold)?;
            match cell {
                Cell::Count(count) => first.write_number_with_format(row, 1, *count as f64, &left)?,
                other => {
                    put(&mut first, row, &[Cell::Empty, other.clone()])?;
                    &mut first
                }
            };
        }
        if self.lots_next == 0 {
            self.lots.write_string(0, 0, "no lots: nothing of these runs is charted")?;
        }
        let sheets = vec![(first, 1), (self.units.sheet, 2), (self.tracks.sheet, 4), (self.lots, 1)];
        let curves = self.curves.into_iter().map(|sheet| (sheet, 1));
        for (mut sheet, pages_wide) in sheets.into_iter().chain(curves) {
            sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(pages_wide, 0);
            self.book.push_worksheet(sheet);
        }
        self.book.save_to_writer(&mut out)?;
        out.flush()?;
        Ok(())
    }
}

impl RowSink for Rows {
    fn row(&mut self, row: &[Cell<'_>]) -> Result<(), ExportError> {
        Rows::row(self, row)
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}

/// A name as a title says it.
fn titled(name: &str) -> String {
    let name = printable(name);
    match name.char_indices().nth(TITLED) {
        Some((at, _)) => format!("{}…", name.get(..at).unwrap_or_default()),
        None => name.into_owned(),
    }
}

fn state(state: LotState) -> &'static str {
    match state {
        LotState::Open => "open",
        LotState::Closed => "closed",
        LotState::Waiting => "waiting for the next",
        LotState::Unjudged => "too few units",
    }
}

fn line(color: &str) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_line(ChartLine::new().set_color(color).set_width(1.5));
    format
}

fn dots(color: &str, size: u8) -> ChartMarker {
    let mut marker = ChartMarker::new();
    let fill = ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(color)).clone();
    marker.set_type(ChartMarkerType::Circle).set_size(size).set_format(&mut fill.clone());
    marker
}

fn lots_chart(of: &str, first: u32, last: u32) -> Chart {
    let mut chart = Chart::new(ChartType::Line);
    for (name, column, color) in [("share failed", 5, "#1F4E79"), ("limit", 6, "#C00000")] {
        let series = chart.add_series();
        series
            .set_name(name)
            .set_categories(("Lots", first, 2, last, 2))
            .set_values(("Lots", first, column, last, column));
        series.set_format(&mut line(color));
        if column == 5 {
            series.set_marker(&dots(color, 6));
        }
    }
    // A title that began with an equals sign would be taken for a reference.
    chart.title().set_name(&format!("Share of failed units by lot, {}", titled(of)));
    chart.x_axis().set_name("last run of the lot");
    chart.y_axis().set_name("failed units").set_num_format("0 %").set_min(0);
    chart.set_width(CHART.0).set_height(CHART.1);
    chart
}

fn curve_sheet(
    name: &str,
    run: &KeptRun<'_>,
    judged: &JudgedTrack,
    sweep: &SweepCurve,
) -> Result<Worksheet, ExportError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?.set_column_range_width(0, 5, 16)?;
    // Shown so; the value itself is kept whole.
    sheet.set_column_range_format(0, 5, &Format::new().set_num_format("0.000000"))?;
    let identity = &run.run.identity;
    let time = identity.time.map(|time| time.to_string()).unwrap_or_default();
    let offset = judged.linearity().map_or(0.0, |linearity| linearity.offset);
    let title = format!("{} {} {}", identity.model, identity.serial, judged.name);
    let told = [
        vec![Cell::text(title.clone()), Cell::Empty, Cell::text(time)],
        vec![Cell::text("run"), Cell::Empty, Cell::text(run.name())],
        vec![Cell::text("verdict"), Cell::Empty, Cell::text(judged.status.word()), Cell::text(explain_track(judged))],
        vec![Cell::text("offset, V"), Cell::Empty, Cell::Number(offset)],
    ];
    for (row, cells) in (0..).zip(&told) {
        put(&mut sheet, row, cells)?;
    }
    head(&mut sheet, CURVE_HEAD, POINT_COLUMNS)?;
    let mut at = CURVE_HEAD + 1;
    for point in band_points(sweep, offset) {
        let row = [
            Cell::Number(point.position),
            Cell::number(Some(point.stored)),
            Cell::number(Some(point.shifted)),
            Cell::number(point.limits.map(|(low, _)| low)),
            Cell::number(point.limits.map(|(_, high)| high)),
            Cell::number(point.is_outside().then_some(point.shifted)),
        ];
        put(&mut sheet, at, &row)?;
        at += 1;
    }
    if at > CURVE_HEAD + 1 {
        let chart = curve_chart(name, &title, run.run.unit.symbol(), at - 1);
        sheet.insert_chart(CURVE_HEAD, 7, &chart)?;
    }
    Ok(sheet)
}

fn curve_chart(sheet: &str, title: &str, unit: &str, last: u32) -> Chart {
    let mut chart = Chart::new(ChartType::ScatterStraight);
    let lines = [("error at offset", 2, "#1F4E79"), ("lower limit", 3, "#C00000"), ("upper limit", 4, "#C00000")];
    let first = CURVE_HEAD + 1;
    for (name, column, color) in lines.into_iter().chain([("as stored", 1, "#A6A6A6")]) {
        let series = chart.add_series();
        series
            .set_name(name)
            .set_categories((sheet, first, 0, last, 0))
            .set_values((sheet, first, column, last, column));
        series.set_format(&mut line(color));
    }
    let outside = chart.add_series();
    outside.set_name("outside").set_categories((sheet, first, 0, last, 0)).set_values((sheet, first, 5, last, 5));
    let mut none = ChartFormat::new();
    none.set_line(ChartLine::new().set_hidden(true));
    outside.set_format(&mut none).set_marker(&dots("#C00000", 7));
    chart.title().set_name(&format!("Error of {}", titled(title)));
    // Beside the plot: the axes cross in the middle of the curve.
    let low = ChartAxisLabelPosition::Low;
    chart.x_axis().set_name(&format!("position, {unit}")).set_label_position(low);
    chart.y_axis().set_name("error, V").set_num_format("0.0000").set_label_position(low);
    chart.set_width(CHART.0).set_height(CHART.1);
    chart
}
