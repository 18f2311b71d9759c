//! Drift on a thread of its own, so that neither an arrival nor a key waits for charts.
//!
//! The thread owns the monitor and reads the store; what is to be kept goes to the history thread, the only writer.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, unbounded};

use super::detector::drift_report;
use super::{Came, Desk, lines_of};
use crate::analysis::FilterIdentity;
use crate::config::{DriftSettings, LearningSettings, Shifts};
use crate::engine::keeper::Keeper;
use crate::engine::output::{Command, Output};
use crate::engine::{clock, quiet};
use crate::history::{LogOutcome, RunKey, Store, StoreError};
use crate::monitoring::{
    Acknowledgement, Alarm, DriftCharts, DriftList, Epoch, Keep, Metric, Settled, ShiftSpan, Silence, StreamKey,
    StreamState,
};
use crate::trim::LocalTime;

/// States are kept at most so often.
const STATES_EVERY: Duration = Duration::from_mins(1);
/// How many states are kept at once.
const STATES_AT_ONCE: usize = 40;
/// A list that nobody waits for is made at most so often.
const LIST_EVERY: Duration = Duration::from_secs(1);

/// What the thread is told.
#[derive(Debug)]
enum Task {
    Runs(Vec<Came>),
    Settle,
    List,
    Charts(StreamKey, Metric),
    Acknowledge(u64, Acknowledgement),
    Begin(Epoch),
    Beat(Option<LocalTime>),
}

/// What it tells.
#[derive(Debug)]
pub(in crate::engine) enum News {
    /// Something to be kept, then told.
    Keep {
        keep: Vec<Keep>,
        lines: Vec<LogOutcome>,
        raised: Vec<Alarm>,
    },
    /// Where charts stand.
    States(Vec<StreamState>, Silence, u64),
    List(Box<DriftList>),
    Charts(Box<DriftCharts>),
    Said(String),
}

/// The history thread's side.
#[derive(Debug)]
pub(in crate::engine) struct Watchman {
    pub(in crate::engine) news: Receiver<News>,
    tasks: Option<Sender<Task>>,
    thread: Option<JoinHandle<()>>,
    /// What could not be kept yet.
    unkept: Vec<(Vec<Keep>, Vec<LogOutcome>)>,
    settings: Settings,
}

#[derive(Debug, Clone)]
struct Settings {
    drift: DriftSettings,
    learning: LearningSettings,
    filter: FilterIdentity,
    shifts: Shifts,
}

impl Watchman {
    pub(in crate::engine) fn new(setup: &crate::engine::Setup) -> Self {
        let settings = Settings {
            drift: setup.drift.clone(),
            learning: setup.learning.clone(),
            filter: setup.analysis.sigma.identity(),
            shifts: setup.shifts.clone(),
        };
        Self { news: never(), tasks: None, thread: None, unkept: Vec::new(), settings }
    }

    /// Begins, once the history is open.
    pub(in crate::engine) fn start(&mut self, store: &Arc<Store>) {
        let (tasks, told) = unbounded();
        let (tell, news) = unbounded();
        let (store, settings) = (Arc::clone(store), self.settings.clone());
        let watch = move || watch(&store, &settings, &told, &tell);
        // Without a thread there are no charts; the closed channel says so.
        self.thread = thread::Builder::new().name("drift".to_owned()).spawn(watch).ok();
        (self.tasks, self.news) = (Some(tasks), news);
    }

    fn tell(&self, task: Task) -> bool {
        self.tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok())
    }

    /// Takes what a commit changed.
    pub(in crate::engine) fn take(&self, outputs: &[Output]) {
        let came = outputs.iter().filter_map(|output| match output {
            Output::Run { run, not_kept: None, .. } | Output::Changed { run, not_kept: None } => {
                Came::of(&run.key, &run.record, run.sequence)
            }
            _ => None,
        });
        let came: Vec<Came> = came.collect();
        if !came.is_empty() {
            self.tell(Task::Runs(came));
        }
    }

    /// Takes a run that a person excluded or let count again.
    pub(in crate::engine) fn take_word(&self, key: &RunKey, keeper: &Keeper) {
        let Some(store) = keeper.in_use() else { return };
        let came = keeper.run(key).and_then(|record| Came::of(key, &record, store.last_line()));
        if let Some(came) = came {
            self.tell(Task::Runs(vec![came]));
            self.tell(Task::Settle);
        }
    }

    /// Nothing is queued: what has come can be judged.
    pub(in crate::engine) fn settle(&self) {
        self.tell(Task::Settle);
    }

    pub(in crate::engine) fn beat(&mut self, store: Option<Arc<Store>>, sink: &mut dyn FnMut(Output)) {
        let Some(store) = store else { return };
        for (keep, lines) in std::mem::take(&mut self.unkept) {
            self.keep(&store, keep, lines, sink);
        }
        self.tell(Task::Beat(clock::local_now()));
    }

    /// Answers a question of a screen.
    pub(in crate::engine) fn answer(&self, command: Command, sink: &mut dyn FnMut(Output)) {
        let told = match command {
            Command::DriftCharts { stream, metric } => self.tell(Task::Charts(stream, metric)),
            Command::Acknowledge { alarm, cause, note, by } => {
                let at_ms = clock::now_ms();
                self.tell(Task::Acknowledge(alarm, Acknowledgement { cause, by, note, at_ms, newest: None }))
            }
            Command::NewBaseline { stream, from, reason, by } => {
                self.tell(Task::Begin(Epoch { stream, from, reason, by, at_ms: clock::now_ms() }))
            }
            _ => self.tell(Task::List),
        };
        if !told {
            sink(Output::Notice("no charts: the history is not open".to_owned()));
        }
    }

    /// Takes news: what is to be kept is kept before anybody hears of it.
    pub(in crate::engine) fn heard(
        &mut self,
        news: Option<News>,
        store: Option<&Arc<Store>>,
        sink: &mut dyn FnMut(Output),
    ) {
        match news {
            Some(News::Keep { keep, lines, raised }) => {
                match store {
                    Some(store) => self.keep(store, keep, lines, sink),
                    None => self.unkept.push((keep, lines)),
                }
                raised.into_iter().map(|alarm| Output::Raised(Box::new(alarm))).for_each(&mut *sink);
            }
            Some(News::States(states, silence, through)) => {
                if let Some(store) = store {
                    // States that are not kept are made anew.
                    let _ = quiet::during(|| store.keep_states(&states, &silence, through));
                }
            }
            Some(News::List(list)) => sink(Output::Drift(list)),
            Some(News::Charts(charts)) => sink(Output::DriftCharts(charts)),
            Some(News::Said(text)) => sink(Output::Notice(text)),
            None => self.news = never(),
        }
    }

    fn keep(&mut self, store: &Store, keep: Vec<Keep>, lines: Vec<LogOutcome>, sink: &mut dyn FnMut(Output)) {
        match quiet::during(|| store.keep_drift(&keep, lines.clone(), clock::now_ms())) {
            Ok(logged) => logged.into_iter().for_each(|line| sink(Output::Logged(line))),
            Err(_) => self.unkept.push((keep, lines)),
        }
    }

    /// Ends the thread, so that the store has no owner left when the history thread ends; its last states are kept.
    pub(in crate::engine) fn stop(&mut self, store: &Arc<Store>, sink: &mut dyn FnMut(Output)) {
        self.tasks = None;
        if let Some(thread) = self.thread.take() {
            // A thread that died has kept nothing back.
            let _ = thread.join();
        }
        while let Ok(news) = self.news.try_recv() {
            self.heard(Some(news), Some(store), sink);
        }
    }
}

/// The thread's own.
struct Watch<'a> {
    store: &'a Store,
    settings: &'a Settings,
    desk: Desk,
    tell: &'a Sender<News>,
    /// Whether a screen wants the list.
    wanted: bool,
    /// When the list was told last, and whether it has changed since.
    listed: Instant,
    changed: bool,
    kept: Instant,
    /// What a screen looks at.
    shown: Option<(StreamKey, Metric)>,
    /// Why it could not be read, so that it is said once.
    said: Option<String>,
}

fn watch(store: &Store, settings: &Settings, tasks: &Receiver<Task>, tell: &Sender<News>) {
    let desk = match Desk::open(store, &settings.drift) {
        Ok(desk) => desk,
        Err(trouble) => {
            let _ = tell.send(News::Said(format!("no charts: {trouble}")));
            return;
        }
    };
    let now = Instant::now();
    let (listed, kept) = (now, now);
    let mut watch =
        Watch { store, settings, desk, tell, wanted: false, listed, changed: false, kept, shown: None, said: None };
    if let Some(now) = clock::local_now() {
        watch.desk.monitor_mut().silence().start(now);
    }
    watch.settle();
    watch.list();
    for task in tasks {
        watch.does(task);
        if store.is_closing() {
            break;
        }
    }
    watch.keep_states(usize::MAX);
}

impl Watch<'_> {
    fn does(&mut self, task: Task) {
        match task {
            Task::Runs(came) => self.runs(&came),
            Task::Settle => self.settle(),
            Task::List => {
                self.wanted = true;
                self.list();
            }
            Task::Charts(stream, metric) => self.charts(stream, metric),
            Task::Acknowledge(id, word) => self.acknowledge(id, word),
            Task::Begin(epoch) => self.begin(epoch),
            Task::Beat(now) => self.beat(now),
        }
    }

    fn settle(&mut self) {
        match self.desk.settle(self.store, clock::now_ms()) {
            Ok(settled) => {
                self.said = None;
                self.tell_settled(settled);
            }
            Err(trouble) => self.say_once(&trouble),
        }
    }

    fn say_once(&mut self, trouble: &StoreError) {
        let said = format!("the charts are not up to date: {trouble}");
        if self.said.as_ref() != Some(&said) {
            self.send(News::Said(said.clone()));
            self.said = Some(said);
        }
    }

    fn tell_settled(&mut self, settled: Settled) {
        let Settled { ref keep, ref raised, ref changed } = settled;
        let alarmed = !raised.is_empty();
        self.changed |= !changed.is_empty();
        let shown = self.shown.clone().filter(|(stream, _)| changed.contains(stream));
        if !keep.is_empty() || alarmed {
            let lines = lines_of(&settled);
            self.send(News::Keep { keep: settled.keep, lines, raised: settled.raised });
        }
        if alarmed || (self.changed && self.wanted && self.listed.elapsed() >= LIST_EVERY) {
            self.list();
        }
        if let Some((stream, metric)) = shown {
            self.charts(stream, metric);
        }
    }

    fn list(&mut self) {
        (self.listed, self.changed) = (Instant::now(), false);
        self.send(News::List(Box::new(self.desk.monitor().list())));
    }

    fn charts(&mut self, stream: StreamKey, metric: Metric) {
        match self.desk.charts(self.store, &stream, metric) {
            Ok(Some(mut charts)) => {
                let filter = self.settings.filter;
                let report = drift_report(self.store, &stream.model, &self.settings.learning, filter);
                charts.report = report.ok().and_then(super::DetectorTold::for_screen);
                self.send(News::Charts(Box::new(charts)));
            }
            Ok(None) => self.send(News::Said(format!("{stream} has no charts"))),
            Err(trouble) => self.say_once(&trouble),
        }
        self.shown = Some((stream, metric));
    }

    fn acknowledge(&mut self, id: u64, word: Acknowledgement) {
        let (cause, note, by) = (word.cause.clone(), word.note.clone(), word.by.clone());
        let Some(alarm) = self.desk.monitor_mut().acknowledge(id, word) else {
            return self.send(News::Said(format!("there is no alarm {id}")));
        };
        let line = LogOutcome::Acknowledged { alarm: id, sentence: alarm.sentence.clone(), cause, note, by };
        self.send(News::Keep { keep: vec![Keep::Alarm(Box::new(alarm))], lines: vec![line], raised: Vec::new() });
        self.settle();
        self.list();
    }

    fn begin(&mut self, epoch: Epoch) {
        let Epoch { stream, from, reason, by, .. } = epoch.clone();
        let line = LogOutcome::NewBaseline { of: stream.to_string(), from: from.date.to_string(), reason, by };
        self.send(News::Keep { keep: vec![Keep::Epoch(epoch.clone())], lines: vec![line], raised: Vec::new() });
        self.desk.monitor_mut().begin(epoch);
        self.settle();
        self.list();
    }

    fn beat(&mut self, now: Option<LocalTime>) {
        if let Some(now) = now {
            self.silence(now);
        }
        if self.desk.monitor().is_outdated() && self.said.is_some() {
            self.settle();
        }
        if self.changed && self.wanted {
            self.list();
        }
        if self.kept.elapsed() >= STATES_EVERY {
            self.keep_states(STATES_AT_ONCE);
        }
    }

    fn runs(&mut self, came: &[Came]) {
        let now = clock::local_now();
        let shift = now.and_then(|now| self.shift(now));
        for came in came {
            self.desk.take(came, clock::now_ms());
            if let Some(now) = now {
                self.desk.monitor_mut().hear_file(now, shift.as_ref());
            }
        }
    }

    /// The shift that is on.
    fn shift(&self, now: LocalTime) -> Option<ShiftSpan> {
        let (shift, from, to) = self.settings.shifts.at(now)?;
        Some(ShiftSpan { name: shift.name.clone(), from, to })
    }

    fn silence(&mut self, now: LocalTime) {
        let shift = self.shift(now);
        self.desk.monitor_mut().check_silence(now, shift.as_ref(), clock::now_ms());
        let settled = self.desk.monitor_mut().settled();
        if !settled.keep.is_empty() {
            self.tell_settled(settled);
        }
    }

    fn keep_states(&mut self, most: usize) {
        self.kept = Instant::now();
        let states = self.desk.monitor_mut().unkept(most);
        if !states.is_empty() {
            let silence = self.desk.monitor_mut().silence().clone();
            self.send(News::States(states, silence, self.desk.through));
        }
    }

    fn send(&self, news: News) {
        // A history thread that has ended listens no more.
        let _ = self.tell.send(news);
    }
}
