//! The intake's thread: hints and scans in, complete files out.

mod rescan;

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Select, Sender, TrySendError, select};
use notify::RecommendedWatcher;

use super::hints::{self, Hint};
use super::roots::{self, Root};
use super::settle::{Look, Settle};
use super::{Candidate, Control, FileStat, Found, IntakeEvent, Known, Options, Outlet, WatchedFolder, ignored_by_name};

/// Events without a finished name are joined for this long before a scan answers them.
const JOIN: Duration = Duration::from_millis(250);
/// How often it is seen whether the folders themselves are there, when scans are rarer.
const CHECK: Duration = Duration::from_secs(5);
/// Files that stand still at one time and are more than this wait with the backlog.
const CROWD: usize = 64;
/// Requests answered before the backlog moves on.
const REQUESTS: usize = 256;

type KnownOf = Box<dyn Fn(&Path, &FileStat) -> Known + Send>;

/// The receiver is gone or the thread was told to stop.
struct Stopped;

/// The thread's state.
pub(super) struct Watch {
    roots: Vec<Root>,
    options: Options,
    known: KnownOf,
    out: Outlet,
    stop: Receiver<()>,
    hints: Sender<Control>,
    watcher: Option<RecommendedWatcher>,
    settle: Settle,
    /// Files that were there before, oldest first; they go out as the workers take them.
    backlog: VecDeque<Candidate>,
    unreadable: HashSet<PathBuf>,
    /// Whether files at rest count as there from the start.
    starting: bool,
    /// Whether a file of this scan could not be decided about.
    undecided: bool,
    next_scan: Instant,
    next_check: Instant,
    /// No scan for a hint before this.
    rest_until: Instant,
    /// How many files waited when that was last told.
    told: usize,
    /// Whether somebody waits for the end of a scan.
    asked: bool,
}

impl Watch {
    pub(super) fn new(
        folders: Vec<WatchedFolder>,
        options: Options,
        known: KnownOf,
        out: Outlet,
        stop: Receiver<()>,
        hints: Sender<Control>,
    ) -> Self {
        let now = Instant::now();
        Self {
            roots: folders.into_iter().map(Root::new).collect(),
            settle: Settle::new(options.settle),
            options,
            known,
            out,
            stop,
            hints,
            watcher: None,
            backlog: VecDeque::new(),
            unreadable: HashSet::new(),
            starting: true,
            undecided: false,
            next_scan: now,
            next_check: now + CHECK,
            rest_until: now,
            told: 0,
            asked: false,
        }
    }

    /// Runs until told to stop or nobody listens any more.
    pub(super) fn run(mut self, requests: &Receiver<Control>) {
        if !self.options.poll_only {
            self.watcher = hints::make_watcher(self.hints.clone());
        }
        while self.step(requests).is_ok() {}
    }

    fn step(&mut self, requests: &Receiver<Control>) -> Result<(), Stopped> {
        let now = Instant::now();
        if now >= self.next_scan {
            self.scan_all()?;
        } else if now >= self.next_check {
            self.check_all()?;
        }
        self.look_at_due()?;
        self.feed()?;
        self.wait(requests)?;
        for request in requests.try_iter().take(REQUESTS) {
            self.answer(request)?;
        }
        Ok(())
    }

    /// Sleeps until there is a request, room for the backlog, or something due.
    fn wait(&mut self, requests: &Receiver<Control>) -> Result<(), Stopped> {
        let wake = self.next_scan.min(self.next_check);
        let wake = self.settle.next_due().map_or(wake, |due| due.min(wake));
        let mut select = Select::new();
        let stop = select.recv(&self.stop);
        select.recv(requests);
        if !self.backlog.is_empty() {
            select.send(&self.out.backlog);
        }
        match select.ready_deadline(wake) {
            Ok(ready) if ready == stop => Err(Stopped),
            _ => Ok(()),
        }
    }

    fn answer(&mut self, request: Control) -> Result<(), Stopped> {
        match request {
            Control::Rescan => {
                (self.asked, self.next_scan) = (true, Instant::now());
            }
            Control::StartOver => {
                self.settle.forget_all();
                (self.starting, self.asked, self.next_scan) = (true, true, Instant::now());
            }
            Control::Retry(path, delay) => self.settle.ask_again(path, Instant::now() + delay),
            Control::Hint(Err(_)) => self.scan_soon(JOIN),
            Control::Hint(Ok(event)) => {
                let hint = hints::hint(&event);
                if hint == Hint::Unclear {
                    self.scan_soon(JOIN);
                }
                for path in &event.paths {
                    self.hint(hint, path)?;
                }
            }
        }
        Ok(())
    }

    /// A scan for a hint: at once, but a storm of hints over a large folder never scans more than a tenth of the
    /// time.
    fn scan_soon(&mut self, delay: Duration) {
        self.next_scan = self.next_scan.min((Instant::now() + delay).max(self.rest_until));
    }

    fn hint(&mut self, hint: Hint, path: &Path) -> Result<(), Stopped> {
        let proof = match hint {
            Hint::Complete(found) => Some(found),
            Hint::Changed => None,
            Hint::Left => return self.left(path),
            Hint::Unclear | Hint::Nothing => return Ok(()),
        };
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => self.sub_folder(path),
            Ok(meta) if meta.is_file() && ignored_by_name(path).is_none() => {
                let path = roots::as_scanned(&self.roots, path);
                return self.look(&path, FileStat::of(&meta), proof, true);
            }
            // Gone already, or no file: a scan sees what is left of it.
            _ => {}
        }
        Ok(())
    }

    /// A sub-folder that is new or may be looked into only now: its files gave no events of their own.
    fn sub_folder(&mut self, path: &Path) {
        self.scan_soon(JOIN);
        let piecemeal =
            roots::owner(&self.roots, path).and_then(|index| self.roots.get(index)).is_some_and(|r| r.piecemeal);
        if let (true, Some(watcher)) = (piecemeal, self.watcher.as_mut()) {
            // What cannot be watched is found by looking.
            let _ = hints::watch(watcher, path, true);
        }
    }

    /// A path was renamed away or removed.
    fn left(&mut self, path: &Path) -> Result<(), Stopped> {
        if let Some(root) = self.roots.iter_mut().find(|root| root.folder.path == path) {
            root.is_stale = true;
            self.next_scan = Instant::now();
            return Ok(());
        }
        if ignored_by_name(path).is_none() && fs::metadata(path).is_err() && self.settle.gone(path) {
            return self.tell(IntakeEvent::FileGone { path: path.to_path_buf() });
        }
        Ok(())
    }

    /// Takes a look at a file; one that is complete goes out ahead of the backlog when it is `fresh`.
    fn look(&mut self, path: &Path, stat: FileStat, proof: Option<Found>, fresh: bool) -> Result<(), Stopped> {
        let retried = proof == Some(Found::Retried);
        let folder = roots::owner(&self.roots, path).filter(|_| ignored_by_name(path).is_none());
        // A file that is asked for by name is read wherever it lies.
        let Some(folder) = folder.or(retried.then_some(usize::MAX)) else {
            self.settle.leave(path);
            return Ok(());
        };
        let Some(dealt) = self.dealt_with(path, stat, proof) else {
            return Ok(());
        };
        match self.settle.look(path, Look { folder, stat, proof, dealt, now: Instant::now() }) {
            Some(candidate) => self.hand_over(candidate, fresh),
            None => Ok(()),
        }
    }

    /// Whether a file that is to be looked at was dealt with in an earlier life; `None` when that, or not being
    /// able to tell, ends the look. What an event or a request says is heard in any case.
    fn dealt_with(&mut self, path: &Path, stat: FileStat, proof: Option<Found>) -> Option<bool> {
        if self.settle.was_alike(path, stat) {
            return Some(false);
        }
        let proven = matches!(proof, Some(Found::Closed | Found::RenamedIn | Found::Retried));
        match (self.known)(path, &stat) {
            Known::New => Some(false),
            known if proven => Some(known == Known::Dealt),
            Known::Dealt => {
                self.settle.known(path, stat);
                None
            }
            Known::NotYet => {
                self.undecided = true;
                self.settle.leave(path);
                None
            }
        }
    }

    fn hand_over(&mut self, candidate: Candidate, fresh: bool) -> Result<(), Stopped> {
        if fresh {
            return self.tell(IntakeEvent::File(candidate));
        }
        self.backlog.push_back(candidate);
        self.out.behind.store(self.backlog.len(), Ordering::Relaxed);
        Ok(())
    }

    /// Gives out what there is room for on the backlog's lane.
    fn feed(&mut self) -> Result<(), Stopped> {
        while let Some(candidate) = self.backlog.pop_front() {
            // One that has changed since was handed over anew, or will be.
            if !self.settle.is_handed(&candidate.path, candidate.stat) {
                continue;
            }
            match self.out.backlog.try_send(IntakeEvent::File(candidate)) {
                Ok(()) => {}
                Err(TrySendError::Full(IntakeEvent::File(candidate))) => {
                    self.backlog.push_front(candidate);
                    break;
                }
                Err(_) => return Err(Stopped),
            }
        }
        self.out.behind.store(self.backlog.len(), Ordering::Relaxed);
        Ok(())
    }

    fn look_at_due(&mut self) -> Result<(), Stopped> {
        let (pending, again) = self.settle.due(Instant::now());
        if pending.is_empty() && again.is_empty() {
            return Ok(());
        }
        let fresh = pending.len() <= CROWD;
        for path in pending {
            match fs::metadata(&path) {
                Ok(meta) => self.look(&path, FileStat::of(&meta), None, fresh)?,
                Err(_) if self.is_away(&path) => self.settle.leave(&path),
                Err(_) => self.tell_gone(path)?,
            }
        }
        for path in again {
            match fs::metadata(&path) {
                Ok(meta) => self.look(&path, FileStat::of(&meta), Some(Found::Retried), true)?,
                Err(_) if self.is_away(&path) => {
                    self.settle.ask_again(path, Instant::now() + CHECK.min(self.options.rescan));
                }
                Err(_) => self.tell_gone(path)?,
            }
        }
        // Who is told of files that wait is told that they do no more: the next scan may be long in coming.
        self.tell_pending()
    }

    fn tell_gone(&mut self, path: PathBuf) -> Result<(), Stopped> {
        self.settle.gone(&path);
        self.tell(IntakeEvent::FileGone { path })
    }

    /// Whether a path is out of sight only because its watched folder is.
    fn is_away(&self, path: &Path) -> bool {
        let root = roots::owner(&self.roots, path).and_then(|index| self.roots.get(index));
        root.is_some_and(|root| root.identity.is_none() || fs::metadata(&root.folder.path).is_err())
    }

    /// Sends, held back by a full lane, but never past the order to stop.
    fn tell(&self, event: IntakeEvent) -> Result<(), Stopped> {
        select! {
            send(self.out.fresh, event) -> sent => sent.map_err(|_| Stopped),
            recv(self.stop) -> _ => Err(Stopped),
        }
    }
}
