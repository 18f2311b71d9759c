//! Drawing every screen at every size, and what goes over the wire.

use std::sync::Arc;
use std::time::Instant;

use color_eyre::eyre::Result;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::rig::{Counter, milliseconds};
use super::spread;
use crate::analysis::{Learner, SigmaSettings};
use crate::cli::samples::SAMPLES;
use crate::config::{Config, Mode};
use crate::engine::{Outcome, process};
use crate::history::{FileFacts, Head, LogEntry, LogOutcome, Registered, RunKey, RunRecord, Tally};
use crate::learning::{AUC, Bar, Card, CardBin, CardFeature, Check, Figure, Gate};
use crate::session::{
    ArrivedRun, Event, FolderState, FolderView, HistoryState, LearnerView, ModelsView, Setup, Snapshot, clock,
};
use crate::trim::Source;
use crate::tui::{App, Canvas, Look, Msg, Stage, now, update, view};

const ROUNDS: usize = 400;
/// Bytes of other work, four times what a core keeps for itself.
const ELSEWHERE: usize = 8 << 20;
/// Screens with the keys that lead to them.
const SCREENS: [(&str, &str); 5] = [("Live", ""), ("Unit", "\n"), ("Models", "4jj"), ("Log", "6"), ("help", "?")];

pub(super) fn run(config: &Config) -> Result<()> {
    println!("median of {ROUNDS} drawings   (bar: ≤ 1 ms at 120×40)");
    for size in [(120, 40), (80, 24), (60, 16)] {
        for (name, keys) in SCREENS {
            let app = on_screen(config, size, keys);
            let mut canvas = Canvas::blank(size.0, size.1);
            let mut times: Vec<f64> = (0..ROUNDS)
                .map(|_| {
                    let start = Instant::now();
                    canvas.wipe();
                    view::draw(&app, &mut canvas);
                    milliseconds(start)
                })
                .collect();
            let (median, p95, _) = spread(&mut times);
            println!("  {:3}×{:2} {name:6} {median:.3} ms   p95 {p95:.3} ms", size.0, size.1);
        }
    }
    println!("drawn and put into bytes where another run is selected, Live at 120×40, median");
    for (elsewhere, what) in [(0, "at once"), (ELSEWHERE, "after other work had the caches")] {
        println!("  {:.3} ms   {what}", selecting(config, elsewhere)?);
    }
    wire(config)
}

/// Milliseconds from a change to the bytes for the terminal, where so many bytes were worked on in between.
fn selecting(config: &Config, elsewhere: usize) -> Result<f64> {
    let mut stage = Stage::new(filled(config, (120, 40)), Counter::default());
    let mut other_work = vec![0_u64; elsewhere / size_of::<u64>()];
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        for word in &mut other_work {
            *word = word.wrapping_add(1);
        }
        let key = if round % 2 == 0 { KeyCode::End } else { KeyCode::Home };
        stage.take(Msg::Key(KeyEvent::new(key, KeyModifiers::NONE)))?;
        let start = Instant::now();
        stage.draw(start)?;
        times.push(milliseconds(start));
    }
    std::hint::black_box(other_work);
    Ok(spread(&mut times).0)
}

/// Bytes of a whole change and of a cursor move at 120×40.
fn wire(config: &Config) -> Result<()> {
    let counter = Counter::default();
    let mut stage = Stage::new(filled(config, (120, 40)), counter.clone());
    stage.draw(Instant::now())?;
    println!("on the wire at 120×40");
    println!("  everything    {:5} bytes   (bar: ≤ 4,096)", counter.bytes());
    for (name, keys) in SCREENS {
        let all = Counter::default();
        Stage::new(on_screen(config, (120, 40), keys), all.clone()).draw(Instant::now())?;
        println!("  all of {name:6} {:5} bytes", all.bytes());
    }
    let mut moved = |code, what: &str, bar: &str| -> Result<()> {
        let before = counter.bytes();
        stage.take(Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))?;
        stage.draw(Instant::now())?;
        println!("  {what:13} {:5} bytes   {bar}", counter.bytes() - before);
        Ok(())
    };
    moved(KeyCode::Down, "next run", "(another unit's figures and curve)")?;
    moved(KeyCode::Char('6'), "to the Log", "(bar: ≤ 4,096)")?;
    moved(KeyCode::Down, "next log line", "(bar: ≤ 500)")
}

/// The same after some keys.
fn on_screen(config: &Config, size: (u16, u16), keys: &str) -> App {
    let mut app = filled(config, size);
    for key in keys.chars() {
        let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
        update(&mut app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }
    app
}

/// A screen with every sample on it.
fn filled(config: &Config, size: (u16, u16)) -> App {
    let mut app = App::new(Look::of(config), size, now());
    let setup = Setup::new(config, Vec::new(), None);
    for (sequence, (path, bytes)) in (1u64..).zip(SAMPLES) {
        let path = std::path::Path::new("/incoming").join(path);
        let source = Source { path: &path, laser: None, modified: None, today: None };
        let processed = process(bytes, source, &setup.analysis);
        let content = processed.content.unwrap_or_default();
        let file = FileFacts { path: path.display().to_string(), path_key: [0; 16], len: 0, mtime_ns: 0, content };
        if let Outcome::Judged { run, curves } = processed.outcome {
            let record =
                RunRecord { file: file.clone(), run: *run, arrived_ms: 0, revision: 0, excluded: None, sequence: 0 };
            let key = RunKey::of(&record.run, &file);
            let status = record.run.status.word().to_owned();
            let arrived = ArrivedRun { key: key.clone(), sequence, record, latency_ms: Some(7.0), not_kept: None };
            update(&mut app, Msg::Session(Box::new(Event::Arrived(Box::new(arrived), Arc::new(curves)))));
            let entry = LogEntry { sequence, at_ms: 0, file, outcome: LogOutcome::Run { key, status } };
            update(&mut app, Msg::Session(Box::new(Event::Logged(Box::new(entry)))));
        }
    }
    update(&mut app, Msg::Session(Box::new(Event::Models(Box::new(models())))));
    update(&mut app, Msg::Session(Box::new(Event::Snapshot(Box::new(header())))));
    app
}

/// A folder that is watched, on a day with a failure.
fn header() -> Snapshot {
    let laser = || Some("LTS".to_owned());
    let folder = FolderView { path: "/incoming".to_owned(), laser: laser(), line: laser(), state: FolderState::Live };
    Snapshot {
        folders: vec![folder],
        history: HistoryState::Kept,
        queue: 0,
        unreadable: 0,
        today: Tally { runs: 20, good: 14, failed: 6, units_good: 12, units_failed: 5, excluded: 0 },
        shift: None,
        shift_span: None,
        newest_ms: Some(clock::now_ms() - 180_000),
        open_alarms: 0,
        oldest_alarm: None,
    }
}

/// How learning stands where every learner has five versions with a full card.
fn models() -> ModelsView {
    let check = |what: &str, found: f64, bar: Bar, needed: f64| Check {
        what: what.to_owned(),
        bar,
        needed,
        found: Some(found),
        met: true,
    };
    let checks = vec![
        check("units", 7_120.0, Bar::AtLeast, 60.0),
        check("failed tracks", 4_310.0, Bar::AtLeast, 15.0),
        check("good tracks", 19_790.0, Bar::AtLeast, 15.0),
        check("Brier score", 0.108, Bar::Below, 0.147),
        check("AUC above the best rival, lower bound", 0.021, Bar::Above, 0.0),
    ];
    let trained_ms = clock::now_ms() - 3 * 86_400_000;
    let names = [
        (AUC, "untrimmed max error / spec"),
        ("average precision", "the base rate"),
        ("Brier score", "the base rate"),
        ("recall at 5 % false alarms", "the formula"),
    ];
    let figure = |how: &str, (name, rival): (&str, &str)| Figure {
        name: name.to_owned(),
        how: how.to_owned(),
        value: 0.8,
        interval: Some((0.7, 0.9)),
        rival: Some((rival.to_owned(), 0.7)),
    };
    let card = |learner, version| Card {
        learner,
        scope: String::new(),
        version,
        trained_ms,
        app: env!("CARGO_PKG_VERSION").to_owned(),
        rows: 24_100,
        units: 7_120,
        failures: 4_310,
        runs: (0, 1_700_000_000),
        filter: SigmaSettings::default().identity(),
        features: [0.31, 0.22, 0.17, 0.11, 0.08, 0.05, 0.03, 0.02, 0.01]
            .map(|importance| CardFeature { name: "untrimmed max error / spec".to_owned(), median: 1.5, importance })
            .to_vec(),
        settings: "200 trees, depth 15, min split 10, min leaf 5".to_owned(),
        figures: ["5 folds by unit", "forward in time, last fifth"]
            .iter()
            .flat_map(|how| names.map(|name| figure(how, name)))
            .collect(),
        reliability: (0..10u32)
            .map(|n| CardBin { count: 241, predicted: 0.1 * f64::from(n), observed: 0.1 * f64::from(n) + 0.05 })
            .collect(),
        gate: Gate { deployed: true, checks: checks.clone() },
        content: [0; 32],
        bytes: 400_000,
    };
    let versions = |learner| {
        let head = Head { deployed: Some(5), last: 5, since_ms: trained_ms, why: "new tracks".to_owned() };
        let version = |version| Registered { card: card(learner, version), deployed: version == 5, head: head.clone() };
        (1..=5).rev().map(version).collect()
    };
    let view = |learner| LearnerView {
        learner,
        mode: Mode::On,
        offer: None,
        next: "34 of 482 new tracks, or 30 days".to_owned(),
        versions: versions(learner),
        live: None,
        trouble: None,
    };
    ModelsView { learners: Learner::ALL.into_iter().map(view).collect(), training: None }
}
