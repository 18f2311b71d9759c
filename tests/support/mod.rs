//! What several tests need: the samples, judged runs, a screen filled with them.
#![allow(dead_code, reason = "every test file takes what it needs")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first thing that is wrong")]

pub mod drift_app;
pub mod drifted;
pub mod drifting;
pub mod hostile;
pub mod learned;
pub mod program;
#[cfg(unix)]
pub mod pty;
pub mod shop;

use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use trimwatch::analysis::{AnalysisSettings, JudgedRun, RunCurves};
use trimwatch::config::{Bell, Marker};
use trimwatch::engine::{Outcome, process};
use trimwatch::history::{
    Act, Committed, Ending, Entry, Exclusion, FileFacts, Filter, Holder, LogEntry, LogOutcome, Moment, Overview,
    RunKey, RunRecord, Store, Tally, counted_yields,
};
use trimwatch::session::{ArrivedRun, Event, FolderState, FolderView, HistoryPage, HistoryState, Request, Snapshot};
use trimwatch::trim::Source;
use trimwatch::trim::{LocalDate, LocalTime};
use trimwatch::tui::{App, Canvas, Clock, Depth, Effect, KeyMap, Look, Msg, Resume, Symbols, Theme, update, view};

/// Noon on the day the screens are drawn.
pub const NOON: Clock = Clock { now_ms: 1_773_921_600_000, offset_seconds: 0 };

/// The samples' folder.
pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// An example's program. `cargo test` builds the examples beside the tests.
pub fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let target = test.parent().and_then(Path::parent).expect("the target folder");
    let program = target.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "{name} is not built: `cargo test` does it, `cargo test --test` does not");
    program
}

/// Every file of a samples folder, sorted.
pub fn files_of(folder: &str) -> Vec<PathBuf> {
    files_below(&samples().join(folder))
}

/// Every file below a folder, sorted.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

/// The path of the sample whose name holds these words.
pub fn sample(words: &str) -> PathBuf {
    let hit = files_of("incoming").into_iter().find(|path| path.display().to_string().contains(words));
    hit.unwrap_or_else(|| panic!("no sample `{words}`"))
}

/// Judges bytes as if they lay at a path.
pub fn judge_bytes(bytes: &[u8], path: &Path) -> Outcome {
    let source = Source { path, laser: None, modified: None, today: None };
    process(bytes, source, &AnalysisSettings::default()).outcome
}

/// A judged sample; each is judged once a test program.
pub fn judged(words: &str) -> (JudgedRun, RunCurves) {
    static JUDGED: LazyLock<Mutex<HashMap<String, (JudgedRun, RunCurves)>>> = LazyLock::new(Mutex::default);
    let mut judged = JUDGED.lock().expect("no test panics while it judges");
    judged.entry(words.to_owned()).or_insert_with(|| judge_sample(words)).clone()
}

fn judge_sample(words: &str) -> (JudgedRun, RunCurves) {
    let path = sample(words);
    match judge_bytes(&fs::read(&path).expect("a sample"), &path) {
        Outcome::Judged { run, curves } => (*run, curves),
        other => panic!("{words}: {other:?}"),
    }
}

/// Who holds the stores of the tests.
pub fn holder() -> Holder {
    let text = |text: &str| text.to_owned();
    Holder { host: text("line-3"), pid: 42, user: text("shop"), since: text("2026-03-19 06:00"), version: text("0") }
}

/// Opens a store.
pub fn open(dir: &Path) -> Store {
    Store::open(dir, &holder()).expect("a store").0
}

/// Opens a store's engine by itself. Its own threads let go of its lock a moment after the last owner did: it is waited for.
pub fn engine(dir: &Path) -> sled::Db {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        match sled::open(dir.join("db")) {
            Err(error) if error.to_string().contains("could not acquire lock") && Instant::now() < end => {
                std::thread::yield_now();
            }
            opened => return opened.expect("an engine"),
        }
    }
}

/// Keeps files and tells how they ended.
pub fn keep(store: &Store, entries: Vec<Entry>) -> Vec<LogOutcome> {
    store.commit(entries).expect("kept").into_iter().map(|committed| committed.log.outcome).collect()
}

/// The facts of a file with this content.
pub fn facts(path: &str, content: &[u8], mtime_ns: i64) -> FileFacts {
    let content = *blake3::hash(content).as_bytes();
    let mut path_key = [0; 16];
    path_key.iter_mut().zip(blake3::hash(path.as_bytes()).as_bytes()).for_each(|(to, from)| *to = *from);
    FileFacts { path: path.to_owned(), path_key, len: 1, mtime_ns, content }
}

/// A sample as an entry for the store.
pub fn entry(words: &str, path: &str, content: &[u8], mtime_ns: i64) -> Entry {
    let (run, curves) = judged(words);
    Entry {
        file: facts(path, content, mtime_ns),
        arrived_ms: NOON.now_ms,
        ending: Ending::Run { run: Box::new(run), curves },
    }
}

/// What a screen draws.
pub fn buffer(app: &App) -> Buffer {
    let mut canvas = Canvas::blank(app.size.0, app.size.1);
    view::draw(app, &mut canvas);
    (&canvas).into()
}

/// The same as text, its lines without the blanks at their ends.
pub fn text(app: &App) -> String {
    let buffer = buffer(app);
    let lines = (0..app.size.1).map(|y| {
        let cells = (0..app.size.0).filter_map(|x| buffer.cell((x, y)));
        cells.map(|cell| cell.symbol().to_owned()).collect::<String>().trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Presses a key.
pub fn key(app: &mut App, code: KeyCode) -> Vec<Effect> {
    update(app, Msg::Key(KeyEvent::new(code, KeyModifiers::NONE)))
}

/// Keys with a name.
pub const NAMED: [KeyCode; 13] = [
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
    KeyCode::Backspace,
];

/// A look with everything, in colour or without, in Unicode or ASCII.
pub fn look(symbols: Symbols) -> Look {
    let (theme, depth, marker) = (Theme::Default, Depth::Sixteen, symbols.marker(Marker::Braille));
    let (mouse, tmux, resume) = (false, false, Resume::Never);
    let (keys, bell, bytes_per_second) = (KeyMap::default(), Bell::Fail, None);
    Look { symbols, theme, depth, marker, keys, bell, bytes_per_second, mouse, tmux, resume }
}

/// A screen of a size with nothing on it but a folder that is watched.
pub fn empty_app(size: (u16, u16), symbols: Symbols) -> App {
    let mut app = App::new(look(symbols), size, NOON);
    tell(&mut app, Event::Snapshot(Box::new(header(Tally::default(), 0))));
    tell(&mut app, Event::Past { runs: Vec::new(), log: Vec::new() });
    app
}

/// A header as the session sends it.
pub fn header(today: Tally, queue: u64) -> Snapshot {
    Snapshot {
        unreadable: 0,
        folders: vec![FolderView {
            path: "/plant/drop/LTS".to_owned(),
            laser: Some("LTS".to_owned()),
            line: None,
            state: FolderState::Live,
        }],
        history: HistoryState::Kept,
        queue,
        today,
        shift: Some("early".to_owned()),
        shift_span: None,
        newest_ms: Some(NOON.now_ms - 180_000),
        open_alarms: 0,
        oldest_alarm: None,
    }
}

/// Tells the screen something.
pub fn tell(app: &mut App, event: Event) -> Vec<trimwatch::tui::Effect> {
    update(app, Msg::Session(Box::new(event)))
}

/// The run, as the session announces it.
pub fn arrival(words: &str, sequence: u64) -> (ArrivedRun, RunCurves) {
    let (run, curves) = judged(words);
    let name = sample(words).file_name().expect("a name").to_string_lossy().into_owned();
    let file = facts(&format!("/plant/drop/LTS/{name}"), words.as_bytes(), 0);
    let record = RunRecord { file, run, arrived_ms: NOON.now_ms, revision: 0, excluded: None, sequence: 0 };
    let key = RunKey::of(&record.run, &record.file);
    (ArrivedRun { key, sequence, record, latency_ms: Some(4.0), not_kept: None }, curves)
}

/// A run arrives: its row, its curves, its line in the log.
pub fn arrive(app: &mut App, words: &str, sequence: u64) {
    let (run, curves) = arrival(words, sequence);
    let outcome = LogOutcome::Run { key: run.key.clone(), status: run.record.run.status.word().to_owned() };
    let file = run.record.file.clone();
    tell(app, Event::Arrived(Box::new(run), Arc::new(curves)));
    tell(app, Event::Logged(Box::new(LogEntry { sequence, at_ms: NOON.now_ms, file, outcome })));
}

/// A file that could not be read.
pub fn fail(app: &mut App, name: &str, cause: &str, sequence: u64) {
    let file = facts(&format!("/plant/drop/LTS/{name}"), name.as_bytes(), 0);
    let outcome = LogOutcome::Failed { cause: cause.to_owned() };
    tell(app, Event::Logged(Box::new(LogEntry { sequence, at_ms: NOON.now_ms - 60_000, file, outcome })));
}

/// A screen with one of everything on it.
pub fn filled_app(size: (u16, u16), symbols: Symbols) -> App {
    let mut app = empty_app(size, symbols);
    let runs = [
        "9204_88",
        "9306_72",
        "9102A_51",
        "9102A_53",
        "9305-B_6B",
        "9203_32",
        "9407-12_9",
        "9101-1_214",
        "9101-1_215",
        "9101-1_216_TA_Test Data_3-9-2026_9-10",
    ];
    let skipped = facts("/plant/drop/DLTS/9509 LOW TAPS_0_TEST DATA_3-16-2026_7-35 AM.xls", b"set-up", 0);
    for (sequence, words) in (1u64..).zip(runs) {
        arrive(&mut app, words, sequence);
    }
    let outcome = LogOutcome::Skipped { reason: "set-up workbook, no sweep".to_owned() };
    tell(&mut app, Event::Logged(Box::new(LogEntry { sequence: 20, at_ms: NOON.now_ms, file: skipped, outcome })));
    fail(&mut app, "9101-1_217_TA.xls", "Lin Error!D14: text \"see note\" where a number belongs", 21);
    arrive(&mut app, "9101-1_216_TA_Test Data_3-9-2026_10-00", 22);
    tell(&mut app, Event::Snapshot(Box::new(header(Tally { runs: 12, good: 7, failed: 3, ..Tally::default() }, 0))));
    app
}

/// A history behind the screen's door that answers at once.
pub struct Past {
    pub store: Store,
    overview: Overview,
}

impl Past {
    /// Some samples, one of them excluded.
    pub fn new() -> Self {
        let store = Store::in_memory();
        let runs = [
            "9204_88",
            "9306_72",
            "9102A_51",
            "9102A_53",
            "9305-B_6B",
            "9203_32",
            "9203_34",
            "9203_35",
            "9407-12_9",
            "9101-1_214",
            "9101-1_215",
            "9101-1_216_TA_Test Data_3-9-2026_9-10",
            "9101-1_216_TA_Test Data_3-9-2026_9-35",
            "9101-1_216_TA_Test Data_3-9-2026_10-00",
        ];
        store.commit(runs.iter().map(|words| entry(words, words, words.as_bytes(), 5)).collect()).expect("kept");
        let key = arrival("9203_35", 1).0.key;
        let word = Exclusion { reason: "probe slipped".to_owned(), by: "AB".to_owned(), at_ms: 0 };
        store.act(Act { key, exclude: true, word }).expect("written").expect("a run");
        let (overview, _) = Overview::build(&store, |_| ControlFlow::Continue(())).expect("readable");
        Self { store, overview }
    }

    /// Takes what the store kept.
    pub fn put(&mut self, committed: Vec<Committed>) {
        for (key, record) in committed.into_iter().filter_map(|committed| committed.run) {
            self.overview.put(&key, &record);
        }
    }

    /// Answers what the screen asks, until it asks nothing more.
    pub fn answer(&mut self, app: &mut App, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Ask(request) = effect else { continue };
            for event in self.events(request) {
                let more = tell(app, event);
                self.answer(app, more);
            }
        }
    }

    fn events(&mut self, request: Request) -> Vec<Event> {
        let date = LocalDate::new(2026, 3, 19).expect("a day");
        let moment = Moment { now: LocalTime::new(date, 12, 0, 0).expect("noon"), shift: None };
        let refused = |number, why: String| Event::Unanswered { number, why };
        match request {
            Request::Query { number, query } => vec![match self.overview.page(&query, &moment) {
                Ok(page) => {
                    let run = |key: &RunKey| self.store.run(key).expect("readable").map(|record| shown(key, record));
                    let runs = page.keys.iter().map(|key| (key.clone(), run(key))).collect();
                    let (all, found, tally) = (page.all, page.found, page.tally);
                    let page = HistoryPage { all, found, tally, first: page.first, anchor: page.anchor, runs };
                    Event::Page { number, page: Box::new(page) }
                }
                Err(why) => refused(number, why.to_string()),
            }],
            Request::Find { number, query, text, step } => {
                let found = self.overview.find(&query, &text, step, &moment).expect("no shift is meant");
                vec![Event::Found { number, found }]
            }
            Request::Overview { number, filter, by } if filter == Filter::default() => {
                vec![Event::Yields { number, rows: counted_yields(&self.store, by).expect("readable") }]
            }
            Request::Overview { number, filter, by } => vec![match self.overview.yields(&filter, by, &moment) {
                Ok(rows) => Event::Yields { number, rows },
                Err(why) => refused(number, why.to_string()),
            }],
            Request::Exclude { key, reason, by } => self.act(key, true, reason, by),
            Request::Include { key, reason, by } => self.act(key, false, reason, by),
            Request::Unit { model, serial } => {
                let runs = self.store.unit_runs(&model, &serial).expect("readable");
                let runs = runs.into_iter().map(|(key, record)| shown(&key, record)).collect();
                vec![Event::Unit { model, serial, runs }]
            }
            Request::Curves { key } => {
                let curves = self.store.curves(&key).expect("readable").map(Arc::new);
                vec![Event::Curves { key, curves }]
            }
            _ => Vec::new(),
        }
    }

    fn act(&mut self, key: RunKey, exclude: bool, reason: String, by: String) -> Vec<Event> {
        let word = Exclusion { reason, by, at_ms: NOON.now_ms };
        // A run that is on the screen alone is none of the history's.
        let Some(done) = self.store.act(Act { key, exclude, word }).expect("written") else {
            return vec![Event::Notice("nothing written: the history has no such run".to_owned())];
        };
        let (key, record) = done.run.expect("a run");
        self.overview.put(&key, &record);
        vec![Event::Logged(Box::new(done.log)), Event::Changed(Box::new(shown(&key, record)))]
    }
}

fn shown(key: &RunKey, record: RunRecord) -> ArrivedRun {
    ArrivedRun { key: key.clone(), sequence: 0, record, latency_ms: None, not_kept: None }
}
