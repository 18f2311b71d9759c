//! Drift over a large history: opening, the list, a model's charts, one arriving run, making everything anew.

use std::time::Instant;

use color_eyre::eyre::{Result, eyre};

use super::spread;
use super::start::fill_varied;
use crate::analysis::{JudgedRun, Status};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::engine::{Desk, clock, holder};
use crate::history::Store;
use crate::monitoring::{Metric, Observation, RunId};
use crate::spc::run_length::chance::Chance;
use crate::trim::LocalTime;

/// Product models of the shop.
const MODELS: usize = 300;
/// Units in a lot.
const LOT: usize = 10;
const DAY: i64 = 86_400;

pub(super) fn run(runs: usize, config: &Config) -> Result<()> {
    let folder = Temporary::new("bench-drift")?;
    fill_varied(&folder, runs, config, vary)?;
    let dir = folder.0.join("history");
    let open = || Store::open(&dir, &holder()).map(|(store, _)| store);
    let store = open()?;
    println!("{runs} runs of {MODELS} models");
    let start = Instant::now();
    let mut desk = Desk::open(&store, &config.drift)?;
    let settled = desk.settle(&store, clock::now_ms())?;
    told("first reading, baselines found", start, None);
    println!("  alarms           {}", settled.raised.len());
    desk.keep(&store, &settled, clock::now_ms())?;
    drop((desk, store));
    reopened(&open()?, config)?;
    rebuilt(&open()?, config)
}

/// The list and the charts from what was kept.
fn reopened(store: &Store, config: &Config) -> Result<()> {
    let start = Instant::now();
    let mut desk = Desk::open(store, &config.drift)?;
    desk.settle(store, clock::now_ms())?;
    let list = desk.monitor().list();
    told("list after opening", start, Some("≤ 100"));
    let mut took = Vec::new();
    for line in list.lines.iter().take(100) {
        let start = Instant::now();
        desk.charts(store, &line.stream, Metric::UntrimmedResistance)?.ok_or_else(|| eyre!("no charts"))?;
        took.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    let (median, p95, most) = spread(&mut took);
    println!("  a model's charts p50 {median:.1}  p95 {p95:.1}  max {most:.1} ms   (bar: ≤ 50)");
    arriving(&mut desk, store)
}

/// One run after the other, each settled: every statistic of its model and whatever follows for the shop.
fn arriving(desk: &mut Desk, store: &Store) -> Result<()> {
    let (_, newest) = desk.monitor().span().ok_or_else(|| eyre!("no run"))?;
    let list = desk.monitor().list();
    let mut took = Vec::new();
    for (n, line) in (1..).zip(list.lines.iter().cycle().take(2_000)) {
        let (_, record) = store.model_runs(&line.stream.model)?.pop().ok_or_else(|| eyre!("no run"))?;
        let time = LocalTime::from_timestamp(newest.timestamp() + n).ok_or_else(|| eyre!("no time"))?;
        let id = RunId { time, identity: u128::try_from(n)?.to_be_bytes() };
        let mut run = record.run;
        run.identity.serial = format!("new {n}");
        let start = Instant::now();
        let run = Observation::of(&run, &line.stream.model, id).ok_or_else(|| eyre!("not charted"))?;
        desk.monitor_mut().arrive(&run, u64::MAX, clock::now_ms());
        desk.settle(store, clock::now_ms())?;
        took.push(start.elapsed().as_secs_f64() * 1e6);
    }
    let (median, p95, most) = spread(&mut took);
    println!("  an arriving run  p50 {median:.0}  p95 {p95:.0}  max {most:.0} µs   (bar: ≤ 200)");
    Ok(())
}

/// All states from the runs, on the baselines that are frozen.
fn rebuilt(store: &Store, config: &Config) -> Result<()> {
    store.keep_states(&[], &store.shifts_known(), Some(u64::MAX))?;
    let start = Instant::now();
    let mut desk = Desk::open(store, &config.drift)?;
    desk.settle(store, clock::now_ms())?;
    told("all states anew", start, Some("≤ 5,000"));
    Ok(())
}

fn told(what: &str, start: Instant, bar: Option<&str>) {
    let bar = bar.map(|bar| format!("   (bar: {bar})")).unwrap_or_default();
    println!("  {what:16} {:.0} ms{bar}", start.elapsed().as_secs_f64() * 1_000.0);
}

/// The n-th run: lots of ten units, a lot of each model every week or so, figures that vary.
fn vary(n: usize, run: &mut JudgedRun) {
    let (lot, unit) = (n / LOT, n % LOT);
    let (model, round) = (lot % MODELS, lot / MODELS);
    let mut chance = Chance::new(7, n as u64);
    run.identity.model = format!("9{model:03}-1");
    let whole = |number: usize| i64::try_from(number).unwrap_or(0);
    let day = 18_000 + 7 * whole(round) + whole(model % 5);
    run.identity.time = LocalTime::from_timestamp(day * DAY + 25_200 + 60 * whole(model) + 300 * whole(unit));
    for track in &mut run.tracks {
        if let Some(before) = &mut track.resistance.before {
            *before *= 1.0 + 0.03 * chance.normal();
        }
        let linearity = track.figures.as_mut().and_then(|figures| figures.linearity.as_mut());
        if let Some(linearity) = linearity {
            linearity.error_share = 0.6 * (0.2 * chance.normal()).exp();
        }
        let untrimmed = track.untrimmed.as_mut().and_then(|figures| figures.linearity.as_mut());
        if let Some(untrimmed) = untrimmed {
            untrimmed.stored_error *= (0.2 * chance.normal()).exp();
        }
    }
    run.status = if chance.unit() < 0.1 { Status::Fail } else { Status::Pass };
}
