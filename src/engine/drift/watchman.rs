//! Drift on a thread of its own, so that neither an arrival nor a key waits for charts.
//!
//! The thread owns the monitor and reads the store; what is to be kept goes to the history thread, the only writer.

mod watch;

use std::cell::Cell;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, unbounded};

use super::Came;
use crate::analysis::FilterIdentity;
use crate::config::{DriftSettings, LearningSettings, Shifts};
use crate::engine::keeper::Keeper;
use crate::engine::output::{Command, Output, ScreenId};
use crate::engine::{clock, quiet};
use crate::history::{LogOutcome, RunKey, Store};
use crate::monitoring::{
    Acknowledgement, Alarm, DriftCharts, DriftList, Epoch, Keep, Metric, Silence, StreamKey, StreamState,
};
use crate::trim::LocalTime;

/// Time between two beats that the thread hears of while nothing happens.
const QUIET_BEAT: Duration = Duration::from_secs(20);

/// What the thread is told.
#[derive(Debug)]
enum Task {
    Runs(Vec<Came>),
    Settle,
    List,
    Charts(ScreenId, StreamKey, Metric),
    /// A screen looks at no charts any more.
    Forget(ScreenId),
    Acknowledge(ScreenId, u64, Acknowledgement),
    Begin(Epoch),
    Beat(Option<LocalTime>),
    /// States could not be kept.
    KeepAgain,
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
    States(Vec<StreamState>, Silence, Option<u64>),
    List(Box<DriftList>),
    Charts(Box<DriftCharts>),
    /// Something in words, to the screen that asked or to all.
    Said(Option<ScreenId>, String),
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
    /// Whether anything was asked or told since the last beat.
    stirred: Cell<bool>,
    beaten: Instant,
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
        Self {
            news: never(),
            tasks: None,
            thread: None,
            unkept: Vec::new(),
            settings,
            stirred: Cell::new(false),
            beaten: Instant::now(),
        }
    }

    /// Begins, once the history is open.
    pub(in crate::engine) fn start(&mut self, store: &Arc<Store>) {
        let (tasks, told) = unbounded();
        let (tell, news) = unbounded();
        let (store, settings) = (Arc::clone(store), self.settings.clone());
        let watch = move || watch::watch(&store, &settings, &told, &tell);
        // Without a thread there are no charts; the closed channel says so.
        self.thread = thread::Builder::new().name("drift".to_owned()).spawn(watch).ok();
        (self.tasks, self.news) = (Some(tasks), news);
    }

    fn tell(&self, task: Task) -> bool {
        self.stirred.set(true);
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
        self.keep_held(&store, sink);
        let now = Instant::now();
        if self.stirred.get() || now.duration_since(self.beaten) >= QUIET_BEAT {
            self.tell(Task::Beat(clock::local_now()));
            self.stirred.set(false);
            self.beaten = now;
        }
    }

    /// Answers a question of a screen.
    pub(in crate::engine) fn answer(&self, by_screen: ScreenId, command: Command, sink: &mut dyn FnMut(Output)) {
        let told = match command {
            Command::DriftCharts { stream, metric } => self.tell(Task::Charts(by_screen, stream, metric)),
            Command::Acknowledge { alarm, cause, note, by } => {
                let at_ms = clock::now_ms();
                self.tell(Task::Acknowledge(by_screen, alarm, Acknowledgement { cause, by, note, at_ms, newest: None }))
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

    /// A screen is gone, and looks at no charts any more.
    pub(in crate::engine) fn forget(&self, by: ScreenId) {
        self.tell(Task::Forget(by));
    }

    /// Takes news: what is to be kept is kept before anybody hears of it.
    pub(in crate::engine) fn heard(
        &mut self,
        news: Option<News>,
        store: Option<&Arc<Store>>,
        sink: &mut dyn FnMut(Output),
    ) {
        self.stirred.set(true);
        match news {
            Some(News::Keep { keep, lines, raised }) => {
                match store {
                    Some(store) => self.keep(store, keep, lines, sink),
                    None => self.unkept.push((keep, lines)),
                }
                raised.into_iter().map(|alarm| Output::Raised(Box::new(alarm))).for_each(&mut *sink);
            }
            Some(News::States(states, silence, through)) => {
                // No state may be of after an alarm that is not kept yet.
                let ready = store.filter(|_| self.unkept.is_empty());
                let keep = |store: &Arc<Store>| quiet::during(|| store.keep_states(&states, &silence, through)).is_ok();
                if !ready.is_some_and(keep) {
                    self.tell(Task::KeepAgain);
                }
            }
            Some(News::List(list)) => sink(Output::Drift(list)),
            Some(News::Charts(charts)) => sink(Output::DriftCharts(charts)),
            Some(News::Said(None, text)) => sink(Output::Notice(text)),
            Some(News::Said(Some(by), text)) => {
                sink(Output::Answering(by));
                sink(Output::Notice(text));
                sink(Output::Answered);
            }
            None => self.news = never(),
        }
    }

    /// Tries once more what could not be kept.
    fn keep_held(&mut self, store: &Store, sink: &mut dyn FnMut(Output)) {
        for (keep, lines) in std::mem::take(&mut self.unkept) {
            self.keep(store, keep, lines, sink);
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
        self.keep_held(store, sink);
        while let Ok(news) = self.news.try_recv() {
            self.heard(Some(news), Some(store), sink);
        }
    }
}
