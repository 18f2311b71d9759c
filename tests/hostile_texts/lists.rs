//! Many texts as rows of a list: the rows between them, and the lines of the terminal they stand in, are as they would be
//! among harmless ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::KeyCode;
use ratatui::buffer::Cell;
use trimwatch::history::{LogEntry, Tally, YieldOf, YieldRow};
use trimwatch::monitoring::Metric;
use trimwatch::session::{ArrivedRun, Event, HistoryPage, Request};
use trimwatch::tui::{App, Effect, Symbols};

use crate::support::drifting::{charts, list, stream};
use crate::support::hostile::texts;
use crate::support::{arrival, buffer, empty_app, key, learned, tell};
use crate::{dressed, wire};

const SIZES: [(u16, u16); 3] = [(120, 40), (100, 30), (80, 24)];
/// What the texts begin with that stand in place of hostile ones.
const PLAIN: &str = "PLAIN";

fn harmless(number: u64) -> ArrivedRun {
    let (mut run, _) = arrival("9101-1_201", number);
    run.record.run.identity.serial = format!("ok {number}");
    run.record.file.path_key = [u8::try_from(number % 256).expect("a byte"); 16];
    run.key = trimwatch::history::RunKey::of(&run.record.run, &run.record.file);
    run
}

/// Runs, every other one hostile, the last one not.
fn runs(texts: &[&str]) -> Vec<ArrivedRun> {
    let pair = |(at, text): (usize, &&str)| {
        let mut run = dressed::run(text, at as u64).0;
        run.record.file.path_key = [u8::try_from(at).expect("a few"); 16];
        [run, harmless(100 + at as u64)]
    };
    texts.iter().enumerate().flat_map(pair).collect()
}

fn live(app: &mut App, texts: &[&str]) {
    for run in runs(texts) {
        tell(app, Event::Arrived(Box::new(run), Arc::default()));
    }
}

fn log(app: &mut App, texts: &[&str]) {
    key(app, KeyCode::Char('6'));
    let line = |entry: LogEntry| Event::Logged(Box::new(entry));
    // Of the twelve ways a line can end three a text, which are others next time.
    let some = |text: &str, at| dressed::log(text, at as u64).into_iter().skip((text.len() + at) % 4 * 3).take(3);
    let hostile = texts.iter().enumerate().flat_map(|(at, text)| some(text, at));
    for (at, entry) in hostile.enumerate() {
        let mut beside = entry.clone();
        (beside.sequence, beside.file.path) = (5_000 + at as u64, format!("/drop/ok {at}.xls"));
        beside.outcome = trimwatch::history::LogOutcome::Failed { cause: "the file is empty".to_owned() };
        tell(app, line(entry));
        tell(app, line(beside));
    }
}

fn history(app: &mut App, texts: &[&str]) {
    let runs: Vec<_> = runs(texts).into_iter().rev().map(|run| (run.key.clone(), Some(run))).collect();
    for effect in key(app, KeyCode::Char('5')) {
        if let Effect::Ask(Request::Query { number, .. }) = effect {
            let page = HistoryPage { all: runs.len(), found: runs.len(), runs: runs.clone(), ..HistoryPage::default() };
            tell(app, Event::Page { number, page: Box::new(page) });
        }
    }
}

fn yields(app: &mut App, texts: &[&str]) {
    history(app, &[]);
    let tally = Tally { runs: 12, good: 7, failed: 3, ..Tally::default() };
    let row = |name: String| YieldRow { of: YieldOf::Model(name), tally };
    let pair = |(at, text): (usize, &&str)| [row(format!("ok {at}")), row((*text).to_owned())];
    let rows: Vec<YieldRow> = texts.iter().enumerate().flat_map(pair).collect();
    for effect in key(app, KeyCode::BackTab) {
        if let Effect::Ask(Request::Overview { number, .. }) = effect {
            tell(app, Event::Yields { number, rows: rows.clone() });
        }
    }
}

fn drift(app: &mut App, texts: &[&str]) {
    let mut list = list();
    let (first, beside) = (list.lines[0].clone(), list.lines[2].clone());
    let pair = |(at, text): (usize, &&str)| {
        let mut hostile = dressed::drift(text).lines.swap_remove(0);
        hostile.open.clear();
        let mut beside = beside.clone();
        beside.stream = stream(&format!("ok {at}"), "LTS");
        [hostile, beside]
    };
    // As wide as the column of names may be.
    list.lines[1].stream = stream("8340-1 with a name that is long", "LTS");
    let long = list.lines[1].clone();
    list.lines = [first, long].into_iter().chain(texts.iter().enumerate().flat_map(pair)).collect();
    key(app, KeyCode::Char('3'));
    for effect in tell(app, Event::Drift(Box::new(list))) {
        if let Effect::Ask(Request::DriftCharts { .. }) = effect {
            tell(app, Event::DriftCharts(Box::new(charts(Metric::LinearityError))));
        }
    }
}

fn models(app: &mut App, texts: &[&str]) {
    let mut view = learned::models();
    let detectors = &mut view.learners.last_mut().expect("detectors").versions;
    let pattern = detectors[0].clone();
    detectors.clear();
    for (at, text) in texts.iter().enumerate() {
        for (scope, why) in [((*text).to_owned(), *text), (format!("ok {at}"), "first version")] {
            let mut version = pattern.clone();
            (version.card.scope, version.head.why) = (scope, why.to_owned());
            detectors.push(version);
        }
    }
    key(app, KeyCode::Char('4'));
    tell(app, Event::Models(Box::new(view)));
}

type Fill = fn(&mut App, &[&str]);
const LISTS: [(&str, Fill); 6] =
    [("Live", live), ("Log", log), ("History", history), ("Yields", yields), ("Drift", drift), ("Models", models)];

fn scene(fill: Fill, size: (u16, u16), texts: &[&str]) -> App {
    let mut app = empty_app(size, Symbols::Unicode);
    fill(&mut app, texts);
    app
}

fn lines_of(app: &App) -> Vec<String> {
    let buffer = buffer(app);
    let line = |y| (0..buffer.area.width).filter_map(|x| buffer.cell((x, y))).map(Cell::symbol).collect::<String>();
    (0..buffer.area.height).map(|y| line(y).trim_end().to_owned()).collect()
}

/// A list with so many plain texts in it, and its lines.
struct Plain {
    app: App,
    lines: Vec<String>,
}

impl Plain {
    fn of(fill: Fill, size: (u16, u16), count: usize) -> Self {
        let texts: Vec<String> = (10..10 + count).map(|at| format!("{PLAIN}{at}")).collect();
        let app = scene(fill, size, &texts.iter().map(String::as_str).collect::<Vec<_>>());
        Self { lines: lines_of(&app), app }
    }

    /// How many of its texts are seen.
    fn seen(&self) -> usize {
        let numbers = self.lines.iter().flat_map(|line| line.split(PLAIN).skip(1)).filter_map(|rest| rest.get(..2));
        numbers.filter(|number| number.parse::<u8>().is_ok()).collect::<BTreeSet<_>>().len()
    }
}

fn is_as_among_harmless(plain: &Plain, app: App, about: &str) {
    let ((columns, rows), drawn) = (app.size, lines_of(&app));
    let [bytes, over] = wire::sent([app, plain.app.clone()]);
    assert_eq!(wire::disobedient(&bytes), None, "{about}");
    let mut terminal = vt100::Parser::new(rows, columns, 0);
    let mut shown = |bytes: &[u8]| -> Vec<String> {
        terminal.process(bytes);
        terminal.screen().rows(0, columns).map(|line| line.trim_end().to_owned()).collect()
    };
    let (shown, after) = (shown(&bytes), shown(&over));
    for (y, wanted) in plain.lines.iter().enumerate().filter(|(_, line)| !line.contains(PLAIN)) {
        assert_eq!((&drawn[y], &shown[y]), (wanted, wanted), "line {y} beside {about}");
    }
    assert_eq!(after, plain.lines, "what is drawn over {about}");
}

/// Fills a list of each size in turn until every text has stood in it.
fn all_stand(name: &str, fill: Fill, sizes: &[(u16, u16)], texts: &[&str]) {
    let plain = |&size| Plain::of(fill, size, Plain::of(fill, size, 30).seen());
    let plain: Vec<Plain> = sizes.iter().map(plain).collect();
    let (mut rest, mut turn) = (texts, plain.iter().cycle());
    while let Some(plain) = turn.next().filter(|_| !rest.is_empty()) {
        let count = plain.seen();
        assert!(count > 0, "{name} at {:?} shows its rows: {:#?}", plain.app.size, plain.lines);
        // The last ones are the last ones before them too.
        let some = rest.get(..count).unwrap_or(&texts[texts.len() - count..]);
        is_as_among_harmless(plain, scene(fill, plain.app.size, some), &format!("{name}: {some:?}"));
        rest = rest.get(count..).unwrap_or_default();
    }
}

#[test]
fn a_hostile_row_changes_no_other_row_of_any_list_and_leaves_nothing_behind() {
    let texts = texts();
    for (number, (name, fill)) in LISTS.into_iter().enumerate() {
        // Every third text, so that each family stands in every list.
        let some: Vec<&str> = texts.iter().map(String::as_str).skip(number % 3).step_by(3).collect();
        all_stand(name, fill, &SIZES, &some);
    }
}

/// A minute, so not part of the suite: `cargo test --test hostile_texts -- --ignored`.
#[test]
#[ignore = "takes a minute"]
fn every_text_is_a_row_of_every_list_at_every_size() {
    let texts = texts();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for (name, fill) in LISTS {
        for size in SIZES {
            all_stand(name, fill, &[size], &texts);
        }
    }
}
