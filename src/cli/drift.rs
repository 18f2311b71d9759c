//! `drift`, `alarms list|ack|export`, `baseline`: whether the process drifts, for scripts and cron.

use std::io::{self, Write};

use color_eyre::eyre::{Result, bail};

use super::args::{AlarmsCommand, BaselineArgs, DriftArgs, Format, TableFormat};
use super::{Exit, ingest};
use crate::config::Loaded;
use crate::engine::{Desk, clock, drift_report, holder};
use crate::export::{CsvRows, RowSink, drift as out, json_text, printable};
use crate::history::Store;
use crate::monitoring::{
    Acknowledgement, Alarm, DriftCharts, DriftLine, DriftList, Epoch, LotPoint, Metric, Standing, StreamKey, words,
};
use crate::trim::{LocalDate, LocalTime};

/// Lots of a stream that are printed, the newest.
const MOST_LOTS: usize = 12;

/// The monitor over a store, up to date and kept so.
pub(super) fn desk(store: &Store, loaded: &Loaded) -> Result<Desk> {
    let now = clock::now_ms();
    let mut desk = Desk::open(store, &loaded.config.drift)?;
    let settled = desk.settle(store, now)?;
    desk.keep(store, &settled, now)?;
    Ok(desk)
}

/// The list, or one product model. Exit code 1 while anything is in alarm.
pub(super) fn run(args: &DriftArgs, loaded: &Loaded) -> Result<Exit> {
    let store = ingest::open(&args.store, loaded)?;
    let desk = desk(&store, loaded)?;
    let list = desk.monitor().list();
    let named = |stream: &StreamKey| args.model.as_ref().is_none_or(|model| *model == stream.model);
    let lines: Vec<&DriftLine> = list.lines.iter().filter(|line| named(&line.stream)).collect();
    if lines.is_empty()
        && let Some(model) = &args.model
    {
        bail!("the history has no run of `{}` that is charted", printable(model));
    }
    let mut charts = Vec::new();
    if args.model.is_some() {
        for line in &lines {
            charts.extend(full(
                &desk,
                &store,
                &line.stream,
                args.metric.map_or(Metric::LinearityError, Into::into),
                loaded,
            )?);
        }
    }
    let stdout = &mut io::stdout().lock();
    match args.format {
        Format::Json if args.model.is_some() => {
            let all: Vec<_> = charts.iter().map(out::drift_charts).collect();
            writeln!(stdout, "{}", json_text(&all)?)?;
        }
        Format::Json => writeln!(stdout, "{}", json_text(&out::drift_list(&list))?)?,
        _ => told(stdout, &list, &lines, &charts)?,
    }
    let alarmed = lines.iter().any(|line| matches!(line.standing, Standing::Alarm { .. }));
    let silent = args.model.is_none() && list.open.iter().any(|alarm| alarm.stream.model.is_empty());
    Ok(if alarmed || silent { Exit::Loss } else { Exit::Fine })
}

fn full(
    desk: &Desk,
    store: &Store,
    stream: &StreamKey,
    metric: Metric,
    loaded: &Loaded,
) -> Result<Option<DriftCharts>> {
    let Some(mut charts) = desk.charts(store, stream, metric)? else { return Ok(None) };
    let filter = loaded.config.analysis().sigma.identity();
    charts.report = drift_report(store, &stream.model, &loaded.config.learning, filter)?.for_screen();
    Ok(Some(charts))
}

fn told(out: &mut impl Write, list: &DriftList, lines: &[&DriftLine], charts: &[DriftCharts]) -> Result<()> {
    let silences = list.open.iter().filter(|alarm| alarm.stream.model.is_empty() && charts.is_empty());
    for alarm in silences {
        writeln!(out, "ALARM  {}", printable(&alarm.sentence))?;
    }
    for line in lines {
        let ninety = match line.ninety.percent() {
            Some(percent) => format!("{percent:.0} % n {}", line.ninety.units),
            None => "no unit".to_owned(),
        };
        let name = line.stream.to_string();
        let name = printable(&name);
        writeln!(out, "{name:24}  {:18}  90 d {ninety:13}  {}", standing(line), printable(&line.why))?;
    }
    charts.iter().try_for_each(|charts| one(out, charts))?;
    if charts.is_empty() {
        footer(out, list)?;
    }
    Ok(())
}

fn standing(line: &DriftLine) -> String {
    match line.standing {
        Standing::Alarm { since } => format!("ALARM {}", since.date),
        Standing::Learning { lots, of_lots, .. } if lots < of_lots => format!("learning {lots} of {of_lots} lots"),
        Standing::Learning { units, of_units, .. } if units < of_units => format!("learning {units} of {of_units}"),
        Standing::Idle { days } => format!("idle {days} days"),
        standing => standing.word().to_owned(),
    }
}

fn footer(out: &mut impl Write, list: &DriftList) -> Result<()> {
    let expected = list.expected_days.map(|days| {
        let bounded = if list.clamped { ", some limits being bounded" } else { "" };
        format!("; the limits keep one in {days:.0} days{bounded}")
    });
    let asked = list.asked_days;
    writeln!(out, "one false alarm in {asked:.0} days is asked for{}", expected.unwrap_or_default())?;
    Ok(())
}

fn one(out: &mut impl Write, charts: &DriftCharts) -> Result<()> {
    if let Some(share) = &charts.share {
        writeln!(
            out,
            "  fail share   baseline {} of {} units, {} lots, {} to {}",
            words::percent(share.share),
            share.units,
            share.lots,
            share.from.date,
            share.to.date
        )?;
    }
    for lot in charts.lots.iter().rev().take(MOST_LOTS).rev() {
        writeln!(out, "  lot {}  {}", lot.last.date, lot_words(lot))?;
    }
    for evidence in charts.evidence.iter().filter(|evidence| evidence.now.is_some()) {
        let metric = evidence.metric;
        let reading = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| words::reading(metric, value));
        let baseline = reading(evidence.baseline.map(|baseline| baseline.centre));
        let shift = evidence.shift.map(words::shift).unwrap_or_default();
        let sign = if evidence.signal { "signal" } else { "" };
        writeln!(
            out,
            "  {:22} baseline {baseline:>9}  now {:>9}  {shift:>9}  n {}  {sign}",
            metric.title(),
            reading(evidence.now),
            evidence.units
        )?;
    }
    for marker in &charts.markers {
        writeln!(out, "  changed {}  {}", marker.time.date, printable(&marker.to_string()))?;
    }
    if let Some(report) = &charts.report {
        writeln!(out, "  {}  ({})", printable(&report.severity), printable(&report.speaker))?;
        for line in report.moved.iter().chain(&report.recommendations) {
            writeln!(out, "    {}", printable(line))?;
        }
    }
    for alarm in &charts.alarms {
        writeln!(out, "  {}", alarm_line(alarm))?;
    }
    Ok(())
}

fn lot_words(lot: &LotPoint) -> String {
    let share = lot.share().map_or_else(|| "–".to_owned(), words::percent);
    let limit = lot.limit.map(|limit| format!("  limit {}", words::percent(limit))).unwrap_or_default();
    let mark = match (lot.signal, lot.in_baseline) {
        (true, _) => "  SIGNAL",
        (_, true) => "  baseline",
        _ if lot.state != crate::spc::LotState::Closed => "  not judged",
        _ => "",
    };
    format!("{:>4} of {:<3} failed {share:>5}{limit}{mark}", lot.failed, lot.units)
}

fn alarm_line(alarm: &Alarm) -> String {
    let seen = alarm.acknowledged.as_ref().map_or_else(
        || "OPEN".to_owned(),
        |seen| format!("acknowledged {} {} {}", printable(&seen.cause), printable(&seen.by), printable(&seen.note)),
    );
    let doubts: Vec<&str> = alarm.doubts.iter().map(|doubt| doubt.words()).collect();
    let doubts = if doubts.is_empty() { String::new() } else { format!("  ({})", doubts.join(", ")) };
    format!("{:>4}  {}  {}{doubts}  {}", alarm.id, alarm.time, printable(&alarm.sentence), seen.trim_end())
}

/// Runs one of `alarms`.
pub(super) fn alarms(what: &AlarmsCommand, loaded: &Loaded) -> Result<Exit> {
    match what {
        AlarmsCommand::List { all, model, format, store } => {
            let store = ingest::open(store, loaded)?;
            let desk = desk(&store, loaded)?;
            let alarms = sorted(&desk, |alarm| {
                (*all || alarm.is_open()) && model.as_ref().is_none_or(|model| alarm.stream.model == *model)
            });
            let stdout = &mut io::stdout().lock();
            for alarm in &alarms {
                match format {
                    Format::Json => writeln!(stdout, "{}", json_text(&out::alarm(alarm))?)?,
                    _ => writeln!(stdout, "{}", alarm_line(alarm))?,
                }
            }
            Ok(if alarms.iter().any(Alarm::is_open) { Exit::Loss } else { Exit::Fine })
        }
        AlarmsCommand::Ack { alarms, cause, note, by, store } => {
            let store = ingest::open(store, loaded)?;
            let by = by.clone().unwrap_or_else(|| holder().user);
            acknowledge(
                &store,
                loaded,
                alarms,
                &Acknowledgement {
                    cause: cause.clone(),
                    by,
                    note: note.clone().unwrap_or_default(),
                    at_ms: clock::now_ms(),
                    newest: None,
                },
            )
        }
        AlarmsCommand::Export { since, format, store } => {
            let store = ingest::open(store, loaded)?;
            let desk = desk(&store, loaded)?;
            let alarms = sorted(&desk, |alarm| since.is_none_or(|since| alarm.time.date >= since));
            export(&alarms, *format)
        }
    }
}

/// Alarms in the order of their signals.
pub(super) fn sorted(desk: &Desk, wanted: impl Fn(&Alarm) -> bool) -> Vec<Alarm> {
    let mut alarms: Vec<Alarm> = desk.monitor().alarms().filter(|alarm| wanted(alarm)).cloned().collect();
    alarms.sort_by_key(|alarm| (alarm.time, alarm.id));
    alarms
}

fn acknowledge(store: &Store, loaded: &Loaded, numbers: &[u64], word: &Acknowledgement) -> Result<Exit> {
    let causes = &loaded.config.drift.causes;
    if !causes.contains(&word.cause) {
        bail!("`{}` is no cause; the configuration knows: {}", printable(&word.cause), causes.join(", "));
    }
    let mut desk = desk(store, loaded)?;
    for number in numbers {
        let Some(alarm) = desk.monitor().alarm(*number) else { bail!("there is no alarm {number}") };
        if let Some(seen) = &alarm.acknowledged {
            bail!("alarm {number} was acknowledged by {} ({})", printable(&seen.by), printable(&seen.cause));
        }
    }
    for number in numbers {
        let Some((keep, line)) = desk.acknowledge(*number, word.clone()) else { continue };
        store.keep_drift(&[keep], vec![line], word.at_ms)?;
        if let Some(alarm) = desk.monitor().alarm(*number) {
            println!("{}", alarm_line(alarm));
        }
    }
    Ok(Exit::Fine)
}

fn export(alarms: &[Alarm], format: TableFormat) -> Result<Exit> {
    let stdout = io::stdout().lock();
    match format {
        TableFormat::Csv => {
            let mut table = CsvRows::new(stdout, out::ALARM_COLUMNS)?;
            for alarm in alarms {
                table.row(&out::alarm_row(alarm))?;
            }
            table.flush()?;
        }
        TableFormat::Jsonl => {
            let mut stdout = stdout;
            for alarm in alarms {
                writeln!(stdout, "{}", json_text(&out::alarm(alarm))?)?;
            }
        }
    }
    Ok(Exit::Fine)
}

/// A new baseline for a product model from a day on, at one laser or at all it ran at.
pub(super) fn baseline(args: &BaselineArgs, loaded: &Loaded) -> Result<Exit> {
    let store = ingest::open(&args.store, loaded)?;
    let mut desk = desk(&store, loaded)?;
    let (by, at_ms) = (args.by.clone().unwrap_or_else(|| holder().user), clock::now_ms());
    let list = desk.monitor().list();
    let streams =
        list.lines.into_iter().map(|line| line.stream).filter(|stream| {
            stream.model == args.model && args.laser.as_ref().is_none_or(|laser| *laser == stream.laser)
        });
    let streams: Vec<StreamKey> = streams.collect();
    if streams.is_empty() {
        bail!("the history has no run of `{}` that is charted", printable(&args.model));
    }
    for stream in streams {
        let (from, reason) = (args.from.midnight(), args.reason.clone());
        println!("{}: a new baseline from {} on", printable(&stream.to_string()), args.from);
        let (keep, line) = desk.begin(Epoch { stream, from, reason, by: by.clone(), at_ms });
        store.keep_drift(&[keep], vec![line], at_ms)?;
    }
    let settled = desk.settle(&store, at_ms)?;
    desk.keep(&store, &settled, at_ms)?;
    Ok(Exit::Fine)
}

/// A day on the command line.
pub(super) fn day(text: &str) -> Result<LocalDate, String> {
    let mut parts = text.splitn(3, '-').map(str::parse::<u32>);
    let mut next = || parts.next().and_then(Result::ok);
    let date = (|| {
        let (year, month, day) = (next()?, next()?, next()?);
        LocalDate::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    })();
    date.filter(|date| LocalTime::timestamp(date.midnight()) >= 0).ok_or_else(|| "a day like 2026-11-03".to_owned())
}
