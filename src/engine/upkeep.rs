//! What a history needs from time to time, done beside everything else: backups, curves beyond their time, fewer
//! volumes.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded, never};
use tracing::{info, warn};

use super::clock;
use super::output::Output;
use super::quiet;
use super::setup::Setup;
use crate::config::{BackupSettings, Retention};
use crate::export::nameless;
use crate::history::{Backup, BackupPlan, Damaged, Store, StoreError, backups_in};

/// Time between two looks at whether anything is to be done.
const LOOK: Duration = Duration::from_secs(8);
/// Bytes of journal that are too many whatever the calendar says.
const MOST_JOURNAL: u64 = 256 * 1024 * 1024;
/// Runs whose curves are dropped at one look.
const CURVES_AT_ONCE: usize = 2_000;
/// Time between two looks at every value.
const A_DAY: Duration = Duration::from_hours(24);
/// Time between two looks for curves beyond their time.
const AN_HOUR: Duration = Duration::from_hours(1);
/// After work a rest of so many times as long.
const REST: u32 = 19;
/// A failed backup is tried again after this.
const AGAIN: Duration = Duration::from_mins(10);

/// What was damaged, or why the work could not be done.
pub(super) type Ended = Result<Vec<Damaged>, StoreError>;

/// Something to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// A look at every value.
    Check,
    /// Curves beyond their time are dropped.
    Curves,
    /// Volumes of one size are merged.
    Merge,
    Backup,
}

/// The schedule.
pub(super) struct Upkeep {
    backup: BackupSettings,
    retention: Retention,
    next: Instant,
    /// How the work ended that is under way; silent without any.
    pub(super) ended: Receiver<Ended>,
    running: bool,
    /// When the work under way was begun.
    begun: Instant,
    /// When every value is looked at for damage.
    check: Instant,
    /// When curves beyond their time are dropped.
    curves: Instant,
    /// What the last failure said, so that it is said once.
    said: Option<String>,
}

impl Upkeep {
    pub(super) fn new(setup: &Setup) -> Self {
        let (backup, retention) = (setup.backup.clone(), setup.retention);
        let now = Instant::now();
        Self {
            backup,
            retention,
            next: now,
            ended: never(),
            running: false,
            begun: now,
            check: now + setup.check_after,
            curves: now + setup.check_after,
            said: None,
        }
    }

    /// Starts what is due, when nothing is running.
    pub(super) fn beat(&mut self, store: Option<Arc<Store>>) {
        let now = Instant::now();
        let Some(store) = store.filter(|_| !self.running && self.next <= now) else { return };
        self.next = now + LOOK;
        let due = [
            (Task::Check, self.check <= now),
            (Task::Curves, self.curves <= now),
            (Task::Merge, store.has_volumes_alike()),
            (Task::Backup, self.backup.keep > 0 && is_due(&store, &self.backup)),
        ];
        let tasks: Vec<Task> = due.into_iter().filter_map(|(task, is_due)| is_due.then_some(task)).collect();
        if tasks.contains(&Task::Check) {
            self.check = now + A_DAY;
        }
        if tasks.contains(&Task::Curves) {
            self.curves = now + AN_HOUR;
        }
        if !tasks.is_empty() {
            self.start(store, tasks);
        }
    }

    /// The work ended: failures are told once, what was damaged is given out.
    pub(super) fn take(&mut self, ended: Ended, sink: &mut dyn FnMut(Output)) -> Vec<Damaged> {
        (self.ended, self.running) = (never(), false);
        // Where files pour in, a large history would be backed up without end: it takes a twentieth of the time.
        self.next = Instant::now() + LOOK.max(self.begun.elapsed() * REST);
        match ended {
            Ok(damaged) => {
                self.said = None;
                damaged
            }
            Err(error) => {
                self.next = Instant::now() + AGAIN;
                let said = error.to_string();
                if self.said.as_ref() != Some(&said) {
                    sink(Output::Notice(format!("the history's upkeep failed: {said}")));
                    self.said = Some(said);
                }
                Vec::new()
            }
        }
    }

    fn start(&mut self, store: Arc<Store>, tasks: Vec<Task>) {
        let (settings, retention) = (self.backup.clone(), self.retention);
        let (tell, told) = bounded(1);
        // Whoever listens no longer has ended.
        let work = move || drop(tell.send(quiet::during(|| work(&store, &settings, retention, &tasks))));
        if thread::Builder::new().name("upkeep".to_owned()).spawn(work).is_ok() {
            (self.ended, self.running, self.begun) = (told, true, Instant::now());
        }
    }

    /// Waits for what is running: a store that somebody still uses does not end cleanly.
    pub(super) fn wait(&mut self, most: Duration) {
        if self.running {
            // A backup that takes longer is cut short; the next one begins anew.
            let _ = self.ended.recv_timeout(most);
        }
    }
}

fn work(
    store: &Store,
    settings: &BackupSettings,
    retention: Retention,
    tasks: &[Task],
) -> Result<Vec<Damaged>, StoreError> {
    let mut damaged = Vec::new();
    for task in tasks {
        match task {
            Task::Check => {
                for run in store.damaged_runs()? {
                    damaged.extend(store.set_damage_aside(&run)?);
                }
            }
            Task::Curves => drop_curves(store, retention)?,
            Task::Merge => while store.merge_volumes()? {},
            Task::Backup => {
                let plan = BackupPlan { keep: settings.keep, copy_to: settings.copy_to.clone() };
                back_up(store, &plan)?;
            }
        }
    }
    Ok(damaged)
}

/// Drops the curves of runs that are beyond their time.
fn drop_curves(store: &Store, retention: Retention) -> Result<(), StoreError> {
    let Some((years, now)) = retention.years().zip(clock::local_now()) else { return Ok(()) };
    #[expect(clippy::cast_possible_truncation, reason = "years in seconds, far inside the range")]
    let age = (years * 365.25 * 86_400.0) as i64;
    while store.drop_curves_before(now.timestamp() - age, CURVES_AT_ONCE)? == CURVES_AT_ONCE {}
    Ok(())
}

/// Makes a backup, by itself or because somebody asked, and writes into the log how that went. `None` in memory.
///
/// # Errors
/// As [`Store::back_up`].
pub fn back_up(store: &Store, plan: &BackupPlan) -> Result<Option<Backup>, StoreError> {
    let begun = Instant::now();
    let made = store.back_up(plan, clock::now_ms());
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &made {
        Ok(Some(Backup { bytes, values, .. })) => {
            let kept = store.dir().map_or(0, |dir| backups_in(dir).len());
            info!(bytes, values, took_ms, kept, copied = plan.copy_to.is_some(), "backup made");
        }
        Ok(None) => {}
        Err(StoreError::Closing) => info!(took_ms, "backup given up because the program ends"),
        Err(error) => warn!(took_ms, why = nameless(&error.to_string()), "backup failed"),
    }
    made
}

/// Whether so much has changed or so much time has passed that a backup is wanted. The first batch only makes the
/// store.
fn is_due(store: &Store, settings: &BackupSettings) -> bool {
    let since = store.since_backup();
    let old = since.made_ms.is_none_or(|made| clock::now_ms() - made >= i64::from(settings.every_hours) * 3_600_000);
    since.batches > 1 && (old || since.batches >= settings.every_files || since.bytes >= MOST_JOURNAL)
}
