//! `export pack`: a workbook to hand over as evidence, for a product model, a lot or a unit.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;

use color_eyre::eyre::{Result, bail};

use super::args::PackArgs;
use super::export::not_given_up;
use super::out::OutFile;
use super::{Exit, drift, ingest, version};
use crate::config::Loaded;
use crate::engine::{Desk, clock, holder, kept};
use crate::export::{Cell, ExportError, Pack, printable};
use crate::history::{RunRecord, Store};
use crate::monitoring::{DriftCharts, Metric, StreamKey};
use crate::trim::{LocalDate, LocalTime};

/// Runs of a product model or a lot whose curves are in the pack, the newest.
const MOST_CURVES: usize = 20;
/// Runs of one unit whose curves are.
const MOST_OF_UNIT: usize = 100;

/// Which runs of the product model.
enum Scope {
    Model,
    Unit(String),
    /// Laser and times of the first and the last run, of each lot.
    Lots(Vec<(String, LocalTime, LocalTime)>),
}

impl Scope {
    fn takes(&self, record: &RunRecord) -> bool {
        let identity = &record.run.identity;
        match self {
            Self::Model => true,
            Self::Unit(serial) => identity.serial.trim().eq_ignore_ascii_case(serial.trim()),
            Self::Lots(lots) => lots.iter().any(|(laser, first, last)| {
                identity.laser.as_deref().unwrap_or_default() == laser
                    && identity.time.is_some_and(|time| (*first..=*last).contains(&time))
            }),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Model => "all runs of the product model".to_owned(),
            Self::Unit(serial) => format!("the unit {serial}"),
            Self::Lots(lots) => {
                let lot = |(laser, first, last): &(String, LocalTime, LocalTime)| {
                    let laser = if laser.is_empty() { "unknown laser" } else { laser };
                    format!("the lot of {} to {} on {laser}", first.date, last.date)
                };
                lots.iter().map(lot).collect::<Vec<String>>().join("; ")
            }
        }
    }
}

/// What the runs come to.
#[derive(Default)]
struct Counts {
    runs: u64,
    first: Option<LocalTime>,
    last: Option<LocalTime>,
    /// Excluded runs by reason.
    excluded: BTreeMap<String, u64>,
    /// Counted runs by status.
    statuses: BTreeMap<&'static str, u64>,
    /// Whether the last counted run of each section of a unit was good.
    units: HashMap<(String, String), bool>,
    no_unit: u64,
    without_curves: u64,
    good: u64,
    graded: u64,
    /// Runs of the product model that cannot be read: nobody knows which of them are meant.
    damaged: u64,
    /// Runs whose curves should be in the pack and cannot be read.
    damaged_curves: u64,
}

impl Counts {
    fn count(&mut self, record: &RunRecord, has_curves: bool) {
        let identity = &record.run.identity;
        self.runs += 1;
        self.first = self.first.or(identity.time);
        self.last = identity.time.or(self.last);
        self.without_curves += u64::from(!has_curves);
        if let Some(word) = &record.excluded {
            *self.excluded.entry(format!("{} ({})", word.reason, word.by)).or_default() += 1;
            return;
        }
        *self.statuses.entry(record.run.status.word()).or_default() += 1;
        let Some(good) = record.run.status.counts_as_good() else { return };
        self.graded += 1;
        self.good += u64::from(good);
        if identity.is_unit() {
            let section = identity.section.clone().unwrap_or_default();
            self.units.insert((identity.serial.trim().to_lowercase(), section), good);
        } else {
            self.no_unit += 1;
        }
    }

    /// Names and words of the summary.
    fn lines(&self) -> Vec<(String, Cell<'static>)> {
        let line = |name: &str, words: String| (name.to_owned(), Cell::text(words));
        let count = |name: &str, count: u64| (name.to_owned(), Cell::Count(count));
        let time = |time: Option<LocalTime>| time.map_or_else(|| "not known".to_owned(), |time| time.to_string());
        let excluded: u64 = self.excluded.values().sum();
        let good_units = self.units.values().filter(|good| **good).count() as u64;
        let mut lines = vec![
            line("first run", time(self.first)),
            line("last run", time(self.last)),
            count("runs", self.runs),
            count("runs that count", self.runs - excluded),
            count("runs excluded", excluded),
        ];
        lines.extend(self.excluded.iter().map(|(reason, n)| count(&format!("   because: {reason}"), *n)));
        lines.extend(self.statuses.iter().map(|(status, n)| count(&format!("   {status}"), *n)));
        let units = self.units.len() as u64;
        lines.push(line("run yield, linearity good", share(self.good, self.graded)));
        lines.push(line("unit yield, linearity good", share(good_units, units)));
        lines.push(count("units", units));
        lines.push(count("units whose linearity is good", good_units));
        lines.push(count("graded runs of no unit (junk serial)", self.no_unit));
        lines.push(count("runs without kept curves", self.without_curves));
        lines.push(count("damaged runs of the model, in nothing here", self.damaged));
        lines.push(count("runs whose curves are damaged", self.damaged_curves));
        lines
    }
}

/// `91.7 % (11 of 12)`.
fn share(good: u64, of: u64) -> String {
    let mut said = if of > 0 { format!("{:.1} %", 100.0 * good as f64 / of as f64) } else { "–".to_owned() };
    let _ = write!(said, " ({good} of {of})");
    said
}

/// Makes the workbook.
pub(super) fn run(args: &PackArgs, loaded: &Loaded) -> Result<Exit> {
    let Some(path) = &args.out.out else { bail!("--out FILE.xlsx says where the pack goes") };
    let out = OutFile::begin(path, args.out.force)?;
    let store = ingest::open(&args.store, loaded)?;
    let charts = charts(&drift::desk(&store, loaded)?, &store, &args.model)?;
    let scope = scope(args, &charts)?;
    let counts = not_given_up(Some(path), || write(&store, &args.model, &scope, &charts, &out))?;
    out.finish()?;
    println!("{}: {} runs, unit yield in its Summary", printable(&path.display().to_string()), counts.runs);
    let lacking = [
        (counts.damaged, "runs are damaged and not"),
        (counts.damaged_curves, "runs have damaged curves, which are not"),
    ];
    for (count, words) in lacking.into_iter().filter(|(count, _)| *count > 0) {
        eprintln!("{count} {words} in it; `trimwatch history verify --repair` makes them anew from their files");
    }
    Ok(if counts.damaged + counts.damaged_curves > 0 { Exit::SomeFilesFailed } else { Exit::Fine })
}

/// Everything the workbook holds. What is damaged is left out, counted, and said in the summary.
fn write(store: &Store, model: &str, scope: &Scope, charts: &[DriftCharts], out: &OutFile) -> Result<Counts> {
    let mut pack = Pack::new(out.folder())?;
    let (mut counts, newest) = fill(&mut pack, store, model, scope)?;
    if counts.runs == 0 {
        bail!("the history has no run of `{}` that is meant", printable(model));
    }
    charts.iter().try_for_each(|charts| pack.lots(charts))?;
    for record in newest.iter().rev() {
        match store.curves_of(record) {
            Ok(Some(curves)) => pack.curve(&kept(record), &curves)?,
            Ok(None) => {}
            Err(_) => counts.damaged_curves += 1,
        }
    }
    let summary = summary(model, scope, &counts, (pack.curve_count(), newest.len()));
    pack.finish(&summary, std::io::BufWriter::new(out.file()?))?;
    Ok(counts)
}

/// The charts of a product model at each laser.
fn charts(desk: &Desk, store: &Store, model: &str) -> Result<Vec<DriftCharts>> {
    let list = desk.monitor().list();
    let streams: Vec<StreamKey> =
        list.lines.into_iter().map(|line| line.stream).filter(|stream| stream.model == model).collect();
    let charts = streams.iter().map(|stream| desk.charts(store, stream, Metric::LinearityError));
    Ok(charts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn scope(args: &PackArgs, charts: &[DriftCharts]) -> Result<Scope> {
    if let Some(serial) = &args.serial {
        return Ok(Scope::Unit(serial.clone()));
    }
    let Some(day) = args.lot else { return Ok(Scope::Model) };
    let lots = charts.iter().flat_map(|charts| {
        let holds = |first: LocalTime, last: LocalTime| (first.date..=last.date).contains(&day);
        let lots = charts.lots.iter().filter(move |lot| holds(lot.first, lot.last));
        lots.map(|lot| (charts.stream.laser.clone(), lot.first, lot.last))
    });
    let lots: Vec<_> = lots.collect();
    if lots.is_empty() {
        bail!("no lot of `{}` holds {day}; {}", printable(&args.model), near(charts, day));
    }
    Ok(Scope::Lots(lots))
}

/// The lot nearest to a day, in words.
fn near(charts: &[DriftCharts], day: LocalDate) -> String {
    let lots = charts.iter().flat_map(|charts| &charts.lots);
    let nearest = lots.min_by_key(|lot| (lot.first.date.days() - day.days()).abs());
    nearest.map_or_else(
        || "it has no lot at all".to_owned(),
        |lot| format!("the nearest is {} to {}", lot.first.date, lot.last.date),
    )
}

/// The tables, what they come to, and the newest runs.
fn fill(pack: &mut Pack, store: &Store, model: &str, scope: &Scope) -> Result<(Counts, VecDeque<RunRecord>)> {
    let most = if matches!(scope, Scope::Unit(_)) { MOST_OF_UNIT } else { MOST_CURVES };
    let (mut counts, mut newest) = (Counts::default(), VecDeque::new());
    let mut refused: Option<ExportError> = None;
    let damaged = store.each_run_of(model, |_, record| {
        if refused.is_some() || !scope.takes(&record) {
            return;
        }
        refused = pack.run(&kept(&record)).err();
        counts.count(&record, store.has_curves(&record).unwrap_or(false));
        newest.push_back(record);
        if newest.len() > most {
            newest.pop_front();
        }
    })?;
    counts.damaged = damaged;
    refused.map_or(Ok((counts, newest)), |error| Err(error.into()))
}

fn summary(
    model: &str,
    scope: &Scope,
    counts: &Counts,
    (curves, runs): (usize, usize),
) -> Vec<(String, Cell<'static>)> {
    let line = |name: &str, words: String| (name.to_owned(), Cell::text(words));
    let made = clock::local_now().map(|now| now.to_string()).unwrap_or_default();
    let mut lines = vec![
        line("evidence pack", format!("product model {model}")),
        line("of", scope.words()),
        line("made", format!("{made} by {} on {}", holder().user, holder().host)),
        line("with", format!("trimwatch {}", version())),
    ];
    lines.extend(counts.lines());
    lines.push(line("curves in this pack", format!("{curves}, of the newest {runs} runs")));
    lines.push(line(
        "reads as",
        "errors, limits and offsets in volts; resistance in ohm; times are the station's".to_owned(),
    ));
    lines.push(line(
        "yield counts",
        "PASS and WARNING as good, of PASS, WARNING and FAIL; excluded runs in nothing".to_owned(),
    ));
    lines.push(line(
        "a unit counts",
        "by its last counted run, each section by itself; junk serials are no unit".to_owned(),
    ));
    lines
}
