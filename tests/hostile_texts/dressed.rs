//! Runs, lines of the log, charts and models that have a text wherever they have any.

use std::sync::LazyLock;

use trimwatch::analysis::RunCurves;
use trimwatch::history::{Ending, Entry, Exclusion, FileFacts, LogEntry, LogOutcome, Outcome, RunKey};
use trimwatch::monitoring::{Alarm, DetectorReport, DriftCharts, DriftList, Metric, StreamKey};
use trimwatch::session::{ArrivedRun, FolderState, FolderView, HistoryState, ModelsView, Snapshot};

use crate::support::learned::{models, speak, watch};
use crate::support::{NOON, arrival, drifting, entry, facts, header};

/// The sample that is dressed.
pub const SAMPLE: &str = "9203_34";

/// As it arrived.
pub fn sample() -> (ArrivedRun, RunCurves) {
    static SAMPLED: LazyLock<(ArrivedRun, RunCurves)> = LazyLock::new(|| arrival(SAMPLE, 1));
    SAMPLED.clone()
}

fn judged(run: &mut trimwatch::analysis::JudgedRun, text: &str) {
    let some = || Some(text.to_owned());
    let identity = &mut run.identity;
    (identity.model, identity.serial) = (text.to_owned(), text.to_owned());
    (identity.section, identity.laser, identity.disposition) = (some(), some(), some());
    run.warnings = vec![text.to_owned()];
    for track in &mut run.tracks {
        (track.name, track.alias, track.sheet) = (text.to_owned(), some(), some());
        (track.reasons, track.warnings) = (vec![text.to_owned()], vec![text.to_owned()]);
        let terms = track.risk.iter_mut().flat_map(|risk| &mut risk.terms);
        terms.for_each(|term| text.clone_into(&mut term.what));
    }
}

/// A run that arrived; every other one is excluded.
pub fn run(text: &str, number: u64) -> (ArrivedRun, RunCurves) {
    let (mut run, mut curves) = sample();
    run.sequence = number;
    run.record.file = facts(&format!("{number}"), &number.to_le_bytes(), 0);
    text.clone_into(&mut run.record.file.path);
    if number.is_multiple_of(3) {
        speak(&mut run);
    } else {
        watch(&mut run);
    }
    judged(&mut run.record.run, text);
    if number.is_multiple_of(2) {
        run.record.excluded = Some(Exclusion { reason: text.to_owned(), by: text.to_owned(), at_ms: NOON.now_ms });
    }
    run.not_kept = number.is_multiple_of(5).then(|| text.to_owned());
    curves.tracks.iter_mut().for_each(|track| text.clone_into(&mut track.name));
    run.key = RunKey::of(&run.record.run, &run.record.file);
    (run, curves)
}

/// The same for a store.
pub fn kept(text: &str, number: u64) -> Entry {
    let mut entry = entry(SAMPLE, &format!("{number}"), &number.to_le_bytes(), 1);
    text.clone_into(&mut entry.file.path);
    let Ending::Run { run, curves } = &mut entry.ending else { panic!("a run") };
    judged(run, text);
    curves.tracks.iter_mut().for_each(|track| text.clone_into(&mut track.name));
    entry
}

/// The word on a final test.
pub fn outcome(text: &str) -> Outcome {
    let (run, _) = sample();
    let tested = run.record.run.identity.time.expect("a time");
    let text = || text.to_owned();
    Outcome { model: text(), serial: text(), tested, passed: false, note: text(), by: text(), at_ms: NOON.now_ms }
}

/// A line of the log for every way a line can end.
pub fn log(text: &str, number: u64) -> Vec<LogEntry> {
    let key = sample().0.key;
    let (reason, by, what) = (text.to_owned(), text.to_owned(), text.to_owned());
    let (note, cause, sentence, status) = (text.to_owned(), text.to_owned(), text.to_owned(), text.to_owned());
    let outcomes = [
        LogOutcome::Run { key: key.clone(), status },
        LogOutcome::Revision { key: key.clone(), what: what.clone() },
        LogOutcome::Duplicate { of: key.clone() },
        LogOutcome::Skipped { reason: reason.clone() },
        LogOutcome::Failed { cause: cause.clone() },
        LogOutcome::Excluded { key: key.clone(), reason: reason.clone(), by: by.clone() },
        LogOutcome::Included { key: key.clone(), reason: reason.clone(), by: by.clone() },
        LogOutcome::Learning { what, failed: true, by: by.clone() },
        LogOutcome::Tested { key, passed: Some(false), note: note.clone(), by: by.clone() },
        LogOutcome::Alarmed { alarm: 7, sentence: sentence.clone() },
        LogOutcome::Acknowledged { alarm: 7, sentence, cause, note, by: by.clone() },
        LogOutcome::NewBaseline { of: text.to_owned(), from: text.to_owned(), reason, by },
    ];
    let place = |at: usize| 100 * number + at as u64;
    let file = |at: usize| FileFacts { path: text.to_owned(), ..facts(&place(at).to_string(), &[0], 0) };
    let line = |(at, outcome)| LogEntry { sequence: place(at), at_ms: NOON.now_ms, file: file(at), outcome };
    outcomes.into_iter().enumerate().map(line).collect()
}

/// A header; every third one with a folder that is gone, every other one with runs that are not kept.
pub fn told(text: &str, number: u64) -> Snapshot {
    let state = match number % 3 {
        0 => FolderState::Offline { since_ms: NOON.now_ms - 60_000, cause: text.to_owned() },
        _ => FolderState::Live,
    };
    let some = || Some(text.to_owned());
    let folder = FolderView { path: text.to_owned(), laser: some(), line: some(), state };
    let not_kept = HistoryState::NotKept { reason: text.to_owned() };
    Snapshot {
        folders: vec![folder],
        history: if number.is_multiple_of(2) { not_kept } else { HistoryState::Kept },
        shift: some(),
        open_alarms: 2,
        oldest_alarm: Some((7, text.to_owned())),
        ..header(trimwatch::history::Tally::default(), 0)
    }
}

fn stream(text: &str) -> StreamKey {
    StreamKey { model: text.to_owned(), laser: text.to_owned() }
}

fn alarm(mut alarm: Alarm, text: &str) -> Alarm {
    alarm.stream = stream(text);
    text.clone_into(&mut alarm.sentence);
    alarm.context.changed = vec![text.to_owned()];
    if let Some(seen) = &mut alarm.acknowledged {
        (seen.cause, seen.by, seen.note) = (text.to_owned(), text.to_owned(), text.to_owned());
    }
    alarm
}

/// One alarm that was seen to.
pub fn seen_alarm(text: &str) -> Alarm {
    alarm(drifting::alarm(3), text)
}

/// The list of drift, the text in its first line and in what is said of it.
pub fn drift(text: &str) -> DriftList {
    let mut list = drifting::list();
    if let Some(line) = list.lines.first_mut() {
        (line.stream, line.why) = (stream(text), text.to_owned());
    }
    list.open = list.open.into_iter().map(|open| alarm(open, text)).collect();
    list.causes = vec![text.to_owned(), "probe".to_owned()];
    list
}

/// What there is to see of its first line.
pub fn charts(metric: Metric, text: &str) -> DriftCharts {
    static CHARTED: LazyLock<DriftCharts> = LazyLock::new(|| drifting::charts(Metric::UntrimmedError));
    let mut charts = CHARTED.clone();
    charts.chart.metric = metric;
    charts.stream = stream(text);
    for marker in &mut charts.markers {
        (marker.before, marker.after) = (text.to_owned(), text.to_owned());
    }
    let mut epoch = drifting::epoch(40, text);
    (epoch.stream, epoch.by) = (stream(text), text.to_owned());
    charts.epochs = vec![epoch];
    charts.alarms = charts.alarms.into_iter().map(|seen| alarm(seen, text)).collect();
    charts.asks_for_baseline = Some(text.to_owned());
    let (one, some) = (text.to_owned(), vec![text.to_owned()]);
    charts.report =
        Some(DetectorReport { speaker: one.clone(), severity: one, moved: some.clone(), recommendations: some });
    charts
}

/// What is learned.
pub fn learned(text: &str) -> ModelsView {
    let mut view = models();
    for learner in &mut view.learners {
        (learner.next, learner.trouble) = (text.to_owned(), Some(text.to_owned()));
        for version in &mut learner.versions {
            text.clone_into(&mut version.head.why);
            let card = &mut version.card;
            (card.scope, card.app, card.settings) = (text.to_owned(), text.to_owned(), text.to_owned());
            card.features.iter_mut().for_each(|feature| text.clone_into(&mut feature.name));
            for figure in &mut card.figures {
                (figure.name, figure.how) = (text.to_owned(), text.to_owned());
            }
            card.gate.checks.iter_mut().for_each(|check| text.clone_into(&mut check.what));
        }
    }
    if let Some(training) = &mut view.training {
        text.clone_into(&mut training.by);
    }
    view
}
