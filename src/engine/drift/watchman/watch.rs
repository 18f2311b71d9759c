//! The thread itself: takes tasks one after the other and tells what has come of them.

use std::collections::{BTreeMap, HashSet};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use super::{News, Settings, Task};
use crate::engine::clock;
use crate::engine::drift::detector::drift_report;
use crate::engine::drift::{Came, Desk, DetectorTold, lines_of};
use crate::engine::output::ScreenId;
use crate::engine::priority::yield_to_who_judges;
use crate::history::{LogOutcome, Store, StoreError};
use crate::monitoring::{Acknowledgement, Epoch, Keep, Metric, Settled, ShiftSpan, StreamKey};
use crate::trim::LocalTime;

/// States are kept at most so often.
const STATES_EVERY: Duration = Duration::from_mins(1);
/// How many states are kept at once.
const STATES_AT_ONCE: usize = 40;
/// A list that nobody waits for is made at most so often.
const LIST_EVERY: Duration = Duration::from_secs(1);

/// What the thread has.
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
    /// What screens look at.
    shown: BTreeMap<ScreenId, (StreamKey, Metric)>,
    /// Why it could not be read, so that it is said once.
    said: Option<String>,
}

pub(super) fn watch(store: &Store, settings: &Settings, tasks: &Receiver<Task>, tell: &Sender<News>) {
    let desk = match Desk::open(store, &settings.drift) {
        Ok(desk) => desk,
        Err(trouble) => {
            let _ = tell.send(News::Said(None, format!("no charts: {trouble}")));
            return;
        }
    };
    let now = Instant::now();
    let (listed, kept) = (now, now);
    let shown = BTreeMap::new();
    let mut watch =
        Watch { store, settings, desk, tell, wanted: false, listed, changed: false, kept, shown, said: None };
    if let Some(now) = clock::local_now() {
        watch.desk.monitor_mut().silence().start(now);
    }
    watch.first();
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
    /// Reads what the states lack, which may be the whole history: on a thread that yields to keys and files. This one
    /// could not stop yielding, and has to keep up with what comes.
    fn first(&mut self) {
        thread::scope(|scope| {
            let read = || {
                yield_to_who_judges();
                self.settle();
            };
            // Without another thread it is left to the first task that settles.
            let _ = thread::Builder::new().name("drift first".to_owned()).spawn_scoped(scope, read);
        });
    }

    fn does(&mut self, task: Task) {
        match task {
            Task::Runs(came) => self.runs(&came),
            Task::Settle => self.settle(),
            Task::List => {
                self.wanted = true;
                self.list();
            }
            Task::Charts(by, stream, metric) => {
                self.charts(&stream, metric, Some(by));
                self.shown.insert(by, (stream, metric));
            }
            Task::Forget(by) => drop(self.shown.remove(&by)),
            Task::Acknowledge(by, id, word) => self.acknowledge(by, id, word),
            Task::Begin(epoch) => self.begin(epoch),
            Task::Beat(now) => self.beat(now),
            Task::KeepAgain => self.desk.monitor_mut().keep_again(),
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
            self.send(News::Said(None, said.clone()));
            self.said = Some(said);
        }
    }

    fn tell_settled(&mut self, settled: Settled) {
        let Settled { ref keep, ref raised, ref changed } = settled;
        let alarmed = !raised.is_empty();
        self.changed |= !changed.is_empty();
        let shown: HashSet<_> = self.shown.values().filter(|(stream, _)| changed.contains(stream)).cloned().collect();
        if !keep.is_empty() || alarmed {
            let lines = lines_of(&settled);
            self.send(News::Keep { keep: settled.keep, lines, raised: settled.raised });
        }
        if alarmed || (self.changed && self.wanted && self.listed.elapsed() >= LIST_EVERY) {
            self.list();
        }
        for (stream, metric) in shown {
            self.charts(&stream, metric, None);
        }
    }

    fn list(&mut self) {
        (self.listed, self.changed) = (Instant::now(), false);
        self.send(News::List(Box::new(self.desk.monitor().list())));
    }

    /// Makes charts anew, because a screen asked or because what they show has changed.
    fn charts(&mut self, stream: &StreamKey, metric: Metric, asked: Option<ScreenId>) {
        match self.desk.charts(self.store, stream, metric) {
            Ok(Some(mut charts)) => {
                let filter = self.settings.filter;
                let report = drift_report(self.store, &stream.model, &self.settings.learning, filter);
                charts.report = report.ok().and_then(DetectorTold::for_screen);
                self.send(News::Charts(Box::new(charts)));
            }
            Ok(None) => self.send(News::Said(asked, format!("{stream} has no charts"))),
            Err(trouble) => self.say_once(&trouble),
        }
    }

    fn acknowledge(&mut self, by: ScreenId, id: u64, word: Acknowledgement) {
        match self.desk.acknowledge(id, word) {
            Some(said) => self.said(said),
            None => self.send(News::Said(Some(by), format!("there is no alarm {id}"))),
        }
    }

    /// A person's word is kept, and whatever follows from it told.
    fn said(&mut self, (keep, line): (Keep, LogOutcome)) {
        self.send(News::Keep { keep: vec![keep], lines: vec![line], raised: Vec::new() });
        self.settle();
        self.list();
    }

    fn begin(&mut self, epoch: Epoch) {
        let said = self.desk.begin(epoch);
        self.said(said);
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
            // A person's word on a run is no file.
            if let Some(now) = now.filter(|_| came.is_new()) {
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
            // While others are still to be kept, the log tells of runs that are in no kept state.
            let through = self.desk.monitor().is_kept().then_some(self.desk.through);
            self.send(News::States(states, silence, through));
        }
    }

    fn send(&self, news: News) {
        // A history thread that has ended listens no more.
        let _ = self.tell.send(news);
    }
}
