//! The intake's thread: hints and scans in, complete files out.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, select};
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::settle::{Look, Settle};
use super::{Control, FileStat, Found, IntakeEvent, Options, WatchedFolder, ignored_by_name, inode, scan};

/// Events without a finished name are joined for this long before a scan answers them.
const JOIN: Duration = Duration::from_millis(250);

type Known = Box<dyn Fn(&Path, &FileStat) -> bool + Send>;

/// What is known of one watched folder.
#[derive(Debug)]
struct Root {
    folder: WatchedFolder,
    /// Device and inode while it is online.
    identity: Option<(u64, u64)>,
    /// Whether anything was told about it yet.
    told: bool,
}

/// The receiver is gone or the thread was told to stop.
struct Stopped;

/// The thread's state.
pub(super) struct Watch {
    roots: Vec<Root>,
    options: Options,
    known: Known,
    out: Sender<IntakeEvent>,
    stop: Receiver<()>,
    hints: Sender<Control>,
    watcher: Option<RecommendedWatcher>,
    settle: Settle,
    unreadable: HashSet<PathBuf>,
    first_scan: bool,
    next_scan: Instant,
    /// What the last scan that was told of left pending; `None` when the next one is to be told in any case.
    told: Option<usize>,
}

impl Watch {
    pub(super) fn new(
        folders: Vec<WatchedFolder>,
        options: Options,
        known: Known,
        out: Sender<IntakeEvent>,
        stop: Receiver<()>,
        hints: Sender<Control>,
    ) -> Self {
        let roots = folders.into_iter().map(|folder| Root { folder, identity: None, told: false });
        Self {
            roots: roots.collect(),
            settle: Settle::new(options.settle),
            options,
            known,
            out,
            stop,
            hints,
            watcher: None,
            unreadable: HashSet::new(),
            first_scan: true,
            next_scan: Instant::now(),
            told: None,
        }
    }

    /// Runs until told to stop or nobody listens any more.
    pub(super) fn run(mut self, requests: &Receiver<Control>) {
        if !self.options.poll_only {
            self.watcher = make_watcher(self.hints.clone());
        }
        while self.step(requests).is_ok() {}
    }

    fn step(&mut self, requests: &Receiver<Control>) -> Result<(), Stopped> {
        let now = Instant::now();
        if now >= self.next_scan {
            self.scan_all()?;
        }
        self.look_at_due()?;
        let wake = self.settle.next_due().map_or(self.next_scan, |due| due.min(self.next_scan));
        let request = select! {
            recv(self.stop) -> _ => return Err(Stopped),
            recv(requests) -> request => request.map_err(|_| RecvTimeoutError::Disconnected),
            default(wake.saturating_duration_since(Instant::now())) => Err(RecvTimeoutError::Timeout),
        };
        match request {
            Ok(request) => self.answer(request),
            Err(RecvTimeoutError::Timeout) => Ok(()),
            Err(RecvTimeoutError::Disconnected) => Err(Stopped),
        }
    }

    fn answer(&mut self, request: Control) -> Result<(), Stopped> {
        match request {
            Control::Rescan => {
                self.told = None;
                self.scan_soon(Duration::ZERO);
            }
            Control::Retry(path, delay) => self.settle.ask_again(path, Instant::now() + delay),
            Control::Hint(Err(_)) => self.scan_soon(JOIN),
            Control::Hint(Ok(event)) => self.hint(&event)?,
        }
        Ok(())
    }

    fn scan_soon(&mut self, delay: Duration) {
        self.next_scan = self.next_scan.min(Instant::now() + delay);
    }

    fn hint(&mut self, event: &notify::Event) -> Result<(), Stopped> {
        let proof = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => Some(Found::Closed),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)) => Some(Found::RenamedIn),
            _ => None,
        };
        let Some(proof) = proof.filter(|_| !event.need_rescan()) else {
            self.scan_soon(JOIN);
            return Ok(());
        };
        for path in &event.paths {
            match fs::metadata(path) {
                Ok(meta) if meta.is_dir() => self.scan_soon(JOIN),
                Ok(meta) if meta.is_file() => self.look(path, FileStat::of(&meta), Some(proof))?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes a look at a file that a hint or a due date named.
    fn look(&mut self, path: &Path, stat: FileStat, proof: Option<Found>) -> Result<(), Stopped> {
        let folder = self.roots.iter().position(|root| path.starts_with(&root.folder.path));
        let Some(folder) = folder.filter(|_| ignored_by_name(path).is_none()) else {
            return Ok(());
        };
        self.look_in(folder, path, stat, proof)
    }

    fn look_in(&mut self, folder: usize, path: &Path, stat: FileStat, proof: Option<Found>) -> Result<(), Stopped> {
        let asked_for = proof == Some(Found::Retried);
        if !asked_for && !self.settle.is_handed(path, stat) && (self.known)(path, &stat) {
            self.settle.known(path, stat);
            return Ok(());
        }
        let look = Look { folder, stat, proof, now: Instant::now() };
        match self.settle.look(path, look) {
            Some(candidate) => self.tell(IntakeEvent::File(candidate)),
            None => Ok(()),
        }
    }

    fn look_at_due(&mut self) -> Result<(), Stopped> {
        let (pending, again) = self.settle.due(Instant::now());
        let proofs = pending.into_iter().map(|path| (path, None));
        let again = again.into_iter().map(|path| (path, Some(Found::Retried)));
        for (path, proof) in proofs.chain(again) {
            match fs::metadata(&path) {
                Ok(meta) => self.look(&path, FileStat::of(&meta), proof)?,
                Err(_) if self.settle.gone(&path) || proof.is_some() => self.tell(IntakeEvent::FileGone { path })?,
                Err(_) => {}
            }
        }
        Ok(())
    }

    fn scan_all(&mut self) -> Result<(), Stopped> {
        let mut there = HashSet::new();
        for index in 0..self.roots.len() {
            self.scan_root(index, &mut there)?;
        }
        // A folder that is away for a moment must not make its files look new when it is back.
        if self.roots.iter().all(|root| root.identity.is_some()) {
            self.settle.keep_only(&there);
        }
        self.first_scan = false;
        self.next_scan = Instant::now() + self.options.rescan;
        // A quiet folder wakes nobody.
        let pending = self.settle.waiting();
        if self.told.replace(pending) == Some(pending) {
            return Ok(());
        }
        self.tell(IntakeEvent::Scanned { pending })
    }

    fn scan_root(&mut self, index: usize, there: &mut HashSet<PathBuf>) -> Result<(), Stopped> {
        if !self.check_root(index)? {
            return Ok(());
        }
        let Some(root) = self.roots.get(index) else {
            return Ok(());
        };
        let scan = scan(&root.folder);
        for (path, cause) in scan.unreadable {
            if self.unreadable.insert(path.clone()) {
                self.tell(IntakeEvent::UnreadableFolder { path, cause })?;
            }
        }
        for (path, stat) in scan.files {
            let proof = (self.first_scan && is_at_rest(stat, self.options.settle)).then_some(Found::AtStart);
            self.look_in(index, &path, stat, proof)?;
            there.insert(path);
        }
        Ok(())
    }

    /// Whether a root is there; watches it anew when it is another folder than before.
    fn check_root(&mut self, index: usize) -> Result<bool, Stopped> {
        let Some(root) = self.roots.get_mut(index) else {
            return Ok(false);
        };
        let seen = match fs::metadata(&root.folder.path) {
            Ok(meta) if meta.is_dir() => Ok(inode(&meta)),
            Ok(_) => Err("not a folder".to_owned()),
            Err(e) => Err(e.to_string()),
        };
        let (before, told) = (root.identity, root.told);
        root.told = true;
        root.identity = seen.as_ref().ok().copied();
        match seen {
            Ok(identity) if before == Some(identity) => Ok(true),
            Ok(_) => {
                self.watch_anew(index)?;
                self.tell(IntakeEvent::FolderOnline { folder: index })?;
                Ok(true)
            }
            Err(cause) if before.is_some() || !told => {
                self.tell(IntakeEvent::FolderOffline { folder: index, cause })?;
                Ok(false)
            }
            Err(_) => Ok(false),
        }
    }

    fn watch_anew(&mut self, index: usize) -> Result<(), Stopped> {
        let (Some(root), Some(watcher)) = (self.roots.get(index), self.watcher.as_mut()) else {
            return Ok(());
        };
        let mode = if root.folder.recursive { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        // A root that was away is still on the watcher's list, under an inode that is no more.
        let _ = watcher.unwatch(&root.folder.path);
        match watcher.watch(&root.folder.path, mode) {
            Ok(()) => Ok(()),
            Err(e) => self.tell(IntakeEvent::WatchUnavailable { folder: index, cause: e.to_string() }),
        }
    }

    /// Sends, held back by a full queue, but never past the order to stop.
    fn tell(&self, event: IntakeEvent) -> Result<(), Stopped> {
        select! {
            send(self.out, event) -> sent => sent.map_err(|_| Stopped),
            recv(self.stop) -> _ => Err(Stopped),
        }
    }
}

/// A watcher that forwards what may matter: a writer's every write does not.
fn make_watcher(hints: Sender<Control>) -> Option<RecommendedWatcher> {
    let forward = move |event: notify::Result<notify::Event>| {
        let matters = event.as_ref().map_or(true, |event| {
            event.need_rescan()
                || matches!(
                    event.kind,
                    EventKind::Access(AccessKind::Close(AccessMode::Write))
                        | EventKind::Modify(ModifyKind::Name(_))
                        | EventKind::Create(_)
                        | EventKind::Remove(_)
                        | EventKind::Other
                )
                || (cfg!(not(target_os = "linux")) && matches!(event.kind, EventKind::Modify(_)))
        });
        if matters {
            // The thread has ended: nobody is left to be hinted.
            let _ = hints.send(Control::Hint(event));
        }
    };
    notify::recommended_watcher(forward).ok()
}

/// Whether a file found at the start was last written long enough ago to be complete.
fn is_at_rest(stat: FileStat, settle: Duration) -> bool {
    let now = super::nanoseconds(SystemTime::now());
    let settle = i64::try_from(settle.as_nanos()).unwrap_or(i64::MAX);
    now.saturating_sub(stat.mtime_ns) >= settle
}
