//! Asking a large history: building the overview, first pages for easy and hard filters, memory.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, ensure};
use crossterm::event::KeyCode;

use super::rig::{Rig, milliseconds};
use super::{process, spread, start};
use crate::cli::demo::Temporary;
use crate::config::Config;
use crate::engine::{holder, moment};
use crate::history::{Filter, Grouping, Overview, Query, SortBy, Step, Store};
use crate::learning::random::Random;
use crate::tui::{App, page_for};

/// How often each question is asked.
const ROUNDS: usize = 30;
/// Rows of runs on a screen of 120×40.
const ROWS: usize = 29;

/// Filters and columns, the worst ones among them: every run, every serial looked at, a text in all names.
const QUESTIONS: [(&str, SortBy, usize); 14] = [
    ("", SortBy::Time, 0),
    ("", SortBy::Time, 50_000),
    ("", SortBy::Serial, 50_000),
    ("", SortBy::Risk, 99_999),
    ("", SortBy::Status, 50_000),
    ("model:9101*", SortBy::Time, 0),
    ("sn:*7*", SortBy::Margin, 1_000),
    ("sn:*1*2*3*", SortBy::Time, 0),
    ("1", SortBy::Roughness, 5_000),
    ("e", SortBy::Serial, 0),
    ("Correct 9 -status:fail", SortBy::Disposition, 0),
    ("risk:>0.2 margin:<50 r:1..9 passes:>=1", SortBy::Change, 0),
    ("since:30d status:fail,error", SortBy::Time, 0),
    ("until:2018-01-01 -sn:*5 laser:lts excluded:no", SortBy::Model, 10_000),
];

/// Makes a history and asks it; `at` one that was made before, as a process that made none.
pub(super) fn run(runs: usize, at: Option<PathBuf>, config: &Config) -> Result<()> {
    if let Some(at) = at {
        return on_screen(Temporary(at), config);
    }
    let folder = Temporary::new("bench-history")?;
    start::fill(&folder, runs, None, config)?;
    asked_directly(&folder, runs, config)?;
    // What making the history took of memory is not the program's: it is measured in a process of its own.
    let program = std::env::current_exe()?;
    let done = Command::new(program).args(["bench", "history", "--at"]).arg(&folder.0).status()?;
    ensure!(done.success(), "the whole program ended with {done}");
    Ok(())
}

/// The index by itself, with the page's records read from the store.
fn asked_directly(folder: &Temporary, runs: usize, config: &Config) -> Result<()> {
    let (store, _) = Store::open(&folder.0.join("history"), &holder())?;
    let before = process::resident_mb();
    let built = Instant::now();
    let (mut overview, _) = Overview::build(&store, |_| ControlFlow::Continue(()))?;
    println!("{runs} runs; the overview takes {:.0} ms to build", milliseconds(built));
    let grown = process::resident_mb().zip(before).map(|(now, before)| now - before);
    println!("  it takes         {}, the engine's pages among it", process::said(grown, "MB"));
    let limit = page_for(ROWS);
    println!("one page of {limit}, median of {ROUNDS}: found in the index + read from the store   (bar: ≤ 50 ms)");
    let moment = moment(&config.shifts);
    let mut worst = (0.0_f64, 0.0_f64);
    for (text, sort, row) in QUESTIONS {
        let query = Query { filter: Filter::parse(text)?, sort, row, limit, ..Query::default() };
        let (mut index, mut whole) = (Vec::new(), Vec::new());
        let mut found = 0;
        for _ in 0..ROUNDS {
            let asked = Instant::now();
            let page = overview.page(&query, &moment)?;
            index.push(milliseconds(asked));
            page.keys.iter().for_each(|key| drop(std::hint::black_box(store.run(key))));
            whole.push(milliseconds(asked));
            found = page.found;
        }
        let ((index, _, index_most), (whole, _, whole_most)) = (spread(&mut index), spread(&mut whole));
        worst = (worst.0.max(index_most), worst.1.max(whole_most));
        println!("  {index:6.2} ms + {:5.2} ms  {found:6} found  by {:7} {text}", whole - index, sort.word());
    }
    println!("  most {:.1} ms in the index, {:.1} ms with the page's records", worst.0, worst.1);
    others(&mut overview, config)
}

fn others(overview: &mut Overview, config: &Config) -> Result<()> {
    let (moment, limit) = (moment(&config.shifts), page_for(ROWS));
    let query = Query { filter: Filter::default(), sort: SortBy::Serial, row: 3, limit, ..Query::default() };
    let mut find = Vec::new();
    let mut yields = Vec::new();
    for _ in 0..ROUNDS {
        let asked = Instant::now();
        overview.find(&query, "99", Step::Next, &moment)?;
        find.push(milliseconds(asked));
        let asked = Instant::now();
        overview.yields(&Filter::parse("r:>0")?, Grouping::Day, &moment)?;
        yields.push(milliseconds(asked));
    }
    println!(
        "  next hit of a text {:.2} ms, yields by day of a filter {:.2} ms",
        spread(&mut find).0,
        spread(&mut yields).0
    );
    Ok(())
}

/// The whole program: the key, the question, the page, the drawing.
fn on_screen(folder: Temporary, config: &Config) -> Result<()> {
    let start = Instant::now();
    let mut rig = Rig::start(config, folder)?;
    rig.until(Duration::from_mins(2), |app| app.opened)?;
    let asked = Instant::now();
    rig.press(KeyCode::Char('5'))?;
    let shown = once(&mut rig, |app| app.history.page.is_some())?;
    println!("the whole program");
    println!(
        "  5 pressed at once → first page   {:.0} ms, {:.0} ms after the start",
        (shown - asked).as_secs_f64() * 1_000.0,
        (shown - start).as_secs_f64() * 1_000.0
    );
    // Nothing but the newest runs can be told before the index is built.
    let took = sorted(&mut rig)?;
    println!("  s pressed at once → page sorted  {took:.0} ms, {:.0} ms after the start", milliseconds(start));
    let (mut turned, mut beside, mut slowest) = (Vec::new(), Vec::new(), (0.0, SortBy::Time, 0));
    for round in 1..=2 * ROUNDS {
        let took = sorted(&mut rig)?;
        turned.push(took);
        if took > slowest.0 {
            slowest = (took, rig.stage.app.history.sort, round);
        }
        let begun = Instant::now();
        fixed_work();
        beside.push(milliseconds(begun));
        // A person does not press faster; the pace of drawing is not what is measured.
        rig.run_for(Duration::from_millis(120))?;
    }
    let (median, p95, most) = spread(&mut turned);
    let (_, sort, round) = slowest;
    println!(
        "  s pressed → page sorted and drawn   median {median:.1} ms   p95 {p95:.1} ms   most {most:.1} ms by {}, press {round}   (bar: ≤ 50)",
        sort.word()
    );
    let (median, p95, most) = spread(&mut beside);
    println!("  always the same work beside it      median {median:.1} ms   p95 {p95:.1} ms   most {most:.1} ms");
    println!("  memory           {} now   (bar: ≤ 120)", process::said(process::resident_mb(), "MB"));
    rig.session.stop();
    Ok(())
}

/// Sorts by the next column; how long until its page was drawn, milliseconds.
fn sorted(rig: &mut Rig) -> Result<f64> {
    let asked = Instant::now();
    let before = rig.stage.app.history.asked.number;
    rig.press(KeyCode::Char('s'))?;
    once(rig, |app| app.history.asked.number > before && !app.history.asked.waits)?;
    Ok(milliseconds(asked))
}

/// When something holds on the screen: a key may have been drawn with its answer.
fn once(rig: &mut Rig, holds: impl Fn(&App) -> bool) -> Result<Instant> {
    if holds(&rig.stage.app) { Ok(Instant::now()) } else { rig.until(Duration::from_mins(2), holds) }
}

/// About as much as a question takes, and the same every time: how much longer it lasts now and then is the machine's doing.
fn fixed_work() {
    let mut random = Random::new(7);
    let mut numbers: Vec<u64> = (0..300_000).map(|_| random.next_u64()).collect();
    numbers.sort_unstable();
    std::hint::black_box(numbers);
}
